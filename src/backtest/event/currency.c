/* SPDX-License-Identifier: Apache-2.0 */
/* Currencies of an account: the rates known at a moment, and what their changes make of cash and holdings. */
#include "backtest/event/engine.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- from names to series */

static bool same(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

/* A series between two currencies, either way round. */
static bool find_leg(const tw_asset_market *market, const char *from, const char *to, tw_rate_leg *leg)
{
    for (size_t i = 0; i < market->n_rates; i++) {
        const tw_rate *r = &market->rate[i];
        const bool straight = same(r->base, from) && same(r->quote, to);
        if (!straight && !(same(r->base, to) && same(r->quote, from))) continue;
        *leg = (tw_rate_leg){.rate = r, .inverse = !straight};
        return true;
    }
    return false;
}

/* A series to the account's currency, or two by way of a third. */
static void find_legs(const tw_moment *now, tw_currency *c)
{
    const tw_asset_market *market = now->market;
    const char *home = now->currency[0].name;
    if (find_leg(market, c->name, home, &c->leg[0])) {
        c->n_legs = 1;
        return;
    }
    for (size_t i = 0; i < market->n_rates; i++) {
        const tw_rate *r = &market->rate[i];
        if (!same(r->base, c->name) && !same(r->quote, c->name)) continue;
        const char *between = same(r->base, c->name) ? r->quote : r->base;
        if (!find_leg(market, between, home, &c->leg[1])) continue;
        c->leg[0] = (tw_rate_leg){.rate = r, .inverse = same(r->quote, c->name)};
        c->n_legs = 2;
        return;
    }
}

bool tw_asset_is_foreign(const tw_moment *now, size_t asset)
{
    const char *name = now->market->asset[asset].currency;
    return name && !same(name, now->run->currency);
}

static size_t add_currency(tw_moment *now, const char *name)
{
    size_t k = 0;
    if (!name || same(name, now->currency[0].name)) return 0;
    while (k < now->n_currencies && !same(now->currency[k].name, name)) k++;
    if (k < now->n_currencies) return k;
    now->currency[k] = (tw_currency){.name = name, .rate = NAN};
    find_legs(now, &now->currency[k]);
    now->n_currencies++;
    return k;
}

static tw_status check_rates(const tw_asset_market *market, tw_error *err)
{
    for (size_t i = 0; i < market->n_rates; i++) {
        const tw_rate *r = &market->rate[i];
        if (!r->base || !r->quote || same(r->base, r->quote))
            return tw_fail(err, TW_BAD_VALUE, "market: rate %zu is of '%s' in '%s'", i, r->base ? r->base : "",
                           r->quote ? r->quote : "");
    }
    return TW_OK;
}

tw_status tw_currencies_build(tw_moment *now, tw_error *err)
{
    const tw_asset_market *market = now->market;
    now->currency = tw_new(now->ctx, market->n_assets + 1, sizeof *now->currency);
    if (!now->currency) return tw_no_memory(err, "a run");
    now->currency[0] = (tw_currency){.name = now->run->currency, .rate = 1};
    now->n_currencies = 1;
    TW_TRY(check_rates(market, err));
    for (size_t i = 0; i < market->n_assets; i++) {
        const char *name = market->asset[i].currency;
        if (!now->realistic || !name) continue; /* zipline's ledger knows no currencies */
        if (!now->run->currency)
            return tw_fail(err, TW_BAD_VALUE, "run: %s is quoted in %s, but the account has no currency",
                           market->asset[i].symbol, name);
        now->lot[i].currency = add_currency(now, name);
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- what is known when */

static bool is_rate(double x) { return x > 0 && isfinite(x); }

/* 1 + the last bar below `upto` that has a rate; 0: none. Where it was found is kept for the next look. */
static size_t last_known(tw_rate_leg *leg, const double *x, size_t upto)
{
    const bool back = upto < leg->upto;
    const size_t seen = back ? 0 : leg->upto;
    size_t i = upto;
    while (i > seen && !is_rate(x[i - 1])) i--;
    const size_t found = i > seen || back ? i : leg->last;
    if (back) return found;
    leg->upto = upto;
    leg->last = found;
    return found;
}

/* A rate of `open` at bar `upto`, or else the last close below it. */
static double look_up(tw_rate_leg *leg, const double *open, const double *close, size_t upto)
{
    double x = NAN;
    if (open && is_rate(open[upto]))
        x = open[upto];
    else if (close) {
        const size_t last = last_known(leg, close, upto);
        if (last) x = close[last - 1];
    }
    return leg->inverse ? 1 / x : x;
}

static double leg_now(const tw_moment *now, tw_rate_leg *leg, bool at_open)
{
    const tw_rate *r = leg->rate;
    const size_t bar = now->bar + 1 - at_open; /* those before it have ended */
    if (!now->run->by_minute) return look_up(leg, at_open ? r->open : NULL, r->close, bar);
    if (r->minute_close) return look_up(leg, at_open ? r->minute_open : NULL, r->minute_close, bar);
    return look_up(leg, NULL, r->close, now->session);
}

double tw_currency_known(const tw_moment *now, size_t currency, bool at_open)
{
    tw_currency *c = &now->currency[currency];
    double rate = currency == 0 || c->n_legs > 0 ? 1 : NAN;
    for (size_t i = 0; i < c->n_legs; i++) rate *= leg_now(now, &c->leg[i], at_open);
    return rate;
}

double tw_currency_of_session(const tw_moment *now, size_t currency, size_t session, bool at_open)
{
    const tw_currency *c = &now->currency[currency];
    double rate = currency == 0 || c->n_legs > 0 ? 1 : NAN;
    for (size_t i = 0; i < c->n_legs; i++) {
        tw_rate_leg leg = {.rate = c->leg[i].rate, .inverse = c->leg[i].inverse};
        rate *= look_up(&leg, at_open ? leg.rate->open : NULL, leg.rate->close, session + !at_open);
    }
    return rate;
}

tw_status tw_currency_check(tw_moment *now, size_t asset, tw_error *err)
{
    const size_t k = now->lot[asset].currency;
    if (!isnan(now->currency[k].rate)) return TW_OK;
    now->currency[k].rate = tw_currency_known(now, k, false);
    if (!isnan(now->currency[k].rate)) return TW_OK;
    const char *symbol = now->market->asset[asset].symbol, *home = now->currency[0].name, *name = now->currency[k].name;
    char time[48] = "";
    if (tw_moment_time(now) != TW_NO_TIME)
        time[1 + tw_time_format(tw_moment_time(now), time + 1)] = '\0', time[0] = ' ';
    if (now->currency[k].n_legs == 0)
        return tw_fail(err, TW_BAD_DATA, "%s, session %zu%s: it is quoted in %s, and no series of rates leads to %s",
                       symbol, now->session, time, name, home);
    return tw_fail(err, TW_BAD_DATA, "%s, session %zu%s: it is quoted in %s, of which no rate in %s is known yet",
                   symbol, now->session, time, name, home);
}

/* ---------------------------------------------------------------- what changes of rates make */

/* What is held in a currency, in that currency: cash, and shares at their last prices. */
static double held_in(const tw_moment *now, size_t currency)
{
    double sum = (double)now->currency[currency].micro / TW_MICRO;
    for (size_t i = 0; i < now->n_held; i++) {
        const tw_lot *lot = &now->lot[now->held[i]];
        if (lot->currency == currency && now->market->asset[now->held[i]].kind != TW_FUTURE)
            sum += lot->amount * lot->last_price;
    }
    return sum;
}

void tw_currencies_take(tw_moment *now)
{
    for (size_t k = 1; k < now->n_currencies; k++) {
        const double rate = tw_currency_known(now, k, false), before = now->currency[k].rate;
        if (isnan(rate) || rate == before) continue;
        if (!isnan(before)) now->currency_gain += held_in(now, k) * (rate - before);
        now->currency[k].rate = rate;
    }
    if (now->n_currencies > 1) tw_ledger_count(now);
}

tw_status tw_currencies_keep(tw_moment *now, tw_error *err)
{
    for (size_t k = 0; now->n_currencies > 1 && k < now->n_currencies; k++) {
        const tw_currency *c = &now->currency[k];
        if (k > 0 && c->micro == 0) continue;
        tw_balance *kept = tw_list_add(now->ctx, &now->result->balances);
        if (!kept) return tw_no_memory(err, "balances");
        *kept = (tw_balance){now->session, c->name, (double)c->micro / TW_MICRO, c->rate};
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- settings, and what a strategy sees */

typedef struct currency_params {
    char cash[TW_TEXT_MAX];
} currency_params;

static const tw_param CURRENCY[] = {
    TW_PARAM_TEXT(currency_params, cash, "keep", "keep|convert",
                  "keep: a fill moves cash of the asset's currency, which may be owed; convert: the account's, at the "
                  "rate of that moment"),
    TW_PARAM_END,
};

const tw_param *tw_currency_params(void) { return CURRENCY; }

tw_status tw_currency_set(tw_moment *now, const char *text, tw_error *err)
{
    currency_params p;
    TW_TRY(tw_params_parse(CURRENCY, "currency", text, &p, err));
    now->converts = p.cash[0] == 'c';
    return TW_OK;
}

double tw_moment_rate(const tw_moment *now, size_t asset)
{
    if (asset >= now->market->n_assets) return NAN;
    return tw_currency_known(now, now->lot[asset].currency, false);
}

double tw_moment_balance(const tw_moment *now, const char *currency)
{
    if (!now->realistic) return !currency || same(now->currency[0].name, currency) ? now->cash : 0;
    for (size_t k = 0; k < now->n_currencies; k++)
        if (same(now->currency[k].name, currency) || (k == 0 && !currency))
            return (double)now->currency[k].micro / TW_MICRO;
    return 0;
}
