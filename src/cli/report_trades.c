/* SPDX-License-Identifier: Apache-2.0 */
/* report_trades.c - tables of a tear sheet's page: holdings, trades, orders, factors and costs. */
#include "cli/report_page.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

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
    {"dividends and funding", offsetof(tw_trip_stats, income), false},
};

static const trip_row HELD_ROWS[] = {
    {"mean", offsetof(tw_trip_stats, days_mean), false},
    {"median", offsetof(tw_trip_stats, days_median), false},
    {"longest", offsetof(tw_trip_stats, days_longest), false},
    {"shortest", offsetof(tw_trip_stats, days_shortest), false},
};

static double number_at(const tw_trip_stats *s, size_t place)
{
    return *(const double *)(const void *)((const char *)s + place);
}

/* The unit in which a time is read best, by a usual one; a day has 86,400 seconds. */
static const char *unit_of(double seconds, double *size)
{
    *size = seconds < 600 ? 1 : seconds < 2 * 3600 ? 60 : seconds < 2 * 86400 ? 3600 : 86400;
    return *size == 1 ? "seconds" : *size == 60 ? "minutes" : *size == 3600 ? "hours" : "days";
}

/* How long trips lasted, in the unit that their median is read best in. */
static void trip_times(const tw_tearsheet *s, tw_buf *out)
{
    const tw_trip_stats *const sides[] = {&s->trips, &s->long_trips, &s->short_trips};
    double size;
    const char *unit = unit_of(s->trips.days_median * 86400, &size);
    for (size_t i = 0; i < sizeof HELD_ROWS / sizeof *HELD_ROWS; i++) {
        tw_buf_printf(out, "<tr><td>%s held, %s</td>", unit, HELD_ROWS[i].title);
        for (int k = 0; k < 3; k++) tw_page_money(out, number_at(sides[k], HELD_ROWS[i].place) * 86400 / size);
        tw_page_end_row(out);
    }
}

static void trip_counts(const tw_tearsheet *s, tw_buf *out)
{
    const tw_trip_stats *const sides[] = {&s->trips, &s->long_trips, &s->short_trips};
    tw_page_name(out, "round trips");
    for (int k = 0; k < 3; k++) tw_page_whole(out, sides[k]->n);
    tw_page_end_row(out);
    tw_page_name(out, "winners");
    for (int k = 0; k < 3; k++) tw_page_whole(out, sides[k]->winners);
    tw_page_end_row(out);
    tw_page_name(out, "share of winners");
    for (int k = 0; k < 3; k++) tw_page_share(out, (double)sides[k]->winners / (double)sides[k]->n);
    tw_page_end_row(out);
    for (size_t i = 0; i < sizeof TRIP_ROWS / sizeof *TRIP_ROWS; i++) {
        tw_page_name(out, TRIP_ROWS[i].title);
        for (int k = 0; k < 3; k++) {
            const double x = number_at(sides[k], TRIP_ROWS[i].place);
            if (TRIP_ROWS[i].percent)
                tw_page_cell(out, "%.4f %%", 100 * x);
            else
                tw_page_money(out, x);
        }
        tw_page_end_row(out);
    }
}

enum { MOST_SYMBOLS = 50 };

static void attributed(tw_buf *out, const char *what, const tw_trip_stats *t, double total)
{
    tw_page_name(out, what);
    tw_page_whole(out, t->n);
    tw_page_whole(out, t->winners);
    tw_page_money(out, t->pnl);
    tw_page_share(out, total != 0 ? t->pnl / total : NAN);
    tw_page_money(out, t->income);
    tw_page_money(out, t->mean);
    tw_page_money(out, t->largest_win);
    tw_page_money(out, t->largest_loss);
    tw_page_end_row(out);
}

void tw_page_trips(const tw_tearsheet *s, tw_buf *out)
{
    static const char COLUMNS[] = "round trips|winners|profit|of all profit|dividends|mean|largest win|largest loss";
    char heads[160];
    size_t shown = 0;
    tw_page_open_table(out, "|all|long|short");
    trip_counts(s, out);
    trip_times(s, out);
    tw_page_close_table(out);
    if (s->sector_trips) {
        (void)snprintf(heads, sizeof heads, "sector|%s", COLUMNS);
        tw_page_open_table(out, heads);
        for (size_t k = 0; k < s->record.n_sectors; k++)
            if (s->sector_trips[k].n) attributed(out, s->record.sector_name[k], &s->sector_trips[k], s->trips.pnl);
        tw_page_close_table(out);
    }
    (void)snprintf(heads, sizeof heads, "symbol|%s", COLUMNS);
    tw_page_open_table(out, heads);
    for (size_t i = 0; i < s->record.n_symbols && shown < MOST_SYMBOLS; i++) {
        if (s->symbol_trips[i].n == 0) continue;
        shown++;
        attributed(out, s->record.symbol[i], &s->symbol_trips[i], s->trips.pnl);
    }
    tw_page_close_table(out);
    if (shown == MOST_SYMBOLS) tw_buf_text(out, "<p>The first 50 symbols; all are in report.json.</p>\n");
}

/* ---------------------------------------------------------------- holdings, orders, hours */

static void top_table(const tw_tearsheet *s, const char *heads, const tw_top_holdings *top, tw_buf *out)
{
    if (top->n == 0) return;
    tw_page_open_table(out, heads);
    for (size_t i = 0; i < top->n; i++) {
        tw_page_name(out, s->record.symbol[top->symbol[i]]);
        tw_page_share(out, top->share[i]);
        tw_page_end_row(out);
    }
    tw_page_close_table(out);
}

void tw_page_holdings(const tw_tearsheet *s, tw_buf *out)
{
    const tw_exposure *e = &s->exposure;
    tw_buf_text(out, "<div class=\"pair\">\n");
    top_table(s, "largest long|of equity", &e->top_long, out);
    top_table(s, "largest short|of equity", &e->top_short, out);
    top_table(s, "largest|of equity", &e->top_any, out);
    tw_buf_text(out, "</div>\n");
}

void tw_page_hours(const tw_tearsheet *s, tw_buf *out)
{
    double most = 0;
    for (int k = 0; k < 24; k++) most = fmax(most, s->hours.value[k]);
    tw_page_open_table(out, "hour|trades|of value traded|");
    for (int k = 0; k < 24; k++) {
        if (s->hours.n[k] == 0) continue;
        tw_buf_printf(out, "<tr><td>%02d:00</td>", k);
        tw_page_whole(out, s->hours.n[k]);
        tw_page_share(out, s->hours.value[k]);
        tw_buf_printf(out, "<td class=\"bar\"><i style=\"width:%.0fpx\"></i></td>",
                      most > 0 ? 200 * s->hours.value[k] / most : 0);
        tw_page_end_row(out);
    }
    tw_page_close_table(out);
}

static void order_row(const tw_order_stats *s, const char *kind, double unit, tw_buf *out)
{
    tw_page_name(out, kind);
    tw_page_whole(out, s->n);
    tw_page_whole(out, s->ended[TW_ORDER_FILLED]);
    tw_page_whole(out, s->partly);
    tw_page_whole(out, s->ended[TW_ORDER_CANCELLED]);
    tw_page_whole(out, s->ended[TW_ORDER_REJECTED]);
    tw_page_whole(out, s->ended[TW_ORDER_OPEN]);
    tw_page_share(out, s->fill_rate);
    tw_page_money(out, s->wait_median / unit);
    tw_page_money(out, s->wait_longest / unit);
    tw_page_money(out, s->slippage);
    tw_page_money(out, s->slippage_cost);
    tw_page_money(out, s->commission);
    tw_page_end_row(out);
}

void tw_page_orders(const tw_tearsheet *s, tw_buf *out)
{
    char heads[200];
    double unit;
    const char *name = unit_of(s->orders.wait_median, &unit);
    (void)snprintf(heads, sizeof heads,
                   "orders|n|filled|in part|cancelled|rejected|open|fill rate|%s to fill|longest|"
                   "slip, bp|slippage|commission",
                   name);
    tw_page_open_table(out, heads);
    for (int k = 0; k < TW_ORDER_KIND_COUNT; k++)
        if (s->orders_of[k].n) order_row(&s->orders_of[k], tw_order_kind_name((tw_order_kind)k), unit, out);
    order_row(&s->orders, "all", unit, out);
    tw_page_close_table(out);
    if (s->n_reasons == 0) return;
    tw_page_open_table(out, "why not filled||orders");
    for (size_t i = 0; i < s->n_reasons && i < MOST_SYMBOLS; i++) {
        tw_page_name(out, s->reason[i].reason ? s->reason[i].reason : "not told");
        tw_buf_printf(out, "<td>%s</td>", tw_order_status_name(s->reason[i].status));
        tw_page_whole(out, s->reason[i].n);
        tw_page_end_row(out);
    }
    tw_page_close_table(out);
}

/* ---------------------------------------------------------------- factors, costs */

void tw_page_factors(const tw_tearsheet *s, tw_buf *out)
{
    const tw_factor_fit *f = &s->factors;
    tw_buf_printf(out, "<p>Least squares over %zu bars: R&sup2; %.3f, adjusted %.3f.</p>\n", f->n, f->r_squared,
                  f->adjusted);
    tw_page_open_table(out, "factor|loading|standard error|t");
    for (size_t k = 0; k <= f->n_factors; k++) {
        tw_page_name(out, k ? s->record.factor_name[k - 1] : "intercept, a bar");
        tw_page_cell(out, "%.4g", f->loading[k]);
        tw_page_cell(out, "%.4g", f->error[k]);
        tw_page_cell(out, "%.2f", f->t[k]);
        tw_page_end_row(out);
    }
    tw_page_close_table(out);
}

static void part_row(tw_buf *out, const char *what, const tw_return_part *p)
{
    tw_page_name(out, what);
    tw_page_cell(out, "%.3g", p->exposure);
    tw_page_share(out, p->annual_return);
    tw_page_share(out, p->cumulative_return);
    tw_page_cell(out, "%.2f", p->sharpe);
    tw_page_end_row(out);
}

void tw_page_attribution(const tw_tearsheet *s, tw_buf *out)
{
    const tw_attribution *a = &s->attribution;
    tw_page_open_table(out, "part of the return|mean exposure|annual return|cumulative return|Sharpe");
    part_row(out, "all", &a->total);
    part_row(out, "common: factors", &a->common);
    part_row(out, "specific: the rest", &a->specific);
    for (size_t k = 0; k < s->record.n_factors; k++) part_row(out, s->record.factor_name[k], &a->factor[k]);
    tw_page_close_table(out);
}

static void steps(const char *columns, size_t n, const tw_cost_step *step, tw_buf *out)
{
    tw_page_open_table(out, columns);
    for (size_t i = 0; i < n; i++) {
        tw_buf_text(out, "<tr>");
        tw_page_cell(out, "%.9g", step[i].at);
        tw_page_share(out, step[i].annual_return);
        tw_page_cell(out, "%.2f", step[i].sharpe);
        tw_page_end_row(out);
    }
    tw_page_close_table(out);
}

void tw_page_costs(const tw_tearsheet *s, tw_buf *out)
{
    tw_buf_text(out, "<div class=\"pair\">\n");
    steps("basis points more|annual return|Sharpe", s->n_costs, s->cost, out);
    if (s->n_capitals) steps("capital|annual return|Sharpe", s->n_capitals, s->capital, out);
    if (s->n_liquidity) {
        tw_page_open_table(out, "symbol|day|days to sell|of equity");
        for (size_t i = 0; i < s->n_liquidity && i < 20; i++) {
            tw_page_name(out, s->record.symbol[s->liquidity[i].symbol]);
            tw_page_date(out, s->record.time[s->liquidity[i].bar]);
            tw_page_cell(out, "%.3g", s->liquidity[i].days);
            tw_page_share(out, s->liquidity[i].share);
            tw_page_end_row(out);
        }
        tw_page_close_table(out);
    }
    if (s->n_consumed) {
        tw_page_open_table(out, "symbol|day|of its volume traded");
        for (size_t i = 0; i < s->n_consumed && i < 20; i++) {
            tw_page_name(out, s->record.symbol[s->consumed[i].symbol]);
            tw_page_date(out, s->record.time[s->consumed[i].bar]);
            tw_page_share(out, s->consumed[i].share);
            tw_page_end_row(out);
        }
        tw_page_close_table(out);
    }
    tw_buf_text(out, "</div>\n");
}
