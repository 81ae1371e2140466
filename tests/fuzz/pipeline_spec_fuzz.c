/* SPDX-License-Identifier: Apache-2.0 */
/* Specs: read, checked and freed; one that is taken has a name and a place for its results. */
#include "tradewind/pipeline.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char folder[40], path[64];
    tw_spec *spec = NULL;
    tw_error err;
    if (!folder[0]) {
        (void)snprintf(folder, sizeof folder, "/tmp/tw-fuzz-XXXXXX");
        if (!mkdtemp(folder)) abort();
        (void)snprintf(path, sizeof path, "%s/spec.yaml", folder);
    }
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0) abort();
    if (tw_spec_read(NULL, path, &spec, &err) == TW_OK && (!tw_spec_name(spec)[0] || !tw_spec_out(spec)[0])) abort();
    tw_spec_free(spec);
    return 0;
}
