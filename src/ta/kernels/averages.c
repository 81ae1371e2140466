/* SPDX-License-Identifier: Apache-2.0 */
/* averages.c - exponential averages. See recur.h for missing values. */
#include "ta/recur.h"

static const tw_param ema_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 30, 1, TW_PERIOD_MAX, 3, 250, true, "bars of the like simple average"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param rma_table[] = {TW_PARAM_SEARCH(tw_recur_params, timeperiod, 30, 1, TW_PERIOD_MAX, 3, 250, true,
                                                     "bars; the newest weighs 1 / period"),
                                     TW_PARAM_NAN, TW_PARAM_END};
static const tw_param spread_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 20, 2, TW_PERIOD_MAX, 3, 250, true, "bars of the like simple average"),
    TW_PARAM_NAN, TW_PARAM_END};

static size_t average_back(const void *params) { return (size_t)((const tw_recur_params *)params)->timeperiod - 1; }

/* ---------------------------------------------------------------- ema, rma. s: seen, average. coef: period, k. */

static double ema_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->timeperiod;
    coef[1] = 2.0 / (p->timeperiod + 1.0);
    return p->timeperiod;
}
static double rma_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->timeperiod;
    coef[1] = 1.0 / p->timeperiod;
    return p->timeperiod;
}
TW_LANE void average_step(const double *coef, tw_recur_bar *b)
{
    b->s[1] = tw_seeded(b, b->s[1], b->x[0], (tw_seed){b->n, coef[0], coef[1]});
    b->y[0] = b->warm || b->n >= coef[0] ? b->s[1] : (double)NAN;
}
TW_LANE void rma_step(const double *coef, tw_recur_bar *b)
{
    b->s[1] = tw_wilder(b, b->s[1], b->x[0], (tw_seed){b->n, coef[0], coef[1]});
    b->y[0] = b->warm || b->n >= coef[0] ? b->s[1] : (double)NAN;
}
static const tw_recur ema_recur = {.inputs = 1, .parts = 2, .outputs = 1, .step = average_step, .coefs = ema_coefs};
static const tw_recur rma_recur = {.inputs = 1, .parts = 2, .outputs = 1, .step = rma_step, .coefs = rma_coefs};

TW_RECUR_OP(ema, .title = "Exponential moving average", .group = "overlap",
            .source = "Brown 1956; seeded as TA-Lib EMA",
            .formula = "mean of the first period values, then e += 2 / (period + 1) (x - e)",
            .meaning = "A mean whose weights fall by a constant factor with age, so it follows the price sooner than a "
                       "simple mean of the same length. It is read like one. It never quite forgets: its first values "
                       "depend on where the series begins, and one wild price fades only slowly.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = ema_table, .lookback = average_back,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);
TW_RECUR_OP(
    rma, .title = "Wilder's moving average", .group = "overlap", .source = "Wilder 1978; TA-Lib 0.8 RMA",
    .formula = "mean of the first period values, then e += (x - e) / period",
    .meaning =
        "Wilder's way of averaging: an exponential average with weight 1 / period, about twice as slow as the usual "
        "one of the same period. It is inside RSI, ATR and ADX; an RSI computed with the other weight differs visibly.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = rma_table, .lookback = average_back,
    .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- ewm_std. s: seen, mean, variance. */

TW_LANE void spread_step(const double *coef, tw_recur_bar *b)
{
    const double k = coef[1], d = b->x[0] - b->s[1], step = k * d;
    const bool first = !b->warm && b->n == 1.0;
    b->s[1] = first ? b->x[0] : b->s[1] + step;
    b->s[2] = first ? 0.0 : (1.0 - k) * (b->s[2] + step * d);
    b->y[0] = b->warm || b->n >= coef[0] ? sqrt(b->s[2]) : (double)NAN;
}
static const tw_recur ewm_std_recur = {.inputs = 1, .parts = 3, .outputs = 1, .step = spread_step, .coefs = ema_coefs};

TW_RECUR_OP(ewm_std, .title = "Exponentially weighted standard deviation", .group = "statistic",
            .source = "Finch 2009; pandas ewm(span, adjust=False).std(bias=True)",
            .formula = "m += k d, v = (1-k) (v + k d^2), d = x - m, k = 2 / (period + 1); sqrt(v)",
            .meaning =
                "The spread of a series about its exponential average, the recent bars counting most. It follows "
                "changes of volatility sooner than a window of the same length and never drops an old bar suddenly.",
            .inputs = TW_NAMES("x"), .outputs = TW_NAMES("std"), .params = spread_table, .lookback = average_back,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);
