/* SPDX-License-Identifier: Apache-2.0 */
/* Parameter tables: reading and checking values. */
#include "base/base_impl.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { MOST_PARAMS = 64, MOST_VALUE = 512, MOST_CHOICES = 1024 };

static void *field_of(const tw_param *p, void *params) { return (char *)params + p->offset; }

static void put_text(const tw_param *p, void *params, const char *text)
{
    char *field = field_of(p, params);
    memset(field, 0, p->size); /* no stale bytes: params are compared and hashed whole */
    memcpy(field, text, strlen(text));
}

static void put_number(const tw_param *p, void *params, double x)
{
    switch (p->kind) {
    case TW_KIND_INT: *(int *)field_of(p, params) = (int)x; break;
    case TW_KIND_REAL: *(double *)field_of(p, params) = x; break;
    case TW_KIND_BOOL: *(bool *)field_of(p, params) = x != 0; break;
    case TW_KIND_TEXT: break; /* texts have put_text */
    }
}

void tw_params_default(const tw_param *table, void *params)
{
    if (!table) return;
    for (const tw_param *p = table; p->name; p++) {
        if (p->kind == TW_KIND_TEXT)
            put_text(p, params, p->preset_text ? p->preset_text : "");
        else
            put_number(p, params, p->preset);
    }
}

/* "; did you mean 'x'?" or nothing. */
static void suggest(const char *text, const char *const *names, char out[128])
{
    const char *near = tw_did_you_mean(text, names);
    out[0] = '\0';
    if (near) snprintf(out, 128, "; did you mean '%s'?", near);
}

static tw_status fail_name(const tw_param *table, const char *owner, const char *name, tw_error *err)
{
    const char *names[MOST_PARAMS + 1] = {NULL};
    char hint[128], known[256] = "none";
    size_t used = 0;
    for (size_t n = 0; table && table[n].name && n < MOST_PARAMS; n++) {
        names[n] = table[n].name;
        if (used < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", n ? ", " : "", table[n].name);
    }
    suggest(name, names, hint);
    return tw_fail(err, TW_BAD_NAME, "%s: no parameter '%s'%s (parameters: %s)", owner, name, hint, known);
}

static tw_status fail_range(const tw_param *p, const char *owner, const char *value, tw_error *err)
{
    char lo[32], hi[32];
    tw_format_double(p->lo, lo);
    tw_format_double(p->hi, hi);
    return tw_fail(err, TW_BAD_VALUE, "%s: %s must be %s in [%s, %s], got '%s'", owner, p->name,
                   p->kind == TW_KIND_INT ? "an integer" : "a number", lo, hi, value);
}

/* Splits "a|b|c" into names[0..n], NULL-terminated, pointing into `room`. */
static void split_choices(const char *choices, char room[MOST_CHOICES], const char *names[MOST_PARAMS + 1])
{
    assert(strlen(choices) < MOST_CHOICES);
    memcpy(room, choices, strlen(choices) + 1);
    size_t n = 0;
    for (char *s = room; s && n < MOST_PARAMS; n++) {
        names[n] = s;
        s = strchr(s, '|');
        if (s) *s++ = '\0';
    }
    names[n] = NULL;
}

static tw_status set_text(const tw_param *p, const char *owner, const char *value, void *params, tw_error *err)
{
    const char *names[MOST_PARAMS + 1];
    char room[MOST_CHOICES], hint[128];
    if (p->choices) {
        split_choices(p->choices, room, names);
        size_t i = 0;
        while (names[i] && strcmp(names[i], value) != 0) i++;
        if (!names[i]) {
            suggest(value, names, hint);
            return tw_fail(err, TW_BAD_VALUE, "%s: %s must be one of %s, got '%s'%s", owner, p->name, p->choices, value,
                           hint);
        }
    }
    if (strlen(value) >= p->size)
        return tw_fail(err, TW_BAD_VALUE, "%s: %s must be shorter than %zu bytes, got %zu: '%s'", owner, p->name,
                       p->size, strlen(value), value);
    put_text(p, params, value);
    return TW_OK;
}

static tw_status set_bool(const tw_param *p, const char *owner, const char *value, void *params, tw_error *err)
{
    static const char *const yes_no[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof yes_no / sizeof yes_no[0]; i++) {
        if (!tw_text_is(value, strlen(value), yes_no[i])) continue;
        put_number(p, params, (double)(i % 2));
        return TW_OK;
    }
    return tw_fail(err, TW_BAD_VALUE, "%s: %s must be true or false, got '%s'", owner, p->name, value);
}

static tw_status set_number(const tw_param *p, const char *owner, const char *value, void *params, tw_error *err)
{
    double x;
    int64_t whole;
    bool read;
    if (p->kind == TW_KIND_INT) {
        read = tw_parse_int64(value, strlen(value), &whole) && whole >= INT_MIN && whole <= INT_MAX;
        x = read ? (double)whole : 0;
    } else {
        read = tw_parse_double(value, strlen(value), &x);
    }
    if (!read || !(x >= p->lo && x <= p->hi)) return fail_range(p, owner, value, err);
    put_number(p, params, x);
    return TW_OK;
}

static tw_status set_value(const tw_param *p, const char *owner, const char *value, void *params, tw_error *err)
{
    switch (p->kind) {
    case TW_KIND_TEXT: return set_text(p, owner, value, params, err);
    case TW_KIND_BOOL: return set_bool(p, owner, value, params, err);
    case TW_KIND_INT:
    case TW_KIND_REAL: break;
    }
    return set_number(p, owner, value, params, err);
}

static const tw_param *find(const tw_param *table, const char *name)
{
    for (const tw_param *p = table; p && p->name; p++)
        if (strcmp(p->name, name) == 0) return p;
    return NULL;
}

tw_status tw_params_set(const tw_param *table, const char *owner, const char *name, const char *value, void *params,
                        tw_error *err)
{
    const tw_param *p = find(table, name);
    return p ? set_value(p, owner, value, params, err) : fail_name(table, owner, name, err);
}

/* ---- "key=value key=value" */

static bool is_gap(char c) { return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r'; }

/* Copies up to the next of `ends` (or the end) into out; NULL when longer than `room`. */
static const char *take_key(const char *s, char *out, size_t room)
{
    size_t n = 0;
    for (; *s && *s != '=' && !is_gap(*s); s++) {
        if (n + 1 == room) return NULL;
        out[n++] = *s;
    }
    out[n] = '\0';
    return s;
}

/* Copies what stands between quotes, where a backslash keeps the next character; NULL when too long or left open. */
static const char *take_quoted(const char *s, char *out, size_t room)
{
    const char quote = *s++;
    size_t n = 0;
    for (; *s && *s != quote; s++) {
        if (*s == '\\' && s[1]) s++;
        if (n + 1 == room) return NULL;
        out[n++] = *s;
    }
    out[n] = '\0';
    return *s == quote && (s[1] == '\0' || is_gap(s[1])) ? s + 1 : NULL;
}

/* Copies a bare or "quoted" value; NULL when too long or left open. */
static const char *take_value(const char *s, char *out, size_t room)
{
    if (*s == '"' || *s == '\'') return take_quoted(s, out, room);
    size_t n = 0;
    for (; *s && !is_gap(*s); s++) {
        if (n + 1 == room) return NULL;
        out[n++] = *s;
    }
    out[n] = '\0';
    return s;
}

typedef struct reader {
    const tw_param *table;
    const char *owner, *text;
    uint64_t seen; /* one bit a parameter: given twice, the last would win without a word */
} reader;

static tw_status check_once(reader *r, const char *name, tw_error *err)
{
    const tw_param *p = find(r->table, name);
    if (!p) return fail_name(r->table, r->owner, name, err);
    const ptrdiff_t index = p - r->table;
    assert(index < MOST_PARAMS);
    if (r->seen >> index & 1) return tw_fail(err, TW_BAD_SYNTAX, "%s: %s is given twice", r->owner, name);
    r->seen |= UINT64_C(1) << index;
    return TW_OK;
}

static tw_status take_pair(reader *r, void *params, tw_error *err)
{
    char name[TW_TEXT_MAX], value[MOST_VALUE];
    const char *s = take_key(r->text, name, sizeof name);
    if (!s)
        return tw_fail(err, TW_BAD_SYNTAX, "%s: a parameter name must be shorter than %d bytes, got '%.64s...'",
                       r->owner, TW_TEXT_MAX, r->text);
    if (*s != '=' || name[0] == '\0')
        return tw_fail(err, TW_BAD_SYNTAX, "%s: expected key=value, got '%.64s'", r->owner, r->text);
    TW_TRY(check_once(r, name, err));
    r->text = take_value(s + 1, value, sizeof value);
    if (!r->text)
        return tw_fail(err, TW_BAD_SYNTAX, "%s: %s must be shorter than %d bytes with its quotes closed, got '%.64s'",
                       r->owner, name, MOST_VALUE, s + 1);
    return tw_params_set(r->table, r->owner, name, value, params, err);
}

tw_status tw_params_parse(const tw_param *table, const char *owner, const char *text, void *params, tw_error *err)
{
    reader r = {.table = table, .owner = owner, .text = text ? text : ""};
    tw_params_default(table, params);
    for (;;) {
        while (is_gap(*r.text)) r.text++;
        if (*r.text == '\0') return TW_OK;
        TW_TRY(take_pair(&r, params, err));
    }
}
