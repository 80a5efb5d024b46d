"""The rows about advisories: comparing versions, the index, looking up, whole files, re-matching. What muster cannot do yet is
said so."""
import glob
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile

import peers
from inventory import memory, store_file
from material import put
from measure import Tool, ratio, times

SCHEMES = ("Debian", "AlmaLinux", "Alpine", "npm", "PyPI", "Maven", "Go", "crates.io", "RubyGems", "NuGet", "Packagist", "Hex", "Pub", "Julia",
           "ConanCenter", "Hackage", "CRAN", "SwiftURL", "Bitnami", "opam", "OSS-Fuzz", "Homebrew")
OTHERS = ("alpm", "gentoo", "jvm", "kube", "date", "perl", "luarocks", "nix", "chrome", "kb", "intdot", "lexicographic", "openssl")
INFLATE = """import sys, zipfile
print(sum(len(z.read(name)) for z in map(zipfile.ZipFile, sys.argv[1:]) for name in z.namelist()))"""


def shared(bench, *parts):
    """Real advisories, lock files, SBOMs: beside the checkout or where MUSTER_SHARED says."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.path.join(os.environ.get("MUSTER_SHARED", os.path.join(os.path.dirname(root), "shared")), *parts)


def built(bench, command):
    done = subprocess.run([bench.muster, command, "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


# ---- versions ----
def pairs_file(bench):
    """Neighbours in the order in which real advisories name versions: mostly of the same package, as a matcher meets them.
    Of schemes that none of them names, the versions of the test cases."""
    path = os.path.join(bench.material.folder, "versions.tsv")
    if os.path.exists(path):
        return path
    lines = []
    for ecosystem in SCHEMES:
        archive = shared(bench, "advisories", ecosystem + ".zip")
        if not os.path.exists(archive):
            continue
        with zipfile.ZipFile(archive) as z:
            versions = itertools.chain.from_iterable(of_record(json.loads(z.read(n))) for n in z.namelist()[:4000])
            usable = [v for v in versions if v and v.isprintable()][:20001]
        lines += [f"{ecosystem}\t{a}\t{b}\n" for a, b in zip(usable, usable[1:])]
    for scheme in OTHERS:
        known = case_versions(scheme)
        lines += [f"{scheme}\t{a}\t{b}\n" for a, b in itertools.product(known, known)]
    put(path, "".join(lines))
    return path


def case_versions(scheme):
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with open(os.path.join(root, "tests", "version", scheme + ".txt"), encoding="utf-8") as f:
        sides = [line.strip().replace(" = ", " < ").split(" < ") for line in f if line[0] not in "#?~\n" and " -> " not in line and " == " not in line]
    return sorted({v for pair in sides for v in pair})


def of_record(record):
    for entry in record.get("affected", []):
        yield from entry.get("versions", [])[:20]
        for r in entry.get("ranges", []):
            if r["type"] != "GIT":
                yield from (v for e in r["events"] for v in e.values())


def versions(bench):
    report = bench.report
    report.row("comparing two versions that real advisories name")
    path = pairs_file(bench)
    if not os.path.isdir(shared(bench, "advisories")):
        report.missing(f"there are no advisories at {shared(bench, 'advisories')}")
    out = subprocess.run([bench.program("versions"), path], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    for line in out.splitlines():
        name, pairs, middle, p99, plain = line.split("\t")
        report.figure(name, f"median {float(middle):.0f} ns, p99 {float(p99):.0f} ns; {times(float(middle) / float(plain))} a comparison "
                            f"of the bytes ({pairs} pairs)")


# ---- the index ----
def lookups(bench):
    """The index by itself, without the program around it: building, size, looking up."""
    bench.report.row("index of all advisories, in process")
    folder, program = shared(bench, "advisories"), bench.program("advisories")
    if not os.path.exists(program) or not os.path.isdir(folder):
        bench.report.missing("not built" if os.path.isdir(folder) else f"there are no advisories at {folder}")
        return
    done = subprocess.run([program, folder, os.path.join(bench.runner.work, "advisories.index")], stdout=subprocess.PIPE, text=True, check=False)
    for line in done.stdout.splitlines():
        bench.report.say(line)


def index(bench):
    """Builds the index of all advisories there are. Gives the store that has it."""
    report, runner = bench.report, bench.runner
    report.row("index of all advisories")
    archives = sorted(glob.glob(shared(bench, "advisories", "*.zip")))
    if not built(bench, "advisories") or not archives:
        report.missing("not built" if archives else f"there are no advisories at {shared(bench, 'advisories')}")
        return None
    folder = os.path.join(runner.work, "advisories")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    store = os.path.join(folder, "store.db")
    ours = Tool("muster", [bench.muster, "--store", store, "--quiet", "advisories", "import", *archives])
    floor = Tool("inflating alone", [sys.executable, "-c", INFLATE, *archives])
    for tool in (ours, floor):
        tool.samples.append(runner.once(tool))
    report.tools([ours, floor])
    with open(runner.out(floor.name), encoding="utf-8") as f:
        json_bytes = int(f.read())
    kept = sum(os.path.getsize(os.path.join(folder, n)) for n in os.listdir(folder))
    report.figure("building, against inflating the archives alone", f"CPU {ours.middle('cpu_s'):.1f} s, {times(ratio('cpu_s', ours, floor))}", "< 5 s")
    report.figure("size, of the JSON", f"{100 * kept / json_bytes:.0f} % of {json_bytes / 1e6:.0f} MB", "< 25 %")
    memory(bench, [ours], "< 500 MiB")
    return store


# ---- files ----
def osv(bench, name, argv):
    """osv-scanner with the same advisories, without a network."""
    base = os.path.join(bench.runner.work, "osv-real")
    for archive in glob.glob(shared(bench, "advisories", "*.zip")):
        at = os.path.join(base, "osv-scalibr", os.path.basename(archive).removesuffix(".zip"), "all.zip")
        os.makedirs(os.path.dirname(at), exist_ok=True)
        if not os.path.exists(at):
            os.symlink(os.path.abspath(archive), at)
    return Tool(name, ["osv-scanner", "scan", "source", "--offline", "--no-resolve", "--verbosity", "error", "--format", "json", *argv],
                {"OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY": base})


def last_line(bench, tool):
    with open(bench.runner.out(tool.name), encoding="utf-8") as f:
        lines = f.read().splitlines()
    return lines[-1] if lines else ""


def osv_findings(path):
    return {(p["package"]["name"], p["package"].get("version"), r["source"]["path"]) for r in peers.load(path).get("results") or []
            for p in r.get("packages", []) if p.get("vulnerabilities")}


def check(bench, store, title, argv, peer_argv):
    bench.report.row(title)
    if not store or not built(bench, "check"):
        bench.report.missing("not built")
        return
    tools = [Tool("muster", [bench.muster, "--store", store, "--quiet", "check", "--profile", "declared", *argv])]
    if bench.with_peers and peer_argv and "osv-scanner" in peers.present():
        tools.append(osv(bench, "osv-scanner", peer_argv))
    status = bench.runner.once(tools[0])["status"]
    last = last_line(bench, tools[0])
    if status not in (0, 1, 5) or " 0 components" in last:
        bench.report.missing(f"exit {status}, {last or 'no answer'}")
        return
    bench.runner.alternate(tools)
    bench.report.tools(tools)
    bench.report.say("muster: " + last)
    for t in tools[1:]:
        bench.report.say(f"{t.name}: {len(osv_findings(bench.runner.out(t.name)))} components affected")
    peer = f"osv-scanner: CPU {times(ratio('cpu_s', tools[1], tools[0]))}, wall {times(ratio('wall_s', tools[1], tools[0]))}" if tools[1:] else "no peer"
    bench.report.figure("from start to result", f"{1e3 * tools[0].middle('wall_s'):.0f} ms; {peer}")


def lock_of_thousand(bench):
    tree, how = bench.material.get("npm")
    path = os.path.join(bench.runner.work, "thousand", "package-lock.json")
    packages = {"": {"name": "bench", "version": "1.0.0"}}
    if os.path.exists(tree + "/package-lock.json"):
        with open(tree + "/package-lock.json", encoding="utf-8") as f:
            packages.update(itertools.islice(((k, v) for k, v in json.load(f)["packages"].items() if k), 1000))
    else:
        packages.update({f"node_modules/package-{i}": {"version": f"1.{i}.0"} for i in range(1000)})
    put(path, json.dumps({"name": "bench", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}, indent=2))
    return path, how


def named_locks(bench):
    """The real lock files under the names that tools know them by: project__folder__name → a folder each."""
    base = os.path.join(bench.runner.work, "locks")
    for folder, _, names in os.walk(shared(bench, "lockfiles")):
        for name in names:
            if "__" in name:
                project, file = name.rsplit("__", 1)
                put(os.path.join(base, project, file), open(os.path.join(folder, name), "rb").read())
    return base


def files(bench, store):
    path, how = lock_of_thousand(bench)
    check(bench, store, f"a lock file of 1,000 packages ({how})", [path], ["--lockfile", path])
    locks = named_locks(bench)
    check(bench, store, "all real lock files in one run", [locks], ["--recursive", "--no-ignore", "--allow-no-lockfiles", locks])
    boms = sorted(p for p in glob.glob(shared(bench, "sboms", "*")) if not p.endswith(".tsv"))
    check(bench, store, f"{len(boms)} SBOMs in one run", ["sbom:" + b for b in boms], None)


def made_up_feed(path, records, seed):
    """Records about the source packages of bench/store_make.c: each affects the first versions of one."""
    noise = random.Random(seed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for i in range(records):
            events = [{"introduced": "0"}, {"fixed": f"1.{noise.randrange(1, 50)}.0-2"}]
            package = {"ecosystem": "Debian:12", "name": f"source-{noise.randrange(20000)}"}
            z.writestr(f"{i}.json", json.dumps({"schema_version": "1.6.0", "id": f"BENCH-{i}", "modified": "2024-01-01T00:00:00Z", "summary": "made up",
                                                "affected": [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]}))


def changed_feed(bench, assets):
    """A feed of 1,000 records of which every import says something else; beside it the same in a store of nothing, which only writes the
    index."""
    feed, nothing = os.path.join(bench.runner.work, "made-up.zip"), os.path.join(bench.runner.work, "nothing.db")
    for old in glob.glob(nothing + "*"):
        os.remove(old)
    shutil.copy(assets + ".advisories", nothing + ".advisories")
    tool = Tool("judged again", [bench.muster, "--store", assets, "--quiet", "advisories", "import", feed])
    floor = Tool("writing the index alone", [bench.muster, "--store", nothing, "--quiet", "advisories", "import", feed])
    for n in range(bench.runner.rounds):
        made_up_feed(feed, 1000, n)
        for t in (tool, floor):
            t.samples.append(bench.runner.once(t))
    bench.report.tools([tool, floor])
    bench.report.figure("a feed of 1,000 records changed: imported and judged", f"CPU {tool.middle('cpu_s'):.2f} s; "
                        f"{tool.middle('cpu_s') - floor.middle('cpu_s'):.2f} s more than writing the index", "< 2 s")


def rematch(bench, store):
    report = bench.report
    report.row(f"matching {bench.assets:,} assets again")
    if not store or not built(bench, "check"):
        report.missing("not built")
        return
    assets = store_file(bench)
    subprocess.run([bench.muster, "--store", assets, "--quiet", "advisories", "import", *glob.glob(shared(bench, "advisories", "*.zip"))],
                   stdout=subprocess.DEVNULL, check=False)
    tool = Tool("muster", [bench.muster, "--store", assets, "--quiet", "check", "--all"])
    floor = Tool("reading the store's bytes alone", ["cat", assets])
    bench.runner.alternate([tool, floor])
    report.tools([tool, floor])
    report.say("muster: " + last_line(bench, tool))
    changed_feed(bench, assets)
    report.figure("`check --all`", f"{tool.middle('wall_s'):.2f} s; {times(ratio('wall_s', tool, floor))} reading the store's bytes")
