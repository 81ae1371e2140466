/* SPDX-License-Identifier: Apache-2.0 */
/* section.h - what operators across the symbols of one time are written with: who takes part, in what order and in
 * which groups. The operator itself sees the members of one group at a time. */
#ifndef TW_TA_SECTION_H
#define TW_TA_SECTION_H

#include "ta/op.h"

/* Parameters of all; each lists in its table those that it has. */
typedef struct tw_section_params {
    double q, min_percentile, max_percentile, percent;
    int buckets, bins, ddof;
    char method[TW_TEXT_MAX];
} tw_section_params;

/* The members of one group: their values, ascending when the operator asks for it, replaced by the results. z: the
 * second input in the same order, else NULL. room: as many values to work with. */
typedef struct tw_members {
    size_t n;
    double *x, *z, *room;
} tw_members;

typedef struct tw_section {
    bool sorted, two;
    void (*each)(const tw_section_params *p, const tw_members *m);
} tw_section;

/* What sorts: by group when there are groups (numbers of the run, or values of an input), then by value when wanted,
 * then by place. */
typedef struct tw_section_order {
    const double *x, *label;
    const int32_t *group;
    bool by_value;
} tw_section_order;

/* Negative where the group of i comes before that of j, 0 where they are one. */
static inline int tw_section_group_order(const tw_section_order *by, size_t i, size_t j)
{
    if (by->group) return (by->group[i] > by->group[j]) - (by->group[i] < by->group[j]);
    return by->label ? (by->label[i] > by->label[j]) - (by->label[i] < by->label[j]) : 0;
}

static inline bool tw_section_before(const tw_section_order *by, double a, double b)
{
    const size_t i = (size_t)a, j = (size_t)b;
    const int order = tw_section_group_order(by, i, j);
    return order ? order < 0 : by->by_value && by->x[i] < by->x[j];
}

static inline void tw_section_merge(const tw_section_order *by, const double *from, size_t n, size_t half, double *to)
{
    size_t i = 0, j = half, k = 0;
    while (i < half && j < n) to[k++] = tw_section_before(by, from[j], from[i]) ? from[j++] : from[i++];
    while (i < half) to[k++] = from[i++];
    while (j < n) to[k++] = from[j++];
}

/* Stable sort of places[0..n) from the bottom up; `spare` holds n. Places are doubles because the scratch is. */
static inline void tw_section_sort(const tw_section_order *by, size_t n, double *places, double *spare)
{
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t i = 0; i < n; i += 2 * width) {
            const size_t left = n - i, m = left < 2 * width ? left : 2 * width;
            tw_section_merge(by, places + i, m, m < width ? m : width, spare + i);
        }
        memcpy(places, spare, n * sizeof(double));
    }
}

static inline size_t tw_section_end(const tw_section_order *by, const double *places, size_t n, size_t from)
{
    size_t to = from + 1;
    while (to < n && tw_section_group_order(by, (size_t)places[from], (size_t)places[to]) == 0) to++;
    return to;
}

static inline size_t tw_section_known(size_t n, const tw_section_order *by, const double *z, double *places)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (tw_is_finite(by->x[i]) && (!z || tw_is_finite(z[i])) && (!by->label || tw_is_finite(by->label[i])))
            places[m++] = (double)i;
    return m;
}

/* in: x, z of an operator of two, and the labels where `group` is NULL and there is one input more. scratch: places[n],
 * then x, z and room of a group. */
static inline void tw_section_run(const tw_section *d, const tw_section_params *p, const tw_section_order *by, size_t n,
                                  const double *z, double *out, double *scratch)
{
    double *places = scratch, *spare = scratch + n;
    const size_t known = tw_section_known(n, by, z, places);
    for (size_t i = 0; i < n; i++) out[i] = (double)NAN;
    if (by->group || by->label || by->by_value) tw_section_sort(by, known, places, spare);
    for (size_t from = 0, to; from < known; from = to) {
        to = tw_section_end(by, places, known, from);
        const tw_members m = {to - from, spare, z ? spare + n : NULL, spare + 2 * n};
        for (size_t i = from; i < to; i++) {
            m.x[i - from] = by->x[(size_t)places[i]];
            if (z) m.z[i - from] = z[(size_t)places[i]];
        }
        d->each(p, &m);
        for (size_t i = from; i < to; i++) out[(size_t)places[i]] = tw_canon(m.x[i - from]);
    }
}

static inline double tw_section_mean(size_t n, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] - x[0];
    return x[0] + sum / (double)n;
}

/* Inputs of an operator of one and of two. */
#define TW_SECTION_ONE "x"
#define TW_SECTION_TWO "x", "z"

/* One of the three forms of an operator; `label` and `group` are what splits the symbols, or NULL. */
#define TW_SECTION_FORM(op, form, in_groups, label_at, full_name, ...)                                                 \
    static void op##form(const void *p, size_t n, const double *const *in, const int32_t *group, double *const *out,   \
                         double *scratch)                                                                              \
    {                                                                                                                  \
        const tw_section_order by = {in[0], (label_at) > 0 ? in[label_at] : NULL, (in_groups) ? group : NULL,          \
                                     op##_def.sorted};                                                                 \
        (void)group;                                                                                                   \
        tw_section_run(&op##_def, p, &by, n, op##_def.two ? in[1] : NULL, out[0], scratch);                            \
    }                                                                                                                  \
    TW_OP(full_name) = {.name = #full_name,                                                                            \
                        .outputs = TW_NAMES("y"),                                                                      \
                        .params_size = sizeof(tw_section_params),                                                      \
                        .section = op##form,                                                                           \
                        __VA_ARGS__}

/* The operator `op`, its form group_op and its form op_by, from the constant op##_def, its title and its meaning. */
#define TW_SECTION_OP(op, inputs_, what, says, ...)                                                                    \
    TW_SECTION_FORM(op, _all, false, 0, op, .title = what, .meaning = says, .group = "section",                        \
                    .inputs = TW_NAMES(inputs_), __VA_ARGS__);                                                         \
    TW_SECTION_FORM(op, _in, true, 0, group_##op, .title = what ", in each group",                                     \
                    .meaning = "Each group of symbols by itself, as an industry is. " says,                            \
                    .group = "section by group", .inputs = TW_NAMES(inputs_), __VA_ARGS__);                            \
    TW_SECTION_FORM(op, _per, false, 1 + op##_def.two, op##_by, .title = what ", among those of the same label",       \
                    .meaning = "The symbols that have the same value of the last input, as a column of industries "    \
                               "has it: a split that may change from bar to bar. A symbol without a label takes no "   \
                               "part. " says,                                                                          \
                    .group = "section by group", .inputs = TW_NAMES(inputs_, "by"), __VA_ARGS__)

#endif
