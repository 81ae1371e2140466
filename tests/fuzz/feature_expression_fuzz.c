/* SPDX-License-Identifier: Apache-2.0 */
/* Any text: refused with a message, or a plan that runs, gives the same bits when the bars come one by one, and whose
 * past does not change with the future. The first line is a let, the second a feature. */
#include "tradewind/feature.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BARS = 40, CUT = 25, LANES = 16, CELLS = BARS * LANES };

static const char *const columns[] = {"open", "high", "low", "close", "volume"};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void require(bool holds)
{
    if (!holds) abort();
}

static bool same(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(a + i, b + i, sizeof *a) != 0 && (a[i] == a[i] || b[i] == b[i])) return false;
    return true;
}

/* Bars with gaps; from bar CUT on they depend on `future`. */
static void fill(double *x, uint64_t future)
{
    for (size_t i = 0; i < (size_t)COLUMNS * CELLS; i++) {
        tw_random r = {2385, i % CELLS < CUT * LANES ? 1 : future, 2 * i};
        x[i] = tw_random_uniform(&r) < 0.02 ? NAN : 100 * tw_random_uniform(&r);
    }
}

static void run(const tw_plan *plan, const double *x, size_t step, double *y)
{
    tw_runner *runner = NULL;
    tw_tiles in[COLUMNS];
    if (tw_runner_new(NULL, plan, 5, NULL, &runner, NULL) != TW_OK) return;
    for (size_t t = 0; t < BARS; t += step) {
        for (size_t c = 0; c < COLUMNS; c++) in[c] = (tw_tiles){x + c * CELLS + t * LANES, 0, LANES};
        const tw_tiles_out out = {.f64 = y + t * LANES, .time_stride = LANES};
        require(tw_runner_run(runner, step, in, &out, NULL) == TW_OK);
    }
    tw_runner_free(runner);
}

static void check(const tw_plan *plan)
{
    static double x[COLUMNS * CELLS], other[COLUMNS * CELLS], whole[CELLS], bars[CELLS], changed[CELLS];
    fill(x, 1);
    fill(other, 2);
    run(plan, x, BARS, whole);
    run(plan, x, 1, bars);
    run(plan, other, BARS, changed);
    require(same(whole, bars, CELLS));
    require(same(whole, changed, CUT * LANES));
}

/* A plan that would be slow to fuzz with: huge windows are legal, and tested elsewhere. */
static bool is_small(const tw_plan *plan) { return tw_plan_lookback(plan, 0) < 2000 && tw_plan_nodes(plan) < 200; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    tw_plan *plan = NULL;
    tw_error err = {""};
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    char *line = strchr(text, '\n');
    if (line) *line = '\0';
    const tw_feature let = {"x", text}, feature = {"f", line ? line + 1 : text};
    const tw_plan_spec spec = {columns, COLUMNS, &let, line ? 1 : 0, &feature, 1};
    if (tw_plan_compile(NULL, &spec, &plan, &err) != TW_OK)
        require(err.message[0] != '\0' && plan == NULL);
    else if (is_small(plan))
        check(plan);
    tw_plan_free(plan);
    free(text);
    return 0;
}
