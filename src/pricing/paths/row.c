/* SPDX-License-Identifier: Apache-2.0 */
/* row.c - a row of contracts as simulation sees it: payoff, model, grid of times. */
#include "pricing/paths/payoff.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* What an instrument needs: its payoff; steps a year where it sees the path; whether fixings make the grid. */
typedef struct kind {
    const char *instrument;
    tw_path_payoff *payoff;
    double steps_a_year;
    bool fixings;
    int edges; /* 1: barrier, 2: barrier and barrier_high, 3: the strike as a level */
    bool pair, between, geometric;
} kind;

static const kind KINDS[] = {
    {"european", tw_pay_vanilla, 0, false, 0, false, false, false},
    {"american", tw_pay_vanilla, 0, false, 0, false, false, false},
    {"bermudan", tw_pay_vanilla, 0, false, 0, false, false, false},
    {"quanto", tw_pay_vanilla, 0, false, 0, false, false, false},
    {"digital_cash", tw_pay_digital_cash, 0, false, 0, false, false, false},
    {"digital_asset", tw_pay_digital_asset, 0, false, 0, false, false, false},
    {"barrier", tw_pay_barrier, 1, true, 1, false, false, false},
    {"double_barrier", tw_pay_barrier, 128, true, 2, false, false, false},
    {"double_touch", tw_pay_touch, 128, false, 2, false, false, false},
    {"double_no_touch", tw_pay_no_touch, 128, false, 2, false, false, false},
    {"one_touch", tw_pay_touch, 128, false, 3, false, false, false},
    {"one_touch_expiry", tw_pay_touch, 1, false, 3, false, false, false},
    {"no_touch", tw_pay_no_touch, 1, false, 3, false, false, false},
    {"asian_arithmetic", tw_pay_asian, 252, true, 0, false, false, true},
    {"asian_arithmetic_strike", tw_pay_asian_strike, 252, true, 0, false, false, false},
    {"asian_geometric", tw_pay_geometric, 252, true, 0, false, false, false},
    {"asian_geometric_strike", tw_pay_geometric_strike, 252, true, 0, false, false, false},
    {"lookback_fixed", tw_pay_lookback_fixed, 0, false, 0, false, true, false},
    {"lookback_floating", tw_pay_lookback_floating, 0, false, 0, false, true, false},
    {"forward_start", tw_pay_forward_start, 0, false, 0, false, false, false},
    {"cliquet", tw_pay_cliquet, 0, true, 0, false, false, false},
    {"variance_swap", tw_pay_variance, 252, false, 0, false, false, false},
    {"volatility_swap", tw_pay_volatility, 252, false, 0, false, false, false},
    {"spread", tw_pay_spread, 0, false, 0, true, false, false},
    {"exchange", tw_pay_spread, 0, false, 0, true, false, false},
};

static const struct {
    const char *model;
    tw_path_model id;
} MODELS[] = {{"merton76", TW_PATH_MERTON},
              {"variance_gamma", TW_PATH_VARIANCE_GAMMA},
              {"heston", TW_PATH_HESTON},
              {"bates", TW_PATH_BATES}};

static const kind *kind_of(const tw_instrument *instrument)
{
    for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS; k++)
        if (strcmp(KINDS[k].instrument, instrument->name) == 0) return &KINDS[k];
    return NULL;
}

static double cell(const tw_block *b, size_t i, tw_column_id column)
{
    return b->col[column] ? b->col[column][i] : 0.0;
}

/* ---------------------------------------------------------------- columns */

static void set_edges(const tw_block *b, size_t i, int edges, tw_paths_row *row)
{
    row->level[0] = -INFINITY;
    row->level[1] = INFINITY;
    if (edges == 2) {
        row->level[0] = tw_log(cell(b, i, TW_COL_barrier) / row->spot);
        row->level[1] = tw_log(cell(b, i, TW_COL_barrier_high) / row->spot);
        row->out = cell(b, i, TW_COL_knock) > 0.5;
        if (row->level[0] >= row->level[1]) b->status[i] = TW_ROW_STATUS(TW_ROW_CONFLICT, TW_COL_barrier_high);
    } else if (edges == 1) {
        const int type = (int)cell(b, i, TW_COL_barrier_type);
        row->level[type >= 2] = tw_log(cell(b, i, TW_COL_barrier) / row->spot);
        row->out = type % 2 == 1;
    } else if (edges == 3) {
        row->level[row->sign > 0.0] = tw_log(row->strike / row->spot);
    }
}

static void set_model(const tw_block *b, size_t i, tw_paths_row *row)
{
    row->model = TW_PATH_LOGNORMAL;
    for (size_t k = 0; k < sizeof MODELS / sizeof *MODELS; k++)
        if (strcmp(MODELS[k].model, b->market->model->name) == 0) row->model = MODELS[k].id;
    row->v0 = cell(b, i, TW_COL_v0);
    row->kappa = cell(b, i, TW_COL_kappa);
    row->theta_v = cell(b, i, TW_COL_theta_v);
    row->sigma_v = cell(b, i, TW_COL_sigma_v);
    row->rho_v = cell(b, i, TW_COL_rho_v);
    row->jump_rate = cell(b, i, TW_COL_jump_rate);
    row->jump_mean = cell(b, i, TW_COL_jump_mean);
    row->jump_vol = cell(b, i, TW_COL_jump_vol);
    row->vg_drift = cell(b, i, TW_COL_vg_drift);
    row->vg_rate = cell(b, i, TW_COL_vg_rate);
}

static void set_terms(const tw_block *b, size_t i, tw_paths_row *row)
{
    row->sign = b->col[TW_COL_type] ? cell(b, i, TW_COL_type) : 1.0;
    row->spot = cell(b, i, TW_COL_spot);
    row->strike = cell(b, i, TW_COL_strike);
    row->r = cell(b, i, TW_COL_r);
    row->mu = row->r - cell(b, i, TW_COL_q);
    row->vol = cell(b, i, TW_COL_vol);
    row->T = cell(b, i, TW_COL_T);
    row->cash = cell(b, i, TW_COL_cash);
    row->rebate = cell(b, i, TW_COL_rebate);
    row->start = fmin(cell(b, i, TW_COL_start), row->T);
    row->floor_local = cell(b, i, TW_COL_floor_local);
    row->cap_local = cell(b, i, TW_COL_cap_local);
    row->extreme = cell(b, i, TW_COL_extreme);
    row->average = cell(b, i, TW_COL_average);
    row->past = cell(b, i, TW_COL_fixings_past);
}

static void set_pair(const tw_block *b, size_t i, tw_paths_row *row)
{
    row->spot2 = cell(b, i, TW_COL_spot2);
    row->mu2 = row->r - cell(b, i, TW_COL_q2);
    row->vol2 = cell(b, i, TW_COL_vol2);
    row->correlation = cell(b, i, TW_COL_correlation);
}

/* The drift of an asset in another currency, seen from ours (Derman, Karasinski, Wecker 1990). */
static double quanto_drift(const tw_block *b, size_t i)
{
    return cell(b, i, TW_COL_q2) - cell(b, i, TW_COL_q) -
           cell(b, i, TW_COL_correlation) * cell(b, i, TW_COL_vol) * cell(b, i, TW_COL_vol2);
}

/* Dates, and the steps a year that the instrument asks for, which `every` holds until the grid is laid. */
static void set_dates(const tw_block *b, size_t i, const kind *k, tw_paths_row *row)
{
    row->fixings = k->fixings ? (size_t)cell(b, i, TW_COL_fixings) : 0;
    if (strcmp(k->instrument, "cliquet") == 0 && row->fixings == 0) row->fixings = 1;
    row->every = k->steps_a_year > 0.0 ? (size_t)k->steps_a_year : 0;
    if (k->edges == 1 && row->out && row->rebate > 0.0) row->every = 128; /* when it is paid matters */
}

void tw_paths_row_of(const tw_block *b, size_t i, tw_paths_row *row)
{
    const kind *k = kind_of(b->contracts->instrument);
    *row = (tw_paths_row){.payoff = k->payoff, .between = k->between, .second = k->pair, .isa = b->isa};
    set_terms(b, i, row);
    set_model(b, i, row);
    set_edges(b, i, k->edges, row);
    set_dates(b, i, k, row);
    if (k->pair) set_pair(b, i, row);
    if (strcmp(k->instrument, "quanto") == 0) row->mu = quanto_drift(b, i);
    row->geometric = k->geometric && row->model == TW_PATH_LOGNORMAL && row->fixings > 0 && row->past <= 0.0 &&
                     row->vol > 0.0 && row->T > 0.0;
    row->late = strcmp(k->instrument, "double_touch") == 0 || strcmp(k->instrument, "one_touch_expiry") == 0;
}

/* ---------------------------------------------------------------- grid of times */

size_t tw_paths_steps(const tw_paths_row *row, size_t wanted)
{
    /* `every` is still what the instrument asks for a year; variance moves need 64 a year, 16 at least. */
    const bool moves = row->model == TW_PATH_HESTON || row->model == TW_PATH_BATES;
    double least = wanted ? (double)wanted : 1.0;
    if (!wanted && moves) least = fmax(ceil(64.0 * row->T), 16.0);
    if (!wanted && !row->fixings && row->every > 1) least = fmax(least, ceil((double)row->every * row->T));
    least = fmin(fmax(least, 1.0), 100000.0);
    const size_t steps = (size_t)least;
    if (row->fixings) return (steps + row->fixings - 1) / row->fixings * row->fixings;
    return row->start > 0.0 && row->start < row->T ? steps + 1 : steps;
}

static void equal(double *dt, size_t n, double span)
{
    for (size_t k = 0; k < n; k++) dt[k] = span / (double)n;
}

void tw_paths_slopes(tw_paths_row *row)
{
    for (size_t k = 0; k < row->steps; k++) {
        row->drift[k] = (row->mu - 0.5 * row->vol * row->vol) * row->dt[k];
        row->spread[k] = row->vol * sqrt(row->dt[k]);
    }
}

void tw_paths_grid(tw_paths_row *row)
{
    row->every = row->fixings ? row->steps / row->fixings : 1;
    row->start_step = 0;
    if (row->start > 0.0 && row->start < row->T && !row->fixings) {
        size_t first = (size_t)((double)row->steps * row->start / row->T + 0.5);
        first = first < 1 ? 1 : first >= row->steps ? row->steps - 1 : first;
        row->start_step = first;
        equal(row->dt, first, row->start);
        equal(row->dt + first, row->steps - first, row->T - row->start);
    } else {
        equal(row->dt, row->steps, row->T);
        if (row->start >= row->T) row->start_step = row->steps;
    }
    tw_paths_slopes(row);
}

/* ---------------------------------------------------------------- control */

/* Option on the geometric average of equally spaced fixings (Kemna and Vorst 1990). */
static double geometric_mean(const tw_paths_row *row)
{
    const double n = (double)row->fixings, dt = row->T / n, df = tw_exp(-row->r * row->T);
    const double mean = (row->mu - 0.5 * row->vol * row->vol) * dt * (n + 1.0) / 2.0;
    const double var = row->vol * row->vol * dt * (n + 1.0) * (2.0 * n + 1.0) / (6.0 * n), sd = sqrt(var);
    const double d = (tw_log(row->spot / row->strike) + mean) / sd, w = row->sign;
    return df * w *
           (row->spot * tw_exp(mean + 0.5 * var) * tw_norm_cdf(w * (d + sd)) - row->strike * tw_norm_cdf(w * d));
}

double tw_paths_control_mean(const tw_paths_row *row)
{
    return row->geometric ? geometric_mean(row) : row->spot * tw_exp(row->mu * row->T);
}
