/* SPDX-License-Identifier: Apache-2.0 */
/* apply.c - one operator over one series, in one call. */
#include "feature/plan.h"

static tw_status run_series(const tw_ctx *ctx, const tw_plan *plan, size_t n, const double *const *in,
                            double *const *out, tw_error *err)
{
    tw_tiles from[FX_INPUTS];
    tw_tiles_out to[FX_OUTPUTS];
    tw_runner *runner = NULL;
    for (size_t i = 0; i < plan->n_columns; i++) from[i] = (tw_tiles){in[i], 0, 1};
    for (size_t o = 0; o < plan->n_features; o++) to[o] = (tw_tiles_out){.f64 = out[o], .time_stride = 1};
    TW_TRY(tw_runner_new(ctx, plan, 1, NULL, &runner, err));
    const tw_status status = tw_runner_run(runner, n, from, to, err);
    tw_runner_free(runner);
    return status;
}

tw_status tw_op_apply(const tw_ctx *ctx, const char *name, const char *params, size_t n, const double *const *in,
                      double *const *out, tw_error *err)
{
    tw_plan *plan = NULL;
    TW_TRY(tw_plan_operator(ctx, name, params, &plan, err));
    const bool across = tw_plan_is_section(plan, 0);
    tw_status status = TW_OK;
    if (across)
        status = tw_fail(err, TW_UNSUPPORTED, "%s works across symbols, not along one series", name);
    else if (n > 0)
        status = run_series(ctx, plan, n, in, out, err);
    tw_plan_free(plan);
    return status;
}
