import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

rpmdb.put("var/lib/rpm/rpmdb.sqlite", rpmdb.sqlite([rpmdb.package("good"), b"not a header", rpmdb.package("good2")]))
