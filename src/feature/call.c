/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: inputs first, then parameters in the order of the operator's table, or by name. */
#include "feature/parse.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct argument {
    fx_token key; /* FX_END: given by place */
    fx_value value;
} argument;

typedef struct arguments {
    argument list[FX_MOST_ARGUMENTS];
    size_t n, n_placed;
} arguments;

/* ---- finding the operator */

/* What other languages call it. */
static const char *foreign_hint(const fx_parser *p, const fx_token *name)
{
    static const char never[] = ": nothing here reaches bars that have not happened yet (look-ahead)";
    static const char lag[] = " (the value k bars ago is lag(x, k); nothing reaches later ones)";
    static const struct {
        const char *name, *hint;
    } table[] = {{"lead", never}, {"next", never}, {"future", never}, {"ref", lag},
                 {"shift", lag},  {"delay", lag},  {"prev", lag},     {"delta", " (did you mean 'diff'?)"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (fx_token_is(name, p->source.text, table[i].name)) return table[i].hint;
    return NULL;
}

static void explain_operator(fx_parser *p, const fx_token *name)
{
    enum { MOST = 512 };
    const char *names[MOST + 1], *foreign = foreign_hint(p, name);
    char hint[96];
    size_t n;
    const tw_op *const *ops = tw_ops(TW_ISA_BASELINE, &n);
    if (n > MOST) n = MOST;
    for (size_t i = 0; i < n; i++) names[i] = ops[i]->name;
    names[n] = NULL;
    fx_explain(p, TW_BAD_NAME, name->at, "unknown operator '%.*s'%s",
               (int)(name->length < TW_TEXT_MAX ? name->length : TW_TEXT_MAX), p->source.text + name->at,
               foreign ? foreign : fx_hint(p, name, names, hint));
}

static tw_status find_operator(fx_parser *p, const fx_token *name, const tw_op **op)
{
    size_t n;
    const tw_op *const *ops = tw_ops(TW_ISA_BASELINE, &n);
    for (size_t i = 0; i < n; i++)
        if (fx_token_is(name, p->source.text, ops[i]->name)) return *op = ops[i], TW_OK;
    explain_operator(p, name);
    return TW_BAD_NAME;
}

/* ---- reading arguments */

static tw_status parse_argument(fx_parser *p, arguments *args)
{
    argument *a = args->list + args->n;
    if (args->n == FX_MOST_ARGUMENTS)
        return fx_fail(p, TW_TOO_LARGE, p->token.at, "a call takes %d arguments at most", FX_MOST_ARGUMENTS);
    *a = (argument){.key = {.kind = FX_END}};
    if (p->token.kind == FX_NAME) {
        const fx_token after = fx_token_read(p->source.text, p->length, fx_token_end(&p->token));
        if (fx_token_is(&after, p->source.text, "=")) {
            a->key = p->token;
            TW_TRY(fx_next(p));
            TW_TRY(fx_next(p));
        }
    }
    if (a->key.kind == FX_END && args->n_placed < args->n)
        return fx_fail(p, TW_BAD_SYNTAX, p->token.at, "an argument by place may not follow one by name");
    TW_TRY(fx_expression(p, &a->value));
    args->n_placed += a->key.kind == FX_END;
    args->n++;
    return TW_OK;
}

static tw_status parse_arguments(fx_parser *p, arguments *args)
{
    TW_TRY(fx_next(p)); /* the bracket */
    if (fx_at(p, ")")) return fx_next(p);
    for (;;) {
        TW_TRY(parse_argument(p, args));
        if (!fx_at(p, ",")) return fx_expect(p, ")", "the arguments");
        TW_TRY(fx_next(p));
    }
}

/* ---- parameters */

static size_t count_params(const tw_op *op)
{
    size_t n = 0;
    while (op->params && op->params[n].name) n++;
    return n;
}

static void explain_param_name(fx_parser *p, const tw_op *op, const fx_token *key)
{
    enum { MOST = 64 };
    const char *names[MOST + 1];
    char hint[96];
    size_t n = 0;
    for (; n < count_params(op) && n < MOST; n++) names[n] = op->params[n].name;
    names[n] = NULL;
    size_t i = 0;
    while (op->inputs[i] && !fx_token_is(key, p->source.text, op->inputs[i])) i++;
    if (op->inputs[i])
        fx_explain(p, TW_BAD_NAME, key->at, "%s: the input '%s' is given by its place, not by name", op->name,
                   op->inputs[i]);
    else
        fx_explain(p, TW_BAD_NAME, key->at, "%s has no parameter '%.*s'%s", op->name,
                   (int)(key->length < 40 ? key->length : 40), p->source.text + key->at, fx_hint(p, key, names, hint));
}

/* Which parameter an argument is for. */
static tw_status param_of(fx_parser *p, const tw_op *op, const arguments *args, size_t i, const tw_param **param)
{
    const fx_token *key = &args->list[i].key;
    if (key->kind == FX_END) return *param = op->params + (i - tw_op_inputs(op)), TW_OK;
    for (size_t k = 0; k < count_params(op); k++)
        if (fx_token_is(key, p->source.text, op->params[k].name)) return *param = op->params + k, TW_OK;
    explain_param_name(p, op, key);
    return TW_BAD_NAME;
}

/* True for a parameter by which an operator looks further back: a lag or a window, not a number of buckets. */
static bool counts_bars(fx_parser *p, const tw_op *op, const tw_param *param)
{
    char most[32];
    if (param->kind != TW_KIND_INT) return false;
    if (op->define) return param->hi >= 1000; /* nothing else in a definition goes up so far */
    if (!op->lookback) return false;
    void *params = tw_arena_new(p->scope->dag->arena, 1, op->params_size);
    if (!params) return false;
    tw_params_default(op->params, params);
    const size_t usual = op->lookback(params);
    snprintf(most, sizeof most, "%.0f", param->hi);
    return tw_params_set(op->params, op->name, param->name, most, params, NULL) == TW_OK &&
           op->lookback(params) > usual;
}

/* A number as a parameter table reads it. */
static tw_status number_text(fx_parser *p, const tw_op *op, const tw_param *param, const fx_value *value, char out[32])
{
    const fx_node *node = fx_node_of(p->scope->dag, value->ref);
    if (node->kind != FX_CONSTANT)
        return fx_fail(p, TW_BAD_VALUE, value->from.at, "%s: %s must be a constant, but this depends on the data",
                       op->name, param->name);
    const double x = node->constant;
    /* Earlier rows are reached by whole numbers: a negative one would reach later rows. */
    if (x < 0 && counts_bars(p, op, param))
        return fx_fail(p, TW_LOOK_AHEAD, value->from.at,
                       "%s: %s = %.6g would use bars that have not happened yet (look-ahead); it must be %.6g or more",
                       op->name, param->name, x, param->lo);
    if (param->kind == TW_KIND_BOOL && node->logical)
        snprintf(out, 32, "%s", x != 0 ? "true" : "false");
    else if (x == floor(x) && fabs(x) < 1e9)
        snprintf(out, 32, "%.0f", x);
    else
        tw_format_double(x, out);
    return TW_OK;
}

static tw_status set_param(fx_parser *p, const tw_op *op, const tw_param *param, const fx_value *value, void *params)
{
    char text[TW_TEXT_MAX + 1];
    if ((value->text != NULL) != (param->kind == TW_KIND_TEXT))
        return fx_fail(p, TW_BAD_VALUE, fx_start(value), "%s: %s must be %s", op->name, param->name,
                       value->text ? "a number" : "a text in quotes");
    if (value->text)
        snprintf(text, sizeof text, "%.*s",
                 (int)(value->text_length < sizeof text ? value->text_length : sizeof text - 1), value->text);
    else
        TW_TRY(number_text(p, op, param, value, text));
    tw_error why;
    const tw_status status = tw_params_set(op->params, op->name, param->name, text, params, &why);
    return status == TW_OK ? TW_OK : fx_fail(p, status, fx_start(value), "%s", why.message);
}

static tw_status set_params(fx_parser *p, const tw_op *op, const arguments *args, void *params)
{
    const tw_param *param = NULL, *earlier = NULL;
    for (size_t i = tw_op_inputs(op); i < args->n; i++) {
        const fx_value *value = &args->list[i].value;
        TW_TRY(param_of(p, op, args, i, &param));
        for (size_t k = tw_op_inputs(op); k < i; k++) {
            TW_TRY(param_of(p, op, args, k, &earlier));
            if (earlier == param)
                return fx_fail(p, TW_BAD_VALUE, args->list[i].key.at, "%s: %s is given twice", op->name, param->name);
        }
        TW_TRY(set_param(p, op, param, value, params));
    }
    return TW_OK;
}

static tw_status check_count(fx_parser *p, const tw_op *op, const arguments *args, size_t at)
{
    const size_t n_inputs = tw_op_inputs(op), n_params = count_params(op);
    if (args->n_placed < n_inputs)
        return fx_fail(p, TW_BAD_VALUE, at, "%s needs %zu input%s, the first '%s', got %zu", op->name, n_inputs,
                       n_inputs == 1 ? "" : "s", op->inputs[0], args->n_placed);
    if (args->n > n_inputs + n_params)
        return fx_fail(p, TW_BAD_VALUE, at, "%s takes %zu input%s and %zu parameter%s, got %zu arguments", op->name,
                       n_inputs, n_inputs == 1 ? "" : "s", n_params, n_params == 1 ? "" : "s", args->n);
    return TW_OK;
}

/* ---- types */

/* Inputs that are conditions: bit i for input i. */
static unsigned conditions_of(const tw_op *op)
{
    static const struct {
        const char *op;
        unsigned inputs;
    } table[] = {{"and", 3}, {"or", 3}, {"not", 1}, {"if", 1}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(op->name, table[i].op) == 0) return table[i].inputs;
    return 0;
}

/* ---- cross-sections of values that need no bar */

static tw_status apply_pointwise(fx_parser *p, const char *name, const fx_ref *inputs, fx_ref *out)
{
    fx_call call = {.inputs = inputs};
    TW_TRY(tw_op_find(TW_ISA_BASELINE, name, &call.op, p->err));
    return fx_dag_operator(p->scope->dag, &call, out, p->err);
}

/* Makes *x missing where the symbol has no bar. rank(nz(x)) and scale(1) would else count the symbols that list later,
 * and so change in the past when one does. */
static tw_status bind_to_bars(fx_parser *p, fx_ref *x)
{
    fx_ref pair[2], choice[3];
    for (size_t i = 0; i < p->scope->dag->n_columns; i++) {
        fx_ref column;
        TW_TRY(fx_dag_column(p->scope->dag, i, &column, p->err));
        TW_TRY(apply_pointwise(p, "is_missing", &column, &pair[i > 0]));
        if (i) TW_TRY(apply_pointwise(p, "and", pair, &pair[0]));
    }
    choice[0] = pair[0];
    choice[2] = *x;
    TW_TRY(fx_dag_constant(p->scope->dag, NAN, false, &choice[1], p->err));
    return apply_pointwise(p, "if", choice, x);
}

tw_status fx_apply(fx_parser *p, const fx_call *call, const fx_value *values, size_t at, fx_value *out)
{
    fx_ref inputs[FX_INPUTS];
    const size_t n = tw_op_inputs(call->op);
    if (n > FX_INPUTS || tw_op_outputs(call->op) > FX_OUTPUTS)
        return fx_fail(p, TW_UNSUPPORTED, at, "%s has more inputs or outputs than a plan takes", call->op->name);
    for (size_t i = 0; i < n; i++) {
        inputs[i] = values[i].ref;
        if (values[i].text)
            return fx_fail(p, TW_BAD_VALUE, fx_start(&values[i]), "%s: a quoted text is not a value", call->op->name);
        if ((conditions_of(call->op) >> i & 1) && !fx_node_of(p->scope->dag, inputs[i])->logical)
            return fx_fail(p, TW_BAD_VALUE, fx_start(&values[i]),
                           "%s: a condition is wanted here, this is a number; compare it with something",
                           call->op->name);
        if (call->op->section && p->scope->dag->n_columns > 0 && fx_node_of(p->scope->dag, inputs[i])->unbound)
            TW_TRY(bind_to_bars(p, &inputs[i]));
    }
    const fx_call ready = {call->op, call->params, inputs};
    tw_error why;
    *out = (fx_value){.from = out->from};
    const tw_status status = fx_make(p->scope, &ready, out, &why);
    return status == TW_OK ? TW_OK : fx_fail(p, status, at, "%s", why.message);
}

tw_status fx_call_parse(fx_parser *p, fx_token name, fx_value *out)
{
    arguments args = {.n = 0};
    fx_value inputs[FX_INPUTS] = {0};
    fx_call call = {0};
    TW_TRY(find_operator(p, &name, &call.op));
    TW_TRY(parse_arguments(p, &args));
    TW_TRY(check_count(p, call.op, &args, name.at));
    if (call.op->params_size) {
        void *params = tw_arena_new(p->scope->dag->arena, 1, call.op->params_size);
        if (!params) return tw_no_memory(p->err, "the parameters of an operator");
        tw_params_default(call.op->params, params);
        TW_TRY(set_params(p, call.op, &args, params));
        call.params = params;
    }
    tw_error why;
    const tw_status status = call.op->check ? call.op->check(call.params, &why) : TW_OK;
    if (status != TW_OK) return fx_fail(p, status, name.at, "%s", why.message);
    for (size_t i = 0; i < tw_op_inputs(call.op) && i < FX_INPUTS; i++) inputs[i] = args.list[i].value;
    TW_TRY(fx_apply(p, &call, inputs, name.at, out));
    out->from = name;
    return TW_OK;
}
