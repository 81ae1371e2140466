/* SPDX-License-Identifier: Apache-2.0 */
/* What is set before a run begins: models, policies, controls, restrictions. */
#include "backtest/event/account.h"

#include <math.h>
#include <string.h>

typedef struct setting {
    const char *name;
    tw_status (*set)(tw_moment *now, const char *text, tw_error *err);
    bool realistic; /* in that mode alone */
} setting;

static tw_status set_slippage(tw_moment *now, const char *text, tw_error *err)
{
    return tw_slippage_read(&now->models, TW_EQUITY, text, err);
}

static tw_status set_commission(tw_moment *now, const char *text, tw_error *err)
{
    return tw_commission_read(&now->models, TW_EQUITY, text, err);
}

static tw_status set_future_slippage(tw_moment *now, const char *text, tw_error *err)
{
    return tw_slippage_read(&now->models, TW_FUTURE, text, err);
}

static tw_status set_future_commission(tw_moment *now, const char *text, tw_error *err)
{
    return tw_commission_read(&now->models, TW_FUTURE, text, err);
}

static tw_status set_cancel(tw_moment *now, const char *text, tw_error *err)
{
    now->cancel_daily = strcmp(text, "end_of_day") == 0;
    if (now->cancel_daily || strcmp(text, "never") == 0) return TW_OK;
    return tw_fail(err, TW_BAD_NAME, "cancel: '%s' is neither never nor end_of_day", text);
}

static tw_status set_year(tw_moment *now, const char *text, tw_error *err)
{
    double sessions = 0;
    if (!tw_parse_double(text, strlen(text), &sessions) || !(sessions >= 1 && sessions <= 1e6))
        return tw_fail(err, TW_BAD_VALUE, "year: '%s' sessions; it must be in [1, 1e6]", text);
    now->risk.year = sessions;
    return TW_OK;
}

static const setting SETTINGS[] = {
    {"borrow", tw_borrow_set, true},
    {"cancel", set_cancel, false},
    {"commission", set_commission, false},
    {"control", tw_control_add, false},
    {"currency", tw_currency_set, true},
    {"fee", tw_fee_add, true},
    {"future_commission", set_future_commission, false},
    {"future_slippage", set_future_slippage, false},
    {"interest", tw_interest_set, true},
    {"margin", tw_margin_set, true},
    {"restrict", tw_restrict_add, false},
    {"slippage", set_slippage, false},
    {"year", set_year, true},
};

enum { N_SETTINGS = sizeof SETTINGS / sizeof *SETTINGS };

tw_status tw_moment_set(tw_moment *now, const char *name, const char *text, tw_error *err)
{
    const char *names[N_SETTINGS + 1] = {NULL};
    if (now->phase != TW_PHASE_SETUP)
        return tw_fail(err, TW_BAD_STATE, "set %s: settings are made in initialize", name);
    for (size_t i = 0; i < N_SETTINGS; i++) {
        names[i] = SETTINGS[i].name;
        if (strcmp(name, names[i]) != 0) continue;
        if (SETTINGS[i].realistic && !now->realistic)
            return tw_fail(err, TW_BAD_VALUE, "set %s: it is of mode realistic", name);
        return SETTINGS[i].set(now, text ? text : "", err);
    }
    const char *near = tw_did_you_mean(name, names);
    return tw_fail(err, TW_BAD_NAME, "no setting '%s'%s%s%s", name, near ? "; did you mean '" : "", near ? near : "",
                   near ? "'?" : "");
}

/* The fee of per_contract comes from a table by root, in which a future's must be found. */
static tw_status check_fees(const tw_moment *now, tw_error *err)
{
    for (size_t i = 0; i < now->market->n_assets; i++) {
        const tw_asset *asset = &now->market->asset[i];
        if (asset->kind != TW_FUTURE) continue;
        const tw_commission *model = now->models.commission[TW_FUTURE];
        const tw_trade one = {.amount = 1, .price = 1};
        const double cost = model->cost(now->models.commission_params[TW_FUTURE], asset->root, &(tw_order){0}, &one);
        if (isnan(cost))
            return tw_fail(err, TW_BAD_VALUE,
                           "commission of %s: no exchange fee is known for root '%s'; give per_contract exchange_fee=",
                           asset->symbol, asset->root ? asset->root : "");
    }
    return TW_OK;
}

tw_status tw_settings_begin(tw_moment *now, tw_error *err)
{
    const char *const *pair = now->run->settings;
    tw_models_default(&now->models, now->run->mode);
    TW_TRY(tw_margin_set(now, "", err));
    for (; pair && pair[0]; pair += 2) TW_TRY(tw_moment_set(now, pair[0], pair[1], err));
    return TW_OK;
}

static tw_status check_slippage(const tw_moment *now, tw_error *err)
{
    for (int kind = 0; kind < TW_ASSET_KINDS; kind++)
        if (!now->realistic && !now->models.slippage[kind]->fill)
            return tw_fail(err, TW_BAD_VALUE, "slippage: '%s' is of mode realistic", now->models.slippage[kind]->name);
    return TW_OK;
}

tw_status tw_settings_end(tw_moment *now, tw_error *err)
{
    TW_TRY(check_slippage(now, err));
    return check_fees(now, err);
}
