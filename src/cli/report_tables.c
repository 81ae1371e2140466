/* SPDX-License-Identifier: Apache-2.0 */
/* report_tables.c - the tables of a tear sheet's page. */
#include "cli/report_page.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Numbers as people read them; a share in per cent. */
static void cell(tw_buf *out, const char *format, double x)
{
    char text[64];
    (void)snprintf(text, sizeof text, format, x);
    tw_buf_printf(out, "<td>%s</td>", isfinite(x) ? text : "&ndash;");
}

static void share(tw_buf *out, double x) { cell(out, "%.2f %%", 100 * x); }

static void plain(tw_buf *out, double x) { cell(out, "%.3g", x); }

static void money(tw_buf *out, double x) { cell(out, "%.2f", x); }

static void whole(tw_buf *out, size_t n) { tw_buf_printf(out, "<td>%zu</td>", n); }

static void date(tw_buf *out, int64_t time)
{
    const tw_civil d = tw_time_to_civil(time);
    tw_buf_printf(out, "<td>%04d-%02d-%02d</td>", d.year, d.month, d.day);
}

static void name(tw_buf *out, const char *text)
{
    tw_buf_text(out, "<tr><td>");
    tw_page_text(out, text);
    tw_buf_text(out, "</td>");
}

/* "a|b|c" as the heads of columns. */
static void open_table(tw_buf *out, const char *columns)
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

static void close_table(tw_buf *out) { tw_buf_text(out, "</table></div>\n"); }

static void end_row(tw_buf *out) { tw_buf_text(out, "</tr>\n"); }

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
        share(out, x);
    else
        plain(out, x);
}

void tw_page_measures(const tw_tearsheet *s, tw_buf *out)
{
    tw_buf_text(out, "<div class=\"cards\">\n");
    for (const char *const *k = TW_NAMES("cumulative_return", "annual_return", "sharpe", "max_drawdown", "alpha"); *k;
         k++)
        card(s, *k, out);
    tw_buf_text(out, "</div>\n<details><summary>All measures</summary>\n");
    if (s->options.draws)
        tw_buf_printf(
            out, "<p>Intervals hold %.0f %% of %d resamples of the returns in blocks of %.1f bars on average.</p>\n",
            100 * s->options.level, s->options.draws, s->block);
    open_table(out, "measure|value|from|to|median");
    for (size_t i = 0; i < s->n_measures; i++) {
        const tw_sheet_measure *m = &s->measure[i];
        const bool percent = in_percent(m->measure);
        if (!isfinite(m->value)) continue;
        name(out, m->measure->title);
        value(out, percent, m->value);
        value(out, percent, m->low);
        value(out, percent, m->high);
        value(out, percent, m->median);
        end_row(out);
    }
    close_table(out);
    tw_buf_text(out, "</details>\n");
}

/* ---------------------------------------------------------------- path */

void tw_page_drawdowns(const tw_tearsheet *s, tw_buf *out)
{
    open_table(out, "depth|peak|valley|recovery|weekdays");
    for (size_t i = 0; i < s->n_drawdowns; i++) {
        const tw_drawdown *d = &s->drawdown[i];
        const bool over = d->recovery != SIZE_MAX;
        tw_buf_text(out, "<tr>");
        share(out, d->depth);
        date(out, s->record.time[d->peak]);
        date(out, s->record.time[d->valley]);
        if (over) date(out, s->record.time[d->recovery]);
        if (over) whole(out, (size_t)d->weekdays);
        if (!over) tw_buf_text(out, "<td>not yet</td><td>&ndash;</td>");
        end_row(out);
    }
    close_table(out);
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
        end_row(out);
    }
    close_table(out);
}

void tw_page_quantiles(const tw_tearsheet *s, tw_buf *out)
{
    static const char *const NAMES[] = {"weeks", "months", "quarters", "years"};
    open_table(out, "|n|least|5 %|25 %|median|75 %|95 %|largest");
    for (int k = -1; k < 4; k++) {
        const tw_sheet_period *p = k < 0 ? &s->daily : &s->period[k];
        name(out, k < 0 ? "bars" : NAMES[k]);
        whole(out, p->n);
        for (int q = 0; q < 7; q++) share(out, p->quantile[q]);
        end_row(out);
    }
    close_table(out);
}

void tw_page_stress(const tw_tearsheet *s, tw_buf *out)
{
    open_table(out, "time|from|to|return|benchmark|mean a bar|worst bar|best bar|largest drawdown");
    for (size_t i = 0; i < s->n_stress; i++) {
        const tw_stress *x = &s->stress[i];
        name(out, x->name);
        date(out, s->record.time[x->from]);
        date(out, s->record.time[x->to - 1]);
        share(out, x->returns);
        share(out, x->benchmark);
        share(out, x->mean);
        share(out, x->least);
        share(out, x->largest);
        share(out, x->drawdown);
        end_row(out);
    }
    close_table(out);
}

/* ---------------------------------------------------------------- trades */

/* A row of a number of all, long and short trips: by its place in the struct. */
typedef struct trip_row {
    const char *title;
    size_t place;
    bool percent;
} trip_row;

static const trip_row TRIP_ROWS[] = {
    {"profit", offsetof(tw_trip_stats, pnl), false},
    {"gross profit", offsetof(tw_trip_stats, gross_profit), false},
    {"gross loss", offsetof(tw_trip_stats, gross_loss), false},
    {"profit factor", offsetof(tw_trip_stats, profit_factor), false},
    {"mean", offsetof(tw_trip_stats, mean), false},
    {"mean of winners", offsetof(tw_trip_stats, mean_win), false},
    {"mean of losers", offsetof(tw_trip_stats, mean_loss), false},
    {"largest win", offsetof(tw_trip_stats, largest_win), false},
    {"largest loss", offsetof(tw_trip_stats, largest_loss), false},
    {"mean return on equity", offsetof(tw_trip_stats, return_mean), true},
    {"median return on equity", offsetof(tw_trip_stats, return_median), true},
    {"days, mean", offsetof(tw_trip_stats, days_mean), false},
    {"days, median", offsetof(tw_trip_stats, days_median), false},
    {"days, longest", offsetof(tw_trip_stats, days_longest), false},
};

static void trip_counts(const tw_tearsheet *s, tw_buf *out)
{
    const tw_trip_stats *const sides[] = {&s->trips, &s->long_trips, &s->short_trips};
    name(out, "round trips");
    for (int k = 0; k < 3; k++) whole(out, sides[k]->n);
    end_row(out);
    name(out, "winners");
    for (int k = 0; k < 3; k++) whole(out, sides[k]->winners);
    end_row(out);
    name(out, "share of winners");
    for (int k = 0; k < 3; k++) share(out, (double)sides[k]->winners / (double)sides[k]->n);
    end_row(out);
    for (size_t i = 0; i < sizeof TRIP_ROWS / sizeof *TRIP_ROWS; i++) {
        name(out, TRIP_ROWS[i].title);
        for (int k = 0; k < 3; k++) {
            const double x = *(const double *)(const void *)((const char *)sides[k] + TRIP_ROWS[i].place);
            if (TRIP_ROWS[i].percent)
                cell(out, "%.4f %%", 100 * x);
            else
                money(out, x);
        }
        end_row(out);
    }
}

enum { MOST_SYMBOLS = 50 };

void tw_page_trips(const tw_tearsheet *s, tw_buf *out)
{
    size_t shown = 0;
    tw_buf_text(out, "<div class=\"pair\">\n");
    open_table(out, "|all|long|short");
    trip_counts(s, out);
    close_table(out);
    open_table(out, "symbol|round trips|winners|profit|mean|largest win|largest loss");
    for (size_t i = 0; i < s->record.n_symbols && shown < MOST_SYMBOLS; i++) {
        const tw_trip_stats *t = &s->symbol_trips[i];
        if (t->n == 0) continue;
        shown++;
        name(out, s->record.symbol[i]);
        whole(out, t->n);
        whole(out, t->winners);
        money(out, t->pnl);
        money(out, t->mean);
        money(out, t->largest_win);
        money(out, t->largest_loss);
        end_row(out);
    }
    close_table(out);
    tw_buf_text(out, "</div>\n");
    if (shown == MOST_SYMBOLS) tw_buf_text(out, "<p>The first 50 symbols; all are in report.json.</p>\n");
}

void tw_page_factors(const tw_tearsheet *s, tw_buf *out)
{
    const tw_factor_fit *f = &s->factors;
    tw_buf_printf(out, "<p>Least squares over %zu bars: R&sup2; %.3f, adjusted %.3f.</p>\n", f->n, f->r_squared,
                  f->adjusted);
    open_table(out, "factor|loading|standard error|t");
    for (size_t k = 0; k <= f->n_factors; k++) {
        name(out, k ? s->record.factor_name[k - 1] : "intercept, a bar");
        cell(out, "%.4g", f->loading[k]);
        cell(out, "%.4g", f->error[k]);
        cell(out, "%.2f", f->t[k]);
        end_row(out);
    }
    close_table(out);
}

static void steps(const char *columns, size_t n, const tw_cost_step *step, tw_buf *out)
{
    open_table(out, columns);
    for (size_t i = 0; i < n; i++) {
        tw_buf_text(out, "<tr>");
        cell(out, "%.9g", step[i].at);
        share(out, step[i].annual_return);
        cell(out, "%.2f", step[i].sharpe);
        end_row(out);
    }
    close_table(out);
}

void tw_page_costs(const tw_tearsheet *s, tw_buf *out)
{
    tw_buf_text(out, "<div class=\"pair\">\n");
    steps("basis points more|annual return|Sharpe", s->n_costs, s->cost, out);
    if (s->n_capitals) steps("capital|annual return|Sharpe", s->n_capitals, s->capital, out);
    if (s->n_liquidity) {
        open_table(out, "symbol|day|days to sell|of equity");
        for (size_t i = 0; i < s->n_liquidity && i < 20; i++) {
            name(out, s->record.symbol[s->liquidity[i].symbol]);
            date(out, s->record.time[s->liquidity[i].bar]);
            cell(out, "%.3g", s->liquidity[i].days);
            share(out, s->liquidity[i].share);
            end_row(out);
        }
        close_table(out);
    }
    tw_buf_text(out, "</div>\n");
}
