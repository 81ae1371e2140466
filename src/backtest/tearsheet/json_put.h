/* SPDX-License-Identifier: Apache-2.0 */
/* json_put.h - keys and values of a sheet's JSON. */
#ifndef TW_BACKTEST_JSON_PUT_H
#define TW_BACKTEST_JSON_PUT_H

#include "backtest/tearsheet/sheet.h"

static inline void json_text(tw_json *j, const char *key, const char *value)
{
    tw_json_key(j, key);
    tw_json_text(j, value);
}

static inline void json_number(tw_json *j, const char *key, double x)
{
    tw_json_key(j, key);
    tw_json_number(j, x);
}

static inline void json_count(tw_json *j, const char *key, size_t n)
{
    tw_json_key(j, key);
    tw_json_integer(j, (int64_t)n);
}

static inline void json_when(tw_json *j, const char *key, int64_t time)
{
    char out[40];
    out[tw_time_format(time, out)] = '\0';
    json_text(j, key, out);
}

static inline void json_numbers(tw_json *j, const char *key, size_t n, const double *x)
{
    if (!x) return;
    tw_json_key(j, key);
    tw_json_array(j);
    for (size_t i = 0; i < n; i++) tw_json_number(j, x[i]);
    tw_json_array_end(j);
}

/* Parts of the sheet (json_shape.c). */
void tw_sheet_json_loadings(const tw_tearsheet *s, tw_json *j);
void tw_sheet_json_histograms(const tw_tearsheet *s, tw_json *j);
void tw_sheet_json_belief(const tw_tearsheet *s, tw_json *j);
void tw_sheet_json_live(const tw_tearsheet *s, tw_json *j);

#endif
