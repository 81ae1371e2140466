/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's memory and its line form. */
#ifndef TW_AUTOML_LEDGER_IMPL_H
#define TW_AUTOML_LEDGER_IMPL_H

#include "tradewind/automl.h"

struct tw_ledger {
    const tw_ctx *ctx;
    tw_arena arena;   /* what trials point to */
    tw_trial **trial; /* pointers, so that a trial stays where it is while the list grows */
    size_t n, room;
    char *path;     /* NULL: in memory only */
    uint64_t chain; /* hash of the last line */
};

/* Appends a copy, in memory. */
tw_status tw_ledger_keep(tw_ledger *ledger, const tw_trial *trial, tw_error *err);
/* Reads every line of the file into the ledger; a file that does not exist is an empty ledger. */
tw_status tw_ledger_read(tw_ledger *ledger, tw_error *err);
/* Appends the line of a trial to the file and flushes it to the disk. */
tw_status tw_ledger_write(tw_ledger *ledger, const tw_trial *trial, tw_error *err);

#endif
