/* SPDX-License-Identifier: Apache-2.0 */
/* Shapley values and interactions by the shares of train rows: blocks of rows over the pool, programs of trees one
 * after the other. */
#include "learn/explain/explain.h"

/* What one thread works in. */
typedef struct scratch {
    uint64_t *mask, *met, *kept;
    double *reach, *ratio, *phi;
} scratch;

typedef struct work {
    const tw_ctx *ctx;
    const tw_trees *model;
    const tw_rows *rows;
    const tw_shap_features *features;
    const tw_shap_program *program;
    bool pairs;
    tw_isa isa;
    size_t n_values; /* of phi of a block: features, or their pairs */
    scratch *scratch;
    double *out;
} work;

/* A block of rows. */
typedef struct block {
    const work *w;
    scratch *s;
    size_t begin, n;
} block;

/* ---------------------------------------------------------------- where rows go */

/* Trees of a part that is no slice: split by split, row by row. */
static void step_rows(const block *b, size_t tree)
{
    const tw_trees *m = b->w->model;
    const tw_rows *rows = b->w->rows;
    size_t s = 0;
    for (uint32_t i = m->first[tree]; i < m->first[tree + 1]; i++) {
        if (tw_tree_is_leaf(m, i)) continue;
        const float *column = rows->data->features[m->node[i].feature];
        uint64_t left = 0;
        for (size_t r = 0; r < b->n; r++)
            left |= (uint64_t)(tw_tree_step(m, i, column[rows->cell[b->begin + r]]) == m->node[i].left) << r;
        b->s->met[s++] = left;
    }
}

/* Splits of a slice's tree stand in the order of its nodes too. */
static void take_masks(const block *b, const tw_slice_tree *tree)
{
    for (size_t s = 0; s < tree->n_splits; s++)
        b->s->met[s] = b->s->mask[(size_t)tree->split[s].condition * TW_SLICE_WORDS];
}

static void meet(const block *b, const tw_slice *slice)
{
    const tw_rows *rows = b->w->rows;
    const tw_slice_job job = {
        .slice = slice, .features = rows->data->features, .cell = rows->cell + b->begin, .n = b->n};
    TW_ISA_PICK(b->w->isa, tw_slice_meet)(&job, b->s->mask);
}

/* ---------------------------------------------------------------- blocks */

static void add_tree(const block *b, size_t tree)
{
    const work *w = b->w;
    const tw_shap_program *p = w->program;
    const tw_shap_tree *t = &p->tree[tree - p->from];
    const tw_shap_job job = {.tree = t,
                             .n = b->n,
                             .met = b->s->met,
                             .kept = b->s->kept,
                             .reach = b->s->reach,
                             .ratio = b->s->ratio,
                             .n_features = w->features->n,
                             .phi = b->s->phi + t->output * w->n_values * TW_SHAP_ROWS};
    if (w->pairs)
        TW_ISA_PICK(w->isa, tw_shap_add_pairs)(&job);
    else
        TW_ISA_PICK(w->isa, tw_shap_add)(&job);
}

static void add_trees(const block *b)
{
    const tw_tree_scorer *scorer = b->w->program->scorer;
    for (size_t p = 0; p < scorer->n_parts; p++) {
        const tw_tree_scorer_part *part = &scorer->part[p];
        if (part->slice) meet(b, part->slice);
        for (size_t tree = part->from; tree < part->to; tree++) {
            if (part->slice)
                take_masks(b, &part->slice->tree[tree - part->from]);
            else
                step_rows(b, tree);
            add_tree(b, tree);
        }
    }
}

/* Values of one row and output: by feature, then the base value. */
static void put_values(const work *w, const double *phi, size_t r, double *out)
{
    for (size_t i = 0; i < w->features->n; i++) out[w->features->used[i]] += phi[i * TW_SHAP_ROWS + r];
}

/* A pair is shared by its two places; the diagonal is what is left of a feature's value. */
static void put_pairs(const work *w, const double *phi, size_t r, double *out)
{
    const size_t n = w->features->n, side = w->model->n_features + 1;
    const uint32_t *used = w->features->used;
    for (size_t i = 0; i < n; i++) {
        out[used[i] * side + used[i]] += phi[(i * n + i) * TW_SHAP_ROWS + r];
        for (size_t j = i + 1; j < n; j++) {
            const double half = phi[(i * n + j) * TW_SHAP_ROWS + r] / 2;
            out[used[i] * side + used[j]] += half;
            out[used[j] * side + used[i]] += half;
            out[used[i] * side + used[i]] -= half;
            out[used[j] * side + used[j]] -= half;
        }
    }
}

static tw_status explain_block(void *arg, size_t index, int thread, tw_error *err)
{
    const work *w = arg;
    const size_t begin = index * TW_SHAP_ROWS, left = w->rows->n - begin, k = w->model->n_outputs,
                 width = w->model->n_features + 1, size = w->pairs ? width * width : width;
    const block b = {w, &w->scratch[thread], begin, left < TW_SHAP_ROWS ? left : TW_SHAP_ROWS};
    (void)err;
    memset(b.s->phi, 0, k * w->n_values * TW_SHAP_ROWS * sizeof *b.s->phi);
    add_trees(&b);
    for (size_t r = 0; r < b.n; r++)
        for (size_t o = 0; o < k; o++) {
            const double *phi = b.s->phi + o * w->n_values * TW_SHAP_ROWS;
            double *out = w->out + ((begin + r) * k + o) * size;
            (w->pairs ? put_pairs : put_values)(w, phi, r, out);
            out[size - 1] += w->program->expected[o];
        }
    return TW_OK;
}

/* ---------------------------------------------------------------- memory */

static bool scratch_new(const work *w, scratch *s)
{
    const tw_shap_program *p = w->program;
    s->mask = tw_new(w->ctx, (size_t)TW_SLICE_CONDITIONS * TW_SLICE_WORDS, sizeof *s->mask);
    s->met = tw_new(w->ctx, p->most_splits + 1, sizeof *s->met);
    s->kept = tw_new(w->ctx, p->most_nodes + 1, sizeof *s->kept);
    s->reach = tw_new(w->ctx, (p->most_reach + 1) * TW_SHAP_MOST_LANES, sizeof *s->reach);
    s->ratio = tw_new(w->ctx, (p->most_ratio + 1) * TW_SHAP_MOST_LANES, sizeof *s->ratio);
    s->phi = tw_new(w->ctx, (w->model->n_outputs * w->n_values + 1) * TW_SHAP_ROWS, sizeof *s->phi);
    return s->mask && s->met && s->kept && s->reach && s->ratio && s->phi;
}

static void scratch_clear(const work *w, scratch *s)
{
    void *const blocks[] = {s->mask, s->met, s->kept, s->reach, s->ratio, s->phi};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) tw_free(w->ctx, blocks[i]);
}

static tw_status run_program(work *w, tw_error *err)
{
    tw_pool *pool = w->ctx ? w->ctx->pool : NULL;
    const size_t n_threads = (size_t)tw_pool_threads(pool), n_blocks = (w->rows->n + TW_SHAP_ROWS - 1) / TW_SHAP_ROWS;
    tw_status status = TW_OK;
    w->scratch = tw_new(w->ctx, n_threads, sizeof *w->scratch);
    if (!w->scratch) return tw_no_memory(err, "an explanation");
    for (size_t t = 0; status == TW_OK && t < n_threads; t++)
        if (!scratch_new(w, &w->scratch[t])) status = tw_no_memory(err, "an explanation");
    if (status == TW_OK) status = tw_pool_run(pool, n_blocks, explain_block, w, err);
    for (size_t t = 0; t < n_threads; t++) scratch_clear(w, &w->scratch[t]);
    tw_free(w->ctx, w->scratch);
    return status;
}

static tw_status run_programs(const work *all, tw_error *err)
{
    for (size_t from = 0; from < all->model->n_trees;) {
        tw_shap_program program;
        work w = *all;
        TW_TRY(tw_shap_program_new(w.model, from, w.features, w.pairs, &program, err));
        from = program.to;
        w.program = &program;
        const tw_status status = run_program(&w, err);
        tw_shap_program_clear(&program);
        TW_TRY(status);
    }
    return TW_OK;
}

tw_status tw_trees_shap(const tw_ctx *ctx, const tw_trees *m, const tw_rows *rows, bool pairs, double *out,
                        tw_error *err)
{
    const size_t width = m->n_features + 1, size = pairs ? width * width : width;
    tw_shap_features features;
    TW_TRY(tw_shap_check(m, false, err));
    TW_TRY(tw_shap_features_new(m, &features, err));
    const work w = {.ctx = ctx,
                    .model = m,
                    .rows = rows,
                    .features = &features,
                    .pairs = pairs,
                    .isa = tw_isa_resolve(ctx ? ctx->isa : TW_ISA_BEST),
                    .n_values = pairs ? features.n * features.n : features.n,
                    .out = out};
    memset(out, 0, rows->n * m->n_outputs * size * sizeof *out);
    for (size_t i = 0; i < rows->n * m->n_outputs; i++) out[(i + 1) * size - 1] = m->base[i % m->n_outputs];
    const tw_status status = run_programs(&w, err);
    tw_shap_features_clear(m->ctx, &features);
    return status;
}
