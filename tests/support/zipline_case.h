/* SPDX-License-Identifier: Apache-2.0 */
/* zipline_case.h - a case of tests/oracle/zipline_cases.py: its market, its run, and its script played as a strategy.
 * Bars are in thousandths, 0 where there was no trade; times are minutes since 1970. */
#ifndef ZIPLINE_CASE_H
#define ZIPLINE_CASE_H

#include "tradewind/io.h"
#include "tradewind/strategy.h"
#include "tw_test.h"

#include <math.h>
#include <stdlib.h>

enum { ZIPLINE_FIELDS = 5, ZIPLINE_RULES = 8, ZIPLINE_SETTINGS = 64, ZIPLINE_WINDOW = 4096 };

static const char *const ZIPLINE_FIELD[ZIPLINE_FIELDS + 1] = {"open", "high", "low", "close", "volume", NULL};
static const int64_t ZIPLINE_MINUTE = 60 * (int64_t)TW_NS_PER_SECOND;

typedef struct zipline_case {
    const tw_node *node;
    tw_asset_market market;
    tw_strategy_run run;
    const char *settings[ZIPLINE_SETTINGS];
    tw_session *session;
    tw_asset *asset;
    tw_asset_action *action;
    tw_capital_change *change;
    double *daily[ZIPLINE_FIELDS], *minute[ZIPLINE_FIELDS];
    int64_t *minute_ns;
    size_t *minute_from;
    const tw_node *script, *before; /* what is to be played next */
} zipline_case;

/* ---------------------------------------------------------------- reading */

static inline void *zipline_new(size_t n, size_t size)
{
    void *made = calloc(n + 1, size);
    assert_non_null(made);
    return made;
}

static inline double zipline_number(const tw_node *node, const char *key)
{
    const tw_node *child = tw_node_get(node, key);
    if (child && child->kind == TW_NODE_BOOL) return child->boolean;
    return tw_node_number(child, 0);
}

static inline size_t zipline_index(const tw_node *node, const char *key) { return (size_t)zipline_number(node, key); }

static inline const char *zipline_text(const tw_node *node, const char *key)
{
    return tw_node_text(tw_node_get(node, key), "");
}

/* A list of numbers and its length; NULL when it is empty. */
static inline const double *zipline_column(const tw_node *node, const char *key, size_t *n)
{
    const tw_node *list = tw_node_get(node, key);
    if (!list) fail_msg("line %u: no list '%s'", node ? node->line : 0, key);
    if (list->n_children && list->kind != TW_NODE_NUMBERS) fail_msg("line %u: '%s' are no numbers", list->line, key);
    *n = list->n_children;
    return list->numbers;
}

static inline size_t zipline_which(const char *name, const char *const *names)
{
    size_t i = 0;
    while (names[i] && strcmp(name, names[i]) != 0) i++;
    if (!names[i]) fail_msg("what is '%s'?", name);
    return i;
}

static inline void zipline_read_sessions(zipline_case *c)
{
    const tw_node *node = tw_node_get(c->node, "sessions");
    const char *calendar = zipline_text(c->node, "calendar");
    tw_error err;
    if (calendar[0]) assert_ok(tw_calendar_find(calendar, &c->market.calendar, &err), &err);
    size_t n = 0, same = 0;
    const double *day = zipline_column(node, "day", &n), *open = zipline_column(node, "open", &same);
    const double *close = zipline_column(node, "close", &same), *half = zipline_column(node, "half", &same);
    c->session = zipline_new(n, sizeof *c->session);
    c->minute_from = zipline_new(n, sizeof *c->minute_from);
    for (size_t s = 0; s < n; s++) {
        c->session[s] = (tw_session){(int64_t)day[s], (int64_t)open[s] * ZIPLINE_MINUTE,
                                     (int64_t)close[s] * ZIPLINE_MINUTE, half[s] != 0};
        c->minute_from[s + 1] = c->minute_from[s] + (size_t)(close[s] - open[s]);
    }
    c->market.session = c->session;
    c->market.n_sessions = n;
    if (!c->run.by_minute) return;
    c->market.n_minutes = c->minute_from[n];
    c->minute_ns = zipline_new(c->market.n_minutes, sizeof *c->minute_ns);
    for (size_t s = 0, i = 0; s < n; s++)
        for (; i < c->minute_from[s + 1]; i++)
            c->minute_ns[i] = c->session[s].open_ns + (int64_t)(i - c->minute_from[s] + 1) * ZIPLINE_MINUTE;
    c->market.minute_ns = c->minute_ns;
    c->market.minute_from = c->minute_from;
}

/* A bar of no trade is NaN, its volume 0; the product is what zipline's readers give. */
static inline double zipline_cell(int field, double thousandths)
{
    if (field == 4) return thousandths;
    return thousandths == 0 ? NAN : thousandths * 0.001;
}

static inline void zipline_read_bars(const zipline_case *c, const tw_node *node, size_t asset)
{
    const tw_node *daily = tw_node_get(node, "daily"), *minute = tw_node_get(node, "minute");
    for (int f = 0; f < ZIPLINE_FIELDS; f++) {
        size_t n = 0;
        const double *x = zipline_column(daily, ZIPLINE_FIELD[f], &n);
        assert_int_equal(n, c->market.n_sessions);
        for (size_t s = 0; s < n; s++) c->daily[f][asset * n + s] = zipline_cell(f, x[s]);
        if (!minute) continue;
        double *row = c->minute[f] + asset * c->market.n_minutes;
        for (size_t i = 0; i < c->market.n_minutes; i++) row[i] = zipline_cell(f, 0);
        x = zipline_column(minute, ZIPLINE_FIELD[f], &n);
        const double *at = zipline_column(minute, "at", &n);
        for (size_t i = 0; i < n; i++) row[(size_t)at[i]] = zipline_cell(f, x[i]);
    }
}

static inline tw_bars zipline_bars(double *const *x) { return (tw_bars){x[0], x[1], x[2], x[3], x[4]}; }

static inline void zipline_read_assets(zipline_case *c)
{
    const tw_node *list = tw_node_get(c->node, "assets");
    const size_t n = list->n_children;
    c->asset = zipline_new(n, sizeof *c->asset);
    for (int f = 0; f < ZIPLINE_FIELDS; f++) {
        c->daily[f] = zipline_new(n * c->market.n_sessions, sizeof(double));
        c->minute[f] = zipline_new(n * c->market.n_minutes, sizeof(double));
    }
    size_t i = 0;
    for (const tw_node *a = list->first; a; a = a->next, i++) {
        c->asset[i] = (tw_asset){.symbol = zipline_text(a, "symbol"),
                                 .kind = strcmp(zipline_text(a, "kind"), "future") == 0 ? TW_FUTURE : TW_EQUITY,
                                 .root = zipline_text(a, "root"),
                                 .multiplier = zipline_number(a, "multiplier"),
                                 .tick = zipline_number(a, "tick"),
                                 .first = zipline_index(a, "first"),
                                 .end = zipline_index(a, "end"),
                                 .auto_close = zipline_index(a, "auto_close")};
        zipline_read_bars(c, a, i);
    }
    c->market.asset = c->asset;
    c->market.n_assets = n;
    c->market.daily = zipline_bars(c->daily);
    if (c->run.by_minute) c->market.minute = zipline_bars(c->minute);
}

static inline void zipline_read_actions(zipline_case *c)
{
    static const char *const kinds[] = {"split", "dividend", "stock_dividend", "merger", NULL};
    const tw_node *list = tw_node_get(c->node, "actions");
    c->action = zipline_new(list->n_children, sizeof *c->action);
    for (const tw_node *a = list->first; a; a = a->next)
        c->action[c->market.n_actions++] =
            (tw_asset_action){.kind = (tw_asset_action_kind)zipline_which(zipline_text(a, "kind"), kinds),
                              .session = zipline_index(a, "session"),
                              .asset = zipline_index(a, "asset"),
                              .pay = zipline_index(a, "pay"),
                              .paid = zipline_index(a, "paid"),
                              .ratio = zipline_number(a, "ratio"),
                              .amount = zipline_number(a, "amount")};
    c->market.action = c->action;
}

static inline void zipline_read_run(zipline_case *c)
{
    const tw_node *list = tw_node_get(c->node, "changes"), *benchmark = tw_node_get(c->node, "benchmark");
    size_t n = 0;
    c->change = zipline_new(list->n_children, sizeof *c->change);
    for (const tw_node *a = list->first; a; a = a->next)
        c->change[c->run.n_changes++] =
            (tw_capital_change){zipline_index(a, "session"), zipline_index(a, "minute"),
                                zipline_number(a, "is_target") != 0, zipline_number(a, "value")};
    c->run.change = c->change;
    c->run.mode = TW_ZIPLINE;
    c->run.from = zipline_index(c->node, "from");
    c->run.to = zipline_index(c->node, "to");
    c->run.capital = zipline_number(c->node, "capital");
    if (tw_node_get(benchmark, "returns")) c->run.benchmark = zipline_column(benchmark, "returns", &n);
    if (tw_node_get(benchmark, "asset")) c->run.benchmark_asset = zipline_index(benchmark, "asset") + 1;
    list = tw_node_get(c->node, "settings");
    assert_true(list->n_children < ZIPLINE_SETTINGS);
    n = 0;
    for (const tw_node *a = list->first; a; a = a->next) c->settings[n++] = tw_node_text(a, "");
    c->run.settings = c->settings;
}

static inline void zipline_case_read(zipline_case *c, const tw_node *node)
{
    *c = (zipline_case){.node = node};
    c->run.by_minute = zipline_number(node, "by_minute") != 0;
    c->run.each_minute = tw_node_get(node, "emission") != NULL;
    zipline_read_sessions(c);
    zipline_read_assets(c);
    zipline_read_actions(c);
    zipline_read_run(c);
    c->script = tw_node_get(node, "script")->first;
    c->before = tw_node_get(node, "before")->first;
}

static inline void zipline_case_free(zipline_case *c)
{
    for (int f = 0; f < ZIPLINE_FIELDS; f++) {
        free(c->daily[f]);
        free(c->minute[f]);
    }
    void *const blocks[] = {c->session, c->asset, c->action, c->change, c->minute_ns, c->minute_from};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) free(blocks[i]);
}

#endif
