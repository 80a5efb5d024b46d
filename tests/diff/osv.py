#!/usr/bin/env python3
"""Compares what muster and osv-scanner find in the same lockfiles with the same advisories, offline.
   osv.py MUSTER [--advisories DIR] [--lockfiles DIR] [--explained FILE] [--only TEXT] [--malicious]

For each lockfile that osv-scanner reads, the record ids of each package (name and version) are compared: of those that both
list, through `scan` and `advisories match`; of those that only osv-scanner lists, and of lockfiles that muster does not read,
through `advisories match` over osv-scanner's own list. Packages that only muster lists are counted, not compared. A difference
that a line of osv-explained.tsv names is told and does not fail. Prints TAP; skips with the reason when something is not there."""
import argparse
import collections
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
# Ours and their words for one ecosystem.
ECOSYSTEMS = {
    "npm": "npm", "pypi": "PyPI", "golang": "Go", "cargo": "crates.io", "maven": "Maven", "gem": "RubyGems",
    "composer": "Packagist", "nuget": "NuGet", "hex": "Hex", "pub": "Pub", "conan": "ConanCenter", "hackage": "Hackage",
    "cran": "CRAN", "swift": "SwiftURL",
}


def skip(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def run(args, **more):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, text=True, errors="replace", **more)


def normal(ecosystem, name, version):
    if ecosystem == "PyPI":
        name = "-".join(part for part in name.lower().replace("_", "-").replace(".", "-").split("-") if part)
    if ecosystem in ("NuGet", "Packagist"):
        name = name.lower()
    if ecosystem in ("Go", "Packagist"):
        version = version.removeprefix("v").removeprefix("go")
    return ecosystem, name, version


def malicious(advisories):
    """Ecosystem → [(name, bytes)] of malicious.zip, which holds all ecosystems' in one."""
    found = collections.defaultdict(list)
    with zipfile.ZipFile(os.path.join(advisories, "malicious.zip")) as z:
        for name in z.namelist():
            data = z.read(name)
            for ecosystem in {a.get("package", {}).get("ecosystem", "") for a in json.loads(data).get("affected", ())}:
                found[ecosystem].append((name, data))
    return found


def with_more(archive, more, folder):
    """A copy of the archive with more records."""
    copy = os.path.join(folder, "merged-" + os.path.basename(archive))
    shutil.copyfile(archive, copy)
    with zipfile.ZipFile(copy, "a", zipfile.ZIP_STORED) as z:
        for name, data in more:
            z.writestr(name, data)
    return copy


def prepare(advisories, folder, with_malicious):
    """osv-scanner's offline folder, made of links to the archives that muster imports."""
    archives, bad = [], malicious(advisories) if with_malicious else {}
    for name in sorted(os.listdir(advisories)):
        ecosystem = name.removesuffix(".zip")
        if not name.endswith(".zip") or ecosystem not in ECOSYSTEMS.values():
            continue
        archives.append(os.path.join(advisories, name))
        if bad.get(ecosystem):
            archives[-1] = with_more(archives[-1], bad[ecosystem], folder)
        for program in ("osv-scalibr", "osv-scanner"):  # 2.5 reads the first, older ones the second
            place = os.path.join(folder, program, ecosystem)
            os.makedirs(place)
            os.symlink(archives[-1], os.path.join(place, "all.zip"))
    return archives


def match(muster, store, lines):
    """The answers of `advisories match`, one a line."""
    done = run([muster, "--store", store, "advisories", "match"], input="".join(line + "\n" for line in lines))
    answers = done.stdout.splitlines()
    if len(answers) != len(lines):
        raise RuntimeError(f"advisories match: {len(lines)} lines in, {len(answers)} out: {done.stderr.strip()[:200]}")
    return [{i for i in answer.split(",") if i} for answer in answers]


def ours(muster, store, folder):
    """(ecosystem, name, version) → ids, through `scan` and `advisories match`."""
    scan = run([muster, "--store", store, "scan", "--no-store", "--profile", "declared", "--tsv", folder])
    rows = list(csv.DictReader(scan.stdout.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [r for r in rows if r.get("version") and r["type"] in ECOSYSTEMS]
    found = collections.defaultdict(set)
    for row, answer in zip(rows, match(muster, store, [r["purl"] for r in rows])):
        found[normal(ECOSYSTEMS[row["type"]], row["name"], row["version"])] |= answer
    return found


def add_listed(muster, store, mine, other, listed):
    """Fills in `mine` what only osv-scanner lists, by its own words for it; returns how many those are."""
    missing = sorted((key, words) for key, words in listed.items() if key in other and key not in mine)
    for (key, _), answer in zip(missing, match(muster, store, ["\t".join(words) for _, words in missing])):
        mine[key] = answer
    return len(missing)


def theirs(scanner, offline, folder):
    env = dict(os.environ, OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY=offline, OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY=offline)
    options = ["--offline", "--all-packages", "--no-resolve", "--format", "json", "--recursive"]
    done = run([scanner, "scan", "source", *options, folder], env=env)
    if not done.stdout.strip():
        return None, None
    found, listed = collections.defaultdict(set), {}
    for result in json.loads(done.stdout).get("results") or []:
        for package in result.get("packages") or []:
            p = package["package"]
            ecosystem = p.get("ecosystem", "").split(":")[0]
            if p.get("version") and not set("\t\n") & set(p["name"] + p["version"]):
                key = normal(ecosystem, p["name"], p["version"])
                found[key] |= {v["id"] for v in package.get("vulnerabilities") or []}
                listed[key] = (p["ecosystem"], p["name"], p["version"])
    return found, listed


def explanations(path):
    """Lines of: side ("only muster", "only osv-scanner"), ecosystem, package or package@version or *, record or *, why."""
    with open(path, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if line.strip() and not line.startswith("#")]
    return [r for r in rows if len(r) == 5]


def covers(word, text):
    return word in ("*", text) or (word.endswith("*") and text.startswith(word[:-1]))


def explained(table, side, key, record):
    for row in table:
        name, _, version = row[2].rpartition("@") if "@" in row[2][1:] else (row[2], "", "*")
        if row[0] == side and covers(row[1], key[0]) and covers(name, key[1]) and covers(version, key[2]) and covers(row[3], record):
            return row[4]
    return None


def compare(number, path, mine, other, table, from_list):
    both = set(mine) & set(other)
    bad, told = [], collections.Counter()
    for key in sorted(both):
        for side, ids in (("only muster", mine[key] - other[key]), ("only osv-scanner", other[key] - mine[key])):
            for record in sorted(ids):
                why = explained(table, side, key, record)
                if why:
                    told[why] += 1
                else:
                    bad.append(f"{side}: {'/'.join(key)} {record}")
    print(f"{'not ok' if bad else 'ok'} {number} - {path}: {len(both)} packages, {sum(len(mine[k]) for k in both)} ids")
    for line in bad[:20]:
        print(f"#   {line}")
    for why, n in told.items():
        print(f"#   {n} explained: {why}")
    if from_list:
        print(f"#   {from_list} of them from osv-scanner's list")
    if len(mine) != len(both):
        print(f"#   not compared: {len(mine) - len(both)} packages only muster lists")
    return not bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("muster")
    shared = os.environ.get("MUSTER_SHARED", os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(HERE))), "shared"))
    parser.add_argument("--advisories", default=os.path.join(shared, "advisories"))
    parser.add_argument("--lockfiles", default=os.path.join(shared, "lockfiles"))
    parser.add_argument("--explained", default=os.path.join(HERE, "osv-explained.tsv"))
    parser.add_argument("--only", default="")
    parser.add_argument("--malicious", action="store_true", help="with the records of malicious packages, too")
    a = parser.parse_args()
    scanner = shutil.which("osv-scanner")
    if not scanner:
        skip("no osv-scanner on PATH")
    if run([a.muster, "help", "advisories"]).returncode:
        skip(f"{a.muster} has no command 'advisories'")
    if not os.path.isdir(a.advisories) or not os.path.isdir(a.lockfiles):
        skip("no folder of advisories or of lockfiles")
    table, good, number = explanations(a.explained), True, 0
    with tempfile.TemporaryDirectory() as tmp:
        store = os.path.join(tmp, "store")
        archives = prepare(a.advisories, tmp, a.malicious)
        done = run([a.muster, "--store", store, "advisories", "import", *archives])
        if done.returncode:
            print(f"Bail out! advisories import: {done.stderr.strip()[:300]}")
            sys.exit(1)
        for folder, _, names in sorted(os.walk(a.lockfiles)):
            for name in sorted(names):
                path = os.path.relpath(os.path.join(folder, name), a.lockfiles)
                if a.only not in path or "__" not in name:
                    continue
                place = os.path.join(tmp, "project")
                shutil.rmtree(place, ignore_errors=True)
                os.makedirs(place)
                shutil.copyfile(os.path.join(folder, name), os.path.join(place, name.split("__")[-1]))
                mine, (other, listed) = ours(a.muster, store, place), theirs(scanner, tmp, place)
                if not other:
                    print(f"# {path}: osv-scanner lists nothing")
                    continue
                from_list = add_listed(a.muster, store, mine, other, listed)
                number += 1
                good &= compare(number, path, mine, other, table, from_list)
    print(f"1..{number}" if number else "1..0 # SKIP no lockfile that osv-scanner reads")
    sys.exit(0 if good else 1)


main()
