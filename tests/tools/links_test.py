#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every relative link of every Markdown page leads to a file of the repository, every #part of one to a heading or anchor,
every page of docs/ is in docs/README.md, and paths that the pages name in `code` exist."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
# Paths in code, as in `src/io/json.c`, from the root or from the page; those with a placeholder (NAME) and hidden ones are left alone.
PATH = re.compile(r"`((?:src|include|tests|tools|docs|examples|cmake|bench|share|web)/(?![^`]*(?:[A-Z]{2}|/\.))[A-Za-z0-9_./-]+)`")


def pages():
    done = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True)
    names = done.stdout.split() if done.returncode == 0 else [str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md")] + ["README.md"]
    return sorted(n for n in names if (ROOT / n).is_file())


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(path):
    """Names a link may point at: headings as GitHub makes them, and <a id>."""
    text = path.read_text()
    names = set(re.findall(r'<a id="([^"]+)"', text))
    for heading in re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
        names.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return names


def link_faults(page, text):
    for target in LINK.findall(without_code(text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, part = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.is_relative_to(ROOT) or not path.exists():
            yield f"link to {target}, which is not there"
        elif part and part not in anchors(path):
            yield f"link to {target}: there is no such heading"


def main():
    bad = 0
    names = pages()
    index = (ROOT / "docs/README.md").read_text()
    operators = (ROOT / "docs/reference/operators.md").read_text()
    for name in names:
        page = ROOT / name
        text = page.read_text()
        found = list(link_faults(page, text))
        found += [f"`{p}` does not exist" for p in sorted(set(PATH.findall(text))) if not (ROOT / p).exists() and not (page.parent / p).exists()]
        if name.startswith("docs/reference/ta/"):
            if f"({name[15:]})" not in operators:
                found.append("is not in docs/reference/operators.md")
        elif name.startswith("docs/") and name != "docs/README.md" and f"({name[5:]})" not in index:
            found.append("is not in docs/README.md")
        for fault in found:
            print(f"{name}: {fault}")
        bad += len(found)
    print(f"{len(names)} pages, {bad} faults")
    return bad > 0


sys.exit(main())
