/* SPDX-License-Identifier: Apache-2.0 */
/* lattice.c - steps back through a tree, nodes side by side. */
#include "pricing/lattice/lattice.h"
#include "base/isa.h"
#include "num/vmath.h"

static void levels(size_t n, double spot, double first, double step, double *to)
{
    for (size_t j = 0; j < n; j++) to[j] = spot * tw_lane_exp(first + (double)(int)j * step);
}

static void hold(size_t n, tw_roll w, double *v)
{
    for (size_t j = 0; j < n; j++) v[j] = w.down * v[j] + w.up * v[j + 1];
}

static void hold_or_gain(size_t n, tw_roll w, const double *restrict gain, double *restrict v)
{
    for (size_t j = 0; j < n; j++) {
        const double held = w.down * v[j] + w.up * v[j + 1];
        v[j] = held > gain[j] ? held : gain[j];
    }
}

static void hold_or_line(size_t n, tw_roll w, const double *restrict level, const double *ab, double *restrict v)
{
    const double a = ab[0], b = ab[1];
    for (size_t j = 0; j < n; j++) {
        const double held = w.down * v[j] + w.up * v[j + 1], gain = a * level[j] + b;
        v[j] = held > gain ? held : gain;
    }
}

static void hold_three(size_t n, const double *w, const double *restrict gain, double *restrict v)
{
    const double down = w[0], mid = w[1], up = w[2];
    if (!gain) {
        for (size_t j = 0; j < n; j++) v[j] = down * v[j] + mid * v[j + 1] + up * v[j + 2];
        return;
    }
    for (size_t j = 0; j < n; j++) {
        const double held = down * v[j] + mid * v[j + 1] + up * v[j + 2];
        v[j] = held > gain[j] ? held : gain[j];
    }
}

const tw_lattice_kernels TW_ISA_NAME(tw_lattice_kernels) = {levels, hold, hold_or_gain, hold_or_line, hold_three};
