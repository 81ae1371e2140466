/* SPDX-License-Identifier: Apache-2.0 */
/* sweep.c - the straight-line part of a sweep: lanes are independent, so each becomes vectors of whatever width there
 * is and a lane's sums are the same on all of them. */
#include "backtest/sweep/group.h"
#include "backtest/sweep/kernels.h"
#include "base/isa.h"

#include <string.h>

/* A group of lanes keeps its sums in registers over the bars. */
typedef float returns_of __attribute__((vector_size(WIDTH * sizeof(float)), may_alias));

/* ---------------------------------------------------------------- signals */

/* A bit for each of eight bytes of 0 or 1, by a product that gathers their lowest bits. */
static inline uint64_t bits_of_8(const uint8_t *byte)
{
    uint64_t eight;
    memcpy(&eight, byte, sizeof eight);
    return (eight & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080) >> 56;
}

#if defined(__AVX2__)
static inline uint64_t bits_of_32(const uint8_t *byte)
{
    return (unsigned)_mm256_movemask_epi8(_mm256_slli_epi16(_mm256_loadu_si256((const void *)byte), 7));
}
#else
static inline uint64_t bits_of_32(const uint8_t *byte)
{
    return bits_of_8(byte) | bits_of_8(byte + 8) << 8 | bits_of_8(byte + 16) << 16 | bits_of_8(byte + 24) << 24;
}
#endif

static uint64_t bits_of_few(const uint8_t *byte, size_t n)
{
    uint64_t bits = 0;
    for (size_t i = 0; i + 8 <= n; i += 8) bits |= bits_of_8(byte + i) << i;
    if (n >= 8) return bits | bits_of_8(byte + n - 8) << (n - 8);
    for (size_t i = 0; i < n; i++) bits |= (uint64_t)(byte[i] & 1) << i;
    return bits;
}

/* The last steps go back over bytes that are known: they say the same again. */
static inline uint64_t bits_of(const uint8_t *signal, size_t at, size_t n)
{
    if (!signal) return 0;
    const uint8_t *byte = signal + at;
    return n < 32 ? bits_of_few(byte, n) : bits_of_32(byte) | bits_of_32(byte + n - 32) << (n - 32);
}

static void read_signals(const tw_sweep_signals *s, size_t at, size_t n, tw_sweep_bits *bits)
{
    bits->enter_long = bits_of(s->enter_long, at, n);
    bits->exit_long = bits_of(s->exit_long, at, n);
    bits->enter_short = bits_of(s->enter_short, at, n);
    bits->exit_short = bits_of(s->exit_short, at, n);
}

/* ---------------------------------------------------------------- a bar */

static size_t value_each(tw_sweep_lanes *restrict l, size_t n, const double *restrict now, double *restrict value)
{
    size_t spent = 0;
    for (size_t i = 0; i < n; i++) {
        const double x = now[i], close = ((x > 0) & (x < __builtin_inf())) ? x : l->close[i];
        const double worth = l->cash[i] + l->position[i] * close;
        l->close[i] = close;
        value[i] = worth;
        spent += worth > 0 ? 0U : 1U;
    }
    return spent;
}

static size_t value_all(tw_sweep_lanes *restrict l, size_t n, double now, double *restrict value)
{
    size_t spent = 0;
    const double close = ((now > 0) & (now < __builtin_inf())) ? now : l->close[0];
    for (size_t i = 0; i < n; i++) {
        const double worth = l->cash[i] + l->position[i] * close;
        value[i] = worth;
        spent += worth > 0 ? 0U : 1U;
    }
    l->close[0] = close;
    return spent;
}

static size_t value_of(tw_sweep_lanes *l, size_t n, const tw_sweep_closes *c, double *value)
{
    return c->step ? value_each(l, n, c->close, value) : value_all(l, n, *c->close, value);
}

/* ---------------------------------------------------------------- some bars */

/* One group of lanes through the bars. Which drawdown is deeper is found by products, for quotients are slow. */
static void mark_group(tw_sweep_lanes *restrict l, size_t i, size_t n_bars, const tw_sweep_row *restrict value,
                       tw_sweep_returns *restrict returns)
{
    vec peak = *(vec *)&l->peak[i], low = *(vec *)&l->low_value[i], low_peak = *(vec *)&l->low_peak[i];
    vec sum = *(vec *)&l->sum[i], squares = *(vec *)&l->squares[i], losses = *(vec *)&l->losses[i];
    vec before = *(const vec *)&value[0][i];
    for (size_t k = 0; k < n_bars; k++) {
        const vec now = *(const vec *)&value[k + 1][i];
        const vec r = when(before > 0, now / before - 1), loss = smaller(r, all(0));
        sum += r;
        squares += r * r;
        losses += loss * loss;
        peak = larger(now, peak);
        const mask deeper = now * low_peak < low * peak;
        low = where(deeper, now, low);
        low_peak = where(deeper, peak, low_peak);
        *(returns_of *)&returns[k][i] = __builtin_convertvector(r, returns_of);
        before = now;
    }
    *(vec *)&l->peak[i] = peak;
    *(vec *)&l->low_value[i] = low;
    *(vec *)&l->low_peak[i] = low_peak;
    *(vec *)&l->sum[i] = sum;
    *(vec *)&l->squares[i] = squares;
    *(vec *)&l->losses[i] = losses;
}

static void mark(tw_sweep_lanes *l, size_t n, size_t n_bars, const tw_sweep_row *value, tw_sweep_returns *returns)
{
    for (size_t i = 0; i < n; i += WIDTH) mark_group(l, i, n_bars, value, returns);
}

typedef float four __attribute__((vector_size(16), may_alias));

/* Four bars of four lanes. */
static inline void turn_four(const tw_sweep_returns *r, size_t i, float *restrict out, size_t stride)
{
    const four a = *(const four *)&r[0][i], b = *(const four *)&r[1][i];
    const four c = *(const four *)&r[2][i], d = *(const four *)&r[3][i];
    const four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const four ba = __builtin_shufflevector(a, b, 2, 6, 3, 7), dc = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    const four turned[4] = {__builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
                            __builtin_shufflevector(ba, dc, 0, 1, 4, 5), __builtin_shufflevector(ba, dc, 2, 3, 6, 7)};
    for (size_t k = 0; k < 4; k++) memcpy(out + k * stride, &turned[k], sizeof *turned);
}

static void turn(const tw_sweep_returns *returns, size_t n_bars, size_t n, const tw_sweep_paths *p)
{
    const size_t fours = n_bars / 4 * 4, whole = n / 4 * 4;
    for (size_t i = 0; i < whole; i += 4)
        for (size_t k = 0; k < fours; k += 4) turn_four(returns + k, i, p->path + i * p->stride + k, p->stride);
    if (fours == n_bars && whole == n) return;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i < whole ? fours : 0; k < n_bars; k++) p->path[i * p->stride + k] = returns[k][i];
}

const tw_sweep_kernels *TW_ISA_NAME(tw_sweep_kernels)(void)
{
    static const tw_sweep_kernels kernels = {read_signals, TW_ISA_NAME(tw_sweep_fill), value_of, mark, turn};
    return &kernels;
}
