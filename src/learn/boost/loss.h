/* SPDX-License-Identifier: Apache-2.0 */
/* Losses: what boosting makes small. */
#ifndef TW_LEARN_LOSS_H
#define TW_LEARN_LOSS_H

#include "learn/boost/gbm.h"

/* Rows as a loss sees them. Scores are margins, one output behind the other: score[k * n + i]. */
typedef struct tw_loss_rows {
    const tw_ctx *ctx;
    const tw_gbm_params *params;
    const tw_custom_loss *custom;
    size_t n, n_outputs;
    const double *label, *weight; /* weight NULL: all 1 */
    /* Rows that are ranked among each other: member[begin[g] .. begin[g + 1]), ascending. NULL where the loss has no
     * use for them. */
    size_t n_groups, most_members;
    const uint32_t *begin, *member;
    double *scratch; /* room for 8 numbers of each of most_members rows */
} tw_loss_rows;

enum {
    TW_LOSS_FLAT = 1,    /* every hessian is the row's weight */
    TW_LOSS_GROUPS = 2,  /* ranks rows of a group */
    TW_LOSS_CLASSES = 4, /* an output for each class; labels are 0, 1, ... */
    TW_LOSS_BINARY = 8,  /* labels above params->threshold are class 1 */
    TW_LOSS_WHOLE = 16   /* labels are whole numbers */
};

typedef struct tw_loss {
    const char *name, *title, *link;
    unsigned traits;
    double least, most; /* labels it takes */
    /* Fills base[0 .. n_outputs), the margins to begin with. */
    tw_status (*start)(const tw_loss_rows *rows, double *base, tw_error *err);
    /* Fills gradient and hessian (as scores, one output behind the other), weights in them; hessian is NULL where it is
     * flat and there are no weights. */
    tw_status (*gradients)(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                           tw_error *err);
    /* The mean loss, or what stands for it: the lower, the better. */
    double (*loss)(const tw_loss_rows *rows, const double *score);
    /* The value of a leaf of these rows, where it is no Newton step; NULL: it is. */
    double (*leaf)(const tw_loss_rows *rows, const double *score, const uint32_t *row, size_t n, double *scratch);
} tw_loss;

/* The loss of this name, which is one: a parameter's choices are the list. */
const tw_loss *tw_loss_find(const char *name);

#define TW_LOSS(name) extern const tw_loss tw_loss_##name;
#include "learn/boost/losses.def"
#undef TW_LOSS

static inline double tw_loss_weight(const tw_loss_rows *rows, size_t i) { return rows->weight ? rows->weight[i] : 1; }
/* Mean label by weight. */
double tw_loss_mean(const tw_loss_rows *rows);
/* The q quantile of n values by weight (NULL: all 1), the least value with at least q of the weight at or below it;
 * order is scratch. The middle of two where it falls between them. */
double tw_weighted_quantile(size_t n, const double *value, const double *weight, double q, size_t *order);

#endif
