"""The record of a run: tables in Markdown, from the rows that `run` kept.

    python3 bench/report.py bench/record/NAME.jsonl    the short table that the README shows
"""

import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys

from contestants import HERE, ROOT
from workloads import ASKED, ASKED_MEMORY, ASKED_PEAK, WORKLOADS, flops

NO_CONTEST = "empty-call"  # measured, but nobody's best
MOST_OTHER = 0.2  # cores that others may use during a timing


def against(name):
    """Whom the ratio of a workload is taken against, if not the best peer."""
    return "onnxruntime" if name.startswith("W7") else None


def processor():
    if os.path.exists("/proc/cpuinfo"):
        for line in open("/proc/cpuinfo"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def stem(quick, suffix=""):
    """Path of the record without its ending; an earlier record stays."""
    machine = re.sub(r"[^a-z0-9]+", "-", f"{processor()} {os.cpu_count()} cores".lower()).strip("-")
    folder = os.path.join(ROOT, "target", "bench-quick") if quick else os.path.join(HERE, "record")
    os.makedirs(folder, exist_ok=True)
    base = path = os.path.join(folder, f"{datetime.date.today()}-{machine}{suffix}")
    n = 1
    while os.path.exists(path + ".md") and not quick:
        n += 1
        path = f"{base}-{n}"
    return path


def machine_line():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def commit():
    git = lambda *a: subprocess.run(["git", *a], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    if os.environ.get("FEEDFORWARD_BENCH_FF"):
        return "the binary that FEEDFORWARD_BENCH_FF names"
    return "commit " + git("rev-parse", "--short", "HEAD") + (" with changes" if git("status", "--porcelain", "--", "crates") else "")


def clean(rows):
    """Rows timed while others kept quiet, if there are three of them; otherwise all."""
    good = [r for r in rows if r.get("other", 0) <= MOST_OTHER]
    return good if len(good) >= 3 else rows


def number(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"


class Cell:
    """All rows of one workload and number of threads."""

    def __init__(self, name, threads, rows):
        self.name, self.threads = name, threads
        self.by = {}
        for r in rows:
            self.by.setdefault((r["who"], r["variant"]), []).append(r)
        self.ours = self.by.pop(("ours", ""), [])
        self.empty = self.by.pop(("onnxruntime", NO_CONTEST), [])
        self.rate = {k: statistics.median(r["rate"] for r in clean(v)) for k, v in self.by.items()}
        self.our_rate = statistics.median(r["rate"] for r in clean(self.ours)) if self.ours else None

    def best(self):
        """(who, variant) that counts."""
        who = against(self.name)
        keys = [k for k in self.rate if who in (None, k[0])]
        return max(keys, key=self.rate.get, default=None)

    def ratios(self, key):
        """Ours over theirs, pass by pass."""
        theirs = {r["pass"]: r["rate"] for r in clean(self.by[key])}
        return [r["rate"] / theirs[r["pass"]] for r in clean(self.ours) if r["pass"] in theirs]

    def peak_share(self):
        peaks = [r["machine"]["fma_gflops_1" if self.threads == 1 else "fma_gflops"] for r in self.ours if "machine" in r]
        peaks = [p for p in peaks if p]
        return self.our_rate * flops(WORKLOADS[self.name]) / 1e9 / statistics.median(peaks) if peaks else None

    def line(self):
        best = self.best()
        if not self.ours or best is None:
            return f"| {self.name} | {self.threads} | {'failed' if not self.ours else number(self.our_rate)} | – | – | – | – | – | – | – |"
        ratio, asked = self.our_rate / self.rate[best], ASKED.get(self.name)
        each = self.ratios(best)
        spread = f"{min(each):.2f}–{max(each):.2f}" if len(each) > 1 else "one pass"
        share = self.peak_share()
        met = ratio >= asked
        wanted = f"{asked:g}"
        if self.name in ASKED_PEAK and self.threads == 1:
            wanted += f", {ASKED_PEAK[self.name]:.0%} of peak"
            met = met and share is not None and share >= ASKED_PEAK[self.name]
        floors = [r["times_floor"] for r in self.ours if "times_floor" in r]
        floor = f"{statistics.median(floors):.2f}" if floors else "–"
        return (f"| {self.name} | {self.threads} | {number(self.our_rate)} | {best[0]} {best[1]} | {number(self.rate[best])} "
                f"| **{ratio:.2f}** | {spread} | {wanted} {'✓' if met else '✗'} | {'–' if share is None else f'{share:.0%}'} | {floor} |")

    def all_peers(self):
        """The best variant of each peer."""
        best = {}
        for (who, variant), x in self.rate.items():
            if x > best.get(who, ("", 0))[1]:
                best[who] = variant, x
        parts = [f"{who} {v} {number(x)} ({len(self.by[who, v])})" for who, (v, x) in sorted(best.items(), key=lambda kv: -kv[1][1])]
        call = f"; an empty call of ONNX Runtime from Python: {1e6 / self.empty[0]['rate']:.1f} µs" if self.empty and WORKLOADS[self.name]["batch"] == 1 else ""
        return f"| {self.name} | {self.threads} | {'–' if self.our_rate is None else number(self.our_rate)} | {', '.join(parts)}{call} |"


def speed_tables(cells):
    head = ["| workload | threads | ours, samples/s | against | samples/s | ratio | in each pass | asked | of FMA peak | times floor |",
            "|---|---|---|---|---|---|---|---|---|---|"]
    more = ["", "All peers, samples/s, each with its best variant and its number of passes (a peer at less than half of the best one's",
            "speed in the first pass is not repeated):", "", "| workload | threads | ours | peers |", "|---|---|---|---|"]
    return head + [c.line() for c in cells] + more + [c.all_peers() for c in cells]


def memory_table(name, rows):
    lines = ["", f"Memory of training {name}, MiB at most (peers: above what the process held after its imports):", "",
             "| threads | ours | plan | ours / plan | best peer | MiB | ours / best peer | others |", "|---|---|---|---|---|---|---|---|"]
    for threads in sorted({r["threads"] for r in rows}):
        here = [r for r in rows if r["threads"] == threads]
        peers = sorted((r["peak_mb"] - r["base_mb"], f"{r['who']} {r['variant']}") for r in here if r["who"] != "ours")
        ours = next((r for r in here if r["who"] == "ours"), None)
        if not ours or not peers:
            continue
        mine, plan = ours["peak_mb"], ours["bytes"]["total"] / 2**20
        others = ", ".join(f"{who} {mb:,.0f}" for mb, who in peers[1:])
        mark = lambda x, most: f"{x:.2f} (asked ≤ {most:g}) {'✓' if x <= most else '✗'}"
        lines.append(f"| {threads} | {mine:,.0f} | {plan:,.0f} | {mark(mine / plan, ASKED_MEMORY['plan'])} | {peers[0][1]} | {peers[0][0]:,.0f} "
                     f"| {mark(mine / peers[0][0], ASKED_MEMORY['peer'])} | {others} |")
    return lines


def about(rows):
    versions = {r["who"]: r["version"] for r in rows if r.get("version")}
    peaks = [(r["threads"], r["machine"]) for r in rows if r["who"] == "ours" and "machine" in r]
    lines = [f"# {datetime.date.today()}, {machine_line()}", "",
             f"ff of {commit()}, {len({r['pass'] for r in rows})} interleaved passes. Written by `bench/run`; how to read it: "
             "[README](../README.md).", ""]
    for t in sorted({t for t, _ in peaks}):
        key = "fma_gflops_1" if t == 1 else "fma_gflops"
        values = [m[key] for n, m in peaks if n == t and m.get(key)]
        if values:
            lines.append(f"FMA peak on {t} thread{'s' * (t > 1)}: median {statistics.median(values):.0f} Gflop/s "
                         f"({min(values):.0f}–{max(values):.0f} over {len(values)} measurements).")
    lines += ["", "Peers: " + ", ".join(f"{who} {v}" for who, v in sorted(versions.items())) + f"; Python {platform.python_version()}.", ""]
    return lines


def cells_of(rows):
    timed = [r for r in rows if "rate" in r]
    keys = sorted({(r["workload"], r["threads"]) for r in timed}, key=lambda k: (list(WORKLOADS).index(k[0]), k[1]))
    return timed, [Cell(n, t, [r for r in timed if (r["workload"], r["threads"]) == (n, t)]) for n, t in keys]


def short(rows):
    """Workloads down, threads across: the ratio and its spread, and against whom."""
    cells = {(c.name, c.threads): c for c in cells_of(rows)[1] if c.ours and c.best()}
    threads = sorted({t for _, t in cells})
    lines = ["| | " + " | ".join(f"{t} thread{'s' * (t > 1)} | best peer" for t in threads) + " |", "|---" * (1 + 2 * len(threads)) + "|"]
    for name in dict.fromkeys(n for n, _ in cells):
        row = [name]
        for c in (cells.get((name, t)) for t in threads):
            each = c.ratios(c.best()) if c else []
            spread = f" ({min(each):.2f}–{max(each):.2f})" if len(each) > 1 else ""
            row += [f"{c.our_rate / c.rate[c.best()]:.2f}{spread}", c.best()[0]] if c else ["–", "–"]
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def write(path, rows, notes):
    timed, cells = cells_of(rows)
    lines = about(rows) + speed_tables(cells)
    for name in WORKLOADS:
        held = [r for r in rows if "peak_mb" in r and r["workload"] == name]
        lines += memory_table(name, held) if held else []
    loud = sum(r.get("other", 0) > MOST_OTHER for r in timed)
    lines += ["", f"Timings taken while other processes used more than {MOST_OTHER} cores: {loud} of {len(timed)}; they are left out "
              "where three others remain."]
    wild = [f"{r['workload']} {r['who']} {r['variant']}" for r in timed if "loss" in r and r["loss"] is None
            and not WORKLOADS[r["workload"]].get("predict")]
    notes = notes + ([f"losses that were not finite: {', '.join(wild)}"] if wild else [])
    lines += ["", "What failed or was not run:", ""] + [f"- {n}" for n in notes or ["nothing"]]
    with open(path + ".md", "w") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    with open(sys.argv[1]) as lines:
        print(short([json.loads(line) for line in lines]))
