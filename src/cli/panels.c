/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/panels.h"

#include <string.h>

void tw_cli_import_summary(const tw_import_summary *s, FILE *to)
{
    fprintf(to, "%llu rows: %llu kept, %llu set aside\n", (unsigned long long)s->rows, (unsigned long long)s->kept,
            (unsigned long long)s->rejected);
    for (size_t i = 0; i < s->n_reasons; i++)
        fprintf(to, "  %8llu  %s\n", (unsigned long long)s->reasons[i].count, s->reasons[i].reason);
    if (s->text_columns[0]) fprintf(to, "left out, mostly text: %s\n", s->text_columns);
    if (s->empty_files)
        fprintf(to, "%llu file%s without a row below the header, first %s\n", (unsigned long long)s->empty_files,
                s->empty_files > 1 ? "s" : "", s->empty_file);
}

static bool is_panel_file(const char *path)
{
    const size_t n = strlen(path);
    return n > 4 && !strcmp(path + n - 4, ".twp");
}

/* A panel file whose checksums hold: what is computed from a damaged one looks as good as any. */
static tw_status open_panel(tw_cli *cli, const char *path, tw_panel **panel, tw_error *err)
{
    TW_TRY(tw_panel_open(cli->ctx, path, panel, err));
    const tw_status status = tw_panel_verify(*panel, err);
    if (status == TW_OK) return TW_OK;
    tw_panel_close(*panel);
    *panel = NULL;
    return tw_fail_in(err, status, "%s", path);
}

tw_status tw_cli_panel(tw_cli *cli, const char *const *paths, size_t n, tw_panel **panel, tw_error *err)
{
    if (n == 1 && is_panel_file(paths[0])) return open_panel(cli, paths[0], panel, err);
    tw_import_options options;
    tw_import_summary summary;
    TW_TRY(tw_params_parse(tw_import_params(), "import", tw_cli_value(cli, "import"), &options, err));
    options.out = options.rejects = NULL;
    TW_TRY(tw_import_csv(cli->ctx, paths, n, &options, panel, &summary, err));
    if (summary.rejected || summary.text_columns[0] || summary.empty_files) tw_cli_import_summary(&summary, stderr);
    return TW_OK;
}

const char *tw_cli_column_of(const tw_panel *panel, const char *input)
{
    static const char *const usual[][2] = {{"real", "close"}, {"x", "close"}, {"real0", "high"}, {"real1", "low"}};
    if (tw_panel_find_column(panel, input) != SIZE_MAX) return input;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (!strcmp(input, usual[i][0]) && tw_panel_find_column(panel, usual[i][1]) != SIZE_MAX) return usual[i][1];
    return NULL;
}

tw_status tw_cli_out(tw_cli *cli, const tw_buf *text, tw_error *err)
{
    TW_TRY(tw_buf_check(text, err));
    const char *path = tw_cli_value(cli, "out");
    if (path) return tw_file_write(path, text->data ? text->data : "", text->length, err);
    if (text->length && fwrite(text->data, 1, text->length, stdout) != text->length)
        return tw_fail(err, TW_IO_FAILED, "standard output cannot be written");
    return TW_OK;
}
