/* SPDX-License-Identifier: Apache-2.0 */
/* svi_sums.h - sums over the quotes of a slice from which a, d and c of w = a + d y + c sqrt(y^2 + 1) follow. */
#ifndef TW_PRICING_SVI_SUMS_H
#define TW_PRICING_SVI_SUMS_H

#include <stddef.h>

enum { TW_SVI_LANES = 8, TW_SVI_SUMS = 7 };

/* y = (k - m) / sigma, q = sqrt(y^2 + 1): weighted sums of y, q, y y, y q, q q, w y, w q. n is a multiple of lanes. */
typedef struct tw_svi_data {
    size_t n;
    const double *k, *w, *weight;
} tw_svi_data;

typedef void tw_svi_sums_fn(const tw_svi_data *data, double m, double sigma, double sums[TW_SVI_SUMS]);
void tw_pricing_svi_sums_baseline(const tw_svi_data *data, double m, double sigma, double sums[TW_SVI_SUMS]);
void tw_pricing_svi_sums_avx2(const tw_svi_data *data, double m, double sigma, double sums[TW_SVI_SUMS]);
void tw_pricing_svi_sums_avx512(const tw_svi_data *data, double m, double sigma, double sums[TW_SVI_SUMS]);

#endif
