/* SPDX-License-Identifier: Apache-2.0 */
/* XXH64 after its public specification (xxHash fast digest algorithm, doc/xxhash_spec.md, 0.1.1). */
#include "tradewind/base.h"

#define P1 UINT64_C(0x9E3779B185EBCA87)
#define P2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define P3 UINT64_C(0x165667B19E3779F9)
#define P4 UINT64_C(0x85EBCA77C2B2AE63)
#define P5 UINT64_C(0x27D4EB2F165667C5)

static uint64_t rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

/* Little-endian whatever the machine, so that a stored checksum travels. */
static uint64_t read32(const unsigned char *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

static uint64_t read64(const unsigned char *p) { return read32(p) | read32(p + 4) << 32; }

static uint64_t round_lane(uint64_t acc, uint64_t lane) { return rotate(acc + lane * P2, 31) * P1; }

static uint64_t merge(uint64_t acc, uint64_t lane) { return (acc ^ round_lane(0, lane)) * P1 + P4; }

static uint64_t stripes(const unsigned char **p, size_t n_stripes, uint64_t seed)
{
    uint64_t a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
    for (size_t i = 0; i < n_stripes; i++, *p += 32) {
        a = round_lane(a, read64(*p));
        b = round_lane(b, read64(*p + 8));
        c = round_lane(c, read64(*p + 16));
        d = round_lane(d, read64(*p + 24));
    }
    const uint64_t acc = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    return merge(merge(merge(merge(acc, a), b), c), d);
}

static uint64_t tail(uint64_t acc, const unsigned char *p, size_t length)
{
    for (; length >= 8; length -= 8, p += 8) acc = rotate(acc ^ round_lane(0, read64(p)), 27) * P1 + P4;
    if (length >= 4) {
        acc = rotate(acc ^ read32(p) * P1, 23) * P2 + P3;
        p += 4;
        length -= 4;
    }
    for (; length > 0; length--, p++) acc = rotate(acc ^ *p * P5, 11) * P1;
    return acc;
}

uint64_t tw_hash64(const void *bytes, size_t length, uint64_t seed)
{
    const unsigned char *p = bytes;
    uint64_t acc = length >= 32 ? stripes(&p, length / 32, seed) : seed + P5;
    acc = tail(acc + length, p, length % 32);
    acc = (acc ^ acc >> 33) * P2;
    acc = (acc ^ acc >> 29) * P3;
    return acc ^ acc >> 32;
}
