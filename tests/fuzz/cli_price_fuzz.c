/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a table of contracts: rows are read and priced, or say why not. Slow methods are left out. */
#include "../support/tw_temp.h"

#include "cli/price/batch.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIECE = 64 };

static void price(tw_terms_reader *reader)
{
    tw_terms *rows;
    size_t n;
    tw_error err;
    tw_priced priced[PIECE];
    tw_batch_job job = {.wants = TW_VALUE_BIT(TW_VALUE_value) | TW_VALUE_BIT(TW_VALUE_delta)};
    if (tw_engine_find("black", &job.engine, &err) != TW_OK) abort();
    while (tw_terms_next(reader, PIECE, &rows, &n, &err) == TW_OK && n) {
        job.arena = tw_terms_arena(reader);
        if (tw_batch_price(&job, rows, n, priced, &err) != TW_OK) abort();
        for (size_t i = 0; i < n; i++) {
            const bool done = !priced[i].error && tw_row_status_code(priced[i].status) <= TW_ROW_LIMIT;
            if (done != isfinite(priced[i].value[TW_VALUE_value])) abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[TW_TEMP_PATH];
    tw_error err;
    tw_terms_reader *reader = NULL;
    if (!path[0] && !tw_temp_file(path)) abort();
    if (tw_file_write(path, data, size, &err) != TW_OK) abort();
    const tw_terms_options options = {.path = path};
    if (tw_terms_open(NULL, &options, &reader, &err) == TW_OK) price(reader);
    tw_terms_close(reader);
    return 0;
}
