/* SPDX-License-Identifier: Apache-2.0 */
/* data.c - tradewind data ...: bars in, looked at, checked, adjusted, simulated. */
#include "tradewind/data.h"
#include "cli/panels.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- import */

static tw_status import(tw_cli *cli, tw_error *err)
{
    tw_import_options options;
    tw_import_summary summary;
    tw_panel *panel = NULL;
    TW_TRY(tw_params_parse(tw_import_params(), "import", tw_cli_value(cli, "import"), &options, err));
    options.out = tw_cli_value(cli, "out");
    options.rejects = tw_cli_value(cli, "rejects");
    if (tw_cli_value(cli, "strict")) options.strict = true;
    if (!options.out) return tw_fail(err, TW_BAD_VALUE, "data import needs --out FILE.twp");
    TW_TRY(tw_import_csv(cli->ctx, cli->positional, cli->n_positional, &options, &panel, &summary, err));
    tw_cli_import_summary(&summary, stdout);
    printf("%s: %zu symbols x %zu times\n", options.out, tw_panel_symbols(panel), tw_panel_times(panel));
    if (summary.rejected)
        printf("rejected rows%s%s\n", options.rejects ? " are in " : ": give --rejects FILE to see them",
               options.rejects ? options.rejects : "");
    tw_panel_close(panel);
    return TW_OK;
}

static const tw_option import_options[] = {
    {"out", "FILE.twp", "panel file to write"},
    {"rejects", "FILE.csv", "where rows that cannot be taken go: file, line, reason, row"},
    {"strict", NULL, "fail on the first bad row instead"},
    TW_IMPORT_OPTION,
    {0},
};

const tw_command tw_command_data_import = {
    .name = "data import",
    .positional = "FILE.csv...",
    .title = "Read bars from CSV (plain, gzip, zstd) into a panel",
    .more = "One file a symbol (named by the file) or long form with a symbol column. --import takes\n"
            "  columns=date=Day,close=Last  calendar=XNYS  bar=auto|1d|1m|...\n"
            "  stamp=auto|start|end  zone=UTC|XNYS|...  (all: 'tradewind describe import')",
    .least = 1,
    .most = TW_MAX_POSITIONAL,
    .options = import_options,
    .run = import,
};

/* ---------------------------------------------------------------- show */

static void show_shape(const tw_panel *panel)
{
    char first[40], last[40];
    const tw_panel_shape *s = tw_panel_shape_view(panel);
    first[tw_time_format(s->times[0], first)] = '\0';
    last[tw_time_format(s->times[s->n_times - 1], last)] = '\0';
    printf("symbols   %zu\ntimes     %zu, %s .. %s\ncolumns  ", s->n_symbols, s->n_times, first, last);
    for (size_t c = 0; c < s->n_columns; c++) printf(" %s", s->columns[c]);
    printf("\ncalendar  %s\nbar       %g s\nchecksum  %016llx\n", s->calendar ? s->calendar : "none",
           (double)s->bar_ns / 1e9, (unsigned long long)tw_panel_checksum(panel));
}

static void show_symbol(const tw_panel *panel, size_t s)
{
    const size_t close = tw_panel_find_column(panel, "close"), n = tw_panel_times(panel);
    size_t bars = 0, first = n, last = 0;
    for (size_t t = 0; close != SIZE_MAX && t < n; t++)
        if (!isnan(tw_panel_at(panel, close, s, t))) {
            bars++;
            if (first == n) first = t;
            last = t;
        }
    char from[40] = "-", to[40] = "-";
    if (bars)
        from[tw_time_format(tw_panel_stamps(panel)[first], from)] = '\0',
                                                           to[tw_time_format(tw_panel_stamps(panel)[last], to)] = '\0';
    printf("%-10s %7zu bars  %s .. %s\n", tw_panel_symbol(panel, s), bars, from, to);
}

static tw_status show(tw_cli *cli, tw_error *err)
{
    tw_panel *panel = NULL;
    int64_t limit;
    TW_TRY(tw_cli_integer(cli, "symbols", 20, 0, 1000000, &limit, err));
    TW_TRY(tw_cli_panel(cli, cli->positional, cli->n_positional, &panel, err));
    show_shape(panel);
    const size_t n = tw_panel_symbols(panel) < (size_t)limit ? tw_panel_symbols(panel) : (size_t)limit;
    for (size_t s = 0; s < n; s++) show_symbol(panel, s);
    if (n < tw_panel_symbols(panel)) printf("... and %zu more\n", tw_panel_symbols(panel) - n);
    const char *csv = tw_cli_value(cli, "csv");
    const tw_status status = csv ? tw_panel_write_csv(panel, csv, err) : TW_OK;
    tw_panel_close(panel);
    return status;
}

static const tw_option show_options[] = {
    {"symbols", "N", "symbols to list (default 20)"},
    {"csv", "FILE.csv", "write the bars as CSV as well"},
    TW_IMPORT_OPTION,
    {0},
};

const tw_command tw_command_data_show = {
    .name = "data show",
    .positional = "PANEL",
    .title = "Show what a panel holds, after verifying its checksums",
    .least = 1,
    .most = TW_MAX_POSITIONAL,
    .options = show_options,
    .run = show,
};

/* ---------------------------------------------------------------- check */

static tw_status write_findings(tw_cli *cli, const tw_findings *findings, const tw_panel *panel, tw_error *err)
{
    int64_t limit;
    TW_TRY(tw_cli_integer(cli, "limit", 10, 0, 1000000000, &limit, err));
    tw_buf text;
    tw_buf_init(&text, cli->ctx);
    if (tw_cli_value(cli, "json")) {
        tw_json j;
        tw_json_init(&j, &text, true);
        tw_findings_json(findings, panel, &j);
        tw_buf_text(&text, "\n");
    } else {
        tw_findings_table(findings, panel, (size_t)limit, &text);
    }
    const tw_status status = tw_cli_out(cli, &text, err);
    tw_buf_clear(&text);
    return status;
}

static tw_status check_panel(tw_cli *cli, const tw_check_input *input, tw_error *err)
{
    const char *which = tw_cli_value(cli, "which");
    tw_findings *findings = NULL;
    TW_TRY(tw_check_run(cli->ctx, input, which ? which : "all", tw_cli_value(cli, "set"), &findings, err));
    tw_status status = write_findings(cli, findings, input->panel, err);
    size_t n = 0, errors = 0;
    const tw_finding *list = tw_findings_list(findings, &n);
    for (size_t i = 0; i < n; i++) errors += list[i].severity == TW_ERROR;
    if (status == TW_OK && errors && tw_cli_value(cli, "strict"))
        status = tw_fail(err, TW_BAD_DATA, "%zu findings are errors", errors);
    tw_findings_free(findings);
    return status;
}

static tw_status open_actions(tw_cli *cli, tw_actions **actions, tw_error *err)
{
    const char *path = tw_cli_value(cli, "actions");
    size_t rejected = 0;
    if (!path) return TW_OK;
    TW_TRY(tw_actions_read(cli->ctx, path, tw_cli_value(cli, "rejects"), actions, &rejected, err));
    if (rejected) fprintf(stderr, "%s: %zu rows set aside\n", path, rejected);
    return TW_OK;
}

static tw_status check(tw_cli *cli, tw_error *err)
{
    tw_panel *panel = NULL, *other = NULL;
    tw_actions *actions = NULL;
    const char *second = tw_cli_value(cli, "other");
    TW_TRY(tw_cli_panel(cli, cli->positional, cli->n_positional, &panel, err));
    tw_status status = open_actions(cli, &actions, err);
    if (status == TW_OK && second) status = tw_cli_panel(cli, &second, 1, &other, err);
    const tw_check_input input = {
        .panel = panel, .actions = actions, .other = other, .universe = tw_cli_value(cli, "universe")};
    if (status == TW_OK) status = check_panel(cli, &input, err);
    tw_actions_free(actions);
    tw_panel_close(other);
    tw_panel_close(panel);
    return status;
}

static const tw_option check_options[] = {
    {"which", "LIST", "checks to run, as in ohlc,split (default all)"},
    {"set", "\"k=v ...\"", "bounds, as in \"split.tolerance=0.02 stale.sessions=5\""},
    {"actions", "FILE.csv", "corporate actions: ex_date, symbol, kind, ratio, amount"},
    {"other", "PANEL", "a second source to compare with"},
    {"universe", "FILE.csv", "symbol, listed, delisted"},
    {"json", NULL, "for machines"},
    {"limit", "N", "findings listed for each check (default 10)"},
    {"strict", NULL, "exit 1 when a finding is an error"},
    {"out", "FILE", "write there instead of standard output"},
    TW_IMPORT_OPTION,
    {0},
};

const tw_command tw_command_data_check = {
    .name = "data check",
    .positional = "PANEL",
    .title = "Run the quality checks over bars",
    .more = "PANEL is a panel file (.twp) or CSV files.",
    .least = 1,
    .most = TW_MAX_POSITIONAL,
    .options = check_options,
    .run = check,
};

/* ---------------------------------------------------------------- adjust */

static tw_status adjust_how(const tw_cli *cli, tw_adjust *how, tw_error *err)
{
    static const char *const names[] = {"splits", "all", "total_return", "forward", "forward_all", NULL};
    const char *text = tw_cli_value(cli, "how");
    *how = TW_ADJUST_SPLITS;
    for (int i = 0; text && names[i]; i++)
        if (!strcmp(text, names[i])) {
            *how = (tw_adjust)i;
            return TW_OK;
        }
    return text ? tw_fail(err, TW_BAD_VALUE,
                          "--how must be splits, all, total_return, forward or forward_all, got '%s'", text)
                : TW_OK;
}

static tw_status adjust_panel(tw_cli *cli, const tw_panel *panel, const tw_actions *actions, tw_error *err)
{
    const char *as_of = tw_cli_value(cli, "as-of"), *out = tw_cli_value(cli, "out");
    int64_t time = tw_panel_stamps(panel)[tw_panel_times(panel) - 1];
    tw_adjust how;
    tw_panel *adjusted = NULL;
    TW_TRY(adjust_how(cli, &how, err));
    if (!out) return tw_fail(err, TW_BAD_VALUE, "data adjust needs --out FILE.csv");
    if (as_of && !tw_time_parse(as_of, strlen(as_of), &time))
        return tw_fail(err, TW_BAD_VALUE, "--as-of must be a date, got '%s'", as_of);
    TW_TRY(tw_panel_adjust(cli->ctx, panel, actions, how, time / TW_NS_PER_DAY, &adjusted, err));
    const tw_status status = tw_panel_write_csv(adjusted, out, err);
    tw_panel_close(adjusted);
    return status;
}

static tw_status adjust(tw_cli *cli, tw_error *err)
{
    tw_panel *panel = NULL;
    tw_actions *actions = NULL;
    if (!tw_cli_value(cli, "actions")) return tw_fail(err, TW_BAD_VALUE, "data adjust needs --actions FILE.csv");
    TW_TRY(tw_cli_panel(cli, cli->positional, cli->n_positional, &panel, err));
    tw_status status = open_actions(cli, &actions, err);
    if (status == TW_OK) status = adjust_panel(cli, panel, actions, err);
    tw_actions_free(actions);
    tw_panel_close(panel);
    return status;
}

static const tw_option adjust_options[] = {
    {"actions", "FILE.csv", "corporate actions: ex_date, symbol, kind, ratio, amount"},
    {"rejects", "FILE.csv", "where actions that cannot be taken go"},
    {"how", "NAME", "splits, all, total_return, forward or forward_all (default splits)"},
    {"as-of", "DATE", "as seen on this day: later actions are invisible (default: the last bar)"},
    {"out", "FILE.csv", "adjusted bars"},
    TW_IMPORT_OPTION,
    {0},
};

const tw_command tw_command_data_adjust = {
    .name = "data adjust",
    .positional = "PANEL",
    .title = "Adjust bars for splits and dividends, as of any date",
    .least = 1,
    .most = TW_MAX_POSITIONAL,
    .options = adjust_options,
    .run = adjust,
};
