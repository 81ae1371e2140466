/* SPDX-License-Identifier: Apache-2.0 */
/* chart.c - lays a chart out and draws it. */
#include "plot/plot_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RISE = 0x1a936f, FALL = 0xd1495b };
static const uint32_t lines[] = {0x2563eb, 0xe07b00, 0x7c3aed, 0x0e8fa8, 0xbe185d, 0x5f8f0a};
enum { N_LINES = sizeof lines / sizeof lines[0], LEAST_WIDTH = 160, LEAST_HEIGHT = 120, MOST_SIZE = 20000 };

/* Margins and sizes in pixels. */
static const double MARGIN = 12, RIGHT = 66, TITLE = 32, DATES = 22, GAP = 10, LEGEND = 17, SMALL = 11;

/* What is drawn with, for one panel. */
typedef struct artist {
    const tw_chart *chart;
    const tw_painter *to;
    const tw_chart_panel *panel;
    tw_chart_frame frame;
    tw_scale scale;
    tw_ticks ticks;
    double top, bottom; /* of the panel; the scale leaves room for the legend */
    size_t line;        /* lines drawn so far, for the colour */
    double tags[8];     /* where values already stand at the right */
    size_t n_tags;
    tw_point *points;
    size_t n, room;
} artist;

/* ---------------------------------------------------------------- pen */

static void pen(artist *a, double x, double y, bool move)
{
    if (a->n < a->room) a->points[a->n++] = (tw_point){x, y, move};
}

static void ink_path(artist *a, tw_ink ink)
{
    if (a->n) a->to->path(a->to->arg, a->points, a->n, &ink);
    a->n = 0;
}

static void pen_box(artist *a, double left, double top, double right, double bottom)
{
    pen(a, left, top, true), pen(a, right, top, false), pen(a, right, bottom, false), pen(a, left, bottom, false);
}

static void rule(artist *a, double x0, double y0, double x1, double y1) { pen(a, x0, y0, true), pen(a, x1, y1, false); }

static tw_ink fill(uint32_t rgb, double opacity) { return (tw_ink){rgb, opacity, 0, false}; }
static tw_ink stroke(uint32_t rgb, double width) { return (tw_ink){rgb, 1, width, false}; }

static void write_at(artist *a, const char *text, double x, double y, int align, uint32_t rgb)
{
    a->to->text(a->to->arg, &(tw_chart_text){text, x, y, SMALL, align, false, rgb});
}

static double x_of(const artist *a, size_t t) { return a->frame.left + ((double)t + 0.5) * a->frame.step; }
static double y_of(const artist *a, double value) { return tw_scale_at(&a->scale, value); }

/* In the middle of a pixel, where a line one pixel wide is sharp. */
static double sharp(double x) { return floor(x) + 0.5; }

/* ---------------------------------------------------------------- scale of a panel */

static void cover(tw_scale *scale, const double *y, size_t n)
{
    for (size_t t = 0; y && t < n; t++)
        if (tw_plot_drawn(y[t])) scale->lo = fmin(scale->lo, y[t]), scale->hi = fmax(scale->hi, y[t]);
}

static tw_scale scale_of(const artist *a)
{
    tw_scale scale = {INFINITY, -INFINITY, a->top + LEGEND + 3, a->bottom - 3};
    bool volume = false;
    for (size_t s = 0; s < a->panel->n_series; s++) {
        const tw_chart_series *series = &a->panel->series[s];
        const bool own = series->kind == TW_CHART_VOLUME, none = series->kind == TW_CHART_MARKS;
        volume |= own;
        if (!own && !none) cover(&scale, series->y, a->chart->n);
        cover(&scale, series->open, a->chart->n), cover(&scale, series->high, a->chart->n),
            cover(&scale, series->low, a->chart->n);
        if (series->kind == TW_CHART_HISTOGRAM) cover(&scale, &(const double){0}, 1);
    }
    for (size_t l = 0; l < TW_CHART_LEVELS; l++)
        if (a->panel->levels[l] != 0) cover(&scale, &a->panel->levels[l], 1);
    if (volume) scale.bottom -= 0.2 * (scale.bottom - scale.top);
    tw_scale_fit(&scale, 0.04);
    return scale;
}

/* ---------------------------------------------------------------- series */

static void draw_line(artist *a, const tw_chart_series *s, uint32_t rgb)
{
    bool up = true;
    for (size_t t = 0; t < a->chart->n; t++) {
        const bool drawn = tw_plot_drawn(s->y[t]);
        const bool alone = up && (t + 1 == a->chart->n || !tw_plot_drawn(s->y[t + 1]));
        if (drawn && alone) /* a value between two gaps would be a line without length */
            rule(a, x_of(a, t) - 0.75, y_of(a, s->y[t]), x_of(a, t) + 0.75, y_of(a, s->y[t]));
        else if (drawn)
            pen(a, x_of(a, t), y_of(a, s->y[t]), up);
        up = !drawn;
    }
    ink_path(a, stroke(rgb, 1.5));
}

static void draw_dots(artist *a, const tw_chart_series *s, uint32_t rgb)
{
    const double r = fmin(fmax(0.28 * a->frame.step, 0.8), 2);
    for (size_t t = 0; t < a->chart->n; t++)
        if (tw_plot_drawn(s->y[t])) {
            const double x = x_of(a, t), y = y_of(a, s->y[t]);
            pen_box(a, x - r, y - r, x + r, y + r);
        }
    ink_path(a, fill(rgb, 1));
}

static double half_body(const artist *a) { return fmax(0.35 * a->frame.step, 0.5); }

/* Candles that close above their open, or the others. */
static void draw_candles_of(artist *a, const tw_chart_series *s, bool rising)
{
    const uint32_t rgb = rising ? RISE : FALL;
    for (int part = 0; part < 2; part++) {
        for (size_t t = 0; t < a->chart->n; t++) {
            const double o = s->open[t], h = s->high[t], l = s->low[t], c = s->y[t], x = x_of(a, t);
            if (!tw_plot_drawn(o) || !tw_plot_drawn(h) || !tw_plot_drawn(l) || !tw_plot_drawn(c)) continue;
            if ((c >= o) != rising) continue;
            const double top = y_of(a, fmax(o, c)), bottom = fmax(y_of(a, fmin(o, c)), top + 1);
            if (part == 0)
                rule(a, x, y_of(a, h), x, fmax(y_of(a, l), top + 1));
            else
                pen_box(a, x - half_body(a), top, x + half_body(a), bottom);
        }
        ink_path(a, part == 0 ? stroke(rgb, 1) : fill(rgb, 1));
    }
}

/* Bars of one sign from the line of zero. */
static void draw_bars_of(artist *a, const double *y, bool rising)
{
    for (size_t t = 0; t < a->chart->n; t++) {
        if (!tw_plot_drawn(y[t]) || (y[t] >= 0) != rising) continue;
        const double x = x_of(a, t), zero = y_of(a, 0), at = y_of(a, y[t]);
        pen_box(a, x - half_body(a), fmin(zero, at), x + half_body(a), fmax(zero, at));
    }
    ink_path(a, fill(rising ? RISE : FALL, 0.55));
}

static void draw_volume(artist *a, const tw_chart_series *s)
{
    double most = 0;
    for (size_t t = 0; t < a->chart->n; t++)
        if (tw_plot_drawn(s->y[t])) most = fmax(most, s->y[t]);
    const double height = 0.18 * (a->bottom - a->top - LEGEND);
    for (size_t t = 0; t < a->chart->n && most > 0; t++) {
        if (!tw_plot_drawn(s->y[t]) || s->y[t] <= 0) continue;
        const double x = x_of(a, t);
        pen_box(a, x - half_body(a), a->bottom - height * (s->y[t] / most), x + half_body(a), a->bottom);
    }
    ink_path(a, fill(TW_PLOT_PALE, 0.35));
}

/* Arrows below the lows of rising patterns, above the highs of falling ones. */
static void draw_marks_of(artist *a, const tw_chart_series *s, bool rising)
{
    const double w = 4, h = 7, away = rising ? 4 : -4, tall = rising ? h : -h;
    for (size_t t = 0; t < a->chart->n; t++) {
        const double at = rising ? s->low[t] : s->high[t];
        if (!tw_plot_drawn(s->y[t]) || s->y[t] == 0 || (s->y[t] > 0) != rising || !tw_plot_drawn(at)) continue;
        const double x = x_of(a, t), y = y_of(a, at) + away;
        pen(a, x, y, true), pen(a, x + w, y + tall, false), pen(a, x - w, y + tall, false);
    }
    ink_path(a, fill(rising ? RISE : FALL, 1));
}

static bool has_colour(const tw_chart_series *s) { return s->kind == TW_CHART_LINE || s->kind == TW_CHART_DOTS; }

/* Pale first, what lies on top last. */
static void draw_series(artist *a, const tw_chart_series *s, uint32_t rgb)
{
    switch (s->kind) {
    case TW_CHART_LINE: draw_line(a, s, rgb); break;
    case TW_CHART_DOTS: draw_dots(a, s, rgb); break;
    case TW_CHART_VOLUME: draw_volume(a, s); break;
    case TW_CHART_CANDLES: draw_candles_of(a, s, true), draw_candles_of(a, s, false); break;
    case TW_CHART_HISTOGRAM: draw_bars_of(a, s->y, true), draw_bars_of(a, s->y, false); break;
    case TW_CHART_MARKS: draw_marks_of(a, s, true), draw_marks_of(a, s, false); break;
    }
}

/* ---------------------------------------------------------------- axes */

static void draw_grid(artist *a, const tw_date_tick *dates, size_t n_dates)
{
    for (size_t d = 0; d < n_dates; d++)
        rule(a, sharp(x_of(a, dates[d].bar)), a->top, sharp(x_of(a, dates[d].bar)), a->bottom);
    for (size_t i = 0; i < a->ticks.n; i++) {
        const double y = sharp(y_of(a, a->ticks.first + (double)i * a->ticks.step));
        rule(a, a->frame.left, y, a->frame.right, y);
    }
    ink_path(a, stroke(TW_PLOT_GRID, 1));
    if (a->scale.lo < 0 && a->scale.hi > 0) {
        rule(a, a->frame.left, sharp(y_of(a, 0)), a->frame.right, sharp(y_of(a, 0)));
        ink_path(a, stroke(TW_PLOT_FRAME, 1));
    }
    for (size_t l = 0; l < TW_CHART_LEVELS; l++) {
        if (a->panel->levels[l] == 0) continue;
        const double y = sharp(y_of(a, a->panel->levels[l]));
        rule(a, a->frame.left, y, a->frame.right, y);
    }
    ink_path(a, (tw_ink){TW_PLOT_PALE, 0.8, 1, true});
}

/* The numbers at the right; those under a tag are left to it. */
static void draw_numbers(artist *a)
{
    for (size_t i = 0; i < a->ticks.n; i++) {
        const double value = a->ticks.first + (double)i * a->ticks.step, y = y_of(a, value);
        bool covered = false;
        for (size_t k = 0; k < a->n_tags; k++) covered |= fabs(a->tags[k] - y) < 13;
        if (covered) continue;
        char text[TW_TICK_TEXT];
        tw_tick_text(&a->ticks, value, 0, text);
        write_at(a, text, a->frame.right + 6, y + 4, -1, TW_PLOT_PALE);
    }
}

static size_t last_drawn(const double *y, size_t n)
{
    while (n > 0 && !tw_plot_drawn(y[n - 1])) n--;
    return n;
}

/* The last value of a series on a coloured field at the right, where there is room. */
static void draw_tag(artist *a, const tw_chart_series *s, uint32_t rgb)
{
    enum { MOST = sizeof a->tags / sizeof a->tags[0] };
    const size_t last = last_drawn(s->y, a->chart->n);
    if (!last || a->n_tags == MOST) return;
    const double y = y_of(a, s->y[last - 1]);
    for (size_t k = 0; k < a->n_tags; k++)
        if (fabs(a->tags[k] - y) < 14) return;
    char text[TW_TICK_TEXT];
    tw_tick_text(&a->ticks, s->y[last - 1], 2, text);
    pen_box(a, a->frame.right + 1, y - 7, a->frame.right + 9 + 6.3 * (double)strlen(text), y + 7);
    ink_path(a, fill(rgb, 1));
    write_at(a, text, a->frame.right + 5, y + 4, -1, TW_PLOT_BACK);
    a->tags[a->n_tags++] = y;
}

static uint32_t colour_of(const tw_chart_series *s, size_t line)
{
    return has_colour(s) ? lines[line % N_LINES] : TW_PLOT_DARK;
}

/* What the legend says after a name: the last value, or how many arrows there are. */
static void legend_value(const artist *a, const tw_chart_series *s, char out[2 * TW_TICK_TEXT])
{
    const size_t n = a->chart->n, last = last_drawn(s->y, n);
    out[0] = '\0';
    if (s->kind == TW_CHART_MARKS) {
        size_t up = 0, down = 0;
        for (size_t t = 0; t < n; t++) up += s->y[t] > 0, down += s->y[t] < 0;
        (void)snprintf(out, 2 * TW_TICK_TEXT, "%zu up, %zu down", up, down);
    } else if (last) {
        tw_ticks ticks = a->ticks;
        const double value = s->y[last - 1];
        if (s->kind == TW_CHART_VOLUME) ticks = (tw_ticks){.step = fmax(fabs(value) / 100, 1), .most = fabs(value)};
        tw_tick_text(&ticks, value, s->kind == TW_CHART_VOLUME ? 0 : 2, out);
    } else {
        (void)snprintf(out, 2 * TW_TICK_TEXT, "no value");
    }
}

/* Width of a text of small size, near enough; painters know more, but must agree on where things are. */
static double width_of(const char *text) { return 6.4 * (double)strlen(text); }

/* Adds a series to the legend at *x; false when there is no room left. */
static bool add_legend(artist *a, const tw_chart_series *s, uint32_t rgb, double *x)
{
    char value[2 * TW_TICK_TEXT], text[4 * TW_TICK_TEXT];
    legend_value(a, s, value);
    (void)snprintf(text, sizeof text, "%.48s %s", s->name, value);
    if (*x + width_of(text) > a->frame.right && *x > a->frame.left + 6) return false;
    write_at(a, text, *x, a->top + 14, -1, rgb);
    *x += width_of(text) + 12;
    return true;
}

/* The names, lines before what lies behind them. */
static void draw_legend(artist *a, size_t first_line)
{
    double x = a->frame.left + 6;
    for (int behind = 0; behind < 2; behind++) {
        size_t line = first_line;
        for (size_t i = 0; i < a->panel->n_series; i++) {
            const tw_chart_series *s = &a->panel->series[i];
            const bool back = s->kind == TW_CHART_HISTOGRAM || s->kind == TW_CHART_VOLUME;
            if (back == behind && !add_legend(a, s, back ? TW_PLOT_PALE : colour_of(s, line), &x)) return;
            line += has_colour(s);
        }
    }
}

static void draw_dates(artist *a, const tw_date_tick *dates, size_t n)
{
    for (size_t d = 0; d < n; d++) {
        const double half = 3.2 * (double)strlen(dates[d].text), x = x_of(a, dates[d].bar);
        const double least = a->frame.left + half, most = a->frame.right - half;
        write_at(a, dates[d].text, fmax(fmin(x, most), least), a->frame.bottom + 16, 0, TW_PLOT_PALE);
    }
}

/* ---------------------------------------------------------------- the whole */

tw_chart_frame tw_chart_frame_of(const tw_chart *chart)
{
    tw_chart_frame f = {MARGIN, chart->width - RIGHT, TITLE, chart->height - DATES, 0};
    f.step = (f.right - f.left) / (double)(chart->n ? chart->n : 1);
    return f;
}

static void draw_panel(artist *a, const tw_date_tick *dates, size_t n_dates)
{
    a->scale = scale_of(a);
    a->ticks = tw_ticks_of(&a->scale, (int)fmax(3, (a->scale.bottom - a->scale.top) / 42));
    a->n_tags = 0;
    draw_grid(a, dates, n_dates);
    const size_t first_line = a->line;
    for (size_t i = 0; i < a->panel->n_series; i++) {
        const tw_chart_series *s = &a->panel->series[i];
        draw_series(a, s, colour_of(s, a->line));
        a->line += has_colour(s);
    }
    pen_box(a, a->frame.left, sharp(a->top), sharp(a->frame.right), sharp(a->bottom));
    pen(a, a->frame.left, sharp(a->top), false);
    ink_path(a, stroke(TW_PLOT_FRAME, 1));
    size_t line = first_line;
    for (size_t i = 0; i < a->panel->n_series; i++) {
        const tw_chart_series *s = &a->panel->series[i];
        if (has_colour(s) || s->kind == TW_CHART_CANDLES) draw_tag(a, s, colour_of(s, line));
        line += has_colour(s);
    }
    draw_numbers(a);
    draw_legend(a, first_line);
}

static void draw_title(artist *a)
{
    const tw_chart *c = a->chart;
    const char *title = c->title ? c->title : "";
    pen_box(a, 0, 0, c->width, c->height);
    ink_path(a, fill(TW_PLOT_BACK, 1));
    const double length = 8.3 * (double)strlen(title), x = MARGIN + length + 10;
    const double size = MARGIN + length < c->width ? 14 : SMALL;
    a->to->text(a->to->arg, &(tw_chart_text){title, MARGIN, 21, size, -1, true, TW_PLOT_DARK});
    if (c->note && x + 6.0 * (double)strlen(c->note) < c->width) /* else it would run out of the picture */
        write_at(a, c->note, c->width - MARGIN, 21, 1, TW_PLOT_PALE);
}

static tw_status check(const tw_chart *c, tw_error *err)
{
    if (c->width < LEAST_WIDTH || c->width > MOST_SIZE)
        return tw_fail(err, TW_BAD_VALUE, "chart: width must be in [%d, %d], got %d", LEAST_WIDTH, MOST_SIZE, c->width);
    if (c->height < LEAST_HEIGHT || c->height > MOST_SIZE)
        return tw_fail(err, TW_BAD_VALUE, "chart: height must be in [%d, %d], got %d", LEAST_HEIGHT, MOST_SIZE,
                       c->height);
    if (c->n < 1) return tw_fail(err, TW_BAD_VALUE, "chart: no bars to draw");
    if (c->n_panels < 1 || c->n_panels > TW_CHART_PANELS)
        return tw_fail(err, TW_BAD_VALUE, "chart: panels must be in [1, %d], got %zu", TW_CHART_PANELS, c->n_panels);
    return TW_OK;
}

static void draw_all(artist *a)
{
    const tw_chart *c = a->chart;
    tw_date_tick dates[TW_TICKS_MOST];
    const size_t n_dates = tw_date_ticks(c->times, c->n, (size_t)((a->frame.right - a->frame.left) / 72), dates);
    double shares = 0, top = a->frame.top;
    for (size_t p = 0; p < c->n_panels; p++) shares += c->panels[p].share;
    const double height = a->frame.bottom - a->frame.top - GAP * (double)(c->n_panels - 1);
    draw_title(a);
    for (size_t p = 0; p < c->n_panels; p++) {
        a->panel = &c->panels[p];
        a->top = top;
        a->bottom = top + height * (a->panel->share / shares);
        draw_panel(a, dates, n_dates);
        top = a->bottom + GAP;
    }
    draw_dates(a, dates, n_dates);
}

tw_status tw_chart_draw(const tw_ctx *ctx, const tw_chart *chart, const tw_painter *painter, tw_error *err)
{
    TW_TRY(check(chart, err));
    artist a = {.chart = chart, .to = painter, .frame = tw_chart_frame_of(chart)};
    a.room = 4 * chart->n + 4 * TW_TICKS_MOST; /* a box a bar, or the grid */
    a.points = tw_new(ctx, a.room, sizeof *a.points);
    if (!a.points) return tw_no_memory(err, "a chart");
    draw_all(&a);
    tw_free(ctx, a.points);
    return TW_OK;
}
