/* SPDX-License-Identifier: Apache-2.0 */
/* A bar: orders at the open, stops within, orders at the close, then the value. Which lanes act is found for all 64 at
 * once by bits; what an order does is worked out a lane at a time, for few act in one bar. */
#include "backtest/sweep/block.h"

#include <math.h>
#include <string.h>

void tw_sweep_block_init(tw_sweep_block *b, size_t first, size_t end)
{
    const size_t n = end - first < TW_SWEEP_LANES ? end - first : TW_SWEEP_LANES;
    b->first = first;
    b->n = n;
    b->alive = n < TW_SWEEP_LANES ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
    for (size_t i = 0; i < TW_SWEEP_LANES; i++) {
        b->lanes.cash[i] = b->lanes.peak[i] = b->lanes.book[i].free = b->plan->capital;
        b->lanes.low_value[i] = b->lanes.low_peak[i] = b->plan->capital;
    }
    for (size_t k = 0; k <= TW_SWEEP_BARS; k++)
        for (size_t i = 0; i < TW_SWEEP_LANES; i++) b->value[k][i] = b->plan->capital; /* lanes past n keep it */
}

/* ---------------------------------------------------------------- orders */

static tw_status make_room(tw_sweep_block *b, tw_error *err)
{
    tw_sweep_tape *t = &b->tape;
    if (t->room - t->n >= TW_SWEEP_LANES) return TW_OK;
    const size_t room = t->room ? 2 * t->room : 4096, size = sizeof *t->fill;
    tw_sweep_fill *more = tw_resize(b->ctx, t->fill, t->room * size, room * size);
    if (!more) return tw_no_memory(err, "the fills of a sweep");
    t->fill = more;
    t->room = room;
    return TW_OK;
}

static tw_status fill_orders(tw_sweep_block *b, const tw_sweep_orders *orders, tw_error *err)
{
    if (!(orders->buy | orders->sell)) return TW_OK;
    if (b->plan->keep_fills) TW_TRY(make_room(b, err));
    b->plan->kernels->fill(&b->lanes, &b->plan->terms, orders, b->plan->keep_fills ? &b->tape : NULL);
    return TW_OK;
}

/* ---------------------------------------------------------------- signals */

/* An entry and an exit at once say nothing, nor do entries of both sides. */
static tw_sweep_bits settle(const tw_sweep_bits *s)
{
    tw_sweep_bits out = {s->enter_long & ~s->exit_long, s->exit_long & ~s->enter_long, s->enter_short & ~s->exit_short,
                         s->exit_short & ~s->enter_short};
    const uint64_t both = out.enter_long & out.enter_short;
    out.enter_long &= ~both;
    out.enter_short &= ~both;
    return out;
}

static bool is_price(double x) { return x > 0 && isfinite(x); }

/* Fills what the signals ask of lanes that are alive, at the prices given. */
static tw_status act(tw_sweep_block *b, const tw_sweep_bits *signals, const double *price, const tw_sweep_bar *bar,
                     tw_error *err)
{
    const tw_sweep_bits s = settle(signals);
    const uint64_t is_long = b->lanes.is_long, is_short = b->lanes.is_short;
    const uint64_t to_long = s.enter_long & ~is_long, to_short = s.enter_short & ~is_short;
    const uint64_t leave = ((s.exit_long & is_long & ~to_short) | (s.exit_short & is_short & ~to_long));
    const tw_sweep_orders orders = {.buy = (to_long | (leave & is_short)) & b->alive,
                                    .sell = (to_short | (leave & is_long)) & b->alive,
                                    .enter = to_long | to_short,
                                    .price = price,
                                    .step = bar->step,
                                    .worth = b->value[b->n_bars],
                                    .time = bar->time};
    return fill_orders(b, &orders, err);
}

/* ---------------------------------------------------------------- weights */

/* Shares to buy (or to sell, below 0) to hold the weight of equity at this price; 0 within the band, but for a weight
 * of 0: out is out. */
static double shares_to(const tw_sweep_block *b, size_t lane, double weight, double price)
{
    const double held = b->lanes.position[lane], equity = b->lanes.cash[lane] + held * price;
    if (!is_price(price) || !isfinite(weight) || !(equity > 0)) return 0;
    const double band = weight == 0 ? 0 : b->plan->band, apart = held * price / equity - weight;
    return fabs(apart) <= band && (band > 0 || held == 0) ? 0 : weight * equity / price - held;
}

static tw_status follow(tw_sweep_block *b, const double *weight, const double *price, const tw_sweep_bar *bar,
                        tw_error *err)
{
    tw_sweep_row size;
    tw_sweep_orders orders = {.enter = UINT64_MAX,
                              .price = price,
                              .step = bar->step,
                              .size = size,
                              .worth = b->value[b->n_bars],
                              .time = bar->time};
    for (uint64_t left = weight ? b->alive : 0; left; left &= left - 1) {
        const size_t lane = (size_t)__builtin_ctzll(left);
        const double shares = shares_to(b, lane, weight[lane], price[lane * bar->step]);
        size[lane] = fabs(shares);
        if (shares > 0) orders.buy |= left & -left;
        if (shares < 0) orders.sell |= left & -left;
    }
    return fill_orders(b, &orders, err);
}

/* ---------------------------------------------------------------- stops */

/* One bar of a lane, and the worst and best of it for the side that is held. */
typedef struct span {
    double open, worst, best;
} span;

static double or_else(double x, double instead) { return is_price(x) ? x : instead; }

static span span_of(const tw_sweep_bar *bar, size_t lane, double side)
{
    const size_t i = lane * bar->step;
    const double close = bar->close[i], open = bar->open ? or_else(bar->open[i], close) : close;
    const double low = bar->low ? or_else(bar->low[i], fmin(open, close)) : fmin(open, close);
    const double high = bar->high ? or_else(bar->high[i], fmax(open, close)) : fmax(open, close);
    return side > 0 ? (span){open, low, high} : (span){open, high, low};
}

/* What a stop looks at: the price paid, the best since, 1 for a long position and -1 for a short one. */
typedef struct watched {
    double paid, best, side;
} watched;

/* The price at which a lane is stopped out in a bar, 0 when it is not. Within a bar the worse comes first; where the
 * open is past a level already, that is the price. */
static double stopped_at(const tw_sweep_plan *plan, const watched *w, const span *s)
{
    const double side = w->side;
    double stop = plan->stop_loss > 0 ? w->paid * (1 - side * plan->stop_loss) : side > 0 ? 0 : INFINITY;
    if (plan->trailing > 0) {
        const double trail = w->best * (1 - side * plan->trailing);
        stop = side > 0 ? fmax(stop, trail) : fmin(stop, trail);
    }
    if (side * (s->open - stop) <= 0) return s->open;
    if (side * (s->worst - stop) <= 0) return stop;
    const double target = w->paid * (1 + side * plan->take_profit);
    if (plan->take_profit == 0) return 0;
    if (side * (s->open - target) >= 0) return s->open;
    return side * (s->best - target) >= 0 ? target : 0;
}

/* Lanes that were stopped out are set in `out`. */
static tw_status stop_out(tw_sweep_block *b, const tw_sweep_bar *bar, uint64_t *out, tw_error *err)
{
    tw_sweep_lanes *l = &b->lanes;
    tw_sweep_row price;
    for (uint64_t left = (l->is_long | l->is_short) & b->alive; left; left &= left - 1) {
        const size_t lane = (size_t)__builtin_ctzll(left);
        if (!is_price(bar->close[lane * bar->step])) continue;
        const watched w = {l->book[lane].price, l->book[lane].best, l->position[lane] > 0 ? 1 : -1};
        const span s = span_of(bar, lane, w.side);
        price[lane] = stopped_at(b->plan, &w, &s);
        if (price[lane] > 0)
            *out |= UINT64_C(1) << lane;
        else
            l->book[lane].best = w.side > 0 ? fmax(w.best, s.best) : fmin(w.best, s.best);
    }
    const tw_sweep_orders orders = {.buy = *out & l->is_short,
                                    .sell = *out & l->is_long,
                                    .price = price,
                                    .step = 1,
                                    .worth = b->value[b->n_bars],
                                    .time = bar->time};
    return fill_orders(b, &orders, err);
}

/* ---------------------------------------------------------------- a bar */

/* Lanes that have become worth nothing are closed at this price and trade no more. */
static void end_ruined(tw_sweep_block *b, uint32_t time)
{
    const double *value = b->value[b->n_bars];
    tw_sweep_lanes *l = &b->lanes;
    for (uint64_t left = b->alive; left; left &= left - 1) {
        const size_t lane = (size_t)__builtin_ctzll(left);
        if (value[lane] > 0) continue;
        if (l->position[lane] != 0) l->book[lane].held += (double)time + 1 - l->book[lane].since;
        l->cash[lane] = value[lane];
        l->position[lane] = 0;
        b->alive &= ~(UINT64_C(1) << lane);
        b->n_spent++;
    }
    l->is_long &= b->alive;
    l->is_short &= b->alive;
}

static tw_sweep_bits without(const tw_sweep_bits *s, uint64_t lanes)
{
    return (tw_sweep_bits){s->enter_long & ~lanes, s->exit_long & ~lanes, s->enter_short & ~lanes,
                           s->exit_short & ~lanes};
}

/* With closes as prices, a lane that was stopped out has had its order of this bar. */
static tw_status trade_bar(tw_sweep_block *b, const tw_sweep_bar *bar, const tw_sweep_asked *asked, tw_error *err)
{
    const tw_fill_at fill = b->plan->fill;
    const tw_sweep_asked *due = fill == TW_FILL_SAME_CLOSE ? asked : &b->waiting;
    const double *price = fill == TW_FILL_NEXT_OPEN ? bar->open : bar->close;
    uint64_t stopped = 0;
    if (b->plan->terms.sizing == TW_SIZE_GIVEN) return follow(b, due->weight, price, bar, err);
    if (fill == TW_FILL_NEXT_OPEN) TW_TRY(act(b, &due->bits, price, bar, err));
    if (b->plan->stops) TW_TRY(stop_out(b, bar, &stopped, err));
    if (fill == TW_FILL_NEXT_OPEN) return TW_OK;
    if (!stopped) return act(b, &due->bits, price, bar, err);
    const tw_sweep_bits left = without(&due->bits, stopped);
    return act(b, &left, price, bar, err);
}

tw_status tw_sweep_block_bar(tw_sweep_block *b, const tw_sweep_bar *bar, const tw_sweep_asked *asked, tw_error *err)
{
    const tw_sweep_closes closes = {bar->close, bar->step};
    TW_TRY(trade_bar(b, bar, asked, err));
    if (b->plan->fill != TW_FILL_SAME_CLOSE) b->waiting = *asked;
    b->n_bars++;
    if (b->plan->kernels->value(&b->lanes, b->n, &closes, b->value[b->n_bars]) != b->n_spent) end_ruined(b, bar->time);
    return TW_OK;
}

void tw_sweep_block_mark(tw_sweep_block *b, tw_sweep_returns *returns)
{
    b->plan->kernels->mark(&b->lanes, b->n, b->n_bars, (const tw_sweep_row *)b->value, returns);
    memcpy(b->value[0], b->value[b->n_bars], sizeof b->value[0]);
    b->n_bars = 0;
}

tw_sweep_measures tw_sweep_block_measures(const tw_sweep_block *b, size_t lane, size_t n_times)
{
    const tw_sweep_lanes *l = &b->lanes;
    const double n = (double)n_times, year = b->plan->periods_per_year, mean = l->sum[lane] / n;
    const double spread = l->squares[lane] - l->sum[lane] * mean;
    const double sd = n > 1 ? sqrt(fmax(spread, 0) / (n - 1)) : NAN, down = sqrt(l->losses[lane] / n);
    const tw_sweep_book *k = &l->book[lane];
    const double held = k->held + (l->position[lane] != 0 ? n - k->since : 0);
    return (tw_sweep_measures){
        .final_value = b->value[0][lane],
        .total_return = b->value[0][lane] / b->plan->capital - 1,
        .mean = mean,
        .sd = sd,
        .sharpe = sd > 0 ? mean / sd * sqrt(year) : NAN,
        .sortino = down > 0 ? mean / down * sqrt(year) : NAN,
        .max_drawdown = l->low_value[lane] / l->low_peak[lane] - 1,
        .turnover = k->traded / 2 / n * year,
        .exposure = held / n,
        .fees = k->fees,
        .win_rate = k->trades > 0 ? k->wins / k->trades : NAN,
        .orders = (size_t)k->orders,
        .trades = (size_t)k->trades,
        .ruined = !(b->alive >> lane & 1),
    };
}
