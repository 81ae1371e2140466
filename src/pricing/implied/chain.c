/* SPDX-License-Identifier: Apache-2.0 */
/* chain.c - whole chains: expiries and their pairs, parity, volatilities, greeks. */
#include "pricing/engine.h"
#include "pricing/implied/parity.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* The workspace, cut up. */
typedef struct parts {
    size_t *order, *by_strike;
    double *mid, *spot, *r, *q, *vol, *key;
    tw_parity pairs;
    tw_row_status *status;
    void *price;
    size_t price_size;
} parts;

enum { DOUBLES = 11 };

static size_t round_up(size_t bytes) { return (bytes + 63) / 64 * 64; }

static tw_pricer pricer_of(const tw_ctx *ctx) { return (tw_pricer){.engine = &tw_engine_black, .ctx = ctx}; }

static size_t price_bytes(const tw_ctx *ctx)
{
    const tw_pricer pricer = pricer_of(ctx);
    return tw_price_workspace(&pricer, &(tw_contracts){0}, &(tw_price_market){0});
}

size_t tw_chain_workspace(const tw_ctx *ctx, size_t n)
{
    if (n > SIZE_MAX / 256) return SIZE_MAX;
    return round_up(price_bytes(ctx)) + 2 * round_up(n * sizeof(size_t)) + DOUBLES * round_up(n * sizeof(double)) +
           round_up(n * sizeof(tw_row_status));
}

static void *cut(char **at, size_t bytes)
{
    void *part = *at;
    *at += round_up(bytes);
    return part;
}

static parts cut_up(const tw_ctx *ctx, size_t n, void *workspace)
{
    char *at = workspace;
    parts p = {.price_size = round_up(price_bytes(ctx))};
    p.price = cut(&at, p.price_size);
    p.order = cut(&at, n * sizeof(size_t)), p.by_strike = cut(&at, n * sizeof(size_t));
    double **const arrays[DOUBLES] = {&p.mid,      &p.spot,         &p.r,         &p.q,           &p.vol,
                                      &p.key,      &p.pairs.strike, &p.pairs.gap, &p.pairs.width, &p.pairs.weight,
                                      &p.pairs.off};
    for (int i = 0; i < DOUBLES; i++) *arrays[i] = cut(&at, n * sizeof(double));
    p.status = cut(&at, n * sizeof(tw_row_status));
    return p;
}

/* ---------------------------------------------------------------- quotes */

static double middle(const tw_chain *c, size_t i)
{
    if (!c->ask) return c->bid[i];
    return c->bid[i] >= 0.0 && c->ask[i] >= c->bid[i] && c->ask[i] <= TW_PRICE_MAX ? 0.5 * (c->bid[i] + c->ask[i])
                                                                                   : NAN;
}

/* Quotes by T, then strike. */
static void sort(const tw_chain *c, const parts *p)
{
    tw_argsort(c->n, c->strike, p->by_strike);
    for (size_t i = 0; i < c->n; i++) p->key[i] = c->T[p->by_strike[i]];
    tw_argsort(c->n, p->key, p->order);
    for (size_t i = 0; i < c->n; i++) p->order[i] = p->by_strike[p->order[i]];
}

/* Adds the pair of a strike, whose quotes are order[from..to). */
static void add_pair(const tw_chain *c, parts *p, size_t from, size_t to)
{
    size_t call = SIZE_MAX, put = SIZE_MAX;
    for (size_t k = from; k < to; k++) {
        const size_t i = p->order[k];
        if (!isfinite(p->mid[i])) continue;
        if (c->type[i] > 0.0) call = i;
        if (c->type[i] < 0.0) put = i;
    }
    if (call == SIZE_MAX || put == SIZE_MAX || !isfinite(c->strike[call])) return;
    const size_t n = p->pairs.n++;
    p->pairs.strike[n] = c->strike[call];
    p->pairs.gap[n] = p->mid[call] - p->mid[put];
    p->pairs.width[n] = c->ask ? (c->ask[call] - c->bid[call]) + (c->ask[put] - c->bid[put]) : 0.0;
}

static void collect_pairs(const tw_chain *c, parts *p, size_t from, size_t to)
{
    p->pairs.n = 0;
    for (size_t k = from, end; k < to; k = end) {
        const double strike = c->strike[p->order[k]];
        for (end = k + 1; end < to && c->strike[p->order[end]] == strike;) end++;
        add_pair(c, p, k, end);
    }
}

/* Market of the quotes of an expiry: NaN rates, and so MISSING rows, where parity says nothing. */
static void set_market(const tw_chain *c, const parts *p, const tw_chain_expiry *e, size_t from, size_t to)
{
    const double r = -tw_log(e->discount) / e->T, spot = isnan(c->spot) ? e->forward : c->spot;
    const double q = isnan(c->spot) ? r : r - tw_log(e->forward / spot) / e->T;
    for (size_t k = from; k < to; k++) {
        const size_t i = p->order[k];
        p->spot[i] = spot, p->r[i] = r, p->q[i] = q;
    }
}

static tw_status fit_expiries(const tw_chain *c, parts *p, tw_chain_result *result, tw_error *err)
{
    result->expiries = 0;
    for (size_t from = 0, to; from < c->n; from = to) {
        const double T = c->T[p->order[from]];
        for (to = from + 1; to < c->n && (c->T[p->order[to]] == T || isnan(T));) to++;
        if (result->expiries == result->expiries_max)
            return tw_fail(err, TW_BAD_VALUE, "chain: more than %zu expiries", result->expiries_max);
        tw_chain_expiry *e = &result->expiry[result->expiries];
        collect_pairs(c, p, from, to);
        *e = (tw_chain_expiry){.T = T, .pairs = p->pairs.n};
        tw_parity_fit(&p->pairs, c->rate, e);
        set_market(c, p, e, from, to);
        for (size_t k = from; result->expiry_of && k < to; k++)
            result->expiry_of[p->order[k]] = (uint32_t)result->expiries;
        result->expiries++;
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- volatilities */

static tw_status imply(const tw_ctx *ctx, const tw_chain *c, const parts *p, tw_chain_result *result, tw_error *err)
{
    tw_contracts contracts = {.n = c->n};
    tw_price_market market = {0};
    TW_TRY(tw_instrument_find("european", &contracts.instrument, err));
    TW_TRY(tw_price_model_find("black_scholes", &market.model, err));
    contracts.column[TW_COL_type] = (tw_column){c->type, 1};
    contracts.column[TW_COL_strike] = (tw_column){c->strike, 1};
    contracts.column[TW_COL_T] = (tw_column){c->T, 1};
    contracts.column[TW_COL_spot] = (tw_column){p->spot, 1};
    contracts.column[TW_COL_r] = (tw_column){p->r, 1};
    contracts.column[TW_COL_q] = (tw_column){p->q, 1};
    contracts.column[TW_COL_price] = (tw_column){p->mid, 1};
    double *vol = result->vol ? result->vol : p->vol;
    tw_row_status *status = result->values.status ? result->values.status : p->status;
    TW_TRY(tw_implied(ctx, &contracts, &market, vol, status, err));
    tw_pricer pricer = pricer_of(ctx);
    pricer.workspace = p->price, pricer.workspace_size = p->price_size;
    contracts.column[TW_COL_vol] = (tw_column){vol, 1};
    tw_values values = result->values;
    values.status = NULL; /* the quote's has been said */
    return tw_price(&pricer, &contracts, &market, &values, err);
}

tw_status tw_chain_implied(const tw_ctx *ctx, const tw_chain *chain, tw_chain_result *result, tw_error *err)
{
    static const tw_ctx none = {0};
    if (!ctx) ctx = &none;
    const size_t need = tw_chain_workspace(ctx, chain->n);
    if (result->workspace_size < need)
        return tw_fail(err, TW_BAD_VALUE, "chain: the workspace must have %zu bytes, got %zu", need,
                       result->workspace_size);
    parts p = cut_up(ctx, chain->n, result->workspace);
    for (size_t i = 0; i < chain->n; i++) p.mid[i] = middle(chain, i);
    sort(chain, &p);
    TW_TRY(fit_expiries(chain, &p, result, err));
    return imply(ctx, chain, &p, result, err);
}
