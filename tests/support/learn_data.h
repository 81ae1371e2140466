/* SPDX-License-Identifier: Apache-2.0 */
/* Random datasets for the tests of learn. */
#ifndef TW_TEST_LEARN_DATA_H
#define TW_TEST_LEARN_DATA_H

#include "tradewind/learn.h"

#include <math.h>
#include <stdlib.h>

typedef struct learn_data {
    tw_dataset data;
    size_t n_cells;
    float **features;
    const char **names;
    double *label, *weight;
    uint32_t *start, *end, *all;
    int64_t *known;
    tw_rows rows; /* every cell with a label */
} learn_data;

static void *learn_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) abort();
    return p;
}

/* n_times x 16 cells; feature values are normal, `missing` of them NaN; the label is
 * signal * (x0 + |x1| - 0.8 + x2 * x3) + noise, its interval [t, t + horizon]. */
static inline learn_data learn_make(uint64_t seed, size_t n_times, size_t n_features, double signal, double missing)
{
    const size_t horizon = 3, cells = n_times * 16;
    learn_data d = {.n_cells = cells};
    tw_random r = {seed, 1, 0};
    d.features = learn_alloc(n_features, sizeof *d.features);
    d.names = learn_alloc(n_features, sizeof *d.names);
    for (size_t f = 0; f < n_features; f++) {
        char *name = learn_alloc(16, 1);
        name[0] = 'f';
        name[1] = (char)('a' + f % 26);
        d.names[f] = name;
        d.features[f] = learn_alloc(cells, sizeof(float));
        for (size_t c = 0; c < cells; c++)
            d.features[f][c] = tw_random_uniform(&r) < missing ? NAN : (float)(tw_random_normal(&r) * (1 + (double)f));
    }
    d.label = learn_alloc(cells, sizeof *d.label);
    d.weight = learn_alloc(cells, sizeof *d.weight);
    d.start = learn_alloc(cells, sizeof *d.start);
    d.end = learn_alloc(cells, sizeof *d.end);
    d.all = learn_alloc(cells, sizeof *d.all);
    d.known = learn_alloc(n_times, sizeof *d.known);
    for (size_t c = 0; c < cells; c++) {
        const size_t t = c / 16;
        double x[4] = {0};
        for (size_t f = 0; f < 4 && f < n_features; f++)
            x[f] = isnan(d.features[f][c]) ? 0 : (double)d.features[f][c] / (1 + (double)f);
        d.label[c] = signal * (x[0] + fabs(x[1]) - 0.8 + x[2] * x[3]) + tw_random_normal(&r);
        d.weight[c] = 1;
        d.start[c] = (uint32_t)t;
        d.end[c] = (uint32_t)(t + horizon);
        d.known[t] = (int64_t)t * TW_NS_PER_DAY;
        if (t + horizon >= n_times) {
            d.label[c] = NAN;
            d.end[c] = (uint32_t)t;
        } else {
            d.all[d.rows.n++] = (uint32_t)c;
        }
    }
    d.data = (tw_dataset){.n_times = n_times,
                          .n_lanes = 16,
                          .n_features = n_features,
                          .features = (const float *const *)d.features,
                          .feature_names = d.names,
                          .known = d.known,
                          .label = d.label,
                          .label_start = d.start,
                          .label_end = d.end};
    d.rows.cell = d.all;
    return d;
}

static inline void learn_clear(learn_data *d)
{
    for (size_t f = 0; f < d->data.n_features; f++) {
        free(d->features[f]);
        free((void *)(uintptr_t)d->names[f]);
    }
    free(d->features);
    free(d->names);
    free(d->label);
    free(d->weight);
    free(d->start);
    free(d->end);
    free(d->all);
    free(d->known);
}

/* Whether the learner can be fitted here: its library, if it has one, may be absent. */
static inline bool learn_available(const tw_learner *learner)
{
    return !learner->available || learner->available(NULL) == TW_OK;
}

#endif
