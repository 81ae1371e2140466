/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, words and numbers of LightGBM's text. */
#include "learn/formats/lightgbm.h"

#include <string.h>

bool tw_lightgbm_next_line(tw_field *text, tw_field *line)
{
    if (text->length == 0) return false;
    const char *end = memchr(text->text, '\n', text->length);
    const size_t length = end ? (size_t)(end - text->text) : text->length;
    *line = (tw_field){text->text, length - (length > 0 && text->text[length - 1] == '\r')};
    text->text += length + (end != NULL);
    text->length -= length + (end != NULL);
    return true;
}

bool tw_lightgbm_next_word(tw_field *text, char separator, tw_field *word)
{
    size_t from = 0, to;
    while (from < text->length && (text->text[from] == ' ' || text->text[from] == separator)) from++;
    for (to = from; to < text->length && text->text[to] != ' ' && text->text[to] != separator;) to++;
    *word = (tw_field){text->text + from, to - from};
    text->text += to;
    text->length -= to;
    return to > from;
}

static bool starts_with(const tw_field *line, const char *key)
{
    const size_t n = strlen(key);
    return line->length >= n && memcmp(line->text, key, n) == 0;
}

bool tw_lightgbm_find(const tw_field *block, const char *key, tw_field *value)
{
    tw_field rest = *block, line;
    const size_t n = strlen(key);
    while (tw_lightgbm_next_line(&rest, &line)) {
        if (!starts_with(&line, key)) continue;
        *value = (tw_field){line.text + n, line.length - n};
        return true;
    }
    return false;
}

tw_status tw_lightgbm_get_count(const tw_field *block, const char *key, size_t most, size_t *count, tw_error *err)
{
    tw_field value;
    int64_t got = -1;
    if (!tw_lightgbm_find(block, key, &value)) return tw_fail(err, TW_BAD_FILE, "no line %s", key);
    if (!tw_parse_int64(value.text, value.length, &got) || got < 0 || (uint64_t)got > most)
        return tw_fail(err, TW_BAD_FILE, "%s%.*s: from 0 to %zu expected", key,
                       (int)(value.length < 40 ? value.length : 40), value.text, most);
    *count = (size_t)got;
    return TW_OK;
}

/* n numbers take 2 n - 1 bytes at least: so much is there before memory is taken for them. */
tw_status tw_lightgbm_get_numbers(tw_lightgbm *l, const tw_field *block, const char *key, size_t n,
                                  const double **numbers)
{
    tw_field value, word;
    size_t i = 0;
    *numbers = NULL;
    if (!tw_lightgbm_find(block, key, &value)) return TW_OK;
    if (n > value.length / 2 + 1)
        return tw_fail(l->err, TW_BAD_FILE, "%s %zu numbers expected, there are %zu bytes", key, n, value.length);
    double *x = tw_arena_new(&l->arena, n + 1, sizeof *x);
    if (!x) return tw_no_memory(l->err, "the numbers of a tree");
    while (tw_lightgbm_next_word(&value, ' ', &word)) {
        if (i == n || !tw_parse_double(word.text, word.length, &x[i++]))
            return tw_fail(l->err, TW_BAD_FILE, "%s %zu numbers expected, '%.*s' is number %zu or more", key, n,
                           (int)(word.length < 40 ? word.length : 40), word.text, i);
    }
    if (i < n) return tw_fail(l->err, TW_BAD_FILE, "%s %zu numbers expected, there are %zu", key, n, i);
    *numbers = x;
    return TW_OK;
}

/* ---------------------------------------------------------------- parts of a file */

static tw_field upto(const tw_field *all, const char *end) { return (tw_field){all->text, (size_t)(end - all->text)}; }

bool tw_lightgbm_next_tree(tw_field *trees, tw_field *tree)
{
    tw_field line;
    if (!tw_lightgbm_next_line(trees, &line)) return false;
    tw_field start = *trees, rest = *trees;
    while (rest.length && !starts_with(&rest, "Tree=")) (void)tw_lightgbm_next_line(&rest, &line);
    *tree = upto(&start, rest.text);
    *trees = rest;
    return true;
}

tw_status tw_lightgbm_cut(tw_lightgbm *l, const char *text, size_t length, tw_error *err)
{
    const tw_field all = {text, length};
    tw_field rest = all, line;
    while (rest.length && !starts_with(&rest, "Tree=") && !starts_with(&rest, "end of trees"))
        (void)tw_lightgbm_next_line(&rest, &line);
    l->head = upto(&all, rest.text);
    const tw_field trees = rest;
    while (rest.length && !starts_with(&rest, "end of trees")) {
        l->n_trees += starts_with(&rest, "Tree=");
        (void)tw_lightgbm_next_line(&rest, &line);
    }
    if (rest.length == 0)
        return tw_fail(err, TW_BAD_FILE, "LightGBM: the file is cut off: no line 'end of trees' behind %zu trees",
                       l->n_trees);
    l->trees = upto(&trees, rest.text);
    l->tail = rest;
    return TW_OK;
}
