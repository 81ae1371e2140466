/* SPDX-License-Identifier: Apache-2.0 */
/* range.h - the close in the range of its window, for the operators that are made from it. */
#ifndef TW_TA_RANGE_H
#define TW_TA_RANGE_H

#include "ta/scan.h"

/* Parts: highest high, lowest low. A NaN on either side wins. */
TW_LANE void tw_range_term(const tw_scan_bar *bar, double *term)
{
    term[0] = bar->x[0];
    term[1] = bar->x[1];
}
TW_LANE void tw_range_join(const double *a, const double *b, double *y)
{
    const double high = b[0] > a[0] ? b[0] : a[0], low = b[1] < a[1] ? b[1] : a[1];
    const double old_high = b[0] != b[0] ? b[0] : high, old_low = b[1] != b[1] ? b[1] : low;
    y[0] = old_high;
    y[1] = old_low;
}
TW_LANE double tw_share(double part, double range)
{
    const double share = 100.0 * (part / range);
    return range == 0.0 ? part * 0.0 : share;
}
TW_LANE void tw_fastk_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = tw_share(bar->x[2] - w[1], w[0] - w[1]);
}
static const tw_scan fastk_scan = {
    3, 2, 1, {-TW_LANE_INF, TW_LANE_INF}, tw_range_term, tw_range_join, tw_fastk_finish, NULL};

/* True range: Wilder 1978. */
TW_LANE double tw_true_range(double high, double low, double before)
{
    const double up = tw_lane_abs(high - before), down = tw_lane_abs(low - before), range = high - low;
    const double wide = up > range ? up : range;
    return down > wide ? down : wide;
}

#endif
