/* SPDX-License-Identifier: Apache-2.0 */
/* price.c - prices contracts block by block: fetches columns, takes invalid rows out, calls the engine, has bumps
 * taken for what the engine does not supply, hands results out. */
#include "pricing/engine.h"

#include "base/isa.h"
#include "tradewind/num.h"
#include "tradewind/rates.h"
#include "tradewind/surface.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

/* Blocks a task of the pool prices: of closed forms many, for they take no time. Results do not depend on it: a row's
 * are its own. */
enum { BLOCKS_PER_TASK = 16 };
static size_t blocks_per_task(const tw_engine *engine) { return engine->workspace ? 1 : BLOCKS_PER_TASK; }

/* Memory of one thread. */
typedef struct scratch {
    tw_block block;
    size_t row[TW_BLOCK];
    double column[TW_COLUMN_COUNT][TW_BLOCK];
    double value[TW_VALUE_COUNT][TW_BLOCK];
    tw_row_status status[TW_BLOCK]; /* of the rows of the block, as the caller numbers them */
    tw_row_status of_valid[TW_BLOCK];
} scratch;

typedef struct job {
    const tw_pricer *pricer;
    const void *params;
    const tw_contracts *contracts;
    const tw_price_market *market;
    const tw_values *out;
    const tw_scope *scope;
    uint64_t uses;
    bool curves;
    uint32_t wants;
    size_t per_thread, engine_work;
    tw_isa isa;
    tw_outside_fn *outside;
    tw_no_choice_fn *no_choice;
    double lo[TW_COLUMN_COUNT];
} job;

/* ---------------------------------------------------------------- columns */

/* Values of a column for `m` rows from `first`. */
static void fetch(const tw_column *column, double preset, size_t first, size_t m, double *to)
{
    if (!column->data) {
        for (size_t i = 0; i < m; i++) to[i] = preset;
    } else if (column->step == 1) {
        memcpy(to, column->data + first, m * sizeof *to);
    } else {
        for (size_t i = 0; i < m; i++) to[i] = column->data[(first + i) * column->step];
    }
}

/* Points the block at its columns: the caller's own memory where it can be, else a copy. */
static void fetch_block(const job *j, scratch *s, size_t first, size_t m)
{
    const tw_column_info *info = tw_pricing_columns();
    for (int c = 0; c < TW_COLUMN_COUNT; c++) {
        const tw_column *column = &j->contracts->column[c];
        s->block.col[c] = NULL;
        if (!(j->uses >> c & 1u)) continue;
        if (m == TW_BLOCK && column->data && column->step == 1) {
            s->block.col[c] = column->data + first;
            continue;
        }
        fetch(column, info[c].preset, first, m, s->column[c]);
        s->block.col[c] = s->column[c];
    }
}

/* A column of m rows that is worked out of others. */
static double *worked_out(scratch *s, tw_column_id column)
{
    s->block.col[column] = s->column[column];
    return s->column[column];
}

/* Rates to each row's expiry by the curves of the market, and volatilities by its surface. */
static void read_curves(const job *j, scratch *s, size_t m)
{
    const tw_price_market *market = j->market;
    const double *const *col = s->block.col;
    const double *T = col[TW_COL_T];
    double other[TW_BLOCK];
    if (market->rate) tw_curve_zeros(market->rate, m, T, worked_out(s, TW_COL_r));
    if (market->yield) tw_curve_zeros(market->yield, m, T, worked_out(s, TW_COL_q));
    if (market->borrow) {
        tw_curve_zeros(market->borrow, m, T, other);
        const double *q = col[TW_COL_q];
        double *to = worked_out(s, TW_COL_q);
        for (size_t i = 0; i < m; i++) to[i] = q[i] + other[i];
    }
    if (!market->surface || !col[TW_COL_vol] || !col[TW_COL_strike]) return;
    for (size_t i = 0; i < m; i++) {
        const double carry = market->model->forward ? 0.0 : col[TW_COL_r][i] - col[TW_COL_q][i];
        other[i] = col[TW_COL_spot][i] * tw_exp(carry * T[i]);
    }
    tw_surface_vols(market->surface, m, col[TW_COL_strike], other, T, worked_out(s, TW_COL_vol));
}

/* The number that no choice of a column has: 0 between put (-1) and call (1). */
static double never(const tw_column_info *info) { return info->lo < 0.0 ? 0.0 : -1.0; }

static bool block_valid(const job *j, const scratch *s)
{
    const tw_column_info *info = tw_pricing_columns();
    for (int c = 0; c < TW_COLUMN_COUNT; c++) {
        if (!s->block.col[c]) continue;
        if (j->outside(s->block.col[c], j->lo[c], info[c].hi)) return false;
        if (info[c].choices && j->no_choice(s->block.col[c], never(&info[c]))) return false;
    }
    return true;
}

/* What is wrong with row i. */
static tw_row_status row_check(const job *j, const scratch *s, size_t i)
{
    const tw_column_info *info = tw_pricing_columns();
    for (int c = 0; c < TW_COLUMN_COUNT; c++) {
        if (!s->block.col[c]) continue;
        const double x = s->block.col[c][i];
        if (isnan(x)) return TW_ROW_STATUS(TW_ROW_MISSING, c);
        const bool choice = !info[c].choices || (x == floor(x) && x != never(&info[c]));
        if (!(x >= j->lo[c] && x <= info[c].hi && choice)) return TW_ROW_STATUS(TW_ROW_RANGE, c);
    }
    return TW_ROW_STATUS(TW_ROW_OK, TW_COLUMN_COUNT);
}

/* Leaves the valid ones of m rows, and fills the block up with copies of the first of them. Returns how many. */
static size_t keep_valid(const job *j, scratch *s, size_t first, size_t m)
{
    size_t n = 0, from[TW_BLOCK];
    for (size_t i = 0; i < m; i++) {
        s->status[i] = row_check(j, s, i);
        if (tw_row_status_code(s->status[i]) == TW_ROW_OK) from[n++] = i;
    }
    if (n == 0) return 0;
    for (size_t i = n; i < TW_BLOCK; i++) from[i] = from[0];
    for (int c = 0; c < TW_COLUMN_COUNT; c++) {
        if (!s->block.col[c]) continue;
        double copy[TW_BLOCK];
        for (size_t i = 0; i < TW_BLOCK; i++) copy[i] = s->block.col[c][from[i]];
        memcpy(s->column[c], copy, sizeof copy);
        s->block.col[c] = s->column[c];
    }
    for (size_t i = 0; i < TW_BLOCK; i++) s->row[i] = first + from[i];
    return n;
}

static tw_due due_of(const tw_dates *dates, size_t row, double elapsed)
{
    const size_t from = dates->start ? dates->start[row] : 0, to = dates->start ? dates->start[row + 1] : dates->n;
    if (from == to) return (tw_due){.elapsed = elapsed};
    return (tw_due){to - from, dates->time + from, dates->amount ? dates->amount + from : NULL,
                    dates->share ? dates->share + from : NULL, elapsed};
}

tw_due tw_block_dates(const tw_block *block, size_t i)
{
    return due_of(&block->contracts->dates, tw_block_row(block, i), block->elapsed[i]);
}

tw_due tw_block_dividends(const tw_block *block, size_t i)
{
    return due_of(&block->contracts->dividends, tw_block_row(block, i), block->elapsed[i]);
}

/* ---------------------------------------------------------------- values */

/* Where the forward is the spot, r moves no forward: q has moved with it. */
static void rho_of_forward(const job *j, tw_block *block)
{
    const uint32_t both = TW_VALUE_BIT(TW_VALUE_rho) | TW_VALUE_BIT(TW_VALUE_dividend_rho);
    if (!j->market->model->forward || (j->scope->supplies & both) != both) return;
    for (size_t i = 0; i < TW_BLOCK; i++) {
        block->out[TW_VALUE_rho][i] += block->out[TW_VALUE_dividend_rho][i];
        block->out[TW_VALUE_dividend_rho][i] = 0.0;
    }
}

static void compute(const job *j, scratch *s)
{
    tw_block *block = &s->block;
    if (j->market->model->forward) block->col[TW_COL_q] = block->col[TW_COL_r];
    memset(block->status, 0, TW_BLOCK * sizeof *block->status); /* OK */
    j->pricer->engine->price(block, j->params);
    rho_of_forward(j, block);
    if (j->wants & ~j->scope->supplies)
        tw_bump(&(tw_bump_job){j->pricer->engine, j->params, block, j->wants, (char *)s + sizeof *s + j->engine_work});
}

/* A number that is none needs a reason: the engine's, or that it does not fit a double. */
static void explain(const job *j, scratch *s)
{
    for (int v = 0; v < TW_VALUE_COUNT; v++) {
        const double *x = s->block.out[v];
        if (!(j->wants >> v & 1u) || v == TW_VALUE_error_estimate || !j->outside(x, -DBL_MAX, DBL_MAX)) continue;
        for (size_t i = 0; i < s->block.n; i++)
            if (!isfinite(x[i]) && tw_row_status_code(s->block.status[i]) <= TW_ROW_LIMIT)
                s->block.status[i] = TW_ROW_STATUS(TW_ROW_OVERFLOW, TW_COLUMN_COUNT);
    }
}

/* Whether every row of a block is OK, four at a time. */
static bool all_ok(const tw_row_status *status)
{
    uint64_t any = 0, four;
    for (size_t i = 0; i < TW_BLOCK; i += sizeof four / sizeof *status) {
        memcpy(&four, status + i, sizeof four);
        any |= four;
    }
    return any == 0;
}

/* Fails rows that the engine could not price. */
static void blank_failed(const job *j, scratch *s)
{
    if (all_ok(s->block.status)) return;
    for (size_t i = 0; i < s->block.n; i++)
        if (tw_row_status_code(s->block.status[i]) > TW_ROW_LIMIT)
            for (int v = 0; v < TW_VALUE_COUNT; v++)
                if (j->wants >> v & 1u) s->block.out[v][i] = NAN;
}

/* The block has all its rows: results go straight to the caller's arrays. */
static void price_whole(const job *j, scratch *s, size_t first)
{
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        s->block.out[v] = j->out->value[v] ? j->out->value[v] + first : s->value[v];
    s->block.status = j->out->status ? j->out->status + first : s->of_valid;
    s->block.n = TW_BLOCK;
    s->block.first = first;
    s->block.row = NULL;
    compute(j, s);
    explain(j, s);
    blank_failed(j, s);
}

/* Prices the valid ones of m rows, and puts results to where their rows are. */
static void price_part(const job *j, scratch *s, size_t first, size_t m)
{
    s->block.n = keep_valid(j, s, first, m);
    for (int v = 0; v < TW_VALUE_COUNT; v++) s->block.out[v] = s->value[v];
    s->block.status = s->of_valid;
    s->block.row = s->row;
    if (s->block.n) {
        compute(j, s);
        explain(j, s);
        blank_failed(j, s);
    }
    for (size_t i = 0, k = 0; i < m; i++) {
        const bool valid = tw_row_status_code(s->status[i]) == TW_ROW_OK;
        for (int v = 0; v < TW_VALUE_COUNT; v++)
            if (j->wants >> v & 1u) j->out->value[v][first + i] = valid ? s->value[v][k] : NAN;
        if (j->out->status) j->out->status[first + i] = valid ? s->of_valid[k] : s->status[i];
        k += valid;
    }
}

static void price_block(const job *j, scratch *s, size_t first)
{
    const size_t left = j->contracts->n - first, m = left < TW_BLOCK ? left : TW_BLOCK;
    fetch_block(j, s, first, m);
    if (j->curves) read_curves(j, s, m);
    if (m == TW_BLOCK && block_valid(j, s))
        price_whole(j, s, first);
    else
        price_part(j, s, first, m);
}

static tw_status price_task(void *arg, size_t index, int thread, tw_error *err)
{
    (void)err;
    const job *j = arg;
    scratch *s = (scratch *)(void *)((char *)j->pricer->workspace + (size_t)thread * j->per_thread);
    s->block = (tw_block){.wants = j->wants & j->scope->supplies,
                          .contracts = j->contracts,
                          .market = j->market,
                          .scope = j->scope,
                          .isa = j->isa,
                          .work = (char *)s + sizeof *s};
    const size_t rows = blocks_per_task(j->pricer->engine) * TW_BLOCK, first = index * rows, end = first + rows;
    for (size_t i = first; i < end && i < j->contracts->n; i += TW_BLOCK) price_block(j, s, i);
    return TW_OK;
}

/* ---------------------------------------------------------------- the call */

static size_t round_up(size_t bytes) { return (bytes + 63) / 64 * 64; }

static const tw_ctx *pricer_ctx(const tw_pricer *pricer)
{
    static const tw_ctx none = {0};
    return pricer->ctx ? pricer->ctx : &none;
}

/* Room for the settings of any engine, filled with their presets. */
typedef union settings {
    double number;
    char bytes[1024];
} settings;

/* The pricer with the presets of its engine where it has no settings of its own. */
static tw_pricer with_params(const tw_pricer *pricer, settings *presets)
{
    tw_pricer whole = *pricer;
    assert(pricer->engine->params_size <= sizeof *presets);
    if (whole.params || !pricer->engine->params) return whole;
    tw_params_default(pricer->engine->params, presets);
    whole.params = presets;
    return whole;
}

static size_t engine_bytes(const tw_pricer *pricer, const tw_contracts *contracts)
{
    const tw_engine *engine = pricer->engine;
    return round_up(engine->workspace ? engine->workspace(pricer->params, contracts) : 0);
}

static size_t thread_bytes(const tw_pricer *pricer, const tw_contracts *contracts)
{
    return round_up(sizeof(scratch)) + engine_bytes(pricer, contracts) + round_up(tw_bump_workspace());
}

size_t tw_price_workspace(const tw_pricer *pricer, const tw_contracts *contracts, const tw_price_market *market)
{
    (void)market;
    settings presets;
    const tw_pricer whole = with_params(pricer, &presets);
    return thread_bytes(&whole, contracts) * (size_t)tw_pool_threads(pricer_ctx(pricer)->pool);
}

static uint32_t wanted(const tw_values *out)
{
    uint32_t wants = 0;
    for (int v = 0; v < TW_VALUE_COUNT; v++)
        if (out->value[v]) wants |= TW_VALUE_BIT(v);
    return wants;
}

static tw_status check_columns(const tw_contracts *contracts, const tw_price_market *market, tw_error *err)
{
    uint64_t uses = tw_pricing_uses(contracts->instrument, market->model);
    if (market->surface) uses &= ~TW_COL_BIT(vol);
    const tw_column_info *info = tw_pricing_columns();
    for (int c = 0; c < TW_COLUMN_COUNT; c++)
        if ((uses >> c & 1u) && !contracts->column[c].data && isnan(info[c].preset))
            return tw_fail(err, TW_BAD_VALUE, "pricing: %s needs a column \"%s\" (%s)", contracts->instrument->name,
                           info[c].name, info[c].help);
    if (contracts->instrument->dates && contracts->dates.n == 0)
        return tw_fail(err, TW_BAD_VALUE, "pricing: %s needs dates", contracts->instrument->name);
    return TW_OK;
}

static tw_status check_call(const tw_pricer *pricer, const tw_contracts *contracts, const tw_price_market *market,
                            tw_error *err)
{
    const tw_scope *scope = tw_engine_scope(pricer->engine, contracts->instrument, market->model);
    if (!scope)
        return tw_fail(err, TW_UNSUPPORTED, "pricing: engine %s does not price %s under %s", pricer->engine->name,
                       contracts->instrument->name, market->model->name);
    if (!tw_scope_takes(scope, contracts, market))
        return tw_fail(err, TW_UNSUPPORTED, "pricing: engine %s takes no such dividends or curves with %s",
                       pricer->engine->name, contracts->instrument->name);
    TW_TRY(check_columns(contracts, market, err));
    const size_t need = tw_price_workspace(pricer, contracts, market);
    if (pricer->workspace_size < need)
        return tw_fail(err, TW_BAD_VALUE, "pricing: the workspace must have %zu bytes, got %zu", need,
                       pricer->workspace_size);
    return TW_OK;
}

/* Lower bounds of columns: prices may be negative where the model lets them. */
static void set_bounds(job *j)
{
    const tw_column_info *info = tw_pricing_columns();
    for (int c = 0; c < TW_COLUMN_COUNT; c++)
        j->lo[c] = j->market->model->any_sign && info[c].lo == TW_PRICE_MIN ? -TW_PRICE_MAX : info[c].lo;
}

tw_status tw_price(const tw_pricer *pricer, const tw_contracts *contracts, const tw_price_market *market,
                   const tw_values *out, tw_error *err)
{
    settings presets;
    const tw_pricer whole = with_params(pricer, &presets);
    TW_TRY(check_call(&whole, contracts, market, err));
    const tw_ctx *ctx = pricer_ctx(pricer);
    job j = {.pricer = &whole,
             .params = whole.params,
             .contracts = contracts,
             .market = market,
             .out = out,
             .scope = tw_engine_scope(pricer->engine, contracts->instrument, market->model),
             .uses = tw_pricing_uses(contracts->instrument, market->model),
             .wants = wanted(out),
             .per_thread = thread_bytes(&whole, contracts),
             .engine_work = engine_bytes(&whole, contracts),
             .isa = tw_isa_resolve(ctx->isa)};
    j.outside = TW_ISA_PICK(j.isa, tw_pricing_outside);
    j.no_choice = TW_ISA_PICK(j.isa, tw_pricing_no_choice);
    j.curves = market->rate || market->yield || market->borrow || market->surface;
    set_bounds(&j);
    const size_t rows = blocks_per_task(whole.engine) * TW_BLOCK, tasks = (contracts->n + rows - 1) / rows;
    return tw_pool_run(ctx->pool, tasks, price_task, &j, err);
}
