/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - how the volume of a window is spread over prices. The window is counted anew each bar. */
#include "ta/op.h"

enum { PROFILE_BINS = 256 };

typedef struct profile_params {
    int timeperiod, bins;
    double value_area;
} profile_params;

static const tw_param profile_table[] = {
    TW_PARAM_SEARCH(profile_params, timeperiod, 60, 1, 10000, 20, 250, true, "bars in the window"),
    TW_PARAM_SEARCH(profile_params, bins, 24, 1, PROFILE_BINS, 10, 50, true, "levels between lowest and highest price"),
    TW_PARAM_SEARCH(profile_params, value_area, 0.7, 0, 1, 0.5, 0.9, false, "share of the volume in the value area"),
    TW_PARAM_END};

static size_t profile_back(const void *params) { return (size_t)((const profile_params *)params)->timeperiod - 1; }
static size_t profile_size(const void *params, size_t lanes)
{
    (void)params, (void)lanes;
    return sizeof(profile_params);
}

/* A window of one lane: column i is `step` values after the one before. */
typedef struct profile_window {
    const double *price, *volume;
    size_t step, n;
    double low, high, total;
    size_t first, last, most; /* the value area and the bin with the most */
    double bins[PROFILE_BINS];
} profile_window;

/* Extremes and sum; false where something is missing. */
static bool profile_measure(profile_window *w)
{
    bool known = true;
    w->low = TW_LANE_INF, w->high = -TW_LANE_INF, w->total = 0.0;
    for (size_t i = 0; i < w->n; i++) {
        const double x = w->price[i * w->step], v = w->volume[i * w->step];
        known = known && tw_is_finite(x) && tw_is_finite(v);
        w->low = x < w->low ? x : w->low;
        w->high = x > w->high ? x : w->high;
        w->total += v;
    }
    return known;
}
static void profile_fill(profile_window *w, size_t bins)
{
    const double range = w->high - w->low;
    for (size_t k = 0; k < bins; k++) w->bins[k] = 0.0;
    for (size_t i = 0; i < w->n; i++) {
        const size_t k = (size_t)((w->price[i * w->step] - w->low) / range * (double)bins);
        w->bins[k < bins ? k : bins - 1] += w->volume[i * w->step];
    }
}
/* From the fullest bin on, the fuller neighbour is taken in until the share is reached; of equals the upper. */
static void profile_grow(profile_window *w, size_t bins, double share)
{
    w->most = 0;
    for (size_t k = 1; k < bins; k++) w->most = w->bins[k] > w->bins[w->most] ? k : w->most;
    w->first = w->last = w->most;
    double sum = w->bins[w->most];
    while (sum < share * w->total && (w->first > 0 || w->last + 1 < bins)) {
        const double below = w->first > 0 ? w->bins[w->first - 1] : -TW_LANE_INF;
        const double above = w->last + 1 < bins ? w->bins[w->last + 1] : -TW_LANE_INF;
        sum += above >= below ? above : below;
        above >= below ? w->last++ : w->first--;
    }
}
static void profile_bar(const profile_params *p, profile_window *w, double *y)
{
    const size_t bins = (size_t)p->bins;
    y[0] = y[1] = y[2] = (double)NAN;
    if (!profile_measure(w)) return;
    const double size = (w->high - w->low) / (double)bins;
    if (!(w->total > 0.0) || !(w->high > w->low)) {
        y[0] = w->low + 0.5 * (w->high - w->low);
        y[1] = w->high;
        y[2] = w->low;
        return;
    }
    profile_fill(w, bins);
    profile_grow(w, bins, p->value_area);
    y[0] = w->low + ((double)w->most + 0.5) * size;
    y[1] = w->low + (double)(w->last + 1) * size;
    y[2] = w->low + (double)w->first * size;
}
TW_LANE void profile_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    const size_t back = profile_back(state);
    for (size_t i = 0; i < n * lanes; i++) {
        profile_window w = {.price = in[0] + i - back * lanes, .volume = in[1] + i - back * lanes, .step = lanes};
        double y[3];
        w.n = back + 1;
        profile_bar(state, &w, y);
        TW_FEW(o, 3) out[o][i] = tw_canon(y[o]);
    }
}
TW_OP_FORMS(profile, profile_run)

TW_OP(volume_profile) = {
    .name = "volume_profile",
    .title = "Volume profile of a window: point of control and value area",
    .group = "volume",
    .source = "Steidlmayer 1986, by bars instead of trades",
    .formula =
        "volume by bins of equal width from the lowest to the highest price; middle of the fullest bin (of equals "
        "the lowest), upper and lower end of the area grown about it by the fuller neighbour until it holds "
        "value_area; without volume or range: middle, highest, lowest price",
    .meaning = "At which prices of a window the volume was done: poc is the price with most of it, and between val and "
               "vah lies value_area of all. The price is expected to return to the area or to leave it for good; both "
               "happen. A bar's whole volume is put to its one price, so it is coarser than a profile of trades.",
    .inputs = TW_NAMES("real", "volume"),
    .outputs = TW_NAMES("poc", "vah", "val"),
    .params = profile_table,
    .params_size = sizeof(profile_params),
    .traits = TW_WINDOW,
    .lookback = profile_back,
    .history = profile_back,
    .state_size = profile_size,
    .run_wide = profile_wide,
    .run_one = profile_one};
