/* SPDX-License-Identifier: Apache-2.0 */
/* transform_test.c - what must hold of options under any model, on random parameters: parity, bounds, monotone and
 * convex in the strike, homogeneous in spot and strike, digitals as slopes in the strike, engines that agree. */
#include "option_case.h"

enum { SETS = 40, STRIKES = 25, ROWS = 2 * SETS * STRIKES };

static const char *const MODELS[] = {"heston", "bates", "merton76", "variance_gamma"};

typedef struct option_set {
    option_case rows;
    const char *model;
    double scale; /* of spot and strike */
} option_set;

static double between(tw_random *r, double lo, double hi) { return lo + (hi - lo) * tw_random_uniform(r); }

/* Row: set, then strike, then put and call. The same seed gives the same rows but for the scale. */
static void fill(option_set *s)
{
    tw_random r = {.seed = 7};
    option_case *c = &s->rows;
    memset(c, 0, sizeof *c);
    c->n = ROWS;
    for (size_t set = 0; set < SETS; set++) {
        const double T = exp(between(&r, -3.5, 1.2)), level = between(&r, 0.1, 0.5);
        const double x[] = {between(&r, -0.02, 0.08),
                            between(&r, 0.0, 0.05),
                            T,
                            level,
                            level * level,
                            between(&r, 0.2, 4.0),
                            between(&r, 0.02, 0.2),
                            between(&r, 0.1, 1.0),
                            between(&r, -0.9, 0.5),
                            between(&r, 0.1, 2.0),
                            between(&r, -0.2, 0.1),
                            between(&r, 0.05, 0.3),
                            between(&r, -0.3, 0.1),
                            between(&r, 0.02, 0.4)};
        const tw_column_id at[] = {TW_COL_r,         TW_COL_q,        TW_COL_T,        TW_COL_vol,    TW_COL_v0,
                                   TW_COL_kappa,     TW_COL_theta_v,  TW_COL_sigma_v,  TW_COL_rho_v,  TW_COL_jump_rate,
                                   TW_COL_jump_mean, TW_COL_jump_vol, TW_COL_vg_drift, TW_COL_vg_rate};
        for (size_t j = 0; j < 2 * STRIKES; j++) {
            const size_t i = set * 2 * STRIKES + j;
            for (size_t k = 0; k < sizeof at / sizeof *at; k++) option_put(c, i, at[k], x[k]);
            option_put(c, i, TW_COL_type, j % 2 ? 1.0 : -1.0);
            option_put(c, i, TW_COL_spot, 100.0 * s->scale);
            option_put(c, i, TW_COL_strike,
                       100.0 * s->scale * exp(1.2 * level * sqrt(T) * ((double)(j / 2) - 12.0) / 4.0));
            option_put(c, i, TW_COL_cash, 1.0);
        }
    }
    /* A model must not see the columns of others: v0 and vg_rate tell them apart. */
    const bool diffusion = strcmp(s->model, "heston") == 0 || strcmp(s->model, "bates") == 0;
    c->given[TW_COL_v0] = diffusion;
}

static void price(option_set *s, const char *engine, const char *instrument)
{
    fill(s);
    option_price(&s->rows, &(option_call){.engine = engine, .instrument = instrument, .model = s->model});
    for (size_t i = 0; i < ROWS; i++) {
        if (tw_row_status_code(s->rows.status[i]) != TW_ROW_OK) {
            print_error("%s %s %s row %zu: %d\n", engine, instrument, s->model, i, s->rows.status[i] & 255);
            for (int k = 0; k < TW_COLUMN_COUNT; k++)
                if (s->rows.given[k]) print_error("  %s %.17g\n", tw_pricing_columns()[k].name, s->rows.column[k][i]);
        }
        assert_int_equal(tw_row_status_code(s->rows.status[i]), TW_ROW_OK);
    }
}

static double cell(const option_set *s, tw_column_id column, size_t i) { return s->rows.column[column][i]; }

static void check_row(const option_set *s, size_t i)
{
    const double *v = s->rows.value[TW_VALUE_value], T = cell(s, TW_COL_T, i);
    const double asset = cell(s, TW_COL_spot, i) * exp(-cell(s, TW_COL_q, i) * T);
    const double strike = cell(s, TW_COL_strike, i) * exp(-cell(s, TW_COL_r, i) * T);
    assert_near(v[i + 1] - v[i], asset - strike, 2e-13 * asset); /* put, call */
    assert_true(v[i] >= -1e-12 && v[i] <= strike && v[i + 1] >= -1e-12 && v[i + 1] <= asset);
    const double delta = s->rows.value[TW_VALUE_delta][i + 1];
    assert_true(delta >= -1e-10 && delta <= 1.0 + 1e-10);
    assert_true(s->rows.value[TW_VALUE_gamma][i] >= -1e-10);
}

static void laws(void **state)
{
    (void)state;
    static option_set s = {.scale = 1.0};
    static const char *const ENGINES[] = {"cos", "contour"};
    for (size_t m = 0; m < 4; m++)
        for (size_t e = 0; e < 2; e++) {
            s.model = MODELS[m];
            price(&s, ENGINES[e], "european");
            const double *v = s.rows.value[TW_VALUE_value];
            for (size_t i = 0; i < ROWS; i += 2) {
                check_row(&s, i);
                if (i % (2 * STRIKES) < 4) continue;
                const double K[3] = {cell(&s, TW_COL_strike, i - 4), cell(&s, TW_COL_strike, i - 2),
                                     cell(&s, TW_COL_strike, i)};
                const double first = (v[i - 2] - v[i - 4]) / (K[1] - K[0]), second = (v[i] - v[i - 2]) / (K[2] - K[1]);
                assert_true(first >= -1e-10 && second >= first - 1e-9);
            }
        }
}

static void homogeneous(void **state)
{
    (void)state;
    static option_set one = {.scale = 1.0}, large = {.scale = 0x1p40};
    for (size_t m = 0; m < 4; m++) {
        one.model = large.model = MODELS[m];
        price(&one, "contour", "european");
        price(&large, "contour", "european");
        for (size_t i = 0; i < ROWS; i++) {
            assert_near(large.rows.value[TW_VALUE_value][i] * 0x1p-40, one.rows.value[TW_VALUE_value][i], 1e-12);
            assert_near(large.rows.value[TW_VALUE_delta][i], one.rows.value[TW_VALUE_delta][i], 1e-12);
            assert_near(large.rows.value[TW_VALUE_gamma][i] * 0x1p40, one.rows.value[TW_VALUE_gamma][i], 1e-12);
        }
    }
}

/* An option is an asset digital less strike cash digitals, of a put the other way round; both engines say so. */
static void digitals(void **state)
{
    (void)state;
    static option_set option = {.scale = 1.0}, cash = {.scale = 1.0}, asset = {.scale = 1.0};
    static const char *const ENGINES[] = {"cos", "contour"};
    for (size_t m = 0; m < 4; m++)
        for (size_t e = 0; e < 2; e++) {
            option.model = cash.model = asset.model = MODELS[m];
            price(&option, ENGINES[e], "european");
            price(&cash, ENGINES[e], "digital_cash");
            price(&asset, ENGINES[e], "digital_asset");
            for (int v = 0; v < TW_VALUE_error_estimate; v++)
                for (size_t i = 0; i < ROWS; i++) {
                    const double w = cell(&option, TW_COL_type, i), K = cell(&option, TW_COL_strike, i);
                    const double by = w * (asset.rows.value[v][i] - K * cash.rows.value[v][i]);
                    assert_near(option.rows.value[v][i], by, 1e-7 + 1e-9 * fabs(asset.rows.value[v][i]));
                }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(laws), cmocka_unit_test(homogeneous),
                                       cmocka_unit_test(digitals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
