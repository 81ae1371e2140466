/* SPDX-License-Identifier: Apache-2.0 */
/* price.c - one price for a bar, and the bar in its own range. */
#include "ta/map.h"

#define PRICE(op, ...)                                                                                                 \
    TW_MAP(op, .group = "price", .outputs = TW_NAMES("real"), .traits = TW_POINTWISE | TW_SCALES | TW_SHIFTS,          \
           __VA_ARGS__)

TW_LANE double avgprice_at(const double *const *x, size_t i) { return (x[1][i] + x[2][i] + x[3][i] + x[0][i]) / 4.0; }
TW_LANE double medprice_at(const double *const *x, size_t i) { return (x[0][i] + x[1][i]) / 2.0; }
TW_LANE double typprice_at(const double *const *x, size_t i) { return (x[0][i] + x[1][i] + x[2][i]) / 3.0; }
TW_LANE double wclprice_at(const double *const *x, size_t i) { return (x[0][i] + x[1][i] + x[2][i] * 2.0) / 4.0; }
PRICE(avgprice, .title = "Mean of the four prices", .source = "TA-Lib AVGPRICE", .formula = "(o + h + l + c) / 4",
      .meaning = "The mean of the four prices of a bar: a single figure for where it traded, less at the mercy of the "
                 "last tick than the close.",
      .inputs = TW_NAMES("open", "high", "low", "close"));
PRICE(medprice, .title = "Middle of high and low", .source = "TA-Lib MEDPRICE", .formula = "(h + l) / 2",
      .meaning = "The middle of a bar's range. It ignores where the bar opened and closed, and a single bad extreme "
                 "moves it by half of its error.",
      .inputs = TW_NAMES("high", "low"));
PRICE(typprice, .title = "Typical price", .source = "TA-Lib TYPPRICE", .formula = "(h + l + c) / 3",
      .meaning = "The mean of high, low and close, the price that money flow and the commodity channel index work on. "
                 "It stands for the average price of trades in a bar when that is not known.",
      .inputs = TW_NAMES("high", "low", "close"));
PRICE(wclprice, .title = "Weighted close price", .source = "TA-Lib WCLPRICE", .formula = "(h + l + 2 c) / 4",
      .meaning = "Like the typical price, with the close counted twice: it stays nearer to where the bar ended.",
      .inputs = TW_NAMES("high", "low", "close"));

TW_LANE double bop_at(const double *const *x, size_t i)
{
    const double range = x[1][i] - x[2][i], gain = x[3][i] - x[0][i], share = gain / range;
    return range <= 0.0 ? gain * 0.0 : share;
}
TW_MAP(bop, .title = "Balance of power", .group = "momentum", .source = "Livshin 2001; TA-Lib BOP",
       .formula = "(c - o) / (h - l); 0 where the range is 0",
       .meaning = "Where a bar closed against its open, as a share of its range, from -1 to 1. It is a reading of one "
                  "bar and noisy; it is usually averaged before it is looked at.",
       .inputs = TW_NAMES("open", "high", "low", "close"), .outputs = TW_NAMES("real"),
       .traits = TW_POINTWISE | TW_INVARIANT | TW_SHIFT_FREE);
