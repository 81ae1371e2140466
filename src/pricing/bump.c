/* SPDX-License-Identifier: Apache-2.0 */
/* bump.c - greeks that an engine does not supply, by central differences of those it does.
 *
 * Each greek is the slope of a lower one in one column: delta that of the value in the spot, vanna that of delta in the
 * volatility, and so on down to what the engine supplies. Sizes and number of points are the engine's (tw_bumps). A row
 * whose column is nearer to its bound than the outermost point takes half that distance. */
#include "pricing/engine.h"

#include <math.h>
#include <string.h>

/* value = sign * d of / d column. */
typedef struct slope {
    tw_value_id value, of;
    tw_column_id column;
    double sign;
} slope;

/* In an order in which what one is the slope of comes before it. */
static const slope SLOPES[] = {
    {TW_VALUE_delta, TW_VALUE_value, TW_COL_spot, 1.0}, {TW_VALUE_gamma, TW_VALUE_delta, TW_COL_spot, 1.0},
    {TW_VALUE_vega, TW_VALUE_value, TW_COL_vol, 1.0},   {TW_VALUE_theta, TW_VALUE_value, TW_COL_T, -1.0},
    {TW_VALUE_rho, TW_VALUE_value, TW_COL_r, 1.0},      {TW_VALUE_dividend_rho, TW_VALUE_value, TW_COL_q, 1.0},
    {TW_VALUE_vanna, TW_VALUE_delta, TW_COL_vol, 1.0},  {TW_VALUE_volga, TW_VALUE_vega, TW_COL_vol, 1.0},
    {TW_VALUE_charm, TW_VALUE_delta, TW_COL_T, -1.0},   {TW_VALUE_speed, TW_VALUE_gamma, TW_COL_spot, 1.0},
    {TW_VALUE_color, TW_VALUE_gamma, TW_COL_T, -1.0},
};

enum { N_SLOPES = sizeof SLOPES / sizeof *SLOPES, LEVELS = 3 };

static const slope *slope_of(tw_value_id value)
{
    for (size_t i = 0; i < N_SLOPES; i++)
        if (SLOPES[i].value == value) return &SLOPES[i];
    return NULL;
}

/* What one level of bumps needs: a block of its own, its moved columns and its results on one side. */
typedef struct level {
    tw_block block;
    double spot[TW_BLOCK], other[TW_BLOCK], start[TW_BLOCK], h[TW_BLOCK];
    double step[TW_BLOCK], weight[TW_BLOCK], side[TW_BLOCK];
    double value[TW_VALUE_COUNT][TW_BLOCK];
    tw_row_status status[TW_BLOCK];
} level;

size_t tw_bump_workspace(void) { return LEVELS * sizeof(level); }

/* ---------------------------------------------------------------- sizes */

/* Where values are taken, in units of h, and their weights in h times the slope. `edge`: on one side alone. */
typedef struct stencil {
    int n;
    double at[6], weight[6];
    double edge_at[6], edge_weight[6];
} stencil;

static const stencil STENCILS[] = {
    {2, {1, -1}, {1.0 / 2, -1.0 / 2}, {0, 1}, {-1, 1}},
    {4, {1, -1, 2, -2}, {2.0 / 3, -2.0 / 3, -1.0 / 12, 1.0 / 12}, {0, 1, 2, 3}, {-11.0 / 6, 3, -3.0 / 2, 1.0 / 3}},
    {6,
     {1, -1, 2, -2, 3, -3},
     {3.0 / 4, -3.0 / 4, -3.0 / 20, 3.0 / 20, 1.0 / 60, -1.0 / 60},
     {0, 1, 2, 3, 4, 5},
     {-137.0 / 60, 5, -5, 10.0 / 3, -5.0 / 4, 1.0 / 5}},
};

/* Points on each side. */
static int pairs(const tw_bumps *sizes) { return sizes->points >= 6 ? 3 : sizes->points >= 4 ? 2 : 1; }

/* Which side of the spot of row i is left at the extreme so far of a lookback option, where the path turns: 0 is both,
 * as everywhere else. A call on the highest price and a put struck at it have their extreme above. */
static int edge_of(const tw_block *at, tw_column_id column, size_t i)
{
    if (column != TW_COL_spot || !at->col[TW_COL_extreme]) return 0;
    if (at->col[TW_COL_spot][i] != at->col[TW_COL_extreme][i]) return 0;
    const int side = at->col[TW_COL_type][i] > 0.0 ? 1 : -1;
    return at->col[TW_COL_strike] ? -side : side;
}

/* How far the spot of row i is from the nearest level at which the contract becomes another. */
static double level_distance(const tw_block *at, size_t i)
{
    static const tw_column_id LEVEL[] = {TW_COL_barrier, TW_COL_barrier_high, TW_COL_extreme};
    double least = INFINITY;
    for (size_t k = 0; k < sizeof LEVEL / sizeof *LEVEL; k++)
        if (at->col[LEVEL[k]]) least = fmin(least, fabs(at->col[TW_COL_spot][i] - at->col[LEVEL[k]][i]));
    if (strstr(at->contracts->instrument->name, "touch") && at->col[TW_COL_strike])
        least = fmin(least, fabs(at->col[TW_COL_spot][i] - at->col[TW_COL_strike][i]));
    return least;
}

/* Unit of prices of row i: the spot, or where prices have either sign the strike if that is larger. */
static double price_scale(const tw_block *at, size_t i)
{
    const double spot = fabs(at->col[TW_COL_spot][i]);
    return at->market->model->any_sign && at->col[TW_COL_strike] ? fmax(spot, fabs(at->col[TW_COL_strike][i])) : spot;
}

/* No point is on the other side of a level. */
static double spot_size(const tw_bumps *sizes, const tw_block *at, size_t i)
{
    const double room = level_distance(at, i), h = sizes->spot * price_scale(at, i);
    return room > 0.0 ? fmin(h, 0.5 * room / pairs(sizes)) : h;
}

/* Volatilities of prices of either sign are in their unit. */
static double vol_scale(const tw_block *at, size_t i) { return at->market->model->any_sign ? price_scale(at, i) : 1.0; }

static double size_of(const tw_bumps *sizes, const tw_block *at, tw_column_id column, size_t i)
{
    const double most = 0.5 * at->col[column][i] / pairs(sizes);
    switch (column) {
    case TW_COL_spot: return spot_size(sizes, at, i);
    case TW_COL_vol: return fmin(sizes->vol * vol_scale(at, i), most);
    case TW_COL_T: return fmin(sizes->time, most);
    default: return sizes->rate;
    }
}

/* Bump sizes of each row. */
static void sizes(const tw_bump_job *job, const tw_block *at, tw_column_id column, double *h)
{
    for (size_t i = 0; i < TW_BLOCK; i++) h[i] = size_of(&job->engine->bumps, at, column, i);
}

/* ---------------------------------------------------------------- points */

/* Moves a column of the level's block to point k of the stencil around where it is at `at`. All dates move with T. */
static void move(level *l, const tw_block *at, tw_column_id column, const stencil *s, int k)
{
    for (size_t i = 0; i < TW_BLOCK; i++) {
        const int edge = edge_of(at, column, i);
        l->step[i] = l->h[i] * (edge ? edge * s->edge_at[k] : s->at[k]);
        l->weight[i] = edge ? edge * s->edge_weight[k] : s->weight[k];
        l->other[i] = at->col[column][i] + l->step[i];
    }
    l->block.col[column] = l->other;
    if (column == TW_COL_r && at->market->model->forward) l->block.col[TW_COL_q] = l->other;
    if (column != TW_COL_T) return;
    if (at->col[TW_COL_start]) {
        for (size_t i = 0; i < TW_BLOCK; i++) l->start[i] = fmax(at->col[TW_COL_start][i] + l->step[i], 0.0);
        l->block.col[TW_COL_start] = l->start;
    }
    for (size_t i = 0; i < TW_BLOCK; i++) l->block.elapsed[i] = at->elapsed[i] - l->step[i];
}

static void value_at(const tw_bump_job *job, level *l, const tw_block *at, tw_value_id value, double *to);

/* Slope of a value at a point, by points beside it. */
static void difference(const tw_bump_job *job, level *l, const tw_block *at, const slope *s, double *to)
{
    if (!at->col[s->column]) { /* the model has no such column */
        for (size_t i = 0; i < at->n; i++) to[i] = 0.0;
        return;
    }
    l->block = *at;
    for (int v = 0; v < TW_VALUE_COUNT; v++) l->block.out[v] = l->value[v];
    l->block.status = l->status;
    sizes(job, at, s->column, l->h);
    memset(to, 0, at->n * sizeof *to);
    const stencil *points = &STENCILS[pairs(&job->engine->bumps) - 1];
    for (int k = 0; k < points->n; k++) {
        move(l, at, s->column, points, k);
        value_at(job, l + 1, &l->block, s->of, l->side);
        for (size_t i = 0; i < at->n; i++) to[i] += l->weight[i] * l->side[i];
    }
    for (size_t i = 0; i < at->n; i++) to[i] = l->h[i] > 0.0 ? s->sign * to[i] / l->h[i] : 0.0;
}

/* A value at a point: the engine's, or a slope again. `l` is the next level that is free. */
static void value_at(const tw_bump_job *job, level *l, const tw_block *at, tw_value_id value, double *to)
{
    if (!(at->scope->supplies & TW_VALUE_BIT(value))) {
        difference(job, l, at, slope_of(value), to);
        return;
    }
    tw_block block = *at;
    block.wants = TW_VALUE_BIT(value);
    memset(block.status, 0, TW_BLOCK * sizeof *block.status); /* OK */
    job->engine->price(&block, job->params);
    memcpy(to, block.out[value], at->n * sizeof *to);
}

void tw_bump(const tw_bump_job *job)
{
    level *levels = job->work;
    const uint32_t lacks = job->wants & ~job->block->scope->supplies;
    for (size_t i = 0; i < N_SLOPES; i++) {
        const slope *s = &SLOPES[i];
        if (lacks >> s->value & 1u) difference(job, levels, job->block, s, job->block->out[s->value]);
    }
    if (lacks >> TW_VALUE_error_estimate & 1u) /* a method that says nothing of its error */
        for (size_t i = 0; i < job->block->n; i++) job->block->out[TW_VALUE_error_estimate][i] = NAN;
}
