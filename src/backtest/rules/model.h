/* SPDX-License-Identifier: Apache-2.0 */
/* model.h - what a model says of each asset at the close of every bar. */
#ifndef TW_BACKTEST_RULES_MODEL_H
#define TW_BACKTEST_RULES_MODEL_H

#include "tradewind/backtest_spec.h"
#include "tradewind/data.h"

typedef enum tw_panel_units { TW_AS_TRADED, TW_FOR_SPLITS, TW_FOR_ALL } tw_panel_units;

/* The bars of a market as the panel that a model is trained on: by day, or by minute; adjusted for `how`, from each
 * action's day on, so that nothing later changes an earlier bar. */
typedef struct tw_market_panel {
    const tw_ctx *ctx;
    const tw_market_read *read;
    const tw_asset_market *market; /* of it */
    const char *calendar;
    const char *const *more; /* names of its further columns */
    bool minutes;
    tw_panel_units how;
    tw_panel *panel;
    size_t *asset; /* [lane] */
    size_t *bar;   /* [time], among the days or minutes of the market */
} tw_market_panel;

/* Makes the panel; freed by tw_market_panel_clear, also after it failed. */
tw_status tw_market_panel_make(tw_market_panel *p, tw_error *err);
void tw_market_panel_clear(tw_market_panel *p);

#endif
