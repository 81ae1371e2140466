/* SPDX-License-Identifier: Apache-2.0 */
/* implied.c - volatilities of columns of quotes: fetches blocks, takes bad rows out, runs the kernels of the model. */
#include "tradewind/implied.h"
#include "base/isa.h"
#include "pricing/implied.h"

#include <math.h>
#include <string.h>

enum { BLOCKS_PER_TASK = 16, STEPS_MAX = 24 };

/* A step of third order leaves the fourth power of what it moved: nothing. */
#define SETTLED 1e-4

typedef enum method { LOGNORMAL, NORMAL, DIGITAL } method;

typedef struct job {
    const tw_contracts *quotes;
    double *vol;
    tw_row_status *status;
    method method;
    bool forward, any_sign;
    uint64_t uses;
    tw_isa isa;
    tw_implied_kernels kernels;
    tw_outside_fn *outside;
} job;

/* Where rows of a block that are not to be looked at get their numbers from: a price that there is. */
static const struct harmless {
    tw_column_id column;
    double value;
} HARMLESS[] = {{TW_COL_type, 1.0}, {TW_COL_spot, 1.0},  {TW_COL_strike, 1.0}, {TW_COL_r, 0.0},   {TW_COL_q, 0.0},
                {TW_COL_T, 1.0},    {TW_COL_price, 0.1}, {TW_COL_shift, 0.0},  {TW_COL_cash, 1.0}};
enum { N_COLUMNS = sizeof HARMLESS / sizeof *HARMLESS };

/* Memory of one block, on the stack: 60 kB. */
typedef struct scratch {
    tw_quote_block block;
    tw_implied_state state;
    double shift[TW_BLOCK], cash[TW_BLOCK], vol[TW_BLOCK];
    tw_row_status status[TW_BLOCK];
} scratch;

static double *place_of(scratch *s, int column)
{
    double *const places[N_COLUMNS] = {s->block.type, s->block.spot,  s->block.strike, s->block.r, s->block.q,
                                       s->block.T,    s->block.price, s->shift,        s->cash};
    return places[column];
}

static tw_row_status ok(void) { return TW_ROW_STATUS(TW_ROW_OK, TW_COLUMN_COUNT); }

/* ---------------------------------------------------------------- fetching */

static double lowest(const job *j, tw_column_id c)
{
    const double lo = tw_pricing_columns()[c].lo;
    return j->any_sign && lo == TW_PRICE_MIN ? -TW_PRICE_MAX : lo;
}

/* Values of a column for m rows from `first`, and harmless ones up to the block's end. */
static void fetch(const job *j, int column, size_t first, size_t m, double *to)
{
    const struct harmless *h = &HARMLESS[column];
    const tw_column *from = &j->quotes->column[h->column];
    const double preset = tw_pricing_columns()[h->column].preset;
    if (from->data && from->step == 1)
        memcpy(to, from->data + first, m * sizeof *to);
    else
        for (size_t i = 0; i < m; i++) to[i] = from->data ? from->data[(first + i) * from->step] : preset;
    for (size_t i = m; i < TW_BLOCK; i++) to[i] = h->value;
}

static tw_row_status check(const job *j, scratch *s, size_t i)
{
    for (int c = 0; c < N_COLUMNS; c++) {
        const tw_column_id id = HARMLESS[c].column;
        if (!(j->uses >> id & 1u)) continue;
        const double x = place_of(s, c)[i];
        if (isnan(x)) return TW_ROW_STATUS(TW_ROW_MISSING, id);
        if (!(x >= lowest(j, id) && x <= tw_pricing_columns()[id].hi)) return TW_ROW_STATUS(TW_ROW_RANGE, id);
    }
    return ok();
}

static void make_harmless(scratch *s, size_t i)
{
    for (int c = 0; c < N_COLUMNS; c++) place_of(s, c)[i] = HARMLESS[c].value;
}

static void displace(scratch *s)
{
    for (size_t i = 0; i < TW_BLOCK; i++) {
        const double spot = s->block.spot[i] + s->shift[i], strike = s->block.strike[i] + s->shift[i];
        if (spot >= TW_PRICE_MIN && strike >= TW_PRICE_MIN) {
            s->block.spot[i] = spot, s->block.strike[i] = strike;
            continue;
        }
        if (tw_row_status_code(s->status[i]) == TW_ROW_OK) s->status[i] = TW_ROW_STATUS(TW_ROW_CONFLICT, TW_COL_shift);
        make_harmless(s, i);
    }
}

/* Returns whether there may be a row that is not to be looked at. */
static bool fetch_block(const job *j, scratch *s, size_t first, size_t m)
{
    bool outside = false;
    for (int c = 0; c < N_COLUMNS; c++) {
        double *to = place_of(s, c);
        const tw_column_id id = HARMLESS[c].column;
        if (!(j->uses >> id & 1u)) continue;
        fetch(j, c, first, m, to);
        outside = outside || j->outside(to, lowest(j, id), tw_pricing_columns()[id].hi);
    }
    for (size_t i = 0; i < TW_BLOCK; i++) s->status[i] = ok();
    for (size_t i = 0; outside && i < m; i++) {
        s->status[i] = check(j, s, i);
        if (tw_row_status_code(s->status[i]) != TW_ROW_OK) make_harmless(s, i);
    }
    if (j->forward) memcpy(s->block.q, s->block.r, sizeof s->block.q);
    if (!(j->uses & TW_COL_BIT(shift))) return outside;
    displace(s);
    return true;
}

/* ---------------------------------------------------------------- rows */

/* What can be said of a row at once; true when a volatility has to be sought. */
static bool sort_out(const job *j, scratch *s, size_t i)
{
    const tw_quote_block *b = &s->block;
    const double value = b->time_value[i], bound = b->bound[i], slack = b->rounding[i];
    s->vol[i] = 0.0;
    if (tw_row_status_code(s->status[i]) != TW_ROW_OK) return false;
    if (!(bound > 0.0) || !isfinite(value) || (bound == INFINITY && j->method == LOGNORMAL))
        s->status[i] = TW_ROW_STATUS(TW_ROW_OVERFLOW, TW_COL_price);
    else if (value < -slack)
        s->status[i] = TW_ROW_STATUS(TW_ROW_BELOW_INTRINSIC, TW_COL_price);
    else if (value <= 0.0 || (b->root[i] <= 0.0 && value <= slack))
        s->status[i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
    else if (value >= bound || b->root[i] <= 0.0)
        s->status[i] = TW_ROW_STATUS(TW_ROW_ABOVE_BOUND, TW_COL_price);
    else
        return true;
    return false;
}

static void enter(const job *j, scratch *s, size_t i)
{
    tw_implied_state *st = &s->state;
    const double distance = s->block.distance[i], value = s->block.time_value[i], target = s->block.target[i];
    if (j->method == NORMAL && !(distance > 0.0)) { /* at the money there is nothing to seek */
        s->vol[i] = value * 2.5066282746310002 / s->block.root[i];
        return;
    }
    if (target >= 1e-300 && target <= 1e300) {
        st->row[st->n] = (uint32_t)i;
        st->distance[st->n] = distance, st->target[st->n++] = target;
    } else {
        s->status[i] = TW_ROW_STATUS(TW_ROW_RANGE, TW_COL_price);
    }
}

/* Fills a tile up with harmless numbers. */
static void pad(tw_implied_state *st)
{
    for (size_t i = st->n; i % TW_IMPLIED_TILE; i++) {
        st->distance[i] = 1.0, st->target[i] = 0.25, st->inv_target[i] = 4.0;
        st->log_target[i] = -1.4, st->s[i] = 1.0;
    }
}

/* Takes rows that have settled out of the state. */
static void settle(const job *j, scratch *s)
{
    tw_implied_state *st = &s->state;
    size_t n = 0;
    for (size_t k = 0; k < st->n; k++) {
        const size_t i = st->row[k];
        if (st->move[k] <= SETTLED) {
            s->vol[i] = st->s[k] * (j->method == NORMAL ? st->distance[k] : 1.0) / s->block.root[i];
            continue;
        }
        st->row[n] = (uint32_t)i, st->distance[n] = st->distance[k], st->target[n] = st->target[k];
        st->inv_target[n] = st->inv_target[k], st->log_target[n] = st->log_target[k], st->s[n++] = st->s[k];
    }
    st->n = n;
}

/* Puts the rows that have to be sought into the state; the others get their answer. */
static void sort_rows(const job *j, scratch *s, bool plain)
{
    tw_implied_state *st = &s->state;
    st->n = 0;
    if (!plain) {
        for (size_t i = 0; i < TW_BLOCK; i++)
            if (sort_out(j, s, i)) enter(j, s, i);
        return;
    }
    st->n = TW_BLOCK;
    for (size_t i = 0; i < TW_BLOCK; i++) st->row[i] = (uint32_t)i;
    memcpy(st->distance, s->block.distance, sizeof st->distance);
    memcpy(st->target, s->block.target, sizeof st->target);
}

static void seek(const job *j, scratch *s, bool plain)
{
    tw_implied_state *st = &s->state;
    sort_rows(j, s, plain);
    pad(st);
    j->kernels.seed(st);
    for (int step = 0; step < STEPS_MAX && st->n; step++) {
        pad(st);
        j->kernels.step(st);
        if (step > 0) settle(j, s); /* hardly a row has settled before */
    }
    for (size_t k = 0; k < st->n; k++) s->status[st->row[k]] = TW_ROW_STATUS(TW_ROW_NO_CONVERGENCE, TW_COL_price);
}

/* ---------------------------------------------------------------- the call */

static void imply_block(const job *j, scratch *s, size_t first)
{
    const size_t left = j->quotes->n - first, m = left < TW_BLOCK ? left : TW_BLOCK;
    const bool failed = fetch_block(j, s, first, m);
    const bool plain = j->kernels.prepare(&s->block) && !failed;
    if (j->method == DIGITAL) {
        const bool cash = strcmp(j->quotes->instrument->name, "digital_cash") == 0;
        tw_implied_digital(&(tw_digital_quotes){&s->block, cash ? s->cash : NULL, s->vol, s->status}, m);
    } else {
        seek(j, s, plain);
    }
    for (size_t i = 0; i < m; i++)
        j->vol[first + i] = tw_row_status_code(s->status[i]) <= TW_ROW_LIMIT ? s->vol[i] : NAN;
    if (j->status) memcpy(j->status + first, s->status, m * sizeof *s->status);
}

static tw_status imply_task(void *arg, size_t index, int thread, tw_error *err)
{
    (void)thread;
    (void)err;
    const job *j = arg;
    scratch s;
    const size_t first = index * BLOCKS_PER_TASK * TW_BLOCK, end = first + (size_t)BLOCKS_PER_TASK * TW_BLOCK;
    for (size_t i = first; i < end && i < j->quotes->n; i += TW_BLOCK) imply_block(j, &s, i);
    return TW_OK;
}

static tw_status method_of(const tw_contracts *quotes, const tw_price_market *market, method *m, tw_error *err)
{
    const char *instrument = quotes->instrument->name, *model = market->model->name;
    const bool spot = strcmp(model, "black_scholes") == 0 || strcmp(model, "black76") == 0;
    if (strcmp(instrument, "european") == 0 && (spot || strcmp(model, "shifted") == 0))
        *m = LOGNORMAL;
    else if (strcmp(instrument, "european") == 0 && strcmp(model, "bachelier") == 0)
        *m = NORMAL;
    else if (strncmp(instrument, "digital_", 8) == 0 && spot)
        *m = DIGITAL;
    else
        return tw_fail(err, TW_UNSUPPORTED, "implied: no volatility of %s under %s", instrument, model);
    return TW_OK;
}

static tw_status check_columns(const tw_contracts *quotes, uint64_t uses, tw_error *err)
{
    const tw_column_info *info = tw_pricing_columns();
    for (int c = 0; c < TW_COLUMN_COUNT; c++)
        if ((uses >> c & 1u) && !quotes->column[c].data && isnan(info[c].preset))
            return tw_fail(err, TW_BAD_VALUE, "implied: %s needs a column \"%s\" (%s)", quotes->instrument->name,
                           info[c].name, info[c].help);
    return TW_OK;
}

tw_status tw_implied(const tw_ctx *ctx, const tw_contracts *quotes, const tw_price_market *market, double *vol,
                     tw_row_status *status, tw_error *err)
{
    static const tw_ctx none = {0};
    if (!ctx) ctx = &none;
    job j = {.quotes = quotes, .vol = vol, .status = status};
    TW_TRY(method_of(quotes, market, &j.method, err));
    j.uses = (tw_pricing_uses(quotes->instrument, market->model) & ~TW_COL_BIT(vol)) | TW_COL_BIT(price);
    TW_TRY(check_columns(quotes, j.uses, err));
    j.forward = market->model->forward, j.any_sign = market->model->any_sign;
    j.isa = tw_isa_resolve(ctx->isa);
    j.kernels = j.method == NORMAL ? TW_ISA_PICK(j.isa, tw_implied_bachelier) : TW_ISA_PICK(j.isa, tw_implied_black);
    j.outside = TW_ISA_PICK(j.isa, tw_pricing_outside);
    const size_t rows = (size_t)BLOCKS_PER_TASK * TW_BLOCK, tasks = (quotes->n + rows - 1) / rows;
    return tw_pool_run(ctx->pool, tasks, imply_task, &j, err);
}
