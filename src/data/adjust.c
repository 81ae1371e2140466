/* SPDX-License-Identifier: Apache-2.0 */
/* adjust.c - a panel as it would have been adjusted on a day. */
#include "data/actions.h"
#include "data/panel.h"

#include <math.h>
#include <string.h>

int64_t *tw_panel_days(const tw_ctx *ctx, const tw_panel *panel)
{
    const tw_panel_shape *shape = &panel->shape;
    int64_t *days = tw_new(ctx, shape->n_times + 1, sizeof *days);
    for (size_t t = 0; days && t < shape->n_times; t++) {
        const int64_t stamp = shape->times[t];
        days[t] = stamp / TW_NS_PER_DAY - (stamp % TW_NS_PER_DAY < 0);
        if (shape->bar_ns == TW_NS_PER_DAY || !panel->calendar) continue;
        const int64_t session = tw_calendar_session_of(panel->calendar, stamp);
        if (session != TW_NO_TIME) days[t] = session;
    }
    return days;
}

bool tw_is_price_column(const char *name)
{
    static const char *const prices[] = {"open", "high", "low", "close", "vwap"};
    if (strcmp(name, "bid") == 0 || strcmp(name, "ask") == 0) return true;
    const bool quote = strncmp(name, "bid_", 4) == 0 || strncmp(name, "ask_", 4) == 0;
    if (quote) name += 4;
    if (quote && strcmp(name, "price") == 0) return true;
    for (size_t i = 0; i < sizeof prices / sizeof *prices; i++)
        if (strcmp(name, prices[i]) == 0) return true;
    return false;
}

bool tw_dividend_ratio(const tw_action *action, double close, double *ratio)
{
    *ratio = action->ratio > 0 ? action->ratio : 1 - action->amount / close;
    return *ratio > 0;
}

typedef struct adjuster {
    const tw_panel *from;
    tw_panel *to;
    const tw_actions *actions;
    const int64_t *days;
    tw_adjust how;
    int64_t as_of;
    size_t n_times;         /* of `to` */
    double *price, *shares; /* factor of prices, of volumes at each time */
    double *growth;         /* TOTAL_RETURN */
} adjuster;

static double close_at(const adjuster *a, size_t s, size_t t)
{
    const size_t c = tw_panel_find_column(a->from, "close");
    return c == SIZE_MAX ? NAN : tw_panel_at(a->from, c, s, t);
}

/* Last close before the bars from `end` on. */
static double close_before(const adjuster *a, size_t s, size_t end)
{
    for (size_t t = end; t-- > 0;) {
        const double close = close_at(a, s, t);
        if (!isnan(close)) return close;
    }
    return NAN;
}

static tw_status impossible(const adjuster *a, const tw_action *action, double close, tw_error *err)
{
    const tw_civil d = tw_date_from_days(action->ex_day);
    (void)a;
    return tw_fail(err, TW_BAD_DATA, "dividend of %s on %04d-%02d-%02d: %g is not below the previous close of %g",
                   action->symbol, d.year, d.month, d.day, action->amount, close);
}

/* The factor of action k on the bars before it; `end` is the first bar on or after its day. */
static tw_status ratio_of(const adjuster *a, const tw_action_run *run, size_t k, size_t s, size_t end, double *ratio,
                          tw_error *err)
{
    const tw_action *action = &run->first[k];
    *ratio = action->ratio;
    if (action->kind == TW_ACTION_SPLIT) return TW_OK;
    *ratio = 1;
    if (a->how != TW_ADJUST_ALL && a->how != TW_ADJUST_FORWARD_ALL) return TW_OK;
    double close = close_before(a, s, end);
    for (size_t j = k; j-- > 0 && run->first[j].ex_day == action->ex_day;) /* per share after the day's split */
        if (run->first[j].kind == TW_ACTION_SPLIT) close *= run->first[j].ratio;
    if (isnan(close) && action->ratio == 0) return TW_OK; /* nothing before it to adjust */
    return tw_dividend_ratio(action, close, ratio) ? TW_OK : impossible(a, action, close, err);
}

/* Factors from the last bar backwards: an action works on all bars before its day. */
static tw_status backward(adjuster *a, size_t s, const tw_action_run *run, tw_error *err)
{
    double price = 1, shares = 1;
    size_t k = run->n;
    for (size_t t = a->n_times; t-- > 0;) {
        for (; k > 0 && run->first[k - 1].ex_day > a->days[t]; k--) {
            double ratio;
            if (run->first[k - 1].ex_day > a->as_of) continue; /* not known on that day */
            TW_TRY(ratio_of(a, run, k - 1, s, t + 1, &ratio, err));
            price *= ratio;
            if (run->first[k - 1].kind == TW_ACTION_SPLIT) shares *= ratio;
        }
        a->price[t] = price;
        a->shares[t] = shares;
    }
    return TW_OK;
}

/* Factors from the first bar forwards, and the growth of one unit with dividends reinvested at the ex-day close. */
static void forward(adjuster *a, size_t s, const tw_action_run *run)
{
    double factor = 1, units = 1, base = NAN, cash = 0;
    size_t k = 0;
    for (size_t t = 0; t < a->n_times; t++) {
        for (; k < run->n && run->first[k].ex_day <= a->days[t]; k++) {
            const tw_action *action = &run->first[k];
            if (isnan(base)) continue; /* before the first bar */
            if (action->kind == TW_ACTION_SPLIT)
                factor /= action->ratio, units /= action->ratio;
            else
                cash +=
                    action->amount > 0 ? units * action->amount : units * (1 - action->ratio) * close_before(a, s, t);
        }
        const double close = close_at(a, s, t);
        if (!isnan(close)) {
            if (isnan(base)) base = close;
            units += cash / close;
            cash = 0;
        }
        a->price[t] = a->shares[t] = factor;
        a->growth[t] = units * close / base;
    }
}

/* Factors from the first bar forwards: an action works on the bars from its day on, so later ones never change earlier
 * bars. */
static tw_status onward(adjuster *a, size_t s, const tw_action_run *run, tw_error *err)
{
    double price = 1, shares = 1;
    size_t k = 0;
    bool listed = false;
    for (size_t t = 0; t < a->n_times; t++) {
        for (; k < run->n && run->first[k].ex_day <= a->days[t]; k++) {
            double ratio;
            if (!listed) continue;
            TW_TRY(ratio_of(a, run, k, s, t, &ratio, err));
            price /= ratio;
            if (run->first[k].kind == TW_ACTION_SPLIT) shares /= ratio;
        }
        listed |= !isnan(close_at(a, s, t));
        a->price[t] = price;
        a->shares[t] = shares;
    }
    return TW_OK;
}

static tw_status factors(adjuster *a, size_t s, const tw_action_run *run, tw_error *err)
{
    if (a->how == TW_ADJUST_FORWARD || a->how == TW_ADJUST_FORWARD_ALL) return onward(a, s, run, err);
    if (a->how != TW_ADJUST_TOTAL_RETURN) return backward(a, s, run, err);
    forward(a, s, run);
    return TW_OK;
}

static void write_symbol(adjuster *a, size_t s)
{
    const tw_panel_shape *shape = &a->from->shape;
    for (size_t c = 0; c < shape->n_columns; c++) {
        const bool price = tw_is_price_column(shape->columns[c]), volume = strcmp(shape->columns[c], "volume") == 0;
        double *to = tw_panel_column(a->to, c);
        for (size_t t = 0; t < a->n_times; t++) {
            const double x = tw_panel_at(a->from, c, s, t);
            to[tw_panel_cell(a->to, s, t)] = price ? x * a->price[t] : volume ? x / a->shares[t] : x;
        }
    }
    if (a->how != TW_ADJUST_TOTAL_RETURN) return;
    double *to = tw_panel_column(a->to, shape->n_columns);
    for (size_t t = 0; t < a->n_times; t++) to[tw_panel_cell(a->to, s, t)] = a->growth[t];
}

static tw_status make_panel(adjuster *a, const tw_ctx *ctx, tw_error *err)
{
    tw_panel_shape shape = a->from->shape;
    const char **columns = tw_new(ctx, shape.n_columns + 1, sizeof *columns);
    if (!columns) return tw_no_memory(err, "the columns of a panel");
    memcpy(columns, shape.columns, shape.n_columns * sizeof *columns);
    if (a->how == TW_ADJUST_TOTAL_RETURN) columns[shape.n_columns++] = "total_return";
    shape.columns = columns;
    shape.n_times = a->n_times;
    const tw_status st = tw_panel_new(ctx, &shape, NULL, &a->to, err);
    tw_free(ctx, columns);
    return st;
}

static tw_status adjust(adjuster *a, const tw_ctx *ctx, tw_error *err)
{
    while (a->n_times < a->from->shape.n_times && a->days[a->n_times] <= a->as_of) a->n_times++;
    a->price = tw_new(ctx, 3 * a->n_times + 1, sizeof *a->price);
    if (!a->price) return tw_no_memory(err, "adjustment factors");
    a->shares = a->price + a->n_times;
    a->growth = a->shares + a->n_times;
    TW_TRY(make_panel(a, ctx, err));
    for (size_t s = 0; s < a->from->shape.n_symbols; s++) {
        const tw_action_run run = tw_actions_of(a->actions, a->from->shape.symbols[s]);
        TW_TRY(factors(a, s, &run, err));
        write_symbol(a, s);
    }
    return tw_panel_seal(a->to, err);
}

tw_status tw_panel_adjust(const tw_ctx *ctx, const tw_panel *panel, const tw_actions *actions, tw_adjust how,
                          int64_t as_of_day, tw_panel **adjusted, tw_error *err)
{
    adjuster a = {.from = panel, .actions = actions, .how = how, .as_of = as_of_day, .days = tw_panel_days(ctx, panel)};
    if (!a.days) return tw_no_memory(err, "the days of a panel");
    const tw_status st = adjust(&a, ctx, err);
    tw_free(ctx, a.price);
    tw_free(ctx, (void *)(uintptr_t)a.days);
    if (st != TW_OK)
        tw_panel_close(a.to);
    else
        *adjusted = a.to;
    return st;
}
