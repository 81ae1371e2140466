/* SPDX-License-Identifier: Apache-2.0 */
/* Which of three barriers a position reaches first: profit, stop, or time. */
#include "learn/label_impl.h"

#include <string.h>

static const tw_param table[] = {
    TW_PARAM(tw_barriers, up, 2, 0, 1000, "profit barrier in one-bar volatilities; 0: none"),
    TW_PARAM(tw_barriers, down, 2, 0, 1000, "stop barrier in one-bar volatilities; 0: none"),
    TW_PARAM(tw_barriers, horizon, 10, 1, 10000, "bars until the vertical barrier"),
    TW_PARAM(tw_barriers, window, 20, 2, 1000, "bars of past returns in the volatility"),
    TW_PARAM_TEXT(tw_barriers, price, "close", "close|next_open", "price of the entry and of the vertical barrier"),
    TW_PARAM_TEXT(tw_barriers, touch, "close", "close|range", "what must reach a barrier: the close, or high and low"),
    TW_PARAM_TEXT(tw_barriers, value, "sign", "sign|return",
                  "sign: 1 profit, -1 stop, 0 time; or the return at the exit"),
    TW_PARAM_END,
};

static double value_of(const tw_hold *hold, tw_touch touch, bool sign)
{
    if (!sign) return hold->exit_price / hold->entry_price - 1;
    return touch == TW_TOUCH_PROFIT ? 1 : touch == TW_TOUCH_STOP ? -1 : 0;
}

static tw_status make(const tw_ctx *ctx, const tw_prices *prices, const double *side, const void *params,
                      tw_label_out *out, tw_error *err)
{
    const tw_barriers *b = params;
    (void)ctx;
    (void)side;
    const bool sign = strcmp(b->value, "sign") == 0;
    TW_TRY(tw_barrier_needs("triple_barrier", prices, b, err));
    tw_label_blank(prices, out);
    for (size_t cell = 0; cell < prices->n_times * prices->n_lanes; cell++) {
        tw_hold hold;
        const tw_touch touch = tw_barrier_walk(prices, b, cell, 1, &hold);
        if (touch == TW_TOUCH_NONE) continue;
        tw_label_set(out, cell, value_of(&hold, touch, sign), &hold);
    }
    return TW_OK;
}

const tw_label tw_label_triple_barrier = {
    .name = "triple_barrier",
    .title = "Triple barrier",
    .source = "Lopez de Prado, Advances in Financial Machine Learning (2018), ch. 3",
    .params = table,
    .params_size = sizeof(tw_barriers),
    .make = make,
};
