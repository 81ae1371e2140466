/* SPDX-License-Identifier: Apache-2.0 */
/* simulate_symbol.c - one symbol, session by session: return, events, raw prices. */
#include "data/simulate.h"

#include "tradewind/num.h"

#include <math.h>

static const double overnight_share = 0.25; /* of a session's variance that falls before the open */

/* Streams 4i .. 4i + 3 belong to symbol i; the market has the last one. */
static tw_random stream_of(const tw_sim *sim, size_t i, unsigned kind)
{
    return (tw_random){.seed = (uint64_t)sim->p.seed, .stream = 4 * (uint64_t)i + kind};
}

static void init_life(const tw_sim *sim, tw_sim_symbol *s, tw_random *r)
{
    const size_t n = (size_t)sim->p.sessions;
    s->first = tw_random_uniform(r) < sim->p.late ? (size_t)tw_random_below(r, n) : 0;
    s->last = n - 1;
    if (tw_random_uniform(r) < sim->p.delisted) s->last = s->first + (size_t)tw_random_below(r, n - s->first);
}

void tw_sim_symbol_init(tw_sim *sim, size_t i)
{
    const tw_sim_params *p = &sim->p;
    tw_sim_symbol *s = &sim->symbols[i];
    tw_random r = stream_of(sim, i, 0);
    *s = (tw_sim_symbol){.r = stream_of(sim, i, 1), .bars = stream_of(sim, i, 2), .factor = 1, .garch = {1}};
    s->sector = (int)tw_random_below(&r, (uint64_t)p->sectors);
    s->beta = fmin(fmax(1 + p->beta_spread * tw_random_normal(&r), 0.2), 2.2);
    s->vol = p->idio_vol / sqrt(TW_SIM_YEAR) * tw_exp(0.3 * tw_random_normal(&r) - 0.045);
    s->log_price = tw_log(60) + 0.7 * tw_random_normal(&r);
    s->base_volume = tw_log(8e7) + 1.1 * tw_random_normal(&r) - s->log_price; /* shares: turnover is about 80 million */
    s->pays = tw_random_uniform(&r) < p->payers;
    s->dividend_phase = (size_t)tw_random_below(&r, 63);
    init_life(sim, s, &r);
}

static bool happens(tw_random *r, double per_year) { return tw_random_uniform(r) < per_year / TW_SIM_YEAR; }

/* The factor by which a split multiplies earlier prices, or 1. Dear shares split, penny shares are drawn together. */
static double draw_split(tw_sim_symbol *s, const tw_sim_params *p)
{
    static const double ratios[] = {1.0 / 2, 1.0 / 2, 1.0 / 3, 2.0 / 3, 1.0 / 4, 1.0 / 10};
    const double price = s->close;
    const double rate = price > 400 ? 4 * 10 * p->splits : price < 5 ? 0 : p->splits;
    const double u = tw_random_uniform(&s->r);
    const double ratio = ratios[tw_random_below(&s->r, sizeof ratios / sizeof *ratios)];
    if (price > 0 && price < 5 && u < 40 * p->splits / TW_SIM_YEAR) return 10;
    return price > 20 && u < rate / TW_SIM_YEAR ? ratio : 1;
}

static double dividend_of(const tw_sim_symbol *s, const tw_sim_params *p, size_t session)
{
    if (!s->pays || s->close <= 0 || session % 63 != s->dividend_phase) return 0;
    return floor(p->dividend_yield / 4 * s->close / p->tick + 0.5) * p->tick;
}

/* Splits and dividends that take effect at this session's open; returns the log drop of a dividend. */
static tw_status take_actions(tw_sim *sim, size_t i, size_t session, double *drop, tw_error *err)
{
    tw_sim_symbol *s = &sim->symbols[i];
    const double split = draw_split(s, &sim->p);
    double amount = dividend_of(s, &sim->p, session);
    *drop = 0;
    if (split != 1) {
        s->factor *= split;
        s->close *= split;
        return tw_sim_event_add(sim, (tw_sim_event){TW_SIM_SPLIT, (uint32_t)i, (uint32_t)session, split}, err);
    }
    if (amount <= 0 || amount > 0.2 * s->close) return TW_OK;
    *drop = tw_log1p(-amount / s->close);
    return tw_sim_event_add(sim, (tw_sim_event){TW_SIM_DIVIDEND, (uint32_t)i, (uint32_t)session, amount}, err);
}

static tw_status take_halt(tw_sim *sim, size_t i, size_t session, tw_error *err)
{
    tw_sim_symbol *s = &sim->symbols[i];
    if (!happens(&s->r, sim->p.halts) || session == s->first) return TW_OK;
    s->halted_until = session + 1;
    while (tw_random_uniform(&s->r) < 0.5) s->halted_until++;
    return tw_sim_event_add(
        sim, (tw_sim_event){TW_SIM_HALT, (uint32_t)i, (uint32_t)session, (double)(s->halted_until - session)}, err);
}

/* Jumps and news of a session: what moves the price at the open and what during the session. */
typedef struct sim_surprise {
    double before, during, news;
} sim_surprise;

static tw_status draw_surprise(tw_sim *sim, size_t i, size_t session, sim_surprise *out, tw_error *err)
{
    const tw_sim_params *p = &sim->p;
    tw_sim_symbol *s = &sim->symbols[i];
    *out = (sim_surprise){.before = s->pending_news};
    s->pending_news = 0;
    if (happens(&s->r, p->jumps)) {
        const double size = p->jump_size * tw_random_normal(&s->r);
        out->during += size;
        TW_TRY(tw_sim_event_add(sim, (tw_sim_event){TW_SIM_JUMP, (uint32_t)i, (uint32_t)session, size}, err));
    }
    if (happens(&s->r, p->news)) {
        const double shock = p->news_impact * tw_random_normal(&s->r);
        const bool after_close = tw_random_uniform(&s->r) < p->news_lag && p->edge != 0;
        out->news = shock / p->news_impact + 0.5 * tw_random_normal(&s->r); /* sentiment is read with an error */
        if (after_close)
            s->pending_news = shock;
        else
            out->during += shock;
    }
    return TW_OK;
}

/* Shares traded: persistent, heavy-tailed, more on days of large moves. */
static double draw_volume(tw_sim_symbol *s, double move)
{
    s->volume_state = 0.8 * s->volume_state + 0.2 * tw_random_normal(&s->bars);
    const double noise = 0.28 * tw_sim_student(&s->bars, 5);
    const double shares = tw_exp(s->base_volume + s->volume_state + noise + 0.45 * fmin(fabs(move), 6.0)) / s->factor;
    return floor(fmin(shares, 1e12));
}

static double clamp_log(double x) { return fmin(fmax(x, -12.0), 16.0); }

tw_status tw_sim_symbol_step(tw_sim *sim, size_t i, size_t session, const tw_sim_day *day, tw_sim_bar *bar,
                             bool *has_bar, tw_error *err)
{
    const tw_sim_params *p = &sim->p;
    tw_sim_symbol *s = &sim->symbols[i];
    double drop;
    sim_surprise surprise;
    *has_bar = false;
    if (session < s->first || session > s->last) return TW_OK;
    const bool halted = session < s->halted_until;
    TW_TRY(take_actions(sim, i, session, &drop, err));
    if (!halted) TW_TRY(take_halt(sim, i, session, err));
    TW_TRY(draw_surprise(sim, i, session, &surprise, err));
    const double sector = p->sector_vol / sqrt(TW_SIM_YEAR), idio = s->vol * day->idio_scale;
    const double factors = s->beta * s->beta * day->market_variance + sector * sector;
    const double own = idio * idio * s->garch.variance;
    const double events =
        (p->jumps * p->jump_size * p->jump_size + p->news * p->news_impact * p->news_impact) / TW_SIM_YEAR;
    /* The signal works on what differs between symbols: everything but a beta of one. */
    const double relative = sqrt((s->beta - 1) * (s->beta - 1) * day->market_variance + sector * sector + own + events);
    const double known = session > 0 ? sim->signal[(session - 1) * (size_t)p->symbols + i] : 0;
    const double e = tw_sim_student(&s->r, p->tail);
    const double smooth = p->premium / TW_SIM_YEAR - (factors + own + events) / 2 + s->beta * day->market +
                          day->sector[s->sector] + sqrt(own) * e + sim->drift_per_signal * relative * known;
    const double spread = sqrt(factors + own);
    const double gap =
        overnight_share * smooth + sqrt(overnight_share * (1 - overnight_share)) * spread * tw_random_normal(&s->bars);
    tw_sim_vol_step(&s->garch, p, e);
    bar->previous = tw_exp(s->log_price) * s->factor;
    bar->open = tw_exp(clamp_log(s->log_price + drop + surprise.before + gap)) * s->factor;
    s->log_level += surprise.before + smooth + surprise.during;
    s->log_price = clamp_log(s->log_price + drop + surprise.before + smooth + surprise.during);
    bar->close = tw_exp(s->log_price) * s->factor;
    bar->intraday_vol = sqrt(1 - overnight_share) * spread;
    bar->news = surprise.news;
    bar->volume = draw_volume(s, (smooth + surprise.before + surprise.during) / spread);
    s->close = fmax(floor(bar->close / p->tick + 0.5), 1) * p->tick;
    *has_bar = session >= s->halted_until;
    return TW_OK;
}
