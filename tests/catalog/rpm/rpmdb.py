"""Writes rpm databases of the three kinds from header blobs, for the make.py of the cases beside it.

The blobs come from a database that rpm 4.18 made (case "ordinary"). NDB and Berkeley DB files follow the formats' page layouts as
rpm 4.18 (lib/backend/ndb, bdb_ro.c) and db_load 5.3 read and write them; only what a reader can see is filled in.
"""
import os
import sqlite3
import struct
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))


def blobs():
    """The headers of the ordinary case, in order of installation."""
    image = bytearray(open(os.path.join(HERE, "ordinary/in/var/lib/rpm/rpmdb.sqlite"), "rb").read())
    image[18] = image[19] = 1
    db = sqlite3.connect(":memory:")
    db.deserialize(bytes(image)) if hasattr(db, "deserialize") else load(db, image)
    return [row[0] for row in db.execute("SELECT blob FROM Packages ORDER BY hnum")]


def load(db, image):
    """For Python before 3.11: through a file."""
    import tempfile
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as f:
        f.write(image)
        f.flush()
        sqlite3.connect(f.name).backup(db)


def header(tags, extra_index=b""):
    """A header blob from (tag, type, value) with type 4 (numbers), 6 (string) or 8 (strings)."""
    index, data = b"", b""
    for tag, kind, value in tags:
        if kind == 4:
            data += b"\0" * (-len(data) % 4)
        offset = len(data)
        if kind == 4:
            data += struct.pack(">%dI" % len(value), *value)
            count = len(value)
        else:
            strings = value if kind == 8 else [value]
            data += b"".join(s.encode() + b"\0" for s in strings)
            count = len(strings)
        index += struct.pack(">IIII", tag, kind, offset, count)
    index += extra_index
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


def package(name, version="1", release="1", arch="x86_64", *more):
    return header([(1000, 6, name), (1001, 6, version), (1002, 6, release), (1022, 6, arch), *more])


def ndb(headers, slot_pages=1):
    slots, body, at = b"", b"", slot_pages * 4096
    for i, h in enumerate(headers, 1):
        units = (16 + len(h) + 12 + 15) // 16
        head = b"BlbS" + struct.pack("<III", i, 1, len(h))
        place = head + h
        place += b"\0" * (units * 16 - 12 - len(place))
        place += struct.pack("<II", zlib.adler32(place), len(h)) + b"BlbE"
        slots += b"Slot" + struct.pack("<III", i, at // 16, units)
        body += place
        at += len(place)
    top = b"RpmP" + struct.pack("<IIII", 0, 1, slot_pages, len(headers) + 1) + b"\0" * 12
    front = top + slots
    while len(front) < slot_pages * 4096:
        front += b"Slot" + b"\0" * 12
    return front + body


def bdb(headers, page=4096, order="<", hash_type=13):
    """A hash with all pairs in bucket pages of two pairs each, every value in a chain of overflow pages."""
    pages = [None]
    items = [(struct.pack(order + "I", 0), struct.pack(order + "I", len(headers)))]
    for i, h in enumerate(headers, 1):
        first = len(pages)
        room = page - 26
        parts = [h[k:k + room] for k in range(0, len(h), room)]
        for k, part in enumerate(parts):
            n = len(pages)
            nxt = n + 1 if k + 1 < len(parts) else 0
            prev = n - 1 if k else 0
            pages.append(struct.pack(order + "QIIIHHBB", 0, n, prev, nxt, 1, len(part), 0, 7) + part)
        items.append((struct.pack(order + "I", i), (first, len(h))))
    for k in range(0, len(items), 2):
        n = len(pages)
        body, offsets = b"", []
        for key, value in items[k:k + 2]:
            for item in (b"\1" + key, b"\3\0\0\0" + struct.pack(order + "II", *value) if isinstance(value, tuple) else b"\1" + value):
                body = item + body
                offsets.append(page - len(body))
        top = struct.pack(order + "QIIIHHBB", 0, n, 0, 0, len(offsets), offsets[-1], 0, hash_type)
        top += struct.pack(order + "%dH" % len(offsets), *offsets)
        pages.append(top + b"\0" * (page - len(top) - len(body)) + body)
    meta = struct.pack(order + "QIIIIBBBBII", 0, 0, 0x061561, 9, page, 0, 8, 0, 0, 0, len(pages) - 1)
    pages[0] = meta
    return b"".join(p + b"\0" * (page - len(p)) for p in pages)


def sqlite(headers, statements=("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)",)):
    import tempfile
    path = tempfile.mktemp(suffix=".sqlite")
    db = sqlite3.connect(path)
    db.execute("PRAGMA page_size=1024")
    for s in statements:
        db.execute(s)
    for h in headers:
        db.execute("INSERT INTO Packages (blob) VALUES (?)", (h,))
    db.commit()
    db.close()
    try:
        return open(path, "rb").read()
    finally:
        os.unlink(path)


def put(path, data):
    """Writes below the folder that make.py was given."""
    path = os.path.join(sys.argv[1], path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)
