/* SPDX-License-Identifier: Apache-2.0 */
#include "tradewind/base.h"

#include <stdio.h>
#include <string.h>

typedef struct status_row {
    const char *name, *text;
} status_row;

static const status_row rows[] = {
#define TW_STATUS(name, text) {#name, text},
#include "tradewind/status.def"
#undef TW_STATUS
};

static bool known(tw_status status) { return (unsigned)status < TW_STATUS_COUNT; }

const char *tw_status_name(tw_status status) { return known(status) ? rows[status].name : "UNKNOWN"; }

const char *tw_status_text(tw_status status) { return known(status) ? rows[status].text : "unknown status"; }

tw_status tw_fail(tw_error *err, tw_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->message, sizeof err->message, format, args);
        va_end(args);
    }
    return status;
}

tw_status tw_fail_in(tw_error *err, tw_status status, const char *format, ...)
{
    if (err) {
        char *message = err->message;
        const size_t room = sizeof err->message;
        char context[sizeof err->message];
        va_list args;
        va_start(args, format);
        vsnprintf(context, room - 2, format, args);
        va_end(args);
        /* What does not fit is cut at the end: the context leads. */
        const size_t n = strlen(context);
        message[room - 1] = '\0';
        memmove(message + n + 2, message, room - n - 2);
        memcpy(message, context, n);
        memcpy(message + n, ": ", 2);
        message[room - 1] = '\0';
    }
    return status;
}

tw_status tw_no_memory(tw_error *err, const char *what)
{
    return tw_fail(err, TW_NO_MEMORY, "out of memory for %s", what);
}

const char *tw_version(void) { return TW_VERSION; }
