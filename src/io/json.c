/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - JSON (RFC 8259) straight into a document, strictly: no comments, no trailing commas, no bad UTF-8.
 *
 * Own code, because the live session reads its bars as JSON within its time budget: see
 * docs/decisions/0007-own-json.md. */
#include "io/doc.h"

#include <math.h>
#include <string.h>

typedef struct parser {
    tw_doc *doc;
    const char *at, *end, *line_start;
    uint32_t line;
    bool packed; /* lists of numbers in one piece */
    tw_error *err;
} parser;

static tw_status parse_value(parser *p, tw_place *place, const char *key);

/* ---------------------------------------------------------------- places */

static char peek(const parser *p) { return p->at < p->end ? *p->at : '\0'; }

static uint32_t column_of(const parser *p, const char *at)
{
    const size_t column = (size_t)(at - p->line_start) + 1;
    return column < UINT32_MAX ? (uint32_t)column : UINT32_MAX;
}

static tw_status fail_at(const parser *p, const char *at, const char *what)
{
    return tw_fail(p->err, TW_BAD_SYNTAX, "%s:%u:%u: %s", p->doc->name, (unsigned)p->line, (unsigned)column_of(p, at),
                   what);
}

static void skip_blanks(parser *p)
{
    for (; p->at < p->end; p->at++) {
        if (*p->at == '\n') {
            p->line++;
            p->line_start = p->at + 1;
        } else if (*p->at != ' ' && *p->at != '\t' && *p->at != '\r') {
            return;
        }
    }
}

/* ---------------------------------------------------------------- texts */

/* Length of the well-formed UTF-8 sequence at `s` (Unicode, table 3-7), 0 when it is none. */
static size_t sequence_length(const unsigned char *s, size_t left)
{
    const unsigned char c = s[0];
    const size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (n == 0 || n > left) return 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
    }
    const bool overlong = (c == 0xe0 && s[1] < 0xa0) || (c == 0xf0 && s[1] < 0x90);
    const bool outside = (c == 0xed && s[1] >= 0xa0) || (c == 0xf4 && s[1] >= 0x90); /* surrogates, above U+10FFFF */
    return overlong || outside ? 0 : n;
}

static size_t put_utf8(uint32_t c, char *to)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6) to[i] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)((0xf00u >> n & 0xffu) | c);
    return n;
}

/* The four hexadecimal digits at `s`; false when there are none. */
static bool hex4(const char *s, const char *end, uint32_t *x)
{
    *x = 0;
    if (end - s < 4) return false;
    for (int i = 0; i < 4; i++) {
        const char c = s[i];
        uint32_t digit = 16;
        if (c >= '0' && c <= '9') digit = (uint32_t)(c - '0');
        if (c >= 'a' && c <= 'f') digit = (uint32_t)(c - 'a') + 10;
        if (c >= 'A' && c <= 'F') digit = (uint32_t)(c - 'A') + 10;
        if (digit == 16) return false;
        *x = *x << 4 | digit;
    }
    return true;
}

/* Decodes \uXXXX (a pair of them for a character above U+FFFF) at *from, which is behind the u. */
static tw_status decode_unicode(const parser *p, const char **from, const char *end, char **to)
{
    uint32_t c = 0, low = 0;
    if (!hex4(*from, end, &c)) return fail_at(p, *from, "\\u needs four hexadecimal digits");
    *from += 4;
    if (c == 0) return fail_at(p, *from, "a text holds a NUL");
    if (c >= 0xd800 && c < 0xe000) {
        const bool pair = c < 0xdc00 && end - *from >= 6 && (*from)[0] == '\\' && (*from)[1] == 'u' &&
                          hex4(*from + 2, end, &low) && low >= 0xdc00 && low < 0xe000;
        if (!pair) return fail_at(p, *from, "half of a surrogate pair");
        *from += 6;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    *to += put_utf8(c, *to);
    return TW_OK;
}

/* Decodes the escape at *from, which is behind the backslash. */
static tw_status decode_escape(const parser *p, const char **from, const char *end, char **to)
{
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    const char letter = *(*from)++;
    if (letter == 'u') return decode_unicode(p, from, end, to);
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (!found) return fail_at(p, *from - 1, "no such escape");
    *(*to)++ = bytes[found - letters];
    return TW_OK;
}

/* Rewrites text[from..end) to `to`, which has room for it as it is. */
static tw_status decode_text(const parser *p, const char *from, const char *end, char *to)
{
    while (from < end) {
        if (*from == '\\') {
            from++;
            TW_TRY(decode_escape(p, &from, end, &to));
            continue;
        }
        const size_t n = sequence_length((const unsigned char *)from, (size_t)(end - from));
        if (n == 0) return fail_at(p, from, "not UTF-8");
        memcpy(to, from, n);
        from += n;
        to += n;
    }
    *to = '\0';
    return TW_OK;
}

/* Takes the string at the opening quote. */
static tw_status parse_text(parser *p, const char **text)
{
    const char *start = p->at + 1, *at = start;
    bool plain = true;
    for (; at < p->end && *at != '"'; at++) {
        const unsigned char c = (unsigned char)*at;
        if (c < 0x20) return fail_at(p, at, "a control character in a text must be escaped");
        if (c >= 0x80) plain = false;
        if (c != '\\') continue;
        plain = false;
        if (++at == p->end) break;
    }
    if (at >= p->end) return fail_at(p, p->at, "the text is never closed");
    char *copy = tw_arena_text(&p->doc->arena, start, (size_t)(at - start));
    if (!copy) return tw_no_memory(p->err, "a document");
    *text = copy;
    p->at = at + 1;
    return plain ? TW_OK : decode_text(p, start, at, copy);
}

/* ---------------------------------------------------------------- numbers and words */

/* Behind the digits at `at`; NULL when there are none. */
static const char *skip_digits(const char *at, const char *end)
{
    const char *start = at;
    while (at < end && *at >= '0' && *at <= '9') at++;
    return at > start ? at : NULL;
}

/* Behind the exponent at `at`, if there is one; NULL when it is malformed. */
static const char *skip_exponent(const char *at, const char *end)
{
    if (at == end || (*at != 'e' && *at != 'E')) return at;
    at++;
    if (at < end && (*at == '-' || *at == '+')) at++;
    return skip_digits(at, end);
}

/* End of the number at `at` (RFC 8259, section 6), NULL when it is none. */
static const char *number_end(const char *at, const char *end, bool *integer)
{
    if (*at == '-') at++;
    const char *whole = at;
    at = skip_digits(at, end);
    if (!at || (*whole == '0' && at - whole > 1)) return NULL;
    const char *behind_whole = at;
    if (at < end && *at == '.') at = skip_digits(at + 1, end);
    if (at) at = skip_exponent(at, end);
    *integer = at == behind_whole;
    return at;
}

static tw_status parse_number(parser *p, tw_node *node)
{
    bool integer = false;
    const char *start = p->at, *end = number_end(start, p->end, &integer);
    if (!end) return fail_at(p, start, "not a number");
    const size_t length = (size_t)(end - start);
    int64_t whole = 0;
    double x = 0;
    if (integer && tw_parse_int64(start, length, &whole) && (whole != 0 || *start != '-')) {
        tw_node_set_integer(node, whole);
    } else {
        if (!tw_parse_double(start, length, &x) || !isfinite(x)) return fail_at(p, start, "the number is too large");
        tw_node_set_number(node, x);
    }
    p->at = end;
    return tw_doc_text(p->doc, start, length, &node->text, p->err);
}

static bool take_word(parser *p, const char *word)
{
    const size_t n = strlen(word);
    if ((size_t)(p->end - p->at) < n || memcmp(p->at, word, n) != 0) return false;
    p->at += n;
    return true;
}

static tw_status parse_word(parser *p, tw_node *node)
{
    if (take_word(p, "null")) return TW_OK;
    const bool yes = take_word(p, "true");
    if (!yes && !take_word(p, "false")) return fail_at(p, p->at, p->at < p->end ? "not a value" : "a value is missing");
    node->kind = TW_NODE_BOOL;
    node->boolean = yes;
    node->text = yes ? "true" : "false";
    return TW_OK;
}

/* ---------------------------------------------------------------- lists and maps */

/* Behind an item: takes the comma, or the closing bracket and sets `closed`. */
static tw_status parse_separator(parser *p, char bracket, bool *closed)
{
    skip_blanks(p);
    const char c = peek(p);
    *closed = c == bracket;
    if (c != bracket && c != ',') return fail_at(p, p->at, bracket == ']' ? "expected , or ]" : "expected , or }");
    p->at++;
    skip_blanks(p);
    return TW_OK;
}

static tw_status parse_key(parser *p, const char **key)
{
    if (peek(p) != '"') return fail_at(p, p->at, "a key in quotes is missing");
    TW_TRY(parse_text(p, key));
    skip_blanks(p);
    if (peek(p) != ':') return fail_at(p, p->at, "expected :");
    p->at++;
    skip_blanks(p);
    return TW_OK;
}

/* How many numbers the list whose values begin at `at` holds, going by the bytes that numbers, NaN and Infinity may
 * have; 0 when it holds anything else, or nothing. */
static size_t count_numbers(const char *at, const char *end)
{
    size_t n = 1;
    if (at < end && *at == ']') return 0;
    for (; at < end && *at != ']'; at++) {
        const bool digit = *at >= '0' && *at <= '9';
        if (*at == ',') n++;
        if (!digit && !memchr("+-.,eE \t\r\nNaIinfty", *at, 18)) return 0;
    }
    return at < end ? n : 0;
}

/* Takes a number, or one of the words that XGBoost writes where there is none. */
static tw_status parse_plain_number(parser *p, double *x)
{
    bool integer = false;
    *x = take_word(p, "NaN") ? (double)NAN : (double)INFINITY;
    if (isnan(*x) || take_word(p, "Infinity")) return TW_OK;
    if (take_word(p, "-Infinity")) {
        *x = -*x;
        return TW_OK;
    }
    const char *start = p->at, *end = number_end(start, p->end, &integer);
    if (!end) return fail_at(p, start, "not a number");
    if (!tw_parse_double(start, (size_t)(end - start), x) || !isfinite(*x))
        return fail_at(p, start, "the number is too large");
    p->at = end;
    return TW_OK;
}

/* Takes the n numbers of a list and its closing bracket, behind the opening one. */
static tw_status parse_numbers(parser *p, tw_node *node, size_t n)
{
    double *x = tw_arena_new(&p->doc->arena, n, sizeof *x);
    if (!x) return tw_no_memory(p->err, "a document");
    node->kind = TW_NODE_NUMBERS;
    node->n_children = n;
    node->numbers = x;
    for (bool closed = false; !closed; x++) {
        TW_TRY(parse_plain_number(p, x));
        TW_TRY(parse_separator(p, ']', &closed));
    }
    return TW_OK;
}

/* Takes the list or map at its opening bracket. */
static tw_status parse_branch(parser *p, tw_node *node, size_t depth)
{
    const bool map = *p->at == '{';
    const char bracket = map ? '}' : ']';
    tw_place place = {.parent = node, .depth = depth + 1};
    node->kind = map ? TW_NODE_MAP : TW_NODE_LIST;
    p->at++;
    skip_blanks(p);
    const size_t n_numbers = p->packed && !map ? count_numbers(p->at, p->end) : 0;
    if (n_numbers) return parse_numbers(p, node, n_numbers);
    bool closed = peek(p) == bracket;
    if (closed) p->at++;
    while (!closed) {
        const char *key = NULL;
        if (map) TW_TRY(parse_key(p, &key));
        TW_TRY(parse_value(p, &place, key));
        TW_TRY(parse_separator(p, bracket, &closed));
    }
    return map ? tw_doc_refuse_twins(p->doc, node, p->err) : TW_OK;
}

static tw_status parse_value(parser *p, tw_place *place, const char *key)
{
    tw_node *node = NULL;
    const uint32_t column = column_of(p, p->at);
    const tw_status status = tw_doc_add(p->doc, place, key, &node, p->err);
    if (status == TW_NO_MEMORY) return status;
    if (status != TW_OK) {
        return tw_fail_in(p->err, status, "%s:%u:%u", p->doc->name, (unsigned)p->line, (unsigned)column);
    }
    node->line = p->line;
    node->column = column;
    const char c = peek(p);
    if (c == '{' || c == '[') return parse_branch(p, node, place->depth);
    if (c == '-' || (c >= '0' && c <= '9')) return parse_number(p, node);
    if (c != '"') return parse_word(p, node);
    node->kind = TW_NODE_TEXT;
    return parse_text(p, &node->text);
}

static tw_status parse_all(parser *p)
{
    tw_place top = {.depth = 1};
    if (take_word(p, "\xef\xbb\xbf")) p->line_start = p->at;
    skip_blanks(p);
    TW_TRY(parse_value(p, &top, NULL));
    skip_blanks(p);
    return p->at == p->end ? TW_OK : fail_at(p, p->at, "text behind the value");
}

static tw_status parse_document(const tw_ctx *ctx, parser *p, const char *name, tw_doc **out)
{
    *out = NULL;
    TW_TRY(tw_doc_start(ctx, name, (size_t)(p->end - p->at), TW_JSON_BYTES, &p->doc, p->err));
    p->doc->max_nodes = TW_JSON_NODES;
    const tw_status status = parse_all(p);
    if (status != TW_OK)
        tw_doc_free(p->doc);
    else
        *out = p->doc;
    return status;
}

tw_status tw_doc_parse_json(const tw_ctx *ctx, const char *text, size_t length, const char *name, tw_doc **out,
                            tw_error *err)
{
    if (!text) text = "", length = 0;
    parser p = {.at = text, .end = text + length, .line_start = text, .line = 1, .err = err};
    return parse_document(ctx, &p, name, out);
}

tw_status tw_doc_parse_json_packed(const tw_ctx *ctx, const char *text, size_t length, const char *name, tw_doc **out,
                                   tw_error *err)
{
    if (!text) text = "", length = 0;
    parser p = {.at = text, .end = text + length, .line_start = text, .line = 1, .packed = true, .err = err};
    return parse_document(ctx, &p, name, out);
}
