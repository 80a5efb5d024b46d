#!/usr/bin/env python3
"""Every JSON answer holds its schema in docs/schema. TAP on stdout."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import done, ok, skip_all  # noqa: E402

try:
    import jsonschema
except ImportError:
    skip_all("the Python module jsonschema is not installed")
Validator = getattr(jsonschema, "Draft202012Validator", jsonschema.Draft7Validator)

muster, root = map(os.path.abspath, sys.argv[1:3])
calls = {
    "scan": [["scan", "web1", "web2", "shop", "odd", "--json"], ["scan", "web1", "--json"]],
    "where": [["where", "xz", "--all", "--json"], ["where", "xz@5.6.0..5.6.1", "--all", "--json"], ["where", "nothing-of-that-name", "--json"]],
    "assets": [["assets", "--json"]],
    "show": [["show", "{web1}", "--json"], ["show", "{odd}", "--json"]],
    "history": [["history", "{web1}", "--json"]],
    "diff": [["diff", "{web1}", "{web2}", "--json"]],
    "why": [["why", "{web1}", "xz", "--json"]],
    "block": [["block", "xz@5.6.0..5.6.1", "--reason", "test", "--json"]],
    "blocks": [["blocks", "--all", "--json"]],
    "gate": [["gate", "check", "web1", "--json"], ["gate", "check", "odd", "--json"], ["gate", "check", "shop", "--json"]],
    "vex": [["vex", "add", "CVE-2024-0001", "pkg:npm/left-pad", "--status", "affected", "--reason", "test", "--json"], ["vex", "list", "--all", "--json"]],
    "db": [["db", "info", "--json"]],
    "formats": [["formats", "--json"]],
    "check": [["check", "shop", "{web1}", "--all-states", "--json"], ["check", "odd", "--json"], ["check", "--all", "--json"],
              ["check", "shop", "--all-states", "--json"]],
    "advisories-status": [["advisories", "status", "--json"]],
    "advisories-update": [["advisories", "update", "--mirror", "mirror", "npm", "--json"], ["advisories", "update", "--mirror", "mirror", "npm", "Go", "--json"]],
}
before = {"check": [["advisories", "import", "osv", "vex"]]}
with tempfile.TemporaryDirectory() as tmp:
    data = os.path.join(tmp, "data")
    shutil.copytree(os.path.join(root, "tests/cmd/data"), data)
    os.makedirs(os.path.join(data, "mirror/npm"))
    with zipfile.ZipFile(os.path.join(data, "mirror/npm/all.zip"), "w") as z:
        z.write(os.path.join(data, "osv/TEST-2024-1.json"), "TEST-2024-1.json")
    env = dict(os.environ, MUSTER_STORE=os.path.join(tmp, "muster.db"))
    for name, lists in calls.items():
        with open(os.path.join(root, "docs/schema", name + ".json"), encoding="utf-8") as f:
            schema = json.load(f)
        for args in before.get(name, []):
            subprocess.run([muster, *args], capture_output=True, cwd=data, env=env, stdin=subprocess.DEVNULL)
        for args in lists:
            args = [os.path.join(data, a[1:-1]) if a.startswith("{") else a for a in args]
            r = subprocess.run([muster, *args], capture_output=True, text=True, cwd=data, env=env, stdin=subprocess.DEVNULL)
            try:
                Validator(schema).validate(json.loads(r.stdout))
                ok(True, f"muster {' '.join(args[:3])} …: {name}.json holds")
            except (ValueError, jsonschema.ValidationError) as e:
                ok(False, f"muster {' '.join(args)}: {name}.json", e, r.stderr)
missing = [f for f in os.listdir(os.path.join(root, "docs/schema")) if f[:-5] not in calls]
ok(not missing, "every schema is tested", *missing)
done()
