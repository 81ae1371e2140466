/* SPDX-License-Identifier: Apache-2.0 */
/* curve.c - tradewind curve --in instruments.csv: a discount curve from quotes. */
#include "cli/rates/market.h"

static void put_point(tw_buf *out, const tw_curve *curve, tw_date as_of, tw_date date)
{
    const double t = tw_time_of(&(tw_valuation){.date = as_of}, date);
    tw_cli_put_date(out, date);
    tw_cli_put_number(out, t);
    tw_cli_put_number(out, tw_curve_discount(curve, t));
    tw_cli_put_number(out, tw_curve_zero(curve, t));
    tw_cli_put_number(out, tw_curve_forward(curve, t));
}

static void put_nodes(tw_buf *out, const tw_cli_curve *c, tw_date as_of)
{
    tw_buf_text(out, "date,time,discount,zero,forward,quote,repriced,instrument\n");
    for (size_t j = 0; j < c->n; j++) {
        size_t of = 0;
        const tw_date date = tw_bootstrap_node(c->bootstrap, j, &of);
        put_point(out, tw_bootstrap_curve(c->bootstrap), as_of, date);
        tw_cli_put_number(out, c->instrument[of].quote);
        tw_cli_put_number(out, tw_bootstrap_quote(c->bootstrap, of));
        tw_buf_text(out, ",");
        tw_csv_write_field(out, c->instrument[of].name);
        tw_buf_text(out, "\n");
    }
}

/* How the zero rate of each node (a row) moves with each quote (a column). */
static void put_jacobian(tw_buf *out, const tw_cli_curve *c)
{
    tw_buf_text(out, "date");
    for (size_t i = 0; i < c->n; i++) {
        tw_buf_text(out, ",");
        tw_csv_write_field(out, c->instrument[i].name);
    }
    for (size_t j = 0; j < c->n; j++) {
        tw_buf_text(out, "\n");
        tw_cli_put_date(out, tw_bootstrap_node(c->bootstrap, j, NULL));
        const double t = tw_curve_node_time(tw_bootstrap_curve(c->bootstrap), j);
        for (size_t i = 0; i < c->n; i++) tw_cli_put_number(out, tw_bootstrap_jacobian(c->bootstrap, j, i) / t);
    }
    tw_buf_text(out, "\n");
}

static tw_status put_dates(tw_buf *out, const tw_cli *cli, const tw_cli_curve *c, tw_date as_of, tw_error *err)
{
    static const char *const columns[] = {"date", NULL};
    tw_rows rows;
    bool more = true;
    tw_date date = 0;
    TW_TRY(tw_rows_open(cli->ctx, tw_cli_value(cli, "at"), columns, 1, &rows, err));
    tw_buf_text(out, "date,time,discount,zero,forward\n");
    tw_status status = tw_rows_next(&rows, &more, err);
    while (status == TW_OK && more) {
        status = tw_cli_cell_date(&rows, 0, &date, err);
        if (status != TW_OK) break;
        put_point(out, tw_bootstrap_curve(c->bootstrap), as_of, date);
        tw_buf_text(out, "\n");
        status = tw_rows_next(&rows, &more, err);
    }
    tw_rows_close(&rows);
    return status;
}

static tw_status put(tw_buf *out, const tw_cli *cli, const tw_cli_curve *c, tw_date as_of, tw_error *err)
{
    if (tw_cli_value(cli, "at") && tw_cli_value(cli, "jacobian"))
        return tw_fail(err, TW_BAD_VALUE, "curve: give --at or --jacobian, not both");
    if (tw_cli_value(cli, "at"))
        TW_TRY(put_dates(out, cli, c, as_of, err));
    else if (tw_cli_value(cli, "jacobian"))
        put_jacobian(out, c);
    else
        put_nodes(out, c, as_of);
    return tw_cli_put_out(cli, out, err);
}

static tw_status run(tw_cli *cli, tw_error *err)
{
    const char *in = tw_cli_value(cli, "in"), *other = tw_cli_value(cli, "discount");
    tw_cli_curve curve = {0}, discount = {0};
    tw_date date;
    tw_buf out;
    if (!in) return tw_fail(err, TW_BAD_VALUE, "curve needs --in FILE.csv");
    TW_TRY(tw_cli_date(cli, &date, err));
    tw_buf_init(&out, cli->ctx);
    tw_cli_curve_file file = {other, tw_cli_value(cli, "convention"), date, NULL};
    tw_status status = other ? tw_cli_curve_read(cli, &file, &discount, err) : TW_OK;
    file.path = in;
    file.discount = other && status == TW_OK ? tw_bootstrap_curve(discount.bootstrap) : NULL;
    if (status == TW_OK) status = tw_cli_curve_read(cli, &file, &curve, err);
    if (status == TW_OK) status = put(&out, cli, &curve, date, err);
    tw_buf_clear(&out);
    tw_cli_curve_clear(&curve);
    tw_cli_curve_clear(&discount);
    return status;
}

static const tw_option options[] = {
    {"in", "FILE.csv", "instruments: kind, quote, tenor and more (see below)"},
    {"date", "YYYY-MM-DD", "day of valuation"},
    {"discount", "FILE.csv", "instruments of a curve that flows are discounted by, e.g. of OIS"},
    {"interpolation", "NAME", "between nodes: log_linear (default), linear_zero, cubic_zero, monotone_convex, ..."},
    {"convention", "NAME", "of instruments that name none: eur (default), eur_ois, gbp_ois, jpy_ois, usd, usd_ois"},
    {"at", "FILE.csv", "print the curve on the dates of this file (column date), not on its nodes"},
    {"jacobian", NULL, "print how zero rates of nodes move with quotes instead"},
    {"out", "FILE.csv", "where to write (default standard output)"},
    {0},
};

const tw_command tw_command_curve = {
    .name = "curve",
    .positional = "",
    .title = "Make a discount curve from deposits, FRAs, futures, swaps and OIS",
    .more = "Columns of the file, in any order; the first two must be there, and a tenor or an end:\n"
            "  kind        deposit, fra, future, swap or ois\n"
            "  quote       the rate (0.0345 is 3.45 %); of a future its price\n"
            "  tenor       3M, 10Y, 2W, 1B (a business day), ON\n"
            "  start, end  dates; start may be a tenor from the day of settlement, as of a FRA\n"
            "  convexity   of a future: how much its rate is above the forward rate\n"
            "  convention  a name instead of --convention\n"
            "  name        what the output calls it",
    .options = options,
    .run = run,
};
