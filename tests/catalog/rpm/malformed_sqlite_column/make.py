import os, struct, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import rpmdb

rpmdb.put("var/lib/rpm/rpmdb.sqlite", rpmdb.sqlite([], (
    "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB AS (zeroblob(100000000)))", "INSERT INTO Packages (hnum) VALUES (1)")))
