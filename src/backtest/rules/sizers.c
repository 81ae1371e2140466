/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/rules/sizers.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- by side */

typedef struct sides {
    double long_total, short_total;
    int slots;
} sides;

#define SIDES                                                                                                          \
    TW_PARAM(sides, long_total, 1, 0, 100, "sum of the weights held long"),                                            \
        TW_PARAM(sides, short_total, 1, 0, 100, "sum of the weights held short, as a positive number")

static const tw_param EQUAL[] = {
    SIDES, TW_PARAM(sides, slots, 0, 0, 1000000, "parts a side is divided into when fewer are chosen; 0: as chosen"),
    TW_PARAM_END};
static const tw_param BY_SIDE[] = {SIDES, TW_PARAM_END};

static double total_of(const sides *p, signed char side) { return side > 0 ? p->long_total : -p->short_total; }

static void weigh_equal(const void *params, const tw_sizing *in)
{
    const sides *p = params;
    size_t n[2] = {0, 0};
    for (size_t i = 0; i < in->n; i++)
        if (in->side[i]) n[in->side[i] > 0]++;
    for (size_t i = 0; i < in->n; i++) {
        if (!in->side[i]) continue;
        const size_t count = n[in->side[i] > 0], slots = (size_t)p->slots;
        in->weight[i] = total_of(p, in->side[i]) / (double)(count > slots ? count : slots);
    }
}

/* Weights as scratch[i] >= 0 is to the sum of its side. */
static void share_out(const sides *p, const tw_sizing *in)
{
    double sum[2] = {0, 0};
    for (size_t i = 0; i < in->n; i++) {
        if (!in->side[i] || !isfinite(in->scratch[i])) in->scratch[i] = 0;
        sum[in->side[i] > 0] += in->scratch[i];
    }
    for (size_t i = 0; i < in->n; i++) {
        const double all = sum[in->side[i] > 0];
        if (in->side[i] && all > 0) in->weight[i] = total_of(p, in->side[i]) * (in->scratch[i] / all);
    }
}

static void weigh_proportional(const void *params, const tw_sizing *in)
{
    for (size_t i = 0; i < in->n; i++) in->scratch[i] = fabs(in->by[i]);
    share_out(params, in);
}

static void weigh_inverse(const void *params, const tw_sizing *in)
{
    for (size_t i = 0; i < in->n; i++) in->scratch[i] = in->by[i] > 0 ? 1 / in->by[i] : 0;
    share_out(params, in);
}

/* ---------------------------------------------------------------- as told */

typedef struct fixed_params {
    double weight;
} fixed_params;

static const tw_param FIXED[] = {TW_PARAM(fixed_params, weight, 0.1, 0, 100, "weight of each asset chosen"),
                                 TW_PARAM_END};

static void weigh_fixed(const void *params, const tw_sizing *in)
{
    const fixed_params *p = params;
    for (size_t i = 0; i < in->n; i++) in->weight[i] = p->weight * in->side[i];
}

static void weigh_given(const void *params, const tw_sizing *in)
{
    (void)params;
    for (size_t i = 0; i < in->n; i++) in->weight[i] = in->side[i] && isfinite(in->by[i]) ? in->by[i] : 0;
}

/* ---------------------------------------------------------------- on-line moving average reversion */

typedef struct olmar_params {
    double eps;
} olmar_params;

static const tw_param OLMAR[] = {
    TW_PARAM(olmar_params, eps, 1, 0, 1e6, "return that the weights should have if `by` were right"), TW_PARAM_END};

static void sort_down(double *x, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const double value = x[i];
        size_t k = i;
        for (; k > 0 && x[k - 1] < value; k--) x[k] = x[k - 1];
        x[k] = value;
    }
}

/* The nearest weights that are 0 or more and sum to 1 (Duchi et al. 2008, figure 1); negative entries count as 0, as in
 * the implementation that zipline's example has. */
static void project(double *w, double *sorted, size_t n)
{
    double sum = 0, theta = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(w[i] > 0)) w[i] = 0;
        sorted[i] = w[i];
    }
    sort_down(sorted, n);
    for (size_t i = 0; i < n; i++) {
        sum += sorted[i];
        if (sorted[i] > (sum - 1) / (double)(i + 1)) theta = (sum - 1) / (double)(i + 1);
    }
    if (theta < 0) theta = 0;
    for (size_t i = 0; i < n; i++) w[i] = w[i] - theta < 0 ? 0 : w[i] - theta;
}

static void weigh_olmar(const void *params, const tw_sizing *in)
{
    const olmar_params *p = params;
    const double n = (double)in->n;
    double sum = 0, expected = 0, spread = 0;
    for (size_t i = 0; in->first && i < in->n; i++) in->weight[i] = 1 / n;
    if (in->first) return;
    for (size_t i = 0; i < in->n; i++) {
        sum += in->by[i];
        expected += in->last[i] * in->by[i];
    }
    const double mean = sum / n;
    for (size_t i = 0; i < in->n; i++) spread += (in->by[i] - mean) * (in->by[i] - mean);
    const double step = spread == 0 ? 0 : fmax(0, (p->eps - expected) / spread);
    for (size_t i = 0; i < in->n; i++) in->weight[i] = in->last[i] + step * (in->by[i] - mean);
    project(in->weight, in->scratch, in->n);
}

/* ---------------------------------------------------------------- the family */

static const tw_sizer tw_sizer_equal = {.name = "equal",
                                        .title = "the same weight for each asset of a side",
                                        .params = EQUAL,
                                        .params_size = sizeof(sides),
                                        .weigh = weigh_equal};
static const tw_sizer tw_sizer_fixed = {.name = "fixed",
                                        .title = "a weight for each asset chosen",
                                        .params = FIXED,
                                        .params_size = sizeof(fixed_params),
                                        .weigh = weigh_fixed};
static const tw_sizer tw_sizer_given = {
    .name = "given", .title = "the value of `by`, with its sign", .needs_by = true, .weigh = weigh_given};
static const tw_sizer tw_sizer_inverse = {.name = "inverse",
                                          .title = "in proportion to 1 / `by`, such as a volatility",
                                          .params = BY_SIDE,
                                          .params_size = sizeof(sides),
                                          .needs_by = true,
                                          .weigh = weigh_inverse};
static const tw_sizer tw_sizer_olmar = {
    .name = "olmar",
    .title = "on-line moving average reversion: `by` is the price expected next over the price now",
    .source = "Li and Hoi, On-line portfolio selection with moving average reversion, ICML 2012",
    .params = OLMAR,
    .params_size = sizeof(olmar_params),
    .needs_by = true,
    .weigh = weigh_olmar};
static const tw_sizer tw_sizer_proportional = {.name = "proportional",
                                               .title = "in proportion to the size of `by`",
                                               .params = BY_SIDE,
                                               .params_size = sizeof(sides),
                                               .needs_by = true,
                                               .weigh = weigh_proportional};

static const tw_sizer *const SIZERS[] = {
#define TW_SIZER(name) &tw_sizer_##name,
#include "backtest/rules/sizers.def"
#undef TW_SIZER
};

enum { N_SIZERS = sizeof SIZERS / sizeof *SIZERS };

const tw_sizer *const *tw_sizers(size_t *n)
{
    *n = N_SIZERS;
    return SIZERS;
}

tw_status tw_sizer_read(tw_arena *arena, const char *text, const tw_sizer **sizer, void **params, tw_error *err)
{
    const char *names[N_SIZERS + 1] = {NULL};
    char name[TW_TEXT_MAX];
    const size_t length = strcspn(text, " ");
    memcpy(name, text, length < sizeof name ? length : sizeof name - 1);
    name[length < sizeof name ? length : sizeof name - 1] = '\0';
    *sizer = NULL;
    for (size_t i = 0; i < N_SIZERS; i++) {
        names[i] = SIZERS[i]->name;
        if (strcmp(names[i], name) == 0) *sizer = SIZERS[i];
    }
    const char *near = *sizer ? NULL : tw_did_you_mean(name, names);
    if (!*sizer)
        return tw_fail(err, TW_BAD_NAME, "no sizer '%s'%s%s%s", name, near ? "; did you mean '" : "", near ? near : "",
                       near ? "'?" : "");
    *params = tw_arena_new(arena, 1, (*sizer)->params_size + 1);
    if (!*params) return tw_no_memory(err, "a sizer");
    return tw_params_parse((*sizer)->params, (*sizer)->name, text + length, *params, err);
}
