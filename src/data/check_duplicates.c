/* SPDX-License-Identifier: Apache-2.0 */
/* check_duplicates.c - bars that come back, on another day or under another symbol, and symbols that come twice.
 *
 * Volumes of thousands do not repeat to the share together with four prices: a bar that does was copied. Only daily
 * bars are looked at, with a range; between minutes of a quiet market the same bar comes back by itself. */
#include "data/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE "docs/data-quality.md"

enum { ENOUGH = 1000 /* volume above which a bar far away is no chance */, TWIN_BARS = 20 };

/* A bar or a symbol by its content. */
typedef struct twin {
    uint64_t hash;
    size_t index;
} twin;

typedef struct duplicates {
    const tw_panel *panel;
    tw_findings *out;
    tw_series x;
    size_t column[5]; /* open, high, low, close, volume */
    twin *bars;       /* of a symbol, or of a time */
    twin *symbols;
    bool *is_twin; /* symbols that are another throughout */
    tw_listing *lists;
} duplicates;

static int by_hash(const void *a, const void *b)
{
    const twin *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static uint64_t hash_bar(const double bar[5]) { return tw_hash64(bar, 5 * sizeof *bar, 0); }

static bool can_be_told(const double bar[5], double volume) { return bar[1] > bar[2] && bar[4] >= volume; }

/* ---------------------------------------------------------------- bars of one symbol */

static tw_status report_repeat(duplicates *d, size_t s, size_t k, size_t before)
{
    const tw_where where = {d->out, "duplicates", TW_WARN, s, d->x.t[k], 1, 0};
    return tw_listing_write(&d->lists[s], &where, "%s: the bar of %s again (close %g, volume %g)",
                            tw_stamp_of(d->panel, d->x.t[k]).text, tw_stamp_of(d->panel, d->x.t[before]).text,
                            d->x.close[k], d->x.volume[k]);
}

static tw_status check_repeats(duplicates *d, size_t s)
{
    const tw_series *x = &d->x;
    size_t n = 0;
    for (size_t k = 0; k < x->n; k++) {
        const double bar[5] = {x->open[k], x->high[k], x->low[k], x->close[k], x->volume[k]};
        if (can_be_told(bar, 1)) d->bars[n++] = (twin){hash_bar(bar), k};
    }
    if (n > 1) qsort(d->bars, n, sizeof *d->bars, by_hash);
    for (size_t i = 1; i < n; i++) {
        const size_t k = d->bars[i].index, before = d->bars[i - 1].index;
        if (d->bars[i].hash != d->bars[i - 1].hash) continue;
        if (k == before + 1 || x->volume[k] >= ENOUGH) TW_TRY(report_repeat(d, s, k, before));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- symbols */

static void add_symbol(duplicates *d, size_t s, size_t *n)
{
    const tw_series *x = &d->x;
    if (x->n < TWIN_BARS) return;
    const uint64_t closes = tw_hash64(x->close, x->n * sizeof *x->close, tw_hash64(x->t, x->n * sizeof *x->t, 0));
    d->symbols[(*n)++] = (twin){tw_hash64(x->volume, x->n * sizeof *x->volume, closes), s};
}

static tw_status check_twins(duplicates *d, size_t n)
{
    if (n > 1) qsort(d->symbols, n, sizeof *d->symbols, by_hash);
    for (size_t i = 1; i < n; i++) {
        if (d->symbols[i].hash != d->symbols[i - 1].hash) continue;
        const tw_where where = {d->out, "duplicates", TW_ERROR, d->symbols[i].index, TW_NOWHERE, 1, 0};
        d->is_twin[d->symbols[i].index] = true;
        TW_TRY(tw_finding_write(&where, "the same bars as %s throughout",
                                d->panel->shape.symbols[d->symbols[i - 1].index]));
    }
    return TW_OK;
}

/* Letters and digits in lower case: "BRK.B" and "brk-b" are one. */
static uint64_t hash_spelling(const char *symbol)
{
    char low[TW_PANEL_MAX_NAME + 1];
    size_t n = 0;
    for (; *symbol; symbol++) {
        const unsigned char c = (unsigned char)*symbol;
        if (n < sizeof low && (isalnum(c) || c >= 0x80)) low[n++] = (char)tolower(c);
    }
    return tw_hash64(low, n, 0);
}

static tw_status check_spellings(duplicates *d)
{
    const size_t n = d->panel->shape.n_symbols;
    for (size_t s = 0; s < n; s++) d->symbols[s] = (twin){hash_spelling(d->panel->shape.symbols[s]), s};
    if (n > 1) qsort(d->symbols, n, sizeof *d->symbols, by_hash);
    for (size_t i = 1; i < n; i++) {
        if (d->symbols[i].hash != d->symbols[i - 1].hash) continue;
        const size_t s = d->symbols[i].index;
        tw_series_load(&d->x, s);
        const tw_where where = {d->out, "duplicates", TW_WARN, s, d->x.n ? d->x.t[0] : TW_NOWHERE, (double)d->x.n, 0};
        TW_TRY(tw_finding_write(&where, "another spelling of %s? %zu bars",
                                d->panel->shape.symbols[d->symbols[i - 1].index], d->x.n));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- bars of one time */

static tw_status report_copy(duplicates *d, size_t t, size_t s, size_t other)
{
    if (d->is_twin[s] || d->is_twin[other]) return TW_OK;
    const tw_where where = {d->out, "duplicates", TW_WARN, s, t, 1, 0};
    return tw_listing_write(&d->lists[s], &where, "%s: the bar of %s (close %g, volume %g)",
                            tw_stamp_of(d->panel, t).text, d->panel->shape.symbols[other],
                            tw_panel_at(d->panel, d->column[3], s, t), tw_panel_at(d->panel, d->column[4], s, t));
}

static tw_status check_time(duplicates *d, size_t t)
{
    size_t n = 0;
    for (size_t s = 0; s < d->panel->shape.n_symbols; s++) {
        double bar[5];
        for (size_t c = 0; c < 5; c++) bar[c] = tw_panel_at(d->panel, d->column[c], s, t);
        if (can_be_told(bar, ENOUGH)) d->symbols[n++] = (twin){hash_bar(bar), s};
    }
    if (n > 1) qsort(d->symbols, n, sizeof *d->symbols, by_hash);
    for (size_t i = 1; i < n; i++)
        if (d->symbols[i].hash == d->symbols[i - 1].hash)
            TW_TRY(report_copy(d, t, d->symbols[i].index, d->symbols[i - 1].index));
    return TW_OK;
}

static bool has_whole_bars(const duplicates *d)
{
    for (size_t c = 0; c < 5; c++)
        if (d->column[c] == SIZE_MAX) return false;
    return d->panel->shape.bar_ns == TW_NS_PER_DAY;
}

static tw_status look(duplicates *d)
{
    const size_t n = d->panel->shape.n_symbols;
    size_t n_twins = 0;
    for (size_t s = 0; s < n; s++) {
        tw_series_load(&d->x, s);
        if (has_whole_bars(d)) TW_TRY(check_repeats(d, s));
        add_symbol(d, s, &n_twins);
    }
    TW_TRY(check_twins(d, n_twins));
    for (size_t t = 0; has_whole_bars(d) && t < d->panel->shape.n_times; t++) TW_TRY(check_time(d, t));
    for (size_t s = 0; s < n; s++) TW_TRY(tw_listing_end(&d->lists[s], "copied bars"));
    return check_spellings(d);
}

static tw_status run_duplicates(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                                tw_error *err)
{
    (void)params;
    const size_t n = input->panel->shape.n_symbols;
    duplicates d = {.panel = input->panel, .out = out};
    TW_TRY(tw_series_init(&d.x, ctx, input->panel, err));
    memcpy(d.column, d.x.column, sizeof d.column);
    d.bars = tw_new(ctx, input->panel->shape.n_times + 1, sizeof *d.bars);
    d.symbols = tw_new(ctx, n + 1, sizeof *d.symbols);
    d.is_twin = tw_new(ctx, n + 1, sizeof *d.is_twin);
    d.lists = tw_new(ctx, n + 1, sizeof *d.lists);
    const tw_status st = d.bars && d.symbols && d.is_twin && d.lists ? look(&d) : TW_NO_MEMORY;
    tw_free(ctx, d.bars);
    tw_free(ctx, d.symbols);
    tw_free(ctx, d.is_twin);
    tw_free(ctx, d.lists);
    tw_series_clear(&d.x);
    return st == TW_NO_MEMORY ? tw_no_memory(err, "findings") : st;
}

const tw_check tw_check_duplicates = {.name = "duplicates",
                                      .title = "no bar and no symbol twice (equal keys are set aside at import)",
                                      .source = SOURCE,
                                      .severity = TW_ERROR,
                                      .run = run_duplicates};
