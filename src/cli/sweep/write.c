/* SPDX-License-Identifier: Apache-2.0 */
/* write.c - what a sweep leaves in its folder, and says of itself. */
#include "cli/sweep/job.h"
#include "tradewind/backtest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef tw_sweep_job_file job;

/* Measures by name, in the order of columns. */
typedef struct column {
    const char *name;
    size_t offset;
    bool count;
} column;

#define COLUMN(field, count_)                                                                                          \
    {                                                                                                                  \
#field, offsetof(tw_sweep_measures, field), count_                                                             \
    }
static const column COLUMNS[] = {COLUMN(total_return, false), COLUMN(sharpe, false),   COLUMN(sortino, false),
                                 COLUMN(max_drawdown, false), COLUMN(turnover, false), COLUMN(exposure, false),
                                 COLUMN(win_rate, false),     COLUMN(fees, false),     COLUMN(final_value, false),
                                 COLUMN(orders, true),        COLUMN(trades, true)};
enum { N_COLUMNS = sizeof COLUMNS / sizeof *COLUMNS };

static double value_of(const tw_sweep_measures *m, const column *c)
{
    double x;
    size_t n;
    if (c->count) {
        memcpy(&n, (const char *)m + c->offset, sizeof n);
        return (double)n;
    }
    memcpy(&x, (const char *)m + c->offset, sizeof x);
    return x;
}

static void names_csv(tw_buf *out)
{
    for (size_t c = 0; c < N_COLUMNS; c++) tw_buf_printf(out, ",%s", COLUMNS[c].name);
    tw_buf_text(out, ",ruined\n");
}

static void measures_csv(const tw_sweep_measures *m, tw_buf *out)
{
    for (size_t c = 0; c < N_COLUMNS; c++) {
        char text[40];
        const double x = value_of(m, &COLUMNS[c]);
        text[isnan(x) ? 0 : tw_format_double(x, text)] = '\0';
        tw_buf_printf(out, ",%s", text);
    }
    tw_buf_printf(out, ",%d\n", m->ruined);
}

static void trials_csv(const job *j, tw_buf *out)
{
    tw_buf_text(out, "trial");
    for (size_t k = 0; k < j->n_parameters; k++) tw_buf_printf(out, ",%s", j->parameter[k]);
    names_csv(out);
    for (size_t i = 0; i < j->result.n; i++) {
        tw_buf_printf(out, "%zu", i);
        for (size_t k = 0; k < j->n_parameters; k++) {
            size_t n;
            const char *value = tw_sweep_job_value(j, j->search.setting[i], k, &n);
            tw_buf_text(out, ",");
            tw_buf_add(out, value, n);
        }
        measures_csv(&j->result.measures[i], out);
    }
}

static void by_symbol_csv(const job *j, tw_buf *out)
{
    tw_buf_text(out, "trial,symbol");
    names_csv(out);
    for (size_t i = 0; i < j->result.n; i++)
        for (size_t s = 0; s < j->n_symbols; s++) {
            tw_buf_printf(out, "%zu,%s", i, tw_panel_symbol(j->panel, j->symbol[s]));
            measures_csv(&j->by_symbol[s * j->result.n + i], out);
        }
}

/* ---------------------------------------------------------------- JSON */

static void number(tw_json *json, const char *key, double x)
{
    tw_json_key(json, key);
    tw_json_number(json, x);
}

static void text(tw_json *json, const char *key, const char *x)
{
    tw_json_key(json, key);
    tw_json_text(json, x);
}

static void trial_json(const job *j, size_t i, tw_json *json)
{
    tw_json_object(json);
    tw_json_key(json, "trial");
    tw_json_integer(json, (int64_t)i);
    text(json, "setting", j->search.setting[i]);
    for (size_t c = 0; c < N_COLUMNS; c++) number(json, COLUMNS[c].name, value_of(&j->result.measures[i], &COLUMNS[c]));
    tw_json_object_end(json);
}

static void overfit_json(const tw_overfit *o, tw_json *json)
{
    tw_json_object(json);
    number(json, "trials", (double)o->trials);
    number(json, "varied", (double)o->varied);
    number(json, "effective_trials", o->effective_trials);
    number(json, "expected_max_sharpe", o->expected_max_sharpe);
    number(json, "psr", o->psr);
    number(json, "dsr", o->dsr);
    number(json, "pbo", o->pbo.pbo);
    number(json, "pbo_slope", o->pbo.slope);
    number(json, "pbo_p_loss", o->pbo.p_loss);
    number(json, "pbo_combinations", (double)o->pbo.combinations);
    number(json, "spa_statistic", o->spa.statistic);
    number(json, "spa_p_lower", o->spa.p_lower);
    number(json, "spa_p_consistent", o->spa.p_consistent);
    number(json, "spa_p_upper", o->spa.p_upper);
    number(json, "spa_draws", (double)o->draws);
    number(json, "years", o->years);
    number(json, "min_backtest_years", o->min_backtest_years);
    tw_json_object_end(json);
}

/* A measure of the out-of-sample path; NaN where it has none. */
static double walk_measure(const job *j, const char *name)
{
    double x = NAN;
    double *wide = tw_new(j->ctx, j->n_stitched, sizeof *wide);
    for (size_t t = 0; wide && t < j->n_stitched; t++) wide[t] = (double)j->stitched[t];
    const tw_return_path path = {
        .n = j->n_stitched, .returns = wide, .periods_per_year = j->search.prices.periods_per_year};
    if (wide && tw_measure_compute(name, &path, &x, NULL) != TW_OK) x = NAN;
    tw_free(j->ctx, wide);
    return x;
}

static void walk_json(const job *j, tw_json *json)
{
    tw_json_object(json);
    number(json, "train", (double)j->windows.train);
    number(json, "test", (double)j->windows.test);
    tw_json_key(json, "anchored");
    tw_json_bool(json, j->windows.anchored);
    number(json, "sharpe", walk_measure(j, "sharpe"));
    number(json, "total_return", walk_measure(j, "cumulative_return"));
    number(json, "max_drawdown", walk_measure(j, "max_drawdown"));
    tw_json_key(json, "windows");
    tw_json_array(json);
    for (size_t w = 0; w < j->n_chosen; w++) {
        char day[40];
        tw_json_object(json);
        day[tw_time_format(j->time[j->windows.train + w * j->windows.test], day)] = '\0';
        text(json, "from", day);
        text(json, "setting", j->search.setting[j->chosen[w]]);
        tw_json_object_end(json);
    }
    tw_json_array_end(json);
    tw_json_object_end(json);
}

static void report_json(const job *j, tw_buf *out)
{
    tw_json json;
    tw_json_init(&json, out, true);
    tw_json_object(&json);
    text(&json, "name", j->name);
    tw_json_key(&json, j->n_symbols == 1 ? "symbol" : "symbols");
    if (j->n_symbols > 1) tw_json_array(&json);
    for (size_t s = 0; s < j->n_symbols; s++) tw_json_text(&json, tw_panel_symbol(j->panel, j->symbol[s]));
    if (j->n_symbols > 1) tw_json_array_end(&json);
    number(&json, "bars", (double)j->n_times);
    tw_json_key(&json, "rules");
    tw_params_json(tw_sweep_rules_params(), &j->search.rules, &json);
    tw_json_key(&json, "optimistic");
    tw_json_bool(&json, strcmp(j->search.rules.fill, "same_close") == 0);
    tw_json_key(&json, "best");
    trial_json(j, j->overfit.best, &json);
    tw_json_key(&json, "overfitting");
    overfit_json(&j->overfit, &json);
    if (j->n_chosen) {
        tw_json_key(&json, "walk_forward");
        walk_json(j, &json);
    }
    tw_json_object_end(&json);
    tw_buf_text(out, "\n");
}

static void best_json(const job *j, tw_buf *out)
{
    tw_json json;
    tw_json_init(&json, out, true);
    trial_json(j, j->overfit.best, &json);
    tw_buf_text(out, "\n");
}

/* ---------------------------------------------------------------- words */

void tw_sweep_job_summary(const job *j, tw_buf *out)
{
    const tw_overfit *o = &j->overfit;
    const tw_sweep_measures *m = &j->result.measures[o->best];
    tw_buf_printf(out, "%zu trials of %zu bars of ", o->trials, j->n_times);
    if (j->n_symbols == 1)
        tw_buf_text(out, tw_panel_symbol(j->panel, j->symbol[0]));
    else
        tw_buf_printf(out, "%zu symbols", j->n_symbols);
    tw_buf_printf(out, "; as different as %.1f independent ones\n", o->effective_trials);
    tw_buf_printf(out, "best: %s, Sharpe ratio %.2f a year, return %.1f %%, drawdown %.1f %%, %zu trades\n",
                  j->search.setting[o->best], m->sharpe, 100 * m->total_return, 100 * m->max_drawdown, m->trades);
    tw_buf_printf(out, "the best of so many without skill: Sharpe ratio %.2f expected\n", o->expected_max_sharpe);
    tw_buf_printf(out, "PSR %.3f: chance that its Sharpe ratio is above 0, had it been the only trial\n", o->psr);
    tw_buf_printf(out, "DSR %.3f: the same after the choice; below 0.95 is no evidence\n", o->dsr);
    tw_buf_printf(out, "PBO %.3f: how often the best of one half of the time is below the middle in the other\n",
                  o->pbo.pbo);
    tw_buf_printf(out, "SPA p %.3f: chance of such a best with no trial better than nothing (%zu resamples)\n",
                  o->spa.p_consistent, o->draws);
    tw_buf_printf(out, "minimum backtest length %.1f years, have %.1f\n", o->min_backtest_years, o->years);
    if (j->n_chosen)
        tw_buf_printf(out, "walk-forward: Sharpe ratio %.2f a year out of sample, return %.1f %%, %zu windows\n",
                      walk_measure(j, "sharpe"), 100 * walk_measure(j, "cumulative_return"), j->n_chosen);
    if (strcmp(j->search.rules.fill, "same_close") == 0)
        tw_buf_text(out, "optimistic: fill=same_close fills at the price that the decision used\n");
}

/* ---------------------------------------------------------------- files */

static tw_status write_file(const char *folder, const char *name, tw_buf *bytes, tw_error *err)
{
    tw_buf path;
    tw_buf_init(&path, bytes->ctx);
    tw_buf_printf(&path, "%s/%s", folder, name);
    tw_status status = bytes->failed || path.failed ? tw_no_memory(err, name)
                                                    : tw_file_write(path.data, bytes->data, bytes->length, err);
    tw_buf_clear(&path);
    return status;
}

static tw_status write_text(const job *j, const char *folder, const char *name, void (*make)(const job *, tw_buf *),
                            tw_error *err)
{
    tw_buf out;
    tw_buf_init(&out, j->ctx);
    make(j, &out);
    const tw_status status = write_file(folder, name, &out, err);
    tw_buf_clear(&out);
    return status;
}

static tw_status write_page(const job *j, const char *folder, tw_error *err)
{
    tw_buf out;
    tw_buf_init(&out, j->ctx);
    tw_status status = tw_sweep_job_page(j, &out, err);
    if (status == TW_OK) status = write_file(folder, "report.html", &out, err);
    tw_buf_clear(&out);
    return status;
}

tw_status tw_sweep_job_write(const job *j, const char *folder, bool paths, tw_error *err)
{
    TW_TRY(tw_folder_make(folder, err));
    TW_TRY(write_text(j, folder, "trials.csv", trials_csv, err));
    if (j->by_symbol) TW_TRY(write_text(j, folder, "by_symbol.csv", by_symbol_csv, err));
    TW_TRY(write_text(j, folder, "best.json", best_json, err));
    TW_TRY(write_text(j, folder, "report.json", report_json, err));
    TW_TRY(write_page(j, folder, err));
    if (!paths) return TW_OK;
    tw_buf view = {
        .ctx = j->ctx, .data = j->file, .length = TW_SWEEP_PATHS_HEAD + j->result.n * j->n_times * sizeof(float)};
    return write_file(folder, "paths.f32", &view, err);
}
