/* SPDX-License-Identifier: Apache-2.0 */
/* XGBoost's objectives: what they make of margins, and of base_score, which is kept in the space of predictions. */
#include "learn/formats/xgboost.h"
#include "tradewind/num.h"

#include <math.h>
#include <string.h>

typedef enum base_space { BASE_MARGIN, BASE_LOGISTIC, BASE_EXP } base_space;

static const struct objective {
    const char *name, *link;
    base_space base;
} objectives[] = {
    {"binary:hinge", "sign", BASE_MARGIN},
    {"binary:logistic", "logistic", BASE_LOGISTIC},
    {"binary:logitraw", "identity", BASE_MARGIN},
    {"count:poisson", "exp", BASE_EXP},
    {"multi:softmax", "softmax", BASE_MARGIN}, /* it predicts the class there */
    {"multi:softprob", "softmax", BASE_MARGIN},
    {"rank:map", "identity", BASE_MARGIN},
    {"rank:ndcg", "identity", BASE_MARGIN},
    {"rank:pairwise", "identity", BASE_MARGIN},
    {"reg:absoluteerror", "identity", BASE_MARGIN},
    {"reg:expectileerror", "identity", BASE_MARGIN},
    {"reg:gamma", "exp", BASE_EXP},
    {"reg:linear", "identity", BASE_MARGIN},
    {"reg:logistic", "logistic", BASE_LOGISTIC},
    {"reg:pseudohubererror", "identity", BASE_MARGIN},
    {"reg:quantileerror", "identity", BASE_MARGIN},
    {"reg:squarederror", "identity", BASE_MARGIN},
    {"reg:squaredlogerror", "identity", BASE_MARGIN},
    {"reg:tweedie", "exp", BASE_EXP},
    {"survival:aft", "exp", BASE_EXP},
    {"survival:cox", "exp", BASE_EXP},
};

static const char *objective_name(const tw_xgboost *x)
{
    return tw_node_text(tw_node_get(tw_node_get(x->learner, "objective"), "name"), "");
}

static const struct objective *find_objective(const char *name)
{
    for (size_t i = 0; i < sizeof objectives / sizeof objectives[0]; i++)
        if (strcmp(objectives[i].name, name) == 0) return &objectives[i];
    return NULL;
}

tw_status tw_xgboost_get_link(tw_xgboost *x)
{
    const struct objective *o = find_objective(objective_name(x));
    if (!o)
        return tw_fail(x->err, TW_BAD_VALUE, "%s: the objective '%.80s' is not known", tw_doc_name(x->doc),
                       objective_name(x));
    x->link = tw_link_find(o->link);
    return TW_OK;
}

/* The odds against a chance as XGBoost has them: in float, which near 1 is another number, and of chances from 1e-6
 * (version 3; versions before refuse others). */
static double odds_against(float b)
{
    const float least = 1e-6f, most = 1 - least;
    const float chance = b < least ? least : b > most ? most : b;
    const float odds = 1 / chance - 1;
    return (double)odds;
}

/* The margin that stands for base score b. */
static double to_margin(base_space space, float b)
{
    switch (space) {
    case BASE_LOGISTIC: return -tw_log(odds_against(b));
    case BASE_EXP: return tw_log((double)b);
    default: return (double)b;
    }
}

/* One number, or "[a,b,...]" with one for each output or one for all: XGBoost 3.1 and later. */
tw_status tw_xgboost_get_bases(const tw_xgboost *x, double *base)
{
    const base_space space = find_objective(objective_name(x))->base;
    const char *text = tw_node_text(tw_node_get(tw_node_get(x->learner, "learner_model_param"), "base_score"), "0");
    const char *at = text[0] == '[' ? text + 1 : text;
    size_t n = 0;
    while (*at && *at != ']') {
        double b = 0;
        const size_t length = strcspn(at, ",]");
        if (n == x->n_outputs || !tw_parse_double(at, length, &b))
            return tw_fail(x->err, TW_BAD_FILE, "%s: base_score is '%.80s', for %zu outputs", tw_doc_name(x->doc), text,
                           x->n_outputs);
        base[n++] = to_margin(space, (float)b);
        at += length + (at[length] == ',');
    }
    for (size_t k = n; k < x->n_outputs && n == 1; k++) base[k] = base[0];
    for (size_t k = 0; k < x->n_outputs; k++)
        if ((n != 1 && n != x->n_outputs) || !isfinite(base[k]))
            return tw_fail(x->err, TW_BAD_FILE, "%s: base_score is '%.80s', for %zu outputs of %s", tw_doc_name(x->doc),
                           text, x->n_outputs, objective_name(x));
    return TW_OK;
}
