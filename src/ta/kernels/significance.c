/* SPDX-License-Identifier: Apache-2.0 */
/* significance.c - how likely a correlation as strong is where there is none. With n observations it is the regularised
 * incomplete beta function I_x(a, 1/2) at x = 1 - r^2, a = (n - 2) / 2: the two tails of Student's distribution. */
#include "ta/op.h"

typedef struct p_params {
    int n;
} p_params;

static const tw_param p_table[] = {TW_PARAM(p_params, n, 20, 3, TW_PERIOD_MAX, "observations of the correlation"),
                                   TW_PARAM_END};

static size_t p_size(const void *params, size_t lanes)
{
    (void)params, (void)lanes;
    return sizeof(p_params);
}

/* One step of Lentz's method: takes in a partial numerator and gives the factor of the product. */
static double lentz(double numerator, double *c, double *d)
{
    *d = 1.0 / (1.0 + numerator * *d);
    *c = 1.0 + numerator / *c;
    return *c * *d;
}
/* The continued fraction of I_x(a, b) (DLMF 8.17.22), quick for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
    enum { MOST = 2000 };
    double c = 1.0, d = 1.0 / (1.0 - (a + b) * x / (a + 1.0)), h = d, factor = 0.0;
    for (int i = 1; i < MOST && tw_lane_abs(factor - 1.0) > 1e-16; i++) {
        const double m = i, even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        h *= lentz(even, &c, &d);
        factor = lentz(odd, &c, &d);
        h *= factor;
    }
    return h;
}
/* x^a / B(a, 1/2) for a = freedom / 2, from a = 1/2 or 1 upwards: B(a + 1, b) = B(a, b) a / (a + b). */
static double beta_front(int freedom, double x)
{
    const bool odd = freedom % 2 != 0;
    double front = odd ? sqrt(x) / 0x1.921fb54442d18p+1 : 0.5 * x; /* B: pi, 2 */
    for (int k = odd ? 3 : 4; k <= freedom; k += 2) {
        const double a = 0.5 * k - 1.0;
        front *= x * (a + 0.5) / a;
    }
    return front;
}
static double two_tails(int n, double r)
{
    const double size = tw_lane_abs(r), a = 0.5 * (n - 2);
    if (r != r) return (double)NAN;
    if (size >= 1.0) return 0.0;
    const double x = (1.0 - size) * (1.0 + size), front = beta_front(n - 2, x) * size;
    if (x < (a + 1.0) / (a + 2.5)) return front * beta_fraction(a, 0.5, x) / a;
    return 1.0 - front * beta_fraction(0.5, a, size * size) / 0.5;
}
TW_LANE void correlation_p_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    const p_params *p = state;
    for (size_t i = 0; i < n * lanes; i++) out[0][i] = two_tails(p->n, in[0][i]);
}
TW_OP_FORMS(correlation_p, correlation_p_run)
TW_OP(correlation_p) = {.name = "correlation_p",
                        .title = "How likely a correlation as strong is by chance",
                        .group = "statistic",
                        .source = "Student 1908; scipy.stats.linregress",
                        .formula = "P(|T| > |t|), t = r sqrt((n - 2) / (1 - r^2)), T of Student's distribution with "
                                   "n - 2 degrees of freedom; 0 for |r| >= 1",
                        .meaning = "The two-sided p-value of a correlation, or of the slope of a line, of n normal and "
                                   "independent observations. Over windows that overlap, and of the best of many, it "
                                   "claims far too much.",
                        .inputs = TW_NAMES("r"),
                        .outputs = TW_NAMES("p"),
                        .params = p_table,
                        .params_size = sizeof(p_params),
                        .traits = TW_POINTWISE,
                        .state_size = p_size,
                        .run_wide = correlation_p_wide,
                        .run_one = correlation_p_one};
