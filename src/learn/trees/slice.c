/* SPDX-License-Identifier: Apache-2.0 */
/* Trees to slices: conditions are collected while they fit, each once; leaves are numbered from left to right. */
#include "learn/trees/scorer_impl.h"

#include <stdlib.h>

enum { TABLE = 4 * TW_SLICE_CONDITIONS, NONE = UINT16_MAX };

/* One condition, and the number it got when it was first met. */
typedef struct condition {
    uint32_t feature, flags, set;
    float threshold;
    uint16_t id;
} condition;

/* A slice in the making: its conditions so far, found by a hash of them, and how far the tables are filled. */
typedef struct making {
    tw_tree_scorer *s;
    condition *met; /* [TW_SLICE_CONDITIONS], by id */
    uint16_t *table;
    size_t n_met;
    size_t n_trees, n_splits, n_members, n_perfect, n_values; /* all slices together */
    size_t first_tree;                                        /* of the slice, among the sliced */
    uint16_t *place;                                          /* by id: where it stands once sorted */
    /* Of one tree. */
    uint32_t *leaves, *start; /* by node: leaves below it, and the number of the first */
    uint16_t *spot, *split;   /* by node: where its reach stands, its number among the splits */
    uint8_t *full;            /* by node: planes that all leaves below it have set */
} making;

static size_t leaves_of(const tw_trees *m, size_t tree) { return (m->first[tree + 1] - m->first[tree] + 1) / 2; }

bool tw_tree_is_bushy(const tw_trees *m, size_t tree)
{
    const uint32_t depth = m->depth[tree];
    return depth > 0 && depth <= TW_SLICE_PLANES && (size_t)1 << depth <= 4 * leaves_of(m, tree);
}

static size_t values_of(const tw_trees *m, size_t tree)
{
    return tw_tree_is_bushy(m, tree) ? (size_t)1 << m->depth[tree] : leaves_of(m, tree);
}

bool tw_slice_takes(const tw_trees *m, size_t tree)
{
    if (leaves_of(m, tree) > TW_SLICE_LEAVES) return false;
    for (uint32_t i = m->first[tree]; m->linear && i < m->first[tree + 1]; i++)
        if (m->linear[i].n) return false;
    return true;
}

/* ---------------------------------------------------------------- conditions */

static condition condition_of(const tw_tree_node *n)
{
    const bool set = n->flags & TW_SPLIT_SET;
    return (condition){n->feature, n->flags, set ? n->set : 0, set ? 0 : n->threshold + 0.0F, 0};
}

static bool same(const condition *a, const condition *b)
{
    return a->feature == b->feature && a->flags == b->flags && a->set == b->set && a->threshold == b->threshold;
}

static size_t hash_of(const condition *c)
{
    uint32_t bits;
    memcpy(&bits, &c->threshold, sizeof bits);
    const uint64_t words[2] = {(uint64_t)c->feature << 32 | c->flags, (uint64_t)c->set << 32 | bits};
    return (size_t)(tw_hash64(words, sizeof words, 0) % TABLE);
}

static uint16_t number_condition(making *k, const condition *c)
{
    size_t at = hash_of(c);
    while (k->table[at] != NONE && !same(&k->met[k->table[at]], c)) at = (at + 1) % TABLE;
    if (k->table[at] == NONE) {
        k->met[k->n_met] = *c;
        k->met[k->n_met].id = (uint16_t)k->n_met;
        k->table[at] = (uint16_t)k->n_met++;
    }
    return k->table[at];
}

/* What must be alike in a run. */
static uint32_t kind_of(uint32_t flags)
{
    return flags & TW_SPLIT_SET ? flags : flags & ~(uint32_t)TW_SPLIT_MISSING_RIGHT;
}

static int by_place(const void *a, const void *b)
{
    const condition *x = a, *y = b;
    const uint32_t x_kind = kind_of(x->flags), y_kind = kind_of(y->flags);
    if (x->feature != y->feature) return x->feature < y->feature ? -1 : 1;
    if (x_kind != y_kind) return x_kind < y_kind ? -1 : 1;
    if (x->threshold != y->threshold) return x->threshold < y->threshold ? -1 : 1;
    if (x->set != y->set) return x->set < y->set ? -1 : 1;
    return x->flags < y->flags ? -1 : x->flags > y->flags;
}

/* ---------------------------------------------------------------- one tree */

/* Leaves are numbered from left to right; children stand behind their parents. */
static void number_leaves(making *k, const tw_trees *m, size_t tree, tw_slice_tree *t)
{
    const uint32_t first = m->first[tree], n = m->first[tree + 1] - first;
    double *value = k->s->value + k->n_values;
    for (uint32_t i = n; i-- > 0;) {
        const uint32_t left = m->node[first + i].left - first;
        k->leaves[i] = left == i ? 1 : k->leaves[left] + k->leaves[left + 1];
    }
    k->start[0] = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t left = m->node[first + i].left - first;
        const uint32_t from = k->start[i], last = from + k->leaves[i] - 1;
        k->full[i] = 0;
        for (unsigned p = 0; p < TW_SLICE_PLANES; p++)
            if (from >> p == last >> p && from >> p & 1) k->full[i] |= (uint8_t)(1u << p);
        if (left == i)
            value[from] = m->value[first + i];
        else {
            k->start[left] = from;
            k->start[left + 1] = from + k->leaves[left];
        }
    }
    t->value = value;
    k->n_values += k->leaves[0];
    while (1u << t->n_planes < k->leaves[0]) t->n_planes++;
}

static void take_splits(making *k, const tw_trees *m, size_t tree, tw_slice_tree *t)
{
    const uint32_t first = m->first[tree], n = m->first[tree + 1] - first;
    tw_slice_split *split = k->s->split + k->n_splits;
    k->spot[0] = 0;
    for (uint32_t i = 0; i < n; i++) {
        const tw_tree_node *node = &m->node[first + i];
        if (node->left == first + i) continue;
        const condition c = condition_of(node);
        split[t->n_splits] = (tw_slice_split){number_condition(k, &c), k->spot[i]};
        k->split[i] = (uint16_t)t->n_splits;
        k->spot[node->left - first] = (uint16_t)(2 * t->n_splits + 1);
        k->spot[node->left - first + 1] = (uint16_t)(2 * t->n_splits + 2);
        t->n_splits++;
    }
    t->split = split;
    k->n_splits += t->n_splits;
}

/* The largest subtrees whose leaves all have bit p set, in `member`; how many. */
static uint32_t members_of(const making *k, const tw_trees *m, size_t tree, unsigned p, uint32_t *member)
{
    const uint32_t first = m->first[tree], n = m->first[tree + 1] - first;
    uint32_t n_members = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t left = m->node[first + i].left - first;
        if (left == i || k->full[i] >> p & 1) continue;
        for (uint32_t child = left; child < left + 2; child++)
            if (k->full[child] >> p & 1) member[n_members++] = k->spot[child];
    }
    while (n_members % TW_SLICE_FEW) member[n_members++] = TW_SLICE_SPOTS - 1;
    return n_members;
}

static void take_members(making *k, const tw_trees *m, size_t tree, tw_slice_tree *t)
{
    t->member = k->s->member + k->n_members;
    for (unsigned p = 0; p < t->n_planes; p++) {
        t->n_members[p] = members_of(k, m, tree, p, k->s->member + k->n_members);
        k->n_members += t->n_members[p];
    }
}

/* ---------------------------------------------------------------- perfect trees */

/* A place of a perfect tree: the node that stands there, or the leaf that ended above it. */
typedef struct perfect_spot {
    uint32_t first, node, levels, number; /* of the tree; of nodes; below it; leaf number so far */
} perfect_spot;

/* The splits (numbers of the tree, later those of their conditions) and values from a place on; at most
 * TW_SLICE_PLANES levels deep. */
static void fill_up(making *k, const tw_trees *m, const perfect_spot *at)
{
    const uint32_t node = at->node, left = m->node[node].left;
    if (at->levels == 0) {
        k->s->value[k->n_values + at->number] = m->value[node];
        return;
    }
    const bool ends = left == node;
    const uint32_t levels = at->levels - 1;
    k->s->perfect[k->n_perfect++] = ends ? TW_SLICE_NEVER : k->split[node - at->first];
    fill_up(k, m, &(perfect_spot){at->first, left, levels, at->number | 1u << levels});
    fill_up(k, m, &(perfect_spot){at->first, ends ? node : left + 1, levels, at->number});
}

static void take_perfect(making *k, const tw_trees *m, size_t tree, tw_slice_tree *t)
{
    const uint32_t first = m->first[tree];
    t->n_planes = m->depth[tree];
    t->perfect = k->s->perfect + k->n_perfect;
    t->value = k->s->value + k->n_values;
    fill_up(k, m, &(perfect_spot){first, first, t->n_planes, 0});
    k->n_values += (size_t)1 << t->n_planes;
}

static void add_tree(making *k, size_t tree)
{
    const tw_trees *m = k->s->model;
    tw_slice_tree *t = &k->s->tree[k->n_trees++];
    *t = (tw_slice_tree){.output = m->output[tree]};
    take_splits(k, m, tree, t);
    if (tw_tree_is_bushy(m, tree)) {
        take_perfect(k, m, tree, t);
        return;
    }
    number_leaves(k, m, tree, t);
    take_members(k, m, tree, t);
}

/* ---------------------------------------------------------------- slices */

static void start_slice(making *k)
{
    k->n_met = 0;
    k->first_tree = k->n_trees;
    for (size_t i = 0; i < TABLE; i++) k->table[i] = NONE;
}

static bool continues(const tw_slice_run *run, const condition *c)
{
    return run->feature == c->feature && run->flags == kind_of(c->flags) && !(c->flags & TW_SPLIT_SET) &&
           run->n < TW_SLICE_RUN;
}

/* Conditions get their final numbers; those of perfect trees had that of the split. */
static void place_conditions(const making *k, tw_slice_tree *t)
{
    tw_slice_split *split = k->s->split + (t->split - k->s->split);
    for (size_t i = 0; i < t->n_splits; i++) split[i].condition = k->place[split[i].condition];
    if (!t->perfect) return;
    uint32_t *perfect = k->s->perfect + (t->perfect - k->s->perfect);
    for (size_t i = 0; i + 1 < (size_t)1 << t->n_planes; i++)
        perfect[i] = TW_SLICE_MASK * (perfect[i] == TW_SLICE_NEVER ? TW_SLICE_NEVER : split[perfect[i]].condition);
}

/* Sorts the conditions into runs and gives them their final numbers. */
static void end_slice(making *k)
{
    tw_tree_scorer *s = k->s;
    tw_slice *slice = &s->slice[s->n_slices++];
    tw_slice_run *run = s->run + s->n_runs;
    float *threshold = s->threshold + s->n_conditions;
    uint8_t *right = s->missing_right + s->n_conditions;
    size_t n_runs = 0;
    qsort(k->met, k->n_met, sizeof *k->met, by_place);
    for (size_t c = 0; c < k->n_met; c++) {
        const condition *met = &k->met[c];
        k->place[met->id] = (uint16_t)c;
        threshold[c] = met->threshold;
        right[c] = met->flags & TW_SPLIT_MISSING_RIGHT;
        if (n_runs == 0 || !continues(&run[n_runs - 1], met))
            run[n_runs++] = (tw_slice_run){
                .feature = met->feature, .flags = kind_of(met->flags), .first = (uint32_t)c, .set = met->set};
        run[n_runs - 1].n++;
    }
    for (size_t t = k->first_tree; t < k->n_trees; t++) place_conditions(k, &s->tree[t]);
    *slice = (tw_slice){.model = s->model,
                        .run = run,
                        .n_runs = n_runs,
                        .threshold = threshold,
                        .missing_right = right,
                        .tree = s->tree + k->first_tree,
                        .n_trees = k->n_trees - k->first_tree};
    s->n_runs += n_runs;
    s->n_conditions += k->n_met;
}

/* The part that a tree goes into: the last one, or a new one. */
static tw_tree_scorer_part *part_for(making *k, size_t tree, bool sliced)
{
    tw_tree_scorer *s = k->s;
    const bool any = s->n_parts > 0;
    tw_tree_scorer_part *last = s->part + (any ? s->n_parts - 1 : 0);
    if (any && !sliced && !last->slice) return last;
    if (any && sliced && last->slice && k->n_met + leaves_of(s->model, tree) - 1 <= TW_SLICE_CONDITIONS) return last;
    if (any && last->slice) end_slice(k);
    if (sliced) start_slice(k);
    tw_tree_scorer_part *made = s->part + s->n_parts++;
    *made = (tw_tree_scorer_part){.from = tree, .to = tree, .slice = sliced ? &s->slice[s->n_slices] : NULL};
    return made;
}

static void make_slices(making *k)
{
    tw_tree_scorer *s = k->s;
    for (size_t tree = s->from; tree < s->to; tree++) {
        const bool sliced = tw_slice_takes(s->model, tree);
        part_for(k, tree, sliced)->to = tree + 1;
        if (sliced) add_tree(k, tree);
    }
    if (s->n_parts && s->part[s->n_parts - 1].slice) end_slice(k);
}

/* Tables for all trees that are sliced: at most one condition a split, and half of the leaves (and a filling) a plane.
 */
static void arrange(tw_tree_scorer *s)
{
    const tw_ctx *ctx = s->ctx;
    size_t n_leaves = 0, n_values = 0, n_trees = 0;
    for (size_t t = s->from; t < s->to; t++)
        if (tw_slice_takes(s->model, t)) {
            n_leaves += leaves_of(s->model, t);
            n_values += values_of(s->model, t);
            n_trees++;
        }
    s->part = tw_new(ctx, s->to - s->from + 1, sizeof *s->part);
    s->slice = tw_new(ctx, n_trees + 1, sizeof *s->slice);
    s->run = tw_new(ctx, n_leaves + 1, sizeof *s->run);
    s->threshold = tw_new(ctx, n_leaves + 1, sizeof *s->threshold);
    s->missing_right = tw_new(ctx, n_leaves + 1, sizeof *s->missing_right);
    s->tree = tw_new(ctx, n_trees + 1, sizeof *s->tree);
    s->split = tw_new(ctx, n_leaves + 1, sizeof *s->split);
    s->member = tw_new(ctx, n_leaves + TW_SLICE_FEW * n_trees + 1, TW_SLICE_PLANES * sizeof *s->member);
    s->perfect = tw_new(ctx, n_values + 1, sizeof *s->perfect);
    s->value = tw_new(ctx, n_values + 1, sizeof *s->value);
}

/* ---------------------------------------------------------------- groups */

static bool starts_group(const tw_slice *slice, size_t t)
{
    return t % TW_SLICE_TREES == 0 && slice->n_trees - t >= TW_SLICE_TREES;
}

/* Equal distances between the values of a group's trees, so that one register says where they all are. */
static void choose_pitch(const tw_slice *slice, tw_slice_tree *tree)
{
    for (size_t t = 0; t < slice->n_trees; t++) {
        tree[t].pitch = 0;
        if (!starts_group(slice, t)) continue;
        tree[t].pitch = TW_SLICE_LEAST_PITCH;
        for (size_t k = t; k < t + TW_SLICE_TREES; k++)
            if (tree[k].n_planes > tree[t].pitch) tree[t].pitch = tree[k].n_planes;
    }
}

/* How far it is from the values of tree t to those of the next. */
static size_t room_of(const tw_slice *slice, const tw_slice_tree *tree, size_t t)
{
    const size_t first = t - t % TW_SLICE_TREES;
    return (size_t)1 << (starts_group(slice, first) ? tree[first].pitch : tree[t].n_planes);
}

static size_t lay_values(const tw_tree_scorer *s, double *to)
{
    size_t at = 0;
    for (size_t k = 0; k < s->n_slices; k++) {
        const tw_slice *slice = &s->slice[k];
        tw_slice_tree *tree = s->tree + (slice->tree - s->tree);
        choose_pitch(slice, tree);
        for (size_t t = 0; t < slice->n_trees; t++) {
            const size_t n = tree[t].perfect ? (size_t)1 << tree[t].n_planes : tree[t].n_splits + 1;
            if (to) {
                memcpy(to + at, tree[t].value, n * sizeof *to);
                tree[t].value = to + at;
            }
            at += room_of(slice, tree, t);
        }
    }
    return at;
}

/* Values, which stand tree behind tree, are moved to where groups have them. */
static bool move_values(tw_tree_scorer *s)
{
    double *to = tw_new(s->ctx, lay_values(s, NULL) + 1, sizeof *to);
    if (!to) return false;
    (void)lay_values(s, to);
    tw_free(s->ctx, s->value);
    s->value = to;
    return true;
}

tw_status tw_tree_scorer_slice(tw_tree_scorer *s, tw_error *err)
{
    const tw_ctx *ctx = s->ctx;
    making k = {.s = s};
    k.met = tw_new(ctx, TW_SLICE_CONDITIONS, sizeof *k.met);
    k.table = tw_new(ctx, TABLE + TW_SLICE_CONDITIONS + 2 * TW_SLICE_SPOTS, sizeof *k.table);
    k.leaves = tw_new(ctx, 2 * TW_SLICE_SPOTS, sizeof *k.leaves);
    k.full = tw_new(ctx, TW_SLICE_SPOTS, sizeof *k.full);
    arrange(s);
    bool fits = k.met && k.table && k.leaves && k.full && s->part && s->slice && s->run && s->threshold &&
                s->missing_right && s->tree && s->split && s->member && s->perfect && s->value;
    if (fits) {
        k.place = k.table + TABLE;
        k.spot = k.place + TW_SLICE_CONDITIONS;
        k.split = k.spot + TW_SLICE_SPOTS;
        k.start = k.leaves + TW_SLICE_SPOTS;
        make_slices(&k);
        fits = move_values(s);
    }
    tw_free(ctx, k.met);
    tw_free(ctx, k.table);
    tw_free(ctx, k.leaves);
    tw_free(ctx, k.full);
    return fits ? TW_OK : tw_no_memory(err, "the scorer of a tree model");
}
