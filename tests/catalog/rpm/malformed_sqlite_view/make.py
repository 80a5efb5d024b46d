import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

rpmdb.put("var/lib/rpm/rpmdb.sqlite", rpmdb.sqlite([], (
    "CREATE VIEW Packages AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS hnum, zeroblob(1000000) AS blob FROM n",)))
