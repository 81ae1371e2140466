/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TW_AUTOML_BOARD_IMPL_H
#define TW_AUTOML_BOARD_IMPL_H

#include "tradewind/automl.h"

/* A metric of a trial; NaN when it has none of this name. */
double tw_trial_metric(const tw_trial *trial, const char *name);
/* Sets the verdict and its text from the statistics: docs/decisions/0004-verdict.md. */
void tw_board_judge(tw_board *board);

#endif
