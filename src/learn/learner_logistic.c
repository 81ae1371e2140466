/* SPDX-License-Identifier: Apache-2.0 */
/* Logistic regression: minimises mean w log(1 + exp(-z m)) + alpha |b|^2 / 2, z = +1 for labels above the threshold,
 * else -1, m = b0 + x'b over standardised x. L-BFGS (Nocedal, Wright, Numerical Optimization, algorithm 7.4) about the
 * curvature bound X'X / 4 of Boehning, Multinomial logistic regression algorithm, AISM 44 (1992): where chances are
 * near one half, as with market direction, the bound is all but exact and a few steps do. */
#include "learn/linear.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

typedef struct params {
    double alpha, threshold;
    int steps;
} params;

static const tw_param table[] = {
    TW_PARAM_SEARCH(params, alpha, 0.001, 0, 1e6, 1e-6, 1, true, "penalty on squared weights"),
    TW_PARAM(params, threshold, 0, -1e9, 1e9, "a label above it is class 1"),
    TW_PARAM(params, steps, 100, 1, 100000, "most steps"),
    TW_PARAM_END,
};

enum { MEMORY = 8 };

/* The minimisation over b[0..n) and the intercept b[n]. */
typedef struct descent {
    const tw_design *design;
    const params *p;
    size_t n;          /* features + 1 */
    double *curvature; /* Cholesky factor of the bound */
    double *b, *grad, *next, *next_grad, *step, *sum;
    double *moves, *turns; /* [MEMORY][n]: changes of b and of grad */
    double inverse_dot[MEMORY];
    size_t n_kept, newest;
    double value;
} descent;

static double dot(size_t n, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

typedef struct loss_arg {
    const double *b;
    double threshold;
} loss_arg;

static void margins(const tw_block *block, const double *b, double *m)
{
    for (size_t i = 0; i < block->n; i++) m[i] = b[block->n_features];
    for (size_t f = 0; f < block->n_features; f++)
        for (size_t i = 0; i < block->n; i++) m[i] += b[f] * (double)block->column[f][i];
}

/* Four running sums: the order is fixed, and the additions do not wait for each other. */
static double dot_float(size_t n, const float *x, const double *y)
{
    double s[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++) s[k] += (double)x[i + k] * y[i + k];
    for (; i < n; i++) s[0] += (double)x[i] * y[i];
    return (s[0] + s[1]) + (s[2] + s[3]);
}

/* sum[0..n) the gradient, sum[n] the loss. log(1 + e^-a) = max(-a, 0) + log1p(e^-|a|) does not overflow. */
static void add_loss(const void *arg, const tw_block *block, double *sum)
{
    const loss_arg *at = arg;
    const size_t n = block->n_features + 1;
    double m[TW_BLOCK_ROWS], e[TW_BLOCK_ROWS], soft[TW_BLOCK_ROWS];
    margins(block, at->b, m);
    for (size_t i = 0; i < block->n; i++) e[i] = -fabs(m[i]);
    tw_vexp(block->isa, block->n, e, e);
    tw_vlog1p(block->isa, block->n, e, soft);
    for (size_t i = 0; i < block->n; i++) {
        const double w = block->weight ? block->weight[i] : 1, z = block->label[i] > at->threshold ? 1 : 0;
        const double p = (m[i] >= 0 ? 1 : e[i]) / (1 + e[i]);
        sum[n] += w * (soft[i] + (z > 0 ? fmax(-m[i], 0) : fmax(m[i], 0)));
        m[i] = w * (p - z);
        sum[n - 1] += m[i];
    }
    for (size_t f = 0; f < block->n_features; f++) sum[f] += dot_float(block->n, block->column[f], m);
}

static tw_status evaluate(const descent *d, const double *b, double *grad, double *value, tw_error *err)
{
    const loss_arg arg = {b, d->p->threshold};
    TW_TRY(tw_design_sum(d->design, add_loss, &arg, d->n + 1, d->sum, err));
    *value = d->sum[d->n] / d->design->total + d->p->alpha * dot(d->n - 1, b, b) / 2;
    for (size_t j = 0; j < d->n; j++) grad[j] = d->sum[j] / d->design->total + (j + 1 < d->n ? d->p->alpha * b[j] : 0);
    return TW_OK;
}

/* The bound: X'X / 4 + alpha, with 1/4 for the intercept; features have mean 0, so that nothing stands between. */
static tw_status bound(descent *d, double *gram, tw_error *err)
{
    TW_TRY(tw_design_gram(d->design, gram, err));
    for (size_t i = 0; i < d->n; i++) {
        for (size_t j = 0; j < d->n; j++) {
            const bool outside = i + 1 == d->n || j + 1 == d->n;
            d->curvature[i * d->n + j] = outside ? 0 : gram[i * d->n + j] / 4;
        }
        /* A little more than the bound, so that equal columns do no harm. */
        d->curvature[i * d->n + i] += i + 1 == d->n ? 0.25 : d->p->alpha + 1e-9;
        if (i + 1 < d->n && !(d->design->inverse[i] > 0)) d->curvature[i * d->n + i] = 1;
    }
    return tw_cholesky(d->n, d->curvature, err);
}

/* step = -H grad by the two loops. */
static void direction(descent *d)
{
    double a[MEMORY];
    for (size_t j = 0; j < d->n; j++) d->step[j] = -d->grad[j];
    for (size_t k = 0; k < d->n_kept; k++) {
        const size_t i = (d->newest + MEMORY - k) % MEMORY;
        a[i] = d->inverse_dot[i] * dot(d->n, d->moves + i * d->n, d->step);
        for (size_t j = 0; j < d->n; j++) d->step[j] -= a[i] * d->turns[i * d->n + j];
    }
    tw_cholesky_solve(d->n, d->curvature, d->step);
    for (size_t k = d->n_kept; k-- > 0;) {
        const size_t i = (d->newest + MEMORY - k) % MEMORY;
        const double c = d->inverse_dot[i] * dot(d->n, d->turns + i * d->n, d->step);
        for (size_t j = 0; j < d->n; j++) d->step[j] += (a[i] - c) * d->moves[i * d->n + j];
    }
}

static void remember(descent *d)
{
    const size_t i = d->n_kept ? (d->newest + 1) % MEMORY : 0;
    double *move = d->moves + i * d->n, *turn = d->turns + i * d->n;
    for (size_t j = 0; j < d->n; j++) {
        move[j] = d->next[j] - d->b[j];
        turn[j] = d->next_grad[j] - d->grad[j];
    }
    const double product = dot(d->n, move, turn);
    memcpy(d->b, d->next, d->n * sizeof *d->b);
    memcpy(d->grad, d->next_grad, d->n * sizeof *d->grad);
    if (!(product > 0)) return;
    d->inverse_dot[i] = 1 / product;
    d->newest = i;
    if (d->n_kept < MEMORY) d->n_kept++;
}

/* Halves the step until the loss falls enough; *moved is false when it cannot fall any more in double precision. */
static tw_status search(descent *d, bool *moved, tw_error *err)
{
    const double slope = dot(d->n, d->grad, d->step);
    double rate = 1, value = d->value;
    *moved = false;
    for (int halvings = 0; slope < 0 && halvings < 40 && !*moved; halvings++) {
        for (size_t j = 0; j < d->n; j++) d->next[j] = d->b[j] + rate * d->step[j];
        TW_TRY(evaluate(d, d->next, d->next_grad, &value, err));
        *moved = value <= d->value + 1e-4 * rate * slope;
        rate /= 2;
    }
    if (*moved) d->value = value;
    return TW_OK;
}

static double largest(size_t n, const double *x)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs(x[i]));
    return most;
}

static tw_status descend(descent *d, tw_error *err)
{
    bool moved = true;
    TW_TRY(evaluate(d, d->b, d->grad, &d->value, err));
    for (int i = 0; i < d->p->steps && moved && largest(d->n, d->grad) > 1e-7; i++) {
        TW_TRY(tw_progress_step(d->design->ctx, "logistic", (uint64_t)i, (uint64_t)d->p->steps, NULL));
        direction(d);
        TW_TRY(search(d, &moved, err));
        if (moved) remember(d);
    }
    const double rest = largest(d->n, d->grad);
    if (rest > 1e-3)
        return tw_fail(err, TW_NO_CONVERGENCE,
                       "logistic: the gradient is still %g after %d steps; raise steps or alpha", rest, d->p->steps);
    return TW_OK;
}

/* Starts at the log odds of class 1. False when all rows are of one class: there is nothing to tell apart, and the odds
 * are as if there were half a row of the other. */
static bool start(descent *d)
{
    const tw_rows *rows = d->design->rows;
    double ones = 0;
    for (size_t i = 0; i < rows->n; i++)
        if (rows->data->label[rows->cell[i]] > d->p->threshold) ones += tw_row_weight(rows, i);
    const double share = ones / d->design->total, least = 0.5 / (d->design->total + 1);
    const double p = fmin(fmax(share, least), 1 - least);
    d->b[d->n - 1] = tw_log(p / (1 - p));
    return share > 0 && share < 1;
}

static tw_status solve(const tw_design *design, const void *params_, double *work, void **model, tw_error *err)
{
    const size_t n = design->n_features + 1;
    descent d = {.design = design, .p = params_, .n = n, .curvature = work, .b = work + n * n};
    d.grad = d.b + n;
    d.next = d.grad + n;
    d.next_grad = d.next + n;
    d.step = d.next_grad + n;
    d.sum = d.step + n;
    d.moves = d.sum + n + 1;
    d.turns = d.moves + MEMORY * n;
    if (start(&d)) {
        TW_TRY(bound(&d, d.turns + MEMORY * n, err));
        TW_TRY(descend(&d, err));
    }
    return tw_linear_new(design, d.b, d.b[n - 1], true, model, err);
}

static tw_status fit(const tw_fit *fit, const tw_rows *train, void **model, tw_error *err)
{
    const size_t n = train->data->n_features + 1;
    const tw_linear_method method = {"logistic", 2 * n * n + (6 + 2 * MEMORY) * n + 1, solve};
    return tw_linear_fit(fit, train, &method, model, err);
}

const tw_learner tw_learner_logistic = {
    .name = "logistic",
    .title = "Logistic regression",
    .source = "Cox, The regression analysis of binary sequences, JRSS B 20 (1958)",
    .params = table,
    .params_size = sizeof(params),
    .tasks = TW_TASK_CLASSIFY,
    .traits = TW_LEARNER_WEIGHTS,
    .fit = fit,
    .predict = tw_linear_predict,
    .save = tw_linear_save,
    .load = tw_linear_load,
    .importance = tw_linear_importance,
    .free = tw_linear_free,
};
