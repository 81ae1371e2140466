/* SPDX-License-Identifier: Apache-2.0 */
/* parabolic.c - Wilder's parabolic stop and reverse. Seeds as in TA-Lib. See recur.h for missing values.
 *
 * A short position is a long one with the prices turned about 0 (high and low exchanged with their signs): so there is
 * one set of rules, for a long position, and no branch. */
#include "ta/recur.h"

#define STEP(name, preset, help) TW_PARAM_SEARCH(tw_recur_params, name, preset, 0, 3e37, 0.01, 0.3, false, help)
static const tw_param sar_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, acceleration, 0.02, 0, 3e37, 0.01, 0.1, false, "growth of the factor"),
    TW_PARAM_SEARCH(tw_recur_params, maximum, 0.2, 0, 3e37, 0.1, 0.4, false, "largest factor"), TW_PARAM_NAN,
    TW_PARAM_END};
static const tw_param sarext_table[] = {
    TW_PARAM(tw_recur_params, startvalue, 0, -3e37, 3e37, "first stop, negative for a short position; 0: as sar"),
    TW_PARAM(tw_recur_params, offsetonreverse, 0, 0, 3e37, "share by which a stop is moved away where it reverses"),
    STEP(accelerationinitlong, 0.02, "first factor of a long position"),
    STEP(accelerationlong, 0.02, "growth of the factor of a long position"),
    STEP(accelerationmaxlong, 0.2, "largest factor of a long position"),
    STEP(accelerationinitshort, 0.02, "first factor of a short position"),
    STEP(accelerationshort, 0.02, "growth of the factor of a short position"),
    STEP(accelerationmaxshort, 0.2, "largest factor of a short position"),
    TW_PARAM_NAN,
    TW_PARAM_END};

static double least(double a, double b) { return a < b ? a : b; }

/* coef: first factor, growth and largest factor of a long position, then of a short one, start, offset. */
static double sar_coefs(const tw_recur_params *p, double *coef)
{
    const double step = least(p->acceleration, p->maximum);
    for (size_t i = 0; i < 6; i++) coef[i] = i % 3 == 2 ? p->maximum : step;
    coef[6] = coef[7] = 0.0;
    return 2.0;
}
static double sarext_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = least(p->accelerationinitlong, p->accelerationmaxlong);
    coef[1] = least(p->accelerationlong, p->accelerationmaxlong);
    coef[2] = p->accelerationmaxlong;
    coef[3] = least(p->accelerationinitshort, p->accelerationmaxshort);
    coef[4] = least(p->accelerationshort, p->accelerationmaxshort);
    coef[5] = p->accelerationmaxshort;
    coef[6] = p->startvalue;
    coef[7] = p->offsetonreverse;
    return 2.0;
}
static size_t stop_back(const void *params)
{
    (void)params;
    return 1;
}

TW_LANE double greater(double a, double b) { return a > b ? a : b; }
TW_LANE double lesser(double a, double b) { return a < b ? a : b; }

/* s: seen, last high, last low, side (1 long, -1 short), stop, extreme and factor; stop and extreme as they would be of
 * a long position. The second bar takes its side from the directional movement (long if there is none down) or from
 * the sign of the start, its stop from the bar before or the start, and is its own bar before. */
typedef struct stop_now {
    double side, stop, extreme, factor, high, low, last_high, last_low; /* prices turned */
} stop_now;

TW_LANE stop_now stop_at(const double *coef, const tw_recur_bar *b)
{
    const bool first = !b->warm && b->n == 2.0;
    const double high = b->x[0], low = b->x[1], up = high - b->s[1], down = b->s[2] - low;
    const double moved = ((down > 0.0) & (down > up)) ? -1.0 : 1.0;
    const double begun = coef[6] > 0.0 ? 1.0 : coef[6] < 0.0 ? -1.0 : moved, side = first ? begun : b->s[3];
    const double last_high = first ? high : b->s[1], last_low = first ? low : b->s[2];
    const double before = side > 0.0 ? b->s[2] : -b->s[1], start = coef[6] != 0.0 ? coef[6] : before;
    stop_now s = {.side = side};
    s.high = side > 0.0 ? high : -low;
    s.low = side > 0.0 ? low : -high;
    s.last_high = side > 0.0 ? last_high : -last_low;
    s.last_low = side > 0.0 ? last_low : -last_high;
    s.stop = first ? start : b->s[4];
    s.extreme = first ? s.high : b->s[5];
    s.factor = first ? (side > 0.0 ? coef[0] : coef[3]) : b->s[6];
    return s;
}
/* The stop of this bar; the memory goes on to the next. `sign`: -1 to mark short positions. */
TW_LANE void stop_step(const double *coef, tw_recur_bar *b, const bool marked)
{
    const stop_now s = stop_at(coef, b);
    const bool longs = s.side > 0.0, reversed = s.low <= s.stop;
    /* Reversed: the stop is the extreme, beyond this bar and the last, and the position turns. */
    const double beyond = greater(greater(s.extreme, s.last_high), s.high);
    const double offset = beyond + s.side * (beyond * coef[7]);
    const double first_factor = longs ? coef[3] : coef[0];
    const double turned = greater(greater(offset + first_factor * (s.low - offset), s.last_high), s.high);
    /* Kept: the extreme and the factor grow, the next stop stays below this bar and the last. */
    const double grown = lesser(s.factor + (longs ? coef[1] : coef[4]), longs ? coef[2] : coef[5]);
    const double extreme = greater(s.extreme, s.high), factor = s.high > s.extreme ? grown : s.factor;
    const double kept = lesser(lesser(s.stop + factor * (extreme - s.stop), s.last_low), s.low);
    const double stop = reversed ? offset : s.stop, price = longs ? stop : -stop;
    const double side = reversed ? -s.side : s.side;

    b->s[1] = b->x[0];
    b->s[2] = b->x[1];
    b->s[3] = side;
    b->s[4] = reversed ? -turned : kept;
    b->s[5] = reversed ? -s.low : extreme;
    b->s[6] = reversed ? first_factor : factor;
    b->y[0] = b->warm || b->n > 1.0 ? (marked && side < 0.0 ? -price : price) : (double)NAN;
}
TW_LANE void sar_step(const double *coef, tw_recur_bar *b) { stop_step(coef, b, false); }
TW_LANE void sarext_step(const double *coef, tw_recur_bar *b) { stop_step(coef, b, true); }
static const tw_recur sar_recur = {.inputs = 2, .parts = 7, .outputs = 1, .step = sar_step, .coefs = sar_coefs};
static const tw_recur sarext_recur = {
    .inputs = 2, .parts = 7, .outputs = 1, .step = sarext_step, .coefs = sarext_coefs};

TW_RECUR_OP(sar, .title = "Parabolic stop and reverse", .group = "overlap", .source = "Wilder 1978; TA-Lib SAR",
            .formula =
                "s += f (e - s), e the extreme since the last reversal, f += acceleration where e moves; not into "
                "the last two bars",
            .meaning = "A stop that trails the price and comes closer the longer a move makes new extremes; when the "
                       "price touches it, it jumps to the other side. It keeps one in the market always, long or "
                       "short. In a sideways market it reverses again and again at a loss.",
            .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = sar_table, .lookback = stop_back,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);
TW_RECUR_OP(sarext, .title = "Parabolic stop and reverse, extended", .group = "overlap", .source = "TA-Lib SAREXT",
            .formula = "sar with a start, an offset and factors for each side; negative for a short position",
            .meaning = "The parabolic stop with factors of its own for long and for short, a start that can be given "
                       "and an offset at each reversal. Values below zero stand for a short position, so take the size "
                       "before you compare it with prices.",
            .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("real"), .params = sarext_table,
            .lookback = stop_back, .traits = TW_RECURSIVE);
