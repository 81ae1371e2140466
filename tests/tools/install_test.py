#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`make install` into a temporary prefix leaves what a stranger needs: a C program built against the shared library by
pkg-config, one against the static library by CMake's find_package, and a C++17 one build and run there; examples/score.c scores
with a bundle; the man page and the completion are in place; the shared library shows the functions of the headers and no
others."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get("TRADEWIND", ROOT / "build/release/tradewind")).resolve()

SMALL = """
#include <tradewind/num.h>
#include <tradewind/feature.h>
#include <stdio.h>

int main(void)
{
    const double close[5] = {2.385, 2.41, 2.37, 2.44, 2.465};
    const double *const in[] = {close};
    double average[5];
    double *const out[] = {average};
    tw_error err;
    const tw_status status = tw_op_apply(NULL, "sma", "timeperiod=3", 5, in, out, &err);
    if (status != TW_OK) return 1;
    printf("%.10f %.10f %s\\n", average[4], tw_norm_cdf(1.96), tw_status_name(TW_LOOK_AHEAD));
    return tw_op_apply(NULL, "sma", "perod=3", 5, in, out, &err) == TW_BAD_NAME ? 0 : 2;
}
"""
EXPECTED = "2.4250000000 0.9750021049 LOOK_AHEAD\n"
HEADERS = ("automl", "backtest", "base", "data", "feature", "io", "learn", "num", "pipeline", "serve", "ta", "track")
CMAKE = """
cmake_minimum_required(VERSION 3.25)
project(stranger C)
find_package(tradewind 0.1 REQUIRED)
add_executable(small_static small.c)
target_link_libraries(small_static PRIVATE tradewind::static)
add_executable(small_shared small.c)
target_link_libraries(small_shared PRIVATE tradewind::tradewind)
"""
SPEC = """
name: tiny
data: {simulate: symbols=20 sessions=320 seed=4 edge=0.1, adjust: none}
features: {add: {r5: "close / lag(close, 5) - 1", r20: "close / lag(close, 20) - 1"}}
split: {params: refits=2}
models: [{learner: mean}, {learner: ridge}]
"""


def run(*command, cwd=None, env=None):
    done = subprocess.run([str(c) for c in command], cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"FAILED: {' '.join(str(c) for c in command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def find(prefix, pattern):
    found = sorted(prefix.glob(pattern))
    expect(found, f"{pattern} is not installed")
    return found[0]


def check_files(prefix):
    for name in HEADERS:
        find(prefix, f"include/tradewind/{name}.h")
    find(prefix, "include/tradewind/status.def")
    for pattern in ("bin/tradewind", "lib/**/libtradewind.a", "lib/**/tradewind-config.cmake", "lib/**/tradewind-config-version.cmake"):
        find(prefix, pattern)
    library = find(prefix, "lib/**/libtradewind.so")
    expect((prefix / "share/man/man1/tradewind.1").read_text().startswith(".TH TRADEWIND 1"), "the man page is not one")
    run("bash", "-c", "set -e; . share/bash-completion/completions/tradewind; COMP_WORDS=(tradewind ru); COMP_CWORD=1; _tradewind; "
        '[ "${COMPREPLY[*]}" = run ]', cwd=prefix)
    return library


def check_symbols(prefix, library):
    """Functions and data that are exported under the version are those that a header declares."""
    shown = {line.split()[-1] for line in run("nm", "-D", "--defined-only", library).splitlines() if " A " not in line}
    expect(all("@@TRADEWIND_0" in s for s in shown), "a symbol without the version TRADEWIND_0")
    text = "".join(p.read_text() for p in (prefix / "include/tradewind").glob("*.h"))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    declared = set(re.findall(r"TW_API\s[^;(]*?\b(tw_\w+)\s*\(", text))
    shown = {s.split("@")[0] for s in shown}
    expect(shown == declared, f"exported but not declared: {sorted(shown - declared)}; declared but not exported: {sorted(declared - shown)}")
    return len(shown)


def build_and_run(prefix, library, folder):
    env = {"PKG_CONFIG_PATH": str(library.parent / "pkgconfig"), "LD_LIBRARY_PATH": str(library.parent)}
    (folder / "small.c").write_text(SMALL)
    (folder / "CMakeLists.txt").write_text(CMAKE)
    compiler = os.environ.get("CC", "cc")
    strict = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    flags = run("pkg-config", "--cflags", "--libs", "tradewind", env=env).split()
    run(compiler, *strict, "small.c", "-o", "small", *flags, cwd=folder)
    expect(run(folder / "small", env=env) == EXPECTED, "the shared library by pkg-config gives other numbers")
    (folder / "all.cpp").write_text("".join(f"#include <tradewind/{h}.h>\n" for h in HEADERS) + SMALL)
    cxx = shutil.which("c++") or shutil.which("g++")
    expect(cxx, "there is no C++ compiler")
    run(cxx, "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "all.cpp", "-o", "all", *flags, cwd=folder)
    expect(run(folder / "all", env=env) == EXPECTED, "C++17 gives other numbers")
    run("cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", folder / "build")
    expect(run(folder / "build/small_static") == EXPECTED, "the static library by CMake gives other numbers")
    expect("libtradewind" not in run("ldd", folder / "build/small_static"), "tradewind::static links the shared library")
    expect(run(folder / "build/small_shared", env=env) == EXPECTED, "the shared library by CMake gives other numbers")
    for example in ("embed", "score"):
        run(compiler, *strict, ROOT / f"examples/{example}.c", "-o", example, *flags, "-lm", cwd=folder)
    expect("6 of 6 values the same" in run(folder / "embed", env=env), "examples/embed.c does not see the same bits")
    return env


def check_score(prefix, folder, env):
    """The example and the program score alike, printed digits for printed digits."""
    (folder / "tiny.yaml").write_text(SPEC)
    program = prefix / "bin/tradewind"
    run(program, "run", "tiny.yaml", "--quiet", cwd=folder)
    run(program, "data", "simulate", "--set", "symbols=20 sessions=320 seed=4 edge=0.1", "--out", "market", "--quiet", cwd=folder)
    lines = run(folder / "score", "out/tiny/bundle", "market/bars.csv", cwd=folder, env=env).splitlines()
    rows = [line.split(",") for line in run(program, "score", "out/tiny/bundle", "--in", "market/bars.csv", "--last", cwd=folder).splitlines()[1:]]
    best = sorted(((float(score), symbol) for _, symbol, score in rows), key=lambda r: (-r[0], r[1]))[:5]
    wanted = [f"{symbol:<8} {score:+.6f}" for score, symbol in best]
    expect(lines[1:] == wanted, f"examples/score.c gives {lines[1:]}, the program {wanted}")


def main():
    cache = PROGRAM.parent / "CMakeCache.txt"
    expect(cache.is_file(), f"{PROGRAM.parent} is not a build folder; set TRADEWIND to the program in one")
    if re.search(r"^TW_SANITIZE:STRING=\S", cache.read_text(), re.MULTILINE):
        print("skipped: programs of strangers are not built with sanitizers")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        prefix, work = pathlib.Path(folder) / "prefix", pathlib.Path(folder) / "work"
        work.mkdir()
        run("cmake", "--install", PROGRAM.parent, "--prefix", prefix)
        library = check_files(prefix)
        n = check_symbols(prefix, library)
        env = build_and_run(prefix, library, work)
        check_score(prefix, work, env)
    print(f"installed; {n} functions exported; C by pkg-config and CMake, C++17 and the examples run")
    return 0


sys.exit(main())
