"""What was measured, as lines while it happens, a summary at the end, and a JSON file for whoever compares two runs."""
import json

from measure import ratio, times


class Report:
    def __init__(self):
        self.figures = []  # (row, what, value, goal)
        self.rows = []

    def section(self, title):
        print(f"\n== {title}", flush=True)

    def row(self, title, detail=""):
        print(f"\n{title}" + (f"  ({detail})" if detail else ""), flush=True)
        self.rows.append({"row": title, "detail": detail, "tools": []})

    def say(self, text):
        print(f"    {text}", flush=True)

    def figure(self, what, value, goal=""):
        """One line of the summary. Goals are printed beside, nobody judges here."""
        self.figures.append((self.rows[-1]["row"], what, value, goal))
        self.say(f"{what}: {value}" + (f"  (goal {goal})" if goal else ""))

    def missing(self, why):
        self.figures.append((self.rows[-1]["row"], "not measured", why, ""))
        self.say(f"not measured: {why}")

    def tools(self, tools):
        """A line a tool; muster first. The ratios say how many times muster's cost each has."""
        print(f"    {'':24}{'CPU s':>9}{'wall s':>9}{'peak MiB':>10}{'found':>14}{'CPU':>8}{'wall':>8}")
        for t in tools:
            cpu, wall = t.middle("cpu_s"), t.middle("wall_s")
            if cpu is None:
                self.say(f"{t.name:24}took longer than the limit")
                continue
            found = "–" if t.found is None else f"{t.found}/{t.known}"
            print(f"    {t.name:24}{cpu:9.3f}{wall:9.3f}{t.middle('peak_mib'):10.1f}{found:>14}{times(ratio('cpu_s', t, tools[0])):>8}"
                  f"{times(ratio('wall_s', t, tools[0])):>8}", flush=True)
            self.rows[-1]["tools"].append({"name": t.name, "found": t.found, "known": t.known, "samples": t.samples})

    def summary(self):
        self.section("Summary")
        print("\n| row | figure | measured | goal |\n|---|---|---|---|")
        for row in self.figures:
            print("| " + " | ".join(part.replace("|", "/") for part in row) + " |")

    def save(self, path):
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"rows": self.rows, "figures": self.figures}, f, indent=1)
        print(f"\nAll samples: {path}")
