/* SPDX-License-Identifier: Apache-2.0 */
/* strategy_case.h - random markets of shares and a future with gaps, halts, splits and dividends, and a strategy that
 * draws its orders, for tests of properties. */
#ifndef STRATEGY_CASE_H
#define STRATEGY_CASE_H

#include "tradewind/strategy.h"
#include "tw_test.h"

#include <math.h>
#include <stdlib.h>

enum {
    CASE_SESSIONS = 40,
    CASE_MINUTES = 5,
    CASE_ASSETS = 5,
    CASE_ACTIONS = 12,
    CASE_BARS = CASE_SESSIONS * CASE_MINUTES
};

typedef struct strategy_case {
    uint64_t seed;
    tw_asset asset[CASE_ASSETS];
    tw_asset_action action[CASE_ACTIONS];
    tw_session session[CASE_SESSIONS];
    size_t minute_from[CASE_SESSIONS + 1];
    int64_t minute_ns[CASE_BARS];
    double minute[5][CASE_ASSETS * CASE_BARS], daily[5][CASE_ASSETS * CASE_SESSIONS];
    tw_asset_market market;
    tw_strategy_run run;
    const char *const *settings;
    tw_rate rate[2];
    double rates[2][4][CASE_BARS]; /* open and close of days, of minutes */
    tw_strategy strategy;
    uint64_t calls;
    bool identity; /* check at every call that cash and holdings add up */
} strategy_case;

static inline double case_draw(uint64_t seed, uint64_t stream, uint64_t i)
{
    tw_random r = {seed, stream, i * 4};
    return tw_random_uniform(&r);
}

/* Bars are a function of the seed, the symbol and the time alone, so that assets can change places. */
static inline void case_bar(strategy_case *c, size_t a, size_t i)
{
    const uint64_t stream = (uint64_t)c->asset[a].symbol[0];
    const size_t at = a * CASE_BARS + i;
    const bool gap = case_draw(c->seed, stream, i) < 0.1;
    const double before =
        i == 0 || isnan(c->minute[3][at - 1]) ? 20 + 7 * case_draw(c->seed, stream + 1000, 0) : c->minute[3][at - 1];
    const double open = before * (1 + 0.02 * (case_draw(c->seed, stream + 2000, i) - 0.5));
    const double close = open * (1 + 0.06 * (case_draw(c->seed, stream + 3000, i) - 0.5));
    c->minute[0][at] = gap ? NAN : open;
    c->minute[1][at] = gap ? NAN : fmax(open, close) * (1 + 0.01 * case_draw(c->seed, stream + 4000, i));
    c->minute[2][at] = gap ? NAN : fmin(open, close) * (1 - 0.01 * case_draw(c->seed, stream + 5000, i));
    c->minute[3][at] = gap ? NAN : close;
    c->minute[4][at] = gap ? 0 : floor(3000 * case_draw(c->seed, stream + 6000, i));
}

static inline void case_day(strategy_case *c, size_t a, size_t s)
{
    double o = NAN, h = NAN, l = NAN, k = NAN, v = 0;
    for (size_t i = s * CASE_MINUTES; i < (s + 1) * CASE_MINUTES; i++) {
        const size_t at = a * CASE_BARS + i;
        if (isnan(c->minute[3][at])) continue;
        o = isnan(o) ? c->minute[0][at] : o;
        h = fmax(h, c->minute[1][at]);
        l = fmin(l, c->minute[2][at]);
        k = c->minute[3][at];
        v += c->minute[4][at];
    }
    const double x[5] = {o, h, l, k, v};
    for (int f = 0; f < 5; f++) c->daily[f][a * CASE_SESSIONS + s] = x[f];
}

static inline void case_actions(strategy_case *c)
{
    for (size_t i = 0; i < CASE_ACTIONS; i++) {
        const size_t a = i % (CASE_ASSETS - 1), session = 3 + i * 3;
        const tw_asset_action of[4] = {
            {.kind = TW_SPLIT, .ratio = i % 3 ? 0.5 : 3},
            {.kind = TW_DIVIDEND, .ratio = 0.99, .amount = 0.37, .pay = session + 2},
            {.kind = TW_STOCK_DIVIDEND, .ratio = 0.9, .amount = 0.1, .pay = session + 1},
            {.kind = TW_DIVIDEND, .amount = 0.2},
        };
        c->action[i] = of[i % 4];
        c->action[i].session = session;
        c->action[i].asset = c->action[i].paid = a;
    }
}

/* B and D are quoted in EUR, C and the future E in JPY, of which the account is not; rates come with gaps. */
static inline void case_quote(strategy_case *c, bool convert)
{
    static const char *const settings[] = {
        "margin", "initial=0.01 maintenance=0", "borrow", "rate=0.02", "interest", "credit=0.01",
        "fee",    "side=sell bps=0.3",          NULL,     NULL,        NULL};
    static const char *const converting[] = {
        "margin", "initial=0.01 maintenance=0", "borrow",   "rate=0.02",    "interest", "credit=0.01",
        "fee",    "side=sell bps=0.3",          "currency", "cash=convert", NULL};
    static const char *const of[CASE_ASSETS] = {NULL, "EUR", "JPY", "EUR", "JPY"};
    for (size_t a = 0; a < CASE_ASSETS; a++) c->asset[a].currency = of[c->asset[a].symbol[0] - 'A'];
    for (size_t k = 0; k < 2; k++)
        for (uint64_t i = 0; i < CASE_BARS; i++)
            for (uint64_t f = 0; f < 4; f++) {
                const double x = case_draw(c->seed, 7000 + 10 * k + f, i), level = k ? 150 : 1.1;
                c->rates[k][f][i] = x < 0.2 && i > 0 ? NAN : level * (1 + 0.02 * (x - 0.5));
            }
    c->rate[0] = (tw_rate){"EUR", "USD", c->rates[0][0], c->rates[0][1], c->rates[0][2], c->rates[0][3]};
    c->rate[1] = (tw_rate){"USD", "JPY", c->rates[1][0], c->rates[1][1], c->rates[1][2], c->rates[1][3]};
    c->market.rate = c->rate;
    c->market.n_rates = 2;
    c->run.currency = "USD";
    c->run.settings = convert ? converting : settings;
}

/* Cash is that of all currencies, each at its rate. */
static inline void case_cash_adds_up(const strategy_case *c, const tw_moment *now, double cash)
{
    static const char *const other[] = {"EUR", "JPY"};
    int64_t micros = llround(tw_moment_balance(now, "USD") * 1e6);
    for (int k = 0; k < 2; k++) {
        const double amount = tw_moment_balance(now, other[k]);
        double rate = NAN;
        for (size_t a = 0; a < CASE_ASSETS; a++)
            if (c->asset[a].currency && strcmp(c->asset[a].currency, other[k]) == 0) rate = tw_moment_rate(now, a);
        if (amount != 0) micros += llround(amount * rate * 1e6);
    }
    assert_int_equal(micros, llround(cash * 1e6));
}

/* Money of the account and of what it holds, added up in millionths. */
static inline void case_adds_up(const strategy_case *c, tw_moment *now)
{
    const tw_strategy_account account = tw_moment_account(now);
    double total = account.cash;
    int64_t micros = llround(account.cash * 1e6);
    for (size_t a = 0; a < CASE_ASSETS; a++) {
        const tw_holding held = tw_moment_position(now, a);
        const double value = c->asset[a].kind == TW_FUTURE ? 0 : held.amount * held.last_price * held.rate;
        total += value;
        micros += llround(value * 1e6);
    }
    if (c->run.mode == TW_REALISTIC)
        assert_int_equal(micros, llround(account.portfolio_value * 1e6));
    else
        assert_near(total, account.portfolio_value, 1e-6);
    if (c->market.n_rates) case_cash_adds_up(c, now, account.cash);
}

/* Orders of an asset at a bar, drawn from its symbol and the time. */
static inline tw_status case_act(strategy_case *c, tw_moment *now, size_t a, tw_error *err)
{
    const uint64_t stream = 9000 + (uint64_t)c->asset[a].symbol[0], i = tw_moment_bar(now);
    const double what = case_draw(c->seed, stream, i), how = case_draw(c->seed, stream + 500, i);
    const double price = tw_moment_price(now, a);
    size_t open[4], n = tw_moment_open_orders(now, a, 4, open);
    double window[3];
    if (isnan(price)) return TW_OK;
    if (tw_moment_session(now) >= 2)
        TW_TRY(tw_moment_window(now, &(tw_window){.asset = a, .n = 3, .field = TW_PRICE}, window, err));
    if (what < 0.1 && n > 0) TW_TRY(tw_moment_cancel(now, open[0], err));
    if (what > 0.4) return TW_OK;
    tw_order_request request = {.asset = a, .amount = floor(200 * (what - 0.2)), .unit = TW_SHARES};
    if (how < 0.2) request.unit = TW_TARGET_SHARES;
    if (how > 0.4) request.style.limit = price * (0.98 + 0.04 * how);
    if (how > 0.7) request.style.stop = price * (0.97 + 0.05 * what);
    if (c->run.mode == TW_REALISTIC) {
        if (how > 0.2 && how < 0.3) request.style.trail_share = 0.03;
        if (how > 0.3 && how < 0.4) request.style.stop_loss = price * 0.9, request.style.take_profit = price * 1.1;
        if (how > 0.5 && how < 0.6) request.style.life = TW_DAY;
    }
    return tw_moment_place(now, &request, NULL, err);
}

static inline tw_status case_handle_data(void *state, tw_moment *now, tw_error *err)
{
    strategy_case *c = state;
    c->calls++;
    if (c->identity) case_adds_up(c, now);
    /* by symbol, so that the places of assets do not matter */
    for (char symbol = 'A'; symbol < 'A' + CASE_ASSETS; symbol++)
        for (size_t a = 0; a < CASE_ASSETS; a++)
            if (c->asset[a].symbol[0] == symbol) TW_TRY(case_act(c, now, a, err));
    if (c->identity) case_adds_up(c, now);
    return tw_moment_record(now, "calls", (double)c->calls, err);
}

static inline void case_init(strategy_case *c, uint64_t seed, tw_strategy_mode mode, bool by_minute)
{
    static const char *const symbols[CASE_ASSETS] = {"A", "B", "C", "D", "E"};
    static const char *const settings[] = {
        "margin", "initial=0.01 maintenance=0", "borrow", "rate=0.02", "interest", "credit=0.01",
        "fee",    "side=sell bps=0.3",          NULL};
    static const char *const plain[] = {"slippage", "volume_share volume_limit=0.1", "cancel", "end_of_day", NULL};
    memset(c, 0, sizeof *c);
    c->seed = seed;
    for (size_t a = 0; a < CASE_ASSETS; a++) c->asset[a].symbol = symbols[a];
    c->asset[4] = (tw_asset){.symbol = "E", .kind = TW_FUTURE, .root = "ES", .multiplier = 5, .auto_close = 33};
    c->asset[3].end = 30;
    c->asset[3].auto_close = 31;
    for (size_t s = 0; s < CASE_SESSIONS; s++) {
        const int64_t day = 16000 + (int64_t)(s / 5 * 7 + s % 5);
        c->session[s] = (tw_session){.day = day,
                                     .open_ns = day * TW_NS_PER_DAY + 14 * 3600 * TW_NS_PER_SECOND,
                                     .close_ns = day * TW_NS_PER_DAY + 21 * 3600 * TW_NS_PER_SECOND};
        c->minute_from[s + 1] = (s + 1) * CASE_MINUTES;
        for (size_t m = 0; m < CASE_MINUTES; m++)
            c->minute_ns[s * CASE_MINUTES + m] = c->session[s].open_ns + (int64_t)(m + 1) * 60 * TW_NS_PER_SECOND;
    }
    case_actions(c);
    c->market = (tw_asset_market){
        .n_sessions = CASE_SESSIONS,
        .n_assets = CASE_ASSETS,
        .n_actions = CASE_ACTIONS,
        .n_minutes = CASE_BARS,
        .session = c->session,
        .asset = c->asset,
        .action = c->action,
        .daily = {c->daily[0], c->daily[1], c->daily[2], c->daily[3], c->daily[4]},
        .minute = {c->minute[0], c->minute[1], c->minute[2], c->minute[3], c->minute[4]},
        .minute_ns = c->minute_ns,
        .minute_from = c->minute_from,
    };
    c->run = (tw_strategy_run){.mode = mode,
                               .to = CASE_SESSIONS,
                               .by_minute = by_minute,
                               .capital = 1e6,
                               .settings = mode == TW_REALISTIC ? settings : plain};
    c->strategy = (tw_strategy){.state = c, .handle_data = case_handle_data};
}

/* Fills the bars; to be called once assets are in their places. */
static inline void case_bars(strategy_case *c)
{
    for (size_t a = 0; a < CASE_ASSETS; a++) {
        for (size_t i = 0; i < CASE_BARS; i++) case_bar(c, a, i);
        for (size_t s = 0; s < CASE_SESSIONS; s++) case_day(c, a, s);
    }
}

static inline tw_strategy_result *case_run(strategy_case *c)
{
    tw_strategy_result *result = NULL;
    tw_error err;
    c->calls = 0;
    assert_ok(tw_strategy_simulate(NULL, &c->market, &c->strategy, &c->run, &result, &err), &err);
    return result;
}

#endif
