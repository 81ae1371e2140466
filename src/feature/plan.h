/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - a compiled plan, as the runner sees it. */
#ifndef TW_FEATURE_PLAN_H
#define TW_FEATURE_PLAN_H

#include "feature/parse.h"
#include "tradewind/feature.h"

typedef struct fx_feature {
    const char *name, *expression;
    const fx_part *part; /* of the expression: what `and` joins at its top; n_parts 0: it is one */
    size_t n_parts;
} fx_feature;

struct tw_plan {
    const tw_ctx *ctx;
    tw_arena arena;
    fx_dag dag;
    const char **columns;
    size_t n_columns;
    fx_feature *features;
    fx_ref *roots; /* of the features */
    size_t n_features;
    uint64_t hash;
};

#endif
