/* SPDX-License-Identifier: Apache-2.0 */
/* icma.h - the day count that looks at coupon periods. */
#ifndef TW_PRICING_ICMA_H
#define TW_PRICING_ICMA_H

#include "tradewind/rates.h"

double tw_icma_fraction(const tw_accrual *a);

#endif
