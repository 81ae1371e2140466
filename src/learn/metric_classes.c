/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of several scores, the chances of their classes. */
#include "learn/metric_impl.h"

#include "tradewind/num.h"

#include <math.h>

static double sum_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += x[k];
    return sum;
}

static size_t largest(const double *x, size_t n)
{
    size_t best = 0;
    for (size_t k = 1; k < n; k++)
        if (x[k] > x[best]) best = k;
    return best;
}

/* Chances that do not sum to 1 are taken as shares of their sum. */
double tw_class_log_loss(const tw_scored *s)
{
    double total = 0, sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double *chance = s->score + i * s->n_outputs, w = tw_scored_weight(s, i);
        const double p = chance[(size_t)s->label[i]] / sum_of(chance, s->n_outputs);
        total += w;
        sum -= w * tw_log(fmin(fmax(p, 1e-15), 1));
    }
    return total > 0 ? sum / total : NAN;
}

double tw_class_accuracy(const tw_scored *s)
{
    double total = 0, hits = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double w = tw_scored_weight(s, i);
        total += w;
        if ((double)largest(s->score + i * s->n_outputs, s->n_outputs) == s->label[i]) hits += w;
    }
    return total > 0 ? hits / total : NAN;
}
