/* SPDX-License-Identifier: Apache-2.0 */
/** @file surface.h
 * Volatility as a function of strike and expiry: SABR, SVI and SSVI smiles, surfaces of them, local volatility, and the
 * calibration of stochastic volatility. k is the log-moneyness ln(K / F), w the total variance vol^2 T.
 */
#ifndef TRADEWIND_SURFACE_H
#define TRADEWIND_SURFACE_H

#include "tradewind/pricing.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Volatilities of one expiry by strike. */
typedef struct tw_smile_quotes {
    size_t n;
    double T, forward;
    const double *strike, *vol;
    const double *weight; /* of squared errors in volatility; NULL: all 1. 1 / spread^2 or vega^2 are usual */
} tw_smile_quotes;

/** How a fit ended. */
typedef struct tw_fit_report {
    double rmse; /* in volatility, weighted */
    int iterations;
    bool converged;
} tw_fit_report;

/* ---------------------------------------------------------------- SABR */

/** dF = alpha_t (F + shift)^beta dW, d alpha_t = nu alpha_t dZ, dW dZ = rho dt. */
typedef struct tw_sabr {
    double alpha, beta, nu, rho, shift;
} tw_sabr;

/** Black volatility of forward + shift by Hagan's expansion (2002, 2.17); NaN where forward or strike + shift <= 0. */
TW_API double tw_sabr_vol(const tw_sabr *sabr, double forward, double strike, double T);
/** Normal volatility by Hagan's expansion (A.59; for beta 0 in F - K, strikes of any sign). */
TW_API double tw_sabr_normal_vol(const tw_sabr *sabr, double forward, double strike, double T);
/** The alpha that gives this Black volatility at the money: least positive root of a cubic. NaN when there is none. */
TW_API double tw_sabr_alpha(const tw_sabr *sabr, double atm_vol, double forward, double T);
/** Strike at and below which the expansion's density is negative, of those looked at between forward / 1000 and the
 *  forward; 0 when there is none. It is the second derivative of the call's price in the strike. */
TW_API double tw_sabr_arbitrage(const tw_sabr *sabr, double forward, double T);
/** Fits alpha, nu and rho to quotes, beta and shift as given in `sabr`. TW_BAD_VALUE for fewer than 3 usable quotes. */
TW_API tw_status tw_sabr_fit(const tw_smile_quotes *quotes, tw_sabr *sabr, tw_fit_report *report, tw_error *err);

/* ---------------------------------------------------------------- SVI */

/** Raw: w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)) (Gatheral 2004). */
typedef struct tw_svi {
    double a, b, sigma, rho, m;
} tw_svi;
/** Natural: w(k) = level + omega / 2 (1 + zeta rho (k - mu) + sqrt((zeta (k - mu) + rho)^2 + 1 - rho^2)). */
typedef struct tw_svi_natural {
    double level, mu, rho, omega, zeta;
} tw_svi_natural;
/** Jump wings: variance at the money, skew, slopes of the wings, least variance (Gatheral and Jacquier 2014). */
typedef struct tw_svi_wings {
    double v, psi, p, c, v_least;
} tw_svi_wings;

/** w(k), and its first and second slope where those are not NULL. */
TW_API double tw_svi_variance(const tw_svi *svi, double k, double *slope, double *bend);
/** Volatility at a strike; NaN where w < 0. */
TW_API double tw_svi_vol(const tw_svi *svi, double forward, double strike, double T);
/** The same curve in the other forms, and back. Forms that have none (|rho| = 1, sigma or b 0) give NaN. */
TW_API tw_svi_natural tw_svi_to_natural(const tw_svi *svi);
TW_API tw_svi tw_svi_from_natural(const tw_svi_natural *natural);     /**< raw from natural */
TW_API tw_svi_wings tw_svi_to_wings(const tw_svi *svi, double T);     /**< raw to jump wings */
TW_API tw_svi tw_svi_from_wings(const tw_svi_wings *wings, double T); /**< raw from jump wings */
/** Durrleman's g(k): the density of ln S_T has its sign; below 0 there is butterfly arbitrage. */
TW_API double tw_svi_g(const tw_svi *svi, double k);
/** Least g for |k| <= reach, and up to `room` of its zeros, ascending. Returns the number of zeros. */
TW_API size_t tw_svi_butterfly(const tw_svi *svi, double reach, double *least, double *zeros, size_t room);
/** Least of later's w less earlier's for |k| <= reach: below 0 there is calendar arbitrage. */
TW_API double tw_svi_calendar(const tw_svi *earlier, const tw_svi *later, double reach);
/** Moves jump wings as little as it takes for g >= 0 within reach, at v, psi and p as they are. True when it had to. */
TW_API bool tw_svi_repair(tw_svi *svi, double T, double reach);

/** How a slice is fitted. */
typedef struct tw_svi_fit_options {
    bool robust;            /* quotes far off count by their distance and not its square (Huber) */
    bool free_of_arbitrage; /* tw_svi_repair afterwards */
} tw_svi_fit_options;
/** Fits a slice: for given m and sigma the rest is linear, with the constraints of Zeliade (2009): w >= 0, slopes of
 * the wings at most 2. options NULL: none. TW_BAD_VALUE for fewer than 5 usable quotes. */
TW_API tw_status tw_svi_fit(const tw_ctx *ctx, const tw_smile_quotes *quotes, const tw_svi_fit_options *options,
                            tw_svi *svi, tw_fit_report *report, tw_error *err);

/** SSVI: w(k, theta) = theta / 2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2)) with the variance at the money
 *  theta and phi = eta / (theta^gamma (1 + theta)^(1 - gamma)); eta (1 + |rho|) <= 2 and gamma <= 1/2 suffice for no
 *  arbitrage where theta does not fall (Gatheral and Jacquier 2014). */
typedef struct tw_ssvi {
    double rho, eta, gamma;
} tw_ssvi;
/** The slice of an SSVI surface at theta. */
TW_API tw_svi tw_ssvi_slice(const tw_ssvi *ssvi, double theta);

/* ---------------------------------------------------------------- surfaces */

/** Beyond the strikes of a slice: FLAT volatility, or the slope that total variance has there. */
typedef enum tw_wing { TW_WING_SLOPE, TW_WING_FLAT } tw_wing;

/** One expiry of a surface: an SVI slice, or (n > 0) volatilities at log-moneyness k, ascending, joined by a natural
 *  cubic spline of total variance. */
typedef struct tw_slice {
    double T, forward;
    tw_svi svi;
    double k_lo, k_hi; /* of an SVI slice: where quotes were; lo >= hi: everywhere */
    size_t n;
    const double *k, *vol;
} tw_slice;

typedef struct tw_surface tw_surface;

/** A surface of slices, copied. Expiries ascend. Between them total variance is linear in time at a given k, before the
 *  first and beyond the last volatility is that of the slice. Forwards between are log-linear from `spot` at T = 0. */
TW_API tw_status tw_surface_new(const tw_ctx *ctx, double spot, size_t n, const tw_slice *slices, tw_wing wing,
                                tw_surface **surface, tw_error *err);
/** Frees a surface; NULL is fine. */
TW_API void tw_surface_free(tw_surface *surface);
/** Number of expiries. */
TW_API size_t tw_surface_slices(const tw_surface *surface);
/** Slice i, as it was given; its k and vol are the surface's own. */
TW_API tw_slice tw_surface_slice(const tw_surface *surface, size_t i);
/** The surface's forward for T. */
TW_API double tw_surface_forward(const tw_surface *surface, double T);
/** Black volatility at a strike for the expiry T when the forward is `forward`; NaN where total variance is negative.
 */
TW_API double tw_surface_vol(const tw_surface *surface, double strike, double forward, double T);
/** The same for n rows; T[i] may come in any order. */
TW_API void tw_surface_vols(const tw_surface *surface, size_t n, const double *strike, const double *forward,
                            const double *T, double *vol);

/** What is wrong with a surface. */
typedef struct tw_surface_report {
    double rmse;                       /* of the fit; NaN for a surface that was not fitted */
    double least_g, g_T, g_k;          /* least g of all slices, and where */
    double least_step, step_T, step_k; /* least rise of w from a slice to the next, and where */
    size_t butterfly, calendar;        /* slices with g < 0; pairs with a fall */
} tw_surface_report;
/** Looks at every slice for |k| <= reach. */
TW_API void tw_surface_check(const tw_surface *surface, double reach, tw_surface_report *report);

/** Quotes of a chain, by expiry (T ascending; equal T are one expiry). */
typedef struct tw_chain_quotes {
    size_t n;
    double spot;
    const double *T, *forward, *strike, *vol;
    const double *weight; /* as in tw_smile_quotes; NULL: 1 */
} tw_chain_quotes;

/** How a surface is fitted. */
typedef struct tw_surface_options {
    bool ssvi;   /* one SSVI for all expiries; else an SVI for each */
    bool repair; /* butterflies by tw_svi_repair, calendars by raising the later slice */
    bool robust;
    tw_wing wing;
} tw_surface_options;
/** Fits a surface to a chain. Expiries with fewer than 5 quotes are left out. options NULL: none. */
TW_API tw_status tw_surface_fit(const tw_ctx *ctx, const tw_chain_quotes *quotes, const tw_surface_options *options,
                                tw_surface **surface, tw_surface_report *report, tw_error *err);

/* ---------------------------------------------------------------- local volatility */

/** What became of a local volatility. */
typedef enum tw_local_code {
    TW_LOCAL_OK,
    TW_LOCAL_FLOORED, /* arbitrage: the variance is negative or not a number; the floor stands for it */
    TW_LOCAL_CAPPED
} tw_local_code;

/** Dupire's local volatility at spot S and time t, in terms of total variance (Gatheral 2006, 1.10), within [floor,
 *  cap] = [1e-3, 10]. code may be NULL. */
TW_API double tw_local_vol(const tw_surface *surface, double S, double t, tw_local_code *code);
/** A grid of it, vol[j * n_S + i] at S[i], t[j], for finite differences and paths. Returns how many were floored or
 *  capped. */
TW_API size_t tw_local_vol_grid(const tw_surface *surface, size_t n_S, const double *S, size_t n_t, const double *t,
                                double *vol);

/* ---------------------------------------------------------------- stochastic volatility */

/** Parameters of heston and, where jump_rate is above 0, bates. */
typedef struct tw_heston {
    double v0, kappa, theta, sigma, rho;
    double jump_rate, jump_mean, jump_vol;
} tw_heston;
/** Calibrates to volatilities of a chain, by Levenberg and Marquardt with the gradient of the transform (Cui, del Bano
 *  Rollin and Germano 2017). `heston` holds the first guess (v0 0: one is made) and gets the result; with `jumps` the
 *  jumps are fitted too. Errors are in prices over vega, which is volatility to first order. */
TW_API tw_status tw_heston_fit(const tw_ctx *ctx, const tw_chain_quotes *quotes, bool jumps, tw_heston *heston,
                               tw_fit_report *report, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif
