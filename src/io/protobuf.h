/* SPDX-License-Identifier: Apache-2.0 */
/* protobuf.h - the wire form of Protocol Buffers, for the few messages that are written here: a field is its number and
 * kind, and its bytes. A message within another is written to a text of its own first, since its length stands before
 * it. */
#ifndef TW_IO_PROTOBUF_H
#define TW_IO_PROTOBUF_H

#include "tradewind/base.h"

/* A bare number, seven bits a byte: what packed lists of integers are made of. */
void tw_protobuf_varint(tw_buf *out, uint64_t x);
/* Fields of one value. */
void tw_protobuf_int(tw_buf *out, unsigned field, int64_t x);
void tw_protobuf_text(tw_buf *out, unsigned field, const char *text);
void tw_protobuf_bytes(tw_buf *out, unsigned field, const void *bytes, size_t length);
/* A message, which is cleared: what memory it ran out of, `out` did too. */
void tw_protobuf_message(tw_buf *out, unsigned field, tw_buf *message);

#endif
