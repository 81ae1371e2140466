/* SPDX-License-Identifier: Apache-2.0 */
/* models.h - the families of slippage and commission models. */
#ifndef TW_BACKTEST_EVENT_MODELS_H
#define TW_BACKTEST_EVENT_MODELS_H

#include "tradewind/strategy.h"

/* What a slippage model sees of one order at one bar. Amounts and volumes in shares. */
typedef struct tw_fill_query {
    const tw_moment *now;
    const tw_order *order;
    double open, high, low, close, volume;
    double used; /* of the volume, by orders of the asset filled at this bar before */
    double base; /* mode realistic: the price before slippage */
} tw_fill_query;

typedef enum tw_fill_answer { TW_FILL_DONE, TW_FILL_NONE, TW_FILL_DRY } tw_fill_answer;

typedef struct tw_slippage {
    const char *name, *title, *source;
    const tw_param *params;
    bool of_equity, of_future;
    /* Mode zipline; NULL: not a model of its. DONE sets amount (signed) and price; DRY: nothing is left of this bar for
     * later orders of the asset. */
    tw_fill_answer (*fill)(const void *params, const tw_fill_query *query, double *amount, double *price);
    /* Mode realistic: the share of a bar's volume that may be taken (NULL: any), and how far a taker of `size` moves
     * the price against himself. */
    double (*share)(const void *params);
    double (*slip)(const void *params, const tw_fill_query *query, double size);
} tw_slippage;

typedef struct tw_commission {
    const char *name, *title, *source;
    const tw_param *params;
    bool of_equity, of_future;
    /* The cost of a fill of an order, which does not yet count it. */
    double (*cost)(const void *params, const char *root, const tw_order *order, const tw_trade *fill);
} tw_commission;

#define TW_SLIPPAGE(name) extern const tw_slippage tw_slippage_##name;
#include "backtest/event/slippages.def"
#undef TW_SLIPPAGE
#define TW_COMMISSION(name) extern const tw_commission tw_commission_##name;
#include "backtest/event/commissions.def"
#undef TW_COMMISSION

enum { TW_MODEL_ROOM = 8, TW_ASSET_KINDS = 2 };

/* The models in use, by kind of asset. */
typedef struct tw_models {
    const tw_slippage *slippage[TW_ASSET_KINDS];
    const tw_commission *commission[TW_ASSET_KINDS];
    double slippage_params[TW_ASSET_KINDS][TW_MODEL_ROOM], commission_params[TW_ASSET_KINDS][TW_MODEL_ROOM];
} tw_models;

/* The families, by name. */
const tw_slippage *const *tw_slippages(size_t *n);
const tw_commission *const *tw_commissions(size_t *n);
/* The defaults of a mode. */
void tw_models_default(tw_models *models, tw_strategy_mode mode);
/* Reads "name k=v ..." for assets of a kind. */
tw_status tw_slippage_read(tw_models *models, tw_asset_kind kind, const char *text, tw_error *err);
tw_status tw_commission_read(tw_models *models, tw_asset_kind kind, const char *text, tw_error *err);
/* BAD_NAME for the first word of `text`, with the nearest of NULL-terminated `names`. */
tw_status tw_model_unknown(const char *family, const char *text, const char *const *names, tw_error *err);
/* A root's fee an order (NaN: not in zipline's table) and its constant of impact (zipline's preset for others). */
double tw_future_fee(const char *root);
double tw_future_impact(const char *root);
/* Mean daily volume and yearly volatility of the 20 sessions before today; volatility NaN when they are not there. */
tw_status tw_impact_window(const tw_moment *now, size_t asset, double *mean_volume, double *volatility);

#endif
