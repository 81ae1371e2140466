/* SPDX-License-Identifier: Apache-2.0 */
/* Scoring by walks over the nodes. */
#include "learn/trees/trees.h"

#include <string.h>

enum { BLOCK = 64 };

static uint32_t leaf_of(const tw_trees *m, size_t tree, const float *const *features, uint32_t cell)
{
    uint32_t at = m->first[tree];
    while (!tw_tree_is_leaf(m, at)) at = tw_tree_step(m, at, features[m->node[at].feature][cell]);
    return at;
}

/* A block of rows goes through all trees while its features are in cache. */
void tw_trees_add(const tw_trees *m, size_t from, size_t to, const tw_rows *rows, double *score)
{
    const float *const *features = rows->data->features;
    for (size_t begin = 0; begin < rows->n; begin += BLOCK) {
        const size_t end = rows->n - begin < BLOCK ? rows->n : begin + BLOCK;
        for (size_t tree = from; tree < to; tree++)
            for (size_t i = begin; i < end; i++)
                score[i * m->n_outputs + m->output[tree]] +=
                    tw_tree_leaf_value(m, leaf_of(m, tree, features, rows->cell[i]), features, rows->cell[i]);
    }
}

void tw_trees_margin(const tw_trees *m, const tw_rows *rows, double *margin)
{
    for (size_t i = 0; i < rows->n; i++) memcpy(margin + i * m->n_outputs, m->base, m->n_outputs * sizeof *margin);
    tw_trees_add(m, 0, m->n_trees, rows, margin);
}

tw_status tw_trees_predict(const void *trees, const tw_rows *rows, double *score, tw_error *err)
{
    const tw_trees *m = trees;
    (void)err;
    tw_trees_margin(m, rows, score);
    for (size_t i = 0; i < rows->n; i++) m->link->apply(m->link_scale, m->n_outputs, score + i * m->n_outputs);
    return TW_OK;
}
