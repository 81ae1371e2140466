/* SPDX-License-Identifier: Apache-2.0 */
/* Golden files: lines "kind,field,field,..."; lines that start with # are left out. */
#ifndef TW_TEST_GOLDEN_CSV_H
#define TW_TEST_GOLDEN_CSV_H

#include "tw_test.h"

#include <stdlib.h>

typedef struct golden_line {
    char *kind, *name; /* first and second field */
    size_t n;
    double x[300]; /* the fields behind the kind, as numbers (0 where they are none) */
} golden_line;

typedef void golden_take(const golden_line *line, void *arg);

static inline void golden_split(char *text, golden_line *line)
{
    *line = (golden_line){.kind = text};
    for (char *at = strchr(text, ','); at; at = strchr(at, ',')) {
        *at++ = '\0';
        if (!line->name) line->name = at;
        assert_true(line->n < 300);
        line->x[line->n++] = strtod(at, NULL);
    }
}

static inline void golden_read(const char *path, golden_take *take, void *arg)
{
    static char text[1 << 16];
    static golden_line line;
    FILE *file = fopen(path, "r");
    if (!file) fail_msg("cannot open %s", path);
    while (fgets(text, sizeof text, file)) {
        text[strcspn(text, "\r\n")] = '\0';
        if (text[0] == '#' || text[0] == '\0') continue;
        golden_split(text, &line);
        take(&line, arg);
    }
    assert_int_equal(fclose(file), 0);
}

#endif
