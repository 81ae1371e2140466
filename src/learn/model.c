/* SPDX-License-Identifier: Apache-2.0 */
/* A fitted model with its learner, and the file format around what a learner saves:
 * "TWMODEL1" | version u32 | learner (u32 length, text) | params (u32 length, text) | names of the columns (schema.c) |
 * payload (u64 length, bytes) | XXH64 of all before u64. Every payload begins with the number of features, u64. */
#include "learn/trees/trees.h"
#include "learn/wire.h"

#include <string.h>

enum { MODEL_VERSION = 2, MAGIC_LENGTH = 8, MOST_TEXT = 4096 };
static const char magic[MAGIC_LENGTH + 1] = "TWMODEL1";

struct tw_model {
    const tw_ctx *ctx;
    const tw_learner *learner;
    char *params;
    size_t n_features;
    tw_schema *schema; /* or NULL */
    void *fitted;
};

static tw_status canonical(const tw_ctx *ctx, const tw_learner *learner, const void *params, char **text, tw_error *err)
{
    tw_buf buf;
    tw_buf_init(&buf, ctx);
    if (learner->params) tw_params_print(learner->params, params, &buf);
    const tw_status status = tw_buf_check(&buf, err);
    *text = status == TW_OK ? tw_text_copy(ctx, buf.data ? buf.data : "") : NULL;
    tw_buf_clear(&buf);
    if (status == TW_OK && !*text) return tw_no_memory(err, "the parameters of a model");
    return status;
}

static tw_status model_new(const tw_ctx *ctx, const tw_learner *learner, const void *params, tw_model **model,
                           tw_error *err)
{
    tw_model *made = tw_new(ctx, 1, sizeof *made);
    if (!made) return tw_no_memory(err, "a model");
    *made = (tw_model){.ctx = ctx, .learner = learner};
    const tw_status status = canonical(ctx, learner, params, &made->params, err);
    if (status != TW_OK)
        tw_model_free(made);
    else
        *model = made;
    return status;
}

static tw_status check_rows(const tw_learner *learner, const tw_rows *train, const tw_rows *valid, tw_error *err)
{
    TW_TRY(tw_rows_check(train, learner->name, err));
    if (!valid) return TW_OK;
    TW_TRY(tw_rows_check(valid, learner->name, err));
    if (valid->data->n_features == train->data->n_features) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "%s: %zu features to train on, %zu to validate on", learner->name,
                   train->data->n_features, valid->data->n_features);
}

static tw_status check_start(const tw_learner *learner, const tw_fit_spec *spec, tw_error *err)
{
    const tw_model *from = spec->from;
    if (!from) return TW_OK;
    if (!(learner->traits & TW_LEARNER_WARM))
        return tw_fail(err, TW_BAD_VALUE, "%s: cannot go on from a model", learner->name);
    if (from->learner != learner)
        return tw_fail(err, TW_BAD_VALUE, "%s: cannot go on from a model of %s", learner->name, from->learner->name);
    if (from->n_features == spec->train->data->n_features) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "%s: to go on from a model of %zu features with %zu", learner->name,
                   from->n_features, spec->train->data->n_features);
}

static tw_status fit_model(const tw_fit *fit, const tw_learner *learner, const tw_rows *train, tw_model **model,
                           tw_error *err)
{
    tw_model *made = NULL;
    TW_TRY(model_new(fit->ctx, learner, fit->params, &made, err));
    made->n_features = train->data->n_features;
    const tw_status status = learner->fit(fit, train, &made->fitted, err);
    if (status != TW_OK)
        tw_model_free(made);
    else
        *model = made;
    return status;
}

tw_status tw_model_fit(const tw_ctx *ctx, const tw_fit_spec *spec, tw_model **model, tw_error *err)
{
    const tw_learner *learner;
    TW_TRY(tw_learner_find(spec->learner, &learner, err));
    TW_TRY(check_rows(learner, spec->train, spec->valid, err));
    TW_TRY(check_start(learner, spec, err));
    void *params = tw_new(ctx, 1, learner->params_size + 1);
    if (!params) return tw_no_memory(err, "the parameters of a model");
    tw_status status = tw_params_parse(learner->params, learner->name, spec->params, params, err);
    const tw_fit fit = {.ctx = ctx,
                        .seed = spec->seed,
                        .params = params,
                        .valid = spec->valid,
                        .from = spec->from ? spec->from->fitted : NULL,
                        .bins = spec->bins,
                        .custom = spec->custom,
                        .out_of_bag = spec->out_of_bag,
                        .partial = spec->partial};
    if (status == TW_OK) status = fit_model(&fit, learner, spec->train, model, err);
    tw_free(ctx, params);
    return status;
}

static tw_status take_parsed(const tw_ctx *ctx, const tw_learner *learner, const char *text, tw_model **model,
                             tw_error *err)
{
    void *params = tw_new(ctx, 1, learner->params_size + 1);
    if (!params) return tw_no_memory(err, "the parameters of a model");
    tw_status status = tw_params_parse(learner->params, learner->name, text, params, err);
    if (status == TW_OK) status = model_new(ctx, learner, params, model, err);
    tw_free(ctx, params);
    return status;
}

tw_status tw_model_take(const tw_ctx *ctx, const char *learner_name, const char *params, void *fitted,
                        size_t n_features, tw_model **model, tw_error *err)
{
    const tw_learner *learner;
    TW_TRY(tw_learner_find(learner_name, &learner, err));
    const tw_status status = take_parsed(ctx, learner, params, model, err);
    if (status != TW_OK) {
        learner->free(fitted);
        return status;
    }
    (*model)->fitted = fitted;
    (*model)->n_features = n_features;
    return TW_OK;
}

static tw_status check_features(const tw_model *model, const tw_rows *rows, tw_error *err)
{
    if (rows->data->n_features == model->n_features) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "%s: fitted on %zu features, asked to score %zu", model->learner->name,
                   model->n_features, rows->data->n_features);
}

tw_status tw_model_predict(const tw_model *model, const tw_rows *rows, double *score, tw_error *err)
{
    TW_TRY(check_features(model, rows, err));
    return model->learner->predict(model->fitted, rows, score, err);
}

tw_status tw_model_margin(const tw_model *model, const tw_rows *rows, double *margin, tw_error *err)
{
    const struct tw_trees *trees = tw_model_trees(model);
    TW_TRY(check_features(model, rows, err));
    if (!trees)
        return tw_fail(err, TW_UNSUPPORTED, "%s: scores have a margin only where trees are summed",
                       model->learner->name);
    tw_trees_margin(trees, rows, margin);
    return TW_OK;
}

const tw_learner *tw_model_learner(const tw_model *model) { return model->learner; }
const char *tw_model_params(const tw_model *model) { return model->params; }
size_t tw_model_features(const tw_model *model) { return model->n_features; }

size_t tw_model_outputs(const tw_model *model)
{
    return model->learner->outputs ? model->learner->outputs(model->fitted) : 1;
}

const tw_schema *tw_model_schema(const tw_model *model) { return model->schema; }

tw_status tw_model_name(tw_model *model, const tw_schema *schema, tw_error *err)
{
    tw_schema *copy = NULL;
    if (schema->n_features != model->n_features)
        return tw_fail(err, TW_BAD_VALUE, "model: fitted on %zu features, given the names of %zu", model->n_features,
                       schema->n_features);
    TW_TRY(tw_schema_copy(model->ctx, schema, &copy, err));
    tw_free(model->ctx, model->schema);
    model->schema = copy;
    return TW_OK;
}

const struct tw_trees *tw_model_trees(const tw_model *model)
{
    return model->learner->trees ? model->learner->trees(model->fitted) : NULL;
}

bool tw_model_importance(const tw_model *model, double *share)
{
    if (!model->learner->importance) return false;
    model->learner->importance(model->fitted, share);
    return true;
}

static void put_text(tw_buf *out, const char *text)
{
    tw_put_u32(out, (uint32_t)strlen(text));
    tw_buf_text(out, text);
}

tw_status tw_model_save(const tw_model *model, tw_buf *out, tw_error *err)
{
    const size_t begin = out->length;
    tw_buf payload;
    tw_buf_init(&payload, model->ctx);
    tw_status status = model->learner->save(model->fitted, &payload, err);
    if (status == TW_OK) status = tw_buf_check(&payload, err);
    if (status == TW_OK) {
        tw_buf_add(out, magic, MAGIC_LENGTH);
        tw_put_u32(out, MODEL_VERSION);
        put_text(out, model->learner->name);
        put_text(out, model->params);
        tw_schema_save(model->schema, out);
        tw_put_u64(out, payload.length);
        tw_buf_add(out, payload.data, payload.length);
        status = tw_buf_check(out, err);
    }
    tw_buf_clear(&payload);
    TW_TRY(status);
    tw_put_u64(out, tw_hash64(out->data + begin, out->length - begin, MODEL_VERSION));
    return tw_buf_check(out, err);
}

/* Texts of a model file, copied out so that they end with a NUL. */
typedef struct header {
    char learner[TW_TEXT_MAX], params[MOST_TEXT];
    tw_schema *schema;
    uint64_t n_features, length;
    const void *payload;
} header;

static tw_status get_text(tw_bytes *in, char *text, size_t room, tw_error *err)
{
    const uint32_t length = tw_get_u32(in);
    if (length >= room)
        return tw_fail(err, TW_BAD_FILE, "model: a text of %u bytes, less than %zu expected", (unsigned)length, room);
    const void *view = tw_get_view(in, length);
    if (!view || memchr(view, 0, length))
        return tw_fail(err, TW_BAD_FILE, "model: a text is cut off or has a NUL in it");
    memcpy(text, view, length);
    text[length] = '\0';
    return TW_OK;
}

static tw_status check_envelope(const void *bytes, size_t length, tw_bytes *in, tw_error *err)
{
    if (length < MAGIC_LENGTH + 12 || memcmp(bytes, magic, MAGIC_LENGTH) != 0)
        return tw_fail(err, TW_BAD_FILE, "model: these %zu bytes are no tradewind model", length);
    tw_bytes end = {(const unsigned char *)bytes + length - 8, 8, false};
    *in = (tw_bytes){(const unsigned char *)bytes + MAGIC_LENGTH, length - MAGIC_LENGTH - 8, false};
    const uint32_t version = tw_get_u32(in);
    if (version != MODEL_VERSION)
        return tw_fail(err, TW_BAD_VERSION, "model: format version %u, this library reads %d", (unsigned)version,
                       (int)MODEL_VERSION);
    if (tw_get_u64(&end) != tw_hash64(bytes, length - 8, MODEL_VERSION))
        return tw_fail(err, TW_BAD_FILE, "model: the checksum does not match: the bytes are damaged");
    return TW_OK;
}

static tw_status read_header(const tw_ctx *ctx, const void *bytes, size_t length, header *h, tw_error *err)
{
    tw_bytes in;
    TW_TRY(check_envelope(bytes, length, &in, err));
    TW_TRY(get_text(&in, h->learner, sizeof h->learner, err));
    TW_TRY(get_text(&in, h->params, sizeof h->params, err));
    TW_TRY(tw_schema_load(ctx, &in, &h->schema, err));
    h->length = tw_get_u64(&in);
    if (!in.failed && h->length != in.left)
        return tw_fail(err, TW_BAD_FILE, "model: says %llu bytes of content, has %zu", (unsigned long long)h->length,
                       in.left);
    h->payload = in.at;
    h->n_features = tw_get_u64(&in);
    in.left = 0; /* the rest is for the learner */
    if (!in.failed && h->schema && h->schema->n_features != h->n_features)
        return tw_fail(err, TW_BAD_FILE, "model: %zu names for %llu features", h->schema->n_features,
                       (unsigned long long)h->n_features);
    return tw_bytes_end(&in, "model", err);
}

static tw_status load_learner(const tw_ctx *ctx, const header *h, const tw_learner *learner, void *params,
                              tw_model **model, tw_error *err)
{
    tw_model *made = NULL;
    TW_TRY(tw_params_parse(learner->params, learner->name, h->params, params, err));
    TW_TRY(model_new(ctx, learner, params, &made, err));
    made->n_features = (size_t)h->n_features;
    tw_status status = learner->load(ctx, h->payload, (size_t)h->length, &made->fitted, err);
    if (status != TW_OK)
        tw_model_free(made);
    else
        *model = made;
    return status;
}

static tw_status load_fitted(const tw_ctx *ctx, const header *h, tw_model **model, tw_error *err)
{
    const tw_learner *learner;
    TW_TRY(tw_learner_find(h->learner, &learner, err));
    void *params = tw_new(ctx, 1, learner->params_size + 1);
    if (!params) return tw_no_memory(err, "the parameters of a model");
    const tw_status status = load_learner(ctx, h, learner, params, model, err);
    tw_free(ctx, params);
    return status;
}

tw_status tw_model_load(const tw_ctx *ctx, const void *bytes, size_t length, tw_model **model, tw_error *err)
{
    header h = {.schema = NULL};
    tw_status status = read_header(ctx, bytes, length, &h, err);
    if (status == TW_OK) status = load_fitted(ctx, &h, model, err);
    if (status == TW_OK)
        (*model)->schema = h.schema;
    else
        tw_free(ctx, h.schema);
    return status;
}

void tw_model_free(tw_model *model)
{
    if (!model) return;
    if (model->fitted) model->learner->free(model->fitted);
    tw_free(model->ctx, model->params);
    tw_free(model->ctx, model->schema);
    tw_free(model->ctx, model);
}
