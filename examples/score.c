/* SPDX-License-Identifier: Apache-2.0 */
/* score.c - a trained bundle inside a program of your own: opens it, takes bars from CSV one time after another, as a
 * trading engine would, and prints the scores of the last time, best first.
 *
 *   tradewind run examples/demo.yaml
 *   tradewind data simulate --set "symbols=60 sessions=1008 seed=1 edge=0.12" --out market
 *   tradewind data adjust market/bars.twp --actions market/actions.csv --out bars.csv
 *   cc -std=c11 score.c $(pkg-config --cflags --libs tradewind) -o score && ./score out/demo/bundle bars.csv
 */
#include <tradewind/track.h>

#include <math.h>
#include <stdio.h>

/* What scoring needs: the bundle (plan, models, checksums: const) and the scorer (its state). */
typedef struct engine {
    tw_bundle *bundle;
    tw_panel *bars;
    tw_scorer *scorer;
    size_t n_symbols, n_columns;
    double *value, *score;  /* one time: value[column * n_lanes + lane], score[lane] */
    const double **columns; /* the same, by column, as the scorer takes it */
    size_t n_lanes;         /* symbols, rounded up to a multiple of 16 */
} engine;

static tw_status open_engine(engine *e, const char *bundle, const char *csv, tw_error *err)
{
    tw_import_options how;
    tw_import_summary summary;
    TW_TRY(tw_bundle_open(NULL, bundle, &e->bundle, err));
    TW_TRY(tw_params_parse(tw_import_params(), "import", NULL, &how, err));
    how.out = how.rejects = NULL;
    TW_TRY(tw_import_csv(NULL, &csv, 1, &how, &e->bars, &summary, err));
    if (summary.rejected) fprintf(stderr, "%llu rows set aside\n", (unsigned long long)summary.rejected);
    TW_TRY(tw_scorer_new(NULL, e->bundle, NULL, 0, &e->scorer, err));
    (void)tw_scorer_symbols(e->scorer, &e->n_symbols);
    (void)tw_bundle_columns(e->bundle, &e->n_columns);
    e->n_lanes = (e->n_symbols + TW_LANES - 1) / TW_LANES * TW_LANES;
    e->value = tw_new(NULL, e->n_columns * e->n_lanes, sizeof *e->value);
    e->score = tw_new(NULL, e->n_lanes, sizeof *e->score);
    e->columns = tw_new(NULL, e->n_columns, sizeof *e->columns);
    if (!e->value || !e->score || !e->columns) return tw_no_memory(err, "one bar");
    for (size_t c = 0; c < e->n_columns; c++) e->columns[c] = e->value + c * e->n_lanes;
    return TW_OK;
}

static void close_engine(engine *e)
{
    tw_free(NULL, e->value);
    tw_free(NULL, e->score);
    tw_free(NULL, e->columns);
    tw_scorer_free(e->scorer);
    tw_panel_close(e->bars);
    tw_bundle_close(e->bundle);
}

/* The bars of time t in the scorer's order of symbols; NaN where there is none. */
static tw_status take_time(engine *e, size_t t, tw_error *err)
{
    const char *const *symbols = tw_scorer_symbols(e->scorer, &e->n_symbols);
    const char *const *columns = tw_bundle_columns(e->bundle, &e->n_columns);
    for (size_t c = 0; c < e->n_columns; c++) {
        const size_t column = tw_panel_find_column(e->bars, columns[c]);
        if (column == SIZE_MAX) return tw_fail(err, TW_NOT_FOUND, "the bars have no column '%s'", columns[c]);
        for (size_t lane = 0; lane < e->n_lanes; lane++) {
            const size_t s = lane < e->n_symbols ? tw_panel_find_symbol(e->bars, symbols[lane]) : SIZE_MAX;
            e->value[c * e->n_lanes + lane] = s == SIZE_MAX ? (double)NAN : tw_panel_at(e->bars, column, s, t);
        }
    }
    bool fallback = false; /* set when the best model failed and the simpler one scored */
    TW_TRY(tw_scorer_bar(e->scorer, tw_panel_stamps(e->bars)[t], e->columns, e->score, &fallback, err));
    if (fallback) fprintf(stderr, "the fallback model scored time %zu\n", t);
    return TW_OK;
}

static void print_best(const engine *e)
{
    char time[40];
    size_t n = 0;
    const char *const *symbols = tw_scorer_symbols(e->scorer, &n);
    time[tw_time_format(tw_scorer_time(e->scorer), time)] = '\0';
    printf("%s: the five best of %zu\n", time, n);
    for (int k = 0; k < 5; k++) {
        size_t best = SIZE_MAX;
        for (size_t s = 0; s < n; s++)
            if (!isnan(e->score[s]) && (best == SIZE_MAX || e->score[s] > e->score[best])) best = s;
        if (best == SIZE_MAX) return;
        printf("%-8s %+.6f\n", symbols[best], e->score[best]);
        e->score[best] = (double)NAN;
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: score BUNDLE BARS.csv\n");
        return 2;
    }
    engine e = {0};
    tw_error err;
    tw_status status = open_engine(&e, argv[1], argv[2], &err);
    for (size_t t = 0; status == TW_OK && t < tw_panel_times(e.bars); t++) status = take_time(&e, t, &err);
    if (status == TW_OK)
        print_best(&e);
    else
        fprintf(stderr, "score: %s\n", err.message);
    close_engine(&e);
    return status == TW_OK ? 0 : 1;
}
