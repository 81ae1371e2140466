/* SPDX-License-Identifier: Apache-2.0 */
/* backtest.c - tradewind backtest SPEC: a declared strategy over a market from files. */
#include "cli/backtest/report.h"
#include "tradewind/backtest_spec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void print_quirks(const tw_strategy_result *result)
{
    size_t n;
    const tw_quirk *quirk = tw_strategy_quirks(result, &n);
    for (size_t i = 0; i < n; i++)
        if (quirk[i].count) printf("note: %s (%zu times)\n", quirk[i].meaning, quirk[i].count);
}

static void print_result(const tw_strategy_result *result)
{
    size_t n, n_trades;
    const tw_session_row *row = tw_strategy_sessions(result, &n);
    (void)tw_strategy_trades(result, &n_trades);
    printf("%zu sessions, %zu fills", n, n_trades);
    if (n)
        printf(", portfolio %.2f, return %.4f %%", row[n - 1].portfolio_value,
               100 * row[n - 1].algorithm_period_return);
    if (n && !isnan(row[n - 1].sharpe)) printf(", Sharpe ratio %.3f", row[n - 1].sharpe);
    printf("\n");
    if (tw_strategy_stopped(result)) printf("stopped: %s\n", tw_strategy_stopped(result));
    print_quirks(result);
}

static void print_skipped(const tw_backtest_spec *spec)
{
    const char *first;
    const size_t n = tw_backtest_spec_skipped(spec, &first);
    if (n) printf("note: %zu bars left out, the first: %s\n", n, first);
}

/* What there is of a run is written, also when the run failed; the run's error is the one that is told. */
static tw_status keep(tw_cli *cli, const tw_backtest_spec *spec, const tw_strategy_result *result, tw_status status,
                      tw_error *err)
{
    const char *out = tw_cli_value(cli, "out");
    const tw_ctx quiet = {.pool = cli->ctx->pool}; /* not to be stopped once more */
    size_t n;
    tw_error why;
    if (!result) return status;
    const char *failure = status == TW_CANCELLED ? "stopped by the user" : err->message;
    const tw_status written = tw_backtest_spec_write(spec, result, status == TW_OK ? NULL : failure, out, &why);
    if (written != TW_OK) return status == TW_OK ? tw_fail(err, written, "%s", why.message) : status;
    print_result(result);
    print_skipped(spec);
    printf("daily:   %s/daily.csv (orders.csv, txns.csv, positions.csv, run.json)\n", out);
    (void)tw_strategy_sessions(result, &n);
    if (n < 2) return status;
    if (tw_cli_report_folder(&quiet, out, tw_backtest_spec_year(spec), &why) == TW_OK)
        printf("report:  %s/report.html\n", out);
    else if (status == TW_OK)
        return tw_fail(err, TW_BAD_DATA, "report: %s", why.message);
    return status;
}

/* "a=1 b=2" as texts, ended by NULL. */
static tw_status split_set(tw_arena *arena, const char *text, const char *const **set, tw_error *err)
{
    const size_t length = text ? strlen(text) : 0;
    const char **list = tw_arena_new(arena, length / 2 + 2, sizeof *list);
    if (!list) return tw_no_memory(err, "settings");
    size_t n = 0;
    for (const char *p = text; p && *p;) {
        const size_t word = strcspn(p, " ");
        if (word) list[n] = tw_arena_text(arena, p, word);
        if (word && !list[n++]) return tw_no_memory(err, "settings");
        p += word + strspn(p + word, " ");
    }
    *set = list;
    return TW_OK;
}

static tw_status backtest_with(tw_cli *cli, tw_arena *arena, tw_error *err)
{
    const char *const *set = NULL;
    tw_backtest_spec *spec = NULL;
    tw_strategy_result *result = NULL;
    TW_TRY(split_set(arena, tw_cli_value(cli, "set"), &set, err));
    TW_TRY(tw_backtest_spec_read(cli->ctx, cli->positional[0], set, &spec, err));
    tw_status status = tw_backtest_spec_run(spec, &result, err);
    status = keep(cli, spec, result, status, err);
    tw_strategy_result_free(result);
    tw_backtest_spec_free(spec);
    return status;
}

static tw_status backtest(tw_cli *cli, tw_error *err)
{
    tw_arena arena;
    if (!tw_cli_value(cli, "out")) return tw_fail(err, TW_BAD_VALUE, "backtest needs --out DIR");
    tw_arena_init(&arena, cli->ctx);
    const tw_status status = backtest_with(cli, &arena, err);
    tw_arena_clear(&arena);
    return status;
}

static const tw_option options[] = {
    {"out", "DIR", "folder for daily.csv, orders.csv, txns.csv, positions.csv, run.json, report.html"},
    {"set", "\"k=v ...\"", "parameters of the spec, or its mode, from, to and capital"},
    {0},
};

const tw_command tw_command_backtest = {
    .name = "backtest",
    .positional = "SPEC.yaml",
    .title = "Run a declared strategy over a market from files, fill by fill",
    .more = "The spec is described in docs/reference/backtest-spec.md. A run that fails, or is stopped by Ctrl-C,\n"
            "leaves everything up to that event in its files.",
    .least = 1,
    .most = 1,
    .options = options,
    .run = backtest,
};
