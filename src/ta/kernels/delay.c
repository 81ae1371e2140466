/* SPDX-License-Identifier: Apache-2.0 */
/* delay.c - a value some bars ago, and changes since then. The runner keeps the earlier rows. */
#include "ta/op.h"

typedef struct delay_params {
    union {
        int k, timeperiod;
    };
} delay_params;

static const tw_param lag_table[] = {TW_PARAM(delay_params, k, 1, 0, TW_PERIOD_MAX, "bars back"), TW_PARAM_END};
static const tw_param change_table[] = {
    TW_PARAM_SEARCH(delay_params, k, 1, 1, TW_PERIOD_MAX, 1, 250, true, "bars back"), TW_PARAM_END};
static const tw_param roc_table[] = {
    TW_PARAM_SEARCH(delay_params, timeperiod, 10, 1, TW_PERIOD_MAX, 1, 250, true, "bars back"), TW_PARAM_END};

static size_t delay_back(const void *params) { return (size_t)((const delay_params *)params)->k; }
static size_t delay_size(const void *params, size_t lanes)
{
    (void)params, (void)lanes;
    return sizeof(delay_params);
}

typedef double change(double now, double before);
TW_LANE void delay_run(void *state, size_t n, const double *const *in, double *const *out, change *f)
{
    const double *x = in[0];
    double *y = out[0];
    (void)state;
    TW_EACH(i, n) y[i] = tw_canon(f(x[i], in[1][i]));
}

/* The operator `op` from the function op##_of; the rest are fields of tw_op. */
#define DELAY(op, ...)                                                                                                 \
    TW_LANE void op##_run(void *state, size_t n, const double *const *in, double *const *out, size_t lanes)            \
    {                                                                                                                  \
        const double *const pair[2] = {in[0], in[0] - delay_back(state) * lanes};                                      \
        delay_run(state, n *lanes, pair, out, op##_of);                                                                \
    }                                                                                                                  \
    TW_OP_FORMS(op, op##_run)                                                                                          \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .inputs = TW_NAMES("real"),                                                                           \
                 .outputs = TW_NAMES("real"),                                                                          \
                 .params_size = sizeof(delay_params),                                                                  \
                 .lookback = delay_back,                                                                               \
                 .history = delay_back,                                                                                \
                 .state_size = delay_size,                                                                             \
                 .run_wide = op##_wide,                                                                                \
                 .run_one = op##_one,                                                                                  \
                 __VA_ARGS__}

TW_LANE double lag_of(double now, double before)
{
    (void)now;
    return before;
}
TW_LANE double diff_of(double now, double before) { return now - before; }
TW_LANE double pct_change_of(double now, double before) { return now / before - 1.0; }
TW_LANE double roc_of(double now, double before) { return before == 0.0 ? now * 0.0 : (now / before - 1.0) * 100.0; }
TW_LANE double rocp_of(double now, double before) { return before == 0.0 ? now * 0.0 : (now - before) / before; }
TW_LANE double rocr_of(double now, double before) { return before == 0.0 ? now * 0.0 : now / before; }
TW_LANE double rocr100_of(double now, double before) { return before == 0.0 ? now * 0.0 : now / before * 100.0; }
TW_LANE double mom_of(double now, double before) { return now - before; }

DELAY(lag, .title = "Value some bars ago", .group = "window", .source = "definition; qlib Ref", .formula = "x[t-k]",
      .meaning = "The value of some bars ago. It is how an expression looks back; there is none that looks ahead.",
      .params = lag_table, .traits = TW_SCALES | TW_SHIFTS | TW_WINDOW);
DELAY(diff, .title = "Change over some bars", .group = "window", .source = "definition; pandas diff",
      .formula = "x[t] - x[t-k]",
      .meaning = "The change over some bars, in the units of the series. Half of its jumps come from the old bar that "
                 "it compares with.",
      .params = change_table, .traits = TW_SCALES | TW_WINDOW | TW_SHIFT_FREE);
DELAY(pct_change, .title = "Relative change over some bars", .group = "window",
      .source = "definition; pandas pct_change", .formula = "x[t] / x[t-k] - 1",
      .meaning = "The simple return over some bars: 0.02 is two percent.", .params = change_table,
      .traits = TW_INVARIANT | TW_WINDOW);
DELAY(roc, .title = "Rate of change", .group = "momentum", .source = "TA-Lib ROC",
      .formula = "100 (x[t] / x[t-k] - 1); 0 where x[t-k] is 0",
      .meaning = "The change over some bars in percent. Zero means no change; it can be compared between instruments, "
                 "and depends on the old bar as much as on the new one.",
      .params = roc_table, .traits = TW_INVARIANT | TW_WINDOW);
DELAY(
    rocp, .title = "Rate of change as a share", .group = "momentum", .source = "TA-Lib ROCP",
    .formula = "(x[t] - x[t-k]) / x[t-k]; 0 where x[t-k] is 0",
    .meaning = "The change over some bars as a share: 0.02 is two percent. It is the simple return over so many bars.",
    .params = roc_table, .traits = TW_INVARIANT | TW_WINDOW);
DELAY(rocr, .title = "Rate of change as a ratio", .group = "momentum", .source = "TA-Lib ROCR",
      .formula = "x[t] / x[t-k]; 0 where x[t-k] is 0",
      .meaning = "The price over what it was some bars ago: 1 is no change, 1.02 a gain of two percent.", .levels = {1},
      .params = roc_table, .traits = TW_INVARIANT | TW_WINDOW);
DELAY(rocr100, .title = "Rate of change as a ratio in percent", .group = "momentum", .source = "TA-Lib ROCR100",
      .formula = "100 x[t] / x[t-k]; 0 where x[t-k] is 0",
      .meaning = "The price in percent of what it was some bars ago: 100 is no change, 102 a gain of two percent.",
      .levels = {100}, .params = roc_table, .traits = TW_INVARIANT | TW_WINDOW);
DELAY(mom, .title = "Momentum", .group = "momentum", .source = "TA-Lib MOM", .formula = "x[t] - x[t-k]",
      .meaning = "The change of the price over some bars, in its units: above zero it is higher than then. It says how "
                 "fast the price moves, but half of its jumps come from the old bar that it compares with.",
      .params = roc_table, .traits = TW_SCALES | TW_WINDOW | TW_SHIFT_FREE);
