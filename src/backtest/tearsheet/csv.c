/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c - the sheet's tables as CSV files. A missing number is an empty field. */
#include "backtest/tearsheet/sheet.h"
#include "tradewind/io.h"

#include <math.h>

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
                    {"names", e->names}};
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
    tw_buf_text(b, "symbol,side,opened,closed,quantity,pnl,return,share\n");
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
                              {"factors", s->factors.n > 0, factors},
                              {"costs", s->n_costs > 0, steps},
                              {"liquidity", s->n_liquidity > 0, liquidity}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i].there) TW_TRY(write_file(s, folder, &files[i], err));
    return TW_OK;
}
