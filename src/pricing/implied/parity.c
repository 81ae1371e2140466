/* SPDX-License-Identifier: Apache-2.0 */
/* parity.c - forward and discount from call - put = discount (forward - strike) over the strikes of an expiry.
 *
 * A few stale quotes far from the line would bend a least-squares fit. So it is fitted by least absolute deviations
 * first (least squares with weights one over the distance, again and again), then by Tukey's biweight on what that
 * leaves. */
#include "pricing/implied/parity.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 20 };

/* gap = level - discount (strike - middle). */
typedef struct line {
    double middle, level, discount;
} line;

/* Weighted least squares; the slope is the given one where `discount` is a number. */
static line fit(const tw_parity *p, double discount)
{
    double w = 0.0, k = 0.0, y = 0.0, kk = 0.0, ky = 0.0;
    for (size_t i = 0; i < p->n; i++) {
        w += p->weight[i], k += p->weight[i] * p->strike[i], y += p->weight[i] * p->gap[i];
    }
    const line at = {k / w, y / w, discount};
    if (!isnan(discount)) return at;
    for (size_t i = 0; i < p->n; i++) {
        const double dk = p->strike[i] - at.middle;
        kk += p->weight[i] * dk * dk, ky += p->weight[i] * dk * (p->gap[i] - at.level);
    }
    return (line){at.middle, at.level, -ky / kk};
}

static void measure(const tw_parity *p, line at)
{
    for (size_t i = 0; i < p->n; i++)
        p->off[i] = fabs(p->gap[i] - (at.level - at.discount * (p->strike[i] - at.middle)));
}

static double base_weight(const tw_parity *p, size_t i, double typical)
{
    const double width = p->width[i] + typical;
    return width > 0.0 ? 1.0 / (width * width) : 1.0;
}

/* Middle distance from the line; `weight` is scratch here. */
static double spread(const tw_parity *p)
{
    memcpy(p->weight, p->off, p->n * sizeof *p->off);
    return tw_median(p->n, p->weight);
}

/* Distances below which one is as good as another: rounding of the prices. */
static double floor_of(const tw_parity *p)
{
    double most = 0.0;
    for (size_t i = 0; i < p->n; i++) most = fmax(most, fabs(p->strike[i]) + fabs(p->gap[i]));
    return 1e-13 * most;
}

static double typical_width(const tw_parity *p)
{
    memcpy(p->off, p->width, p->n * sizeof *p->off);
    return 0.1 * tw_median(p->n, p->off);
}

static line robust(const tw_parity *p, double discount, double *residual)
{
    const double least = floor_of(p), typical = typical_width(p);
    for (size_t i = 0; i < p->n; i++) p->weight[i] = base_weight(p, i, typical);
    line at = fit(p, discount);
    for (int round = 0; round < ROUNDS; round++) {
        measure(p, at);
        for (size_t i = 0; i < p->n; i++) p->weight[i] = sqrt(base_weight(p, i, typical)) / fmax(p->off[i], least);
        at = fit(p, discount);
    }
    measure(p, at);
    const double scale = fmax(1.4826 * spread(p), least);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < p->n; i++) {
            const double z = p->off[i] / (4.685 * scale), keep = z < 1.0 ? (1.0 - z * z) * (1.0 - z * z) : 0.0;
            p->weight[i] = base_weight(p, i, typical) * keep;
        }
        at = fit(p, discount);
        measure(p, at);
    }
    *residual = spread(p);
    return at;
}

static size_t strikes_of(const tw_parity *p)
{
    size_t n = p->n > 0;
    for (size_t i = 1; i < p->n; i++) n += p->strike[i] != p->strike[0];
    return n;
}

void tw_parity_fit(const tw_parity *pairs, double rate, tw_chain_expiry *e)
{
    e->forward = e->discount = e->residual = NAN;
    e->status = TW_ROW_STATUS(TW_ROW_MISSING, TW_COL_price);
    if (strikes_of(pairs) < (isnan(rate) ? 2u : 1u)) return;
    const line at = robust(pairs, isnan(rate) ? NAN : tw_exp(-rate * e->T), &e->residual);
    const double forward = at.middle + at.level / at.discount;
    const bool sound = at.discount > 0.0 && at.discount < 1e10 && forward >= TW_PRICE_MIN && forward <= TW_PRICE_MAX;
    e->status = TW_ROW_STATUS(sound ? TW_ROW_OK : TW_ROW_CONFLICT, sound ? TW_COLUMN_COUNT : TW_COL_price);
    if (sound) e->forward = forward, e->discount = at.discount;
}
