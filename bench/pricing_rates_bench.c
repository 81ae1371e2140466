/* SPDX-License-Identifier: Apache-2.0 */
/* Rates: nanoseconds a reading of a curve, a bootstrap (of 14 instruments), a bond from its yield, from its price, and
 * a 10-year swap. bench/rates_peer.py times QuantLib on the same. */
#include "bench.h"
#include "tradewind/rates.h"

enum { REPETITIONS = 15, READS = 10000, BONDS = 400, SWAPS = 400, N = 14 };

typedef struct desk {
    tw_holidays *target, *government;
    tw_rate_convention eur;
    tw_rate_instrument instrument[N];
    tw_bootstrap_spec spec;
    tw_bootstrap *bootstrap;
    double t[READS], out[READS];
    tw_date settle[BONDS], issue[BONDS], maturity[BONDS];
    double coupon[BONDS], yield[BONDS], clean[BONDS], dv01[BONDS];
    int frequency[BONDS];
    tw_bond_convention treasury;
    tw_bonds bonds;
    tw_swap swap[SWAPS];
} desk;

static void check(tw_status status, const tw_error *err)
{
    if (status == TW_OK) return;
    (void)fprintf(stderr, "%s\n", err->message);
    exit(1);
}

static void make_market(desk *d)
{
    static const double quotes[N] = {.0390, .0388, .0383, .0345, .0285, .0260, .0253,
                                     .0248, .0247, .0253, .0257, .0260, .0256, .0238};
    static const int tenors[N] = {1, 3, 6, 1, 2, 3, 4, 5, 7, 10, 12, 15, 20, 30};
    tw_error err;
    check(tw_holidays_new(NULL, &(tw_holidays_spec){.names = "target"}, &d->target, &err), &err);
    check(tw_rate_convention_find("eur", &d->eur, &err), &err);
    d->eur.holidays = d->target;
    for (size_t i = 0; i < N; i++)
        d->instrument[i] = (tw_rate_instrument){.kind = i < 3 ? TW_DEPOSIT : TW_SWAP,
                                                .quote = quotes[i],
                                                .tenor = {tenors[i], i < 3 ? 'M' : 'Y'},
                                                .start_date = TW_NO_DATE,
                                                .end_date = TW_NO_DATE,
                                                .convention = &d->eur};
    d->spec = (tw_bootstrap_spec){.as_of = {.date = 19724}, .n = N, .instrument = d->instrument};
    check(tw_interpolation_find("log_linear", &d->spec.interpolation, &err), &err);
    check(tw_bootstrap_new(NULL, &d->spec, &d->bootstrap, &err), &err);
    for (size_t i = 0; i < READS; i++) d->t[i] = 40.0 * (double)((i * 7919) % READS) / READS;
    for (size_t i = 0; i < SWAPS; i++)
        d->swap[i] = (tw_swap){.instrument = d->instrument[9], .notional = 1e6, .fixed_rate = 0.02 + 1e-5 * (double)i};
}

static void make_bonds(desk *d)
{
    tw_error err;
    check(tw_holidays_new(NULL, &(tw_holidays_spec){.names = "us_government"}, &d->government, &err), &err);
    check(tw_bond_convention_find("us_treasury", &d->treasury, &err), &err);
    d->treasury.holidays = d->government;
    for (size_t i = 0; i < BONDS; i++) {
        d->settle[i] = 19725;
        d->maturity[i] = 19725 + 3650 + (tw_date)i;
        d->issue[i] = tw_date_add_months(d->maturity[i], -132);
        d->coupon[i] = 0.03 + 1e-5 * (double)i;
        d->yield[i] = 0.04;
        d->frequency[i] = 2;
    }
    d->bonds = (tw_bonds){.n = BONDS,
                          .settle = d->settle,
                          .issue = d->issue,
                          .maturity = d->maturity,
                          .coupon = d->coupon,
                          .frequency = d->frequency,
                          .convention = &d->treasury};
    (void)tw_bonds_from_yield(&d->bonds, d->yield, &(tw_bond_values){.clean = d->clean});
}

static void run_discounts(void *arg)
{
    desk *d = arg;
    tw_curve_discounts(tw_bootstrap_curve(d->bootstrap), READS, d->t, d->out);
}

static void run_bootstrap(void *arg)
{
    desk *d = arg;
    tw_bootstrap *b = NULL;
    tw_error err;
    check(tw_bootstrap_new(NULL, &d->spec, &b, &err), &err);
    tw_bootstrap_free(b);
}

static void run_from_yield(void *arg)
{
    desk *d = arg;
    (void)tw_bonds_from_yield(&d->bonds, d->yield, &(tw_bond_values){.dv01 = d->dv01});
}

static void run_from_price(void *arg)
{
    desk *d = arg;
    (void)tw_bonds_from_price(&d->bonds, d->clean, &(tw_bond_values){.dv01 = d->dv01});
}

static void run_swaps(void *arg)
{
    desk *d = arg;
    const tw_swap_market market = {d->spec.as_of, tw_bootstrap_curve(d->bootstrap), NULL};
    (void)tw_swaps_value(&market, SWAPS, d->swap, &(tw_swap_values){.value = d->out});
}

int main(void)
{
    desk *d = calloc(1, sizeof *d);
    if (!d) return 1;
    make_market(d);
    make_bonds(d);
    const bench_case cases[] = {{"discount factor", "-", run_discounts, d, READS},
                                {"bootstrap of 14", "-", run_bootstrap, d, 1},
                                {"bond from yield, with risk", "-", run_from_yield, d, BONDS},
                                {"bond from price, with risk", "-", run_from_price, d, BONDS},
                                {"swap of 10 years", "-", run_swaps, d, SWAPS}};
    enum { CASES = sizeof cases / sizeof *cases };
    bench_stat stats[CASES];
    bench_run(cases, CASES, REPETITIONS, stats);
    for (int i = 0; i < CASES; i++) bench_line("pricing_rates", &cases[i], &stats[i], NULL, NULL);
    tw_bootstrap_free(d->bootstrap);
    tw_holidays_free(NULL, d->target);
    tw_holidays_free(NULL, d->government);
    free(d);
    return 0;
}
