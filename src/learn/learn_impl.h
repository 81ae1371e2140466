/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources of this folder share: the descriptors and the lookup by name. */
#ifndef TW_LEARN_IMPL_H
#define TW_LEARN_IMPL_H

#include "tradewind/learn.h"

#define TW_LABEL(name) extern const tw_label tw_label_##name;
#include "learn/labels.def"
#undef TW_LABEL
#define TW_SPLITTER(name) extern const tw_splitter tw_splitter_##name;
#include "learn/splitters.def"
#undef TW_SPLITTER
#define TW_LEARNER(name) extern const tw_learner tw_learner_##name;
#include "learn/learners.def"
#undef TW_LEARNER
#define TW_METRIC(name) extern const tw_metric tw_metric_##name;
#include "learn/metrics.def"
#undef TW_METRIC

/* Index of `name` among n names, or BAD_NAME with the nearest one. */
tw_status tw_learn_find(const char *kind, const char *name, size_t n, const char *(*name_of)(size_t), size_t *index,
                        tw_error *err);

static inline size_t tw_data_cells(const tw_dataset *data) { return data->n_times * data->n_lanes; }
static inline uint32_t tw_cell_time(const tw_dataset *data, uint32_t cell) { return cell / (uint32_t)data->n_lanes; }
static inline double tw_row_weight(const tw_rows *rows, size_t i)
{
    return rows->data->weight ? rows->data->weight[rows->cell[i]] : 1;
}

struct tw_trees;
/* The ensemble of a model that is one, or NULL. */
const struct tw_trees *tw_model_trees(const tw_model *model);
/* A model of learner `learner` (with params as text, or NULL: the defaults) around a fitted one, which it takes, also
 * when it fails. */
tw_status tw_model_take(const tw_ctx *ctx, const char *learner, const char *params, void *fitted, size_t n_features,
                        tw_model **model, tw_error *err);

/* A copy of a schema in one block of its own, which tw_free gives back. */
tw_status tw_schema_copy(const tw_ctx *ctx, const tw_schema *from, tw_schema **to, tw_error *err);
/* To bytes and back; hostile bytes are refused. NULL is none. */
void tw_schema_save(const tw_schema *schema, tw_buf *out);
struct tw_bytes;
tw_status tw_schema_load(const tw_ctx *ctx, struct tw_bytes *in, tw_schema **schema, tw_error *err);

/* What a fit may rely on: rows with ascending cells inside the data, known labels, weights >= 0 that are not all 0. */
tw_status tw_rows_check(const tw_rows *rows, const char *learner, tw_error *err);

#endif
