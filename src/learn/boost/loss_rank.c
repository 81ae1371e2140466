/* SPDX-License-Identifier: Apache-2.0 */
/* Losses of the order within groups: LambdaRank (Burges, From RankNet to LambdaRank to LambdaMART, MSR-TR-2010-82), and
 * the correlation of scores with labels, date by date, which is what a cross-sectional portfolio earns by. */
#include "learn/boost/loss.h"

#include "tradewind/num.h"

#include <math.h>

/* Labels are grades 0 .. 30 with gains 2^grade - 1. */
enum { MOST_GRADE = 30, NDCG_AT = 10 };

/* Numbers of one group, in the scratch of the rows. */
typedef struct group {
    size_t n;
    const uint32_t *member;
    double *label, *score, *a, *b;
    size_t *order;
} group;

static group open_group(const tw_loss_rows *rows, const double *score, size_t k)
{
    double *s = rows->scratch;
    const size_t m = rows->most_members;
    group g = {.n = rows->begin[k + 1] - rows->begin[k],
               .member = rows->member + rows->begin[k],
               .label = s,
               .score = s + m,
               .a = s + 2 * m,
               .b = s + 3 * m,
               .order = (size_t *)(void *)(s + 4 * m)};
    for (size_t i = 0; i < g.n; i++) {
        g.label[i] = rows->label[g.member[i]];
        g.score[i] = score[g.member[i]];
    }
    return g;
}

static tw_status start_at_zero(const tw_loss_rows *rows, double *base, tw_error *err)
{
    (void)rows;
    (void)err;
    *base = 0;
    return TW_OK;
}

/* ---------------------------------------------------------------- DCG */

static double gain_of(double grade) { return ldexp(1, (int)grade) - 1; }
static double discount(size_t place) { return 0.69314718055994531 / tw_log(2 + (double)place); }

/* Order of the highest x first; of equal ones the first. */
static void sort_down(size_t n, const double *x, double *scratch, size_t *order)
{
    for (size_t i = 0; i < n; i++) scratch[i] = -x[i];
    tw_argsort(n, scratch, order);
}

static double dcg(const group *g, const double *by, size_t at)
{
    double sum = 0;
    sort_down(g->n, by, g->a, g->order);
    for (size_t i = 0; i < g->n && i < at; i++) sum += gain_of(g->label[g->order[i]]) * discount(i);
    return sum;
}

/* ---------------------------------------------------------------- LambdaRank */

/* Adds the pull between the rows at places i < j of the order; returns its size. */
static double add_pair(const group *g, size_t i, size_t j, double inverse, double spread, double *gradient,
                       double *hessian)
{
    const size_t r = g->order[i], s = g->order[j];
    if (g->label[r] == g->label[s]) return 0;
    const size_t high = g->label[r] > g->label[s] ? r : s, low = high == r ? s : r;
    const double apart = g->score[high] - g->score[low];
    double delta = (gain_of(g->label[high]) - gain_of(g->label[low])) * fabs(discount(i) - discount(j)) * inverse;
    if (spread > 0) delta /= 0.01 + fabs(apart);
    const double p = 1 / (1 + tw_exp(apart)), pull = delta * p, curve = delta * p * (1 - p);
    gradient[g->member[high]] -= pull;
    gradient[g->member[low]] += pull;
    hessian[g->member[high]] += curve;
    hessian[g->member[low]] += curve;
    return 2 * pull;
}

static void rank_group(const tw_loss_rows *rows, const group *g, double *gradient, double *hessian)
{
    const size_t most = (size_t)rows->params->truncate;
    const double best = dcg(g, g->label, most);
    double sum = 0;
    if (!(best > 0)) return;
    sort_down(g->n, g->score, g->a, g->order);
    const double spread = g->score[g->order[0]] - g->score[g->order[g->n - 1]];
    for (size_t i = 0; i + 1 < g->n && i < most; i++)
        for (size_t j = i + 1; j < g->n; j++) sum += add_pair(g, i, j, 1 / best, spread, gradient, hessian);
    if (!(sum > 0)) return;
    const double scale = tw_log1p(sum) / (0.69314718055994531 * sum);
    for (size_t i = 0; i < g->n; i++) {
        gradient[g->member[i]] *= scale;
        hessian[g->member[i]] *= scale;
    }
}

static tw_status lambdarank_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                      tw_error *err)
{
    (void)err;
    for (size_t i = 0; i < rows->n; i++) gradient[i] = hessian[i] = 0;
    for (size_t k = 0; k < rows->n_groups; k++) {
        const group g = open_group(rows, score, k);
        rank_group(rows, &g, gradient, hessian);
    }
    for (size_t i = 0; rows->weight && i < rows->n; i++) {
        gradient[i] *= rows->weight[i];
        hessian[i] *= rows->weight[i];
    }
    return TW_OK;
}

/* 1 - NDCG at 10, over groups with a grade above 0. */
static double lambdarank_loss(const tw_loss_rows *rows, const double *score)
{
    double sum = 0;
    size_t n = 0;
    for (size_t k = 0; k < rows->n_groups; k++) {
        const group g = open_group(rows, score, k);
        const double best = dcg(&g, g.label, NDCG_AT);
        if (!(best > 0)) continue;
        sum += dcg(&g, g.score, NDCG_AT) / best;
        n++;
    }
    return n ? 1 - sum / (double)n : 0;
}

const tw_loss tw_loss_lambdarank = {.name = "lambdarank",
                                    .title = "the order within groups by NDCG, labels are grades 0 .. 30",
                                    .link = "identity",
                                    .traits = TW_LOSS_GROUPS | TW_LOSS_WHOLE,
                                    .least = 0,
                                    .most = MOST_GRADE,
                                    .start = start_at_zero,
                                    .gradients = lambdarank_gradients,
                                    .loss = lambdarank_loss};

/* ---------------------------------------------------------------- correlation */

/* Takes the mean off and divides by the standard deviation; all 0 where values do not differ. */
static void standardise(size_t n, double *x)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) square += (x[i] - mean) * (x[i] - mean) / (double)n;
    const double sd = sqrt(square);
    for (size_t i = 0; i < n; i++) x[i] = sd > 1e-12 * fabs(mean) ? (x[i] - mean) / sd : 0;
}

static void standardise_labels(group *g, bool by_rank)
{
    if (by_rank) {
        tw_rank(g->n, g->label, g->a, g->order);
        for (size_t i = 0; i < g->n; i++) g->label[i] = g->a[i];
    }
    standardise(g->n, g->label);
}

static double product(size_t n, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * y[i] / (double)n;
    return sum;
}

/* The slope of -correlation is (r s - y) / (n sd), s and y standardised. The factor before the bracket only says how
 * far to go, and with it the first tree, where all scores are the same, would have no slope; so the step is r s - y. */
static tw_status correlation_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                       bool by_rank)
{
    for (size_t k = 0; k < rows->n_groups; k++) {
        group g = open_group(rows, score, k);
        standardise_labels(&g, by_rank);
        standardise(g.n, g.score);
        const double r = product(g.n, g.score, g.label);
        for (size_t i = 0; i < g.n; i++) gradient[g.member[i]] = r * g.score[i] - g.label[i];
    }
    for (size_t i = 0; i < rows->n; i++) {
        const double w = tw_loss_weight(rows, i);
        gradient[i] *= w;
        if (hessian) hessian[i] = w;
    }
    return TW_OK;
}

/* 1 - the mean correlation of scores, or of their ranks, with labels. */
static double correlation_loss(const tw_loss_rows *rows, const double *score, bool by_rank)
{
    double sum = 0;
    size_t n = 0;
    for (size_t k = 0; k < rows->n_groups; k++) {
        group g = open_group(rows, score, k);
        if (g.n < 2) continue;
        standardise_labels(&g, by_rank);
        if (by_rank) {
            tw_rank(g.n, g.score, g.a, g.order);
            for (size_t i = 0; i < g.n; i++) g.score[i] = g.a[i];
        }
        standardise(g.n, g.score);
        sum += product(g.n, g.score, g.label);
        n++;
    }
    return n ? 1 - sum / (double)n : 1;
}

static tw_status ic_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                              tw_error *err)
{
    (void)err;
    return correlation_gradients(rows, score, gradient, hessian, false);
}

static double ic_loss(const tw_loss_rows *rows, const double *score) { return correlation_loss(rows, score, false); }

static tw_status rank_ic_gradients(const tw_loss_rows *rows, const double *score, double *gradient, double *hessian,
                                   tw_error *err)
{
    (void)err;
    return correlation_gradients(rows, score, gradient, hessian, true);
}

static double rank_ic_loss(const tw_loss_rows *rows, const double *score)
{
    return correlation_loss(rows, score, true);
}

const tw_loss tw_loss_ic = {.name = "ic",
                            .title = "the correlation with labels within groups (dates)",
                            .link = "identity",
                            .traits = TW_LOSS_GROUPS | TW_LOSS_FLAT,
                            .least = -INFINITY,
                            .most = INFINITY,
                            .start = start_at_zero,
                            .gradients = ic_gradients,
                            .loss = ic_loss};

const tw_loss tw_loss_rank_ic = {.name = "rank_ic",
                                 .title = "the correlation with ranks of labels within groups (dates)",
                                 .link = "identity",
                                 .traits = TW_LOSS_GROUPS | TW_LOSS_FLAT,
                                 .least = -INFINITY,
                                 .most = INFINITY,
                                 .start = start_at_zero,
                                 .gradients = rank_ic_gradients,
                                 .loss = rank_ic_loss};
