/* SPDX-License-Identifier: Apache-2.0 */
/* poles.c - the linear recursions that the feature language makes filters of. See recur.h for missing values.
 *
 * Each is written as steps towards its input, not as a sum of weighted values whose weights add up to 1: the same
 * filter, but a constant stays the constant to the bit, and at long periods, where the weights nearly cancel, no digits
 * are lost. */
#include "ta/recur.h"

static const tw_param poles_table[] = {
    TW_PARAM(tw_recur_params, gain, 0.25, -3e37, 3e37, "share of the distance to x that a bar goes"),
    TW_PARAM(tw_recur_params, m1, 0.25, -3e37, 3e37, "share of the last step that is kept"),
    TW_PARAM(tw_recur_params, m2, 0, -3e37, 3e37, "share of the step before that is kept"), TW_PARAM_NAN, TW_PARAM_END};
static const tw_param allpass_table[] = {TW_PARAM_SEARCH(tw_recur_params, gamma, 0.5, 0, 1, 0.2, 0.9, false, "damping"),
                                         TW_PARAM_NAN, TW_PARAM_END};
static const tw_param hwma_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, na, 0.2, 0, 1, 0.05, 0.5, false, "share of the newest value in the level"),
    TW_PARAM_SEARCH(tw_recur_params, nb, 0.1, 0, 1, 0.05, 0.5, false, "share of the newest step in the slope"),
    TW_PARAM_SEARCH(tw_recur_params, nc, 0.1, 0, 1, 0.05, 0.5, false, "share of the newest turn in the curvature"),
    TW_PARAM_NAN, TW_PARAM_END};

TW_LANE bool is_first(const tw_recur_bar *b) { return !b->warm && b->n == 1.0; }

/* ---------------------------------------------------------------- poles. s: seen, last three results. */

static double poles_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->gain;
    coef[1] = p->m1;
    coef[2] = p->m2;
    return 1.0;
}
TW_LANE void poles_step(const double *coef, tw_recur_bar *b)
{
    const bool first = is_first(b);
    const double y1 = first ? b->x[1] : b->s[1], y2 = first ? b->x[1] : b->s[2], y3 = first ? b->x[1] : b->s[3];
    const double y = y1 + ((coef[0] * (b->x[0] - y1) + coef[1] * (y1 - y2)) + coef[2] * (y2 - y3));
    b->s[3] = y2;
    b->s[2] = y1;
    b->y[0] = b->s[1] = y;
}
static const tw_recur poles_recur = {.inputs = 2, .parts = 4, .outputs = 1, .step = poles_step, .coefs = poles_coefs};

TW_RECUR_OP(poles, .title = "Filter of up to three poles that follows its input", .group = "overlap",
            .source = "difference equation of an all-pole filter, as steps",
            .formula = "y = y' + gain (x - y') + m1 (y' - y'') + m2 (y'' - y'''), y = start before the first bar",
            .meaning = "A building block: a smoothing filter given by its coefficients, from which the super smoother "
                       "and its like are made. Not every choice of coefficients gives a filter that settles.",
            .inputs = TW_NAMES("x", "start"), .outputs = TW_NAMES("y"), .params = poles_table,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- allpass. s: seen, last input, last result. */

static double allpass_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->gamma;
    return 1.0;
}
TW_LANE void allpass_step(const double *coef, tw_recur_bar *b)
{
    const bool first = is_first(b);
    const double x = b->x[0], last = first ? x : b->s[1], y = first ? x : b->s[2];
    b->s[1] = x;
    b->y[0] = b->s[2] = last + coef[0] * (y - x);
}
static const tw_recur allpass_recur = {
    .inputs = 1, .parts = 3, .outputs = 1, .step = allpass_step, .coefs = allpass_coefs};

TW_RECUR_OP(allpass, .title = "Delay that is longer for slow moves", .group = "overlap",
            .source = "Ehlers 2004, a stage of the Laguerre filter",
            .formula = "y = x' + gamma (y' - x); x before the first bar",
            .meaning = "A stage of Ehlers' Laguerre filters: it leaves every wave as high as it is and only delays it, "
                       "the slow ones more than the fast. It is a piece to build from; of a price it shows little.",
            .inputs = TW_NAMES("x"), .outputs = TW_NAMES("y"), .params = allpass_table,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- hwma. s: seen, level, slope, curvature. */

static double hwma_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->na;
    coef[1] = p->nb;
    coef[2] = p->nc;
    return 1.0;
}
TW_LANE void hwma_step(const double *coef, tw_recur_bar *b)
{
    const double x = b->x[0], level = is_first(b) ? x : b->s[1], slope = b->s[2], turn = b->s[3];
    const double due = level + slope + 0.5 * turn, now = due + coef[0] * (x - due);
    const double going = slope + turn, v = going + coef[1] * ((now - level) - going);
    const double a = turn + coef[2] * ((v - slope) - turn);
    b->s[1] = now;
    b->s[2] = v;
    b->s[3] = a;
    b->y[0] = now + v + 0.5 * a;
}
static const tw_recur hwma_recur = {.inputs = 1, .parts = 4, .outputs = 1, .step = hwma_step, .coefs = hwma_coefs};

TW_RECUR_OP(hwma, .title = "Holt-Winters moving average", .group = "overlap",
            .source = "Holt 1957, Winters 1960; pandas-ta-classic hwma",
            .formula = "f += v + a/2 + na (x - f - v - a/2), v += a + nb (f - f' - v - a), a += nc (v - v' - a); "
                       "f + v + a/2, begun with f = x, v = a = 0",
            .meaning = "An average that estimates level, slope and bend of the price at once and shows where they "
                       "point for the next bar: little lag in a steady trend. It overshoots where the trend breaks.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = hwma_table,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);
