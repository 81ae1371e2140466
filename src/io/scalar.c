/* SPDX-License-Identifier: Apache-2.0 */
/* scalar.c - what a plain YAML scalar stands for: the core schema of YAML 1.2 (section 10.3.2) in decimal.
 *
 * YAML 1.1 reads more than people mean: yes/no, 012 (octal), 1:30 (base 60), 1_000. Here these stay text, and so do nan
 * and inf without the dot: they are ticker symbols. */
#include "io/doc.h"

#include <math.h>
#include <string.h>

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words && strcmp(text, *words) != 0) words++;
    return *words != NULL;
}

static size_t count_digits(const char *text)
{
    size_t n = 0;
    while (text[n] >= '0' && text[n] <= '9') n++;
    return n;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, without leading zeros. */
static bool is_decimal(const char *text, bool *integer)
{
    if (*text == '-' || *text == '+') text++;
    const size_t whole = count_digits(text);
    if (whole > 1 && text[0] == '0') return false;
    text += whole;
    *integer = *text == '\0' && whole > 0;
    size_t part = 0;
    if (*text == '.') {
        part = count_digits(text + 1);
        text += 1 + part;
    }
    if (whole + part == 0) return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        if (*text == '-' || *text == '+') text++;
        const size_t power = count_digits(text);
        if (power == 0) return false;
        text += power;
    }
    return *text == '\0';
}

static tw_status resolve_decimal(const tw_doc *doc, tw_node *node, bool integer, tw_error *err)
{
    const char *text = node->text + (node->text[0] == '+');
    const size_t length = strlen(text);
    int64_t whole = 0;
    double x = 0;
    if (integer && strcmp(text, "-0") != 0 && tw_parse_int64(text, length, &whole)) {
        tw_node_set_integer(node, whole);
        return TW_OK;
    }
    if (!tw_parse_double(text, length, &x) || !isfinite(x)) {
        (void)tw_node_fail(doc, node, err, "the number %.40s is too large", node->text);
        return TW_BAD_SYNTAX;
    }
    tw_node_set_number(node, x);
    return TW_OK;
}

static bool resolve_special_number(tw_node *node)
{
    if (is_one_of(node->text, TW_NAMES(".nan", ".NaN", ".NAN"))) {
        tw_node_set_number(node, (double)NAN);
        return true;
    }
    const bool minus = node->text[0] == '-';
    const char *text = node->text + (minus || node->text[0] == '+');
    if (!is_one_of(text, TW_NAMES(".inf", ".Inf", ".INF"))) return false;
    tw_node_set_number(node, minus ? -(double)INFINITY : (double)INFINITY);
    return true;
}

tw_status tw_node_resolve(const tw_doc *doc, tw_node *node, size_t length, tw_error *err)
{
    bool integer = false;
    node->kind = TW_NODE_TEXT;
    if (strlen(node->text) != length) return TW_OK;
    if (length == 0 || is_one_of(node->text, TW_NAMES("~", "null", "Null", "NULL"))) {
        node->kind = TW_NODE_NULL;
    } else if (is_one_of(node->text, TW_NAMES("true", "True", "TRUE"))) {
        node->kind = TW_NODE_BOOL;
        node->boolean = true;
    } else if (is_one_of(node->text, TW_NAMES("false", "False", "FALSE"))) {
        node->kind = TW_NODE_BOOL;
    } else if (is_decimal(node->text, &integer)) {
        return resolve_decimal(doc, node, integer, err);
    } else {
        (void)resolve_special_number(node);
    }
    return TW_OK;
}
