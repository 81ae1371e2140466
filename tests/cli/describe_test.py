#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the descriptor tables say of themselves is whole: every entry has a name, a title and a source, every parameter a
help text and a default within its bounds; a source that is a page of docs/ exists; the generated pages name every entry."""
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("TRADEWIND", ROOT / "build/release/tradewind")


def parameter_faults(p):
    if not re.fullmatch(r"[a-z][a-z0-9_]*", p["name"]):
        yield "its name is not lower case"
    if not p.get("help"):
        yield "has no help"
    if p["kind"] in ("int", "real") and p["lo"] is not None and p["hi"] is not None:  # null: there is no bound
        if not p["lo"] <= p["default"] <= p["hi"]:
            yield f"default {p['default']} is outside {p['lo']} .. {p['hi']}"
        search = p.get("search")
        if search and not p["lo"] <= search["lo"] < search["hi"] <= p["hi"]:
            yield f"search range {search} is not within its bounds"
    if p.get("choices") and p["default"] not in p["choices"]:
        yield f"default '{p['default']}' is not among {p['choices']}"


def faults(family, item):
    for field in ("name", "title", "source"):
        if not item.get(field):
            yield f"has no {field}"
    if family == "operators":
        for field in ("group", "formula", "meaning", "inputs", "outputs"):
            if not item.get(field):
                yield f"has no {field}"
    if item["source"].startswith("docs/") and not (ROOT / item["source"]).is_file():
        yield f"its source {item['source']} does not exist"
    names = [p["name"] for p in item["params"]]
    if len(set(names)) < len(names):
        yield "has a parameter twice"
    for p in item["params"]:
        for fault in parameter_faults(p):
            yield f"parameter '{p['name']}' {fault}"


def main():
    done = subprocess.run([PROGRAM, "describe"], capture_output=True, text=True, check=True)
    families = json.loads(done.stdout)
    families.pop("tradewind")
    pages = (ROOT / "docs/reference/operators.md").read_text() + (ROOT / "docs/reference/descriptors.md").read_text()
    bad = n = 0
    for family, items in families.items():
        names = [i["name"] for i in items]
        found = [] if names == sorted(names) else [(family, "is not sorted by name")]
        for item in items:
            n += 1
            found += [(f"{family}: {item['name']}", fault) for fault in faults(family, item)]
            if len(items) > 1 and not re.search(rf"^### {item['name']}\b|^\| \[?`{item['name']}`(\]\(\S+\))? \|", pages, re.MULTILINE):
                found.append((f"{family}: {item['name']}", "is on no page; run make generate"))
        for where, fault in found:
            print(f"{where} {fault}")
        bad += len(found)
        only = subprocess.run([PROGRAM, "describe", family], capture_output=True, text=True, check=True)
        if json.loads(only.stdout)[family] != items:
            print(f"{family}: alone it is described otherwise")
            bad += 1
    print(f"{n} descriptors in {len(families)} families, {bad} faults")
    return bad > 0


sys.exit(main())
