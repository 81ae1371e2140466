/* SPDX-License-Identifier: Apache-2.0 */
/* Forward return in units of the volatility known at the decision, scaled to the horizon by the square root of time. */
#include "learn/label_impl.h"

#include <math.h>
#include <string.h>

typedef struct params {
    int horizon, window;
    char price[TW_TEXT_MAX];
} params;

static const tw_param table[] = {
    TW_PARAM(params, horizon, 5, 1, 10000, "bars from entry to exit"),
    TW_PARAM(params, window, 20, 2, 1000, "bars of past returns in the volatility"),
    TW_PARAM_TEXT(params, price, "close", "close|next_open", "close: close to close; next_open: next open to open"),
    TW_PARAM_END,
};

static tw_status make(const tw_ctx *ctx, const tw_prices *prices, const double *side, const void *params_,
                      tw_label_out *out, tw_error *err)
{
    const params *p = params_;
    const bool next_open = strcmp(p->price, "next_open") == 0;
    (void)ctx;
    (void)side;
    TW_TRY(tw_label_needs("volatility_scaled", prices, next_open, false, err));
    tw_label_blank(prices, out);
    for (size_t cell = 0; cell < prices->n_times * prices->n_lanes; cell++) {
        tw_hold hold;
        if (!tw_hold_horizon(prices, cell, (size_t)p->horizon, next_open, &hold)) continue;
        const double volatility = tw_past_volatility(prices, cell, (size_t)p->window);
        if (!(volatility > 0)) continue;
        const double growth = hold.exit_price / hold.entry_price - 1;
        tw_label_set(out, cell, growth / (volatility * sqrt((double)p->horizon)), &hold);
    }
    return TW_OK;
}

const tw_label tw_label_volatility_scaled = {
    .name = "volatility_scaled",
    .title = "Forward return over past volatility",
    .source = "Moskowitz, Ooi, Pedersen, Time series momentum, J. Financial Economics 104 (2012)",
    .params = table,
    .params_size = sizeof(params),
    .make = make,
};
