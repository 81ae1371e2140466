/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of shared/data/golden/quantlib_golden.csv, as text fields. */
#ifndef TW_TEST_QUANTLIB_ROWS_H
#define TW_TEST_QUANTLIB_ROWS_H

#include "tw_test.h"

#include <stdlib.h>

enum { QL_ROWS_MAX = 8000, QL_FIELDS = 32 };

typedef enum ql_field {
    QL_ID,
    QL_INSTRUMENT,
    QL_ENGINE,
    QL_PARAMS,
    QL_SPOT,
    QL_STRIKE,
    QL_R,
    QL_Q,
    QL_VOL,
    QL_T,
    QL_TYPE,
    QL_EXERCISE,
    QL_DAYS,
    QL_BARRIER_TYPE,
    QL_BARRIER,
    QL_REBATE,
    QL_CASH,
    QL_FIXINGS,
    QL_V0,
    QL_KAPPA,
    QL_THETA_V,
    QL_SIGMA_V,
    QL_RHO_V,
    QL_VALUE,
    QL_DELTA,
    QL_GAMMA,
    QL_VEGA,
    QL_THETA,
    QL_RHO,
    QL_DIVIDEND_RHO,
    QL_ERROR
} ql_field;

typedef struct ql_row {
    const char *field[QL_FIELDS];
} ql_row;

typedef struct ql_rows {
    size_t n;
    ql_row row[QL_ROWS_MAX];
    char *text;
} ql_rows;

/* Reads the file; skips the test where it is not there. */
static inline ql_rows *ql_read(void)
{
    size_t length;
    ql_rows *q = calloc(1, sizeof *q);
    if (tw_file_read(NULL, TW_SHARED_DATA "/golden/quantlib_golden.csv", &q->text, &length, NULL) != TW_OK) {
        print_message("skipped: no shared/data/golden/quantlib_golden.csv\n");
        free(q);
        skip();
    }
    char *at = strchr(q->text, '\n') + 1;
    while (*at) {
        ql_row *row = &q->row[q->n++];
        char *end = strchr(at, '\n');
        assert_true(q->n < QL_ROWS_MAX);
        *end = '\0';
        for (int f = 0; f < QL_FIELDS; f++) {
            row->field[f] = at;
            at += strcspn(at, ",\r");
            if (*at) *at++ = '\0';
        }
        at = end + 1;
    }
    return q;
}

static inline void ql_free(ql_rows *q)
{
    tw_free(NULL, q->text);
    free(q);
}

/* A field as a number: 0 where it is empty. */
static inline double ql_number(const ql_row *row, ql_field field) { return strtod(row->field[field], NULL); }

static inline bool ql_is(const ql_row *row, ql_field field, const char *text)
{
    return strcmp(row->field[field], text) == 0;
}

/* Of an engine whose name starts so, with params that hold `params`. */
static inline bool ql_by(const ql_row *row, const char *instrument, const char *engine, const char *params)
{
    return ql_is(row, QL_INSTRUMENT, instrument) && strncmp(row->field[QL_ENGINE], engine, strlen(engine)) == 0 &&
           strstr(row->field[QL_PARAMS], params) != NULL;
}

/* Another engine's row for the same contract, or NULL. */
static inline const ql_row *ql_same(const ql_rows *q, const ql_row *row, const char *engine, const char *params)
{
    static const ql_field terms[] = {QL_SPOT,     QL_STRIKE,       QL_R,       QL_Q,      QL_VOL,  QL_T,      QL_TYPE,
                                     QL_EXERCISE, QL_BARRIER_TYPE, QL_BARRIER, QL_REBATE, QL_CASH, QL_FIXINGS};
    for (size_t i = 0; i < q->n; i++) {
        bool same = ql_by(&q->row[i], row->field[QL_INSTRUMENT], engine, params);
        for (size_t t = 0; t < sizeof terms / sizeof *terms && same; t++)
            same = ql_is(&q->row[i], terms[t], row->field[terms[t]]);
        if (same) return &q->row[i];
    }
    return NULL;
}

/* "type=1 spot=100 ..." of a row. */
static inline const char *ql_columns(const ql_row *row, char *text, size_t room)
{
    static const char *const types[] = {"downin", "downout", "upin", "upout"};
    int barrier = 0;
    while (barrier < 3 && !ql_is(row, QL_BARRIER_TYPE, types[barrier])) barrier++;
    (void)snprintf(text, room,
                   "type=%d spot=%.17g strike=%.17g r=%.17g q=%.17g vol=%.17g T=%.17g barrier=%.17g barrier_type=%d "
                   "rebate=%.17g cash=%.17g fixings=%.17g",
                   ql_is(row, QL_TYPE, "call") ? 1 : -1, ql_number(row, QL_SPOT), ql_number(row, QL_STRIKE),
                   ql_number(row, QL_R), ql_number(row, QL_Q), ql_number(row, QL_VOL), ql_number(row, QL_T),
                   ql_number(row, QL_BARRIER), barrier, ql_number(row, QL_REBATE), ql_number(row, QL_CASH),
                   ql_number(row, QL_FIXINGS));
    return text;
}

#endif
