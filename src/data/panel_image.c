/* SPDX-License-Identifier: Apache-2.0 */
/* panel_image.c - layout of a panel and the checks that an image from outside must pass. */
#include "data/panel.h"

#include <string.h>

static uint64_t align_to(uint64_t x, uint64_t step) { return (x + step - 1) / step * step; }

static bool counts_fit(const tw_panel_header *h)
{
    return h->n_symbols <= (UINT64_C(1) << 26) && h->n_times <= (UINT64_C(1) << 34) && h->n_columns >= 1 &&
           h->n_columns <= TW_PANEL_MAX_COLUMNS &&
           h->name_bytes <= (h->n_symbols + h->n_columns) * (TW_PANEL_MAX_NAME + 1);
}

bool tw_panel_layout_of(const tw_panel_header *h, tw_panel_layout *layout)
{
    if (!counts_fit(h)) return false;
    const uint64_t blocks = (h->n_symbols + TW_LANES - 1) / TW_LANES; /* <= 2^22 */
    tw_panel_layout l = {0};
    l.hashes = align_to(sizeof *h, 64);
    l.times = align_to(l.hashes + h->n_columns * sizeof(uint64_t), 64);
    l.names = align_to(l.times + h->n_times * sizeof(int64_t), 64);
    l.names_end = l.names + h->name_bytes;
    l.data = align_to(l.names_end, 4096);
    if (h->n_times && blocks > (UINT64_C(1) << 46) / h->n_times / (TW_LANES * sizeof(double))) return false;
    l.column_bytes = blocks * h->n_times * TW_LANES * sizeof(double); /* <= 2^46 */
    l.column_stride = align_to(l.column_bytes, 4096);
    l.total = l.data + h->n_columns * l.column_stride;
    *layout = l;
    return l.total <= SIZE_MAX / 2;
}

uint64_t tw_panel_header_hash(const unsigned char *image, const tw_panel_layout *layout)
{
    const size_t before = offsetof(tw_panel_header, header_hash), behind = before + sizeof(uint64_t);
    return tw_hash64(image + behind, layout->names_end - behind, tw_hash64(image, before, 0));
}

/* Splits the name region into exactly n names. */
static tw_status split_names(tw_panel *panel, size_t n, tw_error *err)
{
    const char *p = (const char *)panel->image + panel->layout.names;
    const char *const end = (const char *)panel->image + panel->layout.names_end;
    for (size_t i = 0; i < n; i++) {
        const char *stop = p < end ? memchr(p, 0, (size_t)(end - p)) : NULL;
        if (!stop || stop == p || stop - p > TW_PANEL_MAX_NAME)
            return tw_fail(err, TW_BAD_FILE, "panel: name %zu of %zu is empty, too long or cut off", i, n);
        panel->names[i] = p;
        p = stop + 1;
    }
    return p == end ? TW_OK : tw_fail(err, TW_BAD_FILE, "panel: bytes left over behind the names");
}

/* Stamps stay so far from the ends of int64 that the end of a bar or a session can be added. */
static tw_status check_times(const tw_panel_shape *shape, tw_error *err)
{
    const int64_t farthest = INT64_C(9000000000000000000), widest = 1000 * TW_NS_PER_DAY;
    if (shape->bar_ns <= 0 || shape->bar_ns > widest)
        return tw_fail(err, TW_BAD_VALUE, "panel: bar_ns must lie in (0, %lld], got %lld", (long long)widest,
                       (long long)shape->bar_ns);
    for (size_t t = 0; t < shape->n_times; t++) {
        if (shape->times[t] < -farthest || shape->times[t] > farthest)
            return tw_fail(err, TW_BAD_VALUE, "panel: time %zu is beyond the years 1684 to 2255", t);
        if (t > 0 && shape->times[t] <= shape->times[t - 1])
            return tw_fail(err, TW_BAD_VALUE, "panel: times must ascend, time %zu does not", t);
    }
    return TW_OK;
}

static tw_status check_names(const tw_panel_shape *shape, tw_error *err)
{
    for (size_t s = 1; s < shape->n_symbols; s++)
        if (strcmp(shape->symbols[s - 1], shape->symbols[s]) >= 0)
            return tw_fail(err, TW_BAD_VALUE, "panel: symbols must ascend, \"%s\" does not follow \"%s\"",
                           shape->symbols[s], shape->symbols[s - 1]);
    for (size_t c = 1; c < shape->n_columns; c++)
        for (size_t k = 0; k < c; k++)
            if (strcmp(shape->columns[k], shape->columns[c]) == 0)
                return tw_fail(err, TW_BAD_VALUE, "panel: two columns named \"%s\"", shape->columns[c]);
    return TW_OK;
}

tw_status tw_panel_attach(tw_panel *panel, tw_error *err)
{
    const tw_panel_header *h = (const void *)panel->image;
    const size_t n_names = (size_t)(h->n_columns + h->n_symbols);
    panel->names = tw_new(panel->ctx, n_names, sizeof *panel->names);
    if (!panel->names) return tw_no_memory(err, "the names of a panel");
    TW_TRY(split_names(panel, n_names, err));
    panel->shape = (tw_panel_shape){
        .n_symbols = (size_t)h->n_symbols,
        .n_times = (size_t)h->n_times,
        .n_columns = (size_t)h->n_columns,
        .symbols = panel->names + h->n_columns,
        .times = (const int64_t *)(const void *)(panel->image + panel->layout.times),
        .columns = panel->names,
        .calendar = h->calendar[0] ? h->calendar : NULL,
        .bar_ns = h->bar_ns,
        .stamped_at_end = h->stamped_at_end != 0,
    };
    TW_TRY(check_times(&panel->shape, err));
    TW_TRY(check_names(&panel->shape, err));
    return panel->shape.calendar ? tw_calendar_find(panel->shape.calendar, &panel->calendar, err) : TW_OK;
}
