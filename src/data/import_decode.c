/* SPDX-License-Identifier: Apache-2.0 */
/* import_decode.c - one row of text to a key and numbers, or the reason why not. */
#include "data/import.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MOST_TIME INT64_C(8999000000000000000)
#define BAD_BITS UINT64_C(0x7FF8BADBADBADBAD)

double tw_import_bad_number(void)
{
    const uint64_t bits = BAD_BITS;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

bool tw_import_is_bad(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits == BAD_BITS;
}

/* The ways in which vendors write "no value". */
static bool is_missing(tw_field f)
{
    static const char *const words[] = {"nan", "null", "na", "n/a", "none"};
    char low[5];
    if (f.length == 0) return true;
    if (f.length >= sizeof low) return false;
    for (size_t i = 0; i < f.length; i++) low[i] = (char)tolower((unsigned char)f.text[i]);
    low[f.length] = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(low, words[i]) == 0) return true;
    return false;
}

/* True for a stamp that names its zone. */
static bool has_zone(tw_field f)
{
    for (size_t i = 10; i < f.length; i++)
        if (f.text[i] == 'Z' || f.text[i] == 'z' || f.text[i] == '+' || f.text[i] == '-') return true;
    return false;
}

static const char *explain(tw_decoder *d, const char *kind, const char *format, ...) TW_PRINTF(3, 4);
static const char *explain(tw_decoder *d, const char *kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(d->detail, sizeof d->detail, format, args);
    va_end(args);
    return kind;
}

/* Wall clock to UTC. The offset is that of the instant guessed; a second look settles hours beside a change. In spring
 * the clock skips an hour: no instant has those stamps, and to move them would put them on bars that are there. */
static const char *from_zone(tw_decoder *d, tw_field stamp, int64_t *time)
{
    const tw_calendar *zone = d->im->zone;
    int64_t utc = *time - tw_calendar_utc_offset(zone, *time) * TW_NS_PER_SECOND;
    utc = *time - tw_calendar_utc_offset(zone, utc) * TW_NS_PER_SECOND;
    if (utc + tw_calendar_utc_offset(zone, utc) * TW_NS_PER_SECOND != *time)
        return explain(d, "time does not exist", "'%s' is skipped by the clock of %s", tw_import_show(stamp).text,
                       tw_calendar_name(zone));
    *time = utc;
    return NULL;
}

/* -1 ISO, else the nanoseconds of one count: a number's unit shows in its digits. 0: no form we take. */
static int64_t form_of(tw_field f)
{
    size_t digits = 0;
    const bool minus = f.length && f.text[0] == '-';
    for (size_t i = minus; i < f.length && f.text[i] != '.'; i++, digits++)
        if (!isdigit((unsigned char)f.text[i])) return -1;
    if (digits == 8) return -1; /* yyyymmdd */
    if (digits < 9) return 0;   /* before March 1973 in seconds: a slip, not a time */
    return digits <= 11 ? 1000000000 : digits <= 14 ? 1000000 : digits <= 17 ? 1000 : 1;
}

static const char *form_name(int64_t form)
{
    return form == -1        ? "ISO dates"
           : form == 1       ? "epoch nanoseconds"
           : form == 1000    ? "epoch microseconds"
           : form == 1000000 ? "epoch milliseconds"
                             : "epoch seconds";
}

/* What is wrong with a stamp that parse_stamp refused. */
static const char *bad_time(tw_decoder *d, tw_field f)
{
    const int64_t form = form_of(f), unit = d->file->time_unit;
    const tw_shown shown = tw_import_show(f);
    if (form == 0) return explain(d, "bad time", "'%s' is neither a date nor an epoch after 1973", shown.text);
    if (form > 0 && unit && unit != form)
        return explain(d, "bad time", "'%s' is %s where the rows before have %s", shown.text, form_name(form),
                       form_name(unit));
    if (unit > 0) return explain(d, "bad time", "'%s' where the rows before have %s", shown.text, form_name(unit));
    return explain(d, "bad time", "'%s' is no date yyyy-mm-dd [hh:mm:ss] of the years 1684 to 2255", shown.text);
}

/* All stamps of a file have one form; the first that can be read sets it. */
static bool parse_stamp(tw_decoder *d, tw_field f, int64_t *time)
{
    const int64_t form = form_of(f);
    if (form == 0 || (d->file->time_unit && d->file->time_unit != form)) return false;
    /* A panel holds 1684 to 2255. */
    if (!tw_time_parse(f.text, f.length, time) || *time > MOST_TIME || *time < -MOST_TIME) return false;
    /* Eight digits that are no date come back as seconds of the early seventies. */
    int64_t year = 0;
    if (f.length == 8 && (!tw_parse_int64(f.text, 4, &year) || year != tw_time_to_civil(*time).year)) return false;
    d->file->time_unit = form;
    return true;
}

static const char *decode_clock(tw_decoder *d, const tw_field *fields, tw_field date, int64_t *time)
{
    char both[48];
    const tw_field clock = tw_field_trim(fields[d->file->clock]);
    if (date.length + clock.length + 1 >= sizeof both) return bad_time(d, date.length > clock.length ? date : clock);
    memcpy(both, date.text, date.length);
    both[date.length] = ' ';
    memcpy(both + date.length + 1, clock.text, clock.length);
    const tw_field joined = {both, date.length + 1 + clock.length};
    if (!parse_stamp(d, joined, time)) return bad_time(d, joined);
    return d->im->zone && !has_zone(joined) ? from_zone(d, joined, time) : NULL;
}

static const char *decode_time(tw_decoder *d, const tw_field *fields, int64_t *time)
{
    const tw_import_file *file = d->file;
    const tw_field f = tw_field_trim(fields[file->time]);
    if (f.length == 0) return "time missing";
    if (file->clock >= 0) return decode_clock(d, fields, f, time);
    if (!parse_stamp(d, f, time)) return bad_time(d, f);
    int64_t millis = 0;
    if (file->millis >= 0) {
        const tw_field m = tw_field_trim(fields[file->millis]);
        if (!tw_parse_int64(m.text, m.length, &millis) || millis < 0 || millis >= 86400000)
            return explain(d, "bad time", "'%s' is no count of milliseconds from 0 to 86399999",
                           tw_import_show(m).text);
        *time += millis * 1000000;
    }
    /* A bare date is a session, not midnight somewhere. */
    const bool wall = file->millis >= 0 || (file->time_unit == -1 && f.length > 10 && !has_zone(f));
    return wall && d->im->zone ? from_zone(d, f, time) : NULL;
}

static tw_status take_time(tw_decoder *d, const tw_field *fields, const char **reason, tw_error *err)
{
    const tw_field f = fields[d->file->time];
    const bool alone = d->file->clock < 0 && d->file->millis < 0;
    if (alone && f.length && f.length == d->last_time_length && memcmp(f.text, d->last_time, f.length) == 0)
        return TW_OK;
    int64_t time = 0;
    d->last_time_length = 0;
    *reason = decode_time(d, fields, &time);
    if (*reason) return TW_OK;
    TW_TRY(tw_keys_time(&d->im->times, time, &d->time, err));
    if (f.length <= sizeof d->last_time) {
        memcpy(d->last_time, f.text, f.length);
        d->last_time_length = f.length;
    }
    return TW_OK;
}

static tw_field symbol_of(const tw_decoder *d, const tw_field *fields)
{
    return d->file->symbol >= 0 ? tw_field_trim(fields[d->file->symbol])
                                : (tw_field){d->file->stem, strlen(d->file->stem)};
}

static bool is_last_symbol(const tw_decoder *d, tw_field f)
{
    return f.length > 0 && f.length == d->last_symbol_length && memcmp(f.text, d->last_symbol, f.length) == 0;
}

static tw_status take_symbol(tw_decoder *d, tw_field f, tw_error *err)
{
    if (is_last_symbol(d, f)) return TW_OK;
    TW_TRY(tw_keys_name(&d->im->symbols, f.text, f.length, &d->symbol, err));
    memcpy(d->last_symbol, f.text, f.length);
    d->last_symbol_length = f.length;
    return TW_OK;
}

static const char *bad_core(const char *name)
{
    static const char *const reasons[] = {"not a number: open", "not a number: high", "not a number: low",
                                          "not a number: close", "not a number: volume"};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i] + strlen("not a number: "), name) == 0) return reasons[i];
    return "not a number";
}

/* Finite, and not so small that it would silently become zero. */
static bool is_number(tw_field f, double *x)
{
    if (!tw_parse_double(f.text, f.length, x) || !isfinite(*x)) return false;
    for (size_t i = 0; *x == 0 && i < f.length && f.text[i] != 'e' && f.text[i] != 'E'; i++)
        if (f.text[i] >= '1' && f.text[i] <= '9') return false;
    return true;
}

/* Numbers of a row. Text in an extra column is only marked: the whole column may turn out to be text. */
static const char *take_values(tw_decoder *d, const tw_field *fields)
{
    bool any = false;
    for (size_t i = 0; i < d->file->n_fields; i++) {
        if (d->file->fields[i].role != TW_ROLE_VALUE) continue;
        const uint32_t v = d->file->fields[i].value;
        const tw_import_column *column = &d->im->columns[d->file->columns[v]];
        const tw_field f = tw_field_trim(fields[i]);
        double x = NAN;
        if (!is_missing(f)) {
            any = true;
            if (!is_number(f, &x)) {
                if (column->core) return explain(d, bad_core(column->name), "'%s'", tw_import_show(f).text);
                x = tw_import_bad_number();
            }
        }
        d->values[v] = x;
    }
    return any ? NULL : "no value";
}

static void count_extras(tw_decoder *d)
{
    for (size_t v = 0; v < d->file->n_values; v++) {
        tw_import_column *column = &d->im->columns[d->file->columns[v]];
        if (tw_import_is_bad(d->values[v]))
            column->n_bad++;
        else if (!isnan(d->values[v]))
            column->n_good++;
    }
}

tw_status tw_import_decode(tw_decoder *d, const tw_field *fields, size_t n, const char **reason, tw_error *err)
{
    if (n != d->file->n_fields)
        *reason = explain(d, n < d->file->n_fields ? "fields missing" : "too many fields",
                          "%zu where the header has %zu", n, d->file->n_fields);
    /* Values first: a row that is set aside must not bring a new time or symbol into the panel. */
    if (!*reason) *reason = take_values(d, fields);
    if (*reason) return TW_OK;
    const tw_field symbol = symbol_of(d, fields);
    *reason = is_last_symbol(d, symbol) ? NULL : tw_import_symbol_flaw(symbol, d->detail, sizeof d->detail);
    if (!*reason) TW_TRY(take_time(d, fields, reason, err));
    if (*reason) return TW_OK;
    count_extras(d);
    return take_symbol(d, symbol, err);
}
