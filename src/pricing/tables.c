/* SPDX-License-Identifier: Apache-2.0 */
/* tables.c - columns, values, instruments, models and engines by name. */
#include "pricing/engine.h"

#include <math.h>
#include <string.h>

static const tw_column_info COLUMNS[] = {
#define TW_COLUMN(name, lo, hi, preset, choices, help) {#name, lo, hi, preset, choices, help},
#include "tradewind/pricing_columns.def"
#undef TW_COLUMN
};

static const tw_value_info VALUES[] = {
#define TW_VALUE(name, help) {#name, help},
#include "tradewind/pricing_values.def"
#undef TW_VALUE
};

static const char *const ROW_NAMES[] = {
#define TW_ROW(name, text) #name,
#include "tradewind/pricing_rows.def"
#undef TW_ROW
};

static const char *const ROW_TEXTS[] = {
#define TW_ROW(name, text) text,
#include "tradewind/pricing_rows.def"
#undef TW_ROW
};

/* ---------------------------------------------------------------- instruments and models */

#define C(name) TW_COL_BIT(name)
#define VANILLA (C(type) | C(strike) | C(T))
#define AVERAGE (C(fixings) | C(fixings_past) | C(average))
#define PAIR (C(spot2) | C(q2) | C(vol2) | C(correlation))
#define HESTON (C(v0) | C(kappa) | C(theta_v) | C(sigma_v) | C(rho_v))
#define JUMPS (C(jump_rate) | C(jump_mean) | C(jump_vol))

#define TW_INSTRUMENT(name, title, columns, dates)                                                                     \
    static const tw_instrument instrument_##name = {#name, title, columns, dates};
#include "pricing/instruments.def"
#undef TW_INSTRUMENT

#define TW_INSTRUMENT(name, title, columns, dates) &instrument_##name,
static const tw_instrument *const INSTRUMENTS[] = {
#include "pricing/instruments.def"
};
#undef TW_INSTRUMENT

#define TW_MODEL(name, title, source, columns, any_sign, forward)                                                      \
    static const tw_price_model model_##name = {#name, title, source, columns, any_sign, forward};
#include "pricing/models.def"
#undef TW_MODEL

#define TW_MODEL(name, title, source, columns, any_sign, forward) &model_##name,
static const tw_price_model *const MODELS[] = {
#include "pricing/models.def"
};
#undef TW_MODEL

#define TW_ENGINE(name) &tw_engine_##name,
static const tw_engine *const ENGINES[] = {
#include "pricing/engines.def"
};
#undef TW_ENGINE

enum {
    N_INSTRUMENTS = sizeof INSTRUMENTS / sizeof *INSTRUMENTS,
    N_MODELS = sizeof MODELS / sizeof *MODELS,
    N_ENGINES = sizeof ENGINES / sizeof *ENGINES
};

static const char *const INSTRUMENT_NAMES[] = {
#define TW_INSTRUMENT(name, title, columns, dates) #name,
#include "pricing/instruments.def"
#undef TW_INSTRUMENT
    NULL};
static const char *const MODEL_NAMES[] = {
#define TW_MODEL(name, title, source, columns, any_sign, forward) #name,
#include "pricing/models.def"
#undef TW_MODEL
    NULL};
static const char *const ENGINE_NAMES[] = {
#define TW_ENGINE(name) #name,
#include "pricing/engines.def"
#undef TW_ENGINE
    NULL};

/* Place of `name` in `names`, or BAD_NAME. */
static tw_status place(const char *kind, const char *name, const char *const *names, size_t *i, tw_error *err)
{
    for (*i = 0; names[*i]; ++*i)
        if (strcmp(names[*i], name) == 0) return TW_OK;
    const char *near = tw_did_you_mean(name, names);
    return tw_fail(err, TW_BAD_NAME, "%s: there is none named \"%s\"%s%s%s", kind, name,
                   near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

const tw_instrument *const *tw_instruments(size_t *n)
{
    *n = N_INSTRUMENTS;
    return INSTRUMENTS;
}

tw_status tw_instrument_find(const char *name, const tw_instrument **instrument, tw_error *err)
{
    size_t i;
    TW_TRY(place("instrument", name, INSTRUMENT_NAMES, &i, err));
    *instrument = INSTRUMENTS[i];
    return TW_OK;
}

const tw_price_model *const *tw_price_models(size_t *n)
{
    *n = N_MODELS;
    return MODELS;
}

tw_status tw_price_model_find(const char *name, const tw_price_model **model, tw_error *err)
{
    size_t i;
    TW_TRY(place("model", name, MODEL_NAMES, &i, err));
    *model = MODELS[i];
    return TW_OK;
}

const tw_engine *const *tw_engines(size_t *n)
{
    *n = N_ENGINES;
    return ENGINES;
}

tw_status tw_engine_find(const char *name, const tw_engine **engine, tw_error *err)
{
    size_t i;
    TW_TRY(place("engine", name, ENGINE_NAMES, &i, err));
    *engine = ENGINES[i];
    return TW_OK;
}

/* ---------------------------------------------------------------- the matrix */

const tw_scope *tw_engine_scope(const tw_engine *engine, const tw_instrument *instrument, const tw_price_model *model)
{
    for (const tw_scope *s = engine->scopes; s->instrument; s++)
        if (strcmp(s->instrument, instrument->name) == 0 && strcmp(s->model, model->name) == 0) return s;
    return NULL;
}

/* Whether an engine takes the dividends that contracts have, by the market's model of them. */
static bool takes_dividends(const tw_scope *s, const tw_contracts *contracts, const tw_price_market *market)
{
    if (contracts->dividends.n == 0 || (s->handles & TW_SCOPE_DIVIDENDS)) return true;
    return (s->handles & TW_SCOPE_ESCROWED) && market->dividend_model != TW_DIVIDENDS_SPOT;
}

static bool has_curves(const tw_price_market *market)
{
    return market->rate || market->yield || market->borrow || market->surface;
}

bool tw_scope_takes(const tw_scope *s, const tw_contracts *contracts, const tw_price_market *market)
{
    /* Exercise at expiry alone sees nothing of a curve but its mean. */
    const bool sees_curves = (s->handles & TW_SCOPE_CURVES) || strcmp(contracts->instrument->name, "european") == 0;
    return takes_dividends(s, contracts, market) && (sees_curves || !has_curves(market));
}

tw_status tw_engine_auto(const tw_contracts *contracts, const tw_price_market *market, const tw_engine **engine,
                         tw_error *err)
{
    const tw_scope *best = NULL;
    for (size_t i = 0; i < N_ENGINES; i++) {
        const tw_scope *s = tw_engine_scope(ENGINES[i], contracts->instrument, market->model);
        if (!s || (best && s->digits <= best->digits) || !tw_scope_takes(s, contracts, market)) continue;
        best = s;
        *engine = ENGINES[i];
    }
    if (best) return TW_OK;
    return tw_fail(err, TW_UNSUPPORTED, "pricing: no engine prices %s under %s%s%s", contracts->instrument->name,
                   market->model->name, contracts->dividends.n ? " with these dividends" : "",
                   has_curves(market) ? " with curves" : "");
}

uint64_t tw_pricing_uses(const tw_instrument *instrument, const tw_price_model *model)
{
    return instrument->columns | model->columns | C(spot) | C(r) | C(q);
}

/* ---------------------------------------------------------------- columns, values, rows */

const tw_column_info *tw_pricing_columns(void) { return COLUMNS; }

bool tw_pricing_column_find(const char *name, tw_column_id *id)
{
    for (int i = 0; i < TW_COLUMN_COUNT; i++)
        if (strcmp(COLUMNS[i].name, name) == 0) {
            *id = (tw_column_id)i;
            return true;
        }
    return false;
}

const tw_value_info *tw_pricing_values(void) { return VALUES; }

tw_row_code tw_row_status_code(tw_row_status status) { return (tw_row_code)(status & 255u); }

tw_column_id tw_row_status_column(tw_row_status status)
{
    return status >> 8 ? (tw_column_id)((status >> 8) - 1) : TW_COLUMN_COUNT;
}

const char *tw_row_code_name(tw_row_code code) { return code < TW_ROW_COUNT ? ROW_NAMES[code] : "UNKNOWN"; }

void tw_row_status_print(tw_row_status status, tw_buf *out)
{
    const tw_row_code code = tw_row_status_code(status);
    const tw_column_id column = tw_row_status_column(status);
    if (column < TW_COLUMN_COUNT) tw_buf_printf(out, "%s: ", COLUMNS[column].name);
    tw_buf_printf(out, "%s", code < TW_ROW_COUNT ? ROW_TEXTS[code] : "unknown");
    if (column < TW_COLUMN_COUNT && code == TW_ROW_RANGE)
        tw_buf_printf(out, " (%g to %g)", COLUMNS[column].lo, COLUMNS[column].hi);
}
