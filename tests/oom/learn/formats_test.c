/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of reading another library's model, and of writing one, fails in turn. */
#include "tradewind/learn.h"

#include "tw_oom.h"

typedef struct job {
    char *bytes;
    size_t length;
    const char *format;
} job;

static tw_status import(const tw_ctx *ctx, void *arg)
{
    job *j = arg;
    tw_model *model = NULL;
    TW_TRY(tw_model_import(ctx, j->bytes, j->length, &model, NULL));
    tw_model_free(model);
    return TW_OK;
}

static tw_status import_and_export(const tw_ctx *ctx, void *arg)
{
    job *j = arg;
    tw_model *model = NULL;
    tw_buf out;
    TW_TRY(tw_model_import(ctx, j->bytes, j->length, &model, NULL));
    tw_buf_init(&out, ctx);
    const tw_status status = tw_model_export(model, j->format, &out, NULL);
    tw_buf_clear(&out);
    tw_model_free(model);
    return status;
}

static void importers_and_exporters_survive(void **state)
{
    static const char *const files[] = {"lightgbm-4.7.0/linear.txt", "lightgbm-4.7.0/multiclass.txt",
                                        "xgboost-3.2.0/frame.json", "xgboost-3.2.0/vectors.ubj",
                                        "xgboost-1.7.6/dart.ubj"};
    static const char *const formats[] = {"lightgbm", "onnx", "tradewind"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[512];
        job j = {0};
        tw_error err;
        snprintf(path, sizeof path, TW_SOURCE_DIR "/tests/golden/learn/trees/%s", files[i]);
        assert_ok(tw_file_read(NULL, path, &j.bytes, &j.length, &err), &err);
        const size_t n = tw_oom_sweep(import, &j);
        assert_true(n > 10);
        for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
            j.format = formats[f];
            if (i == 0 && f == 1) continue; /* linear leaves */
            assert_true(tw_oom_sweep(import_and_export, &j) > n);
        }
        tw_free(NULL, j.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(importers_and_exporters_survive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
