/* SPDX-License-Identifier: Apache-2.0 */
/* split.c - the expressions of a block in parts, so that what the market alone decides is evaluated for many calls at
 * once. Each call has lanes of its own, with the window that it would see then: the values are, to the bit, those of
 * one call after the other, and none has a way to a later bar. */
#include "backtest/event/engine.h"
#include "backtest/rules/spec.h"
#include "feature/plan.h"

#include <string.h>

enum { LANES_AT_ONCE = 128, MOST_CELLS = 1 << 20, MOST_PARTS = 64 };

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "a backtest"); }

/* ---------------------------------------------------------------- texts */

typedef struct word {
    const char *at;
    size_t length;
} word;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The next word, sign or quoted text; length 0 at the end. The expression is known to be well formed. */
static word next_word(const char *p, const char *end)
{
    while (p < end && strchr(" \t\n\r", *p)) p++;
    word w = {p, p < end};
    if (p < end && (*p == '"' || *p == '\'')) {
        const char *close = memchr(p + 1, *p, (size_t)(end - p) - 1);
        w.length = close ? (size_t)(close - p) + 1 : (size_t)(end - p);
    } else if (p < end && is_letter(*p)) {
        while (p + w.length < end && is_letter(p[w.length])) w.length++;
    }
    return w;
}

static bool is_word(word w, const char *text) { return w.length == strlen(text) && memcmp(w.at, text, w.length) == 0; }

/* The first `and` outside brackets that something stands before, unless there is an `or` as well. */
static word find_and(word text)
{
    const char *end = text.at + text.length;
    word found = {NULL, 0};
    size_t depth = 0;
    for (word w = next_word(text.at, end); w.length; w = next_word(w.at + w.length, end)) {
        depth += is_word(w, "(");
        depth -= depth > 0 && is_word(w, ")");
        if (depth == 0 && is_word(w, "or")) return (word){NULL, 0};
        if (depth == 0 && !found.at && is_word(w, "and") && w.at > text.at) found = w;
    }
    return found;
}

/* Without brackets around the whole. */
static word unwrap(word text)
{
    for (;;) {
        const char *end = text.at + text.length;
        size_t depth = 0;
        word w = next_word(text.at, end);
        if (!is_word(w, "(")) return text;
        const char *inside = w.at + 1;
        for (; w.length; w = next_word(w.at + w.length, end)) {
            depth += is_word(w, "(");
            depth -= depth > 0 && is_word(w, ")");
            if (depth == 0) break;
        }
        if (depth > 0 || next_word(w.at + 1, end).length) return text;
        text = (word){inside, (size_t)(w.at - inside)};
    }
}

/* ---------------------------------------------------------------- parts */

/* Compiles a text alone; *plan is NULL when it does not stand alone. */
static tw_status compile_alone(const tw_block *b, const char *text, tw_plan **plan, tw_error *err)
{
    const tw_feature feature = {"part", text};
    const tw_plan_spec spec = {.columns = b->now.column,
                               .n_columns = b->now.n_columns,
                               .lets = b->now.let,
                               .n_lets = b->now.n_lets,
                               .features = &feature,
                               .n_features = 1};
    tw_error why;
    *plan = NULL;
    return tw_plan_compile(b->spec->ctx, &spec, plan, &why) == TW_NO_MEMORY ? no_memory(err) : TW_OK;
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

static tw_status copy_text(const tw_block *b, word text, const char **copy, tw_error *err)
{
    *copy = tw_arena_text(&b->spec->arena, text.at, text.length);
    return *copy ? TW_OK : no_memory(err);
}

/* An `and` that is a call, and not between two conditions, leaves halves that mean nothing. */
static tw_status is_condition(const tw_block *b, word text, bool *yes, tw_error *err)
{
    const char *copy = "";
    tw_plan *plan = NULL;
    TW_TRY(copy_text(b, text, &copy, err));
    TW_TRY(compile_alone(b, copy, &plan, err));
    *yes = plan && tw_plan_is_logical(plan, 0);
    tw_plan_free(plan);
    return TW_OK;
}

/* Where a condition comes apart; found->at is NULL where it does not. */
static tw_status find_joint(const tw_block *b, word text, word *found, tw_error *err)
{
    bool left, right = false;
    *found = find_and(text);
    if (!found->at) return TW_OK;
    const word before = {text.at, (size_t)(found->at - text.at)},
               after = {found->at + found->length, (size_t)(text.at + text.length - found->at) - found->length};
    TW_TRY(is_condition(b, before, &left, err));
    if (left) TW_TRY(is_condition(b, after, &right, err));
    if (!right) found->at = NULL;
    return TW_OK;
}

static tw_status add_whole(tw_block *b, const tw_expression *e, word text, tw_error *err)
{
    const char *copy = "";
    tw_plan *plan = NULL;
    TW_TRY(copy_text(b, text, &copy, err));
    TW_TRY(compile_alone(b, copy, &plan, err));
    if (!plan) return tw_node_fail(b->spec->doc, e->node, err, "'%s' does not compile", copy);
    const tw_status status = add_part(b, e, copy, plan, err);
    tw_plan_free(plan);
    return status;
}

/* The parts that `and` joins, one after the other. */
static tw_status split_text(tw_block *b, const tw_expression *e, tw_error *err)
{
    word rest = unwrap((word){e->text, strlen(e->text)}), joint = {NULL, 0};
    for (size_t i = 0; e->condition && i < MOST_PARTS; i++) {
        TW_TRY(find_joint(b, rest, &joint, err));
        if (!joint.at) break;
        TW_TRY(add_whole(b, e, unwrap((word){rest.at, (size_t)(joint.at - rest.at)}), err));
        const char *after = joint.at + joint.length;
        rest = unwrap((word){after, (size_t)(rest.at + rest.length - after)});
    }
    return add_whole(b, e, rest, err);
}

/* ---------------------------------------------------------------- making them */

static tw_status split_all(tw_block *b, size_t *from, tw_error *err)
{
    for (size_t i = 0; i < b->now.n; i++) {
        from[i] = b->split.n_parts;
        TW_TRY(split_text(b, &b->now.expression[i], err));
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
