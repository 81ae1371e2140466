/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share that work on tables: models in files, and what their scores stand for. */
#ifndef TW_CLI_TABLES_H
#define TW_CLI_TABLES_H

#include "cli/cli.h"
#include "tradewind/learn.h"

/* Options that say how a table is spelt. */
#define TW_TABLE_OPTIONS                                                                                               \
    {"missing", "LIST", "spellings of a missing value (default NA,N/A,NaN,nan,NULL,null,None,?)"},                     \
    {                                                                                                                  \
        "delimiter", "CHAR", "between fields; 'tab' for a tab (default a comma)"                                       \
    }

typedef enum tw_meaning {
    TW_MEANS_NUMBER,
    TW_MEANS_CHANCE,
    TW_MEANS_CLASSES,
    TW_MEANS_RANK,
    TW_MEANS_NUMBERS
} tw_meaning;

/* What the scores of a model stand for, by its outputs, learner and loss. */
tw_meaning tw_cli_meaning(const tw_model *model);
/* Value of a parameter of a model in its canonical text, cut to `room`; false when it has none of that name. */
bool tw_cli_model_param(const tw_model *model, const char *name, char *value, size_t room);
/* Reads a model file of any library; `format` (NULL is fine) is the form it has. */
tw_status tw_cli_model_read(const tw_cli *cli, const char *path, tw_model **model, const tw_format **format,
                            tw_error *err);
/* Name of class k; digits when the model knows none. */
const char *tw_cli_class_name(const tw_model *model, size_t k, char digits[24]);
/* Most metrics of a model; the title of the i-th that suits it, or NULL behind the last. */
enum { TW_CLI_METRICS = 3 };
const char *tw_cli_metric_title(const tw_model *model, size_t i);
/* The metrics of a model over rows with labels. `score` as tw_model_predict would fill it, rows of NaN left out; NULL:
 * predicted. */
tw_status tw_cli_evaluate(const tw_ctx *ctx, const tw_model *model, const tw_rows *rows, const double *score,
                          double *value, tw_error *err);
/* Fills in what TW_TABLE_OPTIONS say. */
tw_status tw_cli_table_options(const tw_cli *cli, tw_frame_options *options, tw_error *err);

#endif
