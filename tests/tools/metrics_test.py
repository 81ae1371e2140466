#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The gate tools measure what they say: their self-tests, and edges and offences planted in a copy of the tree."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(tool, *args):
    return subprocess.run([sys.executable, tool, *args], capture_output=True, text=True)


def expect(condition, what, output):
    if not condition:
        sys.exit(f"FAILED: {what}\n{output.stdout}{output.stderr}")


def small_tree(folder):
    """Two floors of the project's shape, with the tools beside them."""
    root = pathlib.Path(folder)
    for name in ("src/base", "src/ta", "include/tradewind", "tools"):
        (root / name).mkdir(parents=True)
    for tool in ("metrics", "check_layers"):
        shutil.copy(ROOT / "tools" / tool, root / "tools" / tool)
    (root / "tools/layers.txt").write_text("base:\nta: base\n")
    (root / "CMakeLists.txt").write_text("tw_folder(base LINK m)\ntw_folder(ta USES base LINK m)\n")
    (root / "include/tradewind/base.h").write_text("/** Says a. */\nint tw_a(void);\n")
    (root / "include/tradewind/ta.h").write_text('#include "tradewind/base.h"\n')
    (root / "src/base/base_impl.h").write_text('#include "tradewind/base.h"\n')
    (root / "src/base/a.c").write_text('#include "base/base_impl.h"\nint tw_a(void)\n{\n    return 1;\n}\n')
    (root / "src/ta/ta.c").write_text('#include "tradewind/ta.h"\n#include "tradewind/base.h"\n')
    return root


def check_layers_finds(root, path, line, wanted):
    file = root / path
    before = file.read_text()
    file.write_text(before + line + "\n")
    result = run(root / "tools/check_layers")
    file.write_text(before)
    number = before.count("\n") + 1
    expect(result.returncode == 1, f"check_layers passes {line!r} in {path}", result)
    expect(f"{path}:{number}: {wanted}" in result.stdout, f"check_layers names {line!r}", result)


def check_metrics_finds(root, text, wanted):
    file = root / "src/base/a.c"
    before = file.read_text()
    file.write_text(before + text)
    result = run(root / "tools/metrics", "--check")
    file.write_text(before)
    expect(result.returncode == 1 and wanted in result.stdout, f"metrics says {wanted!r}", result)


def main():
    result = run(ROOT / "tools/metrics", "--self-test")
    expect(result.returncode == 0, "tools/metrics --self-test", result)
    with tempfile.TemporaryDirectory() as folder:
        root = small_tree(folder)
        for tool in ("check_layers", "metrics"):
            result = run(root / "tools" / tool, *(["--check"] if tool == "metrics" else []))
            expect(result.returncode == 0, f"{tool} accepts a clean tree", result)
        check_layers_finds(root, "src/base/a.c", '#include "tradewind/ta.h"', "edge base -> ta is not in")
        check_layers_finds(root, "src/ta/ta.c", '#include "base/base_impl.h"', '"base/base_impl.h" is private to base')
        check_layers_finds(root, "src/ta/ta.c", '#include "ta.h"', '"ta.h" names no folder')
        check_layers_finds(root, "include/tradewind/ta.h", '#include "base/base_impl.h"', "a public header includes")
        check_layers_finds(root, "CMakeLists.txt", "tw_folder(base USES ta LINK m)", "base links ta")
        check_metrics_finds(root, "static int counter;\n", "src/base/a.c:6: counter is a mutable variable")
        check_metrics_finds(root, "int f(void) {" + "\n    g();" * 121 + "\n}\n", "f is 123 code lines long")
        check_metrics_finds(root, "//\n" * 800, "src/base/a.c:1: 805 lines (ceiling 800)")
    print("ok")


if __name__ == "__main__":
    main()
