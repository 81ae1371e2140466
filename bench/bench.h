/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - times cases against each other in one run: repetitions of all cases are interleaved, so that a change of
 * clock or load falls on all alike; a result is the median with the quartiles, and a ratio to a peer.
 *
 *     bench_case cases[] = {{"sma", "avx2", run_ours, &data, n}, {"sma", "TA-Lib", run_peer, &data, n}};
 *     bench_stat stats[2];
 *     bench_run(cases, 2, 21, stats);
 *     bench_line("ta", &cases[0], &stats[0], &cases[1], &stats[1]);
 */
#ifndef TW_BENCH_H
#define TW_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tradewind/base.h"

typedef void bench_fn(void *arg);

/* `variant` is the instruction set, or the name of a peer; `items` is what one run does, in the unit reported. */
typedef struct bench_case {
    const char *name, *variant;
    bench_fn *run;
    void *arg;
    double items;
} bench_case;

/* Nanoseconds an item: median and quartiles over the repetitions. */
typedef struct bench_stat {
    double median, low, high;
} bench_stat;

enum { BENCH_REPETITIONS_MAX = 201, BENCH_CASES_MAX = 64 };

static inline int bench_order(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Runs each case once to warm up, then all of them `repetitions` times in turn; `warm`: every timed run comes right
 * after one that is not timed. */
static inline void bench_run_as(const bench_case *cases, int n, int repetitions, bool warm, bench_stat *stats)
{
    static double ns[BENCH_CASES_MAX][BENCH_REPETITIONS_MAX];
    if (n > BENCH_CASES_MAX) n = BENCH_CASES_MAX;
    if (repetitions > BENCH_REPETITIONS_MAX) repetitions = BENCH_REPETITIONS_MAX;
    for (int i = 0; i < n; i++) cases[i].run(cases[i].arg);
    for (int r = 0; r < repetitions; r++) {
        for (int i = 0; i < n; i++) {
            if (warm) cases[i].run(cases[i].arg);
            const int64_t start = tw_clock_ns();
            cases[i].run(cases[i].arg);
            ns[i][r] = (double)(tw_clock_ns() - start) / cases[i].items;
        }
    }
    for (int i = 0; i < n; i++) {
        qsort(ns[i], (size_t)repetitions, sizeof ns[i][0], bench_order);
        stats[i] = (bench_stat){ns[i][repetitions / 2], ns[i][repetitions / 4], ns[i][repetitions * 3 / 4]};
    }
}

static inline void bench_run(const bench_case *cases, int n, int repetitions, bench_stat *stats)
{
    bench_run_as(cases, n, repetitions, false, stats);
}

/* First line of a command's output, without its end; "unknown" when there is none. */
static inline void bench_command(const char *command, char *line, int room)
{
    FILE *pipe = popen(command, "r");
    if (pipe == NULL || fgets(line, room, pipe) == NULL) (void)snprintf(line, (size_t)room, "unknown");
    if (pipe != NULL) (void)pclose(pipe);
    line[strcspn(line, "\n")] = '\0';
}

/* Prints one JSON line of a case and, where `peer` is not NULL, of what it is compared with: ratio = peer / ours,
 * above 1 when we are faster. */
static inline void bench_line(const char *bench, const bench_case *own, const bench_stat *stat, const bench_case *peer,
                              const bench_stat *peer_stat)
{
    static char machine[128], commit[64];
    if (machine[0] == '\0') {
        bench_command("sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo", machine, (int)sizeof machine);
        bench_command("git -C " TW_SOURCE_DIR " rev-parse --short HEAD 2>/dev/null", commit, (int)sizeof commit);
    }
    tw_buf text;
    tw_json json;
    tw_buf_init(&text, NULL);
    tw_json_init(&json, &text, false);
    tw_json_object(&json);
    tw_json_key(&json, "bench"), tw_json_text(&json, bench);
    tw_json_key(&json, "name"), tw_json_text(&json, own->name);
    tw_json_key(&json, "isa"), tw_json_text(&json, own->variant);
    tw_json_key(&json, "ns"), tw_json_number(&json, stat->median);
    tw_json_key(&json, "ns_low"), tw_json_number(&json, stat->low);
    tw_json_key(&json, "ns_high"), tw_json_number(&json, stat->high);
    if (peer != NULL) {
        tw_json_key(&json, "peer"), tw_json_text(&json, peer->variant);
        tw_json_key(&json, "peer_ns"), tw_json_number(&json, peer_stat->median);
        tw_json_key(&json, "ratio"), tw_json_number(&json, peer_stat->median / stat->median);
    }
    tw_json_key(&json, "machine"), tw_json_text(&json, machine);
    tw_json_key(&json, "commit"), tw_json_text(&json, commit);
    tw_json_object_end(&json);
    if (tw_buf_check(&text, NULL) == TW_OK) (void)puts(text.data);
    tw_buf_clear(&text);
}

#endif
