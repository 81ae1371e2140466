/* SPDX-License-Identifier: Apache-2.0 */
/* present.c - statistics of a window over the values that are there, as numpy's nan functions and zipline's factors
 * have them. Oldest value first, so that sums round as theirs do. */
#include "ta/present.h"

enum { nansum_inputs = 1, nanmean_inputs = 1, nanstd_inputs = 1, nanmax_inputs = 1, nanmin_inputs = 1 };
enum { nanargmax_inputs = 1, nanargmin_inputs = 1, max_drawdown_inputs = 1 };

static const tw_param window_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_param std_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 1, TW_PERIOD_MAX, 5, 250, true, "bars in the window"),
    TW_PARAM(tw_window, ddof, 0, 0, 1, "the divisor is the number of values - ddof"), TW_PARAM_END};
static const tw_param drawdown_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 60, 1, TW_PERIOD_MAX, 20, 250, true, "bars in the window"), TW_PARAM_END};

/* ---------------------------------------------------------------- sums */

typedef struct totals {
    double sum[TW_TILE], count[TW_TILE];
} totals;

TW_LANE void total_tile(totals *a, size_t period, size_t n, const double *x, const size_t lanes)
{
    TW_EACH(i, n) a->sum[i] = a->count[i] = 0.0;
    for (size_t k = period; k-- > 0;) {
        const double *then = x - k * lanes;
        TW_EACH(i, n)
        {
            const double v = then[i];
            a->sum[i] += v == v ? v : 0.0;
            a->count[i] += v == v ? 1.0 : 0.0;
        }
    }
}
TW_LANE void nansum_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    totals a;
    total_tile(&a, tw_window_back(state) + 1, n, x[0], lanes);
    TW_EACH(i, n) out[0][i] = tw_canon(a.sum[i]);
}
TW_LANE void nanmean_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    totals a;
    total_tile(&a, tw_window_back(state) + 1, n, x[0], lanes);
    TW_EACH(i, n) out[0][i] = tw_canon(a.sum[i] / a.count[i]);
}
TW_LANE void nanstd_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    const tw_window *p = state;
    const size_t period = tw_window_back(state) + 1;
    const double ddof = p->ddof;
    double square[TW_TILE];
    totals a;
    total_tile(&a, period, n, x[0], lanes);
    TW_EACH(i, n)
    {
        square[i] = 0.0;
        a.sum[i] /= a.count[i];
    }
    for (size_t k = period; k-- > 0;) {
        const double *then = x[0] - k * lanes;
        TW_EACH(i, n)
        {
            const double d = then[i] - a.sum[i];
            square[i] += then[i] == then[i] ? d * d : 0.0;
        }
    }
    TW_EACH(i, n)
    {
        const double std = sqrt(square[i] / (a.count[i] - ddof));
        out[0][i] = a.count[i] > ddof ? tw_canon(std) : (double)NAN;
    }
}

TW_PRESENT_OP(nansum, .title = "Sum of the values of a window that are there", .source = "numpy.nansum",
              .formula = "sum of x[t-i] that are not missing, i < period; 0 where all are",
              .meaning = "The sum of a window that passes over missing values, as though they were 0. Where many are "
                         "missing it is small for that reason alone.",
              .inputs = TW_NAMES("x"), .outputs = TW_NAMES("sum"), .params = window_table,
              .traits = TW_WINDOW | TW_SCALES);
TW_PRESENT_OP(nanmean, .title = "Mean of the values of a window that are there",
              .source = "numpy.nanmean; zipline SimpleMovingAverage",
              .formula = "nansum / number of values; NaN where there is none",
              .meaning = "The mean of a window that passes over missing values: a gap costs nothing, and a symbol that "
                         "has just listed has a mean from its first bar on, of few values.",
              .inputs = TW_NAMES("x"), .outputs = TW_NAMES("mean"), .params = window_table,
              .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_PRESENT_OP(nanstd, .title = "Standard deviation of the values of a window that are there", .source = "numpy.nanstd",
              .formula = "sqrt(sum (x[t-i] - nanmean)^2 / (number of values - ddof))",
              .meaning = "The spread of a window that passes over missing values. Unlike std its divisor is, unless "
                         "told otherwise, the number of values.",
              .inputs = TW_NAMES("x"), .outputs = TW_NAMES("std"), .params = std_table,
              .traits = TW_WINDOW | TW_SCALES | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- extremes. sign: 1 for the greatest, -1 the least */

typedef struct best {
    double value[TW_TILE], place[TW_TILE]; /* of sign x; the place counted from the oldest bar, NaN for none */
} best;

TW_LANE void best_tile(best *a, double sign, size_t period, size_t n, const double *x, const size_t lanes)
{
    TW_EACH(i, n)
    {
        a->value[i] = -TW_LANE_INF;
        a->place[i] = (double)NAN;
    }
    for (size_t k = period; k-- > 0;) {
        const double *then = x - k * lanes, place = (double)(period - 1 - k);
        TW_EACH(i, n)
        {
            const double v = sign * then[i], value = a->value[i], at = a->place[i];
            const bool better = (v > value) | ((v == v) & (at != at));
            a->value[i] = better ? v : value;
            a->place[i] = better ? place : at;
        }
    }
}
TW_LANE void extreme_of(double sign, const void *state, size_t n, const double *x, double *y, const size_t lanes)
{
    best a;
    best_tile(&a, sign, tw_window_back(state) + 1, n, x, lanes);
    TW_EACH(i, n) y[i] = a.place[i] == a.place[i] ? sign * a.value[i] : (double)NAN;
}
TW_LANE void place_of(double sign, const void *state, size_t n, const double *x, double *y, const size_t lanes)
{
    best a;
    best_tile(&a, sign, tw_window_back(state) + 1, n, x, lanes);
    TW_EACH(i, n) y[i] = tw_canon(a.place[i]);
}
TW_LANE void nanmax_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    extreme_of(1.0, state, n, x[0], out[0], lanes);
}
TW_LANE void nanmin_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    extreme_of(-1.0, state, n, x[0], out[0], lanes);
}
TW_LANE void nanargmax_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    place_of(1.0, state, n, x[0], out[0], lanes);
}
TW_LANE void nanargmin_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    place_of(-1.0, state, n, x[0], out[0], lanes);
}

TW_PRESENT_OP(nanmax, .title = "Highest of the values of a window that are there", .source = "numpy.nanmax",
              .formula = "max of x[t-i] that are not missing, i < period; NaN where all are",
              .meaning = "The greatest value of a window that passes over missing values.", .inputs = TW_NAMES("x"),
              .outputs = TW_NAMES("max"), .params = window_table, .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_PRESENT_OP(nanmin, .title = "Lowest of the values of a window that are there", .source = "numpy.nanmin",
              .formula = "min of x[t-i] that are not missing, i < period; NaN where all are",
              .meaning = "The least value of a window that passes over missing values.", .inputs = TW_NAMES("x"),
              .outputs = TW_NAMES("min"), .params = window_table, .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS);
TW_PRESENT_OP(nanargmax, .title = "Place of the highest of the values of a window that are there",
              .source = "numpy.nanargmax",
              .formula = "i of the greatest x[t-period+1+i] that is not missing, the oldest of equals: 0 .. period - 1",
              .meaning = "Where the greatest value of a window stands, 0 for the oldest bar and period - 1 for this "
                         "one, passing over missing values. It moves in jumps.",
              .inputs = TW_NAMES("x"), .outputs = TW_NAMES("place"), .params = window_table,
              .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);
TW_PRESENT_OP(nanargmin, .title = "Place of the lowest of the values of a window that are there",
              .source = "numpy.nanargmin",
              .formula = "i of the least x[t-period+1+i] that is not missing, the oldest of equals: 0 .. period - 1",
              .meaning = "Where the least value of a window stands, 0 for the oldest bar and period - 1 for this one, "
                         "passing over missing values. It moves in jumps.",
              .inputs = TW_NAMES("x"), .outputs = TW_NAMES("place"), .params = window_table,
              .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- max_drawdown */

/* peak: so far; from and to: of the greatest drop so far. */
typedef struct drop {
    double peak[TW_TILE], worst[TW_TILE], from[TW_TILE], to[TW_TILE];
} drop;

TW_LANE void max_drawdown_tile(const void *state, size_t n, const double *const *x, double *const *out,
                               const size_t lanes)
{
    drop a;
    TW_EACH(i, n)
    {
        a.peak[i] = a.worst[i] = -TW_LANE_INF;
        a.from[i] = a.to[i] = (double)NAN;
    }
    for (size_t k = tw_window_back(state) + 1; k-- > 0;) {
        const double *then = x[0] - k * lanes;
        TW_EACH(i, n)
        {
            const double v = then[i], before = a.peak[i], peak = v > before ? v : before, fall = peak - v;
            const double worst = a.worst[i], from = a.from[i], to = a.to[i];
            const bool deeper = fall > worst;
            a.peak[i] = peak;
            a.worst[i] = deeper ? fall : worst;
            a.from[i] = deeper ? peak : from;
            a.to[i] = deeper ? v : to;
        }
    }
    TW_EACH(i, n) out[0][i] = tw_canon((a.from[i] - a.to[i]) / a.to[i]);
}
TW_PRESENT_OP(max_drawdown, .title = "Greatest fall from a peak in a window, as a share of where it ended",
              .source = "zipline MaxDrawdown",
              .formula = "(peak - x) / x at the bar where peak - x is greatest, the oldest of equals; peak the highest "
                         "so far in the window",
              .meaning = "The greatest fall of the window, in units of the price, divided by the price it fell to, not "
                         "by the peak: a fall by half is 1. Missing values are passed over. rolling_drawdown has the "
                         "usual form.",
              .inputs = TW_NAMES("x"), .outputs = TW_NAMES("drawdown"), .params = drawdown_table,
              .traits = TW_WINDOW | TW_INVARIANT);
