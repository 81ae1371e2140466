/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_test.h"

static const char *const names[] = {"sma", "ema", "bbands", "period", "momentum", "fastk_limit", "slowk_limit", NULL};

static void check(const char *text, const char *want)
{
    const char *got = tw_did_you_mean(text, names);
    if (want)
        assert_string_equal(got ? got : "(none)", want);
    else
        assert_null(got);
}

static void slips_are_found(void **state)
{
    (void)state;
    check("peroid", "period");  /* swap */
    check("perid", "period");   /* missing */
    check("perriod", "period"); /* doubled */
    check("bbamds", "bbands");  /* wrong letter */
    check("SMA", "sma");        /* case */
    check("smaa", "sma");
    check("momentun", "momentum");
    check("mometnm", "momentum");  /* two slips in a longer word */
    check("fastk", "fastk_limit"); /* a part of one name */
    check("limit", NULL);          /* of two */
}

static void other_words_are_not(void **state)
{
    (void)state;
    check("", NULL);
    check("volatility", NULL);
    check("x", NULL);
    check("ppppp", NULL);
    check("a-name-that-is-far-too-long-to-be-a-slip-of-anything-in-the-list-of-names", NULL);
    assert_null(tw_did_you_mean("sma", (const char *const[]){NULL}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slips_are_found), cmocka_unit_test(other_words_are_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
