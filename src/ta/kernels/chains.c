/* SPDX-License-Identifier: Apache-2.0 */
/* chains.c - averages of averages: each begins with the first value of the one before. In one loop, because the
 * latencies of the recursions then overlap. Seeds as in TA-Lib. See recur.h for missing values. */
#include "ta/recur.h"

enum { T3_MAX = 60000 }; /* six times that is what an operator may look back */

static const tw_param chain_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 30, 2, TW_PERIOD_MAX, 3, 250, true, "bars of the like simple average"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param trix_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 30, 1, TW_PERIOD_MAX, 3, 250, true, "bars of the like simple average"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param t3_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 5, 2, T3_MAX, 3, 100, true, "bars of the like simple average"),
    TW_PARAM_SEARCH(tw_recur_params, vfactor, 0.7, 0, 1, 0.1, 1, false, "how much of the lag is taken out"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param macd_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, fastperiod, 12, 2, TW_PERIOD_MAX, 3, 50, true, "bars of the fast average"),
    TW_PARAM_SEARCH(tw_recur_params, slowperiod, 26, 2, TW_PERIOD_MAX, 10, 200, true, "bars of the slow average"),
    TW_PARAM_SEARCH(tw_recur_params, signalperiod, 9, 1, TW_PERIOD_MAX, 3, 50, true,
                    "bars of the average of the difference"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param macdfix_table[] = {TW_PARAM_SEARCH(tw_recur_params, signalperiod, 9, 1, TW_PERIOD_MAX, 3, 50,
                                                         true, "bars of the average of the difference"),
                                         TW_PARAM_NAN, TW_PARAM_END};
static const tw_param ratio_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, slowperiod, 25, 1, TW_PERIOD_MAX, 3, 100, true, "bars of the first average"),
    TW_PARAM_SEARCH(tw_recur_params, fastperiod, 13, 1, TW_PERIOD_MAX, 3, 100, true, "bars of the second average"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param skip_table[] = {TW_PARAM(tw_recur_params, k, 1, 0, 3 * TW_PERIOD_MAX, "values left out"),
                                      TW_PARAM_NAN, TW_PARAM_END};

/* ---------------------------------------------------------------- dema, tema, trix, t3
 * s: seen, then the averages, each over the one before. coef: period, k. */

static double chain_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->timeperiod;
    coef[1] = 2.0 / (p->timeperiod + 1.0);
    return 3.0 * p->timeperiod; /* three averages are the longest, but for t3 */
}
static size_t chain_back(const void *params, size_t links)
{
    return links * (size_t)(((const tw_recur_params *)params)->timeperiod - 1);
}
static size_t dema_back(const void *params) { return chain_back(params, 2); }
static size_t tema_back(const void *params) { return chain_back(params, 3); }
static size_t trix_back(const void *params) { return chain_back(params, 3) + 1; }
static size_t t3_back(const void *params) { return chain_back(params, 6); }

/* Takes every average on. */
TW_LANE void chain_next(const double *coef, tw_recur_bar *b, const size_t links)
{
    double x = b->x[0], n = b->n;
    TW_FEW(i, links)
    {
        double *average = b->s + 1 + i;
        *average = x = b->warm || n >= 1.0 ? tw_seeded(b, *average, x, (tw_seed){n, coef[0], coef[1]}) : 0.0;
        n -= coef[0] - 1.0;
    }
}
/* True when the last of them has its first `extra` values behind it. */
TW_LANE bool chain_ready(const double *coef, const tw_recur_bar *b, const size_t links, const double extra)
{
    return b->warm || b->n - (double)links * (coef[0] - 1.0) > extra;
}
TW_LANE void dema_chain(const double *coef, tw_recur_bar *b) { chain_next(coef, b, 2); }
TW_LANE void dema_finish(const double *coef, tw_recur_bar *b)
{
    b->y[0] = chain_ready(coef, b, 2, 0.0) ? 2.0 * b->s[1] - b->s[2] : (double)NAN;
}
TW_LANE void tema_chain(const double *coef, tw_recur_bar *b) { chain_next(coef, b, 3); }
TW_LANE void tema_finish(const double *coef, tw_recur_bar *b)
{
    b->y[0] = chain_ready(coef, b, 3, 0.0) ? 3.0 * b->s[1] - 3.0 * b->s[2] + b->s[3] : (double)NAN;
}
/* s[4]: the last average of the bar before. */
TW_LANE void trix_chain(const double *coef, tw_recur_bar *b)
{
    b->s[4] = b->s[3];
    chain_next(coef, b, 3);
}
TW_LANE void trix_finish(const double *coef, tw_recur_bar *b)
{
    const double last = b->s[4], change = (b->s[3] / last - 1.0) * 100.0;
    b->y[0] = chain_ready(coef, b, 3, 1.0) ? (last == 0.0 ? 0.0 : change) : (double)NAN;
}
static double t3_coefs(const tw_recur_params *p, double *coef)
{
    (void)chain_coefs(p, coef);
    tw_t3_coefs(p->vfactor, coef + 2);
    return 6.0 * p->timeperiod;
}
TW_LANE void t3_chain(const double *coef, tw_recur_bar *b) { chain_next(coef, b, 6); }
TW_LANE void t3_finish(const double *coef, tw_recur_bar *b)
{
    const double y = coef[2] * b->s[6] + coef[3] * b->s[5] + coef[4] * b->s[4] + coef[5] * b->s[3];
    b->y[0] = chain_ready(coef, b, 6, 0.0) ? y : (double)NAN;
}
#define AVERAGES(n) .inputs = 1, .parts = 1 + (n), .outputs = 1, .chained = 1 + (n)
static const tw_recur dema_recur = {AVERAGES(2), .coefs = chain_coefs, .chain = dema_chain, .finish = dema_finish,
                                    .plain = true};
static const tw_recur tema_recur = {AVERAGES(3), .coefs = chain_coefs, .chain = tema_chain, .finish = tema_finish,
                                    .plain = true};
static const tw_recur trix_recur = {AVERAGES(4), .coefs = chain_coefs, .chain = trix_chain, .finish = trix_finish};
static const tw_recur t3_recur = {AVERAGES(6), .coefs = t3_coefs, .chain = t3_chain, .finish = t3_finish};

TW_RECUR_OP(dema, .title = "Double exponential moving average", .group = "overlap",
            .source = "Mulloy 1994; TA-Lib DEMA", .formula = "2 e1 - e2, e1 = ema(x), e2 = ema(e1)",
            .meaning = "Twice an exponential average less the average of that average, which takes out much of the "
                       "lag. It turns early but overshoots after a sharp move; the words double exponential name the "
                       "trick, not a stronger smoothing.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = chain_table, .lookback = dema_back,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);
TW_RECUR_OP(
    tema, .title = "Triple exponential moving average", .group = "overlap", .source = "Mulloy 1994; TA-Lib TEMA",
    .formula = "3 e1 - 3 e2 + e3, e1 = ema(x), e2 = ema(e1), e3 = ema(e2)",
    .meaning = "Three exponential averages of averages combined so that their lags nearly cancel. It hugs the price "
               "closely, and so gives more false turns than a slower line; it overshoots where a trend breaks.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = chain_table, .lookback = tema_back,
    .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);
TW_RECUR_OP(trix, .title = "Rate of change of a triple exponential average", .group = "momentum",
            .source = "Hutson 1983; TA-Lib TRIX",
            .formula = "100 (e3 / e3' - 1), e3 = ema(ema(ema(x))), e3' that of the bar before; 0 where e3' is 0",
            .meaning = "The change, in percent of a bar, of an average that was smoothed three times: only moves "
                       "longer than the period are left. Crossings of zero tell the trend, late; a turn of the line "
                       "comes earlier and is wrong more often.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = trix_table, .lookback = trix_back,
            .traits = TW_RECURSIVE | TW_INVARIANT);
TW_RECUR_OP(t3, .title = "T3 moving average", .group = "overlap", .source = "Tillson 1998; TA-Lib T3",
            .formula = "gd(gd(gd(x))), gd(x) = (1 + v) ema(x) - v ema(ema(x))",
            .meaning = "Six exponential averages combined into a line that is smooth and yet lags little; vfactor "
                       "trades one for the other. At 0 it is an average taken three times, near 1 it overshoots.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = t3_table, .lookback = t3_back,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- smooth_ratio
 * s: seen, averages of x, of that, of y, of that. In one loop, since each average waits for itself alone. */

static double ratio_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->slowperiod;
    coef[1] = p->fastperiod;
    coef[2] = 2.0 / (coef[0] + 1.0);
    coef[3] = 2.0 / (coef[1] + 1.0);
    return coef[0] + coef[1];
}
static size_t ratio_back(const void *params)
{
    const tw_recur_params *p = params;
    return (size_t)p->slowperiod + (size_t)p->fastperiod - 2;
}
TW_LANE void smooth_ratio_step(const double *coef, tw_recur_bar *b)
{
    const double later = b->n - coef[0] + 1.0;
    const tw_seed first = {b->n, coef[0], coef[2]}, second = {later, coef[1], coef[3]};
    const double x = tw_seeded(b, b->s[1], b->x[0], first), y = tw_seeded(b, b->s[3], b->x[1], first);
    const double top = tw_seeded(b, b->s[2], x, second), bottom = tw_seeded(b, b->s[4], y, second);
    const bool begun = b->warm || later >= 1.0;
    b->s[1] = x;
    b->s[2] = begun ? top : 0.0;
    b->s[3] = y;
    b->s[4] = begun ? bottom : 0.0;
    const double ratio = b->s[2] / b->s[4], value = b->s[4] == 0.0 ? 0.0 * b->s[2] : ratio;
    b->y[0] = b->warm || later >= coef[1] ? value : (double)NAN;
}
static const tw_recur smooth_ratio_recur = {
    .inputs = 2, .parts = 5, .outputs = 1, .step = smooth_ratio_step, .coefs = ratio_coefs};

TW_RECUR_OP(smooth_ratio, .title = "Ratio of two series, each smoothed twice", .group = "momentum",
            .source = "Blau 1995", .formula = "e(x) / e(y), e(x) = ema(ema(x, slow), fast); 0 where e(y) is 0",
            .meaning = "The smoothing that Blau's indicators share: a series over its own size, both averaged twice, "
                       "so that the result is on a fixed scale. It is a piece to build from, as tsi and smi are.",
            .inputs = TW_NAMES("x", "y"), .outputs = TW_NAMES("ratio"), .params = ratio_table, .lookback = ratio_back,
            .traits = TW_RECURSIVE | TW_INVARIANT);

/* ---------------------------------------------------------------- skip. s: seen. */

static double skip_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = p->k;
    return p->k;
}
static size_t skip_back(const void *params) { return (size_t)((const tw_recur_params *)params)->k; }
TW_LANE void skip_step(const double *coef, tw_recur_bar *b)
{
    b->y[0] = b->warm || b->n > coef[0] ? b->x[0] : (double)NAN;
}
static const tw_recur skip_recur = {.inputs = 1, .parts = 1, .outputs = 1, .step = skip_step, .coefs = skip_coefs};

TW_RECUR_OP(skip, .title = "A series without its first values", .group = "window", .source = "definition",
            .formula = "x[t] but for the first k values: averages over it begin that much later",
            .meaning = "The series without its first values, so that an average over it begins that much later: a "
                       "piece for building averages that must begin together.",
            .inputs = TW_NAMES("x"), .outputs = TW_NAMES("later"), .params = skip_table, .lookback = skip_back,
            .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS);

/* ---------------------------------------------------------------- macd
 * s: seen, fast, slow, signal. As in TA-Lib both averages have their first value on the bar of the slow one, so the
 * fast one is seeded with the last `fast` of the first `slow` values. */

static void macd_order(const tw_recur_params *p, double *fast, double *slow)
{
    *fast = p->fastperiod < p->slowperiod ? p->fastperiod : p->slowperiod;
    *slow = p->fastperiod < p->slowperiod ? p->slowperiod : p->fastperiod;
}
static double macd_coefs(const tw_recur_params *p, double *coef)
{
    macd_order(p, &coef[0], &coef[1]);
    coef[2] = p->signalperiod;
    for (int i = 0; i < 3; i++) coef[3 + i] = 2.0 / (coef[i] + 1.0);
    return coef[1] + coef[2] - 1.0;
}
static double macdfix_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = 12.0;
    coef[1] = 26.0;
    coef[2] = p->signalperiod;
    coef[3] = 0.15;
    coef[4] = 0.075;
    coef[5] = 2.0 / (coef[2] + 1.0);
    return coef[1] + coef[2] - 1.0;
}
static size_t macd_back(const void *params)
{
    const tw_recur_params *p = params;
    double fast, slow;
    macd_order(p, &fast, &slow);
    return (size_t)slow + (size_t)p->signalperiod - 2;
}
static size_t macdfix_back(const void *params) { return 24 + (size_t)((const tw_recur_params *)params)->signalperiod; }
TW_LANE void macd_step(const double *coef, tw_recur_bar *b)
{
    const double skip = coef[1] - coef[0], n = b->n, x = b->x[0], lines = n - coef[1] + 1.0;
    b->s[1] = b->warm || n > skip ? tw_seeded(b, b->s[1], x, (tw_seed){n - skip, coef[0], coef[3]}) : 0.0;
    b->s[2] = tw_seeded(b, b->s[2], x, (tw_seed){n, coef[1], coef[4]});
    const double line = b->s[1] - b->s[2];
    b->s[3] = b->warm || lines >= 1.0 ? tw_seeded(b, b->s[3], line, (tw_seed){lines, coef[2], coef[5]}) : 0.0;
    const bool ready = b->warm || lines >= coef[2];
    b->y[0] = ready ? line : (double)NAN;
    b->y[1] = ready ? b->s[3] : (double)NAN;
    b->y[2] = ready ? line - b->s[3] : (double)NAN;
}
static const tw_recur macd_recur = {.inputs = 1, .parts = 4, .outputs = 3, .step = macd_step, .coefs = macd_coefs};
static const tw_recur macdfix_recur = {
    .inputs = 1, .parts = 4, .outputs = 3, .step = macd_step, .coefs = macdfix_coefs};

TW_RECUR_OP(
    macd, .title = "Moving average convergence and divergence", .group = "momentum",
    .source = "Appel 1979; TA-Lib MACD",
    .formula = "macd = ema(x, fast) - ema(x, slow), signal = ema(macd, signal), hist = macd - signal",
    .meaning =
        "The distance between a fast and a slow exponential average, with an average of that distance as signal line. "
        "Above zero the short trend is up against the long one; the histogram shows whether it is gaining or losing "
        "speed. It is in units of the price, so values of different instruments cannot be compared: take ppo for that.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("macd", "macdsignal", "macdhist"), .params = macd_table,
    .lookback = macd_back, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);
TW_RECUR_OP(macdfix, .title = "Moving average convergence and divergence, with Appel's constants", .group = "momentum",
            .source = "Appel 1979; TA-Lib MACDFIX",
            .formula = "macd with k = 0.15 and 0.075 for the averages of 12 and 26 bars",
            .meaning = "MACD with the constants that its author gave for averages of 12 and 26 bars, which differ "
                       "slightly from the usual weights. It is there for agreement with older charts; read it as MACD.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("macd", "macdsignal", "macdhist"), .params = macdfix_table,
            .lookback = macdfix_back, .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFT_FREE);
