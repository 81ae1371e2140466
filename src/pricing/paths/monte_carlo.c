/* SPDX-License-Identifier: Apache-2.0 */
/* monte_carlo.c - the engine of simulation. Every row is simulated with the same draws, so that differences of rows
 * (and bumps) have little noise. Sums are by lane and tile, in one order: threads share rows, not paths. */
#include "pricing/paths/paths.h"

#include "base/isa.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { N = TW_PATHS, REPLICATIONS = 16 };

typedef struct mc_params {
    int paths, steps, seed;
    char generator[TW_TEXT_MAX];
    bool antithetic, control;
} mc_params;

static const tw_param PARAMS[] = {
    TW_PARAM(mc_params, paths, 65536, 128, 1e9, "paths, mirrored ones counted; rounded up to whole tiles"),
    TW_PARAM(mc_params, steps, 0, 0, 100000, "steps of time, at least; 0: as few as the contract and model need"),
    TW_PARAM(mc_params, seed, 1, 0, 2147483647, "of the draws"),
    TW_PARAM_TEXT(mc_params, generator, "philox", "philox|sobol",
                  "sobol: 16 scrambled sequences, laid along the path by a Brownian bridge"),
    TW_PARAM(mc_params, antithetic, true, 0, 1, "each path is mirrored too (philox)"),
    TW_PARAM(mc_params, control, true, 0, 1,
             "the price at expiry, or a geometric average, as control variate (philox)"),
    TW_PARAM_END,
};

static const mc_params PRESET = {65536, 0, 1, "philox", true, true};

/* ---------------------------------------------------------------- memory */

static size_t steps_most(const mc_params *p, const tw_contracts *contracts)
{
    double most = 16.0, years = 1.0;
    const tw_column *fixings = &contracts->column[TW_COL_fixings], *T = &contracts->column[TW_COL_T];
    for (size_t i = 0; i < contracts->n && fixings->data; i++) most = fmax(most, fixings->data[i * fixings->step]);
    for (size_t i = 0; i < contracts->n && T->data; i++) years = fmax(years, T->data[i * T->step]);
    /* The most that is asked for is 252 steps a year; T of a bump is a little more. */
    const double own = fmin(fmax((double)p->steps, p->steps ? 1.0 : ceil(252.0 * (years + 0.01))), 100000.0);
    return (size_t)(fmin(most, 100000.0) + own) + 8;
}

static size_t mc_workspace(const void *params, const tw_contracts *contracts)
{
    const size_t steps = steps_most(params ? params : &PRESET, contracts);
    return tw_paths_bytes(steps);
}

/* ---------------------------------------------------------------- draws */

typedef struct mc_run {
    const mc_params *params;
    tw_paths_row row;
    bool sobol;
    uint32_t direction[TW_SOBOL_DIMENSIONS][32];
    uint32_t scramble[TW_SOBOL_DIMENSIONS];
    uint64_t per_replication;
} mc_run;

/* Uniforms of the first dimensions of a tile of Sobol points. */
static void sobol_uniforms(const mc_run *r, uint64_t first, size_t dimensions, double *u)
{
    const uint32_t start = (uint32_t)(first % r->per_replication);
    for (size_t d = 0; d < dimensions; d++) {
        uint32_t base = 0;
        for (int bit = 0; bit < 32; bit++)
            if (start >> bit & 1u) base ^= r->direction[d][bit];
        for (uint32_t j = 0; j < N; j++) {
            uint32_t word = base;
            for (int bit = 0; bit < 6; bit++)
                if (j >> bit & 1u) word ^= r->direction[d][bit];
            u[d * N + j] = ((double)tw_sobol_scramble(word, r->scramble[d]) + 0.5) * 0x1p-32;
        }
    }
}

/* Lays normals along the path, widest part first, and gives back the normals of its steps. `w` has a row a step. */
static void bridge(const tw_paths_row *row, double *z, double *w)
{
    const size_t n = row->steps;
    size_t top = 1, used = 1;
    double *time = row->price; /* a scratch area: times of steps */
    time[0] = 0.0;
    for (size_t k = 0; k < n; k++) time[k + 1] = time[k] + row->dt[k];
    while (top < n) top *= 2;
    for (size_t j = 0; j < N; j++) {
        w[j] = 0.0;
        w[n * N + j] = sqrt(time[n]) * z[j];
    }
    for (size_t span = top; span > 1; span /= 2)
        for (size_t l = 0; l < n; l += span) {
            const size_t m = l + span / 2, end = l + span < n ? l + span : n;
            if (m >= end) continue;
            const double width = time[end] - time[l], share = width > 0.0 ? (time[m] - time[l]) / width : 0.5;
            const double sd = sqrt(share * (time[end] - time[m]));
            for (size_t j = 0; j < N; j++)
                w[m * N + j] = w[l * N + j] + share * (w[end * N + j] - w[l * N + j]) + sd * z[used * N + j];
            used++;
        }
    for (size_t k = 0; k < n; k++) {
        const double root = sqrt(row->dt[k]), scale = root > 0.0 ? 1.0 / root : 0.0;
        for (size_t j = 0; j < N; j++) z[k * N + j] = scale * (w[(k + 1) * N + j] - w[k * N + j]);
    }
}

static void sobol_normals(mc_run *r, uint64_t first)
{
    tw_paths_row *row = &r->row;
    double *z = row->z[TW_DRAW_PRICE];
    const size_t dimensions = row->steps < TW_SOBOL_DIMENSIONS ? row->steps : TW_SOBOL_DIMENSIONS;
    tw_inverse_fn *inverse = TW_ISA_PICK(row->isa, tw_paths_inverse);
    sobol_uniforms(r, first, dimensions, z);
    inverse(dimensions * N, z);
    bridge(row, z, row->x);
}

static void draw(mc_run *r, uint64_t first)
{
    tw_paths_draw(&r->row, (uint64_t)r->params->seed, first);
    if (r->sobol) sobol_normals(r, first);
}

/* ---------------------------------------------------------------- sums */

/* Sums of what is paid (y) and of the control (c), less numbers near their means. */
typedef struct sums {
    double near_y, near_c;
    double y[N], c[N], yy[N], cc[N], yc[N];
    uint64_t n;
} sums;

static double total(const double *lanes)
{
    double sum = 0.0;
    for (int j = 0; j < N; j++) sum += lanes[j];
    return sum;
}

static void add(sums *s, const double *y, const double *c)
{
    if (s->n == 0) {
        s->near_y = total(y) / N;
        s->near_c = total(c) / N;
    }
    for (int j = 0; j < N; j++) {
        const double a = y[j] - s->near_y, b = c[j] - s->near_c;
        s->y[j] += a;
        s->c[j] += b;
        s->yy[j] += a * a;
        s->cc[j] += b * b;
        s->yc[j] += a * b;
    }
    s->n += N;
}

typedef struct estimate {
    double value, error;
} estimate;

/* The mean, corrected by what the control is off its own. */
static estimate conclude(const sums *s, bool control, double mean)
{
    const double n = (double)s->n, y = total(s->y) / n, c = total(s->c) / n;
    const double vy = fmax(total(s->yy) / n - y * y, 0.0), vc = total(s->cc) / n - c * c,
                 cov = total(s->yc) / n - y * c;
    const bool of_use = control && vc > 1e-24 * s->near_c * s->near_c;
    const double beta = of_use ? cov / vc : 0.0, rest = fmax(vy - beta * cov, 0.0);
    return (estimate){s->near_y + y - beta * (s->near_c + c - mean), sqrt(rest / (n - 1.0))};
}

/* One tile: what it pays, and the control, both the mean of a path and its mirror. */
static void tile(mc_run *r, uint64_t first, double *y, double *c)
{
    tw_paths_row *row = &r->row;
    const uint64_t seed = (uint64_t)r->params->seed;
    double y2[N], c2[N];
    draw(r, first);
    tw_paths_move(row, seed, first);
    row->payoff(row, y);
    tw_paths_control(row, c);
    if (r->sobol || !r->params->antithetic) return;
    tw_paths_mirror(row);
    tw_paths_move(row, seed, first);
    row->payoff(row, y2);
    tw_paths_control(row, c2);
    for (int j = 0; j < N; j++) {
        y[j] = 0.5 * (y[j] + y2[j]);
        c[j] = 0.5 * (c[j] + c2[j]);
    }
}

static uint64_t tiles_of(uint64_t paths) { return (paths + N - 1) / N; }

static estimate by_philox(mc_run *r, uint64_t paths)
{
    sums s = {.n = 0};
    double y[N], c[N];
    const uint64_t tiles = tiles_of(r->params->antithetic ? (paths + 1) / 2 : paths);
    for (uint64_t k = 0; k < tiles; k++) {
        tile(r, k * N, y, c);
        add(&s, y, c);
    }
    return conclude(&s, r->params->control, tw_paths_control_mean(&r->row));
}

static void start_sobol(mc_run *r, uint64_t replication)
{
    for (size_t d = 0; d < TW_SOBOL_DIMENSIONS; d++) {
        uint32_t words[4];
        tw_philox((uint64_t)r->params->seed, replication, (UINT64_C(1) << 40) + d, words);
        r->scramble[d] = words[0];
        for (uint32_t bit = 0; bit < 32; bit++) r->direction[d][bit] = tw_sobol_word(UINT32_C(1) << bit, d);
    }
}

/* The error is that of the mean of independently scrambled sequences. */
static estimate by_sobol(mc_run *r, uint64_t paths)
{
    double mean[REPLICATIONS], y[N], c[N];
    const uint64_t tiles = tiles_of((paths + REPLICATIONS - 1) / REPLICATIONS);
    r->per_replication = tiles * N;
    for (uint64_t k = 0; k < REPLICATIONS; k++) {
        sums s = {.n = 0};
        start_sobol(r, k);
        for (uint64_t t = 0; t < tiles; t++) {
            tile(r, (k * tiles + t) * N, y, c);
            add(&s, y, c);
        }
        mean[k] = s.near_y + total(s.y) / (double)s.n;
    }
    const double value = tw_mean(REPLICATIONS, mean);
    return (estimate){value, sqrt(tw_variance(REPLICATIONS, mean, 1) / REPLICATIONS)};
}

/* ---------------------------------------------------------------- rows */

static bool certain(const tw_paths_row *row)
{
    return !(row->T > 0.0) ||
           (row->model == TW_PATH_LOGNORMAL && !(row->vol > 0.0) && !(row->second && row->vol2 > 0.0));
}

static void price_row(const tw_block *b, size_t i, const mc_params *params)
{
    mc_run r = {.params = params, .sobol = strcmp(params->generator, "sobol") == 0};
    tw_paths_row_of(b, i, &r.row);
    if (tw_row_status_code(b->status[i]) != TW_ROW_OK) return;
    r.row.steps = tw_paths_steps(&r.row, (size_t)params->steps);
    tw_paths_memory(&r.row, b->work);
    tw_paths_grid(&r.row);
    const bool limit = certain(&r.row);
    const uint64_t paths = limit ? 2 * N : (uint64_t)params->paths;
    const estimate e = r.sobol && !limit ? by_sobol(&r, paths) : by_philox(&r, paths);
    if (limit) b->status[i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
    b->out[TW_VALUE_value][i] = e.value;
    b->out[TW_VALUE_error_estimate][i] = e.error;
}

static void mc_price(const tw_block *b, const void *params)
{
    for (size_t i = 0; i < b->n; i++) price_row(b, i, params ? params : &PRESET);
}

/* ---------------------------------------------------------------- matrix */

#define OF (TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_error_estimate))
/* What sees prices at dates alone. */
#define DATES(model)                                                                                                   \
    {"asian_arithmetic", model, 3, 0, OF}, {"asian_arithmetic_strike", model, 3, 0, OF},                               \
        {"asian_geometric", model, 3, 0, OF}, {"asian_geometric_strike", model, 3, 0, OF},                             \
        {"cliquet", model, 3, 0, OF}, {"digital_asset", model, 3, 0, OF}, {"digital_cash", model, 3, 0, OF},           \
        {"european", model, 3, 0, OF}, {"forward_start", model, 3, 0, OF}, {"variance_swap", model, 2, 0, OF},         \
    {                                                                                                                  \
        "volatility_swap", model, 2, 0, OF                                                                             \
    }
/* What sees all of a path, by what is known of it between two dates. */
#define ALWAYS(model)                                                                                                  \
    {"barrier", model, 3, 0, OF}, {"double_barrier", model, 2, 0, OF}, {"double_no_touch", model, 2, 0, OF},           \
        {"double_touch", model, 2, 0, OF}, {"exchange", model, 3, 0, OF}, {"lookback_fixed", model, 3, 0, OF},         \
        {"lookback_floating", model, 3, 0, OF}, {"no_touch", model, 3, 0, OF}, {"one_touch", model, 3, 0, OF},         \
        {"one_touch_expiry", model, 3, 0, OF},                                                                         \
    {                                                                                                                  \
        "spread", model, 3, 0, OF                                                                                      \
    }

static const tw_scope SCOPES[] = {
    DATES("bates"),         DATES("black76"),        ALWAYS("black76"),
    DATES("black_scholes"), ALWAYS("black_scholes"), {"quanto", "black_scholes", 3, 0, OF},
    DATES("heston"),        DATES("merton76"),       DATES("variance_gamma"),
    {.instrument = NULL},
};

const tw_engine tw_engine_monte_carlo = {
    .name = "monte_carlo",
    .title = "simulation",
    .source = "Boyle (1977); Salmon and others (2011); Owen (1995); Andersen (2008)",
    .quantlib = "MCEuropeanEngine",
    .params = PARAMS,
    .params_size = sizeof(mc_params),
    .scopes = SCOPES,
    .bumps = {1e-2, 1e-2, 1e-3, 1e-3, 2},
    .workspace = mc_workspace,
    .price = mc_price,
};
