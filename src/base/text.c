/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base_impl.h"

#include <stdio.h>
#include <string.h>

bool tw_text_is(const char *text, size_t length, const char *word)
{
    for (size_t i = 0; i < length; i++)
        if (word[i] == '\0' || tw_to_lower(text[i]) != word[i]) return false;
    return word[length] == '\0';
}

void tw_buf_init(tw_buf *buf, const tw_ctx *ctx) { *buf = (tw_buf){.ctx = ctx}; }

void tw_buf_clear(tw_buf *buf)
{
    tw_free(buf->ctx, buf->data);
    tw_buf_init(buf, buf->ctx);
}

/* Room for `more` bytes and the final NUL. */
static bool reserve(tw_buf *buf, size_t more)
{
    if (buf->failed) return false;
    if (more < buf->room - buf->length) return true;
    size_t room = buf->room ? buf->room : 64;
    while (room - buf->length <= more && room <= SIZE_MAX / 2) room *= 2;
    char *data = room - buf->length > more ? tw_resize(buf->ctx, buf->data, buf->length, room) : NULL;
    if (!data) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->room = room;
    return true;
}

void tw_buf_add(tw_buf *buf, const void *bytes, size_t length)
{
    if (!reserve(buf, length)) return;
    if (length) memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void tw_buf_text(tw_buf *buf, const char *text) { tw_buf_add(buf, text, strlen(text)); }

void tw_buf_printf(tw_buf *buf, const char *format, ...)
{
    char small[256];
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) {
        buf->failed = true;
    } else if ((size_t)n < sizeof small) {
        tw_buf_add(buf, small, (size_t)n);
    } else if (reserve(buf, (size_t)n)) {
        va_start(args, format);
        vsnprintf(buf->data + buf->length, (size_t)n + 1, format, args);
        va_end(args);
        buf->length += (size_t)n;
    }
}

tw_status tw_buf_check(const tw_buf *buf, tw_error *err)
{
    return buf->failed ? tw_fail(err, TW_NO_MEMORY, "out of memory for a text of %zu bytes and more", buf->length)
                       : TW_OK;
}
