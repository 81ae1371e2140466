/* SPDX-License-Identifier: Apache-2.0 */
/* page.c - report.html of a sweep: the numbers in words, a heat map of two parameters, the curves. */
#include "cli/sweep/job.h"
#include "tradewind/plot.h"

#include <math.h>
#include <string.h>

typedef tw_sweep_job_file job;

enum { WIDTH = 820, MOST_CELLS = 60, POINTS = 400, TOP = 10 };

/* The values that a parameter takes, in the order they first appear. */
typedef struct axis {
    const char **name;
    size_t n, parameter;
} axis;

static size_t place_of(const axis *a, const char *value, size_t length)
{
    size_t i = 0;
    while (i < a->n && !(strlen(a->name[i]) == length && memcmp(a->name[i], value, length) == 0)) i++;
    return i;
}

/* False when there are more than fit on a page, or no memory. */
static bool find_values(const job *j, tw_arena *arena, size_t parameter, axis *a)
{
    *a = (axis){.name = tw_arena_new(arena, MOST_CELLS, sizeof *a->name), .parameter = parameter};
    if (!a->name) return false;
    for (size_t i = 0; i < j->search.n; i++) {
        size_t n;
        const char *value = tw_sweep_job_value(j, j->search.setting[i], parameter, &n);
        if (place_of(a, value, n) < a->n) continue;
        if (a->n == MOST_CELLS) return false;
        a->name[a->n] = tw_arena_text(arena, value, n);
        if (!a->name[a->n++]) return false;
    }
    return a->n > 0;
}

static size_t cell_of(const job *j, const axis *x, const axis *y, size_t trial)
{
    size_t n, m;
    const char *a = tw_sweep_job_value(j, j->search.setting[trial], x->parameter, &n);
    const char *b = tw_sweep_job_value(j, j->search.setting[trial], y->parameter, &m);
    return place_of(y, b, m) * x->n + place_of(x, a, n);
}

/* Mean Sharpe ratio over whatever the other parameters are. */
static tw_status draw_heat(const job *j, tw_arena *arena, tw_buf *out, tw_error *err)
{
    axis x, y;
    if (j->n_parameters < 2 || !find_values(j, arena, 0, &y) || !find_values(j, arena, 1, &x)) {
        tw_buf_printf(out, "<p>No heat map: it takes two parameters of %d values at most.</p>\n", (int)MOST_CELLS);
        return TW_OK;
    }
    double *sum = tw_arena_new(arena, x.n * y.n, sizeof *sum), *count = tw_arena_new(arena, x.n * y.n, sizeof *count);
    if (!sum || !count) return tw_no_memory(err, "a heat map");
    for (size_t i = 0; i < j->search.n; i++) {
        const double sharpe = j->result.measures[i].sharpe;
        const size_t cell = cell_of(j, &x, &y, i);
        if (isnan(sharpe)) continue;
        sum[cell] += sharpe;
        count[cell]++;
    }
    for (size_t cell = 0; cell < x.n * y.n; cell++) sum[cell] = count[cell] > 0 ? sum[cell] / count[cell] : NAN;
    const tw_figure figure = {
        .kind = TW_FIGURE_CELLS,
        .title = "Sharpe ratio a year",
        .note = "blue: low, red: high; a lone good setting among bad ones is luck more often than not",
        .x_name = j->parameter[1],
        .y_name = j->parameter[0],
        .n = x.n,
        .m = y.n,
        .name = x.name,
        .across = y.name,
        .value = sum,
        .width = WIDTH};
    return tw_figure_svg(j->ctx, &figure, out, err);
}

/* Wealth that starts at 1, at `POINTS` bars at most. */
static void grow(const float *returns, size_t n, size_t every, double *y)
{
    double wealth = 1;
    for (size_t t = 0; t < n; t++) {
        wealth *= 1 + (double)returns[t];
        if (t % every == 0) y[t / every] = wealth;
    }
}

static tw_status draw_wealth(const job *j, tw_arena *arena, const float *returns, size_t from, const char *title,
                             tw_buf *out, tw_error *err)
{
    const size_t n = j->n_times - from, every = n / POINTS + 1, m = (n + every - 1) / every;
    double *y = tw_arena_new(arena, m, sizeof *y);
    int64_t *time = tw_arena_new(arena, m, sizeof *time);
    if (!y || !time) return tw_no_memory(err, "a chart");
    grow(returns, n, every, y);
    for (size_t k = 0; k < m; k++) time[k] = j->time[from + k * every];
    const tw_chart_series line = {.name = "wealth", .kind = TW_CHART_LINE, .y = y};
    const tw_chart_panel panel = {.series = &line, .n_series = 1, .share = 1};
    const tw_chart chart = {
        .title = title, .times = time, .n = m, .panels = &panel, .n_panels = 1, .width = WIDTH, .height = 260};
    return tw_chart_svg(j->ctx, &chart, out, err);
}

static void put_escaped(tw_buf *out, const char *text)
{
    for (; *text; text++)
        if (*text == '<')
            tw_buf_text(out, "&lt;");
        else if (*text == '&')
            tw_buf_text(out, "&amp;");
        else
            tw_buf_add(out, text, 1);
}

static void put_summary(const job *j, tw_buf *out)
{
    tw_buf words;
    tw_buf_init(&words, j->ctx);
    tw_sweep_job_summary(j, &words);
    tw_buf_text(out, "<pre>");
    if (words.data) put_escaped(out, words.data);
    tw_buf_text(out, "</pre>\n");
    if (words.failed) out->failed = true;
    tw_buf_clear(&words);
}

static void put_top(const job *j, tw_buf *out)
{
    size_t top[TOP];
    const size_t n = tw_sweep_job_top(j, TOP, top);
    tw_buf_text(out, "<table><tr><th>setting<th>Sharpe<th>return %<th>drawdown %<th>turnover a year<th>exposure %"
                     "<th>trades<th>wins %</tr>\n");
    for (size_t i = 0; i < n; i++) {
        const tw_sweep_measures *m = &j->result.measures[top[i]];
        tw_buf_text(out, "<tr><td>");
        put_escaped(out, j->search.setting[top[i]]);
        tw_buf_printf(out, "<td>%.2f<td>%.1f<td>%.1f<td>%.2f<td>%.0f<td>%zu<td>%.0f</tr>\n", m->sharpe,
                      100 * m->total_return, 100 * m->max_drawdown, m->turnover, 100 * m->exposure, m->trades,
                      100 * m->win_rate);
    }
    tw_buf_text(out, "</table>\n");
}

static tw_status put_figures(const job *j, tw_buf *out, tw_error *err)
{
    tw_arena arena;
    tw_arena_init(&arena, j->ctx);
    const float *best = j->paths + j->overfit.best * j->n_times;
    tw_status status = draw_heat(j, &arena, out, err);
    if (status == TW_OK) status = draw_wealth(j, &arena, best, 0, "The best trial, chosen in hindsight", out, err);
    if (status == TW_OK && j->n_chosen)
        status = draw_wealth(j, &arena, j->stitched, j->windows.train, "Walk-forward, out of sample", out, err);
    tw_arena_clear(&arena);
    return status;
}

tw_status tw_sweep_job_page(const job *j, tw_buf *out, tw_error *err)
{
    tw_buf_text(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Sweep ");
    put_escaped(out, j->name);
    tw_buf_text(out, "</title>\n<style>body{margin:16px;font:13px Helvetica,Arial,sans-serif;color:#1f2933}"
                     "svg{max-width:100%;height:auto;display:block;margin:16px 0}table{border-collapse:collapse}"
                     "td,th{padding:3px 10px;text-align:right;border-bottom:1px solid #e4e7eb}"
                     "td:first-child,th:first-child{text-align:left}pre{font-size:13px;line-height:1.5}</style>\n"
                     "</head>\n<body>\n<h1>");
    put_escaped(out, j->name);
    tw_buf_text(out, "</h1>\n");
    put_summary(j, out);
    put_top(j, out);
    TW_TRY(put_figures(j, out, err));
    tw_buf_text(out, "</body>\n</html>\n");
    return tw_buf_check(out, err);
}
