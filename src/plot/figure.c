/* SPDX-License-Identifier: Apache-2.0 */
/* figure.c - bars, swarms of dots, curves and fields of colours. */
#include "plot/plot_impl.h"

#include <math.h>
#include <string.h>

enum { LOW = 0x2563eb, MIDDLE = 0xf4f5f7, HIGH = 0xd1495b, NO_SHADE = 0xa3a9b1 };
enum { LEAST_WIDTH = 240, MOST_WIDTH = 20000, MOST_ROWS = 1000, COLOURS = 9, MOST_CURVES = 5000 };

/* In pixels. */
static const double MARGIN = 12, TITLE = 34, AXIS = 40, ROW = 22, NAMES = 170, SMALL = 11, DOT = 1.6;

typedef struct artist {
    const tw_figure *f;
    tw_painter to;
    double left, right, top, bottom;
    tw_scale x, y; /* of x, `bottom` is at the left and `top` at the right */
    tw_point *points;
    size_t n;
} artist;

/* ---------------------------------------------------------------- pen */

static void pen(artist *a, double x, double y, bool move) { a->points[a->n++] = (tw_point){x, y, move}; }

static void ink(artist *a, uint32_t rgb, double width, double opacity)
{
    const tw_ink with = {rgb, opacity, width, false};
    if (a->n) a->to.path(a->to.arg, a->points, a->n, &with);
    a->n = 0;
}

static void pen_box(artist *a, double left, double top, double right, double bottom)
{
    pen(a, left, top, true), pen(a, right, top, false), pen(a, right, bottom, false), pen(a, left, bottom, false);
}

static void rule(artist *a, double x0, double y0, double x1, double y1, uint32_t rgb)
{
    pen(a, x0, y0, true), pen(a, x1, y1, false);
    ink(a, rgb, 1, 1);
}

static void write_at(const artist *a, const char *text, double x, double y, int align)
{
    a->to.text(a->to.arg, &(tw_chart_text){text, x, y, SMALL, align, false, TW_PLOT_PALE});
}

/* A name that is too long for its place ends in dots; bytes of one letter stay together. */
static void write_name(const artist *a, const char *name, double x, double y, int align, size_t room)
{
    char text[64];
    size_t n = strlen(name);
    if (room > sizeof text - 4) room = sizeof text - 4;
    if (n <= room) {
        write_at(a, name, x, y, align);
        return;
    }
    n = room;
    while (n && ((unsigned char)name[n] & 0xc0) == 0x80) n--;
    memcpy(text, name, n);
    memcpy(text + n, "...", 4);
    write_at(a, text, x, y, align);
}

static double x_at(const artist *a, double x) { return tw_scale_at(&a->x, x); }
static double y_at(const artist *a, double y) { return tw_scale_at(&a->y, y); }
static double sharp(double x) { return floor(x) + 0.5; }

static uint32_t blend(uint32_t from, uint32_t to, double share)
{
    uint32_t rgb = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        const double a = from >> shift & 255, b = to >> shift & 255;
        rgb |= (uint32_t)(a + (b - a) * share + 0.5) << shift;
    }
    return rgb;
}

/* From low over pale to high. */
static uint32_t colour(double share)
{
    share = fmin(fmax(share, 0), 1);
    return share < 0.5 ? blend(LOW, MIDDLE, 2 * share) : blend(MIDDLE, HIGH, 2 * share - 1);
}

/* ---------------------------------------------------------------- scales */

static void cover(tw_scale *scale, const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tw_plot_drawn(v[i])) scale->lo = fmin(scale->lo, v[i]), scale->hi = fmax(scale->hi, v[i]);
}

static size_t n_values(const tw_figure *f) { return f->kind == TW_FIGURE_BARS ? f->n : f->n * f->m; }

static void fit_values(const artist *a, tw_scale *scale)
{
    const tw_figure *f = a->f;
    scale->lo = INFINITY, scale->hi = -INFINITY;
    cover(scale, f->value, n_values(f));
    if (f->kind == TW_FIGURE_BARS || f->kind == TW_FIGURE_SWARM) cover(scale, &(const double){0}, 1);
    for (size_t i = 0; f->spread && i < f->n; i++) {
        const double ends[] = {f->value[i] - f->spread[i], f->value[i] + f->spread[i]};
        cover(scale, ends, 2);
    }
    tw_scale_fit(scale, 0.04);
}

static void draw_x_ticks(artist *a)
{
    const tw_ticks ticks = tw_ticks_of(&a->x, (int)((a->right - a->left) / 80));
    for (size_t k = 0; k < ticks.n; k++) {
        const double value = ticks.first + (double)k * ticks.step, x = sharp(x_at(a, value));
        char text[TW_TICK_TEXT];
        rule(a, x, a->top, x, a->bottom, fabs(value) < ticks.step / 2 ? TW_PLOT_FRAME : TW_PLOT_GRID);
        tw_tick_text(&ticks, value, 0, text);
        write_at(a, text, x, a->bottom + 14, 0);
    }
}

static void draw_y_ticks(artist *a)
{
    const tw_ticks ticks = tw_ticks_of(&a->y, 6);
    for (size_t k = 0; k < ticks.n; k++) {
        const double value = ticks.first + (double)k * ticks.step, y = sharp(y_at(a, value));
        char text[TW_TICK_TEXT];
        rule(a, a->left, y, a->right, y, TW_PLOT_GRID);
        tw_tick_text(&ticks, value, 0, text);
        write_at(a, text, a->left - 6, y + 4, 1);
    }
}

/* ---------------------------------------------------------------- rows of bars and dots */

static double row_at(const artist *a, size_t i) { return a->top + ((double)i + 0.5) * ROW; }

static void draw_bar(artist *a, size_t i)
{
    const tw_figure *f = a->f;
    const double y = row_at(a, i), zero = x_at(a, 0);
    if (!tw_plot_drawn(f->value[i])) return;
    pen_box(a, zero, y - 7, x_at(a, f->value[i]), y + 7);
    ink(a, f->value[i] < 0 ? HIGH : LOW, 0, 0.85);
    if (f->spread && tw_plot_drawn(f->spread[i]))
        rule(a, x_at(a, f->value[i] - f->spread[i]), y, x_at(a, f->value[i] + f->spread[i]), y, TW_PLOT_DARK);
}

/* Dots of one colour are one path; the golden ratio spreads them over the row without pattern. */
static void draw_dots(artist *a, size_t i)
{
    const tw_figure *f = a->f;
    const double *value = f->value + i * f->m, *shade = f->shade ? f->shade + i * f->m : NULL;
    for (int c = -1; c < COLOURS; c++) {
        for (size_t k = 0; k < f->m; k++) {
            const double s = shade ? shade[k] : NAN, turn = (double)k * 0.6180339887498949;
            const int own = s == s ? (int)(fmin(fmax(s, 0), 1) * (COLOURS - 1) + 0.5) : -1;
            if (own != c || !tw_plot_drawn(value[k])) continue;
            const double x = x_at(a, value[k]), y = row_at(a, i) + (turn - floor(turn) - 0.5) * (ROW - 8);
            pen_box(a, x - DOT, y - DOT, x + DOT, y + DOT);
        }
        /* The pale middle would not be seen on white. */
        ink(a, c < 0 ? NO_SHADE : blend(LOW, HIGH, (double)c / (COLOURS - 1)), 0, 0.7);
    }
}

static void draw_rows(artist *a)
{
    a->left += NAMES;
    a->x = (tw_scale){.bottom = a->left, .top = a->right};
    fit_values(a, &a->x);
    draw_x_ticks(a);
    for (size_t i = 0; i < a->f->n; i++) {
        write_name(a, a->f->name[i], a->left - 8, row_at(a, i) + 4, 1, 26);
        if (a->f->kind == TW_FIGURE_BARS)
            draw_bar(a, i);
        else
            draw_dots(a, i);
    }
}

/* ---------------------------------------------------------------- curves */

static double place(const artist *a, size_t i) { return a->f->x ? a->f->x[i] : (double)i; }

static void draw_curve(artist *a, size_t k)
{
    const tw_figure *f = a->f;
    bool up = true;
    for (size_t i = 0; i < f->n; i++) {
        const double y = f->value[k * f->n + i];
        if (tw_plot_drawn(y) && tw_plot_drawn(place(a, i))) {
            pen(a, x_at(a, place(a, i)), y_at(a, y), up);
            if (f->n == 1) pen(a, x_at(a, place(a, i)) + 1, y_at(a, y), false);
            up = false;
        } else
            up = true;
    }
    ink(a, k ? TW_PLOT_PALE : LOW, k ? 1 : 2.5, k ? 0.35 : 1);
}

static void draw_curves(artist *a)
{
    const tw_figure *f = a->f;
    a->left += 60;
    a->x = (tw_scale){.lo = INFINITY, .hi = -INFINITY, .bottom = a->left, .top = a->right};
    a->y = (tw_scale){.top = a->top, .bottom = a->bottom};
    for (size_t i = 0; i < f->n; i++) cover(&a->x, &(const double){place(a, i)}, 1);
    tw_scale_fit(&a->x, f->name ? 0.1 : 0.02);
    fit_values(a, &a->y);
    draw_y_ticks(a);
    if (!f->name) draw_x_ticks(a);
    const size_t room = f->n ? (size_t)((a->right - a->left) / (double)f->n / 6) : 1;
    for (size_t i = 0; f->name && i < f->n; i++)
        write_name(a, f->name[i], x_at(a, place(a, i)), a->bottom + 14, 0, room < 3 ? 3 : room);
    for (size_t k = f->m; k-- > 0;) draw_curve(a, k);
    if (f->y_name) write_at(a, f->y_name, MARGIN, a->top - 6, -1);
}

/* ---------------------------------------------------------------- cells */

static void draw_cells(artist *a)
{
    const tw_figure *f = a->f;
    tw_scale scale = {.top = 1, .bottom = 0};
    a->left += NAMES;
    fit_values(a, &scale);
    const double wide = (a->right - a->left) / (double)f->n, high = (a->bottom - a->top) / (double)f->m;
    for (size_t r = 0; r < f->m; r++) {
        const double bottom = a->bottom - (double)r * high;
        write_name(a, f->across[r], a->left - 8, bottom - high / 2 + 4, 1, 26);
        for (size_t c = 0; c < f->n; c++) {
            const double v = f->value[r * f->n + c], left = a->left + (double)c * wide;
            if (!tw_plot_drawn(v)) continue;
            pen_box(a, left, bottom - high, left + wide, bottom);
            ink(a, colour(tw_scale_at(&scale, v)), 0, 1);
        }
    }
    const size_t room = (size_t)(fmax(wide, 48) / 6), every = (size_t)ceil(fmax(48 / wide, 1));
    for (size_t c = 0; c < f->n; c += every)
        write_name(a, f->name[c], a->left + ((double)c + 0.5) * wide, a->bottom + 14, 0, room < 5 ? 5 : room);
    if (f->y_name) write_at(a, f->y_name, MARGIN, a->top - 6, -1);
}

/* ---------------------------------------------------------------- all */

static tw_status check(const tw_figure *f, tw_error *err)
{
    const bool rows = f->kind == TW_FIGURE_BARS || f->kind == TW_FIGURE_SWARM;
    if (f->width < LEAST_WIDTH || f->width > MOST_WIDTH)
        return tw_fail(err, TW_BAD_VALUE, "figure: %d pixels wide, %d to %d", f->width, LEAST_WIDTH, MOST_WIDTH);
    if (f->n == 0 || (f->kind != TW_FIGURE_BARS && f->m == 0))
        return tw_fail(err, TW_BAD_VALUE, "figure: there is nothing to draw");
    if ((rows || f->kind == TW_FIGURE_CELLS) && f->n > MOST_ROWS)
        return tw_fail(err, TW_BAD_VALUE, "figure: %zu names, at most %d", f->n, MOST_ROWS);
    if ((f->kind == TW_FIGURE_CELLS && f->m > MOST_ROWS) || (f->kind == TW_FIGURE_CURVES && f->m > MOST_CURVES))
        return tw_fail(err, TW_BAD_VALUE, "figure: %zu %s, at most %d", f->m,
                       f->kind == TW_FIGURE_CELLS ? "rows" : "curves",
                       f->kind == TW_FIGURE_CELLS ? MOST_ROWS : MOST_CURVES);
    return TW_OK;
}

static int height_of(const tw_figure *f)
{
    const bool rows = f->kind == TW_FIGURE_BARS || f->kind == TW_FIGURE_SWARM;
    return (int)(TITLE + AXIS + MARGIN + (rows ? ROW * (double)f->n : 0.5 * f->width));
}

static void draw(artist *a)
{
    const tw_figure *f = a->f;
    pen_box(a, 0, 0, f->width, height_of(f));
    ink(a, TW_PLOT_BACK, 0, 1);
    a->to.text(a->to.arg, &(tw_chart_text){f->title ? f->title : "", MARGIN, 18, 14, -1, true, TW_PLOT_DARK});
    if (f->note) write_at(a, f->note, a->right, 18, 1);
    if (f->kind == TW_FIGURE_CURVES)
        draw_curves(a);
    else if (f->kind == TW_FIGURE_CELLS)
        draw_cells(a);
    else
        draw_rows(a);
    if (f->x_name) write_at(a, f->x_name, (a->left + a->right) / 2, a->bottom + 32, 0);
}

tw_status tw_figure_svg(const tw_ctx *ctx, const tw_figure *figure, tw_buf *out, tw_error *err)
{
    TW_TRY(check(figure, err));
    const int height = height_of(figure);
    artist a = {.f = figure,
                .to = tw_svg_painter(out),
                .left = MARGIN,
                .right = figure->width - MARGIN,
                .top = TITLE + MARGIN,
                .bottom = height - AXIS};
    const size_t most = figure->kind == TW_FIGURE_SWARM ? 4 * figure->m : 2 * figure->n;
    a.points = tw_new(ctx, most + 8, sizeof *a.points);
    if (!a.points) return tw_no_memory(err, "a figure");
    tw_svg_begin(out, figure->title, figure->width, height);
    draw(&a);
    tw_free(ctx, a.points);
    return tw_svg_end(out, err);
}
