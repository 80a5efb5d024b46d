#!/usr/bin/env python3
"""Compares our version orders with the package managers' own: random and mutated versions, and real ones where a folder
of advisories is at hand.   version.py COMPARE_LINES [--pairs N] [--seed N] [--only NAME]...

Prints TAP. An authority that is not on this machine is skipped, with the reason."""
import argparse
import collections
import random
import re
import sys

import authorities as by
import makers as m


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


def small(v):
    """Numbers that fit into 31 bits."""
    return bool(v) and max((len(x) for x in "".join(c if c.isdigit() else " " for c in v).split()), default=0) < 10


def no_tags(v):
    return small(v) and not set(v) - set("0123456789.")


def alpm_usable(v):
    """libalpm reads text that begins with separators, or has none, in ways that are no order."""
    body = v.partition(":")[2] or v
    return bool(v) and v[0].isalnum() and v.count(":") <= 1 and (":" not in v or v.partition(":")[0].isdigit()) and v.count("-") <= 1 and not v.endswith((":", "-")) and body[0].isalnum() and "~" not in v and (
        "-" not in body or body.partition("-")[2][0].isalnum())


def nuget_usable(v):
    return small(v.partition("-")[0].partition("+")[0]) and "+" not in v.partition("+")[2]


def conan_usable(v):
    """A letter first is no version to us; Python's int() also reads 1_0 and +1; items like 10 and 1a are not in an order there (see conan.c)."""
    return bool(v) and not v[0].isalpha() and "_" not in v and not re.search("(^|[.+-])[+-]", v) and not any(x[:1].isdigit() and not x.isdigit() for x in v.replace("+", ".").replace("-", ".").split("."))


def no_branch(v):
    """A branch's name has no place in an order: ours says so with ?."""
    return bool(v) and not v.startswith("dev-")


def jvm_usable(v):
    """To Runtime.Version 1.8 is Java 1, to us the old way to write Java 8."""
    return bool(v) and v.isascii() and v.partition(".")[0] != "1"


def lua_usable(v):
    """LuaRocks stops at other signs and goes on as if there were nothing."""
    return small(v) and v[0].isalnum() and not set("~+") & set(v)


def perl_usable(v):
    return small(v) and v.isascii() and " " not in v


def no_space(v):
    return bool(v) and " " not in v


Case = collections.namedtuple("Case", "name scheme verb authority make real usable second most reads lenient", defaults=(any_usable, None, None, False, False))


def named(name, **more):
    return lambda pairs: getattr(by, name)(pairs, **more)


# make(rng) gives the left side; `second` the right one (ranges), else both are versions. reads: what the authority can
# read is valid, and nothing else. lenient: what the authority refuses is not compared, as ours may read more.
CASES = [
    Case("deb by Dpkg::Version", "deb", "compare", by.dpkg_perl, m.make_deb, "Debian", deb_usable),
    Case("deb by dpkg", "deb", "compare", by.dpkg_program, m.make_deb, "Debian", deb_usable, most=500),
    Case("deb relations", "deb", "contains", by.dpkg_relation, m.make_deb_relation, None, lambda v: deb_usable(v.lstrip("<=> ")), m.make_deb),
    Case("rpm", "rpm", "raw", by.rpm, m.make_rpm, "AlmaLinux", rpm_usable),
    Case("pep440", "pep440", "compare", by.packaging, m.make_pep440, "PyPI", reads=True),
    Case("pep440 specifiers", "pep440", "contains", by.specifiers, m.make_specifier, None, second=lambda r: m.make_pep440(r).strip()),
    Case("npm", "npm", "strict", named("node", what="compare"), m.make_semver, "npm"),
    Case("npm ranges", "npm", "contains", named("node", what="ranges"), m.make_npm_range, None, second=m.make_semver),
    Case("maven", "maven", "raw", by.maven, m.make_maven, "Maven"),
    Case("maven ranges", "maven", "contains", by.maven_ranges, m.make_interval(m.make_maven), None, second=m.make_maven, lenient=True),
    Case("go", "golang", "strict", by.go, m.make_go, "Go"),
    Case("apk", "apk", "strict", by.apk, m.make_apk, "Alpine", apk_usable, most=2000),
    Case("gem", "gem", "compare", by.ruby, m.make_gem, "RubyGems", no_space, reads=True),
    Case("gem requirements", "gem", "contains", named("ruby", what="requirement"), m.make_gem_range, None, second=m.make_gem),
    Case("composer", "composer", "strict", by.composer, m.make_composer, "Packagist", small, reads=True),
    Case("composer constraints", "composer", "contains", named("composer", what="satisfies"), m.make_composer_range, None, no_branch, m.make_composer, lenient=True),
    Case("nuget", "nuget", "strict", by.nuget, m.make_nuget, "NuGet", nuget_usable, reads=True),
    Case("nuget ranges", "nuget", "contains", named("nuget", what="ranges"), m.make_interval(m.make_nuget), None, second=m.make_nuget, lenient=True),
    Case("hex", "hex", "strict", by.elixir, m.make_semver, "Hex", reads=True),
    Case("hex requirements", "hex", "contains", named("elixir", what="match"), m.make_hex_range, None, second=m.make_semver, lenient=True),
    Case("cargo", "cargo", "strict", by.cargo, m.make_semver, "crates.io", small, reads=True),
    Case("cargo requirements", "cargo", "contains", named("cargo", what="matches"), m.make_cargo_range, None, second=m.make_semver, lenient=True),
    Case("alpm", "alpm", "strict", by.alpm, m.make_alpm, "Debian", alpm_usable),
    Case("cran", "cran", "strict", by.r_package, m.make_numbers, "CRAN", small, reads=True),
    Case("pvp", "pvp", "strict", by.cabal, m.make_pvp, "Hackage", no_tags, reads=True),
    Case("conan", "conan", "raw", named("python", text=by.CONAN, what="compare"), m.make_conan, "ConanCenter", conan_usable),
    Case("gentoo", "gentoo", "strict", named("python", text=by.PORTAGE), m.make_gentoo, None, reads=True),
    Case("jvm", "jvm", "strict", named("java_source", text=by.JAVA_RUNTIME), m.make_jvm, None, jvm_usable, reads=True),
    Case("kube", "kube", "raw", named("go_module", module="k8s.io/apimachinery", text=by.GO_KUBE), m.make_kube, None, small),
    Case("perl", "perl", "strict", by.perl, m.make_perl, None, perl_usable, reads=True),
    Case("luarocks", "luarocks", "strict", by.luarocks, m.make_luarocks, None, lua_usable),
    Case("opam", "opam", "raw", by.opam, m.make_opam, "opam", no_space),
    Case("nix", "nix", "raw", by.nix, m.make_nix, "Homebrew", small),
    Case("bitnami", "bitnami", "strict", named("go_module", module="github.com/bitnami/go-version", text=by.GO_BITNAMI), m.make_semver, "Bitnami",
         small, reads=True),
    Case("conan ranges", "conan", "contains", named("python", text=by.CONAN, what="contains"), m.make_conan_range, None, conan_usable, m.make_conan, lenient=True),
]


def ours(tool, scheme, verb, pairs):
    return by.run([tool, scheme, verb], by.lines(pairs))


def readable(tool, case, pairs):
    """Where the authority reads a text and we call it anything but valid, or the other way round."""
    texts = sorted({text for pair in pairs for text in pair})
    theirs = case.authority([(text, text) for text in texts])
    classes = by.run([tool, case.scheme, "valid"], "".join(text + "\n" for text in texts))
    return [(text, text, "refused" if t == "?" else "read", c) for text, t, c in zip(texts, theirs, classes) if (t != "?") != (c == "valid")]


def check(tool, case, count, rng):
    count = min(count, case.most or count)
    if case.second:
        pairs = [(case.make(rng), case.second(rng)) for _ in range(count)]
        pairs = [(a, b) for a, b in pairs if case.usable(a) and case.usable(b)]
    else:
        pairs = m.make_pairs(rng, case.make, m.real(case.real), count, case.usable)
    want = case.authority(pairs)
    got = ours(tool, case.scheme, "compare" if case.verb == "strict" else case.verb, pairs)
    assert len(want) == len(got) == len(pairs), f"{case.name}: {len(pairs)} pairs, {len(want)} and {len(got)} answers"
    differences = [(a, b, w, g) for (a, b), w, g in zip(pairs, want, got) if w != g and not ((case.verb == "strict" or case.lenient) and w == "?")]
    if case.reads:
        differences += readable(tool, case, pairs)
    return len(pairs), sum(w != "?" for w in want), differences


def main():
    options = argparse.ArgumentParser()
    options.add_argument("tool")
    options.add_argument("--pairs", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", action="append")
    o = options.parse_args()
    failed = 0
    cases = [c for c in CASES if not o.only or c.name in o.only]
    for n, case in enumerate(cases, 1):
        rng = random.Random(f"{o.seed} {case.name}")
        try:
            total, answered, differences = check(o.tool, case, o.pairs, rng)
        except by.Absent as e:
            print(f"ok {n} - {case.name} # SKIP {e}")
            continue
        failed += bool(differences)
        print(f"{'not ok' if differences else 'ok'} {n} - {case.name}: {total} pairs, {answered} the authority reads, {len(differences)} differences", flush=True)
        for a, b, w, g in differences[:15]:
            print(f"#   {a!r} {b!r}: authority {w}, ours {g}")
    print(f"1..{len(cases)}")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
