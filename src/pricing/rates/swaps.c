/* SPDX-License-Identifier: Apache-2.0 */
/* swaps.c - values of swaps on curves. */
#include "pricing/rates/legs.h"

#include "tradewind/num.h"

#include <math.h>

static const tw_curve *discount_of(const tw_swap_market *m) { return m->discount ? m->discount : m->forecast; }

static tw_status check(const tw_swap *s, tw_error *err)
{
    if (isfinite(s->notional) && isfinite(s->fixed_rate) && isfinite(s->spread)) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "a swap's notional, fixed rate and spread must be finite, got %g, %g and %g",
                   s->notional, s->fixed_rate, s->spread);
}

static tw_status make(const tw_swap_market *market, const tw_swap *s, tw_legs *legs, tw_error *err)
{
    TW_TRY(check(s, err));
    TW_TRY(tw_legs_make(&s->instrument, &market->as_of, s->fixing, legs, err));
    /* What pays one simple rate does so at its end. */
    if (s->instrument.kind != TW_SWAP && s->instrument.kind != TW_OIS) {
        legs->fixed[0].pay = legs->floating[0].pay = legs->floating[0].end;
        legs->floating[0].tau = legs->fixed[0].tau;
    }
    return TW_OK;
}

/* Both curves' zero rates moved: each y moves by minus its time. */
static double slope_of(const tw_legs *legs, const tw_swap_market *m, double fixed_rate, double spread)
{
    double sum = 0;
    for (size_t k = 0; k < legs->n_fixed; k++) {
        const tw_flow *f = &legs->fixed[k];
        sum -= fixed_rate * f->tau * tw_curve_discount(discount_of(m), f->pay) * f->pay;
    }
    for (size_t k = 0; k < legs->n_float; k++) {
        const tw_flow *f = &legs->floating[k];
        const double e = tw_expm1(tw_curve_y(m->forecast, f->end) - tw_curve_y(m->forecast, f->start));
        const double d = tw_curve_discount(discount_of(m), f->pay);
        sum += d * f->pay * (f->weight * e + f->known + spread * f->tau);
        sum -= d * f->weight * (1 + e) * (f->end - f->start);
    }
    return sum;
}

static void put(double *array, size_t row, double value)
{
    if (array) array[row] = value;
}

static tw_status value_row(const tw_swap_market *m, const tw_swap *s, const tw_swap_values *out, size_t row)
{
    tw_legs legs;
    tw_error err;
    TW_TRY(make(m, s, &legs, &err));
    const double sign = s->payer ? s->notional : -s->notional;
    const double annuity = tw_legs_annuity(legs.n_fixed, legs.fixed, discount_of(m));
    const double floats = tw_legs_float(legs.n_float, legs.floating, m->forecast, discount_of(m), s->spread);
    put(out->annuity, row, s->notional * annuity);
    put(out->fixed_leg, row, -sign * s->fixed_rate * annuity);
    put(out->float_leg, row, sign * floats);
    put(out->value, row, sign * (floats - s->fixed_rate * annuity));
    put(out->par, row, floats / annuity);
    if (out->dv01) out->dv01[row] = sign * 1e-4 * slope_of(&legs, m, s->fixed_rate, s->spread);
    return isfinite(floats) && isfinite(annuity) ? TW_OK : TW_BAD_DATA;
}

size_t tw_swaps_value(const tw_swap_market *market, size_t n, const tw_swap *swap, const tw_swap_values *out)
{
    size_t failed = 0;
    double *const arrays[] = {out->value, out->par, out->annuity, out->fixed_leg, out->float_leg, out->dv01};
    for (size_t row = 0; row < n; row++) {
        const tw_status status = value_row(market, &swap[row], out, row);
        if (out->status) out->status[row] = status;
        if (status == TW_OK) continue;
        failed++;
        for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) put(arrays[k], row, NAN);
    }
    return failed;
}

tw_status tw_swap_adjoint(const tw_swap_market *market, const tw_swap *swap, double *forecast_bar, double *discount_bar,
                          tw_error *err)
{
    tw_legs legs;
    TW_TRY(make(market, swap, &legs, err));
    const tw_legs_bars bars = {market->forecast, discount_of(market), forecast_bar, discount_bar};
    const double sign = swap->payer ? swap->notional : -swap->notional;
    tw_legs_pull_float(legs.n_float, legs.floating, swap->spread, sign, &bars);
    tw_legs_pull_annuity(legs.n_fixed, legs.fixed, -sign * swap->fixed_rate, &bars);
    return TW_OK;
}
