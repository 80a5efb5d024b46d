"""Writes what bench/catalog_os measures into the folder argv[1]: a dpkg database with 625 packages and 160,000 owned paths, an apk
database with 200 packages and 20,000 files, and 500 rpm headers with 160,000 files in each of rpm's three kinds of database."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/catalog/rpm"))
import rpmdb  # noqa: E402


def path(package, i):
    return "/usr/%s/package-%d/folder-%d/file-name-%d.so" % (("share", "lib/x86_64-linux-gnu")[i % 2], package, i // 16, i)


def dpkg():
    status = ""
    for p in range(625):
        status += "Package: package-%d\nStatus: install ok installed\nPriority: optional\nSection: libs\nInstalled-Size: 123\n" % p
        status += "Maintainer: Somebody <somebody@example.org>\nArchitecture: amd64\nMulti-Arch: same\nSource: source-%d (1.%d)\n" % (p // 3, p)
        status += "Version: 1:1.%d-2+deb12u1\nProvides: virtual-%d (= 1)\nDepends: " % (p, p % 50)
        status += ", ".join("package-%d (>= 1.%d) | virtual-%d" % ((p * 7 + k) % 625, k, k) for k in range(6))
        status += "\nDescription: a package\n" + " A line of the description that says nothing at all about it.\n" * 8 + "\n"
        rpmdb.put("dpkg/var/lib/dpkg/info/package-%d:amd64.list" % p, "".join(path(p, i) + "\n" for i in range(256)).encode())
    rpmdb.put("dpkg/var/lib/dpkg/status", status.encode())


def apk():
    text = ""
    for p in range(200):
        text += "C:Q1qmHyDjqnxD0eBlPoKAvMJqVrjuI=\nP:package-%d\nV:1.%d-r0\nA:x86_64\no:source-%d\nD:so:lib%d.so.1 package-%d>1\np:so:lib%d.so.1=1\n" % (
            p, p, p // 3, (p + 1) % 200, (p + 2) % 200, p)
        for i in range(100):
            folder, name = path(p, i)[1:].rsplit("/", 1)
            text += "F:%s\nR:%s\na:0:0:755\nZ:Q1DdLLXrMvGEhPoHWKVpzUhGGLXeU=\n" % (folder, name)
        text += "\n"
    rpmdb.put("apk/lib/apk/db/installed", text.encode())


def rpm():
    headers = []
    for p in range(500):
        dirs, names, indexes = {}, [], []
        for i in range(320):
            folder, name = path(p, i).rsplit("/", 1)
            indexes.append(dirs.setdefault(folder + "/", len(dirs)))
            names.append(name)
        headers.append(rpmdb.package(
            "package-%d" % p, "1.%d" % p, "2.fc40", "x86_64",
            (1044, 6, "source-%d-1.%d-2.fc40.src.rpm" % (p // 3, p)), (1003, 4, [p % 2]), (1035, 8, ["%064x" % i for i in range(320)]),
            (1047, 8, ["package-%d" % p] + ["lib%d.so.1(V%d)(64bit)" % (p, k) for k in range(10)]), (1113, 8, ["1"] * 11),
            (1049, 8, ["lib%d.so.1(V%d)(64bit)" % ((p * 7 + k) % 500, k % 10) for k in range(30)]), (1050, 8, [""] * 30), (1048, 4, [0] * 30),
            (1116, 4, indexes), (1117, 8, names), (1118, 8, list(dirs))))
    rpmdb.put("ndb/var/lib/rpm/Packages.db", rpmdb.ndb(headers, slot_pages=2))
    rpmdb.put("bdb/var/lib/rpm/Packages", rpmdb.bdb(headers))
    rpmdb.put("sqlite/var/lib/rpm/rpmdb.sqlite", rpmdb.sqlite(headers))


dpkg()
apk()
rpm()
