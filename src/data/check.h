/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - what the checks share: findings, a symbol's bars in a row, robust statistics. */
#ifndef TW_DATA_CHECK_H
#define TW_DATA_CHECK_H

#include "data/panel.h"

#define TW_CHECK(name) extern const tw_check tw_check_##name;
#include "data/checks.def"
#undef TW_CHECK

typedef struct tw_not_run {
    const char *check;
    char why[160];
} tw_not_run;

struct tw_findings {
    const tw_ctx *ctx;
    tw_finding *list;
    size_t n, room;
    const tw_check *ran[32];
    size_t n_ran;
    tw_not_run not_run[32];
    size_t n_not_run;
};

/* The bars of one symbol that have a close, packed: trades, or bids where there are no trades. Columns the panel lacks
 * are NaN. */
typedef struct tw_series {
    const tw_ctx *ctx;
    const tw_panel *panel;
    size_t n, *t;
    double *open, *high, *low, *close, *volume;
    double *scratch; /* n_times values for the caller */
    size_t column[5];
} tw_series;

/* True when the panel has that column; NULL: closes of trades or of bids, without which a series is empty. */
bool tw_has_closes(const tw_panel *panel, const char *name);
tw_status tw_series_init(tw_series *series, const tw_ctx *ctx, const tw_panel *panel, tw_error *err);
void tw_series_clear(tw_series *series);
void tw_series_load(tw_series *series, size_t symbol);

/* Median of x[0..n) and 1.4826 times the median absolute deviation; `scratch` holds n values. */
double tw_robust_centre(size_t n, const double *x, double *scratch, double *spread);

/* Adds a finding with a formatted sentence. */
typedef struct tw_where {
    tw_findings *out;
    const char *check;
    tw_severity severity;
    size_t symbol, time;
    double value, bound;
} tw_where;
tw_status tw_finding_write(const tw_where *where, const char *format, ...) TW_PRINTF(2, 3);

/* A row of findings of one kind: the first TW_LISTED are written, the others counted in a last one. */
enum { TW_LISTED = 50 };
typedef struct tw_listing {
    size_t n;
    tw_where next; /* the first that is only counted */
} tw_listing;
tw_status tw_listing_write(tw_listing *list, const tw_where *where, const char *format, ...) TW_PRINTF(3, 4);
tw_status tw_listing_end(const tw_listing *list, const char *what);

/* "2014-08-07" of bar t, for sentences. */
typedef struct tw_stamp_text {
    char text[40];
} tw_stamp_text;
tw_stamp_text tw_stamp_of(const tw_panel *panel, size_t t);

#define TW_NOWHERE SIZE_MAX

#endif
