/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a snapshot, alone and written over a true one: refused, with the runner as it was, unless they are the
 * true one. */
#include "tradewind/feature.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static double peek(tw_runner *runner)
{
    double x = 2.385, y = 0;
    const tw_tiles in = {&x, 0, 1};
    const tw_tiles_out out = {.f64 = &y, .time_stride = 1};
    require(tw_runner_peek(runner, &in, &out, NULL) == TW_OK);
    return y;
}

static void try_bytes(tw_runner *runner, const void *bytes, size_t length, const tw_buf *good)
{
    const double before = peek(runner);
    const bool is_good = length == good->length && memcmp(bytes, good->data, length) == 0;
    const tw_status status = tw_runner_restore(runner, bytes, length, NULL);
    const double after = peek(runner);
    require(is_good == (status == TW_OK));
    require(memcmp(&before, &after, sizeof before) == 0 && tw_runner_bars(runner) == 9);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const columns[] = {"close"};
    const tw_feature feature = {"f", "mean(close, 5) / lag(close, 7) + ema(close, 3)"};
    const tw_plan_spec spec = {columns, 1, NULL, 0, &feature, 1};
    double x[9], y[9];
    const tw_tiles in = {x, 0, 1};
    const tw_tiles_out out = {.f64 = y, .time_stride = 1};
    tw_plan *plan = NULL;
    tw_runner *runner = NULL;
    tw_buf good;
    for (int i = 0; i < 9; i++) x[i] = 2.385 + i * i;
    require(tw_plan_compile(NULL, &spec, &plan, NULL) == TW_OK);
    require(tw_runner_new(NULL, plan, 1, NULL, &runner, NULL) == TW_OK);
    require(tw_runner_run(runner, 9, &in, &out, NULL) == TW_OK);
    tw_buf_init(&good, NULL);
    require(tw_runner_snapshot(runner, &good, NULL) == TW_OK);
    try_bytes(runner, data, size, &good);
    if (size > 2) { /* the first two bytes say where the rest goes */
        const size_t at = ((size_t)data[0] << 8 | data[1]) % good.length;
        const size_t n = size - 2 < good.length - at ? size - 2 : good.length - at;
        char *bytes = malloc(good.length);
        require(bytes != NULL);
        memcpy(bytes, good.data, good.length);
        memcpy(bytes + at, data + 2, n);
        try_bytes(runner, bytes, good.length, &good);
        free(bytes);
    }
    tw_buf_clear(&good);
    tw_runner_free(runner);
    tw_plan_free(plan);
    return 0;
}
