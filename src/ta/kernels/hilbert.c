/* SPDX-License-Identifier: Apache-2.0 */
/* hilbert.c - the dominant cycle of a series by Ehlers' discriminator ("Rocket Science for Traders", 2001), and what is
 * made of it, as TA-Lib does: everything before the first `quiet` bars is 0, results come after `back` bars.
 *
 * The transform is a filter over this bar and those 2, 4 and 6 before; TA-Lib keeps odd and even bars apart for that.
 * Here earlier rows of four series are kept in one strip, [row][series][lanes], which moves to the front of its room
 * when that is full. A lane that misses a bar has its column moved up instead, so that each lane sees its own bars
 * alone. The rest of a lane's memory are a few values, all 0 at first. See recur.h for missing values. */
#include "num/vmath_arc.h"
#include "ta/recur.h"

enum { PRICE, SMOOTH, DETRENDED, QUADRATURE, SERIES };
enum { SEEN, PERIOD, SLOW, I2, Q2, RE, IM, VALUES };
/* What the operators keep beside that. */
enum { PHASE = VALUES, FAST_AVERAGE, SLOW_AVERAGE, MAMA_VALUES };
enum { TREND1 = VALUES, TREND2, TREND3, MOST_VALUES };
enum { SLACK = 30, CYCLE = 50, SHORT = 9, OUTPUTS = 2, LONGEST = CYCLE };

#define DEGREES (180.0 / 3.14159265358979323846)

/* One bar of all lanes. Earlier rows lie before `row`; v: memory, which this bar takes on; y: [OUTPUTS][lanes]. */
typedef struct hilbert_bar {
    const double *row, *coef;
    double *v, *y;
} hilbert_bar;

typedef struct hilbert {
    size_t keep, values, outputs; /* rows, values of a lane */
    double quiet, back;
    void (*finish)(const hilbert_bar *b, const size_t lanes);
} hilbert;

/* cells: memory [values][lanes], then the strip */
typedef struct hilbert_state {
    double reset, propagate, coef[2];
    size_t at; /* the row of the next bar */
    double cells[];
} hilbert_state;

static inline size_t hilbert_size(const hilbert *d, size_t lanes)
{
    return sizeof(hilbert_state) + (d->values + (d->keep + SLACK) * SERIES) * lanes * sizeof(double);
}
static inline void hilbert_init(const hilbert *d, void *state, const void *params, size_t lanes)
{
    const tw_recur_params *p = params;
    hilbert_state *s = state;
    memset(s, 0, hilbert_size(d, lanes));
    s->reset = strcmp(p->nan, "reset") == 0;
    s->propagate = strcmp(p->nan, "propagate") == 0;
    s->coef[0] = p->fastlimit;
    s->coef[1] = p->slowlimit;
    s->at = d->keep;
}

/* ---------------------------------------------------------------- the cycle */

/* The transform of a series that is `now` at x; its earlier values lie `back` apart. */
TW_LANE double transform(double now, const double *x, size_t back)
{
    const double ends = 0.0962 * now - 0.0962 * (x - 6 * back)[0];
    return ends - 0.5769 * (x - 4 * back)[0] + 0.5769 * (x - 2 * back)[0];
}
/* The period of a cycle that turns by atan(im / re) a bar, held near the last one. */
TW_LANE double next_period(double re, double im, double last)
{
    const double turn = 360.0 / (tw_lane_atan(im / re) * DEGREES);
    const double raw = ((im != 0.0) & (re != 0.0)) ? turn : last;
    const double top = raw > 1.5 * last ? 1.5 * last : raw, near = top < 0.67 * last ? 0.67 * last : top;
    const double least = near < 6.0 ? 6.0 : near, most = least > 50.0 ? 50.0 : least;
    return 0.2 * most + 0.8 * last;
}
/* Takes lane l on by the bar x; the row is written, earlier ones are read. */
TW_LANE void cycle_lane(double *row, double *v, double x, size_t l, const double quiet, const size_t lanes)
{
    const size_t back = SERIES * lanes;
    double *price = row + PRICE * lanes + l, *smooth = row + SMOOTH * lanes + l;
    double *detrended = row + DETRENDED * lanes + l, *quadrature = row + QUADRATURE * lanes + l;
    const double n = v[SEEN * lanes + l] + 1.0, last = v[PERIOD * lanes + l], slow = v[SLOW * lanes + l];
    const double i = v[I2 * lanes + l], q = v[Q2 * lanes + l], real = v[RE * lanes + l], imag = v[IM * lanes + l];
    const double gain = 0.075 * last + 0.54;
    const double mean = 0.1 * (4.0 * x + 3.0 * (price - back)[0] + 2.0 * (price - 2 * back)[0] + (price - 3 * back)[0]);

    const double s0 = n > quiet ? mean : 0.0, d0 = transform(s0, smooth, back) * gain;
    const double q0 = transform(d0, detrended, back) * gain, i0 = (detrended - 3 * back)[0];
    const double i2 = 0.2 * (i0 - transform(q0, quadrature, back) * gain) + 0.8 * i;
    const double q2 = 0.2 * (q0 + transform(i0, detrended - 3 * back, back) * gain) + 0.8 * q;
    const double re = 0.2 * (i2 * i + q2 * q) + 0.8 * real, im = 0.2 * (i2 * q - q2 * i) + 0.8 * imag;
    const double period = next_period(re, im, last);
    price[0] = x;
    smooth[0] = s0;
    detrended[0] = d0;
    quadrature[0] = q0;
    v[SEEN * lanes + l] = n;
    v[PERIOD * lanes + l] = period;
    v[SLOW * lanes + l] = 0.33 * period + 0.67 * slow;
    v[I2 * lanes + l] = i2;
    v[Q2 * lanes + l] = q2;
    v[RE * lanes + l] = re;
    v[IM * lanes + l] = im;
}

/* ---------------------------------------------------------------- rows */

/* A lane without this bar: its column goes up by a row, or its memory is cleared or spoiled. */
static inline void miss_bar(const hilbert *d, hilbert_state *s, double *row, size_t l, size_t lanes)
{
    const bool spoil = s->propagate != 0.0 && s->cells[l] != 0.0;
    TW_FEW(k, d->keep * SERIES)
    {
        double *x = row + (SERIES - 1) * lanes + l - k * lanes;
        *x = s->reset != 0.0 ? 0.0 : (x - SERIES * lanes)[0];
    }
    TW_FEW(q, d->values)
    s->cells[q * lanes + l] = s->reset != 0.0 ? 0.0 : spoil ? (double)NAN : s->cells[q * lanes + l];
}
/* Bar t of every lane. */
TW_LANE void hilbert_row(const hilbert *d, hilbert_state *s, const double *x, double *const *out, size_t t,
                         const size_t lanes)
{
    double v[MOST_VALUES * TW_LANES], y[OUTPUTS * TW_LANES];
    double *row = s->cells + (d->values + s->at * SERIES) * lanes;
    const hilbert_bar bar = {row, s->coef, v, y};
    size_t missing = 0;

    for (size_t i = 0; i < d->values * lanes; i++) v[i] = s->cells[i];
    TW_EACH(l, lanes) cycle_lane(row, v, x[l], l, d->quiet, lanes);
    d->finish(&bar, lanes);
    for (size_t q = 1; q < d->values; q++) TW_EACH(l, lanes)
        {
            const double old = s->cells[q * lanes + l], next = v[q * lanes + l];
            s->cells[q * lanes + l] = (tw_is_finite(x[l]) & (v[l] > d->quiet)) ? next : old;
        }
    TW_FEW(o, d->outputs) TW_EACH(l, lanes)
    {
        const double value = tw_canon(y[o * lanes + l]);
        out[o][t * lanes + l] = (tw_is_finite(x[l]) & (v[l] > d->back)) ? value : (double)NAN;
    }
    for (size_t l = 0; l < lanes; l++) missing += !tw_is_finite(x[l]);
    TW_EACH(l, lanes)
    {
        const double old = s->cells[l], next = v[l];
        s->cells[l] = tw_is_finite(x[l]) ? next : old;
    }
    for (size_t l = 0; missing && l < lanes; l++)
        if (!tw_is_finite(x[l])) miss_bar(d, s, row, l, lanes);
}
TW_LANE void hilbert_run(const hilbert *d, void *state, size_t n, const double *const *in, double *const *out,
                         const size_t lanes)
{
    hilbert_state *s = state;
    const size_t row = SERIES * lanes;
    for (size_t t = 0; t < n; t++) {
        hilbert_row(d, s, in[0] + t * lanes, out, t, lanes);
        if (++s->at < d->keep + SLACK) continue;
        double *strip = s->cells + d->values * lanes;
        memmove(strip, strip + SLACK * row, d->keep * row * sizeof(double));
        s->at = d->keep;
    }
}

/* The operator `op` from the constant op##_hilbert; the rest are fields of tw_op. */
#define HILBERT_OP(op, ...)                                                                                            \
    TW_LANE void op##_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)      \
    {                                                                                                                  \
        hilbert_run(&op##_hilbert, state, n, in, out, lanes);                                                          \
    }                                                                                                                  \
    TW_OP_FORMS(op, op##_run)                                                                                          \
    static size_t op##_size(const void *params, size_t lanes)                                                          \
    {                                                                                                                  \
        (void)params;                                                                                                  \
        return hilbert_size(&op##_hilbert, lanes);                                                                     \
    }                                                                                                                  \
    static void op##_init(void *state, const void *params, size_t lanes)                                               \
    {                                                                                                                  \
        hilbert_init(&op##_hilbert, state, params, lanes);                                                             \
    }                                                                                                                  \
    static size_t op##_back(const void *params)                                                                        \
    {                                                                                                                  \
        (void)params;                                                                                                  \
        return (size_t)op##_hilbert.back;                                                                              \
    }                                                                                                                  \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .inputs = TW_NAMES("real"),                                                                           \
                 .params_size = sizeof(tw_recur_params),                                                               \
                 .lookback = op##_back,                                                                                \
                 .state_size = op##_size,                                                                              \
                 .init = op##_init,                                                                                    \
                 .run_wide = op##_wide,                                                                                \
                 .run_one = op##_one,                                                                                  \
                 __VA_ARGS__}

static const tw_param nan_table[] = {TW_PARAM_NAN, TW_PARAM_END};
static const tw_param mama_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, fastlimit, 0.5, 0.01, 0.99, 0.2, 0.8, false, "most that a bar may weigh"),
    TW_PARAM_SEARCH(tw_recur_params, slowlimit, 0.05, 0.01, 0.99, 0.01, 0.2, false, "least that a bar may weigh"),
    TW_PARAM_NAN, TW_PARAM_END};

/* ---------------------------------------------------------------- ht_dcperiod, ht_phasor, mama */

TW_LANE void dcperiod_finish(const hilbert_bar *b, const size_t lanes)
{
    TW_EACH(l, lanes) b->y[l] = b->v[SLOW * lanes + l];
}
TW_LANE void phasor_finish(const hilbert_bar *b, const size_t lanes)
{
    const double *in_phase = b->row + DETRENDED * lanes - 3 * SERIES * lanes;
    TW_EACH(l, lanes) b->y[l] = in_phase[l];
    TW_EACH(l, lanes) b->y[lanes + l] = b->row[QUADRATURE * lanes + l];
}
TW_LANE void mama_lane(const hilbert_bar *b, size_t l, const size_t lanes)
{
    const double in_phase = (b->row + DETRENDED * lanes - 3 * SERIES * lanes)[l], price = b->row[PRICE * lanes + l];
    const double turned = tw_lane_atan(b->row[QUADRATURE * lanes + l] / in_phase) * DEGREES;
    const double phase = in_phase != 0.0 ? turned : 0.0, step = b->v[PHASE * lanes + l] - phase;
    const double part = b->coef[0] / (step < 1.0 ? 1.0 : step);
    const double alpha = ((step > 1.0) & (part < b->coef[1])) ? b->coef[1] : part, half = 0.5 * alpha;
    const double mama = alpha * price + (1.0 - alpha) * b->v[FAST_AVERAGE * lanes + l];
    const double fama = half * mama + (1.0 - half) * b->v[SLOW_AVERAGE * lanes + l];
    b->v[PHASE * lanes + l] = phase;
    b->y[l] = b->v[FAST_AVERAGE * lanes + l] = mama;
    b->y[lanes + l] = b->v[SLOW_AVERAGE * lanes + l] = fama;
}
TW_LANE void mama_finish(const hilbert_bar *b, const size_t lanes) { TW_EACH(l, lanes) mama_lane(b, l, lanes); }
static const hilbert ht_dcperiod_hilbert = {SHORT, VALUES, 1, 12.0, 32.0, dcperiod_finish};
static const hilbert ht_phasor_hilbert = {SHORT, VALUES, 2, 12.0, 32.0, phasor_finish};
static const hilbert mama_hilbert = {SHORT, MAMA_VALUES, 2, 12.0, 32.0, mama_finish};

HILBERT_OP(
    ht_dcperiod, .title = "Period of the dominant cycle", .group = "cycle", .source = "Ehlers 2001; TA-Lib HT_DCPERIOD",
    .formula = "360 / atan(im / re) of the phasor, smoothed",
    .meaning =
        "The length in bars of the strongest cycle in the price, as the Hilbert transform measures it, between 6 and "
        "50. It sets the windows of other indicators. Where there is no cycle it wanders, and it lags by several bars.",
    .outputs = TW_NAMES("real"), .params = nan_table, .traits = TW_RECURSIVE);
HILBERT_OP(ht_phasor, .title = "Phasor of the dominant cycle", .group = "cycle",
           .source = "Ehlers 2001; TA-Lib HT_PHASOR",
           .formula = "in phase: detrended 3 bars ago; quadrature: H(detrended)",
           .meaning = "The cycle as a point that turns: the part in phase with it and the part a quarter ahead. From "
                      "the two come phase and period. They mean something only while the market cycles.",
           .outputs = TW_NAMES("inphase", "quadrature"), .params = nan_table, .traits = TW_RECURSIVE);
HILBERT_OP(mama, .title = "MESA adaptive moving average", .group = "overlap", .source = "Ehlers 2001; TA-Lib MAMA",
           .formula = "m += a (x - m), f += a/2 (m - f), a = fast / turn of the phase in degrees, at least slow",
           .meaning = "An average whose speed is set by how fast the phase of the market's cycle turns; fama is a "
                      "slower line behind it. The two crossing is the signal. The phase is an estimate that jumps when "
                      "there is no clear cycle, and the lines then step.",
           .outputs = TW_NAMES("mama", "fama"), .params = mama_table, .traits = TW_RECURSIVE);

/* ---------------------------------------------------------------- over a whole cycle */

/* The whole bars of a cycle, 0 to 50: the integer part of its smoothed period and a half. */
TW_LANE double bars_of(double period)
{
    const double x = period + 0.5, near = (x + 0x1p52) - 0x1p52;
    return near > x ? near - 1.0 : near;
}
/* bars[l] for every lane; the most of them. */
TW_LANE size_t cycle_bars(const hilbert_bar *b, double *bars, const size_t lanes)
{
    double most = 0.0;
    TW_EACH(l, lanes) bars[l] = bars_of(b->v[SLOW * lanes + l]);
    for (size_t l = 0; l < lanes; l++) most = bars[l] > most ? bars[l] : most;
    return (size_t)most;
}
/* The mean price of the cycle, itself averaged over four bars. */
TW_LANE void trend_next(const hilbert_bar *b, double *trend, const size_t lanes)
{
    double bars[TW_LANES], sum[TW_LANES] = {0.0};
    const size_t most = cycle_bars(b, bars, lanes);
    for (size_t k = 0; k < most; k++) TW_EACH(l, lanes)
        {
            const double x = (b->row + PRICE * lanes - k * SERIES * lanes)[l];
            sum[l] += (double)k < bars[l] ? x : 0.0;
        }
    TW_EACH(l, lanes)
    {
        const double share = sum[l] / bars[l], mean = bars[l] > 0.0 ? share : sum[l];
        const double t1 = b->v[TREND1 * lanes + l], t2 = b->v[TREND2 * lanes + l], t3 = b->v[TREND3 * lanes + l];
        trend[l] = (4.0 * mean + 3.0 * t1 + 2.0 * t2 + t3) / 10.0;
        b->v[TREND1 * lanes + l] = mean;
        b->v[TREND2 * lanes + l] = t1;
        b->v[TREND3 * lanes + l] = t2;
    }
}

TW_LANE void trendline_finish(const hilbert_bar *b, const size_t lanes) { trend_next(b, b->y, lanes); }

static const hilbert ht_trendline_hilbert = {CYCLE, MOST_VALUES, 1, 37.0, 63.0, trendline_finish};
HILBERT_OP(ht_trendline, .title = "Price without the dominant cycle", .group = "overlap",
           .source = "Ehlers 2001; TA-Lib HT_TRENDLINE",
           .formula = "(4 m + 3 m' + 2 m'' + m''') / 10, m the mean price of the last cycle",
           .meaning = "The price averaged over exactly one measured cycle, which takes the cycle out and leaves the "
                      "trend. A price that stays on one side for half a cycle or longer is taken as a trend. It is as "
                      "good as the measured period, which jumps where there is no cycle.",
           .outputs = TW_NAMES("real"), .params = nan_table, .traits = TW_RECURSIVE);
