/* SPDX-License-Identifier: Apache-2.0 */
/* bootstrap.c - the nodes of a curve from the quotes of instruments. First each node in the order of time with forward
 * rates flat between nodes, where an instrument needs no later node; then, for other interpolations, Newton's method on
 * all nodes at once from there, with the exact Jacobian that reverse mode gives. */
#include "pricing/rates/legs.h"
#include "pricing/rates/lu.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* An instrument with its flows, in the order of nodes. */
typedef struct target {
    size_t of; /* index in the spec */
    const tw_rate_instrument *instrument;
    tw_flow *fixed, *floating;
    size_t n_fixed, n_float;
    double t, rate; /* time of the node; rate to be met */
    double a_quote; /* d rate / d quote */
    tw_date date;
} target;

struct tw_bootstrap {
    tw_arena arena;
    const tw_ctx *ctx;
    const tw_interpolation *interpolation;
    const tw_curve *discount; /* NULL: the curve itself */
    size_t n;
    target *target;
    size_t *node_of; /* of instrument i of the spec */
    double *t, *zero;
    void *block;
    tw_curve *curve;
    double *jacobian; /* d y of node j / d rate of target i */
};

/* ---------------------------------------------------------------- targets */

static tw_status fail_at(const tw_rate_instrument *i, size_t of, tw_status status, tw_error *err)
{
    char text[64];
    return tw_fail_in(err, status, "bootstrap: instrument %zu (%s)", of + 1, tw_instrument_text(i, text));
}

static tw_flow *keep(tw_arena *arena, size_t n, const tw_flow *flow)
{
    tw_flow *kept = tw_arena_new(arena, n, sizeof *flow);
    if (kept) memcpy(kept, flow, n * sizeof *flow);
    return kept;
}

static tw_status take_quote(const tw_rate_instrument *i, target *t, tw_error *err)
{
    const bool future = i->kind == TW_FUTURE;
    t->rate = future ? (100 - i->quote) / 100 - i->convexity : i->quote;
    t->a_quote = future ? -0.01 : 1;
    if (isfinite(t->rate) && fabs(t->rate) <= 10) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "the quote must be %s, got %g",
                   future ? "a price of 100 less a rate in percent" : "a rate between -10 and 10 (0.05 is 5 %)",
                   i->quote);
}

static tw_status make_target(tw_bootstrap *b, const tw_bootstrap_spec *spec, size_t of, tw_legs *legs, tw_error *err)
{
    target *t = &b->target[of];
    const tw_rate_instrument *i = &spec->instrument[of];
    TW_TRY(take_quote(i, t, err));
    TW_TRY(tw_legs_make(i, &spec->as_of, 0, legs, err));
    if (legs->first_date < spec->as_of.date) return tw_fail(err, TW_BAD_VALUE, "it starts before the day of valuation");
    t->of = of;
    t->instrument = i;
    t->n_fixed = legs->n_fixed;
    t->n_float = legs->n_float;
    t->fixed = keep(&b->arena, legs->n_fixed, legs->fixed);
    t->floating = keep(&b->arena, legs->n_float, legs->floating);
    t->t = legs->last;
    t->date = legs->last_date;
    return t->fixed && t->floating ? TW_OK : tw_no_memory(err, "flows");
}

/* Insertion sort: few, and mostly in order. */
static void sort_targets(size_t n, target *t)
{
    for (size_t i = 1; i < n; i++) {
        const target moved = t[i];
        size_t k = i;
        for (; k > 0 && t[k - 1].t > moved.t; k--) t[k] = t[k - 1];
        t[k] = moved;
    }
}

static tw_status make_targets(tw_bootstrap *b, const tw_bootstrap_spec *spec, tw_error *err)
{
    tw_legs *legs = tw_arena_new(&b->arena, 1, sizeof *legs);
    if (!legs) return tw_no_memory(err, "flows");
    for (size_t i = 0; i < b->n; i++) {
        const tw_status status = make_target(b, spec, i, legs, err);
        if (status != TW_OK) return fail_at(&spec->instrument[i], i, status, err);
    }
    sort_targets(b->n, b->target);
    for (size_t k = 0; k < b->n; k++) {
        const target *t = &b->target[k], *before = k ? t - 1 : NULL;
        b->t[k] = t->t;
        b->node_of[t->of] = k;
        if (before && t->t <= before->t) {
            char date[16], text[64];
            (void)tw_date_format(t->date, date);
            const tw_status status =
                tw_fail(err, TW_BAD_VALUE, "it ends on %s as instrument %zu (%s) does: leave one out", date,
                        before->of + 1, tw_instrument_text(before->instrument, text));
            return fail_at(t->instrument, t->of, status, err);
        }
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- repricing */

static double rate_on(const tw_bootstrap *b, const target *t, const tw_curve *curve)
{
    const tw_curve *discount = b->discount ? b->discount : curve;
    return tw_legs_float(t->n_float, t->floating, curve, discount, 0) / tw_legs_annuity(t->n_fixed, t->fixed, discount);
}

/* The rate; adds bar x d rate / dy of the nodes of the curve, and of those of the discount curve where it is another.
 */
static double pull_rate(const tw_bootstrap *b, const target *t, double bar, double *node_bar, double *discount_bar)
{
    const tw_curve *curve = b->curve, *discount = b->discount ? b->discount : curve;
    const tw_legs_bars bars = {curve, discount, node_bar, b->discount ? discount_bar : node_bar};
    const double floats = tw_legs_float(t->n_float, t->floating, curve, discount, 0);
    const double annuity = tw_legs_annuity(t->n_fixed, t->fixed, discount);
    tw_legs_pull_float(t->n_float, t->floating, 0, bar / annuity, &bars);
    tw_legs_pull_annuity(t->n_fixed, t->fixed, -bar * floats / (annuity * annuity), &bars);
    return floats / annuity;
}

/* The curve through the first n nodes. */
static tw_status rebuild(tw_bootstrap *b, const tw_interpolation *way, size_t n, tw_error *err)
{
    const tw_curve_spec spec = {way, TW_ZEROS, n, b->t, b->zero, NULL};
    return tw_curve_init(&spec, b->block, tw_curve_bytes(b->n), &b->curve, err);
}

/* ---------------------------------------------------------------- node by node */

enum { MOST_STEPS = 60, MOST_HALVINGS = 14 };

static const double CLOSE = 1e-15, ENOUGH = 1e-12, LONGEST_STEP = 3;

static tw_status no_rate(const target *t, tw_error *err)
{
    return fail_at(t->instrument, t->of,
                   tw_fail(err, TW_NO_CONVERGENCE, "no discount factor meets its quote of %g", t->instrument->quote),
                   err);
}

static bool is_met(double off, double rate, double tolerance) { return fabs(off) <= tolerance * fmax(1, fabs(rate)); }

/* Node k by Newton's method on its y; the step is bounded, since far away y loses its curvature. */
static tw_status solve_node(tw_bootstrap *b, size_t k, double *bar, tw_error *err)
{
    const target *t = &b->target[k];
    double off = INFINITY;
    for (int step = 0; step < MOST_STEPS; step++) {
        TW_TRY(rebuild(b, &tw_interpolation_log_linear, k + 1, err));
        memset(bar, 0, b->n * sizeof *bar);
        off = pull_rate(b, t, 1, bar, NULL) - t->rate;
        if (!isfinite(off)) return no_rate(t, err);
        if (is_met(off, t->rate, CLOSE)) return TW_OK;
        const double by = -off / bar[k], most = LONGEST_STEP * fmax(b->t[k] - (k ? b->t[k - 1] : 0), 0.1);
        if (!isfinite(by)) return no_rate(t, err);
        const double before = b->zero[k];
        b->zero[k] += (by > most ? most : by < -most ? -most : by) / b->t[k];
        if (!(fabs(b->zero[k] - before) > 0)) break; /* as near as doubles come */
    }
    return is_met(off, t->rate, ENOUGH) ? TW_OK : no_rate(t, err);
}

static tw_status solve_in_order(tw_bootstrap *b, double *bar, tw_error *err)
{
    for (size_t k = 0; k < b->n; k++) {
        b->zero[k] = k ? b->zero[k - 1] : b->target[k].rate;
        TW_TRY(solve_node(b, k, bar, err));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- all nodes at once */

/* What a round of Newton's method works on: n numbers each, and the matrix. */
typedef struct rounds {
    double *matrix, *off, *by, *from;
    size_t *order;
} rounds;

/* Differences to the quotes; the largest one, relative to 1 where rates are larger. */
static double differences(const tw_bootstrap *b, double *off, size_t *worst)
{
    double most = 0;
    for (size_t i = 0; i < b->n; i++) {
        const target *t = &b->target[i];
        off[i] = rate_on(b, t, b->curve) - t->rate;
        const double size = isfinite(off[i]) ? fabs(off[i]) / fmax(1, fabs(t->rate)) : INFINITY;
        if (size >= most) most = size, *worst = i;
    }
    return most;
}

static bool make_matrix(tw_bootstrap *b, rounds *r)
{
    memset(r->matrix, 0, b->n * b->n * sizeof *r->matrix);
    for (size_t i = 0; i < b->n; i++) (void)pull_rate(b, &b->target[i], 1, r->matrix + i * b->n, NULL);
    return tw_lu_factor(b->n, r->matrix, r->order);
}

/* A step along `by`, halved until it helps; the new largest difference, or the old one when nothing helps. */
static tw_status step_down(tw_bootstrap *b, rounds *r, double *most, size_t *worst, tw_error *err)
{
    const double before = *most;
    memcpy(r->from, b->zero, b->n * sizeof *r->from);
    double part = 2;
    for (int halving = 0; halving < MOST_HALVINGS; halving++) {
        part /= 2;
        for (size_t k = 0; k < b->n; k++) b->zero[k] = r->from[k] - part * r->by[k] / b->t[k];
        if (rebuild(b, b->interpolation, b->n, NULL) != TW_OK) continue;
        *most = differences(b, r->off, worst);
        if (*most < before) return TW_OK;
    }
    memcpy(b->zero, r->from, b->n * sizeof *r->from);
    TW_TRY(rebuild(b, b->interpolation, b->n, err));
    *most = differences(b, r->off, worst);
    return TW_OK;
}

static tw_status solve_together(tw_bootstrap *b, rounds *r, tw_error *err)
{
    size_t worst = 0;
    TW_TRY(rebuild(b, b->interpolation, b->n, err));
    double most = differences(b, r->off, &worst);
    for (int step = 0; step < MOST_STEPS && most > CLOSE; step++) {
        const double before = most;
        if (!make_matrix(b, r)) return no_rate(&b->target[worst], err);
        tw_lu_solve(b->n, r->matrix, r->order, r->off, r->by);
        TW_TRY(step_down(b, r, &most, &worst, err));
        if (most >= before) break;
    }
    return most <= ENOUGH ? TW_OK : no_rate(&b->target[worst], err);
}

/* The inverse of d rate / dy at the solution, column by column. */
static tw_status invert(tw_bootstrap *b, rounds *r, tw_error *err)
{
    if (!make_matrix(b, r)) return tw_fail(err, TW_SINGULAR, "bootstrap: the quotes do not move the nodes");
    for (size_t i = 0; i < b->n; i++) {
        memset(r->off, 0, b->n * sizeof *r->off);
        r->off[i] = 1;
        tw_lu_solve(b->n, r->matrix, r->order, r->off, r->by);
        for (size_t j = 0; j < b->n; j++) b->jacobian[j * b->n + i] = r->by[j];
    }
    return TW_OK;
}

static tw_status solve(tw_bootstrap *b, tw_error *err)
{
    rounds r = {.matrix = tw_new(b->ctx, b->n * b->n + 3 * b->n, sizeof(double)),
                .order = tw_new(b->ctx, b->n, sizeof(size_t))};
    tw_status status = r.matrix && r.order ? TW_OK : tw_no_memory(err, "the Jacobian of a curve");
    if (status == TW_OK) {
        r.off = r.matrix + b->n * b->n;
        r.by = r.off + b->n;
        r.from = r.by + b->n;
        status = solve_in_order(b, r.by, err);
    }
    if (status == TW_OK) status = solve_together(b, &r, err);
    if (status == TW_OK) status = invert(b, &r, err);
    tw_free(b->ctx, r.matrix);
    tw_free(b->ctx, r.order);
    return status;
}

/* ---------------------------------------------------------------- the object */

static tw_status make_room(tw_bootstrap *b, tw_error *err)
{
    b->target = tw_arena_new(&b->arena, b->n, sizeof *b->target);
    b->node_of = tw_arena_new(&b->arena, b->n, sizeof *b->node_of);
    b->t = tw_arena_new(&b->arena, b->n, sizeof *b->t);
    b->zero = tw_arena_new(&b->arena, b->n, sizeof *b->zero);
    b->block = tw_arena_new(&b->arena, tw_curve_bytes(b->n), 1);
    b->jacobian = tw_arena_new(&b->arena, b->n * b->n, sizeof *b->jacobian);
    return b->target && b->node_of && b->t && b->zero && b->block && b->jacobian ? TW_OK
                                                                                 : tw_no_memory(err, "a bootstrap");
}

tw_status tw_bootstrap_new(const tw_ctx *ctx, const tw_bootstrap_spec *spec, tw_bootstrap **bootstrap, tw_error *err)
{
    if (spec->n < 1 || spec->n > TW_BOOTSTRAP_MOST)
        return tw_fail(err, TW_BAD_VALUE, "bootstrap: between 1 and %d instruments are needed, got %zu",
                       TW_BOOTSTRAP_MOST, spec->n);
    tw_bootstrap *b = tw_new(ctx, 1, sizeof *b);
    if (!b) return tw_no_memory(err, "a bootstrap");
    *b = (tw_bootstrap){.ctx = ctx, .interpolation = spec->interpolation, .discount = spec->discount, .n = spec->n};
    tw_arena_init(&b->arena, ctx);
    tw_status status = make_room(b, err);
    if (status == TW_OK) status = make_targets(b, spec, err);
    if (status == TW_OK) status = solve(b, err);
    if (status != TW_OK) {
        tw_bootstrap_free(b);
        return status;
    }
    *bootstrap = b;
    return TW_OK;
}

void tw_bootstrap_free(tw_bootstrap *bootstrap)
{
    if (!bootstrap) return;
    tw_arena_clear(&bootstrap->arena);
    tw_free(bootstrap->ctx, bootstrap);
}

const tw_curve *tw_bootstrap_curve(const tw_bootstrap *bootstrap) { return bootstrap->curve; }

tw_date tw_bootstrap_node(const tw_bootstrap *bootstrap, size_t j, size_t *of)
{
    if (of) *of = bootstrap->target[j].of;
    return bootstrap->target[j].date;
}

double tw_bootstrap_quote(const tw_bootstrap *bootstrap, size_t i)
{
    const target *t = &bootstrap->target[bootstrap->node_of[i]];
    const double rate = rate_on(bootstrap, t, bootstrap->curve);
    return t->instrument->kind == TW_FUTURE ? 100 - 100 * (rate + t->instrument->convexity) : rate;
}

double tw_bootstrap_jacobian(const tw_bootstrap *bootstrap, size_t j, size_t i)
{
    const size_t k = bootstrap->node_of[i];
    return bootstrap->jacobian[j * bootstrap->n + k] * bootstrap->target[k].a_quote;
}

void tw_bootstrap_adjoint(const tw_bootstrap *bootstrap, const double *node_bar, double *quote_bar,
                          double *discount_bar)
{
    for (size_t k = 0; k < bootstrap->n; k++) {
        const target *t = &bootstrap->target[k];
        double rate_bar = 0;
        for (size_t j = 0; j < bootstrap->n; j++) rate_bar += node_bar[j] * bootstrap->jacobian[j * bootstrap->n + k];
        quote_bar[t->of] += rate_bar * t->a_quote;
        if (bootstrap->discount && discount_bar) (void)pull_rate(bootstrap, t, -rate_bar, NULL, discount_bar);
    }
}
