/* SPDX-License-Identifier: Apache-2.0 */
#include "tw_oom.h"

static tw_status fill_arena(const tw_ctx *ctx, void *arg)
{
    (void)arg;
    tw_arena arena;
    bool all = true;
    tw_arena_init(&arena, ctx);
    for (size_t i = 1; i < 60 && all; i++) all = tw_arena_new(&arena, i * 97, 3) && tw_arena_text(&arena, "close", 5);
    tw_arena_clear(&arena);
    return all ? TW_OK : tw_no_memory(NULL, "the test");
}

typedef struct sample {
    int period;
    char name[TW_TEXT_MAX];
} sample;

static const tw_param table[] = {
    TW_PARAM(sample, period, 20, 1, 100000,
             "bars averaged, and then a text that is long enough to make the buffer grow"),
    TW_PARAM_TEXT(sample, name, "a name with blanks", NULL, "any text"),
    TW_PARAM_END,
};

static tw_status describe_params(const tw_ctx *ctx, void *arg)
{
    (void)arg;
    sample s;
    tw_buf out;
    tw_json json;
    tw_params_default(table, &s);
    tw_buf_init(&out, ctx);
    tw_params_print(table, &s, &out);
    tw_json_init(&json, &out, true);
    tw_json_object(&json);
    for (int i = 0; i < 20; i++) {
        tw_json_key(&json, "params");
        tw_params_json(table, &s, &json);
        tw_json_key(&json, "table");
        tw_params_describe(table, &json);
    }
    tw_json_object_end(&json);
    tw_buf_printf(&out, "%900d", 7);
    const tw_status status = tw_buf_check(&out, NULL);
    tw_buf_clear(&out);
    return status;
}

static tw_status read_file(const tw_ctx *ctx, void *arg)
{
    char *bytes = NULL;
    size_t length = 0;
    TW_TRY(tw_file_read(ctx, arg, &bytes, &length, NULL));
    char *copy = tw_text_copy(ctx, "x");
    tw_free(ctx, copy);
    tw_free(ctx, bytes);
    return copy ? TW_OK : TW_NO_MEMORY;
}

static void arena_survives(void **state)
{
    (void)state;
    assert_true(tw_oom_sweep(fill_arena, NULL) > 2);
}

static void json_and_params_survive(void **state)
{
    (void)state;
    assert_true(tw_oom_sweep(describe_params, NULL) > 4);
}

static void file_reading_survives(void **state)
{
    (void)state;
    assert_int_equal(tw_oom_sweep(read_file, TW_SOURCE_DIR "/include/tradewind/base.h"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(arena_survives), cmocka_unit_test(json_and_params_survive),
                                       cmocka_unit_test(file_reading_survives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
