/* SPDX-License-Identifier: Apache-2.0 */
/* bar.c - progress for people: one line that renews itself on a terminal, a line a stage elsewhere. */
#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

enum { WIDTH = 28 };

void tw_bar_init(tw_bar *bar, FILE *to, bool quiet)
{
    *bar = (tw_bar){.to = to, .terminal = isatty(fileno(to)) == 1, .quiet = quiet};
}

static void new_stage(tw_bar *bar, const char *stage)
{
    const size_t n = strlen(stage) < sizeof bar->stage - 1 ? strlen(stage) : sizeof bar->stage - 1;
    memcpy(bar->stage, stage, n);
    bar->stage[n] = '\0';
    bar->started_ns = tw_clock_ns();
    bar->last_ns = 0;
    bar->tenth = -1;
    if (bar->terminal && bar->shown) fprintf(bar->to, "\r\033[K");
    if (!bar->terminal) fprintf(bar->to, "%s ...\n", bar->stage);
}

static void draw(tw_bar *bar, uint64_t done, uint64_t total, const char *note)
{
    const double seconds = (double)(tw_clock_ns() - bar->started_ns) / 1e9;
    const double share = total ? (double)done / (double)total : 0;
    char fill[WIDTH + 1];
    for (int i = 0; i < WIDTH; i++) fill[i] = (double)i < share * (double)WIDTH ? '#' : '.';
    fill[WIDTH] = '\0';
    fprintf(bar->to, "\r\033[K%-12s [%s] %3.0f %%", bar->stage, fill, 100 * share);
    if (done && seconds > 0)
        fprintf(bar->to, "  %.3g/s  %.0f s left", (double)done / seconds,
                seconds * (1 - share) / (share > 0 ? share : 1));
    if (note) fprintf(bar->to, "  %s", note);
    (void)fflush(bar->to);
    bar->shown = true;
}

/* Where no line can renew itself, what is noted is printed as each tenth begins. */
static void print_tenth(tw_bar *bar, uint64_t done, uint64_t total, const char *note)
{
    const int tenth = done < total ? (int)(10 * done / total) : 10;
    if (!note || tenth == bar->tenth) return;
    bar->tenth = tenth;
    fprintf(bar->to, "%s %llu/%llu  %s\n", bar->stage, (unsigned long long)done, (unsigned long long)total, note);
}

void tw_bar_update(void *arg, const char *stage, uint64_t done, uint64_t total, const char *note)
{
    tw_bar *bar = arg;
    if (bar->quiet) return;
    if (strncmp(stage, bar->stage, sizeof bar->stage - 1) != 0) new_stage(bar, stage);
    const int64_t now = tw_clock_ns();
    if (!total) return;
    if (!bar->terminal) {
        print_tenth(bar, done, total, note);
        return;
    }
    if (done < total && now - bar->last_ns < TW_NS_PER_SECOND / 10) return; /* ten a second are enough for an eye */
    bar->last_ns = now;
    draw(bar, done, total, note);
}

void tw_bar_end(tw_bar *bar)
{
    if (bar->shown) fprintf(bar->to, "\r\033[K");
}
