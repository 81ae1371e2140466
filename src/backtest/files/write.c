/* SPDX-License-Identifier: Apache-2.0 */
/* write.c - the results of a strategy as files: zipline's columns, so that pandas and `tradewind report` read them. */
#include "backtest/files/files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Runs have fills by the hundred thousand: numbers and times are made by hand, printf would take most of the time. */

void tw_out_number(tw_buf *out, double x)
{
    char text[40];
    if (!isnan(x)) tw_buf_add(out, text, tw_format_double(x, text));
}

void tw_out_count(tw_buf *out, size_t n)
{
    char text[24], *p = text + sizeof text;
    do *--p = (char)('0' + n % 10);
    while (n /= 10);
    tw_buf_add(out, p, (size_t)(text + sizeof text - p));
}

/* The last `n` decimal digits, and what follows them. */
static char *digits(char *to, int x, int n, char after)
{
    for (int i = n - 1; i >= 0; i--, x /= 10) to[i] = (char)('0' + x % 10);
    to[n] = after;
    return to + n + 1;
}

/* "2021-01-04 21:00:00+00:00" */
static size_t time_text(int64_t time, char *text)
{
    const tw_civil t = tw_time_to_civil(time);
    char *p = digits(text, (int)t.year, 4, '-');
    p = digits(p, t.month, 2, '-');
    p = digits(p, t.day, 2, ' ');
    p = digits(p, t.hour, 2, ':');
    p = digits(p, t.minute, 2, ':');
    p = digits(p, t.second, 2, '+');
    memcpy(p, "00:00", 5);
    return (size_t)(p - text) + 5;
}

void tw_out_day(const tw_writer *w, size_t session, tw_buf *out)
{
    const tw_session *all = w->what->market->session;
    char text[48];
    if (all)
        tw_buf_add(out, text, tw_time_format(all[session].day * TW_NS_PER_DAY, text));
    else
        tw_out_count(out, session);
}

void tw_out_time(int64_t time, tw_buf *out)
{
    char text[TW_OUT_TIME];
    tw_buf_add(out, text, time_text(time, text));
}

size_t tw_bar_text(const tw_writer *w, size_t bar, char *text)
{
    const tw_asset_market *m = w->what->market;
    if (!m->session) return (size_t)snprintf(text, TW_OUT_TIME, "%zu", bar);
    return time_text(w->what->run->by_minute && m->minute_ns ? m->minute_ns[bar] : m->session[bar].close_ns, text);
}

/* The end of a bar: of its minute, or of its session. */
void tw_out_bar(const tw_writer *w, size_t bar, tw_buf *out)
{
    char text[TW_OUT_TIME];
    tw_buf_add(out, text, tw_bar_text(w, bar, text));
}

static tw_status write_file(const tw_writer *w, const char *name, tw_buf *text, tw_error *err)
{
    tw_buf path;
    tw_buf_init(&path, w->ctx);
    tw_buf_printf(&path, "%s/%s", w->folder, name);
    tw_status status = tw_buf_check(text, err);
    if (status == TW_OK) status = tw_buf_check(&path, err);
    if (status == TW_OK) status = tw_file_write(path.data, text->data, text->length, err);
    tw_buf_clear(&path);
    return status;
}

/* ---------------------------------------------------------------- lists by row */

/* In a run with several currencies every row ends with its own, and what one of it was worth. */
static void end_header(const tw_writer *w, tw_buf *out)
{
    tw_buf_text(out, w->has_currencies ? ",currency,rate\n" : "\n");
}

static void end_row(const tw_writer *w, size_t asset, double rate, tw_buf *out)
{
    const char *own = w->what->market->asset[asset].currency, *home = w->what->run->currency;
    if (w->has_currencies) {
        tw_buf_text(out, ",");
        tw_csv_write_field(out, own ? own : home ? home : "");
        tw_buf_text(out, ",");
        tw_out_number(out, rate);
    }
    tw_buf_text(out, "\n");
}

static const char *symbol(const tw_writer *w, size_t asset) { return w->what->market->asset[asset].symbol; }

static void put_trades(const tw_writer *w, tw_buf *out)
{
    static const char *const CAUSE[TW_FILL_CAUSE_COUNT] = {"close", "open",  "gap",    "limit",
                                                           "stop",  "trail", "expiry", "liquidation"};
    tw_buf_text(out, "session,time,symbol,amount,price,commission,order_id,cause,base,slip,explanation");
    end_header(w, out);
    tw_buf words;
    tw_buf_init(&words, w->ctx);
    for (size_t i = 0; i < w->n_trades; i++) {
        const tw_trade *t = &w->trade[i];
        words.length = 0;
        tw_trade_explain(w->what->market, t, &words);
        tw_out_day(w, t->session, out);
        tw_buf_text(out, ",");
        tw_out_bar(w, t->bar, out);
        tw_buf_text(out, ",");
        tw_csv_write_field(out, symbol(w, t->asset));
        const double numbers[] = {t->amount, t->price, t->commission};
        for (size_t k = 0; k < 3; k++) {
            tw_buf_text(out, ",");
            tw_out_number(out, numbers[k]);
        }
        tw_buf_text(out, ",");
        if (t->order != SIZE_MAX) tw_out_count(out, t->order);
        tw_buf_text(out, ",");
        tw_buf_text(out, CAUSE[t->cause]);
        tw_buf_text(out, ",");
        tw_out_number(out, t->base);
        tw_buf_text(out, ",");
        tw_out_number(out, t->slip);
        tw_buf_text(out, ",");
        tw_csv_write_field(out, words.data ? words.data : "");
        end_row(w, t->asset, t->rate, out);
    }
    out->failed = out->failed || words.failed;
    tw_buf_clear(&words);
}

/* The close when an order was placed, or the last before it: what its fills are measured against. */
static double arrival(const tw_writer *w, const tw_order *o)
{
    const tw_asset_market *m = w->what->market;
    const bool minutes = w->what->run->by_minute && m->n_minutes > 0;
    const size_t stride = minutes ? m->n_minutes : m->n_sessions;
    const double *close = (minutes ? m->minute.close : m->daily.close) + o->asset * stride;
    for (size_t i = o->created + 1; i-- > 0;)
        if (!isnan(close[i])) return close[i];
    return NAN;
}

static void put_orders(const tw_writer *w, tw_buf *out)
{
    tw_buf_text(out, "session,order_id,symbol,created,changed,amount,filled,commission,limit,stop,limit_reached,"
                     "stop_reached,status,kind,arrival,reason");
    end_header(w, out);
    for (size_t i = 0; i < w->n_orders; i++) {
        const tw_order *o = &w->order[i].order;
        tw_out_day(w, w->order[i].session, out);
        tw_buf_text(out, ",");
        tw_out_count(out, o->id);
        tw_buf_text(out, ",");
        tw_csv_write_field(out, symbol(w, o->asset));
        tw_buf_text(out, ",");
        tw_out_bar(w, o->created, out);
        tw_buf_text(out, ",");
        tw_out_bar(w, o->changed, out);
        const double numbers[] = {o->amount, o->filled, o->commission, o->limit, o->stop};
        for (size_t k = 0; k < 5; k++) {
            tw_buf_text(out, ",");
            tw_out_number(out, numbers[k]);
        }
        tw_buf_text(out, o->limit_reached ? ",1" : ",0");
        tw_buf_text(out, o->stop_reached ? ",1," : ",0,");
        tw_buf_text(out, tw_order_status_name(o->status));
        tw_buf_text(out, ",");
        tw_buf_text(out, tw_order_kind_name(o->kind));
        tw_buf_text(out, ",");
        tw_out_number(out, arrival(w, o));
        tw_buf_text(out, ",");
        if (o->reason) tw_csv_write_field(out, o->reason);
        end_row(w, o->asset, o->rate, out);
    }
}

static void put_holdings(const tw_writer *w, tw_buf *out)
{
    tw_buf_text(out, "session,symbol,amount,price,cost_basis,value");
    end_header(w, out);
    for (size_t i = 0; i < w->n_holdings; i++) {
        const tw_holding *h = &w->holding[i];
        const tw_asset *a = &w->what->market->asset[h->asset];
        tw_out_day(w, h->session, out);
        tw_buf_text(out, ",");
        tw_csv_write_field(out, a->symbol);
        const double numbers[] = {h->amount, h->last_price, h->cost_basis,
                                  a->kind == TW_FUTURE ? 0 : h->amount * h->last_price * h->rate};
        for (size_t k = 0; k < 4; k++) {
            tw_buf_text(out, ",");
            tw_out_number(out, numbers[k]);
        }
        end_row(w, h->asset, h->rate, out);
    }
}

static void put_balances(const tw_writer *w, tw_buf *out)
{
    size_t n;
    const tw_balance *b = tw_strategy_balances(w->result, &n);
    tw_buf_text(out, "session,currency,amount,rate,value\n");
    for (size_t i = 0; i < n; i++) {
        tw_out_day(w, b[i].session, out);
        tw_buf_text(out, ",");
        tw_csv_write_field(out, b[i].currency);
        const double numbers[] = {b[i].amount, b[i].rate, b[i].amount * b[i].rate};
        for (size_t k = 0; k < 3; k++) {
            tw_buf_text(out, ",");
            tw_out_number(out, numbers[k]);
        }
        tw_buf_text(out, "\n");
    }
}

/* ---------------------------------------------------------------- run.json */

static void text_of(tw_json *json, const char *key, const char *text)
{
    tw_json_key(json, key);
    tw_json_text(json, text);
}

static void put_session(const tw_writer *w, tw_json *json, const char *key, size_t session)
{
    char text[48];
    const tw_session *all = w->what->market->session;
    if (!all) return;
    text[tw_time_format(all[session].day * TW_NS_PER_DAY, text)] = '\0';
    text_of(json, key, text);
}

static void put_quirks(const tw_writer *w, tw_json *json)
{
    size_t n;
    const tw_quirk *quirk = tw_strategy_quirks(w->result, &n);
    tw_json_key(json, "quirks");
    tw_json_array(json);
    for (size_t i = 0; i < n; i++) {
        if (quirk[i].count == 0) continue;
        tw_json_object(json);
        text_of(json, "name", quirk[i].name);
        tw_json_key(json, "count");
        tw_json_integer(json, (int64_t)quirk[i].count);
        text_of(json, "meaning", quirk[i].meaning);
        tw_json_object_end(json);
    }
    tw_json_array_end(json);
}

static void put_run(const tw_writer *w, tw_buf *out)
{
    tw_json json;
    const tw_strategy_run *run = w->what->run;
    tw_json_init(&json, out, true);
    tw_json_object(&json);
    text_of(&json, "name", w->what->name);
    text_of(&json, "version", tw_version());
    text_of(&json, "mode", run->mode == TW_ZIPLINE ? "zipline" : "realistic");
    text_of(&json, "frequency", run->by_minute ? "minute" : "daily");
    put_session(w, &json, "from", run->from);
    put_session(w, &json, "to", run->to - 1);
    tw_json_key(&json, "capital");
    tw_json_number(&json, run->capital);
    if (run->currency) text_of(&json, "currency", run->currency);
    const struct {
        const char *name;
        size_t n;
    } counts[] = {{"sessions", w->n_rows}, {"trades", w->n_trades}, {"order_rows", w->n_orders}};
    for (size_t i = 0; i < 3; i++) {
        tw_json_key(&json, counts[i].name);
        tw_json_integer(&json, (int64_t)counts[i].n);
    }
    text_of(&json, "stopped", tw_strategy_stopped(w->result));
    text_of(&json, "failure", w->what->failure);
    put_quirks(w, &json);
    tw_json_object_end(&json);
    tw_buf_text(out, "\n");
}

/* ---------------------------------------------------------------- all of it */

typedef struct output {
    const char *name;
    void (*put)(const tw_writer *w, tw_buf *out);
} output;

static const output OUTPUTS[] = {{"daily.csv", tw_daily_put},
                                 {"minute.csv", tw_minutes_put},
                                 {"orders.csv", put_orders},
                                 {"txns.csv", put_trades},
                                 {"positions.csv", put_holdings},
                                 {"balances.csv", put_balances},
                                 {"run_actions.csv", tw_actions_put},
                                 {"run_assets.csv", tw_assets_put},
                                 {"run.json", put_run}};

tw_status tw_strategy_write(const tw_ctx *ctx, const tw_strategy_result *result, const tw_result_files *what,
                            const char *folder, tw_error *err)
{
    tw_writer w = {.ctx = ctx, .result = result, .what = what, .folder = folder};
    w.row = tw_strategy_sessions(result, &w.n_rows);
    w.trade = tw_strategy_trades(result, &w.n_trades);
    w.order = tw_strategy_orders(result, &w.n_orders);
    w.holding = tw_strategy_holdings(result, &w.n_holdings);
    w.action = tw_strategy_actions(result, &w.n_actions);
    w.recorded = tw_strategy_recorded(result, &w.n_recorded);
    w.record_name = tw_strategy_record_names(result, &w.n_names);
    size_t balances;
    (void)tw_strategy_balances(result, &balances);
    w.has_currencies = balances > 0;
    TW_TRY(tw_folder_make(folder, err));
    for (size_t i = 0; i < sizeof OUTPUTS / sizeof *OUTPUTS; i++) {
        if (OUTPUTS[i].put == put_balances && !w.has_currencies) continue;
        if (OUTPUTS[i].put == tw_minutes_put && !what->run->each_minute) continue;
        tw_buf text;
        tw_buf_init(&text, ctx);
        OUTPUTS[i].put(&w, &text);
        const tw_status status = write_file(&w, OUTPUTS[i].name, &text, err);
        tw_buf_clear(&text);
        if (status != TW_OK) return status;
    }
    return TW_OK;
}
