/* SPDX-License-Identifier: Apache-2.0 */
/* asian.c - options on averages. Geometric ones are lognormal: Kemna and Vorst (1990), with dates of observation and
 * those gone by. Arithmetic ones by moments, Turnbull and Wakeman (1991), or given the geometric average, Curran
 * (1994).
 *
 * Observations are at the contract's dates, or `fixings` equal steps up to expiry; 0 of them: without a break. */
#include "pricing/closed/formulas.h"

#include "tradewind/num.h"

#include <math.h>

/* Observations of a row: n to come at the times of when(), m made with the given average. */
typedef struct sample {
    const tw_dates *dates; /* NULL: equal steps */
    size_t from;
    double n, m, average, T, elapsed;
} sample;

static sample sample_of(const tw_block *b, size_t i)
{
    const tw_dates *d = &b->contracts->dates;
    const double T = tw_at(b, TW_COL_T, i);
    sample s = {.n = floor(tw_at(b, TW_COL_fixings, i)), .m = floor(tw_at(b, TW_COL_fixings_past, i)), .T = T};
    s.average = tw_at(b, TW_COL_average, i), s.elapsed = b->elapsed[i];
    if (d->n == 0) return s;
    s.dates = d, s.from = d->start ? d->start[tw_block_row(b, i)] : 0;
    s.n = (double)((d->start ? d->start[tw_block_row(b, i) + 1] : d->n) - s.from);
    return s;
}

static double when(const sample *s, double k)
{
    const double at = s->dates ? s->dates->time[s->from + (size_t)k] : (s->T + s->elapsed) * ((k + 1.0) / s->n);
    return fmin(fmax(at - s->elapsed, 0.0), s->T);
}

/* A past average has to be there where observations were made, and nothing is made of a break-less one's past. */
static bool usable(const tw_block *b, size_t i, const sample *s)
{
    const bool ok = s->m == 0.0 || (s->average > 0.0 && s->n > 0.0);
    if (!ok) tw_fail_row(b, i, TW_ROW_CONFLICT, TW_COL_average);
    return ok;
}

/* ---------------------------------------------------------------- geometric */

/* Moments of ln G less ln S: mean, variance, covariance with the logarithm of the last price. */
typedef struct moments {
    double mean, variance, covariance;
} moments;

static moments geometric(const tw_option_row *o, const sample *s)
{
    const double drift = o->b - 0.5 * o->vol * o->vol, square = o->vol * o->vol;
    if (!(s->n > 0.0)) return (moments){0.5 * drift * o->T, square * o->T / 3.0, 0.5 * square * o->T};
    const double all = s->n + s->m;
    double times = 0.0, spread = 0.0;
    for (uint32_t k = 0; k < s->n; k++) {
        const double t = when(s, k);
        times += t, spread += t * (2.0 * (s->n - k) - 1.0);
    }
    const double past = s->m > 0.0 ? s->m * tw_log(s->average / o->S) : 0.0;
    return (moments){(past + drift * times) / all, square * spread / (all * all), square * times / all};
}

static double geometric_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const sample s = sample_of(b, i);
    if (!usable(b, i, &s)) return NAN;
    const moments g = geometric(&o, &s);
    return tw_vanilla(o.w, o.df * o.S * tw_exp(g.mean + 0.5 * g.variance), o.df * o.X, sqrt(g.variance));
}

/* Exchange of the last price for the average. */
static double geometric_strike(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const sample s = sample_of(b, i);
    if (!usable(b, i, &s)) return NAN;
    const moments g = geometric(&o, &s);
    const double variance = fmax(o.sd * o.sd + g.variance - 2.0 * g.covariance, 0.0);
    return tw_vanilla(o.w, o.S * o.df_q, o.df * o.S * tw_exp(g.mean + 0.5 * g.variance), sqrt(variance));
}

static const tw_scope GEOMETRIC[] = {
    {"asian_geometric", "black_scholes", 14, 0, TW_VALUE_ONLY},
    {"asian_geometric_strike", "black_scholes", 14, 0, TW_VALUE_ONLY},
    {.instrument = NULL},
};

static void geometric_price(const tw_block *b, const void *params)
{
    (void)params;
    tw_price_rows(b, b->scope == GEOMETRIC ? geometric_value : geometric_strike);
}

const tw_engine tw_engine_kemna_vorst = {
    .name = "kemna_vorst",
    .title = "closed form of options on a geometric average",
    .source = "Kemna and Vorst (1990)",
    .quantlib = "AnalyticDiscreteGeometricAveragePriceAsianEngine",
    .scopes = GEOMETRIC,
    .bumps = TW_CLOSED_BUMPS,
    .price = geometric_price,
};

/* ---------------------------------------------------------------- arithmetic */

/* (e^x - 1) / x. */
static double expm1_ratio(double x) { return fabs(x) > 1e-12 ? tw_expm1(x) / x : 1.0; }

/* First and second moment of the average without a break, over S and S^2: the second is twice the integral over t of
 * e^((2b + vol^2) t) (e^(b (T - t)) - 1) / b, by Gauss and Legendre's rule (Haug's form divides by b and b + vol^2). */
static void continuous_moments(const tw_option_row *o, double *first, double *second)
{
    const double rate = 2.0 * o->b + o->vol * o->vol;
    *first = expm1_ratio(o->b * o->T), *second = 0.0;
    for (int i = 0; i < TW_GAUSS_HALF; i++)
        for (int side = -1; side <= 1; side += 2) {
            const double u = 0.5 * (1.0 + side * tw_gauss_node[i]), rest = 1.0 - u;
            *second += tw_gauss_weight[i] * tw_exp(rate * u * o->T) * rest * expm1_ratio(o->b * o->T * rest);
        }
}

/* The same of n observations, their sum over n. */
static void discrete_moments(const tw_option_row *o, const sample *s, double *first, double *second)
{
    double sum = 0.0, squares = 0.0; /* of forwards; from the last back, of pairs */
    for (uint32_t left = (uint32_t)s->n; left > 0; left--) {
        const double t = when(s, left - 1), forward = tw_exp(o->b * t);
        squares += forward * tw_exp(o->vol * o->vol * t) * (forward + 2.0 * sum);
        sum += forward;
    }
    *first = sum / s->n, *second = squares / (s->n * s->n);
}

/* The option on what is still to be averaged: the strike less what is known, and how much of the average it is. */
static double strike_left(const tw_option_row *o, const sample *s, double *part)
{
    *part = s->n > 0.0 ? s->n / (s->n + s->m) : 1.0;
    return s->m > 0.0 ? (o->X - s->average * s->m / (s->n + s->m)) / *part : o->X;
}

static double turnbull_wakeman_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const sample s = sample_of(b, i);
    double first, second, part;
    if (!usable(b, i, &s)) return NAN;
    if (s.n > 0.0)
        discrete_moments(&o, &s, &first, &second);
    else
        continuous_moments(&o, &first, &second);
    const double strike = strike_left(&o, &s, &part), forward = o.S * first;
    if (strike <= 0.0) return part * o.df * fmax(o.w * (forward - strike), 0.0);
    const double variance = fmax(tw_log(second / (first * first)), 0.0);
    return part * tw_vanilla(o.w, o.df * forward, o.df * strike, sqrt(variance));
}

static const tw_scope ARITHMETIC[] = {
    {"asian_arithmetic", "black_scholes", 3, 0, TW_VALUE_ONLY},
    {.instrument = NULL},
};

static void turnbull_wakeman_price(const tw_block *b, const void *params)
{
    (void)params;
    tw_price_rows(b, turnbull_wakeman_value);
}

const tw_engine tw_engine_turnbull_wakeman = {
    .name = "turnbull_wakeman",
    .title = "options on an arithmetic average, by its first two moments",
    .source = "Levy (1992); Turnbull and Wakeman (1991)",
    .quantlib = "TurnbullWakemanAsianEngine",
    .scopes = ARITHMETIC,
    .bumps = TW_CLOSED_BUMPS,
    .price = turnbull_wakeman_price,
};

/* ---------------------------------------------------------------- given the geometric average */

/* Given z = (ln G - mean) / sd of the observations to come, observation k is lognormal with its mean moved by its
 * covariance with z, `lean`. */
typedef struct conditional {
    const tw_option_row *o;
    const sample *s;
    moments g; /* of the observations to come alone */
    double sd, times;
} conditional;

static double steps_of(const sample *s) { return s->n > 0.0 ? s->n : 64.0; }

static double step_at(const conditional *c, double k)
{
    return c->s->n > 0.0 ? when(c->s, k) : c->o->T * ((k + 0.5) / steps_of(c->s));
}

/* Forwards of observations and their lean, in order: `before` is the sum of the times up to k. */
static double lean(const conditional *c, double k, double t, double before)
{
    const double n = steps_of(c->s);
    return c->o->vol * c->o->vol * (before + t * (n - 1.0 - k)) / (n * c->sd);
}

/* Mean of the average over S given z, and its slope in z. */
static double mean_given(const conditional *c, double z, double *slope)
{
    double sum = 0.0, before = 0.0;
    *slope = 0.0;
    for (uint32_t k = 0; k < steps_of(c->s); k++) {
        const double t = step_at(c, k);
        before += t;
        const double l = lean(c, k, t, before), value = tw_exp(c->o->b * t + l * (z - 0.5 * l));
        sum += value, *slope += l * value;
    }
    *slope /= steps_of(c->s);
    return sum / steps_of(c->s);
}

/* The z at which the mean given it is the strike; the mean increases in z. */
static double level_of(const conditional *c, double strike)
{
    double lo = -40.0, hi = 40.0, z = (tw_log(strike / c->o->S) - c->g.mean) / c->sd;
    for (int i = 0; i < 100 && hi - lo > 1e-15 * (1.0 + fabs(z)); i++) {
        double slope;
        if (!(z > lo && z < hi)) z = 0.5 * (lo + hi);
        const double off = c->o->S * mean_given(c, z, &slope) - strike;
        if (off > 0.0)
            hi = z;
        else
            lo = z;
        const double next = z - off / (c->o->S * slope);
        if (fabs(next - z) <= 1e-15 * (1.0 + fabs(z))) return next;
        z = next;
    }
    return z;
}

/* Lower bound of the option, w E[average - strike; w z > w level]: very near to its value. */
static double bound(const conditional *c, double strike, double level)
{
    const double w = c->o->w;
    double sum = 0.0, before = 0.0;
    for (uint32_t k = 0; k < steps_of(c->s); k++) {
        const double t = step_at(c, k);
        before += t;
        sum += tw_exp(c->o->b * t) * tw_norm_cdf(w * (lean(c, k, t, before) - level));
    }
    return fmax(w * (c->o->S * sum / steps_of(c->s) - strike * tw_norm_cdf(-w * level)), 0.0);
}

static moments to_come(const tw_option_row *o, const sample *s)
{
    sample alone = *s;
    alone.m = 0.0;
    if (s->n > 0.0) return geometric(o, &alone);
    alone.n = steps_of(s); /* midpoints of equal steps */
    double times = 0.0, spread = 0.0;
    for (uint32_t k = 0; k < alone.n; k++) {
        const double t = o->T * ((k + 0.5) / alone.n);
        times += t, spread += t * (2.0 * (alone.n - k) - 1.0);
    }
    const double square = o->vol * o->vol;
    return (moments){(o->b - 0.5 * square) * times / alone.n, square * spread / (alone.n * alone.n), 0.0};
}

static double curran_value(const tw_block *b, size_t i)
{
    const tw_option_row o = tw_row_of(b, i);
    const sample s = sample_of(b, i);
    double part, unused;
    if (!usable(b, i, &s)) return NAN;
    conditional c = {.o = &o, .s = &s, .g = to_come(&o, &s)};
    c.sd = sqrt(c.g.variance);
    const double strike = strike_left(&o, &s, &part);
    if (strike <= 0.0 || tw_is_limit(&o)) {
        c.sd = 1.0; /* no matter: means alone */
        tw_option_row still = o;
        still.vol = 0.0, c.o = &still;
        return part * o.df * fmax(o.w * (o.S * mean_given(&c, 0.0, &unused) - strike), 0.0);
    }
    return part * o.df * bound(&c, strike, level_of(&c, strike));
}

static const tw_scope CURRAN[] = {
    {"asian_arithmetic", "black_scholes", 4, 0, TW_VALUE_ONLY},
    {.instrument = NULL},
};

static void curran_price(const tw_block *b, const void *params)
{
    (void)params;
    tw_price_rows(b, curran_value);
}

const tw_engine tw_engine_curran = {
    .name = "curran",
    .title = "options on an arithmetic average, given the geometric one",
    .source = "Curran (1994); Rogers and Shi (1995)",
    .scopes = CURRAN,
    .bumps = TW_CLOSED_BUMPS,
    .price = curran_price,
};
