/* SPDX-License-Identifier: Apache-2.0 */
/* portfolio.c - what is held by rank, and how much of it. */
#include "backtest/rules/lanes.h"

#include "tradewind/num.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- reading */

static const tw_key CHOICE[] = {TW_KEY("where", CONDITION, tw_choice_text, where),
                                TW_KEY("rank", EXPRESSION, tw_choice_text, rank),
                                TW_KEY("top", WHOLE, tw_choice_text, top),
                                TW_KEY("bottom", WHOLE, tw_choice_text, bottom),
                                TW_KEY("top_share", NUMBER, tw_choice_text, top_share),
                                TW_KEY("bottom_share", NUMBER, tw_choice_text, bottom_share),
                                {0}};

static tw_status read_choice(tw_block *b, const tw_node *node, tw_choice_text *c, tw_error *err)
{
    const char *text;
    if (!node) return TW_OK;
    c->node = node;
    if (node->kind != TW_NODE_MAP) {
        TW_TRY(tw_spec_text(b->spec, node, &text, err));
        return tw_spec_expression(b->spec, &b->now, node, text, true, &c->where, err);
    }
    TW_TRY(tw_spec_map(b->spec, node, CHOICE, c, err));
    const int ways = (c->top > 0) + (c->bottom > 0) + (c->top_share != 0) + (c->bottom_share != 0);
    if (ways > 1 || (ways == 1) != (c->rank != 0) || (!c->rank && !c->where))
        return tw_node_fail(b->spec->doc, node, err,
                            "a condition is needed here, or 'rank' with one of top, bottom, top_share, bottom_share");
    if (!(c->top_share >= 0 && c->top_share <= 1 && c->bottom_share >= 0 && c->bottom_share <= 1))
        return tw_node_fail(b->spec->doc, node, err, "a share must be in [0, 1]");
    return TW_OK;
}

static const tw_key PORTFOLIO[] = {TW_KEY("long", NODE, tw_portfolio_text, long_node),
                                   TW_KEY("short", NODE, tw_portfolio_text, short_node),
                                   TW_KEY("weights", TEXT, tw_portfolio_text, weights),
                                   TW_KEY("by", EXPRESSION, tw_portfolio_text, by),
                                   TW_KEY("shares", TEXT, tw_portfolio_text, shares),
                                   TW_KEY("keep_others", FLAG, tw_portfolio_text, keep_others),
                                   TW_KEY("cancel_open", FLAG, tw_portfolio_text, cancel_open),
                                   TW_KEY("within_groups", FLAG, tw_portfolio_text, within_groups),
                                   TW_KEY("group_neutral", FLAG, tw_portfolio_text, group_neutral),
                                   TW_KEY("max_group_weight", NUMBER, tw_portfolio_text, max_group_weight),
                                   {0}};

static tw_status check_groups(const tw_block *b, tw_error *err)
{
    const tw_portfolio_text *p = &b->portfolio;
    const tw_node *bound = tw_node_get(p->node, "max_group_weight");
    if (bound && !(p->max_group_weight > 0))
        return tw_node_fail(b->spec->doc, bound, err, "'max_group_weight' must be above 0");
    if (b->group || !(p->within_groups || p->group_neutral || bound)) return TW_OK;
    return tw_node_fail(b->spec->doc, p->node, err,
                        "within_groups, group_neutral and max_group_weight need a column 'group' in data.assets");
}

tw_status tw_spec_portfolio(tw_block *b, tw_error *err)
{
    tw_portfolio_text *p = &b->portfolio;
    const tw_node *node = b->strategy.portfolio;
    tw_error why;
    p->node = node;
    p->weights = "equal";
    p->shares = "target";
    p->cancel_open = b->spec->run.mode == TW_REALISTIC; /* a target that is still being filled would be ordered twice */
    TW_TRY(tw_spec_map(b->spec, node, PORTFOLIO, p, err));
    TW_TRY(check_groups(b, err));
    TW_TRY(read_choice(b, p->long_node, &p->longs, err));
    TW_TRY(read_choice(b, p->short_node, &p->shorts, err));
    const tw_status status = tw_sizer_read(&b->spec->arena, p->weights, &p->sizer, &p->params, &why);
    if (status == TW_NO_MEMORY) return tw_no_memory(err, "a backtest");
    if (status != TW_OK) return tw_node_fail(b->spec->doc, tw_node_get(node, "weights"), err, "%s", why.message);
    if (p->sizer->needs_by && !p->by)
        return tw_node_fail(b->spec->doc, node, err, "the weights '%s' need 'by': an expression", p->sizer->name);
    if (strcmp(p->shares, "target") != 0 && strcmp(p->shares, "nearest") != 0)
        return tw_node_fail(b->spec->doc, tw_node_get(node, "shares"), err,
                            "'shares' must be target or nearest, got '%s'", p->shares);
    return TW_OK;
}

/* ---------------------------------------------------------------- choosing */

static bool holds(const tw_block *b, size_t condition, size_t lane)
{
    return condition == 0 || tw_block_value(b, condition, lane) == 1;
}

/* Candidates of a choice in ascending (descending) order of their rank; ties in the order of the universe. */
static size_t sort_candidates(tw_block *b, const tw_choice_text *c, bool descending)
{
    size_t n = 0;
    size_t *lane = b->order, *place = b->order + b->n_universe;
    for (size_t i = 0; i < b->n_universe; i++) {
        const double x = tw_block_value(b, c->rank, i);
        if (isnan(x) || !holds(b, c->where, i)) continue;
        lane[n] = i;
        b->by[n++] = descending ? -x : x;
    }
    tw_argsort(n, b->by, place);
    for (size_t i = 0; i < n; i++) place[i] = lane[place[i]];
    return n;
}

size_t tw_choice_count(const tw_choice_text *c, size_t n)
{
    const double share = c->top_share > 0 ? c->top_share : c->bottom_share;
    return share > 0 ? (size_t)floor(share * (double)n) : c->top ? c->top : c->bottom;
}

static void choose(tw_block *b, const tw_choice_text *c, signed char side)
{
    if (!c->node) return;
    if (!c->rank) {
        for (size_t i = 0; i < b->n_universe; i++)
            if (holds(b, c->where, i)) b->side[i] = side;
        return;
    }
    const bool top = c->top > 0 || c->top_share > 0;
    const size_t n = sort_candidates(b, c, top);
    if (b->portfolio.within_groups) {
        tw_groups_choose(b, c, n, side);
        return;
    }
    const size_t count = tw_choice_count(c, n);
    for (size_t i = 0; i < count && i < n; i++) b->side[b->order[b->n_universe + i]] = side;
}

/* Without a choice: every asset whose `by` is known. */
static void choose_all(tw_block *b)
{
    for (size_t i = 0; i < b->n_universe; i++)
        b->side[i] = !b->portfolio.by || !isnan(tw_block_value(b, b->portfolio.by, i));
}

static void weigh(tw_block *b)
{
    const tw_portfolio_text *p = &b->portfolio;
    const size_t n = b->n_universe;
    memset(b->side, 0, n);
    memset(b->weight, 0, n * sizeof *b->weight);
    if (!p->longs.node && !p->shorts.node) choose_all(b);
    choose(b, &p->longs, 1);
    choose(b, &p->shorts, -1);
    for (size_t i = 0; i < n; i++) b->by[i] = p->by ? tw_block_value(b, p->by, i) : NAN;
    p->sizer->weigh(p->params, &(tw_sizing){.n = n,
                                            .side = b->side,
                                            .by = b->by,
                                            .last = b->last_weight,
                                            .first = !b->weighed,
                                            .weight = b->weight,
                                            .scratch = b->by + n});
    memcpy(b->last_weight, b->weight, n * sizeof *b->weight);
    b->weighed = true;
    if (b->group) tw_groups_scale(b);
}

/* ---------------------------------------------------------------- orders */

/* The weight as a target; "nearest" rounds to the nearest whole share (half to even) instead of towards zero. */
static tw_status order_weight(tw_block *b, tw_moment *now, size_t lane, double value, tw_error *err)
{
    const size_t asset = b->asset[lane];
    tw_order_request request = {.asset = asset, .unit = TW_TARGET_PERCENT, .amount = b->weight[lane]};
    if (!tw_moment_can_trade(now, asset)) return TW_OK;
    if (b->portfolio.cancel_open) TW_TRY(tw_lane_cancel(b, now, lane, err));
    const double money = tw_lane_multiplier(b, now, lane);
    if (b->portfolio.shares[0] == 'n' && !isnan(money)) {
        request.unit = TW_TARGET_SHARES;
        request.amount = nearbyint(b->weight[lane] * value / tw_moment_price(now, asset) / money);
        if (!isfinite(request.amount)) return TW_OK;
    }
    const tw_status status = tw_lane_place(b, now, lane, &request, err);
    if (status == TW_OK) return TW_OK;
    return tw_fail_in(err, status, "%s:%u", tw_doc_name(b->spec->doc), b->portfolio.node->line);
}

/* Held, or about to be. */
static bool is_held(const tw_block *b, tw_moment *now, size_t lane)
{
    return tw_lane_holding(b, now, lane) != 0 || (b->portfolio.cancel_open && tw_lane_orders(b, now, lane) > 0);
}

static tw_status order_side(tw_block *b, tw_moment *now, signed char side, double value, tw_error *err)
{
    for (size_t i = 0; i < b->n_universe; i++)
        if (b->side[i] == side && (side || is_held(b, now, i))) TW_TRY(order_weight(b, now, i, value, err));
    return TW_OK;
}

tw_status tw_portfolio_run(tw_block *b, tw_moment *now, tw_error *err)
{
    const tw_strategy_account account = tw_moment_account(now);
    const double value = account.positions_value + account.cash;
    weigh(b);
    TW_TRY(order_side(b, now, 1, value, err));
    TW_TRY(order_side(b, now, -1, value, err));
    return b->portfolio.keep_others ? TW_OK : order_side(b, now, 0, value, err);
}
