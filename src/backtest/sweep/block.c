/* SPDX-License-Identifier: Apache-2.0 */
/* A bar: orders at the open, stops within, orders at the close, then the value. Which lanes act is found for all 64 at
 * once by bits; what an order does is worked out a lane at a time, for few act in one bar. */
#include "backtest/sweep/block.h"
#include "base/isa.h"

#include <math.h>
#include <string.h>

void tw_sweep_block_init(tw_sweep_block *b, const tw_ctx *ctx, const tw_sweep_plan *plan, size_t n)
{
    memset(b, 0, sizeof *b);
    b->ctx = ctx;
    b->plan = plan;
    b->n = n;
    b->alive = n < TW_SWEEP_LANES ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
    b->mark = TW_ISA_PICK(tw_isa_resolve(ctx ? ctx->isa : TW_ISA_BEST), tw_sweep_mark);
    for (size_t i = 0; i < TW_SWEEP_LANES; i++) {
        b->lanes.cash[i] = b->lanes.value[i] = b->lanes.peak[i] = b->free[i] = plan->capital;
        b->lanes.lowest[i] = 1;
    }
}

/* ---------------------------------------------------------------- trades */

static tw_status keep_fill(tw_sweep_block *b, size_t lane, uint32_t time, const tw_execution *fill, tw_error *err)
{
    if (b->n_fills == b->room) {
        const size_t room = b->room ? 2 * b->room : 4096, size = sizeof *b->fill;
        tw_sweep_fill *more = tw_resize(b->ctx, b->fill, b->room * size, room * size);
        if (!more) return tw_no_memory(err, "the fills of a sweep");
        b->fill = more;
        b->room = room;
    }
    b->fill[b->n_fills++] = (tw_sweep_fill){(uint32_t)lane, time, fill->quantity, fill->price, fill->fee};
    return TW_OK;
}

/* The part of a fill that closes a trade. */
static void close_part(tw_trade *trade, double before, double quantity, const tw_execution *fill)
{
    const double fee = fill->fee * quantity / fabs(fill->quantity), share = quantity / fabs(before);
    const double side = before > 0 ? 1 : -1;
    trade->gain += side * quantity * (fill->price - trade->price) - fee - trade->fee * share;
    trade->fee -= trade->fee * share;
    if (share < 1) return; /* short of cash to cover: the trade goes on */
    trade->trades++;
    trade->wins += trade->gain > 0;
}

static void count_fill(tw_trade *trade, double before, double after, const tw_execution *fill)
{
    const double size = fabs(fill->quantity);
    trade->orders++;
    trade->fees += fill->fee;
    if (before != 0) close_part(trade, before, size < fabs(before) ? size : fabs(before), fill);
    if (after == 0 || (before != 0 && (before > 0) == (after > 0))) return;
    trade->price = trade->best = fill->price;
    trade->fee = fill->fee * fabs(after) / size;
    trade->gain = 0;
}

static void set_sides(tw_sweep_block *b, size_t lane)
{
    const uint64_t bit = UINT64_C(1) << lane;
    const double position = b->lanes.position[lane];
    b->is_long = position > 0 ? b->is_long | bit : b->is_long & ~bit;
    b->is_short = position < 0 ? b->is_short | bit : b->is_short & ~bit;
}

/* An order: side 0 closes. */
typedef struct order {
    int side;
    uint32_t time;
    double price;
} order;

static tw_status fill_order(tw_sweep_block *b, size_t lane, const order *o, tw_error *err)
{
    tw_sweep_lanes *l = &b->lanes;
    const double before = l->position[lane];
    tw_account a = {l->cash[lane], before, b->debt[lane], b->free[lane]};
    const tw_terms *terms = &b->plan->terms;
    const tw_execution fill =
        o->side ? tw_account_enter(&a, terms, o->side, o->price) : tw_account_leave(&a, terms, o->price);
    l->cash[lane] = a.cash;
    l->position[lane] = a.position;
    b->debt[lane] = a.debt;
    b->free[lane] = a.free;
    set_sides(b, lane);
    if (fill.quantity == 0) return TW_OK;
    count_fill(&b->trade[lane], before, a.position, &fill);
    b->trade[lane].traded += fabs(fill.quantity) * fill.price / l->value[lane];
    return b->plan->keep_fills ? keep_fill(b, lane, o->time, &fill, err) : TW_OK;
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

/* Fills what the signals ask of lanes in `may`, at the prices given. */
static tw_status act(tw_sweep_block *b, const tw_sweep_bits *signals, const double *price, const tw_sweep_bar *bar,
                     tw_error *err)
{
    const tw_sweep_bits s = settle(signals);
    const uint64_t to_long = s.enter_long & ~b->is_long, to_short = s.enter_short & ~b->is_short;
    const uint64_t leave = ((s.exit_long & b->is_long & ~to_short) | (s.exit_short & b->is_short & ~to_long));
    for (uint64_t left = (to_long | to_short | leave) & b->alive; left; left &= left - 1) {
        const size_t lane = (size_t)__builtin_ctzll(left);
        const int side = to_long >> lane & 1 ? 1 : to_short >> lane & 1 ? -1 : 0;
        const order o = {side, bar->time, price[lane * bar->step]};
        if (is_price(o.price)) TW_TRY(fill_order(b, lane, &o, err));
    }
    return TW_OK;
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

/* The price at which a lane is stopped out in a bar, 0 when it is not. Within a bar the worse comes first; where the
 * open is past a level already, that is the price. */
static double stopped_at(const tw_sweep_plan *plan, const tw_trade *trade, const span *s, double side)
{
    double stop = plan->stop_loss > 0 ? trade->price * (1 - side * plan->stop_loss) : side > 0 ? 0 : INFINITY;
    if (plan->trailing > 0) {
        const double trail = trade->best * (1 - side * plan->trailing);
        stop = side > 0 ? fmax(stop, trail) : fmin(stop, trail);
    }
    if (side * (s->open - stop) <= 0) return s->open;
    if (side * (s->worst - stop) <= 0) return stop;
    const double target = trade->price * (1 + side * plan->take_profit);
    if (plan->take_profit == 0) return 0;
    if (side * (s->open - target) >= 0) return s->open;
    return side * (s->best - target) >= 0 ? target : 0;
}

/* Lanes that were stopped out are set in `out`. */
static tw_status stop_out(tw_sweep_block *b, const tw_sweep_bar *bar, uint64_t *out, tw_error *err)
{
    for (uint64_t left = (b->is_long | b->is_short) & b->alive; left; left &= left - 1) {
        const size_t lane = (size_t)__builtin_ctzll(left);
        if (!is_price(bar->close[lane * bar->step])) continue;
        const double side = b->lanes.position[lane] > 0 ? 1 : -1;
        const span s = span_of(bar, lane, side);
        tw_trade *trade = &b->trade[lane];
        const order o = {0, bar->time, stopped_at(b->plan, trade, &s, side)};
        if (o.price > 0) {
            TW_TRY(fill_order(b, lane, &o, err));
            *out |= UINT64_C(1) << lane;
        } else
            trade->best = side > 0 ? fmax(trade->best, s.best) : fmin(trade->best, s.best);
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- a bar */

/* A lane worth nothing is closed at this price and trades no more. */
static void end_ruined(tw_sweep_block *b)
{
    for (uint64_t left = b->alive; left; left &= left - 1) {
        const size_t lane = (size_t)__builtin_ctzll(left);
        if (b->lanes.value[lane] > 0) continue;
        b->alive &= ~(UINT64_C(1) << lane);
        b->lanes.cash[lane] = b->lanes.value[lane];
        b->lanes.position[lane] = 0;
        set_sides(b, lane);
    }
}

static tw_sweep_bits without(const tw_sweep_bits *s, uint64_t lanes)
{
    return (tw_sweep_bits){s->enter_long & ~lanes, s->exit_long & ~lanes, s->enter_short & ~lanes,
                           s->exit_short & ~lanes};
}

/* With closes as prices, a lane that was stopped out has had its order of this bar. */
static tw_status trade_bar(tw_sweep_block *b, const tw_sweep_bar *bar, const tw_sweep_bits *signals, tw_error *err)
{
    const tw_fill_at fill = b->plan->fill;
    uint64_t stopped = 0;
    if (fill == TW_FILL_NEXT_OPEN) TW_TRY(act(b, &b->waiting, bar->open, bar, err));
    if (b->plan->stops) TW_TRY(stop_out(b, bar, &stopped, err));
    if (fill == TW_FILL_NEXT_OPEN) return TW_OK;
    const tw_sweep_bits due = without(fill == TW_FILL_SAME_CLOSE ? signals : &b->waiting, stopped);
    return act(b, &due, bar->close, bar, err);
}

/* The closes of the bar side by side, for the kernel. */
static void lay_out(tw_sweep_block *b, const tw_sweep_bar *bar)
{
    double *close = b->lanes.now;
    if (bar->step)
        memcpy(close, bar->close, b->n * sizeof *close);
    else
        for (size_t i = 0; i < b->n; i++) close[i] = *bar->close;
}

tw_status tw_sweep_block_bar(tw_sweep_block *b, const tw_sweep_bar *bar, const tw_sweep_bits *signals, float *returns,
                             tw_error *err)
{
    TW_TRY(trade_bar(b, bar, signals, err));
    b->waiting = *signals;
    lay_out(b, bar);
    if (b->mark(&b->lanes, (b->n + 7) / 8 * 8, returns)) end_ruined(b);
    return TW_OK;
}

tw_sweep_measures tw_sweep_block_measures(const tw_sweep_block *b, size_t lane, size_t n_times)
{
    const tw_sweep_lanes *l = &b->lanes;
    const tw_trade *trade = &b->trade[lane];
    const double n = (double)n_times, year = b->plan->periods_per_year, mean = l->sum[lane] / n;
    const double spread = l->squares[lane] - l->sum[lane] * mean;
    const double sd = n > 1 ? sqrt(fmax(spread, 0) / (n - 1)) : NAN, down = sqrt(l->losses[lane] / n);
    return (tw_sweep_measures){
        .final_value = l->value[lane],
        .total_return = l->value[lane] / b->plan->capital - 1,
        .mean = mean,
        .sd = sd,
        .sharpe = sd > 0 ? mean / sd * sqrt(year) : NAN,
        .sortino = down > 0 ? mean / down * sqrt(year) : NAN,
        .max_drawdown = l->lowest[lane] - 1,
        .turnover = trade->traded / 2 / n * year,
        .exposure = l->held[lane] / n,
        .fees = trade->fees,
        .win_rate = trade->trades ? (double)trade->wins / (double)trade->trades : NAN,
        .orders = trade->orders,
        .trades = trade->trades,
        .ruined = !(b->alive >> lane & 1),
    };
}
