/* SPDX-License-Identifier: Apache-2.0 */
/* batch.c - rows of one kind are gathered into columns, priced in one call, and their values put back. */
#include "cli/price/batch.h"

#include "tradewind/implied.h"

#include <math.h>
#include <string.h>

typedef struct batch {
    const tw_batch_job *job;
    const tw_terms *rows;
    tw_priced *out;
    const size_t *at; /* the rows of this batch */
    size_t n;
} batch;

/* What a batch is given to the library as. */
typedef struct batch_call {
    tw_contracts contracts;
    tw_price_market market;
    tw_values values;
} batch_call;

/* ---------------------------------------------------------------- columns */

static bool same_kind(const tw_terms *a, const tw_terms *b)
{
    return a->instrument == b->instrument && a->model == b->model && a->dividend_model == b->dividend_model &&
           !a->dividends.n == !b->dividends.n && !a->dates.n == !b->dates.n;
}

/* Gathers a column; left out where no row has a number in it, so that its preset holds. */
static bool gather_column(const batch *b, int column, tw_column *out)
{
    const double preset = tw_pricing_columns()[column].preset;
    bool any = false;
    for (size_t i = 0; i < b->n; i++) any |= !isnan(b->rows[b->at[i]].col[column]);
    if (!any && !isnan(preset)) return true;
    double *to = tw_arena_new(b->job->arena, b->n, sizeof *to);
    for (size_t i = 0; to && i < b->n; i++) {
        const double x = b->rows[b->at[i]].col[column];
        to[i] = isnan(x) ? preset : x;
    }
    *out = (tw_column){to, 1};
    return to != NULL;
}

static void add_times(const tw_times *from, size_t at, double *time, double *amount, uint8_t *share)
{
    if (from->n == 0) return;
    memcpy(time + at, from->time, from->n * sizeof *time);
    if (!amount) return;
    memcpy(amount + at, from->amount, from->n * sizeof *amount);
    memcpy(share + at, from->share, from->n * sizeof *share);
}

/* Gathers lists of times, one behind the other. */
static bool gather_times(const batch *b, bool dividends, tw_dates *out)
{
    tw_arena *arena = b->job->arena;
    size_t total = 0, *start = tw_arena_new(arena, b->n + 1, sizeof *start);
    if (!start) return false;
    for (size_t i = 0; i < b->n; i++) {
        const tw_terms *row = &b->rows[b->at[i]];
        total += dividends ? row->dividends.n : row->dates.n;
        start[i + 1] = total;
    }
    if (total == 0) return true;
    double *time = tw_arena_new(arena, total, sizeof *time);
    double *amount = dividends ? tw_arena_new(arena, total, sizeof *amount) : NULL;
    uint8_t *share = dividends ? tw_arena_new(arena, total, sizeof *share) : NULL;
    if (!time || (dividends && (!amount || !share))) return false;
    for (size_t i = 0; i < b->n; i++) {
        const tw_terms *row = &b->rows[b->at[i]];
        add_times(dividends ? &row->dividends : &row->dates, start[i], time, amount, share);
    }
    *out = (tw_dates){total, start, time, amount, share};
    return true;
}

static tw_status gather(const batch *b, tw_contracts *contracts, tw_error *err)
{
    bool done = gather_times(b, false, &contracts->dates) && gather_times(b, true, &contracts->dividends);
    for (int c = 0; c < TW_COLUMN_COUNT && done; c++) done = gather_column(b, c, &contracts->column[c]);
    return done ? TW_OK : tw_no_memory(err, "contracts");
}

/* ---------------------------------------------------------------- prices */

static const char *copy_message(const batch *b, const tw_error *err)
{
    const char *copy = tw_arena_text(b->job->arena, err->message, strlen(err->message));
    return copy ? copy : "out of memory";
}

static tw_status make_values(const batch *b, tw_values *values, tw_error *err)
{
    values->status = tw_arena_new(b->job->arena, b->n, sizeof *values->status);
    if (!values->status) return tw_no_memory(err, "values");
    for (int v = 0; v < TW_VALUE_COUNT; v++) {
        if (!(b->job->wants >> v & 1u)) continue;
        values->value[v] = tw_arena_new(b->job->arena, b->n, sizeof(double));
        if (!values->value[v]) return tw_no_memory(err, "values");
    }
    return TW_OK;
}

static tw_status call_engine(const batch *b, const batch_call *call, const tw_engine *engine, tw_error *err)
{
    tw_pricer pricer = {.engine = engine, .params = b->job->params, .ctx = b->job->ctx};
    pricer.workspace_size = tw_price_workspace(&pricer, &call->contracts, &call->market);
    pricer.workspace = tw_new(b->job->ctx, pricer.workspace_size, 1);
    if (!pricer.workspace) return tw_no_memory(err, "pricing");
    const tw_status status = tw_price(&pricer, &call->contracts, &call->market, &call->values, err);
    tw_free(b->job->ctx, pricer.workspace);
    return status;
}

static tw_status call_implied(const batch *b, const batch_call *call, tw_error *err)
{
    return tw_implied(b->job->ctx, &call->contracts, &call->market, call->values.value[TW_VALUE_value],
                      call->values.status, err);
}

/* Makes the call. What makes no sense for the whole batch is said in each of its rows. */
static tw_status run(const batch *b, batch_call *call, const tw_engine *engine, tw_error *err)
{
    tw_error why;
    const tw_values *values = &call->values;
    TW_TRY(make_values(b, &call->values, err));
    const tw_status status = engine ? call_engine(b, call, engine, &why) : call_implied(b, call, &why);
    if (status == TW_CANCELLED || status == TW_NO_MEMORY) return tw_fail(err, status, "%s", why.message);
    const char *error = status == TW_OK ? NULL : copy_message(b, &why);
    for (size_t i = 0; i < b->n; i++) {
        tw_priced *out = &b->out[b->at[i]];
        out->engine = engine;
        out->error = error;
        out->status = values->status[i];
        for (int v = 0; v < TW_VALUE_COUNT; v++) out->value[v] = values->value[v] && !error ? values->value[v][i] : NAN;
    }
    return TW_OK;
}

static tw_status price_batch(const batch *b, tw_error *err)
{
    const tw_terms *first = &b->rows[b->at[0]];
    tw_error why;
    batch_call call = {.contracts = {.n = b->n, .instrument = first->instrument},
                       .market = {.model = first->model, .dividend_model = first->dividend_model}};
    const tw_engine *engine = b->job->engine;
    TW_TRY(gather(b, &call.contracts, err));
    if (b->job->implied || engine || tw_engine_auto(&call.contracts, &call.market, &engine, &why) == TW_OK)
        return run(b, &call, engine, err);
    for (size_t i = 0; i < b->n; i++) b->out[b->at[i]].error = copy_message(b, &why);
    return TW_OK;
}

tw_status tw_batch_price(const tw_batch_job *job, const tw_terms *rows, size_t n, tw_priced *out, tw_error *err)
{
    size_t *at = tw_arena_new(job->arena, n, sizeof *at);
    bool *done = tw_arena_new(job->arena, n, sizeof *done);
    if (n && (!at || !done)) return tw_no_memory(err, "contracts");
    for (size_t i = 0; i < n; i++) {
        out[i] = (tw_priced){.error = rows[i].error};
        for (int v = 0; v < TW_VALUE_COUNT; v++) out[i].value[v] = NAN;
        done[i] = out[i].error != NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (done[i]) continue;
        batch b = {job, rows, out, at, 0};
        for (size_t k = i; k < n; k++) {
            if (done[k] || !same_kind(&rows[i], &rows[k])) continue;
            at[b.n++] = k;
            done[k] = true;
        }
        TW_TRY(price_batch(&b, err));
    }
    return TW_OK;
}
