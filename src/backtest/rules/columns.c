/* SPDX-License-Identifier: Apache-2.0 */
/* columns.c - what the expressions of a block see at a call: bars, scores, the account. */
#include "backtest/rules/lanes.h"

#include <math.h>

static const tw_bar_field FIELD[] = {
    [TW_COLUMN_PRICE] = TW_PRICE, [TW_COLUMN_OPEN] = TW_OPEN,   [TW_COLUMN_HIGH] = TW_HIGH,
    [TW_COLUMN_LOW] = TW_LOW,     [TW_COLUMN_CLOSE] = TW_CLOSE, [TW_COLUMN_VOLUME] = TW_VOLUME};

/* Where values go: the lanes of a formula from `first` on. */
typedef struct target {
    tw_block *block;
    tw_moment *now;
    const tw_formula *of;
    size_t first;
} target;

/* A window of the market's bars, asset by asset. */
static tw_status fill_bars(const target *t, size_t column, tw_error *err)
{
    tw_block *b = t->block;
    const tw_formula *f = t->of, *known = f->known && f->known->n && f->known->used[column] ? f->known : NULL;
    for (size_t lane = 0; known && lane < b->n_universe; lane++)
        for (size_t row = 0; row < f->rows; row++)
            *tw_formula_cell(f, column, row, t->first + lane) =
                *tw_formula_cell(known, column, known->rows - f->rows + row, f->known_first + lane);
    if (known) return TW_OK;
    for (size_t lane = 0; lane < b->n_universe; lane++) {
        const tw_window window = {.asset = b->asset[lane],
                                  .n = t->of->window,
                                  .field = FIELD[column],
                                  .minutes = b->strategy.window_of[0] == 'm'};
        TW_TRY(tw_lane_window(b, t->now, lane, &window, err));
        tw_formula_put(t->of, column, t->first + lane, b->window);
    }
    return TW_OK;
}

/* Where the score of a row stands: at the close of its bar it is known. In a run by minute a day's is known when the
 * day is over, so that each row has that of the day before its own. SIZE_MAX: none is known. */
static size_t score_place(const tw_block *b, const tw_moment *now, size_t back)
{
    const tw_asset_market *m = &b->spec->market.market;
    const bool minute_rows = b->strategy.window_of[0] == 'm';
    const size_t bar = tw_moment_bar(now), session = tw_moment_session(now);
    if (minute_rows) {
        if (b->spec->score_minutes) return bar - back;
        size_t day = session;
        while (m->minute_from[day] > bar - back) day--;
        return day ? day - 1 : SIZE_MAX;
    }
    const size_t late = b->spec->run.by_minute && !b->spec->score_minutes;
    if (back + late > session) return SIZE_MAX;
    if (!b->spec->score_minutes) return session - back - late;
    return back || !b->spec->run.by_minute ? m->minute_from[session - back + 1] - 1 : bar;
}

static void fill_scores(const target *t)
{
    const tw_block *b = t->block;
    const tw_formula *f = t->of;
    const size_t n = b->spec->score_minutes ? b->spec->market.market.n_minutes : b->spec->market.market.n_sessions;
    for (size_t row = 0; row < f->rows; row++) {
        const size_t at = b->spec->score ? score_place(b, t->now, f->rows - 1 - row) : SIZE_MAX;
        for (size_t lane = 0; lane < b->n_universe; lane++)
            *tw_formula_cell(f, TW_COLUMN_SCORE, row, t->first + lane) =
                at == SIZE_MAX || tw_lane_chain(b, lane) ? NAN : b->spec->score[b->universe[lane] * n + at];
    }
}

static void fill_groups(const target *t)
{
    const tw_block *b = t->block;
    for (size_t lane = 0; lane < b->n_universe; lane++)
        for (size_t row = 0; row < t->of->rows; row++)
            *tw_formula_cell(t->of, TW_COLUMN_GROUP, row, t->first + lane) =
                b->group && b->group[lane] ? (double)b->group[lane] : NAN;
}

/* A further column of the bars, as the file has it: known at the close of its bar, and so missing in the row of a day
 * that still lasts. */
static void fill_more(const target *t, size_t k)
{
    const tw_block *b = t->block;
    const tw_formula *f = t->of;
    const tw_asset_market *m = &b->spec->market.market;
    const bool minutes = b->strategy.window_of[0] == 'm';
    const double *x = minutes ? b->spec->market.minute_column[k] : b->spec->market.daily_column[k];
    const size_t n = minutes ? m->n_minutes : m->n_sessions, column = f->n_columns - b->spec->data_text.n_columns + k;
    const size_t end = minutes ? tw_moment_bar(t->now) : tw_moment_session(t->now);
    for (size_t lane = 0; lane < b->n_universe; lane++)
        for (size_t row = 0; row < f->rows; row++) {
            const size_t back = f->rows - 1 - row;
            const bool there = x && !tw_lane_chain(b, lane) && (back || minutes || !b->spec->run.by_minute);
            *tw_formula_cell(f, column, row, t->first + lane) = there ? x[b->universe[lane] * n + end - back] : NAN;
        }
}

/* A value of now stands in every row, so that it may be part of any expression. */
static double value_now(tw_block *b, tw_moment *now, size_t column, size_t lane, double portfolio_value)
{
    const double held = tw_lane_holding(b, now, lane);
    switch (column) {
    case TW_COLUMN_HOLDING: return held;
    case TW_COLUMN_COST_BASIS: return tw_lane_cost_basis(b, now, lane);
    case TW_COLUMN_WEIGHT: return held != 0 ? tw_lane_exposure(b, now, lane) / portfolio_value : 0;
    case TW_COLUMN_OPEN_ORDERS: return (double)tw_lane_orders(b, now, lane);
    case TW_COLUMN_CALLS: return (double)b->calls;
    case TW_COLUMN_PIPELINE_SIZE: return (double)b->pipeline_size;
    case TW_COLUMN_REMEMBERED: return b->spec->remembered[b->universe[lane]];
    default: return b->pipeline_row[(column - TW_COLUMN_COUNT) * b->n_universe + lane];
    }
}

static void fill_now(const target *t)
{
    tw_block *b = t->block;
    const tw_formula *f = t->of;
    const size_t end = f->n_columns - b->spec->data_text.n_columns;
    size_t column = TW_COLUMN_FIRST_NOW;
    while (column < end && !f->used[column]) column++;
    if (column == end) return;
    const tw_strategy_account account = tw_moment_account(t->now);
    for (; column < end; column++) {
        if (!f->used[column]) continue;
        for (size_t lane = 0; lane < b->n_universe; lane++) {
            double x = column == TW_COLUMN_CASH ? account.cash : account.portfolio_value;
            if (column != TW_COLUMN_CASH && column != TW_COLUMN_PORTFOLIO_VALUE)
                x = value_now(b, t->now, column, lane, account.portfolio_value);
            for (size_t row = 0; row < f->rows; row++) *tw_formula_cell(f, column, row, t->first + lane) = x;
        }
    }
}

tw_status tw_block_fill(tw_block *b, tw_moment *now, const tw_formula *f, size_t first, tw_error *err)
{
    const target t = {.block = b, .now = now, .of = f, .first = first};
    for (size_t column = 0; column < TW_COLUMN_SCORE; column++)
        if (f->used[column]) TW_TRY(fill_bars(&t, column, err));
    if (f->used[TW_COLUMN_SCORE]) fill_scores(&t);
    if (f->used[TW_COLUMN_GROUP]) fill_groups(&t);
    for (size_t k = 0; k < b->spec->data_text.n_columns; k++)
        if (f->used[f->n_columns - b->spec->data_text.n_columns + k]) fill_more(&t, k);
    fill_now(&t);
    return TW_OK;
}

static bool is_split(const tw_block *b) { return b->split.from && !b->spec->whole; }

tw_status tw_block_evaluate(tw_block *b, tw_moment *now, tw_error *err)
{
    if (b->now.n == 0) return TW_OK;
    if (is_split(b)) return tw_split_evaluate(b, now, err);
    TW_TRY(tw_block_fill(b, now, &b->now, 0, err));
    return tw_formula_run(&b->now, err);
}

double tw_block_value(const tw_block *b, size_t number, size_t lane)
{
    return is_split(b) ? tw_split_value(b, number, lane) : tw_formula_value(&b->now, number, lane);
}
