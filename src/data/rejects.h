/* SPDX-License-Identifier: Apache-2.0 */
/* rejects.h - the file of rows that could not be taken: file,line,reason,row. */
#ifndef TW_DATA_REJECTS_H
#define TW_DATA_REJECTS_H

#include "tradewind/io.h"

typedef struct tw_rejects {
    const tw_ctx *ctx;
    const char *path; /* NULL: rows are only counted by the caller */
    char *temporary;
    int fd;
    tw_buf text;
} tw_rejects;

/* Starts the file beside its final name; a NULL path makes every call a no-op. */
tw_status tw_rejects_open(tw_rejects *rejects, const tw_ctx *ctx, const char *path, tw_error *err);
/* Adds one row. */
tw_status tw_rejects_add(tw_rejects *rejects, const char *file, uint64_t line, const char *reason, tw_field row,
                         tw_error *err);
/* Flushes and gives the file its name. */
tw_status tw_rejects_commit(tw_rejects *rejects, tw_error *err);
/* Removes what was not committed and frees. */
void tw_rejects_clear(tw_rejects *rejects);

#endif
