/* SPDX-License-Identifier: Apache-2.0 */
/* black.h - the kernels of European options and digitals under lognormal and normal models: values and all greeks of a
 * block in one pass. What is not wanted is not computed, beyond what the wanted ones share. */
#ifndef TW_PRICING_BLACK_H
#define TW_PRICING_BLACK_H

#include "pricing/engine.h"

/* Columns of TW_BLOCK rows, and where values go. Rates and time within their bounds; spot and strike positive for the
 * lognormal kernels. `payout` is of the digitals. */
typedef struct tw_black_job {
    const double *type, *spot, *strike, *r, *q, *vol, *T, *payout;
    double *const *out;
    uint32_t wants;
    tw_row_status *status; /* set to LIMIT where there is no time or no volatility */
} tw_black_job;

typedef void tw_black_fn(const tw_black_job *job);

/* Every path of a kernel. */
#define TW_BLACK_KERNEL(name) tw_black_fn name##_baseline, name##_avx2, name##_avx512

TW_BLACK_KERNEL(tw_black_vanilla);
TW_BLACK_KERNEL(tw_black_cash);
TW_BLACK_KERNEL(tw_black_asset);
TW_BLACK_KERNEL(tw_bachelier_vanilla);

#undef TW_BLACK_KERNEL

/* Volatility times the root of time at or below which a row is its limit. */
#define TW_DEVIATION_MIN 1e-200

#endif
