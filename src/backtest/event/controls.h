/* SPDX-License-Identifier: Apache-2.0 */
/* controls.h - the family of controls: checked at every order, or at every session's end. */
#ifndef TW_BACKTEST_EVENT_CONTROLS_H
#define TW_BACKTEST_EVENT_CONTROLS_H

#include "tradewind/strategy.h"

typedef struct tw_control_use tw_control_use;

typedef struct tw_control {
    const char *name, *title, *source;
    const tw_param *params;
    /* True when an order of an asset breaks it; NULL: not about orders. */
    bool (*on_order)(tw_moment *now, tw_control_use *use, size_t asset, double amount);
    /* True when the account breaks it; NULL: not about accounts. */
    bool (*on_account)(tw_moment *now, tw_control_use *use, const tw_strategy_account *account);
} tw_control;

#define TW_CONTROL(name) extern const tw_control tw_control_##name;
#include "backtest/event/controls.def"
#undef TW_CONTROL

/* The family, by name. */
const tw_control *const *tw_controls(size_t *n);

#endif
