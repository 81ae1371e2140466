/* SPDX-License-Identifier: Apache-2.0 */
/* check_returns.c - bars against their neighbours: outliers, splits left in the prices, odd volume. */
#include "data/check.h"

#include "data/actions.h"
#include "tradewind/num.h"

#include <math.h>
#include <stdio.h>

#define SOURCE "docs/data-quality.md"

/* Runs `each` on every symbol's bars. */
typedef tw_status symbol_check(tw_series *series, size_t symbol, const tw_check_input *input, const void *params,
                               tw_findings *out);
static tw_status for_symbols(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                             symbol_check *each, tw_error *err)
{
    tw_series series;
    TW_TRY(tw_series_init(&series, ctx, input->panel, err));
    tw_status st = TW_OK;
    for (size_t s = 0; st == TW_OK && s < input->panel->shape.n_symbols; s++) {
        tw_series_load(&series, s);
        st = each(&series, s, input, params, out);
    }
    tw_series_clear(&series);
    return st == TW_NO_MEMORY ? tw_no_memory(err, "findings") : st;
}

/* Log return of bar k on the bar before; NaN when a price is not positive. */
static double log_return(const tw_series *x, size_t k)
{
    const double a = x->close[k - 1], b = x->close[k];
    return a > 0 && b > 0 ? tw_log(b / a) : NAN;
}

/* ---------------------------------------------------------------- outlier */

typedef struct outlier_params {
    int window;
    double score, least, revert, volume, wick, level;
} outlier_params;
static const tw_param outlier_table[] = {
    TW_PARAM(outlier_params, window, 63, 10, 1000, "bars before, from which median and spread are taken"),
    TW_PARAM(outlier_params, score, 8, 2, 1000, "bound on |return - median| / (1.4826 MAD)"),
    TW_PARAM(outlier_params, least, 0.05, 0, 10, "smaller log returns are never outliers"),
    TW_PARAM(outlier_params, revert, 0.25, 0, 1,
             "a move is taken back when less than this share is left after the next bar"),
    TW_PARAM(outlier_params, volume, 2, 0, 1000,
             "a move taken back on less than this many times the usual volume is a bad print"),
    TW_PARAM(outlier_params, wick, 0.2, 0, 10,
             "log distance of a high or low beyond open and close, on both neighbours too"),
    TW_PARAM(outlier_params, level, 0.3, 0, 10,
             "log return from which a move taken back by one within 20 bars is a wrong level"),
    TW_PARAM_END,
};

enum { MAX_WINDOW = 1000 };

/* Robust score of x[k] against the `window` values before it; early in a history also against those after the next.
 * NaN when they are too few or do not move. */
static double robust_score(const double *x, size_t n_x, size_t k, size_t window)
{
    double kept[MAX_WINDOW], scratch[MAX_WINDOW], spread;
    size_t n = 0;
    for (size_t j = k > window ? k - window : 0; j < k; j++)
        if (!isnan(x[j])) kept[n++] = x[j];
    if (n < window / 2)
        for (size_t j = k + 2; j < n_x && n < window; j++)
            if (!isnan(x[j])) kept[n++] = x[j];
    if (n < window / 2) return NAN;
    const double centre = tw_robust_centre(n, kept, scratch, &spread);
    return spread > 0 ? (x[k] - centre) / spread : NAN;
}

/* Volume of bar k over the median of the 20 before; NaN without any. */
static double volume_ratio(const tw_series *x, size_t k)
{
    double before[20];
    size_t n = 0;
    for (size_t j = k > 20 ? k - 20 : 0; j < k; j++)
        if (x->volume[j] > 0) before[n++] = x->volume[j];
    return n >= 3 ? x->volume[k] / tw_median(n, before) : NAN;
}

/* True when the bar traded on the way from the close before to its own: then its close was a real price. */
static bool walked_there(const tw_series *x, size_t k)
{
    const double middle = (x->close[k - 1] + x->close[k]) / 2;
    return x->low[k] <= middle && middle <= x->high[k] && x->close[k] >= x->low[k] && x->close[k] <= x->high[k];
}

/* The bar within the next 20 at which one move takes back that of bar k; 0 when there is none. Prices in another unit
 * for some days look like this. */
static size_t level_end(const tw_series *x, size_t k, const outlier_params *p)
{
    enum { BARS = 20 };
    const double move = log_return(x, k);
    if (!(fabs(move) > p->level)) return 0;
    for (size_t j = k + 1; j < x->n && j <= k + BARS; j++) {
        const double left = x->close[j] > 0 ? tw_log(x->close[j] / x->close[k - 1]) : NAN, back = log_return(x, j);
        if (fabs(left) < p->revert * fabs(move) && back * move < 0 && fabs(back) > fabs(move) / 2) return j;
    }
    return 0;
}

/* The first and the last bar have a neighbour on one side only: a wrong price there shows as a move that stays. */
static tw_status check_ends(const tw_series *x, size_t symbol, const outlier_params *p, tw_findings *out)
{
    enum { LEAST = 20 };
    const size_t at[2] = {0, x->n - 1};
    if (x->n < LEAST) return TW_OK;
    for (size_t i = 0; i < 2; i++) {
        const size_t k = at[i], beside = i ? k - 1 : 1;
        const double move = log_return(x, i ? k : 1);
        /* A bar that opens where the other closed has traded its way there. */
        const double gap = i ? x->open[k] / x->close[k - 1] : x->open[1] / x->close[0];
        if (!(fabs(move) > p->level) || fabs(tw_log(gap)) < fabs(move) / 2) continue;
        const tw_where where = {out, "outlier", TW_WARN, symbol, x->t[k], fabs(move), p->level};
        TW_TRY(tw_finding_write(&where, "%s: %.4g in the %s bar, %.4g in the one beside it: a bad print, or an event",
                                tw_stamp_of(x->panel, x->t[k]).text, x->close[k], i ? "last" : "first",
                                x->close[beside]));
    }
    return TW_OK;
}

/* News make people trade; a wrong price does not. */
static tw_status report_outlier(const tw_series *x, size_t k, tw_where where, bool back, const outlier_params *p)
{
    const tw_stamp_text stamp = tw_stamp_of(x->panel, x->t[k]);
    const double percent = 100 * (x->close[k] / x->close[k - 1] - 1), times = volume_ratio(x, k);
    char volume[40] = "";
    if (!isnan(times)) snprintf(volume, sizeof volume, ", volume x %.1f", times);
    const size_t later = back ? 0 : level_end(x, k, p);
    if (later) {
        where.severity = TW_WARN;
        return tw_finding_write(&where, "%s: %.4g to %.4g (%+.1f %%) for %zu bars, then back to %.4g: a wrong level?",
                                stamp.text, x->close[k - 1], x->close[k], percent, later - k, x->close[later]);
    }
    if (!back)
        return tw_finding_write(&where, "%s: %.4g to %.4g (%+.1f %%), %.0f robust deviations%s: an event", stamp.text,
                                x->close[k - 1], x->close[k], percent, where.value, volume);
    const bool loud = times > p->volume || walked_there(x, k);
    where.severity = loud ? TW_WARN : TW_ERROR;
    return tw_finding_write(&where, "%s: %.4g to %.4g (%+.1f %%) and back to %.4g%s: %s", stamp.text, x->close[k - 1],
                            x->close[k], percent, x->close[k + 1], volume,
                            loud ? "an event taken back, or a bad print" : "a bad print");
}

/* A high or low far beyond the bar's own open and close and beyond the bars beside it; 0 when there is none. */
static double wick_of(const tw_series *x, size_t k, bool beyond_open)
{
    const double open = beyond_open ? x->open[k] : x->close[k];
    double top = fmax(open, x->close[k]), bottom = fmin(open, x->close[k]);
    for (size_t j = k > 0 ? k - 1 : 0; j <= k + 1 && j < x->n; j++) {
        if (j == k) continue;
        top = fmax(top, x->high[j]);
        bottom = fmin(bottom, x->low[j]);
    }
    if (!(bottom > 0) || !(x->low[k] > 0)) return 0;
    const double up = tw_log(x->high[k] / top), down = tw_log(x->low[k] / bottom);
    return up > -down ? fmax(up, 0) : fmin(down, 0);
}

static bool open_is_far(const tw_series *x, size_t k, double far, double bound)
{
    if (k == 0 || k + 1 == x->n || !(x->open[k] > 0) || !(fabs(far) > bound)) return false;
    const double extreme = far > 0 ? x->high[k] : x->low[k];
    return fabs(tw_log(x->open[k] / extreme)) < fabs(far) - bound;
}

static tw_status check_wick(const tw_series *x, size_t symbol, size_t k, double bound, tw_findings *out)
{
    const double wick = wick_of(x, k, true), far = wick_of(x, k, false);
    /* The open may be the wrong price, with the high or low drawn after it. */
    const bool is_open = !(fabs(wick) > bound) && open_is_far(x, k, far, bound);
    if (!(fabs(wick) > bound) && !is_open) return TW_OK;
    const double found = is_open ? far : wick;
    const tw_where where = {out, "outlier", TW_WARN, symbol, x->t[k], fabs(found), bound};
    return tw_finding_write(&where, "%s: %s of %.4g, %.0f %% beyond %sclose and the bars beside it",
                            tw_stamp_of(x->panel, x->t[k]).text,
                            is_open     ? "open"
                            : found > 0 ? "high"
                                        : "low",
                            is_open     ? x->open[k]
                            : found > 0 ? x->high[k]
                                        : x->low[k],
                            100 * fabs(tw_expm1(found)), is_open ? "" : "open, ");
}

static tw_status check_outlier(tw_series *x, size_t symbol, const tw_check_input *input, const void *params,
                               tw_findings *out)
{
    (void)input;
    const outlier_params *p = params;
    double *r = x->scratch;
    if (x->n == 0) return TW_OK;
    r[0] = NAN;
    for (size_t k = 1; k < x->n; k++) r[k] = log_return(x, k);
    for (size_t k = 0; k < x->n; k++) TW_TRY(check_wick(x, symbol, k, p->wick, out));
    TW_TRY(check_ends(x, symbol, p, out));
    for (size_t k = 1; k < x->n; k++) {
        if (!(fabs(r[k]) >= p->least)) continue;
        const double score = robust_score(r, x->n, k, (size_t)p->window);
        if (!(fabs(score) > p->score)) continue;
        const bool back = k + 1 < x->n && fabs(r[k] + r[k + 1]) < p->revert * fabs(r[k]);
        const bool came_back = k > 1 && fabs(r[k] + r[k - 1]) < p->revert * fabs(r[k - 1]) && fabs(r[k - 1]) > p->least;
        if (came_back && !back) continue; /* the return half of a bad print */
        const tw_where where = {out, "outlier", TW_INFO, symbol, x->t[k], fabs(score), p->score};
        TW_TRY(report_outlier(x, k, where, back, p));
    }
    return TW_OK;
}

static tw_status run_outlier(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                             tw_error *err)
{
    if (!tw_has_closes(input->panel, NULL)) return tw_findings_not_run(out, "outlier", "the panel has no close");
    return for_symbols(ctx, input, params, out, check_outlier, err);
}

const tw_check tw_check_outlier = {.name = "outlier",
                                   .title = "returns far outside: bad prints (error), moves taken back (warn), events",
                                   .source = SOURCE,
                                   .severity = TW_ERROR,
                                   .params = outlier_table,
                                   .params_size = sizeof(outlier_params),
                                   .run = run_outlier};

/* ---------------------------------------------------------------- split */

typedef struct split_params {
    double tolerance, open_tolerance, volume;
} split_params;
static const tw_param split_table[] = {
    TW_PARAM(split_params, tolerance, 0.04, 0, 0.2, "log distance of the closes' ratio from a split's"),
    TW_PARAM(split_params, open_tolerance, 0.045, 0, 0.2,
             "the same for the open on the close before: a split is there at the open"),
    TW_PARAM(split_params, volume, 4, 1, 1000,
             "volume may be this many times what the split explains; more is an event"),
    TW_PARAM_END,
};

/* Markets seldom make a move of three times on their own: then the day's own move may be larger as well. */
static double slack_of(double shares, double tolerance)
{
    return shares >= 3 || shares <= 1.0 / 3 ? 3 * tolerance : tolerance;
}

/* New shares for an old one nearest to a ratio of prices, or 0. */
static double split_near(double ratio, double tolerance)
{
    static const double shares[] = {1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100};
    double best = 0, least = INFINITY;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        const double split = fabs(tw_log(ratio * shares[i])), reverse = fabs(tw_log(ratio / shares[i]));
        const double off = fmin(split, reverse);
        if (off >= least || off > slack_of(shares[i], tolerance)) continue;
        least = off;
        best = split < reverse ? shares[i] : 1 / shares[i];
    }
    return best;
}

/* True when the action file has a change of price of that size within a day of bar k. */
static bool is_explained(const tw_check_input *input, const char *symbol, int64_t day, double ratio)
{
    const tw_action_run run = tw_actions_of(input->actions, symbol);
    for (size_t i = 0; i < run.n; i++) {
        const int64_t off = run.first[i].ex_day - day;
        if (off < -1 || off > 1 || run.first[i].ratio <= 0) continue;
        if (fabs(tw_log(run.first[i].ratio / ratio)) < 0.1) return true;
    }
    return false;
}

/* New shares for one when bar k opens like a split, stays there, and trades no more than that explains; else 0. */
static double split_at(tw_series *x, size_t k, const split_params *p)
{
    const double r = log_return(x, k), before = k > 1 ? log_return(x, k - 1) : NAN;
    const double after = k + 1 < x->n ? log_return(x, k + 1) : NAN;
    if (!(fabs(r) > 0.3)) return 0;
    /* The open tells which split; the day's own move is in the close already. */
    const bool opens = x->open[k] > 0;
    const double shares =
        split_near((opens ? x->open[k] : x->close[k]) / x->close[k - 1], opens ? p->open_tolerance : p->tolerance);
    if (shares == 0 || fabs(r + before) < 0.1 || fabs(r + after) < 0.1) return 0; /* to and fro: a bad print */
    if (fabs(r + tw_log(shares)) > slack_of(shares, p->tolerance)) return 0;
    return volume_ratio(x, k) > p->volume * fmax(shares, 1) ? 0 : shares;
}

typedef struct split_text {
    char text[40];
} split_text;

/* "2 for 1", "3 for 2", "1 for 10". */
static split_text split_name(double shares)
{
    split_text out;
    const bool reverse = shares < 1, halves = shares * 2 == 3 || 2 / shares == 3;
    const double new_shares = reverse ? 1 : shares, old_shares = reverse ? 1 / shares : 1;
    snprintf(out.text, sizeof out.text, "%g for %g", new_shares * (1 + halves), old_shares * (1 + halves));
    return out;
}

static tw_status check_split(tw_series *x, size_t symbol, const tw_check_input *input, const void *params,
                             tw_findings *out)
{
    const split_params *p = params;
    for (size_t k = 1; k < x->n; k++) {
        const double shares = split_at(x, k, p);
        if (shares == 0) continue;
        const double ratio = x->close[k] / x->close[k - 1];
        const int64_t day = x->panel->shape.times[x->t[k]] / TW_NS_PER_DAY;
        if (is_explained(input, x->panel->shape.symbols[symbol], day, ratio)) continue;
        /* Without volume there is no second witness: an index may do that by itself. */
        const tw_severity severity = x->volume[k] >= 0 ? TW_ERROR : TW_WARN;
        const tw_where where = {out, "split", severity, symbol, x->t[k], ratio, 1 / shares};
        TW_TRY(tw_finding_write(&where, "%s: close %.4g to %.4g (x %.3f), open %.4g: a %s split not %s",
                                tw_stamp_of(x->panel, x->t[k]).text, x->close[k - 1], x->close[k], ratio, x->open[k],
                                split_name(shares).text, input->actions ? "in the action file" : "taken out"));
    }
    return TW_OK;
}

static tw_status run_split(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                           tw_error *err)
{
    if (!tw_has_closes(input->panel, NULL)) return tw_findings_not_run(out, "split", "the panel has no close");
    return for_symbols(ctx, input, params, out, check_split, err);
}

const tw_check tw_check_split = {.name = "split",
                                 .title = "no split is left in the prices unexplained",
                                 .source = SOURCE,
                                 .severity = TW_ERROR,
                                 .params = split_table,
                                 .params_size = sizeof(split_params),
                                 .run = run_split};

/* ---------------------------------------------------------------- volume */

typedef struct volume_params {
    int window;
    double score, least;
} volume_params;
static const tw_param volume_table[] = {
    TW_PARAM(volume_params, window, 63, 10, 1000, "bars before, from which median and spread are taken"),
    TW_PARAM(volume_params, score, 6, 2, 1000, "bound on |log volume - median| / (1.4826 MAD)"),
    TW_PARAM(volume_params, least, 1.5, 0, 20, "smaller deviations of the log volume are never odd"),
    TW_PARAM_END,
};

/* Bars without a volume among bars that have one. */
static tw_status check_blanks(const tw_series *x, size_t symbol, tw_findings *out)
{
    size_t n = 0;
    tw_listing list = {0};
    for (size_t k = 0; k < x->n; k++) n += isnan(x->volume[k]) != 0;
    if (n == 0 || 10 * n > x->n) return TW_OK;
    for (size_t k = 0; k < x->n; k++) {
        if (!isnan(x->volume[k])) continue;
        const tw_where where = {out, "volume", TW_WARN, symbol, x->t[k], (double)n, 0};
        TW_TRY(tw_listing_write(&list, &where, "%s: the volume is missing, close %.6g",
                                tw_stamp_of(x->panel, x->t[k]).text, x->close[k]));
    }
    return tw_listing_end(&list, "bars without volume");
}

static tw_status check_silence(const tw_series *x, size_t symbol, size_t k, tw_findings *out)
{
    if (k == 0 || x->volume[k] != 0 || x->close[k] == x->close[k - 1]) return TW_OK;
    const tw_where where = {out, "volume", TW_WARN, symbol, x->t[k], 0, 0};
    return tw_finding_write(&where, "%s: no volume, yet the close moved from %.6g to %.6g",
                            tw_stamp_of(x->panel, x->t[k]).text, x->close[k - 1], x->close[k]);
}

static tw_status check_volume(tw_series *x, size_t symbol, const tw_check_input *input, const void *params,
                              tw_findings *out)
{
    (void)input;
    const volume_params *p = params;
    double *logs = x->scratch, sum = 0;
    const size_t window = (size_t)p->window;
    TW_TRY(check_blanks(x, symbol, out));
    for (size_t k = 0; k < x->n; k++) logs[k] = x->volume[k] > 0 ? tw_log(x->volume[k]) : NAN;
    for (size_t k = 0; k < x->n; k++) {
        TW_TRY(check_silence(x, symbol, k, out));
        const size_t seen = k < window ? k : window;
        /* The mean is near the median: most bars need no sorting. */
        const bool far = seen > 0 && fabs(logs[k] - sum / (double)seen) > p->least / 2;
        const double score = far ? robust_score(logs, x->n, k, window) : 0;
        if (k >= window && !isnan(logs[k - window])) sum -= logs[k - window];
        if (!isnan(logs[k])) sum += logs[k];
        if (!(fabs(score) > p->score) || fabs(logs[k] - sum / (double)(seen + (k < window))) < p->least) continue;
        const tw_where where = {out, "volume", TW_INFO, symbol, x->t[k], fabs(score), p->score};
        TW_TRY(tw_finding_write(&where, "%s: volume %.4g, %.1f robust deviations %s the last %zu bars",
                                tw_stamp_of(x->panel, x->t[k]).text, x->volume[k], fabs(score),
                                score > 0 ? "above" : "below", seen));
    }
    return TW_OK;
}

static tw_status run_volume(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                            tw_error *err)
{
    if (tw_panel_find_column(input->panel, "volume") == SIZE_MAX)
        return tw_findings_not_run(out, "volume", "the panel has no volume");
    return for_symbols(ctx, input, params, out, check_volume, err);
}

const tw_check tw_check_volume = {.name = "volume",
                                  .title = "volume far outside; prices that move without any",
                                  .source = SOURCE,
                                  .severity = TW_WARN,
                                  .params = volume_table,
                                  .params_size = sizeof(volume_params),
                                  .run = run_volume};
