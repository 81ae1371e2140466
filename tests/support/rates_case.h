/* SPDX-License-Identifier: Apache-2.0 */
/* rates_case.h - rows of the reference numbers of QuantLib 1.29 for time, curves and bonds. */
#ifndef TW_RATES_CASE_H
#define TW_RATES_CASE_H

#include "tw_test.h"

#include "tradewind/io.h"
#include "tradewind/rates.h"

#include <math.h>
#include <stdlib.h>

#define RATES_GOLDEN TW_SHARED_DATA "/golden/quantlib_golden_rates.csv"

typedef struct golden_row {
    char kind[64], name[128], params[256], value[64];
} golden_row;

static inline void golden_copy(char *to, size_t room, tw_field field)
{
    assert_true(field.length < room);
    memcpy(to, field.text, field.length);
    to[field.length] = '\0';
}

/* Calls `row` for each row of a kind; the number of them, or skips the test where the file is absent. */
static inline size_t golden_rows(const char *kind, void (*row)(const golden_row *row, void *arg), void *arg)
{
    tw_source *source = NULL;
    tw_csv *csv = NULL;
    tw_error err;
    size_t n_rows = 0;
    if (tw_source_open(NULL, RATES_GOLDEN, &source, &err) != TW_OK) {
        print_message("skipped: no %s\n", RATES_GOLDEN);
        skip();
    }
    assert_ok(tw_csv_open(NULL, source, RATES_GOLDEN, NULL, &csv, &err), &err);
    for (;;) {
        const tw_field *field = NULL;
        size_t n = 0;
        golden_row r;
        assert_ok(tw_csv_next(csv, &field, &n, &err), &err);
        if (!field) break;
        assert_int_equal(n, 4);
        golden_copy(r.kind, sizeof r.kind, field[0]);
        golden_copy(r.name, sizeof r.name, field[1]);
        golden_copy(r.params, sizeof r.params, field[2]);
        golden_copy(r.value, sizeof r.value, field[3]);
        if (strcmp(r.kind, kind) != 0) continue;
        row(&r, arg);
        n_rows++;
    }
    tw_csv_close(csv);
    return n_rows;
}

static inline tw_date date_of(const char *text)
{
    tw_date date = 0;
    assert_true(tw_date_parse(text, 10, &date));
    return date;
}

static inline double golden_value(const golden_row *row) { return strtod(row->value, NULL); }

static inline tw_holidays *calendar_of(const char *names)
{
    tw_holidays *holidays = NULL;
    tw_error err;
    assert_ok(tw_holidays_new(NULL, &(tw_holidays_spec){.names = names}, &holidays, &err), &err);
    return holidays;
}

static inline const tw_day_count *day_count_of(const char *name)
{
    const tw_day_count *day_count = NULL;
    tw_error err;
    assert_ok(tw_day_count_find(name, &day_count, &err), &err);
    return day_count;
}

#endif
