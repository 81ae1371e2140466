/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/linear.h"

#include "learn/wire.h"
#include "tradewind/num.h"

#include <math.h>

enum { PREDICT_ROWS = 128 };

static tw_status linear_new(const tw_ctx *ctx, size_t n, tw_linear **model, tw_error *err)
{
    tw_linear *m = tw_new(ctx, 1, sizeof *m);
    double *numbers = m ? tw_new(ctx, 3 * n, sizeof *numbers) : NULL;
    if (!numbers) {
        tw_free(ctx, m);
        return tw_no_memory(err, "a linear model");
    }
    *m = (tw_linear){.ctx = ctx, .n = n, .mean = numbers, .slope = numbers + n, .share = numbers + 2 * n};
    *model = m;
    return TW_OK;
}

tw_status tw_linear_new(const tw_design *design, const double *beta, double intercept, bool logistic, void **model,
                        tw_error *err)
{
    tw_linear *m;
    double total = 0;
    TW_TRY(linear_new(design->ctx, design->n_features, &m, err));
    m->intercept = intercept;
    m->logistic = logistic;
    for (size_t f = 0; f < m->n; f++) {
        m->mean[f] = design->mean[f];
        m->slope[f] = beta[f] * design->inverse[f];
        m->share[f] = design->inverse[f] > 0 ? fabs(beta[f]) : 0;
        total += m->share[f];
    }
    for (size_t f = 0; f < m->n && total > 0; f++) m->share[f] /= total;
    *model = m;
    return TW_OK;
}

tw_status tw_linear_fit(const tw_fit *fit, const tw_rows *train, const tw_linear_method *method, void **model,
                        tw_error *err)
{
    tw_design design;
    TW_TRY(tw_design_new(fit->ctx, train, &design, err));
    double *work = tw_new(fit->ctx, method->room, sizeof *work);
    const tw_status status =
        work ? method->solve(&design, fit->params, work, model, err) : tw_no_memory(err, method->name);
    tw_free(fit->ctx, work);
    tw_design_clear(&design);
    return status;
}

/* Features are added in order, whatever rows stand beside a row. */
static void predict_some(const tw_linear *m, const tw_rows *rows, size_t from, size_t n, double *score)
{
    const uint32_t *cell = rows->cell + from;
    for (size_t i = 0; i < n; i++) score[i] = m->intercept;
    for (size_t f = 0; f < m->n; f++) {
        const float *column = rows->data->features[f];
        const double mean = m->mean[f], slope = m->slope[f];
        if (slope == 0) continue;
        for (size_t i = 0; i < n; i++) {
            const double x = (double)column[cell[i]] - mean;
            score[i] += isfinite(x) ? slope * x : 0;
        }
    }
    for (size_t i = 0; i < n && m->logistic; i++) score[i] = 1 / (1 + tw_exp(-score[i]));
}

tw_status tw_linear_predict(const void *model, const tw_rows *rows, double *score, tw_error *err)
{
    (void)err;
    for (size_t from = 0; from < rows->n; from += PREDICT_ROWS) {
        const size_t left = rows->n - from;
        predict_some(model, rows, from, left < PREDICT_ROWS ? left : PREDICT_ROWS, score + from);
    }
    return TW_OK;
}

tw_status tw_linear_save(const void *model, tw_buf *out, tw_error *err)
{
    const tw_linear *m = model;
    (void)err;
    tw_put_u64(out, m->n);
    tw_put_u8(out, m->logistic);
    tw_put_f64(out, m->intercept);
    for (size_t i = 0; i < 3 * m->n; i++) tw_put_f64(out, m->mean[i]);
    return TW_OK;
}

tw_status tw_linear_load(const tw_ctx *ctx, const void *bytes, size_t length, void **model, tw_error *err)
{
    tw_bytes in = {bytes, length, false};
    tw_linear *m;
    const uint64_t n = tw_get_u64(&in);
    const uint8_t logistic = tw_get_u8(&in);
    const double intercept = tw_get_f64(&in);
    if (in.failed || in.left % 24 != 0 || n != in.left / 24 || logistic > 1 || !isfinite(intercept))
        return tw_fail(err, TW_BAD_FILE,
                       "linear model: %llu features do not fit %zu bytes, or the intercept is not finite",
                       (unsigned long long)n, length);
    TW_TRY(linear_new(ctx, (size_t)n, &m, err));
    m->intercept = intercept;
    m->logistic = logistic == 1;
    bool finite = true;
    for (size_t i = 0; i < 3 * m->n; i++) {
        m->mean[i] = tw_get_f64(&in);
        finite &= isfinite(m->mean[i]) != 0;
    }
    tw_status status = tw_bytes_end(&in, "linear model", err);
    if (status == TW_OK && !finite) status = tw_fail(err, TW_BAD_FILE, "linear model: a number is not finite");
    if (status != TW_OK)
        tw_linear_free(m);
    else
        *model = m;
    return status;
}

void tw_linear_importance(const void *model, double *share)
{
    const tw_linear *m = model;
    for (size_t f = 0; f < m->n; f++) share[f] = m->share[f];
}

void tw_linear_free(void *model)
{
    tw_linear *m = model;
    if (!m) return;
    tw_free(m->ctx, m->mean);
    tw_free(m->ctx, m);
}
