/* SPDX-License-Identifier: Apache-2.0 */
/* Random markets for tests of the simulation: gaps, delistings, missing opens, thin volumes, irregular days. */
#ifndef TW_BACKTEST_CASE_H
#define TW_BACKTEST_CASE_H

#include "tw_test.h"

#include "tradewind/backtest.h"

#include <math.h>
#include <stdlib.h>

typedef struct backtest_case {
    tw_market market;
    tw_signal signal;
    tw_portfolio portfolio;
    int64_t *time;
    const char **symbol;
    char (*name)[16];
    double *open, *close, *volume, *score;
    size_t cells;
} backtest_case;

static inline double case_uniform(tw_random *r, double lo, double hi) { return lo + (hi - lo) * tw_random_uniform(r); }

/* One symbol's history: a walk in cents, with days without a bar, and for some an end (or a late start). */
static inline void case_walk(backtest_case *c, tw_random *r, size_t lane)
{
    const size_t n = c->market.n_times, lanes = c->market.n_lanes;
    double price = case_uniform(r, 2.385, 191.7);
    const size_t first = tw_random_below(r, 4) == 0 ? (size_t)tw_random_below(r, n) : 0;
    const size_t last = tw_random_below(r, 4) == 0 ? (size_t)tw_random_below(r, n) : n;
    for (size_t t = 0; t < n; t++) {
        const size_t cell = t * lanes + lane;
        const double open = price * exp(0.01 * tw_random_normal(r));
        price = open * exp(0.02 * tw_random_normal(r));
        const bool bar = t >= first && t < last && tw_random_below(r, 23) != 0;
        const bool opened = bar && tw_random_below(r, 41) != 0;
        c->open[cell] = opened ? round(open * 10000) / 10000 : NAN;
        c->close[cell] = bar ? round(price * 10000) / 10000 : NAN;
        c->volume[cell] = bar ? floor(case_uniform(r, 0, 80000)) : NAN;
        c->score[cell] = tw_random_below(r, 11) == 0 ? NAN : 0.3 * tw_random_normal(r);
    }
}

/* A market of n_symbols in lanes of 16, weekends left out; the default portfolio. */
static inline void case_init(backtest_case *c, uint64_t seed, size_t n_times, size_t n_symbols)
{
    const size_t lanes = (n_symbols + 15) / 16 * 16;
    *c = (backtest_case){.cells = n_times * lanes};
    c->time = calloc(n_times, sizeof *c->time);
    c->symbol = calloc(lanes, sizeof *c->symbol);
    c->name = calloc(lanes, sizeof *c->name);
    double **columns[] = {&c->open, &c->close, &c->volume, &c->score};
    for (size_t k = 0; k < 4; k++) *columns[k] = calloc(c->cells, sizeof(double));
    c->market = (tw_market){.n_times = n_times,
                            .n_lanes = lanes,
                            .time = c->time,
                            .symbol = c->symbol,
                            .open = c->open,
                            .close = c->close,
                            .volume = c->volume,
                            .periods_per_year = 252};
    c->signal = (tw_signal){.score = c->score, .from = 0, .to = n_times};
    tw_params_default(tw_portfolio_params(), &c->portfolio);
    int64_t day = tw_days_from_date(2014, 6, 9);
    for (size_t t = 0; t < n_times; t++, day += tw_weekday(day) == 4 ? 3 : 1) c->time[t] = day * TW_NS_PER_DAY;
    for (size_t cell = 0; cell < c->cells; cell++)
        c->open[cell] = c->close[cell] = c->volume[cell] = c->score[cell] = NAN;
    tw_random r = {.seed = seed};
    for (size_t l = 0; l < n_symbols; l++) {
        snprintf(c->name[l], sizeof c->name[l], "S%03zu", l);
        c->symbol[l] = c->name[l];
        case_walk(c, &r, l);
    }
}

static inline void case_clear(backtest_case *c)
{
    free(c->time);
    free(c->symbol);
    free(c->name);
    free(c->open);
    free(c->close);
    free(c->volume);
    free(c->score);
}

/* Sets parameters from text, over the defaults. */
static inline void case_portfolio(backtest_case *c, const char *text)
{
    tw_error err;
    assert_ok(tw_params_parse(tw_portfolio_params(), "portfolio", text, &c->portfolio, &err), &err);
}

#endif
