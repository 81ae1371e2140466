/* SPDX-License-Identifier: Apache-2.0 */
/* Nanoseconds a cell (bar and trial) of a sweep on one thread that keeps every return path, given the signals and
 * closes of a peer: bench.backtest_sweep FILE [FILLS] reads what bench/sweep_peer.py writes, prints a JSON line and,
 * asked to, writes every fill for the peer to compare. */
#include <sys/resource.h>
#include <time.h>

#include "bench.h"
#include "tradewind/feature.h"
#include "tradewind/sweep.h"

enum { REPEATS = 9 };

/* The head of the file; then closes, entries and exits, [bars][trials]. */
typedef struct head {
    uint64_t bars, trials;
    uint64_t both;                               /* exits enter short */
    double capital, shares, fee_bp, slippage_bp; /* shares 0: all cash */
} head;

static double cpu_ns(void) { return (double)clock() * (1e9 / CLOCKS_PER_SEC); }

static void die(const char *what, const tw_error *err)
{
    (void)fprintf(stderr, "bench.backtest_sweep: %s: %s\n", what, err->message);
    exit(1);
}

static void read_job(const char *bytes, size_t length, tw_sweep_job *job)
{
    const head *h = (const void *)bytes;
    tw_error err = {"too short"};
    if (length < sizeof *h || h->bars > 1000000 || h->trials > 100000 || length != sizeof *h + h->bars * h->trials * 10)
        die("file", &err);
    const size_t cells = h->bars * h->trials;
    const double *close = (const void *)(bytes + sizeof *h);
    const uint8_t *enter = (const void *)(close + cells);
    *job = (tw_sweep_job){.n = h->trials, .keep = {.path_stride = h->bars}};
    job->prices = (tw_sweep_prices){
        .n_times = h->bars, .close = close, .time_stride = h->trials, .trial_stride = 1, .periods_per_year = 252};
    const uint8_t *exit = enter + cells;
    job->signals = (tw_sweep_signals){enter, h->both ? NULL : exit, h->both ? exit : NULL, NULL, h->trials, NULL};
    if (tw_params_parse(tw_sweep_rules_params(), "rules",
                        h->shares > 0 ? "fill=same_close sizing=shares" : "fill=same_close", &job->rules,
                        &err) != TW_OK)
        die("rules", &err);
    job->rules.capital = h->capital;
    if (h->shares > 0) job->rules.size = h->shares;
    job->rules.fee_bp = h->fee_bp;
    job->rules.slippage_bp = h->slippage_bp;
}

static void write_fills(const tw_sweep_result *r, const char *path)
{
    tw_error err;
    if (tw_file_write(path, r->fill, r->n_fills * sizeof *r->fill, &err) != TW_OK) die("fills", &err);
}

/* Median nanoseconds a cell, with every fill kept or without; the fills of one run are written when asked for. */
static double time_runs(tw_sweep_job *job, bool fills, const char *path)
{
    double ns[REPEATS];
    job->keep.fills = fills;
    for (size_t k = 0; k < REPEATS; k++) {
        tw_sweep_result result;
        tw_error err;
        const double start = cpu_ns();
        if (tw_sweep_run(NULL, job, &result, &err) != TW_OK) die("run", &err);
        ns[k] = (cpu_ns() - start) / (double)(job->n * job->prices.n_times);
        if (k == 0 && path) write_fills(&result, path);
        tw_sweep_clear(NULL, &result);
    }
    qsort(ns, REPEATS, sizeof *ns, bench_order);
    return ns[REPEATS / 2];
}

static void time_file(int argc, char **argv)
{
    char *bytes = NULL;
    size_t length = 0;
    tw_error err;
    tw_sweep_job job;
    if (tw_file_read(NULL, argv[1], &bytes, &length, &err) != TW_OK) die("input", &err);
    read_job(bytes, length, &job);
    job.keep.paths = tw_new(NULL, job.n * job.prices.n_times, sizeof *job.keep.paths);
    if (!job.keep.paths) die("paths", &err);
    const double with_fills = time_runs(&job, true, argc > 2 ? argv[2] : NULL);
    printf("{\"bench\": \"sweep\", \"bars\": %zu, \"trials\": %zu, \"ns_per_cell\": %.3f, "
           "\"ns_per_cell_with_fills\": %.3f}\n",
           job.prices.n_times, job.n, time_runs(&job, false, NULL), with_fills);
    tw_free(NULL, job.keep.paths);
    tw_free(NULL, bytes);
}

enum { YEARS = 2520, PAIRS = 10000 };

static long peak_kilobytes(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* 50 fast by 200 slow averages. */
static void time_search(void)
{
    static double open[YEARS], close[YEARS];
    tw_random r = {.seed = 7};
    double price = 100, seconds[3];
    for (size_t t = 0; t < YEARS; t++) {
        open[t] = price;
        close[t] = price *= 1 + 0.012 * tw_random_normal(&r);
    }
    tw_arena arena;
    tw_arena_init(&arena, NULL);
    tw_error err;
    const double *const values[] = {close};
    tw_sweep_search s = {
        .enter_long = "sma(close, fast) > sma(close, slow)",
        .exit_long = "sma(close, fast) < sma(close, slow)",
        .column = TW_NAMES("close"),
        .values = values,
        .n_columns = 1,
        .prices = {.n_times = YEARS, .open = open, .close = close, .time_stride = 1, .periods_per_year = 252},
        .keep = {.path_stride = YEARS}};
    s.keep.paths = tw_new(NULL, (size_t)PAIRS * YEARS, sizeof *s.keep.paths);
    if (!s.keep.paths ||
        tw_params_parse(tw_sweep_rules_params(), "rules", "fee_bp=5 slippage_bp=2", &s.rules, &err) != TW_OK ||
        tw_sweep_settings(&arena, "fast=2..51 slow=55..254", &s.setting, &s.n, &err) != TW_OK)
        die("search", &err);
    for (size_t k = 0; k < 3; k++) {
        tw_sweep_result result;
        const double start = cpu_ns();
        if (tw_sweep_search_run(NULL, &s, &result, &err) != TW_OK) die("search", &err);
        seconds[k] = (cpu_ns() - start) / 1e9;
        tw_sweep_clear(NULL, &result);
    }
    qsort(seconds, 3, sizeof *seconds, bench_order);
    printf("{\"bench\": \"sweep_search\", \"bars\": %d, \"trials\": %zu, \"seconds\": %.3f, \"peak_mb\": %.1f}\n",
           (int)YEARS, s.n, seconds[1], (double)peak_kilobytes() / 1024);
    tw_free(NULL, s.keep.paths);
    tw_arena_clear(&arena);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        time_file(argc, argv);
    else
        time_search();
    return 0;
}
