/* SPDX-License-Identifier: Apache-2.0 */
/* import_refuse.c - files whose first line is no header of bars: what they seem to be instead. */
#include "data/import.h"

#include <string.h>

static bool has_byte(const tw_field *fields, size_t n, char byte)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i].length && memchr(fields[i].text, byte, fields[i].length)) return true;
    return false;
}

/* The delimiter of a header that the comma leaves whole; NULL when none is there. */
static const char *other_delimiter(const tw_field *fields, size_t n)
{
    if (n > 2) return NULL; /* "a;b, in EUR;c" */
    return has_byte(fields, n, ';')    ? "semicolons"
           : has_byte(fields, n, '\t') ? "tabs"
           : has_byte(fields, n, '|')  ? "bars"
                                       : NULL;
}

static tw_status no_time(const tw_import_file *file, const tw_field *fields, size_t n, tw_error *err)
{
    char seen[240] = "";
    for (size_t i = 0, used = 0; i < n; i++) {
        const tw_shown name = tw_import_show(fields[i]);
        const size_t length = strlen(name.text);
        if (used + length + 3 >= sizeof seen) break;
        if (i) memcpy(seen + used, ", ", 2), used += 2;
        memcpy(seen + used, name.text, length + 1);
        used += length;
    }
    return tw_fail(err, TW_BAD_DATA,
                   "%s:1: no field of the header is a time (columns=\"date=NAME\" names one); it has: %s", file->path,
                   seen);
}

tw_status tw_import_header_flaw(const tw_import_file *file, const tw_field *fields, size_t n, tw_error *err)
{
    if (has_byte(fields, n, '\0'))
        return tw_fail(err, TW_BAD_DATA, "%s:1: NUL bytes in the header: UTF-16 or no text; bars must be UTF-8",
                       file->path);
    if (has_byte(fields, n, '\r'))
        return tw_fail(err, TW_BAD_DATA, "%s:1: line ends are a lone CR; they must be LF or CRLF", file->path);
    const char *other = file->time < 0 ? other_delimiter(fields, n) : NULL;
    if (other)
        return tw_fail(err, TW_BAD_DATA, "%s:1: fields are separated by %s; they must be by commas: %s", file->path,
                       other, tw_import_show(fields[0]).text);
    return file->time < 0 ? no_time(file, fields, n, err) : TW_OK;
}
