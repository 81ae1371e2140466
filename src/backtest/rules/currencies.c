/* SPDX-License-Identifier: Apache-2.0 */
/* currencies.c - which currency an asset is quoted in, and where the rates come from. */
#include "backtest/rules/currencies.h"

#include "backtest/market/read.h"

#include <math.h>
#include <string.h>

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "a backtest"); }

/* ---------------------------------------------------------------- reading */

/* "EURUSD", "EUR/USD" or "EUR-USD": what one EUR is worth in USD. */
static tw_status split_pair(tw_backtest_spec *s, tw_rate_text *r, const char *pair, tw_error *err)
{
    const size_t n = strlen(pair), at = strcspn(pair, "/-");
    const bool joined = at == n;
    const size_t first = joined ? 3 : at, second = first + !joined;
    if ((joined && n != 6) || first == 0 || second >= n)
        return tw_node_fail(s->doc, r->node, err, "'%s' is no pair of currencies such as EURUSD or EUR/USD", pair);
    r->base = tw_arena_text(&s->arena, pair, first);
    r->quote = tw_arena_text(&s->arena, pair + second, n - second);
    if (!r->base || !r->quote) return no_memory(err);
    if (strcmp(r->base, r->quote) != 0) return TW_OK;
    return tw_node_fail(s->doc, r->node, err, "'%s' is a pair of one currency", pair);
}

static const tw_key RATE[] = {TW_KEY("symbol", TEXT, tw_rate_text, symbol),
                              TW_KEY("column", TEXT, tw_rate_text, column),
                              TW_KEY("file", PATH, tw_rate_text, file),
                              {0}};

/* One of a list is a symbol with the name of its pair; one of a map says where the pair comes from. */
static tw_status read_rate(tw_backtest_spec *s, const tw_node *node, tw_error *err)
{
    tw_rate_text *r = &s->rate[s->n_rates++];
    const char *pair = node->key;
    *r = (tw_rate_text){.node = node, .asset = SIZE_MAX};
    if (node->kind == TW_NODE_MAP)
        TW_TRY(tw_spec_map(s, node, RATE, r, err));
    else
        TW_TRY(tw_spec_text(s, node, &r->symbol, err));
    if (!pair) pair = r->symbol;
    if (!pair || !!r->symbol + !!r->column + !!r->file != 1)
        return tw_node_fail(s->doc, node, err, "a rate is the name of a symbol, or PAIR: {symbol, column or file}");
    if (r->column) TW_TRY(tw_spec_column(s, node, r->column, err));
    return split_pair(s, r, pair, err);
}

tw_status tw_spec_rates(tw_backtest_spec *s, tw_error *err)
{
    const tw_node *rates = s->data_text.rates, *root = tw_doc_root(s->doc);
    if (s->data_text.currencies && !s->run.currency)
        return tw_node_fail(s->doc, s->data_text.currencies, err,
                            "'currencies' need the account's own: 'currency' at "
                            "the top");
    if (tw_node_get(root, "currency") && s->run.currency[0] == '\0')
        return tw_node_fail(s->doc, tw_node_get(root, "currency"), err, "'currency' is empty");
    if (!rates) return TW_OK;
    if (rates->kind != TW_NODE_LIST && rates->kind != TW_NODE_MAP)
        return tw_node_fail(s->doc, rates, err, "'rates' must be a list of symbols, or a map of pairs");
    s->rate = tw_arena_new(&s->arena, rates->n_children + 1, sizeof *s->rate);
    if (!s->rate) return no_memory(err);
    for (const tw_node *c = rates->first; c; c = c->next) TW_TRY(read_rate(s, c, err));
    return TW_OK;
}

/* ---------------------------------------------------------------- rates as series */

static bool has_number(const double *x, size_t n)
{
    for (size_t i = 0; x && i < n; i++)
        if (!isnan(x[i])) return true;
    return false;
}

/* Bars of an asset; NULL without any. */
static const double *row_of(const double *all, size_t asset, size_t n)
{
    return all && has_number(all + asset * n, n) ? all + asset * n : NULL;
}

static tw_status of_symbol(tw_backtest_spec *s, tw_rate_text *text, tw_rate *rate, tw_error *err)
{
    const tw_asset_market *m = &s->market.market;
    const size_t a = text->asset = tw_market_find(m, text->symbol);
    if (a == SIZE_MAX)
        return tw_node_fail(s->doc, text->node, err, "the market has no symbol '%s' for the rate of %s in %s",
                            text->symbol, text->base, text->quote);
    rate->open = row_of(m->daily.open, a, m->n_sessions);
    rate->close = row_of(m->daily.close, a, m->n_sessions);
    rate->minute_open = row_of(m->minute.open, a, m->n_minutes);
    rate->minute_close = row_of(m->minute.close, a, m->n_minutes);
    return TW_OK;
}

/* The column's value at each bar, which those who have one must agree on. */
static tw_status of_column(tw_backtest_spec *s, const tw_rate_text *text, const double *all, size_t n, double *out,
                           tw_error *err)
{
    const tw_asset_market *m = &s->market.market;
    for (size_t i = 0; i < n; i++) out[i] = NAN;
    for (size_t a = 0; a < m->n_assets; a++)
        for (size_t i = 0; i < n; i++) {
            const double x = all[a * n + i];
            if (isnan(x)) continue;
            if (!(x > 0 && isfinite(x)) || (!isnan(out[i]) && out[i] != x))
                return tw_node_fail(s->doc, text->node, err, "column '%s' of %s, bar %zu: %g is no rate%s",
                                    text->column, m->asset[a].symbol, i, x,
                                    x > 0 ? ", or not that of the symbols before it" : "");
            out[i] = x;
        }
    return TW_OK;
}

static tw_status of_columns(tw_backtest_spec *s, const tw_rate_text *text, tw_rate *rate, tw_error *err)
{
    const tw_asset_market *m = &s->market.market;
    size_t k = 0;
    while (k < s->data_text.n_columns && strcmp(s->data_text.column[k], text->column) != 0) k++;
    if (k == s->data_text.n_columns)
        return tw_node_fail(s->doc, text->node, err, "'%s' cannot be a column of rates", text->column);
    const double *from[2] = {s->market.daily_column[k], s->market.minute_column[k]};
    const size_t n[2] = {m->n_sessions, m->n_minutes};
    for (int i = 0; i < 2; i++) {
        if (!from[i] || n[i] == 0) continue;
        double *out = tw_arena_new(&s->arena, n[i], sizeof *out);
        if (!out) return no_memory(err);
        TW_TRY(of_column(s, text, from[i], n[i], out, err));
        *(i == 0 ? &rate->close : &rate->minute_close) = has_number(out, n[i]) ? out : NULL;
    }
    return TW_OK;
}

typedef struct file_rates {
    double *open, *close;
    int64_t last; /* day of the row before */
} file_rates;

/* A rate of a day is known as the day ends: it is the close of that day's session, and holds on; that of a day without
 * a session is known as the next begins. */
static tw_status put_rate(const tw_asset_market *m, const tw_rows *rows, file_rates *to, tw_error *err)
{
    static const size_t date = 0, rate = 1;
    int64_t day;
    double x;
    TW_TRY(tw_market_row_day(rows, &day, err));
    if (day <= to->last) return tw_rows_fail(rows, date, err, "is not after the row before");
    to->last = day;
    TW_TRY(tw_rows_number(rows, rate, &x, err));
    if (!(x > 0 && isfinite(x))) return tw_rows_fail(rows, rate, err, "must be above 0");
    const size_t i = tw_market_session_from(m, day);
    const bool exact = i < m->n_sessions && m->session[i].day == day;
    if (i < m->n_sessions) to->close[i] = x;
    if (i + exact < m->n_sessions) to->open[i + exact] = x;
    return TW_OK;
}

static tw_status read_rates(tw_backtest_spec *s, const char *path, file_rates *to, tw_error *err)
{
    static const char *const COLUMNS[] = {"date|session|time|timestamp", "rate|close|value|price", NULL};
    tw_rows rows;
    bool more;
    TW_TRY(tw_rows_open(s->ctx, path, COLUMNS, 2, &rows, err));
    tw_status status = tw_rows_next(&rows, &more, err);
    while (status == TW_OK && more) {
        status = put_rate(&s->market.market, &rows, to, err);
        if (status == TW_OK) status = tw_rows_next(&rows, &more, err);
    }
    tw_rows_close(&rows);
    return status;
}

static tw_status of_file(tw_backtest_spec *s, const tw_rate_text *text, tw_rate *rate, tw_error *err)
{
    const size_t n = s->market.market.n_sessions;
    double *open = tw_arena_new(&s->arena, n, sizeof *open), *close = tw_arena_new(&s->arena, n, sizeof *close);
    if (!open || !close) return no_memory(err);
    for (size_t i = 0; i < n; i++) open[i] = close[i] = NAN;
    TW_TRY(read_rates(s, text->file, &(file_rates){open, close, INT64_MIN}, err));
    for (size_t i = 1; i < n; i++) {
        if (isnan(close[i])) close[i] = close[i - 1];
        if (isnan(open[i])) open[i] = close[i - 1];
    }
    rate->open = open;
    rate->close = close;
    return TW_OK;
}

static tw_status find_rates(tw_backtest_spec *s, tw_error *err)
{
    tw_rate *rate = tw_arena_new(&s->arena, s->n_rates + 1, sizeof *rate);
    if (!rate) return no_memory(err);
    for (size_t i = 0; i < s->n_rates; i++) {
        tw_rate_text *text = &s->rate[i];
        rate[i] = (tw_rate){.base = text->base, .quote = text->quote};
        TW_TRY(text->symbol   ? of_symbol(s, text, &rate[i], err)
               : text->column ? of_columns(s, text, &rate[i], err)
                              : of_file(s, text, &rate[i], err));
    }
    s->market.market.rate = rate;
    s->market.market.n_rates = s->n_rates;
    return TW_OK;
}

/* ---------------------------------------------------------------- currencies of assets */

static tw_status name_currency(tw_backtest_spec *s, const tw_node *node, tw_asset *assets, tw_error *err)
{
    const char *name = "";
    const size_t asset = tw_market_find(&s->market.market, node->key);
    TW_TRY(tw_spec_text(s, node, &name, err));
    if (asset == SIZE_MAX) return tw_node_fail(s->doc, node, err, "the market has no symbol '%s'", node->key);
    assets[asset].currency = name;
    return TW_OK;
}

/* An account that does not say its currency has that of the assets, when it is one. */
static tw_status find_home(tw_backtest_spec *s, tw_error *err)
{
    const tw_asset_market *m = &s->market.market;
    const char *first = NULL;
    for (size_t i = 0; !s->run.currency && i < m->n_assets; i++) {
        const char *name = m->asset[i].currency;
        if (!name) continue;
        if (first && strcmp(first, name) != 0)
            return tw_node_fail(s->doc, tw_doc_root(s->doc), err,
                                "'currency', the account's, is missing: %s is quoted in %s, others in %s",
                                m->asset[i].symbol, name, first);
        first = name;
    }
    if (!s->run.currency) s->run.currency = first;
    return TW_OK;
}

/* A pair of currencies is quoted in its second, where nothing else is said; other assets in the account's. */
tw_status tw_spec_currencies(tw_backtest_spec *s, tw_error *err)
{
    const tw_asset_market *m = &s->market.market;
    const tw_node *named = s->data_text.currencies;
    TW_TRY(find_rates(s, err));
    tw_asset *assets = tw_arena_new(&s->arena, m->n_assets, sizeof *assets);
    if (!assets) return no_memory(err);
    memcpy(assets, m->asset, m->n_assets * sizeof *assets);
    s->market.market.asset = assets;
    for (size_t i = 0; s->run.currency && i < s->n_rates; i++)
        if (s->rate[i].asset != SIZE_MAX && !assets[s->rate[i].asset].currency)
            assets[s->rate[i].asset].currency = s->rate[i].quote;
    if (named && named->kind != TW_NODE_MAP)
        return tw_node_fail(s->doc, named, err, "'currencies' must be a map of symbols to currencies");
    for (const tw_node *c = named ? named->first : NULL; c; c = c->next) TW_TRY(name_currency(s, c, assets, err));
    return find_home(s, err);
}

bool tw_spec_is_rate(const tw_backtest_spec *s, size_t asset)
{
    for (size_t i = 0; i < s->n_rates; i++)
        if (s->rate[i].asset == asset) return true;
    return false;
}
