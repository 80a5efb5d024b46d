import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.dont_write_bytecode = True
from elfmake import *

info = go_inline("go1.22.1", ["mod\texample.org/x\tv1.0.0\t", "dep\t", "dep", "=>\t", "dep\texample.org/y", "=>", "\t\t\t", "nonsense"])
put("bin/short-lines", elf(extra=[(".go.buildinfo", info)]))
put("bin/cut", elf(extra=[(".go.buildinfo", info[:60])]))
put("bin/huge-length", elf(extra=[(".go.buildinfo", info[:32] + b"\xff" * 9 + b"\x7f")]))
put("bin/bad-pointers", elf(data=b"\xff Go buildinf:" + bytes([8, 0]) + b"\xff" * 16))
put("bin/bad-word", elf(data=b"\xff Go buildinf:" + bytes([200, 0]) + b"\0" * 16))
put("bin/lying-header", elf()[:40] + b"\xff" * 24)
put("bin/magic", b"\x7fELF")
