"""What the two PyTorch peers share."""

import common
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(common.THREADS)
torch.set_num_interop_threads(1)
torch.set_flush_denormal(True)  # dead units leave denormals in Adam's state: up to 3x slower without this
torch.manual_seed(0)
LOSS = {"ce": F.cross_entropy, "mse": F.mse_loss, "bce": F.binary_cross_entropy_with_logits}


def build(w, softmax=False):
    act = {"relu": nn.ReLU, "tanh": nn.Tanh}[w["act"]]
    parts = []
    for i, (k, b) in enumerate(common.weights(w)):
        linear = nn.Linear(*k.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(k).t())
            linear.bias.copy_(torch.from_numpy(b))
        parts.append(linear)
        if i < len(w["dims"]) - 2:
            parts += [act()] + ([nn.Dropout(w["dropout"])] if w["dropout"] else [])
    if softmax and w["loss"] == "ce":
        parts.append(nn.Softmax(dim=1))
    return nn.Sequential(*parts)


def data(w):
    X, y = common.data(w)
    return torch.from_numpy(X), torch.from_numpy(y)


def infer(on, _mode=[]):
    """Inference mode for the whole workload, entered once: entering it per call would cost a microsecond."""
    while _mode:
        _mode.pop().__exit__(None, None, None)
    if on:
        _mode.append(torch.inference_mode())
        _mode[0].__enter__()
