#!/usr/bin/env python3
"""The main job, end to end on real material: scan → where → block → gate check. TAP on stdout.

The material is made by tools/material; where it could not be made, its reason is printed and the test skipped."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import done, ok, skip_all  # noqa: E402

muster, material = map(os.path.abspath, sys.argv[1:3])


def run(*args, status=None):
    r = subprocess.run([muster, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if status is not None:
        ok(r.returncode == status, f"muster {' '.join(os.path.relpath(a, material) if a.startswith('/') else a for a in args)}: exit {status}", r.returncode, r.stdout, r.stderr)
    return r


def states(*args):
    r = run("where", *args, "--all", "--json")
    return {a["asset"]: a for a in json.loads(r.stdout)["assets"]}


def walk():
    bad, good, root, project = (os.path.join(material, n) for n in ("bad.tar", "good", "root", "project"))
    with open(os.path.join(material, "liblzma-version"), encoding="ascii") as f:
        version = f.read()
    run("where", "xz", status=5)
    run("scan", bad, status=0)
    run("scan", good, "--as", "example/good", status=0)
    run("scan", root, "--as", "plain-root", status=0)
    run("scan", project, "--as", "project", "--profile", "all", status=0)

    r = run("where", "xz@5.6.0..5.6.1", status=1)
    ok("liblzma5" in r.stdout and "5.6.1-1" in r.stdout, "the answer names the package and its version", r.stdout)
    s = states("xz@5.6.0..5.6.1")
    bad_name = next((n for n in s if "example/app" in n), None)
    ok(bad_name is not None, "the image goes by its tag", list(s))
    ok(s.get(bad_name, {}).get("state") == "exposed", "the image with 5.6.1 is exposed", s.get(bad_name))
    ok(s["example/good"]["state"] == "not exposed", "5.6.1+really5.4.5 is not", s["example/good"])
    ok(s["plain-root"]["state"] == "not exposed", "the plain root is not", s["plain-root"])
    ok((s.get(bad_name, {}).get("layer") or "").startswith("sha256:"), "the layer that brought it is named", s.get(bad_name))
    s = states(f"xz@{version}")
    ok(s["project"]["state"] == "exposed" and "!/" in (s["project"]["path"] or ""), "the copy bundled in a wheel is found", s["project"])

    r = run("block", "xz@5.6.0..5.6.1", "--reason", "CVE-2024-3094", status=0)
    ok("block 1" in r.stdout and "1 stored asset" in r.stdout, "the block says how many assets hold it", r.stdout)
    r = run("block", "xz@5.6.0..5.6.1", "--reason", "CVE-2024-3094", status=0)
    ok("block 1" in r.stdout, "the same block again is the same number", r.stdout)
    r = run("gate", "check", bad, status=1)
    ok("denied" in r.stdout and "CVE-2024-3094" in r.stdout and "liblzma5" in r.stdout and "block 1" in r.stdout, "the gate says why", r.stdout)
    run("gate", "check", good, status=0)
    run("gate", "check", root, status=0)
    run("gate", "check", bad_name, status=1)
    run("block", f"xz@{version}", "--except", "pkg:deb/debian/liblzma5", "--reason", "a test", status=0)
    r = run("gate", "check", project, status=1)
    ok(".whl!/" in r.stdout, "a blocked upstream range catches the bundled copy", r.stdout)
    run("unblock", "2", "--reason", "test is over", status=0)
    run("gate", "check", project, status=0)
    with open(bad, "rb") as f:
        r = subprocess.run([muster, "gate", "check", "-"], stdin=f, capture_output=True, text=True)
    ok(r.returncode == 1, "an image on standard input is judged too", r.stdout, r.stderr)

    before = run("assets", "--json").stdout
    run("scan", bad, status=0)
    after = json.loads(run("assets", "--json").stdout)["assets"]
    ok([a["components"] for a in after] == [a["components"] for a in json.loads(before)["assets"]], "a rescan changes nothing")
    run("where", "xz@5.6.1", "--at", "2001-01-01", status=5)
    r = run("why", bad_name, "liblzma5", status=1)
    ok("var/lib/dpkg/status" in r.stdout, "why names the place", r.stdout)
    run("db", "check", status=0)
    run("db", "compact", status=0)
    ok(states("xz@5.6.0..5.6.1")[bad_name]["state"] == "exposed", "the answer is the same after folding")
    run("db", "check", status=0)


def main():
    if not os.path.exists(os.path.join(material, "done")):
        try:
            with open(os.path.join(material, "why-not"), encoding="utf-8") as f:
                why = f.read().strip()
        except OSError:
            why = "tools/material was not run"
        skip_all(why)
    with tempfile.TemporaryDirectory() as tmp:
        os.environ["MUSTER_STORE"] = os.path.join(tmp, "muster.db")
        walk()
    done()


if __name__ == "__main__":
    main()
