/* SPDX-License-Identifier: Apache-2.0 */
/* The tear sheet of a made run against pyfolio-reloaded 0.9.7, block lengths against arch (tests/golden/make/
 * tearsheet.py). */
#include "tw_test.h"

#include "tradewind/tearsheet.h"

#include <math.h>

enum { DAYS = 180, FILLS = 400, HOLDINGS = DAYS * 3, FIELDS = 8 };

typedef struct run {
    int64_t time[DAYS];
    double returns[DAYS], benchmark[DAYS], equity[DAYS], factor[2][DAYS], volume[DAYS * 3];
    size_t n, n_trades, n_holdings;
    tw_sheet_trade trade[FILLS];
    tw_sheet_holding holding[HOLDINGS];
} run;

static const char *const SYMBOLS[] = {"AA", "BB", "CC"};

static double number(const char *text)
{
    double x = 0;
    assert_true(tw_parse_double(text, strlen(text), &x));
    return x;
}

static int64_t time_of(const char *text)
{
    int64_t time = 0;
    assert_true(tw_time_parse(text, strlen(text), &time));
    return time;
}

static uint32_t symbol_of(const char *text)
{
    uint32_t s = 0;
    while (strcmp(SYMBOLS[s], text) != 0) assert_true(++s < 3);
    return s;
}

static size_t split(char *line, char *field[FIELDS])
{
    size_t n = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *p = line; p && n < FIELDS; n++) {
        field[n] = p;
        p = strchr(p, ',');
        if (p) *p++ = '\0';
    }
    return n;
}

static void take_day(run *r, char *field[FIELDS])
{
    assert_true(r->n < DAYS);
    const size_t t = r->n++;
    r->time[t] = time_of(field[1]);
    r->returns[t] = number(field[2]);
    r->benchmark[t] = number(field[3]);
    r->equity[t] = number(field[4]);
    r->factor[0][t] = number(field[5]);
    r->factor[1][t] = number(field[6]);
}

/* Lines of the run; false for what is expected of it. */
static bool take(run *r, char *field[FIELDS])
{
    if (strcmp(field[0], "day") == 0) {
        take_day(r, field);
    } else if (strcmp(field[0], "vol") == 0) {
        r->volume[(r->n - 1) * 3 + symbol_of(field[2])] = number(field[3]);
    } else if (strcmp(field[0], "pos") == 0) {
        assert_true(r->n_holdings < HOLDINGS);
        r->holding[r->n_holdings++] =
            (tw_sheet_holding){(uint32_t)r->n - 1, symbol_of(field[2]), number(field[3]), number(field[4])};
    } else if (strcmp(field[0], "txn") == 0) {
        assert_true(r->n_trades < FILLS);
        r->trade[r->n_trades++] =
            (tw_sheet_trade){time_of(field[1]), symbol_of(field[2]), number(field[3]), number(field[4])};
    } else {
        return false;
    }
    return true;
}

static void make_sheet(const run *r, const char *text, tw_tearsheet *sheet)
{
    static const char *const sectors[] = {"food", "metals"};
    static const uint32_t sector[] = {1, 0, 1};
    static double loading[2][DAYS * 3];
    static const double *const loadings[] = {loading[0], loading[1]};
    static const double *factors[2];
    static const char *const names[] = {"f1", "f2"};
    tw_tearsheet_options how;
    tw_error err;
    factors[0] = r->factor[0];
    factors[1] = r->factor[1];
    assert_ok(tw_params_parse(tw_tearsheet_params(), "report", text, &how, &err), &err);
    for (size_t i = 0; i < r->n * 3; i++) /* as the script has them */
        for (size_t k = 0; k < 2; k++) loading[k][i] = ((double)((7 * (i / 3) + 3 * (i % 3) + 5 * k) % 11) - 4) / 7;
    const tw_track_record record = {
        .path = {.n = r->n, .returns = r->returns, .benchmark = r->benchmark, .periods_per_year = 252},
        .time = r->time,
        .equity = r->equity,
        .n_symbols = 3,
        .symbol = SYMBOLS,
        .n_trades = r->n_trades,
        .trade = r->trade,
        .n_holdings = r->n_holdings,
        .holding = r->holding,
        .volume = r->volume,
        .n_factors = 2,
        .factor_name = names,
        .factor = factors,
        .loading = loadings,
        .n_sectors = 2,
        .sector_name = sectors,
        .sector = sector};
    assert_ok(tw_tearsheet_make(NULL, &record, &how, sheet, &err), &err);
}

/* ---------------------------------------------------------------- where a wanted number is in the sheet */

typedef struct place {
    const char *name;
    size_t offset;
} place;

static bool pick(const place *places, const char *name, const void *base, double *x)
{
    for (; places->name; places++)
        if (strcmp(places->name, name) == 0) {
            *x = *(const double *)(const void *)((const char *)base + places->offset);
            return true;
        }
    return false;
}

static double of_drawdown(const tw_tearsheet *s, size_t i, const char *key)
{
    assert_true(i < s->n_drawdowns);
    const tw_drawdown *d = &s->drawdown[i];
    if (strcmp(key, "depth") == 0) return d->depth;
    if (strcmp(key, "peak") == 0) return (double)d->peak;
    if (strcmp(key, "valley") == 0) return (double)d->valley;
    assert_string_equal(key, "weekdays");
    return (double)d->weekdays;
}

static double of_trip(const tw_tearsheet *s, size_t i, const char *key)
{
    assert_true(i < s->n_trips);
    const tw_round_trip *t = &s->trip[i];
    if (strcmp(key, "pnl") == 0) return t->pnl;
    if (strcmp(key, "returns") == 0) return t->returns;
    if (strcmp(key, "share") == 0) return t->share;
    if (strcmp(key, "long") == 0) return t->is_long;
    assert_string_equal(key, "days");
    return (double)(t->closed - t->opened) / (double)TW_NS_PER_DAY;
}

#define AT(field) offsetof(tw_trip_stats, field)
static double of_trips(const tw_trip_stats *s, const char *key)
{
    static const place PLACES[] = {{"pnl.Total profit", AT(pnl)},
                                   {"pnl.Gross profit", AT(gross_profit)},
                                   {"pnl.Gross loss", AT(gross_loss)},
                                   {"pnl.Profit factor", AT(profit_factor)},
                                   {"pnl.Avg. trade net profit", AT(mean)},
                                   {"pnl.Avg. winning trade", AT(mean_win)},
                                   {"pnl.Avg. losing trade", AT(mean_loss)},
                                   {"pnl.Ratio Avg. Win:Avg. Loss", AT(win_over_loss)},
                                   {"pnl.Largest winning trade", AT(largest_win)},
                                   {"pnl.Largest losing trade", AT(largest_loss)},
                                   {"returns.Avg returns all round_trips", AT(return_mean)},
                                   {"returns.Avg returns winning", AT(return_win)},
                                   {"returns.Avg returns losing", AT(return_loss)},
                                   {"returns.Median returns all round_trips", AT(return_median)},
                                   {"returns.Median returns winning", AT(return_median_win)},
                                   {"returns.Median returns losing", AT(return_median_loss)},
                                   {"returns.Largest winning trade", AT(return_best)},
                                   {"returns.Largest losing trade", AT(return_worst)},
                                   {"duration.Avg duration", AT(days_mean)},
                                   {"duration.Median duration", AT(days_median)},
                                   {"duration.Longest duration", AT(days_longest)},
                                   {"duration.Shortest duration", AT(days_shortest)},
                                   {NULL, 0}};
    double x = 0;
    if (pick(PLACES, key, s, &x)) return x;
    if (strcmp(key, "summary.Total number of round_trips") == 0) return (double)s->n;
    if (strcmp(key, "summary.Percent profitable") == 0) return (double)s->winners / (double)s->n;
    if (strcmp(key, "summary.Winning round_trips") == 0) return (double)s->winners;
    if (strcmp(key, "summary.Losing round_trips") == 0) return (double)s->losers;
    assert_string_equal(key, "summary.Even round_trips");
    return (double)s->even;
}
#undef AT

static double of_exposure(const tw_tearsheet *s, size_t i, const char *key)
{
    const tw_exposure *e = &s->exposure;
    const struct {
        const char *name;
        const double *x;
    } all[] = {{"gross", e->gross},         {"net", e->net},
               {"long", e->long_side},      {"short", e->short_side},
               {"max_long", e->max_long},   {"median_long", e->median_long},
               {"max_short", e->max_short}, {"median_short", e->median_short},
               {"turnover", s->turnover}};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (strcmp(all[k].name, key) == 0) return all[k].x[i];
    fail_msg("exposure: %s", key);
    return 0;
}

static double of_step(const tw_cost_step *step, double at, const char *key)
{
    for (size_t k = 0; k < TW_SHEET_CAPITALS; k++)
        if (step[k].at == at) return strcmp(key, "sharpe") == 0 ? step[k].sharpe : step[k].annual_return;
    fail_msg("no step at %g", at);
    return 0;
}

static double of_stress(const tw_tearsheet *s, const char *name, const char *key)
{
    for (size_t i = 0; i < s->n_stress; i++) {
        const tw_stress *x = &s->stress[i];
        char plain[64];
        snprintf(plain, sizeof plain, "%s", x->name);
        for (char *p = plain; *p; p++)
            if (*p == ',') *p = ';';
        if (strcmp(plain, name) != 0) continue;
        if (strcmp(key, "returns") == 0) return x->returns;
        if (strcmp(key, "mean") == 0) return x->mean;
        return strcmp(key, "least") == 0 ? x->least : x->largest;
    }
    fail_msg("stress: %s", name);
    return 0;
}

static double of_measure(const tw_tearsheet *s, const char *name)
{
    for (size_t i = 0; i < s->n_measures; i++)
        if (strcmp(s->measure[i].measure->name, name) == 0) return s->measure[i].value;
    fail_msg("measure: %s", name);
    return 0;
}

static double of_rolling(const tw_tearsheet *s, size_t i, const char *name)
{
    for (size_t k = 0; k < TW_SHEET_ROLLING; k++)
        if (strcmp(s->rolling_name[k], name) == 0) return s->rolling[k][i];
    fail_msg("rolling: %s", name);
    return 0;
}

/* "top_long" or "top_long_symbol" of the i-th largest. */
static double of_top(const tw_exposure *e, size_t i, const char *name)
{
    const struct {
        const char *name;
        const tw_top_holdings *top;
    } all[] = {{"top_long", &e->top_long}, {"top_short", &e->top_short}, {"top_any", &e->top_any}};
    for (size_t k = 0; k < 3; k++) {
        const size_t length = strlen(all[k].name);
        if (strncmp(name, all[k].name, length) != 0) continue;
        assert_true(i < all[k].top->n);
        return name[length] ? (double)all[k].top->symbol[i] : fabs(all[k].top->share[i]);
    }
    fail_msg("holding: %s", name);
    return 0;
}

static double of_holding(const tw_tearsheet *s, size_t i, const char *key)
{
    const tw_exposure *e = &s->exposure;
    const struct {
        const char *name;
        const double *x;
    } all[] = {{"food", e->sector[0]},
               {"metals", e->sector[1]},
               {"longs", e->longs},
               {"shorts", e->shorts},
               {"traded", s->traded},
               {"traded_shares", s->traded_shares},
               {"intraday_gross", e->intraday_gross},
               {"intraday_net", e->intraday_net}};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (strcmp(all[k].name, key) == 0) return all[k].x[i];
    return strcmp(key, "is_intraday") == 0 ? e->is_intraday : of_top(e, i, key);
}

static double of_part(const tw_tearsheet *s, size_t k, const char *key)
{
    const tw_attribution *a = &s->attribution;
    if (strcmp(key, "mean") == 0) return a->factor[k].exposure;
    if (strcmp(key, "annual") == 0) return a->factor[k].annual_return;
    if (strcmp(key, "cumulative") == 0) return a->factor[k].cumulative_return;
    if (strcmp(key, "exposure17") == 0) return a->exposure[k][17];
    if (strcmp(key, "part17") == 0) return a->factor[k].returns[17];
    if (strcmp(key, "Specific Sharpe Ratio") == 0) return a->specific.sharpe;
    const bool total = strstr(key, "Total") != NULL, common = strstr(key, "Common") != NULL;
    const tw_return_part *part = total ? &a->total : common ? &a->common : &a->specific;
    return strncmp(key, "Annualized", 10) == 0 ? part->annual_return : part->cumulative_return;
}

static double of_closed(const tw_tearsheet *s, size_t i, const char *key)
{
    if (strcmp(key, "symbol_pnl") == 0) return s->symbol_trips[i].pnl;
    if (strcmp(key, "sector_pnl") == 0) return s->sector_trips[i].pnl;
    return of_trip(s, i, key);
}

/* A count of a bin, or the width of all. */
static double of_bins(const tw_tearsheet *s, size_t i, const char *key)
{
    for (size_t k = 0; k < TW_SHEET_HISTOGRAMS; k++) {
        const size_t length = strlen(s->histogram[k].name);
        if (strncmp(key, s->histogram[k].name, length) != 0) continue;
        return key[length] ? s->histogram[k].width : (double)s->histogram[k].bin[i];
    }
    fail_msg("histogram: %s", key);
    return 0;
}

static double of_belief(const tw_tearsheet *s, size_t i, const char *key)
{
    if (strcmp(key, "low") == 0) return s->belief.low;
    if (strcmp(key, "high") == 0) return s->belief.high;
    return strcmp(key, "chance") == 0 ? s->belief.chance[i] : s->belief.density[i];
}

static double of_live(const tw_tearsheet *s, const char *part, const char *name)
{
    for (size_t i = 0; i < s->n_measures; i++)
        if (strcmp(s->measure[i].measure->name, name) == 0)
            return (strcmp(part, "before") == 0 ? s->live.before : s->live.after)[i];
    fail_msg("live: %s", name);
    return 0;
}

/* The number that "table,a.b.c" is in the sheet. */
static double found(const tw_tearsheet *s, const char *table, char *key)
{
    if (strcmp(table, "measure") == 0) return of_measure(s, key);
    if (strcmp(key, "r_squared") == 0) return s->factors.r_squared;
    char *rest = strchr(key, '.');
    assert_non_null(rest);
    *rest++ = '\0';
    if (strcmp(table, "stress") == 0) return of_stress(s, key, rest);
    if (strcmp(table, "live") == 0) return of_live(s, key, rest);
    if (strcmp(table, "cost") == 0) {
        char *last = strchr(rest, '.');
        assert_non_null(last);
        *last++ = '\0';
        return of_step(strcmp(key, "capital") == 0 ? s->capital : s->cost, number(rest), last);
    }
    if (strcmp(key, "all") == 0) return of_trips(&s->trips, rest);
    if (strcmp(key, "long") == 0) return of_trips(&s->long_trips, rest);
    if (strcmp(key, "short") == 0) return of_trips(&s->short_trips, rest);
    const size_t i = (size_t)number(key);
    if (strcmp(table, "drawdown") == 0) return of_drawdown(s, i, rest);
    if (strcmp(table, "trip") == 0) return of_trip(s, i, rest);
    if (strcmp(table, "exposure") == 0) return of_exposure(s, i, rest);
    if (strcmp(table, "rolling") == 0) return of_rolling(s, i, rest);
    if (strcmp(table, "holding") == 0) return of_holding(s, i, rest);
    if (strcmp(table, "closed") == 0) return of_closed(s, i, rest);
    if (strcmp(table, "attribution") == 0) return of_part(s, i, rest);
    if (strcmp(table, "compared") == 0) return s->matched[i];
    if (strcmp(table, "bins") == 0) return of_bins(s, i, rest);
    if (strcmp(table, "belief") == 0) return of_belief(s, i, rest);
    if (strcmp(table, "loading") == 0) return s->rolling_loading[(size_t)number(rest)][i];
    if (strcmp(table, "taken") == 0) return s->consumed[i].share;
    assert_string_equal(table, "factor");
    return strcmp(rest, "loading") == 0 ? s->factors.loading[i] : s->factors.error[i];
}

static void check(const tw_tearsheet *s, char *field[FIELDS])
{
    char key[128];
    snprintf(key, sizeof key, "%s", field[2]);
    const double want = number(field[3]), got = found(s, field[1], key);
    const bool same = isnan(want) ? isnan(got) : fabs(got - want) <= 1e-9 * fmax(1e-3, fabs(want));
    if (!same) fail_msg("%s %s: got %.17g, want %.17g", field[1], field[2], got, want);
}

/* Of 20,000 draws, so within four of their standard errors. */
static void check_cone(const tw_tearsheet *s, char *field[FIELDS])
{
    const size_t i = (size_t)number(strtok(field[2], "."));
    const double want = number(field[3]), deviation = s->live.deviation[i];
    const double got = strcmp(strtok(NULL, "."), "mean") == 0 ? s->live.mean[i] : deviation;
    if (!(fabs(got - want) <= 4 / sqrt(20000) * deviation)) fail_msg("cone at %zu: got %g, want %g", i, got, want);
}

static void check_block(char *field[FIELDS])
{
    static double x[512];
    size_t n = 0;
    for (char *p = strtok(field[3], " "); p; p = strtok(NULL, " ")) {
        assert_true(n < 512);
        x[n++] = number(p);
    }
    const double want = number(field[2]), got = tw_bootstrap_block(n, x);
    if (!(fabs(got - want) <= 1e-9 * want)) fail_msg("block of %s: got %.17g, want %.17g", field[1], got, want);
}

static void sheet_agrees_with_pyfolio(void **state)
{
    (void)state;
    static run r;
    static char line[16384];
    char *field[FIELDS] = {NULL};
    tw_tearsheet sheet = {0}, closed = {0}; /* closed: with what is held at the end */
    size_t checked = 0;
    FILE *file = fopen(TW_SOURCE_DIR "/tests/golden/backtest/tearsheet.csv", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        assert_true(split(line, field) >= 4);
        if (take(&r, field)) continue;
        if (!sheet.measure) make_sheet(&r, "window=63 draws=50 live=2011-12-01", &sheet);
        if (!closed.measure) make_sheet(&r, "draws=0 close_open=1", &closed);
        if (strcmp(field[0], "block") == 0)
            check_block(field);
        else if (strcmp(field[1], "cone") == 0)
            check_cone(&sheet, field);
        else
            check(strcmp(field[1], "closed") == 0 ? &closed : &sheet, field);
        checked++;
    }
    fclose(file);
    assert_true(checked > 1030);
    tw_tearsheet_clear(&sheet);
    tw_tearsheet_clear(&closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sheet_agrees_with_pyfolio)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
