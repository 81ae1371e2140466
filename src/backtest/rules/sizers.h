/* SPDX-License-Identifier: Apache-2.0 */
/* sizers.h - how the weights of a portfolio are made. */
#ifndef TW_BACKTEST_RULES_SIZERS_H
#define TW_BACKTEST_RULES_SIZERS_H

#include "tradewind/backtest_spec.h"

/* Reads "name k=v ..."; *params live in the arena. */
tw_status tw_sizer_read(tw_arena *arena, const char *text, const tw_sizer **sizer, void **params, tw_error *err);

#endif
