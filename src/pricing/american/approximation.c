/* SPDX-License-Identifier: Apache-2.0 */
/* approximation.c - engines of the closed approximations. They know one boundary: rows with two are not priced. */
#include "pricing/american/approximation.h"

#include "base/isa.h"

#include "tradewind/num.h"

#include <math.h>

static void take_option(const tw_block *b, size_t row, const tw_am_put *p, int i, tw_am_options *o)
{
    const double T = b->col[TW_COL_T][row];
    o->side[i] = b->col[TW_COL_type][row];
    o->x[i] = o->side[i] > 0.0 ? -p->x : p->x;
    o->s[i] = p->s;
    o->rt[i] = b->col[TW_COL_r][row] * T;
    o->qt[i] = b->col[TW_COL_q][row] * T;
}

typedef struct work {
    tw_am_put put[TW_BLOCK];
    tw_am_result result[TW_BLOCK];
} work;

static size_t workspace(const void *params, const tw_contracts *contracts)
{
    (void)params;
    (void)contracts;
    return sizeof(work) + tw_am_tile_size();
}

/* Rows of one boundary by the approximation, TW_AM_LANES at a time. */
static void approximate(const tw_block *b, tw_am_approximation *fn, work *w)
{
    size_t from[TW_AM_LANES];
    for (size_t i = 0; i < b->n;) {
        size_t m = 0;
        for (; i < b->n && m < TW_AM_LANES; i++)
            if (w->put[i].kind == TW_AM_SINGLE) from[m++] = i;
        if (m == 0) return;
        tw_am_options o;
        double value[TW_AM_LANES];
        for (int k = 0; k < TW_AM_LANES; k++) {
            const size_t row = from[(size_t)k < m ? k : 0];
            take_option(b, row, &w->put[row], k, &o);
        }
        fn(&o, value);
        for (size_t k = 0; k < m; k++) {
            const tw_am_put *p = &w->put[from[k]];
            const double strike = b->col[TW_COL_strike][from[k]],
                         most = p->rt < 0.0 ? p->unit * tw_exp(-p->rt) : p->unit;
            b->out[TW_VALUE_value][from[k]] = isnan(value[k]) ? NAN : fmin(fmax(strike * value[k], p->gain), most);
        }
    }
}

static void price_by(const tw_block *b, tw_am_approximation *fn)
{
    work *w = b->work;
    for (size_t i = 0; i < b->n; i++) {
        tw_am_put_of(b, i, &w->put[i]);
        if (w->put[i].kind != TW_AM_DOUBLE) continue;
        b->status[i] = TW_ROW_STATUS(TW_ROW_UNSUPPORTED, TW_COL_q);
        b->out[TW_VALUE_value][i] = NAN;
    }
    tw_am_solve_plain(&(tw_am_solver){tw_am_kernels_of(b->isa), NULL, w + 1}, w->put, b->n, w->result);
    for (size_t i = 0; i < b->n; i++) {
        if (w->put[i].kind > TW_AM_EUROPEAN) continue;
        b->out[TW_VALUE_value][i] = fmax(w->put[i].unit * w->result[i].value, w->put[i].gain);
        if (w->put[i].rt < -700.0) b->status[i] = TW_ROW_STATUS(TW_ROW_OVERFLOW, TW_COLUMN_COUNT);
        if (w->put[i].kind == TW_AM_CERTAIN) b->status[i] = TW_ROW_STATUS(TW_ROW_LIMIT, TW_COLUMN_COUNT);
    }
    approximate(b, fn, w);
}

static void price_barone_adesi_whaley(const tw_block *b, const void *params)
{
    (void)params;
    price_by(b, TW_ISA_PICK(b->isa, &tw_am_approximations)->barone_adesi_whaley);
}

static void price_ju(const tw_block *b, const void *params)
{
    (void)params;
    price_by(b, TW_ISA_PICK(b->isa, &tw_am_approximations)->ju);
}

typedef struct params {
    char variant[TW_TEXT_MAX];
} params;

static const tw_param PARAMS[] = {
    TW_PARAM_TEXT(params, variant, "2002", "1993|2002", "year of the paper: one flat boundary, or two"),
    TW_PARAM_END,
};

static void price_bjerksund_stensland(const tw_block *b, const void *p)
{
    const tw_am_approximations *by = TW_ISA_PICK(b->isa, &tw_am_approximations);
    const params *set = p;
    price_by(b, set && set->variant[0] == '1' ? by->bjerksund_stensland_1993 : by->bjerksund_stensland_2002);
}

#define SCOPES(name, digits)                                                                                           \
    static const tw_scope name[] = {                                                                                   \
        {"american", "black76", digits, 0, TW_VALUE_BIT(TW_VALUE_value)},                                              \
        {"american", "black_scholes", digits, 0, TW_VALUE_BIT(TW_VALUE_value)},                                        \
        {.instrument = NULL},                                                                                          \
    }
SCOPES(TWO_DIGITS, 2);

const tw_engine tw_engine_barone_adesi_whaley = {
    .name = "barone_adesi_whaley",
    .title = "quadratic approximation",
    .source = "Barone-Adesi and Whaley (1987)",
    .quantlib = "BaroneAdesiWhaleyApproximationEngine",
    .scopes = TWO_DIGITS,
    .bumps = {1e-3, 1e-3, 1e-4, 1e-4, 2},
    .workspace = workspace,
    .price = price_barone_adesi_whaley,
};

const tw_engine tw_engine_bjerksund_stensland = {
    .name = "bjerksund_stensland",
    .title = "value of the best flat boundary, or two",
    .source = "Bjerksund and Stensland (1993, 2002)",
    .quantlib = "BjerksundStenslandApproximationEngine",
    .params = PARAMS,
    .params_size = sizeof(params),
    .scopes = TWO_DIGITS,
    .bumps = {1e-3, 1e-3, 1e-4, 1e-4, 2},
    .workspace = workspace,
    .price = price_bjerksund_stensland,
};

const tw_engine tw_engine_ju = {
    .name = "ju",
    .title = "corrected quadratic approximation",
    .source = "Ju and Zhong (1999)",
    .quantlib = "JuQuadraticApproximationEngine",
    .scopes = TWO_DIGITS,
    .bumps = {1e-3, 1e-3, 1e-4, 1e-4, 2},
    .workspace = workspace,
    .price = price_ju,
};
