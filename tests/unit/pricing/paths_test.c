/* SPDX-License-Identifier: Apache-2.0 */
/* paths_test.c - draws, and simulation against closed forms, grids and itself. */
#include "price_rows.h"

#include "pricing/paths/paths.h"
#include "tradewind/num.h"

#define MC "monte_carlo"
#define REFERENCE "type=-1 spot=100 strike=100 r=0.05 q=0.02 vol=0.2 T=1"

/* ---------------------------------------------------------------- draws */

typedef struct drawn {
    double z[8 * TW_PATHS];
} drawn;

/* Words of the kernel are those of tw_philox, on every instruction set; known answers of it are in base's tests. */
static void words_of_philox(void **state)
{
    (void)state;
    static drawn a;
    const tw_draws draws = {.seed = UINT64_C(0x123456789abcdef), .first = UINT64_C(0x1fffffff0), .kind = 2, .steps = 8};
    tw_paths_uniforms_baseline(&draws, a.z);
    for (size_t step = 0; step < 8; step++)
        for (size_t j = 0; j < TW_PATHS; j++) {
            uint32_t words[4];
            tw_philox(draws.seed, draws.first + j, step / 4 | UINT64_C(2) << 32, words);
            assert_same(a.z[step * TW_PATHS + j], ((double)words[step % 4] + 0.5) * 0x1p-32);
        }
}

static void normals_are_normal(void **state)
{
    (void)state;
    static double z[4 * TW_PATHS];
    double sum[5] = {0.0}, product = 0.0;
    const size_t tiles = 4000;
    for (uint64_t t = 0; t < tiles; t++) {
        tw_paths_normals_baseline(&(tw_draws){7, t * TW_PATHS, 0, 4}, z);
        for (size_t i = 0; i < 4 * TW_PATHS; i++) {
            for (int power = 1; power < 5; power++) sum[power] += pow(z[i], power);
            product += z[i] * z[i ^ TW_PATHS]; /* the two of a pair */
        }
    }
    const double n = (double)tiles * 4 * TW_PATHS, root = sqrt(n);
    assert_true(fabs(sum[1] / n) < 4.0 / root);
    assert_true(fabs(sum[2] / n - 1.0) < 4.0 * sqrt(2.0) / root);
    assert_true(fabs(sum[3] / n) < 4.0 * sqrt(15.0) / root);
    assert_true(fabs(sum[4] / n - 3.0) < 4.0 * sqrt(96.0) / root);
    assert_true(fabs(product / n) < 4.0 * sqrt(2.0) / root);
}

static void inverse_to_nine_digits(void **state)
{
    (void)state;
    double u[1024], z[1024];
    for (size_t i = 0; i < 1024; i++) z[i] = u[i] = i < 32 ? ldexp(1.0, -1 - (int)i) : ((double)i + 0.5) / 1025.0;
    tw_paths_inverse_baseline(1024, z);
    for (size_t i = 0; i < 1024; i++) assert_near(z[i], tw_norm_inv(u[i]), 4e-9);
}

/* Points of dimension 1 to 5 and 21 that scipy.stats.qmc.Sobol 1.14 gives after the first (its own order is by Gray
 * code: point k is there at k ^ k >> 1). */
static void sobol_words(void **state)
{
    (void)state;
    static const double first[6][3] = {{0.5, 0.25, 0.75}, {0.5, 0.75, 0.25}, {0.5, 0.75, 0.25},
                                       {0.5, 0.75, 0.25}, {0.5, 0.25, 0.75}, {0.5, 0.75, 0.25}};
    static const size_t dimension[6] = {0, 1, 2, 3, 4, 20};
    for (size_t d = 0; d < 6; d++)
        for (uint32_t i = 1; i <= 3; i++) assert_same(tw_sobol_word(i, dimension[d]) * 0x1p-32, first[d][i - 1]);
}

/* Every dimension is a net: 2^k points have one in each of 2^k intervals, scrambled or not; and pairs of dimensions
 * fill 2^k boxes of some shapes. */
static void sobol_is_a_net(void **state)
{
    (void)state;
    for (size_t d = 0; d < TW_SOBOL_DIMENSIONS; d++)
        for (uint32_t seed = 0; seed < 3; seed++) {
            uint8_t seen[1024] = {0};
            for (uint32_t i = 0; i < 1024; i++) {
                const uint32_t word = tw_sobol_word(i, d);
                seen[(seed ? tw_sobol_scramble(word, seed * 2654435761U) : word) >> 22]++;
            }
            for (size_t i = 0; i < 1024; i++) assert_int_equal(seen[i], 1);
        }
    for (int k = 0; k <= 10; k++) { /* the first two dimensions are a (0, 2)-net: boxes of every shape */
        uint8_t seen[1024] = {0};
        for (uint32_t i = 0; i < 1024; i++) {
            const uint64_t a = tw_sobol_word(i, 0), b = tw_sobol_word(i, 1);
            seen[(a >> (32 - k) << (10 - k)) + (b >> (22 + k))]++;
        }
        for (size_t i = 0; i < 1024; i++) assert_int_equal(seen[i], 1);
    }
}

/* ---------------------------------------------------------------- prices */

typedef struct estimate {
    double value, error;
} estimate;

static estimate simulate(const char *model, const char *instrument, const char *params, const char *more)
{
    char columns[512];
    (void)snprintf(columns, sizeof columns, "%s %s", REFERENCE, more);
    price_rows *p = price_rows_new(MC, params, instrument, model);
    price_rows_add(p, columns);
    price_rows_run(p, TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_error_estimate));
    const estimate e = {p->value[TW_VALUE_value][0], p->value[TW_VALUE_error_estimate][0]};
    assert_true(tw_row_status_code(p->status[0]) <= TW_ROW_LIMIT);
    price_rows_free(p);
    return e;
}

static void within(estimate e, double exact, double errors, double most)
{
    if (!(e.error <= most && fabs(e.value - exact) <= errors * e.error))
        print_error("%.10g +- %.3g, exact %.10g\n", e.value, e.error, exact);
    assert_true(e.error <= most);
    assert_true(fabs(e.value - exact) <= errors * e.error);
}

static double black(const char *more)
{
    char columns[512];
    (void)snprintf(columns, sizeof columns, "%s %s", REFERENCE, more);
    return price_one("black", "", "european", columns);
}

static double grid(const char *instrument, const char *more)
{
    char columns[512];
    (void)snprintf(columns, sizeof columns, "%s %s", REFERENCE, more);
    return price_one("finite_difference", "space=1000 time=1000", instrument, columns);
}

/* The stated error: 95 % of 200 seeds are within two of them, give or take what 200 draws of that leave open. */
static void errors_are_as_stated(void **state)
{
    (void)state;
    static const char *const settings[] = {"antithetic=0 control=0", "antithetic=1 control=0", "antithetic=0 control=1",
                                           "antithetic=1 control=1", "generator=sobol"};
    const double exact = black("");
    for (size_t k = 0; k < 5; k++) {
        int inside = 0;
        for (int seed = 0; seed < 200; seed++) {
            char params[128];
            (void)snprintf(params, sizeof params, "paths=4096 seed=%d %s", seed, settings[k]);
            const estimate e = simulate("black_scholes", "european", params, "");
            inside += fabs(e.value - exact) <= 2.0 * e.error;
        }
        print_message("%s: %d of 200 within two errors\n", settings[k], inside);
        assert_in_range(inside, 179, 199);
    }
}

/* Mirroring, the control and the sequence each lessen the error; more steps change nothing of a lognormal path. */
static void less_error(void **state)
{
    (void)state;
    const double exact = black("");
    const estimate plain = simulate("black_scholes", "european", "antithetic=0 control=0", "");
    const estimate mirrored = simulate("black_scholes", "european", "control=0", "");
    const estimate both = simulate("black_scholes", "european", "", "");
    const estimate sobol = simulate("black_scholes", "european", "generator=sobol steps=50", "");
    const estimate many = simulate("black_scholes", "european", "steps=50", "");
    within(plain, exact, 3.0, 0.05);
    within(mirrored, exact, 3.0, 0.8 * plain.error);
    within(both, exact, 3.0, 0.5 * plain.error);
    within(sobol, exact, 3.0, 0.02 * plain.error);
    within(many, exact, 3.0, 0.5 * plain.error);
}

static void edges(void **state)
{
    (void)state;
    static const char *const rows[] = {"barrier=85 barrier_type=1", "barrier=85 barrier_type=0",
                                       "barrier=118 barrier_type=3", "type=1 barrier=118 barrier_type=2",
                                       "barrier=85 barrier_type=1 fixings=12"};
    for (size_t i = 0; i < 5; i++)
        within(simulate("black_scholes", "barrier", "", rows[i]), grid("barrier", rows[i]), 3.0, 0.03);
    static const char *const rebate = "barrier=85 barrier_type=1 rebate=3";
    within(simulate("black_scholes", "barrier", "", rebate), grid("barrier", rebate), 3.5, 0.03);
    static const char *const two = "barrier=80 barrier_high=125 knock=1";
    within(simulate("black_scholes", "double_barrier", "", two), grid("double_barrier", two), 3.5, 0.03);
    static const char *const level = "type=1 strike=110 cash=10";
    within(simulate("black_scholes", "one_touch", "", level), 6.388317575470, 3.5, 0.03);
    within(simulate("black_scholes", "no_touch", "", level), grid("no_touch", level), 3.5, 0.03);
    within(simulate("black_scholes", "one_touch_expiry", "", level), grid("one_touch_expiry", level), 3.5, 0.03);
    within(simulate("black_scholes", "digital_cash", "", "type=1 cash=10"), 4.945810910532, 3.0, 0.03);
}

/* In and out with the same draws are the vanilla option: path by path, not only in the mean. */
static void in_and_out(void **state)
{
    (void)state;
    const estimate in = simulate("black_scholes", "barrier", "control=0", "barrier=90 barrier_type=0");
    const estimate out = simulate("black_scholes", "barrier", "control=0", "barrier=90 barrier_type=1");
    const estimate all = simulate("black_scholes", "european", "control=0", "");
    assert_near(in.value + out.value, all.value, 1e-12);
}

static void paths_that_are_averaged(void **state)
{
    (void)state;
    within(simulate("black_scholes", "asian_geometric", "", "type=1 fixings=12"), 5.327791137360, 3.0, 0.02);
    const estimate a = simulate("black_scholes", "asian_arithmetic", "", "type=1 fixings=12");
    assert_true(a.error < 0.0012);
    assert_near(a.value, 5.520512926977, 3.0 * (0.0010 + a.error) / 5.5); /* QuantLib's simulation */
    /* seasoned: half of the fixings made at 100 halve the deviation of the average */
    const estimate half =
        simulate("black_scholes", "asian_arithmetic", "control=0", "type=1 fixings=12 fixings_past=12 average=100");
    assert_near(half.value, 0.5 * a.value, 0.02);
    /* lookback: QuantLib's closed form */
    within(simulate("black_scholes", "lookback_fixed", "", "type=1 extreme=100"), 17.907193020639, 3.0, 0.06);
    /* forward start: homogeneous, so a vanilla option of the time that is left, on today's price */
    const double later = black("type=1 strike=100 T=0.5") * exp(-0.02 * 0.5);
    within(simulate("black_scholes", "forward_start", "", "type=1 strike=1 start=0.5"), later, 3.0, 0.06);
    /* a cliquet without clipping is a sum of forwards */
    within(simulate("black_scholes", "cliquet", "", "fixings=4 floor_local=-1 cap_local=1e6 cash=100"),
           400.0 * exp(-0.05) * expm1(0.03 / 4.0), 3.0, 0.2);
    within(simulate("black_scholes", "variance_swap", "", "strike=0.03 cash=1000"), 10.0 * exp(-0.05), 3.5, 0.1);
    within(simulate("black_scholes", "volatility_swap", "", "strike=0.15 cash=1000"), 50.0 * exp(-0.05), 4.5, 0.2);
}

/* Margrabe (1978): an exchange is a call on the ratio, whose variance is 0.04 + 0.09 - 2 * 0.5 * 0.2 * 0.3. */
static void two_assets(void **state)
{
    (void)state;
    const char *pair = "type=1 spot2=95 q2=0.01 vol2=0.3 correlation=0.5";
    const double exact =
        price_one("black", "", "european", "type=1 spot=100 strike=95 r=0.01 q=0.02 T=1 vol=0.26457513110645906");
    within(simulate("black_scholes", "exchange", "", pair), exact, 3.0, 0.06);
    within(simulate("black_scholes", "spread", "", "type=1 strike=1e-12 spot2=95 q2=0.01 vol2=0.3 correlation=0.5"),
           exact, 3.0, 0.06);
}

/* Values: QuantLib 1.29 (Heston: COS; Bates, Merton: Laguerre and series). */
static void other_models(void **state)
{
    (void)state;
    static const char *const heston = "v0=0.04 kappa=1.5 theta_v=0.04 sigma_v=0.3 rho_v=-0.7";
    within(simulate("heston", "european", "paths=262144", heston), 6.114353526938, 3.5, 0.02);
    /* without volatility of variance it is Black and Scholes */
    within(simulate("heston", "european", "", "v0=0.04 kappa=1.5 theta_v=0.04 sigma_v=0 rho_v=-0.7"), black(""), 3.0,
           0.02);
    within(simulate("merton76", "european", "", "jump_rate=0 jump_mean=0 jump_vol=0"), black(""), 3.0, 0.02);
    within(simulate("variance_gamma", "european", "", "vg_drift=0 vg_rate=0"), black(""), 3.0, 0.02);
    /* the price is a martingale after interest and yield, whatever jumps: a call of no strike is the price */
    static const char *const forward =
        "type=1 strike=1e-9 v0=0.06 kappa=2 theta_v=0.05 sigma_v=0.9 rho_v=-0.8 jump_rate=0.7 "
        "jump_mean=-0.1 jump_vol=0.2 vg_drift=-0.14 vg_rate=0.2";
    static const char *const models[] = {"heston", "bates", "merton76", "variance_gamma"};
    for (int k = 0; k < 4; k++)
        within(simulate(models[k], "european", "control=0", forward), 100.0 * exp(-0.02), 3.5, 0.3);
}

/* Draws and sums do not depend on threads, rows beside a row, or the instruction set. */
static void same_bits(void **state)
{
    (void)state;
    static const char *const instruments[] = {"asian_arithmetic", "lookback_fixed", "barrier"};
    for (int k = 0; k < 3; k++) {
        price_rows *p = price_rows_new(MC, "paths=512 steps=7", instruments[k], "black_scholes");
        static double values[PRICE_ROWS_MAX];
        for (int i = 0; i < 40; i++) {
            char row[256];
            (void)snprintf(row, sizeof row,
                           REFERENCE " strike=%d fixings=%d extreme=100 barrier=90 barrier_type=%d rebate=1", 80 + i,
                           k == 1 ? 0 : i % 5 + 1, i % 4);
            price_rows_add(p, row);
        }
        price_rows_run(p, 1);
        memcpy(values, p->value[0], sizeof values);
        for (int isa = TW_ISA_BASELINE; isa <= TW_ISA_AVX512; isa++) {
            p->ctx.isa = (tw_isa)isa;
            price_rows_run(p, 1);
            assert_memory_equal(values, p->value[0], 40 * sizeof(double));
        }
        price_rows_free(p);
    }
}

static void limits(void **state)
{
    (void)state;
    assert_near(simulate("black_scholes", "european", "", "T=0 spot=90").value, 10.0, 1e-14);
    assert_near(simulate("black_scholes", "european", "", "vol=0 strike=110").value, black("vol=0 strike=110"), 1e-13);
    assert_near(simulate("black_scholes", "asian_arithmetic", "", "vol=0 r=0 q=0 strike=110 fixings=4").value, 10.0,
                1e-13);
    assert_near(simulate("black_scholes", "barrier", "", "T=0 spot=90 barrier=80 barrier_type=1").value, 10.0, 1e-14);
    assert_near(simulate("black_scholes", "volatility_swap", "", "T=0 strike=0.15 cash=100").value, 5.0, 1e-13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_philox),
        cmocka_unit_test(normals_are_normal),
        cmocka_unit_test(inverse_to_nine_digits),
        cmocka_unit_test(sobol_words),
        cmocka_unit_test(sobol_is_a_net),
        cmocka_unit_test(errors_are_as_stated),
        cmocka_unit_test(less_error),
        cmocka_unit_test(edges),
        cmocka_unit_test(in_and_out),
        cmocka_unit_test(paths_that_are_averaged),
        cmocka_unit_test(two_assets),
        cmocka_unit_test(other_models),
        cmocka_unit_test(same_bits),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
