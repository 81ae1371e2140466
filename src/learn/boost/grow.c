/* SPDX-License-Identifier: Apache-2.0 */
/* One tree, best leaf first. The histogram of the larger child is that of its parent less that of the smaller one. */
#include "learn/boost/gbm_kernels.h"

#include <math.h>
#include <string.h>

enum { ROW_STREAM = 1, COLUMN_STREAM = 2, SHARED_WORK = 1 << 21, NO_SLOT = -1, AHEAD = 32 };
static const size_t most_histogram_bytes = (size_t)1 << 30;

/* A node that may still be split. */
typedef struct leaf {
    uint32_t node;     /* in the model */
    size_t begin, end; /* its rows: grower.row[begin .. end) */
    int64_t total;     /* packed */
    int slot, depth;   /* of its histogram, or NO_SLOT */
    tw_gbm_split split;
} leaf;

struct tw_gbm_grower {
    const tw_ctx *ctx;
    const tw_gbm_params *params;
    const tw_gbm_bins *bins;
    const tw_gbm_targets *targets;
    tw_trees *model;
    tw_gbm_rule rule;
    size_t n_slots, slot_size; /* slot_size in words */
    int64_t *hist;             /* [n_slots][slot_size] */
    int64_t *thread_hist;      /* [threads - 1][slot_size] */
    uint32_t *column, *n_bins; /* sampled columns, ascending, and their bins */
    uint32_t *row, *spare;     /* rows in the tree, then those left out; scratch for one side of a partition */
    uint32_t *bin_of;          /* by node of the tree: its split as a bin, for rows left out */
    leaf *leaves;
    int *free_slots;
    size_t n_in, n_leaves, n_free;
};

static size_t share_of(double share, size_t n)
{
    const size_t part = (size_t)(share * (double)n + 0.5);
    return part < 1 ? 1 : part > n ? n : part;
}

static bool reserve(tw_gbm_grower *g)
{
    const size_t n = g->bins->n_rows, f = g->bins->n_features,
                 threads = (size_t)tw_pool_threads(g->ctx ? g->ctx->pool : NULL);
    const size_t most = (size_t)g->params->leaves;
    g->hist = tw_new(g->ctx, g->n_slots * g->slot_size, sizeof *g->hist);
    g->thread_hist = tw_new(g->ctx, (threads - 1) * g->slot_size, sizeof *g->thread_hist);
    g->column = tw_new(g->ctx, f, sizeof *g->column);
    g->n_bins = tw_new(g->ctx, f, sizeof *g->n_bins);
    g->row = tw_new(g->ctx, n, sizeof *g->row);
    g->spare = tw_new(g->ctx, n, sizeof *g->spare);
    g->bin_of = tw_new(g->ctx, 2 * most, sizeof *g->bin_of);
    g->leaves = tw_new(g->ctx, most, sizeof *g->leaves);
    g->free_slots = tw_new(g->ctx, g->n_slots, sizeof *g->free_slots);
    return g->hist && g->thread_hist && g->column && g->n_bins && g->row && g->spare && g->bin_of && g->leaves &&
           g->free_slots;
}

static size_t most_width(const tw_gbm_bins *bins)
{
    uint32_t most = 1;
    for (size_t f = 0; f < bins->n_features; f++)
        if (bins->n_bins[f] > most) most = bins->n_bins[f];
    return (size_t)most + 1;
}

tw_status tw_gbm_grower_new(const tw_ctx *ctx, const tw_gbm_params *p, const tw_gbm_bins *bins, tw_gbm_grower **grower,
                            tw_error *err)
{
    const size_t columns = share_of(p->columns, bins->n_features), width = most_width(bins);
    const size_t n_slots = (size_t)p->leaves + 1, slot = columns * width;
    if (n_slots * slot * sizeof(int64_t) > most_histogram_bytes)
        return tw_fail(err, TW_TOO_LARGE,
                       "gbm: histograms of %d leaves, %zu columns and %zu bins take more than %zu bytes", p->leaves,
                       columns, width, most_histogram_bytes);
    tw_gbm_grower *g = tw_new(ctx, 1, sizeof *g);
    if (!g) return tw_no_memory(err, "growing trees");
    *g = (tw_gbm_grower){.ctx = ctx, .params = p, .bins = bins, .n_slots = n_slots, .slot_size = slot};
    g->rule = (tw_gbm_rule){.isa = tw_isa_resolve(ctx ? ctx->isa : TW_ISA_BEST),
                            .l2 = p->l2,
                            .min_child = p->min_child,
                            .min_gain = p->min_gain,
                            .n_columns = columns,
                            .width = width};
    if (!reserve(g)) {
        tw_gbm_grower_free(g);
        return tw_no_memory(err, "growing trees");
    }
    g->rule.n_bins = g->n_bins;
    *grower = g;
    return TW_OK;
}

void tw_gbm_grower_free(tw_gbm_grower *g)
{
    if (!g) return;
    tw_free(g->ctx, g->hist);
    tw_free(g->ctx, g->thread_hist);
    tw_free(g->ctx, g->column);
    tw_free(g->ctx, g->n_bins);
    tw_free(g->ctx, g->row);
    tw_free(g->ctx, g->spare);
    tw_free(g->ctx, g->bin_of);
    tw_free(g->ctx, g->leaves);
    tw_free(g->ctx, g->free_slots);
    tw_free(g->ctx, g);
}

/* ---------------------------------------------------------------- sampling */

/* Selection sampling (Knuth, TAOCP 3.4.2, algorithm S): exactly n_columns, ascending. */
static void sample_columns(tw_gbm_grower *g, tw_random random)
{
    size_t taken = 0;
    random.stream += COLUMN_STREAM;
    for (size_t f = 0; f < g->bins->n_features && taken < g->rule.n_columns; f++) {
        if (tw_random_below(&random, g->bins->n_features - f) >= g->rule.n_columns - taken) continue;
        g->column[taken] = (uint32_t)f;
        g->n_bins[taken] = g->bins->n_bins[f];
        taken++;
    }
}

/* Each row by a word of its own; rows in the tree come first, those left out behind them. */
static void sample_rows(tw_gbm_grower *g, tw_random random)
{
    const size_t n = g->bins->n_rows;
    const uint64_t below = (uint64_t)(g->params->rows * 4294967296.0);
    size_t in = 0, out = 0;
    uint32_t words[4] = {0};
    for (size_t r = 0; r < n; r++) {
        if (r % 4 == 0 && g->params->rows < 1) tw_philox(random.seed, random.stream + ROW_STREAM, r / 4, words);
        const bool taken = words[r % 4] < below;
        g->row[in] = (uint32_t)r;
        g->spare[out] = (uint32_t)r;
        in += taken;
        out += !taken;
    }
    memcpy(g->row + in, g->spare, out * sizeof *g->row);
    g->n_in = in;
}

/* ---------------------------------------------------------------- histograms */

typedef struct hist_work {
    const tw_gbm_grower *g;
    const leaf *of;
    size_t parts;
} hist_work;

static int64_t *slot_of(const tw_gbm_grower *g, int slot) { return g->hist + (size_t)slot * g->slot_size; }

static tw_status hist_task(void *arg, size_t part, int thread, tw_error *err)
{
    const hist_work *w = arg;
    const tw_gbm_grower *g = w->g;
    const size_t n = w->of->end - w->of->begin, from = n * part / w->parts, to = n * (part + 1) / w->parts;
    (void)thread;
    (void)err;
    int64_t *out = part == 0 ? slot_of(g, w->of->slot) : g->thread_hist + (part - 1) * g->slot_size;
    memset(out, 0, g->slot_size * sizeof *out);
    const tw_hist_job job = {.bin = g->bins->bin,
                             .stride = g->bins->stride,
                             .row = g->row + w->of->begin + from,
                             .n = to - from,
                             .packed = g->targets->packed,
                             .column = g->column,
                             .n_columns = g->rule.n_columns,
                             .width = g->rule.width,
                             .hist = out};
    TW_ISA_PICK(g->rule.isa, tw_gbm_hist)(&job);
    return TW_OK;
}

/* Rows are shared among threads where there are many; sums of integers are the same whatever the shares. */
static tw_status make_histogram(tw_gbm_grower *g, const leaf *of, tw_error *err)
{
    tw_pool *pool = g->ctx ? g->ctx->pool : NULL;
    const bool share = (of->end - of->begin) * g->rule.n_columns >= SHARED_WORK;
    hist_work work = {g, of, share ? (size_t)tw_pool_threads(pool) : 1};
    TW_TRY(tw_pool_run(share ? pool : NULL, work.parts, hist_task, &work, err));
    int64_t *out = slot_of(g, of->slot);
    for (size_t part = 1; part < work.parts; part++) {
        const int64_t *other = g->thread_hist + (part - 1) * g->slot_size;
        for (size_t i = 0; i < g->slot_size; i++) out[i] += other[i];
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- nodes */

static bool may_split(const tw_gbm_grower *g, const leaf *l)
{
    return l->depth < g->params->depth &&
           (double)tw_gbm_hessian(l->total) * g->targets->scale.hessian >= 2 * g->params->min_child;
}

/* Rows of a leaf in two, in their order. A missing value is bin 0; taking 1 off every bin makes it the largest, so that
 * one comparison of bytes sends it right. */
static size_t partition(tw_gbm_grower *g, const leaf *l)
{
    const size_t n = l->end - l->begin, stride = g->bins->stride;
    const uint8_t *column = g->bins->bin + g->column[l->split.column];
    const unsigned off = l->split.missing_right, last = l->split.bin - off;
    uint32_t *restrict row = g->row + l->begin, *restrict spare = g->spare;
    size_t left = 0, right = 0;
    for (size_t i = 0; i < n; i++) {
        __builtin_prefetch(column + (size_t)row[i + AHEAD < n ? i + AHEAD : i] * stride);
        const uint32_t r = row[i];
        const bool goes_right = (uint8_t)(column[(size_t)r * stride] - off) > last;
        row[left] = r; /* at or before i: never one not read yet */
        spare[right] = r;
        left += !goes_right;
        right += goes_right;
    }
    memcpy(row + left, spare, right * sizeof *row);
    return left;
}

static void write_split(tw_gbm_grower *g, const leaf *l, uint32_t left)
{
    const uint32_t feature = g->column[l->split.column];
    tw_tree_node *node = &g->model->node[l->node];
    node->feature = feature;
    node->threshold = g->bins->edge[(size_t)feature * TW_GBM_EDGES + l->split.bin - 1];
    node->flags = l->split.missing_right ? TW_SPLIT_MISSING_RIGHT : 0;
    node->left = left;
    g->bin_of[l->node - g->model->first[g->model->n_trees]] = l->split.bin;
    g->model->gain[l->node] = l->split.gain;
    g->model->cover[l->node] = (double)tw_gbm_hessian(l->total) * g->targets->scale.hessian;
}

/* Histogram and best split of both children; the parent's histogram becomes the larger one's. */
static tw_status study(tw_gbm_grower *g, int parent_slot, leaf *left, leaf *right, tw_error *err)
{
    leaf *small = left->end - left->begin <= right->end - right->begin ? left : right;
    leaf *large = small == left ? right : left;
    const bool small_may = may_split(g, small), large_may = may_split(g, large);
    small->slot = large->slot = NO_SLOT;
    small->split = large->split = (tw_gbm_split){0};
    if (small_may || large_may) {
        small->slot = g->free_slots[--g->n_free];
        large->slot = parent_slot;
        TW_TRY(make_histogram(g, small, err));
        TW_ISA_PICK(g->rule.isa, tw_gbm_subtract)(g->slot_size, slot_of(g, large->slot), slot_of(g, small->slot));
        if (small_may) small->split = tw_gbm_best_split(&g->rule, slot_of(g, small->slot), small->total);
        if (large_may) large->split = tw_gbm_best_split(&g->rule, slot_of(g, large->slot), large->total);
    } else {
        g->free_slots[g->n_free++] = parent_slot;
    }
    leaf *both[2] = {small, large};
    for (size_t i = 0; i < 2; i++) {
        if (both[i]->split.bin != 0 || both[i]->slot == NO_SLOT) continue;
        g->free_slots[g->n_free++] = both[i]->slot;
        both[i]->slot = NO_SLOT;
    }
    return TW_OK;
}

static tw_status split_leaf(tw_gbm_grower *g, size_t at, tw_error *err)
{
    const leaf parent = g->leaves[at];
    const size_t middle = parent.begin + partition(g, &parent);
    const uint32_t node = tw_trees_add_leaf(g->model);
    tw_trees_add_leaf(g->model);
    write_split(g, &parent, node);
    leaf *left = &g->leaves[at], *right = &g->leaves[g->n_leaves++];
    *left = (leaf){
        .node = node, .begin = parent.begin, .end = middle, .total = parent.split.left, .depth = parent.depth + 1};
    *right = (leaf){.node = node + 1,
                    .begin = middle,
                    .end = parent.end,
                    .total = parent.total - parent.split.left,
                    .depth = parent.depth + 1};
    return study(g, parent.slot, left, right, err);
}

/* The leaf of the highest gain, the first of equal ones; SIZE_MAX when none can be split. */
static size_t best_leaf(const tw_gbm_grower *g)
{
    size_t best = SIZE_MAX;
    double gain = 0;
    for (size_t i = 0; i < g->n_leaves; i++) {
        if (g->leaves[i].split.bin == 0 || !(g->leaves[i].split.gain > gain)) continue;
        gain = g->leaves[i].split.gain;
        best = i;
    }
    return best;
}

static tw_status start_root(tw_gbm_grower *g, tw_error *err)
{
    leaf *root = &g->leaves[0];
    int64_t total = 0;
    for (size_t i = 0; i < g->n_in; i++) total += g->targets->packed[g->row[i]];
    g->n_leaves = 1;
    g->n_free = g->n_slots;
    for (size_t i = 0; i < g->n_slots; i++) g->free_slots[i] = (int)(g->n_slots - 1 - i);
    *root = (leaf){.node = tw_trees_add_leaf(g->model), .end = g->n_in, .total = total, .slot = NO_SLOT};
    if (g->n_in == 0 || !may_split(g, root)) return TW_OK;
    root->slot = g->free_slots[--g->n_free];
    TW_TRY(make_histogram(g, root, err));
    root->split = tw_gbm_best_split(&g->rule, slot_of(g, root->slot), total);
    return TW_OK;
}

/* ---------------------------------------------------------------- values */

/* From the gradients themselves, not their integers: one Newton step of the loss. */
static double leaf_value(const tw_gbm_grower *g, const leaf *l)
{
    const tw_gbm_targets *t = g->targets;
    double gradient = 0, hessian = t->hessian ? 0 : (double)(l->end - l->begin);
    for (size_t i = l->begin; i < l->end; i++) gradient += t->gradient[g->row[i]];
    for (size_t i = l->begin; i < l->end && t->hessian; i++) hessian += t->hessian[g->row[i]];
    const double below = hessian + g->params->l2;
    return below > 0 ? -g->params->rate * gradient / below : 0;
}

/* Returns the steps from the root to the deepest leaf. */
static uint32_t add_values(tw_gbm_grower *g, double *score)
{
    uint32_t depth = 0;
    for (size_t k = 0; k < g->n_leaves; k++) {
        const leaf *l = &g->leaves[k];
        const double value = leaf_value(g, l);
        g->model->value[l->node] = value;
        g->model->cover[l->node] = (double)tw_gbm_hessian(l->total) * g->targets->scale.hessian;
        if ((uint32_t)l->depth > depth) depth = (uint32_t)l->depth;
        for (size_t i = l->begin; i < l->end; i++) score[g->row[i]] += value;
    }
    return depth;
}

/* Rows left out walk the tree by their bins. */
static void add_left_out(const tw_gbm_grower *g, double *score)
{
    const tw_trees *m = g->model;
    const uint32_t first = m->first[m->n_trees];
    for (size_t i = g->n_in; i < g->bins->n_rows; i++) {
        const uint8_t *bin = g->bins->bin + (size_t)g->row[i] * g->bins->stride;
        uint32_t at = first;
        while (m->node[at].left != at) {
            const uint32_t b = bin[m->node[at].feature];
            at = m->node[at].left + (b == 0 ? m->node[at].flags & TW_SPLIT_MISSING_RIGHT : b > g->bin_of[at - first]);
        }
        score[g->row[i]] += m->value[at];
    }
}

tw_status tw_gbm_grow(tw_gbm_grower *g, tw_random random, const tw_gbm_targets *targets, tw_trees *model, double *score,
                      tw_error *err)
{
    g->targets = targets;
    g->model = model;
    g->rule.scale = targets->scale;
    sample_columns(g, random);
    sample_rows(g, random);
    TW_TRY(start_root(g, err));
    while (g->n_leaves < (size_t)g->params->leaves) {
        const size_t at = best_leaf(g);
        if (at == SIZE_MAX) break;
        TW_TRY(split_leaf(g, at, err));
    }
    const uint32_t depth = add_values(g, score);
    add_left_out(g, score);
    tw_trees_end_tree(model, 0, depth);
    return TW_OK;
}
