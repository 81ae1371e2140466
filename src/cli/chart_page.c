/* SPDX-License-Identifier: Apache-2.0 */
/* chart_page.c - a chart inside one page, with a read-out of the bar under the pointer. */
#include "cli/charts.h"

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>tradewind chart</title>\n"
    "<style>body{margin:16px;font:13px Helvetica,Arial,sans-serif;color:#1f2933}"
    "svg{max-width:100%;height:auto;display:block}"
    "#values{min-height:1.5em;white-space:pre;font-variant-numeric:tabular-nums}</style>\n</head>\n<body>\n";

/* The pointer's x is taken into the units of the picture, which may be shown smaller. */
static const char script[] =
    "const svg = document.querySelector('svg'), out = document.getElementById('values');\n"
    "const chart = JSON.parse(document.getElementById('data').textContent);\n"
    "const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');\n"
    "line.setAttribute('stroke', '#7a828c');\n"
    "line.setAttribute('stroke-dasharray', '2 2');\n"
    "svg.append(line);\n"
    "const show = (t) => {\n"
    "  const x = chart.left + (t + 0.5) * chart.step;\n"
    "  line.setAttribute('d', `M${x} ${chart.top}V${chart.bottom}`);\n"
    "  const said = chart.series.map((s) => `${s.name} ${s.values[t] === null ? '-' : +s.values[t].toPrecision(7)}`);\n"
    "  out.textContent = [chart.times[t], ...said].join('   ');\n"
    "};\n"
    "const last = chart.times.length - 1;\n"
    "svg.addEventListener('pointermove', (e) => {\n"
    "  const box = svg.getBoundingClientRect();\n"
    "  const x = (e.clientX - box.left) * svg.viewBox.baseVal.width / box.width;\n"
    "  show(Math.max(0, Math.min(last, Math.floor((x - chart.left) / chart.step))));\n"
    "});\n"
    "show(last);\n";

static void add_values(tw_json *json, const char *name, const double *y, size_t n)
{
    tw_json_object(json);
    tw_json_key(json, "name");
    tw_json_text(json, name);
    tw_json_key(json, "values");
    tw_json_array(json);
    for (size_t t = 0; t < n; t++) tw_json_number(json, y[t]);
    tw_json_array_end(json);
    tw_json_object_end(json);
}

static void add_number(tw_json *json, const char *key, double x)
{
    tw_json_key(json, key);
    tw_json_number(json, x);
}

static void add_series(tw_json *json, const tw_chart *chart)
{
    tw_json_key(json, "series");
    tw_json_array(json);
    for (size_t p = 0; p < chart->n_panels; p++)
        for (size_t s = 0; s < chart->panels[p].n_series; s++) {
            const tw_chart_series *series = &chart->panels[p].series[s];
            const bool candles = series->kind == TW_CHART_CANDLES;
            if (candles) {
                add_values(json, "open", series->open, chart->n);
                add_values(json, "high", series->high, chart->n);
                add_values(json, "low", series->low, chart->n);
            }
            add_values(json, candles ? "close" : series->name, series->y, chart->n);
        }
    tw_json_array_end(json);
}

static void add_data(const tw_chart *chart, tw_buf *out)
{
    const tw_chart_frame frame = tw_chart_frame_of(chart);
    tw_json json;
    tw_json_init(&json, out, false);
    tw_json_object(&json);
    add_number(&json, "left", frame.left);
    add_number(&json, "step", frame.step);
    add_number(&json, "top", frame.top);
    add_number(&json, "bottom", frame.bottom);
    tw_json_key(&json, "times");
    tw_json_array(&json);
    for (size_t t = 0; t < chart->n; t++) {
        char text[40];
        text[tw_time_format(chart->times[t], text)] = '\0';
        tw_json_text(&json, text);
    }
    tw_json_array_end(&json);
    add_series(&json, chart);
    tw_json_object_end(&json);
}

tw_status tw_cli_chart_page(const tw_ctx *ctx, const tw_chart *chart, tw_buf *out, tw_error *err)
{
    tw_buf_text(out, head);
    TW_TRY(tw_chart_svg(ctx, chart, out, err));
    tw_buf_text(out, "<p id=\"values\"></p>\n<script type=\"application/json\" id=\"data\">");
    add_data(chart, out);
    tw_buf_text(out, "</script>\n<script>\n");
    tw_buf_text(out, script);
    tw_buf_text(out, "</script>\n</body>\n</html>\n");
    return tw_buf_check(out, err);
}
