/* SPDX-License-Identifier: Apache-2.0 */
/* report_backtest.c - the money part of report.json: series, measures, months, and what higher costs would do. */
#include "pipeline/pipeline_impl.h"

#include <math.h>
#include <stdio.h>

static void times(const tw_job *job, tw_json *j, const tw_result *r)
{
    tw_json_key(j, "time");
    tw_json_array(j);
    for (size_t i = 0; i < r->n; i++) tw_json_integer(j, job->market.time[r->from + i]);
    tw_json_array_end(j);
}

static void measures(tw_json *j, const char *key, const tw_return_path *path)
{
    size_t n = 0;
    const tw_measure *const *all = tw_measures(&n);
    tw_json_key(j, key);
    tw_json_object(j);
    for (size_t m = 0; m < n; m++) {
        tw_json_key(j, all[m]->name);
        tw_json_number(j, all[m]->compute(path));
    }
    tw_json_object_end(j);
}

static void months(const tw_job *job, tw_json *j, const tw_result *r)
{
    tw_json_key(j, "monthly");
    tw_json_array(j);
    for (size_t i = 0; i < r->n;) {
        const tw_civil first = tw_time_to_civil(job->market.time[r->from + i]);
        double growth = 1;
        for (; i < r->n; i++) {
            const tw_civil c = tw_time_to_civil(job->market.time[r->from + i]);
            if (c.year != first.year || c.month != first.month) break;
            growth *= 1 + r->returns[i];
        }
        char month[16];
        (void)snprintf(month, sizeof month, "%04d-%02d", first.year % 10000, first.month % 100);
        tw_json_object(j);
        tw_json_key(j, "month");
        tw_json_text(j, month);
        tw_json_key(j, "return");
        tw_json_number(j, growth - 1);
        tw_json_object_end(j);
    }
    tw_json_array_end(j);
}

static void at_cost(tw_job *job, tw_json *j, double cost_bp)
{
    const tw_entry *e = &job->entry[job->best];
    tw_portfolio portfolio = job->portfolio;
    tw_result r = {0};
    portfolio.cost_bp = cost_bp;
    const tw_signal signal = {.score = e->traded, .from = e->result.from, .to = job->n_times};
    double sharpe = NAN, annual = NAN;
    if (tw_report_has(j, tw_simulate_scores(&job->task_ctx, &job->market, &signal, &portfolio, &r, NULL))) {
        const tw_return_path path = {.n = r.n, .returns = r.returns, .periods_per_year = job->market.periods_per_year};
        (void)tw_measure_compute("sharpe", &path, &sharpe, NULL);
        (void)tw_measure_compute("annual_return", &path, &annual, NULL);
    }
    tw_result_clear(&job->task_ctx, &r);
    tw_json_object(j);
    tw_json_key(j, "cost_bp");
    tw_json_number(j, cost_bp);
    tw_json_key(j, "sharpe");
    tw_json_number(j, sharpe);
    tw_json_key(j, "annual_return");
    tw_json_number(j, annual);
    tw_json_object_end(j);
}

static void cost_sensitivity(tw_job *job, tw_json *j)
{
    static const double steps[] = {0, 1, 2, 5, 10, 20, 50};
    tw_json_key(j, "cost_sensitivity");
    tw_json_array(j);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) at_cost(job, j, steps[i]);
    tw_json_array_end(j);
}

void tw_report_backtest(tw_job *job, tw_json *j)
{
    const tw_result *r = &job->entry[job->best].result;
    tw_buf params;
    tw_buf_init(&params, job->ctx);
    tw_params_print(tw_portfolio_params(), &job->portfolio, &params);
    tw_json_key(j, "backtest");
    tw_json_object(j);
    tw_json_key(j, "params");
    tw_json_text(j, params.data);
    j->out->failed |= params.failed;
    tw_buf_clear(&params);
    times(job, j, r);
    tw_report_numbers(j, "equity", r->equity, r->n);
    tw_report_numbers(j, "benchmark", r->benchmark, r->n);
    tw_report_numbers(j, "drawdown", r->drawdown, r->n);
    tw_report_numbers(j, "turnover", r->turnover, r->n);
    tw_report_numbers(j, "gross", r->gross, r->n);
    tw_report_numbers(j, "net", r->net, r->n);
    tw_json_key(j, "summary");
    tw_json_object(j);
    const double a_year = job->market.periods_per_year;
    measures(j, "portfolio",
             &(tw_return_path){
                 .n = r->n, .returns = r->returns, .benchmark = r->benchmark_returns, .periods_per_year = a_year});
    measures(j, "benchmark", &(tw_return_path){.n = r->n, .returns = r->benchmark_returns, .periods_per_year = a_year});
    tw_json_object_end(j);
    months(job, j, r);
    cost_sensitivity(job, j);
    tw_json_key(j, "costs");
    tw_json_object(j);
    tw_json_key(j, "cost");
    tw_json_number(j, r->total_cost);
    tw_json_key(j, "borrow");
    tw_json_number(j, r->total_borrow);
    tw_json_key(j, "interest");
    tw_json_number(j, r->total_interest);
    tw_json_object_end(j);
    tw_json_key(j, "n_fills");
    tw_json_integer(j, (int64_t)r->n_fills);
    tw_json_key(j, "n_unfilled");
    tw_json_integer(j, (int64_t)r->n_unfilled);
    tw_json_object_end(j);
}
