/* SPDX-License-Identifier: Apache-2.0 */
/* A slow twin written from the header alone: full sorts, plain doubles, an order book of one array. It must make the
 * same orders and fills, event by event, at the same bars. */
#include "backtest_case.h"

enum { LANES = 48, MOST_EVENTS = 200000 };

typedef struct twin {
    const backtest_case *c;
    const tw_portfolio *p;
    double cash, held[LANES], waiting[LANES], last[LANES], weight[LANES];
    int gap[LANES];
    tw_event *event;
    size_t n;
} twin;

static double to6(double x) { return round(x * 1e6) / 1e6; }
/* To the cent; what is within a millionth of a cent of a half is one, in the decimals it was made of. */
static double to2(double x) { return round(round(x * 1e8) / 1e6) / 100; }

static void note(twin *w, tw_event_kind kind, size_t t, size_t lane, double quantity, double price, double cash)
{
    assert_true(w->n < MOST_EVENTS);
    w->event[w->n++] = (tw_event){kind, (uint32_t)t, (uint32_t)lane, quantity, price, to2(cash)};
    w->cash = to2(w->cash + to2(cash));
}

static void pass_days(twin *w, size_t t)
{
    const double days = (double)((w->c->time[t] - w->c->time[t - 1]) / TW_NS_PER_DAY);
    double borrowed = 0;
    for (size_t l = 0; l < LANES; l++) borrowed += w->held[l] < 0 ? -w->held[l] * w->last[l] : 0;
    const double fee = to2(borrowed * w->p->borrow_bp / 1e4 * days / 365);
    const double gain = w->cash > 0 ? to2(w->cash * w->p->cash_bp / 1e4 * days / 365) : 0;
    if (fee > 0) note(w, TW_EVENT_BORROW, t, UINT32_MAX, 0, 0, -fee);
    if (gain > 0) note(w, TW_EVENT_INTEREST, t, UINT32_MAX, 0, 0, gain);
}

static void trade(twin *w, size_t t)
{
    const double *prices = strcmp(w->p->fill, "next_open") == 0 ? w->c->open : w->c->close;
    for (size_t l = 0; l < LANES; l++) {
        const double wanted = w->waiting[l], price = prices[t * LANES + l];
        w->waiting[l] = 0;
        if (wanted == 0) continue;
        double done = isnan(price) ? 0 : wanted;
        if (w->p->participation > 0 && done != 0) {
            double most = w->p->participation * w->c->volume[t * LANES + l];
            most = w->p->whole_shares ? floor(most) : floor(most * 1e6) / 1e6;
            done = copysign(fmin(fabs(done), most), done);
        }
        if (done != 0) {
            note(w, TW_EVENT_FILL, t, l, done, price, -done * price);
            const double cost = to2(fabs(done * price) * w->p->cost_bp / 1e4);
            if (cost > 0) note(w, TW_EVENT_COST, t, l, 0, 0, -cost);
            w->held[l] = to6(w->held[l] + done);
        }
        if (done != wanted) note(w, TW_EVENT_UNFILLED, t, l, to6(wanted - done), isnan(price) ? 0 : price, 0);
    }
}

static void see_closes(twin *w, size_t t)
{
    for (size_t l = 0; l < LANES; l++) {
        const double close = w->c->close[t * LANES + l];
        w->gap[l] = isnan(close) ? w->gap[l] + 1 : 0;
        if (!isnan(close)) w->last[l] = close;
        if (w->held[l] == 0 || w->gap[l] < w->p->delist_after) continue;
        note(w, TW_EVENT_DELISTED, t, l, -w->held[l], w->last[l], w->held[l] * w->last[l]);
        w->held[l] = 0;
    }
}

static double equity_of(const twin *w)
{
    double equity = w->cash;
    for (size_t l = 0; l < LANES; l++) equity += w->held[l] * w->last[l];
    return equity;
}

/* Lanes with score and close, best first; insertion sort, ties by lane. */
static size_t sorted(const twin *w, size_t t, size_t *lane)
{
    const double *score = w->c->score + t * LANES, *close = w->c->close + t * LANES;
    size_t n = 0;
    for (size_t l = 0; l < LANES; l++) {
        if (isnan(score[l]) || isnan(close[l])) continue;
        size_t i = n++;
        for (; i > 0 && score[lane[i - 1]] < score[l]; i--) lane[i] = lane[i - 1];
        lane[i] = l;
    }
    return n;
}

static void choose(twin *w, size_t t, double gross, const size_t *lane, size_t n)
{
    const tw_portfolio *p = w->p;
    memset(w->weight, 0, sizeof w->weight);
    if (strcmp(p->construction, "top_k") == 0) {
        const size_t k = (size_t)p->k < n ? (size_t)p->k : n;
        for (size_t i = 0; i < k; i++) w->weight[lane[i]] = fmin(gross / (double)k, p->max_weight);
    } else if (strcmp(p->construction, "long_short") == 0) {
        const size_t m = (size_t)fmax(1, floor(p->quantile * (double)n));
        for (size_t i = 0; n >= 2 && i < m; i++) {
            w->weight[lane[i]] = fmin(gross / 2 / (double)m, p->max_weight);
            w->weight[lane[n - 1 - i]] = -w->weight[lane[i]];
        }
    } else {
        double sum = 0;
        for (size_t l = 0; l < LANES; l++) /* in lane order: sums of doubles depend on it */
            for (size_t i = 0; i < n; i++) sum += lane[i] == l ? fabs(w->c->score[t * LANES + l]) : 0;
        for (size_t i = 0; i < n; i++) {
            const double x = w->c->score[t * LANES + lane[i]] * (sum > 1 ? gross / sum : gross);
            w->weight[lane[i]] = fmin(fmax(x, -p->max_weight), p->max_weight);
        }
    }
}

static void decide(twin *w, size_t t)
{
    size_t lane[LANES];
    const size_t n = sorted(w, t, lane);
    if (n == 0) return;
    const double equity = equity_of(w);
    double stuck = 0, traded = 0;
    for (size_t l = 0; l < LANES; l++) stuck += w->gap[l] ? fabs(w->held[l]) * w->last[l] / equity : 0;
    choose(w, t, fmax(w->p->gross - stuck, 0), lane, equity > 0 ? n : 0);
    for (size_t l = 0; l < LANES; l++) {
        if (w->gap[l] || w->last[l] == 0) continue;
        const double shares = w->weight[l] * equity / w->last[l];
        w->waiting[l] = to6((w->p->whole_shares ? trunc(shares) : to6(shares)) - w->held[l]);
        traded += fabs(w->waiting[l]) * w->last[l] / 2 / equity;
    }
    const double limit = w->p->turnover_limit;
    for (size_t l = 0; l < LANES; l++) {
        if (limit > 0 && traded > limit && w->waiting[l] != 0) {
            const double less = w->waiting[l] * (limit / traded);
            w->waiting[l] = w->p->whole_shares ? trunc(less) : to6(less);
        }
        if (w->waiting[l] != 0) note(w, TW_EVENT_ORDER, t, l, w->waiting[l], w->last[l], 0);
    }
}

static void run_twin(twin *w)
{
    const tw_signal *s = &w->c->signal;
    size_t due = SIZE_MAX, lane[LANES];
    note(w, TW_EVENT_CASH_IN, s->from, UINT32_MAX, 0, 0, w->p->capital);
    for (size_t t = s->from; t < s->to; t++) {
        if (t > s->from) pass_days(w, t);
        trade(w, t);
        see_closes(w, t);
        if (due == SIZE_MAX && sorted(w, t, lane) > 0) due = t;
        if (t != due) continue;
        due += (size_t)w->p->rebalance;
        if (t + 1 < s->to) decide(w, t);
    }
}

static void same_event(const tw_event *a, const tw_event *b, size_t i)
{
    const bool same = a->kind == b->kind && a->time == b->time && a->lane == b->lane && a->price == b->price &&
                      fabs(a->quantity - b->quantity) < 1.5e-6 && fabs(a->cash - b->cash) < 0.015;
    if (!same)
        fail_msg("event %zu: %s t=%u lane=%u q=%.9g p=%.9g cash=%.9g, the twin has %s t=%u lane=%u q=%.9g p=%.9g "
                 "cash=%.9g",
                 i, tw_event_name(a->kind), a->time, a->lane, a->quantity, a->price, a->cash, tw_event_name(b->kind),
                 b->time, b->lane, b->quantity, b->price, b->cash);
}

static void agree(uint64_t seed, const char *portfolio)
{
    backtest_case c;
    case_init(&c, seed, 211, 43);
    case_portfolio(&c, portfolio);
    c.signal.from = 3;
    twin w = {.c = &c, .p = &c.portfolio, .event = calloc(MOST_EVENTS, sizeof(tw_event))};
    run_twin(&w);
    tw_result result;
    tw_error err;
    assert_ok(tw_simulate_scores(NULL, &c.market, &c.signal, &c.portfolio, &result, &err), &err);
    for (size_t i = 0; i < result.n_events && i < w.n; i++) same_event(&result.event[i], &w.event[i], i);
    assert_int_equal(result.n_events, w.n);
    assert_true(result.n_fills > 300);
    assert_near(result.equity[result.n - 1], equity_of(&w), 1e-6);
    tw_result_clear(NULL, &result);
    free(w.event);
    case_clear(&c);
}

static void same_as_twin(void **state)
{
    (void)state;
    agree(11, "construction=top_k k=9 rebalance=2 cost_bp=3.7 whole_shares=true cash_bp=180");
    agree(12, "construction=top_k k=9 rebalance=1 cost_bp=3.7 fill=next_close turnover_limit=0.07");
    agree(13, "construction=long_short quantile=0.17 rebalance=1 borrow_bp=430 cash_bp=77 delist_after=3");
    agree(14, "construction=long_short quantile=0.5 rebalance=3 participation=0.011 whole_shares=true gross=1.9");
    agree(15, "construction=weights rebalance=1 participation=0.02 max_weight=0.06 borrow_bp=200");
    agree(16, "construction=weights rebalance=4 turnover_limit=0.11 whole_shares=true capital=54321.09");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_twin)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
