/* SPDX-License-Identifier: Apache-2.0 */
/* flow.c - moves and volumes added up over a window: gains against losses, buyers against sellers. See scan.h for the
 * method.
 *
 * What is made from a bar and the one before is made once and kept for the length of the window in strips: rows that
 * end with those of the present stretch of bars. */
#include "ta/range.h"

static const tw_param flow_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 14, 2, TW_PERIOD_MAX, 5, 60, true, "bars in the window"), TW_PARAM_END};

enum { STRIPS = 2, WINDOWS = 3, STRETCH = 16 * TW_LANES }; /* STRETCH: values, of one lane or of all */

/* Value i of each strip, from the inputs; a scan with as many inputs adds them up. */
typedef void flow_maker(const double *const *in, size_t i, size_t lanes, double *made);

/* cells: the strips, `back` rows and those of a stretch each, then the states of the scans, which begin `at`. */
typedef struct flow_state {
    size_t back, at[WINDOWS];
    double cells[];
} flow_state;

static size_t strip_cells(size_t back, size_t lanes) { return back * lanes + STRETCH; }

/* Of n windows, the longest last. */
static size_t flow_size(const tw_scan *d, const int *periods, size_t n, size_t lanes)
{
    const size_t strips = d->inputs * strip_cells((size_t)periods[n - 1] - 1, lanes);
    size_t size = sizeof(flow_state) + strips * sizeof(double);
    for (size_t k = 0; k < n; k++) size += tw_scan_size(d, &(tw_window){.timeperiod = periods[k]}, lanes);
    return size;
}
static void flow_init(const tw_scan *d, void *state, const int *periods, size_t n, size_t lanes)
{
    flow_state *s = state;
    *s = (flow_state){.back = (size_t)periods[n - 1] - 1};
    size_t at = d->inputs * strip_cells(s->back, lanes);
    for (size_t i = 0; i < at; i++) s->cells[i] = TW_LANE_NAN;
    for (size_t k = 0; k < n; k++) {
        const tw_window window = {.timeperiod = periods[k]};
        s->at[k] = at;
        tw_scan_init(d, s->cells + at, &window, lanes);
        at += tw_scan_size(d, &window, lanes) / sizeof(double);
    }
}

/* Row 0 of the present stretch of strip q. */
TW_LANE double *strip_rows(flow_state *s, size_t q, const size_t lanes)
{
    return s->cells + q * strip_cells(s->back, lanes) + s->back * lanes;
}
TW_LANE void flow_make(const tw_scan *d, flow_maker *make, flow_state *s, size_t m, const double *const *in,
                       const size_t lanes)
{
    double *to[STRIPS];
    TW_FEW(q, STRIPS) to[q] = strip_rows(s, q < d->inputs ? q : 0, lanes);
    TW_EACH(i, m * lanes)
    {
        double made[STRIPS] = {0.0, 0.0};
        make(in, i, lanes, made);
        TW_FEW(q, STRIPS)
        if (q < d->inputs) to[q][i] = made[q];
    }
}
/* The results of window k. */
TW_LANE void flow_window(const tw_scan *d, flow_state *s, size_t k, size_t m, double *y, const size_t lanes)
{
    const double *x[TW_SCAN_INPUTS];
    TW_FEW(q, TW_SCAN_INPUTS) x[q] = strip_rows(s, q < d->inputs ? q : 0, lanes);
    double *const to[TW_SCAN_OUTPUTS] = {y, y, y};
    tw_scan_run(d, s->cells + s->at[k], m, x, to, lanes);
}
TW_LANE void flow_shift(const tw_scan *d, flow_state *s, size_t m, const size_t lanes)
{
    TW_FEW(q, d->inputs)
    {
        double *strip = strip_rows(s, q, lanes) - s->back * lanes;
        memmove(strip, strip + m * lanes, s->back * lanes * sizeof(double));
    }
}
static size_t bar_before(const void *params)
{
    (void)params;
    return 1;
}

/* ---------------------------------------------------------------- imi, mfi. w: gains, losses. */

TW_LANE void sides_of(double move, double *term)
{
    term[0] = tw_above_zero(move);
    term[1] = term[0] - move;
}
/* In percent; `flat` where there are neither gains nor losses. */
TW_LANE double gains_share(const double *w, double flat)
{
    const double both = w[0] + w[1], share = 100.0 * (w[0] / both);
    return both == 0.0 ? flat : share;
}
TW_LANE void imi_term(const tw_scan_bar *bar, double *term) { sides_of(bar->x[1] - bar->x[0], term); }
TW_LANE void imi_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    (void)bar;
    y[0] = gains_share(w, 50.0);
}
static const tw_scan imi_scan = {2, 2, 1, {0}, imi_term, tw_join_add2, imi_finish, NULL};
TW_SCAN_OP(imi, .title = "Intraday momentum index", .group = "momentum", .source = "Chande 1993; TA-Lib IMI",
           .formula = "100 g / (g + l), sums of c - o where above and o - c where below 0; 50 for a flat window",
           .meaning = "The relative strength index of candles: gains from open to close as a share of all such moves, "
                      "from 0 to 100. Gaps between bars do not count. Above 70 and below 30 are the usual extremes.",
           .levels = {30, 70}, .inputs = TW_NAMES("open", "close"), .outputs = TW_NAMES("real"), .params = flow_table,
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE);

/* The money that a bar moved, with the sign of the change of its price. */
TW_LANE void money_make(const double *const *x, size_t i, size_t lanes, double *made)
{
    const double *const before[3] = {x[0] - lanes, x[1] - lanes, x[2] - lanes};
    const double price = (x[0][i] + x[1][i] + x[2][i]) / 3.0, moved = price * x[3][i];
    const double change = price - (before[0][i] + before[1][i] + before[2][i]) / 3.0;
    const double sided = tw_lane_from_bits(tw_lane_bits(moved) ^ (tw_lane_bits(change) & 0x8000000000000000U));
    made[0] = change == 0.0 ? moved * 0.0 : sided + change * 0.0;
}
TW_LANE void money_term(const tw_scan_bar *bar, double *term) { sides_of(bar->x[0], term); }
TW_LANE void money_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    (void)bar;
    y[0] = gains_share(w, 0.0);
}
static const tw_scan money_scan = {1, 2, 1, {0}, money_term, tw_join_add2, money_finish, NULL};

static size_t mfi_back(const void *params) { return (size_t)((const tw_window *)params)->timeperiod; }
static size_t mfi_size(const void *params, size_t lanes)
{
    return flow_size(&money_scan, &((const tw_window *)params)->timeperiod, 1, lanes);
}
static void mfi_init(void *state, const void *params, size_t lanes)
{
    flow_init(&money_scan, state, &((const tw_window *)params)->timeperiod, 1, lanes);
}
TW_LANE void mfi_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    for (size_t t = 0, m; t < n; t += m) {
        const size_t at = t * lanes;
        const double *const x[4] = {in[0] + at, in[1] + at, in[2] + at, in[3] + at};
        m = n - t < STRETCH / lanes ? n - t : STRETCH / lanes;
        flow_make(&money_scan, money_make, state, m, x, lanes);
        flow_window(&money_scan, state, 0, m, out[0] + at, lanes);
        flow_shift(&money_scan, state, m, lanes);
    }
}
TW_OP_FORMS(mfi, mfi_run)
TW_OP(mfi) = {.name = "mfi",
              .title = "Money flow index",
              .group = "momentum",
              .source = "Quong and Soudack 1989; TA-Lib MFI",
              .formula = "100 f / (f + e), sums of p v where p rises and where it falls, p = (h + l + c) / 3; 0 for a "
                         "flat window",
              .meaning = "A relative strength index weighted by volume: money in bars whose typical price rose as a "
                         "share of all, from 0 to 100. Above 80 and below 20 are the usual extremes. It is as good as "
                         "the volume figures, and one huge bar rules a window.",
              .levels = {20, 80},
              .inputs = TW_NAMES("high", "low", "close", "volume"),
              .outputs = TW_NAMES("real"),
              .params = flow_table,
              .params_size = sizeof(tw_window),
              .traits = TW_WINDOW | TW_INVARIANT,
              .lookback = mfi_back,
              .history = bar_before,
              .state_size = mfi_size,
              .init = mfi_init,
              .run_wide = mfi_wide,
              .run_one = mfi_one};

/* ---------------------------------------------------------------- ultosc
 * Three windows over the same strips: buying pressure and true range. */

typedef struct ultosc_params {
    int timeperiod1, timeperiod2, timeperiod3;
} ultosc_params;
static const tw_param ultosc_table[] = {
    TW_PARAM_SEARCH(ultosc_params, timeperiod1, 7, 1, TW_PERIOD_MAX, 3, 20, true, "bars of a window"),
    TW_PARAM_SEARCH(ultosc_params, timeperiod2, 14, 1, TW_PERIOD_MAX, 5, 40, true, "bars of a window"),
    TW_PARAM_SEARCH(ultosc_params, timeperiod3, 28, 1, TW_PERIOD_MAX, 10, 80, true,
                    "bars of a window; the shortest of the three weighs most"),
    TW_PARAM_END};

TW_LANE void pressure_make(const double *const *x, size_t i, size_t lanes, double *made)
{
    const double *const closes = x[2] - lanes;
    const double before = closes[i], low = x[1][i] < before ? x[1][i] : before;
    made[0] = (x[2][i] - low) + before * 0.0;
    made[1] = tw_true_range(x[0][i], x[1][i], before) + before * 0.0;
}
TW_LANE void pressure_term(const tw_scan_bar *bar, double *term)
{
    term[0] = bar->x[0];
    term[1] = bar->x[1];
}
TW_LANE void pressure_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    const double share = w[0] / w[1];
    (void)bar;
    y[0] = w[1] == 0.0 ? 0.0 : share;
}
static const tw_scan pressure_scan = {2, 2, 1, {0}, pressure_term, tw_join_add2, pressure_finish, NULL};

static void put_in_order(int *a, int *b)
{
    const int less = *a < *b ? *a : *b, more = *a < *b ? *b : *a;
    *a = less;
    *b = more;
}
/* The periods, the longest last. */
static void in_order(const void *params, int *periods)
{
    const ultosc_params *p = params;
    periods[0] = p->timeperiod1, periods[1] = p->timeperiod2, periods[2] = p->timeperiod3;
    put_in_order(&periods[0], &periods[1]);
    put_in_order(&periods[1], &periods[2]);
    put_in_order(&periods[0], &periods[1]);
}
static size_t ultosc_back(const void *params)
{
    int periods[WINDOWS];
    in_order(params, periods);
    return (size_t)periods[WINDOWS - 1];
}
static size_t ultosc_size(const void *params, size_t lanes)
{
    int periods[WINDOWS];
    in_order(params, periods);
    return flow_size(&pressure_scan, periods, WINDOWS, lanes);
}
static void ultosc_init(void *state, const void *params, size_t lanes)
{
    int periods[WINDOWS];
    in_order(params, periods);
    flow_init(&pressure_scan, state, periods, WINDOWS, lanes);
}
TW_LANE void ultosc_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    double share[WINDOWS][STRETCH];
    for (size_t t = 0, m; t < n; t += m) {
        const size_t at = t * lanes;
        const double *const x[3] = {in[0] + at, in[1] + at, in[2] + at};
        double *y = out[0] + at;
        m = n - t < STRETCH / lanes ? n - t : STRETCH / lanes;
        flow_make(&pressure_scan, pressure_make, state, m, x, lanes);
        TW_FEW(k, WINDOWS) flow_window(&pressure_scan, state, k, m, share[k], lanes);
        flow_shift(&pressure_scan, state, m, lanes);
        TW_EACH(i, m * lanes)
        y[i] = tw_canon(100.0 * (4.0 * share[0][i] + 2.0 * share[1][i] + share[2][i]) / 7.0);
    }
}
TW_OP_FORMS(ultosc, ultosc_run)
TW_OP(ultosc) = {
    .name = "ultosc",
    .title = "Ultimate oscillator",
    .group = "momentum",
    .source = "Williams 1985; TA-Lib ULTOSC",
    .formula = "100 (4 b1/r1 + 2 b2/r2 + b3/r3) / 7, sums of c - min(l, c') and of the true range over "
               "the shortest, the middle and the longest window; a share is 0 where its range is",
    .meaning = "Buying pressure, the way from the low or the last close up to the close, as a share of the range, over "
               "three windows at once; the shortest counts most. Above 70 and below 30 are the usual extremes; its "
               "author looked for a low of the price that the oscillator does not confirm.",
    .levels = {30, 70},
    .inputs = TW_NAMES("high", "low", "close"),
    .outputs = TW_NAMES("real"),
    .params = ultosc_table,
    .params_size = sizeof(ultosc_params),
    .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
    .lookback = ultosc_back,
    .history = bar_before,
    .state_size = ultosc_size,
    .init = ultosc_init,
    .run_wide = ultosc_wide,
    .run_one = ultosc_one};
