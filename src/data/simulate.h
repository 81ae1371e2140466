/* SPDX-License-Identifier: Apache-2.0 */
/* simulate.h - the market simulator's parts. docs/reference/simulator.md describes every effect.
 *
 * Each symbol draws from streams of its own, so its path depends on the other symbols only through the market, its
 * sector and the cross-sectional rank of the planted signal. Given the past, a log return has mean
 * premium - variance / 2 + planted drift (+ news that came after the close, when an edge is planted), and nothing else.
 */
#ifndef TW_DATA_SIMULATE_H
#define TW_DATA_SIMULATE_H

#include "data/panel.h"

#define TW_SIM_YEAR 252.0 /* sessions */
enum { TW_SIM_REGIMES = 3, TW_SIM_MAX_SECTORS = 64 };

typedef struct tw_sim_params {
    int symbols, sessions, seed, bars, horizon, lookback, sectors, tail;
    char start[TW_TEXT_MAX], calendar[TW_TEXT_MAX];
    double edge, premium, market_vol, sector_vol, idio_vol, beta_spread, regimes;
    double garch_alpha, garch_beta, leverage;
    double jumps, jump_size, news, news_impact, news_lag;
    double dividend_yield, payers, splits, halts, late, delisted, tick;
} tw_sim_params;

/* What happened once: for the truth, and for splits and dividends for the actions. */
typedef enum tw_sim_kind { TW_SIM_SPLIT, TW_SIM_DIVIDEND, TW_SIM_JUMP, TW_SIM_HALT } tw_sim_kind;
typedef struct tw_sim_event {
    tw_sim_kind kind;
    uint32_t symbol, session;
    double size; /* ratio, amount, log jump */
} tw_sim_event;

/* State of the GARCH recursion (Glosten, Jagannathan, Runkle 1993), in units of the long-run variance. */
typedef struct tw_sim_vol {
    double variance;
} tw_sim_vol;

/* What all symbols share on one session. */
typedef struct tw_sim_day {
    int regime;
    double market, market_variance; /* return shock and its variance before it was drawn */
    double idio_scale;
    double sector[TW_SIM_MAX_SECTORS];
} tw_sim_day;

typedef struct tw_sim_symbol {
    tw_random r, bars; /* returns and events; shape of the bars */
    int sector;
    double beta, vol;    /* vol: idiosyncratic, of one session */
    size_t first, last;  /* sessions of listing and of the last bar */
    size_t halted_until; /* sessions before this one have no bar */
    bool pays;
    size_t dividend_phase;
    double log_level, log_price, factor; /* total return; price without splits; product of split factors */
    double close;                        /* raw, rounded; 0 before the first */
    double base_volume, volume_state;
    double pending_news; /* shock that came after the last close */
    tw_sim_vol garch;
} tw_sim_symbol;

/* A session of one symbol before it is cut into bars. */
typedef struct tw_sim_bar {
    double previous, open, close; /* raw prices before rounding */
    double intraday_vol, volume, news;
} tw_sim_bar;

typedef struct tw_sim {
    const tw_ctx *ctx;
    tw_sim_params p;
    const tw_calendar *calendar;
    tw_arena arena;
    tw_session *sessions;
    size_t *first_bar; /* of each session; one more at the end */
    int64_t *times;
    size_t n_times;
    int64_t bar_ns;
    tw_sim_symbol *symbols;
    const char **names;
    int *regimes;
    double *signal, *level;  /* [session][symbol]: planted signal known at the close, log total return */
    double drift_per_signal; /* of a session, in units of the symbol's volatility */
    tw_random market_random;
    tw_sim_vol market_garch;
    tw_sim_event *events;
    size_t n_events, event_room;
    tw_panel *panel;
} tw_sim;

extern const tw_param tw_sim_table[];

/* Standardised Student t with `df` degrees of freedom: mean 0, variance 1. */
double tw_sim_student(tw_random *r, int df);
/* Steps the variance after the standardised shock `e`. */
void tw_sim_vol_step(tw_sim_vol *vol, const tw_sim_params *p, double e);
/* Draws the shared part of a session. */
void tw_sim_market_step(tw_sim *sim, size_t session, tw_sim_day *day);
/* Characters of symbol i: sector, beta, volatility, price, life. */
void tw_sim_symbol_init(tw_sim *sim, size_t i);
/* Moves symbol i by one session; false when it has no bar then. */
tw_status tw_sim_symbol_step(tw_sim *sim, size_t i, size_t session, const tw_sim_day *day, tw_sim_bar *bar,
                             bool *has_bar, tw_error *err);
/* Writes the bars of a session into the panel. */
void tw_sim_write_bars(tw_sim *sim, size_t i, size_t session, const tw_sim_bar *bar);
/* Ranks the planted signal over the symbols listed at the close of `session`. */
tw_status tw_sim_rank_signal(tw_sim *sim, size_t session, tw_error *err);
/* Drift of one session for a unit of signal that gives an information coefficient of `edge` over the horizon. */
double tw_sim_drift(const tw_sim_params *p);
tw_status tw_sim_event_add(tw_sim *sim, tw_sim_event event, tw_error *err);
/* Writes all that is known about the market as one JSON object. */
void tw_sim_truth(const tw_sim *sim, tw_buf *out);

#endif
