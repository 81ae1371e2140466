/* SPDX-License-Identifier: Apache-2.0 */
/* Bins: cut at quantiles of a sample of the train rows, so that nothing of a test row is in them. */
#include "learn/boost/bins.h"
#include "learn/boost/gbm_kernels.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { SAMPLE = 50000, BLOCK = 4096, SAMPLE_STREAM = 0x62696e73, MOST_LEVELS = 1 << 24 };

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
    const tw_rows *rows, *from;
    tw_bins *bins;
    size_t most_bins, n_sample;
    const uint32_t *sample; /* cells */
    uint32_t *keys;         /* [threads][2 n_sample] */
    tw_isa isa;
} binning;

/* ---------------------------------------------------------------- numbers */

static void edges_of_number(const binning *b, size_t f, uint32_t *keys)
{
    const float *column = b->rows->data->features[f];
    float *edge = b->bins->edge + f * TW_BIN_ROOM;
    size_t n = 0, n_edges;
    for (size_t i = 0; i < b->n_sample; i++) {
        const float x = column[b->sample[i]];
        if (!isnan(x)) keys[n++] = key_of(x);
    }
    const uint32_t *sorted = sort_keys(n, keys, keys + b->n_sample);
    if (!cut_each(n, sorted, b->most_bins, edge, &n_edges)) n_edges = cut(n, sorted, b->most_bins, edge);
    for (size_t i = n_edges; i < TW_BIN_ROOM; i++) edge[i] = INFINITY;
    b->bins->n_bins[f] = (uint32_t)n_edges + 1;
}

static unsigned steps_for(size_t n_bins)
{
    unsigned steps = 0;
    while (((size_t)1 << steps) < n_bins) steps++;
    return steps;
}

static void bin_number(const binning *b, size_t f)
{
    const float *column = b->rows->data->features[f];
    uint8_t *out = b->bins->byte + f * b->bins->n_rows;
    float x[BLOCK];
    uint32_t bin[BLOCK];
    for (size_t from = 0; from < b->rows->n; from += BLOCK) {
        const size_t n = b->rows->n - from < BLOCK ? b->rows->n - from : BLOCK;
        for (size_t i = 0; i < n; i++) x[i] = column[b->rows->cell[from + i]];
        const tw_bin_job job = {x, tw_bins_edges(b->bins, f), n, steps_for(b->bins->n_bins[f]), bin};
        TW_ISA_PICK(b->isa, tw_gbm_bin)(&job);
        for (size_t i = 0; i < n; i++) out[from + i] = (uint8_t)bin[i];
    }
}

/* ---------------------------------------------------------------- categories */

/* The category of a value, or SIZE_MAX where it is none. */
static size_t category_of(float x, size_t n_levels) { return x >= 0 && x < (float)n_levels ? (size_t)x : SIZE_MAX; }

/* The most frequent categories first, of equal ones the lower. */
static size_t order_levels(const double *count, size_t n_levels, size_t most, size_t *order, float *edge)
{
    size_t n = 0;
    tw_argsort(n_levels, count, order); /* ascending, and stable */
    for (size_t end = n_levels; end > 0 && n < most;) {
        size_t begin = end;
        while (begin > 0 && count[order[begin - 1]] == count[order[end - 1]]) begin--;
        if (!(count[order[begin]] > 0)) break;
        for (size_t i = begin; i < end && n < most; i++) edge[n++] = (float)order[i];
        end = begin;
    }
    return n;
}

static tw_status bin_category(const binning *b, size_t f, tw_error *err)
{
    const size_t n_levels = b->rows->data->levels[f];
    const float *column = b->rows->data->features[f];
    uint8_t *out = b->bins->byte + f * b->bins->n_rows;
    float *edge = b->bins->edge + f * TW_BIN_ROOM;
    double *count = tw_new(b->bins->ctx, n_levels + 1, sizeof *count);
    size_t *order = tw_new(b->bins->ctx, n_levels + 1, sizeof *order);
    if (count && order) {
        for (size_t i = 0; i < b->from->n; i++) {
            const size_t level = category_of(column[b->from->cell[i]], n_levels);
            if (level != SIZE_MAX) count[level]++;
        }
        const size_t n = order_levels(count, n_levels, b->most_bins, order, edge);
        for (size_t i = n; i < TW_BIN_ROOM; i++) edge[i] = INFINITY;
        b->bins->n_bins[f] = (uint32_t)(n ? n : 1);
        memset(order, 0, n_levels * sizeof *order); /* from here on: the bin of each category */
        for (size_t i = 0; i < n; i++) order[(size_t)edge[i]] = i + 1;
        for (size_t i = 0; i < b->rows->n; i++) {
            const size_t level = category_of(column[b->rows->cell[i]], n_levels);
            out[i] = (uint8_t)(level == SIZE_MAX ? 0 : order[level]);
        }
    }
    const bool done = count && order;
    tw_free(b->bins->ctx, count);
    tw_free(b->bins->ctx, order);
    return done ? TW_OK : tw_no_memory(err, "the categories of a binning");
}

/* ---------------------------------------------------------------- the matrix */

static tw_status feature_task(void *arg, size_t f, int thread, tw_error *err)
{
    const binning *b = arg;
    if (b->bins->category[f]) return bin_category(b, f, err);
    edges_of_number(b, f, b->keys + (size_t)thread * 2 * b->n_sample);
    bin_number(b, f);
    return TW_OK;
}

/* One row at random out of each of n_sample equal stretches: even over time, and in no step with the symbols. */
static void draw_sample(uint64_t seed, const tw_rows *rows, size_t n_sample, uint32_t *sample)
{
    tw_random random = {seed, SAMPLE_STREAM, 0};
    for (size_t k = 0; k < n_sample; k++) {
        const size_t lo = rows->n * k / n_sample, hi = rows->n * (k + 1) / n_sample;
        sample[k] = rows->cell[lo + tw_random_below(&random, hi - lo)];
    }
}

static tw_status fill(const tw_ctx *ctx, uint64_t seed, binning *b, tw_error *err)
{
    tw_pool *pool = ctx ? ctx->pool : NULL;
    uint32_t *sample = tw_new(ctx, b->n_sample, sizeof *sample);
    b->keys = tw_new(ctx, (size_t)tw_pool_threads(pool) * 2 * b->n_sample, sizeof *b->keys);
    b->sample = sample;
    tw_status status = sample && b->keys ? TW_OK : tw_no_memory(err, "the sample of a binning");
    if (status == TW_OK) draw_sample(seed, b->from, b->n_sample, sample);
    if (status == TW_OK) status = tw_pool_run(pool, b->bins->n_features, feature_task, b, err);
    tw_free(ctx, b->keys);
    tw_free(ctx, sample);
    return status;
}

static tw_status check_spec(const tw_bins_spec *spec, tw_error *err)
{
    const tw_dataset *data = spec->rows->data;
    if (spec->bins < 2 || spec->bins > TW_MOST_BINS)
        return tw_fail(err, TW_BAD_VALUE, "bins: %d, from 2 to %d", spec->bins, (int)TW_MOST_BINS);
    if (spec->rows->n == 0 || spec->edges->n == 0) return tw_fail(err, TW_BAD_DATA, "bins: there are no rows");
    if (data->n_features == 0) return tw_fail(err, TW_BAD_DATA, "bins: there are no features");
    if (spec->edges->data != data) return tw_fail(err, TW_BAD_VALUE, "bins: edges from the rows of another dataset");
    for (size_t f = 0; data->levels && f < data->n_features; f++)
        if (data->levels[f] > MOST_LEVELS)
            return tw_fail(err, TW_TOO_LARGE, "bins: feature %zu has %u categories, at most %d", f,
                           (unsigned)data->levels[f], (int)MOST_LEVELS);
    return TW_OK;
}

static tw_status bins_alloc(const tw_ctx *ctx, const tw_bins_spec *spec, tw_bins **bins, tw_error *err)
{
    const size_t n = spec->rows->data->n_features, n_rows = spec->rows->n;
    tw_bins *b = tw_new(ctx, 1, sizeof *b);
    if (!b) return tw_no_memory(err, "binned rows");
    *b = (tw_bins){.ctx = ctx, .n_rows = n_rows, .n_features = n};
    b->cell = tw_new(ctx, n_rows, sizeof *b->cell);
    b->byte = tw_new(ctx, n_rows, n);
    b->edge = tw_new(ctx, n * TW_BIN_ROOM, sizeof *b->edge);
    b->n_bins = tw_new(ctx, n, sizeof *b->n_bins);
    b->category = tw_new(ctx, n, sizeof *b->category);
    if (!b->cell || !b->byte || !b->edge || !b->n_bins || !b->category) {
        tw_bins_free(b);
        return tw_no_memory(err, "binned rows");
    }
    memcpy(b->cell, spec->rows->cell, n_rows * sizeof *b->cell);
    for (size_t f = 0; f < n; f++) b->category[f] = spec->rows->data->levels && spec->rows->data->levels[f] > 0;
    *bins = b;
    return TW_OK;
}

tw_status tw_bins_new(const tw_ctx *ctx, const tw_bins_spec *spec, tw_bins **bins, tw_error *err)
{
    TW_TRY(check_spec(spec, err));
    TW_TRY(bins_alloc(ctx, spec, bins, err));
    binning b = {.rows = spec->rows,
                 .from = spec->edges,
                 .bins = *bins,
                 .most_bins = (size_t)spec->bins,
                 .n_sample = spec->edges->n < SAMPLE ? spec->edges->n : SAMPLE,
                 .isa = tw_isa_resolve(ctx ? ctx->isa : TW_ISA_BEST)};
    const tw_status status = fill(ctx, spec->seed, &b, err);
    if (status == TW_OK) return TW_OK;
    tw_bins_free(*bins);
    *bins = NULL;
    return status;
}

void tw_bins_free(tw_bins *bins)
{
    if (!bins) return;
    tw_free(bins->ctx, bins->cell);
    tw_free(bins->ctx, bins->byte);
    tw_free(bins->ctx, bins->edge);
    tw_free(bins->ctx, bins->n_bins);
    tw_free(bins->ctx, bins->category);
    tw_free(bins->ctx, bins);
}

tw_status tw_bins_view(const tw_bins *bins, const tw_rows *rows, uint32_t *view, tw_error *err)
{
    size_t at = 0;
    for (size_t i = 0; i < rows->n; i++) {
        while (at < bins->n_rows && bins->cell[at] < rows->cell[i]) at++;
        if (at == bins->n_rows || bins->cell[at] != rows->cell[i])
            return tw_fail(err, TW_BAD_VALUE, "bins: row %zu, cell %u, is not among the %zu rows that were binned", i,
                           (unsigned)rows->cell[i], bins->n_rows);
        view[i] = (uint32_t)at;
    }
    return TW_OK;
}
