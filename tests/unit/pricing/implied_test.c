/* SPDX-License-Identifier: Apache-2.0 */
/* implied_test.c - implied volatilities: prices that there cannot be, every model, instruction sets, golden quotes. */
#include "golden_csv.h"
#include "pricing_case.h"

#include "tradewind/implied.h"

static tw_row_status imply(const pricing_case *c, double price, double *vol)
{
    tw_contracts quotes = {.n = 1};
    tw_price_market market = {0};
    tw_row_status status;
    tw_error err;
    const tw_ctx ctx = {.isa = c->isa};
    assert_ok(tw_instrument_find(c->instrument, &quotes.instrument, &err), &err);
    assert_ok(tw_price_model_find(c->model, &market.model, &err), &err);
    for (int i = 0; i < TW_COLUMN_COUNT; i++)
        if (!isnan(c->col[i]) && i != TW_COL_vol) quotes.column[i] = (tw_column){&c->col[i], 0};
    quotes.column[TW_COL_price] = (tw_column){&price, 0};
    assert_ok(tw_implied(&ctx, &quotes, &market, vol, &status, &err), &err);
    return status;
}

static pricing_case option(double type, double strike)
{
    pricing_case c = pricing_case_of("black", "european", "black_scholes");
    c.col[TW_COL_type] = type, c.col[TW_COL_spot] = 100.0, c.col[TW_COL_strike] = strike, c.col[TW_COL_r] = 0.05;
    c.col[TW_COL_q] = 0.02, c.col[TW_COL_T] = 0.75, c.col[TW_COL_vol] = 0.2385;
    return c;
}

static void expect(const pricing_case *c, double price, tw_row_code code, tw_column_id column)
{
    double vol;
    const tw_row_status status = imply(c, price, &vol);
    assert_int_equal(tw_row_status_code(status), code);
    assert_int_equal(tw_row_status_column(status), column);
    assert_int_equal(isnan(vol), code > TW_ROW_LIMIT);
    if (code == TW_ROW_LIMIT) assert_true(vol == 0.0);
}

static void impossible_prices_say_why(void **state)
{
    (void)state;
    pricing_case otm = option(1.0, 130.0), itm = option(-1.0, 130.0);
    const double pv_S = 100.0 * exp(-0.02 * 0.75), pv_K = 130.0 * exp(-0.05 * 0.75), intrinsic = pv_K - pv_S;
    expect(&otm, 0.0, TW_ROW_LIMIT, TW_COLUMN_COUNT);
    expect(&otm, -1e-9, TW_ROW_BELOW_INTRINSIC, TW_COL_price);
    expect(&otm, pv_S, TW_ROW_ABOVE_BOUND, TW_COL_price);
    expect(&otm, 1e9, TW_ROW_ABOVE_BOUND, TW_COL_price);
    expect(&otm, NAN, TW_ROW_MISSING, TW_COL_price);
    expect(&otm, INFINITY, TW_ROW_RANGE, TW_COL_price);
    expect(&itm, intrinsic, TW_ROW_LIMIT, TW_COLUMN_COUNT);
    expect(&itm, intrinsic - 1e-9, TW_ROW_BELOW_INTRINSIC, TW_COL_price);
    expect(&itm, pv_K, TW_ROW_ABOVE_BOUND, TW_COL_price);
    otm.col[TW_COL_T] = 0.0;
    expect(&otm, 0.0, TW_ROW_LIMIT, TW_COLUMN_COUNT);
    expect(&otm, 1.0, TW_ROW_ABOVE_BOUND, TW_COL_price);
    otm.col[TW_COL_T] = -1.0;
    expect(&otm, 1.0, TW_ROW_RANGE, TW_COL_T);
    otm = option(1.0, 130.0);
    otm.col[TW_COL_strike] = INFINITY;
    expect(&otm, 1.0, TW_ROW_RANGE, TW_COL_strike);
}

/* Prices of a case and back. */
static void round_trip(pricing_case *c, double tolerance)
{
    for (int isa = TW_ISA_BASELINE; isa <= TW_ISA_AVX512; isa++) {
        double vol;
        static double first;
        c->isa = (tw_isa)isa;
        const pricing_result at = pricing_of(c);
        const double price = at.v[TW_VALUE_value], size = fabs(c->col[TW_COL_spot]) + fabs(c->col[TW_COL_strike]);
        const bool in = c->col[TW_COL_type] * (c->col[TW_COL_spot] - c->col[TW_COL_strike]) > 0.0;
        const double rounding = in ? 4e-16 * size / at.v[TW_VALUE_vega] / c->col[TW_COL_vol] : 0.0;
        const tw_row_status status = imply(c, price, &vol);
        if (tw_row_status_code(status) != TW_ROW_OK)
            fail_msg("%s %s: price %.17g: %s", c->instrument, c->model, price,
                     tw_row_code_name(tw_row_status_code(status)));
        assert_near(vol / c->col[TW_COL_vol], 1.0, tolerance + rounding);
        if (isa == TW_ISA_BASELINE) first = vol;
        assert_same(vol, first);
    }
}

static void every_model(void **state)
{
    (void)state;
    for (double type = -1.0; type <= 1.0; type += 2.0)
        for (double strike = 60.0; strike < 170.0; strike += 17.3) {
            pricing_case c = option(type, strike);
            round_trip(&c, 1e-12);
            c.model = "black76";
            round_trip(&c, 1e-12);
            c.model = "shifted", c.col[TW_COL_shift] = 25.0, c.col[TW_COL_spot] = -3.0;
            c.col[TW_COL_strike] = strike - 103.0 > -20.0 ? strike - 103.0 : -10.0;
            round_trip(&c, 1e-12);
            c.model = "bachelier", c.col[TW_COL_vol] = 11.5;
            round_trip(&c, 1e-12);
            c.col[TW_COL_strike] = c.col[TW_COL_spot];
            round_trip(&c, 1e-14);
        }
}

static void tails_of_the_normal_model(void **state)
{
    (void)state;
    pricing_case c = option(1.0, 100.0);
    c.model = "bachelier", c.col[TW_COL_spot] = 1.25;
    c.col[TW_COL_r] = 0.0;
    for (double s = 0.03; s < 1e4; s *= 1.37) /* 33 deviations to 1e-4 */
        for (double size = s > 0.1 ? 1e-100 : 1e-50; size < 2.0; size *= 1e50) {
            c.col[TW_COL_spot] = -0.5 * size, c.col[TW_COL_strike] = 0.5 * size;
            c.col[TW_COL_vol] = s * size / sqrt(c.col[TW_COL_T]);
            round_trip(&c, 1e-13);
        }
}

static void digitals(void **state)
{
    (void)state;
    static const char *const NAMES[2] = {"digital_cash", "digital_asset"};
    for (int k = 0; k < 2; k++)
        for (double type = -1.0; type <= 1.0; type += 2.0)
            for (double strike = 60.0; strike < 170.0; strike += 17.3) {
                pricing_case c = option(type, strike);
                c.instrument = NAMES[k], c.col[TW_COL_cash] = 12.5;
                round_trip(&c, 1e-11);
            }
    pricing_case c = option(1.0, 130.0); /* the most a digital out of the money is worth, whatever the volatility */
    c.instrument = "digital_cash", c.col[TW_COL_cash] = 1.0;
    expect(&c, 0.6, TW_ROW_ABOVE_BOUND, TW_COL_price);
    expect(&c, 0.0, TW_ROW_LIMIT, TW_COLUMN_COUNT);
    expect(&c, -0.1, TW_ROW_BELOW_INTRINSIC, TW_COL_price);
}

/* ---------------------------------------------------------------- golden rows */

typedef struct golden {
    const char *model;
    double worst;
} golden;

/* What the file's fifteen digits of a price leave open, and QuantLib's own error, which it states. */
static void check_golden(const golden_row *row, void *arg)
{
    golden *g = arg;
    pricing_case c = pricing_case_of("black", "european", g->model);
    double vol;
    golden_columns(row, &c);
    const double price = c.col[TW_COL_cash], want = c.col[TW_COL_vol];
    c.col[TW_COL_cash] = NAN;
    const pricing_result at = pricing_of(&c);
    const double rounding = (3e-15 * c.col[TW_COL_spot] + 1e-14 * price) / at.v[TW_VALUE_vega];
    if (rounding > 1e-3 * want) return;
    assert_int_equal(tw_row_status_code(imply(&c, price, &vol)), TW_ROW_OK);
    if (fabs(vol - want) > 1e-12 + rounding)
        fail_msg("row %s: got %.17g, want %.17g, rounding %.2g", row->field[0], vol, want, rounding);
    g->worst = fmax(g->worst, fabs(vol - want));
}

static void golden_quotes(void **state)
{
    (void)state;
    golden black = {"black_scholes", 0.0}, bachelier = {"bachelier", 0.0};
    const int n = golden_rows("implied_vol", "blackFormulaImpliedStdDev", "", check_golden, &black);
    assert_int_equal(n, 85);
    assert_int_equal(
        golden_rows("bachelier_implied_vol", "bachelierBlackFormulaImpliedVol", "", check_golden, &bachelier), 40);
    print_message("worst %.2g (black), %.2g (bachelier)\n", black.worst, bachelier.worst);
}

/* Prices with more than 50 digits, rounded once: the volatility to what that rounding leaves open. */
typedef struct oracle {
    int held, said_nothing;
    double worst; /* in multiples of that */
} oracle;

static void check_oracle(const golden_line *l, void *arg)
{
    static const tw_column_id COLUMNS[7] = {TW_COL_type, TW_COL_spot, TW_COL_strike, TW_COL_r,
                                            TW_COL_q,    TW_COL_vol,  TW_COL_T};
    oracle *o = arg;
    const bool normal = strcmp(l->kind, "bachelier") == 0;
    if (!normal && strcmp(l->kind, "vanilla") != 0) return;
    pricing_case c = pricing_case_of("black", "european", normal ? "bachelier" : "black_scholes");
    for (int i = 0; i < 7; i++) c.col[COLUMNS[i]] = l->x[i];
    const double *x = l->x, price = x[8], vega = x[11], pv_S = x[1] * exp(-x[4] * x[6]),
                 pv_K = x[2] * exp(-x[3] * x[6]);
    const bool in = normal ? x[0] * (x[1] - x[2]) > 0.0 : x[0] * (pv_S - pv_K) > 0.0;
    const double legs = fabs(pv_S) + fabs(pv_K), open = (in ? legs : price) * 2.2e-16 / vega;
    /* ln(F / K) is known to a few last digits of itself; near the money, of rT and qT. */
    const double moneyness = 4e-16 * (1.0 + fabs(x[3] * x[6]) + fabs(x[4] * x[6])) / sqrt(x[6]);
    double vol;
    if (open > 1e-3 * x[5]) {
        o->said_nothing++;
        return;
    }
    assert_int_equal(tw_row_status_code(imply(&c, price, &vol)), TW_ROW_OK);
    const double off = fabs(vol - x[5]), bound = 8.0 * open + (normal ? 0.0 : 4.0 * moneyness) + 8e-15 * x[5];
    o->worst = fmax(o->worst, off / bound);
    o->held++;
    if (off > bound) fail_msg("row %d: vol %.17g, got %.17g, bound %.2g", o->held + o->said_nothing, x[5], vol, bound);
}

static void to_fifty_digits(void **state)
{
    (void)state;
    oracle o = {0};
    golden_read(TW_SOURCE_DIR "/tests/golden/pricing/black.csv", check_oracle, &o);
    assert_int_equal(o.held + o.said_nothing, 311);
    assert_true(o.held > 200);
    print_message("%d volatilities, at most %.2g of their bound\n", o.held, o.worst);
}

static void calls_that_make_no_sense(void **state)
{
    (void)state;
    tw_contracts quotes = {.n = 1};
    tw_price_market market = {0};
    tw_error err;
    double vol;
    assert_ok(tw_instrument_find("barrier", &quotes.instrument, &err), &err);
    assert_ok(tw_price_model_find("black_scholes", &market.model, &err), &err);
    assert_int_equal(tw_implied(NULL, &quotes, &market, &vol, NULL, &err), TW_UNSUPPORTED);
    assert_string_equal(err.message, "implied: no volatility of barrier under black_scholes");
    assert_ok(tw_instrument_find("european", &quotes.instrument, &err), &err);
    assert_int_equal(tw_implied(NULL, &quotes, &market, &vol, NULL, &err), TW_BAD_VALUE);
    assert_non_null(strstr(err.message, "needs a column"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_prices_say_why),
        cmocka_unit_test(every_model),
        cmocka_unit_test(tails_of_the_normal_model),
        cmocka_unit_test(digitals),
        cmocka_unit_test(golden_quotes),
        cmocka_unit_test(to_fifty_digits),
        cmocka_unit_test(calls_that_make_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
