/* SPDX-License-Identifier: Apache-2.0 */
/* The factors, filters and classifiers of zipline's pipeline as expressions, against its own engine over a panel with
 * gaps, late listings, delistings, ties and labels that change. tests/golden/make/zipline_pipeline.py makes the files
 * and says what is in them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tradewind/feature.h"

enum { COLUMNS = 10, SYMBOLS = 19, BLOCKS = 2, WIDTH = BLOCKS * TW_LANES, BARS = 70, KEPT = 9, CELLS = KEPT * SYMBOLS };
enum { MOST = 200 };
static const double tolerance = 1e-12;

typedef struct golden {
    char *bars_text, *values_text;
    char *names[COLUMNS];
    double column[COLUMNS][BARS][WIDTH]; /* rows by time, then symbol */
    tw_feature lets[MOST], features[MOST];
    char *values[MOST], label[MOST][8];
    size_t n_lets, n_features;
} golden;

static size_t split(char *line, char separator, char **fields, size_t most)
{
    size_t n = 0;
    for (char *end = line; end && n < most; line = end + 1) {
        end = n + 1 < most ? strchr(line, separator) : NULL;
        if (end) *end = '\0';
        fields[n++] = line;
        if (!end) break;
    }
    return n;
}

static char *next_line(char **at)
{
    char *line = *at, *end = strchr(line, '\n');
    if (!end) return NULL;
    *end = '\0';
    *at = end + 1;
    return line;
}

static char *open_file(const char *name, char **at)
{
    char path[512], *text;
    size_t length;
    snprintf(path, sizeof path, "%s/tests/golden/feature/%s", TW_SOURCE_DIR, name);
    assert_int_equal(tw_file_read(NULL, path, &text, &length, NULL), TW_OK);
    *at = text;
    assert_int_equal(next_line(at)[0], '#');
    return text;
}

static double cell_of(const char *text) { return *text ? strtod(text, NULL) : (double)NAN; }

static void read_bars(golden *g)
{
    char *at, *f[COLUMNS + 2];
    g->bars_text = open_file("pipeline_bars.csv", &at);
    assert_int_equal(split(next_line(&at), ',', f, COLUMNS + 2), COLUMNS + 2);
    for (size_t c = 0; c < COLUMNS; c++) {
        g->names[c] = f[c + 2];
        for (size_t i = 0; i < BARS * WIDTH; i++) g->column[c][i / WIDTH][i % WIDTH] = NAN;
    }
    for (char *line; (line = next_line(&at));) {
        assert_int_equal(split(line, ',', f, COLUMNS + 2), COLUMNS + 2);
        const size_t t = strtoul(f[0], NULL, 10), s = strtoul(f[1], NULL, 10);
        assert_true(t < BARS && s < SYMBOLS);
        for (size_t c = 0; c < COLUMNS; c++) g->column[c][t][s] = cell_of(f[c + 2]);
    }
}

static void read_values(golden *g)
{
    char *at, *f[3];
    g->values_text = open_file("pipeline_values.csv", &at);
    (void)next_line(&at);
    for (char *line; (line = next_line(&at));) {
        assert_int_equal(split(line, ';', f, 3), 3);
        assert_true(g->n_lets < MOST && g->n_features < MOST);
        if (strcmp(f[0], "let") == 0) {
            g->lets[g->n_lets++] = (tw_feature){f[1], f[2]};
            continue;
        }
        snprintf(g->label[g->n_features], sizeof g->label[0], "f%zu", g->n_features);
        g->features[g->n_features] = (tw_feature){g->label[g->n_features], f[1]};
        g->values[g->n_features++] = f[2];
    }
}

static double *run(const golden *g)
{
    const tw_plan_spec spec = {.columns = (const char *const *)g->names,
                               .n_columns = COLUMNS,
                               .lets = g->lets,
                               .n_lets = g->n_lets,
                               .features = g->features,
                               .n_features = g->n_features};
    double *out = calloc(g->n_features, BARS * WIDTH * sizeof(double));
    tw_tiles in[COLUMNS];
    tw_tiles_out to[MOST];
    tw_plan *plan;
    tw_runner *runner;
    tw_error err = {""};
    assert_non_null(out);
    for (size_t c = 0; c < COLUMNS; c++) in[c] = (tw_tiles){g->column[c][0], TW_LANES, WIDTH};
    for (size_t k = 0; k < g->n_features; k++)
        to[k] = (tw_tiles_out){.f64 = out + k * BARS * WIDTH, .block_stride = TW_LANES, .time_stride = WIDTH};
    if (tw_plan_compile(NULL, &spec, &plan, &err)) fail_msg("%s", err.message);
    assert_int_equal(tw_runner_new(NULL, plan, SYMBOLS, NULL, &runner, NULL), TW_OK);
    assert_int_equal(tw_runner_run(runner, BARS, in, to, NULL), TW_OK);
    tw_runner_free(runner);
    tw_plan_free(plan);
    return out;
}

/* Largest error relative to the value, or to a thousandth of the largest where it is near zero. */
static double worst_of(const golden *g, size_t k, const double *got, size_t *rows)
{
    char *cells[CELLS];
    double worst = 0, scale = 0;
    assert_int_equal(split(g->values[k], ',', cells, CELLS), CELLS);
    for (size_t i = 0; i < CELLS; i++) {
        const double size = fabs(cell_of(cells[i]));
        if (strcmp(cells[i], "-") != 0 && size > scale && isfinite(size)) scale = size;
    }
    for (size_t i = 0; i < CELLS; i++) {
        const size_t t = BARS - KEPT + i / SYMBOLS, s = i % SYMBOLS;
        if (strcmp(cells[i], "-") == 0) continue;
        const double want = cell_of(cells[i]), y = got[t * WIDTH + s];
        if ((want == want) != (y == y) || (isinf(want) && y != want)) {
            print_error("%s: bar %zu of symbol %zu is %.17g, zipline has %.17g\n", g->features[k].expression, t, s, y,
                        want);
            return INFINITY;
        }
        *rows += want == want;
        const double error = want == y ? 0 : fabs(y - want) / fmax(fabs(want), 1e-3 * scale);
        if (error > worst) worst = error;
    }
    return worst;
}

static void values_are_those_of_zipline(void **state)
{
    golden *g = calloc(1, sizeof *g);
    size_t bad = 0;
    (void)state;
    assert_non_null(g);
    read_bars(g);
    read_values(g);
    assert_true(g->n_features > 80);
    double *got = run(g);
    for (size_t k = 0; k < g->n_features; k++) {
        size_t rows = 0;
        const double worst = worst_of(g, k, got + k * BARS * WIDTH, &rows);
        if (getenv("TA_SHOW")) printf("%-70s %4zu %.2g\n", g->features[k].expression, rows, worst);
        if (rows == 0) print_error("%s: zipline has no value\n", g->features[k].expression);
        if (worst > tolerance) print_error("%s: off by %.3g\n", g->features[k].expression, worst);
        bad += rows == 0 || !(worst <= tolerance);
    }
    free(got);
    tw_free(NULL, g->bars_text);
    tw_free(NULL, g->values_text);
    free(g);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_those_of_zipline)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
