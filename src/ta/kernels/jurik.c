/* SPDX-License-Identifier: Apache-2.0 */
/* jurik.c - an average in the manner of Jurik's. The original was never published; this is the form that users derived
 * from its output, as pandas-ta-classic has it. Its volatility is a mean of 10 widths, and that beside the mean of the
 * last 65 of these; both are summed anew, where the running sums of the peers drift. See recur.h for missing values. */
#include "num/vmath.h"
#include "ta/recur.h"

enum { JMA_SHORT = 10, JMA_LONG = 65, JMA_PARTS = 7 };
enum { JMA_SEEN, JMA_UPPER, JMA_LOWER, JMA_FIRST, JMA_SECOND, JMA_STEP, JMA_VALUE };

typedef struct jma_params {
    int timeperiod;
    double phase;
    char nan[TW_TEXT_MAX];
} jma_params;

static const tw_param jma_table[] = {
    TW_PARAM_SEARCH(jma_params, timeperiod, 7, 2, TW_PERIOD_MAX, 5, 60, true, "bars of smoothing"),
    TW_PARAM_SEARCH(jma_params, phase, 0, -100, 100, -100, 100, false, "from smooth (-100) to quick (100)"),
    TW_PARAM_TEXT(jma_params, nan, "hold", "hold|reset|propagate", "what a missing value does to the memory"),
    TW_PARAM_END};

/* cells: parts[JMA_PARTS][lanes], widths[JMA_SHORT - 1][lanes], means[JMA_LONG - 1][lanes], the newest first */
typedef struct jma_state {
    double reset, propagate, period, most, power, log_bet, log_beta, beta, ratio;
    double cells[];
} jma_state;
enum { JMA_ROWS = JMA_PARTS + JMA_SHORT - 1 + JMA_LONG - 1 };

static size_t jma_back(const void *params) { return (size_t)((const jma_params *)params)->timeperiod - 1; }
static size_t jma_size(const void *params, size_t lanes)
{
    (void)params;
    return sizeof(jma_state) + JMA_ROWS * lanes * sizeof(double);
}
static void jma_init(void *state, const void *params, size_t lanes)
{
    const jma_params *p = params;
    jma_state *s = state;
    memset(s, 0, jma_size(params, lanes));
    s->reset = strcmp(p->nan, "reset") == 0;
    s->propagate = strcmp(p->nan, "propagate") == 0;
    s->period = p->timeperiod;
    const double half = 0.5 * (p->timeperiod - 1.0), root = sqrt(half);
    const double octaves = tw_lane_log(root) * 1.44269504088896340736 + 2.0, length = octaves > 0.0 ? octaves : 0.0;
    s->power = length - 2.0 > 0.5 ? length - 2.0 : 0.5;
    s->most = tw_lane_exp(tw_lane_log(length) / s->power);
    s->log_bet = tw_lane_log(length * root / (length * root + 1.0));
    s->beta = 0.9 * half / (0.9 * half + 2.0);
    s->log_beta = tw_lane_log(s->beta);
    s->ratio = 1.5 + 0.01 * p->phase;
}

/* One bar of one lane: its memory, what is new in the two windows, and their sums without that. */
typedef struct jma_bar {
    double s[JMA_PARTS], width, mean, widths, means;
    bool first;
} jma_bar;

/* What the bands and the window of volatility make of the price: the volatility beside its mean, 1 at least. */
TW_LANE double jma_stir(const jma_state *c, jma_bar *b, double x)
{
    const double up = b->first ? 0.0 : tw_lane_abs(x - b->s[JMA_UPPER]);
    const double down = b->first ? 0.0 : tw_lane_abs(x - b->s[JMA_LOWER]);
    const double wide = up > down ? up : down, seen = b->s[JMA_SEEN];
    b->width = up != down ? wide : 0.0;
    b->mean = (b->widths + b->width) / (double)JMA_SHORT;
    const double mean = (b->means + b->mean) / (seen < (double)JMA_LONG ? seen : (double)JMA_LONG);
    const double share = mean > 0.0 ? b->width / mean : 0.0, less = share < c->most ? share : c->most;
    return less > 1.0 ? less : 1.0;
}
TW_LANE void jma_bands(jma_bar *b, double x, double kept)
{
    const double up = b->first ? 0.0 : x - b->s[JMA_UPPER], down = b->first ? 0.0 : x - b->s[JMA_LOWER];
    b->s[JMA_UPPER] = up > 0.0 ? x : x - kept * up;
    b->s[JMA_LOWER] = down < 0.0 ? x : x - kept * down;
}
TW_LANE void jma_bar_step(const jma_state *c, jma_bar *b, double x)
{
    const double power = tw_lane_exp(c->power * tw_lane_log(jma_stir(c, b, x)));
    const double alpha = tw_lane_exp(power * c->log_beta), rest = 1.0 - alpha;
    jma_bands(b, x, tw_lane_exp(sqrt(power) * c->log_bet));
    const double last = b->first ? x : b->s[JMA_VALUE], old = b->first ? x : b->s[JMA_FIRST];
    const double once = old + rest * (x - old);
    const double second = b->s[JMA_SECOND] + (1.0 - c->beta) * ((x - once) - b->s[JMA_SECOND]);
    const double step = (once + c->ratio * second - last) * (rest * rest) + alpha * alpha * b->s[JMA_STEP];
    b->s[JMA_FIRST] = once;
    b->s[JMA_SECOND] = second;
    b->s[JMA_STEP] = step;
    b->s[JMA_VALUE] = last + step;
}
/* The rows of a window one back, and the new value in front, where the bar is known; else as they were, or nothing. */
TW_LANE void jma_push(double *rows, size_t n, const double *value, const bool *known, double reset, const size_t lanes)
{
    for (size_t j = n; j-- > 0;) TW_EACH(l, lanes)
        {
            const double older = j ? rows[(j - 1) * lanes + l] : value[l], old = rows[j * lanes + l];
            rows[j * lanes + l] = known[l] ? older : reset != 0.0 ? 0.0 : old;
        }
}
TW_LANE void jma_sum(const double *rows, size_t n, double *sum, const size_t lanes)
{
    TW_EACH(l, lanes) sum[l] = 0.0;
    for (size_t j = 0; j < n; j++) TW_EACH(l, lanes) sum[l] += rows[j * lanes + l];
}
TW_LANE void jma_row(jma_state *c, const double *x, double *y, const size_t lanes)
{
    double *widths = c->cells + JMA_PARTS * lanes, *means = widths + (JMA_SHORT - 1) * lanes;
    double width_sum[TW_LANES], mean_sum[TW_LANES], width[TW_LANES], mean[TW_LANES];
    bool known[TW_LANES];
    jma_sum(widths, JMA_SHORT - 1, width_sum, lanes);
    jma_sum(means, JMA_LONG - 1, mean_sum, lanes);
    TW_EACH(l, lanes)
    {
        jma_bar b;
        double old[JMA_PARTS];
        TW_FEW(q, JMA_PARTS) old[q] = b.s[q] = c->cells[q * lanes + l];
        b.widths = width_sum[l], b.means = mean_sum[l];
        b.s[JMA_SEEN] += 1.0;
        b.first = old[JMA_SEEN] == 0.0;
        known[l] = tw_is_finite(x[l]);
        jma_bar_step(c, &b, x[l]);
        width[l] = b.width, mean[l] = b.mean;
        TW_FEW(q, JMA_PARTS)
        {
            const double missing = tw_recur_missing(old[q], old[JMA_SEEN], c->reset, c->propagate);
            c->cells[q * lanes + l] = known[l] ? b.s[q] : missing;
        }
        const bool begun = known[l] & (b.s[JMA_SEEN] >= c->period);
        y[l] = begun ? tw_canon(b.s[JMA_VALUE]) : (double)NAN;
    }
    jma_push(widths, JMA_SHORT - 1, width, known, c->reset, lanes);
    jma_push(means, JMA_LONG - 1, mean, known, c->reset, lanes);
}
TW_LANE void jma_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)
{
    for (size_t t = 0; t < n; t++) jma_row(state, in[0] + t * lanes, out[0] + t * lanes, lanes);
}
TW_OP_FORMS(jma, jma_run)

TW_OP(jma) = {
    .name = "jma",
    .title = "Average in the manner of Jurik's",
    .group = "overlap",
    .source = "derived by users from the output of Jurik Research's; pandas-ta-classic jma",
    .formula = "bands jump to a price beyond them, else near it by bet^sqrt(r); r = clip(w / mean w, 1, most)^power, "
               "w the distance to the farther band; a = beta^r, three smoothings by a, beta and a^2",
    .meaning = "A smoothing that follows large moves nearly at once and holds still in small ones, as users rebuilt it "
               "from the output of a product whose formula is not public. It need not agree with the original, and its "
               "quick steps can be mistaken for turns.",
    .inputs = TW_NAMES("real"),
    .outputs = TW_NAMES("real"),
    .params = jma_table,
    .params_size = sizeof(jma_params),
    .traits = TW_RECURSIVE | TW_SCALES | TW_SHIFTS,
    .lookback = jma_back,
    .state_size = jma_size,
    .init = jma_init,
    .run_wide = jma_wide,
    .run_one = jma_one};
