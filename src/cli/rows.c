/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - tables written beside their place, and moved there when they are whole. */
#include "cli/rows.h"

tw_status tw_cli_rows_open(const tw_cli *cli, const char *path, tw_cli_rows *out, tw_error *err)
{
    *out = (tw_cli_rows){.path = path, .to = stdout};
    tw_buf_init(&out->text, cli->ctx);
    tw_buf_init(&out->part, cli->ctx);
    if (!path) return TW_OK;
    tw_buf_printf(&out->part, "%s.part", path);
    TW_TRY(tw_buf_check(&out->part, err));
    out->to = fopen(out->part.data, "wb");
    return out->to ? TW_OK : tw_fail(err, TW_IO_FAILED, "%s cannot be written", out->part.data);
}

tw_status tw_cli_rows_flush(tw_cli_rows *out, tw_error *err)
{
    TW_TRY(tw_buf_check(&out->text, err));
    if (out->text.length && fwrite(out->text.data, 1, out->text.length, out->to) != out->text.length)
        return tw_fail(err, TW_IO_FAILED, "%s cannot be written: is the disk full?",
                       out->path ? out->path : "standard output");
    out->text.length = 0;
    return TW_OK;
}

static tw_status close_file(tw_cli_rows *out, tw_status status, tw_error *err)
{
    if (!out->path || !out->to) return status;
    const bool closed = fclose(out->to) == 0;
    if (status == TW_OK && (!closed || rename(out->part.data, out->path) != 0))
        status = tw_fail(err, TW_IO_FAILED, "%s cannot be written", out->path);
    if (status != TW_OK) (void)remove(out->part.data);
    return status;
}

tw_status tw_cli_rows_close(tw_cli_rows *out, tw_status status, tw_error *err)
{
    status = close_file(out, status, err);
    tw_buf_clear(&out->text);
    tw_buf_clear(&out->part);
    return status;
}
