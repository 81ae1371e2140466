/* SPDX-License-Identifier: Apache-2.0 */
/* Reading: nanoseconds a byte of unpacked text (1000 / ns is MB/s), on the S&P 500 CSV of the shared data and on
 * documents made here. bench/io_peer.py times pandas and pyarrow on the same file. */
#include <stdint.h>

#include "bench.h"
#include "tradewind/io.h"

enum { REPETITIONS = 11, RECORDS = 60000 };

#define CSV_PATH TW_SHARED_DATA "/market/sp500_5yr/bars_daily_splitadj.csv.gz"

typedef struct text {
    char *data;
    size_t length;
    double sum; /* keeps the work in */
} text;

static void check(tw_status status, const tw_error *err)
{
    if (status == TW_OK) return;
    (void)fprintf(stderr, "%s\n", err->message);
    exit(1);
}

static void split(tw_source *source, bool numbers, text *t)
{
    tw_csv *csv = NULL;
    tw_error err;
    const tw_field *fields = NULL;
    size_t n = 0;
    check(tw_csv_open(NULL, source, "bench", NULL, &csv, &err), &err);
    for (;;) {
        check(tw_csv_next(csv, &fields, &n, &err), &err);
        if (!fields) break;
        t->sum += (double)n;
        if (!numbers) continue;
        int64_t time = 0;
        if (tw_time_parse(fields[0].text, fields[0].length, &time)) t->sum += (double)time;
        for (size_t i = 2; i < n; i++) {
            double x = 0;
            if (tw_parse_double(fields[i].text, fields[i].length, &x)) t->sum += x;
        }
    }
    tw_csv_close(csv);
}

static void run_csv(void *arg)
{
    text *t = arg;
    tw_source *source = NULL;
    tw_error err;
    check(tw_source_view(NULL, t->data, t->length, &source, &err), &err);
    split(source, false, t);
}

static void run_csv_numbers(void *arg)
{
    text *t = arg;
    tw_source *source = NULL;
    tw_error err;
    check(tw_source_view(NULL, t->data, t->length, &source, &err), &err);
    split(source, true, t);
}

static void run_csv_gzip(void *arg)
{
    tw_source *source = NULL;
    tw_error err;
    check(tw_source_open(NULL, CSV_PATH, &source, &err), &err);
    split(source, false, arg);
}

static void run_json(void *arg)
{
    text *t = arg;
    tw_doc *doc = NULL;
    tw_error err;
    check(tw_doc_parse_json(NULL, t->data, t->length, "bench", &doc, &err), &err);
    t->sum += (double)tw_doc_root(doc)->n_children;
    tw_doc_free(doc);
}

static void run_yaml(void *arg)
{
    text *t = arg;
    tw_doc *doc = NULL;
    tw_error err;
    check(tw_doc_parse_yaml(NULL, t->data, t->length, "bench", &doc, &err), &err);
    t->sum += (double)tw_doc_root(doc)->n_children;
    tw_doc_free(doc);
}

static bool unpack_csv(text *t)
{
    tw_source *source = NULL;
    tw_error err;
    const tw_status status = tw_source_open(NULL, CSV_PATH, &source, &err);
    if (status == TW_NOT_FOUND) return false;
    check(status, &err);
    const size_t room = 64u << 20;
    size_t got = 1;
    t->data = malloc(room);
    if (!t->data) exit(1);
    while (got > 0) {
        check(source->read(source, t->data + t->length, room - t->length, &got, &err), &err);
        t->length += got;
    }
    tw_source_close(source);
    return true;
}

/* A flow list of n records, which is JSON and YAML alike. */
static text make_records(int n)
{
    enum { LONGEST = 96 };
    text t = {.data = malloc((size_t)n * LONGEST + 16)};
    if (!t.data) exit(1);
    for (int i = 0; i < n; i++) {
        t.length +=
            (size_t)snprintf(t.data + t.length, LONGEST, "%s{\"symbol\": \"AAPL\", \"volume\": %d, \"price\": %d.%02d}",
                             i ? ", " : "[", 2385 + i, i % 900, i % 100);
    }
    t.data[t.length++] = ']';
    return t;
}

static void report(const char *name, const char *variant, bench_fn *run, text *t)
{
    bench_stat stat;
    const bench_case c = {name, variant, run, t, (double)t->length};
    bench_run(&c, 1, REPETITIONS, &stat);
    bench_line("io", &c, &stat, NULL, NULL);
}

int main(void)
{
    text csv = {0}, json = make_records(RECORDS), yaml = make_records(RECORDS / 10);
    if (unpack_csv(&csv)) {
        report("csv", "split", run_csv, &csv);
        report("csv", "split, times and numbers", run_csv_numbers, &csv);
        report("csv", "gunzip and split", run_csv_gzip, &csv);
    }
    report("json", "tree", run_json, &json);
    report("yaml", "libyaml, tree", run_yaml, &yaml);
    free(csv.data);
    free(json.data);
    free(yaml.data);
    return 0;
}
