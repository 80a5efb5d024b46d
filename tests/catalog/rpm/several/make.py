import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

# The SQLite database is empty, so the next newest counts: NDB. The old Berkeley DB lists a version that is no longer installed.
rpmdb.put("var/lib/rpm/rpmdb.sqlite", rpmdb.sqlite([]))
rpmdb.put("var/lib/rpm/Packages", rpmdb.bdb([rpmdb.package("old"), rpmdb.package("new")]))
rpmdb.put("usr/lib/sysimage/rpm/Packages.db", rpmdb.ndb([rpmdb.package("new", "2")]))
