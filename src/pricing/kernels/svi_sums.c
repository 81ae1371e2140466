/* SPDX-License-Identifier: Apache-2.0 */
/* svi_sums.c - the sums of a slice's inner fit; quotes go by lanes, which are added in order. */
#include "pricing/surface/svi_sums.h"

#include "base/isa.h"

#include <math.h>

void TW_ISA_NAME(tw_pricing_svi_sums)(const tw_svi_data *data, double m, double sigma, double sums[TW_SVI_SUMS])
{
    double by[TW_SVI_SUMS][TW_SVI_LANES] = {{0}};
    const double per = 1.0 / sigma;
    for (size_t i = 0; i < data->n; i += TW_SVI_LANES)
        for (int l = 0; l < TW_SVI_LANES; l++) {
            const double y = (data->k[i + (size_t)l] - m) * per, q = sqrt(y * y + 1.0), w = data->w[i + (size_t)l];
            const double g = data->weight[i + (size_t)l], gy = g * y, gq = g * q;
            by[0][l] += gy;
            by[1][l] += gq;
            by[2][l] += gy * y;
            by[3][l] += gy * q;
            by[4][l] += gq * q;
            by[5][l] += gy * w;
            by[6][l] += gq * w;
        }
    for (int s = 0; s < TW_SVI_SUMS; s++) {
        sums[s] = 0.0;
        for (int l = 0; l < TW_SVI_LANES; l++) sums[s] += by[s][l];
    }
}
