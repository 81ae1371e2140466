/* SPDX-License-Identifier: Apache-2.0 */
/* LightGBM's text models, versions v2 to v4: a head, blocks of lines "key=value", one a tree, and a tail. */
#ifndef TW_LEARN_LIGHTGBM_H
#define TW_LEARN_LIGHTGBM_H

#include "learn/formats/formats.h"
#include "tradewind/io.h"

/* What is learnt from the head of a file. */
typedef struct tw_lightgbm {
    const tw_ctx *ctx;
    tw_error *err;
    tw_arena arena;             /* numbers of the tree being read */
    tw_field head, trees, tail; /* parts of the file */
    size_t n_features, n_outputs, n_trees;
    double factor; /* of leaf values: 1 / iterations where the file says that trees are averaged */
} tw_lightgbm;

/* The bits of decision_type. */
enum {
    TW_LIGHTGBM_CATEGORICAL = 1,
    TW_LIGHTGBM_DEFAULT_LEFT = 2,
    TW_LIGHTGBM_MISSING_ZERO = 4,
    TW_LIGHTGBM_MISSING_NAN = 8
};

/* Cuts the text into head, trees and tail, and counts the trees. */
tw_status tw_lightgbm_cut(tw_lightgbm *l, const char *text, size_t length, tw_error *err);
/* Takes the next tree off `trees`. */
bool tw_lightgbm_next_tree(tw_field *trees, tw_field *tree);
/* Takes the next line off `text`, without its end. */
bool tw_lightgbm_next_line(tw_field *text, tw_field *line);
/* Takes the next word (between blanks or `separator`) off `text`. */
bool tw_lightgbm_next_word(tw_field *text, char separator, tw_field *word);
/* What stands behind `key` (with its = or :) at the start of a line; false when there is no such line. */
bool tw_lightgbm_find(const tw_field *block, const char *key, tw_field *value);
/* A whole number from 0 to `most`. */
tw_status tw_lightgbm_get_count(const tw_field *block, const char *key, size_t most, size_t *count, tw_error *err);
/* n numbers, in the arena; *numbers is NULL where there is no such line. */
tw_status tw_lightgbm_get_numbers(tw_lightgbm *l, const tw_field *block, const char *key, size_t n,
                                  const double **numbers);

tw_status tw_lightgbm_add_tree(tw_lightgbm *l, const tw_field *block, uint32_t output, tw_trees *m);
/* Names of the features and, of pandas' columns, of their categories. */
tw_status tw_lightgbm_get_names(const tw_lightgbm *l, tw_names *names, tw_error *err);

/* ---------------------------------------------------------------- writing */

/* What writing a tree needs to know of the whole. */
typedef struct tw_lightgbm_out {
    const tw_trees *m;
    size_t *n_categories; /* by feature: categories that sets speak of, at most; 0: it is a number */
    uint32_t *number;     /* by node of a tree: of the split among splits, of the leaf among leaves */
    uint32_t *set;        /* by node of a tree: the number of its set in the tree */
    double *mean;         /* by node of a tree: of its leaves, by cover */
} tw_lightgbm_out;

/* The lines of a tree behind "Tree=", with `base` added to its leaves. */
tw_status tw_lightgbm_put_tree(const tw_lightgbm_out *o, size_t tree, double base, tw_buf *out, tw_error *err);
/* The lines of a tree that is one leaf. */
void tw_lightgbm_put_leaf(double value, tw_buf *out);
/* Writes a model (lightgbm_write.c). */
tw_status tw_lightgbm_write(const tw_model *model, tw_buf *out, tw_error *err);

#endif
