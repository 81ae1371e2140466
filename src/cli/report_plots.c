/* SPDX-License-Identifier: Apache-2.0 */
/* report_plots.c - pictures of a tear sheet's page that have no axis of bars: histograms, when round trips lived, and
 * what may be believed of them. */
#include "cli/report_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where numbers lie in a picture. */
typedef struct area {
    double left, top, width, height;
} area;

static const char BLUE[] = "#4a78b5", RED[] = "#c0504d", GREY[] = "#7b8794", GOLD[] = "#e8a33d";

static void open_picture(tw_buf *out, double width, double height, const char *title)
{
    tw_buf_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
                  "font-family=\"Helvetica,Arial,sans-serif\" font-size=\"11\" role=\"img\" aria-label=\"%s\">\n"
                  "<text x=\"4\" y=\"14\" font-size=\"13\" font-weight=\"600\" fill=\"#1f2933\">%s</text>\n",
                  width, height, width, height, title, title);
}

static void label(tw_buf *out, double x, double y, const char *anchor, const char *text)
{
    tw_buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#52606d\">", x, y, anchor);
    tw_page_text(out, text);
    tw_buf_text(out, "</text>\n");
}

static void upright(tw_buf *out, const area *a, double x, const char *colour, bool dashed)
{
    tw_buf_printf(out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>\n", x, x, a->top,
                  a->top + a->height, colour, dashed ? " stroke-width=\"2\" stroke-dasharray=\"4 3\"" : "");
}

static void base_line(tw_buf *out, const area *a)
{
    tw_buf_printf(out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#9aa5b1\"/>\n", a->left,
                  a->left + a->width, a->top + a->height, a->top + a->height);
}

/* ---------------------------------------------------------------- histograms */

static void number_text(char *text, size_t room, bool share, double x)
{
    (void)snprintf(text, room, share ? "%.3g %%" : fabs(x) < 1e4 ? "%.4g" : "%.0f", share ? 100 * x : x);
}

static void draw_histogram(const tw_sheet_histogram *h, const char *title, bool share, tw_buf *out)
{
    const area a = {34, 26, 470, 130};
    const double most = h->least + h->width * TW_SHEET_BINS, scale = a.width / (most - h->least);
    char text[64];
    size_t highest = 1;
    for (size_t i = 0; i < TW_SHEET_BINS; i++)
        if (h->bin[i] > highest) highest = h->bin[i];
    open_picture(out, 516, 180, title);
    for (size_t i = 0; i < TW_SHEET_BINS; i++) {
        const double tall = a.height * (double)h->bin[i] / (double)highest;
        if (h->bin[i])
            tw_buf_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
                          a.left + a.width / TW_SHEET_BINS * (double)i + 0.5, a.top + a.height - tall,
                          a.width / TW_SHEET_BINS - 1, tall, BLUE);
    }
    base_line(out, &a);
    if (h->least < 0 && most > 0) upright(out, &a, a.left - h->least * scale, "#1f2933", false);
    upright(out, &a, a.left + (h->mean - h->least) * scale, GOLD, true);
    number_text(text, sizeof text, share, h->least);
    label(out, a.left, a.top + a.height + 14, "start", text);
    number_text(text, sizeof text, share, most);
    label(out, a.left + a.width, a.top + a.height + 14, "end", text);
    (void)snprintf(text, sizeof text, "mean ");
    number_text(text + 5, sizeof text - 5, share, h->mean);
    label(out, a.left + a.width / 2, a.top + a.height + 14, "middle", text);
    (void)snprintf(text, sizeof text, "%zu", highest);
    label(out, a.left - 4, a.top + 8, "end", text);
    tw_buf_text(out, "</svg>\n");
}

void tw_page_histograms(const tw_tearsheet *s, tw_buf *out)
{
    static const struct {
        const char *title;
        bool share;
    } OF[TW_SHEET_HISTOGRAMS] = {{"Returns of bars", true},
                                 {"Returns of months", true},
                                 {"Turnover of bars", true},
                                 {"Returns of round trips", true},
                                 {"Profit of round trips", false}};
    tw_buf_text(out, "<div class=\"pair\">\n");
    for (size_t k = 0; k < TW_SHEET_HISTOGRAMS; k++)
        if (s->histogram[k].n) draw_histogram(&s->histogram[k], OF[k].title, OF[k].share, out);
    tw_buf_text(out, "</div>\n");
}

/* ---------------------------------------------------------------- lives of round trips */

enum { MOST_LIVES = 16, MOST_MARKS = 4000 };

typedef struct liver {
    uint32_t symbol;
    size_t trips;
} liver;

static int by_trips(const void *left, const void *right)
{
    const liver *a = left, *b = right;
    if (a->trips != b->trips) return a->trips > b->trips ? -1 : 1;
    return (a->symbol > b->symbol) - (a->symbol < b->symbol);
}

/* The symbols with the most round trips. */
static size_t find_livers(const tw_tearsheet *s, liver *all)
{
    size_t n = 0;
    for (size_t i = 0; i < s->record.n_symbols; i++)
        all[i] = (liver){(uint32_t)i, s->symbol_trips ? s->symbol_trips[i].n : 0};
    qsort(all, s->record.n_symbols, sizeof *all, by_trips);
    while (n < MOST_LIVES && n < s->record.n_symbols && all[n].trips > 0) n++;
    return n;
}

static void date_label(tw_buf *out, double x, double y, const char *anchor, int64_t time)
{
    char text[32];
    const tw_civil d = tw_time_to_civil(time);
    (void)snprintf(text, sizeof text, "%04d-%02d-%02d", d.year, d.month, d.day);
    label(out, x, y, anchor, text);
}

static void draw_lives(const tw_tearsheet *s, const liver *all, size_t n, tw_buf *out)
{
    const tw_track_record *r = &s->record;
    const double row = 20, wide = 1080;
    const area a = {110, 26, wide - 120, row * (double)n};
    const int64_t from = r->time[0], to = r->time[r->path.n - 1];
    const double scale = to > from ? a.width / (double)(to - from) : 0;
    size_t marks = 0;
    open_picture(out, wide, a.top + a.height + 22, "When round trips lived: blue long, red short");
    for (size_t k = 0; k < n; k++) {
        const double y = a.top + row * (double)k;
        label(out, a.left - 6, y + 14, "end", r->symbol[all[k].symbol]);
        for (size_t i = 0; i < s->n_trips && marks < MOST_MARKS; i++) {
            const tw_round_trip *t = &s->trip[i];
            if (t->symbol != all[k].symbol) continue;
            const double x = fmax(0, (double)(t->opened - from) * scale);
            const double end = fmin(a.width, (double)(t->closed - from) * scale);
            tw_buf_printf(out,
                          "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.0f\" fill=\"%s\" opacity=\".65\"/>\n",
                          a.left + x, y + 3, fmax(1, end - x), row - 6, t->is_long ? BLUE : RED);
            marks++;
        }
    }
    base_line(out, &a);
    date_label(out, a.left, a.top + a.height + 14, "start", from);
    date_label(out, a.left + a.width, a.top + a.height + 14, "end", to);
    tw_buf_text(out, "</svg>\n");
    if (marks == MOST_MARKS) tw_buf_printf(out, "<p>The first %d are drawn.</p>\n", MOST_MARKS);
}

tw_status tw_page_lives(const tw_ctx *ctx, const tw_tearsheet *s, tw_buf *out, tw_error *err)
{
    liver *all = tw_new(ctx, s->record.n_symbols + 1, sizeof *all);
    if (!all) return tw_no_memory(err, "a page");
    const size_t n = find_livers(s, all);
    if (n) draw_lives(s, all, n, out);
    tw_free(ctx, all);
    return TW_OK;
}

/* ---------------------------------------------------------------- belief */

void tw_page_belief(const tw_tearsheet *s, tw_buf *out)
{
    const tw_sheet_belief *b = &s->belief;
    const area a = {34, 26, 470, 130};
    char text[64];
    double highest = 0;
    if (!b->chance) return;
    const double from = b->chance[0], wide = b->chance[TW_SHEET_BELIEF - 1] - from;
    for (size_t i = 0; i < TW_SHEET_BELIEF; i++) highest = fmax(highest, b->density[i]);
    if (!(wide > 0 && highest > 0)) return;
    open_picture(out, 516, 180, "Chance that a decision wins, as believed");
    tw_buf_printf(out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", BLUE);
    for (size_t i = 0; i < TW_SHEET_BELIEF; i++)
        tw_buf_printf(out, "%.1f,%.1f ", a.left + a.width * (b->chance[i] - from) / wide,
                      a.top + a.height * (1 - b->density[i] / highest));
    tw_buf_text(out, "\"/>\n");
    base_line(out, &a);
    const double ends[] = {b->low, b->high};
    for (size_t k = 0; k < 2; k++) {
        const double x = a.left + a.width * (ends[k] - from) / wide;
        upright(out, &a, x, GREY, true);
        (void)snprintf(text, sizeof text, "%.1f %%", 100 * ends[k]);
        label(out, x, a.top + a.height + 14, "middle", text);
    }
    tw_buf_text(out, "</svg>\n");
    tw_buf_printf(out, "<p>%zu of %zu round trips won; 95 %% of the belief lies between the dashed lines.</p>\n",
                  b->winners, b->winners + b->others);
}
