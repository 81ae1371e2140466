/* SPDX-License-Identifier: Apache-2.0 */
/* minutes.h - accounts at the end of every minute: zipline's emission rate "minute". */
#ifndef TW_BACKTEST_EVENT_MINUTES_H
#define TW_BACKTEST_EVENT_MINUTES_H

#include "tradewind/strategy.h"

/* The benchmark so far, as zipline counts it by the minute. */
typedef struct tw_minutes {
    double *returns; /* of the run's minutes, of an asset; NULL: each has the whole day's */
    int64_t label;   /* UTC day of the minute before */
    size_t days;     /* labels passed */
    double growth, sum, today;
} tw_minutes;

/* Keeps a row of the present minute, if the run asks for it. */
tw_status tw_minute_emit(tw_moment *now, tw_error *err);
/* The benchmark's minutes and days from an asset's minutes. */
tw_status tw_minute_benchmark(tw_moment *now, size_t asset, tw_error *err);

#endif
