/* SPDX-License-Identifier: Apache-2.0 */
/* Cumulative risk numbers of a run, a day at a time: those of empyrical, as zipline prints them. */
#include "backtest/event/risk.h"

#include "tradewind/num.h"

#include <math.h>

static const double FLAT = 1e-30; /* a benchmark of less variance has no beta */

static double finite_or_nan(double x) { return isfinite(x) ? x : NAN; }

static void move(tw_risk *risk, double r, double b)
{
    const double n = (double)++risk->n, off = r - risk->mean, b_off = b - risk->b_mean;
    risk->mean += off / n;
    risk->b_mean += b_off / n;
    risk->squares += off * (r - risk->mean);
    risk->b_squares += b_off * (b - risk->b_mean);
    risk->cross += b_off * (r - risk->mean);
    risk->downside += r < 0 ? r * r : 0;
    risk->growth *= 1 + r;
    risk->b_growth *= 1 + b;
    risk->peak = fmax(risk->peak, risk->growth);
    risk->drawdown = fmin(risk->drawdown, (risk->growth - risk->peak) / risk->peak);
}

void tw_risk_add(tw_risk *risk, double r, double b, tw_session_row *row)
{
    if (risk->n == 0) risk->growth = risk->b_growth = risk->peak = 1;
    move(risk, r, b);
    const double n = (double)risk->n, more = risk->n > 1 ? n - 1 : NAN;
    const double deviation = sqrt(risk->squares / more), yearly = sqrt(risk->year);
    row->benchmark_period_return = risk->b_growth - 1;
    row->algo_volatility = finite_or_nan(deviation * yearly);
    row->benchmark_volatility = finite_or_nan(sqrt(risk->b_squares / more) * yearly);
    row->max_drawdown = risk->drawdown;
    row->sharpe = finite_or_nan(risk->mean / deviation * yearly);
    row->sortino = risk->n > 1 ? finite_or_nan(risk->mean * risk->year / (sqrt(risk->downside / n) * yearly)) : NAN;
    const double variance = risk->b_squares / n;
    row->beta = risk->n > 1 && variance >= FLAT ? risk->cross / n / variance : NAN;
    const double daily = 1 + (risk->mean - row->beta * risk->b_mean);
    row->alpha = finite_or_nan(tw_exp(risk->year * tw_log(fabs(daily))) - 1); /* 252 is even */
}
