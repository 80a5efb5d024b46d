import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

db = bytearray(rpmdb.ndb([rpmdb.package(n) for n in ("good1", "lost-mark", "lost-blob", "lost-length", "lost-place", "good2")]))
db[32 + 16:32 + 20] = b"slot"
at = lambda i: struct.unpack_from("<I", db, 32 + 16 * i + 8)[0] * 16
db[at(2)] = 0
struct.pack_into("<I", db, at(3) + 12, 0xffffffff)
struct.pack_into("<I", db, 32 + 16 * 4 + 8, 0x0fffffff)
rpmdb.put("var/lib/rpm/Packages.db", bytes(db))
