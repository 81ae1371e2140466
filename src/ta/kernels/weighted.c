/* SPDX-License-Identifier: Apache-2.0 */
/* weighted.c - averages whose weights are given by place: O(period) a bar. They are summed about the value of the
 * greatest weight: a level adds nothing to the rounding, and a spike only where it is in the result anyway. */
#include "num/vmath.h"
#include "num/vmath_trig.h"
#include "ta/direct.h"

typedef struct weighted_params {
    int timeperiod;
    double sigma, offset;
} weighted_params;

enum { FIBONACCI_MOST = 1000 }; /* the numbers themselves end at the 1476th */

static const tw_param alma_table[] = {
    TW_PARAM_SEARCH(weighted_params, timeperiod, 9, 1, TW_PERIOD_MAX, 5, 100, true, "bars in the window"),
    TW_PARAM_SEARCH(weighted_params, sigma, 6, 0.01, 3e37, 2, 10, false, "period over the width of the bell in bars"),
    TW_PARAM_SEARCH(weighted_params, offset, 0.85, 0, 1, 0.3, 1, false, "place of its top: 0 oldest, 1 newest bar"),
    TW_PARAM_END};
static const tw_param period_table[] = {
    TW_PARAM_SEARCH(weighted_params, timeperiod, 10, 1, TW_PERIOD_MAX, 5, 100, true, "bars in the window"),
    TW_PARAM_END};
static const tw_param fwma_table[] = {
    TW_PARAM_SEARCH(weighted_params, timeperiod, 10, 1, FIBONACCI_MOST, 5, 100, true, "bars in the window"),
    TW_PARAM_END};

/* weights[k]: of the value k bars back. They add up to 1; the greatest is at `top`. */
typedef struct weighted_state {
    size_t width, top;
    double weights[];
} weighted_state;

static size_t weighted_width(const void *params) { return (size_t)((const weighted_params *)params)->timeperiod; }
static size_t weighted_back(const void *params) { return weighted_width(params) - 1; }
static size_t weighted_size(const void *params, size_t lanes)
{
    (void)lanes;
    return sizeof(weighted_state) + weighted_width(params) * sizeof(double);
}

/* Writes n weights in any unit, none of them negative. */
typedef void weigh(const weighted_params *p, size_t n, double *w);

static void weighted_init(void *state, const void *params, weigh *of)
{
    weighted_state *s = state;
    double sum = 0.0;
    s->width = weighted_width(params);
    s->top = 0;
    of(params, s->width, s->weights);
    for (size_t k = 0; k < s->width; k++) sum += s->weights[k];
    for (size_t k = 0; k < s->width; k++) s->top = s->weights[k] > s->weights[s->top] ? k : s->top;
    for (size_t k = 0; k < s->width; k++) s->weights[k] /= sum;
}

TW_LANE void weighted_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    const weighted_state *s = state;
    const double *base = x[0] - s->top * lanes;
    double sum[TW_TILE];
    TW_EACH(i, n) sum[i] = 0.0;
    for (size_t k = 0; k < s->width; k++) {
        const double *then = x[0] - k * lanes, weight = s->weights[k];
        TW_EACH(i, n) sum[i] += weight * (then[i] - base[i]);
    }
    TW_EACH(i, n) out[0][i] = tw_canon(base[i] + sum[i]);
}
TW_LANE void weighted_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    tw_direct_run(weighted_tile, 1, state, n, in, out, lanes);
}
TW_OP_FORMS(weighted, weighted_run)

/* The operator `op` with the weights of op##_weigh; the rest are fields of tw_op. */
#define WEIGHTED(op, ...)                                                                                              \
    static void op##_init(void *state, const void *params, size_t lanes)                                               \
    {                                                                                                                  \
        (void)lanes;                                                                                                   \
        weighted_init(state, params, op##_weigh);                                                                      \
    }                                                                                                                  \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .group = "overlap",                                                                                   \
                 .inputs = TW_NAMES("real"),                                                                           \
                 .outputs = TW_NAMES("real"),                                                                          \
                 .params_size = sizeof(weighted_params),                                                               \
                 .traits = TW_WINDOW | TW_SCALES | TW_SHIFTS,                                                          \
                 .lookback = weighted_back,                                                                            \
                 .history = weighted_back,                                                                             \
                 .state_size = weighted_size,                                                                          \
                 .init = op##_init,                                                                                    \
                 .run_wide = weighted_wide,                                                                            \
                 .run_one = weighted_one,                                                                              \
                 __VA_ARGS__}

static void alma_weigh(const weighted_params *p, size_t n, double *w)
{
    const double last = (double)(n - 1), at = p->offset * last, top = (double)(size_t)at, width = (double)n / p->sigma;
    for (size_t k = 0; k < n; k++) {
        const double away = (last - (double)k - top) / width;
        w[k] = tw_lane_exp(-0.5 * away * away);
    }
}
static void fwma_weigh(const weighted_params *p, size_t n, double *w)
{
    (void)p;
    for (size_t k = n; k-- > 0;) w[k] = k + 2 < n ? w[k + 1] + w[k + 2] : 1.0;
}
/* Row n - 1 of Pascal's triangle, from the middle outwards: as shares of the middle they cannot overflow. */
static void pwma_weigh(const weighted_params *p, size_t n, double *w)
{
    (void)p;
    w[n / 2] = w[(n - 1) / 2] = 1.0;
    for (size_t k = n / 2 + 1; k < n; k++) w[k] = w[n - 1 - k] = w[k - 1] * (double)(n - k) / (double)k;
}
static void sinwma_weigh(const weighted_params *p, size_t n, double *w)
{
    (void)p;
    for (size_t k = 0; k <= n / 2 && k < n; k++)
        w[k] = w[n - 1 - k] = tw_lane_sin(3.14159265358979323846 * (double)(k + 1) / (double)(n + 1));
}

WEIGHTED(alma, .title = "Arnaud Legoux moving average", .source = "Legoux and Kouzis-Loukas 2009; TA-Lib 0.8 ALMA",
         .formula = "mean with weights exp(-(j - m)^2 / (2 s^2)), j = 0 the oldest, m = floor(offset (n - 1)), s = n / "
                    "sigma",
         .meaning = "A moving average with weights on a bell curve, which offset places within the window: near 1 it "
                    "follows closely, in the middle it is smoothest. It trades lag against smoothness like any other "
                    "average, only with a dial for it.",
         .params = alma_table);
WEIGHTED(fwma, .title = "Moving average with Fibonacci's numbers as weights", .source = "Johnson; pandas-ta fwma",
         .formula = "mean with weights 1, 1, 2, 3, 5, .. from the oldest to the newest",
         .meaning =
             "A moving average whose weights grow by the Fibonacci numbers: the last few bars are nearly all that "
             "counts. It follows the price closely and smooths little, and a longer timeperiod hardly changes it.",
         .params = fwma_table);
WEIGHTED(pwma, .title = "Moving average with Pascal's triangle as weights", .source = "Johnson; pandas-ta pwma",
         .formula = "mean with weights C(n - 1, j), j < n",
         .meaning = "A moving average weighted by a row of Pascal's triangle, close to a bell curve around the middle "
                    "of the window. It is very smooth without ripples, and late by half the window.",
         .params = period_table);
WEIGHTED(sinwma, .title = "Moving average with half a sine as weights", .source = "Everget; pandas-ta sinwma",
         .formula = "mean with weights sin(pi (j + 1) / (n + 1)), j < n",
         .meaning = "A moving average weighted by half a wave of a sine: the middle of the window counts most, its "
                    "ends least. It is smooth, values enter and leave gently, and it is late by half the window.",
         .params = period_table);
