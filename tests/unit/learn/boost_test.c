/* SPDX-License-Identifier: Apache-2.0 */
/* What boosting promises, option by option. */
#include "learn/boost/loss.h"

#include "tradewind/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tw_test.h"

enum { ROWS = 4000, FEATURES = 6, CELLS = 4016 };

/* Numbers in a, b, c, d; categories in k (12 of them) and s (3). */
typedef struct table {
    float column[FEATURES][CELLS];
    const float *features[FEATURES];
    double label[CELLS], weight[CELLS];
    uint32_t cell[CELLS], group[CELLS], levels[FEATURES];
    tw_dataset data;
    tw_rows train, valid;
} table;

static const char *const names[FEATURES] = {"a", "b", "c", "d", "k", "s"};

static table *table_new(uint64_t seed)
{
    table *t = calloc(1, sizeof *t);
    assert_non_null(t);
    tw_random r = {seed, 0, 0};
    for (size_t i = 0; i < CELLS; i++) {
        for (size_t f = 0; f < 4; f++) t->column[f][i] = (float)tw_random_normal(&r);
        t->column[4][i] = (float)tw_random_below(&r, 12);
        t->column[5][i] = (float)tw_random_below(&r, 3);
        if (i % 17 == 3) t->column[1][i] = NAN;
        const double odd = (int)t->column[4][i] % 2 ? 1.2 : -1.2,
                     b = isnan(t->column[1][i]) ? 1 : (double)t->column[1][i];
        t->label[i] =
            (double)t->column[0][i] + 0.5 * b * b + odd + (t->column[5][i] == 2 ? 0.7 : 0) + 0.5 * tw_random_normal(&r);
        t->weight[i] = 0.5 + tw_random_uniform(&r);
        t->cell[i] = (uint32_t)i;
        t->group[i] = (uint32_t)(i / 20);
    }
    for (size_t f = 0; f < FEATURES; f++) t->features[f] = t->column[f];
    t->levels[4] = 12;
    t->levels[5] = 3;
    t->data = (tw_dataset){.n_times = CELLS / 16,
                           .n_lanes = 16,
                           .n_features = FEATURES,
                           .features = t->features,
                           .feature_names = names,
                           .label = t->label,
                           .levels = t->levels,
                           .group = t->group};
    t->train = (tw_rows){&t->data, t->cell, 3000};
    t->valid = (tw_rows){&t->data, t->cell + 3000, 1000};
    return t;
}

static tw_model *fit_with(const table *t, const char *params, const tw_fit_spec *more)
{
    tw_model *model = NULL;
    tw_error err;
    tw_fit_spec spec = *more;
    spec.learner = "gbm";
    spec.params = params;
    spec.seed = 11;
    if (!spec.train) spec.train = &t->train;
    assert_ok(tw_model_fit(NULL, &spec, &model, &err), &err);
    return model;
}

static tw_model *fit(const table *t, const char *params)
{
    return fit_with(t, params, &(tw_fit_spec){.learner = NULL});
}

static double r2(const table *t, const tw_model *model)
{
    double *score = calloc(1000, sizeof *score), mean = 0, off = 0, all = 0;
    assert_non_null(score);
    assert_int_equal(tw_model_predict(model, &t->valid, score, NULL), TW_OK);
    for (size_t i = 0; i < 1000; i++) mean += t->label[3000 + i] / 1000;
    for (size_t i = 0; i < 1000; i++) {
        off += (score[i] - t->label[3000 + i]) * (score[i] - t->label[3000 + i]);
        all += (t->label[3000 + i] - mean) * (t->label[3000 + i] - mean);
    }
    free(score);
    return 1 - off / all;
}

static tw_buf bytes_of(const tw_model *model)
{
    tw_buf out;
    tw_buf_init(&out, NULL);
    assert_int_equal(tw_model_save(model, &out, NULL), TW_OK);
    return out;
}

static void assert_same_model(const tw_model *a, const tw_model *b)
{
    tw_buf x = bytes_of(a), y = bytes_of(b);
    assert_int_equal(x.length, y.length);
    assert_memory_equal(x.data, y.data, x.length);
    tw_buf_clear(&x);
    tw_buf_clear(&y);
}

#define GROW "columns=1 min_child=5 l2=1 cat_rows=20 "
#define BASE GROW "rounds=60 rate=0.15 "

/* The noise leaves about 0.93 of the variance to be explained. */
static void every_way_to_grow_learns(void **state)
{
    (void)state;
    static const char *const ways[] = {
        BASE,
        BASE "grow=depth depth=5",
        GROW "rate=0.15 extra=true rounds=120",
        BASE "linear=1 leaves=15",
        GROW "rounds=60 rows=0.4 top=0.2 rate=0.3",
        GROW "rounds=60 drop=0.1 skip=0.3 rate=0.3",
        "rounds=60 rate=0.15 min_child=5 l2=1 rows=0.6 columns=0.7 columns_node=0.7",
        BASE "loss=huber alpha=1",
        BASE "loss=absolute",
        BASE "loss=quantile alpha=0.5",
        BASE "min_rows=30 l1=2",
        BASE "cat_each=0",
    };
    table *t = table_new(5);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        tw_model *model = fit(t, ways[i]);
        const double got = r2(t, model);
        if (!(got > 0.85)) fail_msg("%s: R2 %g", ways[i], got);
        tw_model_free(model);
    }
    free(t);
}

/* One thread or three, whichever instruction set: the file is the same. */
static void threads_and_paths_give_the_same_bytes(void **state)
{
    (void)state;
    static const char *const ways[] = {BASE,
                                       BASE "extra=true columns_node=0.6",
                                       BASE "rows=0.5 top=0.1 drop=0.2",
                                       BASE "loss=softmax",
                                       BASE "linear=0.5",
                                       BASE "monotone=\"+a\"",
                                       BASE "loss=rank_ic"};
    table *t = table_new(6);
    tw_pool *pool;
    assert_int_equal(tw_pool_new(3, &pool, NULL), TW_OK);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (i == 3)
            for (size_t c = 0; c < CELLS; c++) t->label[c] = (double)((int)t->column[4][c] % 3);
        tw_model *one = fit(t, ways[i]);
        for (tw_isa isa = TW_ISA_BASELINE; isa <= tw_isa_resolve(TW_ISA_BEST); isa++) {
            const tw_ctx ctx = {.pool = pool, .isa = isa};
            tw_model *other;
            assert_int_equal(
                tw_model_fit(&ctx, &(tw_fit_spec){.learner = "gbm", .params = ways[i], .seed = 11, .train = &t->train},
                             &other, NULL),
                TW_OK);
            assert_same_model(one, other);
            tw_model_free(other);
        }
        tw_model_free(one);
    }
    tw_pool_free(pool);
    free(t);
}

static double score_at(const table *t, const tw_model *model, float a)
{
    float x[FEATURES][16] = {{a}, {0.3F}, {0.1F}, {-0.2F}, {4}, {2}};
    const float *columns[FEATURES] = {x[0], x[1], x[2], x[3], x[4], x[5]};
    const tw_dataset data = {.n_times = 1, .n_lanes = 16, .n_features = FEATURES, .features = columns};
    double score;
    (void)t;
    assert_int_equal(tw_model_predict(model, &(tw_rows){&data, &(uint32_t){0}, 1}, &score, NULL), TW_OK);
    return score;
}

static size_t falls(const table *t, const tw_model *model)
{
    size_t n = 0;
    double last = -INFINITY;
    for (int i = -60; i <= 60; i++) {
        const double score = score_at(t, model, (float)i / 20);
        n += score < last;
        last = score;
    }
    return n;
}

static void monotone_features_are(void **state)
{
    (void)state;
    table *t = table_new(7);
    for (size_t c = 0; c < CELLS; c++) t->label[c] += sin(4 * (double)t->column[0][c]);
    tw_model *free_one = fit(t, BASE), *held = fit(t, BASE "monotone=\"+a,-d\"");
    assert_true(falls(t, free_one) > 5);
    assert_int_equal(falls(t, held), 0);
    assert_true(r2(t, held) > 0.6);
    tw_model_free(free_one);
    tw_model_free(held);
    tw_model *none = NULL;
    tw_error err;
    assert_int_equal(tw_model_fit(NULL,
                                  &(tw_fit_spec){.learner = "gbm", .params = "monotone=\"+nope\"", .train = &t->train},
                                  &none, &err),
                     TW_BAD_NAME);
    assert_int_equal(tw_model_fit(NULL,
                                  &(tw_fit_spec){.learner = "gbm", .params = "monotone=\"+k\"", .train = &t->train},
                                  &none, &err),
                     TW_BAD_VALUE);
    free(t);
}

/* Features on the way to node i. */
static unsigned features_above(const tw_trees *m, size_t tree, uint32_t node)
{
    unsigned seen = 0;
    for (uint32_t at = node; at != m->first[tree];) {
        uint32_t parent = m->first[tree];
        while (tw_tree_is_leaf(m, parent) || (m->node[parent].left != at && m->node[parent].left + 1 != at)) parent++;
        seen |= 1U << m->node[parent].feature;
        at = parent;
    }
    return seen;
}

static void interactions_stay_in_their_groups(void **state)
{
    (void)state;
    table *t = table_new(8);
    tw_model *model = fit(t, GROW "rate=0.15 rounds=20 interact=\"a,k;b,s,c\"");
    const tw_trees *m = tw_model_trees(model);
    const unsigned groups[2] = {1U | 16U, 2U | 32U | 4U}, other = 8U;
    size_t deep = 0;
    for (size_t tree = 0; tree < m->n_trees; tree++)
        for (uint32_t i = m->first[tree]; i < m->first[tree + 1]; i++) {
            const unsigned seen = features_above(m, tree, i) & ~other;
            assert_true((seen & ~groups[0]) == 0 || (seen & ~groups[1]) == 0);
            deep += seen != 0 && (seen & (seen - 1)) != 0;
        }
    assert_true(deep > 10);
    tw_model_free(model);
    free(t);
}

/* Odd and even categories of twelve: one split by a set tells them apart, which takes eleven by a threshold. */
static void categories_are_split_by_sets(void **state)
{
    (void)state;
    table *t = table_new(9);
    for (size_t c = 0; c < CELLS; c++) t->label[c] = (int)t->column[4][c] % 2 ? 1.2 : -1.2;
    tw_model *model = fit(t, "rounds=1 rate=1 leaves=2 columns=1 min_child=1 l2=0 cat_l2=0 cat_smooth=0 cat_rows=1");
    assert_true(r2(t, model) > 0.9999);
    const tw_trees *m = tw_model_trees(model);
    assert_int_equal(m->n_nodes, 3);
    assert_true(m->node[0].flags & TW_SPLIT_SET);
    /* A category that was never seen goes where missing ones go. */
    assert_int_equal(tw_tree_step(m, 0, 4711), tw_tree_step(m, 0, NAN));
    tw_model_free(model);
    free(t);
}

/* Rows of weight 0 might as well not be there; other weights change what is learned. */
static void weights_count(void **state)
{
    (void)state;
    table *t = table_new(10);
    for (size_t c = 0; c < CELLS; c++) {
        t->weight[c] = (double)(c % 2);
        if (c % 2 == 0) t->label[c] = 100;
    }
    t->data.weight = t->weight;
    tw_model *model = fit(t, BASE);
    t->data.weight = NULL;
    double score[1000], off = 0;
    assert_int_equal(tw_model_predict(model, &t->valid, score, NULL), TW_OK);
    for (size_t i = 1; i < 1000; i += 2) off += fabs(score[i] - t->label[3000 + i]) / 500;
    assert_true(off < 0.6);
    tw_model_free(model);
    free(t);
}

static void going_on_from_a_model(void **state)
{
    (void)state;
    table *t = table_new(12);
    tw_model *some = fit(t, GROW "rate=0.15 rounds=10"),
             *on = fit_with(t, GROW "rate=0.15 rounds=10", &(tw_fit_spec){.from = some}), *none = NULL;
    const tw_trees *a = tw_model_trees(some), *b = tw_model_trees(on);
    tw_error err;
    assert_int_equal(b->n_trees, 20);
    for (size_t i = 0; i < a->n_nodes; i++) assert_same(a->value[i], b->value[i]);
    assert_true(r2(t, on) > r2(t, some) + 0.02);
    assert_int_equal(
        tw_model_fit(NULL,
                     &(tw_fit_spec){.learner = "gbm", .params = "loss=logistic", .train = &t->train, .from = some},
                     &none, &err),
        TW_BAD_VALUE);
    tw_model_free(some);
    tw_model_free(on);
    free(t);
}

/* Bins made once for all rows, by the edges of train rows alone, give the model of bins made for the fit; and test rows
 * move no edge. */
static void shared_bins_are_those_of_the_fold(void **state)
{
    (void)state;
    table *t = table_new(13);
    const tw_rows all = {&t->data, t->cell, ROWS}, odd = {&t->data, t->cell + 500, 2000};
    tw_bins *bins, *moved;
    tw_error err;
    assert_ok(tw_bins_new(NULL, &(tw_bins_spec){&all, &odd, 63, 11}, &bins, &err), &err);
    tw_model *own = fit_with(t, BASE, &(tw_fit_spec){.train = &odd}),
             *shared = fit_with(t, BASE, &(tw_fit_spec){.train = &odd, .bins = bins});
    assert_same_model(own, shared);
    for (size_t c = 2500; c < CELLS; c++) t->column[0][c] *= 100;
    assert_ok(tw_bins_new(NULL, &(tw_bins_spec){&all, &odd, 63, 11}, &moved, &err), &err);
    tw_model *still = fit_with(t, BASE, &(tw_fit_spec){.train = &odd, .bins = moved});
    assert_same_model(own, still);
    tw_model *none;
    const tw_rows past = {&t->data, t->cell + 3990, 20};
    assert_int_equal(tw_model_fit(NULL, &(tw_fit_spec){.learner = "gbm", .train = &past, .bins = bins}, &none, &err),
                     TW_BAD_VALUE);
    tw_model_free(own);
    tw_model_free(shared);
    tw_model_free(still);
    tw_bins_free(bins);
    tw_bins_free(moved);
    free(t);
}

/* Labels of five bars: the last four times before those held out reach into them. */
static void rows_held_out_share_no_label(void **state)
{
    (void)state;
    table *t = table_new(19);
    uint32_t end[CELLS], cell[CELLS];
    for (uint32_t i = 0; i < CELLS; i++) end[i] = i / 16 + 4;
    t->data.label_end = end;
    tw_held_out held = {.cell = cell};
    const tw_rows rows = {&t->data, t->cell, 160 * 16};
    tw_error err;
    assert_ok(tw_hold_out(&rows, 0.25, &held, &err), &err);
    assert_int_equal(held.n_valid, 40 * 16);
    assert_int_equal(held.n_purged, 4 * 16);
    assert_int_equal(held.n_train, 116 * 16);
    assert_int_equal(cell[held.n_train - 1], 116 * 16 - 1);
    assert_int_equal(cell[held.n_train], 120 * 16);
    assert_int_equal(tw_hold_out(&rows, 1, &held, &err), TW_BAD_VALUE);
    assert_int_equal(tw_hold_out(&rows, 0.999, &held, &err), TW_BAD_DATA);
    free(t);
}

/* ---------------------------------------------------------------- losses */

/* The loss of one row by its score, by differences of the mean loss. */
static void check_slopes(const char *name, double label, double tolerance)
{
    const tw_loss *loss = tw_loss_find(name);
    tw_gbm_params p = {.alpha = 0.7, .power = 1.3, .truncate = 30};
    double scratch[16] = {0}, y[1] = {label}, g[3], h[3];
    const size_t k = loss->traits & TW_LOSS_CLASSES ? 3 : 1;
    const tw_loss_rows rows = {.params = &p, .n = 1, .n_outputs = k, .label = y, .scratch = scratch};
    double s[3] = {0.31, -0.4, 0.11};
    assert_int_equal(loss->gradients(&rows, s, g, h, NULL), TW_OK);
    for (size_t i = 0; i < k; i++) {
        const double e = 1e-6, kept = s[i];
        s[i] = kept + e;
        const double up = loss->loss(&rows, s);
        s[i] = kept - e;
        const double down = loss->loss(&rows, s);
        s[i] = kept;
        const double factor = strcmp(name, "squared") == 0 ? 2 : 1; /* the gradient is of half the square */
        assert_near((up - down) / (2 * e), factor * g[i], tolerance);
    }
}

static void gradients_are_slopes_of_losses(void **state)
{
    (void)state;
    check_slopes("squared", 2.385, 1e-8);
    check_slopes("huber", 2.385, 1e-8);
    check_slopes("huber", 0.4, 1e-8);
    check_slopes("absolute", 2.385, 1e-8);
    check_slopes("quantile", 2.385, 1e-8);
    check_slopes("quantile", -2.385, 1e-8);
    check_slopes("logistic", 1, 1e-8);
    check_slopes("logistic", 0, 1e-8);
    check_slopes("poisson", 3, 1e-8);
    check_slopes("gamma", 2.385, 1e-8);
    check_slopes("tweedie", 2.385, 1e-8);
    check_slopes("tweedie", 0, 1e-8);
    check_slopes("softmax", 2, 1e-8);
}

/* Score and label of rows of a group: what is learned must order the rows it has not seen. */
static double mean_ic(const table *t, const tw_model *model)
{
    double score[1000], ic = 0;
    assert_int_equal(tw_model_predict(model, &t->valid, score, NULL), TW_OK);
    for (size_t g = 0; g < 50; g++) ic += tw_correlation(20, score + 20 * g, t->label + 3000 + 20 * g) / 50;
    return ic;
}

static void order_is_learned_within_groups(void **state)
{
    (void)state;
    table *t = table_new(14);
    /* A level of each group, which no order depends on, would swamp a loss of the values. */
    for (size_t c = 0; c < CELLS; c++) t->label[c] += 50 * sin((double)t->group[c]);
    tw_model *ic = fit(t, BASE "loss=ic"), *rank = fit(t, BASE "loss=rank_ic"), *squared = fit(t, BASE);
    assert_true(mean_ic(t, ic) > 0.85 && mean_ic(t, rank) > 0.85);
    assert_true(mean_ic(t, squared) < 0.5);
    for (size_t c = 0; c < CELLS; c++)
        t->label[c] = fmin(fmax(floor(t->label[c] - 50 * sin((double)t->group[c]) + 2), 0), 4);
    tw_model *lambda = fit(t, "rounds=60 rate=0.15 columns=1 l2=1 loss=lambdarank min_child=0.01");
    assert_true(mean_ic(t, lambda) > 0.75);
    tw_model_free(ic);
    tw_model_free(rank);
    tw_model_free(squared);
    tw_model_free(lambda);
    free(t);
}

static void counts_and_classes(void **state)
{
    (void)state;
    table *t = table_new(15);
    double *score = calloc(3000, sizeof *score), mean = 0, got = 0;
    assert_non_null(score);
    tw_random r = {3, 0, 0};
    for (size_t c = 0; c < CELLS; c++) {
        const double rate = exp(0.5 * (double)t->column[0][c]);
        t->label[c] = 0;
        for (double p = tw_random_uniform(&r); p > exp(-rate); p *= tw_random_uniform(&r)) t->label[c]++;
    }
    static const char *const ways[] = {BASE "loss=poisson", BASE "loss=tweedie power=1.2"};
    for (size_t i = 0; i < 2; i++) {
        tw_model *model = fit(t, ways[i]);
        assert_int_equal(tw_model_predict(model, &t->valid, score, NULL), TW_OK);
        mean = got = 0;
        for (size_t k = 0; k < 1000; k++) {
            mean += exp(0.5 * (double)t->column[0][3000 + k]) / 1000;
            got += fabs(score[k] - exp(0.5 * (double)t->column[0][3000 + k])) / 1000;
        }
        assert_true(got < 0.25 * mean);
        tw_model_free(model);
    }
    for (size_t c = 0; c < CELLS; c++) t->label[c] = (int)t->column[4][c] % 2 ? t->column[0][c] > 0 : 2;
    tw_model *model = fit(t, BASE "loss=softmax");
    assert_int_equal(tw_model_outputs(model), 3);
    assert_int_equal(tw_model_predict(model, &t->valid, score, NULL), TW_OK);
    size_t right = 0;
    for (size_t k = 0; k < 1000; k++) {
        const double *p = score + 3 * k;
        assert_near(p[0] + p[1] + p[2], 1, 1e-12);
        const size_t best = p[0] > p[1] ? (p[0] > p[2] ? 0 : 2) : p[1] > p[2] ? 1 : 2;
        right += best == (size_t)t->label[3000 + k];
    }
    assert_true(right > 970);
    tw_model_free(model);
    free(score);
    free(t);
}

static tw_status cube_gradients(void *arg, size_t n, const double *score, const double *label, double *gradient,
                                double *hessian, tw_error *err)
{
    (void)err;
    ++*(int *)arg;
    for (size_t i = 0; i < n; i++) {
        gradient[i] = score[i] - label[i];
        hessian[i] = 1;
    }
    return TW_OK;
}

static double cube_loss(void *arg, size_t n, const double *score, const double *label, const double *weight)
{
    double sum = 0;
    (void)arg;
    (void)weight;
    for (size_t i = 0; i < n; i++) sum += (score[i] - label[i]) * (score[i] - label[i]);
    return sum / (double)n;
}

static void a_loss_of_ones_own(void **state)
{
    (void)state;
    table *t = table_new(16);
    int calls = 0;
    const tw_custom_loss own = {cube_gradients, cube_loss, &calls};
    tw_model *model = fit_with(t, BASE "loss=custom", &(tw_fit_spec){.custom = &own, .valid = &t->valid}), *none;
    tw_error err;
    assert_true(calls > 10);
    assert_true(r2(t, model) > 0.85);
    assert_int_equal(
        tw_model_fit(NULL, &(tw_fit_spec){.learner = "gbm", .params = "loss=custom", .train = &t->train}, &none, &err),
        TW_BAD_VALUE);
    tw_model_free(model);
    free(t);
}

static void labels_out_of_range_are_refused(void **state)
{
    (void)state;
    table *t = table_new(17);
    tw_model *none;
    tw_error err;
    static const char *const ways[] = {"loss=poisson",          "loss=gamma",
                                       "loss=tweedie",          "loss=softmax",
                                       "loss=lambdarank",       "loss=softmax classes=3",
                                       "rows=0.2 top=0.3",      "loss=quantile alpha=1.5",
                                       "linear=1 loss=absolute"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        assert_int_not_equal(
            tw_model_fit(NULL, &(tw_fit_spec){.learner = "gbm", .params = ways[i], .train = &t->train}, &none, &err),
            TW_OK);
    free(t);
}

/* ---------------------------------------------------------------- cancelling */

typedef struct stopper {
    int steps;
} stopper;

static bool after_five(void *arg) { return ++((stopper *)arg)->steps > 5; }

static void a_cancelled_fit_may_keep_what_it_has(void **state)
{
    (void)state;
    table *t = table_new(18);
    for (int partial = 0; partial < 2; partial++) {
        stopper stop = {0};
        const tw_progress progress = {.cancelled = after_five, .arg = &stop};
        const tw_ctx ctx = {.progress = &progress};
        tw_model *model = NULL;
        const tw_status status = tw_model_fit(
            &ctx, &(tw_fit_spec){.learner = "gbm", .params = BASE, .train = &t->train, .partial = partial == 1}, &model,
            NULL);
        assert_int_equal(status, partial ? TW_OK : TW_CANCELLED);
        if (partial) assert_int_equal(tw_model_trees(model)->n_trees, 5);
        tw_model_free(model);
    }
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_grow_learns),
        cmocka_unit_test(threads_and_paths_give_the_same_bytes),
        cmocka_unit_test(monotone_features_are),
        cmocka_unit_test(interactions_stay_in_their_groups),
        cmocka_unit_test(categories_are_split_by_sets),
        cmocka_unit_test(weights_count),
        cmocka_unit_test(going_on_from_a_model),
        cmocka_unit_test(shared_bins_are_those_of_the_fold),
        cmocka_unit_test(rows_held_out_share_no_label),
        cmocka_unit_test(gradients_are_slopes_of_losses),
        cmocka_unit_test(order_is_learned_within_groups),
        cmocka_unit_test(counts_and_classes),
        cmocka_unit_test(a_loss_of_ones_own),
        cmocka_unit_test(labels_out_of_range_are_refused),
        cmocka_unit_test(a_cancelled_fit_may_keep_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
