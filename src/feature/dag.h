/* SPDX-License-Identifier: Apache-2.0 */
/* dag.h - a plan as nodes, inputs before users, equal nodes made once. */
#ifndef TW_FEATURE_DAG_H
#define TW_FEATURE_DAG_H

#include "tradewind/ta.h"

/* More inputs or outputs than any operator has (a test holds the table of operators to it), and more nodes than a
 * sane plan: bounds against hostile text. */
enum { FX_INPUTS = 8, FX_OUTPUTS = 12, FX_MOST_NODES = 65536, FX_MOST_PHASES = 64 };

typedef enum fx_kind { FX_COLUMN, FX_CONSTANT, FX_OPERATOR } fx_kind;

/* One output of one node. */
typedef struct fx_ref {
    uint32_t node, output;
} fx_ref;

typedef struct fx_node {
    fx_kind kind;
    uint32_t n_inputs, n_outputs;
    fx_ref inputs[FX_INPUTS];
    size_t column;           /* FX_COLUMN */
    double constant;         /* FX_CONSTANT */
    const tw_op *op;         /* FX_OPERATOR, of the baseline table: a plan is the same on every machine */
    const void *params;      /* FX_OPERATOR; NULL without parameters */
    const char *params_text; /* canonical, "" without parameters */
    size_t lookback;         /* bars before the first value */
    size_t age;              /* bars since the newest bar it looks at: 0 = known at the close of the bar */
    uint32_t phase;          /* cross-sections below it, itself counted */
    bool logical;            /* 0, 1 or NaN */
    bool unbound;            /* may be known of a symbol that has no bar: a constant, nz(x) */
    uint32_t users;          /* inputs and features it serves, once finished */
    uint64_t hash;
} fx_node;

typedef struct fx_dag {
    const tw_ctx *ctx;
    tw_arena *arena; /* texts of nodes */
    fx_node *nodes;
    size_t n, room;
    size_t n_columns; /* that a bar has, used or not */
    uint32_t *table;  /* open addressing: node + 1, 0 is free; a power of two in size */
    size_t table_size;
} fx_dag;

/* What an operator node is made of. */
typedef struct fx_call {
    const tw_op *op;
    const void *params; /* kept: it must live as long as the DAG, as in its arena */
    const fx_ref *inputs;
} fx_call;

/* Starts an empty DAG. */
void fx_dag_init(fx_dag *dag, const tw_ctx *ctx, tw_arena *arena);
/* Frees it (the arena is the caller's). */
void fx_dag_clear(fx_dag *dag);
/* The node of an input column. */
tw_status fx_dag_column(fx_dag *dag, size_t column, fx_ref *ref, tw_error *err);
/* The node of a number; `logical` for true and false. */
tw_status fx_dag_constant(fx_dag *dag, double x, bool logical, fx_ref *ref, tw_error *err);
/* The node of an operator: an equal one when there is one, a constant when all it needs is constant. */
tw_status fx_dag_operator(fx_dag *dag, const fx_call *call, fx_ref *ref, tw_error *err);
/* Drops nodes that no root needs and puts the rest in order of phase, cross-sections first in each; `roots` are
 * renumbered. */
tw_status fx_dag_finish(fx_dag *dag, fx_ref *roots, size_t n_roots, tw_error *err);
/* The node of a reference. */
static inline const fx_node *fx_node_of(const fx_dag *dag, fx_ref ref) { return dag->nodes + ref.node; }
/* True for a cross-sectional operator. */
bool fx_node_is_section(const fx_node *node);

/* Bytes of state an operator keeps for `lanes` symbols. */
size_t fx_state_size(const tw_op *op, const void *params, size_t lanes);
/* Puts a state of that size as it is before the first bar. */
void fx_state_init(const tw_op *op, const void *params, size_t lanes, void *state);

#endif
