/* SPDX-License-Identifier: Apache-2.0 */
/* finite_difference.c - the engine of finite differences in one dimension. */
#include "pricing/grid/grid.h"

#include <math.h>
#include <string.h>

enum { L = TW_GRID_LANES };

typedef struct fd_params {
    int space, time;
    char scheme[TW_TEXT_MAX], american[TW_TEXT_MAX];
} fd_params;

static const tw_param PARAMS[] = {
    TW_PARAM(fd_params, space, 400, 8, 100000, "nodes of the price"),
    TW_PARAM(fd_params, time, 400, 1, 1000000, "steps of time, if no date asks for more"),
    TW_PARAM_TEXT(fd_params, scheme, "crank_nicolson", "crank_nicolson|tr_bdf2|implicit|douglas",
                  "crank_nicolson starts with four implicit half steps, douglas is without them"),
    TW_PARAM_TEXT(fd_params, american, "projected", "projected|penalty|policy",
                  "projected needs exercise on one side of a price; rows that may have two are done by policy"),
    TW_PARAM_END,
};

static const fd_params PRESET = {400, 400, "crank_nicolson", "projected"};

static size_t fd_workspace(const void *params, const tw_contracts *contracts)
{
    (void)contracts;
    const fd_params *p = params ? params : &PRESET;
    return tw_grid_bytes((size_t)p->space);
}

static tw_grid_settings settings_of(const fd_params *p, tw_isa isa)
{
    tw_grid_settings s = {.space = (size_t)p->space, .time = (size_t)p->time, .isa = isa};
    s.scheme = strcmp(p->scheme, "tr_bdf2") == 0    ? TW_GRID_TR_BDF2
               : strcmp(p->scheme, "implicit") == 0 ? TW_GRID_IMPLICIT
               : strcmp(p->scheme, "douglas") == 0  ? TW_GRID_DOUGLAS
                                                    : TW_GRID_CRANK_NICOLSON;
    s.american = strcmp(p->american, "policy") == 0    ? TW_GRID_POLICY
                 : strcmp(p->american, "penalty") == 0 ? TW_GRID_PENALTY
                                                       : TW_GRID_PROJECTED;
    return s;
}

/* ---------------------------------------------------------------- rows that need no grid */

static bool certain(const tw_grid_problem *p) { return !(p->vol > 0.0) || !(p->T > 0.0); }

static double certain_pair(const tw_grid_pair *pair)
{
    const double main = pair->main.known ? pair->main.cash : tw_grid_certain(&pair->main);
    return pair->two ? main - tw_grid_certain(&pair->other) : main;
}

/* The limit, and its slopes towards higher prices and as time passes. */
static tw_grid_answer certain_answer(const tw_grid_pair *pair)
{
    const double h = 1e-6 * fmax(fabs(pair->main.spot), fabs(pair->main.strike)), dt = 1e-6 * pair->main.T;
    tw_grid_pair up = *pair, sooner = *pair;
    up.main.spot += h;
    up.other.spot += h;
    sooner.main.T -= dt;
    sooner.other.T -= dt;
    sooner.main.elapsed += dt;
    sooner.other.elapsed += dt;
    tw_grid_answer a = {.value = certain_pair(pair)};
    a.delta = (certain_pair(&up) - a.value) / h;
    a.theta = dt > 0.0 ? (certain_pair(&sooner) - a.value) / dt : 0.0;
    return a;
}

/* ---------------------------------------------------------------- groups of rows */

typedef struct group {
    const tw_block *block;
    size_t row[L];
    tw_grid_pair pair[L];
    tw_grid_settings settings;
    bool two;
} group;

/* Whether an early exercise region may have two sides: a rate below 0 (of the yield, for a call) and the other lower.
 */
static bool two_sided(const tw_grid_problem *p)
{
    if (!p->american) return false;
    const double of_strike = p->sign < 0.0 ? p->r : p->q, of_price = p->sign < 0.0 ? p->q : p->r;
    return of_strike < 0.0 && of_price < of_strike;
}

/* Problems of a pass; lanes that have none in it are given one that is not looked at. */
static void run_pass(const group *g, const tw_grid_settings *settings, bool other, tw_grid_answer *answer)
{
    const tw_grid_problem *problem[L];
    for (int j = 0; j < L; j++) problem[j] = other && g->pair[j].two ? &g->pair[j].other : &g->pair[j].main;
    tw_grid_run(settings, problem, g->block->work, answer);
}

/* Both passes. */
static void run_group(const group *g, const tw_grid_settings *settings, tw_grid_answer *answer)
{
    tw_grid_answer less[L] = {{0.0, 0.0, 0.0, 0.0}};
    run_pass(g, settings, false, answer);
    if (!g->two) return;
    run_pass(g, settings, true, less);
    for (int j = 0; j < L; j++) {
        if (!g->pair[j].two) continue;
        answer[j].value -= less[j].value;
        answer[j].delta -= less[j].delta;
        answer[j].gamma -= less[j].gamma;
        answer[j].theta -= less[j].theta;
    }
}

/* Puts answers of rows out, in the caller's units. */
static void put(const tw_block *b, size_t i, double unit, const tw_grid_answer *a)
{
    b->out[TW_VALUE_value][i] = a->value * unit;
    b->out[TW_VALUE_delta][i] = a->delta;
    b->out[TW_VALUE_gamma][i] = a->gamma / unit;
    b->out[TW_VALUE_theta][i] = a->theta * unit;
}

/* Error by Richardson: a third of what half the nodes and steps differ by. */
static void estimate(const group *g, const tw_grid_answer *fine)
{
    tw_grid_settings coarse = g->settings;
    tw_grid_answer answer[L];
    coarse.space = coarse.space / 2 < 8 ? 8 : coarse.space / 2;
    coarse.time = coarse.time / 2 < 1 ? 1 : coarse.time / 2;
    run_group(g, &coarse, answer);
    for (int j = 0; j < L; j++)
        g->block->out[TW_VALUE_error_estimate][g->row[j]] =
            fabs(fine[j].value - answer[j].value) / 3.0 * g->pair[j].main.unit;
}

static void price_group(group *g)
{
    const tw_block *b = g->block;
    tw_grid_answer answer[L];
    g->two = false;
    for (int j = 0; j < L; j++) g->two = g->two || g->pair[j].two;
    if (two_sided(&g->pair[0].main)) g->settings.american = TW_GRID_POLICY;
    run_group(g, &g->settings, answer);
    for (int j = 0; j < L; j++) put(b, g->row[j], g->pair[j].main.unit, &answer[j]);
    if (b->wants & TW_VALUE_BIT(TW_VALUE_error_estimate)) estimate(g, answer);
}

/* Standard deviation of the logarithm at expiry beyond which nodes are too far apart to tell the price between them. */
static const double WIDEST = 10.0;

static bool too_wide(const tw_grid_problem *p) { return !p->linear && p->vol * sqrt(p->T) > WIDEST; }

/* Prices what needs no grid. Returns whether the row does. */
static bool needs_grid(const tw_block *b, size_t i, const tw_grid_pair *pair)
{
    if (tw_row_status_code(b->status[i]) != TW_ROW_OK) return false;
    tw_grid_answer a = {.value = pair->main.cash};
    if (!pair->main.known && too_wide(&pair->main)) {
        b->status[i] = TW_ROW_STATUS(TW_ROW_NO_CONVERGENCE, TW_COL_vol);
        return false;
    }
    if (!pair->main.known && !certain(&pair->main)) return true;
    if (!pair->main.known) {
        a = certain_answer(pair);
        b->status[i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
    }
    put(b, i, pair->main.unit, &a);
    if (b->wants & TW_VALUE_BIT(TW_VALUE_error_estimate)) b->out[TW_VALUE_error_estimate][i] = 0.0;
    return false;
}

/* Rows that wait for a group to be whole. Those that may have two exercise prices are solved otherwise, so they are
 * among themselves: what a row is worth must not hang on the rows beside it. */
typedef struct waiting {
    group g;
    int n;
} waiting;

static void add_row(waiting *w, size_t i, const tw_grid_pair *pair, const tw_grid_settings *settings)
{
    w->g.pair[w->n] = *pair;
    w->g.row[w->n] = i;
    if (++w->n < L) return;
    w->g.settings = *settings;
    price_group(&w->g);
    w->n = 0;
}

static void price_rest(waiting *w, const tw_grid_settings *settings)
{
    if (w->n == 0) return;
    for (int j = w->n; j < L; j++) {
        w->g.pair[j] = w->g.pair[0];
        w->g.row[j] = w->g.row[0];
    }
    w->g.settings = *settings;
    price_group(&w->g);
}

static void fd_price(const tw_block *b, const void *params)
{
    waiting one = {.g.block = b}, two = {.g.block = b};
    const tw_grid_settings settings = settings_of(params ? params : &PRESET, b->isa);
    for (size_t i = 0; i < b->n; i++) {
        tw_grid_pair pair;
        tw_grid_pair_of(b, i, &pair);
        if (needs_grid(b, i, &pair)) add_row(two_sided(&pair.main) ? &two : &one, i, &pair, &settings);
    }
    price_rest(&one, &settings);
    price_rest(&two, &settings);
}

/* ---------------------------------------------------------------- matrix */

#define SUPPLIES                                                                                                       \
    (TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_delta) | TW_VALUE_BIT(TW_VALUE_gamma) |                      \
     TW_VALUE_BIT(TW_VALUE_theta) | TW_VALUE_BIT(TW_VALUE_error_estimate))
#define UNDER(model, dividends)                                                                                        \
    {"american", model, 5, dividends, SUPPLIES}, {"barrier", model, 4, dividends, SUPPLIES},                           \
        {"bermudan", model, 5, dividends, SUPPLIES}, {"digital_asset", model, 4, dividends, SUPPLIES},                 \
        {"digital_cash", model, 4, dividends, SUPPLIES}, {"double_barrier", model, 4, dividends, SUPPLIES},            \
        {"double_no_touch", model, 4, dividends, SUPPLIES}, {"double_touch", model, 4, dividends, SUPPLIES},           \
        {"european", model, 5, dividends, SUPPLIES}, {"no_touch", model, 4, dividends, SUPPLIES},                      \
        {"one_touch", model, 4, dividends, SUPPLIES},                                                                  \
    {                                                                                                                  \
        "one_touch_expiry", model, 4, dividends, SUPPLIES                                                              \
    }

static const tw_scope SCOPES[] = {
    UNDER("bachelier", 0),
    UNDER("black76", 0),
    UNDER("black_scholes", TW_SCOPE_DIVIDENDS),
    {"american", "shifted", 5, 0, SUPPLIES},
    {"bermudan", "shifted", 5, 0, SUPPLIES},
    {"european", "shifted", 5, 0, SUPPLIES},
    {.instrument = NULL},
};

const tw_engine tw_engine_finite_difference = {
    .name = "finite_difference",
    .title = "finite differences in the price",
    .source = "Crank and Nicolson (1947), Brennan and Schwartz (1977), Rannacher (1984), Forsyth and Vetzal (2002)",
    .quantlib = "FdBlackScholesVanillaEngine",
    .params = PARAMS,
    .params_size = sizeof(fd_params),
    .scopes = SCOPES,
    .bumps = {1e-3, 1e-3, 1e-4, 1e-4, 2},
    .workspace = fd_workspace,
    .price = fd_price,
};
