/* SPDX-License-Identifier: Apache-2.0 */
/* formula.c - the expressions of a spec over a window of bars, through the plan of the feature library. */
#include "backtest/rules/spec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_ROOM = 48 };

tw_status tw_spec_expression(tw_backtest_spec *s, tw_formula *f, const tw_node *node, const char *text, bool condition,
                             size_t *number, tw_error *err)
{
    if (f->n == TW_MOST_EXPRESSIONS)
        return tw_node_fail(s->doc, node, err, "more than %d expressions", (int)TW_MOST_EXPRESSIONS);
    if (f->n == f->room) {
        const size_t more = f->room ? f->room * 2 : 16;
        tw_expression *grown = tw_arena_new(&s->arena, more, sizeof *grown);
        if (!grown) return tw_no_memory(err, "a backtest");
        if (f->n) memcpy(grown, f->expression, f->n * sizeof *grown);
        f->expression = grown;
        f->room = more;
    }
    f->expression[f->n++] = (tw_expression){node, text, condition};
    *number = f->n;
    return TW_OK;
}

static tw_plan_spec plan_of(const tw_formula *f, const tw_feature *features, size_t n)
{
    return (tw_plan_spec){.columns = f->column,
                          .n_columns = f->n_columns,
                          .lets = f->let,
                          .n_lets = f->n_lets,
                          .features = features,
                          .n_features = n};
}

/* Which expression is wrong: the first that does not compile alone. A let that no expression uses is tried as one. */
static tw_status blame(const tw_backtest_spec *s, const tw_formula *f, const tw_feature *features, tw_status status,
                       tw_error *err)
{
    tw_error why;
    for (size_t i = 0; i < f->n_lets + f->n; i++) {
        tw_plan *plan = NULL;
        tw_plan_spec one = plan_of(f, i < f->n_lets ? &f->let[i] : &features[i - f->n_lets], 1);
        if (i < f->n_lets) one.n_lets = i;
        const tw_status found = tw_plan_compile(s->ctx, &one, &plan, &why);
        tw_plan_free(plan);
        if (found == TW_OK || found == TW_NO_MEMORY) continue;
        (void)tw_node_fail(s->doc, i < f->n_lets ? f->let_node[i] : f->expression[i - f->n_lets].node, err, "%s",
                           why.message);
        return found;
    }
    return status;
}

static tw_status compile(tw_backtest_spec *s, tw_formula *f, tw_feature *features, tw_error *err)
{
    for (size_t i = 0; i < f->n; i++) {
        const char *key = f->expression[i].node->key;
        char *name = tw_arena_new(&s->arena, NAME_ROOM, 1);
        if (!name) return tw_no_memory(err, "a backtest");
        (void)snprintf(name, NAME_ROOM, "%.20s.%zu", key ? key : "expression", i + 1);
        features[i] = (tw_feature){name, f->expression[i].text};
    }
    const tw_plan_spec spec = plan_of(f, features, f->n);
    const tw_status status = tw_plan_compile(s->ctx, &spec, &f->plan, err);
    if (status != TW_OK) return blame(s, f, features, status, err);
    for (size_t i = 0; i < f->n; i++)
        if (f->expression[i].condition && !tw_plan_is_logical(f->plan, i))
            return tw_node_fail(s->doc, f->expression[i].node, err,
                                "a condition is needed here, such as close > 10, and this is a number");
    return TW_OK;
}

static tw_status check_window(tw_backtest_spec *s, const tw_formula *f, tw_error *err)
{
    for (size_t i = 0; i < f->n; i++)
        if (tw_plan_lookback(f->plan, i) >= f->window)
            return tw_node_fail(s->doc, f->expression[i].node, err,
                                "this needs %zu bars before it has a value, and the window has %zu: give 'window: %zu'",
                                tw_plan_lookback(f->plan, i), f->window, tw_plan_lookback(f->plan, i) + 1);
    return TW_OK;
}

static tw_status find_used(tw_backtest_spec *s, tw_formula *f, tw_error *err)
{
    size_t n = 0;
    f->used = tw_arena_new(&s->arena, f->n_columns, sizeof *f->used);
    f->slot = tw_arena_new(&s->arena, f->n_columns + 1, sizeof *f->slot);
    if (!f->used || !f->slot) return tw_no_memory(err, "a backtest");
    for (size_t c = 0; c < f->n_columns; c++) {
        f->used[c] = tw_plan_uses_column(f->plan, c);
        f->slot[c] = n;
        n += f->used[c];
    }
    f->slot[f->n_columns] = n;
    return TW_OK;
}

static tw_status make_room(tw_backtest_spec *s, tw_formula *f, size_t n, tw_error *err)
{
    f->n_universe = n;
    f->n_blocks = (n + TW_LANES - 1) / TW_LANES;
    if (f->rows == 0) f->rows = f->window;
    TW_TRY(find_used(s, f, err));
    const size_t column = f->n_blocks * f->rows * TW_LANES, row = f->n_blocks * TW_LANES, used = f->slot[f->n_columns];
    if (column > SIZE_MAX / sizeof(double) / (used + 1) || row > SIZE_MAX / sizeof(double) / (f->n + 1))
        return tw_fail(err, TW_TOO_LARGE, "a window of %zu bars of %zu assets", f->window, n);
    f->cells = tw_new(s->ctx, column * used + 1, sizeof *f->cells);
    f->values = tw_new(s->ctx, row * f->n, sizeof *f->values);
    f->in = tw_arena_new(&s->arena, f->n_columns, sizeof *f->in);
    f->out = tw_arena_new(&s->arena, f->n + 1, sizeof *f->out);
    if (!f->cells || !f->values || !f->in || !f->out) return tw_no_memory(err, "a backtest");
    for (size_t i = 0; i < column * used; i++) f->cells[i] = NAN;
    for (size_t c = 0; c < f->n_columns; c++)
        if (f->used[c]) f->in[c] = (tw_tiles){f->cells + f->slot[c] * column, f->rows * TW_LANES, TW_LANES};
    /* all rows of a result go to one place, so that the last is what stays */
    for (size_t i = 0; i < f->n; i++)
        f->out[i] = (tw_tiles_out){.f64 = f->values + i * row, .block_stride = TW_LANES, .time_stride = 0};
    return tw_runner_new(s->ctx, f->plan, n, f->group, &f->runner, err);
}

tw_status tw_formula_compile(tw_backtest_spec *s, tw_formula *f, size_t n, tw_error *err)
{
    if (f->n == 0) return TW_OK;
    tw_feature *features = tw_arena_new(&s->arena, f->n, sizeof *features);
    if (!features) return tw_no_memory(err, "a backtest");
    TW_TRY(compile(s, f, features, err));
    TW_TRY(check_window(s, f, err));
    return make_room(s, f, n, err);
}

void tw_formula_clear(tw_backtest_spec *s, tw_formula *f)
{
    tw_runner_free(f->runner);
    tw_plan_free(f->plan);
    tw_free(s->ctx, f->cells);
    tw_free(s->ctx, f->values);
}

double *tw_formula_cell(const tw_formula *f, size_t column, size_t row, size_t lane)
{
    return f->cells + ((f->slot[column] * f->n_blocks + lane / TW_LANES) * f->rows + row) * TW_LANES + lane % TW_LANES;
}

void tw_formula_put(const tw_formula *f, size_t column, size_t lane, const double *window)
{
    double *to = tw_formula_cell(f, column, 0, lane);
    window += f->window - f->rows;
    for (size_t row = 0; row < f->rows; row++) to[row * TW_LANES] = window[row];
}

tw_status tw_formula_run(tw_formula *f, tw_error *err)
{
    tw_runner_reset(f->runner);
    return tw_runner_run(f->runner, f->rows, f->in, f->out, err);
}

double tw_formula_value(const tw_formula *f, size_t number, size_t lane)
{
    return f->values[((number - 1) * f->n_blocks + lane / TW_LANES) * TW_LANES + lane % TW_LANES];
}
