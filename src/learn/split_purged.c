/* SPDX-License-Identifier: Apache-2.0 */
/* Purged k-fold and its combinatorial form: Lopez de Prado, Advances in Financial Machine Learning (2018), 7.4, 12.3.
 * Times are cut into N groups; each fold tests on k of them, for all C(N, k) choices in lexicographic order. */
#include "learn/split_impl.h"

typedef struct kfold_params {
    int folds, embargo;
} kfold_params;

static const tw_param kfold_table[] = {
    TW_PARAM(kfold_params, folds, 5, 2, 1000, "test spans that together cover all times"),
    TW_PARAM(kfold_params, embargo, 0, 0, 100000, "bars after the test labels in which no train row may be"),
    TW_PARAM_END,
};

typedef struct cpcv_params {
    int groups, test_groups, embargo;
} cpcv_params;

static const tw_param cpcv_table[] = {
    TW_PARAM(cpcv_params, groups, 6, 2, 100, "groups of times"),
    TW_PARAM(cpcv_params, test_groups, 2, 1, 15, "groups tested in each fold"),
    TW_PARAM(cpcv_params, embargo, 0, 0, 100000, "bars after the test labels in which no train row may be"),
    TW_PARAM_END,
};

/* C(n, k), or `most` + 1 once it is larger than `most`. */
static size_t choose(size_t n, size_t k, size_t most)
{
    size_t c = 1;
    for (size_t i = 1; i <= k && c <= most; i++) {
        if (c > SIZE_MAX / (n - k + i)) return most + 1;
        c = c * (n - k + i) / i;
    }
    return c <= most ? c : most + 1;
}

/* Steps `pick`, k ascending of n, to the next choice. */
static void next_choice(size_t n, size_t k, size_t *pick)
{
    size_t i = k;
    while (i > 0 && pick[i - 1] == n - k + i - 1) i--;
    if (i == 0) return;
    pick[i - 1]++;
    for (; i < k; i++) pick[i] = pick[i - 1] + 1;
}

static tw_status split_groups(const tw_ctx *ctx, const tw_cut *cut, size_t groups, size_t k, tw_folds *folds,
                              tw_error *err)
{
    size_t pick[TW_MOST_SPANS];
    for (size_t j = 0; j < k; j++) pick[j] = j;
    for (size_t i = 0; i < folds->n; i++) {
        tw_fold *fold = &folds->fold[i];
        fold->n_spans = k;
        for (size_t j = 0; j < k; j++) {
            fold->span[j].from = (uint32_t)tw_cut_border(cut, groups, pick[j]);
            fold->span[j].to = (uint32_t)tw_cut_border(cut, groups, pick[j] + 1);
        }
        TW_TRY(tw_cut_fold(ctx, cut, fold, err));
        next_choice(groups, k, pick);
    }
    return TW_OK;
}

/* What both splitters are: groups, how many of them are tested, and the embargo. */
static tw_status split(const tw_ctx *ctx, tw_cut *cut, const cpcv_params *p, tw_folds *folds, tw_error *err)
{
    const size_t groups = (size_t)p->groups, k = (size_t)p->test_groups, n = choose(groups, k, TW_MOST_FOLDS);
    cut->embargo = (size_t)p->embargo;
    if (n > TW_MOST_FOLDS)
        return tw_fail(err, TW_TOO_LARGE, "combinatorial_purged: C(%zu, %zu) is more than %d folds", groups, k,
                       (int)TW_MOST_FOLDS);
    if (cut->last - cut->first < groups)
        return tw_fail(err, TW_BAD_DATA, "%zu groups need at least as many times with rows, there are %zu", groups,
                       cut->last - cut->first);
    TW_TRY(tw_folds_new(ctx, n, folds, err));
    const tw_status status = split_groups(ctx, cut, groups, k, folds, err);
    if (status != TW_OK) tw_folds_clear(ctx, folds);
    return status;
}

static tw_status split_kfold(const tw_ctx *ctx, const tw_dataset *data, const bool *usable, const void *params,
                             tw_folds *folds, tw_error *err)
{
    const kfold_params *p = params;
    tw_cut cut;
    *folds = (tw_folds){0};
    TW_TRY(tw_cut_begin(data, usable, "purged_kfold", &cut, err));
    return split(ctx, &cut, &(cpcv_params){p->folds, 1, p->embargo}, folds, err);
}

static tw_status split_cpcv(const tw_ctx *ctx, const tw_dataset *data, const bool *usable, const void *params,
                            tw_folds *folds, tw_error *err)
{
    const cpcv_params *p = params;
    tw_cut cut;
    *folds = (tw_folds){0};
    if (p->test_groups >= p->groups)
        return tw_fail(err, TW_BAD_VALUE, "combinatorial_purged: test_groups must be less than groups, got %d of %d",
                       p->test_groups, p->groups);
    TW_TRY(tw_cut_begin(data, usable, "combinatorial_purged", &cut, err));
    return split(ctx, &cut, p, folds, err);
}

size_t tw_combinatorial_paths(size_t groups, size_t test_groups)
{
    return test_groups == 0 || test_groups >= groups ? 0 : choose(groups - 1, test_groups - 1, SIZE_MAX - 1);
}

size_t tw_combinatorial_fold(size_t groups, size_t test_groups, size_t group, size_t path)
{
    size_t pick[TW_MOST_SPANS], seen = 0;
    if (test_groups == 0 || test_groups >= groups || test_groups > TW_MOST_SPANS || group >= groups) return SIZE_MAX;
    const size_t n = choose(groups, test_groups, TW_MOST_FOLDS);
    for (size_t j = 0; j < test_groups; j++) pick[j] = j;
    for (size_t i = 0; i < n && n <= TW_MOST_FOLDS; i++, next_choice(groups, test_groups, pick)) {
        bool tested = false;
        for (size_t j = 0; j < test_groups; j++) tested |= pick[j] == group;
        if (tested && seen++ == path) return i;
    }
    return SIZE_MAX;
}

const tw_splitter tw_splitter_purged_kfold = {
    .name = "purged_kfold",
    .title = "Purged k-fold",
    .source = "Lopez de Prado, Advances in Financial Machine Learning (2018), 7.4",
    .params = kfold_table,
    .params_size = sizeof(kfold_params),
    .split = split_kfold,
};

const tw_splitter tw_splitter_combinatorial_purged = {
    .name = "combinatorial_purged",
    .title = "Combinatorial purged cross-validation",
    .source = "Lopez de Prado, Advances in Financial Machine Learning (2018), 12.3",
    .params = cpcv_table,
    .params_size = sizeof(cpcv_params),
    .split = split_cpcv,
};
