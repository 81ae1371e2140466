/* SPDX-License-Identifier: Apache-2.0 */
/* split.c - the expressions of a block in parts, so that what the market alone decides is evaluated for many calls at
 * once. Each call has lanes of its own, with the window that it would see then: the values are, to the bit, those of
 * one call after the other, and none has a way to a later bar. */
#include "backtest/event/engine.h"
#include "backtest/rules/spec.h"
#include "feature/plan.h"

#include <string.h>

enum { LANES_AT_ONCE = 128, MOST_CELLS = 1 << 20 };

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "a backtest"); }

/* ---------------------------------------------------------------- parts */

static tw_status compile_alone(const tw_block *b, const char *text, tw_plan **plan, tw_error *err)
{
    const tw_feature feature = {"part", text};
    const tw_plan_spec spec = {.columns = b->now.column,
                               .n_columns = b->now.n_columns,
                               .lets = b->now.let,
                               .n_lets = b->now.n_lets,
                               .features = &feature,
                               .n_features = 1};
    return tw_plan_compile(b->spec->ctx, &spec, plan, err);
}

static bool looks_at_account(const tw_block *b, const tw_plan *plan)
{
    for (size_t c = TW_COLUMN_FIRST_NOW; c < b->now.n_columns - b->spec->data_text.n_columns; c++)
        if (tw_plan_uses_column(plan, c)) return true;
    return false;
}

/* True when each value is of its own bar. */
static bool is_pointwise(const tw_plan *plan)
{
    for (size_t i = 0; i < plan->dag.n; i++)
        if (plan->dag.nodes[i].kind == FX_OPERATOR && !(plan->dag.nodes[i].op->traits & TW_POINTWISE)) return false;
    return true;
}

static tw_status add_part(tw_block *b, const tw_expression *e, const char *text, const tw_plan *plan, tw_error *err)
{
    tw_split *s = &b->split;
    if (s->n_parts == TW_MOST_EXPRESSIONS)
        return tw_node_fail(b->spec->doc, e->node, err, "more than %d parts of conditions", (int)TW_MOST_EXPRESSIONS);
    tw_part *part = &s->part[s->n_parts++];
    part->of_account = looks_at_account(b, plan);
    if (part->of_account && !is_pointwise(plan)) s->account.rows = b->now.window;
    return tw_spec_expression(b->spec, part->of_account ? &s->account : &s->market, e->node, text, e->condition,
                              &part->number, err);
}

static tw_status split_part(tw_block *b, const tw_expression *e, const fx_part *part, tw_error *err)
{
    tw_plan *plan = NULL;
    const char *text = tw_arena_text(&b->spec->arena, e->text + part->at, part->length);
    if (!text) return no_memory(err);
    TW_TRY(compile_alone(b, text, &plan, err));
    const tw_status status = add_part(b, e, text, plan, err);
    tw_plan_free(plan);
    return status;
}

/* A condition comes apart at its top. */
static tw_status split_text(tw_block *b, size_t number, tw_error *err)
{
    const tw_expression *e = &b->now.expression[number];
    const fx_feature *f = &b->now.plan->features[number];
    const fx_part whole = {0, strlen(e->text)};
    const size_t n = e->condition ? f->n_parts : 0;
    if (n == 0) return split_part(b, e, &whole, err);
    for (size_t i = 0; i < n; i++) TW_TRY(split_part(b, e, &f->part[i], err));
    return TW_OK;
}

/* ---------------------------------------------------------------- making them */

static tw_status split_all(tw_block *b, size_t *from, tw_error *err)
{
    for (size_t i = 0; i < b->now.n; i++) {
        from[i] = b->split.n_parts;
        TW_TRY(split_text(b, i, err));
    }
    from[b->now.n] = b->split.n_parts;
    return TW_OK;
}

/* How many calls at once: of one bar after the other, of few assets, none of which is ranked among the others. */
static size_t calls_at_once(const tw_block *b)
{
    const size_t n = LANES_AT_ONCE / b->n_universe;
    if (b->strategy.schedule || n < 2 || b->now.window > MOST_CELLS / LANES_AT_ONCE) return 1;
    for (size_t i = 0; i < b->now.n; i++)
        if (tw_plan_is_section(b->now.plan, i)) return 1;
    return n;
}

static tw_formula like(const tw_formula *f)
{
    return (tw_formula){.column = f->column,
                        .n_columns = f->n_columns,
                        .window = f->window,
                        .let = f->let,
                        .let_node = f->let_node,
                        .group = f->group,
                        .n_lets = f->n_lets};
}

tw_status tw_split_make(tw_block *b, tw_error *err)
{
    tw_split *s = &b->split;
    size_t *from = tw_arena_new(&b->spec->arena, b->now.n + 1, sizeof *from);
    s->room = calls_at_once(b);
    s->part = tw_arena_new(&b->spec->arena, TW_MOST_EXPRESSIONS, sizeof *s->part);
    s->rounded = tw_arena_new(&b->spec->arena, s->room, sizeof *s->rounded);
    if (!from || !s->part || !s->rounded) return no_memory(err);
    s->market = s->account = like(&b->now);
    s->account.rows = 1;
    if (s->room > 1) s->market.group = NULL; /* nothing looks across lanes */
    s->account.known = &s->market;
    TW_TRY(split_all(b, from, err));
    TW_TRY(tw_formula_compile(b->spec, &s->account, b->n_universe, err));
    TW_TRY(tw_formula_compile(b->spec, &s->market, b->n_universe * s->room, err));
    s->from = from;
    return TW_OK;
}

/* ---------------------------------------------------------------- evaluating */

/* The moment at which a later bar has just come, for windows alone: their end is that bar. */
static tw_moment moment_at(const tw_moment *now, size_t bar)
{
    tw_moment then = *now;
    then.bar = bar;
    if (!now->run->by_minute) then.session = bar;
    while (now->run->by_minute && now->market->minute_from[then.session + 1] <= bar) then.session++;
    then.view = then.session;
    return then;
}

/* Prices that are rounded for a call are counted when it comes. */
static tw_status evaluate_stretch(tw_block *b, tw_moment *now, tw_error *err)
{
    tw_split *s = &b->split;
    const size_t end = now->run->by_minute ? now->market->minute_from[now->run->to] : now->run->to;
    size_t *count = &now->result->quirks[TW_QUIRK_rounded_price].count;
    const size_t before = *count;
    s->first = now->bar;
    s->n = 0;
    for (size_t k = 0; k < s->room && now->bar + k < end; k++) {
        tw_moment then = moment_at(now, now->bar + k);
        *count = 0;
        const tw_status status = tw_block_fill(b, &then, &s->market, k * b->n_universe, err);
        s->rounded[k] = *count;
        *count = before;
        TW_TRY(status);
        s->n++;
    }
    return tw_formula_run(&s->market, err);
}

tw_status tw_split_evaluate(tw_block *b, tw_moment *now, tw_error *err)
{
    tw_split *s = &b->split;
    if (s->market.n) {
        if (now->bar < s->first || now->bar - s->first >= s->n) TW_TRY(evaluate_stretch(b, now, err));
        const size_t k = now->bar - s->first;
        now->result->quirks[TW_QUIRK_rounded_price].count += s->rounded[k];
        s->at = k * b->n_universe;
    }
    if (s->account.n == 0) return TW_OK;
    s->account.known_first = s->at;
    TW_TRY(tw_block_fill(b, now, &s->account, 0, err));
    return tw_formula_run(&s->account, err);
}

static double part_value(const tw_split *s, const tw_part *part, size_t lane)
{
    return part->of_account ? tw_formula_value(&s->account, part->number, lane)
                            : tw_formula_value(&s->market, part->number, s->at + lane);
}

double tw_split_value(const tw_block *b, size_t number, size_t lane)
{
    const tw_split *s = &b->split;
    const size_t from = s->from[number - 1], to = s->from[number];
    for (size_t i = from; i + 1 < to; i++)
        if (part_value(s, &s->part[i], lane) != 1) return 0;
    const double last = part_value(s, &s->part[to - 1], lane);
    return last == 1 || to - from == 1 ? last : 0;
}
