/* SPDX-License-Identifier: Apache-2.0 */
/* Operators against TA-Lib 0.6.4, pandas and numpy, and pandas-ta-classic. A column of the files is named
 * op(params).output; its values were made by tests/golden/make/ta.py and pandas_ta.py. */
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

enum { ROWS = 130, COLUMNS = 112, INPUTS = 4, OUTPUTS = 12 };

typedef struct table {
    char *text, *names[COLUMNS];
    size_t columns;
    double cells[COLUMNS][ROWS], got[COLUMNS][ROWS];
} table;

static size_t split(char *line, char **fields)
{
    size_t n = 0;
    for (char *end = line; end; line = end + 1) {
        end = strchr(line, ',');
        if (end) *end = '\0';
        assert_true(n < COLUMNS);
        fields[n++] = line;
    }
    return n;
}

static char *next_line(char **at)
{
    char *line = *at, *end = strchr(line, '\n');
    assert_non_null(end);
    *end = '\0';
    *at = end + 1;
    return line;
}

static table *open_table(const char *path)
{
    table *t = calloc(1, sizeof *t);
    size_t length;
    assert_non_null(t);
    assert_int_equal(tw_file_read(NULL, path, &t->text, &length, NULL), TW_OK);
    char *at = t->text;
    assert_int_equal(next_line(&at)[0], '#');
    t->columns = split(next_line(&at), t->names);
    for (size_t r = 0; r < ROWS; r++) {
        char *fields[COLUMNS];
        assert_int_equal(split(next_line(&at), fields), t->columns);
        for (size_t c = 0; c < t->columns; c++)
            if (!tw_parse_double(fields[c], strlen(fields[c]), &t->cells[c][r])) t->cells[c][r] = (double)NAN;
    }
    return t;
}

/* Runs "op(params).output" over the first columns, by the names of its inputs; x and close are the close. */
static void run_column(table *t, size_t column)
{
    char name[64] = "", params[96] = "", output[32] = "";
    const double *in[INPUTS] = {NULL};
    double spare[OUTPUTS][ROWS], *out[OUTPUTS];
    const tw_op *op;
    tw_error err = {""};
    if (sscanf(t->names[column], "%63[^(](%95[^)]).%31s", name, params, output) < 2)
        assert_true(sscanf(t->names[column], "%63[^(]()", name) == 1);
    assert_int_equal(tw_op_find(TW_ISA_BEST, name, &op, NULL), TW_OK);
    for (size_t i = 0; i < tw_op_inputs(op); i++) {
        in[i] = t->cells[i == 0 ? 2 : 3];
        for (size_t c = 0; c < INPUTS; c++)
            if (strcmp(op->inputs[i], t->names[c]) == 0) in[i] = t->cells[c];
    }
    for (size_t o = 0; o < tw_op_outputs(op); o++)
        out[o] = (output[0] ? strcmp(output, op->outputs[o]) == 0 : o == 0) ? t->got[column] : spare[o];
    if (tw_op_apply(NULL, name, params, ROWS, in, out, &err)) fail_msg("%s", err.message);
}

static double worst_relative(const table *t, size_t column)
{
    double worst = 0, scale = 0;
    for (size_t r = 0; r < ROWS; r++)
        if (fabs(t->cells[column][r]) > scale) scale = fabs(t->cells[column][r]);
    for (size_t r = 0; r < ROWS; r++) {
        const double want = t->cells[column][r], got = t->got[column][r];
        if ((want == want) != (got == got))
            fail_msg("%s: bar %zu is %.17g, the peer has %.17g", t->names[column], r, got, want);
        /* relative to the value, or to a thousandth of the largest where it is near zero */
        const double error = fabs(got - want) / fmax(fabs(want), 1e-3 * scale);
        if (want == want && error > worst) worst = error;
    }
    return worst;
}

static void compare(const char *path, double bound)
{
    table *t = open_table(path);
    for (size_t c = INPUTS; c < t->columns; c++) {
        run_column(t, c);
        const double worst = worst_relative(t, c);
        if (getenv("TA_SHOW")) printf("%-50s %.2g\n", t->names[c], worst);
        if (!(worst <= bound)) fail_msg("%s: off by %.3g, allowed %.3g", t->names[c], worst, bound);
    }
    tw_free(NULL, t->text);
    free(t);
}

static void values_are_those_of_ta_lib(void **state)
{
    (void)state;
    compare(TW_SOURCE_DIR "/tests/golden/feature/talib.csv", 1e-9);
}
static void values_are_those_of_pandas(void **state)
{
    (void)state;
    compare(TW_SOURCE_DIR "/tests/golden/feature/pandas.csv", 1e-9);
}
static void values_are_those_of_pandas_ta(void **state)
{
    (void)state;
    compare(TW_SOURCE_DIR "/tests/golden/feature/pandas_ta.csv", 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_ta_lib),
        cmocka_unit_test(values_are_those_of_pandas),
        cmocka_unit_test(values_are_those_of_pandas_ta),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
