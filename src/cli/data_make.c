/* SPDX-License-Identifier: Apache-2.0 */
/* data_make.c - tradewind data simulate and data calendar. */
#include "cli/panels.h"

#include <string.h>

static tw_status join(tw_buf *path, const char *folder, const char *name, tw_error *err)
{
    path->length = 0;
    tw_buf_printf(path, "%s/%s", folder, name);
    return tw_buf_check(path, err);
}

/* What a simulation leaves in its folder. */
typedef struct market_files {
    const char *folder;
    tw_panel *panel;
    tw_actions *actions;
    tw_buf truth, path, text;
} market_files;

static tw_status write_market(market_files *m, tw_error *err)
{
    TW_TRY(join(&m->path, m->folder, "bars.csv", err));
    TW_TRY(tw_panel_write_csv(m->panel, m->path.data, err));
    tw_actions_csv(m->actions, &m->text);
    TW_TRY(tw_buf_check(&m->text, err));
    TW_TRY(join(&m->path, m->folder, "actions.csv", err));
    TW_TRY(tw_file_write(m->path.data, m->text.data, m->text.length, err));
    TW_TRY(join(&m->path, m->folder, "truth.json", err));
    return tw_file_write(m->path.data, m->truth.data, m->truth.length, err);
}

static tw_status simulate(tw_cli *cli, tw_error *err)
{
    market_files m = {.folder = tw_cli_value(cli, "out")};
    if (!m.folder) return tw_fail(err, TW_BAD_VALUE, "data simulate needs --out DIR");
    TW_TRY(tw_folder_make(m.folder, err));
    tw_buf_init(&m.truth, cli->ctx);
    tw_buf_init(&m.path, cli->ctx);
    tw_buf_init(&m.text, cli->ctx);
    tw_status status = join(&m.path, m.folder, "bars.twp", err);
    if (status == TW_OK)
        status = tw_simulate(cli->ctx, tw_cli_value(cli, "set"), m.path.data, &m.panel, &m.actions, &m.truth, err);
    if (status == TW_OK) status = write_market(&m, err);
    if (status == TW_OK)
        printf("%s: bars.twp, bars.csv (%zu symbols x %zu times), actions.csv, truth.json\n", m.folder,
               tw_panel_symbols(m.panel), tw_panel_times(m.panel));
    tw_buf_clear(&m.truth);
    tw_buf_clear(&m.path);
    tw_buf_clear(&m.text);
    tw_actions_free(m.actions);
    tw_panel_close(m.panel);
    return status;
}

static const tw_option simulate_options[] = {
    {"set", "\"k=v ...\"", "parameters, as in \"symbols=100 sessions=1260 seed=1 edge=0.03\""},
    {"out", "DIR", "folder for bars, actions and the truth"},
    {0},
};

const tw_command tw_command_data_simulate = {
    .name = "data simulate",
    .positional = "",
    .title = "Simulate a market whose truth is known and written beside the data",
    .more = "Parameters and what each does: 'tradewind describe simulate'.",
    .options = simulate_options,
    .run = simulate,
};

/* ---------------------------------------------------------------- calendar */

static tw_status day_of(const char *text, const char *what, int64_t *day, tw_error *err)
{
    int64_t time;
    if (!text || !tw_time_parse(text, strlen(text), &time))
        return tw_fail(err, TW_BAD_VALUE, "%s must be a date, got '%s'", what, text ? text : "nothing");
    *day = time / TW_NS_PER_DAY;
    return TW_OK;
}

static tw_status calendar(tw_cli *cli, tw_error *err)
{
    const tw_calendar *found;
    int64_t from, to;
    TW_TRY(tw_calendar_find(cli->positional[0], &found, err));
    TW_TRY(day_of(cli->positional[1], "FROM", &from, err));
    TW_TRY(day_of(cli->positional[2], "TO", &to, err));
    if (to < from || to - from > 200000)
        return tw_fail(err, TW_BAD_VALUE, "TO must be at or after FROM, at most 200000 days later");
    printf("session,open,close,half_day\n");
    for (int64_t day = from; day <= to; day++) {
        tw_session s;
        char date[40], open[40], close[40];
        if (!tw_calendar_session(found, day, &s)) continue;
        date[tw_time_format(day * TW_NS_PER_DAY, date)] = '\0';
        open[tw_time_format(s.open_ns, open)] = '\0';
        close[tw_time_format(s.close_ns, close)] = '\0';
        printf("%s,%s,%s,%d\n", date, open, close, s.half_day);
    }
    return TW_OK;
}

const tw_command tw_command_data_calendar = {
    .name = "data calendar",
    .positional = "NAME FROM TO",
    .title = "List the sessions of an exchange as CSV, in UTC",
    .more = "NAME is XNYS, XNAS, XLON, XTKS, XETR, CMES, 24/7 or FX.",
    .least = 3,
    .most = 3,
    .run = calendar,
};
