/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every learner of the table. */
#include "tradewind/learn.h"

#include "learn_data.h"
#include "tw_oom.h"
#include "tw_test.h"

/* Settings under which a learner can find the planted signal in a few thousand rows. */
static const char *params_of(const tw_learner *learner)
{
    if (strcmp(learner->name, "gbm") == 0) return "rounds=60 rate=0.1 min_child=10 l2=1 columns=0.7";
    if (strcmp(learner->name, "ridge") == 0) return "alpha=0.001";
    /* It may ask of any column whether a value is there, also where all values are alike: not of fewer rows than 100.
     */
    if (strcmp(learner->name, "xgboost") == 0) return "rounds=60 rate=0.1 min_child=100 columns=0.7";
    if (learner->trees) return "trees=30";
    return "";
}

typedef void learner_check(const tw_learner *learner, learn_data *d);

static void each_learner(uint64_t seed, double signal, double missing, learner_check *check)
{
    size_t n;
    const tw_learner *const *learners = tw_learners(&n);
    learn_data d = learn_make(seed, 300, 7, signal, missing);
    d.rows.data = &d.data;
    for (size_t i = 0; i < n; i++) {
        if (i) assert_true(strcmp(learners[i - 1]->name, learners[i]->name) < 0);
        if (learn_available(learners[i])) check(learners[i], &d);
    }
    learn_clear(&d);
}

static tw_model *fit(const tw_ctx *ctx, const tw_learner *learner, const tw_rows *rows)
{
    tw_model *model = NULL;
    tw_error err;
    assert_ok(
        tw_model_fit(ctx,
                     &(tw_fit_spec){.learner = learner->name, .params = params_of(learner), .seed = 11, .train = rows},
                     &model, &err),
        &err);
    return model;
}

static double *predict(const tw_model *model, const tw_rows *rows)
{
    tw_error err;
    double *score = learn_alloc(rows->n, sizeof *score);
    assert_ok(tw_model_predict(model, rows, score, &err), &err);
    for (size_t i = 0; i < rows->n; i++) assert_true(isfinite(score[i]));
    return score;
}

static tw_buf save(const tw_model *model)
{
    tw_buf out;
    tw_error err;
    tw_buf_init(&out, NULL);
    assert_ok(tw_model_save(model, &out, &err), &err);
    return out;
}

static void same_bytes(const tw_buf *a, const tw_buf *b)
{
    assert_int_equal(a->length, b->length);
    assert_memory_equal(a->data, b->data, a->length);
}

static void check_threads(const tw_learner *learner, learn_data *d)
{
    static const int threads[] = {1, 2, 8};
    tw_buf first = {0};
    for (size_t k = 0; k < 3; k++) {
        tw_pool *pool;
        tw_error err;
        assert_ok(tw_pool_new(threads[k], &pool, &err), &err);
        const tw_ctx ctx = {.pool = pool};
        tw_model *model = fit(&ctx, learner, &d->rows);
        tw_buf bytes = save(model);
        if (k)
            same_bytes(&first, &bytes);
        else
            first = bytes;
        if (k) tw_buf_clear(&bytes);
        tw_model_free(model);
        tw_pool_free(pool);
    }
    tw_buf_clear(&first);
}

static void same_bytes_at_any_thread_count(void **state)
{
    (void)state;
    each_learner(1, 0.5, 0.05, check_threads);
}

/* A fit large enough that histograms and sums are really shared among threads. */
static void same_bytes_when_work_is_shared(void **state)
{
    (void)state;
    learn_data d = learn_make(21, 5000, 30, 0.5, 0.02);
    d.rows.data = &d.data;
    static const char *const names[] = {"gbm", "ridge", "xgboost"};
    for (size_t k = 0; k < 3; k++) {
        const tw_learner *learner;
        assert_int_equal(tw_learner_find(names[k], &learner, NULL), TW_OK);
        if (!learn_available(learner)) continue;
        tw_pool *pool;
        tw_error err;
        tw_model *one, *many;
        assert_ok(tw_pool_new(8, &pool, &err), &err);
        const tw_ctx ctx = {.pool = pool};
        const char *params = strcmp(names[k], "ridge") ? "rounds=4 rows=0.8" : "";
        assert_ok(tw_model_fit(NULL, &(tw_fit_spec){.learner = names[k], .params = params, .seed = 3, .train = &d.rows},
                               &one, &err),
                  &err);
        assert_ok(tw_model_fit(&ctx, &(tw_fit_spec){.learner = names[k], .params = params, .seed = 3, .train = &d.rows},
                               &many, &err),
                  &err);
        tw_buf a = save(one), b = save(many);
        same_bytes(&a, &b);
        tw_buf_clear(&a);
        tw_buf_clear(&b);
        tw_model_free(one);
        tw_model_free(many);
        tw_pool_free(pool);
    }
    learn_clear(&d);
}

static void check_isa(const tw_learner *learner, learn_data *d)
{
    tw_buf first = {0};
    for (int isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++) {
        if (!tw_isa_supported((tw_isa)isa)) continue;
        const tw_ctx ctx = {.isa = (tw_isa)isa};
        tw_model *model = fit(&ctx, learner, &d->rows);
        tw_buf bytes = save(model);
        if (first.data) same_bytes(&first, &bytes);
        if (!first.data)
            first = bytes;
        else
            tw_buf_clear(&bytes);
        tw_model_free(model);
    }
    tw_buf_clear(&first);
}

static void same_bytes_on_every_instruction_set(void **state)
{
    (void)state;
    each_learner(2, 0.5, 0.05, check_isa);
}

static void check_round_trip(const tw_learner *learner, learn_data *d)
{
    tw_model *model = fit(NULL, learner, &d->rows), *back;
    tw_error err;
    tw_buf bytes = save(model), again;
    assert_ok(tw_model_load(NULL, bytes.data, bytes.length, &back, &err), &err);
    double *a = predict(model, &d->rows), *b = predict(back, &d->rows);
    assert_memory_equal(a, b, d->rows.n * sizeof *a);
    assert_string_equal(tw_model_params(model), tw_model_params(back));
    assert_true(tw_model_learner(back) == learner);
    again = save(back);
    same_bytes(&bytes, &again);
    free(a);
    free(b);
    tw_buf_clear(&bytes);
    tw_buf_clear(&again);
    tw_model_free(model);
    tw_model_free(back);
}

static void saved_models_give_the_same_bits(void **state)
{
    (void)state;
    each_learner(3, 0.5, 0.05, check_round_trip);
}

/* One row at a time, and from the middle, gives the bits of the batch. */
static void check_single(const tw_learner *learner, learn_data *d)
{
    tw_model *model = fit(NULL, learner, &d->rows);
    double *batch = predict(model, &d->rows), one;
    for (size_t i = 0; i < d->rows.n; i += 3) {
        const tw_rows row = {&d->data, d->rows.cell + i, 1};
        assert_int_equal(tw_model_predict(model, &row, &one, NULL), TW_OK);
        assert_same(one, batch[i]);
    }
    const tw_rows part = {&d->data, d->rows.cell + 5, 101};
    double *some = predict(model, &part);
    assert_memory_equal(some, batch + 5, part.n * sizeof *some);
    free(some);
    free(batch);
    tw_model_free(model);
}

static void a_row_alone_scores_as_in_a_batch(void **state)
{
    (void)state;
    each_learner(4, 0.5, 0.1, check_single);
}

static double squared_error(const tw_model *model, const tw_rows *rows, double shift, double scale)
{
    double *score = predict(model, rows), sum = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const double e = rows->data->label[rows->cell[i]] - (shift + scale * score[i]);
        sum += e * e;
    }
    free(score);
    return sum / (double)rows->n;
}

static double auc(const tw_model *model, const tw_rows *rows)
{
    double *score = predict(model, rows), *label = learn_alloc(rows->n, sizeof *label), value;
    uint32_t *time = learn_alloc(rows->n, sizeof *time);
    tw_error err;
    for (size_t i = 0; i < rows->n; i++) label[i] = rows->data->label[rows->cell[i]];
    const tw_scored scored = {.n = rows->n, .score = score, .label = label, .time = time};
    assert_ok(tw_metric_compute(NULL, "auc", &scored, &value, &err), &err);
    free(score);
    free(label);
    free(time);
    return value;
}

static void check_signal(const tw_learner *learner, learn_data *d)
{
    if (learner->traits & TW_LEARNER_BASELINE) return;
    const size_t half = d->rows.n / 2;
    const tw_rows train = {&d->data, d->rows.cell, half}, test = {&d->data, d->rows.cell + half, d->rows.n - half};
    const tw_learner *mean;
    assert_int_equal(tw_learner_find("mean", &mean, NULL), TW_OK);
    tw_model *model = fit(NULL, learner, &train), *baseline = fit(NULL, mean, &train);
    if (learner->tasks & TW_TASK_REGRESS)
        assert_true(squared_error(model, &test, 0, 1) < 0.9 * squared_error(baseline, &test, 0, 1));
    assert_true(auc(model, &test) > 0.6);
    tw_model_free(model);
    tw_model_free(baseline);
}

static void learners_beat_the_mean_on_a_planted_signal(void **state)
{
    (void)state;
    each_learner(5, 0.8, 0, check_signal);
}

static void check_noise(const tw_learner *learner, learn_data *d)
{
    const size_t half = d->rows.n / 2;
    const tw_rows train = {&d->data, d->rows.cell, half}, test = {&d->data, d->rows.cell + half, d->rows.n - half};
    tw_model *model = fit(NULL, learner, &train);
    const double value = auc(model, &test);
    assert_true(value > 0.45 && value < 0.55);
    tw_model_free(model);
}

static void nothing_is_found_where_nothing_is(void **state)
{
    (void)state;
    each_learner(6, 0, 0.05, check_noise);
}

/* Labels of test rows must not reach the model: changing them changes no bit of it. */
static void check_no_leak(const tw_learner *learner, learn_data *d)
{
    const size_t half = d->rows.n / 2;
    const tw_rows train = {&d->data, d->rows.cell, half};
    tw_model *before = fit(NULL, learner, &train), *after;
    tw_buf a = save(before), b;
    double kept[16];
    for (size_t k = 0; k < 16; k++) {
        const uint32_t cell = d->rows.cell[half + 7 * k];
        kept[k] = d->label[cell];
        d->label[cell] = 1e6;
        for (size_t f = 0; f < d->data.n_features; f++) d->features[f][cell] += 1000;
    }
    after = fit(NULL, learner, &train);
    b = save(after);
    same_bytes(&a, &b);
    for (size_t k = 0; k < 16; k++) {
        d->label[d->rows.cell[half + 7 * k]] = kept[k];
        for (size_t f = 0; f < d->data.n_features; f++) d->features[f][d->rows.cell[half + 7 * k]] -= 1000;
    }
    tw_buf_clear(&a);
    tw_buf_clear(&b);
    tw_model_free(before);
    tw_model_free(after);
}

static void rows_not_trained_on_do_not_matter(void **state)
{
    (void)state;
    each_learner(7, 0.5, 0.05, check_no_leak);
}

/* Rows all missing, columns all missing, constant or infinite: finite scores. */
static void check_missing(const tw_learner *learner, learn_data *d)
{
    for (size_t c = 0; c < d->n_cells; c++) {
        d->features[4][c] = NAN;
        d->features[5][c] = 2.385F;
        if (c % 97 == 0) d->features[0][c] = INFINITY;
        if (c % 89 == 0) d->features[0][c] = -INFINITY;
        for (size_t f = 0; c % 50 == 0 && f < d->data.n_features; f++) d->features[f][c] = NAN;
    }
    tw_model *model = fit(NULL, learner, &d->rows);
    free(predict(model, &d->rows));
    double share[7], total = 0;
    if (tw_model_importance(model, share)) {
        for (size_t f = 0; f < 7; f++) total += share[f];
        assert_near(total, 1, 1e-12);
        assert_same(share[4] + share[5], 0);
    }
    tw_model_free(model);
}

static void missing_and_infinite_values_do_no_harm(void **state)
{
    (void)state;
    each_learner(8, 0.5, 0.3, check_missing);
}

static double correlation(size_t n, const double *x, const double *y)
{
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        mx += x[i] / (double)n;
        my += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 1;
}

/* Two datasets of the same rows: each time twice, or weight 2. Bins and integer gradients of trees differ a little
 * between the two, sums of linear learners by rounding only. */
static void check_weights(const tw_learner *learner, learn_data *d)
{
    if (!(learner->traits & TW_LEARNER_WEIGHTS) || strcmp(learner->name, "last_value") == 0) return;
    const size_t cells = d->n_cells, n = d->rows.n, doubled = n / 3;
    learn_data twice = learn_make(9, 600, 7, 0.5, 0.05);
    for (size_t f = 0; f < 7; f++)
        for (size_t c = 0; c < 2 * cells; c++) twice.features[f][c] = d->features[f][c % cells];
    for (size_t c = 0; c < 2 * cells; c++) twice.label[c] = d->label[c % cells];
    for (size_t i = 0; i < n; i++) twice.all[i] = d->all[i];
    for (size_t i = 0; i < doubled; i++) twice.all[n + i] = (uint32_t)cells + d->all[i];
    for (size_t c = 0; c < cells; c++) d->weight[c] = 1;
    for (size_t i = 0; i < doubled; i++) d->weight[d->all[i]] = 2;
    const tw_rows copies = {&twice.data, twice.all, n + doubled};
    tw_model *a = fit(NULL, learner, &copies);
    d->data.weight = d->weight;
    tw_model *b = fit(NULL, learner, &d->rows);
    d->data.weight = NULL;
    double *x = predict(a, &d->rows), *y = predict(b, &d->rows);
    if (learner->trees)
        assert_true(correlation(n, x, y) > 0.95);
    else
        for (size_t i = 0; i < n; i++) assert_near(x[i], y[i], 1e-5);
    free(x);
    free(y);
    tw_model_free(a);
    tw_model_free(b);
    learn_clear(&twice);
}

static void weight_two_is_the_row_twice(void **state)
{
    (void)state;
    each_learner(9, 0.5, 0.05, check_weights);
}

static void check_allocation(const tw_learner *learner, learn_data *d)
{
    tw_oom oom;
    tw_oom_init(&oom, 0, false);
    tw_model *model = fit(&oom.ctx, learner, &d->rows);
    double *score = learn_alloc(d->rows.n, sizeof *score);
    const size_t before = atomic_load(&oom.calls);
    assert_int_equal(tw_model_predict(model, &d->rows, score, NULL), TW_OK);
    assert_int_equal(atomic_load(&oom.calls), before);
    tw_model_free(model);
    assert_int_equal(atomic_load(&oom.live), 0);
    free(score);
}

static void predict_allocates_nothing(void **state)
{
    (void)state;
    each_learner(10, 0.5, 0.05, check_allocation);
}

static void check_refusals(const tw_learner *learner, learn_data *d)
{
    tw_model *model = fit(NULL, learner, &d->rows), *none = NULL;
    tw_error err;
    double score[1];
    tw_dataset other = d->data;
    other.n_features = 6;
    assert_int_equal(tw_model_predict(model, &(tw_rows){&other, d->all, 1}, score, &err), TW_BAD_VALUE);
    assert_int_equal(
        tw_model_fit(NULL,
                     &(tw_fit_spec){.learner = learner->name, .params = "no_such=1", .seed = 1, .train = &d->rows},
                     &none, &err),
        TW_BAD_NAME);
    assert_int_equal(
        tw_model_fit(NULL,
                     &(tw_fit_spec){.learner = learner->name, .seed = 1, .train = &(tw_rows){&d->data, d->all, 0}},
                     &none, &err),
        TW_BAD_DATA);
    const double kept = d->label[d->all[3]];
    d->label[d->all[3]] = NAN;
    assert_int_equal(tw_model_fit(NULL,
                                  &(tw_fit_spec){.learner = learner->name, .params = "", .seed = 1, .train = &d->rows},
                                  &none, &err),
                     TW_BAD_DATA);
    d->label[d->all[3]] = kept;
    tw_buf bytes = save(model);
    for (size_t i = 0; i < bytes.length; i += 1 + i / 16) { /* every byte of the head, fewer behind */
        bytes.data[i] ^= 0x40;
        assert_true(tw_model_load(NULL, bytes.data, bytes.length, &none, &err) != TW_OK);
        bytes.data[i] ^= 0x40;
        assert_true(tw_model_load(NULL, bytes.data, i, &none, &err) != TW_OK);
    }
    tw_buf_clear(&bytes);
    tw_model_free(model);
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    each_learner(11, 0.5, 0.05, check_refusals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes_at_any_thread_count),
        cmocka_unit_test(same_bytes_when_work_is_shared),
        cmocka_unit_test(same_bytes_on_every_instruction_set),
        cmocka_unit_test(saved_models_give_the_same_bits),
        cmocka_unit_test(a_row_alone_scores_as_in_a_batch),
        cmocka_unit_test(learners_beat_the_mean_on_a_planted_signal),
        cmocka_unit_test(nothing_is_found_where_nothing_is),
        cmocka_unit_test(rows_not_trained_on_do_not_matter),
        cmocka_unit_test(missing_and_infinite_values_do_no_harm),
        cmocka_unit_test(weight_two_is_the_row_twice),
        cmocka_unit_test(predict_allocates_nothing),
        cmocka_unit_test(bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
