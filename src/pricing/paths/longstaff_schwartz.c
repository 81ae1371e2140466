/* SPDX-License-Identifier: Apache-2.0 */
/* longstaff_schwartz.c - early exercise by simulation. A rule of exercise is made on one set of paths, by regression of
 * what holding on was worth, and priced on another: so the value is that of a rule one could follow, never above the
 * best one's but for its error. */
#include "pricing/paths/paths.h"
#include "pricing/paths/regress.h"

#include "base/isa.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { N = TW_PATHS, MOST = TW_REGRESS_MOST };

typedef struct ls_params {
    int paths, calibration, steps, order, seed;
    char basis[TW_TEXT_MAX];
    bool in_the_money, antithetic;
} ls_params;

static const tw_param PARAMS[] = {
    TW_PARAM(ls_params, paths, 65536, 128, 1e9, "paths that are priced, mirrored ones counted"),
    TW_PARAM(ls_params, calibration, 8192, 128, 1e7, "paths of the regressions"),
    TW_PARAM(ls_params, steps, 50, 1, 10000, "dates of exercise of an American option"),
    TW_PARAM(ls_params, order, 3, 1, 8, "of the polynomial in the price"),
    TW_PARAM(ls_params, seed, 1, 0, 2147483647, "of the draws"),
    TW_PARAM_TEXT(ls_params, basis, "monomial", "monomial|laguerre", "polynomials of the regressions"),
    TW_PARAM(ls_params, in_the_money, true, 0, 1, "regressions on paths in the money alone"),
    TW_PARAM(ls_params, antithetic, true, 0, 1, "each priced path is mirrored too"),
    TW_PARAM_END,
};

static const ls_params PRESET = {65536, 8192, 50, 3, 1, "monomial", true, true};

/* ---------------------------------------------------------------- memory */

static size_t tiles_of(int paths) { return ((size_t)paths + N - 1) / N; }

static size_t dates_most(const ls_params *p, const tw_contracts *contracts)
{
    return (contracts->instrument->dates ? contracts->dates.n : (size_t)p->steps) + 1;
}

/* Steps between two dates: one, but where variance moves there are 64 a year. */
static size_t steps_most(const ls_params *p, const tw_contracts *contracts)
{
    double years = 1.0;
    const tw_column *T = &contracts->column[TW_COL_T];
    for (size_t i = 0; i < contracts->n && T->data; i++) years = fmax(years, T->data[i * T->step]);
    return 2 * dates_most(p, contracts) + (size_t)fmin(64.0 * (years + 1.0), 100000.0);
}

/* A tile; prices of the calibration paths at all dates, and what holding on was worth of them; a rule of each date. */
static size_t ls_workspace(const void *params, const tw_contracts *contracts)
{
    const ls_params *p = params ? params : &PRESET;
    const size_t dates = dates_most(p, contracts), paths = tiles_of(p->calibration) * N;
    return tw_paths_bytes(steps_most(p, contracts)) +
           sizeof(double) * ((dates + 1) * paths + dates * (MOST + 2) + 3 * (size_t)N);
}

typedef struct ls_run {
    const ls_params *params;
    tw_paths_row row;
    size_t dates, paths;
    double *df;   /* from each date back to the one before */
    size_t *step; /* of each date; the last is expiry */
    double (*beta)[MOST];
    double *s, *held;
} ls_run;

/* ---------------------------------------------------------------- dates */

/* Next of the dates of a Bermudan row after t, or T. */
static double next_date(const tw_block *b, size_t i, double t)
{
    const tw_dates *dates = &b->contracts->dates;
    const size_t row = tw_block_row(b, i), first = dates->start ? dates->start[row] : 0;
    const size_t end = dates->start ? dates->start[row + 1] : dates->n;
    double next = b->col[TW_COL_T][i];
    for (size_t k = first; k < end; k++) {
        const double at = dates->time[k] - b->elapsed[i];
        if (at > t && at < next) next = at;
    }
    return next;
}

static size_t count_dates(const tw_block *b, size_t i, const ls_params *p)
{
    const double T = b->col[TW_COL_T][i];
    double t = 0.0;
    size_t n = 0;
    if (!b->contracts->instrument->dates) return (size_t)p->steps;
    while (t < T) {
        t = next_date(b, i, t);
        n++;
    }
    return n;
}

/* Lays steps and dates. */
static void lay_dates(const tw_block *b, size_t i, ls_run *r, size_t each)
{
    tw_paths_row *row = &r->row;
    double t = 0.0;
    for (size_t k = 0, step = 0; k < r->dates; k++) {
        const double to =
            b->contracts->instrument->dates ? next_date(b, i, t) : row->T * ((double)(k + 1) / (double)r->dates);
        for (size_t e = 0; e < each; e++) row->dt[step++] = (to - t) / (double)each;
        r->df[k] = tw_exp(-row->r * (to - t));
        r->step[k] = step;
        t = to;
    }
    tw_paths_slopes(row);
}

/* Arrays of a row behind its tile. */
static void set_memory(ls_run *r, void *work)
{
    tw_paths_memory(&r->row, work);
    double *at = (double *)(void *)((char *)work + tw_paths_bytes(r->row.steps));
    r->s = at;
    r->held = r->s + r->dates * r->paths;
    r->df = r->held + r->paths;
    r->beta = (double(*)[MOST])(void *)(r->df + r->dates);
    r->step = (size_t *)(void *)(r->beta + r->dates);
}

/* ---------------------------------------------------------------- paths */

/* Prices over the strike, of the tile that is under way, at date k. */
static void prices(const ls_run *r, size_t k, double *to)
{
    const double scale = r->row.spot / r->row.strike;
    tw_vexp(r->row.isa, N, r->row.x + r->step[k] * N, to);
    for (size_t j = 0; j < N; j++) to[j] *= scale;
}

/* Calibration paths have a seed of their own, and are not mirrored. */
static void calibration_paths(ls_run *r)
{
    const uint64_t seed = (uint64_t)r->params->seed ^ UINT64_C(0x5851f42d4c957f2d);
    for (size_t first = 0; first < r->paths; first += N) {
        tw_paths_draw(&r->row, seed, first);
        tw_paths_move(&r->row, seed, first);
        for (size_t k = 0; k < r->dates; k++) prices(r, k, r->s + k * r->paths + first);
    }
}

static void pays_at_expiry(const ls_run *r, size_t n, const double *s, double *held)
{
    for (size_t j = 0; j < n; j++) held[j] = fmax(r->row.sign * (s[j] - 1.0), 0.0);
}

/* ---------------------------------------------------------------- regression */

static double total(const double *lanes)
{
    double sum = 0.0;
    for (int j = 0; j < TW_PATH_LANES; j++) sum += lanes[j];
    return sum;
}

/* Coefficients of the first columns, from sums: normal equations, scaled to columns of length 1. */
static bool solve_first(const tw_regress_sums *sums, int columns, double *beta)
{
    double a[MOST * MOST], scale[MOST];
    for (int i = 0; i < columns; i++) {
        scale[i] = sqrt(total(sums->ff[i][i]));
        if (!(scale[i] > 0.0)) return false;
        for (int j = 0; j <= i; j++) a[i * columns + j] = total(sums->ff[j][i]) / (scale[i] * scale[j]);
        beta[i] = total(sums->fy[i]) / scale[i];
    }
    if (tw_cholesky((size_t)columns, a, NULL) != TW_OK) return false;
    tw_cholesky_solve((size_t)columns, a, beta);
    for (int i = 0; i < columns; i++) beta[i] /= scale[i];
    return true;
}

/* Coefficients of as many columns as the paths can tell apart. False where too few paths speak. */
static bool solve(const tw_regress_sums *sums, int columns, double *beta)
{
    if (total(sums->rows) < 4.0 * columns) return false;
    for (int n = columns; n > 0; n--) {
        memset(beta, 0, MOST * sizeof *beta);
        if (solve_first(sums, n, beta)) return true;
    }
    return false;
}

static tw_exercise exercise_of(const ls_run *r, size_t k)
{
    return (tw_exercise){.columns = r->params->order + 1,
                         .laguerre = strcmp(r->params->basis, "laguerre") == 0,
                         .all_paths = !r->params->in_the_money,
                         .sign = r->row.sign,
                         .df = r->df[k + 1],
                         .beta = r->beta[k]};
}

/* A rule for every date before expiry, from the last one back. */
static void make_rules(ls_run *r)
{
    void (*gather)(const tw_exercise *, tw_regress_sums *) = TW_ISA_PICK(r->row.isa, tw_regress_gather);
    void (*decide)(const tw_exercise *) = TW_ISA_PICK(r->row.isa, tw_regress_decide);
    calibration_paths(r);
    pays_at_expiry(r, r->paths, r->s + (r->dates - 1) * r->paths, r->held);
    for (size_t k = r->dates - 1; k-- > 0;) {
        tw_regress_sums sums;
        tw_exercise x = exercise_of(r, k);
        x.paths = r->paths;
        x.s = r->s + k * r->paths;
        x.held = r->held;
        gather(&x, &sums);
        /* Too few in the money to learn from: it is held. */
        memset(r->beta[k], 0, sizeof r->beta[k]);
        if (!solve(&sums, x.columns, r->beta[k])) r->beta[k][0] = HUGE_VAL;
        if (r->beta[k][0] < HUGE_VAL) decide(&x);
    }
}

/* What following the rules pays on the tile under way, discounted to the first date and then to now. */
static void follow(const ls_run *r, double *held)
{
    void (*decide)(const tw_exercise *) = TW_ISA_PICK(r->row.isa, tw_regress_decide);
    double s[N];
    prices(r, r->dates - 1, s);
    pays_at_expiry(r, N, s, held);
    for (size_t k = r->dates - 1; k-- > 0;) {
        for (size_t j = 0; j < N; j++) held[j] *= r->df[k + 1];
        if (!(r->beta[k][0] < HUGE_VAL)) continue;
        tw_exercise x = exercise_of(r, k);
        x.paths = N;
        x.s = s;
        x.held = held;
        prices(r, k, s);
        decide(&x);
    }
    for (size_t j = 0; j < N; j++) held[j] *= r->df[0];
}

/* ---------------------------------------------------------------- rows */

typedef struct estimate {
    double value, error;
} estimate;

static estimate simulate(ls_run *r)
{
    const ls_params *p = r->params;
    const uint64_t seed = (uint64_t)p->seed;
    const size_t tiles = tiles_of(p->antithetic ? (p->paths + 1) / 2 : p->paths);
    double sum[N] = {0.0}, square[N] = {0.0}, held[N], mirrored[N], mean = 0.0, spread = 0.0;
    for (size_t t = 0; t < tiles; t++) {
        tw_paths_draw(&r->row, seed, t * N);
        tw_paths_move(&r->row, seed, t * N);
        follow(r, held);
        if (p->antithetic) {
            tw_paths_mirror(&r->row);
            tw_paths_move(&r->row, seed, t * N);
            follow(r, mirrored);
        }
        for (size_t j = 0; j < N; j++) {
            const double y = p->antithetic ? 0.5 * (held[j] + mirrored[j]) : held[j];
            sum[j] += y;
            square[j] += y * y;
        }
    }
    const double n = (double)(tiles * N);
    for (size_t j = 0; j < N; j++) {
        mean += sum[j] / n;
        spread += square[j] / n;
    }
    return (estimate){mean * r->row.strike, sqrt(fmax(spread - mean * mean, 0.0) / (n - 1.0)) * r->row.strike};
}

static bool certain(const tw_paths_row *row)
{
    return !(row->T > 0.0) || (row->model == TW_PATH_LOGNORMAL && !(row->vol > 0.0));
}

/* Without chance the best date is looked for among the dates. */
static estimate best_date(const ls_run *r)
{
    double t = 0.0, best = 0.0;
    for (size_t k = 0; k < r->dates; k++) {
        for (size_t e = k ? r->step[k - 1] : 0; e < r->step[k]; e++) t += r->row.dt[e];
        const double s = r->row.spot * tw_exp(r->row.mu * t);
        best = fmax(best, tw_exp(-r->row.r * t) * r->row.sign * (s - r->row.strike));
    }
    return (estimate){best, 0.0};
}

static void price_row(const tw_block *b, size_t i, const ls_params *params)
{
    ls_run r = {.params = params, .paths = tiles_of(params->calibration) * N};
    tw_paths_row *row = &r.row;
    tw_paths_row_of(b, i, row);
    if (tw_row_status_code(b->status[i]) != TW_ROW_OK) return;
    r.dates = count_dates(b, i, params);
    r.dates = r.dates ? r.dates : 1;
    const size_t each = (tw_paths_steps(row, 0) + r.dates - 1) / r.dates;
    row->steps = r.dates * each;
    set_memory(&r, b->work);
    lay_dates(b, i, &r, each);
    const bool limit = certain(row);
    if (!limit) make_rules(&r);
    estimate e = limit ? best_date(&r) : simulate(&r);
    const double now = row->sign * (row->spot - row->strike);
    if (!b->contracts->instrument->dates && now > e.value) e = (estimate){now, 0.0};
    if (limit) b->status[i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
    b->out[TW_VALUE_value][i] = e.value;
    b->out[TW_VALUE_error_estimate][i] = e.error;
}

static void ls_price(const tw_block *b, const void *params)
{
    for (size_t i = 0; i < b->n; i++) price_row(b, i, params ? params : &PRESET);
}

/* ---------------------------------------------------------------- matrix */

#define OF (TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_error_estimate))
#define UNDER(model)                                                                                                   \
    {"american", model, 2, 0, OF}, { "bermudan", model, 2, 0, OF }

static const tw_scope SCOPES[] = {
    UNDER("bates"),    UNDER("black76"),        UNDER("black_scholes"), UNDER("heston"),
    UNDER("merton76"), UNDER("variance_gamma"), {.instrument = NULL},
};

const tw_engine tw_engine_longstaff_schwartz = {
    .name = "longstaff_schwartz",
    .title = "simulation with early exercise",
    .source = "Longstaff and Schwartz (2001)",
    .quantlib = "MCAmericanEngine",
    .params = PARAMS,
    .params_size = sizeof(ls_params),
    .scopes = SCOPES,
    .bumps = {1e-2, 1e-2, 1e-3, 1e-3, 2},
    .workspace = ls_workspace,
    .price = ls_price,
};
