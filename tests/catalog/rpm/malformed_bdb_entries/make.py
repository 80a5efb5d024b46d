import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

# Inline values, an entry that points into the page's head, and a page that counts more entries than fit.
db = rpmdb.bdb([rpmdb.package("good")], order=">", page=1024, hash_type=2)
bad = struct.pack(">QIIIHHBB", 0, 9, 0, 0, 2, 0, 0, 13) + struct.pack(">HH", 1000, 3)
many = struct.pack(">QIIIHHBB", 0, 9, 0, 0, 60000, 0, 0, 13)
header = rpmdb.package("inline")
inline = struct.pack(">QIIIHHBB", 0, 9, 0, 0, 2, 0, 0, 13) + struct.pack(">HH", 1019, 1019 - 1 - len(header))
inline += b"\0" * (1019 - 1 - len(header) - len(inline)) + b"\1" + header + b"\1\0\0\0\1"
db += b"".join(p + b"\0" * (1024 - len(p)) for p in (bad, many, inline))
db = db[:32] + struct.pack(">I", len(db) // 1024 - 1) + db[36:]
rpmdb.put("usr/share/rpm/Packages", db)
