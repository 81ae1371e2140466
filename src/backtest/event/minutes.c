/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts at the end of every minute, as zipline's packets of that emission rate have them: risk numbers take what
 * there is of the day for a day, and the benchmark's alpha and beta know the whole day already. */
#include "backtest/event/engine.h"

#include <math.h>

static size_t first_minute(const tw_moment *now) { return now->market->minute_from[now->run->from]; }

/* ---------------------------------------------------------------- the benchmark */

/* Changes of an asset's prices from minute to minute, adjusted and rounded as of the run's last, and from one session's
 * last minute to the next's. */
tw_status tw_minute_benchmark(tw_moment *now, size_t asset, tw_error *err)
{
    const tw_strategy_run *run = now->run;
    const size_t *from = now->market->minute_from, first = first_minute(now), n = from[run->to] - first;
    double *price = tw_new(now->ctx, n + 1, sizeof *price);
    now->minutes.returns = tw_new(now->ctx, n, sizeof *price);
    if (!price || !now->minutes.returns) {
        tw_free(now->ctx, price);
        return tw_no_memory(err, "a benchmark");
    }
    tw_moment end = *now; /* of its own, at the run's end */
    end.session = end.view = run->to - 1;
    end.bar = first + n - 1;
    const tw_window window = {.asset = asset, .n = n + 1, .field = TW_PRICE, .minutes = true};
    const tw_status status = tw_moment_window(&end, &window, price, err);
    for (size_t i = 0; i < n; i++) now->minutes.returns[i] = (price[i + 1] - price[i]) / price[i];
    for (size_t s = run->from; s < run->to; s++) {
        const double before = price[from[s] - first], last = price[from[s + 1] - first];
        now->benchmark[s - run->from] = (last - before) / before;
    }
    tw_free(now->ctx, price);
    return status;
}

static double day_return(const tw_moment *now, size_t day) { return now->benchmark ? now->benchmark[day] : 0; }

/* Of the days that are over and what there is of the present one, of which the first has none. A day is one by UTC. */
static double volatility(tw_moment *now, double returns)
{
    tw_minutes *m = &now->minutes;
    const int64_t ns = now->market->minute_ns ? now->market->minute_ns[now->bar] : 0;
    const int64_t label = now->market->minute_ns ? ns / TW_NS_PER_DAY : (int64_t)now->session;
    double variance = 0;
    if (m->growth == 0) m->growth = m->today = 1, m->label = label;
    if (label != m->label) {
        m->label = label;
        m->sum += day_return(now, m->days++);
        m->today = 1;
    }
    m->growth *= 1 + returns;
    if (m->days == 0) return NAN;
    m->today *= 1 + returns;
    const double mean = (m->sum + m->today - 1) / ((double)m->days + 1);
    for (size_t d = 0; d < m->days; d++) variance += (day_return(now, d) - mean) * (day_return(now, d) - mean);
    variance += (m->today - 1 - mean) * (m->today - 1 - mean);
    return sqrt(variance / (double)m->days) * sqrt(now->risk.year);
}

static void fill_benchmark(tw_moment *now, tw_session_row *row)
{
    const double *minute = now->minutes.returns;
    const double returns =
        minute ? minute[now->bar - first_minute(now)] : day_return(now, now->session - now->run->from);
    row->benchmark_volatility = volatility(now, returns);
    row->benchmark_period_return = now->minutes.growth - 1;
}

/* ---------------------------------------------------------------- a minute's row */

static tw_status keep_recordings(tw_moment *now, tw_error *err)
{
    tw_recording *recording = now->recordings.item;
    for (size_t i = 0; i < now->recordings.n; i++) {
        if (!recording[i].is_newest) continue;
        recording[i].is_newest = false;
        tw_recorded *kept = tw_list_add(now->ctx, &now->result->minute_recorded);
        if (!kept) return tw_no_memory(err, "recordings");
        *kept = (tw_recorded){now->bar, i, recording[i].value};
    }
    return TW_OK;
}

tw_status tw_minute_emit(tw_moment *now, tw_error *err)
{
    if (!now->run->each_minute) return TW_OK;
    tw_minute_row *kept = tw_list_add(now->ctx, &now->result->minutes);
    if (!kept) return tw_no_memory(err, "minutes");
    *kept = (tw_minute_row){.bar = now->bar, .row = now->row};
    now->synced = 0; /* prices are taken anew as a minute ends */
    tw_session_fill(now, &kept->row);
    tw_risk risk = now->risk; /* the day is not over */
    tw_risk_add(&risk, kept->row.returns, day_return(now, now->session - now->run->from), &kept->row);
    fill_benchmark(now, &kept->row);
    return keep_recordings(now, err);
}
