/* SPDX-License-Identifier: Apache-2.0 */
/* chain_test.c - forwards, discounts and volatilities of whole chains. */
#include "tw_test.h"

#include "tradewind/implied.h"

#include <math.h>
#include <stdlib.h>

enum { STRIKES = 41, EXPIRIES = 6, N = STRIKES * EXPIRIES * 2, ROOM = 8 };

typedef struct desk {
    double type[N], strike[N], T[N], r[N], q[N], vol[N], bid[N], ask[N], got[N], delta[N], want_delta[N];
    uint32_t expiry_of[N];
    tw_row_status status[N];
    tw_chain_expiry expiry[ROOM];
    tw_chain chain;
    tw_chain_result result;
} desk;

static const double RATE[EXPIRIES] = {0.05, 0.048, 0.045, 0.04, 0.038, -0.004};

/* A chain by the closed form, in an order that is none. */
static void set_up(desk *d)
{
    *d = (desk){.chain = {N, d->type, d->strike, d->T, d->bid, NULL, 100.0, NAN}};
    for (size_t k = 0; k < N; k++) {
        const size_t i = k * 101 % N, e = k / (2 * STRIKES);
        d->type[i] = k % 2 ? 1.0 : -1.0, d->strike[i] = 60.0 + 2.0 * (double)(k / 2 % STRIKES);
        d->T[i] = 0.04 * (double)((e + 1) * (e + 1)), d->r[i] = RATE[e], d->q[i] = 0.015;
        d->vol[i] = 0.2 + 2e-5 * (d->strike[i] - 105.0) * (d->strike[i] - 105.0);
    }
    tw_pricer pricer = {0};
    tw_contracts contracts = {.n = N};
    tw_price_market market = {0};
    static const double spot = 100.0;
    assert_ok(tw_engine_find("black", &pricer.engine, NULL), NULL);
    assert_ok(tw_instrument_find("european", &contracts.instrument, NULL), NULL);
    assert_ok(tw_price_model_find("black_scholes", &market.model, NULL), NULL);
    const double *columns[6] = {d->type, d->strike, d->T, d->r, d->q, d->vol};
    static const tw_column_id ids[6] = {TW_COL_type, TW_COL_strike, TW_COL_T, TW_COL_r, TW_COL_q, TW_COL_vol};
    for (int c = 0; c < 6; c++) contracts.column[ids[c]] = (tw_column){columns[c], 1};
    contracts.column[TW_COL_spot] = (tw_column){&spot, 0};
    pricer.workspace_size = tw_price_workspace(&pricer, &contracts, &market);
    pricer.workspace = aligned_alloc(64, pricer.workspace_size);
    const tw_values out = {.value[TW_VALUE_value] = d->bid, .value[TW_VALUE_delta] = d->want_delta};
    assert_ok(tw_price(&pricer, &contracts, &market, &out, NULL), NULL);
    free(pricer.workspace);
    d->result = (tw_chain_result){.expiry = d->expiry, .expiries_max = ROOM, .expiry_of = d->expiry_of, .vol = d->got};
    d->result.values.value[TW_VALUE_delta] = d->delta, d->result.values.status = d->status;
    d->result.workspace_size = tw_chain_workspace(NULL, N);
    d->result.workspace = aligned_alloc(64, d->result.workspace_size);
}

static void check_expiries(const desk *d, double tolerance)
{
    assert_int_equal(d->result.expiries, EXPIRIES);
    for (size_t e = 0; e < EXPIRIES; e++) {
        const tw_chain_expiry *x = &d->expiry[e];
        assert_int_equal(tw_row_status_code(x->status), TW_ROW_OK);
        assert_near(x->forward, 100.0 * exp((RATE[e] - 0.015) * x->T), tolerance);
        assert_near(x->discount, exp(-RATE[e] * x->T), tolerance);
    }
}

static void prices_give_all_back(void **state)
{
    (void)state;
    static desk d;
    set_up(&d);
    assert_ok(tw_chain_implied(NULL, &d.chain, &d.result, NULL), NULL);
    check_expiries(&d, 1e-12);
    for (size_t i = 0; i < N; i++) {
        assert_same(d.expiry[d.expiry_of[i]].T, d.T[i]);
        if (tw_row_status_code(d.status[i]) == TW_ROW_LIMIT) continue; /* nothing left beside what is intrinsic */
        assert_int_equal(tw_row_status_code(d.status[i]), TW_ROW_OK);
        if (d.bid[i] > 1e-3 && fabs(d.want_delta[i]) < 0.99) assert_near(d.got[i], d.vol[i], 1e-8);
        assert_near(d.delta[i], d.want_delta[i], 1e-6);
    }
    free(d.result.workspace);
}

/* Stale and crossed quotes among bids and asks do not bend the line. */
static void bad_quotes_do_not_matter(void **state)
{
    (void)state;
    static desk d;
    set_up(&d);
    for (size_t i = 0; i < N; i++) {
        const double mid = d.bid[i], width = 0.02 + 0.01 * mid;
        d.bid[i] = fmax(mid - 0.5 * width, 0.0), d.ask[i] = 2.0 * mid - d.bid[i];
        if (i % 9 == 4) d.bid[i] = mid + 3.0, d.ask[i] = mid + 3.1;
        if (i % 13 == 5) d.ask[i] = d.bid[i] - 1.0;
    }
    d.bid[0] = NAN;
    d.chain.ask = d.ask;
    assert_ok(tw_chain_implied(NULL, &d.chain, &d.result, NULL), NULL);
    check_expiries(&d, 1e-6);
    assert_int_equal(tw_row_status_code(d.status[0]), TW_ROW_MISSING);
    assert_int_equal(tw_row_status_code(d.status[5]), TW_ROW_MISSING);
    free(d.result.workspace);
}

static void too_little_to_say(void **state)
{
    (void)state;
    static desk d;
    tw_error err;
    set_up(&d);
    d.chain.n = 1; /* a call alone */
    assert_ok(tw_chain_implied(NULL, &d.chain, &d.result, &err), &err);
    assert_int_equal(tw_row_status_code(d.expiry[0].status), TW_ROW_MISSING);
    assert_int_equal(tw_row_status_code(d.status[0]), TW_ROW_MISSING);
    assert_true(isnan(d.got[0]));
    d.chain.n = N;
    d.result.expiries_max = 2;
    assert_int_equal(tw_chain_implied(NULL, &d.chain, &d.result, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "chain: more than 2 expiries");
    d.result.workspace_size = 64;
    assert_int_equal(tw_chain_implied(NULL, &d.chain, &d.result, &err), TW_BAD_VALUE);
    free(d.result.workspace);
}

/* A known rate leaves the forward to one pair. */
static void one_pair_and_a_rate(void **state)
{
    (void)state;
    static desk d;
    set_up(&d);
    const double type[2] = {1.0, -1.0}, strike[2] = {95.0, 95.0}, T[2] = {0.5, 0.5}, price[2] = {9.0, 2.5};
    d.chain = (tw_chain){2, type, strike, T, price, NULL, NAN, 0.03};
    assert_ok(tw_chain_implied(NULL, &d.chain, &d.result, NULL), NULL);
    assert_near(d.expiry[0].forward, 95.0 + 6.5 * exp(0.015), 1e-12);
    assert_near(d.got[0], d.got[1], 1e-12);
    free(d.result.workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_give_all_back),
        cmocka_unit_test(bad_quotes_do_not_matter),
        cmocka_unit_test(too_little_to_say),
        cmocka_unit_test(one_pair_and_a_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
