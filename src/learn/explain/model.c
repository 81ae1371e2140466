/* SPDX-License-Identifier: Apache-2.0 */
/* Explanations of models: what may be asked of which. */
#include "learn/explain/explain.h"

static tw_status trees_of(const tw_model *model, const tw_trees **trees, tw_error *err)
{
    *trees = tw_model_trees(model);
    return *trees ? TW_OK
                  : tw_fail(err, TW_UNSUPPORTED, "explain: %s is no tree ensemble", tw_model_learner(model)->name);
}

static tw_status check_rows(const tw_model *model, const tw_rows *rows, const char *what, tw_error *err)
{
    if (rows->data->n_features == tw_model_features(model)) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "explain: fitted on %zu features, the %s have %zu", tw_model_features(model),
                   what, rows->data->n_features);
}

tw_status tw_model_shap(const tw_ctx *ctx, const tw_model *model, const tw_rows *rows, const tw_rows *background,
                        double *phi, tw_error *err)
{
    const tw_trees *m;
    TW_TRY(trees_of(model, &m, err));
    TW_TRY(check_rows(model, rows, "rows", err));
    if (!background) return tw_trees_shap(ctx, m, rows, false, phi, err);
    TW_TRY(check_rows(model, background, "background rows", err));
    return tw_trees_shap_background(ctx, m, rows, background, phi, err);
}

tw_status tw_model_interactions(const tw_ctx *ctx, const tw_model *model, const tw_rows *rows, double *phi,
                                tw_error *err)
{
    const tw_trees *m;
    TW_TRY(trees_of(model, &m, err));
    TW_TRY(check_rows(model, rows, "rows", err));
    return tw_trees_shap(ctx, m, rows, true, phi, err);
}

tw_status tw_model_split_importance(const tw_model *model, tw_importance kind, double *out, tw_error *err)
{
    const tw_trees *m;
    TW_TRY(trees_of(model, &m, err));
    for (size_t f = 0; f < m->n_features; f++) out[f] = 0;
    for (uint32_t i = 0; i < m->n_nodes; i++) {
        if (tw_tree_is_leaf(m, i)) continue;
        out[m->node[i].feature] += kind == TW_IMPORTANCE_GAIN     ? m->gain[i]
                                   : kind == TW_IMPORTANCE_SPLITS ? 1
                                                                  : m->cover[i];
    }
    return TW_OK;
}
