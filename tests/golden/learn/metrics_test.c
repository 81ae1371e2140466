/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics against scipy and scikit-learn; tests/golden/make/learn.py wrote the numbers. */
#include "tradewind/learn.h"

#include "golden_csv.h"

#include <math.h>

typedef struct rows {
    size_t n, checked;
    uint32_t time[400];
    double score[400], label[400];
} rows;

static void take(const golden_line *line, void *arg)
{
    rows *r = arg;
    tw_error err;
    if (strcmp(line->kind, "row") == 0) {
        r->time[r->n] = (uint32_t)line->x[0];
        r->score[r->n] = line->x[1];
        r->label[r->n++] = line->x[2];
        return;
    }
    const tw_scored scored = {.n = r->n, .score = r->score, .label = r->label, .time = r->time, .lags = 4};
    double value;
    assert_ok(tw_metric_compute(NULL, line->name, &scored, &value, &err), &err);
    assert_near(value, line->x[1], 1e-12);
    r->checked++;
}

static void metrics_are_those_of_the_peers(void **state)
{
    (void)state;
    static rows r;
    size_t n;
    golden_read(TW_SOURCE_DIR "/tests/golden/learn/metrics.csv", take, &r);
    tw_metrics(&n);
    assert_int_equal(r.checked, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(metrics_are_those_of_the_peers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
