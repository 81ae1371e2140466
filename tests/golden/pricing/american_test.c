/* SPDX-License-Identifier: Apache-2.0 */
/* american_test.c - American options beside QuantLib 1.29's (shared/data/golden/quantlib_golden.csv). */
#include "price_case.h"

#include <unistd.h>

enum { ROWS = 2000, FIELDS = 31, GREEKS = 6 };

#define GOLDEN TW_SHARED_DATA "/golden/quantlib_golden.csv"

/* Rows of one engine and its params there, and what ours gives for them; tolerance of value, delta, gamma, vega, theta,
 * rho (0: not compared). */
typedef struct pairing {
    const char *golden, *params;
    price_engine ours;
    double tolerance[GREEKS];
} pairing;

static const pairing PAIRINGS[] = {
    /* Its own error is 1e-6 in the worst rows. */
    {"QdFpAmericanEngine", "highPrecision", {.name = "collocation", .settings = "setting=high"}, {2.5e-6}},
    {"QdFpAmericanEngine", "highPrecision", {.name = "collocation", .settings = "setting=accurate"}, {3e-6}},
    {"QdFpAmericanEngine", "highPrecision", {.name = "collocation", .settings = "setting=fast"}, {3e-4}},
    /* Their bumps are 0.1 of spot, 1e-3 of volatility, a day. */
    {"QdFpAmericanEngine+bump",
     "highPrecision;central dS=0.1 dvol=1e-3 dr=1e-4 dT=1d(theta=-dV/dT)",
     {.name = "collocation", .settings = "setting=accurate"},
     {3e-6, 1e-5, 2e-5, 8e-3, 3e-3, 2e-3}},
    {"BaroneAdesiWhaleyApproximationEngine", "", {.name = "barone_adesi_whaley"}, {1e-11}},
    {"BjerksundStenslandApproximationEngine",
     "1993",
     {.name = "bjerksund_stensland", .settings = "variant=1993"},
     {1e-10}},
    {"JuQuadraticApproximationEngine", "", {.name = "ju"}, {1e-11}},
    {"QdPlusAmericanEngine", "default", {.name = "qd_plus"}, {1e-6}},
};

typedef struct golden {
    size_t n;
    price_row row[ROWS];
    double want[ROWS][GREEKS];
} golden;

static double number(const char *text) { return *text ? strtod(text, NULL) : NAN; }

/* Cuts a line at its commas. */
static int cut(char *line, char **field)
{
    int n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *p = line; p && n < FIELDS; n++) {
        field[n] = p;
        p = strchr(p, ',');
        if (p) *p++ = 0;
    }
    return n;
}

static void take(golden *g, char **field)
{
    assert_true(g->n < ROWS);
    g->row[g->n] = (price_row){strcmp(field[10], "call") == 0 ? 1.0 : -1.0,
                               number(field[4]),
                               number(field[5]),
                               number(field[6]),
                               number(field[7]),
                               number(field[8]),
                               number(field[9])};
    for (int v = 0; v < GREEKS; v++) g->want[g->n][v] = number(field[23 + v]);
    g->n++;
}

static void read_golden(const pairing *p, golden *g)
{
    char line[1024], *field[FIELDS];
    FILE *file = fopen(GOLDEN, "r");
    assert_non_null(file);
    g->n = 0;
    while (fgets(line, sizeof line, file))
        if (cut(line, field) >= 29 && strcmp(field[2], p->golden) == 0 && strcmp(field[3], p->params) == 0)
            take(g, field);
    fclose(file);
    assert_true(g->n >= 10);
}

static void compare(const pairing *p, golden *g, price_result *got)
{
    uint32_t wants = 0;
    for (int v = 0; v < GREEKS; v++)
        if (p->tolerance[v] > 0.0) wants |= TW_VALUE_BIT(v);
    price_rows(&p->ours, g->row, g->n, wants, got);
    for (size_t i = 0; i < g->n; i++)
        for (int v = 0; v < GREEKS; v++) {
            if (!(p->tolerance[v] > 0.0) || isnan(g->want[i][v])) continue;
            const double error = fabs(got[i].value[v] - g->want[i][v]);
            if (!(error <= p->tolerance[v]))
                fail_msg("%s %s: %s %.12g, want %.12g: type %g spot %g strike %g r %g q %g vol %g T %g", p->ours.name,
                         p->ours.settings ? p->ours.settings : "", tw_pricing_values()[v].name, got[i].value[v],
                         g->want[i][v], g->row[i].type, g->row[i].spot, g->row[i].strike, g->row[i].r, g->row[i].q,
                         g->row[i].vol, g->row[i].T);
        }
}

static void quantlib(void **state)
{
    (void)state;
    if (access(GOLDEN, R_OK) != 0) skip();
    golden *g = malloc(sizeof *g);
    price_result *got = calloc(ROWS, sizeof *got);
    for (size_t i = 0; i < sizeof PAIRINGS / sizeof *PAIRINGS; i++) {
        read_golden(&PAIRINGS[i], g);
        compare(&PAIRINGS[i], g, got);
    }
    free(got);
    free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(quantlib)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
