/* SPDX-License-Identifier: Apache-2.0 */
/* check_known.c - the panel against what could be known at its time: look-ahead and survivorship. */
#include "data/check.h"

#include "tradewind/io.h"

#include <math.h>
#include <string.h>

#define SOURCE "docs/data-quality.md"

/* ---------------------------------------------------------------- look_ahead */

typedef struct ahead_params {
    double correlation, score;
} ahead_params;
static const tw_param ahead_table[] = {
    TW_PARAM(ahead_params, correlation, 0.25, 0, 1, "bound on the correlation of a column with the next bar's return"),
    TW_PARAM(ahead_params, score, 6, 0, 1000, "and on that correlation times the root of the number of bars"),
    TW_PARAM_END,
};

/* Sums for a correlation over the whole panel. */
typedef struct moments {
    double n, x, y, xx, yy, xy;
} moments;

static void add_pair(moments *m, double x, double y)
{
    if (!isfinite(x) || !isfinite(y)) return;
    m->n++;
    m->x += x;
    m->y += y;
    m->xx += x * x;
    m->yy += y * y;
    m->xy += x * y;
}

static double correlation_of(const moments *m)
{
    const double vx = m->xx - m->x * m->x / m->n, vy = m->yy - m->y * m->y / m->n;
    return m->n > 30 && vx > 0 && vy > 0 ? (m->xy - m->x * m->y / m->n) / sqrt(vx * vy) : 0;
}

static bool is_bar_column(const char *name)
{
    static const char *const bars[] = {"open", "high", "low", "close", "volume", "vwap", "adj_close"};
    for (size_t i = 0; i < sizeof bars / sizeof *bars; i++)
        if (strcmp(bars[i], name) == 0) return true;
    return false;
}

/* How a column is read: as it is, against the close (tomorrow's price leaks so), against its own last value. */
typedef enum reading { AS_IS, ON_CLOSE, ON_LAST, READINGS } reading;
static const char *const reading_names[] = {"", " over the close", " over its last value"};

static double read_column(const tw_series *x, size_t c, size_t s, size_t k, reading how)
{
    const double now = tw_panel_at(x->panel, c, s, x->t[k]);
    if (how == AS_IS) return now;
    const double base = how == ON_CLOSE ? x->close[k] : k ? tw_panel_at(x->panel, c, s, x->t[k - 1]) : NAN;
    return base > 0 && now > 0 ? now / base - 1 : NAN;
}

/* Sums of column c with the return into the next bar, over one symbol. */
static moments with_next_return(const tw_series *x, size_t c, size_t s, reading how)
{
    moments m = {0};
    for (size_t k = 0; k + 1 < x->n; k++) add_pair(&m, read_column(x, c, s, k, how), x->close[k + 1] / x->close[k] - 1);
    return m;
}

static void add_moments(moments *all, const moments *m)
{
    all->n += m->n;
    all->x += m->x;
    all->y += m->y;
    all->xx += m->xx;
    all->yy += m->yy;
    all->xy += m->xy;
}

static bool is_ahead(const moments *m, const ahead_params *p)
{
    const double r = fabs(correlation_of(m));
    return r > p->correlation && r * sqrt(m->n) > p->score;
}

static tw_status report_ahead(const tw_series *x, size_t c, size_t s, reading how, const moments *m,
                              const ahead_params *p, tw_findings *out)
{
    const double r = correlation_of(m);
    const tw_where where = {out, "look_ahead", TW_ERROR, s, TW_NOWHERE, r, p->correlation};
    return tw_finding_write(&where,
                            "column \"%.40s\"%s correlates %.2f with the return of the bar after, over %.0f bars",
                            x->panel->shape.columns[c], reading_names[how], r, m->n);
}

/* Over all symbols, and if nothing shows there symbol by symbol: a leak may be in one of them. */
static tw_status check_column(tw_series *x, size_t c, reading how, const ahead_params *p, tw_findings *out)
{
    moments all = {0};
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t s = 0; s < x->panel->shape.n_symbols; s++) {
            tw_series_load(x, s);
            const moments m = with_next_return(x, c, s, how);
            if (pass == 0)
                add_moments(&all, &m);
            else if (is_ahead(&m, p))
                TW_TRY(report_ahead(x, c, s, how, &m, p, out));
        }
        if (is_ahead(&all, p)) return pass == 0 ? report_ahead(x, c, TW_NOWHERE, how, &all, p, out) : TW_OK;
    }
    return TW_OK;
}

/* An adjusted close ends at the close itself and differs before: every value was made with later actions. */
static tw_status check_adjusted(tw_series *x, tw_findings *out)
{
    const size_t c = tw_panel_find_column(x->panel, "adj_close");
    size_t moved = 0;
    if (c == SIZE_MAX) return TW_OK;
    for (size_t s = 0; s < x->panel->shape.n_symbols; s++) {
        tw_series_load(x, s);
        if (x->n < 2) continue;
        const double first = tw_panel_at(x->panel, c, s, x->t[0]) / x->close[0];
        const double last = tw_panel_at(x->panel, c, s, x->t[x->n - 1]) / x->close[x->n - 1];
        moved += fabs(first / last - 1) > 1e-3;
    }
    if (moved == 0) return TW_OK;
    const tw_where where = {out, "look_ahead", TW_WARN, TW_NOWHERE, TW_NOWHERE, (double)moved, 0};
    return tw_finding_write(&where,
                            "adj_close of %zu of %zu symbols was adjusted with later actions: not known at its time",
                            moved, x->panel->shape.n_symbols);
}

static tw_status check_ahead(tw_series *x, const ahead_params *p, tw_findings *out)
{
    for (size_t c = 0; c < x->panel->shape.n_columns; c++) {
        const char *name = x->panel->shape.columns[c];
        if (is_bar_column(name)) continue;
        /* A quote over the close bounces with it: that is no news of tomorrow. */
        const bool quote = strncmp(name, "bid", 3) == 0 || strncmp(name, "ask", 3) == 0;
        const size_t before = out->n;
        for (int how = AS_IS; how < (quote ? ON_CLOSE : READINGS) && out->n == before; how++)
            TW_TRY(check_column(x, c, (reading)how, p, out));
    }
    return check_adjusted(x, out);
}

static tw_status run_look_ahead(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                                tw_error *err)
{
    tw_series x;
    bool any = tw_panel_find_column(input->panel, "adj_close") != SIZE_MAX;
    for (size_t c = 0; c < input->panel->shape.n_columns; c++) any |= !is_bar_column(input->panel->shape.columns[c]);
    if (!any) return tw_findings_not_run(out, "look_ahead", "the panel has no column besides its bars");
    if (tw_panel_find_column(input->panel, "close") == SIZE_MAX)
        return tw_findings_not_run(out, "look_ahead", "the panel has no close");
    TW_TRY(tw_series_init(&x, ctx, input->panel, err));
    const tw_status st = check_ahead(&x, params, out);
    tw_series_clear(&x);
    return st == TW_NO_MEMORY ? tw_no_memory(err, "findings") : st;
}

const tw_check tw_check_look_ahead = {.name = "look_ahead",
                                      .title = "no column knows what comes after its time",
                                      .source = SOURCE,
                                      .severity = TW_ERROR,
                                      .params = ahead_table,
                                      .params_size = sizeof(ahead_params),
                                      .run = run_look_ahead};

/* ---------------------------------------------------------------- survivorship */

typedef struct survivor_params {
    double rate;
} survivor_params;
static const tw_param survivor_table[] = {
    TW_PARAM(survivor_params, rate, 0.03, 0, 1, "symbols that leave a market a year, as a share"),
    TW_PARAM_END,
};

static bool has_any(const tw_panel *p, size_t s, size_t from)
{
    for (size_t t = from; t < p->shape.n_times; t++)
        for (size_t c = 0; c < p->shape.n_columns; c++)
            if (!isnan(tw_panel_at(p, c, s, t))) return true;
    return false;
}

/* Without a list of the universe: of many symbols over years, some must have gone. */
static tw_status check_leavers(const tw_panel *p, double rate, tw_findings *out)
{
    const size_t n = p->shape.n_symbols, n_times = p->shape.n_times;
    if (n_times < 2) return TW_OK;
    const size_t tail = n_times > 100 ? n_times - 5 : n_times - 1;
    const size_t edge = n_times > 100 ? 5 : 0; /* a wrong date is at either end */
    const double years =
        (double)(p->shape.times[n_times - 1 - edge] - p->shape.times[edge]) / (365.25 * (double)TW_NS_PER_DAY);
    const double expected = rate * years * (double)n;
    size_t left = 0;
    for (size_t s = 0; s < n; s++) left += !has_any(p, s, tail);
    if (expected < 5 || (double)left >= 0.25 * expected) return TW_OK;
    const tw_where where = {out, "survivorship", TW_WARN, TW_NOWHERE, TW_NOWHERE, (double)left, expected};
    return tw_finding_write(
        &where,
        "%zu of %zu symbols end before the last week of %.1f years where about %.0f should: the delisted are missing",
        left, n, years, expected);
}

typedef struct universe {
    const tw_check_input *input;
    tw_findings *out;
    int symbol, listed, delisted; /* fields; listed may be -1 */
    size_t n_fields;
    size_t missing, gone;
    char first[TW_TEXT_MAX];
} universe;

static int field_named(const tw_field *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i].length == strlen(name) && memcmp(fields[i].text, name, fields[i].length) == 0) return (int)i;
    return -1;
}

static bool read_day(const universe *u, const tw_field *fields, int at, int64_t *time)
{
    return at >= 0 && tw_time_parse(fields[at].text, fields[at].length, time) && u->input->panel->shape.n_times > 0;
}

/* A row of the universe that cannot be taken is told of: its symbol is not checked. */
static tw_status check_row(universe *u, const tw_field *fields, size_t n, uint64_t line, bool *good)
{
    int64_t time;
    const tw_where where = {u->out, "survivorship", TW_WARN, TW_NOWHERE, TW_NOWHERE, (double)line, 0};
    *good = false;
    if (n != u->n_fields)
        return tw_finding_write(&where, "universe, line %zu: %zu fields where the header has %zu", (size_t)line, n,
                                u->n_fields);
    if (fields[u->symbol].length == 0 || fields[u->symbol].length >= TW_TEXT_MAX)
        return tw_finding_write(&where, "universe, line %zu: no symbol, or one that is too long", (size_t)line);
    for (int i = 0; i < 2; i++) {
        const int at = i ? u->listed : u->delisted;
        if (at < 0 || fields[at].length == 0 || read_day(u, fields, at, &time)) continue;
        return tw_finding_write(&where, "universe, line %zu: '%.*s' is no date", (size_t)line,
                                (int)(fields[at].length < 40 ? fields[at].length : 40), fields[at].text);
    }
    *good = true;
    return TW_OK;
}

/* First bar of symbol s in times [from, to); SIZE_MAX when there is none. */
static size_t first_bar(const tw_panel *p, size_t s, int64_t from, int64_t to)
{
    for (size_t t = 0; t < p->shape.n_times; t++)
        for (size_t c = 0; p->shape.times[t] >= from && p->shape.times[t] < to && c < p->shape.n_columns; c++)
            if (!isnan(tw_panel_at(p, c, s, t))) return t;
    return SIZE_MAX;
}

/* A bar before the listing or after the delisting is as wrong as a delisted name that is not there. */
static tw_status check_member(universe *u, const tw_field *fields)
{
    const tw_panel *p = u->input->panel;
    char symbol[TW_TEXT_MAX];
    int64_t delisted = 0, listed = 0;
    memcpy(symbol, fields[u->symbol].text, fields[u->symbol].length);
    symbol[fields[u->symbol].length] = 0;
    const size_t s = tw_panel_find_symbol(p, symbol);
    const bool has_end = read_day(u, fields, u->delisted, &delisted), gone = has_end && delisted > p->shape.times[0];
    const bool has_start = read_day(u, fields, u->listed, &listed);
    u->gone += gone;
    if (s == SIZE_MAX) {
        if (gone && u->missing++ == 0) memcpy(u->first, symbol, sizeof symbol);
        return TW_OK;
    }
    const size_t after = has_end ? first_bar(p, s, delisted + TW_NS_PER_DAY, INT64_MAX) : SIZE_MAX;
    const size_t before = has_start ? first_bar(p, s, INT64_MIN, listed) : SIZE_MAX;
    tw_where where = {u->out, "survivorship", TW_ERROR, s, after, 1, 0};
    if (after != SIZE_MAX)
        TW_TRY(
            tw_finding_write(&where, "%s has bars after it was delisted, from %s", symbol, tw_stamp_of(p, after).text));
    where.time = before;
    if (before == SIZE_MAX) return TW_OK;
    return tw_finding_write(&where, "%s has bars before it was listed, from %s", symbol, tw_stamp_of(p, before).text);
}

static tw_status read_universe(universe *u, tw_csv *csv, tw_error *err)
{
    const tw_field *fields;
    size_t n;
    TW_TRY(tw_csv_next(csv, &fields, &n, err));
    u->symbol = field_named(fields, n, "symbol");
    u->delisted = field_named(fields, n, "delisted");
    u->listed = field_named(fields, n, "listed");
    u->n_fields = n;
    if (u->symbol < 0 || u->delisted < 0)
        return tw_fail(err, TW_BAD_DATA, "%s:1: the header needs symbol and delisted", u->input->universe);
    for (;;) {
        TW_TRY(tw_csv_next(csv, &fields, &n, err));
        bool good = false;
        if (!fields) break;
        TW_TRY(check_row(u, fields, n, tw_csv_line(csv), &good));
        if (good) TW_TRY(check_member(u, fields));
    }
    if (u->missing == 0) return TW_OK;
    const tw_where where = {u->out, "survivorship", TW_ERROR, TW_NOWHERE, TW_NOWHERE, (double)u->missing, 0};
    return tw_finding_write(&where, "%zu of %zu delisted members of the universe are not in the panel, first %s",
                            u->missing, u->gone, u->first);
}

static tw_status run_survivorship(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                                  tw_error *err)
{
    universe u = {.input = input, .out = out};
    tw_source *source;
    tw_csv *csv;
    if (!input->universe) {
        if (check_leavers(input->panel, ((const survivor_params *)params)->rate, out) != TW_OK)
            return tw_no_memory(err, "findings");
        return TW_OK;
    }
    if (input->panel->shape.n_times == 0) return TW_OK;
    TW_TRY(tw_source_open(ctx, input->universe, &source, err));
    TW_TRY(tw_csv_open(ctx, source, input->universe, NULL, &csv, err));
    const tw_status st = read_universe(&u, csv, err);
    tw_csv_close(csv);
    return st;
}

const tw_check tw_check_survivorship = {.name = "survivorship",
                                        .title = "the delisted are there, and end when they should",
                                        .source = SOURCE,
                                        .severity = TW_WARN,
                                        .params = survivor_table,
                                        .params_size = sizeof(survivor_params),
                                        .run = run_survivorship};
