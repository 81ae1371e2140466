/* SPDX-License-Identifier: Apache-2.0 */
/* feature_talib_bench.c - every operator that has the name of a TA-Lib function, with its defaults, against TA-Lib: the
 * newest and 0.6.4, where their libraries lie in bench/.venv and bench/.venv/old (docs/benchmarks.md says how). One
 * series of 1,000,000 bars; a panel of 512 symbols x 2,520 bars, symbol by symbol in TA-Lib; one bar of one symbol.
 * Random walks that do not repeat: a branch predictor learns a short series by heart. Every sample comes right after a
 * run of the same that is not timed, so that each finds in the caches what its own work left there, not its peer's.
 *
 *     bench.feature_talib [NAME ...] */
#include <ctype.h>
#include <dlfcn.h>
#include <glob.h>
#include <math.h>

#include "bench.h"
#include "tradewind/feature.h"

enum {
    SERIES = 1000000,
    SYMBOLS = 512,
    BARS = 2520,
    BLOCKS = SYMBOLS / TW_LANES,
    COLUMNS = 7,
    OUTPUTS = 8,
    REPETITIONS = 5
};
enum { TICKS = 4096 };

/* ---------------------------------------------------------------- data */

static const char *const columns[COLUMNS] = {"open", "high", "low", "close", "volume", "unit", "periods"};

typedef struct market {
    double *series[COLUMNS];  /* [SERIES] */
    double *symbols[COLUMNS]; /* [symbol][time] */
    double *tiles[COLUMNS];   /* [block][time][16] */
    double *out[OUTPUTS], *wide[OUTPUTS];
    int *whole[OUTPUTS];
} market;

static double *room(size_t n)
{
    double *p = tw_new(NULL, n, sizeof(double));
    if (!p) abort();
    return p;
}

/* A bar of a walk, unrounded, 0.1 % a bar. */
static void next_bar(tw_random *r, double *close, size_t t, double bar[COLUMNS])
{
    const double open = *close * (1 + 0.0003 * tw_random_normal(r));
    *close = open * (1 + 0.001 * tw_random_normal(r));
    const double high = fmax(open, *close) * (1 + 0.0008 * tw_random_uniform(r));
    const double low = fmin(open, *close) * (1 - 0.0008 * tw_random_uniform(r));
    const double values[COLUMNS] = {open,
                                    high,
                                    low,
                                    *close,
                                    floor(1e6 * tw_random_uniform(r)),
                                    2 * tw_random_uniform(r) - 1,
                                    (double)(2 + t * 7 % 29)};
    memcpy(bar, values, sizeof values);
}

static void fill_market(market *m)
{
    double bar[COLUMNS], close = 100;
    tw_random r = {2385, 0, 0};
    for (size_t c = 0; c < COLUMNS; c++) {
        m->series[c] = room(SERIES);
        m->symbols[c] = room((size_t)SYMBOLS * BARS);
        m->tiles[c] = room((size_t)SYMBOLS * BARS);
    }
    for (size_t o = 0; o < OUTPUTS; o++) {
        m->out[o] = room((size_t)SYMBOLS * BARS);
        m->wide[o] = room((size_t)SYMBOLS * BARS);
        m->whole[o] = (int *)(void *)m->wide[o];
    }
    for (size_t t = 0; t < SERIES; t++) {
        next_bar(&r, &close, t, bar);
        for (size_t c = 0; c < COLUMNS; c++) m->series[c][t] = bar[c];
    }
    for (size_t s = 0; s < SYMBOLS; s++) {
        tw_random own = {29, s, 0};
        close = 20 + 0.7 * (double)s;
        for (size_t t = 0; t < BARS; t++) {
            next_bar(&own, &close, t, bar);
            for (size_t c = 0; c < COLUMNS; c++)
                m->symbols[c][s * BARS + t] = m->tiles[c][(s / TW_LANES * BARS + t) * TW_LANES + s % TW_LANES] = bar[c];
        }
    }
}

static size_t column_named(const char *name)
{
    for (size_t c = 0; c < COLUMNS; c++)
        if (!strcmp(columns[c], name)) return c;
    return 3;
}

/* Which column an input is of: by its name; else the closing price, then the high. Functions of the unit interval get
 * it. */
static size_t column_of(const char *op, const char *input, size_t i)
{
    static const char *const unit[] = {"acos", "asin", "atan", "cosh", "exp", "sinh", "tanh"};
    for (size_t k = 0; k < sizeof unit / sizeof unit[0]; k++)
        if (!strcmp(op, unit[k])) return 5;
    return strncmp(input, "real", 4) ? column_named(input) : i ? 1 : 3;
}

/* ---------------------------------------------------------------- ours */

typedef struct own_job {
    const market *m;
    tw_runner *runner;
    size_t n_inputs, n_outputs, column[COLUMNS], next;
} own_job;

static void own_series(void *arg)
{
    own_job *j = arg;
    tw_tiles in[COLUMNS];
    tw_tiles_out out[OUTPUTS];
    for (size_t i = 0; i < j->n_inputs; i++) in[i] = (tw_tiles){j->m->series[j->column[i]], 0, 1};
    for (size_t o = 0; o < j->n_outputs; o++) out[o] = (tw_tiles_out){.f64 = j->m->out[o], .time_stride = 1};
    tw_runner_reset(j->runner);
    if (tw_runner_run(j->runner, SERIES, in, out, NULL)) abort();
}

static void own_panel(void *arg)
{
    own_job *j = arg;
    tw_tiles in[COLUMNS];
    tw_tiles_out out[OUTPUTS];
    for (size_t i = 0; i < j->n_inputs; i++) in[i] = (tw_tiles){j->m->tiles[j->column[i]], BARS * TW_LANES, TW_LANES};
    for (size_t o = 0; o < j->n_outputs; o++) out[o] = (tw_tiles_out){.f64 = j->m->wide[o], .time_stride = TW_LANES};
    tw_runner_reset(j->runner);
    if (tw_runner_run(j->runner, BARS, in, out, NULL)) abort();
}

static void own_ticks(void *arg)
{
    own_job *j = arg;
    tw_tiles in[COLUMNS];
    tw_tiles_out out[OUTPUTS];
    for (size_t o = 0; o < j->n_outputs; o++) out[o] = (tw_tiles_out){.f64 = j->m->out[o], .time_stride = 1};
    for (size_t t = 0; t < TICKS; t++) {
        for (size_t i = 0; i < j->n_inputs; i++) in[i] = (tw_tiles){j->m->series[j->column[i]] + t, 0, 1};
        if (tw_runner_run(j->runner, 1, in, out, NULL)) abort();
    }
}

/* What an operator costs at least: its columns read and its outputs written with nothing between but a sum, value by
 * value, as the processor's own fetching ahead likes it best. */
static void move_columns(const double *const *x, size_t n_inputs, double *y)
{
    const size_t n = (size_t)SYMBOLS * BARS;
    switch (n_inputs) {
    case 1:
        for (size_t i = 0; i < n; i++) y[i] = x[0][i] + 1.0;
        break;
    case 2:
        for (size_t i = 0; i < n; i++) y[i] = x[0][i] + x[1][i];
        break;
    case 3:
        for (size_t i = 0; i < n; i++) y[i] = x[0][i] + x[1][i] + x[2][i];
        break;
    case 4:
        for (size_t i = 0; i < n; i++) y[i] = x[0][i] + x[1][i] + x[2][i] + x[3][i];
        break;
    default: abort();
    }
}
static void only_move(void *arg)
{
    const own_job *j = arg;
    const double *x[COLUMNS];
    for (size_t i = 0; i < j->n_inputs; i++) x[i] = j->m->tiles[j->column[i]];
    move_columns(x, j->n_inputs, j->m->wide[0]);
    for (size_t o = 1; o < j->n_outputs; o++)
        for (size_t i = 0; i < (size_t)SYMBOLS * BARS; i++) j->m->wide[o][i] = (double)i;
}

static own_job open_own(const market *m, const tw_op *op, const tw_plan *plan, size_t n_symbols)
{
    own_job j = {.m = m, .n_inputs = tw_op_inputs(op), .n_outputs = tw_op_outputs(op)};
    for (size_t i = 0; i < j.n_inputs; i++) j.column[i] = column_of(op->name, op->inputs[i], i);
    if (tw_runner_new(NULL, plan, n_symbols, NULL, &j.runner, NULL)) abort();
    return j;
}

/* ---------------------------------------------------------------- TA-Lib, by its abstract interface */

/* How many inputs, options and outputs a function has. They stand behind three texts and the flags of a function's
 * description; 0.6.4 has a fourth text there. */
typedef struct ta_counts {
    unsigned n_inputs, n_options, n_outputs;
} ta_counts;
enum { TEXTS_NEWEST = 3, TEXTS_OLD = 4 };
typedef struct ta_parameter {
    int type; /* inputs: 0 prices, 1 a series; outputs: 0 numbers, 1 whole numbers */
    const char *name;
    int flags;
} ta_parameter;

typedef struct talib {
    const char *variant;
    size_t texts;
    int (*initialize)(void);
    int (*find)(const char *name, const unsigned **handle);
    int (*info)(const unsigned *handle, const char **info);
    int (*input)(const unsigned *handle, unsigned i, const ta_parameter **parameter);
    int (*output)(const unsigned *handle, unsigned i, const ta_parameter **parameter);
    int (*new_params)(const unsigned *handle, void **params);
    int (*free_params)(void *params);
    int (*set_prices)(void *params, unsigned i, const double *o, const double *h, const double *l, const double *c,
                      const double *v, const double *oi);
    int (*set_series)(void *params, unsigned i, const double *x);
    int (*set_out)(void *params, unsigned i, double *y);
    int (*set_whole)(void *params, unsigned i, int *y);
    int (*call)(const void *params, int from, int to, int *begin, int *count);
} talib;

static bool open_talib(const char *pattern, const char *variant, size_t texts, talib *t)
{
    static const char *const names[] = {"TA_Initialize",
                                        "TA_GetFuncHandle",
                                        "TA_GetFuncInfo",
                                        "TA_GetInputParameterInfo",
                                        "TA_GetOutputParameterInfo",
                                        "TA_ParamHolderAlloc",
                                        "TA_ParamHolderFree",
                                        "TA_SetInputParamPricePtr",
                                        "TA_SetInputParamRealPtr",
                                        "TA_SetOutputParamRealPtr",
                                        "TA_SetOutputParamIntegerPtr",
                                        "TA_CallFunc"};
    glob_t found;
    if (glob(pattern, 0, NULL, &found)) return false;
    void *library = dlopen(found.gl_pathv[0], RTLD_NOW | RTLD_LOCAL);
    globfree(&found);
    void *symbols[sizeof names / sizeof names[0]];
    for (size_t i = 0; library && i < sizeof names / sizeof names[0]; i++)
        if (!(symbols[i] = dlsym(library, names[i]))) library = NULL;
    if (!library) return false;
    t->variant = variant;
    t->texts = texts;
    memcpy(&t->initialize, symbols, sizeof symbols); /* pointers to functions, in the order of the struct */
    return t->initialize() == 0;
}

typedef struct peer_job {
    const market *m;
    const talib *t;
    const unsigned *handle;
    ta_counts has;
    bool there;
    const char *op;
} peer_job;

static void set_inputs(const peer_job *j, void *params, double *const *x, size_t offset)
{
    size_t series = 0;
    for (unsigned i = 0; i < j->has.n_inputs; i++) {
        const ta_parameter *p;
        (void)j->t->input(j->handle, i, &p);
        if (p->type == 0)
            (void)j->t->set_prices(params, i, x[0] + offset, x[1] + offset, x[2] + offset, x[3] + offset, x[4] + offset,
                                   NULL);
        else
            (void)j->t->set_series(params, i,
                                   x[!strcmp(j->op, "mavp") && series ? 6 : column_of(j->op, "real", series)] + offset),
                series++;
    }
}

static void call_peer(const peer_job *j, double *const *x, size_t offset, int n)
{
    void *params = NULL;
    int begin, count;
    if (j->t->new_params(j->handle, &params)) abort();
    set_inputs(j, params, x, offset);
    for (unsigned o = 0; o < j->has.n_outputs; o++) {
        const ta_parameter *p;
        (void)j->t->output(j->handle, o, &p);
        if (p->type == 0)
            (void)j->t->set_out(params, o, j->m->out[o] + offset);
        else
            (void)j->t->set_whole(params, o, j->m->whole[o] + offset);
    }
    if (j->t->call(params, 0, n - 1, &begin, &count)) abort();
    (void)j->t->free_params(params);
}

static void peer_series(void *arg)
{
    const peer_job *j = arg;
    call_peer(j, j->m->series, 0, SERIES);
}
static void peer_panel(void *arg)
{
    const peer_job *j = arg;
    for (size_t s = 0; s < SYMBOLS; s++) call_peer(j, j->m->symbols, s * BARS, BARS);
}

static bool open_peer(const market *m, const talib *t, const char *op, peer_job *j)
{
    char name[64];
    size_t n = 0;
    for (; op[n] && n < sizeof name - 1; n++) name[n] = (char)toupper((unsigned char)op[n]);
    name[n] = '\0';
    *j = (peer_job){.m = m, .t = t, .op = op};
    const char *info = NULL;
    j->there = t->variant && t->find(name, &j->handle) == 0 && t->info(j->handle, &info) == 0;
    if (j->there) memcpy(&j->has, info + t->texts * sizeof(char *) + sizeof(int), sizeof j->has);
    return j->there;
}

/* ---------------------------------------------------------------- all of it */

/* What is told at the end. */
typedef struct totals {
    double log_ratio, sum, peer_sum, worst;
    size_t n;
    char worst_name[32];
} totals;

static void add(totals *t, const char *name, double ours, double peer)
{
    const double ratio = peer / ours;
    t->log_ratio += log(ratio);
    t->sum += ours;
    t->peer_sum += peer;
    if (!t->n++ || ratio < t->worst) t->worst = ratio, (void)snprintf(t->worst_name, sizeof t->worst_name, "%s", name);
}
static void tell(const char *what, const totals *t)
{
    if (t->n)
        (void)fprintf(stderr, "%s: %zu functions, %.1f ns against %.1f, geometric mean %.2f x, worst %.2f x (%s)\n",
                      what, t->n, t->sum, t->peer_sum, exp(t->log_ratio / (double)t->n), t->worst, t->worst_name);
}

typedef struct tables {
    totals series[2], panel[2];
    double tick_log, tick_most;
    size_t n_ticks;
} tables;

static void time_way(const char *way, bench_fn *ours, own_job *own, bench_fn *theirs, peer_job *peers, double items,
                     totals *t)
{
    char name[64];
    bench_case cases[3];
    bench_stat stats[3];
    int n = 1;
    (void)snprintf(name, sizeof name, "%s %s", peers[0].op, way);
    cases[0] = (bench_case){name, tw_isa_name(tw_isa_resolve(TW_ISA_BEST)), ours, own, items};
    size_t which[2];
    for (size_t p = 0; p < 2; p++)
        if (peers[p].there)
            which[n - 1] = p, cases[n++] = (bench_case){name, peers[p].t->variant, theirs, &peers[p], items};
    bench_run_as(cases, n, REPETITIONS, true, stats);
    for (int i = 1; i < n; i++) {
        bench_line("talib", &cases[0], &stats[0], &cases[i], &stats[i]);
        add(&t[which[i - 1]], peers[0].op, stats[0].median, stats[i].median);
    }
}

static void bench_op(const market *m, const talib *peers, const tw_op *op, tables *t)
{
    tw_plan *plan = NULL;
    peer_job jobs[2];
    const bool newest = open_peer(m, &peers[0], op->name, &jobs[0]), old = open_peer(m, &peers[1], op->name, &jobs[1]);
    if (op->section || !(newest || old) || tw_plan_operator(NULL, op->name, "", &plan, NULL)) return;
    own_job one = open_own(m, op, plan, 1), many = open_own(m, op, plan, SYMBOLS);
    time_way("series", own_series, &one, peer_series, jobs, SERIES, t->series);
    time_way("panel", own_panel, &many, peer_panel, jobs, (double)SYMBOLS * BARS, t->panel);
    const bench_case tick = {op->name, "tick", own_ticks, &one, TICKS};
    const bench_case move = {op->name, "move", only_move, &many, (double)SYMBOLS * BARS};
    bench_stat stat;
    bench_run_as(&move, 1, REPETITIONS, true, &stat);
    bench_line("talib", &move, &stat, NULL, NULL);
    bench_run(&tick, 1, REPETITIONS, &stat);
    bench_line("talib", &tick, &stat, NULL, NULL);
    t->tick_log += log(stat.median), t->n_ticks++;
    if (stat.median > t->tick_most) t->tick_most = stat.median;
    tw_runner_free(one.runner);
    tw_runner_free(many.runner);
    tw_plan_free(plan);
}

static bool is_asked(int argc, char **argv, const char *name)
{
    bool asked = argc < 2;
    for (int i = 1; i < argc; i++) asked = asked || !strcmp(argv[i], name);
    return asked;
}

int main(int argc, char **argv)
{
    static market m;
    static tables t;
    talib peers[2] = {{.variant = NULL}, {.variant = NULL}};
    size_t n;
    const tw_op *const *ops = tw_ops(TW_ISA_BEST, &n);
    (void)open_talib(TW_SOURCE_DIR "/bench/.venv/lib/python3*/site-packages/ta_lib.libs/libta*", "TA-Lib newest",
                     TEXTS_NEWEST, &peers[0]);
    (void)open_talib(TW_SOURCE_DIR "/bench/.venv/old/lib/python3*/site-packages/ta_lib.libs/libta*", "TA-Lib 0.6.4",
                     TEXTS_OLD, &peers[1]);
    if (!peers[0].variant && !peers[1].variant) return (void)fprintf(stderr, "skipped: no TA-Lib in bench/.venv\n"), 0;
    fill_market(&m);
    for (size_t i = 0; i < n; i++)
        if (is_asked(argc, argv, ops[i]->name)) bench_op(&m, peers, ops[i], &t);
    for (size_t p = 0; p < 2; p++) {
        (void)fprintf(stderr, "%s\n", peers[p].variant ? peers[p].variant : "(absent)");
        tell("  one series of 1,000,000 bars", &t.series[p]);
        tell("  512 symbols x 2,520 bars", &t.panel[p]);
    }
    if (t.n_ticks)
        (void)fprintf(stderr, "one bar, one symbol: geometric mean %.1f ns, most %.0f ns\n",
                      exp(t.tick_log / (double)t.n_ticks), t.tick_most);
    return 0;
}
