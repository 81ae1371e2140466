/* SPDX-License-Identifier: Apache-2.0 */
/* A fill in words. */
#include "backtest/event/engine.h"

#include <math.h>

static void number(tw_buf *out, double x)
{
    char text[32];
    tw_buf_add(out, text, tw_format_double(x, text));
}

/* Prices to the seven digits that a reader wants. */
static void price(tw_buf *out, double x) { tw_buf_printf(out, "%.7g", x); }

void tw_trade_explain(const tw_asset_market *market, const tw_trade *trade, tw_buf *out)
{
    static const char *const CAUSE[TW_FILL_CAUSE_COUNT] = {
        [TW_FILL_CLOSE] = "at the close",
        [TW_FILL_OPEN] = "at the open",
        [TW_FILL_GAP] = "at the open, which was beyond its price already",
        [TW_FILL_LIMIT] = "at its limit, which the bar traded through",
        [TW_FILL_STOP] = "at its stop, which the bar reached",
        [TW_FILL_TRAIL] = "at its following stop, which the bar reached",
        [TW_FILL_EXPIRY] = "because the asset ended",
        [TW_FILL_LIQUIDATION] = "because the account could not keep it",
    };
    tw_buf_text(out, trade->amount > 0 ? "bought " : "sold ");
    number(out, fabs(trade->amount));
    tw_buf_printf(out, " %s at ", market->asset[trade->asset].symbol);
    price(out, trade->price);
    if (trade->order != TW_NONE) tw_buf_printf(out, ", order %zu,", trade->order);
    tw_buf_printf(out, " %s, ", CAUSE[trade->cause]);
    price(out, trade->base);
    if (trade->slip != 0) {
        tw_buf_text(out, ", moved by ");
        price(out, trade->slip);
    }
    if (trade->commission != 0) {
        tw_buf_text(out, "; cost ");
        price(out, trade->commission);
    }
    if (trade->fees != 0) {
        tw_buf_text(out, " of it fees ");
        price(out, trade->fees);
    }
    if (trade->rate != 1 && market->asset[trade->asset].currency) {
        tw_buf_printf(out, "; %s at ", market->asset[trade->asset].currency);
        price(out, trade->rate);
    }
}
