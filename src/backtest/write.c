/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/ledger.h"

#include <inttypes.h>
#include <string.h>

const char *tw_event_name(tw_event_kind kind)
{
    static const char *const names[] = {
        [TW_EVENT_ORDER] = "order",       [TW_EVENT_FILL] = "fill",         [TW_EVENT_COST] = "cost",
        [TW_EVENT_BORROW] = "borrow",     [TW_EVENT_INTEREST] = "interest", [TW_EVENT_CASH_IN] = "cash_in",
        [TW_EVENT_DELISTED] = "delisted", [TW_EVENT_UNFILLED] = "unfilled",
    };
    const size_t k = (size_t)kind;
    return k < sizeof names / sizeof *names ? names[k] : "unknown";
}

/* A name as a CSV field: quoted when it has to be (RFC 4180). */
static void add_name(tw_buf *out, const char *name)
{
    if (!strpbrk(name, ",\"\r\n")) {
        tw_buf_text(out, name);
        return;
    }
    tw_buf_text(out, "\"");
    for (const char *c = name; *c; c++) tw_buf_add(out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    tw_buf_text(out, "\"");
}

static void add_number(tw_buf *out, double x)
{
    char text[40];
    tw_buf_text(out, ",");
    tw_buf_add(out, text, tw_format_double(x, text));
}

/* An amount with its two decimals, from whole cents. */
static void add_cash(tw_buf *out, double cash)
{
    const int64_t cents = (int64_t)(cash * (double)TW_CENTS + (cash < 0 ? -0.5 : 0.5));
    const int64_t absolute = cents < 0 ? -cents : cents;
    tw_buf_printf(out, ",%s%" PRId64 ".%02d\n", cents < 0 ? "-" : "", absolute / TW_CENTS, (int)(absolute % TW_CENTS));
}

static void add_row(tw_buf *out, const tw_market *market, const tw_event *event)
{
    char time[48];
    tw_buf_add(out, time, tw_time_format(market->time[event->time], time));
    tw_buf_printf(out, ",%s,", tw_event_name(event->kind));
    const char *symbol = event->lane < market->n_lanes ? market->symbol[event->lane] : NULL;
    if (symbol) add_name(out, symbol);
    add_number(out, event->quantity);
    add_number(out, event->price);
    add_cash(out, event->cash);
}

tw_status tw_result_write_ledger(const tw_market *market, const tw_result *result, const char *path, tw_error *err)
{
    tw_buf out;
    tw_buf_init(&out, NULL);
    tw_buf_text(&out, "time,kind,symbol,quantity,price,cash\n");
    for (size_t i = 0; i < result->n_events; i++) add_row(&out, market, &result->event[i]);
    tw_status status = tw_buf_check(&out, err);
    if (status == TW_OK) status = tw_file_write(path, out.data, out.length, err);
    tw_buf_clear(&out);
    return status;
}
