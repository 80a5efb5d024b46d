"""Archives that are files of a tree."""
import hashlib
import io
import struct
import zipfile

from images import bzip, gz, plain, tar, xz, zst

ENTRIES = [("META-INF/MANIFEST.MF", b"Manifest: 1"), ("lib/x.class", b"x" * 3000), ("empty", b"")]


def shown(data):
    if len(data) <= 16 and all(0x20 < b < 0x7f for b in data):
        return '"%s"' % data.decode()
    return "sha256:" + hashlib.sha256(data).hexdigest()[:8]


def node(path, data, x=""):
    return "node in!/%s size=%d%s %s\n" % (path, len(data), x, shown(data))


def nodes(*which):
    return "".join(node(*ENTRIES[i]) for i in which)


def zipped(entries, method=zipfile.ZIP_DEFLATED, comment=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in entries:
            i = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            i.external_attr = 0
            i.compress_type = method
            z.writestr(i, data)
        z.comment = comment
    return out.getvalue()


def patched(data, signature, offset, value, which=0):
    at = -1
    for _ in range(which + 1):
        at = data.index(signature, at + 1)
    return data[:at + offset] + value + data[at + offset + len(value):]


def zips(case):
    everything = "ok\n" + nodes(0, 1, 2)
    stored = zipped(ENTRIES, zipfile.ZIP_STORED)
    packed = zipped(ENTRIES)
    for name, data in (("deflated", packed), ("stored", stored), ("comment", zipped(ENTRIES, comment=b"PK\5\6 not the end")),
                       ("launcher", b"#!/bin/sh\nexec java -jar $0\n" + packed), ("trailing", packed + b"\0\0\0")):
        case("zip-" + name, data, everything, ["archive yes", "sweep yes"])
    case("zip-head", packed, everything, ["archive yes", "want head"])
    case("zip-empty", zipped([]), "ok", ["archive yes", "sweep yes"])
    case("zip-traversal", zipped([("../x", b"1"), ("/y", b"2"), ("z", b"3")]),
         "ok\ngap in!/../x: an impossible name: not read\n" + node("y", b"2") + node("z", b"3"), ["archive yes"])
    wrong_size = patched(packed, b"PK\1\2", 24, struct.pack("<I", 2999), 1)
    case("zip-size-lies", wrong_size, "ok\ngap in!/lib/x.class: in!/lib/x.class: not the size that the directory says\n" +
         nodes(0, 2), ["archive yes"])
    case("zip-size-lies-more", patched(packed, b"PK\1\2", 24, struct.pack("<I", 3001), 1),
         "ok\ngap in!/lib/x.class: in!/lib/x.class: not the size that the directory says\n" + nodes(0, 2),
         ["archive yes"])
    case("zip-checksum", patched(packed, b"PK\1\2", 16, b"\0\0\0\0", 1),
         "ok\ngap in!/lib/x.class: in!/lib/x.class: wrong checksum\n" + nodes(0, 2), ["archive yes"])
    case("zip-encrypted", patched(packed, b"PK\1\2", 8, b"\1\0", 0),
         "ok\ngap in!/META-INF/MANIFEST.MF: in!/META-INF/MANIFEST.MF: encrypted\n" + nodes(1, 2), ["archive yes"])
    case("zip-method", patched(packed, b"PK\1\2", 10, struct.pack("<H", 9), 0),
         "ok\ngap in!/META-INF/MANIFEST.MF: in!/META-INF/MANIFEST.MF: compressed by method 9\n" + nodes(1, 2),
         ["archive yes"])
    case("zip-local-elsewhere", patched(packed, b"PK\1\2", 42, struct.pack("<I", 7), 0), "invalid", ["archive yes"])
    case("zip-local-outside", patched(packed, b"PK\1\2", 42, struct.pack("<I", 0x7fffffff), 0),
         "ok\ngap in!/META-INF/MANIFEST.MF: in!/META-INF/MANIFEST.MF: no local header\n" + nodes(1, 2),
         ["archive yes"])
    case("zip-overlap", patched(stored, b"PK\1\2", 42, struct.pack("<I", 0), 1), "invalid", ["archive yes"])
    case("zip-directory-cut", packed[:packed.index(b"PK\1\2") + 10] + packed[-22:], "invalid", ["archive yes"])
    case("zip-too-large", packed, "ok\ngap in!/lib/x.class: 3000 bytes, more than the limit of 100\n" + nodes(0, 2),
         ["archive yes", "file_bytes 100"])
    inner = zipped([("deep", b"1")])
    middle = zipped([("inner.jar", inner)], zipfile.ZIP_STORED)
    outer = node("middle.war", middle) + node("middle.war!/inner.jar", inner)
    case("zip-in-zip", zipped([("middle.war", middle)]), "ok\n" + outer + node("middle.war!/inner.jar!/deep", b"1"),
         ["archive yes", "sweep yes"])
    case("zip-depth", zipped([("middle.war", middle)]), "ok\n" + outer + "gap in!/middle.war!/inner.jar: limit",
         ["archive yes", "depth 2"])
    bomb = zipped([("zeros", b"\0" * (4 << 20))])
    case("zip-bomb", bomb, "limit", ["archive yes", "inflated_bytes 1000000"])


def zip64(case):
    """All sizes and the place in the 64-bit extra field, and 64-bit end records."""
    name, data = b"big", b"12345"
    crc = struct.pack("<I", zipfile.crc32(data))
    big = b"\xff" * 4
    local = b"PK\3\4\x2d\0\0\0\0\0\0\0\0\0" + crc + big + big + struct.pack("<HH", 3, 20) + name
    local += struct.pack("<HHQQ", 1, 16, 5, 5) + data
    central = b"PK\1\2\x2d\0\x2d\0\0\0\0\0\0\0\0\0" + crc + big + big + struct.pack("<HHHHHI", 3, 28, 0, 0, 0, 0) + big + name
    central += struct.pack("<HHQQQ", 1, 24, 5, 5, 0)
    end64 = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, len(central), len(local))
    locator = b"PK\6\7" + struct.pack("<IQI", 0, len(local) + len(central), 1)
    end = b"PK\5\6\0\0\0\0" + b"\xff" * 12 + b"\0\0"
    case("zip-64", local + central + end64 + locator + end, "ok\n" + node("big", data), ["archive yes", "sweep yes"])


def tars(case):
    entries = [("package/package.json", b"{}"), ("package/lib/a.js", b"y" * 2000), ("z", b"")]
    everything = "ok\n" + "".join(node(n, d) for n, d in entries)
    for name, pack in (("plain", plain), ("gzip", gz), ("zstd", zst), ("xz", xz), ("bzip2", bzip)):
        case("tar-" + name, pack(tar(*entries)), everything, ["archive yes", "sweep yes"])
        case("tar-head-" + name, pack(tar(*entries)), everything, ["archive yes", "want head"])
    case("tar-names", tar(("../x", b"1"), ("./y", b"2"), ("l", "->", "/etc/passwd")),
         "ok\ngap in!/../x: an impossible name: not read\n" + node("y", b"2"), ["archive yes"])
    case("tar-cut", tar(*entries)[:1200], "invalid\n" + node("package/package.json", b"{}"),
         ["archive yes", "match *package*/*.json"])
    case("tar-in-zip", zipped([("a.tar", tar(("b", b"1")))]), "ok\n" + node("a.tar", tar(("b", b"1"))) + node("a.tar!/b", b"1"),
         ["archive yes"])
    case("archive-none", b"nothing of the kind", "invalid", ["archive yes"])
    case("archive-of-nothing", b"", "invalid", ["archive yes"])


def make(case):
    zips(case)
    zip64(case)
    tars(case)
