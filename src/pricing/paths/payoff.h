/* SPDX-License-Identifier: Apache-2.0 */
/* payoff.h - what contracts pay on the paths of a tile. */
#ifndef TW_PRICING_PAYOFF_H
#define TW_PRICING_PAYOFF_H

#include "pricing/paths/paths.h"

void tw_pay_vanilla(const tw_paths_row *row, double *pay);
void tw_pay_digital_cash(const tw_paths_row *row, double *pay);
void tw_pay_digital_asset(const tw_paths_row *row, double *pay);
void tw_pay_barrier(const tw_paths_row *row, double *pay);
void tw_pay_touch(const tw_paths_row *row, double *pay);
void tw_pay_no_touch(const tw_paths_row *row, double *pay);
void tw_pay_asian(const tw_paths_row *row, double *pay);
void tw_pay_asian_strike(const tw_paths_row *row, double *pay);
void tw_pay_geometric(const tw_paths_row *row, double *pay);
void tw_pay_geometric_strike(const tw_paths_row *row, double *pay);
void tw_pay_lookback_fixed(const tw_paths_row *row, double *pay);
void tw_pay_lookback_floating(const tw_paths_row *row, double *pay);
void tw_pay_forward_start(const tw_paths_row *row, double *pay);
void tw_pay_cliquet(const tw_paths_row *row, double *pay);
void tw_pay_variance(const tw_paths_row *row, double *pay);
void tw_pay_volatility(const tw_paths_row *row, double *pay);
void tw_pay_spread(const tw_paths_row *row, double *pay);

#endif
