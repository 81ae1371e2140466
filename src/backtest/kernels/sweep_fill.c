/* SPDX-License-Identifier: Apache-2.0 */
/* sweep_fill.c - orders of some lanes at once. They are filled and counted as vectorbt does (its peer test compares
 * every fill's bits), down to the tolerance below which two amounts are one: what is left of a closed position by
 * rounding is nothing. Both answers of a question are worked out and the one that holds is taken, for which it is
 * differs by lane. */
#include "backtest/sweep/group.h"
#include "backtest/sweep/kernels.h"
#include "base/isa.h"

#include <float.h>

/* A group is in registers only where all that is done to it is one function. */
#define INLINE inline __attribute__((always_inline))

/* ---------------------------------------------------------------- amounts */

/* Infinite amounts are one when they are equal: their difference is no number then, which is not larger than any. */
static INLINE mask is_near(vec a, vec b)
{
    const vec slack = larger(1e-9 * larger(size_of(a), size_of(b)), all(1e-12));
    return ~(size_of(a - b) > smaller(slack, all(DBL_MAX)));
}

/* is_near(x, 0) */
static INLINE mask is_nothing(vec x) { return size_of(x) <= 1e-12; }

static INLINE vec difference(vec a, vec b) { return unless(is_near(a, b), a - b); }

static INLINE vec no_dust(vec x) { return unless(is_nothing(x), x); }

static INLINE vec rounded(const tw_terms *terms, vec size)
{
    if (terms->whole)
        for (size_t j = 0; j < WIDTH; j++) size[j] = __builtin_floor(size[j]);
    return size;
}

/* ---------------------------------------------------------------- accounts */

typedef struct account {
    vec cash, position, debt, free;
} account;

/* Orders of a group, to open positions or to close them: the price has the slippage in it. */
typedef struct order {
    const tw_terms *terms;
    bool enters;
    mask priced;     /* there is a price to fill at */
    vec price, size; /* size: were cash no matter; infinite for all cash */
} order;

/* Size, fee and the cash that both take or bring. */
typedef struct bill {
    vec size, fee, cash;
} bill;

static INLINE void price_of(const order *o, vec size, bill *b)
{
    const vec value = size * o->price, fee = value * o->terms->fee + o->terms->fixed;
    *b = (bill){size, fee, value + fee};
}

/* As many as cash buys with their fees. */
static INLINE void within_cash(const order *o, vec limit, bill *b)
{
    const vec value = difference(limit, all(o->terms->fixed)) / (1 + o->terms->fee), size = value / o->price;
    const mask some = value > 0;
    *b = (bill){size, limit - value, limit};
    if (o->terms->whole) price_of(o, rounded(o->terms, size), b);
    *b = (bill){when(some, b->size), when(some, b->fee), when(some, b->cash)};
}

static INLINE void bill_of(const order *o, vec limit, bill *b)
{
    const tw_sizing sizing = o->terms->sizing;
    if (o->enters && (sizing == TW_SIZE_ALL || sizing == TW_SIZE_PERCENT)) {
        within_cash(o, limit, b);
        return;
    }
    price_of(o, rounded(o->terms, o->size), b);
    const mask fits = (b->cash < limit) | is_near(b->cash, limit);
    if (!any(~fits)) return;
    bill most;
    within_cash(o, limit, &most);
    *b = (bill){where(fits, b->size, most.size), where(fits, b->fee, most.fee), where(fits, b->cash, most.cash)};
}

static INLINE void buy(const order *o, account *a, bill *b)
{
    const double share = o->enters && o->terms->sizing == TW_SIZE_PERCENT ? o->terms->size : 1;
    const vec before = a->position, limit = share * a->cash;
    bill_of(o, limit, b);
    b->size = when(o->priced & (limit != 0) & ~is_nothing(b->size), b->size);
    const mask filled = b->size != 0, covers = before < 0;
    vec after = before + b->size, proceeds = all(0);
    if (any(covers)) {
        after = unless(covers & is_near(-before, b->size), after);
        const vec covered = where(after < 0, b->size, -before), sold_for = when(covers, covered * (a->debt / -before));
        a->debt = where(filled & covers, difference(a->debt, sold_for), a->debt);
        proceeds = 2 * sold_for;
    }
    a->cash = where(filled, difference(a->cash, b->cash), a->cash);
    a->position = where(filled, after, before);
    a->free = where(filled, difference(a->free + proceeds, b->cash), a->free);
}

/* The most that can be sold: what is held, and short as much as free cash covers. */
static INLINE vec most_to_sell(const order *o, const account *a)
{
    const vec held = larger(a->position, all(0)), price = o->price;
    const vec cash = difference(a->free, -held * price * (1 - o->terms->fee));
    const vec most = held + difference(cash, all(o->terms->fixed)) / (price * (1 + o->terms->fee));
    return where(cash > 0, larger(most, all(0)), held);
}

/* Short where more is sold than is held. */
static INLINE void sell(const order *o, account *a, bill *b)
{
    const double share = o->terms->sizing == TW_SIZE_PERCENT ? o->terms->size : 1;
    const vec before = a->position;
    vec size = o->size;
    if (o->enters && o->terms->sizing != TW_SIZE_SHARES && o->terms->sizing != TW_SIZE_GIVEN)
        size = where(size == __builtin_inf(), share * most_to_sell(o, a), size);
    price_of(o, rounded(o->terms, size), b);
    const vec gain = difference(b->size * o->price, b->fee);
    b->size = when(o->priced & ~(is_nothing(b->size) | (gain < 0)), b->size);
    const mask filled = b->size != 0;
    const vec after = difference(before, b->size);
    vec kept = gain;
    if (o->enters) {
        const vec sold_for = when(after < 0, where(before < 0, b->size, -after) * o->price), pledge = 2 * sold_for;
        a->debt = where(filled, a->debt + sold_for, a->debt);
        kept = where(pledge > 0, difference(gain, pledge), gain);
    }
    a->cash = where(filled, a->cash + gain, a->cash);
    a->position = where(filled, after, before);
    a->free = where(filled, a->free + kept, a->free);
}

/* ---------------------------------------------------------------- trades */

/* The fields of tw_sweep_book from `price` on. */
typedef struct trade {
    vec price, fee, gain, best, traded, fees, orders, trades, wins, since, held;
} trade;

/* What was filled: size not negative, side 1 or -1, and the position before and after. */
typedef struct change {
    bill bill;
    vec price, before, after, worth;
    double side, time;
} change;

static INLINE vec count(mask m) { return when(m, all(1)); }

/* The part of a fill that closes a trade; short of cash to cover, the trade goes on. */
static INLINE void close_part(const change *c, mask closes, trade *t)
{
    const vec held = size_of(c->before), size = c->bill.size, quantity = where(size < held, size, held);
    const vec fee = c->bill.fee * quantity / size, share = quantity / held, part = t->fee * share;
    const vec gain = t->gain + -c->side * quantity * (c->price - t->price) - fee - part;
    const mask closed = closes & ~(share < 1);
    t->gain = where(closes, gain, t->gain);
    t->fee = where(closes, t->fee - part, t->fee);
    t->trades += count(closed);
    t->wins += count(closed & (gain > 0));
}

/* An order in the direction held: the price paid is that of all. */
static INLINE void add_part(const change *c, mask adds, trade *t)
{
    const vec held = size_of(c->before), paid = (t->price * held + c->price * c->bill.size) / (held + c->bill.size);
    t->price = where(adds, paid, t->price);
    t->fee += when(adds, c->bill.fee);
}

/* An order that closes a position opens none. */
static INLINE void count_fill(const change *c, bool enters, trade *t)
{
    const mask filled = c->bill.size != 0, held = c->before != 0, is_open = c->after != 0;
    const mask against = c->side > 0 ? c->before < 0 : c->before > 0, adds = filled & held & ~against;
    t->orders += count(filled);
    t->fees += when(filled, c->bill.fee);
    t->traded += when(filled, c->bill.size * c->price / c->worth);
    if (any(against)) close_part(c, filled & against, t);
    t->held += when(held & ~is_open, c->time - t->since);
    if (!enters) return;
    if (any(adds)) add_part(c, adds, t);
    const mask opens = filled & is_open & (~held | (against & ((c->before > 0) != (c->after > 0))));
    t->price = where(opens, c->price, t->price);
    t->best = where(opens, c->price, t->best);
    t->fee = where(opens, c->bill.fee * size_of(c->after) / c->bill.size, t->fee);
    t->gain = unless(opens, t->gain);
    t->since = where(~held & is_open, all(c->time), t->since);
}

/* ---------------------------------------------------------------- lanes */

/* Lanes that are worked on together. Where there are fewer than a register holds, the first stands in again: what it
 * comes to is the same, and is written twice. */
typedef struct lanes_of {
    size_t lane[WIDTH];
    double *book[WIDTH]; /* the record of each */
    uint64_t bits;       /* of all */
} lanes_of;

/* Records are found here, in a loop that goes from one bit to the next: in one of their own their places would be
 * worked out as a vector, which waits for the lanes to be in memory and is taken apart again. */
static INLINE uint64_t take(tw_sweep_lanes *l, const uint64_t bits, lanes_of *g)
{
    uint64_t left = bits;
    for (size_t j = 0; j < WIDTH; j++) {
        g->lane[j] = (size_t)__builtin_ctzll(left ? left : bits);
        g->book[j] = &l->book[g->lane[j]].debt;
        left &= left - 1;
    }
    g->bits = bits ^ left;
    return left;
}

static INLINE vec gather(const double *row, const lanes_of *g)
{
    vec x = {0};
    for (size_t j = 0; j < WIDTH; j++) x[j] = row[g->lane[j]];
    return x;
}

static INLINE vec prices_of(const tw_sweep_orders *o, const lanes_of *g)
{
    return o->step ? gather(o->price, g) : all(*o->price);
}

static INLINE void scatter(vec x, const lanes_of *g, double *row)
{
    for (size_t j = 0; j < WIDTH; j++) row[g->lane[j]] = x[j];
}

static INLINE vec entry_size(const tw_terms *terms, vec price)
{
    if (terms->sizing == TW_SIZE_VALUE) return terms->size / price;
    return all(terms->sizing == TW_SIZE_SHARES ? terms->size : __builtin_inf());
}

static INLINE void read_books(double *const book[WIDTH], account *a, trade *t)
{
    vec x[3][FIELDS], held = {0};
    for (size_t j = 0; j < WIDTH; j++) held[j] = book[j][3 * FIELDS];
    for (size_t k = 0; k < 3; k++) read_fields(book, k * FIELDS, x[k]);
    a->debt = no_dust(x[0][0]);
    a->free = no_dust(x[0][1]);
    *t = (trade){x[0][2], x[0][3], x[1][0], x[1][1], x[1][2], x[1][3], x[2][0], x[2][1], x[2][2], x[2][3], held};
}

static INLINE void write_books(const account *a, const trade *t, double *const book[WIDTH])
{
    vec x[3][FIELDS] = {{a->debt, a->free, t->price, t->fee},
                        {t->gain, t->best, t->traded, t->fees},
                        {t->orders, t->trades, t->wins, t->since}};
    for (size_t k = 0; k < 3; k++) write_fields(x[k], k * FIELDS, book);
    for (size_t j = 0; j < WIDTH; j++) book[j][3 * FIELDS] = t->held[j];
}

static INLINE void write_account(const account *a, const lanes_of *g, tw_sweep_lanes *l)
{
    scatter(a->cash, g, l->cash);
    scatter(a->position, g, l->position);
    l->is_long = (l->is_long & ~g->bits) | lanes_where(a->position > 0, g->bits);
    l->is_short = (l->is_short & ~g->bits) | lanes_where(a->position < 0, g->bits);
}

static INLINE void keep(const change *c, const lanes_of *g, tw_sweep_tape *tape)
{
    const size_t n = (size_t)__builtin_popcountll(g->bits);
    for (size_t j = 0; j < n; j++) {
        const double size = c->bill.size[j];
        tape->fill[tape->n] =
            (tw_sweep_fill){(uint32_t)g->lane[j], (uint32_t)c->time, c->side * size, c->price[j], c->bill.fee[j]};
        tape->n += size != 0;
    }
}

typedef struct desk {
    tw_sweep_lanes *lanes;
    const tw_terms *terms;
    const tw_sweep_orders *orders;
    tw_sweep_tape *tape;
} desk;

/* All orders of a kind; made apart for each kind. */
static INLINE void fill_kind(const desk *d, uint64_t left, bool buys, bool enters)
{
    tw_sweep_lanes *l = d->lanes;
    while (left) {
        lanes_of g;
        left = take(l, left, &g);
        const vec price = prices_of(d->orders, &g), held = gather(l->position, &g);
        account a;
        trade t;
        read_books(g.book, &a, &t);
        a.cash = no_dust(gather(l->cash, &g));
        a.position = no_dust(held);
        order o = {d->terms, enters, (price > 0) & (price < __builtin_inf()),
                   price * (1 + (buys ? 1 : -1) * d->terms->slippage), size_of(enters ? held : a.position)};
        if (d->terms->sizing == TW_SIZE_GIVEN)
            o.size = gather(d->orders->size, &g);
        else if (enters)
            o.size += entry_size(d->terms, price);
        change c; /* not all of it set to zero first, which takes longer than the orders */
        c.price = o.price;
        c.before = a.position;
        c.worth = gather(d->orders->worth, &g);
        c.side = buys ? 1 : -1;
        c.time = d->orders->time;
        if (buys)
            buy(&o, &a, &c.bill);
        else
            sell(&o, &a, &c.bill);
        c.after = a.position;
        count_fill(&c, enters, &t);
        write_books(&a, &t, g.book);
        write_account(&a, &g, l);
        if (d->tape) keep(&c, &g, d->tape);
    }
}

void TW_ISA_NAME(tw_sweep_fill)(tw_sweep_lanes *l, const tw_terms *terms, const tw_sweep_orders *orders,
                                tw_sweep_tape *tape)
{
    const desk d = {l, terms, orders, tape};
    fill_kind(&d, orders->buy & orders->enter, true, true);
    fill_kind(&d, orders->buy & ~orders->enter, true, false);
    fill_kind(&d, orders->sell & orders->enter, false, true);
    fill_kind(&d, orders->sell & ~orders->enter, false, false);
}
