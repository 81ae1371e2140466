/* SPDX-License-Identifier: Apache-2.0 */
/* Every fill, final value, drawdown, round trip and winner of a sweep against vectorbt 1.2.0
 * (tests/golden/make/sweep.py). */
#include "tw_test.h"

#include "tradewind/sweep.h"

#include <math.h>
#include <stdlib.h>

enum { BARS = 240, COLUMNS = 3, FIELDS = 19, MOST_FILLS = 1024 };

static double price[4][BARS * COLUMNS]; /* open, high, low, close */
static uint8_t signal[4][BARS * COLUMNS];
static double weight[BARS * COLUMNS];

/* What the file says of one case. */
typedef struct peer {
    char sides[8], rules[160];
    tw_sweep_fill fill[MOST_FILLS];
    size_t n_fills, checked;
    double end[COLUMNS][4]; /* value, drawdown, trades, winners */
} peer;

static double number(const char *text)
{
    double x = 0;
    assert_true(tw_parse_double(text, strlen(text), &x));
    return x;
}

static size_t split(char *line, char *field[FIELDS], size_t most)
{
    size_t n = 0;
    line[strcspn(line, "\n")] = 0;
    for (char *at = line; at && n < most; n++) {
        field[n] = at;
        at = n + 1 < most ? strchr(at, ',') : NULL;
        if (at) *at++ = 0;
    }
    return n;
}

static void read_bar(char *line, size_t t)
{
    char *field[FIELDS];
    assert_int_equal(split(line, field, FIELDS), 1 + 6 * COLUMNS);
    for (size_t c = 0; c < COLUMNS; c++) {
        const char *share = field[1 + 5 * COLUMNS + c];
        weight[t * COLUMNS + c] = *share ? number(share) : NAN;
        for (size_t k = 0; k < 4; k++) {
            price[k][t * COLUMNS + c] = number(field[1 + 4 * c + k]);
            signal[k][t * COLUMNS + c] = field[1 + 4 * COLUMNS + c][k] == '1';
        }
    }
}

static void compare(peer *p)
{
    tw_error err;
    tw_sweep_result got;
    tw_sweep_job job = {.n = COLUMNS, .keep = {.fills = true}};
    job.prices = (tw_sweep_prices){BARS, price[0], price[1], price[2], price[3], COLUMNS, 1, 252};
    const bool longs = strcmp(p->sides, "short") != 0, shorts = strcmp(p->sides, "long") != 0;
    job.signals = (tw_sweep_signals){longs ? signal[0] : NULL,
                                     longs ? signal[1] : NULL,
                                     shorts ? signal[2] : NULL,
                                     shorts ? signal[3] : NULL,
                                     COLUMNS,
                                     NULL};
    if (strcmp(p->sides, "weights") == 0) job.signals = (tw_sweep_signals){.time_stride = COLUMNS, .weight = weight};
    assert_ok(tw_params_parse(tw_sweep_rules_params(), "rules", p->rules, &job.rules, &err), &err);
    assert_ok(tw_sweep_run(NULL, &job, &got, &err), &err);
    for (size_t i = 0; i < got.n_fills && i < p->n_fills; i++) {
        const tw_sweep_fill *a = &got.fill[i], *b = &p->fill[i];
        if (a->trial != b->trial || a->time != b->time)
            fail_msg("%s %s: fill %zu of trial %u at %u, want %u at %u", p->rules, p->sides, i, a->trial, a->time,
                     b->trial, b->time);
        assert_near(a->quantity, b->quantity, 1e-11);
        assert_near(a->price, b->price, 1e-13);
        assert_near(a->fee, b->fee, 1e-10);
    }
    assert_int_equal(got.n_fills, p->n_fills);
    for (size_t c = 0; c < COLUMNS; c++) {
        const tw_sweep_measures *m = &got.measures[c];
        assert_near(m->final_value, p->end[c][0], 1e-11);
        assert_near(m->max_drawdown, p->end[c][1], 1e-11);
        assert_int_equal(m->trades, (size_t)p->end[c][2]);
        assert_near(m->trades ? m->win_rate * (double)m->trades : 0, p->end[c][3], 1e-11);
    }
    p->checked++;
    tw_sweep_clear(NULL, &got);
}

static void read_fill(peer *p, char *line)
{
    char *field[FIELDS];
    assert_int_equal(split(line, field, FIELDS), 6);
    assert_true(p->n_fills < MOST_FILLS);
    p->fill[p->n_fills++] = (tw_sweep_fill){(uint32_t)number(field[1]), (uint32_t)number(field[2]), number(field[3]),
                                            number(field[4]), number(field[5])};
}

static void read_end(peer *p, char *line)
{
    char *field[FIELDS];
    assert_int_equal(split(line, field, FIELDS), 6);
    const size_t c = (size_t)number(field[1]);
    assert_true(c < COLUMNS);
    for (size_t k = 0; k < 4; k++) p->end[c][k] = number(field[2 + k]);
    if (c == COLUMNS - 1) compare(p);
}

static void fills_agree_with_vectorbt(void **state)
{
    (void)state;
    static peer p;
    char line[512], *field[FIELDS];
    size_t bars = 0;
    FILE *file = fopen(TW_SOURCE_DIR "/tests/golden/backtest/sweep.csv", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "bar,", 4) == 0) {
            assert_true(bars < BARS);
            read_bar(line, bars++);
        } else if (strncmp(line, "case,", 5) == 0) {
            assert_int_equal(split(line, field, 3), 3);
            p.n_fills = 0;
            snprintf(p.sides, sizeof p.sides, "%s", field[1]);
            snprintf(p.rules, sizeof p.rules, "%s", field[2]);
        } else if (strncmp(line, "fill,", 5) == 0)
            read_fill(&p, line);
        else
            read_end(&p, line);
    }
    assert_int_equal(bars, BARS);
    assert_true(p.checked >= 15);
    (void)fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fills_agree_with_vectorbt)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
