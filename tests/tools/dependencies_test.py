#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/dependencies.md lists what tools/setup installs, what CMake links, and what the report page is built from: no less, no more."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# pkg-config module -> package.
PACKAGE = {"jansson": "libjansson-dev", "yaml-0.1": "libyaml-dev", "zlib": "zlib1g-dev", "libzstd": "libzstd-dev",
           "libmicrohttpd": "libmicrohttpd-dev", "cairo": "libcairo2-dev"}


def installed():
    text = (ROOT / "tools/setup").read_text()
    names = set()
    for block in re.findall(r"wanted\+?=\(([^)]*)\)", text):
        names |= {n.strip('"') for n in block.split()}
    names |= set(re.findall(r"install (lib[a-z0-9-]+:[a-z0-9]+)", text))
    return {re.sub(r"\$version-", "", n) for n in names}


def main():
    text = (ROOT / "docs/dependencies.md").read_text()
    listed = {n for row in re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE) for n in re.findall(r"`([^`]+)`", row)}
    setup = installed()
    bad = [f"tools/setup installs {n}, which docs/dependencies.md does not list" for n in sorted(setup - listed)]
    bad += [f"docs/dependencies.md lists {n}, which tools/setup does not install" for n in sorted(listed - setup)]
    cmake = (ROOT / "cmake/tradewind.cmake").read_text()
    for module in re.findall(r"pkg_check_modules\(\w+ .*IMPORTED_TARGET ([\w.-]+)\)", cmake):
        if PACKAGE.get(module) not in listed:
            bad.append(f"CMake links {module}, which docs/dependencies.md does not list")
    page = json.loads((ROOT / "web/package.json").read_text())
    for name in {**page["dependencies"], **page["devDependencies"]}:
        if f"`{name}`" not in text:
            bad.append(f"web/package.json has {name}, which docs/dependencies.md does not list")
    print("\n".join(bad + [f"{len(setup)} packages, {len(bad)} faults"]))
    return bool(bad)


sys.exit(main())
