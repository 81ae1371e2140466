/* SPDX-License-Identifier: Apache-2.0 */
/* defined.h - operators that are made of others: their definition is text in the feature language (feature/define.c),
 * so they need no kernel, no state and no test of their own machinery. */
#ifndef TW_TA_DEFINED_H
#define TW_TA_DEFINED_H

#include "tradewind/ta.h"

enum { TW_DEFINED_MOST = 100000 }; /* longest window */

/* Kinds of moving averages, numbered as in TA-Lib; which one 11 is, a function says by its default. */
enum { TW_MATYPE_LAST = 13 };
#define TW_MATYPE_HELP                                                                                                 \
    "kind of average: 0 sma, 1 ema, 2 wma, 3 dema, 4 tema, 5 trima, 6 kama, 7 mama, 8 t3, 9 hma, 10 none, 11 sma, "    \
    "12 zlema, 13 rma"

/* The descriptor `op`; `.define` and the rest are fields of tw_op. */
#define TW_DEFINED(op, ...) const tw_op tw_op_##op = {.name = #op, __VA_ARGS__}

#endif
