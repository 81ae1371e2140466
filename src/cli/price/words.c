/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - which instrument and model the words of a row mean, and its dates.
 *
 * Besides the library's own names it knows those that tables of option values use: one word for instrument and model
 * (heston_european), the kind in the exercise column (american(one-touch)), details in a params column
 * (geometric;discrete). */
#include "cli/price/terms.h"

#include <math.h>
#include <string.h>

#define DAYS_A_YEAR 365.0

/* What the words of params say beyond numbers. */
typedef struct details {
    bool geometric, asset, at_expiry, floating, fixed, average_strike, escrowed, forward;
    tw_field dividends; /* "0.75 at 80 171d" */
} details;

/* ---------------------------------------------------------------- text */

static bool is(tw_field field, const char *word)
{
    return field.length == strlen(word) && memcmp(field.text, word, field.length) == 0;
}

static bool starts(tw_field field, const char *word)
{
    const size_t n = strlen(word);
    return field.length >= n && memcmp(field.text, word, n) == 0;
}

static tw_field trimmed(tw_field f)
{
    for (; f.length && *f.text == ' '; f.length--) f.text++;
    for (; f.length && f.text[f.length - 1] == ' '; f.length--) {
    }
    return f;
}

/* Cuts what is before the first of `ends` off the front of *rest. */
static tw_field cut(tw_field *rest, const char *ends)
{
    size_t n = 0;
    while (n < rest->length && !strchr(ends, rest->text[n])) n++;
    const tw_field head = {rest->text, n};
    if (n < rest->length) n++;
    rest->text += n;
    rest->length -= n;
    return trimmed(head);
}

/* What stands in round brackets at the end of a field, or nothing. */
static tw_field bracketed(tw_field f)
{
    const char *open = f.length ? memchr(f.text, '(', f.length) : NULL;
    if (!open || f.text[f.length - 1] != ')') return (tw_field){f.text, 0};
    return (tw_field){open + 1, f.length - (size_t)(open + 1 - f.text) - 1};
}

static tw_status no_memory(tw_error *err) { return tw_no_memory(err, "contracts"); }

/* ---------------------------------------------------------------- dates */

static size_t count_words(tw_field text)
{
    size_t n = 0;
    while (text.length) n += cut(&text, " ").length > 0;
    return n;
}

static bool number(tw_field f, double *x) { return tw_parse_double(f.text, f.length, x) && isfinite(*x); }

/* "0.5" years or "182d" days. */
static bool read_time(tw_field word, bool all_days, double *time)
{
    const bool days = word.length && word.text[word.length - 1] == 'd';
    if (days) word.length--;
    if (!number(word, time)) return false;
    if (days || all_days) *time /= DAYS_A_YEAR;
    return true;
}

/* "0.75@0.5" or "1%@182d". */
static bool read_dividend(tw_field word, double *time, double *amount, uint8_t *share)
{
    tw_field sum = cut(&word, "@");
    *share = sum.length && sum.text[sum.length - 1] == '%';
    if (*share) sum.length--;
    if (!number(sum, amount) || !read_time(word, false, time)) return false;
    if (*share) *amount /= 100.0;
    return true;
}

static bool room(size_t n, bool amounts, tw_arena *arena, tw_times *out)
{
    out->time = tw_arena_new(arena, n, sizeof *out->time);
    out->amount = amounts ? tw_arena_new(arena, n, sizeof *out->amount) : NULL;
    out->share = amounts ? tw_arena_new(arena, n, sizeof *out->share) : NULL;
    return out->time && (!amounts || (out->amount && out->share));
}

bool tw_times_read(tw_field text, bool amounts, tw_arena *arena, tw_times *out)
{
    const size_t n = count_words(text);
    *out = (tw_times){0};
    if (n == 0) return true;
    if (!room(n, amounts, arena, out)) return false;
    /* A "d" at the end of the list stands for all its words: 91 182 273 364d. */
    const bool days = !amounts && text.text[text.length - 1] == 'd';
    while (text.length) {
        const tw_field word = cut(&text, " ");
        if (word.length == 0) continue;
        const size_t i = out->n;
        const bool read = amounts ? read_dividend(word, &out->time[i], &out->amount[i], &out->share[i])
                                  : read_time(word, days && word.text[word.length - 1] != 'd', &out->time[i]);
        if (!read || !(out->time[i] > 0.0) || (i > 0 && out->time[i] <= out->time[i - 1])) return false;
        out->n++;
    }
    return true;
}

/* "0.75 at 80 171 262 353d": the same cash at each of these days. */
static bool read_equal_dividends(tw_field text, tw_arena *arena, tw_times *out)
{
    double amount;
    if (!number(cut(&text, " "), &amount)) return false;
    (void)cut(&text, " "); /* at */
    tw_times times;
    if (!tw_times_read(text, false, arena, &times) || !room(times.n, true, arena, out)) return false;
    out->n = times.n;
    for (size_t i = 0; i < times.n; i++) {
        out->time[i] = times.time[i];
        out->amount[i] = amount;
    }
    return true;
}

/* ---------------------------------------------------------------- params */

typedef struct key {
    const char *text;
    tw_column_id column;
} key;

/* Keys of params that are columns under another name. */
static const key KEYS[] = {
    {"lambda=", TW_COL_jump_rate},    {"nu=", TW_COL_jump_mean},          {"delta=", TW_COL_jump_vol},
    {"intensity=", TW_COL_jump_rate}, {"logMeanJump=", TW_COL_jump_mean}, {"logJumpVol=", TW_COL_jump_vol},
    {"notional=", TW_COL_cash},
};

static void read_key(tw_terms *terms, tw_field part)
{
    for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++) {
        double x;
        const size_t n = strlen(KEYS[k].text);
        if (!starts(part, KEYS[k].text)) continue;
        if (number((tw_field){part.text + n, part.length - n}, &x)) terms->col[KEYS[k].column] = x;
    }
}

static void read_params(tw_terms *terms, tw_field params, details *d)
{
    while (params.length) {
        const tw_field part = cut(&params, ";");
        d->geometric |= is(part, "geometric");
        d->asset |= is(part, "asset-or-nothing");
        d->at_expiry |= is(part, "pay at expiry");
        d->floating |= starts(part, "floating strike");
        d->fixed |= starts(part, "fixed strike");
        d->average_strike |= starts(part, "average strike");
        d->escrowed |= is(part, "escrowed") || is(part, "CashDividendModel=Escrowed");
        d->forward |= is(part, "forward") || is(part, "CashDividendModel=Forward");
        if (part.length > 4 && part.text[part.length - 1] == 'd') {
            for (size_t i = 0; i + 4 < part.length; i++)
                if (memcmp(part.text + i, " at ", 4) == 0) d->dividends = part;
        }
        read_key(terms, part);
    }
}

/* ---------------------------------------------------------------- instruments */

/* Words that name an instrument together with a model. */
static const struct alias {
    const char *word, *instrument, *model;
} ALIASES[] = {
    {"bachelier", "european", "bachelier"},
    {"bates_european", "european", "bates"},
    {"black76", "european", "black76"},
    {"heston_european", "european", "heston"},
    {"merton76_european", "european", "merton76"},
    {"bachelier_implied_vol", "european", "bachelier"},
    {"vg_european", "european", "variance_gamma"},
};

/* european, american or bermudan, by the exercise column. */
static const char *vanilla(tw_field exercise)
{
    if (starts(exercise, "american")) return "american";
    return starts(exercise, "bermudan") ? "bermudan" : "european";
}

static const char *digital(tw_field exercise, const details *d)
{
    if (starts(exercise, "american")) return d->at_expiry ? "one_touch_expiry" : "one_touch";
    return d->asset ? "digital_asset" : "digital_cash";
}

static const char *asian(const details *d)
{
    if (d->average_strike) return d->geometric ? "asian_geometric_strike" : "asian_arithmetic_strike";
    return d->geometric ? "asian_geometric" : "asian_arithmetic";
}

/* The library's name for the instrument a row speaks of; NULL: the word itself. */
static const char *instrument_name(const tw_terms *terms, tw_field word, tw_field exercise, const details *d)
{
    if (is(word, "vanilla") || is(word, "vanilla_cash_dividends") || is(word, "implied_vol")) return vanilla(exercise);
    if (is(word, "digital")) return digital(exercise, d);
    if (is(word, "asian")) return asian(d);
    if (is(word, "lookback"))
        return d->floating || (!d->fixed && isnan(terms->col[TW_COL_strike])) ? "lookback_floating" : "lookback_fixed";
    return NULL;
}

static const char *message_of(tw_arena *arena, const char *text)
{
    const char *copy = tw_arena_text(arena, text, strlen(text));
    return copy ? copy : "out of memory";
}

static tw_status find_instrument(tw_terms *terms, const tw_field *words, const details *d, tw_arena *arena,
                                 tw_error *err)
{
    const tw_field word = words[TW_WORD_INSTRUMENT];
    tw_error why;
    const char *name = instrument_name(terms, word, words[TW_WORD_EXERCISE], d), *model = NULL;
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (is(word, ALIASES[i].word)) {
            name = ALIASES[i].instrument;
            model = ALIASES[i].model;
        }
    if (!name && !word.length && !terms->instrument) name = vanilla(words[TW_WORD_EXERCISE]);
    if (!name && word.length) name = tw_arena_text(arena, word.text, word.length);
    if (!name && word.length) return no_memory(err);
    if (!model && words[TW_WORD_MODEL].length)
        model = tw_arena_text(arena, words[TW_WORD_MODEL].text, words[TW_WORD_MODEL].length);
    if (!model && !terms->model) model = "black_scholes";
    if (name && tw_instrument_find(name, &terms->instrument, &why) != TW_OK)
        terms->error = message_of(arena, why.message);
    if (model && tw_price_model_find(model, &terms->model, &why) != TW_OK)
        terms->error = message_of(arena, why.message);
    return TW_OK;
}

/* "downin", or "knockin(80;125)" with the barriers in brackets. */
static void read_barrier_type(tw_terms *terms, tw_field word)
{
    tw_field both = bracketed(word);
    if (!both.length) return;
    double lo, hi;
    if (number(cut(&both, ";"), &lo) && number(both, &hi)) {
        terms->col[TW_COL_barrier] = lo;
        terms->col[TW_COL_barrier_high] = hi;
    }
    terms->col[TW_COL_knock] = starts(word, "knockout") ? 1.0 : starts(word, "knockin") ? 0.0 : NAN;
}

/* Averages over n fixings of an option whose expiry is given in days are taken at whole days. */
static bool fixing_dates(tw_terms *terms, double days, tw_arena *arena)
{
    const double fixings = terms->col[TW_COL_fixings];
    if (!(fixings >= 1.0 && fixings <= 100000.0) || !room((size_t)fixings, false, arena, &terms->dates)) return true;
    terms->dates.n = (size_t)fixings;
    for (size_t i = 0; i < terms->dates.n; i++)
        terms->dates.time[i] = floor(days * (double)(i + 1) / fixings + 0.5) / DAYS_A_YEAR;
    return terms->dates.time[0] > 0.0;
}

static bool read_dates(tw_terms *terms, const tw_field *words, tw_arena *arena)
{
    double days;
    const tw_field exercise = bracketed(words[TW_WORD_EXERCISE]);
    if (words[TW_WORD_DATES].length) return tw_times_read(words[TW_WORD_DATES], false, arena, &terms->dates);
    if (starts(words[TW_WORD_EXERCISE], "bermudan")) return tw_times_read(exercise, false, arena, &terms->dates);
    if (terms->instrument && starts((tw_field){terms->instrument->name, strlen(terms->instrument->name)}, "asian") &&
        number(words[TW_WORD_DAYS], &days))
        return fixing_dates(terms, days, arena);
    return true;
}

static bool read_dividends(tw_terms *terms, const tw_field *words, const details *d, tw_arena *arena)
{
    terms->dividend_model = d->escrowed ? TW_DIVIDENDS_ESCROWED : d->forward ? TW_DIVIDENDS_FORWARD : TW_DIVIDENDS_SPOT;
    if (words[TW_WORD_DIVIDENDS].length) return tw_times_read(words[TW_WORD_DIVIDENDS], true, arena, &terms->dividends);
    return !d->dividends.length || read_equal_dividends(d->dividends, arena, &terms->dividends);
}

/* Columns that tables give under another name: days for T, cash for the running extreme of a lookback option, or for
 * the price whose volatility is wanted. */
static void fill_columns(tw_terms *terms, const tw_field *words)
{
    double days;
    if (isnan(terms->col[TW_COL_T]) && number(words[TW_WORD_DAYS], &days)) terms->col[TW_COL_T] = days / DAYS_A_YEAR;
    if (terms->instrument && starts((tw_field){terms->instrument->name, strlen(terms->instrument->name)}, "lookback") &&
        isnan(terms->col[TW_COL_extreme]))
        terms->col[TW_COL_extreme] = terms->col[TW_COL_cash];
    const tw_field word = words[TW_WORD_INSTRUMENT];
    if (isnan(terms->col[TW_COL_price]) && (is(word, "implied_vol") || is(word, "bachelier_implied_vol")))
        terms->col[TW_COL_price] = terms->col[TW_COL_cash];
}

tw_status tw_terms_words(tw_terms *terms, const tw_field words[TW_WORD_COUNT], tw_arena *arena, tw_error *err)
{
    details d = {0};
    read_params(terms, words[TW_WORD_PARAMS], &d);
    TW_TRY(find_instrument(terms, words, &d, arena, err));
    read_barrier_type(terms, words[TW_WORD_BARRIER_TYPE]);
    fill_columns(terms, words);
    if (!terms->error && !read_dates(terms, words, arena))
        terms->error = "dates must be times in years (or days: 91d), above 0, ascending";
    if (!terms->error && !read_dividends(terms, words, &d, arena))
        terms->error = "dividends must be AMOUNT@TIME or SHARE%@TIME, times above 0, ascending";
    return TW_OK;
}
