/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - from a row of a block to its distribution and terms, and from sums to its values. */
#include "pricing/transform/transform.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- distributions */

static double cell(const tw_block *b, size_t i, tw_column_id column)
{
    return b->col[column] ? b->col[column][i] : 0.0;
}

static tw_psi_case fails(const tw_block *b, size_t i, tw_row_code code, tw_column_id column)
{
    b->status[i] = TW_ROW_STATUS(code, column);
    return TW_PSI_FAILS;
}

/* (1 - e^(-x T)) / x. */
static double decay(double x, double T) { return x * T > 1e-300 ? -tw_expm1(-x * T) / x : T; }

/* Mean of the integral of a square-root variance over time. */
static double mean_variance(const tw_psi_model *o)
{
    const double of_now = decay(o->kappa, o->T), x = o->kappa * o->T;
    /* T - (1 - e^-x) / kappa, by its series where that cancels. */
    const double rest = x < 1e-3 ? o->T * x * (0.5 - x * (1.0 / 6.0 - x / 24.0)) : o->T - of_now;
    return o->v0 * of_now + o->theta * rest;
}

/* Variance that does not move at random: a normal. */
static void heston_certain(tw_psi_model *o)
{
    const double of_now = decay(o->kappa, o->T), vol = sqrt(o->v0);
    o->kind = TW_PSI_GAUSS;
    o->total = mean_variance(o);
    o->total_T = o->theta + (o->v0 - o->theta) * tw_exp(-o->kappa * o->T);
    o->total_vol = 2.0 * vol * of_now;
    o->total_vol2 = 2.0 * of_now;
}

/* Time at which E[S^p] becomes infinite (Andersen and Piterbarg 2007, proposition 3.1). */
static double explosion(const tw_psi_model *o, double p)
{
    const double b = o->rho * o->sigma * p - o->kappa, square = b * b - o->sigma * o->sigma * (p * p - p);
    const double root = sqrt(fabs(square));
    if (square < 0.0) {
        const double angle = tw_atan(root / fabs(b));
        return 2.0 / root * (b >= 0.0 ? angle : 0x1.921fb54442d18p1 - angle);
    }
    if (b <= 0.0) return INFINITY;
    return root > 1e-8 * b ? tw_log((b + root) / (b - root)) / root : 2.0 / b;
}

/* The end of the strip on one side (sign 1: above 1): the last p found whose moment is finite. */
static double heston_end(const tw_psi_model *o, double sign)
{
    double in = 0.0, out = 1.0;
    const double from = sign > 0.0 ? 1.0 : 0.0;
    while (explosion(o, from + sign * out) > o->T) {
        in = out;
        out *= 4.0;
        if (out > 1e15) return sign * INFINITY;
    }
    while (out - in > 1e-5 * out) {
        const double mid = 0.5 * (in + out);
        if (explosion(o, from + sign * mid) > o->T)
            in = mid;
        else
            out = mid;
        if (out < 1e-12) break;
    }
    return from + sign * in;
}

static void heston(const tw_block *b, size_t i, tw_psi_model *o)
{
    o->kind = TW_PSI_HESTON;
    o->v0 = cell(b, i, TW_COL_v0);
    o->kappa = cell(b, i, TW_COL_kappa);
    o->theta = cell(b, i, TW_COL_theta_v);
    o->sigma = cell(b, i, TW_COL_sigma_v);
    o->rho = cell(b, i, TW_COL_rho_v);
    o->sd_small = sqrt(mean_variance(o));
    /* A variance that never leaves 0, or moves by less than the last digit, moves for certain. */
    if (o->sigma < 1e-12 || !(o->sd_small > 0.0)) {
        heston_certain(o);
        o->sd_small = sqrt(o->total);
        return;
    }
    o->lo = heston_end(o, -1.0);
    o->hi = heston_end(o, 1.0);
}

static void lognormal(const tw_block *b, size_t i, tw_psi_model *o)
{
    const double vol = cell(b, i, TW_COL_vol);
    o->kind = TW_PSI_GAUSS;
    o->total = vol * vol * o->T;
    o->total_T = vol * vol;
    o->total_vol = 2.0 * vol * o->T;
    o->total_vol2 = 2.0 * o->T;
    o->sd_small = vol * sqrt(o->T);
}

/* False when the parameters let the forward not exist. */
static bool variance_gamma(const tw_block *b, size_t i, tw_psi_model *o)
{
    o->vol = cell(b, i, TW_COL_vol);
    o->drift = cell(b, i, TW_COL_vg_drift);
    o->rate = cell(b, i, TW_COL_vg_rate);
    const double nu = o->rate, half = 0.5 * o->vol * o->vol;
    const double size = fabs(o->drift) + o->vol;
    if (nu * size * size < 1e-14 || !(o->T > 0.0)) { /* no change of time to speak of */
        lognormal(b, i, o);
        return true;
    }
    if (!(nu * (o->drift + half) < 1.0)) return false;
    o->kind = TW_PSI_GAMMA;
    o->ln_forward = tw_log1p(-nu * (o->drift + half));
    o->by_forward = 1.0 / (1.0 - nu * (o->drift + half));
    o->sd_small = sqrt((o->vol * o->vol + nu * o->drift * o->drift) * o->T);
    /* Roots of 1 - nu (drift z + half z^2), each by the form that does not cancel. */
    const double root = sqrt(o->drift * o->drift + 4.0 * half / nu), q = -0.5 * (o->drift + copysign(root, o->drift));
    const double one = half > 0.0 ? q / half : copysign(INFINITY, q), two = -1.0 / (nu * q);
    o->lo = fmin(one, two);
    o->hi = fmax(one, two);
    return true;
}

static void jumps(const tw_block *b, size_t i, tw_psi_model *o)
{
    const double vol = cell(b, i, TW_COL_jump_vol), mean = cell(b, i, TW_COL_jump_mean);
    o->jump_rate = cell(b, i, TW_COL_jump_rate);
    o->jump_mean = mean;
    o->jump_var = vol * vol;
    o->excess = tw_expm1(mean + 0.5 * vol * vol);
    o->jumps = o->jump_rate > 0.0 && o->T > 0.0 && (mean != 0.0 || vol > 0.0);
}

tw_psi_case tw_psi_of_row(const tw_block *b, size_t i, tw_psi_model *o)
{
    *o = (tw_psi_model){.T = cell(b, i, TW_COL_T), .lo = -INFINITY, .hi = INFINITY};
    if (b->col[TW_COL_v0])
        heston(b, i, o);
    else if (!b->col[TW_COL_vg_rate])
        lognormal(b, i, o);
    else if (!variance_gamma(b, i, o))
        return fails(b, i, TW_ROW_CONFLICT, TW_COL_vg_rate);
    if (b->col[TW_COL_jump_rate]) jumps(b, i, o);
    if (!(o->T > 0.0) || (!(o->sd_small > 0.0) && !o->jumps)) return TW_PSI_CERTAIN;
    if (!isfinite(o->excess)) return fails(b, i, TW_ROW_OVERFLOW, TW_COL_jump_mean);
    /* Jumps alone have no density: the series of merton_series prices them. */
    if (!(o->sd_small > 0.0)) return fails(b, i, TW_ROW_UNSUPPORTED, TW_COLUMN_COUNT);
    const double per_jump = o->jump_mean * o->jump_mean + o->jump_var;
    o->sd_large = sqrt(o->sd_small * o->sd_small + (o->jumps ? o->jump_rate * o->T * per_jump : 0.0));
    return TW_PSI_OK;
}

/* ---------------------------------------------------------------- terms */

static double moneyness(double strike, double spot)
{
    const double ratio = strike / spot;
    return ratio > 1e-290 && ratio < 1e290 ? tw_log(ratio) : tw_log(strike) - tw_log(spot);
}

tw_terms tw_terms_of_row(const tw_block *b, size_t i)
{
    tw_terms t = {.w = b->col[TW_COL_type][i] < 0.0 ? -1.0 : 1.0,
                  .spot = b->col[TW_COL_spot][i],
                  .strike = b->col[TW_COL_strike][i],
                  .r = b->col[TW_COL_r][i],
                  .q = b->col[TW_COL_q][i],
                  .T = b->col[TW_COL_T][i],
                  .payoff = {1.0, 0.0},
                  .sign = 1.0};
    t.df = tw_exp(-t.r * t.T);
    t.dq = tw_exp(-t.q * t.T);
    t.pv_spot = t.spot * t.dq;
    t.pv_strike = t.strike * t.df;
    t.k = moneyness(t.strike, t.spot) - (t.r - t.q) * t.T;
    t.side = t.k > 0.0 ? 1.0 : -1.0;
    if (strcmp(b->scope->instrument, "digital_cash") == 0) {
        t.paid = 1;
        t.cash = b->col[TW_COL_cash][i];
        t.payoff = (tw_payoff){-t.cash / t.strike, t.cash / t.strike};
    } else if (strcmp(b->scope->instrument, "digital_asset") == 0) {
        t.paid = 2;
        t.payoff = (tw_payoff){0.0, 1.0};
    }
    if (t.paid) t.sign = t.side;
    return t;
}

/* What the side in the money has besides the other side: value, delta, and what a year takes off each. */
typedef struct parity {
    double value, delta, by_T, delta_by_T;
} parity;

static parity parity_of(const tw_terms *t)
{
    if (t->w == t->side) return (parity){0};
    if (t->paid == 1) return (parity){t->cash * t->df, 0.0, -t->r * t->cash * t->df, 0.0};
    const parity asset = {t->pv_spot, t->dq, -t->q * t->pv_spot, -t->q * t->dq};
    if (t->paid == 2) return asset;
    return (parity){t->w * (t->pv_spot - t->pv_strike), t->w * t->dq, t->w * (asset.by_T + t->r * t->pv_strike),
                    t->w * asset.delta_by_T};
}

static void put(const tw_block *b, size_t i, tw_value_id id, double x)
{
    if (b->wants & TW_VALUE_BIT(id)) b->out[id][i] = x;
}

void tw_terms_store(const tw_block *b, size_t i, const tw_terms *t, const double sum[TW_SUM_COUNT])
{
    const double sign = t->paid && t->w != t->side ? -t->sign : t->sign, scale = sign * t->pv_spot, dq = sign * t->dq;
    const parity par = parity_of(t);
    const double raw = par.value + scale * sum[TW_SUM_1], delta = par.delta + dq * sum[TW_SUM_Z];
    /* What is worth next to nothing is a difference whose last bits may be below it. */
    const double value = raw < 0.0 && raw > -1e-12 * (t->pv_spot + t->pv_strike) ? 0.0 : raw;
    put(b, i, TW_VALUE_value, value);
    put(b, i, TW_VALUE_delta, delta);
    put(b, i, TW_VALUE_gamma, dq * sum[TW_SUM_ZZ] / t->spot);
    put(b, i, TW_VALUE_speed, dq * sum[TW_SUM_ZZZ] / t->spot / t->spot);
    put(b, i, TW_VALUE_theta, -(par.by_T + scale * sum[TW_SUM_T]));
    put(b, i, TW_VALUE_charm, -(par.delta_by_T + dq * sum[TW_SUM_TZ]));
    put(b, i, TW_VALUE_color, -dq * sum[TW_SUM_TZZ] / t->spot);
    put(b, i, TW_VALUE_vega, scale * sum[TW_SUM_V]);
    put(b, i, TW_VALUE_vanna, dq * sum[TW_SUM_VZ]);
    put(b, i, TW_VALUE_volga, scale * sum[TW_SUM_VV]);
    put(b, i, TW_VALUE_rho, t->T * (t->spot * delta - value));
    put(b, i, TW_VALUE_dividend_rho, -t->T * t->spot * delta);
}

void tw_terms_limit(const tw_block *b, size_t i, const tw_terms *terms)
{
    const double none[TW_SUM_COUNT] = {0};
    tw_terms t = *terms;
    /* On the strike nothing is due: the option is worth 0, and so is a digital, which pays beyond it only. */
    if (t.k == 0.0) t.side = t.w;
    tw_terms_store(b, i, &t, none);
    put(b, i, TW_VALUE_error_estimate, 0.0);
    b->status[i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
}

/* ---------------------------------------------------------------- groups */

/* Columns that make the distribution and the forward. */
static size_t key_columns(const tw_block *b, const double *column[TW_COLUMN_COUNT])
{
    static const tw_column_id KEY[] = {TW_COL_T,        TW_COL_r,         TW_COL_q,         TW_COL_vol,
                                       TW_COL_v0,       TW_COL_kappa,     TW_COL_theta_v,   TW_COL_sigma_v,
                                       TW_COL_rho_v,    TW_COL_jump_rate, TW_COL_jump_mean, TW_COL_jump_vol,
                                       TW_COL_vg_drift, TW_COL_vg_rate};
    size_t n = 0;
    for (size_t c = 0; c < sizeof KEY / sizeof *KEY; c++)
        if (b->col[KEY[c]]) column[n++] = b->col[KEY[c]];
    return n;
}

static bool same(const double *const *column, size_t n, size_t i, size_t j)
{
    for (size_t c = 0; c < n; c++)
        if (column[c][i] != column[c][j]) return false;
    return true;
}

void tw_groups(const tw_block *b, tw_group_fn *each, const void *params)
{
    const double *column[TW_COLUMN_COUNT];
    const size_t n_columns = key_columns(b, column);
    bool taken[TW_BLOCK] = {false};
    for (size_t i = 0; i < b->n; i++) {
        if (taken[i]) continue;
        tw_group group = {.n = 0};
        for (size_t j = i; j < b->n; j++) {
            if (taken[j] || !same(column, n_columns, i, j)) continue;
            taken[j] = true;
            group.row[group.n++] = (uint16_t)j;
        }
        each(b, &group, params);
    }
    tw_block_blank(b);
}

void tw_block_blank(const tw_block *b)
{
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        if (b->wants >> v & 1u)
            for (size_t i = b->n; i < TW_BLOCK; i++) b->out[v][i] = 0.0;
}
