/* SPDX-License-Identifier: Apache-2.0 */
/* absent_png.c - what ext_png.c answers in a build without cairo. */
#include "cli/charts.h"

tw_status tw_cli_png(const tw_ctx *ctx, const tw_chart *chart, tw_buf *out, tw_error *err)
{
    (void)ctx, (void)chart, (void)out;
    return tw_fail(err, TW_UNSUPPORTED,
                   "this build cannot write PNG (it was made without cairo, libcairo2-dev): take .svg or .html");
}
