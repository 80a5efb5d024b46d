#!/usr/bin/env python3
"""The rules of the design that a program can check: layers, lists, headers, sizes, forbidden calls. TAP on stdout."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

root = sys.argv[1]
src = os.path.join(root, "src")
checks = []


def check(ok, name, *details):
    checks.append(ok)
    print(f"{'ok' if ok else 'not ok'} {len(checks)} - {name}")
    for d in details[:20]:
        print(f"# {d}")


def files(suffix):
    for folder, _, names in sorted(os.walk(src)):
        for name in sorted(names):
            if name.endswith(suffix):
                yield os.path.relpath(os.path.join(folder, name), src)


def read(path):
    with open(os.path.join(src, path), encoding="utf-8") as f:
        return f.read()


def layers():
    """Each folder includes only itself and what LAYERS allows it."""
    allowed = {}
    for line in read("LAYERS").splitlines():
        if ":" in line:
            name, others = line.split(":", 1)
            allowed[name.strip()] = set(others.split()) | {name.strip()}
    bad = []
    for path in list(files(".c")) + list(files(".h")):
        folder = path.split("/")[0] if "/" in path else None
        if folder is None:
            continue
        if folder not in allowed:
            bad.append(f"{path}: its folder is not in LAYERS")
            continue
        for number, line in enumerate(read(path).splitlines(), 1):
            m = re.match(r'\s*#\s*include\s+"([^"/]+)/', line)
            if m and m[1] not in allowed[folder]:
                bad.append(f"{path}:{number}: {folder} may not include {m[1]}")
    check(not bad, "every include stays within LAYERS", *bad)


def lists():
    """Each entry of a list.def has its file; each file that defines an entry is listed."""
    bad = []
    for folder in sorted(os.listdir(src)):
        def_path = os.path.join(src, folder, "list.def")
        if not os.path.exists(def_path):
            continue
        with open(def_path, encoding="utf-8") as f:
            text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
        listed = re.findall(r"^([A-Z_]+)\(([a-z0-9_]+)\)", text, re.M)
        if not listed:
            continue
        kind = listed[0][0].lower()
        prefix = {"version_scheme": "version_", "cataloger": "cataloger_", "source": "source_", "command": "command_"}.get(kind, kind + "_")
        names = {name for _, name in listed}
        for name in names:
            if not os.path.exists(os.path.join(src, folder, name + ".c")):
                bad.append(f"{folder}/list.def names {name}, but there is no {name}.c")
        for file in sorted(os.listdir(os.path.join(src, folder))):
            if file.endswith(".c"):
                for found in re.findall(rf"^const struct \w+ {prefix}(\w+) = ", read(f"{folder}/{file}"), re.M):
                    if found not in names:
                        bad.append(f"{folder}/{file} defines {found}, which list.def does not name")
    check(not bad, "every list.def and its folder agree", *bad)


def headers():
    """Each header compiles alone."""
    cc = os.environ.get("CC") or shutil.which("gcc") or shutil.which("cc")
    bad = []
    with tempfile.TemporaryDirectory() as tmp:
        one = os.path.join(tmp, "all.c")
        for path in files(".h"):
            with open(one, "w", encoding="utf-8") as f:
                f.write(f'#include "{path}"\n')
            run = subprocess.run([cc, "-std=gnu11", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Wextra", "-I", src, one], capture_output=True, text=True)
            if run.returncode or run.stderr:
                bad.append(f"{path}: {run.stderr.splitlines()[0] if run.stderr else 'does not compile'}")
    check(not bad, "every header compiles alone", *bad)


def sizes():
    """Functions of at most 60 lines, files of at most 600."""
    bad = []
    for path in list(files(".c")) + list(files(".h")):
        lines = read(path).splitlines()
        if len(lines) > 600:
            bad.append(f"{path}: {len(lines)} lines")
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{" or (re.match(r"[A-Za-z].*\)\s*\{$", line)):
                start = number
            elif line == "}" and start is not None:
                if number - start > 61:
                    bad.append(f"{path}:{start}: a function of {number - start - 1} lines")
                start = None
    check(not bad, "functions and files keep their sizes", *bad)


def forbidden():
    """Calls that invite mistakes, and output or exits below the faces."""
    banned = r"\b(sprintf|strcpy|strcat|strtok|gets|atoi|atol|strncpy|alloca|system|popen|execl|execlp|execv|execvp|execve|mktemp|tmpnam|rand|setjmp)\s*\("
    bad = []
    for path in list(files(".c")) + list(files(".h")):
        folder = path.split("/")[0]
        text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), read(path), flags=re.S)
        text = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(banned, line):
                bad.append(f"{path}:{number}: {line.strip()}")
            if re.search(r"\bgoto\b", line):
                bad.append(f"{path}:{number}: goto")
            if folder not in ("cmd", "base", "main.c", "fetch.c", "clone.c") and re.search(r"\b(printf|puts|fputs|exit|abort)\s*\(", line):
                bad.append(f"{path}:{number}: prints or exits: {line.strip()}")
            if folder not in ("cmd", "flow", "base", "main.c", "fetch.c") and re.search(r"\bgetenv\s*\(", line):
                bad.append(f"{path}:{number}: reads the environment")
            if folder not in ("base", "version") and re.search(r"\b(malloc|calloc|realloc)\s*\(", line):
                bad.append(f"{path}:{number}: allocates outside an arena")
    check(not bad, "no forbidden call", *bad)


def first_comment():
    bad = [p for p in files(".c") if not read(p).startswith("/*")]
    bad += [p for p in files(".h") if not read(p).startswith("/*")]
    check(not bad, "every file says its one idea first", *bad)


layers()
lists()
headers()
sizes()
forbidden()
first_comment()
print(f"1..{len(checks)}")
sys.exit(0 if all(checks) else 1)
