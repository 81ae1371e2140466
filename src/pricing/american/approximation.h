/* SPDX-License-Identifier: Apache-2.0 */
/* approximation.h - closed approximations of American options, contracts side by side. */
#ifndef TW_PRICING_AMERICAN_APPROXIMATION_H
#define TW_PRICING_AMERICAN_APPROXIMATION_H

#include "pricing/american/american.h"

/* Options on a strike of 1. */
typedef struct tw_am_options {
    double side[TW_AM_LANES];                                                /* 1 call, -1 put */
    double x[TW_AM_LANES], s[TW_AM_LANES], rt[TW_AM_LANES], qt[TW_AM_LANES]; /* as in tw_am_put, r and q not swapped */
} tw_am_options;

typedef void tw_am_approximation(const tw_am_options *o, double *value);

typedef struct tw_am_approximations {
    tw_am_approximation *barone_adesi_whaley, *bjerksund_stensland_1993, *bjerksund_stensland_2002, *ju;
} tw_am_approximations;
extern const tw_am_approximations tw_am_approximations_baseline, tw_am_approximations_avx2, tw_am_approximations_avx512;

#endif
