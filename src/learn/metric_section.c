/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics within each time, across symbols: information coefficients and quantile returns.
 * Grinold, Kahn, Active Portfolio Management (2000), ch. 6; Newey, West, Econometrica 55 (1987). */
#include "learn/metric_impl.h"

#include "tradewind/num.h"

#include <math.h>

/* Scratch for one time. */
typedef struct section {
    double *doubles; /* 2 n */
    size_t *order;   /* n */
} section;

static size_t widest(const tw_scored *s)
{
    size_t most = 0;
    for (size_t i = 0, from = 0; i < s->n; i++) {
        if (s->time[i] != s->time[from]) from = i;
        if (i - from + 1 > most) most = i - from + 1;
    }
    return most;
}

static size_t count_times(const tw_scored *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) n += i == 0 || s->time[i] != s->time[i - 1];
    return n;
}

static tw_status section_new(const tw_ctx *ctx, size_t n, section *x, tw_error *err)
{
    *x = (section){tw_new(ctx, 2 * n, sizeof(double)), tw_new(ctx, n, sizeof(size_t))};
    if (x->doubles && x->order) return TW_OK;
    tw_free(ctx, x->doubles);
    tw_free(ctx, x->order);
    return tw_no_memory(err, "a cross-section");
}

static void section_clear(const tw_ctx *ctx, section *x)
{
    tw_free(ctx, x->doubles);
    tw_free(ctx, x->order);
}

static size_t section_end(const tw_scored *s, size_t from)
{
    size_t to = from + 1;
    while (to < s->n && s->time[to] == s->time[from]) to++;
    return to;
}

static bool is_constant(size_t n, const double *x)
{
    for (size_t i = 1; i < n; i++)
        if (x[i] != x[0]) return false;
    return true;
}

/* Correlations of one time; false when labels do not differ. Scores that do not differ order nothing: their
 * correlation is taken as 0, so that a constant baseline has a place in the leaderboard. */
static bool correlate(const tw_scored *s, size_t from, size_t n, section *x, double ic[2])
{
    if (is_constant(n, s->label + from)) return false;
    ic[0] = ic[1] = 0;
    if (is_constant(n, s->score + from)) return true;
    ic[0] = tw_correlation(n, s->score + from, s->label + from);
    ic[1] = tw_spearman(n, s->score + from, s->label + from, x->doubles, x->order);
    return isfinite(ic[0]) && isfinite(ic[1]);
}

tw_status tw_ic_series(const tw_ctx *ctx, const tw_scored *s, size_t min_rows, tw_ic_path *path, tw_error *err)
{
    section x;
    path->n = 0;
    TW_TRY(tw_scored_check(s, "ic", err));
    TW_TRY(section_new(ctx, widest(s), &x, err));
    for (size_t from = 0; from < s->n;) {
        const size_t to = section_end(s, from);
        double pair[2];
        if (to - from >= min_rows && to - from >= 2 && correlate(s, from, to - from, &x, pair)) {
            path->time[path->n] = s->time[from];
            path->ic[path->n] = pair[0];
            path->rank_ic[path->n++] = pair[1];
        }
        from = to;
    }
    section_clear(ctx, &x);
    return TW_OK;
}

double tw_newey_west_t(size_t n, const double *x, size_t lags)
{
    if (n < 3) return NAN;
    const double mean = tw_mean(n, x);
    if (is_constant(n, x)) return mean == 0 ? 0 : NAN;
    return mean / sqrt(tw_newey_west(n, x, lags < n ? lags : n - 1));
}

/* The series of one kind of correlation, reduced by `reduce`. */
typedef double reduction(size_t n, const double *ic, size_t lags);

static tw_status reduce_series(const tw_ctx *ctx, const tw_scored *s, bool rank, reduction *reduce, double *value,
                               tw_error *err)
{
    const size_t times = count_times(s);
    double *ic = tw_new(ctx, 2 * times, sizeof *ic);
    tw_ic_path path = {.time = tw_new(ctx, times, sizeof *path.time), .ic = ic, .rank_ic = ic ? ic + times : NULL};
    tw_status status = ic && path.time ? TW_OK : tw_no_memory(err, "a series of correlations");
    if (status == TW_OK) status = tw_ic_series(ctx, s, TW_SECTION_ROWS, &path, err);
    if (status == TW_OK) *value = path.n ? reduce(path.n, rank ? path.rank_ic : path.ic, s->lags) : NAN;
    tw_free(ctx, ic);
    tw_free(ctx, path.time);
    return status;
}

static double mean_reduction(size_t n, const double *ic, size_t lags)
{
    (void)lags;
    return tw_mean(n, ic);
}

static double ratio_reduction(size_t n, const double *ic, size_t lags)
{
    (void)lags;
    const double sd = sqrt(tw_variance(n, ic, 1));
    return sd > 0 ? tw_mean(n, ic) / sd : is_constant(n, ic) && ic[0] == 0 ? 0 : NAN;
}

/* Lags by the rule of thumb of Newey, West, Rev. Economic Studies 61 (1994) unless given. */
static double t_reduction(size_t n, const double *ic, size_t lags)
{
    const size_t rule = (size_t)(4 * tw_exp(2.0 / 9 * tw_log((double)n / 100)));
    return tw_newey_west_t(n, ic, lags ? lags : rule);
}

static tw_status ic(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    return reduce_series(ctx, s, false, mean_reduction, value, err);
}

static tw_status ic_ir(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    return reduce_series(ctx, s, false, ratio_reduction, value, err);
}

static tw_status rank_ic(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    return reduce_series(ctx, s, true, mean_reduction, value, err);
}

static tw_status rank_ic_t(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    return reduce_series(ctx, s, true, t_reduction, value, err);
}

const tw_metric tw_metric_ic = {"ic", "Information coefficient: mean over times of the correlation across symbols",
                                "Grinold, Kahn, Active Portfolio Management (2000), ch. 6", true, ic};
const tw_metric tw_metric_ic_ir = {"ic_ir", "Mean of the information coefficient over its standard deviation",
                                   "microsoft/qlib, ICIR", true, ic_ir};
const tw_metric tw_metric_rank_ic = {"rank_ic", "Information coefficient by rank (Spearman)",
                                     "Grinold, Kahn, Active Portfolio Management (2000), ch. 6", true, rank_ic};
const tw_metric tw_metric_rank_ic_t = {"rank_ic_t", "t value of the mean rank information coefficient",
                                       "Newey, West, Econometrica 55 (1987)", true, rank_ic_t};

/* First rank of part `i` of `parts`: rank r of n is in part floor(r parts / n). */
static size_t part_begin(size_t n, size_t parts, size_t i) { return (i * n + parts - 1) / parts; }

/* Puts n rows in the order of their scores: x->doubles has the scores, then the labels. Equal scores say nothing about
 * their order, so that each of them gets the mean of their labels. */
static void rank_rows(size_t n, const double *score, const double *label, section *x)
{
    double *scores = x->doubles, *labels = x->doubles + n;
    tw_argsort(n, score, x->order);
    for (size_t i = 0; i < n; i++) scores[i] = score[x->order[i]];
    for (size_t from = 0, to; from < n; from = to) {
        double sum = 0;
        for (to = from; to < n && scores[to] == scores[from]; to++) sum += label[x->order[to]];
        for (size_t i = from; i < to; i++) labels[i] = sum / (double)(to - from);
    }
}

/* Mean of part `i` of `parts` of x; NaN when it is empty. */
static double part_mean(size_t n, const double *x, size_t parts, size_t i)
{
    const size_t from = part_begin(n, parts, i), to = part_begin(n, parts, i + 1);
    double sum = 0;
    for (size_t k = from; k < to; k++) sum += x[k];
    return to > from ? sum / (double)(to - from) : NAN;
}

static void add_quantiles(size_t n, const double *score, const double *label, section *x, size_t n_quantiles,
                          double *sum)
{
    rank_rows(n, score, label, x);
    for (size_t q = 0; q < n_quantiles; q++) sum[q] += part_mean(n, x->doubles + n, n_quantiles, q);
}

tw_status tw_quantile_returns(const tw_ctx *ctx, const tw_scored *s, size_t n_quantiles, double *out, tw_error *err)
{
    section x;
    size_t times = 0;
    if (n_quantiles < 2)
        return tw_fail(err, TW_BAD_VALUE, "quantile returns: at least 2 quantiles, got %zu", n_quantiles);
    TW_TRY(tw_scored_check(s, "quantile returns", err));
    TW_TRY(section_new(ctx, widest(s), &x, err));
    for (size_t q = 0; q < n_quantiles; q++) out[q] = 0;
    for (size_t from = 0; from < s->n;) {
        const size_t to = section_end(s, from);
        if (to - from >= n_quantiles) {
            add_quantiles(to - from, s->score + from, s->label + from, &x, n_quantiles, out);
            times++;
        }
        from = to;
    }
    for (size_t q = 0; q < n_quantiles; q++) out[q] = times ? out[q] / (double)times : NAN;
    section_clear(ctx, &x);
    return TW_OK;
}

tw_status tw_calibration(const tw_ctx *ctx, const tw_scored *s, size_t n_bins, double *mean_score, double *mean_label,
                         tw_error *err)
{
    section x;
    if (n_bins == 0) return tw_fail(err, TW_BAD_VALUE, "calibration: at least 1 bin, got 0");
    TW_TRY(tw_scored_check(s, "calibration", err));
    TW_TRY(section_new(ctx, s->n, &x, err));
    rank_rows(s->n, s->score, s->label, &x);
    for (size_t b = 0; b < n_bins; b++) {
        mean_score[b] = part_mean(s->n, x.doubles, n_bins, b);
        mean_label[b] = part_mean(s->n, x.doubles + s->n, n_bins, b);
    }
    section_clear(ctx, &x);
    return TW_OK;
}
