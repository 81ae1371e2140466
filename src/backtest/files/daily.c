/* SPDX-License-Identifier: Apache-2.0 */
/* daily.c - the frame of a run, a row a session: zipline's columns, then what the strategy recorded. */
#include "backtest/files/files.h"

#include <math.h>
#include <string.h>

/* Columns that are numbers of a session. */
typedef struct column {
    const char *name;
    size_t offset;
    bool count;
} column;

#define NUMBER(field)                                                                                                  \
    {                                                                                                                  \
#field, offsetof(tw_session_row, field), false                                                                 \
    }
#define COUNT(field)                                                                                                   \
    {                                                                                                                  \
#field, offsetof(tw_session_row, field), true                                                                  \
    }

static const column COLUMNS[] = {NUMBER(starting_value),
                                 NUMBER(starting_exposure),
                                 NUMBER(starting_cash),
                                 NUMBER(ending_value),
                                 NUMBER(ending_exposure),
                                 NUMBER(ending_cash),
                                 NUMBER(portfolio_value),
                                 NUMBER(returns),
                                 NUMBER(pnl),
                                 NUMBER(capital_used),
                                 COUNT(longs_count),
                                 COUNT(shorts_count),
                                 NUMBER(long_value),
                                 NUMBER(short_value),
                                 NUMBER(long_exposure),
                                 NUMBER(short_exposure),
                                 NUMBER(gross_leverage),
                                 NUMBER(net_leverage),
                                 NUMBER(max_leverage),
                                 COUNT(trading_days),
                                 NUMBER(algorithm_period_return),
                                 NUMBER(benchmark_period_return),
                                 NUMBER(algo_volatility),
                                 NUMBER(benchmark_volatility),
                                 NUMBER(alpha),
                                 NUMBER(beta),
                                 NUMBER(sharpe),
                                 NUMBER(sortino),
                                 NUMBER(max_drawdown)};

enum { N_COLUMNS = sizeof COLUMNS / sizeof *COLUMNS };

static void put_cell(const tw_session_row *row, const column *c, tw_buf *out)
{
    size_t count;
    double x;
    if (c->count) {
        memcpy(&count, (const char *)row + c->offset, sizeof count);
        tw_buf_text(out, ",");
        tw_out_count(out, count);
        return;
    }
    memcpy(&x, (const char *)row + c->offset, sizeof x);
    tw_buf_text(out, ",");
    tw_out_number(out, x);
}

/* ---------------------------------------------------------------- lists, as JSON in a cell */

static void json_number(tw_json *json, const char *key, double x)
{
    tw_json_key(json, key);
    tw_json_number(json, x);
}

static void json_bar(const tw_writer *w, tw_json *json, const char *key, size_t bar)
{
    char text[TW_OUT_TIME];
    text[tw_bar_text(w, bar, text)] = '\0';
    tw_json_key(json, key);
    tw_json_text(json, text);
}

static void json_symbol(const tw_writer *w, tw_json *json, size_t asset)
{
    tw_json_object(json);
    tw_json_key(json, "sid");
    tw_json_text(json, w->what->market->asset[asset].symbol);
}

static void json_order(const tw_writer *w, const tw_order *o, tw_json *json)
{
    json_symbol(w, json, o->asset);
    tw_json_key(json, "id");
    tw_json_integer(json, (int64_t)o->id);
    json_bar(w, json, "created", o->created);
    json_bar(w, json, "dt", o->changed);
    json_number(json, "amount", o->amount);
    json_number(json, "filled", o->filled);
    json_number(json, "commission", o->commission);
    json_number(json, "limit", o->limit);
    json_number(json, "stop", o->stop);
    tw_json_key(json, "status");
    tw_json_integer(json, o->status);
    tw_json_object_end(json);
}

static void json_trade(const tw_writer *w, const tw_trade *t, tw_json *json)
{
    json_symbol(w, json, t->asset);
    json_bar(w, json, "dt", t->bar);
    json_number(json, "amount", t->amount);
    json_number(json, "price", t->price);
    tw_json_key(json, "order_id");
    if (t->order == SIZE_MAX)
        tw_json_text(json, NULL);
    else
        tw_json_integer(json, (int64_t)t->order);
    tw_json_object_end(json);
}

static void json_holding(const tw_writer *w, const tw_holding *h, tw_json *json)
{
    json_symbol(w, json, h->asset);
    json_number(json, "amount", h->amount);
    json_number(json, "cost_basis", h->cost_basis);
    json_number(json, "last_sale_price", h->last_price);
    tw_json_object_end(json);
}

/* Where the lists of the next session begin. */
typedef struct cursor {
    size_t order, trade, holding, recorded;
    double *value; /* recorded values in force */
} cursor;

/* Appends JSON as one quoted CSV field. */
static void put_json(tw_buf *json, tw_buf *out)
{
    tw_buf_text(out, ",");
    tw_csv_write_field(out, json->data ? json->data : "[]");
    out->failed = out->failed || json->failed;
    tw_buf_clear(json);
}

static void open_list(const tw_writer *w, tw_json *json, tw_buf *text)
{
    tw_buf_init(text, w->ctx);
    tw_json_init(json, text, false);
    tw_json_array(json);
}

static void put_lists(const tw_writer *w, size_t session, cursor *at, tw_buf *out)
{
    tw_buf text;
    tw_json json;
    open_list(w, &json, &text);
    for (; at->order < w->n_orders && w->order[at->order].session <= session; at->order++)
        if (w->what->lists) json_order(w, &w->order[at->order].order, &json);
    tw_json_array_end(&json);
    put_json(&text, out);
    open_list(w, &json, &text);
    for (; at->trade < w->n_trades && w->trade[at->trade].session <= session; at->trade++)
        if (w->what->lists) json_trade(w, &w->trade[at->trade], &json);
    tw_json_array_end(&json);
    put_json(&text, out);
    open_list(w, &json, &text);
    for (; at->holding < w->n_holdings && w->holding[at->holding].session <= session; at->holding++)
        if (w->what->lists) json_holding(w, &w->holding[at->holding], &json);
    tw_json_array_end(&json);
    put_json(&text, out);
}

/* ---------------------------------------------------------------- rows */

typedef struct recordings {
    const tw_recorded *row;
    size_t n;
} recordings;

static void put_recorded(const tw_writer *w, const recordings *of, size_t upto, cursor *at, tw_buf *out)
{
    for (; at->recorded < of->n && of->row[at->recorded].session <= upto; at->recorded++)
        at->value[of->row[at->recorded].name] = of->row[at->recorded].value;
    for (size_t i = 0; i < w->n_names; i++) {
        tw_buf_text(out, ",");
        tw_out_number(out, at->value[i]);
    }
}

static void put_period(const tw_writer *w, size_t session, int64_t close_ns, tw_buf *out)
{
    const tw_session *s = w->what->market->session ? &w->what->market->session[session] : NULL;
    tw_buf_text(out, ",");
    if (s) tw_out_time(s->open_ns, out);
    tw_buf_text(out, ",");
    if (s) tw_out_time(close_ns, out);
    tw_buf_text(out, ",");
    if (s) {
        const tw_civil date = tw_date_from_days(s->day);
        tw_buf_printf(out, "%04d-%02d", date.year, date.month);
    }
}

static void put_header(const tw_writer *w, const char *first, const char *lists, tw_buf *out)
{
    tw_buf_printf(out, "%s,period_open,period_close,period_label", first);
    for (size_t c = 0; c < N_COLUMNS; c++) tw_buf_printf(out, ",%s", COLUMNS[c].name);
    tw_buf_printf(out, ",excess_return,treasury_period_return%s", lists);
    if (w->has_currencies) tw_buf_text(out, ",currency_gain");
    for (size_t i = 0; i < w->n_names; i++) {
        tw_buf_text(out, ",");
        tw_csv_write_field(out, w->record_name[i]);
    }
    tw_buf_text(out, "\n");
}

void tw_daily_put(const tw_writer *w, tw_buf *out)
{
    cursor at = {.value = tw_new(w->ctx, w->n_names + 1, sizeof(double))};
    if (!at.value) {
        out->failed = true;
        return;
    }
    const recordings all = {w->recorded, w->n_recorded};
    for (size_t i = 0; i < w->n_names; i++) at.value[i] = NAN;
    put_header(w, "session", ",orders,transactions,positions", out);
    for (size_t i = 0; i < w->n_rows; i++) {
        const size_t session = w->row[i].session;
        tw_out_day(w, session, out);
        put_period(w, session, w->what->market->session ? w->what->market->session[session].close_ns : 0, out);
        for (size_t c = 0; c < N_COLUMNS; c++) put_cell(&w->row[i], &COLUMNS[c], out);
        tw_buf_text(out, ",0,0");
        put_lists(w, w->row[i].session, &at, out);
        if (w->has_currencies) {
            tw_buf_text(out, ",");
            tw_out_number(out, w->row[i].currency_gain);
        }
        put_recorded(w, &all, w->row[i].session, &at, out);
        tw_buf_text(out, "\n");
    }
    tw_free(w->ctx, at.value);
}

void tw_minutes_put(const tw_writer *w, tw_buf *out)
{
    recordings all;
    size_t n;
    const tw_asset_market *m = w->what->market;
    const tw_minute_row *row = tw_strategy_minutes(w->result, &n);
    cursor at = {.value = tw_new(w->ctx, w->n_names + 1, sizeof(double))};
    if (!at.value) {
        out->failed = true;
        return;
    }
    all.row = tw_strategy_minute_recorded(w->result, &all.n);
    for (size_t i = 0; i < w->n_names; i++) at.value[i] = NAN;
    put_header(w, "time", "", out);
    for (size_t i = 0; i < n; i++) {
        tw_out_bar(w, row[i].bar, out);
        put_period(w, row[i].row.session, m->minute_ns ? m->minute_ns[row[i].bar] : 0, out);
        for (size_t c = 0; c < N_COLUMNS; c++) put_cell(&row[i].row, &COLUMNS[c], out);
        tw_buf_text(out, ",0,0");
        put_recorded(w, &all, row[i].bar, &at, out);
        tw_buf_text(out, "\n");
    }
    tw_free(w->ctx, at.value);
}
