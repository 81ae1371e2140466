/* SPDX-License-Identifier: Apache-2.0 */
/* scale.c - from values to pixels, and the round numbers beside them. */
#include "plot/plot_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool tw_plot_drawn(double x) { return fabs(x) < 1e300; }

void tw_scale_fit(tw_scale *scale, double room)
{
    if (!(scale->lo <= scale->hi)) scale->lo = 0, scale->hi = 1;
    const double size = fmax(fabs(scale->lo), fabs(scale->hi));
    /* A span that is rounding, not movement, is drawn as a flat line in the middle. */
    if (scale->hi - scale->lo <= 1e-13 * size || size == 0) {
        const double pad = size > 0 ? 0.01 * size : 1;
        scale->lo -= pad, scale->hi += pad;
        return;
    }
    const double pad = room * (scale->hi - scale->lo);
    scale->lo -= pad, scale->hi += pad;
}

double tw_scale_at(const tw_scale *scale, double x)
{
    return scale->bottom - (x - scale->lo) / (scale->hi - scale->lo) * (scale->bottom - scale->top);
}

tw_ticks tw_ticks_of(const tw_scale *scale, int want)
{
    const double raw = (scale->hi - scale->lo) / (want > 1 ? want : 1);
    int power = (int)floor(log10(raw));
    const double unit = pow(10, power), times = raw / unit;
    const double factor = times < 1.41 ? 1 : times < 3.16 ? 2 : times < 7.07 ? 5 : 10;
    if (factor == 10) power++;
    tw_ticks ticks = {.step = factor * unit, .decimals = power < 0 ? -power : 0};
    const double from = ceil(scale->lo / ticks.step - 1e-9), to = floor(scale->hi / ticks.step + 1e-9);
    ticks.first = from * ticks.step;
    ticks.n = to >= from ? (size_t)(to - from) + 1 : 0;
    if (ticks.n > TW_TICKS_MOST) ticks.n = TW_TICKS_MOST;
    ticks.most = fmax(fabs(scale->lo), fabs(scale->hi));
    return ticks;
}

size_t tw_plot_fixed(double x, int decimals, bool lean, char *out)
{
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    const double scaled = round(fabs(x) * tens[decimals]);
    char digits[32];
    const int n = snprintf(digits, sizeof digits, "%0*.0f", decimals + 1, scaled);
    const size_t whole = (size_t)(n - decimals);
    size_t length = 0;
    if (x < 0 && scaled > 0) out[length++] = '-';
    memcpy(out + length, digits, whole);
    length += whole;
    if (decimals > 0) {
        out[length++] = '.';
        memcpy(out + length, digits + whole, (size_t)decimals);
        length += (size_t)decimals;
        while (lean && out[length - 1] == '0') length--;
        if (out[length - 1] == '.') length--;
    }
    out[length] = '\0';
    return length;
}

/* 1234567.5 -> 1,234,567.5 */
static void with_commas(const char *plain, char out[TW_TICK_TEXT])
{
    const size_t sign = plain[0] == '-', whole = strcspn(plain + sign, ".") + sign;
    size_t n = 0;
    for (size_t i = 0; plain[i] && n < TW_TICK_TEXT - 2; i++) {
        if (i > sign && i < whole && (whole - i) % 3 == 0) out[n++] = ',';
        out[n++] = plain[i];
    }
    out[n] = '\0';
}

void tw_tick_text(const tw_ticks *ticks, double x, int more_decimals, char out[TW_TICK_TEXT])
{
    static const struct {
        double size;
        const char *letter;
        int power;
    } units[] = {{1e12, "T", 12}, {1e9, "B", 9}, {1e6, "M", 6}, {0, "", 0}};
    if (ticks->most >= 1e15 || ticks->decimals > 8) { /* far from any price: as it is, to six digits */
        double rounded = 0;
        char text[TW_TICK_TEXT];
        (void)snprintf(text, sizeof text, "%.5e", x);
        for (char *c = text; *c; c++) *c = *c == ',' ? '.' : *c;
        out[tw_parse_double(text, strlen(text), &rounded) ? tw_format_double(rounded, out) : 0] = '\0';
        return;
    }
    size_t u = 0;
    while (ticks->most < units[u].size) u++;
    const int power = units[u].power;
    const double scale = power ? units[u].size : 1;
    /* Decimals that tell two ticks apart after the division. */
    int decimals = ticks->decimals;
    if (power) decimals = (int)fmax(0, power - floor(log10(ticks->step) + 1e-9));
    decimals += more_decimals;
    if (decimals > 9) decimals = 9;
    char plain[TW_TICK_TEXT];
    tw_plot_fixed(x / scale, decimals, false, plain);
    with_commas(plain, out);
    const size_t length = strlen(out);
    (void)snprintf(out + length, TW_TICK_TEXT - length, "%s", units[u].letter);
}
