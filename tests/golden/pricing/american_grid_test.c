/* SPDX-License-Identifier: Apache-2.0 */
/* american_grid_test.c - the collocation engine on a random grid of vanilla contracts (american.csv: rates of both
 * signs, a day to five years, 3 % to 200 %), beside QuantLib's high precision and, with two boundaries, beside trees.
 */
#include "golden_csv.h"
#include "price_case.h"

enum { ROWS = 1100 };

typedef struct grid {
    const char *kind;
    size_t n;
    price_row row[ROWS];
    double want[ROWS];
    price_result got[ROWS];
} grid;

static void take(const golden_line *line, void *arg)
{
    grid *g = arg;
    if (strcmp(line->kind, g->kind) != 0) return;
    assert_true(g->n < ROWS && line->n == 8);
    const double *x = line->x;
    g->row[g->n] = (price_row){x[0], x[1], x[2], x[3], x[4], x[5], x[6] / 365.0};
    g->want[g->n++] = x[7];
}

static grid *read_grid(const char *kind)
{
    grid *g = calloc(1, sizeof *g);
    g->kind = kind;
    golden_read(TW_SOURCE_DIR "/tests/golden/pricing/american.csv", take, g);
    assert_true(g->n >= 30);
    return g;
}

/* Root mean square and greatest error of a setting. */
static void errors(grid *g, const char *settings, double *mean, double *most)
{
    price_rows(&(price_engine){.name = "collocation", .settings = settings}, g->row, g->n, TW_VALUE_BIT(TW_VALUE_value),
               g->got);
    double sum = 0.0;
    *most = 0.0;
    for (size_t i = 0; i < g->n; i++) {
        const double error = fabs(g->got[i].value[TW_VALUE_value] - g->want[i]);
        assert_int_equal(tw_row_status_code(g->got[i].status), TW_ROW_OK);
        assert_true(error < 1.0);
        sum += error * error;
        *most = fmax(*most, error);
    }
    *mean = sqrt(sum / (double)g->n);
}

static void one_boundary(void **state)
{
    (void)state;
    grid *g = read_grid("fixed");
    double mean, most;
    errors(g, "setting=fast", &mean, &most);
    assert_true(mean <= 1.5e-4 && most <= 2e-3);
    errors(g, "setting=accurate", &mean, &most);
    assert_true(mean <= 2e-6 && most <= 3e-5);
    errors(g, "setting=high", &mean, &most);
    assert_true(mean <= 7e-7 && most <= 1.5e-5); /* what the peer's own numbers are good for */
    free(g);
}

static void two_boundaries(void **state)
{
    (void)state;
    grid *g = read_grid("double");
    double mean, most;
    errors(g, "setting=accurate", &mean, &most);
    print_message("two boundaries beside trees: mean %.3g, most %.3g\n", mean, most);
    assert_true(mean <= 2e-4 && most <= 6e-4);
    free(g);
}

/* Against the high setting, on both kinds: the settings' own errors without the peer's. */
static void settings_agree(void **state)
{
    (void)state;
    static const char *const KINDS[] = {"fixed", "double"};
    for (int k = 0; k < 2; k++) {
        grid *g = read_grid(KINDS[k]);
        double mean, most;
        errors(g, "setting=high", &mean, &most);
        for (size_t i = 0; i < g->n; i++) g->want[i] = g->got[i].value[TW_VALUE_value];
        errors(g, "setting=accurate", &mean, &most);
        assert_true(mean <= 2e-6 && most <= 3e-5);
        errors(g, "setting=fast", &mean, &most);
        assert_true(mean <= 1.5e-4 && most <= 2e-3);
        free(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_boundary), cmocka_unit_test(two_boundaries),
                                       cmocka_unit_test(settings_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
