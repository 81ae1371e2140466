/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "feature/parse.h"

enum { MOST_COLUMNS = 4096, MOST_FEATURES = 8192 };

/* ---- names */

static bool is_identifier(const char *name)
{
    const fx_token token = fx_token_read(name, strlen(name), 0);
    return token.kind == FX_NAME && token.at == 0 && token.length == strlen(name);
}

static bool is_reserved(const char *name)
{
    static const char *const words[] = {"and", "or", "not", "nan", "true", "false"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(name, words[i]) == 0) return true;
    return false;
}

static bool is_column(const tw_plan_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->n_columns; i++)
        if (strcmp(spec->columns[i], name) == 0) return true;
    return false;
}

static tw_status check_list(const tw_feature *list, size_t n, const char *kind, tw_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!list[i].name || !list[i].name[0]) return tw_fail(err, TW_BAD_NAME, "%s %zu has no name", kind, i + 1);
        if (!list[i].expression) return tw_fail(err, TW_BAD_VALUE, "%s '%.64s' has no expression", kind, list[i].name);
    }
    return TW_OK;
}

static tw_status check_lets(const tw_plan_spec *spec, tw_error *err)
{
    TW_TRY(check_list(spec->lets, spec->n_lets, "let", err));
    for (size_t i = 0; i < spec->n_lets; i++) {
        const char *name = spec->lets[i].name;
        if (!is_identifier(name) || is_reserved(name))
            return tw_fail(err, TW_BAD_NAME,
                           "let '%.64s': a name is letters, digits and '_', and not a word of the language", name);
        if (is_column(spec, name)) return tw_fail(err, TW_EXISTS, "let '%.64s': there is a column of this name", name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(spec->lets[k].name, name) == 0)
                return tw_fail(err, TW_EXISTS, "let '%.64s' is given twice", name);
    }
    return TW_OK;
}

static tw_status check_features(const tw_plan_spec *spec, tw_error *err)
{
    TW_TRY(check_list(spec->features, spec->n_features, "feature", err));
    for (size_t i = 0; i < spec->n_features; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(spec->features[k].name, spec->features[i].name) == 0)
                return tw_fail(err, TW_EXISTS, "feature '%.64s' is given twice", spec->features[i].name);
    return TW_OK;
}

static tw_status check_spec(const tw_plan_spec *spec, tw_error *err)
{
    if (spec->n_columns > MOST_COLUMNS)
        return tw_fail(err, TW_TOO_LARGE, "a plan takes %d columns, got %zu", MOST_COLUMNS, spec->n_columns);
    if (spec->n_features > MOST_FEATURES || spec->n_lets > MOST_FEATURES)
        return tw_fail(err, TW_TOO_LARGE, "a plan takes %d features and as many lets, got %zu and %zu", MOST_FEATURES,
                       spec->n_features, spec->n_lets);
    for (size_t i = 0; i < spec->n_columns; i++) {
        if (!spec->columns[i]) return tw_fail(err, TW_BAD_NAME, "column %zu has no name", i + 1);
        for (size_t k = 0; k < i; k++)
            if (strcmp(spec->columns[k], spec->columns[i]) == 0)
                return tw_fail(err, TW_EXISTS, "column '%.64s' is given twice", spec->columns[i]);
    }
    TW_TRY(check_lets(spec, err));
    return check_features(spec, err);
}

/* ---- compiling */

static tw_status copy_names(tw_plan *plan, const tw_plan_spec *spec, tw_error *err)
{
    tw_arena *arena = &plan->arena;
    plan->columns = tw_arena_new(arena, spec->n_columns + 1, sizeof *plan->columns);
    plan->features = tw_arena_new(arena, spec->n_features + 1, sizeof *plan->features);
    plan->roots = tw_arena_new(arena, spec->n_features + 1, sizeof *plan->roots);
    bool ok = plan->columns && plan->features && plan->roots;
    for (size_t i = 0; ok && i < spec->n_columns; i++)
        ok = (plan->columns[i] = tw_arena_text(arena, spec->columns[i], strlen(spec->columns[i]))) != NULL;
    for (size_t i = 0; ok && i < spec->n_features; i++) {
        const tw_feature *f = spec->features + i;
        plan->features[i].name = tw_arena_text(arena, f->name, strlen(f->name));
        plan->features[i].expression = tw_arena_text(arena, f->expression, strlen(f->expression));
        ok = plan->features[i].name && plan->features[i].expression;
    }
    plan->n_columns = spec->n_columns;
    plan->n_features = spec->n_features;
    return ok ? TW_OK : tw_no_memory(err, "the names of a feature plan");
}

static tw_status parse_all(tw_plan *plan, const tw_plan_spec *spec, tw_error *err)
{
    fx_value *lets = tw_arena_new(&plan->arena, spec->n_lets + 1, sizeof *lets);
    const char **names = tw_arena_new(&plan->arena, spec->n_lets + 1, sizeof *names);
    if (!lets || !names) return tw_no_memory(err, "the names of a feature plan");
    fx_scope scope = {&plan->dag, spec->columns, spec->n_columns, names, lets, 0, 0};
    plan->dag.n_columns = spec->n_columns;
    for (size_t i = 0; i < spec->n_lets; i++) {
        names[i] = spec->lets[i].name;
        const fx_source source = {"let", names[i], spec->lets[i].expression};
        TW_TRY(fx_parse(&scope, &source, &lets[i], err));
        scope.n_lets++; /* those after it may use it */
    }
    for (size_t i = 0; i < spec->n_features; i++) {
        const fx_source source = {"feature", spec->features[i].name, spec->features[i].expression};
        fx_value value = {0};
        TW_TRY(fx_parse(&scope, &source, &value, err));
        plan->roots[i] = value.ref;
        plan->features[i].part = value.part;
        plan->features[i].n_parts = value.n_parts;
    }
    return TW_OK;
}

/* State sizes stand for the versions of operators: a snapshot must not meet a state of another shape. */
static uint64_t hash_plan(const tw_plan *plan)
{
    uint64_t hash = tw_hash64("tradewind plan 1", 16, 0);
    for (size_t i = 0; i < plan->n_columns; i++) hash = tw_hash64(plan->columns[i], strlen(plan->columns[i]) + 1, hash);
    for (size_t i = 0; i < plan->dag.n; i++) {
        const fx_node *node = plan->dag.nodes + i;
        const size_t state =
            node->kind == FX_OPERATOR && !node->op->section ? fx_state_size(node->op, node->params, TW_LANES) : 0;
        const uint64_t what[] = {node->hash, node->n_inputs, node->phase, state};
        hash = tw_hash64(what, sizeof what, hash);
        hash = tw_hash64(node->inputs, node->n_inputs * sizeof node->inputs[0], hash);
    }
    for (size_t i = 0; i < plan->n_features; i++) {
        hash = tw_hash64(plan->features[i].name, strlen(plan->features[i].name) + 1, hash);
        hash = tw_hash64(&plan->roots[i], sizeof plan->roots[i], hash);
    }
    return hash;
}

static tw_status finish(tw_plan *plan, tw_error *err)
{
    TW_TRY(fx_dag_finish(&plan->dag, plan->roots, plan->n_features, err));
    plan->hash = hash_plan(plan);
    return TW_OK;
}

static tw_status compile(tw_plan *plan, const tw_plan_spec *spec, tw_error *err)
{
    TW_TRY(check_spec(spec, err));
    TW_TRY(copy_names(plan, spec, err));
    TW_TRY(parse_all(plan, spec, err));
    return finish(plan, err);
}

static tw_plan *new_plan(const tw_ctx *ctx)
{
    tw_plan *made = tw_new(ctx, 1, sizeof *made);
    if (!made) return NULL;
    made->ctx = ctx;
    tw_arena_init(&made->arena, ctx);
    fx_dag_init(&made->dag, ctx, &made->arena);
    return made;
}

tw_status tw_plan_compile(const tw_ctx *ctx, const tw_plan_spec *spec, tw_plan **plan, tw_error *err)
{
    tw_plan *made = new_plan(ctx);
    if (!made) return tw_no_memory(err, "a feature plan");
    const tw_status status = compile(made, spec, err);
    if (status == TW_OK)
        *plan = made;
    else
        tw_plan_free(made);
    return status;
}

/* ---- one operator */

static tw_status read_call(tw_plan *plan, const char *name, const char *params, fx_call *call, tw_error *err)
{
    TW_TRY(tw_op_find(TW_ISA_BASELINE, name, &call->op, err));
    const tw_op *op = call->op;
    void *room = tw_arena_new(&plan->arena, 1, op->params_size + 1);
    fx_ref *inputs = tw_arena_new(&plan->arena, tw_op_inputs(op), sizeof *inputs);
    if (!room || !inputs) return tw_no_memory(err, "the parameters of an operator");
    TW_TRY(tw_params_parse(op->params, name, params, room, err));
    if (op->check) TW_TRY(op->check(room, err));
    for (size_t i = 0; op->inputs[i]; i++) TW_TRY(fx_dag_column(&plan->dag, i, &inputs[i], err));
    call->params = op->params_size ? room : NULL;
    call->inputs = inputs;
    return TW_OK;
}

/* The features of an operator under n settings, named by their outputs, and by their settings where there are more. */
static tw_status name_outputs(tw_plan *plan, const tw_op *op, const char *const *settings, size_t n, tw_error *err)
{
    const size_t n_outputs = tw_op_outputs(op);
    tw_feature *features = tw_arena_new(&plan->arena, n * n_outputs, sizeof *features);
    tw_buf name;
    tw_buf_init(&name, plan->ctx);
    bool ok = features != NULL;
    for (size_t i = 0; ok && i < n * n_outputs; i++) {
        name.length = 0;
        tw_buf_text(&name, op->outputs[i % n_outputs]);
        if (n > 1) tw_buf_printf(&name, "(%s)", settings[i / n_outputs]);
        features[i] = (tw_feature){tw_arena_text(&plan->arena, name.data ? name.data : "", name.length), op->name};
        ok = !name.failed && features[i].name;
    }
    tw_buf_clear(&name);
    const tw_plan_spec spec = {
        .columns = op->inputs, .n_columns = tw_op_inputs(op), .features = features, .n_features = n * n_outputs};
    return ok ? copy_names(plan, &spec, err) : tw_no_memory(err, "the names of a feature plan");
}

static tw_status compile_operator(tw_plan *plan, const char *name, const char *const *settings, size_t n, tw_error *err)
{
    fx_call call;
    const tw_op *op;
    const fx_scope scope = {.dag = &plan->dag};
    TW_TRY(tw_op_find(TW_ISA_BASELINE, name, &op, err));
    if (n == 0 || n > MOST_FEATURES / tw_op_outputs(op))
        return tw_fail(err, TW_BAD_VALUE, "%s: a sweep takes 1 to %zu settings, got %zu", name,
                       MOST_FEATURES / tw_op_outputs(op), n);
    TW_TRY(name_outputs(plan, op, settings, n, err));
    for (size_t i = 0, f = 0; i < n; i++) {
        fx_value value = {0};
        TW_TRY(read_call(plan, name, settings[i], &call, err));
        TW_TRY(fx_make(&scope, &call, &value, err));
        for (uint32_t o = 0; o < tw_op_outputs(op); o++)
            plan->roots[f++] = value.defined ? value.outputs[o] : (fx_ref){value.ref.node, o};
    }
    return finish(plan, err);
}

tw_status tw_plan_sweep(const tw_ctx *ctx, const char *name, const char *const *settings, size_t n, tw_plan **plan,
                        tw_error *err)
{
    tw_plan *made = new_plan(ctx);
    if (!made) return tw_no_memory(err, "a feature plan");
    const tw_status status = compile_operator(made, name, settings, n, err);
    if (status == TW_OK)
        *plan = made;
    else
        tw_plan_free(made);
    return status;
}

tw_status tw_plan_operator(const tw_ctx *ctx, const char *name, const char *params, tw_plan **plan, tw_error *err)
{
    return tw_plan_sweep(ctx, name, &params, 1, plan, err);
}

void tw_plan_free(tw_plan *plan)
{
    if (!plan) return;
    fx_dag_clear(&plan->dag);
    tw_arena_clear(&plan->arena);
    tw_free(plan->ctx, plan);
}

/* ---- reading */

size_t tw_plan_features(const tw_plan *plan) { return plan->n_features; }

const char *tw_plan_feature_name(const tw_plan *plan, size_t i) { return plan->features[i].name; }

size_t tw_plan_lookback(const tw_plan *plan, size_t i) { return fx_node_of(&plan->dag, plan->roots[i])->lookback; }

size_t tw_plan_age(const tw_plan *plan, size_t i) { return fx_node_of(&plan->dag, plan->roots[i])->age; }

bool tw_plan_is_section(const tw_plan *plan, size_t i) { return fx_node_of(&plan->dag, plan->roots[i])->phase > 0; }

bool tw_plan_is_logical(const tw_plan *plan, size_t i) { return fx_node_of(&plan->dag, plan->roots[i])->logical; }

bool tw_plan_uses_column(const tw_plan *plan, size_t column)
{
    for (size_t i = 0; i < plan->dag.n; i++)
        if (plan->dag.nodes[i].kind == FX_COLUMN && plan->dag.nodes[i].column == column) return true;
    return false;
}

size_t tw_plan_nodes(const tw_plan *plan) { return plan->dag.n; }

uint64_t tw_plan_hash(const tw_plan *plan) { return plan->hash; }
