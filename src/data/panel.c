/* SPDX-License-Identifier: Apache-2.0 */
/* panel.c - making, sealing, opening and reading panels. */
#include "data/panel.h"

#include <math.h>
#include <string.h>

static const char magic[8] = {'T', 'W', 'P', 'A', 'N', 'E', 'L', '\n'};

static tw_status name_fits(const char *kind, const char *name, tw_error *err)
{
    if (!name || !name[0] || strlen(name) > TW_PANEL_MAX_NAME)
        return tw_fail(err, TW_BAD_VALUE, "panel: a %s name must have 1 to %d bytes, got \"%.40s\"", kind,
                       TW_PANEL_MAX_NAME, name ? name : "");
    return TW_OK;
}

static tw_status measure_names(const tw_panel_shape *shape, uint64_t *bytes, tw_error *err)
{
    uint64_t sum = 0;
    for (size_t c = 0; c < shape->n_columns; c++) {
        TW_TRY(name_fits("column", shape->columns[c], err));
        sum += strlen(shape->columns[c]) + 1;
    }
    for (size_t s = 0; s < shape->n_symbols; s++) {
        TW_TRY(name_fits("symbol", shape->symbols[s], err));
        sum += strlen(shape->symbols[s]) + 1;
    }
    *bytes = sum;
    return TW_OK;
}

static tw_status fill_header(const tw_panel_shape *shape, tw_panel_header *h, tw_panel_layout *layout, tw_error *err)
{
    *h = (tw_panel_header){
        .version = TW_PANEL_VERSION,
        .byte_order = TW_PANEL_BYTE_ORDER,
        .n_symbols = shape->n_symbols,
        .n_times = shape->n_times,
        .n_columns = shape->n_columns,
        .bar_ns = shape->bar_ns,
        .stamped_at_end = shape->stamped_at_end,
    };
    memcpy(h->magic, magic, sizeof magic);
    if (shape->calendar) {
        const tw_calendar *found;
        TW_TRY(tw_calendar_find(shape->calendar, &found, err));
        memcpy(h->calendar, shape->calendar, strlen(shape->calendar));
    }
    TW_TRY(measure_names(shape, &h->name_bytes, err));
    if (!tw_panel_layout_of(h, layout))
        return tw_fail(err, TW_TOO_LARGE, "panel: %zu symbols x %zu times x %zu columns are out of bounds",
                       shape->n_symbols, shape->n_times, shape->n_columns);
    h->file_bytes = layout->total;
    return TW_OK;
}

static void write_meta(tw_panel *panel, const tw_panel_header *h, const tw_panel_shape *shape)
{
    memcpy(panel->image, h, sizeof *h);
    if (shape->n_times) memcpy(panel->image + panel->layout.times, shape->times, shape->n_times * sizeof(int64_t));
    char *p = (char *)panel->image + panel->layout.names;
    for (size_t i = 0; i < shape->n_columns + shape->n_symbols; i++) {
        const char *name = i < shape->n_columns ? shape->columns[i] : shape->symbols[i - shape->n_columns];
        const size_t n = strlen(name) + 1;
        memcpy(p, name, n);
        p += n;
    }
}

static void fill_missing(tw_panel *panel)
{
    for (size_t c = 0; c < panel->shape.n_columns; c++) {
        double *column = tw_panel_column(panel, c);
        const size_t n = panel->layout.column_bytes / sizeof(double);
        for (size_t i = 0; i < n; i++) column[i] = NAN;
    }
}

static tw_status make_image(tw_panel *panel, const char *path, tw_error *err)
{
    panel->bytes = (size_t)panel->layout.total;
    if (path) return tw_panel_file_make(panel, path, err);
    panel->image = tw_new(panel->ctx, panel->bytes, 1);
    return panel->image ? TW_OK : tw_no_memory(err, "the values of a panel");
}

static tw_panel *blank(const tw_ctx *ctx)
{
    tw_panel *panel = tw_new(ctx, 1, sizeof *panel);
    if (panel) {
        panel->ctx = ctx;
        panel->fd = -1;
    }
    return panel;
}

tw_status tw_panel_new(const tw_ctx *ctx, const tw_panel_shape *shape, const char *path, tw_panel **out, tw_error *err)
{
    tw_panel_header header;
    tw_panel *panel = blank(ctx);
    if (!panel) return tw_no_memory(err, "a panel");
    tw_status st = fill_header(shape, &header, &panel->layout, err);
    if (st == TW_OK) st = make_image(panel, path, err);
    if (st == TW_OK) {
        write_meta(panel, &header, shape);
        st = tw_panel_attach(panel, err);
    }
    if (st != TW_OK) {
        tw_panel_close(panel);
        return st;
    }
    fill_missing(panel);
    *out = panel;
    return TW_OK;
}

static tw_status hash_column(void *arg, size_t c, int thread, tw_error *err)
{
    (void)thread, (void)err;
    tw_panel *panel = arg;
    uint64_t *hashes = (uint64_t *)(void *)(panel->image + panel->layout.hashes);
    hashes[c] = tw_hash64(tw_panel_column(panel, c), panel->layout.column_bytes, c);
    return TW_OK;
}

tw_status tw_panel_seal(tw_panel *panel, tw_error *err)
{
    if (panel->sealed) return tw_fail(err, TW_BAD_STATE, "panel: sealed already");
    TW_TRY(tw_pool_run(panel->ctx ? panel->ctx->pool : NULL, panel->shape.n_columns, hash_column, panel, err));
    tw_panel_header *h = (void *)panel->image;
    h->header_hash = tw_panel_header_hash(panel->image, &panel->layout);
    panel->sealed = true;
    return panel->mapped ? tw_panel_file_commit(panel, err) : TW_OK;
}

static tw_status check_header(tw_panel *panel, const char *path, tw_error *err)
{
    const tw_panel_header *h = (const void *)panel->image;
    if (memcmp(h->magic, magic, sizeof magic) != 0) return tw_fail(err, TW_BAD_FILE, "%s: not a panel file", path);
    if (h->version != TW_PANEL_VERSION)
        return tw_fail(err, TW_BAD_VERSION, "%s: panel version %u, this library reads %d", path, h->version,
                       TW_PANEL_VERSION);
    if (h->byte_order != TW_PANEL_BYTE_ORDER || !memchr(h->calendar, 0, sizeof h->calendar) ||
        !tw_panel_layout_of(h, &panel->layout))
        return tw_fail(err, TW_BAD_FILE, "%s: panel header out of bounds", path);
    if (h->file_bytes != panel->bytes || panel->layout.total != panel->bytes)
        return tw_fail(err, TW_BAD_FILE, "%s: panel of %llu bytes, the file has %zu", path,
                       (unsigned long long)panel->layout.total, panel->bytes);
    if (h->header_hash != tw_panel_header_hash(panel->image, &panel->layout))
        return tw_fail(err, TW_BAD_FILE, "%s: checksum of the panel header does not match", path);
    return TW_OK;
}

tw_status tw_panel_open(const tw_ctx *ctx, const char *path, tw_panel **out, tw_error *err)
{
    tw_panel *panel = blank(ctx);
    if (!panel) return tw_no_memory(err, "a panel");
    panel->sealed = true;
    tw_status st = tw_panel_file_map(panel, path, err);
    if (st == TW_OK) st = check_header(panel, path, err);
    if (st == TW_OK && (st = tw_panel_attach(panel, err)) != TW_OK) {
        if (st != TW_NO_MEMORY) st = TW_BAD_FILE;
        tw_fail_in(err, st, "%s", path);
    }
    if (st != TW_OK) {
        tw_panel_close(panel);
        return st;
    }
    *out = panel;
    return TW_OK;
}

static tw_status verify_column(void *arg, size_t c, int thread, tw_error *err)
{
    (void)thread;
    const tw_panel *panel = arg;
    const uint64_t *hashes = (const uint64_t *)(const void *)(panel->image + panel->layout.hashes);
    if (tw_hash64(tw_panel_column(panel, c), panel->layout.column_bytes, c) == hashes[c]) return TW_OK;
    return tw_fail(err, TW_BAD_FILE, "panel: checksum of column \"%s\" does not match", panel->shape.columns[c]);
}

tw_status tw_panel_verify(const tw_panel *panel, tw_error *err)
{
    if (!panel->sealed) return tw_fail(err, TW_BAD_STATE, "panel: not sealed yet");
    tw_panel *shared = (tw_panel *)(uintptr_t)panel; /* tasks only read it */
    return tw_pool_run(panel->ctx ? panel->ctx->pool : NULL, panel->shape.n_columns, verify_column, shared, err);
}

void tw_panel_close(tw_panel *panel)
{
    if (!panel) return;
    const tw_ctx *ctx = panel->ctx;
    if (!panel->mapped) tw_free(ctx, panel->image);
    tw_panel_file_drop(panel);
    tw_free(ctx, panel->names);
    tw_free(ctx, panel);
}

size_t tw_panel_symbols(const tw_panel *panel) { return panel->shape.n_symbols; }
size_t tw_panel_times(const tw_panel *panel) { return panel->shape.n_times; }
size_t tw_panel_columns(const tw_panel *panel) { return panel->shape.n_columns; }
size_t tw_panel_blocks(const tw_panel *panel) { return (panel->shape.n_symbols + TW_LANES - 1) / TW_LANES; }
const char *tw_panel_symbol(const tw_panel *panel, size_t s) { return panel->shape.symbols[s]; }
const char *tw_panel_column_name(const tw_panel *panel, size_t c) { return panel->shape.columns[c]; }
const int64_t *tw_panel_stamps(const tw_panel *panel) { return panel->shape.times; }
const tw_panel_shape *tw_panel_shape_view(const tw_panel *panel) { return &panel->shape; }

size_t tw_panel_find_symbol(const tw_panel *panel, const char *symbol)
{
    size_t lo = 0, hi = panel->shape.n_symbols;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        const int order = strcmp(panel->shape.symbols[mid], symbol);
        if (order == 0) return mid;
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return SIZE_MAX;
}

size_t tw_panel_find_column(const tw_panel *panel, const char *name)
{
    for (size_t c = 0; c < panel->shape.n_columns; c++)
        if (strcmp(panel->shape.columns[c], name) == 0) return c;
    return SIZE_MAX;
}

int64_t tw_panel_known(const tw_panel *panel, size_t t)
{
    const tw_panel_shape *shape = &panel->shape;
    const int64_t stamp = shape->times[t];
    tw_session session;
    if (shape->bar_ns != TW_NS_PER_DAY) return shape->stamped_at_end ? stamp : stamp + shape->bar_ns;
    if (panel->calendar && tw_calendar_session(panel->calendar, stamp / TW_NS_PER_DAY, &session))
        return session.close_ns;
    return stamp + TW_NS_PER_DAY;
}

const double *tw_panel_tile(const tw_panel *panel, size_t c, size_t b)
{
    return tw_panel_column(panel, c) + b * panel->shape.n_times * TW_LANES;
}

double *tw_panel_tile_mut(tw_panel *panel, size_t c, size_t b)
{
    return panel->sealed ? NULL : tw_panel_column(panel, c) + b * panel->shape.n_times * TW_LANES;
}

double tw_panel_at(const tw_panel *panel, size_t c, size_t s, size_t t)
{
    return tw_panel_column(panel, c)[tw_panel_cell(panel, s, t)];
}

uint64_t tw_panel_checksum(const tw_panel *panel)
{
    return ((const tw_panel_header *)(const void *)panel->image)->header_hash;
}
