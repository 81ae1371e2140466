/* SPDX-License-Identifier: Apache-2.0 */
/* adaptive.c - averages whose constant changes from bar to bar. See recur.h for missing values. */
#include "ta/recur.h"

static const tw_param follow_table[] = {TW_PARAM_NAN, TW_PARAM_END};
static const tw_param mcgd_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 14, 2, TW_PERIOD_MAX, 5, 100, true, "bars by which a step is divided"),
    TW_PARAM_NAN, TW_PARAM_END};

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
static const tw_recur follow_recur = {
    .inputs = 3, .parts = 2, .outputs = 1, .step = follow_step, .coefs = follow_coefs};

TW_RECUR_OP(follow, .title = "Average whose weight of the newest value is a series", .group = "overlap",
            .source = "definition", .formula = "y += k (x - y), 0 <= k <= 1, y = start before the first bar",
            .meaning = "An average that takes the weight of each new value from a second series: the piece from which "
                       "adaptive averages are built.",
            .inputs = TW_NAMES("x", "k", "start"), .outputs = TW_NAMES("average"), .params = follow_table,
            .traits = TW_RECURSIVE);

/* ---------------------------------------------------------------- mcgd. s: seen, line. */

static double mcgd_coefs(const tw_recur_params *p, double *coef) { return coef[0] = p->timeperiod; }
static size_t mcgd_back(const void *params) { return (size_t)((const tw_recur_params *)params)->timeperiod - 1; }
TW_LANE void mcgd_step(const double *coef, tw_recur_bar *b)
{
    const double x = b->x[0], last = b->s[1], share = x / last, square = share * share;
    const double moved = last + (x - last) / (coef[0] * (square * square)), kept = tw_is_finite(moved) ? moved : last;
    b->s[1] = !b->warm && b->n == 1.0 ? x : kept;
    b->y[0] = b->warm || b->n >= coef[0] ? b->s[1] : (double)NAN;
}
static const tw_recur mcgd_recur = {.inputs = 1, .parts = 2, .outputs = 1, .step = mcgd_step, .coefs = mcgd_coefs};

TW_RECUR_OP(mcgd, .title = "McGinley's dynamic average", .group = "overlap", .source = "McGinley 1997; TA-Lib 0.8 MCGD",
            .formula = "y += (x - y) / (n (x / y)^4), begun with the first value; kept where that is not finite",
            .meaning = "An average that speeds up when the price falls away below it and slows down when the price "
                       "runs above: meant to hold on in a rise and to let go in a fall. The fourth power makes it lag "
                       "far behind steep rises, and where values come near zero or below it means nothing.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = mcgd_table, .lookback = mcgd_back,
            .traits = TW_RECURSIVE | TW_SCALES);
