/* SPDX-License-Identifier: Apache-2.0 */
/* simulate_truth.c - the planted signal and all that is known about the simulated market. */
#include "data/simulate.h"

#include "tradewind/num.h"

#include <math.h>

/* Correlation of the ranks of two overlapping sums of `lookback` returns, `k` sessions apart: the sums correlate by
 * 1 - k / lookback, their ranks by 6 / pi asin(rho / 2) (Pearson 1907). */
static double overlap(int lookback, int k)
{
    const double rho = k < lookback ? 1 - (double)k / lookback : 0;
    return 6 / 3.14159265358979323846 * asin(rho / 2);
}

/* A session's drift is d x signal x volatility. Over the horizon h the signal keeps working while it decays, so that
 * IC = d sum overlap(k) / sqrt(h), k = 0 .. h - 1. */
double tw_sim_drift(const tw_sim_params *p)
{
    double sum = 0;
    for (int k = 0; k < p->horizon; k++) sum += overlap(p->lookback, k);
    return p->edge * sqrt(p->horizon) / sum;
}

static bool has_signal(const tw_sim *sim, size_t i, size_t session)
{
    const tw_sim_symbol *s = &sim->symbols[i];
    return session >= s->first + (size_t)sim->p.lookback && session <= s->last;
}

tw_status tw_sim_rank_signal(tw_sim *sim, size_t session, tw_error *err)
{
    const size_t n = (size_t)sim->p.symbols, back = (size_t)sim->p.lookback;
    double *signal = sim->signal + session * n;
    double *x = tw_new(sim->ctx, 2 * n, sizeof *x), *rank = x + n;
    size_t *who = tw_new(sim->ctx, 2 * n, sizeof *who), *order = who + n, m = 0;
    if (!x || !who) {
        tw_free(sim->ctx, x);
        tw_free(sim->ctx, who);
        return tw_no_memory(err, "the planted signal");
    }
    for (size_t i = 0; i < n; i++) {
        signal[i] = 0;
        if (session < back || !has_signal(sim, i, session)) continue;
        x[m] = sim->level[(session - back) * n + i] - sim->level[session * n + i];
        who[m++] = i;
    }
    tw_rank(m, x, rank, order);
    const double middle = ((double)m + 1) / 2, spread = sqrt(((double)m * (double)m - 1) / 12);
    for (size_t k = 0; k < m && m > 1; k++) signal[who[k]] = (rank[k] - middle) / spread;
    tw_free(sim->ctx, x);
    tw_free(sim->ctx, who);
    return TW_OK;
}

/* Correlation over the symbols of one session between the signal and the return over the horizon. */
static double session_ic(const tw_sim *sim, size_t session, double *x, double *y)
{
    const size_t n = (size_t)sim->p.symbols, ahead = session + (size_t)sim->p.horizon;
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (!has_signal(sim, i, session) || ahead > sim->symbols[i].last) continue;
        x[m] = sim->signal[session * n + i];
        y[m++] = tw_expm1(sim->level[ahead * n + i] - sim->level[session * n + i]);
    }
    return m >= 3 ? tw_correlation(m, x, y) : NAN;
}

static void write_ic(const tw_sim *sim, tw_json *json)
{
    const size_t n = (size_t)sim->p.symbols, sessions = (size_t)sim->p.sessions, h = (size_t)sim->p.horizon;
    double *x = tw_new(sim->ctx, 2 * n + sessions, sizeof *x), *ic = x ? x + 2 * n : NULL;
    size_t m = 0;
    if (!x) {
        json->out->failed = true;
        return;
    }
    for (size_t t = 0; t + h < sessions; t++) {
        const double value = session_ic(sim, t, x, x + n);
        if (!isnan(value)) ic[m++] = value;
    }
    tw_json_key(json, "realised_ic");
    tw_json_number(json, m ? tw_mean(m, ic) : NAN);
    tw_json_key(json, "realised_ic_error");
    tw_json_number(json, m > 2 * h ? sqrt(tw_newey_west(m, ic, h)) : NAN);
    tw_free(sim->ctx, x);
}

static void key_text(tw_json *json, const char *key, const char *text)
{
    tw_json_key(json, key);
    tw_json_text(json, text);
}

static void key_day(const tw_sim *sim, tw_json *json, const char *key, size_t session)
{
    char date[40];
    tw_time_format(sim->sessions[session].day * TW_NS_PER_DAY, date);
    key_text(json, key, date);
}

static void write_edge(const tw_sim *sim, tw_json *json)
{
    tw_buf text;
    tw_buf_init(&text, sim->ctx);
    tw_buf_printf(&text,
                  "-(close / lag(close, %d) - 1), adjusted for splits and dividends, ranked across symbols at the "
                  "close and scaled to variance 1",
                  sim->p.lookback);
    json->out->failed |= text.failed;
    tw_json_object(json);
    key_text(json, "signal", sim->p.edge != 0 ? text.data : "none");
    tw_json_key(json, "horizon");
    tw_json_integer(json, sim->p.horizon);
    tw_json_key(json, "ic");
    tw_json_number(json, sim->p.edge);
    tw_json_key(json, "drift_per_session");
    tw_json_number(json, sim->drift_per_signal);
    tw_json_key(json, "news_after_close");
    tw_json_number(json, sim->p.edge != 0 ? sim->p.news_lag : 0);
    write_ic(sim, json);
    tw_json_object_end(json);
    tw_buf_clear(&text);
}

static void write_regimes(const tw_sim *sim, tw_json *json)
{
    static const char *const names[TW_SIM_REGIMES] = {"bull", "bear", "crisis"};
    tw_json_array(json);
    for (size_t t = 0; t < (size_t)sim->p.sessions; t++) {
        if (t > 0 && sim->regimes[t] == sim->regimes[t - 1]) continue;
        tw_json_object(json);
        key_day(sim, json, "from", t);
        key_text(json, "regime", names[sim->regimes[t]]);
        tw_json_object_end(json);
    }
    tw_json_array_end(json);
}

static void write_symbols(const tw_sim *sim, tw_json *json)
{
    tw_json_array(json);
    for (size_t i = 0; i < (size_t)sim->p.symbols; i++) {
        const tw_sim_symbol *s = &sim->symbols[i];
        tw_json_object(json);
        key_text(json, "symbol", sim->names[i]);
        tw_json_key(json, "sector");
        tw_json_integer(json, s->sector);
        tw_json_key(json, "beta");
        tw_json_number(json, s->beta);
        tw_json_key(json, "volatility");
        tw_json_number(json, s->vol * sqrt(TW_SIM_YEAR));
        key_day(sim, json, "listed", s->first);
        key_day(sim, json, "last", s->last);
        tw_json_key(json, "delisted");
        tw_json_bool(json, s->last + 1 < (size_t)sim->p.sessions);
        tw_json_object_end(json);
    }
    tw_json_array_end(json);
}

static void write_events(const tw_sim *sim, tw_json *json)
{
    static const char *const kinds[] = {"split", "dividend", "jump", "halt"};
    tw_json_array(json);
    for (size_t k = 0; k < sim->n_events; k++) {
        const tw_sim_event *e = &sim->events[k];
        tw_json_object(json);
        key_text(json, "kind", kinds[e->kind]);
        key_text(json, "symbol", sim->names[e->symbol]);
        key_day(sim, json, "session", e->session);
        tw_json_key(json, e->kind == TW_SIM_HALT ? "sessions" : "size");
        tw_json_number(json, e->size);
        tw_json_object_end(json);
    }
    tw_json_array_end(json);
}

void tw_sim_truth(const tw_sim *sim, tw_buf *out)
{
    tw_json json;
    tw_json_init(&json, out, false);
    tw_json_object(&json);
    tw_json_key(&json, "params");
    tw_params_json(tw_sim_table, &sim->p, &json);
    tw_json_key(&json, "edge");
    write_edge(sim, &json);
    tw_json_key(&json, "regimes");
    write_regimes(sim, &json);
    tw_json_key(&json, "symbols");
    write_symbols(sim, &json);
    tw_json_key(&json, "events");
    write_events(sim, &json);
    tw_json_object_end(&json);
}
