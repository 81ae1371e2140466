/* SPDX-License-Identifier: Apache-2.0 */
/* averages.c - exponential averages and what is made of them. See recur.h for missing values. */
#include "ta/recur.h"

static const tw_param ema_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 30, 1, TW_PERIOD_MAX, 3, 250, true, "bars of the like simple average"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param rma_table[] = {TW_PARAM_SEARCH(tw_recur_params, timeperiod, 14, 1, TW_PERIOD_MAX, 3, 250, true,
                                                     "bars; the newest weighs 1 / period"),
                                     TW_PARAM_NAN, TW_PARAM_END};
static const tw_param spread_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 20, 2, TW_PERIOD_MAX, 3, 250, true, "bars of the like simple average"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param macd_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, fastperiod, 12, 2, TW_PERIOD_MAX, 3, 50, true, "bars of the fast average"),
    TW_PARAM_SEARCH(tw_recur_params, slowperiod, 26, 2, TW_PERIOD_MAX, 10, 200, true, "bars of the slow average"),
    TW_PARAM_SEARCH(tw_recur_params, signalperiod, 9, 1, TW_PERIOD_MAX, 3, 50, true,
                    "bars of the average of the difference"),
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
static const tw_recur ema_recur = {1, 2, 1, average_step, ema_coefs};
static const tw_recur rma_recur = {1, 2, 1, average_step, rma_coefs};

TW_RECUR_OP(ema, .title = "Exponential moving average", .group = "overlap",
            .source = "Brown 1956; seeded as TA-Lib EMA",
            .formula = "mean of the first period values, then e += 2 / (period + 1) (x - e)",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = ema_table, .lookback = average_back,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);
TW_RECUR_OP(rma, .title = "Wilder's moving average", .group = "overlap", .source = "Wilder 1978",
            .formula = "mean of the first period values, then e += (x - e) / period", .inputs = TW_NAMES("x"),
            .outputs = TW_NAMES("rma"), .params = rma_table, .lookback = average_back,
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
static const tw_recur ewm_std_recur = {1, 3, 1, spread_step, ema_coefs};

TW_RECUR_OP(ewm_std, .title = "Exponentially weighted standard deviation", .group = "statistic",
            .source = "Finch 2009; pandas ewm(span, adjust=False).std(bias=True)",
            .formula = "m += k d, v = (1-k) (v + k d^2), d = x - m, k = 2 / (period + 1); sqrt(v)",
            .inputs = TW_NAMES("x"), .outputs = TW_NAMES("std"), .params = spread_table, .lookback = average_back,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- macd
 * s: seen, fast, slow, signal. As in TA-Lib both averages have their first value on the bar of the slow one, so the
 * fast one is seeded with the last `fast` of the first `slow` values. */

static void macd_order(const tw_recur_params *p, double *fast, double *slow)
{
    *fast = p->fastperiod < p->slowperiod ? p->fastperiod : p->slowperiod;
    *slow = p->fastperiod < p->slowperiod ? p->slowperiod : p->fastperiod;
}
static double macd_coefs(const tw_recur_params *p, double *coef)
{
    macd_order(p, &coef[0], &coef[1]);
    coef[2] = p->signalperiod;
    for (int i = 0; i < 3; i++) coef[3 + i] = 2.0 / (coef[i] + 1.0);
    return coef[1] + coef[2] - 1.0;
}
static size_t macd_back(const void *params)
{
    const tw_recur_params *p = params;
    double fast, slow;
    macd_order(p, &fast, &slow);
    return (size_t)slow + (size_t)p->signalperiod - 2;
}
TW_LANE void macd_step(const double *coef, tw_recur_bar *b)
{
    const double skip = coef[1] - coef[0], n = b->n, x = b->x[0], lines = n - coef[1] + 1.0;
    b->s[1] = b->warm || n > skip ? tw_seeded(b, b->s[1], x, (tw_seed){n - skip, coef[0], coef[3]}) : 0.0;
    b->s[2] = tw_seeded(b, b->s[2], x, (tw_seed){n, coef[1], coef[4]});
    const double line = b->s[1] - b->s[2];
    b->s[3] = b->warm || lines >= 1.0 ? tw_seeded(b, b->s[3], line, (tw_seed){lines, coef[2], coef[5]}) : 0.0;
    const bool ready = b->warm || lines >= coef[2];
    b->y[0] = ready ? line : (double)NAN;
    b->y[1] = ready ? b->s[3] : (double)NAN;
    b->y[2] = ready ? line - b->s[3] : (double)NAN;
}
static const tw_recur macd_recur = {1, 4, 3, macd_step, macd_coefs};

TW_RECUR_OP(macd, .title = "Moving average convergence and divergence", .group = "momentum",
            .source = "Appel 1979; TA-Lib MACD",
            .formula = "macd = ema(x, fast) - ema(x, slow), signal = ema(macd, signal), hist = macd - signal",
            .inputs = TW_NAMES("x"), .outputs = TW_NAMES("macd", "macdsignal", "macdhist"), .params = macd_table,
            .lookback = macd_back, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);
