/* SPDX-License-Identifier: Apache-2.0 */
/* Every operator that has the name of a TA-Lib function against TA-Lib 0.6.4 and 0.8.1: first bar with a value, number
 * of values, and the values themselves. The files are made by tests/golden/make/ta_lib.py, which says what their
 * columns are. */
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

enum { COLUMNS = 7, MOST_BARS = 2500, FIELDS = 9, MOST_OUTPUTS = 8 };
static const double tolerance = 1e-9;

typedef struct series {
    char name[16];
    size_t n;
    double column[COLUMNS][MOST_BARS];
} series;

static const char *const columns[COLUMNS] = {"open", "high", "low", "close", "volume", "unit", "periods"};

typedef struct table {
    series all[3];
    size_t n;
} table;

static size_t split(char *line, char separator, char **fields, size_t most)
{
    size_t n = 0;
    for (char *end = line; end && n < most; line = end + 1) {
        end = strchr(line, separator);
        if (end) *end = '\0';
        fields[n++] = line;
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
    (void)next_line(at);
    return text;
}

static table *read_bars(void)
{
    table *t = calloc(1, sizeof *t);
    char *at, *text = open_file("talib_bars.csv", &at), *fields[COLUMNS + 1];
    assert_non_null(t);
    for (char *line; (line = next_line(&at));) {
        assert_int_equal(split(line, ',', fields, COLUMNS + 1), COLUMNS + 1);
        if (t->n == 0 || strcmp(t->all[t->n - 1].name, fields[0]) != 0)
            snprintf(t->all[t->n++].name, sizeof t->all[0].name, "%s", fields[0]);
        series *s = &t->all[t->n - 1];
        for (size_t c = 0; c < COLUMNS; c++) s->column[c][s->n] = strtod(fields[c + 1], NULL);
        s->n++;
    }
    tw_free(NULL, text);
    return t;
}

/* A line of the values. */
typedef struct wanted {
    const char *version, *series, *function, *params, *output;
    char *inputs, *values;
    long first, count;
} wanted;

static bool read_wanted(char **at, wanted *w)
{
    char *line = next_line(at), *f[FIELDS];
    if (!line) return false;
    assert_int_equal(split(line, ',', f, FIELDS), FIELDS);
    *w = (wanted){f[0], f[1], f[2], f[3], f[4], f[5], f[8], atol(f[6]), atol(f[7])};
    return true;
}

static const series *series_of(const table *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (!strcmp(t->all[i].name, name)) return &t->all[i];
    fail_msg("no series %s", name);
    return NULL;
}

/* Runs the operator; the output of this name, or NULL where it has none of it. *absent: it has no such parameter yet.
 */
static const double *run(const tw_op *op, const wanted *w, const series *s, bool *absent)
{
    static double room[MOST_OUTPUTS][MOST_BARS];
    const double *in[COLUMNS];
    double *out[MOST_OUTPUTS];
    char *names[COLUMNS];
    tw_error err = {""};
    const size_t n = split(w->inputs, '+', names, COLUMNS);
    if (n != tw_op_inputs(op))
        return print_error("%s has %zu inputs, TA-Lib %zu\n", op->name, tw_op_inputs(op), n), NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < COLUMNS; c++)
            if (!strcmp(names[i], columns[c])) in[i] = s->column[c];
    for (size_t o = 0; o < MOST_OUTPUTS; o++) out[o] = room[o];
    const tw_status status = tw_op_apply(NULL, op->name, w->params, s->n, in, out, &err);
    *absent = status == TW_BAD_NAME;
    if (*absent) return NULL;
    if (status) return print_error("%s(%s): %s\n", op->name, w->params, err.message), NULL;
    for (size_t o = 0; op->outputs[o]; o++)
        if (!strcmp(op->outputs[o], w->output)) return room[o];
    return print_error("%s has no output '%s'\n", op->name, w->output), NULL;
}

static bool near(double got, double want)
{
    return got == want || fabs(got - want) <= tolerance * fmax(fabs(want), 1e-3);
}

/* Bars on which TA-Lib gives what its running sums made of rounding, and its two versions differ from each other as
 * they do from us: averages that divide one difference by another (mama, kama) over series that stand still at 0 or
 * 100; the phase of a price that stands still for a cycle, whose sums are 0 (60 digits: tests/golden/make/hilbert.py).
 * docs/reference/talib.md says more. Every entry must be met. */
typedef struct rounding {
    const char *function, *series, *params;
    size_t from, to;
} rounding;
static const rounding roundings[] = {
    {"macdext", "walk", "slowmatype=7", 552, 552},
    {"stochrsi", "walk", "fastd_matype=7", 695, 699},
    {"stoch", "ties", "slowk_matype=7", 404, 404},
    {"stoch", "ties", "slowk_matype=7", 623, 623},
    {"stoch", "ties", "slowd_matype=7", 404, 404},
    {"stoch", "ties", "slowd_matype=7", 623, 623},
    {"stochf", "ties", "fastd_matype=7", 403, 403},
    {"stochf", "ties", "fastd_matype=7", 622, 622},
    {"kdj", "ties", "slowk_matype=7", 407, 407},
    {"kdj", "ties", "slowk_matype=7", 626, 626},
    {"stochrsi", "ties", "fastd_matype=5", 695, 697},
    {"stochrsi", "ties", "fastd_matype=6", 322, 322},
    {"stochrsi", "ties", "fastd_matype=6", 397, 397},
    {"stochrsi", "ties", "fastd_matype=6", 472, 472},
    {"stochrsi", "ties", "fastd_matype=6", 695, 699},
    {"stochrsi", "ties", "fastd_matype=7", 410, 410},
    {"stochrsi", "ties", "fastd_matype=7", 482, 482},
    {"stochrsi", "ties", "fastd_matype=7", 626, 626},
    {"stochrsi", "ties", "fastd_matype=7", 695, 699},
    {"ht_dcphase", "ties", "", 345, 345},
    {"ht_sine", "ties", "", 345, 345},
    {"ht_trendmode", "ties", "", 347, 357},
    {"ht_trendmode", "ties", "", 573, 589},
};
enum { ROUNDINGS = sizeof roundings / sizeof roundings[0] };

static size_t rounding_of(const wanted *w, size_t t)
{
    for (size_t i = 0; i < ROUNDINGS; i++) {
        const rounding *r = &roundings[i];
        if (t < r->from || t > r->to || strcmp(r->function, w->function) != 0 || strcmp(r->series, w->series) != 0)
            continue;
        if (strstr(w->params, r->params)) return i;
    }
    return ROUNDINGS;
}
/* Counts the bar in met[] where it is one of these. */
static bool is_rounding(const wanted *w, size_t t, size_t met[ROUNDINGS])
{
    const size_t i = rounding_of(w, t);
    if (i < ROUNDINGS) met[i]++;
    return i < ROUNDINGS;
}
/* The count of a whole number that is not 0, without such bars. */
static long whole_count(const wanted *w)
{
    long count = w->count;
    for (char *pair = w->values; pair && *pair; pair = strchr(pair, ';') ? strchr(pair, ';') + 1 : NULL)
        count -= rounding_of(w, strtoul(pair, NULL, 10)) < ROUNDINGS;
    return count;
}

/* Whole numbers have no first bar: what is listed is what is not zero, perhaps nothing. */
static size_t compare(const wanted *w, const double *y, size_t n, size_t met[ROUNDINGS])
{
    const bool whole = w->first < 0 && (w->count > 0 || !strcmp(w->output, "integer"));
    long first = -1, count = 0;
    size_t wrong = 0;
    for (size_t t = 0; t < n; t++) {
        const bool there = y[t] == y[t] && !(whole && (y[t] == 0 || rounding_of(w, t) < ROUNDINGS));
        if (there && first < 0) first = (long)t;
        count += there;
    }
    if (count != (whole ? whole_count(w) : w->count) || (w->first >= 0 && first != w->first)) {
        print_error("%s %s(%s).%s on %s: %ld values from bar %ld, TA-Lib has %ld from %ld\n", w->version, w->function,
                    w->params, w->output, w->series, count, first, w->count, w->first);
        return 1;
    }
    for (char *pair = w->values; pair && *pair; pair = strchr(pair, ';') ? strchr(pair, ';') + 1 : NULL) {
        const size_t t = strtoul(pair, NULL, 10);
        const double want = strtod(strchr(pair, ':') + 1, NULL);
        if (near(y[t], want) || is_rounding(w, t, met)) continue;
        if (!wrong++)
            print_error("%s %s(%s).%s on %s, bar %zu: %.17g, TA-Lib has %.17g\n", w->version, w->function, w->params,
                        w->output, w->series, t, y[t], want);
    }
    return wrong;
}

/* What only the newer version has; and where the versions differ in more than defaults, the one that is followed, 0.6.4
 * else: docs/reference/talib.md says why. */
static bool follows(const wanted *w)
{
    static const char *const newer[] = {
        "ac",       "adr",    "ao",   "cmf",  "cmou",    "coppock",    "correl",      "cumsum",   "cvi",        "dpo",
        "efi",      "er",     "eri",  "fosc", "fractal", "ha",         "hma",         "imi",      "kc",         "kdj",
        "marketfi", "massi",  "mavp", "mfi",  "nvi",     "percentile", "percentrank", "pvi",      "pvo",        "pvt",
        "qstick",   "rma",    "rvi",  "rvol", "smi",     "stoch",      "stochf",      "stochrsi", "supertrend", "tsi",
        "vhf",      "vortex", "vwap", "vwma", "wad",     "zlema"};
    const char *version = "0.6";
    if (!strcmp(w->version, "both")) return true;
    for (size_t i = 0; i < sizeof newer / sizeof newer[0]; i++)
        if (!strcmp(newer[i], w->function)) version = "0.8";
    return !strcmp(version, w->version);
}

static void values_are_those_of_ta_lib(void **state)
{
    (void)state;
    table *bars = read_bars();
    char *at, *text = open_file("talib_values.csv", &at);
    size_t lines = 0, wrong = 0, absent = 0, met[ROUNDINGS] = {0}, rounded = 0;
    for (wanted w; read_wanted(&at, &w);) {
        const tw_op *op = NULL;
        if (!follows(&w)) continue;
        lines++;
        if (tw_op_find(TW_ISA_BASELINE, w.function, &op, NULL)) {
            absent++;
            continue;
        }
        const series *s = series_of(bars, w.series);
        bool lacks = false;
        const double *y = run(op, &w, s, &lacks);
        absent += lacks;
        wrong += !lacks && (!y || compare(&w, y, s->n, met) > 0);
    }
    for (size_t i = 0; i < ROUNDINGS; rounded += met[i++])
        if (met[i] == 0)
            fail_msg("%s(%s) on %s: bars %zu to %zu do not differ any more", roundings[i].function, roundings[i].params,
                     roundings[i].series, roundings[i].from, roundings[i].to);
    print_message("%zu series of TA-Lib, %zu of functions or options that are not here yet, %zu differ; %zu values are "
                  "of its rounding\n",
                  lines, absent, wrong, rounded);
    tw_free(NULL, text);
    free(bars);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_those_of_ta_lib)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
