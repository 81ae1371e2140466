/* SPDX-License-Identifier: Apache-2.0 */
/* gram.c - picks the kernel of an instruction set. */
#include "base/isa.h"
#include "num/kernels.h"

void tw_gram(tw_isa isa, size_t n_rows, size_t n_cols, const float *const *columns, const double *weights, double *out)
{
    const tw_gram_job job = {n_rows, n_cols, columns, weights, out};
    const tw_isa resolved = tw_isa_resolve(isa);
    (void)resolved; /* one path only, off x86 */
    TW_ISA_PICK(resolved, tw_gram)(&job);
}
