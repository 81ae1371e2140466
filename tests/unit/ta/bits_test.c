/* SPDX-License-Identifier: Apache-2.0 */
/* The bits of the operators on every machine: hashes over their results, made on x86-64 (label: regression) and met by
 * every instruction set and by aarch64. A change of an operator's arithmetic changes its line of bits.csv; the program
 * writes the lines of all operators when it is given an argument:
 *
 *     build/release/tests/test.unit.ta.bits print > tests/unit/ta/bits.csv */
#include <inttypes.h>
#include <stdio.h>

#include "op_driver.h"

enum { BARS = 420 };

static const char *const texts[] = {"", "timeperiod=7", "k=3", "nan=reset", "minperiod=3 maxperiod=8"};

static uint64_t add_case(const op_case *c, size_t lanes, uint64_t hash)
{
    op_data d;
    op_data_init(&d, BARS, TW_LANES);
    op_fill(c, &d, 23);
    op_punch(c, &d, 24);
    d.lanes = lanes;
    op_drive(c, &d, 0);
    for (size_t o = 0; o < tw_op_outputs(c->op); o++) hash = tw_hash64(d.out[o], d.n * d.lanes * sizeof(double), hash);
    op_data_clear(&d);
    return hash;
}

static uint64_t hash_of(tw_isa isa, const char *name, size_t lanes)
{
    uint64_t hash = 0;
    char text[128];
    op_case c;
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        if (op_open(&c, isa, name, texts[k])) hash = add_case(&c, lanes, hash);
    for (size_t k = 1; op_choice(c.op, k, text); k++)
        if (op_open(&c, isa, name, text)) hash = add_case(&c, lanes, hash);
    return hash;
}

static void print(void)
{
    size_t n;
    const tw_op *const *ops = tw_ops(TW_ISA_BASELINE, &n);
    printf("# test.unit.ta.bits print\noperator,lanes 16,lanes 1\n");
    for (size_t i = 0; i < n; i++)
        if (ops[i]->run_wide)
            printf("%s,%016" PRIx64 ",%016" PRIx64 "\n", ops[i]->name, hash_of(TW_ISA_BASELINE, ops[i]->name, TW_LANES),
                   hash_of(TW_ISA_BASELINE, ops[i]->name, 1));
}

static void check_line(char *line)
{
    char *wide = strchr(line, ','), *one = wide ? strchr(wide + 1, ',') : NULL;
    assert_non_null(one);
    *wide = '\0';
    const uint64_t want[2] = {strtoull(wide + 1, NULL, 16), strtoull(one + 1, NULL, 16)};
    for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++) {
        if (!tw_isa_supported(isa)) continue;
        if (hash_of(isa, line, TW_LANES) != want[0] || hash_of(isa, line, 1) != want[1])
            fail_msg("%s has other bits on %s", line, tw_isa_name(isa));
    }
}

static void bits_are_the_same_everywhere(void **state)
{
    (void)state;
    char *text, *at;
    size_t length, n = 0;
    assert_int_equal(tw_file_read(NULL, TW_SOURCE_DIR "/tests/unit/ta/bits.csv", &text, &length, NULL), TW_OK);
    at = text;
    for (char *end; (end = strchr(at, '\n')) != NULL; at = end + 1, n++) {
        *end = '\0';
        if (n >= 2) check_line(at);
    }
    assert_true(n > 80);
    tw_free(NULL, text);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) return print(), 0;
    const struct CMUnitTest tests[] = {cmocka_unit_test(bits_are_the_same_everywhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
