/* SPDX-License-Identifier: Apache-2.0 */
/* Histograms of nodes and the splits they say are best. The histogram of the larger child is that of its parent less
 * that of the smaller one; eight columns at a time are summed, subtracted and judged while they are in cache. */
#include "learn/boost/grow.h"

#include <math.h>
#include <string.h>

enum { SHARED_WORK = 1 << 18, MOST_PARTS = 64, SPARE_SLOTS = 2 };

static int64_t *slot_of(const tw_gbm_grower *g, int slot) { return g->hist + (size_t)slot * g->slot_size; }

/* Rows are gone through once, so threads share out the columns. */
typedef struct study_work {
    tw_gbm_grower *g;
    const tw_leaf *sum;  /* its histogram is summed up from its rows */
    const tw_leaf *rest; /* its slot holds the parent's, from which sum's is taken; or NULL */
    bool judge[2];       /* whether sum, rest want a split */
    tw_gbm_rule rule[2]; /* of each */
    tw_gbm_place place[2];
    size_t parts;
    tw_gbm_split best[2][MOST_PARTS];
} study_work;

static tw_status study_task(void *arg, size_t part, int thread, tw_error *err)
{
    study_work *w = arg;
    const tw_gbm_grower *g = w->g;
    const size_t from = g->n_blocks * part / w->parts, to = g->n_blocks * (part + 1) / w->parts;
    (void)thread;
    (void)err;
    int64_t *sum = slot_of(g, w->sum->slot), *rest = w->rest ? slot_of(g, w->rest->slot) : NULL;
    const size_t width = g->rule.width, block = TW_HIST_COLUMNS * width, all = g->rule.n_columns;
    memset(sum + from * block, 0, (to - from) * block * sizeof *sum);
    const tw_hist_job job = {.bin = g->work,
                             .stride = g->stride,
                             .row = g->row + w->sum->begin,
                             .n = w->sum->end - w->sum->begin,
                             .packed = g->targets->packed,
                             .from = from,
                             .to = to,
                             .width = width,
                             .hist = sum};
    TW_ISA_PICK(g->rule.isa, tw_gbm_hist)(&job);
    for (size_t b = from; b < to; b++) {
        const size_t first = b * TW_HIST_COLUMNS, last = first + TW_HIST_COLUMNS < all ? first + TW_HIST_COLUMNS : all;
        if (rest) TW_ISA_PICK(g->rule.isa, tw_gbm_subtract)(block, rest + b * block, sum + b * block);
        if (w->judge[0]) tw_gbm_best_split(&w->rule[0], &w->place[0], sum, first, last, &w->best[0][part]);
        if (w->judge[1]) tw_gbm_best_split(&w->rule[1], &w->place[1], rest, first, last, &w->best[1][part]);
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- what a node is judged by */

static double whole_gain(const tw_gbm_rule *rule, const tw_gbm_place *place)
{
    const double g = (double)tw_gbm_gradient(place->total) * rule->scale.gradient,
                 h = (double)tw_gbm_hessian(place->total) * rule->scale.hessian, s = tw_gbm_shrunk(g, rule->l1);
    if (!rule->sign) return s * s / (h + rule->l2);
    const double w = fmin(fmax(h + rule->l2 > 0 ? -s / (h + rule->l2) : 0, place->low), place->high);
    return -(2 * g * w + (h + rule->l2) * w * w + 2 * rule->l1 * fabs(w));
}

/* Columns a node may split by: some drawn for it alone, and those that may go with the features above it. */
static const uint8_t *allow(const tw_gbm_grower *g, const tw_leaf *l, uint64_t key, uint8_t *allowed)
{
    const size_t n = g->rule.n_columns;
    if (g->params->columns_node >= 1 && !g->feature_groups) return NULL;
    size_t left = n, wanted = (size_t)(g->params->columns_node * (double)n + 0.5);
    tw_random r = {key, UINT32_MAX, 0};
    if (wanted < 1) wanted = 1;
    for (size_t j = 0; j < n; j++, left--) {
        allowed[j] = wanted >= left || tw_random_below(&r, left) < wanted;
        wanted -= allowed[j];
        if (g->feature_groups && !(g->feature_groups[g->column[j]] & l->groups)) allowed[j] = 0;
    }
    return allowed;
}

static void set_place(study_work *w, size_t k, const tw_leaf *l)
{
    tw_gbm_grower *g = w->g;
    const double rows = (double)(l->end - l->begin);
    uint32_t words[4];
    tw_philox(g->seed, g->model->n_trees, l->node - g->model->first[g->model->n_trees], words);
    const uint64_t key = (uint64_t)words[0] << 32 | words[1];
    w->rule[k] = g->rule;
    w->place[k] = (tw_gbm_place){.total = l->total, .low = l->low, .high = l->high, .rows = rows, .key = key};
    w->place[k].allowed = allow(g, l, key, g->allowed + k * g->rule.n_columns);
    if (g->params->min_rows > 0) {
        const double least = g->params->min_rows * (double)tw_gbm_hessian(l->total) * g->rule.scale.hessian / rows;
        if (least > g->rule.min_child) w->rule[k].min_child = least;
    }
    /* A gain must beat the node left whole by more than rounding. */
    const double whole = whole_gain(&g->rule, &w->place[k]);
    for (size_t p = 0; p < w->parts; p++)
        w->best[k][p] = (tw_gbm_split){.gain = whole + fabs(whole) * 1e-12 + g->params->min_gain};
}

static tw_gbm_split take_split(const study_work *w, size_t k, const tw_leaf *l)
{
    const tw_gbm_split *best = &w->best[k][0];
    for (size_t p = 1; p < w->parts; p++)
        if (w->best[k][p].bin && (!best->bin || w->best[k][p].gain > best->gain)) best = &w->best[k][p];
    if (best->bin == 0) return (tw_gbm_split){0};
    tw_gbm_split split = *best;
    const int64_t *hist = slot_of(w->g, l->slot) + split.column * w->g->rule.width;
    split.gain -= whole_gain(&w->g->rule, &w->place[k]);
    /* A value that was never missing here goes, when it is one day, where most rows go. */
    if (!split.category && hist[0] == 0)
        split.missing_right = tw_gbm_hessian(l->total) - tw_gbm_hessian(split.left) > tw_gbm_hessian(split.left);
    return split;
}

/* ---------------------------------------------------------------- slots */

/* Between studies SPARE_SLOTS are free, and a study takes no more. */
static int get_slot(tw_gbm_grower *g) { return g->free_slots[--g->n_free]; }

static void give_slot(tw_gbm_grower *g, int *slot)
{
    if (*slot != TW_NO_SLOT) g->free_slots[g->n_free++] = *slot;
    *slot = TW_NO_SLOT;
}

/* ---------------------------------------------------------------- studies */

static bool may_split(const tw_gbm_grower *g, const tw_leaf *l)
{
    return l->depth < g->params->depth && l->end - l->begin >= 2 &&
           (double)tw_gbm_hessian(l->total) * g->rule.scale.hessian >= 2 * g->params->min_child;
}

static tw_status run_study(study_work *w, tw_leaf *sum, tw_leaf *rest, tw_error *err)
{
    tw_gbm_grower *g = w->g;
    tw_pool *pool = g->ctx ? g->ctx->pool : NULL;
    const size_t threads = (size_t)tw_pool_threads(pool), work = (sum->end - sum->begin) * g->rule.n_columns;
    w->sum = sum;
    w->rest = rest;
    w->parts = work < SHARED_WORK ? 1 : threads < g->n_blocks ? threads : g->n_blocks;
    if (w->parts > MOST_PARTS) w->parts = MOST_PARTS;
    if (w->judge[0]) set_place(w, 0, sum);
    if (rest && w->judge[1]) set_place(w, 1, rest);
    TW_TRY(tw_pool_run(w->parts > 1 ? pool : NULL, w->parts, study_task, w, err));
    if (w->judge[0]) sum->split = take_split(w, 0, sum);
    if (rest && w->judge[1]) rest->split = take_split(w, 1, rest);
    if (!sum->split.bin) give_slot(g, &sum->slot);
    if (rest && !rest->split.bin) give_slot(g, &rest->slot);
    /* Where slots run out, the histograms of these two are made again when they are split. */
    if (g->n_free < SPARE_SLOTS) give_slot(g, &sum->slot);
    if (rest && g->n_free < SPARE_SLOTS) give_slot(g, &rest->slot);
    return TW_OK;
}

static tw_status study_alone(tw_gbm_grower *g, tw_leaf *l, tw_error *err)
{
    study_work w = {.g = g, .judge = {true, false}};
    if (!may_split(g, l)) return TW_OK;
    l->slot = get_slot(g);
    return run_study(&w, l, NULL, err);
}

tw_status tw_gbm_study_root(tw_gbm_grower *g, tw_leaf *root, tw_error *err)
{
    g->n_free = g->n_slots;
    for (size_t i = 0; i < g->n_slots; i++) g->free_slots[i] = (int)(g->n_slots - 1 - i);
    return study_alone(g, root, err);
}

tw_status tw_gbm_study(tw_gbm_grower *g, int parent_slot, tw_leaf *left, tw_leaf *right, tw_error *err)
{
    tw_leaf *small = left->end - left->begin <= right->end - right->begin ? left : right;
    tw_leaf *large = small == left ? right : left;
    study_work w = {.g = g, .judge = {may_split(g, small), may_split(g, large)}};
    if (parent_slot == TW_NO_SLOT) {
        TW_TRY(study_alone(g, small, err));
        return study_alone(g, large, err);
    }
    if (!w.judge[0] && !w.judge[1]) {
        give_slot(g, &parent_slot);
        return TW_OK;
    }
    if (!w.judge[1]) { /* nothing is left to do with the parent's */
        give_slot(g, &parent_slot);
        return study_alone(g, small, err);
    }
    small->slot = get_slot(g);
    large->slot = parent_slot;
    return run_study(&w, small, large, err);
}
