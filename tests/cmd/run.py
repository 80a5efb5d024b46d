#!/usr/bin/env python3
"""Transcripts: each tests/cmd/*.t is a session with an empty store. TAP on stdout.

    $ muster ARGS…          run in a copy of tests/cmd/data; `< FILE` at the end gives standard input
    expected stdout lines   `*` stands for any text in a line; a line `...` for any number of lines
    ! expected stderr line  each must occur somewhere on stderr
    [N]                     the exit status, when it is not 0

Lines that start with # are comments. Blocks marked `$ muster` in README.md and docs/*.md are run the same way when they
follow a line `<!-- run -->`."""
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import done, ok, skip  # noqa: E402

muster, root = map(os.path.abspath, sys.argv[1:3])


def line_matches(pattern, text):
    return re.fullmatch(".*".join(re.escape(p) for p in pattern.split("*")), text) is not None


def matches(expected, got):
    """Both are lists of lines; `...` takes any number of lines."""
    if not expected:
        return not got
    if expected[0] == "...":
        return any(matches(expected[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and line_matches(expected[0], got[0]) and matches(expected[1:], got[1:])


def steps(lines):
    step = None
    for line in lines:
        if line.startswith("$ "):
            if step:
                yield step
            step = (line[2:], [])
        elif step is not None and not line.startswith("#"):
            step[1].append(line)
    if step:
        yield step


def run_step(name, command, expected, folder, env):
    words = shlex.split(command)
    stdin = subprocess.DEVNULL
    if "<" in words:
        at = words.index("<")
        stdin = open(os.path.join(folder, words[at + 1]), "rb")
        words = words[:at]
    assert words[0] == "muster", command
    r = subprocess.run([muster, *words[1:]], cwd=folder, env=env, stdin=stdin, capture_output=True)
    out, err = (s.decode("utf-8", "backslashreplace").splitlines() for s in (r.stdout, r.stderr))
    status = 0
    while expected and expected[-1] == "":
        expected = expected[:-1]
    if expected and re.fullmatch(r"\[\d+\]", expected[-1]):
        status = int(expected[-1][1:-1])
        expected = expected[:-1]
    wanted_err = [e[2:] for e in expected if e.startswith("! ")]
    wanted_out = [e for e in expected if not e.startswith("! ")]
    missing = [w for w in wanted_err if not any(line_matches(w, e) for e in err)]
    good = r.returncode == status and matches([w.rstrip() for w in wanted_out], [o.rstrip() for o in out]) and not missing
    ok(good, f"{name}: {command}", f"exit {r.returncode}, expected {status}", "stdout:", *out, "stderr:", *err)


def run_session(name, lines):
    with tempfile.TemporaryDirectory() as tmp:
        folder = os.path.join(tmp, "data")
        shutil.copytree(os.path.join(root, "tests/cmd/data"), folder)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("MUSTER", "XDG"))}
        env.update(MUSTER_STORE=os.path.join(tmp, "muster.db"), HOME=tmp)
        for command, expected in steps(lines):
            run_step(name, command, expected, folder, env)


def documented(path):
    """The runnable examples of a page, as one session."""
    lines, inside, armed = [], False, False
    with open(path, encoding="utf-8") as f:
        for line in f.read().splitlines():
            if line.strip() == "<!-- run -->":
                armed = True
            elif armed and line.startswith("    "):
                inside = True
                lines.append(line[4:])
            elif inside and line.strip():
                inside = armed = False
    return lines


for path in sorted(glob.glob(os.path.join(root, "tests/cmd/*.t"))):
    with open(path, encoding="utf-8") as f:
        run_session(os.path.basename(path)[:-2], f.read().splitlines())
for path in [os.path.join(root, "README.md"), *sorted(glob.glob(os.path.join(root, "docs/*.md")))]:
    if os.path.exists(path):
        lines = documented(path)
        if lines:
            run_session(os.path.basename(path), lines)

names = subprocess.run([muster, "help"], capture_output=True, text=True).stdout
commands = re.findall(r"^  ([a-z]+) +\S", names, re.M)
for command in commands:
    page = subprocess.run([muster, "man", command], capture_output=True, text=True)
    ok(page.returncode == 0 and page.stdout.startswith(".TH"), f"{command} has a manual page")
    tested = os.path.exists(os.path.join(root, f"tests/cmd/{command}.t"))
    ok(tested, f"{command} has a transcript")
for shell, check in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
    script = subprocess.run([muster, "completion", shell], capture_output=True, text=True).stdout
    if shutil.which(check[0]) is None:
        skip(f"completion for {shell}", f"{shell} is not installed")
        continue
    with tempfile.NamedTemporaryFile("w", suffix=shell) as f:
        f.write(script)
        f.flush()
        r = subprocess.run([*check, f.name], capture_output=True, text=True)
        ok(r.returncode == 0 and not r.stderr, f"completion for {shell} parses", r.stderr)
done()
