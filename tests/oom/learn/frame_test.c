/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of reading a table fails in turn: whole, and in pieces against a schema. */
#include "tradewind/learn.h"

#include "tw_oom.h"
#include "tw_temp.h"

static char path[TW_TEMP_PATH];

static tw_status read_whole(const tw_ctx *ctx, void *arg)
{
    (void)arg;
    tw_frame *frame;
    tw_rows train, valid;
    const tw_frame_options options = {.target = "y", .weight = "w", .group = "q", .categorical = "a", .ignore = "z"};
    TW_TRY(tw_frame_read(ctx, path, &options, &frame, NULL));
    const tw_status status = tw_frame_split(frame, 0.5, &train, &valid, NULL);
    tw_frame_free(frame);
    return status;
}

static tw_status read_pieces(const tw_ctx *ctx, void *arg)
{
    tw_frame *frame;
    TW_TRY(tw_frame_open(ctx, path, &(tw_frame_options){.schema = arg, .keep = "q"}, &frame, NULL));
    tw_status status = tw_frame_next(frame, 2, NULL);
    if (status == TW_OK) status = tw_frame_next(frame, 2, NULL);
    tw_frame_free(frame);
    return status;
}

static void tables_survive(void **state)
{
    (void)state;
    tw_frame *frame;
    assert_true(tw_oom_sweep(read_whole, NULL) > 10);
    const tw_frame_options options = {.target = "y", .categorical = "a", .ignore = "z,w,q"};
    assert_int_equal(tw_frame_read(NULL, path, &options, &frame, NULL), TW_OK);
    tw_schema schema = *tw_frame_schema(frame);
    assert_true(tw_oom_sweep(read_pieces, &schema) > 10);
    tw_frame_free(frame);
}

static int make_file(void **state)
{
    (void)state;
    static const char text[] = "a,b,z,w,q,y\n1,2,x,1,g,no\n2,late,x,1,g,yes\n3,3,x,2,h,yes\n";
    FILE *file = tw_temp_file(path) ? fopen(path, "wb") : NULL;
    if (!file) return -1;
    const bool written = fwrite(text, 1, sizeof text - 1, file) == sizeof text - 1;
    return fclose(file) != 0 || !written;
}

static int remove_file(void **state)
{
    (void)state;
    return remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables_survive)};
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
