/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/design.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { PART_ROWS = 32768, MOST_PART_BYTES = 64 << 20 };

static double weight_at(const tw_rows *rows, size_t i) { return tw_row_weight(rows, i); }

/* Weighted mean and 1 / sd over the known values; infinities count as missing. */
static void moments_of(const tw_rows *rows, const float *column, double *mean, double *inverse)
{
    double total = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const double x = (double)column[rows->cell[i]], w = weight_at(rows, i);
        if (!isfinite(x)) continue;
        total += w;
        sum += w * x;
    }
    *mean = total > 0 ? sum / total : 0;
    for (size_t i = 0; i < rows->n; i++) {
        const double d = (double)column[rows->cell[i]] - *mean, w = weight_at(rows, i);
        if (isfinite(d)) squares += w * d * d;
    }
    const double sd = total > 0 ? sqrt(squares / total) : 0;
    /* Below this the spread is rounding. */
    *inverse = sd > 1e-12 * fabs(*mean) && sd > 1e-30 ? 1 / sd : 0;
}

static tw_status feature_task(void *arg, size_t f, int thread, tw_error *err)
{
    const tw_design *d = arg;
    (void)thread;
    (void)err;
    moments_of(d->rows, d->rows->data->features[f], &d->mean[f], &d->inverse[f]);
    return TW_OK;
}

static void label_moments(tw_design *d)
{
    const tw_rows *rows = d->rows;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < rows->n; i++) {
        d->total += weight_at(rows, i);
        sum += weight_at(rows, i) * rows->data->label[rows->cell[i]];
    }
    d->y_mean = sum / d->total;
    for (size_t i = 0; i < rows->n; i++) {
        const double e = rows->data->label[rows->cell[i]] - d->y_mean;
        squares += weight_at(rows, i) * e * e;
    }
    d->y_sd = sqrt(squares / d->total);
    if (!(d->y_sd > 1e-12 * fabs(d->y_mean))) d->y_sd = 0;
}

tw_status tw_design_new(const tw_ctx *ctx, const tw_rows *rows, tw_design *design, tw_error *err)
{
    const size_t n = rows->data->n_features;
    *design = (tw_design){.ctx = ctx, .rows = rows, .n_features = n};
    design->mean = tw_new(ctx, n, sizeof(double));
    design->inverse = tw_new(ctx, n, sizeof(double));
    if (!design->mean || !design->inverse) {
        tw_design_clear(design);
        return tw_no_memory(err, "the moments of the features");
    }
    label_moments(design);
    return tw_pool_run(ctx ? ctx->pool : NULL, n, feature_task, design, err);
}

void tw_design_clear(tw_design *design)
{
    tw_free(design->ctx, design->mean);
    tw_free(design->ctx, design->inverse);
    design->mean = design->inverse = NULL;
}

/* One parallel sum: each part has its own total, added up in order at the end. */
typedef struct reduction {
    const tw_design *design;
    tw_block_sum *add;
    const void *arg;
    size_t n_sum, n_parts, part_rows;
    double *parts;         /* [n_parts][n_sum] */
    float *blocks;         /* [threads][n_features + 1][TW_BLOCK_ROWS] */
    const float **columns; /* [threads][n_features + 1] */
} reduction;

static void gather_feature(const tw_design *d, size_t f, const uint32_t *cell, size_t n, float *out)
{
    const float *column = d->rows->data->features[f];
    const double mean = d->mean[f], inverse = d->inverse[f];
    for (size_t i = 0; i < n; i++) {
        const double x = ((double)column[cell[i]] - mean) * inverse;
        out[i] = isfinite(x) ? (float)x : 0;
    }
}

/* Labels and weights of a block, by row. */
typedef struct targets {
    double label[TW_BLOCK_ROWS], weight[TW_BLOCK_ROWS];
} targets;

static void gather(const tw_design *d, size_t from, float *out, tw_block *block, targets *y)
{
    const uint32_t *cell = d->rows->cell + from;
    const size_t n = block->n;
    const double y_inverse = d->y_sd > 0 ? 1 / d->y_sd : 0;
    for (size_t f = 0; f < d->n_features; f++) gather_feature(d, f, cell, n, out + f * TW_BLOCK_ROWS);
    for (size_t i = 0; i < n; i++) {
        y->label[i] = d->rows->data->label[cell[i]];
        y->weight[i] = weight_at(d->rows, from + i);
        out[d->n_features * TW_BLOCK_ROWS + i] = (float)((y->label[i] - d->y_mean) * y_inverse);
    }
    block->label = y->label;
    block->weight = d->rows->data->weight ? y->weight : NULL;
}

static tw_status part_task(void *arg, size_t part, int thread, tw_error *err)
{
    const reduction *r = arg;
    const tw_design *d = r->design;
    const size_t width = d->n_features + 1, end = part + 1 == r->n_parts ? d->rows->n : (part + 1) * r->part_rows;
    float *out = r->blocks + (size_t)thread * width * TW_BLOCK_ROWS;
    const float **column = r->columns + (size_t)thread * width;
    targets y;
    (void)err;
    for (size_t f = 0; f < width; f++) column[f] = out + f * TW_BLOCK_ROWS;
    for (size_t from = part * r->part_rows; from < end; from += TW_BLOCK_ROWS) {
        tw_block block = {.n = end - from < TW_BLOCK_ROWS ? end - from : TW_BLOCK_ROWS,
                          .n_features = d->n_features,
                          .isa = d->ctx ? d->ctx->isa : TW_ISA_BEST,
                          .column = column};
        gather(d, from, out, &block, &y);
        r->add(r->arg, &block, r->parts + part * r->n_sum);
    }
    return TW_OK;
}

/* The number of parts follows from the sizes alone, so that the sum does not depend on the threads. */
static void plan_parts(reduction *r)
{
    const size_t n = r->design->rows->n, room = MOST_PART_BYTES / (r->n_sum * sizeof(double)) + 1;
    r->n_parts = (n + PART_ROWS - 1) / PART_ROWS;
    if (r->n_parts > room) r->n_parts = room;
    const size_t rows = (n + r->n_parts - 1) / r->n_parts;
    r->part_rows = (rows + TW_BLOCK_ROWS - 1) / TW_BLOCK_ROWS * TW_BLOCK_ROWS;
    r->n_parts = (n + r->part_rows - 1) / r->part_rows;
}

tw_status tw_design_sum(const tw_design *design, tw_block_sum *add, const void *arg, size_t n_sum, double *sum,
                        tw_error *err)
{
    const tw_ctx *ctx = design->ctx;
    tw_pool *pool = ctx ? ctx->pool : NULL;
    const size_t threads = (size_t)tw_pool_threads(pool), width = design->n_features + 1;
    reduction r = {.design = design, .add = add, .arg = arg, .n_sum = n_sum};
    plan_parts(&r);
    r.parts = tw_new(ctx, r.n_parts * n_sum, sizeof(double));
    r.blocks = tw_new(ctx, threads * width * TW_BLOCK_ROWS, sizeof(float));
    r.columns = tw_new(ctx, threads * width, sizeof *r.columns);
    tw_status status = r.parts && r.blocks && r.columns ? TW_OK : tw_no_memory(err, "sums over rows");
    if (status == TW_OK) status = tw_pool_run(pool, r.n_parts, part_task, &r, err);
    for (size_t i = 0; status == TW_OK && i < n_sum; i++) sum[i] = 0;
    for (size_t part = 0; status == TW_OK && part < r.n_parts; part++)
        for (size_t i = 0; i < n_sum; i++) sum[i] += r.parts[part * n_sum + i];
    tw_free(ctx, r.parts);
    tw_free(ctx, r.blocks);
    tw_free(ctx, r.columns);
    return status;
}

static void add_gram(const void *arg, const tw_block *block, double *sum)
{
    (void)arg;
    tw_gram(block->isa, block->n, block->n_features + 1, block->column, block->weight, sum);
}

tw_status tw_design_gram(const tw_design *design, double *gram, tw_error *err)
{
    const size_t n = design->n_features + 1;
    TW_TRY(tw_design_sum(design, add_gram, NULL, n * n, gram, err));
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n; j++) {
            gram[i * n + j] /= design->total;
            gram[j * n + i] = gram[i * n + j];
        }
    }
    return TW_OK;
}
