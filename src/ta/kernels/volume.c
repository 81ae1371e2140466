/* SPDX-License-Identifier: Apache-2.0 */
/* volume.c - sums of volume that do not end, and averages of them. See recur.h for missing values. */
#include "ta/recur.h"

static const tw_param sum_table[] = {TW_PARAM_NAN, TW_PARAM_END};
static const tw_param adosc_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, fastperiod, 3, 2, TW_PERIOD_MAX, 2, 20, true, "bars of the fast average"),
    TW_PARAM_SEARCH(tw_recur_params, slowperiod, 10, 2, TW_PERIOD_MAX, 5, 60, true, "bars of the slow average"),
    TW_PARAM_NAN, TW_PARAM_END};

static double sum_coefs(const tw_recur_params *p, double *coef)
{
    (void)p, (void)coef;
    return 1.0;
}

/* ---------------------------------------------------------------- ad, adosc. s: seen, sum, fast, slow average of it.
 */

TW_LANE double accumulated(const tw_recur_bar *b)
{
    const double high = b->x[0], low = b->x[1], close = b->x[2], range = high - low;
    const double part = ((close - low) - (high - close)) / range * b->x[3];
    return b->s[1] + (range > 0.0 ? part : 0.0);
}
TW_LANE void ad_step(const double *coef, tw_recur_bar *b)
{
    (void)coef;
    b->y[0] = b->s[1] = accumulated(b);
}
static double adosc_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->fastperiod > p->slowperiod ? p->fastperiod : p->slowperiod;
    coef[1] = 2.0 / (p->fastperiod + 1.0);
    coef[2] = 2.0 / (p->slowperiod + 1.0);
    return coef[0];
}
static size_t adosc_back(const void *params)
{
    double coef[TW_RECUR_COEFS];
    return (size_t)adosc_coefs(params, coef) - 1;
}
TW_LANE void adosc_step(const double *coef, tw_recur_bar *b)
{
    const bool first = !b->warm && b->n == 1.0;
    const double sum = accumulated(b);
    b->s[1] = sum;
    b->s[2] = first ? sum : (sum - b->s[2]) * coef[1] + b->s[2];
    b->s[3] = first ? sum : (sum - b->s[3]) * coef[2] + b->s[3];
    b->y[0] = b->warm || b->n >= coef[0] ? b->s[2] - b->s[3] : (double)NAN;
}
static const tw_recur ad_recur = {4, 2, 1, ad_step, sum_coefs};
static const tw_recur adosc_recur = {4, 4, 1, adosc_step, adosc_coefs};

TW_RECUR_OP(ad, .title = "Accumulation and distribution line", .group = "volume", .source = "Chaikin; TA-Lib AD",
            .formula = "a += v ((c - l) - (h - c)) / (h - l), nothing where h <= l",
            .inputs = TW_NAMES("high", "low", "close", "volume"), .outputs = TW_NAMES("real"), .params = sum_table,
            .traits = TW_RECURSIVE);
TW_RECUR_OP(adosc, .title = "Chaikin oscillator", .group = "volume", .source = "Chaikin; TA-Lib ADOSC",
            .formula = "ema(ad, fast) - ema(ad, slow), both begun with the first ad",
            .inputs = TW_NAMES("high", "low", "close", "volume"), .outputs = TW_NAMES("real"), .params = adosc_table,
            .lookback = adosc_back, .traits = TW_RECURSIVE);
