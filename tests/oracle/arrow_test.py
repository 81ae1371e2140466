# SPDX-License-Identifier: Apache-2.0
"""Record batches from pyarrow into the library and back, over the Arrow C data interface, through ctypes.

Skipped (exit 77) without pyarrow or without the shared library; pyarrow is taken from bench/.venv when python3 lacks it.
TRADEWIND_LIBRARY names the library; by default it is libtradewind.so beside the program TRADEWIND."""
import ctypes as c
import math
import os
import subprocess
import sys
from pathlib import Path

try:
    import pyarrow as pa
except ImportError:
    venv = Path(__file__).resolve().parents[2] / "bench/.venv/bin/python"
    if not venv.exists() or Path(sys.prefix).resolve() == venv.parents[1].resolve():
        sys.exit(77)
    sys.exit(subprocess.run([venv, __file__]).returncode)

NO_TIME = -(2**63)


class Column(c.Structure):
    _fields_ = [("name", c.c_char_p), ("kind", c.c_char), ("values", c.POINTER(c.c_double)),
                ("times", c.POINTER(c.c_int64)), ("texts", c.POINTER(c.c_char_p))]


class Error(c.Structure):
    _fields_ = [("message", c.c_char * 512)]


def load():
    beside = Path(os.environ.get("TRADEWIND", "/nowhere/tradewind")).parent / "libtradewind.so"
    path = Path(os.environ.get("TRADEWIND_LIBRARY", beside))
    if not path.exists():
        sys.exit(77)
    library = c.CDLL(str(path))
    library.tw_table_rows.restype = library.tw_table_columns.restype = c.c_size_t
    library.tw_table_column.restype = Column
    library.tw_table_column.argtypes = [c.c_void_p, c.c_size_t]
    for name in ("tw_table_rows", "tw_table_columns", "tw_table_free"):
        getattr(library, name).argtypes = [c.c_void_p]
    return library


def c_structs():
    """Memory for one ArrowSchema and one ArrowArray (72 and 80 bytes on 64-bit machines)."""
    return (c.c_char * 128)(), (c.c_char * 128)()


def take_in(library, batch):
    schema, array = c_structs()
    batch._export_to_c(c.addressof(array), c.addressof(schema))
    table, error = c.c_void_p(), Error()
    status = library.tw_arrow_import(None, schema, array, c.byref(table), c.byref(error))
    if status != 0:
        # On failure the structs are still the producer's: hand them back to pyarrow, which releases them.
        pa.RecordBatch._import_from_c(c.addressof(array), c.addressof(schema))
        raise ValueError(error.message.decode())
    return table


def cells(library, table, i):
    column, rows = library.tw_table_column(table, i), library.tw_table_rows(table)
    source = {b"g": column.values, b"t": column.times, b"u": column.texts}[column.kind]
    return column, [source[k] for k in range(rows)]


def hand_out(library, table):
    n = library.tw_table_columns(table)
    columns = (Column * n)(*[library.tw_table_column(table, i) for i in range(n)])
    schema, array = c_structs()
    error = Error()
    status = library.tw_arrow_export(None, c.c_size_t(library.tw_table_rows(table)), c.c_size_t(n), columns, schema, array,
                                     c.byref(error))
    assert status == 0, error.message
    return pa.RecordBatch._import_from_c(c.addressof(array), c.addressof(schema))


def same(got, want):
    return (math.isnan(got) and (want is None or math.isnan(want))) or got == want


def test_numbers(library):
    for kind in (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64(),
                 pa.float16(), pa.float32(), pa.float64(), pa.bool_()):
        values = [1, None, 0, 1] if pa.types.is_boolean(kind) else [7, None, 0, 101, 9]
        if pa.types.is_floating(kind):
            values = [2.5, None, math.nan, -0.125]
        batch = pa.record_batch([pa.array([None if v is None else bool(v) if kind == pa.bool_() else v for v in values],
                                          kind)], ["x"])
        for part in (batch, batch.slice(1), batch.slice(1, 2), batch.slice(0, 0)):
            table = take_in(library, part)
            _, got = cells(library, table, 0)
            want = part.column(0).to_pylist()
            assert len(got) == len(want) and all(map(same, got, want)), (kind, got, want)
            library.tw_table_free(table)


def test_times(library):
    for kind in (pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us", "America/New_York"),
                 pa.timestamp("ns", "UTC")):
        days = pa.array([16230, None, -1], pa.int32()).cast(pa.date32())
        values = days if kind == pa.date32() else days.cast(pa.date64()) if kind == pa.date64() else days.cast(
            pa.timestamp("s")).cast(pa.timestamp(kind.unit)).cast(kind)
        table = take_in(library, pa.record_batch([values], ["t"]))
        column, got = cells(library, table, 0)
        assert column.kind == b"t" and got[1] == NO_TIME and got[2] == -86400 * 10**9, (kind, got)
        assert got[0] == 16230 * 86400 * 10**9, (kind, got)
        library.tw_table_free(table)


def test_texts(library):
    words = ["AAPL", None, "", "Zürich 日", "AAPL"]
    for values in (pa.array(words), pa.array(words, pa.large_string()), pa.array(words).dictionary_encode(),
                   pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.uint8()), ["a", "b", "c"])):
        for start in range(3):
            part = pa.record_batch([values], ["s"]).slice(start)
            table = take_in(library, part)
            _, got = cells(library, table, 0)
            assert [g if g is None else g.decode() for g in got] == part.column(0).to_pylist()
            library.tw_table_free(table)


def test_round_trip(library):
    batch = pa.record_batch({"close": pa.array([2.385, math.nan, -0.0] * 1000), "symbol": ["AAPL", None, "ü"] * 1000,
                             "time": pa.array([0, None, 1402272000 * 10**9] * 1000, pa.timestamp("ns", "UTC"))})
    for part in (batch, batch.slice(7, 1001), batch.slice(0, 0)):
        table = take_in(library, part)
        back = hand_out(library, table)
        library.tw_table_free(table)
        back.validate(full=True)
        assert back.schema.names == part.schema.names and str(back.schema.field("time").type) == "timestamp[ns, tz=UTC]"
        assert back.column(1).to_pylist() == part.column(1).to_pylist()
        assert back.column(2).equals(part.column(2))
        assert all(map(same, back.column(0).to_pylist(), part.column(0).to_pylist()))


def test_refused(library):
    for values, words in ((pa.array([[1], [2]]), "columns are read when"), (pa.array([b"x"]), "columns are read when"),
                          (pa.array([2**40], pa.timestamp("s")), "outside 1677..2262"),
                          (pa.array([1.5, 2.5]).dictionary_encode(), "when they hold text")):
        try:
            take_in(library, pa.record_batch([values], ["x"]))
        except ValueError as error:
            assert words in str(error), error
        else:
            raise AssertionError(f"{values.type} was read")


def main():
    library = load()
    for test in (test_numbers, test_times, test_texts, test_round_trip, test_refused):
        test(library)
        print("ok", test.__name__)
    assert pa.total_allocated_bytes() == 0, pa.total_allocated_bytes()


main()
