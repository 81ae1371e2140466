/* SPDX-License-Identifier: Apache-2.0 */
/* lanes.h - what a strategy trades under one name: an asset, or the contracts of a root one after the other. */
#ifndef TW_BACKTEST_RULES_LANES_H
#define TW_BACKTEST_RULES_LANES_H

#include "backtest/rules/spec.h"

/* Reads `data.continuous`; the market is known. */
tw_status tw_spec_chains(tw_backtest_spec *s, tw_error *err);
/* The asset or series of this symbol, as universe has it; SIZE_MAX: none. */
size_t tw_spec_find(const tw_backtest_spec *s, const char *symbol);
/* Moves what is held of other contracts to the present one, once a session, as the series says. */
tw_status tw_chain_roll(tw_backtest_spec *s, tw_chain_text *c, tw_moment *now, tw_error *err);
/* Finds the asset that each lane is now. */
tw_status tw_lanes_look(tw_block *b, tw_moment *now, tw_error *err);
/* The series that a lane is; NULL: an asset. */
const tw_chain_text *tw_lane_chain(const tw_block *b, size_t lane);
/* Fills b->window. */
tw_status tw_lane_window(tw_block *b, tw_moment *now, size_t lane, const tw_window *window, tw_error *err);
/* Of all contracts: what is held, its worth at last prices, its open orders. */
double tw_lane_holding(const tw_block *b, const tw_moment *now, size_t lane);
double tw_lane_exposure(const tw_block *b, const tw_moment *now, size_t lane);
size_t tw_lane_orders(const tw_block *b, const tw_moment *now, size_t lane);
/* Of what is held of the present asset; NaN: nothing is. */
double tw_lane_cost_basis(const tw_block *b, tw_moment *now, size_t lane);
/* From its price to money of the account; NaN while no rate of its currency is known. */
double tw_lane_multiplier(const tw_block *b, const tw_moment *now, size_t lane);
/* Orders the present asset; a target counts what is held of all contracts. */
tw_status tw_lane_place(const tw_block *b, tw_moment *now, size_t lane, const tw_order_request *request, tw_error *err);
tw_status tw_lane_cancel(const tw_block *b, tw_moment *now, size_t lane, tw_error *err);

#endif
