/* SPDX-License-Identifier: Apache-2.0 */
/* implied_test.c - a volatility comes back from the price that it gave: ten million quotes, out to twelve deviations,
 * total volatilities of 1e-6 to 20, prices on either side of the money. */
#include "tw_test.h"

#include "tradewind/implied.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 1 << 16, COLUMNS = 7, GREEKS = 2 };
#ifdef TW_SANITIZED
enum { ROUNDS = 2 };
#else
enum { ROUNDS = 153 };
#endif

static const tw_column_id USED[COLUMNS] = {TW_COL_type, TW_COL_spot, TW_COL_strike, TW_COL_r,
                                           TW_COL_q,    TW_COL_T,    TW_COL_vol};

typedef struct desk {
    double column[COLUMNS][ROWS], price[ROWS], vega[ROWS], vol[ROWS];
    tw_row_status status[ROWS];
    tw_contracts contracts;
    tw_price_market market;
    tw_pricer pricer;
} desk;

static void set_up(desk *d, const char *model)
{
    *d = (desk){.contracts.n = ROWS};
    assert_ok(tw_engine_find("black", &d->pricer.engine, NULL), NULL);
    assert_ok(tw_instrument_find("european", &d->contracts.instrument, NULL), NULL);
    assert_ok(tw_price_model_find(model, &d->market.model, NULL), NULL);
    for (int c = 0; c < COLUMNS; c++) d->contracts.column[USED[c]] = (tw_column){d->column[c], 1};
    d->pricer.workspace_size = tw_price_workspace(&d->pricer, &d->contracts, &d->market);
    d->pricer.workspace = aligned_alloc(64, d->pricer.workspace_size);
}

static void price_and_imply(desk *d, const tw_ctx *ctx)
{
    const tw_values out = {.value[TW_VALUE_value] = d->price, .value[TW_VALUE_vega] = d->vega};
    tw_error err;
    assert_ok(tw_price(&d->pricer, &d->contracts, &d->market, &out, &err), &err);
    tw_contracts quotes = d->contracts;
    quotes.column[TW_COL_vol] = (tw_column){0};
    quotes.column[TW_COL_price] = (tw_column){d->price, 1};
    assert_ok(tw_implied(ctx, &quotes, &d->market, d->vol, d->status, &err), &err);
}

typedef struct tally {
    double worst, worst_relative;
    size_t held, rounded, limit;
} tally;

/* What the last digits of a price stand for in total volatility. */
static double rounding(const desk *d, size_t i, double s)
{
    const double *const c[COLUMNS] = {d->column[0], d->column[1], d->column[2], d->column[3],
                                      d->column[4], d->column[5], d->column[6]};
    const double T = c[5][i], pv_S = c[1][i] * exp(-c[4][i] * T), pv_K = c[2][i] * exp(-c[3][i] * T);
    const bool in = c[0][i] * (pv_S - pv_K) > 0.0;
    return 4e-16 * (d->price[i] + (in ? fmax(pv_S, pv_K) : 0.0)) / (d->vega[i] / sqrt(T)) + 4e-16 * s;
}

static void look(const desk *d, size_t i, double tolerance, tally *t)
{
    const double s = d->column[6][i] * sqrt(d->column[5][i]),
                 off = fabs(d->vol[i] - d->column[6][i]) * sqrt(d->column[5][i]);
    const double lost = rounding(d, i, s);
    if (lost > tolerance * 0.1) {
        t->rounded++;
        if (!(lost < 0.01 * s)) return; /* the price says nothing */
    }
    if (tw_row_status_code(d->status[i]) == TW_ROW_LIMIT && lost > 1e-3 * s) return;
    if (!(off <= tolerance + 4.0 * lost))
        fail_msg("row %zu: type %g spot %.17g strike %.17g r %.17g q %.17g T %.17g vol %.17g price %.17g: got %.17g "
                 "(%s), off by %.2g, rounding %.2g",
                 i, d->column[0][i], d->column[1][i], d->column[2][i], d->column[3][i], d->column[4][i],
                 d->column[5][i], d->column[6][i], d->price[i], d->vol[i],
                 tw_row_code_name(tw_row_status_code(d->status[i])), off, lost);
    if (lost <= tolerance * 0.1) {
        t->held++;
        t->worst = fmax(t->worst, off);
        t->worst_relative = fmax(t->worst_relative, off / s);
    }
}

/* d deviations from the forward, total volatility s. */
static void fill(desk *d, tw_random *random, double most)
{
    for (size_t i = 0; i < ROWS; i++) {
        const double s = exp(log(1e-6) + (log(most) - log(1e-6)) * tw_random_uniform(random));
        const double T = exp(log(1e-3) + log(3e4) * tw_random_uniform(random));
        const double r = -0.05 + 0.15 * tw_random_uniform(random), q = -0.05 + 0.15 * tw_random_uniform(random);
        const double far = fmin(12.0, 400.0 / s) * (2.0 * tw_random_uniform(random) - 1.0);
        const double spot = 100.0 * exp(tw_random_normal(random)), x = far * s;
        const double otm = x > 0.0 ? 1.0 : -1.0, side = tw_random_uniform(random) < 0.8 ? otm : -otm;
        const double row[COLUMNS] = {side, spot, spot * exp((r - q) * T + x), r, q, T, s / sqrt(T)};
        for (int c = 0; c < COLUMNS; c++) d->column[c][i] = row[c];
    }
}

static void black_comes_back(void **state)
{
    (void)state;
    static desk d;
    tw_random random = {77, 1, 0};
    tally t = {0};
    set_up(&d, "black_scholes");
    for (int round = 0; round < ROUNDS; round++) {
        fill(&d, &random, 20.0);
        price_and_imply(&d, NULL);
        for (size_t i = 0; i < ROWS; i++) look(&d, i, 1e-12, &t);
    }
    print_message("%zu quotes held to 1e-12: worst %.2g, relative %.2g; %zu more to what their rounding allows\n",
                  t.held, t.worst, t.worst_relative, t.rounded);
    free(d.pricer.workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(black_comes_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
