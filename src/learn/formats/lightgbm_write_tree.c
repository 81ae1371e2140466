/* SPDX-License-Identifier: Apache-2.0 */
/* One tree as LightGBM writes it: a line for each property of its splits and of its leaves. */
#include "learn/formats/lightgbm.h"

#include <math.h>

typedef struct part {
    const tw_lightgbm_out *o;
    uint32_t first, end;
    double base;
    tw_buf *out;
} part;

static void put_number(tw_buf *out, double x)
{
    char text[32];
    tw_buf_add(out, text, tw_format_double(x, text));
}

/* A line with what `put` writes of each split, or of each leaf. */
static void put_line(const part *p, const char *key, bool leaves, void (*put)(const part *p, uint32_t node))
{
    bool any = false;
    tw_buf_text(p->out, key);
    for (uint32_t i = p->first; i < p->end; i++) {
        if (tw_tree_is_leaf(p->o->m, i) != leaves) continue;
        if (any) tw_buf_add(p->out, " ", 1);
        any = true;
        put(p, i);
    }
    tw_buf_add(p->out, "\n", 1);
}

/* ---------------------------------------------------------------- splits */

static bool is_set(const part *p, uint32_t i) { return p->o->m->node[i].flags & TW_SPLIT_SET; }

static void put_feature(const part *p, uint32_t i) { tw_buf_printf(p->out, "%u", (unsigned)p->o->m->node[i].feature); }
static void put_gain(const part *p, uint32_t i) { put_number(p->out, p->o->m->gain[i]); }

static void put_threshold(const part *p, uint32_t i)
{
    if (is_set(p, i))
        tw_buf_printf(p->out, "%u", (unsigned)p->o->set[i - p->first]);
    else
        put_number(p->out, (double)p->o->m->node[i].threshold);
}

static void put_decision(const part *p, uint32_t i)
{
    const unsigned flags = p->o->m->node[i].flags;
    unsigned decision = flags & TW_SPLIT_SET ? TW_LIGHTGBM_CATEGORICAL : 0;
    decision |= flags & TW_SPLIT_ZERO_MISSING ? TW_LIGHTGBM_MISSING_ZERO : TW_LIGHTGBM_MISSING_NAN;
    if (!(flags & (TW_SPLIT_MISSING_RIGHT | TW_SPLIT_SET))) decision |= TW_LIGHTGBM_DEFAULT_LEFT;
    tw_buf_printf(p->out, "%u", decision);
}

/* LightGBM sends missing categories right. Where ours go left, children change sides and the set becomes what it was
 * not. */
static bool is_turned(const part *p, uint32_t i)
{
    return is_set(p, i) && !(p->o->m->node[i].flags & TW_SPLIT_MISSING_RIGHT);
}

static void put_child(const part *p, uint32_t child)
{
    const unsigned number = p->o->number[child - p->first];
    tw_buf_printf(p->out, tw_tree_is_leaf(p->o->m, child) ? "-%u" : "%u", number + tw_tree_is_leaf(p->o->m, child));
}

static void put_left(const part *p, uint32_t i) { put_child(p, p->o->m->node[i].left + is_turned(p, i)); }
static void put_right(const part *p, uint32_t i) { put_child(p, p->o->m->node[i].left + !is_turned(p, i)); }
static void put_mean(const part *p, uint32_t i) { put_number(p->out, p->o->mean[i - p->first] + p->base); }
static void put_weight(const part *p, uint32_t i) { put_number(p->out, p->o->m->cover[i]); }
static void put_count(const part *p, uint32_t i) { put_number(p->out, floor(p->o->m->cover[i] + 0.5)); }

/* ---------------------------------------------------------------- category sets, in words of 32 bits */

static size_t count_words(const part *p, uint32_t i)
{
    const tw_trees *m = p->o->m;
    const tw_tree_node *node = &m->node[i];
    if (is_turned(p, i)) return (p->o->n_categories[node->feature] + 31) / 32;
    return 2 * (size_t)(m->first_word[node->set + 1] - m->first_word[node->set]);
}

static void put_words(const part *p, uint32_t i)
{
    const tw_trees *m = p->o->m;
    const tw_tree_node *node = &m->node[i];
    const uint32_t first = m->first_word[node->set], n = m->first_word[node->set + 1] - first;
    const size_t n_words = count_words(p, i), n_categories = p->o->n_categories[node->feature];
    for (size_t w = 0; w < n_words; w++) {
        uint32_t bits = w / 2 < n ? (uint32_t)(m->word[first + w / 2] >> (32 * (w % 2))) : 0;
        const size_t past = 32 * (w + 1) > n_categories ? 32 * (w + 1) - n_categories : 0;
        if (is_turned(p, i)) bits = ~bits & (UINT32_MAX >> past);
        tw_buf_printf(p->out, "%s%u", w ? " " : "", (unsigned)bits);
    }
}

static void put_sets(const part *p)
{
    size_t n_words = 0;
    bool any = false;
    tw_buf_text(p->out, "cat_boundaries=0");
    for (uint32_t i = p->first; i < p->end; i++)
        if (is_set(p, i)) tw_buf_printf(p->out, " %zu", n_words += count_words(p, i));
    tw_buf_text(p->out, "\ncat_threshold=");
    for (uint32_t i = p->first; i < p->end; i++) {
        if (!is_set(p, i) || count_words(p, i) == 0) continue;
        if (any) tw_buf_text(p->out, " ");
        any = true;
        put_words(p, i);
    }
    tw_buf_text(p->out, "\n");
}

/* ---------------------------------------------------------------- leaves */

static void put_value(const part *p, uint32_t i) { put_number(p->out, p->o->m->value[i] + p->base); }
static size_t n_terms(const part *p, uint32_t i) { return p->o->m->linear[i].n; }
static void put_n_terms(const part *p, uint32_t i) { tw_buf_printf(p->out, "%zu", n_terms(p, i)); }

static void put_intercept(const part *p, uint32_t i)
{
    put_number(p->out, (n_terms(p, i) ? p->o->m->linear[i].intercept : p->o->m->value[i]) + p->base);
}

static void put_term_features(const part *p, uint32_t i)
{
    const tw_tree_linear *l = &p->o->m->linear[i];
    for (uint32_t k = l->first; k < l->first + l->n; k++)
        tw_buf_printf(p->out, "%u ", (unsigned)p->o->m->term[k].feature);
}

static void put_slopes(const part *p, uint32_t i)
{
    const tw_tree_linear *l = &p->o->m->linear[i];
    for (uint32_t k = l->first; k < l->first + l->n; k++) {
        put_number(p->out, p->o->m->term[k].slope);
        tw_buf_text(p->out, " ");
    }
}

static void put_linear(const part *p)
{
    put_line(p, "leaf_const=", true, put_intercept);
    put_line(p, "num_features=", true, put_n_terms);
    put_line(p, "leaf_features=", true, put_term_features);
    put_line(p, "leaf_coeff=", true, put_slopes);
}

/* ---------------------------------------------------------------- all of it */

/* Numbers splits and leaves, and takes means from the leaves up. */
static uint32_t prepare(const part *p, uint32_t *n_sets)
{
    const tw_trees *m = p->o->m;
    uint32_t n[2] = {0, 0};
    for (uint32_t i = p->first; i < p->end; i++) {
        p->o->number[i - p->first] = n[tw_tree_is_leaf(m, i)]++;
        p->o->set[i - p->first] = *n_sets;
        *n_sets += is_set(p, i);
    }
    for (uint32_t i = p->end; i-- > p->first;) {
        const uint32_t left = m->node[i].left;
        double *mean = p->o->mean + (left - p->first);
        const double total = tw_tree_is_leaf(m, i) ? 0 : m->cover[left] + m->cover[left + 1];
        const double share = total > 0 ? m->cover[left] / total : 0.5;
        p->o->mean[i - p->first] = tw_tree_is_leaf(m, i) ? m->value[i] : share * mean[0] + (1 - share) * mean[1];
    }
    return n[1];
}

static tw_status check_sets(const part *p, tw_error *err)
{
    for (uint32_t i = p->first; i < p->end; i++)
        if (is_set(p, i) && p->o->m->node[i].flags & TW_SPLIT_ZERO_MISSING)
            return tw_fail(err, TW_BAD_VALUE, "lightgbm: a split by category takes 0 as missing, which it cannot say");
    return TW_OK;
}

tw_status tw_lightgbm_put_tree(const tw_lightgbm_out *o, size_t tree, double base, tw_buf *out, tw_error *err)
{
    const part p = {o, o->m->first[tree], o->m->first[tree + 1], base, out};
    uint32_t n_sets = 0;
    TW_TRY(check_sets(&p, err));
    tw_buf_printf(out, "num_leaves=%u\n", (unsigned)prepare(&p, &n_sets));
    tw_buf_printf(out, "num_cat=%u\n", (unsigned)n_sets);
    put_line(&p, "split_feature=", false, put_feature);
    put_line(&p, "split_gain=", false, put_gain);
    put_line(&p, "threshold=", false, put_threshold);
    put_line(&p, "decision_type=", false, put_decision);
    put_line(&p, "left_child=", false, put_left);
    put_line(&p, "right_child=", false, put_right);
    put_line(&p, "leaf_value=", true, put_value);
    put_line(&p, "leaf_weight=", true, put_weight);
    put_line(&p, "leaf_count=", true, put_count);
    put_line(&p, "internal_value=", false, put_mean);
    put_line(&p, "internal_weight=", false, put_weight);
    put_line(&p, "internal_count=", false, put_count);
    if (n_sets) put_sets(&p);
    tw_buf_printf(out, "is_linear=%d\n", o->m->linear != NULL);
    if (o->m->linear) put_linear(&p);
    tw_buf_text(out, "shrinkage=1\n\n\n");
    return TW_OK;
}

void tw_lightgbm_put_leaf(double value, tw_buf *out)
{
    tw_buf_text(out, "num_leaves=1\nnum_cat=0\nsplit_feature=\nsplit_gain=\nthreshold=\ndecision_type=\nleft_child=\n"
                     "right_child=\nleaf_value=");
    put_number(out, value);
    tw_buf_text(out, "\nleaf_weight=\nleaf_count=0\ninternal_value=\ninternal_weight=\ninternal_count=\nis_linear=0\n"
                     "shrinkage=1\n\n\n");
}
