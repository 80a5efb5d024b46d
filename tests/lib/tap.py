"""TAP for the tests in Python: ok, skip, and the plan at the end."""
import sys

_count = _failed = 0


def ok(condition, name, *details):
    """One test; what it was about is told when it fails."""
    global _count, _failed
    _count += 1
    _failed += not condition
    print(f"{'ok' if condition else 'not ok'} {_count} - {name}", flush=True)
    for detail in () if condition else details:
        for line in str(detail).splitlines()[:30]:
            print("#", line[:400])


def skip(name, why):
    global _count
    _count += 1
    print(f"ok {_count} - {name} # SKIP {why}", flush=True)


def skip_all(why):
    """The whole file; does not return."""
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def done():
    """The plan; does not return."""
    print(f"1..{_count}")
    sys.exit(_failed != 0)
