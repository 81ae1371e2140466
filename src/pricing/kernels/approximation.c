/* SPDX-License-Identifier: Apache-2.0 */
/* approximation.c - Barone-Adesi and Whaley (1987), Ju and Zhong (1999), Bjerksund and Stensland (1993, 2002).
 *
 * Where r T or 1 - e^(-r T) would be a divisor, both are kept as their quotient, which is smooth at r = 0. */
#include "pricing/american/approximation.h"
#include "base/isa.h"
#include "pricing/american/lane.h"

/* ---------------------------------------------------------------- quadratic approximations */

#define CRITICAL_TOLERANCE 1e-6 /* of the strike */

/* A European option on a strike of 1: value, d value / dx, and what the equations need of it. */
typedef struct vanilla {
    double spot, value, cdf1, cdf2, pdf1, eq, er;
} vanilla;

TW_LANE vanilla lane_vanilla(double side, double x, double s, double rt, double qt)
{
    const double d1 = (x + rt - qt) / s + 0.5 * s;
    const normal n1 = lane_normal(side * d1), n2 = lane_normal(side * (d1 - s));
    vanilla v = {.spot = lane_exp(x), .cdf1 = n1.cdf, .cdf2 = n2.cdf, .pdf1 = n1.pdf};
    v.eq = lane_exp(-qt), v.er = lane_exp(-rt);
    v.value = side * (v.spot * v.eq * v.cdf1 - v.er * v.cdf2);
    return v;
}

/* ln of the critical price to begin with: between the perpetual one and the strike (Barone-Adesi and Whaley). */
TW_LANE double lane_critical_seed(double side, double s, double rt, double qt)
{
    const double b1 = 2.0 * (rt - qt) / (s * s) - 1.0, m = 2.0 * rt / (s * s);
    const double power = 0.5 * (side * sqrt(b1 * b1 + 4.0 * m) - b1), far = power / (power - 1.0);
    const double h = -(side * (rt - qt) + 2.0 * s) / tw_lane_abs(far - 1.0), e = lane_exp(h > 0.0 ? 0.0 : h);
    const double seed = side > 0.0 ? 1.0 + (far - 1.0) * (1.0 - e) : far + (1.0 - far) * e;
    const double fallback = 1.0 + side * 0.1 * s;
    const double usable = seed > 1e-3 ? seed : fallback;
    return tw_lane_log_finite(usable < 1e3 ? usable : fallback);
}

/* Newton's step in S for side (S - 1) = value + side (1 - e^-qT Phi(side d1)) S / power, at x = ln S. As in the paper
 * it ends where the two sides differ by less than a tolerance, so that values are those of other programs. */
TW_LANE double lane_critical_step(double side, double x, double s, double rt, double qt, double power)
{
    const vanilla v = lane_vanilla(side, x, s, rt, qt);
    const double held = side * v.spot * (1.0 - v.eq * v.cdf1);
    const double f = side * (v.spot - 1.0) - v.value - held / power;
    const double slope = held - held / power + v.spot * v.eq * v.pdf1 / (s * power);
    const double step = -f / slope;
    double kept = step > 1.0 ? 1.0 : step;
    kept = kept < -0.5 ? -0.5 : kept;
    const double next = x + tw_lane_log_finite(1.0 + (kept == kept ? kept : 0.0));
    return tw_lane_abs(f) > CRITICAL_TOLERANCE ? next : x;
}

/* Power of the quadratic approximation; a is (2 r / vol^2) / (1 - e^-rT), root that of its discriminant. */
typedef struct quadratic {
    double power, a, root, critical;
} quadratic;

enum { CRITICAL_STEPS = 12 };

static void critical(const tw_am_options *o, quadratic *to)
{
    EACH(i)
    {
        const double s = o->s[i], b1 = 2.0 * (o->rt[i] - o->qt[i]) / (s * s) - 1.0;
        to[i].a = 2.0 * lane_growth(o->rt[i]) / (s * s);
        to[i].root = o->side[i] * sqrt(b1 * b1 + 4.0 * to[i].a);
        to[i].power = 0.5 * (to[i].root - b1);
        to[i].critical = lane_critical_seed(o->side[i], s, o->rt[i], o->qt[i]);
    }
    for (int k = 0; k < CRITICAL_STEPS; k++) EACH(i)
    to[i].critical = lane_critical_step(o->side[i], to[i].critical, o->s[i], o->rt[i], o->qt[i], to[i].power);
}

/* What exercise gives. */
TW_LANE double lane_gain(double side, double x) { return side * (lane_exp(x) - 1.0); }

static void barone_adesi_whaley(const tw_am_options *o, double *value)
{
    quadratic q[TW_AM_LANES];
    critical(o, q);
    EACH(i)
    {
        const vanilla now = lane_vanilla(o->side[i], o->x[i], o->s[i], o->rt[i], o->qt[i]);
        const vanilla at = lane_vanilla(o->side[i], q[i].critical, o->s[i], o->rt[i], o->qt[i]);
        const double a = o->side[i] * at.spot * (1.0 - at.eq * at.cdf1) / q[i].power, far = o->x[i] - q[i].critical;
        const double held = now.value + a * lane_exp(q[i].power * far);
        value[i] = o->side[i] * far < 0.0 ? held : lane_gain(o->side[i], o->x[i]);
    }
}

static void ju(const tw_am_options *o, double *value)
{
    quadratic q[TW_AM_LANES];
    critical(o, q);
    EACH(i)
    {
        const double side = o->side[i], s = o->s[i], a = q[i].a, root = q[i].root, far = o->x[i] - q[i].critical;
        const vanilla now = lane_vanilla(side, o->x[i], s, o->rt[i], o->qt[i]);
        const vanilla at = lane_vanilla(side, q[i].critical, s, o->rt[i], o->qt[i]);
        const double premium = side * (at.spot - 1.0) - at.value, forward = at.spot * at.eq / at.er;
        const double slope =
            forward * at.pdf1 / s + side * 2.0 / (s * s) * (o->rt[i] * at.cdf2 - o->qt[i] * forward * at.cdf1);
        const double b = -at.er * a * a / (2.0 * root * root);
        const double c = -at.er / root * (slope / premium + a - a * a / (root * root));
        const double held = now.value + premium * lane_exp(q[i].power * far) / (1.0 - far * (b * far + c));
        value[i] = side * far < 0.0 ? held : lane_gain(side, o->x[i]);
    }
}

/* ---------------------------------------------------------------- flat boundaries */

/* A call on a strike of 1 (puts are calls with all exchanged): its market, b = r - q. */
typedef struct call {
    double x, s, rt, bt; /* bt: (r - q) T */
    double power;        /* beta */
    double start, far;   /* critical price at expiry and for ever */
    double unit;         /* it stands for a put worth this times its value; 1 for a call */
} call;

TW_LANE call lane_call(const tw_am_options *o, int i)
{
    const double put = o->side[i] < 0.0 ? 1.0 : 0.0;
    const double rt = put > 0.0 ? o->qt[i] : o->rt[i], qt = put > 0.0 ? o->rt[i] : o->qt[i];
    call c = {.x = o->side[i] * o->x[i], .s = o->s[i], .rt = rt, .bt = rt - qt};
    c.unit = put > 0.0 ? lane_exp(o->x[i]) : 1.0;
    const double k = c.bt / (c.s * c.s) - 0.5;
    c.power = sqrt(k * k + 2.0 * rt / (c.s * c.s)) - k;
    c.start = rt > qt ? rt / qt : 1.0;
    c.far = c.power / (c.power - 1.0);
    return c;
}

/* Value of S^g where S ends above H and never passes I, in units of I^g: x = ln(S / I), h = ln(H / I), over the share t
 * of the time (the two papers' phi). */
TW_LANE double lane_phi(const call *c, double t, double g, double x, double h)
{
    const double v = c->s * c->s * t, sd = c->s * sqrt(t), drift = c->bt * t + (g - 0.5) * v;
    const double kappa = 2.0 * c->bt / (c->s * c->s) + (2.0 * g - 1.0);
    const double d = -(x - h + drift) / sd;
    const double direct = lane_normal(d).cdf, mirrored = lane_normal(d + 2.0 * x / sd).cdf;
    const double level = -c->rt * t + g * c->bt * t + 0.5 * g * (g - 1.0) * v + g * x;
    return lane_exp(level) * direct - lane_exp(level - kappa * x) * mirrored;
}

/* ln of the flat boundary for the time t; `curb`: the factor of the two papers. */
TW_LANE double lane_trigger(const call *c, double t, double curb)
{
    const double h = -(c->bt * t + 2.0 * c->s * sqrt(t)) * curb;
    return tw_lane_log_finite(c->start + (c->far - c->start) * (1.0 - lane_exp(h)));
}

static void bjerksund_stensland_1993(const tw_am_options *o, double *value)
{
    EACH(i)
    {
        const call c = lane_call(o, i);
        const double edge = lane_trigger(&c, 1.0, c.start / (c.far - c.start)), level = lane_exp(edge), x = c.x - edge;
        const double gain = level - 1.0;
        const double held = gain * (lane_exp(c.power * x) - lane_phi(&c, 1.0, c.power, x, 0.0)) +
                            level * (lane_phi(&c, 1.0, 1.0, x, 0.0) - lane_phi(&c, 1.0, 1.0, x, -edge)) -
                            (lane_phi(&c, 1.0, 0.0, x, 0.0) - lane_phi(&c, 1.0, 0.0, x, -edge));
        value[i] = c.unit * (x < 0.0 ? held : lane_exp(c.x) - 1.0);
    }
}

/* ---------------------------------------------------------------- two flat boundaries */

/* The first of two boundaries rules for this share of the time. */
#define FIRST 0x1.3c6ef372fe950p-1

enum { ANGLES = 20 };

/* Points and weights of Gauss and Legendre on [-1, 1]: the positive half. */
static const double LEGENDRE[ANGLES / 2][2] = {
    {0.076526521133497334, 0.15275338713072585}, {0.22778585114164508, 0.14917298647260375},
    {0.37370608871541956, 0.14209610931838205},  {0.51086700195082710, 0.13168863844917663},
    {0.63605368072651503, 0.11819453196151842},  {0.74633190646015079, 0.10193011981724044},
    {0.83911697182221882, 0.083276741576704749}, {0.91223442825132591, 0.062672048334109064},
    {0.96397192727791379, 0.040601429800386941}, {0.99312859918509492, 0.017614007139152118}};

/* Sine of an angle and 1 / (2 cosine^2), and its weight / (2 pi), for the integral up to the correlation of the two
 * times, the square root of FIRST. */
typedef struct angle {
    double sine, rate, weight;
} angle;

#define CORRELATION 0x1.92826ef258d1bp-1
#define ARC 0x1.cf2214ccccd44p-1

/* Sine by its series: angles are below 1. */
TW_LANE double lane_sine(double x)
{
    double term = x, sum = x;
    for (int k = 1; k < 11; k++) {
        term *= -x * x / (double)((2 * k) * (2 * k + 1));
        sum += term;
    }
    return sum;
}

static void make_angles(angle *to)
{
    for (int k = 0; k < ANGLES; k++) {
        const double *p = LEGENDRE[k / 2], at = 0.5 * ARC * (1.0 + (k % 2 ? p[0] : -p[0])), sine = lane_sine(at);
        to[k] = (angle){sine, 0.5 / (1.0 - sine * sine), 0.5 * ARC * p[1] * 0x1.45f306dc9c883p-3};
    }
}

/* Both of two normals below a and b, correlation `sign` times CORRELATION (Plackett 1954). */
TW_LANE double lane_both(double a, double b, double sign, const angle *angles)
{
    double sum = 0.0;
    for (int k = 0; k < ANGLES; k++)
        sum += angles[k].weight * lane_exp(-(a * a + b * b - 2.0 * sign * a * b * angles[k].sine) * angles[k].rate);
    return lane_normal(a).cdf * lane_normal(b).cdf + sign * sum;
}

/* The same as lane_phi with both boundaries: e1 = ln I1, e2 = ln I2 (the nearer), in units of 1. */
typedef struct edges {
    double first, second; /* ln I1 (after FIRST), ln I2 (before) */
} edges;

static double psi(const call *c, double g, double h, edges e, const angle *angles)
{
    const double v = c->s * c->s, drift = c->bt + (g - 0.5) * v, sd1 = c->s * CORRELATION, t1 = FIRST;
    const double kappa = 2.0 * c->bt / v + (2.0 * g - 1.0), x = c->x, mirror = 2.0 * e.second - x;
    const double e1 = (x - e.first + drift * t1) / sd1, e2 = (mirror - e.first + drift * t1) / sd1;
    const double e3 = (x - e.first - drift * t1) / sd1, e4 = (mirror - e.first - drift * t1) / sd1;
    const double f1 = (x - h + drift) / c->s, f2 = (mirror - h + drift) / c->s;
    const double f3 = (2.0 * e.first - x - h + drift) / c->s;
    const double f4 = (x + 2.0 * (e.first - e.second) - h + drift) / c->s;
    const double level = -c->rt + g * c->bt + 0.5 * g * (g - 1.0) * v + g * x;
    return lane_exp(level) * lane_both(-e1, -f1, 1.0, angles) -
           lane_exp(level + kappa * (e.second - x)) * lane_both(-e2, -f2, 1.0, angles) -
           lane_exp(level + kappa * (e.first - x)) * lane_both(-e3, -f3, -1.0, angles) +
           lane_exp(level + kappa * (e.first - e.second)) * lane_both(-e4, -f4, -1.0, angles);
}

/* The part of before FIRST: lane_phi in units of 1. */
TW_LANE double lane_phi_first(const call *c, double g, double h, edges e)
{
    return lane_exp(g * e.second) * lane_phi(c, FIRST, g, c->x - e.second, h - e.second);
}

static double two_boundaries(const call *c, const angle *angles)
{
    const double curb = 1.0 / ((c->far - c->start) * c->start), p = c->power;
    const edges e = {lane_trigger(c, FIRST, curb), lane_trigger(c, 1.0, curb)};
    if (c->x >= e.second) return lane_exp(c->x) - 1.0;
    const double a1 = (lane_exp(e.first) - 1.0) * lane_exp(-p * e.first);
    const double a2 = (lane_exp(e.second) - 1.0) * lane_exp(-p * e.second);
    double sum = a2 * (lane_exp(p * c->x) - lane_phi_first(c, p, e.second, e)) + a1 * lane_phi_first(c, p, e.first, e);
    sum += lane_phi_first(c, 1.0, e.second, e) - lane_phi_first(c, 1.0, e.first, e);
    sum -= lane_phi_first(c, 0.0, e.second, e) - lane_phi_first(c, 0.0, e.first, e);
    sum += psi(c, 1.0, e.first, e, angles) - psi(c, 1.0, 0.0, e, angles) - a1 * psi(c, p, e.first, e, angles);
    return sum - (psi(c, 0.0, e.first, e, angles) - psi(c, 0.0, 0.0, e, angles));
}

static void bjerksund_stensland_2002(const tw_am_options *o, double *value)
{
    angle angles[ANGLES];
    make_angles(angles);
    EACH(i)
    {
        const call c = lane_call(o, i);
        value[i] = c.unit * two_boundaries(&c, angles);
    }
}

const tw_am_approximations TW_ISA_NAME(tw_am_approximations) = {
    .barone_adesi_whaley = barone_adesi_whaley,
    .bjerksund_stensland_1993 = bjerksund_stensland_1993,
    .bjerksund_stensland_2002 = bjerksund_stensland_2002,
    .ju = ju,
};
