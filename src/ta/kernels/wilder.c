/* SPDX-License-Identifier: Apache-2.0 */
/* wilder.c - the indicators of Wilder's "New Concepts in Technical Trading Systems" (1978), and on-balance volume.
 * Seeds as in TA-Lib. See recur.h for missing values. */
#include "ta/range.h"
#include "ta/recur.h"

static const tw_param wilder_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 14, 1, TW_PERIOD_MAX, 5, 60, true, "bars averaged"), TW_PARAM_NAN,
    TW_PARAM_END};
static const tw_param wilder2_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 14, 2, TW_PERIOD_MAX, 5, 60, true, "bars averaged"), TW_PARAM_NAN,
    TW_PARAM_END};
static const tw_param obv_table[] = {TW_PARAM_NAN, TW_PARAM_END};

static size_t period_back(const void *params) { return (size_t)((const tw_recur_params *)params)->timeperiod; }
static size_t adx_back(const void *params) { return 2 * period_back(params) - 1; }
static double wilder_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->timeperiod;
    coef[1] = 1.0 / p->timeperiod;
    return 2.0 * p->timeperiod + 1.0; /* adx is the longest */
}

/* ---------------------------------------------------------------- rsi, cmo. s: seen, last, mean gain, mean loss.
 * u: gain, loss. */

TW_LANE void sides_term(const double *coef, tw_recur_bar *b)
{
    const double move = b->warm || b->n > 1.0 ? b->x[0] - b->s[1] : 0.0;
    (void)coef;
    b->u[0] = move > 0.0 ? move : 0.0;
    b->u[1] = b->u[0] - move;
}
TW_LANE void sides_chain(const double *coef, tw_recur_bar *b)
{
    const tw_seed seed = {b->n - 1.0, coef[0], coef[1]};
    TW_FEW(i, 2) b->s[2 + i] = tw_seeded(b, b->s[2 + i], b->u[i], seed);
}
TW_LANE bool sides_ready(const double *coef, const tw_recur_bar *b) { return b->warm || b->n - 1.0 >= coef[0]; }
TW_LANE void rsi_finish(const double *coef, tw_recur_bar *b)
{
    const double both = b->s[2] + b->s[3], rsi = 100.0 * (b->s[2] / both);
    b->y[0] = sides_ready(coef, b) ? (both == 0.0 ? 0.0 : rsi) : (double)NAN;
}
TW_LANE void cmo_finish(const double *coef, tw_recur_bar *b)
{
    const double both = b->s[2] + b->s[3], cmo = 100.0 * ((b->s[2] - b->s[3]) / both);
    b->y[0] = sides_ready(coef, b) ? (both == 0.0 ? 0.0 : cmo) : (double)NAN;
}
#define SIDES                                                                                                          \
    .inputs = 1, .parts = 4, .outputs = 1, .coefs = wilder_coefs, .lasts = 1, .last = {0}, .terms = 2, .chained = 4,   \
    .term = sides_term, .chain = sides_chain
static const tw_recur rsi_recur = {SIDES, .finish = rsi_finish};
static const tw_recur cmo_recur = {SIDES, .finish = cmo_finish};

TW_RECUR_OP(rsi, .title = "Relative strength index", .group = "momentum", .source = "Wilder 1978; TA-Lib RSI",
            .formula = "100 rma(gains) / (rma(gains) + rma(losses)); 0 for a flat series",
            .meaning = "The share of the recent movement that went up, from 0 to 100. Above 70 the price is said to "
                       "have risen too fast, below 30 to have fallen too fast; in a strong trend it stays out there "
                       "for long, so that the level alone is a poor reason to trade against it. Many watch for an "
                       "extreme of the price that the index does not confirm.",
            .levels = {30, 70}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = wilder2_table,
            .lookback = period_back, .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE);

TW_RECUR_OP(cmo, .title = "Chande momentum oscillator", .group = "momentum",
            .source = "Chande and Kroll 1994, smoothed as Wilder's; TA-Lib CMO",
            .formula = "100 (g - l) / (g + l), g = rma(gains), l = rma(losses); 0 for a flat series",
            .meaning = "Gains less losses as a share of both, from -100 to 100: the relative strength index on another "
                       "scale, 2 RSI - 100. Beyond 50 on either side movement is one-sided.",
            .levels = {-50, 50}, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = wilder2_table,
            .lookback = period_back, .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- atr, natr. s: seen, last close, average range. */

TW_LANE void atr_term(const double *coef, tw_recur_bar *b)
{
    (void)coef;
    b->u[0] = tw_true_range(b->x[0], b->x[1], b->s[1]);
}
TW_LANE void atr_chain(const double *coef, tw_recur_bar *b)
{
    const double ranges = b->n - 1.0;
    b->s[2] = b->warm || ranges >= 1.0 ? tw_wilder(b, b->s[2], b->u[0], (tw_seed){ranges, coef[0], coef[1]}) : 0.0;
}
TW_LANE void atr_finish(const double *coef, tw_recur_bar *b)
{
    b->y[0] = b->warm || b->n - 1.0 >= coef[0] ? b->s[2] : (double)NAN;
}
TW_LANE void natr_finish(const double *coef, tw_recur_bar *b)
{
    atr_finish(coef, b);
    const double atr = b->y[0], share = 100.0 * (atr / b->x[2]);
    b->y[0] = b->x[2] == 0.0 ? atr * 0.0 : share;
}
#define RANGES                                                                                                         \
    .inputs = 3, .parts = 3, .outputs = 1, .coefs = wilder_coefs, .lasts = 1, .last = {2}, .terms = 1, .chained = 3,   \
    .term = atr_term, .chain = atr_chain
static const tw_recur atr_recur = {RANGES, .finish = atr_finish, .plain = true};
static const tw_recur natr_recur = {RANGES, .finish = natr_finish};

TW_RECUR_OP(atr, .title = "Average true range", .group = "volatility", .source = "Wilder 1978; TA-Lib ATR",
            .formula = "rma(max(h - l, |h - c'|, |l - c'|)), c' the close before",
            .meaning = "The average true range of recent bars, gaps included, in units of the price: how far the price "
                       "usually travels in a bar. It is used to place stops and to size positions, and has no "
                       "direction. It grows with the price: compare instruments by natr.",
            .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = wilder_table,
            .lookback = period_back, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);
TW_RECUR_OP(natr, .title = "Average true range in percent of the close", .group = "volatility",
            .source = "Forman 2006; TA-Lib NATR", .formula = "100 atr / c; 0 where c is 0",
            .meaning = "The average true range in percent of the close, so that it can be compared between instruments "
                       "and over long times.",
            .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = wilder_table,
            .lookback = period_back, .traits = TW_RECURSIVE | TW_INVARIANT);

/* ---------------------------------------------------------------- directional movement
 * s: seen, last high, low, close, sums TR, +DM, -DM, then the last dx (dx) or the average so far (adx).
 * u: TR, +DM, -DM; then dx. The sums start with period - 1 bars and then go on as s - s / period + x. */

enum { LAST_HIGH = 1, LAST_LOW, LAST_CLOSE, RANGE_SUM, PLUS_SUM, MINUS_SUM, DX };

TW_LANE double wilder_sum(double s, double x, bool seeding, double k)
{
    return seeding ? s + x : __builtin_fma(s, 1.0 - k, x);
}
/* By how much more the high rose than the low fell, and the reverse; one of them is 0. */
TW_LANE void movement_of(const tw_recur_bar *b, double *plus, double *minus)
{
    const bool first = !b->warm && b->n == 1.0;
    const double up = b->x[0] - b->s[LAST_HIGH], down = b->s[LAST_LOW] - b->x[1];
    const double gain = up > down ? tw_above_zero(up) : 0.0, loss = down > up ? tw_above_zero(down) : 0.0;
    *plus = first ? 0.0 : gain;
    *minus = first ? 0.0 : loss;
}
TW_LANE void direction_term(const double *coef, tw_recur_bar *b)
{
    const bool first = !b->warm && b->n == 1.0;
    (void)coef;
    b->u[0] = first ? 0.0 : tw_true_range(b->x[0], b->x[1], b->s[LAST_CLOSE]);
    movement_of(b, &b->u[1], &b->u[2]);
}
TW_LANE void direction_chain(const double *coef, tw_recur_bar *b)
{
    const bool seeding = !b->warm && b->n <= coef[0];
    TW_FEW(i, 3) b->s[RANGE_SUM + i] = wilder_sum(b->s[RANGE_SUM + i], b->u[i], seeding, coef[1]);
}
/* Of the sum of the movements to one side. */
TW_LANE double indicator_of(const tw_recur_bar *b, double sum)
{
    const double range = b->s[RANGE_SUM], share = 100.0 * (sum / range);
    return range > 0.0 ? share : 0.0;
}
TW_LANE void plus_di_finish(const double *coef, tw_recur_bar *b)
{
    b->y[0] = b->warm || b->n > coef[0] ? indicator_of(b, b->s[PLUS_SUM]) : (double)NAN;
}
TW_LANE void minus_di_finish(const double *coef, tw_recur_bar *b)
{
    b->y[0] = b->warm || b->n > coef[0] ? indicator_of(b, b->s[MINUS_SUM]) : (double)NAN;
}
/* NaN where there is no movement. */
TW_LANE void dx_middle(const double *coef, tw_recur_bar *b)
{
    const double plus = indicator_of(b, b->s[PLUS_SUM]), minus = indicator_of(b, b->s[MINUS_SUM]);
    (void)coef;
    b->u[0] = 100.0 * (tw_lane_abs(minus - plus) / (minus + plus));
}
TW_LANE void dx_rechain(const double *coef, tw_recur_bar *b)
{
    const double dx = b->u[0] == b->u[0] ? b->u[0] : b->s[DX];
    b->s[DX] = b->warm || b->n > coef[0] ? dx : b->s[DX];
}
TW_LANE void dx_finish(const double *coef, tw_recur_bar *b)
{
    b->y[0] = b->warm || b->n > coef[0] ? b->s[DX] : (double)NAN;
}
TW_LANE void adx_rechain(const double *coef, tw_recur_bar *b)
{
    const double count = b->n - coef[0], old = b->s[DX], dx = b->u[0];
    const double held = b->warm || count != coef[0] ? old : old / coef[0]; /* no movement: nothing is added */
    const double next = tw_wilder(b, old, dx, (tw_seed){count, coef[0], coef[1]});
    b->s[DX] = b->warm || count >= 1.0 ? (dx == dx ? next : held) : 0.0;
}
TW_LANE void adx_finish(const double *coef, tw_recur_bar *b)
{
    b->y[0] = b->warm || b->n - coef[0] >= coef[0] ? b->s[DX] : (double)NAN;
}
#define DIRECTION                                                                                                      \
    .inputs = 3, .outputs = 1, .coefs = wilder_coefs, .lasts = 3, .last = {0, 1, 2}, .terms = 3, .chained = DX,        \
    .term = direction_term, .chain = direction_chain
static const tw_recur plus_di_recur = {DIRECTION, .parts = DX, .finish = plus_di_finish};
static const tw_recur minus_di_recur = {DIRECTION, .parts = DX, .finish = minus_di_finish};
static const tw_recur dx_recur = {DIRECTION,           .parts = DX + 1, .middle = dx_middle, .rechain = dx_rechain,
                                  .finish = dx_finish, .plain = true};
static const tw_recur adx_recur = {
    DIRECTION, .parts = DX + 1, .middle = dx_middle, .rechain = adx_rechain, .finish = adx_finish, .plain = true};

TW_RECUR_OP(plus_di, .title = "Plus directional indicator", .group = "momentum",
            .source = "Wilder 1978; TA-Lib PLUS_DI",
            .formula = "100 S(+dm) / S(tr), S += x - S / period; 0 where S(tr) is 0",
            .meaning = "Upward movement beyond the range of the bar before, as a share of the true range, in percent. "
                       "Above minus_di the upward moves have the upper hand; their crossings are the signals of "
                       "Wilder's system, best taken only while ADX is high.",
            .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = wilder2_table,
            .lookback = period_back, .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE);
TW_RECUR_OP(minus_di, .title = "Minus directional indicator", .group = "momentum",
            .source = "Wilder 1978; TA-Lib MINUS_DI",
            .formula = "100 S(-dm) / S(tr), S += x - S / period; 0 where S(tr) is 0",
            .meaning = "Downward movement beyond the range of the bar before, as a share of the true range, in "
                       "percent. Above plus_di the downward moves have the upper hand.",
            .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = wilder2_table,
            .lookback = period_back, .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE);
TW_RECUR_OP(dx, .title = "Directional movement index", .group = "momentum", .source = "Wilder 1978; TA-Lib DX",
            .formula = "100 |+di - -di| / (+di + -di); the last one where there is no movement",
            .meaning = "The difference between upward and downward movement as a share of both, from 0 to 100: how "
                       "one-sided movement is. It jumps about; ADX is its average.",
            .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = wilder2_table,
            .lookback = period_back, .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE);
TW_RECUR_OP(adx, .title = "Average directional movement index", .group = "momentum",
            .source = "Wilder 1978; TA-Lib ADX",
            .formula = "rma(dx, period); bars without movement leave it as it is (0 while it begins)",
            .meaning = "How strong a trend is, whichever way it goes, from 0 to 100. Above about 25 there is said to "
                       "be a trend, below 20 none. It is smoothed twice, so it rises when a good part of the trend is "
                       "over and may go on rising while the price has already turned.",
            .levels = {25}, .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"),
            .params = wilder2_table, .lookback = adx_back, .traits = TW_RECURSIVE | TW_INVARIANT | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- plus_dm, minus_dm. s: seen, last high, low, sum. */

static size_t movement_back(const void *params)
{
    const size_t period = period_back(params);
    return period > 1 ? period - 1 : 1;
}
TW_LANE void movement_chain(const double *coef, tw_recur_bar *b)
{
    b->s[3] = wilder_sum(b->s[3], b->u[0], !b->warm && b->n <= coef[0], coef[1]);
}
TW_LANE void movement_finish(const double *coef, tw_recur_bar *b)
{
    const double need = coef[0] < 2.0 ? 2.0 : coef[0];
    b->y[0] = b->warm || b->n >= need ? b->s[3] : (double)NAN;
}
TW_LANE void plus_dm_term(const double *coef, tw_recur_bar *b)
{
    double minus;
    (void)coef;
    movement_of(b, &b->u[0], &minus);
}
TW_LANE void minus_dm_term(const double *coef, tw_recur_bar *b)
{
    double plus;
    (void)coef;
    movement_of(b, &plus, &b->u[0]);
}
#define MOVEMENT                                                                                                       \
    .inputs = 2, .parts = 4, .outputs = 1, .coefs = wilder_coefs, .lasts = 2, .last = {0, 1}, .terms = 1,              \
    .chained = 4, .chain = movement_chain, .finish = movement_finish, .plain = true
static const tw_recur plus_dm_recur = {MOVEMENT, .term = plus_dm_term};
static const tw_recur minus_dm_recur = {MOVEMENT, .term = minus_dm_term};

TW_RECUR_OP(plus_dm, .title = "Plus directional movement", .group = "momentum", .source = "Wilder 1978; TA-Lib PLUS_DM",
            .formula = "S(+dm), S += x - S / period, +dm = h - h' where that is above 0 and l' - l",
            .meaning =
                "How far highs went beyond the highs before, smoothed, in units of the price, where that was the "
                "greater extension. It is a part of the directional index; by itself it grows with the price.",
            .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = wilder_table,
            .lookback = movement_back, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);
TW_RECUR_OP(minus_dm, .title = "Minus directional movement", .group = "momentum",
            .source = "Wilder 1978; TA-Lib MINUS_DM",
            .formula = "S(-dm), S += x - S / period, -dm = l' - l where that is above 0 and h - h'",
            .meaning = "How far lows went below the lows before, smoothed, in units of the price, where that was the "
                       "greater extension. It is a part of the directional index; by itself it grows with the price.",
            .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = wilder_table,
            .lookback = movement_back, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- obv. s: seen, last close, volume. */

static double obv_coefs(const tw_recur_params *p, double *coef)
{
    (void)p, (void)coef;
    return 1.0;
}
TW_LANE void obv_term(const double *coef, tw_recur_bar *b)
{
    const double close = b->x[0], volume = b->x[1], last = b->s[1];
    (void)coef;
    b->u[0] = close > last ? volume : 0.0;
    b->u[0] = close < last ? -volume : b->u[0];
}
TW_LANE void obv_chain(const double *coef, tw_recur_bar *b)
{
    (void)coef;
    b->s[2] = !b->warm && b->n == 1.0 ? b->x[1] : b->s[2] + b->u[0];
}
TW_LANE void obv_finish(const double *coef, tw_recur_bar *b)
{
    (void)coef;
    b->y[0] = b->s[2];
}
static const tw_recur obv_recur = {.inputs = 2,
                                   .parts = 3,
                                   .outputs = 1,
                                   .coefs = obv_coefs,
                                   .lasts = 1,
                                   .last = {0},
                                   .terms = 1,
                                   .chained = 3,
                                   .term = obv_term,
                                   .chain = obv_chain,
                                   .finish = obv_finish,
                                   .plain = true};

TW_RECUR_OP(
    obv, .title = "On-balance volume", .group = "volume", .source = "Granville 1963; TA-Lib OBV",
    .formula = "o += v where the close rises, o -= v where it falls; begins with v",
    .meaning = "A running sum that adds the whole volume of a bar that closes higher and takes away that of one that "
               "closes lower. Volume is thought to lead price: a line that breaks out before the price does is the "
               "signal looked for. A close up by one tick counts as much as a surge, and the level means nothing.",
    .inputs = TW_NAMES("close", "volume"), .outputs = TW_NAMES("real"), .params = obv_table, .traits = TW_RECURSIVE);
