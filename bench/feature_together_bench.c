/* SPDX-License-Identifier: Apache-2.0 */
/* feature_together_bench.c - the functions of TA-Lib 0.6.4 in one plan, by their defaults: the 61 patterns, the other
 * 100, and all 161. A panel of 512 symbols x 2,520 bars, nanoseconds a symbol-bar; then a bar of all 512 symbols at a
 * time, microseconds (median and 99th percentile). The list is read from the goldens. */
#include <math.h>

#include "bench.h"
#include "tradewind/feature.h"

enum { SYMBOLS = 512, BARS = 2520, BLOCKS = SYMBOLS / TW_LANES, MOST = 512, COLUMNS = 6, TICKS = 400, REPETITIONS = 5 };
static const char *const columns[COLUMNS] = {"open", "high", "low", "close", "volume", "periods"};

typedef struct job {
    tw_feature features[MOST];
    size_t n_features, n_functions;
    tw_tiles in[COLUMNS];
    tw_tiles_out out[MOST];
    tw_runner *runner;
    double *row[COLUMNS];
} job;

/* ---------------------------------------------------------------- what is computed */

static const char *column_of(const char *input, size_t i)
{
    if (!strncmp(input, "real", 4)) return i ? "high" : "close";
    return input;
}

static void add_outputs(job *j, tw_arena *arena, const tw_op *op)
{
    tw_buf call, text;
    tw_buf_init(&call, NULL), tw_buf_init(&text, NULL);
    tw_buf_printf(&call, "%s(", op->name);
    for (size_t i = 0; op->inputs[i]; i++) tw_buf_printf(&call, "%s%s", i ? ", " : "", column_of(op->inputs[i], i));
    for (size_t o = 0; op->outputs[o] && j->n_features < MOST; o++) {
        text.length = 0;
        tw_buf_printf(&text, op->outputs[1] ? "%s).%s" : "%s)", call.data, op->outputs[o]);
        const char *expression = tw_arena_text(arena, text.data, text.length);
        text.length = 0;
        tw_buf_printf(&text, "%s_%s", op->name, op->outputs[o]);
        j->features[j->n_features++] = (tw_feature){tw_arena_text(arena, text.data, text.length), expression};
    }
    tw_buf_clear(&call), tw_buf_clear(&text);
}

/* Every function of the goldens that version 0.6.4 has: `patterns` and `others` say which. */
static void read_functions(job *j, tw_arena *arena, bool patterns, bool others)
{
    char last[64] = "", line[65536], version[8], name[64];
    FILE *f = fopen(TW_SOURCE_DIR "/tests/golden/feature/talib_values.csv", "r");
    while (f && fgets(line, sizeof line, f)) {
        const tw_op *op = NULL;
        if (sscanf(line, "%7[^,],%*[^,],%63[^,]", version, name) != 2 || !strcmp(version, "0.8") || !strcmp(name, last))
            continue;
        bool is_new = true;
        for (size_t i = 0; i < j->n_features && is_new; i++)
            is_new = strncmp(j->features[i].expression, name, strlen(name)) != 0 ||
                     j->features[i].expression[strlen(name)] != '(';
        (void)snprintf(last, sizeof last, "%s", name);
        if (!is_new || !(strncmp(name, "cdl", 3) ? others : patterns) || tw_op_find(TW_ISA_BASELINE, name, &op, NULL))
            continue;
        add_outputs(j, arena, op);
        j->n_functions++;
    }
    if (f) (void)fclose(f);
}

/* ---------------------------------------------------------------- on what */

static double *room(size_t n)
{
    double *p = tw_new(NULL, n, sizeof *p);
    if (!p) abort();
    memset(p, 0, n * sizeof *p);
    return p;
}

/* Random walks, unrounded, 0.1 % a bar, in tiles. */
static void fill(double *const x[COLUMNS])
{
    tw_random r = {61, 1, 0};
    for (size_t s = 0; s < SYMBOLS; s++) {
        double close = 20 + (double)s;
        for (size_t t = 0; t < BARS; t++) {
            const size_t at = (s / TW_LANES * BARS + t) * TW_LANES + s % TW_LANES;
            x[0][at] = close * (1 + 0.0003 * tw_random_normal(&r));
            x[3][at] = close = x[0][at] * (1 + 0.001 * tw_random_normal(&r));
            x[1][at] = fmax(x[0][at], close) * (1 + 0.0008 * tw_random_uniform(&r));
            x[2][at] = fmin(x[0][at], close) * (1 - 0.0008 * tw_random_uniform(&r));
            x[4][at] = floor(1e6 * tw_random_uniform(&r));
            x[5][at] = (double)(2 + t * 7 % 29);
        }
    }
}

static void run_panel(void *arg)
{
    job *j = arg;
    tw_runner_reset(j->runner);
    if (tw_runner_run(j->runner, BARS, j->in, j->out, NULL)) abort();
}

static int by_value(const void *a, const void *b) { return bench_order(a, b); }

/* Microseconds of a bar of all symbols, sorted; continues behind the panel. */
static void run_ticks(job *j, double *us)
{
    tw_tiles in[COLUMNS];
    for (size_t f = 0; f < j->n_features; f++) j->out[f].block_stride = TW_LANES, j->out[f].time_stride = SYMBOLS;
    for (size_t t = 0; t < TICKS; t++) {
        for (size_t c = 0; c < COLUMNS; c++) {
            for (size_t b = 0; b < BLOCKS; b++)
                memcpy(j->row[c] + b * TW_LANES, j->in[c].base + (b * BARS + t) * TW_LANES, TW_LANES * sizeof(double));
            in[c] = (tw_tiles){j->row[c], TW_LANES, SYMBOLS};
        }
        const int64_t start = tw_clock_ns();
        if (tw_runner_run(j->runner, 1, in, j->out, NULL)) abort();
        us[t] = (double)(tw_clock_ns() - start) / 1e3;
    }
    qsort(us, TICKS, sizeof *us, by_value);
}

static void bench(const char *name, bool patterns, bool others, double *const x[COLUMNS])
{
    static job j;
    tw_arena arena;
    tw_plan *plan = NULL;
    tw_error err;
    double us[TICKS];
    j = (job){.n_features = 0};
    tw_arena_init(&arena, NULL);
    read_functions(&j, &arena, patterns, others);
    const tw_plan_spec spec = {
        .columns = columns, .n_columns = COLUMNS, .features = j.features, .n_features = j.n_features};
    if (tw_plan_compile(NULL, &spec, &plan, &err) || tw_runner_new(NULL, plan, SYMBOLS, NULL, &j.runner, &err)) {
        (void)fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    for (size_t c = 0; c < COLUMNS; c++)
        j.in[c] = (tw_tiles){x[c], BARS * TW_LANES, TW_LANES}, j.row[c] = room(SYMBOLS);
    for (size_t f = 0; f < j.n_features; f++)
        j.out[f] = (tw_tiles_out){
            .f64 = room((size_t)SYMBOLS * BARS), .block_stride = BARS * TW_LANES, .time_stride = TW_LANES};
    const bench_case panel = {name, "panel", run_panel, &j, (double)SYMBOLS * BARS};
    bench_stat stat;
    bench_run(&panel, 1, REPETITIONS, &stat);
    run_ticks(&j, us);
    printf("{\"bench\": \"together\", \"name\": \"%s\", \"functions\": %zu, \"outputs\": %zu, \"panel_ns\": %.1f, "
           "\"tick_512_p50_us\": %.0f, "
           "\"tick_512_p99_us\": %.0f}\n",
           name, j.n_functions, j.n_features, stat.median, us[TICKS / 2], us[TICKS * 99 / 100]);
    (void)fflush(stdout);
    for (size_t f = 0; f < j.n_features; f++) tw_free(NULL, j.out[f].f64);
    for (size_t c = 0; c < COLUMNS; c++) tw_free(NULL, j.row[c]);
    tw_runner_free(j.runner);
    tw_plan_free(plan);
    tw_arena_clear(&arena);
}

int main(void)
{
    double *x[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) x[c] = room((size_t)SYMBOLS * BARS);
    fill(x);
    bench("patterns", true, false, x);
    bench("others", false, true, x);
    bench("all", true, true, x);
    for (size_t c = 0; c < COLUMNS; c++) tw_free(NULL, x[c]);
    return 0;
}
