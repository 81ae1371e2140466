/* SPDX-License-Identifier: Apache-2.0 */
/* black.c - European options and digitals in closed form: which kernel is whose, displacements, dividends. */
#include "pricing/black.h"
#include "base/isa.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

#define FIRST_ORDER                                                                                                    \
    (TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_delta) | TW_VALUE_BIT(TW_VALUE_gamma) |                      \
     TW_VALUE_BIT(TW_VALUE_vega) | TW_VALUE_BIT(TW_VALUE_theta) | TW_VALUE_BIT(TW_VALUE_rho) |                         \
     TW_VALUE_BIT(TW_VALUE_dividend_rho))
#define BY_VOL (TW_VALUE_BIT(TW_VALUE_vanna) | TW_VALUE_BIT(TW_VALUE_volga))
#define ALL_GREEKS                                                                                                     \
    (FIRST_ORDER | BY_VOL | TW_VALUE_BIT(TW_VALUE_charm) | TW_VALUE_BIT(TW_VALUE_speed) | TW_VALUE_BIT(TW_VALUE_color))

static const tw_scope SCOPES[] = {
    {"european", "black_scholes", 15, TW_SCOPE_ESCROWED, ALL_GREEKS},
    {"european", "black76", 15, 0, ALL_GREEKS},
    {"european", "shifted", 15, 0, ALL_GREEKS},
    {"european", "bachelier", 15, 0, ALL_GREEKS},
    {"digital_cash", "black_scholes", 15, 0, FIRST_ORDER | BY_VOL},
    {"digital_cash", "black76", 15, 0, FIRST_ORDER | BY_VOL},
    {"digital_asset", "black_scholes", 15, 0, FIRST_ORDER | BY_VOL},
    {"digital_asset", "black76", 15, 0, FIRST_ORDER | BY_VOL},
    {.instrument = NULL},
};

static tw_black_fn *kernel(const tw_block *b)
{
    if (strcmp(b->scope->instrument, "digital_cash") == 0) return TW_ISA_PICK(b->isa, tw_black_cash);
    if (strcmp(b->scope->instrument, "digital_asset") == 0) return TW_ISA_PICK(b->isa, tw_black_asset);
    if (strcmp(b->scope->model, "bachelier") == 0) return TW_ISA_PICK(b->isa, tw_bachelier_vanilla);
    return TW_ISA_PICK(b->isa, tw_black_vanilla);
}

static tw_black_job job_of(const tw_block *b)
{
    const double *const *c = b->col;
    return (tw_black_job){c[TW_COL_type], c[TW_COL_spot], c[TW_COL_strike], c[TW_COL_r], c[TW_COL_q], c[TW_COL_vol],
                          c[TW_COL_T],    c[TW_COL_cash], b->out,           b->wants,    b->status};
}

/* ---------------------------------------------------------------- displacement */

/* Spot and strike of rows whose displaced prices are not positive are replaced, and the rows failed afterwards. */
static void shifted(const tw_block *b, tw_black_job *job)
{
    double spot[TW_BLOCK], strike[TW_BLOCK];
    const double *shift = b->col[TW_COL_shift];
    for (size_t i = 0; i < TW_BLOCK; i++) {
        spot[i] = job->spot[i] + shift[i], strike[i] = job->strike[i] + shift[i];
        if (!(spot[i] >= TW_PRICE_MIN && strike[i] >= TW_PRICE_MIN)) spot[i] = strike[i] = 1.0;
    }
    tw_black_job displaced = *job;
    displaced.spot = spot, displaced.strike = strike;
    kernel(b)(&displaced);
    for (size_t i = 0; i < TW_BLOCK; i++) {
        if (job->spot[i] + shift[i] >= TW_PRICE_MIN && job->strike[i] + shift[i] >= TW_PRICE_MIN) continue;
        b->status[i] = TW_ROW_STATUS(TW_ROW_CONFLICT, TW_COL_shift);
    }
}

/* ---------------------------------------------------------------- dividends */

/* What dividends up to expiry do to a row: the spot is times `keep` less `cash`, or the strike is raised by `strike`;
 * cash_rate and strike_rate are their slopes in r, negative for the former. */
typedef struct adjustment {
    double spot[TW_BLOCK], strike[TW_BLOCK];
    double keep[TW_BLOCK], cash[TW_BLOCK], cash_rate[TW_BLOCK], strike_rate[TW_BLOCK];
} adjustment;

static void adjust_row(const tw_block *b, size_t i, adjustment *a)
{
    const tw_due d = tw_block_dividends(b, i);
    const double r = b->col[TW_COL_r][i], T = b->col[TW_COL_T][i];
    const bool at_expiry = b->market->dividend_model == TW_DIVIDENDS_FORWARD;
    a->keep[i] = 1.0, a->cash[i] = a->cash_rate[i] = 0.0;
    a->strike[i] = b->col[TW_COL_strike][i], a->strike_rate[i] = 0.0;
    for (size_t k = 0; k < d.n; k++) {
        const double t = d.time[k] - d.elapsed;
        if (!(t > 0.0 && t <= T)) continue;
        if (d.share && d.share[k]) {
            a->keep[i] *= 1.0 - d.amount[k];
        } else if (at_expiry) {
            const double value = d.amount[k] * tw_exp(r * (T - t));
            a->strike[i] += value, a->strike_rate[i] += value * (T - t);
        } else {
            const double value = d.amount[k] * tw_exp(-r * t);
            a->cash[i] += value, a->cash_rate[i] -= value * t;
        }
    }
    a->spot[i] = b->col[TW_COL_spot][i] * a->keep[i] - a->cash[i];
}

static bool priced(const adjustment *a, size_t i)
{
    return a->spot[i] >= TW_PRICE_MIN && a->strike[i] >= TW_PRICE_MIN && a->strike[i] <= TW_PRICE_MAX;
}

/* Slopes in what is given, from those in the adjusted spot and strike. */
static void chain_rule(const tw_block *b, const adjustment *a, size_t i)
{
    double *const *o = b->out;
    const double keep = a->keep[i], r = b->col[TW_COL_r][i], T = b->col[TW_COL_T][i];
    const double passing = -r * a->cash[i]; /* of the adjusted spot, a year */
    const double delta = o[TW_VALUE_delta][i], gamma = o[TW_VALUE_gamma][i], speed = o[TW_VALUE_speed][i];
    const double by_strike = T > 0.0 ? -o[TW_VALUE_rho][i] / (T * a->strike[i]) : 0.0;
    o[TW_VALUE_theta][i] += delta * passing;
    o[TW_VALUE_rho][i] += by_strike * a->strike_rate[i] - delta * a->cash_rate[i];
    o[TW_VALUE_charm][i] = keep * (o[TW_VALUE_charm][i] + gamma * passing);
    o[TW_VALUE_color][i] = keep * keep * (o[TW_VALUE_color][i] + speed * passing);
    o[TW_VALUE_delta][i] = keep * delta;
    o[TW_VALUE_gamma][i] = keep * keep * gamma;
    o[TW_VALUE_speed][i] = keep * keep * keep * speed;
    o[TW_VALUE_vanna][i] *= keep;
}

static void with_dividends(const tw_block *b, tw_black_job *job)
{
    adjustment a;
    for (size_t i = 0; i < TW_BLOCK; i++) {
        adjust_row(b, i, &a);
        if (!priced(&a, i)) a.spot[i] = a.strike[i] = 1.0, a.keep[i] = 0.0;
    }
    job->spot = a.spot, job->strike = a.strike, job->wants = ALL_GREEKS;
    kernel(b)(job);
    for (size_t i = 0; i < TW_BLOCK; i++) {
        chain_rule(b, &a, i);
        if (a.keep[i] <= 0.0) b->status[i] = TW_ROW_STATUS(TW_ROW_CONFLICT, TW_COL_spot);
    }
}

/* ---------------------------------------------------------------- engine */

static void black_price(const tw_block *b, const void *params)
{
    (void)params;
    tw_black_job job = job_of(b);
    if (b->col[TW_COL_shift])
        shifted(b, &job);
    else if (b->contracts->dividends.n)
        with_dividends(b, &job);
    else
        kernel(b)(&job);
}

const tw_engine tw_engine_black = {
    .name = "black",
    .title = "closed form of European options and digitals",
    .source = "Bachelier (1900), Black and Scholes (1973), Merton (1973), Black (1976), Reiner and Rubinstein (1991)",
    .quantlib = "AnalyticEuropeanEngine",
    .scopes = SCOPES,
    .bumps = {1e-4, 1e-4, 1e-4, 1e-4, 2},
    .price = black_price,
};
