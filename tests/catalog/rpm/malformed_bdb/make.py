import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

# Four packages over several overflow pages: one chain turns back, one leads to a page of another kind, one out of the file.
big = (1047, 8, ["provided-%d" % i for i in range(150)])
db = bytearray(rpmdb.bdb([rpmdb.package(n, "1", "1", "noarch", big) for n in ("loop", "kind", "out", "good")], page=512))
chains = {}
for page in range(1, len(db) // 512):
    if db[page * 512 + 25] == 7 and struct.unpack_from("<I", db, page * 512 + 12)[0] == 0:
        chains[len(chains)] = page
struct.pack_into("<I", db, (chains[0] + 1) * 512 + 16, chains[0])
db[(chains[1] + 1) * 512 + 25] = 5
struct.pack_into("<I", db, (chains[2] + 1) * 512 + 16, 0x7fffffff)
rpmdb.put("var/lib/rpm/Packages", bytes(db))
