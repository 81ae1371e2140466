/* SPDX-License-Identifier: Apache-2.0 */
/* Grids and simulation, nanoseconds: an American row of 400 x 400, a path and step of a European option, an American
 * option by Longstaff and Schwartz. bench/pricing_numeric_peer.py does the same in QuantLib. */
#include "bench.h"
#include "tradewind/pricing.h"

enum { ROWS = 8, COLUMNS = 7, PARAMS_SIZE = 512, REPETITIONS = 7 };

static const tw_column_id USED[COLUMNS] = {TW_COL_type, TW_COL_spot, TW_COL_strike, TW_COL_r,
                                           TW_COL_q,    TW_COL_vol,  TW_COL_T};
static const double REFERENCE[COLUMNS] = {-1.0, 100.0, 100.0, 0.05, 0.02, 0.2, 1.0};

typedef struct job {
    const char *engine, *settings, *instrument;
    size_t rows;
    tw_pricer pricer;
    tw_contracts contracts;
    tw_price_market market;
    double value[ROWS];
    char params[PARAMS_SIZE];
} job;

static void run_job(void *arg)
{
    job *j = arg;
    const tw_values out = {.value[TW_VALUE_value] = j->value};
    if (tw_price(&j->pricer, &j->contracts, &j->market, &out, NULL) != TW_OK) abort();
}

static bool prepare(job *j)
{
    tw_pricer *p = &j->pricer;
    if (tw_engine_find(j->engine, &p->engine, NULL) != TW_OK ||
        tw_instrument_find(j->instrument, &j->contracts.instrument, NULL) != TW_OK ||
        tw_price_model_find("black_scholes", &j->market.model, NULL) != TW_OK ||
        p->engine->params_size > sizeof j->params ||
        tw_params_parse(p->engine->params, j->engine, j->settings, j->params, NULL) != TW_OK)
        return false;
    p->params = j->params;
    j->contracts.n = j->rows;
    for (int c = 0; c < COLUMNS; c++) j->contracts.column[USED[c]] = (tw_column){&REFERENCE[c], 0};
    p->workspace_size = (tw_price_workspace(p, &j->contracts, &j->market) + 63) / 64 * 64;
    p->workspace = aligned_alloc(64, p->workspace_size);
    return p->workspace != NULL;
}

int main(void)
{
    static job jobs[] = {
        {"finite_difference", "space=400 time=400", "american", ROWS, .value = {0.0}},
        {"monte_carlo", "paths=100000 steps=50", "european", 1, .value = {0.0}},
        {"longstaff_schwartz", "", "american", 1, .value = {0.0}},
    };
    const bench_case cases[] = {{"american_grid_400x400", "best", run_job, &jobs[0], ROWS},
                                {"european_path_step", "best", run_job, &jobs[1], 5e6},
                                {"longstaff_schwartz", "best", run_job, &jobs[2], 1}};
    bench_stat stats[3];
    for (int k = 0; k < 3; k++)
        if (!prepare(&jobs[k])) return 1;
    bench_run(cases, 3, REPETITIONS, stats);
    for (int k = 0; k < 3; k++) {
        bench_line("pricing_numeric", &cases[k], &stats[k], NULL, NULL);
        free(jobs[k].pricer.workspace);
    }
    return 0;
}
