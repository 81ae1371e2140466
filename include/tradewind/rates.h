/* SPDX-License-Identifier: Apache-2.0 */
/** @file rates.h
 * Floor 2, part of pricing: dates, day counts, settlement calendars, schedules; discount curves and their bootstrap;
 * bonds and swaps. No evaluation date and no other global: what a call needs it is given. Everything here is safe in
 * threads as long as each object is written by one.
 *
 * Rates and yields are fractions a year (0.0425 is 4.25 %). Prices of bonds are per 100 of face value.
 */
#ifndef TRADEWIND_RATES_H
#define TRADEWIND_RATES_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- dates */

/** A day: days since 1970-01-01. Dates of this header lie in 1900-01-01 .. 2199-12-31. */
typedef int32_t tw_date;

enum { TW_DATE_MIN = -25567, TW_DATE_MAX = 84005, TW_NO_DATE = INT32_MIN };

/** Reads YYYY-MM-DD or YYYYMMDD; false when it is neither or outside the range of dates. */
TW_API bool tw_date_parse(const char *text, size_t length, tw_date *date);
/** Writes YYYY-MM-DD; returns its length. `out` holds >= 16 bytes. */
TW_API size_t tw_date_format(tw_date date, char *out);
/** The date `months` later (earlier when negative), on the last day of its month where the day does not exist. */
TW_API tw_date tw_date_add_months(tw_date date, int months);
/** Last day of the date's month. */
TW_API tw_date tw_date_month_end(tw_date date);
/** Third Wednesday of a month: the IMM date. */
TW_API tw_date tw_date_imm(int year, int month);
/** The first IMM date of March, June, September or December after `date`. */
TW_API tw_date tw_date_next_imm(tw_date date);

enum { TW_TENOR_MOST = 10000 };

/** A length of time: B business days, D days, W weeks, M months, Y years; up to TW_TENOR_MOST of them. */
typedef struct tw_tenor {
    int n;
    char unit;
} tw_tenor;

/** Reads "3M", "10Y", "2B", "ON" (1B). False when it is none. */
TW_API bool tw_tenor_parse(const char *text, size_t length, tw_tenor *tenor);

/* ---------------------------------------------------------------- settlement calendars */

/** Business days of a place or of several, from 1900 to 2199; outside of that, and with a NULL calendar, every day is
 *  one. Immutable once made. */
typedef struct tw_holidays tw_holidays;

/** What a calendar is made of. `names`: "nyse", or "nyse+target" (closed when either is), or "nyse|target" (closed when
 *  both are), read from left to right. Then `closed` days are taken away and `open` ones added; both may be empty. */
typedef struct tw_holidays_spec {
    const char *names;
    size_t n_closed, n_open;
    const tw_date *closed, *open;
} tw_holidays_spec;

/** Names of the calendars, NULL at the end. */
TW_API const char *const *tw_holidays_names(void);
/** Title of calendar i of tw_holidays_names, e.g. "TARGET, the payment system of the euro". */
TW_API const char *tw_holidays_title(size_t i);
/** Makes a calendar (about 22 KiB). BAD_NAME with the nearest name. */
TW_API tw_status tw_holidays_new(const tw_ctx *ctx, const tw_holidays_spec *spec, tw_holidays **holidays,
                                 tw_error *err);
/** Frees a calendar. NULL is fine. */
TW_API void tw_holidays_free(const tw_ctx *ctx, tw_holidays *holidays);
/** True on a business day. */
TW_API bool tw_is_business_day(const tw_holidays *holidays, tw_date date);
/** Business days in [from, to), negative when to < from. */
TW_API int tw_business_days(const tw_holidays *holidays, tw_date from, tw_date to);
/** The n-th business day after `date` (before, when n < 0); n = 0: `date` itself, or the next business day. */
TW_API tw_date tw_add_business_days(const tw_holidays *holidays, tw_date date, int n);
/** Last business day of the date's month. */
TW_API tw_date tw_business_month_end(const tw_holidays *holidays, tw_date date);

/** What becomes of a date that is no business day. */
typedef enum tw_roll {
    TW_UNADJUSTED,
    TW_FOLLOWING,
    TW_MODIFIED_FOLLOWING, /**< the one before when the next is in another month */
    TW_PRECEDING,
    TW_MODIFIED_PRECEDING,
    TW_HALF_MONTH_MODIFIED_FOLLOWING, /**< as modified following, and neither across the 15th */
    TW_NEAREST,                       /**< the later one of two as near */
    TW_ROLL_COUNT
} tw_roll;

/** "unadjusted", "following", ... */
TW_API const char *tw_roll_name(tw_roll roll);
/** Inverse of tw_roll_name; BAD_NAME with the nearest name. */
TW_API tw_status tw_roll_parse(const char *text, tw_roll *roll, tw_error *err);
/** The date rolled to a business day. */
TW_API tw_date tw_roll_date(const tw_holidays *holidays, tw_date date, tw_roll roll);
/** `date` moved by a tenor and rolled. Business days are counted, not rolled. With `month_end`, months and years from
 *  the last business day of a month lead to the last one of a month (unadjusted: last days). */
TW_API tw_date tw_advance(const tw_holidays *holidays, tw_date date, tw_tenor tenor, tw_roll roll, bool month_end);

/* ---------------------------------------------------------------- schedules */

typedef enum tw_generation {
    TW_BACKWARD, /**< from the end: a stub lies at the start */
    TW_FORWARD,  /**< from the start: a stub lies at the end */
    TW_IMM,      /**< third Wednesdays between start and end */
    TW_CDS       /**< the 20th of March, June, September, December: standard credit default swaps */
} tw_generation;

/** Dates of coupons. `first` and `next_to_last` (TW_NO_DATE: none) set where the regular periods begin and end, so that
 *  stubs can be long. With month_end, regular dates of a schedule seeded on the last day of a month are last days. */
typedef struct tw_schedule {
    tw_date start, end, first, next_to_last;
    tw_tenor tenor;
    const tw_holidays *holidays;
    tw_roll roll, end_roll; /* end_roll: of the last date */
    tw_generation generation;
    bool month_end;
} tw_schedule;

/** Fills dates[0..*n), ascending, without doubles. TOO_LARGE when `room` is not enough; BAD_VALUE naming what is wrong
 *  (end not after start, a tenor that is no weeks, months or years, stubs outside the schedule). */
TW_API tw_status tw_schedule_dates(const tw_schedule *schedule, size_t room, tw_date *dates, size_t *n, tw_error *err);

/* ---------------------------------------------------------------- day counts */

/** A stretch of time and what day counts may need to know of it; zeros where a day count does not need it. */
typedef struct tw_accrual {
    tw_date start, end;
    tw_date ref_start, ref_end;  /**< act/act icma: the coupon period, unadjusted; both 0: start and end */
    int frequency;               /**< act/act icma, act/365l: coupons a year; 0: by the length of the period */
    tw_date maturity;            /**< 30/360 isda: the last day of February counts as itself when it is this one */
    const tw_holidays *holidays; /**< bus/252 */
    size_t n_dates;              /**< act/act icma: unadjusted dates of the schedule instead of ref_start, ref_end */
    const tw_date *dates;
} tw_accrual;

/** A day count. `fraction` is defined for end < start too: the negative of the reverse, except for 30/360 and afb,
 *  which follow their formulas. */
typedef struct tw_day_count {
    const char *name, *title, *source, *formula;
    bool needs_holidays;
    double (*fraction)(const tw_accrual *a);
} tw_day_count;

/** All day counts, sorted by name; *n of them. */
TW_API const tw_day_count *const *tw_day_counts(size_t *n);
/** The day count of a name ("act/360", "30/360", ...), or BAD_NAME with the nearest name. */
TW_API tw_status tw_day_count_find(const char *name, const tw_day_count **day_count, tw_error *err);
/** Fraction of a year. NaN only when the day count needs holidays and there are none. */
TW_API double tw_year_fraction(const tw_day_count *day_count, const tw_accrual *accrual);
/** Fraction of a year between two dates that needs nothing else. */
TW_API double tw_years_between(const tw_day_count *day_count, tw_date start, tw_date end);

/* ---------------------------------------------------------------- compounding */

/** How a rate grows money: so many times a year, or one of these. */
enum { TW_SIMPLE = 0, TW_ANNUAL = 1, TW_SEMIANNUAL = 2, TW_QUARTERLY = 4, TW_MONTHLY = 12, TW_CONTINUOUS = -1 };

/** What 1 grows to in t years: 1 + r t, (1 + r / n)^(n t), e^(r t). NaN where the base is not positive. */
TW_API double tw_growth_of_rate(int compounding, double rate, double t);
/** The rate under which 1 grows to `growth` in t years; NaN at t = 0. */
TW_API double tw_rate_of_growth(int compounding, double growth, double t);
/** Reads "simple", "continuous", "annual", "semiannual", "quarterly", "monthly" or a number of times a year. */
TW_API tw_status tw_compounding_parse(const char *text, int *compounding, tw_error *err);

/* ---------------------------------------------------------------- discount curves
 * With y(t) = -ln discount(t): zero rate y / t, instantaneous forward rate y'. Time is in years. Behind the last node
 * the forward rate is that at the node; before 0 it is that at 0. */

/** A discount curve: one block of memory, immutable; reading allocates nothing and is safe in threads. */
typedef struct tw_curve tw_curve;

/** A way between nodes. `local`: a node moves the curve only as far as its neighbours. */
typedef struct tw_interpolation {
    const char *name, *title, *source, *formula;
    bool local;
    const struct tw_interpolation_calls *calls;
} tw_interpolation;

/** All ways, sorted by name; *n of them. */
TW_API const tw_interpolation *const *tw_interpolations(size_t *n);
/** The way of a name ("log_linear", "monotone_convex", ...), or BAD_NAME with the nearest name. */
TW_API tw_status tw_interpolation_find(const char *name, const tw_interpolation **interpolation, tw_error *err);

/** What the values of nodes are: discount factors; zero rates (continuous); forward rates that hold from the node
 *  before (or 0) up to theirs (continuous). */
typedef enum tw_curve_quantity { TW_DISCOUNTS, TW_ZEROS, TW_FORWARDS } tw_curve_quantity;

enum { TW_CURVE_MOST_NODES = 4096 };

/** What a curve is made of. Times ascend; the first may be 0 (a discount of 1, or the zero rate at 0). With a `base`
 *  (borrowed for the life of the curve) the curve is a spread over it: its y is added to the base's. */
typedef struct tw_curve_spec {
    const tw_interpolation *interpolation;
    tw_curve_quantity quantity;
    size_t n;
    const double *t, *value;
    const tw_curve *base;
} tw_curve_spec;

/** Bytes of a curve of n nodes. */
TW_API size_t tw_curve_bytes(size_t n);
/** Makes a curve in `block`, aligned as memory of malloc is; BAD_VALUE names the node that is wrong. */
TW_API tw_status tw_curve_init(const tw_curve_spec *spec, void *block, size_t bytes, tw_curve **curve, tw_error *err);
/** Makes a curve in memory of its own. */
TW_API tw_status tw_curve_new(const tw_ctx *ctx, const tw_curve_spec *spec, tw_curve **curve, tw_error *err);
/** Frees a curve of tw_curve_new. NULL is fine. */
TW_API void tw_curve_free(const tw_ctx *ctx, tw_curve *curve);
/** A curve of one zero rate (continuous), in a block of tw_curve_bytes(1). */
TW_API tw_curve *tw_curve_flat(double rate, void *block);
/** Shifts of zero rates at key times, linear between them and flat outside. */
typedef struct tw_curve_shift {
    size_t n;
    const double *key, *value;
} tw_curve_shift;

/** The base (borrowed) moved: one key is a parallel shift, a shift at one of several keys a key-rate shift. In a block
 * of tw_curve_bytes(n + 1). */
TW_API tw_status tw_curve_shifted(const tw_curve *base, const tw_curve_shift *shift, void *block, tw_curve **curve,
                                  tw_error *err);

TW_API double tw_curve_discount(const tw_curve *curve, double t); /**< e^-y(t) */
TW_API double tw_curve_zero(const tw_curve *curve, double t);     /**< y(t) / t; at 0 the forward rate */
TW_API double tw_curve_forward(const tw_curve *curve, double t);  /**< y'(t), from the right at a node */
/** Simple rate from t1 to t2 > t1: (discount(t1) / discount(t2) - 1) / (t2 - t1). */
TW_API double tw_curve_simple_forward(const tw_curve *curve, double t1, double t2);
TW_API void tw_curve_discounts(const tw_curve *curve, size_t n, const double *t, double *out); /**< of n times */
TW_API void tw_curve_zeros(const tw_curve *curve, size_t n, const double *t, double *out);     /**< of n times */
TW_API void tw_curve_forwards(const tw_curve *curve, size_t n, const double *t, double *out);  /**< of n times */

/** Nodes of a curve, without one at 0. */
TW_API size_t tw_curve_nodes(const tw_curve *curve);
/** Time of node i. */
TW_API double tw_curve_node_time(const tw_curve *curve, size_t i);
/** Reverse mode: given dV/d discount(t[k]) for n times, adds dV/dy of each node to node_bar[0..nodes). What moves the
 *  base is not in it. */
TW_API void tw_curve_adjoint(const tw_curve *curve, size_t n, const double *t, const double *discount_bar,
                             double *node_bar);

/* ---------------------------------------------------------------- rate instruments */

/** The day as of which things are valued, and how time is counted from it: times of curves are year fractions from
 *  `date` by `time` (NULL: act/365f). `holidays` only for a `time` that needs them. */
typedef struct tw_valuation {
    tw_date date;
    const tw_day_count *time;
    const tw_holidays *holidays;
} tw_valuation;

/** Time of a date. */
TW_API double tw_time_of(const tw_valuation *as_of, tw_date date);

/** Deposits, FRAs and futures pay a simple rate over one period; swaps exchange a fixed rate against floating ones, an
 *  OIS against compounded overnight rates. */
typedef enum tw_rate_kind { TW_DEPOSIT, TW_FRA, TW_FUTURE, TW_SWAP, TW_OIS, TW_RATE_KIND_COUNT } tw_rate_kind;

/** "deposit", "fra", "future", "swap", "ois". */
TW_API const char *tw_rate_kind_name(tw_rate_kind kind);
/** Inverse of tw_rate_kind_name; BAD_NAME with the nearest name. */
TW_API tw_status tw_rate_kind_parse(const char *text, tw_rate_kind *kind, tw_error *err);

/** What instruments of a market have in common. Accrual dates are rolled by `roll`; payments are `pay_lag` business
 * days after the end of a period. */
typedef struct tw_rate_convention {
    int settle; /**< business days from today to the start */
    const tw_holidays *holidays;
    tw_roll roll;
    bool month_end;
    const tw_day_count *day_count;       /**< of deposits, FRAs, futures, floating legs */
    const tw_day_count *fixed_day_count; /**< of fixed legs */
    tw_tenor fixed_tenor, float_tenor;   /**< between payments */
    int pay_lag;
} tw_rate_convention;

/** Usual conventions by name: "eur", "usd", "gbp", "jpy" (deposits and swaps; usd: SOFR against annual act/360), and
 *  "eur_ois", ... ; the calendar is the caller's. BAD_NAME with the nearest name. */
TW_API tw_status tw_rate_convention_find(const char *name, tw_rate_convention *convention, tw_error *err);
/** The name of the settlement calendar that goes with a convention, NULL when there is no such convention. */
TW_API const char *tw_rate_convention_calendar(const char *name);
/** Names of the conventions, NULL at the end. */
TW_API const char *const *tw_rate_convention_names(void);

/** An instrument that a curve can be made of. It starts `start` after the settlement day (0: on it) unless `start_date`
 *  is given, and lasts `tenor` unless `end_date` is (TW_NO_DATE: not). A future without a start date
 *  starts on the next IMM date after that day; its quote is its price, 100 - 100 x rate;
 *  its forward rate is lower by `convexity`. */
typedef struct tw_rate_instrument {
    const char *name; /**< for messages; NULL is fine */
    tw_rate_kind kind;
    double quote, convexity;
    tw_tenor start, tenor;
    tw_date start_date, end_date;
    const tw_rate_convention *convention;
} tw_rate_instrument;

/** First day of accrual and last day (of accrual or payment, whichever is later). */
TW_API tw_status tw_rate_instrument_dates(const tw_rate_instrument *instrument, const tw_valuation *as_of,
                                          tw_date *start, tw_date *last, tw_error *err);

/* ---------------------------------------------------------------- bootstrap */

enum { TW_BOOTSTRAP_MOST = 256 };

/** What a curve is made from: instruments in any order, each ending on another day. With `discount` (borrowed) flows
 * are discounted by that curve and the one made is a forecast curve only; NULL: one curve does both. */
typedef struct tw_bootstrap_spec {
    tw_valuation as_of;
    const tw_interpolation *interpolation;
    size_t n;
    const tw_rate_instrument *instrument;
    const tw_curve *discount;
} tw_bootstrap_spec;

/** A curve that reprices its instruments, and how it moves with their quotes. Immutable. */
typedef struct tw_bootstrap tw_bootstrap;

/** Solves for the nodes, one at the end of each instrument, until all quotes are met to 1e-12 (rates). NO_CONVERGENCE
 *  and BAD_VALUE name the instrument. */
TW_API tw_status tw_bootstrap_new(const tw_ctx *ctx, const tw_bootstrap_spec *spec, tw_bootstrap **bootstrap,
                                  tw_error *err);
/** Frees a bootstrap and its curve. NULL is fine. */
TW_API void tw_bootstrap_free(tw_bootstrap *bootstrap);
/** The curve, which lives as long as the bootstrap. */
TW_API const tw_curve *tw_bootstrap_curve(const tw_bootstrap *bootstrap);
/** Date of node j; nodes ascend, `of` (NULL is fine) gets the index of its instrument in the spec. */
TW_API tw_date tw_bootstrap_node(const tw_bootstrap *bootstrap, size_t j, size_t *of);
/** Quote of instrument i of the spec on the curve. */
TW_API double tw_bootstrap_quote(const tw_bootstrap *bootstrap, size_t i);
/** dy of node j by d quote of instrument i of the spec (y = -ln discount; implicit function theorem). */
TW_API double tw_bootstrap_jacobian(const tw_bootstrap *bootstrap, size_t j, size_t i);
/** Reverse mode: takes dV/dy of the nodes (tw_curve_adjoint) to dV/d quote, which it adds to quote_bar[0..n) in the
 * order of the spec. With a discount curve, its nodes' share through the instruments is added to discount_bar (NULL:
 * left). */
TW_API void tw_bootstrap_adjoint(const tw_bootstrap *bootstrap, const double *node_bar, double *quote_bar,
                                 double *discount_bar);

/* ---------------------------------------------------------------- swaps */

/** A swap, or anything that exchanges a fixed rate against floating ones, by its instrument (quote is not used).
 *  `payer` pays the fixed rate. A period that began before today has its floating rate in `fixing`. */
typedef struct tw_swap {
    tw_rate_instrument instrument;
    double notional, fixed_rate, spread, fixing;
    bool payer;
} tw_swap;

/** The market of swaps: curves for forward rates and for discounting (NULL: the same). */
typedef struct tw_swap_market {
    tw_valuation as_of;
    const tw_curve *forecast, *discount;
} tw_swap_market;

/** Results by row; every array may be NULL. par: fixed rate of value 0; annuity: value of a fixed rate of 1 (100 %) for
 *  the notional; dv01: change of the value when all zero rates of both curves fall by 1 bp. */
typedef struct tw_swap_values {
    double *value, *par, *annuity, *fixed_leg, *float_leg, *dv01;
    tw_status *status;
} tw_swap_values;

/** Values n swaps; the count of rows that failed, whose numbers are NaN and whose status says why. Never allocates. */
TW_API size_t tw_swaps_value(const tw_swap_market *market, size_t n, const tw_swap *swap, const tw_swap_values *out);
/** Reverse mode of one swap's value: adds dV/dy of the nodes of both curves (the same array when they are the same). */
TW_API tw_status tw_swap_adjoint(const tw_swap_market *market, const tw_swap *swap, double *forecast_bar,
                                 double *discount_bar, tw_error *err);

/* ---------------------------------------------------------------- bonds */

/** What bonds of a market have in common. Coupons accrue between unrolled dates. */
typedef struct tw_bond_convention {
    const tw_day_count *day_count; /**< of accrual */
    const tw_day_count *time;      /**< of the time in yields; NULL: that of accrual */
    const tw_holidays *holidays;
    tw_roll roll;     /**< of payments */
    bool month_end;   /**< coupons of a bond that matures on the last day of a month are on last days */
    int compounding;  /**< of yields */
    bool street;      /**< yields count time to unrolled dates (street convention), not to payments (true yield) */
    bool simple_last; /**< in the last coupon period the yield is simple */
    int ex_days;      /**< settlement this many days or fewer before a coupon is without it; 0: never */
    bool ex_business; /**< these are business days */
} tw_bond_convention;

/** Usual conventions by name: "us_treasury", "us_corporate", "uk_gilt", "de_bund", "fr_oat", "it_btp", "jp_jgb",
 *  "eurobond"; the calendar is the caller's. BAD_NAME with the nearest name. */
TW_API tw_status tw_bond_convention_find(const char *name, tw_bond_convention *convention, tw_error *err);
/** The settlement calendar that goes with a convention and the usual coupons a year and days to settlement; NULL when
 *  there is none of this name. Pointers may be NULL. */
TW_API const char *tw_bond_convention_calendar(const char *name, int *frequency, int *settle_days);
/** Names of the conventions, NULL at the end. */
TW_API const char *const *tw_bond_convention_names(void);

/** n bonds as arrays; those marked may be NULL. A bond of frequency 0 pays once, at maturity (a zero-coupon bond when
 *  its coupon is 0; else the coupon accrues to there). */
typedef struct tw_bonds {
    size_t n;
    const tw_date *settle, *issue, *maturity;
    const tw_date *first_coupon, *next_to_last; /**< NULL, or TW_NO_DATE: regular from maturity back */
    const double *coupon;     /**< rate a year; of a floater: of the current period, spread included */
    const int *frequency;     /**< coupons a year: 0, 1, 2, 3, 4, 6, 12 */
    const double *redemption; /**< NULL: 100 */
    const double *spread;     /**< NULL: none floats; NaN: this one is fixed; else over the forward rate */
    const tw_bond_convention *convention;
    const uint32_t *which; /**< NULL: all have convention[0]; else convention[which[i]] */
} tw_bonds;

/** Results by row; every array may be NULL. Prices per 100 of face. macaulay and modified in years, convexity in years
 *  squared, dv01: what the dirty price gains when the yield falls by 1 bp. From a curve, yield is the z-spread's place:
 *  see there. status says why a row's numbers are NaN; `first_error` gets the message of the first such row. */
typedef struct tw_bond_values {
    double *clean, *dirty, *accrued, *yield, *macaulay, *modified, *convexity, *dv01;
    tw_status *status;
    tw_error *first_error;
} tw_bond_values;

/** Everything from yields. All four calls give the count of rows that failed and never allocate. */
TW_API size_t tw_bonds_from_yield(const tw_bonds *bonds, const double *yield, const tw_bond_values *out);
/** Everything from clean prices: yields of any sign that the compounding allows. */
TW_API size_t tw_bonds_from_price(const tw_bonds *bonds, const double *clean, const tw_bond_values *out);

/** Curves bonds are valued on: of discounting, and of forward rates for floaters (NULL: the same). */
typedef struct tw_bond_market {
    tw_valuation as_of;
    const tw_curve *discount, *forecast;
} tw_bond_market;

/** Prices at settlement from a curve plus a spread to its continuous zero rates (NULL: 0). `yield` gets that spread;
 *  durations, convexity and dv01 are those of the spread. */
TW_API size_t tw_bonds_from_curve(const tw_bonds *bonds, const tw_bond_market *market, const double *zspread,
                                  const tw_bond_values *out);
/** The z-spread under which the curve gives these clean prices, in `yield`, and the rest as tw_bonds_from_curve. */
TW_API size_t tw_bonds_zspread(const tw_bonds *bonds, const tw_bond_market *market, const double *clean,
                               const tw_bond_values *out);

/** A payment of a bond: amounts per 100 of face, the redemption with the last coupon. */
typedef struct tw_payment {
    tw_date date;
    double amount;
} tw_payment;

/** What bond `row` pays after settlement (a floater: at its current rate). TOO_LARGE when `room` is not enough. */
TW_API tw_status tw_bond_payments(const tw_bonds *bonds, size_t row, size_t room, tw_payment *payment, size_t *n,
                                  tw_error *err);

#ifdef __cplusplus
}
#endif
#endif
