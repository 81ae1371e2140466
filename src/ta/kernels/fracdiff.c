/* SPDX-License-Identifier: Apache-2.0 */
/* fracdiff.c - fractional differentiation with a window of fixed width (Lopez de Prado 2018, ch. 5.5). */
#include "ta/direct.h"

typedef struct fracdiff_params {
    double d, threshold;
    int window;
} fracdiff_params;

static const tw_param fracdiff_table[] = {
    TW_PARAM_SEARCH(fracdiff_params, d, 0.4, 0, 2, 0.1, 1, false, "order of the difference"),
    TW_PARAM(fracdiff_params, threshold, 1e-4, 1e-9, 1, "weights from the first one below this on are dropped"),
    TW_PARAM(fracdiff_params, window, 0, 0, TW_PERIOD_MAX, "bars in the window; 0: as many as the threshold says"),
    TW_PARAM_END};

/* (1 - B)^d = sum w[k] B^k, w[0] = 1, w[k] = -w[k-1] (d - k + 1) / k. */
static double next_weight(double weight, double d, size_t k) { return -weight * (d - (double)k + 1.0) / (double)k; }

static size_t width(const fracdiff_params *p)
{
    size_t k = 1;
    double weight = 1.0;
    if (p->window > 0) return (size_t)p->window;
    for (; k < TW_PERIOD_MAX; k++) {
        weight = next_weight(weight, p->d, k);
        if (tw_lane_abs(weight) < p->threshold) break;
    }
    return k;
}
static size_t fracdiff_back(const void *params) { return width(params) - 1; }

typedef struct fracdiff_state {
    size_t width;
    double weights[];
} fracdiff_state;

static size_t fracdiff_size(const void *params, size_t lanes)
{
    (void)lanes;
    return sizeof(fracdiff_state) + width(params) * sizeof(double);
}
static void fracdiff_init(void *state, const void *params, size_t lanes)
{
    fracdiff_state *s = state;
    (void)lanes;
    s->width = width(params);
    s->weights[0] = 1.0;
    for (size_t k = 1; k < s->width; k++)
        s->weights[k] = next_weight(s->weights[k - 1], ((const fracdiff_params *)params)->d, k);
}

TW_LANE void fracdiff_tile(const void *state, size_t n, const double *const *x, double *const *out, const size_t lanes)
{
    const fracdiff_state *s = state;
    double sum[TW_TILE];
    TW_EACH(i, n) sum[i] = 0.0;
    for (size_t k = 0; k < s->width; k++) {
        const double *then = x[0] - k * lanes, weight = s->weights[k];
        TW_EACH(i, n) sum[i] += weight * then[i];
    }
    TW_EACH(i, n) out[0][i] = tw_canon(sum[i]);
}
TW_LANE void fracdiff_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    tw_direct_run(fracdiff_tile, 1, state, n, in, out, lanes);
}
TW_OP_FORMS(fracdiff, fracdiff_run)
TW_OP(fracdiff) = {.name = "fracdiff",
                   .title = "Fractional difference",
                   .group = "statistic",
                   .source = "Hosking 1981; Lopez de Prado 2018, ch. 5",
                   .formula = "sum w[k] x[t-k], w[0] = 1, w[k] = -w[k-1] (d-k+1) / k, cut at the threshold",
                   .meaning = "A difference of an order between 0 and 1: it takes out just enough of the trend to make "
                              "a series stationary while it keeps memory of its level. It is used to prepare prices "
                              "for learning. The weights reach far back, so the first values come late.",
                   .inputs = TW_NAMES("x"),
                   .outputs = TW_NAMES("y"),
                   .params = fracdiff_table,
                   .params_size = sizeof(fracdiff_params),
                   .traits = TW_WINDOW | TW_SCALES,
                   .lookback = fracdiff_back,
                   .history = fracdiff_back,
                   .state_size = fracdiff_size,
                   .init = fracdiff_init,
                   .run_wide = fracdiff_wide,
                   .run_one = fracdiff_one};
