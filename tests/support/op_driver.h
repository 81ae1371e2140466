/* SPDX-License-Identifier: Apache-2.0 */
/* op_driver.h - runs one operator over a tile for the tests, giving it exactly what the contract promises and not a
 * value more: each call gets fresh blocks with `history` earlier rows, canaries behind the results, and a state that
 * was copied to new memory since the last call (which is what a snapshot is). */
#ifndef TW_TEST_OP_DRIVER_H
#define TW_TEST_OP_DRIVER_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tradewind/ta.h"

enum { OP_IN = 8, OP_OUT = 12, OP_PARAMS = 512 };

/* An operator with parameters. */
typedef struct op_case {
    const tw_op *op;
    size_t lookback, history;
    union {
        double align;
        unsigned char bytes[OP_PARAMS];
    } params;
} op_case;

/* Series side by side: in[i] is [n][lanes], and so are the results. */
typedef struct op_data {
    size_t n, lanes;
    double *in[OP_IN], *out[OP_OUT];
} op_data;

static inline void *block_of(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);
    assert_non_null(p);
    return p;
}

/* False when the parameters break a rule of the operator. */
static inline bool op_open(op_case *c, tw_isa isa, const char *name, const char *params)
{
    tw_error err = {""};
    memset(c, 0, sizeof *c);
    if (tw_op_find(isa, name, &c->op, &err)) fail_msg("%s", err.message);
    assert_true(c->op->params_size <= OP_PARAMS);
    if (tw_params_parse(c->op->params, name, params, c->params.bytes, &err)) return false;
    if (c->op->check && c->op->check(c->params.bytes, &err)) return false;
    c->lookback = c->op->lookback ? c->op->lookback(c->params.bytes) : 0;
    c->history = c->op->history ? c->op->history(c->params.bytes) : 0;
    return true;
}

/* The k-th choice of the first parameter that is one of several texts, "" for the zeroth; false where there is none.
 * What is done with missing values is not one: texts of the tests name it. */
static inline bool op_choice(const tw_op *op, size_t k, char text[128])
{
    const tw_param *p = op->params;
    while (p && p->name && (!p->choices || strcmp(p->name, "nan") == 0)) p++;
    const char *at = p && p->name ? p->choices : NULL;
    text[0] = '\0';
    for (size_t i = 0; i < k && at; i++) {
        const size_t n = strcspn(at, "|");
        (void)snprintf(text, 128, "%s=%.*s", p->name, (int)n, at);
        if (i + 1 == k) return true;
        at = at[n] ? at + n + 1 : NULL;
    }
    return k == 0;
}

static inline void op_data_init(op_data *d, size_t n, size_t lanes)
{
    d->n = n;
    d->lanes = lanes;
    for (int i = 0; i < OP_IN; i++) d->in[i] = block_of(n * lanes, sizeof(double));
    for (int o = 0; o < OP_OUT; o++) d->out[o] = block_of(n * lanes, sizeof(double));
}
static inline void op_data_clear(op_data *d)
{
    for (int i = 0; i < OP_IN; i++) free(d->in[i]);
    for (int o = 0; o < OP_OUT; o++) free(d->out[o]);
}

/* rows from - history .. from + n of an input; NaN before the first bar. */
static inline double *rows_of(const op_data *d, size_t input, size_t from, size_t n, size_t history)
{
    double *rows = block_of((history + n) * d->lanes, sizeof(double));
    for (size_t k = 0; k < history + n; k++)
        for (size_t l = 0; l < d->lanes; l++)
            rows[k * d->lanes + l] =
                from + k < history ? (double)NAN : d->in[input][(from + k - history) * d->lanes + l];
    return rows;
}

static inline void op_call(const op_case *c, op_data *d, void *state, size_t from, size_t n)
{
    const double canary = -2.385e77;
    const size_t n_in = tw_op_inputs(c->op), n_out = tw_op_outputs(c->op);
    double *blocks[OP_IN], *y[OP_OUT];
    const double *x[OP_IN];
    for (size_t i = 0; i < n_in; i++) {
        blocks[i] = rows_of(d, i, from, n, c->history);
        x[i] = blocks[i] + c->history * d->lanes;
    }
    for (size_t o = 0; o < n_out; o++) {
        y[o] = block_of((n + 1) * d->lanes, sizeof(double));
        for (size_t i = 0; i < (n + 1) * d->lanes; i++) y[o][i] = canary;
    }
    (d->lanes == 1 ? c->op->run_one : c->op->run_wide)(state, n, x, y);
    for (size_t o = 0; o < n_out; o++) {
        for (size_t l = 0; l < d->lanes; l++) assert_true(y[o][n * d->lanes + l] == canary);
        memcpy(d->out[o] + from * d->lanes, y[o], n * d->lanes * sizeof(double));
        free(y[o]);
    }
    for (size_t i = 0; i < n_in; i++) free(blocks[i]);
}

/* Bars of the next call: 0 = all, 1 = one by one, else a cut drawn from the seed. */
static inline size_t cut_of(tw_random *r, uint64_t seed, size_t left)
{
    if (seed == 0) return left;
    if (seed == 1) return 1;
    const size_t n = 1 + (size_t)tw_random_below(r, 1 + seed % 97);
    return n < left ? n : left;
}

/* Runs the whole tile, cut as `seed` says. */
static inline void op_drive(const op_case *c, op_data *d, uint64_t seed)
{
    const size_t size = c->op->state_size ? c->op->state_size(c->params.bytes, d->lanes) : 0;
    tw_random r = {seed, 77, 0};
    void *state = block_of(1, size);
    if (c->op->init)
        c->op->init(state, c->params.bytes, d->lanes);
    else if (size)
        memcpy(state, c->params.bytes, c->op->params_size);
    for (size_t t = 0, n; t < d->n; t += n) {
        void *copy = block_of(1, size);
        memcpy(copy, state, size);
        memset(state, 0x5a, size);
        free(state);
        state = copy;
        n = cut_of(&r, seed, d->n - t);
        op_call(c, d, state, t, n);
    }
    free(state);
}

static inline bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

/* Fails unless the results of a and b, from bar `from` on, are the same to the bit. */
static inline void assert_same(const op_case *c, const op_data *a, const op_data *b, size_t from, const char *what)
{
    for (size_t o = 0; o < tw_op_outputs(c->op); o++)
        for (size_t i = from * a->lanes; i < a->n * a->lanes; i++)
            if (!same_bits(a->out[o][i], b->out[o][i]))
                fail_msg("%s %s: %s differs at bar %zu lane %zu: %.17g, %.17g", c->op->name, what, c->op->outputs[o],
                         i / a->lanes, i % a->lanes, a->out[o][i], b->out[o][i]);
}

/* Arc sine and cosine have no value for a price. */
static inline bool of_units(const tw_op *op) { return strcmp(op->name, "acos") == 0 || strcmp(op->name, "asin") == 0; }

/* A walk of prices around 60 with high, low and open about it, volumes, and conditions, by the names of the inputs. */
static inline void op_fill(const op_case *c, op_data *d, uint64_t seed)
{
    for (size_t l = 0; l < d->lanes; l++) {
        tw_random r = {seed, l, 0};
        double price = 60.0 + 2.385 * (double)l;
        for (size_t t = 0; t < d->n; t++) {
            price *= 1.0 + 0.017 * tw_random_normal(&r);
            const double up = 1.0 + 0.011 * tw_random_uniform(&r), down = 1.0 - 0.013 * tw_random_uniform(&r);
            for (size_t i = 0; i < tw_op_inputs(c->op); i++) {
                const char *name = c->op->inputs[i];
                double *x = &d->in[i][t * d->lanes + l];
                *x = of_units(c->op) ? sin(price) : price;
                if (strcmp(name, "high") == 0)
                    *x = price * up;
                else if (strcmp(name, "low") == 0)
                    *x = price * down;
                else if (strcmp(name, "open") == 0)
                    *x = price * (down + (up - down) * tw_random_uniform(&r));
                else if (strcmp(name, "volume") == 0)
                    *x = floor(1e5 * tw_random_uniform(&r));
                else if (strcmp(name, "condition") == 0)
                    *x = tw_random_uniform(&r) < 0.4 ? 1.0 : 0.0;
                else if (strcmp(name, "close") != 0 && i > 0)
                    *x = 40.0 + 0.3 * price + tw_random_normal(&r);
            }
        }
    }
}

/* Holes: lanes that list late, single missing values, runs of them, one lane that never trades. */
static inline void op_punch(const op_case *c, op_data *d, uint64_t seed)
{
    tw_random r = {seed, 991, 0};
    for (size_t i = 0; i < tw_op_inputs(c->op); i++)
        for (size_t l = 0; l < d->lanes; l++)
            for (size_t t = 0; t < d->n; t++) {
                const bool late = t < 7 * (l % 5), hole = l % 3 == 1 && tw_random_uniform(&r) < 0.02;
                const bool run = l % 4 == 2 && t % 90 > 80, never = l == 13;
                if (late || hole || run || never) d->in[i][t * d->lanes + l] = (double)NAN;
            }
}

#endif
