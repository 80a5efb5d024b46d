import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.dont_write_bytecode = True
from elfmake import *

put("usr/local/bin/tool", elf(data=b"x" * 32, extra=[(".go.buildinfo", go_inline("go1.22.1", [
    "path\texample.org/tool/cmd/tool", "mod\texample.org/tool\tv1.2.3\th1:aaaa=",
    "dep\texample.org/a/b/v2\tv2.0.1\th1:aaaa=", "dep\texample.org/old\tv1.0.0", "=>\texample.org/fork\tv1.0.1\th1:aaaa=",
    "dep\texample.org/local\tv0.0.0", "=>\t./local\t(devel)\t", "dep\texample.org/no-sum\t(devel)\t",
    "build\tCGO_ENABLED=0", "build\tvcs.revision=0123"]))]))
put("usr/local/bin/devel", elf(data=b"y" * 16 + go_inline("go1.21rc2 X:loopvar", ["path\tcommand-line-arguments", "mod\texample.org/devel\t(devel)\t"]), sections=False))
put("usr/local/bin/no-modules", elf(extra=[(".go.buildinfo", go_inline("go1.19.8", []))]))
put("usr/local/bin/not-go", elf(rodata=b"\xff Go buildinf:", data=b"plain"))
put("srv/app.zip!/bin/inside", elf(extra=[(".go.buildinfo", go_inline("devel go1.23-abc", [])), (".x", b"")]))
put("srv/app.zip!/bin/main", elf(big=True, extra=[(".go.buildinfo", go_inline("go1.20", ["mod\tmain\tv0.0.0-20240101000000-0123456789ab\t"]))]))

# Before Go 1.18 the header held the addresses of two strings.
def pointers(wide, big):
    o, word = (">" if big else "<"), ("Q" if wide else "I")
    n = 8 if wide else 4
    lines = b"F" * 16 + b"path\texample.org/older\nmod\texample.org/older\tv0.1.0\th1:a=\ndep\texample.org/z\tv1.0.0\th1:a=\n" + b"E" * 16
    version = b"go1.17.13"
    base = 0x1000 + (-(64 + 56 * 5) % 16 + 64 + 56 * 5 if wide else -(52 + 32 * 5) % 16 + 52 + 32 * 5)  # address of rodata
    text = version + lines
    pad = -(len(text)) % 16
    at = base + len(text) + pad  # .text is empty, .data follows
    head = b"\xff Go buildinf:" + bytes([n, 1 if big else 0]) + struct.pack(o + word * 2, at + 32, at + 32 + 2 * n)
    head = head.ljust(32, b"\0") + struct.pack(o + word * 4, base, len(version), base + len(version), len(lines))
    return elf(rodata=text, data=head, wide=wide, big=big)

for wide in (False, True):
    for big in (False, True):
        put("opt/older-%d%d" % (wide, big), pointers(wide, big))
