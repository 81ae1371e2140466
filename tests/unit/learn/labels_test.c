/* SPDX-License-Identifier: Apache-2.0 */
#include "tradewind/learn.h"

#include "tw_test.h"

#include <math.h>

enum { TIMES = 12, LANES = 16, CELLS = TIMES * LANES };

typedef struct fixture {
    double open[CELLS], high[CELLS], low[CELLS], close[CELLS], side[CELLS], label[CELLS];
    uint32_t start[CELLS], end[CELLS];
} fixture;

static size_t at(size_t t, size_t lane) { return t * LANES + lane; }

/* Lane 0 has the closes given; opens lie 0.5 below, highs 1 above, lows 1 below. Other lanes are empty. */
static void fill(fixture *x, const double *close)
{
    for (size_t c = 0; c < CELLS; c++) x->open[c] = x->high[c] = x->low[c] = x->close[c] = NAN;
    memset(x->side, 0, sizeof x->side);
    for (size_t t = 0; t < TIMES; t++) {
        x->close[at(t, 0)] = close[t];
        x->open[at(t, 0)] = close[t] - 0.5;
        x->high[at(t, 0)] = close[t] + 1;
        x->low[at(t, 0)] = close[t] - 1;
    }
}

static tw_status make(fixture *x, const char *name, const char *text, tw_error *err)
{
    const tw_prices prices = {TIMES, LANES, x->open, x->high, x->low, x->close};
    tw_label_out out = {x->label, x->start, x->end};
    const tw_label *label;
    _Alignas(16) char params[512];
    assert_int_equal(tw_label_find(name, &label, err), TW_OK);
    assert_true(label->params_size <= sizeof params);
    TW_TRY(tw_params_parse(label->params, label->name, text, params, err));
    return label->make(NULL, &prices, x->side, params, &out, err);
}

static const double closes[TIMES] = {23.85, 24.1, 23.7, 25.2, 24.9, 26.3, 25.8, 27.1, 26.6, 28.4, 27.9, 29.2};

static void forward_return_close(void **state)
{
    (void)state;
    fixture x;
    tw_error err;
    fill(&x, closes);
    x.close[at(4, 0)] = NAN; /* neither an entry nor an exit of the label at 2 */
    assert_int_equal(make(&x, "forward_return", "horizon=3", &err), TW_OK);
    assert_near(x.label[at(0, 0)], 25.2 / 23.85 - 1, 1e-15);
    assert_near(x.label[at(2, 0)], 26.3 / 23.7 - 1, 1e-15);
    assert_true(isnan(x.label[at(1, 0)])); /* exit missing */
    assert_true(isnan(x.label[at(4, 0)])); /* entry missing */
    assert_true(isnan(x.label[at(9, 0)])); /* exit beyond the data */
    assert_true(isnan(x.label[at(0, 1)]));
    assert_int_equal(x.start[at(2, 0)], 2);
    assert_int_equal(x.end[at(2, 0)], 5);
}

static void forward_return_next_open(void **state)
{
    (void)state;
    fixture x;
    tw_error err;
    fill(&x, closes);
    assert_int_equal(make(&x, "forward_return", "horizon=2 price=next_open log=true", &err), TW_OK);
    assert_near(x.label[at(1, 0)], log(24.4 / 23.2), 1e-15);
    assert_int_equal(x.start[at(1, 0)], 2);
    assert_int_equal(x.end[at(1, 0)], 4);
    assert_true(!isnan(x.label[at(8, 0)]));
    assert_true(isnan(x.label[at(9, 0)]));
}

static void demean_takes_out_the_section(void **state)
{
    (void)state;
    fixture x;
    tw_error err;
    fill(&x, closes);
    for (size_t t = 0; t < TIMES; t++) x.close[at(t, 3)] = 2.385 + 0.1 * (double)t;
    assert_int_equal(make(&x, "forward_return", "horizon=1 demean=section", &err), TW_OK);
    const double a = 24.1 / 23.85 - 1, b = 2.485 / 2.385 - 1;
    assert_near(x.label[at(0, 0)], (a - b) / 2, 1e-15);
    assert_near(x.label[at(0, 3)], (b - a) / 2, 1e-15);
    assert_true(isnan(x.label[at(0, 1)]));
}

static double volatility(const double *close, size_t from, size_t to)
{
    double mean = 0, sum = 0;
    for (size_t t = from; t < to; t++) mean += log(close[t + 1] / close[t]) / (double)(to - from);
    for (size_t t = from; t < to; t++) sum += pow(log(close[t + 1] / close[t]) - mean, 2);
    return sqrt(sum / (double)(to - from - 1));
}

static void volatility_scaled_uses_the_past_only(void **state)
{
    (void)state;
    fixture x;
    tw_error err;
    fill(&x, closes);
    assert_int_equal(make(&x, "volatility_scaled", "horizon=2 window=4", &err), TW_OK);
    const double expected = (closes[8] / closes[6] - 1) / (volatility(closes, 2, 6) * sqrt(2));
    assert_near(x.label[at(6, 0)], expected, 1e-12);
    assert_true(isnan(x.label[at(1, 0)]));  /* one return is no volatility */
    assert_true(!isnan(x.label[at(2, 0)])); /* half of the window is */
}

/* Past returns of sd about 1 % and then what the case says. */
static const double calm[TIMES] = {100, 101, 100, 101, 100, 101, 100.2, 100.4, 0, 0, 0, 0};

static void barrier_case(const double *tail, const char *params, double label, uint32_t end)
{
    fixture x;
    tw_error err;
    double close[TIMES];
    memcpy(close, calm, sizeof close);
    memcpy(close + 6, tail, 6 * sizeof *tail);
    fill(&x, close);
    const tw_status status = make(&x, "triple_barrier", params, &err);
    if (status != TW_OK) fail_msg("%s", err.message);
    assert_near(x.label[at(5, 0)], label, 1e-12);
    assert_int_equal(x.start[at(5, 0)], 5);
    assert_int_equal(x.end[at(5, 0)], end);
}

static void triple_barrier_close(void **state)
{
    (void)state;
    const char *params = "up=3 down=3 horizon=4 window=5";
    barrier_case((const double[]){101.5, 102, 106, 90, 90, 90}, params, 1, 8);
    barrier_case((const double[]){101.5, 97, 106, 90, 90, 90}, params, -1, 7);
    barrier_case((const double[]){101.5, 101, 102, 101.6, 50, 90}, params, 0, 9);
    barrier_case((const double[]){101.5, NAN, 102, 106, 90, 90}, params, 1, 9); /* a gap touches nothing */
    barrier_case((const double[]){101.5, 101, 102, 101.6, 50, 90}, "up=3 down=3 horizon=4 window=5 value=return",
                 101.6 / 101 - 1, 9);
    barrier_case((const double[]){101.5, 97, 106, 90, 90, 90}, "up=3 down=0 horizon=4 window=5", 1, 8);
}

static void triple_barrier_range(void **state)
{
    (void)state;
    fixture x;
    tw_error err;
    double close[TIMES];
    memcpy(close, calm, sizeof close);
    for (size_t t = 6; t < TIMES; t++) close[t] = 101;
    fill(&x, close);
    x.high[at(7, 0)] = 130; /* both barriers in one bar: the stop counts */
    x.low[at(7, 0)] = 70;
    const char *params = "up=3 down=3 horizon=4 window=5 touch=range value=return";
    assert_int_equal(make(&x, "triple_barrier", params, &err), TW_OK);
    const double level = -3 * volatility(close, 0, 5);
    assert_near(x.label[at(5, 0)], level, 1e-12);
    assert_int_equal(x.end[at(5, 0)], 7);
    x.open[at(7, 0)] = 80; /* opens beyond the stop: that price is what one gets */
    assert_int_equal(make(&x, "triple_barrier", params, &err), TW_OK);
    assert_near(x.label[at(5, 0)], 80.0 / 101 - 1, 1e-12);
}

static void meta_asks_whether_the_side_was_right(void **state)
{
    (void)state;
    fixture x;
    tw_error err;
    double close[TIMES];
    memcpy(close, calm, sizeof close);
    for (size_t t = 6; t < TIMES; t++) close[t] = 101 - 1.5 * (double)(t - 5);
    fill(&x, close);
    x.side[at(5, 0)] = -1;
    x.side[at(4, 0)] = 1;
    const char *params = "up=3 down=3 horizon=4 window=5";
    assert_int_equal(make(&x, "meta", params, &err), TW_OK);
    assert_near(x.label[at(5, 0)], 1, 0);
    assert_near(x.label[at(4, 0)], 0, 0);
    assert_true(isnan(x.label[at(6, 0)])); /* no side */
}

static void next_open_barriers_start_in_the_entry_bar(void **state)
{
    (void)state;
    fixture x;
    tw_error err;
    double close[TIMES];
    memcpy(close, calm, sizeof close);
    for (size_t t = 6; t < TIMES; t++) close[t] = 101;
    close[6] = 108;
    fill(&x, close);
    x.open[at(6, 0)] = 101.2;
    assert_int_equal(make(&x, "triple_barrier", "up=3 down=3 horizon=4 window=5 price=next_open", &err), TW_OK);
    assert_near(x.label[at(5, 0)], 1, 0);
    assert_int_equal(x.start[at(5, 0)], 6);
    assert_int_equal(x.end[at(5, 0)], 6);
}

static void errors_name_what_is_missing(void **state)
{
    (void)state;
    fixture x;
    tw_error err;
    const tw_label *label;
    fill(&x, closes);
    assert_int_equal(tw_label_find("triple_barier", &label, &err), TW_BAD_NAME);
    assert_non_null(strstr(err.message, "triple_barrier"));
    assert_int_equal(make(&x, "forward_return", "horizon=0", &err), TW_BAD_VALUE);
    const tw_prices none = {TIMES, LANES, NULL, NULL, NULL, NULL};
    tw_label_out out = {x.label, x.start, x.end};
    _Alignas(16) char params[512];
    assert_int_equal(tw_label_find("meta", &label, &err), TW_OK);
    tw_params_default(label->params, params);
    assert_int_equal(label->make(NULL, &none, x.side, params, &out, &err), TW_BAD_DATA);
    assert_int_equal(label->make(NULL, &none, NULL, params, &out, &err), TW_BAD_VALUE);
}

static void uniqueness_by_hand(void **state)
{
    (void)state;
    double label[TIMES * LANES], weight[TIMES * LANES];
    uint32_t start[TIMES * LANES] = {0}, end[TIMES * LANES] = {0};
    for (size_t c = 0; c < CELLS; c++) label[c] = NAN;
    const uint32_t spans[3][2] = {{0, 2}, {1, 3}, {6, 7}};
    const size_t rows[3] = {0, 1, 6};
    for (size_t i = 0; i < 3; i++) {
        label[at(rows[i], 2)] = 2.385;
        start[at(rows[i], 2)] = spans[i][0];
        end[at(rows[i], 2)] = spans[i][1];
    }
    const tw_dataset data = {
        .n_times = TIMES, .n_lanes = LANES, .label = label, .label_start = start, .label_end = end};
    assert_int_equal(tw_uniqueness(NULL, &data, NULL, weight, NULL), TW_OK);
    assert_near(weight[at(0, 2)], (1 + 0.5 + 0.5) / 3, 1e-15);
    assert_near(weight[at(1, 2)], (0.5 + 0.5 + 1) / 3, 1e-15);
    assert_near(weight[at(6, 2)], 1, 1e-15);
    assert_near(weight[at(2, 2)], 0, 0);
    bool among[TIMES * LANES] = {0}; /* the first and the last alone */
    among[at(0, 2)] = among[at(6, 2)] = true;
    assert_int_equal(tw_uniqueness(NULL, &data, among, weight, NULL), TW_OK);
    assert_near(weight[at(0, 2)], 1, 1e-15);
    assert_near(weight[at(1, 2)], 0, 0);
    end[at(6, 2)] = TIMES;
    assert_int_equal(tw_uniqueness(NULL, &data, NULL, weight, NULL), TW_BAD_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_return_close),
        cmocka_unit_test(forward_return_next_open),
        cmocka_unit_test(demean_takes_out_the_section),
        cmocka_unit_test(volatility_scaled_uses_the_past_only),
        cmocka_unit_test(triple_barrier_close),
        cmocka_unit_test(triple_barrier_range),
        cmocka_unit_test(meta_asks_whether_the_side_was_right),
        cmocka_unit_test(next_open_barriers_start_in_the_entry_bar),
        cmocka_unit_test(errors_name_what_is_missing),
        cmocka_unit_test(uniqueness_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
