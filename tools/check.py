#!/usr/bin/env python3
"""Builds the tests, runs them, adds up their TAP lines, and ends with one line: N passed, N failed, N skipped."""
import json
import os
import re
import subprocess
import sys


def count(stdout):
    """The checks of one test program: passed, failed, skipped, lines worth showing."""
    passed = failed = skipped = 0
    shown = []
    planned = None
    for line in stdout.splitlines():
        plan = re.match(r"1\.\.(\d+)(?:\s*#\s*skip\s*(.*))?", line, re.I)
        if plan:
            planned = int(plan[1])
            if planned == 0:
                skipped += 1
                shown.append("skipped: " + (plan[2] or "no reason given"))
        elif re.match(r"ok\b", line):
            if re.search(r"# *skip", line, re.I):
                skipped += 1
                shown.append("skipped: " + line)
            else:
                passed += 1
        elif line.startswith("not ok"):
            failed += 1
            shown.append(line)
        elif failed and line.startswith("#"):
            shown.append(line)
    if planned is not None and planned > passed + failed + skipped:
        failed += planned - passed - failed - skipped
        shown.append("ended before its plan was done")
    return passed, failed, skipped, shown


def main():
    build = sys.argv[1]
    if subprocess.run(["ninja", "-C", build]).returncode:
        print("the build failed")
        print("0 passed, 1 failed, 0 skipped")
        return 1
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:abort_on_error=0", UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1")
    subprocess.run(["meson", "test", "-C", build, "--no-rebuild", *sys.argv[2:]], env=env, stdin=subprocess.DEVNULL)
    total = [0, 0, 0]
    with open(os.path.join(build, "meson-logs", "testlog.json"), encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            passed, failed, skipped, shown = count(test.get("stdout", ""))
            if test["result"] not in ("OK", "EXPECTEDFAIL", "SKIP") and failed == 0:
                failed = 1
                shown.append(f"{test['result'].lower()}: exit status {test.get('returncode')}")
                shown += (test.get("stdout", "") + test.get("stderr", "")).splitlines()[-30:]
            if shown:
                print(f"--- {test['name']}")
                print("\n".join(shown[-60:]))
            for i, n in enumerate((passed, failed, skipped)):
                total[i] += n
    if total[0] == 0 and total[1] == 0:
        print("no test was run")
        total[1] = 1
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return total[1] != 0


if __name__ == "__main__":
    sys.exit(main())
