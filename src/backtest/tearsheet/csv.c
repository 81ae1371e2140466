/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c - the sheet's tables as CSV files. A missing number is an empty field. */
#include "backtest/tearsheet/sheet.h"
#include "tradewind/io.h"

#include <math.h>
#include <stdio.h>

static void number(tw_buf *b, double x)
{
    char text[32];
    tw_buf_text(b, ",");
    if (isfinite(x)) tw_buf_add(b, text, tw_format_double(x, text));
}

static void when(tw_buf *b, int64_t time)
{
    char text[40];
    tw_buf_add(b, text, tw_time_format(time, text));
}

static void measures(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "measure,value,low,high,mean,median\n");
    for (size_t i = 0; i < s->n_measures; i++) {
        const tw_sheet_measure *m = &s->measure[i];
        tw_buf_text(b, m->measure->name);
        number(b, m->value);
        number(b, m->low);
        number(b, m->high);
        number(b, m->mean);
        number(b, m->median);
        tw_buf_text(b, "\n");
    }
}

static void drawdowns(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "depth,peak,valley,recovery,weekdays\n");
    for (size_t i = 0; i < s->n_drawdowns; i++) {
        const tw_drawdown *d = &s->drawdown[i];
        char text[32];
        tw_buf_add(b, text, tw_format_double(d->depth, text));
        tw_buf_text(b, ",");
        when(b, s->record.time[d->peak]);
        tw_buf_text(b, ",");
        when(b, s->record.time[d->valley]);
        tw_buf_text(b, ",");
        if (d->recovery != SIZE_MAX) when(b, s->record.time[d->recovery]);
        number(b, d->recovery != SIZE_MAX ? (double)d->weekdays : NAN);
        tw_buf_text(b, "\n");
    }
}

static void periods(const tw_tearsheet *s, tw_buf *b)
{
    static const char *const NAMES[] = {"weekly", "monthly", "quarterly", "yearly"};
    tw_buf_text(b, "period,label,return\n");
    for (int k = 0; k < 4; k++)
        for (size_t i = 0; i < s->period[k].n; i++) {
            tw_buf_printf(b, "%s,%d", NAMES[k], s->period[k].label[i]);
            number(b, s->period[k].returns[i]);
            tw_buf_text(b, "\n");
        }
}

static void stress(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "name,from,to,return,benchmark,mean,least,largest,drawdown\n");
    for (size_t i = 0; i < s->n_stress; i++) {
        const tw_stress *x = &s->stress[i];
        tw_csv_write_field(b, x->name);
        tw_buf_text(b, ",");
        when(b, s->record.time[x->from]);
        tw_buf_text(b, ",");
        when(b, s->record.time[x->to - 1]);
        number(b, x->returns);
        number(b, x->benchmark);
        number(b, x->mean);
        number(b, x->least);
        number(b, x->largest);
        number(b, x->drawdown);
        tw_buf_text(b, "\n");
    }
}

typedef struct column {
    const char *name;
    const double *x;
} column;

static void series(const tw_tearsheet *s, tw_buf *b)
{
    const tw_exposure *e = &s->exposure;
    column all[] = {{"return", s->record.path.returns},
                    {"benchmark", s->record.path.benchmark},
                    {"wealth", s->wealth},
                    {"underwater", s->underwater},
                    {"log_wealth", s->log_wealth},
                    {"matched", s->matched},
                    {"cone_mean", s->live.mean},
                    {"cone_deviation", s->live.deviation},
                    {"rolling_sharpe", s->rolling[0]},
                    {"rolling_volatility", s->rolling[1]},
                    {"rolling_sortino", s->rolling[2]},
                    {"rolling_drawdown", s->rolling[3]},
                    {"rolling_beta", s->rolling[4]},
                    {"turnover", s->turnover},
                    {"gross", e->gross},
                    {"net", e->net},
                    {"long", e->long_side},
                    {"short", e->short_side},
                    {"max_long", e->max_long},
                    {"median_long", e->median_long},
                    {"median_short", e->median_short},
                    {"max_short", e->max_short},
                    {"names", e->names},
                    {"longs", e->longs},
                    {"shorts", e->shorts},
                    {"intraday_gross", e->intraday_gross},
                    {"intraday_net", e->intraday_net},
                    {"traded", s->traded},
                    {"traded_shares", s->traded_shares},
                    {"currency_gain", s->record.currency_gain}};
    const size_t n = sizeof all / sizeof *all;
    tw_buf_text(b, "time");
    for (size_t k = 0; k < n; k++)
        if (all[k].x) tw_buf_printf(b, ",%s", all[k].name);
    tw_buf_text(b, "\n");
    for (size_t t = 0; t < s->record.path.n; t++) {
        when(b, s->record.time[t]);
        for (size_t k = 0; k < n; k++)
            if (all[k].x) number(b, all[k].x[t]);
        tw_buf_text(b, "\n");
    }
}

static void round_trips(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "symbol,side,opened,closed,quantity,pnl,return,share,income,still_open\n");
    for (size_t i = 0; i < s->n_trips; i++) {
        const tw_round_trip *t = &s->trip[i];
        tw_csv_write_field(b, s->record.symbol[t->symbol]);
        tw_buf_text(b, t->is_long ? ",long," : ",short,");
        when(b, t->opened);
        tw_buf_text(b, ",");
        when(b, t->closed);
        number(b, t->quantity);
        number(b, t->pnl);
        number(b, t->returns);
        number(b, t->share);
        number(b, t->income);
        tw_buf_text(b, t->still_open ? ",1\n" : ",0\n");
    }
}

static void order_row(tw_buf *b, const char *kind, const tw_order_stats *s)
{
    tw_buf_printf(b, "%s,%zu", kind, s->n);
    for (int k = 0; k < TW_ORDER_STATUS_COUNT; k++) tw_buf_printf(b, ",%zu", s->ended[k]);
    tw_buf_printf(b, ",%zu", s->partly);
    const double numbers[] = {s->fill_rate, s->wait_mean,     s->wait_median, s->wait_longest,
                              s->slippage,  s->slippage_cost, s->commission};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) number(b, numbers[i]);
    tw_buf_text(b, "\n");
}

static void orders(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "kind,n,open,filled,cancelled,rejected,partly,fill_rate,wait_mean,wait_median,wait_longest,slippage,"
                   "slippage_cost,commission\n");
    for (int k = 0; k < TW_ORDER_KIND_COUNT; k++)
        if (s->orders_of[k].n) order_row(b, tw_order_kind_name((tw_order_kind)k), &s->orders_of[k]);
    order_row(b, "all", &s->orders);
}

static void reasons(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "status,reason,n\n");
    for (size_t i = 0; i < s->n_reasons; i++) {
        tw_buf_printf(b, "%s,", tw_order_status_name(s->reason[i].status));
        tw_csv_write_field(b, s->reason[i].reason ? s->reason[i].reason : "");
        tw_buf_printf(b, ",%zu\n", s->reason[i].n);
    }
}

static void hours(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "hour,trades,share\n");
    for (int k = 0; k < 24; k++) {
        tw_buf_printf(b, "%d,%zu", k, s->hours.n[k]);
        number(b, s->hours.value[k]);
        tw_buf_text(b, "\n");
    }
}

static void top_rows(const tw_tearsheet *s, const char *side, const tw_top_holdings *top, tw_buf *b)
{
    for (size_t i = 0; i < top->n; i++) {
        tw_buf_printf(b, "%s,", side);
        tw_csv_write_field(b, s->record.symbol[top->symbol[i]]);
        number(b, top->share[i]);
        tw_buf_text(b, "\n");
    }
}

static void top_holdings(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "side,symbol,share\n");
    top_rows(s, "long", &s->exposure.top_long, b);
    top_rows(s, "short", &s->exposure.top_short, b);
    top_rows(s, "any", &s->exposure.top_any, b);
}

static void sectors(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "time");
    for (size_t k = 0; k < s->record.n_sectors; k++) {
        tw_buf_text(b, ",");
        tw_csv_write_field(b, s->record.sector_name[k]);
    }
    tw_buf_text(b, "\n");
    for (size_t t = 0; t < s->record.path.n; t++) {
        when(b, s->record.time[t]);
        for (size_t k = 0; k < s->record.n_sectors; k++) number(b, s->exposure.sector[k][t]);
        tw_buf_text(b, "\n");
    }
}

static void factors(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "factor,loading,error,t\n");
    for (size_t k = 0; k <= s->factors.n_factors; k++) {
        tw_csv_write_field(b, k ? s->record.factor_name[k - 1] : "intercept");
        number(b, s->factors.loading[k]);
        number(b, s->factors.error[k]);
        number(b, s->factors.t[k]);
        tw_buf_text(b, "\n");
    }
}

/* By bar: returns, their two parts, and each factor's exposure and earnings. */
static void attribution(const tw_tearsheet *s, tw_buf *b)
{
    const tw_attribution *a = &s->attribution;
    tw_buf_text(b, "time,total,common,specific");
    for (size_t k = 0; k < 2 * s->record.n_factors; k++) {
        char head[128];
        (void)snprintf(head, sizeof head, "%s %s", k % 2 ? "earned by" : "exposure to", s->record.factor_name[k / 2]);
        tw_buf_text(b, ",");
        tw_csv_write_field(b, head);
    }
    tw_buf_text(b, "\n");
    for (size_t t = 0; t < a->n; t++) {
        when(b, s->record.time[t]);
        number(b, a->total.returns[t]);
        number(b, a->common.returns[t]);
        number(b, a->specific.returns[t]);
        for (size_t k = 0; k < s->record.n_factors; k++) {
            number(b, a->exposure[k][t]);
            number(b, a->factor[k].returns[t]);
        }
        tw_buf_text(b, "\n");
    }
}

static void steps(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "kind,at,annual_return,sharpe\n");
    for (size_t i = 0; i < s->n_costs + s->n_capitals; i++) {
        const bool capital = i >= s->n_costs;
        const tw_cost_step *step = capital ? &s->capital[i - s->n_costs] : &s->cost[i];
        tw_buf_text(b, capital ? "capital" : "basis_points");
        number(b, step->at);
        number(b, step->annual_return);
        number(b, step->sharpe);
        tw_buf_text(b, "\n");
    }
}

static void liquidity(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "symbol,time,days,share\n");
    for (size_t i = 0; i < s->n_liquidity; i++) {
        tw_csv_write_field(b, s->record.symbol[s->liquidity[i].symbol]);
        tw_buf_text(b, ",");
        when(b, s->record.time[s->liquidity[i].bar]);
        number(b, s->liquidity[i].days);
        number(b, s->liquidity[i].share);
        tw_buf_text(b, "\n");
    }
}

static void consumed(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "symbol,time,share\n");
    for (size_t i = 0; i < s->n_consumed; i++) {
        tw_csv_write_field(b, s->record.symbol[s->consumed[i].symbol]);
        tw_buf_text(b, ",");
        when(b, s->record.time[s->consumed[i].bar]);
        number(b, s->consumed[i].share);
        tw_buf_text(b, "\n");
    }
}

static void rolling_loadings(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "time,intercept");
    for (size_t k = 0; k < s->record.n_factors; k++) {
        tw_buf_text(b, ",");
        tw_csv_write_field(b, s->record.factor_name[k]);
    }
    tw_buf_text(b, "\n");
    for (size_t t = 0; t < s->record.path.n; t++) {
        when(b, s->record.time[t]);
        for (size_t k = 0; k <= s->record.n_factors; k++) number(b, s->rolling_loading[k][t]);
        tw_buf_text(b, "\n");
    }
}

static void histograms(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "of,from,to,count\n");
    for (size_t k = 0; k < TW_SHEET_HISTOGRAMS; k++)
        for (size_t i = 0; s->histogram[k].n && i < TW_SHEET_BINS; i++) {
            const tw_sheet_histogram *h = &s->histogram[k];
            tw_buf_text(b, h->name);
            number(b, h->least + (double)i * h->width);
            number(b, h->least + (double)(i + 1) * h->width);
            tw_buf_printf(b, ",%zu\n", h->bin[i]);
        }
}

/* Measures of the time before and of the live one. */
static void live(const tw_tearsheet *s, tw_buf *b)
{
    tw_buf_text(b, "measure,before,live\n");
    for (size_t i = 0; i < s->n_measures; i++) {
        tw_buf_text(b, s->measure[i].measure->name);
        number(b, s->live.before[i]);
        number(b, s->live.after[i]);
        tw_buf_text(b, "\n");
    }
}

typedef struct csv_file {
    const char *name;
    bool there;
    void (*write)(const tw_tearsheet *sheet, tw_buf *out);
} csv_file;

static tw_status write_file(const tw_tearsheet *s, const char *folder, const csv_file *file, tw_error *err)
{
    tw_buf path, out;
    tw_buf_init(&path, s->arena.ctx);
    tw_buf_init(&out, s->arena.ctx);
    tw_buf_printf(&path, "%s/tearsheet_%s.csv", folder, file->name);
    file->write(s, &out);
    tw_status status = path.failed || out.failed ? tw_sheet_no_memory(err) : TW_OK;
    if (status == TW_OK) status = tw_file_write(path.data, out.data, out.length, err);
    tw_buf_clear(&path);
    tw_buf_clear(&out);
    return status;
}

tw_status tw_tearsheet_csv(const tw_tearsheet *s, const char *folder, tw_error *err)
{
    const csv_file files[] = {{"measures", true, measures},
                              {"drawdowns", true, drawdowns},
                              {"series", true, series},
                              {"periods", true, periods},
                              {"stress", s->n_stress > 0, stress},
                              {"round_trips", s->trip != NULL, round_trips},
                              {"orders", s->orders.n > 0, orders},
                              {"order_reasons", s->n_reasons > 0, reasons},
                              {"hours", s->traded != NULL, hours},
                              {"top_holdings", s->exposure.gross != NULL, top_holdings},
                              {"sectors", s->exposure.sector != NULL, sectors},
                              {"factors", s->factors.n > 0, factors},
                              {"rolling_loadings", s->rolling_loading != NULL, rolling_loadings},
                              {"histograms", true, histograms},
                              {"live", s->live.mean != NULL, live},
                              {"attribution", s->attribution.n > 0, attribution},
                              {"costs", s->n_costs > 0, steps},
                              {"liquidity", s->n_liquidity > 0, liquidity},
                              {"volume_taken", s->n_consumed > 0, consumed}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i].there) TW_TRY(write_file(s, folder, &files[i], err));
    return TW_OK;
}
