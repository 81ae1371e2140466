/* SPDX-License-Identifier: Apache-2.0 */
/* quantlib_golden.h - rows of shared/data/golden/quantlib_golden.csv. */
#ifndef TW_TESTS_QUANTLIB_GOLDEN_H
#define TW_TESTS_QUANTLIB_GOLDEN_H

#include "price_case.h"

enum { GOLDEN_ROWS = 1400, GOLDEN_FIELDS = 31, GOLDEN_GREEKS = 6 };

#define GOLDEN_PATH TW_SHARED_DATA "/golden/quantlib_golden.csv"

typedef struct golden {
    const char *instrument, *engine, *params; /* what is read; instrument NULL: any */
    size_t n;
    price_row row[GOLDEN_ROWS];
    char exercise[GOLDEN_ROWS][40];
    double barrier_type[GOLDEN_ROWS], barrier[GOLDEN_ROWS], rebate[GOLDEN_ROWS];
    double want[GOLDEN_ROWS][GOLDEN_GREEKS]; /* value, delta, gamma, vega, theta, rho; NaN: not given */
} golden;

static inline double golden_number(const char *text) { return *text ? strtod(text, NULL) : NAN; }

static inline int golden_cut(char *line, char **field)
{
    int n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *p = line; p && n < GOLDEN_FIELDS; n++) {
        field[n] = p;
        p = strchr(p, ',');
        if (p) *p++ = 0;
    }
    return n;
}

static inline double golden_barrier_type(const char *text)
{
    static const char *const TYPES[] = {"downin", "downout", "upin", "upout"};
    for (int i = 0; i < 4; i++)
        if (strcmp(text, TYPES[i]) == 0) return i;
    return NAN;
}

static inline void golden_take(golden *g, char **field)
{
    assert_true(g->n < GOLDEN_ROWS);
    const double side = strcmp(field[10], "call") == 0 ? 1.0 : -1.0;
    double x[6];
    for (int i = 0; i < 6; i++) x[i] = golden_number(field[4 + i]);
    g->row[g->n] = (price_row){side, x[0], x[1], x[2], x[3], x[4], x[5]};
    snprintf(g->exercise[g->n], sizeof g->exercise[0], "%s", field[11]);
    g->barrier_type[g->n] = golden_barrier_type(field[13]);
    g->barrier[g->n] = golden_number(field[14]);
    g->rebate[g->n] = golden_number(field[15]);
    for (int v = 0; v < GOLDEN_GREEKS; v++) g->want[g->n][v] = golden_number(field[23 + v]);
    g->n++;
}

/* The rows of an instrument, engine and params. Skips the test where the file is not there. */
static inline golden *golden_read_rows(const char *instrument, const char *engine, const char *params)
{
    golden *g = calloc(1, sizeof *g);
    *g = (golden){.instrument = instrument, .engine = engine, .params = params};
    char line[1024], *field[GOLDEN_FIELDS];
    FILE *file = fopen(GOLDEN_PATH, "r");
    if (!file) {
        print_message("skipped: no shared/data/golden/quantlib_golden.csv\n");
        free(g);
        skip();
    }
    while (fgets(line, sizeof line, file))
        if (golden_cut(line, field) >= 29 && (!instrument || strcmp(field[1], instrument) == 0) &&
            strcmp(field[2], engine) == 0 && strcmp(field[3], params) == 0)
            golden_take(g, field);
    fclose(file);
    assert_true(g->n >= 2);
    return g;
}

/* Compares what came out with what is given, by tolerances of the six (0: not compared). */
static inline void golden_compare(const golden *g, const price_result *got, const double *tolerance)
{
    for (size_t i = 0; i < g->n; i++)
        for (int v = 0; v < GOLDEN_GREEKS; v++) {
            if (!(tolerance[v] > 0.0) || isnan(g->want[i][v])) continue;
            if (fabs(got[i].value[v] - g->want[i][v]) <= tolerance[v]) continue;
            const price_row *r = &g->row[i];
            fail_msg("%s %s: %s %.12g, want %.12g: type %g strike %g r %g q %g vol %g T %g", g->engine, g->params,
                     tw_pricing_values()[v].name, got[i].value[v], g->want[i][v], r->type, r->strike, r->r, r->q,
                     r->vol, r->T);
        }
}

static inline uint32_t golden_wants(const double *tolerance)
{
    uint32_t wants = 0;
    for (int v = 0; v < GOLDEN_GREEKS; v++)
        if (tolerance[v] > 0.0) wants |= TW_VALUE_BIT(v);
    return wants;
}

#endif
