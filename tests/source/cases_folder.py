"""Folders and single files."""
import os
import socket


def write(root, name, data=b"1", mode=0o644):
    path = os.path.join(root, name if isinstance(name, bytes) else name.encode())
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode)


def ordinary(root):
    write(root, "a/b/c", b"12")
    write(root, "a/run", b"3", 0o755)
    write(root, "top", b"4")
    write(root, b"odd\n\xff", b"5")
    os.symlink("/etc/passwd", os.path.join(root, b"absolute"))
    os.symlink("loop", os.path.join(root, b"loop"))
    os.symlink("../..", os.path.join(root, b"a/up"))
    os.mkfifo(os.path.join(root, b"pipe"))
    s = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(root)
    s.bind("socket")
    os.chdir(here)


def system(root):
    write(root, "etc/os-release", b"ID=x")
    write(root, "var/lib/dpkg/status", b"s")
    write(root, "var/lib/dpkg/info/a.list", b"l")
    write(root, "usr/lib/x", b"x")
    os.symlink("usr/lib", os.path.join(root, b"lib"))


def deep(n, leaf_at_each):
    def build(root):
        os.makedirs(root)
        at = os.open(root, os.O_RDONLY)
        for i in range(n):
            if leaf_at_each:
                os.mkdir("a", dir_fd=at)
            os.mkdir("d", dir_fd=at)
            down = os.open("d", os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = down
        f = os.open("f", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=at)
        os.write(f, b"1")
        os.close(f)
        os.close(at)
    return build


def sparse(root):
    write(root, "small")
    with open(os.path.join(root, b"huge"), "wb") as f:
        f.truncate(5 << 30)


def make(case):
    nodes = """node a/b/c layer=- gone=- size=2 "12"
               node a/run layer=- gone=- size=1 x "3"
               node top layer=- gone=- size=1 "4"
               node odd\\x0a\\xff layer=- gone=- size=1 "5" """
    visits = """visit folder a
                visit folder a/b
                visit link absolute -> /etc/passwd
                visit link absolute -> /etc/passwd
                visit link loop -> loop
                visit link loop -> loop
                visit link a/up -> ../..
                visit other pipe
                visit other socket"""
    case("dir-ordinary", ordinary, "ok\ntree dir in\n" + nodes + "\n" + visits, ["visits yes"])
    case("dir-ordinary-head", ordinary, "ok\ntree dir in\n" + nodes, ["want head"])
    case("dir-ordinary-later", ordinary, "ok\ntree dir in\n" + nodes, ["want later"])
    case("dir-empty", os.makedirs, "ok\ntree dir in")
    case("dir-malformed-is-file", b"x", "invalid", ["kind dir"])
    case("dir-root", system, """ok
         tree root in
         node etc/os-release layer=- gone=- size=4 "ID=x"
         node var/lib/dpkg/status layer=- gone=- size=1 "s"
         node var/lib/dpkg/info/a.list layer=- gone=- size=1 "l"
         node usr/lib/x layer=- gone=- size=1 "x" """)
    case("dir-exclude", ordinary, """ok
         gap a: excluded
         node top layer=- gone=- size=1 "4"
         node odd\\x0a\\xff layer=- gone=- size=1 "5" """, ["exclude a", "only node gap"])
    for name, leaf in (("", False), ("-wide", True)):
        path = "/".join(["d"] * 1000) + "/f"
        case("dir-deep" + name, deep(1000, leaf), 'ok\nnode %s layer=- gone=- size=1 "1"' % path, ["only node gap"])
    case("dir-too-deep", deep(10000, False), "ok\ngap %s: folders nested too deep" % "/".join(["d"] * 1024), ["only node gap"])
    case("dir-entries", lambda r: [write(r, str(i)) for i in range(20)], "ok", ["only nothing", "entries 10"])
    case("dir-too-large", sparse, """ok
         gap huge: 5368709120 bytes, more than the limit of 2147483648
         node small layer=- gone=- size=1 "1" """, ["only node gap"])
    case("file-ordinary", b"hello", 'ok\ntree file in\nnode in layer=- gone=- size=5 "hello"', ["sweep yes"])
    case("file-ordinary-head", b"hello", 'ok\ntree file in\nnode in layer=- gone=- size=5 "hello"', ["want head"])
    case("file-empty", b"", 'ok\ntree file in\nnode in layer=- gone=- size=0 ""')
    case("file-too-large", b"hello", 'ok\ngap in: 5 bytes, more than the limit of 4', ["only node gap", "file_bytes 4"])
    case("file-malformed-is-folder", os.makedirs, "invalid", ["kind file"])
