/* SPDX-License-Identifier: Apache-2.0 */
/* implied.c - total volatility s from the price out of the money, by Householder's step of third order on its
 * logarithm.
 *
 * With a = |ln(F / K)|, d1 = -a/s + s/2 and d2 = -a/s - s/2, the price over its bound is
 *     c(s) = Phi(d1) - e^a Phi(d2) = phi(d1) R,  R = c / c' = M(-d1) - M(-d2)
 * where M is the Mills ratio, and c'' / c' = d1 d2 / s. ln c is concave: from a lower bound every step of Newton's
 * stays below. For small s R is a series in s/2 at the middle of the two, for its difference would have no digits left.
 */
#include "pricing/implied.h"
#include "base/isa.h"
#include "num/vmath.h"
#include "num/vmath_normal.h"
#include "pricing/lane.h"

#include <math.h>

#define TW_LN_SQRT_2PI 0x1.d67f1c864beb5p-1
#define TW_SQRT_2PI 0x1.40d931ff62706p+1
#define TW_SERIES_BELOW 0.01

/* ---------------------------------------------------------------- prepare */

static bool black_prepare(tw_quote_block *restrict b)
{
    for (int i = 0; i < TW_BLOCK; i++) {
        const double T = b->T[i], S = b->spot[i], K = b->strike[i], w = b->type[i];
        const double pv_S = S * tw_lane_exp_brief(-b->q[i] * T), pv_K = K * tw_lane_exp_brief(-b->r[i] * T);
        const double x = tw_lane_log_ratio(S, K) + (b->r[i] - b->q[i]) * T;
        const double parity = w * (pv_S - pv_K), in = x > 0.0 ? w : -w;
        const double larger = pv_S > pv_K ? pv_S : pv_K, bound = x > 0.0 ? pv_K : pv_S;
        const double value = b->price[i] - (in > 0.0 ? parity : 0.0);
        b->distance[i] = tw_lane_abs(x);
        b->bound[i] = bound;
        b->time_value[i] = value;
        b->target[i] = value / bound;
        b->rounding[i] = in > 0.0 ? 0x1p-51 * larger : 0.0;
        b->root[i] = sqrt(T);
    }
    double plain = 1.0;
    for (int i = 0; i < TW_BLOCK; i++) {
        const double above = b->target[i] >= 1e-300 ? plain : 0.0, below = b->target[i] < 1.0 ? above : 0.0;
        const double bounded = b->bound[i] < TW_LANE_INF ? below : 0.0;
        plain = b->root[i] > 0.0 ? bounded : 0.0;
    }
    return plain > 0.0;
}

static bool bachelier_prepare(tw_quote_block *restrict b)
{
    for (int i = 0; i < TW_BLOCK; i++) {
        const double T = b->T[i], gap = b->spot[i] - b->strike[i], df = tw_lane_exp_brief(-b->r[i] * T);
        const double parity = b->type[i] * gap, size = tw_lane_abs(b->spot[i]) + tw_lane_abs(b->strike[i]);
        const double value = b->price[i] / df - (parity > 0.0 ? parity : 0.0);
        b->distance[i] = tw_lane_abs(gap);
        b->bound[i] = TW_LANE_INF;
        b->time_value[i] = value;
        b->target[i] = value / tw_lane_abs(gap);
        b->rounding[i] = parity > 0.0 ? 0x1p-51 * size : 0.0;
        b->root[i] = sqrt(T);
    }
    double plain = 1.0;
    for (int i = 0; i < TW_BLOCK; i++) {
        const double above = b->target[i] >= 1e-300 ? plain : 0.0, below = b->target[i] <= 1e300 ? above : 0.0;
        plain = b->root[i] > 0.0 ? below : 0.0;
    }
    return plain > 0.0;
}

/* ---------------------------------------------------------------- seed */

/* s of the normal model with distance G and price p, times a / G, for a = ln(1 + G): to 3e-3, after Choi, Kim and Kwak
 * (2009): with v = G / (2 p + G) the straddle's share, it is a function of v / atanh(v) alone. */
TW_LANE double normal_seed(double a, double p, double log_p)
{
    /* G / a by its series: a is at most 2 here. */
    const double ratio =
        1.0 + a * (1.0 / 2 + a * (1.0 / 6 + a * (1.0 / 24 + a * (1.0 / 120 + a * (1.0 / 720 + a * (1.0 / 5040))))));
    const double G = a * ratio, straddle = 2.0 * p + G, v = G / straddle;
    const double atanh = 0.5 * (tw_lane_log_finite(p + G) - log_p);
    const double eta = v < 0.01 ? 1.0 - v * v * (1.0 / 3.0) : v / atanh;
    const double h = 0.40115836 + eta * (0.78422996 + eta * (-0.24415306 + eta * 0.06146733));
    return 1.2533141373155003 * straddle * sqrt(eta) * h / ratio;
}

/* z with Phi(z) = 1/2 + u / 2, from below: its series, for 0 <= u <= 1/2. */
TW_LANE double half_way(double u)
{
    const double w = 1.5707963267948966 * u * u;
    const double series = 1.0 + w * (1.0 / 6.0 + w * (7.0 / 120.0 + w * (127.0 / 5040.0 + w * (4369.0 / 362880.0))));
    return 0.5 * TW_SQRT_2PI * u * series;
}

/* The larger of two lower bounds: c is at most its value at distance 0, 2 Phi(s / 2) - 1, and at most Phi(d1). */
TW_LANE double bound_seed(double a, double p)
{
    const double rest = 1.0 - p, m = p < 0.25 ? p : 0.5 * rest;
    const double z = tw_lane_inv_guess(m > 1e-17 ? m : (p < 0.25 ? p : 1e-17));
    const double near = p > 0.5 ? z : half_way(p < 0.5 ? p : 0.5);
    const double middle = tw_lane_inv_central(p < 0.25 ? 0.25 : (p > 0.75 ? -0.25 : 0.5 - p));
    const double upper = p > 0.75 ? z - 0.7 / z : -middle, minus_g = p < 0.25 ? -z : upper;
    const double root = sqrt(minus_g * minus_g + 2.0 * a);
    const double far = minus_g < 0.0 ? 2.0 * a / (root - minus_g) : root + minus_g;
    return 2.0 * near > far ? 2.0 * near : far;
}

/* Whether the normal model's seed is near: within some percent, where the total volatility is below 3. */
TW_LANE double is_near(double a, double p)
{
    const double near = a <= 2.0 ? 1.0 : 0.0;
    return p <= 0.75 ? near : 0.0;
}

static void black_seed(tw_implied_state *restrict st)
{
    for (size_t t = 0; t < st->n; t += TW_IMPLIED_TILE) {
        double *restrict s = st->s + t, *restrict log_target = st->log_target + t;
        double *restrict inv_target = st->inv_target + t, all = 1.0;
        const double *a = st->distance + t, *p = st->target + t;
        for (int i = 0; i < TW_IMPLIED_TILE; i++) log_target[i] = tw_lane_log_finite(p[i]), inv_target[i] = 1.0 / p[i];
        for (int i = 0; i < TW_IMPLIED_TILE; i++) {
            const double first = normal_seed(a[i] < 2.0 ? a[i] : 2.0, p[i], log_target[i]);
            s[i] = first * (1.0 + first * first * (1.0 / 24.0));
        }
        for (int i = 0; i < TW_IMPLIED_TILE; i++) all = is_near(a[i], p[i]) > 0.0 ? all : 0.0;
        if (all > 0.0) continue;
        for (int i = 0; i < TW_IMPLIED_TILE; i++) {
            const double bound = bound_seed(a[i], p[i]);
            s[i] = is_near(a[i], p[i]) > 0.0 ? s[i] : bound;
        }
    }
}

/* ---------------------------------------------------------------- step */

/* What a price and its slopes are made of at s: R = c / c' and its inverse, how far ln c is above its target,
 * A = c'' / c', and A'. */
typedef struct slope {
    double R, g1, above, A, A_s;
} slope;

/* Householder's step of third order for ln c, no more than doubling or halving. */
TW_LANE double householder(double s, slope at)
{
    const double h2 = at.A - at.g1, h3 = at.A * at.A + at.A_s - at.g1 * (3.0 * at.A - 2.0 * at.g1);
    const double newton = -at.above * at.R, below = 1.0 + newton * (h2 + h3 * newton * (1.0 / 6.0));
    const double tame = below > 0.1 ? below : 1.0, more = below > 0.1 ? 0.5 * h2 * newton : 0.0;
    const double next = s + (newton + newton * more) / tame;
    const double low = next > 0.5 * s ? next : 0.5 * s;
    return low < 2.0 * s ? low : 2.0 * s;
}

/* R for small t = s / 2 around the middle h = -u, from M(u): sum of the odd derivatives of Phi / phi. */
TW_LANE double series(double u, double M, double t)
{
    const double y1 = 1.0 - u * M, y2 = M - u * y1, y3 = 2.0 * y1 - u * y2, y4 = 3.0 * y2 - u * y3;
    const double y5 = 4.0 * y3 - u * y4, z = t * t;
    return 2.0 * t * (y1 + z * (y3 * (1.0 / 6.0) + z * y5 * (1.0 / 120.0)));
}

/* ln c at s is base + ln(of). */
typedef struct level {
    double num, den; /* R is their quotient */
    double of, base;
} level;

TW_LANE level black_level(double h, double s, double inv_p, double log_p)
{
    const double t = 0.5 * s, d1 = t - h;
    const tw_mills_pair m = tw_lane_mills_pair(s < TW_SERIES_BELOW ? h : tw_lane_abs(d1), h + t);
    const double n = tw_lane_density(d1), c = 1.0 - n * (m.a + m.b), brief = series(h, m.a, t);
    const double tails = s < TW_SERIES_BELOW ? brief : m.a - m.b;
    /* Where d1 > 0 the first leg is no tail: c and its quotient by the density, as they are. */
    const double body = s < TW_SERIES_BELOW ? 0.0 : d1, base = -0.5 * d1 * d1 - TW_LN_SQRT_2PI - log_p;
    return (level){body > 0.0 ? c : tails, body > 0.0 ? (n > 1e-300 ? n : 1e-300) : 1.0, body > 0.0 ? c * inv_p : tails,
                   body > 0.0 ? 0.0 : base};
}

TW_LANE slope black_slope(double h, double s, double inv, level at)
{
    const double both = 1.0 / (at.num * at.den), k = h * inv;
    return (slope){at.num * at.num * both, at.den * at.den * both, at.base + tw_lane_log_finite(at.of),
                   (h * h - 0.25 * s * s) * inv, -3.0 * k * k - 0.25};
}

static void black_step(tw_implied_state *restrict st)
{
    for (size_t t = 0; t < st->n; t += TW_IMPLIED_TILE) {
        double *restrict s = st->s + t, *restrict move = st->move + t;
        const double *a = st->distance + t, *inv_p = st->inv_target + t, *log_p = st->log_target + t;
        double inv[TW_IMPLIED_TILE], h[TW_IMPLIED_TILE];
        double num[TW_IMPLIED_TILE], den[TW_IMPLIED_TILE], of[TW_IMPLIED_TILE], base[TW_IMPLIED_TILE];
        for (int i = 0; i < TW_IMPLIED_TILE; i++) inv[i] = 1.0 / s[i], h[i] = a[i] * inv[i];
        for (int i = 0; i < TW_IMPLIED_TILE; i++) {
            const level at = black_level(h[i], s[i], inv_p[i], log_p[i]);
            num[i] = at.num, den[i] = at.den, of[i] = at.of, base[i] = at.base;
        }
        for (int i = 0; i < TW_IMPLIED_TILE; i++) {
            const level at = {num[i], den[i], of[i], base[i]};
            const double next = householder(s[i], black_slope(h[i], s[i], inv[i], at));
            move[i] = tw_lane_abs(next - s[i]) * inv[i];
            s[i] = next;
        }
    }
}

const tw_implied_kernels TW_ISA_NAME(tw_implied_black) = {black_prepare, black_seed, black_step};

/* ---------------------------------------------------------------- normal model
 * In units of the distance: with d = 1 / s the price is s phi(d) (1 - d M(d)), and its slope phi(d). */

static void bachelier_seed(tw_implied_state *restrict st)
{
    for (size_t t = 0; t < st->n; t += TW_IMPLIED_TILE) {
        double *restrict s = st->s + t, *restrict log_target = st->log_target + t;
        const double *p = st->target + t;
        for (int i = 0; i < TW_IMPLIED_TILE; i++) {
            log_target[i] = tw_lane_log_finite(p[i]);
            /* For d >= 1 the price is below phi(d). */
            const double square = -2.0 * (log_target[i] + TW_LN_SQRT_2PI);
            const double tail = 1.0 / sqrt(square > 1.0 ? square : 1.0);
            s[i] = p[i] < 0.0833 ? tail : TW_SQRT_2PI * (p[i] + 0.35);
        }
    }
}

TW_LANE slope bachelier_slope(double log_p, double s)
{
    const double d = 1.0 / s, R = s * (1.0 - d * tw_lane_mills(d)), safe = R > 1e-300 ? R : 1e-300;
    const double A = d * d * d;
    return (slope){safe, 1.0 / safe, -0.5 * d * d - TW_LN_SQRT_2PI - log_p + tw_lane_log_finite(safe), A, -3.0 * A * d};
}

static void bachelier_step(tw_implied_state *restrict st)
{
    for (size_t t = 0; t < st->n; t += TW_IMPLIED_TILE) {
        double *restrict s = st->s + t, *restrict move = st->move + t;
        const double *log_p = st->log_target + t;
        for (int i = 0; i < TW_IMPLIED_TILE; i++) {
            const double next = householder(s[i], bachelier_slope(log_p[i], s[i]));
            move[i] = tw_lane_abs(next - s[i]) / s[i];
            s[i] = next;
        }
    }
}

const tw_implied_kernels TW_ISA_NAME(tw_implied_bachelier) = {bachelier_prepare, bachelier_seed, bachelier_step};
