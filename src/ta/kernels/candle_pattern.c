/* SPDX-License-Identifier: Apache-2.0 */
/* candle_pattern.c - the operator that all candlestick patterns are: which one is a parameter. */
#include "ta/candle.h"

typedef struct candle_params {
    candle_settings settings;
    char pattern[TW_TEXT_MAX];
} candle_params;

static const candle_row *const rows[] = {
#define PATTERN(name) &TW_ISA_NAME(candle_row_##name),
#include "ta/candle.def"
#undef PATTERN
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* With "|" before the first, which the table of parameters leaves out. */
static const char choices[] =
#define PATTERN(name) "|" #name
#include "ta/candle.def"
#undef PATTERN
    ;

/* The settings are the first of the parameters. */
#define SETTING(name, preset, help) TW_PARAM(candle_settings, name, preset, 0, 3e37, help)
static const tw_param pattern_table[] = {
    SETTING(penetration, 0.3, "share of a body that the last close goes back"),
    SETTING(bodylong, 1, "a body is long above so many mean bodies"),
    SETTING(bodyshort, 1, "and short below so many"),
    SETTING(bodydoji, 0.1, "a doji up to so many mean ranges"),
    SETTING(shadowlong, 1, "a shadow is long above so many bodies"),
    SETTING(shadowverylong, 2, "and very long above so many"),
    SETTING(shadowshort, 1, "a shadow is short below so many mean halves of both shadows"),
    SETTING(shadowveryshort, 0.1, "and as good as none below so many mean ranges"),
    SETTING(near, 0.2, "prices are near within so many means of `near`"),
    SETTING(far, 0.6, "far beyond so many"),
    SETTING(equal, 0.05, "and equal within so many"),
    TW_PARAM_TEXT(candle_params, pattern, "doji", choices + 1, "which pattern"),
    TW_PARAM_END};

/* The table of parameters refuses names that are not here. */
static size_t row_of(const void *params)
{
    size_t i = 0;
    while (i + 1 < ROWS && strcmp(rows[i]->name, ((const candle_params *)params)->pattern) != 0) i++;
    return i;
}
/* A pattern of prices alone wants the bar before its own, too. */
static size_t pattern_back(const void *params)
{
    const candle_row *row = rows[row_of(params)];
    return row->need == NEED_PRICES ? row->bars : row->bars - 1;
}
static size_t pattern_history(const void *params) { return rows[row_of(params)]->bars; }
static size_t pattern_size(const void *params, size_t lanes)
{
    (void)params, (void)lanes;
    return sizeof(candle_state);
}
static void pattern_init(void *state, const void *params, size_t lanes)
{
    (void)lanes;
    *(candle_state *)state = (candle_state){((const candle_params *)params)->settings, row_of(params)};
}

static void pattern_wide(void *state, size_t n, const double *const *in, double *const *out)
{
    rows[((const candle_state *)state)->row]->wide(state, n, in, out);
}
static void pattern_one(void *state, size_t n, const double *const *in, double *const *out)
{
    rows[((const candle_state *)state)->row]->one(state, n, in, out);
}

TW_OP(candle_pattern) = {.name = "candle_pattern",
                         .title = "A candlestick pattern, from its bars and means of those before",
                         .group = "pattern",
                         .source = "TA-Lib, pattern recognition",
                         .formula = "the operator cdl... of that name says what; inputs that it does not name are not "
                                    "looked at",
                         .meaning = "The rules of all candlestick patterns in one kernel, which the operators cdl... "
                                    "call with the means that they need and TA-Lib's settings: use those. Called by "
                                    "itself it takes other settings: periods by the means that it is given, factors "
                                    "by name. What each pattern says is on its page.",
                         .inputs = TW_NAMES("open", "high", "low", "close", "body", "range", "near", "shadow"),
                         .outputs = TW_NAMES("integer"),
                         .params = pattern_table,
                         .params_size = sizeof(candle_params),
                         .traits = TW_WINDOW,
                         .lookback = pattern_back,
                         .history = pattern_history,
                         .state_size = pattern_size,
                         .init = pattern_init,
                         .run_wide = pattern_wide,
                         .run_one = pattern_one};
