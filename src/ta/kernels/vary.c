/* SPDX-License-Identifier: Apache-2.0 */
/* vary.c - moving averages whose period is a series, for mavp. What begins with the longest period begins with it for
 * all, as in TA-Lib, so that no period sees more of the past than it would there. */
#include "ta/direct.h"
#include "ta/recur.h"

enum { VARY_MOST = 1000 };

static const tw_param window_table[] = {
    TW_PARAM_SEARCH(tw_window, minperiod, 2, 1, VARY_MOST, 2, 20, true, "periods below count as this"),
    TW_PARAM_SEARCH(tw_window, maxperiod, 30, 1, VARY_MOST, 10, 100, true, "periods above count as this"),
    TW_PARAM_END};
static const tw_param recur_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, minperiod, 2, 1, VARY_MOST, 2, 20, true, "periods below count as this"),
    TW_PARAM_SEARCH(tw_recur_params, maxperiod, 30, 1, VARY_MOST, 10, 100, true, "periods above count as this"),
    TW_PARAM_NAN, TW_PARAM_END};

static tw_status in_order(int least, int most, tw_error *err)
{
    if (least <= most) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "minperiod = %d is more than maxperiod = %d", least, most);
}
static tw_status window_check(const void *params, tw_error *err)
{
    const tw_window *p = params;
    return in_order(p->minperiod, p->maxperiod, err);
}
static tw_status recur_check(const void *params, tw_error *err)
{
    const tw_recur_params *p = params;
    return in_order(p->minperiod, p->maxperiod, err);
}

/* The whole part of a period, within its bounds. */
TW_LANE double period_of(double x, double least, double most)
{
    const double low = x > least ? x : least, in = low < most ? low : most, near = (in + 0x1p52) - 0x1p52;
    return near > in ? near - 1.0 : near;
}

TW_LANE bool is_known(double x, double period) { return tw_is_finite(x) && tw_is_finite(period); }

/* ---------------------------------------------------------------- windows
 * Weights by the place k in the window, 0 at and beyond the period: a sum over the longest window for every period.
 * About the newest value, so that equal values give exactly that value. */

enum { vary_sma_inputs = 2, vary_wma_inputs = 2, vary_trima_inputs = 2 };

typedef double weight_at(double k, double period);

TW_LANE double sma_weight(double k, double period) { return k < period ? 1.0 : 0.0; }
TW_LANE double wma_weight(double k, double period) { return k < period ? period - k : 0.0; }
TW_LANE double trima_weight(double k, double period)
{
    const double rest = wma_weight(k, period);
    return k + 1.0 < rest ? k + 1.0 : rest;
}
TW_LANE void vary_tile(weight_at *weight, const tw_window *p, size_t n, const double *const *in, double *y,
                       const size_t lanes)
{
    double period[TW_TILE], sum[TW_TILE], total[TW_TILE], missing[TW_TILE];
    TW_EACH(i, n)
    {
        period[i] = period_of(in[1][i], p->minperiod, p->maxperiod);
        sum[i] = total[i] = 0.0;
        missing[i] = in[1][i] == in[1][i] ? 0.0 : 1.0;
    }
    for (size_t k = 0; k < (size_t)p->maxperiod; k++) {
        const double *then = in[0] - k * lanes;
        TW_EACH(i, n)
        {
            const double w = weight((double)k, period[i]);
            sum[i] += w * (then[i] - in[0][i]);
            total[i] += w;
            missing[i] += then[i] == then[i] ? 0.0 : 1.0;
        }
    }
    TW_EACH(i, n) y[i] = missing[i] > 0.0 ? (double)NAN : in[0][i] + sum[i] / total[i];
}
TW_LANE void vary_sma_tile(const void *s, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    vary_tile(sma_weight, s, n, in, out[0], lanes);
}
TW_LANE void vary_wma_tile(const void *s, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    vary_tile(wma_weight, s, n, in, out[0], lanes);
}
TW_LANE void vary_trima_tile(const void *s, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    vary_tile(trima_weight, s, n, in, out[0], lanes);
}

TW_DIRECT_OP(vary_sma, .title = "Simple moving average whose period is a series", .group = "overlap",
             .source = "TA-Lib MAVP", .formula = "sma(x, p[t]); missing while a value of the longest window is",
             .meaning = "The part of mavp that averages plainly: a simple average over as many bars as a second series "
                        "says. When the length jumps, so does the line.",
             .inputs = TW_NAMES("real", "periods"), .outputs = TW_NAMES("real"), .params = window_table,
             .check = window_check, .traits = TW_WINDOW);
TW_DIRECT_OP(vary_wma, .title = "Linearly weighted moving average whose period is a series", .group = "overlap",
             .source = "TA-Lib MAVP", .formula = "wma(x, p[t]); missing while a value of the longest window is",
             .meaning = "The part of mavp with linear weights: the newest bar counts most, over as many bars as a "
                        "second series says. When the length jumps, so does the line.",
             .inputs = TW_NAMES("real", "periods"), .outputs = TW_NAMES("real"), .params = window_table,
             .check = window_check, .traits = TW_WINDOW);
TW_DIRECT_OP(vary_trima, .title = "Triangular moving average whose period is a series", .group = "overlap",
             .source = "TA-Lib MAVP", .formula = "trima(x, p[t]); missing while a value of the longest window is",
             .meaning = "The part of mavp with triangular weights: the middle counts most, over as many bars as a "
                        "second series says. When the length jumps, so does the line.",
             .inputs = TW_NAMES("real", "periods"), .outputs = TW_NAMES("real"), .params = window_table,
             .check = window_check, .traits = TW_WINDOW);

/* ---------------------------------------------------------------- recursions
 * Averages of every period are kept; a bar takes the one it asks for. */

/* cells: seen[lanes], k[rows], then values[links or 1][rows][lanes], a row for each period */
typedef struct vary_state {
    size_t rows, at; /* at: the row of the next bar in the strip */
    double least, most, reset, propagate, back, coef[TW_RECUR_COEFS];
    double cells[];
} vary_state;

/* Averages of averages; `finish` makes the result of those of one period. */
typedef struct vary {
    size_t links;
    double (*finish)(const double *average, const double *coef);
} vary;

enum { MOST_LINKS = 6 };

static size_t rows_of(const tw_recur_params *p) { return (size_t)(p->maxperiod - p->minperiod) + 1; }
static size_t vary_size(const void *params, size_t lanes, size_t values)
{
    const size_t rows = rows_of(params);
    return sizeof(vary_state) + (lanes + rows + values * rows * lanes) * sizeof(double);
}
static void vary_init(void *state, const void *params, size_t lanes, size_t values, size_t back)
{
    const tw_recur_params *p = params;
    vary_state *s = state;
    memset(s, 0, vary_size(params, lanes, values));
    s->rows = rows_of(p);
    s->least = p->minperiod;
    s->most = p->maxperiod;
    s->reset = strcmp(p->nan, "reset") == 0;
    s->propagate = strcmp(p->nan, "propagate") == 0;
    s->back = (double)back;
    for (size_t r = 0; r < s->rows; r++) s->cells[lanes + r] = 2.0 / (p->minperiod + (double)r + 1.0);
}
static size_t chain_back(const void *params, size_t links)
{
    return links * (size_t)(((const tw_recur_params *)params)->maxperiod - 1);
}

/* A bar of a lane that is seeding or misses it. */
static inline void careful_lane(const vary *d, vary_state *s, double x, bool known, size_t l, size_t lanes)
{
    const double seen = s->cells[l], *k = s->cells + lanes;
    double *average = s->cells + lanes + s->rows + l;
    const tw_recur_bar bar = {.warm = false};
    for (size_t r = 0; r < s->rows; r++) {
        const double period = s->least + (double)r;
        double value = x, n = seen + 1.0 - (double)d->links * (s->most - period);
        for (size_t i = 0; i < d->links; i++) {
            double *cell = average + (i * s->rows + r) * lanes;
            if (known)
                *cell = value = n >= 1.0 ? tw_seeded(&bar, *cell, value, (tw_seed){n, period, k[r]}) : n != n ? n : 0.0;
            else
                *cell = tw_recur_missing(*cell, seen, s->reset, s->propagate);
            n -= period - 1.0;
        }
    }
    s->cells[l] = known ? seen + 1.0 : tw_recur_missing(seen, seen, s->reset, s->propagate);
}
TW_LANE double warm_link(double average, double x, double k)
{
    const tw_recur_bar bar = {.warm = true};
    return tw_seeded(&bar, average, x, (tw_seed){0.0, 0.0, k});
}
/* A bar that every lane has, all of them seeded: along the periods where there is one lane, else along the lanes. */
TW_LANE void warm_row(const vary *d, vary_state *s, const double *x, const size_t lanes)
{
    const double *k = s->cells + lanes;
    double *average = s->cells + lanes + s->rows;
    TW_EACH(l, lanes) s->cells[l] += 1.0;
    for (size_t i = 0; i < d->links; i++, average += s->rows * lanes) {
        const double *below = average - s->rows * lanes;
        if (lanes == 1)
            TW_EACH(r, s->rows) average[r] = warm_link(average[r], i > 0 ? below[r] : x[0], k[r]);
        else
            for (size_t r = 0; r < s->rows; r++) TW_EACH(l, lanes)
        average[r * lanes + l] = warm_link(average[r * lanes + l], i > 0 ? below[r * lanes + l] : x[l], k[r]);
    }
}
/* The results of a bar; a lane takes its own period's averages. */
TW_LANE void chosen_row(const vary *d, const vary_state *s, const double *x, const double *periods, double *y,
                        const size_t lanes)
{
    const double *values = s->cells + lanes + s->rows;
    for (size_t l = 0; l < lanes; l++) {
        const double period = tw_is_finite(periods[l]) ? periods[l] : s->least;
        const size_t r = (size_t)(period_of(period, s->least, s->most) - s->least);
        double average[MOST_LINKS];
        TW_FEW(i, d->links) average[i] = values[(i * s->rows + r) * lanes + l];
        const bool known = is_known(x[l], periods[l]) && (s->cells[l] > s->back);
        y[l] = known ? tw_canon(d->finish(average, s->coef)) : (double)NAN;
    }
}
TW_LANE void chain_run(const vary *d, void *state, size_t n, const double *const *in, double *const *out,
                       const size_t lanes)
{
    vary_state *s = state;
    for (size_t t = 0; t < n; t++) {
        const double *x = in[0] + t * lanes, *periods = in[1] + t * lanes;
        size_t warm = 0;
        for (size_t l = 0; l < lanes; l++) warm += is_known(x[l], periods[l]) && (s->cells[l] > s->back);
        if (warm == lanes)
            warm_row(d, s, x, lanes);
        else
            for (size_t l = 0; l < lanes; l++) careful_lane(d, s, x[l], is_known(x[l], periods[l]), l, lanes);
        chosen_row(d, s, x, periods, out[0] + t * lanes, lanes);
    }
}

TW_LANE double ema_of(const double *a, const double *coef)
{
    (void)coef;
    return a[0];
}
TW_LANE double dema_of(const double *a, const double *coef)
{
    (void)coef;
    return 2.0 * a[0] - a[1];
}
TW_LANE double tema_of(const double *a, const double *coef)
{
    (void)coef;
    return 3.0 * a[0] - 3.0 * a[1] + a[2];
}
TW_LANE double t3_of(const double *a, const double *coef)
{
    return coef[0] * a[5] + coef[1] * a[4] + coef[2] * a[3] + coef[3] * a[2];
}
static const vary vary_ema_chain = {1, ema_of};
static const vary vary_dema_chain = {2, dema_of};
static const vary vary_tema_chain = {3, tema_of};
static const vary vary_t3_chain = {6, t3_of};

static void no_more(double *coef) { (void)coef; }
static void t3_more(double *coef) { tw_t3_coefs(0.7, coef); }

/* The operator `op` from the constant op##_chain; the rest are fields of tw_op. */
#define CHAIN_OP(op, more, ...)                                                                                        \
    TW_LANE void op##_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)      \
    {                                                                                                                  \
        chain_run(&op##_chain, state, n, in, out, lanes);                                                              \
    }                                                                                                                  \
    TW_OP_FORMS(op, op##_run)                                                                                          \
    static size_t op##_back(const void *params) { return chain_back(params, op##_chain.links); }                       \
    static size_t op##_size(const void *params, size_t lanes) { return vary_size(params, lanes, op##_chain.links); }   \
    static void op##_init(void *state, const void *params, size_t lanes)                                               \
    {                                                                                                                  \
        vary_init(state, params, lanes, op##_chain.links, op##_back(params));                                          \
        more(((vary_state *)state)->coef);                                                                             \
    }                                                                                                                  \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .group = "overlap",                                                                                   \
                 .source = "TA-Lib MAVP",                                                                              \
                 .inputs = TW_NAMES("real", "periods"),                                                                \
                 .outputs = TW_NAMES("real"),                                                                          \
                 .params = recur_table,                                                                                \
                 .params_size = sizeof(tw_recur_params),                                                               \
                 .traits = TW_RECURSIVE,                                                                               \
                 .check = recur_check,                                                                                 \
                 .lookback = op##_back,                                                                                \
                 .state_size = op##_size,                                                                              \
                 .init = op##_init,                                                                                    \
                 .run_wide = op##_wide,                                                                                \
                 .run_one = op##_one,                                                                                  \
                 __VA_ARGS__}

CHAIN_OP(vary_ema, no_more, .title = "Exponential moving average whose period is a series",
         .formula = "ema(x, p[t]), all periods begun so that they have their first value on one bar",
         .meaning = "The part of mavp for exponential averages: one is kept for every possible length, and a second "
                    "series says which is shown. A change of length jumps from one to another.");
CHAIN_OP(vary_dema, no_more, .title = "Double exponential moving average whose period is a series",
         .formula = "dema(x, p[t]), all periods begun so that they have their first value on one bar",
         .meaning = "The part of mavp for double exponential averages: one is kept for every possible length, and a "
                    "second series says which is shown. A change of length jumps from one to another.");
CHAIN_OP(vary_tema, no_more, .title = "Triple exponential moving average whose period is a series",
         .formula = "tema(x, p[t]), all periods begun so that they have their first value on one bar",
         .meaning = "The part of mavp for triple exponential averages: one is kept for every possible length, and a "
                    "second series says which is shown. A change of length jumps from one to another.");
CHAIN_OP(vary_t3, t3_more, .title = "T3 moving average whose period is a series",
         .formula = "t3(x, p[t]), all periods begun so that they have their first value on one bar",
         .meaning = "The part of mavp for T3 averages: one is kept for every possible length, and a second series says "
                    "which is shown. A change of length jumps from one to another.");

/* ---------------------------------------------------------------- vary_kama
 * values: the averages; then the paths of this bar, and a strip of the prices a lane has seen, which moves to the front
 * of its room when that is full (see hilbert.c). Paths grow from the newest move on, so one pass has them all. */

enum { SLACK = 32 };

static size_t kama_back(const void *params) { return (size_t)((const tw_recur_params *)params)->maxperiod; }
static size_t kama_size(const void *params, size_t lanes)
{
    return vary_size(params, lanes, 1) + (2 * (kama_back(params) + 1) + SLACK) * lanes * sizeof(double);
}
static void kama_init(void *state, const void *params, size_t lanes)
{
    vary_init(state, params, lanes, 1, kama_back(params));
    vary_state *s = state;
    const size_t first = lanes + s->rows + s->rows * lanes, most = kama_back(params);
    for (size_t i = 0; i < (2 * (most + 1) + SLACK) * lanes; i++) s->cells[first + i] = 0.0;
    s->at = most;
}
/* A step of the average of one period. */
TW_LANE double kama_next(double average, double x, double net, double path, double period)
{
    const double share = net >= path ? 1.0 : net / path, c = share * (2.0 / 3.0 - 2.0 / 31.0) + 2.0 / 31.0;
    const double k = period == 1.0 ? 1.0 : c * c, next = __builtin_fma(x - average, k, average);
    return ((k == 1.0) & (average == average)) ? x : next;
}
/* path[k]: of the last k moves. */
TW_LANE void kama_paths(const double *x, double *path, size_t most, const size_t lanes)
{
    double sum[TW_LANES];
    TW_EACH(l, lanes) sum[l] = path[l] = 0.0;
    for (size_t k = 1; k <= most; k++) TW_EACH(l, lanes)
        {
            sum[l] += tw_lane_abs((x - (k - 1) * lanes)[l] - (x - k * lanes)[l]);
            path[k * lanes + l] = sum[l];
        }
}
/* The averages of one period; they begin from the price before the first whole window of the longest. */
TW_LANE double kama_lane(const vary_state *s, const double *x, double old, double path, size_t p, size_t l,
                         const size_t lanes)
{
    const double n = s->cells[l] + 1.0, from = n > s->back + 1.0 ? old : (x - lanes)[l];
    const double next = kama_next(from, x[l], tw_lane_abs(x[l] - (x - p * lanes)[l]), path, (double)p);
    return n > s->back ? next : n != n ? n : 0.0;
}
static inline void kama_miss(vary_state *s, double *x, size_t l, size_t lanes)
{
    double *average = s->cells + lanes + s->rows;
    for (size_t r = 0; r < s->rows; r++)
        average[r * lanes + l] = tw_recur_missing(average[r * lanes + l], s->cells[l], s->reset, s->propagate);
    s->cells[l] = tw_recur_missing(s->cells[l], s->cells[l], s->reset, s->propagate);
    for (size_t k = 0; k < (size_t)s->most; k++) (x - k * lanes)[l] = (x - (k + 1) * lanes)[l];
}
TW_LANE void kama_row(vary_state *s, double *x, const double *periods, double *y, const size_t lanes)
{
    const size_t most = (size_t)s->most, least = (size_t)s->least;
    double *average = s->cells + lanes + s->rows, *path = average + s->rows * lanes;
    bool known[TW_LANES];
    for (size_t l = 0; l < lanes; l++) known[l] = is_known(x[l], periods[l]);
    kama_paths(x, path, most, lanes);
    for (size_t r = 0; r < s->rows; r++) TW_EACH(l, lanes)
        {
            const double old = average[r * lanes + l], way = path[(least + r) * lanes + l];
            const double next = kama_lane(s, x, old, way, least + r, l, lanes);
            average[r * lanes + l] = known[l] ? next : old;
        }
    for (size_t l = 0; l < lanes; l++) {
        const size_t r = (size_t)(period_of(known[l] ? periods[l] : s->least, s->least, s->most) - s->least);
        const bool there = known[l] && (s->cells[l] + 1.0 > s->back);
        y[l] = there ? tw_canon(average[r * lanes + l]) : (double)NAN;
        if (known[l])
            s->cells[l] += 1.0;
        else
            kama_miss(s, x, l, lanes);
    }
}
TW_LANE void vary_kama_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    vary_state *s = state;
    const size_t most = (size_t)s->most;
    double *strip = s->cells + lanes + s->rows + (s->rows + most + 1) * lanes;
    for (size_t t = 0; t < n; t++) {
        double *row = strip + s->at * lanes;
        for (size_t l = 0; l < lanes; l++) row[l] = in[0][t * lanes + l];
        kama_row(s, row, in[1] + t * lanes, out[0] + t * lanes, lanes);
        if (++s->at < most + SLACK) continue;
        memmove(strip, strip + SLACK * lanes, most * lanes * sizeof(double));
        s->at = most;
    }
}
TW_OP_FORMS(vary_kama, vary_kama_run)
TW_OP(vary_kama) = {.name = "vary_kama",
                    .title = "Kaufman's adaptive moving average whose period is a series",
                    .group = "overlap",
                    .source = "Kaufman 1995; TA-Lib MAVP",
                    .formula = "kama(x, p[t]), all periods begun with the first whole window of the longest",
                    .meaning = "The part of mavp for Kaufman's averages: one is kept for every possible length, and a "
                               "second series says which is shown. A change of length jumps from one to another.",
                    .inputs = TW_NAMES("real", "periods"),
                    .outputs = TW_NAMES("real"),
                    .params = recur_table,
                    .params_size = sizeof(tw_recur_params),
                    .traits = TW_RECURSIVE,
                    .check = recur_check,
                    .lookback = kama_back,
                    .state_size = kama_size,
                    .init = kama_init,
                    .run_wide = vary_kama_wide,
                    .run_one = vary_kama_one};
