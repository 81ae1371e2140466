/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - the operators of this instruction set, in the order of ops.def. */
#include "ta/op.h"

#define OP(name) extern const tw_op TW_ISA_NAME(tw_op_##name);
#define DEFINED(name) extern const tw_op tw_op_##name;
#include "ta/ops.def"
#undef OP
#undef DEFINED

extern const tw_op *const TW_ISA_NAME(tw_op_table)[];
const tw_op *const TW_ISA_NAME(tw_op_table)[] = {
#define OP(name) &TW_ISA_NAME(tw_op_##name),
#define DEFINED(name) &tw_op_##name,
#include "ta/ops.def"
#undef OP
#undef DEFINED
};
