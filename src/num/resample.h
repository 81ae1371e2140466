/* SPDX-License-Identifier: Apache-2.0 */
/* resample.h - the stationary bootstrap of Politis, Romano, JASA 89 (1994). */
#ifndef TW_NUM_RESAMPLE_H
#define TW_NUM_RESAMPLE_H

#include "tradewind/base.h"

/* Which of t observations, on a circle, comes k-th in a resample: the one after `at`, or with the chance `jump` (1 over
 * the mean block length), and at the start, any. */
static inline size_t tw_resample_next(tw_random *random, double jump, size_t t, size_t k, size_t at)
{
    return k == 0 || tw_random_uniform(random) < jump ? (size_t)tw_random_below(random, t) : (at + 1) % t;
}

#endif
