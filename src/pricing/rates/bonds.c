/* SPDX-License-Identifier: Apache-2.0 */
/* bonds.c - bonds by the batch: from yields, prices and curves. */
#include "pricing/rates/bonds.h"

#include "pricing/rates/curve.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

static void put(double *array, size_t row, double value)
{
    if (array) array[row] = value;
}

static void put_failure(const tw_bond_values *out, size_t row, tw_status status, const tw_error *err, bool first)
{
    double *const arrays[] = {out->clean,    out->dirty,    out->accrued,   out->yield,
                              out->macaulay, out->modified, out->convexity, out->dv01};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) put(arrays[k], row, NAN);
    if (out->status) out->status[row] = status;
    if (first && out->first_error) *out->first_error = *err;
}

static tw_status put_values(const tw_bond_values *out, size_t row, double accrued, double rate, const tw_bond_risk *r)
{
    put(out->clean, row, r->value - accrued);
    put(out->dirty, row, r->value);
    put(out->accrued, row, accrued);
    put(out->yield, row, rate);
    put(out->macaulay, row, r->macaulay);
    put(out->modified, row, r->modified);
    put(out->convexity, row, r->convexity);
    put(out->dv01, row, r->modified * r->value * 1e-4);
    if (out->status) out->status[row] = TW_OK;
    return TW_OK;
}

/* How a row is valued: `given` is a yield, a price or a spread. */
typedef tw_status row_call(const tw_bonds *bonds, const tw_bond_market *market, size_t row, double given,
                           const tw_bond_values *out, tw_error *err);

static size_t each_row(const tw_bonds *bonds, const tw_bond_market *market, const double *given,
                       const tw_bond_values *out, row_call *call)
{
    size_t failed = 0;
    for (size_t row = 0; row < bonds->n; row++) {
        tw_error err = {""};
        const tw_status status = call(bonds, market, row, given ? given[row] : 0, out, &err);
        if (status != TW_OK) put_failure(out, row, status, &err, failed++ == 0);
    }
    return failed;
}

/* ---------------------------------------------------------------- yields */

static tw_status make_fixed(const tw_bonds *bonds, size_t row, tw_bond_flows *flows, tw_error *err)
{
    if (!isnan(tw_bond_spread(bonds, row)))
        return tw_fail(err, TW_UNSUPPORTED, "bond: a floater has no yield; value it on a curve");
    return tw_bond_flows_make(bonds, row, flows, err);
}

static int compounding_of(const tw_bonds *bonds, size_t row, const tw_bond_flows *flows)
{
    const tw_bond_convention *c = &bonds->convention[bonds->which ? bonds->which[row] : 0];
    return c->simple_last && flows->in_last_period ? TW_SIMPLE : c->compounding;
}

static tw_status row_from_yield(const tw_bonds *bonds, const tw_bond_market *market, size_t row, double given,
                                const tw_bond_values *out, tw_error *err)
{
    (void)market;
    tw_bond_flows flows;
    TW_TRY(make_fixed(bonds, row, &flows, err));
    const tw_bond_risk r = tw_bond_risk_at(&flows, compounding_of(bonds, row, &flows), given);
    if (!isfinite(r.value)) return tw_fail(err, TW_BAD_VALUE, "bond: a yield of %g gives no price", given);
    return put_values(out, row, flows.accrued, given, &r);
}

static tw_status row_from_price(const tw_bonds *bonds, const tw_bond_market *market, size_t row, double given,
                                const tw_bond_values *out, tw_error *err)
{
    (void)market;
    tw_bond_flows flows;
    double yield = 0;
    TW_TRY(make_fixed(bonds, row, &flows, err));
    const int compounding = compounding_of(bonds, row, &flows);
    TW_TRY(tw_bond_solve(&flows, compounding, given + flows.accrued, &yield, err));
    const tw_bond_risk r = tw_bond_risk_at(&flows, compounding, yield);
    return put_values(out, row, flows.accrued, yield, &r);
}

size_t tw_bonds_from_yield(const tw_bonds *bonds, const double *yield, const tw_bond_values *out)
{
    return each_row(bonds, NULL, yield, out, row_from_yield);
}

size_t tw_bonds_from_price(const tw_bonds *bonds, const double *clean, const tw_bond_values *out)
{
    return each_row(bonds, NULL, clean, out, row_from_price);
}

/* ---------------------------------------------------------------- curves */

/* Coupons of a floater from the forward rates of periods to come; the redemption is what is beyond the coupon. */
static void project(const tw_bond_market *m, double coupon, double spread, tw_bond_flows *f)
{
    const tw_curve *forecast = m->forecast ? m->forecast : m->discount;
    for (size_t k = 0; k < f->n; k++) {
        if (f->from[k] < m->as_of.date) continue; /* its rate is known */
        const double from = tw_time_of(&m->as_of, f->from[k]), to = tw_time_of(&m->as_of, f->to[k]);
        const double earned = tw_expm1(tw_curve_y(forecast, to) - tw_curve_y(forecast, from));
        f->amount[k] += 100 * (earned + (spread - coupon) * f->tau[k]);
    }
}

/* Payments discounted by the curve to settlement, with the time from there: what is left is a spread. */
static tw_status make_on_curve(const tw_bonds *bonds, const tw_bond_market *m, size_t row, tw_bond_flows *f,
                               tw_error *err)
{
    TW_TRY(tw_bond_flows_make(bonds, row, f, err));
    const double spread = tw_bond_spread(bonds, row);
    if (!isnan(spread)) project(m, bonds->coupon[row], spread, f);
    const double settle = tw_time_of(&m->as_of, bonds->settle[row]), y = tw_curve_y(m->discount, settle);
    for (size_t k = 0; k < f->n; k++) {
        const double t = tw_time_of(&m->as_of, f->pay[k]);
        f->amount[k] *= tw_exp(y - tw_curve_y(m->discount, t));
        f->time[k] = t - settle;
    }
    return TW_OK;
}

static tw_status row_from_curve(const tw_bonds *bonds, const tw_bond_market *market, size_t row, double given,
                                const tw_bond_values *out, tw_error *err)
{
    tw_bond_flows flows;
    TW_TRY(make_on_curve(bonds, market, row, &flows, err));
    const tw_bond_risk r = tw_bond_risk_at(&flows, TW_CONTINUOUS, given);
    if (!isfinite(r.value)) return tw_fail(err, TW_BAD_VALUE, "bond: a spread of %g gives no price", given);
    return put_values(out, row, flows.accrued, given, &r);
}

static tw_status row_zspread(const tw_bonds *bonds, const tw_bond_market *market, size_t row, double given,
                             const tw_bond_values *out, tw_error *err)
{
    tw_bond_flows flows;
    double spread = 0;
    TW_TRY(make_on_curve(bonds, market, row, &flows, err));
    TW_TRY(tw_bond_solve(&flows, TW_CONTINUOUS, given + flows.accrued, &spread, err));
    const tw_bond_risk r = tw_bond_risk_at(&flows, TW_CONTINUOUS, spread);
    return put_values(out, row, flows.accrued, spread, &r);
}

size_t tw_bonds_from_curve(const tw_bonds *bonds, const tw_bond_market *market, const double *zspread,
                           const tw_bond_values *out)
{
    return each_row(bonds, market, zspread, out, row_from_curve);
}

size_t tw_bonds_zspread(const tw_bonds *bonds, const tw_bond_market *market, const double *clean,
                        const tw_bond_values *out)
{
    return each_row(bonds, market, clean, out, row_zspread);
}
