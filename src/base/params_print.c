/* SPDX-License-Identifier: Apache-2.0 */
/* Parameter tables: writing values and the tables themselves. */
#include "base/base_impl.h"

#include <string.h>

static const void *field_of(const tw_param *p, const void *params) { return (const char *)params + p->offset; }

static void print_text(const char *text, tw_buf *out)
{
    if (*text && !strpbrk(text, " ,\t\n\r\"'\\")) {
        tw_buf_text(out, text);
        return;
    }
    tw_buf_add(out, "\"", 1);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') tw_buf_add(out, "\\", 1);
        tw_buf_add(out, text, 1);
    }
    tw_buf_add(out, "\"", 1);
}

static void print_value(const tw_param *p, const void *field, tw_buf *out)
{
    char number[32];
    switch (p->kind) {
    case TW_KIND_INT: tw_buf_printf(out, "%d", *(const int *)field); break;
    case TW_KIND_REAL: tw_buf_add(out, number, tw_format_double(*(const double *)field, number)); break;
    case TW_KIND_BOOL: tw_buf_text(out, *(const bool *)field ? "true" : "false"); break;
    case TW_KIND_TEXT: print_text(field, out); break;
    }
}

void tw_params_print(const tw_param *table, const void *params, tw_buf *out)
{
    for (const tw_param *p = table; p && p->name; p++) {
        if (p != table) tw_buf_add(out, " ", 1);
        tw_buf_text(out, p->name);
        tw_buf_add(out, "=", 1);
        print_value(p, field_of(p, params), out);
    }
}

static void json_value(const tw_param *p, const void *field, tw_json *json)
{
    switch (p->kind) {
    case TW_KIND_INT: tw_json_integer(json, *(const int *)field); break;
    case TW_KIND_REAL: tw_json_number(json, *(const double *)field); break;
    case TW_KIND_BOOL: tw_json_bool(json, *(const bool *)field); break;
    case TW_KIND_TEXT: tw_json_text(json, field); break;
    }
}

void tw_params_json(const tw_param *table, const void *params, tw_json *json)
{
    tw_json_object(json);
    for (const tw_param *p = table; p && p->name; p++) {
        tw_json_key(json, p->name);
        json_value(p, field_of(p, params), json);
    }
    tw_json_object_end(json);
}

/* ---- the table itself */

static void json_choices(const char *choices, tw_json *json)
{
    tw_json_array(json);
    while (choices) {
        char word[TW_TEXT_MAX] = "";
        const size_t n = strcspn(choices, "|");
        memcpy(word, choices, n < sizeof word ? n : sizeof word - 1);
        tw_json_text(json, word);
        choices = choices[n] ? choices + n + 1 : NULL;
    }
    tw_json_array_end(json);
}

static void json_search(const tw_param *p, tw_json *json)
{
    tw_json_object(json);
    tw_json_key(json, "lo");
    tw_json_number(json, p->search_lo);
    tw_json_key(json, "hi");
    tw_json_number(json, p->search_hi);
    tw_json_key(json, "log");
    tw_json_bool(json, p->search_log);
    tw_json_object_end(json);
}

static void json_default(const tw_param *p, tw_json *json)
{
    tw_json_key(json, "default");
    if (p->kind == TW_KIND_TEXT)
        tw_json_text(json, p->preset_text ? p->preset_text : "");
    else if (p->kind == TW_KIND_BOOL)
        tw_json_bool(json, p->preset != 0);
    else
        tw_json_number(json, p->preset);
}

static void describe_one(const tw_param *p, tw_json *json)
{
    static const char *const kinds[] = {"int", "real", "bool", "text"};
    tw_json_object(json);
    tw_json_key(json, "name");
    tw_json_text(json, p->name);
    tw_json_key(json, "kind");
    tw_json_text(json, kinds[p->kind]);
    json_default(p, json);
    if (p->kind == TW_KIND_INT || p->kind == TW_KIND_REAL) {
        tw_json_key(json, "lo");
        tw_json_number(json, p->lo);
        tw_json_key(json, "hi");
        tw_json_number(json, p->hi);
    }
    if (p->choices) {
        tw_json_key(json, "choices");
        json_choices(p->choices, json);
    }
    if (p->search_lo < p->search_hi) {
        tw_json_key(json, "search");
        json_search(p, json);
    }
    tw_json_key(json, "help");
    tw_json_text(json, p->help);
    tw_json_object_end(json);
}

void tw_params_describe(const tw_param *table, tw_json *json)
{
    tw_json_array(json);
    for (const tw_param *p = table; p && p->name; p++) describe_one(p, json);
    tw_json_array_end(json);
}
