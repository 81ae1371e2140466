/* SPDX-License-Identifier: Apache-2.0 */
/* Binary to the shortest decimal: R. Giulietti, "The Schubfach way to render doubles" (2021), figures 4 and 6. */
#include "base/base_impl.h"

#include <math.h>
#include <string.h>

/* digits * 10^exponent */
typedef struct shortest {
    uint64_t digits;
    int exponent;
} shortest;

/* floor(10^k scaled to 128 bits) + 1, or exactly it where it is exact. */
static tw_wide power10(int k)
{
    tw_wide g = tw_pow5[k - TW_POW5_MIN];
    if (k > 55 && ++g.lo == 0) g.hi++;
    return g;
}

/* The top 64 bits of g * c, with the last bit set when anything was cut off. */
static uint64_t round_to_odd(tw_wide g, uint64_t c)
{
    const tw_wide x = tw_mul_wide(g.lo, c);
    tw_wide y = tw_mul_wide(g.hi, c);
    y.lo += x.hi;
    if (y.lo < x.hi) y.hi++;
    return y.hi | (y.lo > 1);
}

/* The decimal in the rounding interval [lower, upper] around vb (all four times the value at exponent k). */
static shortest pick(uint64_t lower, uint64_t vb, uint64_t upper, int k)
{
    const uint64_t s = vb / 4;
    if (s >= 10) {
        const uint64_t tens = s / 10;
        const bool below = lower <= 40 * tens, above = 40 * tens + 40 <= upper;
        if (below != above) return (shortest){tens + above, k + 1};
    }
    const bool below = lower <= 4 * s, above = 4 * s + 4 <= upper;
    if (below != above) return (shortest){s + above, k};
    const uint64_t middle = 4 * s + 2;
    return (shortest){s + (vb > middle || (vb == middle && (s & 1))), k};
}

/* c * 2^q; `uneven` at powers of two, where the neighbour below is twice as near. */
static shortest shorten(uint64_t c, int q, bool uneven)
{
    const uint64_t odd = c & 1; /* an odd significand does not own the ends of its interval */
    const int k = (q * 1262611 - (uneven ? 524031 : 0)) >> 22;
    const int h = q + ((-k * 1741647) >> 19) + 1;
    const tw_wide g = power10(-k);
    const uint64_t lower = round_to_odd(g, (4 * c - 2 + uneven) << h) + odd;
    const uint64_t upper = round_to_odd(g, (4 * c + 2) << h) - odd;
    return pick(lower, round_to_odd(g, (4 * c) << h), upper, k);
}

static shortest decimal_of(uint64_t bits)
{
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    const int field = (int)(bits >> 52) & 0x7FF;
    const uint64_t c = field ? fraction | UINT64_C(1) << 52 : fraction;
    const int q = (field ? field : 1) - 1075;
    if (q <= 0 && q > -53 && (c & ((UINT64_C(1) << -q) - 1)) == 0) return (shortest){c >> -q, 0};
    return shorten(c, q, fraction == 0 && field > 1);
}

static size_t put_digits(uint64_t x, char *out)
{
    char reversed[20];
    size_t n = 0;
    for (; x > 0; x /= 10) reversed[n++] = (char)('0' + x % 10);
    for (size_t i = 0; i < n; i++) out[i] = reversed[n - 1 - i];
    return n;
}

/* 0.00123, 12.3, 12300 */
static size_t put_plain(const char *digits, int n, int point, char *out)
{
    char *s = out;
    if (point <= 0) {
        *s++ = '0';
        *s++ = '.';
        for (int i = point; i < 0; i++) *s++ = '0';
    }
    for (int i = 0; i < n; i++) {
        if (i == point && i > 0) *s++ = '.';
        *s++ = digits[i];
    }
    for (int i = n; i < point; i++) *s++ = '0';
    return (size_t)(s - out);
}

/* 1.23e-7 */
static size_t put_scientific(const char *digits, int n, int exponent, char *out)
{
    char *s = out;
    *s++ = digits[0];
    if (n > 1) *s++ = '.';
    for (int i = 1; i < n; i++) *s++ = digits[i];
    *s++ = 'e';
    if (exponent < 0) *s++ = '-';
    s += put_digits((uint64_t)(exponent < 0 ? -exponent : exponent), s);
    return (size_t)(s - out);
}

static size_t put_word(const char *word, char *out)
{
    const size_t n = strlen(word);
    memcpy(out, word, n);
    return n;
}

static size_t put_positive(uint64_t bits, char *out)
{
    char digits[20] = "";
    shortest d = decimal_of(bits);
    for (; d.digits % 10 == 0; d.digits /= 10) d.exponent++;
    const int n = (int)put_digits(d.digits, digits);
    const int point = n + d.exponent; /* digits before the point */
    return point > -5 && point <= 16 ? put_plain(digits, n, point, out) : put_scientific(digits, n, point - 1, out);
}

size_t tw_format_double(double x, char *out)
{
    char *s = out;
    if (isnan(x)) {
        s += put_word("nan", s);
    } else {
        uint64_t bits;
        if (signbit(x)) *s++ = '-';
        x = fabs(x);
        memcpy(&bits, &x, sizeof bits);
        s += isinf(x) ? put_word("inf", s) : x == 0 ? put_word("0", s) : put_positive(bits, s);
    }
    *s = '\0';
    return (size_t)(s - out);
}
