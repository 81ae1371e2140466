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
/* Values of a register. */
#if defined(__AVX512F__)
enum { VECTOR = 8, PAIR = 2 };
#elif defined(__AVX__)
enum { VECTOR = 4, PAIR = 2 };
#else
enum { VECTOR = 2, PAIR = 2 };
#endif
enum { SLACK = 30, CYCLE = 50, SHORT = 9, OUTPUTS = 2, LONGEST = CYCLE };

#define SHORT_STRIPS                                                                                                   \
    {                                                                                                                  \
        SHORT, SHORT, SHORT, SHORT                                                                                     \
    }
#define DEGREES (180.0 / 3.14159265358979323846)

/* One bar of all lanes. row: of each series, earlier ones lie before; v: memory, which this bar takes on; y: what to
 * give, of each lane. */
typedef struct hilbert_bar {
    const double *coef;
    double *row[SERIES], *v, *y[OUTPUTS];
} hilbert_bar;

typedef struct hilbert {
    size_t keep[SERIES], values, outputs; /* rows of a series, values of a lane */
    double quiet, back;
    void (*finish)(const hilbert_bar *b, const size_t lanes);
} hilbert;

/* cells: memory [values][lanes], then the strips */
typedef struct hilbert_state {
    double reset, propagate, coef[2];
    size_t at; /* bars since the strips were moved to the front */
    double cells[];
} hilbert_state;

/* Of the strip of a series, and of what lies before it. */
TW_LANE size_t strip_rows(const hilbert *d, size_t series) { return d->keep[series] + SLACK; }
TW_LANE size_t rows_before(const hilbert *d, size_t series)
{
    size_t rows = d->values;
    TW_FEW(q, series) rows += strip_rows(d, q);
    return rows;
}
/* Where the next bar goes. */
TW_LANE double *row_of(const hilbert *d, hilbert_state *s, size_t series, const size_t lanes)
{
    return s->cells + (rows_before(d, series) + d->keep[series] + s->at) * lanes;
}
static inline size_t hilbert_size(const hilbert *d, size_t lanes)
{
    return sizeof(hilbert_state) + rows_before(d, SERIES) * lanes * sizeof(double);
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
}

/* ---------------------------------------------------------------- the cycle */

/* The transform of a series that is `now` at x; its earlier values lie `back` apart. In pairs: 0 for a constant, and
 * `now`, which came last, waits for little. */
TW_LANE double transform(double now, const double *x, size_t back)
{
    return (0.0962 * now - 0.0962 * (x - 6 * back)[0]) + (0.5769 * (x - 2 * back)[0] - 0.5769 * (x - 4 * back)[0]);
}
/* The period of a cycle that turns by atan(im / re) a bar, held near the last one. */
TW_LANE double next_period(double re, double im, double last)
{
    const double turn = 360.0 / (tw_lane_atan_of(im, re) * DEGREES);
    const double raw = ((im != 0.0) & (re != 0.0)) ? turn : last;
    const double top = raw > 1.5 * last ? 1.5 * last : raw, near = top < 0.67 * last ? 0.67 * last : top;
    const double least = near < 6.0 ? 6.0 : near, most = least > 50.0 ? 50.0 : least;
    return 0.2 * most + 0.8 * last;
}
/* Takes lane l on by the bar x; the row is written, earlier ones are read. */
TW_LANE void cycle_lane(const hilbert *d, const hilbert_bar *b, double x, size_t l, const size_t lanes)
{
    const size_t back = lanes;
    double *v = b->v, *price = b->row[PRICE] + l, *smooth = b->row[SMOOTH] + l;
    double *detrended = b->row[DETRENDED] + l, *quadrature = b->row[QUADRATURE] + l;
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
static inline void miss_bar(const hilbert *d, hilbert_state *s, size_t l, size_t lanes)
{
    const bool spoil = s->propagate != 0.0 && s->cells[l] != 0.0;
    for (size_t q = 0; q < SERIES; q++) {
        double *x = row_of(d, s, q, lanes) + l;
        for (size_t k = 0; k < d->keep[q]; k++, x -= lanes) *x = s->reset != 0.0 ? 0.0 : (x - lanes)[0];
    }
    TW_FEW(q, d->values)
    s->cells[q * lanes + l] = s->reset != 0.0 ? 0.0 : spoil ? (double)NAN : s->cells[q * lanes + l];
}
/* Where bars come from and their results go: at first those of the first. */
typedef struct hilbert_way {
    const double *x;
    double *y[OUTPUTS];
} hilbert_way;

/* The bar that comes, for memory v. */
TW_LANE hilbert_bar bar_of(const hilbert *d, hilbert_state *s, double *v, double *const *y, const size_t lanes)
{
    hilbert_bar b = {.coef = s->coef, .v = v};
    TW_FEW(o, OUTPUTS) b.y[o] = y[o];
    TW_FEW(q, SERIES) b.row[q] = row_of(d, s, q, lanes);
    return b;
}
/* A bar of every lane. */
static inline void careful_row(const hilbert *d, hilbert_state *s, const hilbert_way *way, const size_t lanes)
{
    const double *x = way->x;
    double v[MOST_VALUES * TW_LANES], y[OUTPUTS * TW_LANES];
    double *const results[OUTPUTS] = {y, y + lanes};
    const hilbert_bar bar = bar_of(d, s, v, results, lanes);
    size_t missing = 0;

    for (size_t i = 0; i < d->values * lanes; i++) v[i] = s->cells[i];
    TW_EACH(l, lanes) cycle_lane(d, &bar, x[l], l, lanes);
    d->finish(&bar, lanes);
    for (size_t q = 1; q < d->values; q++) TW_EACH(l, lanes)
        {
            const double old = s->cells[q * lanes + l], next = v[q * lanes + l];
            s->cells[q * lanes + l] = (tw_is_finite(x[l]) & (v[l] > d->quiet)) ? next : old;
        }
    TW_FEW(o, d->outputs) TW_EACH(l, lanes)
    {
        const double value = tw_canon(y[o * lanes + l]);
        way->y[o][l] = (tw_is_finite(x[l]) & (v[l] > d->back)) ? value : (double)NAN;
    }
    for (size_t l = 0; l < lanes; l++) missing += !tw_is_finite(x[l]);
    TW_EACH(l, lanes)
    {
        const double old = s->cells[l], next = v[l];
        s->cells[l] = tw_is_finite(x[l]) ? next : old;
    }
    for (size_t l = 0; missing && l < lanes; l++)
        if (!tw_is_finite(x[l])) miss_bar(d, s, l, lanes);
}
/* The same where no lane misses the bar and each has all that it needs: the formulas alone. */
TW_LANE void whole_row(const hilbert *d, hilbert_state *s, double *v, const hilbert_way *way, const size_t lanes)
{
    const hilbert_bar bar = bar_of(d, s, v, way->y, lanes);
    TW_EACH(l, lanes) cycle_lane(d, &bar, way->x[l], l, lanes);
    d->finish(&bar, lanes);
    TW_FEW(o, d->outputs) TW_EACH(l, lanes) bar.y[o][l] = tw_canon(bar.y[o][l]);
}
/* On to the next bar, for which the strips have room. */
TW_LANE void next_row(const hilbert *d, hilbert_state *s, hilbert_way *way, const size_t lanes)
{
    way->x += lanes;
    TW_FEW(o, OUTPUTS) way->y[o] += lanes;
    if (++s->at < SLACK) return;
    TW_FEW(q, SERIES)
    {
        double *strip = s->cells + rows_before(d, q) * lanes;
        memmove(strip, strip + SLACK * lanes, d->keep[q] * lanes * sizeof(double));
    }
    s->at = 0;
}
/* True when every lane has seen enough and is not spoiled, and none misses a bar of n. */
TW_LANE bool all_whole(const hilbert *d, const hilbert_state *s, size_t n, const double *x, const size_t lanes)
{
    uint64_t wanting = 0;
    for (size_t l = 0; l < lanes; l++) wanting |= (uint64_t) !(s->cells[l] >= d->back);
    for (size_t i = 0; i < n * lanes; i++) wanting |= (uint64_t)!tw_is_finite(x[i]);
    return wanting == 0;
}
/* Some bars: the memory of whole ones is in locals, which stay in registers where there is one lane. */
TW_LANE void hilbert_rows(const hilbert *d, hilbert_state *s, size_t n, hilbert_way *way, const size_t lanes)
{
    if (!all_whole(d, s, n, way->x, lanes)) {
        for (size_t t = 0; t < n; t++) {
            careful_row(d, s, way, lanes);
            next_row(d, s, way, lanes);
        }
        return;
    }
    double v[MOST_VALUES * TW_LANES];
    tw_recur_copy(v, s->cells, d->values, lanes);
    for (size_t t = 0; t < n; t++) {
        whole_row(d, s, v, way, lanes);
        next_row(d, s, way, lanes);
    }
    tw_recur_copy(s->cells, v, d->values, lanes);
}
TW_LANE void hilbert_run(const hilbert *d, void *state, size_t n, hilbert_way way, const size_t lanes)
{
    enum { SOME = 32 };
    for (size_t t = 0; t < n; t += SOME) hilbert_rows(d, state, n - t < SOME ? n - t : SOME, &way, lanes);
}

/* The operator `op` from the constant op##_hilbert; the rest are fields of tw_op. */
#define HILBERT_OP(op, ...)                                                                                            \
    TW_LANE void op##_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)      \
    {                                                                                                                  \
        const hilbert_way way = {in[0], {out[0], out[op##_hilbert.outputs - 1]}};                                      \
        hilbert_run(&op##_hilbert, state, n, way, lanes);                                                              \
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
    TW_EACH(l, lanes) b->y[0][l] = b->v[SLOW * lanes + l];
}
TW_LANE void phasor_finish(const hilbert_bar *b, const size_t lanes)
{
    const double *in_phase = b->row[DETRENDED] - 3 * lanes;
    TW_EACH(l, lanes) b->y[0][l] = in_phase[l];
    TW_EACH(l, lanes) b->y[1][l] = b->row[QUADRATURE][l];
}
TW_LANE void mama_lane(const hilbert_bar *b, size_t l, const size_t lanes)
{
    const double in_phase = (b->row[DETRENDED] - 3 * lanes)[l], price = b->row[PRICE][l];
    const double turned = tw_lane_atan_of(b->row[QUADRATURE][l], in_phase) * DEGREES;
    const double phase = in_phase != 0.0 ? turned : 0.0, step = b->v[PHASE * lanes + l] - phase;
    const double part = b->coef[0] / (step < 1.0 ? 1.0 : step);
    const double alpha = ((step > 1.0) & (part < b->coef[1])) ? b->coef[1] : part, half = 0.5 * alpha;
    const double mama = alpha * price + (1.0 - alpha) * b->v[FAST_AVERAGE * lanes + l];
    const double fama = half * mama + (1.0 - half) * b->v[SLOW_AVERAGE * lanes + l];
    b->v[PHASE * lanes + l] = phase;
    b->y[0][l] = b->v[FAST_AVERAGE * lanes + l] = mama;
    b->y[1][l] = b->v[SLOW_AVERAGE * lanes + l] = fama;
}
TW_LANE void mama_finish(const hilbert_bar *b, const size_t lanes) { TW_EACH(l, lanes) mama_lane(b, l, lanes); }
static const hilbert ht_dcperiod_hilbert = {SHORT_STRIPS, VALUES, 1, 12.0, 32.0, dcperiod_finish};
static const hilbert ht_phasor_hilbert = {SHORT_STRIPS, VALUES, 2, 12.0, 32.0, phasor_finish};
static const hilbert mama_hilbert = {SHORT_STRIPS, MAMA_VALUES, 2, 12.0, 32.0, mama_finish};

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

/* ---------------------------------------------------------------- over a whole cycle
 *
 * Lanes have cycles of different lengths. As many lanes as fill two registers go together through the longest of
 * theirs, and what is behind the end of a shorter one counts as 0. Even and odd bars are summed apart, since each sum
 * waits for itself. */

typedef double few __attribute__((vector_size(VECTOR * sizeof(double))));
typedef int64_t few_bits __attribute__((vector_size(VECTOR * sizeof(double))));

TW_LANE few few_at(const double *x)
{
    few v;
    memcpy(&v, x, sizeof v);
    return v;
}
TW_LANE few few_of(double x) { return x - (few){0.0}; }
TW_LANE few few_if(few_bits mask, few x)
{
    few_bits bits;
    memcpy(&bits, &x, sizeof bits);
    bits &= mask;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* An odd bar and the even one after it, of one lane. */
typedef double two __attribute__((vector_size(2 * sizeof(double))));
typedef int64_t two_bits __attribute__((vector_size(2 * sizeof(double))));

/* Bars 2 k + 1 and 2 k, the newest being 0, less `base`; 0 behind the end of the cycle. */
TW_LANE two two_at(const double *newest, size_t k, double base, double bars)
{
    const two at = {2.0 * (double)k + 1.0, 2.0 * (double)k}, n = {bars, bars}, less = {base, base};
    two x;
    two_bits bits;
    memcpy(&x, newest - 2 * k - 1, sizeof x);
    x -= less;
    memcpy(&bits, &x, sizeof bits);
    bits &= at < n;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The whole bars of a cycle, 0 to 50: the integer part of its smoothed period and a half. */
TW_LANE double bars_of(double period)
{
    const double x = period + 0.5, near = (x + 0x1p52) - 0x1p52;
    return near > x ? near - 1.0 : near;
}
/* bars[l] for every lane, 0 where the memory is spoiled. */
TW_LANE void cycle_bars(const hilbert_bar *b, double *bars, const size_t lanes)
{
    TW_EACH(l, lanes)
    {
        const double n = bars_of(b->v[SLOW * lanes + l]);
        bars[l] = ((n > 0.0) & (n <= CYCLE)) ? n : 0.0;
    }
}
/* Half of the longest cycle of `many` lanes, rounded up, and of the shortest, rounded down. As whole numbers, which are
 * in the order of their doubles: the greatest of those gcc looks for one by one. */
TW_LANE size_t half_of_longest(const double *bars, const size_t many)
{
    int64_t most = 0;
    for (size_t l = 0; l < many; l++) {
        const int64_t n = (int64_t)tw_lane_bits(bars[l]);
        most = n > most ? n : most;
    }
    return ((size_t)tw_lane_from_bits((uint64_t)most) + 1) / 2;
}
TW_LANE size_t half_of_shortest(const double *bars, const size_t many)
{
    int64_t least = INT64_MAX;
    for (size_t l = 0; l < many; l++) {
        const int64_t n = (int64_t)tw_lane_bits(bars[l]);
        least = n < least ? n : least;
    }
    return (size_t)tw_lane_from_bits((uint64_t)least) / 2;
}

/* The sum of the price over the cycle: of one lane; of those that fill two registers. One lane goes through the longest
 * cycle that there is, since a processor cannot guess where another one ends, and would wait for its length. */
TW_LANE double price_sum(const double *price, double bars)
{
    two sum = {0.0, 0.0};
    for (size_t k = CYCLE / 2; k-- > 0;) sum += two_at(price, k, 0.0, bars);
    return sum[1] + sum[0];
}
/* Sums of lanes that fill two registers. */
typedef struct halves {
    few bars[PAIR], even[PAIR], odd[PAIR];
} halves;
/* Takes bars 2 k and 2 k + 1 in, which `price` points at, of lanes that have these. */
TW_LANE void take(halves *s, const double *price, size_t k, const bool all)
{
    const few at = few_of(2.0 * (double)k);
    TW_FEW(j, PAIR)
    {
        const few x0 = few_at(price + j * VECTOR), x1 = few_at(price + j * VECTOR - TW_LANES);
        s->even[j] += all ? x0 : few_if(at < s->bars[j], x0);
        s->odd[j] += all ? x1 : few_if(at + 1.0 < s->bars[j], x1);
    }
}
TW_LANE void price_sums(const double *price, const double *bars, double *sum)
{
    halves s = {.even = {{0.0}}};
    TW_FEW(j, PAIR) s.bars[j] = few_at(bars + j * VECTOR);
    size_t k = half_of_longest(bars, PAIR * VECTOR);
    for (const size_t common = half_of_shortest(bars, PAIR * VECTOR); k > common; k--)
        take(&s, price - 2 * (k - 1) * TW_LANES, k - 1, false);
    for (; k > 0; k--) take(&s, price - 2 * (k - 1) * TW_LANES, k - 1, true);
    TW_FEW(j, PAIR)
    {
        const few both = s.even[j] + s.odd[j];
        memcpy(sum + j * VECTOR, &both, sizeof both);
    }
}
/* The mean price of the cycle, itself averaged over four bars. */
TW_LANE void trend_next(const hilbert_bar *b, double *trend, const size_t lanes)
{
    double bars[TW_LANES] = {0.0}, sum[TW_LANES];
    const double *price = b->row[PRICE];
    cycle_bars(b, bars, lanes);
    if (lanes == 1) sum[0] = price_sum(price, bars[0]);
    for (size_t l = 0; lanes > 1 && l < lanes; l += PAIR * VECTOR) price_sums(price + l, bars + l, sum + l);
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

TW_LANE void trendline_finish(const hilbert_bar *b, const size_t lanes) { trend_next(b, b->y[0], lanes); }

static const hilbert ht_trendline_hilbert = {{CYCLE, SHORT, SHORT, SHORT}, TURN, 1, 37.0, 63.0, trendline_finish};
HILBERT_OP(ht_trendline, .title = "Price without the dominant cycle", .group = "overlap",
           .source = "Ehlers 2001; TA-Lib HT_TRENDLINE",
           .formula = "(4 m + 3 m' + 2 m'' + m''') / 10, m the mean price of the last cycle",
           .meaning = "The price averaged over exactly one measured cycle, which takes the cycle out and leaves the "
                      "trend. A price that stays on one side for half a cycle or longer is taken as a trend. It is as "
                      "good as the measured period, which jumps where there is no cycle.",
           .outputs = TW_NAMES("real"), .params = nan_table, .traits = TW_RECURSIVE);

/* ---------------------------------------------------------------- ht_dcphase, ht_sine, ht_trendmode
 * The last cycle of smoothed prices against one turn of a sine and of a cosine: its first Fourier coefficient. By
 * Clenshaw's recurrence (1955), u = x + 2 cos a u' - u'', from the oldest bar on, over even and odd bars, whose turn
 * is 2 a. The newest price is taken off first: over a whole turn it would add nothing but rounding. */

/* Of the sine and of the cosine, for each lane. */
typedef struct coefficients {
    double sine[TW_LANES], cosine[TW_LANES];
} coefficients;

/* From the last two of each recurrence, and sine and cosine of a. */
TW_LANE void join(const double *even, const double *odd, double sine, double cosine, double *out)
{
    const double cosine2 = 2.0 * cosine * cosine - 1.0, sine2 = 2.0 * sine * cosine;
    const double ce = even[0] - even[1] * cosine2, se = even[1] * sine2;
    const double co = odd[0] - odd[1] * cosine2, so = odd[1] * sine2;
    out[0] = se + (cosine * so + sine * co);
    out[1] = ce + (cosine * co - sine * so);
}
TW_LANE double twice_cosine2(double cosine) { return 2.0 * (2.0 * cosine * cosine - 1.0); }
TW_LANE void coefficient_of(const double *smooth, double bars, double *sine, double *cosine)
{
    const double *turn = tw_turns[(size_t)bars], twice = twice_cosine2(turn[1]), newest = bars > 1.0 ? smooth[0] : 0.0;
    const two by = {twice, twice};
    two u[2] = {{0.0, 0.0}, {0.0, 0.0}};
    for (size_t k = half_of_longest(&bars, 1); k-- > 0;) {
        const two next = (two_at(smooth, k, newest, bars) - u[1]) + by * u[0];
        u[1] = u[0], u[0] = next;
    }
    const double even[2] = {u[0][1], u[1][1]}, odd[2] = {u[0][0], u[1][0]};
    double out[2];
    join(even, odd, turn[0], turn[1], out);
    *sine = out[0], *cosine = out[1];
}

/* The recurrences of lanes that fill two registers. */
typedef struct recurrences {
    few bars[PAIR], newest[PAIR], twice[PAIR], even[2][PAIR], odd[2][PAIR];
} recurrences;

/* Takes them on by bars 2 k and 2 k + 1, which `smooth` points at, of lanes that have these. */
TW_LANE void recur(recurrences *r, const double *smooth, size_t k, const bool all)
{
    TW_FEW(j, PAIR)
    {
        const few at = few_of(2.0 * (double)k), x0 = few_at(smooth + j * VECTOR) - r->newest[j];
        const few x1 = few_at(smooth + j * VECTOR - TW_LANES) - r->newest[j];
        const few now = all ? x0 : few_if(at < r->bars[j], x0), last = all ? x1 : few_if(at + 1.0 < r->bars[j], x1);
        const few e = (now - r->even[1][j]) + r->twice[j] * r->even[0][j];
        const few o = (last - r->odd[1][j]) + r->twice[j] * r->odd[0][j];
        r->even[1][j] = r->even[0][j], r->even[0][j] = e;
        r->odd[1][j] = r->odd[0][j], r->odd[0][j] = o;
    }
}
TW_LANE void coefficients_of(const double *smooth, const double *bars, double *out_sine, double *out_cosine)
{
    double sine[PAIR * VECTOR], cosine[PAIR * VECTOR], twice[PAIR * VECTOR], ends[4][PAIR * VECTOR];
    recurrences r = {.even = {{{0.0}}}};
    for (size_t l = 0; l < PAIR * VECTOR; l++) {
        const double *turn = tw_turns[(size_t)bars[l]];
        sine[l] = turn[0], cosine[l] = turn[1];
    }
    TW_EACH(l, PAIR * VECTOR) twice[l] = twice_cosine2(cosine[l]);
    TW_FEW(j, PAIR)
    {
        r.bars[j] = few_at(bars + j * VECTOR), r.twice[j] = few_at(twice + j * VECTOR);
        r.newest[j] = few_if(r.bars[j] > 1.0, few_at(smooth + j * VECTOR));
    }
    size_t k = half_of_longest(bars, PAIR * VECTOR);
    for (const size_t common = half_of_shortest(bars, PAIR * VECTOR); k > common; k--)
        recur(&r, smooth - 2 * (k - 1) * TW_LANES, k - 1, false);
    for (; k > 0; k--) recur(&r, smooth - 2 * (k - 1) * TW_LANES, k - 1, true);
    TW_FEW(j, PAIR) TW_FEW(i, 2)
    {
        memcpy(ends[i] + j * VECTOR, &r.even[i][j], sizeof r.even[i][j]);
        memcpy(ends[2 + i] + j * VECTOR, &r.odd[i][j], sizeof r.odd[i][j]);
    }
    TW_EACH(l, PAIR * VECTOR)
    {
        const double e[2] = {ends[0][l], ends[1][l]}, o[2] = {ends[2][l], ends[3][l]};
        double out[2];
        join(e, o, sine[l], cosine[l], out);
        out_sine[l] = out[0], out_cosine[l] = out[1];
    }
}
/* The phase in degrees, a bar on for the lag of the smoother; held where there is no cosine part. */
TW_LANE double phase_of(double sine, double cosine, double last, double period)
{
    const double turned = tw_lane_atan_of(sine, cosine) * DEGREES, side = sine < 0.0 ? -90.0 : 90.0;
    const double held = last + (sine == 0.0 ? 0.0 : side), phase = cosine != 0.0 ? turned : held;
    const double late = phase + 90.0 + 360.0 / period, full = late + (cosine < 0.0 ? 180.0 : 0.0);
    return full > 315.0 ? full - 360.0 : full;
}
TW_LANE void phase_next(const hilbert_bar *b, const size_t lanes)
{
    const double *smooth = b->row[SMOOTH];
    double bars[TW_LANES] = {0.0};
    coefficients c;
    cycle_bars(b, bars, lanes);
    if (lanes == 1) coefficient_of(smooth, bars[0], c.sine, c.cosine);
    for (size_t l = 0; lanes > 1 && l < lanes; l += PAIR * VECTOR)
        coefficients_of(smooth + l, bars + l, c.sine + l, c.cosine + l);
    TW_EACH(l, lanes)
    b->v[TURN * lanes + l] = phase_of(c.sine[l], c.cosine[l], b->v[TURN * lanes + l], b->v[SLOW * lanes + l]);
}
/* sin x and sin(x + pi / 4), of one reduced angle. */
TW_LANE void waves(const hilbert_bar *b, double *sine, double *lead, const size_t lanes)
{
    TW_EACH(l, lanes)
    {
        const tw_angle a = tw_lane_reduce_near(b->v[TURN * lanes + l] * (1.0 / DEGREES));
        const double s = tw_lane_sin_of(a, 0), c = tw_lane_sin_of(a, 1);
        sine[l] = s;
        lead[l] = 0x1.6a09e667f3bcdp-1 * (s + c); /* 1 / sqrt 2 */
    }
}
TW_LANE void dcphase_finish(const hilbert_bar *b, const size_t lanes)
{
    phase_next(b, lanes);
    TW_EACH(l, lanes) b->y[0][l] = b->v[TURN * lanes + l];
}
TW_LANE void sine_finish(const hilbert_bar *b, const size_t lanes)
{
    phase_next(b, lanes);
    waves(b, b->y[0], b->y[1], lanes);
}

/* What decides between trend and cycle. */
typedef struct mode_bar {
    double sine, lead, moved, period, away; /* moved: of the phase; away: of the price from the trend, as a share */
} mode_bar;

/* 1 in a trend: half a cycle after the waves crossed, unless the phase moves as that of a cycle does, or far away. */
TW_LANE void mode_lane(const hilbert_bar *b, size_t l, mode_bar m, const size_t lanes)
{
    const double last = b->v[SINE * lanes + l], last_lead = b->v[LEAD * lanes + l];
    const double up = ((m.sine > m.lead) & (last <= last_lead)) ? 1.0 : 0.0;
    const double down = ((m.sine < m.lead) & (last >= last_lead)) ? 1.0 : 0.0, crossed = up + down;
    const double days = (1.0 - crossed) * b->v[DAYS * lanes + l] + 1.0, young = days < 0.5 * m.period ? 1.0 : 0.0;
    const double turns = ((m.moved > 0.67 * 360.0 / m.period) & (m.moved < 1.5 * 360.0 / m.period)) ? 1.0 : 0.0;
    const double cycle = crossed + young + (m.period != 0.0 ? turns : 0.0), far = m.away >= 0.015 ? 1.0 : 0.0;
    b->y[0][l] = cycle == 0.0 ? 1.0 : far;
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
        const double away = tw_lane_abs((b->row[SMOOTH][l] - trend[l]) / trend[l]);
        const mode_bar m = {sine[l], lead[l], b->v[TURN * lanes + l] - before[l], b->v[SLOW * lanes + l],
                            trend[l] != 0.0 ? away : 0.0};
        mode_lane(b, l, m, lanes);
    }
}

static const hilbert ht_dcphase_hilbert = {{SHORT, CYCLE, SHORT, SHORT}, SINE, 1, 37.0, 63.0, dcphase_finish};
static const hilbert ht_sine_hilbert = {{SHORT, CYCLE, SHORT, SHORT}, SINE, 2, 37.0, 63.0, sine_finish};
static const hilbert ht_trendmode_hilbert = {
    {CYCLE, CYCLE, SHORT, SHORT}, MOST_VALUES, 1, 37.0, 63.0, trendmode_finish};

HILBERT_OP(
    ht_dcphase, .title = "Phase of the dominant cycle, in degrees", .group = "cycle",
    .source = "Ehlers 2001; TA-Lib HT_DCPHASE",
    .formula = "90 + 360 / n + atan(sum s sin(2 pi i / n) / sum s cos(2 pi i / n)) over the last n bars, a cycle",
    .meaning = "Where the price is in the measured cycle, in degrees: it turns steadily while there is a cycle and "
               "stands nearly still in a trend. It falls from 315 back to -45 once a turn; that jump is no event. "
               "Without a cycle it means nothing.",
    .outputs = TW_NAMES("real"), .params = nan_table, .traits = TW_RECURSIVE);
HILBERT_OP(ht_sine, .title = "Sine of the dominant cycle, and that of an eighth of a turn later", .group = "cycle",
           .source = "Ehlers 2001; TA-Lib HT_SINE", .formula = "sin phase, sin(phase + 45 degrees)",
           .meaning = "The place in the measured cycle as a wave, and the same wave an eighth of a cycle ahead: while "
                      "the market cycles, their crossings announce its turns. In a trend both lines wander together "
                      "without crossing, or cross to no purpose.",
           .outputs = TW_NAMES("sine", "leadsine"), .params = nan_table, .traits = TW_RECURSIVE);
HILBERT_OP(
    ht_trendmode, .title = "1 in a trend, 0 in a cycle", .group = "cycle", .source = "Ehlers 2001; TA-Lib HT_TRENDMODE",
    .formula = "0 until half a cycle after the waves crossed, and while the phase moves by 0.67 to 1.5 of 360 / n; "
               "1 where the price is 1.5 % or more off the trend line",
    .meaning = "Whether to read the market by trend indicators or by oscillators, judged from how steadily the "
               "measured cycle turns. It switches late, and often where the cycle is not clear.",
    .outputs = TW_NAMES("integer"), .params = nan_table, .traits = TW_RECURSIVE);
