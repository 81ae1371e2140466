/* SPDX-License-Identifier: Apache-2.0 */
/* The reader against a slow twin that walks whole texts byte by byte, on random soups of the bytes that matter, through
 * sources that break the text anywhere; the longer ones make the window slide and grow. */
#include "tradewind/io.h"
#include "tw_test.h"

#include <stdlib.h>

enum { SOUP = 6000, ROUNDS = 3000 };

/* ---------------------------------------------------------------- the twin */

typedef struct twin {
    const char *text;
    size_t length, at;
    char row[2 * SOUP]; /* fields as "a|b", or "!raw" */
} twin;

static size_t line_end(const twin *t, size_t at)
{
    while (at < t->length && t->text[at] != '\n') at++;
    return at;
}

static bool at_line_end(const twin *t, size_t at)
{
    return at == t->length || t->text[at] == '\n' ||
           (t->text[at] == '\r' && (at + 1 == t->length || t->text[at + 1] == '\n'));
}

/* Behind the line end at `at`. */
static size_t behind(const twin *t, size_t at)
{
    if (at < t->length && t->text[at] == '\r') at++;
    return at < t->length ? at + 1 : at;
}

/* Appends one field to row, moving `at` behind it; false when it is malformed. */
static bool twin_field(twin *t, size_t *at, size_t *n)
{
    if (*at < t->length && t->text[*at] == '"') {
        for (++*at;; ++*at) {
            if (*at == t->length) return false;
            if (t->text[*at] == '"' && (*at + 1 == t->length || t->text[*at + 1] != '"')) break;
            if (t->text[*at] == '"') ++*at;
            t->row[(*n)++] = t->text[*at];
        }
        ++*at;
        return at_line_end(t, *at) || t->text[*at] == ',';
    }
    while (!at_line_end(t, *at) && t->text[*at] != ',') {
        if (t->text[*at] == '"') return false;
        t->row[(*n)++] = t->text[(*at)++];
    }
    return true;
}

static bool twin_next(twin *t)
{
    while (t->at < t->length && at_line_end(t, t->at)) t->at = behind(t, t->at);
    if (t->at == t->length) return false;
    size_t at = t->at, n = 0;
    bool good = twin_field(t, &at, &n);
    while (good && !at_line_end(t, at)) {
        at++;
        t->row[n++] = '|';
        good = twin_field(t, &at, &n);
    }
    t->row[n] = '\0';
    if (good) {
        t->at = behind(t, at);
        return true;
    }
    const size_t end = line_end(t, t->at), strip = end > t->at && t->text[end - 1] == '\r';
    (void)snprintf(t->row, sizeof t->row, "!%.*s", (int)(end - t->at - strip), t->text + t->at);
    t->at = end < t->length ? end + 1 : end;
    return true;
}

/* ---------------------------------------------------------------- the reader, in the same words */

typedef struct crumbs {
    tw_source base;
    const char *text;
    size_t left;
    tw_random *random;
} crumbs;

static tw_status crumbs_read(tw_source *self, void *bytes, size_t room, size_t *got, tw_error *err)
{
    crumbs *c = (crumbs *)self;
    (void)err;
    *got = c->left == 0 ? 0 : 1 + tw_random_below(c->random, c->left);
    if (*got > room) *got = room;
    memcpy(bytes, c->text, *got);
    c->text += *got;
    c->left -= *got;
    return TW_OK;
}

static void crumbs_close(tw_source *self) { (void)self; }

static bool reader_next(tw_csv *csv, char *row)
{
    const tw_field *fields = NULL;
    size_t n = 0, at = 0;
    tw_error err;
    const tw_status status = tw_csv_next(csv, &fields, &n, &err);
    if (status == TW_BAD_SYNTAX) {
        const tw_field raw = tw_csv_raw(csv);
        (void)snprintf(row, 2 * SOUP, "!%.*s", (int)raw.length, raw.text);
        return true;
    }
    assert_ok(status, &err);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) row[at++] = '|';
        memcpy(row + at, fields[i].text, fields[i].length);
        at += fields[i].length;
    }
    row[at] = '\0';
    return fields != NULL;
}

static void compare(const char *text, size_t length, tw_random *random)
{
    crumbs source = {{crumbs_read, crumbs_close}, text, length, random};
    twin t = {.text = text, .length = length};
    tw_csv *csv = NULL;
    char row[2 * SOUP];
    tw_error err;
    assert_ok(tw_csv_open(NULL, &source.base, "soup", NULL, &csv, &err), &err);
    while (twin_next(&t)) {
        assert_true(reader_next(csv, row));
        if (strcmp(row, t.row) != 0) fail_msg("text <<%.*s>>: got <<%s>>, want <<%s>>", (int)length, text, row, t.row);
    }
    assert_false(reader_next(csv, row));
    tw_csv_close(csv);
}

static void test_soups(void **state)
{
    (void)state;
    const char *letters[] = {"ab,,\"\"\n\n\r", "a,\"\n", "a,\"\"\r\n,", "aaaaaaaaaaaa,,,\n\"", "aaaaaaaa,,\"\n\n"};
    tw_random random = {.seed = 2385, .stream = 1};
    for (int round = 0; round < ROUNDS; round++) {
        char text[SOUP];
        const char *set = letters[round % 5];
        const size_t length = tw_random_below(&random, round % 2 ? 80 : sizeof text);
        for (size_t i = 0; i < length; i++) text[i] = set[tw_random_below(&random, strlen(set))];
        compare(text, length, &random);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_soups)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
