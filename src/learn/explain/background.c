/* SPDX-License-Identifier: Apache-2.0 */
/* Shapley values against a background (interventional: Janzing et al., AISTATS 2020). For a row and a background row a
 * leaf pays its value when every feature of its path keeps to the path in the row it is taken from. With a features
 * that only the row keeps and c that only the background row keeps, the Shapley value is v (a - 1)! c! / (a + c)! for
 * each of the former and - v a! (c - 1)! / (a + c)! for each of the latter (Lundberg et al. 2020, supplement). What a
 * row is to a leaf is a word of bits, so background rows that are alike there are one, with a count; so are rows. */
#include "learn/explain/explain.h"

#include <stdlib.h>

enum { MOST_PATH = 64, BLOCK = 1024, WORDS = BLOCK / 64, MEMO_BITS = 10, MEMO = 1 << MEMO_BITS };

/* Background rows that are alike to a leaf. */
typedef struct alike {
    uint64_t kept;
    double count;
} alike;

typedef struct work {
    const tw_ctx *ctx;
    const tw_trees *model;
    const tw_rows *rows, *background;
    const tw_shap_features *features;
    tw_shap_program program;
    double weight[MOST_PATH + 1][MOST_PATH + 1]; /* a! c! / (a + c + 1)! */
    double *out;
    /* Of the tree at hand. */
    size_t tree;
    alike *alike;     /* leaf after leaf */
    size_t *first;    /* [leaves + 1] of alike */
    uint64_t *kept;   /* [threads][WORDS][nodes] */
    uint64_t *sorted; /* [background rows] */
} work;

/* ---------------------------------------------------------------- what a row is to a leaf */

/* For 64 rows and every node: which are on the path by the feature of the split above. */
static void keep_rows(const work *w, const tw_rows *rows, size_t begin, uint64_t *kept)
{
    const tw_trees *m = w->model;
    const tw_shap_tree *tree = &w->program.tree[w->tree - w->program.from];
    const size_t n = rows->n - begin < 64 ? rows->n - begin : 64;
    const uint32_t first = m->first[w->tree];
    kept[0] = ~UINT64_C(0);
    for (size_t s = 0; s < tree->n_splits; s++) {
        const tw_shap_split *split = &tree->split[s];
        const uint32_t at = first + split->node;
        const float *column = rows->data->features[m->node[at].feature];
        uint64_t left = 0;
        for (size_t r = 0; r < n; r++)
            left |= (uint64_t)(tw_tree_step(m, at, column[rows->cell[begin + r]]) == m->node[at].left) << r;
        kept[split->left] = kept[split->prior] & left;
        kept[split->left + 1] = kept[split->prior] & ~left;
    }
}

static uint64_t pattern_of(const tw_shap_tree *tree, const tw_shap_leaf *leaf, const uint64_t *kept, size_t r)
{
    uint64_t pattern = 0;
    for (uint32_t e = 0; e < leaf->n; e++) pattern |= (kept[tree->element[leaf->first + e].node] >> r & 1) << e;
    return pattern;
}

static int by_bits(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The distinct patterns of the background rows to a leaf. */
static size_t count_alike(const work *w, const tw_shap_leaf *leaf, const uint64_t *kept, alike *out)
{
    const tw_shap_tree *tree = &w->program.tree[w->tree - w->program.from];
    const size_t n = w->background->n;
    size_t n_out = 0;
    for (size_t i = 0; i < n; i++) w->sorted[i] = pattern_of(tree, leaf, kept + i / 64 * tree->n_nodes, i % 64);
    qsort(w->sorted, n, sizeof *w->sorted, by_bits);
    for (size_t i = 0; i < n; i++) {
        if (n_out == 0 || out[n_out - 1].kept != w->sorted[i]) out[n_out++] = (alike){w->sorted[i], 0};
        out[n_out - 1].count++;
    }
    return n_out;
}

/* ---------------------------------------------------------------- one leaf */

static unsigned count_bits(uint64_t x) { return (unsigned)__builtin_popcountll(x); }

/* Values of the leaf's elements for rows of this pattern, over the whole background, for a leaf value of 1. */
static void value_of(const work *w, size_t leaf, uint32_t n, uint64_t kept, double *phi)
{
    const uint64_t all = n == 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
    for (uint32_t e = 0; e < n; e++) phi[e] = 0;
    for (const alike *b = w->alike + w->first[leaf], *end = w->alike + w->first[leaf + 1]; b < end; b++) {
        const uint64_t mine = kept & ~b->kept, theirs = b->kept & ~kept;
        if ((kept | b->kept) != all) continue;
        const unsigned a = count_bits(mine), c = count_bits(theirs);
        const double up = a ? w->weight[a - 1][c] * b->count : 0, down = c ? w->weight[a][c - 1] * b->count : 0;
        for (uint32_t e = 0; e < n; e++) phi[e] += mine >> e & 1 ? up : theirs >> e & 1 ? -down : 0;
    }
}

/* Rows of a block at one leaf; rows that are alike share what is worked out once. */
typedef struct memo {
    int16_t slot[MEMO]; /* by pattern, -1: not yet */
    double phi[MEMO][MEMO_BITS];
} memo;

static void add_leaf(const work *w, size_t at, const tw_shap_tree *tree, const uint64_t *kept, size_t begin)
{
    const tw_shap_leaf *leaf = &tree->leaf[at];
    const tw_trees *m = w->model;
    const double value = m->value[m->first[w->tree] + leaf->node] / (double)w->background->n;
    const size_t n = w->rows->n - begin < BLOCK ? w->rows->n - begin : BLOCK, width = m->n_features + 1;
    memo known;
    int16_t n_known = 0;
    double own[MOST_PATH];
    const bool few = leaf->n <= MEMO_BITS;
    if (few) memset(known.slot, -1, sizeof known.slot);
    for (size_t r = 0; r < n; r++) {
        const uint64_t pattern = pattern_of(tree, leaf, kept + r / 64 * tree->n_nodes, r % 64);
        double *phi = own;
        if (few && known.slot[pattern] < 0) {
            known.slot[pattern] = n_known++;
            value_of(w, at, leaf->n, pattern, known.phi[known.slot[pattern]]);
        }
        if (few)
            phi = known.phi[known.slot[pattern]];
        else
            value_of(w, at, leaf->n, pattern, own);
        double *out = w->out + ((begin + r) * m->n_outputs + tree->output) * width;
        for (uint32_t e = 0; e < leaf->n; e++)
            out[w->features->used[tree->element[leaf->first + e].feature]] += value * phi[e];
    }
}

/* ---------------------------------------------------------------- trees */

static tw_status explain_block(void *arg, size_t index, int thread, tw_error *err)
{
    const work *w = arg;
    const tw_shap_tree *tree = &w->program.tree[w->tree - w->program.from];
    uint64_t *kept = w->kept + (size_t)thread * WORDS * w->program.most_nodes;
    (void)err;
    for (size_t k = 0, at = index * BLOCK; k < WORDS && at < w->rows->n; k++, at += 64)
        keep_rows(w, w->rows, at, kept + k * tree->n_nodes);
    for (size_t leaf = 0; leaf < tree->n_leaves; leaf++) add_leaf(w, leaf, tree, kept, index * BLOCK);
    return TW_OK;
}

static size_t most_alike(const work *w, const tw_shap_leaf *leaf)
{
    const size_t n = w->background->n;
    return leaf->n < 32 && ((size_t)1 << leaf->n) < n ? (size_t)1 << leaf->n : n;
}

static tw_status explain_tree(work *w, tw_error *err)
{
    const tw_shap_tree *tree = &w->program.tree[w->tree - w->program.from];
    const size_t n_words = (w->background->n + 63) / 64;
    size_t room = 0;
    tw_status status = TW_OK;
    for (size_t k = 0; k < tree->n_leaves; k++) {
        if (tree->leaf[k].n > MOST_PATH)
            return tw_fail(err, TW_TOO_LARGE, "explain: tree %zu asks for %u features on one path, at most %d", w->tree,
                           (unsigned)tree->leaf[k].n, MOST_PATH);
        room += most_alike(w, &tree->leaf[k]);
    }
    uint64_t *kept = tw_new(w->ctx, n_words * tree->n_nodes, sizeof *kept);
    w->alike = tw_new(w->ctx, room + 1, sizeof *w->alike);
    w->first = tw_new(w->ctx, tree->n_leaves + 1, sizeof *w->first);
    if (!kept || !w->alike || !w->first) status = tw_no_memory(err, "the background of an explanation");
    for (size_t k = 0; status == TW_OK && k < n_words; k++)
        keep_rows(w, w->background, k * 64, kept + k * tree->n_nodes);
    for (size_t k = 0; status == TW_OK && k < tree->n_leaves; k++)
        w->first[k + 1] = w->first[k] + count_alike(w, &tree->leaf[k], kept, w->alike + w->first[k]);
    if (status == TW_OK)
        status = tw_pool_run(w->ctx ? w->ctx->pool : NULL, (w->rows->n + BLOCK - 1) / BLOCK, explain_block, w, err);
    tw_free(w->ctx, kept);
    tw_free(w->ctx, w->alike);
    tw_free(w->ctx, w->first);
    return status;
}

static tw_status explain_program(work *w, tw_error *err)
{
    const size_t n_threads = (size_t)tw_pool_threads(w->ctx ? w->ctx->pool : NULL);
    w->kept = tw_new(w->ctx, n_threads * WORDS * (w->program.most_nodes + 1), sizeof *w->kept);
    tw_status status = w->kept ? TW_OK : tw_no_memory(err, "an explanation");
    for (w->tree = w->program.from; status == TW_OK && w->tree < w->program.to; w->tree++)
        status = explain_tree(w, err);
    tw_free(w->ctx, w->kept);
    return status;
}

/* ---------------------------------------------------------------- all */

/* a! c! / (a + c + 1)! = 1 / ((a + c + 1) times a + c over a), row by row from the last. */
static void set_weights(work *w)
{
    for (size_t a = 0; a <= MOST_PATH; a++) w->weight[a][0] = w->weight[0][a] = 1 / ((double)a + 1);
    for (size_t a = 1; a <= MOST_PATH; a++)
        for (size_t c = 1; c <= MOST_PATH; c++)
            w->weight[a][c] = w->weight[a][c - 1] * (double)c / ((double)a + (double)c + 1);
}

/* The base value: the mean margin of the background. */
static tw_status put_base(const work *w, tw_error *err)
{
    const size_t k = w->model->n_outputs, n = w->background->n, width = w->model->n_features + 1;
    double *margin = tw_new(w->ctx, n * k, sizeof *margin);
    if (!margin) return tw_no_memory(err, "the background of an explanation");
    tw_trees_margin(w->model, w->background, margin);
    for (size_t o = 0; o < k; o++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += margin[i * k + o];
        for (size_t i = 0; i < w->rows->n; i++) w->out[(i * k + o) * width + width - 1] = sum / (double)n;
    }
    tw_free(w->ctx, margin);
    return TW_OK;
}

static tw_status explain_all(work *w, tw_error *err)
{
    TW_TRY(put_base(w, err));
    for (size_t from = 0; from < w->model->n_trees;) {
        TW_TRY(tw_shap_program_new(w->model, from, w->features, true, &w->program, err));
        from = w->program.to;
        const tw_status status = explain_program(w, err);
        tw_shap_program_clear(&w->program);
        TW_TRY(status);
    }
    return TW_OK;
}

tw_status tw_trees_shap_background(const tw_ctx *ctx, const tw_trees *m, const tw_rows *rows, const tw_rows *background,
                                   double *out, tw_error *err)
{
    tw_shap_features features;
    if (background->n == 0) return tw_fail(err, TW_BAD_VALUE, "explain: the background has no rows");
    TW_TRY(tw_shap_check(m, true, err));
    TW_TRY(tw_shap_features_new(m, &features, err));
    work *w = tw_new(ctx, 1, sizeof *w);
    tw_status status = TW_OK;
    if (w) {
        *w = (work){.ctx = ctx, .model = m, .rows = rows, .background = background, .features = &features, .out = out};
        w->sorted = tw_new(ctx, background->n, sizeof *w->sorted);
        set_weights(w);
        memset(out, 0, rows->n * m->n_outputs * (m->n_features + 1) * sizeof *out);
        status = w->sorted ? explain_all(w, err) : tw_no_memory(err, "the background of an explanation");
        tw_free(ctx, w->sorted);
    } else
        status = tw_no_memory(err, "an explanation");
    tw_free(ctx, w);
    tw_shap_features_clear(m->ctx, &features);
    return status;
}
