/* SPDX-License-Identifier: Apache-2.0 */
/* Models of the place in a queue. A feed of deltas does not say which orders at a price were cancelled, those ahead of
 * ours or those behind. A decrease that trades explain is ahead; of the rest a model takes a share. */
#include "backtest/book/book_impl.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- nothing is cancelled ahead */

/* Ahead only falls by trades, or when less is left than was thought to be ahead. */
static void change_risk_averse(const void *params, tw_book_queue_place *place, double before, double after)
{
    (void)params;
    (void)before;
    place->ahead = fmin(place->ahead, after);
}

const tw_book_queue_model tw_book_queue_risk_averse = {
    .name = "risk_averse",
    .title = "Cancellations are behind the order until nothing else is possible",
    .source = "hftbacktest, RiskAverseQueueModel",
    .change = change_risk_averse,
};

/* ---------------------------------------------------------------- by probability */

/* `behind` is the probability that a cancellation was behind the order. What cannot have been behind was ahead. */
static void take_away(tw_book_queue_place *place, double before, double after, double removed, double behind)
{
    const double ahead = place->ahead, back = before - ahead, share = isinf(behind) ? 1 : behind;
    const double left = ahead - (1 - share) * removed + fmin(back - share * removed, 0);
    place->ahead = fmin(left, after);
}

/* What trades took is no cancellation: it was counted when they were seen. False when nothing was cancelled. */
static bool cancelled(tw_book_queue_place *place, double before, double after, double *removed)
{
    *removed = before - after - place->traded;
    place->traded = 0;
    if (*removed >= 0) return true;
    place->ahead = fmin(place->ahead, after);
    return false;
}

typedef struct power {
    double n;
} power;

static const tw_param power_table[] = {
    TW_PARAM(power, n, 3, 0.01, 100, "power of the quantities ahead and behind"),
    TW_PARAM_END,
};

/* Whole powers by multiplication, so that they are the same bits everywhere. Ahead of an order that trades have reached
 * by less than half a lot is a little less than nothing, of which other powers are nothing too (hftbacktest has a NaN
 * there, and the order at the end of the queue). */
static double power_of(double x, double n)
{
    if (n == floor(n)) {
        double y = 1;
        for (int i = 0; i < (int)n; i++) y *= x;
        return y;
    }
    return x > 0 ? tw_exp(n * tw_log(x)) : isnan(x) ? x : 0;
}

static void change_power(const void *params, tw_book_queue_place *place, double before, double after)
{
    const double n = ((const power *)params)->n, ahead = place->ahead;
    double removed;
    if (!cancelled(place, before, after, &removed)) return;
    const double front = power_of(ahead, n), back = power_of(before - ahead, n);
    take_away(place, before, after, removed, back / (back + front));
}

static void change_power_of_sum(const void *params, tw_book_queue_place *place, double before, double after)
{
    const double n = ((const power *)params)->n, ahead = place->ahead;
    double removed;
    if (!cancelled(place, before, after, &removed)) return;
    take_away(place, before, after, removed, power_of(before - ahead, n) / power_of(before, n));
}

static void change_power_of_share(const void *params, tw_book_queue_place *place, double before, double after)
{
    const double n = ((const power *)params)->n, ahead = place->ahead;
    double removed;
    if (!cancelled(place, before, after, &removed)) return;
    take_away(place, before, after, removed, 1 - power_of(ahead / before, n));
}

static void change_log(const void *params, tw_book_queue_place *place, double before, double after)
{
    const double ahead = place->ahead;
    double removed;
    (void)params;
    if (!cancelled(place, before, after, &removed)) return;
    const double front = tw_log(1 + ahead), back = tw_log(1 + (before - ahead));
    take_away(place, before, after, removed, back / (back + front));
}

static void change_log_of_sum(const void *params, tw_book_queue_place *place, double before, double after)
{
    const double ahead = place->ahead;
    double removed;
    (void)params;
    if (!cancelled(place, before, after, &removed)) return;
    take_away(place, before, after, removed, tw_log(1 + (before - ahead)) / tw_log(1 + before));
}

const tw_book_queue_model tw_book_queue_power = {
    .name = "power",
    .title = "Cancelled behind with probability b^n / (b^n + a^n), a ahead of the order, b behind it",
    .source = "hftbacktest, PowerProbQueueFunc; after R. Cont and A. de Larrard, 2013",
    .params = power_table,
    .params_size = sizeof(power),
    .change = change_power,
};

const tw_book_queue_model tw_book_queue_power_of_sum = {
    .name = "power_of_sum",
    .title = "Cancelled behind with probability b^n / (a + b)^n",
    .source = "hftbacktest, PowerProbQueueFunc2",
    .params = power_table,
    .params_size = sizeof(power),
    .change = change_power_of_sum,
};

const tw_book_queue_model tw_book_queue_power_of_share = {
    .name = "power_of_share",
    .title = "Cancelled behind with probability 1 - (a / (a + b))^n",
    .source = "hftbacktest, PowerProbQueueFunc3",
    .params = power_table,
    .params_size = sizeof(power),
    .change = change_power_of_share,
};

const tw_book_queue_model tw_book_queue_log = {
    .name = "log",
    .title = "Cancelled behind with probability ln(1 + b) / (ln(1 + b) + ln(1 + a))",
    .source = "hftbacktest, LogProbQueueFunc",
    .change = change_log,
};

const tw_book_queue_model tw_book_queue_log_of_sum = {
    .name = "log_of_sum",
    .title = "Cancelled behind with probability ln(1 + b) / ln(1 + a + b)",
    .source = "hftbacktest, LogProbQueueFunc2",
    .change = change_log_of_sum,
};

/* ---------------------------------------------------------------- the family */

static const tw_book_queue_model *const models[] = {
#define TW_QUEUE(name) &tw_book_queue_##name,
#include "backtest/book/queues.def"
#undef TW_QUEUE
};

enum { N_MODELS = sizeof models / sizeof models[0] };

const tw_book_queue_model *const *tw_book_queue_models(size_t *n)
{
    *n = N_MODELS;
    return models;
}

tw_status tw_book_queue_find(const char *name, const tw_book_queue_model **model, tw_error *err)
{
    const char *names[N_MODELS + 1] = {NULL};
    for (size_t i = 0; i < N_MODELS; i++) {
        names[i] = models[i]->name;
        if (strcmp(names[i], name) != 0) continue;
        *model = models[i];
        return TW_OK;
    }
    const char *near = tw_did_you_mean(name, names);
    return tw_fail(err, TW_BAD_NAME, "no queue model '%s'%s%s%s", name, near ? "; did you mean '" : "",
                   near ? near : "", near ? "'?" : "");
}
