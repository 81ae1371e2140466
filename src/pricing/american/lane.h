/* SPDX-License-Identifier: Apache-2.0 */
/* lane.h - exponential and normal distribution for kernels of American options: a few ulp, one quotient, no table. */
#ifndef TW_PRICING_AMERICAN_LANE_H
#define TW_PRICING_AMERICAN_LANE_H

#include "num/vmath_normal.h"

#define EACH(i) for (int i = 0; i < TW_AM_LANES; i++)

/* e^x to two ulp for x in [-708, 709], clamped there: what is below counts for nothing here. */
TW_LANE double lane_exp(double x)
{
    double c = x > 709.0 ? 709.0 : x;
    c = c < -708.0 ? -708.0 : c;
    const tw_exp_parts p = tw_lane_exp_parts(c);
    return (1.0 + (p.r + p.q)) * tw_lane_from_bits((p.k - 1023) << 52);
}

/* Density and distribution function of the normal distribution, to some ulp, of one exponential and one quotient. */
typedef struct normal {
    double pdf, cdf;
} normal;

TW_LANE normal lane_normal(double x)
{
    const double m = tw_lane_abs(x), a = m > 37.5 ? 37.5 : m;
    const double e = lane_exp(-0.5 * a * a);
    const double lift = a + tw_norm_form.d, inverse = 1.0 / ((a + 4.0) * lift), t = (a - 4.0) * lift * inverse;
    const double rise = m > 37.5 ? 0.0 : e;
    const double tail = rise * (tw_norm_form.c[0] + t * tw_lane_poly22(t, tw_norm_form.c + 1)) * ((a + 4.0) * inverse);
    return (normal){rise * 0x1.9884533d43651p-2, x > 0.0 ? 1.0 - tail : tail};
}

/* x / (1 - e^-x) for x = r T. */
TW_LANE double lane_growth(double x)
{
    const double small = 1.0 + x * (0.5 + x * (1.0 / 12.0 - x * x / 720.0));
    const double big = x / (1.0 - lane_exp(-x));
    return tw_lane_abs(x) < 0.01 ? small : big;
}

#endif
