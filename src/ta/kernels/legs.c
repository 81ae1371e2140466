/* SPDX-License-Identifier: Apache-2.0 */
/* legs.c - indicators that remember which way a market goes: a trailing pair of stops, legs between pivots, bricks,
 * counts of DeMark, the force of volume of Klinger, values that decay. See recur.h for missing values. */
#include "ta/map.h"
#include "ta/recur.h"

static const tw_param no_table[] = {TW_PARAM_NAN, TW_PARAM_END};
static const tw_param zigzag_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, deviation, 5, 0, 100, 1, 20, false, "percent against a leg that end it"),
    TW_PARAM_NAN, TW_PARAM_END};
static const tw_param decay_table[] = {
    TW_PARAM_SEARCH(tw_recur_params, timeperiod, 5, 1, TW_PERIOD_MAX, 2, 60, true, "bars in which 1 is gone"),
    TW_PARAM_NAN, TW_PARAM_END};

static double no_coefs(const tw_recur_params *p, double *coef)
{
    (void)p, (void)coef;
    return 2.0;
}
TW_LANE bool is_first(const tw_recur_bar *b) { return !b->warm && b->n == 1.0; }
/* 0, or NaN once a missing bar has spoiled the memory: a comparison would forget that. */
TW_LANE double spoiled(const tw_recur_bar *b) { return 0.0 * b->n; }
TW_LANE double greater(double a, double b) { return a > b ? a : b; }
TW_LANE double lesser(double a, double b) { return a < b ? a : b; }

/* ---------------------------------------------------------------- trail_pair. s: seen, x, lower, upper, side. */

TW_LANE void trail_pair_step(const double *coef, tw_recur_bar *b)
{
    const double x = b->x[0] + spoiled(b), lower = x - b->x[1], upper = x + b->x[1];
    const bool first = is_first(b);
    const bool above = (b->s[1] > b->s[2]) & (x > b->s[2]), below = (b->s[1] < b->s[3]) & (x < b->s[3]);
    const double held = x < b->s[2] ? -1.0 : b->s[4], side = (first | (x > b->s[3])) ? 1.0 : held;
    const double raised = greater(b->s[2], lower), dropped = lesser(b->s[3], upper);
    const double low = (!first & above) ? raised : lower, high = (!first & below) ? dropped : upper;
    (void)coef;
    b->s[1] = x;
    b->y[1] = b->s[2] = low;
    b->y[2] = b->s[3] = high;
    b->s[4] = side;
    b->y[0] = side > 0.0 ? low : high;
}
static const tw_recur trail_pair_recur = {
    .inputs = 2, .parts = 5, .outputs = 3, .step = trail_pair_step, .coefs = no_coefs};

TW_RECUR_OP(trail_pair, .title = "Pair of stops that trail a line", .group = "overlap", .source = "the lines of QQE",
            .formula = "lower = x - width, not below lower' while x > lower' as before; upper likewise; line: lower "
                       "since x > upper', upper since x < lower'",
            .meaning = "Two stops that follow a line from both sides and tighten while it stays between or goes on, "
                       "with the one that now applies: the piece from which qqe is made.",
            .inputs = TW_NAMES("x", "width"), .outputs = TW_NAMES("line", "lower", "upper"), .params = no_table,
            .traits = TW_RECURSIVE | TW_SCALES);

/* ---------------------------------------------------------------- hold. s: seen, x. */

TW_LANE void hold_step(const double *coef, tw_recur_bar *b)
{
    const bool take = is_first(b) | (b->x[1] != 0.0);
    (void)coef;
    b->y[0] = b->s[1] = (take ? b->x[0] : b->s[1]) + spoiled(b);
}
static const tw_recur hold_recur = {.inputs = 2, .parts = 2, .outputs = 1, .step = hold_step, .coefs = no_coefs};

TW_RECUR_OP(hold, .title = "Value of the last bar that counts", .group = "arithmetic", .source = "definition",
            .formula = "x at the last bar where `when` is not 0; at the first bar x",
            .meaning = "A value that is taken anew only at chosen bars and held between them. A bar where it or the "
                       "choice is missing gives nothing and changes nothing; downsample takes a missing value too.",
            .inputs = TW_NAMES("x", "when"), .outputs = TW_NAMES("y"), .params = no_table, .traits = TW_RECURSIVE);

/* ---------------------------------------------------------------- zigzag.
 * s: seen, side of the leg (0: none yet), its extreme, bars since, lowest so far, bars since (both while there is no
 * leg), pivot, bars since. */

static double zigzag_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = 0.01 * p->deviation;
    return 2.0;
}
/* True where `price` lies as far below `top` as ends a leg; of a low, both with their signs turned. */
TW_LANE bool is_turned(const double *coef, double price, double top)
{
    return top - price >= coef[0] * tw_lane_abs(top);
}
typedef struct leg {
    double side, extreme, age, low, low_age, pivot, pivot_age, turned;
} leg;

/* While there is no leg: highest and lowest so far; the first move that is large enough begins one. */
TW_LANE leg leg_begin(const double *coef, const tw_recur_bar *b, bool first)
{
    const double high = b->x[0], low = b->x[1], top = b->s[2], floor = b->s[4];
    const bool down = !first & is_turned(coef, low, top), up = !first & !down & is_turned(coef, -high, -floor);
    const bool top_new = first | (high > top), low_new = first | (low < floor);
    leg g;
    g.turned = down ? 1.0 : up ? -1.0 : 0.0;
    g.side = -g.turned;
    g.pivot = down ? top : up ? floor : first ? 0.5 * (high + low) : b->s[6];
    g.pivot_age = down ? b->s[3] + 1.0 : up ? b->s[5] + 1.0 : first ? 0.0 : b->s[7] + 1.0;
    g.low = low_new ? low : floor;
    g.low_age = low_new ? 0.0 : b->s[5] + 1.0;
    g.extreme = down ? low : (up | top_new) ? high : top;
    g.age = (down | up | top_new) ? 0.0 : b->s[3] + 1.0;
    return g;
}
/* A leg up grows with each new high, and is over when a low is far enough below; a leg down is one up, turned. */
TW_LANE leg leg_go(const double *coef, const tw_recur_bar *b)
{
    const double side = b->s[1], ahead = side > 0.0 ? b->x[0] : -b->x[1], behind = side > 0.0 ? b->x[1] : -b->x[0];
    const double top = side * b->s[2];
    const bool grown = ahead > top, over = !grown & is_turned(coef, behind, top);
    leg g = {.low = b->s[4], .low_age = b->s[5]};
    g.turned = over ? side : 0.0;
    g.side = over ? -side : side;
    g.pivot = over ? b->s[2] : b->s[6];
    g.pivot_age = (over ? b->s[3] : b->s[7]) + 1.0;
    g.extreme = side * (grown ? ahead : over ? behind : top);
    g.age = (grown | over) ? 0.0 : b->s[3] + 1.0;
    return g;
}
TW_LANE void zigzag_step(const double *coef, tw_recur_bar *b)
{
    const bool first = is_first(b), going = !first & (b->s[1] != 0.0);
    const leg begin = leg_begin(coef, b, first), go = leg_go(coef, b);
    b->s[1] = going ? go.side : begin.side;
    b->s[2] = going ? go.extreme : begin.extreme;
    b->s[3] = going ? go.age : begin.age;
    b->s[4] = going ? go.low : begin.low;
    b->s[5] = going ? go.low_age : begin.low_age;
    b->y[0] = (going ? go.turned : begin.turned) + spoiled(b);
    b->y[1] = b->s[6] = going ? go.pivot : begin.pivot;
    b->y[2] = b->s[7] = going ? go.pivot_age : begin.pivot_age;
    b->y[3] = b->s[1];
}
static const tw_recur zigzag_recur = {
    .inputs = 2, .parts = 8, .outputs = 4, .step = zigzag_step, .coefs = zigzag_coefs};

TW_RECUR_OP(zigzag, .title = "Pivots of a zigzag, each from the bar on that confirms it", .group = "overlap",
            .source = "Merrill 1977, without what is only known later",
            .formula =
                "signal 1 (-1) where a low (high) lies deviation % from the highest high (lowest low) of its leg and "
                "so confirms that as a pivot, else 0; price of the last pivot and bars since; side of the leg, 0 "
                "before the first pivot, where the price is the middle of the first bar",
            .meaning = "The turns of the price that matter: moves of less than deviation percent are left out. A pivot "
                       "is known only when the price has come back that far, so it is told from that bar on; a chart "
                       "that draws it at the turn shows what nobody knew then.",
            .inputs = TW_NAMES("high", "low"), .outputs = TW_NAMES("signal", "price", "age", "side"),
            .params = zigzag_table, .traits = TW_RECURSIVE);

/* ---------------------------------------------------------------- bricks. s: seen, level, side. */

TW_LANE void bricks_step(const double *coef, tw_recur_bar *b)
{
    const double x = b->x[0], box = b->x[1] > 0.0 ? b->x[1] : TW_LANE_INF;
    const bool first = is_first(b);
    const double level = first ? x : b->s[1], side = first ? 0.0 : b->s[2];
    /* Against the side a brick more is needed, from whose other end it is counted. */
    const double up = tw_whole_below((x - level) / box), down = tw_whole_below((level - x) / box);
    const double rise = side < 0.0 ? up - 1.0 : up, fall = side > 0.0 ? down - 1.0 : down;
    const bool rises = rise >= 1.0, falls = fall >= 1.0;
    const double bricks = rises ? rise : falls ? -fall : 0.0, moved = rises ? up : falls ? -down : 0.0;
    (void)coef;
    b->s[2] = b->y[0] = rises ? 1.0 : falls ? -1.0 : side;
    b->s[1] = b->y[1] = moved != 0.0 ? level + moved * box : level;
    b->y[2] = bricks + spoiled(b);
}
static const tw_recur bricks_recur = {.inputs = 2, .parts = 3, .outputs = 3, .step = bricks_step, .coefs = no_coefs};

TW_RECUR_OP(
    bricks, .title = "Bricks of a Renko chart, as a state of each bar", .group = "overlap", .source = "Nison 1994",
    .formula = "a brick for each whole box beyond level, two against side; side of the last brick, its end, "
               "bricks of this bar (negative: down); begun at x",
    .meaning = "The bricks that the price has laid as a Renko chart draws them, told bar by bar for any series and any "
               "box: the piece from which renko is made. With a box that changes, old bricks are not drawn anew.",
    .inputs = TW_NAMES("x", "box"), .outputs = TW_NAMES("side", "level", "bricks"), .params = no_table,
    .traits = TW_RECURSIVE);

/* ---------------------------------------------------------------- td_count. s: seen, setups, countdowns + 1. */

/* A setup that is complete begins the countdown of its side and ends that of the other. */
TW_LANE double td_countdown(double old, double setup, double other, bool counts)
{
    const double begun = setup == 9.0 ? 1.0 : old >= 14.0 ? 0.0 : old, kept = other == 9.0 ? 0.0 : begun;
    return ((kept > 0.0) & counts) ? kept + 1.0 : kept;
}
TW_LANE void td_count_step(const double *coef, tw_recur_bar *b)
{
    const double buy = b->x[0] < 0.0 ? b->s[1] + 1.0 : 0.0, sell = b->x[0] > 0.0 ? b->s[2] + 1.0 : 0.0;
    (void)coef;
    b->y[0] = b->s[1] = buy + spoiled(b);
    b->y[1] = b->s[2] = sell + spoiled(b);
    b->s[3] = td_countdown(b->s[3], buy, sell, b->x[1] <= 0.0);
    b->s[4] = td_countdown(b->s[4], sell, buy, b->x[2] >= 0.0);
    b->y[2] = tw_above_zero(b->s[3] - 1.0) + spoiled(b);
    b->y[3] = tw_above_zero(b->s[4] - 1.0) + spoiled(b);
}
static const tw_recur td_count_recur = {
    .inputs = 3, .parts = 5, .outputs = 4, .step = td_count_step, .coefs = no_coefs};

TW_RECUR_OP(td_count, .title = "Counts of a TD sequential", .group = "momentum", .source = "DeMark 1994",
            .formula = "buy setup: bars in a row with move < 0, sell setup: > 0; the 9th begins a countdown and ends "
                       "that of the other side: bars with below <= 0 (sell: above >= 0), over after 13",
            .meaning = "The counters of a TD sequential for any three series: the piece from which td_seq is made. Its "
                       "states are counts, not a signal of strength.",
            .inputs = TW_NAMES("move", "below", "above"),
            .outputs = TW_NAMES("buysetup", "sellsetup", "buycountdown", "sellcountdown"), .params = no_table,
            .traits = TW_RECURSIVE | TW_INVARIANT);

/* ---------------------------------------------------------------- volume_force. s: seen, price, range, side, sum. */

static size_t force_back(const void *params)
{
    (void)params;
    return 1;
}
TW_LANE void volume_force_step(const double *coef, tw_recur_bar *b)
{
    const double price = b->x[0] + b->x[1] + b->x[2] + spoiled(b), range = b->x[0] - b->x[1], volume = b->x[3];
    const double held = price < b->s[1] ? -1.0 : b->s[3], now = price > b->s[1] ? 1.0 : held;
    const double side = is_first(b) ? 0.0 : now, sum = (side == b->s[3] ? b->s[4] : b->s[2]) + range;
    const double share = tw_lane_abs(2.0 * (range / sum) - 1.0),
                 force = sum == 0.0 ? 0.0 * volume : 100.0 * share * volume;
    (void)coef;
    b->s[1] = price;
    b->s[2] = range;
    b->s[3] = side;
    b->s[4] = sum;
    b->y[0] = b->warm || b->n > 1.0 ? side * force + spoiled(b) : (double)NAN;
}
static const tw_recur volume_force_recur = {
    .inputs = 4, .parts = 5, .outputs = 1, .step = volume_force_step, .coefs = no_coefs};

TW_RECUR_OP(volume_force, .title = "Volume force of Klinger", .group = "volume", .source = "Klinger 1997",
            .formula = "100 side v |2 dm / cm - 1|; side of the last change of h + l + c, dm = h - l, cm the sum of dm "
                       "since the bar before the side changed; 0 where cm is 0",
            .meaning = "Volume with the side of the trend, counted more or less fully by the range of the bar in that "
                       "of the move so far: the raw material of kvo. It is jumpy by itself and in units of volume.",
            .inputs = TW_NAMES("high", "low", "close", "volume"), .outputs = TW_NAMES("real"), .params = no_table,
            .lookback = force_back, .traits = TW_RECURSIVE);

/* ---------------------------------------------------------------- decay, edecay. s: seen, value. */

static double decay_coefs(const tw_recur_params *p, double *coef)
{
    coef[0] = 1.0 / p->timeperiod;
    return 1.0;
}
TW_LANE void decay_step(const double *coef, tw_recur_bar *b)
{
    const double left = b->s[1] - coef[0], x = b->x[0];
    b->y[0] = b->s[1] = (is_first(b) | (x > left)) ? x : left;
}
TW_LANE void edecay_step(const double *coef, tw_recur_bar *b)
{
    const double left = b->s[1] - coef[0] * b->s[1], x = b->x[0];
    b->y[0] = b->s[1] = (is_first(b) | (x > left)) ? x : left;
}
static const tw_recur decay_recur = {.inputs = 1, .parts = 2, .outputs = 1, .step = decay_step, .coefs = decay_coefs};
static const tw_recur edecay_recur = {.inputs = 1, .parts = 2, .outputs = 1, .step = edecay_step, .coefs = decay_coefs};

TW_RECUR_OP(
    decay, .title = "Value that fades by a fixed step", .group = "momentum", .source = "Tulip decay",
    .formula = "max(x, y' - 1 / period)",
    .meaning = "A signal that stays visible after it has flashed and fades within timeperiod bars, so that later bars "
               "still know of it. The step is in the units of the series: made for values from 0 to 1, not for prices.",
    .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = decay_table, .traits = TW_RECURSIVE | TW_SHIFTS);
TW_RECUR_OP(edecay, .title = "Value that fades by a fixed share", .group = "momentum", .source = "Tulip edecay",
            .formula = "max(x, y' (1 - 1 / period))",
            .meaning = "A signal that stays visible after it has flashed and fades by a share of itself at each bar, "
                       "never quite to zero. A series that itself falls more slowly than that comes out unchanged.",
            .inputs = TW_NAMES("real"), .outputs = TW_NAMES("real"), .params = decay_table,
            .traits = TW_RECURSIVE | TW_SCALES);
