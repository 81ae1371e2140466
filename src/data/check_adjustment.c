/* SPDX-License-Identifier: Apache-2.0 */
/* check_adjustment.c - adjusted closes and action files against the prices. */
#include "data/check.h"

#include "data/actions.h"
#include "tradewind/num.h"

#include <math.h>

#define SOURCE "docs/data-quality.md"

typedef struct adjustment_params {
    double jump, noise, share;
} adjustment_params;
static const tw_param table[] = {
    TW_PARAM(adjustment_params, jump, 0.3, 0.01, 10, "log return that an action may leave behind on its day"),
    TW_PARAM(adjustment_params, noise, 0.002, 0, 0.1, "change of adj_close / close that rounding explains"),
    TW_PARAM(adjustment_params, share, 0.05, 0, 1, "bars on which the factor may change when there is no action file"),
    TW_PARAM_END,
};

typedef struct adjustment_job {
    const tw_check_input *input;
    const adjustment_params *p;
    tw_findings *out;
    tw_series x;
    size_t adjusted; /* column */
} adjustment_job;

/* First bar of the symbol on or after `day`; x.n when none. */
static size_t bar_on(const tw_series *x, int64_t day)
{
    size_t lo = 0, hi = x->n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (x->panel->shape.times[x->t[mid]] < day * TW_NS_PER_DAY)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* What is left of the return over action `i` once the actions of its day are taken out, and what it was before. */
static tw_status check_action(adjustment_job *job, size_t s, const tw_action_run *run, size_t i)
{
    const tw_action *a = &run->first[i];
    const tw_series *x = &job->x;
    const size_t k = bar_on(x, a->ex_day);
    double ratio;
    if (k == 0 || k >= x->n || !(x->close[k - 1] > 0) || !(x->close[k] > 0)) return TW_OK;
    const double raw = tw_log(x->close[k] / x->close[k - 1]);
    tw_where where = {job->out, "adjustment", TW_ERROR, s, x->t[k], 0, job->p->jump};
    if (!tw_dividend_ratio(a, x->close[k - 1], &ratio))
        return tw_finding_write(&where, "%s: dividend %g on a close of %g", tw_stamp_of(x->panel, x->t[k]).text,
                                a->amount, x->close[k - 1]);
    where.value = fabs(raw - tw_log(ratio));
    /* A fall on the day of a small dividend is the market's doing, not the action's. */
    if (where.value <= job->p->jump || fabs(tw_log(ratio)) < job->p->jump / 3) return TW_OK;
    return tw_finding_write(&where,
                            "%s: %s with factor %.4g where the close went %.4g to %.4g: adjusted return %+.0f %%",
                            tw_stamp_of(x->panel, x->t[k]).text, a->kind == TW_ACTION_SPLIT ? "split" : "dividend",
                            ratio, x->close[k - 1], x->close[k], 100 * tw_expm1(raw - tw_log(ratio)));
}

static bool has_action(const tw_action_run *run, int64_t first_day, int64_t last_day)
{
    for (size_t i = 0; i < run->n; i++)
        if (run->first[i].ex_day >= first_day && run->first[i].ex_day <= last_day) return true;
    return false;
}

/* The factor adj_close / close must be positive and change on action days only. */
static tw_status check_factor(adjustment_job *job, size_t s, const tw_action_run *run)
{
    const tw_series *x = &job->x;
    size_t changes = 0, strange = 0, first = 0;
    double before = NAN;
    for (size_t k = 0; k < x->n; k++) {
        const double factor = tw_panel_at(x->panel, job->adjusted, s, x->t[k]) / x->close[k];
        if (isnan(factor)) continue;
        if (factor <= 0) {
            const tw_where where = {job->out, "adjustment", TW_ERROR, s, x->t[k], factor, 0};
            TW_TRY(
                tw_finding_write(&where, "%s: adj_close / close is %g", tw_stamp_of(x->panel, x->t[k]).text, factor));
        }
        if (fabs(factor / before - 1) > job->p->noise) {
            const int64_t day = x->panel->shape.times[x->t[k]] / TW_NS_PER_DAY;
            const int64_t last = x->panel->shape.times[x->t[k - 1]] / TW_NS_PER_DAY;
            changes++;
            if (!has_action(run, last + 1, day) && strange++ == 0) first = k;
        }
        before = factor;
    }
    const bool listed = job->input->actions != NULL;
    const size_t count = listed ? strange : changes;
    if (count == 0 || (!listed && (double)changes <= job->p->share * (double)x->n)) return TW_OK;
    const tw_where where = {job->out, "adjustment", TW_ERROR, s, x->t[first], (double)count, job->p->noise};
    return tw_finding_write(&where, "adj_close / close changes on %zu of %zu bars%s, first %s", count, x->n,
                            listed ? " without an action" : "", tw_stamp_of(x->panel, x->t[first]).text);
}

static double factor_at(const adjustment_job *job, size_t s, size_t k)
{
    return tw_panel_at(job->x.panel, job->adjusted, s, job->x.t[k]) / job->x.close[k];
}

/* One bar whose factor is another than that of both beside it, or is not there: no action does that. */
static tw_status check_spikes(adjustment_job *job, size_t s)
{
    const tw_series *x = &job->x;
    size_t blank = 0;
    for (size_t k = 0; k < x->n; k++) blank += isnan(factor_at(job, s, k)) != 0;
    for (size_t k = 0; k < x->n; k++) {
        const double now = factor_at(job, s, k);
        const tw_stamp_text stamp = tw_stamp_of(x->panel, x->t[k]);
        tw_where where = {job->out, "adjustment", TW_WARN, s, x->t[k], now, job->p->noise};
        if (isnan(now) && blank * 10 < x->n) TW_TRY(tw_finding_write(&where, "%s: adj_close is missing", stamp.text));
        if (k == 0 || k + 1 == x->n) continue;
        const double before = factor_at(job, s, k - 1), after = factor_at(job, s, k + 1);
        /* Rounding of small prices moves a factor as well; a slip is larger. */
        const double bound = 5 * job->p->noise;
        if (!(fabs(after / before - 1) < bound) || !(fabs(now / before - 1) > 2 * bound)) continue;
        where.severity = TW_ERROR;
        TW_TRY(tw_finding_write(&where, "%s: adj_close / close is %.5g between %.5g and %.5g", stamp.text, now, before,
                                after));
    }
    return TW_OK;
}

static tw_status check_symbol(adjustment_job *job, size_t s)
{
    const tw_action_run run = tw_actions_of(job->input->actions, job->input->panel->shape.symbols[s]);
    tw_series_load(&job->x, s);
    for (size_t i = 0; i < run.n; i++) TW_TRY(check_action(job, s, &run, i));
    if (job->adjusted == SIZE_MAX) return TW_OK;
    TW_TRY(check_spikes(job, s));
    return check_factor(job, s, &run);
}

/* Actions of symbols that the panel does not have: harmless, or the two are spelled differently. */
static tw_status check_strangers(const adjustment_job *job)
{
    size_t n = 0, strange = 0;
    const tw_action *list = tw_actions_list(job->input->actions, &n), *first = NULL;
    for (size_t i = 0; i < n; i++) {
        if (tw_panel_find_symbol(job->input->panel, list[i].symbol) != SIZE_MAX) continue;
        if (strange++ == 0) first = &list[i];
    }
    if (strange == 0) return TW_OK;
    const tw_where where = {job->out, "adjustment", TW_INFO, TW_NOWHERE, TW_NOWHERE, (double)strange, 0};
    return tw_finding_write(&where, "%zu of %zu actions are of symbols that the panel lacks, first %.64s", strange, n,
                            first->symbol);
}

static tw_status run_adjustment(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                                tw_error *err)
{
    adjustment_job job = {
        .input = input, .p = params, .out = out, .adjusted = tw_panel_find_column(input->panel, "adj_close")};
    if (!input->actions && job.adjusted == SIZE_MAX)
        return tw_findings_not_run(out, "adjustment", "neither an action file nor a column adj_close");
    TW_TRY(tw_series_init(&job.x, ctx, input->panel, err));
    tw_status st = TW_OK;
    for (size_t s = 0; st == TW_OK && s < input->panel->shape.n_symbols; s++) st = check_symbol(&job, s);
    if (st == TW_OK && input->actions) st = check_strangers(&job);
    tw_series_clear(&job.x);
    return st == TW_NO_MEMORY ? tw_no_memory(err, "findings") : st;
}

const tw_check tw_check_adjustment = {.name = "adjustment",
                                      .title = "actions fit the prices; adjusted differs from raw on action days only",
                                      .source = SOURCE,
                                      .severity = TW_ERROR,
                                      .params = table,
                                      .params_size = sizeof(adjustment_params),
                                      .run = run_adjustment};
