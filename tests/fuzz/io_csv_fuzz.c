/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte picks the options, the rest is the file. Every field must be readable, lines must grow, no byte may be
 * left, and each call must use up some. */
#include "tradewind/io.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads every byte; the volatile sum keeps the reading in. */
static void touch(const tw_field *fields, size_t n)
{
    volatile unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < fields[i].length; k++) sum = sum + (unsigned char)fields[i].text[k];
    }
}

static void require(bool holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    const tw_csv_options options = {.delimiter = data[0] & 1 ? '\t' : ',',
                                    .quote = data[0] & 2 ? '\'' : '"',
                                    .plain_quotes = data[0] & 4,
                                    .max_row = data[0] & 8 ? 40 : 0,
                                    .max_fields = data[0] & 16 ? 5 : 0};
    tw_source *source = NULL;
    tw_csv *csv = NULL;
    if (tw_source_view(NULL, data + 1, size - 1, &source, NULL) != TW_OK) return 0;
    if (tw_csv_open(NULL, source, "fuzz.csv", &options, &csv, NULL) != TW_OK) return 0;
    uint64_t line = 0, bytes = 0;
    for (;;) {
        const tw_field *fields = NULL;
        size_t n = 0;
        tw_error err;
        const tw_status status = tw_csv_next(csv, &fields, &n, &err);
        if (status == TW_OK && !fields) break;
        const tw_field raw = tw_csv_raw(csv);
        touch(fields, n);
        touch(&raw, 1);
        require(status == TW_OK || status == TW_BAD_SYNTAX);
        require(tw_csv_line(csv) > line && tw_csv_bytes(csv) > bytes && n <= 65536);
        line = tw_csv_line(csv);
        bytes = tw_csv_bytes(csv);
    }
    require(tw_csv_bytes(csv) == size - 1);
    tw_csv_close(csv);
    return 0;
}
