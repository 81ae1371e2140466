/* SPDX-License-Identifier: Apache-2.0 */
/* hilbert.c - the dominant cycle of a series by Ehlers' discriminator ("Rocket Science for Traders", 2001), and what is
 * made of it, as TA-Lib does: everything before the first `quiet` bars is 0, results come after `back` bars.
 *
 * The transform is a filter over this bar and those 2, 4 and 6 before; TA-Lib keeps odd and even bars apart for that.
 * Here earlier rows of four series are kept in a strip each, [series][row][lanes], which moves to the front of its room
 * when that is full. A lane that misses a bar has its column moved up instead, so that each lane sees its own bars
 * alone. The rest of a lane's memory are a few values, all 0 at first. See recur.h for missing values. */
#include "num/vmath_arc.h"
#include "num/vmath_trig.h"
#include "ta/recur.h"
#include "ta/turns.h"

enum { PRICE, SMOOTH, DETRENDED, QUADRATURE, SERIES };
enum { SEEN, PERIOD, SLOW, I2, Q2, RE, IM, VALUES };
/* What the operators keep beside that. */
enum { PHASE = VALUES, FAST_AVERAGE, SLOW_AVERAGE, MAMA_VALUES };
enum { TREND1 = VALUES, TREND2, TREND3, TURN, SINE, LEAD, DAYS, MOST_VALUES };
enum { SLACK = 30, CYCLE = 50, SHORT = 9, OUTPUTS = 2, LONGEST = CYCLE };

#define DEGREES (180.0 / 3.14159265358979323846)

/* One bar of all lanes. Earlier rows lie before `row`, those of the next series `span` values on; v: memory, which this
 * bar takes on; y: [OUTPUTS][lanes]. */
typedef struct hilbert_bar {
    const double *row, *coef;
    double *v, *y;
    size_t span;
} hilbert_bar;

typedef struct hilbert {
    size_t keep, values, outputs; /* rows, values of a lane */
    double quiet, back;
    void (*finish)(const hilbert_bar *b, const size_t lanes);
} hilbert;

/* cells: memory [values][lanes], then the strips */
typedef struct hilbert_state {
    double reset, propagate, coef[2];
    size_t at; /* the row of the next bar */
    double cells[];
} hilbert_state;

TW_LANE size_t span_of(const hilbert *d, const size_t lanes) { return (d->keep + SLACK) * lanes; }
static inline size_t hilbert_size(const hilbert *d, size_t lanes)
{
    return sizeof(hilbert_state) + (d->values * lanes + SERIES * span_of(d, lanes)) * sizeof(double);
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
TW_LANE void cycle_lane(const hilbert *d, double *row, double *v, double x, size_t l, const size_t lanes)
{
    const size_t back = lanes, span = span_of(d, lanes);
    double *price = row + PRICE * span + l, *smooth = row + SMOOTH * span + l;
    double *detrended = row + DETRENDED * span + l, *quadrature = row + QUADRATURE * span + l;
    const double n = v[SEEN * lanes + l] + 1.0, last = v[PERIOD * lanes + l], slow = v[SLOW * lanes + l];
    const double i = v[I2 * lanes + l], q = v[Q2 * lanes + l], real = v[RE * lanes + l], imag = v[IM * lanes + l];
    const double gain = 0.075 * last + 0.54;
    const double mean = 0.1 * (4.0 * x + 3.0 * (price - back)[0] + 2.0 * (price - 2 * back)[0] + (price - 3 * back)[0]);

    const double s0 = n > d->quiet ? mean : 0.0, d0 = transform(s0, smooth, back) * gain;
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
    for (size_t q = 0; q < SERIES; q++) {
        double *x = row + q * span_of(d, lanes) + l;
        for (size_t k = 0; k < d->keep; k++, x -= lanes) *x = s->reset != 0.0 ? 0.0 : (x - lanes)[0];
    }
    TW_FEW(q, d->values)
    s->cells[q * lanes + l] = s->reset != 0.0 ? 0.0 : spoil ? (double)NAN : s->cells[q * lanes + l];
}
/* Bar t of every lane. */
TW_LANE void hilbert_row(const hilbert *d, hilbert_state *s, const double *x, double *const *out, size_t t,
                         const size_t lanes)
{
    double v[MOST_VALUES * TW_LANES], y[OUTPUTS * TW_LANES];
    double *row = s->cells + (d->values + s->at) * lanes;
    const hilbert_bar bar = {row, s->coef, v, y, span_of(d, lanes)};
    size_t missing = 0;

    for (size_t i = 0; i < d->values * lanes; i++) v[i] = s->cells[i];
    TW_EACH(l, lanes) cycle_lane(d, row, v, x[l], l, lanes);
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
    for (size_t t = 0; t < n; t++) {
        hilbert_row(d, s, in[0] + t * lanes, out, t, lanes);
        if (++s->at < d->keep + SLACK) continue;
        double *strip = s->cells + d->values * lanes;
        for (size_t q = 0; q < SERIES; q++, strip += span_of(d, lanes))
            memmove(strip, strip + SLACK * lanes, d->keep * lanes * sizeof(double));
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
    const double *in_phase = b->row + DETRENDED * b->span - 3 * lanes;
    TW_EACH(l, lanes) b->y[l] = in_phase[l];
    TW_EACH(l, lanes) b->y[lanes + l] = b->row[QUADRATURE * b->span + l];
}
TW_LANE void mama_lane(const hilbert_bar *b, size_t l, const size_t lanes)
{
    const double in_phase = (b->row + DETRENDED * b->span - 3 * lanes)[l], price = b->row[PRICE * b->span + l];
    const double turned = tw_lane_atan(b->row[QUADRATURE * b->span + l] / in_phase) * DEGREES;
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
            const double x = (b->row + PRICE * b->span - k * lanes)[l];
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

static const hilbert ht_trendline_hilbert = {CYCLE, TURN, 1, 37.0, 63.0, trendline_finish};
HILBERT_OP(ht_trendline, .title = "Price without the dominant cycle", .group = "overlap",
           .source = "Ehlers 2001; TA-Lib HT_TRENDLINE",
           .formula = "(4 m + 3 m' + 2 m'' + m''') / 10, m the mean price of the last cycle",
           .meaning = "The price averaged over exactly one measured cycle, which takes the cycle out and leaves the "
                      "trend. A price that stays on one side for half a cycle or longer is taken as a trend. It is as "
                      "good as the measured period, which jumps where there is no cycle.",
           .outputs = TW_NAMES("real"), .params = nan_table, .traits = TW_RECURSIVE);

/* ---------------------------------------------------------------- ht_dcphase, ht_sine, ht_trendmode
 * The last cycle of smoothed prices against one turn of a sine and of a cosine: its first Fourier coefficient. */

typedef double hilbert_pair __attribute__((vector_size(2 * sizeof(double))));

TW_LANE hilbert_pair turned_price(const double *turn, double x)
{
    const hilbert_pair at = {turn[0], turn[1]}, price = {x, x};
    return at * price;
}

enum { ABREAST = 4 };

/* Of ABREAST lanes from l on, or one: sine and cosine side by side, since lanes have cycles of different lengths, and
 * as far as all go together, since each sum waits for itself. */
TW_LANE void coefficients(const hilbert_bar *b, size_t l, hilbert_pair *sum, const size_t lanes)
{
    const double *smooth = b->row + SMOOTH * b->span + l, *turn[ABREAST];
    const size_t many = lanes < ABREAST ? lanes : ABREAST;
    size_t n[ABREAST], least = CYCLE;
    for (size_t j = 0; j < many; j++) {
        const double bars = bars_of(b->v[SLOW * lanes + l + j]);
        n[j] = ((bars > 0.0) & (bars <= CYCLE)) ? (size_t)bars : 0; /* none where the memory is spoiled */
        turn[j] = tw_turns + (n[j] > 0 ? n[j] * (n[j] - 1) : 0);
        least = n[j] < least ? n[j] : least;
        sum[j] = (hilbert_pair){0.0, 0.0};
    }
    for (size_t k = 0; k < least; k++) TW_FEW(j, many) sum[j] += turned_price(turn[j] + 2 * k, (smooth - k * lanes)[j]);
    for (size_t j = 0; j < many; j++)
        for (size_t k = least; k < n[j]; k++) sum[j] += turned_price(turn[j] + 2 * k, (smooth - k * lanes)[j]);
}
/* The phase in degrees, a bar on for the lag of the smoother; held where there is no cosine part. */
TW_LANE double phase_of(double sine, double cosine, double last, double period)
{
    const double turned = tw_lane_atan(sine / cosine) * DEGREES, side = sine < 0.0 ? -90.0 : 90.0;
    const double held = last + (sine == 0.0 ? 0.0 : side), phase = cosine != 0.0 ? turned : held;
    const double late = phase + 90.0 + 360.0 / period, full = late + (cosine < 0.0 ? 180.0 : 0.0);
    return full > 315.0 ? full - 360.0 : full;
}
TW_LANE void phase_next(const hilbert_bar *b, const size_t lanes)
{
    double sine[TW_LANES], cosine[TW_LANES];
    hilbert_pair sum[TW_LANES];
    for (size_t l = 0; l < lanes; l += ABREAST) coefficients(b, l, sum + l, lanes);
    for (size_t l = 0; l < lanes; l++) sine[l] = sum[l][0], cosine[l] = sum[l][1];
    TW_EACH(l, lanes)
    b->v[TURN * lanes + l] = phase_of(sine[l], cosine[l], b->v[TURN * lanes + l], b->v[SLOW * lanes + l]);
}
TW_LANE void waves(const hilbert_bar *b, double *sine, double *lead, const size_t lanes)
{
    TW_EACH(l, lanes) sine[l] = tw_lane_sin(b->v[TURN * lanes + l] * (1.0 / DEGREES));
    TW_EACH(l, lanes) lead[l] = tw_lane_sin((b->v[TURN * lanes + l] + 45.0) * (1.0 / DEGREES));
}
TW_LANE void dcphase_finish(const hilbert_bar *b, const size_t lanes)
{
    phase_next(b, lanes);
    TW_EACH(l, lanes) b->y[l] = b->v[TURN * lanes + l];
}
TW_LANE void sine_finish(const hilbert_bar *b, const size_t lanes)
{
    phase_next(b, lanes);
    waves(b, b->y, b->y + lanes, lanes);
}

/* What decides between trend and cycle. */
typedef struct mode_bar {
    double sine, lead, moved, period, away; /* moved: of the phase; away: of the price from the trend, as a share */
} mode_bar;

/* 1 in a trend: half a cycle after the waves crossed, unless the phase moves as that of a cycle does, or far away. */
TW_LANE void mode_lane(const hilbert_bar *b, size_t l, mode_bar m, const size_t lanes)
{
    const double last = b->v[SINE * lanes + l], last_lead = b->v[LEAD * lanes + l];
    const bool crossed = ((m.sine > m.lead) & (last <= last_lead)) | ((m.sine < m.lead) & (last >= last_lead));
    const double days = (crossed ? 0.0 : b->v[DAYS * lanes + l]) + 1.0;
    const bool turns = (m.moved > 0.67 * 360.0 / m.period) & (m.moved < 1.5 * 360.0 / m.period);
    const bool cycle = crossed | (days < 0.5 * m.period) | ((m.period != 0.0) & turns);
    b->y[l] = ((m.away >= 0.015) | !cycle) ? 1.0 : 0.0;
    b->v[SINE * lanes + l] = m.sine;
    b->v[LEAD * lanes + l] = m.lead;
    b->v[DAYS * lanes + l] = days;
}
TW_LANE void trendmode_finish(const hilbert_bar *b, const size_t lanes)
{
    double before[TW_LANES], sine[TW_LANES], lead[TW_LANES], trend[TW_LANES];
    TW_EACH(l, lanes) before[l] = b->v[TURN * lanes + l];
    phase_next(b, lanes);
    waves(b, sine, lead, lanes);
    trend_next(b, trend, lanes);
    TW_EACH(l, lanes)
    {
        const double away = tw_lane_abs((b->row[SMOOTH * b->span + l] - trend[l]) / trend[l]);
        const mode_bar m = {sine[l], lead[l], b->v[TURN * lanes + l] - before[l], b->v[SLOW * lanes + l],
                            trend[l] != 0.0 ? away : 0.0};
        mode_lane(b, l, m, lanes);
    }
}

static const hilbert ht_dcphase_hilbert = {CYCLE, SINE, 1, 37.0, 63.0, dcphase_finish};
static const hilbert ht_sine_hilbert = {CYCLE, SINE, 2, 37.0, 63.0, sine_finish};
static const hilbert ht_trendmode_hilbert = {CYCLE, MOST_VALUES, 1, 37.0, 63.0, trendmode_finish};

HILBERT_OP(
    ht_dcphase, .title = "Phase of the dominant cycle, in degrees", .group = "cycle",
    .source = "Ehlers 2001; TA-Lib HT_DCPHASE",
    .formula = "90 + 360 / n + atan(sum s sin(2 pi i / n) / sum s cos(2 pi i / n)) over the last n bars, a cycle",
    .outputs = TW_NAMES("real"), .params = nan_table, .traits = TW_RECURSIVE);
HILBERT_OP(ht_sine, .title = "Sine of the dominant cycle, and that of an eighth of a turn later", .group = "cycle",
           .source = "Ehlers 2001; TA-Lib HT_SINE", .formula = "sin phase, sin(phase + 45 degrees)",
           .outputs = TW_NAMES("sine", "leadsine"), .params = nan_table, .traits = TW_RECURSIVE);
HILBERT_OP(
    ht_trendmode, .title = "1 in a trend, 0 in a cycle", .group = "cycle", .source = "Ehlers 2001; TA-Lib HT_TRENDMODE",
    .formula = "0 until half a cycle after the waves crossed, and while the phase moves by 0.67 to 1.5 of 360 / n; "
               "1 where the price is 1.5 % or more off the trend line",
    .outputs = TW_NAMES("integer"), .params = nan_table, .traits = TW_RECURSIVE);
