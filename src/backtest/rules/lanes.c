/* SPDX-License-Identifier: Apache-2.0 */
/* lanes.c - what a strategy trades under one name: an asset, or the contracts of a root one after the other. */
#include "backtest/rules/lanes.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- reading */

static const tw_key CHAIN[] = {
    TW_KEY("root", TEXT, tw_chain_text, root),      TW_KEY("roll", TEXT, tw_chain_text, roll),
    TW_KEY("adjust", TEXT, tw_chain_text, adjust),  TW_KEY("held", TEXT, tw_chain_text, held),
    TW_KEY("offset", WHOLE, tw_chain_text, offset), {0}};

/* Place of a word among those known. */
static tw_status choose_word(tw_backtest_spec *s, const tw_node *node, const char *word, const char *const *words,
                             size_t *place, tw_error *err)
{
    for (*place = 0; words[*place]; ++*place)
        if (strcmp(words[*place], word) == 0) return TW_OK;
    return tw_node_fail(s->doc, node, err, "'%s' must be %s%s%s%s%s, got '%s'", node->key, words[0],
                        words[2] ? ", " : " or ", words[1], words[2] ? " or " : "", words[2] ? words[2] : "", word);
}

static tw_status read_words(tw_backtest_spec *s, const tw_node *node, tw_chain_text *c, tw_error *err)
{
    size_t roll, adjust, held;
    TW_TRY(choose_word(s, tw_node_get(node, "roll"), c->roll, TW_NAMES("calendar", "volume"), &roll, err));
    TW_TRY(choose_word(s, tw_node_get(node, "adjust"), c->adjust, TW_NAMES("none", "mul", "add"), &adjust, err));
    TW_TRY(choose_word(s, tw_node_get(node, "held"), c->held, TW_NAMES("roll", "leave"), &held, err));
    c->chain =
        (tw_chain){.root = c->root, .offset = c->offset, .by_volume = roll == 1, .adjust = (tw_chain_adjust)adjust};
    return TW_OK;
}

static tw_status find_members(tw_backtest_spec *s, const tw_node *node, tw_chain_text *c, tw_error *err)
{
    const tw_asset_market *m = &s->market.market;
    c->member = tw_arena_new(&s->arena, m->n_assets, sizeof *c->member);
    if (!c->member) return tw_no_memory(err, "a backtest");
    for (size_t i = 0; i < m->n_assets; i++)
        if (m->asset[i].kind == TW_FUTURE && m->asset[i].root && strcmp(m->asset[i].root, c->root) == 0)
            c->member[c->n_members++] = i;
    if (c->n_members) return TW_OK;
    return tw_node_fail(s->doc, node, err, "no future of 'assets' has the root '%s'", c->root);
}

static tw_status read_chain(tw_backtest_spec *s, const tw_node *node, tw_error *err)
{
    tw_chain_text *c = &s->chain[s->n_chains];
    *c = (tw_chain_text){.name = node->key, .root = node->key, .roll = "calendar", .adjust = "mul", .held = "roll"};
    if (tw_spec_find(s, node->key) != SIZE_MAX)
        return tw_node_fail(s->doc, node, err, "'%s' is a symbol already", node->key);
    TW_TRY(tw_spec_map(s, node, CHAIN, c, err));
    TW_TRY(read_words(s, node, c, err));
    for (size_t k = 0; k < s->n_chains; k++)
        if (c->held[0] == 'r' && s->chain[k].held[0] == 'r' && strcmp(s->chain[k].root, c->root) == 0)
            return tw_node_fail(s->doc, node, err,
                                "'%s' and '%s' are of one root: what is held can be rolled by one of them; give the "
                                "other 'held: leave'",
                                s->chain[k].name, c->name);
    s->n_chains++;
    return find_members(s, node, c, err);
}

tw_status tw_spec_chains(tw_backtest_spec *s, tw_error *err)
{
    const tw_node *map = s->data_text.continuous;
    if (!map) return TW_OK;
    if (map->kind != TW_NODE_MAP)
        return tw_node_fail(s->doc, map, err, "'continuous' must map names to {root, roll, adjust, offset, held}");
    s->chain = tw_arena_new(&s->arena, map->n_children + 1, sizeof *s->chain);
    if (!s->chain) return tw_no_memory(err, "a backtest");
    for (const tw_node *c = map->first; c; c = c->next) TW_TRY(read_chain(s, c, err));
    return TW_OK;
}

size_t tw_spec_find(const tw_backtest_spec *s, const char *symbol)
{
    for (size_t k = 0; k < s->n_chains; k++)
        if (strcmp(s->chain[k].name, symbol) == 0) return s->market.market.n_assets + k;
    return tw_market_find(&s->market.market, symbol);
}

/* ---------------------------------------------------------------- rolling what is held */

static double multiplier_of(const tw_asset *a) { return a->kind == TW_FUTURE && a->multiplier > 0 ? a->multiplier : 1; }

/* One contract for as much of the other; what is still on its way from the session before is waited for. */
static tw_status move(tw_moment *now, size_t from, size_t to, tw_error *err)
{
    const double amount = tw_moment_holding(now, from);
    if (amount == 0 || tw_moment_open_orders(now, from, 0, NULL) > 0) return TW_OK;
    if (!tw_moment_can_trade(now, from) || !tw_moment_can_trade(now, to)) return TW_OK;
    TW_TRY(tw_moment_order(now, from, -amount, err));
    return tw_moment_order(now, to, amount, err);
}

/* What is held of a contract belongs to the present one; of the present one, to the next in the session before it is
 * closed: an order of the session of its close would come too late. SIZE_MAX: it stays. */
static tw_status next_of(const tw_backtest_spec *s, const tw_chain_text *c, tw_moment *now, size_t from, size_t *to,
                         tw_error *err)
{
    size_t n, next[2];
    const size_t close = s->market.market.asset[from].auto_close;
    *to = SIZE_MAX;
    TW_TRY(tw_moment_contracts(now, &c->chain, 2, next, &n, err));
    if (n && next[0] != from)
        *to = next[0];
    else if (n > 1 && close && tw_moment_session(now) + 1 >= close)
        *to = next[1];
    return TW_OK;
}

tw_status tw_chain_roll(tw_backtest_spec *s, tw_chain_text *c, tw_moment *now, tw_error *err)
{
    size_t to;
    if (c->held[0] != 'r' || c->looked == tw_moment_session(now) + 1) return TW_OK;
    c->looked = tw_moment_session(now) + 1;
    for (size_t i = 0; i < c->n_members; i++) {
        if (tw_moment_holding(now, c->member[i]) == 0) continue;
        TW_TRY(next_of(s, c, now, c->member[i], &to, err));
        if (to != SIZE_MAX) TW_TRY(move(now, c->member[i], to, err));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- a lane now */

const tw_chain_text *tw_lane_chain(const tw_block *b, size_t lane)
{
    const size_t n = b->spec->market.market.n_assets;
    return b->universe[lane] >= n ? &b->spec->chain[b->universe[lane] - n] : NULL;
}

tw_status tw_lanes_look(tw_block *b, tw_moment *now, tw_error *err)
{
    for (size_t i = 0; i < b->n_universe; i++) {
        const tw_chain_text *c = tw_lane_chain(b, i);
        b->asset[i] = b->universe[i];
        if (c) TW_TRY(tw_moment_contract(now, &c->chain, &b->asset[i], err));
    }
    return TW_OK;
}

tw_status tw_lane_window(tw_block *b, tw_moment *now, size_t lane, const tw_window *window, tw_error *err)
{
    const tw_chain_text *c = tw_lane_chain(b, lane);
    return c ? tw_moment_chain_window(now, &c->chain, window, b->window, err)
             : tw_moment_window(now, window, b->window, err);
}

/* What a lane counts as its own: the contracts of a series that rolls what is held, else what it is now. */
static size_t members(const tw_block *b, size_t lane, const size_t **member)
{
    const tw_chain_text *c = tw_lane_chain(b, lane);
    const bool all = c && c->held[0] == 'r';
    *member = all ? c->member : &b->asset[lane];
    return all ? c->n_members : b->asset[lane] != SIZE_MAX;
}

double tw_lane_holding(const tw_block *b, const tw_moment *now, size_t lane)
{
    const size_t *member, n = members(b, lane, &member);
    double held = 0;
    for (size_t i = 0; i < n; i++) held += tw_moment_holding(now, member[i]);
    return held;
}

/* From price to money of the account; NaN while no rate of the asset's currency is known. */
static double money_of(const tw_block *b, const tw_moment *now, size_t asset)
{
    return multiplier_of(&b->spec->market.market.asset[asset]) * tw_moment_rate(now, asset);
}

double tw_lane_exposure(const tw_block *b, const tw_moment *now, size_t lane)
{
    const size_t *member, n = members(b, lane, &member);
    double worth = 0;
    for (size_t i = 0; i < n; i++) {
        const double held = tw_moment_holding(now, member[i]);
        if (held != 0) worth += held * tw_moment_price(now, member[i]) * money_of(b, now, member[i]);
    }
    return worth;
}

size_t tw_lane_orders(const tw_block *b, const tw_moment *now, size_t lane)
{
    const size_t *member, n = members(b, lane, &member);
    size_t orders = 0;
    for (size_t i = 0; i < n; i++) orders += tw_moment_open_orders(now, member[i], 0, NULL);
    return orders;
}

double tw_lane_cost_basis(const tw_block *b, tw_moment *now, size_t lane)
{
    const tw_holding held = tw_moment_position(now, b->asset[lane]);
    return held.amount != 0 ? held.cost_basis : NAN;
}

double tw_lane_multiplier(const tw_block *b, const tw_moment *now, size_t lane)
{
    return b->asset[lane] == SIZE_MAX ? 1 : money_of(b, now, b->asset[lane]);
}

/* ---------------------------------------------------------------- orders */

/* Contracts that shall be held in all, in whole ones as the engine counts them. */
static double wanted(const tw_block *b, tw_moment *now, size_t lane, const tw_order_request *request)
{
    double x = request->amount;
    if (request->unit == TW_TARGET_PERCENT) x *= tw_moment_account(now).portfolio_value;
    if (request->unit != TW_TARGET_SHARES) x /= tw_moment_price(now, b->asset[lane]) * tw_lane_multiplier(b, now, lane);
    const double near = nearbyint(x);
    return fabs(x - near) <= 1e-4 ? near : trunc(x);
}

tw_status tw_lane_place(const tw_block *b, tw_moment *now, size_t lane, const tw_order_request *request, tw_error *err)
{
    tw_order_request of_contract = *request;
    const bool unknown = isnan(tw_lane_multiplier(b, now, lane)); /* which the engine tells in words */
    if (!tw_lane_chain(b, lane) || request->unit < TW_TARGET_SHARES || unknown)
        return tw_moment_place(now, request, NULL, err);
    of_contract.unit = TW_SHARES;
    of_contract.amount = wanted(b, now, lane, request) - tw_lane_holding(b, now, lane);
    return isfinite(of_contract.amount) ? tw_moment_place(now, &of_contract, NULL, err) : TW_OK;
}

tw_status tw_lane_cancel(const tw_block *b, tw_moment *now, size_t lane, tw_error *err)
{
    const size_t *member, n = members(b, lane, &member);
    size_t id;
    for (size_t i = 0; i < n; i++)
        while (tw_moment_open_orders(now, member[i], 1, &id) > 0) TW_TRY(tw_moment_cancel(now, id, err));
    return TW_OK;
}
