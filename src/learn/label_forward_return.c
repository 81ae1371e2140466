/* SPDX-License-Identifier: Apache-2.0 */
/* Return from the entry price to the price `horizon` bars later. */
#include "learn/label_impl.h"

#include <math.h>
#include <string.h>

typedef struct params {
    int horizon;
    char price[TW_TEXT_MAX];
    bool log;
    char demean[TW_TEXT_MAX];
} params;

static const tw_param table[] = {
    TW_PARAM(params, horizon, 5, 1, 10000, "bars from entry to exit"),
    TW_PARAM_TEXT(params, price, "close", "close|next_open", "close: close to close; next_open: next open to open"),
    TW_PARAM(params, log, 0, 0, 1, "logarithmic returns"),
    TW_PARAM_TEXT(params, demean, "none", "none|section", "section: less the mean over the symbols of the time"),
    TW_PARAM_END,
};

/* The interval of every symbol of a time is the same, so that taking out their mean does not widen it. */
static void demean_section(size_t n, double *label)
{
    double sum = 0;
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(label[i])) continue;
        sum += label[i];
        known++;
    }
    for (size_t i = 0; known && i < n; i++) label[i] -= sum / (double)known;
}

static tw_status make(const tw_ctx *ctx, const tw_prices *prices, const double *side, const void *params_,
                      tw_label_out *out, tw_error *err)
{
    const params *p = params_;
    const bool next_open = strcmp(p->price, "next_open") == 0;
    (void)ctx;
    (void)side;
    TW_TRY(tw_label_needs("forward_return", prices, next_open, false, err));
    tw_label_blank(prices, out);
    for (size_t cell = 0; cell < prices->n_times * prices->n_lanes; cell++) {
        tw_hold hold;
        if (!tw_hold_horizon(prices, cell, (size_t)p->horizon, next_open, &hold)) continue;
        const double growth = hold.exit_price / hold.entry_price;
        tw_label_set(out, cell, p->log ? log(growth) : growth - 1, &hold);
    }
    for (size_t t = 0; t < prices->n_times && strcmp(p->demean, "section") == 0; t++)
        demean_section(prices->n_lanes, out->label + t * prices->n_lanes);
    return TW_OK;
}

const tw_label tw_label_forward_return = {
    .name = "forward_return",
    .title = "Forward return",
    .source = "microsoft/qlib, Alpha158 label (price=close, horizon=1 one bar later)",
    .params = table,
    .params_size = sizeof(params),
    .make = make,
};
