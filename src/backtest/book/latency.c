/* SPDX-License-Identifier: Apache-2.0 */
/* How long requests and answers travel. */
#include "backtest/book/book_impl.h"

typedef struct point {
    int64_t time, latency;
} point;

static int64_t between(int64_t time, point a, point b)
{
    const double slope = (double)(b.latency - a.latency) / (double)(b.time - a.time);
    return (int64_t)(slope * (double)(time - a.time)) + a.latency;
}

/* A trip that did not arrive was refused: what counts is when that was known. */
static bool refused(const tw_book_trip *trip) { return trip->arrived <= 0; }

static int64_t entry_between(int64_t time, const tw_book_trip *a, const tw_book_trip *b)
{
    if (refused(a) || refused(b))
        return -between(time, (point){a->sent, a->answered - a->sent}, (point){b->sent, b->answered - b->sent});
    return between(time, (point){a->sent, a->arrived - a->sent}, (point){b->sent, b->arrived - b->sent});
}

int64_t tw_book_entry(tw_book_latency *l, int64_t time)
{
    if (!l->n_trips) return l->entry;
    const tw_book_trip *first = l->trip, *last = l->trip + l->n_trips - 1;
    if (time < first->sent) return first->arrived - first->sent;
    while (l->entry_at + 1 < l->n_trips && l->trip[l->entry_at + 1].sent <= time) l->entry_at++;
    if (l->entry_at + 1 == l->n_trips) return last->arrived - last->sent;
    return entry_between(time, &l->trip[l->entry_at], &l->trip[l->entry_at + 1]);
}

int64_t tw_book_response(tw_book_latency *l, int64_t time)
{
    if (!l->n_trips) return l->response;
    const tw_book_trip *first = l->trip, *last = l->trip + l->n_trips - 1;
    if (time < first->arrived) return first->answered - first->arrived;
    while (l->response_at + 1 < l->n_trips && l->trip[l->response_at + 1].arrived <= time) l->response_at++;
    if (l->response_at + 1 == l->n_trips) return last->answered - last->arrived;
    const tw_book_trip *a = &l->trip[l->response_at], *b = a + 1;
    return between(time, (point){a->arrived, a->answered - a->arrived}, (point){b->arrived, b->answered - b->arrived});
}
