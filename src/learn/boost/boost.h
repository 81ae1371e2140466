/* SPDX-License-Identifier: Apache-2.0 */
/* What gbm and the forests share above a grower: rows as their loss sees them, integer gradients, what a fit may be
 * given. */
#ifndef TW_LEARN_BOOST_H
#define TW_LEARN_BOOST_H

#include "learn/boost/loss.h"
#include "learn/boost/sample.h"

/* Labels, weights and groups of rows, and room for what a loss needs: NULL-safe to clear. */
typedef struct tw_loss_data {
    tw_loss_rows rows;
    double *label, *weight, *scratch;
    uint32_t *begin, *member;
} tw_loss_data;

tw_status tw_loss_data_init(tw_loss_data *d, const tw_fit *fit, const tw_loss *loss, const tw_rows *rows,
                            size_t n_outputs, tw_error *err);
void tw_loss_data_clear(tw_loss_data *d);
/* Outputs of a loss on these rows: 1, or the number of classes. */
tw_status tw_loss_outputs(const tw_gbm_params *p, const tw_loss *loss, const tw_rows *rows, size_t *n, tw_error *err);

/* Rounds the gradients and hessians of n rows to integers whose sums fit; `number` is of the tree. */
tw_gbm_scale tw_gbm_round(const tw_fit *fit, size_t n, const double *gradient, const double *hessian, uint64_t number,
                          int64_t *packed);
/* What every fit of trees must be given. */
tw_status tw_gbm_check_fit(const tw_fit *fit, const tw_rows *train, tw_error *err);
/* The fit's own bins, or, in *made, new ones of the train rows. */
tw_status tw_gbm_get_bins(const tw_fit *fit, const tw_rows *train, const tw_bins **bins, tw_bins **made, tw_error *err);

#endif
