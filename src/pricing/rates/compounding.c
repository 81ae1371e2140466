/* SPDX-License-Identifier: Apache-2.0 */
/* compounding.c - how a rate grows money. */
#include "tradewind/num.h"
#include "tradewind/rates.h"

#include <math.h>
#include <string.h>

double tw_growth_of_rate(int compounding, double rate, double t)
{
    if (compounding == TW_CONTINUOUS) return tw_exp(rate * t);
    if (compounding == TW_SIMPLE) return 1 + rate * t > 0 ? 1 + rate * t : NAN;
    const double a_period = rate / compounding;
    return a_period > -1 ? tw_exp(tw_log1p(a_period) * compounding * t) : NAN;
}

double tw_rate_of_growth(int compounding, double growth, double t)
{
    if (!(growth > 0) || !(t > 0 || t < 0)) return NAN;
    if (compounding == TW_CONTINUOUS) return tw_log(growth) / t;
    if (compounding == TW_SIMPLE) return (growth - 1) / t;
    return compounding * tw_expm1(tw_log(growth) / (compounding * t));
}

static const struct {
    const char *name;
    int compounding;
} COMPOUNDINGS[] = {{"simple", TW_SIMPLE},         {"continuous", TW_CONTINUOUS}, {"annual", TW_ANNUAL},
                    {"semiannual", TW_SEMIANNUAL}, {"quarterly", TW_QUARTERLY},   {"monthly", TW_MONTHLY}};

tw_status tw_compounding_parse(const char *text, int *compounding, tw_error *err)
{
    int64_t n = 0;
    for (size_t i = 0; i < sizeof COMPOUNDINGS / sizeof *COMPOUNDINGS; i++)
        if (strcmp(text, COMPOUNDINGS[i].name) == 0) {
            *compounding = COMPOUNDINGS[i].compounding;
            return TW_OK;
        }
    if (!tw_parse_int64(text, strlen(text), &n) || n < 1 || n > 366)
        return tw_fail(err, TW_BAD_VALUE,
                       "compounding is simple, continuous, annual, semiannual, quarterly, monthly or 1 to 366 times a "
                       "year, got \"%s\"",
                       text);
    *compounding = (int)n;
    return TW_OK;
}
