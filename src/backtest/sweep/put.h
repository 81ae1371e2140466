/* SPDX-License-Identifier: Apache-2.0 */
/* put.h - the values of a setting put into an expression. */
#ifndef TW_BACKTEST_SWEEP_PUT_H
#define TW_BACKTEST_SWEEP_PUT_H

#include "tradewind/base.h"

/* Appends `expression` with every name that `setting` ("fast=5 slow=20") gives as its value; a name before a single '='
 * is the name of an argument and stays. */
void tw_sweep_put(const char *expression, const char *setting, tw_buf *out);

#endif
