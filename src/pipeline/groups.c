/* SPDX-License-Identifier: Apache-2.0 */
/* groups.c - sectors and the like, for per-group operators: a CSV file with the fields symbol and group. */
#include "pipeline/pipeline_impl.h"

#include <string.h>

/* Reading in progress. Names of groups in the order of their first symbol; group 0 is "no group" for symbols the file
 * does not name. */
typedef struct group_reader {
    tw_job *job;
    tw_csv *csv;
    size_t symbol, group, n_names, room;
    const char **name;
} group_reader;

static bool is(const tw_field *field, const char *name)
{
    return field->length == strlen(name) && !memcmp(field->text, name, field->length);
}

static tw_status read_header(group_reader *r, tw_error *err)
{
    const tw_field *field;
    size_t n = 0;
    TW_TRY(tw_csv_next(r->csv, &field, &n, err));
    r->symbol = r->group = SIZE_MAX;
    for (size_t i = 0; field && i < n; i++) {
        if (is(&field[i], "symbol")) r->symbol = i;
        if (is(&field[i], "group") || is(&field[i], "sector")) r->group = i;
    }
    if (r->symbol == SIZE_MAX || r->group == SIZE_MAX)
        return tw_fail(err, TW_BAD_DATA, "%s: the header must have 'symbol' and 'group'", r->job->spec->data.groups);
    return TW_OK;
}

/* Number of a group, from 1; a new name gets the next. */
static tw_status number_of(group_reader *r, const tw_field *field, int32_t *number, tw_error *err)
{
    for (size_t i = 0; i < r->n_names; i++)
        if (is(field, r->name[i])) {
            *number = (int32_t)i + 1;
            return TW_OK;
        }
    if (r->n_names == r->room) {
        const size_t room = r->room ? 2 * r->room : 32;
        const char **name = tw_arena_new(&r->job->arena, room, sizeof *name);
        if (!name) return tw_no_memory(err, "groups");
        if (r->n_names) memcpy(name, r->name, r->n_names * sizeof *name);
        r->name = name, r->room = room;
    }
    r->name[r->n_names] = tw_arena_text(&r->job->arena, field->text, field->length);
    if (!r->name[r->n_names]) return tw_no_memory(err, "groups");
    *number = (int32_t)++r->n_names;
    return TW_OK;
}

static tw_status read_row(group_reader *r, const tw_field *field, size_t n, tw_error *err)
{
    const unsigned long long line = (unsigned long long)tw_csv_line(r->csv);
    if (n <= r->symbol || n <= r->group)
        return tw_fail(err, TW_BAD_DATA, "%s:%llu: %zu fields, symbol and group expected", r->job->spec->data.groups,
                       line, n);
    char symbol[128];
    if (field[r->symbol].length >= sizeof symbol)
        return tw_fail(err, TW_BAD_DATA, "%s:%llu: a symbol of more than 127 bytes", r->job->spec->data.groups, line);
    memcpy(symbol, field[r->symbol].text, field[r->symbol].length);
    symbol[field[r->symbol].length] = '\0';
    const size_t s = tw_panel_find_symbol(r->job->panel, symbol);
    if (s == SIZE_MAX) return TW_OK; /* a file of groups may cover a larger universe */
    return number_of(r, &field[r->group], &r->job->group[s], err);
}

static tw_status read_rows(group_reader *r, tw_error *err)
{
    const tw_field *field;
    size_t n = 0;
    TW_TRY(read_header(r, err));
    for (;;) {
        TW_TRY(tw_csv_next(r->csv, &field, &n, err));
        if (!field) return TW_OK;
        TW_TRY(read_row(r, field, n, err));
    }
}

tw_status tw_job_groups(tw_job *job, tw_error *err)
{
    const char *path = job->spec->data.groups;
    if (!path) return TW_OK;
    tw_source *source = NULL;
    group_reader r = {.job = job};
    job->group = tw_arena_new(&job->arena, tw_panel_symbols(job->panel), sizeof *job->group);
    if (!job->group) return tw_no_memory(err, "groups");
    TW_TRY(tw_source_open(job->ctx, path, &source, err));
    TW_TRY(tw_csv_open(job->ctx, source, path, NULL, &r.csv, err));
    const tw_status status = read_rows(&r, err);
    tw_csv_close(r.csv);
    return status;
}
