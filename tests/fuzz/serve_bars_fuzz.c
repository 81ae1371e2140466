/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of requests: the first byte says CSV or JSON. What is read has whole rows in order of time. */
#include "made_bundle.h"
#include "serve/serve_impl.h"

#include <string.h>

static void check(const tw_bars *bars)
{
    for (size_t i = 0; i < bars->n_rows; i++) {
        if (!bars->symbol[i] || !bars->symbol[i][0] || bars->time[i] == TW_NO_TIME) abort();
        if (i && bars->time[i] < bars->time[i - 1]) abort();
    }
    for (size_t i = 0; i < bars->n_rows;) {
        const size_t next = tw_bars_next_time(bars, i);
        if (next <= i || next > bars->n_rows) abort();
        i = next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static made_bundle made;
    static tw_server server; /* only what an invocation looks at */
    tw_bars bars;
    tw_error err;
    if (!made.folder[0]) {
        make_bundle(&made);
        server.options.max_symbols = 64;
        if (tw_bundle_open(NULL, made.path, &server.bundle, &err) != TW_OK) abort();
    }
    if (!size) return 0;
    const char *type = data[0] % 2 ? "text/csv" : "application/json; charset=utf-8";
    char *body = malloc(size); /* exactly as long as it is, so that a read past its end is seen */
    if (!body) return 0;
    memcpy(body, data + 1, size - 1);
    if (tw_bars_read(NULL, server.bundle, type, body, size - 1, &bars, &err) == TW_OK) {
        tw_buf answer;
        check(&bars);
        tw_buf_init(&answer, NULL);
        if (bars.n_rows < 200) (void)tw_invoke(&server, &bars, NULL, &answer, &err);
        tw_buf_clear(&answer);
        tw_bars_clear(&bars);
    }
    free(body);
    return 0;
}
