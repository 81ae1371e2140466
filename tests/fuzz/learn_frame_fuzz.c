/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: the first byte picks the options, the rest is the file. What can be read whole must be readable in pieces
 * against its own schema, with the same values; labels are known, codes below the number of categories. */
#include "tradewind/learn.h"

#include "../support/tw_temp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static float value(const tw_rows *rows, size_t feature, size_t row)
{
    return rows->data->features[feature][rows->cell[row]];
}

static void check_row(const tw_rows *rows, size_t row)
{
    for (size_t f = 0; f < rows->data->n_features; f++) {
        const float x = value(rows, f, row);
        require(isnan(x) || isfinite(x));
        if (rows->data->levels[f]) require(isnan(x) || (x >= 0 && x < (float)rows->data->levels[f]));
    }
    if (rows->data->label) require(isfinite(rows->data->label[rows->cell[row]]));
    if (rows->data->weight) require(rows->data->weight[rows->cell[row]] >= 0);
}

/* Piece by piece, rows of the same bits. */
static void read_again(const char *path, const tw_frame *whole, tw_frame_options options)
{
    const tw_rows *all = tw_frame_rows(whole);
    tw_frame *frame = NULL;
    size_t at = 0;
    options.schema = tw_frame_schema(whole);
    if (tw_frame_open(NULL, path, &options, &frame, NULL) != TW_OK) abort();
    for (;;) {
        if (tw_frame_next(frame, 3, NULL) != TW_OK) abort();
        const tw_rows *some = tw_frame_rows(frame);
        if (some->n == 0) break;
        require(at + some->n <= all->n);
        for (size_t i = 0; i < some->n; i++, at++)
            for (size_t f = 0; f < some->data->n_features; f++) {
                const float x = value(some, f, i), y = value(all, f, at);
                require(memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y)));
            }
    }
    require(at == all->n);
    tw_frame_free(frame);
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    require(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[TW_TEMP_PATH];
    static bool made;
    tw_frame *frame = NULL;
    if (size == 0) return 0;
    if (!made) require(tw_temp_file(path));
    made = true;
    write_file(path, data + 1, size - 1);
    const tw_frame_options options = {.target = data[0] & 1 ? "y" : NULL,
                                      .weight = data[0] & 2 ? "w" : NULL,
                                      .group = data[0] & 4 ? "q" : NULL,
                                      .ignore = data[0] & 8 ? "z" : NULL,
                                      .categorical = data[0] & 16 ? "a" : NULL,
                                      .missing = data[0] & 32 ? "-1,none" : NULL,
                                      .delimiter = data[0] & 64 ? ';' : 0};
    if (tw_frame_read(NULL, path, &options, &frame, NULL) != TW_OK) return 0;
    const tw_rows *rows = tw_frame_rows(frame);
    for (size_t i = 0; i < rows->n; i++) check_row(rows, i);
    read_again(path, frame, options);
    tw_rows train, valid;
    if (tw_frame_split(frame, 0.385, &train, &valid, NULL) == TW_OK) require(train.n + valid.n == rows->n);
    tw_frame_free(frame);
    return 0;
}
