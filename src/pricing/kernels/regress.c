/* SPDX-License-Identifier: Apache-2.0 */
/* regress.c - a date of exercise, over all paths. */
#include "pricing/paths/regress.h"

#include "base/isa.h"
#include "num/lane.h"

enum { L = TW_PATH_LANES };

/* Columns of eight paths: 1, s, s^2, ..., or the Laguerre polynomials. */
static void columns_of(const tw_exercise *x, const double *s, double f[][L])
{
    for (size_t j = 0; j < L; j++) {
        f[0][j] = 1.0;
        f[1][j] = x->laguerre ? 1.0 - s[j] : s[j];
    }
    for (int c = 2; c < x->columns; c++) {
        const double n = (double)c, part = 1.0 / n;
        if (x->laguerre)
            for (size_t j = 0; j < L; j++)
                f[c][j] = part * ((2.0 * n - 1.0 - s[j]) * f[c - 1][j] - (n - 1.0) * f[c - 2][j]);
        else
            for (size_t j = 0; j < L; j++) f[c][j] = f[c - 1][j] * s[j];
    }
}

void TW_ISA_NAME(tw_regress_gather)(const tw_exercise *x, tw_regress_sums *sums)
{
    double f[TW_REGRESS_MOST][L];
    *sums = (tw_regress_sums){.rows = {0.0}};
    for (size_t i = 0; i < x->paths; i += L) {
        double weight[L], *held = x->held + i;
        const double *s = x->s + i, always = x->all_paths ? 1.0 : 0.0;
        for (size_t j = 0; j < L; j++) {
            held[j] *= x->df;
            const double in = x->sign * (s[j] - 1.0) > 0.0 ? 1.0 : 0.0;
            weight[j] = in > always ? in : always;
            sums->rows[j] += weight[j];
        }
        columns_of(x, s, f);
        for (int a = 0; a < x->columns; a++) {
            double scaled[L];
            for (size_t j = 0; j < L; j++) {
                scaled[j] = weight[j] * f[a][j];
                sums->fy[a][j] += scaled[j] * held[j];
            }
            for (int b = a; b < x->columns; b++)
                for (size_t j = 0; j < L; j++) sums->ff[a][b][j] += scaled[j] * f[b][j];
        }
    }
}

void TW_ISA_NAME(tw_regress_decide)(const tw_exercise *x)
{
    double f[TW_REGRESS_MOST][L];
    for (size_t i = 0; i < x->paths; i += L) {
        double hold[L] = {0.0}, *held = x->held + i;
        const double *s = x->s + i;
        columns_of(x, s, f);
        for (int c = 0; c < x->columns; c++)
            for (size_t j = 0; j < L; j++) hold[j] += x->beta[c] * f[c][j];
        for (size_t j = 0; j < L; j++) {
            const double pays = x->sign * (s[j] - 1.0), now = pays >= hold[j] ? pays : held[j];
            held[j] = pays > 0.0 ? now : held[j];
        }
    }
}
