/* SPDX-License-Identifier: Apache-2.0 */
/* bond.c - tradewind bond --in bonds.csv: prices, yields and risk of bonds. */
#include "cli/rates/market.h"

#include <math.h>
#include <string.h>

enum { MATURITY, COUPON, PRICE, YIELD, NAME, ISSUE, FIRST, NEXT_TO_LAST, SETTLE, FREQUENCY, REDEMPTION, CONVENTION };
enum { MOST_CONVENTIONS = 16 };

static const char *const COLUMNS[] = {"maturity",
                                      "coupon",
                                      "price|clean|clean_price",
                                      "yield",
                                      "name|isin",
                                      "issue",
                                      "first_coupon",
                                      "next_to_last",
                                      "settle",
                                      "frequency",
                                      "redemption",
                                      "convention",
                                      NULL};

typedef struct job {
    const tw_cli *cli;
    tw_date date;
    tw_cli_curve curve;
    const tw_curve *discount; /* NULL without --curve */
    tw_bond_convention convention[MOST_CONVENTIONS];
    tw_holidays *holidays[MOST_CONVENTIONS];
    tw_buf out;
    uint64_t n, failed;
} job;

/* One bond of the file; price and yield are NaN when they are not given. */
typedef struct bond_row {
    char name[64];
    tw_date settle, issue, maturity, first, next_to_last;
    double coupon, price, yield, redemption;
    int frequency;
    const tw_bond_convention *convention;
} bond_row;

/* ---------------------------------------------------------------- reading */

/* The convention of a name, with its calendar; made when it is first asked for. */
static tw_status take_convention(job *j, const char *name, size_t *place, tw_error *err)
{
    tw_bond_convention found;
    TW_TRY(tw_bond_convention_find(name, &found, err));
    size_t i = 0;
    while (strcmp(tw_bond_convention_names()[i], name) != 0) i++;
    if (!j->holidays[i]) {
        const tw_holidays_spec spec = {.names = tw_bond_convention_calendar(name, NULL, NULL)};
        TW_TRY(tw_holidays_new(j->cli->ctx, &spec, &j->holidays[i], err));
        j->convention[i] = found;
        j->convention[i].holidays = j->holidays[i];
    }
    *place = i;
    return TW_OK;
}

static tw_status read_convention(job *j, const tw_rows *rows, size_t *place, tw_error *err)
{
    char text[64];
    const char *preset = tw_cli_value(j->cli, "convention");
    if (!tw_cli_cell_given(rows, CONVENTION)) return take_convention(j, preset ? preset : "us_treasury", place, err);
    TW_TRY(tw_cli_cell_text(rows, CONVENTION, text, "is no bond convention", err));
    const tw_status status = take_convention(j, text, place, err);
    return status == TW_BAD_NAME ? tw_rows_fail(rows, CONVENTION, err, "is no bond convention") : status;
}

static tw_status read_optional(const tw_rows *rows, size_t column, double *x, tw_error *err)
{
    return tw_cli_cell_given(rows, column) ? tw_cli_cell_number(rows, column, x, err) : TW_OK;
}

static tw_status read_optional_date(const tw_rows *rows, size_t column, tw_date *date, tw_error *err)
{
    return tw_cli_cell_given(rows, column) ? tw_cli_cell_date(rows, column, date, err) : TW_OK;
}

static tw_status read_numbers(const tw_rows *rows, bond_row *b, tw_error *err)
{
    double frequency = b->frequency;
    TW_TRY(tw_cli_cell_number(rows, COUPON, &b->coupon, err));
    TW_TRY(read_optional(rows, PRICE, &b->price, err));
    TW_TRY(read_optional(rows, YIELD, &b->yield, err));
    TW_TRY(read_optional(rows, REDEMPTION, &b->redemption, err));
    TW_TRY(read_optional(rows, FREQUENCY, &frequency, err));
    if (!(frequency >= 0 && frequency <= 12) || frequency > floor(frequency))
        return tw_rows_fail(rows, FREQUENCY, err, "is not 0, 1, 2, 3, 4, 6 or 12 coupons a year");
    b->frequency = (int)frequency;
    return TW_OK;
}

/* Without an issue, the bond began on the last coupon date at or before settlement. */
static void fill_issue(bond_row *b)
{
    const int months = b->frequency && 12 % b->frequency == 0 ? 12 / b->frequency : 12;
    for (int k = 1; b->issue == TW_NO_DATE || b->issue > b->settle; k++)
        b->issue = tw_advance(NULL, b->maturity, (tw_tenor){-k * months, 'M'}, TW_UNADJUSTED, b->convention->month_end);
}

static tw_status read_dates(const tw_rows *rows, bond_row *b, tw_error *err)
{
    TW_TRY(tw_cli_cell_date(rows, MATURITY, &b->maturity, err));
    TW_TRY(read_optional_date(rows, SETTLE, &b->settle, err));
    TW_TRY(read_optional_date(rows, FIRST, &b->first, err));
    TW_TRY(read_optional_date(rows, NEXT_TO_LAST, &b->next_to_last, err));
    TW_TRY(read_optional_date(rows, ISSUE, &b->issue, err));
    if (b->issue == TW_NO_DATE) fill_issue(b);
    return TW_OK;
}

static tw_status read_bond(job *j, const tw_rows *rows, bond_row *b, tw_error *err)
{
    size_t place = 0;
    int days = 0;
    *b = (bond_row){.issue = TW_NO_DATE,
                    .first = TW_NO_DATE,
                    .next_to_last = TW_NO_DATE,
                    .price = NAN,
                    .yield = NAN,
                    .redemption = 100};
    TW_TRY(read_convention(j, rows, &place, err));
    b->convention = &j->convention[place];
    (void)tw_bond_convention_calendar(tw_bond_convention_names()[place], &b->frequency, &days);
    b->settle = tw_add_business_days(b->convention->holidays, j->date, days);
    if (tw_cli_cell_given(rows, NAME)) TW_TRY(tw_cli_cell_text(rows, NAME, b->name, "is too long a name", err));
    TW_TRY(read_numbers(rows, b, err));
    TW_TRY(read_dates(rows, b, err));
    const bool both = !isnan(b->price) && !isnan(b->yield), none = isnan(b->price) && isnan(b->yield);
    if (both) return tw_rows_fail(rows, YIELD, err, "stands beside a price: give one of them");
    if (none && !j->discount)
        return tw_fail(err, TW_BAD_DATA, "%s:%llu: neither a price nor a yield, and no --curve", rows->path,
                       (unsigned long long)tw_csv_line(rows->csv));
    return TW_OK;
}

/* ---------------------------------------------------------------- writing */

typedef struct figures {
    double clean, dirty, accrued, yield, macaulay, modified, convexity, dv01, zspread;
    tw_status status;
    tw_error why;
} figures;

static void value_bond(const job *j, const bond_row *b, figures *f)
{
    const tw_bonds bonds = {.n = 1,
                            .settle = &b->settle,
                            .issue = &b->issue,
                            .maturity = &b->maturity,
                            .first_coupon = &b->first,
                            .next_to_last = &b->next_to_last,
                            .coupon = &b->coupon,
                            .frequency = &b->frequency,
                            .redemption = &b->redemption,
                            .convention = b->convention};
    const tw_bond_values out = {&f->clean,    &f->dirty,     &f->accrued, &f->yield,  &f->macaulay,
                                &f->modified, &f->convexity, &f->dv01,    &f->status, &f->why};
    const tw_bond_market market = {{.date = j->date}, j->discount, NULL};
    *f = (figures){.zspread = NAN};
    double price = b->price;
    if (isnan(price) && isnan(b->yield)) {
        f->zspread = 0;
        if (tw_bonds_from_curve(&bonds, &market, NULL,
                                &(tw_bond_values){.clean = &price, .status = &f->status, .first_error = &f->why}))
            return;
    }
    if (isnan(b->yield))
        (void)tw_bonds_from_price(&bonds, &price, &out);
    else
        (void)tw_bonds_from_yield(&bonds, &b->yield, &out);
    if (f->status == TW_OK && j->discount && isnan(f->zspread))
        (void)tw_bonds_zspread(&bonds, &market, &f->clean,
                               &(tw_bond_values){.yield = &f->zspread, .status = &f->status, .first_error = &f->why});
}

static void put_bond(job *j, const bond_row *b, const figures *f)
{
    const bool good = f->status == TW_OK;
    const double all[] = {f->clean, f->dirty, f->accrued, f->yield, f->macaulay, f->modified, f->convexity, f->dv01};
    tw_csv_write_field(&j->out, b->name);
    tw_buf_text(&j->out, ",");
    tw_cli_put_date(&j->out, b->settle);
    tw_buf_text(&j->out, ",");
    tw_cli_put_date(&j->out, b->maturity);
    tw_cli_put_number(&j->out, b->coupon);
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) tw_cli_put_number(&j->out, good ? all[k] : NAN);
    if (j->discount) tw_cli_put_number(&j->out, good ? f->zspread : NAN);
    tw_buf_printf(&j->out, ",%s,", tw_status_name(f->status));
    if (!good) tw_csv_write_field(&j->out, f->why.message);
    tw_buf_text(&j->out, "\n");
    j->n++;
    j->failed += !good;
}

static tw_status each_row(job *j, tw_error *err)
{
    tw_rows rows;
    bool more = true;
    TW_TRY(tw_rows_open(j->cli->ctx, tw_cli_value(j->cli, "in"), COLUMNS, 2, &rows, err));
    tw_buf_printf(
        &j->out,
        "name,settle,maturity,coupon,clean,dirty,accrued,yield,macaulay,modified,convexity,dv01,%sstatus,why\n",
        j->discount ? "zspread," : "");
    tw_status status = tw_rows_next(&rows, &more, err);
    while (status == TW_OK && more) {
        bond_row bond;
        figures f;
        status = read_bond(j, &rows, &bond, err);
        if (status != TW_OK) break;
        value_bond(j, &bond, &f);
        put_bond(j, &bond, &f);
        status = tw_rows_next(&rows, &more, err);
    }
    tw_rows_close(&rows);
    return status;
}

static tw_status value_file(job *j, tw_error *err)
{
    const tw_cli_curve_file file = {tw_cli_value(j->cli, "curve"), tw_cli_value(j->cli, "curve-convention"), j->date,
                                    NULL};
    if (file.path) {
        TW_TRY(tw_cli_curve_read(j->cli, &file, &j->curve, err));
        j->discount = tw_bootstrap_curve(j->curve.bootstrap);
    }
    TW_TRY(each_row(j, err));
    TW_TRY(tw_cli_put_out(j->cli, &j->out, err));
    if (j->failed)
        fprintf(stderr, "tradewind: %llu of %llu bonds have no values; columns status and why say it\n",
                (unsigned long long)j->failed, (unsigned long long)j->n);
    return TW_OK;
}

static tw_status run(tw_cli *cli, tw_error *err)
{
    job j = {.cli = cli};
    if (!tw_cli_value(cli, "in")) return tw_fail(err, TW_BAD_VALUE, "bond needs --in FILE.csv");
    TW_TRY(tw_cli_date(cli, &j.date, err));
    tw_buf_init(&j.out, cli->ctx);
    const tw_status status = value_file(&j, err);
    for (size_t i = 0; i < MOST_CONVENTIONS; i++) tw_holidays_free(cli->ctx, j.holidays[i]);
    tw_cli_curve_clear(&j.curve);
    tw_buf_clear(&j.out);
    return status;
}

static const tw_option options[] = {
    {"in", "FILE.csv", "bonds: maturity, coupon, and a price or a yield (see below)"},
    {"date", "YYYY-MM-DD", "day of the trade; bonds settle some business days later by their convention"},
    {"convention", "NAME", "of bonds that name none: us_treasury (default), us_corporate, uk_gilt, de_bund, ..."},
    {"curve", "FILE.csv", "instruments of a curve (see 'tradewind curve'): z-spreads, and prices of bonds without one"},
    {"curve-convention", "NAME", "of instruments that name none (default eur)"},
    {"interpolation", "NAME", "of the curve (default log_linear)"},
    {"out", "FILE.csv", "where to write (default standard output)"},
    {0},
};

const tw_command tw_command_bond = {
    .name = "bond",
    .positional = "",
    .title = "Price bonds: yields, accrued interest, durations, convexity, dv01, z-spreads",
    .more = "Columns of the file, in any order; the first two must be there:\n"
            "  maturity, coupon      a date; a rate (0.05 is 5 %)\n"
            "  price or yield        per 100 of face, without accrued interest; or neither, with --curve\n"
            "  name, issue, settle, first_coupon, next_to_last, frequency, redemption, convention\n"
            "                        as far as the convention does not say it",
    .options = options,
    .run = run,
};
