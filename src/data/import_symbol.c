/* SPDX-License-Identifier: Apache-2.0 */
/* import_symbol.c - which texts can be symbols: short, whole UTF-8, and nothing in them that nobody sees. */
#include "data/import.h"

#include <stdio.h>

/* Soft hyphen, blanks of all kinds but the plain one, marks of direction and of byte order: with them two symbols are
 * made of one. */
static bool is_unseen(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD || (c >= 0x2000 && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF;
}

/* Bytes of the UTF-8 character at `s` (RFC 3629, shortest form, no surrogates) and its number; 0 when there is none. */
static size_t read_character(const char *s, size_t length, uint32_t *c)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char first = (unsigned char)s[0];
    const size_t n = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 0;
    if (n == 0 || n > length) return 0;
    *c = n == 1 ? first : first & (0x7FU >> n);
    for (size_t i = 1; i < n; i++) {
        const unsigned char next = (unsigned char)s[i];
        if ((next & 0xC0) != 0x80) return 0;
        *c = *c << 6 | (next & 0x3F);
    }
    const bool surrogate = *c >= 0xD800 && *c <= 0xDFFF;
    return *c < least[n] || *c > 0x10FFFF || surrogate ? 0 : n;
}

tw_field tw_field_trim(tw_field f)
{
    while (f.length && (f.text[0] == ' ' || f.text[0] == '\t')) f.text++, f.length--;
    while (f.length && (f.text[f.length - 1] == ' ' || f.text[f.length - 1] == '\t')) f.length--;
    return f;
}

const char *tw_import_symbol_flaw(tw_field symbol, char *detail, size_t room)
{
    if (symbol.length == 0) return "symbol missing";
    if (symbol.length > TW_SYMBOL_MAX) {
        snprintf(detail, room, "'%s' has %zu bytes, at most %d", tw_import_show(symbol).text, symbol.length,
                 (int)TW_SYMBOL_MAX);
        return "bad symbol";
    }
    for (size_t i = 0, n; i < symbol.length; i += n) {
        uint32_t c = 0;
        n = read_character(symbol.text + i, symbol.length - i, &c);
        if (n > 0 && !is_unseen(c)) continue;
        if (n == 0)
            snprintf(detail, room, "byte %zu is 0x%02x, which is no UTF-8", i + 1, (unsigned char)symbol.text[i]);
        else
            snprintf(detail, room, "character U+%04X at byte %zu cannot be seen", (unsigned)c, i + 1);
        return "bad symbol";
    }
    return NULL;
}
