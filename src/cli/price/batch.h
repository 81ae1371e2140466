/* SPDX-License-Identifier: Apache-2.0 */
/* batch.h - rows of a table, priced: put into batches of one instrument, model and engine. */
#ifndef TW_CLI_PRICE_BATCH_H
#define TW_CLI_PRICE_BATCH_H

#include "cli/price/terms.h"

/* What is known of a row after pricing. */
typedef struct tw_priced {
    double value[TW_VALUE_COUNT];
    tw_row_status status;
    const tw_engine *engine; /* NULL: none was found, and `error` says why */
    const char *error;
} tw_priced;

typedef struct tw_batch_job {
    const tw_ctx *ctx;
    const tw_engine *engine; /* NULL: for each batch the most accurate one */
    const void *params;      /* of that engine */
    uint32_t wants;          /* bits of values */
    bool implied;            /* volatilities of prices instead, as the value; wants is the value alone */
    tw_arena *arena;
} tw_batch_job;

/* Prices n rows into out[n]. */
tw_status tw_batch_price(const tw_batch_job *job, const tw_terms *rows, size_t n, tw_priced *out, tw_error *err);

#endif
