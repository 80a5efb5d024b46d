#!/usr/bin/env python3
"""Bad input and bad luck against the whole program: what is refused, what is stored as incomplete, what survives.
TAP on stdout."""
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import done, ok, skip  # noqa: E402

muster = os.path.abspath(sys.argv[1])
tmp = tempfile.mkdtemp(prefix="muster-hostile-")
env = dict(os.environ, MUSTER_STORE=os.path.join(tmp, "muster.db"), HOME=tmp)


def run(*args, timeout=120, **kw):
    return subprocess.run([muster, *args], capture_output=True, text=True, errors="backslashreplace", env=env, stdin=subprocess.DEVNULL, timeout=timeout, **kw)


def expect(name, status, *args, has="", **kw):
    r = run(*args, **kw)
    ok(r.returncode == status and has in r.stdout + r.stderr, f"{name}: exit {status}", f"exit {r.returncode}", r.stdout, r.stderr)
    return r


def path(*names):
    p = os.path.join(tmp, *names)
    os.makedirs(os.path.dirname(p), exist_ok=True)
    return p


def put(name, data):
    with open(path(name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return os.path.join(tmp, name)


STATUS = "Package: xz-utils\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.4.1-1\n\n"
OS_RELEASE = 'ID=debian\nVERSION_ID="12"\n'


def make_root(name):
    put(f"{name}/etc/os-release", OS_RELEASE)
    put(f"{name}/var/lib/dpkg/status", STATUS)
    return os.path.join(tmp, name)


def tar_of(entries):
    """entries: (name, bytes) or TarInfo with optional bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as t:
        for e in entries:
            info, data = e if isinstance(e[0], tarfile.TarInfo) else (tarfile.TarInfo(e[0]), e[1])
            info.size = len(data) if info.isreg() else 0
            t.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return out.getvalue()


def special(name, kind, link=""):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    return info, b""


def sha(data):
    return hashlib.sha256(data).hexdigest()


def docker_archive(name, layers, tag="app:1", diff_ids=None, config=None):
    config = config or json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids or ["sha256:" + sha(x) for x in layers]}}).encode()
    names = [f"{i}/layer.tar" for i in range(len(layers))]
    manifest = json.dumps([{"Config": "config.json", "RepoTags": [tag], "Layers": names}]).encode()
    return put(name, tar_of([("config.json", config), *zip(names, layers), ("manifest.json", manifest)]))


def oci(name, layer=None, index=None, break_digest=False):
    layer = layer if layer is not None else tar_of([("etc/os-release", OS_RELEASE.encode()), ("var/lib/dpkg/status", STATUS.encode())])
    blobs = {}

    def blob(data):
        blobs[sha(data)] = data
        return {"digest": "sha256:" + sha(data), "size": len(data)}

    config = blob(json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:" + sha(layer)]}}).encode())
    packed = blob(gzip.compress(layer))
    manifest = blob(json.dumps({"schemaVersion": 2, "config": {**config, "mediaType": "application/vnd.oci.image.config.v1+json"}, "layers": [{**packed, "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip"}]}).encode())
    for digest, data in blobs.items():
        if break_digest and digest == packed["digest"][7:]:
            data = gzip.compress(layer, 1) if gzip.compress(layer, 1) != data else data + b"x"
        put(f"{name}/blobs/sha256/{digest}", data)
    put(f"{name}/oci-layout", '{"imageLayoutVersion":"1.0.0"}')
    put(f"{name}/index.json", json.dumps(index or {"schemaVersion": 2, "manifests": [{**manifest, "mediaType": "application/vnd.oci.image.manifest.v1+json"}]}))
    return os.path.join(tmp, name)


def containers():
    good = docker_archive("good.tar", [tar_of([("etc/os-release", OS_RELEASE.encode()), ("var/lib/dpkg/status", STATUS.encode())])])
    expect("a sound docker-archive", 0, "scan", good)
    with open(good, "rb") as f:
        whole = f.read()
    for n in (100, 600, 2000, 5000):
        expect(f"a docker-archive cut at byte {n}", 3, "scan", "docker-archive:" + put(f"cut{n}.tar", whole[:n]))
    layer = tar_of([("etc/os-release", OS_RELEASE.encode())])
    expect("a layer that does not match its digest", 3, "scan", docker_archive("lie.tar", [layer], diff_ids=["sha256:" + "0" * 64]))
    expect("a config that is no JSON", 3, "scan", docker_archive("config.tar", [layer], config=b"{"))
    expect("a sound OCI layout", 0, "scan", oci("oci-good"))
    expect("an OCI layer that does not match its digest", 3, "scan", oci("oci-lie", break_digest=True))
    itself = {"schemaVersion": 2, "manifests": []}
    loop = oci("oci-loop")
    inner = json.dumps({"schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:" + "a" * 64, "size": 10}]})
    put("oci-loop/blobs/sha256/" + "a" * 64, inner)
    put("oci-loop/index.json", inner)
    expect("an index that points to itself", 3, "scan", loop)
    put("oci-empty/oci-layout", '{"imageLayoutVersion":"1.0.0"}')
    put("oci-empty/index.json", json.dumps(itself))
    expect("an index without a manifest", 3, "scan", "oci:" + os.path.join(tmp, "oci-empty"))
    expect("a text file as an image", 3, "scan", "docker-archive:" + put("text", "hello\n"))
    ok(run("assets", "--tsv").stdout.count("\n") == 3, "of what was refused nothing was stored", run("assets").stdout)


def layers():
    base = [("etc/os-release", OS_RELEASE.encode()), ("var/lib/dpkg/status", STATUS.encode())]
    bomb = gzip.compress(b"\0" * (80 << 20))
    r = run("scan", docker_archive("bomb.tar", [tar_of([*base, ("big.gz", bomb), ("a.tar.gz", bomb)])]), "--as", "bomb", "--limit-ratio", "100", "--limit-inflated", "100M")
    ok(r.returncode == 5, "a gzip bomb in a layer: incomplete", r.returncode, r.stderr)
    evil = [
        ("../../escape", b"x"), ("/absolute", b"x"), special("loop-a", tarfile.SYMTYPE, "loop-b"), special("loop-b", tarfile.SYMTYPE, "loop-a"),
        special("out", tarfile.SYMTYPE, "../../../etc/passwd"), special("hard-out", tarfile.LNKTYPE, "../../etc/passwd"),
        special("null", tarfile.CHRTYPE), special("pipe", tarfile.FIFOTYPE), ("line\nbreak/package.json", b"{}"), ("bad\udcff\udcfe", b"x"),
    ]
    r = run("scan", docker_archive("evil.tar", [tar_of(base + evil)]), "--as", "evil")
    ok(r.returncode in (0, 5), "traversal, links, devices and odd names in a layer", r.returncode, r.stderr)
    r = run("where", "xz", "--asset", "evil")
    ok(r.returncode == 1, "what is sound in it is found all the same", r.stdout, r.stderr)
    many = tar_of(base + [(f"d{i % 100}/f{i}", b"") for i in range(100000)])
    expect("a layer of 100,000 empty files", 0, "scan", docker_archive("many.tar", [many]), "--as", "many")
    expect("the same past a limit of entries", 5, "scan", os.path.join(tmp, "many.tar"), "--as", "few", "--limit-entries", "1000")


def documents():
    put("deep/package-lock.json", "[" * 100000)
    expect("JSON nested 100,000 deep", 5, "scan", os.path.join(tmp, "deep"))
    put("twice/package-lock.json", '{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1"},"node_modules/a":{"version":"2"}}}')
    expect("the same JSON key twice", 5, "scan", os.path.join(tmp, "twice"))
    put("zip/x.jar", b"PK\3\4" + os.urandom(100))
    expect("a jar that is none", 5, "scan", os.path.join(tmp, "zip"))
    with zipfile.ZipFile(path("nest/x.jar"), "w") as z:
        z.writestr("../../evil", "x")
        z.writestr("META-INF/maven/g/a/pom.properties", "groupId=g\nartifactId=a\nversion=1\n")
    r = run("scan", os.path.join(tmp, "nest"), "--no-store", "--tsv")
    ok("pkg:maven/g/a@1" in r.stdout, "a jar with a member named ../..", r.stdout, r.stderr)
    data = b"x"
    for _ in range(12):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr("inner.jar", data)
        data = out.getvalue()
    put("matryoshka/x.jar", data)
    expect("archives twelve deep", 5, "scan", os.path.join(tmp, "matryoshka"))
    lie = make_root("liar")
    put("liar/var/lib/rpm/rpmdb.sqlite", b"SQLite format 3\0" + os.urandom(4080))
    put("liar/var/lib/rpm/Packages.db", b"RpmP" + b"\0" * 8 + b"\xff" * 4000)
    expect("rpm databases that lie", 5, "scan", lie)


def trees():
    root = make_root("nested")
    fd = os.open(root, os.O_RDONLY)
    for _ in range(10000):
        os.mkdir("d", dir_fd=fd)
        inner = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = inner
    os.close(fd)
    r = run("scan", root)
    ok(r.returncode in (0, 5), "10,000 nested folders", r.returncode, r.stderr[:500])
    r = run("where", "xz", "--asset", root)
    ok(r.returncode == 1, "what lies beside them is found", r.stdout, r.stderr)
    names = make_root("names")
    for name in (b"new\nline", b"inv\xff\xfe", b"tab\t", b"-dash", b"quote'\"", b"\x1b[31m"):
        os.makedirs(os.path.join(names.encode(), name, b"x.dist-info"))
        with open(os.path.join(names.encode(), name, b"x.dist-info", b"METADATA"), "wb") as f:
            f.write(b"Metadata-Version: 2.1\nName: odd\nVersion: 1\n")
    r = run("scan", names, "--tsv")
    ok(r.returncode == 0 and "new\\nline" in r.stdout and "inv\\xff\\xfe" in r.stdout and "\x1b" not in r.stdout and r.stdout.count("pkg:pypi/odd@1") == 1, "odd names of files are escaped", r.returncode, r.stdout, r.stderr)
    links = make_root("links")
    os.symlink("/etc", os.path.join(links, "usr"))
    os.symlink(".", os.path.join(links, "self"))
    os.symlink("/proc/self/root", os.path.join(links, "out"))
    expect("links out of a root and round in circles", 0, "scan", links)
    os.mkfifo(os.path.join(make_root("pipes"), "requirements.txt"))
    expect("a pipe where a file should be", 0, "scan", os.path.join(tmp, "pipes"), "--profile", "all")
    if os.getuid() != 0:
        os.chmod(os.path.join(make_root("locked"), "var"), 0)
        expect("an unreadable folder", 5, "scan", os.path.join(tmp, "locked"))
        os.chmod(os.path.join(tmp, "locked", "var"), 0o755)
    else:
        nobody = shutil.which("setpriv")
        if nobody:
            locked = make_root("locked")
            put("locked/srv/secret/package.json", "{}")
            for folder in (tmp, locked):
                os.chmod(folder, 0o755)
            os.chmod(os.path.join(locked, "srv"), 0o700)
            r = subprocess.run([nobody, "--reuid=65534", "--regid=65534", "--clear-groups", muster, "scan", locked, "--no-store"], capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL)
            if r.returncode in (126, 127) or "ermission denied" in r.stderr and "srv" not in r.stderr:
                skip("an unreadable folder", "the program cannot be reached by another user here")
            else:
                ok(r.returncode == 5 and "srv" in r.stderr, "an unreadable folder: incomplete, and named", r.returncode, r.stdout, r.stderr)
        else:
            skip("an unreadable folder", "setpriv is not installed")


def changing():
    """Files that vanish and grow while they are read."""
    root = make_root("moving")
    for i in range(300):
        put(f"moving/node_modules/p{i}/package.json", json.dumps({"name": f"p{i}", "version": "1.0.0"}))
    stop = threading.Event()

    def stir():
        rng = random.Random(1)
        while not stop.is_set():
            p = os.path.join(root, "node_modules", f"p{rng.randrange(300)}", "package.json")
            try:
                if rng.random() < 0.5:
                    os.unlink(p)
                else:
                    with open(p, "a", encoding="ascii") as f:
                        f.write(" " * rng.randrange(100000))
                    os.truncate(p, 20)
            except OSError:
                pass

    t = threading.Thread(target=stir)
    t.start()
    codes = {run("scan", root, "--profile", "all", "--no-store", "--quiet").returncode for _ in range(10)}
    stop.set()
    t.join()
    ok(codes <= {0, 5}, "files that vanish, grow and shrink during the scan", codes)


def luck():
    """A locked store, a full disk, killed workers, kill -9 at any moment."""
    root = make_root("luck")
    expect("before all that", 0, "scan", root)
    lock = sqlite3.connect(env["MUSTER_STORE"], isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    put("luck/node_modules/x/package.json", '{"name":"x","version":"1.0.0"}')
    start = time.monotonic()
    expect("a locked store", 4, "scan", root, has="locked")
    ok(time.monotonic() - start > 8, "it waited ten seconds for it")
    expect("reading goes on meanwhile", 1, "where", "xz", "--asset", root)
    lock.execute("ROLLBACK")
    lock.close()
    full_disk(root)
    killed_worker()
    kill_loop()


def full_disk(root):
    small = path("small", "x")[:-2]  # 3 MiB: enough for a store, not for a big scan beside the filler
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", small], capture_output=True).returncode:
        skip("a full disk", "no small file system can be mounted here")
        return
    store = os.path.join(small, "m.db")
    a = run("--store", store, "scan", root, "--as", "first")
    filler = os.open(os.path.join(small, "filler"), os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(filler, b"\0" * 4096):
            pass
    except OSError:
        os.close(filler)
    b = run("--store", store, "scan", make_big(), "--as", "second", "--profile", "all")
    os.unlink(os.path.join(small, "filler"))
    c = run("--store", store, "assets", "--tsv")
    d = run("--store", store, "db", "check")
    ok(a.returncode == 0 and b.returncode == 4, "a full disk is said so", a.returncode, b.returncode, b.stderr)
    ok("first" in c.stdout and "second" not in c.stdout and d.stdout.strip() == "sound", "and leaves the store as it was", c.stdout, d.stdout, d.stderr)
    subprocess.run(["umount", small], check=False)


def make_big():
    lock = {"name": "big", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "big", "version": "1.0.0"}}}
    for i in range(20000):
        lock["packages"][f"node_modules/package-{i}-{sha(str(i).encode())[:12]}"] = {"version": f"{i % 7}.{i % 11}.{i}"}
    put("big/package-lock.json", json.dumps(lock))
    return os.path.join(tmp, "big")


def killed_worker():
    """The worker is killed in mid-scan: an incomplete asset, never a silent gap."""
    big = make_root("slow")
    for i in range(60):
        with zipfile.ZipFile(path(f"slow/opt/j{i}.jar"), "w", zipfile.ZIP_DEFLATED) as z:
            for k in range(300):
                z.writestr(f"META-INF/maven/g{i}/a{k}/pom.properties", f"groupId=g{i}\nartifactId=a{k}\nversion=1\n")
    hit = False
    for delay in (0.02, 0.01, 0.04, 0.005, 0.08, 0.03, 0.15, 0.3):
        name = f"slow{delay}"  # a new asset each time: one that was read whole before would rightly stay known
        p = subprocess.Popen([muster, "scan", big, "--as", name, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, stdin=subprocess.DEVNULL)
        time.sleep(delay)
        for worker in grandchildren(p.pid):
            try:
                os.kill(worker, signal.SIGKILL)
                hit = True
            except OSError:
                pass
        out, err = p.communicate(timeout=60)
        if hit and p.returncode == 5 and "stopped" in out + err:
            break
        hit = False
    ok(hit, "a worker that is killed in mid-scan gives exit 5 and says so", p.returncode, err)
    r = run("where", "no-such-thing", "--asset", name)
    if "no asset is called" in r.stderr:
        ok(r.returncode == 4, "it had found nothing yet, so nothing was stored")
    else:
        ok(r.returncode == 5, "and the asset is unknown, not clean", r.stdout, r.stderr)
    expect("the next scan completes it", 0, "scan", big, "--as", name)


def grandchildren(pid):
    """The workers: children of the zygote, which is our child."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as f:
                    ppid = int(f.read().rsplit(")", 1)[1].split()[1])
                if ppid != pid:
                    with open(f"/proc/{ppid}/stat", encoding="ascii", errors="replace") as f:
                        if int(f.read().rsplit(")", 1)[1].split()[1]) == pid:
                            found.append(int(entry))
            except (OSError, ValueError, IndexError):
                pass
    return found


def kill_loop():
    """kill -9 at any moment: the store opens, is sound, and holds every scan that was acknowledged."""
    rng = random.Random(7)
    acknowledged = set()
    loop_env = dict(env, MUSTER_STORE=os.path.join(tmp, "killed.db"))
    for i in range(40):
        root = make_root("kill")
        put(f"kill/node_modules/n{i}/package.json", json.dumps({"name": f"n{i}", "version": "1.0.0"}))
        p = subprocess.Popen([muster, "scan", root, "--as", f"asset{i}", "--profile", "all"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=loop_env, stdin=subprocess.DEVNULL)
        time.sleep(rng.random() * 0.12)
        p.kill()
        out, _ = p.communicate(timeout=60)
        if f"asset{i}: " in out:
            acknowledged.add(f"asset{i}")
        elif i % 3 == 0:
            r = subprocess.run([muster, "scan", root, "--as", f"asset{i}", "--profile", "all"], capture_output=True, text=True, env=loop_env, stdin=subprocess.DEVNULL)
            if r.returncode == 0:
                acknowledged.add(f"asset{i}")
    check = subprocess.run([muster, "db", "check"], capture_output=True, text=True, env=loop_env)
    ok(check.stdout.strip() == "sound", "after 40 kills the store is sound", check.stdout, check.stderr)
    names = subprocess.run([muster, "assets", "--tsv"], capture_output=True, text=True, env=loop_env).stdout
    lost = [a for a in acknowledged if f"{a}\t" not in names]
    ok(not lost and acknowledged, f"and holds all {len(acknowledged)} acknowledged scans", lost, names)


def interrupted():
    big = os.path.join(tmp, "slow")
    before = run("assets", "--tsv").stdout
    for delay in (0.02, 0.05, 0.01, 0.1):
        p = subprocess.Popen([muster, "scan", big, "--as", "interrupted"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, stdin=subprocess.DEVNULL)
        time.sleep(delay)
        p.send_signal(signal.SIGINT)
        _, err = p.communicate(timeout=60)
        if p.returncode in (130, -signal.SIGINT):
            break
        run("forget", "interrupted")
    ok(p.returncode in (130, -signal.SIGINT), "Ctrl-C ends a scan", p.returncode, err)
    ok("interrupted" not in run("assets", "--tsv").stdout and before, "and leaves the store as it was")


try:
    containers()
    layers()
    documents()
    trees()
    changing()
    luck()
    interrupted()
finally:
    subprocess.run(["rm", "-rf", tmp], check=False)
done()
