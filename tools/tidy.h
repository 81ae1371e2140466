/* SPDX-License-Identifier: Apache-2.0 */
/* Read by clang-tidy before each source (tools/check_tidy). The analyzer sees one file at a time and would suppose that
 * tw_fail, being elsewhere, may return TW_OK; every `return tw_fail(...)` would then look like a success without a
 * result. The status goes through a function of its own because the analyzer looks into no variadic one. */
#include "tradewind/base.h"

static inline tw_status tidy_failed(tw_status status) { return status; }

#define tw_fail(err, status, ...) ((void)(tw_fail)((err), (status), __VA_ARGS__), tidy_failed(status))
#define tw_fail_in(err, status, ...) ((void)(tw_fail_in)((err), (status), __VA_ARGS__), tidy_failed(status))
#define tw_no_memory(err, what) ((void)(tw_no_memory)((err), (what)), tidy_failed(TW_NO_MEMORY))
