/* SPDX-License-Identifier: Apache-2.0 */
/* trinomial.c - the engine of trinomial trees (Kamrad and Ritchken 1991): node j of step i is spot e^((j - i) jump). */
#include "pricing/lattice/binomial.h"

#include "base/isa.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

typedef struct params {
    int steps;
    double stretch;
} params;

static const tw_param PARAMS[] = {
    TW_PARAM(params, steps, 400, 3, 50000, "steps to expiry"),
    TW_PARAM(params, stretch, 1.224744871391589, 1, 3,
             "jump in standard deviations of a step; at 1.2247 the middle branch has one chance in three"),
    TW_PARAM_END,
};

static const params DEFAULTS = {400, 1.224744871391589};

/* Doubles of an array of all levels. */
static size_t length(size_t steps) { return (2 * steps + 10) / 8 * 8; }

static size_t workspace(const void *p, const tw_contracts *contracts)
{
    (void)contracts;
    const size_t steps = (size_t)(p ? (const params *)p : &DEFAULTS)->steps;
    return 3 * length(steps) * sizeof(double);
}

typedef struct run {
    const tw_block *b;
    size_t i, steps;
    const tw_lattice_kernels *k;
    tw_lattice_contract c;
    double jump, weight[3]; /* weight: discounted chances of down, middle, up */
    double *value, *gain;
    uint8_t *exercise;
    double near[2][3]; /* values of the first two steps */
} run;

static bool make(run *r, double stretch)
{
    const double dt = r->c.T / (double)r->steps, sd = r->c.vol * sqrt(dt), square = stretch * stretch;
    const double tilt = (r->c.r - r->c.q - 0.5 * r->c.vol * r->c.vol) * dt / (2.0 * stretch * sd);
    const double df = tw_exp(-r->c.r * dt), chance[3] = {0.5 / square - tilt, 1.0 - 1.0 / square, 0.5 / square + tilt};
    r->jump = stretch * sd;
    bool valid = isfinite(r->jump) && r->jump > 0.0;
    for (int k = 0; k < 3; k++) {
        r->weight[k] = df * chance[k];
        valid = valid && chance[k] >= 0.0;
    }
    return valid;
}

static void roll(run *r)
{
    const size_t n = r->steps;
    r->k->levels(2 * n + 1, r->c.spot, -(double)n * r->jump, r->jump, r->gain);
    for (size_t j = 0; j <= 2 * n; j++) {
        r->gain[j] = r->c.side * (r->gain[j] - r->c.strike);
        r->value[j] = fmax(r->gain[j], 0.0);
    }
    for (size_t i = n; i-- > 0;) {
        r->k->hold_three(2 * i + 1, r->weight, r->exercise[i] ? r->gain + (n - i) : NULL, r->value);
        if (i < 2) memcpy(r->near[i], r->value, (2 * i + 1) * sizeof(double));
    }
}

/* Delta and gamma from the three nodes of the first step, theta from the equation. */
static void results(const run *r)
{
    const tw_block *b = r->b;
    const double s = r->c.spot, low = s * tw_exp(-r->jump), high = s * tw_exp(r->jump);
    const double up = (r->near[1][2] - r->near[1][1]) / (high - s), down = (r->near[1][1] - r->near[1][0]) / (s - low);
    const double delta = (r->near[1][2] - r->near[1][0]) / (high - low), gamma = 2.0 * (up - down) / (high - low);
    b->out[TW_VALUE_value][r->i] = r->near[0][0];
    b->out[TW_VALUE_delta][r->i] = delta;
    b->out[TW_VALUE_gamma][r->i] = gamma;
    b->out[TW_VALUE_theta][r->i] =
        r->c.r * r->near[0][0] - (r->c.r - r->c.q) * s * delta - 0.5 * r->c.vol * r->c.vol * s * s * gamma;
}

static void price(const tw_block *b, const void *p)
{
    const params *set = p ? p : &DEFAULTS;
    double *at = b->work;
    run r = {.b = b, .steps = (size_t)set->steps, .k = TW_ISA_PICK(b->isa, &tw_lattice_kernels)};
    r.value = at, r.gain = at + length(r.steps), r.exercise = (uint8_t *)(at + 2 * length(r.steps));
    for (r.i = 0; r.i < b->n; r.i++) {
        r.c = tw_lattice_contract_of(b, r.i);
        if (!(r.c.T > 0.0 && r.c.vol > 0.0)) {
            tw_lattice_limit(b, r.i);
        } else if (!make(&r, set->stretch)) {
            tw_lattice_none(b, r.i);
        } else {
            tw_lattice_exercise(b, r.i, r.steps, r.exercise);
            roll(&r);
            results(&r);
        }
    }
}

#define SUPPLIES                                                                                                       \
    (TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_delta) | TW_VALUE_BIT(TW_VALUE_gamma) |                      \
     TW_VALUE_BIT(TW_VALUE_theta))

static const tw_scope SCOPES[] = {
    {"american", "black76", 3, 0, SUPPLIES},
    {"american", "black_scholes", 3, 0, SUPPLIES},
    {"bermudan", "black76", 3, 0, SUPPLIES},
    {"bermudan", "black_scholes", 3, 0, SUPPLIES},
    {"european", "black76", 3, 0, SUPPLIES},
    {"european", "black_scholes", 3, 0, SUPPLIES},
    {.instrument = NULL},
};

const tw_engine tw_engine_trinomial = {
    .name = "trinomial",
    .title = "trinomial tree",
    .source = "Boyle (1986); Kamrad and Ritchken (1991)",
    .params = PARAMS,
    .params_size = sizeof(params),
    .scopes = SCOPES,
    .bumps = {1e-2, 1e-2, 1e-3, 1e-3, 2},
    .workspace = workspace,
    .price = price,
};
