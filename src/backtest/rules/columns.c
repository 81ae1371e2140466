/* SPDX-License-Identifier: Apache-2.0 */
/* columns.c - what the expressions of a block see at a call: bars, scores, the account. */
#include "backtest/rules/spec.h"

#include <math.h>

static const tw_bar_field FIELD[] = {
    [TW_COLUMN_PRICE] = TW_PRICE, [TW_COLUMN_OPEN] = TW_OPEN,   [TW_COLUMN_HIGH] = TW_HIGH,
    [TW_COLUMN_LOW] = TW_LOW,     [TW_COLUMN_CLOSE] = TW_CLOSE, [TW_COLUMN_VOLUME] = TW_VOLUME};

static bool is_used(const tw_formula *f, size_t column) { return tw_plan_uses_column(f->plan, column); }

/* A window of the market's bars, asset by asset. */
static tw_status fill_bars(tw_block *b, tw_moment *now, size_t column, tw_error *err)
{
    const tw_formula *f = &b->now;
    for (size_t lane = 0; lane < f->n_universe; lane++) {
        const tw_window window = {.asset = b->asset[lane],
                                  .n = f->window,
                                  .field = FIELD[column],
                                  .minutes = b->strategy.window_of[0] == 'm'};
        TW_TRY(tw_lane_window(b, now, lane, &window, err));
        for (size_t row = 0; row < f->window; row++) *tw_formula_cell(f, column, row, lane) = b->window[row];
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

static void fill_scores(tw_block *b, const tw_moment *now)
{
    const tw_formula *f = &b->now;
    const size_t n = b->spec->score_minutes ? b->spec->market.market.n_minutes : b->spec->market.market.n_sessions;
    for (size_t row = 0; row < f->window; row++) {
        const size_t at = b->spec->score ? score_place(b, now, f->window - 1 - row) : SIZE_MAX;
        for (size_t lane = 0; lane < f->n_universe; lane++)
            *tw_formula_cell(f, TW_COLUMN_SCORE, row, lane) =
                at == SIZE_MAX || tw_lane_chain(b, lane) ? NAN : b->spec->score[b->universe[lane] * n + at];
    }
}

/* A further column of the bars, as the file has it: known at the close of its bar, and so missing in the row of a day
 * that still lasts. */
static void fill_more(tw_block *b, const tw_moment *now, size_t k)
{
    const tw_formula *f = &b->now;
    const tw_asset_market *m = &b->spec->market.market;
    const bool minutes = b->strategy.window_of[0] == 'm';
    const double *x = minutes ? b->spec->market.minute_column[k] : b->spec->market.daily_column[k];
    const size_t n = minutes ? m->n_minutes : m->n_sessions, column = f->n_columns - b->spec->data_text.n_columns + k;
    const size_t end = minutes ? tw_moment_bar(now) : tw_moment_session(now);
    for (size_t lane = 0; lane < f->n_universe; lane++)
        for (size_t row = 0; row < f->window; row++) {
            const size_t back = f->window - 1 - row;
            const bool there = x && !tw_lane_chain(b, lane) && (back || minutes || !b->spec->run.by_minute);
            *tw_formula_cell(f, column, row, lane) = there ? x[b->universe[lane] * n + end - back] : NAN;
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

static void fill_now(tw_block *b, tw_moment *now)
{
    const tw_formula *f = &b->now;
    const tw_strategy_account account = tw_moment_account(now);
    for (size_t column = TW_COLUMN_FIRST_NOW; column < f->n_columns - b->spec->data_text.n_columns; column++) {
        if (!is_used(f, column)) continue;
        for (size_t lane = 0; lane < f->n_universe; lane++) {
            double x = column == TW_COLUMN_CASH ? account.cash : account.portfolio_value;
            if (column != TW_COLUMN_CASH && column != TW_COLUMN_PORTFOLIO_VALUE)
                x = value_now(b, now, column, lane, account.portfolio_value);
            for (size_t row = 0; row < f->window; row++) *tw_formula_cell(f, column, row, lane) = x;
        }
    }
}

tw_status tw_block_evaluate(tw_block *b, tw_moment *now, tw_error *err)
{
    tw_formula *f = &b->now;
    if (f->n == 0) return TW_OK;
    for (size_t column = 0; column < TW_COLUMN_SCORE; column++)
        if (is_used(f, column)) TW_TRY(fill_bars(b, now, column, err));
    if (is_used(f, TW_COLUMN_SCORE)) fill_scores(b, now);
    for (size_t k = 0; k < b->spec->data_text.n_columns; k++)
        if (is_used(f, f->n_columns - b->spec->data_text.n_columns + k)) fill_more(b, now, k);
    fill_now(b, now);
    return tw_formula_run(f, err);
}
