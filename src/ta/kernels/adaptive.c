/* SPDX-License-Identifier: Apache-2.0 */
/* adaptive.c - averages whose constant changes from bar to bar. See recur.h for missing values. */
#include "ta/recur.h"

static const tw_param follow_table[] = {TW_PARAM_NAN, TW_PARAM_END};

/* ---------------------------------------------------------------- follow. s: seen, average. */

static double follow_coefs(const tw_recur_params *p, double *coef)
{
    (void)p, (void)coef;
    return 1.0;
}
TW_LANE void follow_step(const double *coef, tw_recur_bar *b)
{
    const double last = !b->warm && b->n <= 1.0 ? b->x[2] : b->s[1]; /* n is NaN once spoiled */
    const double low = b->x[1] > 0.0 ? b->x[1] : 0.0, k = low < 1.0 ? low : 1.0;
    (void)coef;
    const double step = __builtin_fma(b->x[0] - last, k, last); /* fused, and x itself with k = 1: see tw_seeded */
    b->y[0] = b->s[1] = ((k == 1.0) & (last == last)) ? b->x[0] : step;
}
static const tw_recur follow_recur = {3, 2, 1, follow_step, follow_coefs};

TW_RECUR_OP(follow, .title = "Average whose weight of the newest value is a series", .group = "overlap",
            .source = "definition", .formula = "y += k (x - y), 0 <= k <= 1, y = start before the first bar",
            .meaning = "An average that takes the weight of each new value from a second series: the piece from which "
                       "adaptive averages are built.",
            .inputs = TW_NAMES("x", "k", "start"), .outputs = TW_NAMES("average"), .params = follow_table,
            .traits = TW_RECURSIVE);
