/* SPDX-License-Identifier: Apache-2.0 */
/* What metrics share. A metric that is not defined for the rows it gets (AUC of one class, IC without a cross-section)
 * is NaN, with success. */
#ifndef TW_LEARN_METRIC_IMPL_H
#define TW_LEARN_METRIC_IMPL_H

#include "learn/learn_impl.h"

/* Fewest rows of one time that make a cross-section. */
enum { TW_SECTION_ROWS = 5 };

static inline double tw_scored_weight(const tw_scored *s, size_t i) { return s->weight ? s->weight[i] : 1; }

/* Fails unless scores and labels are finite and times ascend. */
tw_status tw_scored_check(const tw_scored *scored, const char *what, tw_error *err);

#endif
