/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of scores that stand for means of positive labels, for quantiles, or are relative.
 * Jorgensen, The Theory of Dispersion Models (1997), ch. 4: the deviances of the Tweedie family. */
#include "learn/metric_impl.h"

#include "tradewind/num.h"

#include <float.h>
#include <math.h>

static double poisson(double score, double label, double with)
{
    (void)with;
    return 2 * ((label > 0 ? label * tw_log(label / score) : 0) - label + score);
}

static double gamma_of(double score, double label, double with)
{
    (void)with;
    return 2 * (tw_log(score / label) + label / score - 1);
}

static double power_of(double x, double power) { return x > 0 ? tw_exp(power * tw_log(x)) : 0; }

static double tweedie(double score, double label, double power)
{
    return 2 * (power_of(label, 2 - power) / ((1 - power) * (2 - power)) -
                label * power_of(score, 1 - power) / (1 - power) + power_of(score, 2 - power) / (2 - power));
}

static double pinball(double score, double label, double level)
{
    return label >= score ? level * (label - score) : (1 - level) * (score - label);
}

static double relative(double score, double label, double with)
{
    (void)with;
    return fabs(score - label) / fmax(fabs(label), DBL_EPSILON);
}

/* Whether a deviance is defined: scores are means > 0, labels at least 0, or above it. */
static bool is_positive(const tw_scored *s, bool label_above)
{
    for (size_t i = 0; i < s->n; i++)
        if (!(s->score[i] > 0) || s->label[i] < 0 || (label_above && s->label[i] == 0)) return false;
    return true;
}

static tw_status poisson_deviance(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    TW_TRY(tw_scored_check(s, "poisson_deviance", err));
    *value = is_positive(s, false) ? tw_scored_mean(s, poisson, 0) : NAN;
    return TW_OK;
}

static tw_status gamma_deviance(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    TW_TRY(tw_scored_check(s, "gamma_deviance", err));
    *value = is_positive(s, true) ? tw_scored_mean(s, gamma_of, 0) : NAN;
    return TW_OK;
}

static tw_status tweedie_deviance(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    const double power = s->power == 0 ? 1.5 : s->power;
    if (!(power > 1 && power < 2))
        return tw_fail(err, TW_BAD_VALUE, "tweedie_deviance: the power must be in (1, 2), got %g", power);
    TW_TRY(tw_scored_check(s, "tweedie_deviance", err));
    *value = is_positive(s, false) ? tw_scored_mean(s, tweedie, power) : NAN;
    return TW_OK;
}

static tw_status quantile_loss(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    const double level = s->level == 0 ? 0.5 : s->level;
    if (!(level > 0 && level < 1))
        return tw_fail(err, TW_BAD_VALUE, "quantile_loss: the level must be in (0, 1), got %g", level);
    TW_TRY(tw_scored_check(s, "quantile_loss", err));
    *value = tw_scored_mean(s, pinball, level);
    return TW_OK;
}

static tw_status mape(const tw_ctx *ctx, const tw_scored *s, double *value, tw_error *err)
{
    (void)ctx;
    TW_TRY(tw_scored_check(s, "mape", err));
    *value = tw_scored_mean(s, relative, 0);
    return TW_OK;
}

const tw_metric tw_metric_gamma_deviance = {"gamma_deviance", "Mean deviance of the gamma distribution",
                                            "scores and labels > 0", false, gamma_deviance};
const tw_metric tw_metric_mape = {"mape", "Mean absolute error as a share of the label",
                                  "mean of |score - label| / max(|label|, 2.2e-16)", false, mape};
const tw_metric tw_metric_poisson_deviance = {"poisson_deviance", "Mean deviance of the Poisson distribution",
                                              "scores > 0, labels >= 0", false, poisson_deviance};
const tw_metric tw_metric_quantile_loss = {"quantile_loss", "Pinball loss of a quantile",
                                           "Koenker, Bassett, Econometrica 46 (1978); level 0.5 unless given", false,
                                           quantile_loss};
const tw_metric tw_metric_tweedie_deviance = {"tweedie_deviance", "Mean deviance of a Tweedie distribution",
                                              "Jorgensen (1997); scores > 0, labels >= 0, power 1.5 unless given",
                                              false, tweedie_deviance};
