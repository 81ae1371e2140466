/* SPDX-License-Identifier: Apache-2.0 */
/* bond_flows.c - the payments of a bond after settlement, and its accrued interest. */
#include "pricing/rates/bonds.h"

#include <math.h>

/* Terms of a row. */
typedef struct terms {
    tw_date settle, issue, maturity, first, next_to_last;
    double coupon, redemption;
    int frequency;
    const tw_bond_convention *convention;
} terms;

static terms terms_of(const tw_bonds *b, size_t row)
{
    return (terms){
        .settle = b->settle[row],
        .issue = b->issue[row],
        .maturity = b->maturity[row],
        .first = b->first_coupon ? b->first_coupon[row] : TW_NO_DATE,
        .next_to_last = b->next_to_last ? b->next_to_last[row] : TW_NO_DATE,
        .coupon = b->coupon[row],
        .redemption = b->redemption ? b->redemption[row] : 100,
        .frequency = b->frequency[row],
        .convention = &b->convention[b->which ? b->which[row] : 0],
    };
}

double tw_bond_spread(const tw_bonds *bonds, size_t row) { return bonds->spread ? bonds->spread[row] : NAN; }

static tw_status check(const terms *t, tw_error *err)
{
    if (!isfinite(t->coupon) || fabs(t->coupon) > 10)
        return tw_fail(err, TW_BAD_VALUE, "bond: the coupon must be a rate between -10 and 10 (0.05 is 5 %%), got %g",
                       t->coupon);
    if (!isfinite(t->redemption) || t->redemption < 0)
        return tw_fail(err, TW_BAD_VALUE, "bond: the redemption must be at least 0, got %g", t->redemption);
    if (t->frequency < 0 || t->frequency > 12 || (t->frequency && 12 % t->frequency != 0))
        return tw_fail(err, TW_BAD_VALUE, "bond: coupons a year must be 0, 1, 2, 3, 4, 6 or 12, got %d", t->frequency);
    if (t->settle < TW_DATE_MIN || t->settle > TW_DATE_MAX)
        return tw_fail(err, TW_BAD_VALUE, "bond: settlement must lie within 1900 to 2199");
    return TW_OK;
}

/* ---------------------------------------------------------------- periods */

/* Unrolled dates of coupons. */
typedef struct coupon_dates {
    size_t n;
    tw_date date[TW_BOND_MOST + 1];
} coupon_dates;

static tw_status make_dates(const terms *t, coupon_dates *d, tw_error *err)
{
    /* One period of any length where there are no coupons. */
    const tw_schedule s = {.start = t->issue,
                           .end = t->maturity,
                           .first = t->first,
                           .next_to_last = t->next_to_last,
                           .tenor = {t->frequency ? 12 / t->frequency : 10000, 'M'},
                           .month_end = t->convention->month_end};
    const tw_status status = tw_schedule_dates(&s, TW_BOND_MOST + 1, d->date, &d->n, err);
    return status == TW_OK ? TW_OK : tw_fail_in(err, status, "bond");
}

/* The regular coupon period that the end, or for a stub at the end the start, of period k belongs to. */
static void take_reference(const terms *t, const coupon_dates *d, size_t k, tw_accrual *a)
{
    const int months = t->frequency ? 12 / t->frequency : 12;
    const bool last = k + 2 == d->n && k > 0, ends = t->convention->month_end;
    a->ref_start = d->date[k];
    a->ref_end = d->date[k + 1];
    if (k > 0 && !last) return;
    const tw_date back = tw_advance(NULL, d->date[k + 1], (tw_tenor){-months, 'M'}, TW_UNADJUSTED, ends);
    const tw_date on = tw_advance(NULL, d->date[k], (tw_tenor){months, 'M'}, TW_UNADJUSTED, ends);
    if (back == d->date[k] || on == d->date[k + 1]) return;
    if (last && t->next_to_last != TW_NO_DATE)
        a->ref_end = on;
    else if (k == 0)
        a->ref_start = back;
}

static tw_accrual accrual_of(const terms *t, const coupon_dates *d, size_t k)
{
    tw_accrual a = {.start = d->date[k],
                    .end = d->date[k + 1],
                    .frequency = t->frequency,
                    .maturity = t->maturity,
                    .holidays = t->convention->holidays};
    take_reference(t, d, k, &a);
    return a;
}

static double fraction(const tw_day_count *day_count, tw_accrual a, tw_date start, tw_date end)
{
    a.start = start;
    a.end = end;
    return tw_year_fraction(day_count, &a);
}

static bool is_ex(const terms *t, tw_date coupon)
{
    const tw_bond_convention *c = t->convention;
    if (c->ex_days <= 0) return false;
    const tw_date ex = c->ex_business ? tw_add_business_days(c->holidays, coupon, -c->ex_days) : coupon - c->ex_days;
    return t->settle >= ex;
}

/* ---------------------------------------------------------------- payments */

/* Accrued interest in period k, the first with a payment to come; without its coupon it is negative. */
static double accrued_in(const terms *t, const coupon_dates *d, size_t k, bool ex)
{
    const tw_accrual a = accrual_of(t, d, k);
    if (t->settle <= a.start) return 0;
    const tw_date to = t->settle < a.end ? t->settle : a.end;
    const tw_day_count *count = t->convention->day_count;
    return 100 * t->coupon * (ex ? -fraction(count, a, to, a.end) : fraction(count, a, a.start, to));
}

static void add_payment(const terms *t, const coupon_dates *d, size_t k, tw_date pay, tw_bond_flows *f)
{
    const tw_bond_convention *c = t->convention;
    const tw_day_count *time = c->time ? c->time : c->day_count;
    const tw_accrual a = accrual_of(t, d, k);
    const size_t n = f->n++;
    const tw_date end = c->street ? a.end : pay;
    const tw_date before = n == 0 ? t->settle : c->street ? a.start : f->pay[n - 1];
    f->tau[n] = fraction(c->day_count, a, a.start, a.end);
    const double whole = time == c->day_count && end == a.end ? f->tau[n] : fraction(time, a, a.start, end);
    const double step = whole - (before == a.start ? 0 : fraction(time, a, a.start, before));
    f->time[n] = (n ? f->time[n - 1] : 0) + step;
    f->amount[n] = 100 * t->coupon * f->tau[n];
    f->pay[n] = pay;
    f->from[n] = a.start;
    f->to[n] = a.end;
}

static tw_status add_payments(const terms *t, const coupon_dates *d, tw_bond_flows *f, tw_error *err)
{
    f->n = 0;
    f->accrued = 0;
    for (size_t k = 0; k + 1 < d->n; k++) {
        const tw_date pay = tw_roll_date(t->convention->holidays, d->date[k + 1], t->convention->roll);
        if (pay <= t->settle) continue;
        const bool first = f->n == 0, ex = first && is_ex(t, d->date[k + 1]);
        if (first) f->accrued = accrued_in(t, d, k, ex);
        add_payment(t, d, k, pay, f);
        /* A coupon that goes to the seller stays as time to be counted. */
        if (ex) f->amount[0] = 0;
    }
    if (f->n == 0) return tw_fail(err, TW_BAD_VALUE, "bond: it has matured on the day of settlement");
    f->in_last_period = f->n == 1;
    f->amount[f->n - 1] += t->redemption;
    return isfinite(f->accrued) && isfinite(f->time[f->n - 1])
               ? TW_OK
               : tw_fail(err, TW_BAD_VALUE, "bond: the day count %s needs a calendar", t->convention->day_count->name);
}

tw_status tw_bond_flows_make(const tw_bonds *bonds, size_t row, tw_bond_flows *flows, tw_error *err)
{
    const terms t = terms_of(bonds, row);
    coupon_dates dates;
    TW_TRY(check(&t, err));
    TW_TRY(make_dates(&t, &dates, err));
    return add_payments(&t, &dates, flows, err);
}

tw_status tw_bond_payments(const tw_bonds *bonds, size_t row, size_t room, tw_payment *payment, size_t *n,
                           tw_error *err)
{
    tw_bond_flows flows;
    TW_TRY(tw_bond_flows_make(bonds, row, &flows, err));
    *n = 0;
    for (size_t k = 0; k < flows.n; k++) {
        if (!(fabs(flows.amount[k]) > 0)) continue; /* of coupon 0, or gone to the seller */
        if (*n < room) payment[*n] = (tw_payment){flows.pay[k], flows.amount[k]};
        (*n)++;
    }
    if (*n > room) return tw_fail(err, TW_TOO_LARGE, "bond: %zu payments do not fit into room for %zu", *n, room);
    return TW_OK;
}
