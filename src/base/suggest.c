/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base_impl.h"

#include <string.h>

enum { MOST_LENGTH = 64 };

static int least(int a, int b) { return a < b ? a : b; }

/* Edit distance with swaps of neighbours as one edit ("optimal string alignment"), blind to case. */
static int distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    int row[3][MOST_LENGTH + 1];
    for (size_t j = 0; j <= n_b; j++) row[0][j] = (int)j;
    for (size_t i = 1; i <= n_a; i++) {
        int *now = row[i % 3];
        const int *before = row[(i + 2) % 3], *before2 = row[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= n_b; j++) {
            const char x = tw_to_lower(a[i - 1]), y = tw_to_lower(b[j - 1]);
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == tw_to_lower(b[j - 2]) && y == tw_to_lower(a[i - 2]))
                now[j] = least(now[j], before2[j - 2] + 1);
        }
    }
    return row[n_a % 3][n_b];
}

/* The one name that the text is a part of ("period" of "timeperiod"); NULL when there is none, or more than one. */
static const char *longer_name(const char *text, size_t length, const char *const *names)
{
    enum { LEAST = 4 };
    const char *found = NULL;
    for (; length >= LEAST && *names; names++) {
        if (!strstr(*names, text)) continue;
        if (found) return NULL;
        found = *names;
    }
    return found;
}

const char *tw_did_you_mean(const char *text, const char *const *names)
{
    const size_t length = strlen(text);
    if (length == 0 || length > MOST_LENGTH) return NULL;
    const char *const *all = names, *best = NULL;
    int best_distance = 1 + (int)(length / 3); /* one slip in three letters, at least one */
    if (best_distance < 2) best_distance = 2;
    for (; *names; names++) {
        const size_t n = strlen(*names);
        if (n > MOST_LENGTH) continue;
        const int d = distance(text, length, *names, n);
        /* As many edits as letters is another word, not a slip. */
        if (d < best_distance && d < (int)n) {
            best = *names;
            best_distance = d;
        }
    }
    return best ? best : longer_name(text, length, all);
}
