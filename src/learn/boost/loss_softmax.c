/* SPDX-License-Identifier: Apache-2.0 */
/* Chances of several classes: Friedman, Greedy function approximation (2001), section 4.6. */
#include "learn/boost/loss.h"

#include "tradewind/num.h"

#include <math.h>

static tw_status start(const tw_loss_rows *rows, double *base, tw_error *err)
{
    double total = 0;
    (void)err;
    for (size_t k = 0; k < rows->n_outputs; k++) base[k] = 0;
    for (size_t i = 0; i < rows->n; i++) {
        base[(size_t)rows->label[i]] += tw_loss_weight(rows, i);
        total += tw_loss_weight(rows, i);
    }
    for (size_t k = 0; k < rows->n_outputs; k++) base[k] = tw_log(fmax(base[k], 0.5) / total);
    return TW_OK;
}

/* Chances of the classes of row i, at p[0 .. n_outputs). */
static void chances(const tw_loss_rows *rows, const double *score, size_t i, double *p)
{
    double most = -INFINITY, sum = 0;
    for (size_t k = 0; k < rows->n_outputs; k++) most = fmax(most, score[k * rows->n + i]);
    for (size_t k = 0; k < rows->n_outputs; k++) sum += p[k] = tw_exp(score[k * rows->n + i] - most);
    for (size_t k = 0; k < rows->n_outputs; k++) p[k] /= sum;
}

static tw_status gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                           tw_error *err)
{
    const size_t n = rows->n, n_classes = rows->n_outputs;
    const double larger = (double)n_classes / (double)(n_classes - 1);
    double *p = rows->scratch;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        const double w = tw_loss_weight(rows, i);
        chances(rows, score, i, p);
        for (size_t k = 0; k < n_classes; k++) {
            gradient[k * n + i] = w * (p[k] - ((size_t)rows->label[i] == k));
            hessian[k * n + i] = w * larger * p[k] * (1 - p[k]);
        }
    }
    return TW_OK;
}

static double loss(const tw_loss_rows *rows, const double *score)
{
    double sum = 0, total = 0, *p = rows->scratch;
    for (size_t i = 0; i < rows->n; i++) {
        const double w = tw_loss_weight(rows, i);
        chances(rows, score, i, p);
        sum -= w * tw_log(fmax(p[(size_t)rows->label[i]], 1e-15));
        total += w;
    }
    return sum / total;
}

const tw_loss tw_loss_softmax = {.name = "softmax",
                                 .title = "the chance of each of `classes` classes, labels 0, 1, ...",
                                 .link = "softmax",
                                 .traits = TW_LOSS_CLASSES | TW_LOSS_WHOLE,
                                 .least = 0,
                                 .most = INFINITY,
                                 .start = start,
                                 .gradients = gradients,
                                 .loss = loss};
