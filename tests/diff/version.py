#!/usr/bin/env python3
"""Compares our version orders with the package managers' own: random and mutated versions, and real ones where a folder
of advisories is at hand.   version.py COMPARE_LINES [--pairs N] [--seed N] [--only NAME]...

Prints TAP. An authority that is not on this machine is skipped, with the reason."""
import argparse
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def deb_usable(v):
    """What dpkg does not refuse, with numbers that Perl can hold."""
    epoch, colon, rest = v.partition(":")
    body = rest if colon else v
    ok = not colon or (epoch.isdigit() and int(epoch) < 2**31)
    run_of_digits = max((len(x) for x in "".join(c if c.isdigit() else " " for c in v).split()), default=0)
    return ok and body[:1].isdigit() and not body.endswith("-") and not set(v) - set("0123456789abcdefghijklmnopqrstuvwxyz"
                                                                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ.+-~:") and run_of_digits < 15


def rpm_usable(v):
    epoch, colon, rest = v.partition(":")
    body = rest if colon else v
    return bool(body) and not (colon and not epoch.isdigit()) and not body.startswith("-") and not body.endswith("-") and " " not in v and "%" not in v


def any_usable(v):
    return bool(v)


def apk_usable(v):
    return bool(v) and v[0] != "-"


CASES = [
    # name, scheme, verb, authority, generator, real versions of, usable
    ("deb by Dpkg::Version", "deb", "compare", dpkg_perl, make_deb, "Debian", deb_usable),
    ("deb by dpkg", "deb", "compare", dpkg_program, make_deb, "Debian", deb_usable),
    ("rpm", "rpm", "raw", rpm, make_rpm, "AlmaLinux", rpm_usable),
    ("pep440", "pep440", "compare", packaging, make_pep440, "PyPI", any_usable),
    ("pep440 specifiers", "pep440", "contains", specifiers, None, "PyPI", any_usable),
    ("npm", "npm", "strict", lambda p: node(p, "compare"), make_semver, "npm", any_usable),
    ("npm ranges", "npm", "contains", lambda p: node(p, "ranges"), None, "npm", any_usable),
    ("maven", "maven", "raw", maven, make_maven, "Maven", any_usable),
    ("go", "golang", "strict", go, make_go, "Go", any_usable),
    ("apk", "apk", "strict", apk, make_apk, "Alpine", apk_usable),
]


def ours(tool, scheme, verb, pairs):
    return run([tool, scheme, verb], lines(pairs))


def check(tool, case, count, rng):
    name, scheme, verb, authority, make, ecosystem, usable = case
    known = real(ecosystem)
    if name == "deb by dpkg":
        count = min(count, 500)
    if name == "apk":
        count = min(count, 2000)
    if name == "pep440 specifiers":
        pairs = [(make_specifier(rng), make_pep440(rng).strip()) for _ in range(count)]
    elif name == "npm ranges":
        pairs = [(make_npm_range(rng), rng.choice(["0", "1", "2"]) + "." + make_semver(rng).split(".", 1)[1]) for _ in range(count)]
    else:
        pairs = make_pairs(rng, make, known, count, usable)
    want = authority(pairs)
    got = ours(tool, scheme, "compare" if verb == "strict" else verb, pairs)
    differences = [(a, b, w, g) for (a, b), w, g in zip(pairs, want, got) if w != g and not (verb == "strict" and w == "?")]
    assert len(want) == len(got) == len(pairs), f"{name}: {len(pairs)} pairs, {len(want)} and {len(got)} answers"
    answered = sum(w != "?" for w in want)
    return len(pairs), answered, differences


def main():
    options = argparse.ArgumentParser()
    options.add_argument("tool")
    options.add_argument("--pairs", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", action="append")
    o = options.parse_args()
    failed = 0
    cases = [c for c in CASES if not o.only or c[0] in o.only]
    for n, case in enumerate(cases, 1):
        rng = random.Random(f"{o.seed} {case[0]}")
        try:
            total, answered, differences = check(o.tool, case, o.pairs, rng)
        except Absent as e:
            print(f"ok {n} - {case[0]} # SKIP {e}")
            continue
        failed += bool(differences)
        print(f"{'not ok' if differences else 'ok'} {n} - {case[0]}: {total} pairs, {answered} the authority reads, {len(differences)} differences")
        for a, b, w, g in differences[:15]:
            print(f"#   {a!r} {b!r}: authority {w}, ours {g}")
    print(f"1..{len(cases)}")
    return failed != 0


sys.exit(main())
