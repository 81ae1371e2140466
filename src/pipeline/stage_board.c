/* SPDX-License-Identifier: Apache-2.0 */
/* stage_board.c - scores to money for each learner, trials onto the ledger, and the leaderboard with its verdict. */
#include "pipeline/pipeline_impl.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static double periods_per_year(const tw_job *job)
{
    const tw_panel_shape *shape = tw_panel_shape_view(job->panel);
    const char *calendar = shape->calendar ? shape->calendar : "";
    const bool always = !strcmp(calendar, "24/7");
    if (shape->bar_ns >= TW_NS_PER_DAY) return always ? 365 : 252;
    const int64_t *stamp = tw_panel_stamps(job->panel);
    const double years = (double)(stamp[job->n_times - 1] - stamp[0]) / (365.25 * (double)TW_NS_PER_DAY);
    return years > 0 ? (double)job->n_times / years : 252;
}

static tw_status make_market(tw_job *job, tw_error *err)
{
    const char **symbols = tw_arena_new(&job->arena, job->n_lanes, sizeof *symbols);
    if (!symbols) return tw_no_memory(err, "symbols by lane");
    for (size_t s = 0; s < tw_panel_symbols(job->panel); s++) symbols[s] = tw_panel_symbol(job->panel, s);
    job->market = (tw_market){.n_times = job->n_times,
                              .n_lanes = job->n_lanes,
                              .time = tw_panel_stamps(job->panel),
                              .symbol = symbols,
                              .open = job->price[0],
                              .high = job->price[1],
                              .low = job->price[2],
                              .close = job->price[3],
                              .volume = job->price[4],
                              .periods_per_year = periods_per_year(job)};
    return tw_params_parse(tw_portfolio_params(), "portfolio", job->spec->portfolio, &job->portfolio, err);
}

static size_t first_scored_time(const tw_job *job)
{
    size_t first = job->n_times;
    for (size_t f = 0; f < job->folds.n; f++)
        for (size_t s = 0; s < job->folds.fold[f].n_spans; s++)
            if (job->folds.fold[f].span[s].from < first) first = job->folds.fold[f].span[s].from;
    return first;
}

/* What is traded: the scores; of a meta label, whose score is how sure the side is, the side times the score. */
static tw_status make_signal(tw_job *job, tw_entry *e, tw_error *err)
{
    e->traded = e->score;
    if (!job->side) return TW_OK;
    e->traded = tw_new(job->ctx, job->n_cells, sizeof *e->traded);
    if (!e->traded) return tw_no_memory(err, "the signal");
    for (size_t c = 0; c < job->n_cells; c++) e->traded[c] = e->score[c] * job->side[c];
    return TW_OK;
}

tw_status tw_stage_backtest(tw_job *job, tw_error *err)
{
    TW_TRY(make_market(job, err));
    const size_t from = first_scored_time(job);
    for (size_t i = 0; i < job->n_entries; i++) {
        tw_entry *e = &job->entry[i];
        if (e->left_out) continue;
        TW_TRY(make_signal(job, e, err));
        const tw_signal signal = {.score = e->traded, .from = from, .to = job->n_times};
        TW_TRY(tw_simulate_scores(job->ctx, &job->market, &signal, &job->portfolio, &e->result, err));
        TW_TRY(tw_result_verify(job->ctx, &job->market, &signal, &job->portfolio, &e->result, err));
        TW_TRY(tw_progress_step(job->ctx, "backtest", i + 1, job->n_entries, e->name));
    }
    return TW_OK;
}

/* Where the trial is on the ledger, the ledger's size where it is not: one that is there already, from an earlier run
 * with the same inputs, is not a new look at the data. */
static size_t place_of(const tw_ledger *ledger, const tw_trial *trial)
{
    size_t i = 0;
    for (; i < tw_ledger_size(ledger); i++) {
        const tw_trial *t = tw_ledger_trial(ledger, i);
        if (!strcmp(t->name, trial->name) && !strcmp(t->params, trial->params) && !strcmp(t->sample, trial->sample) &&
            t->n_returns == trial->n_returns && !memcmp(t->returns, trial->returns, t->n_returns * sizeof *t->returns))
            break;
    }
    return i;
}

/* Returns can be compared that are of the same bars and begin with the same one. */
static void name_sample(tw_job *job)
{
    char from[40];
    from[tw_time_format(tw_panel_stamps(job->panel)[first_scored_time(job)], from)] = '\0';
    (void)snprintf(job->sample, sizeof job->sample, "%016" PRIx64 " from %s", tw_panel_checksum(job->panel), from);
}

static tw_status add_trials(tw_job *job, tw_error *err)
{
    size_t n_metrics = 0;
    const tw_metric *const *metrics = tw_metrics(&n_metrics);
    const char **names = tw_arena_new(&job->arena, n_metrics, sizeof *names);
    if (!names) return tw_no_memory(err, "names of metrics");
    for (size_t m = 0; m < n_metrics; m++) names[m] = metrics[m]->name;
    for (size_t i = 0; i < job->n_entries; i++) {
        tw_entry *e = &job->entry[i];
        if (e->left_out) continue;
        const tw_trial trial = {.name = e->name,
                                .params = e->params,
                                .sample = job->sample,
                                .baseline = (e->learner->traits & TW_LEARNER_BASELINE) != 0,
                                .n_metrics = n_metrics,
                                .metric_names = names,
                                .metrics = e->metric,
                                .n_returns = e->result.n,
                                .returns = e->result.returns,
                                .fit_seconds = e->seconds};
        e->place = place_of(job->ledger, &trial);
        if (e->place == tw_ledger_size(job->ledger)) TW_TRY(tw_ledger_add(job->ledger, &trial, err));
    }
    return TW_OK;
}

/* The board of this run's trials, beside those of earlier runs of the same bars, whose models are gone. */
static tw_status build_board(tw_job *job, tw_error *err)
{
    size_t *own = tw_arena_new(&job->arena, job->n_entries, sizeof *own), n = 0;
    if (!own) return tw_no_memory(err, "trials of the run");
    for (size_t i = 0; i < job->n_entries; i++)
        if (!job->entry[i].left_out) own[n++] = job->entry[i].place;
    const tw_board_spec spec = {.rank_metric = job->spec->rank_by, .own = own, .n_own = n, .seed = job->spec->seed};
    TW_TRY(tw_board_build(job->ctx, job->ledger, &spec, &job->board, err));
    const tw_trial *best = job->board.row[job->board.best].trial;
    for (job->best = 0; job->best < job->n_entries; job->best++) {
        const tw_entry *e = &job->entry[job->best];
        if (!e->left_out && tw_ledger_trial(job->ledger, e->place) == best) break;
    }
    return TW_OK;
}

static size_t entry_named(const tw_job *job, const char *name)
{
    for (size_t i = 0; i < job->n_entries; i++)
        if (!job->entry[i].left_out && !strcmp(job->entry[i].name, name)) return i;
    return SIZE_MAX;
}

/* How simple a learner is, simplest first; SIZE_MAX: too much so or too little to fall back on. */
static size_t simplicity(const tw_entry *e)
{
    static const char *const linear[] = {"ridge", "elastic_net", "logistic"};
    enum { N_LINEAR = sizeof linear / sizeof *linear };
    for (size_t k = 0; k < N_LINEAR; k++)
        if (!strcmp(e->learner->name, linear[k])) return k;
    return e->learner->traits & TW_LEARNER_BASELINE ? N_LINEAR : SIZE_MAX;
}

/* The fallback is the one the spec names, else (also when that one is the best, or was left out) the simplest of the
 * others: a linear model, else the baseline. */
static void pick_fallback(tw_job *job)
{
    size_t least = SIZE_MAX;
    job->fallback = job->spec->fallback ? entry_named(job, job->spec->fallback) : SIZE_MAX;
    if (job->fallback != SIZE_MAX && job->fallback != job->best) return;
    job->fallback = SIZE_MAX;
    for (size_t i = 0; i < job->n_entries; i++) {
        const size_t rank = simplicity(&job->entry[i]);
        if (i != job->best && !job->entry[i].left_out && rank < least) least = rank, job->fallback = i;
    }
}

tw_status tw_stage_board(tw_job *job, tw_error *err)
{
    const size_t n = strlen(job->out);
    char *path = tw_arena_new(&job->arena, n + 14, 1);
    if (!path) return tw_no_memory(err, "path of the ledger");
    memcpy(path, job->out, n);
    memcpy(path + n, "/ledger.jsonl", 14);
    TW_TRY(tw_ledger_open(job->ctx, path, &job->ledger, err));
    name_sample(job);
    TW_TRY(add_trials(job, err));
    TW_TRY(build_board(job, err));
    pick_fallback(job);
    return TW_OK;
}
