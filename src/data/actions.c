/* SPDX-License-Identifier: Apache-2.0 */
/* actions.c - corporate actions from memory and from CSV. */
#include "data/actions.h"

#include "data/import.h"
#include "data/rejects.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_symbol_day(const void *a, const void *b)
{
    const tw_action *x = a, *y = b;
    const int order = strcmp(x->symbol, y->symbol);
    if (order) return order;
    if (x->ex_day != y->ex_day) return x->ex_day < y->ex_day ? -1 : 1;
    return (int)x->kind - (int)y->kind; /* a split before the dividend of the same day, which is per new share */
}

/* An action that could be applied; NULL, or why not. */
static const char *flaw_of(const tw_action *a)
{
    if (!a->symbol || !a->symbol[0]) return "symbol missing";
    if (a->kind == TW_ACTION_SPLIT) return isfinite(a->ratio) && a->ratio > 0 ? NULL : "ratio of a split must be > 0";
    if (!isfinite(a->amount) || a->amount < 0) return "amount must be >= 0";
    if (!isfinite(a->ratio) || a->ratio < 0 || a->ratio > 1) return "ratio of a dividend must lie in [0, 1]";
    return a->amount == 0 && a->ratio == 0 ? "neither ratio nor amount" : NULL;
}

tw_status tw_actions_new(const tw_ctx *ctx, const tw_action *list, size_t n, tw_actions **out, tw_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (flaw_of(&list[i]))
            return tw_fail(err, TW_BAD_VALUE, "action %zu (%s): %s", i, list[i].symbol ? list[i].symbol : "",
                           flaw_of(&list[i]));
    tw_actions *a = tw_new(ctx, 1, sizeof *a);
    if (!a) return tw_no_memory(err, "a list of actions");
    a->ctx = ctx;
    a->n = n;
    tw_arena_init(&a->text, ctx);
    a->list = tw_new(ctx, n + 1, sizeof *a->list);
    bool ok = a->list != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        a->list[i] = list[i];
        a->list[i].symbol = tw_arena_text(&a->text, list[i].symbol, strlen(list[i].symbol));
        ok = a->list[i].symbol != NULL;
    }
    if (!ok) {
        tw_actions_free(a);
        return tw_no_memory(err, "a list of actions");
    }
    if (n > 1) qsort(a->list, n, sizeof *a->list, by_symbol_day);
    *out = a;
    return TW_OK;
}

const tw_action *tw_actions_list(const tw_actions *actions, size_t *n)
{
    *n = actions->n;
    return actions->list;
}

void tw_actions_free(tw_actions *actions)
{
    if (!actions) return;
    const tw_ctx *ctx = actions->ctx;
    tw_arena_clear(&actions->text);
    tw_free(ctx, actions->list);
    tw_free(ctx, actions);
}

tw_action_run tw_actions_of(const tw_actions *actions, const char *symbol)
{
    size_t lo = 0, hi = actions ? actions->n : 0;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (strcmp(actions->list[mid].symbol, symbol) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    size_t end = lo;
    while (actions && end < actions->n && strcmp(actions->list[end].symbol, symbol) == 0) end++;
    return (tw_action_run){actions ? actions->list + lo : NULL, end - lo};
}

/* ---------------------------------------------------------------- reading */

typedef enum field_kind { F_DAY, F_SYMBOL, F_KIND, F_RATIO, F_DIVIDEND_RATIO, F_AMOUNT, F_COUNT } field_kind;

typedef struct reader {
    const tw_ctx *ctx;
    const char *path;
    tw_csv *csv;
    tw_rejects rejects;
    tw_arena text;
    tw_keys seen; /* actions as text: the same row again would adjust twice */
    tw_action *list;
    size_t n, room, n_fields;
    size_t *rejected;
    int at[F_COUNT]; /* field numbers, -1 none */
} reader;

static bool is_word(tw_field f, const char *word)
{
    if (f.length != strlen(word)) return false;
    for (size_t i = 0; i < f.length; i++)
        if (tolower((unsigned char)f.text[i]) != word[i]) return false;
    return true;
}

static tw_status read_header(reader *r, const tw_field *fields, size_t n, tw_error *err)
{
    static const struct {
        const char *name;
        field_kind kind;
    } names[] = {{"ex_date", F_DAY},   {"effective_date", F_DAY}, {"date", F_DAY},
                 {"symbol", F_SYMBOL}, {"ticker", F_SYMBOL},      {"kind", F_KIND},
                 {"type", F_KIND},     {"ratio", F_RATIO},        {"price_adj_ratio", F_DIVIDEND_RATIO},
                 {"amount", F_AMOUNT}, {"dividend", F_AMOUNT}};
    r->n_fields = n;
    for (size_t k = 0; k < F_COUNT; k++) r->at[k] = -1;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (is_word(fields[i], names[k].name)) r->at[names[k].kind] = (int)i;
    if (r->at[F_DAY] < 0 || r->at[F_SYMBOL] < 0)
        return tw_fail(err, TW_BAD_DATA, "%s:1: the header needs ex_date (or effective_date) and symbol", r->path);
    if (r->at[F_RATIO] < 0 && r->at[F_AMOUNT] < 0 && r->at[F_DIVIDEND_RATIO] < 0)
        return tw_fail(err, TW_BAD_DATA, "%s:1: the header needs ratio or amount", r->path);
    return TW_OK;
}

/* A number of a field that may be empty or not there: 0 then. */
static bool number_of(const reader *r, const tw_field *fields, field_kind kind, double *x)
{
    *x = 0;
    if (r->at[kind] < 0) return true;
    const tw_field f = tw_field_trim(fields[r->at[kind]]);
    return f.length == 0 || (tw_parse_double(f.text, f.length, x) && isfinite(*x));
}

static const char *kind_of(const reader *r, const tw_field *fields, tw_action_kind *kind)
{
    if (r->at[F_KIND] < 0) {
        *kind = r->at[F_AMOUNT] >= 0 ? TW_ACTION_DIVIDEND : TW_ACTION_SPLIT;
        return NULL;
    }
    const tw_field f = tw_field_trim(fields[r->at[F_KIND]]);
    if (is_word(f, "split"))
        *kind = TW_ACTION_SPLIT;
    else if (is_word(f, "dividend"))
        *kind = TW_ACTION_DIVIDEND;
    else
        return "kind is neither split nor dividend";
    return NULL;
}

static const char *decode(const reader *r, const tw_field *fields, size_t n, tw_action *a)
{
    int64_t time = 0;
    double dividend_ratio = 0;
    if (n != r->n_fields) return n < r->n_fields ? "fields missing" : "too many fields";
    const tw_field day = tw_field_trim(fields[r->at[F_DAY]]);
    if (!tw_time_parse(day.text, day.length, &time)) return "bad date";
    a->ex_day = time / TW_NS_PER_DAY - (time % TW_NS_PER_DAY < 0);
    const char *flaw = kind_of(r, fields, &a->kind);
    if (flaw) return flaw;
    if (!number_of(r, fields, F_RATIO, &a->ratio) || !number_of(r, fields, F_AMOUNT, &a->amount) ||
        !number_of(r, fields, F_DIVIDEND_RATIO, &dividend_ratio))
        return "not a number";
    if (a->kind == TW_ACTION_DIVIDEND && r->at[F_DIVIDEND_RATIO] >= 0) a->ratio = dividend_ratio;
    char detail[200];
    flaw = tw_import_symbol_flaw(tw_field_trim(fields[r->at[F_SYMBOL]]), detail, sizeof detail);
    if (flaw) return flaw;
    a->symbol = "?"; /* copied once the row is taken */
    return flaw_of(a);
}

/* "duplicate action" when the same was read before. Another amount on the same day is another dividend. */
static tw_status find_again(reader *r, const tw_field *fields, const tw_action *a, const char **flaw, tw_error *err)
{
    char text[TW_SYMBOL_MAX + 160];
    uint32_t number;
    const tw_field symbol = tw_field_trim(fields[r->at[F_SYMBOL]]);
    const size_t before = r->seen.n;
    const int n = snprintf(text, sizeof text, "%.*s %lld %d %.17g %.17g", (int)symbol.length, symbol.text,
                           (long long)a->ex_day, (int)a->kind, a->ratio, a->amount);
    TW_TRY(tw_keys_name(&r->seen, text, (size_t)n, &number, err));
    if (r->seen.n == before) *flaw = "duplicate action";
    return TW_OK;
}

static tw_status take(reader *r, const tw_field *fields, tw_action a, tw_error *err)
{
    if (r->n == r->room) {
        const size_t room = r->room ? 2 * r->room : 256;
        void *more = tw_resize(r->ctx, r->list, r->room * sizeof a, room * sizeof a);
        if (!more) return tw_no_memory(err, "a list of actions");
        r->list = more;
        r->room = room;
    }
    const tw_field symbol = tw_field_trim(fields[r->at[F_SYMBOL]]);
    a.symbol = tw_arena_text(&r->text, symbol.text, symbol.length);
    if (!a.symbol) return tw_no_memory(err, "a list of actions");
    r->list[r->n++] = a;
    return TW_OK;
}

static tw_status read_rows(reader *r, tw_error *err)
{
    const tw_field *fields;
    size_t n;
    TW_TRY(tw_csv_next(r->csv, &fields, &n, err));
    if (!fields) return tw_fail(err, TW_BAD_DATA, "%s: empty, there is no header", r->path);
    TW_TRY(read_header(r, fields, n, err));
    for (;;) {
        tw_action a = {0};
        const tw_status st = tw_csv_next(r->csv, &fields, &n, err);
        if (st != TW_OK && st != TW_BAD_SYNTAX) return st;
        if (st == TW_OK && !fields) return TW_OK;
        const char *flaw = st == TW_BAD_SYNTAX ? "row cannot be split" : decode(r, fields, n, &a);
        if (!flaw) TW_TRY(find_again(r, fields, &a, &flaw, err));
        if (!flaw) {
            TW_TRY(take(r, fields, a, err));
            continue;
        }
        ++*r->rejected;
        TW_TRY(tw_rejects_add(&r->rejects, r->path, tw_csv_line(r->csv), flaw, tw_csv_raw(r->csv), err));
    }
}

tw_status tw_actions_read(const tw_ctx *ctx, const char *path, const char *rejects, tw_actions **actions,
                          size_t *rejected, tw_error *err)
{
    size_t unread = 0;
    reader r = {.ctx = ctx, .path = path, .rejected = rejected ? rejected : &unread};
    tw_source *source;
    *r.rejected = 0;
    TW_TRY(tw_source_open(ctx, path, &source, err));
    TW_TRY(tw_csv_open(ctx, source, path, NULL, &r.csv, err));
    tw_arena_init(&r.text, ctx);
    tw_keys_init(&r.seen, ctx);
    tw_status st = tw_rejects_open(&r.rejects, ctx, rejects, err);
    if (st == TW_OK) st = read_rows(&r, err);
    if (st == TW_OK) st = tw_rejects_commit(&r.rejects, err);
    if (st == TW_OK) st = tw_actions_new(ctx, r.list, r.n, actions, err);
    tw_rejects_clear(&r.rejects);
    tw_csv_close(r.csv);
    tw_free(ctx, r.list);
    tw_keys_clear(&r.seen);
    tw_arena_clear(&r.text);
    return st;
}

void tw_actions_csv(const tw_actions *actions, tw_buf *out)
{
    size_t n = 0;
    const tw_action *list = tw_actions_list(actions, &n);
    tw_buf_text(out, "ex_date,symbol,kind,ratio,amount\n");
    for (size_t i = 0; i < n; i++) {
        char day[40], ratio[40], amount[40];
        day[tw_time_format(list[i].ex_day * TW_NS_PER_DAY, day)] = '\0';
        ratio[tw_format_double(list[i].ratio, ratio)] = '\0';
        amount[tw_format_double(list[i].amount, amount)] = '\0';
        tw_buf_printf(out, "%s,", day);
        tw_csv_write_field(out, list[i].symbol);
        tw_buf_printf(out, ",%s,%s,%s\n", list[i].kind == TW_ACTION_SPLIT ? "split" : "dividend", ratio, amount);
    }
}
