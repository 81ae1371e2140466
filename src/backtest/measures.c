/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/measures.h"

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

tw_status tw_measure_compute(const char *name, const tw_return_path *x, double *value, tw_error *err)
{
    const tw_measure *measure = find(name);
    if (!measure) {
        const char *near = tw_did_you_mean(name, NAMES);
        return tw_fail(err, TW_BAD_NAME, "measure: there is none named \"%s\"%s%s%s", name,
                       near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    }
    if (!(x->periods_per_year > 0 && x->periods_per_year <= 1e9))
        return tw_fail(err, TW_BAD_VALUE, "measure: periods_per_year must be in (0, 1e9], got %g", x->periods_per_year);
    const bool lacks = x->n == 0 || (measure->needs_benchmark && !x->benchmark);
    *value = lacks ? NAN : measure->compute(x);
    return TW_OK;
}

bool tw_returns_ok(const tw_return_path *x, size_t least)
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
    for (size_t i = 0; i < x->n; i++) growth *= 1 + x->returns[i];
    return growth;
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
    const double place = share * (double)(x->n - 1);
    const size_t below = (size_t)place;
    const double lo = tw_returns_order(x, below);
    if (below + 1 >= x->n) return lo;
    return lo + (tw_returns_order(x, below + 1) - lo) * (place - (double)below);
}
