/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/book/book_impl.h"

enum { FIRST_ROOM = 256 };

bool tw_book_bus_init(tw_book_bus *bus, const tw_ctx *ctx)
{
    *bus = (tw_book_bus){.ctx = ctx, .ring = tw_new(ctx, FIRST_ROOM, sizeof *bus->ring), .room = FIRST_ROOM};
    return bus->ring != NULL;
}

static bool grow(tw_book_bus *bus)
{
    tw_book_message *ring = tw_new(bus->ctx, 2 * bus->room, sizeof *ring);
    if (!ring) return false;
    for (size_t i = 0; i < bus->n; i++) ring[i] = bus->ring[(bus->first + i) & (bus->room - 1)];
    tw_free(bus->ctx, bus->ring);
    bus->ring = ring;
    bus->room *= 2;
    bus->first = 0;
    return true;
}

/* No message overtakes the one before it. */
void tw_book_bus_send(tw_book_bus *bus, const tw_book_message *message)
{
    if (bus->n == bus->room && !grow(bus)) {
        bus->lost = true;
        return;
    }
    const size_t at = (bus->first + bus->n) & (bus->room - 1);
    const int64_t before = bus->n ? bus->ring[(at - 1) & (bus->room - 1)].time : INT64_MIN;
    bus->ring[at] = *message;
    if (before > message->time) bus->ring[at].time = before;
    bus->n++;
}

tw_book_message tw_book_bus_take(tw_book_bus *bus)
{
    const tw_book_message *message = &bus->ring[bus->first];
    bus->first = (bus->first + 1) & (bus->room - 1);
    bus->n--;
    return *message;
}
