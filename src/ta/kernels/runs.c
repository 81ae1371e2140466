/* SPDX-License-Identifier: Apache-2.0 */
/* runs.c - what a series has come to since its first bar: extremes, runs of rises and falls, a stop that trails it. See
 * recur.h for missing values. */
#include "ta/recur.h"

static const tw_param nan_table[] = {TW_PARAM_NAN, TW_PARAM_END};

static double first_coefs(const tw_recur_params *p, double *coef)
{
    (void)p, (void)coef;
    return 1.0;
}
TW_LANE bool is_first(const tw_recur_bar *b) { return !b->warm && b->n == 1.0; }

/* ---------------------------------------------------------------- extremes so far. s: seen, extreme */

TW_LANE void cummax_step(const double *coef, tw_recur_bar *b)
{
    const double grown = b->x[0] > b->s[1] ? b->x[0] : b->s[1];
    (void)coef;
    b->y[0] = b->s[1] = is_first(b) ? b->x[0] : grown;
}
TW_LANE void cummin_step(const double *coef, tw_recur_bar *b)
{
    const double grown = b->x[0] < b->s[1] ? b->x[0] : b->s[1];
    (void)coef;
    b->y[0] = b->s[1] = is_first(b) ? b->x[0] : grown;
}
static const tw_recur cummax_recur = {.inputs = 1, .parts = 2, .outputs = 1, .step = cummax_step, .coefs = first_coefs};
static const tw_recur cummin_recur = {.inputs = 1, .parts = 2, .outputs = 1, .step = cummin_step, .coefs = first_coefs};
TW_RECUR_OP(cummax, .title = "Highest value so far", .group = "math", .source = "definition; pandas cummax",
            .formula = "max x[s], s <= t",
            .meaning = "The highest value since the first bar: the record that drawdowns are measured from. It depends "
                       "on where the series begins, and one bad print stays for ever.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = nan_table,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);
TW_RECUR_OP(cummin, .title = "Lowest value so far", .group = "math", .source = "definition; pandas cummin",
            .formula = "min x[s], s <= t",
            .meaning = "The lowest value since the first bar. It depends on where the series begins, and one bad print "
                       "stays for ever.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = nan_table,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- streak. s: seen, last value, streak */

static double second_coefs(const tw_recur_params *p, double *coef)
{
    (void)p, (void)coef;
    return 2.0;
}
static size_t one_back(const void *params)
{
    (void)params;
    return 1;
}
TW_LANE void streak_step(const double *coef, tw_recur_bar *b)
{
    const double up = tw_above_zero(b->s[2]) + 1.0, down = tw_above_zero(-b->s[2]) + 1.0;
    const double fall = b->x[0] < b->s[1] ? -down : 0.0, run = b->x[0] > b->s[1] ? up : fall;
    const bool known = b->warm || b->n > 1.0;
    (void)coef;
    b->s[1] = b->x[0];
    b->s[2] = known ? run : 0.0;
    b->y[0] = known ? run : (double)NAN;
    b->y[1] = known ? tw_above_zero(run) : (double)NAN;
    b->y[2] = known ? tw_above_zero(-run) : (double)NAN;
}
static const tw_recur streak_recur = {
    .inputs = 1, .parts = 3, .outputs = 3, .step = streak_step, .coefs = second_coefs};
TW_RECUR_OP(streak, .title = "Bars that rose, or fell, in a row", .group = "momentum",
            .source = "Connors and Alvarez 2012",
            .formula = "max(s', 0) + 1 where x rises, min(s', 0) - 1 where it falls, else 0; up = max(s, 0), down = "
                       "max(-s, 0)",
            .meaning = "How many bars in a row have risen, or fallen. Long runs are read as exhaustion by some and as "
                       "a trend by others; a rise by one tick counts as much as a surge.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("streak", "up", "down"), .params = nan_table,
            .lookback = one_back, .traits = TW_RECURSIVE | TW_INVARIANT);

/* ---------------------------------------------------------------- trail. s: seen, stop of a long and of a short
 * position, side (1 long, -1 short) */

TW_LANE void trail_step(const double *coef, tw_recur_bar *b)
{
    const double line = b->x[0], low = line - b->x[1], high = line + b->x[1];
    const double last_low = is_first(b) ? low : b->s[1], last_high = is_first(b) ? high : b->s[2];
    const double raised = low > last_low ? low : last_low, lowered = high < last_high ? high : last_high;
    const double last = is_first(b) ? 1.0 : b->s[3], held = ((last > 0.0) & (line < last_low)) ? -1.0 : last;
    const double side = ((last < 0.0) & (line > last_high)) ? 1.0 : held;
    (void)coef;
    b->s[1] = line > last_low ? raised : last_low == last_low ? low : last_low; /* stays NaN once spoiled */
    b->s[2] = line < last_high ? lowered : last_high == last_high ? high : last_high;
    b->s[3] = side;
    b->y[0] = side > 0.0 ? b->s[1] : b->s[2];
    b->y[1] = side;
}
static const tw_recur trail_recur = {.inputs = 2, .parts = 4, .outputs = 2, .step = trail_step, .coefs = first_coefs};
TW_RECUR_OP(trail, .title = "Stop that follows a line at a width", .group = "overlap", .source = "Ozbilgic 2020",
            .formula = "long: line - width, never down while the line is above it; short: line + width, never up while "
                       "the line is below it; the side changes where the line crosses the last stop; begun long",
            .meaning = "A stop that only tightens while the line stays on its side, and jumps to the other when it is "
                       "crossed: the piece from which pmax is made, for any line and any width.",
            .inputs = TW_NAMES("line", "width"), .outputs = TW_NAMES("stop", "side"), .params = nan_table,
            .traits = TW_RECURSIVE);
