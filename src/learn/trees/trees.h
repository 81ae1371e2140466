/* SPDX-License-Identifier: Apache-2.0 */
/* A tree ensemble, however it came to be: learners grow it, files hold it, the scorer compiles it, explanations take it
 * apart.
 *
 *   margin[k] = base[k] + the leaf values of the trees whose output is k, added one tree after the other
 *   prediction = link(margin)
 */
#ifndef TW_LEARN_TREES_H
#define TW_LEARN_TREES_H

#include "learn/learn_impl.h"

/* ---------------------------------------------------------------- nodes */

enum {
    TW_SPLIT_MISSING_RIGHT = 1, /* a missing value goes right; otherwise left */
    TW_SPLIT_ZERO_MISSING = 2,  /* |x| <= TW_SPLIT_ZERO is missing too (LightGBM's zero_as_missing) */
    TW_SPLIT_SET = 4            /* splits by category: left when x, cut to a whole number, is in the set */
};
#define TW_SPLIT_ZERO 1e-35f

/* A number goes left when x <= threshold. A leaf is its own left child with threshold +inf and no flags, so that a walk
 * may go on at it; its children would be `left` and `left + 1`. */
typedef struct tw_tree_node {
    union {
        float threshold;
        uint32_t set; /* with TW_SPLIT_SET */
    };
    uint32_t feature, left; /* the right child is left + 1 */
    uint32_t flags;
} tw_tree_node;

/* A linear leaf is worth intercept + slope * x for each of its terms in turn, or its plain value where the feature of a
 * term is missing. Leaves with no terms are plain. */
typedef struct tw_tree_term {
    uint32_t feature;
    double slope;
} tw_tree_term;

typedef struct tw_tree_linear {
    double intercept;
    uint32_t first, n; /* of term[] */
} tw_tree_linear;

/* From margins to what is predicted, in place: margin[0 .. n_outputs). `scale` is the model's link_scale. */
typedef struct tw_link {
    const char *name, *title;
    void (*apply)(double scale, size_t n_outputs, double *margin);
} tw_link;

/* ---------------------------------------------------------------- the ensemble */

typedef struct tw_tree_scorer tw_tree_scorer; /* trees/scorer.h */

/* Trees one behind the other; children stand behind their parent, in its tree. Arrays by node have n_nodes entries. */
typedef struct tw_trees {
    const tw_ctx *ctx;
    size_t n_features, n_outputs, n_trees, n_nodes, n_sets, n_words, n_terms;
    size_t room_trees, room_nodes, room_sets, room_words, room_terms;
    const tw_link *link;
    double link_scale;
    double *base;     /* [n_outputs] */
    uint32_t *first;  /* [n_trees + 1] first node of each tree */
    uint32_t *depth;  /* [n_trees] steps from root to the deepest leaf */
    uint32_t *output; /* [n_trees] */
    tw_tree_node *node;
    double *value; /* by node: of a leaf; 0 where it is none */
    double *cover; /* by node: weight (or hessian) of the train rows that came by; 0 when not known */
    double *gain;  /* by node: of its split; 0 at leaves */
    /* Categories c of set s: bit c % 64 of word[first_word[s] + c / 64]; past its words none is in it. */
    uint32_t *first_word; /* [n_sets + 1] */
    uint64_t *word;
    tw_tree_linear *linear; /* by node; NULL when all leaves are plain */
    tw_tree_term *term;
    tw_tree_scorer *scorer; /* of all trees; NULL until tw_trees_compile, and again once the model changes */
} tw_trees;

/* How much room to begin with; any of them grows on. */
typedef struct tw_trees_size {
    size_t n_features, n_outputs, n_trees, n_nodes;
} tw_trees_size;

/* No trees yet; link identity, link_scale 1, bases 0. */
tw_status tw_trees_new(const tw_ctx *ctx, const tw_trees_size *size, tw_trees **trees, tw_error *err);
void tw_trees_free(void *trees);
tw_status tw_trees_copy(const tw_ctx *ctx, const tw_trees *from, tw_trees **to, tw_error *err);

/* Building: room is reserved, a tree's nodes are added (the root first, then pairs of children), the tree is ended.
 * What was added is not checked: tw_trees_check does. */
tw_status tw_trees_reserve(tw_trees *m, size_t n_nodes, tw_error *err); /* and one more tree */
tw_status tw_trees_reserve_sets(tw_trees *m, size_t n_sets, size_t n_words, tw_error *err);
uint32_t tw_trees_add_leaf(tw_trees *m); /* within what was reserved */
tw_status tw_trees_add_set(tw_trees *m, const uint64_t *word, size_t n_words, uint32_t *set, tw_error *err);
tw_status tw_trees_set_linear(tw_trees *m, uint32_t node, double intercept, const tw_tree_term *term, size_t n,
                              tw_error *err);
void tw_trees_end_tree(tw_trees *m, uint32_t output, uint32_t depth);
/* Drops all trees from n_trees on. */
void tw_trees_cut(tw_trees *m, size_t n_trees);

/* Whether everything above holds: children behind parents, each with one parent, finite values, indices in range. To be
 * called on whatever a file said, before a walk. */
tw_status tw_trees_check(const tw_trees *m, const char *what, tw_error *err);
/* Sets the depth of every tree of a checked model. */
tw_status tw_trees_measure(tw_trees *m, tw_error *err);

/* Makes the tables that a finished, sound model is scored by. Without them it is scored by walks: the same bits. */
tw_status tw_trees_compile(tw_trees *m, tw_error *err);

/* In the learner's file form, and back; checked and compiled. */
tw_status tw_trees_save(const void *trees, tw_buf *out, tw_error *err);
tw_status tw_trees_load(const tw_ctx *ctx, const void *bytes, size_t length, void **trees, tw_error *err);

static inline bool tw_tree_is_leaf(const tw_trees *m, uint32_t i) { return m->node[i].left == i; }
bool tw_tree_set_has(const tw_trees *m, uint32_t set, float x);
/* The child where x goes: the definition that every scorer is tested against. */
uint32_t tw_tree_step(const tw_trees *m, uint32_t i, float x);
double tw_tree_leaf_value(const tw_trees *m, uint32_t leaf, const float *const *features, uint32_t cell);

/* ---------------------------------------------------------------- using it */

/* All links, and the one of this name, or NULL. */
const tw_link *tw_links(size_t *n);
const tw_link *tw_link_find(const char *name);

/* score[i * n_outputs + k] += the leaf values of trees [from, to), tree after tree. */
void tw_trees_add(const tw_trees *m, size_t from, size_t to, const tw_rows *rows, double *score);
/* Margins, and predictions; learner.predict, learner.outputs and learner.importance (by gain) of tree models. */
void tw_trees_margin(const tw_trees *m, const tw_rows *rows, double *margin);
tw_status tw_trees_predict(const void *trees, const tw_rows *rows, double *score, tw_error *err);
size_t tw_trees_outputs(const void *trees);
void tw_trees_importance(const void *trees, double *share);
const tw_trees *tw_trees_of(const void *trees);

/* The model's side of a learner of trees: what is left to say is how they are grown. */
#define TW_LEARNER_OF_TREES                                                                                            \
    .predict = tw_trees_predict, .outputs = tw_trees_outputs, .trees = tw_trees_of, .save = tw_trees_save,             \
    .load = tw_trees_load, .importance = tw_trees_importance, .free = tw_trees_free

#endif
