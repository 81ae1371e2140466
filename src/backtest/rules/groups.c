/* SPDX-License-Identifier: Apache-2.0 */
/* groups.c - portfolios by the groups (sectors) of assets: who is chosen in each, and how much of each is held. Group 0
 * are the assets without one. */
#include "backtest/rules/spec.h"

#include <math.h>
#include <string.h>

void tw_groups_choose(tw_block *b, const tw_choice_text *c, size_t n, signed char side)
{
    const size_t groups = b->spec->market.n_groups + 1, *lane = b->order + b->n_universe;
    size_t *there = b->taken, *taken = b->taken + groups;
    memset(b->taken, 0, 2 * groups * sizeof *b->taken);
    for (size_t i = 0; i < n; i++) there[b->group[lane[i]]]++;
    for (size_t i = 0; i < n; i++) {
        const int32_t g = b->group[lane[i]];
        if (taken[g] >= tw_choice_count(c, there[g])) continue;
        taken[g]++;
        b->side[lane[i]] = side;
    }
}

/* Of each group: the sum of what is held long, and of what is held short. */
static void sum_sides(tw_block *b)
{
    memset(b->sum, 0, 2 * (b->spec->market.n_groups + 1) * sizeof *b->sum);
    for (size_t i = 0; i < b->n_universe; i++) b->sum[2 * b->group[i] + (b->weight[i] < 0)] += fabs(b->weight[i]);
}

/* The sum that a side of a group shall have. */
static double wanted(const tw_block *b, const double *sum, int side)
{
    const double bound = b->portfolio.max_group_weight;
    const double to = b->portfolio.group_neutral ? fmin(sum[0], sum[1]) : sum[side];
    return bound > 0 ? fmin(to, bound) : to;
}

void tw_groups_scale(tw_block *b)
{
    if (!b->portfolio.group_neutral && !(b->portfolio.max_group_weight > 0)) return;
    sum_sides(b);
    for (size_t i = 0; i < b->n_universe; i++) {
        const double *sum = b->sum + 2 * b->group[i];
        const int side = b->weight[i] < 0;
        const double to = wanted(b, sum, side);
        if (to < sum[side]) b->weight[i] *= to / sum[side];
    }
}
