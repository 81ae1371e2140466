/* SPDX-License-Identifier: Apache-2.0 */
/* curve.c - making discount curves and reading them. */
#include "pricing/rates/curve.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

#define TW_INTERPOLATION(name) &tw_interpolation_##name,
static const tw_interpolation *const INTERPOLATIONS[] = {
#include "pricing/rates/interpolations.def"
};
#undef TW_INTERPOLATION
#define TW_INTERPOLATION(name) #name,
static const char *const NAMES[] = {
#include "pricing/rates/interpolations.def"
    NULL};
#undef TW_INTERPOLATION

const tw_interpolation *const *tw_interpolations(size_t *n)
{
    *n = sizeof INTERPOLATIONS / sizeof *INTERPOLATIONS;
    return INTERPOLATIONS;
}

tw_status tw_interpolation_find(const char *name, const tw_interpolation **interpolation, tw_error *err)
{
    for (size_t i = 0; NAMES[i]; i++)
        if (strcmp(NAMES[i], name) == 0) {
            *interpolation = INTERPOLATIONS[i];
            return TW_OK;
        }
    const char *near = tw_did_you_mean(name, NAMES);
    return tw_fail(err, TW_BAD_NAME, "no interpolation of curves \"%s\"%s%s%s", name, near ? "; did you mean \"" : "",
                   near ? near : "", near ? "\"?" : "");
}

/* ---------------------------------------------------------------- making */

static size_t most_pieces(size_t n) { return 2 * n + 1; }

size_t tw_curve_bytes(size_t n)
{
    return sizeof(tw_curve) + 3 * (n + 1) * sizeof(double) + most_pieces(n) * (sizeof(double) + sizeof(tw_piece));
}

/* The parts of the block, n nodes without one at 0. */
static tw_curve *lay_out(void *block, size_t n)
{
    tw_curve *c = block;
    memset(block, 0, tw_curve_bytes(n));
    c->n = n;
    c->t = (double *)(void *)(c + 1);
    c->y = c->t + n + 1;
    c->slope = c->y + n + 1;
    c->start = c->slope + n + 1;
    c->piece = (tw_piece *)(void *)(c->start + most_pieces(n));
    return c;
}

void tw_curve_add(tw_curve *curve, double start, const tw_piece *piece)
{
    curve->start[curve->n_pieces] = start;
    curve->piece[curve->n_pieces++] = *piece;
}

static double value_of(const tw_piece *p, double u)
{
    return p->c[0] + u * (p->c[1] + u * (p->c[2] + u * (p->c[3] + u * p->c[4])));
}

static double slope_of(const tw_piece *p, double u)
{
    return p->c[1] + u * (2 * p->c[2] + u * (3 * p->c[3] + u * 4 * p->c[4]));
}

/* Behind the last knot the forward rate stays. */
static void close_curve(tw_curve *c)
{
    const size_t last = c->n_pieces - 1;
    const double end = c->t[c->n], forward = slope_of(&c->piece[last], end - c->start[last]);
    tw_curve_add(c, end, &(tw_piece){{c->y[c->n], forward}});
}

static tw_status bad_node(const tw_curve_spec *s, size_t i, tw_error *err, const char *rule)
{
    return tw_fail(err, TW_BAD_VALUE, "curve: node %zu (time %g, value %g): %s", i, s->t[i], s->value[i], rule);
}

static tw_status check_node(const tw_curve_spec *s, size_t i, tw_error *err)
{
    const double before = i ? s->t[i - 1] : 0;
    if (!isfinite(s->t[i]) || (i ? s->t[i] <= before : s->t[i] < 0))
        return bad_node(s, i, err, "times must ascend from 0");
    if (!isfinite(s->value[i])) return bad_node(s, i, err, "the value must be finite");
    if (s->quantity != TW_DISCOUNTS) return TW_OK;
    if (s->value[i] <= 0) return bad_node(s, i, err, "a discount factor must be positive");
    if (s->t[i] <= 0 && fabs(s->value[i] - 1) > 0) return bad_node(s, i, err, "the discount factor at 0 is 1");
    return TW_OK;
}

static tw_status check_spec(const tw_curve_spec *s, tw_error *err)
{
    const size_t at_0 = s->n > 0 && s->t[0] <= 0;
    if (s->n <= at_0 || s->n > TW_CURVE_MOST_NODES)
        return tw_fail(err, TW_BAD_VALUE, "curve: between 1 and %d nodes behind time 0 are needed, got %zu",
                       TW_CURVE_MOST_NODES, s->n - (s->n ? at_0 : 0));
    for (size_t i = 0; i < s->n; i++) TW_TRY(check_node(s, i, err));
    return TW_OK;
}

static double node_y(const tw_curve_spec *s, size_t i, double before)
{
    switch (s->quantity) {
    case TW_DISCOUNTS: return -tw_log(s->value[i]);
    case TW_ZEROS: return s->value[i] * s->t[i];
    case TW_FORWARDS: return before + s->value[i] * (s->t[i] - (i ? s->t[i - 1] : 0));
    }
    return NAN;
}

tw_status tw_curve_init(const tw_curve_spec *spec, void *block, size_t bytes, tw_curve **curve, tw_error *err)
{
    TW_TRY(check_spec(spec, err));
    const size_t at_0 = spec->t[0] <= 0, n = spec->n - at_0;
    if (bytes < tw_curve_bytes(n))
        return tw_fail(err, TW_TOO_LARGE, "curve: %zu nodes need %zu bytes, got %zu", n, tw_curve_bytes(n), bytes);
    tw_curve *c = lay_out(block, n);
    c->interpolation = spec->interpolation;
    c->base = spec->base;
    for (size_t k = 1; k <= n; k++) {
        const size_t i = k - 1 + at_0;
        c->t[k] = spec->t[i];
        c->y[k] = node_y(spec, i, c->y[k - 1]);
        if (!isfinite(c->y[k])) return bad_node(spec, i, err, "the discount factor is not a number");
    }
    c->has_zero_at_0 = at_0 && spec->quantity == TW_ZEROS;
    c->zero_at_0 = c->has_zero_at_0 ? spec->value[0] : c->y[1] / c->t[1];
    c->interpolation->calls->build(c);
    close_curve(c);
    *curve = c;
    return TW_OK;
}

tw_status tw_curve_new(const tw_ctx *ctx, const tw_curve_spec *spec, tw_curve **curve, tw_error *err)
{
    TW_TRY(check_spec(spec, err));
    const size_t bytes = tw_curve_bytes(spec->n);
    void *block = tw_new(ctx, bytes, 1);
    if (!block) return tw_no_memory(err, "a curve");
    const tw_status status = tw_curve_init(spec, block, bytes, curve, err);
    if (status != TW_OK) tw_free(ctx, block);
    return status;
}

void tw_curve_free(const tw_ctx *ctx, tw_curve *curve) { tw_free(ctx, curve); }

tw_curve *tw_curve_flat(double rate, void *block)
{
    tw_curve *c = lay_out(block, 1);
    c->interpolation = &tw_interpolation_log_linear;
    c->t[1] = 1;
    c->y[1] = rate;
    c->zero_at_0 = rate;
    c->interpolation->calls->build(c);
    close_curve(c);
    return c;
}

tw_status tw_curve_shifted(const tw_curve *base, const tw_curve_shift *shift, void *block, tw_curve **curve,
                           tw_error *err)
{
    double t[TW_CURVE_MOST_NODES], value[TW_CURVE_MOST_NODES];
    const size_t n = shift->n;
    if (n < 1 || n >= TW_CURVE_MOST_NODES)
        return tw_fail(err, TW_BAD_VALUE, "curve: between 1 and %d key times are needed, got %zu",
                       TW_CURVE_MOST_NODES - 1, n);
    memcpy(t, shift->key, n * sizeof *t);
    memcpy(value, shift->value, n * sizeof *value);
    /* One more node, so that it is the zero rate that is flat behind the last key. */
    t[n] = t[n - 1] + 1;
    value[n] = value[n - 1];
    const tw_curve_spec spec = {&tw_interpolation_linear_zero, TW_ZEROS, n + 1, t, value, base};
    return tw_curve_init(&spec, block, tw_curve_bytes(n + 1), curve, err);
}

/* ---------------------------------------------------------------- reading */

/* The last piece that starts at or before t; the first for t < 0 and NaN. */
static size_t piece_at(const tw_curve *c, double t)
{
    size_t from = 0;
    for (size_t n = c->n_pieces; n > 1;) {
        const size_t half = n / 2;
        from = c->start[from + half] <= t ? from + half : from;
        n -= half;
    }
    return from;
}

size_t tw_curve_interval(const tw_curve *c, double t)
{
    size_t from = 0;
    for (size_t n = c->n; n > 1;) {
        const size_t half = n / 2;
        from = c->t[from + half] <= t ? from + half : from;
        n -= half;
    }
    return from;
}

static double own_y(const tw_curve *c, double t)
{
    if (t < 0) return c->piece[0].c[1] * t;
    const size_t i = piece_at(c, t);
    return value_of(&c->piece[i], t - c->start[i]);
}

static double own_forward(const tw_curve *c, double t)
{
    if (t < 0) return c->piece[0].c[1];
    const size_t i = piece_at(c, t);
    return slope_of(&c->piece[i], t - c->start[i]);
}

double tw_curve_y(const tw_curve *c, double t)
{
    double y = own_y(c, t);
    for (const tw_curve *b = c->base; b; b = b->base) y += own_y(b, t);
    return y;
}

double tw_curve_forward(const tw_curve *curve, double t)
{
    double f = own_forward(curve, t);
    for (const tw_curve *b = curve->base; b; b = b->base) f += own_forward(b, t);
    return f;
}

double tw_curve_discount(const tw_curve *curve, double t) { return tw_exp(-tw_curve_y(curve, t)); }

double tw_curve_zero(const tw_curve *curve, double t)
{
    return t < 0 || t > 0 ? tw_curve_y(curve, t) / t : tw_curve_forward(curve, t);
}

double tw_curve_simple_forward(const tw_curve *curve, double t1, double t2)
{
    return tw_expm1(tw_curve_y(curve, t2) - tw_curve_y(curve, t1)) / (t2 - t1);
}

void tw_curve_discounts(const tw_curve *curve, size_t n, const double *t, double *out)
{
    for (size_t i = 0; i < n; i++) out[i] = -tw_curve_y(curve, t[i]);
    tw_vexp(TW_ISA_BEST, n, out, out);
}

void tw_curve_zeros(const tw_curve *curve, size_t n, const double *t, double *out)
{
    for (size_t i = 0; i < n; i++) out[i] = tw_curve_zero(curve, t[i]);
}

void tw_curve_forwards(const tw_curve *curve, size_t n, const double *t, double *out)
{
    for (size_t i = 0; i < n; i++) out[i] = tw_curve_forward(curve, t[i]);
}

/* ---------------------------------------------------------------- reverse mode */

size_t tw_curve_nodes(const tw_curve *curve) { return curve->n; }

double tw_curve_node_time(const tw_curve *curve, size_t i) { return curve->t[i + 1]; }

void tw_curve_pull(const tw_curve *c, double t, double bar, double *node_bar)
{
    const double end = c->t[c->n];
    if (t < 0) {
        c->interpolation->calls->pull_edge(c, false, bar * t, node_bar);
    } else if (t < end) {
        c->interpolation->calls->pull(c, t, bar, node_bar);
    } else {
        node_bar[c->n - 1] += bar;
        if (t > end) c->interpolation->calls->pull_edge(c, true, bar * (t - end), node_bar);
    }
}

void tw_curve_adjoint(const tw_curve *curve, size_t n, const double *t, const double *discount_bar, double *node_bar)
{
    for (size_t k = 0; k < n; k++)
        tw_curve_pull(curve, t[k], -tw_curve_discount(curve, t[k]) * discount_bar[k], node_bar);
}
