/* SPDX-License-Identifier: Apache-2.0 */
/* Meta labels: 1 when the side that another rule took made money by its first barrier, else 0. */
#include "learn/label_impl.h"

static const tw_param table[] = {
    TW_PARAM(tw_barriers, up, 2, 0, 1000, "profit barrier in one-bar volatilities; 0: none"),
    TW_PARAM(tw_barriers, down, 2, 0, 1000, "stop barrier in one-bar volatilities; 0: none"),
    TW_PARAM(tw_barriers, horizon, 10, 1, 10000, "bars until the vertical barrier"),
    TW_PARAM(tw_barriers, window, 20, 2, 1000, "bars of past returns in the volatility"),
    TW_PARAM_TEXT(tw_barriers, price, "close", "close|next_open", "price of the entry and of the vertical barrier"),
    TW_PARAM_TEXT(tw_barriers, touch, "close", "close|range", "what must reach a barrier: the close, or high and low"),
    TW_PARAM_END,
};

static tw_status make(const tw_ctx *ctx, const tw_prices *prices, const double *side, const void *params,
                      tw_label_out *out, tw_error *err)
{
    const tw_barriers *b = params;
    (void)ctx;
    if (!side) return tw_fail(err, TW_BAD_VALUE, "label meta: needs the side taken, by cell; there is none");
    TW_TRY(tw_barrier_needs("meta", prices, b, err));
    tw_label_blank(prices, out);
    for (size_t cell = 0; cell < prices->n_times * prices->n_lanes; cell++) {
        tw_hold hold;
        if (side[cell] != 1 && side[cell] != -1) continue; /* no position, no label */
        if (tw_barrier_walk(prices, b, cell, side[cell], &hold) == TW_TOUCH_NONE) continue;
        tw_label_set(out, cell, side[cell] * (hold.exit_price - hold.entry_price) > 0, &hold);
    }
    return TW_OK;
}

const tw_label tw_label_meta = {
    .name = "meta",
    .title = "Meta label",
    .source = "Lopez de Prado, Advances in Financial Machine Learning (2018), 3.6",
    .params = table,
    .params_size = sizeof(tw_barriers),
    .make = make,
};
