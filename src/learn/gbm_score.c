/* SPDX-License-Identifier: Apache-2.0 */
/* The scorer: eight walks side by side, without a branch on data. Eight rows of one tree where there are many rows,
 * eight trees of one row where there is one; either way the values of a row are added tree after tree. */
#include "learn/gbm.h"

#include "tradewind/num.h"

#include <math.h>

enum { WALKS = 8, BLOCK = 64 };

static inline uint32_t step(const tw_gbm_node *node, const float *const *features, uint32_t at, uint32_t cell)
{
    const tw_gbm_node n = node[at];
    const float x = features[n.feature][cell];
    return n.left + ((x > n.threshold) | ((x != x) & n.missing_right));
}

static void walk_rows(const tw_gbm *m, size_t tree, const float *const *features, const uint32_t *cell, double *score)
{
    uint32_t at[WALKS];
    for (size_t k = 0; k < WALKS; k++) at[k] = m->first[tree];
    for (uint32_t d = m->depth[tree]; d; d--)
        for (size_t k = 0; k < WALKS; k++) at[k] = step(m->node, features, at[k], cell[k]);
    for (size_t k = 0; k < WALKS; k++) score[k] += m->value[at[k]];
}

static double walk_trees(const tw_gbm *m, size_t tree, const float *const *features, uint32_t cell, double score)
{
    uint32_t at[WALKS], depth = 0;
    for (size_t k = 0; k < WALKS; k++) {
        at[k] = m->first[tree + k];
        if (m->depth[tree + k] > depth) depth = m->depth[tree + k];
    }
    for (uint32_t d = depth; d; d--)
        for (size_t k = 0; k < WALKS; k++) at[k] = step(m->node, features, at[k], cell);
    for (size_t k = 0; k < WALKS; k++) score += m->value[at[k]];
    return score;
}

static double score_row(const tw_gbm *m, size_t from, size_t to, const float *const *features, uint32_t cell,
                        double score)
{
    size_t tree = from;
    for (; tree + WALKS <= to; tree += WALKS) score = walk_trees(m, tree, features, cell, score);
    for (; tree < to; tree++) {
        uint32_t at = m->first[tree];
        for (uint32_t d = m->depth[tree]; d; d--) at = step(m->node, features, at, cell);
        score += m->value[at];
    }
    return score;
}

/* A block of rows goes through all trees while its features are in cache. */
void tw_gbm_add_trees(const tw_gbm *m, size_t from, size_t to, const tw_rows *rows, double *score)
{
    const float *const *features = rows->data->features;
    for (size_t begin = 0; begin < rows->n; begin += BLOCK) {
        const size_t end = rows->n - begin < BLOCK ? rows->n : begin + BLOCK,
                     whole = begin + (end - begin) / WALKS * WALKS;
        for (size_t tree = from; tree < to; tree++)
            for (size_t i = begin; i < whole; i += WALKS) walk_rows(m, tree, features, rows->cell + i, score + i);
        for (size_t i = whole; i < end; i++) score[i] = score_row(m, from, to, features, rows->cell[i], score[i]);
    }
}

tw_status tw_gbm_predict(const void *model, const tw_rows *rows, double *score, tw_error *err)
{
    const tw_gbm *m = model;
    (void)err;
    for (size_t i = 0; i < rows->n; i++) score[i] = m->base;
    tw_gbm_add_trees(m, 0, m->n_trees, rows, score);
    for (size_t i = 0; i < rows->n && m->logistic; i++) score[i] = 1 / (1 + tw_exp(-score[i]));
    return TW_OK;
}
