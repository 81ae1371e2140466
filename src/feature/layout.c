/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/layout.h"

#include <string.h>

/* While laying out: for each node its first place, for each place who needs it. */
typedef struct planner {
    const tw_ctx *ctx;
    const tw_plan *plan;
    fx_layout *layout;
    tw_arena arena;
    uint32_t *first_place; /* of a node's outputs */
    uint32_t *last_use;    /* of a place: the step after which nobody needs it */
    size_t *free_slots;
    size_t n_free, n_slots;
} planner;

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

static uint32_t place_of(const planner *p, fx_ref ref) { return p->first_place[ref.node] + ref.output; }

/* ---- which values are kept */

static size_t history_of(const fx_node *user) { return user->op->history ? user->op->history(user->params) : 0; }

/* Constants stay FX_FIXED unless rows before the first bar, which are missing, can be seen. */
static void note_use(planner *p, const fx_node *user, uint32_t step, fx_ref input)
{
    const fx_node *node = fx_node_of(&p->plan->dag, input);
    const uint32_t index = place_of(p, input);
    fx_place *place = p->layout->places + index;
    const size_t history = fx_node_is_section(user) ? 0 : history_of(user);
    if (history > place->history) place->history = history;
    if (history > 0) place->kind = FX_KEPT;
    if (node->kind != FX_CONSTANT && user->phase > node->phase) place->kind = FX_KEPT;
    if (step > p->last_use[index]) p->last_use[index] = step;
}

static void note_uses(planner *p)
{
    const fx_dag *dag = &p->plan->dag;
    for (uint32_t i = 0; i < dag->n; i++) {
        const fx_node *node = dag->nodes + i;
        for (uint32_t o = 0; o < node->n_outputs; o++) {
            const uint32_t index = p->first_place[i] + o;
            p->last_use[index] = i;
            p->layout->places[index].kind = node->kind == FX_CONSTANT  ? FX_FIXED
                                            : fx_node_is_section(node) ? FX_KEPT
                                                                       : FX_SCRATCH;
        }
    }
    for (uint32_t i = 0; i < dag->n; i++)
        for (uint32_t k = 0; k < dag->nodes[i].n_inputs; k++) note_use(p, dag->nodes + i, i, dag->nodes[i].inputs[k]);
}

/* ---- offsets */

static void lay_kept(planner *p)
{
    fx_layout *l = p->layout;
    for (size_t i = 0; i < l->n_places; i++) {
        fx_place *place = l->places + i;
        if (place->kind != FX_KEPT) continue;
        /* With slack for as many rows as the history has, a row is moved at most once. */
        place->slack = place->history > l->rows ? place->history : l->rows;
        place->kept = l->n_kept;
        place->offset = l->kept_count;
        l->kept[l->n_kept++] = place;
        if (place->history > l->longest_history) l->longest_history = place->history;
        l->kept_count += round_up((place->history + place->slack) * l->lanes, 8);
    }
}

static tw_status lay_fixed(planner *p, tw_error *err)
{
    fx_layout *l = p->layout;
    const fx_dag *dag = &p->plan->dag;
    for (size_t i = 0; i < dag->n; i++)
        if (l->places[p->first_place[i]].kind == FX_FIXED)
            l->places[p->first_place[i]].offset = FX_CHUNK * l->n_fixed++;
    l->fixed = tw_new(p->ctx, l->n_fixed * FX_CHUNK + 1, sizeof *l->fixed);
    if (!l->fixed) return tw_no_memory(err, "the constants of a feature plan");
    for (size_t i = 0; i < dag->n; i++) {
        const fx_place *place = l->places + p->first_place[i];
        for (size_t k = 0; place->kind == FX_FIXED && k < FX_CHUNK; k++)
            l->fixed[place->offset + k] = dag->nodes[i].constant;
    }
    return TW_OK;
}

static void take_slot(planner *p, fx_place *place)
{
    if (place->kind != FX_SCRATCH) return;
    const size_t slot = p->n_free > 0 ? p->free_slots[--p->n_free] : p->n_slots++;
    place->offset = slot * FX_CHUNK;
}

static void give_slot(planner *p, uint32_t index, uint32_t step)
{
    const fx_place *place = p->layout->places + index;
    if (place->kind != FX_SCRATCH || p->last_use[index] != step) return;
    p->last_use[index] = UINT32_MAX; /* given once, though a node may use it twice */
    p->free_slots[p->n_free++] = place->offset / FX_CHUNK;
}

/* Outputs take their slots before inputs give theirs: an operator never writes over what it reads. */
static void lay_scratch(planner *p)
{
    const fx_dag *dag = &p->plan->dag;
    for (uint32_t i = 0; i < dag->n; i++) {
        const fx_node *node = dag->nodes + i;
        for (uint32_t o = 0; o < node->n_outputs; o++) take_slot(p, p->layout->places + p->first_place[i] + o);
        for (uint32_t k = 0; k < node->n_inputs; k++) give_slot(p, place_of(p, node->inputs[k]), i);
        for (uint32_t o = 0; o < node->n_outputs; o++) give_slot(p, p->first_place[i] + o, i);
    }
    p->layout->scratch_count = p->n_slots * FX_CHUNK;
}

/* ---- steps */

static fx_step_kind step_kind(const planner *p, size_t i)
{
    const fx_node *node = p->plan->dag.nodes + i;
    if (node->kind == FX_COLUMN) return FX_LOAD;
    if (node->kind == FX_CONSTANT) return p->layout->places[p->first_place[i]].kind == FX_FIXED ? FX_STORE : FX_FILL;
    return node->op->section ? FX_SECTION : FX_RUN;
}

static tw_status make_step(planner *p, size_t i, tw_error *err)
{
    fx_layout *l = p->layout;
    const fx_node *node = p->plan->dag.nodes + i;
    fx_step *step = l->steps + i;
    *step = (fx_step){.kind = step_kind(p, i), .column = node->column, .constant = node->constant};
    step->n_inputs = node->n_inputs;
    step->n_outputs = node->n_outputs;
    step->params = node->params;
    for (uint32_t k = 0; k < node->n_inputs; k++) step->inputs[k] = place_of(p, node->inputs[k]);
    for (uint32_t o = 0; o < node->n_outputs; o++) step->outputs[o] = p->first_place[i] + o;
    if (step->kind == FX_LOAD) l->loads[l->n_loads++] = (uint32_t)i;
    if (node->kind != FX_OPERATOR) return TW_OK;
    TW_TRY(tw_op_find(tw_isa_resolve(p->ctx ? p->ctx->isa : TW_ISA_BEST), node->op->name, &step->op, err));
    if (step->kind == FX_SECTION) {
        if (node->n_inputs > l->section_ins) l->section_ins = node->n_inputs;
        if (node->n_outputs > l->section_outs) l->section_outs = node->n_outputs;
        return TW_OK;
    }
    step->run = l->lanes == 1 ? step->op->run_one : step->op->run_wide;
    step->state = l->state_bytes;
    step->state_size = fx_state_size(step->op, node->params, l->lanes);
    l->state_bytes += round_up(step->state_size, 64);
    if (step->state_size > l->largest_state) l->largest_state = step->state_size;
    return TW_OK;
}

static void add_stores(planner *p)
{
    fx_layout *l = p->layout;
    const fx_ref *roots = p->plan->roots;
    for (size_t f = 0; f < p->plan->n_features; f++) l->steps[roots[f].node].n_stores++;
    for (size_t i = 1; i < l->n_steps; i++)
        l->steps[i].first_store = l->steps[i - 1].first_store + l->steps[i - 1].n_stores;
    for (size_t i = 0; i < l->n_steps; i++) l->steps[i].n_stores = 0;
    for (uint32_t f = 0; f < p->plan->n_features; f++) {
        fx_step *step = l->steps + roots[f].node;
        l->stores[step->first_store + step->n_stores++] = (fx_store){f, place_of(p, roots[f])};
    }
}

static void add_phases(planner *p)
{
    fx_layout *l = p->layout;
    const fx_dag *dag = &p->plan->dag;
    for (uint32_t i = 0; i < dag->n; i++) {
        const uint32_t phase = dag->nodes[i].phase;
        if (i == 0 || phase != dag->nodes[i - 1].phase) {
            /* a phase whose nodes all died does not occur, so the phases of the nodes are consecutive */
            l->phases[l->n_phases++] = (fx_phase){i, i, i};
        }
        fx_phase *now = l->phases + l->n_phases - 1;
        now->end = i + 1;
        if (fx_node_is_section(dag->nodes + i)) now->split = i + 1;
    }
}

/* Every output of the one operator is a feature, and a feature of one kind each. */
static bool is_single(const fx_layout *l)
{
    size_t outputs = 0, stored = 0, operators = 0;
    for (size_t i = 0; i < l->n_steps; i++) {
        const fx_step *step = l->steps + i;
        if (step->kind == FX_LOAD && step->n_stores == 0) continue;
        if (step->kind != FX_RUN || operators++ > 0) return false;
        outputs = step->n_outputs, stored = step->n_stores;
        for (uint32_t o = 0; o < step->n_outputs; o++)
            if (l->places[step->outputs[o]].kind != FX_SCRATCH) return false;
        for (uint32_t s = 1; s < step->n_stores; s++)
            for (uint32_t r = 0; r < s; r++)
                if (l->stores[step->first_store + r].place == l->stores[step->first_store + s].place) return false;
    }
    return operators == 1 && outputs == stored;
}

/* ---- all of it */

static tw_status make_tables(planner *p, tw_error *err)
{
    fx_layout *l = p->layout;
    const fx_dag *dag = &p->plan->dag;
    p->first_place = tw_arena_new(&p->arena, dag->n + 1, sizeof *p->first_place);
    if (!p->first_place) return tw_no_memory(err, "the layout of a feature plan");
    for (size_t i = 0; i < dag->n; i++) {
        p->first_place[i] = (uint32_t)l->n_places;
        l->n_places += dag->nodes[i].n_outputs;
    }
    l->n_steps = dag->n;
    p->last_use = tw_arena_new(&p->arena, l->n_places + 1, sizeof *p->last_use);
    p->free_slots = tw_arena_new(&p->arena, l->n_places + 1, sizeof *p->free_slots);
    l->places = tw_new(p->ctx, l->n_places + 1, sizeof *l->places);
    l->kept = tw_new(p->ctx, l->n_places + 1, sizeof(fx_place *));
    l->steps = tw_new(p->ctx, dag->n + 1, sizeof *l->steps);
    l->loads = tw_new(p->ctx, dag->n + 1, sizeof *l->loads);
    l->stores = tw_new(p->ctx, p->plan->n_features + 1, sizeof *l->stores);
    l->phases = tw_new(p->ctx, dag->n + 1, sizeof *l->phases);
    const bool ok =
        p->last_use && p->free_slots && l->places && l->kept && l->steps && l->loads && l->stores && l->phases;
    return ok ? TW_OK : tw_no_memory(err, "the layout of a feature plan");
}

static tw_status lay_out(planner *p, tw_error *err)
{
    fx_layout *l = p->layout;
    TW_TRY(make_tables(p, err));
    note_uses(p);
    lay_kept(p);
    lay_scratch(p);
    TW_TRY(lay_fixed(p, err));
    for (size_t i = 0; i < l->n_steps; i++) TW_TRY(make_step(p, i, err));
    add_stores(p);
    add_phases(p);
    l->single = is_single(l);
    l->positions = l->state_bytes + l->kept_count * sizeof(double);
    l->block_bytes = round_up(l->positions + l->n_kept * sizeof(size_t), 64);
    return TW_OK;
}

tw_status fx_layout_init(fx_layout *layout, const tw_ctx *ctx, const tw_plan *plan, size_t lanes, tw_error *err)
{
    planner p = {.ctx = ctx, .plan = plan, .layout = layout};
    *layout = (fx_layout){.lanes = lanes, .rows = FX_CHUNK / lanes};
    tw_arena_init(&p.arena, ctx);
    const tw_status status = lay_out(&p, err);
    tw_arena_clear(&p.arena);
    return status;
}

void fx_layout_clear(fx_layout *layout, const tw_ctx *ctx)
{
    tw_free(ctx, layout->places);
    tw_free(ctx, layout->kept);
    tw_free(ctx, layout->steps);
    tw_free(ctx, layout->loads);
    tw_free(ctx, layout->stores);
    tw_free(ctx, layout->phases);
    tw_free(ctx, layout->fixed);
    *layout = (fx_layout){0};
}
