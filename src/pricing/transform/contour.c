/* SPDX-License-Identifier: Apache-2.0 */
/* contour.c - options by the transform of their payoff, each along a contour of its own.
 *
 * The contour starts at the saddle of the integrand on the real line, where it is as small as it can be, so that the
 * value comes without cancellation however far out of the money it is (Andersen and Lake 2018). From there it is the
 * hyperbola z = p + bend s (cosh t - 1) + i s sinh t, 1 / s^2 the curvature at the saddle: nodes equally spaced in t
 * then converge geometrically, and reach as far as the integrand does, be it by a few or by 10^9 standard deviations.
 * It is bent towards the side on which the payoff decays where the tail of psi turns that way too. The step is halved
 * until the value stands: as a halving squares the error, the last difference squared is what is left. */
#include "pricing/transform/transform.h"

#include "base/isa.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

typedef struct contour_params {
    double tolerance;
} contour_params;

static const tw_param PARAMS[] = {
    TW_PARAM(contour_params, tolerance, 1e-13, 1e-15, 1e-3, "relative error aimed at"),
    {.name = NULL},
};

/* ---------------------------------------------------------------- moments */

static const double JUMP_MOST = 500.0; /* logarithm of a jump's moment beyond which it is taken for infinite */

/* The largest p for which a jump's moment is a number, on the side of the sign. */
static double jump_end(const tw_psi_model *o, double sign)
{
    const double mean = sign * o->jump_mean, root = sqrt(mean * mean + 2.0 * o->jump_var * JUMP_MOST);
    return mean > 0.0 ? 2.0 * JUMP_MOST / (root + mean) : o->jump_var > 0.0 ? (root - mean) / o->jump_var : INFINITY;
}

/* Distances from the edge of (0, 1): geometric from well inside a standard deviation's to far outside, pressed into
 * what the strip leaves. */
static void distances(const tw_psi_model *o, double room, double sign, double *q)
{
    const double sd = o->sd_large, reach = 60.0 / o->sd_small;
    double first = fmin(0.1 / sd, 0.5 / (sd * sd)), last = fmax(reach, fmin(30.0 * room, 200.0 * reach));
    if (o->jumps) {
        first = fmin(first, 0.02);
        last = fmax(fmin(last, jump_end(o, sign)), 2.0 * first);
    }
    const double step = tw_log(last / first) / (TW_MOMENTS - 1);
    for (int j = 0; j < TW_MOMENTS; j++) {
        const double x = first * tw_exp(step * j);
        q[j] = x / (1.0 + x / room);
    }
}

/* Whether the moment of a jump is a number. */
static bool jump_fits(const tw_psi_model *o, double p)
{
    return !o->jumps || o->jump_mean * p + 0.5 * o->jump_var * p * p < JUMP_MOST;
}

/* ln M(p) - ln(p (p - 1)) at n points. */
static void take_at(const tw_psi_model *o, tw_psi_fn *psi, int n, const double *p, double *ln)
{
    tw_psi_nodes nodes;
    for (int first = 0; first < n; first += TW_NODES) {
        for (int j = 0; j < TW_NODES; j++) {
            nodes.z[0][j] = p[first + j];
            nodes.z[1][j] = 0.0;
        }
        psi(o, &nodes);
        for (int j = 0; j < TW_NODES; j++)
            ln[first + j] =
                jump_fits(o, p[first + j]) ? nodes.psi[0][j] - tw_log(p[first + j] * (p[first + j] - 1.0)) : INFINITY;
    }
}

void tw_moments_take(const tw_psi_model *o, tw_psi_fn *psi, tw_moments *m)
{
    double q[TW_MOMENTS];
    distances(o, -o->lo, -1.0, q);
    for (int j = 0; j < TW_MOMENTS; j++) m->p[0][j] = -q[j];
    distances(o, o->hi - 1.0, 1.0, q);
    for (int j = 0; j < TW_MOMENTS; j++) m->p[1][j] = 1.0 + q[j];
    for (int side = 0; side < 2; side++) take_at(o, psi, TW_MOMENTS, m->p[side], m->ln[side]);
}

/* ---------------------------------------------------------------- the saddle */

typedef struct saddle {
    double p, s, level; /* place, width, logarithm of the integrand there */
} saddle;

static double height(double p, double ln, double k) { return ln + k * (1.0 - p); }

/* Lowest of n points, inner ones only, of which there are three values in `f` around it. */
static int lowest(int n, const double *p, const double *ln, double k, double f[3])
{
    double best = INFINITY, before = INFINITY, last = height(p[0], ln[0], k);
    int at = 1;
    for (int j = 1; j + 1 < n; j++) {
        const double next = height(p[j], ln[j], k);
        if (next < best) {
            best = next;
            at = j;
            before = last;
        }
        last = next;
    }
    f[0] = before;
    f[1] = best;
    f[2] = height(p[at + 1], ln[at + 1], k);
    return at;
}

/* Vertex and curvature of the parabola through three points. */
static saddle vertex(const double *p, const double f[3])
{
    const double a = p[0] - p[1], c = p[2] - p[1];
    const double left = (f[0] - f[1]) / a, right = (f[2] - f[1]) / c;
    const double bend = (right - left) / (c - a), slope = left - bend * a;
    const double near = p[1] < 0.0 ? -p[1] : p[1] - 1.0;
    if (!(bend > 0.0) || !isfinite(bend)) return (saddle){p[1], 0.5 * near, f[1]};
    const double lo = fmin(a, c), hi = fmax(a, c), move = fmin(fmax(-0.5 * slope / bend, 0.6 * lo), 0.6 * hi);
    const double to = p[1] + move, left_over = to < 0.0 ? -to : to - 1.0;
    return (saddle){to, fmin(1.0 / sqrt(2.0 * bend), 0.9 * left_over), f[1] + move * (slope + bend * move)};
}

static saddle saddle_of(const tw_psi_model *o, tw_psi_fn *psi, const tw_moments *m, double k, int side)
{
    double f[3], p[TW_NODES], ln[TW_NODES];
    const int at = lowest(TW_MOMENTS, m->p[side], m->ln[side], k, f);
    const double *near = m->p[side] + at - 1;
    if (fmax(f[0], f[2]) - f[1] < 8.0) return vertex(near, f);
    for (int j = 0; j < TW_NODES; j++) p[j] = near[0] + (near[2] - near[0]) * (j + 0.5) / TW_NODES;
    take_at(o, psi, TW_NODES, p, ln);
    const int fine = lowest(TW_NODES, p, ln, k, f);
    return vertex(p + fine - 1, f);
}

/* Whether jumps stay small along a bent line from p: with x = p + bend y the logarithm of their size is
 * mean x + var (x^2 - y^2) / 2, a parabola in y. */
static bool jumps_let(const tw_psi_model *o, double p, double bend)
{
    const double slope = (o->jump_mean + o->jump_var * p) * bend, width = o->jump_var * (1.0 - bend * bend);
    if (!o->jumps || slope <= 0.0) return true;
    const double at_p = o->jump_mean * p + 0.5 * o->jump_var * p * p;
    return o->jump_rate * o->T * tw_exp(at_p + 0.5 * slope * slope / width) < 2.0; /* of no width: infinite */
}

/* Which way to turn: where psi's own decay and the payoff's agree. */
static double bend_of(const tw_psi_model *o, double p, double k)
{
    if (o->kind == TW_PSI_GAUSS) return 0.0;
    if (o->kind == TW_PSI_GAMMA) return k - o->T / o->rate * o->ln_forward > 0.0 ? 0.5 : -0.5;
    /* Far up the line psi is -(decay + i shift) times the height. */
    const double rate = (o->v0 + o->kappa * o->theta * o->T) / o->sigma;
    const double tail = k + rate * o->rho + (o->jumps ? o->jump_rate * o->T * o->excess : 0.0);
    const double decay = rate * sqrt(1.0 - o->rho * o->rho);
    const bool turns = tail * k > 0.0 || (decay < 0.2 * fabs(tail) && !o->jumps);
    const double bend = turns ? copysign(0.26794919243112270, tail) : 0.0; /* tan(pi / 12) */
    return jumps_let(o, p, bend) ? bend : 0.0;
}

/* ---------------------------------------------------------------- the integral */

enum { FIRST = 4 /* nodes per unit of t at first */, LEVELS = 9, T_MAX = 80 };

typedef struct integral {
    const tw_psi_model *model;
    tw_line_fn *add;
    tw_line line;
    tw_psi_nodes nodes;
    tw_line_sums sums;
    double largest; /* size of a node so far */
    double floor;   /* a sum so small counts for nothing beside the forward */
} integral;

static double total(const tw_line_sums *sums, int q)
{
    double x = 0.0;
    for (int j = 0; j < TW_NODES; j++) x += sums->sum[q][j];
    return x;
}

static double largest_of(const double size[TW_NODES])
{
    double x = 0.0;
    for (int j = 0; j < TW_NODES; j++) x = size[j] > x ? size[j] : x;
    return x;
}

/* Adds the nodes t = (first + step j) / per for j = 0, 1, ... until they count no more. */
static void add_nodes(integral *in, double per, double first, double step)
{
    for (int from = 0; first + step * from < T_MAX * per; from += TW_NODES) {
        for (int j = 0; j < TW_NODES; j++) in->line.t[j] = (first + step * (from + j)) / per;
        in->add(in->model, &in->line, &in->nodes, &in->sums);
        const double size = largest_of(in->sums.size);
        in->largest = fmax(in->largest, size);
        /* The last of the chunk are the smallest: what is behind them is smaller still. */
        if (fmax(in->sums.size[TW_NODES - 1], in->sums.size[TW_NODES - 2]) < 1e-18 * in->largest) return;
    }
}

/* Halves the step until the value stands. Returns the relative error left, infinite when it does not. */
static double integrate(integral *in, double tolerance, double *h)
{
    double before = NAN, now = NAN, per = FIRST;
    add_nodes(in, per, 0.0, 1.0);
    before = total(&in->sums, TW_SUM_1) / per;
    for (int level = 1; level < LEVELS; level++) {
        per *= 2.0;
        add_nodes(in, per, 1.0, 2.0);
        now = total(&in->sums, TW_SUM_1) / per;
        *h = 1.0 / per;
        if (now == 0.0 && before == 0.0) return 0.0;
        const double off = fabs(now - before) / fabs(now);
        /* Waves of jumps far up the line, and tails that fall like powers, do not get right by squares. */
        const double left = in->model->jumps || in->model->kind == TW_PSI_GAMMA ? off : off * off;
        if (left < 0.1 * tolerance || off < 2e-15) return fmax(left, 2e-16);
        if (level >= 5 && fabs(now - before) < in->floor) break; /* right to the digits a price has */
        before = now;
    }
    return fabs(now - before) < in->floor ? in->floor / fabs(now) : INFINITY;
}

/* Goes to the side in the money where moments of the other do not exist. */
static void choose_side(const tw_psi_model *model, tw_terms *t)
{
    const double room[2] = {-model->lo, model->hi - 1.0};
    const int side = t->side > 0.0;
    if (room[side] > 1e-6 || room[1 - side] < room[side]) return;
    t->side = -t->side;
    if (t->paid) t->sign = t->side;
}

/* A call is worth no more than the asset, a put no more than the strike, a digital no more than what it pays: else it
 * is rounding errors of an integrand that grew. */
static bool possible(const tw_terms *t, double sum)
{
    const double most = t->paid == 1 ? t->cash * t->df / t->pv_spot : t->paid || t->side > 0.0 ? 1.0 : tw_exp(t->k);
    const double value = t->paid ? t->sign * sum : sum;
    return value >= -1e-14 && value <= most * (1.0 + 1e-9) + 1e-14;
}

/* Row i by its contour; false when that does not converge. */
static bool contour_row(const tw_block *b, size_t i, const tw_psi_model *model, const tw_moments *moments,
                        double tolerance)
{
    tw_terms t = tw_terms_of_row(b, i);
    choose_side(model, &t);
    const saddle at = saddle_of(model, TW_ISA_PICK(b->isa, tw_pricing_psi), moments, t.k, t.side > 0.0);
    const bool greeks = b->wants & ~(TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_error_estimate));
    integral in = {
        .model = model,
        .add = TW_ISA_PICK(b->isa, tw_pricing_line),
        .line = {at.p, at.s, bend_of(model, at.p, t.k), t.k, at.level, t.r - t.q, t.r, t.payoff, greeks, {0}},
        .floor = 1e-15 / tw_exp(at.level)};
    double h = 0.0, sum[TW_SUM_COUNT] = {0};
    if (at.level < -800.0) { /* beyond all that may be, or as good as that */
        tw_terms_store(b, i, &t, sum);
        if (b->wants & TW_VALUE_BIT(TW_VALUE_error_estimate)) b->out[TW_VALUE_error_estimate][i] = 1e-300;
        return true;
    }
    const double error = integrate(&in, tolerance, &h);
    if (!(error < INFINITY)) return false;
    const double scale = tw_exp(at.level) * h * 0x1.45f306dc9c883p-2; /* 1 / pi */
    for (int q = 0; q < TW_SUM_COUNT; q++) sum[q] = scale * total(&in.sums, q);
    if (!possible(&t, sum[TW_SUM_1])) return false;
    if ((t.paid ? t.sign : 1.0) * sum[TW_SUM_1] < 0.0) sum[TW_SUM_1] = 0.0; /* the last bits of nothing */
    tw_terms_store(b, i, &t, sum);
    if (b->wants & TW_VALUE_BIT(TW_VALUE_error_estimate))
        b->out[TW_VALUE_error_estimate][i] = t.pv_spot * (fabs(sum[TW_SUM_1]) * error + 4e-16);
    return true;
}

/* ---------------------------------------------------------------- the engine */

void tw_contour_group(const tw_block *b, const tw_group *group, double tolerance)
{
    const size_t first = group->row[0];
    tw_psi_model model;
    tw_moments moments;
    const tw_psi_case kind = tw_psi_of_row(b, first, &model);
    if (kind == TW_PSI_OK) tw_moments_take(&model, TW_ISA_PICK(b->isa, tw_pricing_psi), &moments);
    for (size_t g = 0; g < group->n; g++) {
        const size_t i = group->row[g];
        b->status[i] = b->status[first];
        if (kind == TW_PSI_CERTAIN) {
            const tw_terms terms = tw_terms_of_row(b, i);
            tw_terms_limit(b, i, &terms);
        } else if (kind == TW_PSI_OK && !contour_row(b, i, &model, &moments, tolerance)) {
            b->status[i] = TW_ROW_STATUS(TW_ROW_NO_CONVERGENCE, TW_COLUMN_COUNT);
        }
    }
}

static void price_group(const tw_block *b, const tw_group *group, const void *params)
{
    const contour_params *set = params;
    tw_contour_group(b, group, set ? set->tolerance : 1e-13);
}

static void contour_price(const tw_block *b, const void *params) { tw_groups(b, price_group, params); }

static const tw_scope SCOPES[] = {
    {"digital_asset", "bates", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_asset", "heston", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_asset", "merton76", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_asset", "variance_gamma", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_cash", "bates", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_cash", "heston", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_cash", "merton76", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"digital_cash", "variance_gamma", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"european", "bates", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"european", "heston", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"european", "merton76", 13, 0, TW_TRANSFORM_SUPPLIES},
    {"european", "variance_gamma", 13, 0, TW_TRANSFORM_SUPPLIES},
    {.instrument = NULL},
};

const tw_engine tw_engine_contour = {
    .name = "contour",
    .title = "transform along a contour through the saddle",
    .source = "Lewis (2001), Andersen and Lake (2018), Weideman (2006)",
    .quantlib = "AnalyticHestonEngine",
    .params = PARAMS,
    .params_size = sizeof(contour_params),
    .scopes = SCOPES,
    .bumps = {1e-4, 1e-4, 1e-4, 1e-4, 2},
    .price = contour_price,
};
