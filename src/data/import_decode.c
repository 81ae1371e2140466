/* SPDX-License-Identifier: Apache-2.0 */
/* import_decode.c - one row of text to a key and numbers, or the reason why not. */
#include "data/import.h"

#include <ctype.h>
#include <math.h>
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

static tw_field trim(tw_field f)
{
    while (f.length && (f.text[0] == ' ' || f.text[0] == '\t')) f.text++, f.length--;
    while (f.length && (f.text[f.length - 1] == ' ' || f.text[f.length - 1] == '\t')) f.length--;
    return f;
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

/* Wall clock to UTC. The offset is that of the instant guessed; a second look settles hours beside a change. */
static int64_t from_zone(const tw_calendar *zone, int64_t wall)
{
    int64_t utc = wall - tw_calendar_utc_offset(zone, wall) * TW_NS_PER_SECOND;
    utc = wall - tw_calendar_utc_offset(zone, utc) * TW_NS_PER_SECOND;
    return utc;
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
    const tw_field clock = trim(fields[d->file->clock]);
    if (date.length + clock.length + 1 >= sizeof both) return "bad time";
    memcpy(both, date.text, date.length);
    both[date.length] = ' ';
    memcpy(both + date.length + 1, clock.text, clock.length);
    const tw_field joined = {both, date.length + 1 + clock.length};
    if (!parse_stamp(d, joined, time)) return "bad time";
    if (d->im->zone && !has_zone(joined)) *time = from_zone(d->im->zone, *time);
    return NULL;
}

static const char *decode_time(tw_decoder *d, const tw_field *fields, int64_t *time)
{
    const tw_import_file *file = d->file;
    const tw_field f = trim(fields[file->time]);
    if (f.length == 0) return "time missing";
    if (file->clock >= 0) return decode_clock(d, fields, f, time);
    if (!parse_stamp(d, f, time)) return "bad time";
    int64_t millis = 0;
    if (file->millis >= 0) {
        const tw_field m = trim(fields[file->millis]);
        if (!tw_parse_int64(m.text, m.length, &millis) || millis < 0 || millis >= 86400000) return "bad time";
        *time += millis * 1000000;
    }
    /* A bare date is a session, not midnight somewhere. */
    const bool wall = file->millis >= 0 || (file->time_unit == -1 && f.length > 10 && !has_zone(f));
    if (wall && d->im->zone) *time = from_zone(d->im->zone, *time);
    return NULL;
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

static bool name_is_plain(tw_field f)
{
    for (size_t i = 0; i < f.length; i++)
        if ((unsigned char)f.text[i] < ' ' || f.text[i] == 127) return false;
    return f.length <= sizeof((tw_decoder *)0)->last_symbol;
}

static tw_field symbol_of(const tw_decoder *d, const tw_field *fields)
{
    return d->file->symbol >= 0 ? trim(fields[d->file->symbol]) : (tw_field){d->file->stem, strlen(d->file->stem)};
}

static tw_status take_symbol(tw_decoder *d, tw_field f, tw_error *err)
{
    if (f.length == d->last_symbol_length && memcmp(f.text, d->last_symbol, f.length) == 0) return TW_OK;
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

/* Numbers of a row. Text in an extra column is only marked: the whole column may turn out to be text. */
static const char *take_values(tw_decoder *d, const tw_field *fields)
{
    bool any = false;
    for (size_t i = 0; i < d->file->n_fields; i++) {
        if (d->file->fields[i].role != TW_ROLE_VALUE) continue;
        const uint32_t v = d->file->fields[i].value;
        const tw_import_column *column = &d->im->columns[d->file->columns[v]];
        const tw_field f = trim(fields[i]);
        double x = NAN;
        if (!is_missing(f)) {
            any = true;
            if (!tw_parse_double(f.text, f.length, &x) || !isfinite(x)) {
                if (column->core) return bad_core(column->name);
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
    *reason = n < d->file->n_fields ? "fields missing" : n > d->file->n_fields ? "too many fields" : NULL;
    /* Values first: a row that is set aside must not bring a new time or symbol into the panel. */
    if (!*reason) *reason = take_values(d, fields);
    if (*reason) return TW_OK;
    const tw_field symbol = symbol_of(d, fields);
    if (symbol.length == 0)
        *reason = "symbol missing";
    else if (!name_is_plain(symbol))
        *reason = "bad symbol";
    else
        TW_TRY(take_time(d, fields, reason, err));
    if (*reason) return TW_OK;
    count_extras(d);
    return take_symbol(d, symbol, err);
}
