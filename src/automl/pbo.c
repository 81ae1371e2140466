/* SPDX-License-Identifier: Apache-2.0 */
/* Probability of backtest overfitting by combinatorially symmetric cross-validation: Bailey, Borwein, Lopez de Prado,
 * Zhu, The probability of backtest overfitting, J. Computational Finance 20(4) (2017). A Sharpe ratio needs two sums
 * only, so each of the C(S, S/2) halves costs S/2 additions a trial. */
#include "automl/rows.h"
#include "tradewind/num.h"

#include <math.h>

enum { MOST_BLOCKS = 24 };

/* Sums of (centred) returns and squares. */
typedef struct moments {
    double sum, squares;
} moments;

typedef struct cscv {
    size_t n, s, half_rows; /* trials, blocks, periods of a half */
    moments *block;         /* [n][s] */
    moments *all;           /* [n] */
    double *centre;         /* [n] mean that was taken out */
    double *in, *out;       /* [n] Sharpe ratios of the two halves */
} cscv;

/* 0 without variance. What is then left of the squares is the rounding of sums as large as those of all periods. */
static double sharpe(moments m, size_t n, double centre, double all_squares)
{
    const double mean = m.sum / (double)n, spread = m.squares - m.sum * mean;
    return spread > 1e-12 * all_squares ? (mean + centre) / sqrt(spread / (double)(n - 1)) : 0;
}

/* The first t - s * rows periods, the oldest, are left over. */
static void sum_blocks(cscv *c, const tw_rows *returns, double *scratch)
{
    const size_t t = returns->t, rows = t / c->s, skip = t - rows * c->s;
    c->half_rows = rows * c->s / 2;
    for (size_t i = 0; i < c->n; i++) {
        const double *path = tw_row(returns, i, scratch);
        c->centre[i] = tw_mean(t - skip, path + skip);
        for (size_t k = skip; k < t; k++) {
            const double x = path[k] - c->centre[i];
            moments *m = &c->block[i * c->s + (k - skip) / rows];
            m->sum += x;
            m->squares += x * x;
            c->all[i].sum += x;
            c->all[i].squares += x * x;
        }
    }
}

static void rate_halves(cscv *c, uint32_t chosen)
{
    for (size_t i = 0; i < c->n; i++) {
        moments in = {0};
        for (size_t b = 0; b < c->s; b++) {
            if (!(chosen >> b & 1)) continue;
            in.sum += c->block[i * c->s + b].sum;
            in.squares += c->block[i * c->s + b].squares;
        }
        const moments all = c->all[i], out = {all.sum - in.sum, all.squares - in.squares};
        c->in[i] = sharpe(in, c->half_rows, c->centre[i], all.squares);
        c->out[i] = sharpe(out, c->half_rows, c->centre[i], all.squares);
    }
}

static size_t best(size_t n, const double *x)
{
    size_t at = 0;
    for (size_t i = 1; i < n; i++)
        if (x[i] > x[at]) at = i;
    return at;
}

/* Relative rank in (0, 1); ties share. */
static double relative_rank(size_t n, const double *x, size_t at)
{
    double below = 0, equal = 0;
    for (size_t i = 0; i < n; i++) {
        below += x[i] < x[at];
        equal += i != at && x[i] == x[at];
    }
    return (below + equal / 2 + 1) / (double)(n + 1);
}

/* Sums for the line of out-of-sample on in-sample ratios of the chosen trial. */
typedef struct tally {
    double n, x, y, xx, xy, overfit, lost;
} tally;

static void count(cscv *c, tally *to)
{
    const size_t chosen = best(c->n, c->in);
    const double x = c->in[chosen], y = c->out[chosen];
    to->n += 1;
    to->x += x;
    to->y += y;
    to->xx += x * x;
    to->xy += x * y;
    to->overfit += relative_rank(c->n, c->out, chosen) <= 0.5;
    to->lost += y < 0;
}

/* Next larger number with as many bits set (Gosper, HAKMEM 175). */
static uint32_t next_choice(uint32_t x)
{
    const uint32_t low = x & (0 - x), up = x + low;
    return low ? up | ((x ^ up) >> 2) / low : 0; /* no bit set: none to move */
}

static void run(cscv *c, tw_pbo *out)
{
    tally sum = {0};
    const uint32_t first = (1u << c->s / 2) - 1, end = 1u << c->s;
    for (uint32_t chosen = first; chosen < end; chosen = next_choice(chosen)) {
        rate_halves(c, chosen);
        count(c, &sum);
    }
    const double sxx = sum.xx - sum.x * sum.x / sum.n;
    *out = (tw_pbo){.pbo = sum.overfit / sum.n,
                    .slope = sxx > 0 ? (sum.xy - sum.x * sum.y / sum.n) / sxx : NAN,
                    .p_loss = sum.lost / sum.n,
                    .combinations = (size_t)sum.n};
}

static tw_status check_finite(const tw_rows *returns, double *scratch, tw_error *err)
{
    for (size_t i = 0; i < returns->n; i++) {
        const double *path = tw_row(returns, i, scratch);
        for (size_t k = 0; k < returns->t; k++)
            if (!isfinite(path[k]))
                return tw_fail(err, TW_BAD_DATA, "pbo: return %zu of trial %zu is %g", k, i, path[k]);
    }
    return TW_OK;
}

static tw_status check(const tw_rows *returns, size_t s, tw_error *err)
{
    const size_t t = returns->t, n = returns->n;
    if (s < 2 || s > MOST_BLOCKS || s % 2)
        return tw_fail(err, TW_BAD_VALUE, "pbo: blocks must be even and in [2, %d], got %zu", (int)MOST_BLOCKS, s);
    if (n < 2) return tw_fail(err, TW_BAD_DATA, "pbo: at least 2 trials, got %zu", n);
    if (t / s < 2) return tw_fail(err, TW_BAD_DATA, "pbo: %zu periods in %zu blocks; at least 2 a block", t, s);
    return TW_OK;
}

tw_status tw_rows_pbo(const tw_ctx *ctx, const tw_rows *returns, size_t blocks, tw_pbo *out, tw_error *err)
{
    const size_t n = returns->n;
    TW_TRY(check(returns, blocks, err));
    cscv c = {.n = n, .s = blocks};
    c.block = tw_new(ctx, n * (blocks + 1), sizeof *c.block);
    c.centre = tw_new(ctx, 3 * n + returns->t, sizeof *c.centre);
    tw_status status = c.block && c.centre ? TW_OK : tw_no_memory(err, "pbo");
    if (status == TW_OK) {
        double *scratch = c.centre + 3 * n;
        c.all = c.block + n * blocks;
        c.in = c.centre + n;
        c.out = c.in + n;
        status = check_finite(returns, scratch, err);
        if (status == TW_OK) sum_blocks(&c, returns, scratch);
        if (status == TW_OK) run(&c, out);
    }
    tw_free(ctx, c.block);
    tw_free(ctx, c.centre);
    return status;
}

tw_status tw_pbo_cscv(const tw_ctx *ctx, const tw_paths *returns, size_t blocks, tw_pbo *out, tw_error *err)
{
    const tw_rows rows = tw_rows_of(returns);
    return tw_rows_pbo(ctx, &rows, blocks, out, err);
}
