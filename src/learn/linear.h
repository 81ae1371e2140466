/* SPDX-License-Identifier: Apache-2.0 */
/* What ridge, elastic net and logistic become: an intercept and a weight per standardised feature. */
#ifndef TW_LEARN_LINEAR_H
#define TW_LEARN_LINEAR_H

#include "learn/design.h"

typedef struct tw_linear {
    const tw_ctx *ctx;
    size_t n;
    double intercept;
    double *mean, *slope, *share; /* by feature: mean, weight of (x - mean), share of importance */
    bool logistic;                /* scores go through the logistic function */
} tw_linear;

/* How a linear learner finds its weights. */
typedef struct tw_linear_method {
    const char *name;
    size_t room; /* numbers of `work` */
    tw_status (*solve)(const tw_design *design, const void *params, double *work, void **model, tw_error *err);
} tw_linear_method;

/* Fits by a method: standardises the rows, gives the solver zeroed room, and clears up after it. */
tw_status tw_linear_fit(const tw_fit *fit, const tw_rows *train, const tw_linear_method *method, void **model,
                        tw_error *err);
/* A model from weights of standardised features, in units of the score. */
tw_status tw_linear_new(const tw_design *design, const double *beta, double intercept, bool logistic, void **model,
                        tw_error *err);
tw_status tw_linear_predict(const void *model, const tw_rows *rows, double *score, tw_error *err);
tw_status tw_linear_save(const void *model, tw_buf *out, tw_error *err);
tw_status tw_linear_load(const tw_ctx *ctx, const void *bytes, size_t length, void **model, tw_error *err);
void tw_linear_importance(const void *model, double *share);
void tw_linear_free(void *model);

#endif
