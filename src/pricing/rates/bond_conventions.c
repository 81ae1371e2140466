/* SPDX-License-Identifier: Apache-2.0 */
/* bond_conventions.c - how bonds of the main markets accrue, settle and quote yields (the debt offices' own pages;
 * ICMA rule book, part 2). */
#include "tradewind/rates.h"

#include <string.h>

typedef struct market {
    const char *name, *calendar, *day_count;
    int frequency, settle_days, compounding, ex_days;
    tw_roll roll;
    bool month_end, simple_last, ex_business;
} market;

static const market MARKETS[] = {
    {"de_bund", "target", "act/act icma", 1, 2, TW_ANNUAL, 0, TW_FOLLOWING, false, false, false},
    {"eurobond", "target", "30e/360", 1, 2, TW_ANNUAL, 0, TW_FOLLOWING, false, false, false},
    {"fr_oat", "target", "act/act icma", 1, 2, TW_ANNUAL, 0, TW_FOLLOWING, false, false, false},
    {"it_btp", "target", "act/act icma", 2, 2, TW_ANNUAL, 0, TW_FOLLOWING, false, false, false},
    {"jp_jgb", "japan", "act/365f", 2, 1, TW_SEMIANNUAL, 0, TW_FOLLOWING, true, false, false},
    {"uk_gilt", "uk", "act/act icma", 2, 1, TW_SEMIANNUAL, 7, TW_FOLLOWING, false, false, true},
    {"us_corporate", "us_government", "30/360 us", 2, 1, TW_SEMIANNUAL, 0, TW_FOLLOWING, true, true, false},
    {"us_treasury", "us_government", "act/act icma", 2, 1, TW_SEMIANNUAL, 0, TW_FOLLOWING, true, true, false},
};

static const char *const NAMES[] = {"de_bund", "eurobond",     "fr_oat",      "it_btp", "jp_jgb",
                                    "uk_gilt", "us_corporate", "us_treasury", NULL};

const char *const *tw_bond_convention_names(void) { return NAMES; }

static const market *find(const char *name)
{
    for (size_t i = 0; i < sizeof MARKETS / sizeof *MARKETS; i++)
        if (strcmp(MARKETS[i].name, name) == 0) return &MARKETS[i];
    return NULL;
}

const char *tw_bond_convention_calendar(const char *name, int *frequency, int *settle_days)
{
    const market *m = find(name);
    if (!m) return NULL;
    if (frequency) *frequency = m->frequency;
    if (settle_days) *settle_days = m->settle_days;
    return m->calendar;
}

tw_status tw_bond_convention_find(const char *name, tw_bond_convention *convention, tw_error *err)
{
    const market *m = find(name);
    if (!m) {
        const char *near = tw_did_you_mean(name, NAMES);
        return tw_fail(err, TW_BAD_NAME, "no bond convention \"%s\"%s%s%s", name, near ? "; did you mean \"" : "",
                       near ? near : "", near ? "\"?" : "");
    }
    *convention = (tw_bond_convention){.roll = m->roll,
                                       .month_end = m->month_end,
                                       .compounding = m->compounding,
                                       .street = true,
                                       .simple_last = m->simple_last,
                                       .ex_days = m->ex_days,
                                       .ex_business = m->ex_business};
    return tw_day_count_find(m->day_count, &convention->day_count, err);
}
