#!/usr/bin/env python3
"""Compares our version orders with the package managers' own: random and mutated versions, and real ones where a folder
of advisories is at hand.   version.py COMPARE_LINES [--pairs N] [--seed N] [--only NAME]...

Prints TAP. An authority that is not on this machine is skipped, with the reason."""
import argparse
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Absent(Exception):
    pass


def run(args, text, **more):
    done = subprocess.run(args, input=text.encode("latin-1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **more)
    if done.returncode:
        raise Absent(f"{args[0]}: {done.stderr.decode('latin-1').strip()[:200]}")
    return done.stdout.decode("latin-1").split("\n")[:-1]


def need(program):
    path = shutil.which(program)
    if not path:
        raise Absent(f"no {program} on PATH")
    return path


def sign(n):
    return "<" if n < 0 else ">" if n > 0 else "="


# ---- the authorities: a list of pairs in, a list of < = > ? out


DPKG = r"""
use Dpkg::Version;
while (<STDIN>) { chomp; my ($x, $y) = split /\t/, $_, -1;
  my ($v, $w) = (Dpkg::Version->new($x), Dpkg::Version->new($y));
  my $c = version_compare($x, $y); print $c < 0 ? "<\n" : $c > 0 ? ">\n" : "=\n"; }
"""


def dpkg_perl(pairs):
    perl = need("perl")
    if subprocess.run([perl, "-MDpkg::Version", "-e", "1"], stderr=subprocess.DEVNULL, check=False).returncode:
        raise Absent("no Dpkg::Version (package libdpkg-perl)")
    return run([perl, "-e", DPKG], lines(pairs))


def dpkg_program(pairs):
    dpkg = need("dpkg")
    out = []
    for a, b in pairs:
        def holds(operator, x=a, y=b):
            return subprocess.run([dpkg, "--compare-versions", "--", x, operator, y], stderr=subprocess.DEVNULL, check=False).returncode == 0
        out.append("<" if holds("lt") else ">" if holds("gt") else "=")
    return out


def rpm(pairs):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as f:
        f.write(lines(pairs))
        f.flush()
        script = ('%{lua: for l in io.lines("' + f.name + '") do local a, b = l:match("^(.-)\\t(.*)$") '
                  'local c = rpm.vercmp(a, b) print(c < 0 and "<\\n" or c > 0 and ">\\n" or "=\\n") end}')
        return [x for x in run([need("rpm"), "--eval", script], "") if x]


def packaging(pairs):
    try:
        from packaging.version import InvalidVersion, Version
    except ImportError as e:
        raise Absent("Python's packaging is not installed") from e
    cache = {}

    def read(text):
        if text not in cache:
            try:
                cache[text] = Version(text)
            except InvalidVersion:
                cache[text] = None
        return cache[text]
    out = []
    for a, b in pairs:
        x, y = read(a), read(b)
        out.append("?" if x is None or y is None else "<" if x < y else ">" if x > y else "=")
    return out


def specifiers(pairs):
    try:
        from packaging.specifiers import InvalidSpecifier, SpecifierSet
        from packaging.version import InvalidVersion, Version
    except ImportError as e:
        raise Absent("Python's packaging is not installed") from e
    out = []
    for a, b in pairs:
        try:
            asked = SpecifierSet(a)
            Version(b)
            out.append("true" if asked.contains(b, prereleases=True) else "false")
        except InvalidVersion:
            out.append("false" if "===" in a else "?")  # a text that is no version can only be named
        except InvalidSpecifier:
            out.append("?")
    return out


NODE = """
const semver = require('semver'); const what = process.argv[1];
const lines = require('fs').readFileSync(0, 'latin1').split('\\n'); lines.pop();
console.log(lines.map(l => { const [a, b] = l.split('\\t');
  if (what === 'compare') { if (!semver.valid(a) || !semver.valid(b)) return '?';
    const c = semver.compare(a, b); return c < 0 ? '<' : c > 0 ? '>' : '='; }
  if (semver.validRange(a) === null || !semver.valid(b)) return '?';
  return String(semver.satisfies(b, a)); }).join('\\n'));
"""


def node_folder():
    node = need("node")
    for folder in (os.environ.get("NODE_SEMVER"), os.path.join(tempfile.gettempdir(), "muster-node-semver")):
        if folder and os.path.isdir(os.path.join(folder, "node_modules", "semver")):
            return node, folder
    for folder in glob.glob("/usr/lib/node_modules/npm") + glob.glob("/usr/share/nodejs"):
        if os.path.isdir(os.path.join(folder, "node_modules", "semver")) or os.path.isdir(os.path.join(folder, "semver")):
            return node, folder
    raise Absent("no node-semver: set NODE_SEMVER to a folder where `npm install semver` was run")


def node(pairs, what):
    program, folder = node_folder()
    env = dict(os.environ, NODE_PATH=os.path.join(folder, "node_modules") + ":" + folder)
    return run([program, "-e", NODE, what], lines(pairs), env=env)


JAVA = """
import java.io.*;
import org.apache.maven.artifact.versioning.ComparableVersion;
public class Compare {
    public static void main(String[] a) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "ISO-8859-1"));
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out));
        for (String l; (l = in.readLine()) != null;) {
            String[] p = l.split("\\t", -1);
            int c = new ComparableVersion(p[0]).compareTo(new ComparableVersion(p[1]));
            out.println(c < 0 ? "<" : c > 0 ? ">" : "=");
        }
        out.flush();
    }
}
"""


def maven(pairs):
    java = need("java")
    jars = glob.glob("/usr/share/maven/lib/*.jar")
    if not any("maven-artifact" in jar for jar in jars):
        raise Absent("no maven-artifact below /usr/share/maven/lib")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "Compare.java"), "w", encoding="ascii") as f:
            f.write(JAVA)
        return run([java, "-cp", ":".join(jars), os.path.join(folder, "Compare.java")], lines(pairs))


GO = """package main
import ("bufio"; "fmt"; "os"; "strings"; "golang.org/x/mod/semver")
func main() {
	in := bufio.NewScanner(os.Stdin); out := bufio.NewWriter(os.Stdout); defer out.Flush()
	for in.Scan() {
		p := strings.SplitN(in.Text(), "\\t", 2)
		if !semver.IsValid(p[0]) || !semver.IsValid(p[1]) { fmt.Fprintln(out, "?"); continue }
		fmt.Fprintln(out, [...]string{"<", "=", ">"}[semver.Compare(p[0], p[1])+1])
	}
}
"""


def go(pairs):
    program = need("go")
    cached = glob.glob(os.path.join(run([program, "env", "GOMODCACHE"], "")[0], "golang.org/x/mod@*"))
    if not cached:
        raise Absent("golang.org/x/mod is not in the module cache")
    version = sorted(cached)[-1].rsplit("@", 1)[1]
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "go.mod"), "w", encoding="ascii") as f:
            f.write(f"module compare\ngo 1.20\nrequire golang.org/x/mod {version}\n")
        with open(os.path.join(folder, "main.go"), "w", encoding="ascii") as f:
            f.write(GO)
        env = dict(os.environ, GOFLAGS="-mod=mod", GOPROXY="off",
                   GOTOOLCHAIN="local")
        run([program, "build", "-o", "compare", "."], "", cwd=folder, env=env)
        return run([os.path.join(folder, "compare")], lines(pairs))


def apk(pairs):
    program = need("apk")
    out = []
    for a, b in pairs:
        out.append(run([program, "version", "-t", a, b], "")[0])
    return out


# ---- inputs


def lines(pairs):
    return "".join(f"{a}\t{b}\n" for a, b in pairs)


def pieces(rng, table, least, most):
    return "".join(rng.choice(table) for _ in range(rng.randint(least, most)))


DIGITS = ["0", "1", "2", "9", "10", "00", "01", "007", "20240101", "123456789012"]


def make_deb(rng):
    body = pieces(rng, DIGITS + [".", "~", "+", "a", "rc", "z", "-", ".", "dfsg", "~~", "A"], 1, 7)
    return rng.choice(["", "", "0:", "1:", "12:"]) + "1" + body + rng.choice(["", "-1", "-0", "-1~deb12u1", "-1ubuntu2.3"])


def make_rpm(rng):
    body = pieces(rng, DIGITS + [".", "~", "^", "+", "_", "a", "rc", "z", ".", "xyz", "^git", "A"], 1, 7)
    return rng.choice(["", "", "0:", "1:", "12:"]) + body.strip("-") + rng.choice(["1", "", "1-1", "1-2.el8", "1-1.fc40", "1-0~1"])


def make_pep440(rng):
    text = rng.choice(["", "", "v", "1!", "0!", " "]) + ".".join(rng.choice(DIGITS) for _ in range(rng.randint(1, 4)))
    for part in (["a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC"], ["post", "r", "rev", "-"], ["dev"]):
        if rng.random() < 0.35:
            text += rng.choice(["", ".", "-", "_"]) + rng.choice(part) + rng.choice(["", "0", "1", "02", ".3", "-4"])
    if rng.random() < 0.2:
        text += "+" + rng.choice(["abc", "1", "1.0", "a.1", "1-a", "ABC", "01", "a_b"])
    return text


def make_semver(rng):
    text = ".".join(rng.choice(["0", "1", "2", "10", "99"]) for _ in range(3))
    ids = ["alpha", "beta", "rc", "0", "1", "10", "a-b", "-", "x1", "A"]
    if rng.random() < 0.5:
        text += "-" + ".".join(rng.choice(ids) for _ in range(rng.randint(1, 3)))
    if rng.random() < 0.2:
        text += "+" + ".".join(rng.choice(ids) for _ in range(rng.randint(1, 2)))
    return text


def make_maven(rng):
    words = ["alpha", "beta", "rc", "cr", "snapshot", "ga", "final", "sp", "x", "a", "b", "m", "foo", "release", "milestone", "RC", "Final"]
    return pieces(rng, DIGITS[:8] + words + [".", "-", ".", "-", "_", "0", "1"], 1, 9)


def make_go(rng):
    stamp = rng.choice(["20200101000000-abcdef123456", "20210101000000-abcdef123456"])
    return "v" + rng.choice([make_semver(rng), make_semver(rng), "0.0.0-" + stamp, "1.2.4-0." + stamp, "1.2", "1"])


def make_apk(rng):
    text = ".".join(rng.choice(DIGITS) for _ in range(rng.randint(1, 4))) + rng.choice(["", "", "a", "z"])
    for _ in range(rng.choice([0, 0, 1, 2])):
        text += "_" + rng.choice(["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"]) + rng.choice(["", "0", "1", "20240101"])
    return text + rng.choice(["", "~abc", "~0"]) + rng.choice(["", "-r0", "-r1", "-r10"])


def make_specifier(rng):
    ops = ["==", "!=", "<=", ">=", "<", ">", "~=", "==", "==="]
    one = [rng.choice(ops) + rng.choice(["", " "]) + make_pep440(rng).strip() + rng.choice(["", "", "", ".*"]) for _ in range(rng.choice([1, 1, 2]))]
    return ",".join(one)


def make_npm_range(rng):
    def partial():
        n = ".".join(rng.choice(["0", "1", "2", "x", "*", "0", "1"]) for _ in range(rng.randint(1, 3)))
        full = n.count(".") == 2 and "x" not in n and "*" not in n
        return n + (rng.choice(["", "", "-alpha", "-0", "-beta.1"]) if full else "")
    sets = []
    for _ in range(rng.choice([1, 1, 1, 2])):
        if rng.random() < 0.15:
            sets.append(partial() + " - " + partial())
        else:
            sets.append(" ".join(rng.choice(["", "^", "~", ">", ">=", "<", "<=", "=", "~>"]) + partial() for _ in range(rng.choice([1, 1, 2]))))
    return " || ".join(sets)


def mutate(rng, text):
    if not text:
        return text
    at = rng.randrange(len(text))
    return rng.choice([text[:at] + text[at + 1:], text[:at] + rng.choice("01.a-~+_") + text[at:], text[:at] + rng.choice("0129.ab") + text[at + 1:],
                       text + rng.choice([".0", "-1", "a", "0", "~", ".1"])])


def real(ecosystem):
    """Versions in the folder of advisories, where there is one."""
    folder = os.environ.get("MUSTER_SHARED", os.path.join(os.path.dirname(ROOT), "shared"))
    path = os.path.join(folder, "advisories", ecosystem + ".zip")
    found = set()
    if os.path.exists(path):
        with zipfile.ZipFile(path) as z:
            for name in z.namelist()[:3000]:
                for entry in json.loads(z.read(name)).get("affected", []):
                    found.update(entry.get("versions", [])[:20])
                    for r in entry.get("ranges", []):
                        if r["type"] != "GIT":
                            found.update(v for e in r["events"] for v in e.values())
    return sorted(v for v in found if v and v.isascii() and v.isprintable() and "\t" not in v)


def make_pairs(rng, make, known, count, usable):
    out = []
    while len(out) < count:
        a = rng.choice(known) if known and rng.random() < 0.4 else make(rng)
        way = rng.random()
        b = make(rng) if way < 0.3 else rng.choice(known) if known and way < 0.5 else mutate(rng, a)
        if rng.random() < 0.5:
            a, b = b, a
        if usable(a) and usable(b):
            out.append((a, b))
    return out


# ---- the comparisons


def deb_usable(v):
    """What dpkg does not refuse, with numbers that Perl can hold."""
    epoch, colon, rest = v.partition(":")
    body = rest if colon else v
    ok = not colon or (epoch.isdigit() and int(epoch) < 2**31)
    run_of_digits = max((len(x) for x in "".join(c if c.isdigit() else " " for c in v).split()), default=0)
    return ok and body[:1].isdigit() and not body.endswith("-") and not set(v) - set("0123456789abcdefghijklmnopqrstuvwxyz"
                                                                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ.+-~:") and run_of_digits < 15


def rpm_usable(v):
    epoch, colon, rest = v.partition(":")
    body = rest if colon else v
    return bool(body) and not (colon and not epoch.isdigit()) and not body.startswith("-") and not body.endswith("-") and " " not in v and "%" not in v


def any_usable(v):
    return bool(v)


def apk_usable(v):
    return bool(v) and v[0] != "-"


CASES = [
    # name, scheme, verb, authority, generator, real versions of, usable
    ("deb by Dpkg::Version", "deb", "compare", dpkg_perl, make_deb, "Debian", deb_usable),
    ("deb by dpkg", "deb", "compare", dpkg_program, make_deb, "Debian", deb_usable),
    ("rpm", "rpm", "raw", rpm, make_rpm, "AlmaLinux", rpm_usable),
    ("pep440", "pep440", "compare", packaging, make_pep440, "PyPI", any_usable),
    ("pep440 specifiers", "pep440", "contains", specifiers, None, "PyPI", any_usable),
    ("npm", "npm", "strict", lambda p: node(p, "compare"), make_semver, "npm", any_usable),
    ("npm ranges", "npm", "contains", lambda p: node(p, "ranges"), None, "npm", any_usable),
    ("maven", "maven", "raw", maven, make_maven, "Maven", any_usable),
    ("go", "golang", "strict", go, make_go, "Go", any_usable),
    ("apk", "apk", "strict", apk, make_apk, "Alpine", apk_usable),
]


def ours(tool, scheme, verb, pairs):
    return run([tool, scheme, verb], lines(pairs))


def check(tool, case, count, rng):
    name, scheme, verb, authority, make, ecosystem, usable = case
    known = real(ecosystem)
    if name == "deb by dpkg":
        count = min(count, 500)
    if name == "apk":
        count = min(count, 2000)
    if name == "pep440 specifiers":
        pairs = [(make_specifier(rng), make_pep440(rng).strip()) for _ in range(count)]
    elif name == "npm ranges":
        pairs = [(make_npm_range(rng), rng.choice(["0", "1", "2"]) + "." + make_semver(rng).split(".", 1)[1]) for _ in range(count)]
    else:
        pairs = make_pairs(rng, make, known, count, usable)
    want = authority(pairs)
    got = ours(tool, scheme, "compare" if verb == "strict" else verb, pairs)
    differences = [(a, b, w, g) for (a, b), w, g in zip(pairs, want, got) if w != g and not (verb == "strict" and w == "?")]
    assert len(want) == len(got) == len(pairs), f"{name}: {len(pairs)} pairs, {len(want)} and {len(got)} answers"
    answered = sum(w != "?" for w in want)
    return len(pairs), answered, differences


def main():
    options = argparse.ArgumentParser()
    options.add_argument("tool")
    options.add_argument("--pairs", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", action="append")
    o = options.parse_args()
    failed = 0
    cases = [c for c in CASES if not o.only or c[0] in o.only]
    for n, case in enumerate(cases, 1):
        rng = random.Random(f"{o.seed} {case[0]}")
        try:
            total, answered, differences = check(o.tool, case, o.pairs, rng)
        except Absent as e:
            print(f"ok {n} - {case[0]} # SKIP {e}")
            continue
        failed += bool(differences)
        print(f"{'not ok' if differences else 'ok'} {n} - {case[0]}: {total} pairs, {answered} the authority reads, {len(differences)} differences")
        for a, b, w, g in differences[:15]:
            print(f"#   {a!r} {b!r}: authority {w}, ours {g}")
    print(f"1..{len(cases)}")
    return failed != 0


sys.exit(main())
