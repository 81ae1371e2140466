/* SPDX-License-Identifier: Apache-2.0 */
/* A table on its way from a file to a dataset: texts and their codes, columns, rows. */
#ifndef TW_LEARN_FRAME_H
#define TW_LEARN_FRAME_H

#include "learn/learn_impl.h"
#include "tradewind/io.h"

/* ---------------------------------------------------------------- texts */

/* Distinct texts; the code of a text is its place in text[]. */
typedef struct tw_texts {
    tw_arena arena;
    const char **text;
    uint32_t n, room;
    uint32_t *slot; /* open addressing: code + 1; 0 free */
    size_t n_slots; /* a power of 2, at least twice n */
} tw_texts;

enum { TW_TEXTS_MOST = 1 << 22 };
#define TW_TEXTS_NONE UINT32_MAX

void tw_texts_init(tw_texts *t, const tw_ctx *ctx);
void tw_texts_clear(tw_texts *t);
/* Code of text[0..length), or TW_TEXTS_NONE. */
uint32_t tw_texts_find(const tw_texts *t, const char *text, size_t length);
/* The same, added when it is new. A text with a NUL in it is refused. */
tw_status tw_texts_add(tw_texts *t, const char *text, size_t length, uint32_t *code, tw_error *err);
/* Puts them in order: numbers by value before other texts by bytes. rank[old code] = new code, freed by the caller. */
tw_status tw_texts_sort(tw_texts *t, uint32_t **rank, tw_error *err);

/* ---------------------------------------------------------------- columns */

/* Features, and the target: numbers, or categories as codes. What no schema and no option says, the first field that is
 * no number does. */
typedef struct tw_series {
    const char *name;
    bool category;
    bool fixed;        /* a text does not make categories of numbers */
    bool closed;       /* the categories are those of a schema */
    uint64_t numbered; /* line of the first number; 0: none yet */
    uint64_t texted;   /* line of the first text, when that is what made categories of it */
    char first_text[TW_TEXT_MAX];
    uint64_t unseen; /* fields of no known category */
    tw_texts texts;
} tw_series;

typedef enum tw_role { TW_ROLE_NONE, TW_ROLE_FEATURE, TW_ROLE_TARGET, TW_ROLE_WEIGHT, TW_ROLE_GROUP } tw_role;

/* A column of the file. */
typedef struct tw_column {
    const char *name;
    tw_role role;
    uint32_t slot; /* feature */
    bool twin;     /* another column has this name too */
} tw_column;

struct tw_frame {
    const tw_ctx *ctx;
    tw_frame_options options; /* texts are the frame's */
    const char *path;
    tw_arena arena; /* what lives as long as the frame */
    tw_csv *csv;    /* NULL: at the end */

    tw_texts names;    /* of the columns */
    uint32_t *by_name; /* first column of a name */
    tw_column *column;
    uint32_t n_columns, target_column;
    bool has_target, has_weight, has_group;
    const char **missing; /* spellings */
    size_t n_missing;

    tw_series *series; /* [n_features], then that of the target */
    size_t n_features;
    float **value; /* [n_features][room] */
    double *label, *weight;
    uint32_t *group, *cell, *part;
    tw_texts groups;
    uint32_t *levels;
    const char **feature_name;

    uint32_t *kept_column;
    size_t n_kept;
    const char **kept; /* [room][n_kept] */
    tw_arena kept_texts;

    size_t n, room; /* rows */
    uint64_t dropped;
    tw_dataset data;
    tw_rows rows;
    tw_schema schema;
    tw_buf notes;
};

/* Without the blanks around it. */
static inline tw_field tw_frame_trimmed(tw_field field)
{
    while (field.length && *field.text == ' ') field.text++, field.length--;
    while (field.length && field.text[field.length - 1] == ' ') field.length--;
    return field;
}

static inline tw_series *tw_frame_target(const tw_frame *f) { return &f->series[f->n_features]; }

/* Opens the file and gives its columns their parts. */
tw_status tw_frame_header(tw_frame *f, tw_error *err);
/* Reads up to `most` rows into the frame, from row 0 on. */
tw_status tw_frame_fill(tw_frame *f, size_t most, tw_error *err);
/* Whether a text came behind numbers: what was read so far of that column is of no use. */
bool tw_frame_is_mixed(const tw_frame *f);
/* Puts the categories of all that was read in order, and says what was found. */
tw_status tw_frame_settle(tw_frame *f, tw_error *err);

#endif
