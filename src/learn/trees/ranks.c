/* SPDX-License-Identifier: Apache-2.0 */
/* Grids in which values find their ranks among the thresholds of a run. Bins of equal counts and thresholds of a
 * learner lie dense in the middle of a feature and thin outside, but not by orders of magnitude: a few cells a
 * threshold leave one or two in each. Where they do (the levels of prices, say, over many years), there is no grid, and
 * the run is compared threshold by threshold. */
#include "learn/trees/scorer_impl.h"

#include <math.h>

enum { LEAST_THRESHOLDS = 16, LEAST_CELLS = 64, MOST_CELLS = 2048, FEW_IN_CELL = 2, MOST_IN_CELL = 8 };

/* The most thresholds in one cell. */
static uint32_t most_together(const tw_slice_run *run, const float *threshold)
{
    const float last = (float)(run->n_cells - 1);
    uint32_t most = 0, together = 0, before = 0;
    for (uint32_t c = 0; c < run->n; c++) {
        const uint32_t cell = tw_slice_cell(threshold[c], run->low, run->scale, last);
        together = c > 0 && cell == before ? together + 1 : 1;
        before = cell;
        if (together > most) most = together;
    }
    return most;
}

static void try_cells(tw_slice_run *run, const float *threshold, float width, uint32_t n_cells)
{
    run->n_cells = n_cells;
    run->scale = (float)n_cells / width;
    run->most = most_together(run, threshold);
}

/* The smallest grid that leaves few thresholds in a cell; none when even the largest leaves many. */
static void choose_grid(tw_slice_run *run, const float *threshold)
{
    uint32_t from = 0, to = run->n;
    run->n_cells = 0;
    if (run->n < LEAST_THRESHOLDS || run->flags & TW_SPLIT_SET) return;
    while (from < to && !isfinite(threshold[from])) from++;
    while (to > from && !isfinite(threshold[to - 1])) to--;
    const float width = to > from ? threshold[to - 1] - threshold[from] : 0;
    if (!(width > 0) || !isfinite(width) || !isfinite((float)MOST_CELLS / width)) return;
    run->low = threshold[from];
    run->most = UINT32_MAX;
    for (uint32_t n = LEAST_CELLS; n <= MOST_CELLS && run->most > FEW_IN_CELL; n *= 2)
        try_cells(run, threshold, width, n);
    if (run->most > MOST_IN_CELL) run->n_cells = 0;
}

static void fill_grid(tw_slice_run *run, const float *threshold, uint8_t *start, uint32_t *key)
{
    const float last = (float)(run->n_cells - 1);
    uint32_t c = 0;
    for (uint32_t cell = 0; cell < run->n_cells; cell++) {
        start[cell] = (uint8_t)c;
        while (c < run->n && tw_slice_cell(threshold[c], run->low, run->scale, last) == cell) c++;
    }
    for (uint32_t k = 0; k < run->n + run->most; k++) key[k] = k < run->n ? tw_walk_key(threshold[k]) : UINT32_MAX;
    run->start = start;
    run->key = key;
}

typedef struct grid_room {
    size_t starts, keys;
} grid_room;

/* Each run of each slice with its thresholds: chosen, or filled from the room on. */
static void for_runs(tw_tree_scorer *s, bool fill, grid_room *room)
{
    for (size_t k = 0; k < s->n_slices; k++) {
        const tw_slice *slice = &s->slice[k];
        tw_slice_run *run = s->run + (slice->run - s->run);
        for (size_t r = 0; r < slice->n_runs; r++, run++) {
            const float *threshold = slice->threshold + run->first;
            if (!fill) choose_grid(run, threshold);
            if (!run->n_cells) continue;
            if (fill) fill_grid(run, threshold, s->rank_start + room->starts, s->rank_key + room->keys);
            room->starts += run->n_cells;
            room->keys += run->n + run->most;
        }
    }
}

tw_status tw_tree_scorer_rank(tw_tree_scorer *s, tw_error *err)
{
    grid_room room = {0, 0}, filled = {0, 0};
    for_runs(s, false, &room);
    s->rank_start = tw_new(s->ctx, room.starts + 1, sizeof *s->rank_start);
    s->rank_key = tw_new(s->ctx, room.keys + 1, sizeof *s->rank_key);
    if (!s->rank_start || !s->rank_key) return tw_no_memory(err, "the scorer of a tree model");
    for_runs(s, true, &filled);
    return TW_OK;
}
