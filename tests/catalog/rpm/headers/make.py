import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

dirs = lambda indexes, names, dirs: [(1116, 4, indexes), (1117, 8, names), (1118, 8, dirs)]
none = (1044, 6, "(none)")
rpmdb.put("var/lib/rpm/Packages.db", rpmdb.ndb([
    rpmdb.package("gpg-pubkey", "abc", "def"),
    rpmdb.package("old-names", "1", "2", "i586", (1027, 8, ["/bin/sh", "/etc/x"]), none),
    rpmdb.package("twice", "1", "1", "noarch", (1001, 6, "2"), (1044, 6, "twice-2-1.nosrc.rpm")),
    rpmdb.package("epoch0", "1", "1", "noarch", (1003, 4, [0])),
    rpmdb.package("epoch", "1", "1", "noarch", (1003, 4, [4294967295]), (1044, 6, "epoch-1-1.src.rpm")),
    rpmdb.package("bad-source", "1", "1", "noarch", (1044, 6, "nodashes.src.rpm")),
    rpmdb.package("bad-index", "1", "1", "noarch", *dirs([0, 7], ["in", "out"], ["/opt/a/"])),
    rpmdb.package("bad-count", "1", "1", "noarch", *dirs([0], ["one", "two"], ["/opt/b/"])),
    rpmdb.package("needs", "1", "1", "noarch", (1049, 8, ["/bin/sh", "rpmlib(X)", "bad-source", "nobody", "needs"])),
    rpmdb.package("bad name"),
    rpmdb.header([(1000, 6, "no-version")]),
    rpmdb.header([(1000, 6, "bad-offset"), (1001, 6, "1"), (1002, 6, "1")], struct.pack(">IIII", 1022, 6, 0x80000000, 1)),
    rpmdb.header([(1000, 6, "huge-count"), (1001, 6, "1"), (1002, 6, "1")], struct.pack(">IIII", 1047, 8, 0, 0xffffffff)),
    struct.pack(">II", 0xffffffff, 0xffffffff) + b"\0" * 64,
    struct.pack(">II", 0, 0) + b"\0" * 64,
]))
