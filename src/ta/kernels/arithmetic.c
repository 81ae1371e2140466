/* SPDX-License-Identifier: Apache-2.0 */
/* arithmetic.c - operators without memory. NaN in any input gives NaN, unless the operator is about missing values. */
#include "num/vmath.h"
#include "ta/map.h"

#define MAP1(op, ...)                                                                                                  \
    TW_MAP1(op, .group = "arithmetic", .source = "definition", .inputs = TW_NAMES("real"),                             \
            .outputs = TW_NAMES("real"), __VA_ARGS__)
#define MAP2(op, ...)                                                                                                  \
    TW_MAP2(op, .group = "arithmetic", .source = "definition", .inputs = TW_NAMES("real0", "real1"),                   \
            .outputs = TW_NAMES("real"), __VA_ARGS__)

TW_LANE bool any_nan(double a, double b) { return (a != a) | (b != b); }

/* ---------------------------------------------------------------- arithmetic */

TW_LANE double add_of(double a, double b) { return a + b; }
TW_LANE double sub_of(double a, double b) { return a - b; }
TW_LANE double mul_of(double a, double b) { return a * b; }
TW_LANE double mult_of(double a, double b) { return mul_of(a, b); }
TW_LANE double div_of(double a, double b) { return a / b; }
TW_LANE double neg_of(double x) { return -x; }
TW_LANE double abs_of(double x) { return tw_lane_abs(x); }
TW_LANE double sign_of(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x * 0.0; }
MAP2(add, .title = "Sum", .formula = "a + b",
     .meaning = "A building block: two series added, bar by bar. Add only what has the same units.",
     .traits = TW_POINTWISE | TW_SCALES | TW_COMMUTES);
MAP2(sub, .title = "Difference", .formula = "a - b",
     .meaning = "A building block: the distance between two series in their own units. To compare instruments, divide "
                "it by a price or a range.",
     .traits = TW_POINTWISE | TW_SCALES | TW_SHIFT_FREE);
MAP2(mul, .title = "Product", .formula = "a b",
     .meaning = "A building block: the product of two series at each bar, as of price and volume for turnover, or of a "
                "value and a condition that lets it through.",
     .traits = TW_POINTWISE | TW_COMMUTES);
MAP2(mult, .title = "Product", .formula = "a b, by TA-Lib's name",
     .meaning = "The product of two series, by the name that TA-Lib has for it.", .traits = TW_POINTWISE | TW_COMMUTES);
MAP2(div, .title = "Quotient", .formula = "a / b; 0 / 0 is NaN",
     .meaning =
         "A building block: one series in units of another, as a price in units of its average, which makes "
         "instruments comparable. A divisor near zero makes values of any size, so guard it where it can vanish.",
     .traits = TW_POINTWISE | TW_INVARIANT);
MAP1(neg, .title = "Negative", .formula = "-x",
     .meaning = "The mirror image of a series: it turns a signal to buy into one to sell, or the lowest of a window "
                "into the highest.",
     .traits = TW_POINTWISE | TW_SCALES);
MAP1(abs, .title = "Absolute value", .formula = "|x|",
     .meaning = "The size of a value without its direction, as of a return or of a distance from an average. What went "
                "up and what went down look the same afterwards.",
     .traits = TW_POINTWISE | TW_SCALES);
MAP1(sign, .title = "Sign", .formula = "-1, 0 or 1",
     .meaning = "Only the direction of a value. All its strength is thrown away, and around zero a negligible change "
                "turns it over.",
     .traits = TW_POINTWISE | TW_INVARIANT);

TW_LANE double greater_of(double a, double b) { return any_nan(a, b) ? (double)NAN : a > b ? a : b; }
TW_LANE double less_of(double a, double b) { return any_nan(a, b) ? (double)NAN : a < b ? a : b; }
MAP2(greater, .title = "The greater of two values", .formula = "max(a, b)",
     .meaning = "The higher of two series at each bar, as of open and close for the top of a candle's body. It looks "
                "at one bar only; the highest of a window is max.",
     .traits = TW_POINTWISE | TW_SCALES | TW_SHIFTS);
MAP2(less, .title = "The lesser of two values", .formula = "min(a, b)",
     .meaning = "The lower of two series at each bar, as of open and close for the bottom of a candle's body. It looks "
                "at one bar only; the lowest of a window is min.",
     .traits = TW_POINTWISE | TW_SCALES | TW_SHIFTS);

TW_LANE double round_of(double x) { return tw_nearest(x); }
TW_LANE double floor_of(double x) { return tw_whole_below(x); }
MAP1(round, .title = "Nearest integer, half to even", .formula = "round(x)",
     .meaning = "A building block: the nearest whole number. Halves go to the even neighbour, so that they do not add "
                "up to a bias.",
     .traits = TW_POINTWISE);
MAP1(floor, .title = "Greatest integer not above", .formula = "floor(x)",
     .meaning = "A building block: the whole number at or below a value, as for counts of lots. Negative values move "
                "away from zero.",
     .traits = TW_POINTWISE);

TW_LANE double sqrt_of(double x) { return sqrt(x); }
TW_LANE double log_of(double x) { return tw_lane_log(x); }
TW_LANE double exp_of(double x) { return tw_lane_exp(x); }
/* log(u) + ((x - (u - 1)) / u) with u = 1 + x rounded: the correction restores what the rounding of u lost. */
TW_LANE double log1p_of(double x)
{
    const double u = 1.0 + x, lost = (x - (u - 1.0)) / u;
    const double y = tw_lane_log(u) + (lost == lost ? lost : 0.0);
    return x == 0.0 ? x : u == TW_LANE_INF ? u : y;
}
MAP1(sqrt, .title = "Square root", .formula = "sqrt(x); NaN below 0",
     .meaning =
         "A building block: it turns a variance into a standard deviation, and tames skewed values such as volumes.",
     .traits = TW_POINTWISE);
MAP1(log, .title = "Natural logarithm", .formula = "ln x; -inf at 0, NaN below",
     .meaning = "A building block: on a logarithmic scale equal distances are equal percentages, and differences are "
                "returns that add up. Prices must be above zero.",
     .traits = TW_POINTWISE);
MAP1(exp, .title = "Exponential", .formula = "e^x",
     .meaning = "A building block: it turns logarithms back into ratios and sums of log returns into growth. It "
                "overflows to infinity above about 710.",
     .traits = TW_POINTWISE);
MAP1(log1p, .title = "Logarithm of 1 + x", .formula = "ln(1 + x), exact for small x",
     .meaning = "The log return that belongs to a simple return, without the loss of digits that adding 1 to a small "
                "number brings. Returns of -1 and below have none.",
     .traits = TW_POINTWISE);

/* Exact where the exponent is 2, 1, 0.5, 0 or -1, else e^(y ln |x|): |y ln x| 2^-53 relative, 2e-15 at most for
 * |y ln x| < 20. Whole powers of whole numbers are rounded to what they are, whole (2 ^ 3 is 8, not
 * 7.999999999999998): exact below 2^46. The sign is that of C99's pow. */
TW_LANE double pow_of(double x, double y)
{
    const double half = 0.5 * y, a = tw_lane_abs(x);
    const bool whole = floor_of(y) == y, odd = whole && floor_of(half) != half;
    const double power = tw_lane_exp(y * tw_lane_log(a)), rounded = round_of(power);
    const double parts = (a - floor_of(a)) + (y - floor_of(y)); /* one select more and the loop stays scalar */
    const double near = parts == 0.0 ? rounded : power, size = y > 0.0 ? near : power;
    const double general = x < 0.0 ? (whole ? (odd ? -size : size) : (double)NAN) : size;
    const double low = y == 0.0 ? 1.0 : y == -1.0 ? 1.0 / x : general;
    const double high = y == 2.0 ? x * x : y == 0.5 ? sqrt(x) : low;
    return any_nan(x, y) ? (double)NAN : y == 1.0 ? x : high;
}
MAP2(pow, .title = "Power", .formula = "a^b; NaN for a < 0 and b not whole",
     .meaning = "A building block: powers and roots. Powers above 1 make outliers count more, those below 1 less.",
     .traits = TW_POINTWISE);

/* ---------------------------------------------------------------- comparisons and logic: 1, 0, or NaN */

TW_LANE double truth(bool is, double a, double b) { return any_nan(a, b) ? (double)NAN : is ? 1.0 : 0.0; }
TW_LANE double gt_of(double a, double b) { return truth(a > b, a, b); }
TW_LANE double ge_of(double a, double b) { return truth(a >= b, a, b); }
TW_LANE double lt_of(double a, double b) { return truth(a < b, a, b); }
TW_LANE double le_of(double a, double b) { return truth(a <= b, a, b); }
TW_LANE double eq_of(double a, double b) { return truth(a == b, a, b); }
TW_LANE double ne_of(double a, double b) { return truth(a != b, a, b); }
TW_LANE double and_of(double a, double b) { return truth((a != 0.0) & (b != 0.0), a, b); }
TW_LANE double or_of(double a, double b) { return truth((a != 0.0) | (b != 0.0), a, b); }
TW_LANE double not_of(double x) { return truth(x == 0.0, x, x); }
enum { COMPARE = TW_POINTWISE | TW_LOGICAL | TW_INVARIANT };
MAP2(gt, .title = "Greater than", .formula = "a > b",
     .meaning = "A building block for conditions: 1 where the first series is above the second. It holds all the time "
                "that this lasts; for the bar at which it begins take crossover.",
     .traits = COMPARE);
MAP2(ge, .title = "Greater than or equal", .formula = "a >= b",
     .meaning = "A building block for conditions: 1 where the first series is at least the second.", .traits = COMPARE);
MAP2(lt, .title = "Less than", .formula = "a < b",
     .meaning = "A building block for conditions: 1 where the first series is below the second. It holds all the time "
                "that this lasts; for the bar at which it begins take crossunder.",
     .traits = COMPARE);
MAP2(le, .title = "Less than or equal", .formula = "a <= b",
     .meaning = "A building block for conditions: 1 where the first series is at most the second.", .traits = COMPARE);
MAP2(eq, .title = "Equal", .formula = "a = b",
     .meaning = "A building block for conditions. Computed values are seldom equal to the last bit: ask for equality "
                "of counts and codes, of prices and averages whether they lie within a tolerance.",
     .traits = COMPARE | TW_COMMUTES);
MAP2(ne, .title = "Not equal", .formula = "a != b",
     .meaning = "A building block for conditions: 1 where two series differ. Computed values differ by rounding alone, "
                "so it is for counts and codes.",
     .traits = COMPARE | TW_COMMUTES);
MAP2(and, .title = "Both", .formula = "a != 0 and b != 0",
     .meaning = "A building block: it joins two conditions into one that holds where both do. Where one of them is "
                "missing, so is the result.",
     .traits = COMPARE | TW_COMMUTES);
MAP2(or, .title = "Either", .formula = "a != 0 or b != 0",
     .meaning = "A building block: it joins two conditions into one that holds where either does. Where one of them is "
                "missing, so is the result.",
     .traits = COMPARE | TW_COMMUTES);
MAP1(not, .title = "Not", .formula = "x = 0",
     .meaning = "A building block: it turns a condition into its opposite. Any number other than 0 counts as true, and "
                "a missing one stays missing.",
     .traits = COMPARE);

TW_LANE void if_run(void *state, size_t n, const double *const *in, double *const *out, size_t lanes)
{
    const double *c = in[0], *a = in[1], *b = in[2];
    double *y = out[0];
    (void)state;
    TW_EACH(i, n * lanes)
    {
        const double is = c[i], yes = a[i], no = b[i];
        y[i] = tw_canon(is != is ? is : is != 0.0 ? yes : no);
    }
}
TW_OP_FORMS(if, if_run)
TW_OP(if) = {.name = "if",
             .title = "One of two values",
             .group = "arithmetic",
             .source = "definition",
             .formula = "a where the condition is not 0, else b; NaN where it is NaN",
             .meaning = "A building block: a choice made anew at each bar. Both branches are computed at every bar; "
                        "what is missing or infinite in the one that is not taken does no harm.",
             .inputs = TW_NAMES("condition", "a", "b"),
             .outputs = TW_NAMES("y"),
             .traits = TW_POINTWISE,
             .run_wide = if_wide,
             .run_one = if_one};

/* ---------------------------------------------------------------- missing values */

TW_LANE double is_missing_of(double x) { return x != x ? 1.0 : 0.0; }
TW_LANE double nz_of(double x) { return x == x ? x : 0.0; }
MAP1(is_missing, .title = "Missing", .formula = "1 where x is NaN, else 0",
     .meaning = "Where values are absent: to count gaps, or to let a rule stand aside for them. Bars before an "
                "operator's first value are missing too.",
     .traits = TW_POINTWISE | TW_LOGICAL);
MAP1(nz, .title = "Missing values as 0", .formula = "x, or 0 where NaN",
     .meaning = "Gaps filled with zero: right for volumes and counts, where nothing happened. Wrong for prices, where "
                "a zero is a crash.",
     .traits = TW_POINTWISE | TW_SCALES);

typedef struct fill_params {
    double value;
} fill_params;
static const tw_param fill_table[] = {
    TW_PARAM(fill_params, value, 0, -DBL_MAX, DBL_MAX, "what stands for a missing value"), TW_PARAM_END};
static size_t fill_size(const void *params, size_t lanes)
{
    (void)params, (void)lanes;
    return sizeof(fill_params);
}
TW_LANE void fill_run(void *state, size_t n, const double *const *in, double *const *out, size_t lanes)
{
    const double *x = in[0], value = ((const fill_params *)state)->value;
    double *y = out[0];
    TW_EACH(i, n * lanes) y[i] = x[i] == x[i] ? x[i] : value;
}
TW_OP_FORMS(fill, fill_run)
TW_OP(fill) = {.name = "fill",
               .title = "Missing values as a number",
               .group = "arithmetic",
               .source = "definition",
               .formula = "x, or value where NaN",
               .meaning = "Gaps filled with a number of your choice. That number is an invention: choose one that can "
                          "do no harm where it is used.",
               .inputs = TW_NAMES("x"),
               .outputs = TW_NAMES("y"),
               .params = fill_table,
               .params_size = sizeof(fill_params),
               .traits = TW_POINTWISE,
               .state_size = fill_size,
               .run_wide = fill_wide,
               .run_one = fill_one};

typedef struct clip_params {
    double lo, hi;
} clip_params;
static const tw_param clip_table[] = {TW_PARAM(clip_params, lo, -3, -DBL_MAX, DBL_MAX, "values below become this"),
                                      TW_PARAM(clip_params, hi, 3, -DBL_MAX, DBL_MAX, "values above become this"),
                                      TW_PARAM_END};
static tw_status clip_check(const void *params, tw_error *err)
{
    const clip_params *p = params;
    if (p->lo <= p->hi) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "clip: lo=%g is above hi=%g", p->lo, p->hi);
}
static size_t clip_size(const void *params, size_t lanes)
{
    (void)params, (void)lanes;
    return sizeof(clip_params);
}
TW_LANE void clip_run(void *state, size_t n, const double *const *in, double *const *out, size_t lanes)
{
    const double *x = in[0], lo = ((const clip_params *)state)->lo, hi = ((const clip_params *)state)->hi;
    double *y = out[0];
    TW_EACH(i, n * lanes)
    {
        const double low = x[i] < lo ? lo : x[i];
        y[i] = tw_canon(low > hi ? hi : low);
    }
}
TW_OP_FORMS(clip, clip_run)
TW_OP(clip) = {.name = "clip",
               .title = "Limited to a range",
               .group = "arithmetic",
               .source = "definition",
               .formula = "min(max(x, lo), hi)",
               .meaning = "A series kept within two bounds, so that single outliers cannot rule what is made of it. "
                          "Beyond the bounds all values are alike.",
               .inputs = TW_NAMES("x"),
               .outputs = TW_NAMES("y"),
               .params = clip_table,
               .params_size = sizeof(clip_params),
               .traits = TW_POINTWISE,
               .state_size = clip_size,
               .check = clip_check,
               .run_wide = clip_wide,
               .run_one = clip_one};
