/* SPDX-License-Identifier: Apache-2.0 */
/* The leaderboard: rows of comparable trials, and what selection among all trials does to the best of them. */
#include "automl/board_impl.h"
#include "tradewind/learn.h"

#include <math.h>
#include <string.h>

enum { SPA_DRAWS = 1000, CSCV_BLOCKS = 16, LEAST_BLOCK = 5 };

double tw_trial_metric(const tw_trial *trial, const char *name)
{
    for (size_t i = 0; i < trial->n_metrics; i++)
        if (strcmp(trial->metric_names[i], name) == 0) return trial->metrics[i];
    return NAN;
}

/* +1 when more is better, -1 when less is. */
static double direction(const char *metric)
{
    size_t n;
    const tw_metric *const *all = tw_metrics(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i]->name, metric) == 0) return all[i]->higher_is_better ? 1 : -1;
    return 1;
}

static tw_board_row row_of(const tw_trial *trial, bool own, const char *rank_metric)
{
    tw_board_row row = {.trial = trial, .own = own, .psr = NAN, .dsr = NAN};
    if (tw_sharpe_of(trial->n_returns, trial->returns, &row.sharpe, NULL) == TW_OK)
        row.psr = tw_psr(&row.sharpe, 0);
    else
        row.sharpe = (tw_sharpe){.n = trial->n_returns, .kurtosis = NAN, .skew = NAN, .error = NAN, .error_lo = NAN};
    row.rank_metric = strcmp(rank_metric, "sharpe") == 0 ? row.sharpe.sharpe : tw_trial_metric(trial, rank_metric);
    return row;
}

/* Baselines first, the candidates' before others: the naive one, entered first, stays first. Then by the metric; rows
 * without it last, equal ones in the order of the ledger. */
static bool comes_before(const tw_board_row *a, const tw_board_row *b, double sign)
{
    if (a->trial->baseline != b->trial->baseline) return a->trial->baseline;
    if (a->trial->baseline) return a->own && !b->own;
    if (isnan(a->rank_metric) || isnan(b->rank_metric)) return !isnan(a->rank_metric) && isnan(b->rank_metric);
    return sign * a->rank_metric > sign * b->rank_metric;
}

static void sort_rows(tw_board *board, double sign)
{
    for (size_t i = 1; i < board->n; i++) {
        const tw_board_row row = board->row[i];
        size_t j = i;
        for (; j > 0 && comes_before(&row, &board->row[j - 1], sign); j--) board->row[j] = board->row[j - 1];
        board->row[j] = row;
    }
}

static bool is_own(const tw_board_spec *spec, size_t place)
{
    for (size_t i = 0; spec->own && i < spec->n_own; i++)
        if (spec->own[i] == place) return true;
    return !spec->own;
}

/* The trial that says which others can be compared with it; NULL: there is none. */
static const tw_trial *reference_trial(const tw_ledger *ledger, const tw_board_spec *spec)
{
    const size_t n = tw_ledger_size(ledger);
    if (spec->own) return spec->n_own && spec->own[0] < n ? tw_ledger_trial(ledger, spec->own[0]) : NULL;
    return n ? tw_ledger_trial(ledger, n - 1) : NULL;
}

/* Finds the baselines and the best of the sorted rows. */
static tw_status find_best(tw_board *board, tw_error *err)
{
    while (board->n_baselines < board->n && board->row[board->n_baselines].trial->baseline) board->n_baselines++;
    for (board->best = board->n_baselines; board->best < board->n && !board->row[board->best].own;) board->best++;
    if (board->n_baselines && board->row[0].own && board->best < board->n) return TW_OK;
    size_t own = 0, baselines = 0;
    for (size_t i = 0; i < board->n; i++) own += board->row[i].own;
    for (size_t i = 0; i < board->n_baselines; i++) baselines += board->row[i].own;
    return tw_fail(err, TW_BAD_DATA,
                   "leaderboard: of %zu comparable trials, %zu are baselines; it needs one at least, and one that is "
                   "none",
                   own, baselines);
}

static tw_status take_rows(const tw_ctx *ctx, const tw_ledger *ledger, const tw_board_spec *spec, tw_board *board,
                           tw_error *err)
{
    const size_t n = tw_ledger_size(ledger);
    const tw_trial *like = reference_trial(ledger, spec);
    if (!like) return tw_fail(err, TW_BAD_DATA, "leaderboard: there are no trials");
    board->row = tw_new(ctx, n, sizeof *board->row);
    if (!board->row) return tw_no_memory(err, "a leaderboard");
    for (size_t i = 0; i < n; i++) {
        const tw_trial *trial = tw_ledger_trial(ledger, i);
        board->n_trials += !trial->baseline; /* seen is seen, whatever the length of its returns */
        if (trial->n_returns == like->n_returns && !strcmp(trial->sample, like->sample))
            board->row[board->n++] = row_of(trial, is_own(spec, i), spec->rank_metric);
    }
    sort_rows(board, direction(spec->rank_metric));
    return find_best(board, err);
}

/* Return paths of the rows that are no baselines; those with gaps are left out. */
static size_t paths_of(const tw_board *board, const double **paths)
{
    size_t n = 0;
    for (size_t i = board->n_baselines; i < board->n; i++) {
        if (board->row[i].sharpe.sd > 0) paths[n++] = board->row[i].trial->returns;
    }
    return n;
}

/* Variance of the Sharpe ratios of the trials, but not less than what equally correlated trials without skill show: of
 * a few trials the sample says little. */
static void count_trials(tw_board *board, const tw_paths *paths)
{
    double sum = 0, squares = 0, k = 0;
    for (size_t i = board->n_baselines; i < board->n; i++) {
        if (!(board->row[i].sharpe.sd > 0)) continue;
        sum += board->row[i].sharpe.sharpe;
        squares += board->row[i].sharpe.sharpe * board->row[i].sharpe.sharpe;
        k++;
    }
    const double rho = tw_mean_correlation(paths), chance = (1 - rho) / (double)paths->t;
    const double sample = k > 1 ? (squares - sum * sum / k) / (k - 1) : 0;
    board->effective_trials = rho + (1 - rho) * board->n_trials;
    board->sharpe_variance = sample > chance ? sample : chance;
    for (size_t i = 0; i < board->n; i++) {
        tw_board_row *row = &board->row[i];
        if (row->sharpe.sd > 0)
            row->dsr = row->trial->baseline ? row->psr : tw_dsr(&row->sharpe, board->sharpe_variance, board->n_trials);
    }
}

static tw_status run_pbo(const tw_ctx *ctx, tw_board *board, const tw_paths *paths, tw_error *err)
{
    size_t blocks = CSCV_BLOCKS;
    while (blocks > 2 && paths->t / blocks < LEAST_BLOCK) blocks -= 2;
    board->pbo = (tw_pbo){NAN, NAN, NAN, 0};
    return paths->n >= 2 && paths->t / blocks >= 2 ? tw_pbo_cscv(ctx, paths, blocks, &board->pbo, err) : TW_OK;
}

/* Differences from the naive baseline, which stands first. */
static tw_status run_spa(const tw_ctx *ctx, tw_board *board, const tw_paths *paths, uint64_t seed, tw_error *err)
{
    const tw_trial *naive = board->row[0].trial;
    const size_t t = paths->t, n = paths->n;
    board->spa = (tw_spa){NAN, NAN, NAN, NAN};
    if (n == 0 || t < 20) return TW_OK;
    double *room = tw_new(ctx, n * t, sizeof *room);
    const double **rows = tw_new(ctx, n, sizeof *rows);
    tw_status status = room && rows ? TW_OK : tw_no_memory(err, "a leaderboard");
    for (size_t i = 0; status == TW_OK && i < n; i++) {
        for (size_t k = 0; k < t; k++)
            room[i * t + k] = paths->x[i][k] - (isfinite(naive->returns[k]) ? naive->returns[k] : 0);
        rows[i] = room + i * t;
    }
    const tw_spa_input input = {
        .differences = {t, n, rows}, .block = fmax(1, cbrt((double)t)), .draws = SPA_DRAWS, .seed = seed};
    if (status == TW_OK) status = tw_spa_test(ctx, &input, &board->spa, err);
    tw_free(ctx, room);
    tw_free(ctx, rows);
    return status;
}

static tw_status judge(const tw_ctx *ctx, tw_board *board, uint64_t seed, tw_error *err)
{
    const double **rows = tw_new(ctx, board->n, sizeof *rows);
    if (!rows) return tw_no_memory(err, "a leaderboard");
    const tw_paths paths = {.t = board->row[0].trial->n_returns, .n = paths_of(board, rows), .x = rows};
    count_trials(board, &paths);
    tw_status status = run_pbo(ctx, board, &paths, err);
    if (status == TW_OK) status = run_spa(ctx, board, &paths, seed, err);
    tw_free(ctx, rows);
    if (status == TW_OK) tw_board_judge(board);
    return status;
}

tw_status tw_board_build(const tw_ctx *ctx, const tw_ledger *ledger, const tw_board_spec *spec, tw_board *board,
                         tw_error *err)
{
    *board = (tw_board){0};
    tw_status status = take_rows(ctx, ledger, spec, board, err);
    if (status == TW_OK) status = judge(ctx, board, spec->seed, err);
    if (status != TW_OK) tw_board_clear(ctx, board);
    return status;
}

void tw_board_clear(const tw_ctx *ctx, tw_board *board)
{
    tw_free(ctx, board->row);
    *board = (tw_board){0};
}
