/* SPDX-License-Identifier: Apache-2.0 */
/* ext_png.c - the painter that draws with cairo, for PNG. */
#include "cli/charts.h"

#include <cairo.h>

static void set_colour(cairo_t *to, uint32_t rgb, double opacity)
{
    cairo_set_source_rgba(to, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, opacity);
}

static void png_path(void *arg, const tw_point *points, size_t n, const tw_ink *ink)
{
    cairo_t *to = arg;
    static const double dashes[] = {4, 3};
    for (size_t i = 0; i < n; i++)
        if (points[i].move)
            cairo_move_to(to, points[i].x, points[i].y);
        else
            cairo_line_to(to, points[i].x, points[i].y);
    set_colour(to, ink->rgb, ink->opacity);
    if (ink->width > 0) {
        cairo_set_line_width(to, ink->width);
        cairo_set_dash(to, dashes, ink->dashed ? 2 : 0, 0);
        cairo_set_line_join(to, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(to);
    } else {
        cairo_fill(to);
    }
}

static void png_text(void *arg, const tw_chart_text *label)
{
    cairo_t *to = arg;
    cairo_text_extents_t size;
    cairo_select_font_face(to, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           label->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(to, label->size);
    cairo_text_extents(to, label->text, &size);
    set_colour(to, label->rgb, 1);
    cairo_move_to(to, label->x - size.x_advance * (label->align + 1) / 2, label->y);
    cairo_show_text(to, label->text);
}

static cairo_status_t add_bytes(void *arg, const unsigned char *bytes, unsigned n)
{
    tw_buf_add(arg, bytes, n);
    return ((tw_buf *)arg)->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

tw_status tw_cli_png(const tw_ctx *ctx, const tw_chart *chart, tw_buf *out, tw_error *err)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, chart->width, chart->height);
    cairo_t *to = cairo_create(surface);
    tw_status status = tw_chart_draw(ctx, chart, &(tw_painter){png_path, png_text, to}, err);
    if (status == TW_OK) {
        const cairo_status_t drawn = cairo_status(to);
        const cairo_status_t written = drawn ? drawn : cairo_surface_write_to_png_stream(surface, add_bytes, out);
        if (written) status = tw_fail(err, TW_IO_FAILED, "the PNG cannot be made: %s", cairo_status_to_string(written));
    }
    cairo_destroy(to);
    cairo_surface_destroy(surface);
    return status;
}
