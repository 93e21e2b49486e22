"""PyTorch eager.
 fused        rows by index_select per batch, fused optimizer (the usual best)
 gather-epoch the same with one gather of the whole shuffled epoch
 in-backward  the optimizer steps inside the backward and frees each gradient at once (for memory)
 eager, jit   prediction"""

import torch_common as tc
import common
import torch


def optimizer(w, params):
    if w["opt"] == "adam":
        return torch.optim.Adam(params, lr=w["lr"], fused=True)
    return torch.optim.SGD(params, lr=w["lr"], momentum=w["momentum"], fused=True)


def batches(kind, w, X, y):
    order = torch.randperm(w["rows"])
    if kind == "gather-epoch":
        yield from zip(X.index_select(0, order).split(w["batch"]), y.index_select(0, order).split(w["batch"]))
    else:
        for i in order.split(w["batch"]):
            yield X.index_select(0, i), y.index_select(0, i)


def step_in_backward(w, params):
    rules = {p: optimizer(w, [p]) for p in params}

    def hook(p):
        rules[p].step()
        p.grad = None
    for p in params:
        p.register_post_accumulate_grad_hook(hook)


def training(kind, w, X, y):
    model, lossf = tc.build(w), tc.LOSS[w["loss"]]
    rule, last = None, [None]
    if kind == "in-backward":
        step_in_backward(w, list(model.parameters()))
    else:
        rule = optimizer(w, list(model.parameters()))

    def epoch():
        for xb, yb in batches(kind, w, X, y):
            loss = lossf(model(xb), yb)
            loss.backward()
            if rule:
                rule.step()
                rule.zero_grad(set_to_none=True)
        last[0] = loss.detach()
    return epoch, lambda: last[0].item()


def predict(kind, w, X):
    model = tc.build(w, softmax=True).eval()
    if kind == "jit":
        model = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(model, X)))
    for _ in range(5):
        model(X)
    return lambda: model(X), None


def variants(w):
    tc.infer(bool(w.get("predict")))
    X, y = tc.data(w)
    if w.get("predict"):
        return {k: lambda k=k: predict(k, w, X) for k in ("eager", "jit")}
    return {k: lambda k=k: training(k, w, X, y) for k in ("fused", "gather-epoch", "in-backward")}


common.serve("torch", torch.__version__, variants)
