/* SPDX-License-Identifier: Apache-2.0 */
/* assets.c - what a report needs to know of a run beside its trades: what splits, dividends and funding did to the
 * holdings, and how the assets that were traded count. */
#include "backtest/files/files.h"

void tw_actions_put(const tw_writer *w, tw_buf *out)
{
    static const char *const KIND[] = {[TW_SPLIT] = "split",
                                       [TW_DIVIDEND] = "dividend",
                                       [TW_STOCK_DIVIDEND] = "stock_dividend",
                                       [TW_MERGER] = "merger",
                                       [TW_FUNDING] = "funding"};
    tw_buf_text(out, "session,symbol,kind,ratio,before,after,cash\n");
    for (size_t i = 0; i < w->n_actions; i++) {
        const tw_booked_action *a = &w->action[i];
        tw_out_day(w, a->session, out);
        tw_buf_text(out, ",");
        tw_csv_write_field(out, w->what->market->asset[a->asset].symbol);
        tw_buf_printf(out, ",%s,", KIND[a->kind]);
        if (a->kind == TW_SPLIT) tw_out_number(out, a->ratio);
        const double numbers[] = {a->before, a->after, a->cash};
        for (size_t k = 0; k < 3; k++) {
            tw_buf_text(out, ",");
            tw_out_number(out, numbers[k]);
        }
        tw_buf_text(out, "\n");
    }
}

/* Every asset with an order, a trade or a holding, by its number in the market. */
static void mark_used(const tw_writer *w, bool *used)
{
    for (size_t i = 0; i < w->n_orders; i++) used[w->order[i].order.asset] = true;
    for (size_t i = 0; i < w->n_trades; i++) used[w->trade[i].asset] = true;
    for (size_t i = 0; i < w->n_holdings; i++) used[w->holding[i].asset] = true;
}

void tw_assets_put(const tw_writer *w, tw_buf *out)
{
    const tw_asset_market *m = w->what->market;
    bool *used = tw_new(w->ctx, m->n_assets + 1, sizeof *used);
    if (!used) {
        out->failed = true;
        return;
    }
    mark_used(w, used);
    tw_buf_text(out, "symbol,kind,root,multiplier\n");
    for (size_t i = 0; i < m->n_assets; i++) {
        const tw_asset *a = &m->asset[i];
        if (!used[i]) continue;
        tw_csv_write_field(out, a->symbol);
        tw_buf_text(out, a->kind == TW_FUTURE ? ",future," : ",equity,");
        tw_csv_write_field(out, a->root ? a->root : "");
        tw_buf_text(out, ",");
        tw_out_number(out, a->kind == TW_FUTURE && a->multiplier > 0 ? a->multiplier : 1);
        tw_buf_text(out, "\n");
    }
    tw_free(w->ctx, used);
}
