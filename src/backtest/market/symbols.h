/* SPDX-License-Identifier: Apache-2.0 */
/* symbols.h - names of assets by number, in the order they first came. */
#ifndef TW_BACKTEST_MARKET_SYMBOLS_H
#define TW_BACKTEST_MARKET_SYMBOLS_H

#include "tradewind/base.h"

/* Symbols by number, with a hash table of number + 1 (0: free) that is at most half full. */
typedef struct tw_symbols {
    tw_arena *arena;
    const char **name;
    uint32_t *slot;
    size_t n, n_slots;
} tw_symbols;

/* Number of a symbol, or SIZE_MAX. */
size_t tw_symbols_find(const tw_symbols *symbols, const char *text, size_t length);
/* Number of a symbol, which is added when it is new. SIZE_MAX: no memory. */
size_t tw_symbols_add(tw_symbols *symbols, const char *text, size_t length);

#endif
