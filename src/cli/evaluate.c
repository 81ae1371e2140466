/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of a model over the rows of a table, those that suit what it predicts. */
#include "cli/tables.h"

#include <math.h>
#include <string.h>

/* A metric as it is printed, and the ranks that count. */
typedef struct choice {
    const char *title, *metric;
    size_t most;
} choice;

/* What suits a loss; what a loss that is not here gives is measured by what it stands for. */
typedef struct suit {
    const char *loss;
    choice metric[TW_CLI_METRICS + 1];
} suit;

static const suit suits[] = {
    {"absolute", {{"mae", "mae", 0}, {"rmse", "rmse", 0}, {"r2", "r2", 0}}},
    {"quantile", {{"quantile_loss", "quantile_loss", 0}, {"mae", "mae", 0}}},
    {"poisson", {{"poisson_deviance", "poisson_deviance", 0}, {"rmse", "rmse", 0}, {"mae", "mae", 0}}},
    {"gamma", {{"gamma_deviance", "gamma_deviance", 0}, {"rmse", "rmse", 0}, {"mae", "mae", 0}}},
    {"tweedie", {{"tweedie_deviance", "tweedie_deviance", 0}, {"rmse", "rmse", 0}, {"mae", "mae", 0}}},
};

static const choice usual[][TW_CLI_METRICS + 1] = {
    [TW_MEANS_NUMBER] = {{"rmse", "rmse", 0}, {"mae", "mae", 0}, {"r2", "r2", 0}},
    [TW_MEANS_CHANCE] = {{"auc", "auc", 0}, {"log_loss", "log_loss", 0}, {"accuracy", "accuracy", 0}},
    [TW_MEANS_CLASSES] = {{"log_loss", "log_loss", 0}, {"accuracy", "accuracy", 0}},
    [TW_MEANS_NUMBERS] = {{NULL, NULL, 0}}, /* a table has one target */
    [TW_MEANS_RANK] = {{"ndcg@5", "ndcg", 5}, {"ndcg@10", "ndcg", 10}},
};

static const choice *choices_of(const tw_model *model)
{
    char loss[TW_TEXT_MAX] = "";
    (void)tw_cli_model_param(model, "loss", loss, sizeof loss);
    for (size_t i = 0; i < sizeof suits / sizeof *suits; i++)
        if (strcmp(suits[i].loss, loss) == 0) return suits[i].metric;
    return usual[tw_cli_meaning(model)];
}

const char *tw_cli_metric_title(const tw_model *model, size_t i)
{
    return i < TW_CLI_METRICS ? choices_of(model)[i].title : NULL;
}

static double number_param(const tw_model *model, const char *name)
{
    char text[TW_TEXT_MAX] = "";
    double x = 0;
    if (tw_cli_model_param(model, name, text, sizeof text)) (void)tw_parse_double(text, strlen(text), &x);
    return x;
}

/* Scores, labels and weights of rows, one beside the other, and their groups. */
typedef struct gathered {
    double *score, *label, *weight;
    uint32_t *time, *group;
} gathered;

static void clear(const tw_ctx *ctx, gathered *g)
{
    tw_free(ctx, g->score);
    tw_free(ctx, g->label);
    tw_free(ctx, g->weight);
    tw_free(ctx, g->time);
    tw_free(ctx, g->group);
}

static tw_status make_room(const tw_ctx *ctx, size_t n, size_t n_outputs, gathered *g, tw_error *err)
{
    *g = (gathered){.score = tw_new(ctx, n * n_outputs, sizeof *g->score),
                    .label = tw_new(ctx, n, sizeof *g->label),
                    .weight = tw_new(ctx, n, sizeof *g->weight),
                    .time = tw_new(ctx, n, sizeof *g->time),
                    .group = tw_new(ctx, n, sizeof *g->group)};
    return g->score && g->label && g->weight && g->time && g->group ? TW_OK : tw_no_memory(err, "metrics");
}

/* Rows that have a score; of two classes the label is 1 above the model's threshold, and 0. */
static size_t gather(const tw_model *model, const tw_rows *rows, gathered *g)
{
    size_t n = 0;
    const size_t n_outputs = tw_model_outputs(model);
    const bool chance = tw_cli_meaning(model) == TW_MEANS_CHANCE;
    const double threshold = number_param(model, "threshold");
    for (size_t i = 0; i < rows->n; i++) {
        const uint32_t cell = rows->cell[i];
        const double label = rows->data->label[cell];
        if (isnan(g->score[i * n_outputs])) continue;
        memmove(g->score + n * n_outputs, g->score + i * n_outputs, n_outputs * sizeof *g->score);
        g->label[n] = chance ? label > threshold : label;
        g->weight[n] = rows->data->weight ? rows->data->weight[cell] : 1;
        g->group[n++] = rows->data->group ? rows->data->group[cell] : 0;
    }
    return n;
}

static tw_status measure(const tw_ctx *ctx, const tw_model *model, const tw_scored *scored, double *value,
                         tw_error *err)
{
    const choice *c = choices_of(model);
    for (size_t i = 0; i < TW_CLI_METRICS && c[i].title; i++) {
        tw_scored s = *scored;
        s.most = c[i].most;
        TW_TRY(tw_metric_compute(ctx, c[i].metric, &s, &value[i], err));
    }
    return TW_OK;
}

tw_status tw_cli_evaluate(const tw_ctx *ctx, const tw_model *model, const tw_rows *rows, const double *score,
                          double *value, tw_error *err)
{
    gathered g;
    const size_t n_outputs = tw_model_outputs(model);
    tw_status status = make_room(ctx, rows->n, n_outputs, &g, err);
    if (status == TW_OK && score) memcpy(g.score, score, rows->n * n_outputs * sizeof *score);
    if (status == TW_OK && !score) status = tw_model_predict(model, rows, g.score, err);
    if (status == TW_OK) {
        const size_t n = gather(model, rows, &g);
        const tw_scored scored = {.n = n,
                                  .score = g.score,
                                  .label = g.label,
                                  .weight = g.weight,
                                  .time = g.time,
                                  .n_outputs = n_outputs,
                                  .group = g.group,
                                  .level = number_param(model, "alpha"),
                                  .power = number_param(model, "power")};
        status = measure(ctx, model, &scored, value, err);
    }
    clear(ctx, &g);
    return status;
}
