/* SPDX-License-Identifier: Apache-2.0 */
/* bench.pricing_transform - options of chains under heston by cos and contour, SVI fits of a chain, calibration. The
 * peer is bench/pricing_transform_peer.py, which runs this program too and prints ratios. */
#include "bench.h"

#include "tradewind/num.h"
#include "tradewind/surface.h"

#include <math.h>

enum { ROWS = 5120, PER_EXPIRY = 64, SLICES = 30, QUOTES = 167, COLUMNS = 11 };

typedef struct job {
    tw_pricer pricer;
    tw_contracts contracts;
    tw_price_market market;
    tw_values out;
    double column[COLUMNS][ROWS], value[TW_VALUE_COUNT][ROWS];
} job;

static const tw_column_id USED[COLUMNS] = {TW_COL_type,    TW_COL_spot,    TW_COL_strike, TW_COL_r,
                                           TW_COL_q,       TW_COL_T,       TW_COL_v0,     TW_COL_kappa,
                                           TW_COL_theta_v, TW_COL_sigma_v, TW_COL_rho_v};

static double uniform(size_t i) { return (double)(i * 7919 % 10007) / 10007.0; }

static void set_up(job *j, const char *engine, bool greeks)
{
    tw_error err;
    j->contracts.n = ROWS;
    if (tw_engine_find(engine, &j->pricer.engine, &err) != TW_OK ||
        tw_instrument_find("european", &j->contracts.instrument, &err) != TW_OK ||
        tw_price_model_find("heston", &j->market.model, &err) != TW_OK)
        exit(1);
    for (size_t i = 0; i < ROWS; i++) {
        const double T = 0.05 + 2.0 * uniform(i / PER_EXPIRY);
        const double row[COLUMNS] = {i % 2 ? 1.0 : -1.0,
                                     100.0,
                                     100.0 * exp(0.5 * (uniform(i) - 0.5) * sqrt(T)),
                                     0.03,
                                     0.01,
                                     T,
                                     0.04,
                                     1.5,
                                     0.04,
                                     0.3,
                                     -0.7};
        for (int c = 0; c < COLUMNS; c++) j->column[c][i] = row[c];
    }
    for (int c = 0; c < COLUMNS; c++) j->contracts.column[USED[c]] = (tw_column){j->column[c], 1};
    for (int v = 0; v < (greeks ? TW_VALUE_rho + 1 : 1); v++) j->out.value[v] = j->value[v];
    j->pricer.workspace_size = tw_price_workspace(&j->pricer, &j->contracts, &j->market);
    j->pricer.workspace = tw_new(NULL, j->pricer.workspace_size, 1);
}

static void price(void *arg)
{
    job *j = arg;
    if (tw_price(&j->pricer, &j->contracts, &j->market, &j->out, NULL) != TW_OK) exit(1);
}

typedef struct slices {
    double T[SLICES * QUOTES], forward[SLICES * QUOTES], strike[SLICES * QUOTES], vol[SLICES * QUOTES];
    size_t step; /* quotes left out */
    tw_chain_quotes quotes;
} slices;

static void make_slices(slices *s, size_t n_slices, size_t per_slice)
{
    for (size_t i = 0; i < n_slices * per_slice; i++) {
        s->T[i] = 0.02 + 0.07 * (double)(i / per_slice);
        s->forward[i] = 100.0;
        const tw_svi svi = tw_ssvi_slice(&(tw_ssvi){-0.6, 0.9, 0.4}, 0.04 * s->T[i]);
        s->strike[i] = 100.0 * exp(0.2 * sqrt(s->T[i]) * (-4.0 + 6.0 * (double)(i % per_slice) / (double)per_slice));
        s->vol[i] = tw_svi_vol(&svi, 100.0, s->strike[i], s->T[i]) + 2e-3 * (uniform(i) - 0.5);
    }
    s->quotes = (tw_chain_quotes){n_slices * per_slice, 100.0, s->T, s->forward, s->strike, s->vol, NULL};
}

static void fit_surface(void *arg)
{
    const slices *s = arg;
    tw_surface *surface;
    if (tw_surface_fit(NULL, &s->quotes, NULL, &surface, NULL, NULL) != TW_OK) exit(1);
    tw_surface_free(surface);
}

static void calibrate(void *arg)
{
    const slices *s = arg;
    tw_heston heston = {0};
    if (tw_heston_fit(NULL, &s->quotes, false, &heston, NULL, NULL) != TW_OK) exit(1);
}

int main(void)
{
    static job jobs[4];
    static slices chain, few;
    bench_stat stats[6];
    set_up(&jobs[0], "cos", false);
    set_up(&jobs[1], "cos", true);
    set_up(&jobs[2], "contour", false);
    set_up(&jobs[3], "contour", true);
    make_slices(&chain, SLICES, QUOTES);
    make_slices(&few, 8, 25);
    const bench_case cases[] = {{"heston chain, value, per option", "cos", price, &jobs[0], ROWS},
                                {"heston chain, value + 5 greeks, per option", "cos", price, &jobs[1], ROWS},
                                {"heston chain, value, per option", "contour", price, &jobs[2], ROWS},
                                {"heston chain, value + 5 greeks, per option", "contour", price, &jobs[3], ROWS},
                                {"SVI fits, 5,010 quotes in 30 expiries", "svi", fit_surface, &chain, 1},
                                {"heston calibration, 200 quotes", "marquardt", calibrate, &few, 1}};
    bench_run(cases, 6, 11, stats);
    for (int i = 0; i < 6; i++) bench_line("pricing", &cases[i], &stats[i], NULL, NULL);
    for (int i = 0; i < 4; i++) tw_free(NULL, jobs[i].pricer.workspace);
    return 0;
}
