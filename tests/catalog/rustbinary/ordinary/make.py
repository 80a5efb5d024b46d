import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.dont_write_bytecode = True
from elfmake import *

audit = auditable("""{"packages": [
 {"name": "app", "version": "0.3.0", "source": "local", "dependencies": [1, 2], "root": true},
 {"name": "lib", "version": "1.0.0", "source": "crates.io", "dependencies": [3]},
 {"name": "forked", "version": "2.0.0", "source": "git", "kind": "runtime"},
 {"name": "cc", "version": "1.0.9", "source": "crates.io", "kind": "build"}], "format": 1}""")
put("usr/local/bin/app", elf(extra=[(".dep-v0", audit), (".comment", b"GCC: (GNU) 12\0rustc version 1.75.0 (82e1608df 2023-12-21)\0")]))
put("usr/local/bin/c", elf(extra=[(".comment", b"GCC: (GNU) 12\0")]))
put("x.zip!/bin/app", elf(extra=[(".dep-v0", audit)]))
