/* SPDX-License-Identifier: Apache-2.0 */
/* XGBoost's models as documents (JSON or UBJSON: the same tree), versions 1.0 to 3.x. */
#ifndef TW_LEARN_XGBOOST_H
#define TW_LEARN_XGBOOST_H

#include "learn/formats/formats.h"
#include "tradewind/io.h"

/* What is learnt from the head of a file. */
typedef struct tw_xgboost {
    const tw_ctx *ctx;
    tw_error *err;
    const tw_doc *doc;
    const tw_node *learner, *model; /* model: the trees and their numbers */
    const tw_node *weight_drop;     /* of dart, a factor for each tree; or NULL */
    size_t n_features, n_outputs;
    const tw_link *link;
    size_t category_budget;
    double *flags; /* scratch for a list of flags */
    size_t flags_room;
} tw_xgboost;

/* The objective: link, and the bases of the margins from base_score. */
tw_status tw_xgboost_get_link(tw_xgboost *x);
tw_status tw_xgboost_get_bases(const tw_xgboost *x, double *base);
/* A whole number from 0 to `most` that is kept as text; *count stays what it was where there is none. */
tw_status tw_xgboost_get_count(const tw_xgboost *x, const tw_node *map, const char *key, size_t most, size_t *count);
/* The list of n numbers `key` of a map. */
tw_status tw_xgboost_get_numbers(const tw_xgboost *x, const tw_node *map, const char *key, size_t n,
                                 const double **numbers);
/* Adds the tree (one for each output when its leaves are vectors) to m. */
tw_status tw_xgboost_add_tree(tw_xgboost *x, const tw_node *tree, uint32_t output, double weight, tw_trees *m);
/* Names of the features and of their categories. */
tw_status tw_xgboost_get_names(const tw_xgboost *x, tw_names *names);

#endif
