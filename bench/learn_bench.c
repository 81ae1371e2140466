/* SPDX-License-Identifier: Apache-2.0 */
/* CPU seconds of one fit on one thread, R2 on rows not trained on, and nanoseconds a scored row: 400,000 rows of 158
 * features, 100 trees of depth 6 on half of the columns. `bench.learn FILE` also writes the data (rows, test rows,
 * features, labels as int32 x 3, then float32 columns, then the float32 label), on which bench/learn_peer.py times
 * LightGBM, XGBoost and scikit-learn at equal settings. */
#include <math.h>
#include <time.h>

#include "bench.h"
#include "tradewind/learn.h"

enum { LANES = 16, TRAIN = 400000, TEST = 100000, FEATURES = 158, CELLS = TRAIN + TEST };

typedef struct work {
    const char *name, *learner, *params;
} work;

static const work works[] = {
    {"ridge", "ridge", ""},
    {"elastic_net", "elastic_net", ""},
    {"logistic", "logistic", ""},
    {"gbm 63 bins", "gbm", "rounds=100 depth=6 leaves=64 bins=63 columns=0.5 rate=0.1 l2=1 min_child=20"},
    {"gbm 255 bins", "gbm", "rounds=100 depth=6 leaves=64 bins=255 columns=0.5 rate=0.1 l2=1 min_child=20"},
    {"gbm 63 bins, leaf-wise", "gbm", "rounds=100 depth=24 leaves=63 bins=63 columns=0.5 rate=0.1 l2=1 min_child=20"},
};

static void check(tw_status status, const tw_error *err)
{
    if (status == TW_OK) return;
    (void)fprintf(stderr, "%s\n", err->message);
    exit(1);
}

static float *columns[FEATURES];
static double label[CELLS], score[CELLS];
static uint32_t cells[CELLS];

/* Eleven of the features matter, half of them not linearly; 2 % of the values are missing. */
static void make_data(void)
{
    tw_random r = {2385, 1, 0};
    for (size_t f = 0; f < FEATURES; f++) {
        columns[f] = malloc(CELLS * sizeof(float));
        if (!columns[f]) exit(1);
        for (size_t c = 0; c < CELLS; c++) columns[f][c] = (float)tw_random_normal(&r);
    }
    for (size_t c = 0; c < CELLS; c++) {
        double x[11];
        for (size_t k = 0; k < 11; k++) x[k] = (double)columns[k * 14][c];
        label[c] = x[0] + 0.7 * x[1] - 0.5 * x[2] + fabs(x[3]) + x[4] * x[5] + (x[6] > 0.5) * 1.5 - (x[7] * x[8] > 0) +
                   0.5 * x[9] * x[9] + 0.4 * sin(3 * x[10]) + 1.5 * tw_random_normal(&r);
        cells[c] = (uint32_t)c;
    }
    for (size_t f = 0; f < FEATURES; f++)
        for (size_t c = 0; c < CELLS; c++)
            if (tw_random_uniform(&r) < 0.02) columns[f][c] = NAN;
}

static void write_data(const char *path)
{
    const int32_t head[3] = {TRAIN, TEST, FEATURES};
    FILE *file = fopen(path, "wb");
    if (!file) exit(1);
    (void)fwrite(head, sizeof head, 1, file);
    for (size_t f = 0; f < FEATURES; f++) (void)fwrite(columns[f], sizeof(float), CELLS, file);
    for (size_t c = 0; c < CELLS; c++) (void)fwrite(&(float){(float)label[c]}, sizeof(float), 1, file);
    if (fclose(file) != 0) exit(1);
}

/* CPU time: what else runs on the machine does not count. */
static double cpu_seconds(void) { return (double)clock() / CLOCKS_PER_SEC; }

static void run(const work *w, const tw_dataset *data)
{
    const tw_rows train = {data, cells, TRAIN}, test = {data, cells + TRAIN, TEST}, one = {data, cells + TRAIN, 1};
    tw_model *model;
    tw_error err;
    const tw_scored scored = {.n = TEST, .score = score, .label = label + TRAIN, .time = cells + TRAIN};
    double r2 = 0;
    double start = cpu_seconds();
    check(tw_model_fit(NULL, &(tw_fit_spec){.learner = w->learner, .params = w->params, .seed = 7, .train = &train},
                       &model, &err),
          &err);
    const double fit = cpu_seconds() - start;
    start = cpu_seconds();
    check(tw_model_predict(model, &test, score, &err), &err);
    const double batch = (cpu_seconds() - start) / (double)TEST * 1e9;
    check(tw_metric_compute(NULL, "r2", &scored, &r2, &err), &err);
    start = cpu_seconds();
    for (int i = 0; i < 2000; i++) check(tw_model_predict(model, &one, score, &err), &err);
    const double single = (cpu_seconds() - start) / 2000 * 1e9;
    (void)printf("{\"bench\": \"learn\", \"name\": \"%s\", \"fit_s\": %.3f, \"r2\": %.4f, \"batch_ns_row\": %.0f, "
                 "\"single_ns\": %.0f}\n",
                 w->name, fit, r2, batch, single);
    (void)fflush(stdout);
    tw_model_free(model);
}

int main(int argc, char **argv)
{
    make_data();
    if (argc > 1) write_data(argv[1]);
    const tw_dataset data = {.n_times = CELLS / LANES,
                             .n_lanes = LANES,
                             .n_features = FEATURES,
                             .features = (const float *const *)columns,
                             .label = label};
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) run(&works[i], &data);
    return 0;
}
