#!/usr/bin/env python3
"""The table of docs/versions.md against the program: each scheme has its row, each example is what its column says, and the schemes
that are said to be held against an implementation are.   docs.py ROOT COMPARE_LINES"""
import os
import re
import subprocess
import sys

root, tool = sys.argv[1:3]
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(root, "tests", "diff"))
sys.path.insert(0, os.path.join(root, "tests", "lib"))
from tap import done, ok as check  # noqa: E402
from version import CASES  # noqa: E402


def read(*path):
    with open(os.path.join(root, *path), encoding="utf-8") as f:
        return f.read()


def classes(scheme, texts):
    text = "".join(t + "\n" for t in texts)
    return subprocess.run([tool, scheme, "valid"], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout.split()


schemes = re.findall(r"VERSION_SCHEME\((\w+)\)", read("src", "version", "list.def"))
rows = {}
for line in read("docs", "versions.md").splitlines():
    cells = [c.strip() for c in line.split("|")[1:-1]]
    if len(cells) == 5 and re.fullmatch(r"[a-z0-9]+", cells[0]) and cells[0] != "scheme":
        rows[cells[0]] = cells[1:]
check(sorted(rows) == sorted(schemes), f"a row for each scheme: {sorted(set(rows) ^ set(schemes))}")
for name, (held, *columns) in rows.items():
    for want, cell in zip(("valid", "lenient", "invalid"), columns):
        texts = re.findall(r"`([^`]+)`", cell)
        got = classes(name, texts) if texts else []
        wrong = [t for t, g in zip(texts, got) if g != want]
        check(len(got) == len(texts) and not wrong, f"{name}: {want} are {texts}" + (f", but not {wrong}" if wrong else ""))
    check(bool(re.search(r"`", columns[0])), f"{name}: an example of a valid one")
    cases = [c for c in CASES if c.scheme == name and not c.second]
    check(bool(cases) == (held[0] != "—" and not held.startswith("as ")), f"{name}: held against {held}")
    check(("✓" in held) == any(c.reads for c in cases), f"{name}: what it reads is compared too, or not")
done()
