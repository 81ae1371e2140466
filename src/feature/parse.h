/* SPDX-License-Identifier: Apache-2.0 */
/* parse.h - the expression language: text straight to nodes of a DAG.
 *
 *   expression = binary, by strength: or < and < not < comparison < + - < * / % < unary - < ^ (right to left)
 *   primary    = number | "nan" | "true" | "false" | column | let | call | "(" expression ")" , { "." output }
 *   call       = operator "(" argument { "," argument } ")"
 *   argument   = [ parameter "=" ] ( expression | quoted text )
 *   choose     = "choose" "(" constant "," expression { "," expression } ")"
 *   definition = name "=" expression { ";" name "=" expression }        of an operator: see define.c
 */
#ifndef TW_FEATURE_PARSE_H
#define TW_FEATURE_PARSE_H

#include "feature/dag.h"
#include "feature/lex.h"

/* Bounds against hostile text. */
enum { FX_MOST_TEXT = 65536, FX_MOST_DEPTH = 200, FX_MOST_ARGUMENTS = 24, FX_MOST_NESTED = 16, FX_MOST_PARTS = 64 };

/* An expression, and how an error calls it: kind "feature", name "mom". */
typedef struct fx_source {
    const char *kind, *name, *text;
} fx_source;

/* A condition within a text. */
typedef struct fx_part {
    size_t at, length;
} fx_part;

/* What an expression or an argument has become. */
typedef struct fx_value {
    fx_ref ref;
    bool joined;           /* by `and`: of the conditions that the parser lists */
    const fx_part *part;   /* of a whole text: the conditions that `and` joins at its top, in the arena of the DAG */
    size_t n_parts;        /* 0: they are one, or more than FX_MOST_PARTS */
    const tw_op *defined;  /* the result of an operator that has a definition: its outputs are those below */
    const fx_ref *outputs; /* [outputs of it] */
    const char *text;      /* a quoted text, which only a parameter takes; NULL: a value */
    size_t text_length;
    fx_token from; /* its first token, where errors point */
} fx_value;

/* The names an expression may use. */
typedef struct fx_scope {
    fx_dag *dag;
    const char *const *columns;
    size_t n_columns;
    const char *const *let_names;
    const fx_value *lets;
    size_t n_lets;
    int nested; /* definitions within definitions */
} fx_scope;

typedef struct fx_parser {
    const fx_scope *scope;
    fx_source source;
    size_t length;
    fx_token token; /* the next one */
    size_t end;     /* of the token before it */
    int depth;
    tw_error *err;
    /* Conditions joined so far: those of what turns out not to be joined are dropped; maybe more than there is room. */
    size_t n_parts;
    fx_part part[FX_MOST_PARTS];
} fx_parser;

/* Reads an expression and adds what it needs to the DAG. */
tw_status fx_parse(const fx_scope *scope, const fx_source *source, fx_value *value, tw_error *err);
/* An operator over ready inputs, by its kernel or its definition; value->from is left alone. */
tw_status fx_make(const fx_scope *scope, const fx_call *call, fx_value *value, tw_error *err);

/* ---- between parse.c, call.c and define.c */

/* Writes "feature 'mom', column 14: ...", the line of the expression and a caret under byte `at`. */
void fx_explain(fx_parser *p, tw_status status, size_t at, const char *format, ...) TW_PRINTF(4, 5);
/* Does so and is the status: `return fx_fail(...)`. A macro, so that whoever reads it sees a failure. */
#define fx_fail(p, status, at, ...) (fx_explain((p), (status), (at), __VA_ARGS__), (status))
/* Takes the next token. */
tw_status fx_next(fx_parser *p);
/* Takes a token written so, or fails naming what was wanted. */
tw_status fx_expect(fx_parser *p, const char *word, const char *after);
/* Where a value begins, an opening quote included. */
static inline size_t fx_start(const fx_value *v) { return v->from.at - (v->from.kind == FX_TEXT); }
/* True when the next token is written so. */
bool fx_at(const fx_parser *p, const char *word);
/* Any expression; an argument may be a quoted text as well. */
tw_status fx_expression(fx_parser *p, fx_value *out);
/* `choose`; the word has been taken and "(" is next. */
tw_status fx_choose_parse(fx_parser *p, fx_value *out);
/* A call; `name` has been taken and "(" is next. */
tw_status fx_call_parse(fx_parser *p, fx_token name, fx_value *out);
/* An operator over ready values, types checked; `at` is where errors of the whole point. */
tw_status fx_apply(fx_parser *p, const fx_call *call, const fx_value *values, size_t at, fx_value *out);
/* Fails naming what was wanted instead of the next token. */
tw_status fx_fail_token(fx_parser *p, const char *wanted);
/* " (did you mean 'x'?)" or "", for the word of `token`. */
const char *fx_hint(const fx_parser *p, const fx_token *token, const char *const *names, char out[96]);

#endif
