"""The rows about cataloging: roots, trees of packages, images, a lock file, the store."""
import glob
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import time

import known
import peers
from material import Unavailable
from measure import Tool, ratio, times

COMPLETE = 0.9  # a peer counts as "the fastest" only if it found this part of what is known to be there


class Bench:
    """What every row needs."""

    def __init__(self, build, runner, material, report, assets, with_peers):
        self.build, self.runner, self.material, self.report = build, runner, material, report
        self.assets, self.with_peers = assets, with_peers
        self.muster = os.path.join(build, "muster")

    def program(self, name):
        return os.path.join(self.build, "bench", "bench_" + name)


def count_found(bench, tool, packages):
    if packages and {kind for kind, _, _ in packages} == {"deb"} and tool.name == "osv-scanner":
        packages = known.debian_by_source(bench.material.get("root")[0])
    if packages:
        tool.found, tool.known = len(packages & tool.packages(bench.runner.out(tool.name))), len(packages)


def compare(bench, title, material, kind, what, limits, goal):
    """One target, by muster, the physical limit and each peer in turn. Gives the tools, muster first."""
    report, runner = bench.report, bench.runner
    try:
        path, how = bench.material.get(material)
        packages = what()
    except Unavailable as why:
        report.row(title)
        report.missing(str(why))
        return None
    files = sum(len(names) for _, _, names in os.walk(path)) if kind == "folder" else 0
    report.row(title, how + (f", {len(packages)} packages" if packages else "") + (f", {files:,} files" if files else ""))
    scan = [bench.muster, "scan", "--no-store", "--quiet", "--profile", "installed"]
    warm = Tool("warm-up", [*scan, "--tsv", path], packages=peers.muster_packages)
    muster = Tool("muster", [*scan, path])
    if runner.once(warm)["status"] not in (0, 5):
        report.missing("muster could not read it")
        return None
    tools = [muster, *limits(path)] + (peers.catalogers(kind, path, runner.work) if bench.with_peers else [])
    runner.alternate(tools)
    count_found(bench, warm, packages)
    muster.found, muster.known = warm.found, warm.known
    for t in tools[1:]:
        if t.packages:
            count_found(bench, t, packages)
    report.tools(tools)
    figures(report, tools, packages, goal)
    return tools


def figures(report, tools, packages, goal):
    muster = tools[0]
    rivals = [t for t in tools[1:] if t.packages and t.middle("cpu_s") and (not packages or t.found >= COMPLETE * t.known)]
    if packages:
        report.figure("known packages found", f"{100 * muster.found / len(packages):.1f} %", "100 %")
    if rivals:
        best = min(rivals, key=lambda t: t.middle("cpu_s"))
        quick = min(rivals, key=lambda t: t.middle("wall_s"))
        report.figure("the fastest complete peer against muster", f"CPU {times(ratio('cpu_s', best, muster))} ({best.name}), "
                      f"wall {times(ratio('wall_s', quick, muster))} ({quick.name})", goal)
    else:
        report.figure("the fastest complete peer against muster", "no peer", goal)
    for limit in (t for t in tools[1:] if not t.packages):
        report.figure(f"muster against {limit.name}", f"CPU {times(ratio('cpu_s', muster, limit))}, wall {times(ratio('wall_s', muster, limit))}")


def memory(bench, tools, goal):
    if tools:
        least = [t.middle("peak_mib") for t in tools[1:] if t.packages and t.middle("peak_mib")]
        beside = f"; the leanest peer takes {times(min(least) / tools[0].middle('peak_mib'))} as much" if least else ""
        bench.report.figure("peak memory", f"{tools[0].middle('peak_mib'):.1f} MiB{beside}", goal)


def walk(path):
    return [Tool("a plain walk with stat", ["find", path, "-size", "+999999G"])]


def folders(bench):
    get = lambda name: bench.material.get(name)[0]
    tools = compare(bench, "Debian root", "root", "folder", lambda: known.debian(get("root")), walk, "≥ 4×")
    memory(bench, tools, "< 64 MiB")
    for t in tools or []:
        if t.name == "syft":
            bench.report.figure("syft against muster", f"CPU {times(ratio('cpu_s', t, tools[0]))}, wall {times(ratio('wall_s', t, tools[0]))}", "≥ 40×")
    read = lambda path: [Tool("reading and hashing alone", [bench.program("isal_stream"), *filter(os.path.isfile, glob.glob(path + "/**", recursive=True))])]
    for title, name, what, limit in (("npm tree", "npm", known.npm, walk), ("Python environment", "python", known.python, walk),
                                     ("jars", "jars", known.jars, read), ("Go binaries", "go", known.go, read)):
        memory(bench, compare(bench, title, name, "folder", lambda what=what, name=name: what(get(name)), limit, "≥ 4×"), "< 64 MiB")


def images(bench):
    get = lambda name: bench.material.get(name)[0]
    stream = lambda paths: [Tool("reading and hashing alone", [bench.program("isal_stream"), *paths])]
    memory(bench, compare(bench, "docker-archive, uncompressed layers", "docker.tar", "docker-archive", lambda: known.debian(get("root")),
                          lambda path: stream([path]), "≥ 3×"), "< 100 MiB")
    tools = compare(bench, "OCI layout, gzip layers", "oci", "oci", lambda: known.debian(get("root")), inflate(bench), "≥ 5×")
    if tools:
        part = ratio("wall_s", tools[1], tools[0])
        bench.report.figure("speed, of plain streaming inflate in one thread (wall)", f"{100 * part:.0f} %", "≥ 70 %")
    name = f"empties.{bench.material.empty_files}.tar"
    tools = compare(bench, f"a layer of {bench.material.empty_files:,} empty files", name, "docker-archive", set, lambda path: stream([path]), "")
    memory(bench, tools, "< 150 MiB")
    if tools:
        bench.report.figure("wall", f"{tools[0].middle('wall_s'):.2f} s", "< 8 s for 3,000,000")


def inflate(bench):
    """ISA-L over the layers of a layout, that is: over all its large blobs."""
    return lambda path: [Tool("plain ISA-L inflate", [bench.program("isal_stream"),
                                                      *(b for b in glob.glob(path + "/blobs/sha256/*") if os.path.getsize(b) > 1 << 16)])]


def lock(bench):
    report = bench.report
    report.row("package-lock.json of 20,000 packages, in process")
    path, _ = bench.material.get("lock.json")
    speeds = []
    for _ in range(bench.runner.rounds):
        ours = subprocess.run([bench.program("npm_lock"), "20000", "10"], check=True, stdout=subprocess.PIPE, text=True).stdout
        floor = subprocess.run([bench.program("json_floor"), path, "10"], check=True, stdout=subprocess.PIPE, text=True).stdout
        speeds.append([float(x) for x in re.findall(r"(\d+) MB/s", ours + floor)])
    best, _, copy, reader = (statistics.median(column) for column in zip(*speeds))
    report.say(f"{best:.0f} MB/s; the JSON reader alone {reader:.0f} MB/s, memcpy {copy:.0f} MB/s")
    report.figure("speed", f"{best:.0f} MB/s; {100 * best / reader:.0f} % of the JSON reader alone, 1/{copy / best:.0f} of memcpy", "≥ 300 MB/s")


# ---- the store ----
def store_file(bench):
    """A store of so many assets, made again when the program that makes it is newer."""
    path, maker = os.path.join(bench.material.folder, f"store.{bench.assets}.db"), bench.program("store_make")
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(maker):
        for old in glob.glob(path + "*"):
            os.remove(old)
        bench.report.say(subprocess.run([maker, path + ".new", str(bench.assets)], check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
        os.rename(path + ".new", path)
    copy = os.path.join(bench.runner.work, "store.db")
    for old in glob.glob(copy + "*"):
        os.remove(old)
    shutil.copy(path, copy)
    return copy


def key_read_ms(path):
    """The least a question costs: one row by its key, through SQLite, in the same file."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        ids = [row[0] for row in db.execute("SELECT id FROM asset ORDER BY random() LIMIT 300")]
        taken = []
        for i in ids:
            start = time.process_time_ns()
            db.execute("SELECT * FROM asset WHERE id = ?", (i,)).fetchone()
            taken.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(taken)


def flat_bytes():
    """What a presence costs in a flat table with an index for either direction."""
    rows = 300_000
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE TABLE flat (asset INTEGER, component INTEGER, PRIMARY KEY (asset, component)) WITHOUT ROWID")
        db.execute("CREATE INDEX by_component ON flat (component)")
        db.executemany("INSERT OR IGNORE INTO flat VALUES (?, ?)", ((i // 500 + 70000, (i * 2654435761) % 1_000_000) for i in range(rows)))
        pages, size = db.execute("SELECT * FROM pragma_page_count, pragma_page_size").fetchone()
    return pages * size / rows


def store(bench):
    report = bench.report
    report.row(f"store of {bench.assets:,} assets with 500 components each")
    path = store_file(bench)
    floor = key_read_ms(path)
    out = subprocess.run([bench.program("store_ask"), path], check=True, stdout=subprocess.PIPE, text=True).stdout
    report.figure("size of the store", f"{os.path.getsize(path) / 1e6:,.0f} MB")
    report.say(f"one row by its key through SQLite, the unit below: {1e3 * floor:.1f} µs")
    for line in out.splitlines():
        m = re.match(r"(.+?) +p50 +([\d.]+) ms +p99 +([\d.]+) ms +goal ([\d.]+)/([\d.]+)", line)
        size = re.search(r"= ([\d.]+) \(goal (\d+)\).*whole file ([\d.]+)", line)
        fold = re.match(r"(folding.*?) +([\d.]+) ms an asset +goal ([\d.]+)", line)
        if m:
            report.figure(m[1], f"p50 {m[2]} ms ({times(float(m[2]) / floor)} the key read), p99 {m[3]} ms", f"{m[4]} / {m[5]} ms")
        elif size:
            flat = flat_bytes()
            report.figure("bytes a presence", f"{size[1]} (whole file {size[3]}); a flat table takes {times(flat / float(size[1]))} as much", f"≤ {size[2]}")
        elif fold:
            report.figure(fold[1], f"{fold[2]} ms an asset ({times(float(fold[2]) / floor)} the key read)", f"{fold[3]} ms")
    where(bench, path)


def where(bench, path):
    """From the shell to the first line of the answer."""
    ask = Tool("muster where", [bench.muster, "--store", path, "where", "source-2000@1.0.0..1.3", "--max-age", "99999d"])
    stale = Tool("muster where, every scan too old", [bench.muster, "--store", path, "where", "source-2000@1.0.0..1.3"])
    nothing = Tool("starting nothing", ["true"])
    bench.runner.once(ask)  # the made-up upstreams are derived by the program's own table, once
    for _ in range(10 * bench.runner.rounds):
        for t in (ask, nothing):
            t.samples.append(bench.runner.once(t))
    for _ in range(bench.runner.rounds):
        stale.samples.append(bench.runner.once(stale))
    ms = 1e3 * ask.middle("first_line_s")
    if ms < 0:
        bench.report.missing(f"where printed no line (exit {ask.samples[0]['status']})")
        return
    bench.report.figure("`muster where`, from the shell to the first line",
                        f"{ms:.1f} ms, CPU {1e3 * ask.middle('cpu_s'):.1f} ms; starting a program that does nothing takes "
                        f"{1e3 * nothing.middle('wall_s'):.1f} ms, CPU {1e3 * nothing.middle('cpu_s'):.1f} ms", "< 15 ms")
    bench.report.figure("the same when every scan is too old, so that every asset has a line", f"{1e3 * stale.middle('first_line_s'):.1f} ms")
