/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps from files: the bytes are a spec but for its data, or (first byte 'p') what a stopped sweep left. What can be
 * read, and is small, is run. */
#include "../support/spec_case.h"

#include "cli/sweep/job.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_TRIALS = 200 };

static const char DATA[] = "data: {csv: bars.csv, symbol: all}\n";
static const char SPEC[] = "data: {csv: bars.csv}\nparameters: n=2..3\nenter: close > sma(close, n)\n";

/* As many bars as the statistics need. */
static void write_bars(const char *path)
{
    FILE *f = fopen(path, "wb");
    if (!f || fputs("date,symbol,open,high,low,close\n", f) < 0) abort();
    for (int day = 1; day <= 30; day++)
        for (int s = 0; s < 2; s++) {
            const double close = 20 + 7.385 * s + (day * (3 + s) * 7 % 11) / 4.0;
            if (s == 1 && day % 9 == 0) continue;
            if (fprintf(f, "2021-01-%02d,%c,%g,%g,%g,%g\n", day, 'A' + s, close - 0.3, close + 0.5, close - 0.6,
                        close) < 0)
                abort();
        }
    if (fclose(f) != 0) abort();
}

static void write_spec(const char *path, const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(DATA, 1, sizeof DATA - 1, f) != sizeof DATA - 1 || fwrite(data, 1, size, f) != size) abort();
    if (fclose(f) != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static spec_case c;
    tw_sweep_job_file job;
    tw_error err;
    char part[600];
    if (!c.folder[0]) {
        if (spec_case_open(&c) != 0) abort();
        write_bars(c.bars);
    }
    const bool resumes = size > 0 && data[0] == 'p';
    (void)snprintf(part, sizeof part, "%s/sweep.part", c.folder);
    if (resumes) {
        if (spec_case_write(c.spec, SPEC, sizeof SPEC - 1) != 0 || spec_case_write(part, data + 1, size - 1) != 0)
            abort();
    } else
        write_spec(c.spec, data, size);
    if (tw_sweep_job_read(NULL, c.spec, &job, &err) == TW_OK && job.search.n <= MOST_TRIALS &&
        tw_sweep_job_run(&job, c.folder, resumes, &err) == TW_OK &&
        tw_sweep_job_write(&job, c.folder, true, &err) != TW_OK)
        abort();
    tw_sweep_job_clear(&job);
    (void)remove(part);
    return 0;
}
