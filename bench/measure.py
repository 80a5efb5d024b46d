"""Runs commands side by side and says what they cost: wall and processor time with all descendants, peak memory."""
import json
import os
import statistics
import subprocess


class Tool:
    """A command that does the row's work: muster, a peer, or the physical limit."""

    def __init__(self, name, argv, env=None, packages=None):
        self.name, self.argv, self.env, self.packages = name, argv, env or {}, packages
        self.samples = []
        self.found = self.known = None  # how many of how many known packages; None: nobody counted

    def middle(self, what):
        """The median of the runs that ended by themselves."""
        values = [s[what] for s in self.samples if s["status"] != -1]
        return statistics.median(values) if values else None


class Runner:
    """Remembers where the measuring program is and how long to wait."""

    def __init__(self, build, work, rounds, patience_s):
        self.run_path = os.path.join(build, "bench", "bench_run")
        self.work, self.rounds, self.patience_s = work, rounds, patience_s
        os.makedirs(work, exist_ok=True)

    def out(self, name):
        return os.path.join(self.work, name.replace(" ", "-") + ".out")

    def once(self, tool, seconds=1800):
        """One run. Its output lies in out(tool.name) afterwards, its talk beside it."""
        with open(os.path.join(self.work, "stderr"), "wb") as talk:
            done = subprocess.run([self.run_path, self.out(tool.name), str(seconds), *tool.argv], env=dict(os.environ, **tool.env),
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=talk, check=True)
        return json.loads(done.stdout)

    def alternate(self, tools):
        """All tools in turn, round after round, so that each sees the same load. Who is slow runs once."""
        for n in range(self.rounds):
            for tool in tools:
                if n == 0 or tool.samples[0]["wall_s"] < self.patience_s:
                    tool.samples.append(self.once(tool))


def ratio(what, more, less):
    """The median of how many times more `more` took than `less`, round by round where both ran."""
    base = less.middle(what)
    if len(more.samples) == len(less.samples):
        pairs = [(m[what], l[what]) for m, l in zip(more.samples, less.samples) if m["status"] != -1 and l["status"] != -1]
    else:
        pairs = [(m[what], base) for m in more.samples if m["status"] != -1]
    values = [m / l for m, l in pairs if l]
    return statistics.median(values) if values else None


def times(value):
    """3.14 → 3.1×; 140.2 → 140×; 0.00213 → 0.0021×."""
    if value is None:
        return "–"
    return f"{value:.2g}×" if value < 0.1 else f"{value:.2f}×" if value < 2 else f"{value:.1f}×" if value < 20 else f"{value:.0f}×"
