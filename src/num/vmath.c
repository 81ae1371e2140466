/* SPDX-License-Identifier: Apache-2.0 */
/* vmath.c - vector maths: picks the kernels of an instruction set; one value by the same inline code. */
#include "num/vmath.h"
#include "base/isa.h"
#include "num/kernels.h"
#include "num/vmath_arc.h"
#include "num/vmath_normal.h"
#include "num/vmath_trig.h"

static const tw_num_kernels *kernels(tw_isa wanted)
{
    const tw_isa isa = tw_isa_resolve(wanted);
    (void)isa; /* one path only, off x86 */
    return TW_ISA_PICK(isa, &tw_num_kernels);
}

void tw_vexp(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->exp(n, x, y); }
void tw_vexpm1(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->expm1(n, x, y); }
void tw_vlog(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->log(n, x, y); }
void tw_vlog1p(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->log1p(n, x, y); }
void tw_verfc(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->erfc(n, x, y); }
void tw_vnorm_cdf(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->norm_cdf(n, x, y); }
void tw_vnorm_inv(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->norm_inv(n, x, y); }
void tw_vsin(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->sin(n, x, y); }
void tw_vcos(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->cos(n, x, y); }
void tw_vtanh(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->tanh(n, x, y); }
void tw_vlog10(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->log10(n, x, y); }
void tw_vsinh(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->sinh(n, x, y); }
void tw_vcosh(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->cosh(n, x, y); }
void tw_vtan(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->tan(n, x, y); }
void tw_vasin(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->asin(n, x, y); }
void tw_vacos(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->acos(n, x, y); }
void tw_vatan(tw_isa isa, size_t n, const double *x, double *y) { kernels(isa)->atan(n, x, y); }

double tw_exp(double x) { return tw_lane_exp(x); }
double tw_expm1(double x) { return tw_lane_expm1(x); }
double tw_log(double x) { return tw_lane_log(x); }
double tw_log1p(double x) { return tw_lane_log1p(x); }
double tw_erfc(double x) { return tw_lane_erfc(x); }
double tw_norm_cdf(double x) { return tw_lane_norm_cdf(x); }
double tw_norm_inv(double p) { return tw_lane_norm_inv(p); }
double tw_tanh(double x) { return tw_lane_tanh(x); }
double tw_log10(double x) { return tw_lane_log10(x); }
double tw_sinh(double x) { return tw_lane_sinh(x); }
double tw_cosh(double x) { return tw_lane_cosh(x); }
double tw_asin(double x) { return tw_lane_asin(x); }
double tw_acos(double x) { return tw_lane_acos(x); }
double tw_atan(double x) { return tw_lane_atan(x); }

static int is_huge(double x) { return tw_lane_abs(x) > TW_TRIG_MAX && tw_lane_abs(x) < TW_LANE_INF; }

double tw_sin(double x) { return is_huge(x) ? tw_lane_sin_of(tw_trig_reduce_huge(x), 0) : tw_lane_sin(x); }

double tw_cos(double x) { return is_huge(x) ? tw_lane_sin_of(tw_trig_reduce_huge(x), 1) : tw_lane_cos(x); }

double tw_tan(double x) { return is_huge(x) ? tw_lane_tan_of(tw_trig_reduce_huge(x)) : tw_lane_tan(x); }
