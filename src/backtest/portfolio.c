/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/portfolio.h"

#include <string.h>

static const tw_param TABLE[] = {
    TW_PARAM_TEXT(tw_portfolio, construction, "top_k", "top_k|long_short|weights", "how scores become weights"),
    TW_PARAM(tw_portfolio, k, 50, 1, 100000, "top_k: names held, equally weighted"),
    TW_PARAM(tw_portfolio, quantile, 0.1, 0.0001, 0.5, "long_short: share of the names at each end"),
    TW_PARAM(tw_portfolio, rebalance, 5, 1, 100000, "bars between rebalancings"),
    TW_PARAM(tw_portfolio, gross, 1, 0, 20, "gross exposure as a multiple of equity"),
    TW_PARAM(tw_portfolio, max_weight, 1, 0.00001, 20, "largest weight of a name, of equity"),
    TW_PARAM(tw_portfolio, turnover_limit, 0, 0, 20, "most of equity traded at a rebalancing, one way; 0 no limit"),
    TW_PARAM(tw_portfolio, capital, 1000000, 1, 1e12, "cash at the start"),
    TW_PARAM(tw_portfolio, cost_bp, 5, 0, 5000, "commission and slippage, basis points of traded value"),
    TW_PARAM(tw_portfolio, borrow_bp, 50, 0, 100000, "cost of short value a year, basis points"),
    TW_PARAM(tw_portfolio, cash_bp, 0, 0, 100000, "interest on positive cash a year, basis points"),
    TW_PARAM(tw_portfolio, participation, 0, 0, 1, "most of a bar's volume that may be traded; 0 no limit"),
    TW_PARAM(tw_portfolio, delist_after, 10, 1, 1000000, "bars without a price after which a name is settled"),
    TW_PARAM(tw_portfolio, whole_shares, 0, 0, 1, "trade whole shares only"),
    TW_PARAM_TEXT(tw_portfolio, fill, "next_open", "next_open|next_close",
                  "price of a fill, one bar after the decision"),
    TW_PARAM_END,
};

const tw_param *tw_portfolio_params(void) { return TABLE; }

/* Place of `text` in "a|b|c", or -1. */
static int choice_index(const char *choices, const char *text)
{
    const size_t length = strlen(text);
    int index = 0;
    for (const char *c = choices; length; index++) {
        const size_t n = strcspn(c, "|");
        if (n == length && memcmp(c, text, n) == 0) return index;
        if (!c[n]) break;
        c += n + 1;
    }
    return -1;
}

static double number_of(const tw_param *param, const void *params)
{
    const char *field = (const char *)params + param->offset;
    int i;
    double x;
    switch (param->kind) {
    case TW_KIND_INT: memcpy(&i, field, sizeof i); return i;
    case TW_KIND_REAL: memcpy(&x, field, sizeof x); return x;
    default: return param->preset;
    }
}

static tw_status check_param(const tw_param *param, const tw_portfolio *portfolio, tw_error *err)
{
    if (param->kind == TW_KIND_TEXT) {
        const char *text = (const char *)portfolio + param->offset;
        const bool ended = memchr(text, 0, param->size) != NULL;
        if (ended && choice_index(param->choices, text) >= 0) return TW_OK;
        return tw_fail(err, TW_BAD_VALUE, "portfolio: %s must be one of %s, got \"%.*s\"", param->name, param->choices,
                       (int)param->size - 1, text);
    }
    const double x = number_of(param, portfolio);
    if (x >= param->lo && x <= param->hi) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "portfolio: %s must be in [%g, %g], got %g", param->name, param->lo, param->hi,
                   x);
}

tw_status tw_rules_read(const tw_portfolio *portfolio, tw_rules *rules, tw_error *err)
{
    for (const tw_param *param = TABLE; param->name; param++) TW_TRY(check_param(param, portfolio, err));
    *rules = (tw_rules){
        .portfolio = portfolio,
        .construction = (tw_construction)choice_index("top_k|long_short|weights", portfolio->construction),
        .fill_at_close = strcmp(portfolio->fill, "next_close") == 0,
    };
    return TW_OK;
}

static tw_status check_times(const tw_market *market, tw_error *err)
{
    for (size_t t = 1; t < market->n_times; t++)
        if (market->time[t] <= market->time[t - 1])
            return tw_fail(err, TW_BAD_DATA, "market: times must ascend, but bar %zu is not after bar %zu", t, t - 1);
    return TW_OK;
}

tw_status tw_rules_check_market(const tw_rules *rules, const tw_market *market, const tw_signal *signal, tw_error *err)
{
    if (market->n_times >= UINT32_MAX || market->n_lanes >= UINT32_MAX || market->n_lanes == 0)
        return tw_fail(err, TW_BAD_VALUE, "market: %zu times x %zu lanes; each must be in [1, %u)", market->n_times,
                       market->n_lanes, UINT32_MAX);
    if (signal->from >= signal->to || signal->to > market->n_times)
        return tw_fail(err, TW_BAD_VALUE, "signal: times [%zu, %zu) are empty or outside the market's [0, %zu)",
                       signal->from, signal->to, market->n_times);
    if (!market->time || !market->symbol || !market->close || !signal->score)
        return tw_fail(err, TW_BAD_DATA, "market: times, symbols, closes and scores are needed");
    if (!rules->fill_at_close && !market->open)
        return tw_fail(err, TW_BAD_DATA, "market: fill=next_open needs opens, and there are none");
    if (rules->portfolio->participation > 0 && !market->volume)
        return tw_fail(err, TW_BAD_DATA, "market: participation=%g needs volumes, and there are none",
                       rules->portfolio->participation);
    return check_times(market, err);
}
