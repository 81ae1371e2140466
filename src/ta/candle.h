/* SPDX-License-Identifier: Apache-2.0 */
/* candle.h - what the candlestick patterns are written with.
 *
 * A pattern looks at facts of its last few bars, and where these do not say enough at prices and at means of the bars
 * before. Facts and means are nodes of their own (kernels/candle.c), so that the patterns of a plan share them. A fact
 * is a bit of a whole number, 2^52 + facts, whose bits are those of the double; several facts of a bar are tested by
 * one masked comparison.
 *
 * Lengths are measured as TA-Lib does by default: bodies and shadows against means of the 10 bars before the bar,
 * itself excluded, distances between prices against that of 5. A bar that closes where it opened is white. */
#ifndef TW_TA_CANDLE_H
#define TW_TA_CANDLE_H

#include "ta/op.h"

enum { CANDLE_INPUTS = 7 };

/* Facts of a bar and the one before it, from prices alone: candle_moves. */
#define CANDLE_WHITE (1U << 0)     /* c >= o */
#define CANDLE_WAS_WHITE (1U << 1) /* the bar before */
#define CLOSE_UP (1U << 2)         /* c > c' */
#define CLOSE_DOWN (1U << 3)
#define OPEN_UP (1U << 4) /* o > o' */
#define OPEN_DOWN (1U << 5)
#define OPEN_OVER_CLOSE (1U << 6) /* o > c' */
#define OPEN_UNDER_CLOSE (1U << 7)
#define CLOSE_OVER_OPEN (1U << 8) /* c > o' */
#define CLOSE_UNDER_OPEN (1U << 9)
#define HIGH_UP (1U << 10)
#define HIGH_DOWN (1U << 11)
#define LOW_UP (1U << 12)
#define LOW_DOWN (1U << 13)
#define BODY_ABOVE (1U << 14) /* the bodies do not touch */
#define BODY_BELOW (1U << 15)
#define RANGE_ABOVE (1U << 16) /* the ranges do not touch */
#define RANGE_BELOW (1U << 17)
#define TOP_UP (1U << 18) /* ends of the body, max(o, c) and min(o, c) */
#define TOP_DOWN (1U << 19)
#define BOTTOM_UP (1U << 20)
#define BOTTOM_DOWN (1U << 21)
#define BODY_LONGER (1U << 22) /* than that of the bar before */
#define BODY_SHORTER (1U << 23)
#define OPEN_UNDER_LOW (1U << 24) /* o < l' */
#define OPEN_OVER_HIGH (1U << 25)
/* Facts of a bar that are measured: candle_facts, which has those above too. */
#define CANDLE_LONG (1U << 26)  /* the body is longer than the mean body */
#define CANDLE_SHORT (1U << 27) /* shorter */
#define CANDLE_DOJI (1U << 28)  /* at most a tenth of the mean range */
#define NO_UPPER (1U << 29)     /* the upper shadow is shorter than a tenth of the mean range */
#define NO_LOWER (1U << 30)
#define SOME_UPPER (1U << 31) /* longer */
#define SOME_LOWER (UINT64_C(1) << 32)
#define LONG_UPPER (UINT64_C(1) << 33) /* longer than the body */
#define LONG_LOWER (UINT64_C(1) << 34)
#define TWICE_UPPER (UINT64_C(1) << 35) /* longer than two bodies */
#define TWICE_LOWER (UINT64_C(1) << 36)
#define CANDLE_NO_FACTS 0x1p52

#define LONG_WHITE (CANDLE_LONG | CANDLE_WHITE)
#define BARE (NO_UPPER | NO_LOWER)

/* The state of candle_pattern: its memory are the earlier rows of its inputs. */
typedef struct candle_state {
    double penetration;
    size_t row;
} candle_state;

/* One value of a series or tile: `i` is its place in the inputs of candle_pattern. */
typedef struct candle {
    const double *x[CANDLE_INPUTS];
    size_t i, lanes;
    double penetration;
} candle;

/* The top bit says whether; the others mean nothing. Comparisons are the signs of differences, tests of facts that of
 * a borrow: no mask of a comparison has to be carried along, on any instruction set. */
typedef uint64_t truth;

/* The inputs besides prices; the one that must be known for each bar of a pattern. */
typedef enum candle_need { CANDLE_FACTS = 4, CANDLE_NEAR = 5, CANDLE_MEAN = 6 } candle_need;

/* 0, or a size with the direction as its sign. */
typedef double candle_test(const candle *b);

/* A pattern: none of its last `bars` bars may be missing. */
typedef struct candle_row {
    const char *name;
    size_t bars;
    tw_op_run *wide, *one;
} candle_row;

/* ---------------------------------------------------------------- comparisons */

TW_LANE truth below(double x, double y) { return tw_lane_bits(x - y); }
TW_LANE truth above(double x, double y) { return tw_lane_bits(y - x); }
TW_LANE truth at_least(double x, double y) { return ~below(x, y); }
TW_LANE truth at_most(double x, double y) { return ~above(x, y); }
TW_LANE truth within(double x, double y, double by) { return at_most(x, y + by) & at_least(x, y - by); }
TW_LANE double candle_greater(double x, double y) { return x > y ? x : y; }
TW_LANE double candle_less(double x, double y) { return x < y ? x : y; }

/* ---------------------------------------------------------------- prices and facts, k bars ago */

TW_LANE double candle_at(const candle *b, size_t input, size_t k) { return b->x[input][b->i - k * b->lanes]; }
TW_LANE double open_of(const candle *b, size_t k) { return candle_at(b, 0, k); }
TW_LANE double high_of(const candle *b, size_t k) { return candle_at(b, 1, k); }
TW_LANE double low_of(const candle *b, size_t k) { return candle_at(b, 2, k); }
TW_LANE double close_of(const candle *b, size_t k) { return candle_at(b, 3, k); }
TW_LANE double top_of(const candle *b, size_t k) { return candle_greater(open_of(b, k), close_of(b, k)); }
TW_LANE double bottom_of(const candle *b, size_t k) { return candle_less(open_of(b, k), close_of(b, k)); }
TW_LANE double body_of(const candle *b, size_t k) { return tw_lane_abs(close_of(b, k) - open_of(b, k)); }
TW_LANE double upper_of(const candle *b, size_t k) { return high_of(b, k) - top_of(b, k); }
TW_LANE double lower_of(const candle *b, size_t k) { return bottom_of(b, k) - low_of(b, k); }

/* All of the facts `yes` hold and none of `no`. */
TW_LANE truth is(const candle *b, size_t k, uint64_t yes, uint64_t no)
{
    return ((tw_lane_bits(candle_at(b, CANDLE_FACTS, k)) & (yes | no)) ^ yes) - 1U;
}

/* Distances between prices, as shares of the mean range of 5 bars. */
TW_LANE double near_of(const candle *b, size_t k) { return 0.2 * candle_at(b, CANDLE_NEAR, k); }
TW_LANE double far_of(const candle *b, size_t k) { return 0.6 * candle_at(b, CANDLE_NEAR, k); }
TW_LANE double equal_of(const candle *b, size_t k) { return 0.05 * candle_at(b, CANDLE_NEAR, k); }
/* A mean that few patterns want: of the two shadows together, or of the range. */
TW_LANE double mean_of(const candle *b, size_t k) { return candle_at(b, CANDLE_MEAN, k); }
TW_LANE double short_shadow_of(const candle *b, size_t k) { return mean_of(b, k) / 2.0; }

/* ---------------------------------------------------------------- results */

/* The bits of sizes. */
static const uint64_t CANDLE_80 = UINT64_C(0x4054000000000000);
static const uint64_t CANDLE_100 = UINT64_C(0x4059000000000000);
static const uint64_t CANDLE_200 = UINT64_C(0x4069000000000000);
#define CANDLE_SIGN 0x8000000000000000U

TW_LANE uint64_t mask_of(truth t) { return 0U - (t >> 63); }
TW_LANE double rising_if(truth t) { return tw_lane_from_bits(mask_of(t) & CANDLE_100); }
TW_LANE double falling_if(truth t) { return tw_lane_from_bits(mask_of(t) & (CANDLE_100 | CANDLE_SIGN)); }
TW_LANE double signed_if(truth t, truth falling)
{
    return tw_lane_from_bits(mask_of(t) & (CANDLE_100 | (falling & CANDLE_SIGN)));
}
/* At most one of the two. */
TW_LANE double either(truth rising, truth falling) { return signed_if(rising | falling, falling); }
/* 100, or else another size. */
TW_LANE double sized(truth full, truth other, uint64_t size, truth falling)
{
    const uint64_t value = (mask_of(full) & CANDLE_100) | (mask_of(other & ~full) & size);
    return tw_lane_from_bits(value | ((full | other) & falling & CANDLE_SIGN));
}

/* ---------------------------------------------------------------- the kernel */

/* What a pattern is: its test, what must be known of each of its last `bars` bars. */
typedef struct candle_form {
    candle_test *test;
    candle_need need;
    size_t bars;
} candle_form;

/* NaN where a bar is missing, else not. A mean of ranges knows two prices, the facts of a bar all of it and the last.
 */
TW_LANE double candle_known(const candle_form *d, const candle *b)
{
    double sum = candle_at(b, d->need, 0);
    TW_FEW(k, d->bars - 1) sum += candle_at(b, d->need, k + 1);
    if (d->need == CANDLE_NEAR) TW_FEW(k, d->bars - 1) sum += candle_at(b, CANDLE_FACTS, k);
    return sum;
}

/* The kernel of every pattern; the caller passes a constant `d`, which folds away. */
TW_LANE void candle_run(const candle_form *d, const void *state, size_t n, const double *const *in, double *const *out,
                        const size_t lanes)
{
    const double penetration = ((const candle_state *)state)->penetration;
    const double *const o = in[0], *const h = in[1], *const l = in[2], *const c = in[3];
    const double *const facts = in[4], *const near = in[5], *const mean = in[6];
    double *y = out[0];
    TW_EACH(i, n * lanes)
    {
        const candle b = {{o, h, l, c, facts, near, mean}, i, lanes, penetration};
        const double value = d->test(&b), known = candle_known(d, &b);
        y[i] = known == known ? value : TW_LANE_NAN;
    }
}

/* The two compiled forms of the pattern `which`, from its test candle_##which, and its row. */
#define CANDLE(which, need, n_bars)                                                                                    \
    static const candle_form candle_##which##_form = {candle_##which, need, n_bars};                                   \
    TW_LANE void candle_##which##_run(void *state, size_t n, const double *const *in, double *const *out,              \
                                      const size_t lanes)                                                              \
    {                                                                                                                  \
        candle_run(&candle_##which##_form, state, n, in, out, lanes);                                                  \
    }                                                                                                                  \
    TW_OP_FORMS(candle_##which, candle_##which##_run)                                                                  \
    const candle_row TW_ISA_NAME(candle_row_##which) = {#which, n_bars, candle_##which##_wide, candle_##which##_one}

#define PATTERN(name) extern const candle_row TW_ISA_NAME(candle_row_##name);
#include "ta/candle.def"
#undef PATTERN

#endif
