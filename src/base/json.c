/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as RFC 8259 has it: always valid UTF-8, whatever bytes the texts hold. */
#include "base/base_impl.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { MOST_DEPTH = 64 };

void tw_json_init(tw_json *json, tw_buf *out, bool pretty) { *json = (tw_json){.out = out, .pretty = pretty}; }

static uint64_t level(const tw_json *json) { return UINT64_C(1) << (json->depth - 1); }

static void break_line(tw_json *json)
{
    if (!json->pretty) return;
    tw_buf_add(json->out, "\n", 1);
    for (int i = 0; i < json->depth; i++) tw_buf_add(json->out, "  ", 2);
}

static void before_item(tw_json *json)
{
    if (json->depth == 0) return;
    if (json->comma & level(json)) tw_buf_add(json->out, ",", 1);
    json->comma |= level(json);
    break_line(json);
}

static void before_value(tw_json *json)
{
    if (json->after_key)
        json->after_key = false;
    else
        before_item(json);
}

static void open(tw_json *json, const char *bracket, bool object)
{
    assert(json->depth < MOST_DEPTH);
    before_value(json);
    tw_buf_add(json->out, bracket, 1);
    json->depth++;
    json->comma &= ~level(json);
    json->object = object ? json->object | level(json) : json->object & ~level(json);
}

static void close(tw_json *json, const char *bracket, bool object)
{
    assert(json->depth > 0 && !json->after_key && ((json->object & level(json)) != 0) == object);
    (void)object;
    const bool any = (json->comma & level(json)) != 0;
    json->depth--;
    if (any) break_line(json);
    tw_buf_add(json->out, bracket, 1);
}

void tw_json_object(tw_json *json) { open(json, "{", true); }
void tw_json_object_end(tw_json *json) { close(json, "}", true); }
void tw_json_array(tw_json *json) { open(json, "[", false); }
void tw_json_array_end(tw_json *json) { close(json, "]", false); }

/* Well-formed UTF-8 by lead byte: the second byte's range rules out overlong forms, surrogates and what is above
 * U+10FFFF (The Unicode Standard 15, table 3-7). */
static const struct {
    unsigned char first, last, lo, hi, length;
} utf8_forms[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

/* Length of the sequence at `s`, 0 when it is broken. The final NUL is no continuation byte, so nothing is read past
 * it. */
static size_t utf8_length(const unsigned char *s)
{
    if (s[0] < 0x80) return 1;
    size_t form = 0;
    const size_t n_forms = sizeof utf8_forms / sizeof utf8_forms[0];
    while (form < n_forms && s[0] > utf8_forms[form].last) form++;
    if (form == n_forms || s[0] < utf8_forms[form].first) return 0;
    if (s[1] < utf8_forms[form].lo || s[1] > utf8_forms[form].hi) return 0;
    for (size_t i = 2; i < utf8_forms[form].length; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    return utf8_forms[form].length;
}

static void escape(tw_buf *out, unsigned char c)
{
    static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; short_forms[i]; i += 2) {
        if ((unsigned char)short_forms[i] != c) continue;
        const char pair[2] = {'\\', short_forms[i + 1]};
        tw_buf_add(out, pair, 2);
        return;
    }
    tw_buf_printf(out, "\\u%04x", c < 0x80 ? (unsigned)c : 0xFFFDU);
}

static void quoted(tw_buf *out, const char *text)
{
    tw_buf_add(out, "\"", 1);
    const unsigned char *start = (const unsigned char *)text, *s = start;
    while (*s) {
        const size_t n = utf8_length(s);
        if (n > 0 && *s >= 0x20 && *s != '"' && *s != '\\') {
            s += n;
            continue;
        }
        tw_buf_add(out, start, (size_t)(s - start));
        escape(out, *s);
        start = ++s;
    }
    tw_buf_add(out, start, (size_t)(s - start));
    tw_buf_add(out, "\"", 1);
}

void tw_json_key(tw_json *json, const char *key)
{
    assert(json->depth > 0 && (json->object & level(json)) && !json->after_key);
    before_item(json);
    quoted(json->out, key);
    tw_buf_add(json->out, ": ", json->pretty ? 2 : 1);
    json->after_key = true;
}

void tw_json_raw(tw_json *json, const char *text)
{
    before_value(json);
    tw_buf_text(json->out, text);
}

void tw_json_text(tw_json *json, const char *text)
{
    if (!text) {
        tw_json_raw(json, "null");
        return;
    }
    before_value(json);
    quoted(json->out, text);
}

void tw_json_number(tw_json *json, double x)
{
    char text[32];
    if (isfinite(x)) tw_format_double(x, text);
    tw_json_raw(json, isfinite(x) ? text : "null");
}

void tw_json_integer(tw_json *json, int64_t x)
{
    before_value(json);
    tw_buf_printf(json->out, "%lld", (long long)x);
}

void tw_json_bool(tw_json *json, bool x) { tw_json_raw(json, x ? "true" : "false"); }
