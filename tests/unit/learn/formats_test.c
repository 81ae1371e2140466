/* SPDX-License-Identifier: Apache-2.0 */
/* Model files of others: how they are told apart, what of them is kept, and that damaged or wild ones are refused with
 * words. Predictions are in tests/golden/learn. */
#include "tradewind/learn.h"

#include "tw_test.h"

#include <math.h>
#include <stdlib.h>

#define TREES TW_SOURCE_DIR "/tests/golden/learn/trees/"

static char *read(const char *file, size_t *length)
{
    char path[512], *bytes;
    tw_error err;
    snprintf(path, sizeof path, TREES "%s", file);
    assert_ok(tw_file_read(NULL, path, &bytes, length, &err), &err);
    return bytes;
}

static tw_model *import(const char *file)
{
    size_t length;
    tw_model *model;
    tw_error err;
    char *bytes = read(file, &length);
    assert_ok(tw_model_import(NULL, bytes, length, &model, &err), &err);
    tw_free(NULL, bytes);
    return model;
}

static void formats_are_told_apart(void **state)
{
    static const struct {
        const char *bytes, *format;
    } cases[] = {{"{\"learner\": {}}", "xgboost_json"},
                 {" \n{ \"learner\": {}}", "xgboost_json"},
                 {"{L", "xgboost_ubjson"},
                 {"tree\nversion=v4\n", "lightgbm"},
                 {"tree\r\nversion=v4\n", "lightgbm"},
                 {"TWMODEL1", "tradewind"},
                 {"trees\n", NULL},
                 {"", NULL},
                 {"{", NULL},
                 {"PK\x03\x04", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const tw_format *format = tw_format_of(cases[i].bytes, strlen(cases[i].bytes));
        if (!cases[i].format)
            assert_null(format);
        else
            assert_string_equal(format->name, cases[i].format);
    }
    size_t n;
    const tw_format *const *all = tw_formats(&n), *format;
    tw_error err;
    for (size_t i = 1; i < n; i++) assert_true(strcmp(all[i - 1]->name, all[i]->name) < 0);
    assert_int_equal(tw_format_find("lightgmb", &format, &err), TW_BAD_NAME);
    assert_non_null(strstr(err.message, "did you mean 'lightgbm'"));
}

static void names_and_categories_are_kept(void **state)
{
    (void)state;
    tw_model *model = import("xgboost-3.2.0/frame.json");
    const tw_schema *s = tw_model_schema(model);
    assert_string_equal(s->name[2], "category 2");
    assert_int_equal(s->n_levels[0], 0);
    assert_int_equal(s->n_levels[2], 12);
    assert_string_equal(s->level[2][0], "group 0");
    assert_string_equal(s->level[2][11], "group 11");
    assert_int_equal(s->n_levels[4], 90);
    assert_string_equal(s->level[4][89], "89");
    tw_buf out;
    tw_error err;
    tw_model *again;
    tw_buf_init(&out, NULL);
    assert_ok(tw_model_export(model, "lightgbm", &out, &err), &err);
    assert_non_null(strstr(out.data, "feature_names=number_0 number_1 category_2"));
    assert_non_null(strstr(out.data, "pandas_categorical:[[\"group 0\",\"group 1\""));
    assert_non_null(strstr(out.data, ",[0,1,2,"));
    assert_ok(tw_model_import(NULL, out.data, out.length, &again, &err), &err);
    assert_string_equal(tw_model_schema(again)->level[2][11], "group 11");
    assert_string_equal(tw_model_schema(again)->level[4][89], "89");
    tw_buf_clear(&out);
    tw_model_free(again);
    tw_model_free(model);
    model = import("xgboost-3.2.0/plain.json");
    assert_string_equal(tw_model_schema(model)->name[5], "f5");
    tw_model_free(model);
}

static void an_ensemble_is_described(void **state)
{
    (void)state;
    tw_ensemble e;
    tw_model *model = import("xgboost-3.2.0/base_logistic.json");
    assert_true(tw_model_ensemble(model, &e));
    assert_string_equal(e.link, "logistic");
    assert_near(e.base[0], log(0.2385 / (1 - 0.2385)), 1e-7);
    assert_int_equal(e.n_trees, 2);
    assert_int_equal(e.depth, 3);
    assert_int_equal(e.n_nodes, 2 * e.n_leaves - e.n_trees);
    assert_int_equal(e.n_linear_leaves, 0);
    assert_true(e.n_category_splits > 0);
    tw_model_free(model);
    model = import("lightgbm-4.7.0/linear.txt");
    assert_true(tw_model_ensemble(model, &e));
    assert_true(e.n_linear_leaves > 0);
    tw_model_free(model);
}

/* What must be told of a text with one piece put for another. */
static void refuse(const char *file, const char *piece, const char *by, const char *message)
{
    size_t length;
    char *bytes = read(file, &length), *at = strstr(bytes, piece);
    tw_buf wild;
    tw_model *model;
    tw_error err = {{0}};
    if (!at) fail_msg("%s has no %s", file, piece);
    tw_buf_init(&wild, NULL);
    tw_buf_add(&wild, bytes, (size_t)(at - bytes));
    tw_buf_text(&wild, by);
    tw_buf_text(&wild, at + strlen(piece));
    const tw_status status = tw_model_import(NULL, wild.data, wild.length, &model, &err);
    if (status == TW_OK || !strstr(err.message, message))
        fail_msg("%s, %s for %s: %s, \"%s\" expected", file, by, piece, status == TW_OK ? "accepted" : err.message,
                 message);
    tw_buf_clear(&wild);
    tw_free(NULL, bytes);
}

static void wild_xgboost_models_are_refused(void **state)
{
    static const struct {
        const char *piece, *by, *message;
    } cases[] = {
        {"\"name\":\"gbtree\"", "\"name\":\"gblinear\"", "the booster 'gblinear' is not read"},
        {"reg:absoluteerror", "reg:mine", "the objective 'reg:mine' is not known"},
        {"\"num_feature\":\"6\",\"num_target", "\"num_feature\":\"4000000000\",\"num_target",
         "num_feature is '4000000000'"},
        {"\"num_feature\":\"6\",\"num_target", "\"num_feature\":\"1\",\"num_target", "6 names for 1 features"},
        {"\"num_feature\":\"6\",\"num_target", "\"num_feature\":\"-1\",\"num_target", "num_feature is '-1'"},
        {"\"num_class\":\"0\"", "\"num_class\":\"1e9\"", "num_class is '1e9'"},
        {"\"base_score\":\"[", "\"base_score\":\"[nan,", "base_score is '[nan"},
        {"\"left_children\":[1", "\"left_children\":[0", "node 0 has node 0 as child"},
        {"\"left_children\":[1", "\"left_children\":[2", "node 0 has node 2 as child"},
        {"\"left_children\":[1", "\"left_children\":[99", "children 99"},
        {"\"left_children\":[1", "\"left_children\":[1e300", "children 1e+300"},
        {"\"left_children\":[1,", "\"left_children\":[1,1,", "right_children must be a list of 8 numbers"},
        {"\"left_children\":[1", "\"left_children\":[\"1\"", "left_children must be a list of"},
        {"\"split_indices\":[0", "\"split_indices\":[6", "feature 6 of 6"},
        {"\"split_conditions\":[", "\"split_conditions\":[NaN,", "split_conditions must be a list of"},
        {"\"tree_info\":[0", "\"tree_info\":[1", "tree 0 is for output 1 of 1"},
        {"\"tree_info\":[0", "\"tree_info\":[0,0", "tree_info must be a list of 2 numbers"},
        {"\"split_type\":[0", "\"split_type\":[1", "node 0 splits by category, and its categories are not there"},
        {"\"categories_sizes\":[", "\"categories_sizes\":[1e9,", "categories_sizes must be a list"},
        {"\"categories\":[", "\"categories\":[-1,", "a category is -1"},
        {"\"categories\":[", "\"categories\":[1e9,", "a category is 1e+09"},
        {"\"trees\":[", "\"trees\":[[", "expected"},
        {"\"trees\":", "\"woods\":", "the model has no list of trees"},
        {"\"learner\":", "\"teacher\":", "no learner with a learner_model_param"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refuse("xgboost-3.2.0/reg_absoluteerror.json", cases[i].piece, cases[i].by, cases[i].message);
}

static void wild_lightgbm_models_are_refused(void **state)
{
    static const struct {
        const char *piece, *by, *message;
    } cases[] = {
        {"version=v4", "version=v9", "v2, v3 or v4"},
        {"objective=regression", "objective=mine", "the objective 'mine' is not known"},
        {"max_feature_idx=5", "max_feature_idx=4000000000", "max_feature_idx=4000000000"},
        {"max_feature_idx=5", "max_feature_idx=1", "6 feature names, max_feature_idx=1"},
        {"num_tree_per_iteration=1", "num_tree_per_iteration=0", "3 trees, 0 an iteration"},
        {"num_tree_per_iteration=1", "num_tree_per_iteration=2", "3 trees, 2 an iteration"},
        {"num_leaves=5", "num_leaves=0", "a tree has one leaf at least"},
        {"num_leaves=5", "num_leaves=1000000000", "num_leaves=1000000000"},
        {"num_leaves=5", "num_leaves=6", "split_feature= 5 numbers expected"},
        {"num_leaves=5", "num_leaves=4", "split_feature= 3 numbers expected"},
        {"left_child=3", "left_child=0", "node 0 has node 0 as child"},
        {"left_child=3", "left_child=99", "split 0 has child 99"},
        {"left_child=3", "left_child=-99", "split 0 has child -99"},
        {"left_child=3", "left_child=nan", "split 0 has child nan"},
        {"split_feature=0", "split_feature=6", "split 0 is by feature 6 of 6"},
        {"threshold=-", "threshold=nan -", "threshold= 4 numbers expected"},
        {"threshold=-0.24814821779727933", "threshold=nan", "not sound"},
        {"decision_type=8", "decision_type=64", "decision_type 64"},
        {"decision_type=8", "decision_type=9", "category set"},
        {"leaf_value=-", "leaf_value=inf", "leaf_value= 5 numbers expected"},
        {"leaf_value=-0.32067579123591572", "leaf_value=inf", "not sound"},
        {"leaf_value=", "leaves=", "no line leaf_value="},
        {"end of trees", "end", "cut off"},
        {"pandas_categorical:null", "pandas_categorical:[[", "a value is missing"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refuse("lightgbm-4.7.0/regression.txt", cases[i].piece, cases[i].by, cases[i].message);
    refuse("lightgbm-4.7.0/binary_sigmoid.txt", "cat_boundaries=0 1", "cat_boundaries=0 999999999",
           "cat_boundaries must ascend");
    refuse("lightgbm-4.7.0/binary_sigmoid.txt", "cat_boundaries=0 1", "cat_boundaries=1 0",
           "cat_boundaries must ascend");
    refuse("lightgbm-4.7.0/binary_sigmoid.txt", "cat_threshold=", "cat_threshold=-", "no word of 32 bits");
    refuse("lightgbm-4.7.0/linear.txt", "num_features=0", "num_features=7", "leaf 0 has 7 terms");
    refuse("lightgbm-4.7.0/linear.txt", "num_features=0", "num_features=1", "leaf_features= 1 numbers expected");
}

/* Whatever a file is cut to, it is refused (or, behind its trees, still the model), and nothing is read past its end.
 */
static void cut_off_files_are_refused(void **state)
{
    static const char *const files[] = {"xgboost-3.2.0/plain.json", "xgboost-3.2.0/plain.ubj",
                                        "lightgbm-4.7.0/linear.txt"};
    (void)state;
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        size_t length, n_refused = 0, n = 0;
        char *bytes = read(files[f], &length);
        for (size_t cut = 0; cut < length; cut += 1 + cut / 97, n++) {
            char *copy = malloc(cut + 1);
            tw_model *model = NULL;
            if (!copy) abort();
            memcpy(copy, bytes, cut);
            n_refused += tw_model_import(NULL, copy, cut, &model, NULL) != TW_OK;
            tw_model_free(model);
            free(copy);
        }
        assert_true(f == 2 ? n_refused > n / 2 : n_refused == n);
        tw_free(NULL, bytes);
    }
}

static void what_a_format_cannot_say_is_refused(void **state)
{
    static const struct {
        const char *file, *format, *message;
    } cases[] = {{"xgboost-3.2.0/binary_hinge.json", "lightgbm", "no objective for link sign"},
                 {"lightgbm-4.7.0/linear.txt", "onnx", "onnx has no linear leaves"},
                 {"xgboost-3.2.0/no_trees.json", "onnx", "a model of no trees"},
                 {"xgboost-3.2.0/plain.json", "xgboost_json", "format xgboost_json is read, not written"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tw_model *model = import(cases[i].file);
        tw_buf out;
        tw_error err;
        tw_buf_init(&out, NULL);
        assert_int_equal(tw_model_export(model, cases[i].format, &out, &err), TW_BAD_VALUE);
        if (!strstr(err.message, cases[i].message)) fail_msg("%s", err.message);
        tw_buf_clear(&out);
        tw_model_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_told_apart),
        cmocka_unit_test(names_and_categories_are_kept),
        cmocka_unit_test(an_ensemble_is_described),
        cmocka_unit_test(wild_xgboost_models_are_refused),
        cmocka_unit_test(wild_lightgbm_models_are_refused),
        cmocka_unit_test(cut_off_files_are_refused),
        cmocka_unit_test(what_a_format_cannot_say_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
