/* SPDX-License-Identifier: Apache-2.0 */
/* A spec and a small market in a folder for the time of a test. */
#ifndef TW_TEST_SPEC_CASE_H
#define TW_TEST_SPEC_CASE_H

#include "tw_temp.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct spec_case {
    char folder[512], bars[544], actions[544], spec[544];
} spec_case;

static const char SPEC_CASE_BARS[] = "date,symbol,open,high,low,close,volume\n"
                                     "2021-01-04,A,10.5,11,10,10.385,90000\n2021-01-05,A,10.4,12,10,11.2,80000\n"
                                     "2021-01-06,A,11.2,12,11,11.75,70000\n2021-01-07,A,5.9,6.2,5.8,6.1,90000\n"
                                     "2021-01-08,A,6.1,6.4,6,6.385,95000\n2021-01-04,B,20,21,19.5,20.1,1000\n"
                                     "2021-01-05,B,20,20.5,19,19.4,1200\n2021-01-07,B,19.4,19.9,19,19.2,1500\n"
                                     "2021-01-08,B,19.2,19.3,18,18.385,1700\n";

static const char SPEC_CASE_ACTIONS[] = "ex_date,symbol,kind,ratio,amount\n2021-01-07,A,split,0.5,\n"
                                        "2021-01-08,B,dividend,,0.25\n";

static const char SPEC_CASE_SPEC[] =
    "name: case\nmode: zipline\nparams: {n: 2}\ndata: {bars: bars.csv, actions: actions.csv}\n"
    "settings: {commission: per_share cost=0.01, control: [long_only on_error=log]}\n"
    "capital_changes: [{date: 2021-01-06, value: 1000}]\n"
    "strategy:\n  window: 2\n  lets: {m: \"mean(price, {n})\"}\n"
    "  pipeline: {window: 2, columns: {move: \"close / lag(close, 1)\"}, screen: volume > 0}\n"
    "  rules:\n    - {when: price > m and holding == 0, shares: 10, limit: price * 1.1, asset: A}\n"
    "  portfolio: {long: {rank: move, top: 1}, weights: inverse long_total=0.5, by: volume}\n"
    "  record: {m: m, size: pipeline_size}\n";

static inline int spec_case_write(const char *path, const void *text, size_t length)
{
    FILE *f = fopen(path, "wb");
    if (!f) return -1;
    const int bad = fwrite(text, 1, length, f) != length;
    return fclose(f) != 0 || bad ? -1 : 0;
}

/* 0 when the folder and its files are there. */
static inline int spec_case_open(spec_case *c)
{
    if (!tw_temp_folder(c->folder, sizeof c->folder)) return -1;
    (void)snprintf(c->bars, sizeof c->bars, "%s/bars.csv", c->folder);
    (void)snprintf(c->actions, sizeof c->actions, "%s/actions.csv", c->folder);
    (void)snprintf(c->spec, sizeof c->spec, "%s/spec.yaml", c->folder);
    if (spec_case_write(c->bars, SPEC_CASE_BARS, sizeof SPEC_CASE_BARS - 1)) return -1;
    if (spec_case_write(c->actions, SPEC_CASE_ACTIONS, sizeof SPEC_CASE_ACTIONS - 1)) return -1;
    return spec_case_write(c->spec, SPEC_CASE_SPEC, sizeof SPEC_CASE_SPEC - 1);
}

static inline void spec_case_close(spec_case *c)
{
    static const char *const NAMES[] = {"bars.csv", "actions.csv",   "spec.yaml",       "daily.csv",      "orders.csv",
                                        "txns.csv", "positions.csv", "run_actions.csv", "run_assets.csv", "run.json"};
    char path[600];
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", c->folder, NAMES[i]);
        (void)unlink(path);
    }
    (void)rmdir(c->folder);
}

#endif
