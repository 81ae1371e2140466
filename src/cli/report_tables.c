/* SPDX-License-Identifier: Apache-2.0 */
/* report_tables.c - tables of a tear sheet's page: measures and the path of the returns. */
#include "cli/report_page.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Numbers as people read them; a share in per cent. */
void tw_page_cell(tw_buf *out, const char *format, double x)
{
    char text[64];
    (void)snprintf(text, sizeof text, format, x);
    tw_buf_printf(out, "<td>%s</td>", isfinite(x) ? text : "&ndash;");
}

void tw_page_share(tw_buf *out, double x) { tw_page_cell(out, "%.2f %%", 100 * x); }

void tw_page_plain(tw_buf *out, double x) { tw_page_cell(out, "%.3g", x); }

/* Cents are of no use where there are many. */
void tw_page_money(tw_buf *out, double x) { tw_page_cell(out, fabs(x) < 1e5 ? "%.2f" : "%.0f", x); }

void tw_page_whole(tw_buf *out, size_t n) { tw_buf_printf(out, "<td>%zu</td>", n); }

void tw_page_date(tw_buf *out, int64_t time)
{
    const tw_civil d = tw_time_to_civil(time);
    tw_buf_printf(out, "<td>%04d-%02d-%02d</td>", d.year, d.month, d.day);
}

void tw_page_name(tw_buf *out, const char *text)
{
    tw_buf_text(out, "<tr><td>");
    tw_page_text(out, text);
    tw_buf_text(out, "</td>");
}

/* "a|b|c" as the heads of columns. */
void tw_page_open_table(tw_buf *out, const char *columns)
{
    tw_buf_text(out, "<div class=\"wide\"><table>\n<tr><th>");
    for (const char *p = columns; *p; p++) {
        if (*p == '|')
            tw_buf_text(out, "</th><th>");
        else
            tw_buf_add(out, p, 1);
    }
    tw_buf_text(out, "</th></tr>\n");
}

void tw_page_close_table(tw_buf *out) { tw_buf_text(out, "</table></div>\n"); }

void tw_page_end_row(tw_buf *out) { tw_buf_text(out, "</tr>\n"); }

/* ---------------------------------------------------------------- measures */

static bool in_percent(const tw_measure *m)
{
    return strcmp(m->unit, "share") == 0 || strcmp(m->unit, "per year") == 0;
}

static const tw_sheet_measure *find(const tw_tearsheet *s, const char *wanted)
{
    for (size_t i = 0; i < s->n_measures; i++)
        if (strcmp(s->measure[i].measure->name, wanted) == 0) return &s->measure[i];
    return NULL;
}

static void card(const tw_tearsheet *s, const char *wanted, tw_buf *out)
{
    const tw_sheet_measure *m = find(s, wanted);
    const bool percent = m && in_percent(m->measure);
    if (!m || !isfinite(m->value)) return;
    tw_buf_printf(out, percent ? "<div class=\"card\"><b>%.2f %%</b>" : "<div class=\"card\"><b>%.2f</b>",
                  percent ? 100 * m->value : m->value);
    tw_page_text(out, m->measure->title);
    if (m->low <= m->high)
        tw_buf_printf(out, percent ? "<br><span>%.1f %% to %.1f %%</span>" : "<br><span>%.2f to %.2f</span>",
                      percent ? 100 * m->low : m->low, percent ? 100 * m->high : m->high);
    tw_buf_text(out, "</div>\n");
}

static void value(tw_buf *out, bool percent, double x)
{
    if (percent)
        tw_page_share(out, x);
    else
        tw_page_plain(out, x);
}

void tw_page_measures(const tw_tearsheet *s, tw_buf *out)
{
    tw_buf_text(out, "<div class=\"cards\">\n");
    for (const char *const *k = TW_NAMES("cumulative_return", "annual_return", "sharpe", "max_drawdown", "alpha"); *k;
         k++)
        card(s, *k, out);
    if (s->record.currency_gain)
        tw_buf_printf(out, "<div class=\"card\"><b>%.2f %%</b>Gains of currency<br><span>%.2f in money</span></div>\n",
                      100 * s->currency_return, s->currency_gain);
    tw_buf_text(out, "</div>\n<details><summary>All measures</summary>\n");
    if (s->options.draws)
        tw_buf_printf(
            out, "<p>Intervals hold %.0f %% of %d resamples of the returns in blocks of %.1f bars on average.</p>\n",
            100 * s->options.level, s->options.draws, s->block);
    tw_page_open_table(out, "measure|value|from|to|median");
    for (size_t i = 0; i < s->n_measures; i++) {
        const tw_sheet_measure *m = &s->measure[i];
        const bool percent = in_percent(m->measure);
        if (!isfinite(m->value)) continue;
        tw_page_name(out, m->measure->title);
        value(out, percent, m->value);
        value(out, percent, m->low);
        value(out, percent, m->high);
        value(out, percent, m->median);
        tw_page_end_row(out);
    }
    tw_page_close_table(out);
    tw_buf_text(out, "</details>\n");
}

void tw_page_live(const tw_tearsheet *s, tw_buf *out)
{
    tw_page_open_table(out, "measure|before|live|all");
    for (const char *const *k = TW_NAMES("annual_return", "cumulative_return", "annual_volatility", "sharpe", "sortino",
                                         "calmar", "max_drawdown", "omega", "skew", "tail_ratio", "alpha", "beta");
         *k; k++)
        for (size_t i = 0; i < s->n_measures; i++) {
            const tw_sheet_measure *m = &s->measure[i];
            if (strcmp(m->measure->name, *k) != 0 || isnan(m->value)) continue;
            tw_page_name(out, m->measure->title);
            value(out, in_percent(m->measure), s->live.before[i]);
            value(out, in_percent(m->measure), s->live.after[i]);
            value(out, in_percent(m->measure), m->value);
            tw_page_end_row(out);
        }
    tw_page_close_table(out);
}

/* ---------------------------------------------------------------- path */

void tw_page_drawdowns(const tw_tearsheet *s, tw_buf *out)
{
    tw_page_open_table(out, "depth|peak|valley|recovery|weekdays");
    for (size_t i = 0; i < s->n_drawdowns; i++) {
        const tw_drawdown *d = &s->drawdown[i];
        const bool over = d->recovery != SIZE_MAX;
        tw_buf_text(out, "<tr>");
        tw_page_share(out, d->depth);
        tw_page_date(out, s->record.time[d->peak]);
        tw_page_date(out, s->record.time[d->valley]);
        if (over) tw_page_date(out, s->record.time[d->recovery]);
        if (over) tw_page_whole(out, (size_t)d->weekdays);
        if (!over) tw_buf_text(out, "<td>not yet</td><td>&ndash;</td>");
        tw_page_end_row(out);
    }
    tw_page_close_table(out);
}

/* Green for gains, red for losses, full at 3/4 of the largest. */
static void tinted(tw_buf *out, double x, double largest)
{
    const double strength = largest > 0 ? fmin(1, fabs(x) / (0.75 * largest)) : 0;
    const char *colour = x < 0 ? "214,69,65" : "38,140,90";
    tw_buf_printf(out, "<td style=\"background:rgba(%s,%.2f)%s\">%.1f</td>", colour, 0.85 * strength,
                  strength > 0.6 ? ";color:#fff" : "", 100 * x);
}

static double largest_of(const tw_sheet_period *p)
{
    double most = 0;
    for (size_t i = 0; i < p->n; i++) most = fmax(most, fabs(p->returns[i]));
    return most;
}

void tw_page_months(const tw_tearsheet *s, tw_buf *out)
{
    const tw_sheet_period *month = &s->period[TW_MONTHLY], *year = &s->period[TW_YEARLY];
    const double most = largest_of(month), most_year = largest_of(year);
    size_t at = 0;
    tw_buf_text(out, "<div class=\"wide\"><table class=\"heat\">\n<tr><th>%</th>");
    for (const char *const *m =
             TW_NAMES("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "year");
         *m; m++)
        tw_buf_printf(out, "<th>%s</th>", *m);
    tw_buf_text(out, "</tr>\n");
    for (size_t y = 0; y < year->n; y++) {
        tw_buf_printf(out, "<tr><th>%d</th>", year->label[y]);
        for (int m = 1; m <= 12; m++) {
            if (at < month->n && month->label[at] == year->label[y] * 100 + m)
                tinted(out, month->returns[at++], most);
            else
                tw_buf_text(out, "<td></td>");
        }
        tinted(out, year->returns[y], most_year);
        tw_page_end_row(out);
    }
    tw_page_close_table(out);
}

void tw_page_quantiles(const tw_tearsheet *s, tw_buf *out)
{
    static const char *const NAMES[] = {"weeks", "months", "quarters", "years"};
    tw_page_open_table(out, "|n|least|5 %|25 %|median|75 %|95 %|largest");
    for (int k = -1; k < 4; k++) {
        const tw_sheet_period *p = k < 0 ? &s->daily : &s->period[k];
        tw_page_name(out, k < 0 ? "bars" : NAMES[k]);
        tw_page_whole(out, p->n);
        for (int q = 0; q < 7; q++) tw_page_share(out, p->quantile[q]);
        tw_page_end_row(out);
    }
    tw_page_close_table(out);
}

void tw_page_stress(const tw_tearsheet *s, tw_buf *out)
{
    tw_page_open_table(out, "time|from|to|return|benchmark|mean a bar|worst bar|best bar|largest drawdown");
    for (size_t i = 0; i < s->n_stress; i++) {
        const tw_stress *x = &s->stress[i];
        tw_page_name(out, x->name);
        tw_page_date(out, s->record.time[x->from]);
        tw_page_date(out, s->record.time[x->to - 1]);
        tw_page_share(out, x->returns);
        tw_page_share(out, x->benchmark);
        tw_page_share(out, x->mean);
        tw_page_share(out, x->least);
        tw_page_share(out, x->largest);
        tw_page_share(out, x->drawdown);
        tw_page_end_row(out);
    }
    tw_page_close_table(out);
}
