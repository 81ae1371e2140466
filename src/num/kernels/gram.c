/* SPDX-License-Identifier: Apache-2.0 */
/* gram.c - A' W A of float columns, accumulated in double.
 *
 * The order of every sum is part of the contract, so that all paths have the same bits: for each block of ROWS rows,
 * s = 0, then s = s + (w[r] a_i[r]) a_j[r] for r ascending, each product and sum rounded; then out += s. Vector lanes
 * hold different columns j, never different rows, so their number does not show. */
#include <string.h>

#include "base/isa.h"
#include "num/kernels.h"

#if defined(__AVX512F__)
enum { LANES = 8, TILE_I = 8 };
#elif defined(__AVX2__)
enum { LANES = 4, TILE_I = 4 };
#else
enum { LANES = 2, TILE_I = 4 };
#endif
/* One tile is TILE_I sums by two vectors; a panel is as many columns j as are transposed together. */
enum { ROWS = 128, TILE_J = 2 * LANES, PANEL = 32 };

typedef double vec __attribute__((vector_size(LANES * sizeof(double))));

/* The columns of one block: `a` has TILE_I of them as they lie, `b` has PANEL of them side by side. */
typedef struct block {
    double a[TILE_I][ROWS];
    double b[ROWS][PANEL];
} block;

/* Columns [first, first + PANEL) of rows [row, row + rows) side by side; zeros where there is no column. */
static void pack_panel(const tw_gram_job *job, size_t first, size_t row, size_t rows, block *k)
{
    for (size_t j = 0; j < PANEL; j++) {
        if (first + j >= job->n_cols) {
            for (size_t r = 0; r < rows; r++) k->b[r][j] = 0.0;
            continue;
        }
        const float *column = job->columns[first + j] + row;
        for (size_t r = 0; r < rows; r++) k->b[r][j] = (double)column[r];
    }
}

/* Column i of the same rows, weighted. */
static void pack_column(const tw_gram_job *job, size_t i, size_t row, size_t rows, double *out)
{
    const float *column = job->columns[i] + row;
    if (job->weights == NULL) {
        for (size_t r = 0; r < rows; r++) out[r] = (double)column[r];
        return;
    }
    const double *w = job->weights + row;
    for (size_t r = 0; r < rows; r++) out[r] = w[r] * (double)column[r];
}

static vec load(const double *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* sum[i][j] over the rows for TILE_I columns i and TILE_J columns j from b[.][at]. Loads and stores are one vector
 * each: a copy of the whole array would keep the sums in memory. */
static void multiply_tile(const block *k, size_t rows, size_t at, double sum[TILE_I][TILE_J])
{
    vec s0[TILE_I], s1[TILE_I];
    for (int i = 0; i < TILE_I; i++) s0[i] = s1[i] = (vec){0.0};
    for (size_t r = 0; r < rows; r++) {
        const vec b0 = load(&k->b[r][at]), b1 = load(&k->b[r][at + LANES]);
        for (int i = 0; i < TILE_I; i++) {
            s0[i] += k->a[i][r] * b0;
            s1[i] += k->a[i][r] * b1;
        }
    }
    for (int i = 0; i < TILE_I; i++) {
        memcpy(&sum[i][0], &s0[i], sizeof s0[i]);
        memcpy(&sum[i][LANES], &s1[i], sizeof s1[i]);
    }
}

/* Adds the part of a tile that is on or above the diagonal and inside the matrix. */
static void add_tile(const tw_gram_job *job, size_t i0, size_t j0, double sum[TILE_I][TILE_J])
{
    const size_t n = job->n_cols;
    for (size_t i = i0; i < i0 + TILE_I && i < n; i++)
        for (size_t j = j0 < i ? i : j0; j < j0 + TILE_J && j < n; j++) job->out[i * n + j] += sum[i - i0][j - j0];
}

/* All tiles of columns i from i0 against the packed panel of columns j from j0. */
static void run_panel(const tw_gram_job *job, const block *k, size_t rows, size_t i0, size_t j0)
{
    double sum[TILE_I][TILE_J];
    for (size_t at = 0; at < PANEL && j0 + at < job->n_cols; at += TILE_J) {
        if (j0 + at + TILE_J <= i0) continue; /* below the diagonal */
        multiply_tile(k, rows, at, sum);
        add_tile(job, i0, j0 + at, sum);
    }
}

static void run_block(const tw_gram_job *job, size_t row, size_t rows, block *k)
{
    for (size_t j0 = 0; j0 < job->n_cols; j0 += PANEL) {
        pack_panel(job, j0, row, rows, k);
        for (size_t i0 = 0; i0 < job->n_cols && i0 < j0 + PANEL; i0 += TILE_I) {
            for (size_t i = i0; i < i0 + TILE_I && i < job->n_cols; i++) pack_column(job, i, row, rows, k->a[i - i0]);
            run_panel(job, k, rows, i0, j0);
        }
    }
}

void TW_ISA_NAME(tw_gram)(const tw_gram_job *job)
{
    block k;
    memset(&k.a, 0, sizeof k.a);
    for (size_t row = 0; row < job->n_rows; row += ROWS) {
        const size_t left = job->n_rows - row;
        run_block(job, row, left < ROWS ? left : ROWS, &k);
    }
}
