#!/usr/bin/env python3
"""Commits judged by ancestry: repositories made with plain git, hostile ones among them, against `muster check --clone`; and
random histories, where `git merge-base --is-ancestor` says the same. TAP on stdout."""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

muster, helper = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
results = []
URL = "https://example.org/own/lib"
CLEAN = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
         "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org", "LC_ALL": "C",
         "GIT_ALLOW_PROTOCOL": "file", "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always",
         "GIT_CONFIG_KEY_1": "init.defaultBranch", "GIT_CONFIG_VALUE_1": "main"}
clock = [1700000000]


def check(ok, name, *details):
    results.append(ok)
    print(f"{'ok' if ok else 'not ok'} {len(results)} - {name}", flush=True)
    if not ok:
        for d in details:
            print("".join(f"# {line}\n" for line in str(d).splitlines()), end="")


def git(repo, *args, text=None):
    clock[0] += 60
    env = dict(CLEAN, GIT_AUTHOR_DATE=f"{clock[0]} +0000", GIT_COMMITTER_DATE=f"{clock[0]} +0000")
    run = subprocess.run(["git", "-C", repo, *args], env=env, capture_output=True, text=True, input=text, timeout=120)
    if run.returncode:
        raise RuntimeError(f"git {args}: {run.stderr}")
    return run.stdout.strip()


def make(path, bare=False):
    os.makedirs(path)
    git(path, "init", "-q", *(["--bare"] if bare else []))
    return path


def commit(repo, *parents):
    """A commit with an empty tree, under no branch but `all-N`, so that nothing is pruned."""
    tree = git(repo, "hash-object", "-t", "tree", "-w", "--stdin", text="")
    args = [a for p in parents for a in ("-p", p)]
    new = git(repo, "commit-tree", tree, *args, "-m", f"c{clock[0]}")
    git(repo, "update-ref", f"refs/heads/all-{new[:12]}", new)
    return new


class Index:
    """A store with some records."""

    def __init__(self, tmp, records):
        self.store = os.path.join(tmp, "store")
        feeds = os.path.join(tmp, "feeds")
        shutil.rmtree(feeds, ignore_errors=True)
        os.makedirs(feeds)
        for r in records:
            with open(os.path.join(feeds, r["id"] + ".json"), "w", encoding="utf-8") as f:
                json.dump(r, f)
        done = self.run("advisories", "import", feeds)
        if done.returncode:
            raise RuntimeError(done.stderr)

    def run(self, *args, timeout=120):
        return subprocess.run([muster, "--store", self.store, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=timeout)

    def explain(self, record, purl, *clones):
        """(state, all that was said) of the one entry; `clones` is a clone, then other options."""
        options = clones[1:] if len(clones) > 1 else ()
        done = self.run("check", "--explain", record, purl, *[a for c in clones[:1] for a in ("--clone", c)], *options)
        lines = [line for line in done.stdout.splitlines() if line.startswith(record)]
        found = re.search(r": (affected|possible|unknown|fixed|not affected): ", lines[-1]) if lines else None
        state = found[1] if found else f"status {done.returncode}"
        return state, done.stdout + done.stderr


def record(ident, ranges, package=None, versions=None, withdrawn=False, **more):
    entry = {"ranges": ranges}
    if package:
        entry["package"] = package
    if versions:
        entry["versions"] = versions
    r = {"id": ident, "modified": "2024-01-01T00:00:00Z", "affected": [entry], **more}
    if withdrawn:
        r["withdrawn"] = "2024-02-01T00:00:00Z"
    return r


def span(*events, repo=URL + ".git"):
    return {"type": "GIT", "repo": repo, "events": [dict([e]) for e in events]}


def purl(commit_name, kind="generic"):
    return f"pkg:{kind}/lib?vcs_url=git%2Bhttps%3A%2F%2Fexample.org%2Fown%2Flib.git%40{commit_name}"


def graph(tmp):
    """main: a b c d e f; stable: from b, s1 s2 (s2 a cherry-picked fix); m merges stable into main after f; side: from a."""
    repo = make(os.path.join(tmp, "repo"))
    c = {}
    for name, parents in (("a", ""), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e"), ("s1", "b"), ("s2", "s1"), ("s3", "s2"),
                          ("side", "a"), ("m", "f s3")):
        c[name] = commit(repo, *[c[p] for p in parents.split()])
    git(repo, "update-ref", "refs/heads/main", c["m"])
    git(repo, "tag", "v1.0.0", c["b"])
    git(repo, "tag", "-a", "-m", "signed", "v1.1.0", c["d"])
    git(repo, "tag", "lib-2.0.0", c["f"])
    git(repo, "tag", "v3.0.0", c["a"])
    git(repo, "tag", "3.0.0", c["f"])
    git(repo, "tag", "v4.0.0", c["s2"])
    git(repo, "tag", "release-4.0.0", c["s2"])
    git(repo, "remote", "add", "origin", "git@Example.org:own/lib.git")
    return repo, c


def meanings(tmp):
    repo, c = graph(tmp)
    i, f, last, limit = "introduced", "fixed", "last_affected", "limit"
    cases = {
        "T-FIX": ([span((i, c["b"]), (f, c["e"]), (f, c["s2"]))],
                  {"affected": "b c d s1", "fixed": "e f s2 s3 m", "not affected": "a side"}),
        "T-ZERO": ([span((i, "0"), (f, c["d"]))], {"affected": "a b c side s1 s3", "fixed": "d e f m", "not affected": ""}),
        "T-LAST": ([span((i, c["b"]), (last, c["d"]))], {"affected": "b c d s1 s3", "not affected": "a e f m side"}),
        "T-LIMIT": ([span((i, c["a"]), (limit, c["d"]))], {"affected": "a b c", "not affected": "d e f s1 side m"}),
        "T-LIMITS": ([span((i, c["a"]), (limit, c["d"]), (limit, c["s2"]))], {"affected": "a b c s1", "not affected": "d s2 s3 side m"}),
        "T-ANY-LIMIT": ([span((i, c["b"]), (limit, "*"))], {"affected": "b f s3 m", "not affected": "a side"}),
        "T-AGAIN": ([span((i, c["a"]), (f, c["c"]), (i, c["e"]), (f, c["f"]))],
                    {"affected": "a b e side s1", "fixed": "c d f m"}),
        "T-NEVER-FIXED": ([span((i, c["c"]))], {"affected": "c d e f m", "not affected": "a b s1 side"}),
        "T-TWO-RANGES": ([span((i, c["e"])), span((i, c["s1"]), (f, c["s3"]))], {"affected": "e f s1 s2 m", "fixed": "s3", "not affected": "a b c d"}),
        "T-UPPER": ([span((i, c["b"].upper()), (f, c["e"].upper()))], {"affected": "b d s3", "fixed": "e m", "not affected": "a"}),
    }
    index = Index(tmp, [record(k, ranges) for k, (ranges, _) in cases.items()]
                  + [record("T-GONE", [span((i, "0"))], withdrawn=True),
                     record("T-LACKS-FIX", [span((i, c["b"]), (f, "1" * 40))]),
                     record("T-LACKS-INTRO", [span((i, "2" * 40), (f, c["e"]))]),
                     record("T-OTHER", [span((i, "0"), repo="https://example.org/other/lib")]),
                     record("T-OSSFUZZ", [span((i, c["b"]), (f, c["e"]))], {"ecosystem": "OSS-Fuzz", "name": "lib"}),
                     record("T-PYPI", [span((i, c["b"]), (f, c["e"]))], {"ecosystem": "PyPI", "name": "lib"}),
                     record("T-HUB", [span((i, c["b"]), (f, c["e"]), repo="https://github.com/Own/Lib")]),
                     record("T-GO", [span((i, c["b"]), (f, c["e"]), repo="https://github.com/own/lib.git")], {"ecosystem": "Go", "name": "github.com/own/lib"}),
                     record("T-BOTH", [span((i, "0"), (f, c["e"])), {"type": "ECOSYSTEM", "events": [{"introduced": "1.1.0"}, {"fixed": "2.0.0"}]}],
                            {"ecosystem": "PyPI", "name": "lib"}),
                     record("T-TAGS", [span((i, c["b"]), (f, c["c"]))], {"ecosystem": "PyPI", "name": "lib"}, ["2.0.0"])])
    for name, (_, expected) in cases.items():
        wrong = []
        for state, names in expected.items():
            for one in names.split():
                got, said = index.explain(name, purl(c[one]), repo)
                if got != state:
                    wrong.append(f"{one}: {got}, expected {state}\n{said}")
        check(not wrong, f"{name[2:].lower()}: every commit as OSV evaluates it", *wrong)

    got, said = index.explain("T-GONE", purl(c["f"]), repo)
    check(got == "not affected" and "withdrawn" in said, "a withdrawn record says nothing", said)
    got, said = index.explain("T-LACKS-FIX", purl(c["d"]), repo)
    check(got == "unknown" and f"lacks {'1' * 40}: fetch" in said, "a fix that the clone lacks: unknown, and it says which", said)
    got, said = index.explain("T-LACKS-FIX", purl(c["a"]), repo)
    check(got == "not affected", "where it does not matter, a lacking fix changes nothing", said)
    got, said = index.explain("T-LACKS-INTRO", purl(c["d"]), repo)
    check(got == "unknown" and f"lacks {'2' * 40}: fetch" in said, "an introduction that the clone lacks: unknown", said)
    got, said = index.explain("T-LACKS-INTRO", purl(c["f"]), repo)
    check(got == "unknown", "a fix does not count when it may be older than what introduced the flaw again", said)
    got, said = index.explain("T-FIX", purl("3" * 40), repo)
    check(got == "unknown" and f"lacks {'3' * 40}: fetch" in said, "a component's commit that the clone lacks: unknown, and it says so", said)
    got, said = index.explain("T-FIX", purl(c["d"][:12]), repo)
    check(got == "affected", "a shortened commit is looked up", said)
    got, said = index.explain("T-OTHER", purl(c["d"]), repo)
    check(got.startswith("status") and "no entry" in said, "records of another repository are not about this one", said)
    got, said = index.explain("T-FIX", purl(c["d"]))
    check(got.startswith("status"), "without --clone nothing is said of repositories", said)
    tags(index, repo, c)
    purls(index, repo, c)
    names_of_clones(index, repo, c, tmp)
    targets(index, repo, c, tmp)
    return repo, c, index


def tags(index, repo, c):
    lib = lambda v, t="pypi": f"pkg:{t}/lib@{v}"
    for version, state in (("1.0.0", "affected"), ("1.1.0", "affected"), ("2.0.0", "fixed")):
        got, said = index.explain("T-PYPI", lib(version), repo)
        check(got == state, f"the tag of {version} is found, a record of commits only is judged by it", said)
    got, said = index.explain("T-PYPI", lib("3.0.0"), repo)
    check(got == "unknown" and "not exactly one tag" in said, "two tags on two commits fit: unknown", said)
    got, said = index.explain("T-PYPI", lib("4.0.0"), repo)
    check(got == "affected", "two tags on one commit are one", said)
    got, said = index.explain("T-PYPI", lib("9.9.9"), repo)
    check(got == "unknown" and "not exactly one tag" in said, "no tag fits: unknown", said)
    got, said = index.explain("T-PYPI", lib("1.0.0"))
    check(got == "unknown" and "no versions" in said, "without a clone a record of commits only is unknown", said)
    got, said = index.explain("T-BOTH", lib("1.0.0"), repo)
    check(got == "not affected", "where the record has versions, a tag says no more than they do", said)
    got, said = index.explain("T-BOTH", lib("1.0.0") + f"?vcs_url=git%2B{URL}%40{c['c']}", repo)
    check(got == "affected", "a pinned commit counts beside the version", said)
    got, said = index.explain("T-TAGS", lib("2.0.0"), repo)
    check(got == "affected" and "lists this version" in said, "a listed version is affected whatever the graph says", said)
    got, said = index.explain("T-OSSFUZZ", purl(c["c"]), repo)
    check(got == "affected", "OSS-Fuzz's packages are whole repositories", said)
    got, said = index.explain("T-PYPI", f"pkg:pypi/another@1?vcs_url=git%2B{URL}%40{c['c']}", repo)
    check(got.startswith("status"), "a record of one package is not about another of the same repository", said)


def purls(index, repo, c):
    hub = "git@GitHub.com:own/lib.git=" + repo
    old, new = c["d"], c["f"]
    for text, state in ((f"pkg:github/own/lib@{old}", "affected"), (f"pkg:github/Own/Lib@{new}", "fixed"), ("pkg:github/own/lib@v1.1.0", "affected"),
                        (f"pkg:swift/github.com/own/lib@{old}", "affected"), (f"pkg:golang/github.com/own/lib@v0.0.0-20200101000000-{old[:12]}", "affected"),
                        (f"pkg:golang/github.com/own/lib@v1.2.4-0.20200101000000-{new[:12]}", "fixed"), ("pkg:golang/github.com/own/lib@v1.0.0", "affected"),
                        (f"pkg:cargo/lib@0.1.0?vcs_url=git%2Bssh://git%40github.com/own/lib%40{old}", "affected")):
        got, said = index.explain("T-HUB", text, hub)
        check(got == state, f"by its purl: {text.replace(old, 'OLD').replace(new, 'NEW')}", said)
    got, said = index.explain("T-GO", f"pkg:golang/github.com/own/lib@v0.0.0-20200101000000-{old[:12]}", hub)
    check(got == "affected", "a Go pseudo-version by its package", said)
    got, said = index.explain("T-GO", "pkg:golang/github.com/own/lib@v0.0.0-20200101000000-0123456789ab", hub)
    check(got == "unknown" and "lacks 0123456789ab: fetch" in said, "a Go pseudo-version of another history: unknown", said)


def names_of_clones(index, repo, c, tmp):
    for url in (URL, URL + "/", URL + ".git/", "ssh://git@EXAMPLE.org/own/lib.git", "git@example.org:own/lib", "git://example.org:9418/own/lib.git"):
        other = os.path.join(tmp, "named")
        shutil.copytree(repo, other)
        git(other, "remote", "remove", "origin")
        got, said = index.explain("T-FIX", purl(c["c"]), f"{url}={other}")
        silent, why = index.explain("T-FIX", purl(c["c"]), other)
        check(got == "affected" and silent == "unknown" and "has no remote" in why, f"a clone without remotes is named: {url}", said, why)
        shutil.rmtree(other)
    for folder in (tmp, os.path.join(tmp, "nowhere"), muster):
        got, said = index.explain("T-FIX", purl(c["c"]), folder)
        check(got == "status 3", f"no repository is an error: {os.path.basename(folder)}", said)
    done = index.run("check", "--all", "--clone", repo)
    check(done.returncode == 2 and "--all" in done.stderr, "--clone does not go with --all", done.stderr)


def targets(index, repo, c, tmp):
    """Whole targets: an asset's components, with the commits that lock files pin."""
    target = os.path.join(tmp, "target")
    os.makedirs(target)
    with open(os.path.join(target, "uv.lock"), "w", encoding="utf-8") as f:
        f.write(f'version = 1\n[[package]]\nname = "lib"\nversion = "2.0.0"\nsource = {{ git = "{URL}.git?rev=main#{c["d"]}" }}\n')
    done = index.run("check", "--json", "--all-states", target, "--clone", repo)
    found = {f["id"]: f for f in json.loads(done.stdout)["findings"]} if done.stdout else {}
    check(found.get("T-PYPI", {}).get("state") == "affected" and found["T-PYPI"].get("commit") == c["b"], "a lock's pinned commit is judged in a whole check",
          done.stdout, done.stderr)
    check(found.get("T-FIX", {}).get("state") == "affected", "and by what is said of its repository", found.get("T-FIX"))
    plain = index.run("check", "--json", target)
    ids = {f["id"]: f["state"] for f in json.loads(plain.stdout)["findings"]}
    check(ids == {"T-PYPI": "unknown", "T-TAGS": "affected"}, "without a clone the same target is as before", ids)


def ways_into_an_index(index, repo, c, tmp):
    """What is said of commits survives the import of another source, and a packed file."""
    more = os.path.join(tmp, "more")
    os.makedirs(more)
    with open(os.path.join(more, "T-MORE.json"), "w", encoding="utf-8") as f:
        json.dump(record("T-MORE", [span(("introduced", c["b"]), ("fixed", c["e"])), span(("introduced", "0"), repo="https://example.org/third")]), f)
    index.run("advisories", "import", more)
    got = [index.explain(r, purl(c["d"]), repo)[0] for r in ("T-FIX", "T-MORE", "T-AGAIN")]
    check(got == ["affected", "affected", "fixed"], "another source's import keeps them", got)
    packed, other = os.path.join(tmp, "packed"), Index.__new__(Index)
    made = index.run("advisories", "pack", packed)
    other.store = os.path.join(tmp, "other")
    done = other.run("advisories", "import", packed)
    wrong = []
    for r in ("T-FIX", "T-LIMITS", "T-LAST", "T-AGAIN", "T-TWO-RANGES", "T-OSSFUZZ", "T-MORE"):
        for one in c.values():
            a, b = index.explain(r, purl(one), repo)[0], other.explain(r, purl(one), repo)[0]
            if a != b:
                wrong.append(f"{r} {one}: {a}, from the packed file {b}")
    for v in ("1.0.0", "3.0.0", "2.0.0"):
        for r in ("T-PYPI", "T-BOTH"):
            a, b = index.explain(r, f"pkg:pypi/lib@{v}", repo)[0], other.explain(r, f"pkg:pypi/lib@{v}", repo)[0]
            if a != b:
                wrong.append(f"{r} {v}: {a}, from the packed file {b}")
    check(not wrong, "a packed file carries them", made.stderr, done.stderr, *wrong)
    found = index.run("where", "T-OSSFUZZ")
    check("GIT" not in found.stdout + found.stderr, "no question takes a repository for a package", found.stdout, found.stderr)


def liars(index, repo, c, tmp):
    """A helper that says anything at all costs its own answers only."""
    place = os.path.join(tmp, "bin")
    os.makedirs(place)
    shutil.copy(muster, os.path.join(place, "muster"))
    words = {"nothing": "exit 0", "no end": "while :; do echo remote x; done", "a long line": "head -c 100000 /dev/zero | tr '\\0' x; sleep 9",
             "zeros": "echo ready; head -c 3000 /dev/zero; sleep 1", "a wrong hash": "echo ready; while read q; do echo 'y 1234'; done",
             "n for a commit": "echo ready; while read q; do echo n; done", "words": "echo ready; while read q; do echo yes indeed; done",
             "escapes": "echo ready; while read q; do printf 'u \\033[31mred\\n'; done", "too early an end": "echo ready; read q; exit 1",
             "a strange refusal": "echo refused 99 x", "a refusal": "echo refused 6 no luck", "two answers at once": "echo ready; while read q; do echo n; echo n; done"}
    for name, script in words.items():
        fake = os.path.join(place, "muster-clone")
        with open(fake, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n" + script + "\n")
        os.chmod(fake, 0o755)
        done = subprocess.run([os.path.join(place, "muster"), "--store", index.store, "check", "--explain", "T-FIX", purl(c["d"]), "--clone", f"{URL}={repo}"],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        check("T-FIX" in done.stdout and ": unknown: " in done.stdout and "\033" not in done.stdout + done.stderr and done.returncode == 5,
              f"a helper that says {name}: unknown", done.returncode, done.stdout, done.stderr)
    os.remove(fake)


def clone_forms(tmp, repo, c, index):
    forms = {}
    bare = os.path.join(tmp, "bare.git")
    git(tmp, "clone", "-q", "--mirror", repo, bare)
    forms["bare, packed"] = bare
    git(bare, "gc", "-q")
    work = os.path.join(tmp, "worktree")
    git(repo, "worktree", "add", "-q", "--detach", work, c["d"])
    forms["a linked worktree"] = work
    link = os.path.join(tmp, "link")
    os.symlink(repo, link)
    forms["a link to a repository"] = link
    outer = make(os.path.join(tmp, "outer"))
    git(outer, "submodule", "add", "-q", repo, "sub")
    forms["a submodule"] = os.path.join(outer, "sub")
    forms["the git folder itself"] = os.path.join(repo, ".git")
    for name, path in forms.items():
        got, said = index.explain("T-FIX", purl(c["d"]), f"{URL}={path}")
        fixed, also = index.explain("T-FIX", purl(c["m"]), f"{URL}={path}")
        tag, more = index.explain("T-PYPI", "pkg:pypi/lib@1.1.0", f"{URL}={path}")
        check((got, fixed, tag) == ("affected", "fixed", "affected"), name, said, also, more)


def hostile(tmp, repo, c, index):
    shallow = os.path.join(tmp, "shallow")
    git(tmp, "clone", "-q", "--depth", "1", "--branch", f"all-{c['d'][:12]}", "file://" + repo, shallow)
    got, said = index.explain("T-FIX", purl(c["d"]), f"{URL}={shallow}")
    check(got == "unknown" and "shallow" in said, "a shallow clone cannot tell, and says so", said)

    def copy(name):
        path = os.path.join(tmp, name)
        git(tmp, "clone", "-q", "--mirror", repo, path)
        git(path, "gc", "-q")
        return path

    for what in ("pack", "idx"):
        bad = copy("bad-" + what)
        folder = os.path.join(bad, "objects", "pack")
        for name in os.listdir(folder):
            if name.endswith("." + what):
                path = os.path.join(folder, name)
                os.chmod(path, 0o600)
                with open(path, "r+b") as f:
                    data = bytearray(f.read())
                    for at in range(60, len(data) - 30, 7):
                        data[at] ^= 0x5a
                    f.seek(0)
                    f.write(data)
        got, said = index.explain("T-FIX", purl(c["d"]), f"{URL}={bad}")
        check(got == "unknown", f"a corrupt {what}: unknown", said)
        cut = copy("cut-" + what)
        folder = os.path.join(cut, "objects", "pack")
        for name in os.listdir(folder):
            if name.endswith("." + what):
                os.chmod(os.path.join(folder, name), 0o600)
                os.truncate(os.path.join(folder, name), 100)
        got, said = index.explain("T-FIX", purl(c["d"]), f"{URL}={cut}")
        check(got == "unknown", f"a cut {what}: unknown", said)

    borrowing = os.path.join(tmp, "borrowing")
    git(tmp, "clone", "-q", "--shared", "--bare", repo, borrowing)
    got, said = index.explain("T-FIX", purl(c["d"]), f"{URL}={borrowing}")
    check(got == "unknown", "objects of another repository are not read", said)

    strange = copy("strange")
    secret = os.path.join(tmp, "secret.config")
    with open(secret, "w", encoding="utf-8") as f:
        f.write('[remote "x"]\n\turl = https://example.org/own/lib\n')
    with open(os.path.join(strange, "config"), "w", encoding="utf-8") as f:
        f.write(f'[include]\n\tpath = {secret}\n[core]\n\tfsmonitor = touch {tmp}/ran\n\tsshCommand = touch {tmp}/ran\n\thooksPath = {tmp}\n'
                '[filter "x"]\n\tsmudge = touch ran\n')
    got, said = index.explain("T-FIX", purl(c["d"]), strange)
    check(got == "unknown" and "has no remote" in said and not os.path.exists(os.path.join(tmp, "ran")),
          "an include of the configuration is not followed, nothing of it runs", said)

    forged = copy("forged")
    tree = git(forged, "hash-object", "-t", "tree", "-w", "--stdin", text="")
    orphan = git(forged, "commit-tree", tree, "-m", "orphan")
    git(forged, "update-ref", f"refs/replace/{c['e']}", orphan)
    os.makedirs(os.path.join(forged, "info"), exist_ok=True)
    with open(os.path.join(forged, "info", "grafts"), "w", encoding="utf-8") as f:
        f.write(f"{c['m']}\n")
    got, said = index.explain("T-FIX", purl(c["m"]), f"{URL}={forged}")
    check(got == "fixed", "replacements and grafts are not followed", said)

    lying = make(os.path.join(tmp, "lying"))
    for a, b in ((c["d"], c["e"]),):
        place = os.path.join(lying, ".git", "objects", a[:2])
        os.makedirs(place, exist_ok=True)
        shutil.copy(os.path.join(repo, ".git", "objects", b[:2], b[2:]), os.path.join(place, a[2:]))
    got, said = index.explain("T-FIX", purl(c["d"]), f"{URL}={lying}")
    check(got == "unknown", "an object under another's name is no answer", said)

    strangers = {"gitdir: /\n": "the root", "gitdir: /etc\n": "another folder", "gitdir: \n": "nothing", "x" * 100000: "a long text", "gitdir: .\n": "itself"}
    for text, name in strangers.items():
        folder = os.path.join(tmp, "pointer")
        os.makedirs(folder)
        with open(os.path.join(folder, ".git"), "w", encoding="utf-8") as f:
            f.write(text)
        got, said = index.explain("T-FIX", purl(c["d"]), folder)
        check(got == "status 3", f"a .git file that names {name} is no repository", said)
        shutil.rmtree(folder)

    outside = copy("outside")
    away = os.path.join(tmp, "away")
    shutil.move(os.path.join(outside, "objects"), away)
    os.symlink(away, os.path.join(outside, "objects"))
    got, said = index.explain("T-FIX", purl(c["d"]), f"{URL}={outside}")
    check(got == "unknown", "objects behind a link that leads out are not read", said)

    pipe = copy("pipe")
    os.remove(os.path.join(pipe, "packed-refs"))
    os.mkfifo(os.path.join(pipe, "packed-refs"))
    got, said = index.explain("T-FIX", purl(c["d"]), f"{URL}={pipe}")
    check(got == "affected", "a pipe in place of a file stops nothing", said)

    stuck = os.path.join(tmp, "stuck")
    shutil.copytree(os.path.join(repo, ".git"), stuck)
    place = os.path.join(stuck, "objects", c["c"][:2], c["c"][2:])
    os.remove(place)
    os.mkfifo(place)
    got, said = index.explain("T-FIX", purl(c["d"]), f"{URL}={stuck}", "--limit-time", "2s")
    check(got == "unknown" and "cannot be read any more" in said, "what never ends is ended by --limit-time", said)

    sha256 = os.path.join(tmp, "sha256")
    os.makedirs(sha256)
    git(sha256, "init", "-q", "--object-format=sha256")
    got, said = index.explain("T-FIX", purl(c["d"]), f"{URL}={sha256}")
    check(got == "unknown" and "SHA-1" in said, "a repository of another hash is not understood, and that is said", said)


def damage(tmp, repo, c, index):
    """Bytes changed anywhere: answers of their form or an end, no other answer than before but `unknown`."""
    rng = random.Random(3)
    original = os.path.join(tmp, "original")
    git(tmp, "clone", "-q", "--mirror", repo, original)
    git(original, "gc", "-q")
    shutil.rmtree(os.path.join(original, "hooks"), ignore_errors=True)
    asked = [(a, b) for a in "abdef" for b in ("d", "m", "s3")]
    truth = {}
    h = Helper(original)
    for a, b in asked:
        truth[a, b] = h.ask(f"h {c[a]} {c[b]}")
    h.close()
    wrong = []
    for number in range(60):
        bad = os.path.join(tmp, "damaged")
        shutil.copytree(original, bad)
        files = [os.path.join(d, f) for d, _, names in os.walk(bad) for f in names]
        for path in rng.sample(files, 2):
            os.chmod(path, 0o600)
            with open(path, "rb") as f:
                data = bytearray(f.read())
            for _ in range(rng.choice((1, 3, 40))):
                if data:
                    data[rng.randrange(len(data))] = rng.choice((0, 255, 10, rng.randrange(256)))
            with open(path, "wb") as f:
                f.write(data[:rng.choice((len(data), len(data), len(data) // 2))])
        h = Helper(bad, 20)
        if h.hello and h.hello[-1] == "ready":
            for a, b in asked:
                got = h.ask(f"h {c[a]} {c[b]}")
                if got != truth[a, b] and got[:1] not in ("u", "l", ""):
                    wrong.append(f"round {number}: {a} in {b}: {got}, was {truth[a, b]}")
                if not got:
                    break
        status = h.close()
        if status not in (0, 1):
            wrong.append(f"round {number}: ended with {status}")
        shutil.rmtree(bad)
    check(not wrong, "60 damaged clones: never another answer", *wrong[:20])


class Helper:
    """muster-clone by itself."""

    def __init__(self, folder, seconds=600):
        self.p = subprocess.Popen([helper, folder, str(seconds), str(2 << 30)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                  env={"LC_ALL": "C"})
        self.hello = []
        for line in self.p.stdout:
            self.hello.append(line.strip())
            if line.startswith(("ready", "refused")):
                break

    def ask(self, line):
        try:
            self.p.stdin.write(line + "\n")
            self.p.stdin.flush()
        except BrokenPipeError:
            return ""
        return self.p.stdout.readline().strip()

    def close(self):
        try:
            self.p.stdin.close()
        except BrokenPipeError:
            pass
        self.p.stdout.close()
        return self.p.wait(60)


def random_histories(tmp, seed, count, size):
    """Histories of many merges and several roots, written by fast-import."""
    rng = random.Random(seed)
    wrong = []
    for number in range(count):
        repo = make(os.path.join(tmp, f"random{number}"), bare=True)
        stream = []
        for n in range(1, size + 1):
            low = max(1, n - rng.choice((3, 10, size)))
            parents = sorted({rng.randint(low, n - 1) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))}) if n > 1 and rng.random() > 0.03 else []
            stream.append(f"commit refs/heads/n{n}\nmark :{n}\ncommitter a <a@example.org> {1700000000 + rng.randint(0, 10 ** 6)} +0000\ndata 2\n{n % 100:02d}\n")
            stream += [f"{'from' if i == 0 else 'merge'} :{p}\n" for i, p in enumerate(parents)]
            stream.append("\n")
        git(repo, "fast-import", "--quiet", f"--export-marks={tmp}/marks", text="".join(stream))
        with open(f"{tmp}/marks", encoding="utf-8") as f:
            names = [line.split()[1] for line in f]
        if number % 2:
            git(repo, "gc", "-q")
        h = Helper(repo)
        for b in rng.sample(names, 12):
            # One walk of git's own says it for all; merge-base for a few.
            ancestors = set(git(repo, "rev-list", b).split())
            for a in rng.sample(names, 60):
                got = h.ask(f"h {a} {b}")
                if got != ("y" if a in ancestors else "n"):
                    wrong.append(f"{repo}: {a} in {b}: {got}")
        for _ in range(25):
            a, b = rng.choice(names), rng.choice(names)
            said = subprocess.run(["git", "-C", repo, "merge-base", "--is-ancestor", a, b], env=CLEAN, check=False).returncode
            if h.ask(f"h {a} {b}") != ("n" if said else "y"):
                wrong.append(f"{repo}: {a} {b}: merge-base says {said}")
        if h.close() != 0:
            wrong.append("ended badly")
        shutil.rmtree(repo)
    check(not wrong, f"{count} random histories of {size} commits: as git says", *wrong[:10])


def protocol(repo, c):
    h = Helper(repo)
    odd = ["", "h", "h x y", f"h {c['a']}", "t ", "t ../../config", "c " + "g" * 40, "c abc", "q", "h " + "0" * 40 + " " + "f" * 40, "c " + c["a"] + "00"]
    answers = [h.ask(q) for q in odd]
    check(all(a[:1] in "lu" and len(a) < 200 for a in answers), "odd questions get an answer of their form", list(zip(odd, answers)))
    check(h.ask(f"c {c['a']}") == f"y {c['a']}", "and the next one is answered as ever")
    try:
        h.p.stdin.write("x" * 100000)
        h.p.stdin.flush()
        h.p.stdin.close()
    except BrokenPipeError:
        pass
    check(h.p.wait(60) == 1, "a question without an end ends it")
    done = subprocess.run([helper], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    check(done.returncode == 2 and "started by" in done.stderr, "by hand it only says what it is for")


def main():
    if not shutil.which("git"):
        print("1..0 # SKIP git is not there")
        return
    with tempfile.TemporaryDirectory() as tmp:
        repo, c, index = meanings(tmp)
        probe = Helper(repo)
        if "Landlock" in probe.hello[-1]:
            print(f"1..{len(results)}")
            return
        probe.close()
        protocol(repo, c)
        ways_into_an_index(index, repo, c, tmp)
        liars(index, repo, c, tmp)
        clone_forms(tmp, repo, c, index)
        hostile(tmp, repo, c, index)
        damage(tmp, repo, c, index)
        random_histories(tmp, 20, 6, 300)
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) else 1)


main()
