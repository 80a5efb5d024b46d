#!/usr/bin/env python3
"""Judges the packages of root file systems by the distribution's own tools, and compares with `muster check`.
   distro.py MUSTER ROOT… [--advisories DIR] [--explained FILE]

The packages come from dpkg-query, rpm or the apk database's own lines; the records straight from the archives of JSON; each
range is walked event by event, and two versions are compared by `dpkg --compare-versions`, by rpm's own vercmp, or, for apk,
by `apk version -t` (when it is not on PATH by `muster version compare apk`, which another test holds against apk). Names
are looked up by source package with the source package's version, and for rpm by binary name with the binary's version as
well. Also told: how many answers would differ were the binary's version compared with the source package's record. Prints TAP."""
import argparse
import collections
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
Package = collections.namedtuple("Package", "name version source source_version")
RELEASES = {  # id → (archive, how OSV writes the release)
    "debian": ("Debian", lambda v: f"Debian:{v.split('.')[0]}"),
    "alpine": ("Alpine", lambda v: f"Alpine:v{'.'.join(v.split('.')[:2])}"),
    "almalinux": ("AlmaLinux", lambda v: f"AlmaLinux:{v.split('.')[0]}"),
}


def out(args, **more):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True, errors="replace", **more).stdout


def os_release(root):
    values = {}
    for name in ("etc/os-release", "usr/lib/os-release"):
        path = os.path.join(root, name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as f:
                for line in f:
                    key, _, value = line.strip().partition("=")
                    values.setdefault(key, value.strip("\"'"))
            break
    return values.get("ID", ""), values.get("VERSION_ID", "")


def of_dpkg(root):
    text = out(["dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "-f",
                "${db:Status-Abbrev}\t${Package}\t${Version}\t${source:Package}\t${source:Version}\n"])
    rows = [line.split("\t") for line in text.splitlines()]
    return [Package(*r[1:]) for r in rows if r[0].startswith(("ii", "hi", "ri", "pi"))]


def of_apk(root):
    with open(os.path.join(root, "lib/apk/db/installed"), encoding="utf-8", errors="replace") as f:
        entries = f.read().split("\n\n")
    packages = []
    for entry in entries:
        fields = dict(line.split(":", 1) for line in entry.splitlines() if len(line) > 1 and line[1] == ":" and line[0] in "PVo")
        if "P" in fields:
            packages.append(Package(fields["P"], fields["V"], fields.get("o", fields["P"]), fields["V"]))
    return packages


def of_rpm(root):
    with tempfile.TemporaryDirectory() as tmp:  # rpm may write beside what it reads
        place = os.path.join(tmp, "rpm")
        for folder in ("var/lib/rpm", "usr/lib/sysimage/rpm"):
            if os.path.isdir(os.path.join(root, folder)):
                shutil.copytree(os.path.join(root, folder), place)
                break
        form = "%{NAME}\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\t%{SOURCERPM}\t%{EPOCHNUM}\n"
        for backend in ("sqlite", "ndb", "bdb_ro"):
            text = out(["rpm", "--dbpath", place, "--define", f"_db_backend {backend}", "-qa", "--qf", form])
            if text.strip():
                break
    packages = []
    for line in text.splitlines():
        name, version, source, epoch = line.split("\t")
        found = re.fullmatch(r"(.+)-([^-]+-[^-]+)\.[^.]+\.rpm", source)
        if name != "gpg-pubkey":
            version = version.removeprefix("0:")
            packages.append(Package(name, version, found[1] if found else name, f"{epoch}:{found[2]}" if found else version))
    return packages


@functools.lru_cache(None)
def rpm_compare(a, b):
    def parts(v):
        epoch, _, rest = v.rpartition(":")
        version, _, release = rest.partition("-")
        return epoch or "0", version, release
    for x, y in zip(parts(a), parts(b)):
        if x != y and x and y:
            said = out(["rpm", "--eval", "%{lua:print(rpm.vercmp(arg[1], arg[2]))}".replace("arg[1]", f"[==[{x}]==]").replace("arg[2]", f"[==[{y}]==]")])
            if int(said):
                return int(said)
    return 0


@functools.lru_cache(None)
def deb_compare(a, b):
    if a == b:
        return 0
    return -1 if subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False).returncode == 0 else \
        1 if subprocess.run(["dpkg", "--compare-versions", a, "gt", b], check=False).returncode == 0 else 0


def apk_compare(muster):
    @functools.lru_cache(None)
    def compare(a, b):
        if shutil.which("apk"):
            said = out(["apk", "version", "-t", a, b]).strip()
        else:
            said = out([muster, "version", "compare", "apk"], input=f"{a}\t{b}\n").strip()
        return {"<": -1, "=": 0, ">": 1}[said]
    return compare


def inside(version, entry, compare):
    """OSV's evaluation of one entry of `affected`."""
    if version in entry.get("versions", ()):
        return True
    for r in entry.get("ranges", ()):
        if r["type"] != "ECOSYSTEM":
            continue
        hit = False
        order = functools.cmp_to_key(lambda a, b: 0 if a == b else -1 if a == "0" else 1 if b == "0" else compare(a, b))
        for event in sorted(r["events"], key=lambda e: order(next(iter(e.values())))):
            (kind, at), = event.items()
            place = 1 if at == "0" else compare(version, at)
            if kind == "introduced" and place >= 0:
                hit = True
            if (kind == "fixed" and place >= 0) or (kind == "last_affected" and place > 0):
                hit = False
        if hit:
            return True
    return False


def is_module(text):
    return ".module" in text


def load(advisories, archive, ecosystem):
    """name → [(id, entry)], withdrawn records left out."""
    table = collections.defaultdict(list)
    with zipfile.ZipFile(os.path.join(advisories, f"{archive}.zip")) as z:
        for name in z.namelist():
            record = json.loads(z.read(name))
            if not record.get("withdrawn"):
                for entry in record.get("affected", ()):
                    if entry.get("package", {}).get("ecosystem") == ecosystem:
                        table[entry["package"]["name"]].append((record["id"], entry))
    return table


def judge(packages, table, compare, by_name):
    """(package, version) → ids; and how many would differ by the binary's version."""
    found, artefacts = collections.defaultdict(set), 0
    for p in packages:
        wrong = set()
        for name, version, binary in {(p.source, p.source_version, p.version)} | ({(p.name, p.version, p.version)} if by_name else set()):
            for record, entry in table.get(name, ()):
                fixed = " ".join(v for r in entry.get("ranges", ()) for e in r["events"] for v in e.values())
                if is_module(fixed) != is_module(version) and fixed != "0":
                    continue
                if inside(version, entry, compare):
                    found[(p.name, p.version)].add(record)
                if inside(binary, entry, compare):
                    wrong.add(record)
        artefacts += wrong != found.get((p.name, p.version), set())
    return found, artefacts


def explanations(path):
    with open(path, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if line.strip() and not line.startswith("#")]
    return {(r[0], r[1], r[2]): r[3] for r in rows if len(r) == 4}


def ours(muster, store, root):
    text = out([muster, "--store", store, "check", "--json", f"root:{root}"])
    found = collections.defaultdict(set)
    for f in json.loads(text)["findings"]:
        if f["state"] == "affected" and f["purl"].startswith(("pkg:deb/", "pkg:rpm/", "pkg:apk/")):
            found[(f["component"], f["version"])] |= set(f["ids"])
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("muster")
    parser.add_argument("roots", nargs="+")
    shared = os.environ.get("MUSTER_SHARED", os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(HERE))), "shared"))
    parser.add_argument("--advisories", default=os.path.join(shared, "advisories"))
    parser.add_argument("--explained", default=os.path.join(HERE, "distro-explained.tsv"))
    a = parser.parse_args()
    told, good = explanations(a.explained), True
    print(f"1..{len(a.roots)}")
    with tempfile.TemporaryDirectory() as tmp:
        store = os.path.join(tmp, "store")
        for number, root in enumerate(a.roots, 1):
            kind, version = os_release(root)
            archive, name = RELEASES[kind]
            subprocess.run([a.muster, "--store", store, "advisories", "import", os.path.join(a.advisories, f"{archive}.zip")], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            read, compare = {"debian": (of_dpkg, deb_compare), "alpine": (of_apk, apk_compare(a.muster)), "almalinux": (of_rpm, rpm_compare)}[kind]
            packages = read(root)
            theirs, artefacts = judge(packages, load(a.advisories, archive, name(version)), compare, kind == "almalinux")
            mine, bad, known = ours(a.muster, store, root), [], collections.Counter()
            for key in sorted(set(mine) | set(theirs)):
                for side, ids in (("only muster", mine.get(key, set()) - theirs.get(key, set())),
                                  ("only the judge", theirs.get(key, set()) - mine.get(key, set()))):
                    for record in sorted(ids):
                        why = told.get((side, key[0], record)) or told.get((side, key[0], "*"))
                        if why:
                            known[why] += 1
                        else:
                            bad.append(f"{side}: {key[0]} {key[1]} {record}")
            good &= not bad and bool(packages)
            print(f"{'ok' if packages and not bad else 'not ok'} {number} - {name(version)}: {len(packages)} packages, "
                  f"{sum(map(len, theirs.values()))} findings; the binary's version would change {artefacts} packages' answers")
            for line in bad[:40]:
                print(f"#   {line}")
            for why, n in known.items():
                print(f"#   {n} explained: {why}")
    sys.exit(0 if good else 1)


main()
