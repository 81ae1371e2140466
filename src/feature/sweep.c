/* SPDX-License-Identifier: Apache-2.0 */
/* sweep.c - many settings of one operator, from a short text. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tradewind/feature.h"

enum { MOST_SETTINGS = 100000, MOST_PARAMS = 32, ROOM = 512 };

/* One parameter: its name and the values it takes, each as text. */
typedef struct axis {
    const char *name, **values;
    size_t n;
} axis;

typedef struct sweep {
    tw_arena *arena;
    axis axes[MOST_PARAMS];
    size_t n_axes, n_settings;
} sweep;

static tw_status add_value(sweep *s, axis *a, const char *text, size_t length, tw_error *err)
{
    if (a->n == MOST_SETTINGS)
        return tw_fail(err, TW_TOO_LARGE, "parameter '%s' may take %d values", a->name, MOST_SETTINGS);
    if ((a->n & (a->n - 1)) == 0) { /* at each power of two, room for as many again */
        const char **more = tw_arena_new(s->arena, a->n ? 2 * a->n : 1, sizeof *more);
        if (!more) return tw_no_memory(err, "a sweep");
        if (a->n) memcpy(more, a->values, a->n * sizeof *more);
        a->values = more;
    }
    a->values[a->n] = tw_arena_text(s->arena, text, length);
    return a->values[a->n++] ? TW_OK : tw_no_memory(err, "a sweep");
}

/* A number of `length` characters, the whole of them. */
static bool is_number(const char *text, size_t length, double *x)
{
    return length && tw_parse_double(text, length, x) && isfinite(*x);
}

/* "5..50" or "5..50/5": from, to and step. False when it is no range. */
static bool read_range(const char *text, size_t length, double *from, double *to, double *step)
{
    const char *dots = NULL, *end = text + length;
    for (const char *at = text; !dots && at + 1 < end; at++)
        if (at[0] == '.' && at[1] == '.') dots = at;
    if (!dots) return false;
    const char *slash = memchr(dots, '/', (size_t)(end - dots));
    const char *last = slash ? slash : end;
    *step = 1;
    return is_number(text, (size_t)(dots - text), from) && is_number(dots + 2, (size_t)(last - dots - 2), to) &&
           (!slash || is_number(slash + 1, (size_t)(end - slash - 1), step));
}

/* from + i * step, as decimals have it: 0.1 + 2 * 0.1 is 0.3. */
static double value_of_range(double from, double step, double i)
{
    const double x = from + i * step, scale = pow(10, 9 - floor(log10(step)));
    return fabs(x * scale) < 0x1p53 ? round(x * scale) / scale : x;
}

static tw_status add_range(sweep *s, axis *a, const char *text, size_t length, tw_error *err)
{
    double from, to, step;
    if (!read_range(text, length, &from, &to, &step))
        return add_value(s, a, text, length, err); /* whether it is a value, the operator knows */
    if (!(step > 0) || !(to >= from))
        return tw_fail(err, TW_BAD_VALUE, "range '%.*s' of '%s' must be from..to/step with from <= to and step > 0",
                       (int)(length < 60 ? length : 60), text, a->name);
    const double count = floor((to - from) / step * (1 + 1e-12)) + 1;
    if (count > MOST_SETTINGS)
        return tw_fail(err, TW_TOO_LARGE, "range '%.*s' of '%s' has %.0f values, at most %d", (int)length, text,
                       a->name, count, MOST_SETTINGS);
    for (size_t i = 0; i < (size_t)count; i++) {
        char value[40];
        TW_TRY(add_value(s, a, value, tw_format_double(value_of_range(from, step, (double)i), value), err));
    }
    return TW_OK;
}

/* "timeperiod=5..50/5", "matype=0|1|4". */
static tw_status add_axis(sweep *s, const char *word, size_t length, tw_error *err)
{
    const char *equals = memchr(word, '=', length), *end = word + length;
    if (!equals || equals == word)
        return tw_fail(err, TW_BAD_SYNTAX, "'%.*s' must be name=value", (int)(length < 60 ? length : 60), word);
    if (s->n_axes == MOST_PARAMS) return tw_fail(err, TW_TOO_LARGE, "a sweep may name %d parameters", MOST_PARAMS);
    axis *a = &s->axes[s->n_axes++];
    *a = (axis){.name = tw_arena_text(s->arena, word, (size_t)(equals - word))};
    if (!a->name) return tw_no_memory(err, "a sweep");
    const char *at = equals + 1, *bar;
    do {
        bar = memchr(at, '|', (size_t)(end - at));
        TW_TRY(add_range(s, a, at, (size_t)((bar ? bar : end) - at), err));
        if (bar) at = bar + 1;
    } while (bar);
    if (s->n_settings * a->n > MOST_SETTINGS) /* each is at most that many, so nothing overflows */
        return tw_fail(err, TW_TOO_LARGE, "a sweep may have %d settings", MOST_SETTINGS);
    s->n_settings *= a->n;
    return TW_OK;
}

/* Setting i: the last parameter changes fastest. */
static tw_status write_setting(const sweep *s, size_t i, const char **setting, tw_error *err)
{
    char text[ROOM];
    size_t used = 0, block = s->n_settings;
    for (size_t k = 0; k < s->n_axes; k++) {
        const axis *a = &s->axes[k];
        block /= a->n;
        const int wrote =
            snprintf(text + used, ROOM - used, "%s%s=%s", k ? " " : "", a->name, a->values[i / block % a->n]);
        if (wrote < 0 || (size_t)wrote >= ROOM - used)
            return tw_fail(err, TW_TOO_LARGE, "a setting may have %d characters", ROOM - 1);
        used += (size_t)wrote;
    }
    *setting = tw_arena_text(s->arena, text, used);
    return *setting ? TW_OK : tw_no_memory(err, "a sweep");
}

tw_status tw_sweep_settings(tw_arena *arena, const char *text, const char *const **settings, size_t *n, tw_error *err)
{
    sweep s = {.arena = arena, .n_settings = 1};
    for (const char *at = text ? text : ""; *(at += strspn(at, " ")); at += strcspn(at, " "))
        TW_TRY(add_axis(&s, at, strcspn(at, " "), err));
    const char **made = tw_arena_new(arena, s.n_settings, sizeof *made);
    if (!made) return tw_no_memory(err, "a sweep");
    for (size_t i = 0; i < s.n_settings; i++) TW_TRY(write_setting(&s, i, &made[i], err));
    *settings = made;
    *n = s.n_settings;
    return TW_OK;
}
