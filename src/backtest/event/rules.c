/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on certain days at certain minutes, by zipline's rules. */
#include "backtest/event/engine.h"

#include <string.h>

typedef struct rule_params {
    char date[TW_TEXT_MAX], time[TW_TEXT_MAX];
    int days, hours, minutes;
    bool half_days;
} rule_params;

struct tw_rule {
    rule_params params;
    tw_strategy_call call;
    void *state;    /* NULL: the strategy's */
    size_t decided; /* 1 + session of `today` */
    bool today, done;
    int64_t again; /* before this instant a call counts as made today */
};

enum { MOST_OF_MONTH = 23, MOST_OF_WEEK = 5 };

static const tw_param RULE[] = {
    TW_PARAM_TEXT(rule_params, date, "every_day", "every_day|month_start|month_end|week_start|week_end", "which days"),
    TW_PARAM(rule_params, days, 0, 0, 22, "sessions after the start, or before the end, of the month or week"),
    TW_PARAM_TEXT(rule_params, time, "every_minute", "every_minute|market_open|market_close",
                  "which minute, in a run by minute; every_minute: the first"),
    TW_PARAM(rule_params, hours, 0, 0, 48, "after the open, or before the close"),
    TW_PARAM(rule_params, minutes, 0, 0, 1440, "the same, added; 1 when both are 0"),
    TW_PARAM(rule_params, half_days, 1, 0, 1, "on days that close early too"),
    TW_PARAM_END,
};

const tw_param *tw_schedule_params(void) { return RULE; }

tw_status tw_moment_schedule(tw_moment *now, const char *text, tw_strategy_call call, tw_error *err)
{
    return tw_moment_schedule_with(now, text, call, NULL, err);
}

tw_status tw_moment_schedule_with(tw_moment *now, const char *text, tw_strategy_call call, void *state, tw_error *err)
{
    if (now->phase != TW_PHASE_SETUP) return tw_fail(err, TW_BAD_STATE, "schedule: calls are scheduled in initialize");
    if (!call) return tw_fail(err, TW_BAD_VALUE, "schedule: no call");
    tw_rule rule = {.call = call, .state = state};
    TW_TRY(tw_params_parse(RULE, "schedule", text, &rule.params, err));
    const rule_params *p = &rule.params;
    if (p->date[0] == 'w' && p->days >= MOST_OF_WEEK)
        return tw_fail(err, TW_BAD_VALUE, "schedule: days=%d of a week; it must be below %d", p->days, MOST_OF_WEEK);
    if (p->date[0] != 'e' && !now->market->session)
        return tw_fail(err, TW_BAD_VALUE, "schedule: date=%s in a market without dates", p->date);
    tw_rule *kept = tw_list_add(now->ctx, &now->rules);
    if (!kept) return tw_no_memory(err, "a scheduled call");
    *kept = rule;
    return TW_OK;
}

/* Equal for days of one month, or of one week (Monday to Sunday). */
static int64_t period_of(int64_t day, bool month)
{
    if (!month) return day - tw_weekday(day);
    const tw_civil date = tw_date_from_days(day);
    return date.year * 12 + date.month;
}

/* The same by the calendar, which knows what lies beyond the market. */
static int place_by_calendar(const tw_moment *now, bool month, bool from_end)
{
    enum { LONGEST = 31 };
    const tw_calendar *calendar = now->market->calendar;
    const int64_t day = now->market->session[now->session].day, period = period_of(day, month);
    int64_t edge = day;
    const int64_t step = from_end ? 1 : -1;
    for (int i = 0; i < LONGEST && period_of(edge + step, month) == period; i++) edge += step;
    const int64_t first = from_end ? day + 1 : edge, last = from_end ? edge : day - 1;
    return first > last ? 0 : (int)tw_calendar_sessions(calendar, first, last, 0, NULL);
}

/* Sessions of the same period before (after) this one. */
static int place_in_period(const tw_moment *now, bool month, bool from_end)
{
    if (now->market->calendar) return place_by_calendar(now, month, from_end);
    const tw_session *session = now->market->session;
    const int64_t period = period_of(session[now->session].day, month);
    int place = 0;
    size_t s = now->session;
    if (from_end)
        while (++s < now->market->n_sessions && period_of(session[s].day, month) == period) place++;
    else
        while (s-- > 0 && period_of(session[s].day, month) == period) place++;
    return place;
}

static bool on_this_day(const tw_moment *now, const rule_params *p)
{
    const tw_session *session = now->market->session;
    if (!session) return true; /* then every day is all a rule can say */
    if (!p->half_days && session[now->session].half_day) return false;
    if (p->date[0] == 'e') return true;
    return place_in_period(now, p->date[0] == 'm', strstr(p->date, "_end") != NULL) == p->days;
}

static bool at_this_minute(const tw_moment *now, const rule_params *p)
{
    const tw_asset_market *market = now->market;
    if (!now->run->by_minute || p->time[0] == 'e') return true; /* by day the time is not looked at */
    const size_t first = market->minute_from[now->session], last = market->minute_from[now->session + 1] - 1;
    const int given = p->hours * 60 + p->minutes, minutes = given ? given : 1;
    const bool from_open = strcmp(p->time, "market_open") == 0;
    if (!market->minute_ns)
        return from_open ? now->bar == first + (size_t)minutes - 1 : now->bar + (size_t)minutes == last;
    static const int64_t MINUTE = 60 * TW_NS_PER_SECOND;
    const int64_t at = market->minute_ns[now->bar];
    return from_open ? at == market->minute_ns[first] + (minutes - 1) * MINUTE
                     : at == market->minute_ns[last] - minutes * MINUTE;
}

/* zipline counts a day as 24 hours from the first bar it saw: a session that closes early after one that did not is
 * then, by day, still the same day. */
static void new_day(tw_moment *now, tw_rule *rule)
{
    const int64_t time = tw_moment_time(now);
    const bool first = now->bar == (now->run->by_minute ? now->market->minute_from[now->session] : now->session);
    if (now->realistic || time == TW_NO_TIME ? first : rule->again == 0 || time >= rule->again) {
        rule->done = false;
        rule->again = time == TW_NO_TIME ? 0 : time + TW_NS_PER_DAY;
    } else if (first && rule->done && rule->today) {
        now->result->quirks[TW_QUIRK_rule_skipped].count++;
    }
}

tw_status tw_rules_run(tw_moment *now, void *state, tw_error *err)
{
    for (size_t i = 0; i < now->rules.n; i++) {
        tw_rule *rule = (tw_rule *)now->rules.item + i;
        if (rule->decided != now->session + 1) {
            rule->decided = now->session + 1;
            rule->today = on_this_day(now, &rule->params);
        }
        new_day(now, rule);
        if (rule->done || !rule->today || !at_this_minute(now, &rule->params)) continue;
        rule->done = true;
        TW_TRY(rule->call(rule->state ? rule->state : state, now, err));
    }
    return TW_OK;
}

size_t tw_rule_size(void) { return sizeof(tw_rule); }
