/* SPDX-License-Identifier: Apache-2.0 */
/* panel_csv.c - a panel as long-form CSV, in order of time. */
#include "data/panel.h"
#include "tradewind/io.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_AT = 1 << 20 };

static tw_status flush(FILE *file, tw_buf *text, const char *path, tw_error *err)
{
    TW_TRY(tw_buf_check(text, err));
    if (text->length && fwrite(text->data, 1, text->length, file) != text->length)
        return tw_fail(err, TW_IO_FAILED, "%s: cannot write: %s", path, strerror(errno));
    text->length = 0;
    return TW_OK;
}

static void write_header(const tw_panel *panel, tw_buf *out)
{
    tw_buf_text(out, panel->shape.bar_ns == TW_NS_PER_DAY ? "date,symbol" : "timestamp,symbol");
    for (size_t c = 0; c < panel->shape.n_columns; c++) {
        tw_buf_text(out, ",");
        tw_csv_write_field(out, panel->shape.columns[c]);
    }
    tw_buf_text(out, "\n");
}

static void write_row(const tw_panel *panel, size_t s, size_t t, tw_buf *out)
{
    char number[40];
    bool any = false;
    for (size_t c = 0; c < panel->shape.n_columns; c++) any |= !isnan(tw_panel_at(panel, c, s, t));
    if (!any) return;
    tw_buf_add(out, number, tw_time_format(panel->shape.times[t], number));
    tw_buf_text(out, ",");
    tw_csv_write_field(out, panel->shape.symbols[s]);
    for (size_t c = 0; c < panel->shape.n_columns; c++) {
        const double x = tw_panel_at(panel, c, s, t);
        tw_buf_text(out, ",");
        if (!isnan(x)) tw_buf_add(out, number, tw_format_double(x, number));
    }
    tw_buf_text(out, "\n");
}

static tw_status write_all(const tw_panel *panel, FILE *file, tw_buf *text, const char *path, tw_error *err)
{
    write_header(panel, text);
    for (size_t t = 0; t < panel->shape.n_times; t++)
        for (size_t s = 0; s < panel->shape.n_symbols; s++) {
            write_row(panel, s, t, text);
            if (text->length >= FLUSH_AT) TW_TRY(flush(file, text, path, err));
        }
    TW_TRY(flush(file, text, path, err));
    if (fflush(file) != 0 || fsync(fileno(file)) != 0)
        return tw_fail(err, TW_IO_FAILED, "%s: cannot flush: %s", path, strerror(errno));
    return TW_OK;
}

static tw_status write_to(const tw_panel *panel, char *temporary, const char *path, tw_buf *text, tw_error *err)
{
    const int fd = mkstemp(temporary);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!file) {
        if (fd >= 0) close(fd);
        return tw_fail(err, TW_IO_FAILED, "%s: cannot make: %s", path, strerror(errno));
    }
    fchmod(fd, 0644);
    tw_status st = write_all(panel, file, text, path, err);
    fclose(file);
    if (st == TW_OK && rename(temporary, path) != 0)
        st = tw_fail(err, TW_IO_FAILED, "%s: cannot rename to it: %s", path, strerror(errno));
    if (st != TW_OK) unlink(temporary);
    return st;
}

tw_status tw_panel_write_csv(const tw_panel *panel, const char *path, tw_error *err)
{
    tw_buf temporary, text;
    tw_buf_init(&temporary, panel->ctx);
    tw_buf_init(&text, panel->ctx);
    tw_buf_printf(&temporary, "%s.XXXXXX", path);
    tw_status st = tw_buf_check(&temporary, err);
    if (st == TW_OK) st = write_to(panel, temporary.data, path, &text, err);
    tw_buf_clear(&temporary);
    tw_buf_clear(&text);
    return st;
}
