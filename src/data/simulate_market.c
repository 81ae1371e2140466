/* SPDX-License-Identifier: Apache-2.0 */
/* simulate_market.c - regimes, the market factor, sector factors.
 *
 * A change of regime comes with a shock of the market (fear falls fast, relief lifts), and the days between carry the
 * opposite drift, so that the expected return is the same in every regime: bull markets climb and end in a fall, yet
 * knowing the regime does not help to predict. */
#include "data/simulate.h"

#include "tradewind/num.h"

#include <math.h>

enum { BULL, BEAR, CRISIS };

static const double stay_to[TW_SIM_REGIMES][TW_SIM_REGIMES] = {
    [BULL] = {0.9945, 0.0045, 0.0010}, [BEAR] = {0.0120, 0.9850, 0.0030}, [CRISIS] = {0.0100, 0.0200, 0.9700}};
static const double shock_to[TW_SIM_REGIMES][TW_SIM_REGIMES] = {
    [BULL] = {0, -0.035, -0.070}, [BEAR] = {0.040, 0, -0.070}, [CRISIS] = {0.060, 0.040, 0}};
static const double market_scale[TW_SIM_REGIMES] = {0.75, 1.25, 2.50}, idio_scale[TW_SIM_REGIMES] = {0.95, 1.10, 1.50};

double tw_sim_student(tw_random *r, int df)
{
    const double z = tw_random_normal(r);
    double chi = 0;
    for (int i = 0; i < df; i++) {
        const double x = tw_random_normal(r);
        chi += x * x;
    }
    return z * sqrt((df - 2) / chi); /* t has variance df / (df - 2) */
}

void tw_sim_vol_step(tw_sim_vol *vol, const tw_sim_params *p, double e)
{
    const double base = 1 - p->garch_alpha - p->garch_beta - p->leverage / 2;
    const double news = (p->garch_alpha + (e < 0 ? p->leverage : 0)) * e * e;
    vol->variance = fmin(base + (news + p->garch_beta) * vol->variance, 25.0);
}

static int next_regime(tw_random *r, int from)
{
    double u = tw_random_uniform(r);
    for (int to = 0; to < TW_SIM_REGIMES - 1; to++) {
        u -= stay_to[from][to];
        if (u < 0) return to;
    }
    return TW_SIM_REGIMES - 1;
}

/* Shock of the change less its expectation; `strength` scales both. */
static double regime_return(int from, int to, double strength)
{
    double expected = 0;
    for (int j = 0; j < TW_SIM_REGIMES; j++) expected += stay_to[from][j] * shock_to[from][j];
    return strength * (shock_to[from][to] - expected);
}

void tw_sim_market_step(tw_sim *sim, size_t session, tw_sim_day *day)
{
    const tw_sim_params *p = &sim->p;
    tw_random *r = &sim->market_random;
    const int from = session > 0 ? sim->regimes[session - 1] : BULL;
    const int to = p->regimes > 0 && session > 0 ? next_regime(r, from) : from;
    const double scale = p->regimes > 0 ? market_scale[from] : 1;
    const double daily = scale * p->market_vol / sqrt(TW_SIM_YEAR);
    const double e = tw_sim_student(r, p->tail);
    day->regime = sim->regimes[session] = to;
    day->market_variance = daily * daily * sim->market_garch.variance;
    day->market = sqrt(day->market_variance) * e + regime_return(from, to, p->regimes);
    day->idio_scale = p->regimes > 0 ? idio_scale[from] : 1;
    for (int s = 0; s < p->sectors; s++)
        day->sector[s] = p->sector_vol / sqrt(TW_SIM_YEAR) * tw_sim_student(r, p->tail);
    tw_sim_vol_step(&sim->market_garch, p, e);
}
