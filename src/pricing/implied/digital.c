/* SPDX-License-Identifier: Apache-2.0 */
/* digital.c - volatilities of digitals in closed form.
 *
 * The discounted price gives Phi(w d2) (cash) or Phi(w d1) (asset); with x = ln(F / K) and s = vol sqrt(T) that is a
 * quadratic, d2 s = x - s^2 / 2 or d1 s = x + s^2 / 2. Where both roots are volatilities the smaller one is given. */
#include "pricing/implied.h"

#include "tradewind/num.h"

#include <math.h>

/* The least s > 0 with s^2 / 2 + b s = c, or 0. */
static double root_of(double b, double c)
{
    const double square = b * b + 2.0 * c;
    if (square < 0.0) return 0.0;
    const double root = sqrt(square);
    if (c > 0.0) return b > 0.0 ? 2.0 * c / (root + b) : root - b;
    return b < 0.0 ? -2.0 * c / (root - b) : 0.0;
}

static void digital_row(const tw_digital_quotes *d, size_t i)
{
    const tw_quote_block *b = d->block;
    const double w = b->type[i], T = b->T[i], log_spot = tw_log(b->spot[i]), log_strike = tw_log(b->strike[i]);
    const double x = copysign(b->distance[i], log_spot - log_strike + (b->r[i] - b->q[i]) * T);
    const double most = d->payout ? d->payout[i] * tw_exp(-b->r[i] * T) : b->spot[i] * tw_exp(-b->q[i] * T);
    const double p = b->price[i] / most, z = w * tw_norm_inv(p);
    d->vol[i] = 0.0;
    if (!(p > 0.0) || !(p < 1.0)) {
        const bool sure = p == (w * x > 0.0 ? 1.0 : 0.0);
        const tw_row_code code = sure ? TW_ROW_LIMIT : p > 0.0 ? TW_ROW_ABOVE_BOUND : TW_ROW_BELOW_INTRINSIC;
        d->status[i] = TW_ROW_STATUS(code, sure ? TW_COLUMN_COUNT : TW_COL_price);
        return;
    }
    /* Cash: s^2 / 2 + z s = x. Asset: s^2 / 2 - z s = -x. */
    const double s = d->payout ? root_of(z, x) : root_of(-z, -x);
    if (s > 0.0 && b->root[i] > 0.0) {
        d->vol[i] = s / b->root[i];
        return;
    }
    const bool above = d->payout ? w > 0.0 : w < 0.0;
    d->status[i] = TW_ROW_STATUS(above ? TW_ROW_ABOVE_BOUND : TW_ROW_BELOW_INTRINSIC, TW_COL_price);
}

void tw_implied_digital(const tw_digital_quotes *quotes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tw_row_status_code(quotes->status[i]) == TW_ROW_OK) digital_row(quotes, i);
}
