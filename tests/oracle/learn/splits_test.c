/* SPDX-License-Identifier: Apache-2.0 */
/* Folds of random label intervals against the definition, every train row against every test row. */
#include "tradewind/learn.h"

#include "tw_test.h"

#include <math.h>

enum { TIMES = 90, LANES = 16, CELLS = TIMES * LANES };

typedef struct fixture {
    double label[CELLS];
    uint32_t start[CELLS], end[CELLS];
    bool usable[CELLS];
    tw_dataset data;
} fixture;

/* Intervals of random start and length, a third of the cells without a label, some rows not usable. */
static void fill(fixture *x, uint64_t seed)
{
    tw_random r = {seed, 7, 0};
    for (uint32_t c = 0; c < CELLS; c++) {
        const uint32_t t = c / LANES, start = t + (uint32_t)tw_random_below(&r, 3);
        const uint32_t end = start + (uint32_t)tw_random_below(&r, 12);
        const bool known = tw_random_below(&r, 3) > 0 && end < TIMES;
        x->label[c] = known ? tw_random_normal(&r) : NAN;
        x->start[c] = known ? start : t;
        x->end[c] = known ? end : t;
        x->usable[c] = t > 4 && tw_random_below(&r, 10) > 0;
    }
    x->data = (tw_dataset){
        .n_times = TIMES, .n_lanes = LANES, .label = x->label, .label_start = x->start, .label_end = x->end};
}

static tw_status split(const fixture *x, const char *name, const char *text, tw_folds *folds, tw_error *err)
{
    const tw_splitter *splitter;
    _Alignas(16) char params[256];
    TW_TRY(tw_splitter_find(name, &splitter, err));
    TW_TRY(tw_params_parse(splitter->params, name, text, params, err));
    return splitter->split(NULL, &x->data, x->usable, params, folds, err);
}

static bool in_span(const tw_fold *fold, uint32_t t)
{
    for (size_t j = 0; j < fold->n_spans; j++)
        if (t >= fold->span[j].from && t < fold->span[j].to) return true;
    return false;
}

static bool meets_test(const fixture *x, const tw_fold *fold, uint32_t cell, size_t gap)
{
    const size_t start = x->start[cell], end = x->end[cell];
    for (size_t j = 0; j < fold->n_spans; j++)
        if (end + gap >= fold->span[j].from && start < fold->span[j].to) return true;
    for (uint32_t c = 0; c < CELLS; c++) {
        if (isnan(x->label[c]) || !x->usable[c] || !in_span(fold, c / LANES)) continue;
        if (x->start[c] <= end && x->end[c] >= start) return true;
    }
    return false;
}

static bool embargoed(const fixture *x, const tw_fold *fold, uint32_t t, size_t embargo)
{
    for (size_t j = 0; j < fold->n_spans; j++) {
        size_t last = fold->span[j].to - 1;
        for (uint32_t c = fold->span[j].from * LANES; c < fold->span[j].to * LANES; c++)
            if (!isnan(x->label[c]) && x->usable[c] && x->end[c] > last) last = x->end[c];
        if (embargo && t >= fold->span[j].to && t <= last + embargo) return true;
    }
    return false;
}

typedef struct expectation {
    size_t gap, embargo, train_from, train_to; /* times a train row may have */
} expectation;

static void check_fold(const fixture *x, const tw_fold *fold, expectation e)
{
    size_t train = 0, test = 0, purged = 0, stopped = 0;
    for (uint32_t c = 0; c < CELLS; c++) {
        const uint32_t t = c / LANES;
        if (isnan(x->label[c]) || !x->usable[c]) continue;
        if (in_span(fold, t)) {
            assert_true(test < fold->n_test && fold->test[test] == c);
            test++;
        } else if (t < e.train_from || t >= e.train_to) {
            continue;
        } else if (meets_test(x, fold, c, e.gap)) {
            purged++;
        } else if (embargoed(x, fold, t, e.embargo)) {
            stopped++;
        } else {
            assert_true(train < fold->n_train && fold->train[train] == c);
            train++;
        }
    }
    assert_int_equal(train, fold->n_train);
    assert_int_equal(test, fold->n_test);
    assert_int_equal(purged, fold->n_purged);
    assert_int_equal(stopped, fold->n_embargoed);
}

static void kfold_is_its_definition(void **state)
{
    (void)state;
    static fixture x;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        tw_folds folds;
        tw_error err;
        fill(&x, seed);
        assert_ok(split(&x, "purged_kfold", "folds=4 embargo=3", &folds, &err), &err);
        for (size_t i = 0; i < folds.n; i++) {
            check_fold(&x, &folds.fold[i], (expectation){.embargo = 3, .train_to = TIMES});
            assert_int_equal(tw_fold_verify(&x.data, &folds.fold[i], 3, &err), TW_OK);
        }
        tw_folds_clear(NULL, &folds);
    }
}

static void combinatorial_is_its_definition(void **state)
{
    (void)state;
    static fixture x;
    tw_folds folds;
    tw_error err;
    size_t tested[6] = {0};
    fill(&x, 41);
    assert_ok(split(&x, "combinatorial_purged", "groups=6 test_groups=2 embargo=2", &folds, &err), &err);
    assert_int_equal(folds.n, 15);
    assert_int_equal(tw_combinatorial_paths(6, 2), 5);
    assert_int_equal(tw_combinatorial_paths(61, 31), UINT64_C(118264581564861424)); /* C(60, 30) */
    assert_int_equal(tw_combinatorial_paths(100000, 30), SIZE_MAX);
    for (size_t i = 0; i < folds.n; i++) {
        check_fold(&x, &folds.fold[i], (expectation){.embargo = 2, .train_to = TIMES});
        assert_int_equal(tw_fold_verify(&x.data, &folds.fold[i], 2, &err), TW_OK);
    }
    /* Every path takes every group from a fold that tests it, and no fold's group goes to two paths. */
    for (size_t group = 0; group < 6; group++) {
        size_t last = SIZE_MAX;
        for (size_t path = 0; path < 5; path++) {
            const size_t fold = tw_combinatorial_fold(6, 2, group, path);
            assert_true(fold < folds.n && (path == 0 || fold > last));
            last = fold;
            tested[group]++;
        }
        assert_int_equal(tw_combinatorial_fold(6, 2, group, 5), SIZE_MAX);
    }
    tw_folds_clear(NULL, &folds);
}

static void walk_forward_is_its_definition(void **state)
{
    (void)state;
    static fixture x;
    static const char *const params[] = {"refits=4 first=0.4 embargo=2", "refits=4 first=0.4 window=rolling bars=25"};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        for (size_t k = 0; k < 2; k++) {
            tw_folds folds;
            tw_error err;
            fill(&x, seed);
            assert_ok(split(&x, "walk_forward", params[k], &folds, &err), &err);
            assert_int_equal(folds.n, 4);
            assert_int_equal(folds.fold[3].span[0].to, TIMES);
            for (size_t i = 0; i < folds.n; i++) {
                const size_t from = folds.fold[i].span[0].from;
                check_fold(
                    &x, &folds.fold[i],
                    (expectation){.gap = k ? 0 : 2, .train_from = k && from > 25 ? from - 25 : 0, .train_to = from});
                assert_int_equal(tw_fold_verify(&x.data, &folds.fold[i], 0, &err), TW_OK);
                if (i) assert_int_equal(from, folds.fold[i - 1].span[0].to);
            }
            tw_folds_clear(NULL, &folds);
        }
    }
}

static void verify_refuses_planted_faults(void **state)
{
    (void)state;
    static fixture x;
    tw_folds folds;
    tw_error err;
    fill(&x, 99);
    assert_int_equal(split(&x, "purged_kfold", "folds=3 embargo=4", &folds, &err), TW_OK);
    tw_fold *fold = &folds.fold[1];
    uint32_t *clean = fold->train, planted[1];
    const size_t n = fold->n_train;
    size_t refused = 0;
    fold->train = planted;
    fold->n_train = 1;
    for (uint32_t c = 0; c < CELLS; c++) {
        if (isnan(x.label[c]) || !x.usable[c]) continue;
        planted[0] = c;
        bool fine = false;
        for (size_t i = 0; i < n; i++) fine |= clean[i] == c;
        assert_int_equal(tw_fold_verify(&x.data, fold, 4, &err), fine ? TW_OK : TW_LOOK_AHEAD);
        refused += !fine;
    }
    assert_true(refused == fold->n_test + fold->n_purged + fold->n_embargoed);
    planted[0] = CELLS;
    assert_int_equal(tw_fold_verify(&x.data, fold, 4, &err), TW_BAD_VALUE);
    fold->train = clean;
    fold->n_train = n;
    tw_folds_clear(NULL, &folds);
}

static void splitters_refuse(void **state)
{
    (void)state;
    static fixture x;
    tw_folds folds;
    tw_error err;
    fill(&x, 5);
    assert_int_equal(split(&x, "combinatorial_purged", "groups=30 test_groups=10", &folds, &err), TW_TOO_LARGE);
    assert_int_equal(split(&x, "combinatorial_purged", "groups=3 test_groups=3", &folds, &err), TW_BAD_VALUE);
    assert_int_equal(split(&x, "purged_kfold", "folds=2 embargo=500", &folds, &err), TW_BAD_DATA);
    assert_int_equal(split(&x, "walk_forward", "refits=60", &folds, &err), TW_BAD_DATA);
    assert_int_equal(split(&x, "walkforward", "", &folds, &err), TW_BAD_NAME);
    uint32_t known = 5 * LANES;
    while (isnan(x.label[known]) || !x.usable[known]) known++;
    x.start[known] = 0; /* a label that starts before its own row */
    assert_int_equal(split(&x, "purged_kfold", "folds=3", &folds, &err), TW_BAD_DATA);
    x.data.label = NULL;
    assert_int_equal(split(&x, "purged_kfold", "folds=3", &folds, &err), TW_BAD_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kfold_is_its_definition),
        cmocka_unit_test(combinatorial_is_its_definition),
        cmocka_unit_test(walk_forward_is_its_definition),
        cmocka_unit_test(verify_refuses_planted_faults),
        cmocka_unit_test(splitters_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
