/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/lex.h"

#include <math.h>
#include <string.h>

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static size_t skip_digits(const char *text, size_t length, size_t at)
{
    while (at < length && is_digit(text[at])) at++;
    return at;
}

/* 12, 12., .5, 1.5e-3; a sign is an operator, not part of the number. */
static fx_token read_number(const char *text, size_t length, size_t at)
{
    fx_token token = {.kind = FX_NUMBER, .at = at};
    size_t end = skip_digits(text, length, at);
    if (end < length && text[end] == '.') end = skip_digits(text, length, end + 1);
    if (end < length && (text[end] == 'e' || text[end] == 'E')) {
        const size_t sign = end + 1;
        const size_t digits = sign + (sign < length && (text[sign] == '-' || text[sign] == '+'));
        if (digits < length && is_digit(text[digits])) end = skip_digits(text, length, digits);
    }
    const bool glued = end < length && (is_letter(text[end]) || text[end] == '.');
    token.length = end - at;
    if (glued || !tw_parse_double(text + at, token.length, &token.number)) {
        token.kind = FX_BAD;
        token.why = glued && text[end] != '.' ? "a name may not begin with a digit" : "not a number";
    } else if (isinf(token.number)) {
        token.kind = FX_BAD;
        token.why = "larger than any number";
    }
    return token;
}

static fx_token read_name(const char *text, size_t length, size_t at)
{
    size_t end = at;
    while (end < length && (is_letter(text[end]) || is_digit(text[end]))) end++;
    return (fx_token){.kind = FX_NAME, .at = at, .length = end - at};
}

static fx_token read_text(const char *text, size_t length, size_t at)
{
    const char *end = memchr(text + at + 1, text[at], length - at - 1);
    if (!end) return (fx_token){.kind = FX_BAD, .at = at, .length = 1, .why = "a quoted text is not closed"};
    return (fx_token){.kind = FX_TEXT, .at = at + 1, .length = (size_t)(end - text) - at - 1};
}

/* What is written otherwise elsewhere. */
static const char *why_not(char c)
{
    if (c == '[' || c == ']') return "values have no index: the value k bars ago is lag(x, k)";
    if (c == '&' || c == '|' || c == '!') return "conditions are joined by the words 'and', 'or' and 'not'";
    return "this character has no meaning here";
}

static fx_token read_sign(const char *text, size_t length, size_t at)
{
    static const char *const pairs[] = {"<=", ">=", "==", "!="};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (length - at >= 2 && memcmp(text + at, pairs[i], 2) == 0)
            return (fx_token){.kind = FX_SIGN, .at = at, .length = 2};
    if (text[at] != '\0' && strchr("+-*/%^<>=(),.;", text[at]))
        return (fx_token){.kind = FX_SIGN, .at = at, .length = 1};
    return (fx_token){.kind = FX_BAD, .at = at, .length = 1, .why = why_not(text[at])};
}

fx_token fx_token_read(const char *text, size_t length, size_t at)
{
    while (at < length && is_blank(text[at])) at++;
    if (at >= length) return (fx_token){.kind = FX_END, .at = at};
    const char c = text[at];
    if (is_digit(c) || (c == '.' && at + 1 < length && is_digit(text[at + 1]))) return read_number(text, length, at);
    if (is_letter(c)) return read_name(text, length, at);
    if (c == '"' || c == '\'') return read_text(text, length, at);
    return read_sign(text, length, at);
}

size_t fx_token_end(const fx_token *token) { return token->at + token->length + (token->kind == FX_TEXT); }

bool fx_token_is(const fx_token *token, const char *text, const char *word)
{
    return (token->kind == FX_SIGN || token->kind == FX_NAME) && strlen(word) == token->length &&
           memcmp(text + token->at, word, token->length) == 0;
}
