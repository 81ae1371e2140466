/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources of this folder share. */
#ifndef TW_LEARN_EXPLAIN_H
#define TW_LEARN_EXPLAIN_H

#include "learn/explain/shap.h"

/* Shapley values of the margins by the shares of train rows (tw_model_shap without a background), or with `pairs` their
 * interactions (tw_model_interactions). */
tw_status tw_trees_shap(const tw_ctx *ctx, const tw_trees *m, const tw_rows *rows, bool pairs, double *out,
                        tw_error *err);
/* By background rows: each feature that is not known is taken from one of them, all alike. */
tw_status tw_trees_shap_background(const tw_ctx *ctx, const tw_trees *m, const tw_rows *rows, const tw_rows *background,
                                   double *out, tw_error *err);

#endif
