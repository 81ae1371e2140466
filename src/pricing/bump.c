/* SPDX-License-Identifier: Apache-2.0 */
/* bump.c - greeks that an engine does not supply, by central differences of those it does.
 *
 * Each greek is the slope of a lower one in one column: delta that of the value in the spot, vanna that of delta in the
 * volatility, and so on down to what the engine supplies. The sizes are the engine's (tw_bumps). A row whose column is
 * nearer to its bound than the bump takes half that distance. */
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
    double up[TW_BLOCK];
    double value[TW_VALUE_COUNT][TW_BLOCK];
    tw_row_status status[TW_BLOCK];
} level;

size_t tw_bump_workspace(void) { return LEVELS * sizeof(level); }

/* ---------------------------------------------------------------- sizes */

static double size_of(const tw_bumps *sizes, tw_column_id column, double x, double scale)
{
    switch (column) {
    case TW_COL_spot: return sizes->spot * scale;
    case TW_COL_vol: return fmin(sizes->vol * scale, 0.5 * x);
    case TW_COL_T: return fmin(sizes->time, 0.5 * x);
    default: return sizes->rate;
    }
}

/* Bump sizes of each row. Spots of models of either sign, and their volatilities, are in units of prices. */
static void sizes(const tw_bump_job *job, const tw_block *at, tw_column_id column, double *h)
{
    const bool any_sign = at->market->model->any_sign;
    const double *strike = at->col[TW_COL_strike];
    for (size_t i = 0; i < TW_BLOCK; i++) {
        const double spot = at->col[TW_COL_spot][i];
        double scale = fabs(spot);
        if (any_sign && strike) scale = fmax(scale, fabs(strike[i]));
        if (column == TW_COL_vol && !at->market->model->any_sign) scale = 1.0;
        h[i] = size_of(&job->engine->bumps, column, at->col[column][i], scale);
    }
}

/* ---------------------------------------------------------------- points */

/* Moves a column of the level's block by sign * h from where it is at `at`. All dates move with T. */
static void move(level *l, const tw_block *at, tw_column_id column, double sign)
{
    for (size_t i = 0; i < TW_BLOCK; i++) l->other[i] = at->col[column][i] + sign * l->h[i];
    l->block.col[column] = l->other;
    if (column == TW_COL_r && at->market->model->forward) l->block.col[TW_COL_q] = l->other;
    if (column != TW_COL_T) return;
    if (at->col[TW_COL_start]) {
        for (size_t i = 0; i < TW_BLOCK; i++) l->start[i] = fmax(at->col[TW_COL_start][i] + sign * l->h[i], 0.0);
        l->block.col[TW_COL_start] = l->start;
    }
    for (size_t i = 0; i < TW_BLOCK; i++) l->block.elapsed[i] = at->elapsed[i] - sign * l->h[i];
}

static void value_at(const tw_bump_job *job, level *l, const tw_block *at, tw_value_id value, double *to);

/* Slope of a value at a point, by two points beside it. */
static void difference(const tw_bump_job *job, level *l, const tw_block *at, const slope *s, double *to)
{
    if (!at->col[s->column]) { /* the model has no such column */
        for (size_t i = 0; i < TW_BLOCK; i++) to[i] = 0.0;
        return;
    }
    l->block = *at;
    for (int v = 0; v < TW_VALUE_COUNT; v++) l->block.out[v] = l->value[v];
    l->block.status = l->status;
    sizes(job, at, s->column, l->h);
    move(l, at, s->column, 1.0);
    value_at(job, l + 1, &l->block, s->of, l->up);
    move(l, at, s->column, -1.0);
    value_at(job, l + 1, &l->block, s->of, to);
    for (size_t i = 0; i < TW_BLOCK; i++) to[i] = l->h[i] > 0.0 ? s->sign * (l->up[i] - to[i]) / (2.0 * l->h[i]) : 0.0;
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
    memcpy(to, block.out[value], TW_BLOCK * sizeof *to);
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
        for (size_t i = 0; i < TW_BLOCK; i++) job->block->out[TW_VALUE_error_estimate][i] = NAN;
}
