# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs convolutions and matrix products of awkward sizes and compares them with sums in double.
"""contractions.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER LEVEL"""
import os
import pathlib
import sys

BIN, SOURCE, WORK, LEVEL = sys.argv[1:5]
os.environ["WEFT_BIN"] = BIN
sys.path.insert(0, os.path.join(SOURCE, "tools", "dev", "lib"))

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import peers  # noqa: E402

# Of each output: 2 ulp per square root of the number of products, of the sum of their magnitudes.
ULP = 2.0**-23


def convolve(x, w, strides, pads, dilations, groups):
    """The convolution of ONNX in double."""
    rank, taps = x.ndim - 2, w.shape[2:]
    padded = np.pad(x.astype(np.float64), [(0, 0), (0, 0)] + [(pads[i], pads[i + rank]) for i in range(rank)])
    sizes = [(padded.shape[i + 2] - dilations[i] * (taps[i] - 1) - 1) // strides[i] + 1 for i in range(rank)]
    out = np.zeros((x.shape[0], w.shape[0], *sizes))
    features, channels = w.shape[0] // groups, w.shape[1]
    for tap in np.ndindex(*taps):
        window = tuple(slice(tap[i] * dilations[i], tap[i] * dilations[i] + (sizes[i] - 1) * strides[i] + 1, strides[i])
                       for i in range(rank))
        part = padded[(slice(None), slice(None)) + window]
        for g in range(groups):
            f, c = slice(g * features, (g + 1) * features), slice(g * channels, (g + 1) * channels)
            out[:, f] += np.einsum("nc...,fc->nf...", part[:, c], w[f][(slice(None), slice(None)) + tap].astype(np.float64))
    return out


class Cases:
    """Nodes of one model, each with inputs of its own, and what they must give."""

    def __init__(self, rng):
        self.rng, self.nodes, self.weights, self.inputs, self.outputs = rng, [], [], [], []
        self.feeds, self.wanted, self.bounds = {}, {}, {}

    def tensor(self, shape):
        return self.rng.uniform(-1, 1, shape).astype(np.float32)

    def weight(self, name, value):
        self.weights.append(numpy_helper.from_array(value, name))
        return name

    def source(self, name, value, dims):
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, dims or value.shape))
        self.feeds[name] = value
        return name

    def result(self, name, value, magnitude, products, rank):
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * rank))
        self.wanted[name], self.bounds[name] = value, 2 * ULP * np.sqrt(products) * magnitude

    def conv(self, shape, features, taps, strides=None, pads=None, dilations=None, groups=1, dims=None, relu=False):
        rank, name = len(taps), f"conv{len(self.nodes)}"
        strides, pads, dilations = strides or [1] * rank, pads or [0] * 2 * rank, dilations or [1] * rank
        x, w, b = self.tensor(shape), self.tensor((features, shape[1] // groups, *taps)), self.tensor((features,))
        names = [self.source(name + "_x", x, dims), self.weight(name + "_w", w), self.weight(name + "_b", b)]
        out = name + "_sum" if relu else name
        self.nodes.append(helper.make_node("Conv", names, [out], strides=strides, pads=pads, dilations=dilations, group=groups,
                                           kernel_shape=taps))
        bias = b.reshape((1, -1) + (1,) * rank).astype(np.float64)
        want = convolve(x, w, strides, pads, dilations, groups) + bias
        magnitude = convolve(np.abs(x), np.abs(w), strides, pads, dilations, groups) + np.abs(bias)
        if relu:
            self.nodes.append(helper.make_node("Relu", [out], [name]))
            want = np.maximum(want, 0)
        self.result(name, want, magnitude, w[0].size, rank + 2)

    def matmul(self, lhs, rhs, constant=False, transposed=False, dims=(None, None), residual=False):
        name = f"matmul{len(self.nodes)}"
        x, y = self.tensor(lhs), self.tensor(rhs)
        right = self.weight(name + "_y", y) if constant else self.source(name + "_y", y, dims[1])
        left = self.source(name + "_x", x, dims[0])
        if transposed:
            order = list(range(len(rhs)))
            order[-2:] = order[-1], order[-2]
            self.nodes.append(helper.make_node("Transpose", [right], [name + "_t"], perm=order))
            right, y = name + "_t", np.swapaxes(y, -1, -2)
        out = name + "_sum" if residual else name
        self.nodes.append(helper.make_node("MatMul", [left, right], [out]))
        want, magnitude = x.astype(np.float64) @ y.astype(np.float64), np.abs(x).astype(np.float64) @ np.abs(y)
        if residual:
            z = self.tensor(want.shape)
            self.nodes.append(helper.make_node("Add", [out, self.source(name + "_z", z, None)], [name]))
            want, magnitude = want + z, magnitude + np.abs(z)
        self.result(name, want, magnitude, lhs[-1], want.ndim)


def make_cases():
    cases = Cases(np.random.default_rng(7))
    # Borders on both sides, remainders of pixels and of channels, strides, dilation, windows larger than the input.
    cases.conv((2, 5, 9, 10), 40, (3, 3), pads=[1, 1, 1, 1], relu=True)
    cases.conv((1, 3, 30, 31), 33, (7, 7), strides=[2, 2], pads=[3, 3, 3, 3])
    cases.conv((1, 4, 12, 30), 64, (3, 3), pads=[2, 2, 2, 2], dilations=[2, 2])
    cases.conv((1, 8, 12, 30), 24, (3, 3), strides=[2, 1], pads=[1, 0, 1, 1], groups=2)
    cases.conv((1, 3, 4, 4), 16, (3, 3), pads=[4, 4, 4, 4])
    cases.conv((1, 16, 11, 13), 96, (1, 1), relu=True)
    cases.conv((1, 16, 11, 13), 20, (1, 1), strides=[2, 2])
    # Whole rows and columns of outputs in the padding.
    cases.conv((1, 16, 5, 6), 20, (1, 1), pads=[0, 0, 2, 0])
    cases.conv((1, 16, 5, 6), 20, (1, 1), pads=[1, 0, 1, 2], strides=[3, 2])
    cases.conv((1, 8, 5, 6), 16, (1, 3), pads=[0, 1, 1, 1], groups=2, dims=("n2", 8, "h2", "w2"))
    cases.conv((1, 8, 5, 6), 8, (1, 1), pads=[0, 0, 2, 1], groups=8)
    # Filters so large that the contraction is taken in parts.
    cases.conv((1, 640, 6, 6), 40, (3, 3), pads=[1, 1, 1, 1])
    # One dim: short, long with a wide window.
    cases.conv((2, 5, 50), 40, (5,), strides=[2], pads=[2, 2])
    cases.conv((1, 2, 300), 17, (65,), pads=[32, 32])
    # Each channel by itself.
    cases.conv((1, 40, 9, 10), 40, (3, 3), pads=[1, 1, 1, 1], groups=40, relu=True)
    cases.conv((1, 37, 9, 33), 37, (5, 5), strides=[2, 2], pads=[2, 2, 2, 2], groups=37)
    # Unknown sizes.
    cases.conv((2, 5, 9, 21), 40, (3, 3), pads=[1, 1, 1, 1], dims=("n", 5, "h", "w"))
    cases.conv((1, 36, 9, 21), 36, (3, 3), strides=[2, 2], pads=[1, 1, 1, 1], groups=36, dims=("n1", 36, "h1", "w1"))
    # Packed right sides: one row, few rows, remainders, long and batched contractions.
    cases.matmul((1, 103), (103, 100), constant=True)
    cases.matmul((5, 64), (64, 130), constant=True, residual=True)
    cases.matmul((49, 2500), (2500, 50), constant=True)
    cases.matmul((3, 7, 20), (3, 20, 33), constant=True)
    for rows in (1, 2, 3, 5, 13):
        cases.matmul((rows, 70), (70, 48), constant=True, dims=((f"m{rows}", 70), None))
    # Right sides as they lie, and transposed, broadcast batches, unknown sizes.
    cases.matmul((2, 3, 17, 20), (2, 3, 20, 101))
    cases.matmul((2, 3, 17, 20), (1, 3, 101, 20), transposed=True)
    cases.matmul((2, 3, 9, 20), (2, 3, 37, 20), transposed=True, dims=(("b", 3, "s", 20), ("b", 3, "t", 20)))
    cases.matmul((2, 3, 9, 37), (2, 3, 37, 20), dims=(("b2", 3, "s2", "t2"), ("b2", 3, "t2", 20)))
    return cases


def main():
    work = pathlib.Path(WORK)
    work.mkdir(parents=True, exist_ok=True)
    cases = make_cases()
    graph = helper.make_graph(cases.nodes, "contractions", cases.inputs, cases.outputs, cases.weights)
    model, artifact = work / "contractions.onnx", work / "contractions.weft"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), model)
    peers.compile_model(model, artifact, f"--cpu={LEVEL}")
    found, *others = [peers.run_artifact(artifact, cases.feeds, list(cases.wanted), work, "--threads", threads) for threads in (1, 2, 3)]
    worst = 0.0
    for name, wanted in cases.wanted.items():
        if found[name].shape != wanted.shape:
            raise peers.Failed(f"{name}: expected shape {wanted.shape}, but got {found[name].shape}")
        share = float(np.max(np.abs(found[name] - wanted) / (cases.bounds[name] + 1e-30)))
        if not share <= 1:
            raise peers.Failed(f"{name}: {share:.2f} of the tolerance")
        worst = max(worst, share)
        if any(found[name].tobytes() != other[name].tobytes() for other in others):
            raise peers.Failed(f"{name}: other bits with another number of threads")
    print(f"{len(cases.wanted)} contractions right, at most {worst:.2f} of the tolerance")


if __name__ == "__main__":
    try:
        main()
    except peers.Failed as failure:
        sys.exit(f"contractions: {failure}")
