/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers and writers of model files share. */
#ifndef TW_LEARN_FORMATS_H
#define TW_LEARN_FORMATS_H

#include "learn/trees/trees.h"

#define TW_FORMAT(name) extern const tw_format tw_format_##name;
#include "learn/formats.def"
#undef TW_FORMAT

enum {
    TW_MODEL_FEATURES = 1 << 20, /* the most that a file may speak of: its size says nothing about them */
    TW_MODEL_OUTPUTS = 1 << 16,
    TW_MODEL_CATEGORY = 1 << 24 /* categories are below: a float holds them exactly */
};

/* A tree of a file: nodes in any order, the root first. `fill` is asked for every node that the root leads to, once: it
 * writes node `own` of the ensemble from node `from` of the file, and names the children that it has there; it leaves
 * child[0] at -1 for a leaf. */
typedef struct tw_tree_source {
    size_t n_nodes;
    uint32_t output;
    tw_status (*fill)(void *arg, uint32_t own, size_t from, int64_t child[2], tw_error *err);
    void *arg;
} tw_tree_source;

/* Adds the tree. Refuses children that are not there or have two parents, so cycles too. */
tw_status tw_trees_add_source(tw_trees *m, const tw_tree_source *source, tw_error *err);

/* A list of categories, whole numbers. */
typedef struct tw_categories {
    const double *at;
    size_t n;
} tw_categories;

/* Adds the set of them. `budget` is how many words sets may still take: a category of a few bytes in a file may stand
 * for many. */
tw_status tw_trees_add_categories(tw_trees *m, const tw_categories *list, size_t *budget, uint32_t *set, tw_error *err);
/* The budget of a file of so many bytes. */
size_t tw_category_budget(size_t file_bytes);

/* Names of columns while they are gathered. */
typedef struct tw_names {
    tw_arena arena;
    size_t n_features;
    const char **name;
    size_t *n_levels;
    const char *const **level;
} tw_names;

/* Names f0, f1, ... to begin with; all features are numbers. To be cleared also when it fails. */
tw_status tw_names_init(tw_names *names, const tw_ctx *ctx, size_t n_features, tw_error *err);
void tw_names_clear(tw_names *names);
tw_status tw_names_set(tw_names *names, size_t feature, const char *text, size_t length, tw_error *err);

/* A model of learner gbm around an ensemble, which it takes, also when it fails: checked, measured, named. */
tw_status tw_model_of_trees(tw_trees *m, const tw_names *names, const char *what, tw_model **model, tw_error *err);

/* The ensemble of a model, or why there is none to write. */
tw_status tw_model_get_trees(const tw_model *model, const char *format, const tw_trees **m, tw_error *err);

/* The largest float that is not above x: what `value <= x` says of floats. */
float tw_float_at_most(double x);

#endif
