import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.dont_write_bytecode = True
from elfmake import *

put("bin/not-zlib", elf(extra=[(".dep-v0", b"not compressed"), (".comment", b"rustc version nightly")]))
put("bin/odd", elf(extra=[(".dep-v0", auditable('{"packages": [1, {"name": "self", "dependencies": [1, 1, 99, -1, "x"]}, {"name": ""}]}'))]))
put("bin/cut", elf(extra=[(".dep-v0", auditable('{"packages": [{"name": "kept", "version": "1.0.0"}, {"name": "cut'))]))
put("bin/bomb", elf(extra=[(".dep-v0", auditable('{"packages": [], "x": "' + " " * (9 << 20) + '"}'))]))
