/* SPDX-License-Identifier: Apache-2.0 */
/* implied.c - volatility from the price of an American option.
 *
 * The unknown is s = vol sqrt(T). A search by the fast rule, on the logarithm of what the price has above what is sure,
 * comes within 1e-4 of it; steps by the accurate rule, with the slope that the search leaves, end it. Rows are searched
 * for side by side, and leave when they are done. The driver is tw_price's, with an instrument that has a price in the
 * place of a volatility. */
#include "tradewind/american.h"

#include "pricing/american/american.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { SEARCH_STEPS = 40, FINAL_STEPS = 25 };

/* Values of s between which all volatilities lie. */
#define S_LEAST 1e-7

/* What values are good for, in strikes. */
#define NOISE 2e-16

typedef struct search {
    double target, floor; /* price and what exercise gives, in strikes */
    double lo, hi;        /* s lies between */
    double s, value;      /* last point */
    double before, value_before;
    double slope; /* d value / ds */
    double miss;  /* last step, relative */
} search;

typedef struct work {
    tw_am_tables fast, accurate;
    search row[TW_BLOCK];
    tw_am_put put[TW_BLOCK], active[TW_BLOCK];
    tw_am_result result[TW_BLOCK];
    size_t from[TW_BLOCK];
} work;

/* ---------------------------------------------------------------- steps */

/* Where to look first: the price is half its bound near the root of the distance to the strike; at the strike it is
 * 0.4 s. */
static double first_guess(const tw_am_put *p, const search *r)
{
    const double away = fabs(p->x + p->rt - p->qt), scale = sqrt(tw_exp(fmin(p->x, 0.0)));
    const double s = fmax(sqrt(2.0 * away), 2.5 * (r->target - r->floor) / fmax(scale, 1e-3));
    return fmin(fmax(s, 1e-4), 5.0);
}

/* Into the bracket, if a step left it. */
static double inside(const search *r, double s)
{
    if (s >= r->lo && s <= r->hi) return s;
    const double lo = fmax(r->lo, 0.2 * r->s), hi = fmin(r->hi, 4.0 * r->s);
    return r->value < r->target ? sqrt(r->s * hi) : sqrt(lo * r->s);
}

/* The next point of the search: by the secant of the logarithm, at first by a slope like a European option's. */
static double next_point(const search *r, double slope)
{
    const double now = r->value - r->floor, was = r->value_before - r->floor, want = r->target - r->floor;
    if (!(now > 0.0)) return inside(r, INFINITY);
    const double gap = tw_log(want / now);
    double rate = slope / now;
    if (was > 0.0 && r->before != r->s && was != now) rate = tw_log(now / was) / (r->s - r->before);
    return inside(r, rate > 0.0 ? r->s + gap / rate : INFINITY);
}

static void took(search *r, double value)
{
    if (r->before > 0.0 && r->before != r->s && value != r->value_before)
        r->slope = (value - r->value_before) / (r->s - r->before);
    r->value = value;
    if (value < r->target)
        r->lo = fmax(r->lo, r->s);
    else
        r->hi = fmin(r->hi, r->s);
}

/* Goes on to s, or stays where the value is as near as it tells. */
static void go(search *r, double s)
{
    const bool there = fabs(r->value - r->target) <= NOISE || fabs(s / r->s - 1.0) <= 1e-14;
    r->before = r->s, r->value_before = r->value;
    if (!there) r->s = s;
    r->miss = there ? 0.0 : fabs(r->s / r->before - 1.0);
}

/* ---------------------------------------------------------------- rounds */

/* Prices the rows whose last step was more than `enough`; returns how many. */
static size_t price_active(const tw_block *b, work *w, const tw_am_tables *tables, double enough)
{
    size_t m = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (tw_row_status_code(b->status[i]) != TW_ROW_OK || !(w->row[i].miss > enough)) continue;
        w->active[m] = w->put[i];
        w->active[m].s = w->row[i].s;
        w->from[m++] = i;
    }
    tw_am_solve(&(tw_am_solver){tw_am_kernels_of(b->isa), tables, w + 1}, w->active, m, w->result);
    return m;
}

static void search_all(const tw_block *b, work *w)
{
    for (int k = 0; k < SEARCH_STEPS; k++) {
        const size_t m = price_active(b, w, &w->fast, 1e-4);
        if (m == 0) return;
        for (size_t a = 0; a < m; a++) {
            search *r = &w->row[w->from[a]];
            const tw_am_result *v = &w->result[a];
            const double like = r->s * fmax(v->bend - v->slope, 0.0);
            if (r->before == 0.0) r->slope = like;
            took(r, v->value);
            go(r, next_point(r, like));
        }
    }
}

/* Newton's steps by the accurate rule, in the value itself. */
static void finish_all(const tw_block *b, work *w)
{
    for (size_t i = 0; i < b->n; i++) {
        w->row[i].miss = INFINITY, w->row[i].before = 0.0;
        w->row[i].lo *= 0.9, w->row[i].hi *= 1.1; /* the bracket is the fast rule's */
    }
    for (int k = 0; k < FINAL_STEPS; k++) {
        const size_t m = price_active(b, w, &w->accurate, 1e-9);
        if (m == 0) return;
        for (size_t a = 0; a < m; a++) {
            search *r = &w->row[w->from[a]];
            took(r, w->result[a].value);
            const double step = r->slope > 0.0 ? (r->target - r->value) / r->slope : INFINITY;
            go(r, inside(r, r->s + step));
        }
    }
}

/* ---------------------------------------------------------------- rows */

static tw_row_status begin(const tw_block *b, size_t i, work *w)
{
    tw_am_put *p = &w->put[i];
    search *r = &w->row[i];
    tw_am_put_of(b, i, p);
    const tw_am_kind kind = tw_am_kind_of(p, 1.0);
    p->kind = TW_AM_CERTAIN;
    tw_am_result sure;
    tw_am_solve_plain(&(tw_am_solver){NULL, NULL, NULL}, p, 1, &sure);
    p->kind = kind;
    const double price = b->col[TW_COL_price][i], target = price / p->unit, floor = sure.value;
    const double most = fmax(1.0, p->rt < 0.0 ? tw_exp(-p->rt) : 1.0);
    if (p->T == 0.0)
        return price > p->gain ? TW_ROW_STATUS(TW_ROW_ABOVE_BOUND, TW_COL_price)
                               : TW_ROW_STATUS(price < p->gain ? TW_ROW_BELOW_INTRINSIC : TW_ROW_LIMIT, TW_COL_price);
    if (target < sure.value * (1.0 - 1e-15) || (price <= p->gain && p->gain > 0.0))
        return TW_ROW_STATUS(TW_ROW_BELOW_INTRINSIC, TW_COL_price);
    if (target <= sure.value) return TW_ROW_STATUS(TW_ROW_LIMIT, TW_COL_price);
    const double bound = kind == TW_AM_EUROPEAN ? tw_exp(-p->rt) : most;
    if (target >= bound * (1.0 - 1e-15)) return TW_ROW_STATUS(TW_ROW_ABOVE_BOUND, TW_COL_price);
    *r = (search){.target = target, .floor = floor, .hi = 30.0, .lo = S_LEAST, .miss = INFINITY};
    r->s = first_guess(p, r);
    return TW_ROW_STATUS(TW_ROW_OK, TW_COLUMN_COUNT);
}

static void end(const tw_block *b, size_t i, const search *r)
{
    double *vol = &b->out[TW_VALUE_value][i];
    *vol = 0.0;
    if (tw_row_status_code(b->status[i]) != TW_ROW_OK) return;
    *vol = r->s / sqrt(b->col[TW_COL_T][i]);
    if (r->s > 29.0)
        b->status[i] = TW_ROW_STATUS(TW_ROW_ABOVE_BOUND, TW_COL_price);
    else if (!(r->miss < 1e-6))
        b->status[i] = TW_ROW_STATUS(TW_ROW_NO_CONVERGENCE, TW_COLUMN_COUNT);
}

static void price(const tw_block *b, const void *params)
{
    (void)params;
    work *w = b->work;
    tw_am_tables_make(tw_am_rule_of("fast"), &w->fast);
    tw_am_tables_make(tw_am_rule_of("accurate"), &w->accurate);
    for (size_t i = 0; i < b->n; i++) b->status[i] = begin(b, i, w);
    search_all(b, w);
    finish_all(b, w);
    for (size_t i = 0; i < b->n; i++) end(b, i, &w->row[i]);
}

/* ---------------------------------------------------------------- the call */

static size_t workspace(const void *params, const tw_contracts *contracts)
{
    (void)params;
    (void)contracts;
    return sizeof(work) + tw_am_tile_size();
}

static const tw_instrument QUOTE = {
    .name = "quote",
    .title = "price of an American option",
    .columns = TW_COL_BIT(type) | TW_COL_BIT(strike) | TW_COL_BIT(T) | TW_COL_BIT(price),
};

static const tw_price_model SPOT = {.name = "spot", .title = "unknown volatility"};
static const tw_price_model FORWARD = {.name = "forward", .title = "unknown volatility", .forward = true};

static const tw_scope SCOPES[] = {
    {"quote", "forward", 10, 0, TW_VALUE_BIT(TW_VALUE_value)},
    {"quote", "spot", 10, 0, TW_VALUE_BIT(TW_VALUE_value)},
    {.instrument = NULL},
};

static const tw_engine SEARCH = {
    .name = "implied_american",
    .title = "search for the volatility",
    .source = "",
    .scopes = SCOPES,
    .workspace = workspace,
    .price = price,
};

static const tw_contracts NO_CONTRACTS = {.instrument = &QUOTE};

size_t tw_implied_american_workspace(const tw_ctx *ctx)
{
    return tw_price_workspace(&(tw_pricer){.engine = &SEARCH, .ctx = ctx}, &NO_CONTRACTS,
                              &(tw_price_market){.model = &SPOT});
}

tw_status tw_implied_american(const tw_implied_american_call *call, const tw_contracts *contracts, double *vol,
                              tw_row_status *status, tw_error *err)
{
    tw_contracts quotes = *contracts;
    quotes.instrument = &QUOTE;
    quotes.dates = quotes.dividends = (tw_dates){0};
    const tw_pricer pricer = {
        .engine = &SEARCH, .ctx = call->ctx, .workspace = call->workspace, .workspace_size = call->workspace_size};
    const tw_price_market market = {.model = call->forward ? &FORWARD : &SPOT};
    return tw_price(&pricer, &quotes, &market, &(tw_values){.value[TW_VALUE_value] = vol, .status = status}, err);
}
