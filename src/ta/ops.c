/* SPDX-License-Identifier: Apache-2.0 */
/* ops.c - the operators by name, and their description. */
#include <string.h>

#include "base/isa.h"
#include "tradewind/ta.h"

extern const tw_op *const tw_op_table_baseline[];
#if defined(TW_HAVE_X86_PATHS)
extern const tw_op *const tw_op_table_avx2[], *const tw_op_table_avx512[];
#endif

static const char *const op_names[] = {
#define OP(name) #name,
#define DEFINED(name) #name,
#include "ta/ops.def"
#undef OP
#undef DEFINED
    NULL};

enum { OP_COUNT = sizeof op_names / sizeof op_names[0] - 1 };

const tw_op *const *tw_ops(tw_isa isa, size_t *n)
{
    const tw_isa best = tw_isa_resolve(isa);
    if (n) *n = OP_COUNT;
    (void)best; /* off x86 there is one table */
    return TW_ISA_PICK(best, tw_op_table);
}

tw_status tw_op_find(tw_isa isa, const char *name, const tw_op **op, tw_error *err)
{
    const tw_op *const *ops = tw_ops(isa, NULL);
    size_t lo = 0, hi = OP_COUNT;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        const int order = strcmp(name, op_names[mid]);
        if (order == 0) {
            *op = ops[mid];
            return TW_OK;
        }
        if (order < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    const char *near = tw_did_you_mean(name, op_names);
    if (near) return tw_fail(err, TW_BAD_NAME, "no operator '%s'; did you mean '%s'?", name, near);
    return tw_fail(err, TW_BAD_NAME, "no operator '%s'", name);
}

static size_t count_names(const char *const *names)
{
    size_t n = 0;
    while (names[n]) n++;
    return n;
}

size_t tw_op_inputs(const tw_op *op) { return count_names(op->inputs); }
size_t tw_op_outputs(const tw_op *op) { return count_names(op->outputs); }

/* ---------------------------------------------------------------- description */

static void write_text(tw_json *json, const char *key, const char *text)
{
    tw_json_key(json, key);
    tw_json_text(json, text);
}

static void write_names(tw_json *json, const char *key, const char *const *names)
{
    tw_json_key(json, key);
    tw_json_array(json);
    for (; *names; names++) tw_json_text(json, *names);
    tw_json_array_end(json);
}

static void write_traits(tw_json *json, unsigned traits)
{
    static const char *const names[] = {"scales",    "shifts",  "invariant", "pointwise", "window",
                                        "recursive", "section", "logical",   "commutes",  "shift_free"};
    tw_json_key(json, "traits");
    tw_json_array(json);
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (traits >> i & 1U) tw_json_text(json, names[i]);
    tw_json_array_end(json);
}

static void write_levels(tw_json *json, const double levels[2])
{
    tw_json_key(json, "levels");
    tw_json_array(json);
    for (int i = 0; i < 2; i++)
        if (levels[i] != 0) tw_json_number(json, levels[i]);
    tw_json_array_end(json);
}

void tw_op_describe(const tw_op *op, tw_json *json)
{
    tw_json_object(json);
    write_text(json, "name", op->name);
    write_text(json, "title", op->title);
    write_text(json, "group", op->group);
    write_text(json, "source", op->source);
    write_text(json, "formula", op->formula);
    if (op->define) write_text(json, "define", op->define);
    write_text(json, "meaning", op->meaning);
    write_names(json, "inputs", op->inputs);
    write_names(json, "outputs", op->outputs);
    write_traits(json, op->traits);
    if (op->levels[0] != 0 || op->levels[1] != 0) write_levels(json, op->levels);
    tw_json_key(json, "params");
    if (op->params) {
        tw_params_describe(op->params, json);
    } else {
        tw_json_array(json);
        tw_json_array_end(json);
    }
    tw_json_object_end(json);
}
