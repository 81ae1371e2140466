/* SPDX-License-Identifier: Apache-2.0 */
/* csv_marks.h - finds the bytes a CSV row is cut at (delimiter, quote, line feed), many at a time. */
#ifndef TW_IO_CSV_MARKS_H
#define TW_IO_CSV_MARKS_H

#include <stddef.h>
#include <stdint.h>

/* Marks are looked for in runs of this many bytes: their positions stay in the second-level cache. */
enum { TW_CSV_RUN = 16 * 1024 };

/* Positions of marks in the bytes [from, to) of a window, in order; those before `next` are used up. */
typedef struct tw_csv_marks {
    uint32_t at[TW_CSV_RUN];
    size_t n, next;
    size_t from, to;
    uint64_t delimiter, quote; /* each byte repeated eight times */
} tw_csv_marks;

/* Sets what to look for; quote = the delimiter when quotes mean nothing. */
void tw_csv_marks_init(tw_csv_marks *marks, char delimiter, char quote);
/* Forgets all positions; the next run starts at `from`. */
void tw_csv_marks_restart(tw_csv_marks *marks, size_t from);
/* Finds the marks of the next run of window[0..end). */
void tw_csv_marks_run(tw_csv_marks *marks, const char *window, size_t end);
/* Makes the first mark at or behind `position` the next one, when it lies in this run or at its end; else restarts. */
void tw_csv_marks_rewind(tw_csv_marks *marks, size_t position);

#endif
