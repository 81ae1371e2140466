/* SPDX-License-Identifier: Apache-2.0 */
/* Orders are filled and counted as vectorbt does (its peer test compares every fill), down to the tolerance below which
 * two amounts are one: what is left of a closed position by rounding is nothing. */
#include "backtest/sweep/account.h"

#include <math.h>

/* fmax of libm is a call. */
static inline double larger(double a, double b) { return a > b ? a : b; }

static inline bool is_near(double a, double b)
{
    const double apart = fabs(a - b), slack = larger(1e-9 * larger(fabs(a), fabs(b)), 1e-12);
    return a == b || ((apart <= slack) & (slack < INFINITY));
}

/* is_near(x, 0) */
static inline bool is_nothing(double x) { return fabs(x) <= 1e-12; }

static inline double difference(double a, double b) { return is_near(a, b) ? 0 : a - b; }

static inline double no_dust(double x) { return is_nothing(x) ? 0 : x; }

static double round_size(const tw_terms *terms, double size) { return terms->whole ? floor(size) : size; }

/* An order to buy: as many as `size`, for `limit` of cash with its fees at most. */
typedef struct purchase {
    double size, limit, price;
} purchase;

/* Size, fee and the cash that both take. */
typedef struct bill {
    double size, fee, cash;
} bill;

static bill price_of(const tw_terms *terms, double size, double price)
{
    const double value = size * price, fee = value * terms->fee + terms->fixed;
    return (bill){size, fee, value + fee};
}

static bill within_cash(const tw_terms *terms, const purchase *p)
{
    const double value = difference(p->limit, terms->fixed) / (1 + terms->fee), size = value / p->price;
    if (!(value > 0)) return (bill){0};
    return terms->whole ? price_of(terms, floor(size), p->price) : (bill){size, p->limit - value, p->limit};
}

static tw_execution buy(tw_account *a, const tw_terms *terms, const purchase *p)
{
    const tw_execution nothing = {0};
    if (p->limit == 0) return nothing;
    const double size = round_size(terms, p->size);
    bill b = price_of(terms, size, p->price);
    if (!(b.cash < p->limit) && !is_near(b.cash, p->limit)) b = within_cash(terms, p);
    if (is_nothing(b.size)) return nothing;
    const double before = a->position;
    a->cash = difference(a->cash, b.cash);
    a->position = before < 0 && is_near(-before, b.size) ? 0 : before + b.size;
    if (before < 0) {
        const double covered = a->position < 0 ? b.size : -before, sold_for = covered * (a->debt / -before);
        a->debt = difference(a->debt, sold_for);
        a->free = difference(a->free + 2 * sold_for, b.cash);
    } else
        a->free = difference(a->free, b.cash);
    return (tw_execution){.quantity = b.size, .price = p->price, .fee = b.fee};
}

/* Sells `size` at `price`, short where it is more than is held. */
static tw_execution sell(tw_account *a, const tw_terms *terms, double size, double price)
{
    const tw_execution nothing = {0};
    size = round_size(terms, size);
    if (is_nothing(size)) return nothing;
    const double value = size * price, fee = value * terms->fee + terms->fixed, gain = difference(value, fee);
    if (gain < 0) return nothing;
    const double before = a->position;
    a->cash += gain;
    a->position = difference(before, size);
    double pledge = 0;
    if (a->position < 0) {
        const double sold_for = (before < 0 ? size : -a->position) * price;
        a->debt += sold_for;
        pledge = 2 * sold_for;
    }
    a->free = pledge > 0 ? a->free + difference(gain, pledge) : a->free + gain;
    return (tw_execution){.quantity = -size, .price = price, .fee = fee};
}

/* The most that can be sold: what is held, and short as much as free cash covers. */
static double most_to_sell(const tw_account *a, const tw_terms *terms, double price)
{
    const double held = larger(a->position, 0), cash = difference(a->free, -held * price * (1 - terms->fee));
    if (!(cash > 0)) return held;
    return larger(held + difference(cash, terms->fixed) / (price * (1 + terms->fee)), 0);
}

static double entry_size(const tw_terms *terms, double price)
{
    if (terms->sizing == TW_SIZE_VALUE) return terms->size / price;
    return terms->sizing == TW_SIZE_SHARES ? terms->size : INFINITY;
}

static void tidy(tw_account *a)
{
    *a = (tw_account){no_dust(a->cash), no_dust(a->position), no_dust(a->debt), no_dust(a->free)};
}

tw_execution tw_account_enter(tw_account *a, const tw_terms *terms, int side, double price)
{
    const double size = fabs(a->position) + entry_size(terms, price);
    const double share = terms->sizing == TW_SIZE_PERCENT ? terms->size : 1;
    tidy(a);
    if (side > 0) {
        const purchase p = {size, share * a->cash, price * (1 + terms->slippage)};
        return buy(a, terms, &p);
    }
    const double at = price * (1 - terms->slippage);
    return sell(a, terms, isinf(size) ? share * most_to_sell(a, terms, at) : size, at);
}

tw_execution tw_account_leave(tw_account *a, const tw_terms *terms, double price)
{
    tidy(a);
    if (a->position > 0) return sell(a, terms, a->position, price * (1 - terms->slippage));
    const purchase p = {-a->position, a->cash, price * (1 + terms->slippage)};
    return buy(a, terms, &p);
}
