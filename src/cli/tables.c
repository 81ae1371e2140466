/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tables.h"

#include <string.h>

bool tw_cli_model_param(const tw_model *model, const char *name, char *value, size_t room)
{
    const size_t length = strlen(name);
    for (const char *at = tw_model_params(model); *at; at += strcspn(at, " "), at += strspn(at, " ")) {
        if (strncmp(at, name, length) != 0 || at[length] != '=') continue;
        const size_t n = strcspn(at + length + 1, " ");
        (void)snprintf(value, room, "%.*s", (int)n, at + length + 1);
        return true;
    }
    return false;
}

/* Several outputs are classes when the link makes chances of them, otherwise targets or quantiles, as other libraries'
 * models may have. */
static tw_meaning meaning_of_several(const char *link)
{
    const bool margins = strcmp(link, "identity") == 0 || strcmp(link, "exp") == 0;
    return margins ? TW_MEANS_NUMBERS : TW_MEANS_CLASSES;
}

tw_meaning tw_cli_meaning(const tw_model *model)
{
    char loss[TW_TEXT_MAX] = "";
    tw_ensemble e = {.link = ""};
    const tw_schema *schema = tw_model_schema(model);
    (void)tw_cli_model_param(model, "loss", loss, sizeof loss);
    (void)tw_model_ensemble(model, &e);
    if (tw_model_outputs(model) > 1) return meaning_of_several(e.link);
    if (strcmp(loss, "lambdarank") == 0) return TW_MEANS_RANK;
    /* The link knows better than the loss: models of other libraries have no loss. */
    if (strcmp(e.link, "logistic") == 0 || tw_model_learner(model)->tasks == TW_TASK_CLASSIFY) return TW_MEANS_CHANCE;
    return schema && schema->n_classes == 2 ? TW_MEANS_CHANCE : TW_MEANS_NUMBER;
}

tw_status tw_cli_model_read(const tw_cli *cli, const char *path, tw_model **model, const tw_format **format,
                            tw_error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    TW_TRY(tw_file_read(cli->ctx, path, &bytes, &length, err));
    if (format) *format = tw_format_of(bytes, length);
    const tw_status status = tw_model_import(cli->ctx, bytes, length, model, err);
    tw_free(cli->ctx, bytes);
    const bool flawed = status == TW_BAD_SYNTAX || status == TW_BAD_VALUE; /* the file is, not the command line */
    return status == TW_OK ? TW_OK : tw_fail_in(err, flawed ? TW_BAD_FILE : status, "%s", path);
}

const char *tw_cli_class_name(const tw_model *model, size_t k, char digits[24])
{
    const tw_schema *schema = tw_model_schema(model);
    if (schema && k < schema->n_classes) return schema->class_name[k];
    (void)snprintf(digits, 24, "%zu", k);
    return digits;
}

tw_status tw_cli_table_options(const tw_cli *cli, tw_frame_options *options, tw_error *err)
{
    const char *delimiter = tw_cli_value(cli, "delimiter");
    options->missing = tw_cli_value(cli, "missing");
    if (!delimiter) return TW_OK;
    if (strcmp(delimiter, "tab") == 0) delimiter = "\t";
    if (strlen(delimiter) != 1)
        return tw_fail(err, TW_BAD_VALUE, "--delimiter must be one character or 'tab', got '%s'", delimiter);
    options->delimiter = *delimiter;
    return TW_OK;
}
