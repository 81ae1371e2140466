/* SPDX-License-Identifier: Apache-2.0 */
/* American options, nanoseconds an option: engines and volatilities from prices on random contracts of a usual book
 * (strikes 80 to 125, rates 0 to 8 %, yields 0 to 6 %, 10 % to 60 %, a week to three years). QuantLib's numbers beside
 * them come from bench/pricing_american_peer.py, run in turn with this. */
#include "bench.h"
#include "tradewind/american.h"
#include "tradewind/num.h"

enum { N = 2048, TREES = 64, COLUMNS = 8, PARAMS = 1024, MOST = 12 };

static const tw_column_id COLUMN[COLUMNS] = {TW_COL_type, TW_COL_spot, TW_COL_strike, TW_COL_r,
                                             TW_COL_q,    TW_COL_vol,  TW_COL_T,      TW_COL_price};

static double data[COLUMNS][N], out[N];

typedef struct job {
    tw_pricer pricer;
    tw_contracts contracts;
    tw_price_market market;
    tw_ctx ctx;
    tw_implied_american_call call;
    char params[PARAMS];
} job;

static void draw_book(void)
{
    tw_random random = {11, 7, 0};
    for (size_t i = 0; i < N; i++) {
        double u[COLUMNS];
        for (int c = 0; c < COLUMNS; c++) u[c] = tw_random_uniform(&random);
        const double row[COLUMNS] = {
            u[0] < 0.5 ? 1 : -1, 100, 80 + 45 * u[1], 0.08 * u[2], 0.06 * u[3], 0.1 + 0.5 * u[4],
            0.02 + 2.98 * u[5],  0};
        for (int c = 0; c < COLUMNS; c++) data[c][i] = row[c];
    }
}

static void set_up(job *j, size_t n)
{
    memset(j, 0, sizeof *j);
    j->contracts.n = n;
    for (int c = 0; c < COLUMNS; c++) j->contracts.column[COLUMN[c]] = (tw_column){data[c], 1};
    j->pricer.ctx = j->call.ctx = &j->ctx;
}

static void must(tw_status status)
{
    if (status != TW_OK) exit(1);
}

static void run_engine(void *arg)
{
    job *j = arg;
    must(tw_price(&j->pricer, &j->contracts, &j->market, &(tw_values){.value[TW_VALUE_value] = out}, NULL));
}

static void run_implied(void *arg)
{
    job *j = arg;
    must(tw_implied_american(&j->call, &j->contracts, out, NULL, NULL));
}

static void engine_job(job *j, const char *engine, const char *settings, size_t n)
{
    set_up(j, n);
    must(tw_engine_find(engine, &j->pricer.engine, NULL));
    must(tw_instrument_find("american", &j->contracts.instrument, NULL));
    must(tw_price_model_find("black_scholes", &j->market.model, NULL));
    if (j->pricer.engine->params) {
        must(tw_params_parse(j->pricer.engine->params, engine, settings, j->params, NULL));
        j->pricer.params = j->params;
    }
    j->pricer.workspace_size = tw_price_workspace(&j->pricer, &j->contracts, &j->market);
    j->pricer.workspace = aligned_alloc(64, j->pricer.workspace_size);
}

typedef struct entry {
    const char *name, *engine, *settings;
    size_t n;
} entry;

static const entry ENTRIES[] = {
    {"collocation fast", "collocation", "setting=fast", N},
    {"collocation accurate", "collocation", "setting=accurate", N},
    {"qd_plus", "qd_plus", NULL, N},
    {"barone_adesi_whaley", "barone_adesi_whaley", NULL, N},
    {"bjerksund_stensland 1993", "bjerksund_stensland", "variant=1993", N},
    {"bjerksund_stensland 2002", "bjerksund_stensland", "variant=2002", N},
    {"ju", "ju", NULL, N},
    {"crr 801", "binomial", "variant=crr steps=801", TREES},
    {"leisen_reimer 801", "binomial", "variant=leisen_reimer steps=801", TREES},
};

int main(void)
{
    static job jobs[MOST];
    bench_case cases[MOST];
    bench_stat stats[MOST];
    int n = 0;
    draw_book();
    for (size_t i = 0; i < sizeof ENTRIES / sizeof *ENTRIES; i++, n++) {
        engine_job(&jobs[n], ENTRIES[i].engine, ENTRIES[i].settings, ENTRIES[i].n);
        cases[n] = (bench_case){ENTRIES[i].name, tw_isa_name(tw_isa_resolve(TW_ISA_BEST)), run_engine, &jobs[n],
                                (double)ENTRIES[i].n};
    }
    run_engine(&jobs[1]);
    memcpy(data[COLUMNS - 1], out, sizeof out); /* prices of the accurate setting */
    set_up(&jobs[n], N);
    jobs[n].call.workspace_size = tw_implied_american_workspace(&jobs[n].ctx);
    jobs[n].call.workspace = aligned_alloc(64, jobs[n].call.workspace_size);
    cases[n] =
        (bench_case){"volatility from price", tw_isa_name(tw_isa_resolve(TW_ISA_BEST)), run_implied, &jobs[n], N};
    n++;
    bench_run(cases, n, 9, stats);
    for (int i = 0; i < n; i++) bench_line("pricing", &cases[i], &stats[i], NULL, NULL);
    return 0;
}
