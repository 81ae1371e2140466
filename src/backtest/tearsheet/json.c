/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - the sheet as one JSON object (docs/reference/tearsheet.md). */
#include "backtest/tearsheet/json_put.h"

static void measures(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "measures");
    tw_json_object(j);
    for (size_t i = 0; i < s->n_measures; i++) {
        const tw_sheet_measure *m = &s->measure[i];
        tw_json_key(j, m->measure->name);
        tw_json_object(j);
        json_number(j, "value", m->value);
        json_number(j, "low", m->low);
        json_number(j, "high", m->high);
        json_number(j, "mean", m->mean);
        json_number(j, "median", m->median);
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
        json_number(j, "depth", d->depth);
        json_when(j, "peak", s->record.time[d->peak]);
        json_when(j, "valley", s->record.time[d->valley]);
        if (d->recovery != SIZE_MAX) {
            json_when(j, "recovery", s->record.time[d->recovery]);
            json_count(j, "weekdays", (size_t)d->weekdays);
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
        json_numbers(j, s->record.sector_name[k], s->record.path.n, s->exposure.sector[k]);
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
    json_numbers(j, "returns", n, r->path.returns);
    json_numbers(j, "benchmark", n, r->path.benchmark);
    json_numbers(j, "wealth", n, s->wealth);
    json_numbers(j, "underwater", n, s->underwater);
    json_numbers(j, "log_wealth", n, s->log_wealth);
    json_numbers(j, "matched", n, s->matched);
    json_numbers(j, "cone_mean", n, s->live.mean);
    json_numbers(j, "cone_deviation", n, s->live.deviation);
    json_numbers(j, "turnover", n, s->turnover);
    json_numbers(j, "gross", n, e->gross);
    json_numbers(j, "net", n, e->net);
    json_numbers(j, "long", n, e->long_side);
    json_numbers(j, "short", n, e->short_side);
    json_numbers(j, "max_long", n, e->max_long);
    json_numbers(j, "median_long", n, e->median_long);
    json_numbers(j, "median_short", n, e->median_short);
    json_numbers(j, "max_short", n, e->max_short);
    json_numbers(j, "names", n, e->names);
    json_numbers(j, "longs", n, e->longs);
    json_numbers(j, "shorts", n, e->shorts);
    json_numbers(j, "intraday_gross", n, e->intraday_gross);
    json_numbers(j, "intraday_net", n, e->intraday_net);
    json_numbers(j, "traded", n, s->traded);
    json_numbers(j, "currency_gain", n, r->currency_gain);
    json_numbers(j, "traded_shares", n, s->traded_shares);
    if (e->sector) sectors(s, j);
    tw_json_key(j, "rolling");
    tw_json_object(j);
    for (size_t k = 0; k < TW_SHEET_ROLLING; k++) json_numbers(j, s->rolling_name[k], n, s->rolling[k]);
    tw_json_object_end(j);
    if (s->rolling_loading) tw_sheet_json_loadings(s, j);
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
        json_numbers(j, "returns", p->n, p->returns);
    }
    json_numbers(j, "quantiles", 7, p->quantile);
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
        json_text(j, "name", x->name);
        json_when(j, "from", s->record.time[x->from]);
        json_when(j, "to", s->record.time[x->to - 1]);
        json_number(j, "returns", x->returns);
        json_number(j, "benchmark", x->benchmark);
        json_number(j, "mean", x->mean);
        json_number(j, "least", x->least);
        json_number(j, "largest", x->largest);
        json_number(j, "drawdown", x->drawdown);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

static void trip_stats(tw_json *j, const char *key, const tw_trip_stats *s)
{
    tw_json_key(j, key);
    tw_json_object(j);
    json_count(j, "n", s->n);
    json_count(j, "winners", s->winners);
    json_count(j, "losers", s->losers);
    json_count(j, "even", s->even);
    json_number(j, "pnl", s->pnl);
    json_number(j, "income", s->income);
    json_number(j, "gross_profit", s->gross_profit);
    json_number(j, "gross_loss", s->gross_loss);
    json_number(j, "profit_factor", s->profit_factor);
    json_number(j, "mean", s->mean);
    json_number(j, "mean_win", s->mean_win);
    json_number(j, "mean_loss", s->mean_loss);
    json_number(j, "win_over_loss", s->win_over_loss);
    json_number(j, "largest_win", s->largest_win);
    json_number(j, "largest_loss", s->largest_loss);
    json_number(j, "return_mean", s->return_mean);
    json_number(j, "return_win", s->return_win);
    json_number(j, "return_loss", s->return_loss);
    json_number(j, "return_median", s->return_median);
    json_number(j, "return_median_win", s->return_median_win);
    json_number(j, "return_median_loss", s->return_median_loss);
    json_number(j, "return_best", s->return_best);
    json_number(j, "return_worst", s->return_worst);
    json_number(j, "days_mean", s->days_mean);
    json_number(j, "days_median", s->days_median);
    json_number(j, "days_longest", s->days_longest);
    json_number(j, "days_shortest", s->days_shortest);
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
    json_count(j, "n", f->n);
    json_number(j, "r_squared", f->r_squared);
    json_number(j, "adjusted", f->adjusted);
    for (size_t k = 0; k <= f->n_factors; k++) {
        tw_json_key(j, k ? s->record.factor_name[k - 1] : "intercept");
        tw_json_object(j);
        json_number(j, "loading", f->loading[k]);
        json_number(j, "error", f->error[k]);
        json_number(j, "t", f->t[k]);
        tw_json_object_end(j);
    }
    tw_json_object_end(j);
}

static void part(tw_json *j, const char *key, const tw_return_part *p)
{
    tw_json_key(j, key);
    tw_json_object(j);
    json_number(j, "exposure", p->exposure);
    json_number(j, "annual_return", p->annual_return);
    json_number(j, "cumulative_return", p->cumulative_return);
    json_number(j, "sharpe", p->sharpe);
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
        json_number(j, "at", step[i].at);
        json_number(j, "annual_return", step[i].annual_return);
        json_number(j, "sharpe", step[i].sharpe);
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
        json_text(j, "symbol", s->record.symbol[t->symbol[i]]);
        json_number(j, "share", t->share[i]);
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
        json_count(j, "n", s->hours.n[k]);
        json_number(j, "value", s->hours.value[k]);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

static void order_stats(tw_json *j, const char *key, const tw_order_stats *s)
{
    tw_json_key(j, key);
    tw_json_object(j);
    json_count(j, "n", s->n);
    for (int k = 0; k < TW_ORDER_STATUS_COUNT; k++)
        json_count(j, tw_order_status_name((tw_order_status)k), s->ended[k]);
    json_count(j, "partly", s->partly);
    json_number(j, "fill_rate", s->fill_rate);
    json_number(j, "wait_mean", s->wait_mean);
    json_number(j, "wait_median", s->wait_median);
    json_number(j, "wait_longest", s->wait_longest);
    json_number(j, "slippage", s->slippage);
    json_number(j, "slippage_cost", s->slippage_cost);
    json_number(j, "commission", s->commission);
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
        json_text(j, "status", tw_order_status_name(s->reason[i].status));
        json_text(j, "reason", s->reason[i].reason);
        json_count(j, "n", s->reason[i].n);
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
    json_text(j, "symbol", s->record.symbol[symbol]);
    json_when(j, "time", s->record.time[bar]);
}

static void consumed(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "volume_taken");
    tw_json_array(j);
    for (size_t i = 0; i < s->n_consumed; i++) {
        symbol_at(s, s->consumed[i].symbol, s->consumed[i].bar, j);
        json_number(j, "share", s->consumed[i].share);
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
        json_number(j, "days", s->liquidity[i].days);
        json_number(j, "share", s->liquidity[i].share);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

tw_status tw_tearsheet_json(const tw_tearsheet *sheet, tw_buf *out, tw_error *err)
{
    tw_json j;
    tw_json_init(&j, out, true);
    tw_json_object(&j);
    json_count(&j, "format", 1);
    json_text(&j, "version", tw_version());
    tw_json_key(&j, "options");
    tw_params_json(tw_tearsheet_params(), &sheet->options, &j);
    json_number(&j, "block", sheet->block);
    tw_json_key(&j, "intraday");
    tw_json_bool(&j, sheet->exposure.is_intraday);
    measures(sheet, &j);
    if (sheet->record.currency_gain) {
        json_number(&j, "currency_gain", sheet->currency_gain);
        json_number(&j, "currency_return", sheet->currency_return);
    }
    drawdowns(sheet, &j);
    periods(sheet, &j);
    stress(sheet, &j);
    if (sheet->exposure.gross) top_holdings(sheet, &j);
    if (sheet->traded) hours(sheet, &j);
    if (sheet->orders.n) orders(sheet, &j);
    if (sheet->trip) round_trips(sheet, &j);
    if (sheet->n_trips) tw_sheet_json_belief(sheet, &j);
    tw_sheet_json_histograms(sheet, &j);
    if (sheet->live.mean) tw_sheet_json_live(sheet, &j);
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
