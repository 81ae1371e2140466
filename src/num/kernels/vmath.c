/* SPDX-License-Identifier: Apache-2.0 */
/* vmath.c - array forms of the lane functions. */
#include "num/vmath.h"
#include "base/isa.h"
#include "num/kernels.h"
#include "num/vmath_arc.h"
#include "num/vmath_normal.h"
#include "num/vmath_trig.h"

/* Work goes by tiles of a fixed size into a local array: y may be x, no alias check is needed, and there is no
 * scalar remainder loop. 32 measured best of 16, 32 and 64 for the long functions; the others do not care. */
enum { TILE = 32 };

typedef void tile_fn(const double *restrict x, double *restrict y);

static void run(size_t n, const double *x, double *y, tile_fn *tile)
{
    double in[TILE] = {0.0}, out[TILE];
    size_t i = 0;
    for (; i + TILE <= n; i += TILE) {
        tile(x + i, out);
        memcpy(y + i, out, sizeof out);
    }
    if (i < n) {
        memcpy(in, x + i, (n - i) * sizeof *x);
        tile(in, out);
        memcpy(y + i, out, (n - i) * sizeof *y);
    }
}

static int is_huge(double x)
{
    const double a = tw_lane_abs(x);
    return a > TW_TRIG_MAX && a < TW_LANE_INF;
}

/* As run, but arguments beyond the fast reduction are done again one by one. */
static void run_trig(size_t n, const double *x, double *y, tile_fn *tile, double (*of)(tw_angle angle))
{
    for (size_t i = 0; i < n; i += TILE) {
        const size_t m = n - i < TILE ? n - i : TILE;
        double in[TILE];
        uint64_t huge = 0;
        memcpy(in, x + i, m * sizeof *x);
        run(m, x + i, y + i, tile);
        for (size_t j = 0; j < m; j++) huge |= (uint64_t)is_huge(in[j]);
        for (size_t j = 0; huge != 0 && j < m; j++)
            if (is_huge(in[j])) y[i + j] = of(tw_trig_reduce_huge(in[j]));
    }
}

static void exp_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_exp(x[i]);
}

static void expm1_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_expm1(x[i]);
}

static void log_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_log(x[i]);
}

static void log1p_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_log1p(x[i]);
}

/* The tails are long: as one loop each vector waits for its own chain of operations. In stages, kept in arrays,
 * several vectors are under way at once. The lane functions are the same, and so are the bits. */
typedef struct tails {
    double x[TILE], e_hi[TILE], e_lo[TILE], n_hi[TILE], n_lo[TILE], y_hi[TILE], y_lo[TILE];
    uint64_t k[TILE];
} tails;

static inline __attribute__((always_inline)) void run_tails(tails *s, const tw_tail_form *form)
{
    for (int i = 0; i < TILE; i++) {
        const tw_gauss g = tw_lane_gauss(s->x[i], form->rate);
        s->e_hi[i] = g.e.hi, s->e_lo[i] = g.e.lo, s->k[i] = g.k;
    }
    for (int i = 0; i < TILE; i++) {
        const tw_dd n = tw_lane_tail_numerator(s->x[i], form);
        s->n_hi[i] = n.hi, s->n_lo[i] = n.lo;
    }
    for (int i = 0; i < TILE; i++) {
        const tw_dd e = {s->e_hi[i], s->e_lo[i]}, n = {s->n_hi[i], s->n_lo[i]};
        const tw_dd y = tw_lane_tail_quotient(e, n, s->x[i], form);
        s->y_hi[i] = y.hi, s->y_lo[i] = y.lo;
    }
}

static void erfc_tile(const double *restrict x, double *restrict y)
{
    tails s;
    for (int i = 0; i < TILE; i++) s.x[i] = tw_lane_erfc_side(x[i]);
    run_tails(&s, &tw_erfc_form);
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_erfc_choose(x[i], tw_lane_scale(s.y_hi[i] + s.y_lo[i], s.k[i]));
}

static void norm_cdf_tile(const double *restrict x, double *restrict y)
{
    tails s;
    for (int i = 0; i < TILE; i++) s.x[i] = tw_lane_norm_side(x[i]);
    run_tails(&s, &tw_norm_form);
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_norm_choose(x[i], tw_lane_scale(s.y_hi[i] + s.y_lo[i], s.k[i]));
}

static void norm_inv_tile(const double *restrict x, double *restrict y)
{
    tails s;
    double m[TILE];
    for (int i = 0; i < TILE; i++) {
        const double side = tw_lane_inv_side(x[i]);
        m[i] = side < 0.25 ? side : 0.25;
        s.x[i] = tw_lane_inv_guess(m[i]);
    }
    run_tails(&s, &tw_norm_form);
    for (int i = 0; i < TILE; i++) {
        const tw_tail t = {{s.y_hi[i], s.y_lo[i]}, s.e_hi[i], s.k[i]};
        m[i] = tw_lane_inv_step(m[i], s.x[i], t);
    }
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_inv_choose(x[i], m[i]);
}

static void sin_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_sin(x[i]);
}

static void cos_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_cos(x[i]);
}

static void tanh_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_tanh(x[i]);
}

static void log10_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_log10(x[i]);
}

static void sinh_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_sinh(x[i]);
}

static void cosh_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_cosh(x[i]);
}

static void tan_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_tan(x[i]);
}

static void asin_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_asin(x[i]);
}

static void acos_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_acos(x[i]);
}

static void atan_tile(const double *restrict x, double *restrict y)
{
    for (int i = 0; i < TILE; i++) y[i] = tw_lane_atan(x[i]);
}

static double sin_of(tw_angle angle) { return tw_lane_sin_of(angle, 0); }
static double cos_of(tw_angle angle) { return tw_lane_sin_of(angle, 1); }
static double tan_of(tw_angle angle) { return tw_lane_tan_of(angle); }

static void exp_run(size_t n, const double *x, double *y) { run(n, x, y, exp_tile); }
static void expm1_run(size_t n, const double *x, double *y) { run(n, x, y, expm1_tile); }
static void log_run(size_t n, const double *x, double *y) { run(n, x, y, log_tile); }
static void log1p_run(size_t n, const double *x, double *y) { run(n, x, y, log1p_tile); }
static void erfc_run(size_t n, const double *x, double *y) { run(n, x, y, erfc_tile); }
static void norm_cdf_run(size_t n, const double *x, double *y) { run(n, x, y, norm_cdf_tile); }
static void norm_inv_run(size_t n, const double *x, double *y) { run(n, x, y, norm_inv_tile); }
static void sin_run(size_t n, const double *x, double *y) { run_trig(n, x, y, sin_tile, sin_of); }
static void cos_run(size_t n, const double *x, double *y) { run_trig(n, x, y, cos_tile, cos_of); }
static void tanh_run(size_t n, const double *x, double *y) { run(n, x, y, tanh_tile); }
static void log10_run(size_t n, const double *x, double *y) { run(n, x, y, log10_tile); }
static void sinh_run(size_t n, const double *x, double *y) { run(n, x, y, sinh_tile); }
static void cosh_run(size_t n, const double *x, double *y) { run(n, x, y, cosh_tile); }
static void tan_run(size_t n, const double *x, double *y) { run_trig(n, x, y, tan_tile, tan_of); }
static void asin_run(size_t n, const double *x, double *y) { run(n, x, y, asin_tile); }
static void acos_run(size_t n, const double *x, double *y) { run(n, x, y, acos_tile); }
static void atan_run(size_t n, const double *x, double *y) { run(n, x, y, atan_tile); }

const tw_num_kernels TW_ISA_NAME(tw_num_kernels) = {
    .exp = exp_run,
    .expm1 = expm1_run,
    .log = log_run,
    .log1p = log1p_run,
    .erfc = erfc_run,
    .norm_cdf = norm_cdf_run,
    .norm_inv = norm_inv_run,
    .sin = sin_run,
    .cos = cos_run,
    .tanh = tanh_run,
    .log10 = log10_run,
    .sinh = sinh_run,
    .cosh = cosh_run,
    .tan = tan_run,
    .asin = asin_run,
    .acos = acos_run,
    .atan = atan_run,
};
