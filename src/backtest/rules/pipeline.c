/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline.c - expressions over the days before a session, adjusted as of that session and not rounded. */
#include "backtest/rules/spec.h"

#include <math.h>

static const double *column_of(const tw_bars *bars, size_t column)
{
    const double *const all[] = {bars->open, bars->high, bars->low, bars->close, bars->volume};
    return all[column];
}

/* An asset takes part from the session after its first. */
static bool takes_part(const tw_asset *a, size_t session)
{
    return session > a->first && (a->end == 0 || session < a->end);
}

static void fill_lane(tw_block *b, size_t column, size_t lane, size_t session)
{
    const tw_formula *f = &b->pipeline;
    const tw_asset_market *m = &b->spec->market.market;
    const tw_asset *a = &m->asset[b->universe[lane]];
    const double *x = column_of(&m->daily, column);
    for (size_t row = 0; row < f->window; row++) {
        const size_t back = f->window - row;
        const bool there = x && back <= session && takes_part(a, session) && session - back >= a->first;
        *tw_formula_cell(f, column, row, lane) = there ? x[b->universe[lane] * m->n_sessions + session - back] : NAN;
    }
}

/* Every action that is in force by `session` scales the rows before its own. */
static void scale(tw_block *b, size_t column, const tw_asset_action *action, size_t lane, size_t session)
{
    const tw_formula *f = &b->pipeline;
    const bool volume = column == 4;
    if (action->ratio == 0 || (volume && action->kind != TW_SPLIT)) return;
    for (size_t row = 0; row < f->window; row++) {
        const size_t back = f->window - row;
        if (back > session || session - back >= action->session) continue;
        *tw_formula_cell(f, column, row, lane) *= volume ? 1 / action->ratio : action->ratio;
    }
}

static void fill_column(tw_block *b, size_t column, size_t session)
{
    const tw_formula *f = &b->pipeline;
    const tw_asset_market *m = &b->spec->market.market;
    for (size_t lane = 0; lane < b->n_universe; lane++) fill_lane(b, column, lane, session);
    for (size_t i = 0; i < m->n_actions && m->action[i].session <= session; i++) {
        const tw_asset_action *action = &m->action[i];
        if (action->session + f->window <= session) continue;
        if (b->lane_of[action->asset] != SIZE_MAX) scale(b, column, action, b->lane_of[action->asset], session);
    }
}

/* Kept for the session: its columns, missing for what the screen leaves out. */
static void keep(tw_block *b, size_t session)
{
    const tw_formula *f = &b->pipeline;
    const size_t columns = f->n - (b->screen != 0);
    b->pipeline_size = 0;
    for (size_t lane = 0; lane < b->n_universe; lane++) {
        const bool in = takes_part(&b->spec->market.market.asset[b->universe[lane]], session) &&
                        (b->screen == 0 || tw_formula_value(f, b->screen, lane) == 1);
        b->pipeline_size += in;
        for (size_t c = 0; c < columns; c++)
            b->pipeline_row[c * b->n_universe + lane] = in ? tw_formula_value(f, c + 1, lane) : NAN;
    }
}

tw_status tw_pipeline_run(tw_block *b, size_t session, tw_error *err)
{
    tw_formula *f = &b->pipeline;
    for (size_t column = 0; column < f->n_columns; column++)
        if (f->used[column]) fill_column(b, column, session);
    TW_TRY(tw_formula_run(f, err));
    keep(b, session);
    return TW_OK;
}
