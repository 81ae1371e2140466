/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/marks.h"

#include "backtest/portfolio.h"

tw_status tw_marks_init(tw_marks *marks, const tw_ctx *ctx, size_t n_lanes, tw_error *err)
{
    *marks = (tw_marks){.ctx = ctx, .n_lanes = n_lanes};
    marks->price = tw_new(ctx, n_lanes, sizeof *marks->price);
    marks->missing = tw_new(ctx, n_lanes, sizeof *marks->missing);
    return marks->price && marks->missing ? TW_OK : tw_no_memory(err, "marks of a simulation");
}

void tw_marks_clear(tw_marks *marks)
{
    tw_free(marks->ctx, marks->price);
    tw_free(marks->ctx, marks->missing);
    *marks = (tw_marks){.ctx = marks->ctx};
}

void tw_marks_take(tw_marks *marks, const tw_market *market, size_t t)
{
    const double *close = market->close + t * market->n_lanes;
    for (size_t l = 0; l < marks->n_lanes; l++) {
        const bool seen = tw_is_price(close[l]);
        marks->price[l] = seen ? close[l] : marks->price[l];
        marks->missing[l] = seen ? 0 : marks->missing[l] + 1;
    }
}

tw_worth tw_marks_value(const tw_marks *marks, const int64_t *position)
{
    tw_worth worth = {0};
    for (size_t l = 0; l < marks->n_lanes; l++) {
        const double value = tw_shares(position[l]) * marks->price[l];
        if (value > 0)
            worth.long_value += value;
        else
            worth.short_value -= value;
    }
    return worth;
}

tw_status tw_marks_settle(const tw_marks *marks, tw_account *account, uint32_t time, int after, tw_error *err)
{
    for (uint32_t l = 0; l < marks->n_lanes; l++) {
        if (account->position[l] == 0 || marks->missing[l] < (uint32_t)after) continue;
        const tw_deal deal = {time, l, -account->position[l], marks->price[l]};
        TW_TRY(tw_account_settle(account, deal, err));
    }
    return TW_OK;
}
