"""What the tests of advisories share: TAP on stdout."""
import sys

count = 0
bad = 0


def check(ok, name, *details):
    global count, bad
    count += 1
    print(f"{'ok' if ok else 'not ok'} {count} - {name}", flush=True)
    if not ok:
        bad += 1
        for d in details:
            for line in str(d).splitlines()[:20]:
                print(f"# {line}")


def skip(name, why):
    global count
    count += 1
    print(f"ok {count} - {name} # SKIP {why}", flush=True)


def done():
    print(f"1..{count}")
    sys.exit(1 if bad else 0)
