/* SPDX-License-Identifier: Apache-2.0 */
/* score.c - tradewind score BUNDLE --in bars.csv: what the server would say, for a file. */
#include "cli/panels.h"
#include "tradewind/track.h"

#include <math.h>
#include <string.h>

static void scores_csv(const tw_panel *panel, const double *score, bool last_only, tw_buf *out)
{
    const size_t lanes = tw_panel_blocks(panel) * TW_LANES, n = tw_panel_times(panel);
    tw_buf_text(out, "time,symbol,score\n");
    for (size_t t = last_only ? n - 1 : 0; t < n; t++) {
        char time[40], text[40];
        time[tw_time_format(tw_panel_stamps(panel)[t], time)] = '\0';
        for (size_t s = 0; s < tw_panel_symbols(panel); s++) {
            const double x = score[t * lanes + s];
            if (isnan(x)) continue;
            text[tw_format_double(x, text)] = '\0';
            tw_buf_printf(out, "%s,%s,%s\n", time, tw_panel_symbol(panel, s), text);
        }
    }
}

static tw_status score_panel(tw_cli *cli, const tw_bundle *bundle, const tw_panel *panel, tw_error *err)
{
    double *score = tw_new(cli->ctx, tw_panel_times(panel) * tw_panel_blocks(panel) * TW_LANES, sizeof *score);
    if (!score) return tw_no_memory(err, "scores");
    tw_buf text;
    tw_buf_init(&text, cli->ctx);
    tw_status status = tw_bundle_score_panel(cli->ctx, bundle, panel, score, err);
    if (status == TW_OK) {
        scores_csv(panel, score, tw_cli_value(cli, "last") != NULL, &text);
        status = tw_cli_out(cli, &text, err);
    }
    tw_buf_clear(&text);
    tw_free(cli->ctx, score);
    return status;
}

static tw_status score(tw_cli *cli, tw_error *err)
{
    const char *in = tw_cli_value(cli, "in");
    tw_bundle *bundle = NULL;
    tw_panel *panel = NULL;
    if (!in) return tw_fail(err, TW_BAD_VALUE, "score needs --in FILE");
    TW_TRY(tw_bundle_open(cli->ctx, cli->positional[0], &bundle, err));
    tw_status status = tw_cli_panel(cli, &in, 1, &panel, err);
    if (status == TW_OK) status = score_panel(cli, bundle, panel, err);
    tw_panel_close(panel);
    tw_bundle_close(bundle);
    return status;
}

static const tw_option options[] = {
    {"in", "FILE", "bars: CSV, or a panel file (.twp)"},
    {"out", "FILE.csv", "time, symbol, score (default: standard output)"},
    {"last", NULL, "only the last time"},
    TW_IMPORT_OPTION,
    {0},
};

const tw_command tw_command_score = {
    .name = "score",
    .positional = "BUNDLE",
    .title = "Score bars with a bundle",
    .more = "Each bar is scored by the model that was valid at its time, as in the backtest and in the server.",
    .least = 1,
    .most = 1,
    .options = options,
    .run = score,
};
