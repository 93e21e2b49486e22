"""Kill runs of `ff train --run` with SIGKILL at random instants, resume them, and compare what they end with.

    python3 testdata/resume/kills.py target/release/ff [--kills 300] [--seed 0]

Five kinds of run, each with a checkpoint every few steps, so that many kills fall into the writing of one. Each is run
once without a kill; then it is begun again and again, killed once to four times in a row at instants drawn over its whole
duration (on changing numbers of threads), and resumed to its end. Model, record and certificate must be the same bytes.
A kill counts if the process was alive. Exit code 1 and the first folder that differs if one does. Python's standard
library only.
"""

import argparse
import hashlib
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

KINDS = {
    "Adam, dropout, f32": "moons:rows=400,noise=0.2 --layers 32,32 --dropout 0.3 --epochs 40 --validation 0.2",
    "L-BFGS": "circles:rows=1500 --optimizer lbfgs --layers 24,12 --epochs 80 --validation 0.2 --patience 0",
    "plateau, early stopping": "sine:rows=1500,noise=0.3 --optimizer momentum --schedule plateau:0.5:2 --layers 24"
    " --epochs 200 --patience 12 --validation 0.25",
    "class weights, f64, RReLU, refit": "blobs:rows=240 --class-weight balanced --precision f64 --activation rrelu"
    " --layers 24 --epochs 40 --validation 0.2 --refit",
    "folds, then all rows": "moons:rows=200,noise=0.3 --layers 16 --epochs 30",
}
OUTCOME = ["model.ff", "model.json", "certificate.json"]


def outcome(folder):
    return [hashlib.sha256((folder / "run" / name).read_bytes()).hexdigest() for name in OUTCOME]


def start(ff, folder, line, threads):
    """Begin the run, or go on with it."""
    begun = (folder / "run" / "run.json").exists()
    words = ["resume", "run"] if begun else f"train {line} --run run --checkpoint-seconds 0.002".split()
    command = [ff, *words, "--quiet", "--threads", str(threads)]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(child):
    error = child.communicate()[1].decode()
    if child.returncode != 0:
        sys.exit(f"exit code {child.returncode}: {error}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("ff")
    arguments.add_argument("--kills", type=int, default=300)
    arguments.add_argument("--seed", type=int, default=0)
    asked = arguments.parse_args()
    ff, dice = str(pathlib.Path(asked.ff).resolve()), random.Random(asked.seed)
    top = pathlib.Path(tempfile.mkdtemp(prefix="ff-kills-"))
    all_kills = all_runs = all_writes = 0
    for kind, line in KINDS.items():
        folder = top / "whole"
        folder.mkdir()
        begun = time.monotonic()
        finish(start(ff, folder, line, 1))
        seconds, want = time.monotonic() - begun, outcome(folder)
        shutil.rmtree(folder)
        kills = runs = writes = 0
        while kills < asked.kills // len(KINDS):
            folder = top / f"{runs}"
            folder.mkdir()
            for _ in range(dice.choice([1, 1, 2, 4])):
                child = start(ff, folder, line, dice.choice([1, 2]))
                time.sleep(dice.uniform(0, seconds))
                if child.poll() is None:
                    child.send_signal(signal.SIGKILL)
                    kills += 1
                child.communicate()
                # A file that was being written.
                writes += any(folder.glob("run/.ff-*"))
            finish(start(ff, folder, line, 1))
            if outcome(folder) != want:
                sys.exit(f"{kind}: {folder} has another outcome")
            if any(folder.glob("run/.ff-*")):
                sys.exit(f"{kind}: {folder} is not tidy")
            shutil.rmtree(folder)
            runs += 1
        print(f"{kind}: {kills} kills in {runs} runs of {seconds:.1f} s, {writes} while a file was written", flush=True)
        all_kills, all_runs, all_writes = all_kills + kills, all_runs + runs, all_writes + writes
    shutil.rmtree(top)
    print(f"{all_kills} kills, {all_writes} of them while a file was written; {all_runs} of {all_runs} runs ended with the same bytes")


if __name__ == "__main__":
    main()
