/* SPDX-License-Identifier: Apache-2.0 */
/* Controls: what an order or the account must not exceed. */
#include "backtest/event/controls.h"

#include "backtest/event/engine.h"

#include <math.h>
#include <string.h>

typedef struct size_params {
    char asset[TW_TEXT_MAX], on_error[TW_TEXT_MAX];
    double shares, notional; /* infinite: no bound */
} size_params;

typedef struct count_params {
    char on_error[TW_TEXT_MAX];
    int count;
} count_params;

typedef struct plain_params {
    char on_error[TW_TEXT_MAX];
} plain_params;

typedef struct leverage_params {
    double limit;
    int days;
} leverage_params;

struct tw_control_use {
    const tw_control *control;
    size_t asset;             /* it is about, or TW_NONE */
    size_t placed, placed_in; /* orders of session placed_in - 1 */
    union {
        size_params size;
        count_params count;
        plain_params plain;
        leverage_params leverage;
    } params;
};

/* ---------------------------------------------------------------- orders */

static bool breaks_size(tw_moment *now, const tw_control_use *use, size_t asset, double shares)
{
    const size_params *p = &use->params.size;
    if (use->asset != TW_NONE && use->asset != asset) return false;
    return fabs(shares) > p->shares ||
           fabs(shares * tw_moment_price(now, asset) * tw_moment_rate(now, asset)) > p->notional;
}

static bool breaks_order_size(tw_moment *now, tw_control_use *use, size_t asset, double amount)
{
    return breaks_size(now, use, asset, amount);
}

static bool breaks_position_size(tw_moment *now, tw_control_use *use, size_t asset, double amount)
{
    return breaks_size(now, use, asset, tw_moment_holding(now, asset) + amount);
}

static bool breaks_order_count(tw_moment *now, tw_control_use *use, size_t asset, double amount)
{
    (void)asset, (void)amount;
    if (use->placed_in != now->session + 1) use->placed = 0;
    use->placed_in = now->session + 1;
    return use->placed++ >= (size_t)use->params.count.count;
}

static bool breaks_long_only(tw_moment *now, tw_control_use *use, size_t asset, double amount)
{
    (void)use;
    return tw_moment_holding(now, asset) + amount < 0;
}

static bool breaks_asset_dates(tw_moment *now, tw_control_use *use, size_t asset, double amount)
{
    (void)use;
    return amount != 0 && !tw_asset_listed(now, asset, now->session);
}

/* ---------------------------------------------------------------- the account */

static bool breaks_max_leverage(tw_moment *now, tw_control_use *use, const tw_strategy_account *account)
{
    (void)now;
    return account->gross_leverage > use->params.leverage.limit;
}

static bool breaks_min_leverage(tw_moment *now, tw_control_use *use, const tw_strategy_account *account)
{
    const tw_session *session = now->market->session;
    const size_t from = now->run->from;
    const int64_t passed = session ? session[now->session].day - session[from].day : (int64_t)(now->session - from);
    return passed >= use->params.leverage.days && account->gross_leverage < use->params.leverage.limit;
}

/* ---------------------------------------------------------------- the family */

static const tw_param SIZE[] = {
    TW_PARAM_TEXT(size_params, asset, "", NULL, "symbol; empty: every asset"),
    TW_PARAM(size_params, shares, INFINITY, 0, INFINITY, "most shares"),
    TW_PARAM(size_params, notional, INFINITY, 0, INFINITY, "most shares times price, of the account's currency"),
    TW_PARAM_TEXT(size_params, on_error, "fail", "fail|log", "fail: the run stops; log: it is counted"),
    TW_PARAM_END,
};
static const tw_param COUNT[] = {
    TW_PARAM(count_params, count, 0, 0, 1e9, "most orders a session"),
    TW_PARAM_TEXT(count_params, on_error, "fail", "fail|log", "fail: the run stops; log: it is counted"),
    TW_PARAM_END,
};
static const tw_param PLAIN[] = {
    TW_PARAM_TEXT(plain_params, on_error, "fail", "fail|log", "fail: the run stops; log: it is counted"),
    TW_PARAM_END,
};
static const tw_param MAX_LEVERAGE[] = {
    TW_PARAM(leverage_params, limit, 1, 0, 1e9, "gross exposure over the portfolio's value"),
    TW_PARAM_END,
};
static const tw_param MIN_LEVERAGE[] = {
    TW_PARAM(leverage_params, limit, 1, 0, 1e9, "gross exposure over the portfolio's value"),
    TW_PARAM(leverage_params, days, 0, 0, 1e9, "of grace from the first session on"),
    TW_PARAM_END,
};

const tw_control tw_control_asset_dates = {
    .name = "asset_dates",
    .title = "No order of an asset before it is listed or after",
    .source = "zipline, AssetDateBounds",
    .params = PLAIN,
    .on_order = breaks_asset_dates,
};
const tw_control tw_control_long_only = {
    .name = "long_only",
    .title = "No order that would make a holding negative",
    .source = "zipline, LongOnly",
    .params = PLAIN,
    .on_order = breaks_long_only,
};
const tw_control tw_control_max_leverage = {
    .name = "max_leverage",
    .title = "Most gross leverage at a session's end",
    .source = "zipline, MaxLeverage",
    .params = MAX_LEVERAGE,
    .on_account = breaks_max_leverage,
};
const tw_control tw_control_max_order_count = {
    .name = "max_order_count",
    .title = "Most orders a session",
    .source = "zipline, MaxOrderCount",
    .params = COUNT,
    .on_order = breaks_order_count,
};
const tw_control tw_control_max_order_size = {
    .name = "max_order_size",
    .title = "Most shares or money of an order",
    .source = "zipline, MaxOrderSize",
    .params = SIZE,
    .on_order = breaks_order_size,
};
const tw_control tw_control_max_position_size = {
    .name = "max_position_size",
    .title = "Most shares or money held of an asset once an order is filled",
    .source = "zipline, MaxPositionSize",
    .params = SIZE,
    .on_order = breaks_position_size,
};
const tw_control tw_control_min_leverage = {
    .name = "min_leverage",
    .title = "Least gross leverage at a session's end, after days of grace",
    .source = "zipline, MinLeverage",
    .params = MIN_LEVERAGE,
    .on_account = breaks_min_leverage,
};

static const tw_control *const CONTROLS[] = {
#define TW_CONTROL(name) &tw_control_##name,
#include "backtest/event/controls.def"
#undef TW_CONTROL
};

enum { N_CONTROLS = sizeof CONTROLS / sizeof *CONTROLS };

const tw_control *const *tw_controls(size_t *n)
{
    *n = N_CONTROLS;
    return CONTROLS;
}

static const char *on_error(const tw_control_use *use)
{
    if (use->control->params == SIZE) return use->params.size.on_error;
    if (use->control->params == COUNT) return use->params.count.on_error;
    return use->params.plain.on_error;
}

tw_status tw_control_add(tw_moment *now, const char *text, tw_error *err)
{
    const char *names[N_CONTROLS + 1] = {NULL}, *rest = "";
    tw_control_use use = {.asset = TW_NONE};
    for (size_t i = 0; i < N_CONTROLS && !use.control; i++) {
        names[i] = CONTROLS[i]->name;
        if (tw_first_word(text, names[i], &rest)) use.control = CONTROLS[i];
    }
    if (!use.control) return tw_model_unknown("control", text, names, err);
    TW_TRY(tw_params_parse(use.control->params, use.control->name, rest, &use.params, err));
    if (use.control->params == SIZE) {
        const size_params *p = &use.params.size;
        if (isinf(p->shares) && isinf(p->notional))
            return tw_fail(err, TW_BAD_VALUE, "%s: give shares, notional or both", use.control->name);
        if (p->asset[0]) TW_TRY(tw_asset_find(now, p->asset, &use.asset, err));
    }
    tw_control_use *kept = tw_list_add(now->ctx, &now->controls);
    if (!kept) return tw_no_memory(err, "a control");
    *kept = use;
    return TW_OK;
}

tw_status tw_controls_order(tw_moment *now, size_t asset, double amount, tw_error *err)
{
    tw_control_use *use = now->controls.item;
    for (size_t i = 0; i < now->controls.n; i++) {
        if (!use[i].control->on_order || !use[i].control->on_order(now, &use[i], asset, amount)) continue;
        if (strcmp(on_error(&use[i]), "fail") == 0)
            return tw_fail(err, TW_BAD_STATE, "session %zu: an order of %g of %s breaks %s", now->session, amount,
                           now->market->asset[asset].symbol, use[i].control->name);
        now->result->quirks[TW_QUIRK_control_logged].count++;
    }
    return TW_OK;
}

tw_status tw_controls_account(tw_moment *now, tw_error *err)
{
    tw_control_use *use = now->controls.item;
    for (size_t i = 0; i < now->controls.n; i++) {
        if (!use[i].control->on_account) continue;
        const tw_strategy_account account = tw_moment_account(now);
        if (use[i].control->on_account(now, &use[i], &account))
            return tw_fail(err, TW_BAD_STATE, "session %zu: leverage %g breaks %s limit=%g", now->session,
                           account.gross_leverage, use[i].control->name, use[i].params.leverage.limit);
    }
    return TW_OK;
}

size_t tw_control_size(void) { return sizeof(tw_control_use); }
