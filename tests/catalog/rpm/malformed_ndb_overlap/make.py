import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

# Every slot leads to the same blob.
db = bytearray(rpmdb.ndb([rpmdb.package("many", "1", "1", "x86_64", (1047, 8, ["x" * 50] * 500))] + [rpmdb.package("x")] * 250))
for i in range(1, 251):
    db[32 + 16 * i:48 + 16 * i] = db[32:48]
rpmdb.put("var/lib/rpm/Packages.db", bytes(db))
