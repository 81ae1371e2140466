/* SPDX-License-Identifier: Apache-2.0 */
/* Normalised discounted cumulative gain.
 * Jarvelin, Kekalainen, ACM TOIS 20 (2002), with the gains 2^label - 1 and the conventions of LightGBM: rows of equal
 * score stay in their order, a group without a relevant row counts as 1, and a group weighs the mean of its rows. */
#include "learn/metric_impl.h"

#include "tradewind/num.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_LABEL = 30, USUAL_RANKS = 10 };

typedef struct ranked {
    double score, label, weight;
    uint32_t group;
    size_t row;
} ranked;

static int by_score(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static int by_label(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    return x->label > y->label ? -1 : x->label < y->label;
}

static double gain(const ranked *row, size_t n, size_t most)
{
    double sum = 0;
    for (size_t i = 0; i < n && i < most; i++) sum += (ldexp(1, (int)row[i].label) - 1) / tw_log((double)i + 2);
    return sum;
}

/* Of one group, whose rows are in the order of their scores; they are left in the order of their labels. */
static double group_ndcg(ranked *row, size_t n, size_t most)
{
    const double got = gain(row, n, most);
    qsort(row, n, sizeof *row, by_label);
    const double best = gain(row, n, most);
    return best > 0 ? got / best : 1;
}

static double mean_ndcg(ranked *row, size_t n, size_t most)
{
    double total = 0, sum = 0;
    for (size_t from = 0, to; from < n; from = to) {
        double weight = 0;
        for (to = from; to < n && row[to].group == row[from].group; to++) weight += row[to].weight;
        weight /= (double)(to - from);
        total += weight;
        sum += weight * group_ndcg(row + from, to - from, most);
    }
    return total > 0 ? sum / total : NAN;
}

static bool are_grades(const tw_scored *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (!(s->label[i] >= 0 && s->label[i] <= MOST_LABEL) || s->label[i] != floor(s->label[i])) return false;
    return true;
}

static tw_status ndcg(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    TW_TRY(tw_scored_check(s, "ndcg", err));
    *value = NAN;
    if (!are_grades(s)) return TW_OK;
    ranked *row = tw_new(ctx, s->n, sizeof *row);
    if (!row) return tw_no_memory(err, "ndcg");
    for (size_t i = 0; i < s->n; i++)
        row[i] = (ranked){s->score[i], s->label[i], tw_scored_weight(s, i), s->group ? s->group[i] : s->time[i], i};
    if (s->n) qsort(row, s->n, sizeof *row, by_score);
    *value = mean_ndcg(row, s->n, s->most ? s->most : USUAL_RANKS);
    tw_free(ctx, row);
    return TW_OK;
}

const tw_metric tw_metric_ndcg = {"ndcg", "Normalised discounted cumulative gain of the first ranks",
                                  "Jarvelin, Kekalainen, ACM TOIS 20 (2002); gains 2^label - 1, 10 ranks unless given",
                                  true, ndcg};
