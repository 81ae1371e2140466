/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of a calendar, a curve and a bootstrap fails in turn. */
#include "rates_case.h"
#include "tw_oom.h"

static tw_status make_curve(const tw_ctx *ctx, const tw_rate_convention *convention, tw_error *err)
{
    tw_rate_instrument i[4];
    tw_bootstrap *b = NULL;
    tw_bootstrap_spec spec = {.as_of = {.date = 19724}, .n = 4, .instrument = i};
    for (int k = 0; k < 4; k++)
        i[k] = (tw_rate_instrument){.kind = k ? TW_SWAP : TW_DEPOSIT,
                                    .quote = 0.03 + 0.001 * k,
                                    .tenor = {k ? 5 * k : 6, k ? 'Y' : 'M'},
                                    .start_date = TW_NO_DATE,
                                    .end_date = TW_NO_DATE,
                                    .convention = convention};
    TW_TRY(tw_interpolation_find("monotone_convex", &spec.interpolation, err));
    TW_TRY(tw_bootstrap_new(ctx, &spec, &b, err));
    tw_bootstrap_free(b);
    return TW_OK;
}

static tw_status body(const tw_ctx *ctx, void *arg)
{
    (void)arg;
    tw_error err;
    tw_holidays *target = NULL;
    tw_rate_convention convention;
    TW_TRY(tw_rate_convention_find("eur", &convention, &err));
    TW_TRY(tw_holidays_new(ctx, &(tw_holidays_spec){.names = "target+uk"}, &target, &err));
    convention.holidays = target;
    tw_curve *curve = NULL;
    const double t = 2, zero = 0.03;
    tw_curve_spec spec = {.quantity = TW_ZEROS, .n = 1, .t = &t, .value = &zero};
    tw_status status = tw_interpolation_find("log_linear", &spec.interpolation, &err);
    if (status == TW_OK) status = tw_curve_new(ctx, &spec, &curve, &err);
    if (status == TW_OK) status = make_curve(ctx, &convention, &err);
    tw_curve_free(ctx, curve);
    tw_holidays_free(ctx, target);
    return status;
}

static void curves_survive(void **state)
{
    (void)state;
    assert_true(tw_oom_sweep(body, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(curves_survive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
