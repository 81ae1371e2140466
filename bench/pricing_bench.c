/* SPDX-License-Identifier: Apache-2.0 */
/* Options in closed form and implied volatilities, nanoseconds an option, a million rows. */
#include <math.h>

#include "bench.h"
#include "tradewind/pricing.h"

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
    bench_run(cases, n, REPETITIONS, stats);
    for (int i = 0; i < n; i++) bench_line("pricing", &cases[i], &stats[i], NULL, NULL);
    return 0;
}
