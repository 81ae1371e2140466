/* SPDX-License-Identifier: Apache-2.0 */
/* import_header.c - what the fields of a header mean. Names are compared in lower case without blanks and signs. */
#include "data/import.h"

#include <ctype.h>
#include <string.h>

enum { NAME_MAX = 64 };

typedef struct synonym {
    const char *name, *means;
} synonym;

/* Earlier lines win where a file has several fields of one meaning; the others become columns of their own. */
static const synonym keys[] = {
    {"timestamputc", "time"},
    {"timestamp", "time"},
    {"datetime", "time"},
    {"ts", "time"},
    {"tsevent", "time"},
    {"stamp", "time"},
    {"opentime", "time"},
    {"date", "time"},
    {"day", "time"},
    {"session", "time"},
    {"tradedate", "time"},
    {"time", "time"},
    {"unix", "time"},
    {"epoch", "time"},
    {"timeperiod", "time"},
    {"symbol", "symbol"},
    {"ticker", "symbol"},
    {"instrument", "symbol"},
    {"name", "symbol"},
    {"code", "symbol"},
    {"asset", "symbol"},
    {"sid", "symbol"},
    {"permno", "symbol"},
    {"isin", "symbol"},
    {"time", "clock"},
    {"timeofday", "clock"},
    {"mssincemidnight", "millis"},
    {"millisecondssincemidnight", "millis"},
};
static const synonym values[] = {
    {"open", "open"},
    {"o", "open"},
    {"openprice", "open"},
    {"high", "high"},
    {"h", "high"},
    {"highprice", "high"},
    {"low", "low"},
    {"l", "low"},
    {"lowprice", "low"},
    {"close", "close"},
    {"c", "close"},
    {"last", "close"},
    {"closeprice", "close"},
    {"price", "close"},
    {"prc", "close"},
    {"volume", "volume"},
    {"v", "volume"},
    {"vol", "volume"},
    {"shares", "volume"},
    {"adjclose", "adj_close"},
    {"adjustedclose", "adj_close"},
    {"closeadj", "adj_close"},
    {"vwap", "vwap"},
    {"vw", "vwap"},
};
static const char *const core[] = {"open", "high", "low", "close", "volume"};

/* Lower case, letters and digits only. False when nothing is left or it does not fit. */
static bool squeeze(const char *text, size_t length, char out[NAME_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        const unsigned char ch = (unsigned char)text[i];
        if (!isalnum(ch)) continue;
        if (n + 1 >= NAME_MAX) return false;
        out[n++] = (char)tolower(ch);
    }
    out[n] = 0;
    return n > 0;
}

/* A column name: lower case, other signs become one underscore. */
static void snake(const char *text, size_t length, char out[NAME_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < length && n + 1 < NAME_MAX; i++) {
        const unsigned char ch = (unsigned char)text[i];
        if (isalnum(ch))
            out[n++] = (char)tolower(ch);
        else if (n > 0 && out[n - 1] != '_')
            out[n++] = '_';
    }
    while (n > 0 && out[n - 1] == '_') n--;
    out[n] = 0;
}

/* The own name given by options->columns ("date=Day,close=Last") to field `text`, or NULL. */
static const char *own_meaning(const char *map, tw_field field, char out[NAME_MAX])
{
    while (*map) {
        const size_t n = strcspn(map, ",");
        const char *equal = memchr(map, '=', n);
        if (equal && (size_t)(map + n - equal - 1) == field.length &&
            memcmp(equal + 1, field.text, field.length) == 0 && equal - map < NAME_MAX) {
            memcpy(out, map, (size_t)(equal - map));
            out[equal - map] = 0;
            return out;
        }
        map += n + (map[n] == ',');
    }
    return NULL;
}

static const char *value_meaning(const char *squeezed)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcmp(values[i].name, squeezed) == 0) return values[i].means;
    return NULL;
}

/* Field whose name means `role`, by the order of the synonyms; `taken` fields are passed over. */
static int find_key(const char *role, char (*names)[NAME_MAX], size_t n, int taken)
{
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        if (strcmp(keys[k].means, role) != 0) continue;
        for (size_t i = 0; i < n; i++)
            if ((int)i != taken && strcmp(names[i], keys[k].name) == 0) return (int)i;
    }
    return -1;
}

static tw_status find_column(tw_import *im, const char *name, uint32_t *index, tw_error *err)
{
    for (size_t c = 0; c < im->n_columns; c++)
        if (strcmp(im->columns[c].name, name) == 0) {
            *index = (uint32_t)c;
            return TW_OK;
        }
    if (im->n_columns == 4096) return tw_fail(err, TW_TOO_LARGE, "import: more than 4096 columns");
    if (im->n_columns == im->column_room) {
        const size_t room = im->column_room ? im->column_room * 2 : 16;
        void *more = tw_resize(im->ctx, im->columns, im->column_room * sizeof *im->columns, room * sizeof *im->columns);
        if (!more) return tw_no_memory(err, "the columns of an import");
        im->columns = more;
        im->column_room = room;
    }
    tw_import_column column = {.name = tw_arena_text(&im->arena, name, strlen(name))};
    if (!column.name) return tw_no_memory(err, "the columns of an import");
    for (size_t i = 0; i < sizeof core / sizeof *core; i++) column.core |= strcmp(name, core[i]) == 0;
    im->columns[im->n_columns] = column;
    *index = (uint32_t)im->n_columns++;
    return TW_OK;
}

/* Names as the roles see them: an own name replaces the field's. */
static void read_names(const tw_import *im, const tw_field *fields, size_t n, char (*names)[NAME_MAX])
{
    for (size_t i = 0; i < n; i++) {
        char own[NAME_MAX];
        const char *mapped = own_meaning(im->options->columns, fields[i], own);
        const char *text = mapped ? mapped : fields[i].text;
        if (!squeeze(text, mapped ? strlen(mapped) : fields[i].length, names[i])) names[i][0] = 0;
    }
}

static void assign_roles(tw_import_file *file, char (*names)[NAME_MAX], size_t n)
{
    file->time = find_key("time", names, n, -1);
    file->symbol = find_key("symbol", names, n, -1);
    file->clock = find_key("clock", names, n, file->time);
    file->millis = find_key("millis", names, n, -1);
    /* A clock beside a full time stamp is only a column. */
    if (file->clock >= 0 && (file->time < 0 || strcmp(names[file->time], "date") != 0)) file->clock = -1;
}

/* Name of the column that field i becomes: what it means unless another field says the same more plainly. */
static void name_column(const tw_import *im, char (*names)[NAME_MAX], size_t n, size_t i, tw_field text,
                        char name[NAME_MAX])
{
    char own[NAME_MAX];
    const char *known = value_meaning(names[i]);
    const char *mapped = own_meaning(im->options->columns, text, own);
    for (size_t k = 0; known && strcmp(known, names[i]) != 0 && k < n; k++)
        if (strcmp(names[k], known) == 0) known = NULL; /* "price" beside "close" */
    if (known)
        memcpy(name, known, strlen(known) + 1);
    else if (mapped)
        snake(mapped, strlen(mapped), name);
    else
        snake(text.text, text.length, name);
    if (!name[0]) memcpy(name, "unnamed", 8);
}

static tw_status add_value(tw_import *im, tw_import_file *file, size_t i, const char *name, tw_error *err)
{
    uint32_t column = 0;
    TW_TRY(find_column(im, name, &column, err));
    for (size_t v = 0; v < file->n_values; v++)
        if (file->columns[v] == column)
            return tw_fail(err, TW_BAD_DATA, "%s:1: two fields mean \"%s\"; name one of them with columns=", file->path,
                           name);
    file->fields[i] = (tw_import_field){TW_ROLE_VALUE, (uint32_t)file->n_values};
    file->columns[file->n_values++] = column;
    return TW_OK;
}

/* Two fields of one name: which of them is the symbol or the time cannot be told. */
static tw_status find_twins(const tw_import_file *file, char (*names)[NAME_MAX], size_t n, const tw_field *fields,
                            tw_error *err)
{
    const int keys_at[] = {file->time, file->symbol, file->clock, file->millis};
    for (size_t k = 0; k < sizeof keys_at / sizeof *keys_at; k++)
        for (size_t i = 0; keys_at[k] >= 0 && i < n; i++)
            if ((int)i != keys_at[k] && strcmp(names[i], names[keys_at[k]]) == 0)
                return tw_fail(err, TW_BAD_DATA, "%s:1: the header has \"%s\" twice, fields %d and %zu", file->path,
                               tw_import_show(fields[i]).text, keys_at[k] + 1, i + 1);
    return TW_OK;
}

tw_status tw_import_header(tw_import *im, tw_import_file *file, const tw_field *fields, size_t n, tw_error *err)
{
    char(*names)[NAME_MAX] = tw_arena_new(&im->arena, n, NAME_MAX);
    file->fields = tw_arena_new(&im->arena, n, sizeof *file->fields);
    file->columns = tw_arena_new(&im->arena, n, sizeof *file->columns);
    if (!names || !file->fields || !file->columns) return tw_no_memory(err, "the header of an import");
    read_names(im, fields, n, names);
    assign_roles(file, names, n);
    file->n_fields = n;
    TW_TRY(tw_import_header_flaw(file, fields, n, err));
    TW_TRY(find_twins(file, names, n, fields, err));
    for (size_t i = 0; i < n; i++) {
        char name[NAME_MAX];
        name_column(im, names, n, i, fields[i], name);
        if ((int)i == file->time)
            file->fields[i].role = TW_ROLE_TIME;
        else if ((int)i == file->clock)
            file->fields[i].role = TW_ROLE_CLOCK;
        else if ((int)i == file->millis)
            file->fields[i].role = TW_ROLE_MILLIS;
        else if ((int)i == file->symbol)
            file->fields[i].role = TW_ROLE_SYMBOL;
        else
            TW_TRY(add_value(im, file, i, name, err));
    }
    return file->n_values ? TW_OK : tw_fail(err, TW_BAD_DATA, "%s:1: the header names no value", file->path);
}
