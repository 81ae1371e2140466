/* SPDX-License-Identifier: Apache-2.0 */
/* A model as ONNX: TreeEnsembleRegressor of ai.onnx.ml 3, and the link in standard operators behind it.
 *
 * The trees are scored in double: added up in float, a thousand of them are off by more than the sixth digit. */
#include "learn/formats/onnx.h"
#include "io/protobuf.h"

#include <float.h>
#include <string.h>

enum { IR_VERSION = 7, OPSET = 13, OPSET_ML = 3 };
enum {
    MODEL_IR = 1,
    MODEL_PRODUCER = 2,
    MODEL_PRODUCER_VERSION = 3,
    MODEL_GRAPH = 7,
    MODEL_OPSET = 8,
    MODEL_META = 14
};
enum { GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OP = 4, NODE_ATTRIBUTE = 5, NODE_DOMAIN = 7 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_INT = 3, ATTRIBUTE_TEXT = 4, ATTRIBUTE_TENSOR = 5, ATTRIBUTE_INTS = 8 };
enum { ATTRIBUTE_TEXTS = 9, ATTRIBUTE_KIND = 20 };
enum { KIND_INT = 2, KIND_TEXT = 3, KIND_TENSOR = 4, KIND_INTS = 7, KIND_TEXTS = 8 }; /* of attributes */
enum { TENSOR_DIM = 1, TENSOR_KIND = 2, TENSOR_NAME = 8, TENSOR_BYTES = 9 };

/* ---------------------------------------------------------------- attributes */

static void put_attribute(tw_buf *node, tw_buf *attribute, const char *name, int kind)
{
    tw_protobuf_text(attribute, ATTRIBUTE_NAME, name);
    tw_protobuf_int(attribute, ATTRIBUTE_KIND, kind);
    tw_protobuf_message(node, NODE_ATTRIBUTE, attribute);
}

void tw_onnx_put_int(tw_buf *node, const char *name, int64_t x)
{
    tw_buf a;
    tw_buf_init(&a, node->ctx);
    tw_protobuf_int(&a, ATTRIBUTE_INT, x);
    put_attribute(node, &a, name, KIND_INT);
}

void tw_onnx_put_text(tw_buf *node, const char *name, const char *text)
{
    tw_buf a;
    tw_buf_init(&a, node->ctx);
    tw_protobuf_text(&a, ATTRIBUTE_TEXT, text);
    put_attribute(node, &a, name, KIND_TEXT);
}

void tw_onnx_put_ints(tw_buf *node, const char *name, const int64_t *x, size_t n)
{
    tw_buf a, list;
    tw_buf_init(&a, node->ctx);
    tw_buf_init(&list, node->ctx);
    for (size_t i = 0; i < n; i++) tw_protobuf_varint(&list, (uint64_t)x[i]);
    tw_protobuf_message(&a, ATTRIBUTE_INTS, &list);
    put_attribute(node, &a, name, KIND_INTS);
}

void tw_onnx_put_texts(tw_buf *node, const char *name, size_t n, const char *(*text)(const void *arg, size_t i),
                       const void *arg)
{
    tw_buf a;
    tw_buf_init(&a, node->ctx);
    for (size_t i = 0; i < n; i++) tw_protobuf_text(&a, ATTRIBUTE_TEXTS, text(arg, i));
    put_attribute(node, &a, name, KIND_TEXTS);
}

/* Bytes of a tensor are little-endian on every machine. */
static void put_raw(tw_buf *out, uint64_t bits, size_t size)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < size; i++) bytes[i] = (unsigned char)(bits >> (8 * i));
    tw_buf_add(out, bytes, size);
}

void tw_onnx_put_doubles(tw_buf *node, const char *name, const double *x, size_t n)
{
    tw_buf a, tensor, raw;
    tw_buf_init(&a, node->ctx);
    tw_buf_init(&tensor, node->ctx);
    tw_buf_init(&raw, node->ctx);
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        put_raw(&raw, bits, sizeof bits);
    }
    tw_protobuf_int(&tensor, TENSOR_DIM, (int64_t)n);
    tw_protobuf_int(&tensor, TENSOR_KIND, TW_ONNX_DOUBLE);
    tw_protobuf_message(&tensor, TENSOR_BYTES, &raw);
    tw_protobuf_message(&a, ATTRIBUTE_TENSOR, &tensor);
    put_attribute(node, &a, name, KIND_TENSOR);
}

/* ---------------------------------------------------------------- nodes */

/* What a node of one output calls; `b` may be NULL. */
static void put_call(tw_buf *node, const char *op, const char *a, const char *b, const char *to)
{
    tw_protobuf_text(node, NODE_INPUT, a);
    if (b) tw_protobuf_text(node, NODE_INPUT, b);
    tw_protobuf_text(node, NODE_OUTPUT, to);
    tw_protobuf_text(node, NODE_NAME, to);
    tw_protobuf_text(node, NODE_OP, op);
}

static void put_node(tw_buf *graph, const char *op, const char *a, const char *b, const char *to)
{
    tw_buf node;
    tw_buf_init(&node, graph->ctx);
    put_call(&node, op, a, b, to);
    tw_protobuf_message(graph, GRAPH_NODE, &node);
}

static void put_cast(tw_buf *graph, const char *from, const char *to, int kind)
{
    tw_buf node;
    tw_buf_init(&node, graph->ctx);
    put_call(&node, "Cast", from, NULL, to);
    tw_onnx_put_int(&node, "to", kind);
    tw_protobuf_message(graph, GRAPH_NODE, &node);
}

/* A float that nodes use by name. */
static void put_constant(tw_buf *graph, const char *name, float x)
{
    tw_buf tensor, raw;
    uint32_t bits;
    tw_buf_init(&tensor, graph->ctx);
    tw_buf_init(&raw, graph->ctx);
    memcpy(&bits, &x, sizeof bits);
    put_raw(&raw, bits, sizeof bits);
    tw_protobuf_int(&tensor, TENSOR_KIND, TW_ONNX_FLOAT);
    tw_protobuf_text(&tensor, TENSOR_NAME, name);
    tw_protobuf_message(&tensor, TENSOR_BYTES, &raw);
    tw_protobuf_message(graph, GRAPH_INITIALIZER, &tensor);
}

/* ---------------------------------------------------------------- links: from "margin" to "score" */

static void put_sigmoid(tw_buf *graph, const char *from) { put_node(graph, "Sigmoid", from, NULL, "score"); }
static void put_exp(tw_buf *graph, const char *from) { put_node(graph, "Exp", from, NULL, "score"); }
static void put_softplus(tw_buf *graph, const char *from) { put_node(graph, "Softplus", from, NULL, "score"); }
/* Along the last axis, the outputs, as it is by default. */
static void put_softmax(tw_buf *graph, const char *from) { put_node(graph, "Softmax", from, NULL, "score"); }
static void put_identity(tw_buf *graph, const char *from) { put_node(graph, "Identity", from, NULL, "score"); }

static void put_square(tw_buf *graph, const char *from)
{
    put_node(graph, "Abs", from, NULL, "size");
    put_node(graph, "Mul", from, "size", "score");
}

static void put_sign(tw_buf *graph, const char *from)
{
    put_constant(graph, "zero", 0);
    put_node(graph, "Greater", from, "zero", "positive");
    put_cast(graph, "positive", "score", TW_ONNX_FLOAT);
}

/* Cut to [0, 1], and over the sum of all outputs where there are several: of numbers that are not negative the L1 norm.
 */
static void put_share(tw_buf *graph, const char *from, size_t n_outputs)
{
    const int64_t outputs_axis = 1;
    tw_buf norm;
    put_constant(graph, "zero", 0);
    put_constant(graph, "one", 1);
    put_node(graph, "Max", from, "zero", "positive");
    put_node(graph, "Min", "positive", "one", n_outputs > 1 ? "within" : "score");
    if (n_outputs == 1) return;
    put_constant(graph, "least", FLT_MIN); /* of a sum: nothing over nothing is nothing */
    tw_buf_init(&norm, graph->ctx);
    put_call(&norm, "ReduceL1", "within", NULL, "sum");
    tw_onnx_put_ints(&norm, "axes", &outputs_axis, 1);
    tw_protobuf_message(graph, GRAPH_NODE, &norm);
    put_node(graph, "Max", "sum", "least", "divisor");
    put_node(graph, "Div", "within", "divisor", "score");
}

static tw_status put_link(const tw_trees *m, tw_buf *graph, tw_error *err)
{
    static const struct {
        const char *link;
        void (*put)(tw_buf *graph, const char *from);
        bool scaled;
    } links[] = {
        {"identity", put_identity, false}, {"logistic", put_sigmoid, true},
        {"softmax", put_softmax, true},    {"exp", put_exp, true},
        {"log1p_exp", put_softplus, true}, {"square", put_square, false},
        {"sign", put_sign, false},
    };
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (strcmp(links[i].link, m->link->name) != 0) continue;
        const bool scaled = links[i].scaled && m->link_scale != 1;
        if (scaled) {
            put_constant(graph, "scale", (float)m->link_scale);
            put_node(graph, "Mul", "margin", "scale", "scaled");
        }
        links[i].put(graph, scaled ? "scaled" : "margin");
        return TW_OK;
    }
    if (strcmp(m->link->name, "share") == 0) {
        put_share(graph, "margin", m->n_outputs);
        return TW_OK;
    }
    return tw_fail(err, TW_BAD_VALUE, "onnx: link %s cannot be written", m->link->name);
}

/* ---------------------------------------------------------------- the graph */

/* "x" or "score": floats, any number of rows. */
static void put_value(tw_buf *graph, unsigned field, const char *name, size_t columns)
{
    enum { NAME = 1, TYPE = 2, TENSOR = 1, ELEMENT = 1, SHAPE = 2, DIM = 1, VALUE = 1, PARAM = 2 };
    tw_buf value, type, tensor, shape, dim;
    tw_buf *const all[] = {&value, &type, &tensor, &shape, &dim};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) tw_buf_init(all[i], graph->ctx);
    tw_protobuf_text(&dim, PARAM, "rows");
    tw_protobuf_message(&shape, DIM, &dim);
    tw_protobuf_int(&dim, VALUE, (int64_t)columns);
    tw_protobuf_message(&shape, DIM, &dim);
    tw_protobuf_int(&tensor, ELEMENT, TW_ONNX_FLOAT);
    tw_protobuf_message(&tensor, SHAPE, &shape);
    tw_protobuf_message(&type, TENSOR, &tensor);
    tw_protobuf_text(&value, NAME, name);
    tw_protobuf_message(&value, TYPE, &type);
    tw_protobuf_message(graph, field, &value);
}

static tw_status put_graph(const tw_trees *m, tw_buf *graph, tw_error *err)
{
    tw_buf node;
    put_cast(graph, "x", "x_double", TW_ONNX_DOUBLE);
    tw_buf_init(&node, graph->ctx);
    put_call(&node, "TreeEnsembleRegressor", "x_double", NULL, "margin");
    tw_protobuf_text(&node, NODE_DOMAIN, "ai.onnx.ml");
    const tw_status status = tw_onnx_put_trees(m, &node, err);
    tw_protobuf_message(graph, GRAPH_NODE, &node);
    TW_TRY(status);
    TW_TRY(put_link(m, graph, err));
    tw_protobuf_text(graph, GRAPH_NAME, "trees");
    put_value(graph, GRAPH_INPUT, "x", m->n_features);
    put_value(graph, GRAPH_OUTPUT, "score", m->n_outputs);
    return TW_OK;
}

static void put_opset(tw_buf *out, const char *domain, int version)
{
    tw_buf opset;
    tw_buf_init(&opset, out->ctx);
    tw_protobuf_text(&opset, 1, domain);
    tw_protobuf_int(&opset, 2, version);
    tw_protobuf_message(out, MODEL_OPSET, &opset);
}

/* What the columns of x are, for whoever feeds the model. */
static void put_names(const tw_schema *schema, tw_buf *out)
{
    tw_buf meta, text;
    tw_json json;
    tw_buf_init(&meta, out->ctx);
    tw_buf_init(&text, out->ctx);
    tw_json_init(&json, &text, false);
    tw_json_array(&json);
    for (size_t f = 0; f < schema->n_features; f++) tw_json_text(&json, schema->name[f]);
    tw_json_array_end(&json);
    tw_protobuf_text(&meta, 1, "feature_names");
    tw_protobuf_message(&meta, 2, &text);
    tw_protobuf_message(out, MODEL_META, &meta);
}

static tw_status write_onnx(const tw_model *model, tw_buf *out, tw_error *err)
{
    const tw_trees *m;
    TW_TRY(tw_model_get_trees(model, "onnx", &m, err));
    tw_buf graph;
    tw_buf_init(&graph, m->ctx);
    const tw_status status = put_graph(m, &graph, err);
    tw_protobuf_int(out, MODEL_IR, IR_VERSION);
    tw_protobuf_text(out, MODEL_PRODUCER, "tradewind");
    tw_protobuf_text(out, MODEL_PRODUCER_VERSION, tw_version());
    tw_protobuf_message(out, MODEL_GRAPH, &graph);
    put_opset(out, "", OPSET);
    put_opset(out, "ai.onnx.ml", OPSET_ML);
    if (tw_model_schema(model)) put_names(tw_model_schema(model), out);
    return status;
}

const tw_format tw_format_onnx = {
    .name = "onnx",
    .title = "ONNX: TreeEnsembleRegressor (ai.onnx.ml 3) and the link",
    .source = "ONNX 1.17 operators, ai.onnx.ml",
    .extension = ".onnx",
    .write = write_onnx,
};
