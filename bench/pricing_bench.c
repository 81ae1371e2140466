/* SPDX-License-Identifier: Apache-2.0 */
/* Options in closed form and implied volatilities, nanoseconds an option, a million rows. */
#include <math.h>

#include "bench.h"
#include "tradewind/implied.h"

enum { ROWS = 1 << 20, REPETITIONS = 11, COLUMNS = 7 };

static const tw_column_id USED[COLUMNS] = {TW_COL_type, TW_COL_spot, TW_COL_strike, TW_COL_r,
                                           TW_COL_q,    TW_COL_vol,  TW_COL_T};

typedef struct desk {
    double *column[COLUMNS], *out[TW_VALUE_COUNT];
    tw_contracts contracts;
    tw_price_market market;
} desk;

typedef struct job {
    const desk *d;
    tw_pricer pricer;
    tw_ctx ctx;
    tw_values values;
    size_t rows;
} job;

static void set_up(desk *d)
{
    tw_random random = {5, 1, 0};
    tw_error err;
    *d = (desk){.contracts.n = ROWS};
    if (tw_instrument_find("european", &d->contracts.instrument, &err) != TW_OK ||
        tw_price_model_find("black_scholes", &d->market.model, &err) != TW_OK)
        exit(1);
    for (int c = 0; c < COLUMNS; c++) {
        d->column[c] = malloc(ROWS * sizeof(double));
        d->contracts.column[USED[c]] = (tw_column){d->column[c], 1};
    }
    for (int v = 0; v < TW_VALUE_COUNT; v++) d->out[v] = calloc(ROWS, sizeof(double));
    for (size_t i = 0; i < ROWS; i++) {
        const double u[6] = {tw_random_uniform(&random), tw_random_uniform(&random), tw_random_uniform(&random),
                             tw_random_uniform(&random), tw_random_uniform(&random), tw_random_uniform(&random)};
        const double row[COLUMNS] = {
            u[0] < 0.5 ? 1.0 : -1.0, 100.0, 70.0 + 60.0 * u[1], 0.05 * u[2], 0.03 * u[3], 0.1 + 0.5 * u[4],
            0.02 + 2.0 * u[5]};
        for (int c = 0; c < COLUMNS; c++) d->column[c][i] = row[c];
    }
}

static void set_job(job *j, desk *d, tw_isa isa, uint32_t wants)
{
    tw_error err;
    *j = (job){.d = d, .ctx.isa = isa, .rows = ROWS};
    j->pricer.ctx = &j->ctx;
    if (tw_engine_find("black", &j->pricer.engine, &err) != TW_OK) exit(1);
    j->pricer.workspace_size = tw_price_workspace(&j->pricer, &d->contracts, &d->market);
    j->pricer.workspace = aligned_alloc(64, j->pricer.workspace_size);
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        if (wants >> v & 1u) j->values.value[v] = d->out[v];
}

static void run_price(void *arg)
{
    const job *j = arg;
    tw_contracts contracts = j->d->contracts;
    tw_error err;
    contracts.n = j->rows;
    for (size_t done = 0; done < ROWS; done += j->rows)
        if (tw_price(&j->pricer, &contracts, &j->d->market, &j->values, &err) != TW_OK) exit(1);
}

static void run_implied(void *arg)
{
    const job *j = arg;
    tw_contracts quotes = j->d->contracts;
    tw_error err;
    quotes.column[TW_COL_price] = (tw_column){j->d->out[TW_VALUE_value], 1};
    if (tw_implied(&j->ctx, &quotes, &j->d->market, j->d->out[TW_VALUE_error_estimate], NULL, &err) != TW_OK) exit(1);
}

/* A chain of the size of SPY's: forwards, discounts, volatilities and five greeks. */
enum { QUOTES = 5000, EXPIRIES = 25 };

typedef struct chain_job {
    double type[QUOTES], strike[QUOTES], T[QUOTES], bid[QUOTES], ask[QUOTES], vol[QUOTES], greek[6][QUOTES];
    tw_chain_expiry expiry[EXPIRIES];
    tw_chain chain;
    tw_chain_result result;
    tw_ctx ctx;
} chain_job;

static void set_chain(chain_job *j, desk *d, tw_isa isa)
{
    static double r[QUOTES], q[QUOTES], vol[QUOTES], spot[QUOTES];
    job price;
    *j = (chain_job){.ctx.isa = isa, .chain = {QUOTES, j->type, j->strike, j->T, j->bid, j->ask, 100.0, NAN}};
    for (size_t i = 0; i < QUOTES; i++) {
        const size_t per = QUOTES / EXPIRIES, e = i / per;
        j->type[i] = i % 2 ? 1.0 : -1.0, j->strike[i] = 70.0 + 0.6 * (double)(i % per / 2);
        j->T[i] = 0.02 * (double)(1 + e * (e + 1) / 4), r[i] = 0.045, q[i] = 0.013, spot[i] = 100.0;
        vol[i] = 0.17 + 1e-4 * (100.0 - j->strike[i]) + 2e-5 * (j->strike[i] - 100.0) * (j->strike[i] - 100.0);
    }
    const double *columns[COLUMNS] = {j->type, spot, j->strike, r, q, vol, j->T};
    set_job(&price, d, isa, 1);
    tw_contracts contracts = d->contracts;
    contracts.n = QUOTES;
    for (int c = 0; c < COLUMNS; c++) contracts.column[USED[c]] = (tw_column){columns[c], 1};
    const tw_values out = {.value[TW_VALUE_value] = j->bid};
    if (tw_price(&price.pricer, &contracts, &d->market, &out, NULL) != TW_OK) exit(1);
    for (size_t i = 0; i < QUOTES; i++) {
        const double width = 0.01 + 0.01 * j->bid[i];
        j->ask[i] = j->bid[i] + 0.5 * width, j->bid[i] = fmax(j->bid[i] - 0.5 * width, 0.0);
    }
    j->result = (tw_chain_result){.expiry = j->expiry, .expiries_max = EXPIRIES, .vol = j->vol};
    for (int v = 0; v < 6; v++) j->result.values.value[v] = j->greek[v];
    j->result.workspace_size = tw_chain_workspace(&j->ctx, QUOTES);
    j->result.workspace = aligned_alloc(64, j->result.workspace_size);
}

static void run_chain(void *arg)
{
    chain_job *j = arg;
    if (tw_chain_implied(&j->ctx, &j->chain, &j->result, NULL) != TW_OK) exit(1);
}

int main(void)
{
    static desk d;
    static job jobs[24];
    static const struct {
        const char *name;
        uint32_t wants;
        size_t rows;
    } KINDS[] = {{"black price, 1M", 0x1, ROWS},
                 {"black price + 5 greeks, 1M", 0x3f, ROWS},
                 {"black price + 11 greeks, 1M", 0xfff, ROWS},
                 {"black price + 5 greeks, 4096 rows in cache", 0x3f, 4096}};
    static const tw_isa ISAS[] = {TW_ISA_BASELINE, TW_ISA_AVX2, TW_ISA_AVX512};
    bench_case cases[24];
    bench_stat stats[24];
    int n = 0;
    set_up(&d);
    for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS; k++)
        for (int i = 0; i < 3; i++) {
            if (!tw_isa_supported(ISAS[i])) continue;
            set_job(&jobs[n], &d, ISAS[i], KINDS[k].wants);
            jobs[n].rows = KINDS[k].rows;
            cases[n] = (bench_case){KINDS[k].name, tw_isa_name(ISAS[i]), run_price, &jobs[n], ROWS};
            n++;
        }
    static job implied[3];
    static chain_job chains[3];
    for (int i = 0; i < 3; i++) {
        if (!tw_isa_supported(ISAS[i])) continue;
        set_job(&implied[i], &d, ISAS[i], 1);
        set_chain(&chains[i], &d, ISAS[i]);
        cases[n++] = (bench_case){"black implied volatility, 1M", tw_isa_name(ISAS[i]), run_implied, &implied[i], ROWS};
        cases[n++] = (bench_case){"chain of 5000 quotes, a quote", tw_isa_name(ISAS[i]), run_chain, &chains[i], QUOTES};
    }
    bench_run(cases, n, REPETITIONS, stats);
    for (int i = 0; i < n; i++) bench_line("pricing", &cases[i], &stats[i], NULL, NULL);
    return 0;
}
