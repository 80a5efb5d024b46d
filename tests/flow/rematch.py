#!/usr/bin/env python3
"""Findings that stay with components: after each of several imports and scans, what is stored answers as judging everything afresh
does. Fresh is `check ASSET` for each asset: it reads no stored findings. TAP on stdout."""
import gzip
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import done, ok  # noqa: E402

muster = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
tmp = tempfile.mkdtemp(prefix="muster-rematch-")
store = os.path.join(tmp, "muster.db")
random.seed(20240329)


def run(*args, at=None, muster_is=muster):
    r = subprocess.run([muster_is, "--store", at or store, "--quiet", *args], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600)
    if r.returncode not in (0, 1, 5):
        print("#", args, r.returncode, r.stderr.strip()[:500])
    return r


def put(name, data):
    path = os.path.join(tmp, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(data if isinstance(data, str) else json.dumps(data))
    return path


# ---- assets ----
PACKAGES = [f"p{i}" for i in range(60)]


def version():
    return f"{random.randrange(3)}.{random.randrange(4)}.{random.randrange(3)}"


def lock(name, n):
    packages = {"": {"name": name, "version": "1.0.0"}}
    for p in random.sample(PACKAGES, n):
        packages["node_modules/" + p] = {"version": version()}
    put(f"{name}/package-lock.json", {"name": name, "lockfileVersion": 3, "packages": packages})


def python(name, n):
    put(f"{name}/requirements.txt", "".join(f"{p.upper()}_x=={version()}\n" for p in random.sample(PACKAGES, n)))


def dpkg(name, n, release="12"):
    status = ""
    for p in random.sample(PACKAGES, n):
        v = version()
        status += f"Package: lib{p}\nStatus: install ok installed\nArchitecture: amd64\nSource: {p} ({v}-1)\nVersion: {v}-1+b1\n\n"
        status += f"Package: {p}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {v}-1\n\n"
    for p in ("python3-owned",):
        v = version()
        status += f"Package: {p}\nStatus: install ok installed\nArchitecture: all\nSource: owned\nVersion: {v}-1\n\n"
        put(f"{name}/usr/lib/python3/dist-packages/owned-{v}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: owned\nVersion: {v}\n")
        put(f"{name}/var/lib/dpkg/info/{p}.list", f"/usr/lib/python3/dist-packages/owned-{v}.dist-info/METADATA\n"
            f"/usr/lib/python3/dist-packages/owned-{v}.dist-info\n")
    put(f"{name}/var/lib/dpkg/status", status)
    put(f"{name}/etc/os-release", f"ID=debian\nVERSION_ID=\"{release}\"\n")


def scan(name):
    r = run("scan", os.path.join(tmp, name), "--as", name)
    ok(r.returncode in (0, 5), f"scan {name}", r.stderr)


# ---- advisories ----
def events():
    e = [{"introduced": random.choice(["0", version()])}]
    kind = random.random()
    if kind < .6:
        e.append({"fixed": version()})
    elif kind < .8:
        e.append({"last_affected": version()})
    return e


def record(i, ecosystem, names, **more):
    deb = ecosystem.startswith("Debian")
    kind = "SEMVER" if ecosystem == "npm" else "ECOSYSTEM"
    affected = []
    for n in names:
        name = n if ecosystem != "PyPI" else n + "-x" if n != "owned" else n
        e = events()
        if deb:
            e = [{k: v + "-1" if v != "0" else v for k, v in x.items()} for x in e]
        entry = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": kind, "events": e}]}
        if random.random() < .3:
            entry["versions"] = [version() for _ in range(3)]
        affected.append(entry)
    rid = {"npm": "GHSA", "PyPI": "PYSEC"}.get(ecosystem, "DSA") + f"-{i:04d}"
    r = {"schema_version": "1.6.0", "id": rid, "modified": f"2024-01-{1 + i % 27:02d}T00:00:00Z", "published": "2024-01-01T00:00:00Z", "affected": affected,
         "summary": "flaw " + rid}
    if deb:
        r["upstream"] = [f"CVE-2024-{1000 + i}"]
    elif random.random() < .7:
        r["aliases"] = [f"CVE-2024-{1000 + i}"]
    return dict(r, **more)


def feed(ecosystem, numbers, changed=()):
    folder = os.path.join(tmp, "feeds", ecosystem)
    for i in numbers:
        names = random.sample(PACKAGES + ["owned"] * 5, 2)
        put(f"feeds/{ecosystem}/{i}.json", record(i, {"Debian": "Debian:12"}.get(ecosystem, ecosystem), dict.fromkeys(names), **(dict(changed) if changed else {})))
    return folder


# ---- asking ----
def findings(*args, at=None):
    r = run("check", *args, "--json", at=at)
    if r.returncode not in (0, 1, 5):
        return None, r.stderr
    d = json.loads(r.stdout)
    rows = sorted(json.dumps({k: v for k, v in f.items()}, sort_keys=True) for f in d["findings"])
    return rows, (d["components"], d["unmatched"] if "unmatched" in d else None, d.get("unmatched_statements"))


def compare(title, assets, at=None):
    for extra in ((), ("--all-states",), ("--only-fixable",)):
        stored, totals = findings("--all", *extra, at=at)
        fresh, fresh_totals = findings(*assets, *extra, at=at)
        ok(stored is not None and stored == fresh and totals == fresh_totals,
           f"{title}: --all {' '.join(extra)} as judged afresh ({len(stored or [])} findings)", totals, fresh_totals,
           *[x for x in (stored or []) if x not in set(fresh or [])][:2], "--", *[x for x in (fresh or []) if x not in set(stored or [])][:2])
    return len(stored or [])


def agree_where(title, rows, ids):
    """`where ID` lists as exposed just the assets in which `check` finds it affected."""
    bad = []
    for i in ids:
        r = run("where", i, "--json")
        if r.returncode not in (0, 1, 5):
            bad.append((i, r.stderr))
            continue
        exposed = {a["asset"] for a in json.loads(r.stdout)["assets"] if a["state"] == "exposed"}
        checked = {f["asset"] for f in map(json.loads, rows) if f["state"] == "affected" and (i in f["ids"] or i in f.get("about", []))}
        if exposed != checked:
            bad.append((i, sorted(exposed - checked), sorted(checked - exposed)))
    ok(not bad, f"{title}: where ID names the assets that check finds affected ({len(ids)} ids)", *bad[:5])


def ids_of(rows):
    return sorted({i for f in map(json.loads, rows) for i in f["ids"]})


def judged():
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        return db.execute("SELECT coalesce(max(value), 0) FROM meta WHERE key = 'judged through'").fetchone()[0], \
            db.execute("SELECT max(id) FROM component").fetchone()[0]


def settled(assets):
    """One flaw of a Python package, once owned by a distribution's package that has the fix, once lying alone; and what statements say."""
    owned = [f for f in map(json.loads, findings("--all", "--all-states")[0]) if f["purl"].startswith("pkg:pypi/owned@")]
    place, v = owned[0]["asset"], owned[0]["purl"].split("@")[1]
    put("alone/requirements.txt", f"owned=={v}\n")
    scan("alone")
    assets.append("alone")
    feed_folder = os.path.join(tmp, "feeds", "settled")
    put("feeds/settled/1.json", {"schema_version": "1.6.0", "id": "PYSEC-7777", "modified": "2024-02-01T00:00:00Z", "aliases": ["CVE-2024-7777"], "affected": [
        {"package": {"ecosystem": "PyPI", "name": "owned"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]})
    put("feeds/settled/2.json", {"schema_version": "1.6.0", "id": "DSA-7777", "modified": "2024-02-01T00:00:00Z", "upstream": ["CVE-2024-7777"], "affected": [
        {"package": {"ecosystem": "Debian:12", "name": "owned"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "0.0.0-1"}]}]}]})
    run("advisories", "import", feed_folder)
    compare("owned by a package that has the fix", assets)
    rows, _ = findings("--all")
    agree_where("owned", rows, ["CVE-2024-7777", "PYSEC-7777"])
    r = json.loads(run("where", "CVE-2024-7777", "--json").stdout)
    ok([a["asset"] for a in r["assets"] if a["state"] == "exposed"] == ["alone"], "where: exposed only where no package owns it", r["assets"])
    made = run("block", "CVE-2024-7777", "--reason", "test")
    ok("1 stored asset" in made.stdout, "block counts that one holder", made.stdout, made.stderr)
    for name, status in (("alone", 1), (place, 0)):
        for target in (name, os.path.join(tmp, name)):
            r = run("gate", "check", target)
            ok(r.returncode == status, f"gate check {'of the asset ' if target == name else ''}{name}: exit {status}", r.returncode, r.stdout)
    vex = put("vex2.json", {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/v2", "author": "Example", "version": 1,
        "timestamp": "2024-06-01T00:00:00Z", "statements": [{"vulnerability": {"name": "CVE-2024-7777"}, "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path", "products": [{"@id": "alone", "subcomponents": [{"@id": "pkg:pypi/owned"}]}]}]})
    run("advisories", "import", vex)
    r = run("where", "CVE-2024-7777", "--json")
    ok(r.returncode != 1, "where: a statement about the asset settles it", r.stdout)
    ok(run("gate", "check", "alone").returncode == 0, "gate check: the same")
    ok(run("gate", "check", os.path.join(tmp, "alone")).returncode == 1, "but not of a folder of another name")
    compare("a statement about an asset", assets)


def main():
    for i in range(4):
        lock(f"web{i}", 25)
        python(f"job{i}", 20)
        dpkg(f"host{i}", 20)
    assets = [f"{k}{i}" for k in ("web", "job", "host") for i in range(4)]
    for a in assets[:-3]:
        scan(a)
    feeds = [feed("npm", range(40)), feed("PyPI", range(100, 130)), feed("Debian", range(200, 240))]
    ok(run("advisories", "import", *feeds).returncode == 0, "first import")
    ok(len(set(judged())) == 1, "every component is judged when the import ends", judged())
    compare("first import", assets[:-3])
    for a in assets[-3:]:
        scan(a)
    ok(len(set(judged())) == 1, "components of a later scan are judged when it ends", judged())
    compare("scanned after the import", assets)

    time.sleep(1.1)
    between = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    before, _ = findings("--all")
    time.sleep(1.1)
    feed("npm", range(40, 50))
    run("advisories", "import", feeds[0])
    compare("ten records more", assets)
    after, _ = findings("--all")
    since, _ = findings("--all", "--since", between)
    new = {(f["asset"], f["purl"], f["id"]) for f in map(json.loads, after)} - {(f["asset"], f["purl"], f["id"]) for f in map(json.loads, before)}
    listed = {(f["asset"], f["purl"], f["id"]) for f in map(json.loads, since)}
    ok(new and new == listed, f"--since lists what that import brought ({len(new)})", new ^ listed)
    one, _ = findings("web1", "--since", between)
    ok([f for f in since if json.loads(f)["asset"] == "web1"] == one, "--since of one asset: the same")
    time.sleep(1.1)
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    run("advisories", "import", feeds[1])
    ok(findings("--all", "--since", later)[0] == [] and findings("--all", "--since", between)[0] == since,
       "an import of the same again brings nothing new, and takes nothing away")

    feed("npm", range(10), {"withdrawn": "2024-05-01T00:00:00Z"})
    feed("Debian", range(200, 220))
    run("advisories", "import", feeds[0], feeds[2])
    compare("ten withdrawn, twenty with other ranges", assets)
    for i in range(10, 20):
        os.remove(os.path.join(tmp, f"feeds/npm/{i}.json"))
    put("feeds/npm/900.json", record(900, "npm", PACKAGES[:3], id="MAL-2024-900"))
    run("advisories", "import", feeds[0])
    rows = compare("ten gone, one malicious", assets)
    lock("web0", 30)
    scan("web0")
    run("forget", "job1")
    assets.remove("job1")
    compare("an asset changed, one forgotten", assets)
    all_rows, _ = findings("--all")
    agree_where("by records", all_rows, ids_of(all_rows)[:60])

    # Statements, and packages that own others.
    states = [json.loads(f) for f in all_rows if '"affected"' in f]
    said = [{"vulnerability": {"name": f["id"]}, "products": [{"@id": f["purl"]}], "status": "not_affected",
             "justification": "vulnerable_code_not_present"} for f in states[:8]]
    said += [{"vulnerability": {"name": f["id"]}, "products": [{"@id": f["asset"], "subcomponents": [{"@id": f["purl"]}]}], "status": "not_affected",
              "justification": "vulnerable_code_not_present"} for f in states[8:16]]
    fixed = [json.loads(f) for f in findings("--all", "--all-states")[0] if '"state": "fixed"' in f]
    said += [{"vulnerability": {"name": f["id"]}, "products": [{"@id": f["purl"]}], "status": "affected", "action_statement": "x"} for f in fixed[:4]]
    said += [{"vulnerability": {"name": f["id"]}, "products": [{"@id": f["asset"], "subcomponents": [{"@id": f["purl"]}]}],
              "status": "under_investigation"} for f in fixed[4:8]]
    vex = put("vex.json", {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/v", "author": "Example", "version": 1,
                           "timestamp": "2024-06-01T00:00:00Z", "statements": said})
    run("advisories", "import", vex)
    compare("statements", assets)
    all_rows, _ = findings("--all")
    agree_where("with statements", all_rows, ids_of(all_rows)[:60] + [f["id"] for f in states[:16]] + [f["id"] for f in fixed[:8]])

    settled(assets)
    all_rows, _ = findings("--all")

    # What cannot be written is judged for the question alone.
    with sqlite3.connect(store) as db:
        db.execute("DELETE FROM meta WHERE key = 'judged by'")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    alone = os.path.join(tmp, "read-only")
    os.mkdir(alone)
    for f in os.listdir(tmp):
        if f.startswith("muster.db") and not f.endswith(("-shm", "-wal")):
            shutil.copy(os.path.join(tmp, f), alone)
    expected, totals = findings("--all")
    ok(expected == all_rows and len(set(judged())) == 1, "findings of an unknown index are judged again at the first question")
    os.chmod(os.path.join(alone, "muster.db"), 0o400)
    os.chmod(alone, 0o500)
    got, got_totals = findings("--all", at=os.path.join(alone, "muster.db"))
    ok(got == expected and got_totals == totals, "a store that cannot be written: the same answer" + (" (as root: it is written)" if os.geteuid() == 0 else ""))
    os.chmod(alone, 0o700)
    r = run("db", "check")
    ok(r.returncode == 0, "the store is sound", r.stdout, r.stderr)

    old = os.path.join(tmp, "v4.db")
    with gzip.open(os.path.join(here, "v4.db.gz")) as f, open(old, "wb") as out:
        out.write(f.read())
    with open(os.path.join(here, "v4.json")) as f:
        then = json.load(f)
    for ecosystem, records in then["records"].items():
        for i, r in enumerate(records):
            put(f"then/{ecosystem}/{i}.json", r)
    expected = sorted(json.dumps(f, sort_keys=True) for f in then["findings"])
    run("advisories", "import", *[os.path.join(tmp, "then", e) for e in then["records"]], at=old)
    got, _ = findings("--all", at=old)
    got = got and sorted(json.dumps({k: v for k, v in json.loads(f).items() if k != "ssvc"}, sort_keys=True) for f in got)  # younger than it
    ok(got == expected and len(got) > 5, f"a store of schema 4: the findings it gave then ({len(got or [])})", *(set(got or []) ^ set(expected)))
    ok(run("db", "check", at=old).returncode == 0, "and it is sound")
    shutil.rmtree(tmp, ignore_errors=True)
    done()


main()
