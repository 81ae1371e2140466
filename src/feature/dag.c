/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/dag.h"

#include <string.h>

void fx_dag_init(fx_dag *dag, const tw_ctx *ctx, tw_arena *arena) { *dag = (fx_dag){.ctx = ctx, .arena = arena}; }

void fx_dag_clear(fx_dag *dag)
{
    tw_free(dag->ctx, dag->nodes);
    tw_free(dag->ctx, dag->table);
    *dag = (fx_dag){.ctx = dag->ctx, .arena = dag->arena};
}

bool fx_node_is_section(const fx_node *node) { return node->kind == FX_OPERATOR && node->op->section; }

/* ---- states */

size_t fx_state_size(const tw_op *op, const void *params, size_t lanes)
{
    if (op->state_size) return op->state_size(params, lanes);
    return op->init ? 0 : op->params_size;
}

void fx_state_init(const tw_op *op, const void *params, size_t lanes, void *state)
{
    const size_t size = fx_state_size(op, params, lanes);
    if (size == 0) return;
    memset(state, 0, size); /* no stale bytes in a snapshot */
    if (op->init)
        op->init(state, params, lanes);
    else if (op->params_size)
        memcpy(state, params, op->params_size);
}

/* ---- equal nodes are one */

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static uint64_t hash_node(const fx_node *node)
{
    const uint64_t what[] = {(uint64_t)node->kind, node->column, bits_of(node->constant), (uint64_t)node->logical};
    uint64_t hash = tw_hash64(what, sizeof what, node->n_inputs);
    hash = tw_hash64(node->inputs, node->n_inputs * sizeof node->inputs[0], hash);
    if (node->kind != FX_OPERATOR) return hash;
    hash = tw_hash64(node->op->name, strlen(node->op->name), hash);
    return tw_hash64(node->params_text, strlen(node->params_text), hash);
}

static bool same_node(const fx_node *a, const fx_node *b)
{
    if (a->hash != b->hash || a->kind != b->kind || a->n_inputs != b->n_inputs || a->logical != b->logical)
        return false;
    if (a->column != b->column || bits_of(a->constant) != bits_of(b->constant)) return false;
    if (memcmp(a->inputs, b->inputs, a->n_inputs * sizeof a->inputs[0]) != 0) return false;
    return a->kind != FX_OPERATOR || (a->op == b->op && strcmp(a->params_text, b->params_text) == 0);
}

/* The slot of an equal node, or the free one where it belongs. */
static size_t slot_of(const fx_dag *dag, const fx_node *node)
{
    const size_t mask = dag->table_size - 1;
    size_t slot = (size_t)node->hash & mask;
    while (dag->table[slot] && !same_node(dag->nodes + dag->table[slot] - 1, node)) slot = (slot + 1) & mask;
    return slot;
}

static tw_status grow(fx_dag *dag, tw_error *err)
{
    const size_t room = dag->room ? 2 * dag->room : 64;
    fx_node *nodes = tw_resize(dag->ctx, dag->nodes, dag->room * sizeof *nodes, room * sizeof *nodes);
    if (!nodes) return tw_no_memory(err, "the nodes of a feature plan");
    dag->nodes = nodes;
    uint32_t *table = tw_new(dag->ctx, 2 * room, sizeof *table);
    if (!table) return tw_no_memory(err, "the nodes of a feature plan");
    tw_free(dag->ctx, dag->table);
    dag->table = table;
    dag->table_size = 2 * room;
    dag->room = room;
    for (size_t i = 0; i < dag->n; i++) table[slot_of(dag, nodes + i)] = (uint32_t)i + 1;
    return TW_OK;
}

static tw_status intern(fx_dag *dag, fx_node *node, fx_ref *ref, tw_error *err)
{
    if (dag->n == dag->room) TW_TRY(grow(dag, err));
    node->hash = hash_node(node);
    const size_t slot = slot_of(dag, node);
    if (!dag->table[slot]) {
        if (dag->n == FX_MOST_NODES)
            return tw_fail(err, TW_TOO_LARGE, "a plan may have %d nodes, this one has more", FX_MOST_NODES);
        dag->nodes[dag->n++] = *node;
        dag->table[slot] = (uint32_t)dag->n;
    }
    *ref = (fx_ref){dag->table[slot] - 1, 0};
    return TW_OK;
}

tw_status fx_dag_column(fx_dag *dag, size_t column, fx_ref *ref, tw_error *err)
{
    fx_node node = {.kind = FX_COLUMN, .n_outputs = 1, .column = column};
    return intern(dag, &node, ref, err);
}

tw_status fx_dag_constant(fx_dag *dag, double x, bool logical, fx_ref *ref, tw_error *err)
{
    fx_node node = {.kind = FX_CONSTANT, .n_outputs = 1, .constant = x, .logical = logical, .age = SIZE_MAX};
    node.unbound = x == x;
    return intern(dag, &node, ref, err);
}

/* ---- what is known of an operator's result */

/* fill(x, 0) and fill(x, 1) of a condition are conditions. */
static bool fills_logical(const fx_call *call)
{
    double value;
    memcpy(&value, (const char *)call->params + call->op->params[0].offset, sizeof value);
    return value == 0 || value == 1;
}

/* Operators that hand an input through, so that a condition stays one. */
static bool is_logical(const fx_dag *dag, const fx_call *call)
{
    const char *name = call->op->name;
    if (call->op->traits & TW_LOGICAL) return true;
    if (strcmp(name, "if") == 0)
        return fx_node_of(dag, call->inputs[1])->logical && fx_node_of(dag, call->inputs[2])->logical;
    const bool passes =
        strcmp(name, "lag") == 0 || strcmp(name, "nz") == 0 || (strcmp(name, "fill") == 0 && fills_logical(call));
    return passes && fx_node_of(dag, call->inputs[0])->logical;
}

/* True for a result that may be known of a symbol without a single bar. All but a few are missing with any input. */
static bool is_unbound(const fx_dag *dag, const fx_call *call, size_t n_inputs)
{
    const char *name = call->op->name;
    bool unbound[FX_INPUTS] = {false}, all = true;
    for (size_t i = 0; i < n_inputs; i++) {
        unbound[i] = fx_node_of(dag, call->inputs[i])->unbound;
        all = all && unbound[i];
    }
    if (strcmp(name, "nz") == 0 || strcmp(name, "fill") == 0 || strcmp(name, "is_missing") == 0) return true;
    return strcmp(name, "if") == 0 ? unbound[0] && (unbound[1] || unbound[2]) : all;
}

/* Of all operators only lag leaves the newest bars of its input out. */
static size_t age_added(const tw_op *op, const void *params)
{
    return strcmp(op->name, "lag") == 0 && op->lookback ? op->lookback(params) : 0;
}

static void describe_result(const fx_dag *dag, const fx_call *call, fx_node *node)
{
    node->age = SIZE_MAX;
    for (size_t i = 0; i < node->n_inputs; i++) {
        const fx_node *in = fx_node_of(dag, node->inputs[i]);
        if (in->lookback > node->lookback) node->lookback = in->lookback;
        if (in->phase > node->phase) node->phase = in->phase;
        if (in->age < node->age) node->age = in->age;
    }
    if (node->age != SIZE_MAX) node->age += age_added(call->op, call->params);
    if (call->op->lookback) node->lookback += call->op->lookback(call->params);
    node->phase += call->op->section != NULL;
    node->logical = is_logical(dag, call);
    node->unbound = is_unbound(dag, call, node->n_inputs);
}

static bool all_constant(const fx_dag *dag, const fx_node *node)
{
    for (size_t i = 0; i < node->n_inputs; i++)
        if (fx_node_of(dag, node->inputs[i])->kind != FX_CONSTANT) return false;
    return true;
}

/* The kernel itself does the folding, so a folded constant has the bits that running would give. */
static tw_status fold(fx_dag *dag, const fx_node *node, fx_ref *ref, tw_error *err)
{
    double x[FX_INPUTS], y = 0;
    const double *in[FX_INPUTS];
    for (size_t i = 0; i < node->n_inputs; i++) {
        x[i] = fx_node_of(dag, node->inputs[i])->constant;
        in[i] = &x[i];
    }
    void *state = tw_new(dag->ctx, 1, fx_state_size(node->op, node->params, 1) + 1);
    if (!state) return tw_no_memory(err, "folding a constant");
    fx_state_init(node->op, node->params, 1, state);
    node->op->run_one(state, 1, in, (double *[]){&y});
    tw_free(dag->ctx, state);
    return fx_dag_constant(dag, y, node->logical, ref, err);
}

static tw_status print_params(fx_dag *dag, fx_node *node, tw_error *err)
{
    tw_buf text;
    tw_buf_init(&text, dag->ctx);
    if (node->params) tw_params_print(node->op->params, node->params, &text);
    node->params_text = text.failed ? NULL : tw_arena_text(dag->arena, text.data ? text.data : "", text.length);
    tw_buf_clear(&text);
    return node->params_text ? TW_OK : tw_no_memory(err, "the parameters of an operator");
}

tw_status fx_dag_operator(fx_dag *dag, const fx_call *call, fx_ref *ref, tw_error *err)
{
    fx_node node = {.kind = FX_OPERATOR, .op = call->op, .params = call->params};
    node.n_inputs = (uint32_t)tw_op_inputs(call->op);
    node.n_outputs = (uint32_t)tw_op_outputs(call->op);
    memcpy(node.inputs, call->inputs, node.n_inputs * sizeof node.inputs[0]);
    TW_TRY(print_params(dag, &node, err));
    describe_result(dag, call, &node);
    if (node.phase > FX_MOST_PHASES)
        return tw_fail(err, TW_TOO_LARGE, "cross-sections may be nested %d deep, this one is deeper", FX_MOST_PHASES);
    if ((call->op->traits & TW_POINTWISE) && node.n_outputs == 1 && all_constant(dag, &node))
        return fold(dag, &node, ref, err);
    /* a + b and b + a are one node where the trait says that not a bit differs */
    if ((call->op->traits & TW_COMMUTES) && node.n_inputs == 2 &&
        (node.inputs[0].node > node.inputs[1].node ||
         (node.inputs[0].node == node.inputs[1].node && node.inputs[0].output > node.inputs[1].output))) {
        const fx_ref first = node.inputs[0];
        node.inputs[0] = node.inputs[1];
        node.inputs[1] = first;
    }
    return intern(dag, &node, ref, err);
}

/* ---- dead nodes and order */

/* order[new] = old; inputs come before users within a phase because they did so when the nodes were made. */
static size_t order_live(const fx_dag *dag, const bool *live, uint32_t *order)
{
    uint32_t phases = 0;
    size_t n = 0;
    for (size_t i = 0; i < dag->n; i++)
        if (live[i] && dag->nodes[i].phase >= phases) phases = dag->nodes[i].phase + 1;
    for (uint32_t phase = 0; phase < phases; phase++)
        for (int section = 1; section >= 0; section--)
            for (size_t i = 0; i < dag->n; i++)
                if (live[i] && dag->nodes[i].phase == phase && fx_node_is_section(dag->nodes + i) == (section == 1))
                    order[n++] = (uint32_t)i;
    return n;
}

static void mark_live(const fx_dag *dag, const fx_ref *roots, size_t n_roots, bool *live)
{
    for (size_t r = 0; r < n_roots; r++) live[roots[r].node] = true;
    for (size_t i = dag->n; i-- > 0;)
        for (size_t k = 0; live[i] && k < dag->nodes[i].n_inputs; k++) live[dag->nodes[i].inputs[k].node] = true;
}

static void count_users(fx_node *nodes, size_t n, const fx_ref *roots, size_t n_roots)
{
    for (size_t r = 0; r < n_roots; r++) nodes[roots[r].node].users++;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < nodes[i].n_inputs; k++) nodes[nodes[i].inputs[k].node].users++;
}

tw_status fx_dag_finish(fx_dag *dag, fx_ref *roots, size_t n_roots, tw_error *err)
{
    bool *live = tw_new(dag->ctx, dag->n + 1, sizeof *live);
    uint32_t *order = tw_new(dag->ctx, dag->n + 1, sizeof *order);
    uint32_t *now = tw_new(dag->ctx, dag->n + 1, sizeof *now);
    fx_node *nodes = tw_new(dag->ctx, dag->n + 1, sizeof *nodes);
    const bool ok = live && order && now && nodes;
    if (ok) {
        mark_live(dag, roots, n_roots, live);
        const size_t n = order_live(dag, live, order);
        for (size_t i = 0; i < n; i++) now[order[i]] = (uint32_t)i;
        for (size_t i = 0; i < n; i++) {
            nodes[i] = dag->nodes[order[i]];
            for (size_t k = 0; k < nodes[i].n_inputs; k++) nodes[i].inputs[k].node = now[nodes[i].inputs[k].node];
            nodes[i].hash = hash_node(nodes + i); /* of what is left: equal plans, equal hashes */
        }
        for (size_t r = 0; r < n_roots; r++) roots[r].node = now[roots[r].node];
        count_users(nodes, n, roots, n_roots);
        fx_node *old = dag->nodes;
        dag->nodes = nodes;
        dag->n = n;
        dag->room = 0; /* finished: no node is added any more */
        nodes = old;
    }
    tw_free(dag->ctx, live);
    tw_free(dag->ctx, order);
    tw_free(dag->ctx, now);
    tw_free(dag->ctx, nodes);
    return ok ? TW_OK : tw_no_memory(err, "the order of a feature plan");
}
