/* SPDX-License-Identifier: Apache-2.0 */
/* What metrics share. A metric that is not defined for the rows it gets (AUC of one class, IC without a cross-section)
 * is NaN, with success. */
#ifndef TW_LEARN_METRIC_IMPL_H
#define TW_LEARN_METRIC_IMPL_H

#include "learn/learn_impl.h"

/* Fewest rows of one time that make a cross-section. */
enum { TW_SECTION_ROWS = 5 };

static inline double tw_scored_weight(const tw_scored *s, size_t i) { return s->weight ? s->weight[i] : 1; }

static inline size_t tw_scored_outputs(const tw_scored *s) { return s->n_outputs ? s->n_outputs : 1; }

/* Fails unless scores and labels are finite, times ascend and a row has one score. */
tw_status tw_scored_check(const tw_scored *scored, const char *what, tw_error *err);
/* The same for a row of several scores, whose label is the number of its class. */
tw_status tw_scored_check_classes(const tw_scored *scored, const char *what, tw_error *err);

/* Value of a row, from its score and label; NaN: it does not count. `with` is one of level, power. */
typedef double tw_row_value(double score, double label, double with);
/* Weighted mean over the rows. */
double tw_scored_mean(const tw_scored *scored, tw_row_value *value, double with);
/* Log loss and share of hits of rows of several scores. */
double tw_class_log_loss(const tw_scored *scored);
double tw_class_accuracy(const tw_scored *scored);

#endif
