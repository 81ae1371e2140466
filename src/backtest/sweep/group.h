/* SPDX-License-Identifier: Apache-2.0 */
/* group.h - for kernels of the sweep: as many lanes as one register of the instruction set holds. A choice, a maximum
 * and the bits of a mask are one instruction each with AVX2, and several as gcc writes them from C; the bits are the
 * same. */
#ifndef TW_BACKTEST_SWEEP_GROUP_H
#define TW_BACKTEST_SWEEP_GROUP_H

#include "base/isa.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

enum { WIDTH = TW_ISA_DOUBLES, FIELDS = 4 /* that are turned at once */ };

typedef double vec __attribute__((vector_size(WIDTH * sizeof(double)), may_alias));
typedef int64_t mask __attribute__((vector_size(WIDTH * sizeof(double)), may_alias));

static inline vec all(double x) { return x - (vec){0}; }

static inline vec when(mask m, vec x) { return (vec)(m & (mask)x); }

static inline vec unless(mask m, vec x) { return (vec)(~m & (mask)x); }

static inline vec size_of(vec x) { return (vec)((mask)x & INT64_MAX); }

#if defined(__AVX2__) && !defined(__AVX512F__)

static inline vec where(mask m, vec yes, vec no) { return _mm256_blendv_pd(no, yes, (vec)m); }

static inline vec larger(vec a, vec b) { return _mm256_max_pd(a, b); }

static inline vec smaller(vec a, vec b) { return _mm256_min_pd(a, b); }

static inline bool any(mask m) { return _mm256_movemask_pd((vec)m) != 0; }

/* Of some lanes, which lie in a group in their order, those where the mask is set. */
static inline uint64_t lanes_where(mask m, uint64_t lanes)
{
    return _pdep_u64((unsigned)_mm256_movemask_pd((vec)m), lanes);
}

static inline void turn_square(vec x[FIELDS])
{
    const vec a = __builtin_shufflevector(x[0], x[1], 0, 4, 2, 6), b = __builtin_shufflevector(x[0], x[1], 1, 5, 3, 7);
    const vec c = __builtin_shufflevector(x[2], x[3], 0, 4, 2, 6), d = __builtin_shufflevector(x[2], x[3], 1, 5, 3, 7);
    x[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    x[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    x[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    x[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

/* Fields [from, from + FIELDS) of a record of each lane, a vector a field; and back. */
static inline void read_fields(double *const record[WIDTH], size_t from, vec x[FIELDS])
{
    for (size_t j = 0; j < WIDTH; j++) x[j] = *(const vec *)(record[j] + from);
    turn_square(x);
}

static inline void write_fields(vec x[FIELDS], size_t from, double *const record[WIDTH])
{
    turn_square(x);
    for (size_t j = 0; j < WIDTH; j++) *(vec *)(record[j] + from) = x[j];
}

#else

static inline vec where(mask m, vec yes, vec no) { return (vec)((m & (mask)yes) | (~m & (mask)no)); }

static inline vec larger(vec a, vec b) { return where(a > b, a, b); }

static inline vec smaller(vec a, vec b) { return where(a < b, a, b); }

static inline bool any(mask m)
{
    int64_t bits = 0;
    for (int j = 0; j < WIDTH; j++) bits |= m[j];
    return bits != 0;
}

static inline uint64_t lanes_where(mask m, uint64_t lanes)
{
    uint64_t out = 0;
    for (int j = 0; lanes; j++, lanes &= lanes - 1) out |= m[j] ? lanes & -lanes : 0;
    return out;
}

static inline void read_fields(double *const record[WIDTH], size_t from, vec x[FIELDS])
{
    for (size_t k = 0; k < FIELDS; k++)
        for (size_t j = 0; j < WIDTH; j++) x[k][j] = record[j][from + k];
}

static inline void write_fields(vec x[FIELDS], size_t from, double *const record[WIDTH])
{
    for (size_t k = 0; k < FIELDS; k++)
        for (size_t j = 0; j < WIDTH; j++) record[j][from + k] = x[k][j];
}

#endif

#endif
