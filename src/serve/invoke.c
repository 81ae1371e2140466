/* SPDX-License-Identifier: Apache-2.0 */
/* invoke.c - stateless scoring: the bars of one request, from nothing, as the hosting contracts want it. */
#include "serve/serve_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct invocation {
    const tw_bars *bars;
    tw_scorer *scorer;
    size_t n_lanes;
    double *values, *score, *prediction; /* prediction by row */
    const double **view;
    const char **symbols;
    size_t n_symbols;
} invocation;

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* The symbols of the request, sorted, each once. */
static void unique_symbols(invocation *v)
{
    for (size_t i = 0; i < v->bars->n_rows; i++) v->symbols[i] = v->bars->symbol[i];
    qsort(v->symbols, v->bars->n_rows, sizeof *v->symbols, by_text);
    for (size_t i = 0; i < v->bars->n_rows; i++)
        if (!v->n_symbols || strcmp(v->symbols[v->n_symbols - 1], v->symbols[i]) != 0)
            v->symbols[v->n_symbols++] = v->symbols[i];
}

static tw_status score_time(invocation *v, size_t from, size_t to, tw_error *err)
{
    const tw_bars *b = v->bars;
    for (size_t i = 0; i < b->n_columns * v->n_lanes; i++) v->values[i] = NAN;
    for (size_t r = from; r < to; r++) {
        const size_t lane = tw_scorer_lane(v->scorer, b->symbol[r]);
        for (size_t c = 0; c < b->n_columns; c++) v->values[c * v->n_lanes + lane] = b->value[r * b->n_columns + c];
    }
    TW_TRY(tw_scorer_bar(v->scorer, b->time[from], v->view, v->score, NULL, err));
    for (size_t r = from; r < to; r++) v->prediction[r] = v->score[tw_scorer_lane(v->scorer, b->symbol[r])];
    return TW_OK;
}

static tw_status run(const tw_server *server, invocation *v, tw_error *err)
{
    const tw_ctx *ctx = &server->ctx;
    unique_symbols(v);
    if (v->n_symbols > (size_t)server->options.max_symbols)
        return tw_fail(err, TW_TOO_LARGE, "%zu symbols, at most %d are allowed (max_symbols)", v->n_symbols,
                       server->options.max_symbols);
    TW_TRY(tw_scorer_new(ctx, server->bundle, v->symbols, v->n_symbols, &v->scorer, err));
    v->n_lanes = v->n_symbols == 1 ? 1 : (v->n_symbols + TW_LANES - 1) / TW_LANES * TW_LANES;
    v->values = tw_new(ctx, v->bars->n_columns * v->n_lanes, sizeof *v->values);
    v->score = tw_new(ctx, v->n_lanes, sizeof *v->score);
    v->view = tw_new(ctx, v->bars->n_columns, sizeof *v->view);
    if (!v->values || !v->score || !v->view) return tw_no_memory(err, "an invocation");
    for (size_t c = 0; c < v->bars->n_columns; c++) v->view[c] = v->values + c * v->n_lanes;
    for (size_t from = 0; from < v->bars->n_rows;) {
        const size_t to = tw_bars_next_time(v->bars, from);
        TW_TRY(score_time(v, from, to, err));
        from = to;
    }
    return TW_OK;
}

static void write_answer(const invocation *v, tw_json *json, tw_buf *csv)
{
    for (size_t r = 0; r < v->bars->n_rows; r++) {
        char text[32];
        if (json) tw_json_number(json, v->prediction[r]);
        if (!csv) continue;
        text[isnan(v->prediction[r]) ? 0 : tw_format_double(v->prediction[r], text)] = '\0';
        tw_buf_printf(csv, "%s\n", text);
    }
}

tw_status tw_invoke(const tw_server *server, const tw_bars *bars, tw_json *json, tw_buf *csv, tw_error *err)
{
    const tw_ctx *ctx = &server->ctx;
    if (!bars->n_rows) return tw_fail(err, TW_BAD_DATA, "the request holds no bar");
    invocation v = {.bars = bars};
    v.symbols = tw_new(ctx, bars->n_rows, sizeof *v.symbols);
    v.prediction = tw_new(ctx, bars->n_rows, sizeof *v.prediction);
    const tw_status status = v.symbols && v.prediction ? run(server, &v, err) : tw_no_memory(err, "an invocation");
    if (status == TW_OK) write_answer(&v, json, csv);
    tw_scorer_free(v.scorer);
    tw_free(ctx, v.values);
    tw_free(ctx, v.score);
    tw_free(ctx, v.view);
    tw_free(ctx, v.symbols);
    tw_free(ctx, v.prediction);
    return status;
}
