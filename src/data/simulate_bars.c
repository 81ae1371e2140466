/* SPDX-License-Identifier: Apache-2.0 */
/* simulate_bars.c - a session cut into bars: a Brownian bridge from open to close, its extremes, its volume.
 *
 * The largest value of a bridge from 0 to x of variance v is (x + sqrt(x^2 - 2 v ln U)) / 2, U uniform
 * (Karatzas and Shreve, Brownian Motion and Stochastic Calculus, 1991, 4.3.40). */
#include "data/simulate.h"

#include "tradewind/num.h"

#include <math.h>

enum { OPEN, HIGH, LOW, CLOSE, VOLUME, VWAP, NEWS };
/* `bars` is at most 1,440 of a regular session; hours have grown by a tenth at most (Tokyo, 2024). */
enum { MOST_BARS = 2880 };

/* More happens at the open and at the close: weight of the bar at x in [0, 1] of the session. */
static double u_shape(double x, double depth) { return 1 + depth * (2 * x - 1) * (2 * x - 1); }

static double bridge_extreme(double x, double variance, double u, double sign)
{
    return (x + sign * sqrt(x * x - 2 * variance * tw_log(u))) / 2;
}

static double round_to(double price, double tick) { return fmax(floor(price / tick + 0.5), 1) * tick; }

/* One bar between two prices; decimal ticks are made exact to four places so that 24.07 is the double nearest 24.07. */
static void write_bar(tw_sim *sim, size_t i, size_t t, const double value[7])
{
    const size_t cell = tw_panel_cell(sim->panel, i, t);
    for (size_t c = 0; c < 7; c++) tw_panel_column(sim->panel, c)[cell] = value[c];
}

static double exact(double price) { return floor(price * 1e4 + 0.5) / 1e4; }

static void make_bar(const tw_sim *sim, tw_random *r, const double from_to[2], double variance, double value[7])
{
    const double tick = sim->p.tick, x = tw_log(from_to[1] / from_to[0]);
    const double high = from_to[0] * tw_exp(bridge_extreme(x, variance, tw_random_uniform(r), 1));
    const double low = from_to[0] * tw_exp(bridge_extreme(x, variance, tw_random_uniform(r), -1));
    const double middle = (from_to[0] + from_to[1] + high + low) / 4;
    value[OPEN] = exact(round_to(from_to[0], tick));
    value[CLOSE] = exact(round_to(from_to[1], tick));
    value[HIGH] = exact(round_to(fmax(high, fmax(from_to[0], from_to[1])), tick));
    value[LOW] = exact(round_to(fmin(low, fmin(from_to[0], from_to[1])), tick));
    value[VWAP] = fmin(fmax(exact(middle), value[LOW]), value[HIGH]);
}

static void write_daily(tw_sim *sim, size_t i, size_t t, const tw_sim_bar *bar)
{
    double value[7];
    const double from_to[2] = {bar->open, bar->close};
    make_bar(sim, &sim->symbols[i].bars, from_to, bar->intraday_vol * bar->intraday_vol, value);
    value[VOLUME] = bar->volume;
    value[NEWS] = bar->news;
    write_bar(sim, i, t, value);
}

typedef struct sim_path {
    double *price, *share; /* n + 1 prices, n volume shares (not normalised) */
    double total_share, total_weight;
    size_t n;
} sim_path;

/* A discrete bridge whose variance follows the U shape. */
static void draw_path(sim_path *path, tw_random *r, const tw_sim_bar *bar)
{
    double walk = 0, done = 0;
    path->total_weight = path->total_share = 0;
    for (size_t k = 0; k < path->n; k++) path->total_weight += u_shape(((double)k + 0.5) / (double)path->n, 1.5);
    path->price[0] = 0;
    for (size_t k = 0; k < path->n; k++) {
        const double x = ((double)k + 0.5) / (double)path->n;
        walk += bar->intraday_vol * sqrt(u_shape(x, 1.5) / path->total_weight) * tw_random_normal(r);
        path->price[k + 1] = walk;
        path->share[k] = u_shape(x, 2.5) * tw_exp(0.3 * tw_random_normal(r));
        path->total_share += path->share[k];
    }
    const double miss = tw_log(bar->close / bar->open) - walk;
    for (size_t k = 0; k <= path->n; k++) {
        if (k > 0) done += u_shape(((double)k - 0.5) / (double)path->n, 1.5) / path->total_weight;
        path->price[k] = bar->open * tw_exp(path->price[k] + miss * done);
    }
}

static void write_intraday(tw_sim *sim, size_t i, size_t session, const tw_sim_bar *bar)
{
    double price[MOST_BARS + 1] = {0}, share[MOST_BARS] = {0};
    const size_t first = sim->first_bar[session];
    sim_path drawn = {.price = price, .share = share, .n = sim->first_bar[session + 1] - first}, *path = &drawn;
    draw_path(path, &sim->symbols[i].bars, bar);
    for (size_t k = 0; k < path->n; k++) {
        double value[7];
        const double weight = u_shape(((double)k + 0.5) / (double)path->n, 1.5) / path->total_weight;
        const double variance = bar->intraday_vol * bar->intraday_vol * weight;
        make_bar(sim, &sim->symbols[i].bars, path->price + k, variance, value);
        value[VOLUME] = floor(bar->volume * path->share[k] / path->total_share);
        value[NEWS] = k + 1 == path->n ? bar->news : 0;
        write_bar(sim, i, first + k, value);
    }
}

void tw_sim_write_bars(tw_sim *sim, size_t i, size_t session, const tw_sim_bar *bar)
{
    if (sim->p.bars == 1)
        write_daily(sim, i, session, bar);
    else
        write_intraday(sim, i, session, bar);
}
