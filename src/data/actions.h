/* SPDX-License-Identifier: Apache-2.0 */
/* actions.h - the sorted list of corporate actions, and bars in terms of days. */
#ifndef TW_DATA_ACTIONS_H
#define TW_DATA_ACTIONS_H

#include "tradewind/data.h"

struct tw_actions {
    const tw_ctx *ctx;
    tw_arena text;
    tw_action *list;
    size_t n;
};

/* Actions of one symbol: a run of the list, by day. */
typedef struct tw_action_run {
    const tw_action *first;
    size_t n;
} tw_action_run;

tw_action_run tw_actions_of(const tw_actions *actions, const char *symbol);

/* Session day of every bar, to be freed with tw_free; NULL when out of memory. */
int64_t *tw_panel_days(const tw_ctx *ctx, const tw_panel *panel);
/* True for columns that hold prices of one share: what a split multiplies. */
bool tw_is_price_column(const char *name);
/* Factor on earlier prices of a dividend whose previous close was `close`; false when it cannot be. */
bool tw_dividend_ratio(const tw_action *action, double close, double *ratio);

#endif
