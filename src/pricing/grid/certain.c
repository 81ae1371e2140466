/* SPDX-License-Identifier: Apache-2.0 */
/* certain.c - value where the price moves on a known path: no volatility, or no time. */
#include "pricing/grid/grid.h"

#include "tradewind/num.h"

#include <math.h>

/* Where the walk is: time, price then, and the best exercise so far, discounted to now. */
typedef struct walk {
    const tw_grid_problem *p;
    double t, price, best;
    bool ended;
    double ended_value;
} walk;

static void end(walk *w, int e, double t)
{
    const tw_grid_edge *edge = &w->p->edge[e];
    w->ended = true;
    w->ended_value = edge->cash * tw_exp(-w->p->r * (edge->late ? w->p->T : t));
}

/* Exercise at t comes before the dividends of t. */
static void exercise(walk *w, double t, double price)
{
    const double offset = tw_grid_offset(w->p, nextafter(t, 0.0));
    w->best = fmax(w->best, tw_exp(-w->p->r * t) * tw_grid_pays(w->p, price + offset));
}

/* Goes on to time `to` without anything between: an edge may be met, and within there may be a best time to exercise,
 * where interest on the strike is what the underlying yields. */
static void drift(walk *w, double to)
{
    const tw_grid_problem *p = w->p;
    const double mu = p->linear ? 0.0 : p->r - p->q, next = w->price * tw_exp(mu * (to - w->t));
    for (int e = 0; e < 2 && !p->fixings && !w->ended; e++) {
        const double level = p->edge[e].level;
        if (!p->edge[e].on || (e ? next < level : next > level)) continue;
        end(w, e, mu != 0.0 ? w->t + tw_log(level / w->price) / mu : w->t);
    }
    if (p->american) {
        exercise(w, w->t, w->price);
        const double ratio = p->r * p->strike / (p->q * w->price), s = mu != 0.0 ? tw_log(ratio) / mu : -1.0;
        if (s > 0.0 && s < to - w->t) exercise(w, w->t + s, w->price * tw_exp(mu * s));
    }
    w->price = next;
    w->t = to;
}

/* What happens at a date: exercise before dividends, edges after them. */
static void date(walk *w)
{
    const tw_grid_problem *p = w->p;
    bool any;
    if (tw_grid_exercise_at(p, w->t)) exercise(w, w->t, w->price);
    w->price = tw_grid_ex_dividend(p, w->t, w->price, &any);
    if (any && !p->linear) w->price = fmax(w->price, 0.0);
    for (int e = 0; e < 2 && tw_grid_fixing_at(p, w->t) && !w->ended; e++)
        if (p->edge[e].on && (e ? w->price >= p->edge[e].level : w->price <= p->edge[e].level)) end(w, e, w->t);
}

double tw_grid_certain(const tw_grid_problem *p)
{
    walk w = {.p = p, .price = p->spot, .best = -INFINITY};
    while (w.t < p->T && !w.ended) {
        drift(&w, tw_grid_date_after(p, w.t));
        if (!w.ended) date(&w);
    }
    if (w.ended) return w.ended_value;
    const double last = tw_exp(-p->r * p->T) * tw_grid_pays(p, w.price + tw_grid_offset(p, p->T));
    return fmax(w.best, last);
}
