/* SPDX-License-Identifier: Apache-2.0 */
/* A plan as JSON. */
#include "feature/plan.h"

#include <inttypes.h>
#include <stdio.h>

static void key_text(tw_json *json, const char *key, const char *text)
{
    tw_json_key(json, key);
    tw_json_text(json, text);
}

static void key_count(tw_json *json, const char *key, size_t n)
{
    tw_json_key(json, key);
    tw_json_integer(json, (int64_t)n);
}

static const char *output_name(const fx_node *node, uint32_t output)
{
    return node->kind == FX_OPERATOR ? node->op->outputs[output] : NULL;
}

static void describe_inputs(const tw_plan *plan, const fx_node *node, tw_json *json)
{
    tw_json_key(json, "inputs");
    tw_json_array(json);
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const fx_ref ref = node->inputs[i];
        tw_json_object(json);
        key_count(json, "node", ref.node);
        key_text(json, "output", output_name(fx_node_of(&plan->dag, ref), ref.output));
        tw_json_object_end(json);
    }
    tw_json_array_end(json);
}

static void describe_what(const tw_plan *plan, const fx_node *node, tw_json *json)
{
    if (node->kind == FX_COLUMN) {
        key_text(json, "column", plan->columns[node->column]);
    } else if (node->kind == FX_CONSTANT) {
        tw_json_key(json, "constant");
        tw_json_number(json, node->constant);
    } else {
        key_text(json, "operator", node->op->name);
        tw_json_key(json, "params");
        tw_params_json(node->op->params, node->params, json);
        describe_inputs(plan, node, json);
    }
}

static void describe_node(const tw_plan *plan, size_t id, tw_json *json)
{
    const fx_node *node = plan->dag.nodes + id;
    tw_json_object(json);
    key_count(json, "id", id);
    describe_what(plan, node, json);
    key_text(json, "type", node->logical ? "logical" : "real");
    key_count(json, "lookback", node->lookback);
    if (node->age != SIZE_MAX) key_count(json, "age", node->age);
    key_count(json, "phase", node->phase);
    key_count(json, "users", node->users);
    tw_json_object_end(json);
}

static void describe_feature(const tw_plan *plan, size_t i, tw_json *json)
{
    const fx_node *node = fx_node_of(&plan->dag, plan->roots[i]);
    tw_json_object(json);
    key_text(json, "name", plan->features[i].name);
    key_text(json, "expression", plan->features[i].expression);
    key_count(json, "node", plan->roots[i].node);
    key_text(json, "output", output_name(node, plan->roots[i].output));
    key_count(json, "lookback", node->lookback);
    tw_json_object_end(json);
}

void tw_plan_describe(const tw_plan *plan, tw_json *json)
{
    char hash[17];
    snprintf(hash, sizeof hash, "%016" PRIx64, plan->hash);
    tw_json_object(json);
    key_text(json, "hash", hash);
    tw_json_key(json, "columns");
    tw_json_array(json);
    for (size_t i = 0; i < plan->n_columns; i++) tw_json_text(json, plan->columns[i]);
    tw_json_array_end(json);
    tw_json_key(json, "nodes");
    tw_json_array(json);
    for (size_t i = 0; i < plan->dag.n; i++) describe_node(plan, i, json);
    tw_json_array_end(json);
    tw_json_key(json, "features");
    tw_json_array(json);
    for (size_t i = 0; i < plan->n_features; i++) describe_feature(plan, i, json);
    tw_json_array_end(json);
    tw_json_object_end(json);
}
