/* SPDX-License-Identifier: Apache-2.0 */
/* embed.c - the library inside a program of your own: an operator over a whole series, then features bar by bar.
 *
 *   cc -std=c11 embed.c $(pkg-config --cflags --libs tradewind) -o embed && ./embed
 *
 * With CMake: find_package(tradewind REQUIRED), then link tradewind::tradewind or tradewind::static. */
#include <tradewind/feature.h>
#include <tradewind/num.h>
#include <tradewind/ta.h>

#include <stdio.h>

enum { N = 8 };

/* 1. One operator over one series. The context may be NULL: malloc, the calling thread, the best instruction set.
 *    The library prints nothing; what went wrong is in `err`. */
static tw_status batch(const double *close, double *average, tw_error *err)
{
    return tw_op_apply(NULL, "sma", "timeperiod=3", N, &close, &average, err);
}

/* 2. The same as an expression of the feature language, compiled to a plan and run live, a bar a call. The plan is
 *    const and may be shared; the runner is its state. Strides say where values lie: here one symbol, one value. */
static tw_status live(const double *close, double *average, tw_error *err)
{
    const tw_feature feature = {.name = "average", .expression = "sma(close, 3)"};
    const tw_plan_spec spec = {.columns = TW_NAMES("close"), .n_columns = 1, .features = &feature, .n_features = 1};
    tw_plan *plan = NULL;
    tw_runner *runner = NULL;
    tw_status status = tw_plan_compile(NULL, &spec, &plan, err);
    if (status == TW_OK) status = tw_runner_new(NULL, plan, 1, NULL, &runner, err);
    for (size_t t = 0; status == TW_OK && t < N; t++) {
        const tw_tiles in = {.base = &close[t], .block_stride = 1, .time_stride = 1};
        const tw_tiles_out out = {.f64 = &average[t], .block_stride = 1, .time_stride = 1};
        status = tw_runner_run(runner, 1, &in, &out, err);
    }
    tw_runner_free(runner);
    tw_plan_free(plan);
    return status;
}

int main(void)
{
    static const double close[N] = {2.385, 2.41, 2.37, 2.44, 2.465, 2.43, 2.5, 2.52};
    double whole[N], ticks[N];
    tw_error err;
    if (batch(close, whole, &err) != TW_OK || live(close, ticks, &err) != TW_OK) {
        fprintf(stderr, "embed: %s\n", err.message);
        return 1;
    }
    /* 3. Same definition, same bits: == on doubles is meant. NaN (before the first full window) equals nothing. */
    int same = 0;
    for (int t = 0; t < N; t++) {
        printf("%.3f  %.6f\n", close[t], whole[t]);
        same += whole[t] == ticks[t];
    }
    printf("tradewind %s: %d of %d values the same in batch and live; N(1.96) = %.6f\n", tw_version(), same, N - 2,
           tw_norm_cdf(1.96));
    return same == N - 2 ? 0 : 1;
}
