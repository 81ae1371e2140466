/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/boost/gbm_kernels.h"

#include <math.h>
#include <string.h>

enum { CHUNK = 1024, LINE = 64 };

/* ---------------------------------------------------------------- histograms */

/* Rows of a chunk: the numbers they add, one behind the other. */
typedef struct chunk {
    const uint32_t *row;
    size_t n;
    int64_t packed[CHUNK];
} chunk;

/* Deep nodes hold rows far apart: their lines are asked for before any is needed. */
static inline void open_chunk(const tw_hist_job *job, size_t at, chunk *c)
{
    c->row = job->row + at;
    c->n = job->n - at < CHUNK ? job->n - at : CHUNK;
    const size_t from = job->from * TW_HIST_COLUMNS, to = job->to * TW_HIST_COLUMNS;
    for (size_t i = 0; i < c->n; i++) {
        const uint8_t *row = job->bin + (size_t)c->row[i] * job->stride;
        for (size_t b = from; b < to; b += LINE) __builtin_prefetch(row + b);
        c->packed[i] = job->packed[c->row[i]];
    }
}

/* One row into eight histograms. The width is known to the compiler, so that all eight addresses need one register. */
static inline void add_row(int64_t *h, const uint8_t *bin, int64_t x, size_t width)
{
    uint64_t b;
    memcpy(&b, bin, sizeof b);
    h[0 * width + (b & 255)] += x;
    h[1 * width + (b >> 8 & 255)] += x;
    h[2 * width + (b >> 16 & 255)] += x;
    h[3 * width + (b >> 24 & 255)] += x;
    h[4 * width + (b >> 32 & 255)] += x;
    h[5 * width + (b >> 40 & 255)] += x;
    h[6 * width + (b >> 48 & 255)] += x;
    h[7 * width + (b >> 56)] += x;
}

static inline void add_chunk(const tw_hist_job *job, const chunk *c, size_t width)
{
    for (size_t b = job->from; b < job->to; b++) {
        const uint8_t *bin = job->bin + b * TW_HIST_COLUMNS;
        int64_t *h = job->hist + b * TW_HIST_COLUMNS * width;
        for (size_t i = 0; i < c->n; i++) add_row(h, bin + (size_t)c->row[i] * job->stride, c->packed[i], width);
    }
}

void TW_ISA_NAME(tw_gbm_hist)(const tw_hist_job *job)
{
    chunk c;
    for (size_t at = 0; at < job->n; at += CHUNK) {
        open_chunk(job, at, &c);
        switch (job->width) {
        case 32: add_chunk(job, &c, 32); break;
        case 64: add_chunk(job, &c, 64); break;
        case 128: add_chunk(job, &c, 128); break;
        default: add_chunk(job, &c, 256);
        }
    }
}

void TW_ISA_NAME(tw_gbm_subtract)(size_t n, int64_t *from, const int64_t *what)
{
    int64_t *restrict a = from;
    const int64_t *restrict b = what;
    for (size_t i = 0; i < n; i++) a[i] -= b[i];
}

/* ---------------------------------------------------------------- bins */

void TW_ISA_NAME(tw_gbm_bin)(const tw_bin_job *job)
{
    const float *restrict edge = job->edge, *restrict x = job->x;
    uint32_t *restrict bin = job->bin;
    for (size_t i = 0; i < job->n; i++) bin[i] = 0;
    for (unsigned step = 1u << job->steps >> 1; step; step >>= 1)
        for (size_t i = 0; i < job->n; i++) bin[i] += edge[bin[i] + step - 1] < x[i] ? step : 0;
    for (size_t i = 0; i < job->n; i++) bin[i] = x[i] == x[i] ? bin[i] + 1 : 0;
}

/* ---------------------------------------------------------------- gains */

/* Both sums of a packed word as numbers, exactly, by the bits of 2^52 + x: AVX2 has no conversion of 64-bit integers.
 * The sign bit is turned over, which adds 2^63, so that a shift without sign will do. */
static inline double sum_of(uint64_t x, double off)
{
    const uint64_t bits = x | UINT64_C(0x4330000000000000);
    double sum;
    memcpy(&sum, &bits, sizeof sum);
    return sum - off;
}

static inline double gradient_of(int64_t packed)
{
    return sum_of(((uint64_t)packed ^ UINT64_C(1) << 63) >> TW_GBM_SHIFT, 0x1p52 + 0x1p35);
}

static inline double hessian_of(int64_t packed)
{
    return sum_of((uint64_t)packed & ((UINT64_C(1) << TW_GBM_SHIFT) - 1), 0x1p52);
}

/* Gains are at least 0, or -1: so the order of their bits is that of their values, and the highest is found in whole
 * numbers, whose order does not matter. */
static inline int64_t bits_of(double gain)
{
    int64_t bits;
    memcpy(&bits, &gain, sizeof bits);
    return bits;
}

static inline double shrunk(double gradient, double l1)
{
    const double off = fabs(gradient) - l1;
    return copysign(off > 0 ? off : 0, gradient);
}

double TW_ISA_NAME(tw_gbm_gain)(const tw_gain_job *job)
{
    const tw_gbm_rule *rule = job->rule;
    const double sg = rule->scale.gradient, sh = rule->scale.hessian, l1 = rule->l1, l2 = rule->l2,
                 least = rule->min_child;
    const double g = gradient_of(job->total) * sg, h = hessian_of(job->total) * sh;
    double *restrict gain = job->gain;
    const int64_t *restrict left = job->left;
    int64_t most = bits_of(-1);
    for (size_t b = 0; b < job->n; b++) {
        const double gl = gradient_of(left[b]) * sg, hl = hessian_of(left[b]) * sh, gr = g - gl, hr = h - hl;
        const double sl = shrunk(gl, l1), sr = shrunk(gr, l1);
        const double sum = sl * sl / (hl + l2) + sr * sr / (hr + l2);
        gain[b] = ((hl >= least) & (hr >= least)) ? sum : -1;
    }
    for (size_t b = 0; b < job->n; b++) most = bits_of(gain[b]) > most ? bits_of(gain[b]) : most;
    double highest;
    memcpy(&highest, &most, sizeof highest);
    return highest;
}

/* ---------------------------------------------------------------- integer gradients */

/* A hash of 32 bits (Wellons' search for mixers of low bias) as a number in [0, 1). */
static inline double uniform_of(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352dU;
    x = (x ^ x >> 15) * 0x846ca68bU;
    x ^= x >> 16;
    return (double)(int32_t)(x >> 1) * 0x1p-31;
}

/* floor of numbers that fit 32 bits. */
static inline int32_t floor_of(double x)
{
    const int32_t cut = (int32_t)x;
    return cut - ((double)cut > x);
}

void TW_ISA_NAME(tw_gbm_pack)(const tw_pack_job *job)
{
    const double ug = job->units.gradient, uh = job->units.hessian;
    const double *restrict gradient = job->gradient, *restrict hessian = job->hessian;
    int64_t *restrict packed = job->packed;
    for (size_t i = 0; i < job->n; i++) {
        const uint32_t at = (uint32_t)i * 2 + job->key;
        packed[i] = (int64_t)((uint64_t)(int64_t)floor_of(gradient[i] * ug + uniform_of(at)) << TW_GBM_SHIFT);
    }
    if (!hessian) {
        for (size_t i = 0; i < job->n; i++) packed[i] += 1;
        return;
    }
    for (size_t i = 0; i < job->n; i++) {
        const uint32_t at = (uint32_t)i * 2 + 1 + job->key;
        packed[i] += (int64_t)floor_of(hessian[i] * uh + uniform_of(at));
    }
}
