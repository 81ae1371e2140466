/* SPDX-License-Identifier: Apache-2.0 */
/* conventions.c - how rates of the main currencies are quoted (OpenGamma, Interest Rate Instruments and Market
 * Conventions Guide, 2013; ISDA definitions of the overnight rates). */
#include "tradewind/rates.h"

#include <string.h>

typedef struct market {
    const char *name, *calendar, *day_count, *fixed_day_count;
    int settle, pay_lag;
    tw_tenor fixed_tenor, float_tenor;
    bool month_end;
} market;

static const market MARKETS[] = {
    {"eur", "target", "act/360", "30/360", 2, 0, {1, 'Y'}, {6, 'M'}, true},        /* Euribor 6M */
    {"eur_ois", "target", "act/360", "act/360", 2, 1, {1, 'Y'}, {1, 'Y'}, true},   /* ESTR */
    {"gbp_ois", "uk", "act/365f", "act/365f", 0, 0, {1, 'Y'}, {1, 'Y'}, true},     /* SONIA */
    {"jpy_ois", "japan", "act/365f", "act/365f", 2, 2, {1, 'Y'}, {1, 'Y'}, true},  /* TONA */
    {"usd", "us_settlement", "act/360", "30/360", 2, 0, {6, 'M'}, {3, 'M'}, true}, /* term rates of three months */
    {"usd_ois", "us_sofr", "act/360", "act/360", 2, 2, {1, 'Y'}, {1, 'Y'}, true},  /* SOFR */
};

static const char *const NAMES[] = {"eur", "eur_ois", "gbp_ois", "jpy_ois", "usd", "usd_ois", NULL};

const char *const *tw_rate_convention_names(void) { return NAMES; }

static const market *find(const char *name)
{
    for (size_t i = 0; i < sizeof MARKETS / sizeof *MARKETS; i++)
        if (strcmp(MARKETS[i].name, name) == 0) return &MARKETS[i];
    return NULL;
}

const char *tw_rate_convention_calendar(const char *name)
{
    const market *m = find(name);
    return m ? m->calendar : NULL;
}

tw_status tw_rate_convention_find(const char *name, tw_rate_convention *convention, tw_error *err)
{
    const market *m = find(name);
    if (!m) {
        const char *near = tw_did_you_mean(name, NAMES);
        return tw_fail(err, TW_BAD_NAME, "no rate convention \"%s\"%s%s%s", name, near ? "; did you mean \"" : "",
                       near ? near : "", near ? "\"?" : "");
    }
    *convention = (tw_rate_convention){.settle = m->settle,
                                       .roll = TW_MODIFIED_FOLLOWING,
                                       .month_end = m->month_end,
                                       .fixed_tenor = m->fixed_tenor,
                                       .float_tenor = m->float_tenor,
                                       .pay_lag = m->pay_lag};
    TW_TRY(tw_day_count_find(m->day_count, &convention->day_count, err));
    return tw_day_count_find(m->fixed_day_count, &convention->fixed_day_count, err);
}
