/* SPDX-License-Identifier: Apache-2.0 */
/* candle.c - what candlestick patterns share: means of the bars before, and the facts of
 * a bar that are measured against them (ta/candle.h). A bar of which a price is missing is missing. */
#include "ta/candle.h"

/* One bar of one lane. */
typedef struct candle_bar {
    double open, high, low, close;
} candle_bar;

/* Finite where the prices are. */
TW_LANE double bar_sum(const candle_bar *b) { return (b->high - b->low) + (b->close - b->open); }

/* ---------------------------------------------------------------- means of the bars before */

enum { CANDLE_PERIOD_MAX = 100 };

typedef struct mean_params {
    int timeperiod;
} mean_params;
static const tw_param mean_table[] = {
    TW_PARAM_SEARCH(mean_params, timeperiod, 10, 1, CANDLE_PERIOD_MAX, 2, 30, true, "bars before this one"),
    TW_PARAM_END};

static size_t mean_back(const void *params) { return (size_t)((const mean_params *)params)->timeperiod; }
static size_t mean_size(const void *params, size_t lanes)
{
    (void)params, (void)lanes;
    return sizeof(mean_params);
}

/* The oldest bar is added first. */
TW_LANE void means(size_t n, const double *x, double *y, const size_t period, const size_t lanes)
{
    const double *oldest = x - period * lanes;
    TW_EACH(i, n)
    {
        double sum = oldest[i];
        if (period <= 16) /* a constant */
            TW_FEW(k, period - 1) sum += oldest[i + (k + 1) * lanes];
        else
            for (size_t k = 1; k < period; k++) sum += oldest[i + k * lanes];
        const double now = x[i], mean = sum / (double)period;
        y[i] = now == now ? tw_canon(mean) : TW_LANE_NAN;
    }
}

/* The periods of TA-Lib are constants, so that the loop over the bars before becomes one over values side by side. */
TW_LANE void candle_mean_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    const size_t period = mean_back(state);
    switch (period) {
    case 5: means(n * lanes, in[0], out[0], 5, lanes); break;
    case 10: means(n * lanes, in[0], out[0], 10, lanes); break;
    default: means(n * lanes, in[0], out[0], period, lanes); break;
    }
}
TW_OP_FORMS(candle_mean, candle_mean_run)
TW_OP(candle_mean) = {.name = "candle_mean",
                      .title = "Mean of the bars before this one",
                      .group = "pattern",
                      .source = "TA-Lib, candle settings",
                      .formula = "sum x[t-i] / period, 1 <= i <= period; missing where x is",
                      .inputs = TW_NAMES("x"),
                      .outputs = TW_NAMES("mean"),
                      .params = mean_table,
                      .params_size = sizeof(mean_params),
                      .traits = TW_WINDOW | TW_SCALES,
                      .lookback = mean_back,
                      .history = mean_back,
                      .state_size = mean_size,
                      .run_wide = candle_mean_wide,
                      .run_one = candle_mean_one};

/* ---------------------------------------------------------------- facts of a bar */

/* One more fact on top of those that are there. */
TW_LANE uint64_t pack(uint64_t facts, truth t) { return (facts >> 1) | (t & CANDLE_SIGN); }
/* Two more: x is greater, x is less. */
TW_LANE uint64_t pack_order(uint64_t facts, double x, double y) { return pack(pack(facts, above(x, y)), below(x, y)); }

enum { MOVES = 26, MEASURES = 11 };

/* In the order of ta/candle.h. */
TW_LANE uint64_t moves_of(const candle_bar *b, const candle_bar *last)
{
    const double top = candle_greater(b->open, b->close), bottom = candle_less(b->open, b->close);
    const double was_top = candle_greater(last->open, last->close), was_bottom = candle_less(last->open, last->close);
    uint64_t facts = pack(pack(0, at_least(b->close, b->open)), at_least(last->close, last->open));
    facts = pack_order(facts, b->close, last->close);
    facts = pack_order(facts, b->open, last->open);
    facts = pack_order(facts, b->open, last->close);
    facts = pack_order(facts, b->close, last->open);
    facts = pack_order(facts, b->high, last->high);
    facts = pack_order(facts, b->low, last->low);
    facts = pack(pack(facts, above(bottom, was_top)), below(top, was_bottom));
    facts = pack(pack(facts, above(b->low, last->high)), below(b->high, last->low));
    facts = pack_order(facts, top, was_top);
    facts = pack_order(facts, bottom, was_bottom);
    facts = pack_order(facts, tw_lane_abs(b->close - b->open), tw_lane_abs(last->close - last->open));
    facts = pack(pack(facts, below(b->open, last->low)), above(b->open, last->high));
    return facts >> (64 - MOVES);
}
TW_LANE void moves_run(size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    const double *o = in[0], *h = in[1], *l = in[2], *c = in[3];
    double *y = out[0];
    TW_EACH(i, n * lanes)
    {
        const candle_bar b = {o[i], h[i], l[i], c[i]};
        const candle_bar last = {o[i - lanes], h[i - lanes], l[i - lanes], c[i - lanes]};
        const double value = tw_lane_from_bits(tw_lane_bits(CANDLE_NO_FACTS) | moves_of(&b, &last));
        const bool known = tw_is_finite(bar_sum(&b) + bar_sum(&last));
        y[i] = known ? value : TW_LANE_NAN;
    }
}
TW_LANE void candle_moves_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    (void)state;
    moves_run(n, in, out, lanes);
}
TW_OP_FORMS(candle_moves, candle_moves_run)

static size_t one_back(const void *params)
{
    (void)params;
    return 1;
}
TW_OP(candle_moves) = {
    .name = "candle_moves",
    .title = "How a candle lies to the one before, as bits",
    .group = "pattern",
    .source = "TA-Lib, pattern recognition",
    .formula =
        "2^52 + bits, ' the bar before, T = max(o, c), B = min(o, c): 0 c >= o, 1 c' >= o', 2 c > c', 3 c < c', 4 o "
        "> o', 5 o < o', 6 o > c', 7 o < c', 8 c > o', 9 c < o', 10 h > h', 11 h < h', 12 l > l', 13 l < l', 14 B "
        "> T', 15 T < B', 16 l > h', 17 h < l', 18 T > T', 19 T < T', 20 B > B', 21 B < B', 22 |c - o| > |c' - "
        "o'|, 23 <, 24 o < l', 25 o > h'",
    .inputs = TW_NAMES("open", "high", "low", "close"),
    .outputs = TW_NAMES("facts"),
    .traits = TW_WINDOW | TW_INVARIANT,
    .lookback = one_back,
    .history = one_back,
    .run_wide = candle_moves_wide,
    .run_one = candle_moves_one};

/* The same, of what is measured against means. */
TW_LANE uint64_t measures_of(const candle_bar *b, double mean_body, double mean_range)
{
    const double body = tw_lane_abs(b->close - b->open), tenth = 0.1 * mean_range;
    const double upper = b->high - candle_greater(b->open, b->close), lower = candle_less(b->open, b->close) - b->low;
    uint64_t facts = pack(pack_order(0, body, mean_body), at_most(body, tenth));
    facts = pack(pack(facts, below(upper, tenth)), below(lower, tenth));
    facts = pack(pack(facts, above(upper, tenth)), above(lower, tenth));
    facts = pack(pack(facts, above(upper, body)), above(lower, body));
    facts = pack(pack(facts, above(upper, 2.0 * body)), above(lower, 2.0 * body));
    return facts >> (64 - MOVES - MEASURES);
}
TW_LANE void candle_facts_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    const double *o = in[0], *h = in[1], *l = in[2], *c = in[3], *moves = in[4], *body = in[5], *range = in[6];
    double *y = out[0];
    (void)state;
    TW_EACH(i, n * lanes)
    {
        const candle_bar b = {o[i], h[i], l[i], c[i]};
        const double mean_body = body[i], mean_range = range[i], old = moves[i];
        const double known = (old + (mean_body + mean_range)) + bar_sum(&b);
        const uint64_t measured = measures_of(&b, mean_body, mean_range) & ~((UINT64_C(1) << MOVES) - 1U);
        const double value = tw_lane_from_bits(tw_lane_bits(old) | measured);
        y[i] = known == known ? value : TW_LANE_NAN;
    }
}
TW_OP_FORMS(candle_facts, candle_facts_run)
TW_OP(candle_facts) = {
    .name = "candle_facts",
    .title = "What a candle is beside those before, as bits",
    .group = "pattern",
    .source = "TA-Lib, pattern recognition",
    .formula =
        "moves + bits, u = h - max(o, c), d = min(o, c) - l, r = range / 10: 26 |c - o| > body, 27 <, 28 |c - o| <= "
        "r, 29 u < r, 30 d < r, 31 u > r, 32 d > r, 33 u > |c - o|, 34 d > |c - o|, 35 u > 2 |c - o|, 36 d > 2 |c - "
        "o|",
    .inputs = TW_NAMES("open", "high", "low", "close", "moves", "body", "range"),
    .outputs = TW_NAMES("facts"),
    .traits = TW_POINTWISE,
    .run_wide = candle_facts_wide,
    .run_one = candle_facts_one};
