/* SPDX-License-Identifier: Apache-2.0 */
/* spec.h - a declared strategy: what its file says, and a run of it. */
#ifndef TW_BACKTEST_RULES_SPEC_H
#define TW_BACKTEST_RULES_SPEC_H

#include "backtest/rules/sizers.h"
#include "tradewind/backtest_spec.h"
#include "tradewind/feature.h"
#include "tradewind/io.h"

/* Columns that expressions may use. Those of the market come first, in the order of tw_bar_field; the others have one
 * value at a moment, the same in every row of the window. */
enum {
    TW_COLUMN_PRICE,
    TW_COLUMN_OPEN,
    TW_COLUMN_HIGH,
    TW_COLUMN_LOW,
    TW_COLUMN_CLOSE,
    TW_COLUMN_VOLUME,
    TW_COLUMN_SCORE,
    TW_COLUMN_GROUP,
    TW_COLUMN_FIRST_NOW,
    TW_COLUMN_HOLDING = TW_COLUMN_FIRST_NOW,
    TW_COLUMN_COST_BASIS,
    TW_COLUMN_WEIGHT,
    TW_COLUMN_OPEN_ORDERS,
    TW_COLUMN_CASH,
    TW_COLUMN_PORTFOLIO_VALUE,
    TW_COLUMN_CALLS,
    TW_COLUMN_PIPELINE_SIZE,
    TW_COLUMN_REMEMBERED,
    TW_COLUMN_COUNT
};

enum { TW_MOST_EXPRESSIONS = 1024, TW_MOST_WINDOW = 100000 };

/* An expression of the file: a feature of a plan, and where it stands. */
typedef struct tw_expression {
    const tw_node *node;
    const char *text;
    bool condition;
} tw_expression;

/* Expressions over one window, compiled; what is known of the universe goes through it at every call. Of the window the
 * last `rows` are kept: all of it, unless every expression depends on its own bar alone. */
typedef struct tw_formula {
    const char *const *column;
    size_t n_columns, window, rows;
    bool *used;           /* [column] */
    const int32_t *group; /* [lane], for operators that work within groups; NULL: one group */
    tw_feature *let;
    const tw_node **let_node;
    size_t n_lets, n, room;
    tw_expression *expression;
    tw_plan *plan;
    tw_runner *runner;
    const struct tw_formula *known; /* columns that this one has, in its lanes from known_first on, are taken from it */
    size_t known_first;
    double *cells;     /* [column that is used][block][rows][16] */
    size_t *slot;      /* [column]: its place among those used */
    double *values;    /* [expression][block][16] */
    tw_tiles *in;      /* [column] */
    tw_tiles_out *out; /* [expression] */
    size_t n_universe, n_blocks;
} tw_formula;

/* References to expressions are their number + 1; 0: none. */
typedef struct tw_rule_text {
    const tw_node *node;
    const char *asset, *at, *life;
    size_t lane; /* of the asset; SIZE_MAX: every one of the universe */
    size_t when, amount[TW_TARGET_PERCENT + 1], limit, stop, trail, trail_share, take_profit, stop_loss, remember;
    bool cancel, opens;
} tw_rule_text;

/* Which assets are held long (short): those for which `where` holds, of them the first by `rank`, counted or
 * as a share. */
typedef struct tw_choice_text {
    const tw_node *node;
    size_t where, rank, top, bottom;
    double top_share, bottom_share;
} tw_choice_text;

typedef struct tw_portfolio_text {
    const tw_node *node;
    const tw_node *long_node, *short_node;
    tw_choice_text longs, shorts;
    const char *weights, *shares;
    size_t by;
    bool keep_others, cancel_open, within_groups, group_neutral;
    double max_group_weight;
    const tw_sizer *sizer;
    void *params;
} tw_portfolio_text;

typedef struct tw_record_text {
    const char *name;
    size_t expression, lane;
} tw_record_text;

typedef struct tw_pipeline_text {
    const tw_node *columns, *lets;
    const tw_node *screen;
    size_t window;
} tw_pipeline_text;

typedef struct tw_strategy_text {
    const tw_node *universe, *lets, *rules, *record, *size, *portfolio, *pipeline, *entry, *exit;
    const char *schedule, *window_of;
    size_t window, start_after, max_positions;
} tw_strategy_text;

typedef struct tw_model_text tw_model_text;
typedef struct tw_rate_text tw_rate_text;

typedef struct tw_data_text {
    tw_market_files files;
    const tw_node *model, *columns, *continuous, *currencies, *rates;
    const char *column[TW_MARKET_COLUMNS + 1];
    size_t n_columns;
} tw_data_text;

/* The contracts of a root as a symbol of its own. */
typedef struct tw_chain_text {
    const char *name, *root, *roll, *adjust, *held;
    size_t offset;
    tw_chain chain;
    size_t *member, n_members; /* its contracts */
    size_t looked;             /* 1 + session in which holdings were rolled last */
} tw_chain_text;

/* A part of an expression: one that looks at the account, or one that the market alone decides. */
typedef struct tw_part {
    bool of_account;
    size_t number;
} tw_part;

/* The expressions of a block in parts. A condition holds when all its parts do. What the market alone decides is
 * evaluated for `room` calls at once, each in lanes of its own: lane k * n_universe + i is asset i at the k-th. */
typedef struct tw_split {
    tw_formula market, account;
    tw_part *part;
    size_t *from; /* [expression + 1]: its parts; NULL: the block is not split */
    size_t n_parts, room;
    size_t first, n, at; /* bars [first, first + n) are known; the present one */
    size_t *rounded;     /* [k]: prices that were rounded for it */
} tw_split;

/* What is done at one schedule: a strategy is one of these, or a list that shares an account. */
typedef struct tw_block {
    tw_backtest_spec *spec;
    const tw_node *node;
    /* what the file says */
    tw_strategy_text strategy;
    tw_rule_text *rule;
    size_t n_rules;
    tw_record_text *record;
    size_t n_records;
    tw_portfolio_text portfolio;
    size_t *universe, n_universe; /* assets; from n_assets on: series of contracts */
    size_t *lane_of;              /* [asset]; SIZE_MAX: not of the universe */
    int32_t *group;               /* [lane]; NULL: the assets have none */
    tw_formula now, pipeline;     /* pipeline.n 0: none */
    size_t screen;                /* of the pipeline */
    tw_split split;
    /* a run */
    size_t *asset; /* [lane] that is traded now; SIZE_MAX: none */
    size_t calls;
    double *window;       /* room for one */
    double *pipeline_row; /* [pipeline expression][lane], of the session that runs */
    size_t pipeline_size;
    double *weight, *last_weight, *by;
    signed char *side;
    size_t *order;
    double *sum;   /* [2 * group] */
    size_t *taken; /* [2 * group] */
    bool weighed;
} tw_block;

typedef struct tw_override {
    const char *key, *value;
} tw_override;

struct tw_backtest_spec {
    const tw_ctx *ctx;
    tw_arena arena;
    tw_doc *doc;
    char *folder;
    tw_override *override;
    size_t n_overrides;
    const tw_node *params;
    /* what the file says */
    const char *name, *mode, *frequency, *emission, *benchmark_symbol;
    int64_t from, to;
    double capital, year;
    bool lists;
    const tw_node *data, *settings, *changes, *strategy_node;
    tw_data_text data_text;
    tw_block *block;
    size_t n_blocks;
    bool whole;          /* no block is split: every call evaluates its whole window */
    tw_formula *reading; /* where expressions of the map that is read go */
    /* what it is run with */
    tw_market_read market;
    tw_model_text *model; /* NULL: none */
    const double *score;  /* [asset][session], or [asset][minute]; NULL: none */
    bool score_minutes;
    tw_strategy_run run;
    tw_capital_change *change;
    tw_chain_text *chain;
    tw_rate_text *rate;
    size_t n_chains, n_rates;
    double *remembered; /* [asset or series], what the last rule with `remember` left */
};

/* A key of a map: TW_KEY("name", TEXT, struct, field). */
#define TW_KEY(name, kind, type, field)                                                                                \
    {                                                                                                                  \
        name, TW_KEY_##kind, offsetof(type, field)                                                                     \
    }

/* ---------------------------------------------------------------- reading (read.c, strategy.c) */

typedef enum tw_key_kind {
    TW_KEY_TEXT,
    TW_KEY_PATH,
    TW_KEY_NUMBER,
    TW_KEY_WHOLE,
    TW_KEY_DAY,
    TW_KEY_FLAG,
    TW_KEY_NODE,
    TW_KEY_EXPRESSION,
    TW_KEY_CONDITION
} tw_key_kind;

/* A key of a map, and where its value goes in a struct. */
typedef struct tw_key {
    const char *name;
    tw_key_kind kind;
    size_t offset;
} tw_key;

/* Reads a map by its keys (ended by a NULL name); others fail by name and place. A missing map (NULL) changes nothing.
 */
tw_status tw_spec_map(tw_backtest_spec *s, const tw_node *map, const tw_key *keys, void *to, tw_error *err);
/* Text of a scalar with its parameters filled in. */
tw_status tw_spec_text(tw_backtest_spec *s, const tw_node *node, const char **text, tw_error *err);
/* Adds a further column of the bars, unless it is there. */
tw_status tw_spec_column(tw_backtest_spec *s, const tw_node *node, const char *name, tw_error *err);
/* Reads `data.model`; the columns that its bundle needs are added. */
tw_status tw_spec_model(tw_backtest_spec *s, tw_error *err);
/* Lets it score the market, which is known; without a model the scores are those of the market. */
tw_status tw_spec_score(tw_backtest_spec *s, tw_error *err);
void tw_spec_model_clear(tw_backtest_spec *s);
/* Adds an expression to a formula of the spec; *number counts from 1. */
tw_status tw_spec_expression(tw_backtest_spec *s, tw_formula *f, const tw_node *node, const char *text, bool condition,
                             size_t *number, tw_error *err);
/* Reads `strategy`; the market is known. */
tw_status tw_spec_strategy(tw_backtest_spec *s, tw_error *err);
/* Lane of an asset of the universe. */
tw_status tw_spec_lane(const tw_block *b, const tw_node *node, const char *symbol, size_t *lane, tw_error *err);
/* Reads `portfolio`; the expressions of it are added. */
tw_status tw_spec_portfolio(tw_block *b, tw_error *err);

/* ---------------------------------------------------------------- expressions (formula.c) */

/* Compiles what was added and makes room for `n` assets. */
tw_status tw_formula_compile(tw_backtest_spec *s, tw_formula *f, size_t n, tw_error *err);
void tw_formula_clear(tw_backtest_spec *s, tw_formula *f);
/* Cell (row, lane) of a column. */
double *tw_formula_cell(const tw_formula *f, size_t column, size_t row, size_t lane);
/* Fills the kept rows of a lane from a window. */
void tw_formula_put(const tw_formula *f, size_t column, size_t lane, const double *window);
/* Runs the rows that the cells hold. */
tw_status tw_formula_run(tw_formula *f, tw_error *err);
/* Value of expression `number` (from 1) at the window's end. */
double tw_formula_value(const tw_formula *f, size_t number, size_t lane);

/* ---------------------------------------------------------------- running (calls.c, pipeline.c, portfolio.c) */

tw_status tw_spec_call(void *block, tw_moment *now, tw_error *err);
tw_status tw_pipeline_run(tw_block *b, size_t session, tw_error *err);
/* What the expressions see, through them; the lanes are looked at. */
tw_status tw_block_evaluate(tw_block *b, tw_moment *now, tw_error *err);
/* Fills the columns that a formula uses, for the assets of the block in its lanes from `first` on. */
tw_status tw_block_fill(tw_block *b, tw_moment *now, const tw_formula *f, size_t first, tw_error *err);
/* Value of expression `number` (from 1) at the call. */
double tw_block_value(const tw_block *b, size_t number, size_t lane);
/* Makes the parts of the expressions, which are compiled, where there is anything to win (split.c). */
tw_status tw_split_make(tw_block *b, tw_error *err);
tw_status tw_split_evaluate(tw_block *b, tw_moment *now, tw_error *err);
double tw_split_value(const tw_block *b, size_t number, size_t lane);
/* How many of n candidates a choice takes; in each group, the first of n sorted lanes (groups.c). */
size_t tw_choice_count(const tw_choice_text *c, size_t n);
void tw_groups_choose(tw_block *b, const tw_choice_text *c, size_t n, signed char side);
/* Scales the weights: in each group the longs and shorts alike, and none of them above a bound. */
void tw_groups_scale(tw_block *b);
tw_status tw_portfolio_run(tw_block *b, tw_moment *now, tw_error *err);

#endif
