/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every operator of the table, by loops over the table. */
#include <stdio.h>

#include "op_driver.h"

enum { BARS = 420 };

typedef void check(const op_case *c);

/* The parameter texts an operator is tried with: defaults, and short, odd and long windows. */
static const char *const texts[] = {"",
                                    "timeperiod=2",
                                    "timeperiod=3",
                                    "timeperiod=7",
                                    "timeperiod=61",
                                    "k=0",
                                    "k=13",
                                    "fastperiod=9 slowperiod=4 signalperiod=2",
                                    "fastk_period=9 slowk_period=1 slowd_period=4",
                                    "fastk_period=3 fastd_period=1",
                                    "timeperiod=9 q=0.2",
                                    "timeperiod=8 q=1",
                                    "timeperiod=7 percentile=100",
                                    "minperiod=1 maxperiod=8",
                                    "minperiod=5 maxperiod=40 nan=reset",
                                    "minperiod=3 maxperiod=9 nan=propagate",
                                    "timeperiod=6 ddof=0",
                                    "d=0.7 window=9",
                                    "timeperiod1=5 timeperiod2=1 timeperiod3=3",
                                    "timeperiod1=4 timeperiod2=60 timeperiod3=7",
                                    "fastperiod=11 slowperiod=4",
                                    "timeperiod=1",
                                    "timeperiod=4 vfactor=0.2",
                                    "acceleration=0.3 maximum=0.1",
                                    "startvalue=-40 offsetonreverse=0.02 accelerationinitshort=0.05",
                                    "fastlimit=0.9 slowlimit=0.2",
                                    "nan=reset",
                                    "nan=propagate",
                                    "timeperiod=5 nan=reset",
                                    "timeperiod=5 nan=propagate"};

static void try_case(check *f, const tw_op *op, const char *text)
{
    op_case c;
    if (op->run_wide && op_open(&c, TW_ISA_BEST, op->name, text)) f(&c);
}
static void for_each_case(check *f)
{
    size_t n;
    char text[128];
    const tw_op *const *ops = tw_ops(TW_ISA_BEST, &n);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) try_case(f, ops[i], texts[k]);
        for (size_t k = 1; op_choice(ops[i], k, text); k++) try_case(f, ops[i], text);
    }
}

static void run_filled(const op_case *c, op_data *d, size_t lanes, bool holes)
{
    op_data_init(d, BARS, lanes);
    op_fill(c, d, 5);
    if (holes) op_punch(c, d, 6);
}

static bool is(const op_case *c, unsigned trait) { return (c->op->traits & trait) != 0; }

/* ---------------------------------------------------------------- lookback */

static void check_lookback(const op_case *c)
{
    op_data d;
    run_filled(c, &d, TW_LANES, false);
    op_drive(c, &d, 0);
    for (size_t o = 0; o < tw_op_outputs(c->op); o++)
        for (size_t i = 0; i < d.n * d.lanes; i++)
            if ((d.out[o][i] == d.out[o][i]) != (i / d.lanes >= c->lookback))
                fail_msg("%s %s: bar %zu is %g with lookback %zu", c->op->name, c->op->outputs[o], i / d.lanes,
                         d.out[o][i], c->lookback);
    op_data_clear(&d);
}
static void values_begin_after_the_lookback(void **state)
{
    (void)state;
    for_each_case(check_lookback);
}

/* ---------------------------------------------------------------- bits */

static void check_cuts(const op_case *c)
{
    op_data whole, cut;
    run_filled(c, &whole, TW_LANES, true);
    run_filled(c, &cut, TW_LANES, true);
    op_drive(c, &whole, 0);
    static const uint64_t seeds[] = {1, 3, 40, 96};
    for (size_t i = 0; i < 4; i++) {
        op_drive(c, &cut, seeds[i]);
        assert_same(c, &whole, &cut, 0, "cut into calls");
    }
    op_data_clear(&whole);
    op_data_clear(&cut);
}
static void cuts_do_not_show(void **state)
{
    (void)state;
    for_each_case(check_cuts);
}

static void check_lanes(const op_case *c)
{
    op_data wide, one, lane;
    run_filled(c, &wide, TW_LANES, true);
    op_drive(c, &wide, 0);
    op_data_init(&one, BARS, 1);
    op_data_init(&lane, BARS, 1);
    for (size_t l = 0; l < TW_LANES; l++) {
        for (size_t t = 0; t < BARS; t++) {
            for (size_t i = 0; i < tw_op_inputs(c->op); i++) one.in[i][t] = wide.in[i][t * TW_LANES + l];
            for (size_t o = 0; o < tw_op_outputs(c->op); o++) lane.out[o][t] = wide.out[o][t * TW_LANES + l];
        }
        op_drive(c, &one, l == 7 ? 1 : l % 2 ? 0 : 29);
        assert_same(c, &lane, &one, 0, "one lane");
    }
    op_data_clear(&wide);
    op_data_clear(&one);
    op_data_clear(&lane);
}
static void one_lane_is_sixteen(void **state)
{
    (void)state;
    for_each_case(check_lanes);
}

static void check_isas(const op_case *c)
{
    op_data best, other;
    run_filled(c, &best, TW_LANES, true);
    run_filled(c, &other, TW_LANES, true);
    op_drive(c, &best, 0);
    for (tw_isa isa = TW_ISA_BASELINE; isa < TW_ISA_COUNT; isa++) {
        op_case there = *c;
        if (!tw_isa_supported(isa)) continue;
        assert_int_equal(tw_op_find(isa, c->op->name, &there.op, NULL), TW_OK);
        assert_true(there.op != c->op || isa == tw_isa_resolve(TW_ISA_BEST));
        op_drive(&there, &other, 53);
        assert_same(c, &best, &other, 0, tw_isa_name(isa));
    }
    op_data_clear(&best);
    op_data_clear(&other);
}
static void instruction_sets_agree(void **state)
{
    (void)state;
    for_each_case(check_isas);
}

/* ---------------------------------------------------------------- time */

static void check_future(const op_case *c)
{
    op_data a, b;
    const size_t now = BARS - 57;
    run_filled(c, &a, TW_LANES, true);
    run_filled(c, &b, TW_LANES, true);
    for (size_t i = 0; i < OP_IN; i++)
        for (size_t k = now * TW_LANES; k < BARS * TW_LANES; k++)
            b.in[i][k] = k % 5 == 0 ? (double)NAN : 1e9 / (double)k;
    op_drive(c, &a, 0);
    op_drive(c, &b, 0);
    a.n = b.n = now;
    assert_same(c, &a, &b, 0, "with another future");
    op_data_clear(&a);
    op_data_clear(&b);
}
static void the_future_does_not_change_the_past(void **state)
{
    (void)state;
    for_each_case(check_future);
}

/* A window operator knows its last lookback + 1 bars only: spikes and holes before them leave no trace. */
static void check_forgets(const op_case *c)
{
    op_data a, b;
    const size_t now = BARS - 90;
    if (!is(c, TW_WINDOW | TW_POINTWISE) || now < c->lookback) return;
    run_filled(c, &a, TW_LANES, false);
    run_filled(c, &b, TW_LANES, false);
    for (size_t i = 0; i < OP_IN; i++)
        for (size_t k = 0; k < (now - c->lookback) * TW_LANES; k++)
            b.in[i][k] = k % 7 == 0 ? (double)NAN : 1e12 * sin((double)k);
    op_drive(c, &a, 0);
    op_drive(c, &b, 0);
    assert_same(c, &a, &b, now, "after a wild past");
    op_data_clear(&a);
    op_data_clear(&b);
}
static void windows_forget(void **state)
{
    (void)state;
    for_each_case(check_forgets);
}

/* ---------------------------------------------------------------- recursions over gaps */

/* The present lane's series without the bars that are missing. */
static size_t squeeze(const op_case *c, const op_data *from, size_t begin, op_data *to)
{
    size_t m = 0;
    for (size_t t = begin; t < from->n; t++) {
        bool known = true;
        for (size_t i = 0; i < tw_op_inputs(c->op); i++) known = known && isfinite(from->in[i][t]);
        if (!known) continue;
        for (size_t i = 0; i < tw_op_inputs(c->op); i++) to->in[i][m] = from->in[i][t];
        for (size_t o = 0; o < tw_op_outputs(c->op); o++) from->out[o][m] = from->out[o][t];
        m++;
    }
    return m;
}
static void check_gap(const op_case *c)
{
    op_data d, rest;
    char mode[64] = "hold";
    const size_t gap = 150;
    if (!is(c, TW_RECURSIVE)) return;
    for (const tw_param *p = c->op->params; p->name; p++)
        if (strcmp(p->name, "nan") == 0) memcpy(mode, c->params.bytes + p->offset, sizeof mode);
    run_filled(c, &d, 1, false);
    run_filled(c, &rest, 1, false);
    d.in[tw_op_inputs(c->op) - 1][gap] = (double)NAN;
    d.in[0][gap + 1] = (double)INFINITY;
    op_drive(c, &d, 17);
    for (size_t o = 0; o < tw_op_outputs(c->op); o++) {
        assert_true(isnan(d.out[o][gap]) && isnan(d.out[o][gap + 1]));
        if (mode[0] == 'p')
            assert_true(d.out[o][BARS - 1] != d.out[o][BARS - 1]);
        else
            assert_true(d.out[o][BARS - 1] == d.out[o][BARS - 1]);
    }
    if (mode[0] != 'p') {
        rest.n = squeeze(c, &d, mode[0] == 'r' ? gap : 0, &rest);
        assert_true(rest.n > 100);
        op_drive(c, &rest, 0);
        d.n = rest.n;
        assert_same(c, &d, &rest, 0, "over a gap");
    }
    op_data_clear(&d);
    op_data_clear(&rest);
}
static void recursions_keep_their_promise_over_gaps(void **state)
{
    (void)state;
    for_each_case(check_gap);
}

/* ---------------------------------------------------------------- traits */

static void change_inputs(op_data *d, double factor, double add)
{
    for (size_t i = 0; i < OP_IN; i++)
        for (size_t k = 0; k < d->n * d->lanes; k++) d->in[i][k] = d->in[i][k] * factor + add;
}
static void check_scale(const op_case *c)
{
    op_data a, b;
    if (!is(c, TW_SCALES | TW_INVARIANT)) return;
    run_filled(c, &a, TW_LANES, true);
    run_filled(c, &b, TW_LANES, true);
    change_inputs(&b, 0x1p-20, 0.0);
    op_drive(c, &a, 0);
    op_drive(c, &b, 0);
    if (is(c, TW_SCALES))
        for (size_t o = 0; o < OP_OUT; o++)
            for (size_t k = 0; k < BARS * TW_LANES; k++) a.out[o][k] *= 0x1p-20;
    assert_same(c, &a, &b, 0, "scaled");
    op_data_clear(&a);
    op_data_clear(&b);
}
static void check_shift(const op_case *c)
{
    op_data a, b;
    if (!is(c, TW_SHIFTS | TW_SHIFT_FREE)) return;
    const double add = is(c, TW_SHIFTS) ? 16.0 : 0.0;
    run_filled(c, &a, TW_LANES, true);
    run_filled(c, &b, TW_LANES, true);
    change_inputs(&b, 1.0, 16.0);
    op_drive(c, &a, 0);
    op_drive(c, &b, 0);
    for (size_t o = 0; o < tw_op_outputs(c->op); o++)
        for (size_t k = 0; k < BARS * TW_LANES; k++) {
            const double x = a.out[o][k] + add, y = b.out[o][k];
            if (!(fabs(x - y) <= 1e-8 * (1.0 + fabs(x)) || (isnan(x) && isnan(y))))
                fail_msg("%s shifted: %.17g, %.17g at %zu", c->op->name, x, y, k);
        }
    op_data_clear(&a);
    op_data_clear(&b);
}
static void check_words(const op_case *c)
{
    op_data a, b;
    run_filled(c, &a, TW_LANES, true);
    run_filled(c, &b, TW_LANES, true);
    op_drive(c, &a, 0);
    if (is(c, TW_LOGICAL))
        for (size_t k = 0; k < BARS * TW_LANES; k++)
            assert_true(isnan(a.out[0][k]) || a.out[0][k] == 0.0 || a.out[0][k] == 1.0);
    if (is(c, TW_COMMUTES)) {
        double *first = b.in[0];
        b.in[0] = b.in[1];
        b.in[1] = first;
        op_drive(c, &b, 0);
        assert_same(c, &a, &b, 0, "with inputs exchanged");
    }
    op_data_clear(&a);
    op_data_clear(&b);
}
static void traits_hold(void **state)
{
    (void)state;
    for_each_case(check_scale);
    for_each_case(check_shift);
    for_each_case(check_words);
}

/* ---------------------------------------------------------------- descriptors */

static void try_bound(const tw_op *op, const tw_param *p, double value, bool good)
{
    char text[128];
    op_case c;
    tw_error err = {""};
    snprintf(text, sizeof text, p->kind == TW_KIND_INT ? "%s=%.0f" : "%s=%.17g", p->name, value);
    memset(&c, 0, sizeof c);
    const tw_status status = tw_params_parse(op->params, op->name, text, c.params.bytes, &err);
    if (good != (status == TW_OK)) fail_msg("%s %s: status %s", op->name, text, tw_status_name(status));
    if (!good) assert_non_null(strstr(err.message, p->name));
    if (!good || (op->check && op->check(c.params.bytes, NULL))) return;
    const size_t back = op->lookback ? op->lookback(c.params.bytes) : 0;
    const size_t state = op->state_size ? op->state_size(c.params.bytes, TW_LANES) : 0;
    assert_true(back < 4 * (size_t)1e5 && state < (size_t)1e9);
}
static void check_param(const tw_op *op, const tw_param *p)
{
    assert_non_null(p->help);
    if (p->kind == TW_KIND_TEXT) return;
    assert_true(p->lo <= p->preset && p->preset <= p->hi);
    assert_true(p->lo <= p->search_lo || p->search_lo == p->search_hi);
    try_bound(op, p, p->lo, true);
    try_bound(op, p, p->preset, true);
    try_bound(op, p, p->hi, true);
    if (p->kind == TW_KIND_INT || fabs(p->hi) < 1e9) {
        try_bound(op, p, p->lo - (p->kind == TW_KIND_INT ? 1.0 : 1e-3 * (1.0 + fabs(p->lo))), false);
        try_bound(op, p, p->hi + (p->kind == TW_KIND_INT ? 1.0 : 1e-3 * (1.0 + fabs(p->hi))), false);
    }
}
/* What a formula does not say: the page of an operator begins with it. */
static void check_meaning(const tw_op *op)
{
    const size_t n = op->meaning ? strlen(op->meaning) : 0;
    if (n < 30 || op->meaning[n - 1] != '.')
        fail_msg("%s: .meaning must say in sentences what it measures, how it is read and where it misleads, got '%s'",
                 op->name, n ? op->meaning : "");
}
static void descriptors_are_whole(void **state)
{
    size_t n;
    const tw_op *const *ops = tw_ops(TW_ISA_BEST, &n);
    (void)state;
    assert_true(n > 90);
    for (size_t i = 0; i < n; i++) {
        const tw_op *op = ops[i], *found = NULL;
        if (i) assert_true(strcmp(ops[i - 1]->name, op->name) < 0);
        assert_int_equal(tw_op_find(TW_ISA_BEST, op->name, &found, NULL), TW_OK);
        assert_ptr_equal(found, op);
        assert_true(op->title && op->group && op->source && op->formula);
        check_meaning(op);
        assert_true(tw_op_inputs(op) >= 1 && tw_op_inputs(op) <= OP_IN);
        assert_true(tw_op_outputs(op) >= 1 && tw_op_outputs(op) <= OP_OUT);
        assert_int_equal(1, (op->section != NULL) + (op->define != NULL) + (op->run_wide != NULL));
        assert_int_equal(op->run_wide != NULL, op->run_one != NULL);
        assert_int_equal(1, ((op->traits & TW_POINTWISE) != 0) + ((op->traits & TW_WINDOW) != 0) +
                                ((op->traits & TW_RECURSIVE) != 0) + ((op->traits & TW_SECTION) != 0));
        for (const tw_param *p = op->params; p && p->name; p++) check_param(op, p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_are_whole),
        cmocka_unit_test(values_begin_after_the_lookback),
        cmocka_unit_test(cuts_do_not_show),
        cmocka_unit_test(one_lane_is_sixteen),
        cmocka_unit_test(instruction_sets_agree),
        cmocka_unit_test(the_future_does_not_change_the_past),
        cmocka_unit_test(windows_forget),
        cmocka_unit_test(recursions_keep_their_promise_over_gaps),
        cmocka_unit_test(traits_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
