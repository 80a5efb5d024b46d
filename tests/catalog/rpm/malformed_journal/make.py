import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

rpmdb.put("var/lib/rpm/rpmdb.sqlite", rpmdb.sqlite([rpmdb.package("good")]))
rpmdb.put("var/lib/rpm/rpmdb.sqlite-wal", b"\x37\x7f\x06\x82" + b"\0" * 28)
