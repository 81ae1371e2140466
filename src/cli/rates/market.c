/* SPDX-License-Identifier: Apache-2.0 */
/* market.c - files of rate instruments, and the curve they make. */
#include "cli/rates/market.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- cells */

bool tw_cli_cell_given(const tw_rows *rows, size_t column)
{
    return rows->place[column] != SIZE_MAX && rows->field[rows->place[column]].length > 0;
}

tw_status tw_cli_cell_text(const tw_rows *rows, size_t column, char text[64], const char *what, tw_error *err)
{
    const tw_field *f = &rows->field[rows->place[column]];
    if (f->length >= 64 || memchr(f->text, '\0', f->length)) return tw_rows_fail(rows, column, err, what);
    memcpy(text, f->text, f->length);
    text[f->length] = '\0';
    return TW_OK;
}

tw_status tw_cli_cell_date(const tw_rows *rows, size_t column, tw_date *date, tw_error *err)
{
    const tw_field *f = &rows->field[rows->place[column]];
    return tw_date_parse(f->text, f->length, date) ? TW_OK
                                                   : tw_rows_fail(rows, column, err, "is not a date of 1900 to 2199");
}

tw_status tw_cli_cell_number(const tw_rows *rows, size_t column, double *x, tw_error *err)
{
    TW_TRY(tw_rows_number(rows, column, x, err));
    return isnan(*x) ? tw_rows_fail(rows, column, err, "is not a number") : TW_OK;
}

tw_status tw_cli_date(const tw_cli *cli, tw_date *date, tw_error *err)
{
    const char *text = tw_cli_value(cli, "date");
    if (!text) return tw_fail(err, TW_BAD_VALUE, "%s needs --date YYYY-MM-DD", cli->command->name);
    return tw_date_parse(text, strlen(text), date)
               ? TW_OK
               : tw_fail(err, TW_BAD_VALUE, "--date must be a date of 1900 to 2199, got \"%s\"", text);
}

/* ---------------------------------------------------------------- instruments */

enum { KIND, QUOTE, TENOR, START, END, CONVEXITY, CONVENTION, NAME };

static const char *const COLUMNS[] = {"kind|type", "quote|rate|price", "tenor|maturity", "start", "end",
                                      "convexity", "convention",       "name",           NULL};

/* The convention of a name, with its calendar; made when it is first asked for. */
static tw_status take_convention(tw_cli_curve *c, const char *name, const tw_rate_convention **convention,
                                 tw_error *err)
{
    tw_rate_convention found;
    TW_TRY(tw_rate_convention_find(name, &found, err));
    size_t i = 0;
    while (strcmp(tw_rate_convention_names()[i], name) != 0) i++;
    if (!c->holidays[i]) {
        const tw_holidays_spec spec = {.names = tw_rate_convention_calendar(name)};
        TW_TRY(tw_holidays_new(c->ctx, &spec, &c->holidays[i], err));
        c->convention[i] = found;
        c->convention[i].holidays = c->holidays[i];
    }
    *convention = &c->convention[i];
    return TW_OK;
}

static tw_status read_convention(tw_cli_curve *c, const char *preset, const tw_rows *rows, tw_rate_instrument *i,
                                 tw_error *err)
{
    char text[64];
    if (!tw_cli_cell_given(rows, CONVENTION)) return take_convention(c, preset ? preset : "eur", &i->convention, err);
    TW_TRY(tw_cli_cell_text(rows, CONVENTION, text, "is no convention", err));
    const tw_status status = take_convention(c, text, &i->convention, err);
    return status == TW_BAD_NAME ? tw_rows_fail(rows, CONVENTION, err, "is no rate convention") : status;
}

/* A start is a date, or a tenor from the day of settlement. */
static tw_status read_start(const tw_rows *rows, tw_rate_instrument *i, tw_error *err)
{
    i->start_date = TW_NO_DATE;
    if (!tw_cli_cell_given(rows, START)) return TW_OK;
    const tw_field *f = &rows->field[rows->place[START]];
    if (tw_tenor_parse(f->text, f->length, &i->start)) return TW_OK;
    return tw_date_parse(f->text, f->length, &i->start_date)
               ? TW_OK
               : tw_rows_fail(rows, START, err, "is neither a date nor a tenor like 3M");
}

static tw_status read_term(const tw_rows *rows, tw_rate_instrument *i, tw_error *err)
{
    TW_TRY(read_start(rows, i, err));
    i->end_date = TW_NO_DATE;
    if (tw_cli_cell_given(rows, END)) return tw_cli_cell_date(rows, END, &i->end_date, err);
    if (!tw_cli_cell_given(rows, TENOR))
        return tw_fail(err, TW_BAD_DATA, "%s:%llu: a tenor or an end is needed", rows->path,
                       (unsigned long long)tw_csv_line(rows->csv));
    const tw_field *f = &rows->field[rows->place[TENOR]];
    return tw_tenor_parse(f->text, f->length, &i->tenor) ? TW_OK
                                                         : tw_rows_fail(rows, TENOR, err, "is not a tenor like 3M");
}

/* What messages call it: its place in the file and its name. */
static tw_status name_it(tw_cli_curve *c, const tw_rows *rows, tw_rate_instrument *i, tw_error *err)
{
    char name[64] = "", text[128];
    if (tw_cli_cell_given(rows, NAME)) TW_TRY(tw_cli_cell_text(rows, NAME, name, "is too long a name", err));
    const char *kind = tw_rate_kind_name(i->kind);
    if (!name[0] && i->tenor.n) (void)snprintf(name, sizeof name, "%s %d%c", kind, i->tenor.n, i->tenor.unit);
    const int length = snprintf(text, sizeof text, "%s", name[0] ? name : kind);
    i->name = tw_arena_text(&c->arena, text, (size_t)length);
    return i->name ? TW_OK : tw_no_memory(err, "instruments");
}

static tw_status read_row(const tw_cli_curve_file *file, tw_cli_curve *c, const tw_rows *rows, tw_error *err)
{
    char text[64];
    if (c->n == TW_BOOTSTRAP_MOST)
        return tw_fail(err, TW_TOO_LARGE, "%s:%llu: a curve has at most %d instruments", rows->path,
                       (unsigned long long)tw_csv_line(rows->csv), TW_BOOTSTRAP_MOST);
    tw_rate_instrument *i = &c->instrument[c->n++];
    TW_TRY(tw_cli_cell_text(rows, KIND, text, "is no rate instrument", err));
    if (tw_rate_kind_parse(text, &i->kind, NULL) != TW_OK)
        return tw_rows_fail(rows, KIND, err, "is not deposit, fra, future, swap or ois");
    TW_TRY(tw_cli_cell_number(rows, QUOTE, &i->quote, err));
    if (tw_cli_cell_given(rows, CONVEXITY)) TW_TRY(tw_cli_cell_number(rows, CONVEXITY, &i->convexity, err));
    TW_TRY(read_term(rows, i, err));
    TW_TRY(name_it(c, rows, i, err));
    return read_convention(c, file->convention, rows, i, err);
}

static tw_status read_file(const tw_cli_curve_file *file, tw_cli_curve *c, tw_error *err)
{
    tw_rows rows;
    bool more = true;
    TW_TRY(tw_rows_open(c->ctx, file->path, COLUMNS, 2, &rows, err));
    tw_status status = tw_rows_next(&rows, &more, err);
    while (status == TW_OK && more) {
        status = read_row(file, c, &rows, err);
        if (status == TW_OK) status = tw_rows_next(&rows, &more, err);
    }
    tw_rows_close(&rows);
    return status;
}

/* ---------------------------------------------------------------- the curve */

static tw_status make_room(tw_cli_curve *c, tw_error *err)
{
    size_t n = 0;
    while (tw_rate_convention_names()[n]) n++;
    c->instrument = tw_arena_new(&c->arena, TW_BOOTSTRAP_MOST, sizeof *c->instrument);
    c->convention = tw_arena_new(&c->arena, n, sizeof *c->convention);
    c->holidays = tw_arena_new(&c->arena, n, sizeof *c->holidays);
    return c->instrument && c->convention && c->holidays ? TW_OK : tw_no_memory(err, "instruments");
}

tw_status tw_cli_curve_read(const tw_cli *cli, const tw_cli_curve_file *file, tw_cli_curve *curve, tw_error *err)
{
    const char *way = tw_cli_value(cli, "interpolation");
    tw_bootstrap_spec spec = {.as_of = {.date = file->date}, .discount = file->discount};
    *curve = (tw_cli_curve){.ctx = cli->ctx};
    tw_arena_init(&curve->arena, cli->ctx);
    TW_TRY(make_room(curve, err));
    TW_TRY(tw_interpolation_find(way ? way : "log_linear", &spec.interpolation, err));
    TW_TRY(read_file(file, curve, err));
    spec.n = curve->n;
    spec.instrument = curve->instrument;
    const tw_status status = tw_bootstrap_new(cli->ctx, &spec, &curve->bootstrap, err);
    return status == TW_OK ? TW_OK : tw_fail_in(err, status, "%s", file->path);
}

void tw_cli_curve_clear(tw_cli_curve *curve)
{
    tw_bootstrap_free(curve->bootstrap);
    for (size_t i = 0; curve->holidays && tw_rate_convention_names()[i]; i++)
        tw_holidays_free(curve->ctx, curve->holidays[i]);
    if (curve->arena.head) tw_arena_clear(&curve->arena);
}

/* ---------------------------------------------------------------- output */

void tw_cli_put_number(tw_buf *out, double x)
{
    char text[32];
    tw_buf_text(out, ",");
    if (!isnan(x)) tw_buf_add(out, text, tw_format_double(x, text));
}

void tw_cli_put_date(tw_buf *out, tw_date date)
{
    char text[16];
    tw_buf_add(out, text, tw_date_format(date, text));
}

tw_status tw_cli_put_out(const tw_cli *cli, const tw_buf *out, tw_error *err)
{
    const char *path = tw_cli_value(cli, "out");
    TW_TRY(tw_buf_check(out, err));
    if (path) return tw_file_write(path, out->data, out->length, err);
    return fwrite(out->data, 1, out->length, stdout) == out->length
               ? TW_OK
               : tw_fail(err, TW_IO_FAILED, "standard output cannot be written");
}
