/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling a model for scoring: nodes for walks, slices for blocks of rows, bounds for rows of bytes. */
#include "learn/trees/scorer_impl.h"

#include <math.h>

/* ---------------------------------------------------------------- walks */

enum { SLOT_TABLE = 4 * TW_WALK_SLOTS };

static void set_slot(const tw_walk_slots *slots, size_t k, const tw_tree_node *n)
{
    slots->feature[k] = n->feature;
    slots->flags[k] = n->flags;
    slots->missing[k] = n->flags & TW_SPLIT_MISSING_RIGHT ? UINT32_MAX : 0;
    slots->zero[k] = n->flags & TW_SPLIT_ZERO_MISSING ? TW_SPLIT_ZERO : -1;
}

/* The slot of a split's feature under its flags; added when new. TW_WALK_SLOTS: there is no room. The table holds
 * slots + 1 by hash, since a file may claim any number of features. */
static size_t slot_for(tw_walk_slots *slots, uint16_t *table, const tw_tree_node *n)
{
    const uint64_t both = (uint64_t)n->feature << 2 | n->flags;
    size_t at = (size_t)(tw_hash64(&both, sizeof both, 0) % SLOT_TABLE);
    for (; table[at]; at = (at + 1) % SLOT_TABLE) {
        const size_t k = table[at] - 1U;
        if (slots->feature[k] == n->feature && slots->flags[k] == n->flags) return k;
    }
    if (slots->n == TW_WALK_SLOTS) return TW_WALK_SLOTS;
    set_slot(slots, slots->n++, n);
    table[at] = (uint16_t)slots->n;
    return slots->n - 1;
}

/* False when the tree has a split that is no plain comparison, or is too large. */
static bool lay_out(tw_tree_scorer *s, uint16_t *table, size_t tree)
{
    const tw_trees *m = s->model;
    for (uint32_t i = m->first[tree]; i < m->first[tree + 1]; i++) {
        const tw_tree_node *n = &m->node[i];
        tw_walk_node *out = &s->node[i - s->first_node];
        if (m->linear && m->linear[i].n) return false;
        if (n->left == i) {
            *out = (tw_walk_node){.key = UINT32_MAX};
            continue;
        }
        if (n->flags & TW_SPLIT_SET || n->left - i > TW_WALK_FAR) return false;
        const size_t slot = slot_for(&s->slots, table, n);
        if (slot == TW_WALK_SLOTS) return false;
        *out = (tw_walk_node){tw_walk_key(n->threshold), (uint16_t)slot, (uint16_t)(n->left - i)};
    }
    return true;
}

static bool new_slots(const tw_ctx *ctx, tw_walk_slots *slots)
{
    slots->feature = tw_new(ctx, TW_WALK_SLOTS, sizeof *slots->feature);
    slots->flags = tw_new(ctx, TW_WALK_SLOTS, sizeof *slots->flags);
    slots->missing = tw_new(ctx, TW_WALK_SLOTS, sizeof *slots->missing);
    slots->zero = tw_new(ctx, TW_WALK_SLOTS, sizeof *slots->zero);
    return slots->feature && slots->flags && slots->missing && slots->zero;
}

static tw_status make_walks(tw_tree_scorer *s, tw_error *err)
{
    const tw_trees *m = s->model;
    s->first_node = m->first[s->from];
    uint16_t *table = tw_new(s->ctx, SLOT_TABLE, sizeof *table);
    bool *plain = tw_new(s->ctx, s->to - s->from + 1, sizeof *plain);
    s->node = tw_new(s->ctx, m->first[s->to] - s->first_node + 1, sizeof *s->node);
    const bool fits = table && plain && s->node && new_slots(s->ctx, &s->slots);
    for (size_t t = s->from; fits && t < s->to; t++) plain[t - s->from] = lay_out(s, table, t);
    const tw_status status =
        fits ? tw_tree_scorer_group(s, plain, err) : tw_no_memory(err, "the scorer of a tree model");
    tw_free(s->ctx, table);
    tw_free(s->ctx, plain);
    return status;
}

/* ---------------------------------------------------------------- bytes */

/* How many bins are met by x <= threshold; bins are cut at edges, so a threshold between two of them cuts a bin. */
static uint32_t bins_met(const tw_bin_edges *edges, uint32_t feature, float threshold)
{
    const float *edge = edges->edge + feature * edges->stride;
    uint32_t n = 0;
    while (n < edges->n_bins[feature] && edge[n] <= threshold) n++;
    return n;
}

static tw_status check_split(const tw_bin_edges *edges, const tw_tree_node *n, tw_error *err)
{
    const uint32_t f = n->feature, n_bins = edges->n_bins[f];
    if (n->flags & TW_SPLIT_ZERO_MISSING)
        return tw_fail(err, TW_UNSUPPORTED, "trees: zeros that are missing cannot be told from a bin");
    if (n_bins > UINT8_MAX)
        return tw_fail(err, TW_BAD_VALUE, "trees: feature %u has %u bins, at most %d", (unsigned)f, (unsigned)n_bins,
                       UINT8_MAX);
    if (n->flags & TW_SPLIT_SET) return TW_OK;
    const uint32_t met = bins_met(edges, f, n->threshold);
    const bool on_edge = met > 0 && edges->edge[f * edges->stride + met - 1] == n->threshold;
    if (met == n_bins ? met < UINT8_MAX : on_edge) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "trees: a split of feature %u at %g is at none of the edges of its %u bins",
                   (unsigned)f, (double)n->threshold, (unsigned)n_bins);
}

static tw_status check_bins(const tw_tree_scorer *s, const tw_bin_edges *edges, tw_error *err)
{
    const tw_trees *m = s->model;
    for (uint32_t i = m->first[s->from]; i < m->first[s->to]; i++) {
        if (m->linear && m->linear[i].n)
            return tw_fail(err, TW_UNSUPPORTED, "trees: a linear leaf needs numbers, not bins");
        if (!tw_tree_is_leaf(m, i)) TW_TRY(check_split(edges, &m->node[i], err));
    }
    return TW_OK;
}

static void set_of_bins(const tw_tree_scorer *s, const tw_slice_run *run, const tw_bin_edges *edges, uint64_t set[4])
{
    const float *edge = edges->edge + run->feature * edges->stride;
    memset(set, 0, 4 * sizeof *set);
    for (uint32_t b = 1; b <= edges->n_bins[run->feature]; b++)
        if (tw_tree_set_has(s->model, run->set, edge[b - 1])) set[b / 64] |= UINT64_C(1) << (b % 64);
}

static void use_bins_of(tw_tree_scorer *s, tw_slice *slice)
{
    tw_slice_byte *byte = s->byte + (slice->threshold - s->threshold);
    uint64_t *set = s->byte_set + 4 * (slice->run - s->run);
    for (size_t r = 0; r < slice->n_runs; r++) {
        const tw_slice_run *run = &slice->run[r];
        if (run->flags & TW_SPLIT_SET) {
            set_of_bins(s, run, &s->edges, set + 4 * r);
            continue;
        }
        for (size_t c = run->first; c < run->first + run->n; c++) {
            const uint32_t most = bins_met(&s->edges, run->feature, slice->threshold[c]);
            byte[c] = (tw_slice_byte){(uint16_t)(most / 16 * TW_SLICE_MASK), (uint16_t)(most % 16 * TW_SLICE_MASK),
                                      (uint8_t)most};
        }
    }
    slice->byte = byte;
    slice->byte_set = set;
}

tw_status tw_tree_scorer_use_bins(tw_tree_scorer *s, const tw_bin_edges *edges, tw_error *err)
{
    TW_TRY(check_bins(s, edges, err));
    tw_free(s->ctx, s->byte);
    tw_free(s->ctx, s->byte_set);
    s->byte = tw_new(s->ctx, s->n_conditions + 1, sizeof *s->byte);
    s->byte_set = tw_new(s->ctx, 4 * (s->n_runs + 1), sizeof *s->byte_set);
    if (!s->byte || !s->byte_set) return tw_no_memory(err, "the bounds of bins of a tree model");
    s->edges = *edges;
    for (size_t k = 0; k < s->n_slices; k++) use_bins_of(s, &s->slice[k]);
    return TW_OK;
}

/* ---------------------------------------------------------------- life */

void tw_tree_scorer_free(tw_tree_scorer *s)
{
    if (!s) return;
    const tw_walk_slots *slots = &s->slots;
    void *const walks[] = {s->node,  slots->feature, slots->flags,    slots->missing,   slots->zero,
                           s->group, s->perfect_key, s->perfect_slot, s->perfect_value, s->part};
    void *const slices[] = {s->slice, s->run,    s->threshold, s->missing_right, s->rank_start, s->rank_key, s->tree,
                            s->split, s->member, s->perfect,   s->value,         s->byte,       s->byte_set};
    for (size_t i = 0; i < sizeof walks / sizeof walks[0]; i++) tw_free(s->ctx, walks[i]);
    for (size_t i = 0; i < sizeof slices / sizeof slices[0]; i++) tw_free(s->ctx, slices[i]);
    tw_free(s->ctx, s);
}

tw_status tw_tree_scorer_new(const tw_trees *m, size_t from, size_t to, tw_tree_scorer **scorer, tw_error *err)
{
    tw_tree_scorer *s = tw_new(m->ctx, 1, sizeof *s);
    if (!s) return tw_no_memory(err, "the scorer of a tree model");
    *s = (tw_tree_scorer){.ctx = m->ctx, .model = m, .from = from, .to = to};
    s->isa = tw_isa_resolve(m->ctx ? m->ctx->isa : TW_ISA_BEST);
    tw_status status = tw_tree_scorer_slice(s, err);
    if (status == TW_OK) status = tw_tree_scorer_rank(s, err);
    if (status == TW_OK) status = make_walks(s, err);
    if (status != TW_OK)
        tw_tree_scorer_free(s);
    else
        *scorer = s;
    return status;
}

tw_status tw_trees_compile(tw_trees *m, tw_error *err)
{
    tw_tree_scorer *scorer = NULL;
    TW_TRY(tw_tree_scorer_new(m, 0, m->n_trees, &scorer, err));
    tw_tree_scorer_free(m->scorer);
    m->scorer = scorer;
    return TW_OK;
}
