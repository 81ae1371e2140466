/* SPDX-License-Identifier: Apache-2.0 */
#include "automl/board_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PARAMS_WIDTH = 100 };

static void number(tw_json *json, const char *key, double x)
{
    tw_json_key(json, key);
    tw_json_number(json, x);
}

static void row_json(const tw_board_row *row, tw_json *json)
{
    const tw_trial *trial = row->trial;
    tw_json_object(json);
    tw_json_key(json, "name"), tw_json_text(json, trial->name);
    tw_json_key(json, "params"), tw_json_text(json, trial->params);
    tw_json_key(json, "baseline"), tw_json_bool(json, trial->baseline);
    tw_json_key(json, "earlier"), tw_json_bool(json, !row->own);
    number(json, "rank_metric", row->rank_metric);
    number(json, "mean", row->sharpe.mean);
    number(json, "sd", row->sharpe.sd);
    number(json, "sharpe", row->sharpe.sharpe);
    number(json, "sharpe_error", row->sharpe.error);
    number(json, "sharpe_error_lo", row->sharpe.error_lo);
    number(json, "skew", row->sharpe.skew);
    number(json, "kurtosis", row->sharpe.kurtosis);
    number(json, "psr", row->psr);
    number(json, "dsr", row->dsr);
    number(json, "fit_seconds", trial->fit_seconds);
    tw_json_key(json, "metrics"), tw_json_object(json);
    for (size_t i = 0; i < trial->n_metrics; i++) number(json, trial->metric_names[i], trial->metrics[i]);
    tw_json_object_end(json);
    tw_json_object_end(json);
}

void tw_board_json(const tw_board *board, tw_json *json)
{
    tw_json_object(json);
    tw_json_key(json, "verdict"), tw_json_text(json, tw_verdict_text(board->verdict));
    tw_json_key(json, "verdict_text"), tw_json_text(json, board->verdict_text);
    tw_json_key(json, "best"), tw_json_integer(json, (int64_t)board->best);
    number(json, "n_trials", board->n_trials);
    number(json, "effective_trials", board->effective_trials);
    number(json, "sharpe_variance", board->sharpe_variance);
    tw_json_key(json, "pbo"), tw_json_object(json);
    number(json, "pbo", board->pbo.pbo);
    number(json, "slope", board->pbo.slope);
    number(json, "p_loss", board->pbo.p_loss);
    tw_json_key(json, "combinations"), tw_json_integer(json, (int64_t)board->pbo.combinations);
    tw_json_object_end(json);
    tw_json_key(json, "spa"), tw_json_object(json);
    number(json, "statistic", board->spa.statistic);
    number(json, "p_lower", board->spa.p_lower);
    number(json, "p_consistent", board->spa.p_consistent);
    number(json, "p_upper", board->spa.p_upper);
    tw_json_object_end(json);
    tw_json_key(json, "rows"), tw_json_array(json);
    for (size_t i = 0; i < board->n; i++) row_json(&board->row[i], json);
    tw_json_array_end(json);
    tw_json_object_end(json);
}

/* A column of numbers; "-" for what is not known. */
/* As many as a line has room for, the foremost first; all of them are in the report and on the ledger. */
static void print_params(tw_buf *out, const char *params)
{
    size_t length = strlen(params);
    const bool cut = length > PARAMS_WIDTH;
    for (length = cut ? PARAMS_WIDTH : length; cut && length > 0 && params[length] != ' '; length--) {
    }
    tw_buf_printf(out, "  %.*s%s\n", (int)length, params, cut ? " ..." : "");
}

static void cell(tw_buf *out, const char *format, int width, double x)
{
    char text[32] = "-";
    if (!isnan(x)) (void)snprintf(text, sizeof text, format, x);
    tw_buf_printf(out, "  %*s", width, text);
}

static const char *mark(const tw_board *board, size_t row)
{
    if (board->row[row].trial->baseline) return " b";
    if (row == board->best) return " *";
    return board->row[row].own ? "  " : " e";
}

void tw_board_table(const tw_board *board, tw_buf *out)
{
    tw_buf_printf(out, "   %-18s  %9s  %9s  %8s  %6s  %6s  %7s  %s\n", "trial", "metric", "mean", "Sharpe", "PSR",
                  "DSR", "fit s", "parameters");
    for (size_t i = 0; i < board->n; i++) {
        const tw_board_row *row = &board->row[i];
        tw_buf_printf(out, "%s %-18.18s", mark(board, i), row->trial->name);
        cell(out, "%.5f", 9, row->rank_metric);
        cell(out, "%.3g", 9, row->sharpe.mean);
        cell(out, "%.4f", 8, row->sharpe.sharpe);
        cell(out, "%.3f", 6, row->psr);
        cell(out, "%.3f", 6, row->trial->baseline ? NAN : row->dsr);
        cell(out, "%.2f", 7, row->trial->fit_seconds);
        print_params(out, row->trial->params);
    }
    size_t earlier = 0;
    for (size_t i = 0; i < board->n; i++) earlier += !board->row[i].own;
    tw_buf_printf(out, "b baseline, * best%s; Sharpe a period. Trials %.0f, effective %.1f, PBO ",
                  earlier ? ", e of an earlier run" : "", board->n_trials, board->effective_trials);
    if (isnan(board->pbo.pbo))
        tw_buf_text(out, "n/a");
    else
        tw_buf_printf(out, "%.3f", board->pbo.pbo);
    tw_buf_text(out, ", SPA p ");
    if (isnan(board->spa.p_consistent))
        tw_buf_text(out, "n/a");
    else
        tw_buf_printf(out, "%.3f", board->spa.p_consistent);
    tw_buf_printf(out, "\n%s\n", board->verdict_text);
}
