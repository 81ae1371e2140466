/* SPDX-License-Identifier: Apache-2.0 */
/* neumaier.h - a running sum with the rounding errors beside it (Neumaier 1974). */
#ifndef TW_NUM_NEUMAIER_H
#define TW_NUM_NEUMAIER_H

#include <math.h>

typedef struct tw_neumaier {
    double sum, low;
} tw_neumaier;

static inline void tw_neumaier_add(tw_neumaier *s, double x)
{
    const double t = s->sum + x;
    s->low += fabs(s->sum) >= fabs(x) ? (s->sum - t) + x : (x - t) + s->sum;
    s->sum = t;
}

/* An infinite or NaN sum has no correction. */
static inline double tw_neumaier_total(const tw_neumaier *s) { return isfinite(s->sum) ? s->sum + s->low : s->sum; }

#endif
