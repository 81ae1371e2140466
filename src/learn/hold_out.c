/* SPDX-License-Identifier: Apache-2.0 */
/* Rows to validate on, off the end of rows to train on. */
#include "learn/learn_impl.h"

#include <math.h>

/* The first time of the rows that are held out: those of `share` of the distinct times, the last ones. */
static uint32_t first_held_out(const tw_rows *rows, double share)
{
    size_t n_times = 0, seen = 0;
    for (size_t i = 0; i < rows->n; i++)
        n_times += i == 0 || tw_cell_time(rows->data, rows->cell[i]) != tw_cell_time(rows->data, rows->cell[i - 1]);
    const size_t kept = n_times - (size_t)ceil(share * (double)n_times);
    uint32_t last = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const uint32_t time = tw_cell_time(rows->data, rows->cell[i]);
        seen += i == 0 || time != last;
        last = time;
        if (seen > kept) return time;
    }
    return last;
}

tw_status tw_hold_out(const tw_rows *rows, double share, tw_held_out *out, tw_error *err)
{
    const tw_dataset *data = rows->data;
    if (!(share > 0 && share < 1)) return tw_fail(err, TW_BAD_VALUE, "hold out: a share of %g, between 0 and 1", share);
    if (rows->n == 0) return tw_fail(err, TW_BAD_DATA, "hold out: there are no rows");
    const uint32_t from = first_held_out(rows, share);
    size_t n_before = 0;
    out->n_train = out->n_valid = out->n_purged = 0;
    while (n_before < rows->n && tw_cell_time(data, rows->cell[n_before]) < from) n_before++;
    for (size_t i = 0; i < n_before; i++) {
        const uint32_t cell = rows->cell[i];
        const bool reaches = data->label_end && data->label_end[cell] >= from;
        if (!reaches) out->cell[out->n_train++] = cell;
        out->n_purged += reaches;
    }
    for (size_t i = n_before; i < rows->n; i++) out->cell[out->n_train + out->n_valid++] = rows->cell[i];
    if (out->n_train && out->n_valid) return TW_OK;
    return tw_fail(err, TW_BAD_DATA, "hold out: a share of %g of %zu rows leaves %zu to train on, %zu to validate on",
                   share, rows->n, out->n_train, out->n_valid);
}
