/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a runner as bytes: header, for each block the states of its operators and the history of its kept
 * values, checksum. The checksum finds damage, not malice: states are taken as they are. */
#include "feature/runner.h"

#include <string.h>

enum { FORMAT = 1, ORDER = 0x01020304 };

typedef struct header {
    char magic[8];
    uint32_t format, order; /* order: written in the byte order of the machine */
    char library[16];       /* states of another release may have another meaning */
    uint64_t plan, n_symbols, lanes, bars, length;
} header;

static const char magic[8] = "TWSTATE";

static size_t block_length(const tw_runner *r)
{
    size_t rows = 0;
    for (size_t i = 0; i < r->layout.n_kept; i++) rows += r->layout.kept[i]->history;
    return r->layout.state_bytes + rows * r->lanes * sizeof(double);
}

static header make_header(const tw_runner *r)
{
    header h;
    memset(&h, 0, sizeof h);
    memcpy(h.magic, magic, sizeof magic);
    h.format = FORMAT;
    h.order = ORDER;
    const char *version = tw_version();
    memcpy(h.library, version, strlen(version) < sizeof h.library ? strlen(version) : sizeof h.library);
    h.plan = tw_plan_hash(r->plan);
    h.n_symbols = r->n_symbols;
    h.lanes = r->lanes;
    h.bars = r->bars;
    h.length = r->n_blocks * block_length(r);
    return h;
}

tw_status tw_runner_snapshot(const tw_runner *runner, tw_buf *out, tw_error *err)
{
    const size_t start = out->length;
    const header h = make_header(runner);
    tw_buf_add(out, &h, sizeof h);
    for (size_t b = 0; b < runner->n_blocks; b++) {
        char *block = fx_block(runner, b);
        tw_buf_add(out, block, runner->layout.state_bytes);
        for (size_t i = 0; i < runner->layout.n_kept; i++) {
            const fx_place *place = runner->layout.kept[i];
            const double *rows =
                fx_kept(runner, block) + place->offset + fx_positions(runner, block)[i] * runner->lanes;
            tw_buf_add(out, rows, place->history * runner->lanes * sizeof *rows);
        }
    }
    TW_TRY(tw_buf_check(out, err));
    const uint64_t sum = tw_hash64(out->data + start, out->length - start, FORMAT);
    tw_buf_add(out, &sum, sizeof sum);
    return tw_buf_check(out, err);
}

/* ---- taking it back */

static tw_status check_kind(const header *h, tw_error *err)
{
    if (memcmp(h->magic, magic, sizeof magic) != 0) return tw_fail(err, TW_BAD_FILE, "this is not a runner's snapshot");
    if (h->format != FORMAT || h->order != ORDER)
        return tw_fail(err, TW_BAD_VERSION, "snapshot: format %u (byte order %08x) cannot be read, only %d", h->format,
                       h->order, FORMAT);
    return TW_OK;
}

static tw_status check_sum(const char *bytes, size_t length, tw_error *err)
{
    uint64_t sum;
    memcpy(&sum, bytes + length - sizeof sum, sizeof sum);
    if (tw_hash64(bytes, length - sizeof sum, FORMAT) == sum) return TW_OK;
    return tw_fail(err, TW_BAD_FILE, "snapshot: damaged (the checksum does not fit)");
}

static tw_status check_header(const tw_runner *r, const header *h, tw_error *err)
{
    const header own = make_header(r);
    if (memcmp(h->library, own.library, sizeof own.library) != 0)
        return tw_fail(err, TW_BAD_VERSION, "snapshot: written by release %.16s, this is %.16s", h->library,
                       own.library);
    if (h->plan != own.plan)
        return tw_fail(err, TW_BAD_STATE, "snapshot: of another plan (%016llx, the runner's is %016llx)",
                       (unsigned long long)h->plan, (unsigned long long)own.plan);
    if (h->n_symbols != own.n_symbols || h->lanes != own.lanes)
        return tw_fail(err, TW_BAD_STATE, "snapshot: of %llu symbols, the runner has %zu",
                       (unsigned long long)h->n_symbols, r->n_symbols);
    return h->length == own.length ? TW_OK : tw_fail(err, TW_BAD_FILE, "snapshot: damaged (its length does not fit)");
}

static tw_status check(const tw_runner *r, const char *bytes, size_t length, header *h, tw_error *err)
{
    if (length < sizeof *h + sizeof(uint64_t))
        return tw_fail(err, TW_BAD_FILE, "snapshot: %zu bytes are too few for one", length);
    memcpy(h, bytes, sizeof *h);
    TW_TRY(check_kind(h, err));
    TW_TRY(check_sum(bytes, length, err));
    TW_TRY(check_header(r, h, err));
    if (length == sizeof *h + (size_t)h->length + sizeof(uint64_t)) return TW_OK;
    return tw_fail(err, TW_BAD_FILE, "snapshot: damaged (its length does not fit)");
}

tw_status tw_runner_restore(tw_runner *runner, const void *bytes, size_t length, tw_error *err)
{
    header h;
    TW_TRY(check(runner, bytes, length, &h, err));
    const char *from = (const char *)bytes + sizeof h;
    for (size_t b = 0; b < runner->n_blocks; b++) {
        char *block = fx_block(runner, b);
        memcpy(block, from, runner->layout.state_bytes);
        from += runner->layout.state_bytes;
        for (size_t i = 0; i < runner->layout.n_kept; i++) {
            const fx_place *place = runner->layout.kept[i];
            const size_t size = place->history * runner->lanes * sizeof(double);
            memcpy(fx_kept(runner, block) + place->offset, from, size);
            fx_positions(runner, block)[i] = 0;
            from += size;
        }
    }
    runner->bars = h.bars;
    return TW_OK;
}
