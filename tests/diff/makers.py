"""Versions and ranges to compare: random ones in each ecosystem's manner, mutated ones, and those of real advisories."""
import json
import os
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


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


def choose(rng, chance, *choices):
    return rng.choice(choices) if rng.random() < chance else ""


def numbers(rng, least, most, table=("0", "1", "2", "10", "9", "00", "01", "20240101")):
    return ".".join(rng.choice(table) for _ in range(rng.randint(least, most)))


def make_gem(rng):
    parts = [rng.choice(["0", "1", "2", "10", "0", "00", "a", "rc", "beta1", "pre", "1a", "b2c", "A"]) for _ in range(rng.randint(0, 4))]
    return ".".join([rng.choice(["0", "1", "2", "10"]), *parts]) + choose(rng, 0.2, "-1", "-rc1", "-x", "-a.0", "-0")


def make_composer(rng):
    text = rng.choice(["", "", "v"]) + numbers(rng, 1, 4, ("0", "1", "2", "10", "9", "01"))
    text += choose(rng, 0.5, "-", "", ".", "_") + choose(rng, 0.5, "alpha", "a", "beta", "b", "RC", "rc", "patch", "p", "pl", "stable", "dev")
    text += choose(rng, 0.4, "1", "2", "10", ".1", "-1", "2.1") + choose(rng, 0.15, "-dev", "+build", ".x-dev", "@dev")
    return rng.choice([text, text, text, text, "2010-01-02", "2010.01.02", "20100102", "201001.1", "2010-01-02.5", "1.x-dev", "2.1.x-dev", "dev-main"])


def make_numbers(rng):
    return rng.choice([".", ".", "-"]).join(rng.choice(["0", "1", "2", "10", "9", "00", "01", "20240101"]) for _ in range(rng.randint(1, 5)))


def make_pvp(rng):
    return numbers(rng, 1, 5, ("0", "1", "2", "10", "9", "20240101"))


def make_alpm(rng):
    body = pieces(rng, DIGITS + [".", ".", "_", "+", "a", "rc", "z", "beta", "r", "A", ".."], 1, 7)
    return rng.choice(["", "", "0:", "1:", "12:"]) + "1" + body + rng.choice(["", "-1", "-2", "-1.1", "-10"])


def make_conan(rng):
    items = [rng.choice(["0", "1", "2", "10", "1a", "1n", "rc1", "a", "00", "b", "cci", "20240223", "alpha", "Z"]) for _ in range(rng.randint(1, 4))]
    return ".".join(items) + choose(rng, 0.3, "-rc1", "-1", "-a.0", "-", "-0", "-a-b") + choose(rng, 0.2, "+1", "+b.2", "+0", "+a")


def make_nuget(rng):
    text = numbers(rng, 1, 4, ("0", "1", "2", "10", "01", "00"))
    return text + choose(rng, 0.5, "-Alpha", "-alpha", "-alpha.1", "-beta2", "-1", "-01", "-RC.x", "-rc.X", "-a-b", "-", "--1", "-99999999999", "-b.20240101123456", "-2147483647", "-2147483648") + choose(
        rng, 0.2, "+b", "+1.2")


def make_gem_range(rng):
    ops = ["~>", ">=", "<=", "<", ">", "=", "!=", ""]
    return ",".join(rng.choice(ops) + rng.choice(["", " "]) + make_gem(rng) for _ in range(rng.choice([1, 1, 2])))


def make_composer_range(rng):
    def version():
        return numbers(rng, 1, 4, ("0", "1", "2", "10")) + choose(rng, 0.25, "-alpha1", "-beta", "-RC2", "-dev", "-p1")

    def one():
        way = rng.random()
        if way < 0.15:
            return version() + " - 2" + version()  # Composer itself joins an empty range with its neighbour
        if way < 0.3:
            return numbers(rng, 1, 2, ("0", "1", "2")) + rng.choice([".*", ".x"])
        return rng.choice(["^", "~", ">=", "<", ">", "<=", "=", "!=", ""]) + version()
    return rng.choice([" || ", "|"]).join(rng.choice([" ", ",", ", "]).join(one() for _ in range(rng.choice([1, 1, 2]))) for _ in range(rng.choice([1, 1, 2])))


def make_hex_range(rng):
    def one():
        version = make_semver(rng)
        return rng.choice(["~> ", ">= ", "<= ", "< ", "> ", "== ", "!= ", "", "~>"]) + rng.choice([version, version, numbers(rng, 2, 2, ("0", "1", "2"))])
    return rng.choice([" or ", " and "]).join(one() for _ in range(rng.choice([1, 1, 2])))


def make_cargo_range(rng):
    def one():
        parts = [rng.choice(["0", "1", "2", "0", "*"]) for _ in range(rng.randint(1, 3))]
        full = len(parts) == 3 and "*" not in parts
        return rng.choice(["", "^", "~", ">", ">=", "<", "<=", "="]) + rng.choice(["", " "]) + ".".join(parts) + (choose(rng, 0.4, "-alpha", "-0", "-beta.1") if full else "")
    return ",".join(one() for _ in range(rng.choice([1, 1, 2])))


def make_conan_range(rng):
    def one():
        version = numbers(rng, 1, 3, ("0", "1", "2", "10")) + choose(rng, 0.2, "-rc1", "-", "-alpha")
        return rng.choice([">", ">=", "<", "<=", "~", "^", "", "="]) + version
    return rng.choice([" || ", "||"]).join(" ".join(one() for _ in range(rng.choice([1, 1, 2]))) for _ in range(rng.choice([1, 1, 2])))


def make_gentoo(rng):
    text = numbers(rng, 1, 4, ("0", "1", "2", "10", "9", "00", "01", "010", "09", "100")) + choose(rng, 0.2, "a", "b", "z")
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
        text += "_" + rng.choice(["alpha", "beta", "pre", "rc", "p", "p"]) + rng.choice(["", "0", "1", "2", "10", "01"])
    return text + choose(rng, 0.3, "-r0", "-r1", "-r10", "-r01")


def make_jvm(rng):
    text = ".".join([rng.choice(["8", "11", "17", "9", "21"]), *(rng.choice(["0", "0", "1", "2", "10"]) for _ in range(rng.randint(0, 4)))])
    text += choose(rng, 0.4, "-ea", "-internal", "-1", "-10", "-2", "-beta1", "-ga")
    return text + choose(rng, 0.4, "+9", "+10", "+1", "+0") + choose(rng, 0.2, "-LTS", "-Debian-1", "+-x", "-a.b")


def make_kube(rng):
    return choose(rng, 0.95, "v") + rng.choice(["1", "2", "10", "11", "", "v1"]) + choose(rng, 0.6, "alpha", "beta", "alpha", "beta", "gamma") + rng.choice(
        ["", "1", "2", "10", "0", "02"])


def make_perl(rng):
    decimal = rng.choice(["0", "1", "2", "10", ""]) + "." + rng.choice(["0", "1", "10", "002003", "0021", "5", "05", "005", "123456789", "02_03", "1_2"])
    listed = rng.choice(["v", "v", ""]) + numbers(rng, 1, 4, ("0", "1", "2", "10", "100", "1000", "01")) + choose(rng, 0.2, "_1", "_02", ".1_2")
    return rng.choice([decimal, listed, listed, numbers(rng, 3, 4, ("0", "1", "2", "10"))])


def make_luarocks(rng):
    text = numbers(rng, 1, 3, ("0", "1", "2", "10", "9", "01"))
    text += choose(rng, 0.5, ".", "-", "_", "") + choose(rng, 0.7, "rc", "alpha", "beta", "pre", "scm", "dev", "cvs", "a", "b", "z", "RC", "x.y")
    return rng.choice([text, text, text, "scm", "dev", "cvs"]) + choose(rng, 0.4, "1", "2", "10", ".1") + choose(rng, 0.6, "-1", "-2", "-10")


def make_opam(rng):
    body = pieces(rng, DIGITS + [".", "~", "+", "a", "rc", "z", "-", ".", "v", "~~", "A", "_"], 0, 7)
    return rng.choice(["1", "v0", "0", "2"]) + body


def make_nix(rng):
    return rng.choice(["", "1", "2"]) + pieces(rng, ["0", "1", "2", "10", ".", "-", ".", "pre", "a", "rc", "z", "A", "_", "+", "~", "01", "unstable"], 1, 7)


def make_interval(make):
    def interval(rng):
        def one():
            low, high = make(rng), make(rng)
            return rng.choice(["[%s]" % low, "[%s,%s]" % (low, high), "[%s,%s)" % (low, high), "(%s,%s)" % (low, high), "(,%s]" % high, "[%s,)" % low, "(%s,)" % low])
        return one()
    return interval


def make_deb_relation(rng):
    return rng.choice(["<<", "<=", "=", ">=", ">>"]) + " " + make_deb(rng)


def mutate(rng, text):
    if not text:
        return text
    at = rng.randrange(len(text))
    return rng.choice([text[:at] + text[at + 1:], text[:at] + rng.choice("01.a-~+_") + text[at:], text[:at] + rng.choice("0129.ab") + text[at + 1:],
                       text + rng.choice([".0", "-1", "a", "0", "~", ".1"])])


def real(ecosystem):
    """Versions in the folder of advisories, where there is one."""
    folder = os.environ.get("MUSTER_SHARED", os.path.join(os.path.dirname(ROOT), "shared"))
    path = os.path.join(folder, "advisories", f"{ecosystem}.zip")
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
