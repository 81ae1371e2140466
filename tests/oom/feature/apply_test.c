/* SPDX-License-Identifier: Apache-2.0 */
/* One operator over one series, with every allocation failing in turn. */
#include "tradewind/feature.h"
#include "tw_oom.h"

static tw_status apply(const tw_ctx *ctx, void *arg)
{
    static const double high[5] = {2.385, 2.41, 2.4, 2.5, 2.47}, low[5] = {2.3, 2.31, 2.33, 2.4, 2.385};
    const double *const in[3] = {high, low, low};
    double first[5], second[5];
    double *const out[2] = {first, second};
    (void)arg;
    return tw_op_apply(ctx, "stoch", "fastk_period=2 slowk_period=1 slowd_period=2", 5, in, out, NULL);
}

static void apply_gives_all_back(void **state)
{
    (void)state;
    assert_true(tw_oom_sweep(apply, NULL) >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(apply_gives_all_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
