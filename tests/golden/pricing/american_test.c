/* SPDX-License-Identifier: Apache-2.0 */
/* american_test.c - American options beside QuantLib 1.29's (shared/data/golden/quantlib_golden.csv). */
#include "quantlib_golden.h"

/* Rows of one engine and its params there, and what ours gives for them; tolerance of value, delta, gamma, vega, theta,
 * rho (0: not compared). */
typedef struct pairing {
    const char *engine, *params;
    price_engine ours;
    double tolerance[GOLDEN_GREEKS];
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

static void quantlib(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof PAIRINGS / sizeof *PAIRINGS; i++) {
        const pairing *p = &PAIRINGS[i];
        golden *g = golden_read_rows("american", p->engine, p->params);
        price_result *got = calloc(GOLDEN_ROWS, sizeof *got);
        price_rows(&p->ours, g->row, g->n, golden_wants(p->tolerance), got);
        golden_compare(g, got, p->tolerance);
        free(got);
        free(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(quantlib)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
