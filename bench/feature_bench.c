/* SPDX-License-Identifier: Apache-2.0 */
/* feature_bench.c - alpha158 over a panel of 505 symbols and 1,259 bars: history on one thread, and tick by tick.
 *
 *     bench.feature [--panel FILE] [--set NAME] [--dump FILE] [--quick]
 *
 * A panel file is int64 n_columns, n_times, n_symbols, then doubles [column][time][symbol] in the order open, high,
 * low, close, volume, vwap (bench/alpha158_peer.py writes one); without it the panel is simulated. --dump writes the
 * features as doubles [feature][time][symbol] and times nothing. */
#include <math.h>
#include <time.h>

#include "bench.h"
#include "tradewind/feature.h"

enum { COLUMNS = 6, SYMBOLS = 505, BARS = 1259, MOST_FEATURES = 512 };

typedef struct panel {
    size_t n_times, n_symbols, n_blocks;
    double *tiles[COLUMNS]; /* [block][time][16] */
} panel;

typedef struct job {
    const panel *data;
    const tw_plan *plan;
    tw_ctx ctx;
    tw_runner *runner;
    size_t n_features;
    double *f64; /* [feature][block][time][16] */
    float *f32;
    size_t cells; /* of a feature */
} job;

static void check(tw_status status, const tw_error *err)
{
    if (status == TW_OK) return;
    fprintf(stderr, "%s: %s\n", tw_status_name(status), err->message);
    exit(1);
}

/* ---- panels */

static panel new_panel(size_t n_times, size_t n_symbols)
{
    panel p = {.n_times = n_times, .n_symbols = n_symbols, .n_blocks = (n_symbols + TW_LANES - 1) / TW_LANES};
    for (size_t c = 0; c < COLUMNS; c++) {
        p.tiles[c] = tw_new(NULL, p.n_blocks * n_times * TW_LANES, sizeof(double));
        for (size_t i = 0; i < p.n_blocks * n_times * TW_LANES; i++) p.tiles[c][i] = NAN;
    }
    return p;
}

static size_t cell(const panel *p, size_t s, size_t t)
{
    return (s / TW_LANES * p->n_times + t) * TW_LANES + s % TW_LANES;
}

static panel simulate(void)
{
    panel p = new_panel(BARS, SYMBOLS);
    tw_random r = {2385, 7, 0};
    for (size_t s = 0; s < SYMBOLS; s++) {
        double close = 20 + 200 * tw_random_uniform(&r);
        for (size_t t = 0; t < BARS; t++) {
            const double open = close * exp(0.004 * tw_random_normal(&r));
            close = open * exp(0.015 * tw_random_normal(&r));
            const double high = fmax(open, close) * (1 + 0.006 * tw_random_uniform(&r));
            const double low = fmin(open, close) * (1 - 0.006 * tw_random_uniform(&r));
            const double bar[COLUMNS] = {
                open, high, low, close, floor(1e6 * exp(tw_random_normal(&r))), (high + low + close) / 3};
            for (size_t c = 0; c < COLUMNS; c++) p.tiles[c][cell(&p, s, t)] = bar[c];
        }
    }
    return p;
}

static panel read_panel(const char *path)
{
    tw_error err;
    char *bytes;
    size_t length;
    int64_t shape[3];
    check(tw_file_read(NULL, path, &bytes, &length, &err), &err);
    memcpy(shape, bytes, sizeof shape);
    panel p = new_panel((size_t)shape[1], (size_t)shape[2]);
    const double *from = (const double *)(void *)(bytes + sizeof shape);
    for (size_t c = 0; c < COLUMNS; c++)
        for (size_t t = 0; t < p.n_times; t++)
            for (size_t s = 0; s < p.n_symbols; s++) p.tiles[c][cell(&p, s, t)] = *from++;
    tw_free(NULL, bytes);
    return p;
}

/* ---- jobs */

static tw_plan *compile(const char *name)
{
    static const char *const columns[] = {"open", "high", "low", "close", "volume", "vwap"};
    const tw_feature_set *set;
    tw_feature *features;
    tw_arena arena;
    tw_error err;
    tw_plan *plan;
    tw_plan_spec spec = {.columns = columns, .n_columns = COLUMNS};
    tw_arena_init(&arena, NULL);
    check(tw_feature_set_find(name, &set, &err), &err);
    check(set->build(&arena, &features, &spec.n_features, &err), &err);
    spec.features = features;
    check(tw_plan_compile(NULL, &spec, &plan, &err), &err);
    tw_arena_clear(&arena);
    return plan;
}

static job *new_job(const panel *data, const tw_plan *plan, tw_isa isa, bool narrow)
{
    tw_error err;
    job *j = tw_new(NULL, 1, sizeof *j);
    *j = (job){.data = data, .plan = plan, .ctx = {.isa = isa}, .n_features = tw_plan_features(plan)};
    j->cells = data->n_blocks * data->n_times * TW_LANES;
    if (narrow)
        j->f32 = tw_new(NULL, j->n_features * j->cells, sizeof(float));
    else
        j->f64 = tw_new(NULL, j->n_features * j->cells, sizeof(double));
    check(tw_runner_new(&j->ctx, plan, data->n_symbols, NULL, &j->runner, &err), &err);
    return j;
}

static void free_job(job *j)
{
    tw_runner_free(j->runner);
    tw_free(NULL, j->f64);
    tw_free(NULL, j->f32);
    tw_free(NULL, j);
}

static void run_bars(job *j, size_t t, size_t n)
{
    const size_t at = t * TW_LANES, block = j->data->n_times * TW_LANES;
    tw_tiles in[COLUMNS];
    tw_tiles_out out[MOST_FEATURES];
    tw_error err;
    for (size_t c = 0; c < COLUMNS; c++) in[c] = (tw_tiles){j->data->tiles[c] + at, block, TW_LANES};
    for (size_t f = 0; f < j->n_features; f++)
        out[f] = (tw_tiles_out){.f64 = j->f64 ? j->f64 + f * j->cells + at : NULL,
                                .f32 = j->f32 ? j->f32 + f * j->cells + at : NULL,
                                .block_stride = block,
                                .time_stride = TW_LANES};
    check(tw_runner_run(j->runner, n, in, out, &err), &err);
}

static void run_history(void *arg)
{
    job *j = arg;
    tw_runner_reset(j->runner);
    run_bars(j, 0, j->data->n_times);
}

static void bench_history(const panel *data, const tw_plan *plan, const char *name, int repetitions)
{
    bench_case cases[8];
    bench_stat stats[8];
    int n = 0;
    for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++) {
        if (!tw_isa_supported(isa)) continue;
        const double bars = (double)(data->n_symbols * data->n_times);
        cases[n++] = (bench_case){name, tw_isa_name(isa), run_history, new_job(data, plan, isa, false), bars};
    }
    cases[n] = (bench_case){"f32", cases[n - 1].variant, run_history, new_job(data, plan, TW_ISA_BEST, true),
                            cases[n - 1].items};
    n++;
    bench_run(cases, n, repetitions, stats);
    for (int i = 0; i < n; i++) {
        bench_line("feature", &cases[i], &stats[i], NULL, NULL);
        fprintf(stderr, "%-10s %-9s %8.1f ns per symbol-bar, %.3f s in all\n", cases[i].name, cases[i].variant,
                stats[i].median, stats[i].median * cases[i].items * 1e-9);
        free_job(cases[i].arg);
    }
}

/* ---- ticks: by the clock, and by the processor time of the thread, which other work on the machine leaves alone */

typedef struct ticks {
    double *wall, *cpu; /* us of each */
    size_t n;
    int64_t wall_start, cpu_start;
} ticks;

static int64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void tick_start(ticks *k)
{
    k->cpu_start = cpu_ns();
    k->wall_start = tw_clock_ns();
}

static void tick_end(ticks *k)
{
    k->wall[k->n] = (double)(tw_clock_ns() - k->wall_start) * 1e-3;
    k->cpu[k->n++] = (double)(cpu_ns() - k->cpu_start) * 1e-3;
}

static void report_times(const char *name, double *us, size_t n)
{
    qsort(us, n, sizeof us[0], bench_order);
    const bench_case own = {.name = name, .variant = tw_isa_name(tw_isa_resolve(TW_ISA_BEST))};
    const bench_stat stat = {us[n / 2] * 1e3, us[n / 4] * 1e3, us[n * 99 / 100] * 1e3};
    bench_line("feature", &own, &stat, NULL, NULL);
    fprintf(stderr, "%-16s p50 %.1f us, p99 %.1f us, most %.1f us\n", name, us[n / 2], us[n * 99 / 100], us[n - 1]);
}

static void report_ticks(const char *name, ticks *k)
{
    char cpu[32];
    snprintf(cpu, sizeof cpu, "%s-cpu", name);
    report_times(name, k->wall, k->n);
    report_times(cpu, k->cpu, k->n);
    tw_free(NULL, k->wall);
    tw_free(NULL, k->cpu);
}

static ticks new_ticks(size_t n)
{
    return (ticks){.wall = tw_new(NULL, n, sizeof(double)), .cpu = tw_new(NULL, n, sizeof(double))};
}

/* One bar for all symbols at a time, each into the same row of results, as a live session does. */
static void bench_ticks(const panel *data, const tw_plan *plan)
{
    job *j = new_job(data, plan, TW_ISA_BEST, false);
    const size_t row = data->n_blocks * TW_LANES;
    tw_tiles in[COLUMNS];
    tw_tiles_out out[MOST_FEATURES];
    tw_error err;
    for (size_t f = 0; f < j->n_features; f++)
        out[f] = (tw_tiles_out){.f64 = j->f64 + f * row, .block_stride = TW_LANES, .time_stride = row};
    ticks k = new_ticks(data->n_times);
    for (size_t t = 0; t < data->n_times; t++) {
        for (size_t c = 0; c < COLUMNS; c++)
            in[c] = (tw_tiles){data->tiles[c] + t * TW_LANES, data->n_times * TW_LANES, TW_LANES};
        tick_start(&k);
        check(tw_runner_run(j->runner, 1, in, out, &err), &err);
        tick_end(&k);
    }
    report_ticks("tick-505", &k);
    free_job(j);
}

static void bench_one(const panel *data, const tw_plan *plan)
{
    tw_runner *runner;
    tw_error err;
    tw_tiles in[COLUMNS];
    tw_tiles_out out[MOST_FEATURES];
    static double y[MOST_FEATURES];
    ticks k = new_ticks(data->n_times);
    check(tw_runner_new(NULL, plan, 1, NULL, &runner, &err), &err);
    for (size_t f = 0; f < tw_plan_features(plan); f++) out[f] = (tw_tiles_out){.f64 = y + f, .time_stride = 1};
    for (size_t t = 0; t < data->n_times; t++) {
        for (size_t c = 0; c < COLUMNS; c++) in[c] = (tw_tiles){data->tiles[c] + t * TW_LANES, 0, 1};
        tick_start(&k);
        check(tw_runner_run(runner, 1, in, out, &err), &err);
        tick_end(&k);
    }
    report_ticks("tick-1", &k);
    tw_runner_free(runner);
}

/* ---- values for other programs */

static void dump(const panel *data, const tw_plan *plan, const char *path)
{
    job *j = new_job(data, plan, TW_ISA_BEST, false);
    run_history(j);
    FILE *file = fopen(path, "wb");
    for (size_t f = 0; file && f < j->n_features; f++)
        for (size_t t = 0; t < data->n_times; t++)
            for (size_t s = 0; s < data->n_symbols; s++)
                fwrite(j->f64 + f * j->cells + cell(data, s, t), sizeof(double), 1, file);
    if (!file || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
    free_job(j);
}

int main(int argc, char **argv)
{
    const char *set = "alpha158", *panel_path = NULL, *dump_path = NULL;
    bool quick = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) quick = true;
        if (i + 1 == argc) break;
        if (strcmp(argv[i], "--set") == 0)
            set = argv[++i];
        else if (strcmp(argv[i], "--panel") == 0)
            panel_path = argv[++i];
        else if (strcmp(argv[i], "--dump") == 0)
            dump_path = argv[++i];
    }
    panel data = panel_path ? read_panel(panel_path) : simulate();
    tw_plan *plan = compile(set);
    if (dump_path) {
        dump(&data, plan, dump_path);
    } else {
        fprintf(stderr, "%s: %zu features, %zu nodes; %zu symbols, %zu bars\n", set, tw_plan_features(plan),
                tw_plan_nodes(plan), data.n_symbols, data.n_times);
        bench_history(&data, plan, set, quick ? 2 : 7);
        bench_ticks(&data, plan);
        bench_one(&data, plan);
    }
    tw_plan_free(plan);
    for (size_t c = 0; c < COLUMNS; c++) tw_free(NULL, data.tiles[c]);
    return 0;
}
