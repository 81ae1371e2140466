/* SPDX-License-Identifier: Apache-2.0 */
/* ehlers.c - the filters of Ehlers' Swiss army knife, and the recursion of his Fisher transform. Each filter begins as
 * if all bars before the first had been like it. See recur.h for missing values.
 *
 * A double real pole runs as two poles one after the other, and a low-pass as steps towards its input: the same filter
 * as the direct form, whose coefficients nearly cancel at long periods, but constants stay what they are. */
#include "num/vmath.h"
#include "num/vmath_trig.h"
#include "ta/recur.h"

static const tw_param two_pole_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 20, 2, 10000, 8, 100, true, "period of the cut in bars"), TW_PARAM_NAN,
    TW_PARAM_END};
static const tw_param one_pole_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 20, 5, TW_PERIOD_MAX, 8, 100, true, "period of the cut in bars"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param band_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 20, 5, 2000, 8, 100, true, "period of the cut in bars"),
    TW_PARAM_SEARCH(tw_recur_params, delta, 0.1, 0.05, 0.5, 0.05, 0.5, false, "half width as a share of the period"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param line_table[] = {TW_PARAM_NAN, TW_PARAM_END};

/* ---------------------------------------------------------------- constants. 1 - cos w as 2 sin^2(w / 2) */

static double turn(const tw_recur_params *p) { return 6.28318530717958647692 / p->timeperiod; }
/* The share of each of two poles. */
static double two_pole_coefs(const tw_recur_params *p, double *coef)
{
    const double half = tw_lane_sin(0.5 * turn(p)), b = 2.415 * 2.0 * half * half;
    coef[0] = sqrt(b * b + 2.0 * b) - b;
    return 2.0;
}
static double one_pole_coefs(const tw_recur_params *p, double *coef)
{
    const double w = turn(p), half = tw_lane_sin(0.5 * w);
    coef[0] = (tw_lane_sin(w) - 2.0 * half * half) / tw_lane_cos(w);
    return 2.0;
}
static double band_coefs(const tw_recur_params *p, double *coef)
{
    const double t = 2.0 * p->delta * turn(p), half = tw_lane_sin(0.5 * t), open = tw_lane_sin(t) - 2.0 * half * half;
    coef[0] = 0.5 * open / tw_lane_cos(t); /* (1 - a) / 2 with a = (1 - sin t) / cos t */
    coef[1] = 1.0 - 2.0 * coef[0];
    coef[2] = tw_lane_cos(turn(p)) * (1.0 + coef[1]);
    return 2.0;
}

/* ---------------------------------------------------------------- filters. s: seen, last two inputs, two memories */

TW_LANE bool is_first(const tw_recur_bar *b) { return !b->warm && b->n == 1.0; }
TW_LANE void keep_inputs(tw_recur_bar *b, double last)
{
    b->s[2] = last;
    b->s[1] = b->x[0];
}
TW_LANE void smooth_twice(tw_recur_bar *b, double x, double k)
{
    const bool first = is_first(b);
    b->s[3] = first ? x : b->s[3] + k * (x - b->s[3]);
    b->s[4] = first ? x : b->s[4] + k * (b->s[3] - b->s[4]);
    b->y[0] = b->s[4];
}
TW_LANE void gauss_step(const double *coef, tw_recur_bar *b) { smooth_twice(b, b->x[0], coef[0]); }
TW_LANE void butter_step(const double *coef, tw_recur_bar *b)
{
    const double x = b->x[0], last = is_first(b) ? x : b->s[1], before = is_first(b) ? x : b->s[2];
    keep_inputs(b, last);
    smooth_twice(b, x + (2.0 * (last - x) + (before - x)) * 0.25, coef[0]);
}
/* What a pole of share k leaves of the move to x, its memory being h: begun with 0. */
TW_LANE double pass_high(double move, double h, double k) { return (1.0 - 0.5 * k) * move + (1.0 - k) * h; }
TW_LANE void high_step(const double *coef, tw_recur_bar *b)
{
    const double last = is_first(b) ? b->x[0] : b->s[1];
    b->y[0] = b->s[3] = pass_high(b->x[0] - last, b->s[3], coef[0]);
    keep_inputs(b, last);
}
TW_LANE void high_twice_step(const double *coef, tw_recur_bar *b)
{
    const double last = is_first(b) ? b->x[0] : b->s[1], once = pass_high(b->x[0] - last, b->s[3], coef[0]);
    b->y[0] = b->s[4] = pass_high(once - b->s[3], b->s[4], coef[0]);
    b->s[3] = once;
    keep_inputs(b, last);
}
TW_LANE void band_step(const double *coef, tw_recur_bar *b)
{
    const double x = b->x[0], last = is_first(b) ? x : b->s[1], before = is_first(b) ? x : b->s[2];
    const double y = coef[0] * (x - before) + coef[2] * b->s[3] - coef[1] * b->s[4];
    keep_inputs(b, last);
    b->s[4] = b->s[3];
    b->y[0] = b->s[3] = y;
}
static const tw_recur swak_gauss_recur = {
    .inputs = 1, .parts = 5, .outputs = 1, .step = gauss_step, .coefs = two_pole_coefs};
static const tw_recur swak_butter_recur = {
    .inputs = 1, .parts = 5, .outputs = 1, .step = butter_step, .coefs = two_pole_coefs};
static const tw_recur swak_hp_recur = {
    .inputs = 1, .parts = 4, .outputs = 1, .step = high_step, .coefs = one_pole_coefs};
static const tw_recur swak_2php_recur = {
    .inputs = 1, .parts = 5, .outputs = 1, .step = high_twice_step, .coefs = two_pole_coefs};
static const tw_recur swak_bp_recur = {.inputs = 1, .parts = 5, .outputs = 1, .step = band_step, .coefs = band_coefs};

#define POLES "w = 2 pi / n, b = 2.415 (1 - cos w), a = sqrt(b^2 + 2 b) - b, "
TW_RECUR_OP(swak_gauss, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"),
            .title = "Swiss army knife: Gaussian filter", .group = "overlap",
            .source = "Ehlers 2006; TA-Lib 0.8 SWAK_GAUSS",
            .formula = POLES "y = a^2 x + 2 (1 - a) y' - (1 - a)^2 y''; begun at rest on the first value",
            .meaning = "A smooth average of two exponential stages: it lags a bar less than swak_butter of the same "
                       "period and never overshoots. It is read like any average.",
            .params = two_pole_table, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);
TW_RECUR_OP(swak_butter, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"),
            .title = "Swiss army knife: Butterworth filter", .group = "overlap",
            .source = "Ehlers 2006; TA-Lib 0.8 SWAK_BUTTER",
            .formula = POLES
            "y = a^2 / 4 (x + 2 x' + x'') + 2 (1 - a) y' - (1 - a)^2 y''; begun at rest on the first value",
            .meaning = "A smooth average that takes out movement quicker than timeperiod, and swings from bar to bar "
                       "altogether. It is read like any average; it is smoother than swak_gauss and a bar later.",
            .params = two_pole_table, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);
TW_RECUR_OP(
    swak_hp, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .title = "Swiss army knife: high-pass filter",
    .group = "cycle", .source = "Ehlers 2006; TA-Lib 0.8 SWAK_HP",
    .formula = "w = 2 pi / n, a = (cos w + sin w - 1) / cos w, y = (1 - a / 2) (x - x') + (1 - a) y'; begun with 0",
    .meaning = "What is left when slow movement is taken out: the price against its own recent course, swinging around "
               "zero. Noise passes through in full, and a trend keeps it on one side.",
    .params = one_pole_table, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);
TW_RECUR_OP(
    swak_2php, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"),
    .title = "Swiss army knife: high-pass filter of two poles", .group = "cycle",
    .source = "Ehlers 2006; TA-Lib 0.8 SWAK_2PHP",
    .formula = POLES "y = (1 - a / 2)^2 (x - 2 x' + x'') + 2 (1 - a) y' - (1 - a)^2 y''; begun with 0",
    .meaning = "What is left when all slow movement is taken out, more sharply than with one pole: cycles shorter than "
               "timeperiod. It swings around zero and reaches turns early; noise passes through in full.",
    .params = two_pole_table, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);
TW_RECUR_OP(
    swak_bp, .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .title = "Swiss army knife: band-pass filter",
    .group = "cycle", .source = "Ehlers 2006; TA-Lib 0.8 SWAK_BP",
    .formula = "t = 4 pi delta / n, a = (1 - sin t) / cos t, y = (1 - a) / 2 (x - x'') + cos(2 pi / n) (1 + a) y' - "
               "a y''; begun with 0",
    .meaning = "The part of the price that swings with about the given period, all slower and faster movement removed: "
               "delta sets how narrow. A narrow band rings, and so draws a fine cycle where there is none.",
    .params = band_table, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- fisher_line. s: seen, smoothed place, result */

static double line_coefs(const tw_recur_params *p, double *coef)
{
    (void)p, (void)coef;
    return 1.0;
}
TW_LANE void line_step(const double *coef, tw_recur_bar *b)
{
    const double place = 0.66 * (b->x[0] - 0.5) + 0.67 * b->s[1], low = place < -0.99 ? -0.999 : place;
    const double v = place > 0.99 ? 0.999 : low;
    (void)coef;
    b->y[1] = b->s[2];
    b->s[1] = v;
    b->y[0] = b->s[2] = 0.5 * tw_lane_log1p(2.0 * v / (1.0 - v)) + 0.5 * b->s[2];
}
static const tw_recur fisher_line_recur = {
    .inputs = 1, .parts = 3, .outputs = 2, .step = line_step, .coefs = line_coefs};
TW_RECUR_OP(
    fisher_line, .title = "Fisher transform of a place in a range", .group = "momentum", .source = "Ehlers 2002",
    .formula = "v = 0.66 (place - 1/2) + 0.67 v', 0.999 beyond 0.99; f = ln((1 + v) / (1 - v)) / 2 + f' / 2",
    .meaning = "The smoothing and stretching of the Fisher transform for any series from 0 to 1: the piece from which "
               "fisher is built. Around the middle it changes little, near the ends it opens up without bound.",
    .inputs = TW_NAMES("place"), .outputs = TW_NAMES("fisher", "trigger"), .params = line_table,
    .traits = TW_RECURSIVE);
