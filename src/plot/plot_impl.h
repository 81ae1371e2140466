/* SPDX-License-Identifier: Apache-2.0 */
/* plot_impl.h - scales and ticks of a chart. */
#ifndef TW_PLOT_IMPL_H
#define TW_PLOT_IMPL_H

#include "tradewind/plot.h"

/* Colours of whatever is drawn: paper, lines behind the data, the frame, words of less and of more weight. */
enum {
    TW_PLOT_BACK = 0xffffff,
    TW_PLOT_GRID = 0xe9ecf0,
    TW_PLOT_FRAME = 0xb6bdc6,
    TW_PLOT_PALE = 0x7a828c,
    TW_PLOT_DARK = 0x1f2933
};

enum { TW_TICKS_MOST = 32, TW_TICK_TEXT = 32 };

/* Values lo .. hi, drawn at y = bottom .. top. */
typedef struct tw_scale {
    double lo, hi, top, bottom;
} tw_scale;

/* Round numbers within a scale: first, first + step, ... */
typedef struct tw_ticks {
    double first, step;
    size_t n;
    int decimals;
    double most; /* greatest size among the values, which chooses K, M, B */
} tw_ticks;

/* A bar that has a label below it. */
typedef struct tw_date_tick {
    size_t bar;
    char text[TW_TICK_TEXT];
} tw_date_tick;

/* Missing, infinite, or so large that a difference could overflow. */
bool tw_plot_drawn(double x);
/* Widens lo .. hi to a range with something inside, with room at its ends; nothing at all (lo > hi) gives 0 .. 1. */
void tw_scale_fit(tw_scale *scale, double room);
double tw_scale_at(const tw_scale *scale, double x);
/* Steps of 1, 2 or 5 times a power of ten, about `want` of them. */
tw_ticks tw_ticks_of(const tw_scale *scale, int want);
/* A number with as many decimals; 1,234.50 and 1.2M as on price axes. Blind to the locale. */
void tw_tick_text(const tw_ticks *ticks, double x, int more_decimals, char out[TW_TICK_TEXT]);
/* At most `most` bars where a year, month, week, day or hour begins. Their count. */
size_t tw_date_ticks(const int64_t *times, size_t n, size_t most, tw_date_tick out[TW_TICKS_MOST]);
/* x with so many decimals (at most 9), zeros at the end left out when `lean`; |x| < 9e9. Its length. */
size_t tw_plot_fixed(double x, int decimals, bool lean, char *out);

/* The SVG of a picture: its head, what draws into it, its end. */
void tw_svg_begin(tw_buf *out, const char *title, int width, int height);
tw_painter tw_svg_painter(tw_buf *out);
tw_status tw_svg_end(tw_buf *out, tw_error *err);

#endif
