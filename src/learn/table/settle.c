/* SPDX-License-Identifier: Apache-2.0 */
/* What is known once rows were read: categories in order, the schema, notes. */
#include "learn/table/frame.h"

#include <math.h>

static tw_status sort_feature(tw_frame *f, size_t slot, tw_error *err)
{
    uint32_t *rank = NULL;
    tw_series *s = &f->series[slot];
    if (!s->category || s->closed) return TW_OK;
    TW_TRY(tw_texts_sort(&s->texts, &rank, err));
    for (size_t i = 0; i < f->n; i++)
        if (!isnan(f->value[slot][i])) f->value[slot][i] = (float)rank[(uint32_t)f->value[slot][i]];
    tw_free(f->ctx, rank);
    return TW_OK;
}

static tw_status sort_target(tw_frame *f, tw_error *err)
{
    uint32_t *rank = NULL;
    tw_series *s = tw_frame_target(f);
    if (!f->has_target || !s->category || s->closed) return TW_OK;
    TW_TRY(tw_texts_sort(&s->texts, &rank, err));
    for (size_t i = 0; i < f->n; i++) f->label[i] = rank[(uint32_t)f->label[i]];
    tw_free(f->ctx, rank);
    return TW_OK;
}

static tw_status make_schema(tw_frame *f, tw_error *err)
{
    if (f->schema.name) return TW_OK;
    size_t *n_levels = tw_arena_new(&f->arena, f->n_features + 1, sizeof *n_levels);
    const char *const **level = tw_arena_new(&f->arena, f->n_features + 1, sizeof *level);
    const tw_series *target = tw_frame_target(f);
    if (!n_levels || !level) return tw_no_memory(err, "the schema of a table");
    for (size_t i = 0; i < f->n_features; i++) {
        n_levels[i] = f->levels[i];
        level[i] = f->series[i].texts.text;
    }
    f->schema = (tw_schema){.n_features = f->n_features,
                            .name = f->feature_name,
                            .n_levels = n_levels,
                            .level = level,
                            .target = target->name,
                            .n_classes = target->category ? target->texts.n : 0,
                            .class_name = target->texts.text};
    return TW_OK;
}

static void note_columns(tw_frame *f)
{
    for (uint32_t c = 0; c < f->n_columns; c++)
        if (!f->column[c].name[0] && !f->options.schema)
            tw_buf_printf(&f->notes, "column %u has no name and is left out\n", (unsigned)c + 1);
    for (size_t i = 0; i <= f->n_features; i++) {
        const tw_series *s = &f->series[i];
        if (s->texted)
            tw_buf_printf(&f->notes, "column '%s' is text ('%s' in line %llu): %u %s\n", s->name, s->first_text,
                          (unsigned long long)s->texted, (unsigned)s->texts.n,
                          i < f->n_features ? "categories" : "classes");
        if (s->closed && s->unseen)
            tw_buf_printf(&f->notes, "column '%s': %llu values are none of the model's categories, taken as missing\n",
                          s->name, (unsigned long long)s->unseen);
    }
}

tw_status tw_frame_settle(tw_frame *f, tw_error *err)
{
    for (size_t i = 0; i < f->n_features; i++) TW_TRY(sort_feature(f, i, err));
    TW_TRY(sort_target(f, err));
    TW_TRY(make_schema(f, err));
    f->notes.length = 0;
    if (f->notes.data) f->notes.data[0] = '\0';
    note_columns(f);
    if (f->dropped)
        tw_buf_printf(&f->notes, "%llu rows without a target are left out\n", (unsigned long long)f->dropped);
    return tw_buf_check(&f->notes, err);
}
