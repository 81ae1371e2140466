/* SPDX-License-Identifier: Apache-2.0 */
/* present.h - window operators that pass over the values that are missing.
 *
 * They look at each earlier row, as direct.h has it, oldest first. Rows before the first bar of all are missing too and
 * would be passed over: so the bars are counted, and nothing is given before the first whole window. */
#ifndef TW_TA_PRESENT_H
#define TW_TA_PRESENT_H

#include "ta/direct.h"

/* What the tiles get as their state. */
typedef struct tw_present_state {
    tw_window window; /* first: tw_window_back reads it here too */
    size_t bars;      /* seen, up to a whole window */
} tw_present_state;

static inline size_t tw_present_size(const void *params, size_t lanes)
{
    (void)params, (void)lanes;
    return sizeof(tw_present_state);
}
static inline void tw_present_init(void *state, const void *params, size_t lanes)
{
    tw_present_state *s = state;
    (void)lanes;
    memset(s, 0, sizeof *s);
    memcpy(&s->window, params, sizeof s->window);
}

TW_LANE void tw_present_run(tw_direct_tile *tile, size_t inputs, void *state, size_t n, const double *const *in,
                            double *const *out, const size_t lanes)
{
    tw_present_state *s = state;
    const size_t back = tw_window_back(&s->window), early = s->bars < back ? back - s->bars : 0;
    const size_t blank = early < n ? early : n;
    tw_direct_run(tile, inputs, state, n, in, out, lanes);
    for (size_t i = 0; i < blank * lanes; i++) out[0][i] = (double)NAN;
    s->bars += blank;
}

/* The operator `op` from op##_tile and op##_inputs; the rest are fields of tw_op. */
#define TW_PRESENT_OP(op, ...)                                                                                         \
    TW_LANE void op##_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)      \
    {                                                                                                                  \
        tw_present_run(op##_tile, op##_inputs, state, n, in, out, lanes);                                              \
    }                                                                                                                  \
    TW_OP_FORMS(op, op##_run)                                                                                          \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .group = "window",                                                                                    \
                 .params_size = sizeof(tw_window),                                                                     \
                 .lookback = tw_window_back,                                                                           \
                 .history = tw_window_back,                                                                            \
                 .state_size = tw_present_size,                                                                        \
                 .init = tw_present_init,                                                                              \
                 .run_wide = op##_wide,                                                                                \
                 .run_one = op##_one,                                                                                  \
                 __VA_ARGS__}

#endif
