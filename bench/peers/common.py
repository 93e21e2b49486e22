"""What the Python peers share: the workload as `bench/run` sends it, its data, first weights, and the conversation
(bench/README.md, "How a peer talks"). Import it before the framework: it pins the threads."""

import ctypes
import gc
import json
import os
import sys
import time
import traceback

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 1
for _k in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
    os.environ[_k] = str(THREADS)
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Libraries print; only our replies go to the real standard output.
_OUT = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def parse(text):
    w = dict(part.split("=", 1) for part in text.split())
    w["dims"] = [int(d) for d in w["dims"].split(",")]
    for k in ("batch", "rows"):
        w[k] = int(w[k])
    for k in ("lr", "dropout", "momentum"):
        w[k] = float(w[k])
    return w


def data(w, seed=7):
    """Zero-mean float32 X and y of a random teacher: all-positive inputs would kill units and leave denormals."""
    import numpy as np

    r = np.random.default_rng(seed)
    n, d, k = w["rows"], w["dims"][0], w["dims"][-1]
    X = r.standard_normal((n, d), dtype=np.float32) * np.float32(0.5 if d == 784 else 1)
    Z = X @ (r.standard_normal((d, k), dtype=np.float32) / np.float32(d**0.5))
    if w["loss"] == "ce":
        y = Z.argmax(1).astype(np.int64)
    elif w["loss"] == "bce":
        y = (Z[:, :1] + X[:, :1] * X[:, 1:2] > 0).astype(np.float32)
    else:
        y = np.tanh(Z)
    return np.ascontiguousarray(X), np.ascontiguousarray(y)


def weights(w, seed=3):
    """The first weights (Glorot, uniform), the same for every peer that lets us set them: (in, out) matrices and zero
    biases, layer by layer, so that no peer holds all of them twice."""
    import numpy as np

    r = np.random.default_rng(seed)
    for a, b in zip(w["dims"], w["dims"][1:]):
        limit = (6 / (a + b)) ** 0.5
        k = r.random((a, b), dtype=np.float32)
        k *= 2 * limit
        k -= limit
        yield k, np.zeros(b, np.float32)


class Times(list):
    """Seconds of several epochs, from an f that timed them itself."""


def _memory(key):
    for line in open("/proc/self/status"):
        if line.startswith(key):
            return int(line.split()[1]) / 1024


def _timed(f, warm, least, count):
    """Seconds of calls of f: untimed ones until `warm` s are over, then timed until `least` s and `count` calls.
    An f that times itself (several epochs within one call) returns them as `Times`."""
    clock, times, total = time.perf_counter, [], 0.0
    start = clock()
    while clock() - start < warm:
        f()
    while total < least or len(times) < count:
        t = clock()
        got = f()
        got = got if isinstance(got, Times) else [clock() - t]
        times += got
        total += sum(got)
    return times


def _quantiles(times):
    s = sorted(times)
    return {"median": s[len(s) // 2], "p99": s[int(len(s) * 0.99)], "min": s[0], "count": len(s)}


def serve(framework, version, variants):
    """Answers commands until standard input ends. variants(w) -> {name: maker}; maker() -> (f, loss): f runs one
    epoch, or predicts one batch; loss() gives the present training loss, or loss is None."""
    base = _memory("VmRSS")
    makers, live = {}, {}

    def reply(**kw):
        print(json.dumps(kw), file=_OUT, flush=True)

    reply(framework=framework, version=version)
    for line in sys.stdin:
        command, _, rest = line.strip().partition(" ")
        try:
            if command == "load":
                makers, live = {}, {}
                gc.collect()
                ctypes.CDLL(None).malloc_trim(0)
                makers = variants(parse(rest))
                reply(ok=True)
            elif command == "make":
                t = time.perf_counter()
                live[rest] = makers[rest]()
                live[rest][0]()
                reply(seconds=time.perf_counter() - t)
            elif command == "time":
                name, warm, least, count = rest.split()
                times = _timed(live[name][0], float(warm), float(least), int(count))
                reply(seconds=times[:1000], **_quantiles(times))
            elif command == "loss":
                value = float(live[rest][1]()) if live[rest][1] else None
                reply(loss=value if value is not None and value - value == 0 else None)
            elif command == "memory":
                reply(base_mb=base, peak_mb=_memory("VmHWM"))
            else:
                reply(error=f"unknown command {command}")
        except Exception as e:  # a peer's failure is a result: the runner records it and goes on
            traceback.print_exc()
            reply(error=f"{type(e).__name__}: {e}"[:600])
