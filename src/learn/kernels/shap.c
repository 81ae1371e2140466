/* SPDX-License-Identifier: Apache-2.0 */
/* Each row has its own lane and its own order of operations, so its bits do not depend on how many lanes there are. */
#include "learn/explain/shap.h"
#include "base/isa.h"

enum { WIDTH = TW_ISA_DOUBLES };
/* Two vectors share the constants they are combined with. */
enum { BOTH = 2, LANES = BOTH * WIDTH };

typedef double vec __attribute__((vector_size(WIDTH * sizeof(double)), may_alias));
typedef uint64_t bits __attribute__((vector_size(WIDTH * sizeof(uint64_t)), may_alias));

/* All ones in the lanes whose bit is set. */
static inline bits spread(uint64_t rows, size_t h)
{
    bits lane;
    for (size_t l = 0; l < WIDTH; l++) lane[l] = UINT64_C(1) << l;
    const bits all = lane ^ lane;
    return (bits)(((all + (rows >> (h * WIDTH))) & lane) == lane);
}

static inline bits splat(uint64_t x) { return (bits){0} + x; }

/* The rows of a group: the low LANES bits of each word. */
typedef struct group {
    const tw_shap_job *job;
    size_t first;
} group;

static inline vec *reach_at(const group *g, uint32_t node, size_t q)
{
    return (vec *)(void *)(g->job->reach + ((size_t)node * g->job->tree->n_points + q) * LANES);
}

static inline uint64_t kept_at(const group *g, uint32_t node) { return g->job->kept[node] >> g->first; }

/* Which rows are on the path by the feature of the split above, for every node. */
static inline void keep_rows(const tw_shap_job *job)
{
    const tw_shap_tree *tree = job->tree;
    job->kept[0] = ~UINT64_C(0);
    for (size_t s = 0; s < tree->n_splits; s++) {
        const tw_shap_split *split = &tree->split[s];
        const uint64_t prior = job->kept[split->prior], met = job->met[s];
        job->kept[split->left] = prior & met;
        job->kept[split->left + 1] = prior & ~met;
    }
}

/* ---------------------------------------------------------------- down */

static inline __attribute__((always_inline)) void step_down(const group *g, const tw_shap_split *split,
                                                            const tw_shap_point *point, bool again)
{
    const size_t n_points = g->job->tree->n_points;
    const uint64_t left = kept_at(g, split->left), right = kept_at(g, split->left + 1),
                   prior = kept_at(g, split->prior);
    const bits l[BOTH] = {spread(left, 0), spread(left, 1)}, r[BOTH] = {spread(right, 0), spread(right, 1)},
               p[BOTH] = {spread(prior, 0), spread(prior, 1)};
    for (size_t q = 0; q < n_points; q++, point++) {
        const vec *here = reach_at(g, split->node, q);
        vec *to_left = reach_at(g, split->left, q), *to_right = reach_at(g, split->left + 1, q);
#pragma GCC unroll 2
        for (size_t h = 0; h < BOTH; h++) {
            bits a = splat(point->left) ^ (l[h] & point->left_met), b = splat(point->right) ^ (r[h] & point->right_met);
            if (again) {
                a ^= p[h] & point->left_prior;
                b ^= p[h] & point->right_prior;
            }
            to_left[h] = here[h] * (vec)a;
            to_right[h] = here[h] * (vec)b;
        }
    }
}

static inline void go_down(const group *g)
{
    const tw_shap_tree *tree = g->job->tree;
    for (size_t q = 0; q < tree->n_points; q++)
        for (size_t h = 0; h < BOTH; h++) reach_at(g, 0, q)[h] = (vec){0} + tree->weight[q];
    for (size_t s = 0; s < tree->n_splits; s++) {
        const tw_shap_split *split = &tree->split[s];
        if (split->prior)
            step_down(g, split, tree->point + s * tree->n_points, true);
        else
            step_down(g, split, tree->point + s * tree->n_points, false);
    }
}

/* ---------------------------------------------------------------- up */

static inline __attribute__((always_inline)) void step_up(const group *g, const tw_shap_split *split,
                                                          const tw_shap_point *point, bool again)
{
    const tw_shap_tree *tree = g->job->tree;
    const uint64_t left = kept_at(g, split->left), right = kept_at(g, split->left + 1),
                   prior = kept_at(g, split->prior);
    const bits l[BOTH] = {spread(left, 0), spread(left, 1)}, r[BOTH] = {spread(right, 0), spread(right, 1)},
               p[BOTH] = {spread(prior, 0), spread(prior, 1)};
    vec sum[BOTH] = {{0}, {0}};
    for (size_t q = 0; q < tree->n_points; q++, point++) {
        vec *here = reach_at(g, split->node, q);
        const vec *from_left = reach_at(g, split->left, q), *from_right = reach_at(g, split->left + 1, q);
        const bits none = splat(tree->none[q]);
#pragma GCC unroll 2
        for (size_t h = 0; h < BOTH; h++) {
            const vec a = from_left[h], b = from_right[h], both = a + b;
            here[h] = both;
            sum[h] += a * (vec)(none ^ (l[h] & point->left_ratio)) + b * (vec)(none ^ (r[h] & point->right_ratio));
            if (again) sum[h] -= both * (vec)(none ^ (p[h] & point->prior_ratio));
        }
    }
    vec *phi = (vec *)(void *)(g->job->phi + (size_t)split->feature * TW_SHAP_ROWS + g->first);
    phi[0] += sum[0];
    phi[1] += sum[1];
}

void TW_ISA_NAME(tw_shap_add)(const tw_shap_job *job)
{
    const tw_shap_tree *tree = job->tree;
    keep_rows(job);
    for (size_t first = 0; first < job->n; first += LANES) {
        const group g = {job, first};
        go_down(&g);
        for (size_t s = tree->n_splits; s-- > 0;) {
            const tw_shap_split *split = &tree->split[s];
            if (split->prior)
                step_up(&g, split, tree->point + s * tree->n_points, true);
            else
                step_up(&g, split, tree->point + s * tree->n_points, false);
        }
    }
}

/* ---------------------------------------------------------------- pairs */

static inline vec *ratio_at(const group *g, size_t element, size_t q)
{
    return (vec *)(void *)(g->job->ratio + (element * g->job->tree->n_points + q) * LANES);
}

static inline void find_ratios(const group *g, const tw_shap_leaf *leaf)
{
    const tw_shap_tree *tree = g->job->tree;
    for (size_t e = 0; e < leaf->n; e++) {
        const tw_shap_element *element = &tree->element[leaf->first + e];
        const tw_shap_point *point = tree->point + (size_t)element->split * tree->n_points;
        const uint64_t kept = kept_at(g, element->node);
        for (size_t q = 0; q < tree->n_points; q++)
            for (size_t h = 0; h < BOTH; h++)
                ratio_at(g, e, q)[h] =
                    (vec)(splat(tree->none[q]) ^
                          (spread(kept, h) & (element->right ? point[q].right_ratio : point[q].left_ratio)));
    }
}

static inline vec *pair_at(const group *g, uint32_t i, uint32_t j)
{
    const size_t n = g->job->n_features;
    return (vec *)(void *)(g->job->phi + ((size_t)i * n + j) * TW_SHAP_ROWS + g->first);
}

/* Values on the diagonal, pairs (whole, not halved) in the triangle of the smaller feature first. */
static inline void add_leaf_pairs(const group *g, const tw_shap_leaf *leaf)
{
    const tw_shap_tree *tree = g->job->tree;
    const tw_shap_element *element = tree->element + leaf->first;
    for (size_t i = 0; i < leaf->n; i++) {
        for (size_t h = 0; h < BOTH; h++) {
            vec own = {0};
            for (size_t q = 0; q < tree->n_points; q++) own += reach_at(g, leaf->node, q)[h] * ratio_at(g, i, q)[h];
            pair_at(g, element[i].feature, element[i].feature)[h] += own;
        }
        for (size_t j = 0; j < i; j++) {
            const uint32_t a = element[i].feature, b = element[j].feature;
            vec *pair = a < b ? pair_at(g, a, b) : pair_at(g, b, a);
            for (size_t h = 0; h < BOTH; h++) {
                vec both = {0};
                for (size_t q = 0; q < tree->n_points; q++)
                    both += reach_at(g, leaf->node, q)[h] * ratio_at(g, i, q)[h] * ratio_at(g, j, q)[h];
                pair[h] += both;
            }
        }
    }
}

void TW_ISA_NAME(tw_shap_add_pairs)(const tw_shap_job *job)
{
    const tw_shap_tree *tree = job->tree;
    keep_rows(job);
    for (size_t first = 0; first < job->n; first += LANES) {
        const group g = {job, first};
        go_down(&g);
        for (size_t k = 0; k < tree->n_leaves; k++) {
            find_ratios(&g, &tree->leaf[k]);
            add_leaf_pairs(&g, &tree->leaf[k]);
        }
    }
}
