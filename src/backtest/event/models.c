/* SPDX-License-Identifier: Apache-2.0 */
/* The families of models: finding one by name, reading its parameters, the table of futures. */
#include "backtest/event/models.h"

#include "backtest/event/engine.h"

#include <math.h>
#include <string.h>

static const tw_slippage *const SLIPPAGES[] = {
#define TW_SLIPPAGE(name) &tw_slippage_##name,
#include "backtest/event/slippages.def"
#undef TW_SLIPPAGE
};
static const tw_commission *const COMMISSIONS[] = {
#define TW_COMMISSION(name) &tw_commission_##name,
#include "backtest/event/commissions.def"
#undef TW_COMMISSION
};

enum { N_SLIPPAGES = sizeof SLIPPAGES / sizeof *SLIPPAGES, N_COMMISSIONS = sizeof COMMISSIONS / sizeof *COMMISSIONS };

const tw_slippage *const *tw_slippages(size_t *n)
{
    *n = N_SLIPPAGES;
    return SLIPPAGES;
}

const tw_commission *const *tw_commissions(size_t *n)
{
    *n = N_COMMISSIONS;
    return COMMISSIONS;
}

/* Constant of impact of a future whose root is not in the table. */
static const double DEFAULT_IMPACT = 0.049018143225019836;

bool tw_first_word(const char *text, const char *name, const char **rest)
{
    const size_t n = strlen(name);
    if (strncmp(text, name, n) != 0 || (text[n] && text[n] != ' ')) return false;
    *rest = text + n;
    return true;
}

tw_status tw_model_unknown(const char *family, const char *text, const char *const *names, tw_error *err)
{
    char word[TW_TEXT_MAX];
    size_t n = strcspn(text, " ");
    n = n < sizeof word ? n : sizeof word - 1;
    memcpy(word, text, n);
    word[n] = 0;
    const char *near = tw_did_you_mean(word, names);
    return tw_fail(err, TW_BAD_NAME, "no %s model '%s'%s%s%s", family, word, near ? "; did you mean '" : "",
                   near ? near : "", near ? "'?" : "");
}

static tw_status not_for(const char *family, const char *name, tw_asset_kind kind, tw_error *err)
{
    return tw_fail(err, TW_BAD_VALUE, "%s: '%s' is not for %s", family, name,
                   kind == TW_FUTURE ? "futures" : "equities");
}

tw_status tw_slippage_read(tw_models *models, tw_asset_kind kind, const char *text, tw_error *err)
{
    const char *names[N_SLIPPAGES + 1] = {NULL}, *rest = "";
    for (size_t i = 0; i < N_SLIPPAGES; i++) {
        const tw_slippage *model = SLIPPAGES[i];
        names[i] = model->name;
        if (!tw_first_word(text, model->name, &rest)) continue;
        if (kind == TW_FUTURE ? !model->of_future : !model->of_equity)
            return not_for("slippage", model->name, kind, err);
        models->slippage[kind] = model;
        return tw_params_parse(model->params, model->name, rest, models->slippage_params[kind], err);
    }
    return tw_model_unknown("slippage", text, names, err);
}

tw_status tw_commission_read(tw_models *models, tw_asset_kind kind, const char *text, tw_error *err)
{
    const char *names[N_COMMISSIONS + 1] = {NULL}, *rest = "";
    for (size_t i = 0; i < N_COMMISSIONS; i++) {
        const tw_commission *model = COMMISSIONS[i];
        names[i] = model->name;
        if (!tw_first_word(text, model->name, &rest)) continue;
        if (kind == TW_FUTURE ? !model->of_future : !model->of_equity)
            return not_for("commission", model->name, kind, err);
        models->commission[kind] = model;
        return tw_params_parse(model->params, model->name, rest, models->commission_params[kind], err);
    }
    return tw_model_unknown("commission", text, names, err);
}

void tw_models_default(tw_models *models, tw_strategy_mode mode)
{
    const bool zipline = mode == TW_ZIPLINE;
    models->slippage[TW_EQUITY] = zipline ? &tw_slippage_fixed_bps : &tw_slippage_spread_impact;
    models->slippage[TW_FUTURE] = zipline ? &tw_slippage_volatility_volume_share : &tw_slippage_spread_impact;
    models->commission[TW_EQUITY] = &tw_commission_per_share;
    models->commission[TW_FUTURE] = &tw_commission_per_contract;
    for (int kind = 0; kind < TW_ASSET_KINDS; kind++) {
        tw_params_default(models->slippage[kind]->params, models->slippage_params[kind]);
        tw_params_default(models->commission[kind]->params, models->commission_params[kind]);
    }
}

typedef struct root {
    const char *symbol;
    double fee, impact;
} root;

static const root *find_root(const char *symbol)
{
#define TW_ROOT(symbol, fee, impact) {symbol, fee, impact},
    static const root ROOTS[] = {
#include "backtest/event/futures.def"
    };
#undef TW_ROOT
    for (size_t i = 0; symbol && i < sizeof ROOTS / sizeof *ROOTS; i++)
        if (strcmp(ROOTS[i].symbol, symbol) == 0) return &ROOTS[i];
    return NULL;
}

double tw_future_fee(const char *symbol)
{
    const root *found = find_root(symbol);
    return found ? found->fee : NAN;
}

double tw_future_impact(const char *symbol)
{
    const root *found = find_root(symbol);
    return found ? found->impact : DEFAULT_IMPACT;
}

/* zipline takes these from histories of 21 days and leaves the last out; a gap keeps the close before it. */
tw_status tw_impact_window(const tw_moment *now, size_t asset, double *mean_volume, double *volatility)
{
    enum { DAYS = 20 };
    double close[DAYS + 1], volume[DAYS + 1], changes[DAYS];
    tw_lot *lot = &now->lot[asset];
    if (lot->impact_session != now->session + 1) {
        tw_window window = {.asset = asset, .n = DAYS + 1, .field = TW_CLOSE};
        lot->impact_session = now->session + 1;
        lot->mean_volume = 0;
        lot->volatility = NAN;
        if (now->view < DAYS) return TW_OK;
        TW_TRY(tw_moment_window(now, &window, close, NULL));
        window.field = TW_VOLUME;
        TW_TRY(tw_moment_window(now, &window, volume, NULL));
        double sum = 0, mean = 0, squares = 0;
        for (size_t i = 0; i < DAYS; i++) sum += volume[i];
        for (size_t i = 1; i < DAYS; i++) {
            if (isnan(close[i])) close[i] = close[i - 1];
            changes[i] = close[i] / close[i - 1] - 1;
            mean += changes[i] / (DAYS - 1);
        }
        for (size_t i = 1; i < DAYS; i++) squares += (changes[i] - mean) * (changes[i] - mean);
        lot->mean_volume = sum / DAYS;
        lot->volatility = sqrt(squares / (DAYS - 2)) * sqrt(252);
    }
    *mean_volume = lot->mean_volume;
    *volatility = lot->volatility;
    return TW_OK;
}
