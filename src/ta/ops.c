/* SPDX-License-Identifier: Apache-2.0 */
/* ops.c - the operators by name, their description, and one operator over one series. */
#include <math.h>
#include <string.h>

#include "base/isa.h"
#include "tradewind/ta.h"

extern const tw_op *const tw_op_table_baseline[];
#if defined(TW_HAVE_X86_PATHS)
extern const tw_op *const tw_op_table_avx2[], *const tw_op_table_avx512[];
#endif

static const char *const op_names[] = {
#define OP(name) #name,
#include "ta/ops.def"
#undef OP
    NULL};

enum { OP_COUNT = sizeof op_names / sizeof op_names[0] - 1 };

const tw_op *const *tw_ops(tw_isa isa, size_t *n)
{
    const tw_isa best = tw_isa_resolve(isa);
    if (n) *n = OP_COUNT;
    (void)best; /* off x86 there is one table */
    return TW_ISA_PICK(best, tw_op_table);
}

tw_status tw_op_find(tw_isa isa, const char *name, const tw_op **op, tw_error *err)
{
    const tw_op *const *ops = tw_ops(isa, NULL);
    size_t lo = 0, hi = OP_COUNT;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        const int order = strcmp(name, op_names[mid]);
        if (order == 0) {
            *op = ops[mid];
            return TW_OK;
        }
        if (order < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    const char *near = tw_did_you_mean(name, op_names);
    if (near) return tw_fail(err, TW_BAD_NAME, "no operator '%s'; did you mean '%s'?", name, near);
    return tw_fail(err, TW_BAD_NAME, "no operator '%s'", name);
}

static size_t count_names(const char *const *names)
{
    size_t n = 0;
    while (names[n]) n++;
    return n;
}

size_t tw_op_inputs(const tw_op *op) { return count_names(op->inputs); }
size_t tw_op_outputs(const tw_op *op) { return count_names(op->outputs); }

/* ---------------------------------------------------------------- description */

static void write_text(tw_json *json, const char *key, const char *text)
{
    tw_json_key(json, key);
    tw_json_text(json, text);
}

static void write_names(tw_json *json, const char *key, const char *const *names)
{
    tw_json_key(json, key);
    tw_json_array(json);
    for (; *names; names++) tw_json_text(json, *names);
    tw_json_array_end(json);
}

static void write_traits(tw_json *json, unsigned traits)
{
    static const char *const names[] = {"scales",    "shifts",  "invariant", "pointwise", "window",
                                        "recursive", "section", "logical",   "commutes",  "shift_free"};
    tw_json_key(json, "traits");
    tw_json_array(json);
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (traits >> i & 1U) tw_json_text(json, names[i]);
    tw_json_array_end(json);
}

void tw_op_describe(const tw_op *op, tw_json *json)
{
    tw_json_object(json);
    write_text(json, "name", op->name);
    write_text(json, "title", op->title);
    write_text(json, "group", op->group);
    write_text(json, "source", op->source);
    write_text(json, "formula", op->formula);
    write_names(json, "inputs", op->inputs);
    write_names(json, "outputs", op->outputs);
    write_traits(json, op->traits);
    tw_json_key(json, "params");
    if (op->params) {
        tw_params_describe(op->params, json);
    } else {
        tw_json_array(json);
        tw_json_array_end(json);
    }
    tw_json_object_end(json);
}

/* ---------------------------------------------------------------- one operator, one series */

enum { MAX_INPUTS = 8, PARAM_ROOM = 512 };

typedef struct apply_job {
    const tw_op *op;
    union {
        double align;
        unsigned char bytes[PARAM_ROOM];
    } params;
    size_t history, state_size;
    double *padded[MAX_INPUTS];
    void *state;
} apply_job;

static tw_status apply_prepare(apply_job *job, const tw_ctx *ctx, const char *name, const char *params, tw_error *err)
{
    TW_TRY(tw_op_find(ctx ? ctx->isa : TW_ISA_BEST, name, &job->op, err));
    const tw_op *op = job->op;
    if (op->section) return tw_fail(err, TW_UNSUPPORTED, "%s works across symbols, not along one series", name);
    if (op->params_size > PARAM_ROOM || tw_op_inputs(op) > MAX_INPUTS)
        return tw_fail(err, TW_TOO_LARGE, "%s: parameters take %zu bytes, at most %d fit", name, op->params_size,
                       PARAM_ROOM);
    TW_TRY(tw_params_parse(op->params, name, params, job->params.bytes, err));
    if (op->check) TW_TRY(op->check(job->params.bytes, err));
    job->history = op->history ? op->history(job->params.bytes) : 0;
    job->state_size = op->state_size ? op->state_size(job->params.bytes, 1) : 0;
    return TW_OK;
}

static tw_status apply_run(apply_job *job, const tw_ctx *ctx, size_t n, const double *const *in, double *const *out,
                           tw_error *err)
{
    const size_t n_in = tw_op_inputs(job->op);
    const double *x[MAX_INPUTS];
    for (size_t i = 0; i < n_in; i++) {
        job->padded[i] = tw_new(ctx, job->history + n, sizeof(double));
        if (!job->padded[i]) return tw_no_memory(err, "the bars before the first");
        for (size_t k = 0; k < job->history; k++) job->padded[i][k] = (double)NAN;
        memcpy(job->padded[i] + job->history, in[i], n * sizeof(double));
        x[i] = job->padded[i] + job->history;
    }
    job->state = tw_new(ctx, 1, job->state_size + 1);
    if (!job->state) return tw_no_memory(err, "the state of an operator");
    if (job->op->init)
        job->op->init(job->state, job->params.bytes, 1);
    else if (job->state_size)
        memcpy(job->state, job->params.bytes, job->op->params_size);
    job->op->run_one(job->state, n, x, out);
    return TW_OK;
}

tw_status tw_op_apply(const tw_ctx *ctx, const char *name, const char *params, size_t n, const double *const *in,
                      double *const *out, tw_error *err)
{
    apply_job job = {.op = NULL};
    TW_TRY(apply_prepare(&job, ctx, name, params, err));
    if (n == 0) return TW_OK;
    const tw_status status = apply_run(&job, ctx, n, in, out, err);
    for (size_t i = 0; i < MAX_INPUTS; i++) tw_free(ctx, job.padded[i]);
    tw_free(ctx, job.state);
    return status;
}
