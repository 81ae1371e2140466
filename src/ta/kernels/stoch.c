/* SPDX-License-Identifier: Apache-2.0 */
/* stoch.c - the stochastic oscillator: fastk, its mean, and the mean of that.
 *
 * The means are over values made here, so their earlier rows are kept here: two strips of rows, each the last
 * (period - 1) rows and then those of the present stretch of at most STRETCH bars. */
#include "ta/range.h"

enum { STRETCH = 8, SMOOTH_MAX = 1000 };

typedef struct stoch_params {
    int fastk_period, slowk_period, slowd_period;
} stoch_params;
typedef struct stochf_params {
    int fastk_period, fastd_period;
} stochf_params;

static const tw_param stoch_table[] = {
    TW_PARAM_SEARCH(stoch_params, fastk_period, 5, 1, TW_PERIOD_MAX, 5, 60, true, "bars of the range"),
    TW_PARAM_SEARCH(stoch_params, slowk_period, 3, 1, SMOOTH_MAX, 1, 20, true, "bars of the mean of fastk"),
    TW_PARAM_SEARCH(stoch_params, slowd_period, 3, 1, SMOOTH_MAX, 1, 20, true, "bars of the mean of slowk"),
    TW_PARAM_END};
static const tw_param stochf_table[] = {
    TW_PARAM_SEARCH(stochf_params, fastk_period, 5, 1, TW_PERIOD_MAX, 5, 60, true, "bars of the range"),
    TW_PARAM_SEARCH(stochf_params, fastd_period, 3, 1, SMOOTH_MAX, 1, 20, true, "bars of the mean of fastk"),
    TW_PARAM_END};

/* cells: the strip of fastk, the strip of slowk, then the state of the fastk scan from scan_offset on. */
typedef struct stoch_state {
    size_t slowk, slowd, scan_offset;
    double cells[];
} stoch_state;

static stoch_params from_stochf(const void *params)
{
    const stochf_params *p = params;
    return (stoch_params){p->fastk_period, 1, p->fastd_period};
}
static size_t back_of(const stoch_params *p)
{
    return (size_t)p->fastk_period + (size_t)p->slowk_period + (size_t)p->slowd_period - 3;
}
static size_t strip_rows(int period) { return (size_t)period - 1 + STRETCH; }
static size_t strips(const stoch_params *p, size_t lanes)
{
    return (strip_rows(p->slowk_period) + strip_rows(p->slowd_period)) * lanes;
}
static size_t size_of(const stoch_params *p, size_t lanes)
{
    return sizeof(stoch_state) + strips(p, lanes) * sizeof(double) +
           tw_scan_size(&fastk_scan, &(tw_window){.timeperiod = p->fastk_period}, lanes);
}
static void init_of(void *state, const stoch_params *p, size_t lanes)
{
    stoch_state *s = state;
    s->slowk = (size_t)p->slowk_period;
    s->slowd = (size_t)p->slowd_period;
    s->scan_offset = strips(p, lanes);
    for (size_t i = 0; i < s->scan_offset; i++) s->cells[i] = (double)NAN;
    tw_scan_init(&fastk_scan, s->cells + s->scan_offset, &(tw_window){.timeperiod = p->fastk_period}, lanes);
}

/* Means over the last `period` rows of a strip, for its n newest rows; the newest value is added first. */
TW_LANE void strip_means(const double *strip, size_t period, size_t n, double *y, const size_t lanes)
{
    const double share = 1.0 / (double)period;
    for (size_t t = 0; t < n; t++) {
        const double *row = strip + (period - 1 + t) * lanes;
        double sum[TW_LANES];
        TW_EACH(l, lanes) sum[l] = row[l];
        for (size_t k = 1; k < period; k++) TW_EACH(l, lanes) sum[l] += (row - k * lanes)[l];
        TW_EACH(l, lanes) y[t * lanes + l] = tw_canon(sum[l] * share);
    }
}
static void strip_shift(double *strip, size_t period, size_t n, size_t lanes)
{
    memmove(strip, strip + n * lanes, (period - 1) * lanes * sizeof(double));
}
TW_LANE void stoch_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    stoch_state *s = state;
    double *fast = s->cells, *slow = fast + (s->slowk - 1 + STRETCH) * lanes;
    double *new_fast = fast + (s->slowk - 1) * lanes, *new_slow = slow + (s->slowd - 1) * lanes;
    for (size_t t = 0, m; t < n; t += m) {
        const double *const x[3] = {in[0] + t * lanes, in[1] + t * lanes, in[2] + t * lanes};
        m = n - t < STRETCH ? n - t : STRETCH;
        tw_scan_run(&fastk_scan, s->cells + s->scan_offset, m, x, &new_fast, lanes);
        strip_means(fast, s->slowk, m, new_slow, lanes);
        strip_means(slow, s->slowd, m, out[1] + t * lanes, lanes);
        /* slowk has a value earlier than slowd; both begin together, as in TA-Lib */
        for (size_t r = 0; r < m; r++) TW_EACH(l, lanes)
            {
                const double d = out[1][(t + r) * lanes + l], k = new_slow[r * lanes + l];
                out[0][(t + r) * lanes + l] = d == d ? k : (double)NAN;
            }
        strip_shift(fast, s->slowk, m, lanes);
        strip_shift(slow, s->slowd, m, lanes);
    }
}
TW_OP_FORMS(stoch, stoch_run)

static size_t stoch_back(const void *params) { return back_of(params); }
static size_t stoch_history(const void *params) { return (size_t)((const stoch_params *)params)->fastk_period - 1; }
static size_t stoch_size(const void *params, size_t lanes) { return size_of(params, lanes); }
static void stoch_init(void *state, const void *params, size_t lanes) { init_of(state, params, lanes); }
static size_t stochf_back(const void *params)
{
    const stoch_params p = from_stochf(params);
    return back_of(&p);
}
static size_t stochf_size(const void *params, size_t lanes)
{
    const stoch_params p = from_stochf(params);
    return size_of(&p, lanes);
}
static void stochf_init(void *state, const void *params, size_t lanes)
{
    const stoch_params p = from_stochf(params);
    init_of(state, &p, lanes);
}

TW_OP(stoch) = {
    .name = "stoch",
    .title = "Stochastic oscillator",
    .group = "momentum",
    .source = "Lane 1957; TA-Lib STOCH",
    .formula = "fastk = 100 (c - min l) / (max h - min l), 0 where the range is 0, slowk = mean of fastk, "
               "slowd = mean of slowk",
    .meaning = "Where the close lies in the range of the last bars, smoothed, from 0 to 100, with a second smoothing "
               "as signal. Above 80 the market closes near its highs, below 20 near its lows; crossings out there are "
               "the usual signals. In a trend it sits at one end and gives one wrong signal after another.",
    .levels = {20, 80},
    .inputs = TW_NAMES("high", "low", "close"),
    .outputs = TW_NAMES("slowk", "slowd"),
    .params = stoch_table,
    .params_size = sizeof(stoch_params),
    .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
    .lookback = stoch_back,
    .history = stoch_history,
    .state_size = stoch_size,
    .init = stoch_init,
    .run_wide = stoch_wide,
    .run_one = stoch_one};
TW_OP(stochf) = {.name = "stochf",
                 .title = "Fast stochastic oscillator",
                 .group = "momentum",
                 .source = "Lane 1957; TA-Lib STOCHF",
                 .formula = "fastk = 100 (c - min l) / (max h - min l), 0 where the range is 0, fastd = mean of fastk",
                 .meaning = "Where the close lies in the range of the last bars, from 0 to 100, hardly smoothed. It "
                            "turns first and most often; stoch is the calmer line made from it.",
                 .levels = {20, 80},
                 .inputs = TW_NAMES("high", "low", "close"),
                 .outputs = TW_NAMES("fastk", "fastd"),
                 .params = stochf_table,
                 .params_size = sizeof(stochf_params),
                 .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
                 .lookback = stochf_back,
                 .history = stoch_history,
                 .state_size = stochf_size,
                 .init = stochf_init,
                 .run_wide = stoch_wide,
                 .run_one = stoch_one};
