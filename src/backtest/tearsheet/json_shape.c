/* SPDX-License-Identifier: Apache-2.0 */
/* json_shape.c - distributions, what is believed, a live time and rolling loadings as JSON. */
#include "backtest/tearsheet/json_put.h"

void tw_sheet_json_loadings(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "rolling_loadings");
    tw_json_object(j);
    for (size_t k = 0; k <= s->record.n_factors; k++)
        json_numbers(j, k ? s->record.factor_name[k - 1] : "intercept", s->record.path.n, s->rolling_loading[k]);
    tw_json_object_end(j);
}

void tw_sheet_json_histograms(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "histograms");
    tw_json_object(j);
    for (size_t k = 0; k < TW_SHEET_HISTOGRAMS; k++) {
        const tw_sheet_histogram *h = &s->histogram[k];
        if (h->n == 0) continue;
        tw_json_key(j, h->name);
        tw_json_object(j);
        json_number(j, "least", h->least);
        json_number(j, "width", h->width);
        json_number(j, "mean", h->mean);
        tw_json_key(j, "count");
        tw_json_array(j);
        for (size_t i = 0; i < TW_SHEET_BINS; i++) tw_json_integer(j, (int64_t)h->bin[i]);
        tw_json_array_end(j);
        tw_json_object_end(j);
    }
    tw_json_object_end(j);
}

void tw_sheet_json_belief(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "chance_of_profit");
    tw_json_object(j);
    json_count(j, "winners", s->belief.winners);
    json_count(j, "others", s->belief.others);
    json_number(j, "mean", s->belief.mean);
    json_number(j, "low", s->belief.low);
    json_number(j, "high", s->belief.high);
    tw_json_object_end(j);
}

void tw_sheet_json_live(const tw_tearsheet *s, tw_json *j)
{
    tw_json_key(j, "live");
    tw_json_object(j);
    json_when(j, "from", s->record.time[s->live.from]);
    for (int part = 0; part < 2; part++) {
        tw_json_key(j, part ? "after" : "before");
        tw_json_object(j);
        for (size_t i = 0; i < s->n_measures; i++)
            json_number(j, s->measure[i].measure->name, (part ? s->live.after : s->live.before)[i]);
        tw_json_object_end(j);
    }
    tw_json_object_end(j);
}
