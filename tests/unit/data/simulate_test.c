/* SPDX-License-Identifier: Apache-2.0 */
/* simulate_test.c - the simulated market has the facts of real ones, and the planted edge has the size it says. */
#include "tw_test.h"

#include "tradewind/data.h"
#include "tradewind/num.h"

#include <math.h>
#include <stdlib.h>

typedef struct market {
    tw_panel *raw, *panel; /* panel: adjusted for splits and dividends */
    tw_actions *actions;
} market;

static market simulate(const char *params)
{
    market m;
    tw_error err;
    assert_ok(tw_simulate(NULL, params, NULL, &m.raw, &m.actions, NULL, &err), &err);
    assert_ok(tw_panel_adjust(NULL, m.raw, m.actions, TW_ADJUST_ALL, 100000, &m.panel, &err), &err);
    return m;
}

static void clear(market *m)
{
    tw_panel_close(m->raw);
    tw_panel_close(m->panel);
    tw_actions_free(m->actions);
}

/* Mean correlation over time of -(close / close 5 bars ago - 1), ranked, with the return over the next 5 bars. */
static double measured_ic(const tw_panel *p, bool news)
{
    const size_t n = tw_panel_symbols(p), n_times = tw_panel_times(p), h = news ? 1 : 5;
    const size_t close = tw_panel_find_column(p, "close"), column = tw_panel_find_column(p, "news");
    double *x = calloc(4 * n, sizeof *x), *y = x + n, *rank = y + n, sum = 0;
    size_t *order = calloc(n, sizeof *order), count = 0;
    for (size_t t = 5; t + h < n_times; t++) {
        size_t m = 0;
        for (size_t s = 0; s < n; s++) {
            const double now = tw_panel_at(p, close, s, t);
            x[m] = news ? tw_panel_at(p, column, s, t) : -(now / tw_panel_at(p, close, s, t - 5) - 1);
            y[m] = tw_panel_at(p, close, s, t + h) / now - 1;
            m += !isnan(x[m]) && !isnan(y[m]) && (!news || x[m] != 0);
        }
        if (m < (news ? 3 : 10)) continue;
        tw_rank(m, x, rank, order);
        const double ic = tw_correlation(m, rank, y);
        if (isnan(ic)) continue;
        sum += ic;
        count++;
    }
    free(order);
    free(x);
    return sum / (double)count;
}

static void the_planted_edge_has_its_size(void **state)
{
    (void)state;
    double sum = 0;
    for (int seed = 1; seed <= 4; seed++) {
        char params[64];
        snprintf(params, sizeof params, "edge=0.08 symbols=80 seed=%d", seed);
        market m = simulate(params);
        sum += measured_ic(m.panel, false);
        if (seed == 1) assert_true(measured_ic(m.panel, true) > 0.1); /* news after the close move the next day */
        clear(&m);
    }
    assert_near(sum / 4, 0.08, 0.009);
}

/* 50 markets without an edge: the mean coefficient lies within three of its own standard errors of 0. */
static void without_an_edge_there_is_none(void **state)
{
    (void)state;
    enum { SEEDS = 50 };
    double ic[SEEDS];
    for (int seed = 0; seed < SEEDS; seed++) {
        char params[96];
        snprintf(params, sizeof params, "edge=0 symbols=40 sessions=500 seed=%d", 1000 + seed);
        market m = simulate(params);
        ic[seed] = measured_ic(m.panel, false);
        clear(&m);
    }
    const double error = sqrt(tw_variance(SEEDS, ic, 1) / (double)SEEDS);
    print_message("mean IC %.5f, standard error %.5f\n", tw_mean(SEEDS, ic), error);
    assert_true(fabs(tw_mean(SEEDS, ic)) < 3 * error);
    assert_true(error < 0.004);
}

static void returns_look_like_returns(void **state)
{
    (void)state;
    market m = simulate("edge=0 symbols=60 sessions=2000 seed=5 jumps=0 news=0");
    const size_t close = tw_panel_find_column(m.panel, "close"), volume = tw_panel_find_column(m.panel, "volume");
    double r[2000], size[2000], square[2000], kurtosis = 0, cluster = 0, leverage = 0, turnover = 0;
    size_t symbols = 0;
    for (size_t s = 0; s < tw_panel_symbols(m.panel); s++) {
        double shares[2000], before = NAN;
        size_t n = 0;
        for (size_t t = 0; t < tw_panel_times(m.panel); t++) {
            const double x = tw_panel_at(m.panel, close, s, t);
            if (!isnan(x) && !isnan(before)) {
                r[n] = log(x / before);
                size[n] = fabs(r[n]);
                square[n] = r[n] * r[n];
                shares[n++] = log(1 + tw_panel_at(m.panel, volume, s, t));
            }
            before = x;
        }
        if (n < 1000) continue;
        kurtosis += tw_kurtosis(n, r);
        cluster += tw_correlation(n - 1, size, size + 1);
        leverage += tw_correlation(n - 1, r, square + 1);
        turnover += tw_correlation(n, size, shares);
        symbols++;
    }
    assert_true(symbols > 40);
    const double k = (double)symbols;
    print_message("kurtosis %.2f, clustering %.3f, leverage %.3f, volume with size %.3f\n", kurtosis / k, cluster / k,
                  leverage / k, turnover / k);
    assert_true(kurtosis / k > 4);
    assert_true(cluster / k > 0.1);
    assert_true(leverage / k < -0.02);
    assert_true(turnover / k > 0.2);
    clear(&m);
}

static void bars_are_whole_and_seeds_decide(void **state)
{
    (void)state;
    tw_error err;
    tw_findings *findings;
    market a = simulate("symbols=40 sessions=300 seed=7 halts=2 splits=1"),
           b = simulate("symbols=40 sessions=300 seed=7 halts=2 splits=1");
    market c = simulate("symbols=40 sessions=300 seed=8 halts=2 splits=1");
    assert_int_equal(tw_panel_checksum(a.raw), tw_panel_checksum(b.raw));
    assert_int_not_equal(tw_panel_checksum(a.raw), tw_panel_checksum(c.raw));
    const tw_check_input input = {.panel = a.raw, .actions = a.actions};
    size_t n;
    assert_ok(tw_check_run(NULL, &input, "ohlc,price_sign,split,adjustment,tick_size", NULL, &findings, &err), &err);
    const tw_finding *f = tw_findings_list(findings, &n);
    for (size_t i = 0; i < n; i++) print_error("%s %s\n", f[i].check, f[i].text);
    assert_int_equal(n, 0);
    tw_findings_free(findings);
    clear(&a);
    clear(&b);
    clear(&c);
}

/* Without an edge a symbol's path is its own: more symbols leave it as it is. */
static void symbols_do_not_depend_on_their_number(void **state)
{
    (void)state;
    market few = simulate("symbols=5 sessions=200 edge=0 seed=3"),
           many = simulate("symbols=37 sessions=200 edge=0 seed=3");
    for (size_t c = 0; c < tw_panel_columns(few.raw); c++)
        for (size_t s = 0; s < 5; s++)
            for (size_t t = 0; t < 200; t++) assert_same(tw_panel_at(few.raw, c, s, t), tw_panel_at(many.raw, c, s, t));
    clear(&few);
    clear(&many);
}

static void intraday_bars_fill_the_session(void **state)
{
    (void)state;
    market m = simulate("symbols=6 sessions=80 bars=26 seed=2 halts=0 late=0 delisted=0 start=2014-06-09");
    const size_t volume = tw_panel_find_column(m.raw, "volume");
    assert_int_equal(tw_panel_shape_view(m.raw)->bar_ns, 900 * TW_NS_PER_SECOND);
    assert_int_equal(tw_panel_times(m.raw), 79 * 26 + 14); /* July 3 closes at 13:00 */
    double first = 0, middle = 0;
    for (size_t t = 0; t < 400; t += 26)
        for (size_t s = 0; s < 6; s++) {
            first += tw_panel_at(m.raw, volume, s, t);
            middle += tw_panel_at(m.raw, volume, s, t + 13);
        }
    assert_true(first > 2 * middle);
    clear(&m);
}

static void the_truth_is_json_with_the_edge(void **state)
{
    (void)state;
    tw_error err;
    tw_buf truth;
    tw_panel *panel;
    tw_buf_init(&truth, NULL);
    assert_ok(tw_simulate(NULL, "symbols=10 sessions=60 edge=0.05 horizon=3", NULL, &panel, NULL, &truth, &err), &err);
    assert_non_null(strstr(truth.data, "\"horizon\":3,\"ic\":0.05,"));
    assert_non_null(strstr(truth.data, "\"regimes\":[{\"from\":\"2015-01-02\",\"regime\":\"bull\"}"));
    assert_non_null(strstr(truth.data, "\"symbol\":\"S00010\""));
    tw_panel_close(panel);
    tw_buf_clear(&truth);
    assert_int_equal(tw_simulate(NULL, "garch_alpha=0.5 garch_beta=0.9", NULL, &panel, NULL, NULL, &err), TW_BAD_VALUE);
    assert_int_equal(tw_simulate(NULL, "sesions=60", NULL, &panel, NULL, NULL, &err), TW_BAD_NAME);
    assert_int_equal(tw_simulate(NULL, "start=soon", NULL, &panel, NULL, NULL, &err), TW_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_planted_edge_has_its_size),
        cmocka_unit_test(without_an_edge_there_is_none),
        cmocka_unit_test(returns_look_like_returns),
        cmocka_unit_test(bars_are_whole_and_seeds_decide),
        cmocka_unit_test(symbols_do_not_depend_on_their_number),
        cmocka_unit_test(intraday_bars_fill_the_session),
        cmocka_unit_test(the_truth_is_json_with_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
