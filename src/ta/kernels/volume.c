/* SPDX-License-Identifier: Apache-2.0 */
/* volume.c - sums that do not end, most of them of volume, and averages of them. See recur.h for missing values. */
#include "ta/recur.h"

static const tw_param sum_table[] = {TW_PARAM_NAN, TW_PARAM_END};
static const tw_param adosc_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, fastperiod, 3, 2, TW_PERIOD_MAX, 2, 20, true, "bars of the fast average"),
    TW_PARAM_SEARCH(tw_recur_params, slowperiod, 10, 2, TW_PERIOD_MAX, 5, 60, true, "bars of the slow average"),
    TW_PARAM_NAN, TW_PARAM_END};

static double sum_coefs(const tw_recur_params *p, double *coef)
{
    (void)p, (void)coef;
    return 1.0;
}

/* ---------------------------------------------------------------- ad, adosc. s: seen, sum, fast, slow average of it.
 * u: the volume that the bar adds. */

TW_LANE void ad_term(const double *coef, tw_recur_bar *b)
{
    const double high = b->x[0], low = b->x[1], close = b->x[2], range = high - low;
    const double part = ((close - low) - (high - close)) / range * b->x[3];
    (void)coef;
    b->u[0] = range > 0.0 ? part : 0.0;
}
TW_LANE void ad_chain(const double *coef, tw_recur_bar *b)
{
    (void)coef;
    b->s[1] = b->s[1] + b->u[0];
}
TW_LANE void ad_finish(const double *coef, tw_recur_bar *b)
{
    (void)coef;
    b->y[0] = b->s[1];
}
static double adosc_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->fastperiod > p->slowperiod ? p->fastperiod : p->slowperiod;
    coef[1] = 2.0 / (p->fastperiod + 1.0);
    coef[2] = 2.0 / (p->slowperiod + 1.0);
    return coef[0];
}
static size_t adosc_back(const void *params)
{
    double coef[TW_RECUR_COEFS];
    return (size_t)adosc_coefs(params, coef) - 1;
}
TW_LANE void adosc_chain(const double *coef, tw_recur_bar *b)
{
    const bool first = !b->warm && b->n == 1.0;
    ad_chain(coef, b);
    TW_FEW(i, 2)
    {
        const double k = coef[1 + i], next = __builtin_fma(b->s[2 + i], 1.0 - k, k * b->s[1]);
        b->s[2 + i] = first ? b->s[1] : next;
    }
}
TW_LANE void adosc_finish(const double *coef, tw_recur_bar *b)
{
    b->y[0] = b->warm || b->n >= coef[0] ? b->s[2] - b->s[3] : (double)NAN;
}
#define ACCUMULATED .inputs = 4, .outputs = 1, .terms = 1, .term = ad_term, .plain = true
static const tw_recur ad_recur = {ACCUMULATED,        .parts = 2,        .chained = 2,
                                  .coefs = sum_coefs, .chain = ad_chain, .finish = ad_finish};
static const tw_recur adosc_recur = {ACCUMULATED,          .parts = 4,           .chained = 4,
                                     .coefs = adosc_coefs, .chain = adosc_chain, .finish = adosc_finish};

TW_RECUR_OP(ad, .title = "Accumulation and distribution line", .group = "volume", .source = "Chaikin; TA-Lib AD",
            .formula = "a += v ((c - l) - (h - c)) / (h - l), nothing where h <= l",
            .meaning = "A running sum of volume, each bar weighted by where it closed in its range: +1 at the high, -1 "
                       "at the low. A line that rises while the price does not is taken as quiet buying. The level "
                       "depends on where the series begins, and gaps between bars do not count at all.",
            .inputs = TW_NAMES("high", "low", "close", "volume"), .outputs = TW_NAMES("real"), .params = sum_table,
            .traits = TW_RECURSIVE);
TW_RECUR_OP(
    adosc, .title = "Chaikin oscillator", .group = "volume", .source = "Chaikin; TA-Lib ADOSC",
    .formula = "ema(ad, fast) - ema(ad, slow), both begun with the first ad",
    .meaning =
        "A fast less a slow exponential average of the accumulation line: whether money flows in faster than before. "
        "Above zero buying gains. Its scale is that of the volume, so only its sign and turns can be compared.",
    .inputs = TW_NAMES("high", "low", "close", "volume"), .outputs = TW_NAMES("real"), .params = adosc_table,
    .lookback = adosc_back, .traits = TW_RECURSIVE);

/* ---------------------------------------------------------------- sums of moves
 * s: seen, sum, last close, last volume. A bar that is the first adds nothing. */

TW_LANE double change_of(double now, double before)
{
    const double share = (now - before) / before;
    return before == 0.0 ? 0.0 : share;
}
TW_LANE void cumsum_step(const double *coef, tw_recur_bar *b)
{
    (void)coef;
    b->y[0] = b->s[1] += b->x[0];
}
/* The bar's close and volume become the last ones, `next` the sum. */
TW_LANE void moves_end(tw_recur_bar *b, double next, double begin)
{
    b->s[1] = !b->warm && b->n == 1.0 ? begin : next;
    b->s[2] = b->x[0];
    b->s[3] = b->x[1];
    b->y[0] = b->s[1];
}
TW_LANE void pvt_step(const double *coef, tw_recur_bar *b)
{
    (void)coef;
    moves_end(b, b->s[1] + change_of(b->x[0], b->s[2]) * b->x[1], 0.0);
}
/* The index after a bar that counts, begun with 1000. */
TW_LANE double index_after(const tw_recur_bar *b) { return b->s[1] + b->s[1] * change_of(b->x[0], b->s[2]); }
TW_LANE void nvi_step(const double *coef, tw_recur_bar *b)
{
    const double moved = index_after(b);
    (void)coef;
    moves_end(b, b->x[1] < b->s[3] ? moved : b->s[1], 1000.0);
}
TW_LANE void pvi_step(const double *coef, tw_recur_bar *b)
{
    const double moved = index_after(b);
    (void)coef;
    moves_end(b, b->x[1] > b->s[3] ? moved : b->s[1], 1000.0);
}
/* x: high, low, close. s: seen, sum, last close. */
TW_LANE void wad_step(const double *coef, tw_recur_bar *b)
{
    const double high = b->x[0], low = b->x[1], close = b->x[2], last = b->s[2];
    const double bottom = low < last ? low : last, top = high > last ? high : last;
    const double fall = close < last ? close - top : 0.0, move = close > last ? close - bottom : fall;
    (void)coef;
    b->s[1] = !b->warm && b->n == 1.0 ? 0.0 : b->s[1] + move;
    b->s[2] = close;
    b->y[0] = b->s[1];
}
static const tw_recur cumsum_recur = {.inputs = 1, .parts = 2, .outputs = 1, .step = cumsum_step, .coefs = sum_coefs};
static const tw_recur pvt_recur = {.inputs = 2, .parts = 4, .outputs = 1, .step = pvt_step, .coefs = sum_coefs};
static const tw_recur nvi_recur = {.inputs = 2, .parts = 4, .outputs = 1, .step = nvi_step, .coefs = sum_coefs};
static const tw_recur pvi_recur = {.inputs = 2, .parts = 4, .outputs = 1, .step = pvi_step, .coefs = sum_coefs};
static const tw_recur wad_recur = {.inputs = 3, .parts = 3, .outputs = 1, .step = wad_step, .coefs = sum_coefs};

TW_RECUR_OP(
    cumsum, .title = "Sum of all values so far", .group = "math", .source = "definition; TA-Lib 0.8 CUMSUM",
    .formula = "s += x",
    .meaning = "A building block: a running total, as of signed volume. Its level depends on where the series begins.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = sum_table, .traits = TW_RECURSIVE | TW_SCALES);
TW_RECUR_OP(pvt, .title = "Price and volume trend", .group = "volume", .source = "TA-Lib 0.8 PVT",
            .formula = "p += v (c - c') / c', begun with 0",
            .meaning = "A running sum of volume times the relative change of the close: on-balance volume with the "
                       "size of the move in it. Its shape against the price counts, not its level.",
            .inputs = TW_NAMES("close", "volume"), .outputs = TW_NAMES("real"), .params = sum_table,
            .traits = TW_RECURSIVE | TW_SCALES);
TW_RECUR_OP(nvi, .title = "Negative volume index", .group = "volume",
            .source = "Dysart 1936, Fosback 1976; TA-Lib 0.8 NVI",
            .formula = "n += n (c - c') / c' where the volume falls, begun with 1000",
            .meaning = "An index that follows the price only on bars of falling volume, begun at 1000: what the price "
                       "does when the crowd is away. Above its average of a year the odds are said to favour a rising "
                       "market; the claim is old and the evidence thin.",
            .inputs = TW_NAMES("close", "volume"), .outputs = TW_NAMES("real"), .params = sum_table,
            .traits = TW_RECURSIVE | TW_INVARIANT);
TW_RECUR_OP(pvi, .title = "Positive volume index", .group = "volume",
            .source = "Dysart 1936, Fosback 1976; TA-Lib 0.8 PVI",
            .formula = "p += p (c - c') / c' where the volume rises, begun with 1000",
            .meaning = "An index that follows the price only on bars of rising volume, begun at 1000: what the price "
                       "does when the crowd is in. It is read beside nvi.",
            .inputs = TW_NAMES("close", "volume"), .outputs = TW_NAMES("real"), .params = sum_table,
            .traits = TW_RECURSIVE | TW_INVARIANT);
TW_RECUR_OP(wad, .title = "Williams' accumulation and distribution", .group = "momentum",
            .source = "Williams 1972; TA-Lib 0.8 WAD",
            .formula = "w += c - min(l, c') where the close rises, c - max(h, c') where it falls, begun with 0",
            .meaning =
                "A running sum of how far each close is above the true low on bars that rise, and below the true "
                "high on bars that fall. What counts is whether the line confirms the highs and lows of the "
                "price, not its level, which depends on where the series begins.",
            .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("real"), .params = sum_table,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);

/* ---------------------------------------------------------------- vwap. s: seen, volume so far, average.
 * As a mean that moves by each bar's share of the volume it stays among the prices and loses no digits to long sums. */

TW_LANE void vwap_step(const double *coef, tw_recur_bar *b)
{
    const double price = (b->x[0] + b->x[1] + b->x[2]) / 3.0, total = b->s[1] + b->x[3];
    const double part = b->x[3] / total, share = total == 0.0 ? 1.0 : part;
    const double last = !b->warm && b->n == 1.0 ? price : b->s[2], next = __builtin_fma(price - last, share, last);
    (void)coef;
    b->s[1] = total;
    b->y[0] = b->s[2] = ((share == 1.0) & (last == last)) ? price : next;
}
static const tw_recur vwap_recur = {.inputs = 4, .parts = 3, .outputs = 1, .step = vwap_step, .coefs = sum_coefs};

TW_RECUR_OP(vwap, .title = "Volume-weighted average price since the first bar", .group = "volume",
            .source = "definition; TA-Lib 0.8 VWAP",
            .formula = "sum v (h + l + c) / 3 / sum v over all bars so far; the price itself before there is volume",
            .meaning = "The average price paid since the first bar, by which those who fill large orders are measured: "
                       "buyers below it did better than the day. It is meant for one session; over many the old volume "
                       "weighs so much that the line hardly moves.",
            .inputs = TW_NAMES("high", "low", "close", "volume"), .outputs = TW_NAMES("real"), .params = sum_table,
            .traits = TW_RECURSIVE);
