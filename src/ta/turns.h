/* SPDX-License-Identifier: Apache-2.0 */
/* turns.h - sine and cosine of the parts of a turn, for sums over a whole cycle. */
#ifndef TW_TA_TURNS_H
#define TW_TA_TURNS_H

/* Pairs: sine and cosine of i / n of a turn are pair n (n - 1) / 2 + i, i < n <= 50. */
enum { TW_TURNS = 50 * 51 / 2 };
extern const double tw_turns[2 * TW_TURNS];

#endif
