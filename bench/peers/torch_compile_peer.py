"""torch.compile (Inductor for the processor; needs a C++ compiler).
 step    one compiled graph for the whole step: gradient and written-out update
 unroll  the same with 8 steps in a call (for tiny nets)
 compile prediction with frozen weights"""

import torch_common as tc
import common
import torch
import torch._inductor.config as inductor
import torch.nn.functional as F

torch._dynamo.config.cache_size_limit = 64


def forward(w, P, x):
    layers = len(P) // 2
    act = {"relu": F.relu, "tanh": torch.tanh}[w["act"]]
    for i in range(layers):
        x = F.linear(x, P[2 * i], P[2 * i + 1])
        if i < layers - 1:
            x = act(x)
            x = F.dropout(x, w["dropout"]) if w["dropout"] else x
    return x


def adam(w, P, m, v, t, g):
    t.add_(1)
    c1, c2 = w["lr"] / (1 - 0.9**t), (1 - 0.999**t).rsqrt()
    for p, gi, mi, vi in zip(P, g, m, v):
        mi.mul_(0.9).add_(gi, alpha=0.1)
        vi.mul_(0.999).addcmul_(gi, gi, value=0.001)
        p.sub_(c1 * mi / (vi.sqrt() * c2 + 1e-8))


def sgd(w, P, m, v, t, g):
    for p, gi, mi in zip(P, g, m):
        if w["momentum"]:
            mi.mul_(w["momentum"]).add_(gi)
        p.sub_(w["lr"] * (mi if w["momentum"] else gi))


def training(steps_per_call, w, X, y):
    P, B, K = [], w["batch"], steps_per_call
    for k, b in common.weights(w):
        P += [torch.from_numpy(k).t().contiguous(), torch.from_numpy(b).clone()]
    m = [torch.zeros_like(p) for p in P]
    v = [torch.zeros_like(p) for p in P] if w["opt"] == "adam" else []
    t, lossf, update = torch.zeros(()), tc.LOSS[w["loss"]], {"adam": adam, "sgd": sgd}[w["opt"]]
    last = [None]

    def one(P, m, v, t, X, y, idx):
        f = lambda P, x, yb: lossf(forward(w, P, x), yb)
        g, loss = torch.func.grad_and_value(f)(P, X.index_select(0, idx), y.index_select(0, idx))
        update(w, P, m, v, t, g)
        return loss

    def many(P, m, v, t, X, y, idx):
        for i in range(K):
            loss = one(P, m, v, t, X, y, idx[i * B:(i + 1) * B])
        return loss
    options = {"cpp_wrapper": True} if K > 1 else None
    compiled = torch.compile(many if K > 1 else one, fullgraph=True, dynamic=False, options=options)
    single = torch.compile(one, fullgraph=True, dynamic=False) if K > 1 else compiled

    def epoch():
        with torch.no_grad():
            order = torch.randperm(w["rows"])
            whole = w["rows"] // (B * K) * (B * K)
            for idx in order[:whole].split(B * K):
                last[0] = compiled(P, m, v, t, X, y, idx)
            for i in range(whole, w["rows"], B):  # nobody does fewer steps
                last[0] = single(P, m, v, t, X, y, order[i:i + B])
    return epoch, lambda: last[0].item()


def predict(w, X):
    model = torch.compile(tc.build(w, softmax=True).eval(), fullgraph=True, dynamic=False)
    for _ in range(5):
        model(X)
    return lambda: model(X), None


def variants(w):
    torch._dynamo.reset()
    inductor.freezing = bool(w.get("predict"))
    tc.infer(bool(w.get("predict")))
    X, y = tc.data(w)
    if w.get("predict"):
        return {"compile": lambda: predict(w, X)}
    return {"step": lambda: training(1, w, X, y), "unroll": lambda: training(8, w, X, y)}


common.serve("torch.compile", torch.__version__, variants)
