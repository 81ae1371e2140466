/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/boost/gbm_kernels.h"

#include <math.h>

enum { AHEAD = 12, LINE = 64 };

/* Deep nodes hold rows far apart: their lines are asked for some rows ahead. */
static inline void prefetch_row(const tw_hist_job *job, size_t i)
{
    const uint8_t *row = job->bin + (size_t)job->row[i] * job->stride;
    for (size_t at = 0; at < job->stride; at += LINE) __builtin_prefetch(row + at);
    __builtin_prefetch(job->packed + job->row[i]);
}

/* Two rows at once: the column numbers are loaded once for both. The histogram of the second may be the one the first
 * has just written, which the order of the two statements keeps right. */
static inline void add_pair(const tw_hist_job *job, const uint32_t row[2])
{
    const uint8_t *restrict a = job->bin + (size_t)row[0] * job->stride;
    const uint8_t *restrict b = job->bin + (size_t)row[1] * job->stride;
    const int64_t x = job->packed[row[0]], y = job->packed[row[1]];
    const uint32_t *restrict column = job->column;
    const size_t n = job->n_columns, width = job->width;
    int64_t *hist = job->hist;
    for (size_t j = 0; j < n; j++, hist += width) {
        const size_t c = column[j];
        hist[a[c]] += x;
        hist[b[c]] += y;
    }
}

static inline void add_row(const tw_hist_job *job, uint32_t row)
{
    const uint8_t *restrict a = job->bin + (size_t)row * job->stride;
    int64_t *hist = job->hist;
    for (size_t j = 0; j < job->n_columns; j++, hist += job->width) hist[a[job->column[j]]] += job->packed[row];
}

void TW_ISA_NAME(tw_gbm_hist)(const tw_hist_job *job)
{
    size_t i = 0;
    for (; i + AHEAD + 2 <= job->n; i += 2) {
        prefetch_row(job, i + AHEAD);
        prefetch_row(job, i + AHEAD + 1);
        add_pair(job, job->row + i);
    }
    for (; i < job->n; i++) add_row(job, job->row[i]);
}

void TW_ISA_NAME(tw_gbm_bin)(const tw_bin_job *job)
{
    const float *restrict edge = job->edge, *restrict x = job->x;
    uint32_t *restrict bin = job->bin;
    for (size_t i = 0; i < job->n; i++) bin[i] = 0;
    for (unsigned step = 1u << job->steps >> 1; step; step >>= 1)
        for (size_t i = 0; i < job->n; i++) bin[i] += edge[bin[i] + step - 1] < x[i] ? step : 0;
    for (size_t i = 0; i < job->n; i++) bin[i] = x[i] == x[i] ? bin[i] + 1 : 0;
}

void TW_ISA_NAME(tw_gbm_gain)(const tw_gain_job *job)
{
    const tw_gbm_rule *rule = job->rule;
    const double sg = rule->scale.gradient, sh = rule->scale.hessian, l2 = rule->l2, least = rule->min_child;
    const double g = (double)tw_gbm_gradient(job->total) * sg, h = (double)tw_gbm_hessian(job->total) * sh;
    double *restrict gain = job->gain;
    const int64_t *restrict left = job->left;
    for (size_t b = 0; b < job->n; b++) {
        const double gl = (double)tw_gbm_gradient(left[b]) * sg, hl = (double)tw_gbm_hessian(left[b]) * sh;
        const double gr = g - gl, hr = h - hl;
        const double sum = gl * gl / (hl + l2) + gr * gr / (hr + l2);
        gain[b] = ((hl >= least) & (hr >= least)) ? sum : -1;
    }
}

void TW_ISA_NAME(tw_gbm_subtract)(size_t n, int64_t *from, const int64_t *what)
{
    int64_t *restrict a = from;
    const int64_t *restrict b = what;
    for (size_t i = 0; i < n; i++) a[i] -= b[i];
}
