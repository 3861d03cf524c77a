# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compares transposes, selections, scans, cells and contractions of awkward sizes with the oracle.
"""operators.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER LEVEL"""
import itertools
import os
import pathlib
import sys

BIN, SOURCE, WORK, LEVEL = sys.argv[1:5]
os.environ["WEFT_BIN"] = BIN
sys.path.insert(0, os.path.join(SOURCE, "tools", "dev", "lib"))

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import helper, numpy_helper  # noqa: E402

import peers  # noqa: E402


class Model:
    """Nodes with inputs of their own."""

    def __init__(self, name):
        self.name, self.random = name, np.random.default_rng(5)
        self.nodes, self.weights, self.inputs, self.outputs, self.feeds = [], [], [], [], {}

    def floats(self, *shape, dtype=np.float32):
        return self.random.standard_normal(shape).astype(dtype)

    def weight(self, value):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, op, x, *weights, results=1, kind=None, dims=None, **attributes):
        """A node of the input x and of weights; dims: the input's in the model, for symbolic ones."""
        number = len(self.nodes)
        self.feeds[f"x{number}"] = x
        element = helper.np_dtype_to_tensor_dtype(x.dtype)
        self.inputs.append(helper.make_tensor_value_info(f"x{number}", element, dims or x.shape))
        names = [f"y{number}_{i}" for i in range(results)]
        kinds = kind if isinstance(kind, tuple) else (kind or element,) * results
        self.outputs += [helper.make_tensor_value_info(n, k, None) for n, k in zip(names, kinds)]
        operands = [f"x{number}"] + [w if isinstance(w, str) else self.weight(w) for w in weights]
        self.nodes.append(helper.make_node(op, operands, names, name=f"{op}{number}", **attributes))

    def verify(self, *flags):
        folder = pathlib.Path(WORK)
        folder.mkdir(parents=True, exist_ok=True)
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
        path = folder / f"{self.name}.onnx"
        onnx.save(onnx.shape_inference.infer_shapes(model), str(path))
        command = [peers.program("weftc"), "verify", path, f"--cpu={LEVEL}", *flags]
        for name, value in self.feeds.items():
            np.save(folder / f"{name}.npy", np.array(value, order="C"))
            command += ["-i", f"{name}={folder / (name + '.npy')}"]
        peers.call(command)
        print(f"{len(self.nodes)} {self.name} right")


def moves():
    """Exact: blocks and what is left of them, whole and dynamic, elements of one to eight bytes, interleaved channels."""
    model, random = Model("moves"), np.random.default_rng(3)
    for perm in itertools.permutations(range(3)):
        model.add("Transpose", model.floats(*random.integers(1, 40, 3)), perm=perm)
    for perm in ((0, 3, 1, 2), (3, 0, 2, 1), (2, 3, 0, 1), (0, 2, 1, 3)):
        model.add("Transpose", model.floats(*random.integers(2, 21, 4)), perm=perm)
    for dtype in (np.int8, np.float16, np.int32, np.float64, bool):
        model.add("Transpose", (random.standard_normal((37, 50)) * 50).astype(dtype), perm=(1, 0))
    for channels in (2, 3, 4):
        model.add("Transpose", model.floats(1, channels, 19, 23), perm=(0, 2, 3, 1))
        model.add("Transpose", model.floats(1, 19, 23, channels), perm=(0, 3, 1, 2))
    model.add("Transpose", model.floats(45, 18), perm=(1, 0), dims=["m", 18])
    model.add("Transpose", model.floats(33, 47), perm=(1, 0), dims=["p", "q"])
    model.add("SpaceToDepth", model.floats(1, 3, 12, 34), blocksize=2)
    model.add("DepthToSpace", model.floats(2, 8, 9, 17), blocksize=2)
    model.verify("--rtol", 0, "--atol", 0)


def selections():
    """Exact: ties, NaN, every position of the axis, rows shorter than what is asked of them before."""
    model, i64 = Model("selections"), onnx.TensorProto.INT64
    ties = model.random.integers(0, 5, (6, 33, 7)).astype(np.float32)
    holes = model.floats(5, 40)
    holes[1, 7] = holes[1, 30] = holes[3, 0] = np.nan
    holes[4] = -np.inf
    for axis, k in ((0, 1), (1, 1), (1, 5), (1, 33), (2, 3), (2, 7)):
        model.add("TopK", ties, np.array([k], np.int64), results=2, kind=(1, i64), axis=axis)
    model.add("TopK", ties, np.array([4], np.int64), results=2, kind=(1, i64), axis=1, largest=0)
    model.add("TopK", holes, np.array([9], np.int64), results=2, kind=(1, i64))
    model.add("TopK", model.random.integers(-9, 9, (3, 50)), np.array([6], np.int64), results=2, kind=(i64, i64))
    model.add("TopK", model.floats(1, 700), np.array([600], np.int64), results=2, kind=(1, i64))
    for op, axis, last in itertools.product(("ArgMax", "ArgMin"), (0, 2), (0, 1)):
        model.add(op, ties, kind=i64, axis=axis, select_last_index=last)
    for op in ("ArgMax", "ArgMin"):
        model.add(op, holes, kind=i64, axis=1)
        model.add(op, model.random.integers(-3, 3, (4, 65)).astype(np.int8), kind=i64, axis=-1)
        model.add(op, model.floats(7, 30, dtype=np.float16), kind=i64, axis=-1)
    boxes = model.random.random((2, 60, 4)).astype(np.float32)
    boxes[..., 2:] = boxes[..., :2] + 0.3
    scores = np.round(model.random.random((2, 3, 60)), 1).astype(np.float32)
    for most, least in ((7, 0.0), (60, 0.5), (1, 2.0)):
        name = model.weight(boxes)
        model.add("NonMaxSuppression", scores, np.array([most], np.int64), np.array([0.4], np.float32), np.array([least], np.float32), kind=i64)
        model.nodes[-1].input.insert(0, name)
    model.verify("--rtol", 0, "--atol", 0)


def scans():
    """Running sums along every axis, both ways, and pooling at borders."""
    model = Model("scans")
    for axis, reverse, exclusive in itertools.product((0, 1), (0, 1), (0, 1)):
        model.add("CumSum", model.floats(9, 21), np.array(axis, np.int64), reverse=reverse, exclusive=exclusive)
    model.add("CumSum", model.floats(5, 6, 30), np.array(-1, np.int64))
    model.add("CumSum", model.random.integers(-9, 9, (4, 20)), np.array(1, np.int64))
    for op, kernel, stride in itertools.product(("MaxPool", "AveragePool"), (2, 3, 5), (1, 2)):
        pad = kernel // 2
        model.add(op, model.floats(2, 3, 13, 21), kernel_shape=(kernel, kernel), strides=(stride, stride), pads=(pad,) * 4)
    model.add("AveragePool", model.floats(1, 2, 9, 9), kernel_shape=(3, 3), pads=(1,) * 4, count_include_pad=1)
    model.verify("--rtol", 1e-5, "--atol", 1e-5)


def cells():
    """Recurrent cells whose weights are packed, or not for the size of their state."""
    model = Model("cells")
    for op, gates, results in (("LSTM", 4, 3), ("GRU", 3, 2), ("RNN", 1, 2)):
        for hidden, batch, direction in ((32, 1, "forward"), (20, 3, "reverse"), (64, 2, "bidirectional")):
            count = 2 if direction == "bidirectional" else 1
            for flag in (0, 1) if op == "GRU" else (0,):
                model.add(op, model.floats(5, batch, 12), model.floats(count, gates * hidden, 12) / 4, model.floats(count, gates * hidden,
                          hidden) / 8,
                          model.floats(count, 2 * gates * hidden) / 4, results=results, hidden_size=hidden, direction=direction,
                          **({"linear_before_reset": flag} if op == "GRU" else {}))
    model.verify("--rtol", 1e-4, "--atol", 1e-5)


def contractions(dtype, *flags):
    """Convolutions of one to three dims, transposed ones with and without taps for every phase, products of half precision."""
    model = Model("contractions of " + np.dtype(dtype).name)

    def conv(op, shape, features, kernel, dims=None, **attributes):
        group = attributes.get("group", 1)
        filters = (features, shape[1] // group) if op == "Conv" else (shape[1], features // group)
        w = model.floats(*filters, *kernel) / np.sqrt(shape[1] * np.prod(kernel))
        model.add(op, model.floats(*shape, dtype=dtype), w.astype(dtype), model.floats(features, dtype=dtype), dims=dims, kernel_shape=kernel,
                  **attributes)

    conv("Conv", (2, 5, 17), 9, (3,), pads=(1, 1))
    conv("Conv", (1, 6, 9, 11), 40, (3, 3), pads=(1,) * 4, strides=(2, 1))
    conv("Conv", (1, 8, 9, 11), 8, (3, 3), pads=(1,) * 4, group=8)
    conv("Conv", (2, 3, 5, 7, 9), 34, (3, 3, 3), pads=(1,) * 6)
    conv("Conv", (1, 4, 6, 7, 8), 5, (2, 3, 1), strides=(2, 1, 2), pads=(0, 1, 0, 1, 1, 0), dilations=(1, 2, 1))
    conv("Conv", (1, 4, 3, 6, 5), 8, (1, 1, 1))
    conv("Conv", (1, 8, 4, 5, 6), 12, (3, 2, 3), pads=(1, 0, 1, 1, 1, 1), group=4)
    conv("Conv", (1, 4, 5, 6, 7), 4, (3, 3, 3), pads=(1,) * 6, dims=["n", 4, "d", "h", "w"])
    conv("ConvTranspose", (2, 6, 7), 5, (8,), strides=(4,), pads=(2, 2))
    conv("ConvTranspose", (1, 6, 5, 7), 4, (2, 2), strides=(2, 2))
    conv("ConvTranspose", (1, 6, 5, 7), 35, (3, 3), strides=(2, 2), pads=(1,) * 4, output_padding=(1, 1))
    conv("ConvTranspose", (2, 4, 5, 6), 6, (4, 4), strides=(2, 2), pads=(1, 1, 1, 1), group=2)
    conv("ConvTranspose", (1, 4, 5, 6), 6, (3, 5), strides=(2, 3), group=2)
    conv("ConvTranspose", (1, 3, 6, 6), 4, (3, 3), pads=(1,) * 4)
    conv("ConvTranspose", (1, 3, 6, 6), 4, (3, 3), strides=(2, 2), dilations=(2, 2))
    conv("ConvTranspose", (1, 3, 4, 4), 4, (2, 2), strides=(3, 3))
    conv("ConvTranspose", (1, 3, 3, 4, 5), 4, (2, 3, 2), strides=(2, 1, 2))
    conv("ConvTranspose", (2, 3, 4, 5), 4, (4, 4), strides=(2, 2), pads=(1,) * 4, dims=["b", 3, 4, 5])
    for m, k, n in ((1, 64, 100), (7, 33, 31), (40, 50, 64), (3, 16, 1)):
        model.add("MatMul", model.floats(m, k, dtype=dtype), (model.floats(k, n) / np.sqrt(k)).astype(dtype))
    model.add("Gemm", model.floats(9, 20, dtype=dtype), (model.floats(33, 20) / 4).astype(dtype), model.floats(33, dtype=dtype), transB=1)
    model.add("MatMul", model.floats(2, 11, 24, dtype=dtype), (model.floats(24, 40) / 4).astype(dtype), dims=["r", "s", 24])
    name = model.weight((model.floats(3, 1, 10, 24) / 4).astype(dtype))
    model.add("MatMul", model.floats(3, 2, 24, 18, dtype=dtype))
    model.nodes[-1].input.insert(0, name)
    model.verify(*flags)


moves()
selections()
scans()
cells()
contractions(np.float32, "--rtol", 1e-4, "--atol", 1e-5)
# One step of f16 is 2^-10 of the value: the oracle and the kernels add in another order and may round to neighbours.
contractions(np.float16, "--rtol", 2e-3, "--atol", 2e-3)
