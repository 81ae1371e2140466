/* SPDX-License-Identifier: Apache-2.0 */
/* findings.c - the list of findings, and its two faces: JSON for machines, a table for people. */
#include "data/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const severities[] = {"info", "warn", "error"};

tw_status tw_findings_add(tw_findings *findings, const tw_finding *finding)
{
    if (findings->n == findings->room) {
        const size_t room = findings->room ? 2 * findings->room : 64;
        void *more = tw_resize(findings->ctx, findings->list, findings->room * sizeof *finding, room * sizeof *finding);
        if (!more) return TW_NO_MEMORY;
        findings->list = more;
        findings->room = room;
    }
    findings->list[findings->n++] = *finding;
    return TW_OK;
}

static tw_status write_finding_text(const tw_where *where, const char *format, va_list args)
{
    tw_finding f = {.check = where->check,
                    .severity = where->severity,
                    .symbol = where->symbol,
                    .time = where->time,
                    .value = where->value,
                    .bound = where->bound};
    vsnprintf(f.text, sizeof f.text, format, args);
    return tw_findings_add(where->out, &f);
}

tw_status tw_finding_write(const tw_where *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const tw_status st = write_finding_text(where, format, args);
    va_end(args);
    return st;
}

tw_status tw_listing_write(tw_listing *list, const tw_where *where, const char *format, ...)
{
    if (++list->n > TW_LISTED) {
        if (list->n == TW_LISTED + 1) list->next = *where;
        return TW_OK;
    }
    va_list args;
    va_start(args, format);
    const tw_status st = write_finding_text(where, format, args);
    va_end(args);
    return st;
}

tw_status tw_listing_end(const tw_listing *list, const char *what)
{
    if (list->n <= TW_LISTED) return TW_OK;
    tw_where where = list->next;
    where.value = (double)(list->n - TW_LISTED);
    return tw_finding_write(&where, "and %zu more %s from here on, %zu in all", list->n - TW_LISTED, what, list->n);
}

tw_status tw_findings_not_run(tw_findings *findings, const char *check, const char *why)
{
    if (findings->n_not_run == sizeof findings->not_run / sizeof *findings->not_run) return TW_TOO_LARGE;
    tw_not_run *entry = &findings->not_run[findings->n_not_run++];
    entry->check = check;
    snprintf(entry->why, sizeof entry->why, "%s", why);
    return TW_OK;
}

const tw_finding *tw_findings_list(const tw_findings *findings, size_t *n)
{
    *n = findings->n;
    return findings->list;
}

void tw_findings_free(tw_findings *findings)
{
    if (!findings) return;
    tw_free(findings->ctx, findings->list);
    tw_free(findings->ctx, findings);
}

tw_stamp_text tw_stamp_of(const tw_panel *panel, size_t t)
{
    tw_stamp_text out;
    tw_time_format(panel->shape.times[t], out.text);
    return out;
}

static const char *why_not(const tw_findings *findings, const char *check)
{
    for (size_t i = 0; i < findings->n_not_run; i++)
        if (strcmp(findings->not_run[i].check, check) == 0) return findings->not_run[i].why;
    return NULL;
}

static size_t count_of(const tw_findings *findings, const char *check)
{
    size_t n = 0;
    for (size_t i = 0; i < findings->n; i++) n += strcmp(findings->list[i].check, check) == 0;
    return n;
}

static void key_text(tw_json *json, const char *key, const char *text)
{
    tw_json_key(json, key);
    tw_json_text(json, text);
}

static void write_check(const tw_findings *findings, const tw_check *check, tw_json *json)
{
    const char *why = why_not(findings, check->name);
    tw_json_object(json);
    key_text(json, "name", check->name);
    key_text(json, "title", check->title);
    key_text(json, "severity", severities[check->severity]);
    tw_json_key(json, "findings");
    tw_json_integer(json, (int64_t)count_of(findings, check->name));
    if (why) key_text(json, "not_run", why);
    tw_json_object_end(json);
}

static void write_finding(const tw_finding *f, const tw_panel *panel, tw_json *json)
{
    tw_json_object(json);
    key_text(json, "check", f->check);
    key_text(json, "severity", severities[f->severity]);
    key_text(json, "symbol", f->symbol == TW_NOWHERE ? NULL : panel->shape.symbols[f->symbol]);
    key_text(json, "time", f->time == TW_NOWHERE ? NULL : tw_stamp_of(panel, f->time).text);
    tw_json_key(json, "value");
    tw_json_number(json, f->value);
    tw_json_key(json, "bound");
    tw_json_number(json, f->bound);
    key_text(json, "text", f->text);
    tw_json_object_end(json);
}

void tw_findings_json(const tw_findings *findings, const tw_panel *panel, tw_json *json)
{
    tw_json_object(json);
    tw_json_key(json, "checks");
    tw_json_array(json);
    for (size_t i = 0; i < findings->n_ran; i++) write_check(findings, findings->ran[i], json);
    tw_json_array_end(json);
    tw_json_key(json, "findings");
    tw_json_array(json);
    for (size_t i = 0; i < findings->n; i++) write_finding(&findings->list[i], panel, json);
    tw_json_array_end(json);
    tw_json_object_end(json);
}

static void summary_row(const tw_findings *findings, const tw_check *check, tw_buf *out)
{
    size_t counts[3] = {0};
    const char *why = why_not(findings, check->name);
    for (size_t i = 0; i < findings->n; i++)
        if (strcmp(findings->list[i].check, check->name) == 0) counts[findings->list[i].severity]++;
    if (why && !count_of(findings, check->name))
        tw_buf_printf(out, "%-13s  not run: %s\n", check->name, why);
    else
        tw_buf_printf(out, "%-13s %7zu %7zu %7zu   %s\n", check->name, counts[TW_ERROR], counts[TW_WARN],
                      counts[TW_INFO], check->title);
}

static void list_rows(const tw_findings *findings, const tw_check *check, const tw_panel *panel, size_t limit,
                      tw_buf *out)
{
    size_t seen = 0;
    for (size_t i = 0; i < findings->n; i++) {
        const tw_finding *f = &findings->list[i];
        if (strcmp(f->check, check->name) != 0 || seen++ >= limit) continue;
        tw_buf_printf(out, "%-13s %-5s %-10s %-10s  %s\n", f->check, severities[f->severity],
                      f->symbol == TW_NOWHERE ? "-" : panel->shape.symbols[f->symbol],
                      f->time == TW_NOWHERE ? "-" : tw_stamp_of(panel, f->time).text, f->text);
    }
    if (seen > limit) tw_buf_printf(out, "%-13s ... and %zu more\n", check->name, seen - limit);
}

void tw_findings_table(const tw_findings *findings, const tw_panel *panel, size_t limit, tw_buf *out)
{
    tw_buf_printf(out, "%-13s %7s %7s %7s\n", "check", "errors", "warns", "infos");
    for (size_t i = 0; i < findings->n_ran; i++) summary_row(findings, findings->ran[i], out);
    if (findings->n && limit) tw_buf_text(out, "\n");
    for (size_t i = 0; i < findings->n_ran; i++) list_rows(findings, findings->ran[i], panel, limit, out);
}
