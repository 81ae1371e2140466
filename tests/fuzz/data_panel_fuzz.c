/* SPDX-License-Identifier: Apache-2.0 */
/* Opens bytes as a panel file. The header's checksum is made right, so that what lies behind it is reached. */
#include "data/panel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/panel_fuzz_XXXXXX";
    if (size < sizeof(tw_panel_header) || size > 1 << 20) return 0;
    unsigned char *bytes = malloc(size);
    if (!bytes) return 0;
    memcpy(bytes, data, size);
    tw_panel_header h;
    tw_panel_layout layout;
    memcpy(&h, bytes, sizeof h);
    if (tw_panel_layout_of(&h, &layout) && layout.total == size) {
        h.header_hash = 0;
        h.file_bytes = size;
        memcpy(bytes, &h, sizeof h);
        h.header_hash = tw_panel_header_hash(bytes, &layout);
        memcpy(bytes, &h, sizeof h);
    }
    const int fd = mkstemp(path);
    tw_panel *panel = NULL;
    if (fd >= 0 && write(fd, bytes, size) == (ssize_t)size && tw_panel_open(NULL, path, &panel, NULL) == TW_OK) {
        double sum = 0;
        for (size_t c = 0; c < tw_panel_columns(panel); c++)
            for (size_t s = 0; s < tw_panel_symbols(panel); s++)
                for (size_t t = 0; t < tw_panel_times(panel); t++) sum += tw_panel_at(panel, c, s, t);
        volatile double keep = sum;
        (void)keep;
        for (size_t t = 0; t < tw_panel_times(panel); t++) tw_panel_known(panel, t);
        for (size_t s = 0; s < tw_panel_symbols(panel); s++) tw_panel_find_symbol(panel, tw_panel_symbol(panel, s));
        tw_panel_close(panel);
    }
    if (fd >= 0) close(fd);
    unlink(path);
    free(bytes);
    return 0;
}
