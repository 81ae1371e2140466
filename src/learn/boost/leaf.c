/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves are worth: a Newton step, a value by the loss, or a linear function of the features above (Shi, Li and
 * Li, Gradient boosting with piece-wise linear regression trees, IJCAI 2019). */
#include "learn/boost/grow.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { MOST_TERMS = 64 };

double tw_gbm_leaf_value(const tw_gbm_grower *g, const tw_leaf *l)
{
    const tw_gbm_targets *t = g->targets;
    if (t->renew) return t->renew(t->renew_arg, g->row + l->begin, l->end - l->begin);
    double gradient = 0, hessian = t->hessian ? 0 : (double)(l->end - l->begin);
    for (size_t i = l->begin; i < l->end; i++) gradient += t->gradient[g->row[i]];
    for (size_t i = l->begin; i < l->end && t->hessian; i++) hessian += t->hessian[g->row[i]];
    const double below = hessian + g->params->l2;
    const double value = below > 0 ? -tw_gbm_shrunk(gradient, g->params->l1) / below : 0;
    return fmin(fmax(value, l->low), l->high);
}

/* ---------------------------------------------------------------- linear leaves */

/* Features that are numbers on the way from the root to a leaf. */
typedef struct path {
    size_t n;
    uint32_t feature[MOST_TERMS];
} path;

static void add_feature(path *p, uint32_t feature)
{
    for (size_t k = 0; k < p->n; k++)
        if (p->feature[k] == feature) return;
    if (p->n < MOST_TERMS) p->feature[p->n++] = feature;
}

static void trace(const tw_gbm_grower *g, const uint32_t *parent, uint32_t first, uint32_t node, path *p)
{
    p->n = 0;
    while (node != first) {
        node = parent[node - first];
        if (!(g->model->node[node].flags & TW_SPLIT_SET)) add_feature(p, g->model->node[node].feature);
    }
}

/* Adds a row to the normal equations; false where a feature is missing. x[n] is the intercept's 1. */
static bool add_row(const tw_gbm_grower *g, const path *p, uint32_t row, double *a, double *b)
{
    const size_t n = p->n + 1;
    const uint32_t cell = g->train->cell[row];
    const double h = g->targets->hessian ? g->targets->hessian[row] : 1;
    double x[MOST_TERMS + 1];
    for (size_t k = 0; k < p->n; k++) {
        x[k] = (double)g->train->data->features[p->feature[k]][cell];
        if (!isfinite(x[k])) return false;
    }
    x[p->n] = 1;
    for (size_t i = 0; i < n; i++) {
        b[i] -= g->targets->gradient[row] * x[i];
        for (size_t j = 0; j <= i; j++) a[i * n + j] += h * x[i] * x[j];
    }
    return true;
}

/* (X' H X + ridge) w = -X' g; false when there are too few rows, or the equations are singular. */
static bool solve(const tw_gbm_grower *g, const tw_leaf *l, const path *p, double *a, double *b)
{
    const size_t n = p->n + 1;
    size_t rows = 0;
    memset(a, 0, n * n * sizeof *a);
    memset(b, 0, n * sizeof *b);
    for (size_t i = l->begin; i < l->end; i++) rows += add_row(g, p, g->row[i], a, b);
    if (rows < 2 * n) return false;
    for (size_t i = 0; i < n; i++) {
        a[i * n + i] += i < p->n ? g->params->linear : g->params->l2;
        for (size_t j = 0; j < i; j++) a[j * n + i] = a[i * n + j];
    }
    tw_error err;
    if (tw_cholesky(n, a, &err) != TW_OK) return false;
    tw_cholesky_solve(n, a, b);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(b[i])) return false;
    return true;
}

static tw_status set_linear(tw_gbm_grower *g, const uint32_t *parent, double *a, tw_error *err)
{
    const uint32_t first = g->model->first[g->model->n_trees];
    const double rate = g->targets->rate;
    for (size_t k = 0; k < g->n_leaves; k++) {
        const tw_leaf *l = &g->leaves[k];
        double b[MOST_TERMS + 1];
        tw_tree_term term[MOST_TERMS];
        path p;
        trace(g, parent, first, l->node, &p);
        if (p.n == 0 || !solve(g, l, &p, a, b)) continue;
        for (size_t i = 0; i < p.n; i++) term[i] = (tw_tree_term){p.feature[i], rate * b[i]};
        TW_TRY(tw_trees_set_linear(g->model, l->node, rate * b[p.n], term, p.n, err));
    }
    return TW_OK;
}

static tw_status set_linear_leaves(tw_gbm_grower *g, tw_error *err)
{
    const uint32_t first = g->model->first[g->model->n_trees], n = (uint32_t)g->model->n_nodes - first;
    uint32_t *parent = tw_new(g->ctx, n, sizeof *parent);
    double *a = tw_new(g->ctx, (MOST_TERMS + 1) * (MOST_TERMS + 1), sizeof *a);
    tw_status status = parent && a ? TW_OK : tw_no_memory(err, "linear leaves");
    for (uint32_t i = 0; status == TW_OK && i < n; i++) {
        const uint32_t left = g->model->node[first + i].left;
        if (left != first + i) parent[left - first] = parent[left + 1 - first] = first + i;
    }
    if (status == TW_OK) status = set_linear(g, parent, a, err);
    tw_free(g->ctx, parent);
    tw_free(g->ctx, a);
    return status;
}

tw_status tw_gbm_set_leaves(tw_gbm_grower *g, tw_error *err)
{
    for (size_t k = 0; k < g->n_leaves; k++) {
        const tw_leaf *l = &g->leaves[k];
        g->model->value[l->node] = g->targets->rate * tw_gbm_leaf_value(g, l);
        g->model->cover[l->node] = (double)tw_gbm_hessian(l->total) * g->rule.scale.hessian;
    }
    return g->params->linear >= 0 ? set_linear_leaves(g, err) : TW_OK;
}
