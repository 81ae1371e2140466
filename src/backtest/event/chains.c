/* SPDX-License-Identifier: Apache-2.0 */
/* The contracts of a root as one series: which is active, when one is left for the next, histories joined. The rules of
 * rolling are zipline's; its search for the contract of today looks 90 days ahead, and this one does not. */
#include "backtest/event/window.h"

#include "backtest/event/engine.h"

#include <math.h>
#include <string.h>

enum { MOST_CONTRACTS = 512, GRACE = 7 };

/* Contracts by auto_close. */
typedef struct links {
    const tw_moment *now;
    const tw_chain *chain;
    size_t asset[MOST_CONTRACTS], n;
} links;

/* From session `from` on the series is `link`, or nothing (TW_NONE). */
typedef struct roll {
    size_t link, from;
} roll;

typedef struct rolls {
    roll item[MOST_CONTRACTS + 1]; /* the latest first */
    size_t n;
} rolls;

/* ---------------------------------------------------------------- the contracts */

/* Months of delivery in which a root is much traded: the others are not of its chain. */
static bool is_in_chain(const tw_asset *asset)
{
    static const struct {
        const char *root, *months;
    } LIQUID[] = {{"AD", "HMUZ"}, {"BP", "HMUZ"}, {"CD", "HMUZ"}, {"EL", "HMUZ"},  {"GC", "GJMQVZ"}, {"JY", "HMUZ"},
                  {"ME", "HMUZ"}, {"PA", "HMUZ"}, {"PL", "FJNV"}, {"SV", "HKNUZ"}, {"XG", "GJMQVZ"}, {"YS", "HKNUZ"}};
    const size_t length = strlen(asset->symbol);
    for (size_t i = 0; i < sizeof LIQUID / sizeof *LIQUID; i++)
        if (strcmp(LIQUID[i].root, asset->root) == 0)
            return length >= 3 && strchr(LIQUID[i].months, asset->symbol[length - 3]) != NULL;
    return true;
}

static const tw_asset *contract(const links *l, size_t link) { return &l->now->market->asset[l->asset[link]]; }

static size_t closes(const links *l, size_t link)
{
    const size_t auto_close = contract(l, link)->auto_close;
    return auto_close ? auto_close : TW_NONE;
}

static size_t last_day(const links *l, size_t link)
{
    const size_t end = contract(l, link)->end, close = closes(l, link), last = end ? end - 1 : TW_NONE;
    return close < last ? close : last;
}

static tw_status find_links(links *l, tw_error *err)
{
    const tw_asset_market *market = l->now->market;
    for (size_t i = 0; i < market->n_assets; i++) {
        const tw_asset *asset = &market->asset[i];
        if (asset->kind != TW_FUTURE || !asset->root || strcmp(asset->root, l->chain->root) != 0) continue;
        if (!is_in_chain(asset)) continue;
        if (l->n == MOST_CONTRACTS)
            return tw_fail(err, TW_BAD_VALUE, "chain of %s: more than %d contracts", l->chain->root, MOST_CONTRACTS);
        size_t at = l->n++;
        const size_t close = asset->auto_close ? asset->auto_close : TW_NONE;
        for (; at > 0 && closes(l, at - 1) > close; at--) l->asset[at] = l->asset[at - 1];
        l->asset[at] = i;
    }
    if (l->n && contract(l, 0)->first >= closes(l, 0)) memmove(l->asset, l->asset + 1, --l->n * sizeof *l->asset);
    if (l->n == 0) return tw_fail(err, TW_BAD_NAME, "chain: no contract of root '%s'", l->chain->root);
    return TW_OK;
}

/* ---------------------------------------------------------------- which is active */

static double volume(const links *l, size_t link, size_t session)
{
    const tw_asset_market *market = l->now->market;
    const double x = market->daily.volume[l->asset[link] * market->n_sessions + session];
    return isnan(x) ? 0 : x;
}

static bool outweighs(const links *l, size_t back, size_t front, size_t session)
{
    return volume(l, back, session) > volume(l, front, session);
}

/* Once the next contract had the greater volume, in the week before the front closes, it stays active. */
static size_t active_by_volume(const links *l, size_t front, size_t back, size_t session)
{
    if (session == 0) return front;
    const size_t before = session - 1, close = closes(l, front);
    if (session > last_day(l, front) || contract(l, front)->first > before) return back;
    if (session > last_day(l, back) || contract(l, back)->first > before) return front;
    if (outweighs(l, back, front, before)) return back;
    size_t from = close > GRACE && close != TW_NONE ? close - GRACE : 0;
    if (close == TW_NONE) return front;
    if (contract(l, back)->first > from) from = contract(l, back)->first;
    for (size_t s = from; s < before; s++)
        if (outweighs(l, back, front, s)) return back;
    return front;
}

static size_t active(const links *l, size_t front, size_t back, size_t session)
{
    if (l->chain->by_volume) return active_by_volume(l, front, back, session);
    return session >= closes(l, front) ? back : front;
}

static size_t front_at(const links *l, size_t session)
{
    size_t front = 0;
    while (front + 1 < l->n && closes(l, front) <= session) front++;
    return front;
}

/* The active contract of a session, before an offset. */
static size_t primary_at(const links *l, size_t session)
{
    const size_t front = front_at(l, session), back = front + 1;
    if (back >= l->n || contract(l, back)->first > session) return front;
    return active(l, front, back, session);
}

static size_t offset_of(const links *l, size_t link)
{
    const size_t at = link + l->chain->offset;
    return at < l->n ? at : TW_NONE;
}

static size_t active_at_offset(const links *l, size_t session)
{
    const size_t front = front_at(l, session), back = front + 1;
    if (back >= l->n || contract(l, back)->first > session) return front;
    const size_t at = offset_of(l, active(l, front, back, session));
    return at != TW_NONE && contract(l, at)->first <= session ? at : TW_NONE;
}

/* ---------------------------------------------------------------- rolls of a window */

static void add_roll(const links *l, rolls *r, size_t link) { r->item[r->n++] = (roll){.link = offset_of(l, link)}; }

/* The session in which `curr` is left for what follows: looked for from `session` back to where the contract before it
 * closes. True when there is one; *session is then that one, else where the search ended. */
static bool find_roll(const links *l, size_t curr, size_t next, size_t start, size_t *session)
{
    for (; *session > start; --*session) {
        const size_t before = *session - 1;
        if (curr > 0 && before < closes(l, curr - 1)) return false;
        if (next != active(l, curr, next, before)) return true;
    }
    return false;
}

static void find_rolls(const links *l, size_t start, size_t end, rolls *r)
{
    const size_t front = primary_at(l, end), back = front + 1;
    const bool has_back = back < l->n && contract(l, back)->first <= end;
    const size_t first = has_back ? active(l, front, back, end) : front;
    size_t session = end;
    add_roll(l, r, first);
    for (size_t left = first == front ? first : first - 1; left > 0 && session > start; left--) {
        const size_t curr = left - 1, next = r->item[r->n - 1].link;
        if (next == TW_NONE) return;
        if (find_roll(l, curr, next, start, &session)) {
            r->item[r->n - 1].from = session;
            add_roll(l, r, curr);
        }
        if (curr > 0 && closes(l, curr - 1) < session) session = closes(l, curr - 1) + 1;
    }
}

/* ---------------------------------------------------------------- histories */

typedef struct series {
    const links *links;
    const tw_window *window;
    const tw_bars *bars;
    size_t stride, first; /* bars of an asset; the window's first bar */
} series;

static const double *rows_of(const series *s, size_t link)
{
    const double *x = tw_bars_column(s->bars, s->window->field);
    return x ? x + s->links->asset[link] * s->stride : NULL;
}

static size_t bar_of(const series *s, size_t session)
{
    return s->window->minutes ? s->links->now->market->minute_from[session] : session;
}

/* The last close that traded in a session or before; NaN: none. */
static double close_before(const series *s, size_t link, size_t session)
{
    const double *close = s->bars->close + s->links->asset[link] * s->stride;
    const double *volumes = s->bars->volume + s->links->asset[link] * s->stride;
    size_t bar = bar_of(s, session + 1);
    while (bar > 0 && !(volumes[bar - 1] > 0)) bar--;
    return bar > 0 ? close[bar - 1] : NAN;
}

static void join(const series *s, const roll *from, const roll *to, double *out)
{
    const tw_chain *chain = s->links->chain;
    if (chain->adjust == TW_CHAIN_PLAIN || s->window->field == TW_VOLUME || from->link == TW_NONE) return;
    const double front = close_before(s, from->link, to->from - 1), back = close_before(s, to->link, to->from - 1);
    const size_t n = bar_of(s, to->from) > s->first ? bar_of(s, to->from) - s->first : 0;
    if (isnan(front) || isnan(back)) return;
    for (size_t i = 0; i < n; i++)
        out[i] = chain->adjust == TW_CHAIN_RATIO ? out[i] * (1 + (back - front) / front) : out[i] + (back - front);
}

/* Rows of each contract up to its roll, the latest first. */
static void compose(const series *s, const rolls *r, size_t n, double *out)
{
    size_t end = n;
    for (size_t k = 0; k < r->n; k++) {
        const size_t at = k + 1 < r->n ? bar_of(s, r->item[k].from) : 0, from = at > s->first ? at - s->first : 0;
        const double *x = r->item[k].link == TW_NONE ? NULL : rows_of(s, r->item[k].link);
        for (size_t i = from; i < end; i++) out[i] = x ? x[s->first + i] : NAN;
        end = from < end ? from : end;
    }
}

/* Rows before each roll are seen from behind it. */
static void join_rolls(const series *s, const rolls *r, double *out)
{
    for (size_t k = r->n - 1; k > 0; k--) join(s, &r->item[k], &r->item[k - 1], out);
}

/* The price before a window: where the contract active at its first row traded last, of the one active then. */
static double price_before(const series *s, bool partial)
{
    const links *l = s->links;
    const size_t first = s->window->minutes ? tw_session_of(l->now, s->first) : s->first;
    const size_t link = active_at_offset(l, first);
    if (link == TW_NONE) return NAN;
    const double *volumes = s->bars->volume + l->asset[link] * s->stride;
    size_t bar = s->first + !partial;
    while (bar > 0 && !(volumes[bar - 1] > 0)) bar--;
    for (; bar > 0; bar--) {
        const size_t session = s->window->minutes ? tw_session_of(l->now, bar - 1) : bar - 1;
        const size_t then = active_at_offset(l, session);
        const double close = then == TW_NONE ? NAN : s->bars->close[l->asset[then] * s->stride + bar - 1];
        if (!isnan(close)) return close;
    }
    return NAN;
}

static size_t asset_of(const links *l, size_t link) { return link == TW_NONE ? TW_NONE : l->asset[link]; }

tw_status tw_moment_chain_window(const tw_moment *now, const tw_chain *chain, const tw_window *window, double *out,
                                 tw_error *err)
{
    links l = {.now = now, .chain = chain};
    rolls r = {.n = 0};
    TW_TRY(find_links(&l, err));
    const bool minutes = window->minutes, partial = now->run->by_minute && !minutes;
    const size_t there = now->bar == TW_NONE ? 0 : (minutes ? now->bar : now->view) + 1, n = window->n;
    if (n == 0 || n > there)
        return tw_fail(err, TW_BAD_VALUE, "history of %s: %zu bars; there are %zu up to now", chain->root, n, there);
    const series s = {.links = &l,
                      .window = window,
                      .bars = minutes ? &now->market->minute : &now->market->daily,
                      .stride = minutes ? now->market->n_minutes : now->market->n_sessions,
                      .first = there - n};
    const size_t start = minutes ? tw_session_of(now, s.first) : s.first;
    const size_t end = partial && n > 1 ? now->view - 1 : now->view;
    find_rolls(&l, start, end, &r);
    compose(&s, &r, n - partial, out);
    if (end != now->view) { /* days that are over are seen from today, which may be that of a roll */
        r.n = 0;
        find_rolls(&l, start, now->view, &r);
    }
    join_rolls(&s, &r, out);
    const tw_joined joined = {.before = price_before(&s, partial),
                              .today = asset_of(&l, active_at_offset(&l, now->view)),
                              .tick = l.asset[front_at(&l, end)]};
    tw_window plain = *window;
    plain.asset = l.asset[front_at(&l, end)];
    return tw_window_fill(now, &plain, &joined, out, err);
}

/* ---------------------------------------------------------------- now */

tw_status tw_moment_contract(const tw_moment *now, const tw_chain *chain, size_t *asset, tw_error *err)
{
    links l = {.now = now, .chain = chain};
    *asset = TW_NONE;
    TW_TRY(find_links(&l, err));
    *asset = asset_of(&l, active_at_offset(&l, now->session));
    return TW_OK;
}

tw_status tw_moment_contracts(const tw_moment *now, const tw_chain *chain, size_t room, size_t *assets, size_t *n,
                              tw_error *err)
{
    links l = {.now = now, .chain = chain};
    *n = 0;
    TW_TRY(find_links(&l, err));
    for (size_t link = active_at_offset(&l, now->session); link != TW_NONE && link < l.n; link++) {
        if (contract(&l, link)->first > now->session) continue;
        if (*n < room) assets[*n] = l.asset[link];
        ++*n;
    }
    return TW_OK;
}
