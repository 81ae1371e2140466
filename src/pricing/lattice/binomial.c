/* SPDX-License-Identifier: Apache-2.0 */
/* binomial.c - the engine of binomial trees: European, American and Bermudan options, with dividends at dates.
 *
 * Values of a step lie in one array that is worked on in place, nodes side by side. The spots of a step are those of
 * expiry times one number, so that no node needs an exponential; where up and down cancel, gains are two fixed arrays
 * that steps read in turn. Delta, gamma and theta come from the first three steps (Hull). */
#include "pricing/lattice/binomial.h"

#include "base/isa.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

static const tw_param PARAMS[] = {
    TW_PARAM(tw_binomial_params, steps, 801, 3, TW_LATTICE_STEPS, "steps to expiry"),
    TW_PARAM_TEXT(tw_binomial_params, variant, "leisen_reimer",
                  "crr|equal_probabilities|jarrow_rudd|joshi4|leisen_reimer|tian|trigeorgis",
                  "how factors and probabilities are chosen; joshi4 and leisen_reimer round steps up to odd"),
    TW_PARAM_END,
};

static const tw_binomial_params DEFAULTS = {801, "leisen_reimer"};

size_t tw_binomial_steps(const tw_binomial_params *p)
{
    const tw_binomial_variant *v = tw_binomial_variant_find(p->variant);
    return (size_t)p->steps + (v->odd && p->steps % 2 == 0);
}

/* Memory of a thread: arrays of steps + 2. */
typedef struct work {
    double *value, *level, *other, *gain[2];
    uint8_t *exercise;
} work;

static size_t row_bytes(size_t steps) { return ((steps + 2) * sizeof(double) + 63) / 64 * 64; }

static size_t workspace(const void *params, const tw_contracts *contracts)
{
    (void)contracts;
    return 6 * row_bytes(tw_binomial_steps(params ? params : &DEFAULTS));
}

static work work_of(const tw_block *b, size_t steps)
{
    double *at = b->work;
    const size_t one = row_bytes(steps) / sizeof *at;
    return (work){at, at + one, at + 2 * one, {at + 3 * one, at + 4 * one}, (uint8_t *)(at + 5 * one)};
}

/* ---------------------------------------------------------------- the tree of a row */

typedef struct run {
    const tw_block *b;
    size_t i;
    const tw_lattice_kernels *k;
    tw_lattice_contract c;
    tw_lattice_dividends dividends;
    tw_binomial tree;
    work w;
    double near[3][3]; /* values of the first three steps */
} run;

/* Spot of node j of step i. */
static double spot_at(const run *r, size_t i, size_t j)
{
    return r->c.spot * tw_exp((double)(i - j) * r->tree.down + (double)j * r->tree.up);
}

static void remember(run *r, size_t i)
{
    if (i < 3) memcpy(r->near[i], r->w.value, (i + 1) * sizeof(double));
}

/* Payoff at expiry. */
static void finish(run *r)
{
    const size_t n = r->tree.steps;
    const tw_lattice_affine a = tw_lattice_spot(&r->dividends, r->c.T);
    r->k->levels(n + 1, r->c.spot, (double)n * r->tree.down, r->tree.up - r->tree.down, r->w.level);
    for (size_t j = 0; j <= n; j++) {
        const double gain = r->c.side * (a.factor * r->w.level[j] + a.add - r->c.strike);
        r->w.value[j] = gain > 0.0 ? gain : 0.0;
    }
}

/* Where up and down cancel: gains of spots e^(k up), k even and odd apart, k from -n up. */
static void make_gains(run *r)
{
    const size_t n = r->tree.steps;
    for (size_t odd = 0; odd < 2; odd++) {
        double *gain = r->w.gain[odd];
        r->k->levels(n + 1 - odd, r->c.spot, ((double)odd - (double)n) * r->tree.up, 2.0 * r->tree.up, gain);
        for (size_t j = 0; j < n + 1 - odd; j++) gain[j] = r->c.side * (gain[j] - r->c.strike);
    }
}

/* Nodes of expiry that are worth nothing: the lowest ones of a call, the highest of a put. */
static size_t worthless(const run *r)
{
    const size_t n = r->tree.steps;
    size_t count = 0;
    while (count <= n && r->w.value[r->c.side > 0.0 ? count : n - count] == 0.0) count++;
    return count;
}

/* Back to the root of a tree with fixed gains, exercise at any time. Nodes from which all of expiry is worth nothing
 * are left at 0. */
static void roll_fixed(run *r)
{
    const size_t n = r->tree.steps, zeros = worthless(r);
    const tw_roll w = {r->tree.discount * r->tree.pd, r->tree.discount * r->tree.pu};
    make_gains(r);
    for (size_t i = n; i-- > 0;) {
        const size_t up = n - i; /* node j of step i is level 2 j - i, that is 2 j + up from the lowest */
        const size_t first = r->c.side > 0.0 && zeros > up ? zeros - up : 0;
        const size_t alive = n + 1 - zeros, end = r->c.side < 0.0 && alive < i + 1 ? alive : i + 1;
        if (first < end) r->k->hold_or_gain(end - first, w, r->w.gain[up % 2] + up / 2 + first, r->w.value + first);
        remember(r, i);
    }
}

/* No less than what exercise at step i gives, its spots being scale times those of expiry. */
static void exercise_line(const run *r, size_t i, double scale, double *ab)
{
    const tw_lattice_affine a = tw_lattice_spot(&r->dividends, (double)i * r->c.T / (double)r->tree.steps);
    ab[0] = r->c.side * a.factor * scale;
    ab[1] = r->c.side * (a.add - r->c.strike);
}

/* Values of step i before the dividends of about its time; exercise before them is another choice. */
static void drop(run *r, size_t i, double scale)
{
    const double dt = r->c.T / (double)r->tree.steps;
    const double from = i == 1 ? 0.0 : ((double)i - 0.5) * dt, to = ((double)i + 0.5) * dt;
    if (!tw_lattice_drops(&r->dividends, from, to)) return;
    const tw_lattice_span span = {from, to, scale, i + 1, r->w.level, r->w.other};
    tw_lattice_drop(&r->dividends, &span, r->w.value);
    if (!r->w.exercise[i]) return;
    double ab[2];
    exercise_line(r, i, scale, ab);
    for (size_t j = 0; j <= i; j++) r->w.value[j] = fmax(r->w.value[j], ab[0] * r->w.level[j] + ab[1]);
}

/* Back to the root. */
static void roll_moving(run *r)
{
    const double back = tw_exp(-r->tree.down);
    const tw_roll w = {r->tree.discount * r->tree.pd, r->tree.discount * r->tree.pu};
    double scale = 1.0, ab[2];
    for (size_t i = r->tree.steps; i-- > 0;) {
        drop(r, i + 1, scale);
        scale *= back;
        if (r->w.exercise[i]) {
            exercise_line(r, i, scale, ab);
            r->k->hold_or_line(i + 1, w, r->w.level, ab, r->w.value);
        } else {
            r->k->hold(i + 1, w, r->w.value);
        }
        remember(r, i);
    }
}

/* ---------------------------------------------------------------- results */

void tw_binomial_values(const tw_block *b, size_t i, const tw_lattice_contract *c, const double *spot,
                        double (*near)[3])
{
    const double up = (near[2][2] - near[2][1]) / (spot[4] - spot[3]);
    const double down = (near[2][1] - near[2][0]) / (spot[3] - spot[2]);
    const double gamma = 2.0 * (up - down) / (spot[4] - spot[2]);
    const double delta = (near[1][1] - near[1][0]) / (spot[1] - spot[0]);
    const double x = c->spot, held = b->col[TW_COL_spot][i] - x; /* held: dividends to come that are escrowed */
    const double growth = (c->r - c->q) * x + c->r * held;
    b->out[TW_VALUE_value][i] = near[0][0];
    b->out[TW_VALUE_delta][i] = delta;
    b->out[TW_VALUE_gamma][i] = gamma;
    b->out[TW_VALUE_theta][i] = c->r * near[0][0] - growth * delta - 0.5 * c->vol * c->vol * x * x * gamma;
}

static void results(run *r)
{
    const double factor = tw_lattice_spot(&r->dividends, 0.0).factor;
    double spot[5] = {spot_at(r, 1, 0), spot_at(r, 1, 1), spot_at(r, 2, 0), spot_at(r, 2, 1), spot_at(r, 2, 2)};
    for (int k = 0; k < 5; k++) spot[k] *= factor;
    r->c.spot *= factor;
    tw_binomial_values(r->b, r->i, &r->c, spot, r->near);
}

void tw_lattice_limit(const tw_block *b, size_t i)
{
    b->status[i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
    tw_lattice_certain(b, i, &b->out[TW_VALUE_value][i], &b->out[TW_VALUE_delta][i]);
    b->out[TW_VALUE_gamma][i] = b->out[TW_VALUE_theta][i] = 0.0;
}

void tw_lattice_none(const tw_block *b, size_t i)
{
    b->status[i] = TW_ROW_STATUS(TW_ROW_NOT_POSITIVE, TW_COLUMN_COUNT);
    b->out[TW_VALUE_value][i] = b->out[TW_VALUE_delta][i] = NAN;
    b->out[TW_VALUE_gamma][i] = b->out[TW_VALUE_theta][i] = NAN;
}

tw_lattice_contract tw_lattice_contract_of(const tw_block *b, size_t i)
{
    return (tw_lattice_contract){b->col[TW_COL_type][i], b->col[TW_COL_spot][i], b->col[TW_COL_strike][i],
                                 b->col[TW_COL_r][i],    b->col[TW_COL_q][i],    b->col[TW_COL_vol][i],
                                 b->col[TW_COL_T][i]};
}

static void price_row(run *r, const tw_binomial_variant *variant, size_t steps)
{
    r->c = tw_lattice_contract_of(r->b, r->i);
    if (!(r->c.T > 0.0 && r->c.vol > 0.0)) {
        tw_lattice_limit(r->b, r->i);
        return;
    }
    tw_lattice_dividends_of(r->b, r->i, &r->dividends);
    const tw_lattice_affine now = tw_lattice_spot(&r->dividends, 0.0);
    r->c.spot = (r->c.spot - now.add) / now.factor;
    variant->make(&r->c, steps, &r->tree);
    if (!(r->c.spot > 0.0) || !tw_binomial_valid(&r->tree)) {
        tw_lattice_none(r->b, r->i);
        return;
    }
    tw_lattice_exercise(r->b, r->i, steps, r->w.exercise);
    finish(r);
    const bool any = strcmp(r->b->contracts->instrument->name, "american") == 0;
    if (any && r->dividends.n == 0 && r->tree.up == -r->tree.down)
        roll_fixed(r);
    else
        roll_moving(r);
    results(r);
}

static void price(const tw_block *b, const void *params)
{
    const tw_binomial_params *p = params ? params : &DEFAULTS;
    const tw_binomial_variant *variant = tw_binomial_variant_find(p->variant);
    const size_t steps = tw_binomial_steps(p);
    run r = {.b = b, .k = TW_ISA_PICK(b->isa, &tw_lattice_kernels), .w = work_of(b, steps)};
    for (r.i = 0; r.i < b->n; r.i++) price_row(&r, variant, steps);
}

#define SUPPLIES                                                                                                       \
    (TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_delta) | TW_VALUE_BIT(TW_VALUE_gamma) |                      \
     TW_VALUE_BIT(TW_VALUE_theta))

static const tw_scope SCOPES[] = {
    {"american", "black76", 4, 0, SUPPLIES},
    {"american", "black_scholes", 4, TW_SCOPE_DIVIDENDS, SUPPLIES},
    {"bermudan", "black76", 4, 0, SUPPLIES},
    {"bermudan", "black_scholes", 4, TW_SCOPE_DIVIDENDS, SUPPLIES},
    {"european", "black76", 4, 0, SUPPLIES},
    {"european", "black_scholes", 4, TW_SCOPE_DIVIDENDS, SUPPLIES},
    {.instrument = NULL},
};

const tw_engine tw_engine_binomial = {
    .name = "binomial",
    .title = "binomial tree",
    .source = "Cox, Ross and Rubinstein (1979); Leisen and Reimer (1996); and others, by variant",
    .quantlib = "BinomialVanillaEngine",
    .params = PARAMS,
    .params_size = sizeof(tw_binomial_params),
    .scopes = SCOPES,
    .bumps = {1e-2, 1e-2, 1e-3, 1e-3, 2},
    .workspace = workspace,
    .price = price,
};
