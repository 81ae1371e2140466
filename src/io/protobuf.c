/* SPDX-License-Identifier: Apache-2.0 */
/* protobuf.c - protobuf.dev/programming-guides/encoding. */
#include "io/protobuf.h"

#include <string.h>

enum { VARINT = 0, LENGTH = 2 }; /* kinds of fields */

void tw_protobuf_varint(tw_buf *out, uint64_t x)
{
    unsigned char bytes[10];
    size_t n = 0;
    do {
        bytes[n] = (unsigned char)((x & 0x7f) | (x > 0x7f ? 0x80 : 0));
        x >>= 7;
        n++;
    } while (x);
    tw_buf_add(out, bytes, n);
}

static void tag(tw_buf *out, unsigned field, unsigned kind) { tw_protobuf_varint(out, field << 3 | kind); }

void tw_protobuf_int(tw_buf *out, unsigned field, int64_t x)
{
    tag(out, field, VARINT);
    tw_protobuf_varint(out, (uint64_t)x);
}

void tw_protobuf_bytes(tw_buf *out, unsigned field, const void *bytes, size_t length)
{
    tag(out, field, LENGTH);
    tw_protobuf_varint(out, length);
    if (length) tw_buf_add(out, bytes, length);
}

void tw_protobuf_text(tw_buf *out, unsigned field, const char *text)
{
    tw_protobuf_bytes(out, field, text, strlen(text));
}

void tw_protobuf_message(tw_buf *out, unsigned field, tw_buf *message)
{
    tw_protobuf_bytes(out, field, message->data, message->length);
    if (message->failed) out->failed = true;
    tw_buf_clear(message);
}
