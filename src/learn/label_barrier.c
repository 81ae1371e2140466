/* SPDX-License-Identifier: Apache-2.0 */
/* The walk to the first of three barriers: Lopez de Prado, Advances in Financial Machine Learning (2018), 3.4. */
#include "learn/label_impl.h"

#include <math.h>
#include <string.h>

tw_status tw_barrier_needs(const char *label, const tw_prices *prices, const tw_barriers *b, tw_error *err)
{
    return tw_label_needs(label, prices, strcmp(b->price, "next_open") == 0, strcmp(b->touch, "range") == 0, err);
}

/* Prices at which a position ends. For a short one profit lies below. */
typedef struct levels {
    double upper, lower;
    bool range, stop_is_lower;
} levels;

static levels levels_of(const tw_barriers *b, double price, double volatility, double side)
{
    const double above = side > 0 ? b->up : b->down, below = side > 0 ? b->down : b->up;
    return (levels){
        .upper = above > 0 ? price * (1 + above * volatility) : INFINITY,
        .lower = below > 0 ? price * (1 - below * volatility) : -INFINITY,
        .range = strcmp(b->touch, "range") == 0,
        .stop_is_lower = side > 0,
    };
}

/* True when the bar at `cell` opens at or beyond a level: the position is left at that open, whatever the bar does
 * afterwards. */
static bool opens_beyond(const tw_prices *prices, size_t cell, const levels *at, bool *upper, double *exit_price)
{
    const double open = prices->open ? prices->open[cell] : NAN;
    *upper = open >= at->upper;
    *exit_price = open;
    return *upper || open <= at->lower;
}

/* True when the bar at `cell` touches a level. A bar that spans both is taken to hit the stop first: the worse of what
 * a bar without its path allows. */
static bool touched(const tw_prices *prices, size_t cell, const levels *at, bool *upper, double *exit_price)
{
    if (at->range && opens_beyond(prices, cell, at, upper, exit_price)) return true;
    const double high = at->range ? prices->high[cell] : prices->close[cell];
    const double low = at->range ? prices->low[cell] : prices->close[cell];
    const bool hit_upper = high >= at->upper, hit_lower = low <= at->lower;
    if (!hit_upper && !hit_lower) return false;
    *upper = hit_upper && !(hit_lower && at->stop_is_lower);
    *exit_price = !at->range ? prices->close[cell] : *upper ? at->upper : at->lower;
    return true;
}

tw_touch tw_barrier_walk(const tw_prices *prices, const tw_barriers *b, size_t cell, double side, tw_hold *hold)
{
    const bool next_open = strcmp(b->price, "next_open") == 0;
    const size_t lanes = prices->n_lanes, lane = cell % lanes, t = cell / lanes;
    const size_t entry = t + next_open, last = entry + (size_t)b->horizon;
    const double volatility = tw_past_volatility(prices, cell, (size_t)b->window);
    /* Also a label whose barrier comes early is left out when its horizon is past the data: keeping only the early ones
     * would favour quick moves among the last rows. */
    if (last >= prices->n_times || !(volatility > 0) || !(prices->close[cell] > 0)) return TW_TOUCH_NONE;
    const double *price = next_open ? prices->open : prices->close;
    *hold = (tw_hold){.entry = entry, .exit = last, .entry_price = price[entry * lanes + lane]};
    if (!(hold->entry_price > 0) || !isfinite(hold->entry_price)) return TW_TOUCH_NONE;
    const levels at = levels_of(b, hold->entry_price, volatility, side);
    /* Entered at a close, the first bar at risk is the next one and the last is the vertical barrier's; entered at an
     * open, that bar itself is at risk and the position is closed at the open of the vertical barrier. */
    for (size_t s = t + 1; s < last + !next_open; s++) {
        bool upper;
        if (!touched(prices, s * lanes + lane, &at, &upper, &hold->exit_price)) continue;
        hold->exit = s;
        return upper == (side > 0) ? TW_TOUCH_PROFIT : TW_TOUCH_STOP;
    }
    hold->exit_price = price[last * lanes + lane];
    return hold->exit_price > 0 && isfinite(hold->exit_price) ? TW_TOUCH_TIME : TW_TOUCH_NONE;
}
