/* SPDX-License-Identifier: Apache-2.0 */
/* Constraints by the names of features: monotone="+income,-age", interact="income,age;region,sector". */
#include "learn/boost/grow.h"

#include <string.h>

/* A piece of a list: text up to a separator, blanks around it taken off. */
typedef struct piece {
    const char *text;
    size_t length;
} piece;

static const char *next_piece(const char *at, const char *separators, piece *p)
{
    const size_t length = strcspn(at, separators);
    p->text = at;
    p->length = length;
    while (p->length && *p->text == ' ') p->text++, p->length--;
    while (p->length && p->text[p->length - 1] == ' ') p->length--;
    return at[length] ? at + length + 1 : NULL;
}

static tw_status find_feature(const tw_gbm_grower *g, const char *what, piece p, size_t *f, tw_error *err)
{
    const char *const *names = g->train->data->feature_names;
    for (size_t i = 0; names && i < g->bins->n_features; i++) {
        if (strlen(names[i]) != p.length || memcmp(names[i], p.text, p.length) != 0) continue;
        *f = i;
        return TW_OK;
    }
    return tw_fail(err, TW_BAD_NAME, "gbm: %s: no feature '%.*s'", what, (int)p.length, p.text);
}

static tw_status read_monotone(tw_gbm_grower *g, tw_error *err)
{
    const char *at = g->params->monotone;
    g->feature_sign = tw_new(g->ctx, g->bins->n_features, sizeof *g->feature_sign);
    if (!g->feature_sign) return tw_no_memory(err, "monotone constraints");
    while (at) {
        piece p = {0};
        size_t f;
        at = next_piece(at, ",", &p);
        if (p.length < 2 || (*p.text != '+' && *p.text != '-'))
            return tw_fail(err, TW_BAD_VALUE, "gbm: monotone: '%.*s': a feature with + or - before it is wanted",
                           (int)p.length, p.text);
        TW_TRY(find_feature(g, "monotone", (piece){p.text + 1, p.length - 1}, &f, err));
        if (g->bins->category[f])
            return tw_fail(err, TW_BAD_VALUE, "gbm: monotone: '%.*s' has categories", (int)p.length - 1, p.text + 1);
        g->feature_sign[f] = *p.text == '+' ? 1 : -1;
    }
    return TW_OK;
}

/* Features of no group go with all. */
static tw_status read_groups(tw_gbm_grower *g, tw_error *err)
{
    const char *group = g->params->interact;
    g->feature_groups = tw_new(g->ctx, g->bins->n_features, sizeof *g->feature_groups);
    if (!g->feature_groups) return tw_no_memory(err, "interaction constraints");
    for (size_t k = 0; group; k++) {
        piece list = {0}, p = {0};
        char names[TW_GBM_NAMES] = "";
        if (k == TW_MOST_GROUPS) return tw_fail(err, TW_TOO_LARGE, "gbm: interact: more than %zu groups", k);
        group = next_piece(group, ";", &list);
        memcpy(names, list.text, list.length);
        names[list.length] = '\0';
        for (const char *at = names; at;) {
            size_t f;
            at = next_piece(at, ",", &p);
            TW_TRY(find_feature(g, "interact", p, &f, err));
            g->feature_groups[f] |= UINT64_C(1) << k;
        }
    }
    for (size_t f = 0; f < g->bins->n_features; f++)
        if (g->feature_groups[f] == 0) g->feature_groups[f] = UINT64_MAX;
    return TW_OK;
}

tw_status tw_gbm_read_constraints(tw_gbm_grower *g, tw_error *err)
{
    if (g->params->monotone[0]) TW_TRY(read_monotone(g, err));
    if (g->params->interact[0]) TW_TRY(read_groups(g, err));
    return TW_OK;
}
