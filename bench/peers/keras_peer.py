"""Keras 3 on TensorFlow.
 tfdata    model.fit over a tf.data pipeline of shuffled indices, one vectorised gather a batch, all steps of an epoch
           in one execution; several epochs in one fit, each timed by a callback
 loop      the whole epoch as one tf.function (a custom loop); loop-jit: compiled by XLA
 concrete  prediction through the concrete function"""

import os

import common

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import time  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(common.THREADS)
tf.config.threading.set_inter_op_parallelism_threads(common.THREADS)
LOSS = {"ce": lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "mse": lambda: keras.losses.MeanSquaredError(),
        "bce": lambda: keras.losses.BinaryCrossentropy(from_logits=True)}


def build(w, softmax=False):
    parts, units = [keras.Input((w["dims"][0],))], w["dims"][1:]
    for i, n in enumerate(units):
        last = i == len(units) - 1
        out = "softmax" if softmax and w["loss"] == "ce" else None
        parts.append(keras.layers.Dense(n, activation=out if last else w["act"]))
        if not last and w["dropout"]:
            parts.append(keras.layers.Dropout(w["dropout"]))
    model = keras.Sequential(parts)
    dense = [layer for layer in model.layers if layer.weights]
    for layer, (k, b) in zip(dense, common.weights(w)):
        layer.set_weights([k, b])
    return model


def optimizer(w):
    return keras.optimizers.Adam(w["lr"]) if w["opt"] == "adam" else keras.optimizers.SGD(w["lr"], w["momentum"])


def loss_of(w, model, X, y):
    return lambda: float(LOSS[w["loss"]]()(y[:4096], model(X[:4096])))


class Clock(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.times = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.times.append(time.perf_counter() - self.start)


def pipeline(w, X, y):
    n, B = w["rows"], w["batch"]
    with tf.device("/CPU:0"):
        Xt, yt = tf.constant(X), tf.constant(y)
    order = lambda _: tf.data.Dataset.from_tensor_slices(
        tf.reshape(tf.random.shuffle(tf.range(n, dtype=tf.int32)), (n // B, B)))
    ds = tf.data.Dataset.range(1).flat_map(order).map(lambda i: (tf.gather(Xt, i), tf.gather(yt, i)))
    options = tf.data.Options()
    options.threading.private_threadpool_size = common.THREADS
    options.autotune.enabled = False
    return ds.apply(tf.data.experimental.assert_cardinality(n // B)).with_options(options).prefetch(2)


def fit(w, X, y):
    model, ds = build(w), pipeline(w, X, y)
    model.compile(optimizer=optimizer(w), loss=LOSS[w["loss"]](), jit_compile=False,
                  steps_per_execution=w["rows"] // w["batch"])
    epochs = [1]

    def run():  # a fit has a start of its own: enough epochs in one that half a second is timed
        clock = Clock()
        model.fit(ds, epochs=epochs[0] + 1, verbose=0, callbacks=[clock])
        epochs[0] = min(100, max(1, int(0.5 / clock.times[-1])))
        return common.Times(clock.times[1:])
    return run, loss_of(w, model, X, y)


def loop(jit, w, X, y):
    model, rule, lossf = build(w), optimizer(w), LOSS[w["loss"]]()
    rule.build(model.trainable_variables)
    Xt, yt, steps = tf.constant(X), tf.constant(y), w["rows"] // w["batch"]

    @tf.function(jit_compile=jit, autograph=False)
    def run(order):
        def body(i):
            rows = order[i]
            with tf.GradientTape() as tape:
                loss = lossf(tf.gather(yt, rows), model(tf.gather(Xt, rows), training=True))
            rule.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
            return (i + 1,)
        tf.while_loop(lambda i: i < steps, body, (tf.constant(0),), parallel_iterations=1)
        return tf.constant(0)

    def epoch():
        order = np.random.permutation(w["rows"]).astype(np.int32).reshape(steps, w["batch"])
        run(tf.constant(order)).numpy()
    return epoch, loss_of(w, model, X, y)


def predict(w, X):
    model, xt = build(w, softmax=True), tf.constant(X)
    f = tf.function(lambda x: model(x, training=False), input_signature=[tf.TensorSpec(X.shape, tf.float32)])
    f = f.get_concrete_function()
    return lambda: f(xt).numpy(), None


def variants(w):
    keras.backend.clear_session()
    X, y = common.data(w)
    if w.get("predict"):
        return {"concrete": lambda: predict(w, X)}
    return {"tfdata": lambda: fit(w, X, y), "loop": lambda: loop(False, w, X, y),
            "loop-jit": lambda: loop(True, w, X, y)}


common.serve("keras", f"{keras.__version__} tf {tf.__version__}", variants)
