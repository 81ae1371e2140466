/* SPDX-License-Identifier: Apache-2.0 */
/* group.h - for kernels of the sweep: as many lanes as one register of the instruction set holds. */
#ifndef TW_BACKTEST_SWEEP_GROUP_H
#define TW_BACKTEST_SWEEP_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__AVX512F__)
enum { WIDTH = 8 };
#elif defined(__AVX2__)
enum { WIDTH = 4 };
#else
enum { WIDTH = 2 };
#endif

typedef double vec __attribute__((vector_size(WIDTH * sizeof(double)), may_alias));
typedef int64_t mask __attribute__((vector_size(WIDTH * sizeof(double)), may_alias));

static inline vec all(double x) { return x - (vec){0}; }

static inline vec when(mask m, vec x) { return (vec)(m & (mask)x); }

static inline vec unless(mask m, vec x) { return (vec)(~m & (mask)x); }

static inline vec where(mask m, vec yes, vec no) { return (vec)((m & (mask)yes) | (~m & (mask)no)); }

static inline vec larger(vec a, vec b) { return where(a > b, a, b); }

static inline vec size_of(vec x) { return (vec)((mask)x & INT64_MAX); }

static inline bool any(mask m)
{
    int64_t bits = 0;
    for (int j = 0; j < WIDTH; j++) bits |= m[j];
    return bits != 0;
}

#endif
