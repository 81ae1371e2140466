/* SPDX-License-Identifier: Apache-2.0 */
/* Elastic net by coordinate descent on the moment matrix: Friedman, Hastie, Tibshirani, Regularization paths for
 * generalized linear models via coordinate descent, J. Statistical Software 33 (2010), section 2.2. Minimises
 * mean w (y - x'b)^2 / 2 + alpha (l1 |b|_1 + (1 - l1) |b|^2 / 2) over standardised x and y. */
#include "learn/linear.h"

#include <math.h>

typedef struct params {
    double alpha, l1;
    int sweeps;
} params;

static const tw_param table[] = {
    TW_PARAM_SEARCH(params, alpha, 0.005, 0, 1e6, 1e-4, 0.1, true,
                    "strength of the penalty, in correlations with the label"),
    TW_PARAM_SEARCH(params, l1, 0.5, 0, 1, 0.1, 1, false, "share of the absolute penalty: 1 is the lasso"),
    TW_PARAM(params, sweeps, 5000, 1, 1000000, "most passes over the features"),
    TW_PARAM_END,
};

static double shrink(double x, double by) { return x > by ? x - by : x < -by ? x + by : 0; }

/* One pass; `slack` is c - G b and is kept so. Returns the largest change. */
static double sweep(const double *gram, size_t n, const params *p, double *beta, double *slack)
{
    const size_t wide = n + 1;
    double largest = 0;
    for (size_t j = 0; j < n; j++) {
        const double *row = gram + j * wide, diagonal = row[j];
        if (!(diagonal > 0)) continue;
        const double next =
            shrink(slack[j] + diagonal * beta[j], p->alpha * p->l1) / (diagonal + p->alpha * (1 - p->l1));
        const double change = next - beta[j];
        if (change == 0) continue;
        for (size_t k = 0; k < n; k++) slack[k] -= change * row[k];
        beta[j] = next;
        if (fabs(change) > largest) largest = fabs(change);
    }
    return largest;
}

static tw_status solve(const tw_design *design, const void *params_, double *work, void **model, tw_error *err)
{
    const params *p = params_;
    const size_t n = design->n_features, wide = n + 1;
    double *gram = work, *beta = gram + wide * wide, *slack = beta + n, largest = INFINITY;
    TW_TRY(tw_design_gram(design, gram, err));
    for (size_t j = 0; j < n; j++) slack[j] = gram[j * wide + n];
    for (int i = 0; i < p->sweeps && largest > 1e-8; i++) largest = sweep(gram, n, p, beta, slack);
    if (largest > 1e-5)
        return tw_fail(err, TW_NO_CONVERGENCE,
                       "elastic_net: weights still move by %g after %d sweeps; raise sweeps or alpha", largest,
                       p->sweeps);
    for (size_t j = 0; j < n; j++) beta[j] *= design->y_sd;
    return tw_linear_new(design, beta, design->y_mean, false, model, err);
}

static tw_status fit(const tw_fit *fit, const tw_rows *train, void **model, tw_error *err)
{
    const size_t n = train->data->n_features;
    const tw_linear_method method = {"elastic_net", (n + 1) * (n + 1) + 2 * n, solve};
    return tw_linear_fit(fit, train, &method, model, err);
}

const tw_learner tw_learner_elastic_net = {
    .name = "elastic_net",
    .title = "Elastic net",
    .source = "Zou, Hastie, Regularization and variable selection via the elastic net, JRSS B 67 (2005)",
    .params = table,
    .params_size = sizeof(params),
    .tasks = TW_TASK_REGRESS | TW_TASK_CLASSIFY,
    .traits = TW_LEARNER_WEIGHTS,
    .fit = fit,
    .predict = tw_linear_predict,
    .save = tw_linear_save,
    .load = tw_linear_load,
    .importance = tw_linear_importance,
    .free = tw_linear_free,
};
