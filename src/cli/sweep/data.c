/* SPDX-License-Identifier: Apache-2.0 */
/* data.c - the bars of a sweep: where they come from, of which symbols. */
#include "cli/sweep/job.h"

#include <string.h>

typedef tw_sweep_job_file job;

static const char *path_of(job *j, const char *text)
{
    if (text[0] == '/' || !j->folder[0]) return text;
    const size_t n = strlen(j->folder), m = strlen(text);
    char *path = tw_arena_new(&j->arena, n + m + 1, 1);
    if (!path) return NULL;
    memcpy(path, j->folder, n);
    memcpy(path + n, text, m);
    return path;
}

static tw_status import(job *j, const tw_node *data, const tw_node *csv, tw_error *err)
{
    const char *options;
    tw_import_options how;
    tw_import_summary summary;
    const size_t n = csv->kind == TW_NODE_LIST ? csv->n_children : 1;
    const char **paths = tw_arena_new(&j->arena, n ? n : 1, sizeof *paths);
    if (!paths) return tw_no_memory(err, "paths of a sweep");
    size_t k = 0;
    for (const tw_node *c = csv->kind == TW_NODE_LIST ? csv->first : csv; c && k < n; c = c->next) {
        if (c->kind != TW_NODE_TEXT) return tw_node_fail(j->doc, c, err, "'csv' must be a path or a list of paths");
        paths[k] = path_of(j, c->text);
        if (!paths[k++]) return tw_no_memory(err, "paths of a sweep");
    }
    if (k == 0) return tw_node_fail(j->doc, csv, err, "'csv' names no file");
    options = "";
    TW_TRY(tw_sweep_job_text(j, data, "import", &options, err));
    TW_TRY(tw_params_parse(tw_import_params(), "import", options, &how, err));
    how.out = how.rejects = NULL;
    return tw_import_csv(j->ctx, paths, k, &how, &j->panel, &summary, err);
}

static tw_status simulate(job *j, const char *params, tw_error *err)
{
    tw_buf truth;
    tw_actions *actions = NULL;
    tw_panel *raw = NULL;
    tw_buf_init(&truth, j->ctx);
    tw_status status = tw_simulate(j->ctx, params, NULL, &raw, &actions, &truth, err);
    if (status == TW_OK) status = tw_panel_adjust(j->ctx, raw, actions, TW_ADJUST_ALL, INT64_MAX, &j->panel, err);
    tw_panel_close(raw);
    tw_actions_free(actions);
    tw_buf_clear(&truth);
    return status;
}

static tw_status open_panel(job *j, const char *text, tw_error *err)
{
    const char *path = path_of(j, text);
    if (!path) return tw_no_memory(err, "a path of a sweep");
    TW_TRY(tw_panel_open(j->ctx, path, &j->panel, err));
    return tw_panel_verify(j->panel, err);
}

/* ---------------------------------------------------------------- symbols */

static tw_status find_symbol(job *j, const tw_node *node, size_t *symbol, tw_error *err)
{
    *symbol = tw_panel_find_symbol(j->panel, node->text);
    if (*symbol == SIZE_MAX) return tw_node_fail(j->doc, node, err, "the data have no symbol '%s'", node->text);
    for (const size_t *before = j->symbol; before < symbol; before++)
        if (*before == *symbol) return tw_node_fail(j->doc, node, err, "symbol '%s' is named twice", node->text);
    return TW_OK;
}

/* The first symbol, one, some or all. */
static tw_status choose_symbols(job *j, const tw_node *node, tw_error *err)
{
    const bool list = node && node->kind == TW_NODE_LIST, all = node && !list && strcmp(node->text, "all") == 0;
    const size_t n_all = tw_panel_symbols(j->panel), n = all ? n_all : list ? node->n_children : 1;
    if (node && !list && (node->kind == TW_NODE_MAP || node->kind == TW_NODE_NULL))
        return tw_node_fail(j->doc, node, err, "'symbol' must be a symbol, a list of symbols or all");
    if (n == 0 || n_all == 0) return tw_node_fail(j->doc, node, err, "no symbol is named");
    if (n > n_all) return tw_node_fail(j->doc, node, err, "%zu symbols are named; the data have %zu", n, n_all);
    size_t *symbol = tw_arena_new(&j->arena, n, sizeof *symbol);
    if (!symbol) return tw_no_memory(err, "symbols of a sweep");
    j->symbol = symbol;
    j->n_symbols = n;
    for (size_t i = 0; all && i < n; i++) symbol[i] = i;
    if (!node || all) return TW_OK;
    if (!list) return find_symbol(j, node, symbol, err);
    for (const tw_node *c = node->first; c; c = c->next) {
        if (c->kind == TW_NODE_MAP || c->kind == TW_NODE_LIST)
            return tw_node_fail(j->doc, c, err, "'symbol' must be a symbol, a list of symbols or all");
        TW_TRY(find_symbol(j, c, symbol++, err));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- bars */

static bool has_bar(const job *j, size_t close, size_t symbol, size_t t)
{
    return tw_panel_at(j->panel, close, symbol, t) > 0;
}

/* Times at which any of the symbols has a bar; place[t] is where t lies among them. */
static tw_status take_axis(job *j, size_t close, size_t *place, tw_error *err)
{
    const size_t n = tw_panel_times(j->panel);
    int64_t *time = tw_arena_new(&j->arena, n ? n : 1, sizeof *time);
    if (!time) return tw_no_memory(err, "the bars of a sweep");
    size_t bars = 0;
    for (size_t t = 0; t < n; t++) {
        size_t i = 0;
        while (i < j->n_symbols && !has_bar(j, close, j->symbol[i], t)) i++;
        place[t] = bars;
        if (i < j->n_symbols) time[bars++] = tw_panel_stamps(j->panel)[t];
    }
    j->time = time;
    j->n_times = bars;
    return TW_OK;
}

/* Room for the bars of one symbol in all columns. */
typedef struct bars {
    double **value;
    size_t *at, n, symbol;
} bars;

static tw_status make_room(job *j, bars *b, tw_error *err)
{
    b->value = tw_arena_new(&j->arena, j->search.n_columns, sizeof *b->value);
    b->at = tw_arena_new(&j->arena, b->n, sizeof *b->at);
    if (!b->value || !b->at) return tw_no_memory(err, "the bars of a sweep");
    for (size_t c = 0; c < j->search.n_columns; c++) {
        b->value[c] = tw_arena_new(&j->arena, b->n, sizeof **b->value);
        if (!b->value[c]) return tw_no_memory(err, "the bars of a sweep");
    }
    return TW_OK;
}

static tw_sweep_prices prices_of(const job *j, const bars *b)
{
    tw_sweep_prices p = {.n_times = b->n, .time_stride = 1};
    const char *const known[] = {"open", "high", "low", "close"};
    const double **const to[] = {&p.open, &p.high, &p.low, &p.close};
    for (size_t c = 0; c < j->search.n_columns; c++)
        for (size_t k = 0; k < 4; k++)
            if (strcmp(j->search.column[c], known[k]) == 0) *to[k] = b->value[c];
    return p;
}

/* Bars that a symbol has: those with a close. */
static tw_status take_bars(job *j, size_t close, const size_t *place, size_t i, tw_error *err)
{
    const size_t n = tw_panel_times(j->panel);
    bars b = {.symbol = j->symbol[i]};
    for (size_t t = 0; t < n; t++) b.n += has_bar(j, close, b.symbol, t);
    if (b.n == 0)
        return tw_fail(err, TW_BAD_DATA, "symbol '%s' has no bar with a close", tw_panel_symbol(j->panel, b.symbol));
    TW_TRY(make_room(j, &b, err));
    size_t k = 0;
    for (size_t t = 0; t < n; t++) {
        if (!has_bar(j, close, b.symbol, t)) continue;
        for (size_t c = 0; c < j->search.n_columns; c++) b.value[c][k] = tw_panel_at(j->panel, c, b.symbol, t);
        b.at[k++] = place[t];
    }
    j->market[i] = (tw_sweep_market){(const double *const *)b.value, prices_of(j, &b), b.at};
    return TW_OK;
}

static tw_status take_all_bars(job *j, tw_error *err)
{
    const size_t n = tw_panel_times(j->panel), columns = tw_panel_columns(j->panel);
    const size_t close = tw_panel_find_column(j->panel, "close");
    const char **name = tw_arena_new(&j->arena, columns ? columns : 1, sizeof *name);
    size_t *place = tw_arena_new(&j->arena, n ? n : 1, sizeof *place);
    j->market = tw_arena_new(&j->arena, j->n_symbols, sizeof *j->market);
    if (!name || !place || !j->market) return tw_no_memory(err, "the bars of a sweep");
    if (close == SIZE_MAX) return tw_fail(err, TW_BAD_DATA, "the data have no column 'close'");
    for (size_t c = 0; c < columns; c++) name[c] = tw_panel_column_name(j->panel, c);
    j->search.column = name;
    j->search.n_columns = columns;
    TW_TRY(take_axis(j, close, place, err));
    for (size_t i = 0; i < j->n_symbols; i++) TW_TRY(take_bars(j, close, place, i, err));
    /* Expressions are tried on the first symbol; alone, it is the sweep. */
    const double year = j->search.prices.periods_per_year;
    j->search.values = j->market[0].values;
    j->search.prices = j->market[0].prices;
    j->search.prices.periods_per_year = year;
    return TW_OK;
}

tw_status tw_sweep_job_read_data(job *j, const tw_node *root, tw_error *err)
{
    const tw_node *data = tw_node_get(root, "data");
    if (!data) return tw_node_fail(j->doc, root, err, "'data' is missing");
    TW_TRY(tw_sweep_job_keys(j, data, TW_NAMES("simulate", "csv", "panel", "import", "symbol"), err));
    const tw_node *csv = tw_node_get(data, "csv"), *source = csv;
    const char *simulated, *panel;
    simulated = NULL;
    TW_TRY(tw_sweep_job_text(j, data, "simulate", &simulated, err));
    panel = NULL;
    TW_TRY(tw_sweep_job_text(j, data, "panel", &panel, err));
    if (!source) source = tw_node_get(data, panel ? "panel" : "simulate");
    if ((csv != NULL) + (simulated != NULL) + (panel != NULL) != 1)
        return tw_node_fail(j->doc, data, err, "'data' must have one of 'csv', 'panel' and 'simulate'");
    tw_error why;
    const tw_status status = csv     ? import(j, data, csv, &why)
                             : panel ? open_panel(j, panel, &why)
                                     : simulate(j, simulated, &why);
    if (status != TW_OK) return tw_node_fail(j->doc, source, err, "%s", why.message);
    TW_TRY(choose_symbols(j, tw_node_get(data, "symbol"), err));
    if (take_all_bars(j, &why) != TW_OK) return tw_node_fail(j->doc, source, err, "%s", why.message);
    return TW_OK;
}
