/* SPDX-License-Identifier: Apache-2.0 */
/* bond_yield.c - the value of payments at a rate, its derivatives, and the rate of a value (F. J. Fabozzi, Bond
 * Markets, Analysis and Strategies, ch. 4; convexity is the second derivative over the value, without a half). */
#include "pricing/rates/bonds.h"

#include "tradewind/num.h"

#include <math.h>

/* Sums over payments of a D, t a D, t^2 a D with D = e^(-x t): x is the continuous rate. */
typedef struct sums {
    double value, first, second;
} sums;

static sums sums_at(const tw_bond_flows *f, double x)
{
    sums s = {0, 0, 0};
    for (size_t k = 0; k < f->n; k++) {
        const double v = f->amount[k] * tw_exp(-x * f->time[k]);
        s.value += v;
        s.first += f->time[k] * v;
        s.second += f->time[k] * f->time[k] * v;
    }
    return s;
}

static tw_bond_risk simple_risk(const tw_bond_flows *f, double rate)
{
    tw_bond_risk r = {0, 0, 0, 0};
    for (size_t k = 0; k < f->n; k++) {
        const double t = f->time[k], d = 1 / tw_growth_of_rate(TW_SIMPLE, rate, t), v = f->amount[k] * d;
        r.value += v;
        r.macaulay += t * v;
        r.modified += t * d * v;
        r.convexity += 2 * t * t * d * d * v;
    }
    r.macaulay /= r.value;
    r.modified /= r.value;
    r.convexity /= r.value;
    return r;
}

tw_bond_risk tw_bond_risk_at(const tw_bond_flows *f, int compounding, double rate)
{
    if (compounding == TW_SIMPLE) return simple_risk(f, rate);
    const bool continuous = compounding == TW_CONTINUOUS;
    const double a_period = continuous ? 0 : rate / compounding, base = 1 + a_period;
    if (!(base > 0)) return (tw_bond_risk){NAN, NAN, NAN, NAN};
    const sums s = sums_at(f, continuous ? rate : compounding * tw_log1p(a_period));
    const double macaulay = s.first / s.value, squares = s.second / s.value;
    return (tw_bond_risk){s.value, macaulay, macaulay / base,
                          (squares + (continuous ? 0 : macaulay / compounding)) / (base * base)};
}

/* ---------------------------------------------------------------- the rate of a value */

enum { MOST_STEPS = 100 };

/* Behind a step from NEAR, relative to the value, nothing is left but rounding: the steps square the distance. */
static const double NEAR = 1e-10, FURTHEST = 700;

/* Newton's method on the logarithm of the value in the continuous rate: that function is convex and, of one payment, a
 * straight line, so the steps come down on the root from one side. */
static bool solve_continuous(const tw_bond_flows *f, double value, double *x)
{
    const double goal = tw_log(value);
    *x = 0;
    for (int step = 0; step < MOST_STEPS; step++) {
        const sums s = sums_at(f, *x);
        if (!(s.value > 0) || !(s.first > 0) || !isfinite(s.value)) return false;
        const double off = tw_log(s.value) - goal, by = off * s.value / s.first;
        *x += by > FURTHEST ? FURTHEST : by < -FURTHEST ? -FURTHEST : by;
        if (fabs(off) <= NEAR) return true;
    }
    return false;
}

/* The same on 1 / value in a simple rate, a straight line of one payment; never behind where the last one grows to
 * nothing. */
static bool solve_simple(const tw_bond_flows *f, double value, double *rate)
{
    const double least = -1 / f->time[f->n - 1];
    *rate = 0;
    for (int step = 0; step < MOST_STEPS; step++) {
        const tw_bond_risk r = simple_risk(f, *rate);
        if (!(r.value > 0) || !(r.modified > 0)) return false;
        const double off = r.value / value - 1, next = *rate + off / r.modified;
        *rate = next > least ? next : (*rate + least) / 2;
        if (fabs(off) <= NEAR) return true;
    }
    return false;
}

tw_status tw_bond_solve(const tw_bond_flows *f, int compounding, double value, double *rate, tw_error *err)
{
    if (!(value > 0) || !isfinite(value))
        return tw_fail(err, TW_BAD_VALUE, "bond: a price with accrued interest of %g has no yield", value);
    if (!(f->time[f->n - 1] > 0)) return tw_fail(err, TW_BAD_VALUE, "bond: no time is left to its last payment");
    double x = 0;
    const bool found = compounding == TW_SIMPLE ? solve_simple(f, value, &x) : solve_continuous(f, value, &x);
    if (!found)
        return tw_fail(err, TW_NO_CONVERGENCE, "bond: no yield gives a price with accrued interest of %g", value);
    *rate = compounding > 0 ? compounding * tw_expm1(x / compounding) : x;
    return TW_OK;
}
