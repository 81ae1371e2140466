/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka with the headers it needs before it, and checks it lacks. */
#ifndef TW_TEST_H
#define TW_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tradewind/base.h"

#include <stdio.h>
#include <string.h>

/* Stops the test with the library's own words when a call that should succeed does not. */
static inline void tw_check_ok(tw_status status, const tw_error *err, const char *file, int line)
{
    if (status == TW_OK) return;
    print_error("%s:%d: %s: %s\n", file, line, tw_status_name(status), err ? err->message : "");
    _fail(file, line);
}
#define assert_ok(call, err) tw_check_ok((call), (err), __FILE__, __LINE__)

/* Same bits: NaN equals the same NaN, 0 differs from -0. */
static inline void tw_check_same(double got, double want, const char *file, int line)
{
    if (memcmp(&got, &want, sizeof got) == 0) return;
    print_error("%s:%d: got %.17g (%a), want %.17g (%a)\n", file, line, got, got, want, want);
    _fail(file, line);
}
#define assert_same(got, want) tw_check_same((got), (want), __FILE__, __LINE__)

/* |got - want| <= tolerance * max(1, |want|) */
static inline void tw_check_near(double got, double want, double tolerance, const char *file, int line)
{
    const double off = got > want ? got - want : want - got, size = want < 0 ? -want : want;
    if (off <= tolerance * (size > 1 ? size : 1)) return;
    print_error("%s:%d: got %.17g, want %.17g, off by %.3g, tolerance %.3g\n", file, line, got, want, off, tolerance);
    _fail(file, line);
}
#define assert_near(got, want, tolerance) tw_check_near((got), (want), (tolerance), __FILE__, __LINE__)

/* |got - want| <= most. (cmocka's assert_float_equal compares as float, which no tolerance here is meant for.) */
static inline void tw_check_close(double got, double want, double most, const char *file, int line)
{
    const double off = got > want ? got - want : want - got;
    if (off <= most) return;
    print_error("%s:%d: got %.17g, want %.17g, off by %.3g, most %.3g\n", file, line, got, want, off, most);
    _fail(file, line);
}
#define assert_close(got, want, most) tw_check_close((got), (want), (most), __FILE__, __LINE__)

#endif
