/* SPDX-License-Identifier: Apache-2.0 */
/* scorer.c - a bundle in motion. The same plan and models as in the backtest, fed one time at a time: the same bits. */
#include "track/track_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCORER_FORMAT = 1 };
static const char scorer_magic[8] = "twscore";

/* Head of a snapshot; the state of the runner follows. */
typedef struct snapshot_head {
    char magic[8];
    uint64_t format, bundle_hash, symbols_hash;
    int64_t time_ns;
} snapshot_head;

struct tw_scorer {
    const tw_ctx *ctx;
    const tw_bundle *bundle;
    tw_runner *runner;
    tw_arena arena;
    const char **symbols;
    size_t n_symbols, n_lanes;
    uint64_t symbols_hash;
    int64_t time_ns;
    tw_dataset data; /* one time: features[f][lane] */
    tw_tiles *in;
    tw_tiles_out *out;
    bool *usable;
    uint32_t *cell;
    double *row_score;
};

void tw_rows_usable(const tw_dataset *data, double max_missing, size_t from_cell, size_t to_cell, bool *usable)
{
    enum { CHUNK = 4096 };
    uint16_t missing[CHUNK]; /* cells in chunks, so that the counts stay in the first cache */
    const double bound = max_missing * (double)data->n_features;
    for (size_t c = from_cell; c < to_cell; c += CHUNK) {
        const size_t n = to_cell - c < CHUNK ? to_cell - c : CHUNK;
        memset(missing, 0, sizeof missing);
        for (size_t f = 0; f < data->n_features; f++) {
            const float *x = data->features[f] + c;
            for (size_t i = 0; i < n; i++) missing[i] = (uint16_t)(missing[i] + (x[i] != x[i]));
        }
        for (size_t i = 0; i < n; i++)
            usable[c - from_cell + i] = missing[i] < data->n_features && (double)missing[i] <= bound;
    }
}

size_t tw_bundle_model_at(const tw_bundle_line *line, int64_t time_ns)
{
    size_t i = line->n;
    while (i > 0 && line->model[i - 1].valid_from_ns > time_ns) i--;
    return i ? i - 1 : SIZE_MAX;
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static tw_status take_symbols(tw_scorer *s, const char *const *symbols, size_t n, tw_error *err)
{
    s->symbols = tw_arena_new(&s->arena, n, sizeof *s->symbols);
    if (!s->symbols) return tw_no_memory(err, "symbols of a scorer");
    for (size_t i = 0; i < n; i++) {
        s->symbols[i] = tw_arena_text(&s->arena, symbols[i], strlen(symbols[i]));
        if (!s->symbols[i]) return tw_no_memory(err, "symbols of a scorer");
    }
    qsort(s->symbols, n, sizeof *s->symbols, by_name);
    s->n_symbols = n;
    for (size_t i = 0; i < n; i++) {
        if (i && !strcmp(s->symbols[i], s->symbols[i - 1]))
            return tw_fail(err, TW_BAD_VALUE, "symbol '%s' is named twice", s->symbols[i]);
        s->symbols_hash = tw_hash64(s->symbols[i], strlen(s->symbols[i]) + 1, s->symbols_hash);
    }
    return TW_OK;
}

/* Both lists are sorted: one walk finds each symbol's group; a symbol the bundle does not know is in group 0. */
static tw_status make_groups(const tw_scorer *s, int32_t **group, tw_error *err)
{
    const tw_bundle *b = s->bundle;
    *group = tw_new(s->ctx, s->n_symbols, sizeof **group);
    if (!*group) return tw_no_memory(err, "groups of a scorer");
    for (size_t i = 0, k = 0; i < s->n_symbols; i++) {
        while (k < b->n_symbols && strcmp(b->symbols[k], s->symbols[i]) < 0) k++;
        if (k < b->n_symbols && !strcmp(b->symbols[k], s->symbols[i])) (*group)[i] = b->group[k];
    }
    return TW_OK;
}

static tw_status make_buffers(tw_scorer *s, tw_error *err)
{
    const size_t n_features = tw_plan_features(s->bundle->plan), n_columns = s->bundle->n_columns;
    const size_t block = s->n_symbols == 1 ? 1 : TW_LANES;
    s->n_lanes = s->n_symbols == 1 ? 1 : (s->n_symbols + TW_LANES - 1) / TW_LANES * TW_LANES;
    float *cells = tw_arena_new(&s->arena, n_features * s->n_lanes, sizeof *cells);
    const float **features = tw_arena_new(&s->arena, n_features, sizeof *features);
    s->in = tw_arena_new(&s->arena, n_columns, sizeof *s->in);
    s->out = tw_arena_new(&s->arena, n_features, sizeof *s->out);
    s->usable = tw_arena_new(&s->arena, s->n_lanes, sizeof *s->usable);
    s->cell = tw_arena_new(&s->arena, s->n_lanes, sizeof *s->cell);
    s->row_score = tw_arena_new(&s->arena, s->n_lanes, sizeof *s->row_score);
    if (!cells || !features || !s->in || !s->out || !s->usable || !s->cell || !s->row_score)
        return tw_no_memory(err, "a scorer");
    for (size_t f = 0; f < n_features; f++) {
        features[f] = cells + f * s->n_lanes;
        s->out[f] = (tw_tiles_out){.f32 = cells + f * s->n_lanes, .block_stride = block, .time_stride = s->n_lanes};
    }
    for (size_t c = 0; c < n_columns; c++) s->in[c] = (tw_tiles){.block_stride = block, .time_stride = s->n_lanes};
    s->data = (tw_dataset){.n_times = 1, .n_lanes = s->n_lanes, .n_features = n_features, .features = features};
    return TW_OK;
}

static tw_status open_scorer(tw_scorer *s, const char *const *symbols, size_t n, tw_error *err)
{
    TW_TRY(take_symbols(s, symbols, n, err));
    TW_TRY(make_buffers(s, err));
    int32_t *group = NULL;
    TW_TRY(make_groups(s, &group, err));
    const tw_status status = tw_runner_new(s->ctx, s->bundle->plan, n, group, &s->runner, err);
    tw_free(s->ctx, group);
    return status;
}

tw_status tw_scorer_new(const tw_ctx *ctx, const tw_bundle *bundle, const char *const *symbols, size_t n_symbols,
                        tw_scorer **scorer, tw_error *err)
{
    if (!symbols) symbols = bundle->symbols, n_symbols = bundle->n_symbols;
    if (!n_symbols || n_symbols > 1000000)
        return tw_fail(err, TW_BAD_VALUE, "a scorer needs 1 to 1000000 symbols, got %zu", n_symbols);
    tw_scorer *s = tw_new(ctx, 1, sizeof *s);
    if (!s) return tw_no_memory(err, "a scorer");
    s->ctx = ctx;
    s->bundle = bundle;
    s->time_ns = TW_NO_TIME;
    tw_arena_init(&s->arena, ctx);
    const tw_status status = open_scorer(s, symbols, n_symbols, err);
    if (status != TW_OK) {
        tw_scorer_free(s);
        return status;
    }
    *scorer = s;
    return TW_OK;
}

void tw_scorer_free(tw_scorer *scorer)
{
    if (!scorer) return;
    tw_runner_free(scorer->runner);
    tw_arena_clear(&scorer->arena);
    tw_free(scorer->ctx, scorer);
}

const char *const *tw_scorer_symbols(const tw_scorer *scorer, size_t *n)
{
    *n = scorer->n_symbols;
    return scorer->symbols;
}

size_t tw_scorer_lane(const tw_scorer *scorer, const char *symbol)
{
    size_t lo = 0, hi = scorer->n_symbols;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        const int order = strcmp(scorer->symbols[mid], symbol);
        if (order == 0) return mid;
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return SIZE_MAX;
}

int64_t tw_scorer_time(const tw_scorer *scorer) { return scorer->time_ns; }

static void all_missing(const tw_scorer *s, double *score)
{
    for (size_t l = 0; l < s->n_lanes; l++) score[l] = NAN;
}

/* Rows scored apart from each other, so that threads may share them; whole blocks of the tree scorer. */
enum { ROWS_OF_TASK = 64 };

typedef struct scoring {
    const tw_model *model;
    tw_rows rows;
    double *score;
} scoring;

static tw_status score_task(void *arg, size_t index, int thread, tw_error *err)
{
    const scoring *s = arg;
    const size_t first = index * ROWS_OF_TASK, left = s->rows.n - first;
    tw_rows rows = s->rows;
    (void)thread;
    rows.cell += first;
    rows.n = left < ROWS_OF_TASK ? left : ROWS_OF_TASK;
    return tw_model_predict(s->model, &rows, s->score + first, err);
}

/* Scores the usable rows by the model of `line` valid at time_ns. A model that fails or gives a value that is no number
 * fails the line. */
static tw_status score_by(tw_scorer *s, const tw_bundle_line *line, int64_t time_ns, size_t n, tw_error *err)
{
    const size_t m = tw_bundle_model_at(line, time_ns);
    if (m == SIZE_MAX) return tw_fail(err, TW_NOT_FOUND, "no model of '%s' is valid yet", line->name);
    scoring job = {line->model[m].model, {.data = &s->data, .cell = s->cell, .n = n}, s->row_score};
    tw_pool *pool = s->ctx ? s->ctx->pool : NULL;
    TW_TRY(tw_pool_run(pool, (n + ROWS_OF_TASK - 1) / ROWS_OF_TASK, score_task, &job, err));
    for (size_t i = 0; i < n; i++)
        if (!isfinite(s->row_score[i]))
            return tw_fail(err, TW_BAD_DATA, "model '%s' scores '%s' as %g", line->name, s->symbols[s->cell[i]],
                           s->row_score[i]);
    return TW_OK;
}

static tw_status score_features(tw_scorer *s, int64_t time_ns, double *score, bool *used_fallback, tw_error *err)
{
    all_missing(s, score);
    if (used_fallback) *used_fallback = false;
    /* Before the first model is valid there is nothing to say: as in the backtest, no scores and no failure. */
    if (tw_bundle_model_at(&s->bundle->line[TW_LINE_BEST], time_ns) == SIZE_MAX) return TW_OK;
    tw_rows_usable(&s->data, s->bundle->max_missing, 0, s->n_lanes, s->usable);
    size_t n = 0;
    for (size_t l = 0; l < s->n_symbols; l++)
        if (s->usable[l]) s->cell[n++] = (uint32_t)l;
    if (!n) return TW_OK;
    tw_status status = score_by(s, &s->bundle->line[TW_LINE_BEST], time_ns, n, err);
    if (status != TW_OK && s->bundle->line[TW_LINE_FALLBACK].n) {
        status = score_by(s, &s->bundle->line[TW_LINE_FALLBACK], time_ns, n, err);
        if (used_fallback) *used_fallback = true;
    }
    if (status != TW_OK) return status;
    for (size_t i = 0; i < n; i++) score[s->cell[i]] = s->row_score[i];
    return TW_OK;
}

static tw_status check_time(const tw_scorer *s, int64_t time_ns, tw_error *err)
{
    if (s->time_ns == TW_NO_TIME || time_ns > s->time_ns) return TW_OK;
    char got[40], last[40];
    got[tw_time_format(time_ns, got)] = '\0';
    last[tw_time_format(s->time_ns, last)] = '\0';
    return tw_fail(err, TW_BAD_DATA, "time %s is not after the last bar, %s", got, last);
}

tw_status tw_scorer_bar(tw_scorer *s, int64_t time_ns, const double *const *values, double *score, bool *used_fallback,
                        tw_error *err)
{
    TW_TRY(check_time(s, time_ns, err));
    for (size_t c = 0; c < s->bundle->n_columns; c++) s->in[c].base = values[c];
    TW_TRY(tw_runner_run(s->runner, 1, s->in, s->out, err));
    s->time_ns = time_ns;
    return score_features(s, time_ns, score, used_fallback, err);
}

tw_status tw_scorer_peek(tw_scorer *s, int64_t time_ns, const double *const *values, double *score, tw_error *err)
{
    TW_TRY(check_time(s, time_ns, err));
    for (size_t c = 0; c < s->bundle->n_columns; c++) s->in[c].base = values[c];
    TW_TRY(tw_runner_peek(s->runner, s->in, s->out, err));
    return score_features(s, time_ns, score, NULL, err);
}

tw_status tw_scorer_snapshot(const tw_scorer *s, tw_buf *out, tw_error *err)
{
    snapshot_head head = {.format = SCORER_FORMAT,
                          .bundle_hash = s->bundle->hash,
                          .symbols_hash = s->symbols_hash,
                          .time_ns = s->time_ns};
    memcpy(head.magic, scorer_magic, sizeof head.magic);
    tw_buf_add(out, &head, sizeof head);
    TW_TRY(tw_buf_check(out, err));
    return tw_runner_snapshot(s->runner, out, err);
}

tw_status tw_scorer_restore(tw_scorer *s, const void *bytes, size_t length, tw_error *err)
{
    snapshot_head head;
    if (length < sizeof head)
        return tw_fail(err, TW_BAD_FILE, "scorer state: %zu bytes, at least %zu needed", length, sizeof head);
    memcpy(&head, bytes, sizeof head);
    if (memcmp(head.magic, scorer_magic, sizeof head.magic) != 0)
        return tw_fail(err, TW_BAD_FILE, "scorer state: not one");
    if (head.format != SCORER_FORMAT)
        return tw_fail(err, TW_BAD_VERSION, "scorer state: format %llu, this library reads %d",
                       (unsigned long long)head.format, SCORER_FORMAT);
    if (head.bundle_hash != s->bundle->hash || head.symbols_hash != s->symbols_hash)
        return tw_fail(err, TW_BAD_STATE, "scorer state: made by another bundle or for other symbols");
    TW_TRY(tw_runner_restore(s->runner, (const char *)bytes + sizeof head, length - sizeof head, err));
    s->time_ns = head.time_ns;
    return TW_OK;
}

/* One time of a panel as the columns a bundle wants: values[column][lane]. */
static void gather(const tw_panel *panel, const size_t *column, size_t n_columns, size_t t, double *values)
{
    const size_t blocks = tw_panel_blocks(panel), n_symbols = tw_panel_symbols(panel);
    const size_t width = n_symbols == 1 ? 1 : TW_LANES;
    for (size_t c = 0; c < n_columns; c++)
        for (size_t b = 0; b < blocks; b++)
            memcpy(values + (c * blocks + b) * width, tw_panel_tile(panel, column[c], b) + t * TW_LANES,
                   width * sizeof *values);
}

typedef struct panel_scoring {
    const tw_panel *panel;
    tw_scorer *scorer;
    size_t *column;
    double *values, *row;
    const double **view;
    size_t n_columns;
} panel_scoring;

static tw_status find_columns(panel_scoring *p, const tw_bundle *bundle, tw_error *err)
{
    for (size_t c = 0; c < p->n_columns; c++) {
        p->column[c] = tw_panel_find_column(p->panel, bundle->columns[c]);
        if (p->column[c] == SIZE_MAX)
            return tw_fail(err, TW_NOT_FOUND, "the bars have no column '%s', which bundle '%s' needs",
                           bundle->columns[c], bundle->name);
    }
    return TW_OK;
}

static tw_status score_times(panel_scoring *p, double *score, tw_error *err)
{
    const size_t cells = tw_panel_blocks(p->panel) * TW_LANES, lanes = p->scorer->n_lanes;
    for (size_t c = 0; c < p->n_columns; c++) p->view[c] = p->values + c * lanes;
    for (size_t t = 0; t < tw_panel_times(p->panel); t++) {
        gather(p->panel, p->column, p->n_columns, t, p->values);
        TW_TRY(tw_scorer_bar(p->scorer, tw_panel_stamps(p->panel)[t], p->view, p->row, NULL, err));
        for (size_t l = 0; l < cells; l++) score[t * cells + l] = l < lanes ? p->row[l] : NAN;
        TW_TRY(tw_progress_step(p->scorer->ctx, "score", t + 1, tw_panel_times(p->panel), NULL));
    }
    return TW_OK;
}

tw_status tw_bundle_score_panel(const tw_ctx *ctx, const tw_bundle *bundle, const tw_panel *panel, double *score,
                                tw_error *err)
{
    const tw_panel_shape *shape = tw_panel_shape_view(panel);
    panel_scoring p = {.panel = panel, .n_columns = bundle->n_columns};
    const size_t cells = tw_panel_blocks(panel) * TW_LANES;
    TW_TRY(tw_scorer_new(ctx, bundle, shape->symbols, shape->n_symbols, &p.scorer, err));
    p.column = tw_new(ctx, p.n_columns, sizeof *p.column);
    p.values = tw_new(ctx, p.n_columns * cells, sizeof *p.values);
    p.row = tw_new(ctx, cells, sizeof *p.row);
    p.view = tw_new(ctx, p.n_columns, sizeof *p.view);
    tw_status status = TW_OK;
    if (!p.column || !p.values || !p.row || !p.view) status = tw_no_memory(err, "scoring a panel");
    if (status == TW_OK) status = find_columns(&p, bundle, err);
    if (status == TW_OK) status = score_times(&p, score, err);
    tw_free(ctx, p.column);
    tw_free(ctx, p.values);
    tw_free(ctx, p.row);
    tw_free(ctx, p.view);
    tw_scorer_free(p.scorer);
    return status;
}
