/* SPDX-License-Identifier: Apache-2.0 */
/** @file base.h
 * Floor 0: status and errors, the context, memory, text, hashing, time, random streams, the thread pool,
 * parameter tables, progress.
 *
 * Rules that hold in every header of the library:
 * - a call that can fail returns tw_status; the result is the last pointer argument before the error;
 * - `tw_error *err` is optional (NULL is fine), owned by the caller, and written only on failure;
 * - `_new`/`_open` pair with `_free`/`_close` (NULL is fine), `_init` with `_clear`; `_view` borrows, `_take` moves,
 *   `_copy` copies;
 * - nothing here prints, exits, reads the environment or keeps mutable globals.
 */
#ifndef TRADEWIND_BASE_H
#define TRADEWIND_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library is built with hidden symbols; what a public header declares is what it exports. */
#if defined(__GNUC__)
#define TW_API extern __attribute__((visibility("default")))
#define TW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define TW_API extern
#define TW_PRINTF(fmt, args)
#endif

/* ---------------------------------------------------------------- status and errors */

/** Every outcome the library reports; base/status.def is the one list of names and texts. */
typedef enum tw_status {
#define TW_STATUS(name, text) TW_##name,
#include "tradewind/status.def"
#undef TW_STATUS
    TW_STATUS_COUNT
} tw_status;

/** What went wrong, in words that name the thing, the bound and the value got. */
typedef struct tw_error {
    char message[512];
} tw_error;

/** Name of a status, e.g. "BAD_VALUE". Never NULL. */
TW_API const char *tw_status_name(tw_status status);
/** One-line English text of a status. Never NULL. */
TW_API const char *tw_status_text(tw_status status);
/** Writes the message to `err` (NULL is fine) and returns `status`, so that `return tw_fail(...)` reads well. */
TW_API tw_status tw_fail(tw_error *err, tw_status status, const char *format, ...) TW_PRINTF(3, 4);
/** Puts "context: " before the message already in `err`, and returns `status`. */
TW_API tw_status tw_fail_in(tw_error *err, tw_status status, const char *format, ...) TW_PRINTF(3, 4);

/** Returns from the calling function when `expr` is not TW_OK. */
#define TW_TRY(expr)                                                                                                   \
    do {                                                                                                               \
        const tw_status tw_try_ = (expr);                                                                              \
        if (tw_try_ != TW_OK) return tw_try_;                                                                          \
    } while (0)

/** Version of the library, "major.minor.patch". */
TW_API const char *tw_version(void);

/* ---------------------------------------------------------------- instruction sets */

/** Code paths compiled into the library. Operators, scorers and pricing give the same bits on each. */
typedef enum tw_isa { TW_ISA_BEST, TW_ISA_BASELINE, TW_ISA_AVX2, TW_ISA_AVX512, TW_ISA_COUNT } tw_isa;

/** The widest path this machine runs; `wanted` unless it is TW_ISA_BEST or not supported here. */
TW_API tw_isa tw_isa_resolve(tw_isa wanted);
/** True when this machine (and this build) can run `isa`. */
TW_API bool tw_isa_supported(tw_isa isa);
/** "best", "baseline", "avx2", "avx512". */
TW_API const char *tw_isa_name(tw_isa isa);
/** Inverse of tw_isa_name. Fails with BAD_VALUE, or UNSUPPORTED when this machine lacks it. */
TW_API tw_status tw_isa_parse(const char *text, tw_isa *isa, tw_error *err);

/* ---------------------------------------------------------------- context */

/** Memory by one call: resize(ctx, NULL, n) allocates, resize(ctx, p, 0) frees and returns NULL. */
typedef struct tw_alloc {
    void *(*resize)(void *ctx, void *block, size_t bytes);
    void *ctx;
} tw_alloc;

typedef struct tw_pool tw_pool;

/** Told of progress by long calls; `total` 0 means not known. All fields may be NULL. Called from one thread at a
 *  time. `cancelled` is polled; once it returns true the call unwinds with TW_CANCELLED. */
typedef struct tw_progress {
    void (*update)(void *arg, const char *stage, uint64_t done, uint64_t total, const char *note);
    bool (*cancelled)(void *arg);
    void *arg;
} tw_progress;

/** What a call may use of the outside world. NULL, or zero fields, mean: malloc, the calling thread only, the best
 *  instruction set, silence. A context is read-only to the library and must outlive the objects opened with it. */
typedef struct tw_ctx {
    const tw_alloc *alloc;
    tw_pool *pool;
    tw_isa isa;
    const tw_progress *progress;
} tw_ctx;

/** Zeroed memory for `count` items of `size` bytes, 64-byte aligned; NULL when there is none (or on overflow). */
TW_API void *tw_new(const tw_ctx *ctx, size_t count, size_t size);
/** Resizes a block got from tw_new from `old_bytes` to `new_bytes` (new part not zeroed); NULL leaves it as it was. */
TW_API void *tw_resize(const tw_ctx *ctx, void *block, size_t old_bytes, size_t new_bytes);
/** Gives back memory of tw_new, tw_resize or tw_text_copy. NULL is fine. */
TW_API void tw_free(const tw_ctx *ctx, void *block);
/** A copy of `text` to be freed with tw_free; NULL when out of memory or text is NULL. */
TW_API char *tw_text_copy(const tw_ctx *ctx, const char *text);
/** Returns TW_NO_MEMORY with a message naming what the memory was for. */
TW_API tw_status tw_no_memory(tw_error *err, const char *what);

/** Reports progress through ctx; TW_CANCELLED when the caller asked to stop, else TW_OK. */
TW_API tw_status tw_progress_step(const tw_ctx *ctx, const char *stage, uint64_t done, uint64_t total,
                                  const char *note);

/** Bump allocator: many small blocks, freed together. */
typedef struct tw_arena {
    const tw_ctx *ctx;
    struct tw_arena_block *head;
} tw_arena;

/** Starts an empty arena. */
TW_API void tw_arena_init(tw_arena *arena, const tw_ctx *ctx);
/** Zeroed, 16-byte aligned block that lives until tw_arena_clear; NULL when out of memory. */
TW_API void *tw_arena_new(tw_arena *arena, size_t count, size_t size);
/** Copy of text[0..length) with a final NUL; NULL when out of memory. */
TW_API char *tw_arena_text(tw_arena *arena, const char *text, size_t length);
/** Frees every block; the arena is then empty and usable. */
TW_API void tw_arena_clear(tw_arena *arena);

/* ---------------------------------------------------------------- text */

/** Growing text. `failed` is set when memory ran out; later calls then do nothing, so one check at the end is enough.
 */
typedef struct tw_buf {
    const tw_ctx *ctx;
    char *data; /* NUL-terminated once anything was appended, else NULL */
    size_t length, room;
    bool failed;
} tw_buf;

/** Starts an empty text. */
TW_API void tw_buf_init(tw_buf *buf, const tw_ctx *ctx);
/** Frees the text. */
TW_API void tw_buf_clear(tw_buf *buf);
/** Appends bytes. */
TW_API void tw_buf_add(tw_buf *buf, const void *bytes, size_t length);
/** Appends a NUL-terminated string. */
TW_API void tw_buf_text(tw_buf *buf, const char *text);
/** Appends as printf does; for numbers with a fraction use tw_format_double, which is blind to the locale. */
TW_API void tw_buf_printf(tw_buf *buf, const char *format, ...) TW_PRINTF(2, 3);
/** TW_NO_MEMORY when an append failed, else TW_OK. */
TW_API tw_status tw_buf_check(const tw_buf *buf, tw_error *err);

/** Writes JSON to a tw_buf, with commas where they belong. Numbers: shortest decimal that reads back to the same
 *  bits; NaN and infinities as null. Nesting up to 64 levels (asserted). */
typedef struct tw_json {
    tw_buf *out;
    uint64_t comma, object; /* one bit a level */
    int depth;
    bool after_key, pretty;
} tw_json;

/** Starts a writer; `pretty` breaks lines and indents by two. */
TW_API void tw_json_init(tw_json *json, tw_buf *out, bool pretty);
TW_API void tw_json_object(tw_json *json);                 /**< opens { */
TW_API void tw_json_object_end(tw_json *json);             /**< closes } */
TW_API void tw_json_array(tw_json *json);                  /**< opens [ */
TW_API void tw_json_array_end(tw_json *json);              /**< closes ] */
TW_API void tw_json_key(tw_json *json, const char *key);   /**< key of the next value */
TW_API void tw_json_text(tw_json *json, const char *text); /**< string value, escaped; NULL gives null */
TW_API void tw_json_number(tw_json *json, double x);       /**< number value */
TW_API void tw_json_integer(tw_json *json, int64_t x);     /**< integer value */
TW_API void tw_json_bool(tw_json *json, bool x);           /**< true or false */
TW_API void tw_json_raw(tw_json *json, const char *text);  /**< ready JSON text as one value */

/** Reads a decimal number that fills text[0..length) exactly (also nan, inf, any case), independent of the locale,
 *  correctly rounded. False when it is not one. */
TW_API bool tw_parse_double(const char *text, size_t length, double *x);
/** Reads a decimal integer that fills text[0..length) exactly. False when it is not one or does not fit. */
TW_API bool tw_parse_int64(const char *text, size_t length, int64_t *x);
/** Writes the shortest decimal that reads back to the same bits (12, 0.5, 1.5e-7, 1e16, -0, nan, inf); returns its
 *  length. `out` holds >= 32 bytes. */
TW_API size_t tw_format_double(double x, char *out);

/** The entry of NULL-terminated `names` nearest to `text` when near enough to be a slip, else NULL. */
TW_API const char *tw_did_you_mean(const char *text, const char *const *names);

/** 64-bit hash of bytes (XXH64 with the given seed): checksums and cache keys, not security. */
TW_API uint64_t tw_hash64(const void *bytes, size_t length, uint64_t seed);

/* ---------------------------------------------------------------- time */

#define TW_NS_PER_SECOND INT64_C(1000000000)
#define TW_NS_PER_DAY (86400 * TW_NS_PER_SECOND)
/** No time; sorts before every time. */
#define TW_NO_TIME INT64_MIN

/** A civil date and time without zone. */
typedef struct tw_civil {
    int year, month, day, hour, minute, second, ns;
} tw_civil;

/** Days since 1970-01-01 of a proleptic Gregorian date. */
TW_API int64_t tw_days_from_date(int year, int month, int day);
/** Date of a day number; hour and below are 0. */
TW_API tw_civil tw_date_from_days(int64_t days);
/** Nanoseconds since 1970 UTC of civil UTC time; 64 bits hold the years 1678 to 2261 whole. */
TW_API int64_t tw_time_from_civil(const tw_civil *civil);
/** Civil UTC time of nanoseconds since 1970. */
TW_API tw_civil tw_time_to_civil(int64_t time_ns);
/** Day of the week of a day number, 0 = Monday .. 6 = Sunday. */
TW_API int tw_weekday(int64_t days);
/** Reads ISO 8601 (`2014-06-09`, `20140609`, `2014-06-09 13:30[:05[.123456789]]`, `T` or blank, `Z`, `+01:00` or
 *  none = UTC) or an epoch number, whose unit (s, ms, us, ns) is taken from its size. False when it is neither. */
TW_API bool tw_time_parse(const char *text, size_t length, int64_t *time_ns);
/** Writes ISO: a bare date at midnight UTC, else `2014-06-09T13:30:00Z` with as many decimals as needed; returns the
 *  length. `out` holds >= 40 bytes. */
TW_API size_t tw_time_format(int64_t time_ns, char *out);
/** Monotonic clock in nanoseconds, for durations. */
TW_API int64_t tw_clock_ns(void);
/** The wall clock: nanoseconds since 1970 UTC. */
TW_API int64_t tw_now_ns(void);

/* ---------------------------------------------------------------- random streams */

/** A place in the Philox4x32-10 sequence: value i of stream s under a seed is a function of (seed, s, i) alone, so
 *  draws are independent of threads and order. */
typedef struct tw_random {
    uint64_t seed, stream, counter;
} tw_random;

/** The four 32-bit words at (seed, stream, counter). */
TW_API void tw_philox(uint64_t seed, uint64_t stream, uint64_t counter, uint32_t out[4]);
/** Next 64 random bits. */
TW_API uint64_t tw_random_bits(tw_random *r);
/** Next uniform in (0, 1): never 0, never 1. */
TW_API double tw_random_uniform(tw_random *r);
/** Next integer in [0, n), unbiased; n >= 1. */
TW_API uint64_t tw_random_below(tw_random *r, uint64_t n);
/** Next standard normal (one uniform each, by an inverse cdf good to 1e-9 relative). */
TW_API double tw_random_normal(tw_random *r);

/* ---------------------------------------------------------------- threads */

/** A pool of `n_threads` workers counting the caller (0 = all cores, 1 = none besides the caller). */
TW_API tw_status tw_pool_new(int n_threads, tw_pool **pool, tw_error *err);
/** Stops and frees a pool. NULL is fine. */
TW_API void tw_pool_free(tw_pool *pool);
/** Threads of the pool, the caller counted; 1 for NULL. */
TW_API int tw_pool_threads(const tw_pool *pool);
/** One task of a parallel loop: index in [0, n), thread in [0, threads). */
typedef tw_status tw_task(void *arg, size_t index, int thread, tw_error *err);
/** Runs task 0..n-1, each once, on the pool (NULL: in order on the caller); the status and message are those of the
 *  lowest failing index. Tasks not started after a failure are skipped. A call made while a loop runs on the pool, from
 *  inside it or from another thread, runs in order on its own caller, as thread 0. */
TW_API tw_status tw_pool_run(tw_pool *pool, size_t n, tw_task *task, void *arg, tw_error *err);

/* ---------------------------------------------------------------- parameter tables */

typedef enum tw_kind { TW_KIND_INT, TW_KIND_REAL, TW_KIND_BOOL, TW_KIND_TEXT } tw_kind;

enum { TW_TEXT_MAX = 64 };

/** One parameter of a descriptor: where it lives in the params struct, its kind, default, bounds, search range, help.
 */
typedef struct tw_param {
    const char *name;
    tw_kind kind;
    size_t offset, size;
    double preset, lo, hi;       /* numbers and flags */
    const char *preset_text;     /* text */
    const char *choices;         /* text: "a|b|c", or NULL for any */
    double search_lo, search_hi; /* equal: not searched */
    bool search_log;
    const char *help;
} tw_param;

#define TW_PARAM_KIND(type, field)                                                                                     \
    _Generic(((type *)0)->field, int : TW_KIND_INT, double : TW_KIND_REAL, bool : TW_KIND_BOOL, char * : TW_KIND_TEXT)

/** A number or flag: TW_PARAM(params, period, 20, 1, 100000, "bars averaged"). */
#define TW_PARAM(type, field, preset_, lo_, hi_, help_)                                                                \
    {                                                                                                                  \
        .name = #field, .kind = TW_PARAM_KIND(type, field), .offset = offsetof(type, field),                           \
        .size = sizeof(((type *)0)->field), .preset = (preset_), .lo = (lo_), .hi = (hi_), .help = (help_)             \
    }
/** The same with a range that searches draw from (`log_` on a logarithmic scale). */
#define TW_PARAM_SEARCH(type, field, preset_, lo_, hi_, from_, to_, log_, help_)                                       \
    {                                                                                                                  \
        .name = #field, .kind = TW_PARAM_KIND(type, field), .offset = offsetof(type, field),                           \
        .size = sizeof(((type *)0)->field), .preset = (preset_), .lo = (lo_), .hi = (hi_), .search_lo = (from_),       \
        .search_hi = (to_), .search_log = (log_), .help = (help_)                                                      \
    }
/** A text held in `char field[TW_TEXT_MAX]`, one of "a|b|c" or anything when choices_ is NULL. */
#define TW_PARAM_TEXT(type, field, preset_, choices_, help_)                                                           \
    {                                                                                                                  \
        .name = #field, .kind = TW_PARAM_KIND(type, field), .offset = offsetof(type, field),                           \
        .size = sizeof(((type *)0)->field), .preset_text = (preset_), .choices = (choices_), .help = (help_)           \
    }
/** Ends a table. */
#define TW_PARAM_END                                                                                                   \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }
/** A NULL-terminated list of names. */
#define TW_NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

/** Fills `params` with the defaults of `table` (NULL: no parameters). */
TW_API void tw_params_default(const tw_param *table, void *params);
/** Sets one parameter from text; `owner` ("sma") leads the error text. */
TW_API tw_status tw_params_set(const tw_param *table, const char *owner, const char *name, const char *value,
                               void *params, tw_error *err);
/** Defaults, then every "key=value" of `text` (blanks or commas between; values may be "quoted", with \ before a
 *  quote in them). A name given twice is refused. NULL is empty. */
TW_API tw_status tw_params_parse(const tw_param *table, const char *owner, const char *text, void *params,
                                 tw_error *err);
/** Appends the canonical "a=1 b=2" form, in table order; it parses back to the same params. */
TW_API void tw_params_print(const tw_param *table, const void *params, tw_buf *out);
/** Writes {"a": 1, "b": 2} as one JSON value. */
TW_API void tw_params_json(const tw_param *table, const void *params, tw_json *json);
/** Writes the table itself: [{"name", "kind", "default", "lo", "hi", "choices", "search", "help"}, ...]. */
TW_API void tw_params_describe(const tw_param *table, tw_json *json);

/* ---------------------------------------------------------------- files */

/** Writes a file whole or not at all: a temporary beside it, flushed, then renamed. */
TW_API tw_status tw_file_write(const char *path, const void *bytes, size_t length, tw_error *err);
/** Reads a whole file, with a NUL after it that `length` does not count; freed with tw_free. */
TW_API tw_status tw_file_read(const tw_ctx *ctx, const char *path, char **bytes, size_t *length, tw_error *err);
/** Makes a folder and its parents; fine when it exists. */
TW_API tw_status tw_folder_make(const char *path, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif
