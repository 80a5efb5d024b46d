#!/usr/bin/env python3
"""`muster advisories update` against a server on the loopback that serves, cuts, lies, stalls and bombs. TAP on stdout."""
import base64
import gzip
import hashlib
import http.server
import io
import json
import os
import resource
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import done, ok as check, skip  # noqa: E402

muster = sys.argv[1]
work = tempfile.TemporaryDirectory()
numbers = iter(range(1, 10**6))


def record(name, package="left-pad", fixed="1.3.0", ecosystem="npm", modified="2024-01-01T00:00:00Z"):
    return {"schema_version": "1.6.0", "id": name, "modified": modified, "summary": f"{package} is wrong",
            "affected": [{"package": {"ecosystem": ecosystem, "name": package},
                          "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}


def archive(*records, pad=0):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for r in records:
            z.writestr(f"{r['id']}.json", json.dumps(r))
        if pad:
            z.writestr(zipfile.ZipInfo("pad.bin"), os.urandom(pad))
    return out.getvalue()


class Place:
    """What one path answers. `script`: for the n-th request a function; the last one stays."""

    def __init__(self, body, etag='"1"', headers=None, script=None, modified=None):
        self.body, self.etag, self.headers, self.modified = body, etag, headers or {}, modified
        self.script = script or []
        self.requests = []


places = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        place = places.get(self.path)
        if not place:
            self.send_error(404)
            return
        place.requests.append(dict(self.headers))
        n = len(place.requests) - 1
        if place.script:
            place.script[min(n, len(place.script) - 1)](self, place)
        else:
            serve(self, place)


def head(h, status, length, place, extra=()):
    h.send_response(status)
    if length is not None:
        h.send_header("Content-Length", str(length))
    if place.etag:
        h.send_header("ETag", place.etag)
    if place.modified:
        h.send_header("Last-Modified", place.modified)
    for name, value in list(place.headers.items()) + list(extra):
        h.send_header(name, value)
    h.end_headers()


def serve(h, place):
    asked = h.headers
    if asked.get("If-None-Match") == place.etag and place.etag or place.modified and asked.get("If-Modified-Since") == place.modified:
        head(h, 304, None, place)
        return
    span = asked.get("Range")
    if span and asked.get("If-Range") in (place.etag, place.modified):
        start = int(span.split("=")[1].rstrip("-"))
        if start < len(place.body):
            head(h, 206, len(place.body) - start, place, [("Content-Range", f"bytes {start}-{len(place.body) - 1}/{len(place.body)}")])
            h.wfile.write(place.body[start:])
            return
    head(h, 200, len(place.body), place)
    h.wfile.write(place.body)


def cut_at(n):
    def run(h, place):
        head(h, 200, len(place.body), place)
        h.wfile.write(place.body[:n])
        h.wfile.flush()
        h.close_connection = True
        h.connection.shutdown(1)
    return run


def stall(h, place):
    head(h, 200, len(place.body), place)
    h.wfile.write(place.body[:10])
    h.wfile.flush()
    time.sleep(6)
    h.close_connection = True


def redirect(to):
    def run(h, place):
        h.send_response(302)
        h.send_header("Location", to)
        h.send_header("Content-Length", "0")
        h.end_headers()
    return run


def endless(h, place):
    h.send_response(200)
    h.end_headers()
    h.close_connection = True
    try:
        for _ in range(100000):
            h.wfile.write(b"x" * 65536)
    except OSError:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass  # the other side went away: that is what many of these cases are about


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"


def store():
    folder = os.path.join(work.name, str(next(numbers)))
    os.mkdir(folder)
    return os.path.join(folder, "db")


def run(db, *args, stdin=None, env=None, limit=None):
    def lower():
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    environment.update(env or {})
    return subprocess.run([muster, "--store", db, *args], input=stdin, capture_output=True, text=True, timeout=120, env=environment,
                          preexec_fn=lower, restore_signals=False)


def update(db, *feeds, mirror=None, **more):
    return run(db, "advisories", "update", "--mirror", mirror or url, "--timeout", "2s", "--tsv", *feeds, **more)


def lines(r):
    return {c[0]: c for c in (line.split("\t") for line in r.stdout.splitlines()[1:])}


def matches(db, version="1.2.0", package="left-pad", ecosystem="npm"):
    return run(db, "advisories", "match", stdin=f"{ecosystem}\t{package}\t{version}\n").stdout.strip()


def ordinary():
    places.clear()
    place = places["/npm/all.zip"] = Place(archive(record("A-1"), record("A-2", fixed="1.1.0")))
    places["/PyPI/all.zip"] = Place(archive(record("P-1", "django", "5", "PyPI")), etag=None, modified="Wed, 21 Oct 2020 07:28:00 GMT")
    db = store()
    r = update(db, "npm", "PyPI")
    check(r.returncode == 0 and lines(r)["npm"][1:4] == ["new", "2", "0"], "two feeds are fetched and imported", r)
    check(matches(db) == "A-1", "what was fetched is asked", matches(db))
    r = update(db, "npm", "PyPI")
    check(r.returncode == 0 and lines(r)["npm"][1] == "unchanged" and lines(r)["npm"][4] == "0", "an ETag spares the second download", r)
    check(lines(r)["PyPI"][1] == "unchanged" and "If-Modified-Since" in places["/PyPI/all.zip"].requests[-1], "so does a Last-Modified", r)
    place.body, place.etag = archive(record("A-3")), '"2"'
    r = update(db)
    check(r.returncode != 2 and lines(r)["npm"][1] == "new" and matches(db) == "A-3", "without names what the index has is updated", r)
    check(matches(db, "4", "django", "PyPI") == "P-1", "what did not change stays")
    place.etag = '"3"'
    r = update(db, "npm")
    check(lines(r)["npm"][1] == "unchanged", "the same bytes under another ETag are no change", r)
    places["/GitHub%20Actions/all.zip"] = Place(archive(record("G-1", "a/b", "2", "GitHub Actions")))
    r = update(db, "GitHub Actions")
    check(r.returncode == 0 and lines(r)["GitHub Actions"][1] == "new", "a name with a space", r)
    r = update(db, "nonsense")
    check(r.returncode == 3 and "no feed is called" in r.stderr, "a feed that nobody knows", r)


def cut():
    places.clear()
    whole = archive(record("A-1"), pad=200000)
    place = places["/npm/all.zip"] = Place(whole, script=[cut_at(100000), serve])
    db = store()
    r = update(db, "npm")
    check(r.returncode in (0, 5) and matches(db) == "A-1", "a cut download goes on", r)
    check(place.requests[1].get("Range") == "bytes=100000-" and place.requests[1].get("If-Range") == '"1"', "from where it was cut, if it is the same", place.requests)
    place = places["/npm/all.zip"] = Place(whole, script=[cut_at(100000), cut_at(0)], etag='"9"')
    db = store()
    r = update(db, "npm")
    check(r.returncode == 4 and lines(r)["npm"][1] == "failed" and "cut after" in r.stderr, "one that stays cut fails with 4", r)
    place.script = [serve]
    r = update(db, "npm")
    check(r.returncode in (0, 5) and "Range" in place.requests[-1] and matches(db) == "A-1", "and goes on the next time", r, place.requests[-1])
    other = archive(record("B-1"), pad=150000)

    def changed(h, p):
        p.body, p.etag = other, '"10"'
        serve(h, p)
    place = places["/npm/all.zip"] = Place(whole, script=[cut_at(100000), changed])
    db = store()
    r = update(db, "npm")
    check(r.returncode in (0, 5) and matches(db) == "B-1", "one that changed between its parts is fetched whole", r)

    def wrong_part(h, p):
        head(h, 206, 5, p, [("Content-Range", f"bytes 7-11/{len(p.body)}")])
        h.wfile.write(b"12345")
    place = places["/npm/all.zip"] = Place(whole, script=[cut_at(100000), wrong_part, serve])
    db = store()
    r = update(db, "npm")
    check(r.returncode in (0, 5) and matches(db) == "A-1", "a part that was not asked for: from the beginning", r)

    def lying_part(h, p):
        start = int(h.headers["Range"].split("=")[1].rstrip("-"))
        head(h, 206, len(other) - start, p, [("Content-Range", f"bytes {start}-{len(other) - 1}/{len(other)}")])
        h.wfile.write(other[start:])
    sums = {"x-goog-hash": "md5=" + base64.b64encode(hashlib.md5(whole).digest()).decode()}
    place = places["/npm/all.zip"] = Place(whole, script=[cut_at(100000), lying_part, serve], headers=sums)
    db = store()
    r = update(db, "npm")
    check(r.returncode in (0, 5) and matches(db) == "A-1", "parts of two documents are found by their checksum, and fetched whole", r)


def crc32c(data):
    c = 0xFFFFFFFF
    for b in data:
        c ^= b
        for _ in range(8):
            c = c >> 1 ^ 0x82F63B78 if c & 1 else c >> 1
    return (c ^ 0xFFFFFFFF).to_bytes(4, "big")


def sums():
    places.clear()
    body = archive(record("A-1"))
    right = "crc32c=" + base64.b64encode(crc32c(body)).decode()
    db = store()
    places["/npm/all.zip"] = Place(body, headers={"x-goog-hash": right})
    r = update(db, "npm")
    check(r.returncode == 0, "the bucket's CRC-32C holds", r)
    for name, value in (("CRC-32C", "crc32c=AAAAAA=="), ("MD5", "md5=" + base64.b64encode(b"0" * 16).decode())):
        places["/npm/all.zip"] = Place(archive(record("B-1")), etag='"2"', headers={"x-goog-hash": value})
        r = update(db, "npm")
        check(r.returncode == 3 and name in r.stderr and matches(db) == "A-1", f"a wrong {name}: exit 3, the old index serves", r)
    places["/npm/all.zip"] = Place(body, etag='"5"')
    places["/SHA256SUMS"] = Place((hashlib.sha256(body).hexdigest() + "  npm/all.zip\n").encode())
    r = update(store(), "npm")
    check(r.returncode == 0, "SHA256SUMS of a mirror holds", r)
    places["/SHA256SUMS"] = Place(("0" * 64 + "  npm/all.zip\n").encode())
    db = store()
    r = update(db, "npm")
    check(r.returncode == 3 and "SHA-256" in r.stderr, "a wrong SHA-256: exit 3", r)
    r = update(db)
    check(set(lines(r)) == {"npm"}, "a mirror is asked for what its SHA256SUMS lists", r)
    del places["/SHA256SUMS"]
    places["/ecosystems.txt"] = Place(b"npm\nPyPI\n")
    r = update(db)
    check("Go" not in lines(r) and "PyPI" in lines(r), "or its ecosystems.txt", r)


def lies():
    places.clear()
    body = archive(record("A-1"))
    db = store()
    places["/npm/all.zip"] = Place(body)
    update(db, "npm")

    def short(h, p):
        head(h, 200, len(p.body) - 20, p)
        h.wfile.write(p.body)
        h.close_connection = True
    places["/npm/all.zip"] = Place(archive(record("B-1")), etag='"2"', script=[short])
    r = update(db, "npm")
    check(r.returncode == 3 and matches(db) == "A-1", "a length that is too small: a cut archive, exit 3", r)

    def long(h, p):
        head(h, 200, len(p.body) + 20, p)
        h.wfile.write(p.body)
        h.wfile.flush()
        h.close_connection = True
        h.connection.shutdown(1)
    places["/npm/all.zip"] = Place(archive(record("B-1")), etag=None, script=[long])
    r = update(db, "npm")
    check(r.returncode == 4 and matches(db) == "A-1", "a length that is too large: cut, exit 4", r)
    places["/npm/all.zip"] = Place(b"", script=[endless])
    r = update(db, "npm", "--limit-download", "1M")
    check(r.returncode == 3 and "more than 1048576 bytes" in r.stderr, "an endless document ends at the limit", r)
    places["/npm/all.zip"] = Place(b"x" * 10, script=[lambda h, p: head(h, 200, 10**12, p)])
    r = update(db, "npm")
    check(r.returncode == 3 and "more than" in r.stderr, "one that says it is too large is not begun", r)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
        with z.open(zipfile.ZipInfo("a.json"), "w", force_zip64=True) as f:
            for _ in range(300):
                f.write(b" " * (1 << 20))
    places["/npm/all.zip"] = Place(gzip.compress(bomb.getvalue()), etag='"7"')
    r = update(db, "npm")
    check(r.returncode in (3, 5) and "Traceback" not in r.stderr, "a bomb", r)
    places["/npm/all.zip"] = Place(b"<html>no</html>", etag='"8"')
    places["/PyPI/all.zip"] = Place(archive(record("P-1", "django", "5", "PyPI")))
    r = update(db, "npm", "PyPI")
    check(r.returncode in (3, 5) and matches(db, "4", "django", "PyPI") == "P-1", "a page in place of an archive does not stop the others", r)


def network():
    places.clear()
    body = archive(record("A-1"))
    db = store()
    places["/npm/all.zip"] = Place(body)
    update(db, "npm")
    places["/npm/all.zip"] = Place(archive(record("B-1")), etag='"2"', script=[stall])
    start = time.time()
    r = update(db, "npm")
    check(r.returncode == 4 and time.time() - start < 60, "a server that stalls is given up", r, time.time() - start)
    places["/npm/all.zip"] = Place(b"", script=[redirect(url + "/npm/all.zip")])
    r = update(db, "npm")
    check(r.returncode == 4 and "redirects" in r.stderr, "a loop of redirects", r)
    places["/npm/all.zip"] = Place(b"", script=[redirect("file:///etc/passwd")])
    r = update(db, "npm")
    check(r.returncode == 3 and matches(db) == "A-1", "a redirect to a file", r)
    places["/moved.zip"] = Place(archive(record("C-1")))
    places["/npm/all.zip"] = Place(b"", script=[redirect(url + "/moved.zip")])
    r = update(db, "npm")
    check(r.returncode == 0 and matches(db) == "C-1", "a redirect is followed", r)
    places["/npm/all.zip"] = Place(b"", script=[lambda h, p: h.send_error(500)])
    r = update(db, "npm")
    check(r.returncode == 4 and "500" in r.stderr and matches(db) == "C-1", "a server's error", r)
    del places["/npm/all.zip"]
    r = update(db, "npm")
    check(r.returncode == 4 and "404" in r.stderr, "a document that is not there", r)
    r = update(db, "npm", mirror="http://127.0.0.1:1")
    check(r.returncode == 4, "no server at all", r)
    r = update(db, "npm", mirror="ftp://127.0.0.1/")
    check(r.returncode == 3, "a mirror of another kind", r)
    places["/npm/all.zip"] = Place(archive(record("D-1")), etag='"77"')
    r = update(db, "npm", env={"http_proxy": "http://127.0.0.1:1"})
    check(r.returncode == 4, "the environment's proxy is used", r)
    r = update(db, "npm", env={"http_proxy": "http://127.0.0.1:1", "no_proxy": "127.0.0.1"})
    check(r.returncode == 0 and matches(db) == "D-1", "but not where no_proxy says so", r)


def encrypted():
    if not shutil.which("openssl"):
        skip("https", "no openssl command here")
        return
    pem = os.path.join(work.name, "pem")
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", pem + ".key", "-out", pem, "-days", "2",
                           "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], capture_output=True)
    if made.returncode:
        skip("https", "openssl makes no certificate")
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, pem + ".key")
    tls = Server(("127.0.0.1", 0), Handler)
    tls.socket = context.wrap_socket(tls.socket, server_side=True)
    threading.Thread(target=tls.serve_forever, daemon=True).start()
    places.clear()
    places["/npm/all.zip"] = Place(archive(record("A-1")))
    db = store()
    for host in ("127.0.0.1", "localhost"):
        r = update(db, "npm", mirror=f"https://{host}:{tls.server_port}", env={"SSL_CERT_FILE": pem})
        check(r.returncode == 0 and matches(db) == "A-1", f"https, {host}", r)
    r = update(store(), "npm", mirror=f"https://127.0.0.1:{tls.server_port}")
    check(r.returncode == 4, "a certificate that nobody trusts", r)
    places["/npm/all.zip"] = Place(b"", script=[redirect(url + "/moved.zip")])
    places["/moved.zip"] = Place(archive(record("C-1")))
    r = update(db, "npm", mirror=f"https://127.0.0.1:{tls.server_port}", env={"SSL_CERT_FILE": pem})
    check(r.returncode == 3 and "from https to" in r.stderr and matches(db) == "A-1", "a redirect from https to http is not followed", r)


def folder():
    mirror = os.path.join(work.name, "mirror")
    os.makedirs(os.path.join(mirror, "npm"))
    path = os.path.join(mirror, "npm", "all.zip")
    with open(path, "wb") as f:
        f.write(archive(record("A-1")))
    db = store()
    for form in (mirror, "file:" + mirror, "file://" + mirror + "/"):
        r = update(db, "npm", mirror=form)
        check(r.returncode == 0 and matches(db) == "A-1", f"a folder as a mirror: {form[:7]}", r)
    check(lines(r)["npm"][1] == "unchanged", "an unchanged file of it is not read again", r)
    with open(path, "wb") as f:
        f.write(archive(record("A-2")))
    r = update(db, "npm", mirror=mirror)
    check(lines(r)["npm"][1] == "new" and matches(db) == "A-2", "a changed one is", r)
    r = update(db, "PyPI", mirror=mirror)
    check(r.returncode == 4, "one that is not there", r)


def cache():
    places.clear()
    places["/npm/all.zip"] = Place(archive(record("A-1")))
    places["/PyPI/all.zip"] = Place(archive(record("P-1", "django", "5", "PyPI")))
    db = store()
    update(db, "npm", "PyPI")
    with open(db + ".advisories", "r+b") as f:
        f.truncate(1000)
    r = update(db, "npm")
    check(r.returncode == 0 and matches(db) == "A-1" and matches(db, "4", "django", "PyPI") == "P-1", "a damaged index is built again from the cache", r)
    os.unlink(db + ".advisories")
    r = update(db, "npm", mirror="http://127.0.0.1:1")
    check(r.returncode == 4, "without a mirror nothing is begun", r)
    places["/npm/all.zip"].script = [lambda h, p: h.send_error(500)]
    r = update(db, "npm", "PyPI")
    check(r.returncode == 4 and matches(db) == "A-1" and matches(db, "4", "django", "PyPI") == "P-1", "a lost one too, even of a feed that fails", r)
    by_hand = os.path.join(work.name, "npm.zip")
    with open(by_hand, "wb") as f:
        f.write(archive(record("H-1")))
    run(db, "advisories", "import", by_hand)
    places["/npm/all.zip"].script = []
    r = update(db, "npm")
    check(matches(db) == "A-1", "after an import by hand the feed is asked for again", r)


def disk():
    places.clear()
    places["/npm/all.zip"] = Place(archive(record("A-1")))
    db = store()
    update(db, "npm")
    many = [record(f"B-{i}", f"package-{i}") for i in range(100)] + [record("B-X")]
    for i, one in enumerate(many[:-1]):
        one["affected"][0]["versions"] = [f"{i}.{k}.0" for k in range(1000)]
    body = archive(*many)
    places["/npm/all.zip"] = Place(body, etag='"2"')
    r = update(db, "npm", limit=len(body) // 3)
    check(r.returncode == 4 and matches(db) == "A-1", "a full disk during the download: the old index serves", r)
    r = update(db, "npm", limit=len(body) + 4096)
    check(r.returncode == 4 and lines(r) == {} and matches(db) == "A-1", "a full disk during the switch: the old index serves", r)
    before = len(places["/npm/all.zip"].requests)
    r = update(db, "npm")
    asked = places["/npm/all.zip"].requests[before:]
    check(r.returncode == 0 and matches(db) == "B-X" and len(asked) == 1 and asked[0].get("If-None-Match") == '"2"',
          "what was fetched is kept, and switched to once there is room", r, asked)


def states():
    places.clear()
    places["/npm/all.zip"] = Place(archive(record("A-1")))
    db = store()
    update(db, "npm")
    with open(db + ".feeds/state.tsv", "w") as f:
        f.write("\0\xff\tnonsense\nnpm\twhole\n")
    r = update(db, "npm")
    check(r.returncode == 0 and matches(db) == "A-1", "a damaged table of downloads costs a download", r)
    with open(db + ".feeds/lock", "w") as f:
        import fcntl
        fcntl.flock(f, fcntl.LOCK_EX)
        r = update(db, "npm")
        check(r.returncode == 4 and "another update" in r.stderr, "two updates at once", r)
    kept = os.stat(db + ".feeds").st_mode & 0o777
    check(kept == 0o700, "the cache is its owner's", oct(kept))


def carried():
    places.clear()
    places["/npm/all.zip"] = Place(archive(record("A-1")))
    db, other = store(), store()
    update(db, "npm")
    vex = os.path.join(work.name, "said.json")
    with open(vex, "w") as f:
        json.dump({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/1", "author": "Example", "version": 1,
                   "timestamp": "2024-01-01T00:00:00Z",
                   "statements": [{"vulnerability": {"name": "CVE-2024-1"}, "products": [{"@id": "pkg:npm/left-pad@1.2.0"}],
                                   "status": "not_affected", "justification": "component_not_present"}]}, f)
    run(db, "advisories", "import", vex)
    packed = os.path.join(work.name, "packed")
    r = run(db, "advisories", "pack", packed)
    check(r.returncode == 0 and "2 sources" in r.stdout, "pack", r)
    own = os.path.join(work.name, "own.zip")
    with open(own, "wb") as f:
        f.write(archive(record("O-1", "own")))
    run(other, "advisories", "import", own)
    r = run(other, "advisories", "import", packed)
    check(r.returncode == 0 and matches(other) == "A-1" and matches(other, "1", "own") == "O-1", "import of it: its sources come, others stay", r)
    a, b = (run(x, "advisories", "status", "--json").stdout for x in (db, other))
    a, b = ({s["source"]: s for s in json.loads(x)["sources"]} for x in (a, b))
    check(a["npm"] == b["npm"] and b["said"]["statements"] == 1, "with their age, and the statements", a, b)
    again = os.path.join(work.name, "again")
    run(db, "advisories", "pack", again)
    with open(packed, "rb") as f, open(again, "rb") as g:
        whole = f.read()
        check(whole == g.read(), "the same bytes each time")
    failed = []
    for at in list(range(0, len(whole), max(1, len(whole) // 20))) + [len(whole) - 1]:
        with open(again, "wb") as f:
            f.write(whole[:at] if at % 2 else whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        r = run(other, "advisories", "import", again)
        if r.returncode not in (3, 4) or matches(other) != "A-1" or (r.returncode == 4 and "another version" not in r.stderr):
            failed.append((at, r))
    check(not failed, "changed or cut: refused, the old index stays", failed)
    r = run(other, "advisories", "pack", os.path.join(work.name, "no", "folder"))
    check(r.returncode == 4, "a place that cannot be written", r)


def bad_records():
    places.clear()
    one = record("OK-1", "fine")
    odd = record("ODD-1", "odd")
    odd["affected"][0]["package"]["ecosystem"] = "Nobody Knows:7"
    kinds = record("ODD-2", "kinds")
    kinds["affected"][0]["ranges"][0]["events"] = [{"introduced": "0"}, {"abandoned": "1.0.0"}, {"fixed": "2.0.0"}]
    against = record("ODD-3", "against")
    against["affected"][0]["ranges"][0]["events"] = [{"introduced": "2.0.0"}, {"fixed": "1.0.0"}, {"introduced": "1.5.0"}, {"last_affected": "1.4.0"}]
    long = record("ODD-4", "long", fixed="9" * 10000 + ".0.0")
    large = record("ODD-5", "large")
    large["details"] = "x" * (50 << 20)
    broken = {"id": 7, "affected": "none"}
    places["/npm/all.zip"] = Place(archive(one, odd, kinds, against, long, large, dict(broken, id="BROKEN")))
    db = store()
    r = update(db, "npm")
    check(r.returncode == 5 and lines(r)["npm"][1] == "new", "records that break their format are told, the others taken", r)
    check(matches(db, "1", "fine") == "OK-1" and matches(db, "1.0.0", "large") == "ODD-5", "also one of 50 MB")
    check(matches(db, "1.0.0", "long") == "ODD-4" and matches(db, "9" * 10001 + ".0.0", "long") == "", "versions of 10,000 characters are compared")
    check(matches(db, "1.2.0", "against") == "" and matches(db, "2.5.0", "against") == "ODD-3", "contradictory ranges: what they say, in order of versions",
          matches(db, "1.2.0", "against"), matches(db, "1.6.0", "against"), matches(db, "2.5.0", "against"))
    check(matches(db, "1", "odd", "Nobody Knows:7") in ("", "?"), "an ecosystem that nobody knows", matches(db, "1", "odd", "Nobody Knows:7"))
    with open(db + ".advisories", "r+b") as f:
        f.seek(8)
        f.write(bytes([200, 0, 0, 0]))
    r = run(db, "advisories", "status")
    check(r.returncode == 4 and "format 200" in r.stderr, "an index of a newer program", r)
    r = run(db, "check", work.name)
    check(r.returncode == 4, "is not taken for none", r)


for part in (ordinary, cut, sums, lies, network, encrypted, folder, cache, disk, states, carried, bad_records):
    part()
done()
