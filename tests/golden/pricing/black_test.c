/* SPDX-License-Identifier: Apache-2.0 */
/* black_test.c - values and greeks of European options and digitals against 50 digits, from a desk's contracts to
 * spots of 1e150 and strikes twelve deviations away (tests/golden/make/pricing_black.py). */
#include "golden_csv.h"
#include "pricing_case.h"

typedef struct worst {
    double ratio[4][TW_VALUE_COUNT]; /* error over bound */
    int rows;
} worst;

enum { N_GREEKS = TW_VALUE_color + 1 };

/* Errors are held to what the inputs' own last bits do: a value's relative condition in S is |d| / sd, and its tail
 * has the square of d. Where terms cancel (parity, theta, charm, color) their sizes count. */
static double condition(double d, double sd) { return (8.0 + d * d) * (1.0 + (1.0 + fabs(d)) / sd); }

static void sizes(const golden_line *l, double d, double *size)
{
    const double *x = l->x, S = x[1], K = x[2], r = x[3], q = x[4], vol = x[5], T = x[6], sd = vol * sqrt(T);
    const bool bachelier = strcmp(l->kind, "bachelier") == 0;
    const double pv = fmax(fabs(S) * exp(-q * T), fabs(K) * exp(-r * T)), drift = fabs(r) + fabs(q) + 0.5 / T;
    const double *want = x + 8;
    for (int v = 0; v < N_GREEKS; v++) size[v] = fabs(want[v]);
    const bool in = x[0] * (S * exp(-q * T) - K * exp(-r * T)) > 0.0;
    if (in || strcmp(l->kind, "vanilla") != 0)
        size[TW_VALUE_value] += x[7] * (bachelier ? exp(-r * T) * fabs(S - K) : pv);
    if (strcmp(l->kind, "asset") == 0) { /* two terms of either sign */
        const double term = exp(-q * T - 0.5 * (d + 0.5 * sd) * (d + 0.5 * sd)) / sd;
        size[TW_VALUE_delta] += term;
        size[TW_VALUE_dividend_rho] += T * S * term;
    }
    if (bachelier) size[TW_VALUE_delta] += exp(-r * T);
    size[TW_VALUE_theta] +=
        (fabs(r) + fabs(q)) * pv * (in ? 1.0 : 0.0) + drift * fabs(want[TW_VALUE_value]) * (1.0 + d * d);
    size[TW_VALUE_rho] += T * fabs(want[TW_VALUE_value]);
    size[TW_VALUE_charm] +=
        drift * (fabs(want[TW_VALUE_delta]) + (1.0 + fabs(d)) * fabs(S * sd * want[TW_VALUE_gamma]));
    size[TW_VALUE_color] += drift * (1.0 + d * d) * fabs(want[TW_VALUE_gamma]);
    size[TW_VALUE_vanna] += fabs(want[TW_VALUE_vega]) * (1.0 + fabs(d)) / (fabs(S) * sd); /* d2 crosses 0 */
    size[TW_VALUE_volga] += fabs(want[TW_VALUE_vega]) * (1.0 + d * d) / vol;
    size[TW_VALUE_speed] += fabs(want[TW_VALUE_gamma] / S);
}

static void check(const golden_line *l, void *arg)
{
    static const char *const KINDS[4] = {"vanilla", "cash", "asset", "bachelier"};
    static const char *const INSTRUMENTS[4] = {"european", "digital_cash", "digital_asset", "european"};
    worst *to = arg;
    int k = 0;
    while (strcmp(KINDS[k], l->kind) != 0) k++;
    pricing_case c = pricing_case_of("black", INSTRUMENTS[k], k == 3 ? "bachelier" : "black_scholes");
    static const tw_column_id COLUMNS[8] = {TW_COL_type, TW_COL_spot, TW_COL_strike, TW_COL_r,
                                            TW_COL_q,    TW_COL_vol,  TW_COL_T,      TW_COL_cash};
    for (int i = 0; i < 8; i++) c.col[COLUMNS[i]] = l->x[i];
    const pricing_result got = pricing_of(&c);
    const double *x = l->x, sd = x[5] * sqrt(x[6]);
    const double d = k == 3 ? (x[1] - x[2]) / sd : (log(x[1]) - log(x[2]) + (x[3] - x[4]) * x[6]) / sd;
    double size[N_GREEKS];
    sizes(l, d, size);
    for (int v = 0; v < N_GREEKS; v++) {
        const double want = l->x[8 + v], off = fabs(got.v[v] - want);
        const bool bumped = k > 0 && k < 3 && v > TW_VALUE_volga;
        if (bumped) continue;
        const double bound = 4e-16 * condition(d, sd) * size[v] + 1e-300;
        to->ratio[k][v] = fmax(to->ratio[k][v], off / bound);
        if (!(off <= bound))
            fail_msg("%s %d: %s: got %.17g, want %.17g: %.2g of the bound (d %.3g sd %.3g)", l->kind, to->rows,
                     tw_pricing_values()[v].name, got.v[v], want, off / bound, d, sd);
    }
    to->rows++;
}

static void to_fifty_digits(void **state)
{
    (void)state;
    static worst to;
    golden_read(TW_SOURCE_DIR "/tests/golden/pricing/black.csv", check, &to);
    assert_int_equal(to.rows, 393);
    double largest = 0.0;
    for (int k = 0; k < 4; k++)
        for (int v = 0; v < N_GREEKS; v++) largest = fmax(largest, to.ratio[k][v]);
    print_message("largest error: %.2g of its bound\n", largest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(to_fifty_digits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
