/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/sweep/put.h"

#include <string.h>

static bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool in_word(char c) { return starts_name(c) || is_digit(c) || c == '.'; }

/* Value of a name in "a=1 b=2", of `*length` characters, or NULL. */
static const char *value_of(const char *setting, const char *name, size_t n, size_t *length)
{
    for (const char *at = setting; *(at += strspn(at, " ")); at += strcspn(at, " ")) {
        const size_t key = strcspn(at, "= ");
        if (at[key] != '=' || key != n || memcmp(at, name, n) != 0) continue;
        *length = strcspn(at + key + 1, " ");
        return at + key + 1;
    }
    return NULL;
}

/* "fast=" names an argument, "fast == 5" compares. */
static bool names_argument(const char *after)
{
    after += strspn(after, " ");
    return after[0] == '=' && after[1] != '=';
}

void tw_sweep_put(const char *expression, const char *setting, tw_buf *out)
{
    for (const char *at = expression; *at;) {
        size_t n = 1, length = 0;
        if (in_word(*at))
            while (in_word(at[n])) n++;
        const bool may = starts_name(*at) && !names_argument(at + n);
        const char *value = may ? value_of(setting, at, n, &length) : NULL;
        tw_buf_add(out, value ? value : at, value ? length : n);
        at += n;
    }
}
