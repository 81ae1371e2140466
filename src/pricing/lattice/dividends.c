/* SPDX-License-Identifier: Apache-2.0 */
/* dividends.c - dividends at dates on trees.
 *
 * Under the spot model values after a dividend are interpolated at the spots it leaves (Vellekoop and Nieuwenhuis
 * 2006), so that the tree stays one. Escrowed: the tree is of the spot less what is to come. Forward: of the spot plus
 * what has been paid, with interest. */
#include "pricing/lattice/binomial.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

void tw_lattice_dividends_of(const tw_block *b, size_t i, tw_lattice_dividends *to)
{
    const tw_dates *d = &b->contracts->dividends;
    size_t first = d->start ? d->start[tw_block_row(b, i)] : 0,
           end = d->start ? d->start[tw_block_row(b, i) + 1] : d->n;
    *to = (tw_lattice_dividends){.model = b->market->dividend_model,
                                 .elapsed = b->elapsed[i],
                                 .r = b->col[TW_COL_r][i],
                                 .T = b->col[TW_COL_T][i]};
    while (first < end && d->time[first] - to->elapsed <= 0.0) first++;
    while (first < end && d->time[end - 1] - to->elapsed > to->T) end--;
    if (first >= end) return;
    to->n = end - first;
    to->time = d->time + first;
    to->amount = d->amount + first;
    to->share = d->share ? d->share + first : NULL;
}

static double time_of(const tw_lattice_dividends *d, size_t k) { return d->time[k] - d->elapsed; }

static bool is_share(const tw_lattice_dividends *d, size_t k) { return d->share && d->share[k]; }

tw_lattice_affine tw_lattice_spot(const tw_lattice_dividends *d, double t)
{
    tw_lattice_affine a = {1.0, 0.0};
    if (d->model == TW_DIVIDENDS_SPOT) return a;
    const bool escrowed = d->model == TW_DIVIDENDS_ESCROWED;
    for (size_t n = d->n; n-- > 0;) {
        const size_t k = escrowed ? n : d->n - 1 - n;
        const double until = time_of(d, k) - t;
        if (escrowed != (until > 0.0)) continue; /* escrowed: those to come; forward: those paid */
        if (is_share(d, k))
            a = escrowed ? (tw_lattice_affine){a.factor / (1.0 - d->amount[k]), a.add / (1.0 - d->amount[k])}
                         : (tw_lattice_affine){a.factor * (1.0 - d->amount[k]), a.add * (1.0 - d->amount[k])};
        else
            a.add += (escrowed ? d->amount[k] : -d->amount[k]) * tw_exp(-d->r * until);
    }
    return a;
}

bool tw_lattice_drops(const tw_lattice_dividends *d, double from, double to)
{
    if (d->model != TW_DIVIDENDS_SPOT) return false;
    for (size_t k = 0; k < d->n; k++)
        if (time_of(d, k) > from && time_of(d, k) <= to) return true;
    return false;
}

/* Cubic through the four nodes around the spot x; between two where there are no four. `j`: where to look from. */
static double interpolate(size_t n, const double *level, const double *value, double x, size_t *j)
{
    while (*j + 1 < n && level[*j + 1] <= x) ++*j;
    if (x <= level[0]) return value[0] + (value[1] - value[0]) * (x - level[0]) / (level[1] - level[0]);
    size_t a = *j > 0 ? *j - 1 : 0;
    if (n < 4) return value[*j];
    if (a + 4 > n) a = n - 4;
    double sum = 0.0;
    for (size_t p = a; p < a + 4; p++) {
        double weight = value[p];
        for (size_t q = a; q < a + 4; q++)
            if (q != p) weight *= (x - level[q]) / (level[p] - level[q]);
        sum += weight;
    }
    return sum;
}

/* Spot that a dividend leaves; never below 0. */
static double left_of(const tw_lattice_dividends *d, size_t k, double spot)
{
    return is_share(d, k) ? spot * (1.0 - d->amount[k]) : fmax(spot - d->amount[k], 0.0);
}

void tw_lattice_drop(const tw_lattice_dividends *d, const tw_lattice_span *s, double *value)
{
    for (size_t k = d->n; k-- > 0;) {
        if (!(time_of(d, k) > s->from && time_of(d, k) <= s->to)) continue;
        size_t from = 0;
        for (size_t j = 0; j < s->n; j++) {
            const double x = left_of(d, k, s->level[j] * s->scale) / s->scale;
            s->other[j] = fmax(interpolate(s->n, s->level, value, x, &from), 0.0);
        }
        memcpy(value, s->other, s->n * sizeof *value);
    }
}
