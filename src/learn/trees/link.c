/* SPDX-License-Identifier: Apache-2.0 */
/* Links: from margins to predictions. */
#include "learn/trees/trees.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

static void identity(double scale, size_t n, double *margin)
{
    (void)scale;
    (void)n;
    (void)margin;
}

static void logistic(double scale, size_t n, double *margin)
{
    for (size_t k = 0; k < n; k++) margin[k] = 1 / (1 + tw_exp(-scale * margin[k]));
}

static void softmax(double scale, size_t n, double *margin)
{
    double most = -INFINITY, sum = 0;
    for (size_t k = 0; k < n; k++) most = margin[k] > most ? margin[k] : most;
    for (size_t k = 0; k < n; k++) sum += margin[k] = tw_exp(scale * (margin[k] - most));
    for (size_t k = 0; k < n; k++) margin[k] /= sum;
}

static void exponential(double scale, size_t n, double *margin)
{
    for (size_t k = 0; k < n; k++) margin[k] = tw_exp(scale * margin[k]);
}

static void square(double scale, size_t n, double *margin)
{
    (void)scale;
    for (size_t k = 0; k < n; k++) margin[k] *= fabs(margin[k]);
}

static void log1p_exp(double scale, size_t n, double *margin)
{
    for (size_t k = 0; k < n; k++) margin[k] = tw_log1p(tw_exp(scale * margin[k]));
}

static void sign(double scale, size_t n, double *margin)
{
    (void)scale;
    for (size_t k = 0; k < n; k++) margin[k] = margin[k] > 0;
}

/* Means of 0 and 1, of each class for itself: rounding may take them past the ends, and their sum off 1. */
static void share(double scale, size_t n, double *margin)
{
    double sum = 0;
    (void)scale;
    for (size_t k = 0; k < n; k++) sum += margin[k] = margin[k] < 0 ? 0 : margin[k] > 1 ? 1 : margin[k];
    for (size_t k = 0; n > 1 && sum > 0 && k < n; k++) margin[k] /= sum;
}

static const tw_link links[] = {
    {"identity", "the margin itself", identity},
    {"logistic", "1 / (1 + exp(-scale m)), each output for itself", logistic},
    {"softmax", "exp(m) over the sum of all outputs' exp(m)", softmax},
    {"exp", "exp(m)", exponential},
    {"square", "m |m|", square},
    {"log1p_exp", "log(1 + exp(m))", log1p_exp},
    {"share", "m within [0, 1], over the sum of all outputs where there are several", share},
    {"sign", "1 where m > 0, otherwise 0", sign},
};

const tw_link *tw_links(size_t *n)
{
    *n = sizeof links / sizeof links[0];
    return links;
}

const tw_link *tw_link_find(const char *name)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (strcmp(links[i].name, name) == 0) return &links[i];
    return NULL;
}
