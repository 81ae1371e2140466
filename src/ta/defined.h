/* SPDX-License-Identifier: Apache-2.0 */
/* defined.h - operators that are made of others: their definition is text in the feature language (feature/define.c),
 * so they need no kernel, no state and no test of their own machinery. */
#ifndef TW_TA_DEFINED_H
#define TW_TA_DEFINED_H

#include "tradewind/ta.h"

enum { TW_DEFINED_MOST = 100000 }; /* longest window */

/* The descriptor `op`; `.define` and the rest are fields of tw_op. */
#define TW_DEFINED(op, ...) const tw_op tw_op_##op = {.name = #op, __VA_ARGS__}

#endif
