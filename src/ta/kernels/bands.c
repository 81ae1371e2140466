/* SPDX-License-Identifier: Apache-2.0 */
/* bands.c - acceleration bands: means of prices that are moved away by the range of their bar. See scan.h. */
#include "ta/scan.h"

static void accbands_coefs(const tw_window *p, double *coef) { coef[0] = 1.0 / p->timeperiod; }
TW_LANE void accbands_term(const tw_scan_bar *bar, double *term)
{
    const double high = bar->x[0], low = bar->x[1], both = high + low, share = 4.0 * (high - low) / both;
    const double width = both == 0.0 ? 0.0 : share;
    term[0] = bar->d[0] + high * width;
    term[1] = bar->d[1] - low * width;
    term[2] = bar->d[2];
}
TW_LANE void accbands_finish(const tw_scan_bar *bar, const double *w, double *y)
{
    y[0] = bar->anchor[0] + w[0] * bar->coef[0];
    y[1] = bar->anchor[2] + w[2] * bar->coef[0];
    y[2] = bar->anchor[1] + w[1] * bar->coef[0];
}
static const tw_param accbands_table[] = {
    TW_PARAM_SEARCH(tw_window, timeperiod, 20, 2, TW_PERIOD_MAX, 5, 250, true, "bars in the window"), TW_PARAM_END};
static const tw_scan accbands_scan = {3, 3, 3, {0}, accbands_term, tw_join_add3, accbands_finish, accbands_coefs};
TW_SCAN_OP(accbands, .title = "Acceleration bands", .group = "overlap", .source = "Headley 2002; TA-Lib ACCBANDS",
           .formula = "means of h (1 + w), c and l (1 - w), w = 4 (h - l) / (h + l), 0 where h + l is 0",
           .meaning = "A band around a simple average whose width grows with the ranges of the bars. Two closes "
                      "outside it are taken as the start of a strong move, a close back inside as its end. It reacts "
                      "to ranges, not to the spread of closes, so gaps between bars do not widen it.",
           .inputs = TW_NAMES("high", "low", "close"), .outputs = TW_NAMES("upperband", "middleband", "lowerband"),
           .params = accbands_table, .traits = TW_WINDOW | TW_SCALES);
