/* SPDX-License-Identifier: Apache-2.0 */
/* lex.h - an expression as tokens. */
#ifndef TW_FEATURE_LEX_H
#define TW_FEATURE_LEX_H

#include "tradewind/base.h"

typedef enum fx_token_kind { FX_END, FX_NUMBER, FX_NAME, FX_TEXT, FX_SIGN, FX_BAD } fx_token_kind;

typedef struct fx_token {
    fx_token_kind kind;
    size_t at, length; /* place in the text; of FX_TEXT the part between the quotes */
    double number;     /* FX_NUMBER */
    const char *why;   /* FX_BAD */
} fx_token;

/* The token at or after `at`; the next one is looked for at fx_token_end. */
fx_token fx_token_read(const char *text, size_t length, size_t at);
/* First byte after a token. */
size_t fx_token_end(const fx_token *token);
/* True when the token is written so (and is not a quoted text). */
bool fx_token_is(const fx_token *token, const char *text, const char *word);

#endif
