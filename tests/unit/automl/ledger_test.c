/* SPDX-License-Identifier: Apache-2.0 */
#include "tradewind/automl.h"

#include "tw_oom.h"
#include "tw_test.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const names[] = {"rank_ic", "rmse"};

static tw_trial make_trial(const char *name, const double *metrics, const double *returns, size_t n)
{
    return (tw_trial){.name = name,
                      .params = "alpha=0.1",
                      .baseline = strcmp(name, "mean") == 0,
                      .n_metrics = 2,
                      .metric_names = names,
                      .metrics = metrics,
                      .n_returns = n,
                      .returns = returns,
                      .fit_seconds = 2.385};
}

static void check_trial(const tw_trial *t, const char *name, double metric)
{
    assert_string_equal(t->name, name);
    assert_string_equal(t->params, "alpha=0.1");
    assert_int_equal(t->n_metrics, 2);
    assert_string_equal(t->metric_names[1], "rmse");
    assert_same(t->metrics[0], metric);
    assert_true(isnan(t->metrics[1]));
    assert_int_equal(t->n_returns, 3);
    assert_same(t->returns[2], -1.0 / 3);
    assert_same(t->fit_seconds, 2.385);
}

static const double returns[3] = {0.01, -0.02385, -1.0 / 3};

static void fill(tw_ledger *ledger)
{
    tw_error err;
    const double a[2] = {0.1, NAN}, b[2] = {0.2, NAN}, c[2] = {0.3, NAN};
    const tw_trial trials[3] = {make_trial("mean", a, returns, 3), make_trial("gbm \"x\"", b, returns, 3),
                                make_trial("ridge", c, returns, 3)};
    for (size_t i = 0; i < 3; i++) assert_ok(tw_ledger_add(ledger, &trials[i], &err), &err);
}

static void check(const tw_ledger *ledger)
{
    assert_int_equal(tw_ledger_size(ledger), 3);
    check_trial(tw_ledger_trial(ledger, 0), "mean", 0.1);
    check_trial(tw_ledger_trial(ledger, 1), "gbm \"x\"", 0.2);
    check_trial(tw_ledger_trial(ledger, 2), "ridge", 0.3);
    assert_true(tw_ledger_trial(ledger, 0)->baseline && !tw_ledger_trial(ledger, 1)->baseline);
}

static void memory_holds_copies(void **state)
{
    (void)state;
    tw_ledger *ledger;
    tw_error err;
    assert_ok(tw_ledger_new(NULL, &ledger, &err), &err);
    fill(ledger);
    check(ledger);
    assert_int_equal(tw_ledger_add(ledger, &(tw_trial){.name = ""}, &err), TW_BAD_VALUE);
    tw_ledger_free(ledger);
    tw_ledger_free(NULL);
}

typedef struct file {
    char path[64];
    char *text;
    size_t length;
} file;

static file fresh(void)
{
    file f = {.path = "/tmp/tw-ledger-XXXXXX"};
    const int made = mkstemp(f.path);
    assert_true(made >= 0);
    close(made);
    assert_int_equal(unlink(f.path), 0);
    return f;
}

static void write_ledger(file *f)
{
    tw_ledger *ledger;
    tw_error err;
    assert_ok(tw_ledger_open(NULL, f->path, &ledger, &err), &err);
    fill(ledger);
    tw_ledger_free(ledger);
    assert_ok(tw_file_read(NULL, f->path, &f->text, &f->length, &err), &err);
}

static void a_file_keeps_its_trials_to_the_bit(void **state)
{
    (void)state;
    file f = fresh();
    tw_ledger *ledger;
    tw_error err;
    write_ledger(&f);
    assert_ok(tw_ledger_open(NULL, f.path, &ledger, &err), &err);
    check(ledger);
    const double d[2] = {0.4, NAN};
    const tw_trial more = make_trial("more", d, returns, 3);
    assert_ok(tw_ledger_add(ledger, &more, &err), &err);
    tw_ledger_free(ledger);
    assert_ok(tw_ledger_open(NULL, f.path, &ledger, &err), &err);
    assert_int_equal(tw_ledger_size(ledger), 4);
    tw_ledger_free(ledger);
    tw_free(NULL, f.text);
    unlink(f.path);
}

static void expect_bad(const file *f, const char *text, size_t length, const char *words)
{
    tw_ledger *ledger = NULL;
    tw_error err;
    assert_ok(tw_file_write(f->path, text, length, &err), &err);
    assert_int_equal(tw_ledger_open(NULL, f->path, &ledger, &err), TW_BAD_FILE);
    if (!strstr(err.message, words)) fail_msg("'%s' not in: %s", words, err.message);
}

static void tampering_is_found(void **state)
{
    (void)state;
    file f = fresh();
    write_ledger(&f);
    char *second = strchr(f.text, '\n') + 1, *third = strchr(second, '\n') + 1;
    char *changed = tw_text_copy(NULL, f.text);
    char *digit = strstr(changed + (second - f.text), "0.2,");
    assert_non_null(digit);
    digit[2] = '9';
    expect_bad(&f, changed, f.length, ":2: was changed");
    /* without its second line */
    memmove(changed, f.text, (size_t)(second - f.text));
    memcpy(changed + (second - f.text), third, strlen(third) + 1);
    expect_bad(&f, changed, strlen(changed), ":2: does not follow");
    expect_bad(&f, third, strlen(third), ":1: does not follow");
    expect_bad(&f, f.text, f.length - 1, ":3: the last line is cut off");
    expect_bad(&f, "{}\n", 3, ":1: no line of a ledger");
    tw_free(NULL, changed);
    tw_free(NULL, f.text);
    unlink(f.path);
}

static void a_file_that_cannot_be_written_leaves_the_ledger_as_it_was(void **state)
{
    (void)state;
    tw_ledger *ledger;
    tw_error err;
    assert_ok(tw_ledger_open(NULL, "/tmp/no-such-folder-2385/ledger.jsonl", &ledger, &err), &err);
    const double a[2] = {0.1, NAN};
    const tw_trial trial = make_trial("mean", a, returns, 3);
    assert_int_equal(tw_ledger_add(ledger, &trial, &err), TW_IO_FAILED);
    assert_int_equal(tw_ledger_size(ledger), 0);
    tw_ledger_free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_holds_copies),
        cmocka_unit_test(a_file_keeps_its_trials_to_the_bit),
        cmocka_unit_test(tampering_is_found),
        cmocka_unit_test(a_file_that_cannot_be_written_leaves_the_ledger_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
