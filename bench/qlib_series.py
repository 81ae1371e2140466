# SPDX-License-Identifier: Apache-2.0
"""qlib's own expression classes over plain pandas series, without its data server.

Only the leaf (Feature) and the cache key of Expression.load are replaced; every operator, its pandas call and its
Cython kernel are qlib's. qlib caches sub-expressions of one instrument by their text, and so does this."""
import re

import pandas as pd
from qlib.contrib.data.loader import Alpha158DL, Alpha360DL
from qlib.data import ops
from qlib.data.base import Expression, Feature

COLUMNS = ["open", "high", "low", "close", "volume", "vwap"]
SETS = {"alpha158": Alpha158DL.get_feature_config, "alpha360": Alpha360DL.get_feature_config}
_bars = {}
_cache = {}


def _load(self, instrument, start, end, *args):
    key = str(self)
    if key not in _cache:
        _cache[key] = self._load_internal(instrument, start, end, *args)
    return _cache[key]


Expression.load = _load
Feature._load_internal = lambda self, instrument, start, end, *args: _bars[self._name]


class _Names:
    def __getattr__(self, name):
        return getattr(ops, name)


def compile_set(name):
    """[(feature name, qlib text, qlib expression)]"""
    fields, names = SETS[name]()
    made = []
    for text, label in zip(fields, names):
        code = re.sub(r"(\w+\s*)\(", r"Operators.\1(", re.sub(r"\$(\w+)", r'Feature("\1")', text))
        code = code.replace("Operators.Feature(", "Feature(")
        made.append((label, text, eval(code, {"Operators": _Names(), "Feature": Feature})))
    return made


def evaluate(expressions, bars):
    """Values of all expressions for one symbol; bars: {column: pd.Series}."""
    _bars.clear()
    _cache.clear()
    _bars.update(bars)
    return pd.DataFrame({label: expression.load("x", 0, 0) for label, _, expression in expressions})
