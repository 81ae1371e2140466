/* SPDX-License-Identifier: Apache-2.0 */
/* candle.h - what the candlestick patterns are written with.
 *
 * A pattern looks at facts of its last few bars, and where these do not say enough at prices and at means of the bars
 * before. The means are nodes of their own (kernels/candle.c), so that the patterns of a plan share them. A fact is a
 * comparison of two prices or lengths: which ones a pattern tests is a constant, so that no other is made.
 *
 * Lengths are measured as in TA-Lib: bodies and shadows against means of the 10 bars before the bar, itself excluded,
 * distances between prices against that of 5, times a factor, which is a setting. A bar that closes where it opened is
 * white. */
#ifndef TW_TA_CANDLE_H
#define TW_TA_CANDLE_H

#include "ta/op.h"

/* The inputs of candle_pattern: prices, and means of the bars before. */
typedef enum candle_input {
    CANDLE_OPEN,
    CANDLE_HIGH,
    CANDLE_LOW,
    CANDLE_CLOSE,
    CANDLE_BODY,   /* mean of 10 bodies */
    CANDLE_RANGE,  /* of 10 ranges */
    CANDLE_NEAR,   /* of 5 ranges */
    CANDLE_SHADOW, /* of 10 sums of both shadows */
    CANDLE_INPUTS
} candle_input;

/* Facts of a bar, of the bar and the one before it, and of the bar beside means: is() says what each is. */
/* From prices alone. */
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
/* Beside lengths, each times its setting (candle_settings). */
#define CANDLE_LONG (1U << 26)  /* the body is longer than the mean body */
#define CANDLE_SHORT (1U << 27) /* shorter */
#define CANDLE_DOJI (1U << 28)  /* at most the mean range */
#define NO_UPPER (1U << 29)     /* the upper shadow is shorter than the mean range */
#define NO_LOWER (1U << 30)
#define SOME_UPPER (1U << 31) /* longer */
#define SOME_LOWER (UINT64_C(1) << 32)
#define LONG_UPPER (UINT64_C(1) << 33) /* longer than the body */
#define LONG_LOWER (UINT64_C(1) << 34)
#define TWICE_UPPER (UINT64_C(1) << 35) /* the same by the setting of the very long, twice by default */
#define TWICE_LOWER (UINT64_C(1) << 36)
#define OVER_UPPER (UINT64_C(1) << 37) /* longer than the body itself */
#define OVER_LOWER (UINT64_C(1) << 38)
#define CANDLE_OVER (UINT64_C(1) << 39) /* the body is longer than what is short */

#define LONG_WHITE (CANDLE_LONG | CANDLE_WHITE)
#define BARE (NO_UPPER | NO_LOWER)

/* Factors of the lengths that bodies, shadows and distances are compared with, by TA-Lib's names for them; and how far
 * a close goes into a body. */
typedef struct candle_settings {
    double bodylong, bodyshort, bodydoji, shadowlong, shadowverylong, shadowshort, shadowveryshort, near, far, equal;
    double penetration;
} candle_settings;

/* The state of candle_pattern: its memory are the earlier rows of its inputs. */
typedef struct candle_state {
    candle_settings settings;
    size_t row;
} candle_state;

/* One value of a series or tile: `i` is its place in the inputs of candle_pattern. */
typedef struct candle {
    const double *x[CANDLE_INPUTS];
    size_t i, lanes;
    candle_settings settings;
} candle;

/* The top bit says whether; the others mean nothing. Comparisons are the signs of differences: no mask of a comparison
 * has to be carried along, on any instruction set. */
typedef uint64_t truth;

/* The means that a pattern looks at, together. */
typedef enum candle_need {
    NEED_PRICES = 0,
    NEED_BODY = 1U << CANDLE_BODY,
    NEED_RANGE = 1U << CANDLE_RANGE,
    NEED_NEAR = 1U << CANDLE_NEAR,
    NEED_SHADOW = 1U << CANDLE_SHADOW
} candle_need;

/* 0, or a size with the direction as its sign. */
typedef double candle_test(const candle *b);

/* A pattern: none of its last `bars` bars may be missing, nor the one before these if it compares neighbours. */
typedef struct candle_row {
    const char *name;
    unsigned need;
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

TW_LANE double candle_at(const candle *b, candle_input input, size_t k) { return b->x[input][b->i - k * b->lanes]; }
TW_LANE double open_of(const candle *b, size_t k) { return candle_at(b, CANDLE_OPEN, k); }
TW_LANE double high_of(const candle *b, size_t k) { return candle_at(b, CANDLE_HIGH, k); }
TW_LANE double low_of(const candle *b, size_t k) { return candle_at(b, CANDLE_LOW, k); }
TW_LANE double close_of(const candle *b, size_t k) { return candle_at(b, CANDLE_CLOSE, k); }
TW_LANE double top_of(const candle *b, size_t k) { return candle_greater(open_of(b, k), close_of(b, k)); }
TW_LANE double bottom_of(const candle *b, size_t k) { return candle_less(open_of(b, k), close_of(b, k)); }
TW_LANE double body_of(const candle *b, size_t k) { return tw_lane_abs(close_of(b, k) - open_of(b, k)); }
TW_LANE double upper_of(const candle *b, size_t k) { return high_of(b, k) - top_of(b, k); }
TW_LANE double lower_of(const candle *b, size_t k) { return bottom_of(b, k) - low_of(b, k); }
TW_LANE double mean_body_of(const candle *b, size_t k) { return candle_at(b, CANDLE_BODY, k); }
TW_LANE double doji_of(const candle *b, size_t k) { return b->settings.bodydoji * candle_at(b, CANDLE_RANGE, k); }

/* A bar and its parts; of those that a pattern does not ask for nothing is left. */
typedef struct candle_bar {
    double open, high, low, close, top, bottom, body, upper, lower;
} candle_bar;
TW_LANE candle_bar bar_of(const candle *b, size_t k)
{
    return (candle_bar){open_of(b, k),   high_of(b, k), low_of(b, k),   close_of(b, k), top_of(b, k),
                        bottom_of(b, k), body_of(b, k), upper_of(b, k), lower_of(b, k)};
}

/* A fact that is not asked for is met; else it must hold, or must not. */
TW_LANE truth met(uint64_t fact, uint64_t yes, uint64_t no, truth holds)
{
    return (yes & fact ? holds : ~(truth)0) & (no & fact ? ~holds : ~(truth)0);
}

/* Sanitizers put their checks in before what is not asked for falls away: a minute for a file of patterns. */
#if defined(TW_SANITIZED)
#define CANDLE_FACTS static inline
#else
#define CANDLE_FACTS TW_LANE
#endif

/* All of the facts `yes` hold and none of `no`, of the bar k bars ago: constants, so that no other is looked at. */
CANDLE_FACTS truth is(const candle *b, size_t k, uint64_t yes, uint64_t no)
{
    const candle_bar now = bar_of(b, k), last = bar_of(b, k + 1);
    const candle_settings *s = &b->settings;
    const double mean = mean_body_of(b, k), trace = s->shadowveryshort * candle_at(b, CANDLE_RANGE, k);
    return met(CANDLE_WHITE, yes, no, at_least(now.close, now.open)) &
           met(CANDLE_WAS_WHITE, yes, no, at_least(last.close, last.open)) &
           met(CLOSE_UP, yes, no, above(now.close, last.close)) &
           met(CLOSE_DOWN, yes, no, below(now.close, last.close)) & met(OPEN_UP, yes, no, above(now.open, last.open)) &
           met(OPEN_DOWN, yes, no, below(now.open, last.open)) &
           met(OPEN_OVER_CLOSE, yes, no, above(now.open, last.close)) &
           met(OPEN_UNDER_CLOSE, yes, no, below(now.open, last.close)) &
           met(CLOSE_OVER_OPEN, yes, no, above(now.close, last.open)) &
           met(CLOSE_UNDER_OPEN, yes, no, below(now.close, last.open)) &
           met(HIGH_UP, yes, no, above(now.high, last.high)) & met(HIGH_DOWN, yes, no, below(now.high, last.high)) &
           met(LOW_UP, yes, no, above(now.low, last.low)) & met(LOW_DOWN, yes, no, below(now.low, last.low)) &
           met(BODY_ABOVE, yes, no, above(now.bottom, last.top)) &
           met(BODY_BELOW, yes, no, below(now.top, last.bottom)) &
           met(RANGE_ABOVE, yes, no, above(now.low, last.high)) & met(RANGE_BELOW, yes, no, below(now.high, last.low)) &
           met(TOP_UP, yes, no, above(now.top, last.top)) & met(TOP_DOWN, yes, no, below(now.top, last.top)) &
           met(BOTTOM_UP, yes, no, above(now.bottom, last.bottom)) &
           met(BOTTOM_DOWN, yes, no, below(now.bottom, last.bottom)) &
           met(BODY_LONGER, yes, no, above(now.body, last.body)) &
           met(BODY_SHORTER, yes, no, below(now.body, last.body)) &
           met(OPEN_UNDER_LOW, yes, no, below(now.open, last.low)) &
           met(OPEN_OVER_HIGH, yes, no, above(now.open, last.high)) &
           met(CANDLE_LONG, yes, no, above(now.body, s->bodylong * mean)) &
           met(CANDLE_SHORT, yes, no, below(now.body, s->bodyshort * mean)) &
           met(CANDLE_OVER, yes, no, above(now.body, s->bodyshort * mean)) &
           met(CANDLE_DOJI, yes, no, at_most(now.body, doji_of(b, k))) &
           met(NO_UPPER, yes, no, below(now.upper, trace)) & met(NO_LOWER, yes, no, below(now.lower, trace)) &
           met(SOME_UPPER, yes, no, above(now.upper, trace)) & met(SOME_LOWER, yes, no, above(now.lower, trace)) &
           met(LONG_UPPER, yes, no, above(now.upper, s->shadowlong * now.body)) &
           met(LONG_LOWER, yes, no, above(now.lower, s->shadowlong * now.body)) &
           met(TWICE_UPPER, yes, no, above(now.upper, s->shadowverylong * now.body)) &
           met(TWICE_LOWER, yes, no, above(now.lower, s->shadowverylong * now.body)) &
           met(OVER_UPPER, yes, no, above(now.upper, now.body)) & met(OVER_LOWER, yes, no, above(now.lower, now.body));
}

/* Distances between prices, as shares of the mean range of 5 bars. */
TW_LANE double near_of(const candle *b, size_t k) { return b->settings.near * candle_at(b, CANDLE_NEAR, k); }
TW_LANE double far_of(const candle *b, size_t k) { return b->settings.far * candle_at(b, CANDLE_NEAR, k); }
TW_LANE double equal_of(const candle *b, size_t k) { return b->settings.equal * candle_at(b, CANDLE_NEAR, k); }
TW_LANE double short_shadow_of(const candle *b, size_t k)
{
    return b->settings.shadowshort * candle_at(b, CANDLE_SHADOW, k) / 2.0;
}

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

/* What a pattern is: its test, the means that it looks at, and its bars. */
typedef struct candle_form {
    candle_test *test;
    unsigned need;
    size_t bars;
} candle_form;

/* Finite where no bar is missing. A mean is missing where one of its bars is: those of the first and of the last bar of
 * a pattern know of all between, as to the prices that they are of. */
TW_LANE double candle_known(const candle_form *d, const candle *b)
{
    const size_t first = d->bars - 1, rows = d->bars + (d->need == NEED_PRICES);
    double sum = 0;
    TW_FEW(m, CANDLE_INPUTS)
    if (d->need & 1U << m) sum += candle_at(b, (candle_input)m, 0) + candle_at(b, (candle_input)m, first);
    if (!(d->need & (NEED_BODY | NEED_SHADOW))) TW_FEW(k, rows) sum += close_of(b, k) - open_of(b, k);
    if (!(d->need & (NEED_RANGE | NEED_NEAR | NEED_SHADOW))) TW_FEW(k, rows) sum += high_of(b, k) - low_of(b, k);
    return sum;
}

/* The kernel of every pattern; the caller passes a constant `d`, which folds away. */
TW_LANE void candle_run(const candle_form *d, const void *state, size_t n, const double *const *in, double *const *out,
                        const size_t lanes)
{
    const candle_settings settings = ((const candle_state *)state)->settings;
    const double *const o = in[0], *const h = in[1], *const l = in[2], *const c = in[3];
    const double *const body = in[4], *const range = in[5], *const near = in[6], *const shadow = in[7];
    double *y = out[0];
    TW_EACH(i, n * lanes)
    {
        const candle b = {{o, h, l, c, body, range, near, shadow}, i, lanes, settings};
        const double value = d->test(&b), known = candle_known(d, &b);
        y[i] = tw_is_finite(known) ? value : TW_LANE_NAN;
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
    const candle_row TW_ISA_NAME(candle_row_##which) = {#which, need, n_bars, candle_##which##_wide,                   \
                                                        candle_##which##_one}

#define PATTERN(name) extern const candle_row TW_ISA_NAME(candle_row_##name);
#include "ta/candle.def"
#undef PATTERN

#endif
