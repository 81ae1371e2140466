/* SPDX-License-Identifier: Apache-2.0 */
/* approximation_test.c - closed approximations of American options beside collocation, and what they refuse. */
#include "price_case.h"

static const price_engine TRUTH = {.name = "collocation", .settings = "setting=accurate"};

typedef struct approximation {
    price_engine engine;
    double most; /* error at a strike of 100 */
    bool below;  /* it is the value of an exercise policy, so never above */
} approximation;

static const approximation LIST[] = {
    {{.name = "barone_adesi_whaley"}, 0.7, false},
    {{.name = "bjerksund_stensland", .settings = "variant=1993"}, 0.5, true},
    {{.name = "bjerksund_stensland", .settings = "variant=2002"}, 0.35, true},
    {{.name = "ju"}, 0.2, false},
    {{.name = "qd_plus"}, 0.15, false},
};

static price_row row_at(size_t i)
{
    return (price_row){i % 2 ? 1 : -1,
                       100,
                       price_draw(i, 0, 75, 130),
                       price_draw(i, 1, 0.0, 0.08),
                       price_draw(i, 2, 0.0, 0.08),
                       price_draw(i, 3, 0.1, 0.5),
                       price_draw(i, 4, 0.05, 3)};
}

static void near_the_truth(void **state)
{
    (void)state;
    enum { N = 400 };
    price_row rows[N];
    static price_result want[N], got[N];
    for (size_t i = 0; i < N; i++) rows[i] = row_at(i);
    price_rows(&TRUTH, rows, N, 1, want);
    for (size_t k = 0; k < sizeof LIST / sizeof *LIST; k++) {
        price_rows(&LIST[k].engine, rows, N, 1, got);
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(tw_row_status_code(got[i].status), TW_ROW_OK);
            assert_close(got[i].value[0], want[i].value[0], LIST[k].most);
            if (LIST[k].below) assert_true(got[i].value[0] <= want[i].value[0] + 1e-5);
        }
    }
}

static void same_bits(void **state)
{
    (void)state;
    enum { N = 300 };
    price_row rows[N];
    static price_result want[N], got[N];
    for (size_t i = 0; i < N; i++) rows[i] = row_at(i);
    for (size_t k = 0; k < sizeof LIST / sizeof *LIST; k++) {
        price_engine e = LIST[k].engine;
        e.isa = TW_ISA_BASELINE;
        price_rows(&e, rows, N, 3, want);
        for (e.isa = TW_ISA_AVX2; e.isa < TW_ISA_COUNT; e.isa++) {
            price_rows(&e, rows, N, 3, got);
            assert_memory_equal(got, want, sizeof want);
        }
    }
}

static void limits(void **state)
{
    (void)state;
    for (size_t k = 0; k + 1 < sizeof LIST / sizeof *LIST; k++) {
        price_result got;
        price_rows(&LIST[k].engine, &(price_row){-1, 100, 110, -0.01, -0.03, 0.2, 1}, 1, 1, &got);
        assert_int_equal(tw_row_status_code(got.status), TW_ROW_UNSUPPORTED);
        price_rows(&LIST[k].engine, &(price_row){-1, 100, 110, 0.01, 0.03, 0.2, 0}, 1, 1, &got);
        assert_int_equal(tw_row_status_code(got.status), TW_ROW_LIMIT);
        assert_close(got.value[0], 10.0, 1e-13);
        price_rows(&LIST[k].engine, &(price_row){1, 100, 100, 0.05, 0.0, 0.2, 1}, 1, 1, &got); /* European */
        assert_close(got.value[0], 10.450583572185565, 1e-11);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(near_the_truth), cmocka_unit_test(same_bits),
                                       cmocka_unit_test(limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
