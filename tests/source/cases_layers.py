"""What layers make of each other: whiteouts, replacements, hard links; names and sizes in tar. Every matrix runs over
plain, gzip and zstd layers, and with answers that put the choice off to the second pass."""
import hashlib
import tarfile

from images import EXEC, gz, info, plain, saved, tar, zst

ONLY = "only ok invalid limit node gap"
WAYS = [("plain", plain, []), ("gzip", gz, []), ("zstd", zst, []), ("memory", gz, ["spill no"]), ("head", plain, ["want head"]),
        ("later", gz, ["want later"]), ("plain-later", plain, ["want later"])]


def matrix(case, name, layers, expected, options=(), ways=WAYS):
    for way, pack, more in ways:
        case("layers-%s-%s" % (name, way), saved(layers, pack=pack), "ok\n" + expected, [ONLY, *more, *options])


def overlays(case):
    matrix(case, "whiteout", [tar(("a/x", b"1"), ("a/y", b"2"), ("b", b"3")),
                              tar(("a/.wh.x", b""), (".wh.b", b"")),
                              tar(("b", b"4"))],
           """node a/x layer=1 gone=2 size=1 "1"
              node a/y layer=1 gone=- size=1 "2"
              node b layer=1 gone=2 size=1 "3"
              node b layer=3 gone=- size=1 "4" """)
    matrix(case, "whiteout-folder", [tar(("a/b/x", b"1"), ("a/c", b"2")), tar(("a/.wh.b", b""), ("a/b/y", b"3"))],
           """node a/b/x layer=1 gone=2 size=1 "1"
              node a/b/y layer=2 gone=- size=1 "3"
              node a/c layer=1 gone=- size=1 "2" """)
    matrix(case, "whiteout-own-layer", [tar(("a", b"1")), tar(("a", b"2"), (".wh.a", b"")), tar((".wh.c", b""), ("c", b"3"))],
           """node a layer=1 gone=2 size=1 "1"
              node a layer=2 gone=- size=1 "2"
              node c layer=3 gone=- size=1 "3" """)
    for where, order in (("first", 0), ("last", 2)):
        second = [("d/n", b"2"), ("d/s/m", b"3")]
        second.insert(order, ("d/.wh..wh..opq", b""))
        matrix(case, "opaque-" + where, [tar(("d/o", b"1"), ("d/s/p", b"1"), ("e", b"1")), tar(*second)],
               """node d/o layer=1 gone=2 size=1 "1"
                  node d/s/p layer=1 gone=2 size=1 "1"
                  node d/n layer=2 gone=- size=1 "2"
                  node d/s/m layer=2 gone=- size=1 "3"
                  node e layer=1 gone=- size=1 "1" """)
    matrix(case, "opaque-root", [tar(("x", b"1"), ("d/y", b"1")), tar((".wh..wh..opq", b""), ("z", b"2"))],
           """node x layer=1 gone=2 size=1 "1"
              node d/y layer=1 gone=2 size=1 "1"
              node z layer=2 gone=- size=1 "2" """)
    matrix(case, "folder-becomes-file", [tar(("a/b/x", b"1"), ("a/y", b"2")), tar(("a", b"3"))],
           """node a/b/x layer=1 gone=2 size=1 "1"
              node a/y layer=1 gone=2 size=1 "2"
              node a layer=2 gone=- size=1 "3" """)
    matrix(case, "file-becomes-folder", [tar(("a", b"1"), ("b", b"1")), tar(("a", None), ("b/x", b"2"))],
           """node a layer=1 gone=2 size=1 "1"
              node b layer=1 gone=2 size=1 "1"
              node b/x layer=2 gone=- size=1 "2" """)
    matrix(case, "folder-becomes-link", [tar(("a/x", b"1")), tar(("a", "->", "b"))], 'node a/x layer=1 gone=2 size=1 "1"')
    matrix(case, "folder-over-folder", [tar(("a", None), ("a/x", b"1")), tar(("a", None))], 'node a/x layer=1 gone=- size=1 "1"')
    matrix(case, "replaced-unwanted", [tar(("a.keep", b"1")), tar(("a.keep/b", b"2"))], 'node a.keep layer=1 gone=2 size=1 "1"',
           ["match *.keep"])
    matrix(case, "twice-in-one-layer", [tar(("a", b"1"), ("b/x", b"1"), ("a", b"2"), ("b", b"3"))],
           """node a layer=1 gone=- size=1 "2"
              node b layer=1 gone=- size=1 "3" """)
    matrix(case, "whiteout-of-nothing", [tar(("a", b"1")), tar((".wh.nothing", b""), (".wh.a/b", b""), ("c/.wh.a", b""))],
           'node a layer=1 gone=- size=1 "1"\nnode .wh.a/b layer=2 gone=- size=0 ""')
    matrix(case, "whiteout-bad", [tar(("a", b"1")), tar((".wh.", b""), ("x/.wh...", b""))],
           """node a layer=1 gone=- size=1 "1"
              gap .wh.: a whiteout of no possible name
              gap x/.wh...: a whiteout of no possible name""")
    matrix(case, "aufs", [tar(("a", b"1")), tar((".wh..wh.aufs", b""), (".wh..wh.plnk/1.2", b"x"), (".wh..wh.orph", None))],
           'node a layer=1 gone=- size=1 "1"')


def hard_links(case):
    matrix(case, "hardlink", [tar(("a", b"1"), ("b", "=", "a"))],
           """node a layer=1 gone=- size=1 "1"
              node b layer=1 gone=- size=1 "1" """)
    matrix(case, "hardlink-lower", [tar(("a", b"1")), tar(("b", "=", "./a"))],
           """node a layer=1 gone=- size=1 "1"
              node b layer=2 gone=- size=1 "1" """)
    matrix(case, "hardlink-unwanted-target", [tar(("pad", b"x" * 3000), ("a", b"1"), ("b.keep", "=", "a"), ("c.keep", "=", "a"))],
           """node b.keep layer=1 gone=- size=1 "1"
              node c.keep layer=1 gone=- size=1 "1" """, ["match *.keep"])
    matrix(case, "hardlink-unwanted-lower", [tar(("a", b"1")), tar(("a", b"2")), tar(("b.keep", "=", "a"))],
           'node b.keep layer=3 gone=- size=1 "2"', ["match *.keep"])
    matrix(case, "hardlink-chain", [tar(("a", b"1"), ("b", "=", "a"), ("c", "=", "b"))],
           """node a layer=1 gone=- size=1 "1"
              node b layer=1 gone=- size=1 "1"
              node c layer=1 gone=- size=1 "1" """)
    matrix(case, "hardlink-missing", [tar(("a", "=", "nowhere"))], "gap a: a hard link to nowhere, which was not found")
    matrix(case, "hardlink-outside", [tar(("a", "=", "../../etc/passwd"), ("b", b"1"))],
           """gap a: a hard link to ../../etc/passwd, which is outside
              node b layer=1 gone=- size=1 "1" """)
    matrix(case, "hardlink-itself", [tar(("a", b"1"), ("a", "=", "a"))], 'node a layer=1 gone=- size=1 "1"')
    matrix(case, "hardlink-then-replaced", [tar(("a", b"1"), ("b", "=", "a")), tar(("a", b"2"))],
           """node a layer=1 gone=2 size=1 "1"
              node a layer=2 gone=- size=1 "2"
              node b layer=1 gone=- size=1 "1" """)


def later(case):
    layers = [tar(("a", b"1"), ("b", b"2")), tar(("c", b"3"), (".wh.a", b""))]
    for way, pack in (("plain", plain), ("gzip", gz)):
        case("layers-second-%s" % way, saved(layers, pack=pack), """ok
             node a layer=1 gone=2 size=1 "1"
             node c layer=2 gone=- size=1 "3" """, [ONLY, "want later", "second [ac]"])
        case("layers-second-none-%s" % way, saved(layers, pack=pack), "ok", [ONLY, "want later", "second nothing"])


def names(case):
    long = "/".join(["d" * 90] * 4) + "/f"
    for way, fmt in (("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT), ("ustar", tarfile.USTAR_FORMAT)):
        path = long if way != "ustar" else "d" * 90 + "/" + "f" * 90
        second = path + "2" if way != "ustar" else "z"
        more = (second, "=", path) if way != "ustar" else ("z", b"1")
        case("layers-long-name-" + way, saved([tar((path, b"1"), more, format=fmt)]),
             'ok\nnode %s layer=1 gone=- size=1 "1"\nnode %s layer=1 gone=- size=1 "1"' % (path, second), [ONLY])
    matrix(case, "dots", [tar(("./a//b", b"1"), ("/c", b"2"), ("././d/./e/", None), ("./", None), ("d/./f", b"3"))],
           """node a/b layer=1 gone=- size=1 "1"
              node c layer=1 gone=- size=1 "2"
              node d/f layer=1 gone=- size=1 "3" """)
    matrix(case, "traversal", [tar(("../a", b"1"), ("b/../../c", b"2"), ("d", b"3"), ("..", b"4"))],
           """gap ../a: an impossible name: not read
              gap b/../../c: an impossible name: not read
              gap ..: an impossible name: not read
              node d layer=1 gone=- size=1 "3" """)
    weird = info("a\nb", size=1)
    bad = info("x\udcff", size=1)
    matrix(case, "odd-names", [tar((weird, b"1"), (bad, b"2"), format=tarfile.GNU_FORMAT)],
           """node a\\x0ab layer=1 gone=- size=1 "1"
              node x\\xff layer=1 gone=- size=1 "2" """)
    nul = info("plain", size=1, pax_headers={"path": "a\0b"})
    matrix(case, "nul-in-name", [tar((nul, b"1"), ("c", b"2"))],
           """gap a\\x00b: an impossible name: not read
              node c layer=1 gone=- size=1 "2" """)
    matrix(case, "too-long-name", [tar((info("n" * 5000, size=1), b"1"), ("c", b"2"))],
           """gap %s: an impossible name: not read
              node c layer=1 gone=- size=1 "2" """ % ("n" * 256))
    devices = [info("dev/null", type=tarfile.CHRTYPE, devmajor=1, devminor=3), info("disk", type=tarfile.BLKTYPE),
               info("pipe", type=tarfile.FIFOTYPE)]
    matrix(case, "devices", [tar(*[(d, None) for d in devices], ("a", b"1"))], 'node a layer=1 gone=- size=1 "1"')
    matrix(case, "links", [tar(("l", "->", "/etc/passwd"), ("m", "->", "m"), ("up", "->", "../../.."), ("a", b"1"))],
           """visit link l -> /etc/passwd
              visit link m -> m
              visit link up -> ../../..
              node a layer=1 gone=- size=1 "1" """, ["visits yes", "only ok node gap visit"], ways=WAYS[:2])
    run = info("run", size=1, mode=EXEC)
    matrix(case, "executable", [tar((run, b"1"))], 'node run layer=1 gone=- size=1 x "1"')


def sparse_pax(name, size, pieces, data, version):
    """A sparse member in one of the pax forms."""
    headers = {"GNU.sparse.size" if version != "1.0" else "GNU.sparse.realsize": str(size), "GNU.sparse.name": name}
    body = data
    if version == "0.1":
        headers["GNU.sparse.numblocks"] = str(len(pieces))
        headers["GNU.sparse.map"] = ",".join("%d,%d" % p for p in pieces)
    else:
        headers.update({"GNU.sparse.major": "1", "GNU.sparse.minor": "0"})
        text = ("%d\n" % len(pieces) + "".join("%d\n%d\n" % p for p in pieces)).encode()
        body = text + b"\0" * (-len(text) % 512) + data
    return (info("GNUSparseFile.0/" + name, size=len(body), pax_headers=headers), body)


def sparse_gnu(name, size, pieces, data):
    block = bytearray(info(name, type=b"S", size=len(data)).tobuf(tarfile.GNU_FORMAT))
    for i, (at, n) in enumerate(pieces):
        block[386 + 24 * i:386 + 24 * i + 24] = b"%011o\0%011o\0" % (at, n)
    block[483:495] = b"%011o\0" % size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + data + b"\0" * (-len(data) % 512)


def sizes(case):
    pieces, data = [(0, 1), (5, 2)], b"abc"
    full = b"a\0\0\0\0bc\0"
    shown = "sha256:" + hashlib.sha256(full).hexdigest()[:8]
    line = 'node s layer=1 gone=- size=8 %s\nnode after layer=1 gone=- size=1 "1"' % shown
    matrix(case, "sparse-0.1", [tar(sparse_pax("s", 8, pieces, data, "0.1"), ("after", b"1"))], line)
    matrix(case, "sparse-1.0", [tar(sparse_pax("s", 8, pieces, data, "1.0"), ("after", b"1"))], line)
    matrix(case, "sparse-gnu", [tar(sparse_gnu("s", 8, pieces, data), ("after", b"1"))], line)
    for name, bad in (("overlap", [(0, 2), (1, 1)]), ("outside", [(0, 1), (7, 2)]), ("more", [(0, 1), (2, 5)])):
        matrix(case, "sparse-" + name, [tar(("a", b"1"), sparse_pax("s", 8, bad, data, "0.1"))],
               'node a layer=1 gone=- size=1 "1"', ["only ok node"])
    base256 = bytearray(tar(("big", b"12"))[:512])
    base256[124:136] = b"\x80" + (2).to_bytes(11, "big")
    base256[148:156] = b" " * 8
    base256[148:156] = b"%06o\0 " % sum(base256)
    matrix(case, "base-256", [bytes(base256) + b"12" + b"\0" * 510 + b"\0" * 1024], 'node big layer=1 gone=- size=2 "12"')
    matrix(case, "pax-size", [tar((info("p", size=2, pax_headers={"size": "2"}), b"12"), ("q", b"3"))],
           'node p layer=1 gone=- size=2 "12"\nnode q layer=1 gone=- size=1 "3"')
    matrix(case, "too-large", [tar(("big", b"x" * 101), ("small", b"1"))],
           'gap big: 101 bytes, more than the limit of 100\nnode small layer=1 gone=- size=1 "1"', ["file_bytes 100"])
    matrix(case, "entries", [tar(("a", b"1"), ("b", b"2")), tar(("c", b"3"))],
           'gap layer 2: more than 2 entries\nnode a layer=1 gone=- size=1 "1"\nnode b layer=1 gone=- size=1 "2"', ["entries 2"])
    matrix(case, "no-end", [tar(("a", b"1"))[:1024]], 'node a layer=1 gone=- size=1 "1"')
    matrix(case, "nothing", [b"", tar()], "", ways=WAYS[:4])


def make(case):
    overlays(case)
    hard_links(case)
    later(case)
    names(case)
    sizes(case)
    lone = tar(("a", b"1"), ("b", b"2"))
    damaged = bytearray(lone)
    damaged[1024 + 148] ^= 1
    for way, pack in (("plain", plain), ("gzip", gz)):
        case("layers-damaged-header-" + way, saved([bytes(damaged)], pack=pack),
             'ok\nnode a layer=1 gone=- size=1 "1"\ngap layer 1: %064x/layer.tar: not a tar header before at byte 1536' % 0,
             [ONLY])
        why = "the archive ends within a file at byte 1536" if way == "gzip" else "ends within b"
        case("layers-cut-body-" + way, saved([lone[:1536]], pack=pack),
             'ok\nnode a layer=1 gone=- size=1 "1"\ngap layer 1: %064x/layer.tar: %s' % (0, why), [ONLY])
