/* SPDX-License-Identifier: Apache-2.0 */
/* Named feature sets, as text of the language. Names, order and definitions are those of microsoft/qlib 0.9.7
 * (qlib/contrib/data/loader.py: Alpha158DL and Alpha360DL); docs/reference/alpha158.md lists where values differ. */
#include <stdio.h>
#include <string.h>

#include "tradewind/feature.h"

enum { MOST_EXPRESSION = 256, MOST_NAME = 32, DAYS = 60 };

/* Of the bar itself: its body, its shadows, its place in its range; and prices against the close. */
static const tw_feature bar_features[] = {
    {"KMID", "(close - open) / open"},
    {"KLEN", "(high - low) / open"},
    {"KMID2", "(close - open) / (high - low + 1e-12)"},
    {"KUP", "(high - greater(open, close)) / open"},
    {"KUP2", "(high - greater(open, close)) / (high - low + 1e-12)"},
    {"KLOW", "(less(open, close) - low) / open"},
    {"KLOW2", "(less(open, close) - low) / (high - low + 1e-12)"},
    {"KSFT", "(2 * close - high - low) / open"},
    {"KSFT2", "(2 * close - high - low) / (high - low + 1e-12)"},
    {"OPEN0", "open / close"},
    {"HIGH0", "high / close"},
    {"LOW0", "low / close"},
    {"VWAP0", "vwap / close"},
};

/* Of the last # bars. */
static const tw_feature window_features[] = {
    {"ROC", "lag(close, #) / close"},
    {"MA", "mean(close, #) / close"},
    {"STD", "std(close, #) / close"},
    {"BETA", "slope(close, #) / close"},
    {"RSQR", "rsquare(close, #)"},
    {"RESI", "resi(close, #) / close"},
    {"MAX", "max(high, #) / close"},
    {"MIN", "min(low, #) / close"},
    {"QTLU", "quantile(close, #, q=0.8) / close"},
    {"QTLD", "quantile(close, #, q=0.2) / close"},
    {"RANK", "ts_rank(close, #)"},
    {"RSV", "(close - min(low, #)) / (max(high, #) - min(low, #) + 1e-12)"},
    {"IMAX", "argmax(high, #) / #"},
    {"IMIN", "argmin(low, #) / #"},
    {"IMXD", "(argmax(high, #) - argmin(low, #)) / #"},
    {"CORR", "corr(close, log(volume + 1), #)"},
    {"CORD", "corr(close / lag(close, 1), log(volume / lag(volume, 1) + 1), #)"},
    {"CNTP", "mean(close > lag(close, 1), #)"},
    {"CNTN", "mean(close < lag(close, 1), #)"},
    {"CNTD", "mean(close > lag(close, 1), #) - mean(close < lag(close, 1), #)"},
    {"SUMP", "sum(greater(close - lag(close, 1), 0), #) / (sum(abs(close - lag(close, 1)), #) + 1e-12)"},
    {"SUMN", "sum(greater(lag(close, 1) - close, 0), #) / (sum(abs(close - lag(close, 1)), #) + 1e-12)"},
    {"SUMD", "(sum(greater(close - lag(close, 1), 0), #) - sum(greater(lag(close, 1) - close, 0), #))"
             " / (sum(abs(close - lag(close, 1)), #) + 1e-12)"},
    {"VMA", "mean(volume, #) / (volume + 1e-12)"},
    {"VSTD", "std(volume, #) / (volume + 1e-12)"},
    {"WVMA", "std(abs(close / lag(close, 1) - 1) * volume, #)"
             " / (mean(abs(close / lag(close, 1) - 1) * volume, #) + 1e-12)"},
    {"VSUMP", "sum(greater(volume - lag(volume, 1), 0), #) / (sum(abs(volume - lag(volume, 1)), #) + 1e-12)"},
    {"VSUMN", "sum(greater(lag(volume, 1) - volume, 0), #) / (sum(abs(volume - lag(volume, 1)), #) + 1e-12)"},
    {"VSUMD", "(sum(greater(volume - lag(volume, 1), 0), #) - sum(greater(lag(volume, 1) - volume, 0), #))"
              " / (sum(abs(volume - lag(volume, 1)), #) + 1e-12)"},
};

static const int windows[] = {5, 10, 20, 30, 60};

enum {
    N_BAR = sizeof bar_features / sizeof bar_features[0],
    N_WINDOW = sizeof window_features / sizeof window_features[0],
    N_WINDOWS = sizeof windows / sizeof windows[0],
    N_ALPHA158 = N_BAR + N_WINDOW * N_WINDOWS
};
_Static_assert(N_ALPHA158 == 158, "the set has as many features as its name says");

/* Copies a pattern with `number` in the place of each '#'. */
static void fill_pattern(const char *pattern, int number, char out[MOST_EXPRESSION])
{
    size_t used = 0;
    for (; *pattern && used + 12 < MOST_EXPRESSION; pattern++) {
        if (*pattern == '#')
            used += (size_t)snprintf(out + used, MOST_EXPRESSION - used, "%d", number);
        else
            out[used++] = *pattern;
    }
    out[used] = '\0';
}

static tw_status add(tw_arena *arena, tw_feature *to, const char *name, const char *expression, tw_error *err)
{
    to->name = tw_arena_text(arena, name, strlen(name));
    to->expression = tw_arena_text(arena, expression, strlen(expression));
    return to->name && to->expression ? TW_OK : tw_no_memory(err, "a feature set");
}

static tw_status build_alpha158(tw_arena *arena, tw_feature **features, size_t *n, tw_error *err)
{
    tw_feature *list = tw_arena_new(arena, N_ALPHA158, sizeof *list);
    if (!list) return tw_no_memory(err, "a feature set");
    memcpy(list, bar_features, sizeof bar_features);
    for (size_t i = 0; i < N_WINDOW * N_WINDOWS; i++) {
        const tw_feature *pattern = window_features + i / N_WINDOWS;
        const int window = windows[i % N_WINDOWS];
        char name[MOST_NAME], expression[MOST_EXPRESSION];
        snprintf(name, sizeof name, "%s%d", pattern->name, window);
        fill_pattern(pattern->expression, window, expression);
        TW_TRY(add(arena, list + N_BAR + i, name, expression, err));
    }
    *features = list;
    *n = N_ALPHA158;
    return TW_OK;
}

/* Sixty days of prices against the last close, and of volume against the last volume; oldest first. */
static tw_status build_alpha360(tw_arena *arena, tw_feature **features, size_t *n, tw_error *err)
{
    static const struct {
        const char *name, *column, *unit;
    } fields[] = {{"CLOSE", "close", "close"}, {"OPEN", "open", "close"}, {"HIGH", "high", "close"},
                  {"LOW", "low", "close"},     {"VWAP", "vwap", "close"}, {"VOLUME", "volume", "(volume + 1e-12)"}};
    enum { N_FIELDS = sizeof fields / sizeof fields[0], N_ALPHA360 = N_FIELDS * DAYS };
    tw_feature *list = tw_arena_new(arena, N_ALPHA360, sizeof *list);
    if (!list) return tw_no_memory(err, "a feature set");
    for (int i = 0; i < N_ALPHA360; i++) {
        const int field = i / DAYS, day = DAYS - 1 - i % DAYS;
        char name[MOST_NAME], expression[MOST_EXPRESSION];
        snprintf(name, sizeof name, "%s%d", fields[field].name, day);
        if (day == 0)
            snprintf(expression, sizeof expression, "%s / %s", fields[field].column, fields[field].unit);
        else
            snprintf(expression, sizeof expression, "lag(%s, %d) / %s", fields[field].column, day, fields[field].unit);
        TW_TRY(add(arena, list + i, name, expression, err));
    }
    *features = list;
    *n = N_ALPHA360;
    return TW_OK;
}

static const tw_feature_set alpha158 = {
    .name = "alpha158",
    .title = "158 price and volume features: bar shapes, and 29 window features over 5, 10, 20, 30, 60 bars",
    .source = "microsoft/qlib 0.9.7, Alpha158",
    .build = build_alpha158,
};
static const tw_feature_set alpha360 = {
    .name = "alpha360",
    .title = "60 days of open, high, low, close, vwap and volume, each against the last",
    .source = "microsoft/qlib 0.9.7, Alpha360",
    .build = build_alpha360,
};
static const tw_feature_set *const sets[] = {&alpha158, &alpha360};

enum { N_SETS = sizeof sets / sizeof sets[0] };

const tw_feature_set *const *tw_feature_sets(size_t *n)
{
    *n = N_SETS;
    return sets;
}

tw_status tw_feature_set_find(const char *name, const tw_feature_set **set, tw_error *err)
{
    const char *names[N_SETS + 1] = {NULL};
    for (size_t i = 0; i < N_SETS; i++) {
        if (strcmp(sets[i]->name, name) == 0) return *set = sets[i], TW_OK;
        names[i] = sets[i]->name;
    }
    const char *near = tw_did_you_mean(name, names);
    return tw_fail(err, TW_BAD_NAME, "no feature set '%.64s'%s%s%s", name, near ? " (did you mean '" : "",
                   near ? near : "", near ? "'?)" : "");
}
