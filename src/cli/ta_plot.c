/* SPDX-License-Identifier: Apache-2.0 */
/* ta_plot.c - tradewind ta plot: an operator over the bars of one symbol, as a chart. */
#include "cli/charts.h"
#include "cli/panels.h"
#include "tradewind/feature.h"

#include <math.h>
#include <string.h>

enum { OPEN, HIGH, LOW, CLOSE, VOLUME, N_COLUMNS, MOST_PANELS = 4 };
static const char *const column_names[N_COLUMNS] = {"open", "high", "low", "close", "volume"};

/* Least and greatest of some values; lo > hi: none. */
typedef struct range {
    double lo, hi;
} range;

/* What is drawn, and where it comes from. */
typedef struct plot {
    tw_cli *cli;
    tw_arena arena;
    const tw_op *op;
    const char *params;
    tw_panel *panel;
    size_t symbol, n_all;             /* bars of the panel */
    size_t *bars, n;                  /* those drawn */
    int64_t *times;                   /* of the bars drawn, as are the columns and outputs */
    const double *columns[N_COLUMNS]; /* NULL where the panel has none */
    double **outputs;
    range spans[MOST_PANELS]; /* of the values in a panel; 0 is that of the prices */
    size_t n_panels;
} plot;

/* ---------------------------------------------------------------- values */

static tw_status choose_symbol(plot *p, tw_error *err)
{
    const char *name = tw_cli_value(p->cli, "symbol");
    const size_t n = tw_panel_symbols(p->panel);
    if (name) {
        p->symbol = tw_panel_find_symbol(p->panel, name);
        if (p->symbol == SIZE_MAX) return tw_fail(err, TW_BAD_NAME, "the bars have no symbol '%s'", name);
    } else if (n != 1) {
        return tw_fail(err, TW_BAD_VALUE, "the bars have %zu symbols, a chart has one: choose it with --symbol%s%s", n,
                       n ? ", as in --symbol " : "", n ? tw_panel_symbol(p->panel, 0) : "");
    }
    p->n_all = tw_panel_times(p->panel);
    return TW_OK;
}

/* All values of a column; NULL when memory ran out. */
static double *column(plot *p, const char *name)
{
    const size_t c = tw_panel_find_column(p->panel, name);
    double *y = tw_arena_new(&p->arena, p->n_all, sizeof *y);
    for (size_t t = 0; y && t < p->n_all; t++) y[t] = tw_panel_at(p->panel, c, p->symbol, t);
    return y;
}

/* The last --last bars that have a price; a day on which only other symbols trade is none. */
static tw_status choose_bars(plot *p, tw_error *err)
{
    int64_t last;
    TW_TRY(tw_cli_integer(p->cli, "last", 180, 1, 10000, &last, err));
    p->bars = tw_arena_new(&p->arena, p->n_all + 1, sizeof *p->bars);
    if (!p->bars) return tw_no_memory(err, "a chart");
    for (size_t t = 0; t < p->n_all; t++) {
        bool any = false;
        for (size_t c = 0; c < tw_panel_columns(p->panel); c++)
            any |= isfinite(tw_panel_at(p->panel, c, p->symbol, t)) != 0;
        if (any) p->bars[p->n++] = t;
    }
    if (p->n == 0) return tw_fail(err, TW_BAD_VALUE, "the bars have no value to draw");
    if (p->n > (size_t)last) p->bars += p->n - (size_t)last, p->n = (size_t)last;
    p->times = tw_arena_new(&p->arena, p->n, sizeof *p->times);
    if (!p->times) return tw_no_memory(err, "a chart");
    for (size_t i = 0; i < p->n; i++) p->times[i] = tw_panel_stamps(p->panel)[p->bars[i]];
    return TW_OK;
}

/* Keeps the values of the bars drawn, in place. */
static void keep_drawn(const plot *p, double *y)
{
    for (size_t i = 0; i < p->n; i++) y[i] = p->bars[i] < p->n_all ? y[p->bars[i]] : (double)NAN;
}

/* False until an output has a value in a bar drawn. */
static bool any_value(const plot *p)
{
    for (size_t o = 0; p->op->outputs[o]; o++)
        for (size_t i = 0; i < p->n; i++)
            if (isfinite(p->outputs[o][i])) return true;
    return false;
}

static tw_status no_value(const plot *p, tw_error *err)
{
    tw_plan *plan = NULL;
    size_t back = SIZE_MAX;
    TW_TRY(tw_plan_operator(p->cli->ctx, p->op->name, p->params, &plan, err));
    for (size_t f = 0; f < tw_plan_features(plan); f++)
        if (tw_plan_lookback(plan, f) < back) back = tw_plan_lookback(plan, f);
    tw_plan_free(plan);
    if (back >= p->n_all)
        return tw_fail(err, TW_BAD_VALUE, "%s has its first value after %zu bars; there are only %zu", p->op->name,
                       back, p->n_all);
    return tw_fail(err, TW_BAD_VALUE, "%s has no value in the %zu bars to draw: too much is missing in what it reads",
                   p->op->name, p->n);
}

static tw_status compute(plot *p, tw_error *err)
{
    const size_t n_in = tw_op_inputs(p->op), n_out = tw_op_outputs(p->op);
    const double **in = tw_arena_new(&p->arena, n_in, sizeof *in);
    p->outputs = tw_arena_new(&p->arena, n_out, sizeof *p->outputs);
    if (!in || !p->outputs) return tw_no_memory(err, "a chart");
    for (size_t i = 0; i < n_in; i++) {
        const char *from = tw_cli_column_of(p->panel, p->op->inputs[i]);
        if (!from)
            return tw_fail(err, TW_BAD_NAME, "%s needs a column '%s', which the bars lack", p->op->name,
                           p->op->inputs[i]);
        in[i] = column(p, from);
        if (!in[i]) return tw_no_memory(err, "a chart");
    }
    for (size_t o = 0; o < n_out; o++) {
        p->outputs[o] = tw_arena_new(&p->arena, p->n_all, sizeof **p->outputs);
        if (!p->outputs[o]) return tw_no_memory(err, "a chart");
    }
    TW_TRY(tw_op_apply(p->cli->ctx, p->op->name, p->params, p->n_all, in, p->outputs, err));
    for (size_t o = 0; o < n_out; o++) keep_drawn(p, p->outputs[o]);
    return any_value(p) ? TW_OK : no_value(p, err);
}

static tw_status take_columns(plot *p, tw_error *err)
{
    for (size_t c = 0; c < N_COLUMNS; c++) {
        if (tw_panel_find_column(p->panel, column_names[c]) == SIZE_MAX) continue;
        double *y = column(p, column_names[c]);
        if (!y) return tw_no_memory(err, "a chart");
        keep_drawn(p, y);
        p->columns[c] = y;
    }
    if (p->columns[CLOSE]) return TW_OK;
    double *y = column(p, tw_cli_column_of(p->panel, p->op->inputs[0])); /* bars without a close: what is looked at */
    if (!y) return tw_no_memory(err, "a chart");
    keep_drawn(p, y);
    p->columns[CLOSE] = y;
    return TW_OK;
}

/* ---------------------------------------------------------------- who goes where */

static void cover(range *r, const double *y, size_t n)
{
    for (size_t t = 0; y && t < n; t++)
        if (isfinite(y[t])) r->lo = fmin(r->lo, y[t]), r->hi = fmax(r->hi, y[t]);
}

static range range_of(const double *y, size_t n)
{
    range r = {INFINITY, -INFINITY};
    cover(&r, y, n);
    return r;
}

static bool reads(const tw_op *op, const char *input)
{
    for (size_t i = 0; op->inputs[i]; i++)
        if (!strcmp(op->inputs[i], input)) return true;
    return false;
}

static bool is_marks(const tw_op *op, size_t output)
{
    return !strcmp(op->group, "pattern") && !strcmp(op->outputs[output], "integer");
}

/* In the units and at the height of prices: what moves with them when they are multiplied and when they are shifted. */
static bool is_like_price(const tw_op *op)
{
    if (!strcmp(op->group, "overlap") || !strcmp(op->group, "price")) return true;
    return (op->traits & TW_SCALES) && (op->traits & TW_SHIFTS) && !reads(op, "volume");
}

/* Values near those of a panel: they share its axis without one making the other flat. */
static bool fits(range r, range panel)
{
    const double span = panel.hi - panel.lo, own = r.hi - r.lo;
    const double whole = fmax(r.hi, panel.hi) - fmin(r.lo, panel.lo);
    return r.lo > r.hi || (whole <= 4 * fmax(span, own) && fmax(span, own) <= 40 * fmin(span, own));
}

/* An output of an overlap that is no price after all (a direction, a width) is left out of the prices: they would be a
 * flat line. */
static bool fits_price(range r, range price)
{
    const double span = price.hi - price.lo;
    return r.lo > r.hi || (r.hi >= price.lo - span && r.lo <= price.hi + span && r.hi - r.lo <= 8 * span);
}

static size_t panel_of(plot *p, size_t output)
{
    const range r = range_of(p->outputs[output], p->n);
    if (is_marks(p->op, output)) return 0;
    if (is_like_price(p->op) && fits_price(r, p->spans[0])) return 0;
    size_t q = 1;
    while (q < p->n_panels && !fits(r, p->spans[q])) q++;
    if (q == MOST_PANELS) q--;
    if (q == p->n_panels) p->spans[p->n_panels++] = (range){INFINITY, -INFINITY};
    p->spans[q] = (range){fmin(r.lo, p->spans[q].lo), fmax(r.hi, p->spans[q].hi)};
    return q;
}

static tw_chart_kind kind_of(const tw_op *op, size_t output)
{
    if (is_marks(op, output)) return TW_CHART_MARKS;
    if (strstr(op->outputs[output], "hist")) return TW_CHART_HISTOGRAM;
    return strncmp(op->name, "sar", 3) ? TW_CHART_LINE : TW_CHART_DOTS;
}

/* ---------------------------------------------------------------- chart */

/* Prices, and under them the volume where the operator reads it. */
static size_t price_series(const plot *p, tw_chart_series *out)
{
    const double *const *c = p->columns;
    const bool candles = c[OPEN] && c[HIGH] && c[LOW];
    size_t n = 0;
    if (c[VOLUME] && reads(p->op, "volume"))
        out[n++] = (tw_chart_series){"volume", TW_CHART_VOLUME, c[VOLUME], 0, 0, 0};
    out[n++] = (tw_chart_series){.name = tw_panel_symbol(p->panel, p->symbol), .y = c[CLOSE]};
    if (!candles) return n;
    out[n - 1].kind = TW_CHART_CANDLES;
    out[n - 1].open = c[OPEN], out[n - 1].high = c[HIGH], out[n - 1].low = c[LOW];
    return n;
}

/* An operator with one output goes by its own name. */
static const char *legend_of(const tw_op *op, size_t output) { return op->outputs[1] ? op->outputs[output] : op->name; }

static tw_chart_series series_of(const plot *p, size_t o)
{
    tw_chart_series s = {.name = legend_of(p->op, o), .kind = kind_of(p->op, o), .y = p->outputs[o]};
    if (s.kind == TW_CHART_MARKS) s.high = p->columns[HIGH], s.low = p->columns[LOW];
    return s;
}

/* Histograms first: lines lie on top of them. */
static size_t panel_series(const plot *p, const size_t *place, size_t panel, tw_chart_series *out)
{
    size_t n = panel == 0 ? price_series(p, out) : 0;
    for (int lines = 0; lines < 2; lines++)
        for (size_t o = 0; p->op->outputs[o]; o++)
            if (place[o] == panel && (kind_of(p->op, o) != TW_CHART_HISTOGRAM) == lines) out[n++] = series_of(p, o);
    return n;
}

/* "macd(12, 26, 9)  ACME  2024-01-02 to 2024-06-28"; texts that stand at their default are left out. */
static tw_status write_note(const plot *p, tw_buf *out, tw_error *err)
{
    char from[40], to[40];
    from[tw_time_format(p->times[0], from)] = to[tw_time_format(p->times[p->n - 1], to)] = '\0';
    void *values = tw_new(p->cli->ctx, 1, p->op->params_size + 1);
    if (!values) return tw_no_memory(err, "a chart");
    tw_status status = tw_params_parse(p->op->params, p->op->name, p->params, values, err);
    size_t n = 0;
    tw_buf_text(out, p->op->name);
    for (const tw_param *q = p->op->params; status == TW_OK && q && q->name; q++) {
        const char *at = (const char *)values + q->offset;
        char number[40] = "";
        if (q->kind == TW_KIND_INT)
            (void)snprintf(number, sizeof number, "%d", *(const int *)(const void *)at);
        else if (q->kind == TW_KIND_REAL)
            number[tw_format_double(*(const double *)(const void *)at, number)] = '\0';
        const char *text = q->kind == TW_KIND_TEXT && strcmp(at, q->preset_text) != 0 ? at : number;
        if (*text) tw_buf_printf(out, "%s%s", n++ ? ", " : "(", text);
    }
    tw_buf_printf(out, "%s   %s   %s to %s", n ? ")" : "", tw_panel_symbol(p->panel, p->symbol), from, to);
    tw_free(p->cli->ctx, values);
    return status == TW_OK ? tw_buf_check(out, err) : status;
}

static tw_status write_chart(plot *p, const tw_chart *chart, tw_error *err)
{
    const char *path = tw_cli_value(p->cli, "out"), *end = strrchr(path, '.');
    tw_buf out;
    tw_buf_init(&out, p->cli->ctx);
    tw_status status = !strcmp(end, ".png")   ? tw_cli_png(p->cli->ctx, chart, &out, err)
                       : !strcmp(end, ".svg") ? tw_chart_svg(p->cli->ctx, chart, &out, err)
                                              : tw_cli_chart_page(p->cli->ctx, chart, &out, err);
    if (status == TW_OK) status = tw_cli_out(p->cli, &out, err);
    tw_buf_clear(&out);
    return status;
}

static tw_status draw(plot *p, tw_error *err)
{
    const size_t n_out = tw_op_outputs(p->op);
    size_t *place = tw_arena_new(&p->arena, n_out, sizeof *place);
    tw_chart_series *series = tw_arena_new(&p->arena, MOST_PANELS * (n_out + 2), sizeof *series);
    if (!place || !series) return tw_no_memory(err, "a chart");
    p->spans[0] = range_of(p->columns[CLOSE], p->n);
    cover(&p->spans[0], p->columns[HIGH], p->n), cover(&p->spans[0], p->columns[LOW], p->n);
    p->n_panels = 1;
    for (size_t o = 0; o < n_out; o++) place[o] = panel_of(p, o);
    tw_chart_panel panels[MOST_PANELS] = {{0}};
    for (size_t q = 0; q < p->n_panels; q++) {
        panels[q] = (tw_chart_panel){.series = series, .share = q == 0 ? 1 : p->n_panels == 2 ? 0.5 : 0.4};
        panels[q].n_series = panel_series(p, place, q, series);
        series += panels[q].n_series;
    }
    memcpy(panels[1].levels, p->op->levels, sizeof panels[1].levels);
    int64_t width, height;
    TW_TRY(tw_cli_integer(p->cli, "width", 1200, 160, 8000, &width, err));
    TW_TRY(tw_cli_integer(p->cli, "height", 700, 120, 8000, &height, err));
    tw_buf note;
    tw_buf_init(&note, p->cli->ctx);
    tw_status status = write_note(p, &note, err);
    if (status == TW_OK)
        status = write_chart(
            p, &(tw_chart){p->op->title, note.data, p->times, p->n, panels, p->n_panels, (int)width, (int)height}, err);
    tw_buf_clear(&note);
    return status;
}

/* ---------------------------------------------------------------- command */

/* What can be said before the bars are read. */
static tw_status check_options(plot *p, tw_error *err)
{
    const char *out = tw_cli_value(p->cli, "out"), *end = out ? strrchr(out, '.') : NULL;
    int64_t ignored;
    TW_TRY(tw_op_find(TW_ISA_BASELINE, p->cli->positional[0], &p->op, err));
    if (p->op->section)
        return tw_fail(err, TW_UNSUPPORTED, "%s works across symbols, not along one series", p->op->name);
    if (!tw_cli_value(p->cli, "in")) return tw_fail(err, TW_BAD_VALUE, "ta plot needs --in FILE");
    if (!out) return tw_fail(err, TW_BAD_VALUE, "ta plot needs --out FILE.png, FILE.svg or FILE.html");
    if (!end || (strcmp(end, ".png") != 0 && strcmp(end, ".svg") != 0 && strcmp(end, ".html") != 0))
        return tw_fail(err, TW_BAD_VALUE, "--out must end in .png, .svg or .html, got '%s'", out);
    TW_TRY(tw_cli_integer(p->cli, "last", 180, 1, 10000, &ignored, err));
    TW_TRY(tw_cli_integer(p->cli, "width", 1200, 160, 8000, &ignored, err));
    return tw_cli_integer(p->cli, "height", 700, 120, 8000, &ignored, err);
}

static tw_status run_plot(plot *p, tw_error *err)
{
    const char *in = tw_cli_value(p->cli, "in");
    TW_TRY(tw_cli_panel(p->cli, &in, 1, &p->panel, err));
    TW_TRY(choose_symbol(p, err));
    TW_TRY(choose_bars(p, err));
    TW_TRY(compute(p, err));
    TW_TRY(take_columns(p, err));
    return draw(p, err);
}

static tw_status plot_operator(tw_cli *cli, tw_error *err)
{
    plot p = {.cli = cli, .params = tw_cli_value(cli, "params")};
    TW_TRY(check_options(&p, err));
    tw_arena_init(&p.arena, cli->ctx);
    const tw_status status = run_plot(&p, err);
    tw_panel_close(p.panel);
    tw_arena_clear(&p.arena);
    return status;
}

static const tw_option plot_options[] = {
    {"in", "FILE", "bars: CSV, or a panel file (.twp)"},
    {"params", "\"k=v ...\"", "parameters, as 'tradewind ta show NAME' lists them"},
    {"out", "FILE", "picture: .png, .svg, or .html with a read-out under the pointer"},
    {"symbol", "NAME", "of bars with several symbols: which one"},
    {"last", "N", "bars drawn, the newest; all are computed (default 180)"},
    {"width", "N", "in pixels (default 1200)"},
    {"height", "N", "in pixels (default 700)"},
    TW_IMPORT_OPTION,
    {0},
};
const tw_command tw_command_ta_plot = {
    .name = "ta plot",
    .positional = "NAME",
    .title = "Draw an operator and the prices as a chart",
    .more =
        "What is on the scale of prices is drawn over the candles, the rest in a panel below; patterns are arrows.\n"
        "Inputs are read from columns as in 'tradewind ta calc'.",
    .least = 1,
    .most = 1,
    .options = plot_options,
    .run = plot_operator,
};
