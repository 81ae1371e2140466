/* SPDX-License-Identifier: Apache-2.0 */
/* Decimal to binary, correctly rounded and blind to the locale: exact arithmetic where both parts are exact doubles
 * (Clinger 1990), else the 128-bit product of D. Lemire, "Number parsing at a gigabyte per second" (2021), which needs
 * no fallback (Mushtak and Lemire 2023) for up to 19 digits; beyond that long arithmetic decides between two
 * neighbours. */
#include "base/base_impl.h"

#include <math.h>
#include <string.h>

enum { MOST_WORD_DIGITS = 19, MOST_DIGITS = 770, MOST_EXPONENT = 500000000 };

/* digits * 10^exponent */
typedef struct decimal {
    const char *digits; /* first significant digit; a '.' may lie between */
    size_t length;      /* of that text */
    int n_digits;       /* significant digits in it */
    uint64_t word;      /* the first MOST_WORD_DIGITS of them */
    int exponent;       /* of `word` */
    bool cut;           /* digits other than 0 beyond `word` */
} decimal;

static double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static int leading_zeros(uint64_t x)
{
    int n = 0;
    for (int step = 32; step > 0; step /= 2) {
        if (x >> (64 - step)) continue;
        n += step;
        x <<= step;
    }
    return n;
}

/* word * 5^q: the top 128 bits, the lower part only when the upper alone could round either way. */
static tw_wide product(int q, uint64_t word)
{
    const tw_wide power = tw_pow5[q - TW_POW5_MIN];
    tw_wide first = tw_mul_wide(word, power.hi);
    if ((first.hi & 0x1FF) == 0x1FF) {
        const tw_wide second = tw_mul_wide(word, power.lo);
        first.lo += second.hi;
        if (second.hi > first.lo) first.hi++;
    }
    return first;
}

static uint64_t round_subnormal(uint64_t mantissa, int power2)
{
    if (-power2 + 1 >= 64) return 0;
    mantissa >>= -power2 + 1;
    mantissa += mantissa & 1;
    return mantissa >> 1; /* carries into the exponent field by itself */
}

/* Bits of the double nearest to word * 10^q. */
static uint64_t nearest(uint64_t word, int q)
{
    const uint64_t infinite = UINT64_C(0x7FF) << 52;
    if (word == 0 || q < TW_POW5_MIN) return 0;
    if (q > 308) return infinite;
    const int zeros = leading_zeros(word);
    const tw_wide p = product(q, word << zeros);
    const int upper = (int)(p.hi >> 63);
    uint64_t mantissa = p.hi >> (upper + 9);
    int power2 = ((217706 * q) >> 16) + 63 + upper - zeros + 1023;
    if (power2 <= 0) return round_subnormal(mantissa, power2);
    /* Exactly half way, which only small powers allow: to even. */
    if (p.lo <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << (upper + 9) == p.hi)
        mantissa &= ~UINT64_C(1);
    mantissa += mantissa & 1;
    mantissa >>= 1;
    if (mantissa >= UINT64_C(1) << 53) {
        mantissa = UINT64_C(1) << 52;
        power2++;
    }
    return power2 >= 0x7FF ? infinite : (mantissa & ~(UINT64_C(1) << 52)) | (uint64_t)power2 << 52;
}

/* ---- long arithmetic, for more than 19 digits */

typedef struct big {
    uint32_t limb[200]; /* 6400 bits; the longest operand has about 3800 */
    size_t n;
} big;

static void big_scale(big *x, uint32_t factor, uint32_t plus)
{
    uint64_t carry = plus;
    for (size_t i = 0; i < x->n; i++) {
        carry += (uint64_t)x->limb[i] * factor;
        x->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) x->limb[x->n++] = (uint32_t)carry;
}

static void big_pow(big *x, uint32_t base, int n)
{
    uint32_t chunk = 1;
    for (; n > 0; n--) {
        if (chunk > UINT32_MAX / base) {
            big_scale(x, chunk, 0);
            chunk = 1;
        }
        chunk *= base;
    }
    big_scale(x, chunk, 0);
}

static int big_compare(const big *a, const big *b)
{
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (size_t i = a->n; i-- > 0;)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

/* Up to MOST_DIGITS digits, where no halfway point has more; returns the power of ten that belongs to them. */
static int big_digits(const decimal *d, big *x)
{
    int taken = 0;
    bool rest = false;
    for (size_t i = 0; i < d->length; i++) {
        if (d->digits[i] == '.') continue;
        if (taken < MOST_DIGITS) {
            big_scale(x, 10, (uint32_t)(d->digits[i] - '0'));
            taken++;
        } else {
            rest |= d->digits[i] != '0';
        }
    }
    if (rest) { /* one more digit stands for all that follow */
        big_scale(x, 10, 1);
        taken++;
    }
    return d->exponent + MOST_WORD_DIGITS - taken;
}

/* `low` or the double after it, whichever is nearer to the decimal; ties to even. */
static uint64_t decide(const decimal *d, uint64_t low)
{
    const int field = (int)(low >> 52);
    const uint64_t mantissa = (low & ((UINT64_C(1) << 52) - 1)) | (field ? UINT64_C(1) << 52 : 0);
    const uint64_t half = 2 * mantissa + 1; /* the halfway point is half * 2^power2 */
    const int power2 = (field ? field : 1) - 1075 - 1;
    big left = {.n = 0}, right = {.limb = {(uint32_t)half, (uint32_t)(half >> 32)}, .n = half >> 32 ? 2 : 1};
    const int power10 = big_digits(d, &left);
    big_pow(power10 > 0 ? &left : &right, 5, power10 > 0 ? power10 : -power10);
    const int shift = power10 - power2;
    big_pow(shift > 0 ? &left : &right, 2, shift > 0 ? shift : -shift);
    const int order = big_compare(&left, &right);
    return order > 0 || (order == 0 && (low & 1)) ? low + 1 : low;
}

/* ---- reading */

/* Takes one digit, after the point or before. The exponent stops counting far below what a text can hold. */
static void take_digit(decimal *d, const char *digit, bool after_point)
{
    if (after_point && d->exponent > -MOST_EXPONENT) d->exponent--;
    if (d->n_digits == 0 && *digit == '0') return;
    if (d->n_digits == 0) d->digits = digit;
    if (d->n_digits < MOST_WORD_DIGITS) {
        d->word = d->word * 10 + (uint64_t)(*digit - '0');
        d->n_digits++;
    } else {
        if (d->exponent < MOST_EXPONENT) d->exponent++;
        d->cut |= *digit != '0';
    }
}

static size_t read_digits(const char *text, size_t length, decimal *d)
{
    size_t i = 0;
    bool point = false, any = false;
    for (; i < length && (tw_is_digit(text[i]) || (text[i] == '.' && !point)); i++) {
        if (text[i] == '.') {
            point = true;
        } else {
            any = true;
            take_digit(d, text + i, point);
        }
    }
    if (d->digits) d->length = (size_t)(text + i - d->digits);
    return any ? i : 0;
}

/* Reads "e-12" to the end of the text into d->exponent. */
static bool read_exponent(const char *text, size_t length, decimal *d)
{
    if (length == 0) return true;
    if (tw_to_lower(text[0]) != 'e') return false;
    size_t i = 1;
    const bool minus = i < length && text[i] == '-';
    if (i < length && (text[i] == '-' || text[i] == '+')) i++;
    if (i == length) return false;
    int e = 0;
    for (; i < length; i++) {
        if (!tw_is_digit(text[i])) return false;
        if (e < MOST_EXPONENT / 5) e = e * 10 + (text[i] - '0');
    }
    d->exponent += minus ? -e : e;
    return true;
}

static double round_decimal(const decimal *d)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int e = d->exponent;
    if (!d->cut && d->word <= UINT64_C(1) << 53 && e >= -22 && e <= 22) {
        const double word = (double)d->word;
        return e < 0 ? word / tens[-e] : word * tens[e];
    }
    const uint64_t low = nearest(d->word, e);
    /* The digits cut off lie between the last kept and one more: mostly both round alike. */
    if (!d->cut || nearest(d->word + 1, e) == low) return double_of(low);
    return double_of(decide(d, low));
}

static bool read_word(const char *text, size_t length, double *x)
{
    if (tw_text_is(text, length, "nan"))
        *x = NAN;
    else if (tw_text_is(text, length, "inf") || tw_text_is(text, length, "infinity"))
        *x = INFINITY;
    else
        return false;
    return true;
}

bool tw_parse_double(const char *text, size_t length, double *x)
{
    const bool minus = length > 0 && text[0] == '-';
    if (length > 0 && (text[0] == '-' || text[0] == '+')) {
        text++;
        length--;
    }
    decimal d = {0};
    double value;
    const size_t n = read_digits(text, length, &d);
    if (n > 0 && read_exponent(text + n, length - n, &d))
        value = round_decimal(&d);
    else if (n > 0 || !read_word(text, length, &value))
        return false;
    *x = minus ? -value : value;
    return true;
}

bool tw_parse_int64(const char *text, size_t length, int64_t *x)
{
    const bool minus = length > 0 && text[0] == '-';
    size_t i = length > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    if (i == length) return false;
    const uint64_t most = (uint64_t)INT64_MAX + minus;
    uint64_t value = 0;
    for (; i < length; i++) {
        if (!tw_is_digit(text[i])) return false;
        const uint64_t digit = (uint64_t)(text[i] - '0');
        if (value > (most - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *x = minus ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}
