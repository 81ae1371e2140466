/* SPDX-License-Identifier: Apache-2.0 */
/* import_time.c - width and kind of the bars from the stamps seen. */
#include "data/import.h"

#include <stdlib.h>
#include <string.h>

bool tw_import_parse_bar(const char *text, int64_t *bar_ns)
{
    static const struct {
        const char *unit;
        int64_t ns;
    } units[] = {{"ms", 1000000},
                 {"s", TW_NS_PER_SECOND},
                 {"m", 60 * TW_NS_PER_SECOND},
                 {"min", 60 * TW_NS_PER_SECOND},
                 {"h", 3600 * TW_NS_PER_SECOND},
                 {"d", TW_NS_PER_DAY}};
    const size_t digits = strspn(text, "0123456789");
    int64_t count = 0;
    if (!tw_parse_int64(text, digits, &count) || count < 1 || count > 100000) return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].unit, text + digits) == 0) {
            *bar_ns = count * units[i].ns;
            return true;
        }
    return false;
}

int64_t tw_import_day_of(const tw_calendar *zone, int64_t time)
{
    if (zone && time % TW_NS_PER_DAY != 0) time += tw_calendar_utc_offset(zone, time) * TW_NS_PER_SECOND;
    return time / TW_NS_PER_DAY - (time % TW_NS_PER_DAY < 0);
}

static int by_size(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The most frequent step between neighbours among the first `n` times (sampled: sessions repeat). */
int64_t tw_import_bar_width(const int64_t *times, size_t n)
{
    enum { SAMPLE = 512 };
    int64_t steps[SAMPLE], best = TW_NS_PER_DAY;
    size_t m = 0, best_count = 0;
    for (size_t t = 1; t < n && m < SAMPLE; t++) steps[m++] = times[t] - times[t - 1];
    qsort(steps, m, sizeof *steps, by_size);
    for (size_t i = 0, count = 0; i < m; i++) {
        count = i > 0 && steps[i] == steps[i - 1] ? count + 1 : 1;
        if (count > best_count) best = steps[i], best_count = count;
    }
    return best > TW_NS_PER_DAY ? TW_NS_PER_DAY : best;
}

static bool has_time(const int64_t *times, size_t n, int64_t time)
{
    return bsearch(&time, times, n, sizeof *times, by_size) != NULL;
}

bool tw_import_stamped_at_end(const tw_calendar *calendar, const int64_t *times, size_t n)
{
    enum { DAYS = 64 };
    tw_session sessions[DAYS];
    size_t opens = 0, closes = 0;
    if (n == 0) return false;
    const int64_t first = tw_import_day_of(NULL, times[0]), last = tw_import_day_of(NULL, times[n - 1]);
    size_t count = tw_calendar_sessions(calendar, first, last, DAYS, sessions);
    if (count > DAYS) count = DAYS;
    for (size_t i = 0; i < count; i++) {
        opens += has_time(times, n, sessions[i].open_ns);
        closes += has_time(times, n, sessions[i].close_ns);
    }
    return closes > 4 * opens && 2 * closes > count;
}
