/* SPDX-License-Identifier: Apache-2.0 */
/* chain_case.h - plays a case written by tests/oracle/chains.py and compares every row with zipline's. */
#ifndef CHAIN_CASE_H
#define CHAIN_CASE_H

#include "tradewind/strategy.h"
#include "tw_test.h"

#include <math.h>
#include <stdlib.h>

enum { ZC_LINE = 4096, ZC_ASSETS = 9, ZC_TEXTS = 32, ZC_WORDS = 64, ZC_RECORDED = 11 };

typedef struct zc_step {
    size_t bar, asset;
    char what; /* order, cancel, record */
    double number[5];
    char name[16];
} zc_step;

typedef struct chain_case {
    char path[512];
    size_t n_sessions, n_minutes, n_assets, n_actions, n_steps, n_rules, n_settings, n_changes, n_benchmark, filled[2];
    bool by_minute;
    tw_session *session;
    int64_t *minute_ns;
    size_t *minute_from;
    tw_asset asset[ZC_ASSETS];
    char text[ZC_ASSETS * 2 + ZC_TEXTS * 2][128];
    size_t n_texts;
    tw_asset_action action[64];
    double *bars[2][5], *benchmark;
    zc_step *step, rule[4];
    char rule_text[4][128];
    const char *settings[ZC_TEXTS * 2 + 1];
    tw_capital_change change[8];
    tw_asset_market market;
    tw_strategy_run run;
    size_t next_step;
} chain_case;

typedef struct zc_file {
    FILE *file;
    char line[ZC_LINE], *word[ZC_WORDS], rest[ZC_LINE];
    size_t n;
} zc_file;

static inline bool zc_next(zc_file *f)
{
    if (!fgets(f->line, ZC_LINE, f->file)) return false;
    f->line[strcspn(f->line, "\n")] = 0;
    (void)snprintf(f->rest, sizeof f->rest, "%s", f->line);
    f->n = 0;
    for (char *w = strtok(f->line, " "); w && f->n < ZC_WORDS; w = strtok(NULL, " ")) f->word[f->n++] = w;
    return true;
}

static inline double zc_number(const zc_file *f, size_t i)
{
    double x = NAN;
    assert_true(i < f->n);
    assert_true(tw_parse_double(f->word[i], strlen(f->word[i]), &x));
    return x;
}

static inline size_t zc_count(const zc_file *f, size_t i) { return (size_t)zc_number(f, i); }

static inline int64_t zc_integer(const zc_file *f, size_t i)
{
    int64_t x = 0;
    assert_true(tw_parse_int64(f->word[i], strlen(f->word[i]), &x));
    return x;
}

static inline const char *zc_text(chain_case *c, const char *text)
{
    assert_true(c->n_texts < sizeof c->text / sizeof *c->text);
    (void)snprintf(c->text[c->n_texts], sizeof c->text[0], "%s", text);
    return c->text[c->n_texts++];
}

/* What follows the first `skip` words. */
static inline const char *zc_after(const zc_file *f, int skip)
{
    const char *at = f->rest;
    for (; skip > 0 && at; skip--) at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL;
    return at ? at : "";
}

static inline void zc_head(chain_case *c, const zc_file *f)
{
    c->by_minute = zc_count(f, 0) != 0;
    c->run.from = zc_count(f, 1);
    c->run.to = c->n_sessions = zc_count(f, 2);
    c->n_minutes = zc_count(f, 3);
    c->run.capital = zc_number(f, 4);
    c->session = calloc(c->n_sessions, sizeof *c->session);
    c->minute_from = calloc(c->n_sessions + 1, sizeof *c->minute_from);
    c->minute_ns = calloc(c->n_minutes + 1, sizeof *c->minute_ns);
    c->benchmark = calloc(c->n_sessions, sizeof *c->benchmark);
    c->step = calloc(1 << 16, sizeof *c->step);
    for (int k = 0; k < 2; k++)
        for (int x = 0; x < 5; x++) c->bars[k][x] = calloc(ZC_ASSETS * (c->n_sessions + c->n_minutes), sizeof(double));
}

static inline void zc_step_of(zc_step *step, const zc_file *f, size_t at, bool with_bar)
{
    step->bar = with_bar ? zc_count(f, at++) : 0;
    step->what = f->word[at][0];
    step->asset = zc_count(f, at + 1);
    if (step->what == 'c') step->number[0] = zc_number(f, at + 2);
    if (step->what == 'o')
        for (size_t i = 0; i < 4; i++) step->number[i] = zc_number(f, at + 2 + i);
    if (step->what != 'r') return;
    (void)snprintf(step->name, sizeof step->name, "%s", f->word[at + 2]);
    for (size_t i = 0; i < 3; i++) step->number[i] = zc_number(f, at + 3 + i);
}

static inline void zc_asset(chain_case *c, const zc_file *f)
{
    assert_true(c->n_assets < ZC_ASSETS);
    c->asset[c->n_assets++] = (tw_asset){.symbol = zc_text(c, f->word[1]),
                                         .kind = f->word[2][0] == 'f' ? TW_FUTURE : TW_EQUITY,
                                         .root = zc_text(c, f->word[3]),
                                         .multiplier = zc_number(f, 4),
                                         .tick = zc_number(f, 5),
                                         .first = zc_count(f, 6),
                                         .end = zc_count(f, 7),
                                         .auto_close = zc_count(f, 8)};
}

static inline void zc_bar(chain_case *c, const zc_file *f)
{
    const int kind = f->word[0][0] == 'm';
    for (size_t x = 0; x < 5; x++) c->bars[kind][x][c->filled[kind]] = zc_number(f, 1 + x);
    c->filled[kind]++;
}

static inline void zc_action(chain_case *c, const zc_file *f)
{
    static const char *const kinds[] = {"split", "dividend", "stock", "merger"};
    tw_asset_action *a = &c->action[c->n_actions++];
    for (int k = 0; k < 4; k++)
        if (strcmp(kinds[k], f->word[1]) == 0) a->kind = (tw_asset_action_kind)k;
    a->session = zc_count(f, 2);
    a->asset = zc_count(f, 3);
    a->pay = zc_count(f, 4);
    a->paid = zc_count(f, 5);
    a->ratio = zc_number(f, 6);
    a->amount = zc_number(f, 7);
}

static inline void zc_rule(chain_case *c, const zc_file *f)
{
    size_t colon = 1;
    while (strcmp(f->word[colon], ":") != 0) colon++;
    (void)snprintf(c->rule_text[c->n_rules], sizeof c->rule_text[0], "%.*s",
                   (int)(strchr(f->rest, ':') - zc_after(f, 1) - 1), zc_after(f, 1));
    zc_step_of(&c->rule[c->n_rules++], f, colon + 1, false);
}

static inline void zc_line(chain_case *c, const zc_file *f)
{
    const char *kind = f->word[0];
    if (strcmp(kind, "session") == 0) {
        const size_t s = c->filled[0]++;
        c->session[s] = (tw_session){zc_integer(f, 1), zc_integer(f, 2), zc_integer(f, 3), zc_count(f, 4) != 0};
        c->minute_from[s] = zc_count(f, 5);
        c->minute_from[s + 1] = c->n_minutes;
        if (s + 1 == c->n_sessions) c->filled[0] = 0;
    } else if (strcmp(kind, "minute") == 0) {
        c->minute_ns[c->filled[1]++] = zc_integer(f, 1);
        if (c->filled[1] == c->n_minutes) c->filled[1] = 0;
    } else if (strcmp(kind, "asset") == 0) {
        zc_asset(c, f);
    } else if (strcmp(kind, "d") == 0 || strcmp(kind, "m") == 0) {
        zc_bar(c, f);
    } else if (strcmp(kind, "action") == 0) {
        zc_action(c, f);
    } else if (strcmp(kind, "set") == 0) {
        c->settings[c->n_settings++] = zc_text(c, f->word[1]);
        c->settings[c->n_settings++] = zc_text(c, zc_after(f, 2));
    } else if (strcmp(kind, "change") == 0) {
        c->change[c->n_changes++] = (tw_capital_change){.session = zc_count(f, 1),
                                                        .minute = zc_count(f, 2),
                                                        .is_target = zc_count(f, 3) != 0,
                                                        .value = zc_number(f, 4)};
    } else if (strcmp(kind, "benchmark_asset") == 0) {
        c->run.benchmark_asset = zc_count(f, 1);
    } else if (strcmp(kind, "benchmark") == 0) {
        c->benchmark[c->n_benchmark++] = zc_number(f, 1);
    } else if (strcmp(kind, "rule") == 0) {
        zc_rule(c, f);
    } else if (strcmp(kind, "step") == 0) {
        zc_step_of(&c->step[c->n_steps++], f, 1, true);
    } else {
        fail_msg("%s: %s", c->path, f->rest);
    }
}

/* ---------------------------------------------------------------- the strategy */

static inline tw_status zc_order(tw_moment *now, const zc_step *step, tw_error *err)
{
    const tw_order_unit unit = (tw_order_unit)step->number[0];
    if (unit != TW_SHARES && unit != TW_TARGET_SHARES && !tw_moment_can_trade(now, step->asset)) return TW_OK;
    const tw_order_request request = {.asset = step->asset,
                                      .unit = unit,
                                      .amount = step->number[1],
                                      .style = {.limit = step->number[2], .stop = step->number[3]}};
    return tw_moment_place(now, &request, NULL, err);
}

/* The chain of a code: six by calendar, six by volume; three ways to join; two offsets. */
static inline tw_chain zc_chain(const zc_step *step)
{
    return (tw_chain){.root = "ES",
                      .offset = step->asset % 2,
                      .by_volume = step->asset >= 6 && strcmp(step->name, "chain") == 0,
                      .adjust = (tw_chain_adjust)(step->asset / 2 % 3)};
}

static inline double zc_contract(const chain_case *c, const tw_moment *now, const zc_step *step)
{
    const tw_chain chain = zc_chain(step);
    size_t asset = 0;
    tw_error err;
    if (tw_moment_contract(now, &chain, &asset, &err) != TW_OK) fail_msg("%s: %s", c->path, err.message);
    return asset == SIZE_MAX ? -1 : (double)asset;
}

static inline double zc_window(const chain_case *c, tw_moment *now, const zc_step *step)
{
    double x[64], total = 0;
    tw_error err;
    const bool minutes = step->number[2] != 0;
    const size_t there = minutes ? tw_moment_bar(now) + 1 : tw_moment_session(now) + 1, n = (size_t)step->number[0];
    const tw_window window = {
        .asset = step->asset, .n = n < there ? n : there, .field = (tw_bar_field)step->number[1], .minutes = minutes};
    const tw_chain chain = zc_chain(step);
    const tw_status status = step->name[0] == 'c' ? tw_moment_chain_window(now, &chain, &window, x, &err)
                                                  : tw_moment_window(now, &window, x, &err);
    if (status != TW_OK) fail_msg("%s: %s", c->path, err.message);
    for (size_t i = 0; i < window.n; i++) total += isnan(x[i]) ? 0 : (double)(i + 1) * x[i];
    return total;
}

static inline double zc_value(const chain_case *c, tw_moment *now, const zc_step *step)
{
    const char *what = step->name;
    if (strcmp(what, "price") == 0) return tw_moment_price(now, step->asset);
    if (strcmp(what, "can_trade") == 0) return tw_moment_can_trade(now, step->asset);
    if (strcmp(what, "is_stale") == 0) return tw_moment_is_stale(now, step->asset);
    if (strcmp(what, "position") == 0) return tw_moment_position(now, step->asset).amount;
    if (strcmp(what, "basis") == 0) return tw_moment_position(now, step->asset).cost_basis;
    if (strcmp(what, "cash") == 0) return tw_moment_account(now).cash;
    if (strcmp(what, "value") == 0) return tw_moment_account(now).portfolio_value;
    if (strcmp(what, "leverage") == 0) return tw_moment_account(now).gross_leverage;
    if (strcmp(what, "contract") == 0) return zc_contract(c, now, step);
    return zc_window(c, now, step);
}

static inline tw_status zc_play(const chain_case *c, tw_moment *now, const zc_step *step, tw_error *err)
{
    size_t open[64];
    if (step->what == 'o') return zc_order(now, step, err);
    if (step->what == 'r') return tw_moment_record(now, step->name, zc_value(c, now, step), err);
    const size_t n = tw_moment_open_orders(now, step->asset, 64, open), k = (size_t)step->number[0];
    return k < n ? tw_moment_cancel(now, open[k], err) : TW_OK;
}

static inline tw_status zc_rule_0(void *state, tw_moment *now, tw_error *err)
{
    return zc_order(now, &((chain_case *)state)->rule[0], err);
}

static inline tw_status zc_rule_1(void *state, tw_moment *now, tw_error *err)
{
    return zc_order(now, &((chain_case *)state)->rule[1], err);
}

static inline tw_status zc_initialize(void *state, tw_moment *now, tw_error *err)
{
    const chain_case *c = state;
    static const tw_strategy_call calls[] = {zc_rule_0, zc_rule_1};
    for (size_t i = 0; i < c->n_rules; i++) TW_TRY(tw_moment_schedule(now, c->rule_text[i], calls[i], err));
    return TW_OK;
}

static inline tw_status zc_handle_data(void *state, tw_moment *now, tw_error *err)
{
    chain_case *c = state;
    const size_t bar = tw_moment_bar(now);
    while (c->next_step < c->n_steps && c->step[c->next_step].bar < bar) c->next_step++;
    for (; c->next_step < c->n_steps && c->step[c->next_step].bar == bar; c->next_step++)
        TW_TRY(zc_play(c, now, &c->step[c->next_step], err));
    return TW_OK;
}

/* ---------------------------------------------------------------- comparison */

/* Relative; what is nearly nothing beside the account is held to its rounding. */
static inline void zc_compare(const chain_case *c, const zc_file *f, size_t i, double got)
{
    const double want = zc_number(f, i), off = fabs(got - want), money = fabs(c->run.capital);
    if (isnan(want) ? isnan(got) : got == want || off <= 1e-9 * fabs(want) || off <= 1e-14 * money || off <= 1e-12)
        return;
    fail_msg("%s: number %zu: got %.17g of\n%s", c->path, i, got, f->rest);
}

static inline void zc_compare_row(const chain_case *c, const zc_file *f, const tw_session_row *r,
                                  const double *recorded)
{
    const double got[] = {(double)r->session,
                          r->starting_cash,
                          r->starting_value,
                          r->starting_exposure,
                          r->ending_cash,
                          r->ending_value,
                          r->ending_exposure,
                          r->portfolio_value,
                          r->pnl,
                          r->returns,
                          r->capital_used,
                          r->long_value,
                          r->short_value,
                          r->long_exposure,
                          r->short_exposure,
                          r->gross_leverage,
                          r->net_leverage,
                          r->max_leverage,
                          r->algorithm_period_return,
                          r->benchmark_period_return,
                          r->algo_volatility,
                          r->benchmark_volatility,
                          r->alpha,
                          r->beta,
                          r->sharpe,
                          r->sortino,
                          r->max_drawdown,
                          (double)r->longs_count,
                          (double)r->shorts_count,
                          (double)r->trading_days};
    const size_t n = sizeof got / sizeof *got;
    for (size_t i = 0; i < n; i++) zc_compare(c, f, i + 1, got[i]);
    for (size_t i = 0; i < ZC_RECORDED; i++) zc_compare(c, f, n + 1 + i, recorded[i]);
}

typedef struct zc_seen {
    size_t rows, trades, holdings, orders, recorded;
    double now[ZC_RECORDED];
} zc_seen;

/* Takes up what was recorded in a session, by chains.RECORDED. */
static inline void zc_take_recorded(const tw_strategy_result *result, size_t session, zc_seen *seen)
{
    static const char *const names[ZC_RECORDED] = {"price", "can_trade", "is_stale", "position", "basis", "cash",
                                                   "value", "leverage",  "window",   "contract", "chain"};
    size_t n = 0, n_names = 0;
    const tw_recorded *r = tw_strategy_recorded(result, &n);
    const char *const *name = tw_strategy_record_names(result, &n_names);
    for (; seen->recorded < n && r[seen->recorded].session == session; seen->recorded++)
        for (size_t i = 0; i < ZC_RECORDED; i++)
            if (strcmp(names[i], name[r[seen->recorded].name]) == 0) seen->now[i] = r[seen->recorded].value;
}

static inline void zc_expected(const chain_case *c, const zc_file *f, const tw_strategy_result *result, zc_seen *seen)
{
    size_t n = 0;
    if (strcmp(f->word[0], "row") == 0) {
        const tw_session_row *row = tw_strategy_sessions(result, &n);
        if (seen->rows >= n) fail_msg("%s: only %zu sessions", c->path, n);
        zc_take_recorded(result, row[seen->rows].session, seen);
        zc_compare_row(c, f, &row[seen->rows++], seen->now);
    } else if (strcmp(f->word[0], "trade") == 0) {
        const tw_trade *t = tw_strategy_trades(result, &n);
        if (seen->trades >= n) fail_msg("%s: only %zu trades; next is %s", c->path, n, f->rest);
        t += seen->trades++;
        const double order = t->order == SIZE_MAX ? -1 : (double)t->order;
        const double got[] = {(double)t->session, (double)t->bar, (double)t->asset, order, t->amount, t->price};
        for (size_t i = 0; i < 6; i++) zc_compare(c, f, i + 1, got[i]);
    } else if (strcmp(f->word[0], "holding") == 0) {
        const tw_holding *h = tw_strategy_holdings(result, &n);
        if (seen->holdings >= n) fail_msg("%s: only %zu holdings; next is %s", c->path, n, f->rest);
        h += seen->holdings++;
        const double got[] = {(double)h->session, (double)h->asset, h->amount, h->cost_basis, h->last_price};
        for (size_t i = 0; i < 5; i++) zc_compare(c, f, i + 1, got[i]);
    } else {
        const tw_order_row *r = tw_strategy_orders(result, &n);
        if (seen->orders >= n) fail_msg("%s: only %zu orders; next is %s", c->path, n, f->rest);
        r += seen->orders++;
        const tw_order *o = &r->order;
        const double got[] = {(double)r->session, (double)o->id,     (double)o->asset, o->amount,
                              o->filled,          o->commission,     o->limit,         o->stop,
                              (double)o->status,  (double)o->created};
        for (size_t i = 0; i < 10; i++) zc_compare(c, f, i + 1, got[i]);
    }
}

/* ---------------------------------------------------------------- a whole case */

static inline tw_strategy_result *zc_simulate(chain_case *c, bool fails)
{
    const tw_strategy strategy = {.state = c, .initialize = zc_initialize, .handle_data = zc_handle_data};
    tw_strategy_result *result = NULL;
    tw_error err;
    c->market = (tw_asset_market){
        .n_sessions = c->n_sessions,
        .n_assets = c->n_assets,
        .n_actions = c->n_actions,
        .n_minutes = c->n_minutes,
        .session = c->session,
        .asset = c->asset,
        .action = c->action,
        .daily = {c->bars[0][0], c->bars[0][1], c->bars[0][2], c->bars[0][3], c->bars[0][4]},
        .minute = {c->bars[1][0], c->bars[1][1], c->bars[1][2], c->bars[1][3], c->bars[1][4]},
        .minute_ns = c->minute_ns,
        .minute_from = c->minute_from,
    };
    assert_ok(tw_calendar_find("XNYS", &c->market.calendar, &err), &err);
    c->run.mode = TW_ZIPLINE;
    c->run.by_minute = c->by_minute;
    c->run.settings = c->settings;
    c->run.change = c->change;
    c->run.n_changes = c->n_changes;
    c->run.benchmark = c->n_benchmark ? c->benchmark : NULL;
    const tw_status status = tw_strategy_simulate(NULL, &c->market, &strategy, &c->run, &result, &err);
    if ((status != TW_OK) != fails)
        fail_msg("%s: status %s: %s", c->path, tw_status_name(status), status ? err.message : "");
    return result;
}

/* Plays the case of a file and compares; its rows are counted in *rows. */
static inline void chain_case_check(const char *path, size_t *rows)
{
    chain_case *c = calloc(1, sizeof *c);
    zc_file f = {.file = fopen(path, "r")};
    zc_seen seen = {0};
    assert_non_null(f.file);
    (void)snprintf(c->path, sizeof c->path, "%s", path);
    assert_true(zc_next(&f));
    zc_head(c, &f);
    while (zc_next(&f) && strcmp(f.word[0], "expect") != 0) zc_line(c, &f);
    tw_strategy_result *result = zc_simulate(c, zc_count(&f, 1) != 0);
    for (size_t i = 0; i < ZC_RECORDED; i++) seen.now[i] = NAN;
    while (zc_next(&f)) zc_expected(c, &f, result, &seen);
    size_t n[4];
    const tw_session_row *row = tw_strategy_sessions(result, &n[0]);
    const tw_trade *trade = tw_strategy_trades(result, &n[1]);
    (void)tw_strategy_holdings(result, &n[2]);
    (void)tw_strategy_orders(result, &n[3]);
    /* zipline keeps nothing of the session in which a run stops */
    while (n[0] && n[1] && trade[n[1] - 1].session > row[n[0] - 1].session) n[1]--;
    assert_int_equal(seen.rows, n[0]);
    if (seen.trades != n[1] || seen.holdings != n[2] || seen.orders != n[3])
        fail_msg("%s: trades, holdings, orders: got %zu %zu %zu, want %zu %zu %zu", path, n[1], n[2], n[3], seen.trades,
                 seen.holdings, seen.orders);
    *rows += n[0] + n[1] + n[2] + n[3];
    tw_strategy_result_free(result);
    (void)fclose(f.file);
    for (int k = 0; k < 2; k++)
        for (int x = 0; x < 5; x++) free(c->bars[k][x]);
    free(c->session);
    free(c->minute_from);
    free(c->minute_ns);
    free(c->benchmark);
    free(c->step);
    free(c);
}

#endif
