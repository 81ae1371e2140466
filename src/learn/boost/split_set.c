/* SPDX-License-Identifier: Apache-2.0 */
/* The best split of a node by categories: one against the rest where there are few, otherwise a run of the categories
 * sorted by what their rows would be worth, which holds the best set (Fisher, On grouping for maximum homogeneity, JASA
 * 53, 1958). Missing, rare and new categories go right. */
#include "learn/boost/gbm.h"

#include "tradewind/num.h"

#include <math.h>

/* Categories of a node that have rows enough. */
typedef struct groups {
    size_t n;
    uint32_t bin[TW_BIN_ROOM];
    double order[TW_BIN_ROOM]; /* worth of each */
    size_t sorted[TW_BIN_ROOM];
} groups;

typedef struct sums {
    double gradient, hessian;
} sums;

static sums sums_of(const tw_gbm_rule *rule, int64_t packed)
{
    return (sums){(double)tw_gbm_gradient(packed) * rule->scale.gradient,
                  (double)tw_gbm_hessian(packed) * rule->scale.hessian};
}

static double part_gain(const tw_gbm_rule *rule, sums s, double l2)
{
    const double g = tw_gbm_shrunk(s.gradient, rule->l1);
    return g * g / (s.hessian + l2);
}

static double set_gain(const tw_gbm_rule *rule, const tw_gbm_place *place, int64_t left, double l2)
{
    const sums l = sums_of(rule, left), r = sums_of(rule, place->total - left);
    if (!(l.hessian >= rule->min_child) || !(r.hessian >= rule->min_child)) return -1;
    return part_gain(rule, l, l2) + part_gain(rule, r, l2);
}

static void take(double gain, uint32_t column, const tw_gbm_split *set, tw_gbm_split *best)
{
    if (!(gain > best->gain)) return;
    *best = *set;
    best->gain = gain;
    best->column = column;
    best->bin = 1;
    best->category = best->missing_right = true;
}

static void add_bin(tw_gbm_split *set, uint32_t bin, int64_t packed)
{
    set->set[bin / 64] |= UINT64_C(1) << (bin % 64);
    set->left += packed;
}

/* Hessian of `n` rows of the node on average: a histogram does not count rows. */
static double hessian_of_rows(const tw_gbm_rule *rule, const tw_gbm_place *place, double n)
{
    return place->rows > 0 ? n * sums_of(rule, place->total).hessian / place->rows : 0;
}

static void one_against_rest(const tw_gbm_rule *rule, const tw_gbm_place *place, const int64_t *hist, uint32_t column,
                             tw_gbm_split *best)
{
    for (uint32_t b = 1; b <= rule->n_bins[column]; b++) {
        tw_gbm_split set = {0};
        add_bin(&set, b, hist[b]);
        take(set_gain(rule, place, set.left, rule->l2), column, &set, best);
    }
}

static void sort_groups(const tw_gbm_rule *rule, const tw_gbm_place *place, const int64_t *hist, uint32_t column,
                        groups *g)
{
    const double smooth = rule->params->cat_smooth, least = hessian_of_rows(rule, place, smooth);
    for (uint32_t b = 1; b <= rule->n_bins[column]; b++) {
        const sums s = sums_of(rule, hist[b]);
        if (!(s.hessian > 0) || s.hessian < least) continue;
        g->bin[g->n] = b;
        g->order[g->n++] = s.gradient / (s.hessian + smooth);
    }
    tw_argsort(g->n, g->order, g->sorted);
}

/* Runs from one end of the order; each group that is added must be large enough. */
static void runs(const tw_gbm_rule *rule, const tw_gbm_place *place, const int64_t *hist, uint32_t column,
                 const groups *g, bool from_end, tw_gbm_split *best)
{
    const double least = hessian_of_rows(rule, place, rule->params->cat_rows), l2 = rule->l2 + rule->params->cat_l2;
    const size_t half = (g->n + 1) / 2,
                 most = (size_t)rule->params->cat_most < half ? (size_t)rule->params->cat_most : half;
    tw_gbm_split set = {0};
    double since = 0, rest = sums_of(rule, place->total).hessian;
    tw_random r = {place->key, column, 0};
    const size_t only = rule->params->extra && most ? tw_random_below(&r, most) : SIZE_MAX;
    for (size_t i = 0; i < most; i++) {
        const uint32_t b = g->bin[g->sorted[from_end ? g->n - 1 - i : i]];
        add_bin(&set, b, hist[b]);
        since += sums_of(rule, hist[b]).hessian;
        rest -= sums_of(rule, hist[b]).hessian;
        if (rest < least) break;
        if (since < least || (only != SIZE_MAX && i != only)) continue;
        since = 0;
        take(set_gain(rule, place, set.left, l2), column, &set, best);
    }
}

void tw_gbm_best_set(const tw_gbm_rule *rule, const tw_gbm_place *place, const int64_t *hist, uint32_t column,
                     tw_gbm_split *best)
{
    groups g = {.n = 0};
    if (rule->n_bins[column] <= (uint32_t)rule->params->cat_each) {
        one_against_rest(rule, place, hist, column, best);
        return;
    }
    sort_groups(rule, place, hist, column, &g);
    runs(rule, place, hist, column, &g, false, best);
    runs(rule, place, hist, column, &g, true, best);
}
