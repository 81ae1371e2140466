/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers to bytes and back: little-endian on every machine, bounds checked. */
#ifndef TW_LEARN_WIRE_H
#define TW_LEARN_WIRE_H

#include "tradewind/base.h"

void tw_put_u8(tw_buf *out, uint8_t x);
void tw_put_u32(tw_buf *out, uint32_t x);
void tw_put_u64(tw_buf *out, uint64_t x);
void tw_put_f32(tw_buf *out, float x);
void tw_put_f64(tw_buf *out, double x);

/* Bytes not read yet. Past the end `failed` is set and 0 is returned, so one check at the end is enough. */
typedef struct tw_bytes {
    const unsigned char *at;
    size_t left;
    bool failed;
} tw_bytes;

uint8_t tw_get_u8(tw_bytes *in);
uint32_t tw_get_u32(tw_bytes *in);
uint64_t tw_get_u64(tw_bytes *in);
float tw_get_f32(tw_bytes *in);
double tw_get_f64(tw_bytes *in);
/* The next `length` bytes, or NULL when there are fewer. */
const void *tw_get_view(tw_bytes *in, size_t length);
/* BAD_FILE unless everything was read and nothing is left. */
tw_status tw_bytes_end(const tw_bytes *in, const char *what, tw_error *err);

#endif
