/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/values.h"
#include "cli/panels.h"

#include <math.h>

/* Values by [feature][time][lane] in double. */
typedef struct job {
    tw_cli *cli;
    const tw_panel *panel;
    tw_plan *plan;
    size_t n_features, lanes;
    double *cells;
} job;

/* Bars between two looks at the progress: the bits do not depend on how bars are cut. */
enum { BARS_A_STEP = 512 };

static tw_status run_steps(job *j, tw_runner *runner, tw_tiles *in, tw_tiles_out *out, tw_error *err)
{
    const size_t n_times = tw_panel_times(j->panel), n_columns = tw_panel_columns(j->panel);
    for (size_t t = 0; t < n_times; t += BARS_A_STEP) {
        const size_t n = n_times - t < BARS_A_STEP ? n_times - t : BARS_A_STEP;
        TW_TRY(tw_progress_step(j->cli->ctx, "computing", t, n_times, NULL));
        TW_TRY(tw_runner_run(runner, n, in, out, err));
        for (size_t k = 0; k < n_columns; k++) in[k].base += n * in[k].time_stride;
        for (size_t f = 0; f < j->n_features; f++) out[f].f64 += n * out[f].time_stride;
    }
    return TW_OK;
}

static tw_status run(job *j, tw_tiles *in, tw_tiles_out *out, tw_error *err)
{
    tw_runner *runner = NULL;
    TW_TRY(tw_runner_new(j->cli->ctx, j->plan, tw_panel_symbols(j->panel), NULL, &runner, err));
    const tw_status status = run_steps(j, runner, in, out, err);
    tw_runner_free(runner);
    return status;
}

static tw_status execute(job *j, tw_error *err)
{
    const size_t n_times = tw_panel_times(j->panel), n_columns = tw_panel_columns(j->panel);
    tw_arena arena;
    tw_arena_init(&arena, j->cli->ctx);
    j->cells = tw_new(j->cli->ctx, j->n_features * n_times * j->lanes, sizeof *j->cells);
    tw_tiles *in = tw_arena_new(&arena, n_columns, sizeof *in);
    tw_tiles_out *out = tw_arena_new(&arena, j->n_features, sizeof *out);
    tw_status status = j->cells && in && out ? TW_OK : tw_no_memory(err, "features");
    for (size_t k = 0; status == TW_OK && k < n_columns; k++)
        in[k] = (tw_tiles){
            .base = tw_panel_tile(j->panel, k, 0), .block_stride = n_times * TW_LANES, .time_stride = TW_LANES};
    for (size_t f = 0; status == TW_OK && f < j->n_features; f++)
        out[f] =
            (tw_tiles_out){.f64 = j->cells + f * n_times * j->lanes, .block_stride = TW_LANES, .time_stride = j->lanes};
    if (status == TW_OK) status = run(j, in, out, err);
    tw_arena_clear(&arena);
    return status;
}

static tw_status write_csv(const job *j, tw_buf *out)
{
    const size_t n_times = tw_panel_times(j->panel);
    tw_buf_text(out, "time,symbol");
    for (size_t f = 0; f < j->n_features; f++) tw_buf_printf(out, ",%s", tw_plan_feature_name(j->plan, f));
    tw_buf_text(out, "\n");
    for (size_t t = 0; t < n_times; t++) {
        TW_TRY(tw_progress_step(j->cli->ctx, "writing", t, n_times, NULL));
        for (size_t s = 0; s < tw_panel_symbols(j->panel); s++) {
            char text[40];
            text[tw_time_format(tw_panel_stamps(j->panel)[t], text)] = '\0';
            tw_buf_printf(out, "%s,%s", text, tw_panel_symbol(j->panel, s));
            for (size_t f = 0; f < j->n_features; f++) {
                const double x = j->cells[(f * n_times + t) * j->lanes + s];
                text[isnan(x) ? 0 : tw_format_double(x, text)] = '\0';
                tw_buf_printf(out, ",%s", text);
            }
            tw_buf_text(out, "\n");
        }
    }
    return TW_OK;
}

tw_status tw_cli_values(tw_cli *cli, const tw_panel *panel, tw_plan_spec spec, tw_error *err)
{
    const tw_panel_shape *shape = tw_panel_shape_view(panel);
    const size_t n_symbols = tw_panel_symbols(panel);
    job j = {.cli = cli, .panel = panel, .n_features = spec.n_features};
    j.lanes = n_symbols == 1 ? 1 : tw_panel_blocks(panel) * TW_LANES;
    spec.columns = shape->columns;
    spec.n_columns = shape->n_columns;
    tw_buf text;
    tw_buf_init(&text, cli->ctx);
    tw_status status = tw_plan_compile(cli->ctx, &spec, &j.plan, err);
    if (status == TW_OK) status = execute(&j, err);
    if (status == TW_OK) status = write_csv(&j, &text);
    if (status == TW_OK) status = tw_cli_out(cli, &text, err);
    tw_buf_clear(&text);
    tw_free(cli->ctx, j.cells);
    tw_plan_free(j.plan);
    return status;
}
