/* SPDX-License-Identifier: Apache-2.0 */
/* model.c - `data.model`: a bundle, or the file of a model with its features, scores every bar of the market. The plan
 * takes the bars in order and looks back only, so that the score of a bar is what a live session would say. */
#include "backtest/rules/model.h"

#include "backtest/rules/spec.h"
#include "tradewind/track.h"

#include <math.h>
#include <string.h>

struct tw_model_text {
    const char *folder, *file, *adjust, *bars;
    const tw_node *features, *lets;
    double max_missing;
    tw_bundle *bundle; /* open */
};

static const tw_key MODEL[] = {TW_KEY("bundle", PATH, tw_model_text, folder),
                               TW_KEY("file", PATH, tw_model_text, file),
                               TW_KEY("features", NODE, tw_model_text, features),
                               TW_KEY("lets", NODE, tw_model_text, lets),
                               TW_KEY("adjust", TEXT, tw_model_text, adjust),
                               TW_KEY("bars", TEXT, tw_model_text, bars),
                               TW_KEY("max_missing", NUMBER, tw_model_text, max_missing),
                               {0}};

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "the scores of a model"); }

static tw_status check_text(const tw_backtest_spec *s, const tw_model_text *t, tw_error *err)
{
    const tw_node *node = s->data_text.model;
    if (!t->folder == !t->file)
        return tw_node_fail(s->doc, node, err, "a model needs 'bundle' (a folder) or 'file' (with 'features')");
    if (t->folder && (t->features || t->lets || tw_node_get(node, "bars") || tw_node_get(node, "max_missing")))
        return tw_node_fail(s->doc, node, err,
                            "a bundle has its own features, bars and max_missing; with it only 'adjust' may be given");
    if (t->file && !t->features)
        return tw_node_fail(s->doc, node, err, "the file of a model needs 'features': names to expressions");
    if (strcmp(t->bars, "days") != 0 && strcmp(t->bars, "minutes") != 0)
        return tw_node_fail(s->doc, tw_node_get(node, "bars"), err, "'bars' must be days or minutes, got '%s'",
                            t->bars);
    if (!(t->max_missing >= 0 && t->max_missing < 1))
        return tw_node_fail(s->doc, tw_node_get(node, "max_missing"), err, "'max_missing' must be in [0, 1)");
    return TW_OK;
}

/* ---------------------------------------------------------------- the bars */

static tw_status read_adjust(tw_backtest_spec *s, const char *word, tw_market_panel *p, tw_error *err)
{
    static const char *const WORDS[] = {"none", "splits", "all"};
    for (int i = 0; i < 3; i++)
        if (strcmp(word, WORDS[i]) == 0) {
            p->how = (tw_panel_units)i;
            return TW_OK;
        }
    return tw_node_fail(s->doc, tw_node_get(s->data_text.model, "adjust"), err,
                        "'adjust' must be none, splits or all, got '%s'", word);
}

/* Bars are adjusted as those that the bundle was trained on: its spec says how. */
static tw_status adjust_of_bundle(tw_backtest_spec *s, const char *folder, const char **adjust, tw_error *err)
{
    tw_buf path;
    tw_doc *doc = NULL;
    tw_buf_init(&path, s->ctx);
    tw_buf_printf(&path, "%s/spec.yaml", folder);
    tw_status status = tw_buf_check(&path, err);
    if (status == TW_OK) status = tw_doc_read(s->ctx, path.data, &doc, err);
    tw_buf_clear(&path);
    TW_TRY(status);
    const tw_node *data = tw_node_get(tw_doc_root(doc), "data");
    const char *word = tw_node_text(tw_node_get(data, "adjust"), tw_node_get(data, "simulate") ? "splits" : "none");
    *adjust = tw_arena_text(&s->arena, word, strlen(word));
    tw_doc_free(doc);
    return *adjust ? TW_OK : no_memory(err);
}

static tw_status make_panel(tw_backtest_spec *s, tw_market_panel *p, tw_error *err)
{
    if (p->minutes && s->market.market.n_minutes == 0)
        return tw_node_fail(s->doc, s->data_text.model, err, "this model scores minutes, and 'data' has no 'minutes'");
    if (!s->market.market.daily.close && !p->minutes)
        return tw_node_fail(s->doc, s->data_text.model, err, "this model scores days, and the market has none");
    return tw_market_panel_make(p, err);
}

/* Scores by cell of the panel, to their assets and bars. */
static tw_status keep_scores(tw_backtest_spec *s, const tw_market_panel *p, const double *score, tw_error *err)
{
    const size_t n = p->minutes ? s->market.market.n_minutes : s->market.market.n_sessions;
    const size_t assets = s->market.market.n_assets, lanes = tw_panel_blocks(p->panel) * TW_LANES;
    double *to = tw_arena_new(&s->arena, assets * n, sizeof *to);
    if (!to || !p->asset || !p->bar) return no_memory(err);
    for (size_t i = 0; i < assets * n; i++) to[i] = NAN;
    for (size_t lane = 0; lane < assets; lane++)
        for (size_t t = 0; t < tw_panel_times(p->panel); t++)
            to[p->asset[lane] * n + p->bar[t]] = score[t * lanes + lane];
    s->score = to;
    s->score_minutes = p->minutes;
    return TW_OK;
}

static tw_status new_scores(const tw_market_panel *p, double **score, tw_error *err)
{
    *score = tw_new(p->ctx, tw_panel_times(p->panel) * tw_panel_blocks(p->panel) * TW_LANES, sizeof **score);
    return *score ? TW_OK : no_memory(err);
}

/* ---------------------------------------------------------------- a bundle */

static tw_status open_bundle(tw_backtest_spec *s, tw_model_text *t, tw_error *err)
{
    size_t n = 0;
    if (!t->adjust) TW_TRY(adjust_of_bundle(s, t->folder, &t->adjust, err));
    TW_TRY(tw_bundle_open(s->ctx, t->folder, &t->bundle, err));
    const char *const *columns = tw_bundle_columns(t->bundle, &n);
    for (size_t i = 0; i < n; i++) TW_TRY(tw_spec_column(s, s->data_text.model, columns[i], err));
    return TW_OK;
}

static tw_status run_bundle(tw_backtest_spec *s, const tw_model_text *t, tw_market_panel *p, tw_error *err)
{
    int64_t bar_ns = TW_NS_PER_DAY;
    double *score = NULL;
    (void)tw_bundle_calendar(t->bundle, &bar_ns);
    p->minutes = bar_ns != 0 && bar_ns < TW_NS_PER_DAY;
    TW_TRY(make_panel(s, p, err));
    TW_TRY(new_scores(p, &score, err));
    tw_status status = tw_bundle_score_panel(s->ctx, t->bundle, p->panel, score, err);
    if (status == TW_OK) status = keep_scores(s, p, score, err);
    tw_free(s->ctx, score);
    return status;
}

/* ---------------------------------------------------------------- the file of a model */

/* Its columns, under the model's own names and in its order. */
typedef struct model_run {
    tw_model *model;
    tw_plan *plan;
    tw_runner *runner;
    const char **column;
    tw_feature *feature, *let;
    const tw_node **node;
    size_t n, n_lets, n_lanes;
    float *cells;
    double *row_score;
    bool *usable;
    uint32_t *cell;
    tw_dataset data;
} model_run;

enum { SLICE = 64 }; /* times a piece */

static tw_status order_features(tw_backtest_spec *s, const tw_model_text *t, model_run *m, tw_error *err)
{
    const tw_schema *schema = tw_model_schema(m->model);
    size_t given = 0;
    for (const tw_node *c = t->features->first; c; c = c->next) {
        size_t k = schema ? 0 : given;
        while (schema && k < m->n && strcmp(schema->name[k], c->key) != 0) k++;
        if (k >= m->n)
            return tw_node_fail(s->doc, c, err, "the model has %zu features, and none of them is '%s'", m->n, c->key);
        m->node[k] = c;
        m->feature[k].name = c->key;
        TW_TRY(tw_spec_text(s, c, &m->feature[k].expression, err));
        given++;
    }
    for (size_t k = 0; k < m->n; k++) {
        if (!m->node[k])
            return tw_node_fail(s->doc, t->features, err, "the model needs feature '%s'",
                                schema ? schema->name[k] : "of every column");
        if (schema && schema->n_levels && schema->n_levels[k])
            return tw_node_fail(s->doc, m->node[k], err, "the model takes '%s' as a category, not as a number",
                                m->node[k]->key);
    }
    return TW_OK;
}

static tw_status read_model_lets(tw_backtest_spec *s, const tw_model_text *t, model_run *m, tw_error *err)
{
    if (!t->lets) return TW_OK;
    if (t->lets->kind != TW_NODE_MAP)
        return tw_node_fail(s->doc, t->lets, err, "a map of names to expressions is needed here");
    m->let = tw_arena_new(&s->arena, t->lets->n_children + 1, sizeof *m->let);
    if (!m->let) return no_memory(err);
    for (const tw_node *c = t->lets->first; c; c = c->next) {
        m->let[m->n_lets].name = c->key;
        TW_TRY(tw_spec_text(s, c, &m->let[m->n_lets++].expression, err));
    }
    return TW_OK;
}

/* The node of the first expression that does not compile alone. */
static const tw_node *culprit(tw_backtest_spec *s, const tw_plan_spec *all, const model_run *m, const tw_node *none)
{
    tw_error why;
    for (size_t i = 0; i < m->n; i++) {
        tw_plan *plan = NULL;
        tw_plan_spec one = *all;
        one.features = &m->feature[i];
        one.n_features = 1;
        const tw_status status = tw_plan_compile(s->ctx, &one, &plan, &why);
        tw_plan_free(plan);
        if (status != TW_OK) return m->node[i];
    }
    return none;
}

static tw_status compile_features(tw_backtest_spec *s, const tw_model_text *t, const tw_panel *panel, model_run *m,
                                  tw_error *err)
{
    const size_t n_columns = tw_panel_columns(panel);
    tw_error why;
    m->column = tw_arena_new(&s->arena, n_columns, sizeof *m->column);
    if (!m->column) return no_memory(err);
    for (size_t c = 0; c < n_columns; c++) m->column[c] = tw_panel_column_name(panel, c);
    const tw_plan_spec spec = {.columns = m->column,
                               .n_columns = n_columns,
                               .lets = m->let,
                               .n_lets = m->n_lets,
                               .features = m->feature,
                               .n_features = m->n};
    const tw_status status = tw_plan_compile(s->ctx, &spec, &m->plan, &why);
    if (status == TW_OK || status == TW_NO_MEMORY) return status == TW_OK ? TW_OK : no_memory(err);
    (void)tw_node_fail(s->doc, culprit(s, &spec, m, t->features), err, "%s", why.message);
    return status;
}

static tw_status read_model(tw_backtest_spec *s, const tw_model_text *t, model_run *m, tw_error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    TW_TRY(tw_file_read(s->ctx, t->file, &bytes, &length, err));
    const tw_status status = tw_model_import(s->ctx, bytes, length, &m->model, err);
    tw_free(s->ctx, bytes);
    if (status != TW_OK) return tw_fail_in(err, status, "%s", t->file);
    if (tw_model_outputs(m->model) != 1)
        return tw_node_fail(s->doc, s->data_text.model, err, "a model of %zu outputs gives no score",
                            tw_model_outputs(m->model));
    if (t->features->kind != TW_NODE_MAP)
        return tw_node_fail(s->doc, t->features, err, "'features' must map names to expressions");
    m->n = tw_model_features(m->model);
    m->feature = tw_arena_new(&s->arena, m->n + 1, sizeof *m->feature);
    m->node = tw_arena_new(&s->arena, m->n + 1, sizeof *m->node);
    if (!m->feature || !m->node) return no_memory(err);
    TW_TRY(order_features(s, t, m, err));
    return read_model_lets(s, t, m, err);
}

static tw_status make_rows(tw_backtest_spec *s, const tw_panel *panel, model_run *m, tw_error *err)
{
    m->n_lanes = tw_panel_symbols(panel) == 1 ? 1 : tw_panel_blocks(panel) * TW_LANES;
    const size_t cells = SLICE * m->n_lanes;
    const float **view = tw_arena_new(&s->arena, m->n, sizeof *view);
    m->cells = tw_new(s->ctx, m->n * cells, sizeof *m->cells);
    m->row_score = tw_new(s->ctx, cells, sizeof *m->row_score);
    m->usable = tw_new(s->ctx, cells, sizeof *m->usable);
    m->cell = tw_new(s->ctx, cells, sizeof *m->cell);
    if (!view || !m->cells || !m->row_score || !m->usable || !m->cell) return no_memory(err);
    for (size_t f = 0; f < m->n; f++) view[f] = m->cells + f * cells;
    m->data = (tw_dataset){.n_times = SLICE, .n_lanes = m->n_lanes, .n_features = m->n, .features = view};
    return tw_runner_new(s->ctx, m->plan, tw_panel_symbols(panel), NULL, &m->runner, err);
}

/* A row of a slice has a score when enough of its features are there. */
static tw_status score_rows(const tw_model_text *t, model_run *m, size_t n_times, size_t n_symbols, double *score,
                            tw_error *err)
{
    const size_t row = (n_symbols + TW_LANES - 1) / TW_LANES * TW_LANES;
    size_t n = 0;
    tw_rows_usable(&m->data, t->max_missing, 0, n_times * m->n_lanes, m->usable);
    for (size_t i = 0; i < n_times * m->n_lanes; i++)
        if (m->usable[i] && i % m->n_lanes < n_symbols) m->cell[n++] = (uint32_t)i;
    for (size_t i = 0; i < n_times * row; i++) score[i] = NAN;
    if (n == 0) return TW_OK;
    TW_TRY(tw_model_predict(m->model, &(tw_rows){.data = &m->data, .cell = m->cell, .n = n}, m->row_score, err));
    for (size_t i = 0; i < n; i++) score[m->cell[i] / m->n_lanes * row + m->cell[i] % m->n_lanes] = m->row_score[i];
    return TW_OK;
}

static tw_status score_panel(tw_backtest_spec *s, const tw_model_text *t, const tw_panel *panel, model_run *m,
                             double *score, tw_error *err)
{
    const size_t n_times = tw_panel_times(panel), n_columns = tw_panel_columns(panel);
    const size_t row = tw_panel_blocks(panel) * TW_LANES;
    tw_tiles *in = tw_arena_new(&s->arena, n_columns, sizeof *in);
    tw_tiles_out *out = tw_arena_new(&s->arena, m->n, sizeof *out);
    if (!in || !out) return no_memory(err);
    for (size_t f = 0; f < m->n; f++)
        out[f] = (tw_tiles_out){
            .f32 = m->cells + f * SLICE * m->n_lanes, .block_stride = TW_LANES, .time_stride = m->n_lanes};
    for (size_t time = 0; time < n_times; time += SLICE) {
        const size_t n = n_times - time < SLICE ? n_times - time : SLICE;
        for (size_t c = 0; c < n_columns; c++)
            in[c] = (tw_tiles){.base = tw_panel_tile(panel, c, 0) + time * TW_LANES,
                               .block_stride = n_times * TW_LANES,
                               .time_stride = TW_LANES};
        TW_TRY(tw_runner_run(m->runner, n, in, out, err));
        TW_TRY(score_rows(t, m, n, tw_panel_symbols(panel), score + time * row, err));
    }
    return TW_OK;
}

static tw_status score_file(tw_backtest_spec *s, const tw_model_text *t, tw_market_panel *p, model_run *m,
                            tw_error *err)
{
    double *score = NULL;
    TW_TRY(read_model(s, t, m, err));
    p->minutes = t->bars[0] == 'm';
    TW_TRY(make_panel(s, p, err));
    TW_TRY(compile_features(s, t, p->panel, m, err));
    TW_TRY(make_rows(s, p->panel, m, err));
    TW_TRY(new_scores(p, &score, err));
    tw_status status = score_panel(s, t, p->panel, m, score, err);
    if (status == TW_OK) status = keep_scores(s, p, score, err);
    tw_free(s->ctx, score);
    return status;
}

static tw_status run_file(tw_backtest_spec *s, const tw_model_text *t, tw_market_panel *p, tw_error *err)
{
    model_run m = {0};
    const tw_status status = score_file(s, t, p, &m, err);
    tw_runner_free(m.runner);
    tw_plan_free(m.plan);
    tw_model_free(m.model);
    tw_free(s->ctx, m.cells);
    tw_free(s->ctx, m.row_score);
    tw_free(s->ctx, m.usable);
    tw_free(s->ctx, m.cell);
    return status;
}

/* ---------------------------------------------------------------- all of it */

tw_status tw_spec_model(tw_backtest_spec *s, tw_error *err)
{
    if (!s->data_text.model) return TW_OK;
    if (s->data_text.files.scores)
        return tw_node_fail(s->doc, s->data_text.model, err, "'scores' and 'model' both give the column score");
    tw_model_text *t = s->model = tw_arena_new(&s->arena, 1, sizeof *t);
    if (!t) return no_memory(err);
    *t = (tw_model_text){.bars = "days", .max_missing = 0.1};
    TW_TRY(tw_spec_map(s, s->data_text.model, MODEL, t, err));
    TW_TRY(check_text(s, t, err));
    return t->folder ? open_bundle(s, t, err) : TW_OK;
}

tw_status tw_spec_score(tw_backtest_spec *s, tw_error *err)
{
    const tw_model_text *t = s->model;
    tw_market_panel p = {.ctx = s->ctx,
                         .read = &s->market,
                         .market = &s->market.market,
                         .calendar = s->data_text.files.calendar,
                         .more = s->data_text.column};
    s->score = s->market.score;
    if (!t) return TW_OK;
    tw_status status = read_adjust(s, t->adjust ? t->adjust : "splits", &p, err);
    if (status == TW_OK) status = t->folder ? run_bundle(s, t, &p, err) : run_file(s, t, &p, err);
    tw_market_panel_clear(&p);
    return status;
}

void tw_spec_model_clear(tw_backtest_spec *s)
{
    if (s->model) tw_bundle_close(s->model->bundle);
}
