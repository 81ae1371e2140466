/* SPDX-License-Identifier: Apache-2.0 */
/* The table of formats, and the call that tells them apart. */
#include "learn/formats/formats.h"

#include <string.h>

static const tw_format *const formats[] = {
#define TW_FORMAT(name) &tw_format_##name,
#include "learn/formats.def"
#undef TW_FORMAT
};
enum { N_FORMATS = sizeof formats / sizeof formats[0] };

const tw_format *const *tw_formats(size_t *n)
{
    *n = N_FORMATS;
    return formats;
}

static const char *format_name(size_t i) { return formats[i]->name; }

tw_status tw_format_find(const char *name, const tw_format **format, tw_error *err)
{
    size_t i = 0;
    TW_TRY(tw_learn_find("format", name, N_FORMATS, format_name, &i, err));
    *format = formats[i];
    return TW_OK;
}

const tw_format *tw_format_of(const void *bytes, size_t length)
{
    for (size_t i = 0; i < N_FORMATS; i++)
        if (formats[i]->read && formats[i]->is(bytes, length)) return formats[i];
    return NULL;
}

tw_status tw_model_import(const tw_ctx *ctx, const void *bytes, size_t length, tw_model **model, tw_error *err)
{
    const tw_format *format = tw_format_of(bytes, length);
    *model = NULL;
    if (format) return format->read(ctx, bytes, length, model, err);
    if (length >= 4 && memcmp(bytes, "binf", 4) == 0)
        return tw_fail(err, TW_BAD_FILE,
                       "model: XGBoost's old binary form is not read; save the model as .json or .ubj");
    return tw_fail(err, TW_BAD_FILE,
                   "model: these %zu bytes are no model of tradewind, XGBoost (JSON, UBJSON) or LightGBM (text)",
                   length);
}

tw_status tw_model_export(const tw_model *model, const char *format_name_, tw_buf *out, tw_error *err)
{
    const tw_format *format;
    TW_TRY(tw_format_find(format_name_, &format, err));
    if (!format->write) return tw_fail(err, TW_BAD_VALUE, "format %s is read, not written", format->name);
    TW_TRY(format->write(model, out, err));
    return tw_buf_check(out, err);
}

static bool is_own(const void *bytes, size_t length) { return length >= 8 && memcmp(bytes, "TWMODEL1", 8) == 0; }

const tw_format tw_format_tradewind = {
    .name = "tradewind",
    .title = "tradewind's own file, of any learner",
    .source = "docs/reference/models.md",
    .extension = ".twm",
    .is = is_own,
    .read = tw_model_load,
    .write = tw_model_save,
};
