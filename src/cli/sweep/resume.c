/* SPDX-License-Identifier: Apache-2.0 */
/* resume.c - what a sweep that was stopped leaves for the next one to go on from: sweep.part, the measures of the
 * trials that are done, and paths.part, their returns as paths.f32 has them. */
#include "cli/sweep/job.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef tw_sweep_job_file job;

/* Numbers a trial in the file; counts are numbers too. */
enum { NUMBERS = 14 };

/* The head of sweep.part; then [1 + symbols][done][NUMBERS] (the symbols where there are several), then the hash of all
 * that. */
typedef struct head {
    char magic[8];
    uint64_t spec, done, trials, bars, symbols,
        paths; /* spec and paths: hashes of what decides the trials, of paths.part */
} head;

static void to_numbers(const tw_sweep_measures *m, double *x)
{
    const double all[NUMBERS] = {m->final_value, m->total_return,   m->mean,           m->sd,       m->sharpe,
                                 m->sortino,     m->max_drawdown,   m->turnover,       m->exposure, m->fees,
                                 m->win_rate,    (double)m->orders, (double)m->trades, m->ruined};
    memcpy(x, all, sizeof all);
}

static size_t count_of(double x) { return x >= 0 && x < 0x1p53 ? (size_t)x : 0; }

static tw_sweep_measures of_numbers(const double *x)
{
    return (tw_sweep_measures){.final_value = x[0],
                               .total_return = x[1],
                               .mean = x[2],
                               .sd = x[3],
                               .sharpe = x[4],
                               .sortino = x[5],
                               .max_drawdown = x[6],
                               .turnover = x[7],
                               .exposure = x[8],
                               .fees = x[9],
                               .win_rate = x[10],
                               .orders = count_of(x[11]),
                               .trades = count_of(x[12]),
                               .ruined = x[13] != 0};
}

/* ---------------------------------------------------------------- what decides the trials */

static uint64_t add_text(uint64_t hash, const char *text)
{
    return text ? tw_hash64(text, strlen(text) + 1, hash) : tw_hash64("", 0, hash);
}

static uint64_t hash_data(const job *j, uint64_t hash)
{
    for (size_t c = 0; c < j->search.n_columns; c++) hash = add_text(hash, j->search.column[c]);
    for (size_t s = 0; s < j->n_symbols; s++) {
        const tw_sweep_market *m = &j->market[s];
        hash = tw_hash64(m->at, m->prices.n_times * sizeof *m->at, hash);
        for (size_t c = 0; c < j->search.n_columns; c++)
            hash = tw_hash64(m->values[c], m->prices.n_times * sizeof **m->values, hash);
    }
    return hash;
}

static uint64_t hash_spec(const job *j)
{
    const char *const text[] = {tw_version(),        j->search.weight,      j->search.enter_long,
                                j->search.exit_long, j->search.enter_short, j->search.exit_short};
    uint64_t hash = tw_hash64(&j->search.prices.periods_per_year, sizeof(double), 1);
    tw_buf rules;
    tw_buf_init(&rules, j->ctx);
    tw_params_print(tw_sweep_rules_params(), &j->search.rules, &rules);
    hash = add_text(hash, rules.data);
    tw_buf_clear(&rules);
    for (size_t k = 0; k < sizeof text / sizeof *text; k++) hash = add_text(hash, text[k]);
    for (size_t i = 0; i < j->search.n; i++) hash = add_text(hash, j->search.setting[i]);
    return hash_data(j, hash);
}

static uint64_t hash_paths(const job *j, size_t done)
{
    return tw_hash64(j->paths, done * j->n_times * sizeof *j->paths, 1);
}

/* ---------------------------------------------------------------- saving */

static size_t tables_of(const job *j) { return j->by_symbol ? 1 + j->n_symbols : 1; }

static const tw_sweep_measures *table_of(const job *j, size_t k)
{
    return k == 0 ? j->part.measures : j->by_symbol + (k - 1) * j->search.n;
}

static tw_status write_part(const job *j, const char *path, tw_error *err)
{
    const size_t done = j->part.done;
    const head h = {"TWSWEEP1", j->part.spec, done, j->search.n, j->n_times, j->n_symbols, hash_paths(j, done)};
    tw_buf out;
    tw_buf_init(&out, j->ctx);
    tw_buf_add(&out, (const char *)&h, sizeof h);
    for (size_t k = 0; k < tables_of(j); k++)
        for (size_t i = 0; i < done; i++) {
            double x[NUMBERS];
            to_numbers(&table_of(j, k)[i], x);
            tw_buf_add(&out, (const char *)x, sizeof x);
        }
    const uint64_t hash = out.data ? tw_hash64(out.data, out.length, 1) : 0;
    tw_buf_add(&out, (const char *)&hash, sizeof hash);
    const tw_status status =
        out.failed ? tw_no_memory(err, "what is done of a sweep") : tw_file_write(path, out.data, out.length, err);
    tw_buf_clear(&out);
    return status;
}

/* The returns come first: should this be stopped in between, they are found to be those of no measures. */
tw_status tw_sweep_job_save(job *j, tw_error *err)
{
    if (!j->part.paths || j->part.done == j->part.saved) return TW_OK;
    const int64_t start = tw_clock_ns();
    TW_TRY(tw_folder_make(j->part.folder, err));
    TW_TRY(
        tw_file_write(j->part.paths, j->file, TW_SWEEP_PATHS_HEAD + j->part.done * j->n_times * sizeof *j->paths, err));
    TW_TRY(write_part(j, j->part.path, err));
    j->part.saved = j->part.done;
    j->part.last = tw_clock_ns();
    j->part.took = j->part.last - start;
    return TW_OK;
}

/* Once in half a minute, but for no more than a twentieth of the time. */
tw_status tw_sweep_job_done(void *arg, size_t n, const tw_sweep_measures *measures, tw_error *err)
{
    const int64_t least = 30 * TW_NS_PER_SECOND;
    job *j = arg;
    const int64_t every = 20 * j->part.took;
    memcpy(j->part.measures + j->part.done, measures + j->part.done, (n - j->part.done) * sizeof *measures);
    j->part.done = n;
    return tw_clock_ns() - j->part.last < (every > least ? every : least) ? TW_OK : tw_sweep_job_save(j, err);
}

/* ---------------------------------------------------------------- going on */

static bool read_paths(job *j, const head *h)
{
    const size_t n = (size_t)h->done * j->n_times;
    FILE *file = fopen(j->part.paths, "rb");
    bool whole = file && fseek(file, TW_SWEEP_PATHS_HEAD, SEEK_SET) == 0;
    whole = whole && fread(j->paths, sizeof *j->paths, n, file) == n;
    if (file) (void)fclose(file);
    return whole && hash_paths(j, (size_t)h->done) == h->paths;
}

/* The bytes of sweep.part, whose head and hash are right. */
static void take_measures(job *j, const char *bytes, size_t done)
{
    const char *at = bytes + sizeof(head);
    for (size_t k = 0; k < tables_of(j); k++)
        for (size_t i = 0; i < done; i++, at += NUMBERS * sizeof(double)) {
            double x[NUMBERS];
            memcpy(x, at, sizeof x);
            *(k == 0 ? &j->part.measures[i] : &j->by_symbol[(k - 1) * j->search.n + i]) = of_numbers(x);
        }
}

static tw_status take_part(job *j, const char *bytes, size_t length, tw_error *err)
{
    head h;
    uint64_t hash;
    const size_t each = tables_of(j) * NUMBERS * sizeof(double), room = sizeof h + sizeof hash;
    if (length >= room) memcpy(&h, bytes, sizeof h);
    if (length < room || memcmp(h.magic, "TWSWEEP1", 8) != 0)
        return tw_fail(err, TW_BAD_FILE, "%s is not what a sweep leaves", j->part.path);
    if (h.spec != j->part.spec || h.trials != j->search.n || h.bars != j->n_times || h.symbols != j->n_symbols)
        return tw_fail(err, TW_BAD_VALUE,
                       "%s is of another spec, other data or another version; without --resume the sweep starts afresh",
                       j->part.path);
    memcpy(&hash, bytes + length - sizeof hash, sizeof hash);
    if (h.done > h.trials || (h.done % 64 != 0 && h.done < h.trials) || (length - room) / each != h.done ||
        (length - room) % each != 0 || tw_hash64(bytes, length - sizeof hash, 1) != hash)
        return tw_fail(err, TW_BAD_FILE, "%s is damaged; without --resume the sweep starts afresh", j->part.path);
    if (!read_paths(j, &h))
        return tw_fail(err, TW_BAD_FILE, "%s is damaged or missing; without --resume the sweep starts afresh",
                       j->part.paths);
    take_measures(j, bytes, (size_t)h.done);
    j->part.done = j->part.saved = (size_t)h.done;
    return TW_OK;
}

static tw_status name_files(job *j, const char *folder, tw_error *err)
{
    const size_t n = strlen(folder) + sizeof "/sweep.part";
    char *part = tw_arena_new(&j->arena, n, 1), *paths = tw_arena_new(&j->arena, n, 1);
    if (!part || !paths) return tw_no_memory(err, "what is done of a sweep");
    (void)snprintf(part, n, "%s/sweep.part", folder);
    (void)snprintf(paths, n, "%s/paths.part", folder);
    j->part.folder = folder;
    j->part.path = part;
    j->part.paths = paths;
    return TW_OK;
}

tw_status tw_sweep_job_resume(job *j, const char *folder, bool resume, tw_error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    TW_TRY(name_files(j, folder, err));
    j->part.measures = tw_arena_new(&j->arena, j->search.n, sizeof *j->part.measures);
    if (!j->part.measures) return tw_no_memory(err, "measures of a sweep");
    j->part.spec = hash_spec(j);
    j->part.last = tw_clock_ns();
    FILE *there = resume ? fopen(j->part.path, "rb") : NULL;
    if (!there) return TW_OK; /* nothing to go on from: all of it is run */
    (void)fclose(there);
    TW_TRY(tw_file_read(j->ctx, j->part.path, &bytes, &length, err));
    const tw_status status = take_part(j, bytes, length, err);
    tw_free(j->ctx, bytes);
    return status;
}

void tw_sweep_job_forget(const job *j)
{
    (void)remove(j->part.path);
    (void)remove(j->part.paths);
}
