/* SPDX-License-Identifier: Apache-2.0 */
/* collocation.c - American options by spectral collocation of the exercise boundary.
 *
 * Calls are puts with spot and strike, r and q exchanged (McDonald and Schroder 1998). A put is exercised early where
 * r K > q S and S < K: for r > 0 (or r = 0 > q) below one boundary, for q < r < 0 between two, which meet after some
 * time where the volatility is high (Andersen and Lake 2021); else never. The two are found each for itself: what is
 * above the upper one does not see the lower one. */
#include "pricing/engine.h"

#include "base/isa.h"
#include "pricing/american/american.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* Beyond these the value is its limit to 1e-11 of the strike. */
#define S_MOST 30.0
#define X_MOST 650.0

/* ---------------------------------------------------------------- contracts as puts */

tw_am_kind tw_am_kind_of(const tw_am_put *p, double s)
{
    if (!(s > 0.0) || !(p->T > 0.0)) return TW_AM_CERTAIN;
    if (p->rt > 0.0 || (p->rt == 0.0 && p->qt < 0.0)) return TW_AM_SINGLE;
    return p->rt < 0.0 && p->qt < p->rt ? TW_AM_DOUBLE : TW_AM_EUROPEAN;
}

void tw_am_put_of(const tw_block *b, size_t i, tw_am_put *p)
{
    const bool call = b->col[TW_COL_type][i] > 0.0;
    const double spot = b->col[TW_COL_spot][i], strike = b->col[TW_COL_strike][i], T = b->col[TW_COL_T][i];
    const double r = b->col[TW_COL_r][i], q = b->col[TW_COL_q][i];
    p->call = call;
    p->unit = call ? spot : strike;
    p->gain = fmax(call ? spot - strike : strike - spot, 0.0);
    p->T = T;
    const double x = call ? tw_log(strike) - tw_log(spot) : tw_log(spot) - tw_log(strike);
    p->x = fmax(fmin(x, X_MOST), -X_MOST);
    p->s = b->col[TW_COL_vol] ? fmin(b->col[TW_COL_vol][i] * sqrt(T), S_MOST) : 0.0;
    p->rt = (call ? q : r) * T;
    p->qt = (call ? r : q) * T;
    p->kind = tw_am_kind_of(p, p->s);
}

/* ---------------------------------------------------------------- no volatility */

/* What exercise at the share t of the time is worth for sure. */
static double sure(const tw_am_put *p, double t) { return tw_exp(-p->rt * t) - tw_exp(p->x - p->qt * t); }

/* No time or no volatility: the best time of exercise is known. */
static tw_am_result certain(const tw_am_put *p)
{
    double best = 0.0;
    if (sure(p, 1.0) > sure(p, 0.0)) best = 1.0;
    const double ratio = p->qt / p->rt, turn = (tw_log(ratio) + p->x) / (p->qt - p->rt);
    if (ratio > 0.0 && turn > 0.0 && turn < 1.0 && sure(p, turn) > sure(p, best)) best = turn;
    const double value = sure(p, best), asset = tw_exp(p->x - p->qt * best);
    if (!(value > 0.0)) return (tw_am_result){0};
    return (tw_am_result){value, -asset, -asset, best < 1.0};
}

/* ---------------------------------------------------------------- with boundaries */

typedef struct tile {
    const tw_am_put *put[TW_AM_LANES];
    tw_am_boundaries upper, lower;
    tw_am_values values;
    bool closed[TW_AM_LANES]; /* the two have met before today */
} tile;

/* Boundaries of a tile at the horizon reach. */
static void set_horizon(const tile *t, const double *reach, tw_am_boundaries *b)
{
    for (int i = 0; i < TW_AM_LANES; i++) {
        b->s[i] = t->put[i]->s * sqrt(reach[i]);
        b->rt[i] = t->put[i]->rt * reach[i];
        b->qt[i] = t->put[i]->qt * reach[i];
    }
}

static void solve(const tw_am_solver *s, const tile *t, int steps, const double *reach, tw_am_boundaries *b)
{
    set_horizon(t, reach, b);
    s->kernels->seed(s->tables, b);
    for (int k = 0; k < steps; k++) s->kernels->step(s->tables, b);
}

static void set_values(const tw_am_solver *s, tile *t)
{
    for (int i = 0; i < TW_AM_LANES; i++) {
        const tw_am_put *p = t->put[i];
        t->values.x[i] = p->x, t->values.s[i] = p->s, t->values.rt[i] = p->rt, t->values.qt[i] = p->qt;
        t->values.reach[i] = t->values.share[i] = 1.0;
    }
    s->kernels->european(&t->values);
}

static tw_am_result result(const tw_am_values *v, int i)
{
    const double gain = 1.0 - tw_exp(v->x[i]), most = v->rt[i] < 0.0 ? tw_exp(-v->rt[i]) : 1.0;
    return (tw_am_result){fmin(fmax(v->value[i], fmax(gain, 0.0)), most), v->slope[i], v->bend[i], false};
}

static tw_am_result exercised(double x)
{
    const double asset = tw_exp(x);
    return (tw_am_result){1.0 - asset, -asset, -asset, true};
}

/* Whether a put is exercised now that is so below `edge`. */
static bool below(const tw_am_solver *s, double x, double edge) { return x <= edge && !s->tables->rule.smooth; }

static void single(const tw_am_solver *s, tile *t, tw_am_result *to)
{
    tw_am_boundaries *b = &t->upper;
    double whole[TW_AM_LANES];
    for (int i = 0; i < TW_AM_LANES; i++) {
        const double rt = t->put[i]->rt, qt = t->put[i]->qt;
        b->x0[i] = qt > rt ? tw_log(rt / qt) : 0.0;
        b->side[i] = whole[i] = 1.0;
    }
    set_values(s, t);
    solve(s, t, s->tables->rule.steps, whole, b);
    s->kernels->premium(s->tables, b, &t->values);
    for (int i = 0; i < TW_AM_LANES; i++)
        to[i] = below(s, t->values.x[i], b->x0[i] + b->h[0][i]) ? exercised(t->values.x[i]) : result(&t->values, i);
}

/* Logarithmic distance of the two boundaries at a node. */
static double distance(const tile *t, int n, int i)
{
    return t->upper.x0[i] + t->upper.h[n][i] - t->lower.x0[i] - t->lower.h[n][i];
}

/* Where the two boundaries of a lane meet, as a multiple of the horizon's square root; 1 where they do not. */
static double meeting(const tw_am_tables *tables, const tile *t, int i)
{
    int n = tables->rule.nodes - 1;
    while (n > 0 && distance(t, n, i) > 0.0) n--;
    const int before = n + 1 < tables->rule.nodes ? n + 1 : n;
    const double d0 = distance(t, before, i), d1 = distance(t, n, i);
    if (n == tables->rule.nodes - 1) return t->closed[i] ? tables->z[n] : 0.5 * tables->z[n];
    if (d1 > 0.0 && !t->closed[i]) return 1.0;
    const double z = tables->z[n] - d1 * (tables->z[n] - tables->z[before]) / (d1 - d0);
    return isfinite(z) ? fmin(fmax(z, tables->z[before]), 1.25) : tables->z[before];
}

/* Both boundaries up to where they meet, or today. Seeds tell about when that is, then ever better boundaries. */
static void solve_pair(const tw_am_solver *s, tile *t, double *reach)
{
    const int all = s->tables->rule.steps;
    for (int pass = 0; pass < TW_AM_MEETING_PASSES; pass++) {
        const int steps = pass < 2 && pass < all ? pass : all;
        solve(s, t, steps, reach, &t->upper);
        solve(s, t, steps, reach, &t->lower);
        for (int i = 0; i < TW_AM_LANES && pass + 1 < TW_AM_MEETING_PASSES; i++) {
            const double z = meeting(s->tables, t, i);
            if (z == 1.0) continue;
            reach[i] = fmin(reach[i] * z * z, 1.0);
            t->closed[i] = reach[i] < 1.0;
        }
    }
}

static void pair(const tw_am_solver *s, tile *t, tw_am_result *to)
{
    double reach[TW_AM_LANES];
    for (int i = 0; i < TW_AM_LANES; i++) {
        t->upper.side[i] = reach[i] = 1.0, t->upper.x0[i] = 0.0;
        t->lower.side[i] = -1.0, t->lower.x0[i] = tw_log(t->put[i]->rt / t->put[i]->qt);
        t->closed[i] = false;
    }
    set_values(s, t);
    solve_pair(s, t, reach);
    memcpy(t->values.reach, reach, sizeof reach);
    s->kernels->premium(s->tables, &t->upper, &t->values);
    for (int i = 0; i < TW_AM_LANES; i++) t->values.share[i] = -1.0;
    s->kernels->premium(s->tables, &t->lower, &t->values);
    for (int i = 0; i < TW_AM_LANES; i++) {
        const double x = t->values.x[i];
        const bool inside = below(s, x, t->upper.x0[i] + t->upper.h[0][i]) && x >= t->lower.x0[i] + t->lower.h[0][i];
        to[i] = inside && !t->closed[i] ? exercised(x) : result(&t->values, i);
    }
}

static void european(const tw_am_solver *s, tile *t, tw_am_result *to)
{
    set_values(s, t);
    for (int i = 0; i < TW_AM_LANES; i++)
        to[i] = (tw_am_result){fmax(t->values.value[i], 0.0), t->values.slope[i], t->values.bend[i], false};
}

/* ---------------------------------------------------------------- a batch */

typedef void tile_fn(const tw_am_solver *s, tile *t, tw_am_result *to);

/* Puts of one kind, TW_AM_LANES at a time; the last tile is filled up with copies. */
static void solve_kind(const tw_am_solver *s, const tw_am_put *puts, size_t n, tw_am_kind kind, tw_am_result *to)
{
    static tile_fn *const FN[] = {[TW_AM_EUROPEAN] = european, [TW_AM_SINGLE] = single, [TW_AM_DOUBLE] = pair};
    size_t from[TW_AM_LANES];
    tile *t = s->tile;
    for (size_t i = 0; i < n;) {
        size_t m = 0;
        for (; i < n && m < TW_AM_LANES; i++)
            if (puts[i].kind == kind) from[m++] = i;
        if (m == 0) return;
        for (size_t k = 0; k < TW_AM_LANES; k++) t->put[k] = &puts[from[k < m ? k : 0]];
        tw_am_result lane[TW_AM_LANES];
        FN[kind](s, t, lane);
        for (size_t k = 0; k < m; k++) to[from[k]] = lane[k];
    }
}

size_t tw_am_tile_size(void) { return sizeof(tile); }

void tw_am_solve_plain(const tw_am_solver *s, const tw_am_put *puts, size_t n, tw_am_result *to)
{
    for (size_t i = 0; i < n; i++)
        if (puts[i].kind == TW_AM_CERTAIN) to[i] = certain(&puts[i]);
    solve_kind(s, puts, n, TW_AM_EUROPEAN, to);
}

void tw_am_solve(const tw_am_solver *s, const tw_am_put *puts, size_t n, tw_am_result *to)
{
    tw_am_solve_plain(s, puts, n, to);
    solve_kind(s, puts, n, TW_AM_SINGLE, to);
    solve_kind(s, puts, n, TW_AM_DOUBLE, to);
}

const tw_am_kernels *tw_am_kernels_of(tw_isa isa)
{
    (void)isa; /* there may be one path only */
    return TW_ISA_PICK(isa, &tw_am_kernels);
}

/* ---------------------------------------------------------------- the engine */

typedef struct params {
    char setting[TW_TEXT_MAX];
} params;

static const tw_param PARAMS[] = {
    TW_PARAM_TEXT(params, setting, "accurate", "fast|accurate|high",
                  "error of 1e-4, 2e-6 or 1e-9 of a spot of 100: nodes, points and steps of the boundary"),
    TW_PARAM_END,
};

static const tw_am_rule FAST = {6, 7, 2, 15, 2, false, false}, ACCURATE = {12, 16, 3, 41, 2, false, false},
                        HIGH = {28, 48, 6, 121, 4, false, false};
static const tw_am_rule QD_PLUS = {7, 1, 0, 61, 6, false, true};

const tw_am_rule *tw_am_rule_of(const char *setting)
{
    if (setting[0] == 'a') return &ACCURATE;
    return setting[0] == 'f' ? &FAST : &HIGH;
}

/* Memory of a thread. */
typedef struct work {
    tw_am_tables tables;
    tile tile;
    tw_am_put put[TW_BLOCK];
    tw_am_result result[TW_BLOCK];
} work;

static size_t workspace(const void *p, const tw_contracts *contracts)
{
    (void)p;
    (void)contracts;
    return sizeof(work);
}

void tw_am_values_out(const tw_block *b, size_t i, const tw_am_put *p, const tw_am_result *v)
{
    const double moneyness = tw_exp(p->x), curve = v->bend - v->slope;
    const double carry = p->rt * v->value - (p->rt - p->qt) * v->slope - 0.5 * p->s * p->s * curve;
    const bool now = v->exercised && p->kind != TW_AM_CERTAIN;
    b->out[TW_VALUE_value][i] = now ? p->gain : fmax(p->unit * v->value, p->gain);
    b->out[TW_VALUE_delta][i] = p->call ? v->value - v->slope : v->slope / moneyness;
    b->out[TW_VALUE_gamma][i] = p->call ? curve / p->unit : curve / moneyness / moneyness / p->unit;
    b->out[TW_VALUE_theta][i] = v->exercised || !(p->T > 0.0) ? 0.0 : p->unit * carry / p->T;
    if (p->kind == TW_AM_CERTAIN) b->status[i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
    if (p->rt < -700.0) b->status[i] = TW_ROW_STATUS(TW_ROW_OVERFLOW, TW_COLUMN_COUNT);
}

static void price_by(const tw_block *b, const tw_am_rule *rule)
{
    work *w = b->work;
    tw_am_tables_make(rule, &w->tables);
    for (size_t i = 0; i < b->n; i++) tw_am_put_of(b, i, &w->put[i]);
    tw_am_solve(&(tw_am_solver){tw_am_kernels_of(b->isa), &w->tables, &w->tile}, w->put, b->n, w->result);
    for (size_t i = 0; i < b->n; i++) tw_am_values_out(b, i, &w->put[i], &w->result[i]);
}

static void price(const tw_block *b, const void *p)
{
    const params *set = p;
    price_by(b, tw_am_rule_of(set ? set->setting : "accurate"));
}

static void price_qd_plus(const tw_block *b, const void *p)
{
    (void)p;
    price_by(b, &QD_PLUS);
}

#define SUPPLIES                                                                                                       \
    (TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_delta) | TW_VALUE_BIT(TW_VALUE_gamma) |                      \
     TW_VALUE_BIT(TW_VALUE_theta))

static const tw_scope SCOPES[] = {
    {"american", "black76", 7, 0, SUPPLIES},
    {"american", "black_scholes", 7, 0, SUPPLIES},
    {.instrument = NULL},
};

const tw_engine tw_engine_collocation = {
    .name = "collocation",
    .title = "spectral collocation of the exercise boundary",
    .source = "Andersen, Lake and Offengenden (2016); Andersen and Lake (2021)",
    .quantlib = "QdFpAmericanEngine",
    .params = PARAMS,
    .params_size = sizeof(params),
    .scopes = SCOPES,
    .bumps = {1e-4, 2e-4, 1e-5, 1e-5, 2},
    .workspace = workspace,
    .price = price,
};

static const tw_scope QD_PLUS_SCOPES[] = {
    {"american", "black76", 3, 0, SUPPLIES},
    {"american", "black_scholes", 3, 0, SUPPLIES},
    {.instrument = NULL},
};

const tw_engine tw_engine_qd_plus = {
    .name = "qd_plus",
    .title = "integral over the boundary of the QD+ approximation",
    .source = "Li (2010), Analytical approximations for the critical stock prices of American options",
    .quantlib = "QdPlusAmericanEngine",
    .scopes = QD_PLUS_SCOPES,
    .bumps = {1e-4, 2e-4, 1e-5, 1e-5, 2},
    .workspace = workspace,
    .price = price_qd_plus,
};
