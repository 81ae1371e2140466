/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/boost/gbm_kernels.h"

/* Where values and missing ones of one column go at best. */
typedef struct scan {
    const tw_gbm_rule *rule;
    const int64_t *hist; /* of the column: [0] missing */
    size_t n;            /* places to split: behind value bins 1 .. n */
    int64_t total;
    uint32_t column;
} scan;

/* The first place of the highest gain, so that ties do not depend on the vector width. */
static void take_best(const scan *s, const int64_t *left, bool missing_right, tw_gbm_split *best)
{
    double gain[TW_GBM_EDGES];
    const tw_gain_job job = {left, s->n, s->total, s->rule, gain};
    TW_ISA_PICK(s->rule->isa, tw_gbm_gain)(&job);
    double most = best->gain;
    size_t at = SIZE_MAX;
    for (size_t b = 0; b < s->n; b++) {
        if (!(gain[b] > most)) continue;
        most = gain[b];
        at = b;
    }
    if (at != SIZE_MAX) *best = (tw_gbm_split){most, s->column, (uint32_t)at + 1, missing_right, left[at]};
}

static void scan_column(const scan *s, tw_gbm_split *best)
{
    int64_t left[TW_GBM_EDGES], sum = 0;
    for (size_t b = 0; b < s->n; b++) {
        sum += s->hist[b + 1];
        left[b] = sum;
    }
    take_best(s, left, true, best);
    if (s->hist[0] == 0) return;
    for (size_t b = 0; b < s->n; b++) left[b] += s->hist[0];
    take_best(s, left, false, best);
}

static double score(const tw_gbm_rule *rule, int64_t packed)
{
    const double g = (double)tw_gbm_gradient(packed) * rule->scale.gradient;
    return g * g / ((double)tw_gbm_hessian(packed) * rule->scale.hessian + rule->l2);
}

tw_gbm_split tw_gbm_best_split(const tw_gbm_rule *rule, const int64_t *histogram, int64_t total)
{
    /* A gain must beat the node left whole by more than rounding. */
    const double whole = score(rule, total) * (1 + 1e-12) + rule->min_gain;
    tw_gbm_split best = {.gain = whole};
    for (size_t j = 0; j < rule->n_columns; j++) {
        const scan s = {rule, histogram + j * rule->width, rule->n_bins[j] - 1, total, (uint32_t)j};
        if (s.n) scan_column(&s, &best);
    }
    if (best.bin == 0) return (tw_gbm_split){0};
    best.gain -= score(rule, total);
    /* A value that was never missing here goes, when it is one day, where most rows go. */
    if (histogram[best.column * rule->width] == 0)
        best.missing_right = tw_gbm_hessian(total) - tw_gbm_hessian(best.left) > tw_gbm_hessian(best.left);
    return best;
}
