/* SPDX-License-Identifier: Apache-2.0 */
/* trend.c - prices that remember: averaged candles, bands that trail a price. See recur.h for missing values. */
#include "ta/recur.h"

static const tw_param nan_table[] = {TW_PARAM_NAN, TW_PARAM_END};

static double no_coefs(const tw_recur_params *p, double *coef)
{
    (void)p, (void)coef;
    return 1.0;
}
TW_LANE bool is_first(const tw_recur_bar *b) { return !b->warm && b->n <= 1.0; }
/* A choice between numbers would leave out a memory that is spoiled, so 0 times it is added to what it should spoil. */
TW_LANE double higher(double a, double b) { return a > b ? a : b; }
TW_LANE double lower(double a, double b) { return a < b ? a : b; }

/* ---------------------------------------------------------------- ha. x: o, h, l, c. s: seen, open of the next bar. */

TW_LANE void ha_step(const double *coef, tw_recur_bar *b)
{
    const double own = 0.5 * (b->x[0] + b->x[3]), open = is_first(b) ? own : b->s[1];
    const double close = 0.25 * (b->x[0] + b->x[1] + b->x[2] + b->x[3]);
    const double spoilt = 0.0 * open;
    (void)coef;
    b->s[1] = 0.5 * (open + close);
    b->y[0] = open;
    b->y[1] = higher(b->x[1], higher(open, close)) + spoilt;
    b->y[2] = lower(b->x[2], lower(open, close)) + spoilt;
    b->y[3] = close + spoilt;
}
static const tw_recur ha_recur = {.inputs = 4, .parts = 2, .outputs = 4, .step = ha_step, .coefs = no_coefs};

TW_RECUR_OP(ha, .title = "Averaged candles (Heikin-Ashi)", .group = "price", .source = "Valcu 2004; TA-Lib 0.8 HA",
            .formula = "close (o + h + l + c) / 4, open the middle of the body before, at first (o + c) / 2; high and "
                       "low with these",
            .meaning = "Candles averaged so that trends show as runs of one colour without opposite shadows. Their "
                       "prices never traded: use them to see, never to fill orders in a test, and expect the turn a "
                       "few bars late. Gaps are smoothed away.",
            .inputs = TW_NAMES("open", "high", "low", "close"),
            .outputs = TW_NAMES("haopen", "hahigh", "halow", "haclose"), .params = nan_table,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- trailing_bands
 * x: upper, lower, close. s: seen, upper, lower, last close, trend. */

TW_LANE void trailing_bands_step(const double *coef, tw_recur_bar *b)
{
    const double last = b->s[3], close = b->x[2];
    const bool up_free = is_first(b) | (b->x[0] < b->s[1]) | (last > b->s[1]);
    const bool low_free = is_first(b) | (b->x[1] > b->s[2]) | (last < b->s[2]);
    const double upper = up_free ? b->x[0] : b->s[1], lower_band = low_free ? b->x[1] : b->s[2];
    const double begun = is_first(b) ? 1.0 : b->s[4];
    const double fallen = close < lower_band ? -1.0 : 1.0, risen = close > upper ? 1.0 : -1.0;
    const double turned = begun > 0.0 ? fallen : risen, trend = is_first(b) ? 1.0 : turned;
    const double spoilt = is_first(b) ? 0.0 : 0.0 * last;
    (void)coef;
    b->s[1] = upper;
    b->s[2] = lower_band;
    b->s[3] = close + spoilt;
    b->s[4] = trend;
    b->y[0] = (trend > 0.0 ? lower_band : upper) + spoilt;
    b->y[1] = trend + spoilt;
}
static const tw_recur trailing_bands_recur = {
    .inputs = 3, .parts = 5, .outputs = 2, .step = trailing_bands_step, .coefs = no_coefs};

TW_RECUR_OP(trailing_bands, .title = "Bands that follow a price and turn when it closes beyond them",
            .group = "overlap", .source = "Seban 2008",
            .formula = "the upper band only falls until a close is above it, the lower only rises until one is below; "
                       "trend 1: the lower one, until a close is below it; -1: the upper one, until one is above",
            .meaning = "Two bands that only tighten while the price stays within, and the one that acts as the stop "
                       "now: the piece from which supertrend is made, for bands of any kind.",
            .inputs = TW_NAMES("upper", "lower", "close"), .outputs = TW_NAMES("line", "trend"), .params = nan_table,
            .traits = TW_RECURSIVE);
