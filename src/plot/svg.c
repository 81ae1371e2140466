/* SPDX-License-Identifier: Apache-2.0 */
/* svg.c - the painter that writes SVG. Numbers have one decimal: a tenth of a pixel is not seen, and a chart stays
 * small. */
#include "plot/plot_impl.h"

#include <math.h>
#include <string.h>

static void escaped(tw_buf *out, const char *text)
{
    for (const char *c = text; *c; c++) switch (*c) {
        case '<': tw_buf_text(out, "&lt;"); break;
        case '>': tw_buf_text(out, "&gt;"); break;
        case '&': tw_buf_text(out, "&amp;"); break;
        case '"': tw_buf_text(out, "&quot;"); break;
        default:
            /* XML has no other control characters, not even escaped. */
            if ((unsigned char)*c >= ' ' || *c == '\t' || *c == '\n') tw_buf_add(out, c, 1);
        }
}

static void number(tw_buf *out, double x)
{
    char text[TW_TICK_TEXT];
    tw_buf_add(out, text, tw_plot_fixed(x, 1, true, text));
}

/* In whole tenths, so that steps from the corner before add up to no error. */
static double tenths(double x) { return round(x * 10); }

/* A step from the corner before: "3.1-2" or "h3.1" or "v-2", whichever says it. */
static void step(tw_buf *out, double dx, double dy, char *mode)
{
    const char letter = dy == 0 ? 'h' : dx == 0 ? 'v' : 'l';
    const bool lead = letter != *mode;
    if (lead) tw_buf_add(out, &letter, 1);
    *mode = letter;
    if (letter != 'v') {
        if (!lead && dx >= 0) tw_buf_text(out, " ");
        number(out, dx / 10);
    }
    if (letter == 'l' && dy >= 0) tw_buf_text(out, " ");
    if (letter == 'v' && !lead && dy >= 0) tw_buf_text(out, " ");
    if (letter != 'h') number(out, dy / 10);
}

static void svg_path(void *arg, const tw_point *points, size_t n, const tw_ink *ink)
{
    tw_buf *out = arg;
    char mode = 0;
    double x = 0, y = 0;
    tw_buf_text(out, "<path d=\"");
    for (size_t i = 0; i < n; i++) {
        const double to_x = tenths(points[i].x), to_y = tenths(points[i].y);
        if (points[i].move) {
            tw_buf_text(out, "M");
            number(out, to_x / 10);
            tw_buf_text(out, to_y < 0 ? "" : " ");
            number(out, to_y / 10);
            mode = 0;
        } else if (to_x != x || to_y != y) {
            step(out, to_x - x, to_y - y, &mode);
        }
        x = to_x, y = to_y;
    }
    tw_buf_text(out, "\"");
    if (ink->width > 0) {
        tw_buf_printf(out, " fill=\"none\" stroke=\"#%06x\" stroke-width=\"", (unsigned)ink->rgb);
        number(out, ink->width);
        tw_buf_text(out, ink->dashed ? "\" stroke-dasharray=\"4 3\"" : "\"");
        if (!ink->dashed && ink->width > 1) tw_buf_text(out, " stroke-linejoin=\"round\"");
    } else {
        tw_buf_printf(out, " fill=\"#%06x\"", (unsigned)ink->rgb);
    }
    if (ink->opacity < 1) {
        tw_buf_text(out, " opacity=\"");
        char text[TW_TICK_TEXT];
        tw_buf_add(out, text, tw_plot_fixed(ink->opacity, 2, true, text));
        tw_buf_text(out, "\"");
    }
    tw_buf_text(out, "/>\n");
}

static void svg_text(void *arg, const tw_chart_text *label)
{
    tw_buf *out = arg;
    tw_buf_text(out, "<text x=\"");
    number(out, label->x);
    tw_buf_text(out, "\" y=\"");
    number(out, label->y);
    tw_buf_text(out, "\" font-size=\"");
    number(out, label->size);
    tw_buf_printf(out, "\" fill=\"#%06x\"%s%s>", (unsigned)label->rgb,
                  label->align < 0    ? ""
                  : label->align == 0 ? " text-anchor=\"middle\""
                                      : " text-anchor=\"end\"",
                  label->bold ? " font-weight=\"bold\"" : "");
    escaped(out, label->text);
    tw_buf_text(out, "</text>\n");
}

void tw_svg_begin(tw_buf *out, const char *title, int width, int height)
{
    tw_buf_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                  "font-family=\"Helvetica,Arial,sans-serif\" role=\"img\">\n<title>",
                  width, height, width, height);
    escaped(out, title ? title : "");
    tw_buf_text(out, "</title>\n");
}

tw_painter tw_svg_painter(tw_buf *out) { return (tw_painter){svg_path, svg_text, out}; }

tw_status tw_svg_end(tw_buf *out, tw_error *err)
{
    tw_buf_text(out, "</svg>\n");
    return tw_buf_check(out, err);
}

tw_status tw_chart_svg(const tw_ctx *ctx, const tw_chart *chart, tw_buf *out, tw_error *err)
{
    const tw_painter painter = tw_svg_painter(out);
    tw_svg_begin(out, chart->title, chart->width, chart->height);
    TW_TRY(tw_chart_draw(ctx, chart, &painter, err));
    return tw_svg_end(out, err);
}
