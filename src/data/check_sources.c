/* SPDX-License-Identifier: Apache-2.0 */
/* check_sources.c - the panel against others and against what could be known: book, second source, vintages,
 * look-ahead, survivorship. */
#include "data/check.h"

#include "tradewind/io.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

#define SOURCE "docs/data-quality.md"

/* ---------------------------------------------------------------- book */

typedef struct book_params {
    double wide;
    int window;
} book_params;
static const tw_param book_table[] = {
    TW_PARAM(book_params, wide, 10, 1, 1000, "a spread is wide beyond this multiple of the median"),
    TW_PARAM(book_params, window, 390, 10, 1000, "bars before, over which the median is taken"),
    TW_PARAM_END,
};

typedef struct book_count {
    size_t crossed, wide, first_crossed, first_wide;
    double worst;
} book_count;

static void count_book(const tw_panel *p, const size_t columns[2], size_t s, const book_params *params,
                       book_count *count)
{
    double window[1000], sorted[1000];
    const size_t size = (size_t)params->window;
    size_t n = 0;
    double middle = NAN;
    for (size_t t = 0; t < p->shape.n_times; t++) {
        const double spread = tw_panel_at(p, columns[1], s, t) - tw_panel_at(p, columns[0], s, t);
        if (isnan(spread)) continue;
        if (spread <= 0 && count->crossed++ == 0) count->first_crossed = t;
        if (n >= size / 2 && n % 10 == 0) { /* the median moves slowly */
            const size_t m = n < size ? n : size;
            memcpy(sorted, window, m * sizeof *sorted);
            middle = tw_median(m, sorted);
        }
        if (spread > params->wide * middle && middle > 0) {
            if (count->wide++ == 0) count->first_wide = t;
            count->worst = fmax(count->worst, spread / middle);
        }
        window[n++ % size] = spread;
    }
}

static tw_status check_book(const tw_panel *p, const size_t columns[2], size_t s, const book_params *params,
                            tw_findings *out)
{
    book_count count = {0};
    count_book(p, columns, s, params, &count);
    if (count.crossed) {
        const tw_where where = {out, "book", TW_ERROR, s, count.first_crossed, (double)count.crossed, 0};
        TW_TRY(tw_finding_write(&where, "bid at or above ask on %zu bars, first %s", count.crossed,
                                tw_stamp_of(p, count.first_crossed).text));
    }
    if (!count.wide) return TW_OK;
    const tw_where where = {out, "book", TW_WARN, s, count.first_wide, count.worst, params->wide};
    return tw_finding_write(&where, "spread over %g times its median on %zu bars, first %s, widest %.1f times",
                            params->wide, count.wide, tw_stamp_of(p, count.first_wide).text, count.worst);
}

static tw_status run_book(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                          tw_error *err)
{
    (void)ctx;
    static const char *const pairs[][2] = {{"bid", "ask"}, {"bid_close", "ask_close"}, {"bid_price", "ask_price"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const size_t columns[2] = {tw_panel_find_column(input->panel, pairs[i][0]),
                                   tw_panel_find_column(input->panel, pairs[i][1])};
        if (columns[0] == SIZE_MAX || columns[1] == SIZE_MAX) continue;
        for (size_t s = 0; s < input->panel->shape.n_symbols; s++)
            if (check_book(input->panel, columns, s, params, out) != TW_OK) return tw_no_memory(err, "findings");
        return TW_OK;
    }
    return tw_findings_not_run(out, "book", "the panel has no bid and ask");
}

const tw_check tw_check_book = {.name = "book",
                                .title = "bid below ask, spreads not far beyond the usual",
                                .source = SOURCE,
                                .severity = TW_ERROR,
                                .params = book_table,
                                .params_size = sizeof(book_params),
                                .run = run_book};

/* ---------------------------------------------------------------- cross_source, revision */

typedef struct cross_params {
    double bp;
} cross_params;
static const tw_param cross_table[] = {
    TW_PARAM(cross_params, bp, 50, 0, 10000, "closes may differ by this many hundredths of a percent"),
    TW_PARAM_END,
};

typedef struct difference {
    size_t count, both, first;
    double worst;
} difference;

/* Walks the times that two panels share. */
typedef void pair_visitor(void *arg, size_t t, size_t u);
static void for_shared_times(const tw_panel *a, const tw_panel *b, pair_visitor *visit, void *arg)
{
    for (size_t t = 0, u = 0; t < a->shape.n_times && u < b->shape.n_times;) {
        const int64_t x = a->shape.times[t], y = b->shape.times[u];
        if (x == y) visit(arg, t, u);
        if (x <= y) t++;
        if (y <= x) u++;
    }
}

typedef struct pair {
    const tw_panel *a, *b;
    size_t s, r, column[2];
    double bound;
    difference d;
} pair;

static void compare_close(void *arg, size_t t, size_t u)
{
    pair *p = arg;
    const double x = tw_panel_at(p->a, p->column[0], p->s, t), y = tw_panel_at(p->b, p->column[1], p->r, u);
    if (isnan(x) || isnan(y)) return;
    const double off = fabs(x / y - 1) * 1e4;
    p->d.both++;
    if (!(off > p->bound)) return;
    if (p->d.count++ == 0) p->d.first = t;
    p->d.worst = fmax(p->d.worst, off);
}

static tw_status run_cross_source(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                                  tw_error *err)
{
    (void)ctx;
    pair p = {.a = input->panel, .b = input->other, .bound = ((const cross_params *)params)->bp};
    if (!input->other) return tw_findings_not_run(out, "cross_source", "no second source given");
    p.column[0] = tw_panel_find_column(p.a, "close");
    p.column[1] = tw_panel_find_column(p.b, "close");
    if (p.column[0] == SIZE_MAX || p.column[1] == SIZE_MAX)
        return tw_findings_not_run(out, "cross_source", "close is not in both");
    for (p.s = 0; p.s < p.a->shape.n_symbols; p.s++) {
        p.r = tw_panel_find_symbol(p.b, p.a->shape.symbols[p.s]);
        if (p.r == SIZE_MAX) continue;
        p.d = (difference){0};
        for_shared_times(p.a, p.b, compare_close, &p);
        if (p.d.count == 0) continue;
        const tw_where where = {out, "cross_source", TW_WARN, p.s, p.d.first, p.d.worst, p.bound};
        if (tw_finding_write(&where, "close differs by more than %g bp on %zu of %zu bars, first %s, most %.0f bp",
                             p.bound, p.d.count, p.d.both, tw_stamp_of(p.a, p.d.first).text, p.d.worst) != TW_OK)
            return tw_no_memory(err, "findings");
    }
    return TW_OK;
}

const tw_check tw_check_cross_source = {.name = "cross_source",
                                        .title = "closes agree with the second source",
                                        .source = SOURCE,
                                        .severity = TW_WARN,
                                        .params = cross_table,
                                        .params_size = sizeof(cross_params),
                                        .run = run_cross_source};

static void compare_values(void *arg, size_t t, size_t u)
{
    pair *p = arg;
    bool changed = false;
    for (size_t c = 0; c < p->a->shape.n_columns; c++) {
        const size_t d = tw_panel_find_column(p->b, p->a->shape.columns[c]);
        if (d == SIZE_MAX) continue;
        const double x = tw_panel_at(p->a, c, p->s, t), y = tw_panel_at(p->b, d, p->r, u);
        changed |= x != y && !(isnan(x) && isnan(y));
    }
    p->d.both++;
    if (changed && p->d.count++ == 0) p->d.first = t;
}

static tw_status run_revision(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                              tw_error *err)
{
    (void)ctx, (void)params;
    pair p = {.a = input->panel, .b = input->other};
    if (!input->other) return tw_findings_not_run(out, "revision", "no other vintage given");
    for (p.s = 0; p.s < p.a->shape.n_symbols; p.s++) {
        p.r = tw_panel_find_symbol(p.b, p.a->shape.symbols[p.s]);
        if (p.r == SIZE_MAX) continue;
        p.d = (difference){0};
        for_shared_times(p.a, p.b, compare_values, &p);
        if (p.d.count == 0) continue;
        const tw_where where = {out, "revision", TW_WARN, p.s, p.d.first, (double)p.d.count, 0};
        if (tw_finding_write(&where, "%zu of %zu bars differ from the other vintage, first %s", p.d.count, p.d.both,
                             tw_stamp_of(p.a, p.d.first).text) != TW_OK)
            return tw_no_memory(err, "findings");
    }
    return TW_OK;
}

const tw_check tw_check_revision = {.name = "revision",
                                    .title = "no bar was changed since the other vintage",
                                    .source = SOURCE,
                                    .severity = TW_WARN,
                                    .run = run_revision};

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

/* Correlation of column c with the return into the next bar. */
static moments with_next_return(tw_series *x, size_t c)
{
    moments m = {0};
    for (size_t s = 0; s < x->panel->shape.n_symbols; s++) {
        tw_series_load(x, s);
        for (size_t k = 0; k + 1 < x->n; k++)
            add_pair(&m, tw_panel_at(x->panel, c, s, x->t[k]), x->close[k + 1] / x->close[k] - 1);
    }
    return m;
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
        if (is_bar_column(x->panel->shape.columns[c])) continue;
        const moments m = with_next_return(x, c);
        const double r = correlation_of(&m);
        if (fabs(r) <= p->correlation || fabs(r) * sqrt(m.n) <= p->score) continue;
        const tw_where where = {out, "look_ahead", TW_ERROR, TW_NOWHERE, TW_NOWHERE, r, p->correlation};
        TW_TRY(tw_finding_write(&where,
                                "column \"%.40s\" correlates %.2f with the return of the bar after, over %.0f bars",
                                x->panel->shape.columns[c], r, m.n));
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
    const double years = (double)(p->shape.times[n_times - 1] - p->shape.times[0]) / (365.25 * (double)TW_NS_PER_DAY);
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
    int symbol, listed, delisted; /* fields */
    size_t missing, gone;
    char first[TW_TEXT_MAX];
} universe;

static int field_named(const tw_field *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i].length == strlen(name) && memcmp(fields[i].text, name, fields[i].length) == 0) return (int)i;
    return -1;
}

/* A bar after the delisting is as wrong as a delisted name that is not there. */
static tw_status check_member(universe *u, const tw_field *fields, size_t n)
{
    const tw_panel *p = u->input->panel;
    char symbol[TW_TEXT_MAX];
    int64_t delisted = 0;
    if ((size_t)u->symbol >= n || (size_t)u->delisted >= n || fields[u->symbol].length >= sizeof symbol) return TW_OK;
    memcpy(symbol, fields[u->symbol].text, fields[u->symbol].length);
    symbol[fields[u->symbol].length] = 0;
    const size_t s = tw_panel_find_symbol(p, symbol);
    const bool gone =
        tw_time_parse(fields[u->delisted].text, fields[u->delisted].length, &delisted) && delisted > p->shape.times[0];
    u->gone += gone;
    if (s == SIZE_MAX) {
        if (gone && u->missing++ == 0) memcpy(u->first, symbol, sizeof symbol);
        return TW_OK;
    }
    size_t t = 0;
    while (gone && t < p->shape.n_times && p->shape.times[t] < delisted + TW_NS_PER_DAY) t++;
    if (!gone || !has_any(p, s, t)) return TW_OK;
    const tw_where where = {u->out, "survivorship", TW_ERROR, s, t, 1, 0};
    return tw_finding_write(&where, "%s has bars after it was delisted, from %s", symbol, tw_stamp_of(p, t).text);
}

static tw_status read_universe(universe *u, tw_csv *csv, tw_error *err)
{
    const tw_field *fields;
    size_t n;
    TW_TRY(tw_csv_next(csv, &fields, &n, err));
    u->symbol = field_named(fields, n, "symbol");
    u->delisted = field_named(fields, n, "delisted");
    if (u->symbol < 0 || u->delisted < 0)
        return tw_fail(err, TW_BAD_DATA, "%s:1: the header needs symbol and delisted", u->input->universe);
    for (;;) {
        TW_TRY(tw_csv_next(csv, &fields, &n, err));
        if (!fields) break;
        TW_TRY(check_member(u, fields, n));
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
