/* SPDX-License-Identifier: Apache-2.0 */
/* series.c - terms of the cosine series of a density, and its sums at strikes, which go by lanes. */
#include "pricing/transform/series.h"

#include "base/isa.h"
#include "pricing/complex_lane.h"

#include <string.h>

void TW_ISA_NAME(tw_pricing_terms)(const tw_psi_model *model, tw_series *series, size_t first, tw_psi_nodes *nodes)
{
    double part[2][TW_NODES], w[TW_NODES];
    const double scale = 2.0 / (series->b - series->a), a = series->a, step = series->step;
    for (int j = 0; j < TW_NODES; j++) {
        w[j] = step * ((double)first + j);
        nodes->z[0][j] = 0.0;
        nodes->z[1][j] = w[j];
    }
    TW_ISA_NAME(tw_pricing_psi)(model, nodes);
    for (int j = 0; j < TW_NODES; j++) {
        const tw_cx e = tw_cx_exp((tw_cx){nodes->psi[0][j], nodes->psi[1][j] - w[j] * a});
        part[0][j] = scale * e.re;
        part[1][j] = scale * e.im;
    }
    double A[TW_WEIGHTS][TW_NODES];
    for (int j = 0; j < TW_NODES; j++) {
        const double re = part[0][j], im = part[1][j], v = nodes->by_vol[0][j], u = nodes->by_vol[1][j];
        A[TW_WEIGHT_ONE][j] = re;
        A[TW_WEIGHT_T][j] = re * nodes->by_T[0][j] - im * nodes->by_T[1][j];
        A[TW_WEIGHT_VOL][j] = re * v - im * u;
        A[TW_WEIGHT_VOL2][j] = re * (nodes->by_vol2[0][j] + v * v - u * u) - im * (nodes->by_vol2[1][j] + 2.0 * v * u);
    }
    for (int q = 0; q < TW_WEIGHTS; q++)
        for (int j = 0; j < TW_NODES; j++) {
            series->A[q][first + (size_t)j] = A[q][j];
            series->B[q][first + (size_t)j] = A[q][j] / (1.0 + w[j] * w[j]);
        }
    for (int j = 0; j < TW_NODES; j++) {
        series->w[first + (size_t)j] = w[j];
        series->per[first + (size_t)j] = w[j] > 0.0 ? 1.0 / w[j] : 0.0;
    }
}

/* (cos, sin) of the angles of terms: turned from one to the next, taken anew every TW_NODES of them. */
typedef struct turning {
    double c[TW_SERIES_LANES], s[TW_SERIES_LANES], c1[TW_SERIES_LANES], s1[TW_SERIES_LANES];
} turning;

TW_LANE void turn_to(turning *t, const tw_series *series, const tw_series_sums *sums, size_t first)
{
    for (int l = 0; l < TW_SERIES_LANES; l++) {
        const tw_angle angle = tw_lane_reduce(series->w[first] * (sums->k[l] - series->a));
        t->c[l] = tw_lane_sin_of(angle, 1);
        t->s[l] = tw_lane_sin_of(angle, 0);
    }
}

TW_LANE void turn(turning *t, int l)
{
    const double c = t->c[l] * t->c1[l] - t->s[l] * t->s1[l];
    t->s[l] = t->s[l] * t->c1[l] + t->c[l] * t->s1[l];
    t->c[l] = c;
}

static void sum_value(const tw_series *s, turning *t, tw_series_sums *sums)
{
    double value[TW_SERIES_LANES] = {0};
    for (size_t first = 0; first < s->n; first += TW_NODES) {
        turn_to(t, s, sums, first);
        for (size_t j = first; j < first + TW_NODES; j++) {
            const double B = s->B[TW_WEIGHT_ONE][j], per = s->per[j];
            for (int l = 0; l < TW_SERIES_LANES; l++) {
                value[l] += B * (per * t->s[l] - t->c[l]);
                turn(t, l);
            }
        }
    }
    memcpy(sums->sum[TW_WEIGHT_ONE][0], value, sizeof value);
}

static void sum_slopes(const tw_series *s, int q, turning *t, tw_series_sums *sums)
{
    double sum[TW_SERIES_SLOPES][TW_SERIES_LANES] = {{0}};
    for (size_t first = 0; first < s->n; first += TW_NODES) {
        turn_to(t, s, sums, first);
        for (size_t j = first; j < first + TW_NODES; j++) {
            const double B = s->B[q][j], A = s->A[q][j], per = s->per[j], w = s->w[j];
            for (int l = 0; l < TW_SERIES_LANES; l++) {
                const double down = A * t->s[l], across = A * t->c[l];
                sum[0][l] += B * (per * t->s[l] - t->c[l]);
                sum[1][l] += per * down;
                sum[2][l] += across;
                sum[3][l] -= w * down;
                sum[4][l] -= w * w * across;
                turn(t, l);
            }
        }
    }
    memcpy(sums->sum[q], sum, sizeof sum);
}

void TW_ISA_NAME(tw_pricing_series)(const tw_series *series, bool all, tw_series_sums *sums)
{
    turning t;
    for (int l = 0; l < TW_SERIES_LANES; l++) {
        const tw_angle angle = tw_lane_reduce(series->step * (sums->k[l] - series->a));
        t.c1[l] = tw_lane_sin_of(angle, 1);
        t.s1[l] = tw_lane_sin_of(angle, 0);
    }
    if (!all) {
        sum_value(series, &t, sums);
        return;
    }
    for (int q = 0; q < TW_WEIGHTS; q++) sum_slopes(series, q, &t, sums);
}
