/* SPDX-License-Identifier: Apache-2.0 */
/* explain.h - what the parts of tradewind explain share: an explanation, worked out, to be written or drawn. */
#ifndef TW_CLI_EXPLAIN_H
#define TW_CLI_EXPLAIN_H

#include "cli/tables.h"

typedef enum tw_explain_method {
    TW_EXPLAIN_SHAP,
    TW_EXPLAIN_INTERACTIONS,
    TW_EXPLAIN_INTERVENTIONAL,
    TW_EXPLAIN_IMPORTANCE,
    TW_EXPLAIN_PERMUTATION,
    TW_EXPLAIN_PDP,
    TW_EXPLAIN_ICE
} tw_explain_method;

enum { TW_EXPLAIN_GRIDS = 6 };

/* Partial dependence on one feature or two. */
typedef struct tw_explain_grid {
    tw_grid grid;
    float *value[2];
    size_t n_points;
    double *mean, *each; /* each: ICE only */
} tw_explain_grid;

typedef struct tw_explanation {
    tw_cli *cli;
    tw_model *model;
    tw_frame *frame, *background_frame;
    const tw_rows *rows;
    tw_explain_method method;
    const char *method_name, *metric;
    size_t n_features, n_outputs;
    /* SHAP: [row][output][features + 1], or squares of it; importance: gain, splits, cover [features] each;
     * permutation: mean, sd [features] each. */
    double *value;
    tw_explain_grid grid[TW_EXPLAIN_GRIDS];
    size_t n_grids;
} tw_explanation;

/* Text of a feature, and of a value of it (a category's name); digits when there is none. */
const char *tw_explain_feature(const tw_explanation *e, size_t feature, char digits[32]);
const char *tw_explain_level(const tw_explanation *e, size_t feature, float x, char digits[32]);
/* order[0 .. n_features): features by a size that is worth looking at, the largest first. */
tw_status tw_explain_order(const tw_explanation *e, size_t *order, tw_error *err);

/* As a table in CSV or JSON; as one figure (BAD_VALUE when there are several); as a page of all. */
tw_status tw_explain_table(const tw_explanation *e, bool json, tw_buf *out, tw_error *err);
tw_status tw_explain_svg(const tw_explanation *e, tw_buf *out, tw_error *err);
tw_status tw_explain_page(const tw_explanation *e, tw_buf *out, tw_error *err);

#endif
