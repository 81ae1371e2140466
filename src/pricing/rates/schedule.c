/* SPDX-License-Identifier: Apache-2.0 */
/* schedule.c - dates of coupons: unadjusted ones first, then rolled. */
#include "tradewind/rates.h"

#include <stddef.h>

/* Dates as they come; more than there is room for are counted only. */
typedef struct list {
    tw_date *date;
    size_t room, n;
} list;

static void add(list *l, tw_date date)
{
    if (l->n < l->room) l->date[l->n] = date;
    l->n++;
}

static void reverse(list *l)
{
    for (size_t i = 0; i < l->n / 2; i++) {
        const tw_date d = l->date[i];
        l->date[i] = l->date[l->n - 1 - i];
        l->date[l->n - 1 - i] = d;
    }
}

static tw_status too_many(const list *l, tw_error *err)
{
    return tw_fail(err, TW_TOO_LARGE, "a schedule of %zu dates does not fit into room for %zu", l->n, l->room);
}

static tw_status check(const tw_schedule *s, tw_error *err)
{
    if (s->start < TW_DATE_MIN || s->end > TW_DATE_MAX || s->start >= s->end)
        return tw_fail(err, TW_BAD_VALUE,
                       "a schedule must end after it starts, within 1900 to 2199: starts day %d, ends day %d of 1970",
                       (int)s->start, (int)s->end);
    if (s->generation == TW_IMM || s->generation == TW_CDS) return TW_OK;
    if (s->tenor.n < 1 || s->tenor.n > TW_TENOR_MOST ||
        (s->tenor.unit != 'W' && s->tenor.unit != 'M' && s->tenor.unit != 'Y'))
        return tw_fail(err, TW_BAD_VALUE, "the tenor of a schedule must be at least one week, month or year, got %d%c",
                       s->tenor.n, s->tenor.unit ? s->tenor.unit : '?');
    const tw_date from = s->first == TW_NO_DATE ? s->start : s->first;
    const tw_date to = s->next_to_last == TW_NO_DATE ? s->end : s->next_to_last;
    if (from < s->start || to > s->end || from > to)
        return tw_fail(err, TW_BAD_VALUE, "the first and the next to last date of a schedule must lie in it, in order");
    return TW_OK;
}

static tw_date moved(const tw_schedule *s, tw_date seed, int periods)
{
    const tw_tenor t = {periods * s->tenor.n, s->tenor.unit};
    return tw_advance(NULL, seed, t, TW_UNADJUSTED, s->month_end);
}

/* From the end, or the next to last date, down to the first one; then turned round. */
static tw_status backward(const tw_schedule *s, list *l, tw_error *err)
{
    const bool early_end = s->next_to_last != TW_NO_DATE && s->next_to_last != s->end;
    const tw_date seed = early_end ? s->next_to_last : s->end;
    const tw_date stop = s->first == TW_NO_DATE ? s->start : s->first;
    add(l, s->end);
    if (early_end) add(l, seed);
    int k = 1;
    tw_date date = moved(s, seed, -k);
    for (; date > stop; date = moved(s, seed, -++k)) add(l, date);
    if (stop != s->start && stop < seed) add(l, stop);
    add(l, s->start);
    if (l->n > l->room) return too_many(l, err);
    reverse(l);
    return TW_OK;
}

static bool is_same_rolled(const tw_schedule *s, tw_date a, tw_date b)
{
    return tw_roll_date(s->holidays, a, s->end_roll) == tw_roll_date(s->holidays, b, s->end_roll);
}

static tw_status forward(const tw_schedule *s, list *l, tw_error *err)
{
    const bool late_start = s->first != TW_NO_DATE && s->first != s->start;
    const tw_date seed = late_start ? s->first : s->start;
    const tw_date stop = s->next_to_last == TW_NO_DATE ? s->end : s->next_to_last;
    add(l, s->start);
    if (late_start) add(l, seed);
    int k = 1;
    tw_date date = moved(s, seed, k);
    for (; date < stop; date = moved(s, seed, ++k)) add(l, date);
    if (stop != s->end && stop > seed) add(l, stop);
    if (l->n > l->room) return too_many(l, err);
    /* A last period without a business day is none. */
    if (l->n > 1 && is_same_rolled(s, l->date[l->n - 1], s->end)) l->n--;
    add(l, s->end);
    return l->n > l->room ? too_many(l, err) : TW_OK;
}

static tw_status imm(const tw_schedule *s, list *l, tw_error *err)
{
    add(l, s->start);
    for (tw_date date = tw_date_next_imm(s->start); date < s->end; date = tw_date_next_imm(date)) add(l, date);
    add(l, s->end);
    return l->n > l->room ? too_many(l, err) : TW_OK;
}

/* The 20th of the month of a quarter on or before a date. */
static tw_date twentieth_before(tw_date date)
{
    tw_civil c = tw_date_from_days(date);
    const int past = c.month % 3;
    tw_date twentieth = (tw_date)tw_days_from_date(c.year, c.month, 20);
    twentieth = tw_date_add_months(twentieth, -past);
    return twentieth <= date ? twentieth : tw_date_add_months(twentieth, -3);
}

/* A standard contract accrues from the 20th before it starts, whenever it was traded, to the 20th on or after its end.
 */
static tw_status cds(const tw_schedule *s, list *l, tw_error *err)
{
    const tw_date last = twentieth_before(s->end);
    const tw_date end = last == s->end ? last : tw_date_add_months(last, 3);
    for (tw_date date = twentieth_before(s->start); date <= end; date = tw_date_add_months(date, 3)) add(l, date);
    return l->n > l->room ? too_many(l, err) : TW_OK;
}

static bool is_seeded_at_month_end(const tw_schedule *s)
{
    tw_date seed = s->generation == TW_BACKWARD ? s->end : s->start;
    if (s->generation == TW_BACKWARD && s->next_to_last != TW_NO_DATE) seed = s->next_to_last;
    if (s->generation == TW_FORWARD && s->first != TW_NO_DATE) seed = s->first;
    return s->month_end && seed >= tw_business_month_end(s->holidays, seed);
}

/* Rolls in place; dates that fall together are one. */
static void roll_all(const tw_schedule *s, list *l)
{
    const bool month_end = is_seeded_at_month_end(s);
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        const bool inner = i > 0 && i + 1 < l->n;
        const tw_roll roll = i + 1 < l->n ? s->roll : s->end_roll;
        tw_date date = month_end && inner ? tw_date_month_end(l->date[i]) : l->date[i];
        date = tw_roll_date(s->holidays, date, roll);
        if (n > 0 && l->date[n - 1] >= date) n--;
        l->date[n++] = date;
    }
    l->n = n;
}

tw_status tw_schedule_dates(const tw_schedule *schedule, size_t room, tw_date *dates, size_t *n, tw_error *err)
{
    static tw_status (*const generate[])(const tw_schedule *, list *, tw_error *) = {backward, forward, imm, cds};
    list l = {dates, room, 0};
    TW_TRY(check(schedule, err));
    TW_TRY(generate[schedule->generation](schedule, &l, err));
    roll_all(schedule, &l);
    *n = l.n;
    return TW_OK;
}
