/* SPDX-License-Identifier: Apache-2.0 */
/** @file learn.h
 * Floor 3: datasets, labels that carry their time interval, splits that purge by it, metrics, learners.
 *
 * A dataset is a dense grid of cells: cell = time * n_lanes + lane, time-major, n_lanes symbols side by side (a
 * multiple of 16; lanes without a symbol are missing everywhere). A row is a cell; a set of rows is an ascending list
 * of cells.
 */
#ifndef TRADEWIND_LEARN_H
#define TRADEWIND_LEARN_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- dataset */

/** Borrowed views of one dataset. Arrays by cell have n_times * n_lanes entries; any but `features` may be NULL. */
typedef struct tw_dataset {
    size_t n_times, n_lanes, n_features;
    const float *const *features; /* features[f][cell]; NaN missing */
    const char *const *feature_names;
    const int64_t *known;        /* [n_times] when the bar of this time was known, ns UTC */
    const double *label;         /* by cell; NaN not known */
    const uint32_t *label_start; /* by cell: first time index whose price the label uses (the entry) */
    const uint32_t *label_end;   /* by cell: last time index whose price the label uses */
    const double *weight;        /* by cell */
    const uint32_t *levels; /* [n_features] categories of a feature, whose values are 0 .. levels - 1; 0: a number */
    const uint32_t *group;  /* by cell: rows that are ranked among each other; NULL: those of one time */
} tw_dataset;

/** Rows of a dataset: n ascending cells. */
typedef struct tw_rows {
    const tw_dataset *data;
    const uint32_t *cell;
    size_t n;
} tw_rows;

/* ---------------------------------------------------------------- labels */

/** Prices the labels are made from, by cell (see tw_dataset); NaN where there is no bar. */
typedef struct tw_prices {
    size_t n_times, n_lanes;
    const double *open, *high, *low, *close;
} tw_prices;

/** What a label maker fills, by cell. */
typedef struct tw_label_out {
    double *label;
    uint32_t *start, *end;
} tw_label_out;

/** A label: "forward_return" (horizon, price=close|next_open, log, demean=none|section), "volatility_scaled",
 * "triple_barrier" (up, down in volatilities, horizon, volatility window; label = -1, 0, 1 or return at exit), "meta"
 * (was the side given right). */
typedef struct tw_label {
    const char *name, *title, *source;
    const tw_param *params;
    size_t params_size;
    /* `side` by cell (+1, -1, 0) is needed by "meta" only. */
    tw_status (*make)(const tw_ctx *ctx, const tw_prices *prices, const double *side, const void *params,
                      tw_label_out *out, tw_error *err);
} tw_label;

/** All labels, by name. */
TW_API const tw_label *const *tw_labels(size_t *n);
/** The label of this name, or BAD_NAME with the nearest name. */
TW_API tw_status tw_label_find(const char *name, const tw_label **label, tw_error *err);
/** Average uniqueness of each label, symbol by symbol: mean over its life of 1 / (labels alive then). AFML ch. 4. Only
 * the labels of cells in `among` count, the others weigh 0; NULL: all that are known. To weigh train rows give the
 * train rows alone: whether a label that reaches into the test exists depends on prices of the test. */
TW_API tw_status tw_uniqueness(const tw_ctx *ctx, const tw_dataset *data, const bool *among, double *weight,
                               tw_error *err);

/* ---------------------------------------------------------------- splits */

/** One fold: the test span(s) in time indices [from, to), and the rows to train on, already purged and embargoed. */
typedef struct tw_fold {
    size_t n_spans;
    struct {
        uint32_t from, to;
    } span[16];
    uint32_t *train; /* cells, ascending */
    size_t n_train;
    uint32_t *test; /* cells with a label, ascending */
    size_t n_test;
    size_t n_purged, n_embargoed; /* rows taken out of train, and why */
} tw_fold;

typedef struct tw_folds {
    size_t n;
    tw_fold *fold;
} tw_folds;

/** A splitter: "walk_forward" (refits, window=expanding|rolling, bars, first share, embargo), "purged_kfold" (folds,
 * embargo), "combinatorial_purged" (groups, test_groups, embargo). A train row is purged when its label interval meets
 * the interval of any test label or a time of a test span; it is embargoed when its own time is at most `embargo` bars
 * after the last time of the span and its labels. In walk_forward, where no train row is after the test, the embargo is
 * a gap before it. */
typedef struct tw_splitter {
    const char *name, *title, *source;
    const tw_param *params;
    size_t params_size;
    /* Only cells with a known label, and (by `usable`, may be NULL) usable features, become rows. */
    tw_status (*split)(const tw_ctx *ctx, const tw_dataset *data, const bool *usable, const void *params,
                       tw_folds *folds, tw_error *err);
} tw_splitter;

/** All splitters, by name. */
TW_API const tw_splitter *const *tw_splitters(size_t *n);
/** The splitter of this name, or BAD_NAME with the nearest name. */
TW_API tw_status tw_splitter_find(const char *name, const tw_splitter **splitter, tw_error *err);
/** Paths that combinatorial_purged gives: C(groups - 1, test_groups - 1), SIZE_MAX when that, or a product on the way
 * to it, is larger; each goes through every group once. */
TW_API size_t tw_combinatorial_paths(size_t groups, size_t test_groups);
/** The fold from which path `path` takes its test of `group`; SIZE_MAX when there is none. */
TW_API size_t tw_combinatorial_fold(size_t groups, size_t test_groups, size_t group, size_t path);
/** Frees what a splitter filled. */
TW_API void tw_folds_clear(const tw_ctx *ctx, tw_folds *folds);
/** Fails with LOOK_AHEAD, naming the rows, when a train label's interval overlaps a test label's, or the embargo is
 * broken. */
TW_API tw_status tw_fold_verify(const tw_dataset *data, const tw_fold *fold, size_t embargo, tw_error *err);

/** Rows in two: to train on, and behind them, later in time, to validate on. */
typedef struct tw_held_out {
    uint32_t *cell; /* the caller's, room for all rows: n_train cells, then n_valid, each part ascending */
    size_t n_train, n_valid, n_purged;
} tw_held_out;

/** Holds out the rows of the last `share` of the times for early stopping. Of the others, those whose label reaches
 * into them are purged: neither trained nor validated on. */
TW_API tw_status tw_hold_out(const tw_rows *rows, double share, tw_held_out *out, tw_error *err);

/* ---------------------------------------------------------------- learners */

enum { TW_TASK_REGRESS = 1, TW_TASK_CLASSIFY = 2 };
enum {
    TW_LEARNER_WEIGHTS = 1,  /* uses row weights */
    TW_LEARNER_MISSING = 2,  /* takes NaN features as they are */
    TW_LEARNER_BASELINE = 4, /* a naive baseline: stands first in a leaderboard */
    TW_LEARNER_WARM = 8,     /* fit can start from a model */
    TW_LEARNER_STOPS = 16,   /* stops early by valid rows */
    TW_LEARNER_BAGS = 32     /* fills out_of_bag */
};

/** A fitted model with its learner: what callers hold. */
typedef struct tw_model tw_model;

/** Rows of a dataset as bytes, for tree learners: made once, shared read-only by fits on any rows among them. */
typedef struct tw_bins tw_bins;

/** Which rows to bin, and from which to take the edges: to keep a test honest, `edges` holds none of its rows. */
typedef struct tw_bins_spec {
    const tw_rows *rows, *edges; /* of one dataset; edges need not be among rows */
    int bins;                    /* most bins of a feature, 2 .. 255 */
    uint64_t seed;               /* edges are quantiles of a sample of 50,000 */
} tw_bins_spec;

/** Bins rows. Categories (tw_dataset.levels) get a bin each, the most frequent first. */
TW_API tw_status tw_bins_new(const tw_ctx *ctx, const tw_bins_spec *spec, tw_bins **bins, tw_error *err);
/** Frees bins. NULL is fine. */
TW_API void tw_bins_free(tw_bins *bins);

/** A loss of the caller's own, for loss=custom: fills gradient and hessian (of n rows, by their scores; hessians above
 * 0) of the loss to be made small; weights are applied by the learner. */
typedef struct tw_custom_loss {
    tw_status (*gradients)(void *arg, size_t n, const double *score, const double *label, double *gradient,
                           double *hessian, tw_error *err);
    double (*loss)(void *arg, size_t n, const double *score, const double *label, const double *weight); /* mean */
    void *arg;
} tw_custom_loss;

/** What a fit is given besides the rows. */
typedef struct tw_fit {
    const tw_ctx *ctx;
    uint64_t seed;
    const void *params;           /* the learner's params struct */
    const tw_rows *valid;         /* for early stopping, purged from train; or NULL */
    const void *from;             /* warm start: a model of the same learner, or NULL */
    const tw_bins *bins;          /* train rows, binned already (tree learners), or NULL */
    const tw_custom_loss *custom; /* for loss=custom, or NULL */
    double *out_of_bag; /* forests fill it, as predict would, by the trees that saw no label which overlaps the row's */
    bool partial;       /* when cancelled: return what was fitted so far (tree learners) */
} tw_fit;

/** A learner. Models are immutable once fitted; predict is const, concurrent-safe, never allocates, and gives a row the
 * same bits whatever rows are beside it. Same rows, params and seed give the same model bytes at any thread count. */
typedef struct tw_learner {
    const char *name, *title, *source;
    const tw_param *params;
    size_t params_size;
    unsigned tasks, traits;
    tw_status (*available)(tw_error *err); /* whether the library is there that fit needs; NULL: it needs none */
    tw_status (*fit)(const tw_fit *fit, const tw_rows *train, void **model, tw_error *err);
    tw_status (*predict)(const void *model, const tw_rows *rows, double *score, tw_error *err);
    size_t (*outputs)(const void *model); /* scores of a row, one beside the other; NULL: 1 */
    tw_status (*save)(const void *model, tw_buf *out, tw_error *err);
    tw_status (*load)(const tw_ctx *ctx, const void *bytes, size_t length, void **model, tw_error *err);
    void (*importance)(const void *model, double *share); /* n_features, sums to 1 (or all 0); NULL: none */
    const struct tw_trees *(*trees)(
        const void *model); /* the tree ensemble it is (src/learn/trees/trees.h); NULL: it is none */
    void (*free)(void *model);
} tw_learner;

/** All learners, by name: elastic_net, extra_trees, gbm, last_value, logistic, mean, random_forest, ridge,
 * xgboost. */
TW_API const tw_learner *const *tw_learners(size_t *n);
/** The learner of this name, or BAD_NAME with the nearest name. */
TW_API tw_status tw_learner_find(const char *name, const tw_learner **learner, tw_error *err);

/** What to fit, and on what. */
typedef struct tw_fit_spec {
    const char *learner; /* "gbm" */
    const char *params;  /* "depth=6 rounds=200"; NULL: the defaults */
    uint64_t seed;
    const tw_rows *train, *valid; /* valid: for early stopping, purged from train; or NULL */
    const tw_model *from;         /* go on from this model of the same learner; or NULL */
    const tw_bins *bins;          /* as in tw_fit */
    const tw_custom_loss *custom;
    double *out_of_bag; /* [train->n * outputs]; NaN where no tree left the row out; or NULL */
    bool partial;
} tw_fit_spec;

/** Fits. */
TW_API tw_status tw_model_fit(const tw_ctx *ctx, const tw_fit_spec *spec, tw_model **model, tw_error *err);
/** Scores rows: score[i * outputs + k] for output k of rows->cell[i]; probabilities for classifiers: of class 1, or of
 * each class where a model has several outputs. Never allocates. */
TW_API tw_status tw_model_predict(const tw_model *model, const tw_rows *rows, double *score, tw_error *err);
/** Learner of a model. */
TW_API const tw_learner *tw_model_learner(const tw_model *model);
/** Parameters of a model in canonical text. */
TW_API const char *tw_model_params(const tw_model *model);
/** Number of features a model was fitted on. */
TW_API size_t tw_model_features(const tw_model *model);
/** Scores it gives a row. */
TW_API size_t tw_model_outputs(const tw_model *model);
/** Scores as tw_model_predict gives them, before the link: log odds where those are chances. UNSUPPORTED when it is no
 * ensemble of trees. Never allocates. */
TW_API tw_status tw_model_margin(const tw_model *model, const tw_rows *rows, double *margin, tw_error *err);

/** What the columns of a model are called. Texts are the owner's: a model copies them. */
typedef struct tw_schema {
    size_t n_features;
    const char *const *name;         /* [n_features] */
    const size_t *n_levels;          /* [n_features] categories; 0: a number; NULL: all are numbers */
    const char *const *const *level; /* level[f][category] */
    const char *target;              /* "" when not known */
    size_t n_classes;                /* of a classifier; 0: the target is a number */
    const char *const *class_name;
} tw_schema;

/** Names of the columns of a model; NULL when none were given. */
TW_API const tw_schema *tw_model_schema(const tw_model *model);
/** Gives a model the names of its columns, copied; they are saved with it. BAD_VALUE when the number of features is
 * another. */
TW_API tw_status tw_model_name(tw_model *model, const tw_schema *schema, tw_error *err);
/** Share of each feature, summing to 1; false when the learner has none. */
TW_API bool tw_model_importance(const tw_model *model, double *share);
/** Appends the model in tradewind's versioned, checksummed format. */
TW_API tw_status tw_model_save(const tw_model *model, tw_buf *out, tw_error *err);
/** Reads a model back; hostile bytes are refused. */
TW_API tw_status tw_model_load(const tw_ctx *ctx, const void *bytes, size_t length, tw_model **model, tw_error *err);
/** Frees a model. NULL is fine. */
TW_API void tw_model_free(tw_model *model);

/* ---------------------------------------------------------------- tables */

/** A table read from CSV (plain, gzip, zstd): columns by name, each a feature unless something else is said of it, and
 * a row a row. Columns are numbers; where a field is none, the column is one of categories, whose codes are their texts
 * in order: numbers by value, then texts by bytes. Features are single precision. A column without a name is left out.
 */
typedef struct tw_frame tw_frame;

/** What the columns are. Lists are names with commas between them; NULL: none. */
typedef struct tw_frame_options {
    const char *target;      /**< the label; a text is a class, its number the place in the order of all */
    const char *weight;      /**< of a row, at least 0 */
    const char *group;       /**< rows of the same text are ranked among each other, wherever they stand */
    const char *ignore;      /**< list: no features */
    const char *categorical; /**< list: categories (of the target: classes) also when all are numbers */
    const char *keep;        /**< list: columns whose text tw_frame_kept gives back */
    const char *missing;     /**< list: spellings of a missing value besides nothing at all; NULL: NA, N/A, NaN, nan,
                                NULL, null, None, ? */
    const tw_schema *schema; /**< of a model, outlives the frame: its columns by name, in its order, with its categories
                                (others are missing) and classes (others are refused); the other columns are ignored */
    size_t by_position;      /**< of a model without a schema: the number of its features; all columns but those of
                                target, weight, group, ignore and keep are numbers and taken in their order */
    char delimiter;          /**< 0: a comma */
} tw_frame_options;

/** Reads a whole table. Rows without a target are left out. BAD_DATA names file, line, column and value. A table in
 * which a text follows numbers in a column is read twice. */
TW_API tw_status tw_frame_read(const tw_ctx *ctx, const char *path, const tw_frame_options *options, tw_frame **frame,
                               tw_error *err);
/** Opens a table to be read piece by piece, in bounded memory, with `schema` or `by_position`. It has no rows yet. */
TW_API tw_status tw_frame_open(const tw_ctx *ctx, const char *path, const tw_frame_options *options, tw_frame **frame,
                               tw_error *err);
/** Reads the next rows, at most `most`, in place of those before; none at the end. */
TW_API tw_status tw_frame_next(tw_frame *frame, size_t most, tw_error *err);
/** The rows that are in it now, in the order of the file; views of the frame. */
TW_API const tw_rows *tw_frame_rows(const tw_frame *frame);
/** Cuts the rows in two: the last share of them to validate on, those before to train on. Groups stay whole: one with a
 * row before the cut is trained on. Views of the frame, until the next call of this. */
TW_API tw_status tw_frame_split(tw_frame *frame, double share, tw_rows *train, tw_rows *valid, tw_error *err);
/** Names of its columns, for tw_model_name; a view of the frame. */
TW_API const tw_schema *tw_frame_schema(const tw_frame *frame);
/** Rows left out so far, for want of a target. */
TW_API uint64_t tw_frame_dropped(const tw_frame *frame);
/** What a reader may want to know, a line each: columns taken as categories, rows left out, unknown categories. */
TW_API const char *tw_frame_notes(const tw_frame *frame);
/** Number of columns that are kept. */
TW_API size_t tw_frame_kept_columns(const tw_frame *frame);
/** Name of kept column k. */
TW_API const char *tw_frame_kept_name(const tw_frame *frame, size_t k);
/** Text of kept column k in a row that is in it now. */
TW_API const char *tw_frame_kept(const tw_frame *frame, size_t row, size_t k);
/** Frees a frame. NULL is fine. */
TW_API void tw_frame_free(tw_frame *frame);

/* ---------------------------------------------------------------- formats of model files */

/** A form that models are kept in, ours or another library's. */
typedef struct tw_format {
    const char *name, *title, *source, *extension;
    bool (*is)(const void *bytes, size_t length); /* whether the bytes look like it; NULL: it is only written */
    tw_status (*read)(const tw_ctx *ctx, const void *bytes, size_t length, tw_model **model, tw_error *err);
    tw_status (*write)(const tw_model *model, tw_buf *out, tw_error *err); /* NULL: it is only read */
} tw_format;

/** All formats, by name: lightgbm, onnx, tradewind, xgboost_json, xgboost_ubjson. */
TW_API const tw_format *const *tw_formats(size_t *n);
/** The format of this name, or BAD_NAME with the nearest name. */
TW_API tw_status tw_format_find(const char *name, const tw_format **format, tw_error *err);
/** The format that the bytes look like, or NULL. */
TW_API const tw_format *tw_format_of(const void *bytes, size_t length);
/** Reads a model in any format that is read, told apart by content. Ensembles of others become models of learner gbm,
 * named by the file's feature names (f0, f1, ... where it has none). What they predict differs from the library that
 * wrote them by its rounding alone, for features that are floats; what cannot be kept is refused by name. */
TW_API tw_status tw_model_import(const tw_ctx *ctx, const void *bytes, size_t length, tw_model **model, tw_error *err);
/** Appends the model in the named format; BAD_VALUE, naming the reason, when the format cannot hold it. */
TW_API tw_status tw_model_export(const tw_model *model, const char *format, tw_buf *out, tw_error *err);

/** What there is to say of a tree ensemble at a glance. Pointers live as long as the model. */
typedef struct tw_ensemble {
    const char *link, *link_title;
    double link_scale;
    const double *base; /* margin to begin with, of each output */
    size_t n_trees, n_nodes, n_leaves, n_linear_leaves, n_category_splits, depth;
} tw_ensemble;

/** Fills `ensemble`; false when the model is none. */
TW_API bool tw_model_ensemble(const tw_model *model, tw_ensemble *ensemble);

/* ---------------------------------------------------------------- metrics */

/** Scores against labels, in the order of rows: time index of each, ascending. */
typedef struct tw_scored {
    size_t n;
    const double *score, *label, *weight; /* weight may be NULL */
    const uint32_t *time;
    size_t lags;           /* of Newey-West in rank_ic_t: the horizon of overlapping labels; 0: 4 (times / 100)^(2/9) */
    size_t n_outputs;      /* scores of a row, score[i * n_outputs + k]: chances of classes 0 .. n_outputs - 1; 0: 1 */
    const uint32_t *group; /* of ndcg: rows that are ranked among each other; NULL: those of one time */
    size_t most;           /* of ndcg: ranks that count; 0: 10 */
    double level;          /* of quantile_loss, in (0, 1); 0: 0.5 */
    double power;          /* of tweedie_deviance, in (1, 2); 0: 1.5 */
} tw_scored;

/** A metric: auc, hit_rate, ic (mean over times of the cross-sectional correlation), ic_ir, log_loss, ndcg, rank_ic,
 * rank_ic_t (Newey-West), rmse, ... Those of several scores a row are accuracy and log_loss; the others refuse them. */
typedef struct tw_metric {
    const char *name, *title, *source;
    bool higher_is_better;
    tw_status (*compute)(const tw_ctx *ctx, const tw_scored *scored, double *value, tw_error *err);
} tw_metric;

/** All metrics, by name. */
TW_API const tw_metric *const *tw_metrics(size_t *n);
/** Value of the named metric. */
TW_API tw_status tw_metric_compute(const tw_ctx *ctx, const char *name, const tw_scored *scored, double *value,
                                   tw_error *err);
/** Cross-sectional correlations over time, in the caller's arrays: room for every time of the rows. */
typedef struct tw_ic_path {
    size_t n;
    uint32_t *time;
    double *ic, *rank_ic;
} tw_ic_path;

/** Fills `path` with one entry for each time that has at least `min_rows` rows with labels that differ. */
TW_API tw_status tw_ic_series(const tw_ctx *ctx, const tw_scored *scored, size_t min_rows, tw_ic_path *path,
                              tw_error *err);
/** t value of the mean of a series, Newey-West with `lags` lags. */
TW_API double tw_newey_west_t(size_t n, const double *x, size_t lags);
/** Mean label by score quantile within each time, averaged over times: out[0..n_quantiles), lowest scores first. Rank r
 * of n rows is in quantile floor(r n_quantiles / n); rows of equal score share the mean of their labels. Times with
 * fewer rows than quantiles are left out. */
TW_API tw_status tw_quantile_returns(const tw_ctx *ctx, const tw_scored *scored, size_t n_quantiles, double *out,
                                     tw_error *err);
/** Calibration: mean score and mean label of n_bins bins of the rows by score, cut as in tw_quantile_returns. */
TW_API tw_status tw_calibration(const tw_ctx *ctx, const tw_scored *scored, size_t n_bins, double *mean_score,
                                double *mean_label, tw_error *err);

/* ---------------------------------------------------------------- explanations */

/** Shapley values of the margins of a tree model, exact: phi[(i * outputs + k) * (features + 1) + f] for feature f of
 * row i, and the base value at f = features; they sum to the margin. Without a background features that are not known
 * go both ways by the train rows that came by (TreeSHAP, as LightGBM's pred_contrib and XGBoost's pred_contribs); with
 * one they are those of its rows, all alike (interventional). Rows go over the pool of `ctx`: the same bits.
 * UNSUPPORTED when the model is no tree ensemble or has linear leaves, BAD_DATA when it does not say how many rows came
 * by. */
TW_API tw_status tw_model_shap(const tw_ctx *ctx, const tw_model *model, const tw_rows *rows, const tw_rows *background,
                               double *phi, tw_error *err);
/** Shapley interaction values, without a background: phi[((i * outputs + k) * (features + 1) + f) * (features + 1) + g]
 * is half the interaction of f and g, and what is left of f's value at g = f; all of them sum to the margin, the base
 * value is the last. */
TW_API tw_status tw_model_interactions(const tw_ctx *ctx, const tw_model *model, const tw_rows *rows, double *phi,
                                       tw_error *err);

/** What a feature did for a tree model while it was fitted. */
typedef enum tw_importance { TW_IMPORTANCE_GAIN, TW_IMPORTANCE_SPLITS, TW_IMPORTANCE_COVER } tw_importance;

/** Gains, counts or covers of the splits on each feature, summed: out[features]. UNSUPPORTED when the model is no tree
 * ensemble. */
TW_API tw_status tw_model_split_importance(const tw_model *model, tw_importance kind, double *out, tw_error *err);

/** What permuting a feature costs, and by which metric. */
typedef struct tw_permutation {
    const char *metric; /* see tw_metrics */
    double threshold;   /* labels above it are 1 ... */
    bool chance;        /* ... when the model gives chances of two classes */
    size_t repeats;     /* at least 1 */
    uint64_t seed;
} tw_permutation;

/** How much worse the metric is when the values of a feature are dealt out anew among the rows: mean and standard
 * deviation over the repeats, mean[features], sd[features]; above 0: worse. (Breiman, Random forests, 2001.) */
TW_API tw_status tw_permutation_importance(const tw_ctx *ctx, const tw_model *model, const tw_rows *rows,
                                           const tw_permutation *how, double *mean, double *sd, tw_error *err);

/** One feature or two, each over a grid of values. */
typedef struct tw_grid {
    size_t n_features; /* 1 or 2 */
    uint32_t feature[2];
    const float *value[2];
    size_t n[2];
} tw_grid;

/** At most `most` values that a feature takes in the rows, in order: all of them, or its quantiles at equal steps; of
 * categories the most frequent. *n may be 0 when all are missing. */
TW_API tw_status tw_feature_grid(const tw_ctx *ctx, const tw_rows *rows, uint32_t feature, size_t most, float *value,
                                 size_t *n, tw_error *err);
/** Partial dependence: mean prediction of the rows with the features set to each point of the grid, mean[point *
 * outputs + k], the second feature running fastest. `each`, when not NULL, gets the predictions of single rows
 * (individual conditional expectation): each[(i * points + point) * outputs + k]. (Friedman 2001; Goldstein et al.
 * 2015.) */
TW_API tw_status tw_partial_dependence(const tw_ctx *ctx, const tw_model *model, const tw_rows *rows,
                                       const tw_grid *grid, double *mean, double *each, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif
