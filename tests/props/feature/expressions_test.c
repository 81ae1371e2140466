/* SPDX-License-Identifier: Apache-2.0 */
/* Random expressions over every operator: however a plan is run, it gives the same bits, and nothing that happens
 * later changes what it gave. */
#include <stdlib.h>

#include "expression.h"

enum { SYMBOLS = 37, BLOCKS = 3, BARS = 210, COLUMNS = 6, FEATURES = 6, CELLS = BLOCKS * BARS * TW_LANES };

static const char *const columns[] = {"open", "high", "low", "close", "volume", "vwap", NULL};

typedef struct market {
    double values[COLUMNS][CELLS]; /* [block][time][lane] */
} market;

typedef struct results {
    double values[FEATURES][CELLS];
} results;

/* ---- data: prices with gaps, symbols that list late, one that never trades, flat stretches */

static size_t cell(size_t block, size_t t, size_t lane) { return (block * BARS + t) * TW_LANES + lane; }

static void make_symbol(market *m, tw_random *r, size_t s)
{
    const size_t listed = s % 5 == 1 ? 3 * s : 0;
    double price = 20 + 60 * tw_random_uniform(r);
    for (size_t t = 0; t < BARS; t++) {
        const size_t i = cell(s / TW_LANES, t, s % TW_LANES);
        const bool flat = s % 7 == 2 && t > 60 && t < 110;
        const bool gap = tw_random_uniform(r) < 0.01 || t < listed || s == 11;
        const double before = price;
        price *= flat ? 1 : exp(0.02 * tw_random_normal(r));
        const double high = fmax(before, price) * (flat ? 1 : 1.004), low = fmin(before, price) * (flat ? 1 : 0.997);
        const double bar[COLUMNS] = {
            before, high, low, price, floor(1e5 * tw_random_uniform(r)), (high + low + price) / 3};
        for (size_t c = 0; c < COLUMNS; c++) m->values[c][i] = gap ? NAN : bar[c];
        if (tw_random_uniform(r) < 0.003) m->values[4][i] = NAN;
    }
}

static market *make_market(uint64_t seed)
{
    market *m = malloc(sizeof *m);
    tw_random r = {seed, 1, 0};
    for (size_t c = 0; c < COLUMNS; c++)
        for (size_t i = 0; i < CELLS; i++) m->values[c][i] = 12.5; /* in unused lanes: must not matter */
    for (size_t s = 0; s < SYMBOLS; s++) make_symbol(m, &r, s);
    return m;
}

/* ---- running */

static void tiles_at(const market *m, size_t t, tw_tiles in[COLUMNS])
{
    for (size_t c = 0; c < COLUMNS; c++) in[c] = (tw_tiles){m->values[c] + t * TW_LANES, BARS * TW_LANES, TW_LANES};
}

static void outs_at(results *y, size_t t, tw_tiles_out out[FEATURES])
{
    for (size_t f = 0; f < FEATURES; f++)
        out[f] = (tw_tiles_out){
            .f64 = y->values[f] + t * TW_LANES, .block_stride = BARS * TW_LANES, .time_stride = TW_LANES};
}

static void run_bars(tw_runner *runner, const market *m, results *y, size_t t, size_t n)
{
    tw_tiles in[COLUMNS];
    tw_tiles_out out[FEATURES];
    tiles_at(m, t, in);
    outs_at(y, t, out);
    assert_int_equal(tw_runner_run(runner, n, in, out, NULL), TW_OK);
}

static void peek_bar(tw_runner *runner, const market *m, results *y, size_t t)
{
    tw_tiles in[COLUMNS];
    tw_tiles_out out[FEATURES];
    tiles_at(m, t, in);
    outs_at(y, t, out);
    assert_int_equal(tw_runner_peek(runner, in, out, NULL), TW_OK);
}

static bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); }

typedef struct trial {
    const tw_plan *plan;
    const char *texts[FEATURES];
    const market *data;
    const results *whole;
    tw_random random;
} trial;

static void expect_same(const trial *tr, const results *y, size_t bars, const char *how)
{
    for (size_t f = 0; f < FEATURES; f++)
        for (size_t b = 0; b < BLOCKS; b++)
            for (size_t i = cell(b, 0, 0); i < cell(b, bars, 0); i++)
                if (!same_bits(y->values[f][i], tr->whole->values[f][i]))
                    fail_msg("%s: bar %zu, symbol %zu: %a, not %a\n%s", how, (i / TW_LANES) % BARS,
                             b * TW_LANES + i % TW_LANES, y->values[f][i], tr->whole->values[f][i], tr->texts[f]);
}

static size_t some(trial *tr, size_t most) { return 1 + (size_t)tw_random_below(&tr->random, most); }

static void run_whole(const trial *tr, const tw_ctx *ctx, results *y)
{
    tw_runner *runner = case_runner(ctx, tr->plan, SYMBOLS);
    run_bars(runner, tr->data, y, 0, BARS);
    tw_runner_free(runner);
}

static void run_cut(trial *tr, size_t most, results *y)
{
    tw_runner *runner = case_runner(NULL, tr->plan, SYMBOLS);
    for (size_t t = 0, n; t < BARS; t += n) {
        n = some(tr, most);
        if (n > BARS - t) n = BARS - t;
        run_bars(runner, tr->data, y, t, n);
    }
    assert_int_equal(tw_runner_bars(runner), BARS);
    tw_runner_free(runner);
}

/* Every few bars: a look at the next bar that changes nothing, then on from a snapshot in another runner, which may
 * be of another instruction set. */
static void run_restored(trial *tr, results *y)
{
    static const tw_isa isas[] = {TW_ISA_BASELINE, TW_ISA_AVX2, TW_ISA_AVX512};
    tw_runner *runner = case_runner(NULL, tr->plan, SYMBOLS);
    results *peeked = malloc(sizeof *peeked);
    tw_ctx contexts[2]; /* of the runner and of the one before */
    for (size_t t = 0, n, turn = 0; t < BARS; t += n, turn++) {
        const tw_isa isa = tw_isa_supported(isas[turn % 3]) ? isas[turn % 3] : TW_ISA_BASELINE;
        tw_buf bytes;
        tw_buf_init(&bytes, NULL);
        n = some(tr, 90);
        if (n > BARS - t) n = BARS - t;
        peek_bar(runner, tr->data, peeked, t);
        assert_int_equal(tw_runner_snapshot(runner, &bytes, NULL), TW_OK);
        tw_runner_free(runner);
        contexts[turn % 2] = (tw_ctx){.isa = isa};
        runner = case_runner(&contexts[turn % 2], tr->plan, SYMBOLS);
        assert_int_equal(tw_runner_restore(runner, bytes.data, bytes.length, NULL), TW_OK);
        tw_buf_clear(&bytes);
        run_bars(runner, tr->data, y, t, n);
        for (size_t f = 0; f < FEATURES; f++)
            for (size_t s = 0; s < BLOCKS * TW_LANES; s++) {
                const size_t i = cell(s / TW_LANES, t, s % TW_LANES);
                if (!same_bits(peeked->values[f][i], y->values[f][i]))
                    fail_msg("peek at bar %zu, symbol %zu: %a, not %a\n%s", t, s, peeked->values[f][i], y->values[f][i],
                             tr->texts[f]);
            }
    }
    free(peeked);
    tw_runner_free(runner);
}

/* What happens from bar `t` on is replaced; what was given before must stand. */
static void change_the_future(trial *tr, results *y)
{
    const size_t t = some(tr, BARS - 2);
    market *other = make_market(tr->random.counter + 77);
    for (size_t c = 0; c < COLUMNS; c++)
        for (size_t b = 0; b < BLOCKS; b++)
            memcpy(other->values[c] + cell(b, 0, 0), tr->data->values[c] + cell(b, 0, 0),
                   t * TW_LANES * sizeof(double));
    const trial changed = {.plan = tr->plan, .data = other};
    run_whole(&changed, NULL, y);
    expect_same(tr, y, t, "another future");
    free(other);
}

/* A symbol alone has the values it has among others, but for cross-sections. */
static void run_alone(trial *tr)
{
    const size_t s = some(tr, SYMBOLS) - 1, first = cell(s / TW_LANES, 0, s % TW_LANES);
    tw_runner *runner = case_runner(NULL, tr->plan, 1);
    static double x[COLUMNS][BARS], y[FEATURES][BARS];
    tw_tiles in[COLUMNS];
    tw_tiles_out out[FEATURES];
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t t = 0; t < BARS; t++) x[c][t] = tr->data->values[c][first + t * TW_LANES];
        in[c] = (tw_tiles){x[c], 0, 1};
    }
    for (size_t f = 0; f < FEATURES; f++) out[f] = (tw_tiles_out){.f64 = y[f], .time_stride = 1};
    assert_int_equal(tw_runner_run(runner, BARS, in, out, NULL), TW_OK);
    for (size_t f = 0; f < FEATURES; f++)
        for (size_t t = 0; !tw_plan_is_section(tr->plan, f) && t < BARS; t++)
            if (!same_bits(y[f][t], tr->whole->values[f][first + t * TW_LANES]))
                fail_msg("alone, bar %zu, symbol %zu: %a, not %a\n%s", t, s, y[f][t],
                         tr->whole->values[f][first + t * TW_LANES], tr->texts[f]);
    tw_runner_free(runner);
}

static void run_isas(trial *tr, results *y)
{
    for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++) {
        const tw_ctx ctx = {.isa = isa};
        if (!tw_isa_supported(isa)) continue;
        run_whole(tr, &ctx, y);
        expect_same(tr, y, BARS, tw_isa_name(isa));
    }
}

static void run_threads(trial *tr, results *y)
{
    for (int threads = 2; threads <= 4; threads += 2) {
        tw_pool *pool = NULL;
        assert_int_equal(tw_pool_new(threads, &pool, NULL), TW_OK);
        const tw_ctx ctx = {.pool = pool};
        run_whole(tr, &ctx, y);
        expect_same(tr, y, BARS, "threads");
        tw_pool_free(pool);
    }
}

static void check_trial(trial *tr)
{
    results *y = malloc(sizeof *y);
    run_cut(tr, 40, y);
    expect_same(tr, y, BARS, "in chunks");
    run_cut(tr, 1, y);
    expect_same(tr, y, BARS, "bar by bar");
    run_restored(tr, y);
    expect_same(tr, y, BARS, "restored");
    run_isas(tr, y);
    run_threads(tr, y);
    change_the_future(tr, y);
    run_alone(tr);
    free(y);
}

/* The trials must be about values, not about NaN alone. */
static size_t count_alive(const results *y)
{
    size_t alive = 0;
    for (size_t f = 0; f < FEATURES; f++) {
        size_t known = 0;
        for (size_t i = 0; i < CELLS; i++) known += isfinite(y->values[f][i]) ? 1 : 0;
        alive += known > CELLS / 4;
    }
    return alive;
}

static size_t run_trial(uint64_t seed, bool sections)
{
    maker *m = calloc(1, sizeof *m);
    *m = (maker){.random = {seed, 2, 0}, .columns = columns, .sections = sections, .most_period = 40};
    tw_feature features[FEATURES];
    char names[FEATURES][8];
    trial tr = {.random = {seed, 3, 0}};
    for (size_t f = 0; f < FEATURES; f++) {
        maker_expression(m, 1 + (int)f % 4);
        snprintf(names[f], sizeof names[f], "f%zu", f);
        features[f] = (tw_feature){names[f], strdup(m->text)};
        tr.texts[f] = features[f].expression;
    }
    const tw_plan_spec spec = {.columns = columns, .n_columns = COLUMNS, .features = features, .n_features = FEATURES};
    tw_plan *plan = NULL;
    market *data = make_market(seed);
    results *whole = malloc(sizeof *whole);
    assert_int_equal(tw_plan_compile(NULL, &spec, &plan, NULL), TW_OK);
    tr.plan = plan;
    tr.data = data;
    run_whole(&tr, NULL, whole);
    tr.whole = whole;
    check_trial(&tr);
    for (size_t f = 0; f < FEATURES; f++) free((char *)(uintptr_t)features[f].expression);
    const size_t alive = count_alive(whole);
    free(whole);
    free(data);
    free(m);
    tw_plan_free(plan);
    return alive;
}

enum { TRIALS = 32 };

static void without_sections(void **state)
{
    size_t alive = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= TRIALS; seed++) alive += run_trial(seed, false);
    assert_true(alive > TRIALS * FEATURES / 2);
}

static void with_sections(void **state)
{
    size_t alive = 0;
    (void)state;
    for (uint64_t seed = 101; seed <= 100 + TRIALS; seed++) alive += run_trial(seed, true);
    assert_true(alive > TRIALS * FEATURES / 2);
}

/* The executor has room for all inputs and outputs of every operator. */
static void operators_fit(void **state)
{
    (void)state;
    size_t n;
    const tw_op *const *ops = tw_ops(TW_ISA_BASELINE, &n);
    for (size_t i = 0; i < n; i++) {
        assert_true(tw_op_inputs(ops[i]) <= 8);
        assert_true(tw_op_outputs(ops[i]) <= 12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_sections), cmocka_unit_test(with_sections),
                                       cmocka_unit_test(operators_fit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
