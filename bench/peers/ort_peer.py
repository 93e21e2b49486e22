"""ONNX Runtime, prediction only.
 run         session.run with NumPy input and output
 iobinding   buffers bound once
 empty-call  an Identity of one number: what a call from Python costs by itself (not a contestant)"""

import common
import numpy as np
import onnxruntime as ort
from onnx import TensorProto, checker, helper, numpy_helper


def model(w):
    nodes, stored, cur = [], [], "x"
    for i, (k, b) in enumerate(common.weights(w)):
        stored += [numpy_helper.from_array(k, f"k{i}"), numpy_helper.from_array(b, f"b{i}")]
        nodes.append(helper.make_node("Gemm", [cur, f"k{i}", f"b{i}"], [f"z{i}"]))
        cur = f"z{i}"
        if i < len(w["dims"]) - 2:
            nodes.append(helper.make_node("Relu", [cur], [f"h{i}"]))
            cur = f"h{i}"
    if w["loss"] == "ce":
        nodes.append(helper.make_node("Softmax", [cur], ["p"], axis=1))
        cur = "p"
    return graph(nodes, stored, w["dims"][0], cur, w["dims"][-1])


def graph(nodes, stored, inputs, out, outputs):
    value = lambda name, n: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", n])
    g = helper.make_graph(nodes, "mlp", [value("x", inputs)], [value(out, outputs)], stored)
    m = helper.make_model(g, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    checker.check_model(m)
    return m.SerializeToString(), out


def session(bytes_):
    so = ort.SessionOptions()
    so.intra_op_num_threads = common.THREADS
    so.inter_op_num_threads = 1
    so.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    return ort.InferenceSession(bytes_, so, providers=["CPUExecutionProvider"])


def run(bytes_, out, X):
    s, feed, names = session(bytes_), {"x": X}, [out]
    return lambda: s.run(names, feed), None


def bound(bytes_, out, X, outputs):
    s = session(bytes_)
    io = s.io_binding()
    y = ort.OrtValue.ortvalue_from_numpy(np.empty((len(X), outputs), np.float32))
    io.bind_ortvalue_input("x", ort.OrtValue.ortvalue_from_numpy(X))
    io.bind_ortvalue_output(out, y)
    s.run_with_iobinding(io)
    assert np.allclose(y.numpy(), s.run([out], {"x": X})[0], atol=1e-5)
    return lambda: s.run_with_iobinding(io), None


def variants(w):
    X, _ = common.data(w)
    one = np.zeros((1, 1), np.float32)
    empty = lambda: graph([helper.make_node("Identity", ["x"], ["p"])], [], 1, "p", 1)
    return {"run": lambda: run(*model(w), X), "iobinding": lambda: bound(*model(w), X, w["dims"][-1]),
            "empty-call": lambda: bound(*empty(), one, 1)}


common.serve("onnxruntime", ort.__version__, variants)
