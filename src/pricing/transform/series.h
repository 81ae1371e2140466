/* SPDX-License-Identifier: Apache-2.0 */
/* series.h - the cosine series of a density on [a, b], and what is summed of it. */
#ifndef TW_PRICING_SERIES_H
#define TW_PRICING_SERIES_H

#include "pricing/transform/transform.h"

/* What the terms are weighted by: 1 and the slopes of psi. */
enum { TW_WEIGHT_ONE, TW_WEIGHT_T, TW_WEIGHT_VOL, TW_WEIGHT_VOL2, TW_WEIGHTS };
enum { TW_SERIES_TERMS = 1024, TW_SERIES_LANES = 8, TW_SERIES_SLOPES = 5 };

typedef struct tw_series {
    double a, b, step;                     /* w_j = step j */
    size_t n;                              /* terms, a multiple of TW_NODES */
    double rest[TW_WEIGHTS];               /* sums of B */
    double w[TW_SERIES_TERMS];             /* w_j */
    double per[TW_SERIES_TERMS];           /* 1 / w_j; 0 at 0 */
    double A[TW_WEIGHTS][TW_SERIES_TERMS]; /* of the density, the first halved */
    double B[TW_WEIGHTS][TW_SERIES_TERMS]; /* A_j / (1 + w_j^2) */
} tw_series;

/* For log-strikes k: sums of B (sin / w - cos), A sin / w, A cos, -A w sin, -A w^2 cos at angles w (k - a). */
typedef struct tw_series_sums {
    double k[TW_SERIES_LANES];
    double sum[TW_WEIGHTS][TW_SERIES_SLOPES][TW_SERIES_LANES];
} tw_series_sums;

/* Terms first to first + TW_NODES - 1 from psi at their nodes, which it takes. */
typedef void tw_terms_fn(const tw_psi_model *model, tw_series *series, size_t first, tw_psi_nodes *nodes);
void tw_pricing_terms_baseline(const tw_psi_model *model, tw_series *series, size_t first, tw_psi_nodes *nodes);
void tw_pricing_terms_avx2(const tw_psi_model *model, tw_series *series, size_t first, tw_psi_nodes *nodes);
void tw_pricing_terms_avx512(const tw_psi_model *model, tw_series *series, size_t first, tw_psi_nodes *nodes);

/* The sums: of the first alone, or of all with all slopes. */
typedef void tw_series_fn(const tw_series *series, bool all, tw_series_sums *sums);
void tw_pricing_series_baseline(const tw_series *series, bool all, tw_series_sums *sums);
void tw_pricing_series_avx2(const tw_series *series, bool all, tw_series_sums *sums);
void tw_pricing_series_avx512(const tw_series *series, bool all, tw_series_sums *sums);

#endif
