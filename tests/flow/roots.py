#!/usr/bin/env python3
"""Roots of distributions, from package database to findings: every package is judged by its source package and the source
package's version. Each case is a folder of roots/: `in` (the root; `from` names what else is copied into it), `feeds` (what is
imported), `expected` (state, id, component, version, fix of `muster check --tsv`). TAP on stdout."""
import os
import shutil
import subprocess
import sys
import tempfile

muster = os.path.abspath(sys.argv[1])
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "roots")
top = os.path.dirname(os.path.dirname(os.path.dirname(here)))


def run(store, *args):
    return subprocess.run([muster, "--store", store, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)


def judge(case, tmp):
    folder, root, store = os.path.join(here, case), os.path.join(tmp, "root"), os.path.join(tmp, "store")
    shutil.copytree(os.path.join(folder, "in"), root)
    if os.path.exists(os.path.join(folder, "from")):
        with open(os.path.join(folder, "from"), encoding="utf-8") as f:
            for line in f:
                source, place = line.split()
                # Without the journal of the case beside: it makes a scan incomplete.
                shutil.copytree(os.path.join(top, source), os.path.join(root, place), ignore=shutil.ignore_patterns("*-wal"))
    feeds = run(store, "advisories", "import", os.path.join(folder, "feeds"))
    if feeds.returncode:
        return feeds.stderr
    check = run(store, "check", "--tsv", f"root:{root}")
    rows = [line.split("\t")[:6] for line in check.stdout.splitlines()[1:]]
    return "".join("\t".join([r[0], *r[2:6]]) + "\n" for r in rows)


def main():
    cases = sorted(os.listdir(here))
    print(f"1..{len(cases)}")
    failed = 0
    for number, case in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as tmp:
            got = judge(case, tmp)
        with open(os.path.join(here, case, "expected"), encoding="utf-8") as f:
            good = got == f.read()
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {case}")
        if not good:
            print("".join(f"# {line}\n" for line in got.splitlines()), end="")
    sys.exit(1 if failed else 0)


main()
