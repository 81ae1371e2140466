/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/series.h"

#include "backtest/portfolio.h"

#include <math.h>

enum { N_SERIES = 9 };

tw_status tw_curves_init(const tw_ctx *ctx, const tw_signal *signal, tw_result *result, tw_error *err)
{
    *result = (tw_result){.n = signal->to - signal->from, .from = signal->from};
    double **const series[N_SERIES] = {
        &result->equity, &result->cash, &result->benchmark, &result->drawdown,          &result->turnover,
        &result->gross,  &result->net,  &result->returns,   &result->benchmark_returns,
    };
    double *block = tw_new(ctx, result->n * N_SERIES, sizeof *block);
    if (!block) return tw_no_memory(err, "series of a simulation");
    for (size_t i = 0; i < N_SERIES; i++) *series[i] = block + i * result->n;
    return TW_OK;
}

void tw_result_clear(const tw_ctx *ctx, tw_result *result)
{
    if (!result) return;
    tw_free(ctx, result->equity); /* the first of one block of series */
    tw_free(ctx, result->event);
    *result = (tw_result){0};
}

void tw_curves_record(tw_result *result, size_t i, const tw_close *close)
{
    const double net = close->worth.long_value - close->worth.short_value;
    const double gross = close->worth.long_value + close->worth.short_value;
    const double equity = close->cash + net;
    const double before = i > 0 ? result->equity[i - 1] : equity;
    result->equity[i] = equity;
    result->cash[i] = close->cash;
    result->returns[i] = before > 0 ? equity / before - 1 : 0;
    result->turnover[i] = before > 0 ? close->traded / 2 / before : 0;
    result->gross[i] = equity > 0 ? gross / equity : NAN;
    result->net[i] = equity > 0 ? net / equity : NAN;
}

void tw_curves_drawdown(tw_result *result)
{
    double peak = result->equity[0]; /* the capital, so it stays positive */
    for (size_t i = 0; i < result->n; i++) {
        peak = fmax(peak, result->equity[i]);
        result->drawdown[i] = result->equity[i] / peak - 1;
    }
}

/* Returns of a given level; a missing level is filled by the one before, which makes the return after it span the gap.
 */
static void level_returns(const tw_market *market, tw_result *result)
{
    double last = NAN;
    for (size_t i = 0; i < result->n; i++) {
        const double level = market->benchmark[result->from + i];
        if (!tw_is_price(level)) continue;
        if (tw_is_price(last)) result->benchmark_returns[i] = level / last - 1;
        last = level;
    }
}

/* Mean return since their last close of the names that have a close at bar t. */
static double average_return(const tw_marks *before, const tw_market *market, size_t t)
{
    const double *close = market->close + t * market->n_lanes;
    double sum = 0;
    size_t n = 0;
    for (size_t l = 0; l < market->n_lanes; l++) {
        if (!tw_is_price(close[l]) || before->price[l] == 0) continue;
        sum += close[l] / before->price[l] - 1;
        n++;
    }
    return n ? sum / (double)n : 0;
}

static tw_status average_returns(const tw_ctx *ctx, const tw_market *market, tw_result *result, tw_error *err)
{
    tw_marks marks;
    const tw_status status = tw_marks_init(&marks, ctx, market->n_lanes, err);
    for (size_t i = 0; status == TW_OK && i < result->n; i++) {
        result->benchmark_returns[i] = average_return(&marks, market, result->from + i);
        tw_marks_take(&marks, market, result->from + i);
    }
    tw_marks_clear(&marks);
    return status;
}

tw_status tw_curves_benchmark(const tw_ctx *ctx, const tw_market *market, tw_result *result, tw_error *err)
{
    if (market->benchmark)
        level_returns(market, result);
    else
        TW_TRY(average_returns(ctx, market, result, err));
    double level = result->equity[0];
    for (size_t i = 0; i < result->n; i++) {
        level *= 1 + result->benchmark_returns[i];
        result->benchmark[i] = level;
    }
    return TW_OK;
}
