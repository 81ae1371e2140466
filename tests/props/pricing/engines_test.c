/* SPDX-License-Identifier: Apache-2.0 */
/* engines_test.c - promises of every engine in every line of its matrix: numbers or a reason, the same bits on each
 * instruction set, for any rows beside a row and any number of threads, values that scale with prices, greeks that are
 * the slopes of the value, parity and signs where the instrument has them, and limits without NaN. */
#include "tw_test.h"

#include "tradewind/pricing.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 48 };

typedef struct desk {
    const tw_engine *engine;
    const tw_scope *scope;
    tw_contracts contracts;
    tw_price_market market;
    double column[TW_COLUMN_COUNT][ROWS];
    double params[128];
} desk;

typedef struct results {
    double v[TW_VALUE_COUNT][ROWS];
    tw_row_status status[ROWS];
} results;

/* ---------------------------------------------------------------- contracts */

/* A usual value of a column; u in (0, 1). */
static double usual(const desk *d, tw_column_id column, double u)
{
    const bool touch = strstr(d->scope->instrument, "touch") != NULL,
               forward_start = strstr(d->scope->instrument, "forward");
    const bool normal = strcmp(d->scope->model, "bachelier") == 0;
    switch (column) {
    case TW_COL_type:
    case TW_COL_type_outer: return u < 0.5 ? 1.0 : -1.0;
    case TW_COL_spot: return 95.0 + 10.0 * u;
    case TW_COL_spot2: return 90.0 + 10.0 * u;
    case TW_COL_strike: return forward_start ? 0.8 + 0.4 * u : touch ? 110.0 + 20.0 * u : 85.0 + 30.0 * u;
    case TW_COL_r: return 0.01 + 0.06 * u;
    case TW_COL_q:
    case TW_COL_q2: return 0.005 + 0.04 * u;
    case TW_COL_vol:
    case TW_COL_vol2: return (normal ? 100.0 : 1.0) * (0.15 + 0.3 * u);
    case TW_COL_T: return 0.3 + 1.5 * u;
    case TW_COL_barrier_type: return floor(4.0 * u);
    case TW_COL_barrier: return 70.0 + 15.0 * u;
    case TW_COL_barrier_high: return 120.0 + 30.0 * u;
    case TW_COL_knock: return u < 0.5 ? 0.0 : 1.0;
    case TW_COL_fixings:
        return strcmp(d->scope->instrument, "cliquet") == 0 ? 4.0 : strstr(d->scope->instrument, "asian") ? 8.0 : 0.0;
    case TW_COL_extreme: return 95.0 + 10.0 * u;
    case TW_COL_start: return 0.25 * u;
    case TW_COL_strike_outer: return 4.0 + 6.0 * u;
    case TW_COL_correlation: return -0.5 + u;
    case TW_COL_floor_local: return -0.02 - 0.05 * u;
    case TW_COL_cap_local: return 0.04 + 0.05 * u;
    case TW_COL_shift: return 3.0 + u;
    case TW_COL_v0:
    case TW_COL_theta_v: return 0.03 + 0.06 * u;
    case TW_COL_kappa: return 1.0 + u;
    case TW_COL_sigma_v: return 0.2 + 0.2 * u;
    case TW_COL_rho_v:
    case TW_COL_sabr_rho:
    case TW_COL_svi_rho: return -0.6 + 0.3 * u;
    case TW_COL_jump_rate: return 0.2 + 0.3 * u;
    case TW_COL_jump_mean: return -0.1 + 0.1 * u;
    case TW_COL_jump_vol: return 0.1 + 0.1 * u;
    case TW_COL_vg_drift: return -0.2 + 0.1 * u;
    case TW_COL_vg_rate: return 0.1 + 0.2 * u;
    case TW_COL_sabr_alpha: return 0.2 + 0.1 * u;
    case TW_COL_sabr_beta: return 1.0;
    case TW_COL_sabr_nu: return 0.3 + 0.2 * u;
    case TW_COL_svi_a: return 0.02 + 0.01 * u;
    case TW_COL_svi_b: return 0.05 + 0.05 * u;
    case TW_COL_svi_sigma: return 0.1 + 0.1 * u;
    case TW_COL_svi_m: return -0.05 + 0.1 * u;
    default: return tw_pricing_columns()[column].preset;
    }
}

/* Coarse settings of engines that take their time: the properties hold at any. */
static void set_params(desk *d)
{
    static const struct {
        const char *engine, *settings;
    } COARSE[] = {{"binomial", "steps=51"},
                  {"binomial_barrier", "steps=50"},
                  {"finite_difference", "space=60 time=30"},
                  {"longstaff_schwartz", "paths=128 calibration=128 steps=6"},
                  {"monte_carlo", "paths=128"},
                  {"trinomial", "steps=50"}};
    const char *settings = NULL;
    tw_error err;
    for (size_t i = 0; i < sizeof COARSE / sizeof *COARSE; i++)
        if (strcmp(COARSE[i].engine, d->engine->name) == 0) settings = COARSE[i].settings;
    assert_true(d->engine->params_size <= sizeof d->params);
    if (d->engine->params)
        assert_ok(tw_params_parse(d->engine->params, d->engine->name, settings, d->params, &err), &err);
}

static void set_up(desk *d, const tw_engine *engine, const tw_scope *scope)
{
    static const double DATES[3] = {0.1, 0.2, 0.29};
    tw_random random = {11, 1, 0};
    *d = (desk){.engine = engine, .scope = scope, .contracts.n = ROWS};
    set_params(d);
    assert_ok(tw_instrument_find(scope->instrument, &d->contracts.instrument, NULL), NULL);
    assert_ok(tw_price_model_find(scope->model, &d->market.model, NULL), NULL);
    if (d->contracts.instrument->dates) d->contracts.dates = (tw_dates){.n = 3, .time = DATES};
    for (int c = 0; c < TW_COLUMN_COUNT; c++) {
        for (int i = 0; i < ROWS; i++) d->column[c][i] = usual(d, (tw_column_id)c, tw_random_uniform(&random));
        d->contracts.column[c] = (tw_column){d->column[c], 1};
    }
    const bool one_barrier = strcmp(scope->instrument, "barrier") == 0,
               touch = strstr(scope->instrument, "one_touch") || strcmp(scope->instrument, "no_touch") == 0;
    for (int i = 0; i < ROWS; i++) {
        if (one_barrier && d->column[TW_COL_barrier_type][i] >= 2.0) d->column[TW_COL_barrier][i] += 50.0;
        if (touch && d->column[TW_COL_type][i] < 0.0) d->column[TW_COL_strike][i] -= 45.0;
        d->column[TW_COL_start][i] *= d->column[TW_COL_T][i];
    }
}

/* Prices rows `first` to `first + n`, values of the set. */
static void price_some(const desk *d, const tw_ctx *ctx, size_t first, size_t n, uint32_t wants, results *to)
{
    desk part = *d;
    tw_values out = {.status = to->status + first};
    tw_error err;
    for (int c = 0; c < TW_COLUMN_COUNT; c++) part.contracts.column[c].data = d->column[c] + first;
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        if (wants >> v & 1u) out.value[v] = to->v[v] + first;
    part.contracts.n = n;
    tw_pricer pricer = {.engine = d->engine, .params = d->engine->params ? d->params : NULL, .ctx = ctx};
    pricer.workspace_size = tw_price_workspace(&pricer, &part.contracts, &d->market);
    pricer.workspace = aligned_alloc(64, pricer.workspace_size);
    assert_ok(tw_price(&pricer, &part.contracts, &d->market, &out, &err), &err);
    free(pricer.workspace);
}

static const uint32_t VALUE = TW_VALUE_BIT(TW_VALUE_value);

typedef void check_fn(desk *d);

/* Simulations have payoffs and models apart: every payoff under one model, and the plainest under every model. */
static bool looked_at(const tw_scope *s)
{
    static const char *const PLAIN[] = {"american", "european", "digital_cash"};
    if (s->digits >= 4 || strcmp(s->model, "black_scholes") == 0) return true;
    for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++)
        if (strcmp(s->instrument, PLAIN[i]) == 0) return true;
    return false;
}

static void each(check_fn *check)
{
    size_t n;
    const tw_engine *const *engines = tw_engines(&n);
    for (size_t i = 0; i < n; i++)
        for (const tw_scope *s = engines[i]->scopes; s->instrument; s++) {
            static desk d;
            if (!looked_at(s)) continue;
            set_up(&d, engines[i], s);
            check(&d);
        }
}

#define FAIL(d, row, ...)                                                                                              \
    do {                                                                                                               \
        print_error("%s, %s under %s, row %d: ", (d)->engine->name, (d)->scope->instrument, (d)->scope->model, row);   \
        fail_msg(__VA_ARGS__);                                                                                         \
    } while (0)

/* ---------------------------------------------------------------- checks */

static void numbers_or_a_reason(desk *d)
{
    static results r;
    /* of simulations, a bump in each direction: all would be the same paths forty times */
    const uint32_t some = VALUE | TW_VALUE_BIT(TW_VALUE_delta) | TW_VALUE_BIT(TW_VALUE_vega);
    const uint32_t wants = d->scope->digits < 4 ? some : (1u << TW_VALUE_COUNT) - 1u;
    price_some(d, NULL, 0, ROWS, wants, &r);
    for (int i = 0; i < ROWS; i++) {
        const tw_row_code code = tw_row_status_code(r.status[i]);
        if (code > TW_ROW_LIMIT) FAIL(d, i, "a usual contract is refused: %s", tw_row_code_name(code));
        for (int v = 0; v < TW_VALUE_error_estimate; v++)
            if ((wants >> v & 1u) && !isfinite(r.v[v][i]))
                FAIL(d, i, "%s is %g", tw_pricing_values()[v].name, r.v[v][i]);
        const bool swap = strstr(d->scope->instrument, "swap") || strcmp(d->scope->instrument, "cliquet") == 0;
        if (!swap && r.v[0][i] < 0.0) FAIL(d, i, "value %g", r.v[0][i]);
    }
}

static void same_bits(desk *d)
{
    static results want, got;
    const uint32_t wants = d->scope->supplies & ~TW_VALUE_BIT(TW_VALUE_error_estimate);
    tw_pool *pool = NULL;
    assert_ok(tw_pool_new(2, &pool, NULL), NULL);
    price_some(d, &(tw_ctx){.isa = TW_ISA_BASELINE}, 0, ROWS, wants, &want);
    for (int way = 0; way < 4; way++) {
        const tw_ctx ctx = {.isa = way == 0   ? TW_ISA_AVX2
                                   : way == 1 ? TW_ISA_AVX512
                                              : TW_ISA_BEST,
                            .pool = way == 3 ? pool : NULL};
        if (way == 2) {
            price_some(d, &ctx, 0, 7, wants, &got);
            price_some(d, &ctx, 7, 1, wants, &got);
            price_some(d, &ctx, 8, ROWS - 8, wants, &got);
        } else {
            price_some(d, &ctx, 0, ROWS, wants, &got);
        }
        for (int v = 0; v < TW_VALUE_COUNT; v++)
            for (int i = 0; (wants >> v & 1u) && i < ROWS; i++)
                if (memcmp(&got.v[v][i], &want.v[v][i], sizeof(double)) != 0)
                    FAIL(d, i, "%s differs, way %d: %.17g and %.17g", tw_pricing_values()[v].name, way, got.v[v][i],
                         want.v[v][i]);
    }
    tw_pool_free(pool);
}

/* Error that the scope's digits allow, of a value of this size. */
static double slack(const desk *d, double size)
{
    return pow(10.0, -(d->scope->digits < 11 ? d->scope->digits : 11)) * (1.0 + fabs(size)) * 10.0;
}

static bool is_price(const desk *d, tw_column_id c)
{
    static const tw_column_id PRICES[] = {TW_COL_spot,         TW_COL_strike, TW_COL_cash,    TW_COL_barrier,
                                          TW_COL_barrier_high, TW_COL_rebate, TW_COL_average, TW_COL_extreme,
                                          TW_COL_strike_outer, TW_COL_spot2,  TW_COL_shift};
    const char *instrument = d->scope->instrument;
    if (c == TW_COL_strike && (strstr(instrument, "swap") || strstr(instrument, "forward"))) return false;
    if (c == TW_COL_vol) return strcmp(d->scope->model, "bachelier") == 0;
    for (size_t i = 0; i < sizeof PRICES / sizeof *PRICES; i++)
        if (PRICES[i] == c) return true;
    return false;
}

static void scales_with_prices(desk *d)
{
    static results one, more;
    if (strcmp(d->scope->model, "sabr") == 0) return; /* alpha is in powers of prices */
    price_some(d, NULL, 0, ROWS, VALUE, &one);
    for (int c = 0; c < TW_COLUMN_COUNT; c++)
        for (int i = 0; is_price(d, (tw_column_id)c) && i < ROWS; i++) d->column[c][i] *= 2.385;
    price_some(d, NULL, 0, ROWS, VALUE, &more);
    for (int i = 0; i < ROWS; i++)
        if (fabs(more.v[0][i] - 2.385 * one.v[0][i]) > slack(d, more.v[0][i]))
            FAIL(d, i, "value %.17g, times 2.385 %.17g", one.v[0][i], more.v[0][i]);
}

/* One-sided differences of a value by a column, by steps that halve: enough to tell a wrong greek. */
static void slope(desk *d, tw_value_id of, tw_column_id column, double *to)
{
    static results up, down;
    double size[ROWS];
    for (int i = 0; i < ROWS; i++) size[i] = 1e-3 * (column == TW_COL_spot ? 100.0 : 1.0);
    if (column == TW_COL_vol && strcmp(d->scope->model, "bachelier") == 0)
        for (int i = 0; i < ROWS; i++) size[i] = 0.1;
    const bool starts = column == TW_COL_T;
    for (int i = 0; i < ROWS; i++) {
        d->column[column][i] += size[i];
        if (starts) d->column[TW_COL_start][i] += size[i];
    }
    price_some(d, NULL, 0, ROWS, TW_VALUE_BIT(of), &up);
    for (int i = 0; i < ROWS; i++) {
        d->column[column][i] -= 2.0 * size[i];
        if (starts) d->column[TW_COL_start][i] -= 2.0 * size[i];
    }
    price_some(d, NULL, 0, ROWS, TW_VALUE_BIT(of), &down);
    for (int i = 0; i < ROWS; i++) {
        to[i] = (up.v[of][i] - down.v[of][i]) / (2.0 * size[i]);
        d->column[column][i] += size[i];
        if (starts) d->column[TW_COL_start][i] += size[i];
    }
}

/* Greeks that an engine supplies are slopes of what it supplies. */
static void greeks_are_slopes(desk *d)
{
    static const struct {
        tw_value_id greek, of;
        tw_column_id column;
        double sign;
    } SLOPES[] = {
        {TW_VALUE_delta, TW_VALUE_value, TW_COL_spot, 1.0}, {TW_VALUE_gamma, TW_VALUE_delta, TW_COL_spot, 1.0},
        {TW_VALUE_vega, TW_VALUE_value, TW_COL_vol, 1.0},   {TW_VALUE_theta, TW_VALUE_value, TW_COL_T, -1.0},
        {TW_VALUE_rho, TW_VALUE_value, TW_COL_r, 1.0},      {TW_VALUE_dividend_rho, TW_VALUE_value, TW_COL_q, 1.0},
        {TW_VALUE_vanna, TW_VALUE_delta, TW_COL_vol, 1.0},  {TW_VALUE_volga, TW_VALUE_vega, TW_COL_vol, 1.0},
        {TW_VALUE_charm, TW_VALUE_delta, TW_COL_T, -1.0},   {TW_VALUE_speed, TW_VALUE_gamma, TW_COL_spot, 1.0},
        {TW_VALUE_color, TW_VALUE_gamma, TW_COL_T, -1.0},
    };
    static results r;
    double want[ROWS], size[ROWS];
    if (d->scope->digits < 12) return; /* grids and trees step where bumps cross a node */
    price_some(d, NULL, 0, ROWS, d->scope->supplies, &r);
    for (size_t k = 0; k < sizeof SLOPES / sizeof *SLOPES; k++) {
        if (!(d->scope->supplies >> SLOPES[k].greek & 1u)) continue;
        const bool forward = d->market.model->forward, given = d->market.model->columns >> TW_COL_vol & 1u;
        if ((SLOPES[k].column == TW_COL_vol && !given) || (SLOPES[k].column == TW_COL_q && forward)) continue;
        slope(d, SLOPES[k].of, SLOPES[k].column, want);
        double largest = 1e-6;
        for (int i = 0; i < ROWS; i++) size[i] = fabs(r.v[SLOPES[k].greek][i]), largest = fmax(largest, size[i]);
        for (int i = 0; i < ROWS; i++)
            if (fabs(r.v[SLOPES[k].greek][i] - SLOPES[k].sign * want[i]) > 1e-3 * largest)
                FAIL(d, i, "%s: %.17g, slope %.17g", tw_pricing_values()[SLOPES[k].greek].name, r.v[SLOPES[k].greek][i],
                     SLOPES[k].sign * want[i]);
    }
}

/* European options: parity, bounds, rising volatility, convex in the strike. */
static void european_shape(desk *d)
{
    static results first, other, dearer;
    if (d->scope->digits < 12) return; /* at coarse settings others are not that near */
    if (strcmp(d->scope->instrument, "european") != 0 || !(d->market.model->columns >> TW_COL_vol & 1u)) return;
    price_some(d, NULL, 0, ROWS, VALUE, &first);
    for (int i = 0; i < ROWS; i++) d->column[TW_COL_type][i] *= -1.0;
    price_some(d, NULL, 0, ROWS, VALUE, &other);
    for (int i = 0; i < ROWS; i++) {
        const double S = d->column[TW_COL_spot][i], K = d->column[TW_COL_strike][i], T = d->column[TW_COL_T][i];
        const double r = d->column[TW_COL_r][i], q = d->market.model->forward ? r : d->column[TW_COL_q][i];
        const double parity = d->column[TW_COL_type][i] * (S * exp(-q * T) - K * exp(-r * T));
        if (fabs(other.v[0][i] - first.v[0][i] - parity) > slack(d, S)) FAIL(d, i, "call less put is not the forward");
        if (other.v[0][i] < parity - slack(d, S)) FAIL(d, i, "below intrinsic");
        d->column[TW_COL_vol][i] *= 1.01;
    }
    price_some(d, NULL, 0, ROWS, VALUE, &dearer);
    for (int i = 0; i < ROWS; i++)
        if (dearer.v[0][i] < other.v[0][i] - slack(d, other.v[0][i])) FAIL(d, i, "falls as volatility rises");
}

/* No time, no volatility, tiny and huge prices: a number, or a reason. */
static void limits_have_numbers(desk *d)
{
    static results r;
    static const struct {
        tw_column_id column;
        double value;
    } EXTREMES[] = {{TW_COL_T, 0.0},        {TW_COL_vol, 0.0},     {TW_COL_T, 1e-12},    {TW_COL_vol, 1e-9},
                    {TW_COL_vol, 30.0},     {TW_COL_spot, 1e-290}, {TW_COL_spot, 1e290}, {TW_COL_strike, 1e-290},
                    {TW_COL_strike, 1e290}, {TW_COL_T, 500.0},     {TW_COL_r, -5.0},     {TW_COL_r, 9.0}};
    if (d->scope->digits < 12) return; /* what grids and simulations make of these is their own tests' */
    for (size_t k = 0; k < sizeof EXTREMES / sizeof *EXTREMES; k++) {
        set_up(d, d->engine, d->scope);
        for (int i = 0; i < ROWS; i++) d->column[EXTREMES[k].column][i] = EXTREMES[k].value;
        price_some(d, NULL, 0, ROWS, VALUE, &r);
        for (int i = 0; i < ROWS; i++) {
            const tw_row_code code = tw_row_status_code(r.status[i]);
            if (isnan(r.v[0][i]) != (code > TW_ROW_LIMIT))
                FAIL(d, i, "%s %g: value %g, status %s", tw_pricing_columns()[EXTREMES[k].column].name,
                     EXTREMES[k].value, r.v[0][i], tw_row_code_name(code));
            if (r.v[0][i] < 0.0 && !strstr(d->scope->instrument, "swap") && strcmp(d->scope->instrument, "cliquet"))
                FAIL(d, i, "%s %g: value %g", tw_pricing_columns()[EXTREMES[k].column].name, EXTREMES[k].value,
                     r.v[0][i]);
        }
    }
}

static void test_numbers(void **state) { (void)state, each(numbers_or_a_reason); }
static void test_bits(void **state) { (void)state, each(same_bits); }
static void test_scale(void **state) { (void)state, each(scales_with_prices); }
static void test_slopes(void **state) { (void)state, each(greeks_are_slopes); }
static void test_shape(void **state) { (void)state, each(european_shape); }
static void test_limits(void **state) { (void)state, each(limits_have_numbers); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_bits),  cmocka_unit_test(test_scale),
        cmocka_unit_test(test_slopes),  cmocka_unit_test(test_shape), cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
