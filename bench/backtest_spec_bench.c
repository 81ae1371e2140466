/* SPDX-License-Identifier: Apache-2.0 */
/* Declared strategies, one thread: two averages on 45,031 minute bars of one asset, in parts (many calls at once) and
 * whole (call by call), nanoseconds a bar; and the top and bottom 50 of 505 stocks every day of five years, nanoseconds
 * a session. Reading and writing are not timed. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tests/support/tw_temp.h"
#include "backtest/rules/spec.h"
#include "bench.h"

enum { REPETITIONS = 7 };

static const char MINUTES[] =
    "frequency: minute\ndata: {minutes: " TW_SHARED_DATA "/market/minute/btcperp_1m.csv.gz, symbol: BTC}\n"
    "mode: zipline\nsettings: {slippage: none, commission: per_dollar}\n"
    "strategy:\n  window: 30\n  window_of: minutes\n  rules:\n"
    "    - {when: 'mean(price, 10) > mean(price, 30) and holding == 0', target_shares: 1}\n"
    "    - {when: 'mean(price, 10) <= mean(price, 30) and holding != 0', target_shares: 0}\n";
static const char DECILES[] =
    "data: {bars: " TW_SHARED_DATA "/market/sp500_5yr/bars_daily_splitadj.csv.gz, skip_bad_bars: true}\ncapital: 1e7\n"
    "settings: {commission: per_share}\n"
    "strategy:\n  window: 21\n  portfolio:\n    long: {rank: 'price / lag(price, 20)', top: 50}\n"
    "    short: {rank: 'price / lag(price, 20)', bottom: 50}\n    weights: equal long_total=0.5 short_total=0.5\n";

typedef struct job {
    tw_backtest_spec *spec;
    bool whole;
    double value;
} job;

static bool open_spec(const char *text, tw_backtest_spec **spec)
{
    char folder[TW_TEMP_PATH], path[TW_TEMP_PATH + 16];
    tw_error err;
    if (!tw_temp_folder(folder, sizeof folder)) return false;
    (void)snprintf(path, sizeof path, "%s/spec.yaml", folder);
    if (tw_file_write(path, text, strlen(text), &err) != TW_OK ||
        tw_backtest_spec_read(NULL, path, NULL, spec, &err) != TW_OK)
        (void)fprintf(stderr, "%s\n", err.message);
    (void)unlink(path);
    (void)rmdir(folder);
    return *spec != NULL;
}

static void run(void *arg)
{
    job *j = arg;
    size_t n;
    tw_error err;
    tw_strategy_result *result = NULL;
    j->spec->whole = j->whole;
    if (tw_backtest_spec_run(j->spec, &result, &err) != TW_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    const tw_session_row *row = tw_strategy_sessions(result, &n);
    j->value = row[n - 1].portfolio_value;
    tw_strategy_result_free(result);
}

int main(void)
{
    tw_backtest_spec *minutes = NULL, *deciles = NULL;
    if (!open_spec(MINUTES, &minutes) || !open_spec(DECILES, &deciles)) {
        (void)fprintf(stderr, "skipped: no shared data\n");
        tw_backtest_spec_free(minutes);
        return 0;
    }
    job jobs[] = {{minutes, false, 0}, {minutes, true, 0}, {deciles, false, 0}};
    const double bars = (double)tw_backtest_spec_market(minutes)->n_minutes;
    const bench_case cases[] = {
        {"two averages, minutes, in parts", "", run, &jobs[0], bars},
        {"two averages, minutes, call by call", "", run, &jobs[1], bars},
        {"50 and 50 of 505, a session", "", run, &jobs[2], (double)tw_backtest_spec_market(deciles)->n_sessions}};
    bench_stat stats[3];
    bench_run(cases, 3, REPETITIONS, stats);
    for (int i = 0; i < 3; i++) {
        bench_line("backtest_spec", &cases[i], &stats[i], NULL, NULL);
        (void)printf("{\"value\": %.12g, \"s\": %.4f}\n", jobs[i].value, stats[i].median * cases[i].items / 1e9);
    }
    tw_backtest_spec_free(minutes);
    tw_backtest_spec_free(deciles);
    return 0;
}
