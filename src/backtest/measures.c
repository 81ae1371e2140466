/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/measures.h"

#include "num/neumaier.h"

#include <math.h>
#include <string.h>

#define TW_MEASURE(name) &tw_measure_##name,
static const tw_measure *const MEASURES[] = {
#include "backtest/measures.def"
};
#undef TW_MEASURE
#define TW_MEASURE(name) #name,
static const char *const NAMES[] = {
#include "backtest/measures.def"
    NULL};
#undef TW_MEASURE

enum { N_MEASURES = sizeof MEASURES / sizeof *MEASURES };

const tw_measure *const *tw_measures(size_t *n)
{
    *n = N_MEASURES;
    return MEASURES;
}

static const tw_measure *find(const char *name)
{
    for (size_t i = 0; i < N_MEASURES; i++)
        if (strcmp(NAMES[i], name) == 0) return MEASURES[i];
    return NULL;
}

static tw_status unknown(const char *name, tw_error *err)
{
    const char *near = tw_did_you_mean(name, NAMES);
    return tw_fail(err, TW_BAD_NAME, "measure: there is none named \"%s\"%s%s%s", name, near ? "; did you mean \"" : "",
                   near ? near : "", near ? "\"?" : "");
}

static tw_status check(const tw_return_path *x, tw_error *err)
{
    if (!(x->periods_per_year > 0 && x->periods_per_year <= 1e9))
        return tw_fail(err, TW_BAD_VALUE, "measure: periods_per_year must be in (0, 1e9], got %g", x->periods_per_year);
    if (!isfinite(x->risk_free) || !isfinite(x->required) || !(x->tail >= 0 && x->tail <= 0.5))
        return tw_fail(err, TW_BAD_VALUE,
                       "measure: risk_free and required must be finite and tail in [0, 0.5], got %g, %g and %g",
                       x->risk_free, x->required, x->tail);
    return TW_OK;
}

static double compute(const tw_measure *measure, const tw_return_path *x)
{
    const bool lacks = x->n == 0 || (measure->needs_benchmark && !x->benchmark);
    return lacks ? NAN : measure->compute(x);
}

tw_status tw_measure_compute(const char *name, const tw_return_path *x, double *value, tw_error *err)
{
    const tw_measure *measure = find(name);
    if (!measure) return unknown(name, err);
    TW_TRY(check(x, err));
    *value = compute(measure, x);
    return TW_OK;
}

tw_status tw_measure_roll(const char *name, const tw_return_path *x, size_t window, double *out, tw_error *err)
{
    const tw_measure *measure = find(name);
    if (!measure) return unknown(name, err);
    TW_TRY(check(x, err));
    if (window == 0) return tw_fail(err, TW_BAD_VALUE, "measure: a window must have at least 1 bar, got 0");
    for (size_t i = 0; i < x->n; i++) {
        tw_return_path part = *x;
        part.n = window;
        if (i + 1 < window) {
            out[i] = NAN;
            continue;
        }
        part.returns = x->returns + (i + 1 - window);
        part.benchmark = x->benchmark ? x->benchmark + (i + 1 - window) : NULL;
        out[i] = compute(measure, &part);
    }
    return TW_OK;
}

size_t tw_returns_present(const tw_return_path *x)
{
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++) n += isnan(x->returns[i]) == 0;
    return n;
}

bool tw_returns_ok(const tw_return_path *x, size_t least)
{
    if (x->n < least) return false;
    for (size_t i = 0; i < x->n; i++)
        if (isinf(x->returns[i])) return false;
    return tw_returns_present(x) > 0;
}

bool tw_returns_whole(const tw_return_path *x, size_t least)
{
    if (x->n < least) return false;
    for (size_t i = 0; i < x->n; i++)
        if (!isfinite(x->returns[i])) return false;
    return true;
}

bool tw_returns_constant(size_t n, const double *r)
{
    for (size_t i = 1; i < n; i++)
        if (r[i] != r[0]) return false;
    return true;
}

double tw_growth(const tw_return_path *x)
{
    double growth = 1;
    for (size_t i = 0; i < x->n; i++)
        if (!isnan(x->returns[i])) growth *= 1 + x->returns[i];
    return growth;
}

double tw_pick_return(const tw_return_path *x, size_t i) { return x->returns[i]; }

double tw_pick_excess(const tw_return_path *x, size_t i) { return x->returns[i] - x->risk_free; }

double tw_pick_active(const tw_return_path *x, size_t i) { return x->returns[i] - x->benchmark[i]; }

double tw_tail(const tw_return_path *x) { return x->tail > 0 ? x->tail : 0.05; }

tw_spread tw_spread_of(const tw_return_path *x, tw_pick *pick)
{
    tw_spread out = {.mean = NAN, .variance = NAN, .constant = true};
    tw_neumaier sum = {0, 0}, rest = sum, squares = sum;
    double first = NAN;
    for (size_t i = 0; i < x->n; i++) {
        const double value = pick(x, i);
        if (isnan(value)) continue;
        if (out.n++ == 0) first = value;
        out.constant = out.constant && value == first;
        tw_neumaier_add(&sum, value);
    }
    if (out.n == 0) return out;
    out.mean = tw_neumaier_total(&sum) / (double)out.n;
    for (size_t i = 0; i < x->n; i++) {
        const double d = pick(x, i) - out.mean;
        if (isnan(d)) continue;
        tw_neumaier_add(&rest, d);
        tw_neumaier_add(&squares, d * d);
    }
    /* The rounding of the mean shows as a sum of deviations that is not 0. */
    const double e = tw_neumaier_total(&rest);
    if (out.n > 1) out.variance = (tw_neumaier_total(&squares) - e / (double)out.n * e) / (double)(out.n - 1);
    return out;
}

double tw_annual_growth(size_t n, double growth, double periods)
{
    if (n == 0 || growth < 0) return NAN;
    return pow(growth, periods / (double)n) - 1;
}

/* Bits that sort, as unsigned, like the doubles they come from. */
static uint64_t sortable(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double from_sortable(uint64_t key)
{
    const uint64_t bits = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Radix selection: eight bits of the key at a time, from the top, by counting. No copy, so no allocation. */
double tw_returns_order(const tw_return_path *x, size_t k)
{
    uint64_t prefix = 0, mask = 0;
    for (int shift = 56; shift >= 0; shift -= 8) {
        size_t count[256] = {0};
        for (size_t i = 0; i < x->n; i++) {
            if (isnan(x->returns[i])) continue;
            const uint64_t key = sortable(x->returns[i]);
            if ((key & mask) == prefix) count[key >> shift & 255]++;
        }
        uint64_t digit = 0;
        while (k >= count[digit]) k -= count[digit++];
        prefix |= digit << shift;
        mask |= UINT64_C(255) << shift;
    }
    return from_sortable(prefix);
}

double tw_returns_percentile(const tw_return_path *x, double share)
{
    const size_t n = tw_returns_present(x);
    const double place = share * (double)(n - 1);
    const size_t below = (size_t)place;
    const double lo = tw_returns_order(x, below);
    if (below + 1 >= n) return lo;
    return lo + (tw_returns_order(x, below + 1) - lo) * (place - (double)below);
}
