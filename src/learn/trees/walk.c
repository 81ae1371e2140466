/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of trees whose walks go side by side, and the walk through perfect trees. */
#include "learn/trees/scorer_impl.h"

/* ---------------------------------------------------------------- groups */

/* Slots of a perfect tree are bytes. */
static bool few_slots(const tw_tree_scorer *s, size_t tree)
{
    const tw_trees *m = s->model;
    for (uint32_t i = m->first[tree]; i < m->first[tree + 1]; i++)
        if (s->node[i - s->first_node].slot >= TW_PERFECT_SLOTS) return false;
    return true;
}

typedef enum walk_kind { WALK_SLOWLY, WALK_NODES, WALK_PERFECT } walk_kind;

static walk_kind kind_of(const tw_tree_scorer *s, const bool *plain, size_t tree)
{
    if (!plain[tree - s->from]) return WALK_SLOWLY;
    return tw_tree_is_bushy(s->model, tree) && few_slots(s, tree) ? WALK_PERFECT : WALK_NODES;
}

static size_t most_of(walk_kind kind)
{
    return kind == WALK_SLOWLY ? 1 : kind == WALK_NODES ? TW_WALK_TOGETHER : TW_PERFECT_TOGETHER;
}

static size_t perfect_room(const tw_walk_group *group) { return (size_t)group->n << group->depth; }

/* Groups of neighbours alike, so that values are added in the order of the trees. Returns the room for the tables of
 * the perfect ones. */
static size_t group_trees(tw_tree_scorer *s, size_t from, size_t to, const bool *plain, bool *perfect)
{
    const tw_trees *m = s->model;
    size_t room = 0;
    for (size_t tree = from; tree < to;) {
        const walk_kind kind = kind_of(s, plain, tree);
        tw_walk_group *group = &s->group[s->n_groups];
        *group = (tw_walk_group){.tree = (uint32_t)tree};
        for (size_t k = 0; k < TW_WALK_TOGETHER; k++) group->root[k] = m->first[tree] - s->first_node;
        size_t n = 0;
        for (; n < most_of(kind) && tree < to && kind_of(s, plain, tree) == kind; n++, tree++) {
            if (kind == WALK_NODES) group->root[n] = m->first[tree] - s->first_node;
            if (m->depth[tree] > group->depth) group->depth = m->depth[tree];
        }
        group->n = kind == WALK_SLOWLY ? 0 : (uint32_t)n;
        if (kind == WALK_PERFECT && n == TW_PERFECT_TOGETHER && m->n_outputs == 1) group->full = group->depth;
        perfect[s->n_groups++] = kind == WALK_PERFECT;
        if (kind == WALK_PERFECT) room += perfect_room(group);
    }
    return room;
}

/* Parts that are walked in any case have groups of their own; the trees of slices are walked only when a row is scored
 * alone, and by then it does not matter where one slice ends. */
static size_t group_parts(tw_tree_scorer *s, const bool *plain, bool *perfect)
{
    size_t room = 0;
    for (size_t p = 0; p < s->n_parts;) {
        tw_tree_scorer_part *part = &s->part[p];
        size_t to = p + 1;
        while (part->slice && to < s->n_parts && s->part[to].slice) to++;
        part->first_group = s->n_groups;
        room += group_trees(s, part->from, s->part[to - 1].to, plain, perfect);
        part->n_groups = s->n_groups - part->first_group;
        p = to;
    }
    return room;
}

/* ---------------------------------------------------------------- perfect trees */

/* Below a leaf of the model all keys are the largest, which none is above: the row goes on to the first leaf there. */
static void fill_up(const tw_tree_scorer *s, size_t tree, uint32_t depth, size_t at)
{
    uint32_t node[2 << TW_SLICE_PLANES]; /* which stands where */
    const tw_trees *m = s->model;
    const uint32_t size = 1U << depth;
    node[1] = m->first[tree];
    for (uint32_t i = 1; i < size; i++) {
        const tw_walk_node *n = &s->node[node[i] - s->first_node];
        s->perfect_key[at + i] = n->key;
        s->perfect_slot[at + i] = (uint8_t)n->slot;
        node[2 * i] = node[i] + n->step;
        node[2 * i + 1] = n->step ? node[2 * i] + 1 : node[i];
    }
    for (uint32_t i = 0; i < size; i++) s->perfect_value[at + i] = m->value[node[size + i]];
}

static void make_perfect(tw_tree_scorer *s, const bool *perfect)
{
    size_t at = 0;
    for (size_t g = 0; g < s->n_groups; g++) {
        tw_walk_group *group = &s->group[g];
        if (!perfect[g]) continue;
        group->perfect = (tw_perfect_trees){s->perfect_key + at, s->perfect_slot + at, s->perfect_value + at};
        for (size_t t = 0; t < group->n; t++) fill_up(s, group->tree + t, group->depth, at + (t << group->depth));
        at += perfect_room(group);
    }
}

tw_status tw_tree_scorer_group(tw_tree_scorer *s, const bool *plain, tw_error *err)
{
    const tw_ctx *ctx = s->ctx;
    const size_t n_trees = s->to - s->from;
    s->group = tw_new(ctx, n_trees + 1, sizeof *s->group);
    bool *perfect = tw_new(ctx, n_trees + 1, sizeof *perfect);
    const size_t room = s->group && perfect ? group_parts(s, plain, perfect) : 0;
    s->perfect_key = tw_new(ctx, room + 1, sizeof *s->perfect_key);
    s->perfect_slot = tw_new(ctx, room + 1, sizeof *s->perfect_slot);
    s->perfect_value = tw_new(ctx, room + 1, sizeof *s->perfect_value);
    const bool fits = s->group && perfect && s->perfect_key && s->perfect_slot && s->perfect_value;
    if (fits) make_perfect(s, perfect);
    tw_free(ctx, perfect);
    return fits ? TW_OK : tw_no_memory(err, "the scorer of a tree model");
}

/* The child of a place: 2 at, and one more when the key is above the bound. Written out, since gcc 12 makes five
 * instructions of it where the processor has two, and walks are bound by their number. */
static inline size_t step_down(size_t at, const uint32_t *bound, uint32_t key)
{
#if defined(__x86_64__)
    __asm__("cmp %[key], %[bound]\n\tadc %[at], %[at]" : [at] "+r"(at) : [bound] "m"(*bound), [key] "r"(key) : "cc");
    return at;
#else
    return 2 * at + (*bound < key);
#endif
}

/* The places that ten trees lead to, counted from 1 << depth. With the depth a constant, each tree's tables are at
 * constant distances and the places in registers. */
static inline __attribute__((always_inline)) void walk(const tw_walk_group *group, const uint32_t *key, unsigned depth,
                                                       size_t at[TW_PERFECT_TOGETHER])
{
    const uint32_t *bound = group->perfect.key;
    const uint8_t *slot = group->perfect.slot;
    const size_t size = (size_t)1 << depth;
#pragma GCC unroll 10
    for (size_t t = 0; t < TW_PERFECT_TOGETHER; t++) at[t] = 1;
#pragma GCC unroll 8
    for (unsigned level = 0; level < depth; level++) {
#pragma GCC unroll 10
        for (size_t t = 0; t < TW_PERFECT_TOGETHER; t++)
            at[t] = step_down(at[t], &bound[t * size + at[t]], key[slot[t * size + at[t]]]);
    }
}

static inline __attribute__((always_inline)) const tw_walk_group *
walk_full(const tw_walk_group *group, const tw_walk_group *end, const uint32_t *key, unsigned depth, double *score)
{
    const size_t size = (size_t)1 << depth;
    double sum = *score;
    do {
        size_t at[TW_PERFECT_TOGETHER];
        walk(group, key, depth, at);
        const double *value = group->perfect.value;
#pragma GCC unroll 10
        for (size_t t = 0; t < TW_PERFECT_TOGETHER; t++) sum += value[t * size + at[t] - size];
    } while (++group < end && group->full == depth);
    *score = sum;
    return group;
}

const tw_walk_group *tw_walk_full(const tw_walk_group *group, const tw_walk_group *end, const uint32_t *key,
                                  double *score)
{
    switch (group->full) {
    case 1: return walk_full(group, end, key, 1, score);
    case 2: return walk_full(group, end, key, 2, score);
    case 3: return walk_full(group, end, key, 3, score);
    case 4: return walk_full(group, end, key, 4, score);
    case 5: return walk_full(group, end, key, 5, score);
    case 6: return walk_full(group, end, key, 6, score);
    case 7: return walk_full(group, end, key, 7, score);
    default: return walk_full(group, end, key, 8, score);
    }
}

void tw_walk_perfect(const tw_walk_group *group, const uint32_t *key, uint32_t leaf[TW_PERFECT_TOGETHER])
{
    const size_t size = (size_t)1 << group->depth;
    for (size_t t = 0; t < group->n; t++) {
        size_t at = 1;
        while (at < size)
            at = step_down(at, &group->perfect.key[t * size + at], key[group->perfect.slot[t * size + at]]);
        leaf[t] = (uint32_t)(t * size + at - size);
    }
}
