/* SPDX-License-Identifier: Apache-2.0 */
/* defined_statistic.c - statistics of windows that are made of others. */
#include "ta/defined.h"

typedef struct window {
    int timeperiod;
} window;

static const tw_param beta_table[] = {
    TW_PARAM_SEARCH(window, timeperiod, 5, 2, TW_DEFINED_MOST, 5, 250, true, "returns in the window"), TW_PARAM_END};

TW_DEFINED(
    beta, .title = "Slope of the returns of one series on those of another", .group = "statistic",
    .source = "ordinary least squares; TA-Lib BETA",
    .formula = "cov(r1, r0) / var(r0), r the return of a bar; 0 where var is 0",
    .meaning =
        "By how much one series tends to move when the other moves by one, from their returns over the window. With "
        "the market as the first series it is the market risk of the second. Over short windows it is very uncertain.",
    .inputs = TW_NAMES("real0", "real1"), .outputs = TW_NAMES("real"), .params = beta_table,
    .params_size = sizeof(window), .traits = TW_WINDOW | TW_INVARIANT,
    .define = "x = rocp(real0, 1); y = rocp(real1, 1);"
              "real = if(var(x, timeperiod) == 0, 0 * y, slope_on(y, x, timeperiod))");
