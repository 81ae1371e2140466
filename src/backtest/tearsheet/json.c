/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - the sheet as one JSON object (docs/reference/tearsheet.md). */
#include "backtest/tearsheet/sheet.h"

static void text(tw_json *j, const char *key, const char *value)
{
    tw_json_key(j, key);
    tw_json_text(j, value);
}

static void number(tw_json *j, const char *key, double x)
{
    tw_json_key(j, key);
    tw_json_number(j, x);
}

static void count(tw_json *j, const char *key, size_t n)
{
    tw_json_key(j, key);
    tw_json_integer(j, (int64_t)n);
}

static void when(tw_json *j, const char *key, int64_t time)
{
    char out[40];
    out[tw_time_format(time, out)] = '\0';
    text(j, key, out);
}

static void numbers(tw_json *j, const char *key, size_t n, const double *x)
{
    if (!x) return;
    tw_json_key(j, key);
    tw_json_array(j);
    for (size_t i = 0; i < n; i++) tw_json_number(j, x[i]);
    tw_json_array_end(j);
}

static void measures(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "measures");
    tw_json_object(j);
    for (size_t i = 0; i < s->n_measures; i++) {
        const tw_sheet_measure *m = &s->measure[i];
        tw_json_key(j, m->measure->name);
        tw_json_object(j);
        number(j, "value", m->value);
        number(j, "low", m->low);
        number(j, "high", m->high);
        number(j, "mean", m->mean);
        number(j, "median", m->median);
        tw_json_object_end(j);
    }
    tw_json_object_end(j);
}

static void drawdowns(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "drawdowns");
    tw_json_array(j);
    for (size_t i = 0; i < s->n_drawdowns; i++) {
        const tw_drawdown *d = &s->drawdown[i];
        tw_json_object(j);
        number(j, "depth", d->depth);
        when(j, "peak", s->record.time[d->peak]);
        when(j, "valley", s->record.time[d->valley]);
        if (d->recovery != SIZE_MAX) {
            when(j, "recovery", s->record.time[d->recovery]);
            count(j, "weekdays", (size_t)d->weekdays);
        }
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

static void sectors(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "sectors");
    tw_json_object(j);
    for (size_t k = 0; k < s->record.n_sectors; k++)
        numbers(j, s->record.sector_name[k], s->record.path.n, s->exposure.sector[k]);
    tw_json_object_end(j);
}

static void series(const tw_tearsheet *s, tw_json *j)
{
    const tw_track_record *r = &s->record;
    const size_t n = r->path.n;
    const tw_exposure *e = &s->exposure;
    tw_json_key(j, "series");
    tw_json_object(j);
    tw_json_key(j, "time");
    tw_json_array(j);
    for (size_t t = 0; t < n; t++) {
        char out[40];
        out[tw_time_format(r->time[t], out)] = '\0';
        tw_json_text(j, out);
    }
    tw_json_array_end(j);
    numbers(j, "returns", n, r->path.returns);
    numbers(j, "benchmark", n, r->path.benchmark);
    numbers(j, "wealth", n, s->wealth);
    numbers(j, "underwater", n, s->underwater);
    numbers(j, "turnover", n, s->turnover);
    numbers(j, "gross", n, e->gross);
    numbers(j, "net", n, e->net);
    numbers(j, "long", n, e->long_side);
    numbers(j, "short", n, e->short_side);
    numbers(j, "max_long", n, e->max_long);
    numbers(j, "median_long", n, e->median_long);
    numbers(j, "median_short", n, e->median_short);
    numbers(j, "max_short", n, e->max_short);
    numbers(j, "names", n, e->names);
    numbers(j, "longs", n, e->longs);
    numbers(j, "shorts", n, e->shorts);
    numbers(j, "intraday_gross", n, e->intraday_gross);
    numbers(j, "intraday_net", n, e->intraday_net);
    numbers(j, "traded", n, s->traded);
    numbers(j, "currency_gain", n, r->currency_gain);
    numbers(j, "traded_shares", n, s->traded_shares);
    if (e->sector) sectors(s, j);
    tw_json_key(j, "rolling");
    tw_json_object(j);
    for (size_t k = 0; k < TW_SHEET_ROLLING; k++) numbers(j, s->rolling_name[k], n, s->rolling[k]);
    tw_json_object_end(j);
    tw_json_object_end(j);
}

static void period(tw_json *j, const char *key, const tw_sheet_period *p)
{
    tw_json_key(j, key);
    tw_json_object(j);
    if (p->label) {
        tw_json_key(j, "label");
        tw_json_array(j);
        for (size_t i = 0; i < p->n; i++) tw_json_integer(j, p->label[i]);
        tw_json_array_end(j);
        numbers(j, "returns", p->n, p->returns);
    }
    numbers(j, "quantiles", 7, p->quantile);
    tw_json_object_end(j);
}

static void periods(const tw_tearsheet *s, tw_json *j)
{
    static const char *const NAMES[] = {"weekly", "monthly", "quarterly", "yearly"};
    tw_json_key(j, "periods");
    tw_json_object(j);
    period(j, "daily", &s->daily);
    for (int k = 0; k < 4; k++) period(j, NAMES[k], &s->period[k]);
    tw_json_object_end(j);
}

static void stress(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "stress");
    tw_json_array(j);
    for (size_t i = 0; i < s->n_stress; i++) {
        const tw_stress *x = &s->stress[i];
        tw_json_object(j);
        text(j, "name", x->name);
        when(j, "from", s->record.time[x->from]);
        when(j, "to", s->record.time[x->to - 1]);
        number(j, "returns", x->returns);
        number(j, "benchmark", x->benchmark);
        number(j, "mean", x->mean);
        number(j, "least", x->least);
        number(j, "largest", x->largest);
        number(j, "drawdown", x->drawdown);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

static void trip_stats(tw_json *j, const char *key, const tw_trip_stats *s)
{
    tw_json_key(j, key);
    tw_json_object(j);
    count(j, "n", s->n);
    count(j, "winners", s->winners);
    count(j, "losers", s->losers);
    count(j, "even", s->even);
    number(j, "pnl", s->pnl);
    number(j, "income", s->income);
    number(j, "gross_profit", s->gross_profit);
    number(j, "gross_loss", s->gross_loss);
    number(j, "profit_factor", s->profit_factor);
    number(j, "mean", s->mean);
    number(j, "mean_win", s->mean_win);
    number(j, "mean_loss", s->mean_loss);
    number(j, "win_over_loss", s->win_over_loss);
    number(j, "largest_win", s->largest_win);
    number(j, "largest_loss", s->largest_loss);
    number(j, "return_mean", s->return_mean);
    number(j, "return_win", s->return_win);
    number(j, "return_loss", s->return_loss);
    number(j, "return_median", s->return_median);
    number(j, "return_median_win", s->return_median_win);
    number(j, "return_median_loss", s->return_median_loss);
    number(j, "return_best", s->return_best);
    number(j, "return_worst", s->return_worst);
    number(j, "days_mean", s->days_mean);
    number(j, "days_median", s->days_median);
    number(j, "days_longest", s->days_longest);
    number(j, "days_shortest", s->days_shortest);
    tw_json_object_end(j);
}

static void round_trips(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "round_trips");
    tw_json_object(j);
    trip_stats(j, "all", &s->trips);
    trip_stats(j, "long", &s->long_trips);
    trip_stats(j, "short", &s->short_trips);
    tw_json_key(j, "symbols");
    tw_json_object(j);
    for (size_t i = 0; s->symbol_trips && i < s->record.n_symbols; i++)
        if (s->symbol_trips[i].n) trip_stats(j, s->record.symbol[i], &s->symbol_trips[i]);
    tw_json_object_end(j);
    if (s->sector_trips) tw_json_key(j, "sectors");
    if (s->sector_trips) tw_json_object(j);
    for (size_t k = 0; s->sector_trips && k < s->record.n_sectors; k++)
        if (s->sector_trips[k].n) trip_stats(j, s->record.sector_name[k], &s->sector_trips[k]);
    if (s->sector_trips) tw_json_object_end(j);
    tw_json_object_end(j);
}

static void factors(const tw_tearsheet *s, tw_json *j)
{
    const tw_factor_fit *f = &s->factors;
    tw_json_key(j, "factors");
    tw_json_object(j);
    count(j, "n", f->n);
    number(j, "r_squared", f->r_squared);
    number(j, "adjusted", f->adjusted);
    for (size_t k = 0; k <= f->n_factors; k++) {
        tw_json_key(j, k ? s->record.factor_name[k - 1] : "intercept");
        tw_json_object(j);
        number(j, "loading", f->loading[k]);
        number(j, "error", f->error[k]);
        number(j, "t", f->t[k]);
        tw_json_object_end(j);
    }
    tw_json_object_end(j);
}

static void part(tw_json *j, const char *key, const tw_return_part *p)
{
    tw_json_key(j, key);
    tw_json_object(j);
    number(j, "exposure", p->exposure);
    number(j, "annual_return", p->annual_return);
    number(j, "cumulative_return", p->cumulative_return);
    number(j, "sharpe", p->sharpe);
    tw_json_object_end(j);
}

static void attribution(const tw_tearsheet *s, tw_json *j)
{
    const tw_attribution *a = &s->attribution;
    tw_json_key(j, "attribution");
    tw_json_object(j);
    part(j, "total", &a->total);
    part(j, "common", &a->common);
    part(j, "specific", &a->specific);
    tw_json_key(j, "factors");
    tw_json_object(j);
    for (size_t k = 0; k < s->record.n_factors; k++) part(j, s->record.factor_name[k], &a->factor[k]);
    tw_json_object_end(j);
    tw_json_object_end(j);
}

static void steps(tw_json *j, const char *key, size_t n, const tw_cost_step *step)
{
    tw_json_key(j, key);
    tw_json_array(j);
    for (size_t i = 0; i < n; i++) {
        tw_json_object(j);
        number(j, "at", step[i].at);
        number(j, "annual_return", step[i].annual_return);
        number(j, "sharpe", step[i].sharpe);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

/* ---------------------------------------------------------------- holdings, orders, hours */

static void top(const tw_tearsheet *s, tw_json *j, const char *key, const tw_top_holdings *t)
{
    tw_json_key(j, key);
    tw_json_array(j);
    for (size_t i = 0; i < t->n; i++) {
        tw_json_object(j);
        text(j, "symbol", s->record.symbol[t->symbol[i]]);
        number(j, "share", t->share[i]);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

static void top_holdings(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "top_holdings");
    tw_json_object(j);
    top(s, j, "long", &s->exposure.top_long);
    top(s, j, "short", &s->exposure.top_short);
    top(s, j, "any", &s->exposure.top_any);
    tw_json_object_end(j);
}

static void hours(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "trade_hours");
    tw_json_array(j);
    for (size_t k = 0; k < 24; k++) {
        tw_json_object(j);
        count(j, "n", s->hours.n[k]);
        number(j, "value", s->hours.value[k]);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

static void order_stats(tw_json *j, const char *key, const tw_order_stats *s)
{
    tw_json_key(j, key);
    tw_json_object(j);
    count(j, "n", s->n);
    for (int k = 0; k < TW_ORDER_STATUS_COUNT; k++) count(j, tw_order_status_name((tw_order_status)k), s->ended[k]);
    count(j, "partly", s->partly);
    number(j, "fill_rate", s->fill_rate);
    number(j, "wait_mean", s->wait_mean);
    number(j, "wait_median", s->wait_median);
    number(j, "wait_longest", s->wait_longest);
    number(j, "slippage", s->slippage);
    number(j, "slippage_cost", s->slippage_cost);
    number(j, "commission", s->commission);
    tw_json_object_end(j);
}

static void orders(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "orders");
    tw_json_object(j);
    order_stats(j, "all", &s->orders);
    for (int k = 0; k < TW_ORDER_KIND_COUNT; k++)
        if (s->orders_of[k].n) order_stats(j, tw_order_kind_name((tw_order_kind)k), &s->orders_of[k]);
    tw_json_key(j, "reasons");
    tw_json_array(j);
    for (size_t i = 0; i < s->n_reasons; i++) {
        tw_json_object(j);
        text(j, "status", tw_order_status_name(s->reason[i].status));
        text(j, "reason", s->reason[i].reason);
        count(j, "n", s->reason[i].n);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
    tw_json_object_end(j);
}

/* ---------------------------------------------------------------- liquidity */

/* Opens the object of a symbol at a bar. */
static void symbol_at(const tw_tearsheet *s, size_t symbol, size_t bar, tw_json *j)
{
    tw_json_object(j);
    text(j, "symbol", s->record.symbol[symbol]);
    when(j, "time", s->record.time[bar]);
}

static void consumed(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "volume_taken");
    tw_json_array(j);
    for (size_t i = 0; i < s->n_consumed; i++) {
        symbol_at(s, s->consumed[i].symbol, s->consumed[i].bar, j);
        number(j, "share", s->consumed[i].share);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

static void liquidity(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "liquidity");
    tw_json_array(j);
    for (size_t i = 0; i < s->n_liquidity; i++) {
        symbol_at(s, s->liquidity[i].symbol, s->liquidity[i].bar, j);
        number(j, "days", s->liquidity[i].days);
        number(j, "share", s->liquidity[i].share);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

tw_status tw_tearsheet_json(const tw_tearsheet *sheet, tw_buf *out, tw_error *err)
{
    tw_json j;
    tw_json_init(&j, out, true);
    tw_json_object(&j);
    count(&j, "format", 1);
    text(&j, "version", tw_version());
    tw_json_key(&j, "options");
    tw_params_json(tw_tearsheet_params(), &sheet->options, &j);
    number(&j, "block", sheet->block);
    tw_json_key(&j, "intraday");
    tw_json_bool(&j, sheet->exposure.is_intraday);
    measures(sheet, &j);
    if (sheet->record.currency_gain) {
        number(&j, "currency_gain", sheet->currency_gain);
        number(&j, "currency_return", sheet->currency_return);
    }
    drawdowns(sheet, &j);
    periods(sheet, &j);
    stress(sheet, &j);
    if (sheet->exposure.gross) top_holdings(sheet, &j);
    if (sheet->traded) hours(sheet, &j);
    if (sheet->orders.n) orders(sheet, &j);
    if (sheet->trip) round_trips(sheet, &j);
    if (sheet->factors.n) factors(sheet, &j);
    if (sheet->attribution.n) attribution(sheet, &j);
    if (sheet->n_costs) steps(&j, "costs", sheet->n_costs, sheet->cost);
    if (sheet->n_capitals) steps(&j, "capacity", sheet->n_capitals, sheet->capital);
    if (sheet->n_liquidity) liquidity(sheet, &j);
    if (sheet->n_consumed) consumed(sheet, &j);
    series(sheet, &j);
    tw_json_object_end(&j);
    tw_buf_text(out, "\n");
    return tw_buf_check(out, err);
}
