/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/parse.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- errors */

enum { EXCERPT = 72, LEAD = 48 };

/* The part of the expression around `at`, one line, and a caret below it. */
static void excerpt(const fx_parser *p, size_t at, char out[2 * EXCERPT + 16])
{
    const size_t from = at > LEAD ? at - LEAD : 0;
    const size_t n = p->length - from < EXCERPT ? p->length - from : EXCERPT;
    size_t used = (size_t)snprintf(out, 4, "\n  ");
    for (size_t i = 0; i < n; i++) {
        const char c = p->source.text[from + i];
        out[used++] = c >= ' ' && c <= '~' ? c : c == '\n' || c == '\t' || c == '\r' ? ' ' : '?';
    }
    snprintf(out + used, EXCERPT, "\n  %*s^", (int)(at - from), "");
}

void fx_explain(fx_parser *p, tw_status status, size_t at, const char *format, ...)
{
    char message[256], where[2 * EXCERPT + 16];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    excerpt(p, at, where);
    (void)tw_fail(p->err, status, "%s '%.64s', column %zu: %s%s", p->source.kind, p->source.name, at + 1, message,
                  where);
}

const char *fx_hint(const fx_parser *p, const fx_token *token, const char *const *names, char out[96])
{
    char word[TW_TEXT_MAX];
    snprintf(word, sizeof word, "%.*s", (int)(token->length < sizeof word ? token->length : sizeof word - 1),
             p->source.text + token->at);
    const char *near = tw_did_you_mean(word, names);
    out[0] = '\0';
    if (near) snprintf(out, 96, " (did you mean '%s'?)", near);
    return out;
}

/* ---- tokens */

tw_status fx_next(fx_parser *p)
{
    p->end = fx_token_end(&p->token);
    p->token = fx_token_read(p->source.text, p->length, p->end);
    if (p->token.kind == FX_BAD) return fx_fail(p, TW_BAD_SYNTAX, p->token.at, "%s", p->token.why);
    return TW_OK;
}

bool fx_at(const fx_parser *p, const char *word) { return fx_token_is(&p->token, p->source.text, word); }

tw_status fx_fail_token(fx_parser *p, const char *wanted)
{
    if (p->token.kind == FX_END) return fx_fail(p, TW_BAD_SYNTAX, p->token.at, "%s wanted, but the text ends", wanted);
    return fx_fail(p, TW_BAD_SYNTAX, p->token.at, "%s wanted, got '%.*s'", wanted,
                   (int)(p->token.length < 40 ? p->token.length : 40), p->source.text + p->token.at);
}

tw_status fx_expect(fx_parser *p, const char *word, const char *after)
{
    char wanted[64];
    if (fx_at(p, word)) return fx_next(p);
    snprintf(wanted, sizeof wanted, "'%s' after %s", word, after);
    return fx_fail_token(p, wanted);
}

/* ---- operators written between their inputs: the one table */

enum { STRENGTH_AND = 2, STRENGTH_NOT = 3, STRENGTH_COMPARE = 4, STRENGTH_POWER = 8 };

typedef struct infix {
    const char *word, *op;
    int strength;
} infix;

static const infix infixes[] = {
    {"or", "or", 1}, {"and", "and", STRENGTH_AND},
    {"<", "lt", 4},  {"<=", "le", 4},
    {">", "gt", 4},  {">=", "ge", 4},
    {"==", "eq", 4}, {"!=", "ne", 4},
    {"+", "add", 5}, {"-", "sub", 5},
    {"*", "mul", 6}, {"/", "div", 6},
    {"%", "mod", 6}, {"^", "pow", STRENGTH_POWER},
};

static const infix *infix_at(const fx_parser *p)
{
    for (size_t i = 0; i < sizeof infixes / sizeof infixes[0]; i++)
        if (fx_at(p, infixes[i].word)) return infixes + i;
    return NULL;
}

/* Applies an operator without parameters that the table above, or the grammar, names. */
static tw_status apply_named(fx_parser *p, const char *name, const fx_value *values, size_t at, fx_value *out)
{
    fx_call call = {0};
    TW_TRY(tw_op_find(TW_ISA_BASELINE, name, &call.op, p->err));
    return fx_apply(p, &call, values, at, out);
}

/* ---- primaries */

static bool is_keyword(const fx_parser *p) { return fx_at(p, "and") || fx_at(p, "or") || fx_at(p, "not"); }

static tw_status fail_unknown(fx_parser *p, const fx_token *name)
{
    const fx_scope *s = p->scope;
    enum { MOST = 256 }; /* enough to guess a slip from */
    static const char *const words[] = {"true", "false", "nan"};
    const char *names[MOST + 4];
    size_t n = 0;
    char hint[96];
    for (size_t i = 0; i < s->n_columns && n < MOST; i++) names[n++] = s->columns[i];
    for (size_t i = 0; i < s->n_lets && n < MOST; i++) names[n++] = s->let_names[i];
    for (size_t i = 0; i < 3; i++) names[n++] = words[i];
    names[n] = NULL;
    return fx_fail(p, TW_BAD_NAME, name->at, "no column or sub-expression '%.*s'%s",
                   (int)(name->length < TW_TEXT_MAX ? name->length : TW_TEXT_MAX), p->source.text + name->at,
                   fx_hint(p, name, names, hint));
}

static tw_status resolve_name(fx_parser *p, const fx_token *name, fx_value *out)
{
    fx_ref *ref = &out->ref;
    const fx_scope *s = p->scope;
    const char *text = p->source.text;
    for (size_t i = 0; i < s->n_lets; i++)
        if (fx_token_is(name, text, s->let_names[i])) return *out = s->lets[i], out->from = *name, TW_OK;
    for (size_t i = 0; i < s->n_columns; i++)
        if (fx_token_is(name, text, s->columns[i])) return fx_dag_column(s->dag, i, ref, p->err);
    if (fx_token_is(name, text, "nan")) return fx_dag_constant(s->dag, NAN, false, ref, p->err);
    if (fx_token_is(name, text, "true")) return fx_dag_constant(s->dag, 1, true, ref, p->err);
    if (fx_token_is(name, text, "false")) return fx_dag_constant(s->dag, 0, true, ref, p->err);
    return fail_unknown(p, name);
}

static tw_status parse_name(fx_parser *p, fx_value *out)
{
    const fx_token name = p->token;
    const fx_token after = fx_token_read(p->source.text, p->length, fx_token_end(&name));
    /* and(a, b) is a call like any other */
    if (is_keyword(p) && !fx_token_is(&after, p->source.text, "(")) return fx_fail_token(p, "a value");
    TW_TRY(fx_next(p));
    if (fx_at(p, "(") && fx_token_is(&name, p->source.text, "choose")) return fx_choose_parse(p, out);
    if (fx_at(p, "(")) return fx_call_parse(p, name, out);
    return resolve_name(p, &name, out);
}

static tw_status parse_brackets(fx_parser *p, fx_value *out)
{
    TW_TRY(fx_next(p));
    TW_TRY(fx_expression(p, out));
    if (out->text) return fx_fail(p, TW_BAD_SYNTAX, fx_start(out), "a quoted text is not a value");
    return fx_expect(p, ")", "the expression");
}

static tw_status parse_primary(fx_parser *p, fx_value *out)
{
    *out = (fx_value){.from = p->token};
    if (p->token.kind == FX_NUMBER) {
        TW_TRY(fx_dag_constant(p->scope->dag, p->token.number, false, &out->ref, p->err));
        return fx_next(p);
    }
    if (p->token.kind == FX_TEXT) {
        out->text = p->source.text + p->token.at;
        out->text_length = p->token.length;
        return fx_next(p);
    }
    if (p->token.kind == FX_NAME) {
        TW_TRY(parse_name(p, out));
        out->joined = false; /* a let and a definition are joined elsewhere */
        return TW_OK;
    }
    if (fx_at(p, "(")) return parse_brackets(p, out);
    return fx_fail_token(p, "a value");
}

/* ".signal" after a value: another output of the same operator. */
static tw_status parse_output(fx_parser *p, fx_value *value)
{
    char hint[96];
    TW_TRY(fx_next(p));
    if (p->token.kind != FX_NAME) return fx_fail_token(p, "the name of an output");
    const fx_node *node = value->text ? NULL : fx_node_of(p->scope->dag, value->ref);
    const tw_op *op = value->defined ? value->defined : node ? node->op : NULL;
    if (!op) return fx_fail(p, TW_BAD_NAME, p->token.at, "only the result of an operator has named outputs");
    for (uint32_t i = 0; op->outputs[i]; i++) {
        if (!fx_at(p, op->outputs[i])) continue;
        value->ref = value->defined ? value->outputs[i] : (fx_ref){value->ref.node, i};
        value->defined = NULL;
        return fx_next(p);
    }
    return fx_fail(p, TW_BAD_NAME, p->token.at, "%s has no output '%.*s'%s", op->name,
                   (int)(p->token.length < 40 ? p->token.length : 40), p->source.text + p->token.at,
                   fx_hint(p, &p->token, op->outputs, hint));
}

/* ---- binary and unary operators, by strength */

static tw_status parse_binary(fx_parser *p, int least, fx_value *out);

static tw_status parse_prefix(fx_parser *p, int least, fx_value *out)
{
    const fx_token sign = p->token;
    const bool is_not = fx_at(p, "not");
    if (!is_not && !fx_at(p, "-")) {
        TW_TRY(parse_primary(p, out));
        while (fx_at(p, ".")) TW_TRY(parse_output(p, out));
        return TW_OK;
    }
    if (is_not && least > STRENGTH_NOT)
        return fx_fail(p, TW_BAD_SYNTAX, sign.at, "'not' binds weaker than what stands before it: put it in brackets");
    fx_value operand = {0};
    TW_TRY(fx_next(p));
    TW_TRY(parse_binary(p, is_not ? STRENGTH_NOT : STRENGTH_POWER, &operand));
    TW_TRY(apply_named(p, is_not ? "not" : "neg", &operand, sign.at, out));
    out->joined = false;
    out->from = sign;
    return TW_OK;
}

/* Where an operand begins, and how many parts there were before it. */
typedef struct opening {
    size_t at, n_parts;
} opening;

static opening opening_of(const fx_parser *p) { return (opening){p->token.at, p->n_parts}; }

/* An operand of `and` is at its end: a part, unless it is joined of some. */
static void close_operand(fx_parser *p, const opening *from, const fx_value *operand)
{
    if (operand->joined) return;
    p->n_parts = from->n_parts;
    if (p->n_parts < FX_MOST_PARTS) p->part[p->n_parts] = (fx_part){from->at, p->end - from->at};
    p->n_parts++;
}

static tw_status parse_infix(fx_parser *p, const infix *op, const opening *from, fx_value *left)
{
    const size_t at = p->token.at;
    const bool joins = op->strength == STRENGTH_AND;
    fx_value values[2] = {*left};
    if (joins) close_operand(p, from, left);
    TW_TRY(fx_next(p));
    const opening right = opening_of(p);
    TW_TRY(parse_binary(p, op->strength + (op->strength != STRENGTH_POWER), &values[1]));
    if (joins) close_operand(p, &right, &values[1]);
    const infix *next = infix_at(p);
    if (next && op->strength == STRENGTH_COMPARE && next->strength == STRENGTH_COMPARE)
        return fx_fail(p, TW_BAD_SYNTAX, p->token.at, "comparisons do not chain: write 'a < b and b < c'");
    TW_TRY(apply_named(p, op->op, values, at, left));
    left->from = values[0].from;
    left->joined = joins;
    return TW_OK;
}

static tw_status parse_binary(fx_parser *p, int least, fx_value *out)
{
    const opening from = opening_of(p);
    if (++p->depth > FX_MOST_DEPTH)
        return fx_fail(p, TW_TOO_LARGE, p->token.at, "nested deeper than %d levels", FX_MOST_DEPTH);
    TW_TRY(parse_prefix(p, least, out));
    for (const infix *op = infix_at(p); op && op->strength >= least; op = infix_at(p))
        TW_TRY(parse_infix(p, op, &from, out));
    p->depth--;
    return TW_OK;
}

tw_status fx_expression(fx_parser *p, fx_value *out) { return parse_binary(p, 0, out); }

static tw_status keep_parts(const fx_parser *p, fx_value *value)
{
    value->n_parts = value->joined && p->n_parts <= FX_MOST_PARTS ? p->n_parts : 0;
    if (value->n_parts == 0) return TW_OK;
    fx_part *part = tw_arena_new(p->scope->dag->arena, value->n_parts, sizeof *part);
    if (!part) return tw_no_memory(p->err, "the parts of a condition");
    memcpy(part, p->part, value->n_parts * sizeof *part);
    value->part = part;
    return TW_OK;
}

tw_status fx_parse(const fx_scope *scope, const fx_source *source, fx_value *value, tw_error *err)
{
    fx_parser p = {.scope = scope, .source = *source, .length = strlen(source->text), .err = err};
    if (p.length > FX_MOST_TEXT)
        return tw_fail(err, TW_TOO_LARGE, "%s '%.64s': an expression may have %d bytes, got %zu", source->kind,
                       source->name, FX_MOST_TEXT, p.length);
    TW_TRY(fx_next(&p));
    TW_TRY(fx_expression(&p, value));
    if (fx_at(&p, "=")) return fx_fail(&p, TW_BAD_SYNTAX, p.token.at, "'=' names a parameter; to compare write '=='");
    if (p.token.kind != FX_END) return fx_fail_token(&p, "an operator or the end");
    if (value->text) return fx_fail(&p, TW_BAD_SYNTAX, fx_start(value), "a quoted text is not a value");
    return keep_parts(&p, value);
}
