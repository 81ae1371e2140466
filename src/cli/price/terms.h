/* SPDX-License-Identifier: Apache-2.0 */
/* terms.h - contracts as rows of a table, for the commands that price: read, put into groups of one kind. */
#ifndef TW_CLI_PRICE_TERMS_H
#define TW_CLI_PRICE_TERMS_H

#include "cli/cli.h"
#include "tradewind/io.h"
#include "tradewind/pricing.h"

/* A list of times, with amounts for dividends. Memory is the reader's arena. */
typedef struct tw_times {
    size_t n;
    double *time, *amount;
    uint8_t *share;
} tw_times;

/* A row: what it is a contract on, under which model, and its numbers (NaN: empty). */
typedef struct tw_terms {
    const tw_instrument *instrument;
    const tw_price_model *model;
    double col[TW_COLUMN_COUNT];
    tw_times dates, dividends;
    tw_dividend_model dividend_model;
    const char *keep;  /* fields to put before the results, ready for the table */
    const char *error; /* why the row cannot be read, or NULL */
} tw_terms;

/* Fields of a row that are words; each as long as the row is current. */
typedef enum tw_word {
    TW_WORD_INSTRUMENT,
    TW_WORD_MODEL,
    TW_WORD_EXERCISE,
    TW_WORD_PARAMS,
    TW_WORD_BARRIER_TYPE,
    TW_WORD_DATES,
    TW_WORD_DIVIDENDS,
    TW_WORD_DAYS,
    TW_WORD_COUNT
} tw_word;

/* Fills instrument, model, dates and dividends of a row from its words; `arena` holds lists and messages. */
tw_status tw_terms_words(tw_terms *terms, const tw_field words[TW_WORD_COUNT], tw_arena *arena, tw_error *err);
/* A list "0.25 0.5 1" of years, or of days where they end in d, or dividends "0.75@0.5 1%@0.75". False when it is none.
 */
bool tw_times_read(tw_field text, bool amounts, tw_arena *arena, tw_times *out);

/* What rows have in common that do not say it themselves. */
typedef struct tw_terms_options {
    const char *path, *keep;
    const char *instrument, *model; /* names, or NULL */
} tw_terms_options;

typedef struct tw_terms_reader tw_terms_reader;

tw_status tw_terms_open(const tw_ctx *ctx, const tw_terms_options *options, tw_terms_reader **reader, tw_error *err);
void tw_terms_close(tw_terms_reader *reader);
/* The next rows, at most `most`; *n 0 at the end. They live until the next call. */
tw_status tw_terms_next(tw_terms_reader *reader, size_t most, tw_terms **rows, size_t *n, tw_error *err);
/* Header of the kept columns, each followed by a comma. */
const char *tw_terms_header(const tw_terms_reader *reader);
/* Memory that is given back at the next call of tw_terms_next. */
tw_arena *tw_terms_arena(tw_terms_reader *reader);

#endif
