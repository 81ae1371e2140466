/* SPDX-License-Identifier: Apache-2.0 */
/* lu.h - small dense systems that are not symmetric. */
#ifndef TW_PRICING_LU_H
#define TW_PRICING_LU_H

#include "tradewind/base.h"

/* In place P a = L U of a row-major n x n matrix, rows swapped as `order` says; false when it is singular. */
bool tw_lu_factor(size_t n, double *a, size_t *order);
/* Solves a x = b; x and b are distinct. */
void tw_lu_solve(size_t n, const double *a, const size_t *order, const double *b, double *x);

#endif
