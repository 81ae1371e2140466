/* SPDX-License-Identifier: Apache-2.0 */
/* leak.c - columns and features that know what comes. The language cannot reach a later bar, but a file can bring one:
 * a column of labels, a return stamped with the day it begins. Such a series goes with what happens after its bar as
 * nothing that is known at its bar does, and the run is refused before anything is fitted.
 *
 * Only columns beside open, high, low, close and volume can do so: where the plan uses none, nothing is searched. Each
 * of them that it uses and every feature is held against the label and against the returns of the next 1, 2, 3, 5, 10,
 * 21 and 63 bars, by rank correlation over a sample of bars. A return over some days correlates with that of the
 * nearest of these by 0.82 or more (the root of the ratio of their lengths), while the level of a series that returns
 * to its mean reaches 0.71, and more where prices are dirty; but such a level goes with the return that led to it as
 * much as with the one that follows, which a leak does not. Where there are few periods, chance reaches further: six
 * standard errors by Fisher's z (1921) must be passed as well. */
#include "pipeline/pipeline_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tradewind/num.h"

enum { SAMPLE = 1024, LEAST = 64, TARGETS = 8 };
static const double nearest = 0.75;
static const size_t horizons[TARGETS] = {0, 1, 2, 3, 5, 10, 21, 63}; /* 0: the label */

/* Room of a thread. */
typedef struct leak_room {
    double value[SAMPLE], past[SAMPLE], x[SAMPLE], y[SAMPLE], scratch[2 * SAMPLE];
    size_t order[SAMPLE];
} leak_room;

typedef struct leak_search {
    const tw_job *job;
    size_t cell[SAMPLE], n; /* bars that are looked at */
    double target[TARGETS][SAMPLE];
    size_t bars[TARGETS]; /* length of a target */
    size_t n_columns;     /* series: columns, then features */
    leak_room *room;
} leak_search;

/* ---- what comes */

/* Between a bar and the one `bars` later. */
static double return_of(const tw_job *job, size_t cell, size_t bars)
{
    const double *close = job->price[3];
    const size_t then = cell + bars * job->n_lanes;
    return then < job->n_cells ? close[then] / close[cell] - 1.0 : (double)NAN;
}

static double return_before(const tw_job *job, size_t cell, size_t bars)
{
    const size_t back = bars * job->n_lanes;
    return cell >= back ? return_of(job, cell - back, bars) : (double)NAN;
}

static double label_length(const tw_job *job, size_t cell)
{
    const size_t end = job->label_end[cell], t = cell / job->n_lanes;
    return end > t ? (double)(end - t) : 1.0;
}

static void fill_targets(leak_search *s)
{
    const tw_job *job = s->job;
    double length = 0, known = 0;
    for (size_t i = 0; i < s->n; i++) {
        const size_t cell = s->cell[i];
        s->target[0][i] = job->label[cell];
        if (isfinite(job->label[cell])) length += label_length(job, cell), known++;
        for (size_t h = 1; h < TARGETS; h++) s->target[h][i] = return_of(job, cell, horizons[h]);
    }
    for (size_t h = 0; h < TARGETS; h++) s->bars[h] = horizons[h];
    s->bars[0] = known > 0 ? (size_t)(length / known + 0.5) : 1;
}

/* Bars with a close, spread evenly over all of them. */
static void take_sample(leak_search *s)
{
    const tw_job *job = s->job;
    size_t known = 0, seen = 0;
    for (size_t c = 0; c < job->n_cells; c++) known += isfinite(job->price[3][c]) != 0;
    const size_t step = known / SAMPLE + 1;
    for (size_t c = 0; c < job->n_cells; c++)
        if (isfinite(job->price[3][c]) && seen++ % step == 0) s->cell[s->n++] = c;
}

/* ---- what is looked at */

static double value_of(const leak_search *s, size_t series, size_t cell)
{
    const tw_job *job = s->job;
    if (series >= s->n_columns) return job->feature[series - s->n_columns][cell];
    const size_t t = cell / job->n_lanes, lane = cell % job->n_lanes;
    return tw_panel_tile(job->panel, series, lane / TW_LANES)[t * TW_LANES + lane % TW_LANES];
}

/* The least correlation that is refused; above 1 where no correlation would prove anything. */
static double bound_of(const leak_search *s, size_t h)
{
    const double periods = (double)s->job->n_times / (double)s->bars[h]; /* that do not overlap */
    if (periods < 8) return 2;
    const double chance = tanh(6 / sqrt(periods - 3));
    return chance > nearest ? chance : nearest;
}

static tw_status refuse(const leak_search *s, size_t series, size_t h, double r, tw_error *err)
{
    const tw_job *job = s->job;
    const bool column = series < s->n_columns;
    const char *name = column ? job->columns[series] : job->feature_name[series - s->n_columns];
    char what[64] = "the label";
    if (h)
        (void)snprintf(what, sizeof what, "the return of the next %zu bar%s", horizons[h], horizons[h] == 1 ? "" : "s");
    return tw_fail(
        err, TW_LOOK_AHEAD,
        "%s '%.64s' knows what comes: its rank correlation with %s is %.3f, and nothing that is known at the "
        "close of a bar comes near %.2f (look-ahead); a value belongs to the bar at which it was known",
        column ? "column" : "feature", name, what, r, bound_of(s, h));
}

/* Of the series in room->value and what it is held against; 0 where too little is known of either. */
static double correlation(const leak_search *s, leak_room *room, const double *with)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (!isfinite(room->value[i]) || !isfinite(with[i])) continue;
        room->x[n] = room->value[i];
        room->y[n++] = with[i];
    }
    return n < LEAST ? 0 : tw_spearman(n, room->x, room->y, room->scratch, room->order);
}

/* True for a series that goes with the return before its bar nearly as it goes (r) with the one after. */
static bool is_level(const leak_search *s, leak_room *room, size_t h, double r)
{
    for (size_t i = 0; i < s->n; i++) room->past[i] = return_before(s->job, s->cell[i], s->bars[h]);
    return fabs(correlation(s, room, room->past)) > 0.75 * fabs(r);
}

/* A column that the plan uses and that is not of the bar itself. */
static bool is_extra(const tw_job *job, size_t column)
{
    static const char *const bar[] = {"open", "high", "low", "close", "volume"};
    for (size_t i = 0; i < sizeof bar / sizeof bar[0]; i++)
        if (strcmp(job->columns[column], bar[i]) == 0) return false;
    return tw_plan_uses_column(job->plan, column);
}

static tw_status search_one(void *arg, size_t series, int thread, tw_error *err)
{
    const leak_search *s = arg;
    leak_room *room = s->room + thread;
    if (series < s->n_columns && !is_extra(s->job, series)) return TW_OK;
    for (size_t i = 0; i < s->n; i++) room->value[i] = value_of(s, series, s->cell[i]);
    for (size_t h = 0; h < TARGETS; h++) {
        const double r = correlation(s, room, s->target[h]);
        if (fabs(r) >= bound_of(s, h) && !is_level(s, room, h, r)) return refuse(s, series, h, r, err);
    }
    return TW_OK;
}

static tw_status search(tw_job *job, tw_error *err)
{
    tw_pool *pool = job->ctx ? job->ctx->pool : NULL;
    leak_search *s = tw_new(job->ctx, 1, sizeof *s);
    leak_room *room = tw_new(job->ctx, (size_t)tw_pool_threads(pool), sizeof *room);
    tw_status status = s && room ? TW_OK : tw_no_memory(err, "the search for look-ahead");
    if (status == TW_OK) {
        *s = (leak_search){.job = job, .n_columns = job->n_columns, .room = room};
        take_sample(s);
        fill_targets(s);
        status = tw_pool_run(pool, s->n_columns + tw_plan_features(job->plan), search_one, s, err);
    }
    tw_free(job->ctx, room);
    tw_free(job->ctx, s);
    return status;
}

tw_status tw_job_check_leaks(tw_job *job, tw_error *err)
{
    for (size_t c = 0; c < job->n_columns; c++)
        if (is_extra(job, c)) return search(job, err);
    return TW_OK;
}
