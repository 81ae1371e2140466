/* SPDX-License-Identifier: Apache-2.0 */
/* Microseconds an explained row on one thread: Shapley values, interactions, and values against 100 background rows, of
 * the models of bench_trees.h. bench/explain_peer.py times LightGBM and XGBoost. */
#include <time.h>

#include "bench_trees.h"
#include "learn/explain/explain.h"

enum { REPEATS = 5, VALUES = 1024, PAIRS = 64, BACKGROUND = 100, WIDTH = FEATURES + 1 };

static double phi[VALUES * WIDTH], pairs[PAIRS * WIDTH * WIDTH];

typedef enum method { SHAP, INTERACTIONS, INTERVENTIONAL } method;

static double median_us(const tw_trees *m, const tw_dataset *data, method how)
{
    const tw_rows rows = {data, cells, how == INTERACTIONS ? PAIRS : VALUES},
                  background = {data, cells + VALUES, BACKGROUND};
    double us[REPEATS];
    tw_error err;
    for (size_t k = 0; k < REPEATS; k++) {
        const clock_t start = clock();
        check(how == INTERVENTIONAL
                  ? tw_trees_shap_background(NULL, m, &rows, &background, phi, &err)
                  : tw_trees_shap(NULL, m, &rows, how == INTERACTIONS, how == SHAP ? phi : pairs, &err),
              &err);
        us[k] = (double)(clock() - start) * (1e6 / CLOCKS_PER_SEC) / (double)rows.n;
    }
    qsort(us, REPEATS, sizeof *us, bench_order);
    return us[REPEATS / 2];
}

int main(void)
{
    tw_random r = {2385, 7, 0};
    make_rows(&r);
    const tw_dataset data = {
        .n_times = ROWS / 16, .n_lanes = 16, .n_features = FEATURES, .features = (const float *const *)columns};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s += 2) {
        tw_trees *m = make_trees(&shapes[s], &r);
        (void)printf("{\"bench\": \"explain\", \"name\": \"%s\", \"shap_us\": %.1f, \"interactions_us\": %.1f, "
                     "\"interventional_us\": %.1f}\n",
                     shapes[s].name, median_us(m, &data, SHAP), median_us(m, &data, INTERACTIONS),
                     median_us(m, &data, INTERVENTIONAL));
        (void)fflush(stdout);
        tw_trees_free(m);
    }
    return 0;
}
