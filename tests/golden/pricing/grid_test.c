/* SPDX-License-Identifier: Apache-2.0 */
/* grid_test.c - finite differences beside QuantLib's of the same size: both against what is exact. */
#include "price_rows.h"
#include "quantlib_rows.h"

typedef struct family {
    const char *title, *instrument, *engine, *params; /* in the file */
    const char *exact, *exact_params;                 /* the engine there whose values are taken as exact */
    const char *ours;                                 /* our instrument */
    double rms, most;                                 /* bounds of our errors */
} family;

/* Adds the rows of a family; returns how many. */
static size_t add(const ql_rows *q, const family *f, price_rows *p, const ql_row **theirs, const ql_row **exact)
{
    char text[1024];
    size_t n = 0;
    for (size_t i = 0; i < q->n; i++) {
        const ql_row *row = &q->row[i];
        if (!ql_by(row, f->instrument, f->engine, f->params)) continue;
        theirs[n] = row;
        exact[n] = ql_same(q, row, f->exact, f->exact_params);
        assert_non_null(exact[n]);
        price_rows_add(p, ql_columns(row, text, sizeof text));
        n++;
    }
    return n;
}

static double rms(size_t n, const double *error, double *most)
{
    double sum = 0.0;
    *most = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += error[i] * error[i];
        *most = fmax(*most, fabs(error[i]));
    }
    return sqrt(sum / (double)n);
}

/* Errors of a value of both; ours have to be the smaller ones. */
static void compare(const ql_rows *q, const family *f, tw_value_id value, ql_field field)
{
    static const ql_row *theirs[PRICE_ROWS_MAX], *exact[PRICE_ROWS_MAX];
    static double own[PRICE_ROWS_MAX], peer[PRICE_ROWS_MAX];
    price_rows *p = price_rows_new("finite_difference", "", f->ours, "black_scholes");
    const size_t n = add(q, f, p, theirs, exact);
    double most, peer_most;
    assert_true(n > 10);
    price_rows_run(p, TW_VALUE_BIT(value));
    for (size_t i = 0; i < n; i++) {
        own[i] = p->value[value][i] - ql_number(exact[i], field);
        peer[i] = ql_number(theirs[i], field) - ql_number(exact[i], field);
    }
    const double own_rms = rms(n, own, &most), peer_rms = rms(n, peer, &peer_most);
    print_message("%s %s: %zu rows, rms %.2e max %.2e; QuantLib rms %.2e max %.2e\n", f->title,
                  tw_pricing_values()[value].name, n, own_rms, most, peer_rms, peer_most);
    if (f->rms > 0.0 && value == TW_VALUE_value) assert_true(own_rms <= f->rms && most <= f->most);
    if (peer_rms > 0.0) assert_true(own_rms < peer_rms && most < peer_most);
    price_rows_free(p);
}

static const family AMERICAN = {"american",      "american", "Fd", "tGrid=400", "QdFp",
                                "highPrecision", "american", 2e-4, 8e-4};
static const family AMERICAN_GREEKS = {"american", "american", "Fd", "tGrid=400", "QdFpAmericanEngine+bump", "",
                                       "american", 0,          0};

static void american(void **state)
{
    (void)state;
    ql_rows *q = ql_read();
    compare(q, &AMERICAN, TW_VALUE_value, QL_VALUE);
    compare(q, &AMERICAN_GREEKS, TW_VALUE_delta, QL_DELTA);
    compare(q, &AMERICAN_GREEKS, TW_VALUE_gamma, QL_GAMMA);
    compare(q, &AMERICAN_GREEKS, TW_VALUE_theta, QL_THETA);
    ql_free(q);
}

static void exercise_at_expiry(void **state)
{
    (void)state;
    static const family european = {"european", "european", "Fd", "", "AnalyticEuropean", "", "european", 1e-4, 3e-4};
    static const family barrier = {"barrier", "barrier", "Fd", "", "AnalyticBarrier", "", "barrier", 1e-4, 3e-4};
    static const family all_barriers = {"barrier", "barrier", "AnalyticBarrier", "", "AnalyticBarrier", "", "barrier",
                                        1e-4,      3e-4};
    ql_rows *q = ql_read();
    compare(q, &european, TW_VALUE_value, QL_VALUE);
    compare(q, &european, TW_VALUE_delta, QL_DELTA);
    compare(q, &european, TW_VALUE_gamma, QL_GAMMA);
    compare(q, &european, TW_VALUE_theta, QL_THETA);
    compare(q, &barrier, TW_VALUE_value, QL_VALUE);
    compare(q, &all_barriers, TW_VALUE_value, QL_VALUE);
    ql_free(q);
}

static void digitals(void **state)
{
    (void)state;
    static const family touch = {"one_touch",
                                 "digital",
                                 "AnalyticDigitalAmerican",
                                 "pay at hit",
                                 "AnalyticDigitalAmerican",
                                 "pay at hit",
                                 "one_touch",
                                 1e-4,
                                 3e-4};
    static const family late = {"one_touch_expiry",
                                "digital",
                                "AnalyticDigitalAmerican",
                                "pay at expiry",
                                "AnalyticDigitalAmerican",
                                "pay at expiry",
                                "one_touch_expiry",
                                1e-4,
                                3e-4};
    static const family cash = {
        "digital_cash", "digital", "AnalyticEuropean", "cash", "AnalyticEuropean", "cash", "digital_cash", 1e-4, 3e-4};
    static const family asset = {"digital_asset",
                                 "digital",
                                 "AnalyticEuropean",
                                 "asset",
                                 "AnalyticEuropean",
                                 "asset",
                                 "digital_asset",
                                 1e-3,
                                 3e-3};
    ql_rows *q = ql_read();
    compare(q, &touch, TW_VALUE_value, QL_VALUE);
    compare(q, &late, TW_VALUE_value, QL_VALUE);
    compare(q, &cash, TW_VALUE_value, QL_VALUE);
    compare(q, &asset, TW_VALUE_value, QL_VALUE);
    ql_free(q);
}

/* Dividends of 0.75 after 80, 171, 262 and 353 days. Escrowed European rows have a closed form; the others are held
 * to a grid of ours with 3000 nodes and 2000 steps. */
static void dividends(void **state)
{
    (void)state;
    static const double time[] = {80.0 / 365.0, 171.0 / 365.0, 262.0 / 365.0, 353.0 / 365.0};
    static const double amount[] = {0.75, 0.75, 0.75, 0.75};
    ql_rows *q = ql_read();
    char text[1024];
    for (int kind = 0; kind < 4; kind++) {
        const char *exercise = kind % 2 ? "american" : "european", *model = kind < 2 ? "Model=Spot" : "Model=Escrowed";
        price_rows *p = price_rows_new("finite_difference", "", exercise, "black_scholes");
        price_rows *fine = price_rows_new("finite_difference", "space=3000 time=2000", exercise, "black_scholes");
        double own[64], peer[64], most, peer_most;
        const ql_row *rows[64];
        for (size_t i = 0; i < q->n; i++) {
            const ql_row *row = &q->row[i];
            if (!ql_by(row, "vanilla_cash_dividends", "Fd", model) || !ql_is(row, QL_EXERCISE, exercise)) continue;
            rows[price_rows_add(p, ql_columns(row, text, sizeof text))] = row;
            price_rows_add(fine, text);
        }
        p->contracts.dividends = (tw_dates){.n = 4, .time = time, .amount = amount};
        p->market.dividend_model = kind < 2 ? TW_DIVIDENDS_SPOT : TW_DIVIDENDS_ESCROWED;
        fine->contracts.dividends = p->contracts.dividends;
        fine->market = p->market;
        price_rows_run(p, 1);
        price_rows_run(fine, 1);
        const size_t n = p->contracts.n;
        assert_int_equal(n, 12);
        for (size_t i = 0; i < n; i++) {
            const ql_row *closed = ql_same(q, rows[i], "AnalyticDividend", "escrowed");
            const double exact = kind == 2 ? ql_number(closed, QL_VALUE) : fine->value[0][i];
            own[i] = p->value[0][i] - exact;
            peer[i] = ql_number(rows[i], QL_VALUE) - exact;
        }
        const double own_rms = rms(n, own, &most), peer_rms = rms(n, peer, &peer_most);
        print_message("%s %s: rms %.2e max %.2e; QuantLib rms %.2e max %.2e\n", model, exercise, own_rms, most,
                      peer_rms, peer_most);
        assert_true(own_rms < peer_rms && most < peer_most && most < 4e-4);
        price_rows_free(p);
        price_rows_free(fine);
    }
    ql_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(american), cmocka_unit_test(exercise_at_expiry),
                                       cmocka_unit_test(digitals), cmocka_unit_test(dividends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
