/* SPDX-License-Identifier: Apache-2.0 */
/* transform.c - the elementary functions by the names of TA-Lib. Errors in units of the last place:
 * docs/reference/num.md. */
#include "num/vmath.h"
#include "num/vmath_arc.h"
#include "num/vmath_trig.h"
#include "ta/map.h"

#define TRANSFORM(op, ...)                                                                                             \
    TW_MAP1(op, .group = "math", .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .traits = TW_POINTWISE,      \
            __VA_ARGS__)

TW_LANE double acos_of(double x) { return tw_lane_acos(x); }
TW_LANE double asin_of(double x) { return tw_lane_asin(x); }
TW_LANE double atan_of(double x) { return tw_lane_atan(x); }
TW_LANE double ceil_of(double x) { return -tw_whole_below(-x); }
TW_LANE double cosh_of(double x) { return tw_lane_cosh(x); }
TW_LANE double ln_of(double x) { return tw_lane_log(x); }
TW_LANE double log10_of(double x) { return tw_lane_log10(x); }
TW_LANE double sinh_of(double x) { return tw_lane_sinh(x); }
TW_LANE double tanh_of(double x) { return tw_lane_tanh(x); }
TRANSFORM(acos, .title = "Arc cosine", .source = "definition; TA-Lib ACOS",
          .formula = "arccos x in radians; NaN outside [-1, 1]",
          .meaning = "A building block: it turns a correlation, or another number from -1 to 1, into an angle. Of "
                     "prices it is missing.");
TRANSFORM(asin, .title = "Arc sine", .source = "definition; TA-Lib ASIN",
          .formula = "arcsin x in radians; NaN outside [-1, 1]",
          .meaning = "A building block: it turns a number from -1 to 1 into an angle. Of prices it is missing.");
TRANSFORM(atan, .title = "Arc tangent", .source = "definition; TA-Lib ATAN", .formula = "arctan x in radians",
          .meaning = "A building block: it squeezes any number into a half turn, and so tames outliers.");
TRANSFORM(ceil, .title = "Least integer not below", .source = "definition; TA-Lib CEIL", .formula = "ceil(x)",
          .meaning = "A building block: numbers are rounded up to whole ones, as for counts of lots.");
TRANSFORM(cosh, .title = "Hyperbolic cosine", .source = "definition; TA-Lib COSH", .formula = "(e^x + e^-x) / 2",
          .meaning = "A building block. It overflows to infinity above about 710.");
TRANSFORM(ln, .title = "Natural logarithm", .source = "definition; TA-Lib LN", .formula = "ln x; -inf at 0, NaN below",
          .meaning = "A building block: differences of logarithms are returns that add up. Prices must be above zero.");
TRANSFORM(log10, .title = "Logarithm to the base of ten", .source = "definition; TA-Lib LOG10",
          .formula = "log10 x; -inf at 0, NaN below",
          .meaning = "A building block: it counts factors of ten, as for volumes that span many of them.");
TRANSFORM(sinh, .title = "Hyperbolic sine", .source = "definition; TA-Lib SINH", .formula = "(e^x - e^-x) / 2",
          .meaning = "A building block. It overflows to infinity beyond about 710.");
TRANSFORM(
    tanh, .title = "Hyperbolic tangent", .source = "definition; TA-Lib TANH", .formula = "(e^x - e^-x) / (e^x + e^-x)",
    .meaning =
        "A building block: it squeezes any number into -1 to 1, nearly straight around zero, and so tames outliers.");

/* ---------------------------------------------------------------- sin, cos, tan
 * Beyond TW_TRIG_MAX an angle needs more bits of pi than the loop has; such values are done again, one by one. */

TW_LANE bool is_huge(double x) { return tw_lane_abs(x) > TW_TRIG_MAX && tw_lane_abs(x) < TW_LANE_INF; }

TW_LANE void trig_run(size_t n, const double *const *in, double *const *out, tw_map *f, double (*of)(tw_angle angle))
{
    const double *x = in[0];
    double largest = 0.0;
    tw_map_run(n, in, out, f);
    for (size_t i = 0; i < n; i++) largest = is_huge(x[i]) ? 1.0 : largest;
    for (size_t i = 0; largest > 0.0 && i < n; i++)
        if (is_huge(x[i])) out[0][i] = of(tw_trig_reduce_huge(x[i]));
}

/* The operator `op` from op##_at and, for an angle that is reduced, op##_of. */
#define TRIG(op, ...)                                                                                                  \
    TW_LANE double op##_at(const double *const *x, size_t i) { return tw_lane_##op(x[0][i]); }                         \
    TW_LANE void op##_run(void *state, size_t n, const double *const *in, double *const *out, size_t lanes)            \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        trig_run(n *lanes, in, out, op##_at, op##_of);                                                                 \
    }                                                                                                                  \
    TW_OP_FORMS(op, op##_run)                                                                                          \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .group = "math",                                                                                      \
                 .inputs = TW_NAMES("real"),                                                                           \
                 .outputs = TW_NAMES("real"),                                                                          \
                 .traits = TW_POINTWISE,                                                                               \
                 .run_wide = op##_wide,                                                                                \
                 .run_one = op##_one,                                                                                  \
                 __VA_ARGS__}

TW_LANE double sin_of(tw_angle angle) { return tw_lane_sin_of(angle, 0); }
TW_LANE double cos_of(tw_angle angle) { return tw_lane_sin_of(angle, 1); }
TW_LANE double tan_of(tw_angle angle) { return tw_lane_tan_of(angle); }
TRIG(sin, .title = "Sine", .source = "definition; TA-Lib SIN", .formula = "sin x, x in radians",
     .meaning = "A building block: of an angle, as a phase of a cycle or the time of day, it makes an input without a "
                "jump. Of prices it means nothing.");
TRIG(cos, .title = "Cosine", .source = "definition; TA-Lib COS", .formula = "cos x, x in radians",
     .meaning = "A building block: of an angle, as a phase of a cycle or the time of day, it makes an input without a "
                "jump. Of prices it means nothing.");
TRIG(tan, .title = "Tangent", .source = "definition; TA-Lib TAN", .formula = "tan x, x in radians",
     .meaning = "A building block, the slope of an angle. Of prices it means nothing.");

/* ---------------------------------------------------------------- log_ratio
 * The quotient q is off by half a unit, which near 1 is much of its logarithm: q b = a - e gives it back as e / a. */

TW_LANE double log_ratio_of(double a, double b)
{
    const double q = a / b, y = tw_lane_log(q);
    const tw_dd product = tw_lane_two_product(q, b);
    const double lost = ((a - product.hi) - product.lo) / a;
    return tw_lane_abs(lost) < 0x1p-50 ? y + lost : y;
}
TW_MAP2(log_ratio, .title = "Natural logarithm of a ratio", .group = "math", .source = "definition",
        .formula = "ln(a / b), to the last digit also where a and b are near each other; -inf at 0, NaN below",
        .meaning = "The log return between two prices, exact also where they hardly differ. Both must be above zero.",
        .inputs = TW_NAMES("real0", "real1"), .outputs = TW_NAMES("real"), .traits = TW_POINTWISE | TW_INVARIANT);
