/* SPDX-License-Identifier: Apache-2.0 */
/* problem.c - what the grid is to solve for a row: payoff, edges, dates. */
#include "pricing/grid/grid.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- dates */

typedef struct span {
    size_t first, end;
} span;

/* Entries of a list that are a row's. */
static span of_row(const tw_dates *dates, size_t row)
{
    if (dates->n == 0) return (span){0, 0};
    return dates->start ? (span){dates->start[row], dates->start[row + 1]} : (span){0, dates->n};
}

static double fixing_time(const tw_grid_problem *p, size_t k)
{
    return (p->T + p->elapsed) * ((double)k / (double)p->fixings) - p->elapsed;
}

/* Fixings at or before t. */
static size_t fixings_until(const tw_grid_problem *p, double t)
{
    const double at = (t + p->elapsed) / (p->T + p->elapsed) * (double)p->fixings;
    size_t k = at > 0.0 ? (size_t)fmin(at + 0.5, (double)p->fixings) : 0;
    while (k > 0 && fixing_time(p, k) > t) k--;
    return k;
}

/* The latest entry of a list before t and not after T, or `so_far` where that is later. */
static double latest(const tw_grid_problem *p, const tw_dates *dates, double t, double so_far)
{
    const span s = of_row(dates, p->row);
    for (size_t i = s.first; i < s.end; i++) {
        const double at = dates->time[i] - p->elapsed;
        if (at < t && at <= p->T && at > so_far) so_far = at;
    }
    return so_far;
}

double tw_grid_date_before(const tw_grid_problem *p, double t)
{
    double last = latest(p, &p->contracts->dividends, t, 0.0);
    if (p->bermudan) last = latest(p, &p->contracts->dates, t, last);
    if (p->fixings) {
        size_t k = fixings_until(p, t);
        if (k > 0 && fixing_time(p, k) >= t) k--;
        if (k > 0) last = fmax(last, fixing_time(p, k));
    }
    return last;
}

static double earliest(const tw_grid_problem *p, const tw_dates *dates, double t, double so_far)
{
    const span s = of_row(dates, p->row);
    for (size_t i = s.first; i < s.end; i++) {
        const double at = dates->time[i] - p->elapsed;
        if (at > t && at < so_far) so_far = at;
    }
    return so_far;
}

double tw_grid_date_after(const tw_grid_problem *p, double t)
{
    double next = earliest(p, &p->contracts->dividends, t, p->T);
    if (p->bermudan) next = earliest(p, &p->contracts->dates, t, next);
    if (p->fixings) {
        const size_t k = fixings_until(p, t) + 1;
        if (k <= p->fixings) next = fmin(next, fixing_time(p, k));
    }
    return next;
}

bool tw_grid_fixing_at(const tw_grid_problem *p, double t)
{
    if (!p->fixings) return false;
    const size_t k = fixings_until(p, t);
    return k > 0 && (fixing_time(p, k) >= t || t >= p->T);
}

bool tw_grid_exercise_at(const tw_grid_problem *p, double t)
{
    if (!p->bermudan) return p->american;
    const tw_dates *dates = &p->contracts->dates;
    const span s = of_row(dates, p->row);
    for (size_t i = s.first; i < s.end; i++)
        if (dates->time[i] - p->elapsed == t) return true;
    return false;
}

/* ---------------------------------------------------------------- dividends */

static bool is_share(const tw_dates *dividends, size_t i) { return dividends->share && dividends->share[i]; }

double tw_grid_ex_dividend(const tw_grid_problem *p, double t, double price, bool *any)
{
    const tw_dates *dividends = &p->contracts->dividends;
    const span s = of_row(dividends, p->row);
    *any = false;
    for (size_t i = s.first; i < s.end; i++) {
        if (dividends->time[i] - p->elapsed != t) continue;
        if (is_share(dividends, i)) {
            price *= 1.0 - dividends->amount[i];
            *any = true;
        } else if (p->dividends == TW_DIVIDENDS_SPOT) {
            price -= dividends->amount[i] / p->unit;
            *any = true;
        }
    }
    return price;
}

double tw_grid_offset(const tw_grid_problem *p, double t)
{
    const tw_dates *dividends = &p->contracts->dividends;
    if (dividends->n == 0 || p->dividends == TW_DIVIDENDS_SPOT) return 0.0;
    const span s = of_row(dividends, p->row);
    double sum = 0.0;
    for (size_t i = s.first; i < s.end; i++) {
        const double at = dividends->time[i] - p->elapsed;
        if (at <= 0.0 || at > p->T || is_share(dividends, i)) continue;
        const double then = dividends->amount[i] / p->unit * tw_exp((p->r - p->q) * (t - at));
        if (p->dividends == TW_DIVIDENDS_ESCROWED && at > t) sum += then;
        if (p->dividends == TW_DIVIDENDS_FORWARD && at <= t) sum -= then;
    }
    return sum;
}

/* ---------------------------------------------------------------- payoffs */

double tw_grid_pays(const tw_grid_problem *p, double price)
{
    const double beyond = p->sign * (price - p->strike);
    switch (p->payoff) {
    case TW_PAYS_VANILLA: return fmax(beyond, 0.0) - p->less;
    case TW_PAYS_CASH: return (beyond > 0.0 ? p->cash : 0.0) - p->less;
    case TW_PAYS_ASSET: return (beyond > 0.0 ? price : 0.0) - p->less;
    case TW_PAYS_ALWAYS: return p->cash - p->less;
    default: return -p->less;
    }
}

/* ---------------------------------------------------------------- rows */

typedef void setter(const tw_block *b, size_t i, tw_grid_pair *pair);

static double cell(const tw_block *b, size_t i, tw_column_id column)
{
    return b->col[column] ? b->col[column][i] : 0.0;
}

/* The spot is beyond an edge that always holds. */
static bool beyond(const tw_grid_problem *p, int e)
{
    return p->edge[e].on && !p->fixings && (e ? p->spot >= p->edge[e].level : p->spot <= p->edge[e].level);
}

static void set_known(tw_grid_problem *p, double cash)
{
    p->known = true;
    p->cash = cash;
    p->edge[0].on = p->edge[1].on = false;
}

static void set_vanilla(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    (void)b;
    (void)i;
    pair->main.payoff = TW_PAYS_VANILLA;
}

static void set_american(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    set_vanilla(b, i, pair);
    pair->main.american = true;
}

static void set_bermudan(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    set_vanilla(b, i, pair);
    pair->main.bermudan = true;
}

static void set_cash(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    pair->main.payoff = TW_PAYS_CASH;
    pair->main.cash = cell(b, i, TW_COL_cash) / pair->main.unit;
}

static void set_asset(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    (void)b;
    (void)i;
    pair->main.payoff = TW_PAYS_ASSET;
}

/* From the knock-out with these edges, the contract: itself, or the vanilla option less it. */
static void knock(const tw_block *b, size_t i, tw_grid_pair *pair, bool out)
{
    tw_grid_problem *p = &pair->main;
    const double rebate = cell(b, i, TW_COL_rebate) / p->unit;
    p->fixings = (size_t)cell(b, i, TW_COL_fixings);
    p->payoff = TW_PAYS_VANILLA;
    for (int e = 0; e < 2; e++) p->edge[e].cash = out ? rebate : 0.0;
    const bool gone = beyond(p, 0) || beyond(p, 1);
    if (out) {
        if (gone) set_known(p, rebate);
        return;
    }
    pair->other = *p;
    pair->other.less = rebate;
    pair->two = !gone;
    p->edge[0].on = p->edge[1].on = false;
    p->fixings = 0;
}

static void set_barrier(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    const int type = (int)cell(b, i, TW_COL_barrier_type), e = type >= 2;
    pair->main.edge[e] = (tw_grid_edge){.on = true, .level = cell(b, i, TW_COL_barrier) / pair->main.unit};
    knock(b, i, pair, type % 2 == 1);
}

static void set_edges(const tw_block *b, size_t i, tw_grid_problem *p)
{
    p->edge[0] = (tw_grid_edge){.on = true, .level = cell(b, i, TW_COL_barrier) / p->unit};
    p->edge[1] = (tw_grid_edge){.on = true, .level = cell(b, i, TW_COL_barrier_high) / p->unit};
    if (p->edge[0].level >= p->edge[1].level) b->status[i] = TW_ROW_STATUS(TW_ROW_CONFLICT, TW_COL_barrier_high);
}

static void set_double_barrier(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    set_edges(b, i, &pair->main);
    knock(b, i, pair, cell(b, i, TW_COL_knock) > 0.5);
}

static void set_double_no_touch(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    tw_grid_problem *p = &pair->main;
    set_edges(b, i, p);
    p->payoff = TW_PAYS_ALWAYS;
    p->cash = cell(b, i, TW_COL_cash) / p->unit;
    if (beyond(p, 0) || beyond(p, 1)) set_known(p, 0.0);
}

/* Cash where an edge is touched, now or at expiry. */
static void touch(const tw_block *b, size_t i, tw_grid_problem *p, bool late)
{
    const double cash = cell(b, i, TW_COL_cash) / p->unit;
    p->payoff = TW_PAYS_NOTHING;
    for (int e = 0; e < 2; e++) {
        p->edge[e].cash = cash;
        p->edge[e].late = late;
    }
    if (beyond(p, 0) || beyond(p, 1)) set_known(p, late ? cash * tw_exp(-p->r * p->T) : cash);
}

static void set_double_touch(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    set_edges(b, i, &pair->main);
    touch(b, i, &pair->main, true);
}

static void set_level(tw_grid_problem *p) { p->edge[p->sign > 0.0] = (tw_grid_edge){.on = true, .level = p->strike}; }

static void set_one_touch(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    set_level(&pair->main);
    touch(b, i, &pair->main, false);
}

static void set_one_touch_expiry(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    set_level(&pair->main);
    touch(b, i, &pair->main, true);
}

static void set_no_touch(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    tw_grid_problem *p = &pair->main;
    set_level(p);
    p->payoff = TW_PAYS_ALWAYS;
    p->cash = cell(b, i, TW_COL_cash) / p->unit;
    if (beyond(p, p->sign > 0.0)) set_known(p, 0.0);
}

static const struct {
    const char *instrument;
    setter *set;
} SETTERS[] = {
    {"european", set_vanilla},
    {"american", set_american},
    {"bermudan", set_bermudan},
    {"digital_cash", set_cash},
    {"digital_asset", set_asset},
    {"barrier", set_barrier},
    {"double_barrier", set_double_barrier},
    {"double_no_touch", set_double_no_touch},
    {"double_touch", set_double_touch},
    {"one_touch", set_one_touch},
    {"one_touch_expiry", set_one_touch_expiry},
    {"no_touch", set_no_touch},
};

/* Prices are in units of a power of two about the larger of spot and strike: nothing overflows on the way, and nothing
 * is rounded. */
static double unit_of(const tw_block *b, size_t i)
{
    int exponent;
    if (b->market->model->any_sign) return 1.0;
    (void)frexp(fmax(cell(b, i, TW_COL_spot), cell(b, i, TW_COL_strike)), &exponent);
    return ldexp(1.0, exponent - 1);
}

static void set_market(const tw_block *b, size_t i, tw_grid_problem *p)
{
    const double shift = cell(b, i, TW_COL_shift);
    *p = (tw_grid_problem){.unit = unit_of(b, i), .contracts = b->contracts, .row = tw_block_row(b, i)};
    p->sign = cell(b, i, TW_COL_type);
    p->spot = (cell(b, i, TW_COL_spot) + shift) / p->unit;
    p->strike = (cell(b, i, TW_COL_strike) + shift) / p->unit;
    p->r = cell(b, i, TW_COL_r);
    p->q = cell(b, i, TW_COL_q);
    p->vol = cell(b, i, TW_COL_vol);
    p->T = cell(b, i, TW_COL_T);
    p->elapsed = b->elapsed[i];
    p->linear = strcmp(b->market->model->name, "bachelier") == 0;
    p->dividends = b->market->dividend_model;
    p->spot -= tw_grid_offset(p, 0.0);
    if (!p->linear && !(p->spot > 0.0)) b->status[i] = TW_ROW_STATUS(TW_ROW_CONFLICT, TW_COL_spot);
}

void tw_grid_pair_of(const tw_block *b, size_t i, tw_grid_pair *pair)
{
    pair->two = false;
    set_market(b, i, &pair->main);
    for (size_t k = 0; k < sizeof SETTERS / sizeof *SETTERS; k++)
        if (strcmp(SETTERS[k].instrument, b->contracts->instrument->name) == 0) SETTERS[k].set(b, i, pair);
}
