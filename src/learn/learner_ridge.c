/* SPDX-License-Identifier: Apache-2.0 */
/* Ridge regression: minimises mean w (y - b0 - x'b)^2 / var(y) + alpha |b|^2 over standardised x and y.
 * scikit-learn's Ridge on the same standardised data has alpha times the number of rows. */
#include "learn/linear.h"

#include "tradewind/num.h"

#include <string.h>

typedef struct params {
    double alpha;
} params;

static const tw_param table[] = {
    TW_PARAM_SEARCH(params, alpha, 0.01, 0, 1e6, 1e-5, 10, true,
                    "penalty on squared weights, over that of one standardised feature"),
    TW_PARAM_END,
};

static tw_status solve(const tw_design *design, const void *params_, double *work, void **model, tw_error *err)
{
    const double alpha = ((const params *)params_)->alpha;
    const size_t n = design->n_features, wide = n + 1;
    double *gram = work, *system = gram + wide * wide, *beta = system + n * n;
    TW_TRY(tw_design_gram(design, gram, err));
    for (size_t i = 0; i < n; i++) {
        memcpy(system + i * n, gram + i * wide, n * sizeof *system);
        system[i * n + i] = design->inverse[i] > 0 ? system[i * n + i] + alpha : 1;
        beta[i] = gram[i * wide + n] * design->y_sd;
    }
    TW_TRY(tw_cholesky(n, system, err));
    tw_cholesky_solve(n, system, beta);
    return tw_linear_new(design, beta, design->y_mean, false, model, err);
}

static tw_status fit(const tw_fit *fit, const tw_rows *train, void **model, tw_error *err)
{
    const size_t n = train->data->n_features;
    const tw_linear_method method = {"ridge", (n + 1) * (n + 1) + n * n + n, solve};
    return tw_linear_fit(fit, train, &method, model, err);
}

const tw_learner tw_learner_ridge = {
    .name = "ridge",
    .title = "Ridge regression",
    .source = "Hoerl, Kennard, Ridge regression, Technometrics 12 (1970)",
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
