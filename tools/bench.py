#!/usr/bin/env python3
"""Measures muster beside its peers and beside physical limits, in the same run, and prints ratios. It judges nothing.

    tools/bench.py BUILD_DIR [--quick] [--rows WORD,…] [--material DIR]

Peers are those of syft, trivy and osv-scanner that are on PATH. What the rows mean: docs/benchmarks.md."""
import argparse
import os
import platform
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bench"))
import advisory  # noqa: E402
import inventory  # noqa: E402
import peers  # noqa: E402
from material import Material  # noqa: E402
from measure import Runner  # noqa: E402
from report import Report  # noqa: E402

ROWS = ("folders", "images", "lock", "store", "versions", "advisories")


def arguments():
    p = argparse.ArgumentParser(description="Measure muster beside peers and physical limits.")
    p.add_argument("build", help="a build directory with muster and the programs of bench/")
    p.add_argument("--quick", action="store_true", help="three rounds, a small store, 300,000 empty files")
    p.add_argument("--rounds", type=int, help="rounds of each comparison (5; 3 with --quick)")
    p.add_argument("--rows", default=",".join(ROWS), help="which of " + ",".join(ROWS))
    p.add_argument("--material", help="folder of what is measured (BUILD_DIR/bench-material)")
    p.add_argument("--patience", type=float, default=60, help="who takes longer than so many seconds is run once only (60)")
    p.add_argument("--assets", type=int, help="assets in the store (100,000; 5,000 with --quick)")
    p.add_argument("--no-peers", action="store_true", help="physical limits only")
    a = p.parse_args()
    unknown = set(a.rows.split(",")) - set(ROWS)
    if unknown:
        p.error(f"no rows {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    return a


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        models = [line.split(":")[1].strip() for line in f if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} processors ({models[0] if models else platform.machine()}), Linux {platform.release()}, load {os.getloadavg()[0]:.1f}"


def main():
    a = arguments()
    rows, report = a.rows.split(","), Report()
    runner = Runner(os.path.abspath(a.build), os.path.join(os.path.abspath(a.build), "bench-work"), a.rounds or (3 if a.quick else 5), a.patience)
    material = Material(a.material or os.path.join(a.build, "bench-material"), 300_000 if a.quick else 3_000_000)
    bench = inventory.Bench(os.path.abspath(a.build), runner, material, report, a.assets or (5000 if a.quick else 100_000), not a.no_peers)
    print(f"{machine()}; {runner.rounds} rounds; peers: {', '.join(peers.present()) or 'none on PATH'}")
    report.section("Inventory")
    for name, measure in (("folders", inventory.folders), ("images", inventory.images), ("lock", inventory.lock), ("store", inventory.store)):
        if name in rows:
            measure(bench)
    report.section("Advisories")
    if "versions" in rows:
        advisory.versions(bench)
    if "advisories" in rows:
        advisory.lookups(bench)
        store = advisory.index(bench)
        advisory.files(bench, store)
        advisory.rematch(bench, store)
    report.summary()
    report.save(os.path.join(a.build, "bench.json"))


if __name__ == "__main__":
    sys.exit(main())
