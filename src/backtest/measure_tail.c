/* SPDX-License-Identifier: Apache-2.0 */
/* measure_tail.c - losses beyond a threshold as a generalised Pareto law, after Gilli and Kellezi (2006); and how much
 * worse the benchmark's extremes are than its middle. */
#include "backtest/measures.h"

#include "tradewind/num.h"

#include <float.h>
#include <math.h>

/* ---------------------------------------------------------------- generalised Pareto */

typedef struct tail {
    const tw_return_path *path;
    double threshold;
} tail;

typedef struct pareto {
    double scale, shape;
} pareto;

static double log_terms(const tail *t, double ratio)
{
    double sum = 0;
    for (size_t i = 0; i < t->path->n; i++) {
        const double loss = -t->path->returns[i];
        if (loss > 0 && loss >= t->threshold) sum += tw_log(ratio * loss + 1);
    }
    return sum;
}

static size_t count_losses(const tw_return_path *x, double threshold)
{
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++) n += x->returns[i] < 0 && -x->returns[i] >= threshold;
    return n;
}

/* Minus the log likelihood; what has none is as unlikely as a double can say. */
static double unlikelihood(const tail *t, pareto at)
{
    const double n = (double)count_losses(t->path, t->threshold), ratio = at.shape / at.scale;
    if (!(at.scale > 0 && at.shape > 0 && ratio >= 0)) return DBL_MAX;
    return n * tw_log(at.scale) + (1 / at.shape + 1) * log_terms(t, ratio);
}

/* ---------------------------------------------------------------- Nelder and Mead (1965), in two dimensions */

typedef struct corner {
    pareto at;
    double value;
} corner;

typedef struct simplex {
    const tail *tail;
    corner corner[3];
    int calls;
} simplex;

enum { MOST_CALLS = 400 };       /* scipy.optimize.minimize: 200 a dimension */
static const double NEAR = 1e-4; /* its xatol and fatol */

static corner look(simplex *s, pareto at)
{
    s->calls++;
    return (corner){at, unlikelihood(s->tail, at)};
}

/* Stable: corners of one value keep their order. */
static void sort(corner *c)
{
    for (int i = 1; i < 3; i++)
        for (int j = i; j > 0 && c[j].value < c[j - 1].value; j--) {
            const corner swap = c[j];
            c[j] = c[j - 1];
            c[j - 1] = swap;
        }
}

/* a * middle of the two best + b * the worst. */
static corner try_out(simplex *s, double a, double b)
{
    const corner *c = s->corner;
    const pareto middle = {(c[0].at.scale + c[1].at.scale) / 2, (c[0].at.shape + c[1].at.shape) / 2};
    return look(s, (pareto){a * middle.scale + b * c[2].at.scale, a * middle.shape + b * c[2].at.shape});
}

static void shrink(simplex *s)
{
    corner *c = s->corner;
    for (int i = 1; i < 3; i++)
        c[i] = look(s, (pareto){c[0].at.scale + 0.5 * (c[i].at.scale - c[0].at.scale),
                                c[0].at.shape + 0.5 * (c[i].at.shape - c[0].at.shape)});
}

static void step(simplex *s)
{
    corner *c = s->corner;
    const corner mirrored = try_out(s, 2, -1);
    if (mirrored.value < c[0].value) {
        const corner further = try_out(s, 3, -2);
        c[2] = further.value < mirrored.value ? further : mirrored;
    } else if (mirrored.value < c[1].value) {
        c[2] = mirrored;
    } else {
        const bool outside = mirrored.value < c[2].value;
        const corner nearer = outside ? try_out(s, 1.5, -0.5) : try_out(s, 0.5, 0.5);
        if (outside ? nearer.value <= mirrored.value : nearer.value < c[2].value)
            c[2] = nearer;
        else
            shrink(s);
    }
}

static bool settled(const corner *c)
{
    double far = 0, apart = 0;
    for (int i = 1; i < 3; i++) {
        far = fmax(far, fmax(fabs(c[i].at.scale - c[0].at.scale), fabs(c[i].at.shape - c[0].at.shape)));
        apart = fmax(apart, fabs(c[i].value - c[0].value));
    }
    return far <= NEAR && apart <= NEAR;
}

static bool fit(const tail *t, pareto *out)
{
    simplex s = {.tail = t};
    s.corner[0] = look(&s, (pareto){1, 1});
    s.corner[1] = look(&s, (pareto){1.05, 1});
    s.corner[2] = look(&s, (pareto){1, 1.05});
    sort(s.corner);
    int steps = 1;
    while (s.calls < MOST_CALLS && steps < MOST_CALLS && !settled(s.corner)) {
        step(&s);
        sort(s.corner);
        steps++;
    }
    *out = s.corner[0].at;
    return s.calls < MOST_CALLS && steps < MOST_CALLS;
}

/* ---------------------------------------------------------------- measures */

typedef struct gpd {
    double threshold, scale, shape, value_at_risk, expected_shortfall;
} gpd;

static double var_of(const tw_return_path *x, double threshold, pareto p)
{
    static const double CHANCE = 0.01;
    const double share = (double)count_losses(x, 0) / (double)count_losses(x, threshold) * CHANCE;
    return threshold + p.scale / p.shape * (pow(share, -p.shape) - 1);
}

/* Halves the threshold from 0.2 until the law that fits has a fat tail and a loss at its quantile. */
static gpd estimate(const tw_return_path *x)
{
    gpd out = {NAN, NAN, NAN, NAN, NAN};
    if (!tw_returns_ok(x, 3)) return out;
    for (int halvings = 0; halvings < 28; halvings++) { /* down to 1e-9 */
        const double threshold = ldexp(0.2, -halvings);
        pareto p;
        const tail t = {x, threshold};
        if (count_losses(x, threshold) == 0 || !fit(&t, &p) || !(p.shape > 0)) continue;
        const double risk = var_of(x, threshold, p);
        if (!(risk > 0)) continue;
        /* From a shape of 1 on the law has no mean. */
        const double beyond = (risk + p.scale - p.shape * threshold) / (1 - p.shape);
        return (gpd){threshold, p.scale, p.shape, risk, p.shape < 1 ? beyond : NAN};
    }
    return out;
}

static double gpd_threshold(const tw_return_path *x) { return estimate(x).threshold; }

static double gpd_scale(const tw_return_path *x) { return estimate(x).scale; }

static double gpd_shape(const tw_return_path *x) { return estimate(x).shape; }

static double gpd_value_at_risk(const tw_return_path *x) { return estimate(x).value_at_risk; }

static double gpd_expected_shortfall(const tw_return_path *x) { return estimate(x).expected_shortfall; }

#define GPD_SOURCE TW_EMPYRICAL ", gpd_risk_estimates"

const tw_measure tw_measure_gpd_threshold = {
    .name = "gpd_threshold",
    .title = "Loss from which a Pareto tail is fitted",
    .source = GPD_SOURCE,
    .unit = "share",
    .compute = gpd_threshold,
};

const tw_measure tw_measure_gpd_scale = {
    .name = "gpd_scale",
    .title = "Scale of the Pareto tail",
    .source = GPD_SOURCE,
    .unit = "share",
    .compute = gpd_scale,
};

const tw_measure tw_measure_gpd_shape = {
    .name = "gpd_shape",
    .title = "Shape of the Pareto tail",
    .source = GPD_SOURCE,
    .unit = "ratio",
    .compute = gpd_shape,
};

const tw_measure tw_measure_gpd_value_at_risk = {
    .name = "gpd_value_at_risk",
    .title = "Loss that one losing bar in a hundred exceeds, by the Pareto tail",
    .source = GPD_SOURCE,
    .unit = "share",
    .compute = gpd_value_at_risk,
};

const tw_measure tw_measure_gpd_expected_shortfall = {
    .name = "gpd_expected_shortfall",
    .title = "Mean loss beyond gpd_value_at_risk",
    .source = GPD_SOURCE,
    .unit = "share",
    .compute = gpd_expected_shortfall,
};

/* ---------------------------------------------------------------- fragility */

/* Bar of the k-th smallest benchmark return among whole bars; of ties the first. Few bars are looked at, by counting.
 */
static size_t ranked(const tw_return_path *x, size_t k)
{
    const double *r = x->returns, *b = x->benchmark;
    for (size_t i = 0; i < x->n; i++) {
        size_t before = 0;
        if (isnan(r[i]) || isnan(b[i])) continue;
        for (size_t j = 0; j < x->n; j++) before += !isnan(r[j]) && (b[j] < b[i] || (b[j] == b[i] && j < i));
        if (before == k) return i;
    }
    return 0;
}

static double beta_fragility(const tw_return_path *x)
{
    const double *r = x->returns, *b = x->benchmark;
    size_t n = 0;
    if (!b || !tw_returns_ok(x, 3)) return NAN;
    for (size_t i = 0; i < x->n; i++) {
        if (isinf(b[i])) return NAN;
        n += !isnan(r[i]) && !isnan(b[i]);
    }
    if (n < 3) return NAN;
    const size_t low = ranked(x, 0), middle = ranked(x, n / 2), high = ranked(x, n - 1);
    const double range = b[high] - b[low];
    const double left = range != 0 ? (b[high] - b[middle]) / range : 0.5;
    const double right = range != 0 ? (b[middle] - b[low]) / range : 0.5;
    return left * r[low] + right * r[high] - r[middle];
}

const tw_measure tw_measure_beta_fragility = {
    .name = "beta_fragility",
    .title = "Return in the benchmark's extremes over that in its middle",
    .source = "Taleb et al., IMF WP/12/216, 2012; " TW_EMPYRICAL ", beta_fragility_heuristic",
    .unit = "share",
    .needs_benchmark = true,
    .compute = beta_fragility,
};
