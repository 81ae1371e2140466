/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.json beside good models: what opens is described, and set in motion for some bars. (Model files have a fuzz
 * target of their own.) */
#include "made_bundle.h"

#include <inttypes.h>

static void use(const tw_bundle *bundle)
{
    enum { MOST = 64, LANES = 256 };
    static double values[LANES], score[LANES];
    static const double *view[MOST];
    size_t n_columns = 0, n_symbols = 0;
    tw_scorer *scorer = NULL;
    tw_buf text;
    tw_json json;
    tw_buf_init(&text, NULL);
    tw_json_init(&json, &text, false);
    tw_bundle_describe(bundle, &json);
    tw_buf_clear(&text);
    (void)tw_bundle_columns(bundle, &n_columns);
    (void)tw_bundle_symbols(bundle, &n_symbols);
    if (n_columns > MOST || n_symbols + TW_LANES > LANES) return;
    for (size_t c = 0; c < MOST; c++) view[c] = values;
    if (tw_scorer_new(NULL, bundle, NULL, 0, &scorer, NULL) == TW_OK)
        for (int t = 1; t < 6; t++) {
            for (size_t l = 0; l < LANES; l++) values[l] = l % 7 == 3 ? NAN : 10 + (double)(l % 5) * 0.385 * t;
            (void)tw_scorer_bar(scorer, t * TW_NS_PER_DAY, view, score, NULL, NULL);
        }
    tw_scorer_free(scorer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static made_bundle made;
    tw_bundle *bundle = NULL;
    tw_error err;
    if (!made.folder[0]) make_bundle(&made);
    FILE *f = fopen(made.index, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0) abort();
    f = fopen(made.sum, "wb"); /* or every changed index would end at its checksum */
    if (!f || fprintf(f, "%016" PRIx64, tw_hash64(data, size, 0)) != 16 || fclose(f) != 0) abort();
    if (tw_bundle_open(NULL, made.path, &bundle, &err) == TW_OK) use(bundle);
    tw_bundle_close(bundle);
    return 0;
}
