/* SPDX-License-Identifier: Apache-2.0 */
/* published_test.c - closed forms against the tables of Haug, "The Complete Guide to Option Pricing Formulas" (four
 * decimals, the last of which is off by one here and there), and against each other: what two contracts together must
 * be worth. */
#include "golden_csv.h"
#include "pricing/closed/formulas.h"
#include "pricing_case.h"

/* Columns of a case as pairs of id and value, up to COLUMNS_END. */
enum { COLUMNS_END = -1, PAIRS = 14 };
typedef struct pair {
    int column;
    double x;
} pair;

typedef struct published {
    const char *engine, *instrument;
    double value;
    pair columns[PAIRS];
} published;

#define C(name, x)                                                                                                     \
    {                                                                                                                  \
        TW_COL_##name, x                                                                                               \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        COLUMNS_END, 0.0                                                                                               \
    }
#define CALL C(type, 1.0)
#define PUT C(type, -1.0)
#define BARRIER(type, side, X, H, vol_, value)                                                                         \
    {                                                                                                                  \
        "reiner_rubinstein", "barrier", value,                                                                         \
        {                                                                                                              \
            type, C(spot, 100), C(strike, X), C(r, 0.08), C(q, 0.04), C(vol, vol_), C(T, 0.5), C(barrier_type, side),  \
                C(barrier, H), C(rebate, 3), END                                                                       \
        }                                                                                                              \
    }
#define LOOKBACK(X, vol_, value)                                                                                       \
    {                                                                                                                  \
        "conze_viswanathan", "lookback_fixed", value,                                                                  \
        {                                                                                                              \
            CALL, C(spot, 100), C(strike, X), C(extreme, 100), C(r, 0.1), C(q, 0), C(vol, vol_), C(T, 0.5), END        \
        }                                                                                                              \
    }
#define CORRIDOR(vol_, value)                                                                                          \
    {                                                                                                                  \
        "ikeda_kunitomo", "double_no_touch", value,                                                                    \
        {                                                                                                              \
            C(spot, 100), C(r, 0.05), C(q, 0.02), C(vol, vol_), C(T, 0.25), C(barrier, 80), C(barrier_high, 120),      \
                C(cash, 10), END                                                                                       \
        }                                                                                                              \
    }
#define BETWEEN(vol_, value)                                                                                           \
    {                                                                                                                  \
        "ikeda_kunitomo", "double_barrier", value,                                                                     \
        {                                                                                                              \
            CALL, C(spot, 100), C(strike, 100), C(r, 0.1), C(q, 0), C(vol, vol_), C(T, 0.25), C(barrier, 50),          \
                C(barrier_high, 150), C(knock, 1), END                                                                 \
        }                                                                                                              \
    }

static const published TABLE[] = {
    BARRIER(CALL, 1, 90, 95, 0.25, 9.0246),
    BARRIER(CALL, 1, 100, 95, 0.25, 6.7924),
    BARRIER(CALL, 1, 110, 95, 0.25, 4.8759),
    BARRIER(CALL, 1, 90, 100, 0.25, 3.0000),
    BARRIER(CALL, 3, 90, 105, 0.25, 2.6789),
    BARRIER(CALL, 3, 100, 105, 0.25, 2.3580),
    BARRIER(CALL, 3, 110, 105, 0.25, 2.3453),
    BARRIER(CALL, 0, 90, 95, 0.25, 7.7627),
    BARRIER(CALL, 0, 100, 95, 0.25, 4.0109),
    BARRIER(CALL, 0, 110, 95, 0.25, 2.0576),
    BARRIER(CALL, 0, 90, 100, 0.25, 13.8333),
    BARRIER(CALL, 0, 100, 100, 0.25, 7.8494),
    BARRIER(CALL, 0, 110, 100, 0.25, 3.9795),
    BARRIER(CALL, 2, 90, 105, 0.25, 14.1112),
    BARRIER(CALL, 2, 100, 105, 0.25, 8.4482),
    BARRIER(CALL, 2, 110, 105, 0.25, 4.5910),
    BARRIER(PUT, 1, 90, 95, 0.25, 2.2798),
    BARRIER(PUT, 1, 100, 95, 0.25, 2.2947),
    BARRIER(PUT, 1, 110, 95, 0.25, 2.6252),
    BARRIER(PUT, 3, 90, 105, 0.25, 3.7760),
    BARRIER(PUT, 3, 100, 105, 0.25, 5.4932),
    BARRIER(PUT, 3, 110, 105, 0.25, 7.5187),
    BARRIER(PUT, 0, 90, 95, 0.25, 2.9586),
    BARRIER(PUT, 0, 100, 95, 0.25, 6.5677),
    BARRIER(PUT, 0, 110, 95, 0.25, 11.9752),
    BARRIER(PUT, 2, 90, 105, 0.25, 1.4653),
    BARRIER(PUT, 2, 100, 105, 0.25, 3.3721),
    BARRIER(PUT, 2, 110, 105, 0.25, 7.0846),
    BARRIER(CALL, 1, 90, 95, 0.30, 8.8334),
    BARRIER(CALL, 1, 100, 95, 0.30, 7.0285),
    BARRIER(CALL, 1, 110, 95, 0.30, 5.4137),
    LOOKBACK(95, 0.1, 13.2687),
    LOOKBACK(95, 0.2, 18.9263),
    LOOKBACK(95, 0.3, 24.9857),
    LOOKBACK(100, 0.1, 8.5126),
    LOOKBACK(100, 0.2, 14.1702),
    LOOKBACK(100, 0.3, 20.2296),
    LOOKBACK(105, 0.1, 4.3908),
    LOOKBACK(105, 0.2, 9.8905),
    LOOKBACK(105, 0.3, 15.8512),
    CORRIDOR(0.1, 9.8716),
    CORRIDOR(0.2, 8.9307),
    CORRIDOR(0.3, 6.3272),
    CORRIDOR(0.5, 1.9094),
    BETWEEN(0.15, 4.3515),
    BETWEEN(0.25, 6.1644),
    BETWEEN(0.35, 7.0373),
    {"conze_viswanathan",
     "lookback_floating",
     25.3533,
     {CALL, C(spot, 120), C(extreme, 100), C(r, 0.1), C(q, 0.06), C(vol, 0.3), C(T, 0.5), END}},
    /* Printed 21.1965, with a bivariate distribution of six digits; by integration 21.196350394. */
    {"geske",
     "compound",
     21.19635,
     {CALL, C(type_outer, -1), C(spot, 500), C(strike, 520), C(strike_outer, 50), C(start, 0.25), C(T, 0.5), C(r, 0.08),
      C(q, 0.03), C(vol, 0.35), END}},
    {"rubinstein_chooser",
     "chooser",
     6.1071,
     {C(spot, 50), C(strike, 50), C(start, 0.25), C(T, 0.5), C(r, 0.08), C(q, 0), C(vol, 0.25), END}},
    {"rubinstein_forward",
     "forward_start",
     4.4064,
     {CALL, C(spot, 60), C(strike, 1.1), C(start, 0.25), C(T, 1), C(r, 0.08), C(q, 0.04), C(vol, 0.3), END}},
    {"black",
     "digital_cash",
     2.6710,
     {PUT, C(spot, 100), C(strike, 80), C(cash, 10), C(T, 0.75), C(r, 0.06), C(q, 0.06), C(vol, 0.35), END}},
    {"black",
     "digital_asset",
     20.2069,
     {PUT, C(spot, 70), C(strike, 65), C(T, 0.5), C(r, 0.07), C(q, 0.05), C(vol, 0.27), END}},
    {"margrabe",
     "exchange",
     2.1251,
     {C(spot, 22), C(q, 0.06), C(vol, 0.2), C(spot2, 20), C(q2, 0.04), C(vol2, 0.15), C(correlation, -0.5), C(T, 0.1),
      C(r, 0.1), END}},
    {"kirk",
     "spread",
     2.1670,
     {CALL, C(spot, 28), C(strike, 7), C(q, 0.05), C(vol, 0.29), C(spot2, 20), C(q2, 0.05), C(vol2, 0.36),
      C(correlation, 0.42), C(T, 0.25), C(r, 0.05), END}},
    {"kemna_vorst",
     "asian_geometric",
     4.6922,
     {PUT, C(spot, 80), C(strike, 85), C(r, 0.05), C(q, -0.03), C(vol, 0.2), C(T, 0.25), END}},
    {"reiner_rubinstein",
     "one_touch",
     9.7264,
     {PUT, C(spot, 105), C(strike, 100), C(cash, 15), C(r, 0.1), C(q, 0), C(vol, 0.2), C(T, 0.5), END}},
    {"reiner_rubinstein",
     "one_touch_expiry",
     9.3604,
     {PUT, C(spot, 105), C(strike, 100), C(cash, 15), C(r, 0.1), C(q, 0), C(vol, 0.2), C(T, 0.5), END}},
    {"quanto",
     "quanto",
     5.3280 / 1.5,
     {CALL, C(spot, 100), C(strike, 105), C(r, 0.08), C(q, 0.04), C(q2, 0.05), C(vol, 0.2), C(vol2, 0.1),
      C(correlation, 0.3), C(T, 0.5), END}},
};

static pricing_case case_of(const published *p)
{
    pricing_case c = pricing_case_of(p->engine, p->instrument, "black_scholes");
    for (const pair *q = p->columns; q->column != COLUMNS_END; q++) c.col[q->column] = q->x;
    return c;
}

static void tables_of_haug(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++) {
        const pricing_case c = case_of(&TABLE[i]);
        const pricing_result got = pricing_some(&c, TW_VALUE_BIT(TW_VALUE_value));
        if (!(fabs(got.v[TW_VALUE_value] - TABLE[i].value) <= 1e-4))
            fail_msg("line %zu, %s: got %.6f, published %.4f (%s)", i, TABLE[i].instrument, got.v[TW_VALUE_value],
                     TABLE[i].value, tw_row_code_name(tw_row_status_code(got.status)));
    }
}

/* ---------------------------------------------------------------- two together */

static double value(pricing_case c, const char *engine, const char *instrument)
{
    c.engine = engine, c.instrument = instrument;
    const pricing_result r = pricing_some(&c, TW_VALUE_BIT(TW_VALUE_value));
    if (tw_row_status_code(r.status) != TW_ROW_OK)
        fail_msg("%s: %s, column %d", instrument, tw_row_code_name(tw_row_status_code(r.status)),
                 (int)tw_row_status_column(r.status));
    return r.v[TW_VALUE_value];
}

/* Random contracts: columns of every instrument. */
static pricing_case random_case(tw_random *random)
{
    pricing_case c = pricing_case_of(NULL, NULL, "black_scholes");
    double u[10];
    for (int i = 0; i < 10; i++) u[i] = tw_random_uniform(random);
    c.col[TW_COL_type] = u[0] < 0.5 ? 1.0 : -1.0, c.col[TW_COL_spot] = 100.0, c.col[TW_COL_strike] = 70.0 + 60.0 * u[1];
    c.col[TW_COL_r] = 0.1 * u[2], c.col[TW_COL_q] = 0.1 * u[3], c.col[TW_COL_vol] = 0.08 + 0.6 * u[4];
    c.col[TW_COL_T] = 0.05 + 2.0 * u[5], c.col[TW_COL_cash] = 10.0, c.col[TW_COL_start] = c.col[TW_COL_T] * u[6];
    c.col[TW_COL_barrier] = 75.0 + 20.0 * u[7], c.col[TW_COL_barrier_high] = 105.0 + 40.0 * u[8];
    c.col[TW_COL_strike_outer] = 1.0 + 15.0 * u[9];
    return c;
}

static void in_and_out_is_vanilla(void **state)
{
    (void)state;
    tw_random random = {9, 1, 0};
    for (int k = 0; k < 400; k++) {
        pricing_case c = random_case(&random), up = c;
        const double vanilla = value(c, "black", "european");
        double out = 0.0;
        up.col[TW_COL_barrier] = c.col[TW_COL_barrier_high];
        for (int side = 0; side < 4; side++) {
            pricing_case *at = side < 2 ? &c : &up;
            at->col[TW_COL_barrier_type] = side;
            const double v = value(*at, "reiner_rubinstein", "barrier");
            assert_true(v >= 0.0 && v <= vanilla + 1e-11);
            if (side % 2)
                assert_near(out + v, vanilla, 1e-11);
            else
                out = v;
        }
        for (int knock = 0; knock < 2; knock++) {
            c.col[TW_COL_knock] = knock;
            const double v = value(c, "ikeda_kunitomo", "double_barrier");
            if (knock)
                assert_near(out + v, vanilla, 1e-11);
            else
                out = v;
            c.col[TW_COL_barrier_type] = 1.0; /* two barriers kill at least as many */
            if (knock) assert_true(v <= value(c, "reiner_rubinstein", "barrier") + 1e-11);
        }
    }
}

static void touch_and_no_touch_is_cash(void **state)
{
    (void)state;
    tw_random random = {9, 2, 0};
    for (int k = 0; k < 400; k++) {
        pricing_case c = random_case(&random);
        const double cash = 10.0 * exp(-c.col[TW_COL_r] * c.col[TW_COL_T]);
        c.col[TW_COL_strike] = c.col[TW_COL_type] > 0.0 ? c.col[TW_COL_barrier_high] : c.col[TW_COL_barrier];
        const double touch = value(c, "reiner_rubinstein", "one_touch_expiry");
        assert_near(touch + value(c, "reiner_rubinstein", "no_touch"), cash, 1e-12);
        assert_true(value(c, "reiner_rubinstein", "one_touch") >= touch - 1e-12); /* r >= 0: sooner is more */
        const double either = value(c, "ikeda_kunitomo", "double_touch");
        assert_near(either + value(c, "ikeda_kunitomo", "double_no_touch"), cash, 1e-12);
        assert_true(either >= touch - 1e-11);
        c.col[TW_COL_r] = 0.0, c.col[TW_COL_q] = c.col[TW_COL_q] - 0.05;
        assert_near(value(c, "reiner_rubinstein", "one_touch"), value(c, "reiner_rubinstein", "one_touch_expiry"),
                    1e-11);
        /* Below 0 the closed form ends where its root does; the integral goes on from there. */
        const double half = 0.5 * c.col[TW_COL_vol] * c.col[TW_COL_vol], edge = -1e-3;
        c.col[TW_COL_q] = edge - half + sqrt(-2.0 * edge) * c.col[TW_COL_vol], c.col[TW_COL_r] = edge + 1e-9;
        const double before = value(c, "reiner_rubinstein", "one_touch");
        c.col[TW_COL_r] = edge - 1e-9;
        assert_near(value(c, "reiner_rubinstein", "one_touch"), before, 1e-6);
    }
}

static void one_option_as_another(void **state)
{
    (void)state;
    tw_random random = {9, 3, 0};
    for (int k = 0; k < 400; k++) {
        pricing_case c = random_case(&random);
        const double r = c.col[TW_COL_r], q = c.col[TW_COL_q], T = c.col[TW_COL_T], X = c.col[TW_COL_strike];
        const double vanilla = value(c, "black", "european"), w = c.col[TW_COL_type];
        /* A chooser chosen at once is the dearer of the two; options on options keep parity. */
        pricing_case other = c;
        other.col[TW_COL_type] = -w;
        pricing_case now = c;
        now.col[TW_COL_start] = 0.0;
        assert_near(value(now, "rubinstein_chooser", "chooser"), fmax(vanilla, value(other, "black", "european")),
                    1e-11);
        c.col[TW_COL_type_outer] = 1.0, other = c, other.col[TW_COL_type_outer] = -1.0;
        assert_near(value(c, "geske", "compound") - value(other, "geske", "compound"),
                    vanilla - c.col[TW_COL_strike_outer] * exp(-r * c.col[TW_COL_start]), 1e-11);
        /* Forward start now, struck at a share of the spot. */
        now.col[TW_COL_strike] = X / 100.0;
        assert_near(value(now, "rubinstein_forward", "forward_start"), vanilla, 1e-12);
        /* An average of one observation is the price; all averages of one observation agree. */
        pricing_case one = c;
        one.col[TW_COL_fixings] = 1.0;
        assert_near(value(one, "kemna_vorst", "asian_geometric"), vanilla, 1e-12);
        assert_near(value(one, "turnbull_wakeman", "asian_arithmetic"), vanilla, 1e-12);
        assert_near(value(one, "curran", "asian_arithmetic"), vanilla, 1e-12);
        /* Exchange for a bond without volatility. */
        pricing_case two = c;
        two.col[TW_COL_spot2] = X, two.col[TW_COL_q2] = r, two.col[TW_COL_vol2] = 0.0;
        two.col[TW_COL_correlation] = 0.3, two.col[TW_COL_type] = 1.0;
        assert_near(value(two, "margrabe", "exchange"), value(two, "black", "european"), 1e-12);
        /* A quanto option without risk of the exchange rate and at the same rate. */
        two.col[TW_COL_q2] = r;
        assert_near(value(two, "quanto", "quanto"), value(two, "black", "european"), 1e-12);
        /* Lookback: the extreme is at least the price. */
        c.col[TW_COL_extreme] = 100.0;
        assert_true(value(c, "conze_viswanathan", "lookback_fixed") >= vanilla - 1e-11);
        (void)q, (void)T;
    }
}

static void spreads_and_averages_agree(void **state)
{
    (void)state;
    tw_random random = {9, 4, 0};
    for (int k = 0; k < 200; k++) {
        pricing_case c = random_case(&random);
        c.col[TW_COL_vol] = fmax(0.5 * c.col[TW_COL_vol], 0.2); /* no less than the second: there Kirk does well */
        c.col[TW_COL_spot2] = 90.0, c.col[TW_COL_q2] = 0.02, c.col[TW_COL_vol2] = 0.25, c.col[TW_COL_correlation] = 0.4;
        c.col[TW_COL_strike] = 3.0 + 0.1 * k;
        assert_near(value(c, "kirk", "spread"), value(c, "bjerksund_stensland_spread", "spread"), 0.03);
        c.col[TW_COL_strike] = 85.0 + 0.15 * k, c.col[TW_COL_fixings] = 1.0 + k % 13;
        const double curran = value(c, "curran", "asian_arithmetic");
        assert_near(value(c, "turnbull_wakeman", "asian_arithmetic"), curran, 0.15); /* two moments are not more */
        c.col[TW_COL_type] = 1.0;                                                    /* means are in order */
        assert_true(value(c, "curran", "asian_arithmetic") >= value(c, "kemna_vorst", "asian_geometric") - 1e-11);
    }
}

/* By integration over the second price; Kirk's one lognormal price is off by 3 % where volatilities differ so. */
static void spreads_as_integrated(void **state)
{
    (void)state;
    static const double ROWS[4][4] = {{5, 0.05, 2, 14.815499232535233},
                                      {10, 0.1, 2, 11.597463200658352},
                                      {20, 0.34, 2, 14.151501987129762},
                                      {22, 0.06, 1.5, 4.597190532535717}};
    for (int k = 0; k < 4; k++) {
        pricing_case c = pricing_case_of(NULL, NULL, "black_scholes");
        c.col[TW_COL_type] = 1.0, c.col[TW_COL_spot] = 100.0, c.col[TW_COL_spot2] = 90.0, c.col[TW_COL_vol2] = 0.25;
        c.col[TW_COL_correlation] = 0.4, c.col[TW_COL_strike] = ROWS[k][0], c.col[TW_COL_vol] = ROWS[k][1];
        c.col[TW_COL_T] = ROWS[k][2];
        assert_near(value(c, "bjerksund_stensland_spread", "spread"), ROWS[k][3], 6e-4);
        assert_near(value(c, "kirk", "spread"), ROWS[k][3], 0.035);
    }
}

/* A small carry is interpolated, and joins what is not small without a step. */
static void lookback_without_carry(void **state)
{
    (void)state;
    pricing_case c = pricing_case_of("conze_viswanathan", "lookback_fixed", "black_scholes");
    c.col[TW_COL_spot] = 100.0, c.col[TW_COL_strike] = 97.0, c.col[TW_COL_extreme] = 103.0, c.col[TW_COL_r] = 0.05;
    c.col[TW_COL_vol] = 0.3, c.col[TW_COL_T] = 0.8;
    for (double type = -1.0; type <= 1.0; type += 2.0) {
        double last = 0.0, step = 0.0;
        c.col[TW_COL_type] = type;
        for (int k = -20; k <= 20; k++) {
            c.col[TW_COL_q] = 0.05 + 1e-6 * k;
            const double v = pricing_value(&c);
            if (k > -19) assert_near(v - last, step, 2e-9);
            step = v - last, last = v;
        }
    }
}

/* ---------------------------------------------------------------- bivariate normal */

static void check_bivariate(const golden_line *l, void *arg)
{
    int *n = arg;
    assert_near(tw_bivariate_cdf(l->x[0], l->x[1], l->x[2]), l->x[3], 1e-15);
    ++*n;
}

static void bivariate_to_fifteen_digits(void **state)
{
    (void)state;
    int n = 0;
    golden_read(TW_SOURCE_DIR "/tests/golden/pricing/bivariate.csv", check_bivariate, &n);
    assert_int_equal(n, 60);
    assert_near(tw_bivariate_cdf(1.3, -0.4, 1.0), tw_bivariate_cdf(INFINITY, -0.4, 0.2), 1e-16);
    assert_near(tw_bivariate_cdf(1.3, -1.4, -1.0), 0.0, 1e-16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_haug),
        cmocka_unit_test(in_and_out_is_vanilla),
        cmocka_unit_test(touch_and_no_touch_is_cash),
        cmocka_unit_test(one_option_as_another),
        cmocka_unit_test(spreads_and_averages_agree),
        cmocka_unit_test(spreads_as_integrated),
        cmocka_unit_test(lookback_without_carry),
        cmocka_unit_test(bivariate_to_fifteen_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
