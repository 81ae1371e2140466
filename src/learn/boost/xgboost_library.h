/* SPDX-License-Identifier: Apache-2.0 */
/* XGBoost's C API, opened at run time: a program built once runs with and without it. Versions 1.7 and later. */
#ifndef TW_LEARN_XGBOOST_LIBRARY_H
#define TW_LEARN_XGBOOST_LIBRARY_H

#include "tradewind/base.h"

/* The calls that a fit makes, as xgboost/c_api.h declares them: 0 is success. */
typedef struct tw_xgboost_library {
    void *handle;
    int major, minor;
    void (*version)(int *major, int *minor, int *patch);
    const char *(*last_error)(void);
    int (*matrix_new)(const float *values, uint64_t n_rows, uint64_t n_columns, float missing, void **matrix);
    int (*matrix_set)(void *matrix, const char *field, const float *values, uint64_t n);
    int (*matrix_describe)(void *matrix, const char *field, const char **texts, uint64_t n);
    int (*matrix_free)(void *matrix);
    int (*booster_new)(void *const *matrices, uint64_t n, void **booster);
    int (*booster_set)(void *booster, const char *name, const char *value);
    int (*booster_update)(void *booster, int round, void *train);
    int (*booster_predict)(void *booster, void *matrix, const char *json, const uint64_t **shape, uint64_t *n_dims,
                           const float **result);
    int (*booster_save)(void *booster, const char *json, uint64_t *length, const char **bytes);
    int (*booster_free)(void *booster);
} tw_xgboost_library;

/* Opens it. UNSUPPORTED, saying what is missing and where to get it, when it is not there or too old. */
tw_status tw_xgboost_open(tw_xgboost_library *library, tw_error *err);
/* Gives the handle back. */
void tw_xgboost_close(tw_xgboost_library *library);
/* OK, or a failure with what the library said: `code` is what a call of it returned. */
tw_status tw_xgboost_check(const tw_xgboost_library *library, int code, tw_error *err);

#endif
