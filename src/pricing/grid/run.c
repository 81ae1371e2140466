/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - steps eight problems back from their expiries to now. Each lane has dates and step lengths of its own; one
 * that has arrived waits for the others with steps of no length. */
#include "pricing/grid/grid.h"

#include "base/isa.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

enum { L = TW_GRID_LANES, ARRAYS = 12, STAGES = 8 };

/* A lane's way back: the time it is at, the date it goes to, and steps until there: equal ones, or, where it may be
 * exercised, `stages` of them that grow as 1, 3, 5, ..., for the price from which on it is exercised moves as the root
 * of the time from a date. After a kink or a jump the first step, or the first two from expiry, are implicit halves
 * (Rannacher 1984), which do away with what Crank-Nicolson would let ring. */
typedef struct clock_of {
    double t, to, dt; /* dt: of the first stage */
    size_t left, halves, stage_steps, stages;
} clock_of;

/* Steps between fixings, at least: halves of one of them are implicit. */
static const double LEAST = 4.0;

typedef struct run {
    const tw_grid_settings *settings;
    const tw_grid_problem *const *problem;
    tw_grid_mesh mesh;
    tw_grid_step step;
    clock_of clock[L];
    double k[L], alpha[L]; /* of the factors */
    double *obstacle, *active, *rhs, *old, *y;
    bool floored;
    double penalty;
    tw_grid_fn *factor, *solve;
    tw_grid_iterate_fn *iterate;
} run;

size_t tw_grid_bytes(size_t space) { return (ARRAYS * L + 2 * L + 1) * space * sizeof(double) + sizeof(run) + 256; }

/* ---------------------------------------------------------------- memory */

static double *take(double **at, size_t count)
{
    double *p = *at;
    *at += count;
    return p;
}

static void set_memory(run *r, void *memory)
{
    const size_t n = r->settings->space, nl = n * L;
    double *at = memory;
    tw_grid_step *s = &r->step;
    r->mesh.n = s->n = n;
    s->lower = r->mesh.lower = take(&at, nl);
    s->diag = r->mesh.diag = take(&at, nl);
    s->upper = r->mesh.upper = take(&at, nl);
    s->e = take(&at, nl);
    s->inverse = take(&at, nl);
    s->f = take(&at, nl);
    s->z = take(&at, nl);
    s->v = take(&at, nl);
    r->obstacle = take(&at, nl);
    r->active = take(&at, nl);
    r->rhs = take(&at, nl);
    r->old = take(&at, nl);
    for (int j = 0; j < L; j++) r->mesh.x[j] = take(&at, n);
    for (int j = 0; j < L; j++) r->mesh.price[j] = take(&at, n);
    r->y = take(&at, n);
}

/* ---------------------------------------------------------------- dates */

static const double *ascending(run *r, int lane)
{
    for (size_t i = 0; i < r->mesh.n; i++) r->y[i] = r->step.v[tw_grid_at(&r->mesh, lane, i)];
    return r->y;
}

/* The value at a price: beyond the mesh it goes on linearly in the price. */
static double value_at(const run *r, int lane, const double *y, double price)
{
    const tw_grid_problem *p = r->problem[lane];
    const double *s = r->mesh.price[lane];
    const size_t n = r->mesh.n;
    if (price <= s[0]) return y[0] + (price - s[0]) * (y[1] - y[0]) / (s[1] - s[0]);
    if (price >= s[n - 1]) return y[n - 1] + (price - s[n - 1]) * (y[n - 1] - y[n - 2]) / (s[n - 1] - s[n - 2]);
    return tw_grid_interpolate(n, r->mesh.x[lane], y, p->linear ? price : tw_log(price)).value;
}

static bool dividend(run *r, int lane, double t)
{
    const tw_grid_problem *p = r->problem[lane];
    bool any;
    (void)tw_grid_ex_dividend(p, t, 1.0, &any);
    if (!any) return false;
    const double *y = ascending(r, lane);
    for (size_t i = 0; i < r->mesh.n; i++) {
        const double ex = tw_grid_ex_dividend(p, t, r->mesh.price[lane][i], &any);
        const bool inside = !(r->mesh.edge[lane][0] && i == 0) && !(r->mesh.edge[lane][1] && i + 1 == r->mesh.n);
        if (inside) r->step.v[tw_grid_at(&r->mesh, lane, i)] = value_at(r, lane, y, p->linear ? ex : fmax(ex, 0.0));
    }
    return true;
}

/* Part of the cell of node i that is beyond an edge's coordinate. */
static double part_beyond(const double *x, size_t n, size_t i, int e, double level)
{
    const double a = i ? 0.5 * (x[i - 1] + x[i]) : x[i], b = i + 1 < n ? 0.5 * (x[i] + x[i + 1]) : x[i];
    const double part = b > a ? (e ? b - level : level - a) / (b - a) : (e ? x[i] >= level : x[i] <= level);
    return fmin(fmax(part, 0.0), 1.0);
}

static void look_at_edges(run *r, int lane, double t)
{
    const tw_grid_problem *p = r->problem[lane];
    const double *x = r->mesh.x[lane], late = tw_exp(-p->r * (p->T - t));
    for (int e = 0; e < 2; e++) {
        if (!p->edge[e].on) continue;
        const double level = p->linear ? p->edge[e].level : tw_log(p->edge[e].level);
        const double cash = p->edge[e].cash * (p->edge[e].late ? late : 1.0);
        for (size_t i = 0; i < r->mesh.n; i++) {
            double *v = &r->step.v[tw_grid_at(&r->mesh, lane, i)];
            *v += part_beyond(x, r->mesh.n, i, e, level) * (cash - *v);
        }
    }
}

static void lay_obstacle(run *r, int lane, double t)
{
    const tw_grid_problem *p = r->problem[lane];
    const double offset = tw_grid_offset(p, t);
    for (size_t i = 0; i < r->mesh.n; i++)
        r->obstacle[tw_grid_at(&r->mesh, lane, i)] =
            p->american ? tw_grid_pays(p, r->mesh.price[lane][i] + offset) : -INFINITY;
}

/* Exercise at t comes before the dividends of t. */
static void exercise(run *r, int lane, double t)
{
    const tw_grid_problem *p = r->problem[lane];
    const double offset = tw_grid_offset(p, nextafter(t, 0.0));
    for (size_t i = 0; i < r->mesh.n; i++) {
        double *v = &r->step.v[tw_grid_at(&r->mesh, lane, i)];
        *v = fmax(*v, tw_grid_pays(p, r->mesh.price[lane][i] + offset));
    }
}

/* Whether what exercise pays changes with time. */
static bool affine(const tw_grid_problem *p)
{
    return p->american && p->contracts->dividends.n && p->dividends != TW_DIVIDENDS_SPOT;
}

/* What happens at t, back in time: edges, dividends, exercise. Returns whether it leaves a kink. */
static bool date(run *r, int lane, double t)
{
    const tw_grid_problem *p = r->problem[lane];
    const bool fixing = tw_grid_fixing_at(p, t), may = tw_grid_exercise_at(p, t);
    if (fixing) look_at_edges(r, lane, t);
    const bool jumped = dividend(r, lane, t);
    if (may && (jumped || p->bermudan || affine(p))) exercise(r, lane, t);
    return fixing || (may && (p->bermudan || affine(p)));
}

/* ---------------------------------------------------------------- steps */

static void aim(run *r, int lane, bool kink)
{
    clock_of *c = &r->clock[lane];
    const tw_grid_problem *p = r->problem[lane];
    c->to = tw_grid_date_before(p, c->t);
    const double span = c->t - c->to;
    c->left = (size_t)fmax(ceil((double)r->settings->time * span / p->T - 1e-9), p->fixings ? LEAST : 1.0);
    c->stages = p->american && c->left >= STAGES ? STAGES : 1;
    c->stage_steps = (c->left + c->stages - 1) / c->stages;
    c->left = c->stage_steps * c->stages;
    c->dt = span / (double)(c->left * c->stages);
    c->halves = kink && r->settings->scheme == TW_GRID_CRANK_NICOLSON ? 2 : 0;
    if (c->halves && c->t >= p->T && c->left > 1) c->halves = 4;
}

/* Length of the step a clock is at. */
static double length(const clock_of *c)
{
    const size_t stage = c->stages - 1 - (c->left - 1) / c->stage_steps;
    return c->dt * (double)(2 * stage + 1);
}

/* Where the next step arrives: at a date exactly. */
static double arrival(const clock_of *c)
{
    if (c->left == 1 && c->halves <= 1) return c->to;
    return c->t - (c->halves ? 0.5 : 1.0) * length(c);
}

/* Takes the next step of a lane's clock: its length, and whether it is an implicit one. */
static double tick(clock_of *c, bool *implicit)
{
    if (c->left == 0) {
        *implicit = true;
        return 0.0;
    }
    *implicit = c->halves > 0;
    const double dt = c->halves ? 0.5 * length(c) : length(c);
    c->t = arrival(c);
    if (c->halves == 0 || --c->halves % 2 == 0) c->left--;
    return dt;
}

static const double GAMMA = 0.58578643762690495; /* 2 - sqrt(2) */

/* Lengths and kinds of the next steps; factors anew where they changed. */
static void next_steps(run *r)
{
    const tw_grid_scheme scheme = r->settings->scheme;
    bool same = true;
    for (int j = 0; j < L; j++) {
        bool implicit;
        const double dt = tick(&r->clock[j], &implicit);
        if (scheme == TW_GRID_IMPLICIT) implicit = true;
        if (scheme == TW_GRID_TR_BDF2) implicit = false;
        const double part = scheme == TW_GRID_TR_BDF2 ? 0.5 * GAMMA : implicit ? 1.0 : 0.5;
        r->step.k[j] = part * dt;
        r->step.alpha[j] = implicit ? 1.0 : 2.0;
        same = same && r->step.k[j] == r->k[j];
        r->k[j] = r->step.k[j];
    }
    if (!same && !(r->floored && r->settings->american != TW_GRID_PROJECTED)) r->factor(&r->step);
}

static void solve(run *r, const double *rhs)
{
    r->step.rhs = rhs;
    if (r->floored && r->settings->american != TW_GRID_PROJECTED)
        r->iterate(&r->step, r->penalty);
    else
        r->solve(&r->step);
}

/* The second stage of TR-BDF2 (Bank and others 1985), on the same factors. */
static void second_stage(run *r)
{
    const double a = 1.0 / (GAMMA * (2.0 - GAMMA)), b = (1.0 - GAMMA) * (1.0 - GAMMA) * a;
    for (size_t i = 0; i < r->mesh.n * L; i++) r->rhs[i] = a * r->step.v[i] - b * r->old[i];
    for (int j = 0; j < L; j++) r->step.alpha[j] = 1.0;
    solve(r, r->rhs);
}

static void step(run *r)
{
    const bool two = r->settings->scheme == TW_GRID_TR_BDF2;
    next_steps(r);
    if (two) memcpy(r->old, r->step.v, r->mesh.n * L * sizeof(double));
    solve(r, r->step.v);
    if (two) second_stage(r);
}

/* One step of all lanes, and the dates at which some arrive. Returns whether any goes on. */
static bool advance(run *r)
{
    bool arrived[L], goes_on = false;
    for (int j = 0; j < L; j++) {
        arrived[j] = r->clock[j].left == 0;
        if (!arrived[j] && affine(r->problem[j])) lay_obstacle(r, j, arrival(&r->clock[j]));
    }
    step(r);
    for (int j = 0; j < L; j++) {
        clock_of *c = &r->clock[j];
        if (!arrived[j] && c->left == 0 && c->t > 0.0) aim(r, j, date(r, j, c->t));
        goes_on = goes_on || c->left > 0;
    }
    return goes_on;
}

/* ---------------------------------------------------------------- start and end */

static void start_lane(run *r, int lane)
{
    const tw_grid_problem *p = r->problem[lane];
    tw_grid_mesh_lay(&r->mesh, lane, p, r->settings->isa);
    tw_grid_mesh_payoff(&r->mesh, lane, p, r->step.v);
    if (r->floored) lay_obstacle(r, lane, p->T);
    r->clock[lane].t = p->T;
    (void)date(r, lane, p->T);
    aim(r, lane, true);
}

static void start(run *r)
{
    r->floored = false;
    for (int j = 0; j < L; j++) {
        r->floored = r->floored || r->problem[j]->american;
        r->k[j] = NAN;
    }
    for (int j = 0; j < L; j++) start_lane(r, j);
    r->step.floor = r->floored ? r->obstacle : NULL;
    r->step.active = r->active;
    memset(r->active, 0, r->mesh.n * L * sizeof(double));
    r->penalty = r->settings->american == TW_GRID_PENALTY ? 1e8 : 0.0;
    r->factor = TW_ISA_PICK(r->settings->isa, tw_grid_factor);
    r->solve = TW_ISA_PICK(r->settings->isa, tw_grid_solve);
    r->iterate = TW_ISA_PICK(r->settings->isa, tw_grid_iterate);
}

/* Theta by the equation the grid solves; where it is exercised at once nothing is to come. */
static double theta(const tw_grid_problem *p, const tw_grid_answer *a)
{
    const double mu = p->linear ? 0.0 : p->r - p->q, sd = p->linear ? p->vol : p->vol * p->spot;
    const double drop = tw_grid_offset(p, 0.0) * (p->r - p->q);
    return p->r * a->value - (mu * p->spot + drop) * a->delta - 0.5 * sd * sd * a->gamma;
}

/* Value and slopes at the spot. */
static tw_grid_answer read_off(run *r, int lane)
{
    const tw_grid_problem *p = r->problem[lane];
    const double x = p->linear ? p->spot : tw_log(p->spot), s = p->spot;
    const tw_grid_fit fit = tw_grid_interpolate(r->mesh.n, r->mesh.x[lane], ascending(r, lane), x);
    tw_grid_answer a = {.value = fit.value,
                        .delta = p->linear ? fit.first : fit.first / s,
                        .gamma = p->linear ? fit.second : (fit.second - fit.first) / (s * s)};
    const double now = tw_grid_pays(p, p->spot + tw_grid_offset(p, 0.0));
    if (p->american && now > 0.0 && a.value <= now * (1.0 + 1e-9))
        a = (tw_grid_answer){.value = now, .delta = p->sign};
    else
        a.theta = theta(p, &a);
    return a;
}

void tw_grid_run(const tw_grid_settings *settings, const tw_grid_problem *const *problem, void *work,
                 tw_grid_answer *answer)
{
    run *r = work;
    *r = (run){.settings = settings, .problem = problem};
    set_memory(r, (char *)work + (sizeof(run) + 63) / 64 * 64);
    start(r);
    while (advance(r)) {
    }
    for (int j = 0; j < L; j++) answer[j] = read_off(r, j);
}
