/* SPDX-License-Identifier: Apache-2.0 */
/* feature_case.h - small plans for tests. */
#ifndef TW_TESTS_FEATURE_CASE_H
#define TW_TESTS_FEATURE_CASE_H

#include "tw_test.h"

#include <math.h>

#include "tradewind/feature.h"

enum { FX_TEST_TEXT = 1 << 17 };

/* Compiles one feature 'f' over NULL-terminated columns; `plan` NULL: only the status is wanted. */
static inline tw_status case_compile(const char *const *columns, const char *expression, tw_plan **plan, tw_error *err)
{
    tw_feature feature = {"f", expression};
    tw_plan_spec spec = {.columns = columns, .features = &feature, .n_features = 1};
    tw_plan *made = NULL;
    while (columns[spec.n_columns]) spec.n_columns++;
    const tw_status status = tw_plan_compile(NULL, &spec, &made, err);
    if (plan)
        *plan = made;
    else
        tw_plan_free(made);
    return status;
}

/* The same, where it must succeed. */
static inline tw_plan *case_plan(const char *const *columns, const char *expression)
{
    tw_plan *plan = NULL;
    tw_error err = {""};
    if (case_compile(columns, expression, &plan, &err) != TW_OK) fail_msg("%s: %s", expression, err.message);
    return plan;
}

static inline tw_runner *case_runner(const tw_ctx *ctx, const tw_plan *plan, size_t n_symbols)
{
    tw_runner *runner = NULL;
    tw_error err = {""};
    if (tw_runner_new(ctx, plan, n_symbols, NULL, &runner, &err) != TW_OK) fail_msg("%s", err.message);
    return runner;
}

#endif
