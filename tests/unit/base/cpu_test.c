/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

static void names_read_back(void **state)
{
    (void)state;
    for (int i = 0; i < TW_ISA_COUNT; i++) {
        tw_isa isa = TW_ISA_COUNT;
        const tw_status status = tw_isa_parse(tw_isa_name((tw_isa)i), &isa, NULL);
        assert_int_equal(status, tw_isa_supported((tw_isa)i) ? TW_OK : TW_UNSUPPORTED);
        assert_int_equal(isa, status == TW_OK ? i : TW_ISA_COUNT);
    }
    assert_string_equal(tw_isa_name(TW_ISA_COUNT), "unknown");
}

static void resolve_gives_what_runs(void **state)
{
    (void)state;
    assert_true(tw_isa_supported(TW_ISA_BEST));
    assert_true(tw_isa_supported(TW_ISA_BASELINE));
    assert_false(tw_isa_supported(TW_ISA_COUNT));
    const tw_isa best = tw_isa_resolve(TW_ISA_BEST);
    assert_int_not_equal(best, TW_ISA_BEST);
    for (int i = TW_ISA_BASELINE; i < TW_ISA_COUNT; i++) {
        const tw_isa got = tw_isa_resolve((tw_isa)i);
        assert_int_equal(got, tw_isa_supported((tw_isa)i) ? (tw_isa)i : best);
        assert_true(i <= (int)best || !tw_isa_supported((tw_isa)i));
    }
}

static void wrong_names_are_explained(void **state)
{
    (void)state;
    tw_error err;
    tw_isa isa;
    assert_int_equal(tw_isa_parse("avx51", &isa, &err), TW_BAD_VALUE);
    assert_string_equal(err.message,
                        "isa: must be one of best|baseline|avx2|avx512, got 'avx51'; did you mean 'avx512'?");
    assert_int_equal(tw_isa_parse("neon", &isa, &err), TW_BAD_VALUE);
    assert_string_equal(err.message, "isa: must be one of best|baseline|avx2|avx512, got 'neon'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_read_back), cmocka_unit_test(resolve_gives_what_runs),
                                       cmocka_unit_test(wrong_names_are_explained)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
