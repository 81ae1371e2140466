/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - running checks: which, with what options, and the helpers they share. */
#include "data/check.h"

#include "tradewind/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const tw_check *const all[] = {
#define TW_CHECK(name) &tw_check_##name,
#include "data/checks.def"
#undef TW_CHECK
};
enum { N_CHECKS = sizeof all / sizeof *all };

const tw_check *const *tw_checks(size_t *n)
{
    *n = N_CHECKS;
    return all;
}

/* ---------------------------------------------------------------- choice and options */

typedef struct check_plan {
    const tw_ctx *ctx;
    bool wanted[N_CHECKS];
    void *params[N_CHECKS];
} check_plan;

static tw_status find(const char *name, size_t length, size_t *index, tw_error *err)
{
    const char *names[N_CHECKS + 1] = {NULL};
    char text[64];
    for (size_t i = 0; i < N_CHECKS; i++) {
        names[i] = all[i]->name;
        if (strlen(all[i]->name) == length && memcmp(all[i]->name, name, length) == 0) {
            *index = i;
            return TW_OK;
        }
    }
    snprintf(text, sizeof text, "%.*s", (int)(length < 60 ? length : 60), name);
    const char *near = tw_did_you_mean(text, names);
    return tw_fail(err, TW_BAD_NAME, "no check \"%s\"%s%s%s", text, near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
}

static tw_status choose(check_plan *plan, const char *which, tw_error *err)
{
    const bool every = !which || !which[0] || strcmp(which, "all") == 0;
    for (size_t i = 0; every && i < N_CHECKS; i++) plan->wanted[i] = true;
    for (const char *p = which; !every && *p;) {
        p += strspn(p, ", ");
        const size_t n = strcspn(p, ", ");
        size_t index = 0;
        if (n == 0) break;
        TW_TRY(find(p, n, &index, err));
        plan->wanted[index] = true;
        p += n;
    }
    return TW_OK;
}

/* One "check.param=value". */
static tw_status set_option(check_plan *plan, const char *text, size_t length, tw_error *err)
{
    char option[192];
    size_t index = 0;
    if (length >= sizeof option) return tw_fail(err, TW_BAD_SYNTAX, "check options: \"%.40s...\" is too long", text);
    memcpy(option, text, length);
    option[length] = 0;
    char *dot = strchr(option, '.'), *equal = dot ? strchr(dot, '=') : NULL;
    if (!equal) return tw_fail(err, TW_BAD_SYNTAX, "check options: expected check.option=value, got \"%s\"", option);
    TW_TRY(find(option, (size_t)(dot - option), &index, err));
    *dot = *equal = 0;
    return tw_params_set(all[index]->params, all[index]->name, dot + 1, equal + 1, plan->params[index], err);
}

static tw_status make_params(check_plan *plan, const char *options, tw_error *err)
{
    for (size_t i = 0; i < N_CHECKS; i++) {
        plan->params[i] = tw_new(plan->ctx, 1, all[i]->params_size ? all[i]->params_size : 1);
        if (!plan->params[i]) return tw_no_memory(err, "the options of the checks");
        tw_params_default(all[i]->params, plan->params[i]);
    }
    for (const char *p = options ? options : ""; *p;) {
        p += strspn(p, ", ");
        const size_t n = strcspn(p, ", ");
        if (n == 0) break;
        TW_TRY(set_option(plan, p, n, err));
        p += n;
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- running */

static int by_weight(const void *a, const void *b)
{
    const tw_finding *x = a, *y = b;
    if (x->severity != y->severity) return x->severity > y->severity ? -1 : 1;
    if (x->symbol != y->symbol) return x->symbol + 1 < y->symbol + 1 ? -1 : 1; /* the panel (SIZE_MAX) comes first */
    if (x->time != y->time) return x->time + 1 < y->time + 1 ? -1 : 1;
    const int order = strcmp(x->check, y->check);
    return order ? order : strcmp(x->text, y->text);
}

static tw_status run_checks(check_plan *plan, const tw_check_input *input, tw_findings *findings, tw_error *err)
{
    for (size_t i = 0; i < N_CHECKS; i++) {
        if (!plan->wanted[i]) continue;
        TW_TRY(tw_progress_step(plan->ctx, "check", i, N_CHECKS, all[i]->name));
        findings->ran[findings->n_ran++] = all[i];
        const tw_status st = all[i]->run(plan->ctx, input, plan->params[i], findings, err);
        if (st != TW_OK) return tw_fail_in(err, st, "check %s", all[i]->name);
    }
    if (findings->n > 1) qsort(findings->list, findings->n, sizeof *findings->list, by_weight);
    return TW_OK;
}

tw_status tw_check_run(const tw_ctx *ctx, const tw_check_input *input, const char *which, const char *options,
                       tw_findings **out, tw_error *err)
{
    check_plan plan = {.ctx = ctx};
    if (!input->panel) return tw_fail(err, TW_BAD_VALUE, "checks: no panel given");
    tw_findings *findings = tw_new(ctx, 1, sizeof *findings);
    if (!findings) return tw_no_memory(err, "findings");
    findings->ctx = ctx;
    tw_status st = choose(&plan, which, err);
    if (st == TW_OK) st = make_params(&plan, options, err);
    if (st == TW_OK) st = run_checks(&plan, input, findings, err);
    for (size_t i = 0; i < N_CHECKS; i++) tw_free(ctx, plan.params[i]);
    if (st != TW_OK)
        tw_findings_free(findings);
    else
        *out = findings;
    return st;
}

/* ---------------------------------------------------------------- bars of a symbol */

bool tw_has_closes(const tw_panel *panel, const char *name)
{
    if (name) return tw_panel_find_column(panel, name) != SIZE_MAX;
    return tw_has_closes(panel, "close") || tw_has_closes(panel, "bid_close");
}

tw_status tw_series_init(tw_series *series, const tw_ctx *ctx, const tw_panel *panel, tw_error *err)
{
    static const char *const names[][5] = {{"open", "high", "low", "close", "volume"},
                                           {"bid_open", "bid_high", "bid_low", "bid_close", "volume"}};
    const size_t n = panel->shape.n_times + 1;
    const bool quotes = !tw_has_closes(panel, "close") && tw_has_closes(panel, "bid_close");
    *series = (tw_series){.ctx = ctx, .panel = panel};
    for (size_t i = 0; i < 5; i++) series->column[i] = tw_panel_find_column(panel, names[quotes][i]);
    series->t = tw_new(ctx, n, sizeof *series->t);
    series->open = tw_new(ctx, 6 * n, sizeof(double));
    if (!series->t || !series->open) {
        tw_series_clear(series);
        return tw_no_memory(err, "the bars of a symbol");
    }
    series->high = series->open + n;
    series->low = series->high + n;
    series->close = series->low + n;
    series->volume = series->close + n;
    series->scratch = series->volume + n;
    return TW_OK;
}

void tw_series_clear(tw_series *series)
{
    tw_free(series->ctx, series->t);
    tw_free(series->ctx, series->open);
    series->t = NULL;
    series->open = NULL;
}

void tw_series_load(tw_series *series, size_t symbol)
{
    double *const out[5] = {series->open, series->high, series->low, series->close, series->volume};
    const size_t n_times = series->panel->shape.n_times, close = series->column[3];
    series->n = 0;
    if (close == SIZE_MAX) return;
    for (size_t t = 0; t < n_times; t++)
        if (!isnan(tw_panel_at(series->panel, close, symbol, t))) series->t[series->n++] = t;
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < series->n; k++)
            out[i][k] = series->column[i] == SIZE_MAX
                            ? NAN
                            : tw_panel_at(series->panel, series->column[i], symbol, series->t[k]);
}

double tw_robust_centre(size_t n, const double *x, double *scratch, double *spread)
{
    memcpy(scratch, x, n * sizeof *x);
    const double centre = tw_median(n, scratch);
    for (size_t i = 0; i < n; i++) scratch[i] = fabs(x[i] - centre);
    *spread = 1.4826 * tw_median(n, scratch);
    return centre;
}
