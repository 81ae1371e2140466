/* SPDX-License-Identifier: Apache-2.0 */
/* legs.c - the flows of rate instruments, their values and reverse mode. */
#include "pricing/rates/legs.h"

#include "tradewind/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- names */

static const char *const KINDS[] = {"deposit", "fra", "future", "swap", "ois", NULL};

const char *tw_rate_kind_name(tw_rate_kind kind) { return KINDS[kind]; }

tw_status tw_rate_kind_parse(const char *text, tw_rate_kind *kind, tw_error *err)
{
    for (int i = 0; KINDS[i]; i++)
        if (strcmp(text, KINDS[i]) == 0) {
            *kind = (tw_rate_kind)i;
            return TW_OK;
        }
    const char *near = tw_did_you_mean(text, KINDS);
    return tw_fail(err, TW_BAD_NAME, "no rate instrument \"%s\"%s%s%s", text, near ? "; did you mean \"" : "",
                   near ? near : "", near ? "\"?" : "");
}

const char *tw_instrument_text(const tw_rate_instrument *i, char out[64])
{
    if (i->name)
        (void)snprintf(out, 64, "%s", i->name);
    else if (i->start.n)
        (void)snprintf(out, 64, "%s %d%c+%d%c", KINDS[i->kind], i->start.n, i->start.unit, i->tenor.n, i->tenor.unit);
    else
        (void)snprintf(out, 64, "%s %d%c", KINDS[i->kind], i->tenor.n, i->tenor.unit ? i->tenor.unit : '?');
    return out;
}

/* ---------------------------------------------------------------- dates */

double tw_time_of(const tw_valuation *as_of, tw_date date)
{
    if (!as_of->time) return ((double)date - as_of->date) / 365;
    return as_of->time->fraction(&(tw_accrual){.start = as_of->date, .end = date, .holidays = as_of->holidays});
}

static bool in_range(tw_date date) { return date >= TW_DATE_MIN && date <= TW_DATE_MAX; }

static tw_date start_of(const tw_rate_instrument *i, const tw_valuation *as_of)
{
    const tw_rate_convention *c = i->convention;
    if (i->start_date != TW_NO_DATE) return i->start_date;
    const tw_date today = tw_roll_date(c->holidays, as_of->date, TW_FOLLOWING);
    const tw_date spot = tw_add_business_days(c->holidays, today, c->settle);
    const tw_date start = i->start.n ? tw_advance(c->holidays, spot, i->start, c->roll, c->month_end) : spot;
    return i->kind == TW_FUTURE ? tw_date_next_imm(start) : start;
}

/* From the last business day of a month, periods end on last days. */
static bool ends_months(const tw_rate_convention *c, tw_date start)
{
    return c->month_end && start >= tw_business_month_end(c->holidays, start);
}

static tw_status check_terms(const tw_rate_instrument *i, const tw_valuation *as_of, tw_error *err)
{
    char text[64];
    if (!in_range(as_of->date)) return tw_fail(err, TW_BAD_VALUE, "the day of valuation must lie within 1900 to 2199");
    if (i->tenor.n > TW_TENOR_MOST || i->start.n > TW_TENOR_MOST || i->start.n < -TW_TENOR_MOST)
        return tw_fail(err, TW_BAD_VALUE, "%s: tenors go up to %d", tw_instrument_text(i, text), TW_TENOR_MOST);
    if (i->end_date == TW_NO_DATE && i->tenor.n < 1)
        return tw_fail(err, TW_BAD_VALUE, "%s: neither a tenor of at least one nor an end date is given",
                       tw_instrument_text(i, text));
    return TW_OK;
}

/* Start and unrolled end. */
static tw_status ends_of(const tw_rate_instrument *i, const tw_valuation *as_of, tw_date *start, tw_date *end,
                         tw_error *err)
{
    char text[64];
    const bool given = i->end_date != TW_NO_DATE;
    TW_TRY(check_terms(i, as_of, err));
    *start = start_of(i, as_of);
    *end = given ? i->end_date : tw_advance(NULL, *start, i->tenor, TW_UNADJUSTED, false);
    const bool months = i->tenor.unit == 'M' || i->tenor.unit == 'Y';
    if (!given && months && ends_months(i->convention, *start)) *end = tw_date_month_end(*end);
    if (!given && i->tenor.unit == 'B') *end = tw_add_business_days(i->convention->holidays, *start, i->tenor.n);
    if (!in_range(*start) || !in_range(*end) || *start >= *end)
        return tw_fail(err, TW_BAD_VALUE, "%s: it must end after it starts, within 1900 to 2199",
                       tw_instrument_text(i, text));
    return TW_OK;
}

/* ---------------------------------------------------------------- flows */

static void note_date(tw_legs *legs, const tw_valuation *as_of, tw_date date)
{
    const double t = tw_time_of(as_of, date);
    if (t > legs->last) legs->last = t;
    if (date > legs->last_date) legs->last_date = date;
}

/* Deposit, FRA, future: the rate is (P(start) / P(end) - 1) / tau, and nothing is discounted. */
static tw_status make_single(const tw_rate_instrument *i, const tw_valuation *as_of, tw_legs *legs, tw_error *err)
{
    const tw_rate_convention *c = i->convention;
    tw_date start, end;
    TW_TRY(ends_of(i, as_of, &start, &end, err));
    end = i->end_date != TW_NO_DATE ? tw_roll_date(c->holidays, end, c->roll)
                                    : tw_advance(c->holidays, start, i->tenor, c->roll, c->month_end);
    const tw_accrual a = {.start = start, .end = end, .holidays = c->holidays};
    const double from = tw_time_of(as_of, start), to = tw_time_of(as_of, end);
    legs->fixed[legs->n_fixed++] = (tw_flow){.tau = tw_year_fraction(c->day_count, &a)};
    legs->floating[legs->n_float++] = (tw_flow){.start = from, .end = to, .weight = 1};
    legs->first_date = start;
    note_date(legs, as_of, end);
    return TW_OK;
}

/* Periods of a leg: unrolled dates for the day count that looks at periods, rolled ones for accrual. */
typedef struct periods {
    size_t n; /* dates; 0: the leg has none */
    tw_date plain[TW_MOST_FLOWS + 1], date[TW_MOST_FLOWS + 1];
} periods;

static tw_status make_periods(const tw_rate_convention *c, tw_date start, tw_date end, tw_tenor tenor, periods *p,
                              tw_error *err)
{
    const tw_schedule s = {.start = start,
                           .end = end,
                           .first = TW_NO_DATE,
                           .next_to_last = TW_NO_DATE,
                           .tenor = tenor,
                           .month_end = ends_months(c, start)};
    size_t n = 0;
    TW_TRY(tw_schedule_dates(&s, TW_MOST_FLOWS + 1, p->plain, &n, err));
    p->n = 0;
    for (size_t k = 0; k < n; k++) {
        const tw_date date = tw_roll_date(c->holidays, p->plain[k], c->roll);
        /* Dates that fall together are one. */
        if (p->n > 0 && p->date[p->n - 1] >= date) p->n--;
        p->plain[p->n] = p->plain[k];
        p->date[p->n++] = date;
    }
    return TW_OK;
}

static int coupons_a_year(tw_tenor tenor)
{
    const int months = tenor.unit == 'Y' ? 12 * tenor.n : tenor.unit == 'M' ? tenor.n : 0;
    return months > 0 && months <= 12 ? 12 / months : 0;
}

typedef struct leg_maker {
    const tw_rate_convention *convention;
    const tw_valuation *as_of;
    const tw_day_count *day_count;
    tw_tenor tenor;
    double fixing;
} leg_maker;

static size_t make_leg(const leg_maker *m, const periods *p, bool floats, tw_legs *legs, tw_flow *flow)
{
    size_t n = 0;
    for (size_t k = 0; k + 1 < p->n; k++) {
        const tw_accrual a = {.start = p->date[k],
                              .end = p->date[k + 1],
                              .frequency = coupons_a_year(m->tenor),
                              .maturity = p->date[p->n - 1],
                              .holidays = m->convention->holidays,
                              .n_dates = p->n,
                              .dates = p->plain};
        const tw_date pay = m->convention->pay_lag
                                ? tw_add_business_days(m->convention->holidays, a.end, m->convention->pay_lag)
                                : a.end;
        if (pay <= m->as_of->date) continue;
        tw_flow *f = &flow[n++];
        *f = (tw_flow){.pay = tw_time_of(m->as_of, pay), .tau = tw_year_fraction(m->day_count, &a)};
        note_date(legs, m->as_of, pay);
        if (!floats) continue;
        const bool is_known = a.start < m->as_of->date;
        f->start = is_known ? 0 : tw_time_of(m->as_of, a.start);
        f->end = is_known ? 0 : tw_time_of(m->as_of, a.end);
        f->weight = !is_known;
        f->known = is_known ? m->fixing * f->tau : 0;
    }
    return n;
}

static tw_status make_swap(const tw_rate_instrument *i, const tw_valuation *as_of, double fixing, tw_legs *legs,
                           tw_error *err)
{
    const tw_rate_convention *c = i->convention;
    periods p;
    tw_date end;
    TW_TRY(ends_of(i, as_of, &legs->first_date, &end, err));
    leg_maker m = {c, as_of, c->fixed_day_count, c->fixed_tenor, fixing};
    TW_TRY(make_periods(c, legs->first_date, end, c->fixed_tenor, &p, err));
    legs->n_fixed = make_leg(&m, &p, false, legs, legs->fixed);
    m.day_count = c->day_count;
    m.tenor = c->float_tenor;
    TW_TRY(make_periods(c, legs->first_date, end, c->float_tenor, &p, err));
    legs->n_float = make_leg(&m, &p, true, legs, legs->floating);
    if (legs->n_float == 0) {
        char text[64];
        return tw_fail(err, TW_BAD_VALUE, "%s: it has ended", tw_instrument_text(i, text));
    }
    return TW_OK;
}

tw_status tw_legs_make(const tw_rate_instrument *i, const tw_valuation *as_of, double fixing, tw_legs *legs,
                       tw_error *err)
{
    const bool is_swap = i->kind == TW_SWAP || i->kind == TW_OIS;
    char text[64];
    legs->n_fixed = legs->n_float = 0;
    legs->last = -INFINITY;
    legs->last_date = TW_DATE_MIN;
    const tw_status status = is_swap ? make_swap(i, as_of, fixing, legs, err) : make_single(i, as_of, legs, err);
    if (status != TW_OK) return status;
    if (!isfinite(legs->last) || legs->last <= 0)
        return tw_fail(err, TW_BAD_VALUE, "%s: it ends before the day of valuation, or has no time",
                       tw_instrument_text(i, text));
    return TW_OK;
}

tw_status tw_rate_instrument_dates(const tw_rate_instrument *instrument, const tw_valuation *as_of, tw_date *start,
                                   tw_date *last, tw_error *err)
{
    tw_legs legs;
    TW_TRY(tw_legs_make(instrument, as_of, 0, &legs, err));
    *start = legs.first_date;
    *last = legs.last_date;
    return TW_OK;
}

/* ---------------------------------------------------------------- values */

double tw_legs_annuity(size_t n, const tw_flow *fixed, const tw_curve *discount)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += fixed[k].tau * tw_curve_discount(discount, fixed[k].pay);
    return sum;
}

/* P(start) / P(end) - 1, without the loss of digits of a difference of nearly equal numbers. */
static double earned(const tw_flow *f, const tw_curve *forecast)
{
    return tw_expm1(tw_curve_y(forecast, f->end) - tw_curve_y(forecast, f->start));
}

double tw_legs_float(size_t n, const tw_flow *floating, const tw_curve *forecast, const tw_curve *discount,
                     double spread)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        const tw_flow *f = &floating[k];
        sum += (f->weight * earned(f, forecast) + f->known + spread * f->tau) * tw_curve_discount(discount, f->pay);
    }
    return sum;
}

static void pull(const tw_curve *curve, double t, double bar, double *node_bar)
{
    if (node_bar && (t > 0 || t < 0)) tw_curve_pull(curve, t, bar, node_bar);
}

void tw_legs_pull_annuity(size_t n, const tw_flow *fixed, double bar, const tw_legs_bars *b)
{
    for (size_t k = 0; k < n; k++)
        pull(b->discount, fixed[k].pay, -bar * fixed[k].tau * tw_curve_discount(b->discount, fixed[k].pay),
             b->discount_bar);
}

void tw_legs_pull_float(size_t n, const tw_flow *floating, double spread, double bar, const tw_legs_bars *b)
{
    for (size_t k = 0; k < n; k++) {
        const tw_flow *f = &floating[k];
        const double d = bar * tw_curve_discount(b->discount, f->pay), e = earned(f, b->forecast);
        pull(b->discount, f->pay, -d * (f->weight * e + f->known + spread * f->tau), b->discount_bar);
        pull(b->forecast, f->end, d * f->weight * (1 + e), b->forecast_bar);
        pull(b->forecast, f->start, -d * f->weight * (1 + e), b->forecast_bar);
    }
}
