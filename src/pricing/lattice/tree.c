/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - ways of choosing a binomial tree's factors and probabilities. */
#include "pricing/lattice/lattice.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* Drift of the logarithm and standard deviation of a step. */
typedef struct moments {
    double dt, drift, sd;
} moments;

static moments step_moments(const tw_lattice_contract *c, size_t steps)
{
    const double dt = c->T / (double)steps;
    return (moments){dt, (c->r - c->q - 0.5 * c->vol * c->vol) * dt, c->vol * sqrt(dt)};
}

static tw_binomial tree_of(const tw_lattice_contract *c, size_t steps, double up, double down, double pu)
{
    return (tw_binomial){steps, up, down, pu, 1.0 - pu, tw_exp(-c->r * c->T / (double)steps)};
}

/* Cox, Ross and Rubinstein (1979), with the probability that matches the drift of the logarithm. */
static void crr(const tw_lattice_contract *c, size_t steps, tw_binomial *to)
{
    const moments m = step_moments(c, steps);
    *to = tree_of(c, steps, m.sd, -m.sd, 0.5 + 0.5 * m.drift / m.sd);
}

/* Jarrow and Rudd (1983): even chances. */
static void jarrow_rudd(const tw_lattice_contract *c, size_t steps, tw_binomial *to)
{
    const moments m = step_moments(c, steps);
    *to = tree_of(c, steps, m.drift + m.sd, m.drift - m.sd, 0.5);
}

/* Even chances, with factors that keep the variance exactly. */
static void equal_probabilities(const tw_lattice_contract *c, size_t steps, tw_binomial *to)
{
    const moments m = step_moments(c, steps);
    const double up = -0.5 * m.drift + 0.5 * sqrt(4.0 * m.sd * m.sd - 3.0 * m.drift * m.drift);
    *to = tree_of(c, steps, m.drift + up, m.drift - up, 0.5);
}

/* Trigeorgis (1991): equal jumps, with the second moment of the logarithm exact. */
static void trigeorgis(const tw_lattice_contract *c, size_t steps, tw_binomial *to)
{
    const moments m = step_moments(c, steps);
    const double jump = sqrt(m.sd * m.sd + m.drift * m.drift);
    *to = tree_of(c, steps, jump, -jump, 0.5 + 0.5 * m.drift / jump);
}

/* Tian (1993): the third moment is matched too. */
static void tian(const tw_lattice_contract *c, size_t steps, tw_binomial *to)
{
    const moments m = step_moments(c, steps);
    const double q = tw_exp(m.sd * m.sd), r = tw_exp(m.drift) * sqrt(q), root = sqrt(q * q + 2.0 * q - 3.0);
    const double up = 0.5 * r * q * (q + 1.0 + root), down = 0.5 * r * q * (q + 1.0 - root);
    *to = tree_of(c, steps, tw_log(up), tw_log(down), (r - down) / (up - down));
}

/* Probability and its complement. */
typedef struct chance {
    double p, rest;
} chance;

/* The tree of which the options' two probabilities of exercise are `risky` (of shares) and `sure` (of cash). */
static tw_binomial from_chances(const tw_lattice_contract *c, size_t steps, chance risky, chance sure)
{
    const double growth = (c->r - c->q) * c->T / (double)steps;
    tw_binomial tree =
        tree_of(c, steps, growth + tw_log(risky.p / sure.p), growth + tw_log(risky.rest / sure.rest), sure.p);
    tree.pd = sure.rest;
    return tree;
}

static double moneyness(const tw_lattice_contract *c)
{
    const double sd = c->vol * sqrt(c->T);
    const double ratio = c->spot / c->strike,
                 log_ratio = isnormal(ratio) ? tw_log(ratio) : tw_log(c->spot) - tw_log(c->strike);
    return (log_ratio + (c->r - c->q - 0.5 * c->vol * c->vol) * c->T) / sd;
}

/* Peizer and Pratt's second inversion; the small one of the two chances keeps its digits. */
static chance peizer_pratt(double z, double n)
{
    const double a = z / (n + 1.0 / 3.0 + 0.1 / (n + 1.0)), e = tw_exp(-a * a * (n + 1.0 / 6.0));
    const double less = 0.5 * e / (1.0 + sqrt(1.0 - e));
    return z > 0.0 ? (chance){1.0 - less, less} : (chance){less, 1.0 - less};
}

/* Leisen and Reimer (1996). So far from the strike that a chance is no number, any tree gives the same value. */
static void leisen_reimer(const tw_lattice_contract *c, size_t steps, tw_binomial *to)
{
    const double d2 = moneyness(c), n = (double)steps;
    const chance sure = peizer_pratt(d2, n), risky = peizer_pratt(d2 + c->vol * sqrt(c->T), n);
    if (fmin(fmin(sure.p, sure.rest), fmin(risky.p, risky.rest)) < 1e-280)
        crr(c, steps, to);
    else
        *to = from_chances(c, steps, risky, sure);
}

static chance joshi(double z, double k)
{
    const double a = z / sqrt(8.0), a2 = a * a, a3 = a * a2, a5 = a3 * a2, a7 = a5 * a2, root = sqrt(k);
    const double b = -0.375 * a - a3, g = 5.0 / 6.0 * a5 + 13.0 / 12.0 * a3 + 25.0 / 128.0 * a;
    const double d = -0.1025 * a - 0.9285 * a3 - 1.43 * a5 - 0.5 * a7;
    const double p = 0.5 + (a + (b + (g + d / k) / k) / k) / root;
    return (chance){p, 1.0 - p};
}

/* Joshi (2010), fourth order. Far from the strike his expansion is no chance at all: Leisen and Reimer's is taken. */
static void joshi4(const tw_lattice_contract *c, size_t steps, tw_binomial *to)
{
    const double d2 = moneyness(c), k = 0.5 * ((double)steps - 1.0);
    const chance sure = joshi(d2, k), risky = joshi(d2 + c->vol * sqrt(c->T), k);
    const double least = fmin(fmin(sure.p, sure.rest), fmin(risky.p, risky.rest));
    if (least > 0.0 && risky.p > sure.p)
        *to = from_chances(c, steps, risky, sure);
    else
        leisen_reimer(c, steps, to);
}

static const tw_binomial_variant VARIANTS[] = {
    {"crr", crr, false},
    {"equal_probabilities", equal_probabilities, false},
    {"jarrow_rudd", jarrow_rudd, false},
    {"joshi4", joshi4, true},
    {"leisen_reimer", leisen_reimer, true},
    {"tian", tian, false},
    {"trigeorgis", trigeorgis, false},
};

const tw_binomial_variant *tw_binomial_variant_find(const char *name)
{
    for (size_t i = 0; i < sizeof VARIANTS / sizeof *VARIANTS; i++)
        if (strcmp(VARIANTS[i].name, name) == 0) return &VARIANTS[i];
    return NULL;
}

bool tw_binomial_valid(const tw_binomial *tree)
{
    return tree->pu >= 0.0 && tree->pd >= 0.0 && isfinite(tree->up) && isfinite(tree->down) && tree->up > tree->down;
}

/* ---------------------------------------------------------------- exercise */

/* Calls take(arg, time) with each exercise date of row i that is to come. */
static size_t dates_of(const tw_block *b, size_t i, size_t *first)
{
    const tw_dates *d = &b->contracts->dates;
    *first = d->start ? d->start[tw_block_row(b, i)] : 0;
    return d->start ? d->start[tw_block_row(b, i) + 1] : d->n;
}

void tw_lattice_exercise(const tw_block *b, size_t i, size_t steps, uint8_t *at)
{
    memset(at, strcmp(b->contracts->instrument->name, "american") == 0, steps + 1);
    at[steps] = 1;
    if (!b->contracts->instrument->dates) return;
    const double T = b->col[TW_COL_T][i];
    size_t first;
    const size_t end = dates_of(b, i, &first);
    for (size_t k = first; k < end; k++) {
        const double t = b->contracts->dates.time[k] - b->elapsed[i];
        if (t > 0.0 && t <= T) at[(size_t)floor(t / T * (double)steps + 0.5)] = 1;
    }
}

/* What exercise at time t gives without volatility, discounted. */
static double sure(const tw_block *b, size_t i, double t)
{
    const double asset = b->col[TW_COL_spot][i] * tw_exp(-b->col[TW_COL_q][i] * t);
    return b->col[TW_COL_type][i] * (asset - b->col[TW_COL_strike][i] * tw_exp(-b->col[TW_COL_r][i] * t));
}

/* The time in (0, T) at which waiting stops to pay, or 0. */
static double turn(const tw_block *b, size_t i)
{
    const double r = b->col[TW_COL_r][i], q = b->col[TW_COL_q][i];
    const double ratio = q * b->col[TW_COL_spot][i] / (r * b->col[TW_COL_strike][i]);
    const double t = ratio > 0.0 ? tw_log(ratio) / (q - r) : 0.0;
    return t > 0.0 && t < b->col[TW_COL_T][i] ? t : 0.0;
}

void tw_lattice_certain(const tw_block *b, size_t i, double *value, double *delta)
{
    double best = b->col[TW_COL_T][i];
    if (strcmp(b->contracts->instrument->name, "american") == 0) {
        if (!(sure(b, i, 0.0) <= sure(b, i, best))) best = 0.0; /* it may overflow later */
        if (sure(b, i, turn(b, i)) > sure(b, i, best)) best = turn(b, i);
    } else if (b->contracts->instrument->dates) {
        size_t first;
        const size_t end = dates_of(b, i, &first);
        for (size_t k = first; k < end; k++) {
            const double t = b->contracts->dates.time[k] - b->elapsed[i];
            if (t > 0.0 && t < b->col[TW_COL_T][i] && sure(b, i, t) > sure(b, i, best)) best = t;
        }
    }
    *value = fmax(sure(b, i, best), 0.0);
    *delta = *value > 0.0 ? b->col[TW_COL_type][i] * tw_exp(-b->col[TW_COL_q][i] * best) : 0.0;
}
