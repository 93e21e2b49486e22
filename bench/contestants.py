"""The processes that `run` measures: peers that stay alive and are stopped while others are at turn, and `ff bench`."""

import contextlib
import json
import os
import resource
import select
import signal
import statistics
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TICK = os.sysconf("SC_CLK_TCK")
SCRIPTS = {"sklearn": "sklearn_peer.py", "torch": "torch_peer.py", "torch.compile": "torch_compile_peer.py",
           "keras": "keras_peer.py", "jax": "jax_peer.py", "onnxruntime": "ort_peer.py"}


class Failed(Exception):
    """A contestant that did not answer, or answered with an error."""


def pin(threads):
    """What a new process does first: the last cores only, its helper threads too."""
    cpus = sorted(os.sched_getaffinity(0))[-threads:]
    return lambda: os.sched_setaffinity(0, cpus)


class Meter:
    """Cores that were busy with anything but us and the measured process while the block ran."""

    def __init__(self, own_seconds):
        self.own = own_seconds

    def __enter__(self):
        self.start = (time.perf_counter(), self._busy(), self.own() + time.process_time())
        return self

    def __exit__(self, *_):
        t, busy, own = self.start
        own = self.own() + time.process_time() - own
        self.other = round(max(0.0, self._busy() - busy - own) / max(time.perf_counter() - t, 0.05), 2)

    @staticmethod
    def _busy():
        with open("/proc/stat") as f:
            n = [int(x) for x in f.readline().split()[1:]]
        return (n[0] + n[1] + n[2] + n[5] + n[6] + n[7]) / TICK


class Peer:
    """A framework in a process of its own that answers commands (README: How a peer talks)."""

    def __init__(self, name, threads, python, built, log, more=None):
        self.name, self.threads, self.log, self.more = name, threads, log, more or {}
        self.argv = [python, os.path.join(HERE, "peers", SCRIPTS[name]), str(threads)] if name in SCRIPTS else [built[name]]
        self.process, self.loaded, self.version = None, None, ""

    def _start(self):
        env = os.environ | {"RAYON_NUM_THREADS": str(self.threads), "TORCHINDUCTOR_COMPILE_THREADS": "1",
                            "TORCHINDUCTOR_CACHE_DIR": os.path.join(ROOT, "target", "bench-inductor")} | self.more
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                                        env=env, preexec_fn=pin(self.threads), start_new_session=True, text=True)
        self.version = self._reply(120).get("version", "")

    def _reply(self, timeout):
        if not select.select([self.process.stdout], [], [], timeout)[0]:
            self.close()
            raise Failed(f"no answer within {timeout:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.close()
            raise Failed(f"ended with code {code}; see target/bench.log")
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def ask(self, command, timeout=180):
        """The answer to a command; the process runs only meanwhile."""
        try:
            if self.process is None:
                self._start()
            os.killpg(self.process.pid, signal.SIGCONT)
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
            return self._reply(timeout)
        except (OSError, ValueError) as e:
            self.close()
            raise Failed(f"no use: {e!r}") from e
        finally:
            if self.process:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGSTOP)

    def load(self, text):
        if self.loaded != text or self.process is None:
            self.loaded = None
            self.ask("load " + text)
            self.loaded = text

    def time(self, variant, warm, least, count, timeout):
        """Seconds of each epoch or call (a thousand at most), their median, and others' use of the cores."""
        with Meter(self._cpu) as meter:
            answer = self.ask(f"time {variant} {warm} {least} {count}", timeout)
        times = answer["seconds"]
        return {"seconds": times[:20], "median": answer.get("median", statistics.median(times)),
                "p99": answer.get("p99"), "other": meter.other}

    def _cpu(self):
        if self.process is None:
            return 0.0
        with open(f"/proc/{self.process.pid}/stat") as f:
            return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:15])) / TICK

    def close(self):
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = self.loaded = None


class Ours:
    """`ff bench`, a fresh process for every pass."""

    LOSS = {"ce": "cross_entropy", "bce": "binary_cross_entropy", "mse": "squared_error"}

    def __init__(self, ff, w, threads, log):
        rule = "momentum" if w["momentum"] else w["opt"]
        # Our squared error is half a sum over the outputs, the peers' a mean: the same step takes another rate.
        rate = w["lr"] * (2 / w["dims"][-1] if w["loss"] == "mse" and w["opt"] == "sgd" else 1)
        self.argv = [ff, "bench", "--json", "--quiet", "--layers", "-".join(map(str, w["dims"])), "--activation", w["act"],
                     "--loss", self.LOSS[w["loss"]], "--optimizer", rule, "--learning-rate", repr(rate),
                     "--batch-size", str(w["batch"]), "--threads", str(threads)]
        if len(w["dims"]) > 2:
            self.argv += ["--dropout", str(w["dropout"])]
        if w["momentum"]:
            self.argv += ["--momentum", str(w["momentum"])]
        # Predicting, the peers see one batch again and again; so do we.
        self.argv += ["--predict-only", "--rows", "1024"] if w.get("predict") else ["--rows", str(w["rows"])]
        self.w, self.threads, self.log, self.epochs = w, threads, log, None

    def run(self, *more, timeout=180):
        cpu = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        with Meter(cpu) as meter:
            try:
                done = subprocess.run(self.argv + list(more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                      preexec_fn=pin(self.threads), timeout=timeout)
            except subprocess.TimeoutExpired as e:
                raise Failed(f"ff bench took over {timeout:.0f} s") from e
        if done.returncode:
            raise Failed(f"ff bench: {done.stderr.strip()[-300:]}")
        return json.loads(done.stdout), meter.other

    def measure(self, warm, least, timeout):
        """One pass: as many epochs as fill `warm` and `least` seconds; those within `warm` do not count."""
        if self.w.get("predict"):
            answer, other = self.run(timeout=timeout)
            p = answer["predict"]
            if self.w["batch"] == 1:
                return answer, {"median": p["one_row_us"]["median"] * 1e-6, "p99": p["one_row_us"]["p99"] * 1e-6, "other": other}
            return answer, {"median": self.w["batch"] / p["rows_per_s"][str(self.w["batch"])], "other": other}
        if self.epochs is None:
            one = min(self.run("--epochs", "3", timeout=timeout)[0]["epochs"])
            self.epochs = max(1, min(100_000, round((warm + least) / one)))
        answer, other = self.run("--epochs", str(self.epochs), timeout=timeout)
        times, spent = answer["epochs"], answer["epochs"][0]  # its own warm-up epoch took about as long
        while len(times) > 1 and spent < warm:
            spent += times[0]
            times = times[1:]
        return answer, {"seconds": times[:20], "median": statistics.median(times), "other": other}
