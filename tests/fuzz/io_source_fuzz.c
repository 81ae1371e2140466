/* SPDX-License-Identifier: Apache-2.0 */
/* Unpacks whatever the bytes claim to be, up to 16 MiB; plain bytes must come through unchanged in number. */
#include "tradewind/io.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 4096, MOST = 16 * 1024 * 1024 };

static bool is_packed(const uint8_t *data, size_t size)
{
    return size >= 2 && ((data[0] == 0x1f && data[1] == 0x8b) || data[1] == 0xb5 || data[1] == 0x2a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tw_source *source = NULL;
    tw_error err;
    char bytes[ROOM];
    size_t total = 0, got = 1;
    if (tw_source_view(NULL, data, size, &source, &err) != TW_OK) return 0;
    if (tw_source_unpack(NULL, source, "fuzz", &source, &err) != TW_OK) return 0;
    tw_status status = TW_OK;
    while (status == TW_OK && got > 0 && total < MOST) {
        status = source->read(source, bytes, sizeof bytes, &got, &err);
        total += got;
    }
    if (status != TW_OK && status != TW_BAD_FILE) abort();
    if (!is_packed(data, size) && (status != TW_OK || total != size)) abort();
    tw_source_close(source);
    return 0;
}
