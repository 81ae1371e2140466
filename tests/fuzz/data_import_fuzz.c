/* SPDX-License-Identifier: Apache-2.0 */
/* Imports bytes as a CSV file; rows = kept + rejected must hold whatever they are. */
#include "tradewind/data.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/import_fuzz_XXXXXX";
    const char *paths = path;
    const int fd = mkstemp(path);
    if (fd < 0) return 0;
    if (write(fd, data, size) == (ssize_t)size) {
        tw_import_options options;
        tw_import_summary summary;
        tw_panel *panel = NULL;
        tw_params_default(tw_import_params(), &options);
        options.rejects = options.out = NULL;
        if (tw_import_csv(NULL, &paths, 1, &options, &panel, &summary, NULL) == TW_OK) {
            if (summary.rows != summary.kept + summary.rejected) abort();
            tw_panel_close(panel);
        }
    }
    close(fd);
    unlink(path);
    return 0;
}
