/* SPDX-License-Identifier: Apache-2.0 */
/* report_page.c - the tear sheet's page: charts over time from tradewind/plot.h, tables from report_tables.c. */
#include "cli/report_page.h"

#include "tradewind/num.h"
#include "tradewind/plot.h"

#include <math.h>

enum { WIDTH = 1080, HEIGHT = 300, MOST_SECTORS = 12, SCRATCH = 4 };

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>\n"
    "body{margin:0 auto;padding:24px;max-width:1080px;font:14px/1.45 Helvetica,Arial,sans-serif;color:#1f2933}\n"
    "h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:32px 0 8px;border-bottom:1px solid #d9dee3;"
    "padding-bottom:4px}p{margin:4px 0 12px;color:#52606d}\n"
    "svg{max-width:100%;height:auto;display:block;margin-bottom:12px}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin-bottom:12px}\n"
    "th,td{padding:3px 8px;text-align:right;border-bottom:1px solid #eceff2;white-space:nowrap}\n"
    "th{font-weight:600;color:#52606d}th:first-child,td:first-child{text-align:left}\n"
    "table.heat td{border:1px solid #fff;text-align:center;min-width:44px}\n"
    ".cards{display:flex;flex-wrap:wrap;gap:12px;margin:16px 0}.card{border:1px solid #d9dee3;border-radius:6px;"
    "padding:10px 14px;min-width:128px}.card b{display:block;font-size:20px}.card span{color:#52606d;font-size:12px}\n"
    "td.bar{text-align:left;width:200px}td.bar i{display:block;height:10px;background:#4a78b5}\n"
    ".wide{overflow-x:auto}.pair{display:flex;flex-wrap:wrap;gap:32px}\n"
    "</style>\n<title>";

void tw_page_text(tw_buf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '&')
            tw_buf_text(out, "&amp;");
        else if (*p == '<')
            tw_buf_text(out, "&lt;");
        else if (*p == '>')
            tw_buf_text(out, "&gt;");
        else
            tw_buf_add(out, p, 1);
    }
}

/* ---------------------------------------------------------------- charts */

typedef struct page {
    const tw_ctx *ctx;
    const tw_tearsheet *sheet;
    tw_buf *out;
    double *scratch; /* [SCRATCH][n] */
} page;

static tw_status draw(const page *p, const char *title, const tw_chart_panel *panels, size_t n_panels, tw_error *err)
{
    const tw_chart chart = {.title = title,
                            .times = p->sheet->record.time,
                            .n = p->sheet->record.path.n,
                            .panels = panels,
                            .n_panels = n_panels,
                            .width = WIDTH,
                            .height = n_panels > 1 ? (int)n_panels * 190 : HEIGHT};
    return tw_chart_svg(p->ctx, &chart, p->out, err);
}

static tw_status draw_wealth(const page *p, tw_error *err)
{
    const tw_tearsheet *s = p->sheet;
    const double *b = s->record.path.benchmark;
    for (size_t t = 0; b && t < s->record.path.n; t++)
        p->scratch[t] = (t ? p->scratch[t - 1] : 1) * (isnan(b[t]) ? 1 : 1 + b[t]);
    const tw_chart_series wealth[] = {{.name = "strategy", .y = s->wealth}, {.name = "benchmark", .y = p->scratch}};
    const tw_chart_series under[] = {{.name = "drawdown", .y = s->underwater}};
    const tw_chart_series bars[] = {{.name = "return", .kind = TW_CHART_HISTOGRAM, .y = s->record.path.returns}};
    const tw_chart_panel panels[] = {{.series = wealth, .n_series = b ? 2 : 1, .share = 2},
                                     {.series = under, .n_series = 1, .share = 1},
                                     {.series = bars, .n_series = 1, .share = 1}};
    return draw(p, "Growth of 1, what is lost from the highest, returns", panels, 3, err);
}

/* Beside the benchmark at its volatility, and both as logarithms, in which equal growth is equally steep. `scratch` has
 * the benchmark's wealth. */
static tw_status draw_compared(const page *p, tw_error *err)
{
    const tw_tearsheet *s = p->sheet;
    const size_t n = s->record.path.n;
    double *log_benchmark = p->scratch + n;
    for (size_t t = 0; t < n; t++) log_benchmark[t] = s->matched && p->scratch[t] > 0 ? tw_log(p->scratch[t]) : NAN;
    const tw_chart_series matched[] = {{.name = "strategy at the benchmark's volatility", .y = s->matched},
                                       {.name = "benchmark", .y = p->scratch}};
    const tw_chart_series logs[] = {{.name = "strategy, log", .y = s->log_wealth},
                                    {.name = "benchmark, log", .y = log_benchmark}};
    const tw_chart_panel panels[] = {{.series = logs, .n_series = s->matched ? 2 : 1, .share = 1},
                                     {.series = matched, .n_series = 2, .share = 1}};
    return draw(p, s->matched ? "Logarithm of growth, and growth at the benchmark's volatility" : "Logarithm of growth",
                panels, s->matched ? 2 : 1, err);
}

/* What was earned live, and where one and two deviations of what the time before lets expect lie. */
static tw_status draw_live(const page *p, tw_error *err)
{
    static const double DEVIATIONS[SCRATCH] = {-2, -1, 1, 2};
    const tw_tearsheet *s = p->sheet;
    const size_t n = s->record.path.n;
    for (size_t k = 0; k < SCRATCH; k++)
        for (size_t t = 0; t < n; t++) p->scratch[k * n + t] = s->live.mean[t] + DEVIATIONS[k] * s->live.deviation[t];
    const tw_chart_series series[] = {
        {.name = "strategy", .y = s->wealth},       {.name = "expected", .y = s->live.mean},
        {.name = "-2 deviations", .y = p->scratch}, {.name = "-1", .y = p->scratch + n},
        {.name = "+1", .y = p->scratch + 2 * n},    {.name = "+2", .y = p->scratch + 3 * n}};
    const tw_chart_panel panel = {.series = series, .n_series = 6, .share = 1};
    return draw(p, "Growth of 1, and the cone that the time before lets expect", &panel, 1, err);
}

static tw_status draw_loadings(const page *p, tw_error *err)
{
    const tw_tearsheet *s = p->sheet;
    tw_chart_series series[MOST_SECTORS];
    size_t n = 0;
    for (; n < s->record.n_factors && n < MOST_SECTORS; n++)
        series[n] = (tw_chart_series){.name = s->record.factor_name[n], .y = s->rolling_loading[n + 1]};
    const tw_chart_panel panel = {.series = series, .n_series = n, .share = 1};
    return draw(p, "Loadings on all factors at once, over windows", &panel, 1, err);
}

/* A panel for each series that is there. */
static tw_status draw_panels(const page *p, const char *title, const tw_chart_series *series, size_t n, tw_error *err)
{
    tw_chart_panel panels[TW_CHART_PANELS];
    size_t m = 0;
    for (size_t k = 0; k < n && m < TW_CHART_PANELS; k++) {
        bool some = false;
        for (size_t t = 0; series[k].y && t < p->sheet->record.path.n; t++) some = some || isfinite(series[k].y[t]);
        if (some) panels[m++] = (tw_chart_panel){.series = &series[k], .n_series = 1, .share = 1};
    }
    return m ? draw(p, title, panels, m, err) : TW_OK;
}

static tw_status draw_rolling(const page *p, tw_error *err)
{
    const tw_tearsheet *s = p->sheet;
    const tw_chart_series series[] = {{.name = "Sharpe", .y = s->rolling[0]},
                                      {.name = "volatility", .y = s->rolling[1]},
                                      {.name = "largest drawdown", .y = s->rolling[3]},
                                      {.name = "beta", .y = s->rolling[4]}};
    return draw_panels(p, "Rolling measures", series, 4, err);
}

static tw_status draw_exposure(const page *p, tw_error *err)
{
    const tw_exposure *e = &p->sheet->exposure;
    const tw_chart_series sides[] = {{.name = "gross", .y = e->gross},
                                     {.name = "net", .y = e->net},
                                     {.name = "long", .y = e->long_side},
                                     {.name = "short", .y = e->short_side}};
    const tw_chart_series single[] = {{.name = "largest long", .y = e->max_long},
                                      {.name = "median long", .y = e->median_long},
                                      {.name = "median short", .y = e->median_short},
                                      {.name = "largest short", .y = e->max_short}};
    const tw_chart_series names[] = {
        {.name = "names held", .y = e->names}, {.name = "long", .y = e->longs}, {.name = "short", .y = e->shorts}};
    const tw_chart_series turnover[] = {{.name = "turnover", .kind = TW_CHART_HISTOGRAM, .y = p->sheet->turnover}};
    const tw_chart_panel panels[] = {{.series = sides, .n_series = 4, .share = 2},
                                     {.series = single, .n_series = 4, .share = 2},
                                     {.series = names, .n_series = 3, .share = 1},
                                     {.series = turnover, .n_series = 1, .share = 1}};
    return draw(p, "Exposure over equity, concentration, turnover", panels, p->sheet->turnover ? 4 : 3, err);
}

/* Inside the day: of a run that is flat overnight the exposure of the evenings says nothing. */
static tw_status draw_intraday(const page *p, tw_error *err)
{
    const tw_exposure *e = &p->sheet->exposure;
    const tw_chart_series sides[] = {{.name = "gross", .y = e->intraday_gross}, {.name = "net", .y = e->intraday_net}};
    const tw_chart_panel panel = {.series = sides, .n_series = 2, .share = 1};
    return draw(p, "Exposure at the busiest moment of each day, over equity", &panel, 1, err);
}

static tw_status draw_traded(const page *p, tw_error *err)
{
    const tw_chart_series traded[] = {{.name = "value traded", .kind = TW_CHART_HISTOGRAM, .y = p->sheet->traded}};
    const tw_chart_panel panel = {.series = traded, .n_series = 1, .share = 1};
    return draw(p, "Value traded", &panel, 1, err);
}

static tw_status draw_attribution(const page *p, tw_error *err)
{
    const tw_tearsheet *s = p->sheet;
    tw_chart_series exposures[MOST_SECTORS];
    size_t n = 0;
    for (; n < s->record.n_factors && n < MOST_SECTORS; n++)
        exposures[n] = (tw_chart_series){.name = s->record.factor_name[n], .y = s->attribution.exposure[n]};
    const tw_chart_panel panel = {.series = exposures, .n_series = n, .share = 1};
    return draw(p, "Exposure to factors", &panel, 1, err);
}

static tw_status draw_sectors(const page *p, tw_error *err)
{
    const tw_tearsheet *s = p->sheet;
    tw_chart_series sectors[MOST_SECTORS];
    size_t n = 0;
    for (size_t k = 0; k < s->record.n_sectors && n < MOST_SECTORS; k++) {
        bool some = false;
        for (size_t t = 0; t < s->record.path.n; t++) some = some || s->exposure.sector[k][t] != 0;
        if (some) sectors[n++] = (tw_chart_series){.name = s->record.sector_name[k], .y = s->exposure.sector[k]};
    }
    const tw_chart_panel panel = {.series = sectors, .n_series = n, .share = 1};
    return n ? draw(p, "Net exposure by sector, over equity", &panel, 1, err) : TW_OK;
}

/* ---------------------------------------------------------------- page */

static void heading(const page *p, const char *title, const char *note)
{
    tw_buf_printf(p->out, "<h2>%s</h2>\n", title);
    if (note) tw_buf_printf(p->out, "<p>%s</p>\n", note);
}

static void head_of(const page *p, const char *title)
{
    const tw_track_record *r = &p->sheet->record;
    char from[40], to[40];
    from[tw_time_format(r->time[0], from)] = '\0';
    to[tw_time_format(r->time[r->path.n - 1], to)] = '\0';
    tw_buf_text(p->out, head);
    tw_page_text(p->out, title);
    tw_buf_text(p->out, "</title>\n</head>\n<body>\n<h1>");
    tw_page_text(p->out, title);
    tw_buf_printf(p->out, "</h1>\n<p>%s to %s, %zu bars</p>\n", from, to, r->path.n);
}

static tw_status path_part(const page *p, tw_error *err)
{
    const tw_tearsheet *s = p->sheet;
    tw_page_measures(s, p->out);
    TW_TRY(draw_wealth(p, err));
    TW_TRY(draw_compared(p, err));
    if (s->live.mean) {
        heading(p, "The live time",
                "The cone is of draws of single returns of the time before; lines are one and two "
                "deviations of it.");
        TW_TRY(draw_live(p, err));
        tw_page_live(s, p->out);
    }
    heading(p, "Drawdowns", "A drawdown runs from the last peak to the first bar that is as high again.");
    tw_page_drawdowns(s, p->out);
    heading(p, "Returns by month", NULL);
    tw_page_months(s, p->out);
    heading(p, "Returns by length of time", NULL);
    tw_page_quantiles(s, p->out);
    heading(p, "Distributions", "The mean is dashed.");
    tw_page_histograms(s, p->out);
    if (s->record.path.n >= (size_t)s->options.window) {
        tw_buf_printf(p->out, "<h2>Rolling risk</h2>\n<p>Over %d bars.</p>\n", s->options.window);
        TW_TRY(draw_rolling(p, err));
    }
    if (s->n_stress) {
        heading(p, "Times of stress", NULL);
        tw_page_stress(s, p->out);
    }
    return TW_OK;
}

static tw_status trade_part(const page *p, tw_error *err)
{
    const tw_tearsheet *s = p->sheet;
    if (s->exposure.gross) {
        heading(p, "Exposure and turnover", NULL);
        TW_TRY(draw_exposure(p, err));
    }
    if (s->exposure.is_intraday) TW_TRY(draw_intraday(p, err));
    if (s->exposure.sector) TW_TRY(draw_sectors(p, err));
    if (s->exposure.gross) tw_page_holdings(s, p->out);
    if (s->traded) TW_TRY(draw_traded(p, err));
    if (s->traded) {
        heading(p, "Trades by hour", s->options.utc_offset == 0 ? "Hours are UTC." : NULL);
        tw_page_hours(s, p->out);
    }
    if (s->orders.n) {
        heading(p, "Orders",
                "Slippage is what was paid more than the price at the order (negative: less), before commissions.");
        tw_page_orders(s, p->out);
    }
    if (s->n_trips) {
        heading(p, "Round trips", "Positions opened and closed, first in first out, before commissions.");
        tw_page_trips(s, p->out);
        TW_TRY(tw_page_lives(p->ctx, s, p->out, err));
        tw_page_belief(s, p->out);
    }
    if (s->factors.n) {
        heading(p, "Factors", NULL);
        tw_page_factors(s, p->out);
        if (s->rolling_loading) TW_TRY(draw_loadings(p, err));
    }
    if (s->attribution.n) {
        heading(p, "Returns by what was held", "Exposures are shares of equity times loadings.");
        tw_page_attribution(s, p->out);
        TW_TRY(draw_attribution(p, err));
    }
    if (s->n_costs) {
        heading(p, "Costs and capacity", NULL);
        tw_page_costs(s, p->out);
    }
    return TW_OK;
}

tw_status tw_cli_report_page(const tw_ctx *ctx, const tw_tearsheet *sheet, const char *title, tw_buf *out,
                             tw_error *err)
{
    page p = {ctx, sheet, out, tw_new(ctx, SCRATCH * sheet->record.path.n, sizeof(double))};
    if (!p.scratch) return tw_no_memory(err, "a page");
    head_of(&p, title);
    tw_status status = path_part(&p, err);
    if (status == TW_OK) status = trade_part(&p, err);
    tw_buf_text(out, "</body>\n</html>\n");
    tw_free(ctx, p.scratch);
    return status == TW_OK ? tw_buf_check(out, err) : status;
}
