/* SPDX-License-Identifier: Apache-2.0 */
/* bars.c - rows of bars: CSV in long form, or a panel. */
#include "backtest/market/read.h"

#include <math.h>
#include <string.h>

enum { TIME, SYMBOL, FIRST_VALUE };

static const char *const COLUMNS[] = {
    "date|session|time|timestamp|stamp", "symbol|ticker|sid", "close", "open", "high", "low", "volume"};
/* Where the values of the columns above go among open, high, low, close, volume. */
static const int PLACE[5] = {3, 0, 1, 2, 4};

/* A single bad bar among years of good ones is common, and what to do about it is the user's to say. */
static const char REMEDY[] = "skip_bad_bars: true leaves such bars out";

static int shown(const tw_field *f) { return f->length < 40 ? (int)f->length : 40; }

tw_status tw_market_row_fail(const tw_rows *rows, const size_t *place, tw_error *err, const char *what)
{
    const bool named = rows->place[SYMBOL] != SIZE_MAX; /* else the file is of one symbol */
    const tw_field none = {0}, *time = &rows->field[rows->place[TIME]];
    const tw_field *symbol = named ? &rows->field[rows->place[SYMBOL]] : &none;
    const tw_field *value = place ? &rows->field[rows->place[*place]] : NULL;
    return tw_fail(err, TW_BAD_DATA, "%s:%llu: %s%.*s%stime %.*s: %s%s%.*s%s%s", rows->path,
                   (unsigned long long)tw_csv_line(rows->csv), named ? "symbol " : "", shown(symbol),
                   named ? symbol->text : "", named ? ", " : "", shown(time), time->text,
                   place ? rows->name[*place] : "", place ? " \"" : "", value ? shown(value) : 0,
                   value ? value->text : "", place ? "\" " : "", what);
}

static bool widen_more(const tw_ctx *ctx, tw_bar_rows *rows, size_t room)
{
    const size_t n = rows->n_more;
    if (n == 0) return true;
    if (room > SIZE_MAX / sizeof(double) / n) return false;
    double *grown = rows->more ? tw_resize(ctx, rows->more, rows->room * n * sizeof *grown, room * n * sizeof *grown)
                               : tw_new(ctx, room * n, sizeof *grown);
    if (grown) rows->more = grown;
    return grown != NULL;
}

void tw_bar_rows_clear(const tw_ctx *ctx, tw_bar_rows *rows)
{
    tw_free(ctx, rows->row);
    tw_free(ctx, rows->more);
}

static tw_bar_row *add_row(const tw_ctx *ctx, tw_bar_rows *rows)
{
    if (rows->n == rows->room) {
        const size_t more = rows->room ? rows->room * 2 : 4096;
        if (more > SIZE_MAX / sizeof *rows->row) return NULL;
        tw_bar_row *grown = rows->row ? tw_resize(ctx, rows->row, rows->room * sizeof *grown, more * sizeof *grown)
                                      : tw_new(ctx, more, sizeof *grown);
        if (!grown) return NULL;
        rows->row = grown;
        if (!widen_more(ctx, rows, more)) return NULL;
        rows->room = more;
    }
    return &rows->row[rows->n++];
}

/* Which rule of markets a bar breaks; NULL: none. */
static const char *fault_of(const double *v)
{
    for (int i = 0; i < 4; i++)
        if (v[i] <= 0) return "a price must be above 0";
    if (v[4] < 0) return "a volume must be 0 or more";
    return v[1] < v[2] ? "high is below low" : NULL;
}

static tw_status check_bar(const tw_rows *rows, const double *v, tw_error *err)
{
    const char *fault = fault_of(v);
    return fault ? tw_market_row_fail(rows, NULL, err, fault) : TW_OK;
}

static tw_status read_values(const tw_rows *rows, double *v, tw_error *err)
{
    for (size_t k = 0; k < 5; k++) {
        const size_t column = FIRST_VALUE + k;
        v[PLACE[k]] = NAN;
        if (rows->place[column] == SIZE_MAX) continue;
        const tw_field *f = &rows->field[rows->place[column]];
        if (f->length == 0) continue;
        if (!tw_parse_double(f->text, f->length, &v[PLACE[k]]) || isinf(v[PLACE[k]]))
            return tw_market_row_fail(rows, &column, err, "is not a number");
    }
    return TW_OK;
}

/* Further columns of the row that was added last. */
static tw_status read_more(const tw_rows *rows, tw_bar_rows *out, tw_error *err)
{
    const size_t first = (out->n - 1) * out->n_more;
    for (size_t k = 0; k < out->n_more; k++) {
        const size_t column = FIRST_VALUE + 5 + k;
        const tw_field *f = &rows->field[rows->place[column]];
        double *to = &out->more[first + k];
        *to = NAN;
        if (f->length == 0) continue;
        if (!tw_parse_double(f->text, f->length, to) || isinf(*to))
            return tw_market_row_fail(rows, &column, err, "is not a number");
    }
    return TW_OK;
}

static tw_status read_row(tw_market_reader *r, const tw_rows *rows, tw_bar_rows *out, tw_error *err)
{
    const tw_field given = {r->files->symbol, r->files->symbol ? strlen(r->files->symbol) : 0};
    const tw_field *symbol = rows->place[SYMBOL] == SIZE_MAX ? &given : &rows->field[rows->place[SYMBOL]];
    static const size_t time = TIME;
    tw_bar_row bar = {.line = (uint32_t)tw_csv_line(rows->csv)};
    if (!tw_time_parse(rows->field[rows->place[TIME]].text, rows->field[rows->place[TIME]].length, &bar.time))
        return tw_market_row_fail(rows, &time, err, "is not a date or time");
    if (symbol->length == 0 || memchr(symbol->text, '\0', symbol->length))
        return tw_market_row_fail(rows, NULL, err, "a symbol is needed");
    TW_TRY(read_values(rows, bar.value, err));
    tw_error why;
    const tw_status rule = check_bar(rows, bar.value, &why);
    if (rule != TW_OK && !r->files->skip_bad_bars) return tw_fail(err, rule, "%s (%s)", why.message, REMEDY);
    if (rule != TW_OK && r->to->n_skipped++ == 0) r->to->first_skipped = why;
    const size_t asset = r->listed ? tw_symbols_find(&r->symbols, symbol->text, symbol->length)
                                   : tw_symbols_add(&r->symbols, symbol->text, symbol->length);
    if (asset == SIZE_MAX && r->listed)
        return tw_market_row_fail(rows, NULL, err, "the symbol is not among the assets");
    if (asset == SIZE_MAX) return tw_no_memory(err, "a market");
    bar.asset = (uint32_t)asset;
    if (rule != TW_OK) return TW_OK;
    tw_bar_row *to = add_row(r->ctx, out);
    if (!to) return tw_no_memory(err, "a market");
    *to = bar;
    return read_more(rows, out, err);
}

static tw_status read_csv(tw_market_reader *r, tw_rows *rows, tw_bar_rows *out, tw_error *err)
{
    bool more;
    TW_TRY(tw_rows_next(rows, &more, err));
    while (more) {
        TW_TRY(read_row(r, rows, out, err));
        if (out->n % 65536 == 0) TW_TRY(tw_progress_step(r->ctx, "market", out->n, 0, rows->path));
        TW_TRY(tw_rows_next(rows, &more, err));
    }
    return TW_OK;
}

static tw_status no_column(const char *path, const char *name, tw_error *err)
{
    return tw_fail(err, TW_BAD_DATA, "%s: no column named %s", path, name);
}

/* A panel being taken: where its columns are, and the symbol at hand. */
typedef struct panel_place {
    const tw_panel *panel;
    size_t column[TW_BAR_VALUES], symbol, asset;
} panel_place;

static tw_status find_panel_columns(const tw_market_reader *r, const char *path, panel_place *p, tw_error *err)
{
    static const char *const NAMES[5] = {"open", "high", "low", "close", "volume"};
    for (size_t k = 0; k < 5 + r->n_more; k++) {
        const char *name = k < 5 ? NAMES[k] : r->files->columns[k - 5];
        p->column[k] = tw_panel_find_column(p->panel, name);
        if (k >= 5 && p->column[k] == SIZE_MAX) return no_column(path, name, err);
    }
    return p->column[3] == SIZE_MAX ? no_column(path, NAMES[3], err) : TW_OK;
}

static tw_status panel_fault(const panel_place *p, const tw_bar_rows *out, int64_t stamp, const char *fault,
                             tw_error *err)
{
    char time[48];
    time[tw_time_format(stamp, time)] = '\0';
    return tw_fail(err, TW_BAD_DATA, "%s: symbol %s, time %s: %s", out->path, tw_panel_symbol(p->panel, p->symbol),
                   time, fault);
}

static tw_status take_bar(tw_market_reader *r, const panel_place *p, size_t t, tw_bar_rows *out, tw_error *err)
{
    tw_bar_row bar = {.time = tw_panel_stamps(p->panel)[t], .asset = (uint32_t)p->asset};
    for (size_t k = 0; k < 5; k++)
        bar.value[k] = p->column[k] == SIZE_MAX ? NAN : tw_panel_at(p->panel, p->column[k], p->symbol, t);
    if (isnan(bar.value[3])) return TW_OK;
    const char *fault = fault_of(bar.value);
    if (fault) {
        tw_error why;
        (void)panel_fault(p, out, bar.time, fault, &why);
        if (!r->files->skip_bad_bars) return tw_fail(err, TW_BAD_DATA, "%s (%s)", why.message, REMEDY);
        if (r->to->n_skipped++ == 0) r->to->first_skipped = why;
        return TW_OK;
    }
    tw_bar_row *to = add_row(r->ctx, out);
    if (!to) return tw_no_memory(err, "a market");
    *to = bar;
    for (size_t k = 0; k < r->n_more; k++)
        out->more[(out->n - 1) * r->n_more + k] = tw_panel_at(p->panel, p->column[5 + k], p->symbol, t);
    return TW_OK;
}

static tw_status take_panel(tw_market_reader *r, const tw_panel *panel, tw_bar_rows *out, tw_error *err)
{
    panel_place p = {.panel = panel};
    TW_TRY(find_panel_columns(r, out->path, &p, err));
    for (p.symbol = 0; p.symbol < tw_panel_symbols(panel); p.symbol++) {
        const char *symbol = tw_panel_symbol(panel, p.symbol);
        p.asset = r->listed ? tw_symbols_find(&r->symbols, symbol, strlen(symbol))
                            : tw_symbols_add(&r->symbols, symbol, strlen(symbol));
        if (p.asset == SIZE_MAX)
            return tw_fail(err, TW_BAD_DATA, "%s: symbol %s is not among the assets", out->path, symbol);
        for (size_t t = 0; t < tw_panel_times(panel); t++) TW_TRY(take_bar(r, &p, t, out, err));
    }
    return TW_OK;
}

static tw_status read_panel(tw_market_reader *r, tw_bar_rows *out, tw_error *err)
{
    tw_panel *panel = NULL;
    TW_TRY(tw_panel_open(r->ctx, out->path, &panel, err));
    tw_status status = tw_panel_verify(panel, err);
    if (status == TW_OK) status = take_panel(r, panel, out, err);
    tw_panel_close(panel);
    return status;
}

static tw_status need_columns(const tw_market_reader *r, const tw_rows *rows, tw_error *err)
{
    if (rows->place[SYMBOL] == SIZE_MAX && !r->files->symbol)
        return tw_fail(err, TW_BAD_DATA, "%s:1: no column named %s, and no 'symbol' is given for all bars", rows->path,
                       COLUMNS[SYMBOL]);
    if (rows->place[FIRST_VALUE] != SIZE_MAX) return TW_OK;
    return tw_fail(err, TW_BAD_DATA, "%s:1: no column named %s", rows->path, COLUMNS[FIRST_VALUE]);
}

tw_status tw_market_bars(tw_market_reader *r, const char *path, tw_bar_rows *out, tw_error *err)
{
    const size_t n = strlen(path);
    tw_rows rows;
    const char *wanted[TW_ROWS_COLUMNS] = {NULL};
    *out = (tw_bar_rows){.path = path, .n_more = r->n_more};
    if (n > 4 && strcmp(path + n - 4, ".twp") == 0) return read_panel(r, out, err);
    memcpy(wanted, COLUMNS, sizeof COLUMNS);
    for (size_t k = 0; k < r->n_more; k++) wanted[FIRST_VALUE + 5 + k] = r->files->columns[k];
    TW_TRY(tw_rows_open(r->ctx, path, wanted, 1, &rows, err));
    tw_status status = need_columns(r, &rows, err);
    for (size_t k = FIRST_VALUE + 5; k < rows.n_wanted && status == TW_OK; k++)
        if (rows.place[k] == SIZE_MAX) status = no_column(path, wanted[k], err);
    if (status == TW_OK) status = read_csv(r, &rows, out, err);
    tw_rows_close(&rows);
    if (status == TW_OK && out->n == 0) return tw_fail(err, TW_BAD_DATA, "%s: no bars below the header", path);
    return status;
}
