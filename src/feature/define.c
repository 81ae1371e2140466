/* SPDX-License-Identifier: Apache-2.0 */
/* define.c - operators that are defined in the feature language: a call of one becomes the nodes of its statements. So
 * what two of them share, such as the average true range, is computed once, and there is no second way to run or keep
 * an indicator. And `choose`, by which a parameter says which operators those are. */
#include "feature/parse.h"

#include <string.h>

enum { MOST_STATEMENTS = 32 };

/* The names a definition may use: inputs, parameters, and the statements so far. */
typedef struct names {
    const char *name[FX_INPUTS + FX_MOST_ARGUMENTS + MOST_STATEMENTS];
    fx_value value[FX_INPUTS + FX_MOST_ARGUMENTS + MOST_STATEMENTS];
    size_t n, given; /* the first `given` are inputs and parameters */
} names;

/* ---- names that are there from the start */

static void add_inputs(const fx_call *call, names *all)
{
    for (size_t i = 0; call->op->inputs[i]; i++, all->n++) {
        all->name[all->n] = call->op->inputs[i];
        all->value[all->n] = (fx_value){.ref = call->inputs[i]};
    }
}

static double number_of(const tw_param *param, const void *field)
{
    int whole;
    double real;
    bool flag;
    switch (param->kind) {
    case TW_KIND_INT: return memcpy(&whole, field, sizeof whole), whole;
    case TW_KIND_BOOL: return memcpy(&flag, field, sizeof flag), flag;
    default: return memcpy(&real, field, sizeof real), real;
    }
}

static tw_status add_params(fx_dag *dag, const fx_call *call, names *all, tw_error *err)
{
    for (const tw_param *param = call->op->params; param && param->name; param++, all->n++) {
        const char *field = (const char *)call->params + param->offset;
        fx_value *value = &all->value[all->n];
        all->name[all->n] = param->name;
        *value = (fx_value){0};
        if (param->kind == TW_KIND_TEXT)
            value->text = field, value->text_length = strlen(field);
        else
            TW_TRY(fx_dag_constant(dag, number_of(param, field), param->kind == TW_KIND_BOOL, &value->ref, err));
    }
    return TW_OK;
}

/* ---- statements */

static tw_status parse_statement(fx_parser *p, names *all)
{
    if (p->token.kind != FX_NAME) return fx_fail_token(p, "the name of a statement");
    if (all->n == sizeof all->name / sizeof all->name[0])
        return fx_fail(p, TW_TOO_LARGE, p->token.at, "a definition may have %d statements", MOST_STATEMENTS);
    const char *name = tw_arena_text(p->scope->dag->arena, p->source.text + p->token.at, p->token.length);
    if (!name) return tw_no_memory(p->err, "a definition");
    fx_value value = {0};
    for (size_t i = all->given; i < all->n; i++)
        if (!strcmp(all->name[i], name))
            return fx_fail(p, TW_BAD_STATE, p->token.at, "'%s' is a statement already", name);
    TW_TRY(fx_next(p));
    TW_TRY(fx_expect(p, "=", "the name of a statement"));
    TW_TRY(fx_expression(p, &value));
    all->name[all->n] = name;
    all->value[all->n++] = value;
    return fx_at(p, ";") ? fx_next(p) : p->token.kind == FX_END ? TW_OK : fx_fail_token(p, "';' or the end");
}

static tw_status parse_statements(const fx_scope *outer, const tw_op *op, names *all, tw_error *err)
{
    fx_scope scope = {.dag = outer->dag, .let_names = all->name, .lets = all->value, .nested = outer->nested + 1};
    fx_parser p = {
        .scope = &scope, .source = {"definition of", op->name, op->define}, .length = strlen(op->define), .err = err};
    TW_TRY(fx_next(&p));
    while (p.token.kind != FX_END) {
        scope.n_lets = all->n;
        TW_TRY(parse_statement(&p, all));
    }
    return TW_OK;
}

/* The last statement of this name. */
static tw_status find_output(const names *all, const tw_op *op, const char *name, fx_ref *ref, tw_error *err)
{
    for (size_t i = all->n; i-- > 0;)
        if (!strcmp(all->name[i], name)) return *ref = all->value[i].ref, TW_OK;
    return tw_fail(err, TW_BAD_STATE, "the definition of %s has no statement '%s'", op->name, name);
}

static tw_status expand(const fx_scope *scope, const fx_call *call, names *all, fx_value *value, tw_error *err)
{
    const size_t n = tw_op_outputs(call->op);
    fx_ref *outputs = tw_arena_new(scope->dag->arena, n, sizeof *outputs);
    if (!outputs) return tw_no_memory(err, "a definition");
    add_inputs(call, all);
    TW_TRY(add_params(scope->dag, call, all, err));
    all->given = all->n;
    TW_TRY(parse_statements(scope, call->op, all, err));
    for (size_t i = 0; i < n; i++) TW_TRY(find_output(all, call->op, call->op->outputs[i], &outputs[i], err));
    value->ref = outputs[0];
    value->defined = call->op;
    value->outputs = outputs;
    return TW_OK;
}

tw_status fx_make(const fx_scope *scope, const fx_call *call, fx_value *value, tw_error *err)
{
    if (!call->op->define) return fx_dag_operator(scope->dag, call, &value->ref, err);
    if (scope->nested == FX_MOST_NESTED)
        return tw_fail(err, TW_TOO_LARGE, "%s: definitions may be nested %d deep", call->op->name, FX_MOST_NESTED);
    names *all = tw_new(scope->dag->ctx, 1, sizeof *all);
    if (!all) return tw_no_memory(err, "a definition");
    const tw_status status = expand(scope, call, all, value, err);
    tw_free(scope->dag->ctx, all);
    return status;
}

/* ---- choose(k, a, b, ...): the k-th of the expressions that follow, counted from 0; the others are not looked at */

static tw_status skip_argument(fx_parser *p)
{
    for (int depth = 0; depth > 0 || !(fx_at(p, ",") || fx_at(p, ")"));) {
        if (p->token.kind == FX_END) return fx_fail_token(p, "')'");
        depth += fx_at(p, "(") - fx_at(p, ")");
        TW_TRY(fx_next(p));
    }
    return TW_OK;
}

tw_status fx_choose_parse(fx_parser *p, fx_value *out)
{
    fx_value which = {0};
    size_t n = 0;
    TW_TRY(fx_next(p)); /* the bracket */
    TW_TRY(fx_expression(p, &which));
    const fx_node *node = which.text ? NULL : fx_node_of(p->scope->dag, which.ref);
    if (!node || node->kind != FX_CONSTANT)
        return fx_fail(p, TW_BAD_VALUE, fx_start(&which), "choose: which one must be a constant");
    const double chosen = node->constant; /* the nodes may move */
    for (; !fx_at(p, ")"); n++) {
        TW_TRY(fx_expect(p, ",", "an argument of choose"));
        TW_TRY((double)n == chosen ? fx_expression(p, out) : skip_argument(p));
    }
    if (!(chosen >= 0 && chosen < (double)n && (double)(size_t)chosen == chosen))
        return fx_fail(p, TW_BAD_VALUE, fx_start(&which), "choose: %g of %zu expressions", chosen, n);
    return fx_next(p);
}
