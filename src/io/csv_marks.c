/* SPDX-License-Identifier: Apache-2.0 */
/* csv_marks.c - eight bytes a step in one 64-bit word: no instruction set is assumed. */
#include "io/csv_marks.h"

#define LOW7 UINT64_C(0x7f7f7f7f7f7f7f7f)
#define ONES UINT64_C(0x0101010101010101)

void tw_csv_marks_init(tw_csv_marks *marks, char delimiter, char quote)
{
    marks->delimiter = (unsigned char)delimiter * ONES;
    marks->quote = (unsigned char)quote * ONES;
    tw_csv_marks_restart(marks, 0);
}

void tw_csv_marks_restart(tw_csv_marks *marks, size_t from)
{
    marks->n = marks->next = 0;
    marks->from = marks->to = from;
}

/* Byte i of the text in bits 8i of the word, on any machine; compilers make one load of it. */
static inline uint64_t load_word(const unsigned char *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
           (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/* The top bit of every byte that is zero, exactly: Warren, Hacker's Delight, 2nd ed., section 6-1. */
static inline uint64_t zero_bytes(uint64_t x) { return ~(((x & LOW7) + LOW7) | x | LOW7); }

static inline uint64_t marks_of(const tw_csv_marks *marks, uint64_t word)
{
    return zero_bytes(word ^ marks->delimiter) | zero_bytes(word ^ marks->quote) | zero_bytes(word ^ '\n' * ONES);
}

static inline size_t add_word(tw_csv_marks *marks, size_t n, size_t position, uint64_t hits)
{
    for (; hits; hits &= hits - 1) {
        marks->at[n++] = (uint32_t)(position + (unsigned)__builtin_ctzll(hits) / 8);
    }
    return n;
}

void tw_csv_marks_run(tw_csv_marks *marks, const char *window, size_t end)
{
    const unsigned char *bytes = (const unsigned char *)window;
    const size_t from = marks->to, stop = end - from < TW_CSV_RUN ? end : from + TW_CSV_RUN;
    size_t i = from, n = 0;
    for (; i + 8 <= stop; i += 8) n = add_word(marks, n, i, marks_of(marks, load_word(bytes + i)));
    if (i < stop) {
        uint64_t word = 0;
        for (size_t k = 0; i + k < stop; k++) word |= (uint64_t)bytes[i + k] << 8 * k;
        n = add_word(marks, n, i, marks_of(marks, word)); /* the zero bytes filled in are never marks */
    }
    marks->n = n;
    marks->next = 0;
    marks->from = from;
    marks->to = stop;
}

void tw_csv_marks_rewind(tw_csv_marks *marks, size_t position)
{
    if (position < marks->from || position > marks->to) {
        tw_csv_marks_restart(marks, position);
        return;
    }
    while (marks->next > 0 && marks->at[marks->next - 1] >= position) marks->next--;
    while (marks->next < marks->n && marks->at[marks->next] < position) marks->next++;
}
