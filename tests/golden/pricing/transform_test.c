/* SPDX-License-Identifier: Apache-2.0 */
/* transform_test.c - cos and contour against 50 digits (transform.csv) and against QuantLib 1.29. */
#include "option_case.h"

static const tw_column_id COLUMNS[] = {
    TW_COL_type,      TW_COL_spot,      TW_COL_strike,   TW_COL_r,        TW_COL_q,       TW_COL_T,
    TW_COL_vol,       TW_COL_v0,        TW_COL_kappa,    TW_COL_theta_v,  TW_COL_sigma_v, TW_COL_rho_v,
    TW_COL_jump_rate, TW_COL_jump_mean, TW_COL_jump_vol, TW_COL_vg_drift, TW_COL_vg_rate};
enum { N_COLUMNS = sizeof COLUMNS / sizeof *COLUMNS, N_FIELDS = 40 };

static option_case one;

/* Splits at commas, empty fields kept. */
static size_t split(char *text, char *field[N_FIELDS])
{
    size_t n = 0;
    text[strcspn(text, "\r\n")] = '\0';
    for (char *at = text; at && n < N_FIELDS; n++) {
        field[n] = at;
        at = strchr(at, ',');
        if (at) *at++ = '\0';
    }
    return n;
}

static bool engine_has(const char *engine, const char *instrument, const char *model)
{
    const tw_engine *e;
    const tw_instrument *i;
    const tw_price_model *m;
    assert_int_equal(tw_engine_find(engine, &e, NULL), TW_OK);
    assert_int_equal(tw_instrument_find(instrument, &i, NULL), TW_OK);
    assert_int_equal(tw_price_model_find(model, &m, NULL), TW_OK);
    return tw_engine_scope(e, i, m) != NULL;
}

/* value, delta, gamma, vega, theta in units in which the value is of a spot of 1 */
static void check_digits(const char *engine, char *const field[])
{
    static const tw_value_id WHAT[] = {TW_VALUE_value, TW_VALUE_delta, TW_VALUE_gamma, TW_VALUE_vega, TW_VALUE_theta};
    if (!engine_has(engine, field[1], field[0])) return;
    option_price(&one, &(option_call){.engine = engine, .instrument = field[1], .model = field[0]});
    assert_int_equal(tw_row_status_code(one.status[0]), TW_ROW_OK);
    const double size = strcmp(field[1], "digital_cash") == 0 ? 1.0 : 100.0;
    for (int k = 0; k < 5; k++) {
        const double want = strtod(field[2 + N_COLUMNS + k], NULL), got = one.value[WHAT[k]][0];
        const double tolerance = (k == 0 ? 2e-14 : 2e-12) * size;
        if (fabs(got - want) <= tolerance * fmax(1.0, fabs(want) / size)) continue;
        print_error("%s %s %s strike %s T %s %s: got %.17g, want %s\n", engine, field[0], field[1], field[4], field[7],
                    tw_pricing_values()[WHAT[k]].name, got, field[2 + N_COLUMNS + k]);
        fail();
    }
}

static void fifty_digits(void **state)
{
    (void)state;
    static const char *const ENGINES[] = {"contour", "cos", "merton_series"};
    FILE *file = fopen(TW_SOURCE_DIR "/tests/golden/pricing/transform.csv", "r");
    char text[4096], *field[N_FIELDS];
    size_t rows = 0;
    assert_non_null(file);
    while (fgets(text, sizeof text, file)) {
        if (text[0] == '#') continue;
        assert_int_equal(split(text, field), 2 + N_COLUMNS + 5);
        memset(&one, 0, sizeof one);
        one.n = 1;
        for (int c = 0; c < N_COLUMNS; c++)
            if (*field[2 + c]) option_put(&one, 0, COLUMNS[c], strtod(field[2 + c], NULL));
        for (int e = 0; e < 3; e++) check_digits(ENGINES[e], field);
        rows++;
    }
    fclose(file);
    assert_int_equal(rows, 56);
}

/* ---------------------------------------------------------------- QuantLib's rows */

typedef struct golden_set {
    const char *instrument, *engine, *model;
    double jump_rate, jump_mean, jump_vol, tolerance;
} golden_set;

static const golden_set SETS[] = {
    {"heston_european", "COSHestonEngine", "heston", 0, 0, 0, 1e-10},
    {"heston_european", "ExponentialFittingHestonEngine", "heston", 0, 0, 0, 1e-12},
    {"heston_european", "AnalyticHestonEngine", "heston", 0, 0, 0, 2e-8}, /* theirs is off by so much */
    {"bates_european", "BatesEngine", "bates", 0.4, -0.1, 0.15, 2e-8},    /* and so here */
    {"merton76_european", "JumpDiffusionEngine", "merton76", 1.0, -0.08, 0.2, 1e-9},
};

static const struct place {
    size_t field;
    tw_column_id column;
} PLACES[] = {{4, TW_COL_spot},     {5, TW_COL_strike},   {6, TW_COL_r},     {7, TW_COL_q},
              {8, TW_COL_vol},      {9, TW_COL_T},        {18, TW_COL_v0},   {19, TW_COL_kappa},
              {20, TW_COL_theta_v}, {21, TW_COL_sigma_v}, {22, TW_COL_rho_v}};

static void take_row(option_case *c, const golden_set *set, char *const field[], double *want)
{
    for (size_t p = 0; p < sizeof PLACES / sizeof *PLACES; p++)
        if (*field[PLACES[p].field]) option_put(c, c->n, PLACES[p].column, strtod(field[PLACES[p].field], NULL));
    option_put(c, c->n, TW_COL_type, strcmp(field[10], "call") == 0 ? 1.0 : -1.0);
    if (set->jump_rate > 0.0) {
        option_put(c, c->n, TW_COL_jump_rate, set->jump_rate);
        option_put(c, c->n, TW_COL_jump_mean, set->jump_mean);
        option_put(c, c->n, TW_COL_jump_vol, set->jump_vol);
    }
    want[c->n++] = strtod(field[23], NULL);
}

static void check_set(const golden_set *set, const char *engine)
{
    static option_case c;
    static double want[OPTION_ROWS];
    char text[4096], *field[N_FIELDS];
    FILE *file = fopen(TW_SHARED_DATA "/golden/quantlib_golden.csv", "r");
    memset(&c, 0, sizeof c);
    while (fgets(text, sizeof text, file)) {
        if (!strstr(text, set->instrument)) continue;
        split(text, field);
        if (strcmp(field[2], set->engine) == 0) take_row(&c, set, field, want);
    }
    fclose(file);
    assert_true(c.n >= 20);
    option_price(&c, &(option_call){.engine = engine, .instrument = "european", .model = set->model});
    for (size_t i = 0; i < c.n; i++) assert_close(c.value[TW_VALUE_value][i], want[i], set->tolerance);
}

static void quantlib(void **state)
{
    (void)state;
    FILE *file = fopen(TW_SHARED_DATA "/golden/quantlib_golden.csv", "r");
    if (!file) {
        print_message("skipped: no shared data\n");
        skip();
    }
    fclose(file);
    for (size_t s = 0; s < sizeof SETS / sizeof *SETS; s++) {
        check_set(&SETS[s], "cos");
        check_set(&SETS[s], "contour");
        if (strcmp(SETS[s].model, "merton76") == 0) check_set(&SETS[s], "merton_series");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fifty_digits), cmocka_unit_test(quantlib)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
