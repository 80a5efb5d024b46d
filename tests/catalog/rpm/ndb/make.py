import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

rpmdb.put("usr/lib/sysimage/rpm/Packages.db", rpmdb.ndb(rpmdb.blobs(), slot_pages=2))
rpmdb.put("etc/os-release", b'ID="opensuse-leap"\nVERSION_ID="15.5"\n')
