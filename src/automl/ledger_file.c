/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger file: one line a trial,
 *   {"hash":"<16 hex digits>","previous":"<16 hex digits>","trial":{...}}
 * where `hash` is XXH64 of the trial's text seeded with `previous`, the hash of the line before (0 for the first). A
 * line that was changed, moved or taken out of the middle breaks the chain. */
#include "automl/ledger_impl.h"
#include "tradewind/io.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEX = 16, HEAD = 65, MOST_METRICS = 4096 };
static const char head_form[] = "{\"hash\":\"%016" PRIx64 "\",\"previous\":\"%016" PRIx64 "\",\"trial\":";

static void trial_json(const tw_trial *trial, tw_json *json)
{
    tw_json_object(json);
    tw_json_key(json, "name"), tw_json_text(json, trial->name);
    tw_json_key(json, "params"), tw_json_text(json, trial->params ? trial->params : "");
    tw_json_key(json, "sample"), tw_json_text(json, trial->sample ? trial->sample : "");
    tw_json_key(json, "baseline"), tw_json_bool(json, trial->baseline);
    tw_json_key(json, "fit_seconds"), tw_json_number(json, trial->fit_seconds);
    tw_json_key(json, "metrics"), tw_json_object(json);
    for (size_t i = 0; i < trial->n_metrics; i++) {
        tw_json_key(json, trial->metric_names[i]);
        tw_json_number(json, trial->metrics[i]);
    }
    tw_json_object_end(json);
    tw_json_key(json, "returns"), tw_json_array(json);
    for (size_t i = 0; i < trial->n_returns; i++) tw_json_number(json, trial->returns[i]);
    tw_json_array_end(json);
    tw_json_object_end(json);
}

/* ---------------------------------------------------------------- writing */

static tw_status write_all(int file, const char *bytes, size_t length)
{
    while (length) {
        const ssize_t n = write(file, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return TW_IO_FAILED;
        bytes += n;
        length -= (size_t)n;
    }
    return TW_OK;
}

/* A line that did not get through whole is cut off again. */
static tw_status append(const char *path, const tw_buf *line, tw_error *err)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (file < 0) return tw_fail(err, TW_IO_FAILED, "%s: cannot be opened: %s", path, strerror(errno));
    struct stat before;
    tw_status status = fstat(file, &before) == 0 ? write_all(file, line->data, line->length) : TW_IO_FAILED;
    if (status == TW_OK && fsync(file) != 0) status = TW_IO_FAILED;
    const int reason = errno;
    const bool undone = status == TW_OK || ftruncate(file, before.st_size) == 0;
    if (close(file) != 0 && status == TW_OK) status = TW_IO_FAILED;
    if (status == TW_OK) return TW_OK;
    return tw_fail(err, status, "%s: cannot be written: %s%s", path, strerror(reason),
                   undone ? "" : "; the last line may be torn");
}

tw_status tw_ledger_write(tw_ledger *ledger, const tw_trial *trial, tw_error *err)
{
    tw_buf text, line;
    tw_json json;
    tw_buf_init(&text, ledger->ctx);
    tw_buf_init(&line, ledger->ctx);
    tw_json_init(&json, &text, false);
    trial_json(trial, &json);
    tw_status status = tw_buf_check(&text, err);
    const uint64_t hash = status == TW_OK ? tw_hash64(text.data, text.length, ledger->chain) : 0;
    if (status == TW_OK) {
        tw_buf_printf(&line, head_form, hash, ledger->chain);
        tw_buf_add(&line, text.data, text.length);
        tw_buf_text(&line, "}\n");
        status = tw_buf_check(&line, err);
    }
    if (status == TW_OK) status = append(ledger->path, &line, err);
    if (status == TW_OK) ledger->chain = hash;
    tw_buf_clear(&text);
    tw_buf_clear(&line);
    return status;
}

/* ---------------------------------------------------------------- reading */

/* Where a line stands, for messages. */
typedef struct place {
    const char *path;
    size_t line;
} place;

static tw_status bad_line(const place *at, tw_error *err, const char *why)
{
    return tw_fail(err, TW_BAD_FILE, "%s:%zu: %s", at->path, at->line, why);
}

static bool read_hex(const char *text, uint64_t *x)
{
    *x = 0;
    for (size_t i = 0; i < HEX; i++) {
        const char c = text[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) return false;
        *x = *x << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* Checks the head of a line and the chain; the trial's text is line[HEAD .. length - 1). */
static tw_status check_chain(tw_ledger *ledger, const char *line, size_t length, const place *at, tw_error *err)
{
    char head[HEAD + 1];
    uint64_t hash, previous;
    if (length < HEAD + 2 || !read_hex(line + 9, &hash) || !read_hex(line + 39, &previous))
        return bad_line(at, err, "no line of a ledger");
    (void)snprintf(head, sizeof head, head_form, hash, previous);
    if (memcmp(head, line, HEAD) != 0 || line[length - 1] != '}') return bad_line(at, err, "no line of a ledger");
    if (previous != ledger->chain)
        return bad_line(at, err, "does not follow the line before: a line was removed, added or moved");
    if (hash != tw_hash64(line + HEAD, length - HEAD - 1, previous))
        return bad_line(at, err, "was changed: its hash does not match");
    ledger->chain = hash;
    return TW_OK;
}

static double number_of(const tw_node *node) { return node->kind == TW_NODE_NUMBER ? node->number : NAN; }

static tw_status read_numbers(tw_ledger *ledger, const tw_node *list, size_t *n, const double **numbers, tw_error *err)
{
    double *x = tw_arena_new(&ledger->arena, list->n_children + 1, sizeof *x);
    if (!x) return tw_no_memory(err, "a trial");
    *n = 0;
    for (const tw_node *c = list->first; c; c = c->next) x[(*n)++] = number_of(c);
    *numbers = x;
    return TW_OK;
}

static tw_status keep_trial(tw_ledger *ledger, const tw_node *root, const place *at, tw_error *err)
{
    const tw_node *metrics = tw_node_get(root, "metrics"), *returns = tw_node_get(root, "returns");
    const tw_node *baseline = tw_node_get(root, "baseline");
    tw_trial trial = {.name = tw_node_text(tw_node_get(root, "name"), NULL),
                      .params = tw_node_text(tw_node_get(root, "params"), ""),
                      .sample = tw_node_text(tw_node_get(root, "sample"), ""),
                      .baseline = baseline && baseline->boolean,
                      .fit_seconds = tw_node_number(tw_node_get(root, "fit_seconds"), NAN)};
    const char *names[MOST_METRICS];
    if (!trial.name || !metrics || metrics->kind != TW_NODE_MAP || !returns || returns->kind != TW_NODE_LIST ||
        metrics->n_children > MOST_METRICS)
        return bad_line(at, err, "a trial without name, metrics or returns");
    size_t i = 0;
    for (const tw_node *c = metrics->first; c; c = c->next) names[i++] = c->key;
    trial.metric_names = names;
    TW_TRY(read_numbers(ledger, metrics, &trial.n_metrics, &trial.metrics, err));
    TW_TRY(read_numbers(ledger, returns, &trial.n_returns, &trial.returns, err));
    return tw_ledger_keep(ledger, &trial, err);
}

static tw_status read_line(tw_ledger *ledger, const char *line, size_t length, const place *at, tw_error *err)
{
    tw_doc *doc;
    TW_TRY(check_chain(ledger, line, length, at, err));
    TW_TRY(tw_doc_parse_json(ledger->ctx, line + HEAD, length - HEAD - 1, at->path, &doc, err));
    const tw_status status = keep_trial(ledger, tw_doc_root(doc), at, err);
    tw_doc_free(doc);
    return status;
}

static tw_status read_lines(tw_ledger *ledger, const char *text, size_t length, tw_error *err)
{
    place at = {ledger->path, 1};
    for (size_t from = 0; from < length; at.line++) {
        const char *end = memchr(text + from, '\n', length - from);
        if (!end) return bad_line(&at, err, "the last line is cut off");
        const size_t n = (size_t)(end - text) - from;
        TW_TRY(read_line(ledger, text + from, n, &at, err));
        from += n + 1;
    }
    return TW_OK;
}

tw_status tw_ledger_read(tw_ledger *ledger, tw_error *err)
{
    char *text;
    size_t length;
    struct stat there;
    if (stat(ledger->path, &there) != 0 && errno == ENOENT) return TW_OK;
    TW_TRY(tw_file_read(ledger->ctx, ledger->path, &text, &length, err));
    const tw_status status = read_lines(ledger, text, length, err);
    tw_free(ledger->ctx, text);
    return status;
}
