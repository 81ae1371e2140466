/* SPDX-License-Identifier: Apache-2.0 */
/* Known answers: xxHash 0.8, tests/sanity_test (buffer by its generator, seeds 0 and 2654435761). */
#include "tw_test.h"

static void known_answers(void **state)
{
    (void)state;
    unsigned char bytes[222];
    uint64_t gen = 2654435761U;
    for (size_t i = 0; i < sizeof bytes; i++, gen *= UINT64_C(11400714785074694797))
        bytes[i] = (unsigned char)(gen >> 56);
    static const struct {
        size_t length;
        uint64_t seed, hash;
    } rows[] = {
        {0, 0, UINT64_C(0xEF46DB3751D8E999)},
        {0, 2654435761U, UINT64_C(0xAC75FDA2929B17EF)},
        {1, 0, UINT64_C(0xE934A84ADB052768)},
        {1, 2654435761U, UINT64_C(0x5014607643A9B4C3)},
        {4, 0, UINT64_C(0x9136A0DCA57457EE)},
        {14, 0, UINT64_C(0x8282DCC4994E35C8)},
        {14, 2654435761U, UINT64_C(0xC3BD6BF63DEB6DF0)},
        {222, 0, UINT64_C(0xB641AE8CB691C174)},
        {222, 2654435761U, UINT64_C(0x20CB8AB7AE10C14A)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(tw_hash64(bytes, rows[i].length, rows[i].seed), rows[i].hash);
    assert_int_equal(tw_hash64("abc", 3, 0), UINT64_C(0x44BC2CF5AD770999));
}

static void every_length_and_address(void **state)
{
    (void)state;
    unsigned char bytes[160];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 37 + 11);
    uint64_t last = 0;
    for (size_t n = 0; n < 100; n++) {
        const uint64_t hash = tw_hash64(bytes + 3, n, 7);
        unsigned char moved[128];
        memcpy(moved + 1, bytes + 3, n);
        assert_int_equal(tw_hash64(moved + 1, n, 7), hash);
        assert_int_not_equal(hash, last);
        last = hash;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_answers), cmocka_unit_test(every_length_and_address)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
