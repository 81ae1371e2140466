/* SPDX-License-Identifier: Apache-2.0 */
/* expression.h - random expressions over every operator of the table, parameters and all. */
#ifndef TW_TESTS_EXPRESSION_H
#define TW_TESTS_EXPRESSION_H

#include <string.h>

#include "feature_case.h"

typedef struct maker {
    tw_random random;
    const char *const *columns; /* NULL-terminated */
    bool sections;              /* cross-sectional operators may occur */
    int most_period;
    char text[4096];
    size_t length;
} maker;

static inline size_t maker_below(maker *m, size_t n) { return (size_t)tw_random_below(&m->random, n); }

static inline void maker_add(maker *m, const char *text)
{
    m->length += (size_t)snprintf(m->text + m->length, sizeof m->text - m->length, "%s", text);
    if (m->length >= sizeof m->text) m->length = sizeof m->text - 1;
}

static void maker_value(maker *m, int depth);

static inline void maker_infix(maker *m, int depth, const char *const *words, size_t n)
{
    maker_add(m, "(");
    maker_value(m, depth - 1);
    maker_add(m, words[maker_below(m, n)]);
    maker_value(m, depth - 1);
    maker_add(m, ")");
}

static inline void maker_condition(maker *m, int depth)
{
    static const char *const compare[] = {" > ", " >= ", " < ", " <= ", " == ", " != "};
    switch (maker_below(m, depth > 0 ? 4 : 1)) {
    case 1:
        maker_add(m, "(not ");
        maker_condition(m, depth - 1);
        maker_add(m, ")");
        return;
    case 2:
        maker_add(m, "(");
        maker_condition(m, depth - 1);
        maker_add(m, maker_below(m, 2) ? " and " : " or ");
        maker_condition(m, depth - 1);
        maker_add(m, ")");
        return;
    default: maker_infix(m, depth, compare, 6); return;
    }
}

static inline void maker_text_param(maker *m, const tw_param *p)
{
    const char *choice = p->choices;
    size_t n = 1;
    for (const char *c = p->choices; *c; c++) n += *c == '|';
    for (size_t pick = maker_below(m, n); pick > 0; pick--) choice = strchr(choice, '|') + 1;
    char word[TW_TEXT_MAX];
    snprintf(word, sizeof word, "\"%.*s\"", (int)strcspn(choice, "|"), choice);
    maker_add(m, word);
}

static inline void maker_param(maker *m, const tw_param *p)
{
    char number[48];
    maker_add(m, ", ");
    maker_add(m, p->name);
    maker_add(m, "=");
    if (p->kind == TW_KIND_TEXT) {
        if (p->choices)
            maker_text_param(m, p);
        else
            snprintf(number, sizeof number, "\"%s\"", p->preset_text ? p->preset_text : ""), maker_add(m, number);
        return;
    }
    if (p->kind == TW_KIND_BOOL) {
        maker_add(m, maker_below(m, 2) ? "true" : "false");
        return;
    }
    const double hi = p->kind == TW_KIND_INT && p->hi > p->lo + m->most_period ? p->lo + m->most_period : p->hi;
    const bool wide = p->kind == TW_KIND_REAL && hi - p->lo > 100; /* a bound no sane value reaches */
    const double x = wide ? p->preset : p->lo + (hi - p->lo) * tw_random_uniform(&m->random);
    snprintf(number, sizeof number, p->kind == TW_KIND_INT ? "%.0f" : "%.6g", x);
    maker_add(m, number);
}

static inline const tw_op *maker_pick(maker *m)
{
    size_t n;
    const tw_op *const *ops = tw_ops(TW_ISA_BASELINE, &n);
    for (;;) {
        const tw_op *op = ops[maker_below(m, n)];
        if (op->section && !m->sections) continue;
        /* these want conditions, and have words of their own in the language */
        if (strcmp(op->name, "and") == 0 || strcmp(op->name, "or") == 0 || strcmp(op->name, "not") == 0) continue;
        return op;
    }
}

static inline void maker_call(maker *m, int depth)
{
    const tw_op *op = maker_pick(m);
    maker_add(m, op->name);
    maker_add(m, "(");
    for (size_t i = 0; op->inputs[i]; i++) {
        if (i) maker_add(m, ", ");
        if (i == 0 && strcmp(op->name, "if") == 0)
            maker_condition(m, depth - 1);
        else
            maker_value(m, depth - 1);
    }
    for (const tw_param *p = op->params; p && p->name; p++)
        if (maker_below(m, 4)) maker_param(m, p);
    maker_add(m, ")");
    const size_t outputs = tw_op_outputs(op);
    if (outputs == 1 || maker_below(m, 2)) return;
    maker_add(m, ".");
    maker_add(m, op->outputs[maker_below(m, outputs)]);
}

static inline void maker_leaf(maker *m)
{
    char number[32];
    size_t n = 0;
    while (m->columns[n]) n++;
    if (maker_below(m, 8)) {
        maker_add(m, m->columns[maker_below(m, n)]);
        return;
    }
    snprintf(number, sizeof number, "%.5g", 5 * tw_random_uniform(&m->random));
    maker_add(m, number);
}

static void maker_value(maker *m, int depth)
{
    static const char *const signs[] = {" + ", " - ", " * ", " / ", " % ", " ^ "};
    if (depth <= 0)
        maker_leaf(m);
    else if (maker_below(m, 4) == 0)
        maker_infix(m, depth, signs, 6);
    else if (maker_below(m, 16) == 0)
        maker_condition(m, depth);
    else
        maker_call(m, depth);
}

/* A fresh expression that compiles (rules between parameters may refuse some). */
static inline void maker_expression(maker *m, int depth)
{
    tw_error err;
    for (;;) {
        m->length = 0;
        maker_value(m, depth);
        const tw_status status = case_compile(m->columns, m->text, NULL, &err);
        if (status == TW_OK) return;
        if (status != TW_BAD_VALUE) fail_msg("%s\n%s", m->text, err.message);
    }
}

#endif
