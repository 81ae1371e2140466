/* SPDX-License-Identifier: Apache-2.0 */
/* surface.h - the surface as its parts see it. */
#ifndef TW_PRICING_SURFACE_H
#define TW_PRICING_SURFACE_H

#include "tradewind/surface.h"

struct tw_surface {
    const tw_ctx *ctx;
    size_t n;
    double spot;
    tw_wing wing;
    tw_slice *slice;
    double *memory; /* of splines: k, vol, w and the second slope of w at each node */
};

/* Total variance with its slopes in k. */
typedef struct tw_curve_point {
    double w, slope, bend;
} tw_curve_point;

/* Slice i at k. */
tw_curve_point tw_slice_at(const tw_surface *surface, size_t i, double k);
/* The surface at k and T > 0, with d w / d T at constant k. */
tw_curve_point tw_surface_at(const tw_surface *surface, double k, double T, double *by_T);

#endif
