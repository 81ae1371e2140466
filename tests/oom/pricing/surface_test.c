/* SPDX-License-Identifier: Apache-2.0 */
/* surface_test.c - fits of surfaces and calibration, every allocation failing in turn. */
#include "tw_oom.h"

#include "tradewind/surface.h"

#include <math.h>

enum { EXPIRIES = 3, STRIKES = 9, QUOTES = EXPIRIES * STRIKES };

typedef struct chain {
    double T[QUOTES], forward[QUOTES], strike[QUOTES], vol[QUOTES];
    tw_chain_quotes quotes;
    bool ssvi;
} chain;

static void make_chain(chain *c)
{
    for (size_t i = 0; i < QUOTES; i++) {
        c->T[i] = 0.25 + 0.5 * (double)(i / STRIKES);
        c->forward[i] = 100.0;
        c->strike[i] = 80.0 + 5.0 * (double)(i % STRIKES);
        const tw_svi s = tw_ssvi_slice(&(tw_ssvi){-0.5, 0.8, 0.4}, 0.04 * c->T[i]);
        c->vol[i] = tw_svi_vol(&s, 100.0, c->strike[i], c->T[i]);
    }
    c->quotes = (tw_chain_quotes){QUOTES, 100.0, c->T, c->forward, c->strike, c->vol, NULL};
}

static tw_status fit(const tw_ctx *ctx, void *arg)
{
    const chain *c = arg;
    tw_surface *surface;
    TW_TRY(tw_surface_fit(ctx, &c->quotes, &(tw_surface_options){.ssvi = c->ssvi}, &surface, NULL, NULL));
    tw_surface_free(surface);
    return TW_OK;
}

static tw_status spline(const tw_ctx *ctx, void *arg)
{
    (void)arg;
    const double k[] = {-0.2, 0.0, 0.2}, vol[] = {0.25, 0.2, 0.19};
    const tw_slice slice = {.T = 1.0, .forward = 100.0, .n = 3, .k = k, .vol = vol};
    tw_surface *surface;
    TW_TRY(tw_surface_new(ctx, 100.0, 1, &slice, TW_WING_FLAT, &surface, NULL));
    tw_surface_free(surface);
    return TW_OK;
}

static tw_status heston(const tw_ctx *ctx, void *arg)
{
    const chain *c = arg;
    tw_heston h = {0};
    return tw_heston_fit(ctx, &c->quotes, false, &h, NULL, NULL);
}

static void sweep(void **state)
{
    (void)state;
    static chain c;
    make_chain(&c);
    assert_true(tw_oom_sweep(fit, &c) > 0);
    c.ssvi = true;
    assert_true(tw_oom_sweep(fit, &c) > 0);
    assert_true(tw_oom_sweep(spline, &c) > 0);
    assert_true(tw_oom_sweep(heston, &c) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sweep)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
