/* SPDX-License-Identifier: Apache-2.0 */
/* What trees are grown on: memory, the columns of a tree and their bytes. */
#include "learn/boost/grow.h"

#include <string.h>

enum { COLUMN_STREAM = 0x636f6c73, LAID_ROWS = 256, LEAST_SLOTS = 5 };
static const size_t most_histogram_bytes = (size_t)1 << 28;

/* ---------------------------------------------------------------- columns */

static size_t columns_of_tree(const tw_gbm_params *p, size_t n)
{
    const size_t part = (size_t)(p->columns * (double)n + 0.5);
    return part >= n && n > 0 ? n : part > 0 ? part : 1;
}

static void use_column(tw_gbm_grower *g, size_t j, uint32_t f)
{
    g->column[j] = f;
    g->n_bins[j] = g->bins->n_bins[f];
    g->category[j] = g->bins->category[f];
    if (g->feature_sign) g->sign[j] = g->feature_sign[f];
}

/* Selection sampling (Knuth, TAOCP 3.4.2, algorithm S): exactly n_columns, ascending. */
static void sample_columns(tw_gbm_grower *g)
{
    const size_t n = g->bins->n_features;
    tw_random random = {g->seed, COLUMN_STREAM + ((uint64_t)g->model->n_trees << 32), 0};
    size_t taken = 0;
    for (size_t f = 0; f < n && taken < g->rule.n_columns; f++)
        if (g->rule.n_columns == n || tw_random_below(&random, n - f) < g->rule.n_columns - taken)
            use_column(g, taken++, (uint32_t)f);
}

/* The bytes of a row stand side by side. Some rows of all columns at a time, so that their lines stay in cache. */
static void lay_bytes(tw_gbm_grower *g)
{
    for (size_t from = 0; from < g->n; from += LAID_ROWS) {
        const size_t to = from + LAID_ROWS < g->n ? from + LAID_ROWS : g->n;
        for (size_t j = 0; j < g->rule.n_columns; j++) {
            const uint8_t *column = tw_bins_column(g->bins, g->column[j]);
            uint8_t *out = g->work + j;
            if (g->view)
                for (size_t r = from; r < to; r++) out[r * g->stride] = column[g->view[r]];
            else
                for (size_t r = from; r < to; r++) out[r * g->stride] = column[r];
        }
    }
}

void tw_gbm_lay_columns(tw_gbm_grower *g)
{
    const size_t n = g->n_in;
    if (g->base_row)
        memcpy(g->row, g->base_row, g->n * sizeof *g->row);
    else
        for (size_t i = 0; i < n; i++) g->row[i] = (uint32_t)i;
    if (g->laid && g->rule.n_columns == g->bins->n_features) return;
    sample_columns(g);
    lay_bytes(g);
    g->laid = true;
}

void tw_gbm_use_rows(tw_gbm_grower *g, const uint32_t *row, size_t n_in)
{
    g->base_row = row;
    g->n_in = n_in;
}

/* ---------------------------------------------------------------- memory */

static size_t width_of(const tw_bins *bins)
{
    size_t most = 1, width = 32;
    for (size_t f = 0; f < bins->n_features; f++) most = bins->n_bins[f] > most ? bins->n_bins[f] : most;
    while (width < most + 1) width *= 2;
    return width;
}

/* Whole lines of memory where a row is longer than one, otherwise a row that lies in one line. */
static size_t stride_of(size_t n_blocks)
{
    const size_t bytes = n_blocks * TW_HIST_COLUMNS;
    size_t stride = TW_HIST_COLUMNS;
    while (stride < bytes && stride < 64) stride *= 2;
    return stride < bytes ? bytes : stride;
}

static bool reserve_columns(tw_gbm_grower *g)
{
    const size_t n = g->rule.n_columns;
    g->column = tw_new(g->ctx, n, sizeof *g->column);
    g->n_bins = tw_new(g->ctx, n, sizeof *g->n_bins);
    g->category = tw_new(g->ctx, n, sizeof *g->category);
    g->sign = tw_new(g->ctx, n, sizeof *g->sign);
    g->allowed = tw_new(g->ctx, 2 * n, sizeof *g->allowed);
    return g->column && g->n_bins && g->category && g->sign && g->allowed;
}

static bool reserve(tw_gbm_grower *g)
{
    g->work = tw_new(g->ctx, g->n, g->stride);
    g->row = tw_new(g->ctx, g->n, sizeof *g->row);
    g->spare = tw_new(g->ctx, g->n, sizeof *g->spare);
    g->leaves = tw_new(g->ctx, (size_t)g->params->leaves, sizeof *g->leaves);
    g->heap = tw_new(g->ctx, (size_t)g->params->leaves, sizeof *g->heap);
    g->hist = tw_new(g->ctx, g->n_slots * g->slot_size, sizeof *g->hist);
    g->free_slots = tw_new(g->ctx, g->n_slots, sizeof *g->free_slots);
    return g->work && g->row && g->spare && g->leaves && g->heap && g->hist && g->free_slots && reserve_columns(g);
}

/* Train rows among those of the bins; none needed when they are the same. */
static tw_status make_view(tw_gbm_grower *g, tw_error *err)
{
    if (g->n == g->bins->n_rows && memcmp(g->bins->cell, g->train->cell, g->n * sizeof *g->train->cell) == 0)
        return TW_OK;
    g->view = tw_new(g->ctx, g->n, sizeof *g->view);
    if (!g->view) return tw_no_memory(err, "rows among those binned");
    return tw_bins_view(g->bins, g->train, g->view, err);
}

static tw_status prepare(tw_gbm_grower *g, tw_error *err)
{
    TW_TRY(make_view(g, err));
    TW_TRY(tw_gbm_read_constraints(g, err));
    if (!reserve(g)) return tw_no_memory(err, "growing trees");
    g->rule.n_bins = g->n_bins;
    g->rule.category = g->category;
    g->rule.sign = g->feature_sign ? g->sign : NULL;
    return TW_OK;
}

tw_status tw_gbm_grower_new(const tw_gbm_ground *ground, tw_gbm_grower **grower, tw_error *err)
{
    const tw_gbm_params *p = ground->params;
    const size_t columns = columns_of_tree(p, ground->bins->n_features), width = width_of(ground->bins),
                 blocks = (columns + TW_HIST_COLUMNS - 1) / TW_HIST_COLUMNS, slot = blocks * TW_HIST_COLUMNS * width;
    size_t n_slots = most_histogram_bytes / (slot * sizeof(int64_t));
    if (n_slots > (size_t)p->leaves + 1) n_slots = (size_t)p->leaves + 1;
    tw_gbm_grower *g = tw_new(ground->ctx, 1, sizeof *g);
    if (!g) return tw_no_memory(err, "growing trees");
    *g = (tw_gbm_grower){.ctx = ground->ctx,
                         .params = p,
                         .bins = ground->bins,
                         .train = ground->train,
                         .model = ground->model,
                         .seed = ground->seed,
                         .n = ground->train->n,
                         .n_in = ground->train->n,
                         .n_blocks = blocks,
                         .stride = stride_of(blocks),
                         .n_slots = n_slots < LEAST_SLOTS ? LEAST_SLOTS : n_slots,
                         .slot_size = slot,
                         .first_node = (uint32_t)ground->model->n_nodes,
                         .by_depth = strcmp(p->grow, "depth") == 0};
    g->rule = (tw_gbm_rule){.isa = tw_isa_resolve(ground->ctx ? ground->ctx->isa : TW_ISA_BEST),
                            .l1 = p->l1,
                            .l2 = p->l2,
                            .min_child = p->min_child,
                            .min_gain = p->min_gain,
                            .n_columns = columns,
                            .width = width,
                            .params = p};
    const tw_status status = prepare(g, err);
    if (status != TW_OK)
        tw_gbm_grower_free(g);
    else
        *grower = g;
    return status;
}

void tw_gbm_grower_free(tw_gbm_grower *g)
{
    if (!g) return;
    void *const blocks[] = {g->view,    g->work,  g->column,       g->n_bins,         g->category, g->sign,
                            g->row,     g->spare, g->leaves,       g->heap,           g->hist,     g->free_slots,
                            g->allowed, g->split, g->feature_sign, g->feature_groups, g->sets};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) tw_free(g->ctx, blocks[i]);
    tw_free(g->ctx, g);
}
