/* SPDX-License-Identifier: Apache-2.0 */
/* barrier.c - options with one barrier on a binomial tree.
 *
 * Steps are chosen so that a layer of nodes lies just beyond the barrier (Boyle and Lau 1994), and values next to it
 * are interpolated between what the two layers around it say (Derman, Kani, Ergener and Bardhan 1995). */
#include "pricing/lattice/binomial.h"

#include "base/isa.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

typedef struct params {
    int steps;
} params;

static const tw_param PARAMS[] = {
    TW_PARAM(params, steps, 400, 3, 20000, "least steps; up to 5 times as many, or 1000, are taken"),
    TW_PARAM_END,
};

static size_t steps_of(const params *p) { return p ? (size_t)p->steps : 400; }

static size_t most_steps(size_t steps) { return steps < 200 ? 1000 : 5 * steps; }

static size_t row_length(size_t steps) { return (most_steps(steps) + 9) / 8 * 8; }

static size_t workspace(const void *p, const tw_contracts *contracts)
{
    (void)contracts;
    return 5 * row_length(steps_of(p)) * sizeof(double);
}

typedef struct run {
    const tw_block *b;
    size_t i;
    const tw_lattice_kernels *k;
    tw_lattice_contract c;
    tw_binomial tree;
    double barrier, rebate, fixings;
    bool up, out;
    double *vanilla, *plain, *value, *level[2]; /* plain: without interpolation at the barrier */
    double near[3][3];
} run;

/* Steps, at least `steps`, for which a layer of nodes lies at the barrier or just beyond. */
static size_t choose_steps(const run *r, size_t steps)
{
    const double ratio = tw_log(r->c.spot / r->barrier), v = r->c.vol * r->c.vol * r->c.T / (ratio * ratio);
    for (size_t i = 1; i < steps && isfinite(v); i++) {
        const double best = floor((double)(i * i) * v);
        if (best > (double)steps) return best < (double)most_steps(steps) ? (size_t)best : most_steps(steps);
    }
    return steps;
}

/* Spots of step i. */
static const double *spots(const run *r, size_t i)
{
    const size_t up = r->tree.steps - i;
    return r->level[up % 2] + up / 2;
}

static void make_levels(run *r)
{
    const size_t n = r->tree.steps;
    for (size_t odd = 0; odd < 2; odd++)
        r->k->levels(n + 1 - odd, r->c.spot, ((double)odd - (double)n) * r->tree.up, 2.0 * r->tree.up, r->level[odd]);
}

/* Whether the barrier is looked at in step i: always, or in the steps nearest to its observations. */
static bool watched(const run *r, size_t i)
{
    if (r->fixings == 0.0) return true;
    const double per = r->fixings / (double)r->tree.steps;
    return floor(((double)i + 0.5) * per) != floor(((double)i - 0.5) * per);
}

/* Nodes of step i below the barrier; at it, they count as touched. */
static size_t below(const run *r, size_t i)
{
    const double *s = spots(r, i);
    size_t lo = 0, hi = i + 1;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (r->up ? s[mid] < r->barrier : s[mid] <= r->barrier)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* What touched nodes are worth. */
static void touch(const run *r, size_t i, size_t edge, double *x)
{
    const size_t from = r->up ? edge : 0, to = r->up ? i + 1 : edge;
    for (size_t j = from; j < to; j++) x[j] = r->out ? r->rebate : r->vanilla[j];
}

/* The node next to the barrier, on its safe side, from the two layers around it; not at expiry, where payoffs are. */
static void interpolate(const run *r, size_t i, size_t edge)
{
    if (edge == 0 || edge > i) return;
    const double *s = spots(r, i);
    const double width = s[edge] - s[edge - 1];
    const size_t at = r->up ? edge - 1 : edge;
    const double away = r->up ? s[edge] - r->barrier : r->barrier - s[edge - 1];
    const double touched = r->out ? r->rebate : r->vanilla[at];
    /* A barrier at the far layer leaves the node what it is; one at the node itself makes it touched. */
    const double x = r->up ? (r->barrier - s[edge - 1]) * r->plain[at] + away * touched
                           : away * touched + (s[edge] - r->barrier) * r->plain[at];
    r->value[at] = fmax(0.0, x / width);
}

static void adjust(run *r, size_t i)
{
    if (!watched(r, i)) return;
    const size_t edge = below(r, i);
    touch(r, i, edge, r->plain);
    touch(r, i, edge, r->value);
    if (r->fixings == 0.0 && i < r->tree.steps) interpolate(r, i, edge);
}

static void finish(run *r)
{
    const size_t n = r->tree.steps;
    const double *s = spots(r, n);
    for (size_t j = 0; j <= n; j++) {
        r->vanilla[j] = fmax(r->c.side * (s[j] - r->c.strike), 0.0);
        r->plain[j] = r->value[j] = r->out ? r->vanilla[j] : r->rebate;
    }
    adjust(r, n);
}

static void roll(run *r)
{
    const tw_roll w = {r->tree.discount * r->tree.pd, r->tree.discount * r->tree.pu};
    for (size_t i = r->tree.steps; i-- > 0;) {
        r->k->hold(i + 1, w, r->vanilla);
        r->k->hold(i + 1, w, r->plain);
        r->k->hold(i + 1, w, r->value);
        adjust(r, i);
        if (i < 3) memcpy(r->near[i], r->value, (i + 1) * sizeof(double));
    }
}

/* ---------------------------------------------------------------- rows */

static void take_row(run *r)
{
    const tw_block *b = r->b;
    r->c = tw_lattice_contract_of(b, r->i);
    r->barrier = b->col[TW_COL_barrier][r->i];
    r->rebate = b->col[TW_COL_rebate][r->i];
    r->fixings = floor(b->col[TW_COL_fixings][r->i]);
    const double type = b->col[TW_COL_barrier_type][r->i];
    r->up = type >= 2.0;
    r->out = type == 1.0 || type == 3.0;
}

/* Without volatility the price moves one way: it touches where it begins or ends beyond. */
static void certain(run *r)
{
    const tw_block *b = r->b;
    const double df = tw_exp(-r->c.r * r->c.T), end = r->c.spot * tw_exp((r->c.r - r->c.q) * r->c.T);
    const double peak = r->up ? fmax(r->c.spot, end) : fmin(r->c.spot, end);
    const bool touched = r->up ? peak >= r->barrier : peak <= r->barrier;
    tw_lattice_limit(b, r->i);
    if (touched != r->out) return;
    const double slope = r->c.r - r->c.q, hit = slope == 0.0 ? 0.0 : tw_log(r->barrier / r->c.spot) / slope;
    const double paid = r->out ? tw_exp(-r->c.r * fmax(hit, 0.0)) : df;
    b->out[TW_VALUE_value][r->i] = r->rebate * paid;
    b->out[TW_VALUE_delta][r->i] = 0.0;
}

static void price_row(run *r, size_t steps)
{
    take_row(r);
    if (!(r->c.T > 0.0 && r->c.vol > 0.0)) {
        certain(r);
        return;
    }
    tw_binomial_variant_find("crr")->make(&r->c, choose_steps(r, steps), &r->tree);
    if (!tw_binomial_valid(&r->tree)) {
        tw_lattice_none(r->b, r->i);
        return;
    }
    make_levels(r);
    finish(r);
    roll(r);
    const double *one = spots(r, 1), *two = spots(r, 2), spot[5] = {one[0], one[1], two[0], two[1], two[2]};
    tw_binomial_values(r->b, r->i, &r->c, spot, r->near);
}

static void price(const tw_block *b, const void *p)
{
    const size_t steps = steps_of(p), length = row_length(steps);
    double *at = b->work;
    run r = {.b = b,
             .k = TW_ISA_PICK(b->isa, &tw_lattice_kernels),
             .vanilla = at,
             .plain = at + length,
             .value = at + 2 * length,
             .level = {at + 3 * length, at + 4 * length}};
    for (r.i = 0; r.i < b->n; r.i++) price_row(&r, steps);
}

#define SUPPLIES                                                                                                       \
    (TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_delta) | TW_VALUE_BIT(TW_VALUE_gamma) |                      \
     TW_VALUE_BIT(TW_VALUE_theta))

static const tw_scope SCOPES[] = {
    {"barrier", "black76", 3, 0, SUPPLIES},
    {"barrier", "black_scholes", 3, 0, SUPPLIES},
    {.instrument = NULL},
};

const tw_engine tw_engine_binomial_barrier = {
    .name = "binomial_barrier",
    .title = "binomial tree with nodes at the barrier",
    .source = "Boyle and Lau (1994); Derman, Kani, Ergener and Bardhan (1995)",
    .quantlib = "BinomialBarrierEngine",
    .params = PARAMS,
    .params_size = sizeof(params),
    .scopes = SCOPES,
    .bumps = {1e-2, 1e-2, 1e-3, 1e-3, 2},
    .workspace = workspace,
    .price = price,
};
