/* SPDX-License-Identifier: Apache-2.0 */
/** @file automl.h
 * Floor 4: the trial ledger, the leaderboard, and the statistics of overfitting that come with it.
 */
#ifndef TRADEWIND_AUTOML_H
#define TRADEWIND_AUTOML_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- statistics of Sharpe ratios
 * Sharpe ratios here are per period (not annualised) unless a name says so. */

/** Moments of a return series. Kurtosis is raw: 3 for a normal. */
typedef struct tw_sharpe {
    size_t n;
    double mean, sd, sharpe, skew, kurtosis;
    double error;    /* standard error of sharpe, non-normal iid (Mertens 2002) */
    double error_lo; /* standard error with autocorrelation (Lo 2002, Newey-West) */
} tw_sharpe;

/** Moments and Sharpe ratio of n returns; BAD_DATA when fewer than 3 or without variance. */
TW_API tw_status tw_sharpe_of(size_t n, const double *returns, tw_sharpe *out, tw_error *err);
/** Probabilistic Sharpe ratio: P(true SR > benchmark). Bailey & Lopez de Prado 2012. */
TW_API double tw_psr(const tw_sharpe *s, double benchmark);
/** Expected maximum Sharpe of n_trials trials without skill whose Sharpes have this variance. Bailey & Lopez de Prado
 * 2014. */
TW_API double tw_expected_max_sharpe(double variance, double n_trials);
/** Deflated Sharpe ratio: PSR against the expected maximum. */
TW_API double tw_dsr(const tw_sharpe *s, double variance_of_trials, double n_trials);
/** Minimum track record length, in periods, for PSR(benchmark) >= confidence, which is above one half; infinity when
 * sharpe <= benchmark. */
TW_API double tw_min_track_record(const tw_sharpe *s, double benchmark, double confidence);

/** Minimum backtest length, in years: with fewer, the best of n_trials trials without skill is expected to show this
 *  Sharpe ratio a year; infinity when it is not positive. Bailey, Borwein, Lopez de Prado, Zhu 2014. */
TW_API double tw_min_backtest_length(double sharpe_per_year, double n_trials);

/** Borrowed paths of n trials over the same t periods: x[trial][period], returns or differences of them. */
typedef struct tw_paths {
    size_t t, n;
    const double *const *x;
} tw_paths;

/** Mean correlation between the trials, cut to [0, 1]; 0 with fewer than two that vary. */
TW_API double tw_mean_correlation(const tw_paths *returns);
/** Effective number of independent trials: r + (1 - r) N with the mean correlation r. */
TW_API double tw_effective_trials(const tw_paths *returns);

/** Probability of backtest overfitting by CSCV. */
typedef struct tw_pbo {
    double pbo, slope,
        p_loss; /* share of lambda <= 0; out-of-sample on in-sample slope; P(out-of-sample SR < 0) of the chosen */
    size_t combinations;
} tw_pbo;

/** Over `blocks` (even) blocks of periods, all C(blocks, blocks / 2) halves. Bailey, Borwein, Lopez de Prado, Zhu 2017.
 */
TW_API tw_status tw_pbo_cscv(const tw_ctx *ctx, const tw_paths *returns, size_t blocks, tw_pbo *out, tw_error *err);

/** Hansen's test of superior predictive ability over a benchmark. */
typedef struct tw_spa {
    double statistic, p_lower, p_consistent, p_upper;
} tw_spa;

/** Differences of performance to the benchmark, and how to resample them: stationary bootstrap (Politis & Romano 1994)
 * with mean block `block`, `draws` resamples. */
typedef struct tw_spa_input {
    tw_paths differences;
    double block;
    size_t draws;
    uint64_t seed;
} tw_spa_input;

/** Hansen 2005. BAD_DATA when there is nothing to test. */
TW_API tw_status tw_spa_test(const tw_ctx *ctx, const tw_spa_input *input, tw_spa *out, tw_error *err);

/** Borrowed return paths in float32 of n trials over the same t periods: path i at i * stride. */
typedef struct tw_path_table {
    size_t t, n, stride;
    const float *x;
    double periods_per_year;
} tw_path_table;

/** What the choice of the best of many trials does to its numbers. */
typedef struct tw_overfit {
    size_t trials, varied; /* those with returns that vary */
    size_t best;           /* the trial with the highest Sharpe ratio */
    tw_sharpe sharpe;      /* of it, per period */
    double sharpe_variance, effective_trials;
    double expected_max_sharpe; /* per year: what the best of as many without skill is expected to have */
    double psr, dsr;            /* of the best: against 0, and against expected_max_sharpe */
    tw_pbo pbo;                 /* NaN with one trial */
    tw_spa spa;                 /* against no return; by `draws` resamples */
    size_t draws;
    double years, min_backtest_years;
} tw_overfit;

/** All statistics of a sweep. Memory beside the paths is a few rows, whatever n. BAD_DATA with fewer than 20 periods, a
 * return that is not finite, or no trial that varies. */
TW_API tw_status tw_overfit_of(const tw_ctx *ctx, const tw_path_table *table, uint64_t seed, tw_overfit *out,
                               tw_error *err);

/* ---------------------------------------------------------------- ledger */

/** One trial: anything whose out-of-sample result somebody saw. */
typedef struct tw_trial {
    const char *name;   /* "gbm" */
    const char *params; /* canonical text */
    bool baseline;
    size_t n_metrics;
    const char *const *metric_names;
    const double *metrics;
    size_t n_returns;
    const double *returns; /* out-of-sample return path of the strategy, per period */
    double fit_seconds;
    const char *sample; /* which market and periods the returns are of; NULL or "": one and the same */
} tw_trial;

typedef struct tw_ledger tw_ledger;

/** An append-only ledger in memory. */
TW_API tw_status tw_ledger_new(const tw_ctx *ctx, tw_ledger **ledger, tw_error *err);
/** Opens (or starts) a ledger file: JSON lines, one a trial, flushed at each append, chained by hash so that a removed
 * or changed line is found. */
TW_API tw_status tw_ledger_open(const tw_ctx *ctx, const char *path, tw_ledger **ledger, tw_error *err);
/** Appends a trial (copied). */
TW_API tw_status tw_ledger_add(tw_ledger *ledger, const tw_trial *trial, tw_error *err);
/** Trials on the ledger, those of earlier runs included. */
TW_API size_t tw_ledger_size(const tw_ledger *ledger);
/** Trial i, valid until the ledger is freed. */
TW_API const tw_trial *tw_ledger_trial(const tw_ledger *ledger, size_t i);
/** Frees a ledger. NULL is fine. */
TW_API void tw_ledger_free(tw_ledger *ledger);

/* ---------------------------------------------------------------- leaderboard */

typedef enum tw_verdict { TW_NO_EVIDENCE, TW_WEAK_EVIDENCE, TW_EVIDENCE } tw_verdict;

/** One row: a trial with its honesty statistics. */
typedef struct tw_board_row {
    const tw_trial *trial;
    bool own; /* a candidate; false: only compared with, for its model is gone */
    tw_sharpe sharpe;
    double psr, dsr, rank_metric;
} tw_board_row;

/** The leaderboard: baselines first (the first row is always the naive baseline), then by the ranking metric. */
typedef struct tw_board {
    size_t n;
    tw_board_row *row;
    size_t n_baselines; /* rows before the first that is none */
    size_t best;        /* row of the best candidate that is no baseline */
    double n_trials, effective_trials, sharpe_variance;
    tw_pbo pbo;
    tw_spa spa;
    tw_verdict verdict;
    char verdict_text[600]; /* one or two sentences with the numbers that decided */
} tw_board;

/** What a leaderboard is of. */
typedef struct tw_board_spec {
    const char *rank_metric;
    /* Places on the ledger of the candidates, those whose models are at hand (a run's own trials): of them are the
     * naive baseline and the best. All others count as trials and stand beside them. NULL: every trial is one. */
    const size_t *own;
    size_t n_own;
    uint64_t seed;
} tw_board_spec;

/** Builds the leaderboard of the ledger's trials that can be compared with the first candidate (with NULL, the last
 * trial): of its sample, with return paths of its length. BAD_DATA when the candidates lack a baseline, or anything but
 * baselines. The
 * verdict is TW_EVIDENCE only when the conditions written in docs/decisions (DSR, SPA p, rank-IC t, PBO) hold together;
 * their calibration is bench/honesty. */
TW_API tw_status tw_board_build(const tw_ctx *ctx, const tw_ledger *ledger, const tw_board_spec *spec, tw_board *board,
                                tw_error *err);
/** Frees what tw_board_build filled. */
TW_API void tw_board_clear(const tw_ctx *ctx, tw_board *board);
/** "no evidence", "weak evidence", "evidence". */
TW_API const char *tw_verdict_text(tw_verdict verdict);
/** Writes the board as JSON. */
TW_API void tw_board_json(const tw_board *board, tw_json *json);
/** Writes the board as a table for people. */
TW_API void tw_board_table(const tw_board *board, tw_buf *out);

#ifdef __cplusplus
}
#endif
#endif
