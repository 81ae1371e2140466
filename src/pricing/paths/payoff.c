/* SPDX-License-Identifier: Apache-2.0 */
/* payoff.c - what contracts pay on the paths of a tile. */
#include "pricing/paths/payoff.h"

#include "tradewind/num.h"

#include <math.h>

enum { N = TW_PATHS };

/* ---------------------------------------------------------------- prices */

/* Prices at a step of the grid. */
static void prices_at(const tw_paths_row *row, size_t step, double *to)
{
    tw_vexp(row->isa, N, row->x + step * N, to);
    for (int j = 0; j < N; j++) to[j] *= row->spot;
}

static double discount(const tw_paths_row *row) { return tw_exp(-row->r * row->T); }

static size_t fixing_step(const tw_paths_row *row, size_t k) { return k * row->every; }

/* Observations of an average: fixings, or every step where it is continuous. */
static size_t observations(const tw_paths_row *row) { return row->fixings ? row->fixings : row->steps; }

/* ---------------------------------------------------------------- at expiry */

void tw_pay_vanilla(const tw_paths_row *row, double *pay)
{
    const double df = discount(row);
    prices_at(row, row->steps, pay);
    for (int j = 0; j < N; j++) pay[j] = df * fmax(row->sign * (pay[j] - row->strike), 0.0);
}

void tw_pay_digital_cash(const tw_paths_row *row, double *pay)
{
    const double df = discount(row);
    prices_at(row, row->steps, pay);
    for (int j = 0; j < N; j++) pay[j] = row->sign * (pay[j] - row->strike) > 0.0 ? df * row->cash : 0.0;
}

void tw_pay_digital_asset(const tw_paths_row *row, double *pay)
{
    const double df = discount(row);
    prices_at(row, row->steps, pay);
    for (int j = 0; j < N; j++) pay[j] = row->sign * (pay[j] - row->strike) > 0.0 ? df * pay[j] : 0.0;
}

/* The first underlying less the second one and the strike. */
void tw_pay_spread(const tw_paths_row *row, double *pay)
{
    double second[N];
    const double df = discount(row);
    prices_at(row, row->steps, pay);
    tw_vexp(row->isa, N, row->x2, second);
    for (int j = 0; j < N; j++) pay[j] = df * fmax(row->sign * (pay[j] - row->spot2 * second[j] - row->strike), 0.0);
}

/* ---------------------------------------------------------------- edges */

/* Probability that a Brownian path from a to b (distances from a level, above 0 on the live side) of variance `var`
 * does not meet the level. */
static double stays(double a, double b, double var)
{
    if (a <= 0.0 || b <= 0.0) return 0.0;
    return var > 0.0 ? -tw_expm1(-2.0 * a * b / var) : 1.0;
}

/* Probability that a path meets no edge in step k: between fixings always, else at fixings only. Of two edges the
 * chance to meet both within a step is left out. */
static double step_stays(const tw_paths_row *row, size_t k, const double ab[2])
{
    double all = 1.0;
    for (int e = 0; e < 2; e++) {
        if (isinf(row->level[e])) continue;
        const double a = e ? row->level[1] - ab[0] : ab[0] - row->level[0];
        const double b = e ? row->level[1] - ab[1] : ab[1] - row->level[0];
        if (row->fixings)
            all -= (k + 1) % row->every == 0 && b <= 0.0 ? 1.0 : 0.0;
        else
            all -= 1.0 - stays(a, b, row->spread[k] * row->spread[k]);
    }
    return fmax(all, 0.0);
}

/* The probability of every path to meet no edge, and what `cash` at the time of meeting one is worth. */
static void edges(const tw_paths_row *row, double cash, double *alive, double *paid)
{
    double t = 0.0;
    for (int j = 0; j < N; j++) {
        alive[j] = 1.0;
        paid[j] = 0.0;
    }
    for (size_t k = 0; k < row->steps; k++) {
        const double when = row->fixings ? t + row->dt[k] : t + 0.5 * row->dt[k];
        const double worth = cash * tw_exp(-row->r * (row->late ? row->T : when));
        for (int j = 0; j < N; j++) {
            const double now =
                alive[j] * step_stays(row, k, (double[2]){row->x[k * N + (size_t)j], row->x[(k + 1) * N + (size_t)j]});
            paid[j] += worth * (alive[j] - now);
            alive[j] = now;
        }
        t += row->dt[k];
    }
}

void tw_pay_barrier(const tw_paths_row *row, double *pay)
{
    double alive[N], paid[N];
    edges(row, row->out ? row->rebate : 0.0, alive, paid);
    tw_pay_vanilla(row, pay);
    const double rebate = row->rebate * discount(row);
    for (int j = 0; j < N; j++)
        pay[j] = row->out ? alive[j] * pay[j] + paid[j] : (1.0 - alive[j]) * pay[j] + alive[j] * rebate;
}

void tw_pay_touch(const tw_paths_row *row, double *pay)
{
    double alive[N];
    edges(row, row->cash, alive, pay);
}

void tw_pay_no_touch(const tw_paths_row *row, double *pay)
{
    double paid[N];
    const double cash = row->cash * discount(row);
    edges(row, 0.0, pay, paid);
    for (int j = 0; j < N; j++) pay[j] *= cash;
}

/* ---------------------------------------------------------------- averages */

/* Sums over the observations of prices, or of their logarithms. */
static void sum_up(const tw_paths_row *row, bool logarithms, double *sum)
{
    const size_t n = observations(row), every = row->fixings ? row->every : 1;
    double now[N];
    for (int j = 0; j < N; j++) sum[j] = 0.0;
    for (size_t k = 1; k <= n; k++) {
        if (logarithms) {
            for (int j = 0; j < N; j++) sum[j] += row->x[k * every * N + (size_t)j];
            continue;
        }
        tw_vexp(row->isa, N, row->x + k * every * N, now);
        for (int j = 0; j < N; j++) sum[j] += now[j];
    }
}

/* Averages, with the observations made already. */
static void arithmetic(const tw_paths_row *row, double *average)
{
    const double n = (double)observations(row), past = row->fixings ? row->past : 0.0;
    sum_up(row, false, average);
    for (int j = 0; j < N; j++) average[j] = (row->spot * average[j] + past * row->average) / (n + past);
}

static void geometric(const tw_paths_row *row, double *average)
{
    const double n = (double)observations(row), past = row->fixings ? row->past : 0.0;
    const double before = past > 0.0 ? past * tw_log(row->average) : 0.0, spot = tw_log(row->spot);
    sum_up(row, true, average);
    for (int j = 0; j < N; j++) average[j] = (average[j] + n * spot + before) / (n + past);
    tw_vexp(row->isa, N, average, average);
}

static void pay_average(const tw_paths_row *row, double *pay)
{
    const double df = discount(row);
    for (int j = 0; j < N; j++) pay[j] = df * fmax(row->sign * (pay[j] - row->strike), 0.0);
}

static void pay_struck(const tw_paths_row *row, double *pay)
{
    double last[N];
    const double df = discount(row);
    prices_at(row, row->steps, last);
    for (int j = 0; j < N; j++) pay[j] = df * fmax(row->sign * (last[j] - pay[j]), 0.0);
}

void tw_pay_asian(const tw_paths_row *row, double *pay)
{
    arithmetic(row, pay);
    pay_average(row, pay);
}

void tw_pay_asian_strike(const tw_paths_row *row, double *pay)
{
    arithmetic(row, pay);
    pay_struck(row, pay);
}

void tw_pay_geometric(const tw_paths_row *row, double *pay)
{
    geometric(row, pay);
    pay_average(row, pay);
}

void tw_pay_geometric_strike(const tw_paths_row *row, double *pay)
{
    geometric(row, pay);
    pay_struck(row, pay);
}

/* The control of an average: the geometric one's payoff where it is in closed form, else the price at expiry. */
void tw_paths_control(const tw_paths_row *row, double *control)
{
    if (row->geometric)
        tw_pay_geometric(row, control);
    else
        prices_at(row, row->steps, control);
}

/* ---------------------------------------------------------------- extremes */

/* Highest (side 1) or lowest (-1) price: between two steps it is drawn from the Brownian bridge. */
static void extreme(const tw_paths_row *row, double side, double *to)
{
    for (int j = 0; j < N; j++) to[j] = 0.0;
    for (size_t k = 0; k < row->steps; k++) {
        const double var = row->spread[k] * row->spread[k], *u = row->z[TW_DRAW_BETWEEN] + k * N;
        for (size_t j = 0; j < N; j++) {
            const double a = row->x[k * N + j], b = row->x[(k + 1) * N + j];
            const double root = sqrt((b - a) * (b - a) - 2.0 * var * tw_log(u[j]));
            to[j] = side * fmax(side * to[j], side * 0.5 * (a + b) + 0.5 * root);
        }
    }
    tw_vexp(row->isa, N, to, to);
    for (int j = 0; j < N; j++) to[j] = side * fmax(side * row->spot * to[j], side * row->extreme);
}

void tw_pay_lookback_fixed(const tw_paths_row *row, double *pay)
{
    const double df = discount(row);
    extreme(row, row->sign, pay);
    for (int j = 0; j < N; j++) pay[j] = df * fmax(row->sign * (pay[j] - row->strike), 0.0);
}

void tw_pay_lookback_floating(const tw_paths_row *row, double *pay)
{
    double last[N];
    const double df = discount(row);
    extreme(row, -row->sign, pay);
    prices_at(row, row->steps, last);
    for (int j = 0; j < N; j++) pay[j] = df * row->sign * (last[j] - pay[j]);
}

/* ---------------------------------------------------------------- periods */

void tw_pay_forward_start(const tw_paths_row *row, double *pay)
{
    double first[N];
    const double df = discount(row);
    prices_at(row, row->start_step, first);
    prices_at(row, row->steps, pay);
    for (int j = 0; j < N; j++) pay[j] = df * fmax(row->sign * (pay[j] - row->strike * first[j]), 0.0);
}

void tw_pay_cliquet(const tw_paths_row *row, double *pay)
{
    const double pays = discount(row) * row->cash;
    for (int j = 0; j < N; j++) pay[j] = 0.0;
    for (size_t k = 1; k <= row->fixings; k++) {
        const double *a = row->x + fixing_step(row, k - 1) * N, *b = row->x + fixing_step(row, k) * N;
        for (int j = 0; j < N; j++)
            pay[j] += pays * fmin(fmax(tw_expm1(b[j] - a[j]), row->floor_local), row->cap_local);
    }
}

/* Realised variance a year; without time, the one of the next moment. */
static void realised(const tw_paths_row *row, double *to)
{
    for (int j = 0; j < N; j++) to[j] = row->T > 0.0 ? 0.0 : fmax(row->vol * row->vol, row->v0);
    if (!(row->T > 0.0)) return;
    for (size_t k = 0; k < row->steps; k++)
        for (size_t j = 0; j < N; j++) {
            const double move = row->x[(k + 1) * N + j] - row->x[k * N + j];
            to[j] += move * move / row->T;
        }
}

void tw_pay_variance(const tw_paths_row *row, double *pay)
{
    const double df = discount(row);
    realised(row, pay);
    for (int j = 0; j < N; j++) pay[j] = df * row->cash * (pay[j] - row->strike);
}

void tw_pay_volatility(const tw_paths_row *row, double *pay)
{
    const double df = discount(row);
    realised(row, pay);
    for (int j = 0; j < N; j++) pay[j] = df * row->cash * (sqrt(pay[j]) - row->strike);
}
