/* SPDX-License-Identifier: Apache-2.0 */
/* Operators in nanoseconds a symbol and bar: 505 symbols x 1,259 bars of fresh data, 16 lanes and one lane, on each
 * instruction set, against the C library of TA-Lib where the wheel of bench/.venv has brought it; and all rolling
 * operators of alpha158 together. */
#include <dlfcn.h>
#include <glob.h>
#include <math.h>

#include "bench.h"
#include "tradewind/ta.h"

enum {
    SYMBOLS = 505,
    BARS = 1259,
    BLOCKS = (SYMBOLS + TW_LANES - 1) / TW_LANES,
    COLUMNS = 4,
    INPUTS = 8, /* that an operator has at most */
    OUTPUTS = 3,
    REPETITIONS = 5
};
enum { HISTORY = 400, TILE = (HISTORY + BARS) * TW_LANES, PARAMS = 512 };

/* Columns high, low, close, volume; `tiles` as panels have them, `series` symbol by symbol. */
typedef struct market {
    double *tiles[COLUMNS], *series[COLUMNS], *out[OUTPUTS];
} market;

typedef struct job {
    const tw_op *op;
    const market *m;
    void *state;
    double params[PARAMS / sizeof(double)];
    size_t column[INPUTS], lanes;
} job;

static double *room(size_t n)
{
    double *p = tw_new(NULL, n, sizeof(double));
    if (!p) abort();
    return p;
}

static void fill_market(market *m)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        m->tiles[c] = room((size_t)BLOCKS * TILE);
        m->series[c] = room((size_t)BLOCKS * TILE);
    }
    for (size_t o = 0; o < OUTPUTS; o++) m->out[o] = room((size_t)BARS * TW_LANES);
    for (size_t s = 0; s < (size_t)BLOCKS * TW_LANES; s++) {
        tw_random r = {29, s, 0};
        double close = 80.0;
        for (size_t t = 0; t < HISTORY + BARS; t++) {
            close *= 1.0 + 0.015 * tw_random_normal(&r);
            const double bar[COLUMNS] = {close * (1.0 + 0.01 * tw_random_uniform(&r)),
                                         close * (1.0 - 0.01 * tw_random_uniform(&r)), close,
                                         floor(1e6 * tw_random_uniform(&r))};
            for (size_t c = 0; c < COLUMNS; c++) {
                m->tiles[c][s / TW_LANES * TILE + t * TW_LANES + s % TW_LANES] = bar[c];
                m->series[c][s * (HISTORY + BARS) + t] = bar[c];
            }
        }
    }
}

static void restart(job *j)
{
    const size_t size = j->op->state_size ? j->op->state_size(j->params, j->lanes) : 0;
    if (j->op->init)
        j->op->init(j->state, j->params, j->lanes);
    else if (size)
        memcpy(j->state, j->params, j->op->params_size);
}

static void run_job(void *arg)
{
    job *j = arg;
    const bool wide = j->lanes == TW_LANES;
    for (size_t b = 0; b < (wide ? BLOCKS : SYMBOLS); b++) {
        const double *in[INPUTS];
        for (size_t i = 0; i < INPUTS; i++)
            in[i] = wide ? j->m->tiles[j->column[i]] + b * TILE + HISTORY * TW_LANES
                         : j->m->series[j->column[i]] + b * (HISTORY + BARS) + HISTORY;
        restart(j);
        (wide ? j->op->run_wide : j->op->run_one)(j->state, BARS, in, j->m->out);
    }
}

static bool open_job(job *j, const market *m, tw_isa isa, const char *name, const char *params, size_t lanes)
{
    static const char *const names[COLUMNS] = {"high", "low", "close", "volume"};
    tw_error err = {""};
    memset(j, 0, sizeof *j);
    if (tw_op_find(isa, name, &j->op, &err) || tw_params_parse(j->op->params, name, params, j->params, &err)) {
        (void)fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    if (j->op->section || (j->op->history && j->op->history(j->params) > HISTORY)) return false;
    for (size_t i = 0; i < INPUTS; i++) j->column[i] = i == 1 ? 3 : 2;
    for (size_t i = 0; j->op->inputs[i]; i++)
        for (size_t c = 0; c < COLUMNS; c++)
            if (strcmp(j->op->inputs[i], names[c]) == 0) j->column[i] = c;
    j->m = m;
    j->lanes = lanes;
    j->state = tw_new(NULL, 1, (j->op->state_size ? j->op->state_size(j->params, lanes) : 0) + 1);
    return j->state != NULL;
}

/* ---------------------------------------------------------------- TA-Lib */

typedef struct peer_job {
    const market *m;
    void (*call)(void);
    const char *shape; /* inputs, then the count of integer parameters */
    int p[3];
    double *out;
} peer_job;

typedef int one_fn(int, int, const double *, int, int *, int *, double *);
typedef int two_fn(int, int, const double *, const double *, int, int *, int *, double *);
typedef int three_fn(int, int, const double *, const double *, const double *, int, int *, int *, double *);
typedef int obv_fn(int, int, const double *, const double *, int *, int *, double *);
typedef int macd_fn(int, int, const double *, int, int, int, int *, int *, double *, double *, double *);
typedef int stoch_fn(int, int, const double *, const double *, const double *, int, int, int, int, int, int *, int *,
                     double *, double *);
typedef int std_fn(int, int, const double *, int, double, int *, int *, double *);
typedef int bands_fn(int, int, const double *, int, double, double, int, int *, int *, double *, double *, double *);

static void run_peer(void *arg)
{
    const peer_job *j = arg;
    int begin, count, last = BARS - 1;
    double *const *y = j->m->out;
    for (size_t s = 0; s < SYMBOLS; s++) {
        const double *x[COLUMNS];
        for (size_t c = 0; c < COLUMNS; c++) x[c] = j->m->series[c] + s * (HISTORY + BARS) + HISTORY;
        switch (j->shape[0]) {
        case '1': ((one_fn *)j->call)(0, last, x[2], j->p[0], &begin, &count, y[0]); break;
        case '2': ((two_fn *)j->call)(0, last, x[2], x[3], j->p[0], &begin, &count, y[0]); break;
        case '3': ((three_fn *)j->call)(0, last, x[0], x[1], x[2], j->p[0], &begin, &count, y[0]); break;
        case 'o': ((obv_fn *)j->call)(0, last, x[2], x[3], &begin, &count, y[0]); break;
        case 'm': ((macd_fn *)j->call)(0, last, x[2], 12, 26, 9, &begin, &count, y[0], y[1], y[2]); break;
        case 's': ((stoch_fn *)j->call)(0, last, x[0], x[1], x[2], 5, 3, 0, 3, 0, &begin, &count, y[0], y[1]); break;
        case 'd': ((std_fn *)j->call)(0, last, x[2], j->p[0], 1.0, &begin, &count, y[0]); break;
        default: ((bands_fn *)j->call)(0, last, x[2], j->p[0], 2.0, 2.0, 0, &begin, &count, y[0], y[1], y[2]); break;
        }
    }
}

static const struct pair {
    const char *op, *peer, *shape;
    int period;
} pairs[] = {{"sma", "TA_SMA", "1", 20},       {"ema", "TA_EMA", "1", 30},
             {"wma", "TA_WMA", "1", 20},       {"rsi", "TA_RSI", "1", 14},
             {"macd", "TA_MACD", "m", 0},      {"atr", "TA_ATR", "3", 14},
             {"bbands", "TA_BBANDS", "b", 20}, {"adx", "TA_ADX", "3", 14},
             {"stoch", "TA_STOCH", "s", 0},    {"obv", "TA_OBV", "o", 0},
             {"max", "TA_MAX", "1", 20},       {"stddev", "TA_STDDEV", "d", 20},
             {"correl", "TA_CORREL", "2", 20}, {"slope", "TA_LINEARREG_SLOPE", "1", 14},
             {"cci", "TA_CCI", "3", 14},       {"willr", "TA_WILLR", "3", 14},
             {"avgdev", "TA_AVGDEV", "1", 20}, {"mom", "TA_MOM", "1", 10}};

/* The shared library inside the wheel, or NULL. */
static void *open_peer(void)
{
    glob_t found;
    void *library = NULL;
    if (glob(TW_SOURCE_DIR "/bench/.venv/lib/python3*/site-packages/ta_lib.libs/libta*", 0, NULL, &found)) return NULL;
    if (found.gl_pathc) library = dlopen(found.gl_pathv[0], RTLD_NOW);
    globfree(&found);
    return library;
}

static bool find_peer(void *library, const char *op, const market *m, peer_job *j, const char **name)
{
    for (size_t i = 0; library && i < sizeof pairs / sizeof pairs[0]; i++) {
        if (strcmp(pairs[i].op, op) != 0) continue;
        void *symbol = dlsym(library, pairs[i].peer);
        if (!symbol) return false;
        *j = (peer_job){.m = m, .shape = pairs[i].shape, .p = {pairs[i].period}};
        memcpy(&j->call, &symbol, sizeof j->call);
        *name = pairs[i].peer;
        return true;
    }
    return false;
}

/* ---------------------------------------------------------------- all of it */

static void bench_op(const market *m, void *library, const char *name)
{
    job jobs[4];
    peer_job peer;
    const char *peer_name = NULL;
    bench_case cases[5];
    bench_stat stats[5];
    int n = 0;
    static const struct {
        tw_isa isa;
        size_t lanes;
        const char *label;
    } ways[] = {{TW_ISA_AVX512, TW_LANES, "avx512 wide"},
                {TW_ISA_AVX512, 1, "avx512 one"},
                {TW_ISA_AVX2, TW_LANES, "avx2 wide"},
                {TW_ISA_BASELINE, TW_LANES, "baseline wide"}};
    for (size_t w = 0; w < 4; w++)
        if (tw_isa_supported(ways[w].isa) && open_job(&jobs[n], m, ways[w].isa, name, "", ways[w].lanes)) {
            cases[n] = (bench_case){name, ways[w].label, run_job, &jobs[n], (double)(SYMBOLS * BARS)};
            n++;
        }
    const bool has_peer = n > 0 && find_peer(library, name, m, &peer, &peer_name);
    if (has_peer) cases[n] = (bench_case){name, peer_name, run_peer, &peer, (double)(SYMBOLS * BARS)};
    bench_run(cases, n + has_peer, REPETITIONS, stats);
    for (int i = 0; i < n; i++)
        bench_line("ta", &cases[i], &stats[i], has_peer ? &cases[n] : NULL, has_peer ? &stats[n] : NULL);
    for (int i = 0; i < n; i++) tw_free(NULL, jobs[i].state);
}

/* The operators that alpha158 runs for each of its five windows. */
static const char *const rolling[] = {"lag",
                                      "mean",
                                      "std",
                                      "slope",
                                      "rsquare",
                                      "resi",
                                      "max",
                                      "min",
                                      "quantile q=0.8",
                                      "quantile q=0.2",
                                      "ts_rank",
                                      "max",
                                      "min",
                                      "argmax",
                                      "argmin",
                                      "corr",
                                      "corr",
                                      "mean",
                                      "mean",
                                      "sum",
                                      "sum",
                                      "sum",
                                      "sum",
                                      "mean",
                                      "std",
                                      "std",
                                      "mean",
                                      "sum",
                                      "sum"};
enum { ROLLING = sizeof rolling / sizeof rolling[0], WINDOWS = 5 };

typedef struct alpha_job {
    job jobs[ROLLING * WINDOWS];
    size_t n;
} alpha_job;

static void run_alpha(void *arg)
{
    alpha_job *a = arg;
    for (size_t b = 0; b < BLOCKS; b++)
        for (size_t i = 0; i < a->n; i++) {
            job *j = &a->jobs[i];
            const double *in[COLUMNS];
            for (size_t c = 0; c < COLUMNS; c++) in[c] = j->m->tiles[j->column[c]] + b * TILE + HISTORY * TW_LANES;
            restart(j);
            j->op->run_wide(j->state, BARS, in, j->m->out);
        }
}

/* The same bar by bar, as a live session runs them (one block after the other: the calls, not the cache misses). */
static void run_ticks(void *arg)
{
    alpha_job *a = arg;
    for (size_t b = 0; b < BLOCKS; b++) {
        for (size_t i = 0; i < a->n; i++) restart(&a->jobs[i]);
        for (size_t t = 0; t < BARS; t++)
            for (size_t i = 0; i < a->n; i++) {
                job *j = &a->jobs[i];
                const double *in[COLUMNS];
                for (size_t c = 0; c < COLUMNS; c++)
                    in[c] = j->m->tiles[j->column[c]] + b * TILE + (HISTORY + t) * TW_LANES;
                j->op->run_wide(j->state, 1, in, j->m->out);
            }
    }
}

static void bench_alpha(const market *m, tw_isa isa)
{
    static const int windows[WINDOWS] = {5, 10, 20, 30, 60};
    static alpha_job a;
    a.n = 0;
    for (size_t i = 0; i < ROLLING; i++)
        for (size_t w = 0; w < WINDOWS; w++) {
            char name[16] = "", more[16] = "", text[64];
            (void)sscanf(rolling[i], "%15s %15s", name, more);
            (void)snprintf(text, sizeof text, "%s=%d %s", strcmp(name, "lag") == 0 ? "k" : "timeperiod", windows[w],
                           more);
            if (open_job(&a.jobs[a.n], m, isa, name, text, TW_LANES)) a.n++;
        }
    const bench_case cases[2] = {
        {"alpha158 rolling operators", tw_isa_name(isa), run_alpha, &a, (double)(SYMBOLS * BARS)},
        {"alpha158 rolling operators, bar by bar", tw_isa_name(isa), run_ticks, &a, (double)(SYMBOLS * BARS)}};
    bench_stat stats[2];
    bench_run(cases, 2, 3, stats);
    for (int i = 0; i < 2; i++) bench_line("ta", &cases[i], &stats[i], NULL, NULL);
    for (size_t i = 0; i < a.n; i++) tw_free(NULL, a.jobs[i].state);
}

int main(int argc, char **argv)
{
    market m;
    size_t n;
    void *library = open_peer();
    int (*start)(void) = NULL;
    void *symbol = library ? dlsym(library, "TA_Initialize") : NULL;
    memcpy(&start, &symbol, sizeof start);
    if (start) (void)start();
    fill_market(&m);
    const tw_op *const *ops = tw_ops(TW_ISA_BEST, &n);
    for (size_t i = 0; i < n; i++)
        if (ops[i]->run_wide && (argc < 2 || strcmp(argv[1], ops[i]->name) == 0)) bench_op(&m, library, ops[i]->name);
    for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++)
        if (tw_isa_supported(isa) && (argc < 2 || strcmp(argv[1], "alpha158") == 0)) bench_alpha(&m, isa);
    return 0;
}
