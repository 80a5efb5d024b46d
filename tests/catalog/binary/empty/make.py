import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.dont_write_bytecode = True
from elfmake import *

put("lib/nothing.so", elf())
put("lib/liblzma.so.5", elf())
put("lib/note.so", elf(notes=[(b"FDO", 0xcafe1a7e, b"")]))
