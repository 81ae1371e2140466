/* SPDX-License-Identifier: Apache-2.0 */
/* Which of 256 rows meet each condition of a slice. Few conditions of a feature compare with each of the values; for
 * many, values become ranks, ranks two hexadecimal digits, and for each digit there is a mask of the rows below it and
 * of those at it: then a condition is two operations for all the rows. */
#include "learn/trees/slice.h"
#include "learn/trees/slice_lanes.h"
#include "learn/trees/walk_keys.h"

#include <math.h>

enum { WORDS = TW_SLICE_WORDS, ROWS = TW_SLICE_ROWS, DIGITS = 16 };

/* A bit for each row. */
typedef uint64_t rows_bits __attribute__((vector_size(WORDS * sizeof(uint64_t)), may_alias));

/* The same where callers keep it, at any place. */
typedef uint64_t masks __attribute__((vector_size(WORDS * sizeof(uint64_t)), may_alias, aligned(sizeof(uint64_t))));

/* ---------------------------------------------------------------- what is missing */

/* How a run's conditions take what is missing; `any` is that of all words. */
typedef struct missing_rows {
    uint64_t word[WORDS];
    uint64_t any;
} missing_rows;

/* The rows that meet condition c, when `met` would without regard to what is missing. */
static inline uint64_t with_missing(const missing_rows *missing, size_t w, uint64_t met, uint8_t right)
{
    return right ? met & ~missing->word[w] : met | missing->word[w];
}

static inline void mend(const tw_slice *slice, const tw_slice_run *run, const missing_rows *missing, uint64_t *mask)
{
    if (!missing->any) return;
    const uint8_t *right = slice->missing_right + run->first;
    for (size_t c = 0; c < run->n; c++)
        for (size_t w = 0; w < WORDS; w++)
            mask[c * WORDS + w] = with_missing(missing, w, mask[c * WORDS + w], right[c]);
}

/* Rows of 64 where the value is missing: LightGBM's zeros too where the flags say so. */
static inline uint64_t missing_bits(const float *x, const tw_lanes *lanes, uint32_t flags)
{
    uint64_t missing = ~tw_lanes_le(lanes, INFINITY);
    if (flags & TW_SPLIT_ZERO_MISSING)
        for (size_t i = 0; i < 64; i++) missing |= (uint64_t)(__builtin_fabsf(x[i]) <= TW_SPLIT_ZERO) << i;
    return missing;
}

static inline void find_missing(const float x[ROWS], uint32_t flags, missing_rows *missing)
{
    missing->any = 0;
    for (size_t w = 0; w < WORDS; w++) {
        const tw_lanes lanes = tw_lanes_load(x + 64 * w);
        missing->word[w] = missing_bits(x + 64 * w, &lanes, flags);
        missing->any |= missing->word[w];
    }
}

/* ---------------------------------------------------------------- digits */

/* Of bytes: rows whose high digit is below d, or is d; rows whose low digit is at most d. */
typedef struct digits {
    rows_bits below[DIGITS], at[DIGITS], low[DIGITS];
} digits;

/* Rows by the four bits of a digit, the lowest plane first. */
static inline void split_digit(const rows_bits plane[4], rows_bits at[DIGITS])
{
    at[0] = ~(rows_bits){0};
#pragma GCC unroll 4
    for (size_t k = 0; k < 4; k++)
#pragma GCC unroll 8
        for (size_t d = (size_t)1 << k; d-- > 0;) {
            const rows_bits all = at[d], set = all & plane[3 - k];
            at[2 * d + 1] = set;
            at[2 * d] = all ^ set;
        }
}

static inline void make_digits(const uint8_t x[ROWS], digits *out)
{
    rows_bits plane[8];
    for (size_t w = 0; w < WORDS; w++) tw_lanes_planes(x + 64 * w, WORDS, (uint64_t *)(void *)plane + w);
    split_digit(plane, out->low);
    split_digit(plane + 4, out->at);
    out->below[0] = (rows_bits){0};
    for (size_t d = 1; d < DIGITS; d++) {
        out->below[d] = out->below[d - 1] | out->at[d - 1];
        out->low[d] |= out->low[d - 1];
    }
}

/* ---------------------------------------------------------------- floats */

/* Rows past the end are copies of nothing in particular: what they reach is not added. */
static inline void get_floats(const tw_slice_job *job, uint32_t feature, float x[ROWS])
{
    const float *restrict column = job->features[feature];
    const uint32_t *restrict cell = job->cell, first = cell[0];
    if (cell[job->n - 1] - first == job->n - 1) /* ascending, so side by side */
        for (size_t i = 0; i < job->n; i++) x[i] = column[first + i];
    else
        for (size_t i = 0; i < job->n; i++) x[i] = column[cell[i]];
    for (size_t i = job->n; i < ROWS; i++) x[i] = 0;
}

static inline void compare_floats(const tw_slice *slice, const tw_slice_run *run, const float x[ROWS], uint64_t *mask)
{
    const float *threshold = slice->threshold + run->first;
    for (size_t w = 0; w < WORDS; w++) {
        const tw_lanes lanes = tw_lanes_load(x + 64 * w);
        uint64_t *out = mask + w;
        for (size_t c = 0; c < run->n; c++, out += WORDS) *out = tw_lanes_le(&lanes, threshold[c]);
    }
}

/* Cells of the grid (a NaN is in the first) and keys, of all rows. */
static inline void find_cells(const tw_slice_run *run, const float x[ROWS], uint32_t cell[ROWS], uint32_t key[ROWS])
{
    const float low = run->low, scale = run->scale, last = (float)(run->n_cells - 1);
    for (size_t i = 0; i < ROWS; i++) {
        cell[i] = tw_slice_cell(x[i], low, scale, last);
        key[i] = tw_walk_key(x[i]);
    }
}

static inline __attribute__((always_inline)) void walk_cells(const tw_slice_run *run, const uint32_t cell[ROWS],
                                                             const uint32_t key[ROWS], uint32_t most,
                                                             uint8_t rank[ROWS])
{
    const uint8_t *start = run->start;
    const uint32_t *bound = run->key;
#pragma GCC unroll 4
    for (size_t i = 0; i < ROWS; i++) {
        size_t r = start[cell[i]];
#pragma GCC unroll 4
        for (uint32_t k = 0; k < most; k++) r += bound[r] < key[i];
        rank[i] = (uint8_t)r;
    }
}

/* With their number a constant, comparisons are written out. */
static inline void find_ranks(const tw_slice_run *run, const float x[ROWS], uint8_t rank[ROWS])
{
    uint32_t cell[ROWS], key[ROWS];
    find_cells(run, x, cell, key);
    switch (run->most) {
    case 1: walk_cells(run, cell, key, 1, rank); return;
    case 2: walk_cells(run, cell, key, 2, rank); return;
    case 3: walk_cells(run, cell, key, 3, rank); return;
    default: walk_cells(run, cell, key, run->most, rank); return;
    }
}

/* A value is at most threshold c when its rank is at most c: thresholds that are equal are passed together. */
static inline void rank_floats(const tw_slice_run *run, const float x[ROWS], uint64_t *mask)
{
    uint8_t rank[ROWS];
    digits by;
    masks *out = (masks *)(void *)mask, *end = out + run->n;
    find_ranks(run, x, rank);
    make_digits(rank, &by);
    for (size_t high = 0; out < end; high++) {
        const rows_bits below = by.below[high], at = by.at[high];
        for (size_t low = 0; low < DIGITS && out < end; low++) *out++ = below | (at & by.low[low]);
    }
}

/* A set of categories: row by row. */
static inline void find_in_set(const tw_slice *slice, const tw_slice_run *run, const float x[ROWS], uint64_t *mask)
{
    for (size_t w = 0; w < WORDS; w++) {
        mask[w] = 0;
        for (size_t i = 0; i < 64; i++)
            mask[w] |= (uint64_t)tw_tree_set_has(slice->model, run->set, x[64 * w + i]) << i;
    }
}

static inline void meet_floats(const tw_slice_job *job, uint64_t *mask)
{
    const tw_slice *slice = job->slice;
    float x[ROWS];
    for (size_t r = 0; r < slice->n_runs; r++) {
        const tw_slice_run *run = &slice->run[r];
        uint64_t *out = mask + (size_t)run->first * WORDS;
        missing_rows missing;
        if (r == 0 || run->feature != run[-1].feature) get_floats(job, run->feature, x);
        if (run->flags & TW_SPLIT_SET)
            find_in_set(slice, run, x, out);
        else if (run->n_cells && run->n >= TW_LANES_RANKED)
            rank_floats(run, x, out);
        else
            compare_floats(slice, run, x, out);
        find_missing(x, run->flags, &missing);
        mend(slice, run, &missing, out);
    }
}

/* ---------------------------------------------------------------- bytes */

/* Rows of bytes are turned into columns, sixteen features at once: [first, first + n_taken) are at hand. */
enum { TILE = 16 };

typedef struct byte_columns {
    uint32_t first, n_taken;
    uint8_t x[TILE][ROWS];
} byte_columns;

typedef uint8_t tile_row __attribute__((vector_size(TILE)));

/* Four rounds in which rows i and i + 8 become rows 2 i and 2 i + 1, byte beside byte, turn a tile. */
static inline void turn_tile(tile_row x[TILE])
{
    tile_row y[TILE];
    for (size_t round = 0; round < 4; round++) {
        for (size_t i = 0; i < TILE / 2; i++) {
            const tile_row a = x[i], b = x[i + TILE / 2];
            y[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            y[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
        memcpy(x, y, sizeof y);
    }
}

static inline const uint8_t *bytes_of(const tw_slice_job *job, size_t i, uint32_t feature)
{
    const tw_bin_rows *rows = job->bins;
    const size_t row = rows->row ? rows->row[job->begin + i] : job->begin + i;
    return rows->bin + row * rows->row_stride + feature * rows->feature_stride;
}

static inline void take_tiles(const tw_slice_job *job, byte_columns *columns)
{
    for (size_t from = 0; from + TILE <= job->n; from += TILE) {
        tile_row x[TILE];
        for (size_t i = 0; i < TILE; i++) memcpy(&x[i], bytes_of(job, from + i, columns->first), TILE);
        turn_tile(x);
        for (size_t f = 0; f < TILE; f++) memcpy(columns->x[f] + from, &x[f], TILE);
    }
}

/* Rows past the end are copies of nothing in particular. */
static inline const uint8_t *get_bytes(const tw_slice_job *job, uint32_t feature, byte_columns *columns)
{
    if (feature - columns->first < columns->n_taken) return columns->x[feature - columns->first];
    const bool tiles = job->bins->feature_stride == 1 && job->slice->model->n_features - feature >= TILE;
    columns->first = feature;
    columns->n_taken = tiles ? TILE : 1;
    if (tiles) take_tiles(job, columns);
    for (uint32_t f = 0; f < columns->n_taken; f++)
        for (size_t i = tiles ? job->n / TILE * TILE : 0; i < job->n; i++)
            columns->x[f][i] = *bytes_of(job, i, feature + f);
    return columns->x[0];
}

static inline void compare_bytes(const tw_slice *slice, const tw_slice_run *run, const uint8_t x[ROWS], uint64_t *mask)
{
    const tw_slice_byte *byte = slice->byte + run->first;
    for (size_t w = 0; w < WORDS; w++) {
        const tw_byte_lanes lanes = tw_byte_lanes_load(x + 64 * w);
        for (size_t c = 0; c < run->n; c++) mask[c * WORDS + w] = tw_byte_lanes_lt(&lanes, (uint8_t)(byte[c].most + 1));
    }
}

#define AT_WORD(word) (*(const rows_bits *)(const void *)(word))

static inline void rank_bytes(const tw_slice *slice, const tw_slice_run *run, const uint8_t x[ROWS], uint64_t *mask)
{
    digits by;
    masks *out = (masks *)(void *)mask;
    const uint64_t *below = (const uint64_t *)by.below, *at = (const uint64_t *)by.at, *low = (const uint64_t *)by.low;
    make_digits(x, &by);
#pragma GCC unroll 4
    for (const tw_slice_byte *b = slice->byte + run->first, *end = b + run->n; b < end; b++)
        *out++ = AT_WORD(below + b->high) | (AT_WORD(at + b->high) & AT_WORD(low + b->low));
}

static inline void find_missing_bytes(const uint8_t x[ROWS], missing_rows *missing)
{
    missing->any = 0;
    for (size_t w = 0; w < WORDS; w++) {
        const tw_byte_lanes lanes = tw_byte_lanes_load(x + 64 * w);
        missing->word[w] = tw_byte_lanes_lt(&lanes, 1);
        missing->any |= missing->word[w];
    }
}

static inline void find_bytes_in_set(const uint64_t set[4], const uint8_t x[ROWS], uint64_t *mask)
{
    for (size_t w = 0; w < WORDS; w++) {
        mask[w] = 0;
        for (size_t i = 0; i < 64; i++) mask[w] |= (set[x[64 * w + i] / 64] >> (x[64 * w + i] % 64) & 1) << i;
    }
}

static inline void meet_bytes(const tw_slice_job *job, uint64_t *mask)
{
    const tw_slice *slice = job->slice;
    byte_columns columns = {.n_taken = 0};
    for (size_t r = 0; r < slice->n_runs; r++) {
        const tw_slice_run *run = &slice->run[r];
        uint64_t *out = mask + (size_t)run->first * WORDS;
        missing_rows missing;
        const uint8_t *x = get_bytes(job, run->feature, &columns);
        if (run->flags & TW_SPLIT_SET)
            find_bytes_in_set(slice->byte_set + 4 * r, x, out);
        else if (run->n >= TW_BYTE_LANES_RANKED)
            rank_bytes(slice, run, x, out);
        else
            compare_bytes(slice, run, x, out);
        find_missing_bytes(x, &missing);
        mend(slice, run, &missing, out);
    }
}

void TW_ISA_NAME(tw_slice_meet)(const tw_slice_job *job, uint64_t *mask)
{
    if (job->bins)
        meet_bytes(job, mask);
    else
        meet_floats(job, mask);
}
