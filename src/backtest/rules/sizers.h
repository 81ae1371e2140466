/* SPDX-License-Identifier: Apache-2.0 */
/* sizers.h - how the weights of a portfolio are made. */
#ifndef TW_BACKTEST_RULES_SIZERS_H
#define TW_BACKTEST_RULES_SIZERS_H

#include "tradewind/base.h"

/* What a sizer sees of n assets: their side (1 long, -1 short, 0 not held), the value of `by`, its own weights of the
 * call before (`first`: there is none), and room for n numbers of its own. It fills weight[n]. */
typedef struct tw_sizing {
    size_t n;
    const signed char *side;
    const double *by, *last;
    bool first;
    double *weight, *scratch;
} tw_sizing;

typedef struct tw_sizer {
    const char *name, *title, *source;
    const tw_param *params;
    size_t params_size;
    bool needs_by;
    void (*weigh)(const void *params, const tw_sizing *in);
} tw_sizer;

/* All sizers, by name. */
const tw_sizer *const *tw_sizers(size_t *n);
/* Reads "name k=v ..."; *params live in the arena. */
tw_status tw_sizer_read(tw_arena *arena, const char *text, const tw_sizer **sizer, void **params, tw_error *err);

#endif
