/* SPDX-License-Identifier: Apache-2.0 */
/* The bits of every operator on every machine: one hash over the results of the whole table, made on x86-64 (label:
 * regression) and met by every instruction set and by aarch64. A change of an operator's arithmetic changes it. */
#include "op_driver.h"

enum { BARS = 420 };

static const char *const texts[] = {"", "timeperiod=7", "k=3", "nan=reset"};

static uint64_t hash_of(tw_isa isa, size_t lanes)
{
    size_t n;
    uint64_t hash = 0;
    const tw_op *const *ops = tw_ops(isa, &n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
            op_case c;
            op_data d;
            if (!ops[i]->run_wide || !op_open(&c, isa, ops[i]->name, texts[k])) continue;
            op_data_init(&d, BARS, TW_LANES);
            op_fill(&c, &d, 23);
            op_punch(&c, &d, 24);
            d.lanes = lanes;
            op_drive(&c, &d, 0);
            for (size_t o = 0; o < tw_op_outputs(c.op); o++)
                hash = tw_hash64(d.out[o], d.n * d.lanes * sizeof(double), hash);
            op_data_clear(&d);
        }
    return hash;
}

static void wide_bits_are_the_same_everywhere(void **state)
{
    (void)state;
    for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++)
        if (tw_isa_supported(isa)) assert_int_equal(hash_of(isa, TW_LANES), UINT64_C(0x787f097157d648ea));
}
static void single_bits_are_the_same_everywhere(void **state)
{
    (void)state;
    for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++)
        if (tw_isa_supported(isa)) assert_int_equal(hash_of(isa, 1), UINT64_C(0x2a72d2dadd6bd6ba));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_bits_are_the_same_everywhere),
        cmocka_unit_test(single_bits_are_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
