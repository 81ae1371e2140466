/* SPDX-License-Identifier: Apache-2.0 */
/* Strategies in the event engine, one thread: two moving averages on 45,031 minute bars of one asset, by windows and by
 * sums of their own, nanoseconds a bar; and a daily long/short rebalance of the top and bottom decile of 505 stocks,
 * seconds a run. bench/event_peer.py times others on the same. */
#include <math.h>

#include "bench.h"
#include "tradewind/data.h"
#include "tradewind/strategy.h"

enum { REPETITIONS = 11, FAST = 10, SLOW = 30, LOOKBACK = 21, DECILE = 50, MOST_ASSETS = 600 };

static void check(tw_status status, const tw_error *err)
{
    if (status == TW_OK) return;
    (void)fprintf(stderr, "%s\n", err->message);
    exit(1);
}

/* ---------------------------------------------------------------- markets */

typedef struct bars {
    tw_asset_market market;
    tw_asset *asset;
    tw_session *session;
    size_t *minute_from;
    double *close, *volume;
    tw_panel *panel;
} bars;

static bool read_bars(const char *path, const char *bar, bars *b)
{
    tw_error err;
    tw_import_options options;
    tw_import_summary summary;
    tw_params_default(tw_import_params(), &options);
    options.rejects = options.out = NULL;
    (void)strcpy(options.bar, bar);
    if (tw_import_csv(NULL, &path, 1, &options, &b->panel, &summary, &err) != TW_OK) return false;
    const size_t n = tw_panel_times(b->panel), m = tw_panel_symbols(b->panel);
    const size_t close = tw_panel_find_column(b->panel, "close"), volume = tw_panel_find_column(b->panel, "volume");
    b->asset = calloc(m, sizeof *b->asset);
    b->close = malloc(m * n * sizeof *b->close);
    b->volume = malloc(m * n * sizeof *b->volume);
    for (size_t s = 0; s < m; s++) {
        b->asset[s].symbol = tw_panel_symbol(b->panel, s);
        for (size_t t = 0; t < n; t++) {
            b->close[s * n + t] = tw_panel_at(b->panel, close, s, t);
            b->volume[s * n + t] = tw_panel_at(b->panel, volume, s, t);
        }
    }
    b->market = (tw_asset_market){.n_assets = m, .asset = b->asset};
    return true;
}

static void by_day(bars *b)
{
    b->market.n_sessions = tw_panel_times(b->panel);
    b->market.daily = (tw_bars){.close = b->close, .volume = b->volume};
}

/* A session is a day of UTC. */
static void by_minute(bars *b)
{
    const size_t n = tw_panel_times(b->panel);
    const int64_t *stamp = tw_panel_stamps(b->panel);
    b->session = calloc(n, sizeof *b->session);
    b->minute_from = calloc(n + 1, sizeof *b->minute_from);
    size_t sessions = 0;
    for (size_t t = 0; t < n; t++) {
        const int64_t day = stamp[t] / TW_NS_PER_DAY;
        if (sessions == 0 || b->session[sessions - 1].day != day) {
            b->minute_from[sessions] = t;
            b->session[sessions++] = (tw_session){.day = day, .open_ns = stamp[t]};
        }
        b->session[sessions - 1].close_ns = stamp[t];
    }
    b->minute_from[sessions] = n;
    b->market.n_sessions = sessions;
    b->market.n_minutes = n;
    b->market.session = b->session;
    b->market.minute = (tw_bars){.close = b->close, .volume = b->volume};
    b->market.minute_ns = stamp;
    b->market.minute_from = b->minute_from;
    b->market.daily = b->market.minute; /* not asked for */
}

static void free_bars(bars *b)
{
    free(b->asset);
    free(b->session);
    free(b->minute_from);
    free(b->close);
    free(b->volume);
    tw_panel_close(b->panel);
}

/* ---------------------------------------------------------------- strategies */

typedef struct averages {
    double ring[SLOW], fast, slow;
    size_t n;
} averages;

static tw_status cross(tw_moment *now, double fast, double slow, tw_error *err)
{
    const bool held = tw_moment_holding(now, 0) != 0, wanted = fast > slow;
    return held == wanted ? TW_OK : tw_moment_order_target(now, 0, wanted ? 1 : 0, err);
}

static tw_status by_windows(void *state, tw_moment *now, tw_error *err)
{
    double price[SLOW], fast = 0, slow = 0;
    (void)state;
    if (tw_moment_bar(now) + 1 < SLOW) return TW_OK;
    TW_TRY(tw_moment_window(now, &(tw_window){.n = SLOW, .field = TW_PRICE, .minutes = true}, price, err));
    for (int i = 0; i < SLOW; i++) slow += price[i];
    for (int i = SLOW - FAST; i < SLOW; i++) fast += price[i];
    return cross(now, fast / FAST, slow / SLOW, err);
}

static tw_status by_sums(void *state, tw_moment *now, tw_error *err)
{
    averages *a = state;
    const double price = tw_moment_price(now, 0);
    const size_t at = a->n++ % SLOW;
    a->slow += price - a->ring[at];
    a->fast += price - a->ring[(at + SLOW - FAST) % SLOW];
    a->ring[at] = price;
    return a->n < SLOW ? TW_OK : cross(now, a->fast / FAST, a->slow / SLOW, err);
}

typedef struct ranked {
    double change;
    size_t asset;
} ranked;

/* The k smallest come first (Hoare's selection). */
static void select_lowest(ranked *r, size_t n, size_t k)
{
    for (size_t from = 0, to = n; to - from > 1;) {
        const double pivot = r[from + (to - from) / 2].change;
        size_t i = from, j = to - 1;
        while (i <= j) {
            while (r[i].change < pivot) i++;
            while (r[j].change > pivot) j--;
            if (i > j) break;
            const ranked swap = r[i];
            r[i++] = r[j];
            r[j] = swap;
            if (j-- == 0) break;
        }
        if (k <= j && j < to)
            to = j + 1;
        else if (k >= i)
            from = i;
        else
            return;
    }
}

static tw_status deciles(void *state, tw_moment *now, tw_error *err)
{
    ranked r[MOST_ASSETS];
    double price[LOOKBACK];
    size_t n = 0;
    const tw_asset_market *market = state;
    if (tw_moment_session(now) + 1 < LOOKBACK) return TW_OK;
    for (size_t i = 0; i < market->n_assets; i++) {
        if (!tw_moment_can_trade(now, i)) continue;
        TW_TRY(tw_moment_history(now, i, LOOKBACK, price, err));
        const double change = price[LOOKBACK - 1] / price[0] - 1;
        if (!isnan(change)) r[n++] = (ranked){change, i};
    }
    if (n <= 2 * DECILE) return TW_OK;
    select_lowest(r, n, DECILE);
    select_lowest(r + DECILE, n - DECILE, n - 2 * DECILE);
    for (size_t i = 0; i < n; i++) {
        const double side = i < DECILE ? -1 : i + DECILE >= n ? 1 : 0;
        if (side == 0 && tw_moment_holding(now, r[i].asset) == 0) continue;
        TW_TRY(tw_moment_order_target_percent(now, r[i].asset, side / (2 * DECILE), err));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- runs */

typedef struct job {
    const bars *bars;
    tw_strategy_call handle_data;
    bool minutes;
    size_t trades;
    double value;
} job;

static void run(void *arg)
{
    static const char *const settings[] = {"slippage", "none", "commission", "per_dollar", NULL};
    static const char *const shares[] = {"slippage", "volume_share volume_limit=1", "commission", "per_share", NULL};
    job *j = arg;
    tw_error err;
    averages sums = {.n = 0};
    tw_strategy_result *result = NULL;
    const tw_asset_market *market = &j->bars->market;
    const tw_strategy strategy = {.state = j->minutes ? (void *)&sums : (void *)market, .handle_data = j->handle_data};
    const tw_strategy_run how = {.mode = TW_ZIPLINE,
                                 .to = market->n_sessions,
                                 .by_minute = j->minutes,
                                 .capital = 1e7,
                                 .settings = j->minutes ? settings : shares};
    check(tw_strategy_simulate(NULL, market, &strategy, &how, &result, &err), &err);
    size_t n;
    const tw_session_row *row = tw_strategy_sessions(result, &n);
    j->value = row[n - 1].portfolio_value;
    (void)tw_strategy_trades(result, &j->trades);
    tw_strategy_result_free(result);
}

int main(void)
{
    bars one = {0}, panel = {0};
    if (!read_bars(TW_SHARED_DATA "/market/minute/btcperp_1m.csv.gz", "1m", &one) ||
        !read_bars(TW_SHARED_DATA "/market/sp500_5yr/bars_daily_splitadj.csv.gz", "1d", &panel)) {
        (void)fprintf(stderr, "skipped: no shared data\n");
        return 0;
    }
    by_minute(&one);
    by_day(&panel);
    job jobs[] = {{&one, by_windows, true, 0, 0}, {&one, by_sums, true, 0, 0}, {&panel, deciles, false, 0, 0}};
    const double n = (double)one.market.n_minutes;
    const bench_case cases[] = {{"moving averages, minutes, windows", "", run, &jobs[0], n},
                                {"moving averages, minutes, sums", "", run, &jobs[1], n},
                                {"deciles of 505, a session", "", run, &jobs[2], (double)panel.market.n_sessions}};
    bench_stat stats[3];
    bench_run(cases, 3, REPETITIONS, stats);
    for (int i = 0; i < 3; i++) {
        bench_line("backtest_event", &cases[i], &stats[i], NULL, NULL);
        (void)printf("{\"trades\": %zu, \"value\": %.10g, \"s\": %.4f}\n", jobs[i].trades, jobs[i].value,
                     stats[i].median * cases[i].items / 1e9);
    }
    free_bars(&one);
    free_bars(&panel);
    return 0;
}
