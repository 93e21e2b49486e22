"""What `run` and `scaling` need before they measure: the peers' venv, `ff`, the Rust and C peers."""

import os
import subprocess
import sys

from contestants import HERE, ROOT

TARGET = os.path.join(ROOT, "target")


def call(argv, what, **kw):
    print(f"  {what}", flush=True)
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kw)
    if done.returncode:
        print(done.stdout[-1500:])
    return done.returncode == 0


def python():
    """The interpreter of the peers' venv, which is made on the first call (gigabytes: PyTorch, TensorFlow)."""
    venv = os.environ.get("FEEDFORWARD_BENCH_VENV") or os.path.join(TARGET, "bench-venv")
    exe, mark = os.path.join(venv, "bin", "python"), os.path.join(venv, "feedforward-bench")
    if os.environ.get("FEEDFORWARD_BENCH_VENV"):
        return exe
    wanted = open(os.path.join(HERE, "requirements.txt")).read()
    if not (os.path.exists(mark) and open(mark).read() == wanted):
        ok = call([sys.executable, "-m", "venv", venv], f"making {os.path.relpath(venv, ROOT)}")
        requirements = os.path.join(HERE, "requirements.txt")
        ok = ok and call([exe, "-m", "pip", "install", "-q", "-r", requirements], "installing the peers (some minutes)")
        if not ok:
            sys.exit("error: the peers' venv could not be made\nhint: see above; or name one by FEEDFORWARD_BENCH_VENV")
        with open(mark, "w") as f:
            f.write(wanted)
    return exe


def ff():
    """Our binary, built."""
    if os.environ.get("FEEDFORWARD_BENCH_FF"):
        return os.environ["FEEDFORWARD_BENCH_FF"]
    if not call(["cargo", "build", "--release", "-p", "feedforward-cli"], "building ff", cwd=ROOT):
        sys.exit("error: ff does not build\nhint: see above")
    return os.path.join(TARGET, "release", "ff")


def built(names):
    """{peer: program} of the Rust and C peers among `names`, and {peer: why} of those that cannot be built here."""
    programs, missing = {}, {}
    if names & {"candle", "burn"}:
        env = os.environ | {"CARGO_TARGET_DIR": os.path.join(TARGET, "bench-rust")}
        ok = call(["cargo", "build", "--release", "--locked"], "building candle and burn (the first time some minutes)",
                  cwd=os.path.join(HERE, "peers", "rust"), env=env)
        for name in names & {"candle", "burn"}:
            if ok:
                programs[name] = os.path.join(TARGET, "bench-rust", "release", name)
            else:
                missing[name] = "did not build"
    if "fann" in names:
        program = os.path.join(TARGET, "bench-fann")
        source = os.path.join(HERE, "peers", "fann.c")
        if call(["cc", "-O3", "-march=native", source, "-o", program, "-lfloatfann", "-lm"], "building the C peer, FANN"):
            programs["fann"] = program
        else:
            missing["fann"] = "did not build; Debian has it as libfann-dev"
    return programs, missing
