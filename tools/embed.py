#!/usr/bin/env python3
"""Makes a C file from a data file: embed.py NAME INPUT OUTPUT [--lines] [--names] [--four]

It defines  const char data_NAME[], const size_t data_NAME_len  and  const char data_NAME_hash[]  (16 hex digits of the
SHA-256 of the input as it is). With --lines, comments (#) and empty lines are left out and the rest is sorted bytewise,
so that the program can search it where it lies, and only three columns (with --four, four) are kept; two lines with the
same first two columns are an error.
With --names, lines of "type name upstream …" become "name upstream", one a name, see names() below."""
import hashlib
import sys

# Where a name stands for several projects, the first of these types decides.
ORDER = ["*", "deb", "rpm", "apk", "alpm", "conan", "vcpkg", "brew", "julia"]


def content_lines(text):
    return [line for line in text.split("\n") if line and not line.startswith("#")]


def check(lines, path):
    seen = set()
    for line in lines:
        columns = line.split("\t")
        key = tuple(columns[:2])
        if key in seen:
            sys.exit(f"{path}: {key[0]} {key[1]} stands twice")
        if len(columns) < 3 or not all(columns):
            sys.exit(f"{path}: a line needs its columns, separated by tabs: {line}")
        seen.add(key)


def names(lines):
    """Every name of an operating system's packages, of a library registry, or that a person types."""
    best = {}
    for line in lines:
        kind, name, upstream = line.split("\t")[:3]
        if kind not in ORDER:
            continue
        rank = ORDER.index(kind)
        if name not in best or rank < best[name][0]:
            best[name] = (rank, upstream)
    return [f"{name}\t{upstream}" for name, (_, upstream) in best.items()]


def literal(data):
    """The bytes as numbers: string literals of this length are beyond what compilers must take. A zero ends them."""
    rows = [data[at:at + 32] for at in range(0, len(data), 32)]
    return "{\n" + "".join("    " + ",".join(map(str, row)) + ",\n" for row in rows) + "    0}"


def main():
    name, source, target, *flags = sys.argv[1:]
    with open(source, "rb") as f:
        data = f.read()
    digest = hashlib.sha256(data).hexdigest()[:16]
    if "--lines" in flags or "--names" in flags:
        lines = content_lines(data.decode())
        check(lines, source)
        if "--names" in flags:
            lines = names(lines)
        keep = 4 if "--four" in flags else 3
        lines = ["\t".join(line.split("\t")[:keep]) for line in lines]
        data = b"".join(sorted(line.encode() + b"\n" for line in lines))
    with open(target, "w", encoding="ascii") as f:
        f.write(f"/* Made by tools/embed.py. */\n#include <stddef.h>\n\n"
                f"extern const char data_{name}[];\nextern const size_t data_{name}_len;\nextern const char data_{name}_hash[];\n\n"
                f"const char data_{name}[] =\n{literal(data)};\n"
                f"const size_t data_{name}_len = {len(data)};\n"
                f"const char data_{name}_hash[] = \"{digest}\";\n")


main()
