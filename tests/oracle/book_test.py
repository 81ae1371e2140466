#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A grid market maker replayed here and by hftbacktest on the same events gives the same book, orders, fills and account at every step: for each queue model, on made-up
feeds and on a recorded one where SHARED_DATA has it. Also: what happens later changes nothing before, and the account adds up from the fills.

Needs hftbacktest (bench/.venv); skipped without it."""
import ctypes as c
import gzip
import json
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VENV = ROOT / "bench/.venv/bin/python"
try:
    import hftbacktest as hft
    import numpy as np
    from numba import njit
except ImportError:
    if VENV.exists() and not os.environ.get("TW_IN_VENV"):
        os.environ["TW_IN_VENV"] = "1"
        os.execv(VENV, [str(VENV)] + sys.argv)
    print("skipped: no hftbacktest")
    sys.exit(77)

from twins import LIB, Error, ok

BUY, SELL, NONE = 1, -1, 0
DEPTH, TRADE, CLEAR = 0, 1, 2
LIMIT, GTX, GTC, IOC = 0, 1, 0, 3
STEP, LEVELS, SPACING, MOST = 100_000_000, 5, 10, 0.5


class Event(c.Structure):
    _fields_ = [("exchange_ns", c.c_int64), ("local_ns", c.c_int64), ("price", c.c_double), ("quantity", c.c_double), ("kind", c.c_int), ("side", c.c_int)]


EVENT = np.dtype([("exchange_ns", "<i8"), ("local_ns", "<i8"), ("price", "<f8"), ("quantity", "<f8"), ("kind", "<i4"), ("side", "<i4")])


class Units(c.Structure):
    _fields_ = [("tick", c.c_double), ("lot", c.c_double)]


class FeedOptions(c.Structure):
    _fields_ = [("snapshot", c.c_char * 64), ("base_latency", c.c_int)]


class Options(c.Structure):
    _fields_ = [("queue", c.c_char * 64), ("queue_params", c.c_char * 128), ("partial", c.c_bool)] + [
        (n, c.c_double) for n in ("entry", "response", "maker_fee", "taker_fee", "contract")] + [("inverse", c.c_bool), ("max_orders", c.c_int)]


class Order(c.Structure):
    _fields_ = [("id", c.c_uint64), ("side", c.c_int), ("kind", c.c_int), ("force", c.c_int), ("status", c.c_int), ("pending", c.c_int), ("maker", c.c_bool), ("tick", c.c_int64),
                ("exec_tick", c.c_int64), ("quantity", c.c_double), ("leaves", c.c_double), ("executed", c.c_double), ("sent_ns", c.c_int64), ("exchange_ns", c.c_int64)]


ON_FILL = c.CFUNCTYPE(None, c.c_void_p, c.POINTER(Order), c.c_int64)


class Spec(c.Structure):
    _fields_ = [("feed", c.c_void_p), ("options", Options), ("trips", c.c_void_p), ("n_trips", c.c_size_t), ("on_fill", ON_FILL), ("user", c.c_void_p)]


class Top(c.Structure):
    _fields_ = [("bid_tick", c.c_int64), ("ask_tick", c.c_int64)] + [(n, c.c_double) for n in ("bid", "ask", "bid_quantity", "ask_quantity")]


class Request(c.Structure):
    _fields_ = [("side", c.c_int), ("kind", c.c_int), ("force", c.c_int), ("price", c.c_double), ("quantity", c.c_double)]


class Account(c.Structure):
    _fields_ = [(n, c.c_double) for n in ("position", "balance", "fee", "volume", "value")] + [("n_trades", c.c_uint64)]


LIB.tw_replay_top.restype, LIB.tw_replay_account.restype = Top, Account
LIB.tw_replay_orders.restype = c.POINTER(Order)
LIB.tw_replay_now.restype, LIB.tw_feed_size.restype = c.c_int64, c.c_size_t
LIB.tw_feed_at.restype = Event
LIB.tw_replay_params.restype = c.c_void_p


# ---------------------------------------------------------------- theirs
@njit
def theirs(hbt, out, quantity, force):
    """Keeps orders at LEVELS prices a side, as long as the position allows; cancels what is elsewhere. Rows: what is seen before acting."""
    n = 0
    while n < len(out) and hbt.elapse(STEP) == 0:
        hbt.clear_inactive_orders(0)
        depth, state = hbt.depth(0), hbt.state_values(0)
        bid, ask = depth.best_bid_tick, depth.best_ask_tick
        row = out[n]
        row[0], row[1], row[2] = hbt.current_timestamp, bid, ask
        row[3], row[4], row[5], row[6] = state.position, state.balance, state.fee, state.num_trades
        row[7], row[8] = state.trading_volume, state.trading_value
        n += 1
        row[9] = 0
        known = hbt.orders(0).values()
        while known.has_next():
            row[9] += 1
            known.get()
        if bid < 0 or ask > 1 << 40 or bid >= ask:
            continue
        first_bid, first_ask = bid // SPACING * SPACING, (ask + SPACING - 1) // SPACING * SPACING
        orders = hbt.orders(0)
        values = orders.values()
        while values.has_next():
            order = values.get()
            wanted = False
            for k in range(LEVELS):
                if order.side == 1 and order.price_tick == first_bid - k * SPACING and state.position < MOST:
                    wanted = True
                if order.side == -1 and order.price_tick == first_ask + k * SPACING and state.position > -MOST:
                    wanted = True
            if not wanted and order.cancellable:
                hbt.cancel(0, order.order_id, False)
        for k in range(LEVELS):
            tick = first_bid - k * SPACING
            if state.position < MOST and tick not in orders:
                hbt.submit_buy_order(0, tick, tick * depth.tick_size, quantity, force, 0, False)
            tick = first_ask + k * SPACING
            if state.position > -MOST and tick + (1 << 40) not in orders:
                hbt.submit_sell_order(0, tick + (1 << 40), tick * depth.tick_size, quantity, force, 0, False)
    return n


# Whole powers: of others hftbacktest has a NaN when an order is reached by less than half a lot.
QUEUES = {("risk_averse", ""): lambda a: a.risk_adverse_queue_model(), ("power", "n=3"): lambda a: a.power_prob_queue_model(3),
          ("power_of_sum", "n=2"): lambda a: a.power_prob_queue_model2(2), ("power_of_share", "n=2"): lambda a: a.power_prob_queue_model3(2),
          ("log", ""): lambda a: a.log_prob_queue_model(), ("log_of_sum", ""): lambda a: a.log_prob_queue_model2()}


def run_theirs(data, units, queue, steps, quantity, latency, force):
    asset = hft.BacktestAsset().data(data).linear_asset(1.0).constant_order_latency(*latency)
    asset = QUEUES[queue](asset).no_partial_fill_exchange().trading_value_fee_model(-0.00005, 0.0007).tick_size(units[0]).lot_size(units[1])
    hbt, out = hft.HashMapMarketDepthBacktest([asset]), np.full((steps, 10), np.nan)
    n = theirs(hbt, out, quantity, force)
    hbt.close()
    return out[:n]


# ---------------------------------------------------------------- ours
class Replay:
    def __init__(self, feed, queue, latency, partial=False):
        self.pointer, error, self.fills = c.c_void_p(), Error(), []
        self.on_fill = ON_FILL(lambda user, order, now: self.fills.append((order[0].side, order[0].exec_tick, order[0].executed, order[0].maker, now)))
        spec = Spec(feed, on_fill=self.on_fill)
        text = f"queue={queue[0]} partial={int(partial)} entry={latency[0]} response={latency[1]} maker_fee=-0.00005 taker_fee=0.0007" + f' queue_params="{queue[1]}"' * bool(queue[1])
        ok(LIB.tw_params_parse(c.c_void_p(LIB.tw_replay_params()), b"replay", text.encode(), c.byref(spec.options), c.byref(error)), error)
        ok(LIB.tw_replay_new(None, c.byref(spec), c.byref(self.pointer), c.byref(error)), error)

    def orders(self):
        n = c.c_size_t()
        list_ = LIB.tw_replay_orders(self.pointer, c.byref(n))
        return [(o.id, o.side, o.tick, o.status, o.pending) for o in (list_[i] for i in range(n.value))]

    def send(self, side, price, quantity, force):
        error, id_ = Error(), c.c_uint64()
        ok(LIB.tw_replay_submit(self.pointer, c.byref(Request(side, LIMIT, force, price, quantity)), c.byref(id_), c.byref(error)), error)

    def close(self):
        LIB.tw_replay_free(self.pointer)


def run_ours(feed, units, queue, steps, quantity, latency, force, partial=False):
    r, out = Replay(feed, queue, latency, partial), []
    while len(out) < steps and LIB.tw_replay_elapse(r.pointer, c.c_int64(STEP)) == 0:
        LIB.tw_replay_forget(r.pointer)
        top, a, orders = LIB.tw_replay_top(r.pointer), LIB.tw_replay_account(r.pointer), r.orders()
        bid, ask = top.bid_tick, top.ask_tick
        out.append([LIB.tw_replay_now(r.pointer), bid, ask, a.position, a.balance, a.fee, a.n_trades, a.volume, a.value, len(orders)])
        if bid < 0 or ask > 1 << 40 or bid >= ask:
            continue
        first_bid, first_ask = bid // SPACING * SPACING, (ask + SPACING - 1) // SPACING * SPACING
        wanted = [(BUY, first_bid - k * SPACING) for k in range(LEVELS) if a.position < MOST] + [(SELL, first_ask + k * SPACING) for k in range(LEVELS) if a.position > -MOST]
        for id_, side, tick, status, pending in orders:
            if (side, tick) not in wanted and pending == 0 and status in (1, 2):
                error = Error()
                ok(LIB.tw_replay_cancel(r.pointer, c.c_uint64(id_), c.byref(error)), error)
        known = {(side, tick) for _, side, tick, _, _ in orders}
        for side, tick in wanted:
            if (side, tick) not in known:
                r.send(side, tick * units[0], quantity, force)
    r.close()
    return np.array(out, float), r.fills


def make_feed(events, units):
    feed, error = c.c_void_p(), Error()
    events = np.ascontiguousarray(events)
    ok(LIB.tw_feed_new(None, c.byref(Units(*units)), c.c_void_p(events.ctypes.data), c.c_size_t(len(events)), c.byref(feed), c.byref(error)), error)
    return feed


# ---------------------------------------------------------------- feeds
def to_events(data):
    """Their array as ours: each event once, in the order in which it was received."""
    data = data[data["ev"] & hft.LOCAL_EVENT == hft.LOCAL_EVENT]
    kind = data["ev"] & 0xFF
    out = np.zeros(len(data), EVENT)
    for ours_, name in (("exchange_ns", "exch_ts"), ("local_ns", "local_ts"), ("price", "px"), ("quantity", "qty")):
        out[ours_] = data[name]
    out["kind"] = np.select([kind == hft.TRADE_EVENT, kind == hft.DEPTH_CLEAR_EVENT], [TRADE, CLEAR], DEPTH)
    out["side"] = np.where(data["ev"] & hft.BUY_EVENT == hft.BUY_EVENT, BUY, SELL)
    return out


def made_up(seed, units, n=60_000):
    """A book around a wandering price, with trades through it, quantities that come and go, and two kinds of delay."""
    from hftbacktest.data.validation import correct_event_order
    r, tick = np.random.default_rng(seed), units[0]
    mid, time, rows = 5000, 1_000_000_000_000, []
    for i in range(n):
        time += int(r.exponential(3e6))
        what, side = r.random(), 1 if r.random() < 0.5 else -1
        flag = hft.BUY_EVENT if side == 1 else hft.SELL_EVENT
        away = int(r.exponential(12))
        if what < 0.02:
            mid += int(r.integers(-4, 5))
        if what < 0.8:
            quantity = 0.0 if r.random() < 0.3 else round(float(r.exponential(2)), 3)
            rows.append((hft.DEPTH_EVENT | flag, time, (mid - side * away - (side == 1)) * tick, quantity))
        else:
            rows.append((hft.TRADE_EVENT | flag, time, (mid + (side == 1) * (away // 4) - (side == -1) * (away // 4 + 1)) * tick, round(float(r.exponential(1)), 3) + 0.001))
    data = np.zeros(len(rows), hft.event_dtype)
    for k, (ev, at, price, quantity) in enumerate(rows):
        data[k] = (ev, at, at + int(r.integers(1e6, 6e6)), price, quantity, 0, 0, 0)
    data["local_ts"] = np.maximum.accumulate(data["local_ts"])
    return correct_event_order(data, np.argsort(data["exch_ts"], kind="stable"), np.argsort(data["local_ts"], kind="stable"))


def recorded(path):
    import contextlib
    import io

    from hftbacktest.data.utils import binancefutures
    with contextlib.redirect_stdout(io.StringIO()):
        return binancefutures.convert(str(path), base_latency=1_000_000, buffer_size=2_000_000)


# ---------------------------------------------------------------- checks
def compare(name, data, units, quantity, steps, force=GTX):
    feed, n_fills = make_feed(to_events(data), units), 0
    for queue in QUEUES:
        for latency in ((10_000_000, 15_000_000), (0, 0)):
            a = run_theirs(data, units, queue, steps, quantity, latency, {GTX: hft.GTX, GTC: hft.GTC}[force])
            b, fills = run_ours(feed, units, queue, steps, quantity, latency, force)
            a[a[:, 1] < 0, 1] = b[b[:, 1] < 0, 1] = -1  # no bid, no ask
            a[a[:, 2] > 1 << 40, 2] = b[b[:, 2] > 1 << 40, 2] = -1
            assert a.shape == b.shape, (name, queue, latency, a.shape, b.shape)
            off = np.abs(a - b) > 1e-9 * np.maximum(1, np.abs(a))
            assert not off.any(), (name, queue, latency, "step", np.argmax(off.any(axis=1)), a[np.argmax(off.any(axis=1))], b[np.argmax(off.any(axis=1))])
            n_fills += len(fills)
            adds_up(fills, b[-1], units)
    LIB.tw_feed_free(feed)
    print(f"{name}: {len(QUEUES) * 2} runs of {len(b)} steps, {n_fills} fills: the same")
    assert n_fills > 100


def adds_up(fills, last, units):
    """The account is the sum of its fills: cash and position and fees."""
    known = [f for f in fills if f[4] <= last[0]]
    position = sum(side * q for side, _, q, _, _ in known)
    balance = -sum(side * q * tick * units[0] for side, tick, q, _, _ in known)
    fee = sum((-0.00005 if maker else 0.0007) * q * tick * units[0] for _, tick, q, maker, _ in known)
    assert np.allclose([position, balance, fee, len(known)], last[[3, 4, 5, 6]], rtol=1e-9, atol=1e-9)


def past_stands(data, units):
    """Everything after a time is replaced: what was seen and done before is the same, bit for bit."""
    events = to_events(data)
    half = events["local_ns"][len(events) // 2]
    other = events.copy()
    later = other["exchange_ns"] > half
    other["quantity"][later] *= 3.7
    other["price"][later] += 40 * units[0]
    for partial in (False, True):
        runs = []
        for e in (events, other):
            feed = make_feed(e, units)
            out, _ = run_ours(feed, units, ("power", "n=3"), 10**6, 0.05, (5_000_000, 5_000_000), GTC, partial)
            runs.append(out[out[:, 0] <= half])
            LIB.tw_feed_free(feed)
        assert len(runs[0]) > 100 and np.array_equal(*runs), "the future changed the past"


def parts_add_up(data, units):
    """With partial fills no more than an order is executed, and the account has all of it."""
    feed = make_feed(to_events(data), units)
    out, fills = run_ours(feed, units, ("power", "n=3"), 10**6, 1.7, (5_000_000, 5_000_000), GTC, True)
    LIB.tw_feed_free(feed)
    adds_up(fills, out[-1], units)
    assert sum(0 < q < 1.7 - 1e-9 for _, _, q, _, _ in fills) > 10, "no partial fill"


def reads_the_stream(path, data, units):
    """Our reader gives the events that their converter gives, when told to take deltas as they arrived."""
    feed, error = c.c_void_p(), Error()
    options = FeedOptions(b"received", 1_000_000)
    ok(LIB.tw_feed_read_binance(None, str(path).encode(), c.byref(Units(*units)), c.byref(options), c.byref(feed), None, c.byref(error)), error)
    wanted = to_events(data)
    wanted = wanted[np.argsort(wanted["exchange_ns"], kind="stable")]
    assert LIB.tw_feed_size(feed) == len(wanted), (LIB.tw_feed_size(feed), len(wanted))
    for i in list(range(0, len(wanted), 97)):
        e = LIB.tw_feed_at(feed, c.c_size_t(i))
        got, w = (e.exchange_ns, e.local_ns, round(e.price / units[0]), e.quantity, e.kind, e.side), wanted[i]
        assert got == (w["exchange_ns"], w["local_ns"], round(w["price"] / units[0]), w["quantity"], w["kind"], w["side"]), (i, got, w)
    LIB.tw_feed_free(feed)
    print(f"the recorded stream: {len(wanted)} events, as converted")


def main():
    units = (0.1, 0.001)
    for seed in (1, 2, 3):
        compare(f"made-up feed {seed}", made_up(seed, units), units, 0.05, 10**6, GTX if seed < 3 else GTC)
    past_stands(made_up(7, units), units)
    parts_add_up(made_up(8, units), units)
    path = pathlib.Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared/data")) / "market/orderbook/btcusdt_l2_20240808.jsonl.gz"
    if path.exists():
        data = recorded(path)
        reads_the_stream(path, data, units)
        compare("the recorded feed", data, units, 0.01, 10**6)
    else:
        print("skipped: no recorded feed")


if __name__ == "__main__":
    main()
