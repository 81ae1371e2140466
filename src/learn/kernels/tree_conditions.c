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

/* Whether a value is a NaN: two at a time, as a comparison is of two. */
static inline bool any_nan(const float x[ROWS])
{
    uint32_t any = 0;
    for (size_t i = 0; i < ROWS / 2; i++) any |= __builtin_isunordered(x[i], x[i + ROWS / 2]) ? 1U : 0U;
    return any;
}

static inline void find_missing(const float x[ROWS], uint32_t flags, missing_rows *missing)
{
    missing->any = 0;
    if (!(flags & TW_SPLIT_ZERO_MISSING) && !any_nan(x)) return;
    for (size_t w = 0; w < WORDS; w++) {
        const tw_lanes lanes = tw_lanes_load(x + 64 * w);
        missing->word[w] = missing_bits(x + 64 * w, &lanes, flags);
        missing->any |= missing->word[w];
    }
}

/* ---------------------------------------------------------------- digits */

/* Of bytes, where tw_lanes_place puts them: rows whose high digit is below d, and rows whose low digit is at most d. A
 * byte is at most d e when its high digit is below d, or below d + 1 and its low digit at most e. */
typedef struct digits {
    rows_bits below[DIGITS + 1], low[DIGITS];
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

static inline void make_digits(const uint8_t placed[ROWS], digits *out)
{
    rows_bits plane[8], at[DIGITS];
    tw_lanes_planes(placed, plane);
    split_digit(plane, at);
    out->low[0] = at[0];
    for (size_t d = 1; d < DIGITS; d++) out->low[d] = out->low[d - 1] | at[d];
    split_digit(plane + 4, at);
    out->below[0] = (rows_bits){0};
    for (size_t d = 0; d < DIGITS; d++) out->below[d + 1] = out->below[d] | at[d];
}

/* ---------------------------------------------------------------- floats */

/* A feature's values: where they are when they stand side by side, else in `room`. Rows past the end are copies of
 * nothing in particular: what they reach is not added. */
static inline const float *get_floats(const tw_slice_job *job, uint32_t feature, float room[ROWS])
{
    const float *restrict column = job->features[feature];
    const uint32_t *restrict cell = job->cell, first = cell[0];
    const bool beside = cell[job->n - 1] - first == job->n - 1; /* ascending, so side by side */
    if (beside && job->n == ROWS) return column + first;
    if (beside)
        for (size_t i = 0; i < job->n; i++) room[i] = column[first + i];
    else
        for (size_t i = 0; i < job->n; i++) room[i] = column[cell[i]];
    for (size_t i = job->n; i < ROWS; i++) room[i] = 0;
    return room;
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

static inline __attribute__((always_inline)) void walk_cells(const tw_slice_run *run, const uint32_t *cell,
                                                             const uint32_t *key, uint32_t most, uint8_t *rank)
{
    const uint8_t *start = run->start;
    const uint32_t *bound = run->key;
    for (size_t i = 0; i < ROWS; i += 8, cell += 8, key += 8, rank++) {
#pragma GCC unroll 8
        for (size_t j = 0; j < 8; j++) {
            size_t r = start[cell[j]];
#pragma GCC unroll 4
            for (uint32_t k = 0; k < most; k++) r += bound[r] < key[j];
            rank[tw_lanes_place(j)] = (uint8_t)r;
        }
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
    masks *out = (masks *)(void *)mask;
    find_ranks(run, x, rank);
    make_digits(rank, &by);
    const rows_bits *below = by.below;
    for (size_t left = run->n; left; below++) {
        const rows_bits under = below[0], upto = below[1];
        if (left >= DIGITS) {
#pragma GCC unroll 16
            for (size_t low = 0; low < DIGITS; low++) *out++ = under | (upto & by.low[low]);
            left -= DIGITS;
            continue;
        }
        for (size_t low = 0; low < left; low++) *out++ = under | (upto & by.low[low]);
        left = 0;
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
    float room[ROWS];
    const float *x = room;
    for (size_t r = 0; r < slice->n_runs; r++) {
        const tw_slice_run *run = &slice->run[r];
        uint64_t *out = mask + (size_t)run->first * WORDS;
        missing_rows missing;
        if (r == 0 || run->feature != run[-1].feature) x = get_floats(job, run->feature, room);
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
    const uint8_t *row[ROWS];
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

/* Sixteen features from the first on of all rows; those past the end are copies of the last one. */
static inline void take_tiles(const uint8_t *const row[ROWS], byte_columns *columns)
{
    for (size_t j = 0; j < ROWS; j += TILE) {
        tile_row x[TILE];
        for (size_t i = 0; i < TILE; i++) memcpy(&x[i], row[j / 32 + (j % 32 + i) * 8] + columns->first, TILE);
        turn_tile(x);
        for (size_t f = 0; f < TILE; f++) memcpy(columns->x[f] + j, &x[f], TILE);
    }
}

static inline void find_rows(const tw_slice_job *job, const uint8_t *row[ROWS])
{
    const tw_bin_rows *rows = job->bins;
    for (size_t i = 0; i < ROWS; i++) {
        const size_t at = job->begin + (i < job->n ? i : job->n - 1);
        row[i] = rows->bin + (rows->row ? rows->row[at] : at) * rows->row_stride;
    }
}

/* The bytes of a feature, where tw_lanes_place puts them. */
static inline const uint8_t *get_bytes(const tw_slice_job *job, uint32_t feature, byte_columns *columns)
{
    if (feature - columns->first < columns->n_taken) return columns->x[feature - columns->first];
    const size_t n_features = job->slice->model->n_features, stride = job->bins->feature_stride;
    if (stride == 1 && n_features >= TILE) {
        const uint32_t last = (uint32_t)n_features - TILE;
        columns->first = feature < last ? feature : last;
        columns->n_taken = TILE;
        take_tiles(columns->row, columns);
    } else {
        columns->first = feature;
        columns->n_taken = 1;
        for (size_t i = 0; i < ROWS; i++) columns->x[0][tw_lanes_place(i)] = columns->row[i][feature * stride];
    }
    return columns->x[feature - columns->first];
}

/* Fewer than eight conditions, and what is missing, as bits of one byte a row. */
static inline void compare_bytes(const tw_slice *slice, const tw_slice_run *run, const uint8_t x[ROWS],
                                 rows_bits plane[8])
{
    uint8_t bits[ROWS];
    const tw_slice_byte *byte = slice->byte + run->first;
    const size_t n = run->flags & TW_SPLIT_SET ? 0 : run->n;
    for (size_t i = 0; i < ROWS; i++) bits[i] = x[i] == 0;
    for (size_t c = 0; c < n; c++) {
        const uint8_t most = byte[c].most, bit = (uint8_t)(2U << c);
        for (size_t i = 0; i < ROWS; i++) bits[i] |= x[i] <= most ? bit : 0;
    }
    tw_lanes_planes(bits, plane);
}

static inline void set_missing(const rows_bits *where, missing_rows *missing)
{
    *(masks *)(void *)missing->word = *where;
    missing->any = missing->word[0] | missing->word[1] | missing->word[2] | missing->word[3];
}

#define MASK_AT(place) (*(const rows_bits *)(const void *)(place))

static inline void emit_bytes(const tw_slice_byte byte[TW_BYTES_RANKED], const digits *by, uint64_t *mask)
{
    const char *below = (const char *)by->below, *upto = below + TW_SLICE_MASK, *low = (const char *)by->low;
    masks *out = (masks *)(void *)mask;
#pragma GCC unroll 8
    for (size_t c = 0; c < TW_BYTES_RANKED; c++)
        out[c] = MASK_AT(below + byte[c].high) | (MASK_AT(upto + byte[c].high) & MASK_AT(low + byte[c].low));
}

/* What is missing is 0, which no other byte is below. The last conditions may be said twice. */
static inline void rank_bytes(const tw_slice *slice, const tw_slice_run *run, const uint8_t x[ROWS],
                              missing_rows *missing, uint64_t *mask)
{
    digits by;
    const tw_slice_byte *byte = slice->byte + run->first;
    const size_t last = run->n - TW_BYTES_RANKED;
    make_digits(x, &by);
    for (size_t c = 0; c < last; c += TW_BYTES_RANKED) emit_bytes(byte + c, &by, mask + c * WORDS);
    emit_bytes(byte + last, &by, mask + last * WORDS);
    const rows_bits zero = by.below[1] & by.low[0];
    set_missing(&zero, missing);
}

static inline void find_bytes_in_set(const uint64_t set[4], const uint8_t x[ROWS], uint64_t *mask)
{
    for (size_t w = 0; w < WORDS; w++) {
        mask[w] = 0;
        for (size_t i = 0; i < 64; i++) {
            const uint8_t b = x[tw_lanes_place(64 * w + i)];
            mask[w] |= (set[b / 64] >> (b % 64) & 1) << i;
        }
    }
}

static inline void few_bytes(const tw_slice *slice, const tw_slice_run *run, const uint8_t x[ROWS],
                             missing_rows *missing, uint64_t *mask)
{
    rows_bits plane[8];
    compare_bytes(slice, run, x, plane);
    set_missing(plane, missing);
    if (run->flags & TW_SPLIT_SET)
        find_bytes_in_set(slice->byte_set + 4 * (run - slice->run), x, mask);
    else
        for (size_t c = 0; c < run->n; c++) *(masks *)(void *)(mask + c * WORDS) = plane[c + 1];
}

static inline void meet_bytes(const tw_slice_job *job, uint64_t *mask)
{
    const tw_slice *slice = job->slice;
    byte_columns columns;
    columns.n_taken = columns.first = 0;
    find_rows(job, columns.row);
    for (const tw_slice_run *run = slice->run, *end = run + slice->n_runs; run < end; run++) {
        uint64_t *out = mask + (size_t)run->first * WORDS;
        missing_rows missing;
        const uint8_t *x = get_bytes(job, run->feature, &columns);
        if (run->n >= TW_BYTES_RANKED)
            rank_bytes(slice, run, x, &missing, out);
        else
            few_bytes(slice, run, x, &missing, out);
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
