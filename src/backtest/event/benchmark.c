/* SPDX-License-Identifier: Apache-2.0 */
/* The returns a run is compared with. */
#include "backtest/event/engine.h"

#include <math.h>
#include <string.h>

/* Its returns would leave a stock dividend out. zipline sees those that begin after the run's first session and are
 * paid before its last, or never. */
static bool is_refused(const tw_moment *now, const tw_asset_action *action)
{
    const tw_strategy_run *run = now->run;
    if (now->realistic) return action->session >= run->from && action->session < run->to;
    return action->session > run->from && action->pay + 1 < run->to;
}

static tw_status check_asset(const tw_moment *now, size_t asset, tw_error *err)
{
    const tw_strategy_run *run = now->run;
    const tw_asset *a = &now->market->asset[asset];
    if (a->first > run->from || (a->end && a->end < run->to))
        return tw_fail(err, TW_BAD_VALUE, "benchmark %s is not listed in all sessions of the run", a->symbol);
    for (size_t i = 0; i < now->market->n_actions; i++) {
        const tw_asset_action *action = &now->market->action[i];
        if (action->asset == asset && action->kind == TW_STOCK_DIVIDEND && is_refused(now, action))
            return tw_fail(err, TW_BAD_VALUE, "benchmark %s pays a stock dividend in session %zu", a->symbol,
                           action->session);
    }
    return TW_OK;
}

static double rate_of(const tw_moment *now, size_t asset, size_t session, bool at_open)
{
    return tw_currency_of_session(now, now->lot[asset].currency, session, at_open);
}

/* Changes of an asset's prices in the account's currency, adjusted and rounded as of the run's last session: zipline's
 * benchmark. */
static tw_status of_asset(tw_moment *now, size_t asset, tw_error *err)
{
    const tw_strategy_run *run = now->run;
    const tw_asset *a = &now->market->asset[asset];
    const size_t n = run->to - run->from, before = a->first < run->from;
    double *price = tw_new(now->ctx, n + 1, sizeof *price);
    if (!price) return tw_no_memory(err, "a benchmark");
    /* a moment of its own, at the run's end and by day */
    tw_strategy_run by_day = *run;
    by_day.by_minute = false;
    tw_moment end = *now;
    end.run = &by_day;
    end.session = end.view = end.bar = run->to - 1;
    const tw_window window = {.asset = asset, .n = n + before, .field = TW_PRICE};
    const tw_status status = tw_moment_window(&end, &window, price + 1 - before, err);
    if (!before)
        price[0] = now->market->daily.open ? now->market->daily.open[asset * now->market->n_sessions + run->from] : NAN;
    for (size_t i = 0; i <= n; i++)
        price[i] *= rate_of(now, asset, before || i ? run->from + i - 1 : run->from, !before && i == 0);
    for (size_t i = 0; i < n; i++) now->benchmark[i] = (price[i + 1] - price[i]) / price[i];
    const bool known = !isnan(rate_of(now, asset, run->from - before, !before));
    tw_free(now->ctx, price);
    if (status == TW_OK && !known)
        return tw_fail(err, TW_BAD_DATA, "benchmark %s is quoted in %s, of which no rate in %s is known in session %zu",
                       a->symbol, a->currency, run->currency, run->from);
    return status;
}

tw_status tw_benchmark_build(tw_moment *now, tw_error *err)
{
    const tw_strategy_run *run = now->run;
    if (!run->benchmark && run->benchmark_asset == 0) return TW_OK;
    now->benchmark = tw_new(now->ctx, run->to - run->from, sizeof *now->benchmark);
    if (!now->benchmark) return tw_no_memory(err, "a benchmark");
    if (!run->benchmark) {
        const size_t asset = run->benchmark_asset - 1;
        TW_TRY(check_asset(now, asset, err));
        return run->each_minute ? tw_minute_benchmark(now, asset, err) : of_asset(now, asset, err);
    }
    for (size_t i = run->from; i < run->to; i++)
        now->benchmark[i - run->from] = isnan(run->benchmark[i]) ? 0 : run->benchmark[i];
    return TW_OK;
}
