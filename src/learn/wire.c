/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/wire.h"

#include <string.h>

static void put(tw_buf *out, uint64_t x, size_t bytes)
{
    unsigned char text[8];
    for (size_t i = 0; i < bytes; i++) text[i] = (unsigned char)(x >> (8 * i));
    tw_buf_add(out, text, bytes);
}

static uint64_t get(tw_bytes *in, size_t bytes)
{
    const unsigned char *at = tw_get_view(in, bytes);
    uint64_t x = 0;
    for (size_t i = 0; at && i < bytes; i++) x |= (uint64_t)at[i] << (8 * i);
    return x;
}

void tw_put_u8(tw_buf *out, uint8_t x) { put(out, x, 1); }
void tw_put_u32(tw_buf *out, uint32_t x) { put(out, x, 4); }
void tw_put_u64(tw_buf *out, uint64_t x) { put(out, x, 8); }

void tw_put_f32(tw_buf *out, float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    put(out, bits, 4);
}

void tw_put_f64(tw_buf *out, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    put(out, bits, 8);
}

const void *tw_get_view(tw_bytes *in, size_t length)
{
    if (in->failed || in->left < length) {
        in->failed = true;
        return NULL;
    }
    const void *at = in->at;
    in->at += length;
    in->left -= length;
    return at;
}

uint8_t tw_get_u8(tw_bytes *in) { return (uint8_t)get(in, 1); }
uint32_t tw_get_u32(tw_bytes *in) { return (uint32_t)get(in, 4); }
uint64_t tw_get_u64(tw_bytes *in) { return get(in, 8); }

float tw_get_f32(tw_bytes *in)
{
    const uint32_t bits = tw_get_u32(in);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

double tw_get_f64(tw_bytes *in)
{
    const uint64_t bits = tw_get_u64(in);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

tw_status tw_bytes_end(const tw_bytes *in, const char *what, tw_error *err)
{
    if (in->failed) return tw_fail(err, TW_BAD_FILE, "%s: ends too early", what);
    if (in->left) return tw_fail(err, TW_BAD_FILE, "%s: %zu bytes too many", what, in->left);
    return TW_OK;
}
