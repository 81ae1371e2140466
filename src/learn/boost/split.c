/* SPDX-License-Identifier: Apache-2.0 */
/* The best split of a node by numbers. */
#include "learn/boost/gbm_kernels.h"

#include "tradewind/num.h"

#include <math.h>

/* Where values and missing ones of one column go at best. */
typedef struct scan {
    const tw_gbm_rule *rule;
    const tw_gbm_place *place;
    const int64_t *hist; /* of the column: [0] missing */
    size_t n;            /* places to split: behind value bins 1 .. n */
    uint32_t column;
} scan;

/* The first place of the highest gain, so that ties do not depend on the vector width. */
static void take_best(const scan *s, const int64_t *left, size_t first, size_t n, bool missing_right,
                      tw_gbm_split *best)
{
    double gain[TW_BIN_ROOM];
    const tw_gain_job job = {left, n, s->place->total, s->rule, gain};
    const double most = TW_ISA_PICK(s->rule->isa, tw_gbm_gain)(&job);
    if (!(most > best->gain)) return;
    size_t at = 0;
    while (gain[at] != most) at++;
    *best = (tw_gbm_split){.gain = most,
                           .column = s->column,
                           .bin = (uint32_t)(first + at) + 1,
                           .missing_right = missing_right,
                           .left = left[at]};
}

/* Extremely randomised trees look at one place of a column, drawn at random (Geurts, Ernst and Wehenkel, 2006), among
 * those that leave rows on both sides. */
static void scan_one(const scan *s, const int64_t *left, bool missing_right, tw_gbm_split *best)
{
    const int64_t values = s->place->total - s->hist[0];
    size_t lo = 0, hi = s->n;
    while (lo < hi && left[lo] == left[0] && (left[lo] == 0 || left[lo] == s->hist[0])) lo++;
    while (hi > lo && (left[hi - 1] == values || left[hi - 1] == s->place->total)) hi--;
    if (lo == hi) return;
    tw_random r = {s->place->key, s->column, 0};
    const size_t at = lo + tw_random_below(&r, hi - lo);
    take_best(s, left + at, at, 1, missing_right, best);
}

static void scan_column(const scan *s, tw_gbm_split *best)
{
    int64_t left[TW_BIN_ROOM], sum = 0;
    const bool extra = s->rule->params->extra;
    for (size_t b = 0; b < s->n; b++) {
        sum += s->hist[b + 1];
        left[b] = sum;
    }
    if (extra)
        scan_one(s, left, true, best);
    else
        take_best(s, left, 0, s->n, true, best);
    if (s->hist[0] == 0) return;
    for (size_t b = 0; b < s->n; b++) left[b] += s->hist[0];
    if (extra)
        scan_one(s, left, false, best);
    else
        take_best(s, left, 0, s->n, false, best);
}

/* ---------------------------------------------------------------- within bounds */

/* What is gained by a leaf of this value: -(2 g w + (h + l2) w^2 + 2 l1 |w|). */
static double worth(const tw_gbm_rule *rule, double g, double h, double w)
{
    return -(2 * g * w + (h + rule->l2) * w * w + 2 * rule->l1 * fabs(w));
}

static double bounded_value(const tw_gbm_rule *rule, const tw_gbm_place *place, double g, double h)
{
    const double below = h + rule->l2, w = below > 0 ? -tw_gbm_shrunk(g, rule->l1) / below : 0;
    return fmin(fmax(w, place->low), place->high);
}

static double bounded_gain(const scan *s, int64_t left)
{
    const tw_gbm_rule *rule = s->rule;
    const int64_t right = s->place->total - left;
    const double gl = (double)tw_gbm_gradient(left) * rule->scale.gradient,
                 hl = (double)tw_gbm_hessian(left) * rule->scale.hessian,
                 gr = (double)tw_gbm_gradient(right) * rule->scale.gradient,
                 hr = (double)tw_gbm_hessian(right) * rule->scale.hessian;
    if (!(hl >= rule->min_child) || !(hr >= rule->min_child)) return -1;
    const double wl = bounded_value(rule, s->place, gl, hl), wr = bounded_value(rule, s->place, gr, hr);
    const bool rises = rule->sign[s->column] > 0, falls = rule->sign[s->column] < 0;
    if ((rises && wl > wr) || (falls && wl < wr)) return -1;
    return worth(rule, gl, hl, wl) + worth(rule, gr, hr, wr);
}

void tw_gbm_best_bounded(const tw_gbm_rule *rule, const tw_gbm_place *place, const int64_t *hist, uint32_t column,
                         tw_gbm_split *best)
{
    const scan s = {rule, place, hist, rule->n_bins[column] - 1, column};
    for (int missing_right = 1; missing_right >= 0; missing_right--) {
        int64_t left = missing_right ? 0 : hist[0];
        if (!missing_right && hist[0] == 0) break;
        for (size_t b = 0; b < s.n; b++) {
            left += hist[b + 1];
            const double gain = bounded_gain(&s, left);
            if (!(gain > best->gain)) continue;
            *best = (tw_gbm_split){
                .gain = gain, .column = column, .bin = (uint32_t)b + 1, .missing_right = missing_right, .left = left};
        }
    }
}

/* ---------------------------------------------------------------- all columns */

void tw_gbm_best_split(const tw_gbm_rule *rule, const tw_gbm_place *place, const int64_t *hist, size_t from, size_t to,
                       tw_gbm_split *best)
{
    for (size_t j = from; j < to; j++) {
        const int64_t *column = hist + j * rule->width;
        if (place->allowed && !place->allowed[j]) continue;
        if (rule->category[j]) {
            tw_gbm_best_set(rule, place, column, (uint32_t)j, best);
        } else if (rule->sign) {
            tw_gbm_best_bounded(rule, place, column, (uint32_t)j, best);
        } else {
            const scan s = {rule, place, column, rule->n_bins[j] - 1, (uint32_t)j};
            if (s.n) scan_column(&s, best);
        }
    }
}
