/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: what each column becomes, what is left out, what is refused and in which words. */
#include "tradewind/learn.h"

#include "tw_temp.h"
#include "tw_test.h"

#include <math.h>
#include <stdlib.h>

static char path[TW_TEMP_PATH];

static void put(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static tw_frame *read_table(const char *text, const tw_frame_options *options)
{
    tw_frame *frame = NULL;
    tw_error err;
    put(text);
    assert_ok(tw_frame_read(NULL, path, options, &frame, &err), &err);
    return frame;
}

/* The message without the name of the file. */
static void refuse(const char *text, const tw_frame_options *options, const char *words)
{
    tw_frame *frame = NULL;
    tw_error err = {""};
    put(text);
    assert_int_not_equal(tw_frame_read(NULL, path, options, &frame, &err), TW_OK);
    assert_null(frame);
    if (!strstr(err.message, words)) fail_msg("'%s' is not in '%s'", words, err.message);
}

static float value(const tw_frame *frame, size_t feature, size_t row)
{
    const tw_rows *rows = tw_frame_rows(frame);
    return rows->data->features[feature][rows->cell[row]];
}

static void columns_become_numbers_and_categories(void **state)
{
    (void)state;
    tw_frame *frame = read_table("age,city,y,w\n"
                                 "38.5,Ulm,2.385,1\n"
                                 "NA, Aachen ,-1,0.5\n"
                                 "?,,0.25,2\n"
                                 "-3e2,\"Ulm\",7,1\n",
                                 &(tw_frame_options){.target = "y", .weight = "w"});
    const tw_rows *rows = tw_frame_rows(frame);
    const tw_schema *schema = tw_frame_schema(frame);
    assert_int_equal(rows->n, 4);
    assert_int_equal(rows->data->n_lanes, 16);
    assert_int_equal(schema->n_features, 2);
    assert_string_equal(schema->name[1], "city");
    assert_string_equal(schema->target, "y");
    assert_int_equal(schema->n_classes, 0);
    assert_int_equal(schema->n_levels[0], 0);
    assert_int_equal(schema->n_levels[1], 2);
    assert_int_equal(rows->data->levels[1], 2);
    assert_string_equal(schema->level[1][0], "Aachen");
    assert_same((double)value(frame, 0, 0), 38.5);
    assert_true(isnan(value(frame, 0, 1)) && isnan(value(frame, 0, 2)) && isnan(value(frame, 1, 2)));
    assert_same((double)value(frame, 0, 3), -300);
    assert_same((double)value(frame, 1, 0), 1);
    assert_same((double)value(frame, 1, 1), 0);
    assert_same((double)value(frame, 1, 3), 1);
    assert_same(rows->data->label[0], 2.385);
    assert_same(rows->data->weight[2], 2);
    assert_true(isnan(rows->data->features[0][4]) && isnan(rows->data->label[15])); /* lanes without a row */
    assert_non_null(strstr(tw_frame_notes(frame), "column 'city' is text ('Ulm' in line 2): 2 categories"));
    tw_frame_free(frame);
}

static void a_late_text_makes_categories_of_numbers(void **state)
{
    (void)state;
    tw_frame *frame = read_table("k,y\n10,0\n9,1\n9,0\nx,1\n1e1,0\n", &(tw_frame_options){.target = "y"});
    const tw_schema *schema = tw_frame_schema(frame);
    /* By value, then by bytes: 9, 10, 1e1 and then texts. */
    assert_int_equal(schema->n_levels[0], 4);
    static const char *const levels[] = {"9", "10", "1e1", "x"};
    for (size_t i = 0; i < 4; i++) assert_string_equal(schema->level[0][i], levels[i]);
    static const double codes[] = {1, 0, 0, 3, 2};
    for (size_t i = 0; i < 5; i++) assert_same((double)value(frame, 0, i), codes[i]);
    tw_frame_free(frame);
}

static void the_order_of_rows_does_not_change_codes(void **state)
{
    (void)state;
    tw_frame *a = read_table("c,y\nb,1\na,2\nc,3\n", &(tw_frame_options){.target = "y"});
    tw_frame *b = read_table("c,y\nc,3\na,2\nb,1\n", &(tw_frame_options){.target = "y"});
    for (size_t i = 0; i < 3; i++) assert_same((double)value(a, 0, i), (double)value(b, 0, 2 - i));
    tw_frame_free(a);
    tw_frame_free(b);
}

static void texts_are_classes_of_a_target(void **state)
{
    (void)state;
    tw_frame *frame =
        read_table("a,y\n1,yes\n2,no\n3,\n4,yes\n", &(tw_frame_options){.target = "y", .categorical = "a"});
    const tw_rows *rows = tw_frame_rows(frame);
    assert_int_equal(rows->n, 3);
    assert_int_equal(tw_frame_dropped(frame), 1);
    assert_int_equal(tw_frame_schema(frame)->n_classes, 2);
    assert_string_equal(tw_frame_schema(frame)->class_name[1], "yes");
    assert_int_equal(tw_frame_schema(frame)->n_levels[0], 3); /* 3 is in no row that is left */
    assert_same(rows->data->label[0], 1);
    assert_same(rows->data->label[1], 0);
    tw_frame_free(frame);
    frame = read_table("a,y\n1,7\n2,3\n", &(tw_frame_options){.target = "y", .categorical = "y"});
    assert_int_equal(tw_frame_schema(frame)->n_classes, 2);
    assert_same(tw_frame_rows(frame)->data->label[0], 1);
    tw_frame_free(frame);
}

static void a_schema_sets_order_and_codes(void **state)
{
    (void)state;
    tw_frame *train = read_table("n,c,y\n1,b,no\n2,a,yes\n", &(tw_frame_options){.target = "y"});
    const tw_frame_options options = {.schema = tw_frame_schema(train), .keep = "id,c"};
    tw_frame *frame = NULL;
    tw_error err;
    put("id,c,extra,n\nr1,b,x,2.5\nr2,zzz,x,NA\nr3,a,x,1\n");
    assert_ok(tw_frame_open(NULL, path, &options, &frame, &err), &err);
    assert_ok(tw_frame_next(frame, 2, &err), &err);
    assert_int_equal(tw_frame_rows(frame)->n, 2);
    assert_same((double)value(frame, 0, 0), 2.5);
    assert_same((double)value(frame, 1, 0), 1);
    assert_true(isnan(value(frame, 1, 1)));
    assert_int_equal(tw_frame_kept_columns(frame), 2);
    assert_string_equal(tw_frame_kept_name(frame, 0), "id");
    assert_string_equal(tw_frame_kept(frame, 1, 0), "r2");
    assert_string_equal(tw_frame_kept(frame, 1, 1), "zzz");
    assert_non_null(strstr(tw_frame_notes(frame), "column 'c': 1 values are none of the model's categories"));
    assert_ok(tw_frame_next(frame, 2, &err), &err);
    assert_int_equal(tw_frame_rows(frame)->n, 1);
    assert_string_equal(tw_frame_kept(frame, 0, 0), "r3");
    assert_ok(tw_frame_next(frame, 2, &err), &err);
    assert_int_equal(tw_frame_rows(frame)->n, 0);
    tw_frame_free(frame);
    const tw_frame_options valid = {.schema = tw_frame_schema(train), .target = "y"};
    refuse("n,y\n1,no\n", &valid, "lacks 1 of the 2 columns that the model was fitted on: 'c'");
    refuse("n,c,y\n1,a,maybe\n", &valid, ":2: column 'y' must be a class that was trained on, got 'maybe'");
    refuse("n,c,y\nx,a,no\n", &valid, ":2: column 'n' must be a number, got 'x'");
    refuse("n,c,c,y\n1,a,b,no\n", &valid, "more than one column 'c'");
    tw_frame_free(train);
}

static void columns_by_position(void **state)
{
    (void)state;
    tw_frame *frame = read_table("id,a,b\nr1,1,2\n", &(tw_frame_options){.by_position = 2, .keep = "id"});
    assert_same((double)value(frame, 1, 0), 2);
    tw_frame_free(frame);
    refuse("id,a,b\nr1,1,2\n", &(tw_frame_options){.by_position = 2}, "has 3 columns to score");
    refuse("a,b\n1,x\n", &(tw_frame_options){.by_position = 2}, "column 'b' must be a number, got 'x'");
}

static void groups_are_told_apart_wherever_they_stand(void **state)
{
    (void)state;
    tw_rows train, valid;
    tw_error err;
    tw_frame *frame = read_table("x,q,y\n1,a,0\n2,b,1\n3,a,2\n4,c,0\n5,b,1\n6,c,1\n7,d,0\n",
                                 &(tw_frame_options){.target = "y", .group = "q"});
    static const uint32_t groups[] = {0, 1, 0, 2, 1, 2, 3};
    for (size_t i = 0; i < 7; i++) assert_int_equal(tw_frame_rows(frame)->data->group[i], groups[i]);
    assert_ok(tw_frame_split(frame, 0.6, &train, &valid, &err), &err); /* behind row 3: c and d */
    assert_int_equal(train.n, 4);
    assert_int_equal(valid.n, 3);
    static const uint32_t trained[] = {0, 1, 2, 4}, validated[] = {3, 5, 6};
    assert_memory_equal(train.cell, trained, sizeof trained);
    assert_memory_equal(valid.cell, validated, sizeof validated);
    assert_int_equal(tw_frame_split(frame, 1, &train, &valid, &err), TW_BAD_VALUE);
    tw_frame_free(frame);
}

static void the_last_rows_are_validated_on(void **state)
{
    (void)state;
    tw_rows train, valid;
    tw_error err;
    tw_frame *frame = read_table("x,y\n1,1\n2,1\n3,1\n4,1\n5,1\n", &(tw_frame_options){.target = "y"});
    assert_ok(tw_frame_split(frame, 0.4, &train, &valid, &err), &err);
    assert_int_equal(train.n, 3);
    assert_int_equal(valid.cell[0], 3);
    assert_int_equal(tw_frame_split(frame, 0.1, &train, &valid, &err), TW_BAD_VALUE);
    tw_frame_free(frame);
}

static void spellings_of_missing(void **state)
{
    (void)state;
    tw_frame *frame =
        read_table("a,b,y\n-999,NA,1\n1,x,2\n", &(tw_frame_options){.target = "y", .missing = "-999,none"});
    assert_true(isnan(value(frame, 0, 0)));
    assert_int_equal(tw_frame_schema(frame)->n_levels[1], 2); /* NA is a text like any other now */
    tw_frame_free(frame);
}

static void many_rows_and_categories(void **state)
{
    (void)state;
    enum { N = 5000 };
    char *text = malloc(N * 40), *at = text;
    assert_non_null(text);
    at += sprintf(at, "c,x,y\n");
    for (int i = 0; i < N; i++) at += sprintf(at, "k%d,%d,%d\n", i * 7 % N, i, i % 3);
    tw_frame *frame = read_table(text, &(tw_frame_options){.target = "y"});
    free(text);
    assert_int_equal(tw_frame_rows(frame)->n, N);
    assert_int_equal(tw_frame_schema(frame)->n_levels[0], N);
    for (size_t i = 0; i < N; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "k%d", (int)(i * 7 % N));
        assert_string_equal(tw_frame_schema(frame)->level[0][(size_t)value(frame, 0, i)], name);
        assert_same((double)value(frame, 1, i), (double)i);
    }
    tw_frame_free(frame);
}

static void what_is_refused(void **state)
{
    (void)state;
    const tw_frame_options y = {.target = "y"}, weighted = {.target = "y", .weight = "w"};
    refuse("", &y, "is empty");
    refuse("a,b\n1,2\n", &y, "has no column 'y'");
    refuse("price,b\n1,2\n", &(tw_frame_options){.target = "pirce"}, "did you mean 'price'?");
    refuse("y\n1\n", &y, "no column left to be a feature");
    refuse("a,a,y\n1,2,3\n", &y, "more than one column 'a'");
    refuse("a,y\n1,2\n1,2,3\n", &y, ":3: 3 fields, the header has 2");
    refuse("a,y\n1,2\ninf,2\n", &y, ":3: column 'a' must be finite, got 'inf'");
    refuse("a,y\n1e39,2\n", &y, ":2: column 'a' must fit single precision, got '1e39'");
    refuse("a,w,y\n1,-1,2\n", &weighted, ":2: column 'w' must be a weight, a number at least 0, got '-1'");
    refuse("a,w,y\n1,,2\n", &weighted, "column 'w' must be a weight");
    refuse("a,q,y\n1,,2\n", &(tw_frame_options){.target = "y", .group = "q"}, "column 'q' must name a group");
    refuse("a,y\n1,2\n", &(tw_frame_options){.target = "y", .weight = "y"}, "cannot be two of");
    refuse("a,b,y\n1,2,3\n", &(tw_frame_options){.target = "y", .ignore = "b", .categorical = "b"},
           "'b' cannot be categorical");
    refuse("a,y\n\"1,2\n", &y, ":2");
    tw_frame *frame;
    assert_int_equal(tw_frame_open(NULL, path, &y, &frame, NULL), TW_BAD_VALUE);
    assert_int_not_equal(tw_frame_read(NULL, "/no/such/file", &y, &frame, NULL), TW_OK);
}

static void a_column_without_a_name_is_left_out(void **state)
{
    (void)state;
    tw_frame *frame = read_table(",a,y\n0,1,2\n1,3,4\n", &(tw_frame_options){.target = "y"});
    assert_int_equal(tw_frame_schema(frame)->n_features, 1);
    assert_non_null(strstr(tw_frame_notes(frame), "column 1 has no name"));
    tw_frame_free(frame);
}

static int make_file(void **state)
{
    (void)state;
    return !tw_temp_file(path);
}

static int remove_file(void **state)
{
    (void)state;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_become_numbers_and_categories),
        cmocka_unit_test(a_late_text_makes_categories_of_numbers),
        cmocka_unit_test(the_order_of_rows_does_not_change_codes),
        cmocka_unit_test(texts_are_classes_of_a_target),
        cmocka_unit_test(a_schema_sets_order_and_codes),
        cmocka_unit_test(columns_by_position),
        cmocka_unit_test(groups_are_told_apart_wherever_they_stand),
        cmocka_unit_test(the_last_rows_are_validated_on),
        cmocka_unit_test(spellings_of_missing),
        cmocka_unit_test(many_rows_and_categories),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(a_column_without_a_name_is_left_out),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
