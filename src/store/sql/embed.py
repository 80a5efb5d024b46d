"""Turns sql/NNN-*.sql into one C file: an array of texts in order of their numbers, NULL at the end."""
import os
import sys

out, files = sys.argv[1], sorted(sys.argv[2:], key=os.path.basename)
numbers = [int(os.path.basename(f)[:3]) for f in files]
if numbers != list(range(1, len(files) + 1)):
    sys.exit("sql/: the numbers must run from 001 without a gap")
with open(out, "w") as c:
    c.write('#include "store/schema.h"\n\nconst char *const schema_sqlite[] = {\n')
    for name in files:
        for line in open(name):
            line = line.rstrip("\n").split("--")[0].rstrip()
            if line:
                c.write('    "%s\\n"\n' % line.replace("\\", "\\\\").replace('"', '\\"'))
        c.write("    ,\n")
    c.write("    NULL};\n")
