/* SPDX-License-Identifier: Apache-2.0 */
/* defined_statistic.c - statistics of windows that are made of others. */
#include "ta/defined.h"

typedef struct window {
    int timeperiod;
} window;

static const tw_param beta_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 5, 2, TW_DEFINED_MOST, 5, 250, true, "returns in the window"), TW_PARAM_END};
static const tw_param percentrank_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 100, 1, TW_DEFINED_MOST - 1, 5, 250, true, "bars before this one"),
    TW_PARAM_END};

TW_DEFINED(beta, .title = "Slope of the returns of one series on those of another", .group = "statistic",
           .source = "ordinary least squares; TA-Lib BETA",
           .formula = "cov(r1, r0) / var(r0), r the return of a bar; 0 where var is 0",
           .inputs = TW_NAMES("real0", "real1"), .outputs = TW_NAMES("real"), .params = beta_table,
           .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
           .define = "x = rocp(real0, 1); y = rocp(real1, 1);"
                     "real = if(var(x, timeperiod) == 0, 0 * y, slope_on(y, x, timeperiod))");
TW_DEFINED(percentrank, .title = "Percent of the values before that this one exceeds", .group = "statistic",
           .source = "Connors 2012; TA-Lib 0.8 PERCENTRANK",
           .formula = "100 / period count of x[t-i] < x[t], 1 <= i <= period", .inputs = TW_NAMES("real"),
           .outputs = TW_NAMES("real"), .params = percentrank_table, .params_size = sizeof(window),
           .traits = TW_WINDOW | TW_INVARIANT | TW_SHIFT_FREE,
           .define = "real = 100 * (below(real, timeperiod + 1) / timeperiod)");
