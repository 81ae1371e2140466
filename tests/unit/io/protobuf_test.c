/* SPDX-License-Identifier: Apache-2.0 */
/* protobuf_test.c - the wire form, by the examples of protobuf.dev/programming-guides/encoding. */
#include "io/protobuf.h"
#include "tw_test.h"

static void check(tw_buf *out, const char *want, size_t length)
{
    assert_int_equal(out->length, length);
    assert_memory_equal(out->data, want, length);
    tw_buf_clear(out);
}

static void fields_are_as_the_guide_has_them(void **state)
{
    (void)state;
    tw_buf out, message;
    tw_buf_init(&out, NULL);
    tw_protobuf_int(&out, 1, 150);
    check(&out, "\x08\x96\x01", 3);
    tw_protobuf_int(&out, 1, -2);
    check(&out, "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
    tw_protobuf_text(&out, 2, "testing");
    check(&out, "\x12\x07testing", 9);
    tw_protobuf_bytes(&out, 16, NULL, 0);
    check(&out, "\x82\x01\x00", 3);
    tw_buf_init(&message, NULL);
    tw_protobuf_int(&message, 1, 150);
    tw_protobuf_message(&out, 3, &message);
    assert_null(message.data);
    check(&out, "\x1a\x03\x08\x96\x01", 5);
    tw_protobuf_varint(&out, UINT64_MAX);
    check(&out, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fields_are_as_the_guide_has_them)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
