/* SPDX-License-Identifier: Apache-2.0 */
/* explain_figure.c - an explanation as figures: one as SVG, all of them as a page. */
#include "cli/explain.h"

#include "tradewind/plot.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 760, MOST_FEATURES = 20, MOST_PAIRS = 12, MOST_CURVES = 200, MOST_DOTS = 2000, TEXT = 32 };

/* What figures are made of; freed together. */
typedef struct drawing {
    const tw_explanation *e;
    tw_arena arena;
    tw_buf *out;
} drawing;

static const char *keep_text(drawing *d, const char *text) { return tw_arena_text(&d->arena, text, strlen(text)); }

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "a figure"); }

/* Names of features order[0 .. n). */
static const char **names_of(drawing *d, const size_t *order, size_t n)
{
    const char **names = tw_arena_new(&d->arena, n, sizeof *names);
    for (size_t i = 0; names && i < n; i++) {
        char digits[TEXT];
        names[i] = keep_text(d, tw_explain_feature(d->e, order[i], digits));
        if (!names[i]) return NULL;
    }
    return names;
}

static tw_status put(drawing *d, const tw_figure *figure, tw_error *err)
{
    return tw_figure_svg(d->e->cli->ctx, figure, d->out, err);
}

/* ---------------------------------------------------------------- by feature */

static tw_status draw_bars(drawing *d, const size_t *order, size_t n, const tw_figure *like, tw_error *err)
{
    double *value = tw_arena_new(&d->arena, n, sizeof *value), *spread = tw_arena_new(&d->arena, n, sizeof *spread);
    const char **names = names_of(d, order, n);
    if (!value || !spread || !names) return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        value[i] = like->value[order[i]];
        spread[i] = like->spread ? like->spread[order[i]] : 0;
    }
    tw_figure figure = *like;
    figure.kind = TW_FIGURE_BARS;
    figure.n = n;
    figure.name = names;
    figure.value = value;
    figure.spread = like->spread ? spread : NULL;
    figure.width = WIDTH;
    return put(d, &figure, err);
}

/* Where a value stands between the least and the largest of its feature. */
static void shade_rows(const tw_explanation *e, size_t feature, size_t every, size_t n, double *shade)
{
    const float *column = e->rows->data->features[feature];
    double least = INFINITY, most = -INFINITY;
    for (size_t k = 0; k < n; k++) {
        const double x = (double)column[e->rows->cell[k * every]];
        shade[k] = x;
        if (fabs(x) <= 3.4e38) least = fmin(least, x), most = fmax(most, x);
    }
    for (size_t k = 0; k < n; k++) shade[k] = most > least ? (shade[k] - least) / (most - least) : 0.5 + 0 * shade[k];
}

static tw_status draw_swarm(drawing *d, const size_t *order, size_t n, tw_error *err)
{
    const tw_explanation *e = d->e;
    const size_t every = e->rows->n / MOST_DOTS + 1, m = (e->rows->n + every - 1) / every;
    double *value = tw_arena_new(&d->arena, n * m, sizeof *value),
           *shade = tw_arena_new(&d->arena, n * m, sizeof *shade);
    const char **names = names_of(d, order, n);
    if (!value || !shade || !names) return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        shade_rows(e, order[i], every, m, shade + i * m);
        for (size_t k = 0; k < m; k++) value[i * m + k] = e->value[k * every * (e->n_features + 1) + order[i]];
    }
    return put(d,
               &(tw_figure){.kind = TW_FIGURE_SWARM,
                            .title = "Shapley values",
                            .note = "a dot a row; blue: low values of the feature, red: high",
                            .x_name = "what the feature adds to the margin",
                            .n = n,
                            .m = m,
                            .name = names,
                            .value = value,
                            .shade = shade,
                            .width = WIDTH},
               err);
}

/* Mean sizes over rows and outputs. */
static tw_status draw_mean_values(drawing *d, const size_t *order, size_t n, tw_error *err)
{
    const tw_explanation *e = d->e;
    double *mean = tw_arena_new(&d->arena, e->n_features + 1, sizeof *mean);
    if (!mean) return no_memory(err);
    for (size_t i = 0; i < e->rows->n * e->n_outputs; i++)
        for (size_t f = 0; f < e->n_features; f++)
            mean[f] += fabs(e->value[i * (e->n_features + 1) + f]) / (double)e->rows->n;
    return draw_bars(d, order, n,
                     &(tw_figure){.title = "Shapley values",
                                  .note = "mean size over the rows, summed over the classes",
                                  .x_name = "what the feature adds to the margins",
                                  .value = mean},
                     err);
}

static tw_status draw_pairs(drawing *d, const size_t *order, size_t n, tw_error *err)
{
    const tw_explanation *e = d->e;
    const size_t width = e->n_features + 1;
    if (n > MOST_PAIRS) n = MOST_PAIRS;
    double *mean = tw_arena_new(&d->arena, n * n, sizeof *mean);
    const char **names = names_of(d, order, n);
    if (!mean || !names) return no_memory(err);
    for (size_t i = 0; i < e->rows->n * e->n_outputs; i++)
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n; b++)
                mean[a * n + b] += fabs(e->value[(i * width + order[a]) * width + order[b]]) / (double)e->rows->n;
    return put(d,
               &(tw_figure){.kind = TW_FIGURE_CELLS,
                            .title = "Interactions",
                            .note = "mean size over the rows; on the diagonal what a feature does alone",
                            .n = n,
                            .m = n,
                            .name = names,
                            .across = names,
                            .value = mean,
                            .width = WIDTH},
               err);
}

static tw_status draw_by_feature(drawing *d, tw_error *err)
{
    const tw_explanation *e = d->e;
    const size_t n = e->n_features < MOST_FEATURES ? e->n_features : MOST_FEATURES;
    size_t *order = tw_arena_new(&d->arena, e->n_features + 1, sizeof *order);
    if (!order) return no_memory(err);
    TW_TRY(tw_explain_order(e, order, err));
    if (e->method == TW_EXPLAIN_INTERACTIONS) return draw_pairs(d, order, n, err);
    if (e->method == TW_EXPLAIN_IMPORTANCE)
        return draw_bars(d, order, n, &(tw_figure){.title = "Importance", .x_name = "gain", .value = e->value}, err);
    if (e->method == TW_EXPLAIN_PERMUTATION)
        return draw_bars(d, order, n,
                         &(tw_figure){.title = "Permutation importance",
                                      .note = "how much worse the metric is when the feature is shuffled",
                                      .x_name = e->metric,
                                      .value = e->value,
                                      .spread = e->value + e->n_features},
                         err);
    return e->n_outputs == 1 ? draw_swarm(d, order, n, err) : draw_mean_values(d, order, n, err);
}

/* ---------------------------------------------------------------- grids */

/* Values of a grid as texts, or as numbers when they are. */
static const char **levels_of(drawing *d, const tw_explain_grid *g, size_t which)
{
    const char **names = tw_arena_new(&d->arena, g->grid.n[which], sizeof *names);
    for (size_t i = 0; names && i < g->grid.n[which]; i++) {
        char digits[TEXT];
        names[i] = keep_text(d, tw_explain_level(d->e, g->grid.feature[which], g->grid.value[which][i], digits));
        if (!names[i]) return NULL;
    }
    return names;
}

static tw_status draw_curves(drawing *d, const tw_explain_grid *g, const char *name, tw_error *err)
{
    const tw_explanation *e = d->e;
    const tw_schema *schema = tw_model_schema(e->model);
    const size_t n = g->n_points, k = e->n_outputs, feature = g->grid.feature[0];
    const bool each = g->each != NULL, category = schema && schema->n_levels && schema->n_levels[feature];
    const size_t every = e->rows->n / MOST_CURVES + 1, m = each ? 1 + (e->rows->n + every - 1) / every : k;
    double *x = tw_arena_new(&d->arena, n, sizeof *x), *value = tw_arena_new(&d->arena, n * m, sizeof *value);
    const char **names = levels_of(d, g, 0);
    if (!x || !value || !names) return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        x[i] = (double)g->grid.value[0][i];
        for (size_t c = 0; c < m; c++)
            value[c * n + i] = !each    ? g->mean[i * k + c]
                               : c == 0 ? g->mean[i * k]
                                        : g->each[((c - 1) * every * n + i) * k];
    }
    char digits[24];
    return put(d,
               &(tw_figure){.kind = TW_FIGURE_CURVES,
                            .title = name,
                            .note = each    ? "a line a row, and their mean"
                                    : k > 1 ? "a line a class; bold: the first"
                                            : "mean prediction with the feature set",
                            .y_name = k > 1 && each ? tw_cli_class_name(e->model, 0, digits) : "prediction",
                            .n = n,
                            .m = m,
                            .name = category ? names : NULL,
                            .x = category ? NULL : x,
                            .value = value,
                            .width = WIDTH},
               err);
}

/* Of several classes the first. */
static tw_status draw_field(drawing *d, const tw_explain_grid *g, const char *name, tw_error *err)
{
    const size_t n = g->grid.n[0], m = g->grid.n[1];
    double *value = tw_arena_new(&d->arena, n * m, sizeof *value);
    const char **across = levels_of(d, g, 1), **names = levels_of(d, g, 0);
    char digits[TEXT];
    if (!value || !across || !names) return no_memory(err);
    for (size_t r = 0; r < m; r++)
        for (size_t c = 0; c < n; c++) value[r * n + c] = g->mean[(c * m + r) * d->e->n_outputs];
    return put(d,
               &(tw_figure){.kind = TW_FIGURE_CELLS,
                            .title = "Mean prediction",
                            .note = "blue: low, red: high",
                            .x_name = name,
                            .y_name = tw_explain_feature(d->e, g->grid.feature[1], digits),
                            .n = n,
                            .m = m,
                            .name = names,
                            .across = across,
                            .value = value,
                            .width = WIDTH},
               err);
}

static tw_status draw_grid(drawing *d, const tw_explain_grid *g, tw_error *err)
{
    char digits[TEXT];
    const char *name = tw_explain_feature(d->e, g->grid.feature[0], digits);
    return g->grid.n_features == 2 ? draw_field(d, g, name, err) : draw_curves(d, g, name, err);
}

/* ---------------------------------------------------------------- all */

static tw_status draw_all(drawing *d, tw_error *err)
{
    if (d->e->method != TW_EXPLAIN_PDP && d->e->method != TW_EXPLAIN_ICE) return draw_by_feature(d, err);
    for (size_t k = 0; k < d->e->n_grids; k++) TW_TRY(draw_grid(d, &d->e->grid[k], err));
    return TW_OK;
}

static tw_status draw_into(const tw_explanation *e, tw_buf *out, tw_error *err)
{
    drawing d = {.e = e, .out = out};
    tw_arena_init(&d.arena, e->cli->ctx);
    const tw_status status = draw_all(&d, err);
    tw_arena_clear(&d.arena);
    return status;
}

tw_status tw_explain_svg(const tw_explanation *e, tw_buf *out, tw_error *err)
{
    if (e->n_grids > 1)
        return tw_fail(err, TW_BAD_VALUE, "an .svg holds one figure: name the feature by --feature, or use .html");
    return draw_into(e, out, err);
}

tw_status tw_explain_page(const tw_explanation *e, tw_buf *out, tw_error *err)
{
    tw_buf_printf(out,
                  "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width\">\n<title>tradewind explain: %s</title>\n"
                  "<style>body{margin:16px;font:13px Helvetica,Arial,sans-serif;color:#1f2933}"
                  "svg{max-width:100%%;height:auto;display:block;margin-bottom:16px}</style>\n</head>\n<body>\n",
                  e->method_name);
    TW_TRY(draw_into(e, out, err));
    tw_buf_text(out, "</body>\n</html>\n");
    return tw_buf_check(out, err);
}
