/* SPDX-License-Identifier: Apache-2.0 */
/** @file plot.h
 * Floor 1: charts of bars and of what is computed from them: panels one above the other over one axis of time. A chart
 * is drawn by a painter of two calls; the one for SVG is here, a program may bring its own.
 */
#ifndef TRADEWIND_PLOT_H
#define TRADEWIND_PLOT_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- what is drawn */

/** How a series looks. */
typedef enum tw_chart_kind {
    TW_CHART_LINE,
    TW_CHART_CANDLES,
    TW_CHART_HISTOGRAM, /* bars from zero, up and down */
    TW_CHART_DOTS,      /* a dot a bar, as stops are drawn */
    TW_CHART_MARKS,     /* arrows: y > 0 below the low, y < 0 above the high, nothing at 0 */
    TW_CHART_VOLUME     /* pale bars at the foot of the panel, on a scale of their own */
} tw_chart_kind;

/** One series of n values; a value that is missing or infinite is not drawn. */
typedef struct tw_chart_series {
    const char *name; /* for the legend */
    tw_chart_kind kind;
    const double *y;                 /* candles: the close */
    const double *open, *high, *low; /* candles; marks: high and low */
} tw_chart_series;

enum { TW_CHART_LEVELS = 2, TW_CHART_PANELS = 6 };

/** One panel. */
typedef struct tw_chart_panel {
    const tw_chart_series *series;
    size_t n_series;
    double levels[TW_CHART_LEVELS]; /* dashed lines; 0: none (zero has a line of its own where it is inside) */
    double share;                   /* of the height, over the sum of all shares */
} tw_chart_panel;

/** A chart of n bars. */
typedef struct tw_chart {
    const char *title, *note; /* note: smaller, after the title */
    const int64_t *times;     /* of the bars, ascending */
    size_t n;
    const tw_chart_panel *panels; /* 1 .. TW_CHART_PANELS, from the top */
    size_t n_panels;
    int width, height; /* at least 160 by 120 */
} tw_chart;

/** Where bars lie: bar t is at x = left + (t + 0.5) * step; panels are between top and bottom. */
typedef struct tw_chart_frame {
    double left, right, top, bottom, step;
} tw_chart_frame;

/* ---------------------------------------------------------------- painters */

/** A corner of a path; `move` lifts the pen before it. */
typedef struct tw_point {
    double x, y;
    bool move;
} tw_point;

/** Filled (width 0) or stroked. */
typedef struct tw_ink {
    uint32_t rgb;
    double opacity, width;
    bool dashed;
} tw_ink;

/** One line of text; x, y is its base line's left end, middle or right end. */
typedef struct tw_chart_text {
    const char *text;
    double x, y, size;
    int align; /* -1 left, 0 middle, 1 right */
    bool bold;
    uint32_t rgb;
} tw_chart_text;

/** Draws paths and texts in the order they come; x grows to the right, y downwards, both in pixels. */
typedef struct tw_painter {
    void (*path)(void *arg, const tw_point *points, size_t n, const tw_ink *ink);
    void (*text)(void *arg, const tw_chart_text *label);
    void *arg;
} tw_painter;

/** Where bars lie in a chart of this size. */
TW_API tw_chart_frame tw_chart_frame_of(const tw_chart *chart);
/** Draws. BAD_VALUE for a size, a count of bars or of panels outside its bounds. */
TW_API tw_status tw_chart_draw(const tw_ctx *ctx, const tw_chart *chart, const tw_painter *painter, tw_error *err);
/** Appends the chart as one <svg> element: the same bytes for the same chart everywhere. */
TW_API tw_status tw_chart_svg(const tw_ctx *ctx, const tw_chart *chart, tw_buf *out, tw_error *err);

/* ---------------------------------------------------------------- figures */

/** Pictures of numbers that have no time. */
typedef enum tw_figure_kind {
    TW_FIGURE_BARS,   /* a bar a name, from zero */
    TW_FIGURE_SWARM,  /* a row of dots a name */
    TW_FIGURE_CURVES, /* the first bold, the others pale below it */
    TW_FIGURE_CELLS   /* a field of colours */
} tw_figure_kind;

/** A figure. A value that is missing or infinite is not drawn. */
typedef struct tw_figure {
    tw_figure_kind kind;
    const char *title, *note; /* note: smaller, below the title; or NULL */
    const char *x_name, *y_name;
    size_t n, m;             /* bars: n; swarm: n names, m dots each; curves: m of n points; cells: m rows of n */
    const char *const *name; /* [n]: of bars and rows of dots; of the columns of cells; of points that are no numbers */
    const char *const *across; /* [m]: of the rows of cells */
    const double *x;           /* [n] of curves, ascending; NULL: at equal steps, as names are */
    const double *value;       /* bars [n], swarm [n][m], curves [m][n], cells [m][n] */
    const double *spread;      /* bars: half the length of a whisker; NULL: none */
    const double *shade;       /* swarm [n][m]: the colour of a dot, 0 .. 1; NaN: grey; NULL: all alike */
    int width;                 /* at least 240 */
} tw_figure;

/** Appends the figure as one <svg> element: the same bytes for the same figure everywhere. */
TW_API tw_status tw_figure_svg(const tw_ctx *ctx, const tw_figure *figure, tw_buf *out, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif
