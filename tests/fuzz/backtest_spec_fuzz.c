/* SPDX-License-Identifier: Apache-2.0 */
/* Backtests from files: the bytes are a spec over a small market, or (first byte 'b') its bars, or ('a') its actions.
 * What can be read is run. */
#include "../support/spec_case.h"

#include "tradewind/backtest_spec.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static spec_case c;
    tw_backtest_spec *spec = NULL;
    tw_strategy_result *result = NULL;
    tw_error err;
    if (!c.folder[0] && spec_case_open(&c) != 0) abort();
    const int which = size > 0 && (data[0] == 'b' || data[0] == 'a') ? data[0] : 's';
    const char *path = which == 'b' ? c.bars : which == 'a' ? c.actions : c.spec;
    if (spec_case_write(path, data + (which != 's'), size - (which != 's')) != 0) abort();
    if (tw_backtest_spec_read(NULL, c.spec, NULL, &spec, &err) == TW_OK) {
        (void)tw_backtest_spec_run(spec, &result, &err);
        if (result && tw_backtest_spec_write(spec, result, NULL, c.folder, &err) != TW_OK) abort();
    }
    tw_strategy_result_free(result);
    tw_backtest_spec_free(spec);
    const int left = which == 'b'   ? spec_case_write(c.bars, SPEC_CASE_BARS, sizeof SPEC_CASE_BARS - 1)
                     : which == 'a' ? spec_case_write(c.actions, SPEC_CASE_ACTIONS, sizeof SPEC_CASE_ACTIONS - 1)
                                    : spec_case_write(c.spec, SPEC_CASE_SPEC, sizeof SPEC_CASE_SPEC - 1);
    if (left != 0) abort();
    return 0;
}
