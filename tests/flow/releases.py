#!/usr/bin/env python3
"""Releases that ended or that no feed covers, SSVC points, and how old feeds are. TAP on stdout."""
import datetime
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import done, ok as check  # noqa: E402

muster = sys.argv[1]
work = tempfile.TemporaryDirectory()
numbers = iter(range(1, 10**6))


def run(db, *args, stdin=None):
    return subprocess.run([muster, "--store", db, *args], input=stdin, capture_output=True, text=True, timeout=120)


def put(name, data):
    path = os.path.join(work.name, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(data if isinstance(data, str) else json.dumps(data))
    return path


def root(name, distro, version, package="foo", package_version="1.0-1"):
    base = os.path.join(work.name, name)
    put(f"{name}/etc/os-release", f'ID={distro}\nVERSION_ID="{version}"\n')
    put(f"{name}/var/lib/dpkg/status", f"Package: {package}\nStatus: install ok installed\nMaintainer: Debian\nArchitecture: amd64\n"
        f"Version: {package_version}\nDescription: x\n\n")
    return base


def record(name, release, package="foo", fixed="2.0-1"):
    return {"id": name, "modified": "2024-01-01T00:00:00Z", "upstream": ["CVE-2024-1"],
            "affected": [{"package": {"ecosystem": f"Debian:{release}", "name": package},
                          "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}


def store(*files):
    db = os.path.join(work.name, f"db{next(numbers)}")
    r = run(db, "advisories", "import", *files)
    check(r.returncode == 0, "import", r)
    return db


cycles = [{"cycle": "8", "eol": "2020-06-30"}, {"cycle": "7", "eol": True}, {"cycle": "12", "eol": "2999-01-01"}]
eol = put("eol/debian.json", cycles)
debian = put("Debian.json", record("DSA-1", 8))
other = put("Other.json", record("DSA-2", 12))
db = store(debian, other, eol)

r = run(db, "check", root("eight-affected", "debian", "8"))
check(r.returncode == 1 and "affected" in r.stdout and "unknown: Debian 8 ended on 2020-06-30: no data since" in r.stdout,
      "a record about an ended release counts, and its end is said", r)
r = run(db, "check", root("eight-fixed", "debian", "8", package_version="2.0-1"))
check(r.returncode == 5 and "0 affected" in r.stdout and "no data since" in r.stdout, "where no record says affected it is unknown: 5", r)
r = run(db, "check", root("eight-fixed", "debian", "8", package_version="2.0-1"), "--fail-on", "unknown")
check(r.returncode == 1, "--fail-on unknown means it", r)
r = run(db, "check", root("seven", "debian", "7"))
check(r.returncode == 5 and "Debian 7 has ended: no data since" in r.stdout, "an end without a day", r)
r = run(db, "check", root("nine", "debian", "9"))
check(r.returncode == 5 and "no imported feed covers Debian 9" in r.stdout and "0 affected" in r.stdout,
      "a release that no feed covers is unknown; no other release stands in", r)
r = run(db, "check", root("twelve", "debian", "12", package="bar"))
check(r.returncode == 0 and "unknown:" not in r.stdout, "a covered release that goes on: silence is an answer", r)
j = json.loads(run(db, "check", root("eight-fixed", "debian", "8", package_version="2.0-1"), "--json").stdout)
check(j["silent_releases"] == [{"distribution": "Debian", "release": "8", "state": "ended", "ended": "2020-06-30T23:59:59Z", "components": 1}],
      "the same in JSON", j["silent_releases"])
for name in ("nine", "twelve"):
    run(db, "scan", root(name, "debian", {"nine": "9", "twelve": "12"}[name], package="bar"), "--as", name)
r = run(db, "where", "CVE-2024-1", "--all", "--json")
told = {a["asset"]: (a["state"], a["why"]) for a in json.loads(r.stdout)["assets"]}
check(told["nine"][0] == "unknown" and "no imported feed covers Debian 9" in told["nine"][1] and told["twelve"][0] == "not exposed",
      "where: no finding in a release that no feed covers is unknown", told)
r = run(db, "check", "--all")
check(r.returncode == 5 and "no imported feed covers Debian 9; 1 of its packages" in r.stdout, "of the whole store", r)
r = run(db, "advisories", "match", stdin="Debian:8\tfoo\t1.0-1\nDebian\tfoo\t1.0-1\nDebian:12\tfoo\t1.0\n")
check(r.stdout == "DSA-1\n?\nDSA-2\n", "match: a Debian package without a release cannot be judged", r)
r = run(db, "advisories", "show", "Debian:8")
check(r.returncode == 0 and "2020-06-30, which has passed" in r.stdout, "show Debian:8", r)
r = run(db, "advisories", "show", "Debian:9")
check("no imported feed covers it" in r.stdout, "show Debian:9", r)
r = run(db, "advisories", "show", "Nothing:9")
check(r.returncode == 4, "show of nothing", r)
newer = put("eol2/debian.json", {"result": {"name": "debian", "releases": [{"name": "12", "eolFrom": "2001-01-01"}]}})
db = store(other, newer)
r = run(db, "check", root("twelve", "debian", "12", package="bar"))
check(r.returncode == 5 and "Debian 12 ended on 2001-01-01" in r.stdout, "endoflife.date's newer form", r)

ssvc = put("ssvc.tsv", "cve\tssvc_exploitation\tssvc_automatable\tssvc_technical_impact\nCVE-2024-1\tactive\tno\ttotal\n")
db = store(other, ssvc)
j = json.loads(run(db, "check", root("points", "debian", "12"), "--json").stdout)
check(j["findings"][0]["ssvc"] == {"exploitation": "active", "automatable": False, "technical_impact": "total",
                                   "decision": {"low": "track", "medium": "attend", "high": "act"}}, "SSVC points stand at a finding", j["findings"])

now = datetime.datetime.now(datetime.timezone.utc)
fresh = put("Fresh.json", dict(record("DSA-3", 12), modified=(now - datetime.timedelta(days=6)).strftime("%Y-%m-%dT%H:%M:%SZ")))
stale = put("Stale.json", dict(record("DSA-4", 12), modified=(now - datetime.timedelta(days=8)).strftime("%Y-%m-%dT%H:%M:%SZ")))
db = store(fresh)
r = run(db, "check", root("twelve", "debian", "12"))
check("stalest" not in r.stderr, "six days are no reason to warn", r)
db = store(fresh, stale)
r = run(db, "check", root("twelve", "debian", "12"))
check("the stalest feed, Stale, tells of 8 days ago" in r.stderr, "eight days are", r)
states = {s["source"]: s["stale"] for s in json.loads(run(db, "advisories", "status", "--json").stdout)["sources"]}
check(states == {"Fresh": False, "Stale": True}, "status says which", states)
run(db, "scan", root("twelve", "debian", "12"), "--as", "t")
r = run(db, "where", "CVE-2024-1")
check(r.returncode == 1 and "the stalest feed, Stale" in r.stderr, "where CVE warns too", r)
run(db, "block", "CVE-2024-1", "--reason", "test")
r = run(db, "gate", "check", root("twelve", "debian", "12"))
check(r.returncode == 1 and "the stalest feed, Stale" in r.stderr, "the gate too, when a block names an advisory", r)
os.makedirs(db + ".feeds", exist_ok=True)
with open(db + ".feeds/state.tsv", "w") as f:
    f.write(f"Stale\twhole\tu\t\t\t\t1\t{int(now.timestamp())}\t{int(now.timestamp())}\n")
r = run(db, "check", root("twelve", "debian", "12"))
check("stalest" not in r.stderr, "a feed confirmed today is not stale, however old its newest record is", r)
done()
