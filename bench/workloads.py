"""The workloads W1 to W8, who runs them, and what is asked of us. Used by `run`; no third-party imports."""


def workload(dims, act, loss, opt, lr, batch, rows, dropout=0.0, momentum=0.0):
    rows -= rows % batch  # full steps only, the same number for everybody
    return dict(dims=dims, act=act, loss=loss, opt=opt, lr=lr, batch=batch, rows=rows, dropout=dropout,
                momentum=momentum)


WORKLOADS = {}
for b in (32, 128, 1024):
    WORKLOADS[f"W1-b{b}"] = workload([784, 512, 10], "relu", "ce", "adam", 1e-3, b, 60000, dropout=0.2)
WORKLOADS["W2"] = workload([784, 10], "relu", "ce", "sgd", 0.01, 32, 60000, momentum=0.9)
for b in (32, 256):
    WORKLOADS[f"W3-b{b}"] = workload([16, 64, 64, 1], "relu", "mse", "adam", 1e-3, b, 20000)
WORKLOADS["W4"] = workload([2, 16, 16, 1], "tanh", "bce", "sgd", 0.1, 10, 1000)
WORKLOADS["W5"] = workload([28] + [300] * 5 + [1], "tanh", "bce", "adam", 1e-3, 100, 20000)
WORKLOADS["W6"] = workload([1024, 4096, 4096, 1024], "relu", "mse", "sgd", 1e-2, 1024, 2048, momentum=0.9)
# Prediction: one call is one batch.
for name, dims, loss in (("mnist", [784, 512, 10], "ce"), ("tab", [16, 64, 64, 1], "mse")):
    for b in (1, 1024):
        WORKLOADS[f"W7-{name}-b{b}"] = dict(workload(dims, "relu", loss, "adam", 1e-3, b, b), predict=True)
# Memory: two steps are enough, every peer in a process of its own.
WORKLOADS["W8"] = dict(workload([2048] * 18, "relu", "mse", "adam", 1e-5, 256, 512), memory=True)

# Each peer with the variants that were best for it somewhere; the best one of each workload counts.
SKLEARN, EAGER, COMPILE, KERAS, JAX, ORT = "sklearn", "torch", "torch.compile", "keras", "jax", "onnxruntime"
CANDLE, BURN, FANN = "candle", "burn", "fann"
BIG = [(SKLEARN, ["partial_fit"]), (EAGER, ["fused"]), (COMPILE, ["step"]), (KERAS, ["tfdata", "loop"])]
SMALL = [(SKLEARN, ["partial_fit"]), (EAGER, ["fused", "gather-epoch"]), (COMPILE, ["step", "unroll"]),
         (KERAS, ["tfdata", "loop-jit"]), (JAX, ["scan"])]
RUST = [(CANDLE, ["eager"]), (BURN, ["flex"])]
PREDICT = [(SKLEARN, ["predict", "numpy-by-hand"]), (EAGER, ["eager", "jit"]), (COMPILE, ["compile"]),
           (KERAS, ["concrete"]), (JAX, ["aot"]), (ORT, ["run", "iobinding", "empty-call"])]
PLAN = {
    "W1-b32": BIG + [(JAX, ["scan"])] + RUST,
    "W1-b128": BIG + [(JAX, ["scan"])] + RUST,
    "W1-b1024": BIG + [(JAX, ["scan"])],
    "W2": BIG + [(JAX, ["scan"])],
    "W3-b32": SMALL + RUST + [(FANN, ["batch", "incremental"])],
    "W3-b256": SMALL + [(FANN, ["batch"])],
    "W4": SMALL + RUST + [(FANN, ["batch", "incremental"])],
    "W5": BIG + [(JAX, ["scan"])],
    "W6": BIG + [(JAX, ["scan"])],
    "W8": [(SKLEARN, ["partial_fit"]), (EAGER, ["fused"]), (EAGER, ["in-backward"]), (COMPILE, ["step"]),
           (KERAS, ["tfdata"]), (JAX, ["scan"])],
}
PLAN |= {name: PREDICT for name in WORKLOADS if name.startswith("W7")}

# Peers that would take minutes for an epoch see fewer rows; a rate does not depend on them.
ROWS = {(f"W1-b{b}", who): 6400 for b in (32, 128) for who in (CANDLE, BURN)}

# What the project asks of itself: ours at least so many times the best peer (W7: against ONNX Runtime alone).
ASKED = {"W1-b32": 2.5, "W1-b128": 1.6, "W1-b1024": 1.4, "W2": 2.0, "W3-b32": 2.0, "W3-b256": 1.5, "W4": 8.0,
         "W5": 2.0, "W6": 1.0, "W7-mnist-b1": 2.0, "W7-tab-b1": 2.0, "W7-mnist-b1024": 1.2, "W7-tab-b1024": 1.2}
ASKED_PEAK = {"W6": 0.8}  # share of the measured FMA peak, on one thread
ASKED_MEMORY = {"plan": 1.1, "peer": 0.75}  # at most


def macs(w):
    return [a * b for a, b in zip(w["dims"], w["dims"][1:])]


def flops(w):
    """Operations of one sample: forward, and for training both products backward; none pulls back to the input."""
    m = macs(w)
    return 2 * sum(m) if w.get("predict") else 2 * (3 * sum(m) - m[0])


def as_text(w):
    """The workload as a peer's `load` command takes it."""
    plain = {k: v for k, v in w.items() if k != "dims"} | {"dims": ",".join(map(str, w["dims"]))}
    return " ".join(f"{k}={v}" for k, v in sorted(plain.items()))
