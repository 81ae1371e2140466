# SPDX-License-Identifier: Apache-2.0
"""Popular indicators by tradewind, TA-Lib, Tulip, kand and pandas-ta-classic over one series and over a panel, and moving windows by KunQuant over
the panel; one thread, one run, rounds interleaved, medians, nanoseconds a bar. Each peer's values are compared with ours.

    bench/.venv/bin/python bench/indicators_peer.py build/bench/libtradewind.so [rounds]

The panel is 512 symbols x 2,520 bars: ours and KunQuant's in their own layout (KunQuant's cost of compiling is not counted), the others symbol by
symbol. A package that is not installed is left out. JSON lines."""
import ctypes as c
import importlib
import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
SERIES, SYMBOLS, BARS, LANES = 1_000_000, 512, 2520, 16
COLUMNS = ("open", "high", "low", "close", "volume")


class Tiles(c.Structure):
    _fields_ = [("base", c.c_void_p), ("block", c.c_size_t), ("time", c.c_size_t)]


class Out(c.Structure):
    _fields_ = [("f64", c.c_void_p), ("f32", c.c_void_p), ("block", c.c_size_t), ("time", c.c_size_t)]


class Ours:
    """An operator in motion over `symbols`: a call runs it from its first bar."""

    def __init__(self, library, name, params, inputs, outputs, symbols):
        self.library, self.symbols, self.inputs = library, symbols, inputs
        self.plan, self.runner, error = c.c_void_p(), c.c_void_p(), c.create_string_buffer(4096)
        library.tw_runner_new.argtypes = [c.c_void_p, c.c_void_p, c.c_size_t, c.c_void_p, c.c_void_p, c.c_void_p]
        assert library.tw_plan_operator(None, name.encode(), params.encode(), c.byref(self.plan), error) == 0, error.value
        assert library.tw_runner_new(None, self.plan, symbols, None, c.byref(self.runner), error) == 0, error.value
        lanes, self.bars = (1, SERIES) if symbols == 1 else (LANES, BARS)
        self.results = [np.zeros(symbols * self.bars) for _ in range(outputs)]
        self.ins = (Tiles * len(inputs))(*[Tiles(x.ctypes.data, self.bars * LANES, lanes) for x in inputs])
        self.outs = (Out * outputs)(*[Out(y.ctypes.data, None, self.bars * LANES, lanes) for y in self.results])

    def __call__(self):
        self.library.tw_runner_reset(self.runner)
        assert self.library.tw_runner_run(self.runner, c.c_size_t(self.bars), self.ins, self.outs, None) == 0
        return self.results

    def close(self):
        self.library.tw_runner_free(self.runner)
        self.library.tw_plan_free(self.plan)


# name, parameters, columns, number of outputs, and what the peers call it: function and arguments behind the columns
INDICATORS = [
    ("sma", "timeperiod=30", "close", 1, dict(talib=("SMA", 30), tulipy=("sma", 30), kand=("sma", 30), pandas_ta_classic=("sma", 30))),
    ("ema", "timeperiod=30", "close", 1, dict(talib=("EMA", 30), tulipy=("ema", 30), kand=("ema", 30), pandas_ta_classic=("ema", 30))),
    ("wma", "timeperiod=30", "close", 1, dict(talib=("WMA", 30), tulipy=("wma", 30), kand=("wma", 30), pandas_ta_classic=("wma", 30))),
    ("dema", "timeperiod=30", "close", 1, dict(talib=("DEMA", 30), tulipy=("dema", 30), kand=("dema", 30), pandas_ta_classic=("dema", 30))),
    ("tema", "timeperiod=30", "close", 1, dict(talib=("TEMA", 30), tulipy=("tema", 30), kand=("tema", 30), pandas_ta_classic=("tema", 30))),
    ("trix", "timeperiod=30", "close", 1, dict(talib=("TRIX", 30), tulipy=("trix", 30), kand=("trix", 30))),
    ("kama", "timeperiod=30", "close", 1, dict(talib=("KAMA", 30), tulipy=("kama", 30), pandas_ta_classic=("kama", 30))),
    ("rsi", "timeperiod=14", "close", 1, dict(talib=("RSI", 14), tulipy=("rsi", 14), kand=("rsi", 14), pandas_ta_classic=("rsi", 14))),
    ("macd", "", "close", 3, dict(talib=("MACD", 12, 26, 9), tulipy=("macd", 12, 26, 9), kand=("macd", 12, 26, 9), pandas_ta_classic=("macd", 12, 26, 9))),
    ("bbands", "timeperiod=20", "close", 3, dict(talib=("BBANDS", 20, 2.0, 2.0, 0), tulipy=("bbands", 20, 2), kand=("bbands", 20, 2.0, 2.0), pandas_ta_classic=("bbands", 20))),
    ("stddev", "timeperiod=20", "close", 1, dict(talib=("STDDEV", 20, 1.0), tulipy=("stddev", 20), kand=("stddev", 20), pandas_ta_classic=("stdev", 20))),
    ("max", "timeperiod=30", "close", 1, dict(talib=("MAX", 30), tulipy=("max", 30), kand=("max", 30))),
    ("linearreg", "timeperiod=14", "close", 1, dict(talib=("LINEARREG", 14), tulipy=("linreg", 14), pandas_ta_classic=("linreg", 14))),
    ("atr", "timeperiod=14", "high low close", 1, dict(talib=("ATR", 14), tulipy=("atr", 14), kand=("atr", 14), pandas_ta_classic=("atr", 14))),
    ("adx", "timeperiod=14", "high low close", 1, dict(talib=("ADX", 14), tulipy=("adx", 14), kand=("adx", 14), pandas_ta_classic=("adx", 14))),
    ("cci", "timeperiod=14", "high low close", 1, dict(talib=("CCI", 14), tulipy=("cci", 14), kand=("cci", 14), pandas_ta_classic=("cci", 14))),
    ("stoch", "", "high low close", 2, dict(talib=("STOCH", 5, 3, 0, 3, 0), tulipy=("stoch", 5, 3, 3), kand=("stoch", 5, 3, 3), pandas_ta_classic=("stoch", 5, 3, 3))),
    ("willr", "timeperiod=14", "high low close", 1, dict(talib=("WILLR", 14), tulipy=("willr", 14), kand=("willr", 14), pandas_ta_classic=("willr", 14))),
    ("ultosc", "", "high low close", 1, dict(talib=("ULTOSC", 7, 14, 28), tulipy=("ultosc", 7, 14, 28), pandas_ta_classic=("uo", 7, 14, 28))),
    ("mfi", "timeperiod=14", "high low close volume", 1, dict(talib=("MFI", 14), tulipy=("mfi", 14), kand=("mfi", 14), pandas_ta_classic=("mfi", 14))),
    ("obv", "", "close volume", 1, dict(talib=("OBV",), tulipy=("obv",), kand=("obv",), pandas_ta_classic=("obv",))),
    ("sar", "", "high low", 1, dict(talib=("SAR", 0.02, 0.2), tulipy=("psar", 0.02, 0.2), kand=("sar", 0.02, 0.2))),
]
KUNQUANT = {"sma": "WindowedAvg", "max": "WindowedMax", "stddev": "WindowedStddev", "ema": "ExpMovingAvg"}


def market(symbols, bars):
    """[column][symbol][bar]: random walks that do not repeat."""
    r = np.random.default_rng(61)
    close = 100 * np.exp(np.cumsum(0.001 * r.standard_normal((symbols, bars)), axis=1))
    opened = close * (1 + 0.0003 * r.standard_normal(close.shape))
    high, low = np.maximum(opened, close) * (1 + 0.0008 * r.random(close.shape)), np.minimum(opened, close) * (1 - 0.0008 * r.random(close.shape))
    return dict(zip(COLUMNS, (opened, high, low, close, np.floor(1e6 * r.random(close.shape)))))


def tiles(x, lanes=LANES):
    return np.ascontiguousarray(x.reshape(-1, lanes, x.shape[1]).transpose(0, 2, 1))


def peer_call(name, module, call, inputs):
    """A function that computes the indicator over every symbol, and gives the outputs of the last."""
    function, arguments = getattr(module, call[0]), call[1:]
    if name == "pandas_ta_classic":
        import pandas as pd
        rows = [[pd.Series(x) for x in row] for row in zip(*inputs)]
        keyword = {} if len(arguments) > 1 else {"length": arguments[0]} if arguments else {}
        run = (lambda row: function(*row, **keyword, talib=False)) if len(arguments) < 2 else (lambda row: function(*row, *arguments, talib=False))
    else:
        rows = [list(row) for row in zip(*inputs)]
        run = lambda row: function(*row, *arguments)

    def every():
        for row in rows:
            last = run(row)
        return last
    return every


def columns_of(answer):
    if hasattr(answer, "columns"):
        return [answer.iloc[:, i].to_numpy() for i in range(answer.shape[1])]
    return [np.asarray(a, dtype=float) for a in (answer if isinstance(answer, (tuple, list)) else [answer])]


def agreement(ours, theirs):
    """Largest relative difference of any output of ours from the nearest of theirs, over the last tenth of the bars, where seeds are forgotten."""
    n = len(ours[0]) // 10
    worst = 0.0
    for y in ours:
        errors = [np.nanmax(np.abs(z[-n:] - y[-n:]) / np.maximum(1e-9, np.abs(y[-n:]))) for z in columns_of(theirs) if len(z) >= n]
        worst = max(worst, min(errors, default=float("inf")))
    return worst


def kunquant_call(op, params, close):
    """The window over tiles as wide as the machine's vectors."""
    from KunQuant.Driver import KunCompilerConfig
    from KunQuant.jit import cfake
    from KunQuant.Op import Builder, Input, Output
    from KunQuant.runner import KunRunner as kr
    from KunQuant.Stage import Function
    import KunQuant.ops as ops
    lanes = 8 if "avx512f" in open("/proc/cpuinfo").read() else 4
    builder = Builder()
    with builder:
        Output(getattr(ops, KUNQUANT[op])(Input("close"), int(params.split("=")[1])), "y")
    config = KunCompilerConfig(dtype="double", input_layout="STs", output_layout="STs", blocking_len=lanes)
    library = cfake.compileit([(op, Function(builder.ops), config)], "indicator_" + op, cfake.CppCompilerConfig())
    module, executor = library.getModule(op), kr.createSingleThreadExecutor()
    columns = {"close": tiles(close, lanes)}
    out = {"y": np.empty_like(columns["close"])}

    def run(_keep=library):
        kr.runGraph(executor, module, columns, 0, BARS, out)
        return [out["y"][-1, :, -1]]
    return run


def timed(cases, rounds):
    answers = {name: run() for name, run in cases.items()}
    times = {name: [] for name in cases}
    for _ in range(rounds):
        for name, run in cases.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return answers, {name: float(np.median(t)) for name, t in times.items()}


def bench(library, peers, indicator, shape, rounds):
    name, params, columns, outputs, calls = indicator
    way, symbols, data = shape
    inputs = [data[k] for k in columns.split()]
    ours = Ours(library, name, params, [x.ravel() if symbols == 1 else tiles(x) for x in inputs], outputs, symbols)
    cases = {"tradewind": ours}
    for peer, module in peers.items():
        if peer in calls and (way == "series" or peer != "pandas_ta_classic"):
            cases[peer] = peer_call(peer, module, calls[peer], inputs)
    if way == "panel" and name in KUNQUANT and "KunQuant" in sys.modules:
        cases["KunQuant"] = kunquant_call(name, params, data["close"])
    answers, seconds = timed(cases, rounds)
    last = [y if symbols == 1 else y.reshape(-1, BARS, LANES)[-1, :, -1] for y in answers["tradewind"]]
    bars = symbols * (SERIES if symbols == 1 else BARS)
    for peer in cases:
        line = {"bench": "indicators_peer", "name": name, "case": way, "by": peer, "ns": round(seconds[peer] / bars * 1e9, 3)}
        if peer != "tradewind":
            line |= {"ratio": round(seconds[peer] / seconds["tradewind"], 2), "apart": float(f"{agreement(last, answers[peer]):.2g}")}
        print(json.dumps(line), flush=True)
    ours.close()


def main():
    library, rounds = c.CDLL(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    for function in ("tw_runner_free", "tw_plan_free", "tw_runner_reset"):
        getattr(library, function).argtypes, getattr(library, function).restype = [c.c_void_p], None
    peers = {}
    for name in ("talib", "tulipy", "kand", "pandas_ta_classic", "KunQuant"):
        try:
            peers[name] = importlib.import_module(name)
        except ImportError:
            print(f"{name} is not installed", file=sys.stderr)
    shapes = (("series", 1, market(1, SERIES)), ("panel", SYMBOLS, market(SYMBOLS, BARS)))
    for indicator in INDICATORS:
        for shape in shapes:
            bench(library, peers, indicator, shape, rounds)


main()
