/* SPDX-License-Identifier: Apache-2.0 */
/* check_sources.c - the panel against the other side of its book, a second source and another vintage. */
#include "data/check.h"

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

/* A bid, an ask, and whether their distance is that of one moment: highs and lows are of two. */
typedef struct quote {
    const char *bid, *ask;
    bool moment;
} quote;
static const quote quotes[] = {
    {"bid", "ask", true},           {"bid_price", "ask_price", true},
    {"bid_open", "ask_open", true}, {"bid_high", "ask_high", false},
    {"bid_low", "ask_low", false},  {"bid_close", "ask_close", true},
};

typedef struct book {
    const tw_panel *panel;
    const book_params *params;
    tw_findings *out;
    const quote *quote;
    size_t column[2], symbol;
    tw_listing crossed, wide;
    double window[1000];
    size_t n; /* spreads put into the window so far */
} book;

static double spread_at(const book *b, size_t t)
{
    return tw_panel_at(b->panel, b->column[1], b->symbol, t) - tw_panel_at(b->panel, b->column[0], b->symbol, t);
}

/* The first bars are held against those after them. */
static void fill_book(book *b)
{
    b->n = 0;
    for (size_t t = 0; t < b->panel->shape.n_times && b->n < (size_t)b->params->window; t++)
        if (!isnan(spread_at(b, t))) b->window[b->n++] = spread_at(b, t);
}

static double usual_spread(const book *b)
{
    double sorted[1000];
    const size_t size = (size_t)b->params->window, m = b->n < size ? b->n : size;
    if (2 * m < size && m < 20) return NAN;
    memcpy(sorted, b->window, m * sizeof *sorted);
    return tw_median(m, sorted);
}

static tw_status report_crossed(book *b, size_t t, double spread)
{
    const tw_where where = {b->out, "book", TW_ERROR, b->symbol, t, spread, 0};
    return tw_listing_write(&b->crossed, &where, "%s: %s %.8g at or above %s %.8g", tw_stamp_of(b->panel, t).text,
                            b->quote->bid, tw_panel_at(b->panel, b->column[0], b->symbol, t), b->quote->ask,
                            tw_panel_at(b->panel, b->column[1], b->symbol, t));
}

static tw_status check_spread(book *b, size_t t, double spread, double usual)
{
    if (spread <= 0) return report_crossed(b, t, spread);
    if (!b->quote->moment || !(spread > b->params->wide * usual) || !(usual > 0)) return TW_OK;
    const tw_where where = {b->out, "book", TW_WARN, b->symbol, t, spread / usual, b->params->wide};
    return tw_listing_write(&b->wide, &where, "%s: spread of %s and %s %.4g, %.1f times the median",
                            tw_stamp_of(b->panel, t).text, b->quote->bid, b->quote->ask, spread, spread / usual);
}

static tw_status check_book(book *b)
{
    const size_t size = (size_t)b->params->window;
    size_t seen = 0;
    fill_book(b);
    double usual = usual_spread(b);
    b->crossed = b->wide = (tw_listing){0};
    for (size_t t = 0; t < b->panel->shape.n_times; t++) {
        const double spread = spread_at(b, t);
        if (isnan(spread)) continue;
        TW_TRY(check_spread(b, t, spread, usual));
        if (++seen > size) b->window[b->n++ % size] = spread;
        if (seen % 10 == 0) usual = usual_spread(b); /* the median moves slowly */
    }
    TW_TRY(tw_listing_end(&b->crossed, "crossed bars"));
    return tw_listing_end(&b->wide, "wide spreads");
}

static tw_status run_book(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                          tw_error *err)
{
    (void)ctx;
    book b = {.panel = input->panel, .params = params, .out = out};
    bool any = false;
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        b.quote = &quotes[i];
        b.column[0] = tw_panel_find_column(input->panel, quotes[i].bid);
        b.column[1] = tw_panel_find_column(input->panel, quotes[i].ask);
        if (b.column[0] == SIZE_MAX || b.column[1] == SIZE_MAX) continue;
        any = true;
        for (b.symbol = 0; b.symbol < input->panel->shape.n_symbols; b.symbol++)
            if (check_book(&b) != TW_OK) return tw_no_memory(err, "findings");
    }
    return any ? TW_OK : tw_findings_not_run(out, "book", "the panel has no bid and ask");
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

/* A symbol in two panels. A time that only one of them has is SIZE_MAX in the other. */
typedef struct pair {
    const tw_panel *a, *b;
    const char *check;
    tw_findings *out;
    size_t s, r, column[2];
    double bound;
    tw_listing list;
    size_t only[2], first_only; /* bars that one panel has alone */
} pair;
typedef tw_status pair_visitor(pair *p, size_t t, size_t u, size_t near);

/* Walks the times of both panels where they overlap; `near` is a time of the first for findings. */
static tw_status for_times(pair *p, pair_visitor *visit)
{
    const tw_panel_shape *a = &p->a->shape, *b = &p->b->shape;
    const int64_t from = a->times[0] > b->times[0] ? a->times[0] : b->times[0];
    const int64_t last_a = a->times[a->n_times - 1], last_b = b->times[b->n_times - 1];
    const int64_t to = last_a < last_b ? last_a : last_b;
    size_t t = 0, u = 0;
    while (t < a->n_times && a->times[t] < from) t++;
    while (u < b->n_times && b->times[u] < from) u++;
    while (t < a->n_times && u < b->n_times && (a->times[t] <= to || b->times[u] <= to)) {
        const int64_t x = a->times[t], y = b->times[u];
        TW_TRY(visit(p, x <= y ? t : SIZE_MAX, y <= x ? u : SIZE_MAX, t));
        t += x <= y;
        u += y <= x;
    }
    return TW_OK;
}

static double value_at(const tw_panel *panel, size_t c, size_t s, size_t t)
{
    return t == SIZE_MAX ? NAN : tw_panel_at(panel, c, s, t);
}

static tw_status compare_close(pair *p, size_t t, size_t u, size_t near)
{
    const double x = value_at(p->a, p->column[0], p->s, t), y = value_at(p->b, p->column[1], p->r, u);
    if (isnan(x) != isnan(y)) {
        if (p->only[0] + p->only[1] == 0) p->first_only = near;
        p->only[isnan(x) ? 1 : 0]++;
    }
    const double off = fabs(x / y - 1) * 1e4;
    if (!(off > p->bound)) return TW_OK;
    const tw_where where = {p->out, p->check, TW_WARN, p->s, near, off, p->bound};
    return tw_listing_write(&p->list, &where, "%s: close %.8g, in the second source %.8g: %.0f bp off",
                            tw_stamp_of(p->a, near).text, x, y, off);
}

/* Symbols of one panel that the other lacks. */
static tw_status check_missing(pair *p, bool of_first, tw_severity severity, const char *what)
{
    const tw_panel *from = of_first ? p->a : p->b, *in = of_first ? p->b : p->a;
    size_t n = 0, first = 0;
    for (size_t s = 0; s < from->shape.n_symbols; s++)
        if (tw_panel_find_symbol(in, from->shape.symbols[s]) == SIZE_MAX && n++ == 0) first = s;
    if (n == 0) return TW_OK;
    const tw_where where = {p->out, p->check, severity, of_first ? first : TW_NOWHERE, TW_NOWHERE, (double)n, 0};
    return tw_finding_write(&where, "%zu of %zu symbols %s, first %.64s", n, from->shape.n_symbols, what,
                            from->shape.symbols[first]);
}

static tw_status for_pairs(pair *p, pair_visitor *visit, tw_status (*end)(pair *p))
{
    for (p->s = 0; p->s < p->a->shape.n_symbols; p->s++) {
        p->r = tw_panel_find_symbol(p->b, p->a->shape.symbols[p->s]);
        if (p->r == SIZE_MAX) continue;
        p->list = (tw_listing){0};
        p->only[0] = p->only[1] = 0;
        TW_TRY(for_times(p, visit));
        TW_TRY(end(p));
    }
    return TW_OK;
}

static tw_status end_cross(pair *p)
{
    TW_TRY(tw_listing_end(&p->list, "closes that differ"));
    if (p->only[0] + p->only[1] == 0) return TW_OK;
    const tw_where where = {p->out, p->check, TW_WARN, p->s, p->first_only, (double)(p->only[0] + p->only[1]), 0};
    return tw_finding_write(&where, "%zu bars are not in the second source and %zu of it are not here, first %s",
                            p->only[0], p->only[1], tw_stamp_of(p->a, p->first_only).text);
}

static tw_status run_cross_source(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                                  tw_error *err)
{
    (void)ctx;
    pair p = {.a = input->panel,
              .b = input->other,
              .check = "cross_source",
              .out = out,
              .bound = ((const cross_params *)params)->bp};
    if (!input->other) return tw_findings_not_run(out, "cross_source", "no second source given");
    p.column[0] = tw_panel_find_column(p.a, "close");
    p.column[1] = tw_panel_find_column(p.b, "close");
    if (p.column[0] == SIZE_MAX || p.column[1] == SIZE_MAX)
        return tw_findings_not_run(out, "cross_source", "close is not in both");
    tw_status st = for_pairs(&p, compare_close, end_cross);
    if (st == TW_OK) st = check_missing(&p, true, TW_INFO, "are not in the second source");
    return st == TW_NO_MEMORY ? tw_no_memory(err, "findings") : st;
}

const tw_check tw_check_cross_source = {.name = "cross_source",
                                        .title = "closes agree with the second source",
                                        .source = SOURCE,
                                        .severity = TW_WARN,
                                        .params = cross_table,
                                        .params_size = sizeof(cross_params),
                                        .run = run_cross_source};

/* A bar that is there in one vintage alone, or there in both with other values. */
static tw_status compare_values(pair *p, size_t t, size_t u, size_t near)
{
    const char *column = NULL;
    double was = NAN, is = NAN;
    bool in_a = false, in_b = false;
    for (size_t c = 0; c < p->a->shape.n_columns; c++) {
        const size_t d = tw_panel_find_column(p->b, p->a->shape.columns[c]);
        if (d == SIZE_MAX) continue;
        const double x = value_at(p->a, c, p->s, t), y = value_at(p->b, d, p->r, u);
        in_a |= !isnan(x);
        in_b |= !isnan(y);
        if (column || x == y || (isnan(x) && isnan(y))) continue;
        column = p->a->shape.columns[c];
        is = x;
        was = y;
    }
    if (!column) return TW_OK;
    const tw_where where = {p->out, p->check, TW_WARN, p->s, near, is, was};
    const int64_t time = t != SIZE_MAX ? p->a->shape.times[t] : p->b->shape.times[u];
    char stamp[40];
    stamp[tw_time_format(time, stamp)] = '\0';
    if (in_a != in_b)
        return tw_listing_write(&p->list, &where, "%s: the bar is %s", stamp,
                                in_a ? "not in the other vintage" : "in the other vintage only");
    return tw_listing_write(&p->list, &where, "%s: %.40s is %.10g, in the other vintage %.10g", stamp, column, is, was);
}

static tw_status end_revision(pair *p) { return tw_listing_end(&p->list, "bars that differ"); }

static tw_status run_revision(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                              tw_error *err)
{
    (void)ctx, (void)params;
    pair p = {.a = input->panel, .b = input->other, .check = "revision", .out = out};
    if (!input->other) return tw_findings_not_run(out, "revision", "no other vintage given");
    tw_status st = for_pairs(&p, compare_values, end_revision);
    if (st == TW_OK) st = check_missing(&p, true, TW_INFO, "are not in the other vintage");
    if (st == TW_OK) st = check_missing(&p, false, TW_WARN, "of the other vintage are not here");
    return st == TW_NO_MEMORY ? tw_no_memory(err, "findings") : st;
}

const tw_check tw_check_revision = {.name = "revision",
                                    .title = "no bar was changed since the other vintage",
                                    .source = SOURCE,
                                    .severity = TW_WARN,
                                    .run = run_revision};
