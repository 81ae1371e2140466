/* SPDX-License-Identifier: Apache-2.0 */
/* Assets that must not be traded: always, or from dates on. */
#include "backtest/event/engine.h"

#include <string.h>

typedef struct freeze_params {
    char asset[TW_TEXT_MAX], from[TW_TEXT_MAX], state[TW_TEXT_MAX], on_error[TW_TEXT_MAX];
} freeze_params;

typedef struct tw_freeze {
    size_t asset;
    int64_t from; /* TW_NO_TIME: always */
    bool frozen, fails;
} tw_freeze;

static const tw_param FREEZE[] = {
    TW_PARAM_TEXT(freeze_params, asset, "", NULL, "symbol"),
    TW_PARAM_TEXT(freeze_params, from, "", NULL, "date it holds from; empty: always"),
    TW_PARAM_TEXT(freeze_params, state, "frozen", "frozen|allowed", "what it says from that date on"),
    TW_PARAM_TEXT(freeze_params, on_error, "fail", "fail|log", "an order of it: fail stops the run, log counts it"),
    TW_PARAM_END,
};

const tw_param *tw_restrict_params(void) { return FREEZE; }

size_t tw_freeze_size(void) { return sizeof(tw_freeze); }

tw_status tw_restrict_add(tw_moment *now, const char *text, tw_error *err)
{
    freeze_params p;
    tw_freeze freeze = {.from = TW_NO_TIME};
    TW_TRY(tw_params_parse(FREEZE, "restrict", text, &p, err));
    TW_TRY(tw_asset_find(now, p.asset, &freeze.asset, err));
    if (p.from[0] && !tw_time_parse(p.from, strlen(p.from), &freeze.from))
        return tw_fail(err, TW_BAD_VALUE, "restrict: from=%s is not a date", p.from);
    if (p.from[0] && !now->market->session)
        return tw_fail(err, TW_BAD_VALUE, "restrict: from=%s in a market without dates", p.from);
    freeze.frozen = p.state[0] == 'f';
    freeze.fails = p.on_error[0] == 'f';
    tw_freeze *kept = tw_list_add(now->ctx, &now->freezes);
    if (!kept) return tw_no_memory(err, "a restriction");
    *kept = freeze;
    now->lot[freeze.asset].is_restricted = true;
    return TW_OK;
}

/* The restriction in force, or NULL: one that holds always, or of those with dates the latest that has come. */
static const tw_freeze *in_force(const tw_moment *now, size_t asset)
{
    if (!now->lot[asset].is_restricted) return NULL;
    const tw_freeze *freeze = now->freezes.item, *latest = NULL;
    const int64_t time = tw_moment_time(now);
    for (size_t i = 0; i < now->freezes.n; i++) {
        if (freeze[i].asset != asset) continue;
        if (freeze[i].from == TW_NO_TIME && freeze[i].frozen) return &freeze[i];
        if (freeze[i].from <= time && (!latest || freeze[i].from >= latest->from)) latest = &freeze[i];
    }
    return latest && latest->frozen ? latest : NULL;
}

bool tw_restricted(const tw_moment *now, size_t asset) { return in_force(now, asset) != NULL; }

tw_status tw_restrictions_order(tw_moment *now, size_t asset, tw_error *err)
{
    const tw_freeze *freeze = in_force(now, asset);
    if (!freeze) return TW_OK;
    if (freeze->fails)
        return tw_fail(err, TW_BAD_STATE, "session %zu: an order of %s, which is restricted", now->session,
                       now->market->asset[asset].symbol);
    now->result->quirks[TW_QUIRK_control_logged].count++;
    return TW_OK;
}
