/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics against scipy, scikit-learn and LightGBM; tests/golden/make/learn.py and table_metrics.py wrote the numbers.
 */
#include "tradewind/learn.h"

#include "golden_csv.h"

#include <math.h>

enum { MOST_ROWS = 400, MOST_OUTPUTS = 4, MOST_NAMES = 64 };

typedef struct rows {
    size_t n, n_outputs;
    uint32_t time[MOST_ROWS], group[MOST_ROWS];
    double score[MOST_ROWS * MOST_OUTPUTS], label[MOST_ROWS], weight[MOST_ROWS];
    size_t n_names; /* metrics checked so far */
    char name[MOST_NAMES][32];
} rows;

static void check(rows *r, const char *name, const tw_scored *scored, double want)
{
    tw_error err;
    double value;
    assert_ok(tw_metric_compute(NULL, name, scored, &value, &err), &err);
    assert_near(value, want, 1e-12);
    for (size_t i = 0; i < r->n_names; i++)
        if (strcmp(r->name[i], name) == 0) return;
    assert_true(r->n_names < MOST_NAMES && strlen(name) < sizeof r->name[0]);
    strcpy(r->name[r->n_names++], name);
}

static void take_section(const golden_line *line, void *arg)
{
    rows *r = arg;
    if (strcmp(line->kind, "row") == 0) {
        r->time[r->n] = (uint32_t)line->x[0];
        r->score[r->n] = line->x[1];
        r->label[r->n++] = line->x[2];
        return;
    }
    const tw_scored scored = {.n = r->n, .score = r->score, .label = r->label, .time = r->time, .lags = 4};
    check(r, line->name, &scored, line->x[1]);
}

/* set,NAME,outputs; row,label,weight,group,scores; metric,NAME,value,most,level,power */
static void take_table(const golden_line *line, void *arg)
{
    rows *r = arg;
    if (strcmp(line->kind, "set") == 0) {
        r->n = 0;
        r->n_outputs = (size_t)line->x[1];
        memset(r->time, 0, sizeof r->time);
    } else if (strcmp(line->kind, "row") == 0) {
        assert_int_equal(line->n, 3 + r->n_outputs);
        r->label[r->n] = line->x[0];
        r->weight[r->n] = line->x[1];
        r->group[r->n] = (uint32_t)line->x[2];
        memcpy(r->score + r->n * r->n_outputs, line->x + 3, r->n_outputs * sizeof *r->score);
        r->n++;
    } else {
        const tw_scored scored = {.n = r->n,
                                  .score = r->score,
                                  .label = r->label,
                                  .weight = r->weight,
                                  .time = r->time,
                                  .n_outputs = r->n_outputs,
                                  .group = r->group,
                                  .most = (size_t)line->x[2],
                                  .level = line->x[3],
                                  .power = line->x[4]};
        check(r, line->name, &scored, line->x[1]);
    }
}

static void metrics_are_those_of_the_peers(void **state)
{
    (void)state;
    static rows r;
    size_t n;
    golden_read(TW_SOURCE_DIR "/tests/golden/learn/metrics.csv", take_section, &r);
    golden_read(TW_SOURCE_DIR "/tests/golden/learn/table_metrics.csv", take_table, &r);
    tw_metrics(&n);
    assert_int_equal(r.n_names, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(metrics_are_those_of_the_peers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
