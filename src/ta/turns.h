/* SPDX-License-Identifier: Apache-2.0 */
/* turns.h - sine and cosine of parts of a turn, for sums over a whole cycle. */
#ifndef TW_TA_TURNS_H
#define TW_TA_TURNS_H

/* Row n: sine and cosine of the n-th part of a turn. */
enum { TW_TURNS = 51 };
extern const double tw_turns[TW_TURNS][2];

#endif
