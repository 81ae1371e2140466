/* SPDX-License-Identifier: Apache-2.0 */
/* Bins: cut at quantiles of a sample of the train rows, so that nothing of a test row is in them. */
#include "learn/boost/gbm_kernels.h"

#include <math.h>
#include <string.h>

enum { SAMPLE = 50000, BLOCK = 256, TASK_BLOCKS = 16, SAMPLE_STREAM = 0x62696e73 };

/* Order of the bits of floats as unsigned integers is that of the values. */
static uint32_t key_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & 0x80000000U ? ~bits : bits | 0x80000000U;
}

static float value_of(uint32_t key)
{
    const uint32_t bits = key & 0x80000000U ? key & 0x7fffffffU : ~key;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Radix sort, 11 bits at a time: three passes, so the result is in `spare`, which is returned. */
static uint32_t *sort_keys(size_t n, uint32_t *keys, uint32_t *spare)
{
    for (unsigned shift = 0; shift < 33; shift += 11) {
        size_t count[2049] = {0};
        for (size_t i = 0; i < n; i++) count[(keys[i] >> shift & 2047) + 1]++;
        for (size_t d = 0; d < 2048; d++) count[d + 1] += count[d];
        for (size_t i = 0; i < n; i++) spare[count[keys[i] >> shift & 2047]++] = keys[i];
        uint32_t *swap = keys;
        keys = spare;
        spare = swap;
    }
    return keys;
}

/* Halfway between a and b > a, but below b; a where there is no such number (or an infinity). */
static float between(float a, float b)
{
    const float middle = a + (b - a) / 2;
    return middle >= a && middle < b ? middle : a;
}

/* Cuts sorted keys into at most `bins` bins of about equal count; equal values stay together. */
static size_t cut(size_t n, const uint32_t *key, size_t bins, float *edge)
{
    size_t n_edges = 0, in_bin = 0, done = 0;
    for (size_t i = 0; i < n && n_edges + 1 < bins;) {
        size_t next = i + 1;
        while (next < n && value_of(key[next]) == value_of(key[i])) next++;
        in_bin += next - i;
        if (next < n && in_bin * (bins - n_edges) >= n - done) {
            edge[n_edges++] = between(value_of(key[next - 1]), value_of(key[next]));
            done += in_bin;
            in_bin = 0;
        }
        i = next;
    }
    return n_edges;
}

/* Fewer distinct values than bins: a bin each. False when there are more. */
static bool cut_each(size_t n, const uint32_t *key, size_t bins, float *edge, size_t *n_edges)
{
    *n_edges = 0;
    for (size_t i = 1; i < n; i++) {
        if (value_of(key[i]) == value_of(key[i - 1])) continue;
        if (*n_edges + 1 == bins) return false;
        edge[(*n_edges)++] = between(value_of(key[i - 1]), value_of(key[i]));
    }
    return true;
}

typedef struct binning {
    const tw_rows *rows;
    tw_gbm_bins *bins;
    size_t most_bins, n_sample;
    const uint32_t *sample; /* cells */
    uint32_t *keys;         /* [threads][2 n_sample] */
    tw_isa isa;
} binning;

static tw_status edge_task(void *arg, size_t f, int thread, tw_error *err)
{
    const binning *b = arg;
    const float *column = b->rows->data->features[f];
    uint32_t *keys = b->keys + (size_t)thread * 2 * b->n_sample;
    float *edge = b->bins->edge + f * TW_GBM_EDGES;
    size_t n = 0, n_edges;
    (void)err;
    for (size_t i = 0; i < b->n_sample; i++) {
        const float x = column[b->sample[i]];
        if (!isnan(x)) keys[n++] = key_of(x);
    }
    const uint32_t *sorted = sort_keys(n, keys, keys + b->n_sample);
    if (!cut_each(n, sorted, b->most_bins, edge, &n_edges)) n_edges = cut(n, sorted, b->most_bins, edge);
    for (size_t i = n_edges; i < TW_GBM_EDGES; i++) edge[i] = INFINITY;
    b->bins->n_bins[f] = (uint32_t)n_edges + 1;
    return TW_OK;
}

static unsigned steps_for(size_t n_bins)
{
    unsigned steps = 0;
    while (((size_t)1 << steps) < n_bins) steps++;
    return steps;
}

/* One block of rows, all features: its bytes stay in the first cache while the columns go by. */
static void bin_block(const binning *b, size_t from, size_t n)
{
    const uint32_t *cell = b->rows->cell + from;
    uint8_t *out = b->bins->bin + from * b->bins->stride;
    float x[BLOCK];
    uint32_t bin[BLOCK];
    for (size_t f = 0; f < b->bins->n_features; f++) {
        const float *column = b->rows->data->features[f];
        for (size_t i = 0; i < n; i++) x[i] = column[cell[i]];
        const tw_bin_job job = {x, b->bins->edge + f * TW_GBM_EDGES, n, steps_for(b->bins->n_bins[f]), bin};
        TW_ISA_PICK(b->isa, tw_gbm_bin)(&job);
        for (size_t i = 0; i < n; i++) out[i * b->bins->stride + f] = (uint8_t)bin[i];
    }
}

static tw_status bin_task(void *arg, size_t task, int thread, tw_error *err)
{
    const binning *b = arg;
    const size_t n = b->bins->n_rows, end = (task + 1) * BLOCK * TASK_BLOCKS;
    (void)thread;
    (void)err;
    for (size_t from = task * BLOCK * TASK_BLOCKS; from < n && from < end; from += BLOCK)
        bin_block(b, from, n - from < BLOCK ? n - from : BLOCK);
    return TW_OK;
}

/* One row at random out of each of n_sample equal stretches: even over time, and in no step with the symbols. */
static void draw_sample(const tw_fit *fit, const tw_rows *rows, size_t n_sample, uint32_t *sample)
{
    tw_random random = {fit->seed, SAMPLE_STREAM, 0};
    for (size_t k = 0; k < n_sample; k++) {
        const size_t lo = rows->n * k / n_sample, hi = rows->n * (k + 1) / n_sample;
        sample[k] = rows->cell[lo + tw_random_below(&random, hi - lo)];
    }
}

static tw_status fill(const tw_fit *fit, binning *b, tw_error *err)
{
    tw_pool *pool = fit->ctx ? fit->ctx->pool : NULL;
    const size_t rows_of_task = BLOCK * TASK_BLOCKS;
    uint32_t *sample = tw_new(fit->ctx, b->n_sample, sizeof *sample);
    b->keys = tw_new(fit->ctx, (size_t)tw_pool_threads(pool) * 2 * b->n_sample, sizeof *b->keys);
    b->sample = sample;
    tw_status status = sample && b->keys ? TW_OK : tw_no_memory(err, "the sample of a binning");
    if (status == TW_OK) draw_sample(fit, b->rows, b->n_sample, sample);
    if (status == TW_OK) status = tw_pool_run(pool, b->bins->n_features, edge_task, b, err);
    if (status == TW_OK) status = tw_pool_run(pool, (b->rows->n + rows_of_task - 1) / rows_of_task, bin_task, b, err);
    tw_free(fit->ctx, b->keys);
    tw_free(fit->ctx, sample);
    return status;
}

tw_status tw_gbm_bins_new(const tw_fit *fit, const tw_rows *train, tw_gbm_bins *bins, tw_error *err)
{
    const tw_gbm_params *p = fit->params;
    const size_t n = train->data->n_features;
    *bins = (tw_gbm_bins){.n_rows = train->n, .n_features = n, .stride = (n + 15) / 16 * 16};
    bins->bin = tw_new(fit->ctx, train->n, bins->stride);
    bins->edge = tw_new(fit->ctx, n * TW_GBM_EDGES, sizeof *bins->edge);
    bins->n_bins = tw_new(fit->ctx, n, sizeof *bins->n_bins);
    binning b = {.rows = train,
                 .bins = bins,
                 .most_bins = (size_t)p->bins,
                 .n_sample = train->n < SAMPLE ? train->n : SAMPLE,
                 .isa = tw_isa_resolve(fit->ctx ? fit->ctx->isa : TW_ISA_BEST)};
    tw_status status = bins->bin && bins->edge && bins->n_bins ? TW_OK : tw_no_memory(err, "binned rows");
    if (status == TW_OK) status = fill(fit, &b, err);
    if (status != TW_OK) tw_gbm_bins_clear(fit->ctx, bins);
    return status;
}

void tw_gbm_bins_clear(const tw_ctx *ctx, tw_gbm_bins *bins)
{
    tw_free(ctx, bins->bin);
    tw_free(ctx, bins->edge);
    tw_free(ctx, bins->n_bins);
    *bins = (tw_gbm_bins){0};
}
