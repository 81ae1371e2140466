/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that zipline-reloaded 3.2.1 was played (tests/oracle/zipline_test.py made and played them), played here: every
 * session's accounts and risk numbers, every fill, holding, order and recording, in sequence. Given files, it plays
 * those instead. */
#include "zipline_play.h"

enum { MOST_SAID = 6, MOST_FILES = 64 };

/* Relative. Beside it an absolute part, for what is nearly nothing: of money, as much of the capital; of leverages,
 * returns and ratios of returns, as much of 1, since they are differences of numbers of that size. */
static const double TOLERANCE = 1e-9;

typedef struct comparison {
    const char *name;
    double capital;
    size_t off;
} comparison;

static void say(comparison *c, const char *what, size_t row, double got, double want)
{
    if (c->off++ < MOST_SAID) print_message("%s: %s, row %zu: %.17g; zipline %.17g\n", c->name, what, row, got, want);
}

static bool same(double got, double want, double slack)
{
    if (isnan(want) || isnan(got)) return isnan(want) && isnan(got);
    if (got == want) return true;
    return fabs(got - want) <= TOLERANCE * fabs(want) + slack;
}

/* A column of a table of zipline's, and the same member of the library's rows. */
typedef enum cell_kind { AS_SIZE, AS_DOUBLE, AS_BOOL, AS_STATUS } cell_kind;

typedef struct column {
    const char *name;
    size_t offset;
    cell_kind kind;
    double slack, of_capital;
} column;

typedef struct table {
    const char *name;
    const void *rows;
    size_t n, size;
    const column *columns;
} table;

static double cell(const table *t, const column *col, size_t row)
{
    const void *at = (const char *)t->rows + row * t->size + col->offset;
    switch (col->kind) {
    case AS_SIZE: return *(const size_t *)at == SIZE_MAX ? -1 : (double)*(const size_t *)at;
    case AS_BOOL: return *(const bool *)at;
    case AS_STATUS: return (double)*(const tw_order_status *)at;
    default: return *(const double *)at;
    }
}

static void compare_table(comparison *c, const tw_node *expected, const table *t)
{
    const tw_node *node = tw_node_get(expected, t->name);
    for (const column *col = t->columns; col->name; col++) {
        size_t n = 0;
        char what[128];
        const double *want = zipline_column(node, col->name, &n);
        snprintf(what, sizeof what, "%s.%s", t->name, col->name);
        if (n != t->n && col == t->columns) say(c, "how many rows", n, (double)t->n, (double)n);
        for (size_t i = 0; i < n && i < t->n; i++) {
            const double got = cell(t, col, i);
            if (!same(got, want[i], TOLERANCE * (col->slack + col->of_capital * c->capital)))
                say(c, what, i, got, want[i]);
        }
    }
}

#define EXACT(type, member)                                                                                            \
    {                                                                                                                  \
#member, offsetof(type, member), AS_SIZE, 0, 0                                                                 \
    }
#define MONEY(type, member)                                                                                            \
    {                                                                                                                  \
#member, offsetof(type, member), AS_DOUBLE, 0, 1                                                               \
    }
#define RATIO(type, member)                                                                                            \
    {                                                                                                                  \
#member, offsetof(type, member), AS_DOUBLE, 1, 0                                                               \
    }
#define VALUE(type, member)                                                                                            \
    {                                                                                                                  \
#member, offsetof(type, member), AS_DOUBLE, 0, 0                                                               \
    }

static const column SESSIONS[] = {
    EXACT(tw_session_row, session),
    MONEY(tw_session_row, starting_cash),
    MONEY(tw_session_row, starting_value),
    MONEY(tw_session_row, starting_exposure),
    MONEY(tw_session_row, ending_cash),
    MONEY(tw_session_row, ending_value),
    MONEY(tw_session_row, ending_exposure),
    MONEY(tw_session_row, portfolio_value),
    MONEY(tw_session_row, pnl),
    RATIO(tw_session_row, returns),
    MONEY(tw_session_row, capital_used),
    MONEY(tw_session_row, long_value),
    MONEY(tw_session_row, short_value),
    MONEY(tw_session_row, long_exposure),
    MONEY(tw_session_row, short_exposure),
    RATIO(tw_session_row, gross_leverage),
    RATIO(tw_session_row, net_leverage),
    RATIO(tw_session_row, max_leverage),
    RATIO(tw_session_row, algorithm_period_return),
    RATIO(tw_session_row, benchmark_period_return),
    RATIO(tw_session_row, algo_volatility),
    RATIO(tw_session_row, benchmark_volatility),
    RATIO(tw_session_row, alpha),
    RATIO(tw_session_row, beta),
    RATIO(tw_session_row, sharpe),
    RATIO(tw_session_row, sortino),
    RATIO(tw_session_row, max_drawdown),
    EXACT(tw_session_row, longs_count),
    EXACT(tw_session_row, shorts_count),
    EXACT(tw_session_row, trading_days),
    {NULL, 0, AS_SIZE, 0, 0},
};
static const column FILLS[] = {
    EXACT(tw_trade, session), EXACT(tw_trade, bar),   EXACT(tw_trade, asset),      EXACT(tw_trade, order),
    VALUE(tw_trade, amount),  VALUE(tw_trade, price), MONEY(tw_trade, commission), {NULL, 0, AS_SIZE, 0, 0},
};
static const column HOLDINGS[] = {
    EXACT(tw_holding, session),    EXACT(tw_holding, asset),      VALUE(tw_holding, amount),
    MONEY(tw_holding, cost_basis), VALUE(tw_holding, last_price), {NULL, 0, AS_SIZE, 0, 0},
};
static const column ORDERS[] = {
    EXACT(tw_order_row, session),
    {"id", offsetof(tw_order_row, order.id), AS_SIZE, 0, 0},
    {"asset", offsetof(tw_order_row, order.asset), AS_SIZE, 0, 0},
    {"created", offsetof(tw_order_row, order.created), AS_SIZE, 0, 0},
    {"changed", offsetof(tw_order_row, order.changed), AS_SIZE, 0, 0},
    {"amount", offsetof(tw_order_row, order.amount), AS_DOUBLE, 0, 0},
    {"filled", offsetof(tw_order_row, order.filled), AS_DOUBLE, 0, 0},
    {"commission", offsetof(tw_order_row, order.commission), AS_DOUBLE, 0, 1},
    {"limit", offsetof(tw_order_row, order.limit), AS_DOUBLE, 0, 0},
    {"stop", offsetof(tw_order_row, order.stop), AS_DOUBLE, 0, 0},
    {"limit_reached", offsetof(tw_order_row, order.limit_reached), AS_BOOL, 0, 0},
    {"stop_reached", offsetof(tw_order_row, order.stop_reached), AS_BOOL, 0, 0},
    {"status", offsetof(tw_order_row, order.status), AS_STATUS, 0, 0},
    {NULL, 0, AS_SIZE, 0, 0},
};

/* ---------------------------------------------------------------- recordings */

/* What was recorded under a name, as of each session of the run. */
static void recorded_of(const tw_strategy_result *result, const char *name, double *value)
{
    size_t n = 0, n_names = 0, n_sessions = 0, k = 0;
    const tw_recorded *recorded = tw_strategy_recorded(result, &n);
    const char *const *names = tw_strategy_record_names(result, &n_names);
    const tw_session_row *row = tw_strategy_sessions(result, &n_sessions);
    double now = NAN;
    for (size_t i = 0; i < n_sessions; i++) {
        for (; k < n && recorded[k].session <= row[i].session; k++)
            if (strcmp(names[recorded[k].name], name) == 0) now = recorded[k].value;
        value[i] = now;
    }
}

static void compare_recorded(comparison *c, const tw_node *expected, const tw_strategy_result *result)
{
    size_t n_names = 0, n_sessions = 0;
    const tw_node *list = tw_node_get(expected, "recorded");
    tw_strategy_record_names(result, &n_names);
    tw_strategy_sessions(result, &n_sessions);
    if (list->n_children > n_names) say(c, "recorded names", 0, (double)n_names, (double)list->n_children);
    double *got = zipline_new(n_sessions, sizeof *got);
    for (const tw_node *r = list->first; r; r = r->next) {
        size_t n = 0;
        char what[128];
        const double *want = zipline_column(r, "values", &n);
        recorded_of(result, zipline_text(r, "name"), got);
        snprintf(what, sizeof what, "recorded %s", zipline_text(r, "name"));
        for (size_t i = 0; i < n && i < n_sessions; i++)
            if (!same(got[i], want[i], TOLERANCE * c->capital * (fabs(want[i]) < 1))) say(c, what, i, got[i], want[i]);
    }
    free(got);
}

/* ---------------------------------------------------------------- a case */

/* Of a session in which the run stopped zipline leaves nothing. */
static size_t before(const tw_strategy_result *result, size_t n, size_t size, const void *rows, size_t offset)
{
    size_t n_sessions = 0;
    const tw_session_row *row = tw_strategy_sessions(result, &n_sessions);
    const size_t last = n_sessions ? row[n_sessions - 1].session : 0;
    while (n > 0 && (n_sessions == 0 || *(const size_t *)((const char *)rows + (n - 1) * size + offset) > last)) n--;
    return n;
}

/* The same columns by the minute; of the session in which a run stopped zipline leaves those before. */
static void compare_minutes(comparison *c, const tw_node *expected, const tw_strategy_result *result)
{
    column columns[sizeof SESSIONS / sizeof *SESSIONS];
    table t = {.name = "minutes", .size = sizeof(tw_minute_row), .columns = columns};
    memcpy(columns, SESSIONS, sizeof columns);
    for (column *col = columns; col->name; col++) col->offset += offsetof(tw_minute_row, row);
    columns[0].name = "bar";
    columns[0].offset = offsetof(tw_minute_row, bar);
    t.rows = tw_strategy_minutes(result, &t.n);
    compare_table(c, expected, &t);
}

static void compare_results(comparison *c, const tw_node *expected, const tw_strategy_result *result)
{
    table t = {.name = "sessions", .size = sizeof(tw_session_row), .columns = SESSIONS};
    t.rows = tw_strategy_sessions(result, &t.n);
    compare_table(c, expected, &t);
    t = (table){.name = "fills", .size = sizeof(tw_trade), .columns = FILLS};
    t.rows = tw_strategy_trades(result, &t.n);
    t.n = before(result, t.n, t.size, t.rows, offsetof(tw_trade, session));
    compare_table(c, expected, &t);
    t = (table){.name = "holdings", .size = sizeof(tw_holding), .columns = HOLDINGS};
    t.rows = tw_strategy_holdings(result, &t.n);
    compare_table(c, expected, &t);
    t = (table){.name = "orders", .size = sizeof(tw_order_row), .columns = ORDERS};
    t.rows = tw_strategy_orders(result, &t.n);
    compare_table(c, expected, &t);
    compare_recorded(c, expected, result);
    if (tw_node_get(expected, "minutes")) compare_minutes(c, expected, result);
}

/* `capital` is what the case says, times `nudge`. */
static size_t play(const tw_node *node, double nudge, bool quiet)
{
    zipline_case made;
    tw_strategy_result *result = NULL;
    tw_error err = {{0}};
    const tw_node *expected = tw_node_get(node, "expected");
    const char *stopped = tw_node_text(tw_node_get(expected, "stopped"), NULL);
    zipline_case_read(&made, node);
    made.run.capital *= nudge;
    comparison c = {zipline_text(node, "name"), made.run.capital, quiet ? MOST_SAID : 0};
    const tw_status status = zipline_case_run(&made, &result, &err);
    if ((status != TW_OK) != (stopped != NULL)) {
        print_message("%s: %s; zipline: %s\n", c.name, status == TW_OK ? "ran" : err.message,
                      stopped ? stopped : "ran");
        c.off++;
    }
    if (result) compare_results(&c, expected, result);
    tw_strategy_result_free(result);
    zipline_case_free(&made);
    return quiet ? c.off - MOST_SAID : c.off;
}

static tw_doc *read_cases(const char *path)
{
    tw_source *source = NULL;
    tw_doc *doc = NULL;
    tw_error err;
    tw_buf text;
    char block[65536];
    size_t got = 1;
    tw_buf_init(&text, NULL);
    assert_ok(tw_source_open(NULL, path, &source, &err), &err);
    while (got > 0) {
        assert_ok(source->read(source, block, sizeof block, &got, &err), &err);
        tw_buf_add(&text, block, got);
    }
    tw_source_close(source);
    assert_ok(tw_buf_check(&text, &err), &err);
    assert_ok(tw_doc_parse_json_packed(NULL, text.data, text.length, path, &doc, &err), &err);
    tw_buf_clear(&text);
    return doc;
}

static void test_cases(void **state)
{
    size_t n = 0, off = 0;
    tw_doc *doc = read_cases(*state);
    for (const tw_node *node = tw_node_get(tw_doc_root(doc), "cases")->first; node; node = node->next, n++)
        off += play(node, 1, false) > 0;
    tw_doc_free(doc);
    print_message("%zu cases, %zu differ\n", n, off);
    assert_true(n > 0);
    assert_int_equal(off, 0);
}

/* The comparison is not blind: another hundred-millionth of capital is seen in every case that does not set it anew. */
static void test_differences_are_seen(void **state)
{
    tw_doc *doc = read_cases(*state);
    for (const tw_node *node = tw_node_get(tw_doc_root(doc), "cases")->first; node; node = node->next)
        if (!tw_node_get(node, "changes")->first) assert_true(play(node, 1 + 1e-8, true) > 0);
    tw_doc_free(doc);
}

int main(int argc, char **argv)
{
    static char golden[] = TW_SOURCE_DIR "/tests/golden/backtest/zipline_cases.json.gz";
    struct CMUnitTest tests[MOST_FILES];
    size_t n = 0;
    for (int i = 1; i < argc && n < MOST_FILES; i++)
        tests[n++] = (struct CMUnitTest)cmocka_unit_test_prestate(test_cases, argv[i]);
    if (argc == 1) {
        tests[n++] = (struct CMUnitTest)cmocka_unit_test_prestate(test_cases, golden);
        tests[n++] = (struct CMUnitTest)cmocka_unit_test_prestate(test_differences_are_seen, golden);
    }
    return _cmocka_run_group_tests("zipline cases", tests, n, NULL, NULL);
}
