/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/boost/sample.h"

#include <math.h>
#include <string.h>

enum { ROW_STREAM = 0x726f7773, KEYS = 65536 };

tw_status tw_sample_init(tw_sample *s, const tw_ctx *ctx, uint64_t seed, size_t n, tw_error *err)
{
    *s = (tw_sample){.ctx = ctx, .seed = seed, .n = n, .n_in = n};
    s->row = tw_new(ctx, n, sizeof *s->row);
    s->spare = tw_new(ctx, n, sizeof *s->spare);
    if (!s->row || !s->spare) return tw_no_memory(err, "rows of a tree");
    for (size_t i = 0; i < n; i++) s->row[i] = (uint32_t)i;
    return TW_OK;
}

void tw_sample_clear(tw_sample *s)
{
    tw_free(s->ctx, s->row);
    tw_free(s->ctx, s->spare);
}

/* Random words, one of each index, asked for in ascending order. */
typedef struct words {
    uint64_t seed, stream, at;
    uint32_t word[4];
} words;

static words open_words(const tw_sample *s, uint64_t number)
{
    return (words){.seed = s->seed, .stream = ROW_STREAM + (number << 32), .at = UINT64_MAX};
}

static uint32_t word_of(words *w, size_t i)
{
    if (i / 4 != w->at) tw_philox(w->seed, w->stream, i / 4, w->word);
    w->at = i / 4;
    return w->word[i % 4];
}

static uint64_t threshold_of(double share) { return (uint64_t)(share * 4294967296.0); }

static void put(tw_sample *s, size_t row, bool taken, size_t *in, size_t *out)
{
    s->row[*in] = (uint32_t)row;
    s->spare[*out] = (uint32_t)row;
    *in += taken;
    *out += !taken;
}

static void end(tw_sample *s, size_t in, size_t out)
{
    memcpy(s->row + in, s->spare, out * sizeof *s->row);
    s->n_in = in;
}

void tw_sample_share(tw_sample *s, uint64_t number, double share)
{
    const uint64_t below = threshold_of(share);
    words w = open_words(s, number);
    size_t in = 0, out = 0;
    for (size_t r = 0; r < s->n; r++) put(s, r, word_of(&w, r) < below, &in, &out);
    end(s, in, out);
}

/* The upper half of the bits of a number that is not negative: their order is that of the numbers, as far as they go.
 */
static uint32_t key_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 16;
}

/* The key above which rows are of the top, and how many of that key are still of it, first come first. */
static uint32_t top_key(const tw_sample *s, const float *size, size_t top, size_t *of_key)
{
    uint32_t count[KEYS] = {0};
    for (size_t r = 0; r < s->n; r++) count[key_of(size[r])]++;
    uint32_t key = KEYS - 1;
    while (key > 0 && count[key] <= top) top -= count[key--];
    *of_key = top;
    return key;
}

void tw_sample_top(tw_sample *s, uint64_t number, double top, double share, const float *size, double *factor)
{
    size_t n_key, in = 0, out = 0;
    const uint32_t key = top_key(s, size, (size_t)(top * (double)s->n), &n_key);
    const double chance = (share - top) / (1 - top);
    const uint64_t below = threshold_of(chance);
    words w = open_words(s, number);
    for (size_t r = 0; r < s->n; r++) {
        const uint32_t k = key_of(size[r]);
        const bool is_top = k > key || (k == key && n_key > 0);
        n_key -= k == key && n_key > 0;
        factor[r] = is_top ? 1 : 1 / chance;
        put(s, r, is_top || word_of(&w, r) < below, &in, &out);
    }
    end(s, in, out);
}

void tw_sample_blocks(tw_sample *s, uint64_t number, double share, const tw_rows *rows, size_t block)
{
    const uint64_t below = threshold_of(share);
    words w = open_words(s, number);
    size_t in = 0, out = 0;
    for (size_t r = 0; r < s->n; r++) {
        const size_t unit = block ? tw_cell_time(rows->data, rows->cell[r]) / block : r;
        put(s, r, word_of(&w, unit) < below, &in, &out);
    }
    end(s, in, out);
}
