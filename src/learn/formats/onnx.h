/* SPDX-License-Identifier: Apache-2.0 */
/* Writing ONNX. */
#ifndef TW_LEARN_ONNX_H
#define TW_LEARN_ONNX_H

#include "learn/formats/formats.h"

/* Fields of ONNX's messages (onnx.proto3), those that are used. */
enum { TW_ONNX_FLOAT = 1, TW_ONNX_DOUBLE = 11 }; /* kinds of tensors */

/* Attributes of a node. */
void tw_onnx_put_int(tw_buf *node, const char *name, int64_t x);
void tw_onnx_put_text(tw_buf *node, const char *name, const char *text);
void tw_onnx_put_ints(tw_buf *node, const char *name, const int64_t *x, size_t n);
void tw_onnx_put_doubles(tw_buf *node, const char *name, const double *x, size_t n);
/* The attribute that holds n texts; text(arg, i) is one. */
void tw_onnx_put_texts(tw_buf *node, const char *name, size_t n, const char *(*text)(const void *arg, size_t i),
                       const void *arg);

/* The attributes of a TreeEnsembleRegressor that say what the trees say (onnx_trees.c). */
tw_status tw_onnx_put_trees(const tw_trees *m, tw_buf *node, tw_error *err);

#endif
